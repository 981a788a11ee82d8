//! `bessemer backends` and `bessemer doctor`.

use crate::{output, show};
use driver::{Backends, Toolchain};
use std::process::ExitCode;

/// Lists the back ends.
pub fn backends(backends: &Backends, json: bool) -> ExitCode {
    let mut rows: Vec<_> = backends.iter().map(|it| (it.name().to_owned(), it.capabilities())).collect();
    let mut exit = ExitCode::SUCCESS;
    for (name, program) in backends.programs() {
        match program {
            Ok(choice) => rows.push((name, choice.capabilities().clone())),
            Err(error) => {
                show::say(&format!("error: {error}\n"));
                exit = ExitCode::FAILURE;
            }
        }
    }
    if json {
        let value: Vec<_> = rows
            .iter()
            .map(|(name, it)| {
                serde_json::json!({
                    "name": name,
                    "summary": it.summary,
                    "optimizes": it.optimizes,
                    "compiles_fast": it.compiles_fast,
                    "complete": it.complete,
                    "inline_asm": it.inline_asm,
                    "debug_variables": it.debug_variables,
                    "debug_copies": it.debug_copies,
                    "emits": it.formats.iter().map(|format| &format.name).collect::<Vec<_>>(),
                    "targets": it.triples,
                })
            })
            .collect();
        output::print(&format!("{}\n", serde_json::Value::from(value)));
        return exit;
    }
    let yes = |it| if it { "yes" } else { "no" };
    let mut text = format!("{:<11} {:<10} {:<11} {:<16} about\n", "name", "optimises", "inline asm", "debug variables");
    for (name, it) in rows {
        let [optimizes, asm, variables] = [it.optimizes, it.inline_asm, it.debug_variables].map(yes);
        text += &format!("{name:<11} {optimizes:<10} {asm:<11} {variables:<16} {}\n", it.summary);
    }
    output::print(&text);
    exit
}

struct Finding {
    what: String,
    found: Result<String, String>,
}

/// Checks the environment.
pub fn doctor(backends: &Backends, json: bool) -> ExitCode {
    let mut findings = Vec::new();
    match Toolchain::find(None) {
        Err(error) => findings.push(Finding { what: "toolchain".to_owned(), found: Err(error.to_string()) }),
        Ok(toolchain) => {
            findings.push(Finding { what: "toolchain".to_owned(), found: Ok(toolchain.version.clone()) });
            let lib = toolchain.target_lib_dir();
            let found = if lib.is_dir() {
                Ok(lib.display().to_string())
            } else {
                Err(format!("{} is missing\n  help: reinstall the toolchain", lib.display()))
            };
            findings.push(Finding { what: "standard library".to_owned(), found });
            let found = Ok(match toolchain.lld_dir() {
                Some(lld) => lld.display().to_string(),
                None => "the C compiler's own linker is used (the toolchain brings no rust-lld)".to_owned(),
            });
            findings.push(Finding { what: "linker".to_owned(), found });
            for choice in backends.choices() {
                let found = choice.probe(&toolchain).map_err(|error| error.to_string());
                findings.push(Finding { what: choice.name().to_owned(), found });
            }
            for (name, program) in backends.programs() {
                let found = program.and_then(|choice| choice.probe(&toolchain)).map_err(|error| error.to_string());
                findings.push(Finding { what: name, found });
            }
        }
    }
    let cc = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let found = match std::process::Command::new(&cc).arg("--version").output() {
        Ok(output) if output.status.success() => {
            Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
        }
        Ok(output) => Err(format!("`{cc} --version` failed: {}", output.status)),
        Err(error) => {
            Err(format!("cannot run `{cc}`: {error}\n  help: install a C compiler (gcc or clang), or set CC"))
        }
    };
    findings.push(Finding { what: "C compiler".to_owned(), found });
    let healthy = findings.iter().all(|finding| finding.found.is_ok());
    if json {
        let value: Vec<_> = findings
            .iter()
            .map(|finding| match &finding.found {
                Ok(found) => serde_json::json!({ "what": finding.what, "ok": true, "found": found }),
                Err(error) => serde_json::json!({ "what": finding.what, "ok": false, "error": error }),
            })
            .collect();
        output::print(&format!("{}\n", serde_json::Value::from(value)));
    } else {
        let line = |finding: &Finding| match &finding.found {
            Ok(found) => format!("ok       {:<17} {found}\n", finding.what),
            Err(error) => format!("missing  {:<17} {error}\n", finding.what),
        };
        output::print(&findings.iter().map(line).collect::<String>());
    }
    if healthy { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
