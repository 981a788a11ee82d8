//! The front half, put together around one crate's metadata.

use crate::error::DriverError;
use crate::limits::recursion_limit;
use crate::opening::{locator, session_options};
use crate::options::{FrontEnd, Options};
use crate::own_front;
use crate::report::Report;
use backend::DebugInfo;
use front::{Front, Inputs};
use lower::LowerCx;
use rmeta::Session;
use rustc_hash::FxHashSet;
use stages::OwnBodies;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use toolchain::{Std, Toolchain};
use ty::{Arena, CrateNum, Tcx};

/// An opened program, and what lowers it.
pub struct FrontHalf<'tcx> {
    /// The context of the program's types.
    pub tcx: Tcx<'tcx>,
    /// The crates on disk.
    pub session: &'tcx Session<'tcx>,
    /// std and its parts, compiled or not.
    pub std: FxHashSet<CrateNum>,
    /// What lowers it.
    pub cx: LowerCx<'tcx>,
    /// As it was opened.
    pub opened: Front<'tcx>,
    /// Who makes bodies in place of rustc, if anybody does.
    pub own: Option<&'tcx OwnBodies<'tcx>>,
}

/// Opens a crate's metadata and hands the front half to `f`.
pub fn with_front<T>(
    toolchain: &Toolchain,
    options: &Options,
    metadata: &Path,
    report: &mut Report,
    f: impl for<'tcx> FnOnce(&FrontHalf<'tcx>, &mut Report) -> Result<T, DriverError>,
) -> Result<T, DriverError> {
    let target = &toolchain.target;
    let arena = Arena::new();
    let session = session_options(toolchain, options);
    let locator = locator(toolchain, options);
    let rustc_version = toolchain.version.strip_prefix("rustc ").unwrap_or(&toolchain.version);
    let inputs = Inputs { metadata, locator: &locator, options: session, rustc_version };
    let opened = match options.front_end {
        FrontEnd::Rustc => report.stage("open metadata", |_| Front::open(&arena, inputs)).map(|front| (front, None)),
        FrontEnd::Own => own_front::open(toolchain, options, &arena, inputs, report),
    };
    let (opened, own) = opened.map_err(|error| match error {
        front::Error::Open(error) => DriverError::Open(error.to_string()),
        front::Error::DataLayout(error) => DriverError::Internal(error.to_string()),
    })?;
    let Front { tcx, session, bodies, layouts, traits, eval, mangler } = opened;
    let sysroot = toolchain.target_lib_dir();
    let std: FxHashSet<CrateNum> = session
        .crate_sources()
        .filter(|(_, source)| source.metadata.starts_with(&sysroot))
        .map(|(krate, _)| krate)
        .collect();
    let prebuilt = if toolchain.std == Std::Prebuilt { std.clone() } else { FxHashSet::default() };
    let entry = lower::EntryAbi {
        symbol: target.spec.entry_name.as_str().into(),
        takes_arguments: target.spec.main_needs_argc_argv,
    };
    let lower_options = lower::Options {
        debug: options.debug,
        variables: variables(options),
        std: std.clone(),
        optimize: options.optimizes(),
        linkage: lir::Linkage::Hidden,
        recursion_limit: recursion_limit(tcx, CrateNum::LOCAL.root()),
        prebuilt,
        entry,
    };
    let mut cx = LowerCx::new(tcx, bodies, layouts, traits, eval, mangler, lower_options);
    if options.target_cpu.is_some() || options.target_features.is_some() {
        let (cpu, features) = (options.target_cpu.as_deref(), options.target_features.as_deref());
        let enabled = LazyLock::new(move || toolchain.enabled_features(cpu, features));
        cx.has_feature = Arc::new(move |name| enabled.iter().any(|enabled| enabled == name));
    }
    let front = FrontHalf { tcx, session, std, cx, opened, own };
    let result = f(&front, report);
    options.drop_unless_one_shot(front);
    options.drop_unless_one_shot(arena);
    result
}

/// What debuggers are told of variables.
pub(crate) fn variables(options: &Options) -> lower::Variables {
    let capabilities = options.backend.capabilities();
    match options.debug {
        DebugInfo::Full if !capabilities.debug_variables => lower::Variables::Hidden,
        DebugInfo::Full if !capabilities.debug_copies => lower::Variables::InMemory,
        DebugInfo::Full if options.optimizes() => lower::Variables::AsTheyAre,
        DebugInfo::Full => lower::Variables::Copied,
        DebugInfo::None | DebugInfo::Directives | DebugInfo::Lines | DebugInfo::Limited => lower::Variables::Hidden,
    }
}
