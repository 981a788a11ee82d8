//@ lir: core::ptr::drop_in_place::<Pair>
//@ lir: core::ptr::drop_in_place::<Own>
//@ lir: partly
pub struct Field(pub u8);
impl Drop for Field {
    fn drop(&mut self) {}
}

pub struct Pair {
    pub first: Field,
    pub number: u32,
    pub second: Field,
}

pub struct Own(pub Field);
impl Drop for Own {
    fn drop(&mut self) {}
}

pub fn whole(_: Pair, _: Own) {}

pub fn partly(x: Pair) -> Field {
    x.first
}
