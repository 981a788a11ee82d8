//! What an optimiser says of what it has not done.

use std::fmt;

/// A call that was not inlined, and why.
///
/// Its text form, which [`Emit::Remarks`](crate::Emit::Remarks) has on a line of its own, is its fields between tabs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Remark {
    /// The linker name of the function that has the call.
    pub caller: String,
    /// That of the function that is called.
    pub callee: String,
    /// The source line of the call; 0: it is not known.
    pub line: u32,
    /// The column there; 0: it is not known.
    pub column: u32,
    /// The source file of the call, as the module has it; empty: it is not known.
    pub file: String,
    /// Why, in the back end's words.
    pub reason: String,
}

impl Remark {
    /// Reads the text form.
    pub fn read(text: &str) -> Option<Remark> {
        let mut fields = text.splitn(6, '\t');
        let mut next = || fields.next();
        let (caller, callee) = (next()?.to_owned(), next()?.to_owned());
        let (line, column) = (next()?.parse().ok()?, next()?.parse().ok()?);
        Some(Remark { caller, callee, line, column, file: next()?.to_owned(), reason: next()?.to_owned() })
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Remark { caller, callee, line, column, file, reason } = self;
        // What would end a field or the line is in no name that a compiler makes, but may be in a file's.
        let plain = |text: &str| text.replace(['\t', '\n', '\r'], " ");
        let (caller, callee, file, reason) = (plain(caller), plain(callee), plain(file), plain(reason));
        write!(f, "{caller}\t{callee}\t{line}\t{column}\t{file}\t{reason}")
    }
}

#[cfg(test)]
mod tests {
    use super::Remark;

    #[test]
    fn the_text_form_is_read_again() {
        let remark = Remark {
            caller: "a".to_owned(),
            callee: "b::c d".to_owned(),
            line: 3,
            column: 14,
            file: "src/a b.rs".to_owned(),
            reason: "too costly (cost=100)".to_owned(),
        };
        assert_eq!(Remark::read(&remark.to_string()), Some(remark.clone()));
        let odd = Remark { file: "a\tb\n".to_owned(), ..remark };
        assert_eq!(Remark::read(&odd.to_string()).map(|it| it.file), Some("a b ".to_owned()));
        assert_eq!(Remark::read("a\tb\tx\t1\tf\tr"), None);
        assert_eq!(Remark::read("a"), None);
    }
}
