//! An object's functions, and what its relocations refer to.

use crate::InspectError;
use crate::lines::Lines;
use crate::names;
use object::{
    Architecture, File, Object, ObjectSection, ObjectSymbol, Relocation, RelocationKind, RelocationTarget,
    SectionIndex, SymbolKind,
};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// A place in an object's code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    /// The section's number.
    pub section: usize,
    /// How far it is from the section's start (in a linked program: the address).
    pub offset: u64,
}

/// Sections of an object all begin at address 0: here each has its own, that far from the next.
const SECTION_DISTANCE_BITS: u32 = 40;

impl Place {
    /// One number for it.
    pub(crate) fn address(self) -> u64 {
        ((self.section as u64) << SECTION_DISTANCE_BITS) + self.offset
    }
}

/// A function with code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    /// Its symbol.
    pub symbol: String,
    /// The symbol as a path of Rust.
    pub name: String,
    /// Where its code is.
    pub place: Place,
    /// How large its code is.
    pub size_bytes: u64,
}

/// What stands at a place in code, until the linker puts an address there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Reference {
    target: Target,
    /// How the linker reaches it, where that is in a special way.
    suffix: &'static str,
    /// What is added to its address.
    pub addend: i64,
    /// The address is taken from that of the place, as x86 has it: who reads the instruction sees it from the instruction's end.
    pub is_relative: bool,
}

/// What an address is that of.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Target {
    Symbol(String),
    /// The place is as far from the section's start as the addend says.
    Section(usize),
}

/// A section's relocations with their offsets, in order.
type Relocations = Rc<Vec<(u64, Relocation)>>;

/// An object, or a linked program, with what it has of code.
#[derive(Debug)]
pub struct ObjectCode<'data> {
    file: File<'data>,
    functions: Vec<Function>,
    /// The function at a place: the first of several.
    by_place: HashMap<Place, usize>,
    /// The relocations of sections that were looked at, in order. A section may hold thousands of functions.
    relocations: RefCell<HashMap<usize, Relocations>>,
    /// Where sections are taken to begin in an object whose addresses have 32 bits: behind each other, in the order of their numbers.
    bases: Vec<(u64, usize)>,
}

impl<'data> ObjectCode<'data> {
    /// Reads it.
    ///
    /// # Errors
    /// The bytes are no object, or of a kind that is not understood.
    pub fn read(bytes: &'data [u8]) -> Result<ObjectCode<'data>, InspectError> {
        if bytes.starts_with(b"\0asm") {
            return Err(InspectError::Object(
                "WebAssembly is not taken apart here; --emit asm shows its text".to_owned(),
            ));
        }
        let file = File::parse(bytes).map_err(|error| InspectError::Object(error.to_string()))?;
        let mut functions: Vec<Function> = file
            .symbols()
            .filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.size() > 0)
            .filter_map(|symbol| {
                let section = file.section_by_index(symbol.section_index()?).ok()?;
                let name = symbol.name().ok()?.to_owned();
                // Code of 32-bit Arm in its short form has an odd address.
                let is_arm = file.architecture() == Architecture::Arm;
                let offset = if is_arm { symbol.address() & !1 } else { symbol.address() };
                let place = Place { section: section.index().0, offset };
                Some(Function { name: names::of_symbol(&name), symbol: name, place, size_bytes: symbol.size() })
            })
            .collect();
        functions.sort_by(|a, b| (&a.name, &a.symbol, a.place).cmp(&(&b.name, &b.symbol, b.place)));
        functions.dedup();
        let by_place = functions.iter().enumerate().rev().map(|(index, function)| (function.place, index)).collect();
        let bases = if file.is_64() { Vec::new() } else { bases(&file) };
        Ok(ObjectCode { file, functions, by_place, relocations: RefCell::default(), bases })
    }

    /// All functions, in the order of their names.
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// How large all sections with code are together.
    pub fn code_bytes(&self) -> u64 {
        let code = self.file.sections().filter(|section| section.kind() == object::SectionKind::Text);
        code.map(|section| section.size()).sum()
    }

    /// Where functions' code comes from.
    ///
    /// # Errors
    /// The debug information is damaged.
    pub fn lines(&self) -> Result<Lines, InspectError> {
        Lines::read(self)
    }

    /// The number that stands for a place in this object's debug information.
    fn address_inside(&self, place: Place) -> u64 {
        let found = self.bases.binary_search_by_key(&place.section, |(_, section)| *section);
        found.map_or_else(|_| place.address(), |index| self.bases[index].0 + place.offset)
    }

    /// The number for a place, from the one that stands for it in this object's debug information.
    pub(crate) fn address_outside(&self, address: u64) -> u64 {
        let after = self.bases.partition_point(|(base, _)| *base <= address);
        match after.checked_sub(1).and_then(|index| self.bases.get(index)) {
            Some((base, section)) => Place { section: *section, offset: address - base }.address(),
            None => address,
        }
    }

    /// The machine that the code is for.
    pub(crate) fn architecture(&self) -> Architecture {
        self.file.architecture()
    }

    pub(crate) fn is_little_endian(&self) -> bool {
        self.file.is_little_endian()
    }

    /// A function's code.
    pub(crate) fn bytes(&self, function: &Function) -> Result<&'data [u8], InspectError> {
        let fault = |error: object::Error| InspectError::Object(error.to_string());
        let section = self.file.section_by_index(SectionIndex(function.place.section)).map_err(fault)?;
        let bytes = section.data_range(function.place.offset, function.size_bytes).map_err(fault)?;
        bytes.ok_or_else(|| InspectError::Object(format!("`{}` is longer than its section", function.symbol)))
    }

    /// The relocations of a section, in order.
    fn relocations_of(&self, section: usize) -> Relocations {
        if let Some(known) = self.relocations.borrow().get(&section) {
            return Rc::clone(known);
        }
        let found = self.file.section_by_index(SectionIndex(section)).ok();
        let mut all: Vec<_> = found.into_iter().flat_map(|section| section.relocations()).collect();
        all.sort_by_key(|(offset, _)| *offset);
        let all = Rc::new(all);
        self.relocations.borrow_mut().insert(section, Rc::clone(&all));
        all
    }

    /// What a function's code refers to, by the offset in the section.
    pub(crate) fn references(&self, function: &Function) -> BTreeMap<u64, Reference> {
        let mut found = BTreeMap::new();
        let all = self.relocations_of(function.place.section);
        let end = function.place.offset + function.size_bytes;
        let first = all.partition_point(|(offset, _)| *offset < function.place.offset);
        for (offset, relocation) in all[first..].iter().take_while(|(offset, _)| *offset < end) {
            // A lower half may say where the upper one is, which says what is meant.
            let whole = self.upper_half(&all, relocation);
            let relocation = whole.unwrap_or(relocation);
            let RelocationTarget::Symbol(index) = relocation.target() else { continue };
            let Ok(symbol) = self.file.symbol_by_index(index) else { continue };
            let target = match symbol.section_index().filter(|_| symbol.kind() == SymbolKind::Section) {
                Some(section) => Target::Section(section.0),
                None => Target::Symbol(names::of_symbol(symbol.name().unwrap_or_default())),
            };
            let suffix = match relocation.flags() {
                object::RelocationFlags::Elf { r_type } => special(self.architecture(), r_type),
                _ => "",
            };
            let is_relative = match relocation.kind() {
                _ if !matches!(self.architecture(), Architecture::X86_64 | Architecture::I386) => false,
                RelocationKind::Relative | RelocationKind::PltRelative | RelocationKind::GotRelative => true,
                _ => matches!(suffix, "@GOTPCREL" | "@TLSGD" | "@TLSLD" | "@GOTTPOFF"),
            };
            // Of several at one place, the first says what it is, and the others how it may be changed.
            let reference = Reference { target, suffix, addend: relocation.addend(), is_relative };
            found.entry(*offset).or_insert(reference);
        }
        found
    }

    /// The relocation of the upper half of an address, for RISC-V's of a lower half: that refers to the upper one's instruction,
    /// which is in the same section (`all` are its relocations).
    fn upper_half<'all>(&self, all: &'all [(u64, Relocation)], lower: &Relocation) -> Option<&'all Relocation> {
        use object::elf;
        let object::RelocationFlags::Elf { r_type } = lower.flags() else { return None };
        let is_lower = matches!(self.architecture(), Architecture::Riscv64 | Architecture::Riscv32)
            && matches!(r_type, elf::R_RISCV_PCREL_LO12_I | elf::R_RISCV_PCREL_LO12_S);
        let RelocationTarget::Symbol(index) = lower.target() else { return None };
        let symbol = self.file.symbol_by_index(index).ok().filter(|_| is_lower)?;
        let first = all.partition_point(|(offset, _)| *offset < symbol.address());
        all.get(first).filter(|(offset, _)| *offset == symbol.address()).map(|(_, upper)| upper)
    }

    /// What a reference means: a name, and how far from there. `addend` is the reference's, as the instruction's reader sees it.
    pub(crate) fn meaning(&self, reference: &Reference, addend: i64) -> (String, i64) {
        let section = match &reference.target {
            Target::Symbol(name) => return (format!("{name}{}", reference.suffix), addend),
            Target::Section(section) => *section,
        };
        let place = u64::try_from(addend).ok().map(|offset| Place { section, offset });
        if let Some(index) = place.and_then(|place| self.by_place.get(&place)) {
            let function = &self.functions[*index];
            return (format!("{}{}", function.name, reference.suffix), 0);
        }
        let name = self.file.section_by_index(SectionIndex(section)).ok();
        let name = name.as_ref().and_then(|section| section.name().ok()).unwrap_or("?");
        // Sections with one thing in them are named after it.
        let kinds = [".text.unlikely.", ".text.", ".rodata.", ".data.rel.ro.", ".data.", ".bss.", ".tdata.", ".tbss."];
        let own = kinds.iter().find_map(|kind| name.strip_prefix(kind)).and_then(name_of_content);
        (format!("{}{}", own.map_or_else(|| name.to_owned(), names::of_symbol), reference.suffix), addend)
    }

    /// A section's content, with addresses put where its relocations say; empty where there is no such section.
    pub(crate) fn relocated(&self, name: &str) -> Result<Cow<'data, [u8]>, InspectError> {
        let fault = |error: object::Error| InspectError::Object(error.to_string());
        let Some(section) = self.file.section_by_name(name) else { return Ok(Cow::Borrowed(&[])) };
        let data = section.uncompressed_data().map_err(fault)?;
        let mut relocations = section.relocations().peekable();
        if relocations.peek().is_none() {
            return Ok(data);
        }
        let mut data = data.into_owned();
        for (offset, relocation) in relocations {
            let RelocationTarget::Symbol(index) = relocation.target() else { continue };
            let Ok(symbol) = self.file.symbol_by_index(index) else { continue };
            if relocation.kind() != RelocationKind::Absolute {
                continue;
            }
            let is_code = |section: &object::Section<'_, '_>| section.kind() == object::SectionKind::Text;
            let section = symbol.section_index().and_then(|index| self.file.section_by_index(index).ok());
            let base = match section.filter(is_code) {
                Some(section) => self.address_inside(Place { section: section.index().0, offset: symbol.address() }),
                None => symbol.address(),
            };
            let size = usize::from(relocation.size() / 8);
            let start = usize::try_from(offset).unwrap_or(usize::MAX);
            let Some(place) = start.checked_add(size).and_then(|end| data.get_mut(start..end)) else { continue };
            let mut bytes = [0; 8];
            let little = self.file.is_little_endian();
            let (first, last) = (8 - size.min(8), size.min(8));
            let old = if little { &mut bytes[..last] } else { &mut bytes[first..] };
            old.copy_from_slice(place);
            let old = if little { u64::from_le_bytes(bytes) } else { u64::from_be_bytes(bytes) };
            let implicit = if relocation.has_implicit_addend() { old } else { 0 };
            let value = base.wrapping_add(implicit).wrapping_add_signed(relocation.addend());
            let value = if little { value.to_le_bytes() } else { value.to_be_bytes() };
            place.copy_from_slice(if little { &value[..last] } else { &value[first..] });
        }
        Ok(Cow::Owned(data))
    }
}

/// Where sections with code begin if they lie behind each other. What is between them tells the end of one from the next.
fn bases(file: &File<'_>) -> Vec<(u64, usize)> {
    const BETWEEN_BYTES: u64 = 16;
    let mut next = BETWEEN_BYTES;
    let code = file.sections().filter(|section| section.kind() == object::SectionKind::Text);
    code.map(|section| {
        let base = next;
        next += section.size() + BETWEEN_BYTES;
        (base, section.index().0)
    })
    .collect()
}

/// The symbol that a section is named after, of what follows its kind; none where that says how its content may be merged.
fn name_of_content(rest: &str) -> Option<&str> {
    let after_size = |kind| {
        let rest = str::strip_prefix(rest, kind)?;
        let name = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        (name.len() < rest.len() && (name.is_empty() || name.starts_with('.'))).then_some(name)
    };
    let name = match after_size("cst").or_else(|| after_size("str")) {
        Some(name) => name.strip_prefix('.').filter(|name| name.parse::<u32>().is_err())?,
        None => rest,
    };
    (!name.is_empty() && !name.starts_with('.')).then_some(name)
}

/// How a symbol is reached, where that is by a table that the linker makes.
fn special(architecture: Architecture, r_type: u32) -> &'static str {
    use object::elf;
    match (architecture, r_type) {
        (Architecture::X86_64, elf::R_X86_64_GOTPCREL | elf::R_X86_64_GOTPCRELX | elf::R_X86_64_REX_GOTPCRELX) => {
            "@GOTPCREL"
        }
        (Architecture::X86_64, elf::R_X86_64_TLSGD) => "@TLSGD",
        (Architecture::X86_64, elf::R_X86_64_TLSLD) => "@TLSLD",
        (Architecture::X86_64, elf::R_X86_64_DTPOFF32) => "@DTPOFF",
        (Architecture::X86_64, elf::R_X86_64_TPOFF32) => "@TPOFF",
        (Architecture::X86_64, elf::R_X86_64_GOTTPOFF) => "@GOTTPOFF",
        (
            Architecture::Aarch64,
            elf::R_AARCH64_ADR_GOT_PAGE | elf::R_AARCH64_LD64_GOT_LO12_NC | elf::R_AARCH64_GOT_LD_PREL19,
        )
        | (Architecture::Riscv64 | Architecture::Riscv32, elf::R_RISCV_GOT_HI20) => "@GOT",
        (
            Architecture::Aarch64,
            elf::R_AARCH64_TLSIE_ADR_GOTTPREL_PAGE21 | elf::R_AARCH64_TLSIE_LD64_GOTTPREL_LO12_NC,
        )
        | (Architecture::Riscv64 | Architecture::Riscv32, elf::R_RISCV_TLS_GOT_HI20) => "@GOTTPOFF",
        (
            Architecture::Aarch64,
            elf::R_AARCH64_TLSLE_ADD_TPREL_HI12
            | elf::R_AARCH64_TLSLE_ADD_TPREL_LO12
            | elf::R_AARCH64_TLSLE_ADD_TPREL_LO12_NC,
        )
        | (
            Architecture::Riscv64 | Architecture::Riscv32,
            elf::R_RISCV_TPREL_HI20 | elf::R_RISCV_TPREL_LO12_I | elf::R_RISCV_TPREL_LO12_S | elf::R_RISCV_TPREL_ADD,
        ) => "@TPOFF",
        (Architecture::Riscv64 | Architecture::Riscv32, elf::R_RISCV_TLS_GD_HI20) => "@TLSGD",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::name_of_content;

    #[test]
    fn sections_are_named_after_what_is_in_them() {
        for (rest, name) in [
            ("count", Some("count")),
            ("cst32.TABLE", Some("TABLE")),
            ("cstring", Some("cstring")),
            ("cst16", None),
            ("str1.1", None),
            ("str", Some("str")),
            (".Lanon.1", None),
        ] {
            assert_eq!(name_of_content(rest), name, "{rest}");
        }
    }
}
