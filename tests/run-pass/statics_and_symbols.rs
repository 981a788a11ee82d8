//! Statics that point to each other and into themselves, exported and placed symbols, constants that hold code.
use std::cell::{Cell, UnsafeCell};
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, Once, OnceLock};

struct Node {
    value: u32,
    next: Option<&'static Node>,
}
static A: Node = Node { value: 1, next: Some(&B) };
static B: Node = Node { value: 2, next: Some(&C) };
static C: Node = Node { value: 3, next: Some(&A) };
static TEXTS: [&str; 3] = ["a", "bc", ""];
static MIDDLE: &&str = &TEXTS[1];
static PART: &[u16] = WHOLE.1.split_at(1).1.split_at(2).0;
static WHOLE: (u8, [u16; 4]) = (1, [2, 3, 4, 5]);
static OBJECTS: [&(dyn Fn(u32) -> u32 + Sync); 3] = [&|x| x + 1, &double, &CALL];
fn double(x: u32) -> u32 {
    x * 2
}
static CALL: fn(u32) -> u32 = |x| x * 5;
const TABLE: [(&str, fn(f64) -> f64); 2] = [("sqrt", f64::sqrt), ("abs", f64::abs)];
static mut CHANGED: [u32; 3] = [1, 2, 3];
struct Shared(UnsafeCell<u32>);
unsafe impl Sync for Shared {}
static SHARED: Shared = Shared(UnsafeCell::new(5));
static POINTER: AtomicPtr<u32> = AtomicPtr::new(SHARED.0.get());
static ONCE: Once = Once::new();
static LOCK: OnceLock<String> = OnceLock::new();
static LAZY: LazyLock<Vec<u32>> = LazyLock::new(|| {
    println!("lazy");
    (0..4).collect()
});
static MUTEX: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(1) };
    static TOLD: Told = Told("thread's end");
}
struct Told(&'static str);
impl Drop for Told {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}
#[unsafe(no_mangle)]
pub static EXPORTED_BY_NAME: u64 = 0xabcd;
#[unsafe(export_name = "another name for it")]
pub extern "C" fn renamed(x: u32) -> u32 {
    x + 100
}
#[unsafe(link_section = ".data.own")]
static PLACED: AtomicUsize = AtomicUsize::new(9);
#[used]
#[unsafe(link_section = ".init_array")]
static BEFORE_MAIN: extern "C" fn() = {
    extern "C" fn before() {
        PLACED.fetch_add(1, Ordering::Relaxed);
    }
    before
};
mod foreign {
    unsafe extern "C" {
        #[link_name = "another name for it"]
        pub safe fn renamed(x: u32) -> u32;
        #[link_name = "EXPORTED_BY_NAME"]
        pub safe static BY_NAME: u64;
        pub static environ: *const *const u8;
    }
}
const fn primes<const N: usize>() -> [u32; N] {
    let mut found = [0; N];
    let (mut count, mut n) = (0, 2);
    while count < N {
        let mut i = 0;
        while i < count && n % found[i] != 0 {
            i += 1;
        }
        if i == count {
            found[count] = n;
            count += 1;
        }
        n += 1;
    }
    found
}
const PRIMES: [u32; 12] = primes();
const HASH: u64 = {
    let bytes = include_bytes_of("some text");
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x100_0000_01b3);
        i += 1;
    }
    hash
};
const fn include_bytes_of(text: &str) -> &[u8] {
    text.as_bytes()
}
const FLOATS: [f64; 4] = [0.1 + 0.2, 1.0 / 3.0, f64::MAX * 2.0, (1u64 << 53) as f64 + 1.0];
trait Named {
    const NAME: &'static str;
    const LENGTH: usize = Self::NAME.len();
}
impl Named for u8 {
    const NAME: &'static str = "byte";
}
impl<T: Named> Named for [T; 3] {
    const NAME: &'static str = match T::LENGTH {
        4 => "three of four",
        _ => "three",
    };
}
fn main() {
    let mut node = &A;
    for _ in 0..7 {
        print!("{} ", node.value);
        node = node.next.unwrap();
    }
    println!("{}", std::ptr::eq(B.next.unwrap(), &C));
    println!("{MIDDLE} {PART:?} {}", std::ptr::eq(PART.as_ptr(), &WHOLE.1[1]));
    println!("{:?}", OBJECTS.map(|it| it(10)));
    println!("{:?}", TABLE.map(|(name, f)| (name, f(16.0))));
    unsafe {
        CHANGED[1] += 10;
        let pointer = &raw mut CHANGED;
        (*pointer)[2] = 7;
        println!("{:?}", *pointer);
        *POINTER.load(Ordering::Relaxed) += 1;
        println!("{}", *SHARED.0.get());
        println!("{}", !foreign::environ.is_null());
    }
    ONCE.call_once(|| println!("once"));
    ONCE.call_once(|| println!("twice"));
    println!("{} {}", LOCK.get_or_init(|| "first".into()), LOCK.get_or_init(|| "second".into()));
    println!("{} {}", LAZY.len(), LAZY[2]);
    MUTEX.lock().unwrap().push("main");
    std::thread::spawn(|| {
        TOLD.with(|it| MUTEX.lock().unwrap().push(it.0));
        DEPTH.set(DEPTH.get() + 5);
        println!("{}", DEPTH.get());
    })
    .join()
    .unwrap();
    println!("{:?} {}", MUTEX.lock().unwrap(), DEPTH.get());
    let _ = std::thread::spawn(|| {
        let _guard = MUTEX.lock().unwrap();
        std::panic::resume_unwind(Box::new(3));
    })
    .join()
    .map_err(|it| println!("{:?}", it.downcast_ref::<i32>()));
    println!("{}", MUTEX.is_poisoned());
    println!("{} {:x} {}", foreign::renamed(1), foreign::BY_NAME, PLACED.load(Ordering::Relaxed));
    println!("{PRIMES:?} {HASH:x} {FLOATS:?} {} {}", <[u8; 3]>::NAME, <[[u8; 3]; 3] as Named>::LENGTH);
    println!("{}", const { PRIMES[3] * 2 });
}
