//! Panics that are caught: drops in order, payloads, hooks, nested panics, and one that ends the program.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe, Location, PanicHookInfo, catch_unwind, panic_any, resume_unwind};
use std::thread;

struct Loud(&'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        println!("  drop {}{}", self.0, if thread::panicking() { " while panicking" } else { "" });
    }
}

fn describe(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        format!("str {text:?}")
    } else if let Some(text) = payload.downcast_ref::<String>() {
        format!("String {text:?}")
    } else if let Some(number) = payload.downcast_ref::<u32>() {
        format!("u32 {number}")
    } else {
        "something else".to_owned()
    }
}

fn attempt<R: std::fmt::Debug>(name: &str, work: impl FnOnce() -> R) {
    println!("{name}:");
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(value) => println!("  returned {value:?}"),
        Err(payload) => println!("  caught {}", describe(&*payload)),
    }
}

fn deep(level: u32) -> u32 {
    let _guard = Loud(["zero", "one", "two", "three"][level as usize]);
    if level == 0 {
        panic!("at the bottom");
    }
    deep(level - 1) + 1
}

struct Half {
    _first: Loud,
    _second: Loud,
}

fn half_built() -> Half {
    Half { _first: Loud("first half"), _second: explode() }
}

fn explode() -> Loud {
    panic_any(7u32)
}

#[track_caller]
fn checked(index: usize) -> u8 {
    if index > 3 {
        panic!("index {index}, asked for at line {}", Location::caller().line());
    }
    b"abcd"[index]
}

struct Rethrow;

impl Drop for Rethrow {
    fn drop(&mut self) {
        let result = catch_unwind(|| panic!("a panic within a drop"));
        println!("  the inner one was caught: {}", result.is_err());
    }
}

fn hook(info: &PanicHookInfo<'_>) {
    let place = info.location().map(|location| (location.line(), location.column()));
    println!("  hook: {:?} {:?}", info.payload_as_str(), place);
}

fn main() {
    panic::set_hook(Box::new(hook));
    attempt("no panic", || 42);
    attempt("deep", || deep(3));
    attempt("half built", || half_built()._first.0);
    attempt("in a list", || {
        let list: Vec<Loud> = ["a", "b", "c", "d"].map(Loud).into();
        list.into_iter().map(|item| if item.0 == "c" { panic!("on {}", item.0) } else { item.0.len() }).sum::<usize>()
    });
    attempt("moved", || {
        let (kept, given) = (Loud("kept"), Loud("given"));
        let taken = move || drop(given);
        taken();
        [1, 2, 3][std::hint::black_box(3)] + kept.0.len()
    });
    attempt("caller", || checked(9));
    attempt("while unwinding", || {
        let _rethrow = Rethrow;
        None::<u8>.expect("there is nothing")
    });
    attempt("resumed", || {
        let payload = catch_unwind(|| panic!("{}", 1 + 1)).unwrap_err();
        println!("  once: {}", describe(&*payload));
        resume_unwind(payload)
    });
    attempt("through dyn", || {
        let mut work: Vec<Box<dyn FnMut() -> i32>> = vec![Box::new(|| 1), Box::new(|| unreachable!("not {}", "here"))];
        work.iter_mut().map(|work| work()).sum::<i32>()
    });
    attempt("arithmetic", || i32::MIN / std::hint::black_box(-1));
    attempt("assertion", || assert_eq!(1 + 1, 3, "sums of {}", "ones"));
    attempt("overflowing", || u8::try_from(300).unwrap());
    attempt("slicing", || "größe"[..std::hint::black_box(3)].len());
    let _ = panic::take_hook();
    let result = thread::Builder::new().name("child".into()).spawn(|| -> () {
        let _guard = Loud("the child's");
        panic!("with the standard hook");
    });
    println!("{}", result.expect("a thread").join().map_err(|payload| describe(&*payload)).unwrap_err());
    let _outer = Loud("main's");
    let empty: Result<u8, String> = Err("the end".into());
    empty.unwrap();
}
