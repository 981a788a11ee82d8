//@ lir: of_box
//@ lir: core::ptr::drop_in_place::<alloc::boxed::Box<dyn core::fmt::Debug>>
pub fn of_box(_: Box<dyn std::fmt::Debug>) {}
