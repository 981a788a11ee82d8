//! The `main` of a crate's tests, which hands the descriptions of all of them to the test harness.

use crate::{LowerCx, LowerError, Lowered, Use};
use lir::{
    Call, CallAttrs, Callee, Function, FunctionBuilder, Inst, Signature, SymbolKind, SymbolRef, Terminator, Type,
};
use ty::{
    AllocId, Allocation, ConstAllocation, ConstValue, DefId, FieldIdx, GlobalAlloc, InitMask, Instance, Mutability, Ty,
    TyKind, UnevaluatedConst, VariantIdx,
};

/// A test's description in constant memory, and the name in it.
struct Described {
    name: Vec<u8>,
    memory: AllocId,
    offset: u64,
}

/// A function without arguments or result that runs the tests. They come by name, as rustc has them.
pub(crate) fn lower_test_main<'tcx>(
    cx: &LowerCx<'tcx>,
    harness: DefId,
    tests: &[DefId],
) -> Result<Lowered<'tcx, Function>, LowerError> {
    let mut described = tests.iter().map(|&test| describe(cx, test)).collect::<Result<Vec<_>, _>>()?;
    described.sort_by(|a, b| a.name.cmp(&b.name));
    let slice = slice_of_references(cx, &described);
    let harness = Instance::new(harness, ty::List::empty());

    let name = cx.mangler.internal_symbol_name("bessemer_test_main");
    let linkage = cx.options.linkage;
    let mut b = FunctionBuilder::new(name.as_str().into(), Signature::default(), linkage, cx.pointer_bytes());
    b.function_mut().attrs.unwind_table = true;
    let block = b.create_block();
    b.switch_to(block);
    let usize = Type::Scalar(lir::Scalar::int(cx.pointer_bytes() * 8).expect("a pointer-sized integer"));
    let slice_name = cx.symbol_arc(cx.alloc_name(slice));
    let slice_symbol = b.symbol(SymbolRef { name: slice_name, kind: SymbolKind::Data, weak: false, local: true });
    let address = b.value(Inst::SymbolAddr { symbol: slice_symbol, offset: 0 });
    let length = b.value(Inst::Iconst { ty: usize, value: described.len() as u128 });
    let harness_name = cx.symbol_arc(cx.symbol_name(harness));
    let local = cx.is_codegened_here(harness);
    let harness_symbol = b.symbol(SymbolRef { name: harness_name, kind: SymbolKind::Function, weak: false, local });
    let sig = b.signature(cx.fn_abi_of_instance(harness)?.to_lir_signature(cx.layout));
    let args = vec![address, length];
    b.call(Call { callee: Callee::Symbol(harness_symbol), sig, args, attrs: CallAttrs::default() });
    b.terminate(Terminator::Return(vec![]));
    Ok(Lowered::new(b.finish_function(), vec![Use::Function(harness), Use::Alloc(slice)]))
}

fn describe<'tcx>(cx: &LowerCx<'tcx>, test: DefId) -> Result<Described, LowerError> {
    let ty = cx.tcx.definitions().type_of(test);
    let constant = UnevaluatedConst { def: test, args: ty::List::empty() };
    match cx.eval.eval_const_operand(mir::Const::Unevaluated { constant, promoted: None, ty })? {
        ConstValue::Indirect { alloc_id: memory, offset } => {
            let name = test_name(cx, ty, memory, offset);
            let name = name.ok_or_else(|| LowerError::internal("a test's description has no name in it"))?;
            Ok(Described { name, memory, offset })
        }
        other => Err(LowerError::internal(format!("a test's description is {other:?}"))),
    }
}

/// The text of `desc.name`, which is a `StaticTestName(&str)`.
fn test_name<'tcx>(cx: &LowerCx<'tcx>, ty: Ty<'tcx>, memory: AllocId, mut offset: u64) -> Option<Vec<u8>> {
    let mut layout = cx.layout_of(ty).ok()?;
    for name in ["desc", "name"] {
        let TyKind::Adt(def, _) = *layout.ty.kind() else { return None };
        let fields = &cx.tcx.adt_def(def).non_enum_variant().fields;
        let index = (0..fields.len()).find(|&index| fields[FieldIdx::from_usize(index)].name.as_str() == name)?;
        offset += layout.fields.offset(index).bytes();
        layout = layout.field(cx.layout, index);
    }
    let TyKind::Adt(def, _) = *layout.ty.kind() else { return None };
    let variants = &cx.tcx.adt_def(def).variants;
    let mut indices = (0..variants.len()).map(VariantIdx::from_usize);
    let variant = indices.find(|&variant| variants[variant].name.as_str() == "StaticTestName")?;
    offset += layout.for_variant(cx.layout, variant).fields.offset(0).bytes();

    let GlobalAlloc::Memory(ConstAllocation(memory)) = cx.tcx.global_alloc(memory) else { return None };
    let word = |offset: u64| {
        let start = usize::try_from(offset).ok()?;
        let bytes = memory.bytes.get(start..start + cx.pointer_bytes() as usize)?;
        let mut buffer = [0; 8];
        buffer[..bytes.len()].copy_from_slice(bytes);
        usize::try_from(u64::from_le_bytes(buffer)).ok()
    };
    let (start, length) = (word(offset)?, word(offset + u64::from(cx.pointer_bytes()))?);
    let GlobalAlloc::Memory(ConstAllocation(text)) = cx.tcx.global_alloc(memory.pointer_at(offset)?) else {
        return None;
    };
    text.bytes.get(start..start.checked_add(length)?).map(<[u8]>::to_vec)
}

fn slice_of_references(cx: &LowerCx<'_>, described: &[Described]) -> AllocId {
    let word_bytes = cx.pointer_bytes() as usize;
    let mut bytes = Vec::new();
    let mut provenance = Vec::new();
    for test in described {
        provenance.push((bytes.len() as u64, test.memory));
        bytes.extend_from_slice(&test.offset.to_le_bytes()[..word_bytes]);
    }
    // What is empty has no memory of its own, but must have an address.
    if bytes.is_empty() {
        bytes.resize(word_bytes, 0);
    }
    let allocation = Allocation {
        bytes,
        provenance,
        init: InitMask::All(true),
        align: word_bytes as u64,
        mutability: Mutability::Not,
    };
    let allocation = ConstAllocation(cx.tcx.arena().keep(allocation));
    cx.tcx.alloc_id_for(GlobalAlloc::Memory(allocation))
}
