//! Attributes of items, as far as they are not part of other tables (`rustc_hir::attrs`).
//!
//! A list of attributes can only be read from its start, so all kinds that rustc writes for other crates are known here by
//! their shape. Where an attribute is of a tool or a derive macro and has arguments (tokens), reading stops, and what
//! follows counts as absent: the attributes asked for are the standard library's own, which has none of those before them.

use super::codegen::Cfg;
use super::decoder::Decoder;
use crate::error::Result;
use crate::macros::MacroAttributes;
use crate::session::Session;
use ty::{DefId, Span};

/// The attributes of an item that matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Attributes {
    pub scalar_valid_range_start: Option<u128>,
    pub scalar_valid_range_end: Option<u128>,
    pub non_exhaustive: bool,
    pub fundamental: bool,
    pub pin_v2: bool,
}

/// Reads a macro's attributes.
pub(crate) fn read_macro_attributes(d: &mut Decoder<'_>, count: usize) -> Result<MacroAttributes> {
    let mut found = MacroAttributes::default();
    for _ in 0..count {
        let mut ahead = d.clone();
        if ahead.read_variant(2, "no such form of an attribute")? == 0 {
            let kind = usize::from(ahead.read_u8()?);
            match KINDS.get(kind).map(|kind| kind.0) {
                Some("MacroExport") => {
                    ahead.read::<Span>()?;
                    found.local_inner_macros = ahead.read_bool()?;
                }
                Some("AllowInternalUnstable") => {
                    for _ in 0..ahead.read_len()? {
                        let (feature, _): (ty::Symbol, Span) = ahead.read()?;
                        found.allow_internal_unstable.push(feature);
                    }
                }
                Some("RustcBuiltinMacro") => found.builtin = Some((ahead.read()?, ahead.read()?)),
                Some("RustcMacroTransparency") => {
                    found.transparency = Some(ahead.read_variant(3, "no such transparency")?);
                }
                _ => {}
            }
        }
        if !read_attribute(d, &mut Attributes::default())? {
            break;
        }
    }
    Ok(found)
}

impl<'tcx> Session<'tcx> {
    pub(crate) fn read_attributes(&'tcx self, def_id: DefId) -> Result<Attributes> {
        match self.memos.attributes.get(&def_id) {
            Some(known) => Ok(known),
            None => Ok(self.memos.attributes.insert(def_id, self.decode_attributes(def_id)?)),
        }
    }

    fn decode_attributes(&'tcx self, def_id: DefId) -> Result<Attributes> {
        let krate = self.data(def_id.krate);
        let mut attributes = Attributes::default();
        let Some(list) = krate.root.tables.attributes.array(krate.bytes, def_id.index)? else {
            return Ok(attributes);
        };
        let mut decoder = krate.decoder(self, list.position)?;
        for _ in 0..list.len {
            if !read_attribute(&mut decoder, &mut attributes)? {
                break;
            }
        }
        Ok(attributes)
    }
}

/// Reads an attribute. False if it cannot be read to its end.
pub(crate) fn read_attribute(d: &mut Decoder<'_>, attributes: &mut Attributes) -> Result<bool> {
    if d.read_variant(2, "no such form of an attribute")? == 1 {
        return skip_unparsed(d);
    }
    let kind = usize::from(d.read_u8()?);
    let Some(&(name, shape)) = KINDS.get(kind) else { return Err(d.error("no such attribute")) };
    match name {
        "RustcLayoutScalarValidRangeStart" => attributes.scalar_valid_range_start = Some(d.read()?),
        "RustcLayoutScalarValidRangeEnd" => attributes.scalar_valid_range_end = Some(d.read()?),
        "NonExhaustive" => attributes.non_exhaustive = true,
        "Fundamental" => attributes.fundamental = true,
        "PinV2" => attributes.pin_v2 = true,
        _ => {}
    }
    if shape == UNREADABLE {
        return Ok(false);
    }
    if shape == LOCAL_ONLY {
        return Err(d.error("an attribute that is not written for other crates"));
    }
    skip(d, &mut shape.bytes())?;
    Ok(true)
}

/// An attribute as tokens.
fn skip_unparsed(d: &mut Decoder<'_>) -> Result<bool> {
    for _ in 0..d.read_len()? {
        d.read_symbol()?;
    }
    d.read::<Span>()?;
    if d.read_variant(3, "no such arguments of an attribute")? != 0 {
        return Ok(false);
    }
    let _style = d.read_variant(2, "neither an inner nor an outer attribute")?;
    d.read::<Span>()?;
    Ok(true)
}

/// Skips values by their shape. One letter is one value; `?` makes the next optional, `*` a list, and `(`…`)` groups.
///
/// `s` span, `y` symbol, `b` bool, `1` byte, `2` u16, `n` usize, `d` definition, `i` identifier, `C` condition, `D`
/// directive of a diagnostic, `S` stability, `F` a deprecation's first version, `K` the form of a documentation comment.
fn skip(d: &mut Decoder<'_>, shape: &mut (impl Iterator<Item = u8> + Clone)) -> Result<()> {
    while let Some(letter) = shape.next() {
        if letter == b')' {
            return Ok(());
        }
        skip_one(d, letter, shape)?;
    }
    Ok(())
}

fn skip_one(d: &mut Decoder<'_>, letter: u8, shape: &mut (impl Iterator<Item = u8> + Clone)) -> Result<()> {
    match letter {
        b'?' | b'*' => {
            let count = if letter == b'?' { usize::from(d.read_option()?) } else { d.read_len()? };
            let start = shape.clone();
            for _ in 0..count {
                let mut element = start.clone();
                let letter = element.next().expect("a value follows");
                skip_one(d, letter, &mut element)?;
            }
            pass_one(shape);
        }
        b'(' => skip(d, shape)?,
        b's' => drop(d.read::<Span>()?),
        b'y' => drop(d.read_symbol()?),
        b'b' => drop(d.read_bool()?),
        b'1' => drop(d.read_u8()?),
        b'2' => drop(d.read_u16()?),
        b'n' => drop(d.read_usize()?),
        b'd' => drop(d.read::<DefId>()?),
        b'i' => drop(super::span::skip_ident_span(d)?),
        b'C' => drop(d.read::<Cfg>()?),
        b'D' => d.nested(skip_directive)?,
        b'S' => skip_stability(d)?,
        b'K' => match d.read_variant(2, "no such documentation comment")? {
            0 => drop(d.read_u8()?),
            _ => drop(d.read::<Span>()?),
        },
        b'F' => match d.read_variant(5, "no such deprecation")? {
            0 => drop(d.read::<(u16, u16, u16)>()?),
            2 => drop(d.read_symbol()?),
            _ => {}
        },
        _ => ty::bug!("no shape is called {}", char::from(letter)),
    }
    Ok(())
}

/// Moves past the shape of one value.
fn pass_one(shape: &mut impl Iterator<Item = u8>) {
    let mut open = 0;
    for letter in shape {
        match letter {
            b'(' => open += 1,
            b')' => open -= 1,
            b'?' | b'*' => continue,
            _ => {}
        }
        if open == 0 {
            return;
        }
    }
}

fn skip_stability(d: &mut Decoder<'_>) -> Result<()> {
    if d.read_variant(2, "neither stable nor unstable")? == 0 {
        if d.read_variant(3, "no such reason")? == 2 {
            d.read_symbol()?;
        }
        d.read::<Option<u32>>()?;
        d.read_bool()?;
        d.read::<(Option<ty::Symbol>, Option<ty::Symbol>)>()?;
    } else {
        if d.read_variant(3, "stable since no version")? == 0 {
            d.read::<(u16, u16, u16)>()?;
        }
        d.read::<Option<ty::Symbol>>()?;
    }
    d.read_symbol()?;
    Ok(())
}

/// What a `#[diagnostic::on_unimplemented]` or its like says.
fn skip_directive(d: &mut Decoder<'_>) -> Result<()> {
    d.read_bool()?;
    if d.read_option()? {
        d.read::<Span>()?;
        skip_predicate(d)?;
    }
    for _ in 0..d.read_len()? {
        d.nested(skip_directive)?;
    }
    for _ in 0..2 {
        if d.read_option()? {
            d.read::<Span>()?;
            skip_format_string(d)?;
        }
    }
    for _ in 0..d.read_len()? {
        skip_format_string(d)?;
    }
    if d.read_option()? {
        skip_format_string(d)?;
    }
    if d.read_option()? && d.read_variant(2, "no such message")? == 1 {
        d.read::<(ty::Symbol, Span)>()?;
    }
    Ok(())
}

fn skip_predicate(d: &mut Decoder<'_>) -> Result<()> {
    match d.read_variant(5, "no such condition of a message")? {
        0 => drop(d.read_variant(3, "no such flag")?),
        1 => {
            if d.read_variant(4, "no such name")? == 3 {
                d.read_symbol()?;
            }
            for _ in 0..d.read_len()? {
                d.read_variant(2, "neither text nor a parameter")?;
                d.read_symbol()?;
            }
        }
        2 => d.nested(skip_predicate)?,
        _ => {
            for _ in 0..d.read_len()? {
                d.nested(skip_predicate)?;
            }
        }
    }
    Ok(())
}

fn skip_format_string(d: &mut Decoder<'_>) -> Result<()> {
    d.read::<(ty::Symbol, Span)>()?;
    for _ in 0..d.read_len()? {
        if d.read_variant(2, "neither text nor an argument")? == 0 {
            d.read_symbol()?;
            continue;
        }
        match d.read_variant(6, "no such argument of a message")? {
            0 => drop(d.read::<(ty::Symbol, Span)>()?),
            5 => drop(d.read_symbol()?),
            _ => {}
        }
    }
    Ok(())
}

/// The shape of attributes that rustc does not write into metadata.
const LOCAL_ONLY: &str = "!";

/// The shape of attributes of experiments with deeply nested contents: reading stops there.
const UNREADABLE: &str = "~";

/// The kinds of attributes in rustc's order, and the shapes of those that are written for other crates.
#[rustfmt::skip]
const KINDS: &[(&str, &str)] = &[
    ("AllowInternalUnsafe", "s"), ("AllowInternalUnstable", "*(ys)s"), ("AutomaticallyDerived", "s"),
    ("CfgAttrTrace", ""), ("CfgTrace", "*(Cs)"), ("CfiEncoding", "y"), ("Cold", LOCAL_ONLY),
    ("CollapseDebugInfo", "1"), ("CompilerBuiltins", LOCAL_ONLY), ("ConstContinue", LOCAL_ONLY),
    ("Coroutine", LOCAL_ONLY), ("Coverage", LOCAL_ONLY), ("CrateName", LOCAL_ONLY), ("CrateType", LOCAL_ONLY),
    ("CustomMir", "?(1s)?(1s)s"), ("DebuggerVisualizer", LOCAL_ONLY), ("DefaultLibAllocator", LOCAL_ONLY),
    ("Deprecated", "F?i?ys"), ("DoNotRecommend", "s"),
    ("Doc", "*(ys)?s*(1s)*C*(1*(ys?(ys))s)*(bs)?s?(ys)?(ys)?s?s?s?(ys)?(ys)?(ys)?(ys)?s?(ys)?s*s?s"),
    ("DocComment", "1Ksy"), ("EiiDeclaration", "dbi"), ("EiiImpls", LOCAL_ONLY), ("ExportName", "ys"),
    ("ExportStable", LOCAL_ONLY), ("Feature", LOCAL_ONLY), ("FfiConst", LOCAL_ONLY), ("FfiPure", LOCAL_ONLY),
    ("Fundamental", ""), ("Ignore", LOCAL_ONLY), ("Inline", LOCAL_ONLY), ("InstructionSet", LOCAL_ONLY),
    ("Lang", "1s"), ("Link", LOCAL_ONLY), ("LinkName", "ys"), ("LinkOrdinal", LOCAL_ONLY), ("LinkSection", "ys"),
    ("Linkage", LOCAL_ONLY), ("LoopMatch", LOCAL_ONLY), ("MacroEscape", LOCAL_ONLY), ("MacroExport", "sb"),
    ("MacroUse", LOCAL_ONLY), ("Marker", LOCAL_ONLY), ("MayDangle", LOCAL_ONLY), ("MoveSizeLimit", LOCAL_ONLY),
    ("MustNotSupend", "?y"), ("MustUse", "s?y"), ("Naked", LOCAL_ONLY), ("NeedsAllocator", LOCAL_ONLY),
    ("NeedsPanicRuntime", LOCAL_ONLY), ("NoBuiltins", ""), ("NoCore", LOCAL_ONLY), ("NoImplicitPrelude", LOCAL_ONLY),
    ("NoLink", LOCAL_ONLY), ("NoMain", LOCAL_ONLY), ("NoMangle", "s"), ("NoStd", LOCAL_ONLY), ("NonExhaustive", "s"),
    ("OnConst", "s?D"), ("OnUnimplemented", "s?D"), ("Optimize", LOCAL_ONLY), ("PanicRuntime", LOCAL_ONLY),
    ("PatchableFunctionEntry", "11"), ("Path", LOCAL_ONLY), ("PatternComplexityLimit", LOCAL_ONLY), ("PinV2", "s"),
    ("Pointee", LOCAL_ONLY), ("PreludeImport", LOCAL_ONLY), ("ProcMacro", LOCAL_ONLY),
    ("ProcMacroAttribute", LOCAL_ONLY), ("ProcMacroDerive", LOCAL_ONLY), ("ProfilerRuntime", LOCAL_ONLY),
    ("RecursionLimit", LOCAL_ONLY), ("ReexportTestHarnessMain", LOCAL_ONLY), ("RegisterTool", LOCAL_ONLY),
    ("Repr", LOCAL_ONLY), ("RustcAbi", LOCAL_ONLY), ("RustcAlign", LOCAL_ONLY), ("RustcAllocator", LOCAL_ONLY),
    ("RustcAllocatorZeroed", LOCAL_ONLY), ("RustcAllocatorZeroedVariant", "y"),
    ("RustcAllowConstFnUnstable", LOCAL_ONLY), ("RustcAllowIncoherentImpl", LOCAL_ONLY), ("RustcAsPtr", "s"),
    ("RustcAutodiff", UNREADABLE), ("RustcBodyStability", LOCAL_ONLY), ("RustcBuiltinMacro", "?y*ys"),
    ("RustcCaptureAnalysis", LOCAL_ONLY), ("RustcCguTestAttr", LOCAL_ONLY), ("RustcClean", LOCAL_ONLY),
    ("RustcCoherenceIsCore", LOCAL_ONLY), ("RustcCoinductive", LOCAL_ONLY), ("RustcConfusables", "*ys"),
    ("RustcConstStability", "Sbs"), ("RustcConstStableIndirect", LOCAL_ONLY), ("RustcConversionSuggestion", ""),
    ("RustcDeallocator", LOCAL_ONLY), ("RustcDefPath", LOCAL_ONLY), ("RustcDelayedBugFromInsideQuery", LOCAL_ONLY),
    ("RustcDenyExplicitImpl", LOCAL_ONLY), ("RustcDeprecatedSafe2024", "y"), ("RustcDiagnosticItem", "y"),
    ("RustcDoNotConstCheck", ""), ("RustcDocPrimitive", "sy"), ("RustcDummy", LOCAL_ONLY),
    ("RustcDumpDefParents", LOCAL_ONLY), ("RustcDumpItemBounds", LOCAL_ONLY), ("RustcDumpPredicates", LOCAL_ONLY),
    ("RustcDumpUserArgs", LOCAL_ONLY), ("RustcDumpVtable", LOCAL_ONLY), ("RustcDynIncompatibleTrait", LOCAL_ONLY),
    ("RustcEffectiveVisibility", ""), ("RustcEiiForeignItem", LOCAL_ONLY), ("RustcEvaluateWhereClauses", ""),
    ("RustcHasIncoherentInherentImpls", ""), ("RustcHiddenTypeOfOpaques", LOCAL_ONLY),
    ("RustcIfThisChanged", LOCAL_ONLY), ("RustcInheritOverflowChecks", LOCAL_ONLY), ("RustcInsignificantDtor", ""),
    ("RustcIntrinsic", ""), ("RustcIntrinsicConstStableIndirect", LOCAL_ONLY), ("RustcLayout", LOCAL_ONLY),
    ("RustcLayoutScalarValidRangeEnd", "s"), ("RustcLayoutScalarValidRangeStart", "s"),
    ("RustcLegacyConstGenerics", "*(ns)s"), ("RustcLintOptDenyFieldAccess", "y"), ("RustcLintOptTy", ""),
    ("RustcLintQueryInstability", ""), ("RustcLintUntrackedQueryInformation", ""), ("RustcMacroTransparency", "1"),
    ("RustcMain", LOCAL_ONLY), ("RustcMir", UNREADABLE), ("RustcMustImplementOneOf", LOCAL_ONLY),
    ("RustcNeverReturnsNullPtr", ""), ("RustcNeverTypeOptions", LOCAL_ONLY), ("RustcNoImplicitAutorefs", ""),
    ("RustcNoImplicitBounds", LOCAL_ONLY), ("RustcNoMirInline", ""), ("RustcNonConstTraitMethod", LOCAL_ONLY),
    ("RustcNonnullOptimizationGuaranteed", ""), ("RustcNounwind", LOCAL_ONLY), ("RustcObjcClass", LOCAL_ONLY),
    ("RustcObjcSelector", LOCAL_ONLY), ("RustcObjectLifetimeDefault", LOCAL_ONLY), ("RustcOffloadKernel", ""),
    ("RustcOutlives", LOCAL_ONLY), ("RustcParenSugar", LOCAL_ONLY), ("RustcPassByValue", "s"),
    ("RustcPassIndirectlyInNonRusticAbis", LOCAL_ONLY), ("RustcPreserveUbChecks", LOCAL_ONLY),
    ("RustcProcMacroDecls", LOCAL_ONLY), ("RustcPubTransparent", "s"), ("RustcReallocator", LOCAL_ONLY),
    ("RustcRegions", LOCAL_ONLY), ("RustcReservationImpl", "sy"), ("RustcScalableVector", "?2s"),
    ("RustcShouldNotBeCalledOnConstItems", "s"), ("RustcSimdMonomorphizeLaneLimit", "n"),
    ("RustcSkipDuringMethodDispatch", LOCAL_ONLY), ("RustcSpecializationTrait", LOCAL_ONLY),
    ("RustcStdInternalSymbol", LOCAL_ONLY), ("RustcStrictCoherence", "s"), ("RustcSymbolName", "s"),
    ("RustcTestMarker", LOCAL_ONLY), ("RustcThenThisWouldNeed", LOCAL_ONLY), ("RustcTrivialFieldReads", ""),
    ("RustcUnsafeSpecializationMarker", LOCAL_ONLY), ("RustcVariance", LOCAL_ONLY),
    ("RustcVarianceOfOpaques", LOCAL_ONLY), ("Sanitize", LOCAL_ONLY), ("ShouldPanic", LOCAL_ONLY),
    ("Stability", "Ss"), ("TargetFeature", LOCAL_ONLY), ("TestRunner", UNREADABLE), ("ThreadLocal", LOCAL_ONLY),
    ("TrackCaller", "s"), ("TypeLengthLimit", LOCAL_ONLY), ("UnstableFeatureBound", LOCAL_ONLY), ("Used", LOCAL_ONLY),
    ("WindowsSubsystem", LOCAL_ONLY),
];
