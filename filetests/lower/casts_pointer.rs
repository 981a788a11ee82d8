//@ lir: address
//@ lir: from_address
//@ lir: change_type
//@ lir: drop_metadata
//@ lir: keep_metadata
//@ lir: function
pub fn address(x: *const u8) -> usize {
    x as usize
}

pub fn from_address(x: usize) -> *mut u32 {
    x as *mut u32
}

pub fn change_type(x: &mut [u32; 2]) -> *const u8 {
    x as *mut [u32; 2] as *const u8
}

pub fn drop_metadata(x: *const [u16]) -> *const u8 {
    x as *const u8
}

pub fn keep_metadata(x: *const [u16]) -> *const [u8] {
    x as *const [u8]
}

pub fn function(x: fn()) -> usize {
    x as usize
}
