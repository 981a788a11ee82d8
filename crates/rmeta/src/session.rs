//! An opened program: the crate being compiled and all that it depends on.

use crate::archive::{library_metadata, metadata_bytes};
use crate::error::{DecodeError, OpenError, Result};
use crate::file::{file_bytes, read_file};
use crate::format::expansion::Expansion;
use crate::format::mir::MirCaches;
use crate::format::root::{CrateDep, CrateDepKind, CrateHeader, CrateRoot, MacroCrate};
use crate::format::tables::LazyArray;
use crate::format::{self, Decoder, Format};
use crate::locate::{CrateLocator, Listing};
use crate::reader::Reader;
use rustc_hash::FxHashMap;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use ty::*;

/// A program's metadata. Made by [`Session::open`]; implements [`ty::Definitions`] and [`mir::Bodies`].
pub struct Session<'tcx> {
    pub tcx: Tcx<'tcx>,
    /// How the release writes metadata that wrote all crates of the program.
    pub(crate) format: &'static Format,
    slots: Vec<Slot<'tcx>>,
    /// Crates with metadata, by number.
    loaded: Vec<CrateNum>,
    /// The session itself, for as long as the context lives: the traits' methods have it for less.
    this: OnceLock<&'tcx Session<'tcx>>,
    /// An installed copy of the toolchain's source (the component `rust-src`).
    pub(crate) rust_source: Option<PathBuf>,
    pub(crate) memos: Memos<'tcx>,
    pub(crate) lang_items: OnceLock<FxHashMap<LangItem, DefId>>,
    pub(crate) diagnostic_items: OnceLock<FxHashMap<Symbol, DefId>>,
    pub(crate) expansions: Memo<SyntaxContext, Option<Expansion>>,
}

// SAFETY: it holds collections of its own and references, which dropping does not follow.
unsafe impl ty::Hold for Session<'_> {}

/// Answers given so far.
#[derive(Default)]
pub(crate) struct Memos<'tcx> {
    pub def_keys: Memo<DefId, DefKey>,
    pub generics: Memo<DefId, &'tcx Generics>,
    pub predicates: Memo<DefId, GenericPredicates<'tcx>>,
    pub item_bounds: Memo<DefId, &'tcx [Clause<'tcx>]>,
    pub super_predicates: Memo<DefId, &'tcx [Clause<'tcx>]>,
    pub implied_predicates: Memo<DefId, &'tcx [Clause<'tcx>]>,
    pub variances: Memo<DefId, &'tcx [Variance]>,
    pub types: Memo<DefId, Ty<'tcx>>,
    pub signatures: Memo<DefId, PolyFnSig<'tcx>>,
    pub adts: Memo<DefId, &'tcx AdtDef>,
    pub traits: Memo<DefId, TraitDef>,
    pub assoc_items: Memo<DefId, Option<AssocItem>>,
    pub assoc_item_lists: Memo<DefId, &'tcx [AssocItem]>,
    pub impl_headers: Memo<DefId, Option<ImplHeader<'tcx>>>,
    pub impls: Memo<DefId, &'tcx [TraitImpl]>,
    pub inherent_impls: Memo<SimplifiedType, &'tcx [DefId]>,
    pub codegen_attrs: Memo<DefId, &'tcx CodegenAttrs>,
    pub attributes: Memo<DefId, crate::format::attributes::Attributes>,
    pub intrinsics: Memo<DefId, Option<IntrinsicDef>>,
    pub exported_symbols: Memo<CrateNum, &'tcx [ExportedSymbol<'tcx>]>,
    pub source_files: Memo<SourceFileId, &'tcx SourceFile>,
    /// Characters that a terminal does not show one column wide: offsets and widths.
    pub odd_widths: Memo<SourceFileId, &'tcx [(u32, u8)]>,
}

/// A crate by number. Procedural macros have a number but no metadata that is read.
struct Slot<'tcx> {
    name: Symbol,
    hash: u128,
    data: Option<CrateData<'tcx>>,
}

/// A crate's metadata: its bytes, its root, and what was decoded of it so far.
pub struct CrateData<'tcx> {
    pub num: CrateNum,
    pub source: CrateSource,
    /// All of the metadata but the end mark.
    pub bytes: &'tcx [u8],
    pub root: CrateRoot,
    /// Crate numbers as this crate counts, as the session's.
    pub crate_map: Vec<CrateNum>,
    /// What this crate's numbers of syntax contexts are added to.
    pub first_syntax_context: u32,
    /// What this crate's numbers of source files are added to.
    pub first_source_file: u32,
    /// Decoded types by position.
    pub types: Memo<usize, Ty<'tcx>>,
    /// Decoded bodies and constant memory.
    pub(crate) mir: MirCaches<'tcx>,
    /// The lists of impls by trait.
    pub(crate) trait_impls: OnceLock<FxHashMap<DefId, LazyArray>>,
    /// The lists of inherent impls of types that the crate does not define.
    pub(crate) foreign_inherent_impls: OnceLock<FxHashMap<SimplifiedType, LazyArray>>,
}

/// Where a crate lies on disk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CrateSource {
    pub name: Symbol,
    /// The file that the metadata was read from.
    pub metadata: PathBuf,
    /// The compiled code: the rlib of the same name beside the metadata, if it is there.
    pub rlib: Option<PathBuf>,
    /// How it is needed by those that need it most.
    pub kind: CrateDepKind,
}

/// A file whose header has been read.
#[derive(Clone)]
struct Opened<'tcx> {
    path: PathBuf,
    bytes: &'tcx [u8],
    root_position: usize,
    header: CrateHeader,
    format: &'static Format,
}

impl<'tcx> Session<'tcx> {
    /// Opens the crate being compiled (its `.rmeta`) and, transitively, its dependencies.
    ///
    /// # Errors
    /// Every error names the file and what to do; see [`OpenError`].
    pub fn open(
        tcx: Tcx<'tcx>,
        local: &Path,
        locator: &CrateLocator,
    ) -> std::result::Result<&'tcx Session<'tcx>, OpenError> {
        let mut opener = Opener::new(tcx, locator);
        let opened = opener.open_file(local)?;
        Session::finish(opener, opened, locator)
    }

    /// As [`Session::open`], with the bytes of the crate's file; `local` is what errors call it.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub fn open_bytes(
        tcx: Tcx<'tcx>,
        local: &Path,
        bytes: &[u8],
        locator: &CrateLocator,
    ) -> std::result::Result<&'tcx Session<'tcx>, OpenError> {
        let opener = Opener::new(tcx, locator);
        let bytes = metadata_bytes(local, tcx.arena().alloc_slice(bytes))?;
        let opened = read_header(local, bytes)?;
        Session::finish(opener, opened, locator)
    }

    /// Loads the crate and its dependencies.
    fn finish(
        mut opener: Opener<'tcx>,
        opened: Opened<'tcx>,
        locator: &CrateLocator,
    ) -> std::result::Result<&'tcx Session<'tcx>, OpenError> {
        let tcx = opener.tcx;
        if opened.header.is_proc_macro_crate {
            return Err(OpenError::ProcMacro { path: opened.path });
        }
        let format = opened.format;
        opener.load(&opened, CrateDepKind::Unconditional)?;
        let mut next = 0;
        while next < opener.slots.len() {
            opener.resolve_deps(next)?;
            next += 1;
        }
        opener.number()?;
        let session = tcx.arena().hold(Session {
            tcx,
            format,
            loaded: opener.slots.iter().filter_map(|slot| Some(slot.data.as_ref()?.num)).collect(),
            slots: opener.slots,
            this: OnceLock::new(),
            rust_source: locator.rust_source(),
            memos: Memos::default(),
            lang_items: OnceLock::new(),
            diagnostic_items: OnceLock::new(),
            expansions: Memo::default(),
        });
        assert!(session.this.set(session).is_ok(), "set once, here");
        Ok(session)
    }

    /// The crate's data; `None` for procedural macros.
    pub fn crate_data(&self, krate: CrateNum) -> Option<&CrateData<'tcx>> {
        self.slots.get(krate.0 as usize)?.data.as_ref()
    }

    /// All crates with metadata, the one being compiled first.
    pub fn all_crate_data(&self) -> impl Iterator<Item = &CrateData<'tcx>> {
        self.slots.iter().filter_map(|slot| slot.data.as_ref())
    }

    /// All crates with metadata, each before those that it needs: the order in which linkers want libraries.
    pub fn link_order(&self) -> Vec<CrateNum> {
        let mut seen = vec![false; self.slots.len()];
        let mut finished = Vec::new();
        // Depth first without recursion: a crate with the number of its dependencies that were visited.
        let mut path = vec![(CrateNum::LOCAL, 0)];
        seen[0] = true;
        while let Some((krate, visited)) = path.last_mut() {
            let deps = self.crate_data(*krate).map_or(&[][..], |data| &data.crate_map);
            match deps.get(*visited) {
                Some(&dep) => {
                    *visited += 1;
                    if !std::mem::replace(&mut seen[dep.0 as usize], true) {
                        path.push((dep, 0));
                    }
                }
                None => {
                    finished.push(*krate);
                    path.pop();
                }
            }
        }
        finished.retain(|&krate| self.crate_data(krate).is_some());
        finished.reverse();
        finished
    }

    /// Where the crates lie, the one being compiled first.
    pub fn crate_sources(&self) -> impl Iterator<Item = (CrateNum, &CrateSource)> {
        self.all_crate_data().map(|krate| (krate.num, &krate.source))
    }

    /// The name of any crate, procedural macros included.
    pub(crate) fn name_of(&self, krate: CrateNum) -> Symbol {
        match self.slots.get(krate.0 as usize) {
            Some(slot) => slot.name,
            None => ty::bug!("{krate:?} is not of this session"),
        }
    }

    /// The name and the hash of any crate, procedural macros included.
    pub fn crate_identity(&self, krate: CrateNum) -> (Symbol, u128) {
        match self.slots.get(krate.0 as usize) {
            Some(slot) => (slot.name, slot.hash),
            None => ty::bug!("{krate:?} is not of this session"),
        }
    }

    /// The session's number of a crate's source file.
    pub fn source_file_id(&self, krate: CrateNum, index: u32) -> Option<SourceFileId> {
        let krate = self.crate_data(krate)?;
        ((index as usize) < krate.root.source_map.len()).then(|| format::span::file_id(krate.first_source_file, index))
    }

    /// The crate that a source file belongs to; nothing if no crate has the file.
    pub fn crate_of_source_file(&self, file: SourceFileId) -> Option<CrateNum> {
        self.crate_of_file(file).map(|krate| krate.num)
    }

    /// The session for as long as the context lives.
    pub(crate) fn this(&self) -> &'tcx Session<'tcx> {
        self.this.get().copied().expect("set where the session is made")
    }

    /// The crate that a source file belongs to.
    pub(crate) fn crate_of_file(&self, file: SourceFileId) -> Option<&'tcx CrateData<'tcx>> {
        let krate = self.last_that(|krate| krate.first_source_file <= file.0)?;
        Some(krate).filter(|krate| ((file.0 - krate.first_source_file) as usize) < krate.root.source_map.len())
    }

    /// The crate that a syntax context other than the root belongs to.
    pub(crate) fn crate_of_context(&self, ctxt: SyntaxContext) -> Option<&'tcx CrateData<'tcx>> {
        let krate = self.last_that(|krate| krate.first_syntax_context < ctxt.0)?;
        Some(krate).filter(|krate| ((ctxt.0 - krate.first_syntax_context) as usize) < krate.root.syntax_contexts.len())
    }

    /// The last crate that a condition holds for, which holds for the first crates only.
    fn last_that(&self, holds: impl Fn(&CrateData<'tcx>) -> bool) -> Option<&'tcx CrateData<'tcx>> {
        let count = self.loaded.partition_point(|&krate| holds(self.data(krate)));
        count.checked_sub(1).map(|last| self.data(self.loaded[last]))
    }

    /// The crate whose number a definition has, for reading.
    pub(crate) fn data(&self, krate: CrateNum) -> &'tcx CrateData<'tcx> {
        match self.this().crate_data(krate) {
            Some(data) => data,
            None => std::panic::panic_any(MetadataError {
                path: PathBuf::new(),
                message: format!("the metadata of crate `{}` was not read", self.name_of(krate)),
            }),
        }
    }
}

impl<'tcx> CrateData<'tcx> {
    /// A cursor at a position of this crate's metadata.
    pub fn decoder(&'tcx self, session: &'tcx Session<'tcx>, position: usize) -> Result<Decoder<'tcx>> {
        Decoder::new(session, self, position)
    }

    /// Gives the value, or unwinds with a [`MetadataError`] as [`ty::Definitions`] says.
    pub fn expect<T>(&self, value: Result<T>) -> T {
        match value {
            Ok(value) => value,
            Err(error) => self.damaged(error),
        }
    }

    #[cold]
    fn damaged(&self, error: DecodeError) -> ! {
        std::panic::panic_any(MetadataError { path: self.source.metadata.clone(), message: error.to_string() })
    }
}

/// Opens files and gives crates their numbers.
struct Opener<'tcx> {
    tcx: Tcx<'tcx>,
    /// The folder of the toolchain's own crates.
    toolchain: PathBuf,
    listing: Listing,
    /// Files that were opened, each once.
    opened: HashMap<PathBuf, Opened<'tcx>>,
    /// The format of the first file that was opened, which all must have.
    format: Option<&'static Format>,
    slots: Vec<Slot<'tcx>>,
}

impl<'tcx> Opener<'tcx> {
    fn new(tcx: Tcx<'tcx>, locator: &CrateLocator) -> Opener<'tcx> {
        let toolchain = locator.sysroot_lib.clone();
        Opener {
            tcx,
            toolchain,
            listing: Listing::new(locator),
            opened: HashMap::new(),
            format: None,
            slots: Vec::new(),
        }
    }

    fn open_file(&mut self, path: &Path) -> std::result::Result<Opened<'tcx>, OpenError> {
        if let Some(opened) = self.opened.get(path) {
            return Ok(opened.clone());
        }
        let bytes = file_bytes(self.tcx, path, &self.toolchain)?;
        let bytes = metadata_bytes(path, bytes)?;
        let opened = read_header(path, bytes)?;
        self.opened.insert(path.to_owned(), opened.clone());
        if opened.header.is_stub {
            let beside = path.with_extension("rmeta");
            if beside == path || !beside.is_file() {
                return Err(OpenError::Stub { path: path.to_owned() });
            }
            let opened = self.open_file(&beside)?;
            if opened.header.is_stub {
                return Err(OpenError::Stub { path: beside });
            }
            return Ok(opened);
        }
        Ok(opened)
    }

    /// Reads the root, and gives the crate its number.
    fn load(&mut self, opened: &Opened<'tcx>, kind: CrateDepKind) -> std::result::Result<CrateNum, OpenError> {
        let num = self.next_num(&opened.path)?;
        let format = *self.format.get_or_insert(opened.format);
        if !std::ptr::eq(format, opened.format) {
            return Err(OpenError::Mixed {
                path: opened.path.clone(),
                found: opened.format.release.name,
                expected: format.release.name,
            });
        }
        let root = CrateRoot::read(opened.bytes, opened.root_position, format)
            .map_err(|error| OpenError::Damaged { path: opened.path.clone(), error })?;
        let rlib = Some(opened.path.with_extension("rlib")).filter(|path| path.is_file());
        let source = CrateSource { name: root.header.name, metadata: opened.path.clone(), rlib, kind };
        self.slots.push(Slot {
            name: root.header.name,
            hash: root.header.hash,
            data: Some(CrateData {
                num,
                source,
                bytes: opened.bytes,
                root,
                crate_map: Vec::new(),
                first_syntax_context: 0,
                first_source_file: 0,
                types: Memo::default(),
                mir: MirCaches::default(),
                trait_impls: OnceLock::new(),
                foreign_inherent_impls: OnceLock::new(),
            }),
        });
        Ok(num)
    }

    fn next_num(&self, path: &Path) -> std::result::Result<CrateNum, OpenError> {
        match u32::try_from(self.slots.len()) {
            Ok(num) if num < 1 << 20 => Ok(CrateNum(num)),
            _ => Err(OpenError::TooMany { path: path.to_owned() }),
        }
    }

    /// Finds the dependencies of a crate, loading those that are new, and writes down their numbers.
    fn resolve_deps(&mut self, index: usize) -> std::result::Result<(), OpenError> {
        let Some(data) = &self.slots[index].data else { return Ok(()) };
        let (num, needed_by) = (data.num, data.source.name);
        let macros_only = data.source.kind == CrateDepKind::MacrosOnly;
        let deps = data.root.crate_deps.clone();
        let mut crate_map = vec![num];
        for dep in &deps {
            let kind = if macros_only { CrateDepKind::MacrosOnly } else { dep.kind };
            crate_map.push(self.resolve(dep, kind, needed_by)?);
        }
        let data = self.slots[index].data.as_mut().expect("it has data, as above");
        data.crate_map = crate_map;
        Ok(())
    }

    fn resolve(
        &mut self,
        dep: &CrateDep,
        kind: CrateDepKind,
        needed_by: Symbol,
    ) -> std::result::Result<CrateNum, OpenError> {
        let known = self.slots.iter().position(|slot| slot.name == dep.name && slot.hash == dep.hash);
        if let Some(known) = known {
            if let Some(data) = &mut self.slots[known].data {
                data.source.kind = stronger(data.source.kind, kind);
            }
            return Ok(CrateNum(known as u32));
        }
        let name = dep.name.as_str();
        let mut found = Vec::new();
        let mut failed = None;
        for further in [false, true] {
            let candidates = match further {
                false => self.listing.candidates(name, &dep.extra_filename),
                true => self.listing.further_candidates(name),
            };
            for path in candidates {
                match self.open_file(&path) {
                    Ok(opened) if opened.header.name == dep.name && opened.header.hash == dep.hash => {
                        if opened.header.is_proc_macro_crate {
                            return self.add_without_data(dep);
                        }
                        return self.load(&opened, kind);
                    }
                    Ok(opened) if opened.header.name == dep.name => found.push(path),
                    Ok(_) => {}
                    // Among the files that only might be it, damaged ones say nothing.
                    Err(error) => {
                        if !further {
                            failed = Some(error);
                        }
                    }
                }
            }
        }
        if kind == CrateDepKind::MacrosOnly {
            return self.add_without_data(dep);
        }
        let (name, needed_by) = (name.to_owned(), needed_by.as_str().to_owned());
        Err(match failed {
            Some(error) => error,
            None if found.is_empty() => OpenError::MissingCrate { name, needed_by, searched: self.listing.searched() },
            None => {
                found.sort();
                found.dedup();
                OpenError::WrongCrate { name, needed_by, found }
            }
        })
    }

    /// Gives a number to a crate of which only macros are used.
    fn add_without_data(&mut self, dep: &CrateDep) -> std::result::Result<CrateNum, OpenError> {
        let num = self.next_num(Path::new(dep.name.as_str()))?;
        self.slots.push(Slot { name: dep.name, hash: dep.hash, data: None });
        Ok(num)
    }

    /// Gives each crate its ranges of numbers for source files and syntax contexts.
    fn number(&mut self) -> std::result::Result<(), OpenError> {
        let (mut files, mut contexts) = (0u32, 0u32);
        for data in self.slots.iter_mut().filter_map(|slot| slot.data.as_mut()) {
            data.first_source_file = files;
            data.first_syntax_context = contexts;
            // The highest number of a file means "no file".
            let add = |total: u32, count: usize| {
                u32::try_from(count).ok().and_then(|count| total.checked_add(count)).filter(|&sum| sum < u32::MAX / 2)
            };
            match (add(files, data.root.source_map.len()), add(contexts, data.root.syntax_contexts.len())) {
                (Some(new_files), Some(new_contexts)) => (files, contexts) = (new_files, new_contexts),
                _ => return Err(OpenError::TooMany { path: data.source.metadata.clone() }),
            }
        }
        Ok(())
    }
}

/// The stronger of two needs.
fn stronger(a: CrateDepKind, b: CrateDepKind) -> CrateDepKind {
    if a as u8 >= b as u8 { a } else { b }
}

/// Whether a crate has `global_asm!` of its own, in whatever way the macro came to it. Opens that crate's metadata alone.
///
/// # Errors
/// The file cannot be read, or is damaged.
pub fn has_global_asm(metadata: &Path) -> std::result::Result<bool, OpenError> {
    let read = read_file(metadata)?;
    let bytes = metadata_bytes(metadata, &read)?;
    let Opened { bytes, root_position, format, .. } = read_header(metadata, bytes)?;
    let root = CrateRoot::read(bytes, root_position, format);
    let found = root.and_then(|root| Ok(format.has_global_asm(root.tables.def_kind.bytes(bytes)?)));
    found.map_err(|error| OpenError::Damaged { path: metadata.to_owned(), error })
}

/// The procedural macros of a library.
///
/// # Errors
/// The file cannot be read, is damaged, or has none.
pub fn macro_crate(library: &Path) -> std::result::Result<MacroCrate, OpenError> {
    let read = read_file(library)?;
    let bytes = library_metadata(library, &read)?;
    let Opened { bytes, root_position, format, .. } = read_header(library, bytes)?;
    match MacroCrate::read(bytes, root_position, format) {
        Ok(Some(found)) => Ok(found),
        Ok(None) => {
            let message = "it has no procedural macros".to_owned();
            Err(OpenError::NotMetadata { path: library.to_owned(), message })
        }
        Err(error) => Err(OpenError::Damaged { path: library.to_owned(), error }),
    }
}

/// Checks what a metadata file begins and ends with. Gives the bytes without the end mark, the root's position, the crate's
/// header, and the format of the release that wrote it.
fn read_header<'a>(path: &Path, bytes: &'a [u8]) -> std::result::Result<Opened<'a>, OpenError> {
    let foreign = |message: &str| OpenError::NotMetadata { path: path.to_owned(), message: message.to_owned() };
    let version = |found: &str| OpenError::Version { path: path.to_owned(), found: found.to_owned() };
    if !bytes.starts_with(b"rust") {
        return Err(foreign("it does not begin as metadata does"));
    }
    if !bytes.starts_with(format::HEADER) {
        return Err(version("another version of rustc"));
    }
    let at = |position| Reader::new(bytes, position);
    let header_len = format::HEADER.len();
    let found = at(header_len + 8).and_then(|mut reader| reader.read_str()).map_err(|_| foreign("it is cut short"))?;
    let Some(format) = Format::of_version(found) else { return Err(version(found)) };
    let Some(bytes) = bytes.strip_suffix(format::END) else { return Err(foreign("it is cut short")) };
    let damaged = |error| OpenError::Damaged { path: path.to_owned(), error };
    let position = at(header_len).and_then(|mut reader| reader.read_hash64()).map_err(damaged)?;
    let position = usize::try_from(position).unwrap_or(usize::MAX);
    let header =
        Reader::new(bytes, position).and_then(|mut reader| CrateHeader::read(&mut reader, format)).map_err(damaged)?;
    Ok(Opened { path: path.to_owned(), bytes, root_position: position, header, format })
}
