//! Whether the numbers in a body name things that it has.

use crate::visit::{Location, PlaceContext, Visitor};
use crate::*;

impl<'tcx> Body<'tcx> {
    /// Checks that all locals, blocks and scopes that are named exist, so that later crates may index without checks.
    /// Whether the types fit is not checked.
    pub fn check(&self) -> Result<(), &'static str> {
        if self.arg_count >= self.local_decls.len() {
            return Err("a body has fewer locals than arguments");
        }
        if self.basic_blocks.is_empty() || self.source_scopes.is_empty() {
            return Err("a body has no blocks or no scopes");
        }
        if self.spread_arg.is_some_and(|local| local.index() == 0 || local.index() > self.arg_count) {
            return Err("a body's spread argument is no argument");
        }
        let mut checker = Checker { locals: self.local_decls.len(), scopes: self.source_scopes.len(), error: None };
        checker.visit_body(self);
        if let Some(error) = checker.error {
            return Err(error);
        }
        for data in &self.basic_blocks {
            if data.terminator.kind.successors().iter().any(|block| block.index() >= self.basic_blocks.len()) {
                return Err("a terminator goes to a block that the body does not have");
            }
        }
        for (index, scope) in self.source_scopes.iter().enumerate() {
            // Parents come first, so that walks outwards end.
            if scope.parent_scope.is_some_and(|parent| parent.index() >= index) {
                return Err("a scope comes before its parent");
            }
            if scope.inlined_parent_scope.is_some_and(|parent| parent.index() >= index) {
                return Err("a scope comes before the one that it was inlined in");
            }
        }
        Ok(())
    }
}

struct Checker {
    locals: usize,
    scopes: usize,
    error: Option<&'static str>,
}

impl<'tcx> Visitor<'tcx> for Checker {
    fn visit_local(&mut self, local: Local, _: PlaceContext, _: Location) {
        if local.index() >= self.locals {
            self.error = Some("a body uses a local that it does not have");
        }
    }
    fn visit_source_info(&mut self, source_info: SourceInfo) {
        if source_info.scope.index() >= self.scopes {
            self.error = Some("a body uses a scope that it does not have");
        }
    }
}
