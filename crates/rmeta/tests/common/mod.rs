//! Compiles snippets with the installed rustc and opens what it wrote.
#![allow(dead_code)]

use bessemer_rmeta::{CrateLocator, OpenError, Session};
use std::path::Path;
pub use testing::{compile, session_options, sysroot_lib};
use ty::{Arena, CrateNum, DefId, Definitions, Tcx};

pub fn locator() -> CrateLocator {
    CrateLocator { sysroot_lib: sysroot_lib(), ..CrateLocator::default() }
}

pub fn open<'tcx>(arena: &'tcx Arena, path: &Path) -> Result<&'tcx Session<'tcx>, OpenError> {
    let tcx = Tcx::new(arena, session_options());
    let session = Session::open(tcx, path, &locator())?;
    tcx.set_definitions(session);
    Ok(session)
}

/// Compiles a snippet and looks at it.
pub fn with_snippet(source: &str, f: impl for<'tcx> FnOnce(&'tcx Session<'tcx>)) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = compile(dir.path(), source, &[]);
    let arena = Arena::new();
    match open(&arena, &path) {
        Ok(session) => f(session),
        Err(error) => panic!("{error}"),
    }
}

/// A definition by the names that lead to it from a crate's root (`core::option::Option`).
pub fn find(session: &Session<'_>, path: &str) -> DefId {
    let mut steps = path.split("::");
    let krate = steps.next().expect("a path begins with a crate");
    let num = session.crates().into_iter().find(|&num| session.crate_name(num).as_str() == krate).expect("the crate");
    steps.fold(num.root(), |module, step| {
        let children = session.module_children(module);
        let found = children.iter().find(|(name, _)| name.as_str() == step);
        found.unwrap_or_else(|| panic!("no {step} in {path}")).1
    })
}

/// Text in which definitions (`2:4030`) are replaced by their names and commits by a word, so that it is the same for every
/// build of the compiler's version.
pub fn named(session: &Session<'_>, text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let len = from.find(|c: char| !c.is_ascii_hexdigit() && c != ':').unwrap_or(from.len());
        let (token, after) = from.split_at(len);
        let ids = token.split_once(':').and_then(|(krate, index)| Some((krate.parse().ok()?, index.parse().ok()?)));
        let inside = before.ends_with(|c: char| c.is_ascii_alphanumeric() || "#_:".contains(c));
        match ids {
            Some((krate, index)) if !inside => {
                let def_id = DefId { krate: CrateNum(krate), index };
                out.push_str(&format!("{:?}", session.def_key(def_id).data));
            }
            None if token.len() == 40 => out.push_str("COMMIT"),
            _ => out.push_str(token),
        }
        rest = after;
    }
    out + rest
}

/// What opening a file fails with, the file itself called FILE.
pub fn error_of(path: &Path, locator: &CrateLocator) -> String {
    let arena = Arena::new();
    match Session::open(Tcx::new(&arena, session_options()), path, locator) {
        Ok(_) => panic!("{} opens", path.display()),
        Err(error) => error.to_string().replace(&path.display().to_string(), "FILE"),
    }
}
