//! What is compared: who compiles, how hard it optimises, for which processor, and where std comes from.

/// The name under which rustc is compared.
pub const RUSTC: &str = "rustc";

/// The levels, as rustc names them.
pub const LEVELS: [&str; 6] = ["0", "1", "2", "3", "s", "z"];

/// A compiler with a level, and with what may be varied besides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Configuration {
    /// A back end of Bessemer's, or rustc.
    pub who: String,
    pub level: &'static str,
    pub variant: Variant,
}

/// What may be varied besides the level.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Variant {
    /// Std is compiled from its source, with the program.
    pub std_from_source: bool,
    /// The program is for the processor that was named.
    pub cpu: bool,
}

/// What says in names that std is from source, and that the program is for the processor that was named.
const STD: &str = "+std";
const CPU: &str = "+cpu";

impl Variant {
    /// What it adds to a name: at most eight characters.
    pub fn suffix(self) -> String {
        [(self.std_from_source, STD), (self.cpu, CPU)].into_iter().filter(|it| it.0).map(|it| it.1).collect()
    }

    /// Whether it has all that another has.
    fn has(self, other: Variant) -> bool {
        (self.std_from_source || !other.std_from_source) && (self.cpu || !other.cpu)
    }
}

impl Configuration {
    pub fn name(&self) -> String {
        format!("{}{}", self.who, self.after_who())
    }

    /// The part of the name that follows the compiler's.
    pub fn after_who(&self) -> String {
        let suffix = self.variant.suffix();
        format!(" -O {}{}{suffix}", self.level, if suffix.is_empty() { "" } else { " " })
    }

    pub fn is_rustc(&self) -> bool {
        self.who == RUSTC
    }

    /// What the others are compared with: rustc's best code.
    pub fn is_reference(&self) -> bool {
        self.is_rustc() && self.level == "3" && self.variant == Variant::default()
    }

    /// A name for a folder.
    pub fn folder(&self) -> String {
        let who: String = self.who.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        format!("{who}-{}{}", self.level, self.variant.suffix())
    }
}

/// What a word of `--only` means: a compiler, a level, and what a variant must have.
struct Word<'word> {
    who: Option<&'word str>,
    level: Option<&'word str>,
    variant: Variant,
}

impl Word<'_> {
    fn read(word: &str) -> Word<'_> {
        let mut variant = Variant::default();
        let mut rest = word;
        loop {
            if let Some(before) = rest.strip_suffix(STD) {
                (rest, variant.std_from_source) = (before, true);
            } else if let Some(before) = rest.strip_suffix(CPU) {
                (rest, variant.cpu) = (before, true);
            } else {
                break;
            }
        }
        let (who, level) = match rest.rsplit_once(':') {
            Some((who, level)) => (Some(who), Some(level)),
            None if LEVELS.contains(&rest) => (None, Some(rest)),
            None => (Some(rest).filter(|_| rest == word || !rest.is_empty()), None),
        };
        Word { who, level, variant }
    }

    fn fits(&self, it: &Configuration) -> bool {
        self.who.is_none_or(|who| who == it.who)
            && self.level.is_none_or(|level| level == it.level)
            && it.variant.has(self.variant)
    }
}

/// The configurations of these back ends that are asked for, the reference first. Beside each stands what `varied` has of
/// variants; rustc has no std from source. `only` are back ends, levels and `BACKEND:LEVEL`, with `+std` and `+cpu` behind for
/// these variants alone; `filter` is a part of configurations' names. The reference is among them in any case.
///
/// # Errors
/// Words that mean nothing, or nothing but the reference.
pub fn plan(
    backends: &[String],
    varied: Variant,
    only: &[String],
    filter: Option<&str>,
) -> Result<Vec<Configuration>, String> {
    let names: Vec<&str> = [RUSTC].into_iter().chain(backends.iter().map(String::as_str)).collect();
    let words: Vec<Word<'_>> = only.iter().map(|word| Word::read(word)).collect();
    for (word, text) in words.iter().zip(only) {
        let is_known =
            word.who.is_none_or(|who| names.contains(&who)) && word.level.is_none_or(|level| LEVELS.contains(&level));
        if !is_known {
            return Err(format!(
                "`--only {text}`: there are {}, the levels {}, and both with a colon between",
                names.join(", "),
                LEVELS.join(", ")
            ));
        }
        for (is_asked, suffix, option) in [
            (word.variant.std_from_source && !varied.std_from_source, STD, "--std source"),
            (word.variant.cpu && !varied.cpu, CPU, "--cpu"),
        ] {
            if is_asked {
                return Err(format!("`--only {text}`: there is {suffix} with {option} only"));
            }
        }
    }
    let variants = [(false, false), (false, true), (true, false), (true, true)];
    let variants = variants.map(|(std_from_source, cpu)| Variant { std_from_source, cpu });
    let mut all = Vec::new();
    for who in &names {
        for level in LEVELS {
            let variants = variants.iter().filter(|it| varied.has(**it) && !(*who == RUSTC && it.std_from_source));
            all.extend(variants.map(|variant| Configuration { who: (*who).to_owned(), level, variant: *variant }));
        }
    }
    let is_asked = |it: &Configuration| {
        let fits = words.is_empty() || words.iter().any(|word| word.fits(it));
        fits && filter.is_none_or(|filter| it.name().contains(filter))
    };
    let mut chosen: Vec<Configuration> = all.into_iter().filter(|it| it.is_reference() || is_asked(it)).collect();
    if chosen.len() < 2 {
        return Err("nothing is left to compare".to_owned());
    }
    chosen.sort_by_key(|it| !it.is_reference());
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::{Variant, plan};

    #[test]
    fn what_is_asked_for() {
        let backends = ["llvm".to_owned(), "exec:a".to_owned()];
        let names = |only: &[&str], filter| {
            let only: Vec<String> = only.iter().map(|word| (*word).to_owned()).collect();
            plan(&backends, Variant::default(), &only, filter)
                .map(|all| all.iter().map(|it| it.name()).collect::<Vec<_>>().join(", "))
        };
        assert_eq!(names(&[], None).unwrap().split(", ").count(), 18);
        assert_eq!(names(&["llvm:0", "s"], None).unwrap(), "rustc -O 3, rustc -O s, llvm -O 0, llvm -O s, exec:a -O s");
        assert_eq!(names(&["llvm"], Some("-O 2")).unwrap(), "rustc -O 3, llvm -O 2");
        assert!(names(&["gcc"], None).unwrap_err().contains("rustc, llvm"));
        assert!(names(&["llvm:9"], None).is_err() && names(&[], Some("nothing")).is_err());
    }

    #[test]
    fn variants_stand_beside() {
        let backends = ["llvm".to_owned(), "cranelift".to_owned()];
        let names = |varied, only: &[&str], filter| {
            let only: Vec<String> = only.iter().map(|word| (*word).to_owned()).collect();
            plan(&backends, varied, &only, filter)
                .map(|all| all.iter().map(|it| it.name()).collect::<Vec<_>>().join(", "))
        };
        let (std, cpu) = (Variant { std_from_source: true, cpu: false }, Variant { std_from_source: false, cpu: true });
        let both = Variant { std_from_source: true, cpu: true };
        assert_eq!(names(std, &[], None).unwrap().split(", ").count(), 6 * (1 + 2 + 2));
        assert_eq!(names(both, &[], None).unwrap().split(", ").count(), 6 * (2 + 4 + 4));
        let all = "rustc -O 3, llvm -O 3, llvm -O 3 +cpu, llvm -O 3 +std, llvm -O 3 +std+cpu";
        assert_eq!(names(both, &["llvm:3"], None).unwrap(), all);
        assert_eq!(names(std, &["llvm:3+std"], None).unwrap(), "rustc -O 3, llvm -O 3 +std");
        assert_eq!(
            names(cpu, &["3+cpu"], None).unwrap(),
            "rustc -O 3, rustc -O 3 +cpu, llvm -O 3 +cpu, cranelift -O 3 +cpu"
        );
        assert_eq!(names(both, &["+std+cpu"], Some("m -O 0")).unwrap(), "rustc -O 3, llvm -O 0 +std+cpu");
        assert!(names(std, &["+cpu"], None).unwrap_err().contains("--cpu only"));
        assert!(names(cpu, &["rustc+std"], None).is_err() && names(std, &["rustc+std"], None).is_err());
        assert!(names(both, &["gcc+std"], None).is_err() && names(both, &[""], None).is_err());
    }
}
