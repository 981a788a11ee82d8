//! Reads a relocatable object: its sections, symbols and section groups, all indices checked.

use super::JitError;
use object::elf;
use object::read::elf::{FileHeader, Rela, SectionHeader, Sym};
use object::{LittleEndian, SectionIndex, SymbolIndex};

type Header = elf::FileHeader64<LittleEndian>;
pub(super) type Relocation = elf::Rela64<LittleEndian>;

const ENDIAN: LittleEndian = LittleEndian;

/// Where a section goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum SectionKind {
    /// Code.
    Text,
    ReadOnly,
    /// Read-only after relocation.
    RelRo,
    Data,
    Bss,
    TlsData,
    TlsBss,
    /// Unwind tables.
    Frames,
}

pub(super) struct Section<'d> {
    pub name: &'d [u8],
    /// `None`: not loaded (debug information and the like).
    pub kind: Option<SectionKind>,
    /// Empty where the content is zeros.
    pub data: &'d [u8],
    pub size: u64,
    /// A power of two.
    pub align: u64,
    pub relocations: &'d [Relocation],
    /// The signature of the section group that it belongs to.
    pub group: Option<&'d [u8]>,
    /// Another object's group of the same signature is taken instead.
    pub discarded: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Undefined,
    Absolute(u64),
    /// Zeros, merged with others of the name.
    Common {
        size: u64,
        align: u64,
    },
    /// In a section of this object.
    Section {
        index: u32,
        offset: u64,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Binding {
    Local,
    Global,
    Weak,
}

pub(super) struct Symbol<'d> {
    pub name: &'d [u8],
    pub binding: Binding,
    pub place: Place,
    /// Its value is a function that gives the address (`STT_GNU_IFUNC`).
    pub indirect: bool,
}

pub(super) struct Object<'d> {
    pub name: String,
    /// By the index in the file.
    pub sections: Vec<Section<'d>>,
    pub symbols: Vec<Symbol<'d>>,
}

/// The largest alignment that a section may ask for.
const ALIGN_LIMIT: u64 = 1 << 21;
/// No section of a sound program is larger; keeps sums of sizes far from overflow.
const SIZE_LIMIT: u64 = 1 << 31;

/// Reads an object. `name` is for messages.
pub(super) fn parse<'d>(name: &str, data: &'d [u8]) -> Result<Object<'d>, JitError> {
    let error = |message: String| JitError::Object { object: name.to_owned(), message };
    read(name, data).map_err(error)
}

fn read<'d>(name: &str, data: &'d [u8]) -> Result<Object<'d>, String> {
    let damaged = |error: object::Error| format!("not a sound ELF object: {error}");
    let header = Header::parse(data).map_err(damaged)?;
    header.endian().map_err(damaged)?;
    if header.e_machine(ENDIAN) != elf::EM_X86_64 || header.e_type(ENDIAN) != elf::ET_REL {
        return Err("not a relocatable object for x86-64".to_owned());
    }
    let table = header.sections(ENDIAN, data).map_err(damaged)?;
    let mut sections = Vec::with_capacity(table.len());
    for header in table.iter() {
        let name = table.section_name(ENDIAN, header).map_err(damaged)?;
        sections.push(read_section(name, header, data).map_err(|message| format!("{}: {message}", text(name)))?);
    }
    let symbol_table = table.symbols(ENDIAN, data, elf::SHT_SYMTAB).map_err(damaged)?;
    for header in table.iter() {
        match header.sh_type(ENDIAN) {
            elf::SHT_RELA => {
                let Some((relocations, _)) = header.rela(ENDIAN, data).map_err(damaged)? else { continue };
                let section = sections.get_mut(header.sh_info(ENDIAN) as usize);
                let section = section.ok_or("relocations for a section that does not exist")?;
                if !section.relocations.is_empty() && section.kind.is_some() {
                    return Err(format!("{}: two tables of relocations", text(section.name)));
                }
                section.relocations = relocations;
            }
            elf::SHT_REL => {
                let section = sections.get(header.sh_info(ENDIAN) as usize);
                if section.is_none_or(|section| section.kind.is_some()) {
                    return Err("relocations without addends, which x86-64 does not have".to_owned());
                }
            }
            elf::SHT_GROUP => {
                let Some((flags, members)) = header.group(ENDIAN, data).map_err(damaged)? else { continue };
                if flags & elf::GRP_COMDAT == 0 {
                    continue;
                }
                let symbol = symbol_table.symbol(SymbolIndex(header.sh_info(ENDIAN) as usize)).map_err(damaged)?;
                let mut signature = symbol_table.symbol_name(ENDIAN, symbol).map_err(damaged)?;
                if signature.is_empty() && symbol.st_type() == elf::STT_SECTION {
                    let section = sections.get(usize::from(symbol.st_shndx(ENDIAN)));
                    signature = section.ok_or("a group of a section that does not exist")?.name;
                }
                for member in members {
                    let section = sections.get_mut(member.get(ENDIAN) as usize);
                    section.ok_or("a group with a section that does not exist")?.group = Some(signature);
                }
            }
            _ => {}
        }
    }
    let mut symbols = Vec::with_capacity(symbol_table.len());
    for (index, symbol) in symbol_table.enumerate() {
        // The first entry of a table stands for no symbol.
        let section = symbol_table.symbol_section(ENDIAN, symbol, index).map_err(damaged)?;
        let name = symbol_table.symbol_name(ENDIAN, symbol).map_err(damaged)?;
        symbols.push(
            read_symbol(name, symbol, section, &sections).map_err(|message| format!("{}: {message}", text(name)))?,
        );
    }
    Ok(Object { name: name.to_owned(), sections, symbols })
}

fn read_section<'d>(
    name: &'d [u8],
    header: &'d elf::SectionHeader64<LittleEndian>,
    data: &'d [u8],
) -> Result<Section<'d>, String> {
    let kind = section_kind(name, header)?;
    let size = header.sh_size(ENDIAN);
    let align = header.sh_addralign(ENDIAN).max(1);
    let mut content: &[u8] = &[];
    if kind.is_some() {
        if !align.is_power_of_two() || align > ALIGN_LIMIT {
            return Err(format!("an alignment of {align}"));
        }
        if size > SIZE_LIMIT {
            return Err(format!("a size of {size} bytes"));
        }
        if header.sh_flags(ENDIAN) & u64::from(elf::SHF_COMPRESSED) != 0 {
            return Err("a loaded section that is compressed".to_owned());
        }
        if header.sh_type(ENDIAN) != elf::SHT_NOBITS {
            content = header.data(ENDIAN, data).map_err(|error| format!("not a sound section: {error}"))?;
        }
    }
    Ok(Section { name, kind, data: content, size, align, relocations: &[], group: None, discarded: false })
}

fn section_kind(name: &[u8], header: &elf::SectionHeader64<LittleEndian>) -> Result<Option<SectionKind>, String> {
    let flags = header.sh_flags(ENDIAN);
    let has = |flag: u32| flags & u64::from(flag) != 0;
    let ty = header.sh_type(ENDIAN);
    if !has(elf::SHF_ALLOC) || has(elf::SHF_EXCLUDE) || ty == elf::SHT_NOTE {
        return Ok(None);
    }
    let zeros = ty == elf::SHT_NOBITS;
    Ok(Some(match () {
        () if has(elf::SHF_TLS) => {
            if zeros {
                SectionKind::TlsBss
            } else {
                SectionKind::TlsData
            }
        }
        () if has(elf::SHF_EXECINSTR) && has(elf::SHF_WRITE) => {
            return Err("a section that is writable and executable".to_owned());
        }
        () if has(elf::SHF_EXECINSTR) => SectionKind::Text,
        () if name == b".eh_frame" && !zeros => SectionKind::Frames,
        () if !has(elf::SHF_WRITE) => SectionKind::ReadOnly,
        () if zeros => SectionKind::Bss,
        () if is_relro(name) => SectionKind::RelRo,
        () => SectionKind::Data,
    }))
}

/// Sections that are written by relocation only.
fn is_relro(name: &[u8]) -> bool {
    let families: [&[u8]; 4] = [b".data.rel.ro", b".init_array", b".fini_array", b".preinit_array"];
    families.iter().any(|family| name.strip_prefix(*family).is_some_and(|rest| rest.is_empty() || rest[0] == b'.'))
}

fn read_symbol<'d>(
    name: &'d [u8],
    symbol: &elf::Sym64<LittleEndian>,
    section: Option<SectionIndex>,
    sections: &[Section<'d>],
) -> Result<Symbol<'d>, String> {
    let value = symbol.st_value(ENDIAN);
    let place = match (symbol.st_shndx(ENDIAN), section) {
        (_, Some(index)) => {
            let section = sections.get(index.0).ok_or("a section that does not exist")?;
            if value > section.size && section.kind.is_some() {
                return Err("an offset outside of its section".to_owned());
            }
            Place::Section { index: u32::try_from(index.0).map_err(|_| "too many sections")?, offset: value }
        }
        (elf::SHN_UNDEF, None) => Place::Undefined,
        (elf::SHN_ABS, None) => Place::Absolute(value),
        (elf::SHN_COMMON, None) => {
            let (size, align) = (symbol.st_size(ENDIAN), value.max(1));
            if !align.is_power_of_two() || align > ALIGN_LIMIT || size > SIZE_LIMIT {
                return Err(format!("a common symbol of {size} bytes aligned to {align}"));
            }
            Place::Common { size, align }
        }
        (other, None) => return Err(format!("a special section {other:#x}")),
    };
    let binding = match symbol.st_bind() {
        elf::STB_LOCAL => Binding::Local,
        elf::STB_GLOBAL => Binding::Global,
        // Unique symbols are merged as weak ones are.
        elf::STB_WEAK | elf::STB_GNU_UNIQUE => Binding::Weak,
        other => return Err(format!("a symbol binding of {other}")),
    };
    Ok(Symbol { name, binding, place, indirect: symbol.st_type() == elf::STT_GNU_IFUNC })
}

/// A name for messages.
pub(super) fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// The offset, type, symbol and addend of a relocation.
pub(super) fn relocation_parts(relocation: &Relocation) -> (u64, u32, usize, i64) {
    (
        relocation.r_offset(ENDIAN),
        relocation.r_type(ENDIAN, false),
        relocation.r_sym(ENDIAN, false) as usize,
        relocation.r_addend(ENDIAN),
    )
}
