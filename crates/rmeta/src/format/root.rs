//! The root of a crate's metadata: facts about the crate, and where everything else is (`rustc_metadata::rmeta::CrateRoot`).

use super::Format;
use super::tables::{LazyArray, Table, Tables};
use crate::error::Result;
use crate::reader::{LazyState, Reader};
use ty::Symbol;

/// What tells whether this is the right crate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CrateHeader {
    pub triple: String,
    /// The hash of everything that dependents may rely on.
    pub hash: u128,
    pub name: Symbol,
    pub is_proc_macro_crate: bool,
    /// The metadata proper is in a `.rmeta` file beside this one.
    pub is_stub: bool,
}

impl CrateHeader {
    /// Reads the header at the root's position.
    pub fn read(reader: &mut Reader<'_>, format: &Format) -> Result<CrateHeader> {
        let is_json = reader.read_variant(2, "no such kind of target")? == 1;
        let triple = reader.read_str()?.to_owned();
        if is_json {
            reader.read_str()?;
        }
        Ok(CrateHeader {
            triple,
            hash: reader.read_hash128()?,
            name: reader.read_symbol_of(format)?,
            is_proc_macro_crate: reader.read_bool()?,
            is_stub: reader.read_bool()?,
        })
    }
}

/// How a crate is needed by another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CrateDepKind {
    /// For its macros only.
    MacrosOnly,
    /// It is linked where it is needed (a panic runtime).
    Conditional,
    Unconditional,
}

/// A crate that the crate was compiled against.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CrateDep {
    pub name: Symbol,
    pub hash: u128,
    pub kind: CrateDepKind,
    pub extra_filename: String,
}

impl CrateDep {
    fn read(reader: &mut Reader<'_>, format: &Format) -> Result<CrateDep> {
        let name = reader.read_symbol_of(format)?;
        let hash = reader.read_hash128()?;
        if read_option(reader)? {
            reader.read_hash128()?;
        }
        let kind = match reader.read_variant(3, "no such kind of dependency")? {
            0 => CrateDepKind::MacrosOnly,
            1 => CrateDepKind::Conditional,
            _ => CrateDepKind::Unconditional,
        };
        let extra_filename = reader.read_str()?.to_owned();
        let _is_private = reader.read_bool()?;
        Ok(CrateDep { name, hash, kind, extra_filename })
    }
}

/// How a panic goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PanicStrategy {
    Unwind,
    Abort,
    ImmediateAbort,
}

/// Facts about a crate, and the positions of its tables.
pub struct CrateRoot {
    pub header: CrateHeader,
    pub extra_filename: String,
    pub stable_crate_id: u64,
    /// 0 is 2015, 3 is 2024.
    pub edition: u8,
    pub required_panic_strategy: Option<PanicStrategy>,
    pub has_global_allocator: bool,
    pub has_alloc_error_handler: bool,
    pub has_panic_handler: bool,
    pub has_default_lib_allocator: bool,
    pub crate_deps: Vec<CrateDep>,
    pub lang_items: LazyArray,
    pub diagnostic_items: LazyArray,
    pub native_libraries: LazyArray,
    pub foreign_modules: LazyArray,
    pub impls: LazyArray,
    /// Inherent impls of types of other crates.
    pub incoherent_impls: LazyArray,
    /// Positions of constant memory, by number.
    pub interpret_alloc_index: LazyArray,
    pub tables: Tables,
    pub exported_non_generic_symbols: LazyArray,
    pub exported_generic_symbols: LazyArray,
    pub syntax_contexts: Table,
    pub expn_data: Table,
    pub source_map: Table,
    pub compiler_builtins: bool,
    pub needs_allocator: bool,
    pub needs_panic_runtime: bool,
    pub no_builtins: bool,
    pub panic_runtime: bool,
    pub profiler_runtime: bool,
}

impl CrateRoot {
    /// Reads the root at its position. Not for procedural macro crates, whose root is different.
    pub fn read(data: &[u8], position: usize, format: &Format) -> Result<CrateRoot> {
        let mut reader = Reader::new(data, position)?;
        reader.lazy = LazyState::NodeStart(position);
        let r = &mut reader;
        let header = CrateHeader::read(r, format)?;
        let extra_filename = r.read_str()?.to_owned();
        let stable_crate_id = r.read_hash64()?;
        let required_panic_strategy = if read_option(r)? { Some(read_panic_strategy(r)?) } else { None };
        let _panic_in_drop_strategy = read_panic_strategy(r)?;
        let edition = r.read_variant(5, "no such edition")?;
        let has_global_allocator = r.read_bool()?;
        let has_alloc_error_handler = r.read_bool()?;
        let has_panic_handler = r.read_bool()?;
        let has_default_lib_allocator = r.read_bool()?;
        let _externally_implementable_items = LazyArray::read(r)?;
        let crate_deps = LazyArray::read(r)?;
        let _dylib_dependency_formats = LazyArray::read(r)?;
        let _lib_features = LazyArray::read(r)?;
        let _stability_implications = LazyArray::read(r)?;
        let lang_items = LazyArray::read(r)?;
        let _lang_items_missing = LazyArray::read(r)?;
        let _stripped_cfg_items = LazyArray::read(r)?;
        let diagnostic_items = LazyArray::read(r)?;
        let native_libraries = LazyArray::read(r)?;
        let foreign_modules = LazyArray::read(r)?;
        let _traits = LazyArray::read(r)?;
        let impls = LazyArray::read(r)?;
        let incoherent_impls = LazyArray::read(r)?;
        let interpret_alloc_index = LazyArray::read(r)?;
        if read_option(r)? {
            return Err(r.error("the crate is a procedural macro"));
        }
        let tables = Tables::read(r, format)?;
        let _debugger_visualizers = LazyArray::read(r)?;
        let _exportable_items = LazyArray::read(r)?;
        let _stable_order_of_exportable_impls = LazyArray::read(r)?;
        let exported_non_generic_symbols = LazyArray::read(r)?;
        let exported_generic_symbols = LazyArray::read(r)?;
        let syntax_contexts = Table::read(r)?;
        let expn_data = Table::read(r)?;
        let _expn_hashes = Table::read(r)?;
        let _def_path_hash_map = r.read_lazy_position()?;
        let source_map = Table::read(r)?;
        let _target_modifiers = LazyArray::read(r)?;
        if format.encoding().denied_mitigations {
            LazyArray::read(r)?;
        }
        let compiler_builtins = r.read_bool()?;
        let needs_allocator = r.read_bool()?;
        let needs_panic_runtime = r.read_bool()?;
        let no_builtins = r.read_bool()?;
        let panic_runtime = r.read_bool()?;
        let profiler_runtime = r.read_bool()?;
        let _symbol_mangling_version = r.read_variant(3, "no such mangling of symbols")?;
        let _specialization_enabled_in = r.read_bool()?;

        let mut deps = Reader::new(data, crate_deps.position)?;
        let crate_deps = (0..crate_deps.len).map(|_| CrateDep::read(&mut deps, format)).collect::<Result<_>>()?;
        Ok(CrateRoot {
            header,
            extra_filename,
            stable_crate_id,
            edition,
            required_panic_strategy,
            has_global_allocator,
            has_alloc_error_handler,
            has_panic_handler,
            has_default_lib_allocator,
            crate_deps,
            lang_items,
            diagnostic_items,
            native_libraries,
            foreign_modules,
            impls,
            incoherent_impls,
            interpret_alloc_index,
            tables,
            exported_non_generic_symbols,
            exported_generic_symbols,
            syntax_contexts,
            expn_data,
            source_map,
            compiler_builtins,
            needs_allocator,
            needs_panic_runtime,
            no_builtins,
            panic_runtime,
            profiler_runtime,
        })
    }
}

/// A crate of procedural macros.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MacroCrate {
    pub name: Symbol,
    pub hash: u128,
    /// 0 is 2015, 3 is 2024.
    pub edition: u8,
    /// The numbers of the macros' functions, in the order of their source.
    pub macros: Vec<u32>,
}

/// How many lists stand in a root before what says whether the crate is of procedural macros.
const LISTS_IN_FRONT: usize = 15;

impl MacroCrate {
    /// Reads of a root what there is to know. None: the crate has no procedural macros.
    pub fn read(data: &[u8], position: usize, format: &Format) -> Result<Option<MacroCrate>> {
        let mut reader = Reader::new(data, position)?;
        reader.lazy = LazyState::NodeStart(position);
        let r = &mut reader;
        let header = CrateHeader::read(r, format)?;
        r.read_str()?;
        r.read_hash64()?;
        if read_option(r)? {
            read_panic_strategy(r)?;
        }
        read_panic_strategy(r)?;
        let edition = r.read_variant(5, "no such edition")?;
        for _ in 0..4 {
            r.read_bool()?;
        }
        for _ in 0..LISTS_IN_FRONT {
            LazyArray::read(r)?;
        }
        if !read_option(r)? {
            return Ok(None);
        }
        let _declarations = r.read_u32()?;
        if read_option(r)? {
            return Err(r.error("procedural macros have a stability"));
        }
        let list = LazyArray::read(r)?;
        let mut elements = Reader::new(data, list.position)?;
        elements.lazy = LazyState::NodeStart(list.position);
        let mut macros = Vec::new();
        for _ in 0..list.len {
            macros.push(elements.read_u32()?);
            if format.encoding().proc_macro_kinds {
                elements.read_lazy_position()?;
            }
        }
        Ok(Some(MacroCrate { name: header.name, hash: header.hash, edition, macros }))
    }
}

fn read_panic_strategy(reader: &mut Reader<'_>) -> Result<PanicStrategy> {
    Ok(match reader.read_variant(3, "no such panic strategy")? {
        0 => PanicStrategy::Unwind,
        1 => PanicStrategy::Abort,
        _ => PanicStrategy::ImmediateAbort,
    })
}

/// Whether a value follows.
pub(crate) fn read_option(reader: &mut Reader<'_>) -> Result<bool> {
    match reader.read_u8()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(reader.error("an optional value is neither there nor not")),
    }
}
