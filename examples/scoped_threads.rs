//! Scoped threads that borrow: a parallel sum, merge sort, a histogram, and thread-locals.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

fn numbers(count: usize) -> Vec<u32> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as u32
    };
    std::iter::repeat_with(next).take(count).collect()
}

fn parallel_sum(data: &[u32], threads: usize) -> u64 {
    thread::scope(|scope| {
        let chunk = data.len().div_ceil(threads).max(1);
        let parts: Vec<_> = data
            .chunks(chunk)
            .map(|part| scope.spawn(move || part.iter().map(|&n| u64::from(n)).sum::<u64>()))
            .collect();
        parts.into_iter().map(|part| part.join().expect("no panic")).sum()
    })
}

fn merge_sort<T: Ord + Copy + Send>(data: &mut [T], depth: usize) {
    if data.len() <= 32 {
        data.sort_unstable();
        return;
    }
    let (left, right) = data.split_at_mut(data.len() / 2);
    if depth > 0 {
        thread::scope(|scope| {
            scope.spawn(|| merge_sort(left, depth - 1));
            merge_sort(right, depth - 1);
        });
    } else {
        merge_sort(left, 0);
        merge_sort(right, 0);
    }
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut l, mut r) = (left.iter().peekable(), right.iter().peekable());
    while let (Some(a), Some(b)) = (l.peek(), r.peek()) {
        merged.extend(if a <= b { l.next() } else { r.next() });
    }
    merged.extend(l.chain(r));
    data.copy_from_slice(&merged);
}

struct Tracked(&'static str, &'static AtomicUsize);

impl Drop for Tracked {
    fn drop(&mut self) {
        self.1.fetch_add(self.0.len(), Ordering::SeqCst);
    }
}

static DROPPED: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
    static LOG: RefCell<Vec<Tracked>> = RefCell::new(vec![Tracked("begin", &DROPPED)]);
}

fn call(name: &'static str) -> u32 {
    LOG.with_borrow_mut(|log| log.push(Tracked(name, &DROPPED)));
    CALLS.replace(CALLS.get() + 1) + 1
}

fn main() {
    let mut data = numbers(10_000);
    println!("{} {}", parallel_sum(&data, 4), data.iter().map(|&n| u64::from(n)).sum::<u64>());
    let mut expected = data.clone();
    expected.sort();
    merge_sort(&mut data, 2);
    println!("{} {:?} {:?}", data == expected, &data[..3], data.last());

    let histogram: [AtomicUsize; 8] = Default::default();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(value) = data.get(next.fetch_add(1, Ordering::Relaxed)) {
                    histogram[(value >> 21) as usize & 7].fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let histogram = histogram.map(AtomicUsize::into_inner);
    println!("{histogram:?} {}", histogram.iter().sum::<usize>());

    println!("{} {}", call("main"), call("main"));
    for name in ["one", "three"] {
        // The end of a joined thread's scope is not the end of its thread-locals: so it is joined by hand.
        let thread = thread::spawn(move || (call(name), call(name), LOG.with_borrow(|log| log.len())));
        println!("{:?} {}", thread.join().ok(), DROPPED.load(Ordering::SeqCst));
    }
    println!("{}", call("main"));

    let failed = thread::scope(|scope| scope.spawn(|| -> u8 { std::panic::resume_unwind(Box::new("quietly")) }).join());
    println!("{:?}", failed.unwrap_err().downcast_ref::<&str>());
}
