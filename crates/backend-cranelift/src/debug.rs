//! DWARF: where the code comes from, so that debuggers and backtraces can tell.
//!
//! One unit for the module; in it an entry for each function with those inlined into it before LIR, and its rows of the
//! line table. Variables and types are not described. Version 4, as rustc writes on Linux.

use crate::code::FunctionCode;
use crate::unwind::Relocated;
use gimli::write::{
    Address, AttributeValue, DwarfUnit, FileId, LineProgram, LineString, Range, RangeList, Result, Sections,
    UnitEntryId,
};
use gimli::{DW_INL_inlined, DW_LANG_Rust, Encoding, Format, LineEncoding, SectionId, constants as dw};
use lir::{DebugScope, Function, IndexVec, LocId, Module, ScopeId, ScopeKind};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A compiled function with the number that relocations refer to it by.
type Compiled<'a> = (&'a Function, &'a FunctionCode);

/// The line program's files, by the numbers that they have in the function.
type Files = IndexVec<lir::FileId, FileId>;

/// The debug sections of a module's functions; the relocations' symbols are indices into `functions`.
pub(crate) fn sections(module: &Module, functions: &[Compiled<'_>]) -> Result<Vec<(SectionId, Relocated)>> {
    let encoding = Encoding { format: Format::Dwarf32, version: 4, address_size: 8 };
    let mut unit = DwarfUnit::new(encoding);
    unit.unit.line_program = LineProgram::new(
        encoding,
        LineEncoding::default(),
        LineString::String(no_zero(&module.source_folder)),
        None,
        LineString::String(no_zero(&module.source_file)),
        None,
    );
    let mut writer = UnitWriter { unit, inlined: FxHashMap::default() };
    writer.root(module);
    let mut ranges = Vec::new();
    for (number, (function, code)) in functions.iter().enumerate() {
        if let Some(scope) = function.scopes.get(ScopeId::ZERO) {
            writer.function(number, function, code, scope);
            ranges.push(range(number, 0, code.bytes.len() as u32));
        }
    }
    if ranges.is_empty() {
        return Ok(Vec::new());
    }
    let mut unit = writer.unit;
    let list = unit.unit.ranges.add(RangeList(ranges));
    let root = unit.unit.root();
    let entry = unit.unit.get_mut(root);
    entry.set(dw::DW_AT_low_pc, AttributeValue::Address(Address::Constant(0)));
    entry.set(dw::DW_AT_ranges, AttributeValue::RangeListRef(list));

    let mut sections = Sections::new(Relocated::default());
    unit.write(&mut sections)?;
    let mut written = Vec::new();
    sections.for_each_mut(|id, section| {
        if !section.bytes.slice().is_empty() {
            written.push((id, std::mem::take(section)));
        }
        Result::Ok(())
    })?;
    Ok(written)
}

/// DWARF's strings end with a zero byte, and names of files must not be empty.
fn no_zero(text: &str) -> Vec<u8> {
    let bytes: Vec<u8> = text.bytes().filter(|&byte| byte != 0).collect();
    if bytes.is_empty() { b"?".to_vec() } else { bytes }
}

/// A part of a function's code.
fn range(number: usize, start: u32, end: u32) -> Range {
    let begin = Address::Symbol { symbol: number, addend: i64::from(start) };
    Range::StartLength { begin, length: u64::from(end - start) }
}

struct UnitWriter {
    unit: DwarfUnit,
    /// The entries of functions that have been inlined somewhere, by linkage name, or plain name where there is none.
    inlined: FxHashMap<Arc<str>, UnitEntryId>,
}

impl UnitWriter {
    fn root(&mut self, module: &Module) {
        let name = self.string(&module.source_file);
        let folder = self.string(&module.source_folder);
        let producer = self.string(concat!("bessemer ", env!("CARGO_PKG_VERSION"), " (cranelift)"));
        let root = self.unit.unit.root();
        let entry = self.unit.unit.get_mut(root);
        entry.set(dw::DW_AT_producer, producer);
        entry.set(dw::DW_AT_language, AttributeValue::Language(DW_LANG_Rust));
        entry.set(dw::DW_AT_name, name);
        entry.set(dw::DW_AT_comp_dir, folder);
        entry.set(dw::DW_AT_stmt_list, AttributeValue::LineProgramRef);
    }

    fn string(&mut self, text: &str) -> AttributeValue {
        AttributeValue::StringRef(self.unit.strings.add(no_zero(text)))
    }

    fn function(&mut self, number: usize, function: &Function, code: &FunctionCode, scope: &DebugScope) {
        let files: Files = function.files.iter().map(|path| self.file(path)).collect();
        let file_of = |id: lir::FileId| files.get(id).copied();
        let name = self.string(&scope.name);
        let linkage_name = self.string(&function.name);
        let root = self.unit.unit.root();
        let id = self.unit.unit.add(root, dw::DW_TAG_subprogram);
        let entry = self.unit.unit.get_mut(id);
        entry.set(dw::DW_AT_name, name);
        entry.set(dw::DW_AT_linkage_name, linkage_name);
        let start = Address::Symbol { symbol: number, addend: 0 };
        entry.set(dw::DW_AT_low_pc, AttributeValue::Address(start));
        entry.set(dw::DW_AT_high_pc, AttributeValue::Udata(code.bytes.len() as u64));
        entry.set(dw::DW_AT_decl_file, AttributeValue::FileIndex(file_of(scope.file)));
        entry.set(dw::DW_AT_decl_line, AttributeValue::Udata(u64::from(scope.line)));
        if function.linkage != lir::Linkage::Internal {
            entry.set(dw::DW_AT_external, AttributeValue::Flag(true));
        }
        self.rows(number, function, code, scope, &files);
        self.inlined_scopes(number, function, code, id, &files);
    }

    fn file(&mut self, path: &str) -> FileId {
        let program = &mut self.unit.unit.line_program;
        let (folder, name) = match path.rsplit_once('/') {
            Some((folder, name)) => (program.add_directory(LineString::String(no_zero(folder))), name),
            None => (program.default_directory(), path),
        };
        program.add_file(LineString::String(no_zero(name)), folder, None)
    }

    fn rows(&mut self, number: usize, function: &Function, code: &FunctionCode, scope: &DebugScope, files: &Files) {
        let program = &mut self.unit.unit.line_program;
        program.begin_sequence(Some(Address::Symbol { symbol: number, addend: 0 }));
        if let Some(&file) = files.get(scope.file) {
            let row = program.row();
            row.file = file;
            row.line = u64::from(scope.line);
            program.generate_row();
        }
        let mut first = true;
        let mut last = LocId::NONE;
        for &(start, _, loc) in &code.lines {
            // Code of unknown origin counts to what was before it.
            if loc == last {
                continue;
            }
            last = loc;
            let location = function.locations[loc];
            let Some(&file) = files.get(location.file) else { continue };
            let row = program.row();
            row.address_offset = u64::from(start);
            row.file = file;
            row.line = u64::from(location.line);
            row.column = u64::from(location.column);
            row.prologue_end = first;
            first = false;
            program.generate_row();
        }
        program.end_sequence(code.bytes.len() as u64);
    }

    /// Entries for the functions inlined into `parent`'s function, each within the one that it was inlined into.
    fn inlined_scopes(
        &mut self,
        number: usize,
        function: &Function,
        code: &FunctionCode,
        parent: UnitEntryId,
        files: &Files,
    ) {
        if function.scopes.iter().all(|scope| !matches!(scope.kind, ScopeKind::Inlined { .. })) {
            return;
        }
        let mut covered = IndexVec::repeat(Vec::<(u32, u32)>::new(), function.scopes.len());
        for &(start, end, loc) in &code.lines {
            let mut scope = Some(function.locations[loc].scope);
            while let Some(id) = scope {
                match covered[id].last_mut() {
                    Some(last) if last.1 == start => last.1 = end,
                    _ => covered[id].push((start, end)),
                }
                scope = function.scopes[id].parent;
            }
        }
        // A scope's parent comes before it or not; either way its entry is made first.
        let mut entries = IndexVec::repeat(None, function.scopes.len());
        entries[ScopeId::ZERO] = Some(parent);
        for id in function.scopes.keys() {
            self.scope_entry(id, number, function, &covered, &mut entries, files);
        }
    }

    /// The entry that stands for a scope: an inlined function's own, or that of the scope around it.
    fn scope_entry(
        &mut self,
        id: ScopeId,
        number: usize,
        function: &Function,
        covered: &IndexVec<ScopeId, Vec<(u32, u32)>>,
        entries: &mut IndexVec<ScopeId, Option<UnitEntryId>>,
        files: &Files,
    ) -> UnitEntryId {
        if let Some(entry) = entries[id] {
            return entry;
        }
        let scope = &function.scopes[id];
        let root = ScopeId::ZERO;
        let around = self.scope_entry(scope.parent.unwrap_or(root), number, function, covered, entries, files);
        let ranges = &covered[id];
        let entry = match &scope.kind {
            ScopeKind::Inlined { name, linkage_name, call } if !ranges.is_empty() => {
                let origin = self.inlined_function(name, linkage_name, scope, files);
                let list = RangeList(ranges.iter().map(|&(start, end)| range(number, start, end)).collect());
                let list = self.unit.unit.ranges.add(list);
                let new = self.unit.unit.add(around, dw::DW_TAG_inlined_subroutine);
                let entry = self.unit.unit.get_mut(new);
                entry.set(dw::DW_AT_abstract_origin, AttributeValue::UnitRef(origin));
                entry.set(dw::DW_AT_ranges, AttributeValue::RangeListRef(list));
                if let Some(call) = function.locations.get(*call) {
                    let file = files.get(call.file).copied();
                    entry.set(dw::DW_AT_call_file, AttributeValue::FileIndex(file));
                    entry.set(dw::DW_AT_call_line, AttributeValue::Udata(u64::from(call.line)));
                    entry.set(dw::DW_AT_call_column, AttributeValue::Udata(u64::from(call.column)));
                }
                new
            }
            _ => around,
        };
        entries[id] = Some(entry);
        entry
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
        let linkage = (!linkage_name.is_empty()).then(|| self.string(linkage_name));
        let (name, key) = (self.string(name), key.clone());
        let root = self.unit.unit.root();
        let id = self.unit.unit.add(root, dw::DW_TAG_subprogram);
        let entry = self.unit.unit.get_mut(id);
        entry.set(dw::DW_AT_name, name);
        if let Some(linkage) = linkage {
            entry.set(dw::DW_AT_linkage_name, linkage);
        }
        entry.set(dw::DW_AT_decl_file, AttributeValue::FileIndex(files.get(scope.file).copied()));
        entry.set(dw::DW_AT_decl_line, AttributeValue::Udata(u64::from(scope.line)));
        entry.set(dw::DW_AT_inline, AttributeValue::Inline(DW_INL_inlined));
        self.inlined.insert(key, id);
        id
    }
}
