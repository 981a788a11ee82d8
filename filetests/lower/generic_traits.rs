//@ lir: uses
//@ lir: describe::<u32>
//@ lir: describe::<Own>
//@ lir: <Own as Named>::twice
pub trait Named {
    const ID: u32;
    fn id(&self) -> u32 {
        Self::ID
    }
    fn twice(&self) -> u32 {
        self.id() << 1
    }
}

pub struct Own(pub u32);
impl Named for Own {
    const ID: u32 = 5;
    fn id(&self) -> u32 {
        self.0
    }
}
impl Named for u32 {
    const ID: u32 = 6;
}

#[inline(never)]
fn describe<T: Named>(x: &T) -> u32 {
    x.twice() ^ T::ID
}

pub fn uses() -> u32 {
    describe(&1u32) ^ describe(&Own(2))
}
