//@ lir: load_store
//@ lir: exchange
//@ lir: arithmetic
//@ lir: fences
//@ lir: pointers
//@ features: core_intrinsics
#![allow(internal_features)]
use std::intrinsics::*;

pub fn load_store(x: *mut u32) -> u32 {
    unsafe {
        atomic_store::<_, { AtomicOrdering::Release }>(x, 1);
        atomic_load::<_, { AtomicOrdering::Acquire }>(x) ^ atomic_load::<_, { AtomicOrdering::Relaxed }>(x)
    }
}

pub fn exchange(x: *mut u64) -> (u64, bool) {
    unsafe {
        let old = atomic_xchg::<_, { AtomicOrdering::SeqCst }>(x, 7);
        let (_, done) = atomic_cxchg::<_, { AtomicOrdering::AcqRel }, { AtomicOrdering::Relaxed }>(x, old, 8);
        let (new, _) = atomic_cxchgweak::<_, { AtomicOrdering::SeqCst }, { AtomicOrdering::SeqCst }>(x, old, 8);
        (new, done)
    }
}

pub fn arithmetic(x: *mut i16) -> i16 {
    unsafe {
        atomic_xadd::<_, _, { AtomicOrdering::SeqCst }>(x, 1i16)
            ^ atomic_xsub::<_, _, { AtomicOrdering::SeqCst }>(x, 1i16)
            ^ atomic_and::<_, _, { AtomicOrdering::Relaxed }>(x, 3i16)
            ^ atomic_nand::<_, _, { AtomicOrdering::Relaxed }>(x, 3i16)
            ^ atomic_max::<_, { AtomicOrdering::Relaxed }>(x, 5)
    }
}

pub fn fences() {
    unsafe {
        atomic_fence::<{ AtomicOrdering::SeqCst }>();
        atomic_singlethreadfence::<{ AtomicOrdering::Acquire }>();
    }
}

pub fn pointers(x: *mut *const u8, y: *const u8) -> *const u8 {
    unsafe { atomic_xchg::<_, { AtomicOrdering::AcqRel }>(x, y) }
}
