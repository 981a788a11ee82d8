//! The image's memory.

use super::JitError;
use super::layout::{Plan, Span};
use std::io;

/// The size of a page on x86-64.
pub(super) const PAGE_BYTES: u64 = 4096;

/// Memory from the system, writable until it is protected. It is given back where loading fails; where it succeeds, it is
/// kept until [`Mapping::unmap`].
pub(super) struct Memory {
    /// The mapped range.
    mapping: *mut u8,
    mapping_bytes: usize,
    /// The image's start in it, aligned.
    start: *mut u8,
    size_bytes: usize,
    kept: bool,
}

/// The memory of a loaded image. Kept for ever unless somebody gives it back.
#[derive(Debug)]
pub(super) struct Mapping {
    address: usize,
    size_bytes: usize,
}

impl Mapping {
    /// Gives the memory back to the system.
    ///
    /// # Safety
    ///
    /// Nothing refers to the memory any more: no code in it runs, and nobody keeps an address in it.
    pub unsafe fn unmap(self) {
        // SAFETY: the mapping is this value's own; the caller promises that it is not used. A failure keeps it.
        unsafe { libc::munmap(self.address as *mut libc::c_void, self.size_bytes) };
    }
}

impl Memory {
    /// Zeroed memory of `size_bytes` (not 0), aligned to `align`, a power of two.
    pub fn reserve(size_bytes: u64, align: u64) -> Result<Memory, JitError> {
        let slack = if align > PAGE_BYTES { align } else { 0 };
        let total = size_bytes.checked_add(slack).and_then(|total| usize::try_from(total).ok());
        let mapping_bytes = total.ok_or(JitError::TooLarge)?;
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: a new mapping at an address of the system's choice touches nothing that exists.
        let mapping = unsafe { libc::mmap(std::ptr::null_mut(), mapping_bytes, protection, flags, -1, 0) };
        if mapping == libc::MAP_FAILED {
            return Err(JitError::Memory(io::Error::last_os_error()));
        }
        let mapping = mapping.cast::<u8>();
        // SAFETY: less than `align` bytes further is within the mapping, which has `align` bytes of slack where `align`
        // is larger than what the mapping has by itself.
        let start = unsafe { mapping.add(mapping.align_offset(align.max(PAGE_BYTES) as usize)) };
        Ok(Memory { mapping, mapping_bytes, start, size_bytes: size_bytes as usize, kept: false })
    }

    pub fn address(&self) -> u64 {
        self.start as u64
    }

    /// All bytes of the image, while it is being filled.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        debug_assert!(!self.kept, "the memory is protected");
        // SAFETY: the range is mapped, readable and writable, initialised with zeros, and nobody else knows it.
        unsafe { std::slice::from_raw_parts_mut(self.start, self.size_bytes) }
    }

    /// Bytes of the image after it was filled. The caller takes what is not writable to the program.
    pub fn slice_at(&self, offset: u64, length: u64) -> &'static [u8] {
        let (offset, length) = (offset as usize, length as usize);
        assert!(offset.checked_add(length).is_some_and(|end| end <= self.size_bytes), "the range is in the image");
        // SAFETY: the range is mapped, readable, and stays so once `protect` has succeeded, until the image is unloaded, of
        // which all users of these bytes are told before.
        unsafe { std::slice::from_raw_parts(self.start.add(offset), length) }
    }

    /// The 64-bit words in these ranges.
    pub fn words(&self, spans: &[Span]) -> Vec<u64> {
        let bytes = spans.iter().flat_map(|span| self.slice_at(span.offset, span.size_bytes).chunks_exact(8));
        bytes
            .map(|word| u64::from_le_bytes([word[0], word[1], word[2], word[3], word[4], word[5], word[6], word[7]]))
            .collect()
    }

    /// Takes away the right to write, or gives the right to execute, as the plan says; then keeps the memory.
    pub fn protect(&mut self, plan: &Plan) -> Result<(), JitError> {
        let ranges = [(plan.text, libc::PROT_READ | libc::PROT_EXEC), (plan.read_only, libc::PROT_READ)];
        for (span, protection) in ranges.into_iter().filter(|(span, _)| span.size_bytes > 0) {
            debug_assert!(span.offset.is_multiple_of(PAGE_BYTES) && span.size_bytes.is_multiple_of(PAGE_BYTES));
            // SAFETY: the plan's ranges are whole pages of this image, which nothing refers to yet.
            let result = unsafe {
                libc::mprotect(self.start.add(span.offset as usize).cast(), span.size_bytes as usize, protection)
            };
            if result != 0 {
                return Err(JitError::Memory(io::Error::last_os_error()));
            }
        }
        self.kept = true;
        Ok(())
    }

    /// What was mapped, once it is kept.
    pub fn into_mapping(self) -> Mapping {
        debug_assert!(self.kept, "the memory is not protected yet");
        Mapping { address: self.mapping as usize, size_bytes: self.mapping_bytes }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        if !self.kept {
            // SAFETY: the mapping is this value's own, and nothing was told about it.
            unsafe { libc::munmap(self.mapping.cast(), self.mapping_bytes) };
        }
    }
}
