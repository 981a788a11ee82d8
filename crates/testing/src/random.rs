//! Inputs that are almost right, made at random.

/// Numbers that look random and are the same in every run.
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// The numbers that begin with a seed.
    pub fn new(seed: u64) -> Numbers {
        Numbers(seed)
    }

    /// The next: below a limit; 0 where the limit is.
    pub fn below(&mut self, limit: usize) -> usize {
        // A linear congruential generator (Knuth's MMIX), of which the upper bits are the good ones.
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % limit.max(1)
    }

    /// A text of which some words are replaced by pieces, exchanged, doubled or left out, which keeps more of it right than
    /// changed bytes do. A word ends with one of these characters.
    pub fn change_words(&mut self, text: &str, ends: &[char], pieces: &[&str], changes: usize) -> String {
        let mut words: Vec<&str> = text.split_inclusive(ends).collect();
        for _ in 0..changes {
            let at = self.below(words.len());
            match self.below(4) {
                0 => words[at] = pieces[self.below(pieces.len())],
                1 => words.insert(at, pieces[self.below(pieces.len())]),
                2 => {
                    words.remove(at);
                }
                _ => {
                    let other = self.below(words.len());
                    words.swap(at, other);
                }
            }
        }
        words.concat()
    }
}
