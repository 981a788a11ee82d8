//! Typed bodies and the MIR that is built from them.
//!
//! Stage `thir`: rustc's text of each body (`-Zunpretty=thir-flat`) is read and printed again. Stage `built`: MIR is built from
//! what was read, or from what our own stages make (`--from typeck`), and compared with `-Zdump-mir=built`. Stage `mir`: see
//! [`super::elaborated`]. Names in types are compared without the modules that they are in, and
//! without lifetimes; see [`canonical`].

use std::any::Any;
use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use front::Front;
use stages::{Doubt, Resolved, Stages};
use testing::thir_text;
use thir::TypedBody;
use ty::{Arena, DefId};

use super::Args;
use super::compilation::Compilation;
use super::files;

const FOLDER: &str = "target/front-diff-bodies";

/// With which rustc writes bodies, not optimised, and dumps them as they were built.
const OPTIONS: [&str; 6] = [
    "--emit=metadata",
    "-Zalways-encode-mir",
    "-Zmir-opt-level=0",
    "-Zub-checks=no",
    "-Ztrim-diagnostic-paths=no",
    "-Zdump-mir=built",
];

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Thir,
    Built,
    Mir,
}

/// What came out for a body.
pub enum Outcome {
    Equal,
    Doubt(String),
    /// rustc has not written its MIR: there is nothing to compare with.
    Apart,
    /// Both texts.
    Different(String, String),
}

struct Body {
    path: String,
    outcome: Outcome,
}

/// Compares the bodies of all files that are crates by themselves, or of all crates that cargo compiles for packages.
pub fn run(args: &Args, stage: Stage) -> Result<bool, String> {
    let mut crates = Vec::new();
    if args.cargo {
        for package in &args.paths {
            crates.extend(super::cargo::compilations(package)?.into_iter().filter(|found| !found.is_proc_macro));
        }
    } else {
        let edition = args.edition.parse().map_err(|()| format!("there is no edition `{}`", args.edition))?;
        let files = files::collect(&args.paths, edition)?;
        crates.extend(files.iter().map(|file| Compilation::of_file(&file.path, file.edition)));
    }
    let (next, results, refused) = (AtomicUsize::new(0), Mutex::new(Vec::new()), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..args.jobs {
            let work = || {
                while let Some(found) = crates.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let bodies = match std::panic::catch_unwind(|| examine(found, stage, Path::new(FOLDER), args)) {
                        Ok(Ok(Some(bodies))) => bodies,
                        Ok(Ok(None)) => {
                            refused.fetch_add(1, Ordering::Relaxed);
                            continue;
                        }
                        Ok(Err(error)) => vec![whole(found, format!("crate: {error}"))],
                        Err(payload) => vec![whole(found, format!("crash: {}", message(&*payload)))],
                    };
                    results.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).extend(bodies);
                }
            };
            // Types nest as deep as the solver likes.
            let _ = std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, work);
        }
    });
    let results = results.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    let refused = refused.into_inner();
    report(results, args)?;
    println!("{} crates, {refused} not compiled by rustc alone", crates.len());
    Ok(true)
}

/// What is said of a crate as a whole.
fn whole(found: &Compilation, doubt: String) -> Body {
    Body { path: found.path.display().to_string(), outcome: Outcome::Doubt(doubt) }
}

/// What a panic says.
fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(error) = payload.downcast_ref::<ty::MetadataError>() {
        return format!("{}: {}", error.path.display(), error.message);
    }
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or_default().to_owned()
}

fn report(mut results: Vec<Body>, args: &Args) -> Result<(), String> {
    results.sort_by(|a, b| a.path.cmp(&b.path));
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut equal, mut doubts, mut different, mut apart) = (0, 0, 0, 0);
    for Body { path, outcome } in &results {
        match outcome {
            Outcome::Equal => equal += 1,
            Outcome::Apart => apart += 1,
            Outcome::Doubt(text) => {
                doubts += 1;
                let construct = text.split([':', '`']).next().unwrap_or_default().trim();
                groups.entry(format!("doubt, {construct}")).or_default().push(format!("{path}: {text}"));
            }
            Outcome::Different(ours, rustcs) => {
                different += 1;
                let mut lines = ours.lines().zip(rustcs.lines());
                let (our, their) = lines.find(|(a, b)| a != b).unwrap_or(("<end>", "<end>"));
                let words = |line: &str| {
                    let word = line.trim().split([' ', '(']).next().unwrap_or_default();
                    word.chars().filter(|c| !c.is_ascii_digit()).collect::<String>()
                };
                let group = format!("different, `{}` for `{}`", words(our), words(their));
                let text = format!("{path}:\n      ours:  {our}\n      rustc: {their}");
                groups.entry(group).or_default().push(text);
                if let Some(folder) = &args.diff {
                    let name: String = path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
                    let written = std::fs::create_dir_all(folder)
                        .and_then(|()| std::fs::write(folder.join(format!("{name}.ours")), ours))
                        .and_then(|()| std::fs::write(folder.join(format!("{name}.rustc")), rustcs));
                    written.map_err(|error| format!("{}: {error}", folder.display()))?;
                }
            }
        }
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, texts)| std::cmp::Reverse(texts.len()));
    for (group, texts) in &groups {
        println!("{} × {group}", texts.len());
        for text in texts.iter().take(args.show) {
            println!("    {text}");
        }
    }
    let compared = equal + doubts + different;
    let share = 100.0 * f64::from(equal) / f64::from(compared.max(1));
    println!("{equal} of {compared} bodies equal ({share:.2} %), {doubts} doubted, {different} different");
    println!("{apart} bodies of which rustc wrote no MIR");
    Ok(())
}

/// rustc's results for a crate: its metadata, its typed bodies, and the folder with the dumps.
struct Made {
    metadata: PathBuf,
    text: String,
    folder: PathBuf,
}

/// Nothing where rustc does not compile the crate by itself.
fn make(found: &Compilation, kept: &Path) -> Result<Option<Made>, String> {
    let path = found.folder.join(&found.path);
    let source = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut hasher = DefaultHasher::new();
    (&source, found.edition, &found.path, "1.95.0", OPTIONS).hash(&mut hasher);
    if found.variables.is_some() {
        found.args.hash(&mut hasher);
    }
    let folder = std::env::current_dir().unwrap_or_default().join(kept).join(format!("{:016x}", hasher.finish()));
    let (metadata, text_file) = (folder.join("libbodies.rmeta"), folder.join("thir.txt"));
    let failed = folder.join("failed");
    if failed.exists() {
        return Ok(None);
    }
    if let Ok(text) = std::fs::read_to_string(&text_file) {
        return Ok(Some(Made { metadata, text, folder }));
    }
    let fail = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::create_dir_all(&folder).map_err(fail)?;
    let rustc = || {
        let mut command = Command::new("rustc");
        if let Some(variables) = &found.variables {
            command.env_clear().envs(variables).current_dir(&found.folder);
        }
        // Programs have no metadata, so all are made as libraries.
        let args = found.args.iter().map(|arg| if arg == "bin" { "lib" } else { arg });
        command.env("RUSTC_BOOTSTRAP", "1").arg("-Awarnings").args(args);
        command
    };
    let printed = rustc().args(["-Zunpretty=thir-flat", "-Zverbose-internals"]).output().map_err(fail)?;
    let dumped = rustc()
        .args(OPTIONS)
        .arg(format!("-Zdump-mir-dir={}", folder.display()))
        .arg("-o")
        .arg(&metadata)
        .output()
        .map_err(fail)?;
    if !printed.status.success() || !dumped.status.success() {
        std::fs::write(&failed, dumped.stderr).map_err(fail)?;
        return Ok(None);
    }
    let text = String::from_utf8(printed.stdout).map_err(|_| "rustc printed no UTF-8".to_owned())?;
    std::fs::write(&text_file, &text).map_err(fail)?;
    Ok(Some(Made { metadata, text, folder }))
}

/// Nothing where rustc does not compile the crate by itself.
fn examine(found: &Compilation, stage: Stage, kept: &Path, args: &Args) -> Result<Option<Vec<Body>>, String> {
    let Some(made) = make(found, kept)? else { return Ok(None) };
    let arena = Arena::new();
    let locator = found.locator(testing::sysroot_lib());
    let options = ty::SessionOptions { ub_checks: false, ..testing::session_options() };
    let front = Front::open(&arena, testing::inputs(&made.metadata, &locator, options));
    let front = front.map_err(|error| error.to_string())?;
    let program = testing::Program::from(front);
    let (mut read, lookup) = thir_text::read_crate(&program, super::types::number(found.edition), &made.text);
    if let (true, Some(toolchain)) = (args.from_typeck, &args.expand) {
        let krate = found.to_crate(toolchain);
        let stages = Resolved::new(&krate, &front).and_then(|resolved| Stages::new(front, resolved));
        let mut ours = stages.as_ref().map(typed).map_err(describe);
        for read in &mut read {
            read.body = match &mut ours {
                Ok(ours) => ours.remove(&read.def_id).unwrap_or_else(|| Err("no body was made".to_owned())),
                Err(doubt) => Err(doubt.clone()),
            };
        }
    }
    let solve = solve::Session::start(program.tcx, program.bodies).map_err(|doubt| doubt.to_string())?;
    let cx = build::BuildCx { traits: program.traits, solve };
    let mut bodies = Vec::new();
    for thir_text::Read { name, text, body, .. } in &read {
        let outcome = match (body, stage) {
            (Err(message), _) if args.from_typeck => Outcome::Doubt(message.clone()),
            (Err(message), _) => Outcome::Doubt(format!("text: {message}")),
            (Ok(body), Stage::Thir) => {
                let ours = thir::print::print(&body.thir, &lookup);
                if ours == without_memory(text) { Outcome::Equal } else { Outcome::Different(ours, text.clone()) }
            }
            (Ok(body), Stage::Mir) => super::elaborated::examine(&program, cx, body),
            (Ok(body), Stage::Built) => match dump(&made.folder, name) {
                None => Outcome::Apart,
                Some(expected) => match build::build(cx, body) {
                    Err(doubt) => Outcome::Doubt(doubt.to_string()),
                    Ok(built) => {
                        let header =
                            if matches!(body.thir.body_type, thir::BodyTy::Fn(_)) { "fn f" } else { "const C" };
                        let ours = canonical(&build::pretty::body_to_string(program.tcx, header, &built));
                        let expected = canonical(&expected);
                        let (ours, expected) = match args.from_typeck {
                            true => without_user_types(&ours, &expected),
                            false => (ours, expected),
                        };
                        if ours == expected { Outcome::Equal } else { Outcome::Different(ours, expected) }
                    }
                },
            },
        };
        bodies.push(Body { path: format!("{}: {name}", found.path.display()), outcome });
    }
    Ok(Some(bodies))
}

/// All typed bodies that we make.
fn typed<'tcx>(stages: &Stages<'tcx>) -> BTreeMap<DefId, Result<TypedBody<'tcx>, String>> {
    let doubts = stages.resolved().doubts.iter();
    let mut all: BTreeMap<_, _> = doubts.map(|(def_id, doubt)| (*def_id, Err(describe(doubt)))).collect();
    for (owner, hir) in &stages.resolved().bodies {
        match stages.typed(*owner) {
            Some(Ok(bodies)) => all.extend(bodies.into_iter().map(|body| (body.def_id, Ok(body)))),
            Some(Err(doubt)) => {
                let parts = [*owner].into_iter().chain(super::types::closures(hir));
                all.extend(parts.map(|part| (part, Err(describe(&doubt)))));
            }
            None => {}
        }
    }
    all
}

/// The construct first: reports group by it.
fn describe(doubt: &Doubt) -> String {
    let Doubt { stage, construct, message, place } = doubt;
    format!("{construct} ({}): {}: {message}", stage.name(), place.as_deref().unwrap_or_default())
}

/// The number of memory is not the body's own.
fn without_memory(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        match line.split_once("alloc_id: ") {
            Some((before, _)) => lines.push(format!("{before}alloc_id: alloc,")),
            None => lines.push(line.to_owned()),
        }
    }
    lines.join("\n")
}

/// rustc's text of a body right after building.
fn dump(folder: &Path, name: &str) -> Option<String> {
    let path = name.strip_suffix(')')?.split_once(" ~ ")?.1;
    let (krate, path) = path.split_once('[')?;
    let path = path.split_once("]::")?.1.replace("::", "-");
    std::fs::read_to_string(folder.join(format!("{krate}.{path}.1-1-000.built.after.mir"))).ok()
}

/// Both texts without what only our own typed bodies lack: types as the user wrote them, and the scopes that rustc has for
/// these.
fn without_user_types(ours: &str, rustcs: &str) -> (String, String) {
    let (ours, rustcs) = (without_empty_scopes(ours), without_empty_scopes(rustcs));
    // Hints are there where a lint asks for them.
    let is_code = |line: &&str| !line.contains("AscribeUserType") && !line.contains("BackwardIncompatibleDropHint");
    let mut lines = ours.lines().filter(is_code);
    let mut out = (String::new(), String::new());
    for theirs in rustcs.lines().filter(is_code) {
        let our = lines.next();
        let is_annotated = theirs.contains("UserType(") || theirs.contains("UserTypeProjection");
        let cut = |line: &'_ str| match line.split_once(": ").filter(|_| is_annotated) {
            Some((before, _)) => format!("{before}\n"),
            None => format!("{line}\n"),
        };
        out.0 += &our.map(cut).unwrap_or_default();
        out.1 += &cut(theirs);
    }
    out.0.extend(lines);
    out
}

/// A text whose scopes have no numbers, and at least one variable each.
fn without_empty_scopes(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines() {
        let is_scope = |line: &&str| line.trim_start().starts_with("scope ");
        if line.trim() == "}" && lines.last().is_some_and(is_scope) {
            lines.pop();
        } else {
            lines.push(line);
        }
    }
    let unnumbered = lines.iter().map(|line| match line.trim_start().starts_with("scope ") {
        true => line.trim_end_matches([' ', '{']).trim_end_matches(|c: char| c.is_ascii_digit()),
        false => line,
    });
    unnumbered.collect::<Vec<_>>().join("\n")
}

/// A text whose names are comparable: no modules, no lifetimes, no numbers of memory, closures without places, bounds of
/// trait objects and opaque types left out.
fn canonical(text: &str) -> String {
    let mut out = Vec::new();
    let mut lines = text.lines().skip_while(|line| line.is_empty() || line.starts_with("//") || line.starts_with('|'));
    if let Some(line) = lines.next() {
        let is_function = line.starts_with("fn ");
        let line = line_without_names(line.trim_end_matches(" {"));
        let start = line.find("(_1: ").or_else(|| line.find("() ->")).filter(|_| is_function);
        out.push(start.map_or("const", |at| &line[at..]).to_owned());
    }
    // What a coroutine yields is told in lines of their own.
    let mut lines = lines.skip_while(|line| line.trim_start().starts_with("yields") || line.trim() == "{");
    for line in lines.by_ref() {
        out.push(line_without_names(line));
        if line == "}" {
            break;
        }
    }
    out.join("\n")
}

fn line_without_names(line: &str) -> String {
    let mut text = function_items(&self_arguments(&bounds(&closures(&binders(&paths(&extremes(line)))))));
    for (start, end, to) in [("{static ", ": ", "{alloc: "), ("(Some(DefId(", "))), ", "(closure), ")] {
        if let Some(at) = text.find(start)
            && let Some(length) = text[at..].find(end)
        {
            text.replace_range(at..at + length + end.len(), to);
        }
    }
    for (from, to) in [
        ("'_, ", ""),
        ("::<'_>", ""),
        ("<'_>", ""),
        ("&'_ ", "&"),
        ("&'static ", "&"),
        ("'static, ", ""),
        ("<'static>", ""),
        (", Implicit)", ")"),
        (", AsCast)", ")"),
        ("(Safe)", ""),
        ("<impl ", "<"),
        ("_f64", "f64"),
        ("_f32", "f32"),
        // Arguments that are the defaults.
        (", Global", ""),
        (", RandomState", ""),
        (", ()>", ">"),
        (", !>", ">"),
        (" { is_unsafe: false }", ""),
        (" { is_unsafe: true }", "(Unsafe)"),
        (".0f64", "f64"),
        (".0f32", "f32"),
        ("&fake shallow ", "&fake "),
        ("(dyn)", "dyn"),
        ("fn item {", "{"),
    ] {
        text = text.replace(from, to);
    }
    text
}

/// `<T as Trait<T>>` is `<T as Trait>` where that is the default, and nobody sees where it is not.
fn self_arguments(line: &str) -> String {
    let mut text = line.to_owned();
    let mut from = 0;
    while let Some(at) = text[from..].find(" as ").map(|at| at + from) {
        from = at + 4;
        // The type before, back to the bracket that it is in.
        let mut depth = 0;
        let start = text[..at].char_indices().rev().find(|&(_, c)| {
            match c {
                '>' | ')' | ']' => depth += 1,
                '<' | '(' | '[' if depth == 0 => return true,
                '<' | '(' | '[' => depth -= 1,
                _ => {}
            }
            false
        });
        let Some((start, '<')) = start else { continue };
        let argument = format!("<{}>>", &text[start + 1..at]);
        let rest = &text[from..];
        let name = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        if rest[name..].starts_with(&argument) {
            text.replace_range(from + name..from + name + argument.len() - 1, "");
        }
    }
    text
}

/// Leaves out the bounds of opaque types and trait objects: they have an order, and defaults, of their own.
fn bounds(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = ["impl ", "dyn "].iter().filter_map(|word| rest.find(word)).min() {
        let word = if rest[at..].starts_with("impl ") { "impl" } else { "dyn" };
        let follows_bracket = rest[..at].ends_with('<');
        let bound = &rest[at + word.len()..];
        let mut depth = 0;
        let end = bound.char_indices().find(|&(at, c)| {
            match c {
                '>' if bound[..at].ends_with(['-', '=']) => {}
                '>' | ')' | ']' | '}' | ',' | ';' if depth == 0 => return true,
                '>' | ')' | ']' | '}' => depth -= 1,
                '<' | '(' | '[' | '{' => depth += 1,
                ' ' if depth == 0 && bound[at..].starts_with(" as ") => return true,
                _ => {}
            }
            false
        });
        let end = end.map_or(bound.len(), |(at, _)| at);
        // The header of an impl is no bound.
        if word == "impl" && follows_bracket && bound[end..].starts_with('>') {
            out.push_str(&rest[..at + word.len() + 1]);
            rest = &bound[1..];
            continue;
        }
        out.push_str(&rest[..at + word.len()]);
        rest = &bound[end..];
    }
    out.push_str(rest);
    out
}

/// Leaves out `for<'a>`, and writes slices in constants as we do.
fn binders(line: &str) -> String {
    let mut text = line.to_owned();
    while let Some(at) = text.find("for<'_") {
        let Some(length) = text[at..].find("> ") else { break };
        text.replace_range(at..at + length + 2, "");
    }
    if let Some(at) = text.find("Slice { alloc_id: alloc, meta: ")
        && let Some(length) = text[at..].find(" }: ")
        && let Some(end) = text[at..].find(['.', ';'])
    {
        let (number, ty) = (&text[at + 31..at + length], &text[at + length + 4..at + end]);
        let slice = format!("{{alloc, {number}: {ty}}}");
        text.replace_range(at..at + end, &slice);
    }
    text
}

/// The type of a function is its path; rustc writes the signature before that.
fn function_items(line: &str) -> String {
    let mut text = line.to_owned();
    let mut from = 0;
    while let Some(at) = text[from..].find("fn(").map(|at| at + from) {
        from = at + 3;
        let mut depth = 0;
        let end = text[at + 2..].char_indices().find(|&(position, c)| {
            match c {
                '>' if text[at + 2..][..position].ends_with(['-', '=']) => {}
                '{' if depth == 0 => return true,
                '>' | ')' | ']' | '}' if depth == 0 => return true,
                ',' | ';' if depth == 0 => return true,
                '(' | '[' | '{' | '<' => depth += 1,
                '>' | ')' | ']' | '}' => depth -= 1,
                _ => {}
            }
            false
        });
        if let Some((end, '{')) = end {
            let mut start = at;
            for word in ["\"Rust\" ", "extern \"C\" ", "unsafe ", "for "] {
                if text[..start].ends_with(word) {
                    start -= word.len();
                }
            }
            text.replace_range(start..at + 2 + end, "");
            from = start + 1;
        }
    }
    text
}

/// The least and greatest integers have names.
fn extremes(line: &str) -> String {
    let mut text = line.to_owned();
    let sizes = [("8", 8), ("16", 16), ("32", 32), ("64", 64), ("128", 128), ("size", 64)];
    for (name, bits) in sizes {
        let max = u128::MAX >> (128 - bits);
        let (signed_max, signed_min) = (max >> 1, i128::MIN >> (128 - bits));
        text = text.replace(&format!("const {signed_min}_i{name}"), "const MIN");
        text = text.replace(&format!("const {signed_max}_i{name}"), "const MAX");
        text = text.replace(&format!("const {max}_u{name}"), "const MAX");
    }
    text
}

/// Replaces closures by what does not depend on where they are, and fields of them by their order.
fn closures(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('{') {
        let (before, group) = rest.split_at(start);
        out.push_str(before);
        let mut depth = 0;
        let end = group.char_indices().find(|&(_, c)| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0
        });
        let end = end.map_or(group.len(), |(at, _)| at + 1);
        let inner = &group[..end];
        let starts = ["{closure#", "{{closure#", "{coroutine", "{async", "{gen", "{{opaque#"];
        let is_name =
            inner.contains('@') && !inner.contains('"') || starts.iter().any(|start| inner.starts_with(start));
        // A closure by its path.
        let last = inner.strip_suffix("}}").and_then(|it| it.rsplit_once("{closure#"));
        let is_path = inner.starts_with('{')
            && last.is_some_and(|(_, number)| number.chars().all(|c| c.is_ascii_digit()))
            && !inner.contains('"');
        let is_name = is_name || is_path;
        if !is_name {
            out.push('{');
            rest = &group[1..];
            continue;
        }
        out.push_str("{closure}");
        rest = &group[end..];
        // The fields of a closure that is made.
        if let Some(fields) = rest.strip_prefix(" { ")
            && let Some((fields, after)) = fields.split_once(" }")
        {
            let values: Vec<_> =
                fields.split(", ").map(|field| field.split_once(": ").map_or(field, |(_, value)| value)).collect();
            out.push_str(&format!("({})", values.join(", ")));
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// Leaves out modules and crates in paths, and numbers of memory.
fn paths(line: &str) -> String {
    let mut out = String::new();
    let chars: Vec<char> = line.chars().collect();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        if c == '"' {
            // Strings stay as they are.
            out.push(c);
            at += 1;
            while at < chars.len() {
                out.push(chars[at]);
                at += 1;
                if chars[at - 1] == '\\' && at < chars.len() {
                    out.push(chars[at]);
                    at += 1;
                } else if chars[at - 1] == '"' {
                    break;
                }
            }
            continue;
        }
        if c == '\'' && chars.get(at + 2) != Some(&'\'') && chars.get(at + 1).is_some_and(|&c| is_word(c)) {
            // A lifetime.
            out.push_str("'_");
            at += 1;
            while at < chars.len() && is_word(chars[at]) {
                at += 1;
            }
            continue;
        }
        if !is_word(c) {
            out.push(c);
            at += 1;
            continue;
        }
        let start = at;
        while at < chars.len() && is_word(chars[at]) {
            at += 1;
        }
        let word: String = chars[start..at].iter().collect();
        let is_step = chars.get(at) == Some(&':')
            && chars.get(at + 1) == Some(&':')
            && chars.get(at + 2).is_some_and(|&c| is_word(c) || c == '<' || c == '{')
            && word.chars().next().is_some_and(|c| c.is_lowercase() || c == '_');
        let is_turbofish = chars.get(at + 2) == Some(&'<');
        if is_step && (!is_turbofish || chars.get(at + 3) == Some(&'i')) {
            at += 2;
            continue;
        }
        let is_memory = word.strip_prefix("alloc").is_some_and(|digits| digits.parse::<u32>().is_ok());
        out.push_str(if is_memory { "alloc" } else { &word });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use syntax::span::Edition;

    /// Whether each body that is read from rustc's text becomes the MIR that rustc writes.
    fn check(edition: Edition, source: &str, other: Option<(&str, &str)>) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("snippet.rs");
        std::fs::write(&file, source).expect("the snippet is written");
        let mut found = Compilation::of_file(&file, edition);
        if let Some((name, source)) = other {
            let (file, metadata) = (folder.path().join("other.rs"), folder.path().join(format!("lib{name}.rmeta")));
            std::fs::write(&file, source).expect("the other crate is written");
            let mut rustc = Command::new("rustc");
            rustc.args(["--crate-type=lib", "--emit=metadata", "--crate-name", name, "-o"]).arg(&metadata).arg(&file);
            assert!(rustc.status().expect("rustc starts").success());
            found.args.extend(["--extern".to_owned(), format!("{name}={}", metadata.display())]);
            found.externs.insert(name.to_owned(), vec![metadata]);
            found.search_dirs.push(folder.path().to_owned());
        }
        let args = ["--stage", "mir", "snippet.rs"].map(str::to_owned).into_iter();
        let args = super::super::parse(args).expect("they are right").expect("they are not for help");
        let run = || examine(&found, Stage::Mir, folder.path(), &args);
        let bodies = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, run);
            thread.expect("a thread starts").join().expect("no panic")
        });
        for Body { path, outcome } in bodies.expect("it opens").expect("rustc compiles it") {
            match outcome {
                Outcome::Equal | Outcome::Apart => {}
                Outcome::Doubt(doubt) => panic!("{path}: {doubt}"),
                Outcome::Different(ours, rustcs) => assert_eq!(ours, rustcs, "{path}"),
            }
        }
    }

    #[test]
    fn derives_are_of_the_edition_of_std() {
        check(Edition::E2021, "#[derive(Hash, PartialEq, PartialOrd)]\npub struct Id(u32);\n", None);
    }

    #[test]
    fn references_and_names_in_patterns() {
        let source = "\
pub fn lhs(x: &mut Option<u8>) -> u8 {
    let mut lhs = 1;
    if let Some(ref mut lhs) = x {
        *lhs += 1;
    }
    lhs += 1;
    lhs
}
pub fn text(parts: &[Option<String>]) -> usize {
    let Some(Some(ref part)) = parts.first() else { return 0 };
    part.len()
}
pub struct Pair(u8, u8);
fn pair(of: &mut [Pair]) -> &mut Pair { &mut of[0] }
pub fn swap(of: &mut [Pair]) {
    let &mut Pair(ref mut a, ref mut b) = pair(of);
    core::mem::swap(a, b);
}
";
        check(Edition::E2021, source, None);
    }

    #[test]
    fn types_in_functions_of_impls() {
        let source = "\
pub struct Shown<T>(pub T);
impl<T: core::fmt::Debug> core::fmt::Debug for Shown<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        struct Key<'a, U>(&'a U);
        impl<'a, U: core::fmt::Debug> core::fmt::Debug for Key<'a, U> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.fmt(f)
            }
        }
        let key = Key(&self.0);
        key.fmt(f)
    }
}
";
        check(Edition::E2021, source, None);
    }

    #[test]
    fn abis() {
        check(Edition::E2021, "pub fn call(f: extern \"efiapi\" fn(), g: extern \"C\" fn()) { f(); g() }\n", None);
    }

    /// What drops temporaries of an asynchronous function's body is in the context of a desugaring.
    #[test]
    fn temporaries_of_asynchronous_functions() {
        let source = "\
async fn wait(x: &u8) -> u8 { *x }
fn number() -> u8 { 1 }
pub async fn twice() -> u8 {
    wait(&number()).await;
    wait(&number()).await
}
";
        check(Edition::E2018, source, None);
    }

    /// std has a crate of this name, too.
    #[test]
    fn crates_of_the_same_name() {
        let other = "pub struct Other(u8);\npub fn same(x: Other) -> Other { x }\n";
        let source = "pub fn same(x: hashbrown::Other) -> hashbrown::Other { hashbrown::same(x) }\n";
        check(Edition::E2021, source, Some(("hashbrown", other)));
    }
}
