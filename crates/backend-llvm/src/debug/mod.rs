//! Debug information.
//!
//! All that does not depend on LLVM's values (files, scopes, types, variables) is written as one text of LLVM's assembly
//! (`metadata`, `types`), which LLVM reads into the module's context: the C interface lacks the variant parts that enums
//! need, and settings of the compile unit. Locations, and the records that tie variables to memory, are made while the
//! functions are lowered.

mod metadata;
mod types;

use crate::cx::Cx;
use crate::function::FunctionCx;
use crate::ll::Metadata;
use crate::ll::debug::DebugBuilder;
use backend::DebugInfo;
use lir::{Data, DebugPlace, Function, IndexVec, LocId, ScopeId, ScopeKind};
use rustc_hash::FxHashMap;

/// DWARF's operators in expressions.
const DW_OP_DEREF: u64 = 0x06;
const DW_OP_PLUS_UCONST: u64 = 0x23;

/// A module's debug information.
pub(crate) struct Debug<'c> {
    builder: DebugBuilder<'c>,
    /// By the function's name.
    functions: FxHashMap<String, FunctionDebug<'c>>,
}

/// The metadata of one function.
struct FunctionDebug<'c> {
    subprogram: Metadata<'c>,
    scopes: IndexVec<ScopeId, Metadata<'c>>,
    /// Absent where variables are not wanted.
    variables: Vec<Metadata<'c>>,
}

/// What lowering a function keeps: its locations made so far.
#[derive(Default)]
pub(crate) struct Locations<'c> {
    known: FxHashMap<LocId, Metadata<'c>>,
    /// For instructions without a location, which LLVM does not allow for calls.
    nowhere: Option<Metadata<'c>>,
}

impl<'c> Debug<'c> {
    /// Makes the metadata of all functions that have scopes, and describes the statics.
    pub(crate) fn new(cx: &Cx<'_, 'c>, bodies: &[&Function]) -> Result<Debug<'c>, String> {
        let functions: Vec<&Function> =
            bodies.iter().copied().filter(|function| !function.scopes.is_empty() && !function.attrs.naked).collect();
        let is_described = |data: &&Data| cx.options.debug == DebugInfo::Full && data.debug.is_some();
        let statics: Vec<&Data> = cx.source.data.iter().filter(is_described).collect();
        let text = metadata::write(cx.source, cx.options, &functions, &statics);
        let mut nodes = cx.context.parse_metadata(&text, metadata::LIST)?.into_iter();
        let mut next = || nodes.next().ok_or("LLVM lost a node of the debug information");
        let unit = next()?;
        cx.module.add_named_metadata("llvm.dbg.cu", unit);
        let mut all = FxHashMap::default();
        for function in functions {
            let subprogram = next()?;
            let scopes = function.scopes.iter().map(|_| next()).collect::<Result<_, _>>()?;
            let variables = match cx.options.debug {
                DebugInfo::Full => function.debug_variables.iter().map(|_| next()).collect::<Result<_, _>>()?,
                _ => Vec::new(),
            };
            all.insert(function.name.to_string(), FunctionDebug { subprogram, scopes, variables });
        }
        let kind = cx.context.metadata_kind("dbg");
        for data in statics {
            let description = next()?;
            if let Some(global) = cx.known(&data.name) {
                global.describe(kind, description);
            }
        }
        Ok(Debug { builder: DebugBuilder::new(cx.module), functions: all })
    }
}

impl<'c> FunctionCx<'_, '_, 'c> {
    fn function_debug(&self) -> Option<&FunctionDebug<'c>> {
        self.cx.debug.get()?.functions.get(&*self.source.name)
    }

    /// Ties the function to its description, and its variables to their memory. The builder is at the end of the frame's
    /// allocations.
    pub(crate) fn start_debug(&mut self) {
        let Some(function) = self.function_debug() else { return };
        self.value.set_subprogram(function.subprogram);
        self.locations.nowhere = Some(self.cx.context.debug_location(0, 0, function.subprogram, None));
        if self.cx.options.debug < DebugInfo::Full {
            return;
        }
        let source = self.source;
        let entry = self.block(lir::Block::ZERO);
        for (number, variable) in source.debug_variables.iter().enumerate() {
            let (address, mut expression) = match variable.place {
                DebugPlace::Slot { slot, offset } => (self.slots[slot], plus(offset)),
                DebugPlace::Pointer { slot, offset } => {
                    let mut expression = vec![DW_OP_DEREF];
                    expression.extend(plus(offset));
                    (self.slots[slot], expression)
                }
                DebugPlace::Var(var) => match self.var_address(var) {
                    Some(address) => (address, Vec::new()),
                    None => continue,
                },
            };
            let location = self.variable_location(variable);
            let debug = self.cx.debug.get().expect("there is debug information");
            let node = self.function_debug().expect("as above").variables[number];
            debug.builder.declare(address, node, &mut expression, location, entry);
        }
    }

    /// A variable's location is in its own scope, wherever its text is.
    fn variable_location(&mut self, variable: &lir::DebugVariable) -> Metadata<'c> {
        let scope = &self.source.scopes[variable.scope];
        let place = match variable.loc.is_none() {
            true => (scope.line, 0),
            false => {
                let location = self.source.locations[variable.loc];
                (location.line, location.column)
            }
        };
        self.location_in(place, variable.scope)
    }

    /// Goes to a location.
    pub(crate) fn set_loc(&mut self, loc: LocId) {
        if self.locations.nowhere.is_some() {
            let location = self.location(loc);
            self.builder().set_location(Some(location));
        }
    }

    fn location(&mut self, loc: LocId) -> Metadata<'c> {
        if let (true, Some(nowhere)) = (loc.is_none(), self.locations.nowhere) {
            return nowhere;
        }
        if let Some(known) = self.locations.known.get(&loc) {
            return *known;
        }
        let location = self.source.locations[loc];
        let made = self.location_in((location.line, location.column), location.scope);
        self.locations.known.insert(loc, made);
        made
    }

    fn location_in(&mut self, (line, column): (u32, u32), scope: ScopeId) -> Metadata<'c> {
        let inlined_at = inlined_call(self.source, scope).map(|call| self.location(call));
        let scope = self.function_debug().expect("locations are for functions with scopes").scopes[scope];
        self.cx.context.debug_location(line, column, scope, inlined_at)
    }
}

/// The call that the body around a scope was inlined for.
fn inlined_call(function: &Function, scope: ScopeId) -> Option<LocId> {
    let mut scope = Some(scope);
    while let Some(id) = scope {
        let data = &function.scopes[id];
        if let ScopeKind::Inlined { call, .. } = data.kind {
            return Some(call);
        }
        scope = data.parent;
    }
    None
}

fn plus(offset: u64) -> Vec<u64> {
    if offset == 0 { Vec::new() } else { vec![DW_OP_PLUS_UCONST, offset] }
}
