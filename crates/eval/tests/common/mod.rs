//! Compiles snippets with the installed rustc and evaluates their constants.
#![allow(dead_code)]

use std::ops::Deref;
use std::path::Path;
use testing::session_options;
use ty::{Arena, ConstValue, DefId, Scalar, Ty, UnevaluatedConst};

/// A program, and its constants as text.
pub struct Program<'tcx>(testing::Program<'tcx>);

impl<'tcx> Deref for Program<'tcx> {
    type Target = testing::Program<'tcx>;
    fn deref(&self) -> &testing::Program<'tcx> {
        &self.0
    }
}

pub fn open<'tcx>(arena: &'tcx Arena, path: &Path) -> Program<'tcx> {
    Program(testing::Program::open(arena, path, session_options()))
}

/// Compiles a snippet and looks at it.
pub fn with_snippet<R>(source: &str, f: impl for<'tcx> FnOnce(&Program<'tcx>) -> R) -> R {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = testing::compile(dir.path(), source, &[]);
    let arena = Arena::new();
    let program = open(&arena, &path);
    f(&program)
}

impl<'tcx> Program<'tcx> {
    /// Type and value of a constant item without parameters.
    pub fn constant(&self, def: DefId) -> (Ty<'tcx>, Result<ConstValue, ty::ConstError>) {
        let ty = self.tcx.normalize(self.tcx.definitions().type_of(def));
        let args = self.erased_args(def);
        let constant = UnevaluatedConst { def, args };
        (ty, self.eval.eval_const_operand(mir::Const::Unevaluated { constant, promoted: None, ty }))
    }

    /// A constant's bytes in hexadecimal; what its pointers point to in brackets; `__` for uninitialised bytes.
    pub fn show(&self, ty: Ty<'tcx>, value: ConstValue) -> String {
        let mut out = String::new();
        match value {
            ConstValue::ZeroSized => out.push_str("()"),
            ConstValue::Scalar(scalar) => self.show_scalar(&mut out, scalar),
            ConstValue::Slice { alloc_id, meta } => {
                self.show_memory(&mut out, alloc_id, 0, None);
                out.push_str(&format!(" x {meta}"));
            }
            ConstValue::Indirect { alloc_id, offset } => {
                let size = self.layouts.layout_of(ty).expect("a layout").size.bytes();
                self.show_memory(&mut out, alloc_id, offset, Some(size));
            }
        }
        out
    }

    fn show_scalar(&self, out: &mut String, scalar: Scalar) {
        match scalar {
            Scalar::Int(int) => {
                for index in 0..u32::from(int.size) {
                    out.push_str(&format!("{:02x}", int.bits >> (index * 8) & 0xff));
                }
            }
            Scalar::Ptr(id, offset, _) => self.show_memory(out, id, offset, None),
        }
    }

    fn show_memory(&self, out: &mut String, id: ty::AllocId, offset: u64, size: Option<u64>) {
        let alloc = match self.tcx.global_alloc(id) {
            ty::GlobalAlloc::Memory(alloc) => alloc.0,
            ty::GlobalAlloc::Function(_) => return out.push_str("[fn]"),
            ty::GlobalAlloc::VTable(..) => return out.push_str("[vtable]"),
            ty::GlobalAlloc::Static(_) => return out.push_str(&format!("[static+{offset}]")),
            ty::GlobalAlloc::TypeId(_) => return out.push_str("[typeid]"),
        };
        self.show_alloc(out, alloc, offset, size)
    }

    pub fn show_alloc(&self, out: &mut String, alloc: &ty::Allocation, offset: u64, size: Option<u64>) {
        let brackets = size.is_none();
        if brackets {
            out.push('[');
        }
        let end = size.map_or(alloc.size(), |size| offset + size);
        let mut at = offset;
        while at < end {
            if let Some(target) = alloc.pointer_at(at) {
                let bytes = alloc.bytes[at as usize..at as usize + 8].try_into().expect("8 bytes");
                self.show_memory(out, target, u64::from_le_bytes(bytes), None);
                at += 8;
            } else {
                match alloc.init.get(at) {
                    true => out.push_str(&format!("{:02x}", alloc.bytes[at as usize])),
                    false => out.push_str("__"),
                }
                at += 1;
            }
        }
        if brackets {
            out.push(']');
        }
    }
}
