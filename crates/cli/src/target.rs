//! `bessemer target`, and preparing targets where they are used first.

use crate::args::TargetCommand;
use crate::show;
use driver::{Backends, DriverError, Options, Report, Source, StdChoice, Toolchain, caches, targets};
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
            options.panic_abort = panic.as_deref() == Some("abort");
            options.rust_src.clone_from(rust_src);
            match prepare(&options) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => show::error(&error, false, false),
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
                            "panic": it.strategy,
                            "rustc": it.version,
                            "size_bytes": it.size_bytes,
                            "folder": it.folder,
                        })
                    })
                    .collect();
                println!("{}", serde_json::Value::from(value));
                return ExitCode::SUCCESS;
            }
            for it in known {
                let size = caches::display_size(it.size_bytes);
                println!("{:<32} panic={:<8} {size:>10}  {}", it.target, targets::panic_name(it.strategy), it.version);
            }
            ExitCode::SUCCESS
        }
        TargetCommand::Remove { target } => {
            let known: Vec<_> = targets::known(&cache).into_iter().filter(|it| it.target == *target).collect();
            if known.is_empty() {
                let message =
                    format!("nothing is prepared for `{target}`\n  help: `bessemer target list` shows what is");
                return show::error(&DriverError::Usage(message), false, false);
            }
            for it in known {
                if let Err(error) = it.remove() {
                    return show::error(&DriverError::Open(error.to_string()), false, false);
                }
            }
            ExitCode::SUCCESS
        }
    }
}

/// Prepares the target of these options, if it is another than this machine, and says what goes on where that takes long.
pub fn prepare(options: &Options) -> Result<(), DriverError> {
    if options.target.is_none() && options.std == StdChoice::Auto {
        return Ok(());
    }
    let toolchain = Toolchain::find(options.cache.as_deref())?;
    let mut is_begun = false;
    let mut progress = |line: &str| {
        if !is_begun {
            eprintln!("preparing std from its source; this is done once for a target");
            is_begun = true;
        }
        eprintln!("  {line}");
    };
    targets::choose(toolchain, options, &mut Report::default(), &mut progress).map(drop)
}
