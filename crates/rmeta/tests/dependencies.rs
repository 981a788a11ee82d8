//! Crates that depend on others.

mod common;

use bessemer_rmeta::{CrateLocator, OpenError, Session};
use common::{find, named};
use std::path::{Path, PathBuf};
use std::process::Command;
use ty::*;

/// Compiles a library of a name.
fn compile_as(dir: &Path, name: &str, source: &str, extra: &[&str]) -> PathBuf {
    let path = common::compile(dir, source, &[&["--crate-name", name][..], extra].concat());
    let renamed = dir.join(format!("lib{name}.rmeta"));
    std::fs::rename(path, &renamed).unwrap();
    renamed
}

fn locator_with(dir: &Path) -> CrateLocator {
    CrateLocator { search_dirs: vec![dir.to_owned()], ..common::locator() }
}

#[test]
fn a_dependency_that_was_compiled_anew() {
    let dir = tempfile::tempdir().unwrap();
    let compile = |name: &str, source: &str, extra: &[&str]| compile_as(dir.path(), name, source, extra);
    compile("base", "pub fn f() -> u8 { 1 }", &[]);
    let base = format!("base={}", dir.path().join("libbase.rmeta").display());
    let user = compile("user", "pub fn g() -> u8 { base::f() }", &["--extern", &base]);
    let mut locator = common::locator();
    locator.search_dirs.push(dir.path().to_owned());
    let arena = Arena::new();
    let session = Session::open(Tcx::new(&arena, common::session_options()), &user, &locator).unwrap();
    let names: Vec<_> = session.crate_sources().take(3).map(|(_, source)| source.name.as_str()).collect();
    assert_eq!(names, ["user", "std", "core"]);
    let order: Vec<_> = session.link_order().into_iter().map(|num| session.crate_name(num).as_str()).collect();
    let at = |name| order.iter().position(|&it| it == name).unwrap();
    assert!(
        at("user") == 0 && at("base") < at("std") && at("std") < at("alloc") && at("alloc") < at("core"),
        "{order:?}"
    );
    assert!(session.crate_sources().any(|(_, source)| source.name.as_str() == "base" && source.rlib.is_none()));
    compile("base", "pub fn f() -> u16 { 1 }", &[]);
    let error = common::error_of(&user, &locator);
    assert!(error.starts_with("`user` was compiled against another version of crate `base` than found in"), "{error}");
    std::fs::remove_file(dir.path().join("libbase.rmeta")).unwrap();
    assert!(matches!(
        Session::open(Tcx::new(&Arena::new(), common::session_options()), &user, &locator),
        Err(OpenError::MissingCrate { .. })
    ));
}

#[test]
fn a_procedural_macro() {
    let dir = tempfile::tempdir().unwrap();
    let source = "
        extern crate proc_macro; use proc_macro::TokenStream;
        #[proc_macro_derive(Answer)] pub fn answer(_: TokenStream) -> TokenStream {
            \"pub fn answer() -> u32 { 42 }\".parse().unwrap()
        }";
    std::fs::write(dir.path().join("answers.rs"), source).unwrap();
    let status = Command::new("rustc")
        .args(["--edition", "2024", "--crate-type", "proc-macro", "answers.rs"])
        .current_dir(dir.path())
        .status()
        .unwrap();
    assert!(status.success());
    let user = "extern crate answers; #[derive(answers::Answer)] pub struct S; pub fn f() -> u32 { answer() }";
    let path = compile_as(dir.path(), "user", user, &["-L", "."]);
    let arena = Arena::new();
    let session = Session::open(Tcx::new(&arena, common::session_options()), &path, &locator_with(dir.path())).unwrap();
    assert!(session.crates().iter().all(|&krate| session.crate_name(krate).as_str() != "answers"));
    use mir::Bodies;
    let body = session.optimized_mir(find(session, "user::answer"));
    let cause = session.expansion_cause(body.span);
    let file = session.source_file(cause.file);
    assert_eq!((file.name.as_ref(), file.line_column(cause.lo)), ("snippet.rs", (1, 32)));
}

#[test]
fn a_library_archive() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("base.rs"), "pub struct S(pub u8); pub fn f() -> S { S(1) }").unwrap();
    let status = Command::new("rustc")
        .args(["--edition", "2024", "--crate-type", "rlib", "base.rs", "-Cextra-filename=-1234"])
        .current_dir(dir.path())
        .status()
        .unwrap();
    assert!(status.success());
    let rlib = dir.path().join("libbase-1234.rlib");
    let base = format!("base={}", rlib.display());
    let path = compile_as(dir.path(), "user", "pub fn g() -> base::S { base::f() }", &["--extern", &base]);
    let arena = Arena::new();
    let session = Session::open(Tcx::new(&arena, common::session_options()), &path, &locator_with(dir.path())).unwrap();
    let sig = session.fn_sig(find(session, "user::g"));
    assert_eq!(named(session, &format!("{:?}", sig.value.output())), "adt(TypeNs(\"S\"))");
    let found = session.crate_sources().find(|(_, source)| source.name.as_str() == "base").unwrap().1;
    assert_eq!(found.rlib.as_deref(), Some(&*rlib));
}

#[test]
fn names_of_files_that_do_not_tell() {
    let dir = tempfile::tempdir().unwrap();
    let base = compile_as(dir.path(), "base", "pub fn f() {}", &[]);
    let other = dir.path().join("renamed.rmeta");
    let base_arg = format!("base={}", base.display());
    let path = compile_as(dir.path(), "user", "pub fn g() { base::f() }", &["--extern", &base_arg]);
    std::fs::rename(&base, &other).unwrap();
    let mut locator = common::locator();
    locator.externs.insert("alias".to_owned(), vec![other]);
    let arena = Arena::new();
    assert!(Session::open(Tcx::new(&arena, common::session_options()), &path, &locator).is_ok());
}

/// Each release's metadata says which release it is of. A program of one whose dependencies say another is refused, and so is
/// one that says a release that is not known.
#[test]
fn releases_do_not_mix() {
    let dir = tempfile::tempdir().unwrap();
    let own = testing::release();
    let path = compile_as(dir.path(), "user", "pub fn f() {}", &[]);
    let bytes = std::fs::read(&path).unwrap();
    let version = format!("rustc {}", own.name);
    let at = bytes.windows(version.len()).position(|window| window == version.as_bytes()).unwrap();
    for other in release::RELEASES.iter().filter(|other| **other != *own) {
        let mut foreign = bytes.clone();
        foreign[at..at + version.len()].copy_from_slice(format!("rustc {}", other.name).as_bytes());
        let arena = Arena::new();
        let tcx = Tcx::new(&arena, common::session_options());
        let Err(error) = Session::open_bytes(tcx, &path, &foreign, &common::locator()) else {
            panic!("metadata of {} is read as that of {}", own.name, other.name)
        };
        // Read as the other, the file itself may already be nonsense; where it is not, its dependencies are of this release.
        assert!(
            matches!(
                error,
                OpenError::Mixed { .. }
                    | OpenError::Damaged { .. }
                    | OpenError::MissingCrate { .. }
                    | OpenError::WrongCrate { .. }
            ),
            "{error}"
        );
    }
    let mut unknown = bytes.clone();
    unknown[at..at + version.len()].copy_from_slice(b"rustc 1.99.0");
    let arena = Arena::new();
    let tcx = Tcx::new(&arena, common::session_options());
    let opened = Session::open_bytes(tcx, &path, &unknown, &common::locator());
    assert!(matches!(opened, Err(OpenError::Version { .. })));
}
