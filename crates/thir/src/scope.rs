//! Region scopes: how long temporaries and variables live.

use crate::{ItemLocalId, LocalVarId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::fmt;
use ty::Span;

/// A scope: a node, and which of its scopes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope {
    pub local_id: ItemLocalId,
    pub data: ScopeData,
}

/// Which scope of a node.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum ScopeData {
    Node,
    /// Of a body, around its arguments.
    CallSite,
    /// Of a body's arguments.
    Arguments,
    /// Around a node whose temporaries die at its end.
    Destruction,
    /// Of condition and `then` of an `if`.
    IfThen,
    /// The same from edition 2024 on: temporaries of the condition die before `else`.
    IfThenRescope,
    /// Of an arm's guard and body.
    MatchGuard,
    /// Of a block, behind the `let` with this number among its statements.
    Remainder(u32),
}

impl fmt::Debug for Scope {
    /// As rustc's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.local_id;
        match self.data {
            ScopeData::Node => write!(f, "Node({id})"),
            ScopeData::CallSite => write!(f, "CallSite({id})"),
            ScopeData::Arguments => write!(f, "Arguments({id})"),
            ScopeData::Destruction => write!(f, "Destruction({id})"),
            ScopeData::IfThen => write!(f, "IfThen({id})"),
            ScopeData::IfThenRescope => write!(f, "IfThen[edition2024]({id})"),
            ScopeData::MatchGuard => write!(f, "MatchGuard({id})"),
            ScopeData::Remainder(first) => {
                write!(f, "Remainder {{ block: {id}, first_statement_index: {first}}}")
            }
        }
    }
}

/// The scopes of an item's bodies.
#[derive(Clone, Default, Debug)]
pub struct ScopeTree {
    /// Of each scope the one around it.
    pub parents: FxHashMap<Scope, Scope>,
    /// Of each binding's node the scope that the variable dies at the end of.
    pub var_scopes: FxHashMap<ItemLocalId, Scope>,
    /// Of each node whose temporaries live longer than the rules for temporaries say: the scope that they die at the end of;
    /// `None` if never (in constants).
    pub extended_temp_scopes: FxHashMap<ItemLocalId, Option<Scope>>,
    /// Nodes whose temporaries a later edition drops at the end of another scope. For lints alone, but MIR has them.
    pub backwards_incompatible_scopes: FxHashMap<ItemLocalId, Scope>,
    /// The places of nodes that have scopes: what is dropped at the end of a scope is dropped at the end of that place.
    pub node_spans: FxHashMap<ItemLocalId, Span>,
    /// Nodes on or under an attribute that sets lint levels, inside of the body: the node with the attribute. MIR has a scope
    /// for it.
    pub lint_roots: FxHashMap<ItemLocalId, ItemLocalId>,
    /// Variables that a destructuring assignment (`(a, b) = …`) made. Debuggers do not see them.
    pub assign_desugar_vars: FxHashSet<ItemLocalId>,
}

/// How long a temporary lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TempLifetime {
    /// It dies at the end of this scope; `None`: never.
    pub temp_lifetime: Option<Scope>,
    /// The end of this scope drops it in a later edition.
    pub backwards_incompatible: Option<Scope>,
}

impl ScopeTree {
    /// The scope that temporaries in `inner` die at the end of, by the rules for temporaries; and the scope of
    /// [`TempLifetime::backwards_incompatible`]. `None` if the tree does not say.
    pub fn default_temporary_scope(&self, inner: Scope) -> Option<(Scope, Option<Scope>)> {
        let mut id = inner;
        let mut incompatible = None;
        while let Some(&parent) = self.parents.get(&id) {
            match parent.data {
                ScopeData::Destruction => return Some((id, incompatible)),
                ScopeData::IfThenRescope | ScopeData::MatchGuard => return Some((parent, incompatible)),
                ScopeData::Node
                | ScopeData::CallSite
                | ScopeData::Arguments
                | ScopeData::IfThen
                | ScopeData::Remainder(_) => {
                    if incompatible.is_none() {
                        incompatible = self.backwards_incompatible_scopes.get(&parent.local_id).copied();
                    }
                    id = parent;
                }
            }
        }
        None
    }

    /// How long the value of a node lives if it is a temporary. `None` if the tree does not say.
    pub fn temporary_scope(&self, node: ItemLocalId) -> Option<TempLifetime> {
        if let Some(&temp_lifetime) = self.extended_temp_scopes.get(&node) {
            return Some(TempLifetime { temp_lifetime, backwards_incompatible: None });
        }
        let (scope, backwards_incompatible) =
            self.default_temporary_scope(Scope { local_id: node, data: ScopeData::Node })?;
        Some(TempLifetime { temp_lifetime: Some(scope), backwards_incompatible })
    }

    /// Whether a destructuring assignment made the variable.
    pub fn is_assign_desugar(&self, var: LocalVarId) -> bool {
        self.assign_desugar_vars.contains(&var.local_id())
    }

    /// Whether `inner` is `outer` or in it.
    pub fn is_subscope_of(&self, inner: Scope, outer: Scope) -> bool {
        let mut at = Some(inner);
        while let Some(scope) = at {
            if scope == outer {
                return true;
            }
            at = self.parents.get(&scope).copied();
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(id: u32, data: ScopeData) -> Scope {
        Scope { local_id: ItemLocalId::from_u32(id), data }
    }

    /// `{ f(&g()); }`: 1 the block, 2 the statement, 3 the call, 4 the inner call.
    #[test]
    fn temporaries_die_with_the_statement_unless_extended() {
        let mut tree = ScopeTree::default();
        let chain = [
            scope(4, ScopeData::Node),
            scope(3, ScopeData::Node),
            scope(2, ScopeData::Node),
            scope(2, ScopeData::Destruction),
            scope(1, ScopeData::Node),
            scope(1, ScopeData::Destruction),
        ];
        for pair in chain.windows(2) {
            tree.parents.insert(pair[0], pair[1]);
        }
        let node = ItemLocalId::from_u32(4);
        let lifetime = tree.temporary_scope(node).and_then(|it| it.temp_lifetime);
        assert_eq!(lifetime, Some(scope(2, ScopeData::Node)));
        tree.extended_temp_scopes.insert(node, Some(scope(1, ScopeData::Node)));
        let lifetime = tree.temporary_scope(node).and_then(|it| it.temp_lifetime);
        assert_eq!(lifetime, Some(scope(1, ScopeData::Node)));
        assert_eq!(tree.temporary_scope(ItemLocalId::from_u32(9)), None);
        assert!(tree.is_subscope_of(chain[0], chain[5]) && !tree.is_subscope_of(chain[5], chain[0]));
    }
}
