//! Debug information: locations, scopes, variables, types.
//!
//! Everything here describes the source program to a debugger; nothing of it changes what the code does.

use crate::{FileId, LocId, ScopeId, Slot, Var};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How much debug information; the same as rustc's `debuginfo`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub enum DebugInfo {
    #[default]
    None,
    /// Locations and scopes.
    Lines,
    /// Variables and types too.
    Full,
}

/// A source location. `line` and `column` count from 1; 0 is unknown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Location {
    pub file: FileId,
    pub line: u32,
    pub column: u32,
    pub scope: ScopeId,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum ScopeKind {
    /// The function itself (only the first scope).
    Function,
    /// A lexical block.
    Block,
    /// Another function's body, inlined before LIR; `call` is where. Without a linkage name, any instance of the function
    /// that has the name.
    Inlined { name: Arc<str>, linkage_name: Arc<str>, call: LocId },
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct DebugScope {
    pub kind: ScopeKind,
    /// The scope around it; of an inlined body, the scope of the call. `None` for the first scope.
    pub parent: Option<ScopeId>,
    /// The function's path as a debugger shows it, for the first scope (`my_crate::module::function`).
    pub name: Arc<str>,
    pub file: FileId,
    pub line: u32,
}

/// Where a variable is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum DebugPlace {
    /// In memory at this offset of a slot.
    Slot { slot: Slot, offset: u64 },
    /// The slot holds a pointer to it; the variable is `offset` bytes behind where that points.
    Pointer { slot: Slot, offset: u64 },
    /// In a LIR variable.
    Var(Var),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct DebugVariable {
    pub name: Arc<str>,
    pub ty: DebugTypeId,
    pub place: DebugPlace,
    pub scope: ScopeId,
    /// From 1, for parameters.
    pub argument: Option<u16>,
    pub loc: LocId,
}

/// A static as the source has it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct DebugStatic {
    /// Its path (`my_crate::module::STATIC`).
    pub name: Arc<str>,
    pub ty: DebugTypeId,
    pub file: Arc<str>,
    pub line: u32,
}

/// An index into the module's `debug_types`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DebugTypeId(pub u32);

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum BaseEncoding {
    Bool,
    Char,
    Signed,
    Unsigned,
    Float,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct DebugField {
    pub name: Arc<str>,
    pub ty: DebugTypeId,
    pub offset: u64,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct DebugVariant {
    pub name: Arc<str>,
    /// The tag's value; `None` for the variant of all other values.
    pub discriminant: Option<u128>,
    /// A struct type of the whole enum's size.
    pub ty: DebugTypeId,
}

/// A type as DWARF sees it. Types may be recursive: they refer to each other by number.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum DebugType {
    Base {
        name: Arc<str>,
        size: u64,
        encoding: BaseEncoding,
    },
    Pointer {
        name: Arc<str>,
        pointee: DebugTypeId,
        size: u64,
    },
    Struct {
        name: Arc<str>,
        size: u64,
        align: u64,
        fields: Vec<DebugField>,
    },
    Union {
        name: Arc<str>,
        size: u64,
        align: u64,
        fields: Vec<DebugField>,
    },
    Array {
        element: DebugTypeId,
        count: u64,
        size: u64,
    },
    /// An enum with fields. `tag` is the tag's type and offset, absent where there is one variant.
    Enum {
        name: Arc<str>,
        size: u64,
        align: u64,
        tag: Option<(DebugTypeId, u64)>,
        variants: Vec<DebugVariant>,
    },
    /// An enum without fields.
    CLikeEnum {
        name: Arc<str>,
        base: DebugTypeId,
        size: u64,
        values: Vec<(Arc<str>, i128)>,
    },
    FunctionPointer {
        name: Arc<str>,
        size: u64,
    },
    /// Something that cannot be described further.
    Opaque {
        name: Arc<str>,
        size: u64,
        align: u64,
    },
}

impl DebugType {
    /// Calls `visit` with every type that this one refers to.
    pub fn for_each_type(&self, visit: &mut dyn FnMut(DebugTypeId)) {
        match self {
            DebugType::Base { .. } | DebugType::FunctionPointer { .. } | DebugType::Opaque { .. } => {}
            DebugType::Pointer { pointee: id, .. }
            | DebugType::Array { element: id, .. }
            | DebugType::CLikeEnum { base: id, .. } => visit(*id),
            DebugType::Struct { fields, .. } | DebugType::Union { fields, .. } => {
                fields.iter().for_each(|field| visit(field.ty));
            }
            DebugType::Enum { tag, variants, .. } => {
                tag.iter().for_each(|(id, _)| visit(*id));
                variants.iter().for_each(|variant| visit(variant.ty));
            }
        }
    }

    /// As [`DebugType::for_each_type`], to change what it refers to.
    pub fn for_each_type_mut(&mut self, visit: &mut dyn FnMut(&mut DebugTypeId)) {
        match self {
            DebugType::Base { .. } | DebugType::FunctionPointer { .. } | DebugType::Opaque { .. } => {}
            DebugType::Pointer { pointee: id, .. }
            | DebugType::Array { element: id, .. }
            | DebugType::CLikeEnum { base: id, .. } => visit(id),
            DebugType::Struct { fields, .. } | DebugType::Union { fields, .. } => {
                fields.iter_mut().for_each(|field| visit(&mut field.ty));
            }
            DebugType::Enum { tag, variants, .. } => {
                tag.iter_mut().for_each(|(id, _)| visit(id));
                variants.iter_mut().for_each(|variant| visit(&mut variant.ty));
            }
        }
    }
}
