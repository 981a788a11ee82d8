//! Numbers of fields and variants.

use crate::Idx;
use std::fmt;

macro_rules! number {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u32);

        impl $name {
            pub const ZERO: $name = $name(0);

            pub const fn from_u32(number: u32) -> $name {
                $name(number)
            }
            /// The number must be below 2^32.
            pub const fn from_usize(number: usize) -> $name {
                assert!(number <= u32::MAX as usize);
                $name(number as u32)
            }
            pub const fn as_u32(self) -> u32 {
                self.0
            }
            pub const fn as_usize(self) -> usize {
                self.0 as usize
            }
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl Idx for $name {
            fn new(index: usize) -> $name {
                $name::from_usize(index)
            }
            fn index(self) -> usize {
                self.as_usize()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

number!(
    /// A field's number in its variant, in the source's order (which need not be memory's).
    FieldIdx
);
number!(
    /// A variant's number in its type, in the source's order, whatever its discriminant; uninhabited variants count. A
    /// struct or union has one variant, number 0.
    VariantIdx
);

impl FieldIdx {
    pub const ONE: FieldIdx = FieldIdx(1);
}

/// The only variant of a struct, tuple or union.
pub const FIRST_VARIANT: VariantIdx = VariantIdx::ZERO;
