//! What a program is compiled with.

use super::machine::Machine;
use std::fmt;
use std::path::PathBuf;

/// One way to compile and run a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Configuration {
    /// `bessemer run --backend cranelift`
    CraneliftJit,
    /// `bessemer build --backend cranelift`
    Cranelift,
    /// `bessemer build --backend llvm`, with the optimisation level.
    Llvm(u8),
    /// `bessemer build --backend exec:PATH`, with the optimisation level.
    Program(PathBuf, u8),
    /// The reference, with the optimisation level.
    Rustc(u8),
}

impl Configuration {
    /// The configurations that the options name.
    pub fn choose(backends: &str, opts: &str) -> Result<Vec<Configuration>, String> {
        let mut levels = Vec::new();
        for opt in opts.split(',') {
            levels.push(opt.parse::<u8>().ok().filter(|&level| level <= 3).ok_or("the levels are 0, 1, 2 and 3")?);
        }
        let mut result = Vec::new();
        for backend in backends.split(',') {
            match backend {
                "cranelift-jit" | "jit" => result.push(Configuration::CraneliftJit),
                "cranelift" => result.push(Configuration::Cranelift),
                "llvm" => result.extend(levels.iter().copied().map(Configuration::Llvm)),
                _ if let Some(path) = backend.strip_prefix("exec:") => {
                    // Programs are compiled in folders of their own.
                    let path = std::path::absolute(path).map_err(|error| format!("`{backend}`: {error}"))?;
                    result.extend(levels.iter().map(|&level| Configuration::Program(path.clone(), level)));
                }
                "rustc" => result.extend(levels.iter().copied().map(Configuration::Rustc)),
                "all" => {
                    result.extend([Configuration::CraneliftJit, Configuration::Cranelift]);
                    result.extend(levels.iter().copied().map(Configuration::Llvm));
                    result.extend(levels.iter().copied().map(Configuration::Rustc));
                }
                _ => {
                    return Err(format!(
                        "`{backend}`: there are cranelift-jit, cranelift, llvm, exec:PATH, rustc and all"
                    ));
                }
            }
        }
        Ok(result)
    }
}

impl Configuration {
    /// Its name on a machine: `TARGET-CONFIGURATION`, where that is not this one.
    pub fn label(&self, machine: &Machine) -> String {
        match &machine.target {
            Some(target) if !self.is_reference() => format!("{target}-{self}"),
            _ => self.to_string(),
        }
    }

    /// Whether rustc compiles, for this machine.
    pub fn is_reference(&self) -> bool {
        matches!(self, Configuration::Rustc(_))
    }
}

impl fmt::Display for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Configuration::CraneliftJit => f.write_str("cranelift-jit"),
            Configuration::Cranelift => f.write_str("cranelift"),
            Configuration::Llvm(level) => write!(f, "llvm-O{level}"),
            Configuration::Program(path, level) => {
                let name = path.file_stem().unwrap_or_default().to_string_lossy();
                write!(f, "exec-{name}-O{level}")
            }
            Configuration::Rustc(level) => write!(f, "rustc-O{level}"),
        }
    }
}
