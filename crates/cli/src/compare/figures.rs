//! Figures: how they spread, what can be told from them, how they are written.

use std::time::Duration;

/// Several measurements of one thing.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Samples(pub Vec<f64>);

impl Samples {
    pub fn add(&mut self, time: Duration) {
        self.0.push(time.as_secs_f64());
    }

    /// The one in the middle; none without any.
    pub fn median(&self) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match sorted.len() {
            0 => None,
            length if length.is_multiple_of(2) => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
            _ => Some(sorted[middle]),
        }
    }

    /// Half of the distance between the least and the greatest; none for fewer than two.
    pub fn spread(&self) -> Option<f64> {
        let least = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (self.0.len() > 1).then_some((greatest - least) / 2.0)
    }

    /// Whether a difference to others may be chance: it is no greater than the spreads together. What was measured once says
    /// nothing of its spread; a twentieth is taken for it.
    pub fn may_equal(&self, other: &Samples) -> bool {
        let (Some(one), Some(two)) = (self.median(), other.median()) else { return false };
        let spread = |samples: &Samples, median: f64| samples.spread().unwrap_or(median / 20.0);
        (one - two).abs() <= spread(self, one) + spread(other, two)
    }
}

/// The best of some, and those that may be as good; none where there are no figures.
pub fn best(all: &[&Samples]) -> Option<(usize, Vec<usize>)> {
    let medians = all.iter().enumerate().filter_map(|(index, samples)| Some((index, samples.median()?)));
    let (first, _) = medians.min_by(|a, b| a.1.total_cmp(&b.1))?;
    let equal = (0..all.len()).filter(|index| *index != first && all[*index].may_equal(all[first])).collect();
    Some((first, equal))
}

/// A time in few characters.
pub fn time(seconds: f64) -> String {
    match seconds {
        _ if seconds >= 100.0 => format!("{seconds:.0} s"),
        _ if seconds >= 10.0 => format!("{seconds:.1} s"),
        _ if seconds >= 1.0 => format!("{seconds:.2} s"),
        _ if seconds >= 0.1 => format!("{:.0} ms", seconds * 1e3),
        _ if seconds >= 0.01 => format!("{:.1} ms", seconds * 1e3),
        _ => format!("{:.2} ms", seconds * 1e3),
    }
}

/// A size in few characters.
pub fn size(bytes: u64) -> String {
    let value = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..100_000 => format!("{:.1} kB", value / 1e3),
        100_000..1_000_000 => format!("{:.0} kB", value / 1e3),
        1_000_000..100_000_000 => format!("{:.1} MB", value / 1e6),
        _ => format!("{:.0} MB", value / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::{Samples, best, size, time};

    #[test]
    fn noise_is_no_difference() {
        let samples = |values: &[f64]| Samples(values.to_vec());
        let (quick, near, slow) = (samples(&[1.0, 1.2, 1.1]), samples(&[1.2, 1.3, 1.1]), samples(&[2.0, 2.1]));
        assert_eq!(quick.median(), Some(1.1));
        assert!((slow.median().unwrap() - 2.05).abs() < 1e-9 && (slow.spread().unwrap() - 0.05).abs() < 1e-9);
        assert_eq!(best(&[&slow, &near, &quick]), Some((2, vec![1])));
        assert_eq!(best(&[&Samples::default(), &slow]), Some((1, vec![])));
        assert_eq!(best(&[]), None);
        // Once is never.
        assert!(samples(&[1.0]).may_equal(&samples(&[1.04])) && !samples(&[1.0]).may_equal(&samples(&[1.2])));
    }

    #[test]
    fn few_characters() {
        assert_eq!(
            [0.00123, 0.0123, 0.123, 1.234, 12.34, 123.4].map(time).join(" "),
            "1.23 ms 12.3 ms 123 ms 1.23 s 12.3 s 123 s"
        );
        assert_eq!([7, 1_234, 123_456, 1_234_567, 123_456_789].map(size).join(" "), "7 B 1.2 kB 123 kB 1.2 MB 123 MB");
    }
}
