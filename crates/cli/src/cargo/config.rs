//! What cargo is configured with, as far as `cargo bessemer` has settings of its own for the same: cargo's configuration
//! files, `--config` and the environment, and the profiles of the manifest.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// The configuration, from what wins to what loses.
pub struct Config {
    given: Vec<Layer>,
    files: Vec<Layer>,
}

/// A table of settings, and the folder that paths in it begin at.
struct Layer {
    table: Table,
    folder: PathBuf,
}

impl Config {
    /// Reads the configuration for the current folder. `given` are the values of `--config`. What cannot be read is left out:
    /// cargo says what is wrong with it.
    pub fn read(given: &[String]) -> Config {
        let here = std::env::current_dir().unwrap_or_default();
        let mut config = Config { given: Vec::new(), files: Vec::new() };
        for text in given.iter().rev() {
            match text.parse::<Table>() {
                Ok(table) => config.given.push(Layer { table, folder: here.clone() }),
                Err(_) => read_file(&here.join(text), &mut config.given, 0),
            }
        }
        let home = std::env::var_os("CARGO_HOME")
            .map(PathBuf::from)
            .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
        let mut folders: Vec<PathBuf> = here.ancestors().map(|folder| folder.join(".cargo")).collect();
        folders.extend(home.filter(|home| !folders.contains(home)));
        for folder in folders {
            // Of two files, the one with the old name is read.
            let files = ["config", "config.toml"].map(|name| folder.join(name));
            if let Some(file) = files.iter().find(|file| file.is_file()) {
                read_file(file, &mut config.files, 0);
            }
        }
        config
    }

    /// A value by its keys, with the folder that a path in it begins at.
    fn get<T>(&self, keys: &[&str], read: impl Fn(&Value) -> Option<T>) -> Option<(T, PathBuf)> {
        let find = |layers: &[Layer]| {
            layers.iter().find_map(|layer| Some((read(find(&layer.table, keys)?)?, layer.folder.clone())))
        };
        find(&self.given).or_else(|| {
            let name = format!("CARGO_{}", keys.join("_").to_uppercase().replace('-', "_"));
            match std::env::var(name) {
                Ok(text) => {
                    let value = text.parse().map_or_else(|_| Value::String(text.clone()), Value::Integer);
                    Some((read(&value)?, std::env::current_dir().ok()?))
                }
                Err(_) => find(&self.files),
            }
        })
    }

    /// A program that cargo runs, by the variable that wins over all configuration and by its key below `build`.
    pub fn program(&self, variable: &str, key: &str) -> Option<PathBuf> {
        if let Some(program) = std::env::var_os(variable) {
            return resolve(program, &std::env::current_dir().unwrap_or_default());
        }
        let (text, folder) = self.get(&["build", key], |value| Some(value.as_str()?.to_owned()))?;
        resolve(text.into(), &folder)
    }

    /// Whether rustc gets options for targets, in whose presence cargo does not look for those for all builds; nor does it look for
    /// either where the environment has options.
    pub fn has_rustflags_of_targets(&self) -> bool {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if is_set("CARGO_ENCODED_RUSTFLAGS") || is_set("RUSTFLAGS") {
            return false;
        }
        let of_target = |(name, _): (OsString, OsString)| {
            let name = name.to_string_lossy();
            name.starts_with("CARGO_TARGET_") && name.ends_with("_RUSTFLAGS")
        };
        let has = |layer: &Layer| {
            let targets = layer.table.get("target").and_then(Value::as_table);
            targets.is_some_and(|targets| targets.values().any(|target| target.get("rustflags").is_some()))
        };
        std::env::vars_os().any(of_target) || self.given.iter().chain(&self.files).any(has)
    }

    /// The number of codegen units that a profile asks for, for what serves the build or for everything else; 0 for none.
    pub fn codegen_units(&self, manifest: &Table, profile: &str, serves_build: bool) -> u32 {
        let keys = if serves_build { &["build-override", "codegen-units"][..] } else { &["codegen-units"] };
        let number = |value: &Value| u32::try_from(value.as_integer()?).ok();
        self.of_profile(manifest, profile, keys, number).unwrap_or_default()
    }

    /// What a profile asks for and Bessemer does not do.
    pub fn unmet(&self, manifest: &Table, profile: &str) -> Vec<String> {
        let key = "split-debuginfo";
        let value = self.of_profile(manifest, profile, &[key], |value| Some(value.clone()));
        let is_off = |value: &Value| value.as_str() == Some("off");
        value.filter(|it| !is_off(it)).map(|value| format!("{key} = {}", shown(&value))).into_iter().collect()
    }

    /// A value of a profile, or of the nearest one that it inherits from which has it.
    fn of_profile<T>(
        &self,
        manifest: &Table,
        profile: &str,
        keys: &[&str],
        read: impl Fn(&Value) -> Option<T>,
    ) -> Option<T> {
        self.ancestors(manifest, profile).iter().find_map(|profile| {
            let path: Vec<&str> = ["profile", profile].iter().chain(keys).copied().collect();
            self.get(&path, &read).map(|it| it.0).or_else(|| read(find(manifest, &path)?))
        })
    }

    /// A profile, and those that it inherits from, one after the other.
    fn ancestors(&self, manifest: &Table, profile: &str) -> Vec<String> {
        /// More of them than this are a circle, which cargo refuses.
        const MOST: usize = 16;
        let mut all = vec![profile.to_owned()];
        while all.len() < MOST {
            let profile = &all[all.len() - 1];
            let path = ["profile", profile, "inherits"];
            let text = |value: &Value| Some(value.as_str()?.to_owned());
            let named = self.get(&path, text).map(|it| it.0).or_else(|| text(find(manifest, &path)?));
            let next = match (named, profile.as_str()) {
                (Some(named), _) => named,
                (None, "test") => "dev".to_owned(),
                (None, "bench") => "release".to_owned(),
                _ => break,
            };
            all.push(next);
        }
        all
    }
}

fn find<'a>(table: &'a Table, keys: &[&str]) -> Option<&'a Value> {
    let (first, rest) = keys.split_first()?;
    let value = table.get(*first)?;
    if rest.is_empty() { Some(value) } else { find(value.as_table()?, rest) }
}

/// A simple value as it is written.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(it) => it.to_string(),
        _ => "…".to_owned(),
    }
}

/// A name is looked for by the system, a path begins at a folder.
fn resolve(program: OsString, folder: &Path) -> Option<PathBuf> {
    let path = PathBuf::from(program);
    if path.as_os_str().is_empty() {
        return None;
    }
    Some(if path.components().count() > 1 { folder.join(path) } else { path })
}

/// Reads a file, and after it those that it includes: it wins over them, and the last of them over the first.
fn read_file(file: &Path, layers: &mut Vec<Layer>, depth: u32) {
    /// More files within each other than this are a circle, which cargo refuses.
    const DEPTH: u32 = 16;
    let Some(table) = std::fs::read_to_string(file).ok().and_then(|text| text.parse::<Table>().ok()) else { return };
    // In `…/.cargo/config.toml`, paths begin beside `.cargo`.
    let folder = file.parent().unwrap_or(Path::new(""));
    let base = folder.parent().unwrap_or(folder).to_owned();
    let included: Vec<PathBuf> = match table.get("include") {
        Some(Value::Array(list)) => list.iter().filter_map(|it| included(it, folder)).collect(),
        Some(value) => included(value, folder).into_iter().collect(),
        None => Vec::new(),
    };
    layers.push(Layer { table, folder: base });
    if depth < DEPTH {
        included.iter().rev().for_each(|file| read_file(file, layers, depth + 1));
    }
}

fn included(value: &Value, folder: &Path) -> Option<PathBuf> {
    let path = value.as_str().or_else(|| value.get("path")?.as_str())?;
    Some(folder.join(path))
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn what_is_not_done_is_known() {
        let given = ["profile.fast.split-debuginfo=\"packed\"".to_owned()];
        let config = Config { files: Vec::new(), ..Config::read(&given) };
        let manifest = "[profile.release]\nlto = \"fat\"\nsplit-debuginfo = \"unpacked\"\n[profile.fast]\ninherits = \"release\"\n\
                        [profile.plain]\ninherits = \"dev\"\nsplit-debuginfo = \"off\"\n";
        let manifest = manifest.parse().unwrap();
        let unmet = |profile: &str| config.unmet(&manifest, profile).join(", ");
        assert_eq!(unmet("dev"), "");
        assert_eq!(unmet("plain"), "");
        assert_eq!(unmet("release"), "split-debuginfo = \"unpacked\"");
        assert_eq!(unmet("fast"), "split-debuginfo = \"packed\"");
        let empty = toml::Table::new();
        assert_eq!(config.unmet(&empty, "release").join(", "), "");
    }

    #[test]
    fn numbers_of_profiles() {
        let given = ["profile.fast.codegen-units=7".to_owned()];
        let config = Config { files: Vec::new(), ..Config::read(&given) };
        let manifest = "[profile.dev.build-override]\ncodegen-units = 3\n[profile.release]\ncodegen-units = 1\n\
                        [profile.fast]\ninherits = \"release\"\ncodegen-units = 5\n[profile.loop]\ninherits = \"loop\"\n";
        let manifest = manifest.parse().unwrap();
        for (profile, host, target) in
            [("dev", 3, 0), ("test", 3, 0), ("release", 0, 1), ("bench", 0, 1), ("fast", 0, 7), ("loop", 0, 0)]
        {
            assert_eq!(config.codegen_units(&manifest, profile, true), host, "{profile}");
            assert_eq!(config.codegen_units(&manifest, profile, false), target, "{profile}");
        }
    }
}
