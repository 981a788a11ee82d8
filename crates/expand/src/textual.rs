//! From where to where `macro_rules!` are known. (rustc: `rustc_resolve::macros::MacroRulesScope`.)
//!
//! A scope is a chain: the last definition, and the scope before it. A call that is not expanded yet may define macros for
//! what follows; so it is in the chain too, and is replaced by what it turned out to define.

use syntax::span::{Ident, SyntaxContext};
use syntax::symbol::Symbol;

use crate::hygiene::Hygiene;

/// The number of a scope. 0 is the empty one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Scope(u32);

impl Scope {
    /// Nothing is known.
    pub const EMPTY: Scope = Scope(0);
}

#[derive(Clone, Copy, Debug)]
enum Link {
    Empty,
    /// A definition.
    Macro {
        name: (Symbol, SyntaxContext),
        number: u32,
        before: Scope,
    },
    /// A call that is not expanded, and the scope before it.
    Call(Scope),
    /// A call that is expanded: the scope behind its result.
    Expanded(Scope),
}

/// All scopes of a crate.
#[derive(Debug)]
pub struct TextualScopes {
    links: Vec<Link>,
}

impl Default for TextualScopes {
    fn default() -> TextualScopes {
        TextualScopes { links: vec![Link::Empty] }
    }
}

impl TextualScopes {
    fn push(&mut self, link: Link) -> Scope {
        self.links.push(link);
        Scope((self.links.len() - 1) as u32)
    }

    /// The scope behind a definition; `number` is the macro's among those of the crate.
    pub fn with_macro(&mut self, hygiene: &Hygiene, before: Scope, ident: Ident, number: u32) -> Scope {
        let name = (ident.name, hygiene.normalize_to_macros_2_0(ident.span.ctxt));
        self.push(Link::Macro { name, number, before })
    }

    /// The scope behind a call that is not expanded.
    pub fn with_call(&mut self, before: Scope) -> Scope {
        self.push(Link::Call(before))
    }

    /// The call is expanded, and this is the scope behind what it became.
    pub fn expanded(&mut self, call: Scope, behind: Scope) {
        if call != behind {
            self.links[call.0 as usize] = Link::Expanded(behind);
        }
    }

    /// The macro of a name, and whether a call that is not expanded may define another in front of it.
    pub fn find(&self, hygiene: &Hygiene, mut scope: Scope, ident: Ident) -> (Option<u32>, bool) {
        let wanted = (ident.name, hygiene.normalize_to_macros_2_0(ident.span.ctxt));
        let mut is_pending = false;
        loop {
            match self.links[scope.0 as usize] {
                Link::Empty => return (None, is_pending),
                Link::Macro { name, number, .. } if name == wanted => return (Some(number), is_pending),
                Link::Macro { before, .. } => scope = before,
                Link::Call(before) => {
                    is_pending = true;
                    scope = before;
                }
                Link::Expanded(behind) => scope = behind,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use syntax::span::{Edition, Span};

    use super::*;

    #[test]
    fn calls_are_replaced_by_what_they_define() {
        let hygiene = Hygiene::new(Edition::E2021);
        let ident = |name: &str| Ident::new(Symbol::intern(name), Span::DUMMY);
        let mut scopes = TextualScopes::default();
        let first = scopes.with_macro(&hygiene, Scope::EMPTY, ident("a"), 1);
        let call = scopes.with_call(first);
        let last = scopes.with_macro(&hygiene, call, ident("c"), 3);
        assert_eq!(scopes.find(&hygiene, last, ident("c")), (Some(3), false));
        assert_eq!(scopes.find(&hygiene, last, ident("a")), (Some(1), true));
        assert_eq!(scopes.find(&hygiene, last, ident("d")), (None, true));
        let inside = scopes.with_macro(&hygiene, first, ident("b"), 2);
        scopes.expanded(call, inside);
        assert_eq!(scopes.find(&hygiene, last, ident("b")), (Some(2), false));
        assert_eq!(scopes.find(&hygiene, last, ident("a")), (Some(1), false));
        assert_eq!(scopes.find(&hygiene, last, ident("d")), (None, false));
    }
}
