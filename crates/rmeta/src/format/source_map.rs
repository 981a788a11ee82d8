//! Source files (`rustc_span::SourceFile`).

use super::decoder::{Decode, Decoder, missing};
use crate::error::Result;
use crate::session::Session;
use std::path::Path;
use std::sync::Arc;
use ty::{CrateNum, Definitions, SourceFile, SourceFileId};

impl<'tcx> Session<'tcx> {
    /// The name and the lines of the file that has a number in a crate's own list; `None` if nothing was written of it.
    pub fn written_source_file(&'tcx self, krate: CrateNum, index: u32) -> Option<&'tcx SourceFile> {
        let data = self.crate_data(krate)?;
        let position = data.expect(data.root.source_map.value(data.bytes, index));
        position.and(self.source_file_id(krate, index)).map(|file| self.source_file(file))
    }

    pub(crate) fn read_source_file(&'tcx self, file: SourceFileId) -> Result<SourceFile> {
        let krate = self.crate_of_file(file).ok_or_else(|| missing("no source file has this number"))?;
        let index = file.0 - krate.first_source_file;
        let Some(position) = krate.root.source_map.value(krate.bytes, index)? else {
            return Err(missing("a source file was not written"));
        };
        let mut file: SourceFile = krate.decoder(self, position)?.read()?;
        // As rustc, which shows the user's own copy of the standard library's source where there is one.
        if krate.num != CrateNum::LOCAL
            && let Some(dir) = &self.rust_source
            && let Some(name) = in_rust_source(&file.name, dir)
        {
            file = SourceFile { name, folder: Arc::from(""), ..file };
        }
        Ok(file)
    }
}

/// The name of a file of the toolchain's own libraries (`/rustc/COMMIT/…`) within an installed copy of the source.
fn in_rust_source(name: &str, dir: &Path) -> Option<Arc<str>> {
    let (commit, rest) = name.strip_prefix("/rustc/")?.split_once('/')?;
    let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_commit.then(|| Arc::from(dir.join(rest).to_string_lossy()))
}

/// The characters of a source file, if it still is what was compiled, that are not one column wide in a terminal: their
/// offsets and widths, by the rules of `rustc_span::char_width`.
pub(crate) fn odd_widths(file: &SourceFile) -> Vec<(u32, u8)> {
    let path = Path::new(&*file.folder).join(&*file.name);
    let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = if text.contains('\r') { text.replace("\r\n", "\n") } else { text.to_owned() };
    odd_widths_of_text(file, &text).unwrap_or_default()
}

/// `None` if the text is not that of the file.
fn odd_widths_of_text(file: &SourceFile, text: &str) -> Option<Vec<(u32, u8)>> {
    // Starts of lines that would be after the end are not written.
    let is_kept = |start: usize| start < text.len() || start == 0;
    let mut lines = file.lines.iter().filter(|&&start| is_kept(start as usize));
    let mut multibyte = file.multibyte.iter();
    let mut odd = Vec::new();
    if lines.next() != Some(&0) {
        return None;
    }
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\n' if is_kept(at + 1) && lines.next() != Some(&(at as u32 + 1)) => return None,
            b'\t' => odd.push((at as u32, 4)),
            // The first byte of a character of several.
            0xc0.. => {
                let char = text[at..].chars().next()?;
                if multibyte.next() != Some(&(at as u32, char.len_utf8() as u8)) {
                    return None;
                }
                odd.extend(Some((at as u32, char_width(char))).filter(|(_, width)| *width != 1));
            }
            _ => {}
        }
    }
    (lines.next().is_none() && multibyte.next().is_none()).then_some(odd)
}

/// Of a character of several bytes: what else is no single column wide is a tab.
fn char_width(char: char) -> u8 {
    match char {
        // Shown as visible stand-ins.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => 1,
        _ => unicode_width::UnicodeWidthChar::width(char).unwrap_or(1) as u8,
    }
}

#[cfg(test)]
#[test]
fn widths() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let text = "\tx\n日本 é\u{200b}y\n";
    std::fs::write(dir.path().join("a.rs"), text).expect("written");
    let mut file = SourceFile {
        name: Arc::from("a.rs"),
        folder: Arc::from(dir.path().to_string_lossy()),
        lines: vec![0, 3, 18],
        multibyte: vec![(3, 3), (6, 3), (10, 2), (12, 3)],
    };
    assert_eq!(odd_widths(&file), [(0, 4), (3, 2), (6, 2), (12, 0)]);
    for (lines, multibyte) in [
        (vec![0, 2, 18], file.multibyte.clone()),
        (vec![0], file.multibyte.clone()),
        (vec![], file.multibyte.clone()),
        (file.lines.clone(), file.multibyte[1..].to_vec()),
        (file.lines.clone(), [&file.multibyte[..], &[(16, 2)]].concat()),
    ] {
        let other = SourceFile { lines, multibyte, ..file.clone() };
        assert_eq!(odd_widths(&other), []);
    }
    // A line's start behind the end is written or not.
    file.lines.pop();
    file.multibyte.clear();
    for (lines, odd) in [(vec![0, 3], vec![(0, 4)]), (vec![0], vec![(0, 4)]), (vec![0, 2], vec![])] {
        std::fs::write(dir.path().join("a.rs"), "\tx\n").expect("written");
        assert_eq!(odd_widths(&SourceFile { lines, ..file.clone() }), odd);
    }
}

#[cfg(test)]
#[test]
fn names_in_rust_source() {
    let dir = Path::new("/sysroot/src/rust");
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let name = in_rust_source(&format!("/rustc/{commit}/library/core/src/lib.rs"), dir);
    assert_eq!(name.as_deref(), Some("/sysroot/src/rust/library/core/src/lib.rs"));
    assert_eq!(in_rust_source("/rust/deps/hashbrown/src/lib.rs", dir), None);
    assert_eq!(in_rust_source("/rustc/main/library/core/src/lib.rs", dir), None);
}

impl<'tcx> Decode<'tcx> for SourceFile {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let (name, folder) = read_file_name(d)?;
        skip_hash(d)?;
        if d.read_option()? {
            skip_hash(d)?;
        }
        let _len = d.read_u32()?;
        let _len_before_normalization = d.read_u32()?;
        let lines = read_lines(d)?;
        let multibyte: Vec<(u32, u8)> = d.read()?;
        let _stable_id = d.read_hash128()?;
        d.read::<Vec<(u32, u32)>>()?;
        d.read::<CrateNum>()?;
        Ok(SourceFile { name, folder, lines, multibyte })
    }
}

/// The starts of lines, written as the lengths of lines.
fn read_lines(d: &mut Decoder<'_>) -> Result<Vec<u32>> {
    let count = d.read_u32()? as usize;
    if count == 0 {
        return Ok(Vec::new());
    }
    let width = usize::from(d.read_u8()?);
    if !matches!(width, 1 | 2 | 4) {
        return Err(d.error("lengths of lines have no such size"));
    }
    let Some(len) = width.checked_mul(count - 1) else { return Err(d.error("too many lines")) };
    let bytes = d.read_bytes(len)?;
    let mut start = 0u32;
    let mut lines = Vec::with_capacity(count);
    lines.push(0);
    let mut add = |length: u32| {
        start = start.checked_add(length)?;
        lines.push(start);
        Some(())
    };
    let all = match width {
        1 => bytes.iter().try_for_each(|&length| add(u32::from(length))),
        2 => bytes.as_chunks().0.iter().try_for_each(|&length| add(u32::from(u16::from_le_bytes(length)))),
        _ => bytes.as_chunks().0.iter().try_for_each(|&length| add(u32::from_le_bytes(length))),
    };
    all.ok_or_else(|| d.error("a file is too long"))?;
    Ok(lines)
}

/// What macros show of a name is remapped (`--remap-path-prefix`) in some scopes.
const SCOPE_MACRO: u8 = 1 << 0;
const SCOPE_DEBUGINFO: u8 = 1 << 3;

/// A file's name as `file!()` shows it, and the folder for debug information.
fn read_file_name(d: &mut Decoder<'_>) -> Result<(Arc<str>, Arc<str>)> {
    let made_up = |name: &str| (Arc::from(format!("<{name}>")), Arc::from(""));
    let variant = d.read_variant(9, "no such kind of file name")?;
    Ok(match variant {
        0 => {
            let local: Option<(String, String, String)> = d.read()?;
            let remapped: (String, String, String) = d.read()?;
            let scopes = d.read_u8()?;
            let name = |scope| match &local {
                Some(local) if scopes & scope == 0 => local,
                _ => &remapped,
            };
            (Arc::from(name(SCOPE_MACRO).0.as_str()), Arc::from(name(SCOPE_DEBUGINFO).1.as_str()))
        }
        6 => made_up(d.read_str()?),
        7 => {
            let path = d.read_str()?;
            d.read_isize()?;
            (Arc::from(path), Arc::from(""))
        }
        _ => {
            d.read_hash64()?;
            made_up(match variant {
                1 => "cfgspec",
                2 => "anon",
                3 => "macro expansion",
                4 => "proc-macro source code",
                5 => "crate attribute",
                _ => "inline asm",
            })
        }
    })
}

fn skip_hash(d: &mut Decoder<'_>) -> Result<()> {
    d.read_variant(4, "no such kind of hash")?;
    let len = d.read_len()?;
    if len != 32 {
        return Err(d.error("a hash has not 32 bytes"));
    }
    d.read_bytes(len)?;
    Ok(())
}
