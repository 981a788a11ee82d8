//! What LLVM says of calls that it did not inline, read from the text of its remarks: the C interface has nothing else of them.

use backend::Remark;

/// The remarks of calls, each once and in order, in their text form.
pub(crate) fn text(said: &[String]) -> String {
    let mut remarks: Vec<Remark> = said.iter().filter_map(|text| read(text)).collect();
    // A call is looked at whenever something has changed around it.
    remarks.sort();
    remarks.dedup();
    remarks.iter().map(|remark| format!("{remark}\n")).collect()
}

/// `FILE:LINE:COLUMN: 'CALLEE' not inlined into 'CALLER' because REASON`. None for what is said of other things.
fn read(text: &str) -> Option<Remark> {
    let (first, after) = text.split_once("' not inlined into '")?;
    let (place, callee) = first.rsplit_once('\'')?;
    let (caller, rest) = after.split_once('\'')?;
    let reason = rest.trim_start().trim_start_matches("because ").trim();
    let mut parts = place.trim_end().trim_end_matches(':').rsplitn(3, ':');
    let column = parts.next().and_then(|it| it.parse().ok()).unwrap_or(0);
    let line = parts.next().and_then(|it| it.parse().ok()).unwrap_or(0);
    // LLVM says `<unknown>:0:0`.
    let file = parts.next().filter(|_| line != 0).unwrap_or_default();
    let [caller, callee, file, reason] = [caller, callee, file, reason].map(str::to_owned);
    Some(Remark { caller, callee, line, column, file, reason })
}

#[cfg(test)]
mod tests {
    use super::{read, text};

    #[test]
    fn calls_are_told_from_other_things() {
        let said = [
            "src/a.rs:7:5: 'f' not inlined into 'g' because too costly to inline (cost=300, threshold=225)",
            "src/a.rs:7:5: 'f' not inlined into 'g' because too costly to inline (cost=300, threshold=225)",
            "<unknown>:0:0: 'k' not inlined into 'g' because it should never be inlined (cost=never): recursive",
            "src/a.rs:3:1: 'h' inlined into 'g' with (cost=5, threshold=225) at callsite g:1:1;",
            "src/a.rs:9:1: loop not vectorized",
        ];
        let said = said.map(str::to_owned);
        assert_eq!(
            text(&said),
            "g\tf\t7\t5\tsrc/a.rs\ttoo costly to inline (cost=300, threshold=225)\n\
             g\tk\t0\t0\t\tit should never be inlined (cost=never): recursive\n"
        );
        assert_eq!(read("'f' inlined into 'g'"), None);
    }
}
