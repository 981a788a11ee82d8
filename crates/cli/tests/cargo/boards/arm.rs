//! A board with an Arm processor: vectors, interrupts and a host that prints, all by crates from the registry.

#![no_std]
#![no_main]
use core::sync::atomic::{AtomicU32, Ordering};
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::{ExceptionFrame, entry, exception};
use cortex_m_semihosting::{debug, hprintln};

static TICKS: AtomicU32 = AtomicU32::new(0);
static TABLE: [u16; 4] = [3, 1, 4, 1];
static mut STARTED: u32 = 7;

#[exception]
fn SysTick() {
    static mut COUNT: u32 = 0;
    *COUNT += 1;
    TICKS.store(*COUNT, Ordering::SeqCst);
}

#[exception]
fn SVCall() {
    hprintln!("called the supervisor");
}

#[exception]
unsafe fn HardFault(_frame: &ExceptionFrame) -> ! {
    hprintln!("a hard fault");
    debug::exit(debug::EXIT_FAILURE);
    loop {}
}

#[panic_handler]
fn panicked(info: &core::panic::PanicInfo) -> ! {
    hprintln!("{}", info);
    debug::exit(debug::EXIT_FAILURE);
    loop {}
}

#[entry]
fn main() -> ! {
    let mut peripherals = cortex_m::Peripherals::take().unwrap();
    hprintln!("{} {:?} {:.3}", unsafe { *(&raw const STARTED) }, TABLE, core::hint::black_box(2.0f32) / 3.0);
    cortex_m::asm::nop();
    unsafe { core::arch::asm!("svc 0") };
    let syst = &mut peripherals.SYST;
    syst.set_clock_source(SystClkSource::Core);
    syst.set_reload(100_000);
    syst.clear_current();
    syst.enable_interrupt();
    syst.enable_counter();
    while TICKS.load(Ordering::SeqCst) < 3 {
        cortex_m::asm::wfi();
    }
    cortex_m::interrupt::free(|_| hprintln!("three ticks, primask {}", cortex_m::register::primask::read().is_active()));
    // A panic ends the program with another code.
    if core::hint::black_box(TABLE.len()) == 0 {
        debug::exit(debug::EXIT_SUCCESS);
    }
    hprintln!("{}", TABLE[core::hint::black_box(4)]);
    loop {}
}
