//! Headers and parts, as bytes.

use std::io::{self, Read, Write};

/// A part larger than this is nonsense.
const MAX_PART_BYTES: u64 = 4 << 30;

/// Why bytes are not what the protocol says.
#[derive(Debug)]
pub enum FrameError {
    /// The first bytes are something else.
    Magic,
    /// Another version of the protocol.
    Version(u32),
    /// The end comes too early, or a length is absurd.
    Damaged(String),
}

impl std::fmt::Display for FrameError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FrameError::Magic => f.write_str("the first bytes are not those of the protocol"),
            FrameError::Version(version) => write!(
                f,
                "it speaks version {version} of the protocol, and Bessemer speaks version {}",
                crate::PROTOCOL_VERSION
            ),
            FrameError::Damaged(what) => f.write_str(what),
        }
    }
}

fn damaged(error: io::Error) -> FrameError {
    FrameError::Damaged(match error.kind() {
        io::ErrorKind::UnexpectedEof => "it ends too early".to_owned(),
        _ => error.to_string(),
    })
}

/// Writes magic, version and a number (the request's kind or the answer's status).
pub fn write_header(out: &mut dyn Write, magic: &[u8; 8], number: u32) -> io::Result<()> {
    out.write_all(magic)?;
    out.write_all(&crate::PROTOCOL_VERSION.to_le_bytes())?;
    out.write_all(&number.to_le_bytes())
}

/// Reads what [`write_header`] wrote; gives the number.
pub fn read_header(input: &mut dyn Read, magic: &[u8; 8]) -> Result<u32, FrameError> {
    let mut found = [0; 8];
    input.read_exact(&mut found).map_err(|_| FrameError::Magic)?;
    if found != *magic {
        return Err(FrameError::Magic);
    }
    let version = read_u32(input)?;
    if version != crate::PROTOCOL_VERSION {
        return Err(FrameError::Version(version));
    }
    read_u32(input)
}

fn read_u32(input: &mut dyn Read) -> Result<u32, FrameError> {
    let mut bytes = [0; 4];
    input.read_exact(&mut bytes).map_err(damaged)?;
    Ok(u32::from_le_bytes(bytes))
}

/// Writes a length and that many bytes.
pub fn write_part(out: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(bytes)
}

/// Reads what [`write_part`] wrote. Memory grows with what comes, not with what a length claims.
pub fn read_part(mut input: &mut dyn Read) -> Result<Vec<u8>, FrameError> {
    let mut length = [0; 8];
    input.read_exact(&mut length).map_err(damaged)?;
    let length = u64::from_le_bytes(length);
    if length > MAX_PART_BYTES {
        return Err(FrameError::Damaged(format!("a part claims to have {length} bytes")));
    }
    let mut bytes = Vec::new();
    (&mut input).take(length).read_to_end(&mut bytes).map_err(damaged)?;
    if bytes.len() as u64 != length {
        return Err(FrameError::Damaged("it ends too early".to_owned()));
    }
    Ok(bytes)
}
