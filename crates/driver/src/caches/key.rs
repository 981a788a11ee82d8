//! Keys: hashes of everything that a result follows from.
//!
//! What is taken apart here is taken apart exhaustively, so that a new field is not forgotten.

use crate::options::Options;
use cache::stamp::file_state;
use std::ffi::OsStr;
use std::path::Path;
use toolchain::{Source, Toolchain};

/// A key that is being made.
pub(crate) struct Key(blake3::Hasher);

impl Key {
    /// A key of a kind that no other kind's keys are equal to.
    pub fn new(kind: &str) -> Key {
        let mut key = Key(blake3::Hasher::new());
        key.add(kind);
        key
    }

    pub fn add(&mut self, part: impl AsRef<[u8]>) -> &mut Key {
        let part = part.as_ref();
        self.0.update(&(part.len() as u64).to_le_bytes()).update(part);
        self
    }

    pub fn add_path(&mut self, path: impl AsRef<Path>) -> &mut Key {
        self.add(path.as_ref().as_os_str().as_encoded_bytes())
    }

    /// A value whose fields and variants all show in its description.
    pub fn add_value(&mut self, value: &impl std::fmt::Debug) -> &mut Key {
        self.add(format!("{value:?}"))
    }

    pub fn add_list<T: AsRef<OsStr>>(&mut self, list: &[T]) -> &mut Key {
        self.add((list.len() as u64).to_le_bytes());
        for it in list {
            self.add(it.as_ref().as_encoded_bytes());
        }
        self
    }

    /// An environment variable: unset and empty are two things.
    pub fn add_variable(&mut self, name: &str) -> &mut Key {
        self.add(name);
        match std::env::var_os(name) {
            Some(value) => self.add("set").add(value.as_encoded_bytes()),
            None => self.add("unset"),
        }
    }

    /// This build of Bessemer and a toolchain. `None` if this program does not know which build of itself it is.
    pub fn add_tools(&mut self, toolchain: &Toolchain) -> Option<&mut Key> {
        let own_stamp = own_stamp();
        if own_stamp.is_empty() {
            return None;
        }
        // Wrappers run the same compiler, and what keeps our environment from programs does not change them.
        let Toolchain { rustc, sysroot, host, release, version, wrappers: _, .. } = toolchain;
        self.add(env!("CARGO_PKG_VERSION")).add(own_stamp);
        self.add_path(rustc).add_path(sysroot).add(host).add(release).add(version);
        // A toolchain may be exchanged in its place.
        Some(self.add(file_state(rustc)).add(file_state(&toolchain.target_lib_dir())))
    }

    /// What options say about the code that is made of a program.
    pub fn add_code_options(&mut self, options: &Options) -> &mut Key {
        let Options {
            // What is compiled, and what it is linked with.
            source: _,
            crate_name: _,
            test: _,
            edition: _,
            cfgs: _,
            externs: _,
            search_paths: _,
            libraries: _,
            link_args: _,
            linker: _,
            strip: _,
            fixed_address: _,
            body_args: _,
            // Where it goes, and what is said.
            output: _,
            out_dir: _,
            emit: _,
            color: _,
            json: _,
            cache: _,
            one_shot: _,
            backend,
            opt,
            debug,
            panic_abort,
            overflow_checks: _,
            debug_assertions: _,
            ub_checks: _,
            contract_checks: _,
            target_cpu,
            target_features,
            frame_pointers,
        } = options;
        self.add(backend.key()).add_value(opt).add_value(debug);
        self.add_value(&[*panic_abort, options.debug_assertions(), *frame_pointers]).add_value(&options.checks());
        self.add_value(target_cpu).add_value(target_features).add(cpu_of(target_cpu.as_deref()))
    }

    /// What options say about a program that is made of a source: everything but where it goes.
    pub fn add_program_options(&mut self, options: &Options) -> &mut Key {
        self.add_code_options(options);
        let Options {
            source,
            crate_name,
            test,
            edition,
            cfgs,
            externs,
            search_paths,
            libraries,
            link_args,
            linker,
            strip,
            fixed_address,
            body_args,
            color,
            json,
            output: _,
            out_dir: _,
            emit: _,
            cache: _,
            one_shot: _,
            // See above.
            backend: _,
            opt: _,
            debug: _,
            panic_abort: _,
            overflow_checks: _,
            debug_assertions: _,
            ub_checks: _,
            contract_checks: _,
            target_cpu: _,
            target_features: _,
            frame_pointers: _,
        } = options;
        match source {
            // Paths in panic messages are as they were given.
            Source::File(file) => self.add("file").add_path(file),
            Source::Text(text) => self.add("text").add(text),
        };
        self.add_value(crate_name).add(options.crate_name()).add(edition);
        for list in [cfgs, externs, search_paths, libraries, link_args] {
            self.add_list(list);
        }
        self.add_list(body_args).add_value(linker).add_value(strip);
        self.add_value(&[*test, *fixed_address, *color, *json])
    }

    /// The key.
    pub fn finish(&self) -> [u8; 32] {
        *self.0.finalize().as_bytes()
    }

    /// The key as a file's name.
    pub fn name(&self) -> String {
        self.0.finalize().to_hex()[..40].to_owned()
    }
}

/// Tells one build of Bessemer from another, by all that the system knows of its file. Unlike the time of modification, the
/// time of change cannot be set. Empty if there is no such file.
fn own_stamp() -> Vec<u8> {
    // The file that runs, though another may have taken its place meanwhile.
    let running = file_state(Path::new("/proc/self/exe"));
    if !running.is_empty() {
        return running;
    }
    std::env::current_exe().map_or_else(|_| Vec::new(), |file| file_state(&file))
}

/// What "native" means, which is another CPU on another machine; empty for CPUs with a name.
pub(crate) fn cpu_of(name: Option<&str>) -> Vec<u8> {
    if name == Some("native") { this_cpu() } else { Vec::new() }
}

/// The CPU's model and features as it tells them itself, without what differs from core to core.
#[cfg(target_arch = "x86_64")]
fn this_cpu() -> Vec<u8> {
    use std::arch::x86_64::{__cpuid_count, _xgetbv};
    let leaf = |leaf, sub| __cpuid_count(leaf, sub);
    let most = leaf(0, 0).eax;
    let vendor = leaf(0, 0);
    let mut numbers = vec![vendor.ebx, vendor.ecx, vendor.edx];
    // The second register has the core's number.
    let model = leaf(1, 0);
    numbers.extend([model.eax, model.ecx, model.edx]);
    let mut add = |number, sub| {
        let it = leaf(number, sub);
        numbers.extend([it.eax, it.ebx, it.ecx, it.edx]);
    };
    for (number, sub) in [(7, 0), (7, 1), (7, 2), (0x14, 0), (0x19, 0), (0x1e, 1), (0x24, 0)] {
        if number <= most {
            add(number, sub);
        }
    }
    if 0xd <= most {
        numbers.push(leaf(0xd, 1).eax);
    }
    let most = leaf(0x8000_0000, 0).eax;
    for number in [0x8000_0001, 0x8000_0008] {
        if number <= most {
            let it = leaf(number, 0);
            numbers.extend([it.ebx, it.ecx, it.edx].iter().take(if number == 0x8000_0001 { 3 } else { 1 }));
        }
    }
    // Which of it the system lets programs use: XGETBV is there if OSXSAVE is.
    if model.ecx & (1 << 27) != 0 {
        #[target_feature(enable = "xsave")]
        fn enabled() -> u64 {
            // SAFETY: register 0 exists where the instruction does.
            unsafe { _xgetbv(0) }
        }
        // SAFETY: OSXSAVE says that the instruction is there.
        let enabled = unsafe { enabled() };
        numbers.extend([enabled as u32, (enabled >> 32) as u32]);
    }
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// What the system says of the CPU.
#[cfg(not(target_arch = "x86_64"))]
fn this_cpu() -> Vec<u8> {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let names = ["CPU implementer", "CPU architecture", "CPU variant", "CPU part", "Features", "isa", "uarch"];
    let mut lines: Vec<&str> = text.lines().filter(|line| names.iter().any(|it| line.starts_with(it))).collect();
    lines.sort_unstable();
    lines.dedup();
    lines.join("\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{Key, cpu_of};
    use crate::backends::Backends;
    use crate::options::{Options, StripKind};
    use backend::{DebugInfo, OptLevel};
    use toolchain::Source;

    #[test]
    fn each_option_is_in_the_key() {
        type Change = fn(&mut Options);
        let changes: [(&str, Change); 28] = [
            ("source", |it| it.source = Source::File("b.rs".into())),
            ("text", |it| it.source = Source::Text(b"a.rs".to_vec())),
            ("crate_name", |it| it.crate_name = Some("a".to_owned())),
            ("test", |it| it.test = true),
            ("edition", |it| it.edition = "2021".to_owned()),
            ("cfgs", |it| it.cfgs.push("x".to_owned())),
            ("externs", |it| it.externs.push("x".to_owned())),
            ("search_paths", |it| it.search_paths.push("x".to_owned())),
            ("libraries", |it| it.libraries.push("x".to_owned())),
            ("backend", |it| it.backend = Backends::builtin().choose("cranelift").expect("a back end")),
            ("opt", |it| it.opt = OptLevel::Os),
            ("debug", |it| it.debug = DebugInfo::Lines),
            ("panic_abort", |it| it.panic_abort = true),
            ("overflow_checks", |it| it.overflow_checks = Some(false)),
            ("debug_assertions", |it| it.debug_assertions = Some(false)),
            ("ub_checks", |it| it.ub_checks = Some(false)),
            ("contract_checks", |it| it.contract_checks = true),
            ("target_cpu", |it| it.target_cpu = Some("native".to_owned())),
            ("another CPU", |it| it.target_cpu = Some("x86-64-v3".to_owned())),
            ("target_features", |it| it.target_features = Some("+avx".to_owned())),
            ("link_args", |it| it.link_args.push("x".to_owned())),
            ("linker", |it| it.linker = Some("x".into())),
            ("strip", |it| it.strip = StripKind::Symbols),
            ("fixed_address", |it| it.fixed_address = true),
            ("frame_pointers", |it| it.frame_pointers = true),
            ("body_args", |it| it.body_args.push("x".into())),
            ("color", |it| it.color = true),
            ("json", |it| it.json = true),
        ];
        let options = Options::new(Source::File("a.rs".into()), Backends::builtin().best());
        let name = |options: &Options| Key::new("test").add_program_options(options).name();
        let mut names = vec![("nothing", name(&options))];
        for (what, change) in changes {
            let mut options = options.clone();
            change(&mut options);
            let name = name(&options);
            let same = names.iter().find(|it| it.1 == name);
            assert!(same.is_none(), "{what} makes the same key as {same:?}");
            names.push((what, name));
        }
        let mut elsewhere = options.clone();
        elsewhere.output = Some("x".into());
        elsewhere.cache = None;
        assert_eq!(name(&elsewhere), name(&options));
    }

    #[test]
    fn the_cpu_is_the_same_on_every_core() {
        let cpu = cpu_of(Some("native"));
        assert!(cpu.len() > 16);
        for _ in 0..200 {
            std::thread::yield_now();
            assert_eq!(cpu_of(Some("native")), cpu);
        }
        assert!(cpu_of(None).is_empty() && cpu_of(Some("x86-64")).is_empty());
    }
}
