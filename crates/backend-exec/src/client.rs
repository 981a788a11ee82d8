//! Bessemer's end of the protocol.

use crate::frame::{FrameError, read_header, read_part, write_header, write_part};
use crate::protocol::{ANSWER, COMPILE, DESCRIBE, DONE, Description, ERROR, Failure, LirForm, REQUEST};
use backend::{Backend, Capabilities, CodegenError, Compiled, Emit, Options};
use std::fmt;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How long a program may take for a module where nothing else is said.
const TIME_LIMIT: Duration = Duration::from_secs(600);
/// How long it may take to describe itself.
const DESCRIPTION_LIMIT: Duration = Duration::from_secs(20);
/// How much of its standard error is shown.
const SHOWN_BYTES: usize = 2000;

/// Why a program is no back end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenError {
    /// The program.
    pub path: PathBuf,
    /// Why it is none.
    pub message: String,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot be used as a back end: {}", self.path.display(), self.message)
    }
}

impl std::error::Error for OpenError {}

/// A back end that is a program.
#[derive(Clone, Debug)]
pub struct ExecBackend {
    path: PathBuf,
    name: String,
    description: Description,
    identity: Vec<u8>,
    time_limit: Duration,
}

impl ExecBackend {
    /// Asks a program what it is. `name`: what `--backend` calls it; absent, its own name.
    pub fn open(path: &Path, name: Option<&str>) -> Result<ExecBackend, OpenError> {
        let fail = |message: String| OpenError { path: path.to_owned(), message };
        let file = std::fs::read(path).map_err(|error| fail(error.to_string()))?;
        let mut request = Vec::new();
        write_header(&mut request, REQUEST, DESCRIBE).map_err(|error| fail(error.to_string()))?;
        let answer = ask(path, request, DESCRIPTION_LIMIT).map_err(|failure| fail(failure.to_string()))?;
        let description = parse_description(&answer).map_err(fail)?;
        // What a script or a program that looks up another one says of itself is part of what it is.
        let identity = lir::value_hash(&(file, &description.version)).0.to_vec();
        let name = name.unwrap_or(&description.name).to_owned();
        Ok(ExecBackend { path: path.to_owned(), name, description, identity, time_limit: TIME_LIMIT })
    }

    /// The same with another limit for the time that a module may take.
    pub fn with_time_limit(self, time_limit: Duration) -> ExecBackend {
        ExecBackend { time_limit, ..self }
    }

    fn request(&self, module: &lir::Module, options: &Options, emit: Emit) -> Result<Vec<u8>, String> {
        let module = match self.description.lir {
            LirForm::Text => module.to_string().into_bytes(),
            LirForm::Binary => lir::binary::module_to_bytes(module),
        };
        let mut request = Vec::new();
        let mut write = || -> std::io::Result<()> {
            write_header(&mut request, REQUEST, COMPILE)?;
            write_part(&mut request, &serde_json::to_vec(options)?)?;
            write_part(&mut request, &serde_json::to_vec(&emit)?)?;
            write_part(&mut request, &module)
        };
        write().map_err(|error| error.to_string())?;
        Ok(request)
    }
}

impl Backend for ExecBackend {
    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> Capabilities {
        self.description.capabilities.clone()
    }

    fn identity(&self) -> Vec<u8> {
        self.identity.clone()
    }

    fn compile(&self, module: &lir::Module, options: &Options, emit: Emit) -> Result<Compiled, CodegenError> {
        let unavailable =
            |message: String| CodegenError::Unavailable(format!("the program `{}` {message}", self.path.display()));
        let request = self.request(module, options, emit).map_err(&unavailable)?;
        let answer = ask(&self.path, request, self.time_limit).map_err(|failure| unavailable(failure.to_string()))?;
        let compiled = parse_compiled(&answer, module)
            .map_err(|message| unavailable(format!("gave an answer that is none: {message}")))?;
        compiled.map_err(|failure| failure.into_error(emit))
    }
}

/// How a program failed to answer.
enum AskFailure {
    Start(std::io::Error),
    Hang(Duration),
    Ended { status: ExitStatus, stderr: String },
    Output(String),
}

impl fmt::Display for AskFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AskFailure::Start(error) => write!(f, "does not start: {error}"),
            AskFailure::Hang(limit) => {
                write!(f, "gave no answer within {} seconds, and was ended", limit.as_secs_f64())
            }
            AskFailure::Ended { status, stderr } => {
                write!(f, "failed ({status})")?;
                match stderr.trim() {
                    "" => Ok(()),
                    text => write!(f, "; it says:\n{text}"),
                }
            }
            AskFailure::Output(message) => write!(f, "cannot be read: {message}"),
        }
    }
}

/// Starts the program, gives it a request and takes its answer.
fn ask(path: &Path, request: Vec<u8>, limit: Duration) -> Result<Vec<u8>, AskFailure> {
    let end = Instant::now() + limit;
    let mut command = Command::new(path);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(AskFailure::Start)?;
    let mut stdin = child.stdin.take().expect("a pipe");
    // The threads end with the pipes; nobody waits for them, as children of a program that was ended may hold its pipes.
    std::thread::spawn(move || {
        // A program that does not read all has its reasons, which its answer or its exit says.
        let _ = stdin.write_all(&request);
    });
    let stdout = read_aside(child.stdout.take().expect("a pipe"));
    let stderr = read_aside(child.stderr.take().expect("a pipe"));
    let remaining = || end.saturating_duration_since(Instant::now());
    let Ok(answer) = stdout.recv_timeout(remaining()) else {
        return Err(end_of(&mut child, limit));
    };
    let Some(status) = wait(&mut child, end) else {
        return Err(end_of(&mut child, limit));
    };
    if !status.success() {
        let text = stderr.recv_timeout(remaining().min(Duration::from_secs(1))).ok().and_then(Result::ok);
        return Err(AskFailure::Ended { status, stderr: last_part(&text.unwrap_or_default()) });
    }
    answer.map_err(|error| AskFailure::Output(error.to_string()))
}

fn end_of(child: &mut Child, limit: Duration) -> AskFailure {
    let _ = child.kill();
    let _ = child.wait();
    AskFailure::Hang(limit)
}

fn read_aside(mut pipe: impl Read + Send + 'static) -> mpsc::Receiver<std::io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let result = pipe.read_to_end(&mut bytes).map(|_| bytes);
        let _ = sender.send(result);
    });
    receiver
}

/// Waits for a program that has closed its output: mostly it ends at once.
fn wait(child: &mut Child, end: Instant) -> Option<ExitStatus> {
    let mut pause = Duration::from_micros(100);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < end => std::thread::sleep(pause),
            _ => return None,
        }
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

fn last_part(text: &[u8]) -> String {
    let start = text.len().saturating_sub(SHOWN_BYTES);
    String::from_utf8_lossy(&text[start..]).into_owned()
}

fn parse_description(mut answer: &[u8]) -> Result<Description, String> {
    let text = |error: FrameError| format!("its answer is none: {error}");
    let status = read_header(&mut answer, ANSWER).map_err(text)?;
    let part = read_part(&mut answer).map_err(text)?;
    match status {
        DONE => {}
        ERROR => {
            let failure: Failure = serde_json::from_slice(&part).map_err(|error| error.to_string())?;
            return Err(failure.message);
        }
        status => return Err(format!("its answer has the status {status}, which means nothing")),
    }
    let description: Description =
        serde_json::from_slice(&part).map_err(|error| format!("its description is none: {error}"))?;
    match (description.lir, description.lir_version) {
        (LirForm::Text, _) | (LirForm::Binary, Some(lir::binary::VERSION)) => Ok(description),
        (LirForm::Binary, Some(version)) => Err(format!(
            "it reads version {version} of LIR's binary form, and this Bessemer writes version {}",
            lir::binary::VERSION
        )),
        (LirForm::Binary, None) => Err("it does not say which version of LIR's binary form it reads".to_owned()),
    }
}

/// The compiled module, or why there is none; or why the bytes are no answer.
fn parse_compiled(mut answer: &[u8], module: &lir::Module) -> Result<Result<Compiled, Failure>, String> {
    let text = |error: FrameError| error.to_string();
    let status = read_header(&mut answer, ANSWER).map_err(text)?;
    let first = read_part(&mut answer).map_err(text)?;
    let result = match status {
        DONE => {
            let rejected = read_part(&mut answer).map_err(text)?;
            let rejected: Vec<backend::Rejected> =
                serde_json::from_slice(&rejected).map_err(|error| format!("the list of what it rejects: {error}"))?;
            for entry in &rejected {
                let is_assembly = entry.function.is_empty() && !module.global_asm.is_empty();
                let known = module.functions.iter().any(|function| *function.name == *entry.function);
                if !known && !is_assembly {
                    return Err(format!("it rejects `{}`, which it was not given", entry.function));
                }
            }
            Ok(Compiled { bytes: first, rejected })
        }
        ERROR => Err(serde_json::from_slice(&first).map_err(|error| format!("its error: {error}"))?),
        status => return Err(format!("the status {status} means nothing")),
    };
    if !answer.is_empty() {
        return Err(format!("{} bytes follow its end", answer.len()));
    }
    Ok(result)
}
