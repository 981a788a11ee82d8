//! Constants and the memory that they point to.

use super::Printer;
use crate::*;
use std::fmt::{self, Write};
use ty::{AllocId, Allocation, ConstValue, GlobalAlloc, Scalar, Ty, TyKind, UintTy, ValTreeKind};

/// Memory is shown up to this many bytes; it is said how many more there are.
const SHOWN_BYTES: usize = 1024;

impl<'tcx> Printer<'tcx> {
    pub(super) fn constant(&self, constant: &Const<'tcx>) -> String {
        match *constant {
            Const::Ty(ty, constant) => match *ty.kind() {
                TyKind::Int(_) | TyKind::Uint(_) | TyKind::Float(_) if constant.as_bits().is_some() => {
                    format!("const {}_{}", self.tcx.const_str(constant), self.tcx.ty_str(ty))
                }
                _ => match str_of_tree(ty, constant) {
                    Some(text) => format!("const {text:?}"),
                    None => format!("const {}", self.tcx.const_str(constant)),
                },
            },
            Const::Unevaluated { constant, promoted, .. } => {
                let path = self.tcx.value_path_str(constant.def, constant.args);
                match promoted {
                    Some(promoted) => format!("const {path}::promoted[{}]", promoted.as_u32()),
                    None => format!("const {path}"),
                }
            }
            Const::Val(value, ty) => self.value(value, ty),
        }
    }

    fn value(&self, value: ConstValue, ty: Ty<'tcx>) -> String {
        match value {
            ConstValue::ZeroSized => match *ty.kind() {
                TyKind::FnDef(did, args) => self.tcx.value_path_str(did, args),
                _ => format!("const {}", self.zero_sized(ty)),
            },
            ConstValue::Scalar(Scalar::Int(int)) => match *ty.kind() {
                TyKind::Int(_) | TyKind::Uint(_) | TyKind::Float(_) => {
                    format!("const {}_{}", ty::scalar_int_str(ty, int), self.tcx.ty_str(ty))
                }
                TyKind::Bool | TyKind::Char => format!("const {}", ty::scalar_int_str(ty, int)),
                _ => format!("const {{{int:?} as {}}}", self.tcx.ty_str(ty)),
            },
            ConstValue::Scalar(Scalar::Ptr(id, offset, _)) => {
                if let Some(bytes) = self.byte_string(id, offset, ty) {
                    return format!("const b\"{}\"", bytes.escape_ascii());
                }
                format!("const {{{}: {}}}", self.pointer(id, offset), self.tcx.ty_str(ty))
            }
            ConstValue::Slice { alloc_id, meta } => match self.str_slice(alloc_id, meta, ty) {
                Some(text) => format!("const {text:?}"),
                None => format!("const {{{}, {meta}: {}}}", self.pointer(alloc_id, 0), self.tcx.ty_str(ty)),
            },
            ConstValue::Indirect { alloc_id, offset } => {
                format!("const {{in {}: {}}}", self.pointer(alloc_id, offset), self.tcx.ty_str(ty))
            }
        }
    }

    fn zero_sized(&self, ty: Ty<'tcx>) -> String {
        if ty.is_unit() { "()".to_owned() } else { format!("{{value of {}}}", self.tcx.ty_str(ty)) }
    }

    fn bytes_of(&self, id: AllocId) -> Option<&'tcx Allocation> {
        match self.tcx.try_global_alloc(id)? {
            GlobalAlloc::Memory(memory) => Some(memory.0),
            _ => None,
        }
    }

    fn str_slice(&self, id: AllocId, len: u64, ty: Ty<'tcx>) -> Option<&'tcx str> {
        match *ty.kind() {
            TyKind::Ref(_, pointee, _) if *pointee.kind() == TyKind::Str => {}
            _ => return None,
        }
        let bytes = &self.bytes_of(id)?.bytes;
        std::str::from_utf8(bytes.get(..usize::try_from(len).ok()?)?).ok()
    }

    /// The bytes of a `&[u8; N]`.
    fn byte_string(&self, id: AllocId, offset: u64, ty: Ty<'tcx>) -> Option<&'tcx [u8]> {
        let TyKind::Ref(_, pointee, _) = *ty.kind() else { return None };
        let TyKind::Array(element, _) = *pointee.kind() else { return None };
        if *element.kind() != TyKind::Uint(UintTy::U8) || offset != 0 {
            return None;
        }
        Some(&self.bytes_of(id)?.bytes)
    }

    /// A pointer by what it points to. Memory is shown after the body.
    fn pointer(&self, id: AllocId, offset: u64) -> String {
        let target = match self.tcx.try_global_alloc(id) {
            Some(GlobalAlloc::Function(instance)) => self.tcx.instance_str(instance),
            Some(GlobalAlloc::Static(did)) => format!("static {}", self.tcx.def_path_str(did)),
            Some(GlobalAlloc::TypeId(ty)) => format!("type id of {}", self.tcx.ty_str(ty)),
            Some(GlobalAlloc::VTable(ty, predicates)) => {
                let object = TyKind::Dynamic(predicates, ty::Region::Erased);
                let object = self.tcx.ty_str(self.tcx.mk_ty(object));
                format!("vtable of {} for {object}", self.tcx.ty_str(ty))
            }
            Some(GlobalAlloc::Memory(_)) | None => format!("alloc{}", self.number(id)),
        };
        if offset == 0 { target } else { format!("{target}+{offset:#x}") }
    }

    fn number(&self, id: AllocId) -> usize {
        let mut allocs = self.allocs.borrow_mut();
        let known = allocs.iter().position(|&known| known == id);
        known.unwrap_or_else(|| {
            allocs.push(id);
            allocs.len() - 1
        }) + 1
    }

    /// Everything that was named, and what that points to.
    pub(super) fn memory(&self, out: &mut dyn Write) -> fmt::Result {
        let mut shown = 0;
        loop {
            let id = self.allocs.borrow().get(shown).copied();
            let Some(id) = id else { return Ok(()) };
            shown += 1;
            writeln!(out)?;
            match self.bytes_of(id) {
                Some(allocation) => self.allocation(out, &format!("alloc{shown}"), allocation)?,
                None => writeln!(out, "alloc{shown}: nothing yet")?,
            }
        }
    }

    pub(super) fn allocation(&self, out: &mut dyn Write, name: &str, allocation: &Allocation) -> fmt::Result {
        let mutability = if allocation.mutability.is_mut() { ", mutable" } else { "" };
        write!(out, "{name} (size: {}, align: {}{mutability})", allocation.size(), allocation.align)?;
        if allocation.bytes.is_empty() {
            return writeln!(out, " {{}}");
        }
        writeln!(out, " {{")?;
        let shown = allocation.bytes.len().min(SHOWN_BYTES);
        for (row, bytes) in allocation.bytes[..shown].chunks(16).enumerate() {
            let mut text = String::new();
            for (column, byte) in bytes.iter().enumerate() {
                match allocation.init.get((row * 16 + column) as u64) {
                    true => text.push_str(&format!("{byte:02x} ")),
                    false => text.push_str("__ "),
                }
            }
            let letters: String =
                bytes.iter().map(|&b| if b.is_ascii_graphic() { char::from(b) } else { '.' }).collect();
            writeln!(out, "    {:#06x} │ {text:<48}│ {letters}", row * 16)?;
        }
        if shown < allocation.bytes.len() {
            writeln!(out, "    … {} more bytes", allocation.bytes.len() - shown)?;
        }
        for &(at, id) in &allocation.provenance {
            let bytes = allocation.bytes.get(at as usize..at as usize + 8);
            let offset = bytes.map_or(0, |bytes| u64::from_le_bytes(bytes.try_into().expect("eight bytes")));
            writeln!(out, "    at {at:#x}: {}", self.pointer(id, offset))?;
        }
        writeln!(out, "}}")
    }
}

/// The text of a `&str` of the type system.
fn str_of_tree<'tcx>(ty: Ty<'tcx>, constant: ty::Const<'tcx>) -> Option<String> {
    match *ty.kind() {
        TyKind::Ref(_, pointee, _) if *pointee.kind() == TyKind::Str => {}
        _ => return None,
    }
    let ValTreeKind::Branch(bytes) = constant.as_value()?.1.kind() else { return None };
    let bytes: Option<Vec<u8>> = bytes.iter().map(|byte| u8::try_from(byte.as_bits()?).ok()).collect();
    String::from_utf8(bytes?).ok()
}
