//! What programs see of the environment of the rustc that checks them, and from which sources tests are read.

use bessemer_toolchain::{CrateRequest, CrateType, Invocation, Source, Toolchain};
use std::ffi::OsString;
use std::path::Path;

const ASKED: [&str; 6] = [
    "RUSTC_BOOTSTRAP",
    "RUSTC_ICE",
    "MALLOC_CONF",
    "LD_PRELOAD",
    "BESSEMER_GIVES_RUSTC_BOOTSTRAP",
    "BESSEMER_GIVES_MALLOC_CONF",
];

fn toolchain(cache: &Path) -> Toolchain {
    Toolchain::find(Some(cache)).unwrap()
}

fn request(source: &Path, crate_type: CrateType) -> CrateRequest {
    CrateRequest {
        source: Source::File(source.to_owned()),
        crate_type,
        crate_name: None,
        args: ["--edition", "2024"].map(OsString::from).into(),
        check_args: Vec::new(),
        body_args: Vec::new(),
        color: false,
        json: false,
    }
}

/// A program that is right if it sees none of these variables.
fn program(folder: &Path) -> std::path::PathBuf {
    let asserts: String = ASKED.iter().map(|name| format!("assert!(option_env!({name:?}).is_none());\n")).collect();
    let file = folder.join("program.rs");
    std::fs::write(&file, format!("const _: () = {{\n{asserts}}};\nfn main() {{}}\n")).unwrap();
    file
}

#[test]
fn rustc_alone_sees_what_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let (cache, out) = (folder.path().join("cache"), folder.path().join("out"));
    std::fs::create_dir(&out).unwrap();
    let source = program(folder.path());
    let checked = toolchain(&cache).check(&request(&source, CrateType::Bin), &out).unwrap();
    assert!(std::fs::metadata(&checked.metadata).unwrap().len() > 0);
    assert_eq!(checked.dep_info.env.len(), ASKED.len(), "{:?}", checked.dep_info);
    assert!(checked.dep_info.env.iter().all(|(_, value)| value.is_none()), "{:?}", checked.dep_info);
    // Unstable options are for us, not for the program.
    std::fs::write(&source, "#![feature(never_type)]\nfn main() {}\n").unwrap();
    let refused = toolchain(&cache).check(&request(&source, CrateType::Bin), &out).unwrap_err();
    assert!(refused.to_string().contains("E0554"), "{refused}");
}

#[test]
fn damaged_shims_are_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let (cache, out) = (folder.path().join("cache"), folder.path().join("out"));
    std::fs::create_dir(&out).unwrap();
    let source = program(folder.path());
    for _ in 0..2 {
        toolchain(&cache).check(&request(&source, CrateType::Bin), &out).unwrap();
        for entry in std::fs::read_dir(&cache).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                std::fs::write(path.join("rustc.so"), "no library").unwrap();
            }
        }
    }
    let failed = std::fs::read_dir(&cache)
        .unwrap()
        .filter(|it| it.as_ref().unwrap().path().extension().is_some_and(|it| it == "failed"));
    assert_eq!(failed.count(), 0);
}

#[test]
fn build_scripts_see_the_users_wrapper() {
    let folder = tempfile::tempdir().unwrap();
    let toolchain = toolchain(folder.path());
    let shim = toolchain.build_script_shim().expect("there is a C compiler");
    let source = folder.path().join("script.rs");
    std::fs::write(
        &source,
        "fn main() { for name in [\"RUSTC_WRAPPER\", \"RUSTDOC\"] { print!(\"{:?} \", std::env::var(name).ok()) } }\n",
    )
    .unwrap();
    let program = folder.path().join("script");
    let invocation = Invocation::parse([source.clone().into(), "-o".into(), program.clone().into()]).unwrap();
    let mut rustc = std::process::Command::new(&toolchain.rustc);
    assert!(rustc.args(invocation.with_link_arg(&shim).args()).status().unwrap().success());
    let place = |user: &str| {
        let folder = tempfile::tempdir_in(folder.path()).unwrap();
        for name in ["RUSTC_WRAPPER", "RUSTDOC"] {
            std::os::unix::fs::symlink(format!("={user}"), folder.path().join(format!("instead-of-{name}"))).unwrap();
        }
        folder
    };
    let run = |wrapper: &Path, rustc: &str| {
        let mut command = std::process::Command::new(&program);
        command.env("RUSTC_WRAPPER", wrapper).env("RUSTDOC", wrapper).env("RUSTC", rustc);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert_eq!(run(&place("").path().join("bessemer"), "/bin/rustc"), "None Some(\"/bin/rustdoc\") ");
    assert_eq!(run(&place("").path().join("bessemer"), "rustc"), "None Some(\"rustdoc\") ");
    assert_eq!(run(&place("own").path().join("bessemer"), "rustc"), "Some(\"own\") Some(\"own\") ");
    // What is the user's is left alone.
    assert_eq!(run(Path::new("sccache"), "rustc"), "Some(\"sccache\") Some(\"sccache\") ");
    assert_eq!(run(Path::new("/bin/sccache"), "rustc"), "Some(\"/bin/sccache\") Some(\"/bin/sccache\") ");
}

#[test]
fn tests_without_a_prelude() {
    let folder = tempfile::tempdir().unwrap();
    let (cache, out) = (folder.path().join("cache"), folder.path().join("out"));
    std::fs::create_dir(&out).unwrap();
    let source = folder.path().join("tested.rs");
    std::fs::write(&source, "mod file;\n#[no_implicit_prelude]\nmod inside { #[test] fn f() {} }\n").unwrap();
    std::fs::write(folder.path().join("file.rs"), "#![no_implicit_prelude]\n#[test]\nfn f() {}\n").unwrap();
    let toolchain = toolchain(&cache);
    let support = toolchain.test_support(Some(&cache)).unwrap();
    let mut request = request(&source, CrateType::Test);
    request.body_args = support.rustc_args(&request.source);
    let checked = toolchain.check(&request, &out).unwrap();
    assert!(std::fs::metadata(&checked.metadata).unwrap().len() > 0);
    assert_eq!(checked.dep_info.files.len(), 2);
}
