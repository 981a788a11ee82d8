//! Marks: how units that serve the build itself are told from those of the program.

use toolchain::Invocation;

/// Numbers of codegen units that profiles are given to tell units by: the first of [`Marks::COUNT`] numbers each, of which
/// the one is meant that is as far from the first as the number that the user wants (none: 0).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Marks {
    /// Of what serves the build itself.
    pub host: u32,
    /// Of everything else.
    pub target: u32,
}

/// Whom a unit serves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Served {
    /// The build itself.
    Host,
    Target,
    /// There is no telling.
    Either,
}

impl Marks {
    /// How many numbers mean the same.
    pub const COUNT: u32 = 1 << 20;

    /// Reads the mark of a command line and gives it back with the number that the user wants. Flags of the user's come
    /// later on it, and a package may have a number of its own, which takes the place of the mark.
    pub(crate) fn read(self, mut invocation: Invocation) -> (Served, Invocation) {
        let mut served = Served::Either;
        for value in invocation.codegen_values("codegen-units") {
            let marked =
                [(Served::Host, self.host), (Served::Target, self.target)].into_iter().find_map(|(it, first)| {
                    let wanted = value.parse::<u32>().ok()?.checked_sub(first)?;
                    (wanted < Marks::COUNT).then_some((it, wanted))
                });
            if let Some((it, wanted)) = marked {
                served = it;
                let wanted = (wanted > 0).then(|| wanted.to_string());
                invocation = invocation.replace_codegen("codegen-units", &value, wanted.as_deref());
            }
        }
        (served, invocation)
    }
}

#[cfg(test)]
mod tests {
    use super::{Marks, Served};
    use toolchain::Invocation;

    #[test]
    fn marks_count_wherever_they_are() {
        let marks = Marks { host: 3_000_000_000, target: 3_100_000_000 };
        let read = |text: &str| {
            let words = text.split_whitespace().map(Into::into);
            let (served, invocation) = marks.read(Invocation::parse(words).unwrap());
            let args: Vec<String> = invocation.args().into_iter().map(|arg| arg.into_string().unwrap()).collect();
            (served, args.join(" "))
        };
        for (text, served, rest) in [
            ("a.rs -C codegen-units=3000000000", Served::Host, "a.rs"),
            ("a.rs -Ccodegen-units=3000000016 -O", Served::Host, "a.rs -C codegen-units=16 -O"),
            (
                "a.rs -C codegen-units=3100000001 -Ccodegen-units=255",
                Served::Target,
                "a.rs -C codegen-units=1 -Ccodegen-units=255",
            ),
            ("a.rs -C codegen-units=1", Served::Either, "a.rs -C codegen-units=1"),
            ("a.rs", Served::Either, "a.rs"),
        ] {
            assert_eq!(read(text), (served, rest.to_owned()), "{text}");
        }
    }
}
