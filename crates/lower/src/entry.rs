//! Functions that no MIR describes: C's `main`, and the symbols of the default allocator.

use crate::test_entry::lower_test_main;
use crate::{LowerCx, LowerError, Lowered, Use};
use lir::{
    AllocatorRole, Call, CallAttrs, Callee, CastOp, Function, FunctionBuilder, InlineHint, Inst, Linkage, Signature,
    SymbolKind, SymbolRef, Terminator, Type,
};
use std::sync::Arc;
use ty::{DefId, Instance, LangItem, Ty};

/// How the program begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EntryPoint {
    /// The program's `main` is run.
    Main {
        /// The user's `main`.
        main: DefId,
        /// What happens on SIGPIPE, as `lang_start` wants it: 0 is std's default (ignore).
        sigpipe: u8,
    },
    /// The crate's tests are run.
    Tests {
        /// The harness: a function that is given a slice of references to the descriptions of all tests.
        harness: DefId,
        /// The constants that describe the tests.
        tests: Vec<DefId>,
    },
}

/// C's `main`, and what of the entry is made beside it.
pub fn lower_entry<'tcx>(cx: &LowerCx<'tcx>, entry: &EntryPoint) -> Result<Lowered<'tcx, Vec<Function>>, LowerError> {
    match *entry {
        EntryPoint::Main { main, sigpipe } => {
            let sig = cx.tcx.definitions().fn_sig(main);
            let output = cx.tcx.instantiate_bound_erased(sig).output();
            let output = cx.traits.instantiate_and_normalize(output, ty::List::empty());
            let main = Instance::new(main, ty::List::empty());
            let name = cx.symbol_arc(cx.symbol_name(main));
            let Lowered { item, mut uses, faults, .. } = lower_c_main(cx, name, output, sigpipe)?;
            uses.push(Use::Function(main));
            Ok(Lowered { faults, ..Lowered::new(vec![item], uses) })
        }
        EntryPoint::Tests { harness, ref tests } => {
            let main = lower_test_main(cx, harness, tests)?;
            let c_main = lower_c_main(cx, main.item.name.clone(), cx.tcx.types().unit, 0)?;
            let uses = main.uses.into_iter().chain(c_main.uses).collect();
            Ok(Lowered::new(vec![c_main.item, main.item], uses))
        }
    }
}

/// C's `main`, or what the target has for it: hands Rust's, of a symbol and with a result, to std's `lang_start`.
fn lower_c_main<'tcx>(
    cx: &LowerCx<'tcx>,
    main: Arc<str>,
    output: Ty<'tcx>,
    sigpipe: u8,
) -> Result<Lowered<'tcx, Function>, LowerError> {
    let tcx = cx.tcx;
    let start_args = tcx.mk_args(&[output.into()]);
    let start = cx
        .traits
        .resolve_instance(tcx.expect_lang_item(LangItem::Start), start_args)
        .ok_or_else(|| LowerError::internal("`lang_start` is not there"))?;
    let pointer = Type::Scalar(lir::Scalar::int(cx.pointer_bytes() * 8).expect("a pointer-sized integer"));
    let abi = &cx.options.entry;
    let params: &[Type] = if abi.takes_arguments { &[Type::I32, Type::PTR] } else { &[] };
    let signature = Signature::plain(params, &[Type::I32]);
    let mut b = FunctionBuilder::new(abi.symbol.clone(), signature, Linkage::Export, cx.pointer_bytes());
    b.function_mut().attrs.unwind_table = true;
    let block = b.create_block();
    b.switch_to(block);
    let params: Vec<_> = b.function().params().collect();
    let mut symbol = |name| b.symbol(SymbolRef { name, kind: SymbolKind::Function, weak: false, local: true });
    let main_symbol = symbol(main);
    let start_symbol = symbol(cx.symbol_arc(cx.symbol_name(start)));
    let main_address = b.value(Inst::SymbolAddr { symbol: main_symbol, offset: 0 });
    // C's `int` as wide as a pointer.
    let is_int = pointer == Type::I32;
    let (argc, argv) = match params[..] {
        [argc, argv] if is_int => (argc, argv),
        [argc, argv] => (b.value(Inst::Cast { op: CastOp::Sext, value: argc, ty: pointer }), argv),
        _ => {
            let zero = b.value(Inst::Iconst { ty: pointer, value: 0 });
            (zero, b.value(Inst::Cast { op: CastOp::IntToPtr, value: zero, ty: Type::PTR }))
        }
    };
    let sigpipe = b.value(Inst::Iconst { ty: Type::I8, value: u128::from(sigpipe) });
    let sig = b.signature(cx.fn_abi_of_instance(start)?.to_lir_signature(cx.layout));
    let args = vec![main_address, argc, argv, sigpipe];
    let call = Call { callee: Callee::Symbol(start_symbol), sig, args, attrs: CallAttrs::default() };
    let code = b.call(call)[0];
    let code = if is_int { code } else { b.value(Inst::Cast { op: CastOp::Trunc, value: code, ty: Type::I32 }) };
    b.terminate(Terminator::Return(vec![code]));
    Ok(Lowered::new(b.finish_function(), vec![Use::Function(start)]))
}

/// The symbols through which `alloc` reaches the allocator, for a program that does not choose its own: each calls the
/// default of std. `default_allocator` and `default_error_handler` say which of the two are wanted.
pub fn allocator_shim<'tcx>(cx: &LowerCx<'tcx>, default_allocator: bool, default_error_handler: bool) -> Vec<Function> {
    // A symbol's name, parameters, result, and what optimisers may know of it.
    type Method = (&'static str, Vec<Type>, Option<Type>, Option<AllocatorRole>);
    let size = Type::Scalar(lir::Scalar::int(cx.pointer_bytes() * 8).expect("a pointer-sized integer"));
    let mut functions = Vec::new();
    let mut methods: Vec<Method> = Vec::new();
    if default_allocator {
        let alloc = |zeroed| Some(AllocatorRole::Alloc { size: 0, align: 1, zeroed });
        let dealloc = Some(AllocatorRole::Dealloc { ptr: 0 });
        let realloc = Some(AllocatorRole::Realloc { ptr: 0, align: 2, new_size: 3 });
        methods.extend([
            ("alloc", vec![size, size], Some(Type::PTR), alloc(false)),
            ("dealloc", vec![Type::PTR, size, size], None, dealloc),
            ("realloc", vec![Type::PTR, size, size, size], Some(Type::PTR), realloc),
            ("alloc_zeroed", vec![size, size], Some(Type::PTR), alloc(true)),
        ]);
    }
    if default_error_handler {
        methods.push(("alloc_error_handler", vec![size, size], None, None));
    }
    for (name, params, output, role) in methods {
        let signature = Signature::plain(&params, output.as_slice());
        let symbol = cx.mangler.internal_symbol_name(&format!("__rust_{name}"));
        let target = cx.mangler.internal_symbol_name(&format!("__rdl_{name}"));
        let mut b =
            FunctionBuilder::new(symbol.as_str().into(), signature.clone(), Linkage::Export, cx.pointer_bytes());
        let attrs = &mut b.function_mut().attrs;
        attrs.unwind_table = true;
        if role.is_some() {
            attrs.allocator = role;
            attrs.inline = InlineHint::Never;
        }
        let block = b.create_block();
        b.switch_to(block);
        let args = b.function().params().collect();
        let sig = b.signature(signature);
        let target =
            b.symbol(SymbolRef { name: target.as_str().into(), kind: SymbolKind::Function, weak: false, local: false });
        let diverges = name == "alloc_error_handler";
        let attrs = CallAttrs { noreturn: diverges, ..CallAttrs::default() };
        let results = b.call(Call { callee: Callee::Symbol(target), sig, args, attrs });
        b.terminate(if diverges { Terminator::Unreachable } else { Terminator::Return(results) });
        functions.push(b.finish_function());
    }
    // A symbol that says, by being there, that whoever links knows about the others.
    let name = cx.mangler.internal_symbol_name("__rust_no_alloc_shim_is_unstable_v2");
    let mut b = FunctionBuilder::new(name.as_str().into(), Signature::default(), Linkage::Export, cx.pointer_bytes());
    let block = b.create_block();
    b.switch_to(block);
    b.terminate(Terminator::Return(vec![]));
    functions.push(b.finish_function());
    functions
}
