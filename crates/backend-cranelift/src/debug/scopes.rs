//! Within a function: inlined functions, blocks, variables.

use super::{Files, UnitWriter, number};
use crate::code::FunctionCode;
use crate::translate::STACK_ALIGN;
use gimli::DW_INL_inlined;
use gimli::constants as dw;
use gimli::write::{Address, AttributeValue, Expression, Range, RangeList, UnitEntryId};
use lir::{DebugPlace, DebugScope, DebugVariable, Function, IndexVec, ScopeId, ScopeKind};
use std::sync::Arc;

/// Parts of a function's code: start and end.
type Ranges = Vec<(u32, u32)>;

/// A function whose scopes are written.
struct Scopes<'a> {
    symbol: usize,
    function: &'a Function,
    code: &'a FunctionCode,
    files: &'a Files,
    /// The code of each scope, with that of the scopes in it.
    covered: IndexVec<ScopeId, Ranges>,
    /// Whether a scope has variables.
    has_variables: IndexVec<ScopeId, bool>,
    /// The entry that stands for each scope, once it is known.
    entries: IndexVec<ScopeId, Option<UnitEntryId>>,
}

impl UnitWriter<'_> {
    /// Entries for the functions inlined into a function and for its blocks, each within the one around it, and the variables in
    /// them. `entry` is the function's own.
    pub(super) fn scopes(
        &mut self,
        symbol: usize,
        function: &Function,
        code: &FunctionCode,
        entry: UnitEntryId,
        files: &Files,
    ) {
        let variables: &[DebugVariable] = if self.full { &function.debug_variables } else { &[] };
        let has_inlined = function.scopes.iter().any(|scope| matches!(scope.kind, ScopeKind::Inlined { .. }));
        if !has_inlined && variables.is_empty() {
            return;
        }
        let mut has_variables = IndexVec::repeat(false, function.scopes.len());
        for variable in variables {
            has_variables[variable.scope] = true;
        }
        let mut entries = IndexVec::repeat(None, function.scopes.len());
        entries[ScopeId::ZERO] = Some(entry);
        let covered = covered(function, code);
        let mut scopes = Scopes { symbol, function, code, files, covered, has_variables, entries };
        // Debuggers take parameters for numbered by their order.
        let mut ordered: Vec<&DebugVariable> = variables.iter().collect();
        ordered.sort_by_key(|variable| (variable.scope, variable.argument.unwrap_or(u16::MAX)));
        let mut last = None;
        for variable in ordered {
            // A function has one variable for each parameter.
            let parameter = variable.argument.map(|argument| (variable.scope, argument));
            let is_parameter = parameter.is_some() && parameter != last;
            last = parameter;
            self.variable(&mut scopes, variable, is_parameter);
        }
        for id in function.scopes.keys() {
            self.scope_entry(&mut scopes, id);
        }
    }

    /// The entry that stands for a scope: an inlined function's own, that of a block with variables, or that of the scope around
    /// it.
    fn scope_entry(&mut self, scopes: &mut Scopes<'_>, id: ScopeId) -> UnitEntryId {
        if let Some(entry) = scopes.entries[id] {
            return entry;
        }
        let scope = &scopes.function.scopes[id];
        let around = self.scope_entry(scopes, scope.parent.unwrap_or(ScopeId::ZERO));
        let entry = match &scope.kind {
            _ if scopes.covered[id].is_empty() => around,
            ScopeKind::Inlined { name, linkage_name, call } => {
                let origin = self.inlined_function(name, linkage_name, scope, scopes.files);
                let new = self.add(around, dw::DW_TAG_inlined_subroutine);
                self.entry(new).set(dw::DW_AT_abstract_origin, AttributeValue::UnitRef(origin));
                self.ranges(scopes, id, new);
                if let Some(call) = scopes.function.locations.get(*call) {
                    let file = scopes.files.get(call.file).copied();
                    let entry = self.entry(new);
                    entry.set(dw::DW_AT_call_file, AttributeValue::FileIndex(file));
                    entry.set(dw::DW_AT_call_line, number(call.line));
                    entry.set(dw::DW_AT_call_column, number(call.column));
                }
                new
            }
            ScopeKind::Block if scopes.has_variables[id] => {
                let new = self.add(around, dw::DW_TAG_lexical_block);
                self.ranges(scopes, id, new);
                new
            }
            ScopeKind::Block | ScopeKind::Function => around,
        };
        scopes.entries[id] = Some(entry);
        entry
    }

    /// Says which code belongs to a scope.
    fn ranges(&mut self, scopes: &Scopes<'_>, id: ScopeId, entry: UnitEntryId) {
        let at = |addend: u32| Address::Symbol { symbol: scopes.symbol, addend: i64::from(addend) };
        if let [(start, end)] = scopes.covered[id][..] {
            let entry = self.entry(entry);
            entry.set(dw::DW_AT_low_pc, AttributeValue::Address(at(start)));
            entry.set(dw::DW_AT_high_pc, number(end - start));
            return;
        }
        // Distances from the function's start need one relocation together.
        let pair = |&(start, end): &(u32, u32)| Range::OffsetPair { begin: start.into(), end: end.into() };
        let base = Range::BaseAddress { address: at(0) };
        let list = RangeList(std::iter::once(base).chain(scopes.covered[id].iter().map(pair)).collect());
        let list = self.unit.unit.ranges.add(list);
        self.entry(entry).set(dw::DW_AT_ranges, AttributeValue::RangeListRef(list));
    }

    /// The entry of a function apart from any place that it was inlined into.
    fn inlined_function(
        &mut self,
        name: &Arc<str>,
        linkage_name: &Arc<str>,
        scope: &DebugScope,
        files: &Files,
    ) -> UnitEntryId {
        let key = if linkage_name.is_empty() { name } else { linkage_name };
        if let Some(&entry) = self.inlined.get(key) {
            return entry;
        }
        // Backtraces show the linkage name or, without one, nothing but the name of this entry.
        let (around, own_name) = match linkage_name.is_empty() {
            true => (self.unit.unit.root(), &**name),
            false => self.path(name),
        };
        let id = self.add(around, dw::DW_TAG_subprogram);
        self.name(id, own_name);
        if !linkage_name.is_empty() {
            let linkage_name = self.string(linkage_name);
            self.entry(id).set(dw::DW_AT_linkage_name, linkage_name);
        }
        let entry = self.entry(id);
        entry.set(dw::DW_AT_decl_file, AttributeValue::FileIndex(files.get(scope.file).copied()));
        entry.set(dw::DW_AT_decl_line, number(scope.line));
        entry.set(dw::DW_AT_inline, AttributeValue::Inline(DW_INL_inlined));
        self.inlined.insert(key.clone(), id);
        id
    }

    fn variable(&mut self, scopes: &mut Scopes<'_>, variable: &DebugVariable, is_parameter: bool) {
        // Where there is no code, nobody asks for it, and it must not seem to be another scope's.
        if variable.scope != ScopeId::ZERO && scopes.covered[variable.scope].is_empty() {
            return;
        }
        let Some(place) = place(scopes, variable.place) else { return };
        let around = self.scope_entry(scopes, variable.scope);
        let ty = self.ty(variable.ty);
        let tag = if is_parameter { dw::DW_TAG_formal_parameter } else { dw::DW_TAG_variable };
        let id = self.add(around, tag);
        self.name(id, &variable.name);
        let scope = &scopes.function.scopes[variable.scope];
        let (file, line) = match scopes.function.locations.get(variable.loc) {
            Some(location) => (location.file, location.line),
            None => (scope.file, scope.line),
        };
        let entry = self.entry(id);
        entry.set(dw::DW_AT_decl_file, AttributeValue::FileIndex(scopes.files.get(file).copied()));
        entry.set(dw::DW_AT_decl_line, number(line));
        entry.set(dw::DW_AT_type, ty);
        entry.set(dw::DW_AT_location, AttributeValue::Exprloc(place));
    }
}

/// Where a variable is, if that is in the frame.
fn place(scopes: &Scopes<'_>, place: DebugPlace) -> Option<Expression> {
    let (slot, offset, behind) = match place {
        DebugPlace::Slot { slot, offset } => (slot, offset, None),
        DebugPlace::Pointer { slot, offset } => (slot, 0, Some(offset)),
        DebugPlace::Var(_) => return None,
    };
    let start = i64::from(*scopes.code.slots.get(slot)?);
    let align = scopes.function.slots[slot].align;
    let mut expression = Expression::new();
    if align > STACK_ALIGN {
        // The code takes the first aligned address, too.
        expression.op_fbreg(start + (align - STACK_ALIGN) as i64);
        expression.op_consts((align as i64).wrapping_neg());
        expression.op(dw::DW_OP_and);
        if offset > 0 {
            expression.op_plus_uconst(offset);
        }
    } else {
        expression.op_fbreg(start + offset as i64);
    }
    if let Some(behind) = behind {
        expression.op_deref();
        if behind > 0 {
            expression.op_plus_uconst(behind);
        }
    }
    Some(expression)
}

/// The code of each scope, in ascending order. Code of unknown origin counts to what was before it, as it does in the line table.
fn covered(function: &Function, code: &FunctionCode) -> IndexVec<ScopeId, Ranges> {
    let mut covered = IndexVec::repeat(Ranges::new(), function.scopes.len());
    let starts = code.lines.iter().skip(1).map(|line| line.0);
    let ends = starts.chain([code.bytes.len() as u32]);
    for (&(start, _, loc), end) in code.lines.iter().zip(ends) {
        let mut scope = Some(function.locations[loc].scope);
        while let Some(id) = scope {
            match covered[id].last_mut() {
                Some(last) if last.1 == start => last.1 = end,
                _ => covered[id].push((start, end)),
            }
            scope = function.scopes[id].parent;
        }
    }
    covered
}
