//! Decoding of values that refer to crates, definitions, types and places of the session.

use super::mir::PendingMemory;
use super::root::read_option;
use super::tables::{LazyArray, Table};
use crate::error::{DecodeError, Result};
use crate::reader::{LazyState, Reader};
use crate::session::{CrateData, Session};
use release::Encoding;
use smallvec::SmallVec;
use std::ops::{Deref, DerefMut};
use ty::{CrateNum, DefId, Idx, IndexVec, Symbol, Tcx};

/// How deep values may nest within each other: more is taken for damage.
const MAX_DEPTH: u32 = 500;

/// A cursor in a crate's metadata that knows the session. It derefs to a [`Reader`] for plain numbers and strings.
#[derive(Clone)]
pub struct Decoder<'tcx> {
    reader: Reader<'tcx>,
    pub session: &'tcx Session<'tcx>,
    /// The crate whose bytes are read.
    pub krate: &'tcx CrateData<'tcx>,
    depth: u32,
    /// While constant memory is decoded: what else it points to.
    pub(super) pending: Option<Box<PendingMemory>>,
}

impl<'tcx> Deref for Decoder<'tcx> {
    type Target = Reader<'tcx>;
    fn deref(&self) -> &Reader<'tcx> {
        &self.reader
    }
}
impl DerefMut for Decoder<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.reader
    }
}

/// Values that are stored in metadata. Every implementation consumes exactly the bytes that rustc wrote for the value.
pub trait Decode<'tcx>: Sized {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self>;
}

impl<'tcx> Decoder<'tcx> {
    /// A cursor at the start of a value that a table or list refers to.
    pub fn new(session: &'tcx Session<'tcx>, krate: &'tcx CrateData<'tcx>, position: usize) -> Result<Decoder<'tcx>> {
        let mut reader = Reader::new(krate.bytes, position)?;
        reader.lazy = LazyState::NodeStart(position);
        Ok(Decoder { reader, session, krate, depth: 0, pending: None })
    }

    /// How the release whose metadata is read writes values.
    #[inline]
    pub(crate) fn encoding(&self) -> &'static Encoding {
        self.session.format.encoding()
    }

    /// A name: spelled out, spelled out elsewhere, or by number.
    pub fn read_symbol(&mut self) -> Result<Symbol> {
        self.reader.read_symbol_of(self.session.format)
    }

    /// Bytes of a byte string literal, written as names are.
    pub fn read_byte_symbol(&mut self) -> Result<&'tcx [u8]> {
        self.reader.read_byte_symbol_of(self.session.format)
    }

    pub fn tcx(&self) -> Tcx<'tcx> {
        self.session.tcx
    }

    /// The next value.
    #[inline]
    pub fn read<T: Decode<'tcx>>(&mut self) -> Result<T> {
        T::decode(self)
    }

    /// Reads something else at another position, and comes back.
    pub fn with_position<T>(&mut self, position: usize, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let elsewhere = Reader::new(self.reader.data(), position)?;
        let here = std::mem::replace(&mut self.reader, elsewhere);
        let value = f(self);
        self.reader = here;
        value
    }

    /// Reads something that may hold others of its kind, to a bounded depth.
    pub fn nested<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        ty::ensure_stack();
        if self.depth >= MAX_DEPTH {
            return Err(self.error("values nest too deeply"));
        }
        self.depth += 1;
        let value = f(self);
        self.depth -= 1;
        value
    }

    /// An empty list with room for a number of elements, if that takes no more memory than there are bytes left to read. Longer
    /// lists grow as their elements turn out to exist.
    pub(super) fn list_of<T>(&self, len: usize) -> Vec<T> {
        Vec::with_capacity(len.min(self.remaining() / std::mem::size_of::<T>().max(1) + 1))
    }

    /// Elements behind a length, into a buffer that small lists do not allocate for.
    pub fn read_list<T: Decode<'tcx>>(&mut self) -> Result<SmallVec<[T; 8]>> {
        let len = self.read_len()?;
        let mut list = SmallVec::new();
        for _ in 0..len {
            list.push(T::decode(self)?);
        }
        Ok(list)
    }

    /// Whether a value follows.
    pub fn read_option(&mut self) -> Result<bool> {
        read_option(&mut self.reader)
    }

    /// A crate's number as the file counts, as the session's.
    pub fn map_crate_num(&self, raw: u32) -> Result<CrateNum> {
        self.krate.crate_map.get(raw as usize).copied().ok_or_else(|| self.error("no crate has this number"))
    }

    /// The index of a definition in a crate of the session.
    pub fn read_def_index(&mut self) -> Result<u32> {
        self.read_u32()
    }

    /// A definition of this very crate, written as its index only.
    pub fn read_local_def_id(&mut self) -> Result<DefId> {
        Ok(DefId { krate: self.krate.num, index: self.read_u32()? })
    }

    pub fn read_lazy_array(&mut self) -> Result<LazyArray> {
        LazyArray::read(&mut self.reader)
    }

    /// The position of a value that is written elsewhere.
    pub fn read_lazy_value(&mut self) -> Result<usize> {
        self.reader.read_lazy_position()
    }

    pub fn read_lazy_table(&mut self) -> Result<Table> {
        Table::read(&mut self.reader)
    }

    /// The crate-qualified position of a value, for caches.
    pub fn key(&self, position: usize) -> (CrateNum, usize) {
        (self.krate.num, position)
    }
}

/// An error with the position that a table's entry had.
pub(crate) fn missing(message: &'static str) -> DecodeError {
    DecodeError { position: 0, message }
}

macro_rules! plain {
    ($($type:ty: $method:ident,)*) => {
        $(impl<'tcx> Decode<'tcx> for $type {
            #[inline]
            fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
                d.$method()
            }
        })*
    };
}

plain! {
    u8: read_u8,
    u16: read_u16,
    u32: read_u32,
    u64: read_u64,
    u128: read_u128,
    usize: read_usize,
    i8: read_i8,
    i16: read_i16,
    i32: read_i32,
    i64: read_i64,
    i128: read_i128,
    isize: read_isize,
    bool: read_bool,
    char: read_char,
    Symbol: read_symbol,
}

impl<'tcx> Decode<'tcx> for () {
    fn decode(_: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(())
    }
}

impl<'tcx> Decode<'tcx> for String {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(d.read_str()?.to_owned())
    }
}

impl<'tcx, T: Decode<'tcx>> Decode<'tcx> for Option<T> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        if d.read_option()? { Ok(Some(T::decode(d)?)) } else { Ok(None) }
    }
}

impl<'tcx, T: Decode<'tcx>> Decode<'tcx> for Box<T> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(Box::new(T::decode(d)?))
    }
}

impl<'tcx, T: Decode<'tcx>> Decode<'tcx> for Vec<T> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let len = d.read_len()?;
        let mut list = d.list_of(len);
        for _ in 0..len {
            list.push(T::decode(d)?);
        }
        Ok(list)
    }
}

impl<'tcx, T: Decode<'tcx>, const N: usize> Decode<'tcx> for SmallVec<[T; N]>
where
    [T; N]: smallvec::Array<Item = T>,
{
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let len = d.read_len()?;
        let mut list = SmallVec::new();
        for _ in 0..len {
            list.push(T::decode(d)?);
        }
        Ok(list)
    }
}

impl<'tcx, I: Idx, T: Decode<'tcx>> Decode<'tcx> for IndexVec<I, T> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(IndexVec::from_raw(d.read()?))
    }
}

impl<'tcx, A: Decode<'tcx>, B: Decode<'tcx>> Decode<'tcx> for (A, B) {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok((A::decode(d)?, B::decode(d)?))
    }
}

impl<'tcx, A: Decode<'tcx>, B: Decode<'tcx>, C: Decode<'tcx>> Decode<'tcx> for (A, B, C) {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok((A::decode(d)?, B::decode(d)?, C::decode(d)?))
    }
}

impl<'tcx> Decode<'tcx> for CrateNum {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let raw = d.read_u32()?;
        d.map_crate_num(raw)
    }
}

impl<'tcx> Decode<'tcx> for DefId {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(DefId { krate: d.read()?, index: d.read_u32()? })
    }
}
