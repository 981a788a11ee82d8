//! The workers of a page: started when a pane asks for something new, kept while they may be asked again, ended when nobody wants
//! their answer any more.

use super::child::{self, Group, NoAnswer, Worker};
use super::profile;
use super::remarks::REMARKS;
use super::subject::{PROGRAM, Subject};
use super::worker::{Index, Question};
use explore::api::{
    Compile, CompileRequest, Compiled, Configuration, Failure, FileRequest, FileText, Input, Listing, NotInlined,
    NotInlinedRequest, Profile, Reason, ShowRequest, Why, WhyRequest,
};
use explore::diagnostics;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// So many workers are kept that nobody asks just now.
const MAX_WORKERS: usize = 12;

/// How long an answer about what is compiled may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// All workers.
pub struct Pool {
    subject: Subject,
    about: Value,
    limit: Duration,
    /// For what workers write.
    scratch: PathBuf,
    state: Mutex<State>,
    /// Told when a compilation ends.
    ended: Condvar,
    /// The arguments of programs; none: they are not run.
    profiled: Option<Vec<OsString>>,
}

#[derive(Default)]
struct State {
    /// The one that was used last is the last.
    kept: Vec<Kept>,
    running: HashMap<(String, u32), Running>,
    /// How many compile.
    busy: usize,
    made: u64,
    is_ending: bool,
}

impl State {
    /// Whether a pane still waits for this, and has asked for nothing since.
    fn is_wanted(&self, place: &(String, u32), number: u64) -> bool {
        self.running.get(place).is_some_and(|running| running.number == number)
    }

    /// Notes what is to be ended if a pane asks for something else, unless it has: then this is not wanted.
    fn has_started(&mut self, place: &(String, u32), number: u64, group: Group) -> bool {
        let running = self.running.get_mut(place).filter(|running| running.number == number);
        running.map(|running| running.group = Some(group)).is_some()
    }

    /// What a pane has asked for is done.
    fn forget(&mut self, place: &(String, u32), number: u64) {
        if self.is_wanted(place, number) {
            self.running.remove(place);
        }
    }
}

/// A worker that has compiled something.
#[derive(Clone)]
struct Kept {
    key: String,
    source: Option<Arc<str>>,
    configuration: Configuration,
    compiled: Arc<Compiled>,
    /// The files that it was made of, and when that began.
    inputs: Arc<[PathBuf]>,
    began: SystemTime,
    worker: Arc<Mutex<Worker>>,
}

impl Kept {
    /// Whether it would be made of the same today.
    fn is_current(&self) -> bool {
        let changed = |path: &PathBuf| std::fs::metadata(path).and_then(|it| it.modified());
        self.inputs.iter().all(|path| changed(path).is_ok_and(|time| time <= self.began))
    }
}

/// A compilation that a pane waits for.
struct Running {
    number: u64,
    /// Absent: it has not begun.
    group: Option<Group>,
}

/// The right to compile now.
struct Turn<'a>(&'a Pool);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.state().busy -= 1;
        self.0.ended.notify_all();
    }
}

impl Pool {
    /// One without workers.
    pub fn new(
        subject: Subject,
        about: Value,
        limit: Duration,
        scratch: &Path,
        profiled: Option<Vec<OsString>>,
    ) -> Pool {
        let state = Mutex::new(State::default());
        Pool { subject, about, limit, scratch: scratch.to_owned(), state, ended: Condvar::new(), profiled }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all workers, and starts no more.
    pub fn end(&self) {
        let mut state = self.state();
        state.is_ending = true;
        state.running.values().filter_map(|running| running.group).for_each(Group::kill);
        state.kept.clear();
    }

    /// What was compiled already, which is the last in the list from now on.
    fn kept(&self, fits: impl Fn(&Kept) -> bool) -> Option<Kept> {
        let mut state = self.state();
        let index = state.kept.iter().position(fits)?;
        let found = state.kept.remove(index);
        state.kept.push(found.clone());
        Some(found)
    }

    fn forget(&self, key: &str) {
        self.state().kept.retain(|kept| kept.key != key);
    }

    /// Waits until fewer compile than there are processors.
    fn wait_for_turn(&self, place: &(String, u32), number: u64) -> Result<Turn<'_>, Failure> {
        let most = std::thread::available_parallelism().map_or(1, usize::from).max(1);
        let mut state = self.state();
        loop {
            if state.is_ending || state.running.get(place).is_none_or(|running| running.number != number) {
                return Err(replaced());
            }
            if state.busy < most {
                state.busy += 1;
                return Ok(Turn(self));
            }
            state = self.ended.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn run(&self, request: &CompileRequest, place: &(String, u32), number: u64) -> Result<Kept, Failure> {
        let usage = |message: String| Failure::new(Reason::Program, message);
        let (started, began) = (Instant::now(), SystemTime::now());
        let temporary = self.scratch.join(format!("worker-{number}"));
        std::fs::create_dir_all(&temporary).map_err(|error| usage(error.to_string()))?;
        let (mut command, main) =
            self.subject.command(request.source.as_deref(), &request.configuration).map_err(usage)?;
        command.env("TMPDIR", &temporary);
        let mut worker =
            Worker::start(command).map_err(|error| usage(format!("the compiler cannot be started: {error}")))?;
        if !self.state().has_started(place, number, worker.group()) {
            return Err(replaced());
        }
        let answer = worker.answer(self.limit);
        let is_wanted = self.state().is_wanted(place, number);
        let failed = |worker: &Worker, no_answer| {
            if !is_wanted {
                return replaced();
            }
            let (found, rest) = diagnostics::read(&worker.said(), &main);
            failure(no_answer, found, &rest, self.limit)
        };
        let line = match answer {
            Ok(line) => line,
            Err(no_answer) => {
                let failure = failed(&worker, no_answer);
                drop(worker);
                let _ = std::fs::remove_dir_all(&temporary);
                return Err(failure);
            }
        };
        let index: Index =
            serde_json::from_str(&line).map_err(|_| failed(&worker, NoAnswer::Ended { code: None, signal: None }))?;
        let (diagnostics, _) = diagnostics::read(&worker.said(), &main);
        let key = number.to_string();
        let compiled = Compiled {
            key: key.clone(),
            functions: index.functions,
            unit: index.unit,
            diagnostics,
            seconds: started.elapsed().as_secs_f64(),
            report: index.report,
            inputs: index
                .inputs
                .iter()
                .map(|it| Input { file: it.name.clone(), content: it.content.clone() })
                .collect(),
        };
        Ok(Kept {
            key,
            source: request.source.as_deref().map(Into::into),
            configuration: request.configuration.clone(),
            compiled: Arc::new(compiled),
            inputs: index.inputs.into_iter().map(|it| it.path).collect(),
            began,
            worker: Arc::new(Mutex::new(worker)),
        })
    }

    /// Gives what a pane asks for now its number. What it asked for before, nobody wants to see any more.
    fn begin(&self, place: &(String, u32)) -> u64 {
        let mut state = self.state();
        state.made += 1;
        let running = Running { number: state.made, group: None };
        let number = state.made;
        if let Some(Running { group: Some(group), .. }) = state.running.insert(place.clone(), running) {
            group.kill();
        }
        drop(state);
        self.ended.notify_all();
        number
    }

    /// Builds a program in a folder, runs it, and says where it spends its time.
    fn profile_in(
        &self,
        folder: &Path,
        request: &CompileRequest,
        args: &[OsString],
        started: &dyn Fn(Group),
    ) -> Result<Profile, Failure> {
        let usage = |message: String| Failure::new(Reason::Program, message);
        let configuration = &request.configuration;
        let (mut command, main) =
            self.subject.program_command(request.source.as_deref(), configuration, folder).map_err(usage)?;
        command.env("TMPDIR", folder);
        let built = child::run(command, self.limit, started).map_err(|error| usage(error.to_string()))?;
        if built.is_cut_off {
            return Err(failure(NoAnswer::Time, Vec::new(), "", self.limit));
        }
        if built.code != Some(0) {
            return Err(usage(format!("There is no program:\n{}", String::from_utf8_lossy(&built.stderr).trim())));
        }
        let said = String::from_utf8_lossy(&built.stdout).into_owned();
        let values = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let made = values.filter_map(|value| Some(PathBuf::from(value["executable"].as_str()?))).next_back();
        profile::profile(&made.unwrap_or_else(|| folder.join(PROGRAM)), args, &main, folder, started)
    }

    /// Compiles, unless that was done before.
    fn compiled(&self, request: &CompileRequest) -> Result<Kept, Failure> {
        let fits = |kept: &Kept| {
            kept.source.as_deref() == request.source.as_deref()
                && kept.configuration == request.configuration
                && kept.is_current()
        };
        let place = (request.client.clone(), request.pane);
        let number = self.begin(&place);
        let result = match self.kept(fits) {
            Some(kept) => Ok(kept),
            None => self.wait_for_turn(&place, number).and_then(|_turn| {
                // Another page may have asked for the same.
                self.kept(fits).map_or_else(|| self.run(request, &place, number), Ok)
            }),
        };
        let mut state = self.state();
        state.forget(&place, number);
        if let Ok(kept) = &result
            && !state.is_ending
            && !state.kept.iter().any(|other| other.key == kept.key)
        {
            state.kept.push(kept.clone());
        }
        let extra = state.kept.len().saturating_sub(MAX_WORKERS);
        let ended: Vec<Kept> = state.kept.drain(..extra).collect();
        drop(state);
        self.ended.notify_all();
        for kept in ended {
            drop(kept.worker);
            let _ = std::fs::remove_dir_all(self.scratch.join(format!("worker-{}", kept.key)));
        }
        result
    }

    /// Asks the worker that has compiled this.
    fn ask<T: DeserializeOwned>(&self, kept: &Kept, question: &Question) -> Result<T, Failure> {
        let question = serde_json::to_string(question).unwrap_or_default();
        let answer = kept.worker.lock().unwrap_or_else(PoisonError::into_inner).ask(&question, ANSWER_LIMIT);
        let answer = answer.map_err(|no_answer| {
            self.forget(&kept.key);
            match no_answer {
                // Somebody may have ended it: the page tries once more.
                NoAnswer::Ended { .. } => {
                    Failure::new(Reason::Gone, "What answers for this code has ended before it had answered.")
                }
                NoAnswer::Time => failure(no_answer, Vec::new(), "", ANSWER_LIMIT),
            }
        })?;
        let value: Value = serde_json::from_str(&answer).unwrap_or_default();
        if let Some(message) = value["error"].as_str() {
            return Err(Failure::new(Reason::Program, message));
        }
        serde_json::from_value(value).map_err(|error| Failure::new(Reason::Crash, error.to_string()))
    }
}

fn replaced() -> Failure {
    Failure::new(Reason::Replaced, "")
}

/// Why there is no answer, for people.
fn failure(no_answer: NoAnswer, found: Vec<diagnostics::Diagnostic>, rest: &str, limit: Duration) -> Failure {
    let has_errors = found.iter().any(|it| it.level == "error");
    let (reason, message) = match no_answer {
        NoAnswer::Time => {
            let seconds = limit.as_secs();
            (
                Reason::Time,
                format!("It took longer than {seconds} seconds, and was cut off. (--limit sets how long it may take.)"),
            )
        }
        NoAnswer::Ended { signal: Some(signal), .. } => {
            (Reason::Crash, format!("The compiler was ended by signal {signal}."))
        }
        NoAnswer::Ended { code: Some(101), .. } if !rest.contains("error: could not compile") => {
            (Reason::Crash, "The compiler met an error of its own.".to_owned())
        }
        NoAnswer::Ended { .. } if has_errors => (Reason::Program, String::new()),
        NoAnswer::Ended { code, .. } => {
            let code = code.map_or_else(String::new, |code| format!(" (exit code {code})"));
            let words = if rest.trim().is_empty() {
                format!("The compiler gave no result{code}.")
            } else {
                rest.trim().to_owned()
            };
            (Reason::Program, words)
        }
    };
    Failure { reason, message, diagnostics: found }
}

impl Compile for Pool {
    fn about(&self) -> Value {
        let mut about = self.about.clone();
        about["source"] = self.subject.source().into();
        about
    }

    fn last_build(&self) -> Value {
        self.subject.last_build()
    }

    fn compile(&self, request: &CompileRequest) -> Result<Compiled, Failure> {
        self.compiled(request).map(|kept| (*kept.compiled).clone())
    }

    fn show(&self, request: &ShowRequest) -> Result<Listing, Failure> {
        let Some(kept) = self.kept(|kept| kept.key == request.key) else {
            return Err(Failure::new(Reason::Gone, "It has to be compiled again."));
        };
        self.ask(&kept, &Question::Show { function: request.function, syntax: request.syntax.clone() })
    }

    fn file(&self, request: &FileRequest) -> Result<FileText, Failure> {
        let Some(kept) = self.kept(|kept| kept.key == request.key) else {
            return Err(Failure::new(Reason::Gone, "It has to be compiled again."));
        };
        self.ask(&kept, &Question::File { name: request.file.clone() })
    }

    fn why(&self, request: &WhyRequest) -> Result<Why, Failure> {
        let mut compile = request.compile.clone();
        compile.configuration.stage = "lir".to_owned();
        let kept = self.compiled(&compile)?;
        self.ask(&kept, &Question::Why { symbol: request.symbol.clone() })
    }

    fn profile(&self, request: &CompileRequest) -> Result<Profile, Failure> {
        let usage = |message: String| Failure::new(Reason::Program, message);
        let args = self.profiled.as_ref();
        let args = args.ok_or_else(|| usage("Programs are run with --profile only.".to_owned()))?;
        let place = (request.client.clone(), request.pane);
        let number = self.begin(&place);
        let folder = self.scratch.join(format!("profile-{number}"));
        let result = self.wait_for_turn(&place, number).and_then(|_turn| {
            std::fs::create_dir_all(&folder).map_err(|error| usage(error.to_string()))?;
            let started = |group: Group| {
                if !self.state().has_started(&place, number, group) {
                    group.kill();
                }
            };
            self.profile_in(&folder, request, args, &started)
        });
        let _ = std::fs::remove_dir_all(&folder);
        let mut state = self.state();
        let is_wanted = state.is_wanted(&place, number);
        state.forget(&place, number);
        if is_wanted { result } else { Err(replaced()) }
    }

    fn not_inlined(&self, request: &NotInlinedRequest) -> Result<NotInlined, Failure> {
        let mut compile = request.compile.clone();
        compile.configuration.stage = REMARKS.to_owned();
        let kept = self.compiled(&compile)?;
        self.ask(&kept, &Question::NotInlined { symbol: request.symbol.clone() })
    }
}
