use syntax::ast::*;
use syntax::doubt::{Doubt, Result};
use syntax::span::Span;
use syntax::symbol::Symbol;

use crate::expander::Expander;
use crate::hygiene::ExpnId;

impl Expander<'_> {
    pub(crate) fn builtin_derive(&mut self, name: Symbol, _id: ItemId, _e: ExpnId, span: Span) -> Result<Vec<ItemId>> {
        Err(Doubt::new(span, "derive", format!("derive `{name}`")))
    }
}
