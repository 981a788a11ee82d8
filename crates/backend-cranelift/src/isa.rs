//! From options to Cranelift's target.

use crate::unwind::FrameStart;
use backend::{CodegenError, OptLevel, Options};
use cranelift_codegen::isa::{self, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};

/// A Cranelift target with the questions that translation asks of it.
pub(crate) struct Target {
    pub isa: OwnedTargetIsa,
    pub features: Features,
    /// LLVM's names of the features that the generated code may use.
    pub enabled: Vec<&'static str>,
    pub frame_start: FrameStart,
}

/// The processors that code can be made for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) enum Arch {
    #[default]
    X86_64,
    Aarch64,
}

impl Arch {
    /// The processor of a target that is served.
    fn of(triple: &str) -> Option<Arch> {
        let (name, system) = triple.split_once('-')?;
        let arch = [Arch::X86_64, Arch::Aarch64].into_iter().find(|arch| arch.name() == name);
        arch.filter(|_| system.contains("linux-"))
    }

    /// As in targets' names.
    fn name(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64",
            Arch::Aarch64 => "aarch64",
        }
    }

    /// LLVM's names of the features that Cranelift makes use of, and Cranelift's.
    fn features(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Arch::X86_64 => FEATURES,
            Arch::Aarch64 => &[("lse", "has_lse")],
        }
    }

    /// Features without which the conventions do not hold.
    fn required(self) -> &'static [&'static str] {
        match self {
            Arch::X86_64 => &["sse", "sse2", "x87", "cmov", "cx8", "fxsr"],
            Arch::Aarch64 => &["neon", "fp-armv8"],
        }
    }

    /// Features that a feature stands on (LLVM adds them by itself).
    fn implied(self) -> &'static [(&'static str, &'static [&'static str])] {
        match self {
            Arch::X86_64 => IMPLIED,
            Arch::Aarch64 => &[],
        }
    }
}

/// Properties of the CPU that decide how something is translated.
#[derive(Clone, Copy, Default)]
pub(crate) struct Features {
    pub arch: Arch,
    /// There are instructions that round floats to whole numbers.
    pub rounds: bool,
    /// Vectors of 32 bytes travel in one register.
    pub avx: bool,
    pub fma: bool,
    /// 128 bits can be accessed atomically.
    pub wide_atomics: bool,
}

/// Those of x86-64.
const FEATURES: &[(&str, &str)] = &[
    ("sse3", "has_sse3"),
    ("ssse3", "has_ssse3"),
    ("sse4.1", "has_sse41"),
    ("sse4.2", "has_sse42"),
    ("avx", "has_avx"),
    ("avx2", "has_avx2"),
    ("fma", "has_fma"),
    ("avxvnni", "has_avx_vnni"),
    ("avx512bitalg", "has_avx512bitalg"),
    ("avx512dq", "has_avx512dq"),
    ("avx512vl", "has_avx512vl"),
    ("avx512vbmi", "has_avx512vbmi"),
    ("avx512f", "has_avx512f"),
    ("avx512vnni", "has_avx512vnni"),
    ("popcnt", "has_popcnt"),
    ("bmi", "has_bmi1"),
    ("bmi2", "has_bmi2"),
    ("lzcnt", "has_lzcnt"),
    ("cx16", "has_cmpxchg16b"),
];

/// Those of x86-64.
const IMPLIED: &[(&str, &[&str])] = &[
    ("ssse3", &["sse3"]),
    ("sse4.1", &["ssse3", "sse3"]),
    ("sse4.2", &["sse4.1", "ssse3", "sse3"]),
    ("avx", &["sse4.2", "sse4.1", "ssse3", "sse3"]),
    ("avx2", &["avx", "sse4.2", "sse4.1", "ssse3", "sse3"]),
    ("fma", &["avx", "sse4.2", "sse4.1", "ssse3", "sse3"]),
    ("avx512f", &["avx2", "fma", "avx", "sse4.2", "sse4.1", "ssse3", "sse3"]),
];

impl Target {
    pub fn new(options: &Options) -> Result<Target, CodegenError> {
        let arch = Arch::of(&options.triple).ok_or_else(|| CodegenError::Target(options.triple.clone()))?;
        let mut builder =
            isa::lookup_by_name(&options.triple).map_err(|error| target_error(&options.triple, &error))?;
        set_cpu(&mut builder, arch, &options.cpu)?;
        set_features(&mut builder, arch, &options.features)?;
        let flags = shared_flags(options)?;
        let isa = builder.finish(flags).map_err(|error| target_error(&options.triple, &error))?;
        let has = |name: &str| isa.isa_flags().iter().any(|flag| flag.name == name && flag.as_bool() == Some(true));
        let features = match arch {
            Arch::X86_64 => Features {
                arch,
                rounds: has("has_sse41"),
                avx: has("has_avx"),
                fma: has("has_fma") && has("has_avx"),
                wide_atomics: has("has_cmpxchg16b"),
            },
            Arch::Aarch64 => Features { arch, rounds: true, avx: false, fma: true, wide_atomics: false },
        };
        let enabled = arch.features().iter().filter(|(_, flag)| has(flag)).map(|(llvm, _)| *llvm).collect();
        let common = isa.create_systemv_cie().ok_or_else(|| CodegenError::Target("no unwind format".to_owned()))?;
        let frame_start = FrameStart::new(common).map_err(|error| target_error("unwind tables", &error))?;
        Ok(Target { isa, features, enabled, frame_start })
    }
}

fn target_error(what: &str, why: &dyn std::fmt::Display) -> CodegenError {
    CodegenError::Target(format!("{what} ({why})"))
}

fn set_cpu(builder: &mut isa::Builder, arch: Arch, cpu: &str) -> Result<(), CodegenError> {
    match cpu {
        "" | "generic" | "x86-64" => Ok(()),
        "native" if arch.name() != std::env::consts::ARCH => {
            Err(CodegenError::Target("the CPU of another machine".to_owned()))
        }
        "native" => cranelift_native::infer_native_flags(builder).map_err(|error| target_error(cpu, &error)),
        // What all of them have is enough.
        _ if arch == Arch::Aarch64 => Ok(()),
        _ => builder.enable(cpu).map_err(|error| target_error(cpu, &error)),
    }
}

/// Features that Cranelift does not know are no error: they permit instructions that it never uses.
fn set_features(builder: &mut isa::Builder, arch: Arch, features: &[String]) -> Result<(), CodegenError> {
    for feature in features {
        let (name, on) = match feature.split_at_checked(1) {
            Some(("+", name)) => (name, true),
            Some(("-", name)) => (name, false),
            _ => return Err(CodegenError::Target(format!("feature `{feature}` without + or -"))),
        };
        if (!on && arch.required().contains(&name)) || (on && name == "soft-float") {
            return Err(CodegenError::Target(format!("feature `{feature}`")));
        }
        let also: &[&str] = match on {
            true => arch.implied().iter().find(|(of, _)| *of == name).map_or(&[], |(_, implied)| *implied),
            false => &[],
        };
        for name in also.iter().chain([&name]) {
            if let Some((_, flag)) = arch.features().iter().find(|(llvm, _)| llvm == name) {
                let value = if on { "true" } else { "false" };
                builder.set(flag, value).map_err(|error| target_error(feature, &error))?;
            }
        }
        if !on {
            for (above, implied) in arch.implied() {
                if implied.contains(&name) {
                    let flag = arch.features().iter().find(|(llvm, _)| llvm == above).expect("a known feature").1;
                    builder.set(flag, "false").map_err(|error| target_error(feature, &error))?;
                }
            }
        }
    }
    Ok(())
}

fn shared_flags(options: &Options) -> Result<settings::Flags, CodegenError> {
    let mut flags = settings::builder();
    let opt_level = match options.opt {
        OptLevel::O0 => "none",
        OptLevel::Os | OptLevel::Oz => "speed_and_size",
        _ => "speed",
    };
    let bool_text = |on: bool| if on { "true" } else { "false" };
    for (name, value) in [
        ("opt_level", opt_level),
        ("regalloc_algorithm", REGALLOC),
        ("enable_verifier", bool_text(options.verify)),
        ("is_pic", "true"),
        ("tls_model", "elf_gd"),
        ("unwind_info", "true"),
        ("preserve_frame_pointers", "true"),
        ("enable_llvm_abi_extensions", "true"),
        ("enable_probestack", "true"),
        ("probestack_strategy", "inline"),
        ("probestack_size_log2", "12"),
        ("enable_heap_access_spectre_mitigation", "false"),
        ("enable_table_access_spectre_mitigation", "false"),
    ] {
        flags.set(name, value).map_err(|error| target_error(name, &error))?;
    }
    Ok(settings::Flags::new(flags))
}

/// The register allocator, of unoptimised code too. Cranelift's single-pass allocator works as well and saves about a
/// third of the time to compile, but its code takes 1.6 times as long to run, where this one's is as fast as LLVM's
/// unoptimised.
const REGALLOC: &str = "backtracking";
