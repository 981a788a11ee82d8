use crate::{Cfg, LinkerFlavor, PanicStrategy, RelocationModel, Target};
use expect_test::expect;

const TEXT: &str = r#"{
  "arch": "wasm32",
  "data-layout": "e-m:e-p:32:32-i64:64-n32:64-S128",
  "dll-prefix": "",
  "dll-suffix": ".wasm",
  "entry-name": "__main_void",
  "exe-suffix": ".wasm",
  "is-like-wasm": true,
  "linker": "rust-lld",
  "linker-flavor": "wasm-lld",
  "llvm-target": "wasm32-wasip1",
  "main-needs-argc-argv": false,
  "panic-strategy": "abort",
  "pre-link-args": { "wasm-lld": ["--stack-first"], "unix-cc": ["-x"] },
  "relocation-model": "static",
  "target-pointer-width": 32
}
panic="abort"
target_arch="wasm32"
target_feature="bulk-memory"
target_feature="sign-ext"
target_os="wasi"
debug_assertions
"#;

#[test]
fn what_rustc_says_is_read() {
    let target = Target::parse("wasm32-wasip1", TEXT).unwrap();
    assert_eq!((&*target.name, target.is_file()), ("wasm32-wasip1", false));
    let spec = &target.spec;
    assert_eq!((spec.panic_strategy, spec.relocation_model), (PanicStrategy::Abort, RelocationModel::Static));
    assert_eq!((&*spec.entry_name, spec.main_needs_argc_argv, &*spec.cpu), ("__main_void", false, "generic"));
    assert_eq!(spec.linker_flavor, LinkerFlavor::WasmLld);
    assert_eq!(spec.pre_link_args[&LinkerFlavor::WasmLld], ["--stack-first"]);
    assert_eq!((&*spec.exe_suffix, &*spec.staticlib_suffix), (".wasm", ".a"));
    assert!(target.cfg.holds("target_os", Some("wasi")) && !target.cfg.holds("debug_assertions", None));
    assert!(!target.cfg.holds("target_os", None) && !target.cfg.holds("target_os", Some("linux")));
    assert_eq!(target.features().collect::<Vec<_>>(), ["bulk-memory", "sign-ext"]);
    // What is written to a cache is what is read from it.
    let again: Target = serde_json::from_str(&serde_json::to_string(&target).unwrap()).unwrap();
    assert_eq!(again, target);
}

#[test]
fn a_file_gives_its_name() {
    let target = Target::parse("/a/my-board.json", TEXT).unwrap();
    assert_eq!((&*target.name, target.is_file()), ("my-board", true));
}

#[test]
fn what_is_no_description_is_refused() {
    let said = |text: &str| Target::parse("x", text).unwrap_err().to_string();
    expect!["its description cannot be read: expected value at line 1 column 1"]
        .assert_eq(&said("error: no such target"));
    expect!["its description cannot be read: missing field `data-layout` at line 1 column 2"].assert_eq(&said("{}"));
    let with = |line: &str| Cfg::parse(&format!("unix\n{line}\n")).unwrap_err();
    for line in ["a b", "a=b", "=\"x\"", "a=\"b", "warning: x"] {
        assert_eq!(with(line), line);
    }
}
