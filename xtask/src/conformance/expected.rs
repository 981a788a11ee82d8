//! The programs that are expected to fail, each with a reason that a reader can check.

use std::path::Path;

/// One line: the configurations, the program, the reason.
#[derive(Clone, Debug)]
pub struct Expected {
    configurations: Vec<String>,
    pub name: String,
}

impl Expected {
    /// Whether it is about a program in a configuration, by that one's name.
    pub fn is_for(&self, configuration: &str, name: &str) -> bool {
        let fits = |it: &String| it == "*" || it == configuration || configuration.starts_with(&format!("{it}-O"));
        self.name == name && self.configurations.iter().any(fits)
    }
}

/// Reads the list. A line without a reason is an error.
pub fn load(path: &Path) -> Result<Vec<Expected>, String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    let mut result = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut parts = line.splitn(3, char::is_whitespace);
        let (Some(configurations), Some(name), Some(_reason)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(format!("{}:{}: `CONFIGURATIONS PROGRAM REASON` is needed", path.display(), index + 1));
        };
        let configurations = configurations.split(',').map(str::to_owned).collect();
        result.push(Expected { configurations, name: name.to_owned() });
    }
    Ok(result)
}

/// Reads the list of programs that print what may differ: `PROGRAM REASON` a line.
pub fn load_differences(path: &Path) -> Result<Vec<String>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut result = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((name, _reason)) = line.split_once(char::is_whitespace) else {
            return Err(format!("{}:{}: `PROGRAM REASON` is needed", path.display(), index + 1));
        };
        result.push(name.to_owned());
    }
    Ok(result)
}
