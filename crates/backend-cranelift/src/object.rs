//! The object: sections, symbols and relocations.

use crate::code::{CodeRelocation, FunctionCode, Outcome, RelocationTarget};
use crate::debug;
use crate::isa::{Arch, Target};
use crate::relocation::RelocationKind;
use crate::thunk::VariadicThunk;
use crate::translate::External;
use crate::unwind::{Frames, Handlers, Relocated};
use backend::{CodegenError, DebugInfo, Options};
use lir::{Alias, Data, Function, Linkage, Module, SymbolKind as Kind};
use object::write::{Comdat, Object, Relocation, SectionId, Symbol, SymbolId, SymbolSection};
use object::{Architecture, BinaryFormat, ComdatKind, Endianness, FileFlags, SectionFlags, SectionKind};
use object::{RelocationFlags, SymbolFlags, SymbolKind, SymbolScope, elf};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Writes the object of a module whose functions have been compiled to `outcomes`.
pub(crate) fn write(
    module: &Module,
    outcomes: &[Outcome],
    target: &Target,
    options: &Options,
) -> Result<Vec<u8>, CodegenError> {
    let arch = target.features.arch;
    let architecture = match arch {
        Arch::X86_64 => Architecture::X86_64,
        Arch::Aarch64 => Architecture::Aarch64,
    };
    let mut writer = Writer {
        object: Object::new(BinaryFormat::Elf, architecture, Endianness::Little),
        arch,
        separate: options.function_sections,
        sections: FxHashMap::default(),
        symbols: FxHashMap::default(),
        retains: false,
    };
    writer.object.add_file_symbol(module.name.clone().into_bytes());

    let compiled: Vec<(&Function, &FunctionCode)> = module
        .functions
        .iter()
        .zip(outcomes)
        .filter_map(|(function, outcome)| match outcome {
            Outcome::Code(code) => Some((function, &**code)),
            _ => None,
        })
        .collect();
    let places: Vec<Place> = compiled.iter().map(|(function, code)| writer.define_function(function, code)).collect();
    let data_places: Vec<Option<Place>> = module.data.iter().map(|data| writer.define_data(data)).collect();
    for alias in &module.aliases {
        writer.define_alias(alias);
    }

    let thunks = writer.define_thunks(compiled.iter().flat_map(|(_, code)| &code.externals));
    for ((function, code), place) in compiled.iter().zip(&places) {
        for relocation in &code.relocations {
            writer.relocate_code(function, code, *place, relocation, &thunks)?;
        }
    }
    for (data, place) in module.data.iter().zip(&data_places) {
        if let Some(place) = place {
            writer.relocate_data(data, *place)?;
        }
    }
    writer.unwind_tables(&compiled, &places, target)?;
    if options.debug > DebugInfo::None {
        let sections = debug::sections(module, &compiled, options.debug, arch);
        let sections = sections.map_err(|error| broken("debug information", &error))?;
        writer.debug_sections(module, sections, &places, &data_places)?;
    }
    // Without this note the linker would make the stack executable.
    writer.object.add_section(Vec::new(), b".note.GNU-stack".to_vec(), SectionKind::Other);
    if writer.retains {
        writer.object.flags = FileFlags::Elf { os_abi: elf::ELFOSABI_GNU, abi_version: 0, e_flags: 0 };
    }
    writer.object.write().map_err(|error| broken("the object", &error))
}

fn broken(what: &str, error: &dyn std::fmt::Display) -> CodegenError {
    CodegenError::Internal { function: String::new(), message: format!("writing {what}: {error}") }
}

/// Where a definition is.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub section: SectionId,
    pub offset: u64,
}

struct Writer {
    object: Object<'static>,
    arch: Arch,
    /// A section for each definition.
    separate: bool,
    sections: FxHashMap<(Vec<u8>, SectionKind), SectionId>,
    symbols: FxHashMap<Vec<u8>, SymbolId>,
    /// Whether a section must survive garbage collection, which is a GNU extension of ELF.
    retains: bool,
}

impl Writer {
    fn section(&mut self, name: Vec<u8>, kind: SectionKind) -> SectionId {
        let key = (name, kind);
        if let Some(&section) = self.sections.get(&key) {
            return section;
        }
        let section = self.object.add_section(Vec::new(), key.0.clone(), kind);
        self.sections.insert(key, section);
        section
    }

    /// The section of this name for all such definitions, or a new one of the same name. Sections need no names of their own to
    /// be dropped one by one; tens of thousands of long names would take the linker's time and much of the object.
    fn section_for(&mut self, name: &str, kind: SectionKind) -> SectionId {
        if self.separate {
            return self.object.add_section(Vec::new(), name.as_bytes().to_vec(), kind);
        }
        self.section(name.as_bytes().to_vec(), kind)
    }

    /// Has a section loaded that the program put data in: the writer takes notes, and kinds that it has no word for, for
    /// something that only tools read.
    fn load(&mut self, section: SectionId, data: &Data) {
        let writable = data.writable || !data.relocations.is_empty();
        if let SectionFlags::Elf { sh_flags } = self.object.section_flags_mut(section) {
            *sh_flags |= u64::from(elf::SHF_ALLOC);
            if writable {
                *sh_flags |= u64::from(elf::SHF_WRITE);
            }
        }
    }

    fn retain(&mut self, section: SectionId) {
        self.retains = true;
        if let SectionFlags::Elf { sh_flags } = self.object.section_flags_mut(section) {
            *sh_flags |= u64::from(elf::SHF_GNU_RETAIN);
        }
    }

    fn define(&mut self, name: &str, linkage: Linkage, kind: SymbolKind, place: Place, size: u64) -> SymbolId {
        let scope = match linkage {
            Linkage::Internal => SymbolScope::Compilation,
            Linkage::Hidden | Linkage::WeakHidden | Linkage::Available => SymbolScope::Linkage,
            Linkage::Export | Linkage::WeakExport | Linkage::Common => SymbolScope::Dynamic,
        };
        // Nothing is inlined from copies here, so they are code like any other, of which one will do.
        let weak = matches!(linkage, Linkage::WeakExport | Linkage::WeakHidden | Linkage::Common | Linkage::Available);
        let symbol = self.object.add_symbol(Symbol {
            name: name.as_bytes().to_vec(),
            value: place.offset,
            size,
            kind,
            scope,
            weak,
            section: SymbolSection::Section(place.section),
            flags: SymbolFlags::None,
        });
        self.symbols.insert(name.as_bytes().to_vec(), symbol);
        symbol
    }

    /// A symbol by name, undefined unless it has been defined before.
    fn reference(&mut self, name: &str, kind: SymbolKind, weak: bool) -> SymbolId {
        if let Some(&symbol) = self.symbols.get(name.as_bytes()) {
            return symbol;
        }
        let symbol = self.object.add_symbol(Symbol {
            name: name.as_bytes().to_vec(),
            value: 0,
            size: 0,
            kind,
            scope: SymbolScope::Unknown,
            weak,
            section: SymbolSection::Undefined,
            flags: SymbolFlags::None,
        });
        self.symbols.insert(name.as_bytes().to_vec(), symbol);
        symbol
    }

    fn define_function(&mut self, function: &Function, code: &FunctionCode) -> Place {
        let section = match &function.attrs.section {
            Some(name) => self.section(name.clone().into_bytes(), SectionKind::Text),
            None => self.section_for(".text", SectionKind::Text),
        };
        if function.attrs.used {
            self.retain(section);
        }
        let offset = self.object.append_section_data(section, &code.bytes, code.align);
        let place = Place { section, offset };
        self.define(&function.name, function.linkage, SymbolKind::Text, place, code.bytes.len() as u64);
        place
    }

    /// `None` for a common symbol, which has no place in this object.
    fn define_data(&mut self, data: &Data) -> Option<Place> {
        let kind = if data.thread_local { SymbolKind::Tls } else { SymbolKind::Data };
        let align = data.align.max(1);
        let zero = data.bytes.is_empty() && data.relocations.is_empty();
        if data.linkage == Linkage::Common && zero && data.section.is_none() && !data.thread_local {
            let symbol = Symbol {
                name: data.name.as_bytes().to_vec(),
                value: 0,
                size: 0,
                kind,
                scope: SymbolScope::Dynamic,
                weak: false,
                section: SymbolSection::Common,
                flags: SymbolFlags::None,
            };
            let symbol = self.object.add_common_symbol(symbol, data.size_bytes(), align);
            self.symbols.insert(data.name.as_bytes().to_vec(), symbol);
            return None;
        }
        let section = match &data.section {
            Some(name) => {
                let section = self.section(name.clone().into_bytes(), custom_section_kind(name, data));
                self.load(section, data);
                section
            }
            None => {
                let (prefix, kind) = match (data.thread_local, data.writable, zero) {
                    (true, _, true) => (".tbss", SectionKind::UninitializedTls),
                    (true, _, false) => (".tdata", SectionKind::Tls),
                    (false, true, true) => (".bss", SectionKind::UninitializedData),
                    (false, true, false) => (".data", SectionKind::Data),
                    (false, false, _) if data.relocations.is_empty() => (".rodata", SectionKind::ReadOnlyData),
                    (false, false, _) => (".data.rel.ro", SectionKind::ReadOnlyDataWithRel),
                };
                self.section_for(prefix, kind)
            }
        };
        if data.used {
            self.retain(section);
        }
        let offset = if self.object.section(section).is_bss() {
            self.object.append_section_bss(section, data.size_bytes(), align)
        } else {
            let mut bytes = data.bytes.clone();
            bytes.resize(data.size_bytes() as usize, 0);
            self.object.append_section_data(section, &bytes, align)
        };
        let place = Place { section, offset };
        self.define(&data.name, data.linkage, kind, place, data.size_bytes());
        Some(place)
    }

    /// An alias of something that is not in this object stays undefined here.
    fn define_alias(&mut self, alias: &Alias) {
        let Some(&target) = self.symbols.get(alias.target.as_bytes()) else { return };
        let target = self.object.symbol(target);
        let (kind, offset, size) = (target.kind, target.value, target.size);
        if let SymbolSection::Section(section) = target.section {
            self.define(&alias.name, alias.linkage, kind, Place { section, offset }, size);
        }
    }

    fn define_thunks<'a>(
        &mut self,
        externals: impl Iterator<Item = &'a External>,
    ) -> BTreeMap<VariadicThunk, SymbolId> {
        let thunks: BTreeSet<VariadicThunk> = externals
            .filter_map(|external| match external {
                External::Thunk(thunk) => Some(*thunk),
                _ => None,
            })
            .collect();
        thunks
            .into_iter()
            .map(|thunk| {
                let name = thunk.name();
                let section = self.section_for(".text", SectionKind::Text);
                let code = thunk.code();
                let offset = self.object.append_section_data(section, &code, 16);
                let place = Place { section, offset };
                (thunk, self.define(&name, Linkage::Internal, SymbolKind::Text, place, code.len() as u64))
            })
            .collect()
    }

    fn relocate(
        &mut self,
        section: SectionId,
        offset: u64,
        symbol: SymbolId,
        kind: u32,
        addend: i64,
    ) -> Result<(), CodegenError> {
        let flags = RelocationFlags::Elf { r_type: kind };
        self.object
            .add_relocation(section, Relocation { offset, symbol, addend, flags })
            .map_err(|error| broken("a relocation", &error))
    }

    fn relocate_code(
        &mut self,
        function: &Function,
        code: &FunctionCode,
        place: Place,
        relocation: &CodeRelocation,
        thunks: &BTreeMap<VariadicThunk, SymbolId>,
    ) -> Result<(), CodegenError> {
        let at = place.offset + u64::from(relocation.offset);
        let mut addend = relocation.addend;
        let mut local = false;
        let symbol = match relocation.target {
            RelocationTarget::External(index) => match &code.externals[index as usize] {
                External::Symbol(id) => {
                    let reference = function.symbol(*id);
                    let kind = match reference.kind {
                        Kind::Function => SymbolKind::Text,
                        Kind::Data => SymbolKind::Data,
                        Kind::ThreadLocal => SymbolKind::Tls,
                    };
                    let symbol = self.reference(&reference.name, kind, reference.weak);
                    local = !reference.weak && (reference.local || self.is_ours(symbol));
                    symbol
                }
                External::Library(name) => self.reference(name, SymbolKind::Text, false),
                External::Thunk(thunk) => thunks[thunk],
            },
            RelocationTarget::Own(offset) => {
                addend += (place.offset + u64::from(offset)) as i64;
                self.object.section_symbol(place.section)
            }
        };
        let kind = match relocation.kind {
            RelocationKind::GlobalOffsetTable4 if local => {
                self.load_to_lea(function, place.section, at)?;
                self.arch.relative(4)
            }
            kind => kind.elf(self.arch),
        };
        self.relocate(place.section, at, symbol, kind, addend)
    }

    /// Whether a symbol is defined here and nothing in another image can take its place.
    fn is_ours(&self, symbol: SymbolId) -> bool {
        let symbol = self.object.symbol(symbol);
        matches!(symbol.section, SymbolSection::Section(_))
            && matches!(symbol.scope, SymbolScope::Compilation | SymbolScope::Linkage)
            && !symbol.weak
    }

    /// For x86-64, Cranelift loads every address from the global offset table (`mov reg, [rip + entry]`). A symbol of this image
    /// needs no entry: the instruction becomes `lea reg, [rip + symbol]`, which differs in one byte.
    fn load_to_lea(&mut self, function: &Function, section: SectionId, at: u64) -> Result<(), CodegenError> {
        let opcode = usize::try_from(at).expect("an offset in memory") - 2;
        let byte = &mut self.object.section_mut(section).data_mut()[opcode];
        if *byte != 0x8b {
            let message = "a load of an address that is not a `mov`".to_owned();
            return Err(CodegenError::Internal { function: function.name.to_string(), message });
        }
        *byte = 0x8d;
        Ok(())
    }

    fn relocate_data(&mut self, data: &Data, place: Place) -> Result<(), CodegenError> {
        for relocation in &data.relocations {
            let kind = if relocation.function { SymbolKind::Text } else { SymbolKind::Data };
            let symbol = self.reference(&relocation.symbol, kind, relocation.weak);
            let at = place.offset + relocation.offset;
            self.relocate(place.section, at, symbol, self.arch.absolute(8), relocation.addend)?;
        }
        Ok(())
    }

    fn unwind_tables(
        &mut self,
        functions: &[(&Function, &FunctionCode)],
        places: &[Place],
        target: &Target,
    ) -> Result<(), CodegenError> {
        if functions.is_empty() {
            return Ok(());
        }
        let mut frames = Frames::new(&target.frame_start);
        for ((function, code), place) in functions.iter().zip(places) {
            let handlers = if code.data_area.is_empty() {
                None
            } else {
                let Some(personality) = function.personality else {
                    let message = "landing pads but no personality".to_owned();
                    return Err(CodegenError::Internal { function: function.name.to_string(), message });
                };
                let personality = self.personality_pointer(&function.symbol(personality).name)?;
                let section = self.section(b".gcc_except_table".to_vec(), SectionKind::ReadOnlyData);
                let table_offset = self.object.append_section_data(section, &code.data_area, 4);
                let table = self.object.section_symbol(section);
                Some(Handlers { personality, table, table_offset })
            };
            let symbol = self.object.section_symbol(place.section);
            frames.add(&code.frame, symbol, place.offset, code.bytes.len(), handlers);
        }
        let section = self.section(b".eh_frame".to_vec(), SectionKind::ReadOnlyData);
        let start = self.object.append_section_data(section, &frames.bytes, 8);
        for relocation in &frames.relocations {
            let at = start + relocation.offset;
            self.relocate(section, at, relocation.symbol, self.arch.relative(4), relocation.addend)?;
        }
        Ok(())
    }

    /// Adds the sections that describe functions at `places` and data at `data_places`.
    fn debug_sections(
        &mut self,
        module: &Module,
        written: Vec<(gimli::SectionId, Relocated)>,
        places: &[Place],
        data_places: &[Option<Place>],
    ) -> Result<(), CodegenError> {
        let mut ids = Vec::new();
        for (id, _) in &written {
            let kind = match id {
                gimli::SectionId::DebugStr | gimli::SectionId::DebugLineStr => SectionKind::DebugString,
                _ => SectionKind::Debug,
            };
            ids.push((*id, self.section(id.name().as_bytes().to_vec(), kind)));
        }
        for ((_, written), (_, section)) in written.into_iter().zip(ids.clone()) {
            self.relocated_section(section, written, 1, |writer, target| match target {
                gimli::write::RelocationTarget::Symbol(number) => {
                    let data = number.checked_sub(places.len());
                    let thread_local = data.is_some_and(|data| module.data[data].thread_local);
                    match data.map_or_else(|| Some(places[number]), |data| data_places[data]) {
                        Some(place) => (writer.object.section_symbol(place.section), place.offset, thread_local),
                        // Common symbols have no place.
                        None => (writer.symbols[module.data[data.expect("a place")].name.as_bytes()], 0, thread_local),
                    }
                }
                gimli::write::RelocationTarget::Section(id) => {
                    let (_, section) = ids.iter().find(|(known, _)| *known == id).expect("a section that was written");
                    (writer.object.section_symbol(*section), 0, false)
                }
            })?;
        }
        Ok(())
    }

    /// Fills a section that gimli has written; `target` says what symbol and offset a relocation means, and whether it is
    /// thread-local.
    fn relocated_section(
        &mut self,
        section: SectionId,
        written: Relocated,
        align: u64,
        target: impl Fn(&mut Writer, gimli::write::RelocationTarget) -> (SymbolId, u64, bool),
    ) -> Result<(), CodegenError> {
        self.object.append_section_data(section, written.bytes.slice(), align);
        for relocation in written.relocations {
            let (symbol, offset, thread_local) = target(self, relocation.target);
            let relative = relocation.eh_pe.is_some_and(|pe| pe.application() == gimli::constants::DW_EH_PE_pcrel);
            let kind = match self.arch.thread_local_offset() {
                Some(kind) if thread_local => kind,
                _ if relative => self.arch.relative(relocation.size),
                _ => self.arch.absolute(relocation.size),
            };
            let addend = relocation.addend + offset as i64;
            self.relocate(section, relocation.offset as u64, symbol, kind, addend)?;
        }
        Ok(())
    }

    /// A pointer to the personality routine, of which the linker keeps one for all objects: frame entries are in
    /// read-only memory and cannot hold the address of something in another image themselves.
    fn personality_pointer(&mut self, personality: &str) -> Result<SymbolId, CodegenError> {
        let name = format!("DW.ref.{personality}");
        if let Some(&pointer) = self.symbols.get(name.as_bytes()) {
            return Ok(pointer);
        }
        let section = format!(".data.rel.local.{name}").into_bytes();
        let section = self.section(section, SectionKind::Data);
        let offset = self.object.append_section_data(section, &[0; 8], 8);
        let place = Place { section, offset };
        let pointer = self.define(&name, Linkage::WeakHidden, SymbolKind::Data, place, 8);
        self.object.add_comdat(Comdat { kind: ComdatKind::Any, symbol: pointer, sections: vec![section] });
        // The writer does not mark the members of a group, without which GNU ld refuses the object.
        if let SectionFlags::Elf { sh_flags } = self.object.section_flags_mut(section) {
            *sh_flags |= u64::from(elf::SHF_GROUP);
        }
        let routine = self.reference(personality, SymbolKind::Text, false);
        self.relocate(section, offset, routine, self.arch.absolute(8), 0)?;
        Ok(pointer)
    }
}

/// The type of a section that the program named itself, as assemblers infer it from the name.
fn custom_section_kind(name: &str, data: &Data) -> SectionKind {
    let is = |prefix: &str| name == prefix || name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'));
    if is(".init_array") {
        SectionKind::Elf(elf::SHT_INIT_ARRAY)
    } else if is(".fini_array") {
        SectionKind::Elf(elf::SHT_FINI_ARRAY)
    } else if is(".preinit_array") {
        SectionKind::Elf(elf::SHT_PREINIT_ARRAY)
    } else if name.starts_with(".note") {
        SectionKind::Note
    } else if data.thread_local {
        if is(".tbss") { SectionKind::UninitializedTls } else { SectionKind::Tls }
    } else if is(".bss") && data.bytes.iter().all(|&byte| byte == 0) {
        SectionKind::UninitializedData
    } else if data.writable {
        SectionKind::Data
    } else if data.relocations.is_empty() {
        SectionKind::ReadOnlyData
    } else {
        SectionKind::ReadOnlyDataWithRel
    }
}
