//! Which bytes of memory are initialised, as it changes.

use ty::InitMask;

/// Marks `len` bytes from `start`, in memory of `size` bytes.
pub(crate) fn set_range(mask: &mut InitMask, size: u64, start: u64, len: u64, init: bool) {
    if len == 0 {
        return;
    }
    if len == size {
        *mask = InitMask::All(init);
        return;
    }
    if let InitMask::All(all) = *mask {
        if all == init {
            return;
        }
        *mask = InitMask::Bits(vec![if all { u64::MAX } else { 0 }; size.div_ceil(64) as usize]);
    }
    let InitMask::Bits(words) = mask else { unreachable!("made into bits above") };
    let end = start + len;
    let mut at = start;
    while at < end {
        let word = (at / 64) as usize;
        let first = at % 64;
        let count = (64 - first).min(end - at);
        let bits = if count == 64 { u64::MAX } else { ((1u64 << count) - 1) << first };
        if init {
            words[word] |= bits;
        } else {
            words[word] &= !bits;
        }
        at += count;
    }
}

/// The end of the run of equal bits that begins at `start`, at most `end`.
pub(crate) fn run_end(mask: &InitMask, start: u64, end: u64) -> u64 {
    let InitMask::Bits(words) = mask else { return end };
    let value = mask.get(start);
    let mut at = start;
    while at < end {
        let first = at % 64;
        let word = if value { !words[(at / 64) as usize] } else { words[(at / 64) as usize] } >> first;
        if word != 0 {
            return (at + u64::from(word.trailing_zeros())).min(end);
        }
        at += 64 - first;
    }
    end
}

/// The first uninitialised byte of a range.
pub(crate) fn first_uninit(mask: &InitMask, start: u64, len: u64) -> Option<u64> {
    if len == 0 {
        return None;
    }
    if !mask.get(start) {
        return Some(start);
    }
    let end = run_end(mask, start, start + len);
    (end < start + len).then_some(end)
}

/// A mask of whole words becomes `All` where all of its bits are alike.
pub(crate) fn simplify(mask: &mut InitMask, size: u64) {
    if let InitMask::Bits(_) = mask {
        if size == 0 {
            *mask = InitMask::All(true);
        } else if run_end(mask, 0, size) == size {
            *mask = InitMask::All(mask.get(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let mut mask = InitMask::All(false);
        set_range(&mut mask, 200, 60, 80, true);
        assert_eq!(run_end(&mask, 0, 200), 60);
        assert_eq!(run_end(&mask, 60, 200), 140);
        assert_eq!(run_end(&mask, 140, 200), 200);
        assert_eq!(first_uninit(&mask, 60, 80), None);
        assert_eq!(first_uninit(&mask, 60, 81), Some(140));
        assert_eq!(first_uninit(&mask, 59, 2), Some(59));
        set_range(&mut mask, 200, 0, 60, true);
        set_range(&mut mask, 200, 140, 60, true);
        simplify(&mut mask, 200);
        assert_eq!(mask, InitMask::All(true));
    }
}
