//! Which definition every symbol of every object means.

use super::layout::Plan;
use super::library::{self, Library};
use super::object::{self, Binding, Object, Place, SectionKind, relocation_parts, text};
use super::{Function, JitError, Loader, tls};
use ::object::read::archive::{ArchiveFile, ArchiveOffset};
use rustc_hash::{FxHashMap, FxHashSet};
use std::ffi::CString;

/// What a symbol of an object means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Target {
    /// A place in a loaded section.
    Section {
        object: u32,
        section: u32,
        offset: u64,
    },
    /// A place in a thread-local section.
    Tls {
        object: u32,
        section: u32,
        offset: u64,
    },
    /// An entry of [`Program::commons`].
    Common(u32),
    /// The start or the end of the sections of a name (an entry of [`Program::boundaries`]).
    Boundary {
        index: u32,
        end: bool,
    },
    /// An address in this process outside of the image; 0 for weak symbols that nothing defines.
    External(u64),
    Absolute(u64),
    /// The start of the global offset table.
    GotBase,
    /// The image itself (`__dso_handle`).
    ImageBase,
    /// In a section that is not loaded.
    NotLoaded,
    /// In a section that was discarded for another object's.
    Discarded,
    /// No relocation uses it.
    Unused,
}

/// Objects whose symbols are settled.
pub(super) struct Program<'d> {
    pub objects: Vec<Object<'d>>,
    /// By object and symbol.
    pub targets: Vec<Vec<Target>>,
    /// Size and alignment of common symbols.
    pub commons: Vec<(u64, u64)>,
    /// Names of sections whose start or end is asked for.
    pub boundaries: Vec<&'d [u8]>,
    globals: FxHashMap<&'d [u8], Global>,
}

impl Program<'_> {
    /// Each global symbol that has an address in the image, with its offset there.
    pub fn exported<'p>(&'p self, plan: &'p Plan) -> impl Iterator<Item = (&'p str, u64)> {
        self.globals.iter().filter_map(|(name, global)| {
            let offset = plan.offset_of(global.target())?;
            Some((str::from_utf8(name).ok()?, offset))
        })
    }

    /// All functions, also those that are local to their objects, by their addresses in an image that begins at `base`. A
    /// function ends where the next one begins.
    pub fn functions(&self, plan: &Plan, base: u64) -> Vec<Function> {
        let mut functions = Vec::new();
        for (object_index, object) in (0u32..).zip(&self.objects) {
            for symbol in &object.symbols {
                let Place::Section { index, offset } = symbol.place else { continue };
                let section = &object.sections[index as usize];
                let is_function = section.kind == Some(SectionKind::Text) && !symbol.name.is_empty();
                let start = plan.section(object_index, index).filter(|_| is_function && !section.discarded);
                let (Some(start), Ok(symbol)) = (start, str::from_utf8(symbol.name)) else { continue };
                let size_bytes = section.size - offset;
                functions.push(Function { address: base + start + offset, size_bytes, symbol: symbol.to_owned() });
            }
        }
        functions.sort_by(|a, b| (a.address, &a.symbol).cmp(&(b.address, &b.symbol)));
        functions.dedup_by_key(|function| function.address);
        for index in 1..functions.len() {
            let (before, after) = functions.split_at_mut(index);
            let before = &mut before[index - 1];
            before.size_bytes = before.size_bytes.min(after[0].address - before.address);
        }
        functions
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Weak,
    Common,
    Strong,
}

#[derive(Clone, Copy)]
struct Global {
    object: u32,
    strength: Strength,
    place: GlobalPlace,
}

#[derive(Clone, Copy)]
enum GlobalPlace {
    Section { section: u32, offset: u64, thread_local: bool },
    Common(u32),
    Absolute(u64),
}

impl Global {
    fn target(&self) -> Target {
        let object = self.object;
        match self.place {
            GlobalPlace::Section { section, offset, thread_local: false } => {
                Target::Section { object, section, offset }
            }
            GlobalPlace::Section { section, offset, thread_local: true } => Target::Tls { object, section, offset },
            GlobalPlace::Common(index) => Target::Common(index),
            GlobalPlace::Absolute(value) => Target::Absolute(value),
        }
    }
}

struct Resolver<'d> {
    objects: Vec<Object<'d>>,
    /// By object: the symbols that loaded relocations refer to.
    used: Vec<Vec<bool>>,
    globals: FxHashMap<&'d [u8], Global>,
    commons: Vec<(u64, u64)>,
    groups: FxHashSet<&'d [u8]>,
    /// Names that are used, not weak, and perhaps not yet defined.
    wanted: Vec<&'d [u8]>,
}

/// Settles all symbols, taking members of archives as they are needed.
pub(super) fn resolve<'d>(loader: &'d Loader<'_>) -> Result<Program<'d>, JitError> {
    let mut resolver = Resolver {
        objects: Vec::new(),
        used: Vec::new(),
        globals: FxHashMap::default(),
        commons: Vec::new(),
        groups: FxHashSet::default(),
        wanted: Vec::new(),
    };
    for (name, bytes) in &loader.objects {
        resolver.add(object::parse(name, bytes)?)?;
    }
    resolver.take_members(loader)?;
    resolver.finish(loader)
}

impl<'d> Resolver<'d> {
    fn add(&mut self, mut object: Object<'d>) -> Result<(), JitError> {
        let index = u32::try_from(self.objects.len()).map_err(|_| JitError::TooLarge)?;
        let mut own_groups: FxHashSet<&[u8]> = FxHashSet::default();
        for section in &mut object.sections {
            let Some(signature) = section.group else { continue };
            let known = own_groups.contains(signature);
            section.discarded = !known && self.groups.contains(signature);
            if !section.discarded {
                own_groups.insert(signature);
            }
        }
        self.groups.extend(own_groups);
        let used = used_symbols(&object)?;
        for (symbol, &used) in object.symbols.iter().zip(&used) {
            if symbol.binding == Binding::Local {
                continue;
            }
            let defined = self.define(index, &object, symbol)?;
            if !defined && used && symbol.binding == Binding::Global {
                self.wanted.push(symbol.name);
            }
        }
        self.objects.push(object);
        self.used.push(used);
        Ok(())
    }

    /// Enters a definition; says whether the symbol is one.
    fn define(&mut self, index: u32, object: &Object<'d>, symbol: &object::Symbol<'d>) -> Result<bool, JitError> {
        let place = match symbol.place {
            Place::Undefined => return Ok(false),
            Place::Absolute(value) => GlobalPlace::Absolute(value),
            Place::Common { size, align } => {
                if let Some(Global { place: GlobalPlace::Common(known), .. }) = self.globals.get(symbol.name) {
                    let known = &mut self.commons[*known as usize];
                    *known = (known.0.max(size), known.1.max(align));
                    return Ok(true);
                }
                let common = u32::try_from(self.commons.len()).map_err(|_| JitError::TooLarge)?;
                self.commons.push((size, align));
                GlobalPlace::Common(common)
            }
            Place::Section { index: section, offset } => {
                let data = &object.sections[section as usize];
                if data.discarded {
                    return Ok(false);
                }
                let thread_local = matches!(data.kind, Some(SectionKind::TlsData | SectionKind::TlsBss));
                if symbol.indirect {
                    let name = text(symbol.name);
                    let message = format!("`{name}` is an indirect function (STT_GNU_IFUNC), which is not supported");
                    return Err(JitError::Object { object: object.name.clone(), message });
                }
                GlobalPlace::Section { section, offset, thread_local }
            }
        };
        let strength = match (symbol.binding, symbol.place) {
            (Binding::Weak, _) => Strength::Weak,
            (_, Place::Common { .. }) => Strength::Common,
            _ => Strength::Strong,
        };
        let global = Global { object: index, strength, place };
        match self.globals.get_mut(symbol.name) {
            None => drop(self.globals.insert(symbol.name, global)),
            Some(other) if other.strength == Strength::Strong && strength == Strength::Strong => {
                return Err(JitError::Duplicate {
                    symbol: text(symbol.name),
                    first: self.objects.get(other.object as usize).unwrap_or(object).name.clone(),
                    second: object.name.clone(),
                });
            }
            Some(other) if other.strength < strength => *other = global,
            Some(_) => {}
        }
        Ok(true)
    }

    /// Adds the archives' members that define missing symbols, until no more are found.
    fn take_members(&mut self, loader: &'d Loader<'_>) -> Result<(), JitError> {
        if loader.archives.is_empty() {
            return Ok(());
        }
        let index = index_archives(loader)?;
        let mut taken = FxHashSet::default();
        while let Some(name) = self.wanted.pop() {
            if self.globals.contains_key(name) {
                continue;
            }
            let Some((archive, offset)) = index.get(name) else { continue };
            if !taken.insert((*archive, offset.0)) {
                continue;
            }
            let (path, map) = &loader.archives[*archive];
            let error = |error: ::object::Error| JitError::Object { object: path.clone(), message: error.to_string() };
            let file = ArchiveFile::parse(&map[..]).map_err(error)?;
            let member = file.member(*offset).map_err(error)?;
            let member_name = format!("{path}({})", text(member.name()));
            let bytes = member.data(&map[..]).map_err(error)?;
            self.add(object::parse(&member_name, bytes)?)?;
        }
        Ok(())
    }

    fn finish(self, loader: &Loader<'_>) -> Result<Program<'d>, JitError> {
        let mut outside = Outside {
            loader,
            known: FxHashMap::default(),
            boundaries: Vec::new(),
            boundary_numbers: FxHashMap::default(),
            sections: FxHashSet::default(),
        };
        for section in self.objects.iter().flat_map(|object| &object.sections) {
            if section.kind.is_some() && !section.discarded && is_c_identifier(section.name) {
                outside.sections.insert(section.name);
            }
        }
        let mut undefined = Vec::new();
        let mut targets = Vec::with_capacity(self.objects.len());
        for (object_index, object) in (0u32..).zip(&self.objects) {
            let used = &self.used[object_index as usize];
            let mut list = Vec::with_capacity(object.symbols.len());
            for (symbol, &used) in object.symbols.iter().zip(used) {
                let global = (symbol.binding != Binding::Local).then(|| self.globals.get(symbol.name)).flatten();
                list.push(match (used, global) {
                    (false, _) => Target::Unused,
                    (true, Some(global)) => global.target(),
                    (true, None) => match own_target(object_index, object, symbol) {
                        Some(target) => target,
                        None => match outside.find(symbol.name) {
                            Some(target) => target,
                            None if symbol.binding == Binding::Weak => Target::External(0),
                            None => {
                                undefined.push((text(symbol.name), object.name.clone()));
                                Target::Unused
                            }
                        },
                    },
                });
            }
            targets.push(list);
        }
        if !undefined.is_empty() {
            undefined.sort();
            undefined.dedup_by(|next, first| next.0 == first.0);
            return Err(JitError::Undefined { symbols: undefined });
        }
        let Resolver { objects, globals, commons, .. } = self;
        Ok(Program { objects, targets, commons, boundaries: outside.boundaries, globals })
    }
}

/// The symbols that relocations of loaded sections refer to.
fn used_symbols(object: &Object<'_>) -> Result<Vec<bool>, JitError> {
    let mut used = vec![false; object.symbols.len()];
    for section in object.sections.iter().filter(|section| section.kind.is_some() && !section.discarded) {
        for relocation in section.relocations {
            let (_, _, symbol, _) = relocation_parts(relocation);
            // 0 is no symbol.
            if symbol == 0 {
                continue;
            }
            match used.get_mut(symbol) {
                Some(entry) => *entry = true,
                None => {
                    let message = format!("{}: a relocation against a symbol that does not exist", text(section.name));
                    return Err(JitError::Object { object: object.name.clone(), message });
                }
            }
        }
    }
    Ok(used)
}

/// What a symbol means by itself, without other objects; `None` where it is undefined, or its definition was discarded.
fn own_target(object_index: u32, object: &Object<'_>, symbol: &object::Symbol<'_>) -> Option<Target> {
    match symbol.place {
        Place::Undefined | Place::Common { .. } => None,
        Place::Absolute(value) => Some(Target::Absolute(value)),
        Place::Section { index, offset } => {
            let section = &object.sections[index as usize];
            let local = symbol.binding == Binding::Local;
            Some(match section.kind {
                _ if section.discarded && !local => return None,
                _ if section.discarded => Target::Discarded,
                None => Target::NotLoaded,
                Some(SectionKind::TlsData | SectionKind::TlsBss) => {
                    Target::Tls { object: object_index, section: index, offset }
                }
                Some(_) => Target::Section { object: object_index, section: index, offset },
            })
        }
    }
}

/// Definitions that no object has.
struct Outside<'d, 'l> {
    loader: &'l Loader<'l>,
    known: FxHashMap<&'d [u8], Option<Target>>,
    boundaries: Vec<&'d [u8]>,
    boundary_numbers: FxHashMap<&'d [u8], u32>,
    /// Loaded sections whose start and end have names.
    sections: FxHashSet<&'d [u8]>,
}

impl<'d> Outside<'d, '_> {
    fn find(&mut self, name: &'d [u8]) -> Option<Target> {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let target = self.search(name);
        self.known.insert(name, target);
        target
    }

    fn search(&mut self, name: &'d [u8]) -> Option<Target> {
        match name {
            b"_GLOBAL_OFFSET_TABLE_" => return Some(Target::GotBase),
            b"__dso_handle" => return Some(Target::ImageBase),
            b"__tls_get_addr" => return Some(Target::External(tls::get_addr_function())),
            b"atexit" => return Some(Target::External(atexit as *const () as u64)),
            _ => {}
        }
        for (prefix, end) in [(&b"__start_"[..], false), (&b"__stop_"[..], true)] {
            if let Some(section) = name.strip_prefix(prefix)
                && self.sections.contains(section)
            {
                let next = u32::try_from(self.boundaries.len()).ok()?;
                let index = *self.boundary_numbers.entry(section).or_insert_with(|| {
                    self.boundaries.push(section);
                    next
                });
                return Some(Target::Boundary { index, end });
            }
        }
        if let Some(&address) = str::from_utf8(name).ok().and_then(|name| self.loader.definitions.get(name)) {
            return Some(Target::External(address));
        }
        let libraries: &[Library] = &self.loader.libraries;
        library::find(libraries, &CString::new(name).ok()?).map(Target::External)
    }
}

/// C libraries have `atexit` in the part that is linked statically into every program.
extern "C" fn atexit(function: extern "C" fn()) -> libc::c_int {
    // SAFETY: a function without parameters; that it may be called at exit is the promise of who calls this.
    unsafe { libc::atexit(function) }
}

fn is_c_identifier(name: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
    name.first().is_some_and(letter) && name.iter().all(|byte| letter(byte) || byte.is_ascii_digit())
}

/// For each symbol that a member of an archive defines, the first such member.
fn index_archives<'d>(loader: &'d Loader<'_>) -> Result<FxHashMap<&'d [u8], (usize, ArchiveOffset)>, JitError> {
    let mut index = FxHashMap::default();
    for (number, (path, map)) in loader.archives.iter().enumerate() {
        let error = |message: String| JitError::Object { object: path.clone(), message };
        let damaged = |cause: ::object::Error| error(format!("not a sound archive: {cause}"));
        let file = ArchiveFile::parse(&map[..]).map_err(damaged)?;
        if file.is_thin() {
            return Err(error("a thin archive".to_owned()));
        }
        let symbols = file.symbols().map_err(damaged)?;
        let symbols = symbols.ok_or_else(|| error("an archive without an index of symbols (run ranlib)".to_owned()))?;
        for symbol in symbols {
            let symbol = symbol.map_err(damaged)?;
            index.entry(symbol.name()).or_insert((number, symbol.offset()));
        }
    }
    Ok(index)
}
