//! Conditions of `cfg`.

use serde::{Deserialize, Serialize};

/// Conditions that options decide, whatever the target.
const OF_OPTIONS: [&str; 7] =
    ["contract_checks", "debug_assertions", "fmt_debug", "overflow_checks", "panic", "relocation_model", "ub_checks"];

/// Which conditions hold: names, some with a value.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Cfg(Vec<(String, Option<String>)>);

impl Cfg {
    /// Reads the lines of `rustc --print cfg`: `NAME` or `NAME="VALUE"`. What options decide is left out.
    ///
    /// # Errors
    /// The first line that is neither.
    pub fn parse(text: &str) -> Result<Cfg, String> {
        let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        let condition = |line: &str| {
            let Some((name, value)) = line.split_once('=') else {
                return is_name(line).then(|| (line.to_owned(), None));
            };
            let value = value.strip_prefix('"')?.strip_suffix('"')?;
            is_name(name).then(|| (name.to_owned(), Some(value.to_owned())))
        };
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(|line| condition(line).ok_or_else(|| line.to_owned())).collect::<Result<_, _>>().map(Cfg::of_target)
    }

    fn of_target(mut all: Vec<(String, Option<String>)>) -> Cfg {
        all.retain(|(name, _)| !OF_OPTIONS.contains(&&**name));
        Cfg(all)
    }

    /// Whether a condition holds.
    pub fn holds(&self, name: &str, value: Option<&str>) -> bool {
        self.0.iter().any(|(it, its_value)| it == name && its_value.as_deref() == value)
    }

    /// These conditions, with this one as `holds` says.
    #[must_use]
    pub fn with(mut self, name: &str, value: Option<&str>, holds: bool) -> Cfg {
        if holds != self.holds(name, value) {
            self.0.retain(|(it, its_value)| it != name || its_value.as_deref() != value);
            self.0.extend(holds.then(|| (name.to_owned(), value.map(str::to_owned))));
        }
        self
    }

    /// The values of a name.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(it, _)| it == name).filter_map(|(_, value)| value.as_deref())
    }
}
