//! `bessemer bloat`.

use super::{HELLO, Place, says};

#[test]
fn sizes_by_crate_and_by_function() {
    let place = Place::new();
    let text = "fn shown<T: std::fmt::Debug>(value: T) { println!(\"{value:?}\") }\nfn main() { shown(1_u8); shown(\"x\"); }\n";
    place.write("prog.rs", text);
    let shown = place.succeeds(&["bloat", "-n", "0", "prog.rs"]).stdout;
    says(
        &shown,
        &["  crate\n", "  std\n", "  prog\n", "  function\n", "     × 2  prog::shown\n", " of code in a file of "],
    );
    let shown = place.succeeds(&["bloat", "--json", "prog.rs"]).stdout;
    let value: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let crates = value["crates"].as_array().unwrap();
    let sum: u64 = crates.iter().map(|it| it["size_bytes"].as_u64().unwrap()).sum();
    assert_eq!(Some(sum), value["code_bytes"].as_u64());
    assert!(value["code_bytes"].as_u64() < value["file_bytes"].as_u64());
    assert_eq!(value["functions"].as_array().unwrap().len(), 30);
    let crates_only = place.succeeds(&["bloat", "--crates", "-O", "prog.rs"]).stdout;
    assert!(!crates_only.contains("  function\n"), "{crates_only}");
    place.write("hello.rs", HELLO);
    says(&place.fails(&["bloat", "-C", "strip=symbols", "hello.rs"], 1), &["no symbols"]);
    says(&place.fails(&["bloat", "--crate-type", "lib", "hello.rs"], 1), &["a library has no size"]);
}
