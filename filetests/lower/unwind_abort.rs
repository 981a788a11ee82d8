// What Rust calls may unwind, and callers of `extern "C"` do not expect it.
//@ lir: callback
//@ lir: through
unsafe extern "Rust" {
    safe fn may_panic(x: u32) -> u32;
}

pub extern "C" fn callback(x: u32) -> u32 {
    may_panic(x)
}

pub extern "C-unwind" fn through(x: u32) -> u32 {
    may_panic(x)
}
