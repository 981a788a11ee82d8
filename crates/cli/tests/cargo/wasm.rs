//! Packages for WebAssembly with crates from the registry, run by node and in a browser.

use super::project::{Outcome, Project, has, std_source};
use std::path::Path;
use std::process::Command;

const WASI: &str = "wasm32-wasip1";

/// A program that parses, counts and prints in order, reads a file and writes one.
const PROGRAM: &str = r#"
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

#[derive(Serialize, Deserialize)]
struct Item {
    name: String,
    price: f64,
    #[serde(default)]
    tags: Vec<String>,
}

fn main() {
    let text = std::fs::read_to_string("items.json").unwrap();
    let mut items: Vec<Item> = serde_json::from_str(&text).unwrap();
    items.sort_by(|a, b| a.price.total_cmp(&b.price));
    let mut tags: HashMap<&str, usize> = HashMap::new();
    for tag in items.iter().flat_map(|item| &item.tags) {
        *tags.entry(tag).or_default() += 1;
    }
    let mut tags: Vec<_> = tags.into_iter().collect();
    tags.sort();
    println!("{tags:?}");
    std::fs::write("sorted.json", serde_json::to_string(&items).unwrap()).unwrap();
    let wrong = serde_json::from_str::<Vec<Item>>("[{\"name\": 1}]").err();
    println!("{}", wrong.unwrap());
    std::process::exit(items.len() as i32);
}
"#;

const ITEMS: &str =
    r#"[{"name": "b", "price": 2.5, "tags": ["x", "y"]}, {"name": "a", "price": 0.125, "tags": ["x"]}]"#;
const SORTED: &str = r#"[{"name":"a","price":0.125,"tags":["x"]},{"name":"b","price":2.5,"tags":["x","y"]}]"#;
const PRINTED: &str = "[(\"x\", 2), (\"y\", 1)]\ninvalid type: integer `1`, expected a string at line 1 column 11\n";

#[test]
fn a_program_for_wasi() {
    let Some(source) = std_source() else { return };
    if !has("node") {
        return;
    }
    let manifest = "[package]\nname = \"program\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n[profile.release]\n\
                    opt-level = \"s\"\nstrip = true\n[dependencies]\nserde = { version = \"=1.0.228\", features = [\"derive\"] }\n\
                    serde_json = \"=1.0.145\"\n";
    let project = Project::new(&[("Cargo.toml", manifest), ("src/main.rs", PROGRAM), ("items.json", ITEMS)]);
    let runner = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/wasi.mjs");
    let runner = format!("node --no-warnings {}", runner.display());
    let file = project.path("target/bessemer").join(WASI).join("release/program.wasm");
    let mut sizes = Vec::new();
    for (options, flags) in [(&[][..], ""), (&["--release"], ""), (&["--release"], "-C panic=immediate-abort")] {
        let mut command = project.bessemer_with_std(&source, &[&["check", "--target", WASI], options].concat());
        Outcome::of(command.env("RUSTFLAGS", flags).output().unwrap()).success();
        let mut command =
            project.bessemer_with_std(&source, &[&["run", "--quiet", "--target", WASI], options].concat());
        let output = command.env("RUSTFLAGS", flags).env("CARGO_TARGET_WASM32_WASIP1_RUNNER", &runner).output();
        let ran = Outcome::of(output.unwrap());
        if ran.stderr.contains("WASI's C library, which is not there") {
            eprintln!("skipped: there is no C library of WASI");
            return;
        }
        assert_eq!((ran.code, &*ran.stdout), (Some(2), PRINTED), "{}", ran.stderr);
        assert_eq!(std::fs::read_to_string(project.path("sorted.json")).unwrap(), SORTED);
        std::fs::remove_file(project.path("sorted.json")).unwrap();
        sizes.extend(file.metadata().map(|metadata| metadata.len()));
    }
    // What panics say, and what makes words of it, is a large part of small programs.
    assert!(sizes.len() == 2 && sizes[1] * 10 < sizes[0] * 9, "{sizes:?}");
}

/// A library that changes the page it is on, and computes with what the page gives it.
const PAGE_LIBRARY: &str = r#"
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Element;
    #[wasm_bindgen(js_namespace = document, js_name = getElementById)]
    fn element(id: &str) -> Option<Element>;
    #[wasm_bindgen(method, setter, js_name = textContent)]
    fn set_text(this: &Element, text: &str);
    #[wasm_bindgen(catch)]
    fn throws() -> Result<(), JsValue>;
}

#[wasm_bindgen]
pub struct Counter {
    words: std::collections::BTreeMap<String, u32>,
}

#[wasm_bindgen]
impl Counter {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Counter {
        Counter { words: Default::default() }
    }

    pub fn add(&mut self, text: &str) -> usize {
        for word in text.split_whitespace() {
            *self.words.entry(word.to_lowercase()).or_default() += 1;
        }
        self.words.len()
    }

    pub fn show(&self, id: &str) {
        let caught = throws().unwrap_err().as_string().unwrap();
        element(id).expect("an element").set_text(&format!("{:?} {caught}", self.words));
    }
}
"#;

const PAGE: &str = "<!DOCTYPE html><html><head><meta charset=utf-8></head><body><p id=out>nothing</p>\
                    <script>function throws() { throw 'thrown' }</script>\
                    <script src=page.js></script><script>\n\
                    const bytes = Uint8Array.from(atob('BYTES'), it => it.charCodeAt(0));\n\
                    wasm_bindgen.initSync({ module: bytes });\n\
                    const counter = new wasm_bindgen.Counter();\n\
                    counter.add('To be or');\n\
                    document.title = counter.add('not to BE \u{fc}');\n\
                    counter.show('out');\n\
                    </script></body></html>";

/// In a browser. It takes wasm-bindgen's tool of the same version, and Chromium:
///
///     cargo install wasm-bindgen-cli@0.2.130
///     WASM_BINDGEN=wasm-bindgen CHROMIUM=chromium cargo test -p bessemer-cli --test cargo a_page
#[test]
fn a_page() {
    let (Some(tool), Some(browser)) = (std::env::var_os("WASM_BINDGEN"), std::env::var_os("CHROMIUM")) else {
        eprintln!("skipped: WASM_BINDGEN and CHROMIUM do not name wasm-bindgen's tool and a browser");
        return;
    };
    let Some(source) = std_source() else { return };
    let manifest = "[package]\nname = \"page\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n[lib]\ncrate-type = [\"cdylib\"]\n\
                    [dependencies]\nwasm-bindgen = \"=0.2.130\"\n";
    let project = Project::new(&[("Cargo.toml", manifest), ("src/lib.rs", PAGE_LIBRARY)]);
    let target = "wasm32-unknown-unknown";
    for (level, folder) in [(&[][..], "debug"), (&["--release"], "release")] {
        let build = project.bessemer_with_std(&source, &[&["build", "--target", target], level].concat()).output();
        Outcome::of(build.unwrap()).success();
        let module = project.path("target/bessemer").join(target).join(folder).join("page.wasm");
        let mut bind = Command::new(&tool);
        bind.arg(module).args(["--target", "no-modules", "--no-typescript", "--out-dir"]).arg(project.path("web"));
        Outcome::of(bind.output().unwrap()).success();
        let bytes = std::fs::read(project.path("web/page_bg.wasm")).unwrap();
        project.write("web/index.html", &PAGE.replace("BYTES", &base64(&bytes)));
        let mut look = Command::new(&browser);
        look.args(["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000", "--dump-dom"]);
        look.arg(format!("--user-data-dir={}", project.path("profile").display()));
        look.arg(format!("file://{}", project.path("web/index.html").display()));
        let shown = Outcome::of(look.output().unwrap()).success();
        let words = "{\"be\": 2, \"not\": 1, \"or\": 1, \"to\": 2, \"\u{fc}\": 1} thrown</p>";
        assert!(
            shown.stdout.contains(words) && shown.stdout.contains("<title>5</title>"),
            "{folder}: {}",
            shown.stdout
        );
    }
}

/// As pages take bytes in their text.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number = (0..3).fold(0, |number, at| number << 8 | u32::from(three.get(at).copied().unwrap_or(0)));
        for digit in 0..4 {
            let value = (number >> (18 - 6 * digit)) as usize & 63;
            text.push(if digit > three.len() { '=' } else { char::from(DIGITS[value]) });
        }
    }
    text
}
