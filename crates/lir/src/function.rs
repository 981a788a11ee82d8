//! Functions: entities, tables, blocks.

use crate::{DebugScope, DebugTypeId, DebugVariable, InlineAsm, Inst, Location, Signature, Terminator, Type};
use index::{IndexVec, index_type};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

index_type! {
    /// A value: defined once.
    #[derive(Serialize, Deserialize)]
    pub struct Value = "v";
}
index_type! {
    /// A basic block; 0 is the entry.
    #[derive(Serialize, Deserialize)]
    pub struct Block = "block";
}
index_type! {
    /// A mutable scalar register.
    #[derive(Serialize, Deserialize)]
    pub struct Var = "var";
}
index_type! {
    /// A piece of this function's frame with an address.
    #[derive(Serialize, Deserialize)]
    pub struct Slot = "slot";
}
index_type! {
    /// An entry of a function's table of signatures.
    #[derive(Serialize, Deserialize)]
    pub struct SigId = "sig";
}
index_type! {
    /// An entry of a function's table of symbol references.
    #[derive(Serialize, Deserialize)]
    pub struct SymbolRefId = "sym";
}
index_type! {
    /// An entry of a function's table of source locations.
    #[derive(Serialize, Deserialize)]
    pub struct LocId = "loc";
}
index_type! {
    /// An entry of a function's table of debug scopes.
    #[derive(Serialize, Deserialize)]
    pub struct ScopeId = "scope";
}
index_type! {
    /// An entry of a function's table of source files.
    #[derive(Serialize, Deserialize)]
    pub struct FileId = "file";
}

impl LocId {
    /// No location: the code comes from no place in the source.
    pub const NONE: LocId = LocId::from_u32(u32::MAX);

    /// Whether it is [`LocId::NONE`].
    pub fn is_none(self) -> bool {
        self == LocId::NONE
    }
}

/// A slot of the frame.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct SlotData {
    /// In bytes.
    pub size: u64,
    /// A power of two; may exceed the stack's own alignment (the back end realigns).
    pub align: u64,
}

/// What a symbol that a function refers to is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum SymbolKind {
    /// A function.
    Function,
    /// A data object.
    Data,
    /// A data object of which each thread has a copy.
    ThreadLocal,
}

/// A reference to something by its linker name.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct SymbolRef {
    /// The linker name.
    pub name: Arc<str>,
    /// What it names.
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

/// `#[inline]`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum InlineHint {
    #[default]
    /// Nothing is said.
    None,
    /// `#[inline]`: inlining pays.
    Hint,
    /// `#[inline(always)]`.
    Always,
    /// `#[inline(never)]`.
    Never,
}

/// `#[optimize(…)]`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum OptimizeHint {
    #[default]
    /// As the module's options say.
    Default,
    /// `none`: not at all.
    None,
    /// `size`: for size.
    Size,
    /// `speed`: for speed.
    Speed,
}

/// What an allocator function does, for optimisers that know (LLVM `allockind`). Parameter numbers count from 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum AllocatorRole {
    /// Allocates.
    Alloc {
        /// The parameter with the size in bytes.
        size: u32,
        /// The parameter with the alignment in bytes.
        align: u32,
        /// Whether the memory is zero.
        zeroed: bool,
    },
    /// Moves an allocation to another size.
    Realloc {
        /// The parameter with the allocation.
        ptr: u32,
        /// The parameter with the alignment in bytes.
        align: u32,
        /// The parameter with the new size in bytes.
        new_size: u32,
    },
    /// Frees an allocation.
    Dealloc {
        /// The parameter with the allocation.
        ptr: u32,
    },
}

/// Facts about a function beyond its signature.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct FunctionAttrs {
    /// Whether to inline calls of it.
    pub inline: InlineHint,
    /// How to optimise it.
    pub optimize: OptimizeHint,
    /// It is called rarely.
    pub cold: bool,
    /// Never unwinds.
    pub nounwind: bool,
    /// It never returns.
    pub noreturn: bool,
    /// An unwind table entry is needed even if it never unwinds.
    pub unwind_table: bool,
    /// The body is one `asm` instruction and nothing else, no prologue or epilogue.
    pub naked: bool,
    /// It may be what the C library's functions are made of: none of its code becomes a call of such a function.
    pub no_builtins: bool,
    /// What it does to allocations.
    pub allocator: Option<AllocatorRole>,
    /// Target features beyond the module's, with `+` or `-` before the LLVM name.
    pub target_features: Vec<String>,
    /// The section of its code, if not the back end's choice.
    pub section: Option<String>,
    /// Minimum alignment of the code in bytes; 0 says nothing.
    pub align: u64,
    /// Must be kept though nothing refers to it (`#[used]`).
    pub used: bool,
}

/// An instruction in its place.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Node {
    /// The instruction.
    pub inst: Inst,
    /// Its results are `first_result`, and the `result_count - 1` values after it; `v0` where there are none.
    pub first_result: Value,
    /// How many results it has.
    pub result_count: u8,
    /// Where it comes from.
    pub loc: LocId,
}

/// `count` values from `first` on. In a damaged module they may end early, at the largest number.
fn results(first: Value, count: u8) -> impl Iterator<Item = Value> + Clone + use<> {
    let first = first.as_u32();
    (first..first.saturating_add(u32::from(count))).map(Value::from_u32)
}

impl Node {
    /// The result of this position; 0 is the first. There must be one.
    pub fn result(&self, position: usize) -> Value {
        debug_assert!(position < usize::from(self.result_count), "result {position} of {}", self.result_count);
        self.first_result.plus(position)
    }

    /// The values that this instruction defines.
    pub fn results(&self) -> impl Iterator<Item = Value> + Clone + use<> {
        results(self.first_result, self.result_count)
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
    /// What it does with exceptions.
    pub kind: LandingKind,
    /// `ptr`: the exception object. Defined at the start of the block.
    pub exception: Value,
    /// `i32`: the personality's selector.
    pub selector: Value,
}

/// A basic block.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct BlockData {
    /// How it is entered by unwinding, if it is.
    pub landing: Option<Landing>,
    /// The instructions in their order.
    pub nodes: Vec<Node>,
    /// How it ends.
    pub terminator: Terminator,
    /// The terminator's results (`Invoke`, `AsmGoto`) are these values; `v0` where there are none.
    pub first_result: Value,
    /// How many results the terminator has.
    pub result_count: u8,
    /// Where the terminator comes from.
    pub terminator_loc: LocId,
    /// Executed rarely (panics, unwinding).
    pub cold: bool,
}

impl BlockData {
    /// The values that the terminator defines.
    pub fn terminator_results(&self) -> impl Iterator<Item = Value> + Clone + use<> {
        results(self.first_result, self.result_count)
    }
}

/// A function with a body.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Function {
    /// The linker symbol.
    pub name: Arc<str>,
    /// Who sees it.
    pub linkage: Linkage,
    /// Facts beyond the signature.
    pub attrs: FunctionAttrs,
    /// The first values, `v0`…, are the parameters.
    pub signature: Signature,
    /// The values' types.
    pub values: IndexVec<Value, Type>,
    /// The variables' types.
    pub vars: IndexVec<Var, Type>,
    /// The frame's pieces.
    pub slots: IndexVec<Slot, SlotData>,
    /// The blocks; the entry is the first.
    pub blocks: IndexVec<Block, BlockData>,
    /// The signatures of calls.
    pub signatures: IndexVec<SigId, Signature>,
    /// The symbols that it refers to.
    pub symbols: IndexVec<SymbolRefId, SymbolRef>,
    /// The symbol of the personality routine, where a block has a landing pad.
    pub personality: Option<SymbolRefId>,
    /// The paths of source files.
    pub files: IndexVec<FileId, Arc<str>>,
    /// The source locations.
    pub locations: IndexVec<LocId, Location>,
    /// The first scope is the function's own. Empty where there is no debug information.
    pub scopes: IndexVec<ScopeId, DebugScope>,
    /// The variables that debuggers show.
    pub debug_variables: Vec<DebugVariable>,
    /// The type of the result, for debuggers; none where there is no result, or variables are not described.
    pub debug_result: Option<DebugTypeId>,
}

impl Function {
    /// A function without blocks, which nothing is known of.
    pub fn new(name: Arc<str>, linkage: Linkage, signature: Signature) -> Function {
        Function {
            name,
            linkage,
            attrs: FunctionAttrs::default(),
            signature,
            values: IndexVec::new(),
            vars: IndexVec::new(),
            slots: IndexVec::new(),
            blocks: IndexVec::new(),
            signatures: IndexVec::new(),
            symbols: IndexVec::new(),
            personality: None,
            files: IndexVec::new(),
            locations: IndexVec::new(),
            scopes: IndexVec::new(),
            debug_variables: Vec::new(),
            debug_result: None,
        }
    }

    /// A value's type.
    pub fn ty(&self, value: Value) -> Type {
        self.values[value]
    }

    /// An entry of the table of signatures.
    pub fn signature(&self, id: SigId) -> &Signature {
        &self.signatures[id]
    }

    /// An entry of the table of symbols.
    pub fn symbol(&self, id: SymbolRefId) -> &SymbolRef {
        &self.symbols[id]
    }

    /// A block.
    pub fn block(&self, block: Block) -> &BlockData {
        &self.blocks[block]
    }

    /// The parameters' values.
    pub fn params(&self) -> impl Iterator<Item = Value> + Clone + use<> {
        (0..self.signature.params.len()).map(Value::from_usize)
    }

    /// All blocks in their order.
    pub fn block_ids(&self) -> impl Iterator<Item = Block> + use<> {
        self.blocks.keys()
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
            first_result: Value::ZERO,
            result_count: 0,
            terminator_loc: LocId::NONE,
            cold: false,
        }
    }
}
