//! Content hashes, the keys of caches.
//!
//! A hash says what is compiled, not how it is written down: it is the same in every run, whatever order a function's
//! tables, a module's definitions or the debug types are in, and whether tables hold entries that nothing uses. The
//! order of values, variables, slots and blocks counts, since back ends may follow it.

use crate::operands::{for_each_table_entry_mut, for_each_terminator_table_entry_mut};
use crate::{Data, DebugType, DebugTypeId, Function, Module, ScopeKind};
use index::{Index, IndexVec};
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::fmt;
use std::hash::Hash;

type DebugTypes = IndexVec<DebugTypeId, DebugType>;

/// A BLAKE3 hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct ContentHash(pub [u8; 32]);

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The hash of a function. `debug_types` are those of its module; types that it does not use do not count.
pub fn function_hash(function: &Function, debug_types: &DebugTypes) -> ContentHash {
    let mut canonical = function.clone();
    let types = canonicalize(&mut canonical, debug_types);
    hash(b'f', &(canonical, types))
}

/// The hash of a data object. `debug_types` as for [`function_hash`].
pub fn data_hash(data: &Data, debug_types: &DebugTypes) -> ContentHash {
    let mut canonical = data.clone();
    let types = own_debug_types(&mut [], std::slice::from_mut(&mut canonical), debug_types);
    hash(b'd', &(canonical, types))
}

/// The hash of a module.
pub fn module_hash(module: &Module) -> ContentHash {
    let mut functions: Vec<ContentHash> =
        module.functions.iter().map(|function| function_hash(function, &module.debug_types)).collect();
    functions.sort_unstable();
    let mut data: Vec<ContentHash> = module.data.iter().map(|data| data_hash(data, &module.debug_types)).collect();
    data.sort_unstable();
    let mut aliases: Vec<ContentHash> = module.aliases.iter().map(|alias| hash(b'a', alias)).collect();
    aliases.sort_unstable();
    // Types that nothing uses make no code.
    let head = (&module.name, &module.source_file, &module.source_folder, &module.global_asm, &module.declarations);
    hash(b'm', &(head, functions, data, aliases))
}

/// `kind` keeps hashes of different kinds of things apart.
fn hash<T: Serialize>(kind: u8, value: &T) -> ContentHash {
    let bytes = postcard::to_extend(value, vec![kind]).expect("LIR holds nothing that postcard refuses");
    ContentHash(*blake3::hash(&bytes).as_bytes())
}

/// Numbers things in the order of their first use, and gathers their content in that order.
struct Renumbering<'a, I, T> {
    table: &'a IndexVec<I, T>,
    numbers: FxHashMap<I, I>,
    used: IndexVec<I, T>,
}

impl<'a, I: Index, T: Clone> Renumbering<'a, I, T> {
    fn new(table: &'a IndexVec<I, T>) -> Renumbering<'a, I, T> {
        Renumbering { table, numbers: FxHashMap::default(), used: IndexVec::new() }
    }

    /// Gives an entry its new number. Numbers outside of the table stay as they are.
    fn renumber(&mut self, id: &mut I) {
        let Some(entry) = self.table.get(*id) else { return };
        *id = *self.numbers.entry(*id).or_insert_with(|| self.used.push(entry.clone()));
    }
}

/// Renumbers a function's tables in the order of first use, and drops what nothing uses. Gives the debug types that it
/// uses, to which its debug variables then refer.
fn canonicalize(function: &mut Function, debug_types: &DebugTypes) -> DebugTypes {
    let signatures = std::mem::take(&mut function.signatures);
    let symbols = std::mem::take(&mut function.symbols);
    let locations = std::mem::take(&mut function.locations);
    let files = std::mem::take(&mut function.files);
    let mut sigs = Renumbering::new(&signatures);
    let mut syms = Renumbering::new(&symbols);
    let mut locs = Renumbering::new(&locations);
    let mut sources = Renumbering::new(&files);
    let mut types = Renumbering::new(debug_types);

    if let Some(id) = &mut function.personality {
        syms.renumber(id);
    }
    for block in &mut function.blocks {
        for node in &mut block.nodes {
            locs.renumber(&mut node.loc);
            for_each_table_entry_mut(&mut node.inst, &mut |id| sigs.renumber(id), &mut |id| syms.renumber(id));
        }
        locs.renumber(&mut block.terminator_loc);
        let terminator = &mut block.terminator;
        for_each_terminator_table_entry_mut(terminator, &mut |id| sigs.renumber(id), &mut |id| syms.renumber(id));
    }
    for variable in &mut function.debug_variables {
        locs.renumber(&mut variable.loc);
        types.renumber(&mut variable.ty);
    }
    if let Some(ty) = &mut function.debug_result {
        types.renumber(ty);
    }
    for scope in &mut function.scopes {
        if let ScopeKind::Inlined { call, .. } = &mut scope.kind {
            locs.renumber(call);
        }
        sources.renumber(&mut scope.file);
    }
    for location in &mut locs.used {
        sources.renumber(&mut location.file);
    }
    function.signatures = sigs.used;
    function.symbols = syms.used;
    function.locations = locs.used;
    function.files = sources.used;
    close_types(types)
}

/// Gives the debug types that functions and data use, in the order of their first use, to which these then refer; so that what
/// is compiled together depends only on itself.
pub fn own_debug_types(functions: &mut [Function], data: &mut [Data], debug_types: &DebugTypes) -> DebugTypes {
    let mut types = Renumbering::new(debug_types);
    for debug in data.iter_mut().filter_map(|data| data.debug.as_mut()) {
        types.renumber(&mut debug.ty);
    }
    for function in functions {
        let variables = function.debug_variables.iter_mut().map(|variable| &mut variable.ty);
        variables.chain(&mut function.debug_result).for_each(|ty| types.renumber(ty));
    }
    close_types(types)
}

/// Adds the types that the used types refer to, and so on. Ends on recursive types too, since each is added once.
fn close_types(mut types: Renumbering<'_, DebugTypeId, DebugType>) -> DebugTypes {
    let mut next = DebugTypeId::ZERO;
    while let Some(ty) = types.used.get(next) {
        let mut ty = ty.clone();
        ty.for_each_type_mut(&mut |id| types.renumber(id));
        types.used[next] = ty;
        next = next.plus(1);
    }
    types.used
}
