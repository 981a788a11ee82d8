//! `bessemer target`, and preparing targets where they are used first.

use crate::args::TargetCommand;
use crate::output;
use crate::show::{self, Style};
use driver::{Backends, DriverError, Options, PanicStrategy, Report, Source, StdChoice, Toolchain, caches, targets};
use std::fmt::Write as _;
use std::process::ExitCode;

/// Prepares, lists or removes targets.
pub fn target(command: &TargetCommand) -> ExitCode {
    let Some(cache) = driver::options::default_cache() else {
        return show::usage(
            "targets are kept in the cache folder: there is no home folder, or BESSEMER_CACHE_DIR is empty",
        );
    };
    match command {
        TargetCommand::Add { target, panic, rust_src } => {
            let mut options = Options::new(Source::Text(Vec::new()), Backends::builtin().best());
            options.target = Some(target.clone());
            options.std = StdChoice::Source;
            options.panic = panic.as_deref().and_then(PanicStrategy::from_name).unwrap_or_default();
            options.rust_src.clone_from(rust_src);
            match prepare(&options, false) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => show::error(&error, Style::default()),
            }
        }
        TargetCommand::List { json } => {
            let known = targets::known(&cache);
            if *json {
                let value: Vec<_> = known
                    .iter()
                    .map(|it| {
                        serde_json::json!({
                            "target": it.target,
                            "panic": it.settings.strategy,
                            "overflow_checks": it.settings.overflow_checks,
                            "debug_assertions": it.settings.debug_assertions,
                            "rustc": it.version,
                            "size_bytes": it.size_bytes,
                            "folder": it.folder,
                        })
                    })
                    .collect();
                return output::print(&format!("{}\n", serde_json::Value::from(value)));
            }
            let mut text = String::new();
            for it in known {
                let (size, settings) = (caches::display_size(it.size_bytes), it.settings.to_string());
                let _ = writeln!(text, "{:<32} {settings:<22} {size:>10}  {}", it.target, it.version);
            }
            output::print(&text)
        }
        TargetCommand::Remove { target } => {
            let known: Vec<_> = targets::known(&cache).into_iter().filter(|it| it.target == *target).collect();
            if known.is_empty() {
                let message =
                    format!("nothing is prepared for `{target}`\n  help: `bessemer target list` shows what is");
                return show::error(&DriverError::Usage(message), Style::default());
            }
            for it in known {
                if let Err(error) = it.remove() {
                    return show::error(&DriverError::Open(error.to_string()), Style::default());
                }
            }
            ExitCode::SUCCESS
        }
    }
}

/// Prepares the target of these options, if it is another than this machine, and says what goes on where that takes long,
/// unless it is to be quiet.
pub fn prepare(options: &Options, quiet: bool) -> Result<(), DriverError> {
    let is_usual = options.std == StdChoice::Auto && options.panic != PanicStrategy::ImmediateAbort;
    if options.target.is_none() && is_usual {
        return Ok(());
    }
    let toolchain = Toolchain::find(options.cache.as_deref())?;
    let mut is_begun = false;
    let mut progress = |line: &str| {
        if quiet {
            return;
        }
        if !is_begun {
            show::say("preparing std from its source; this is done once for a target\n");
            is_begun = true;
        }
        show::say(&format!("  {line}\n"));
    };
    targets::choose(toolchain, options, &mut Report::default(), &mut progress).map(drop)
}
