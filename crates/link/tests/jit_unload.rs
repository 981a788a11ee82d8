//! Taking loaded code out of the process again.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod common;

use bessemer_link::jit::{LoadedCode, Loader};
use common::{c_object, rust_object, toolchain_library};
use std::ffi::c_int;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc;

type Function = extern "C" fn(c_int) -> c_int;

fn load_c(source: &str) -> LoadedCode {
    let mut loader = Loader::new();
    loader.add_object("object", c_object(source, &["-fPIC", "-O1", "-fexceptions"]));
    loader.load().unwrap()
}

fn function(image: &LoadedCode, name: &str) -> Function {
    let address = image.lookup(name).unwrap_or_else(|| panic!("no {name}"));
    // SAFETY: the tests define their functions with this type.
    unsafe { std::mem::transmute::<*const u8, Function>(address) }
}

/// Whether something is mapped there.
fn is_mapped(address: usize) -> bool {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    maps.lines().any(|line| {
        let (start, end) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        (usize::from_str_radix(start, 16).unwrap()..usize::from_str_radix(end, 16).unwrap()).contains(&address)
    })
}

#[test]
fn memory_is_given_back() {
    let (first, second) =
        (load_c("int n = 1; int f(int x) { return x + n++; }"), load_c("int f(int x) { return -x; }"));
    let (f, g) = (function(&first, "f"), function(&second, "f"));
    assert_eq!((f(5), f(5), g(5)), (6, 7, -5));
    assert!(is_mapped(f as usize));
    // SAFETY: nothing is called any more.
    assert!(unsafe { first.unload() });
    assert!(!is_mapped(f as usize));
    assert_eq!(g(6), -6);
}

static DROPPED: AtomicI32 = AtomicI32::new(0);

extern "C" fn dropped(value: c_int) {
    DROPPED.fetch_add(value, Ordering::Relaxed);
}

/// Destructors of thread-locals are code of the image, and run when their threads end.
#[test]
fn thread_locals_outlive_it() {
    let source = r#"
        use std::cell::Cell;
        unsafe extern "C" { safe fn dropped(value: i32); }
        struct Value(Cell<i32>);
        impl Drop for Value { fn drop(&mut self) { dropped(self.0.get()); } }
        thread_local! { static VALUE: Value = Value(Cell::new(1)); }
        #[unsafe(no_mangle)]
        extern "C" fn add(x: i32) -> i32 {
            VALUE.with(|value| { value.0.set(value.0.get() + x); value.0.get() })
        }
        #[unsafe(no_mangle)]
        extern "C" fn caught(x: i32) -> i32 {
            std::panic::catch_unwind(|| { if x > 0 { std::panic::resume_unwind(Box::new(x)) } }).is_err() as i32
        }
    "#;
    let object = rust_object(source, &["--crate-type=cdylib"]);
    let load = || {
        let mut loader = Loader::new();
        loader.add_object("rust", &object[..]);
        loader.add_archive(&toolchain_library("libcompiler_builtins-", ".rlib")).unwrap();
        loader.define("dropped", dropped as *const u8);
        // SAFETY: std's library is made for being loaded.
        unsafe { loader.add_library(&toolchain_library("libstd-", ".so")) }.unwrap();
        loader.load().unwrap()
    };
    let image = load();
    let add = function(&image, "add");
    let (called, wait_called) = mpsc::channel();
    let (end, wait_end) = mpsc::channel::<()>();
    let thread = std::thread::spawn(move || {
        called.send(add(10)).unwrap();
        wait_end.recv().unwrap();
    });
    assert_eq!(wait_called.recv().unwrap(), 11);
    // SAFETY: nothing is called any more.
    assert!(!unsafe { image.unload() });
    assert!(is_mapped(add as usize));
    // Others come and go meanwhile, their tables with them.
    for _ in 0..20 {
        let other = load();
        let caught = function(&other, "caught");
        assert_eq!((caught(0), caught(1)), (0, 1));
        // SAFETY: as above.
        assert!(unsafe { other.unload() });
    }
    assert_eq!(DROPPED.load(Ordering::Relaxed), 0);
    end.send(()).unwrap();
    thread.join().unwrap();
    assert_eq!(DROPPED.load(Ordering::Relaxed), 11);
    assert!(!is_mapped(add as usize));
}
