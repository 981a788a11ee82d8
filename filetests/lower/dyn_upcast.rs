//@ lir: first
//@ lir: second
//@ lir: of_both
//@ lir: without_marker
//@ lir: make
//@ data
pub trait First {
    fn first(&self) -> u8;
}
pub trait Second {
    fn second(&self) -> u8;
}
pub trait Both: First + Second {
    fn both(&self) -> u8;
}

pub struct It;
impl First for It {
    fn first(&self) -> u8 {
        1
    }
}
impl Second for It {
    fn second(&self) -> u8 {
        2
    }
}
impl Both for It {
    fn both(&self) -> u8 {
        3
    }
}

pub fn first(x: &dyn Both) -> &dyn First {
    x
}

pub fn second(x: &dyn Both) -> &dyn Second {
    x
}

pub fn of_both(x: &dyn Both) -> u8 {
    x.both() ^ x.second()
}

pub fn without_marker<'a>(x: &'a (dyn Both + Send)) -> &'a dyn Both {
    x
}

pub fn make(x: &It) -> &dyn Both {
    x
}
