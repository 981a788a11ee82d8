//! What depends on the edition.

pub mod deep {
    pub struct Name;
    pub mod deeper {
        use self::inner::Name;
        pub fn get() -> Name {
            use self::inner::*;
            let _: Option<Box<Fn(&str) -> u8>> = None;
            let _ = super::super::deep::Name;
            let _ = ::std::mem::size_of::<u8>() + std::mem::align_of::<u16>();
            let _ = other();
            fn bare(_: &ToString) {}
            match 5 {
                0...4 => Name,
                _ => Name,
            }
        }
        mod inner {
            pub use super::super::Name;
            pub fn other() -> u8 {
                use std::u8;
                u8::MAX + u8::max_value() + 1 as u8
            }
        }
    }
}

pub trait Old {
    fn value(&self, x: u8) -> Result<u8, String> {
        let y = r#try!(Ok::<u8, String>(x));
        for i in 0..3 {
            print!("{}", i);
        }
        Ok(y)
    }
}

macro_rules! make {
    ($name:ident, $value:expr) => {
        pub fn $name() -> u32 {
            let value = 1;
            let total = $value;
            'a: loop {
                break 'a;
            }
            fn inner() -> u32 {
                2
            }
            total + inner() + value
        }
    };
}

make!(first, { let value = 2; value });
make!(second, [1; 3].len() as u32);
