// Statics, thread locals with destructors, atomics of all sizes, channels, scoped threads, once cells.
use std::cell::{Cell, OnceCell, RefCell};
use std::sync::atomic::*;
use std::sync::{Barrier, Condvar, LazyLock, Mutex, OnceLock, RwLock, mpsc};
use std::thread;

static COUNT: AtomicUsize = AtomicUsize::new(0);
static TABLE: [&[&str]; 3] = [&["a", "b"], &[], &["c"]];
static SELF: Node = Node { value: 1, next: Some(&OTHER) };
static OTHER: Node = Node { value: 2, next: Some(&SELF) };
static LAZY: LazyLock<Vec<u32>> = LazyLock::new(|| (0..5).map(|x| x * x).collect());
static LOCK: RwLock<[u8; 3]> = RwLock::new([1, 2, 3]);
static ONCE: OnceLock<String> = OnceLock::new();
static FUNCTIONS: &[(&str, fn(u32) -> u32)] = &[("inc", |x| x + 1), ("double", |x| x * 2), ("square", u32_square)];
const fn u32_square(x: u32) -> u32 { x * x }
const PRIMES: [u32; 8] = { let mut out = [0; 8]; let (mut n, mut i) = (2, 0); while i < 8 { let mut d = 2; let mut prime = true; while d * d <= n { if n % d == 0 { prime = false; } d += 1; } if prime { out[i] = n; i += 1; } n += 1; } out };

struct Node { value: u32, next: Option<&'static Node> }

struct Tracked(&'static str);
impl Drop for Tracked { fn drop(&mut self) { COUNT.fetch_add(self.0.len(), Ordering::SeqCst); } }

thread_local! {
    static NAME: RefCell<Tracked> = RefCell::new(Tracked("four"));
    static NUMBER: Cell<u64> = const { Cell::new(40) };
    static CELL: OnceCell<String> = const { OnceCell::new() };
}

fn main() {
    println!("{:?} {} {}", TABLE, SELF.next.unwrap().next.unwrap().value, OTHER.value);
    println!("{:?} {PRIMES:?}", *LAZY);
    println!("{:?}", FUNCTIONS.iter().map(|(name, f)| (*name, f(7))).collect::<Vec<_>>());
    let barrier = Barrier::new(3);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        // Joined one by one: a scope does not wait for the destructors of thread locals.
        let threads: Vec<_> = (0..3u64).map(|index| {
            let (sender, barrier) = (sender.clone(), &barrier);
            scope.spawn(move || {
                NAME.with_borrow_mut(|name| name.0 = if index == 0 { "x" } else { "yz" });
                NUMBER.set(NUMBER.get() + index);
                barrier.wait();
                ONCE.get_or_init(|| "once".to_owned());
                LOCK.write().unwrap()[index as usize] *= 10;
                sender.send((index, NUMBER.get(), CELL.with(|cell| cell.get_or_init(|| index.to_string()).clone()))).unwrap();
            })
        }).collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
    drop(sender);
    let mut got: Vec<_> = receiver.iter().collect();
    got.sort();
    println!("{got:?} {:?} {} {} {:?}", LOCK.read().unwrap(), COUNT.load(Ordering::SeqCst), NUMBER.get(), ONCE.get());
    let pair = (Mutex::new(0u32), Condvar::new());
    thread::scope(|scope| {
        scope.spawn(|| { for _ in 0..5 { *pair.0.lock().unwrap() += 1; pair.1.notify_one(); } });
        let guard = pair.1.wait_while(pair.0.lock().unwrap(), |n| *n < 5).unwrap();
        println!("{}", *guard);
    });
    let (a8, a16, a32, a64, ab, ap) = (AtomicI8::new(-1), AtomicU16::new(9), AtomicI32::new(5), AtomicU64::new(1 << 40), AtomicBool::new(true), AtomicPtr::new(std::ptr::null_mut::<u8>()));
    println!("{} {} {} {} {} {:?}", a8.fetch_sub(127, Ordering::AcqRel), a16.fetch_nand(5, Ordering::Relaxed), a32.fetch_max(7, Ordering::SeqCst), a64.fetch_xor(3, Ordering::Release), ab.fetch_and(false, Ordering::Acquire), ap.swap(std::ptr::without_provenance_mut(8), Ordering::SeqCst));
    println!("{a8:?} {a16:?} {a32:?} {a64:?} {ab:?} {ap:?} {:?} {:?}", a32.compare_exchange(7, 8, Ordering::SeqCst, Ordering::Relaxed), a8.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |x| x.checked_sub(100)));
}
