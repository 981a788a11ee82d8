//! A global allocator that counts, and an arena that lends.

use std::alloc::{GlobalAlloc, Layout, System, alloc, dealloc, handle_alloc_error, realloc};
use std::cell::{Cell, UnsafeCell};
use std::collections::{HashMap, LinkedList};
use std::hint::black_box;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Counting;

static ALLOCATED: AtomicUsize = AtomicUsize::new(0);
static FREED: AtomicUsize = AtomicUsize::new(0);
static CALLS: AtomicUsize = AtomicUsize::new(0);
static GROWN: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is the system's, only counted.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.fetch_add(layout.size(), Relaxed);
        CALLS.fetch_add(1, Relaxed);
        // SAFETY: the caller's promise is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        FREED.fetch_add(layout.size(), Relaxed);
        // SAFETY: the caller's promise is the same.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        GROWN.fetch_add(1, Relaxed);
        ALLOCATED.fetch_add(size, Relaxed);
        FREED.fetch_add(layout.size(), Relaxed);
        // SAFETY: the caller's promise is the same.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static GLOBAL: Counting = Counting;

/// What a piece of work allocates: bytes, bytes still held, calls, growths.
fn measure<R>(name: &str, work: impl FnOnce() -> R) -> R {
    let before = [&ALLOCATED, &FREED, &CALLS, &GROWN].map(|counter| counter.load(Relaxed));
    // What is not looked at need not be allocated.
    let result = black_box(work());
    let after = [&ALLOCATED, &FREED, &CALLS, &GROWN].map(|counter| counter.load(Relaxed));
    let [allocated, freed, calls, grown] = std::array::from_fn(|i| after[i] - before[i]);
    println!(
        "{name:<10} {allocated:>6} bytes, {:>6} held, {calls} calls, {grown} grown",
        allocated as isize - freed as isize
    );
    result
}

#[repr(align(64))]
struct Line([u8; 64]);

/// Values that live as long as the arena, each at its own place.
struct Arena {
    chunks: UnsafeCell<Vec<(NonNull<u8>, Layout)>>,
    used: Cell<usize>,
}

impl Arena {
    const CHUNK: Layout = match Layout::from_size_align(1024, 64) {
        Ok(layout) => layout,
        Err(_) => unreachable!(),
    };

    fn new() -> Arena {
        Arena { chunks: UnsafeCell::default(), used: Cell::new(Self::CHUNK.size()) }
    }

    /// Values are not dropped, so they may not need it.
    fn add<T: Copy>(&self, value: T) -> &mut T {
        assert!(size_of::<T>() <= 1024 && align_of::<T>() <= 64);
        // SAFETY: nobody keeps a reference to the list, and places are given away once.
        unsafe {
            let chunks = &mut *self.chunks.get();
            let mut at = self.used.get().next_multiple_of(align_of::<T>());
            if at + size_of::<T>() > Self::CHUNK.size() {
                let chunk = NonNull::new(alloc(Self::CHUNK)).unwrap_or_else(|| handle_alloc_error(Self::CHUNK));
                chunks.push((chunk, Self::CHUNK));
                at = 0;
            }
            self.used.set(at + size_of::<T>());
            let place = chunks[chunks.len() - 1].0.byte_add(at).cast::<T>();
            place.write(value);
            &mut *place.as_ptr()
        }
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        for (chunk, layout) in self.chunks.get_mut().drain(..) {
            // SAFETY: allocated with that layout.
            unsafe { dealloc(chunk.as_ptr(), layout) }
        }
    }
}

fn main() {
    println!("start"); // Standard output allocates its buffer now.
    measure("nothing", || ());
    measure("vec", || (0..1000u32).collect::<Vec<_>>());
    let text = measure("string", || {
        let mut text = String::new();
        (0..100).for_each(|n| text.push((b'a' + n % 26) as char));
        text
    });
    measure("shrink", || text.into_boxed_str());
    let line = measure("aligned", || Box::new(Line([1; 64])));
    println!("{} {}", (&raw const *line).addr() % 64, line.0.iter().map(|&b| u32::from(b)).sum::<u32>());
    measure("list", || LinkedList::from([1u64, 2, 3]));
    measure("map", || (0..20).map(|n| (n, n * n)).collect::<HashMap<u32, u32>>());
    measure("zeroed", || vec![0u8; 5000]);
    measure("dyn", || {
        (0..4).map(|n| Box::new(move |m: i32| n + m) as Box<dyn Fn(i32) -> i32>).fold(0, |n, f| black_box(f)(n))
    });
    measure("arena", || {
        let arena = black_box(Arena::new());
        let numbers: Vec<&mut u64> = (0..200).map(|n| arena.add(n)).collect();
        let (pair, last) = (arena.add((1u8, 2.5f32)), numbers.into_iter().map(|n| *n).sum::<u64>());
        pair.0 += 1;
        println!("{pair:?} {last}");
    });
    measure("raw", || {
        let layout = Layout::array::<u16>(8).expect("small");
        // SAFETY: layouts are those of the allocation, and what is read has been written.
        unsafe {
            let mut pointer = alloc(layout).cast::<u16>();
            (0..8).for_each(|i| pointer.add(i).write(i as u16 * 3));
            pointer = realloc(pointer.cast(), layout, 64).cast();
            println!("{:?}", std::slice::from_raw_parts(pointer, 8));
            dealloc(pointer.cast(), Layout::array::<u16>(32).expect("small"));
        }
    });
}
