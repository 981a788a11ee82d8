//! `cargo bessemer bloat`.

use crate::args::BloatLook;
use crate::{bloat, show};
use serde_json::Value;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

/// Which sizes are shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BloatRequest {
    look: BloatLook,
    json: bool,
}

/// Reads the arguments of the command. Gives what is to be shown, and the arguments of the build.
///
/// # Errors
/// What is no number.
pub fn split(args: impl IntoIterator<Item = OsString>) -> Result<(BloatRequest, Vec<OsString>), String> {
    let mut request = BloatRequest { look: BloatLook { crates: false, limit: 30 }, json: false };
    let mut rest = Vec::new();
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let text = arg.to_string_lossy().into_owned();
        match &*text {
            "--crates" => request.look.crates = true,
            "--json" => request.json = true,
            "-n" | "--limit" => {
                let value = args.next().unwrap_or_default();
                let number = value.to_str().and_then(|value| value.parse().ok());
                request.look.limit = number.ok_or_else(|| format!("`{text}` needs a number"))?;
            }
            _ => rest.push(arg),
        }
    }
    Ok((request, rest))
}

impl BloatRequest {
    /// Runs the build, and shows the program that it has made.
    pub fn run(&self, mut command: Command) -> ExitCode {
        command.arg("--message-format=json-render-diagnostics").stdout(Stdio::piped());
        let output = match command.spawn().and_then(std::process::Child::wait_with_output) {
            Ok(output) => output,
            Err(error) => return super::fail(&format!("cannot run cargo: {error}")),
        };
        if !output.status.success() {
            return super::exit_code(output.status);
        }
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let values = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let programs: Vec<PathBuf> = values.filter_map(|value| Some(value["executable"].as_str()?.into())).collect();
        match &programs[..] {
            [program] => bloat::show_program(program, &self.look, self.json)
                .unwrap_or_else(|error| show::error(&error, show::Style { json: self.json, ..show::Style::default() })),
            [] => super::usage("no program was built"),
            several => {
                let names = several.iter().filter_map(|program| program.file_name()?.to_str());
                let names: Vec<&str> = names.collect();
                super::usage(&format!(
                    "there are several programs: {}\n  help: choose one with -p, --bin or --example",
                    names.join(", ")
                ))
            }
        }
    }
}
