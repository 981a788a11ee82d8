//! Parts of keys: what several caches' results follow from.
//!
//! What is taken apart here is taken apart exhaustively, so that a new field is not forgotten.

use crate::caches::cpu::cpu_of;
use crate::options::Options;
use cache::KeyBuilder;
use cache::stamp::file_state;
use std::path::Path;
use toolchain::{Source, Toolchain};

/// Adds this build of Bessemer and a toolchain. `None` if this program does not know which build of itself it is.
pub(crate) fn add_tools(key: &mut KeyBuilder, toolchain: &Toolchain) -> Option<()> {
    let own_stamp = own_stamp();
    if own_stamp.is_empty() {
        return None;
    }
    // Wrappers run the same compiler, and what keeps our environment from programs does not change them.
    let Toolchain { rustc, sysroot, host, target, std, release, version, wrappers: _, .. } = toolchain;
    key.add(env!("CARGO_PKG_VERSION")).add(own_stamp);
    key.add_path(rustc).add_path(sysroot).add(host).add(release).add(version);
    // What rustc says of a target follows from these, unless a file describes it.
    key.add_value(&(&target.argument, &target.spec.data_layout, &target.spec.features, &target.cfg, std));
    // A toolchain may be exchanged in its place.
    key.add(file_state(rustc)).add(file_state(&toolchain.target_lib_dir()));
    Some(())
}

/// Adds what options say about the code that is made of a program.
pub(crate) fn add_code_options(key: &mut KeyBuilder, options: &Options) {
    let Options {
        // What is compiled, and what it is linked with.
        whole_library: _,
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
        default_libraries: _,
        fixed_address: _,
        rpath: _,
        body_args: _,
        // The toolchain has chosen by them.
        target: _,
        std: _,
        rust_src: _,
        check_args: _,
        // Where it goes, and what is said.
        exe_suffix: _,
        output: _,
        out_dir: _,
        emit: _,
        emit_paths: _,
        color: _,
        json: _,
        cache: _,
        one_shot: _,
        front_end,
        backend,
        opt,
        codegen_units,
        lto,
        profile,
        coverage,
        debug,
        panic,
        overflow_checks: _,
        debug_assertions: _,
        ub_checks: _,
        contract_checks: _,
        target_cpu,
        target_features,
        frame_pointers,
    } = options;
    key.add(backend.key()).add_value(&(front_end, opt, debug, panic, frame_pointers));
    key.add_value(&(codegen_units, lto, profile, coverage));
    key.add_value(&(options.debug_assertions(), options.checks()));
    key.add_value(&(target_cpu, target_features)).add(cpu_of(target_cpu.as_deref()));
}

/// Adds what options say about a program that is made of a source: everything but where it goes.
pub(crate) fn add_program_options(key: &mut KeyBuilder, options: &Options) {
    add_code_options(key, options);
    let Options {
        // Of what is no program.
        whole_library: _,
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
        default_libraries,
        fixed_address,
        rpath,
        body_args,
        check_args,
        color,
        json,
        output: _,
        out_dir: _,
        emit: _,
        emit_paths: _,
        cache: _,
        one_shot: _,
        target: _,
        std: _,
        rust_src: _,
        exe_suffix: _,
        // See above.
        front_end: _,
        backend: _,
        opt: _,
        codegen_units: _,
        lto: _,
        profile: _,
        coverage: _,
        debug: _,
        panic: _,
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
        Source::File(file) => key.add("file").add_path(file),
        Source::Text(text) => key.add("text").add(text),
    };
    key.add_value(&(crate_name, options.crate_name(), edition));
    for list in [cfgs, externs, search_paths, libraries, link_args] {
        key.add_list(list);
    }
    // The path as it is written: equal paths may be spelt in several ways.
    let linker = linker.as_ref().map(|linker| linker.as_os_str());
    key.add_list(body_args).add_list(check_args).add_value(&(
        linker,
        strip,
        default_libraries,
        test,
        fixed_address,
        rpath,
        color,
        json,
    ));
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

#[cfg(test)]
mod tests {
    use super::add_program_options;
    use crate::backends::Backends;
    use crate::options::{FrontEnd, Lto, Options, StripKind};
    use backend::{DebugInfo, OptLevel, Profile};
    use cache::KeyBuilder;
    use target::PanicStrategy;
    use toolchain::Source;

    #[test]
    fn each_option_is_in_the_key() {
        type Change = fn(&mut Options);
        let changes: [(&str, Change); 38] = [
            ("source", |it| it.source = Source::File("b.rs".into())),
            ("text", |it| it.source = Source::Text(b"a.rs".to_vec())),
            ("crate_name", |it| it.crate_name = Some("a".to_owned())),
            ("test", |it| it.test = true),
            ("edition", |it| it.edition = "2021".to_owned()),
            ("cfgs", |it| it.cfgs.push("x".to_owned())),
            ("externs", |it| it.externs.push("x".to_owned())),
            ("search_paths", |it| it.search_paths.push("x".to_owned())),
            ("libraries", |it| it.libraries.push("x".to_owned())),
            ("front_end", |it| it.front_end = FrontEnd::Own),
            ("backend", |it| it.backend = Backends::builtin().choose("cranelift").expect("a back end")),
            ("opt", |it| it.opt = OptLevel::Os),
            ("codegen_units", |it| it.codegen_units = Some(4)),
            ("lto", |it| it.lto = Lto::Fat),
            ("profile", |it| it.profile = Profile::Generate("x".to_owned())),
            ("another profile", |it| it.profile = Profile::Use { file: "x".into(), hash: "1".to_owned() }),
            ("coverage", |it| it.coverage = true),
            ("rpath", |it| it.rpath = true),
            ("debug", |it| it.debug = DebugInfo::Lines),
            ("panic", |it| it.panic = PanicStrategy::Abort),
            ("another panic", |it| it.panic = PanicStrategy::ImmediateAbort),
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
            ("default_libraries", |it| it.default_libraries = true),
            ("fixed_address", |it| it.fixed_address = true),
            ("frame_pointers", |it| it.frame_pointers = true),
            ("body_args", |it| it.body_args.push("x".into())),
            ("check_args", |it| it.check_args.push("x".into())),
            ("color", |it| it.color = true),
            ("json", |it| it.json = true),
        ];
        let options = Options::new(Source::File("a.rs".into()), Backends::builtin().best());
        let name = |options: &Options| {
            let mut key = KeyBuilder::new("test");
            add_program_options(&mut key, options);
            key.name(40)
        };
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
}
