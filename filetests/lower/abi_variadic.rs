//@ lir: caller
unsafe extern "C" {
    fn printf(format: *const i8, ...) -> i32;
}

pub fn caller(format: &std::ffi::CStr, x: u32, y: f64) -> i32 {
    unsafe { printf(format.as_ptr(), x, y, format.as_ptr()) }
}
