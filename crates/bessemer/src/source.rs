//! What is to be compiled.

use crate::Codegen;
pub use driver::compiled::Kind;
use std::path::PathBuf;

/// A crate to be compiled: a library, unless it is said to be a program.
///
/// ```
/// use bessemer::Source;
///
/// let plugin = Source::file("plugins/blur.rs").name("blur").cfg("feature=\"fast\"");
/// let program = Source::text("fn main() { println!(\"hi\") }").program();
/// # let _ = (plugin, program);
/// ```
#[derive(Clone, Debug)]
pub struct Source {
    pub(crate) source: driver::Source,
    pub(crate) kind: Kind,
    pub(crate) name: Option<String>,
    pub(crate) edition: String,
    pub(crate) cfgs: Vec<String>,
    pub(crate) externs: Vec<(String, PathBuf)>,
    pub(crate) search_paths: Vec<PathBuf>,
    pub(crate) codegen: Option<Codegen>,
}

impl Source {
    /// A text.
    pub fn text(text: impl Into<String>) -> Source {
        Source::new(driver::Source::Text(text.into().into_bytes()))
    }

    /// A file, with the files of its modules beside it. It is read when it is compiled.
    pub fn file(path: impl Into<PathBuf>) -> Source {
        Source::new(driver::Source::File(path.into()))
    }

    fn new(source: driver::Source) -> Source {
        Source {
            source,
            kind: Kind::Library,
            name: None,
            edition: "2024".to_owned(),
            cfgs: Vec::new(),
            externs: Vec::new(),
            search_paths: Vec::new(),
            codegen: None,
        }
    }

    /// It is a program: it has a `main`, and is started in a process of its own ([`crate::Unit::spawn`]).
    pub fn program(self) -> Source {
        Source { kind: Kind::Program, ..self }
    }

    /// The crate's name. Without one, it follows from the file's name as with rustc.
    pub fn name(self, name: impl Into<String>) -> Source {
        Source { name: Some(name.into()), ..self }
    }

    /// The edition of Rust: `2024` unless another is named.
    pub fn edition(self, edition: impl Into<String>) -> Source {
        Source { edition: edition.into(), ..self }
    }

    /// Sets a `cfg`, as `--cfg` does.
    pub fn cfg(mut self, cfg: impl Into<String>) -> Source {
        self.cfgs.push(cfg.into());
        self
    }

    /// Offers a compiled crate under a name, as `--extern` does. It has the bodies of its functions if Bessemer compiled
    /// it (`bessemer build --crate-type lib`, `cargo bessemer build`).
    pub fn external(mut self, name: impl Into<String>, path: impl Into<PathBuf>) -> Source {
        self.externs.push((name.into(), path.into()));
        self
    }

    /// A folder in which the crates are that such crates need.
    pub fn search_path(mut self, folder: impl Into<PathBuf>) -> Source {
        self.search_paths.push(folder.into());
        self
    }

    /// How its code is generated, where that is not as the engine says.
    pub fn codegen(self, codegen: Codegen) -> Source {
        Source { codegen: Some(codegen), ..self }
    }
}
