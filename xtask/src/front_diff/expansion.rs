//! A crate, expanded by us.

use std::time::{Duration, Instant};

use super::Toolchain;
use super::compilation::Compilation;

/// What came of an expansion.
pub struct Answer {
    /// The print; or the construct, and the place and message.
    pub text: Result<String, (String, String)>,
    /// How long it took from the text to the expanded tree.
    pub time: Duration,
    /// How many macros were expanded.
    pub expanded: usize,
}

/// Expands a crate.
pub fn ours(compilation: &Compilation, toolchain: &Toolchain) -> Answer {
    let krate = compilation.to_crate(toolchain);
    let start = Instant::now();
    let expanded = stages::expand(&krate, testing::session_options());
    let time = start.elapsed();
    match expanded {
        Ok(expanded) => Answer { text: Ok(expanded.print()), time, expanded: expanded.summary.expanded },
        Err(doubt) => {
            let place = doubt.place.map(|place| format!("{place}: ")).unwrap_or_default();
            let text = Err((doubt.construct, format!("{place}{}", doubt.message)));
            Answer { text, time, expanded: 0 }
        }
    }
}
