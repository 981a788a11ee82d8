//! Loading objects of the system's C compiler and of rustc into this process.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod common;

use bessemer_link::aot::{Input, Job, OutputKind, link};
use bessemer_link::jit::{JitError, LoadedCode, Loader};
use common::{c_object, rust_object, toolchain_library};
use expect_test::expect;
use std::ffi::c_int;
use std::path::Path;
use std::process::Command;

const PIC: &[&str] = &["-fPIC", "-O1"];

fn load(sources: &[&str]) -> Result<LoadedCode, JitError> {
    let mut loader = Loader::new();
    for (index, source) in sources.iter().enumerate() {
        loader.add_object(format!("object {index}"), c_object(source, PIC));
    }
    loader.load()
}

/// Calls a function of an image that takes an `int` and gives one.
fn call(image: &LoadedCode, name: &str, argument: c_int) -> c_int {
    let address = image.lookup(name).unwrap_or_else(|| panic!("no {name}"));
    // SAFETY: the tests define their functions with this type.
    let function = unsafe { std::mem::transmute::<*const u8, extern "C" fn(c_int) -> c_int>(address) };
    function(argument)
}

#[test]
fn sections_and_calls() {
    let image = load(&[
        "#include <string.h>
        int strict[4] = {1, 2, 3, 4}; static int zeros[1000]; const char *const names[] = {\"a\", \"bc\", \"def\"};
        extern int other(int); static int own(int x) { return x * 2; }
        int (*volatile pointer)(int) = own;
        int f(int x) { zeros[x]++; return strict[x] + (int)strlen(names[x]) + zeros[x] + other(x) + pointer(x); }",
        "extern int strict[]; int other(int x) { return strict[x] * 100; }",
    ])
    .unwrap();
    assert_eq!(call(&image, "f", 2), 3 + 3 + 1 + 300 + 4);
    assert_eq!(call(&image, "f", 2), 3 + 3 + 2 + 300 + 4);
    assert!(image.lookup("own").is_none(), "local symbols have no names");
    assert!(image.symbols().any(|(name, _)| name == "strict"));
}

#[test]
fn memory_is_never_writable_and_executable() {
    let image = load(&["const int *const table[] = {0}; int data = 1; int f(int x) { return x; }"]).unwrap();
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let rights = |symbol: &str| {
        let address = image.lookup(symbol).unwrap() as usize;
        let line = maps.lines().find(|line| {
            let (start, end) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
            (usize::from_str_radix(start, 16).unwrap()..usize::from_str_radix(end, 16).unwrap()).contains(&address)
        });
        line.unwrap().split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!([rights("f"), rights("table"), rights("data")], ["r-xp", "r--p", "rw-p"]);
}

#[test]
fn weak_symbols() {
    let image = load(&[
        "__attribute__((weak)) int replaced(int x) { return 1; } __attribute__((weak)) int kept(int x) { return 2; }
        extern int missing(int) __attribute__((weak)); extern int missing_data __attribute__((weak));
        int f(int x) { return replaced(x) + kept(x) + (missing ? missing(x) : 0) + (&missing_data ? 1000 : 0); }",
        "int replaced(int x) { return 10; }",
        "__attribute__((weak)) int replaced(int x) { return 100; }",
    ])
    .unwrap();
    assert_eq!(call(&image, "f", 0), 12);
}

#[test]
fn common_symbols() {
    let options = &["-fPIC", "-fcommon"];
    let mut loader = Loader::new();
    loader.add_object("a", c_object("int shared; int set(int x) { shared = x; return 0; }", options));
    loader
        .add_object("b", c_object("int shared; int big[1000]; int get(int x) { return shared + big[999]; }", options));
    let image = loader.load().unwrap();
    call(&image, "set", 7);
    assert_eq!(call(&image, "get", 0), 7);
}

#[test]
fn undefined_and_duplicate_symbols() {
    let error = load(&[
        "int nobody_has_this(int); int f(int x) { return nobody_has_this(x); }",
        "int nor_this(int); int nobody_has_this(int); int g(int x) { return nor_this(x) + nobody_has_this(x); }",
    ]);
    expect![[r#"
        undefined symbols:
          `nobody_has_this`, used by object 0
          `nor_this`, used by object 1"#]]
    .assert_eq(&error.err().unwrap().to_string());
    let error = load(&["int f(int x) { return 1; }", "int f(int x) { return 2; }"]);
    expect!["the symbol `f` is defined in object 0 and in object 1"].assert_eq(&error.err().unwrap().to_string());
}

#[test]
fn host_functions() {
    extern "C" fn host(x: c_int) -> c_int {
        x + 1
    }
    let mut loader = Loader::new();
    loader.add_object("guest", c_object("int host(int); int f(int x) { return host(x) * 10; }", PIC));
    loader.define("host", host as *const u8);
    assert_eq!(call(&loader.load().unwrap(), "f", 4), 50);
}

/// Calls to addresses that no displacement reaches go through a stub.
#[test]
fn far_functions() {
    // mov eax, 42; ret
    let code = [0xb8, 42, 0, 0, 0, 0xc3u8];
    // SAFETY: a new mapping at a place that is far from where the system puts others, which is filled and then
    // protected.
    let far = unsafe {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let hint = std::ptr::without_provenance_mut(0x1000_0000_0000);
        let far = libc::mmap(hint, 4096, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0);
        assert_ne!(far, libc::MAP_FAILED);
        std::ptr::copy_nonoverlapping(code.as_ptr(), far.cast(), code.len());
        assert_eq!(libc::mprotect(far, 4096, libc::PROT_READ | libc::PROT_EXEC), 0);
        far
    };
    let source =
        "int far_away(int); int f(int x) { return far_away(x) + 1; } int (*pointer(int x))(int) { return far_away; }";
    for options in [&["-fPIC"][..], &["-fPIC", "-fno-plt"]] {
        let mut loader = Loader::new();
        loader.add_object("guest", c_object(source, options));
        loader.define("far_away", far.cast());
        assert_eq!(call(&loader.load().unwrap(), "f", 0), 43);
    }
    // Code that is not position-independent cannot reach data there.
    let mut loader = Loader::new();
    loader.add_object("guest", c_object("extern int away; int f(int x) { return away; }", &["-fno-pic"]));
    loader.define("away", far.cast());
    expect!["guest: .text+0x9: R_X86_64_PC32 against `away`: the data is too far; compile position-independent code"]
        .assert_eq(&loader.load().err().unwrap().to_string());
}

#[test]
fn section_groups() {
    // A function in a group of its name, with unwind tables, as C++ and LLVM make them.
    let source = |value: c_int, user: &str| {
        format!(
            "__asm__(\".section .text.merged,\\\"axG\\\",@progbits,merged,comdat\\n.weak merged\\n.type merged,@function\\n\"
            \"merged:\\n.cfi_startproc\\nmov ${value}, %eax\\nret\\n.cfi_endproc\\n.size merged,.-merged\\n.text\\n\");
            int merged(int); int {user}(int x) {{ return merged(x); }}"
        )
    };
    let image = load(&[&source(1, "f"), &source(2, "g")]).unwrap();
    assert_eq!((call(&image, "f", 0), call(&image, "g", 0)), (1, 1));
}

#[test]
fn boundaries_of_sections() {
    let item = |name: &str, value: c_int| {
        format!("__attribute__((section(\"items\"), used)) static const int {name} = {value};")
    };
    let user = "extern const int __start_items[], __stop_items[];
        int sum(int x) { for (const int *i = __start_items; i < __stop_items; i++) x += *i; return x; }";
    let (first, second) = (item("a", 1) + user, item("b", 20) + &item("c", 300));
    let image = load(&[&first, &second]).unwrap();
    assert_eq!(call(&image, "sum", 0), 321);
}

#[test]
fn initializers_and_finalizers() {
    let image = load(&["
        static char order[10]; static int next;
        __attribute__((constructor)) static void last(int count) { order[next++] = '0' + count; }
        __attribute__((constructor(101))) static void first(void) { order[next++] = 'a'; }
        __attribute__((constructor(102))) static void second(void) { order[next++] = 'b'; }
        __attribute__((destructor)) static void end(void) { order[next++] = 'z'; }
        int at(int x) { return order[x]; }"])
    .unwrap();
    assert_eq!(call(&image, "at", 0), 0, "nothing runs by itself");
    // SAFETY: the functions above are harmless.
    unsafe {
        image.run_initializers(3, std::ptr::null(), std::ptr::null());
        image.run_finalizers();
    }
    let order: Vec<u8> = (0..5).map(|index| call(&image, "at", index) as u8).collect();
    assert_eq!(order, b"ab3z\0");
}

fn on_another_thread<T: Send>(f: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(f).join().unwrap())
}

#[test]
fn thread_locals() {
    let image = load(&[
        "__thread int global = 5; static __thread int local = 7; static __thread int zero; __thread char name[64] = \"abc\";
        static __thread int aligned __attribute__((aligned(128)));
        int add(int x) { zero += x; return ++global * 10000 + ++local * 100 + zero; }
        int misaligned(int x) { return (unsigned long)&aligned % 128 + name[x] - 'b'; }",
        "extern __thread int global; int get(int x) { return global; }",
    ])
    .unwrap();
    assert_eq!(call(&image, "add", 1), 6_08_01);
    assert_eq!(call(&image, "add", 1), 7_09_02);
    assert_eq!(on_another_thread(|| call(&image, "add", 1)), 6_08_01);
    assert_eq!(on_another_thread(|| call(&image, "get", 1)), 5);
    assert_eq!(call(&image, "get", 1), 7);
    assert_eq!(on_another_thread(|| call(&image, "misaligned", 1)), 0);
    assert!(image.lookup("global").is_none(), "a thread-local has no address");
}

#[test]
fn thread_locals_of_a_shared_library() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("libcounter.so");
    let source = "__thread int padding[9]; __thread int counter = 3; int library_counter(int x) { return counter; }";
    let inputs = vec![Input::ObjectBytes { name: "counter".to_owned(), bytes: c_object(source, PIC) }];
    link(&Job { kind: OutputKind::SharedLibrary, output: library.clone(), inputs, ..Job::default() }).unwrap();
    let mut loader = Loader::new();
    let source = "extern __thread int counter; int library_counter(int); int add(int x) { counter += x; return library_counter(0); }";
    loader.add_object("guest", c_object(source, PIC));
    // SAFETY: the library has no initialisers.
    unsafe { loader.add_library(&library) }.unwrap();
    let image = loader.load().unwrap();
    assert_eq!(call(&image, "add", 1), 4);
    assert_eq!(call(&image, "add", 1), 5);
    assert_eq!(on_another_thread(|| call(&image, "add", 10)), 13);
}

#[test]
fn static_thread_locals_are_refused() {
    let mut loader = Loader::new();
    let source = "__thread int counter; int f(int x) { return counter; }";
    loader.add_object("guest", c_object(source, &["-fPIC", "-ftls-model=initial-exec"]));
    expect!["guest: .text+0xa: R_X86_64_GOTTPOFF against `counter`: thread-locals of loaded objects are not in the static block; compile position-independent code with the general-dynamic model"].assert_eq(&loader.load().err().unwrap().to_string());
}

#[test]
fn archives() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("libparts.a");
    let parts = [
        ("needed.o", "int deeper(int); int needed(int x) { return deeper(x) + 1; }"),
        ("deeper.o", "int deeper(int x) { return x * 2; }"),
        ("broken.o", "int nobody_has_this(int); int unneeded(int x) { return nobody_has_this(x); }"),
    ];
    for (name, source) in parts {
        std::fs::write(folder.path().join(name), c_object(source, PIC)).unwrap();
    }
    let names = parts.map(|(name, _)| name);
    let status =
        Command::new("ar").current_dir(folder.path()).args(["rcs", "libparts.a"]).args(names).status().unwrap();
    assert!(status.success());
    let mut loader = Loader::new();
    loader.add_archive(&archive).unwrap();
    loader.add_object("guest", c_object("int needed(int); int f(int x) { return needed(x); }", PIC));
    let image = loader.load().unwrap();
    assert_eq!(call(&image, "f", 5), 11);
    assert!(image.lookup("unneeded").is_none());
}

/// `cp new.a old.a` while a program is loaded.
#[test]
fn an_archive_that_is_cut_off_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("part.o"), c_object("int part(int x) { return x * 2; }", PIC)).unwrap();
    let ar = Command::new("ar").current_dir(folder.path()).args(["rcs", "libpart.a", "part.o"]).status().unwrap();
    assert!(ar.success());
    let archive = folder.path().join("libpart.a");
    let mut loader = Loader::new();
    loader.add_archive(&archive).unwrap();
    loader.add_object("guest", c_object("int part(int); int f(int x) { return part(x); }", PIC));
    std::fs::File::options().write(true).open(&archive).unwrap().set_len(8).unwrap();
    assert_eq!(call(&loader.load().unwrap(), "f", 5), 10);
    // What is left of it is an archive without members.
    let mut loader = Loader::new();
    loader.add_archive(&archive).unwrap();
    loader.add_object("guest", c_object("int part(int); int f(int x) { return part(x); }", PIC));
    let error = loader.load().err().unwrap().to_string();
    assert!(error.contains("libpart.a: an archive without an index of symbols"), "{error}");
}

#[test]
fn files_that_are_not_there() {
    let mut loader = Loader::new();
    assert!(matches!(loader.add_archive(Path::new("no-such-file.a")), Err(JitError::Io { .. })));
    // SAFETY: there is no such library.
    let result = unsafe { loader.add_library(Path::new("no-such-library.so")) };
    assert!(matches!(result, Err(JitError::Library { .. })));
}

/// Rust on std's shared library: panics, thread-locals with destructors, threads, 128-bit division.
#[test]
fn rust_code() {
    let source = r#"
        use std::cell::{Cell, RefCell};
        use std::panic::{catch_unwind, set_hook};

        thread_local! {
            static COUNT: Cell<u32> = const { Cell::new(1) };
            static LIST: RefCell<Vec<String>> = RefCell::new(Vec::new());
        }
        struct OnDrop<'a>(&'a Cell<u32>);
        impl Drop for OnDrop<'_> {
            fn drop(&mut self) { self.0.set(self.0.get() + 100); }
        }
        #[inline(never)]
        fn thrower(depth: u32) -> u32 {
            if depth == 0 { panic!("thrown {}", COUNT.get()) }
            thrower(depth - 1) + 1
        }
        fn check() {
            set_hook(Box::new(|_| {}));
            let dropped = Cell::new(0);
            let payload = catch_unwind(std::panic::AssertUnwindSafe(|| {
                let _guard = OnDrop(&dropped);
                thrower(5)
            })).unwrap_err();
            assert_eq!(payload.downcast_ref::<String>().unwrap(), "thrown 1");
            assert_eq!(dropped.get(), 100);
            COUNT.set(50);
            LIST.with_borrow_mut(|list| list.push("main".to_owned()));
            let other = std::thread::spawn(|| {
                LIST.with_borrow_mut(|list| list.push("other".to_owned()));
                COUNT.set(COUNT.get() + 1);
                (COUNT.get(), LIST.with_borrow(|list| list.join(",")))
            }).join().unwrap();
            assert_eq!(other, (2, "other".to_owned()));
            assert!(std::thread::spawn(|| { thrower(1); }).join().is_err());
            let quotient = u128::MAX / std::hint::black_box(5);
            assert_eq!(quotient, 0x3333_3333_3333_3333_3333_3333_3333_3333);
        }
        #[unsafe(no_mangle)]
        extern "C" fn check_and_return(_: i32) -> i32 {
            match catch_unwind(check) {
                Ok(()) => 42,
                Err(_) => 1,
            }
        }
    "#;
    // As for a library: rustc gives programs static thread-locals.
    for options in [["--crate-type=cdylib", "-Copt-level=0"], ["--crate-type=cdylib", "-Copt-level=3"]] {
        let mut loader = Loader::new();
        loader.add_object("rust", rust_object(source, &options));
        loader.add_archive(&toolchain_library("libcompiler_builtins-", ".rlib")).unwrap();
        // SAFETY: std's library is made for being loaded.
        unsafe { loader.add_library(&toolchain_library("libstd-", ".so")) }.unwrap();
        let image = loader.load().unwrap();
        assert_eq!(call(&image, "check_and_return", 0), 42, "{options:?}");
    }
}
