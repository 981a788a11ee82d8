//! Tables: values by the number of a definition, found without reading what precedes them (`rustc_metadata::rmeta::table`).

use super::Format;
use crate::error::{DecodeError, Result};
use crate::reader::Reader;

/// Values stored one after the other, elsewhere in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LazyArray {
    pub position: usize,
    pub len: usize,
}

impl LazyArray {
    pub const EMPTY: LazyArray = LazyArray { position: 1, len: 0 };

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<LazyArray> {
        let len = reader.read_usize()?;
        if len == 0 {
            return Ok(LazyArray::EMPTY);
        }
        let position = reader.read_lazy_position()?;
        LazyArray { position, len }.checked(reader.data())
    }

    /// No element is empty, so the bytes limit the length.
    fn checked(self, data: &[u8]) -> Result<LazyArray> {
        if self.position > data.len() || self.len > data.len() - self.position {
            return Err(DecodeError { position: self.position, message: "a list is longer than the file" });
        }
        Ok(self)
    }
}

/// Entries of a fixed width, trailing zeros left out. Entries beyond the end are all zeros, which means "none".
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Table {
    position: usize,
    width: usize,
    len: usize,
}

impl Table {
    /// A table that the release does not have.
    const EMPTY: Table = Table { position: 0, width: 0, len: 0 };

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Table> {
        let width = reader.read_usize()?;
        let len = reader.read_usize()?;
        let position = reader.read_lazy_position()?;
        let end = width.checked_mul(len).and_then(|bytes| bytes.checked_add(position));
        if width > 16 || end.is_none_or(|end| end > reader.data().len()) {
            return Err(reader.error("a table is longer than the file"));
        }
        Ok(Table { position, width, len })
    }

    /// Entries that are stored.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Which of the file's bytes are an entry; empty beyond the end. For tests that damage entries on purpose.
    pub fn entry_range(&self, index: u32) -> std::ops::Range<usize> {
        let entry = |index: usize| self.position + self.width * index.min(self.len);
        entry(index as usize)..entry(index as usize + 1)
    }

    fn entry<const N: usize>(&self, data: &[u8], index: u32) -> Result<[u8; N]> {
        let mut entry = [0; N];
        let index = index as usize;
        if index < self.len {
            if self.width > N {
                return Err(DecodeError { position: self.position, message: "a table is wider than its entries" });
            }
            let start = self.position + self.width * index;
            // Tables are asked for millions of entries, and a copy of fixed size is a few instructions.
            if let Some(bytes) = data.get(start..).and_then(<[u8]>::first_chunk::<N>) {
                entry = std::array::from_fn(|at| if at < self.width { bytes[at] } else { 0 });
            } else {
                // In bounds: `read` has checked the whole table.
                entry[..self.width].copy_from_slice(&data[start..start + self.width]);
            }
        }
        Ok(entry)
    }

    /// An entry of one byte; 0 is the default.
    pub fn byte(&self, data: &[u8], index: u32) -> Result<u8> {
        Ok(self.entry::<1>(data, index)?[0])
    }

    /// All entries that are stored of a table of bytes.
    pub fn bytes<'d>(&self, data: &'d [u8]) -> Result<&'d [u8]> {
        match self.width {
            // In bounds: `read` has checked the whole table.
            0 | 1 => Ok(&data[self.position..self.position + self.width * self.len]),
            _ => Err(DecodeError { position: self.position, message: "a table is wider than its entries" }),
        }
    }

    /// An entry that is a number.
    pub fn number(&self, data: &[u8], index: u32) -> Result<u64> {
        Ok(u64::from_le_bytes(self.entry(data, index)?))
    }

    /// An entry that refers to one value: its position.
    pub fn value(&self, data: &[u8], index: u32) -> Result<Option<usize>> {
        let position = u64::from_le_bytes(self.entry(data, index)?);
        if position > data.len() as u64 {
            return Err(DecodeError { position: self.position, message: "a table's entry leads out of the file" });
        }
        Ok((position != 0).then_some(position as usize))
    }

    /// An entry that refers to a list; `None` where nothing was written, which for many tables means an empty list.
    pub fn array(&self, data: &[u8], index: u32) -> Result<Option<LazyArray>> {
        let (position, len) = interleaved::<16, 8>(self.entry(data, index)?);
        let (position, len) = (u64::from_le_bytes(position), u64::from_le_bytes(len));
        if position == 0 {
            return Ok(None);
        }
        let array = LazyArray {
            position: usize::try_from(position).unwrap_or(usize::MAX),
            len: usize::try_from(len).unwrap_or(usize::MAX),
        };
        array.checked(data).map(Some)
    }

    /// An entry that is a definition: crate number (as the file counts) and index.
    pub fn raw_def_id(&self, data: &[u8], index: u32) -> Result<Option<(u32, u32)>> {
        let (index, krate) = interleaved::<8, 4>(self.entry(data, index)?);
        let krate = u32::from_le_bytes(krate);
        Ok(krate.checked_sub(1).map(|krate| (krate, u32::from_le_bytes(index))))
    }
}

/// Takes apart two numbers whose bytes alternate.
fn interleaved<const N: usize, const M: usize>(bytes: [u8; N]) -> ([u8; M], [u8; M]) {
    (std::array::from_fn(|i| bytes[2 * i]), std::array::from_fn(|i| bytes[2 * i + 1]))
}

macro_rules! tables {
    ($($name:ident,)*) => {
        /// The tables by the index of a definition that are read (`define_tables!` in `rustc_metadata::rmeta`). The release
        /// says which there are and in which order.
        pub struct Tables {
            $(pub $name: Table,)*
            /// All of them in their order, read or not.
            #[cfg(test)]
            pub(crate) all: Vec<Table>,
        }

        /// The names of the tables that are read.
        #[cfg(test)]
        pub(crate) const USED: &[&str] = &[$(stringify!($name)),*];

        impl Tables {
            pub(crate) fn read(reader: &mut Reader<'_>, format: &Format) -> Result<Tables> {
                let mut tables = Tables {
                    $($name: Table::EMPTY,)*
                    #[cfg(test)]
                    all: Vec::new(),
                };
                for (name, _) in &format.tables {
                    let table = Table::read(reader)?;
                    match *name {
                        $(stringify!($name) => tables.$name = table,)*
                        _ => {}
                    }
                    #[cfg(test)]
                    tables.all.push(table);
                }
                Ok(tables)
            }
        }
    };
}

tables! {
    intrinsic,
    is_macro_rules,
    def_path_hashes,
    explicit_item_bounds,
    inferred_outlives_of,
    inherent_impls,
    lookup_stability,
    explicit_super_predicates_of,
    explicit_implied_predicates_of,
    opt_rpitit_info,
    module_children_reexports,
    cross_crate_inlinable,
    constness,
    safety,
    defaultness,
    attributes,
    module_children_non_reexports,
    associated_item_or_field_def_ids,
    def_kind,
    visibility,
    def_span,
    def_ident_span,
    explicit_predicates_of,
    generics_of,
    type_of,
    variances_of,
    fn_sig,
    codegen_fn_attrs,
    impl_trait_header,
    const_param_default,
    optimized_mir,
    mir_for_ctfe,
    trivial_const,
    closure_saved_names_of_captured_variables,
    mir_coroutine_witnesses,
    promoted_mir,
    impl_parent,
    coerce_unsized_info,
    mir_const_qualif,
    fn_arg_idents,
    coroutine_kind,
    coroutine_for_closure,
    adt_destructor,
    coroutine_by_move_body_def_id,
    eval_static_initializer,
    macro_definition,
    trait_def,
    expn_that_defined,
    default_fields,
    repr_options,
    def_keys,
    variant_data,
    assoc_container,
    deduced_param_attrs,
}
