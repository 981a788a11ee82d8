//! DWARF: where the code comes from, and what variables there are, so that debuggers and backtraces can tell.
//!
//! One unit for the module; in it an entry for each function with those inlined into it before LIR, and its rows of the
//! line table. With full debug information, also the blocks that have variables, the variables, their types (`types`),
//! and statics. Shaped as LLVM shapes it for rustc, because debuggers know Rust by that shape. Version 4, as rustc writes on
//! Linux.
//!
//! Variables are in the frame for as long as the function runs, at a distance from the frame's canonical address that the
//! code says ([`FunctionCode::slots`]). That of LIR variables is not told.

mod scopes;
mod types;

use crate::code::FunctionCode;
use crate::isa::Arch;
use crate::unwind::Relocated;
use backend::DebugInfo;
use gimli::write::{
    Address, AttributeValue, DebuggingInformationEntry, DwarfUnit, Expression, FileId, LineProgram, LineString, Range,
    RangeList, Result, Sections, UnitEntryId,
};
use gimli::{DW_LANG_Rust, Encoding, Format, LineEncoding, SectionId, constants as dw};
use lir::{Data, DebugScope, Function, IndexVec, LocId, Module, ScopeId};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use types::Types;

/// A compiled function with the number that relocations refer to it by.
type Compiled<'a> = (&'a Function, &'a FunctionCode);

/// The line program's files, by the numbers that they have in the function.
type Files = IndexVec<lir::FileId, FileId>;

/// The debug sections of a module. The relocations' symbols are indices into `functions` and, beyond those, into the module's
/// data.
pub(crate) fn sections(
    module: &Module,
    functions: &[Compiled<'_>],
    debug: DebugInfo,
    arch: Arch,
) -> Result<Vec<(SectionId, Relocated)>> {
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
    let mut writer = UnitWriter {
        unit,
        module,
        full: debug >= DebugInfo::Full,
        inlined: FxHashMap::default(),
        namespaces: FxHashMap::default(),
        types: Types::new(module),
    };
    writer.root();
    let mut ranges = Vec::new();
    for (number, (function, code)) in functions.iter().enumerate() {
        if let Some(scope) = function.scopes.get(ScopeId::ZERO) {
            writer.function(number, function, code, scope);
            let begin = Address::Symbol { symbol: number, addend: 0 };
            ranges.push(Range::StartLength { begin, length: code.bytes.len() as u64 });
        }
    }
    if writer.full {
        for (index, data) in module.data.iter().enumerate() {
            if !data.thread_local || arch.thread_local_offset().is_some() {
                writer.data(functions.len() + index, data);
            }
        }
    }
    if ranges.is_empty() && writer.unit.unit.count() == 1 {
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

/// An unsigned number as an attribute.
fn number(value: impl Into<u64>) -> AttributeValue {
    AttributeValue::Udata(value.into())
}

struct UnitWriter<'m> {
    unit: DwarfUnit,
    module: &'m Module,
    /// Variables and types too.
    full: bool,
    /// The entries of functions that have been inlined somewhere, by linkage name, or plain name where there is none.
    inlined: FxHashMap<Arc<str>, UnitEntryId>,
    namespaces: FxHashMap<(UnitEntryId, String), UnitEntryId>,
    types: Types,
}

impl UnitWriter<'_> {
    fn root(&mut self) {
        let name = self.string(&self.module.source_file);
        let folder = self.string(&self.module.source_folder);
        // gdb looks for "clang" to know that the line table says where a function's prologue ends.
        let producer = self.string(concat!("clang Cranelift (Bessemer ", env!("CARGO_PKG_VERSION"), ")"));
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

    /// A new entry.
    fn add(&mut self, parent: UnitEntryId, tag: dw::DwTag) -> UnitEntryId {
        self.unit.unit.add(parent, tag)
    }

    fn entry(&mut self, id: UnitEntryId) -> &mut DebuggingInformationEntry {
        self.unit.unit.get_mut(id)
    }

    fn name(&mut self, id: UnitEntryId, name: &str) {
        if !name.is_empty() {
            let name = self.string(name);
            self.entry(id).set(dw::DW_AT_name, name);
        }
    }

    /// A path's last segment, and the entry of the namespace that the others make.
    fn path<'p>(&mut self, path: &'p str) -> (UnitEntryId, &'p str) {
        let mut segments = lir::path_segments(path);
        let last = segments.pop().unwrap_or(path);
        let mut around = self.unit.unit.root();
        for segment in segments {
            let key = (around, segment.to_owned());
            around = match self.namespaces.get(&key) {
                Some(known) => *known,
                None => {
                    let entry = self.add(around, dw::DW_TAG_namespace);
                    self.name(entry, segment);
                    self.namespaces.insert(key, entry);
                    entry
                }
            };
        }
        (around, last)
    }

    fn function(&mut self, symbol: usize, function: &Function, code: &FunctionCode, scope: &DebugScope) {
        let files: Files = function.files.iter().map(|path| self.file(path)).collect();
        let (around, name) = self.path(&scope.name);
        let id = self.add(around, dw::DW_TAG_subprogram);
        self.name(id, name);
        let linkage_name = self.string(&function.name);
        let full = self.full;
        let result = function.debug_result.filter(|_| full).map(|result| self.ty(result));
        let entry = self.entry(id);
        if let Some(result) = result {
            entry.set(dw::DW_AT_type, result);
        }
        if *function.name != *scope.name {
            entry.set(dw::DW_AT_linkage_name, linkage_name);
        }
        entry.set(dw::DW_AT_low_pc, AttributeValue::Address(Address::Symbol { symbol, addend: 0 }));
        entry.set(dw::DW_AT_high_pc, number(code.bytes.len() as u64));
        if full {
            let mut frame = Expression::new();
            frame.op(dw::DW_OP_call_frame_cfa);
            entry.set(dw::DW_AT_frame_base, AttributeValue::Exprloc(frame));
        }
        entry.set(dw::DW_AT_decl_file, AttributeValue::FileIndex(files.get(scope.file).copied()));
        entry.set(dw::DW_AT_decl_line, number(scope.line));
        if function.linkage != lir::Linkage::Internal {
            entry.set(dw::DW_AT_external, AttributeValue::Flag(true));
        }
        self.rows(symbol, function, code, scope, &files);
        self.scopes(symbol, function, code, id, &files);
    }

    /// A static.
    fn data(&mut self, symbol: usize, data: &Data) {
        let Some(debug) = &data.debug else { return };
        let (around, name) = self.path(&debug.name);
        let id = self.add(around, dw::DW_TAG_variable);
        self.name(id, name);
        let ty = self.ty(debug.ty);
        let (linkage_name, file) = (self.string(&data.name), self.file(&debug.file));
        let mut place = Expression::new();
        place.op_addr(Address::Symbol { symbol, addend: 0 });
        if data.thread_local {
            // The relocation gives the distance from the start of the thread's memory.
            place.op(dw::DW_OP_GNU_push_tls_address);
        }
        let entry = self.entry(id);
        if *data.name != *debug.name {
            entry.set(dw::DW_AT_linkage_name, linkage_name);
        }
        entry.set(dw::DW_AT_type, ty);
        if data.linkage != lir::Linkage::Internal {
            entry.set(dw::DW_AT_external, AttributeValue::Flag(true));
        }
        entry.set(dw::DW_AT_decl_file, AttributeValue::FileIndex(Some(file)));
        entry.set(dw::DW_AT_decl_line, number(debug.line));
        entry.set(dw::DW_AT_location, AttributeValue::Exprloc(place));
    }

    fn file(&mut self, path: &str) -> FileId {
        let program = &mut self.unit.unit.line_program;
        let (folder, name) = match path.rsplit_once('/') {
            Some((folder, name)) => (program.add_directory(LineString::String(no_zero(folder))), name),
            None => (program.default_directory(), path),
        };
        program.add_file(LineString::String(no_zero(name)), folder, None)
    }

    fn rows(&mut self, symbol: usize, function: &Function, code: &FunctionCode, scope: &DebugScope, files: &Files) {
        let program = &mut self.unit.unit.line_program;
        program.begin_sequence(Some(Address::Symbol { symbol, addend: 0 }));
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
}
