//! Files with one checksum over everything: what they are, what they are for, and what they hold.
//!
//! A file that was damaged, cut, made longer, or put in another's place does not open.

const CHECKSUM_BYTES: usize = 32;

/// How a file of a format (`magic`) that is found by `key` begins, before its content.
pub fn head(magic: &[u8; 8], key: &[u8], content: &[&[u8]]) -> Vec<u8> {
    [magic.as_slice(), &checksum(magic, key, content)].concat()
}

/// The content of a file, if it is the one that was written for this key.
pub fn open<'a>(magic: &[u8; 8], key: &[u8], file: &'a [u8]) -> Option<&'a [u8]> {
    let (found, content) = file.strip_prefix(magic)?.split_first_chunk::<CHECKSUM_BYTES>()?;
    (checksum(magic, key, &[content]) == *found).then_some(content)
}

/// How many bytes there are before the content.
pub const HEAD_BYTES: usize = 8 + CHECKSUM_BYTES;

fn checksum(magic: &[u8; 8], key: &[u8], content: &[&[u8]]) -> [u8; CHECKSUM_BYTES] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(magic).update(&(key.len() as u64).to_le_bytes()).update(key);
    for part in content {
        hasher.update(part);
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::{HEAD_BYTES, head, open};

    #[test]
    fn nothing_else_opens() {
        let magic = b"bestest1";
        let whole = [head(magic, b"key", &[b"con", b"tent"]), b"content".to_vec()].concat();
        assert_eq!(whole.len(), HEAD_BYTES + 7);
        assert_eq!(open(magic, b"key", &whole), Some(&b"content"[..]));
        assert_eq!(open(magic, b"kez", &whole), None);
        assert_eq!(open(magic, b"keyc", &whole), None);
        assert_eq!(open(b"bestest2", b"key", &whole), None);
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x10;
            assert_eq!(open(magic, b"key", &damaged), None, "byte {at}");
            assert_eq!(open(magic, b"key", &whole[..at]), None, "cut at {at}");
        }
        assert_eq!(open(magic, b"key", &[whole, vec![0]].concat()), None);
    }
}
