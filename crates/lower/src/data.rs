//! Constant memory, statics and vtables as data objects.

use crate::debug::source_path;
use crate::{LowerCx, LowerError, Lowered, Use, Variables};
use lir::{Data, DebugStatic, Linkage, Relocation};
use std::sync::Arc;
use traits::VtableEntry;
use ty::{
    AllocId, Allocation, CodegenFlags, DefId, DefKind, ExistentialPredicates, GlobalAlloc, Instance, Mutability,
    Symbol, Ty,
};

/// A name made from what the memory holds.
pub(crate) fn content_name<'tcx>(cx: &LowerCx<'tcx>, id: AllocId) -> Symbol {
    let mut hasher = blake3::Hasher::new();
    let prefix = match cx.tcx.global_alloc(id) {
        GlobalAlloc::Memory(memory) => {
            let memory = memory.0;
            hasher.update(&memory.align.to_le_bytes());
            hasher.update(&[u8::from(memory.mutability.is_mut())]);
            hasher.update(&memory.size().to_le_bytes());
            hasher.update(&memory.bytes);
            for &(offset, target) in &memory.provenance {
                hasher.update(&offset.to_le_bytes());
                hasher.update(target_name(cx, target).as_bytes());
            }
            if memory.mutability.is_mut() {
                // Two mutable pieces with the same content are not the same piece.
                hasher.update(&id.0.get().to_le_bytes());
            }
            "alloc_"
        }
        GlobalAlloc::VTable(ty, predicates) => {
            let entries = vtable_words(cx, ty, predicates);
            for entry in entries {
                match entry {
                    Word::Number(number) => hasher.update(&number.to_le_bytes()),
                    Word::Function(instance) => hasher.update(cx.symbol_name(instance).as_str().as_bytes()),
                    Word::Alloc(id) => hasher.update(cx.alloc_name(id).as_str().as_bytes()),
                };
                hasher.update(&[0xff]);
            }
            "vtable_"
        }
        other => ty::bug!("{other:?} has a name of its own"),
    };
    let hash = hasher.finalize().to_hex();
    Symbol::intern(&format!("{prefix}{}", &hash.as_str()[..32]))
}

/// What a pointer in constant memory points to, by name.
fn target_name<'tcx>(cx: &LowerCx<'tcx>, id: AllocId) -> String {
    match cx.tcx.global_alloc(id) {
        GlobalAlloc::Function(instance) => cx.symbol_name(instance).as_str().to_owned(),
        GlobalAlloc::Static(def_id) => cx.symbol_name(Instance::new(def_id, ty::List::empty())).as_str().to_owned(),
        GlobalAlloc::Memory(memory) if memory.0.size() == 0 => format!("aligned {}", memory.0.align),
        GlobalAlloc::Memory(_) | GlobalAlloc::VTable(..) => cx.alloc_name(id).as_str().to_owned(),
        GlobalAlloc::TypeId(_) => "type id".to_owned(),
    }
}

/// One word of a vtable.
enum Word<'tcx> {
    Number(u64),
    Function(Instance<'tcx>),
    Alloc(AllocId),
}

fn vtable_words<'tcx>(cx: &LowerCx<'tcx>, ty: Ty<'tcx>, predicates: ExistentialPredicates<'tcx>) -> Vec<Word<'tcx>> {
    let layout = cx.layout_of(ty).expect("a type in a vtable has a layout: a value of it exists");
    cx.traits
        .vtable_entries_for_dyn(ty, predicates)
        .iter()
        .map(|entry| match *entry {
            VtableEntry::DropInPlace => {
                if cx.tcx.hooks().needs_drop(ty) {
                    Word::Function(cx.traits.resolve_drop_in_place(ty))
                } else {
                    Word::Number(0)
                }
            }
            VtableEntry::Size => Word::Number(layout.size.bytes()),
            VtableEntry::Align => Word::Number(layout.align.abi.bytes()),
            VtableEntry::Vacant => Word::Number(0),
            VtableEntry::Method(instance) => Word::Function(instance),
            VtableEntry::TraitPointer(trait_ref) => {
                let key = cx.traits.vtable_predicates(trait_ref);
                Word::Alloc(cx.tcx.alloc_id_for(GlobalAlloc::VTable(ty, key)))
            }
        })
        .collect()
}

/// Lowers constant memory or a vtable.
pub fn lower_alloc<'tcx>(cx: &LowerCx<'tcx>, id: AllocId) -> Result<Lowered<'tcx, Data>, LowerError> {
    let name = cx.symbol_arc(cx.alloc_name(id));
    match cx.tcx.global_alloc(id) {
        GlobalAlloc::Memory(memory) => {
            let mut lowered = memory_data(cx, memory.0, name)?;
            lowered.item.writable = memory.0.mutability.is_mut();
            lowered.item.mergeable = !memory.0.mutability.is_mut();
            Ok(lowered)
        }
        GlobalAlloc::VTable(ty, predicates) => {
            let word_bytes = cx.pointer_bytes() as usize;
            let mut data = new_data(name, cx.options.linkage, word_bytes as u64);
            data.mergeable = true;
            let mut uses = Vec::new();
            for word in vtable_words(cx, ty, predicates) {
                let offset = data.bytes.len() as u64;
                let mut number = 0;
                match word {
                    Word::Number(value) => number = value,
                    Word::Function(instance) => {
                        uses.push(Use::Function(instance));
                        let symbol = cx.symbol_arc(cx.symbol_name(instance));
                        data.relocations.push(Relocation { offset, symbol, function: true, weak: false, addend: 0 });
                    }
                    Word::Alloc(target) => {
                        uses.push(Use::Alloc(target));
                        let symbol = cx.symbol_arc(cx.alloc_name(target));
                        data.relocations.push(Relocation { offset, symbol, function: false, weak: false, addend: 0 });
                    }
                }
                data.bytes.extend_from_slice(&number.to_le_bytes()[..word_bytes]);
            }
            Ok(Lowered::new(data, uses))
        }
        other => Err(LowerError::internal(format!("{other:?} is not data"))),
    }
}

/// Lowers a static that is defined here.
pub fn lower_static<'tcx>(cx: &LowerCx<'tcx>, def_id: DefId) -> Result<Lowered<'tcx, Data>, LowerError> {
    let definitions = cx.tcx.definitions();
    let attrs = definitions.codegen_attrs(def_id);
    let memory = cx.eval.eval_static(def_id)?.0;
    let name = cx.symbol_arc(cx.symbol_name(Instance::new(def_id, ty::List::empty())));
    let mut lowered = memory_data(cx, memory, name)?;
    let data = &mut lowered.item;
    data.linkage = cx.item_linkage(def_id);
    let mutable = matches!(definitions.def_kind(def_id), DefKind::Static { mutable: true, .. });
    data.writable = mutable || memory.mutability == Mutability::Mut;
    data.thread_local = attrs.flags.contains(CodegenFlags::THREAD_LOCAL);
    data.section = attrs.link_section.map(|section| section.as_str().to_owned());
    data.used = attrs.flags.intersects(CodegenFlags::USED_COMPILER | CodegenFlags::USED_LINKER);
    data.align = data.align.max(attrs.align.unwrap_or(1));
    data.debug = debug_static(cx, def_id);
    Ok(lowered)
}

/// What debuggers are told of a static, where variables are wanted.
fn debug_static(cx: &LowerCx<'_>, def_id: DefId) -> Option<DebugStatic> {
    let definitions = cx.tcx.definitions();
    // What a static refers to and may change is a static, too, and has no name or type of its own.
    if cx.options.variables == Variables::Hidden
        || matches!(definitions.def_kind(def_id), DefKind::Static { nested: true, .. })
    {
        return None;
    }
    let span = definitions.debug_span(definitions.def_span(def_id));
    if span.is_dummy() {
        return None;
    }
    let ty = cx.tcx.normalize(definitions.type_of(def_id));
    let ty = cx.debug_types.lock().unwrap_or_else(|poison| poison.into_inner()).id(cx, ty);
    let source = definitions.source_file(span.file);
    let (line, _) = source.line_column(span.lo);
    let name = cx.debug_name(Instance::new(def_id, ty::List::empty()));
    Some(DebugStatic { name, ty, file: source_path(source), line })
}

fn new_data(name: Arc<str>, linkage: Linkage, align: u64) -> Data {
    Data {
        name,
        linkage,
        align: align.max(1),
        writable: false,
        thread_local: false,
        mergeable: false,
        section: None,
        used: false,
        bytes: Vec::new(),
        zero_size_bytes: 0,
        relocations: Vec::new(),
        debug: None,
    }
}

fn memory_data<'tcx>(
    cx: &LowerCx<'tcx>,
    memory: &'tcx Allocation,
    name: Arc<str>,
) -> Result<Lowered<'tcx, Data>, LowerError> {
    let mut data = new_data(name, cx.options.linkage, memory.align);
    let word_bytes = cx.pointer_bytes() as usize;
    // Zeros at the end take no space in the object.
    let last_pointer = memory.provenance.last().map_or(0, |&(offset, _)| offset as usize + word_bytes);
    let last_byte = memory.bytes.iter().rposition(|&byte| byte != 0).map_or(0, |at| at + 1);
    let content = last_pointer.max(last_byte);
    // An object is in .bss as a whole or not at all, so the tail is left out where it is worth it only.
    let content = if content == 0 || memory.bytes.len() - content >= 4096 { content } else { memory.bytes.len() };
    data.bytes = memory.bytes[..content].to_vec();
    data.zero_size_bytes = (memory.bytes.len() - content) as u64;
    let mut uses = Vec::new();
    for &(offset, target) in &memory.provenance {
        let range = offset as usize..offset as usize + word_bytes;
        let mut buffer = [0u8; 8];
        buffer[..word_bytes].copy_from_slice(&memory.bytes[range.clone()]);
        let addend = u64::from_le_bytes(buffer) as i64;
        let (symbol, function, weak) = match cx.tcx.global_alloc(target) {
            GlobalAlloc::Function(instance) => {
                uses.push(Use::Function(instance));
                (cx.symbol_name(instance), true, cx.is_weak_import(instance.def_id()))
            }
            GlobalAlloc::Static(def_id) => {
                uses.push(Use::Static(def_id));
                let name = cx.symbol_name(Instance::new(def_id, ty::List::empty()));
                (name, false, cx.is_weak_import(def_id))
            }
            GlobalAlloc::Memory(memory) if memory.0.size() == 0 => {
                let address = memory.0.align.wrapping_add(addend as u64);
                data.bytes[range].copy_from_slice(&address.to_le_bytes()[..word_bytes]);
                continue;
            }
            GlobalAlloc::Memory(_) | GlobalAlloc::VTable(..) => {
                uses.push(Use::Alloc(target));
                (cx.alloc_name(target), false, false)
            }
            // A piece of a `TypeId`: the bytes are the value.
            GlobalAlloc::TypeId(_) => continue,
        };
        data.bytes[range].fill(0);
        data.relocations.push(Relocation { offset, symbol: cx.symbol_arc(symbol), function, weak, addend });
    }
    Ok(Lowered::new(data, uses))
}
