//! The user's configuration file.
//!
//! It is TOML, at `$BESSEMER_CONFIG`, else `$XDG_CONFIG_HOME/bessemer/config.toml`, else `~/.config/bessemer/config.toml`:
//!
//! ```toml
//! fallback = true    # `cargo bessemer` leaves packages to plain cargo where rustc's release is not known
//!
//! [backends]
//! c = "/usr/local/lib/bessemer/backend-c"    # a program that is a back end; `--backend c` means it
//! ```

use crate::error::DriverError;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What the file says.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Whether `cargo bessemer` hands over to plain cargo where rustc's release is not known, as with `--fallback`.
    #[serde(default)]
    pub fallback: bool,
    /// Programs that are back ends, by name. A relative path starts from the file's folder.
    #[serde(default)]
    pub backends: BTreeMap<String, PathBuf>,
}

impl Config {
    /// What the user's file says; nothing where there is none.
    pub fn load() -> Result<Config, DriverError> {
        match path() {
            Some(path) => Config::read(&path),
            None => Ok(Config::default()),
        }
    }

    fn read(path: &Path) -> Result<Config, DriverError> {
        let fail = |message: String| DriverError::Usage(format!("the configuration `{}`: {message}", path.display()));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            // A file that is named must be there.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !is_named() => return Ok(Config::default()),
            Err(error) => return Err(fail(error.to_string())),
        };
        let mut config: Config = toml::from_str(&text).map_err(|error| fail(error.to_string()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for program in config.backends.values_mut() {
            *program = folder.join(&*program);
        }
        Ok(config)
    }
}

fn is_named() -> bool {
    std::env::var_os("BESSEMER_CONFIG").is_some_and(|path| !path.is_empty())
}

fn path() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(path) = set("BESSEMER_CONFIG") {
        return Some(path);
    }
    // The XDG specification wants relative paths to be ignored.
    let base =
        set("XDG_CONFIG_HOME").filter(|path| path.is_absolute()).or_else(|| Some(set("HOME")?.join(".config")))?;
    Some(base.join("bessemer").join("config.toml"))
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn programs_have_names_and_paths() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "fallback = true\n[backends]\nc = \"back/end\"\nd = \"/d\"\n").expect("written");
        let config = Config::read(&path).expect("a configuration");
        assert_eq!(config.backends["c"], folder.path().join("back/end"));
        assert!(config.fallback);
        assert_eq!(config.backends["d"], std::path::Path::new("/d"));
        std::fs::write(&path, "[backend]\nc = 1\n").expect("written");
        let error = Config::read(&path).expect_err("an unknown key").to_string();
        assert!(error.contains("unknown field `backend`"), "{error}");
        assert_eq!(Config::read(&folder.path().join("none")).expect("nothing"), Config::default());
    }
}
