//! Debug information: locations, scopes, variables, types.
//!
//! Everything here describes the source program to a debugger; nothing of it changes what the code does.

use crate::{FileId, LocId, ScopeId, Slot, Var};
use index::index_type;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How much debug information; the same as rustc's `debuginfo`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub enum DebugInfo {
    #[default]
    /// None at all.
    None,
    /// Locations, for tools that look for nothing but lines: no functions, no blocks.
    Directives,
    /// Locations, and the functions that they are in.
    Lines,
    /// The namespaces of functions too.
    Limited,
    /// Variables and types too.
    Full,
}

/// A source location. `line` and `column` count from 1; 0 is unknown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Location {
    /// The source file.
    pub file: FileId,
    /// The line.
    pub line: u32,
    /// The column, in bytes.
    pub column: u32,
    /// The scope that it is in.
    pub scope: ScopeId,
}

/// What a scope is.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum ScopeKind {
    /// The function itself (only the first scope).
    Function,
    /// A lexical block.
    Block,
    /// Another function's body, inlined before LIR; `call` is where. Without a linkage name, any instance of the function
    /// that has the name.
    Inlined {
        /// The inlined function's path.
        name: Arc<str>,
        /// Its linkage name, or nothing.
        linkage_name: Arc<str>,
        /// Where it was called.
        call: LocId,
    },
}

/// A part of the source in which names are valid.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct DebugScope {
    /// What it is.
    pub kind: ScopeKind,
    /// The scope around it; of an inlined body, the scope of the call. `None` for the first scope.
    pub parent: Option<ScopeId>,
    /// The function's path as a debugger shows it, for the first scope (`my_crate::module::function`).
    pub name: Arc<str>,
    /// The file in which it begins.
    pub file: FileId,
    /// The line at which it begins, from 1; 0 is unknown.
    pub line: u32,
}

/// Where a variable is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum DebugPlace {
    /// In memory at this offset of a slot.
    Slot {
        /// The slot.
        slot: Slot,
        /// Bytes into the slot.
        offset: u64,
    },
    /// The slot holds a pointer to it; the variable is `offset` bytes behind where that points.
    Pointer {
        /// The slot that holds the pointer.
        slot: Slot,
        /// Bytes behind where it points.
        offset: u64,
    },
    /// In a LIR variable.
    Var(Var),
}

/// A variable of the source.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct DebugVariable {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: DebugTypeId,
    /// Where it is.
    pub place: DebugPlace,
    /// Where it is known.
    pub scope: ScopeId,
    /// From 1, for parameters.
    pub argument: Option<u16>,
    /// Where it is declared.
    pub loc: LocId,
}

/// A static as the source has it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct DebugStatic {
    /// Its path (`my_crate::module::STATIC`).
    pub name: Arc<str>,
    /// Its type.
    pub ty: DebugTypeId,
    /// The file that it is declared in.
    pub file: Arc<str>,
    /// The line, from 1; 0 is unknown.
    pub line: u32,
}

index_type! {
    /// An entry of a module's `debug_types`.
    #[derive(Serialize, Deserialize)]
    pub struct DebugTypeId = "type";
}

/// How the bits of a base type are read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum BaseEncoding {
    /// 0 or 1.
    Bool,
    /// A Unicode scalar value.
    Char,
    /// An integer in two's complement.
    Signed,
    /// An integer without sign.
    Unsigned,
    /// An IEEE 754 number.
    Float,
}

/// A field of a struct or union.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct DebugField {
    /// Its name; a number in tuples.
    pub name: Arc<str>,
    /// Its type.
    pub ty: DebugTypeId,
    /// Where it begins, in bytes.
    pub offset: u64,
}

/// A variant of an enum with fields.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct DebugVariant {
    /// Its name.
    pub name: Arc<str>,
    /// The tag's value; `None` for the variant of all other values.
    pub discriminant: Option<u128>,
    /// A struct type of the whole enum's size.
    pub ty: DebugTypeId,
}

/// A type that a generic type was made with.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct DebugParameter {
    /// The name of the generic type's parameter.
    pub name: Arc<str>,
    /// The type in its place.
    pub ty: DebugTypeId,
}

/// A type as DWARF sees it. Types may be recursive: they refer to each other by number.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum DebugType {
    /// A number, `bool` or `char`.
    Base {
        /// Its name as Rust writes it.
        name: Arc<str>,
        /// In bytes.
        size: u64,
        /// How its bits are read.
        encoding: BaseEncoding,
    },
    /// A thin pointer or reference.
    Pointer {
        /// Its name as Rust writes it.
        name: Arc<str>,
        /// What it points to.
        pointee: DebugTypeId,
        /// In bytes.
        size: u64,
    },
    /// A struct, tuple, closure or fat pointer.
    Struct {
        /// Its name as Rust writes it.
        name: Arc<str>,
        /// In bytes.
        size: u64,
        /// Alignment in bytes.
        align: u64,
        /// Its fields.
        fields: Vec<DebugField>,
        /// The types that it was made with, by the names of its parameters.
        parameters: Vec<DebugParameter>,
    },
    /// A union: all fields share the memory.
    Union {
        /// Its name as Rust writes it.
        name: Arc<str>,
        /// In bytes.
        size: u64,
        /// Alignment in bytes.
        align: u64,
        /// Its fields.
        fields: Vec<DebugField>,
        /// The types that it was made with, by the names of its parameters.
        parameters: Vec<DebugParameter>,
    },
    /// An array; it has no name.
    Array {
        /// The type of its elements.
        element: DebugTypeId,
        /// The number of its elements.
        count: u64,
        /// In bytes.
        size: u64,
    },
    /// An enum with fields. `tag` is the tag's type and offset, absent where there is one variant.
    Enum {
        /// Its name as Rust writes it.
        name: Arc<str>,
        /// In bytes.
        size: u64,
        /// Alignment in bytes.
        align: u64,
        /// The tag's type, and where it is, in bytes.
        tag: Option<(DebugTypeId, u64)>,
        /// Its variants.
        variants: Vec<DebugVariant>,
        /// The types that it was made with, by the names of its parameters.
        parameters: Vec<DebugParameter>,
    },
    /// An enum without fields.
    CLikeEnum {
        /// Its name as Rust writes it.
        name: Arc<str>,
        /// The integer type of its values.
        base: DebugTypeId,
        /// In bytes.
        size: u64,
        /// The names of its values.
        values: Vec<(Arc<str>, i128)>,
    },
    /// A pointer to a function, of which no more is said.
    FunctionPointer {
        /// Its name as Rust writes it.
        name: Arc<str>,
        /// In bytes.
        size: u64,
    },
    /// Something that cannot be described further.
    Opaque {
        /// Its name as Rust writes it.
        name: Arc<str>,
        /// In bytes.
        size: u64,
        /// Alignment in bytes.
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
            DebugType::Struct { fields, parameters, .. } | DebugType::Union { fields, parameters, .. } => {
                fields.iter().for_each(|field| visit(field.ty));
                parameters.iter().for_each(|parameter| visit(parameter.ty));
            }
            DebugType::Enum { tag, variants, parameters, .. } => {
                tag.iter().for_each(|(id, _)| visit(*id));
                variants.iter().for_each(|variant| visit(variant.ty));
                parameters.iter().for_each(|parameter| visit(parameter.ty));
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
            DebugType::Struct { fields, parameters, .. } | DebugType::Union { fields, parameters, .. } => {
                fields.iter_mut().for_each(|field| visit(&mut field.ty));
                parameters.iter_mut().for_each(|parameter| visit(&mut parameter.ty));
            }
            DebugType::Enum { tag, variants, parameters, .. } => {
                tag.iter_mut().for_each(|(id, _)| visit(id));
                variants.iter_mut().for_each(|variant| visit(&mut variant.ty));
                parameters.iter_mut().for_each(|parameter| visit(&mut parameter.ty));
            }
        }
    }
}

/// The segments of the path that a debugger shows (`my_crate::module::function`). A `::` within brackets belongs to a segment.
pub fn path_segments(path: &str) -> Vec<&str> {
    let bytes = path.as_bytes();
    let (mut all, mut start, mut depth) = (Vec::new(), 0, 0i32);
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'<' | b'(' | b'[' | b'{' => depth += 1,
            // Not the arrow of a function type.
            b'>' if index > 0 && bytes[index - 1] == b'-' => {}
            b'>' | b')' | b']' | b'}' => depth -= 1,
            b':' if depth == 0 && bytes.get(index + 1) == Some(&b':') && index >= start => {
                all.push(&path[start..index]);
                start = index + 2;
            }
            _ => {}
        }
    }
    all.push(&path[start..]);
    all.retain(|segment| !segment.is_empty());
    all
}

#[cfg(test)]
mod tests {
    use super::path_segments;

    #[test]
    fn paths() {
        assert_eq!(path_segments("a::b::c"), ["a", "b", "c"]);
        assert_eq!(path_segments("main"), ["main"]);
        assert_eq!(path_segments("a::{impl#0}::f<b::C, fn() -> d::E>"), ["a", "{impl#0}", "f<b::C, fn() -> d::E>"]);
        assert_eq!(path_segments("<a::B as c::D>::e"), ["<a::B as c::D>", "e"]);
    }
}
