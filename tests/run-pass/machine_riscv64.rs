//@ only-riscv64
//! Inline assembly with every kind of operand, naked functions, global assembly and atomics of RISC-V.
use std::arch::{asm, global_asm, naked_asm};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

global_asm!(".globl from_global", "from_global:", "slli a1, a1, 1", "add a0, a0, a1", "addi a0, a0, {offset}", "ret", offset = const 7);
unsafe extern "C" {
    fn from_global(a: u64, b: u64) -> u64;
}

#[unsafe(naked)]
extern "C" fn naked_sum(a: u64, b: u64) -> u64 {
    naked_asm!("add a0, a0, a1", "ret")
}

static COUNTER: AtomicU64 = AtomicU64::new(5);

extern "C" fn called(x: u64) -> u64 {
    COUNTER.fetch_add(x, Ordering::SeqCst)
}

fn assembly() {
    let (mut a, b) = (3u64, 4u64);
    unsafe {
        asm!("add {0}, {0}, {1}", inout(reg) a, in(reg) b, options(pure, nomem, nostack));
        assert_eq!(a, 7);
        let double: f64;
        asm!("fadd.d {0}, {1}, {1}", out(freg) double, in(freg) 2.25f64);
        assert_eq!(double, 4.5);
        let single: f32;
        asm!("fneg.s {0}, {1}", out(freg) single, in(freg) 1.5f32);
        assert_eq!(single, -1.5);
        let bits: f32;
        asm!("mv {0}, {1}", out(reg) bits, in(reg) 2.5f32);
        assert_eq!(bits, 2.5);
        let mut a0 = 10u64;
        asm!("call {f}", f = sym called, inout("a0") a0, clobber_abi("C"));
        assert_eq!(a0, 5);
        assert_eq!(COUNTER.load(Ordering::SeqCst), 15);
        let count: u64;
        asm!("li {c}, 0", "2:", "addi {c}, {c}, 1", "blt {c}, {limit}, 2b", c = out(reg) count, limit = in(reg) 8u64);
        assert_eq!(count, 8);
        let memory = [1u64, 2];
        let (p, q): (u64, u64);
        asm!("ld {0}, 0({2})", "ld {1}, 8({2})", out(reg) p, lateout(reg) q, in(reg) &memory, options(readonly, nostack));
        assert_eq!((p, q), (1, 2));
        assert_eq!(jump(0), "zero");
        assert_eq!(jump(1), "other");
    }
    assert_eq!(unsafe { from_global(1, 2) }, 12);
    assert_eq!(naked_sum(20, 22), 42);
}

unsafe fn jump(x: u64) -> &'static str {
    unsafe {
        asm!("beqz {}, {}", in(reg) x, label { return "zero" });
    }
    "other"
}

fn atomics() {
    let byte = AtomicU8::new(250);
    assert_eq!(byte.fetch_add(10, Ordering::Relaxed), 250);
    assert_eq!(byte.swap(9, Ordering::AcqRel), 4);
    assert_eq!(byte.compare_exchange(9, 1, Ordering::SeqCst, Ordering::Relaxed), Ok(9));
    assert_eq!(byte.compare_exchange(9, 2, Ordering::Release, Ordering::Acquire), Err(1));
    let word = AtomicU64::new(6);
    assert_eq!(word.fetch_nand(3, Ordering::SeqCst), 6);
    assert_eq!(word.fetch_max(u64::MAX, Ordering::SeqCst), !2);
}

fn main() {
    assembly();
    atomics();
    println!("all is well");
}
