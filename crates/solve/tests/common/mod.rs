//! Programs, and goals that are written in them.
#![allow(dead_code)]

use bessemer_solve as solve;
use solve::ir::inherent::{GenericArg as _, IntoKind};
use solve::ir::{EarlyBinder, Interner};
use solve::{ClauseKind, Cx, Fulfillment, GenericArg, Goal, InferCx, Outcome};
use std::ops::Deref;
use std::path::Path;
use testing::{session_options, std_metadata};
use ty::{Arena, CrateNum, DefId, DefKind, Definitions};

/// A program, and the solver on it.
pub struct Program<'tcx> {
    program: testing::Program<'tcx>,
    pub cx: Cx<'tcx>,
}

impl<'tcx> Deref for Program<'tcx> {
    type Target = testing::Program<'tcx>;
    fn deref(&self) -> &testing::Program<'tcx> {
        &self.program
    }
}

/// Opens a metadata file, on a stack as the solver wants it.
pub fn with_metadata(path: &Path, look: impl for<'tcx> FnOnce(&Program<'tcx>) + Send) {
    std::thread::scope(|scope| {
        let run = || {
            let arena = Arena::new();
            let program = testing::Program::open(&arena, path, session_options());
            let cx = solve::Session::start(program.tcx, program.session).expect("std has what the solver needs");
            look(&Program { program, cx });
        };
        let thread = std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, run);
        if let Err(panic) = thread.expect("a thread starts").join() {
            std::panic::resume_unwind(panic);
        }
    });
}

/// Looks at std.
pub fn with_std(look: impl for<'tcx> FnOnce(&Program<'tcx>) + Send) {
    with_metadata(&std_metadata(), look);
}

const FEATURES: &str =
    "trivial_bounds, unsize, coerce_unsized, fn_traits, unboxed_closures, type_alias_impl_trait, tuple_trait";

/// What becomes of the goals that a snippet states.
///
/// Each function is a list of goals: its where-clauses. Its generic parameters are inference variables; those of the impl
/// that it is in are parameters, of which the impl's where-clauses are assumed. Opaque types are looked through in functions
/// whose name begins with `revealed`. For each goal there is a line that says
/// whether it holds, after all were looked at; then what the variables are.
pub fn goals(source: &str) -> String {
    let mut text = String::new();
    with_snippet(source, |program| {
        for def_id in program.local_definitions(|kind| matches!(kind, DefKind::Fn | DefKind::AssocFn)) {
            text += &program.goals_of(def_id);
        }
    });
    text
}

/// Compiles a snippet and looks at it.
pub fn with_snippet(source: &str, look: impl for<'tcx> FnOnce(&Program<'tcx>) + Send) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = testing::compile(dir.path(), &format!("#![feature({FEATURES})]\n{source}"), &[]);
    with_metadata(&path, look);
}

impl<'tcx> Program<'tcx> {
    fn goals_of(&self, function: DefId) -> String {
        let cx = self.cx;
        let name = Interner::item_name(cx, function);
        let infer = match name.as_str().starts_with("revealed") {
            true => InferCx::after_analysis(cx),
            false => InferCx::for_body(cx, &[]),
        };
        let generics = self.session.generics_of(function);
        let parent_args = generics.parent.map_or(&[][..], |parent| cx.identity_args(parent).elements());
        let param_env = match generics.parent {
            Some(parent) => cx.param_env_of(parent),
            None => cx.mk_param_env(&[]),
        };
        let fresh = infer.fresh_args(function);
        let own = &fresh.elements()[parent_args.len()..];
        let args = Cx::mk_args(cx, &[parent_args, own].concat());
        let mut fulfillment = Fulfillment::new();
        let mut goals = Vec::new();
        let clauses = Interner::own_predicates_of(cx, function);
        for clause in clauses.skip_binder() {
            // That parameters are sized is said of each, and tells nothing.
            if is_implied(cx, clause) {
                continue;
            }
            let clause = EarlyBinder::bind(clause).instantiate(cx, args);
            let goal = Goal::new(cx, param_env, clause);
            goals.push(goal);
            fulfillment.add(goal);
        }
        let mut text = format!("{name}:\n");
        if let Err(doubt) = fulfillment.select_where_possible(&infer) {
            return text + &format!("    in doubt: {doubt}\n");
        }
        for goal in goals {
            let shown = cx.text_of_predicate(infer.resolved(goal.predicate));
            let outcome = match infer.evaluate(goal) {
                Ok(Outcome::Yes) => "yes".to_owned(),
                Ok(Outcome::Maybe) => "maybe".to_owned(),
                Ok(Outcome::No) => "no".to_owned(),
                Err(doubt) => format!("in doubt: {doubt}"),
            };
            text += &format!("    {shown} -- {outcome}\n");
        }
        for (param, &arg) in generics.own_params.iter().zip(own) {
            if !matches!(arg, GenericArg::Lifetime(_)) {
                let value = infer.resolved(arg);
                if !value.is_non_region_infer() {
                    text += &format!("    {} = {}\n", param.name, cx.text_of_arg(value));
                }
            }
        }
        text
    }

    /// The snippet's definitions of a kind, in order.
    pub fn local_definitions(&self, wanted: impl Fn(DefKind) -> bool) -> Vec<DefId> {
        let count = self.session.crate_data(CrateNum::LOCAL).expect("the snippet").root.tables.def_kind.len();
        let all = (0..count as u32).map(|index| DefId { krate: CrateNum::LOCAL, index });
        all.filter(|&def_id| wanted(self.session.def_kind(def_id))).collect()
    }
}

/// Whether a clause says that a parameter is sized.
fn is_implied<'tcx>(cx: Cx<'tcx>, clause: solve::Clause<'tcx>) -> bool {
    match clause.kind().skip_binder() {
        ClauseKind::Trait(predicate) => {
            Interner::is_sizedness_trait(cx, predicate.trait_ref.def_id)
                && matches!(predicate.self_ty().kind(), solve::TyKind::Param(_))
        }
        _ => false,
    }
}
