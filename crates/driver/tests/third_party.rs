//! Back ends that the driver has never heard of.

use backend::{Backend, Capabilities, CodegenError, Compiled, Emit, Format, Rejected};
use bessemer_driver::{Backends, EmitKind, Options, Report, Source};
use std::process::Command;
use std::sync::Arc;

/// Compiles nothing: all functions are somebody else's. What it gives for an object is Cranelift's of no functions.
struct Nothing;

impl Backend for Nothing {
    fn name(&self) -> &str {
        "nothing"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            summary: "compiles nothing".into(),
            formats: vec![Format::new("names", "names", Emit::Ir)],
            triples: vec!["x86_64-unknown-linux-gnu".into()],
            ..Capabilities::default()
        }
    }

    fn compile(&self, module: &lir::Module, options: &backend::Options, emit: Emit) -> Result<Compiled, CodegenError> {
        let name = |function: &lir::Function| function.name.to_string();
        if emit == Emit::Ir {
            let names: Vec<String> = module.functions.iter().map(name).collect();
            return Ok(Compiled { bytes: names.join("\n").into(), rejected: Vec::new() });
        }
        let rejected = module.functions.iter().map(|it| Rejected { function: name(it), construct: "code".to_owned() });
        let data = lir::Module { functions: Vec::new(), ..module.clone() };
        let object = backend_cranelift::CraneliftBackend.compile(&data, options, emit)?;
        Ok(Compiled { bytes: object.bytes, rejected: rejected.collect() })
    }
}

fn options(choice: bessemer_driver::BackendChoice, folder: &std::path::Path) -> Options {
    let source = Source::Text(b"fn main() { println!(\"{}\", [3, 1, 2].iter().max().unwrap()) }".to_vec());
    let mut options = Options::new(source, choice);
    options.cache = None;
    options.output = Some(folder.join("program"));
    options
}

#[test]
fn what_a_back_end_rejects_another_takes() {
    let folder = tempfile::tempdir().expect("a folder");
    let choice = Backends::builtin().with(Arc::new(Nothing)).choose("nothing").expect("it is there");
    let output = bessemer_driver::build(&options(choice, folder.path()), Report::default())
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(output.report.fallbacks.len() > 10);
    // The complete one is asked first.
    assert!(output.report.fallbacks.iter().all(|it| it.backend == "llvm" && it.construct == "code"));
    let program = Command::new(folder.path().join("program")).output().expect("it starts");
    assert_eq!(String::from_utf8_lossy(&program.stdout), "3\n");
}

#[test]
fn its_own_forms_can_be_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let backends = Backends::builtin().with(Arc::new(Nothing));
    let mut options = options(backends.choose("cranelift").expect("it is there"), folder.path());
    options.emit = vec![EmitKind::from_name("names", &backends).expect("a form of a back end")];
    assert!(EmitKind::from_name("names", &Backends::builtin()).is_none());
    let output = bessemer_driver::build(&options, Report::default()).unwrap_or_else(|error| panic!("{error}"));
    let text = std::fs::read_to_string(&output.files[0]).expect("text");
    assert!(text.lines().any(|line| line == "main"), "{text}");
}

#[test]
fn alone_it_leaves_errors_that_name_the_construct() {
    let folder = tempfile::tempdir().expect("a folder");
    let choice = Backends::new(Arc::new(Nothing)).choose("nothing").expect("it is there");
    let error = bessemer_driver::build(&options(choice, folder.path()), Report::default())
        .expect_err("nobody compiles it")
        .to_string();
    assert!(error.contains("no back end supports code"), "{error}");
}
