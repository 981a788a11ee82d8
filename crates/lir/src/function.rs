//! Functions: entities, tables, blocks.

use crate::{DebugScope, DebugVariable, InlineAsm, Inst, Location, Signature, Terminator, Type};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

macro_rules! entity {
    ($(#[$meta:meta])* $name:ident, $prefix:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The entity as an index into its table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
            /// The entity at an index. Tables hold fewer than 2³² entries.
            pub fn from_index(index: usize) -> $name {
                $name(u32::try_from(index).expect("a table of fewer than 2^32 entries"))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

entity!(/** A value: defined once. */ Value, "v");
entity!(/** A basic block. */ Block, "block");
entity!(/** A mutable scalar register. */ Var, "var");
entity!(/** A piece of this function's frame with an address. */ Slot, "slot");
entity!(/** An entry of a function's table of signatures. */ SigId, "sig");
entity!(/** An entry of a function's table of symbol references. */ SymbolRefId, "sym");
entity!(/** An entry of a function's table of source locations. */ LocId, "loc");
entity!(/** An entry of a function's table of debug scopes. */ ScopeId, "scope");
entity!(/** An entry of a function's table of source files. */ FileId, "file");

impl LocId {
    /// No location: the code is nobody's.
    pub const NONE: LocId = LocId(u32::MAX);

    pub fn is_none(self) -> bool {
        self == LocId::NONE
    }
}

/// A slot of the frame.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct SlotData {
    pub size: u64,
    /// A power of two; may exceed the stack's own alignment (the back end realigns).
    pub align: u64,
}

/// What a symbol that a function refers to is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum SymbolKind {
    Function,
    Data,
    ThreadLocal,
}

/// A reference to something by its linker name.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct SymbolRef {
    pub name: Arc<str>,
    pub kind: SymbolKind,
    /// The address is null where nothing defines the symbol (`#[linkage = "extern_weak"]`).
    pub weak: bool,
    /// The definition is known to be in the same linked image, so no table is needed to reach it.
    pub local: bool,
}

/// Who sees a definition.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum Linkage {
    /// This object only.
    Internal,
    /// Every object of the image, not other images (ELF hidden).
    #[default]
    Hidden,
    /// Other images too.
    Export,
    /// As `Export`; another definition may win.
    WeakExport,
    /// As `Hidden`; equal definitions in other objects are merged.
    WeakHidden,
    /// As `Export`, in C's tentative way.
    Common,
    /// As `Hidden`; another object has the definition, and this copy is there to be inlined from. Functions only.
    Available,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum InlineHint {
    #[default]
    None,
    Hint,
    Always,
    Never,
}

/// `#[optimize(…)]`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum OptimizeHint {
    #[default]
    Default,
    None,
    Size,
    Speed,
}

/// What an allocator function does, for optimisers that know (LLVM `allockind`). Parameter numbers count from 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum AllocatorRole {
    Alloc { size: u32, align: u32, zeroed: bool },
    Realloc { ptr: u32, align: u32, new_size: u32 },
    Dealloc { ptr: u32 },
}

/// Facts about a function beyond its signature.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct FunctionAttrs {
    pub inline: InlineHint,
    pub optimize: OptimizeHint,
    pub cold: bool,
    /// Never unwinds.
    pub nounwind: bool,
    pub noreturn: bool,
    /// An unwind table entry is needed even if it never unwinds.
    pub unwind_table: bool,
    /// The body is one `asm` instruction and nothing else, no prologue or epilogue.
    pub naked: bool,
    pub allocator: Option<AllocatorRole>,
    /// Target features beyond the module's, with `+` or `-` before the LLVM name.
    pub target_features: Vec<String>,
    pub section: Option<String>,
    /// Minimum alignment of the code in bytes; 0 says nothing.
    pub align: u64,
    /// Must be kept though nothing refers to it (`#[used]`).
    pub used: bool,
}

/// An instruction in its place.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Node {
    pub inst: Inst,
    /// Its results are `first_result`, and the `result_count - 1` values after it; `v0` where there are none.
    pub first_result: Value,
    pub result_count: u8,
    pub loc: LocId,
}

impl Node {
    /// The values that this instruction defines.
    pub fn results(&self) -> impl Iterator<Item = Value> + use<> {
        let first = self.first_result.0;
        (first..first.saturating_add(u32::from(self.result_count))).map(Value)
    }
}

/// How a block is entered by unwinding.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum LandingKind {
    /// Runs clean-up code, then resumes (or diverges).
    Cleanup,
    /// Stops every exception (`catch_unwind`, and functions that must not unwind).
    CatchAll,
}

/// The landing pad at the start of a block. Such a block is reached by unwind edges only.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Landing {
    pub kind: LandingKind,
    /// `ptr`: the exception object. Defined at the start of the block.
    pub exception: Value,
    /// `i32`: the personality's selector.
    pub selector: Value,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct BlockData {
    pub landing: Option<Landing>,
    pub nodes: Vec<Node>,
    pub terminator: Terminator,
    /// The terminator's results (`Invoke`, `AsmGoto`) are these values; `v0` where there are none.
    pub first_result: Value,
    pub result_count: u8,
    pub terminator_loc: LocId,
    /// Executed rarely (panics, unwinding).
    pub cold: bool,
}

impl BlockData {
    /// The values that the terminator defines.
    pub fn terminator_results(&self) -> impl Iterator<Item = Value> + use<> {
        let first = self.first_result.0;
        (first..first.saturating_add(u32::from(self.result_count))).map(Value)
    }
}

/// A function with a body.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Function {
    /// The linker symbol.
    pub name: Arc<str>,
    pub linkage: Linkage,
    pub attrs: FunctionAttrs,
    /// The first values, `v0`…, are the parameters.
    pub signature: Signature,
    pub values: Vec<Type>,
    pub vars: Vec<Type>,
    pub slots: Vec<SlotData>,
    pub blocks: Vec<BlockData>,
    pub signatures: Vec<Signature>,
    pub symbols: Vec<SymbolRef>,
    /// The symbol of the personality routine, where a block has a landing pad.
    pub personality: Option<SymbolRefId>,
    pub files: Vec<Arc<str>>,
    pub locations: Vec<Location>,
    /// The first scope is the function's own. Empty where there is no debug information.
    pub scopes: Vec<DebugScope>,
    pub debug_variables: Vec<DebugVariable>,
}

impl Function {
    /// A function without blocks, which nothing is known of.
    pub fn new(name: Arc<str>, linkage: Linkage, signature: Signature) -> Function {
        Function {
            name,
            linkage,
            attrs: FunctionAttrs::default(),
            signature,
            values: Vec::new(),
            vars: Vec::new(),
            slots: Vec::new(),
            blocks: Vec::new(),
            signatures: Vec::new(),
            symbols: Vec::new(),
            personality: None,
            files: Vec::new(),
            locations: Vec::new(),
            scopes: Vec::new(),
            debug_variables: Vec::new(),
        }
    }

    pub fn ty(&self, value: Value) -> Type {
        self.values[value.index()]
    }

    pub fn signature(&self, id: SigId) -> &Signature {
        &self.signatures[id.index()]
    }

    pub fn symbol(&self, id: SymbolRefId) -> &SymbolRef {
        &self.symbols[id.index()]
    }

    pub fn block(&self, block: Block) -> &BlockData {
        &self.blocks[block.index()]
    }

    /// The parameters' values.
    pub fn params(&self) -> impl Iterator<Item = Value> + use<> {
        (0..u32::try_from(self.signature.params.len()).expect("few parameters")).map(Value)
    }

    /// All blocks in their order.
    pub fn block_ids(&self) -> impl Iterator<Item = Block> + use<> {
        (0..u32::try_from(self.blocks.len()).expect("few blocks")).map(Block)
    }
}

/// The type that `InlineAsm`'s results have, in order.
pub fn asm_result_types(asm: &InlineAsm) -> crate::ResultTypes {
    use crate::AsmOperand;
    asm.operands
        .iter()
        .filter_map(|operand| match operand {
            AsmOperand::Out { ty, .. } | AsmOperand::InOut { ty, .. } => *ty,
            _ => None,
        })
        .collect()
}

impl Default for BlockData {
    fn default() -> BlockData {
        BlockData {
            landing: None,
            nodes: Vec::new(),
            terminator: Terminator::Unreachable,
            first_result: Value(0),
            result_count: 0,
            terminator_loc: LocId::NONE,
            cold: false,
        }
    }
}
