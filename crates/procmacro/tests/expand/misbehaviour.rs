//! What macros do wrong is an error with its reason, and nothing worse.

use crate::common::*;
use bessemer_procmacro::{Crash, Error, Isolation, Level, Library, Setting};

const BOTH: [Isolation; 2] = [Isolation::InProcess, Isolation::Forked];

fn library(isolation: Isolation) -> Library {
    Library::open(&macros_file(), isolation).unwrap()
}

#[test]
fn panics_are_errors_with_their_message() {
    for isolation in BOTH {
        let library = library(isolation);
        let Error::Panicked { name, message, effects } = expand_bang(&library, "panics", "way").unwrap_err() else {
            panic!("it panicked");
        };
        assert_eq!((&*name, message.as_deref()), ("panics", Some("no way")));
        assert_eq!(effects.diagnostics[0].message, "before it panics");
        let error = expand_bang(&library, "panics_oddly", "").unwrap_err();
        assert_eq!(error.to_string(), "the procedural macro `panics_oddly` panicked");
        // The library goes on working.
        assert_eq!(expand_bang(&library, "echo", "a b").unwrap().tokens.len(), 2);
    }
}

#[test]
fn crashes_end_the_child_alone() {
    let library = library(Isolation::Forked);
    let crash = |name: &str| match expand_bang(&library, name, "x") {
        Err(error @ Error::Crashed { how, .. }) => {
            assert!(error.to_string().starts_with(&format!("the procedural macro `{name}` ")), "{error}");
            how
        }
        other => panic!("{name} gave {other:?}"),
    };
    for _ in 0..2 {
        assert_eq!(crash("aborts"), Crash::Signal(libc::SIGABRT));
        assert_eq!(crash("recurses"), Crash::Signal(libc::SIGSEGV));
        assert_eq!(crash("faults"), Crash::Signal(libc::SIGSEGV));
        assert_eq!(crash("exits"), Crash::Exited);
        // Another child takes over.
        assert_eq!(expand_bang(&library, "echo", "a b").unwrap().tokens.len(), 2);
    }
}

#[test]
fn one_child_serves_all_expansions() {
    let library = library(Isolation::Forked);
    for count in 0..3 {
        assert_eq!(report(&expand_bang(&library, "counts", "").unwrap()), count.to_string());
    }
    // Another library has another child; a crash begins anew.
    assert_eq!(report(&expand_bang(&self::library(Isolation::Forked), "counts", "").unwrap()), "0");
    expand_bang(&library, "aborts", "").unwrap_err();
    assert_eq!(report(&expand_bang(&library, "counts", "").unwrap()), "0");
}

#[test]
fn threads_share_a_library() {
    for isolation in BOTH {
        let library = library(isolation);
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let library = &library;
                scope.spawn(move || {
                    for round in 0..20 {
                        let text = format!("a{thread} {{ b{round} }}");
                        let program = Program::new(&text, "bang.rs");
                        let tokens = expand_bang(library, "rebuild", &text).unwrap().tokens;
                        assert_eq!(program.print(&tokens), program.print(&program.tokens));
                    }
                });
            }
        });
    }
}

/// Forking while other threads allocate, load libraries and start processes.
#[test]
fn forks_among_busy_threads_work() {
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    let text: Vec<String> = (0..100).map(|n| format!("{n}")).collect();
                    std::hint::black_box(text);
                    Library::open(&macros_file(), Isolation::InProcess).unwrap();
                }
            });
        }
        for _ in 0..50 {
            let library = library(Isolation::Forked);
            assert_eq!(expand_bang(&library, "echo", "a b").unwrap().tokens.len(), 2);
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn what_is_not_known_is_a_doubt() {
    for isolation in BOTH {
        let library = library(isolation);
        let doubt = |name: &str| match expand_bang(&library, name, "1 + 1") {
            Err(Error::Doubt(doubt)) => doubt.message,
            other => panic!("{name} gave {other:?}"),
        };
        assert_eq!(doubt("expands"), "`TokenStream::expand_expr` is unstable and not supported");
        assert_eq!(doubt("quotes"), "`proc_macro::quote!` is unstable and not supported");
        assert_eq!(doubt("debugs"), "how rustc writes a span for debugging is not known");
        assert_eq!(doubt("misreads"), "bad escape or character: MoreThanOneChar");
        assert_eq!(doubt("nests"), "groups are nested too deeply");
        assert_eq!(expand_bang(&library, "echo", "a b").unwrap().tokens.len(), 2);
    }
}

#[test]
fn effects_are_told() {
    for isolation in BOTH {
        let effects = expand_bang(&library(isolation), "tracks", "here").unwrap().effects;
        assert_eq!(effects.env_vars, [("PROCMACRO_TEST_UNSET".to_owned(), None)]);
        assert_eq!(effects.paths, ["some/file.txt"]);
        let [diagnostic] = &effects.diagnostics[..] else { panic!("one diagnostic") };
        assert_eq!((diagnostic.level, &*diagnostic.message), (Level::Error, "an error"));
        assert_eq!((diagnostic.spans[0].lo, diagnostic.spans[0].hi), (0, 4));
        let children: Vec<_> = diagnostic.children.iter().map(|it| (it.level, &*it.message, it.spans.len())).collect();
        assert_eq!(children, [(Level::Note, "a note", 0), (Level::Help, "some help", 1)]);
    }
}

/// Another crate's macros see its folder, and its environment alone.
#[test]
fn surroundings_of_a_child() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("package");
    std::fs::create_dir(&inner).unwrap();
    let variables = Some(vec![("PACKAGE".to_owned(), "this one".to_owned())]);
    let setting = Setting { folder: Some(inner), variables };
    let library = Library::open_in(&macros_file(), Isolation::Forked, setting).unwrap();
    let found = expand_bang(&library, "surroundings", "here").unwrap();
    assert_eq!(report(&found), "package PACKAGE=this one");
    let setting = Setting { folder: Some(folder.path().join("missing")), variables: None };
    assert!(Library::open_in(&macros_file(), Isolation::Forked, setting).is_err());
}

/// What a macro prints goes where this process prints: seen from outside, by running this test once more.
#[test]
fn output_of_macros_is_the_process_own() {
    const INNER: &str = "PROCMACRO_TEST_PRINTS";
    if std::env::var_os(INNER).is_some() {
        for isolation in BOTH {
            assert_eq!(expand_bang(&library(isolation), "prints", "words").unwrap().tokens.len(), 1);
        }
        return;
    }
    let mut test = std::process::Command::new(std::env::current_exe().unwrap());
    test.args(["--exact", "--nocapture", "misbehaviour::output_of_macros_is_the_process_own"]).env(INNER, "1");
    let output = test.output().unwrap();
    assert!(output.status.success());
    let count = |bytes: &[u8], text: &str| String::from_utf8_lossy(bytes).matches(text).count();
    assert_eq!(count(&output.stdout, "a macro printed this: words\n"), 2);
    assert_eq!(count(&output.stderr, "and this: words\n"), 2);
}

#[test]
fn what_is_no_library_of_macros_of_this_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| Library::open(&folder.path().join(name), Isolation::Forked).unwrap_err();
    assert!(matches!(open("none.so"), Error::Unreadable { .. }));

    std::fs::write(folder.path().join("text.so"), "no library").unwrap();
    assert!(matches!(open("text.so"), Error::NotMacros { .. }));

    let plain = folder.path().join("plain.rs");
    std::fs::write(&plain, "#[unsafe(no_mangle)] pub extern \"C\" fn f() {}").unwrap();
    testing::output(testing::rustc(folder.path()).args(["--crate-type", "cdylib", "plain.rs"]));
    assert!(matches!(open("libplain.so"), Error::NotMacros { .. }));

    // The version that rustc wrote, changed.
    let mut bytes = std::fs::read(macros_file()).unwrap();
    let at = bytes.windows(13).position(|it| it == b"\x23rustc 1.95.0").expect("the library names its version");
    for other in [&b"rustc 1.94.0"[..], b"rustc 1.95.1", b"rustc 1.95.00"] {
        bytes[at + 1..at + 1 + other.len()].copy_from_slice(other);
        std::fs::write(folder.path().join("other.so"), &bytes).unwrap();
        let error = open("other.so");
        assert!(matches!(error, Error::Version { .. }), "{error}");
        assert!(error.to_string().contains("macros of rustc 1.95.0 can be run"));
    }
}

#[test]
fn a_library_that_cannot_be_loaded_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let source = "extern crate proc_macro;
        #[used]
        #[unsafe(link_section = \".init_array\")]
        static INIT: extern \"C\" fn() = { extern \"C\" fn init() { std::process::abort() } init };
        #[proc_macro] pub fn a(input: proc_macro::TokenStream) -> proc_macro::TokenStream { input }";
    let file = build(folder.path(), "initialises", source);
    let error = Library::open(&file, Isolation::Forked).unwrap_err();
    assert!(error.to_string().ends_with("its initialisation aborted (SIGABRT)"), "{error}");
}

#[test]
fn only_attributes_have_arguments() {
    let library = library(Isolation::Forked);
    let mut program = Program::new("a", "bang.rs");
    let tokens = program.tokens.clone();
    let span = program.find("a");
    let call = program.call(span, Some(tokens.clone()), tokens.clone());
    assert!(matches!(expand(&library, "echo", call, &program), Err(Error::NoSuchMacro)));
    let call = program.call(span, None, tokens);
    assert!(matches!(expand(&library, "probed", call, &program), Err(Error::NoSuchMacro)));
}
