//@ lir: operands
//@ lir: clobbers
//@ lir: symbols
//@ lir: naked
use std::arch::{asm, naked_asm};

pub fn operands(x: u64) -> (u64, u32) {
    let (a, mut b): (u64, u32) = (0, 3);
    let mut y = a;
    unsafe {
        asm!("lea {0}, [{1} + 8]", "add {2:e}, {3}", out(reg) y, in(reg) x, inout(reg) b, const 5, options(pure, nomem));
    }
    (y, b)
}

pub fn clobbers() -> u32 {
    let x: u32;
    unsafe { asm!("cpuid", inout("eax") 0 => x, out("ecx") _, out("edx") _, out("r8") _, clobber_abi("C")) };
    x
}

extern "C" fn target() {}

pub fn symbols() {
    unsafe { asm!("call {}", sym target, clobber_abi("C")) }
}

#[unsafe(naked)]
pub extern "C" fn naked() -> u32 {
    naked_asm!("mov eax, 1", "ret")
}
