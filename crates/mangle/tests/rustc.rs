//! Names and numbers compared with those in programs that rustc compiled.

// The tests of `layout`, which `common` serves first, call it so.
extern crate layout as bessemer_layout;

mod collect;
#[path = "../../layout/tests/common/mod.rs"]
mod common;

use bessemer_mangle::Mangler;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use testing::Program;
use ty::{Arena, CrateNum, Ty};

const NAMES: &str = include_str!("snippets/names.rs");

/// rustc for programs of the edition of snippets.
fn rustc(dir: &Path) -> std::process::Command {
    let mut rustc = testing::rustc(dir);
    rustc.args(["--edition", "2024"]);
    rustc
}

/// What the snippet's `print` shows if rustc compiles it: a line for each call of `row`.
fn printed_rows(dir: &Path) -> Vec<String> {
    std::fs::write(dir.join("main.rs"), "fn main() { snippet::print() }").expect("the program is written");
    testing::output(rustc(dir).args(["--crate-type", "lib", "snippet.rs", "-o", "libsnippet.rlib"]));
    testing::output(rustc(dir).args(["main.rs", "-o", "main", "--extern", "snippet=libsnippet.rlib"]));
    let text = testing::output(&mut std::process::Command::new(dir.join("main")));
    text.lines().filter(|line| line.as_bytes().get(32) == Some(&b' ')).map(str::to_owned).collect()
}

fn our_row<'tcx>(mangler: &Mangler<'tcx>, ty: Ty<'tcx>) -> String {
    format!("{:032x} {}", mangler.type_id(ty), mangler.type_name(ty))
}

fn assert_same(ours: &[String], theirs: &[String]) {
    let mut wrong = String::new();
    for (ours, theirs) in ours.iter().zip(theirs) {
        if ours != theirs {
            writeln!(wrong, "ours:  {ours}\nrustc: {theirs}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert_eq!(ours.len(), theirs.len());
}

#[test]
fn type_ids_and_names() {
    let mut types = common::types::all();
    // These have no type id; rustc has no symbol for the last.
    types.retain(|entry| !entry.starts_with("Foreign") && !entry.starts_with("unsafe<"));
    let mut source = common::types::DEFINITIONS.to_owned();
    let row = NAMES.split("pub fn row<").nth(1).and_then(|rest| rest.split("pub fn row_of").next()).expect("row");
    let row = row.replace("println!", "std::println!").replace("u128 = unsafe { std", "u128 = unsafe { core");
    let row = row.replace("TypeId::", "std::any::TypeId::").replace("type_name:", "std::any::type_name:");
    writeln!(source, "pub fn row<{row}\npub fn print() {{").unwrap();
    for entry in &types {
        writeln!(source, "    row::<{entry}>();").unwrap();
    }
    source.push_str("}\n");
    let dir = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(dir.path().join("snippet.rs"), source).expect("the snippet is written");
    let theirs = printed_rows(dir.path());
    assert_eq!(theirs.len(), types.len());
    let metadata = testing::compile_snippet(dir.path(), &[]);
    let arena = Arena::new();
    let program = common::open(&arena, &metadata, false);
    let mangler = program.mangler;
    let ours: Vec<String> =
        collect::rows(&program, program.find("snippet::print")).into_iter().map(|ty| our_row(mangler, ty)).collect();
    assert_same(&ours, &theirs);
}

#[test]
fn odd_type_ids_and_names() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(dir.path().join("snippet.rs"), NAMES).expect("the snippet is written");
    let theirs: BTreeSet<String> = printed_rows(dir.path()).into_iter().collect();
    let metadata = testing::compile_snippet(dir.path(), &[]);
    let arena = Arena::new();
    let program = common::open(&arena, &metadata, false);
    let mangler = program.mangler;
    let row = program.find("snippet::row");
    // `row` is called with each type, in whatever function.
    let ours: BTreeSet<String> = collect::instances(&program)
        .into_iter()
        .filter(|instance| instance.def_id() == row)
        .map(|instance| our_row(mangler, instance.args.type_at(0)))
        .collect();
    let missing: Vec<_> = theirs.difference(&ours).collect();
    let extra: Vec<_> = ours.difference(&theirs).collect();
    assert!(missing.is_empty() && extra.is_empty(), "rustc alone: {missing:#?}\nours alone: {extra:#?}");
}

/// The symbols that an object file defines or uses.
fn symbols(object: &[u8]) -> BTreeSet<String> {
    use object::{Object, ObjectSymbol};
    let file = object::File::parse(object).expect("an object file");
    file.symbols().filter_map(|symbol| symbol.name().ok()).map(str::to_owned).collect()
}

fn check_symbols(program: &Program<'_>, object: &[u8], at_least: usize) {
    let theirs = symbols(object);
    let mangler = program.mangler;
    let mut found = BTreeSet::new();
    let mut missing = Vec::new();
    for instance in collect::instances(program) {
        // Shared functions that others may compile, too, have the name of the crate that did; some are in every crate.
        let shared = mangler.symbol_name(instance, Some(CrateNum::LOCAL));
        let names = match bessemer_mangle::is_generic(instance) {
            true => vec![shared],
            false => vec![mangler.symbol_name(instance, None), shared],
        };
        match names.iter().find(|name| theirs.contains(*name)) {
            Some(name) => drop(found.insert(name.clone())),
            None if collect::is_compiled(program, instance) => {
                missing.push(format!("{}  {:#}", names[0], rustc_demangle::demangle(&names[0])));
            }
            None => {}
        }
    }
    let functions = theirs.iter().filter(|name| name.starts_with("_R")).count();
    // Some are reached only through what constants or inlining take away.
    assert!(missing.len() < 20, "not in rustc's object file: {missing:#?}");
    let others: Vec<_> = theirs.iter().filter(|name| name.starts_with("_R") && !found.contains(*name)).collect();
    assert!(found.len() >= at_least, "{} of {functions} symbols found; not: {others:#?}", found.len());
}

#[test]
fn symbol_names() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(dir.path().join("snippet.rs"), NAMES).expect("the snippet is written");
    testing::output(
        rustc(dir.path())
            .args(["--crate-type", "lib", "--emit=obj", "-Csymbol-mangling-version=v0", "-Zshare-generics=no"])
            .args(["-Zmir-opt-level=0", "-Zinline-mir=no", "-Ccodegen-units=1", "-o", "snippet.o", "snippet.rs"]),
    );
    let object = std::fs::read(dir.path().join("snippet.o")).expect("the object file");
    let metadata = testing::compile_snippet(dir.path(), &[]);
    let arena = Arena::new();
    let program = common::open(&arena, &metadata, false);
    check_symbols(&program, &object, 850);
}

#[test]
fn std_exports_what_we_name() {
    // Every non-generic function that std says it exports is in its library, under the name that we give it.
    let dir = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(dir.path().join("snippet.rs"), "").expect("the snippet is written");
    let metadata = testing::compile_snippet(dir.path(), &[]);
    let arena = Arena::new();
    let program = common::open(&arena, &metadata, false);
    let mangler = program.mangler;
    let mut theirs = BTreeSet::new();
    for entry in std::fs::read_dir(testing::sysroot_lib()).expect("the sysroot") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "rlib") {
            let bytes = std::fs::read(&path).expect("an archive");
            let archive = object::read::archive::ArchiveFile::parse(&*bytes).expect("an archive");
            for member in archive.members() {
                let member = member.expect("a member");
                if member.name().ends_with(b".o") {
                    theirs.extend(symbols(member.data(&*bytes).expect("a member's bytes")));
                }
            }
        }
    }
    let (ours, missing) = collect::exported_names(&program, mangler, &theirs);
    assert!(missing.is_empty(), "{} of {ours}: {missing:#?}", missing.len());
    assert!(ours > 2000, "{ours}");
}

/// Closures, shims, trait methods and the like have parameters of their own; those of plain functions are compared in
/// `layout`.
#[test]
fn signatures_of_instances() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(dir.path().join("snippet.rs"), NAMES).expect("the snippet is written");
    testing::output(
        rustc(dir.path())
            .args(["--crate-type", "lib", "--emit=llvm-ir", "-Csymbol-mangling-version=v0", "-Zshare-generics=no"])
            .args(["-Zinline-mir=no", "-Ccodegen-units=1", "-Copt-level=1", "-Cno-prepopulate-passes"])
            .args(["-Cincremental=incremental", "-o", "snippet.ll", "snippet.rs"]),
    );
    let module = std::fs::read_to_string(dir.path().join("snippet.ll")).expect("LLVM IR");
    let theirs = common::llvm::signatures(&module);
    let metadata = testing::compile_snippet(dir.path(), &[]);
    let arena = Arena::new();
    let program = common::open(&arena, &metadata, true);
    let mangler = program.mangler;
    let mut wrong = String::new();
    let mut count = 0;
    for instance in collect::instances(&program) {
        let shared = mangler.symbol_name(instance, Some(CrateNum::LOCAL));
        let name = if bessemer_mangle::is_generic(instance) { shared } else { mangler.symbol_name(instance, None) };
        let Some(theirs) = theirs.get(&name) else { continue };
        if name.contains("7___rustc") {
            // The allocator's functions have attributes beyond their signatures'.
            continue;
        }
        count += 1;
        let abi = program.layouts.fn_abi_of_instance(instance, &[]).expect("an ABI");
        let ours = common::llvm::signature(program.layouts, abi);
        if ours != *theirs {
            let name = rustc_demangle::demangle(&name);
            writeln!(wrong, "{name:#}\nours:  {ours}\nrustc: {theirs}\n").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count > 600, "{count}");
}
