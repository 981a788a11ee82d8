//@ lir: core::ptr::drop_in_place::<alloc::boxed::Box<u64>>
//@ lir: core::ptr::drop_in_place::<[Field]>
//@ lir: core::ptr::drop_in_place::<[Field; 3]>
//@ lir: core::ptr::drop_in_place::<alloc::vec::Vec<Field>>
//@ lir: core::ptr::drop_in_place::<(Field, u8, Field)>
pub struct Field(pub u32);
impl Drop for Field {
    fn drop(&mut self) {}
}

pub fn drops(_: Box<u64>, _: Vec<Field>, _: [Field; 3], _: (Field, u8, Field)) {}
