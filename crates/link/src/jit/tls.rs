//! Thread-locals of loaded images.
//!
//! Code reaches a thread-local by calling `__tls_get_addr` with a pair of module and offset. Loaded objects are given
//! the function of this module instead: pairs with [`OWN`] in the module are of images, and every thread gets a block
//! of them when it first asks; all other pairs are of shared libraries and go to the real function.

use super::layout::TlsTemplate;
use super::memory::Mapping;
use std::alloc::Layout;
use std::cell::Cell;
use std::ffi::c_void;
use std::sync::{OnceLock, PoisonError, RwLock};

/// Marks a module number as an image's slot. The dynamic loader counts its modules from 1.
const OWN: u64 = 1 << 63;

/// What `__tls_get_addr` takes.
#[repr(C)]
pub(super) struct TlsIndex {
    module: u64,
    offset: u64,
}

/// The initial content of an image's thread-locals.
#[derive(Clone, Copy)]
struct Initial {
    bytes: &'static [u8],
    layout: Layout,
}

/// What is known of an image with thread-locals.
#[derive(Default)]
struct Slot {
    /// `None` while the image is being loaded, if that failed, and when it is gone.
    initial: Option<Initial>,
    /// How many threads have a block.
    blocks: usize,
    /// The memory of an image that was unloaded while there were blocks. Their threads may have noted destructors of
    /// thread-locals, which are code of the image; so it stays until the last of them has ended.
    leaving: Option<Mapping>,
    /// An image has it.
    taken: bool,
}

static IMAGES: RwLock<Vec<Slot>> = RwLock::new(Vec::new());

/// Reserves a slot for an image; `None` if there are too many.
pub(super) fn reserve_slot() -> Option<u32> {
    let mut images = IMAGES.write().unwrap_or_else(PoisonError::into_inner);
    let free = images.iter().position(|slot| !slot.taken);
    let index = free.unwrap_or(images.len());
    let slot = u32::try_from(index).ok()?;
    let new = Slot { taken: true, ..Slot::default() };
    match free {
        Some(index) => images[index] = new,
        None => images.push(new),
    }
    Some(slot)
}

/// Gives a slot back whose image was not loaded after all.
pub(super) fn release_slot(slot: u32) {
    let mut images = IMAGES.write().unwrap_or_else(PoisonError::into_inner);
    images[slot as usize] = Slot::default();
}

/// Gives a slot its content.
pub(super) fn fill(slot: u32, bytes: &'static [u8], template: &TlsTemplate) {
    // At least one byte, so that every block has an address of its own.
    let size = (template.size_bytes as usize).max(1);
    let layout = Layout::from_size_align(size, template.align as usize).expect("sizes and alignments are limited");
    let mut images = IMAGES.write().unwrap_or_else(PoisonError::into_inner);
    images[slot as usize].initial = Some(Initial { bytes, layout });
}

/// Unmaps the image of a slot, as soon as no thread has a block any more. Gives whether that is so already.
///
/// # Safety
///
/// As [`Mapping::unmap`], but for destructors of thread-locals.
pub(super) unsafe fn unload(slot: u32, mapping: Mapping) -> bool {
    let mut images = IMAGES.write().unwrap_or_else(PoisonError::into_inner);
    let slot = &mut images[slot as usize];
    if slot.blocks > 0 {
        slot.leaving = Some(mapping);
        return false;
    }
    *slot = Slot::default();
    // SAFETY: promised by the caller; no thread has a block, so none has destructors of this image to run.
    unsafe { mapping.unmap() };
    true
}

/// The module number of an image.
pub(super) fn module_of_slot(slot: u32) -> u64 {
    OWN | u64::from(slot)
}

/// The address of the function that objects call as `__tls_get_addr`.
pub(super) fn get_addr_function() -> u64 {
    get_addr as *const () as u64
}

/// One thread's blocks.
struct Blocks {
    /// By slot; null where the thread has not asked yet.
    blocks: Vec<(*mut u8, Layout)>,
    /// How often the thread's end has been seen, see [`end_of_thread`].
    passes: u32,
}

thread_local! {
    /// Null until the thread asks for its first block. Without a destructor, so that it can be read at any time.
    static BLOCKS: Cell<*mut Blocks> = const { Cell::new(std::ptr::null_mut()) };
}

/// The replacement of `__tls_get_addr`.
unsafe extern "C" fn get_addr(index: *const TlsIndex) -> *mut u8 {
    // SAFETY: code calls this with the address of a pair in its image's table, which was filled when it was loaded.
    let TlsIndex { module, offset } = unsafe { index.read() };
    if module & OWN == 0 {
        // SAFETY: a pair of a shared library, as the real function takes it.
        return unsafe { real_get_addr(index) };
    }
    let slot = (module & !OWN) as usize;
    let blocks = BLOCKS.get();
    // SAFETY: the pointer is null or this thread's own box, which `end_of_thread` takes away before it is freed.
    let block = unsafe { blocks.as_ref() }.and_then(|blocks| blocks.blocks.get(slot)).map(|(block, _)| *block);
    let block = match block {
        Some(block) if !block.is_null() => block,
        _ => new_block(slot),
    };
    block.wrapping_add(offset as usize)
}

/// Makes this thread's block for an image.
#[cold]
fn new_block(slot: usize) -> *mut u8 {
    let initial = {
        let mut images = IMAGES.write().unwrap_or_else(PoisonError::into_inner);
        let slot = &mut images[slot];
        slot.blocks += 1;
        slot.initial.expect("code runs after its image was loaded")
    };
    // SAFETY: the layout's size is not 0.
    let block = unsafe { std::alloc::alloc_zeroed(initial.layout) };
    if block.is_null() {
        std::alloc::handle_alloc_error(initial.layout);
    }
    // SAFETY: the block is new and at least as large as the initial bytes.
    unsafe { std::ptr::copy_nonoverlapping(initial.bytes.as_ptr(), block, initial.bytes.len()) };
    let mut blocks = BLOCKS.get();
    if blocks.is_null() {
        blocks = Box::into_raw(Box::new(Blocks { blocks: Vec::new(), passes: 0 }));
        BLOCKS.set(blocks);
        // SAFETY: the key is made and never deleted. A failure means that the blocks are not freed.
        unsafe { libc::pthread_setspecific(end_key(), blocks.cast()) };
    }
    // SAFETY: this thread's own box, and no other reference to it is alive.
    let list = unsafe { &mut (*blocks).blocks };
    if list.len() <= slot {
        list.resize(slot + 1, (std::ptr::null_mut(), Layout::new::<u8>()));
    }
    list[slot] = (block, initial.layout);
    block
}

/// The key whose destructor sees threads end.
fn end_key() -> libc::pthread_key_t {
    static KEY: OnceLock<libc::pthread_key_t> = OnceLock::new();
    *KEY.get_or_init(|| {
        let mut key = 0;
        // SAFETY: the destructor takes what `new_block` sets.
        let result = unsafe { libc::pthread_key_create(&raw mut key, Some(end_of_thread)) };
        assert_eq!(result, 0, "no key for thread-locals");
        key
    })
}

/// Frees a thread's blocks when it ends. Destructors of other keys may still use thread-locals, so this waits for the
/// last but one of the four rounds of destructors that the C library makes. (Destructors of C++ and Rust thread-locals
/// run before all keys'.)
unsafe extern "C" fn end_of_thread(blocks: *mut c_void) {
    const WAIT_ROUNDS: u32 = 2;
    let blocks = blocks.cast::<Blocks>();
    // SAFETY: the thread's own box, which only this function frees.
    let passes = unsafe { &mut (*blocks).passes };
    if *passes < WAIT_ROUNDS {
        *passes += 1;
        // SAFETY: as in `new_block`.
        unsafe { libc::pthread_setspecific(end_key(), blocks.cast()) };
        return;
    }
    BLOCKS.set(std::ptr::null_mut());
    // SAFETY: made by `Box::into_raw`, and forgotten by the thread just now.
    let blocks = unsafe { Box::from_raw(blocks) };
    let mut images = IMAGES.write().unwrap_or_else(PoisonError::into_inner);
    for (slot, (block, layout)) in blocks.blocks.into_iter().enumerate() {
        if block.is_null() {
            continue;
        }
        // SAFETY: allocated by `new_block` with this layout.
        unsafe { std::alloc::dealloc(block, layout) };
        let slot = &mut images[slot];
        slot.blocks -= 1;
        if slot.blocks == 0
            && let Some(mapping) = slot.leaving.take()
        {
            *slot = Slot::default();
            // SAFETY: who unloaded the image promised that nothing else uses it, and this was the last thread that could
            // have destructors of it, which have run.
            unsafe { mapping.unmap() };
        }
    }
}

/// Calls the dynamic loader's `__tls_get_addr`.
///
/// # Safety
///
/// The pair is of a shared library that is loaded.
unsafe fn real_get_addr(index: *const TlsIndex) -> *mut u8 {
    unsafe extern "C" {
        fn __tls_get_addr(index: *const TlsIndex) -> *mut u8;
    }
    // SAFETY: promised by the caller.
    unsafe { __tls_get_addr(index) }
}
