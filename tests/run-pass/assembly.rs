//@ only-x86_64
//! Inline assembly with every kind of operand, naked functions, global assembly.
use std::arch::{asm, global_asm, naked_asm};

global_asm!(".globl from_global", "from_global:", "lea rax, [rdi + rsi*2 + {offset}]", "ret", offset = const 7);
unsafe extern "sysv64" {
    safe fn from_global(a: u64, b: u64) -> u64;
}
#[unsafe(naked)]
extern "sysv64" fn naked(a: u64, b: u64) -> u64 {
    naked_asm!("mov rax, rdi", "imul rax, rsi", "add rax, {n}", "ret", n = const 3)
}
extern "sysv64" fn called(a: u64) -> u64 {
    a * 10
}
static COUNTER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(40);

#[inline(never)]
fn operands(a: u64, b: u32, c: f64) {
    let (mut x, y, z): (u64, u64, u32);
    x = a;
    unsafe {
        asm!("add {0}, {1}", inout(reg) x, in(reg) u64::from(b));
        asm!("mov {0}, {1}", "not {0}", lateout(reg) y, in(reg) a);
        asm!("mov {0:e}, {1:e}", "shl {0:e}, {2}", out(reg) z, in(reg) b, const 3);
    }
    println!("{x} {y} {z}");
    let (mut low, high): (u64, u64);
    low = a;
    unsafe { asm!("mul {}", in(reg) 0x1_0000_0001u64, inout("rax") low, lateout("rdx") high) };
    println!("{low} {high}");
    let root: f64;
    unsafe { asm!("sqrtsd {0}, {1}", out(xmm_reg) root, in(xmm_reg) c, options(pure, nomem, nostack)) };
    println!("{root}");
    let byte: u8;
    unsafe { asm!("mov {0}, {1}", "add {0}, 1", out(reg_byte) byte, in(reg_byte) b as u8) };
    println!("{byte}");
    let mut array = [1u32, 2, 3];
    unsafe { asm!("add dword ptr [{0} + 4], 5", in(reg) array.as_mut_ptr()) };
    println!("{array:?}");
    let word: u16;
    unsafe { asm!("mov {0:x}, {1:x}", "rol {0:x}, 4", out(reg) word, in(reg) 0x1234u16) };
    println!("{word:x}");
    let result: u64;
    unsafe { asm!("call {}", sym called, in("rdi") a, out("rax") result, clobber_abi("sysv64")) };
    println!("{result}");
    unsafe { asm!("lock add dword ptr [rip + {0}], 2", sym COUNTER) };
    println!("{}", COUNTER.load(std::sync::atomic::Ordering::Relaxed));
    let mut count = b as u64 & 7;
    let mut sum = 0u64;
    unsafe { asm!("2:", "test {c}, {c}", "jz 3f", "add {s}, {c}", "dec {c}", "jmp 2b", "3:", c = inout(reg) count, s = inout(reg) sum) };
    println!("{count} {sum}");
    let carry: u8;
    unsafe { asm!("add {0}, {0}", "setc {1}", inout(reg) a | 1 << 63 => _, out(reg_byte) carry) };
    println!("{carry}");
}
#[inline(never)]
fn branches(n: u64) -> &'static str {
    unsafe {
        asm!("cmp {}, 10", "ja {}", in(reg) n, label { return "above" });
    }
    "not above"
}
fn main() {
    println!("{} {}", from_global(1, 2), naked(6, 7));
    operands(0x1234_5678_9abc, 77, 2.25);
    println!("{} {}", branches(5), branches(11));
    let f: extern "sysv64" fn(u64, u64) -> u64 = naked;
    println!("{}", f(2, 3));
}
