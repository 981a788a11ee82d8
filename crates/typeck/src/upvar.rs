//! Which variables closures mention of what is around them (rustc's `upvars_mentioned`).

use crate::walk::{Part, block_parts, parts, pats};
use hir::body::{Body, ExprId, Hir, LocalId};
use hir::expr::ExprKind;
use hir::pat::PatKind;
use hir::path::{QPath, Res};
use rustc_hash::FxHashMap;
use ty::DefId;

/// Of each closure the variables of what is around it that it mentions, in the order in which it does.
pub(crate) fn mentioned(hir: &Hir) -> FxHashMap<DefId, Vec<(LocalId, ExprId)>> {
    let mut search = Search { hir, stack: Vec::new(), owner: FxHashMap::default(), found: FxHashMap::default() };
    search.body(&hir.body);
    search.found
}

struct Search<'h> {
    hir: &'h Hir,
    /// The closures around, from the outside.
    stack: Vec<DefId>,
    /// Of each variable, how many closures are around its binding.
    owner: FxHashMap<LocalId, usize>,
    found: FxHashMap<DefId, Vec<(LocalId, ExprId)>>,
}

impl Search<'_> {
    fn body(&mut self, body: &Body) {
        for param in &body.params {
            self.part(Part::Pat(param.pat));
        }
        self.part(Part::Expr(body.value));
    }

    fn part(&mut self, part: Part) {
        ty::ensure_stack();
        let hir = self.hir;
        match part {
            Part::Pat(pat) => {
                let depth = self.stack.len();
                let owner = &mut self.owner;
                let mut guards = Vec::new();
                pats(hir, pat, &mut |pat| {
                    match &hir[pat].kind {
                        PatKind::Binding(_, local, _, _) => {
                            owner.insert(*local, depth);
                        }
                        PatKind::Guard(_, guard) => guards.push(*guard),
                        _ => {}
                    }
                    true
                });
                guards.into_iter().for_each(|guard| self.part(Part::Expr(guard)));
            }
            Part::Block(block) => {
                let mut all = Vec::new();
                block_parts(hir, block, &mut |part| all.push(part));
                all.into_iter().for_each(|part| self.part(part));
            }
            Part::Expr(expr) => match &hir[expr].kind {
                ExprKind::Closure(closure) => {
                    self.stack.push(closure.def_id);
                    self.found.entry(closure.def_id).or_default();
                    self.body(&closure.body);
                    self.stack.pop();
                }
                ExprKind::Path(QPath::Resolved(_, path)) => {
                    if let Res::Local(local) = path.res {
                        let depth = self.owner.get(&local).copied().unwrap_or(0);
                        for closure in &self.stack[depth.min(self.stack.len())..] {
                            let found = self.found.entry(*closure).or_default();
                            if !found.iter().any(|(known, _)| *known == local) {
                                found.push((local, expr));
                            }
                        }
                    }
                }
                _ => {
                    let mut all = Vec::new();
                    parts(hir, expr, &mut |part| all.push(part));
                    all.into_iter().for_each(|part| self.part(part));
                }
            },
        }
    }
}
