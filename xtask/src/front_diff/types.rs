//! Stage `types`: typed bodies against those that rustc prints with `-Zunpretty=thir-flat`.
//!
//! rustc's are read into the same data as ours, and both are written as trees ([`thir::tree`]).

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use hir::body::Hir;
use hir::text;
use stages::{Resolved, Stages};
use syntax::span::Edition;
use testing::thir_text::read_crate;
use ty::DefId;

use super::Toolchain;
use super::compilation::{Compilation, open};
use super::hir::{Examined, Outcome, emit_and_print, first_difference, write_diff};

/// Compares a crate's typed bodies.
pub fn examine(compilation: &Compilation, toolchain: &Toolchain, diff: Option<&Path>) -> Result<Examined, String> {
    stages::with_stack(|| examine_here(compilation, toolchain, diff))
        .unwrap_or_else(|doubt| Err(format!("{}: {doubt}", compilation.path.display())))
}

fn examine_here(compilation: &Compilation, toolchain: &Toolchain, diff: Option<&Path>) -> Result<Examined, String> {
    let mut result = Examined { name: compilation.path.display().to_string(), ..Examined::default() };
    if compilation.is_proc_macro {
        result.failed = Some(("left out".to_owned(), "a crate of procedural macros".to_owned()));
        return Ok(result);
    }
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let metadata = scratch.path().join("libcompared.rmeta");
    let dump_args = ["-Zunpretty=thir-flat", "-Zverbose-internals"];
    let Some(dump) = emit_and_print(compilation, &metadata, &["-Zalways-encode-mir"], &dump_args)? else {
        result.failed = Some(("not compiled by rustc".to_owned(), String::new()));
        return Ok(result);
    };
    let arena = ty::Arena::new();
    let krate = compilation.to_crate(toolchain);
    let front = open(&arena, &metadata, &krate)?;
    let stages = match Resolved::new(&krate, &front).and_then(|resolved| Stages::new(front, resolved)) {
        Ok(stages) => stages,
        Err(doubt) => {
            result.failed = Some((doubt.construct, doubt.message));
            return Ok(result);
        }
    };
    let program = testing::Program::from(front);
    let (expected, lookup) = read_crate(&program, number(compilation.edition), &dump);
    let mut expected: BTreeMap<DefId, _> = expected.into_iter().map(|read| (read.def_id, read)).collect();
    let (session, sources) = (front.session, &stages.resolved().sources);
    let ours_at = |span| match stages.lines_and_columns(span) {
        Some([(line, column), (end_line, end_column)]) => format!("{line}:{column}: {end_line}:{end_column}"),
        None => "elsewhere".to_owned(),
    };
    let names: &dyn thir::print::Names<'_> = &lookup;
    let rustcs_at = |span| describe_rustcs(&names.span(span), sources);
    let start = Instant::now();
    for (def_id, doubt) in &stages.resolved().doubts {
        if expected.remove(def_id).is_some() {
            let outcome = Outcome::Doubt(format!("names: {}", doubt.construct), doubt.message.clone());
            result.bodies.push((text::def_path(session, *def_id), outcome));
        }
    }
    for (owner, hir) in &stages.resolved().bodies {
        let bodies = match stages.typed(*owner).unwrap_or_else(|| Ok(Vec::new())) {
            Ok(bodies) => bodies,
            Err(doubt) => {
                let message = format!("{}: {}", doubt.place.as_deref().unwrap_or_default(), doubt.message);
                for def_id in [*owner].into_iter().chain(closures(hir)) {
                    if expected.remove(&def_id).is_some() {
                        let outcome = Outcome::Doubt(doubt.construct.clone(), message.clone());
                        result.bodies.push((text::def_path(session, def_id), outcome));
                    }
                }
                continue;
            }
        };
        for body in bodies {
            let path = text::def_path(session, body.def_id);
            let outcome = match expected.remove(&body.def_id).map(|read| read.body) {
                None => Outcome::Extra,
                Some(Err(message)) => Outcome::Doubt("rustc's text is not understood".to_owned(), message),
                Some(Ok(theirs)) => {
                    let ours = thir::tree::print(front.tcx, &body, &ours_at);
                    let rustcs = thir::tree::print(front.tcx, &theirs, &rustcs_at);
                    if ours != rustcs
                        && let Some(folder) = diff
                    {
                        write_diff(folder, &path, &ours, &rustcs);
                    }
                    match first_difference(&ours, &rustcs) {
                        None => Outcome::Equal,
                        Some((ours, rustcs)) => Outcome::Different(ours, rustcs),
                    }
                }
            };
            result.bodies.push((path, outcome));
        }
    }
    for read in expected.into_values() {
        let outcome = Outcome::Doubt("names: missing".to_owned(), "no body was made".to_owned());
        result.bodies.push((read.name, outcome));
    }
    result.ours = start.elapsed();
    Ok(result)
}

/// An edition as its year.
pub(super) fn number(edition: Edition) -> u16 {
    match edition {
        Edition::E2015 => 2015,
        Edition::E2018 => 2018,
        Edition::E2021 => 2021,
        Edition::E2024 => 2024,
    }
}

/// The closures and inline constants in a body.
pub(super) fn closures(hir: &Hir) -> Vec<DefId> {
    let of = |expr: &hir::expr::Expr| match &expr.kind {
        hir::expr::ExprKind::Closure(closure) => Some(closure.def_id),
        hir::expr::ExprKind::ConstBlock(block) => Some(block.def_id),
        _ => None,
    };
    hir.exprs.iter().filter_map(of).collect()
}

/// `a.rs:1:2: 3:4 (#5)` without file and context, if the file is the crate's.
fn describe_rustcs(text: &str, sources: &expand::sources::Sources) -> String {
    let place = text.split(" (#").next().unwrap_or_default();
    let mut parts: Vec<&str> = place.rsplitn(5, ':').collect();
    let file = parts.pop().unwrap_or_default();
    if !sources.files().iter().any(|known| &*known.name == file) {
        return "elsewhere".to_owned();
    }
    parts.reverse();
    parts.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_diff::files;

    /// How many bodies of `tests/run-pass` are equal. More is better: raise it then.
    const EQUAL: usize = 831;

    #[test]
    fn programs_have_the_types_that_rustc_finds() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/run-pass");
        let files = files::collect(&[folder], Edition::E2024).expect("the programs are there");
        let toolchain = Toolchain::find().expect("rustc answers");
        let (mut equal, mut different) = (0, Vec::new());
        for file in files {
            let compilation = Compilation::of_file(&file.path, file.edition);
            let examined = examine(&compilation, &toolchain, None).expect("rustc compiles them");
            for (path, outcome) in examined.bodies {
                match outcome {
                    Outcome::Equal | Outcome::Places(..) => equal += 1,
                    Outcome::Different(ours, rustcs) => different.push(format!("{path}: {ours} / {rustcs}")),
                    Outcome::Doubt(..) | Outcome::Extra => {}
                }
            }
        }
        assert!(different.is_empty(), "{}", different.join("\n"));
        assert!(equal >= EQUAL, "{equal} bodies are equal, no longer {EQUAL}");
    }
}
