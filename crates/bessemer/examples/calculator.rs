//! A calculator that compiles the formula typed in.
//!
//!     $ cargo run --example calculator
//!     > 2.0_f64.sqrt() * x          with x = 3
//!     4.242640687119286

use bessemer::{Engine, Source};
use std::error::Error;
use std::io::{BufRead, Write};

/// The value that `x` has in formulas.
const X: f64 = 3.0;

fn main() -> Result<(), Box<dyn Error>> {
    run(std::io::stdin().lock(), std::io::stdout())
}

/// Reads formulas line by line, and writes what they give.
pub fn run(input: impl BufRead, mut output: impl Write) -> Result<(), Box<dyn Error>> {
    let engine = Engine::builder().quiet_panics().build()?;
    for formula in input.lines() {
        let source =
            format!("#[unsafe(no_mangle)] pub extern \"C-unwind\" fn formula(x: f64) -> f64 {{ {} }}", formula?);
        let unit = match engine.compile(Source::text(source)) {
            Ok(unit) => unit,
            Err(diagnostics) => {
                write!(output, "{diagnostics}")?;
                continue;
            }
        };
        // SAFETY: the function was written with this type just now. What formulas do beside is their author's affair.
        let formula = unsafe { unit.get::<extern "C-unwind" fn(f64) -> f64>("formula")? };
        // SAFETY: as above.
        match unsafe { formula.call((X,)) } {
            Ok(value) => writeln!(output, "{value}")?,
            Err(panic) => writeln!(output, "{panic}")?,
        }
    }
    Ok(())
}
