//! What profiles and attributes ask for: panics, checks, optimisation; registries and allocators that linkers must keep.

use crate::project::Project;

const PROGRAM: &str = r#"
fn main() {
    let big = std::hint::black_box(u8::MAX);
    match std::env::args().nth(1).as_deref() {
        Some("overflow") => println!("{}", library::next(big)),
        Some("catch") => println!("{}", std::panic::catch_unwind(|| library::next(big)).is_err()),
        _ => println!("{} {}", cfg!(panic = "abort"), cfg!(debug_assertions)),
    }
}
"#;

fn project(profiles: &str) -> Project {
    let manifest = format!(
        "[package]\nname = \"program\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nlibrary = {{ path = \
         \"library\" }}\n[workspace]\n{profiles}"
    );
    Project::new(&[
        ("Cargo.toml", &manifest),
        ("src/main.rs", PROGRAM),
        ("library/Cargo.toml", "[package]\nname = \"library\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
        ("library/src/lib.rs", "#[inline(never)]\npub fn next(x: u8) -> u8 { x + 1 }\n"),
    ])
}

#[test]
fn profiles_decide() {
    let project = project(
        "[profile.release]\noverflow-checks = true\npanic = \"abort\"\nlto = \"fat\"\ncodegen-units = 1\nstrip = true\n\
         [profile.fast]\ninherits = \"release\"\npanic = \"unwind\"\ndebug-assertions = true\n\
         [profile.dev]\noverflow-checks = false\n[profile.dev.package.library]\nopt-level = 3\n",
    );
    let run = |profile: &str, argument: &str| project.bessemer(&["run", "-q", "--profile", profile, "--", argument]);
    for profile in ["dev", "release", "fast"] {
        let expected = match profile {
            "dev" => "false true\n",
            "release" => "true false\n",
            _ => "false true\n",
        };
        assert_eq!(run(profile, "").success().stdout, expected, "{profile}");
        let theirs = project.cargo(&["run", "-q", "--profile", profile, "--", ""]).success();
        assert_eq!(theirs.stdout, expected, "{profile}");
    }
    assert_eq!(run("dev", "overflow").success().stdout, "0\n");
    let aborted = run("release", "overflow");
    assert!(aborted.code != Some(0) && aborted.code != Some(101), "{aborted:#?}");
    aborted.says("attempt to add with overflow");
    run("fast", "overflow").code(101).says("attempt to add with overflow");
    assert_eq!(run("fast", "catch").success().stdout, "true\n");
}

/// What a library does with numbers that do not fit, and with preconditions that do not hold.
const CHECKED: &str = r#"
#[inline(never)] pub fn add(a: u8, b: u8) -> u8 { a + b }
#[inline] pub fn inline(a: u8, b: u8) -> u8 { a + b }
pub fn generic<T: std::ops::Add<Output = T>>(a: T, b: T) -> T { a + b }
#[inline(never)] pub fn negated(a: i8) -> i8 { -a }
#[inline(never)] pub fn shifted(a: u32, b: u32) -> u32 { a << b }
#[inline(never)] pub fn sum(v: &[u8]) -> u8 { v.iter().sum() }
#[inline(never)] pub fn closure(a: u8) -> u8 { [a].iter().map(|x| x + 100).fold(0, |a, b| a + b) }
#[inline(never)] pub fn pointer() -> fn(i8, i8) -> i8 { generic::<i8> }
#[inline(never)] pub fn object() -> Box<dyn Fn(u8) -> u8> { Box::new(|a| a + 100) }
pub static TABLE: [fn(u8, u8) -> u8; 1] = [<u8 as std::ops::Add>::add];
pub const fn constant(a: u8, b: u8) -> u8 { a + b }
pub fn asserts() -> bool { let mut x = false; debug_assert!({ x = true; true }); x && cfg!(debug_assertions) }
#[inline(never)] pub fn unchecked(at: usize) -> u8 { let all = [1, 2, 3]; unsafe { *std::hint::black_box(&all[..2]).get_unchecked(at) } }
"#;

const CHECKS: &str = r#"
use std::hint::black_box as bb;
fn show<T: std::fmt::Debug>(name: &str, f: impl FnOnce() -> T) {
    println!("{name} {:?}", std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).ok());
}
macro_rules! all {
    ($name:ident) => {
        let name = |function: &str| format!("{} {function}", stringify!($name));
        show(&name("add"), || $name::add(bb(200), bb(100)));
        show(&name("inline"), || $name::inline(bb(200), bb(100)));
        show(&name("generic"), || $name::generic(bb(200_u8), bb(100)));
        show(&name("negated"), || $name::negated(bb(-128)));
        show(&name("shifted"), || $name::shifted(bb(1), bb(33)));
        show(&name("sum"), || $name::sum(&[200, 100]));
        show(&name("closure"), || $name::closure(200));
        show(&name("pointer"), || $name::pointer()(100, 100));
        show(&name("object"), || $name::object()(200));
        show(&name("table"), || bb(&$name::TABLE)[0](200, 100));
        show(&name("asserts"), $name::asserts);
    };
}
fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("first") => return println!("{}", first::unchecked(bb(2))),
        Some("second") => return println!("{}", second::unchecked(bb(2))),
        _ => {}
    }
    std::panic::set_hook(Box::new(|_| {}));
    all!(first);
    all!(second);
    show("own add", || bb(200_u8) + bb(100));
    show("own sum", || [200_u16, 65535].iter().sum::<u16>());
    show("own asserts", || cfg!(debug_assertions));
    // CONSTANT
}
"#;

fn checked(profiles: &str) -> Project {
    let manifest = |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2024\"\n");
    let project = Project::new(&[
        ("src/main.rs", CHECKS),
        ("first/Cargo.toml", &manifest("first")),
        ("first/src/lib.rs", CHECKED),
        // Nobody works on this one.
        (
            ".cargo/config.toml",
            "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"vendor\"\n",
        ),
        ("vendor/second/.cargo-checksum.json", "{\"files\":{}}"),
        ("vendor/second/Cargo.toml", &manifest("second")),
        ("vendor/second/src/lib.rs", CHECKED),
    ]);
    project.write("Cargo.toml", &checked_manifest(profiles));
    project
}

fn checked_manifest(profiles: &str) -> String {
    format!(
        "[package]\nname = \"program\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nsecond = \"1.0.0\"\nfirst = \
         {{ path = \"first\" }}\n[workspace]\n{profiles}"
    )
}

/// Each package's settings hold for its code, in whatever program it is.
#[test]
fn checks_are_those_of_packages() {
    let profiles = [
        "[profile.dev.package.second]\noverflow-checks = false\ndebug-assertions = false\n\
         [profile.release.package.first]\noverflow-checks = true\n[profile.release.package.second]\ndebug-assertions = true\n",
        "[profile.dev]\noverflow-checks = false\n[profile.dev.package.first]\noverflow-checks = true\n\
         [profile.dev.build-override]\noverflow-checks = false\n\
         [profile.release]\noverflow-checks = true\ndebug-assertions = true\n[profile.release.package.\"*\"]\noverflow-checks = false\n\
         [profile.release.package.first]\ndebug-assertions = false\n",
        "[profile.dev.package.program]\noverflow-checks = false\ndebug-assertions = false\n[profile.release.package.program]\n\
         overflow-checks = true\n",
        "",
    ];
    let project = checked(profiles[0]);
    for (index, profiles) in profiles.into_iter().enumerate() {
        project.edit("Cargo.toml", &checked_manifest(profiles));
        // Where checks are on, this does not compile.
        let constant = if index < 2 { "show(\"constant\", || const { second::constant(200, 100) });" } else { "" };
        let main = CHECKS.replace("// CONSTANT", constant);
        project.edit("src/main.rs", &main);
        for profile in ["dev", "release"] {
            let theirs = |argument: &str| project.cargo(&["run", "-q", "--profile", profile, "--", argument]);
            let expected = ["", "first", "second"].map(theirs);
            for back_end in ["cranelift", "llvm"] {
                if profile == "release" && back_end == "cranelift" {
                    continue;
                }
                let args = ["run", "-q", "--profile", profile, "--backend", back_end, "--"];
                for (argument, expected) in ["", "first", "second"].into_iter().zip(&expected) {
                    let found = project.bessemer(&[&args[..], &[argument]].concat());
                    let what = format!("{index} {profile} {back_end} {argument}");
                    assert_eq!(found.stdout, expected.stdout, "{what}\n{}", found.stderr);
                    assert_eq!(found.code, expected.code, "{what}\n{}", found.stderr);
                }
                // Now with code that is kept.
                project.edit("src/main.rs", &format!("{main}// {index} {profile} {back_end}\n"));
                assert_eq!(project.bessemer(&[&args[..], &[""]].concat()).success().stdout, expected[0].stdout);
            }
        }
    }
}

/// The same where libraries are compiled by rustc, as nobody says what serves the build.
#[test]
fn checks_of_libraries_that_rustc_compiles() {
    let project = checked("[profile.dev.package.second]\noverflow-checks = false\n");
    let expected = project.cargo(&["run", "-q"]).success().stdout;
    let mut command = project.cargo_command(&["run", "-q", "--target-dir", "wrapped"]);
    command.env("RUSTC_WRAPPER", env!("CARGO_BIN_EXE_bessemer"));
    assert_eq!(crate::project::Outcome::of(command.output().unwrap()).success().stdout, expected);
}

/// What programs register before `main`, found by sections and by the linker's names for their ends.
#[test]
fn registries_and_allocators() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"program\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nregistry = { path = \
             \"registry\" }\nplugin = { path = \"plugin\" }\n[workspace]\n",
        ),
        (
            "src/main.rs",
            r#"
use plugin as _;
registry::register!("program", 10);

#[global_allocator]
static COUNTING: registry::Counting = registry::Counting;

fn main() {
    let boxed = std::hint::black_box(Box::new([0_u8; 100]));
    assert!(registry::Counting::bytes() >= boxed.len());
    let mut all = registry::slice().to_vec();
    all.sort();
    println!("{:?} {:?}", all, registry::early());
}
"#,
        ),
        ("registry/Cargo.toml", "[package]\nname = \"registry\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"),
        (
            "registry/src/lib.rs",
            r#"
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

pub type Entry = (&'static str, u32);

extern "C" {
    #[link_name = "__start_registry"]
    static START: Start;
    #[link_name = "__stop_registry"]
    static STOP: Start;
}

/// The linker says where the entries begin and end, not what they are.
#[repr(C)]
struct Start(u8);

pub static EARLY: AtomicUsize = AtomicUsize::new(0);

pub fn early() -> usize {
    EARLY.load(Ordering::SeqCst)
}

pub fn slice() -> &'static [Entry] {
    unsafe {
        let start = (&raw const START).cast::<Entry>();
        std::slice::from_raw_parts(start, (&raw const STOP).cast::<Entry>().offset_from(start) as usize)
    }
}

/// In a slice made by the linker, and counted before `main`.
#[macro_export]
macro_rules! register {
    ($name:literal, $value:expr) => {
        const _: () = {
            #[used]
            #[cfg_attr(all(), unsafe(link_section = "registry"))]
            static ENTRY: $crate::Entry = ($name, $value);
            #[used]
            #[cfg_attr(all(), unsafe(link_section = ".init_array"))]
            static INIT: extern "C" fn() = init;
            extern "C" fn init() {
                $crate::EARLY.fetch_add($value, std::sync::atomic::Ordering::SeqCst);
            }
        };
    };
}

pub struct Counting;

static BYTES: AtomicUsize = AtomicUsize::new(0);

impl Counting {
    pub fn bytes() -> usize {
        BYTES.load(Ordering::SeqCst)
    }
}

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        BYTES.fetch_add(layout.size(), Ordering::SeqCst);
        System.alloc(layout)
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        System.dealloc(ptr, layout)
    }
}
"#,
        ),
        (
            "plugin/Cargo.toml",
            "[package]\nname = \"plugin\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nregistry = { path = \
             \"../registry\" }\n",
        ),
        (
            "plugin/src/lib.rs",
            "registry::register!(\"plugin\", 5);\npub mod deep { registry::register!(\"deep\", 7); }\n",
        ),
    ]);
    let expected = project.cargo(&["run", "-q"]).success().stdout;
    assert_eq!(expected, "[(\"deep\", 7), (\"plugin\", 5), (\"program\", 10)] 22\n");
    for args in [&["--backend", "cranelift"][..], &["--backend", "llvm"], &["--release"]] {
        let found = project.bessemer(&[&["run", "-q"], args].concat()).success();
        assert_eq!(found.stdout, expected, "{args:?}");
    }
}

/// A library in C or assembly that a build script makes, and what assembly in Rust calls.
#[test]
fn native_code() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"program\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nnative = { path = \
             \"native\" }\n[workspace]\n",
        ),
        (
            "src/main.rs",
            r#"
use std::arch::asm;
unsafe extern "C" fn call_back(x: i32) -> i32 { x + 1 }
fn main() {
    let product: u64;
    unsafe { asm!("imul {0}, {1}", inout(reg) 6_u64 => product, in(reg) 7_u64) };
    println!("{} {} {product}", native::twice(21), native::through(call_back));
    println!("{}", native::from_assembly(40));
}
"#,
        ),
        (
            "native/Cargo.toml",
            "[package]\nname = \"native\"\nversion = \"0.1.0\"\nedition = \"2024\"\nlinks = \"twice\"\n",
        ),
        (
            "native/build.rs",
            r#"
use std::process::Command;
fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    let run = |program: &str, args: &[&str]| assert!(Command::new(program).args(args).status().unwrap().success());
    run("cc", &["-c", "-fPIC", "twice.c", "-o", &format!("{out}/twice.o")]);
    run("ar", &["rcs", &format!("{out}/libtwice.a"), &format!("{out}/twice.o")]);
    println!("cargo::rustc-link-search=native={out}");
    println!("cargo::rustc-link-lib=static=twice");
    println!("cargo::rustc-link-lib=m");
    println!("cargo::rerun-if-changed=twice.c");
}
"#,
        ),
        (
            "native/twice.c",
            "#include <math.h>\nint twice(int x) { return (int)sqrt((double)x * x * 4); }\n\
             int through(int (*f)(int)) { return f(40); }\n",
        ),
        (
            "native/src/lib.rs",
            r#"
unsafe extern "C" {
    #[link_name = "twice"]
    fn raw_twice(x: i32) -> i32;
    #[link_name = "through"]
    fn raw_through(f: unsafe extern "C" fn(i32) -> i32) -> i32;
    fn add_three(x: u64) -> u64;
}
std::arch::global_asm!(".globl add_three", "add_three:", "lea rax, [rdi + 3]", "jmp {}", sym finish);
#[unsafe(naked)]
extern "C" fn finish() { std::arch::naked_asm!("ret") }
pub fn twice(x: i32) -> i32 { unsafe { raw_twice(x) } }
pub fn through(f: unsafe extern "C" fn(i32) -> i32) -> i32 { unsafe { raw_through(f) } }
pub fn from_assembly(x: u64) -> u64 { unsafe { add_three(x) } }
"#,
        ),
    ]);
    for args in [&["--backend", "cranelift"][..], &["--backend", "llvm"], &["--release"]] {
        let found = project.bessemer(&[&["run", "-q"], args].concat()).success();
        assert_eq!(found.stdout, "42 41 42\n43\n", "{args:?}");
    }
}
