//! The tokens of items, as procedural macros get them. (rustc: `rustc_ast::tokenstream`, `rustc_expand::config`.)

use syntax::ast::*;
use syntax::doubt::{Doubt, Result};
use syntax::stream::TokenStream;

use crate::expander::Expander;

impl Expander<'_> {
    /// The tokens of an item. `configured`: as `cfg` leaves them.
    pub(crate) fn item_tokens(&mut self, id: ItemId, _place: Place, _configured: bool) -> Result<TokenStream> {
        self.tokens_of(id).ok_or_else(|| Doubt::new(self.ast[id].span, "procedural macro", "an item without tokens"))
    }
}
