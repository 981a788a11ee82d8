//! Which packages, at which versions, and what is done with them.

/// A program from crates.io.
pub struct Program {
    pub package: &'static str,
    pub version: &'static str,
    pub binary: &'static str,
    /// Command lines that are run with both builds, in the folder of ripgrep's source; their output must be equal.
    pub uses: &'static [&'static [&'static str]],
    /// The output holds times: only its words are compared.
    pub is_timed: bool,
}

pub const PROGRAMS: &[Program] = &[
    Program {
        package: "ripgrep",
        version: "14.1.1",
        binary: "rg",
        uses: &[
            &["--version"],
            &["--help"],
            &["--sort", "path", "-n", r"fn \w+\(.*\) -> Result", "crates"],
            &["--sort", "path", "-c", "-i", "error|WARN", "."],
            &["--sort", "path", "--json", r"\bunsafe\b", "crates"],
        ],
        is_timed: false,
    },
    Program {
        package: "fd-find",
        version: "10.2.0",
        binary: "fd",
        // What takes longer than that time is printed unsorted.
        uses: &[
            &["--version"],
            &["--help"],
            &["-j", "1", "--max-buffer-time", "60000", "-e", "rs", ".", "crates"],
            &["-j", "1", "--max-buffer-time", "60000", "-t", "d", "."],
        ],
        is_timed: false,
    },
    Program {
        package: "hexyl",
        version: "0.16.0",
        binary: "hexyl",
        uses: &[
            &["--version"],
            &["--help"],
            &["--color=always", "Cargo.toml"],
            &["-n", "64", "--border=ascii", "README.md"],
        ],
        is_timed: false,
    },
    Program {
        package: "tokei",
        version: "12.1.2",
        binary: "tokei",
        uses: &[&["--version"], &["--help"], &["--sort", "lines", "crates"], &["-t", "Rust,TOML", "crates/core"]],
        is_timed: false,
    },
    Program {
        package: "hyperfine",
        version: "1.19.0",
        binary: "hyperfine",
        uses: &[&["--version"], &["--help"], &["-N", "--runs", "3", "--style", "basic", "sleep 0.05"]],
        is_timed: true,
    },
];

/// A package whose unit and integration tests are run.
pub struct Tested {
    pub package: &'static str,
    pub version: &'static str,
    /// More arguments for `cargo test`; `--tests` where there are none that select targets.
    pub args: &'static [&'static str],
}

const fn tested(package: &'static str, version: &'static str, args: &'static [&'static str]) -> Tested {
    Tested { package, version, args }
}

pub const TESTED: &[Tested] = &[
    tested("semver", "1.0.28", &["--tests"]),
    tested("smallvec", "1.13.2", &["--tests"]),
    tested("itoa", "1.0.15", &["--tests"]),
    tested("ryu", "1.0.20", &["--tests"]),
    // Those that are left out try every pair of bytes of every text, for minutes where code is not optimised.
    tested("memchr", "2.7.4", &["--tests", "--", "--skip", "packedpair"]),
    tested("arrayvec", "0.7.8", &["--tests"]),
    tested("either", "1.19.0", &["--tests"]),
    tested("fnv", "1.0.7", &["--tests"]),
    tested("base64", "0.22.1", &["--tests"]),
    tested("hex", "0.4.3", &["--tests"]),
    tested("hashbrown", "0.15.5", &["--tests"]),
    tested("indexmap", "2.12.0", &["--tests"]),
    tested("itertools", "0.14.0", &["--tests"]),
    tested("globset", "0.4.15", &["--tests"]),
    tested("regex-syntax", "0.8.10", &["--tests"]),
    // The published package lacks files that its integration tests include.
    tested("regex-automata", "0.4.14", &["--lib", "--all-features"]),
    tested("serde_json", "1.0.145", &["--tests"]),
    tested("rand", "0.9.4", &["--tests"]),
    tested("bitflags", "2.10.0", &["--tests"]),
    // Its tests are all of them for all features.
    tested("time", "0.3.55", &["--tests", "--all-features"]),
    tested("crossbeam-channel", "0.5.16", &["--tests"]),
    tested("rayon", "1.10.0", &["--tests"]),
    // But for `expression_ast`, which uses a package that the published one does not name.
    tested(
        "nom",
        "8.0.0",
        &[
            "--lib",
            "--test",
            "arithmetic",
            "--test",
            "arithmetic_ast",
            "--test",
            "css",
            "--test",
            "custom_errors",
            "--test",
            "escaped",
            "--test",
            "float",
            "--test",
            "fnmut",
            "--test",
            "ini",
            "--test",
            "ini_str",
            "--test",
            "issues",
            "--test",
            "mp4",
            "--test",
            "multiline",
            "--test",
            "overflow",
            "--test",
            "reborrow_fold",
        ],
    ),
    tested("num-bigint", "0.4.8", &["--tests"]),
    tested(
        "tokio",
        "1.54.1",
        &[
            "--features",
            "full,test-util",
            "--lib",
            "--test",
            "rt_basic",
            "--test",
            "rt_threaded",
            "--test",
            "rt_common",
            "--test",
            "sync_mpsc",
            "--test",
            "sync_mutex",
            "--test",
            "sync_oneshot",
            "--test",
            "sync_watch",
            "--test",
            "sync_broadcast",
            "--test",
            "sync_semaphore",
            "--test",
            "time_sleep",
            "--test",
            "time_timeout",
            "--test",
            "time_interval",
        ],
    ),
];
