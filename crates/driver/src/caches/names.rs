//! A set of names that is kept on disk as it is used, so that reading it is no work.
//!
//! The names lie one after the other in one text; slots hold where each begins, found by the hash of a name (open addressing,
//! linear probing). Hashes are those of one build of this program, which a table may not outlive.

use rustc_hash::FxHasher;
use std::hash::Hasher;

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NameTable {
    /// Where a name begins in the text, plus one; 0 where there is none. A power of two of them, at most half of them used.
    slots: Vec<u32>,
    /// Each name with a line end behind it.
    text: Vec<u8>,
    count: usize,
}

impl NameTable {
    /// How many names there are.
    pub fn len(&self) -> usize {
        self.count
    }

    pub fn contains(&self, name: &str) -> bool {
        !self.slots.is_empty() && self.slots[self.slot_of(name.as_bytes())] != 0
    }

    /// Adds a name without a line end in it. There is room for 4 GiB of them; more are not kept, which is said by `false`.
    pub fn insert(&mut self, name: &str) -> bool {
        debug_assert!(!name.contains('\n'), "symbols are words");
        let Ok(position) = u32::try_from(self.text.len() + 1) else { return false };
        if 2 * (self.count + 1) > self.slots.len() {
            self.grow();
        }
        let slot = self.slot_of(name.as_bytes());
        if self.slots[slot] == 0 {
            self.slots[slot] = position;
            self.text.extend_from_slice(name.as_bytes());
            self.text.push(b'\n');
            self.count += 1;
        }
        true
    }

    /// The slot of a name, or the free one where it would be.
    fn slot_of(&self, name: &[u8]) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash(name) & mask;
        while self.slots[slot] != 0 && !self.is_at(self.slots[slot], name) {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn is_at(&self, position: u32, name: &[u8]) -> bool {
        let text = self.text.get(position as usize - 1..).unwrap_or_default();
        text.strip_prefix(name).is_some_and(|rest| rest.first() == Some(&b'\n'))
    }

    fn grow(&mut self) {
        let count = (2 * self.slots.len()).max(16);
        let old = std::mem::replace(&mut self.slots, vec![0; count]);
        for position in old.into_iter().filter(|position| *position != 0) {
            let text = &self.text[position as usize - 1..];
            let end = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
            let mut slot = hash(&text[..end]) & (count - 1);
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (count - 1);
            }
            self.slots[slot] = position;
        }
    }

    /// What is kept on disk: a head of numbers, the slots, the text.
    pub fn parts(&self) -> [Vec<u8>; 2] {
        let numbers = [self.count as u32, self.slots.len() as u32];
        let head = numbers.iter().chain(&self.slots).flat_map(|number| number.to_le_bytes()).collect();
        [head, self.text.clone()]
    }

    /// Reads what [`NameTable::parts`] gave, one after the other from a place in `bytes` on, or says that it is something else.
    pub fn read(mut bytes: Vec<u8>, start: usize) -> Option<NameTable> {
        let (head, rest) = bytes.get(start..)?.split_first_chunk::<8>()?;
        let [count, slots] = [0, 4].map(|at| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]));
        let (count, slot_count) = (count as usize, slots as usize);
        let slots_length = slot_count.checked_mul(4)?;
        let (slots, text) = rest.split_at_checked(slots_length)?;
        let slots: Vec<u32> = slots.as_chunks().0.iter().map(|&bytes| u32::from_le_bytes(bytes)).collect();
        // A table without a free slot would be searched for ever.
        let used = slots.iter().filter(|slot| **slot != 0).count();
        let is_table = (slot_count == 0 || slot_count.is_power_of_two()) && used == count && 2 * used <= slot_count;
        let is_whole =
            slots.iter().all(|&slot| slot as usize <= text.len()) && text.last().is_none_or(|it| *it == b'\n');
        if !is_table || !is_whole {
            return None;
        }
        // The text is most of it, and stays in its memory.
        bytes.drain(..start + 8 + slots_length);
        Some(NameTable { slots, text: bytes, count })
    }
}

fn hash(name: &[u8]) -> usize {
    let mut hasher = FxHasher::default();
    hasher.write(name);
    hasher.finish() as usize
}

#[cfg(test)]
mod tests {
    use super::NameTable;

    fn names(count: usize) -> impl Iterator<Item = String> {
        (0..count).map(|number| format!("_RNvCs_1a{number}"))
    }

    #[test]
    fn what_is_put_in_is_found_and_nothing_else() {
        let mut table = NameTable::default();
        assert!(!table.contains("") && !table.contains("a"));
        for name in names(1000).chain(names(1000)) {
            assert!(table.insert(&name));
        }
        assert_eq!(table.len(), 1000);
        let again = NameTable::read(table.parts().concat(), 0).expect("a table");
        assert_eq!(again, table);
        for name in names(1000) {
            assert!(again.contains(&name));
            // No part of a name is one, nor is what begins with one.
            assert!(!again.contains(&name[1..]) && !again.contains(&format!("{name}\n")));
        }
        assert!(!again.contains("_RNvCs_1a1000") && !again.contains("_RNvCs_1a") && !again.contains(""));
    }

    #[test]
    fn other_bytes_are_no_table_or_a_harmless_one() {
        let mut table = NameTable::default();
        assert_eq!(NameTable::read([b"ab".to_vec(), table.parts().concat()].concat(), 2), Some(NameTable::default()));
        assert_eq!(NameTable::read(Vec::new(), 2), None);
        names(20).for_each(|name| assert!(table.insert(&name)));
        let bytes = table.parts().concat();
        for at in 0..bytes.len() {
            // The text's end shows only where it cuts a name.
            let cut = NameTable::read(bytes[..at].to_vec(), 0);
            assert!(cut.is_none() || bytes[at - 1] == b'\n', "cut at {at}");
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x41;
            if let Some(table) = NameTable::read(damaged, 0) {
                names(30).for_each(|name| _ = table.contains(&name));
            }
        }
    }
}
