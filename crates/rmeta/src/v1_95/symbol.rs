//! Names. rustc numbers the names that it knows from its start, in a fixed order; files refer to them by number.

use crate::error::Result;
use crate::reader::Reader;
use std::sync::OnceLock;
use ty::Symbol;

/// The numbered names, one a line, in the order of the `symbols!` list of `rustc_span::symbol`: keywords, the others, the
/// digits, and the release.
const PREDEFINED: &str = include_str!("symbols.txt");

/// The name of a number.
pub fn predefined(index: u32) -> Option<Symbol> {
    static TABLE: OnceLock<Vec<Symbol>> = OnceLock::new();
    let table = TABLE.get_or_init(|| PREDEFINED.lines().map(Symbol::intern).collect());
    table.get(index as usize).copied()
}

impl<'a> Reader<'a> {
    /// A name: spelled out, spelled out elsewhere, or by number.
    pub fn read_symbol(&mut self) -> Result<Symbol> {
        match self.read_u8()? {
            0 => Ok(Symbol::intern(self.read_str()?)),
            1 => {
                let position = self.read_usize()?;
                Ok(Symbol::intern(Reader::new(self.data(), position)?.read_str()?))
            }
            2 => {
                let index = self.read_u32()?;
                predefined(index).ok_or_else(|| self.error("no name has this number"))
            }
            _ => Err(self.error("no such way of writing a name")),
        }
    }

    /// Bytes of a byte string literal, written as names are.
    pub fn read_byte_symbol(&mut self) -> Result<&'a [u8]> {
        match self.read_u8()? {
            0 => self.read_byte_str(),
            1 => {
                let position = self.read_usize()?;
                Reader::new(self.data(), position)?.read_byte_str()
            }
            2 => {
                let index = self.read_u32()?;
                let symbol = predefined(index).ok_or_else(|| self.error("no name has this number"))?;
                Ok(symbol.as_str().as_bytes())
            }
            _ => Err(self.error("no such way of writing a byte string")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbering() {
        assert_eq!(predefined(0).unwrap().as_str(), "$crate");
        assert_eq!(predefined(1).unwrap().as_str(), "{{root}}");
        assert_eq!(predefined(2).unwrap().as_str(), "_");
        assert_eq!(predefined(PREDEFINED.lines().count() as u32 - 1).unwrap().as_str(), "1.95.0");
        assert_eq!(predefined(PREDEFINED.lines().count() as u32), None);
    }
}
