//! Macro expansions (`rustc_span::hygiene`).

use super::decoder::{Decode, Decoder};
use crate::error::Result;
use crate::macros::ExpansionData;
use crate::session::Session;
use ty::{CrateNum, Span, SyntaxContext};

/// An expansion: the crate in which it happened and its number there. 0 is no expansion.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ExpnId {
    pub krate: CrateNum,
    pub index: u32,
}

/// What is of interest of an expansion.
#[derive(Clone, Copy, Debug)]
pub struct Expansion {
    /// Where the macro was invoked.
    pub call_site: Span,
    /// It is the expansion of `include!`, whose contents count as written by hand.
    pub is_include: bool,
    /// Line tables show the call site instead of what is inside.
    pub collapse_debuginfo: bool,
}

impl<'tcx> Session<'tcx> {
    /// The innermost expansion that made a syntax context.
    fn outer_expansion(&'tcx self, ctxt: SyntaxContext) -> Result<Option<Expansion>> {
        if ctxt == SyntaxContext::ROOT {
            return Ok(None);
        }
        if let Some(found) = self.expansions.get(&ctxt) {
            return Ok(found);
        }
        let read = self.read_outer_expansion(ctxt)?;
        Ok(self.expansions.insert(ctxt, read))
    }

    fn read_outer_expansion(&'tcx self, ctxt: SyntaxContext) -> Result<Option<Expansion>> {
        let Some(data) = self.context_data(ctxt)? else { return Ok(None) };
        let (krate, index) = data.expansion;
        let Some(krate) = self.crate_data(krate).filter(|_| index != 0) else { return Ok(None) };
        match krate.root.expn_data.value(krate.bytes, index)? {
            Some(position) => krate.decoder(self, position)?.read().map(Some),
            None => Ok(None),
        }
    }

    /// Where the outermost macro was invoked; `include!` is not counted.
    pub(crate) fn find_expansion_cause(&'tcx self, span: Span) -> Result<Span> {
        let mut cause = span;
        for _ in 0..MAX_CHAIN {
            match self.outer_expansion(cause.ctxt)? {
                Some(expansion) if !expansion.is_include => cause = expansion.call_site,
                _ => break,
            }
        }
        Ok(cause)
    }

    /// The outermost call site whose macro wants its insides collapsed, up to the context of the function's own span.
    pub(crate) fn find_debug_span(&'tcx self, span: Span, within: SyntaxContext) -> Result<Span> {
        let mut shown = span;
        let mut current = span;
        for _ in 0..MAX_CHAIN {
            if current.ctxt == within {
                break;
            }
            let Some(expansion) = self.outer_expansion(current.ctxt)? else { break };
            current = expansion.call_site;
            if expansion.collapse_debuginfo {
                shown = current;
            }
        }
        Ok(shown)
    }
}

/// Macros within macros: damaged files may have chains without an end.
const MAX_CHAIN: usize = 10_000;

impl<'tcx> Decode<'tcx> for ExpnId {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(ExpnId { krate: d.read()?, index: d.read()? })
    }
}

impl<'tcx> Decode<'tcx> for Expansion {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let data: ExpansionData = d.read()?;
        let is_include = data.macro_kind == 0 && data.macro_name.is_some_and(|name| name.as_str() == "include");
        Ok(Expansion { call_site: data.call_site, is_include, collapse_debuginfo: data.collapse_debuginfo })
    }
}
