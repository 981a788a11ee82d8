//! A crate whose names are resolved, and what its spans mean to the rest of the program.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use expand::expander::BodyAt;
use expand::hygiene::{ExpnKind, Hygiene};
use expand::sources::{SourceFile, Sources};
use front::Front;
use hir::body::Hir;
use hir::lower::{Input, lower_crate};
use rmeta::Session;
use rustc_hash::FxHashMap;
use syntax::span::Edition;
use ty::{CrateNum, DefId, DefKind, Definitions, SourceFileId, Span, SyntaxContext};

use crate::doubt::{Doubt, Stage, guarded};
use crate::expansion::expand_then;
use crate::krate::Crate;

/// The bit of contexts that are this front end's own. Those of metadata are far below.
const OWN: u32 = 1 << 31;
/// The bit of own contexts whose text is another crate's. The span is that of the macro call.
const FOREIGN: u32 = 1 << 30;

/// A crate's bodies with names resolved, and its texts.
pub struct Resolved {
    /// The bodies, by their definitions: functions, constants, statics. Closures are in them.
    pub bodies: BTreeMap<DefId, Hir>,
    /// Those that were not understood, and why. The same definition may have several.
    pub doubts: Vec<(DefId, Doubt)>,
    /// The texts that were read.
    pub sources: Sources,
    /// How long expansion and resolution took.
    pub times: [Duration; 2],
    hygiene: Hygiene,
    /// The numbers that metadata has for the texts.
    files: Vec<Option<SourceFileId>>,
}

impl Resolved {
    /// Expands a crate and resolves its names, with the metadata that rustc wrote of it.
    ///
    /// # Errors
    /// The text or the metadata cannot be read or is not understood. What is wrong in single bodies is in
    /// [`Resolved::doubts`].
    pub fn new(krate: &Crate, front: &Front<'_>) -> Result<Resolved, Doubt> {
        Resolved::of(krate, CrateNum::LOCAL, front)
    }

    /// As [`Resolved::new`], of a crate that has this number in the program: a library, if it is not the first.
    ///
    /// # Errors
    /// As of [`Resolved::new`].
    pub fn of(krate: &Crate, of: CrateNum, front: &Front<'_>) -> Result<Resolved, Doubt> {
        Resolved::with(krate, of, front, None)
    }

    /// As [`Resolved::new`], but of bodies of functions only the one that a place in one of the crate's files is in, with what
    /// is in it. Other functions are as if they had no bodies.
    ///
    /// # Errors
    /// As of [`Resolved::new`].
    pub fn of_body(krate: &Crate, front: &Front<'_>, at: BodyAt<'_>) -> Result<Resolved, Doubt> {
        Resolved::with(krate, CrateNum::LOCAL, front, Some(at))
    }

    fn with(krate: &Crate, of: CrateNum, front: &Front<'_>, only: Option<BodyAt<'_>>) -> Result<Resolved, Doubt> {
        let (start, session) = (Instant::now(), front.session);
        expand_then(krate, front.tcx.session().clone(), only, |mut expanded, crates| {
            let expansion = start.elapsed();
            let numbers = session.crates().into_iter().map(|krate| (session.crate_identity(krate).1, krate));
            let by_hash: FxHashMap<u128, CrateNum> = numbers.collect();
            let number = |krate| by_hash.get(&crates.hash_of(krate)?).copied();
            let externs = krate.locator.externs.iter().map(|(name, paths)| (name.clone(), paths.clone()));
            let externs: Vec<(String, Vec<PathBuf>)> = externs.collect();
            let input = Input { session, krate: of, crates: &number, externs: &externs, edition: krate.edition };
            let start = Instant::now();
            let files = guarded(Stage::Source, || files(&expanded.sources, session, of))?;
            let lowered = guarded(Stage::Names, || {
                lower_crate(&mut expanded, &input).map_err(|doubt| names_doubt(&doubt, &expanded.sources))
            })?;
            let bodies = lowered.bodies.into_iter().map(|hir| (hir.def_id, hir)).collect();
            let doubts = lowered.doubts.iter().map(|(def_id, doubt)| (*def_id, names_doubt(doubt, &expanded.sources)));
            let (doubts, times) = (doubts.collect(), [expansion, start.elapsed()]);
            Ok(Resolved { bodies, doubts, sources: expanded.sources, times, hygiene: expanded.session.hygiene, files })
        })
    }

    /// What a span of the text is in the rest of the program.
    ///
    /// The text of a macro of another crate stands where the macro was called; see [`Resolved::is_foreign`].
    pub fn span(&self, span: syntax::span::Span) -> Span {
        let (mut at, mut is_foreign) = (span, false);
        loop {
            if let Some(found) = self.own(at) {
                let ctxt = match span.ctxt.0 {
                    0 => SyntaxContext::ROOT,
                    number => SyntaxContext(number | OWN | if is_foreign { FOREIGN } else { 0 }),
                };
                return Span { ctxt, ..found };
            }
            if at.ctxt.0 == 0 {
                return Span::DUMMY;
            }
            at = self.hygiene.expansion(self.hygiene.outer_expansion(at.ctxt)).call_site;
            is_foreign = true;
        }
    }

    /// The place of a span of the crate's own text.
    fn own(&self, span: syntax::span::Span) -> Option<Span> {
        let file = self.sources.file(span.lo).filter(|_| span.lo > 0)?;
        let files = self.sources.files();
        let index = files.partition_point(|other| other.base <= file.base).checked_sub(1)?;
        let is_in = span.hi >= span.lo && span.hi - file.base <= file.text.len() as u32;
        let (lo, hi) = (span.lo - file.base, if is_in { span.hi } else { span.lo } - file.base);
        Some(Span { file: self.files[index]?, lo, hi, ctxt: SyntaxContext::ROOT })
    }

    /// Whether a span is of another crate's text.
    pub fn is_foreign(span: Span) -> bool {
        Resolved::owns_context(span.ctxt) && span.ctxt.0 & FOREIGN != 0
    }

    /// Whether a context is one of this crate's expansions, as this front end counts them.
    pub(crate) fn owns_context(ctxt: SyntaxContext) -> bool {
        ctxt.0 & OWN != 0
    }

    /// Where an expansion was called, and whether it is `include!`, and of a macro of another crate.
    fn call(&self, ctxt: SyntaxContext) -> Option<(Span, bool, bool)> {
        let number = ctxt.0 & !(OWN | FOREIGN);
        if number == 0 {
            return None;
        }
        let data = self.hygiene.expansion(self.hygiene.outer_expansion(syntax::span::SyntaxContext(number)));
        let (is_include, is_macro) = match data.kind {
            ExpnKind::Macro(_, name) => (name.as_str() == "include", true),
            _ => (false, false),
        };
        let is_others = is_macro && data.home.krate != expand::external::CrateId::LOCAL;
        Some((self.span(data.call_site), is_include, is_others))
    }

    /// See [`Definitions::expansion_cause`].
    pub(crate) fn expansion_cause(&self, span: Span) -> Span {
        let mut cause = span;
        while let Some((call_site, false, _)) = self.call(cause.ctxt) {
            cause = call_site;
        }
        cause
    }

    /// See [`Definitions::debug_span_within`].
    pub(crate) fn debug_span(&self, span: Span, function: Span) -> Span {
        let (mut shown, mut current) = (span, span);
        while current.ctxt != function.ctxt
            && let Some((call_site, _, is_others)) = self.call(current.ctxt)
        {
            current = call_site;
            // As rustc's default for `-C collapse-macro-debuginfo`.
            if is_others {
                shown = current;
            }
        }
        shown
    }

    /// The crate's own text around a body, for the stage of types.
    pub(crate) fn source_of<'a>(&'a self, definitions: &dyn Definitions<'_>, body: DefId) -> Source<'a> {
        let mut module = body;
        while definitions.def_kind(module) != DefKind::Mod
            && let Some(index) = definitions.def_key(module).parent
        {
            module = DefId { index, ..module };
        }
        Source { resolved: self, module }
    }
}

/// What the stage of types asks about the text.
pub(crate) struct Source<'a> {
    resolved: &'a Resolved,
    module: DefId,
}

impl typeck::Source for Source<'_> {
    fn span(&self, span: syntax::span::Span) -> Span {
        self.resolved.span(span)
    }
    fn edition(&self, span: syntax::span::Span) -> Edition {
        self.resolved.hygiene.editions().of(span)
    }
    fn call_site(&self, span: syntax::span::Span) -> Option<syntax::span::Span> {
        let hygiene = &self.resolved.hygiene;
        (span.ctxt.0 != 0).then(|| hygiene.expansion(hygiene.outer_expansion(span.ctxt)).call_site)
    }
    fn module(&self) -> DefId {
        self.module
    }
}

fn names_doubt(doubt: &syntax::doubt::Doubt, sources: &Sources) -> Doubt {
    let place = sources.describe(doubt.span.lo).filter(|_| doubt.span.lo > 0);
    Doubt::new(Stage::Names, doubt.construct, doubt.message.clone()).at(place)
}

/// The metadata's number of each text.
fn files<'tcx>(
    sources: &Sources,
    session: &'tcx Session<'tcx>,
    of: CrateNum,
) -> Result<Vec<Option<SourceFileId>>, Doubt> {
    let ids = (0..).map_while(|index| Some((index, session.source_file_id(of, index)?)));
    let known = ids.filter_map(|(index, id)| Some((session.written_source_file(of, index)?, id)));
    let by_name: FxHashMap<&str, (&ty::SourceFile, SourceFileId)> =
        known.map(|(file, id)| (&*file.name, (file, id))).collect();
    let id_of = |text: &SourceFile| match by_name.get(&*text.name) {
        None => Ok(None),
        Some((file, id)) if has_lines(text, file) => Ok(Some(*id)),
        Some(_) => {
            let message = "the text is not the one that the metadata is of";
            Err(Doubt::new(Stage::Source, "file", message).at(Some(text.name.to_string())))
        }
    };
    sources.files().iter().map(id_of).collect()
}

/// Whether the lines of a text begin where those of a file do, and its characters are as wide.
fn has_lines(source: &SourceFile, file: &ty::SourceFile) -> bool {
    let text = &source.text;
    let wide = text.char_indices().filter(|(_, c)| c.len_utf8() > 1).map(|(at, c)| (at as u32, c.len_utf8() as u8));
    let is_as_wide = if text.is_ascii() { file.multibyte.is_empty() } else { wide.eq(file.multibyte.iter().copied()) };
    let in_text = |at: &u32| *at == 0 || (*at as usize) < text.len();
    is_as_wide && source.lines().iter().copied().eq(file.lines.iter().copied().filter(in_text))
}
