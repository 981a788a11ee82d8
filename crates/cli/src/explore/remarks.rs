//! Why calls are not inlined: what back ends say of it, where they can.

use backend::{Emit, Remark};
use driver::{BackendChoice, Backends};
use explore::api::{NotInlined, NotInlinedCall};
use inspect::names;
use std::collections::HashMap;
use std::path::Path;

/// The stage of a worker that is asked for that.
pub const REMARKS: &str = "remarks";

/// So many calls of a kind are shown.
const MAX_CALLS: usize = 200;

/// What the back end calls its remarks, where it has them.
pub fn format(backend: &BackendChoice) -> Option<String> {
    let formats = &backend.capabilities().formats;
    formats.iter().find(|format| format.emit == Emit::Remarks).map(|format| format.name.clone().into_owned())
}

/// What back ends call their remarks, by their names.
pub fn formats(backends: &Backends) -> HashMap<String, String> {
    backends.choices().iter().filter_map(|it| Some((it.name().to_owned(), format(it)?))).collect()
}

/// All of a program, each once: a function may have copies in several modules.
#[derive(Debug)]
pub struct Remarks(Vec<Remark>);

impl Remarks {
    /// Reads what back ends have written.
    pub fn read(text: &str) -> Remarks {
        let mut remarks: Vec<Remark> = text.lines().filter_map(Remark::read).collect();
        remarks.sort();
        remarks.dedup();
        Remarks(remarks)
    }

    /// Those of calls in a function, and of it.
    pub fn of(&self, symbol: &str, shown: impl Fn(&Path) -> String) -> NotInlined {
        let call = |remark: &Remark, other: &str| NotInlinedCall {
            name: names::of_symbol(other),
            file: if remark.file.is_empty() { String::new() } else { shown(Path::new(&remark.file)) },
            line: remark.line,
            reason: remark.reason.clone(),
        };
        let inside = self.0.iter().filter(|it| it.caller == symbol).map(|it| call(it, &it.callee));
        let of = self.0.iter().filter(|it| it.callee == symbol).map(|it| call(it, &it.caller));
        let mut found = NotInlined { inside: inside.collect(), of: of.collect(), left_out: 0 };
        for calls in [&mut found.inside, &mut found.of] {
            // As they are in the source.
            calls.sort_by(|a, b| (&a.file, a.line, a).cmp(&(&b.file, b.line, b)));
            found.left_out += calls.len().saturating_sub(MAX_CALLS);
            calls.truncate(MAX_CALLS);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Remarks;
    use backend::Remark;

    #[test]
    fn calls_in_a_function_and_of_it() {
        let remark = |caller: &str, callee: &str, line| Remark {
            caller: caller.to_owned(),
            callee: callee.to_owned(),
            line,
            column: 1,
            file: "/w/a.rs".to_owned(),
            reason: "it is large".to_owned(),
        };
        let all = [remark("f", "g", 30), remark("f", "h", 4), remark("f", "g", 30), remark("k", "f", 7)];
        let text: String = all.iter().map(|it| format!("{it}\n")).collect();
        let found = Remarks::read(&text).of("f", |path| path.file_name().unwrap().to_string_lossy().into_owned());
        let inside: Vec<_> = found.inside.iter().map(|it| (&*it.name, &*it.file, it.line)).collect();
        assert_eq!(inside, [("h", "a.rs", 4), ("g", "a.rs", 30)]);
        assert_eq!(found.of.iter().map(|it| (&*it.name, it.line)).collect::<Vec<_>>(), [("k", 7)]);
        let many: String = (1..=250).map(|line| format!("{}\n", remark("f", "g", line))).collect();
        let found = Remarks::read(&many).of("f", |path| path.display().to_string());
        assert_eq!((found.inside.len(), found.left_out), (200, 50));
        assert!(Remarks::read("").of("f", |_| String::new()).inside.is_empty());
    }
}
