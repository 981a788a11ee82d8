//@ lir: c_string
//@ lir: bytes
//@ data
use std::ffi::CStr;

pub fn c_string() -> &'static CStr {
    c"text"
}

pub fn bytes() -> &'static [u8; 4] {
    b"\0\xff\n\""
}
