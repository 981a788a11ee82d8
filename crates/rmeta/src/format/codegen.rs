//! What code generation and linking ask about: attributes of functions, libraries, exported symbols.

use super::decoder::{Decode, Decoder};
use crate::error::Result;
use crate::session::Session;
use ty::*;

impl<'tcx> Session<'tcx> {
    pub(crate) fn read_native_libraries(&'tcx self, krate: CrateNum) -> Result<Vec<NativeLib>> {
        let krate = self.data(krate);
        let libs: Vec<Library> = self.array(krate, krate.root.native_libraries)?;
        Ok(libs
            .into_iter()
            .map(|lib| NativeLib {
                name: lib.name,
                kind: lib.kind,
                bundled_as: lib.filename,
                verbatim: lib.verbatim,
                enabled: lib.cfg.is_none_or(|cfg| cfg.holds(self.tcx.session(), self.format.release.number)),
                foreign_module: lib.foreign_module,
            })
            .collect())
    }

    pub(crate) fn read_foreign_modules(&'tcx self, krate: CrateNum) -> Result<Vec<ForeignModule>> {
        let krate = self.data(krate);
        self.array(krate, krate.root.foreign_modules)
    }

    pub(crate) fn read_exported_symbols(&'tcx self, krate: CrateNum) -> Result<Vec<ExportedSymbol<'tcx>>> {
        let krate = self.data(krate);
        let mut all: Vec<Exported<'tcx>> = self.array(krate, krate.root.exported_non_generic_symbols)?;
        all.extend(self.array::<Exported<'tcx>>(krate, krate.root.exported_generic_symbols)?);
        Ok(all.into_iter().filter_map(|exported| exported.0).collect())
    }
}

impl<'tcx> Decode<'tcx> for IntrinsicDef {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let intrinsic = IntrinsicDef::new(d.read()?, d.read()?);
        let _const_stable = d.read_bool()?;
        Ok(intrinsic)
    }
}

/// `CodegenFnAttrs`.
impl<'tcx> Decode<'tcx> for CodegenAttrs {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let bits = d.read_u32()?;
        // The first 17 flags are numbered alike; then one that does not matter here, and one that is numbered differently.
        let mut flags = CodegenFlags::from_bits_truncate(bits & ((1 << 17) - 1));
        flags.set(CodegenFlags::EXTERNALLY_IMPLEMENTABLE_ITEM, bits & (1 << 18) != 0);
        let inline = match d.read_variant(5, "no such way of inlining")? {
            0 => InlineAttr::None,
            1 => InlineAttr::Hint,
            2 => InlineAttr::Always,
            3 => InlineAttr::Never,
            _ => {
                d.read::<(Span, Option<Symbol>)>()?;
                InlineAttr::Force
            }
        };
        let optimize = match d.read_variant(4, "no such way of optimising")? {
            0 => OptimizeAttr::Default,
            1 => OptimizeAttr::DoNotOptimize,
            2 => OptimizeAttr::Speed,
            _ => OptimizeAttr::Size,
        };
        let symbol_name = d.read()?;
        for _ in 0..d.read_len()? {
            d.read::<(DefId, Linkage)>()?;
            d.read_variant(3, "no such visibility of a symbol")?;
        }
        d.read::<Option<u16>>()?;
        let features: Vec<(Symbol, u8)> = d.read()?;
        let _safe_target_features = d.read_bool()?;
        let linkage = d.read()?;
        let import_linkage = d.read()?;
        let link_section = d.read()?;
        let _sanitizers = (d.read_u16()?, d.read_variant(3, "no such sanitizer setting")?);
        d.read::<Option<u8>>()?;
        let align = super::adt::read_align(d)?.map(Align::bytes);
        if d.encoding().instrumented_functions {
            d.read::<Option<(Option<u8>, Option<u8>, Option<Symbol>)>>()?;
        } else {
            d.read::<Option<(u8, u8)>>()?;
        }
        let _objective_c: (Option<Symbol>, Option<Symbol>) = d.read()?;
        if d.encoding().instrumented_functions {
            d.read_variant(3, "no such instrumentation")?;
        }
        Ok(CodegenAttrs {
            flags,
            inline,
            optimize,
            symbol_name,
            target_features: features.into_iter().map(|(name, _)| name).collect(),
            linkage,
            import_linkage,
            link_section,
            align,
        })
    }
}

impl<'tcx> Decode<'tcx> for Linkage {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(match d.read_variant(9, "no such linkage")? {
            0 => Linkage::AvailableExternally,
            1 => Linkage::Common,
            2 => Linkage::ExternalWeak,
            3 => Linkage::External,
            4 => Linkage::Internal,
            5 => Linkage::LinkOnceAny,
            6 => Linkage::LinkOnceOdr,
            7 => Linkage::WeakAny,
            _ => Linkage::WeakOdr,
        })
    }
}

/// An exported symbol; those of async drop and thread-local shims are not of interest.
struct Exported<'tcx>(Option<ExportedSymbol<'tcx>>);

impl<'tcx> Decode<'tcx> for Exported<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let symbol = match d.read_variant(7, "no such kind of symbol")? {
            0 => Some(ExportedSymbol::NonGeneric(d.read()?)),
            1 => Some(ExportedSymbol::Generic(d.read()?, d.read()?)),
            2 => Some(ExportedSymbol::DropGlue(d.read()?)),
            3 => {
                d.read::<Ty<'tcx>>()?;
                None
            }
            4 => {
                d.read::<(DefId, Ty<'tcx>)>()?;
                None
            }
            5 => {
                d.read::<DefId>()?;
                None
            }
            _ => Some(ExportedSymbol::NoDefId(Symbol::intern(d.read_str()?))),
        };
        let _level = d.read_variant(2, "no such level of a symbol")?;
        let _kind = d.read_variant(3, "neither code nor data")?;
        d.read::<(bool, bool)>()?;
        Ok(Exported(symbol))
    }
}

impl<'tcx> Decode<'tcx> for ForeignModule {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let items = d.read()?;
        Ok(ForeignModule { def_id: d.read()?, abi: d.read()?, items })
    }
}

/// `NativeLib`, with its condition.
struct Library {
    kind: NativeLibKind,
    name: Symbol,
    filename: Option<Symbol>,
    cfg: Option<Cfg>,
    foreign_module: Option<DefId>,
    verbatim: bool,
}

impl<'tcx> Decode<'tcx> for Library {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let kind = match d.read_variant(7, "no such kind of library")? {
            0 => {
                let (bundle, whole_archive, _export_symbols): (Option<bool>, Option<bool>, Option<bool>) = d.read()?;
                NativeLibKind::Static { bundle: bundle.unwrap_or(true), whole_archive: whole_archive.unwrap_or(false) }
            }
            1 => NativeLibKind::Dylib { as_needed: d.read()? },
            2 => {
                d.read::<Option<bool>>()?;
                NativeLibKind::RawDylib
            }
            3 => {
                d.read::<Option<bool>>()?;
                NativeLibKind::Framework
            }
            4 => NativeLibKind::LinkArg,
            5 => NativeLibKind::WasmImportModule,
            _ => NativeLibKind::Unspecified,
        };
        let library = Library {
            kind,
            name: d.read()?,
            filename: d.read()?,
            cfg: d.read()?,
            foreign_module: d.read()?,
            verbatim: d.read::<Option<bool>>()?.unwrap_or(false),
        };
        for _ in 0..d.read_len()? {
            skip_dll_import(d)?;
        }
        Ok(library)
    }
}

fn skip_dll_import(d: &mut Decoder<'_>) -> Result<()> {
    d.read_symbol()?;
    if d.read_option()? && d.read_variant(4, "no such kind of import name")? == 0 {
        d.read_u16()?;
    }
    if d.read_variant(4, "no such calling convention")? != 0 {
        d.read_usize()?;
    }
    d.read::<(Span, bool)>()?;
    Ok(())
}

/// A condition of `cfg`.
pub(crate) enum Cfg {
    All(Vec<Cfg>),
    Any(Vec<Cfg>),
    Not(Box<Cfg>),
    Bool(bool),
    NameValue(Symbol, Option<Symbol>),
    Version(Option<(u16, u16, u16)>),
}

impl<'tcx> Decode<'tcx> for Cfg {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let cfg = match d.read_variant(6, "no such condition")? {
            0 => Cfg::All(d.nested(|d| d.read())?),
            1 => Cfg::Any(d.nested(|d| d.read())?),
            2 => Cfg::Not(d.nested(|d| d.read())?),
            3 => Cfg::Bool(d.read()?),
            4 => Cfg::NameValue(d.read()?, d.read()?),
            _ => Cfg::Version(d.read()?),
        };
        d.read::<Span>()?;
        Ok(cfg)
    }
}

impl Cfg {
    /// Whether the condition holds for a session, as far as the target and its features say.
    fn holds(&self, session: &SessionOptions, release: (u16, u16, u16)) -> bool {
        match self {
            Cfg::All(all) => all.iter().all(|cfg| cfg.holds(session, release)),
            Cfg::Any(any) => any.iter().any(|cfg| cfg.holds(session, release)),
            Cfg::Not(cfg) => !cfg.holds(session, release),
            Cfg::Bool(value) => *value,
            Cfg::NameValue(name, value) => name_value_holds(name.as_str(), value.map(Symbol::as_str), session),
            Cfg::Version(version) => version.is_some_and(|version| version <= release),
        }
    }
}

fn name_value_holds(name: &str, value: Option<&str>, session: &SessionOptions) -> bool {
    match (name, value) {
        // An option decides it.
        ("panic", Some(value @ ("abort" | "unwind"))) => value == if session.panic_abort { "abort" } else { "unwind" },
        _ => session.cfg.holds(name, value),
    }
}
