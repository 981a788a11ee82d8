//! A board with a RISC-V processor: traps, a timer and a host that prints, all by crates from the registry.

#![no_std]
#![no_main]
use core::sync::atomic::{AtomicU32, Ordering};
use riscv_rt::{core_interrupt, entry};
use riscv::interrupt::Interrupt;
use semihosting::{println, process};

static TICKS: AtomicU32 = AtomicU32::new(0);
static TABLE: [u16; 4] = [3, 1, 4, 1];
static mut STARTED: u32 = 7;

fn arm() {
    // The timer of QEMU's machine `virt`.
    unsafe {
        let now = (0x0200_bff8 as *const u32).read_volatile();
        (0x0200_4004 as *mut u32).write_volatile(0);
        (0x0200_4000 as *mut u32).write_volatile(now.wrapping_add(1000));
    }
}

#[core_interrupt(Interrupt::MachineTimer)]
unsafe fn timer() {
    TICKS.fetch_add(1, Ordering::SeqCst);
    arm();
}

#[panic_handler]
fn panicked(info: &core::panic::PanicInfo) -> ! {
    println!("{}", info);
    process::exit(3)
}

#[entry]
fn main() -> ! {
    println!("{} {:?} {:.3}", unsafe { *(&raw const STARTED) }, TABLE, core::hint::black_box(2.0f32) / 3.0);
    arm();
    unsafe {
        riscv::register::mie::set_mtimer();
        riscv::interrupt::enable();
    }
    while TICKS.load(Ordering::SeqCst) < 3 {
        riscv::asm::wfi();
    }
    riscv::interrupt::disable();
    println!("three ticks, and {}", u64::MAX / core::hint::black_box(7));
    // A panic ends the program with another code.
    println!("{}", TABLE[core::hint::black_box(4)]);
    loop {}
}
