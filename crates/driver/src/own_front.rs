//! Our own front end: bodies in place of rustc's, and its stages as text.

use crate::error::{DriverError, ProgramError};
use crate::opening::{locator, session_options};
use crate::options::{EmitKind, FrontEnd, Options};
use crate::report::{BodyCount, Doubted, Report};
use front::{Front, Inputs};
use stages::{Asked, Crate, Doubt, OwnBodies, Resolved, Stage, Stages, text};
use std::collections::BTreeMap;
use std::path::PathBuf;
use toolchain::{Source, Toolchain};
use ty::Arena;

/// A toolchain that writes bodies beside which ours can stand, if ours are wanted.
pub(crate) fn prepare(toolchain: &mut Toolchain, options: &Options) {
    toolchain.without_inlining = options.front_end == FrontEnd::Own;
}

/// The crate that options mean.
fn krate(toolchain: &Toolchain, options: &Options) -> Result<Crate, Doubt> {
    if options.test {
        return Err(Doubt::new(Stage::Source, "tests", "they are compiled in another form than they are written in"));
    }
    let edition = options.edition.parse().map_err(|()| Doubt::new(Stage::Source, "edition", &*options.edition))?;
    let cfg = toolchain.printed_cfg(&options.rustc_args());
    let cfg = cfg.map_err(|error| Doubt::new(Stage::Source, "conditions", error.to_string()))?;
    let (path, text) = match &options.source {
        Source::File(file) => (file.clone(), None),
        // As rustc calls it.
        Source::Text(text) => (PathBuf::from("<anon>"), Some(text.clone())),
    };
    Ok(Crate {
        name: options.crate_name(),
        path,
        text,
        edition,
        cfg: cfg.lines().map(str::to_owned).collect(),
        locator: locator(toolchain, options),
        folder: PathBuf::new(),
        variables: None,
        is_test: false,
        is_proc_macro: false,
    })
}

/// Opens a program whose own bodies we make.
pub(crate) fn open<'tcx>(
    toolchain: &Toolchain,
    options: &Options,
    arena: &'tcx Arena,
    inputs: Inputs<'_>,
    report: &mut Report,
) -> Result<(Front<'tcx>, Option<&'tcx OwnBodies<'tcx>>), front::Error> {
    let mut own = None;
    let front = report.stage("open metadata", |_| {
        Front::open_with(arena, inputs, |session| *own.insert(arena.hold(OwnBodies::new(session))))
    })?;
    if let Some(own) = own {
        report.stage("names (own)", |_| {
            own.begin(front, krate(toolchain, options).and_then(|krate| Resolved::new(&krate, &front)));
        });
    }
    Ok((front, own))
}

/// Notes in the report who made bodies.
pub(crate) fn count(own: Option<&OwnBodies<'_>>, report: &mut Report) {
    let Some(Asked { made, doubts, failed }) = own.map(OwnBodies::asked) else { return };
    let mut groups: BTreeMap<(Stage, String), Doubted> = BTreeMap::new();
    let rustc = doubts.len();
    for doubt in doubts.into_iter().chain(failed) {
        let example = doubt.to_string();
        let group = groups.entry((doubt.stage, doubt.construct.clone())).or_insert_with(|| Doubted {
            stage: doubt.stage.name().to_owned(),
            construct: doubt.construct,
            bodies: 0,
            example,
        });
        group.bodies += 1;
    }
    let mut doubts: Vec<Doubted> = groups.into_values().collect();
    doubts.sort_by_key(|group| std::cmp::Reverse(group.bodies));
    report.bodies = Some(BodyCount { own: made, rustc, doubts });
}

/// The text of a stage that needs no check by rustc.
///
/// # Errors
/// Something in the program is not understood.
pub(crate) fn text(toolchain: &Toolchain, options: &Options, kind: &EmitKind) -> Result<Vec<u8>, DriverError> {
    let krate = krate(toolchain, options);
    let made = krate.and_then(|krate| match kind {
        EmitKind::Tokens => text::tokens(&krate),
        EmitKind::Ast => text::ast(&krate),
        _ => text::expanded(&krate, session_options(toolchain, options)),
    });
    made.map(String::into_bytes).map_err(|doubt| refused(kind, &doubt))
}

/// The text of a stage that makes bodies. The report says which are missing.
///
/// # Errors
/// The program as a whole is not understood.
pub(crate) fn bodies(
    toolchain: &Toolchain,
    options: &Options,
    front: Front<'_>,
    kind: &EmitKind,
    report: &mut Report,
) -> Result<Vec<u8>, DriverError> {
    let made = krate(toolchain, options).and_then(|krate| {
        let resolved = Resolved::new(&krate, &front)?;
        match kind {
            EmitKind::Hir => Ok(text::hir(&resolved, front.session)),
            _ => Stages::new(front, resolved).map(|stages| text::thir(&stages)),
        }
    });
    let listing = made.map_err(|doubt| refused(kind, &doubt))?;
    let missing =
        listing.doubts.iter().map(|doubt| format!("not in the output of the kind `{}`: {doubt}", kind.name()));
    report.missing.extend(missing);
    Ok(listing.text.into_bytes())
}

fn refused(kind: &EmitKind, doubt: &Doubt) -> DriverError {
    let message = format!("there is no output of the kind `{}`: {doubt}", kind.name());
    DriverError::Program(vec![ProgramError { message, ..ProgramError::default() }])
}
