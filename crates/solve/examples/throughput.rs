//! How many goals the solver answers: std's types against std's traits, first cold and then from what is remembered.
//!
//!     cargo run --release -p bessemer-solve --example throughput [ROUNDS]
//!
//! Under callgrind, `ROUNDS` of 0 answers the goals once, and the count of instructions divided by the printed number of
//! goals is what one costs (with reading the metadata).

use bessemer_solve as solve;
use solve::{Goal, InferCx, Outcome, ir};
use std::time::Instant;
use testing::{session_options, std_metadata};
use ty::{Arena, DefId, DefKind, Definitions, GenericParamKind};

fn main() {
    let rounds = std::env::args().nth(1).and_then(|rounds| rounds.parse().ok()).unwrap_or(3);
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(move || measure(rounds));
    thread.expect("a thread starts").join().expect("it ends");
}

fn measure(rounds: u32) {
    let arena = Arena::new();
    let program = testing::Program::open(&arena, &std_metadata(), session_options());
    let (tcx, session) = (program.tcx, program.session);
    let cx = solve::Session::start(tcx, session).expect("std has what the solver needs");
    let all = |wanted: fn(DefKind) -> bool| {
        let mut found = Vec::new();
        for krate in session.crates() {
            let count = session.crate_data(krate).map_or(0, |data| data.root.tables.def_kind.len());
            let ids = (0..count as u32).map(|index| DefId { krate, index });
            found.extend(ids.filter(|&def_id| wanted(session.def_kind(def_id))));
        }
        found
    };
    let mut types = all(|kind| matches!(kind, DefKind::Struct | DefKind::Enum));
    types.retain(|&adt| {
        let generics = session.generics_of(adt);
        generics.own_params.iter().all(|param| param.kind == GenericParamKind::Lifetime)
    });
    let mut traits = all(|kind| kind == DefKind::Trait);
    traits.retain(|&trait_| session.generics_of(trait_).count() == 1);
    let env = cx.mk_param_env(&[]);
    for round in 0..=rounds {
        let start = Instant::now();
        let (mut goals, mut hold, mut doubts) = (0u64, 0u64, 0u64);
        for &adt in types.iter().step_by(5) {
            let infer = InferCx::after_analysis(cx);
            let own = ir::inherent::Ty::new_adt(cx, ir::Interner::adt_def(cx, adt), infer.fresh_args(adt));
            for &trait_ in &traits {
                let trait_ref: solve::TraitRef<'_> = ir::TraitRef::new(cx, trait_, [own]);
                goals += 1;
                match infer.evaluate(Goal::new(cx, env, trait_ref)) {
                    Ok(Outcome::Yes) => hold += 1,
                    Ok(_) => {}
                    Err(_) => doubts += 1,
                }
            }
        }
        let time = start.elapsed();
        let each = time.as_nanos() as f64 / goals as f64 / 1000.0;
        println!(
            "round {round}: {goals} goals, {hold} hold, {doubts} doubts: {:.0} ms, {each:.2} us each",
            time.as_secs_f64() * 1e3
        );
    }
}
