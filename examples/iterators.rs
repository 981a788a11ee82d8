//! Chains of iterators, and iterators of one's own.

use std::collections::BTreeMap;
use std::iter;

/// The Collatz sequence from a number to 1.
struct Collatz(Option<u64>);

impl Iterator for Collatz {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let current = self.0?;
        self.0 = match current {
            1 => None,
            n if n % 2 == 0 => Some(n / 2),
            n => Some(3 * n + 1),
        };
        Some(current)
    }
}

/// Runs of equal elements with their lengths.
struct Runs<I: Iterator>(iter::Peekable<I>);

impl<I: Iterator<Item: PartialEq>> Iterator for Runs<I> {
    type Item = (I::Item, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.0.next()?;
        let mut length = 1;
        while self.0.next_if(|item| *item == first).is_some() {
            length += 1;
        }
        Some((first, length))
    }
}

trait IteratorExt: Iterator + Sized {
    fn runs(self) -> Runs<Self> {
        Runs(self.peekable())
    }
}

impl<I: Iterator> IteratorExt for I {}

fn primes() -> impl Iterator<Item = u32> {
    (2u32..).filter(|n| (2..).take_while(|d| d * d <= *n).all(|d| n % d != 0))
}

fn boxed(descending: bool) -> Box<dyn DoubleEndedIterator<Item = i32>> {
    if descending { Box::new((0..5).rev()) } else { Box::new(0..5) }
}

fn main() {
    println!("{:?}", Collatz(Some(6)).collect::<Vec<_>>());
    println!("{:?}", (1..30).map(|n| (Collatz(Some(n)).count(), n)).max());
    println!("{:?}", "aaabccddddd".chars().runs().map(|(c, n)| format!("{c}{n}")).collect::<String>());
    println!("{:?}", primes().skip_while(|p| *p < 100).step_by(3).take(6).collect::<Vec<_>>());

    let squares = (1..=10).map(|n| n * n);
    let (even, odd): (Vec<i32>, Vec<i32>) = squares.clone().partition(|n| n % 2 == 0);
    println!("{even:?} {odd:?} {} {}", squares.clone().sum::<i32>(), squares.take(5).product::<i32>());

    let words = ["apple", "bob", "cat", "avocado", "cherry", "banana"];
    let by_letter = words.iter().fold(BTreeMap::<char, Vec<&str>>::new(), |mut map, word| {
        map.entry(word.chars().next().unwrap_or(' ')).or_default().push(word);
        map
    });
    println!("{by_letter:?}");

    let numbers: Result<Vec<i32>, _> = "1 2 3".split(' ').map(str::parse::<i32>).collect();
    let failed: Result<Vec<i32>, _> = "1 two 3".split(' ').map(str::parse::<i32>).collect();
    let some: Option<Vec<u32>> = "123".chars().map(|c| c.to_digit(10)).collect();
    println!("{numbers:?} {failed:?} {some:?}");

    let zipped: Vec<_> = (0..).zip("xyz".chars()).chain(iter::once((9, '!'))).rev_pairs();
    println!("{zipped:?}");
    let (indices, letters): (Vec<i32>, String) = zipped.into_iter().unzip();
    println!("{indices:?} {letters}");

    let data = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5];
    println!("{:?}", data.windows(2).filter(|w| w[0] < w[1]).count());
    println!("{:?}", data.chunks(4).map(|c| c.iter().sum::<i32>()).collect::<Vec<_>>());
    println!(
        "{:?}",
        data.iter()
            .scan(0, |sum, n| (*sum < 20).then(|| {
                *sum += n;
                *sum
            }))
            .collect::<Vec<_>>()
    );
    println!("{:?} {:?}", data.iter().position(|&n| n == 9), data.iter().rposition(|&n| n == 5));
    println!("{:?} {:?}", data.iter().min_by_key(|&&n| (n - 5).abs()), data.iter().copied().reduce(i32::max));
    println!("{:?}", data.iter().try_fold(0i8, |sum, &n| sum.checked_add(n as i8 * 10)));
    println!(
        "{:?} {:?}",
        boxed(true).collect::<Vec<_>>(),
        boxed(false).rfold(String::new(), |s, n| s + &n.to_string())
    );
    println!("{:?}", iter::successors(Some(1u32), |n| n.checked_mul(10)).last());
    println!(
        "{:?}",
        iter::repeat_with({
            let mut n = 1;
            move || {
                n *= 3;
                n
            }
        })
        .take(5)
        .collect::<Vec<_>>()
    );
    println!("{:?}", [[1, 2], [3, 4]].concat().iter().flat_map(|&n| iter::repeat_n(n, n)).collect::<Vec<_>>());
    println!("{:?} {}", [1.5, 0.5].iter().copied().fold(f64::INFINITY, f64::min), [1, 2].iter().lt([1, 3].iter()));
}

trait RevPairs<A, B> {
    fn rev_pairs(self) -> Vec<(A, B)>;
}

impl<A, B, I: Iterator<Item = (A, B)>> RevPairs<A, B> for I {
    fn rev_pairs(self) -> Vec<(A, B)> {
        let mut pairs: Vec<_> = self.collect();
        pairs.reverse();
        pairs
    }
}
