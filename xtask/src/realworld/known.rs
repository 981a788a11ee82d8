//! Tests that may differ, each with the reason: counted apart, never passed over.

const FILE: &str = "tests/realworld-differences.txt";

/// One line of the file.
pub struct Known {
    package: String,
    /// `*` stands for all.
    backend: String,
    test: String,
}

/// Reads the file: `package | back end | test | reason` on each line that is not empty and not a comment.
pub fn read() -> Result<Vec<Known>, String> {
    let text = std::fs::read_to_string(FILE).map_err(|error| format!("{FILE}: {error}"))?;
    parse(&text).map_err(|line| format!("{FILE}:{line}: this is not `package | back end | test | reason`"))
}

fn parse(text: &str) -> Result<Vec<Known>, usize> {
    let mut list = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match *line.split('|').map(str::trim).collect::<Vec<_>>() {
            [package, backend, test, reason] if !reason.is_empty() => {
                let [package, backend, test] = [package, backend, test].map(str::to_owned);
                list.push(Known { package, backend, test });
            }
            _ => return Err(number),
        }
    }
    Ok(list)
}

impl Known {
    /// The test, if this is about a package with a back end.
    pub fn test_of(&self, package: &str, backend: &str) -> Option<&str> {
        let is_it = self.package == package && (self.backend == "*" || self.backend == backend);
        is_it.then_some(&*self.test)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_line_has_a_reason() {
        let list = super::parse("# why\n\na | * | b::c | it prints its own path\n").ok().unwrap();
        assert_eq!(list[0].test_of("a", "llvm"), Some("b::c"));
        assert_eq!(list[0].test_of("b", "llvm"), None);
        assert_eq!(super::parse("a | llvm | b |\n").err(), Some(1));
    }
}
