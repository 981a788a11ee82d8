//! `asm!` and `global_asm!`: operands of every kind, labels, clobbers, and functions in assembly.

use std::arch::{asm, global_asm, naked_asm};

global_asm!(
    ".globl example_gcd",
    "example_gcd:",
    "    mov rax, rdi",
    "2:  test rsi, rsi",
    "    jz 3f",
    "    xor edx, edx",
    "    div rsi",
    "    mov rax, rsi",
    "    mov rsi, rdx",
    "    jmp 2b",
    "3:  ret",
);

unsafe extern "C" {
    safe fn example_gcd(a: u64, b: u64) -> u64;
}

/// Three times the first, and the second.
#[unsafe(naked)]
extern "C" fn combined(a: u64, b: u64) -> u64 {
    naked_asm!("lea rax, [rdi + 2*rdi]", "add rax, rsi", "ret")
}

fn multiply(a: u64, b: u64) -> (u64, u64) {
    let (low, high);
    // SAFETY: `mul` touches only these registers.
    unsafe { asm!("mul {}", in(reg) b, inout("rax") a => low, lateout("rdx") high, options(pure, nomem, nostack)) }
    (low, high)
}

fn has_time_stamp() -> bool {
    let features: u32;
    // SAFETY: `cpuid` exists on every x86-64; rbx is the compiler's own, and is put back.
    unsafe {
        asm!(
            "mov {saved}, rbx",
            "cpuid",
            "mov rbx, {saved}",
            saved = out(reg) _,
            inout("eax") 1 => _,
            out("ecx") _,
            out("edx") features,
            options(nomem, nostack, preserves_flags)
        );
    }
    features & 1 << 4 != 0
}

fn system_write(text: &str) -> isize {
    let result: isize;
    // SAFETY: `write` reads the text, and the kernel changes only rcx and r11 besides.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") 1isize => result,
            in("rdi") 1,
            in("rsi") text.as_ptr(),
            in("rdx") text.len(),
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack, readonly)
        );
    }
    result
}

fn sum_of_squares(values: &[u32]) -> u64 {
    let mut sum = 0u64;
    // SAFETY: the loop reads `len` numbers, none if that is 0.
    unsafe {
        asm!(
            "test {len}, {len}",
            "jz 3f",
            "2:",
            "mov {value:e}, dword ptr [{pointer}]",
            "imul {value}, {value}",
            "add {sum}, {value}",
            "add {pointer}, {step}",
            "dec {len}",
            "jnz 2b",
            "3:",
            len = inout(reg) values.len() => _,
            pointer = inout(reg) values.as_ptr() => _,
            value = out(reg) _,
            sum = inout(reg) sum,
            step = const size_of::<u32>(),
            options(readonly, nostack)
        );
    }
    sum
}

fn half(value: f64) -> f64 {
    let result;
    // SAFETY: it is arithmetic.
    unsafe { asm!("movsd {0}, {1}", "mulsd {0}, {2}", out(xmm_reg) result, in(xmm_reg) value, in(xmm_reg) 0.5) }
    result
}

static COUNTER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(5);

extern "C" fn called_back(value: u32) -> u32 {
    value + 100
}

fn symbols() -> (u32, u32) {
    let (counter, answer): (u32, u32);
    // SAFETY: the static lives for ever; the call keeps the C convention, with the stack aligned.
    unsafe {
        asm!("lock inc dword ptr [{p}]", "mov {r:e}, dword ptr [{p}]", p = in(reg) COUNTER.as_ptr(), r = out(reg) counter);
        asm!("call {}", sym called_back, inout("edi") 7 => _, out("eax") answer, clobber_abi("C"));
    }
    (counter, answer)
}

fn sign(value: i64) -> &'static str {
    // SAFETY: both labels are places within this function.
    unsafe {
        asm!("test {0}, {0}", "jz {1}", "js {2}", in(reg) value, label { return "zero" }, label { return "negative" });
    }
    "positive"
}

fn main() {
    println!("{} {}", example_gcd(1071, 462), combined(7, 5));
    println!("{:?} {}", multiply(u64::MAX, 3), has_time_stamp());
    println!("{} {}", sum_of_squares(&[1, 2, 3, 100_000]), sum_of_squares(&[]));
    println!("{} {:?} {:?}", half(5.0), symbols(), [-3, 0, 9].map(sign));
    println!("{}", system_write("straight to the kernel\n"));
    let mut byte = 0b1000_0001u8;
    // SAFETY: it is arithmetic.
    unsafe { asm!("rol {}, 1", inout(reg_byte) byte) }
    println!("{byte:#010b}");
}
