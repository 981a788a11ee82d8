//! Debug information: locations, scopes, variables.

use crate::operand::align_at;
use crate::place::PlaceRef;
use crate::{FunctionCx, LocalRef, LowerError, Variables};
use layout::TyAndLayout;
use lir::{DebugInfo, DebugPlace, DebugScope, DebugVariable, FileId, LocId, Location, ScopeId, ScopeKind, Value, Var};
use mir::{Local, SourceInfo, SourceScope, VarDebugInfoContents};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;
use ty::rustc_abi::BackendRepr;
use ty::{SourceFileId, Span};

/// A source file's path: as the compiler was given it, from the folder that it ran in.
pub(crate) fn source_path(source: &ty::SourceFile) -> Arc<str> {
    if source.folder.is_empty() || source.name.starts_with('/') {
        source.name.clone()
    } else {
        format!("{}/{}", source.folder, source.name).into()
    }
}

/// A function's debug information, as far as it has been made.
#[derive(Default)]
pub struct DebugCx<'tcx> {
    files: FxHashMap<SourceFileId, FileId>,
    scopes: FxHashMap<SourceScope, ScopeId>,
    locations: FxHashMap<(Span, SourceScope), LocId>,
    /// The last that was asked for: statements that follow each other often have one.
    last: Option<((Span, SourceScope), LocId)>,
    /// The memory of locals that are in variables.
    copies: FxHashMap<Local, PlaceRef<'tcx>>,
    /// Where the value of a variable is stored whenever it is set: address and alignment.
    copied_vars: FxHashMap<Var, (Value, u64)>,
}

impl<'tcx> FunctionCx<'_, 'tcx> {
    fn has_debug(&self) -> bool {
        self.cx.options.debug != DebugInfo::None
    }

    /// Makes the function's own scope.
    pub(crate) fn start_debug(&mut self) {
        if !self.has_debug() {
            return;
        }
        let span = self.cx.tcx.definitions().debug_span(self.body.span);
        let (file, line, _) = self.file_line_column(span);
        let name = self.cx.debug_name(self.instance);
        self.b.function_mut().scopes.push(DebugScope { kind: ScopeKind::Function, parent: None, name, file, line });
    }

    fn file_line_column(&mut self, span: Span) -> (FileId, u32, u32) {
        if span.is_dummy() {
            let file = self.file_named("<unknown>".into());
            return (file, 0, 0);
        }
        let source = self.cx.tcx.definitions().source_file(span.file);
        let (line, column) = source.line_column(span.lo);
        if let Some(&file) = self.debug.files.get(&span.file) {
            return (file, line, column);
        }
        let file = self.file_named(source_path(source));
        self.debug.files.insert(span.file, file);
        (file, line, column)
    }

    fn file_named(&mut self, path: Arc<str>) -> FileId {
        let files = &mut self.b.function_mut().files;
        files.position(|file| *file == path).unwrap_or_else(|| files.push(path))
    }

    /// Sets the source of the instructions to come.
    pub(crate) fn set_debug_location(&mut self, source_info: SourceInfo) {
        if !self.has_debug() {
            return;
        }
        let key = (source_info.span, source_info.scope);
        if let Some((last, loc)) = self.debug.last
            && last == key
        {
            return self.b.set_loc(loc);
        }
        let loc = match self.debug.locations.get(&key) {
            Some(&known) => known,
            None => {
                let loc = self.location(source_info.span, source_info.scope);
                self.debug.locations.insert(key, loc);
                loc
            }
        };
        self.debug.last = Some((key, loc));
        self.b.set_loc(loc);
    }

    fn location(&mut self, span: Span, scope: SourceScope) -> LocId {
        let span = self.cx.tcx.definitions().debug_span_within(span, self.body.span);
        let (file, line, column) = self.file_line_column(span);
        let scope = self.scope(scope);
        self.b.location(Location { file, line, column, scope })
    }

    fn scope(&mut self, scope: SourceScope) -> ScopeId {
        if let Some(&known) = self.debug.scopes.get(&scope) {
            return known;
        }
        let data = &self.body.source_scopes[scope];
        let id = match (data.parent_scope, data.inlined) {
            (None, _) => ScopeId::ZERO,
            (Some(parent), Some((callee, call_site))) => {
                let call = self.location(call_site, parent);
                let parent = self.scope(parent);
                let span = self.cx.tcx.definitions().debug_span(data.span);
                let (file, line, _) = self.file_line_column(span);
                let name = self.cx.debug_name(callee);
                // Variables have types that differ between instances. Where there are none, one description will do for all
                // instances, and need not name one.
                let linkage_name = match self.wants_variables() {
                    true => self.cx.symbol_arc(self.cx.symbol_name(self.monomorphize_value(callee))),
                    false => "".into(),
                };
                let kind = ScopeKind::Inlined { name: name.clone(), linkage_name, call };
                self.push_scope(DebugScope { kind, parent: Some(parent), name, file, line })
            }
            (Some(parent), None) => {
                let parent = self.scope(parent);
                if !self.wants_variables() {
                    // Blocks matter to variables only.
                    parent
                } else {
                    let span = self.cx.tcx.definitions().debug_span(data.span);
                    let (file, line, _) = self.file_line_column(span);
                    let kind = ScopeKind::Block;
                    self.push_scope(DebugScope { kind, parent: Some(parent), name: "".into(), file, line })
                }
            }
        };
        self.debug.scopes.insert(scope, id);
        id
    }

    fn push_scope(&mut self, scope: DebugScope) -> ScopeId {
        self.b.function_mut().scopes.push(scope)
    }

    fn wants_variables(&self) -> bool {
        self.cx.options.variables != Variables::Hidden
    }

    /// What debuggers are told of this function's variables.
    pub(crate) fn variables(&self) -> Variables {
        match self.cx.options.variables {
            Variables::Copied if self.cx.options.std.contains(&self.instance.def_id().krate) => Variables::AsTheyAre,
            variables => variables,
        }
    }

    /// Locals that a debugger should find in memory, or a copy of them.
    pub(crate) fn locals_for_debugger(&self) -> FxHashSet<Local> {
        let mut locals = FxHashSet::default();
        if self.wants_variables() {
            for variable in &self.body.var_debug_info {
                if let VarDebugInfoContents::Place(place) = &variable.value {
                    locals.insert(place.local);
                }
            }
        }
        locals
    }

    /// Makes memory for a copy of a local that is in these variables.
    pub(crate) fn copy_for_debugger(
        &mut self,
        local: Local,
        first: Var,
        second: Option<Var>,
        layout: TyAndLayout<'tcx>,
    ) {
        let place = self.new_temp(layout);
        self.debug.copies.insert(local, place);
        self.debug.copied_vars.insert(first, (place.ptr, place.align));
        if let (Some(second), BackendRepr::ScalarPair(a, b)) = (second, layout.backend_repr) {
            let offset = self.pair_offset(a, b);
            let ptr = self.ptr_offset(place.ptr, offset);
            self.debug.copied_vars.insert(second, (ptr, align_at(place.align, offset)));
        }
    }

    /// Stores the copy of a variable that has just been set, where there is one.
    pub(crate) fn update_copy(&mut self, var: Var, value: Value) {
        if let Some(&(ptr, align)) = self.debug.copied_vars.get(&var) {
            self.store_value(value, ptr, align);
        }
    }

    /// Tells the debugger about variables.
    pub(crate) fn declare_variables(&mut self) -> Result<(), LowerError> {
        if !self.wants_variables() {
            return Ok(());
        }
        let result = self.monomorphize(self.body.local_decls[Local::RETURN].ty);
        if !result.is_unit() && !result.is_never() {
            self.b.function_mut().debug_result = Some(self.debug_type(result));
        }
        for variable in &self.body.var_debug_info {
            // Variables that were taken apart have no one place.
            if variable.composite.is_some() {
                continue;
            }
            let (debug_place, ty) = match &variable.value {
                VarDebugInfoContents::Place(place) => (self.debug_place(*place)?, self.place_ty(*place)),
                VarDebugInfoContents::Const(constant) => {
                    (self.debug_constant(constant)?, self.monomorphize(constant.const_.ty()))
                }
            };
            let Some(debug_place) = debug_place else { continue };
            let ty = self.debug_type(ty);
            let scope = self.scope(variable.source_info.scope);
            let loc = self.location(variable.source_info.span, variable.source_info.scope);
            let argument = variable.argument_index.filter(|_| scope == ScopeId::ZERO);
            self.b.function_mut().debug_variables.push(DebugVariable {
                name: variable.name.as_str().into(),
                ty,
                place: debug_place,
                scope,
                argument,
                loc,
            });
        }
        Ok(())
    }

    fn debug_type(&self, ty: ty::Ty<'tcx>) -> lir::DebugTypeId {
        self.cx.debug_types.lock().unwrap_or_else(|poison| poison.into_inner()).id(self.cx, ty)
    }

    /// A place for a variable that has become a constant.
    fn debug_constant(&mut self, constant: &mir::ConstOperand<'tcx>) -> Result<Option<DebugPlace>, LowerError> {
        if self.variables() == Variables::AsTheyAre {
            return Ok(None);
        }
        let value = self.constant_operand(constant)?;
        if value.layout.is_zst() {
            return Ok(None);
        }
        let copy = self.spill(value);
        Ok(self.slots.get(&copy.ptr).map(|&slot| DebugPlace::Slot { slot, offset: 0 }))
    }

    /// Where a variable is for as long as the function runs.
    fn debug_place(&mut self, place: mir::Place<'tcx>) -> Result<Option<DebugPlace>, LowerError> {
        let base = match self.locals[place.local] {
            LocalRef::Memory(base) => base,
            LocalRef::Var(..) => match self.debug.copies.get(&place.local) {
                Some(&copy) => copy,
                None => return Ok(None),
            },
            LocalRef::Zst(_) | LocalRef::Pointer(_) => return Ok(None),
        };
        let is_argument = (1..=self.body.arg_count).contains(&(place.local.index()));
        if let Some(&slot) = self.slots.get(&base.ptr)
            && place.projection.iter().all(|elem| matches!(elem, mir::ProjectionElem::Field(..)))
        {
            let mut layout = base.layout;
            let mut offset = 0;
            for elem in place.projection {
                if let mir::ProjectionElem::Field(field, _) = elem {
                    offset += layout.fields.offset(field.index()).bytes();
                    layout = layout.field(self.cx.layout, field.index());
                }
            }
            return Ok(Some(DebugPlace::Slot { slot, offset }));
        }
        let is_return = place.local == Local::RETURN;
        if !(is_argument || is_return) || self.variables() == Variables::AsTheyAre {
            return Ok(None);
        }
        // Behind a parameter (a closure's captures), or in the caller's memory: its address is kept for the debugger.
        let known = place
            .projection
            .iter()
            .all(|elem| matches!(elem, mir::ProjectionElem::Field(..) | mir::ProjectionElem::Deref));
        if !known || (is_return && !place.projection.is_empty()) {
            return Ok(None);
        }
        let target = self.place(place)?;
        if target.meta.is_some() {
            return Ok(None);
        }
        let bytes = u64::from(self.pointer_bytes());
        let slot = self.b.create_slot(bytes, bytes);
        let ptr = self.b.value(lir::Inst::SlotAddr { slot, offset: 0 });
        self.store_value(target.ptr, ptr, bytes);
        Ok(Some(DebugPlace::Pointer { slot, offset: 0 }))
    }
}
