//! Integers, strings and byte ranges out of a byte slice: the part of rustc's encoding that knows no compiler types (see
//! the crate `rustc_serialize`).

use crate::error::{DecodeError, Result};

/// Follows every string.
const STR_END: u8 = 0xc1;
/// Follows every byte string.
const BYTE_STR_END: u8 = 0xc2;

/// Where the next position within the file counts from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LazyState {
    /// Not within a node: a position here is an error.
    NoNode,
    /// Within the node that starts here: the first position counts backwards from it.
    NodeStart(usize),
    /// Later positions count forwards from the one before.
    Previous(usize),
}

/// A cursor in bytes. Every read is checked against their end.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    data: &'a [u8],
    position: usize,
    pub(crate) lazy: LazyState,
}

macro_rules! unsigned {
    ($name:ident, $type:ty) => {
        /// An unsigned LEB128 number.
        #[inline]
        pub fn $name(&mut self) -> Result<$type> {
            let first = self.read_u8()?;
            if first & 0x80 == 0 {
                return Ok(<$type>::from(first));
            }
            let mut value = <$type>::from(first & 0x7f);
            let mut shift = 7;
            loop {
                let byte = self.read_u8()?;
                if shift >= <$type>::BITS {
                    return Err(self.error("a number is too large"));
                }
                value |= <$type>::from(byte & 0x7f) << shift;
                if byte & 0x80 == 0 {
                    return Ok(value);
                }
                shift += 7;
            }
        }
    };
}

macro_rules! signed {
    ($name:ident, $type:ty) => {
        /// A signed LEB128 number.
        pub fn $name(&mut self) -> Result<$type> {
            let mut value: $type = 0;
            let mut shift = 0;
            loop {
                let byte = self.read_u8()?;
                if shift >= <$type>::BITS {
                    return Err(self.error("a number is too large"));
                }
                value |= <$type>::from(byte & 0x7f) << shift;
                shift += 7;
                if byte & 0x80 == 0 {
                    if shift < <$type>::BITS && byte & 0x40 != 0 {
                        value |= -1 << shift;
                    }
                    return Ok(value);
                }
            }
        }
    };
}

impl<'a> Reader<'a> {
    /// A cursor at a position, which may be the end.
    pub fn new(data: &'a [u8], position: usize) -> Result<Reader<'a>> {
        if position > data.len() {
            return Err(DecodeError { position, message: "a position is beyond the end" });
        }
        Ok(Reader { data, position, lazy: LazyState::NoNode })
    }

    /// An error at the current position.
    #[cold]
    pub fn error(&self, message: &'static str) -> DecodeError {
        DecodeError { position: self.position, message }
    }

    /// All bytes.
    pub fn data(&self) -> &'a [u8] {
        self.data
    }

    pub fn position(&self) -> usize {
        self.position
    }

    /// Bytes left.
    pub fn remaining(&self) -> usize {
        self.data.len() - self.position
    }

    /// Moves the cursor. Positions of lazily decoded values are then out of place.
    pub fn set_position(&mut self, position: usize) -> Result<()> {
        *self = Reader::new(self.data, position)?;
        Ok(())
    }

    #[inline]
    pub fn read_u8(&mut self) -> Result<u8> {
        match self.data.get(self.position) {
            Some(&byte) => {
                self.position += 1;
                Ok(byte)
            }
            None => Err(self.error("the bytes end too early")),
        }
    }

    /// The next byte, left in place.
    #[inline]
    pub fn peek_u8(&self) -> Result<u8> {
        self.data.get(self.position).copied().ok_or_else(|| self.error("the bytes end too early"))
    }

    pub fn read_bytes(&mut self, len: usize) -> Result<&'a [u8]> {
        if len > self.remaining() {
            return Err(self.error("the bytes end too early"));
        }
        let bytes = &self.data[self.position..self.position + len];
        self.position += len;
        Ok(bytes)
    }

    pub fn read_array<const N: usize>(&mut self) -> Result<[u8; N]> {
        Ok(self.read_bytes(N)?.try_into().expect("as many bytes as were asked for"))
    }

    unsigned!(read_u32, u32);
    unsigned!(read_u64, u64);
    unsigned!(read_u128, u128);
    signed!(read_i32, i32);
    signed!(read_i64, i64);
    signed!(read_i128, i128);

    pub fn read_usize(&mut self) -> Result<usize> {
        let value = self.read_u64()?;
        usize::try_from(value).map_err(|_| self.error("a number is too large"))
    }

    pub fn read_isize(&mut self) -> Result<isize> {
        let value = self.read_i64()?;
        isize::try_from(value).map_err(|_| self.error("a number is too large"))
    }

    /// Two bytes: short numbers have a fixed size.
    pub fn read_u16(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes(self.read_array()?))
    }

    pub fn read_i16(&mut self) -> Result<i16> {
        Ok(i16::from_le_bytes(self.read_array()?))
    }

    pub fn read_i8(&mut self) -> Result<i8> {
        Ok(self.read_u8()? as i8)
    }

    pub fn read_bool(&mut self) -> Result<bool> {
        match self.read_u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.error("a bool is neither 0 nor 1")),
        }
    }

    pub fn read_char(&mut self) -> Result<char> {
        let value = self.read_u32()?;
        char::from_u32(value).ok_or_else(|| self.error("a char is no Unicode scalar value"))
    }

    pub fn read_str(&mut self) -> Result<&'a str> {
        let len = self.read_usize()?;
        let bytes = self.read_bytes(len)?;
        if self.read_u8()? != STR_END {
            return Err(self.error("a string is not closed"));
        }
        std::str::from_utf8(bytes).map_err(|_| self.error("a string is not UTF-8"))
    }

    pub fn read_byte_str(&mut self) -> Result<&'a [u8]> {
        let len = self.read_usize()?;
        let bytes = self.read_bytes(len)?;
        if self.read_u8()? != BYTE_STR_END {
            return Err(self.error("a byte string is not closed"));
        }
        Ok(bytes)
    }

    /// A hash: eight bytes.
    pub fn read_hash64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.read_array()?))
    }

    /// A hash: sixteen bytes.
    pub fn read_hash128(&mut self) -> Result<u128> {
        Ok(u128::from_le_bytes(self.read_array()?))
    }

    /// The number of an enum's variant, of `count` (fewer than 255: a byte).
    #[inline]
    pub fn read_variant(&mut self, count: u8, what: &'static str) -> Result<u8> {
        let variant = self.read_u8()?;
        if variant < count { Ok(variant) } else { Err(DecodeError { position: self.position - 1, message: what }) }
    }

    /// A length, which cannot be more than the bytes left: no element is empty.
    pub fn read_len(&mut self) -> Result<usize> {
        let len = self.read_usize()?;
        if len > self.remaining() {
            return Err(self.error("a length is beyond the end"));
        }
        Ok(len)
    }

    /// The absolute position of a value that is stored elsewhere.
    pub fn read_lazy_position(&mut self) -> Result<usize> {
        let distance = self.read_usize()?;
        let position = match self.lazy {
            LazyState::NoNode => None,
            LazyState::NodeStart(start) => start.checked_sub(distance),
            LazyState::Previous(last) => last.checked_add(distance),
        };
        match position {
            Some(position) if position != 0 && position <= self.data.len() => {
                self.lazy = LazyState::Previous(position);
                Ok(position)
            }
            _ => Err(self.error("a reference within the file leads out of it")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let mut reader = Reader::new(&[0x05, 0xe5, 0x8e, 0x26, 0x7f, 0x80, 0x7f, 0x34, 0x12], 0).unwrap();
        assert_eq!(reader.read_u32(), Ok(5));
        assert_eq!(reader.read_u64(), Ok(624485));
        assert_eq!(reader.read_i32(), Ok(-1));
        assert_eq!(reader.read_i128(), Ok(-128));
        assert_eq!(reader.read_u16(), Ok(0x1234));
        assert!(reader.read_u8().is_err());
    }

    #[test]
    fn endless_numbers_are_errors() {
        assert!(Reader::new(&[0xff; 40], 0).unwrap().read_u128().is_err());
        assert!(Reader::new(&[0xff; 40], 0).unwrap().read_i64().is_err());
    }

    #[test]
    fn strings() {
        let mut reader = Reader::new(b"\x02hi\xc1\x02hi\xc2", 0).unwrap();
        assert_eq!(reader.read_str(), Ok("hi"));
        assert_eq!(reader.read_byte_str(), Ok(&b"hi"[..]));
        assert!(Reader::new(b"\x02hi\xc2", 0).unwrap().read_str().is_err());
        assert!(Reader::new(b"\xff\xff\x03hi", 0).unwrap().read_str().is_err());
    }
}
