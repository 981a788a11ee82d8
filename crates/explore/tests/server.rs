//! Who is answered by the server, and who is not.

use bessemer_explore::api::{
    CompileRequest, Compiled, Failure, FileRequest, FileText, Listing, NotInlined, NotInlinedCall, NotInlinedRequest,
    Reason, Row, ShowRequest, Why, WhyRequest,
};
use bessemer_explore::{Compile, Server};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

struct Fake;

impl Compile for Fake {
    fn about(&self) -> Value {
        json!({ "name": "a.rs", "source": "fn f() {}" })
    }

    fn compile(&self, request: &CompileRequest) -> Result<Compiled, Failure> {
        match request.source.as_deref() {
            Some("panic") => panic!("as asked"),
            Some("wrong") => Err(Failure::new(Reason::Program, "it is wrong")),
            _ => Ok(Compiled {
                inputs: Vec::new(),
                key: "1".to_owned(),
                functions: Vec::new(),
                unit: "bytes".to_owned(),
                diagnostics: Vec::new(),
                seconds: 0.5,
                report: Value::Null,
            }),
        }
    }

    fn show(&self, _: &ShowRequest) -> Result<Listing, Failure> {
        Ok(Listing { rows: vec![Row::new("ret")], files: vec!["a.rs".to_owned()], left_out: 0 })
    }

    fn file(&self, request: &FileRequest) -> Result<FileText, Failure> {
        Ok(FileText { text: request.file.clone() })
    }

    fn why(&self, request: &WhyRequest) -> Result<Why, Failure> {
        Ok(Why { chain: vec![request.symbol.clone()] })
    }

    fn not_inlined(&self, request: &NotInlinedRequest) -> Result<NotInlined, Failure> {
        let (file, reason) = ("a.rs".to_owned(), "it is large".to_owned());
        let call = NotInlinedCall { name: request.symbol.clone(), file, line: 3, reason };
        Ok(NotInlined { inside: vec![call], ..NotInlined::default() })
    }
}

/// A server: its host, and the path with its token.
struct Place {
    host: String,
    path: String,
}

fn start() -> Place {
    let server = Server::bind(Arc::new(Fake)).expect("a port");
    let address = server.address();
    server.start();
    let (host, path) = address.strip_prefix("http://").and_then(|rest| rest.split_once('/')).expect("an address");
    Place { host: host.to_owned(), path: format!("/{path}") }
}

impl Place {
    fn send(&self, text: &str) -> String {
        let mut stream = TcpStream::connect(&self.host).expect("a connection");
        // The answer may come before all is sent.
        let _ = stream.write_all(text.as_bytes());
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    /// The number of the answer to a request with these lines of a head.
    fn status(&self, first: &str, head: &[&str], body: &str) -> u16 {
        let mut text = format!("{first} HTTP/1.1\r\n");
        head.iter().for_each(|line| text += &format!("{line}\r\n"));
        let answer = self.send(&format!("{text}Content-Length: {}\r\n\r\n{body}", body.len()));
        answer.split(' ').nth(1).and_then(|number| number.parse().ok()).unwrap_or_default()
    }

    fn host(&self) -> String {
        format!("Host: {}", self.host)
    }

    fn origin(&self) -> String {
        format!("Origin: http://{}", self.host)
    }
}

const JSON: &str = "Content-Type: application/json";
const SHOW: &str = r#"{"key":"1","function":null}"#;

#[test]
fn the_page_is_behind_its_token() {
    let place = start();
    assert_eq!(place.path.len(), 34);
    let get = |path: &str| place.status(&format!("GET {path}"), &[&place.host()], "");
    let path = &place.path;
    assert_eq!(get(path), 200);
    for name in ["index.html", "style.css", "page.js", "codemirror.js", "codemirror-licence.txt", "api/about"] {
        assert_eq!(get(&format!("{path}{name}")), 200, "{name}");
    }
    assert_eq!(get(&format!("{path}nothing")), 404);
    assert_eq!(get(&format!("{path}../../etc/passwd")), 404);
    let changed = path.replace(&path[1..2], if &path[1..2] == "0" { "1" } else { "0" });
    for wrong in [
        "/",
        "",
        "/index.html",
        "/api/about",
        &path[..path.len() - 1],
        &path[..path.len() - 2],
        &changed,
        &format!("{path}x/")[1..],
    ] {
        assert_eq!(get(if wrong.is_empty() { "x" } else { wrong }), 403, "{wrong}");
    }
    assert_ne!(start().path, *path);
}

#[test]
fn nobody_else_is_answered() {
    let place = start();
    let path = &place.path;
    let (host, origin) = (place.host(), place.origin());
    let port = place.host.rsplit_once(':').expect("a port").1;
    let get = format!("GET {path}");
    let post = format!("POST {path}api/show");
    // A name of somebody else's that leads here.
    for other in
        [format!("Host: attacker.example:{port}"), format!("Host: localhost:{port}"), "Host: 127.0.0.1".to_owned()]
    {
        assert_eq!(place.status(&get, &[&other], ""), 403, "{other}");
        assert_eq!(place.status(&post, &[&other, &origin, JSON], SHOW), 403, "{other}");
    }
    assert_eq!(place.status(&get, &[], ""), 403);
    // Another page.
    for other in ["Origin: http://attacker.example", "Origin: null", &format!("Origin: http://localhost:{port}")] {
        assert_eq!(place.status(&get, &[&host, other], ""), 403, "{other}");
        assert_eq!(place.status(&post, &[&host, other, JSON], SHOW), 403, "{other}");
    }
    assert_eq!(place.status(&post, &[&host, JSON], SHOW), 403, "questions say where they come from");
    assert_eq!(place.status(&post, &[&host, &origin, JSON], SHOW), 200);
    // A form, which needs no permission to be sent.
    assert_eq!(place.status(&post, &[&host, &origin, "Content-Type: text/plain"], SHOW), 415);
    assert_eq!(place.status(&post, &[&host, &origin], SHOW), 415);
}

#[test]
fn questions_are_answered() {
    let place = start();
    let path = &place.path;
    let (host, origin) = (place.host(), place.origin());
    let ask = |name: &str, body: &str| {
        let head = format!("{host}\r\n{origin}\r\n{JSON}\r\nContent-Length: {}", body.len());
        let answer = place.send(&format!("POST {path}api/{name} HTTP/1.1\r\n{head}\r\n\r\n{body}"));
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        assert!(head.contains("X-Content-Type-Options: nosniff") && head.contains("frame-ancestors 'none'"), "{head}");
        body.to_owned()
    };
    let compile = |source: &str| {
        let configuration = r#"{"stage":"asm","backend":"llvm","level":"3"}"#;
        format!(r#"{{"source":"{source}","configuration":{configuration},"client":"x","pane":0}}"#)
    };
    let ok: Value = serde_json::from_str(&ask("compile", &compile("fn f() {}"))).expect("JSON");
    assert_eq!(ok["ok"]["key"], "1");
    let failed: Value = serde_json::from_str(&ask("compile", &compile("wrong"))).expect("JSON");
    assert_eq!((&failed["failed"]["reason"], &failed["failed"]["message"]), (&json!("program"), &json!("it is wrong")));
    assert_eq!(ask("show", SHOW), r#"{"ok":{"rows":[{"text":"ret"}],"files":["a.rs"],"left_out":0}}"#);
    assert_eq!(ask("file", r#"{"key":"1","file":"b.rs"}"#), r#"{"ok":{"text":"b.rs"}}"#);
    let why = format!(r#"{{"symbol":"s","compile":{}}}"#, compile(""));
    assert_eq!(ask("why", &why), r#"{"ok":{"chain":["s"]}}"#);
    let call = r#"{"name":"s","file":"a.rs","line":3,"reason":"it is large"}"#;
    assert_eq!(ask("not-inlined", &why), format!(r#"{{"ok":{{"inside":[{call}],"of":[],"left_out":0}}}}"#));
    let status = |first: String, body: &str| place.status(&first, &[&host, &origin, JSON], body);
    assert_eq!(status(format!("POST {path}api/show"), "{}"), 400);
    assert_eq!(status(format!("POST {path}api/show"), "nothing"), 400);
    assert_eq!(status(format!("GET {path}api/show"), ""), 405);
    assert_eq!(status(format!("DELETE {path}"), ""), 405);
    assert_eq!(status(format!("POST {path}"), ""), 405);
    // One that panics takes nothing with it.
    assert_eq!(status(format!("POST {path}api/compile"), &compile("panic")), 0);
    assert_eq!(status(format!("GET {path}"), ""), 200);
}

#[test]
fn there_are_limits() {
    let place = start();
    let path = &place.path;
    let (host, origin) = (place.host(), place.origin());
    let head =
        format!("POST {path}api/show HTTP/1.1\r\n{host}\r\n{origin}\r\n{JSON}\r\nContent-Length: 99999999\r\n\r\n");
    assert!(place.send(&head).starts_with("HTTP/1.1 413 "));
    let long = "x".repeat(20_000);
    assert!(
        place.send(&format!("GET {path} HTTP/1.1\r\n{host}\r\nCookie: {long}\r\n\r\n")).starts_with("HTTP/1.1 431 ")
    );
    // Connections that say nothing do not keep others out, and are not without number.
    let silent: Vec<TcpStream> = (0..70).map(|_| TcpStream::connect(&place.host).expect("a connection")).collect();
    let mut answer = String::new();
    let mut last = silent.last().expect("one");
    let _ = last.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    drop(silent);
    let found = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        place.status(&format!("GET {path}"), &[&host], "") == 200
    });
    assert!(found);
}
