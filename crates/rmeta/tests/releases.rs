//! Metadata of one release given to the reader of another: of all compilers in `PATH`, each with each.

use bessemer_rmeta::check::ask_everything;
use bessemer_rmeta::{CrateLocator, Session};
use release::Release;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use ty::{Arena, CrateNum, MetadataError, Tcx};

const SOURCE: &str = "
    use std::collections::BTreeMap;
    pub trait Shape { type Unit; fn area(&self) -> Self::Unit; }
    #[derive(Clone, Debug)] pub enum Tree { Leaf(i32), Node(Box<Tree>, Box<Tree>) }
    impl Shape for Tree {
        type Unit = i32;
        fn area(&self) -> i32 { match self { Tree::Leaf(x) => *x, Tree::Node(a, b) => a.area() + b.area() } }
    }
    pub fn count(words: &str) -> BTreeMap<String, usize> {
        let mut map = BTreeMap::new();
        for word in words.split(' ') { *map.entry(word.to_owned()).or_default() += 1; }
        map
    }
    pub async fn wait(x: impl Future<Output = u8>) -> u8 { x.await }
";

struct Compiled {
    release: &'static Release,
    metadata: PathBuf,
    sysroot_lib: PathBuf,
}

fn compile(folder: &Path) -> Vec<Compiled> {
    std::fs::write(folder.join("snippet.rs"), SOURCE).unwrap();
    let compiled = testing::compilers().into_iter().map(|(rustc, release)| {
        let metadata = folder.join(format!("libsnippet-{}.rmeta", release.name));
        let mut command = Command::new(&rustc);
        command.current_dir(folder).env("RUSTC_BOOTSTRAP", "1").args(["--edition", "2024", "--crate-type", "lib"]);
        testing::output(command.args(["--emit=metadata", "-Zalways-encode-mir", "snippet.rs", "-o"]).arg(&metadata));
        let sysroot_lib = testing::output(Command::new(&rustc).args(["--print", "target-libdir"]));
        Compiled { release, metadata, sysroot_lib: sysroot_lib.trim().into() }
    });
    compiled.collect()
}

/// What goes wrong when metadata is opened or, where it can be, when it is asked everything: also what makes no sense to ask, as the generics of a module.
fn errors(bytes: &[u8], sysroot_lib: &Path) -> Result<BTreeSet<String>, String> {
    let locator = CrateLocator { sysroot_lib: sysroot_lib.to_owned(), ..CrateLocator::default() };
    let arena = Arena::new();
    let tcx = Tcx::new(&arena, testing::session_options());
    let session = match Session::open_bytes(tcx, Path::new("snippet.rmeta"), bytes, &locator) {
        Ok(session) => session,
        Err(error) => return Err(error.to_string()),
    };
    tcx.set_definitions(session);
    let mut all = BTreeSet::new();
    ask_everything(session, CrateNum::LOCAL, &mut |question| {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(question)) {
            match payload.downcast::<MetadataError>() {
                Ok(error) => drop(all.insert(error.to_string())),
                Err(_) => panic!("a panic that is no error of metadata"),
            }
        }
    });
    Ok(all)
}

#[test]
fn releases_do_not_mix() {
    let folder = tempfile::tempdir().unwrap();
    let all = compile(folder.path());
    assert!(!all.is_empty());
    // Errors are expected; their messages would only be noise.
    let shown = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !info.payload().is::<MetadataError>() {
            shown(info);
        }
    }));
    for from in &all {
        let bytes = std::fs::read(&from.metadata).unwrap();
        let own_errors = errors(&bytes, &from.sysroot_lib).expect("it is understood");
        for to in all.iter().filter(|to| to.release != from.release) {
            let (own, other) = (from.release.name, to.release.name);
            // With the other's std.
            let error = errors(&bytes, &to.sysroot_lib).expect_err("it is refused");
            assert!(error.contains("was compiled against another version of crate `std`"), "{error}");

            // Under the other's name: the names are equally long.
            let at = bytes.windows(own.len()).position(|window| window == own.as_bytes()).expect("the version");
            let mut renamed = bytes.clone();
            renamed[at..at + own.len()].copy_from_slice(other.as_bytes());
            for sysroot_lib in [&from.sysroot_lib, &to.sysroot_lib] {
                let is_taken = errors(&renamed, sysroot_lib).is_ok_and(|errors| errors.is_subset(&own_errors));
                assert!(!is_taken, "{own} is read as {other}");
            }
        }
    }
}
