//@ only-aarch64
//! Inline assembly with every kind of operand, naked functions, global assembly, NEON and atomics of 64-bit Arm.
use std::arch::aarch64::*;
use std::arch::{asm, global_asm, naked_asm};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

global_asm!(".globl from_global", "from_global:", "add x0, x0, x1, lsl #1", "add x0, x0, #{offset}", "ret", offset = const 7);
unsafe extern "C" {
    fn from_global(a: u64, b: u64) -> u64;
}

#[unsafe(naked)]
extern "C" fn naked_sum(a: u64, b: u64) -> u64 {
    naked_asm!("add x0, x0, x1", "ret")
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
        let narrow: u32;
        asm!("mov {0:w}, {1:w}", out(reg) narrow, in(reg) 0x1_0000_0009u64);
        assert_eq!(narrow, 9);
        let double: f64;
        asm!("fadd {0:d}, {1:d}, {1:d}", out(vreg) double, in(vreg) 2.25f64);
        assert_eq!(double, 4.5);
        let single: f32;
        asm!("fneg {0:s}, {1:s}", out(vreg) single, in(vreg_low16) 1.5f32);
        assert_eq!(single, -1.5);
        let mut x0 = 10u64;
        asm!("bl {f}", f = sym called, inout("x0") x0, clobber_abi("C"));
        assert_eq!(x0, 5);
        assert_eq!(COUNTER.load(Ordering::SeqCst), 15);
        let count: u64;
        asm!("mov {c}, xzr", "2:", "add {c}, {c}, #1", "cmp {c}, {limit}", "b.lt 2b", c = out(reg) count, limit = in(reg) 8u64);
        assert_eq!(count, 8);
        let memory = [1u64, 2];
        let (p, q): (u64, u64);
        asm!("ldp {}, {}, [{}]", out(reg) p, out(reg) q, in(reg) &memory, options(readonly, nostack));
        assert_eq!((p, q), (1, 2));
        assert_eq!(jump(0), "zero");
        assert_eq!(jump(1), "other");
    }
    assert_eq!(unsafe { from_global(1, 2) }, 12);
    assert_eq!(naked_sum(20, 22), 42);
}

unsafe fn jump(x: u64) -> &'static str {
    unsafe {
        asm!("cbz {}, {}", in(reg) x, label { return "zero" });
    }
    "other"
}

fn neon() {
    unsafe {
        let a = vld1q_u32([1, 2, 3, 4].as_ptr());
        let b = vaddq_u32(a, vdupq_n_u32(10));
        assert_eq!(vaddvq_u32(b), 50);
        let f = vmulq_f32(vcvtq_f32_u32(a), vdupq_n_f32(0.5));
        assert_eq!([vgetq_lane_f32::<0>(f), vgetq_lane_f32::<3>(f)], [0.5, 2.0]);
        let table = vld1_u8([7, 6, 5, 4, 3, 2, 1, 0].as_ptr());
        let looked = vtbl1_u8(table, vld1_u8([0, 1, 9, 3, 4, 5, 6, 7].as_ptr()));
        let mut bytes = [0u8; 8];
        vst1_u8(bytes.as_mut_ptr(), looked);
        assert_eq!(bytes, [7, 6, 0, 4, 3, 2, 1, 0]);
        let pairs = vld2_u8([1u8, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16].as_ptr());
        assert_eq!(vget_lane_u8::<3>(pairs.1), 8);
    }
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
    neon();
    atomics();
    println!("all is well");
}
