//! The examples, run.

#[path = "../examples/calculator.rs"]
#[allow(dead_code, reason = "its `main` reads the keyboard")]
mod calculator;
#[path = "../examples/explorer.rs"]
#[allow(dead_code, reason = "its `main` never ends")]
mod explorer;
#[path = "../examples/plugins.rs"]
#[allow(dead_code, reason = "its `main` never ends")]
mod plugins;

use bessemer::Engine;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, SystemTime};

#[test]
fn calculator_compiles_formulas() {
    let mut output = Vec::new();
    let input = "x * x + 0.5\nx +\n(1..=4).product::<u32>() as f64\n[x][9]\n";
    calculator::run(input.as_bytes(), &mut output).unwrap();
    let text = String::from_utf8(output).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "9.5", "{text}");
    assert!(lines[1].starts_with("error: expected expression"), "{text}");
    assert!(lines.contains(&"24"), "{text}");
    assert_eq!(
        lines.last(),
        Some(&"panicked at <anon>:1:72: index out of bounds: the len is 1 but the index is 9"),
        "{text}"
    );
}

#[test]
fn plugins_are_reloaded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plugin.rs");
    let write = |words: &str, second: u64| {
        let text = format!(
            "unsafe extern \"C\" {{ safe fn say(text: *const u8, length: usize); }}
            #[unsafe(no_mangle)] pub extern \"C-unwind\" fn tick(count: u64) {{
                let text = format!(\"{words} {{count}}\"); say(text.as_ptr(), text.len());
            }}"
        );
        std::fs::write(&file, text).unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
        std::fs::File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
    };
    plugins::run(&file, Duration::ZERO, |count| {
        match count {
            0 => write("first", 1),
            2 => write("{wrong}", 2),
            3 => write("second", 3),
            _ => {}
        }
        count < 5
    })
    .unwrap();
    let said = plugins::SAID.lock().unwrap().join(", ");
    assert_eq!(said, "first 0, first 1, first 2, second 3, second 4");
}

#[test]
fn explorer_shows_every_form() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let engine = Engine::new().unwrap();
    let ask = |request: &str| {
        let mut stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        explorer::answer(&engine, listener.accept().unwrap().0).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    };
    assert!(ask("GET / HTTP/1.1\r\n\r\n").contains("<textarea"));
    let post =
        |form: &str, text: &str| ask(&format!("POST /{form} HTTP/1.1\r\nContent-Length: {}\r\n\r\n{text}", text.len()));
    let square = "#[unsafe(no_mangle)] pub fn square(x: i32) -> i32 { x * x }";
    assert!(post("asm", square).contains("imul"));
    assert!(post("llvm-ir", square).contains("mul i32"));
    assert!(post("clif", square).contains("imul"));
    assert!(post("mir", "pub fn f() -> u8 { 1.0 }").contains("error[E0308]"));
}
