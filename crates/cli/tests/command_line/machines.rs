//! Programs for other machines, run by QEMU.

use super::targets::{has, source};
use super::{Place, gave};
use std::path::Path;

fn run_pass(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/run-pass").join(name).to_str().unwrap().to_owned()
}

/// Runs programs for a target with Linux at two levels, with these back ends where nothing is optimised: what the machine has of
/// its own, and what all have. Each program prints what it prints here.
fn linux(target: &str, compiler: &str, emulator: &str, backends: &[&str], own: &str) {
    let Some(source) = source() else { return };
    if !has(compiler) || !has(emulator) {
        return;
    }
    let place = Place::new();
    let own = run_pass(own);
    let shared = run_pass("unwinding.rs");
    let expected = place.succeeds(&["run", &shared]).stdout;
    let unoptimized = backends.iter().map(|backend| (*backend, "0"));
    for (backend, level) in unoptimized.chain([("llvm", "2")]) {
        for (file, expected) in [(&own, "all is well\n"), (&shared, expected.as_str())] {
            let made =
                place.with_source(&source, &["run", "--target", target, "--backend", backend, "-O", level, file]);
            let what = format!("{file} with {backend} at level {level}");
            assert_eq!((made.code, &*made.stdout), (Some(0), expected), "{what}: {}", made.stderr);
        }
    }
}

#[test]
fn arm_of_64_bits() {
    linux(
        "aarch64-unknown-linux-gnu",
        "aarch64-linux-gnu-gcc",
        "qemu-aarch64",
        &["cranelift", "llvm"],
        "machine_aarch64.rs",
    );
}

#[test]
fn risc_v_of_64_bits() {
    linux("riscv64gc-unknown-linux-gnu", "riscv64-linux-gnu-gcc", "qemu-riscv64", &["llvm"], "machine_riscv64.rs");
}

/// What unwinds, in threads too, and looks at its own stack; and calls what C compilers bring for C code (here to count bits
/// where there is no instruction for it, as jemalloc does), which std's source has not.
const UNWINDING: &str = r#"
unsafe extern "C" { fn __popcountdi2(value: i64) -> i32; }
struct Loud(&'static str);
impl Drop for Loud {
    fn drop(&mut self) { println!("dropped {}", self.0); }
}
fn main() {
    std::panic::set_hook(Box::new(|_| ()));
    let caught = std::panic::catch_unwind(|| {
        let _loud = Loud("here");
        std::env::args().nth(9).unwrap()
    });
    println!("{}", caught.is_err());
    let thread = std::thread::spawn(|| {
        let _loud = Loud("in a thread");
        let none: Vec<i32> = Vec::new();
        none[std::env::args().count()]
    });
    println!("{}", thread.join().is_err());
    let backtrace = std::backtrace::Backtrace::force_capture().to_string();
    println!("{}", backtrace.contains("main"));
    println!("{}", unsafe { __popcountdi2(std::hint::black_box(0x7000_0000_0000_0011)) });
}
"#;
const UNWOUND: &str = "dropped here\ntrue\ndropped in a thread\ntrue\ntrue\n5\n";

/// Whether a file asks for a loader, and so for shared libraries.
fn names_a_loader(file: &Path) -> bool {
    let bytes = std::fs::read(file).unwrap();
    // The name of the section.
    bytes.windows(8).any(|bytes| bytes == b".interp\0")
}

/// Programs with glibc in them, in memory (where they cannot be) and as files.
#[test]
fn static_programs() {
    let place = Place::new();
    place.write("unwinding.rs", UNWINDING);
    let feature = ["-C", "target-feature=+crt-static"];
    for level in ["0", "2"] {
        let args = ["-O", level, "unwinding.rs"];
        assert_eq!(place.succeeds(&[&["run"], &feature[..], &args].concat()).stdout, UNWOUND);
        place.succeeds(&[&["build"], &feature[..], &args].concat());
        let file = place.work().join("unwinding");
        assert!(!names_a_loader(&file));
        assert_eq!(gave(place.command(file.to_str().unwrap(), &[]), b"").stdout, UNWOUND);
    }
    place.succeeds(&["build", "-C", "target-feature=+crt-static,-crt-static", "unwinding.rs"]);
    assert!(names_a_loader(&place.work().join("unwinding")));
}

/// Programs with musl, which this machine runs: static ones, and those that want its loader.
#[test]
fn musl() {
    let Some(source) = source() else { return };
    if !cfg!(target_arch = "x86_64") || !has("x86_64-linux-musl-gcc") {
        return;
    }
    let place = Place::new();
    place.write("unwinding.rs", UNWINDING);
    let target = ["--target", "x86_64-unknown-linux-musl"];
    for (feature, is_static) in [("+crt-static", true), ("-crt-static", false)] {
        let feature = format!("target-feature={feature}");
        for level in ["0", "2"] {
            let args = [&["build"], &target[..], &["-C", &feature, "-O", level, "unwinding.rs"]].concat();
            let built = place.with_source(&source, &args);
            assert_eq!(built.code, Some(0), "{}", built.stderr);
            let file = place.work().join("unwinding");
            assert_eq!(names_a_loader(&file), !is_static);
            assert_eq!(gave(place.command(file.to_str().unwrap(), &[]), b"").stdout, UNWOUND);
        }
    }
    let run = [&["run"], &target[..], &["unwinding.rs"]].concat();
    assert_eq!(place.with_source(&source, &run).stdout, UNWOUND);
    // A library cannot bring a C library of its own.
    let library = [&["build", "--crate-type", "cdylib"], &target[..], &["unwinding.rs"]].concat();
    let made = place.with_source(&source, &library);
    place.check_failure(&made, 1);
    super::says(&made.stderr, &["needs a shared C library", "help: add `-C target-feature=-crt-static`"]);
}

/// A microcontroller: no system, a linker script, and C's functions by Arm's base standard.
const BARE: &str = r#"
#![no_std]
#![no_main]
use core::arch::asm;
use core::fmt::Write;

struct Host;
impl Write for Host {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        for byte in text.bytes() {
            call_host(3, &byte as *const u8 as usize);
        }
        Ok(())
    }
}

fn call_host(operation: usize, argument: usize) {
    unsafe { asm!("bkpt #0xab", inout("r0") operation => _, in("r1") argument, options(nostack)) }
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Floats(f32, f32, f64);
#[repr(C)]
enum Small { A, B }

#[inline(never)]
extern "aapcs" fn base(a: f32, b: Floats, c: u64) -> f64 { a as f64 + b.0 as f64 + b.1 as f64 + b.2 + c as f64 }
#[inline(never)]
extern "C" fn hard(a: f32, b: Floats, c: u64) -> f64 { base(a, b, c) * 2.0 }

static mut COUNT: u32 = 40;

#[unsafe(no_mangle)]
unsafe extern "C" fn reset() -> ! {
    // The unit for floats is off.
    unsafe { asm!("str {1}, [{0}]", "dsb", "isb", in(reg) 0xE000_ED88u32, in(reg) 0xFu32 << 20) };
    let f: extern "C" fn(f32, Floats, u64) -> f64 = core::hint::black_box(hard);
    unsafe { COUNT += 2 };
    let parts = [Small::A as u8, Small::B as u8, size_of::<Small>() as u8];
    let _ = writeln!(Host, "{} {} {:?} {}", f(0.5, Floats(1.0, 2.0, 3.25), 4), unsafe { COUNT }, parts, u64::MAX / 7);
    call_host(0x18, 0x20026);
    loop {}
}

#[repr(C)]
struct Vectors(usize, unsafe extern "C" fn() -> !);
#[unsafe(link_section = ".vectors")]
#[used]
static VECTORS: Vectors = Vectors(0x2040_0000, reset);

#[panic_handler]
fn panicked(info: &core::panic::PanicInfo) -> ! {
    let _ = writeln!(Host, "{info}");
    call_host(0x18, 0x20023);
    loop {}
}
"#;

/// Everything is loaded where there is memory that can be written.
const SCRIPT: &str = "\
ENTRY(reset)
SECTIONS {
  . = 0x0;
  .vectors : { KEEP(*(.vectors)) }
  .text : { *(.text .text.*) *(.rodata .rodata.*) }
  .ARM.exidx : { *(.ARM.exidx .ARM.exidx.*) }
  . = 0x20000000;
  .data : { *(.data .data.*) }
  .bss : { *(.bss .bss.*) }
}
";

#[test]
fn microcontroller() {
    let Some(source) = source() else { return };
    if !has("qemu-system-arm") {
        return;
    }
    let place = Place::new();
    place.write("bare.rs", BARE);
    place.write("memory.x", SCRIPT);
    let target = "thumbv7em-none-eabihf";
    for level in ["0", "s"] {
        let args = ["build", "--target", target, "-O", level, "-C", "link-arg=-Tmemory.x", "bare.rs"];
        let built = place.with_source(&source, &args);
        assert_eq!(built.code, Some(0), "{}", built.stderr);
        let semihosting = ["-semihosting-config", "enable=on,target=native", "-kernel", "bare"];
        let machine = [&["-M", "mps2-an386", "-nographic", "-monitor", "none"][..], &semihosting].concat();
        let ran = gave(place.command("qemu-system-arm", &machine), b"");
        let expected = "21.5 42 [0, 1, 1] 2635249153387078802\n";
        // QEMU's own console is its standard error.
        assert_eq!((ran.code, &*ran.stderr), (Some(0), expected), "level {level}: {}", ran.stdout);
    }
}
