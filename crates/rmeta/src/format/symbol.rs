//! Names. rustc numbers the names that it knows from its start, in a fixed order; files refer to them by number.

use super::Format;
use crate::error::Result;
use crate::reader::Reader;
use ty::Symbol;

impl<'a> Reader<'a> {
    /// A name: spelled out, spelled out elsewhere, or by number.
    pub fn read_symbol_of(&mut self, format: &Format) -> Result<Symbol> {
        match self.read_u8()? {
            0 => Ok(Symbol::intern(self.read_str()?)),
            1 => {
                let position = self.read_usize()?;
                Ok(Symbol::intern(Reader::new(self.data(), position)?.read_str()?))
            }
            2 => {
                let index = self.read_u32()?;
                format.symbols.get(index as usize).copied().ok_or_else(|| self.error("no name has this number"))
            }
            _ => Err(self.error("no such way of writing a name")),
        }
    }

    /// Bytes of a byte string literal, written as names are.
    pub fn read_byte_symbol_of(&mut self, format: &Format) -> Result<&'a [u8]> {
        match self.read_u8()? {
            0 => self.read_byte_str(),
            1 => {
                let position = self.read_usize()?;
                Reader::new(self.data(), position)?.read_byte_str()
            }
            2 => {
                let index = self.read_u32()?;
                let symbol =
                    format.symbols.get(index as usize).copied().ok_or_else(|| self.error("no name has this number"))?;
                Ok(symbol.as_str().as_bytes())
            }
            _ => Err(self.error("no such way of writing a byte string")),
        }
    }
}
