//! MIR as text.

use crate::Body;
use std::fmt::{self, Write};

/// Writes a body in the manner of `--emit=mir`.
pub fn write_body(out: &mut dyn Write, name: &str, body: &Body<'_>) -> fmt::Result {
    writeln!(out, "fn {name} {{")?;
    for (local, decl) in body.local_decls.iter_enumerated() {
        writeln!(out, "    let {local:?}: {:?};", decl.ty)?;
    }
    for (block, data) in body.basic_blocks.iter_enumerated() {
        writeln!(out, "    {block:?}{}: {{", if data.is_cleanup { " (cleanup)" } else { "" })?;
        for statement in &data.statements {
            writeln!(out, "        {:?};", statement.kind)?;
        }
        writeln!(out, "        {:?};", data.terminator.kind)?;
        writeln!(out, "    }}")?;
    }
    writeln!(out, "}}")
}
