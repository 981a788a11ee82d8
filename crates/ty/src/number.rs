//! Numbers of fields and variants.

/// Makes a type of numbers, as [`index::index_type!`] does, that rustc's published tables take as well.
#[macro_export]
macro_rules! index_type {
    ($(#[$meta:meta])* $vis:vis struct $name:ident = $prefix:literal;) => {
        $crate::index::index_type! {
            $(#[$meta])*
            $vis struct $name = $prefix;
        }

        impl $crate::Idx for $name {
            #[inline]
            fn new(place: usize) -> $name {
                $name::from_usize(place)
            }
            #[inline]
            fn index(self) -> usize {
                self.index()
            }
        }
    };
}

crate::index_type! {
    /// A field's number in its variant, in the source's order (which need not be memory's).
    pub struct FieldIdx = "";
}
crate::index_type! {
    /// A variant's number in its type, in the source's order, whatever its discriminant; uninhabited variants count. A
    /// struct or union has one variant, number 0.
    pub struct VariantIdx = "";
}

impl FieldIdx {
    /// The second field, such as the metadata of a wide pointer.
    pub const ONE: FieldIdx = FieldIdx::from_u32(1);
}

/// The only variant of a struct, tuple or union.
pub const FIRST_VARIANT: VariantIdx = VariantIdx::ZERO;
