//! The byte buffers that travel over the bridge. (rustc: `proc_macro::bridge::buffer`.)

use std::ptr::{self, NonNull};

/// Bytes that both sides may grow and free, by functions of the side that made them.
///
/// Ours are made by C's `malloc` rather than by the program's allocator: in a forked child only C's is sure to work, as
/// another thread may have held a lock of the program's when the process was copied.
#[repr(C)]
pub(super) struct Buffer {
    data: *mut u8,
    len: usize,
    capacity: usize,
    reserve: extern "C" fn(Buffer, usize) -> Buffer,
    drop: extern "C" fn(Buffer),
}

impl Buffer {
    /// Nothing, without memory.
    pub(super) const fn new() -> Buffer {
        Buffer { data: NonNull::dangling().as_ptr(), len: 0, capacity: 0, reserve, drop: release }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: whoever made the buffer keeps `len` initialised bytes at `data`, which is never null.
        unsafe { std::slice::from_raw_parts(self.data, self.len) }
    }

    pub(super) fn clear(&mut self) {
        self.len = 0;
    }

    /// Makes the buffer `len` bytes long. What was in it is gone.
    pub(super) fn resize(&mut self, len: usize) -> &mut [u8] {
        self.len = 0;
        self.make_room(len);
        // SAFETY: there is room for `len` bytes, which are set here.
        unsafe {
            ptr::write_bytes(self.data, 0, len);
            self.len = len;
            std::slice::from_raw_parts_mut(self.data, len)
        }
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.make_room(bytes.len());
        // SAFETY: there is room for these bytes behind the first `len`, and nobody else refers to the buffer's memory.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.data.add(self.len), bytes.len()) };
        self.len += bytes.len();
    }

    fn make_room(&mut self, additional: usize) {
        if additional > self.capacity - self.len {
            let this = std::mem::replace(self, Buffer::new());
            let grow = this.reserve;
            *self = grow(this, additional);
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if self.capacity != 0 {
            let this = std::mem::replace(self, Buffer::new());
            let free = this.drop;
            free(this);
        }
    }
}

/// Grows a buffer of ours.
extern "C" fn reserve(buffer: Buffer, additional: usize) -> Buffer {
    let buffer = std::mem::ManuallyDrop::new(buffer);
    let Some(needed) = buffer.len.checked_add(additional) else { out_of_memory() };
    if needed <= buffer.capacity {
        return Buffer { ..*buffer };
    }
    let capacity = needed.max(buffer.capacity.saturating_mul(2)).max(256);
    let old = if buffer.capacity == 0 { ptr::null_mut() } else { buffer.data };
    // SAFETY: `old` is null or came from `realloc` here, as these functions are only in buffers made here.
    let data = unsafe { libc::realloc(old.cast(), capacity) }.cast::<u8>();
    if data.is_null() {
        out_of_memory();
    }
    Buffer { data, capacity, ..*buffer }
}

/// Frees a buffer of ours.
extern "C" fn release(buffer: Buffer) {
    let buffer = std::mem::ManuallyDrop::new(buffer);
    if buffer.capacity != 0 {
        // SAFETY: the memory came from `realloc` in `reserve`, and nobody has the buffer any more.
        unsafe { libc::free(buffer.data.cast()) };
    }
}

fn out_of_memory() -> ! {
    // SAFETY: `abort` may be called at any time.
    unsafe { libc::abort() }
}
