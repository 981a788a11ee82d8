//! Threads, channels, locks; panics in drops and in threads; what a program's end does.
use std::process::{ExitCode, Termination};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering, fence};
use std::sync::{Arc, Barrier, Condvar, Mutex, RwLock, mpsc};
use std::thread;

struct Told(&'static str, bool);
impl Drop for Told {
    fn drop(&mut self) {
        println!("drop {} {}", self.0, thread::panicking());
        if self.1 && !thread::panicking() {
            panic!("in drop of {}", self.0);
        }
    }
}
fn channels() {
    let (sender, receiver) = mpsc::sync_channel::<Box<dyn FnOnce() -> u32 + Send>>(2);
    let worker = thread::Builder::new().name("worker".into()).spawn(move || {
        assert_eq!(thread::current().name(), Some("worker"));
        receiver.into_iter().map(|job| job()).sum::<u32>()
    });
    for i in 0..10 {
        let held = Arc::new(i);
        sender.send(Box::new(move || *held * 2)).unwrap();
    }
    drop(sender);
    println!("{}", worker.unwrap().join().unwrap());
}
fn locks() {
    let state = Arc::new((Mutex::new(0u32), Condvar::new(), RwLock::new(vec![1]), Barrier::new(3)));
    let handles: Vec<_> = (1..=3)
        .map(|i| {
            let state = Arc::clone(&state);
            thread::spawn(move || {
                let leader = state.3.wait().is_leader();
                let mut turn = state.0.lock().unwrap();
                while *turn != i - 1 {
                    turn = state.1.wait(turn).unwrap();
                }
                *turn = i;
                state.1.notify_all();
                state.2.write().unwrap().push(i);
                leader
            })
        })
        .collect();
    let leaders = handles.into_iter().map(|it| it.join().unwrap()).filter(|&it| it).count();
    println!("{leaders} {:?} {}", state.2.read().unwrap(), Arc::strong_count(&state));
}
fn atomics() {
    static READY: AtomicBool = AtomicBool::new(false);
    static DATA: AtomicU32 = AtomicU32::new(0);
    let total = AtomicI64::new(-5);
    thread::scope(|scope| {
        scope.spawn(|| {
            DATA.store(77, Ordering::Relaxed);
            fence(Ordering::Release);
            READY.store(true, Ordering::Relaxed);
        });
        scope.spawn(|| {
            while !READY.load(Ordering::Acquire) {
                thread::yield_now();
            }
            println!("{}", DATA.load(Ordering::Relaxed));
        });
        for i in 0..4 {
            let total = &total;
            scope.spawn(move || (0..100).for_each(|_| drop(total.fetch_add(i, Ordering::AcqRel))));
        }
    });
    println!("{:?}", total.compare_exchange(595, 1, Ordering::SeqCst, Ordering::Relaxed));
    println!("{:?}", total.compare_exchange_weak(2, 3, Ordering::SeqCst, Ordering::Relaxed));
}
fn panics() {
    let result = thread::spawn(|| {
        let _a = Told("a", false);
        let _list = [Told("b", true), Told("c", false)];
        let _d = Told("d", false);
    });
    println!("{:?}", result.join().unwrap_err().downcast_ref::<String>());
    let result = std::panic::catch_unwind(|| {
        let _map: Vec<Told> = [1, 2, 3].iter().map(|&i| if i == 3 { panic!("while collecting") } else { Told("each", false) }).collect();
    });
    println!("{:?}", result.unwrap_err().downcast_ref::<&str>());
    let result = std::panic::catch_unwind(|| {
        let made: [Told; 4] = std::array::from_fn(|i| if i == 2 { std::panic::panic_any(7u8) } else { Told("element", false) });
        made.len()
    });
    println!("{:?}", result.unwrap_err().downcast_ref::<u8>());
    let result = std::panic::catch_unwind(|| {
        let boxed: Box<dyn Fn() -> u32> = Box::new({ let told = Told("captured", true); move || told.0.len() as u32 });
        boxed()
    });
    println!("{:?}", result.is_err());
}
struct Code(u8);
impl Termination for Code {
    fn report(self) -> ExitCode {
        println!("reported");
        ExitCode::from(self.0)
    }
}
fn main() -> Result<Code, std::num::ParseIntError> {
    std::panic::set_hook(Box::new(|info| println!("hook: {:?} {}", thread::current().name(), info.location().unwrap().line())));
    channels();
    locks();
    atomics();
    panics();
    let _kept = Told("main's", false);
    "0".parse().map(Code)
}
