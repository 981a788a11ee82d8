//! What is printed of a crate that uses macros of others is compared with what rustc prints.

use std::path::{Path, PathBuf};
use std::process::Command;

use bessemer_names::OtherCrates;
use expand::cfg::Options;
use expand::expander::{Expanded, Input, expand_crate};
use expand::external::Surroundings;
use expand::mbe::Limits;
use rmeta::CrateLocator;
use syntax::span::Edition;
use ty::{Arena, Tcx};

const EDITIONS: [Edition; 3] = [Edition::E2018, Edition::E2021, Edition::E2024];

fn zoo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/zoo").join(name)
}

struct Disk;

impl Surroundings for Disk {
    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        std::fs::read(path).ok()
    }

    fn exists(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

/// The crates that the user uses, compiled by rustc.
fn compile_others(folder: &Path) -> CrateLocator {
    let rustc = || -> Command { testing::rustc(folder) };
    let edition = "--edition=2024";
    testing::output(rustc().args([edition, "--crate-type=lib", "--emit=metadata"]).arg(zoo("dep.rs")));
    testing::output(rustc().args([edition, "--crate-type=proc-macro"]).arg(zoo("macros.rs")));
    let externs = [("dep", "libdep.rmeta"), ("macros", "libmacros.so")];
    CrateLocator {
        sysroot_lib: testing::sysroot_lib(),
        search_dirs: vec![folder.to_owned()],
        externs: externs.map(|(name, file)| (name.to_owned(), vec![folder.join(file)])).into(),
    }
}

fn ours(path: &Path, edition: Edition, is_test: bool, locator: CrateLocator) -> String {
    let arena = Arena::new();
    let crates = OtherCrates::new(Tcx::new(&arena, testing::session_options()), locator);
    let mut options = Options::default();
    options.insert_printed(&testing::output(Command::new("rustc").args(["--print", "cfg"])));
    if is_test {
        options.insert("test", None);
    }
    let source = std::fs::read_to_string(path).unwrap();
    let input = Input {
        name: "user",
        path,
        source: &source,
        edition,
        options: &options,
        crates: &crates,
        surroundings: &Disk,
        is_test,
        is_proc_macro: false,
        limits: Limits::default(),
        only: None,
    };
    match expand_crate(&input) {
        Ok(expanded) => Expanded::print(&expanded),
        Err(failure) => {
            panic!("{:?}: {} ({:?})", failure.sources.describe(failure.cause.lo), failure.doubt, edition)
        }
    }
}

#[test]
fn a_crate_that_uses_others() {
    let folder = tempfile::tempdir().unwrap();
    let locator = compile_others(folder.path());
    let path = zoo("user.rs");
    for (edition, is_test) in EDITIONS.map(|edition| (edition, false)).into_iter().chain([(Edition::E2021, true)]) {
        let mut rustc: Command = testing::rustc(folder.path());
        rustc.args(["-Zunpretty=expanded", "--crate-type=lib", "-L."]).arg(format!("--edition={edition}"));
        rustc.args(["--extern=dep=libdep.rmeta", "--extern=macros=libmacros.so"]).arg(&path);
        if is_test {
            rustc.arg("--test");
        }
        let output = rustc.output().unwrap();
        let expected = String::from_utf8(output.stdout).unwrap();
        assert!(!expected.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        let found = ours(&path, edition, is_test, locator.clone());
        if found != expected {
            let mut lines = found.lines().zip(expected.lines()).enumerate();
            let (number, (ours, rustcs)) = lines.find(|(_, (a, b))| a != b).unwrap_or((0, ("<end>", "<end>")));
            panic!("{edition}, line {} of the print\n ours:  {ours}\n rustc: {rustcs}", number + 1);
        }
    }
}

/// All that the toolchain's crates export can be read, and all their rules are understood.
#[test]
fn all_macros_of_the_toolchain() {
    use expand::external::{Crates, DefinitionKind, Entity};
    use expand::hygiene::Hygiene;
    use syntax::symbol::Symbol;

    let arena = Arena::new();
    let locator = CrateLocator { sysroot_lib: testing::sysroot_lib(), ..CrateLocator::default() };
    let crates = OtherCrates::new(Tcx::new(&arena, testing::session_options()), locator);
    let mut hygiene = Hygiene::new(Edition::E2024);
    let mut seen = Vec::new();
    let (mut rules, mut builtin) = (0, 0);
    let mut todo: Vec<_> = ["core", "alloc", "std"]
        .iter()
        .map(|name| crates.extern_crate(Symbol::intern(name)).unwrap().unwrap())
        .collect();
    while let Some(module) = todo.pop() {
        if seen.contains(&module) {
            continue;
        }
        seen.push(module);
        for (name, entity) in crates.names(module).unwrap() {
            match entity {
                Entity::Module(module) => todo.push(module),
                Entity::Macro(def, _) => match crates.definition(def, &mut hygiene).unwrap().kind {
                    DefinitionKind::Rules { macro_rules, body, .. } => {
                        rules += 1;
                        let ident = syntax::span::Ident::new(name, syntax::span::Span::DUMMY);
                        let compiled = expand::mbe::Macro::compile(
                            &hygiene,
                            ident,
                            ident.span,
                            macro_rules,
                            &body,
                            Edition::E2024,
                        );
                        assert!(compiled.is_ok(), "{name}: {compiled:?}");
                    }
                    DefinitionKind::Builtin(_) => builtin += 1,
                    DefinitionKind::Procedural(_) => panic!("{name} is a procedural macro"),
                },
                Entity::Type | Entity::Attribute | Entity::Tool => {}
            }
        }
    }
    assert!(rules > 60 && builtin > 100, "{rules} with rules, {builtin} built in");
}
