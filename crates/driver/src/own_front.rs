//! Our own front end: bodies in place of rustc's, and its stages as text.

mod libraries;

use crate::error::{DriverError, ProgramError};
use crate::opening::{externs, locator, session_options};
use crate::options::{EmitKind, FrontEnd, Options, search_folder};
use crate::report::{BodyCount, Doubted, Report};
use front::{Front, Inputs};
pub(crate) use libraries::keep;
use stages::{Asked, Crate, Doubt, OwnBodies, Resolved, Stage, Stages, text};
use std::collections::BTreeMap;
use std::path::PathBuf;
use toolchain::{Invocation, Source, Toolchain};
use ty::{Arena, CrateNum};

/// A toolchain that writes bodies beside which ours can stand, if ours are wanted.
pub(crate) fn prepare(toolchain: &mut Toolchain, front_end: FrontEnd) {
    toolchain.without_inlining = front_end == FrontEnd::Own;
}

/// The same toolchain for a front end, for whoever has it from others.
pub(crate) fn prepared(toolchain: &Toolchain, front_end: FrontEnd) -> Toolchain {
    let mut toolchain = toolchain.clone();
    prepare(&mut toolchain, front_end);
    toolchain
}

/// The crate that options mean. A crate of tests is a library for which `#[test]` means something else
/// ([`toolchain::TestSupport`]): what is added to rustc's command line for it says so.
fn krate(toolchain: &Toolchain, options: &Options) -> Result<Crate, Doubt> {
    let edition = options.edition.parse().map_err(|()| Doubt::new(Stage::Source, "edition", &*options.edition))?;
    let cfg = toolchain.printed_cfg(&options.rustc_args());
    let cfg = cfg.map_err(|error| Doubt::new(Stage::Source, "conditions", error.to_string()))?;
    let added = Invocation::parse(options.body_args.iter().cloned());
    let added = added.map_err(|error| Doubt::new(Stage::Source, "arguments", error))?;
    let mut locator = locator(toolchain, options);
    locator.search_dirs.extend(added.search_paths().iter().map(|path| search_folder(path)));
    locator.externs.extend(externs(&added.externs()));
    // As rustc calls what it does not read from a file.
    let anonymous = PathBuf::from("<anon>");
    let (path, text) = match &options.source {
        Source::File(file) if file.as_os_str() == "-" => {
            (anonymous, toolchain.input.as_ref().and_then(|it| std::fs::read(it).ok()))
        }
        Source::File(file) => (file.clone(), None),
        Source::Text(text) => (anonymous, Some(text.clone())),
    };
    Ok(Crate {
        name: options.crate_name(),
        path,
        text,
        edition,
        cfg: cfg.lines().map(str::to_owned).chain(added.cfgs()).collect(),
        locator,
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
            let local = [(CrateNum::LOCAL, krate(toolchain, options))];
            own.begin(front, local.into_iter().chain(libraries::found(toolchain, front.session)));
        });
    }
    Ok((front, own))
}

/// Notes in the report who made bodies.
pub(crate) fn count(own: Option<&OwnBodies<'_>>, report: &mut Report) {
    let Some(Asked { made, crates, doubts }) = own.map(OwnBodies::asked) else { return };
    let mut groups: BTreeMap<(Stage, String), Doubted> = BTreeMap::new();
    let rustc = doubts.len();
    for doubt in doubts {
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
    report.bodies = Some(BodyCount { own: made, rustc, crates, doubts });
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
        EmitKind::ExpandedLines => text::expanded_lines(&krate, session_options(toolchain, options)),
        _ => text::expanded(&krate, session_options(toolchain, options)),
    });
    made.map(String::into_bytes).map_err(|doubt| refused(kind, &doubt))
}

/// The texts of stages that make bodies; `own` has them if bodies are made anyway. The report says which are missing.
///
/// # Errors
/// The program as a whole is not understood.
pub(crate) fn bodies<'tcx>(
    toolchain: &Toolchain,
    options: &Options,
    front: Front<'tcx>,
    own: Option<&'tcx OwnBodies<'tcx>>,
    kinds: &[&EmitKind],
    report: &mut Report,
) -> Result<Vec<Vec<u8>>, DriverError> {
    let made;
    let stages = match own.and_then(OwnBodies::stages) {
        Some(stages) => stages,
        None => {
            let krate = krate(toolchain, options);
            made = krate.and_then(|krate| Stages::new(front, Resolved::new(&krate, &front)?));
            made.as_ref()
        }
    };
    let mut texts = Vec::new();
    for &kind in kinds {
        let stages = stages.map_err(|doubt| refused(kind, doubt))?;
        let listing = match kind {
            EmitKind::Hir => text::hir(stages.resolved(), front.session),
            _ => text::thir(stages),
        };
        let missing =
            listing.doubts.iter().map(|doubt| format!("not in the output of the kind `{}`: {doubt}", kind.name()));
        report.missing.extend(missing);
        texts.push(listing.text.into_bytes());
    }
    Ok(texts)
}

fn refused(kind: &EmitKind, doubt: &Doubt) -> DriverError {
    let message = format!("there is no output of the kind `{}`: {doubt}", kind.name());
    DriverError::Program(vec![ProgramError { message, ..ProgramError::default() }])
}
