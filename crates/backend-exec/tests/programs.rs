//! Programs that are back ends, and programs that are none.

use backend::{Backend, CodegenError, Emit, Options, Rejected};
use bessemer_backend_exec::ExecBackend;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A Python program of which `body` answers the request `kind` with `answer(status, parts…)`.
fn program(folder: &Path, body: &str) -> PathBuf {
    let path = folder.join("back-end");
    let text = format!(
        r#"#!/usr/bin/env python3
import json, os, struct, sys, time
request = sys.stdin.buffer.read()
assert request[:8] == b"BSMRBACK"
version, kind = struct.unpack("<II", request[8:16])
parts, at = [], 16
while at < len(request):
    size, = struct.unpack("<Q", request[at:at + 8])
    parts.append(request[at + 8:at + 8 + size])
    at += 8 + size
def raw(data):
    sys.stdout.buffer.write(data)
def answer(status, *parts, version=1):
    raw(b"BSMRANSW" + struct.pack("<II", version, status) + b"".join(struct.pack("<Q", len(it)) + it for it in parts))
def describe(**more):
    answer(0, json.dumps(dict(name="test", version="1", **more)).encode())
{body}
"#
    );
    testing::write_script(&path, &text);
    path
}

fn module() -> lir::Module {
    lir::parse_module("function export @f() {\nblock0:\n    return\n}\n").expect("LIR")
}

fn options() -> Options {
    Options::new("x86_64-unknown-linux-gnu", "x86-64")
}

/// What comes of compiling with a program that describes itself well and answers so.
fn compiled(body: &str, limit: Duration) -> Result<backend::Compiled, CodegenError> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = program(folder.path(), &format!("if kind == 0:\n    describe()\nelse:\n    {body}"));
    let backend = ExecBackend::open(&path, None).expect("a back end").with_time_limit(limit);
    backend.compile(&module(), &options(), Emit::Object)
}

fn error(body: &str) -> String {
    compiled(body, Duration::from_secs(60)).expect_err("an error").to_string()
}

#[test]
fn a_program_compiles_and_rejects() {
    let body = r#"answer(0, parts[2] + parts[1], json.dumps([dict(function="f", construct="all")]).encode())"#;
    let compiled = compiled(body, Duration::from_secs(60)).expect("an answer");
    assert_eq!(String::from_utf8(compiled.bytes).expect("text"), format!("{}\"Object\"", module()));
    assert_eq!(compiled.rejected, [Rejected { function: "f".to_owned(), construct: "all".to_owned() }]);
}

#[test]
fn a_description_is_capabilities_and_identity() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = program(folder.path(), "describe(capabilities=dict(summary='a test', optimizes=True))");
    let first = ExecBackend::open(&path, Some("mine")).expect("a back end");
    assert_eq!(first.name(), "mine");
    assert_eq!(first.capabilities().summary, "a test");
    assert!(first.capabilities().optimizes && !first.capabilities().complete);
    let path = program(folder.path(), "describe()  # changed");
    let second = ExecBackend::open(&path, None).expect("a back end");
    assert_eq!(second.name(), "test");
    assert_ne!(first.identity(), second.identity());
}

#[test]
fn programs_that_are_no_back_ends() {
    let cases = [
        ("raw(b'hello')", "the first bytes are not those of the protocol"),
        ("answer(0, b'{}', version=7)", "it speaks version 7 of the protocol, and Bessemer speaks version 1"),
        ("answer(0, b'{}')", "its description is none: missing field `name`"),
        ("answer(9, b'{}')", "its answer has the status 9, which means nothing"),
        ("raw(b'BSMRANSW' + struct.pack('<IIQ', 1, 0, 1 << 60))", "a part claims to have"),
        ("raw(b'BSMRANSW' + struct.pack('<IIQ', 1, 0, 100))", "it ends too early"),
        ("describe(lir='binary', lir_version=9999)", "it reads version 9999 of LIR's binary form"),
        ("describe(lir='binary')", "it does not say which version"),
        ("print('what?', file=sys.stderr); sys.exit(3)", "failed (exit status: 3); it says:\nwhat?"),
        ("os.kill(os.getpid(), 11)", "failed (signal: 11"),
    ];
    for (body, expected) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let path = program(folder.path(), body);
        let message = ExecBackend::open(&path, None).expect_err(body).to_string();
        assert!(message.contains(expected), "{body}: {message}");
        assert!(message.contains("cannot be used as a back end"), "{message}");
    }
    let missing = ExecBackend::open(Path::new("/nowhere/back-end"), None).expect_err("no file").to_string();
    assert!(missing.contains("No such file"), "{missing}");
}

#[test]
fn answers_that_are_none() {
    let cases = [
        ("answer(0, b'')", "gave an answer that is none: it ends too early"),
        ("answer(0, b'', b'[', )", "the list of what it rejects"),
        ("answer(0, b'', b'[]', b'more')", "bytes follow its end"),
        ("answer(0, b'', b'[{\"function\": \"g\", \"construct\": \"x\"}]')", "it rejects `g`, which it was not given"),
        ("answer(1, b'{\"kind\": \"unavailable\", \"message\": \"no gcc\"}')", "the back end cannot be used: no gcc"),
        ("answer(1, b'{\"kind\": \"assembly\", \"message\": \"bad\"}')", "the program's assembly is wrong:\nbad"),
        ("sys.exit(1)", "failed (exit status: 1)"),
        ("os.abort()", "failed (signal: 6"),
    ];
    for (body, expected) in cases {
        let message = error(body);
        assert!(message.contains(expected), "{body}: {message}");
    }
}

#[test]
fn a_program_that_hangs_is_ended() {
    let began = Instant::now();
    let result = compiled("time.sleep(1000)", Duration::from_millis(1500)).expect_err("it hangs");
    assert!(result.to_string().contains("gave no answer within 1.5 seconds, and was ended"), "{result}");
    // Nobody waits for what it started either.
    let result =
        compiled("__import__('subprocess').Popen(['sleep', '20']) and time.sleep(1000)", Duration::from_millis(1500));
    assert!(result.is_err());
    assert!(began.elapsed() < Duration::from_secs(100));
}

#[test]
fn a_back_end_in_rust_answers_as_itself() {
    struct Echo;
    impl Backend for Echo {
        fn name(&self) -> &str {
            "echo"
        }
        fn capabilities(&self) -> backend::Capabilities {
            backend::Capabilities { summary: "gives LIR back".into(), ..Default::default() }
        }
        fn compile(&self, module: &lir::Module, _: &Options, emit: Emit) -> Result<backend::Compiled, CodegenError> {
            match emit {
                Emit::Object => Ok(backend::Compiled { bytes: module.to_string().into(), rejected: Vec::new() }),
                other => Err(CodegenError::Emit(other)),
            }
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    // The answers of `serve`, kept in files, are given by a program.
    let kept = |name: &str, request: &[u8]| {
        let mut answer = Vec::new();
        bessemer_backend_exec::serve(&Echo, "1", request, &mut answer).expect("an answer");
        std::fs::write(folder.path().join(name), answer).expect("written");
    };
    let part = |bytes: &[u8]| [&(bytes.len() as u64).to_le_bytes()[..], bytes].concat();
    let header = |kind: u32| [&b"BSMRBACK"[..], &1u32.to_le_bytes(), &kind.to_le_bytes()].concat();
    kept("describe", &header(0));
    let request = |emit: &[u8]| {
        let options = serde_json::to_vec(&options()).expect("JSON");
        [header(1), part(&options), part(emit), part(&lir::binary::module_to_bytes(&module()))].concat()
    };
    kept("object", &request(b"\"Object\""));
    kept("ir", &request(b"\"Ir\""));
    let body = format!(
        "name = 'describe' if kind == 0 else json.loads(parts[1]).lower()\nraw(open({:?} + '/' + name, 'rb').read())",
        folder.path()
    );
    let backend = ExecBackend::open(&program(folder.path(), &body), None).expect("a back end");
    assert_eq!((backend.name(), &*backend.capabilities().summary), ("echo", "gives LIR back"));
    let compiled = backend.compile(&module(), &options(), Emit::Object).expect("compiled");
    assert_eq!(String::from_utf8(compiled.bytes).expect("text"), module().to_string());
    let error = backend.compile(&module(), &options(), Emit::Ir).expect_err("no IR");
    assert_eq!(error, CodegenError::Emit(Emit::Ir));
}
