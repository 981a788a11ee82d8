//! `bessemer explore` as a program: what it says, what it serves, what it leaves behind. The page itself has tests in a browser.

use super::{Place, names, says};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::Duration;

const LIBRARY: &str = "pub fn seven(x: u32) -> u32 { x.rotate_left(3) ^ 7 }\n";

#[test]
fn wrong_words_are_told() {
    let place = Place::new();
    place.write("a.rs", LIBRARY);
    says(&place.fails(&["explore", "missing.rs"], 1), &["missing.rs", "No such file"]);
    says(&place.fails(&["explore", "--pane", "amm", "a.rs"], 2), &["`amm` is no stage", "did you mean `asm`?"]);
    says(&place.fails(&["explore", "--pane", "asm:gcc", "a.rs"], 2), &["`gcc` is no back end", "cranelift"]);
    says(&place.fails(&["explore", "--limit", "0", "a.rs"], 2), &["--limit"]);
    says(&place.succeeds(&["man", "explore"]).stdout, &[".TH", "127.0.0.1"]);
    says(&place.succeeds(&["completions", "bash"]).stdout, &["bessemer__subcmd__explore"]);
    let help = place.succeeds(&["--help"]).stdout;
    assert!(help.contains("explore") && !help.contains("explore-worker"), "{help}");
}

#[test]
fn an_export_holds_what_its_panes_show() {
    let place = Place::new();
    place.write("a.rs", LIBRARY);
    let printed =
        place.succeeds(&["explore", "--pane", "asm:llvm:2", "--pane", "mir", "--export", "page", "a.rs"]).stdout;
    assert_eq!(printed, "page/index.html\n");
    let data = std::fs::read_to_string(place.work().join("page/exported.js")).unwrap();
    let data = data.strip_prefix("window.bessemerExport = ").and_then(|text| text.strip_suffix(";\n")).unwrap();
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    let text = |pane: usize, name: &str| data["results"][pane]["listings"][name].to_string();
    says(&text(0, "all intel"), &["rol", "xor", "eax, 7", "\"line\":1"]);
    says(&text(0, "0 att"), &["roll", "$7"]);
    says(&text(1, "all "), &["BitXor"]);
    let folder = place.folder.path().to_string_lossy().into_owned();
    assert!(!data["results"].to_string().contains(&folder), "where it was made is in it");
    // What is wrong is on the page, too.
    place.write("b.rs", "pub fn f() -> u8 { \"\" }\n");
    place.succeeds(&["explore", "--export", "wrong", "b.rs"]);
    let data = std::fs::read_to_string(place.work().join("wrong/exported.js")).unwrap();
    says(&data, &["mismatched types", "\"reason\":\"program\""]);
}

#[test]
fn the_page_is_served_until_an_interrupt() {
    let place = Place::new();
    place.write("a.rs", LIBRARY);
    let mut command = place.command(env!("CARGO_BIN_EXE_bessemer"), &["explore", "a.rs"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
    let (host, path) = address.trim().strip_prefix("http://").unwrap().split_once('/').unwrap();
    let ask = |head: &str, body: &str| {
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
        let text =
            format!("{head} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nContent-Type: application/json\r\n");
        stream.write_all(format!("{text}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(ask("GET /", "").starts_with("HTTP/1.1 403 "));
    says(
        &ask(&format!("GET /{path}api/about"), ""),
        &["\"name\":\"a.rs\"", "rotate_left", "\"llvm\"", "\"cranelift\""],
    );
    let configuration = r#"{"stage":"asm","backend":"cranelift","level":"0"}"#;
    let body = format!(r#"{{"source":null,"configuration":{configuration},"client":"x","pane":0}}"#);
    let compiled = ask(&format!("POST /{path}api/compile"), &body);
    says(&compiled, &["\"name\":\"a::seven\"", "\"own\":true", "\"unit\":\"bytes\"", "\"key\":\"1\""]);
    let shown = ask(&format!("POST /{path}api/show"), r#"{"key":"1","function":0,"syntax":"intel"}"#);
    says(&shown, &["a::seven:", "rol", "\"file\":0,\"line\":1"]);
    says(&ask(&format!("POST /{path}api/show"), r#"{"key":"9","function":0}"#), &["\"reason\":\"gone\""]);
    // SAFETY: it sends a signal to the process that was started here, and that was not waited for.
    unsafe { libc::kill(child.id().try_into().unwrap(), libc::SIGTERM) };
    child.wait().unwrap();
    assert_eq!(names(&place.path("temporary")), [""; 0], "temporary files left behind");
    assert!(TcpStream::connect(host).is_err());
}
