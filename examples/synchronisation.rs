//! `Arc`, `Mutex`, `Condvar`, `RwLock`, `Barrier`, `OnceLock` and atomics: a bounded queue and a semaphore.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicPtr, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Condvar, LazyLock, Mutex, OnceLock, RwLock};
use std::thread;

struct Queue<T> {
    items: Mutex<VecDeque<T>>,
    not_empty: Condvar,
    not_full: Condvar,
    capacity: usize,
}

impl<T> Queue<T> {
    fn new(capacity: usize) -> Queue<T> {
        Queue { items: Mutex::default(), not_empty: Condvar::new(), not_full: Condvar::new(), capacity }
    }

    fn push(&self, item: T) {
        let mut items = self.items.lock().unwrap();
        while items.len() == self.capacity {
            items = self.not_full.wait(items).unwrap();
        }
        items.push_back(item);
        self.not_empty.notify_one();
    }

    fn pop(&self) -> T {
        let mut items = self.not_empty.wait_while(self.items.lock().unwrap(), |items| items.is_empty()).unwrap();
        self.not_full.notify_one();
        items.pop_front().expect("it is not empty")
    }
}

fn queue() {
    let queue = Arc::new(Queue::new(3));
    let consumers: Vec<_> = (0..2)
        .map(|_| {
            let queue = Arc::clone(&queue);
            thread::spawn(move || std::iter::from_fn(|| queue.pop()).map(|n: u64| n * n).sum::<u64>())
        })
        .collect();
    (1..=100).for_each(|n| queue.push(Some(n)));
    consumers.iter().for_each(|_| queue.push(None));
    let sum: u64 = consumers.into_iter().map(|consumer| consumer.join().unwrap()).sum();
    println!("{sum}, {} owner", Arc::strong_count(&queue));
}

/// A lock that spins.
struct Spin<T> {
    held: AtomicBool,
    value: std::cell::UnsafeCell<T>,
}

// SAFETY: `with` lets one thread at a time reach the value.
unsafe impl<T: Send> Sync for Spin<T> {}

impl<T> Spin<T> {
    fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        while self.held.compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
            thread::yield_now();
        }
        // SAFETY: we hold the lock.
        let result = f(unsafe { &mut *self.value.get() });
        self.held.store(false, Ordering::Release);
        result
    }
}

static SPIN: Spin<Vec<u32>> = Spin { held: AtomicBool::new(false), value: std::cell::UnsafeCell::new(Vec::new()) };
static TABLE: LazyLock<Vec<u64>> = LazyLock::new(|| {
    println!("the table is made");
    std::iter::successors(Some(1), |n: &u64| n.checked_mul(3)).collect()
});

fn atomics() {
    let (counter, flags, small) = (AtomicI64::new(0), AtomicU32::new(0), AtomicU8::new(250));
    let barrier = Barrier::new(4);
    let leaders = AtomicU32::new(0);
    thread::scope(|scope| {
        for index in 0..4u32 {
            let (counter, flags, small, barrier, leaders) = (&counter, &flags, &small, &barrier, &leaders);
            scope.spawn(move || {
                for step in 0..1000 {
                    counter.fetch_add(if step % 2 == 0 { 3 } else { -1 }, Ordering::Relaxed);
                }
                flags.fetch_or(1 << (index * 8), Ordering::SeqCst);
                small.fetch_add(5, Ordering::AcqRel);
                SPIN.with(|list| list.push(index));
                if barrier.wait().is_leader() {
                    leaders.fetch_add(1, Ordering::Relaxed);
                }
                assert_eq!(counter.load(Ordering::Relaxed), 4000);
            });
        }
    });
    println!("{counter:?} {:#x} {small:?} {leaders:?}", flags.load(Ordering::SeqCst));
    println!("{:?}", small.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| (n < 20).then(|| n * 2)));
    println!("{} {} {}", small.fetch_max(9, Ordering::SeqCst), small.swap(1, Ordering::SeqCst), small.into_inner());
    println!(
        "{:?}",
        SPIN.with(|list| {
            list.sort();
            std::mem::take(list)
        })
    );
    let (mut one, mut two) = (1, 2);
    let pointer = AtomicPtr::new(&mut one);
    let old = pointer.swap(&mut two, Ordering::SeqCst);
    // SAFETY: both live.
    println!("{} {}", unsafe { *old }, unsafe { *pointer.load(Ordering::SeqCst) });
}

fn main() {
    queue();
    atomics();
    let cell = OnceLock::new();
    let firsts: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(|| cell.set("set").is_ok())).collect();
        threads.into_iter().filter(|_| true).map(|t| usize::from(t.join().unwrap())).sum()
    });
    println!("{firsts} {:?}; the table has {} entries, {:?}", cell.get(), TABLE.len(), TABLE.last());

    let lock = Arc::new(RwLock::new(vec![1]));
    let (a, b) = (lock.read().unwrap(), lock.read().unwrap());
    println!("{} {}", a.len() + b.len(), lock.try_write().is_err());
    drop((a, b));
    let poisoner = Arc::clone(&lock);
    let result = thread::Builder::new().name("poisoner".into()).spawn(move || {
        let mut guard = poisoner.write().unwrap();
        guard.push(2);
        panic!("with the lock held: {guard:?}");
    });
    println!("{} {}", result.unwrap().join().is_err(), lock.is_poisoned());
    println!("{:?}", lock.read().unwrap_or_else(|poison| poison.into_inner()));
}
