//! Which projects: of different kinds, as people have them.

/// A project, and what is done with it.
pub struct Project {
    pub name: &'static str,
    pub source: Source,
    /// What cargo needs to be told beside the profile.
    pub args: &'static [&'static str],
    pub binary: &'static str,
    /// The file with the `main` that is edited.
    pub main: &'static str,
    /// The arguments of the program's work. `{registry}` is the folder of all packages that cargo has unpacked, `{scratch}`
    /// an empty folder, `{source}` the project's.
    pub work: &'static [&'static str],
}

/// Where a project's source is.
#[derive(Clone, Copy)]
pub enum Source {
    /// A package of `tests/projects`, whose name is the project's.
    Own,
    /// The same, with the packages of its tree whose names begin so as members of its workspace.
    Workspace(&'static str),
    /// A package of crates.io: name and version.
    Published(&'static str, &'static str),
    /// This project.
    Here,
}

const fn own(name: &'static str) -> Project {
    Project { name, source: Source::Own, args: &[], binary: name, main: "src/main.rs", work: &[] }
}

pub const PROJECTS: &[Project] = &[
    Project {
        name: "ripgrep",
        source: Source::Published("ripgrep", "14.1.1"),
        args: &[],
        binary: "rg",
        main: "crates/core/main.rs",
        work: &["-j1", "-c", "--sort", "path", r"fn \w+\(.*\) -> \w+<", "{registry}"],
    },
    own("server"),
    own("ecs"),
    own("search"),
    own("wasm"),
    own("columns"),
    own("javascript"),
    own("database"),
    own("api"),
    Project { source: Source::Workspace("ra_ap_"), ..own("workspace") },
    Project {
        name: "bessemer",
        source: Source::Here,
        args: &["--package", "bessemer-cli", "--bin", "bessemer"],
        binary: "bessemer",
        main: "crates/cli/src/main.rs",
        work: &["build", "{source}/examples/nbody.rs", "-o", "{scratch}/nbody"],
    },
];
