//@ lir: core::ptr::drop_in_place::<Value>
//@ lir: core::ptr::drop_in_place::<core::option::Option<Field>>
pub struct Field(pub u32);
impl Drop for Field {
    fn drop(&mut self) {}
}

pub enum Value {
    None,
    One(Field),
    Number(u64),
    Two(Field, Field),
}

pub fn values(_: Value, _: Option<Field>) {}
