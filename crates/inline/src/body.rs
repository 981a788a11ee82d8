//! Which functions can be inlined, and where.

use lir::operands::{for_each_table_entry_mut, for_each_terminator_table_entry_mut};
use lir::{Call, Function, InlineHint, Inst, Linkage, Param, PointerRole, SymbolRefId, Terminator, Type};

/// Bodies with more instructions than this stay calls, though they ask to be inlined: what calls it a hundred times would be
/// too much for a compiler that is meant to be fast.
pub(crate) const MAX_SIZE: usize = 500;

/// What only says that inlining pays is inlined up to so many instructions, if it calls nothing: a call has more, with what it
/// takes to pass arguments and to enter and leave a frame.
const MAX_LEAF_SIZE: usize = 8;

/// How many instructions a function has.
pub(crate) fn size(function: &Function) -> usize {
    function.blocks.iter().map(|block| block.nodes.len() + 1).sum()
}

/// Whether a function has one block of a few instructions, and neither calls anything nor needs memory.
fn is_small_leaf(function: &Function) -> bool {
    function.blocks.len() == 1
        && size(function) <= MAX_LEAF_SIZE
        && function.slots.is_empty()
        && function.blocks.iter().flat_map(|block| &block.nodes).all(|node| !matches!(node.inst, Inst::Call(_)))
}

/// Whether a function asks to be inlined, or is cheaper than its call, and its body can be in another function's frame.
pub(crate) fn is_inlinable(function: &Function) -> bool {
    let attrs = &function.attrs;
    // A definition that may give way to another says nothing of what a call does.
    let is_final =
        matches!(function.linkage, Linkage::Internal | Linkage::Hidden | Linkage::Export | Linkage::Available);
    let is_wanted = match attrs.inline {
        InlineHint::Always => true,
        InlineHint::Hint => is_small_leaf(function),
        InlineHint::None | InlineHint::Never => false,
    };
    is_wanted
        && is_final
        && !attrs.naked
        && !function.signature.variadic
        && function.signature.params.iter().all(|param| !matches!(param.attrs.role, Some(PointerRole::ByValue { .. })))
        && size(function) <= MAX_SIZE
        && returns(function) > 0
        && function.blocks.iter().all(|block| {
            !matches!(block.terminator, Terminator::TailCall(_) | Terminator::AsmGoto { .. })
                && block.nodes.iter().all(|node| is_movable(&node.inst))
        })
}

/// Not what speaks of its own frame. Nor what few back ends have, which would make them reject the callers as well.
fn is_movable(inst: &Inst) -> bool {
    !matches!(inst, Inst::VaStart { .. } | Inst::ReturnAddress | Inst::Asm(_) | Inst::LlvmIntrinsic { .. })
}

/// In how many places a function returns.
pub(crate) fn returns(function: &Function) -> usize {
    function.blocks.iter().filter(|block| matches!(block.terminator, Terminator::Return(_))).count()
}

/// Whether a call in `caller` can be replaced by `body`; `unwinds_here` says that the caller cleans up when it unwinds.
pub(crate) fn fits(caller: &Function, call: &Call, body: &Function, unwinds_here: bool) -> bool {
    let given = caller.signature(call.sig);
    let taken = &body.signature;
    let types = |params: &[Param]| -> Vec<Type> { params.iter().map(|param| param.ty).collect() };
    let same_signature = given.conv == taken.conv
        && !given.variadic
        && call.args.len() == taken.params.len()
        && types(&given.params) == types(&taken.params)
        && types(&given.returns) == types(&taken.returns);
    // Code may use what its function has, and no more.
    let features = &caller.attrs.target_features;
    let same_features = body.attrs.target_features.iter().all(|feature| features.contains(feature));
    let name = |function: &Function| function.personality.map(|symbol| function.symbol(symbol).name.clone());
    let same_personality = match (name(caller), name(body)) {
        (Some(of_caller), Some(of_body)) => of_caller == of_body,
        _ => true,
    };
    // Clean-up code of the body would have to go on in that of the caller.
    let unwinds_simply = !unwinds_here || body.blocks.iter().all(|block| block.landing.is_none());
    same_signature && same_features && same_personality && unwinds_simply
}

/// The symbols of a kind that instructions of a function refer to, once each.
pub(crate) fn used_symbols(function: &Function, is_asked: impl Fn(&str) -> bool) -> Vec<&str> {
    let asked = function.symbols.iter_enumerated().filter(|(_, symbol)| is_asked(&symbol.name));
    let mut asked: Vec<(SymbolRefId, &str, bool)> = asked.map(|(id, symbol)| (id, &*symbol.name, false)).collect();
    if asked.is_empty() {
        return Vec::new();
    }
    let mut use_of = |used: &mut SymbolRefId| {
        asked.iter_mut().filter(|(id, ..)| id == used).for_each(|(_, _, is_used)| *is_used = true);
    };
    for block in &function.blocks {
        // The walk is one that may change what it sees.
        for node in &block.nodes {
            if matches!(node.inst, Inst::SymbolAddr { .. } | Inst::TlsAddr { .. } | Inst::Call(_) | Inst::Asm(_)) {
                for_each_table_entry_mut(&mut node.inst.clone(), &mut |_| (), &mut use_of);
            }
        }
        if matches!(block.terminator, Terminator::Invoke { .. } | Terminator::TailCall(_) | Terminator::AsmGoto { .. })
        {
            for_each_terminator_table_entry_mut(&mut block.terminator.clone(), &mut |_| (), &mut use_of);
        }
    }
    asked.into_iter().filter(|(.., is_used)| *is_used).map(|(_, name, _)| name).collect()
}
