//! `cargo xtask …`: tasks of the project itself.
//!
//! **What goes in.** A task's name and its options. **What comes out.** Its report on standard output, and exit code 0 where
//! all is as it should be, 1 where it is not, 2 for a wrong command line.
//!
//! **What it must not know.** Anything of the compiler's inside: tasks use `bessemer` as its users do. Only `front-diff`
//! looks into the rooms of the front end, stage by stage.

mod bench;
mod conformance;
mod explore_assets;
mod front_diff;
mod fuzz_programs;
mod process;
mod project;
mod realworld;
mod release_facts;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask <TASK> [OPTIONS]

Tasks:
  conformance    Compile and run a corpus of programs on every back end
  fuzz-programs  Compile and run random programs with every back end and with rustc
  realworld      Build and test packages from crates.io
  bench          Compare Bessemer's speed with rustc's
  release-facts  Make the lists that follow from rustc's source, or compare two sources
  explore-assets Bundle the editor on the page of `bessemer explore`
  tidy           Check the invariants that the documents state
  front-diff     Compare what the front end makes of files with rustc's results
";

fn main() -> ExitCode {
    if let Some(status) = front_diff::wrapper().or_else(front_diff::one) {
        return ExitCode::from(u8::try_from(status).unwrap_or(1));
    }
    let mut args = std::env::args().skip(1);
    let result = match args.next().as_deref() {
        Some("bench") => bench::main(args),
        Some("conformance") => conformance::main(args),
        Some("explore-assets") => explore_assets::main(args),
        Some("front-diff") => front_diff::main(args),
        Some("realworld") => realworld::main(args),
        Some("release-facts") => release_facts::main(args),
        Some("fuzz-programs") => fuzz_programs::main(args),
        Some("tidy") => tidy::main(args),
        Some("help" | "-h" | "--help") => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}
