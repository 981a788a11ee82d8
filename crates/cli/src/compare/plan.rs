//! What is compared: who compiles, and how hard it optimises.

/// The name under which rustc is compared.
pub const RUSTC: &str = "rustc";

/// The levels, as rustc names them.
pub const LEVELS: [&str; 6] = ["0", "1", "2", "3", "s", "z"];

/// A compiler with a level.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Configuration {
    /// A back end of Bessemer's, or rustc.
    pub who: String,
    pub level: &'static str,
}

impl Configuration {
    pub fn name(&self) -> String {
        format!("{} -O {}", self.who, self.level)
    }

    pub fn is_rustc(&self) -> bool {
        self.who == RUSTC
    }

    /// What the others are compared with: rustc's best code.
    pub fn is_reference(&self) -> bool {
        self.is_rustc() && self.level == "3"
    }

    /// A name for a folder.
    pub fn folder(&self) -> String {
        let who: String = self.who.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        format!("{who}-{}", self.level)
    }
}

/// The configurations of these back ends that are asked for, the reference first. `only` are back ends, levels and
/// `BACKEND:LEVEL`; `filter` is a part of configurations' names. The reference is among them in any case.
///
/// # Errors
/// Words that mean nothing, or nothing but the reference.
pub fn plan(backends: &[String], only: &[String], filter: Option<&str>) -> Result<Vec<Configuration>, String> {
    let names: Vec<&str> = [RUSTC].into_iter().chain(backends.iter().map(String::as_str)).collect();
    for word in only {
        let (who, level) = match word.rsplit_once(':') {
            Some((who, level)) => (Some(who), Some(level)),
            None if LEVELS.contains(&word.as_str()) => (None, Some(word.as_str())),
            None => (Some(word.as_str()), None),
        };
        if who.is_some_and(|who| !names.contains(&who)) || level.is_some_and(|level| !LEVELS.contains(&level)) {
            return Err(format!(
                "`--only {word}`: there are {}, the levels {}, and both with a colon between",
                names.join(", "),
                LEVELS.join(", ")
            ));
        }
    }
    let all = names.iter().flat_map(|who| LEVELS.map(|level| Configuration { who: (*who).to_owned(), level }));
    let is_asked = |it: &Configuration| {
        let both = format!("{}:{}", it.who, it.level);
        let fits = only.is_empty() || only.iter().any(|word| *word == it.who || word == it.level || *word == both);
        fits && filter.is_none_or(|filter| it.name().contains(filter))
    };
    let mut chosen: Vec<Configuration> = all.filter(|it| it.is_reference() || is_asked(it)).collect();
    if chosen.len() < 2 {
        return Err("nothing is left to compare".to_owned());
    }
    chosen.sort_by_key(|it| !it.is_reference());
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::plan;

    #[test]
    fn what_is_asked_for() {
        let backends = ["llvm".to_owned(), "exec:a".to_owned()];
        let names = |only: &[&str], filter| {
            let only: Vec<String> = only.iter().map(|word| (*word).to_owned()).collect();
            plan(&backends, &only, filter).map(|all| all.iter().map(|it| it.name()).collect::<Vec<_>>().join(", "))
        };
        assert_eq!(names(&[], None).unwrap().split(", ").count(), 18);
        assert_eq!(names(&["llvm:0", "s"], None).unwrap(), "rustc -O 3, rustc -O s, llvm -O 0, llvm -O s, exec:a -O s");
        assert_eq!(names(&["llvm"], Some("-O 2")).unwrap(), "rustc -O 3, llvm -O 2");
        assert!(names(&["gcc"], None).unwrap_err().contains("rustc, llvm"));
        assert!(names(&["llvm:9"], None).is_err() && names(&[], Some("nothing")).is_err());
    }
}
