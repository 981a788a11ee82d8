//! Every intrinsic of LLVM that the standard library declares, in whatever version of LLVM it had this name and these types,
//! becomes machine code.

use backend::{Backend, Emit, OptLevel, Options};
use backend_llvm::LlvmBackend;
use front::Front;
use lir::{Function, FunctionBuilder, Inst, Linkage, LoadFacts, MemFlags, Module, Signature, Terminator, Type};
use rmeta::CrateLocator;
use std::collections::BTreeMap;
use ty::{Arena, Definitions, SessionOptions};

/// A target whose standard library is installed, and all features that its intrinsics need.
struct Target {
    triple: &'static str,
    cpu: &'static str,
    /// LLVM's description of its types.
    data_layout: &'static str,
    features: &'static str,
    /// How many intrinsics its library has at least.
    at_least: usize,
}

const TARGETS: &[Target] = &[Target {
    triple: "x86_64-unknown-linux-gnu",
    cpu: "x86-64",
    data_layout: "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128",
    features: "+aes,+amx-avx512,+amx-bf16,+amx-complex,+amx-fp16,+amx-fp8,+amx-int8,+amx-movrs,+amx-tf32,+amx-tile,\
        +avx10.2,+avx2,+avx512bf16,+avx512bitalg,+avx512bw,+avx512cd,+avx512dq,+avx512f,+avx512fp16,+avx512ifma,\
        +avx512vbmi,+avx512vbmi2,+avx512vl,+avx512vnni,+avx512vp2intersect,+avx512vpopcntdq,+avxifma,+avxneconvert,\
        +avxvnni,+avxvnniint16,+avxvnniint8,+bmi,+bmi2,+crc32,+f16c,+fma,+fxsr,+gfni,+kl,+lzcnt,+movrs,+pclmul,\
        +popcnt,+rdrnd,+rdseed,+rtm,+sha,+sha512,+sm3,+sm4,+sse4.2,+sse4a,+tbm,+vaes,+vpclmulqdq,+widekl,+xsave,\
        +xsavec,+xsaveopt,+xsaves",
    at_least: 900,
}];

/// What an operand may be that has to be a constant: a rounding mode, a scale, a tile, a hint, …; the first that fits.
const CONSTANTS: &[u128] = &[4, 1, 0, 8];

type Types = (Vec<Type>, Vec<Type>);

/// The declarations: arguments and results by name.
fn declared(target: &Target) -> BTreeMap<String, Types> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = testing::compile(folder.path(), "", &["--target", target.triple]);
    let arena = Arena::default();
    let options = SessionOptions {
        triple: target.triple.to_owned(),
        data_layout: target.data_layout.to_owned(),
        ..testing::session_options()
    };
    let host = testing::sysroot_lib();
    let all = host.ancestors().nth(2).expect("a folder of all targets");
    let locator = CrateLocator { sysroot_lib: all.join(target.triple).join("lib"), ..CrateLocator::default() };
    let front = Front::open(&arena, testing::inputs(&path, &locator, options));
    let Front { tcx, session, layouts, .. } = front.unwrap_or_else(|error| panic!("{error}"));
    let mut found = BTreeMap::new();
    let items = session.crates().into_iter().flat_map(|krate| session.foreign_modules(krate));
    for item in items.flat_map(|module| module.items) {
        let Some(name) = session.codegen_attrs(item).symbol_name.filter(|name| name.as_str().starts_with("llvm."))
        else {
            continue;
        };
        let sig = tcx.instantiate_bound_erased(session.fn_sig(item));
        let parts = |ty| {
            let layout = layouts.layout_of(ty).unwrap_or_else(|error| panic!("{name:?}: {error}"));
            let parts =
                bessemer_lower::intrinsic_parts(layouts, layout).unwrap_or_else(|| panic!("{name:?} has `{ty:?}`"));
            parts.into_iter().map(|(_, ty)| ty)
        };
        let types = (sig.inputs().iter().flat_map(|&ty| parts(ty)).collect(), parts(sig.output()).collect());
        found.insert(name.as_str().to_owned(), types);
    }
    found
}

/// A function that loads the arguments, calls the intrinsic, and stores the results. Where there is a constant, it is in the
/// place of all integers.
fn caller(name: &str, (args, returns): &Types, constant: Option<u128>) -> Function {
    let signature = Signature::plain(&[Type::PTR; 2], &[]);
    let mut b = FunctionBuilder::new("caller".into(), signature, Linkage::Export, 8);
    let entry = b.create_block();
    b.switch_to(entry);
    let params: Vec<_> = b.function().params().collect();
    let mut loaded = Vec::new();
    for &ty in args {
        let is_int = matches!(ty, Type::Scalar(scalar) if scalar.is_int());
        loaded.push(match constant {
            Some(value) if is_int => b.value(Inst::Iconst { ty, value }),
            _ => {
                let (ptr, flags) = (params[0], MemFlags::aligned(64));
                b.value(Inst::Load { ty, ptr, flags, facts: LoadFacts::default() })
            }
        });
    }
    let inst = Inst::LlvmIntrinsic { name: name.to_owned(), args: loaded, returns: returns.clone() };
    for value in b.values(inst) {
        b.effect(Inst::Store { value, ptr: params[1], flags: MemFlags::aligned(64) });
    }
    b.terminate(Terminator::Return(vec![]));
    b.finish_function()
}

fn compile(name: &str, types: &Types, constant: Option<u128>, options: &Options) -> Result<(), String> {
    let module = Module { name: name.to_owned(), functions: vec![caller(name, types, constant)], ..Module::default() };
    assert_eq!(lir::verify_module(&module, 8), vec![], "{name}");
    let compiled = LlvmBackend::with_sysroot(testing::sysroot())
        .compile(&module, options, Emit::Object)
        .map_err(|error| error.to_string())?;
    match compiled.rejected.first() {
        None => Ok(()),
        Some(rejected) => Err(format!("{} is not supported", rejected.construct)),
    }
}

#[test]
fn all_that_the_standard_library_declares() {
    let mut wrong = Vec::new();
    for target in TARGETS {
        let declared = declared(target);
        assert!(declared.len() >= target.at_least, "{} intrinsics for {}", declared.len(), target.triple);
        for opt in [OptLevel::O0, OptLevel::O2] {
            let features = target.features.split(',').map(|feature| feature.trim().to_owned()).collect();
            let options = Options { opt, features, verify: true, ..Options::new(target.triple, target.cpu) };
            for (name, types) in &declared {
                let outcome = compile(name, types, None, &options);
                let fits = |&constant: &u128| compile(name, types, Some(constant), &options).is_ok();
                if let Err(error) = outcome
                    && !CONSTANTS.iter().any(fits)
                {
                    wrong.push(format!("{name} at {opt:?}: {error}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} fail:\n{}", wrong.len(), wrong.join("\n"));
}
