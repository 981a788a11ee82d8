//! The result of each stage as text for people.

use std::fmt::Write;

use expand::expander::PartPlace;
use hir::text::Places;
use rmeta::Session;
use syntax::span::Editions;
use ty::{DefId, SessionOptions, Span};

use crate::doubt::{Doubt, Stage, guarded};
use crate::krate::Crate;
use crate::resolved::Resolved;
use crate::stages::Stages;

/// The text of many bodies, and why others are not in it.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The bodies that there are.
    pub text: String,
    /// What is missing.
    pub doubts: Vec<Doubt>,
}

/// The tokens of the file with the root module.
///
/// # Errors
/// The file cannot be read, or is not understood.
pub fn tokens(krate: &Crate) -> Result<String, Doubt> {
    parse(krate).map(|parsed| syntax::tree::tokens(&parsed))
}

/// The tree of the file with the root module.
///
/// # Errors
/// The file cannot be read, or is not understood.
pub fn ast(krate: &Crate) -> Result<String, Doubt> {
    let parsed = parse(krate)?;
    guarded(Stage::Syntax, || Ok(syntax::tree::ast(parsed)))
}

/// The whole crate with its macros expanded, as `rustc -Zunpretty=expanded` prints it.
///
/// # Errors
/// The text cannot be read, or something in it is not understood.
pub fn expanded(krate: &Crate, options: SessionOptions) -> Result<String, Doubt> {
    crate::expand(krate, options).map(|expanded| expanded.print())
}

/// The same, in which each line begins with the number of its parts and a tab, and ends with where each comes from, behind tabs:
/// the byte at which the part begins, and `file:line:column`. What a macro has written comes from where the macro is called.
///
/// # Errors
/// The text cannot be read, or something in it is not understood.
pub fn expanded_lines(krate: &Crate, options: SessionOptions) -> Result<String, Doubt> {
    crate::expand(krate, options).map(|expanded| {
        let (text, places) = expanded.print_with_places();
        let mut out = String::new();
        for (line, parts) in text.lines().zip(places) {
            _ = write!(out, "{}\t{line}", parts.len());
            for PartPlace { offset, path, line, column } in parts {
                // As other forms name files.
                let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
                let path = path.display().to_string().replace('\t', " ");
                _ = write!(out, "\t{offset}:{path}:{line}:{}", column + 1);
            }
            out.push('\n');
        }
        out
    })
}

fn parse(krate: &Crate) -> Result<syntax::Parsed, Doubt> {
    let Some(source) = krate.source() else {
        return Err(Doubt::new(Stage::Source, "file", "the file cannot be read, or is not UTF-8"));
    };
    guarded(Stage::Syntax, || {
        syntax::parse(&source, 1, &Editions::new(krate.edition)).map_err(|doubt| {
            let mut sources = expand::sources::Sources::default();
            let name = krate.path.display().to_string();
            // The first text begins at 1.
            let place = sources.add(&krate.path, &name, &syntax::lexer::normalize(&source));
            let place = place.and_then(|_| sources.describe(doubt.span.lo));
            Doubt::new(Stage::Syntax, doubt.construct, doubt.message).at(place)
        })
    })
}

/// The bodies with names resolved. Each line ends with its place, behind a tab.
pub fn hir(resolved: &Resolved, session: &Session<'_>) -> Listing {
    let places = Places::new(&resolved.sources);
    let mut listing = Listing::default();
    for (def_id, body) in &resolved.bodies {
        let path = hir::text::def_path(session, *def_id);
        _ = writeln!(listing.text, "{path}:\n{}", hir::text::print(body, session, Some(&places)));
    }
    listing.doubts = resolved.doubts.iter().map(|(def_id, doubt)| named(session, *def_id, doubt.clone())).collect();
    listing
}

/// The bodies with types.
pub fn thir(stages: &Stages<'_>) -> Listing {
    let (session, resolved) = (stages.session(), stages.resolved());
    let doubts = resolved.doubts.iter().map(|(def_id, doubt)| named(session, *def_id, doubt.clone())).collect();
    let mut listing = Listing { doubts, ..Listing::default() };
    let place = |span| place(stages, span);
    for owner in resolved.bodies.keys() {
        match stages.typed(*owner) {
            None => {}
            Some(Err(doubt)) => listing.doubts.push(named(session, *owner, doubt)),
            Some(Ok(bodies)) => {
                for body in bodies {
                    let path = hir::text::def_path(session, body.def_id);
                    let tree = thir::tree::print(session.tcx, &body, &place);
                    _ = writeln!(listing.text, "{path}:\n{tree}");
                }
            }
        }
    }
    listing
}

/// `line:column-line:column`; `-` for what is not in the crate's own text.
fn place(stages: &Stages<'_>, span: Span) -> String {
    match stages.lines_and_columns(span) {
        Some([(line, column), (end_line, end_column)]) => format!("{line}:{column}-{end_line}:{end_column}"),
        None => "-".to_owned(),
    }
}

fn named(session: &Session<'_>, def_id: DefId, doubt: Doubt) -> Doubt {
    let path = hir::text::def_path(session, def_id);
    let message = if doubt.message.is_empty() { String::new() } else { format!(": {}", doubt.message) };
    Doubt { message: format!("in `{path}`{message}"), ..doubt }
}
