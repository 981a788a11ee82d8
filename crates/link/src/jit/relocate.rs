//! Fills the image: copies the sections and carries out their relocations (System V ABI, x86-64 supplement,
//! "Relocation").

use super::layout::Plan;
use super::library;
use super::memory::Memory;
use super::object::{Place, Relocation, SectionKind, Symbol, relocation_parts, text};
use super::resolve::{Program, Target};
use super::{JitError, RelocationError, tls};
use ::object::elf;
use rustc_hash::FxHashSet;

/// What the relocations need besides the sections, each once.
#[derive(Default)]
pub(super) struct Needs {
    /// Entries of the global offset table.
    pub got: Targets,
    /// Stubs for functions that may be too far for a call.
    pub stubs: Targets,
    /// Pairs for general-dynamic thread-locals.
    pub tls_pairs: Targets,
    /// Whether the pair for local-dynamic thread-locals is needed.
    pub tls_module: bool,
}

/// Each of several symbols once, in the order in which they were found.
#[derive(Default)]
pub(super) struct Targets {
    pub list: Vec<Target>,
    known: FxHashSet<Target>,
}

impl Targets {
    fn add(&mut self, target: Target) {
        if self.known.insert(target) {
            self.list.push(target);
        }
    }
}

/// Finds what the relocations need.
pub(super) fn needs(program: &Program<'_>) -> Needs {
    let mut needs = Needs::default();
    for (object, targets) in program.objects.iter().zip(&program.targets) {
        let loaded = object.sections.iter().filter(|section| section.kind.is_some() && !section.discarded);
        for relocation in loaded.flat_map(|section| section.relocations) {
            let (_, kind, symbol, _) = relocation_parts(relocation);
            let target = target_of(targets, symbol);
            let external = matches!(target, Target::External(_));
            match kind {
                elf::R_X86_64_GOTPCREL
                | elf::R_X86_64_GOTPCRELX
                | elf::R_X86_64_REX_GOTPCRELX
                | elf::R_X86_64_GOTPCREL64
                | elf::R_X86_64_GOT64
                | elf::R_X86_64_GOT32 => needs.got.add(target),
                elf::R_X86_64_PC32 | elf::R_X86_64_PLT32 | elf::R_X86_64_PLTOFF64 if external => {
                    needs.stubs.add(target);
                    needs.got.add(target);
                }
                elf::R_X86_64_TLSGD => needs.tls_pairs.add(target),
                elf::R_X86_64_TLSLD | elf::R_X86_64_DTPMOD64 => needs.tls_module = true,
                _ => {}
            }
        }
    }
    needs
}

/// Symbol 0 is no symbol, whose value is 0.
fn target_of(targets: &[Target], symbol: usize) -> Target {
    if symbol == 0 { Target::Absolute(0) } else { targets[symbol] }
}

/// Fills the image.
pub(super) fn relocate(program: &Program<'_>, plan: &Plan, memory: &mut Memory) -> Result<(), JitError> {
    let base = memory.address();
    let mut relocator = Relocator { program, plan, base, bytes: memory.bytes_mut() };
    relocator.fill_stubs();
    relocator.fill_got();
    for (object, data) in (0u32..).zip(&program.objects) {
        for (section, content) in (0u32..).zip(&data.sections) {
            let Some(kind) = content.kind else { continue };
            let Some(mut offset) = plan.section(object, section) else { continue };
            if matches!(kind, SectionKind::TlsData | SectionKind::TlsBss) {
                let Some(template) = plan.tls else { continue };
                offset += template.offset;
            }
            relocator.fill_section(object, section, offset)?;
        }
    }
    Ok(())
}

struct Relocator<'p, 'd> {
    program: &'p Program<'d>,
    plan: &'p Plan,
    base: u64,
    bytes: &'p mut [u8],
}

/// Where a relocation applies.
struct Field {
    /// In the image.
    offset: usize,
    /// In memory.
    address: u64,
    /// Bytes up to the section's end.
    room: u64,
}

impl Relocator<'_, '_> {
    /// Each stub jumps to where the table's entry says: `jmp *entry(%rip)`.
    fn fill_stubs(&mut self) {
        for (target, &offset) in &self.plan.stubs {
            let entry = self.plan.got[target];
            let at = offset as usize;
            // Both are in the image, so the distance fits.
            let distance = (entry as i64 - (offset as i64 + 6)) as i32;
            self.bytes[at..at + 2].copy_from_slice(&[0xff, 0x25]);
            self.bytes[at + 2..at + 6].copy_from_slice(&distance.to_le_bytes());
            self.bytes[at + 6..at + 8].copy_from_slice(&[0x66, 0x90]);
        }
    }

    fn fill_got(&mut self) {
        for (&target, &offset) in &self.plan.got {
            // Entries of things without an address fail where they are used, with the relocation's name.
            let address = self.address_of(target).unwrap_or(0);
            self.put(offset, address);
        }
        if let Some(offset) = self.plan.tls_module_pair {
            let slot = self.plan.tls.map(|template| template.slot);
            let module = tls::module_of_slot(slot.expect("the plan has a template where the pair is needed"));
            self.put(offset, module);
            self.put(offset + 8, 0);
        }
        for (&target, &offset) in &self.plan.tls_pairs {
            // As above.
            let (module, distance) = self.tls_pair(target).unwrap_or((0, 0));
            self.put(offset, module);
            self.put(offset + 8, distance);
        }
    }

    fn put(&mut self, offset: u64, value: u64) {
        let at = offset as usize;
        self.bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
    }

    fn fill_section(&mut self, object: u32, section: u32, offset: u64) -> Result<(), JitError> {
        let data = &self.program.objects[object as usize].sections[section as usize];
        let at = offset as usize;
        let table = self.plan.frame_tables.get(&(object, section));
        let length = table.map_or(data.data.len(), |table| table.size_bytes as usize);
        self.bytes[at..at + length].copy_from_slice(&data.data[..length]);
        for (start, _) in table.iter().flat_map(|table| &table.dropped) {
            let word = at + *start as usize + 4;
            self.bytes[word..word + 4].fill(0);
        }
        for relocation in data.relocations {
            let (place, ..) = relocation_parts(relocation);
            if table.is_some_and(|table| table.skips(place)) {
                continue;
            }
            let holds_bytes = data.data.len() as u64;
            let result = match place {
                place if place < holds_bytes => {
                    let address = self.base + offset + place;
                    let field = Field { offset: at + place as usize, address, room: holds_bytes - place };
                    self.apply(object, relocation, &field)
                }
                _ => Err("the field is outside of the section's bytes".to_owned()),
            };
            result.map_err(|message| self.error(object, section, relocation, message))?;
        }
        Ok(())
    }

    fn error(&self, object: u32, section: u32, relocation: &Relocation, message: String) -> JitError {
        let data = &self.program.objects[object as usize];
        let (offset, kind, symbol, _) = relocation_parts(relocation);
        let symbol = match data.symbols.get(symbol) {
            Some(Symbol { place: Place::Section { index, .. }, name: b"", .. }) => {
                text(data.sections[*index as usize].name)
            }
            Some(symbol) => text(symbol.name),
            None => String::new(),
        };
        let section = text(data.sections[section as usize].name);
        let object = data.name.clone();
        JitError::Relocation(Box::new(RelocationError {
            object,
            section,
            offset,
            kind: kind_name(kind),
            symbol,
            message,
        }))
    }

    /// The address of what a symbol means.
    fn address_of(&self, target: Target) -> Result<u64, String> {
        if let Some(offset) = self.plan.offset_of(target) {
            return Ok(self.base + offset);
        }
        match target {
            Target::External(value) | Target::Absolute(value) => Ok(value),
            Target::Tls { .. } => Err("a thread-local symbol has no address".to_owned()),
            Target::Discarded => Err("its section was discarded for another object's".to_owned()),
            _ => Err("its section is not loaded".to_owned()),
        }
    }

    /// The offset of a thread-local symbol in its image's block.
    fn tls_offset(&self, target: Target) -> Result<u64, String> {
        match target {
            Target::Tls { object, section, offset } => {
                let start = self.plan.section(object, section);
                Ok(start.ok_or("its section is not loaded")? + offset)
            }
            _ => Err("not a thread-local symbol of the objects".to_owned()),
        }
    }

    fn tls_pair(&self, target: Target) -> Result<(u64, u64), String> {
        match target {
            Target::External(0) => Err("nothing defines the thread-local symbol".to_owned()),
            // For a thread-local symbol the dynamic loader gives the address of this thread's copy.
            Target::External(address) => library::tls_module_and_offset(address)
                .ok_or_else(|| "not a thread-local symbol of a shared library".to_owned()),
            _ => {
                let slot = self.plan.tls.ok_or("not a thread-local symbol")?.slot;
                Ok((tls::module_of_slot(slot), self.tls_offset(target)?))
            }
        }
    }

    fn apply(&mut self, object: u32, relocation: &Relocation, field: &Field) -> Result<(), String> {
        let (_, kind, symbol, addend) = relocation_parts(relocation);
        let target = target_of(&self.program.targets[object as usize], symbol);
        let plan = self.plan;
        let base = self.base;
        let entry = |table: &rustc_hash::FxHashMap<Target, u64>| {
            table.get(&target).map(|offset| base + offset).ok_or("no entry in the table")
        };
        // Sums wrap at 64 bits, as the ABI has it; narrower fields are checked.
        let plus = |value: u64| value.wrapping_add_signed(addend);
        let relative = |value: u64| plus(value).wrapping_sub(field.address).cast_signed();
        match kind {
            elf::R_X86_64_NONE => Ok(()),
            elf::R_X86_64_64 => self.write(field, &plus(self.address_of(target)?).to_le_bytes()),
            elf::R_X86_64_PC64 => self.write(field, &relative(self.address_of(target)?).to_le_bytes()),
            elf::R_X86_64_32 => {
                let value = u32::try_from(plus(self.address_of(target)?));
                let value = value.map_err(|_| "the address does not fit 32 bits; compile position-independent code")?;
                self.write(field, &value.to_le_bytes())
            }
            elf::R_X86_64_32S => {
                let value = i32::try_from(plus(self.address_of(target)?).cast_signed());
                let value = value.map_err(|_| "the address does not fit 32 bits; compile position-independent code")?;
                self.write(field, &value.to_le_bytes())
            }
            elf::R_X86_64_PC32 | elf::R_X86_64_PLT32 => {
                let direct = relative(self.address_of(target)?);
                let distance = match i32::try_from(direct) {
                    Ok(distance) => distance,
                    Err(_) if kind == elf::R_X86_64_PLT32 || self.is_branch(field) => {
                        narrow(relative(entry(&plan.stubs).map_err(|_| "the target is too far")?))?
                    }
                    Err(_) => return Err("the data is too far; compile position-independent code".to_owned()),
                };
                self.write(field, &distance.to_le_bytes())
            }
            elf::R_X86_64_GOTPCREL | elf::R_X86_64_GOTPCRELX | elf::R_X86_64_REX_GOTPCRELX => {
                self.address_of(target)?;
                let distance = narrow(relative(entry(&plan.got)?))?;
                self.write(field, &distance.to_le_bytes())
            }
            elf::R_X86_64_GOTPCREL64 => {
                self.address_of(target)?;
                self.write(field, &relative(entry(&plan.got)?).to_le_bytes())
            }
            elf::R_X86_64_GOT32 | elf::R_X86_64_GOT64 => {
                self.address_of(target)?;
                let offset = plus(entry(&plan.got)? - base - plan.got_base).cast_signed();
                if kind == elf::R_X86_64_GOT32 {
                    return self.write(field, &narrow(offset)?.to_le_bytes());
                }
                self.write(field, &offset.to_le_bytes())
            }
            elf::R_X86_64_GOTPC32 => {
                let distance = narrow(relative(base + plan.got_base))?;
                self.write(field, &distance.to_le_bytes())
            }
            elf::R_X86_64_GOTPC64 => self.write(field, &relative(base + plan.got_base).to_le_bytes()),
            elf::R_X86_64_GOTOFF64 => {
                let offset = plus(self.address_of(target)?).wrapping_sub(base + plan.got_base);
                self.write(field, &offset.to_le_bytes())
            }
            elf::R_X86_64_PLTOFF64 => {
                let function = entry(&plan.stubs).or_else(|_| self.address_of(target))?;
                self.write(field, &plus(function).wrapping_sub(base + plan.got_base).to_le_bytes())
            }
            elf::R_X86_64_TLSGD => {
                self.tls_pair(target)?;
                let distance = narrow(relative(entry(&plan.tls_pairs)?))?;
                self.write(field, &distance.to_le_bytes())
            }
            elf::R_X86_64_TLSLD => {
                let pair = plan.tls_module_pair.ok_or("no thread-locals")?;
                let distance = narrow(relative(base + pair))?;
                self.write(field, &distance.to_le_bytes())
            }
            elf::R_X86_64_DTPMOD64 => {
                let template = plan.tls.ok_or("no thread-locals")?;
                self.write(field, &tls::module_of_slot(template.slot).to_le_bytes())
            }
            elf::R_X86_64_DTPOFF32 => {
                let offset = narrow(plus(self.tls_offset(target)?).cast_signed())?;
                self.write(field, &offset.to_le_bytes())
            }
            elf::R_X86_64_DTPOFF64 => self.write(field, &plus(self.tls_offset(target)?).to_le_bytes()),
            elf::R_X86_64_GOTTPOFF | elf::R_X86_64_TPOFF32 | elf::R_X86_64_TPOFF64 => {
                Err("thread-locals of loaded objects are not in the static block; compile position-independent code \
                 with the general-dynamic model"
                    .to_owned())
            }
            _ => Err("this relocation is not supported".to_owned()),
        }
    }

    /// Whether the field is the displacement of a `call`, `jmp` or conditional jump: only then may a stub stand for the
    /// target. No other instruction has these bytes there: with an operand relative to `rip`, the byte before the
    /// displacement is a ModRM byte with 0 and 5 in its first and last parts.
    fn is_branch(&self, field: &Field) -> bool {
        let before = |distance: usize| field.offset.checked_sub(distance).map(|at| self.bytes[at]);
        match before(1) {
            Some(0xe8 | 0xe9) => true,
            Some(0x80..=0x8f) => before(2) == Some(0x0f),
            _ => false,
        }
    }

    fn write(&mut self, field: &Field, value: &[u8]) -> Result<(), String> {
        if (value.len() as u64) > field.room {
            return Err("the field is outside of the section's bytes".to_owned());
        }
        self.bytes[field.offset..field.offset + value.len()].copy_from_slice(value);
        Ok(())
    }
}

fn narrow(value: i64) -> Result<i32, String> {
    i32::try_from(value).map_err(|_| "the distance does not fit 32 bits".to_owned())
}

/// The name of a relocation in the ABI.
fn kind_name(kind: u32) -> String {
    let name = match kind {
        elf::R_X86_64_64 => "64",
        elf::R_X86_64_PC32 => "PC32",
        elf::R_X86_64_GOT32 => "GOT32",
        elf::R_X86_64_PLT32 => "PLT32",
        elf::R_X86_64_COPY => "COPY",
        elf::R_X86_64_GLOB_DAT => "GLOB_DAT",
        elf::R_X86_64_JUMP_SLOT => "JUMP_SLOT",
        elf::R_X86_64_RELATIVE => "RELATIVE",
        elf::R_X86_64_GOTPCREL => "GOTPCREL",
        elf::R_X86_64_32 => "32",
        elf::R_X86_64_32S => "32S",
        elf::R_X86_64_16 => "16",
        elf::R_X86_64_PC16 => "PC16",
        elf::R_X86_64_8 => "8",
        elf::R_X86_64_PC8 => "PC8",
        elf::R_X86_64_DTPMOD64 => "DTPMOD64",
        elf::R_X86_64_DTPOFF64 => "DTPOFF64",
        elf::R_X86_64_TPOFF64 => "TPOFF64",
        elf::R_X86_64_TLSGD => "TLSGD",
        elf::R_X86_64_TLSLD => "TLSLD",
        elf::R_X86_64_DTPOFF32 => "DTPOFF32",
        elf::R_X86_64_GOTTPOFF => "GOTTPOFF",
        elf::R_X86_64_TPOFF32 => "TPOFF32",
        elf::R_X86_64_PC64 => "PC64",
        elf::R_X86_64_GOTOFF64 => "GOTOFF64",
        elf::R_X86_64_GOTPC32 => "GOTPC32",
        elf::R_X86_64_GOT64 => "GOT64",
        elf::R_X86_64_GOTPCREL64 => "GOTPCREL64",
        elf::R_X86_64_GOTPC64 => "GOTPC64",
        elf::R_X86_64_PLTOFF64 => "PLTOFF64",
        elf::R_X86_64_SIZE32 => "SIZE32",
        elf::R_X86_64_SIZE64 => "SIZE64",
        elf::R_X86_64_GOTPC32_TLSDESC => "GOTPC32_TLSDESC",
        elf::R_X86_64_TLSDESC_CALL => "TLSDESC_CALL",
        elf::R_X86_64_TLSDESC => "TLSDESC",
        elf::R_X86_64_IRELATIVE => "IRELATIVE",
        elf::R_X86_64_GOTPCRELX => "GOTPCRELX",
        elf::R_X86_64_REX_GOTPCRELX => "REX_GOTPCRELX",
        other => return format!("relocation {other}"),
    };
    format!("R_X86_64_{name}")
}
