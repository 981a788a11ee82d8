//! What an embedder does: compiling, calling, dropping.

use bessemer::driver;
use bessemer::{
    Cancel, Codegen, Diagnostics, Engine, Error, FrontEnd, Level, OptLevel, Output, Reason, Source, Unit, Watch,
};
use expect_test::expect;
use std::process::Stdio;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex};

fn engine() -> Engine {
    let cache = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("engine-cache");
    let builder = Engine::builder().cache(cache).quiet_panics();
    builder.host_function("host_add", host_add as extern "C" fn(i32) -> i32).build().unwrap()
}

static ADDED: AtomicI32 = AtomicI32::new(0);

extern "C" fn host_add(value: i32) -> i32 {
    ADDED.fetch_add(value, Ordering::Relaxed) + value
}

fn compile(text: &str) -> Unit {
    engine().compile(Source::text(text)).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(source: Source) -> Diagnostics {
    engine().compile(source).expect_err("it is refused")
}

/// Whether something is mapped there.
fn is_mapped(address: usize) -> bool {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    maps.lines().any(|line| {
        let (start, end) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        (usize::from_str_radix(start, 16).unwrap()..usize::from_str_radix(end, 16).unwrap()).contains(&address)
    })
}

type Unary = extern "C" fn(i32) -> i32;
type Throwing = extern "C-unwind" fn(i32) -> i32;

#[test]
fn units_come_and_go_alone() {
    let engine = engine();
    let source = |factor: i32| {
        Source::text(format!(
            "use std::sync::atomic::{{AtomicI32, Ordering}};
            static CALLS: AtomicI32 = AtomicI32::new(0);
            #[unsafe(no_mangle)] pub extern \"C\" fn scale(x: i32) -> i32 {{
                CALLS.fetch_add(1, Ordering::Relaxed);
                format!(\"{{}}\", x * {factor}).parse().unwrap()
            }}
            #[unsafe(no_mangle)] pub extern \"C\" fn calls(_: i32) -> i32 {{ CALLS.load(Ordering::Relaxed) }}"
        ))
    };
    let first = engine.compile(source(2)).unwrap();
    let second = engine.compile(source(3)).unwrap();
    assert_eq!(first.exported(), ["calls", "scale"]);
    // SAFETY: the functions have this type, and leave nothing behind.
    let get = |unit: &Unit, name: &str| unsafe { *unit.get::<Unary>(name).unwrap() };
    let (a, b, calls) = (get(&first, "scale"), get(&second, "scale"), get(&second, "calls"));
    assert_eq!((a(5), a(6), b(5)), (10, 12, 15));
    assert!(is_mapped(a as usize));
    drop(first);
    assert!(!is_mapped(a as usize));
    // It took nothing with it: each has its own variables.
    assert_eq!((b(7), calls(0)), (21, 2));
    // SAFETY: as above.
    let missing = unsafe { second.get::<Unary>("nothing") }.unwrap_err();
    assert_eq!(missing.to_string(), "there is no function `nothing`; the unit exports calls, scale");
}

#[test]
fn panics_are_errors() {
    let unit = compile(
        r#"
        struct OnDrop;
        unsafe extern "C" { safe fn host_add(value: i32) -> i32; }
        impl Drop for OnDrop { fn drop(&mut self) { host_add(1000); } }
        #[unsafe(no_mangle)]
        pub extern "C-unwind" fn check(x: i32) -> i32 {
            let _guard = OnDrop;
            match x {
                0 => panic!("plain"),
                1 => panic!("formatted {x}"),
                2 => std::panic::panic_any(7u8),
                3 => vec![1, 2][x as usize],
                _ => x + 1,
            }
        }"#,
    );
    // SAFETY: the function has this type, and leaves nothing behind.
    let check = unsafe { unit.get::<Throwing>("check") }.unwrap();
    let before = ADDED.load(Ordering::Relaxed);
    // SAFETY: as above.
    let results = [0, 1, 2, 3, 4].map(|x| unsafe { check.call((x,)) }.map_err(|panic| panic.message));
    let error = |text: &str| Err(text.to_owned());
    let length = error("index out of bounds: the len is 2 but the index is 3");
    assert_eq!(results, [error("plain"), error("formatted 1"), error(""), length, Ok(5)]);
    // SAFETY: as above.
    assert_eq!(unsafe { check.call((0,)) }.unwrap_err().to_string(), "panicked at <anon>:9:22: plain");
    assert!(ADDED.load(Ordering::Relaxed) >= before + 6000, "destructors ran");
}

/// Until the last thread has ended that used a thread-local of it, a unit stays: destructors are code of it.
#[test]
fn thread_locals_keep_a_unit() {
    let unit = compile(
        r#"
        use std::cell::RefCell;
        thread_local! { static WORDS: RefCell<Vec<String>> = RefCell::default(); }
        #[unsafe(no_mangle)]
        pub extern "C" fn remember(x: i32) -> i32 {
            WORDS.with_borrow_mut(|words| { words.push(x.to_string()); words.len() as i32 })
        }"#,
    );
    // SAFETY: the function has this type, and leaves nothing behind but the thread-local.
    let remember = unsafe { *unit.get::<Unary>("remember").unwrap() };
    std::thread::scope(|scope| {
        let thread = scope.spawn(move || {
            assert_eq!((remember(5), remember(6)), (1, 2));
            drop(unit);
            assert!(is_mapped(remember as usize));
        });
        thread.join().unwrap();
    });
    assert!(!is_mapped(remember as usize));
}

#[test]
fn functions_of_the_host() {
    let text = "unsafe extern \"C\" { safe fn host_add(value: i32) -> i32; safe fn nobody(value: i32); }
        #[unsafe(no_mangle)] pub extern \"C\" fn twice(x: i32) -> i32 { host_add(x); host_add(x) }";
    let unit = compile(text);
    let before = ADDED.load(Ordering::Relaxed);
    // SAFETY: the function has this type, and leaves nothing behind.
    let twice = unsafe { unit.get::<Unary>("twice") }.unwrap();
    twice(100);
    assert!(ADDED.load(Ordering::Relaxed) >= before + 200);
    let unit = compile(&format!("{text}\n#[unsafe(no_mangle)] pub extern \"C\" fn undefined() {{ nobody(1) }}"));
    // SAFETY: it is not loaded.
    let error = unsafe { unit.get::<Unary>("twice") }.unwrap_err().to_string();
    assert!(error.contains("undefined symbols:\n  `nobody`, used by "), "{error}");
}

#[test]
fn threads_share_an_engine_and_a_unit() {
    let engine = engine();
    std::thread::scope(|scope| {
        for number in 0..3 {
            let engine = engine.clone();
            scope.spawn(move || {
                let text = format!("#[unsafe(no_mangle)] pub extern \"C\" fn f(x: i32) -> i32 {{ x + {number} }}");
                let unit = engine.compile(Source::text(text)).unwrap();
                std::thread::scope(|scope| {
                    for _ in 0..3 {
                        scope.spawn(|| {
                            // SAFETY: the function has this type, and leaves nothing behind.
                            assert_eq!(unsafe { unit.get::<Unary>("f") }.unwrap()(1), number + 1);
                        });
                    }
                });
            });
        }
    });
}

#[test]
fn diagnostics_are_data() {
    let text = "pub fn f() -> u8 {\n    let unused = 1;\n    \"é\"\n}\n";
    let error = refused(Source::text(text));
    assert_eq!(error.reason(), Reason::Source);
    let first = error.errors().next().unwrap();
    assert_eq!((first.level, first.code(), &*first.message), (Level::Error, Some("E0308"), "mismatched types"));
    let primary = first.spans.iter().find(|span| span.is_primary).unwrap();
    assert_eq!((primary.line_start, primary.column_start, primary.column_end), (3, 5, 8));
    assert_eq!((primary.byte_start, primary.byte_end), (Some(43), Some(47)));
    assert_eq!(primary.label.as_deref(), Some("expected `u8`, found `&str`"));
    assert_eq!(primary.text[0].text, "    \"é\"");
    expect![[r#"
        error[E0308]: mismatched types
         --> <anon>:3:5
          |
        1 | pub fn f() -> u8 {
          |               -- expected `u8` because of return type
        2 |     let unused = 1;
        3 |     "é"
          |     ^^^ expected `u8`, found `&str`

    "#]]
    .assert_eq(&first.to_string());
    let unit = compile("pub fn f() { let unused = 1; }");
    assert_eq!(unit.warnings()[0].code(), Some("unused_variables"));
    assert_eq!(engine().check(&Source::text("pub fn f() { let unused = 1; }")).unwrap()[0].level, Level::Warning);
}

/// Crates that Bessemer has compiled can be used: their code is generated with the unit.
#[test]
fn other_crates_by_their_path() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shapes.rs");
    std::fs::write(&file, "pub fn describe<T: std::fmt::Debug>(it: T) -> usize { format!(\"{it:?}\").len() }").unwrap();
    let mut options = driver::Options::new(driver::Source::File(file), bessemer::Backends::builtin().best());
    options.out_dir = Some(folder.path().to_owned());
    let built = driver::libraries::build(&options, &[driver::OutputCrateType::Lib], driver::Report::default()).unwrap();
    let source =
        Source::text("#[unsafe(no_mangle)] pub extern \"C\" fn f(x: i32) -> i32 { shapes::describe([x, x]) as i32 }");
    let unit = engine().compile(source.external("shapes", &built.files[0])).unwrap();
    // SAFETY: the function has this type, and leaves nothing behind.
    assert_eq!(unsafe { unit.get::<Unary>("f") }.unwrap()(100), 10);
}

/// Faults that show when code is generated have the same form.
#[test]
fn late_faults_are_data() {
    let text = "struct Small<const N: usize>;
impl<const N: usize> Small<N> { const CHECK: () = assert!(N < 4, \"too large\"); }
fn check<const N: usize>() { Small::<N>::CHECK }
#[unsafe(no_mangle)] pub extern \"C\" fn f() { let unused = 1; check::<5>() }
";
    let error = refused(Source::text(text));
    assert_eq!(error.reason(), Reason::Source);
    assert_eq!(error.iter().next().unwrap().code(), Some("unused_variables"));
    let fault = error.errors().next().unwrap();
    assert_eq!(fault.code(), Some("E0080"));
    let label = "evaluation of `Small::<5>::CHECK` failed here";
    assert_eq!((fault.spans[0].line_start, fault.spans[0].label.as_deref()), (2, Some(label)));
}

#[test]
fn what_cannot_be_loaded_is_said() {
    let unit = compile(
        "use std::alloc::System;
        #[global_allocator] static A: System = System;
        #[unsafe(no_mangle)] pub extern \"C\" fn f(x: i32) -> i32 { x }",
    );
    // SAFETY: it is not loaded.
    let error = unsafe { unit.get::<Unary>("f") }.unwrap_err();
    assert!(matches!(error, Error::Other(_)) && error.to_string().contains("an allocator of its own"), "{error}");
    let mut codegen = Codegen::default();
    codegen.backend = Some("gcc".to_owned());
    let error = refused(Source::text("").codegen(codegen));
    assert_eq!(error.reason(), Reason::Options);
    assert!(error.to_string().starts_with("error: there is no back end `gcc`"), "{error}");
    let error = refused(Source::file("no/such/file.rs"));
    assert!(error.to_string().contains("couldn't read `no/such/file.rs`"), "{error}");
}

#[test]
fn programs_run_in_their_own_process() {
    let text = r#"
        use std::io::Read;
        fn main() {
            let mut input = String::new();
            std::io::stdin().read_to_string(&mut input).unwrap();
            let args: Vec<String> = std::env::args().skip(1).collect();
            println!("{} {input}", args.join("+"));
            std::process::exit(args.len() as i32);
        }
    "#;
    let unit = engine().compile(Source::text(text).program()).unwrap();
    let mut command = unit.command().unwrap();
    let mut child = command.args(["a", "b"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"input").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((&*output.stdout, output.status.code()), (&b"a+b input\n"[..], Some(2)));
    assert!(unit.emit(&Output::Executable).unwrap().starts_with(b"\x7fELF"));
    // SAFETY: it is not loaded.
    let error = unsafe { unit.get::<Unary>("main") }.unwrap_err().to_string();
    assert!(error.contains("a program is not loaded"), "{error}");
    let library = compile("");
    assert!(library.spawn(["a"]).unwrap_err().to_string().contains("a library is no executable"));
}

#[test]
fn every_form_of_a_unit() {
    let text = "#[unsafe(no_mangle)] pub extern \"C\" fn triple(x: i32) -> i32 { x.wrapping_mul(3) }";
    let mut codegen = Codegen::default();
    codegen.opt = OptLevel::O2;
    let unit = engine().compile(Source::text(text).codegen(codegen)).unwrap();
    for (output, part) in [
        (Output::LlvmIr, "define"),
        (Output::Clif, "function"),
        (Output::Lir, "triple"),
        (Output::Mir, "fn triple"),
        (Output::Assembly, "triple:"),
        (Output::Object, "triple"),
        (Output::Named("llvm-bc".to_owned()), "BC"),
    ] {
        let text = String::from_utf8_lossy(&unit.emit(&output).unwrap()).into_owned();
        assert!(text.contains(part), "{output:?}: {text}");
    }
    assert!(unit.objects().all(|(_, bytes)| bytes.starts_with(b"\x7fELF")) && unit.objects().count() > 0);
    let error = unit.emit(&Output::Named("wasm".to_owned())).unwrap_err();
    assert!(error.to_string().contains("no back end has an output of the kind `wasm`"), "{error}");
    // SAFETY: the function has this type, and leaves nothing behind.
    assert_eq!(unsafe { unit.get::<Unary>("triple") }.unwrap()(14), 42);
}

#[test]
fn work_is_watched_and_stopped() {
    let stages = Arc::new(Mutex::new(Vec::new()));
    let cancel = Cancel::new();
    let watch = |stop_at: &'static str| {
        let (stages, cancel) = (stages.clone(), cancel.clone());
        let tell = move |stage: &'static str| {
            stages.lock().unwrap().push(stage);
            if stage == stop_at {
                cancel.cancel();
            }
        };
        Watch::new().on_stage(tell)
    };
    let source = Source::text("#[unsafe(no_mangle)] pub extern \"C\" fn f() { println!() }");
    engine().compile_watched(source.clone(), &watch("")).unwrap();
    assert_eq!(stages.lock().unwrap().join(", "), "check (rustc), open metadata, lower, code generation");
    let error = engine().compile_watched(source.clone(), &watch("lower").cancelled_by(&cancel)).unwrap_err();
    assert_eq!(error.reason(), Reason::Cancelled);
    assert_eq!(stages.lock().unwrap()[4..].join(", "), "check (rustc), open metadata, lower");
    assert!(cancel.is_cancelled());
    // rustc, which would take minutes for this, is not waited for.
    let cancel = Cancel::new();
    let endless = "const fn count() -> u64 { let mut n = 0u64; while n < 1 << 40 { n += 1; } n }
        pub const N: u64 = count(); pub static M: [u8; (N & 1) as usize] = [];";
    let stopper = cancel.clone();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(500));
        stopper.cancel();
    });
    let source = Source::text(format!("#![allow(long_running_const_eval)]\n{endless}"));
    let error = engine().compile_watched(source, &Watch::new().cancelled_by(&cancel)).unwrap_err();
    assert_eq!(error.reason(), Reason::Cancelled);
    thread.join().unwrap();
}

/// Bodies of our own front end, in a unit of a text that is in no file.
#[test]
fn bodies_of_our_own_front_end() {
    let mut codegen = Codegen::default();
    codegen.front_end = FrontEnd::Own;
    let source = Source::text(
        "#[unsafe(no_mangle)] pub extern \"C-unwind\" fn checked(x: i32) -> i32 {
            let text: String = x.to_string();
            text.parse::<i32>().unwrap() * 2
        }",
    );
    let unit = engine().compile(source.codegen(codegen)).unwrap();
    let bodies = unit.report().bodies.clone().unwrap();
    assert_eq!((bodies.own, bodies.rustc, bodies.doubts), (1, 0, Vec::new()));
    // SAFETY: the function has this type, and leaves nothing behind.
    let checked = unsafe { unit.get::<Throwing>("checked").unwrap() };
    // SAFETY: as above.
    let results = [21, i32::MAX].map(|x| unsafe { checked.call((x,)) }.map_err(|panic| panic.to_string()));
    let overflow = "panicked at <anon>:3:13: attempt to multiply with overflow".to_owned();
    assert_eq!(results, [Ok(42), Err(overflow)]);
    let text = |output| String::from_utf8(unit.emit(&output).unwrap()).unwrap();
    assert!(text(Output::Hir).contains("::checked:\n"), "{}", text(Output::Hir));
    assert!(text(Output::Tokens).starts_with("1:1-1:2          Pound\n"), "{}", text(Output::Tokens));
}
