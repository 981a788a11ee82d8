//@ lir: names
//@ lir: same
//@ lir: needs_drop
//@ data
use std::any::{TypeId, type_name};

pub fn names() -> &'static str {
    type_name::<Option<u8>>()
}

pub fn same() -> bool {
    TypeId::of::<u8>() == TypeId::of::<&'static u8>()
}

pub fn needs_drop() -> (bool, usize) {
    (std::mem::needs_drop::<String>(), align_of::<u128>())
}
