//! A crate with macros of many kinds.
#![feature(decl_macro)]

pub mod inner {
    #[doc(hidden)]
    pub fn helper(x: u32) -> u32 {
        x + 1
    }

    pub macro def_site($x:expr) {{
        let hidden = 1;
        $crate::inner::helper($x) + hidden
    }}
}

#[macro_export]
macro_rules! add {
    ($a:expr, $b:expr $(,)?) => {
        $crate::inner::helper($a) + $b
    };
}

#[macro_export(local_inner_macros)]
macro_rules! outer {
    ($($t:tt)*) => { add!($($t)*) };
}

macro_rules! make {
    ($name:ident, $value:expr, $d:tt) => {
        #[macro_export]
        macro_rules! $name {
            ($d x:ident) => {{
                let $d x = $value;
                $d x + $crate::add!(1, 2)
            }};
        }
    };
}

make!(made, 40 + 2, $);

pub use self::add as renamed;

pub mod prelude {
    pub use crate::inner::def_site;
    pub use crate::{add, outer};
}
