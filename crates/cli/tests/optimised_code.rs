//! What the optimiser is told of a program, seen in the code that it makes: LLVM IR after optimisation.

use std::process::Command;

/// The optimised LLVM IR of a program.
#[track_caller]
fn optimised(source: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("prog.rs"), source).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_bessemer"));
    command.args(["build", "-O", "3", "--emit", "llvm-ir", "-o", "prog.ll", "prog.rs"]).current_dir(folder.path());
    command.env("BESSEMER_CACHE_DIR", folder.path().join("cache"));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(folder.path().join("prog.ll")).unwrap()
}

/// The definition of the function with this name.
#[track_caller]
fn definition<'ir>(ir: &'ir str, name: &str) -> &'ir str {
    let named = |text: &&str| text.lines().next().is_some_and(|line| line.contains(name));
    let definition = ir.split("\ndefine ").skip(1).find(named).unwrap_or_else(|| panic!("no {name}:\n{ir}"));
    definition.split_once("\n}").unwrap().0
}

/// Allocates in three ways, and needs none of them.
const ALLOCATES: &str = "
    #[inline(never)]
    fn sums(n: u64) -> u64 {
        let boxed = Box::new(n);
        let list: Vec<u64> = vec![n, n + 1, *boxed];
        let add: Box<dyn Fn(u64) -> u64> = Box::new(move |x| x ^ n);
        add(list.iter().sum())
    }
    fn main() {
        println!(\"{}\", sums(std::hint::black_box(3)));
    }
";

#[test]
fn allocations_that_nobody_needs_are_gone() {
    let ir = optimised(ALLOCATES);
    let sums = definition(&ir, "4sums");
    assert!(!sums.contains("___rust_"), "{sums}");
    // What is left is told apart from other functions.
    let alloc = definition(&ir, "12___rust_alloc");
    assert!(alloc.starts_with("noalias "), "{alloc}");
    assert!(ir.contains("\"alloc-family\"=\"__rust_alloc\"") && ir.contains("19___rust_alloc_zeroed\""), "{ir}");
}

#[test]
fn so_are_those_of_an_allocator_of_the_program() {
    let own = "
        struct Own;
        unsafe impl std::alloc::GlobalAlloc for Own {
            unsafe fn alloc(&self, layout: std::alloc::Layout) -> *mut u8 {
                unsafe { std::alloc::System.alloc(layout) }
            }
            unsafe fn dealloc(&self, pointer: *mut u8, layout: std::alloc::Layout) {
                unsafe { std::alloc::System.dealloc(pointer, layout) }
            }
        }
        #[global_allocator]
        static OWN: Own = Own;
    ";
    let ir = optimised(&format!("{own}{ALLOCATES}"));
    let sums = definition(&ir, "4sums");
    assert!(!sums.contains("___rust_"), "{sums}");
    // Its methods are inlined where they are called.
    let alloc = definition(&ir, "12___rust_alloc");
    assert!(!alloc.contains("GlobalAlloc"), "{alloc}");
}

#[test]
fn assembly_keeps_only_what_it_mentions_from_being_internal() {
    let ir = optimised(
        "
        std::arch::global_asm!(\".globl through\", \"through: jmp {}\", sym mentioned);
        unsafe extern \"C\" { fn through(); }
        #[inline(never)]
        extern \"C\" fn mentioned() { println!(\"mentioned\"); }
        #[inline(never)]
        fn other(n: usize) -> usize { std::hint::black_box(n) }
        fn main() {
            unsafe { through() };
            println!(\"{}\", other(2));
        }
    ",
    );
    let first = |name: &str| definition(&ir, name).lines().next().unwrap().to_owned();
    assert!(first("5other").starts_with("internal "), "{}", first("5other"));
    assert!(!first("9mentioned").starts_with("internal "), "{}", first("9mentioned"));
}
