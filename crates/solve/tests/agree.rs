//! The solver and crate `traits` answer alike where both can: goals without variables, about std's types and traits.

mod common;

use bessemer_solve as solve;
use common::{Program, with_std};
use expect_test::expect;
use rustc_hash::FxHashSet;
use solve::ir;
use solve::{Fulfillment, Goal, InferCx, Outcome};
use ty::{
    AssocKind, CrateNum, DefId, DefKind, Definitions, GenericArgs, GenericParamKind, LangItem, TraitRef, Ty, TyKind,
};

/// Types and traits that pairs are made of, and how many pairs are left out in between.
struct Sample {
    types: usize,
    traits: usize,
    /// The crate being compiled is not std: all of its types and traits are looked at.
    has_local: bool,
}

impl<'tcx> Program<'tcx> {
    /// Every definition of a kind in the toolchain's own crates and in the program.
    fn definitions(&self, wanted: fn(DefKind) -> bool) -> Vec<DefId> {
        let mut all = Vec::new();
        for krate in self.session.crates() {
            let is_std = matches!(self.session.crate_name(krate).as_str(), "core" | "alloc" | "std");
            if krate != CrateNum::LOCAL && !is_std {
                continue;
            }
            let count = self.session.crate_data(krate).map_or(0, |data| data.root.tables.def_kind.len());
            let ids = (0..count as u32).map(|index| DefId { krate, index });
            all.extend(ids.filter(|&def_id| wanted(self.session.def_kind(def_id))));
        }
        all
    }

    /// Types without parameters: primitive ones, those of std, and std's generic ones of some of these.
    fn ground_types(&self) -> Vec<Ty<'tcx>> {
        let tcx = self.tcx;
        let common = tcx.types();
        let mut types = vec![common.unit, common.bool, common.char, common.never, common.str_, common.u8, common.i32];
        types.extend([common.u64, common.usize, common.f64]);
        let string = self.find("alloc::string::String");
        let cell = self.find("core::cell::Cell");
        let string = tcx.mk_ty(TyKind::Adt(string, GenericArgs::empty()));
        let cell = tcx.mk_ty(TyKind::Adt(cell, tcx.mk_args(&[common.u8.into()])));
        let elements = [common.u8, string, cell, common.str_];
        types.extend([string, cell, tcx.mk_tuple(&[common.u8, string]), tcx.mk_array(common.u8, 4)]);
        types.push(tcx.mk_ty(TyKind::Slice(cell)));
        types.push(tcx.mk_ref(common.str_, ty::Mutability::Not));
        types.push(tcx.mk_ref(string, ty::Mutability::Mut));
        types.push(tcx.mk_ptr(common.u8, ty::Mutability::Not));
        for adt in self.definitions(|kind| matches!(kind, DefKind::Struct | DefKind::Enum | DefKind::Union)) {
            let generics = self.session.generics_of(adt);
            let kinds = || generics.own_params.iter().map(|param| param.kind);
            if generics.parent.is_some() || kinds().any(|kind| matches!(kind, GenericParamKind::Const { .. })) {
                continue;
            }
            // The defaults of what decides allocation are what programs use; a parameter else is one of the elements.
            for (number, &element) in elements.iter().enumerate() {
                let mut args: Vec<ty::GenericArg<'tcx>> = Vec::new();
                for param in &generics.own_params {
                    args.push(match param.kind {
                        GenericParamKind::Lifetime => ty::Region::Erased.into(),
                        GenericParamKind::Type { has_default: true, .. } => {
                            tcx.subst_slice(self.session.type_of(param.def_id), &args).into()
                        }
                        _ => element.into(),
                    });
                }
                let args = tcx.mk_args(&args);
                let is_generic = kinds().any(|kind| matches!(kind, GenericParamKind::Type { has_default: false, .. }));
                if number > 0 && !is_generic {
                    break;
                }
                if self.holds_own_clauses(adt, args) {
                    types.push(tcx.mk_ty(TyKind::Adt(adt, args)));
                }
            }
        }
        types
    }

    /// Whether a type may be named at all.
    fn holds_own_clauses(&self, adt: DefId, args: GenericArgs<'tcx>) -> bool {
        self.session.predicates_of(adt).predicates.iter().all(|clause| {
            match self.tcx.instantiate_bound_erased(self.tcx.subst(*clause, args)) {
                ty::ClauseKind::Trait(goal) => self.traits.holds(self.traits.normalize(goal)) == Ok(true),
                ty::ClauseKind::Projection { .. } => false,
                _ => true,
            }
        })
    }

    /// Traits without parameters.
    fn plain_traits(&self) -> Vec<DefId> {
        let mut traits = self.definitions(|kind| kind == DefKind::Trait);
        traits.retain(|&trait_| self.session.generics_of(trait_).count() == 1);
        // What only a cast or a call in a constant asks, and traits that hold for reasons of their own.
        let others = [LangItem::Destruct, LangItem::TransmuteTrait, LangItem::PointeeSized];
        let others: Vec<_> = others.into_iter().filter_map(|item| self.tcx.lang_item(item)).collect();
        traits.retain(|trait_| !others.contains(trait_));
        traits
    }
}

#[derive(Default)]
struct Counts {
    pairs: usize,
    hold: usize,
    projections: usize,
    faults: Vec<String>,
}

fn compare(program: &Program<'_>, sample: Sample) -> Counts {
    let (tcx, session, traits, cx) = (program.tcx, program.session, program.traits, program.cx);
    let (all_types, all_traits) = (program.ground_types(), program.plain_traits());
    let mut counts = Counts::default();
    let env = cx.mk_param_env(&[]);
    let local = |ty: Ty<'_>| matches!(*ty.kind(), TyKind::Adt(did, _) if did.krate == CrateNum::LOCAL);
    for (number, &ty) in all_types.iter().enumerate() {
        let is_local_ty = sample.has_local && local(ty);
        if number % sample.types != 0 && !is_local_ty {
            continue;
        }
        let ty = traits.normalize(ty);
        let imported = cx.import(ty);
        assert_eq!(cx.export(imported), Some(ty), "the way there and back");
        assert_eq!(cx.text(imported), tcx.ty_str(ty));
        for (number, &trait_) in all_traits.iter().enumerate() {
            let is_local_trait = sample.has_local && trait_.krate == CrateNum::LOCAL;
            if number % sample.traits != 0 && !is_local_trait {
                continue;
            }
            let goal = TraitRef { def_id: trait_, args: tcx.mk_args(&[ty.into()]) };
            let theirs = traits.holds(goal);
            let infer = InferCx::after_analysis(cx);
            let trait_ref: solve::TraitRef<'_> = ir::TraitRef::new(cx, trait_, [imported]);
            let ours = infer.evaluate(Goal::new(cx, env, trait_ref));
            counts.pairs += 1;
            let show = || format!("{}: {}", tcx.ty_str(ty), tcx.def_path_str(trait_));
            match (&ours, &theirs) {
                (Ok(Outcome::Yes), Ok(true)) => counts.hold += 1,
                (Ok(Outcome::No), Ok(false)) => continue,
                _ => {
                    counts.faults.push(format!("{} -- {ours:?}, {theirs:?}", show()));
                    continue;
                }
            }
            for item in session.assoc_items(trait_) {
                if item.kind != AssocKind::Type || session.generics_of(item.def_id).count() != 1 {
                    continue;
                }
                let alias = ty::AliasTy { def_id: item.def_id, args: goal.args };
                let alias = tcx.mk_ty(TyKind::Alias(ty::AliasTyKind::Projection, alias));
                let mut fulfillment = Fulfillment::new();
                let value = infer.normalize(&mut fulfillment, env, cx.import(alias));
                let theirs = traits.normalize(alias);
                counts.projections += 1;
                let ours = value.as_ref().ok().and_then(|&value| cx.export(infer.resolved(value)));
                if ours.map(|ours| tcx.erase_regions(ours)) != Some(tcx.erase_regions(theirs)) {
                    counts.faults.push(format!("<{}>::{} -- {value:?}, {}", show(), item.name, tcx.ty_str(theirs)));
                }
            }
        }
    }
    counts
}

impl Counts {
    fn check(&self) {
        let shown: FxHashSet<&String> = self.faults.iter().collect();
        let mut shown: Vec<_> = shown.into_iter().map(String::as_str).collect();
        shown.sort_unstable();
        println!("{} pairs, {} hold, {} projections", self.pairs, self.hold, self.projections);
        expect![[""]].assert_eq(&shown.join("\n"));
    }
}

#[test]
fn on_types_and_traits_of_std() {
    with_std(|program| {
        let all = std::env::var_os("BESSEMER_TEST_ALL").is_some();
        let (types, traits) = if all { (1, 1) } else { (17, 5) };
        let counts = compare(program, Sample { types, traits, has_local: false });
        counts.check();
        assert!(counts.pairs > 1000 && counts.hold > 100 && counts.projections > 10, "too few to tell");
    });
}

/// Traits and types that decide each other: blanket impls, projections in where-clauses, cycles, auto traits.
const PROGRAM: &str = "
    pub trait Shape { type Side; fn area(&self) -> u64 { 0 } }
    pub trait Solid {} impl<T: Shape<Side: Copy>> Solid for T {}
    pub struct Square(pub u8); impl Shape for Square { type Side = u8; }
    pub struct Named(pub String); impl Shape for Named { type Side = String; }
    #[derive(Clone, Debug, PartialEq, Default)] pub struct Pair<A, B>(pub A, pub B);
    impl<A: Shape, B: Shape<Side = A::Side>> Shape for Pair<A, B> { type Side = (A::Side, B::Side); }
    pub enum List<T> { End, More(T, Box<List<T>>) }
    impl<T: Clone> Clone for List<T> { fn clone(&self) -> Self { panic!() } }
    pub struct Shared<T>(pub std::rc::Rc<T>);
    pub struct Unsent(pub *mut u8); unsafe impl Send for Unsent {}
    pub trait Walk { type Item; type Next: Walk<Item = Self::Item>; }
    impl<T> Walk for List<T> { type Item = T; type Next = List<T>; }
    pub trait Reach {} impl<W: Walk<Next: Walk<Item: Clone>>> Reach for W {}
    impl<T> Iterator for List<T> { type Item = T; fn next(&mut self) -> Option<T> { None } }
";

#[test]
fn on_a_program() {
    common::with_snippet(PROGRAM, |program| {
        let counts = compare(program, Sample { types: 40, traits: 9, has_local: true });
        counts.check();
        assert!(counts.pairs > 1000 && counts.projections > 10, "too few to tell");
    });
}

/// With `BESSEMER_TEST_CORPUS`, a folder of programs, on each of them that is a library, too.
#[test]
fn on_programs_of_a_corpus() {
    let Some(folder) = std::env::var_os("BESSEMER_TEST_CORPUS") else { return };
    let (mut programs, mut all) = (0, Counts::default());
    let (mut files, mut folders) = (Vec::new(), vec![std::path::PathBuf::from(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    for file in files.into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs")) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("libsnippet.rmeta");
        let mut rustc = testing::rustc(dir.path());
        rustc.args(["--crate-type", "lib", "--crate-name", "snippet", "--emit=metadata", "-Zalways-encode-mir", "-o"]);
        // (Programs of other shapes are not of interest here.)
        if !rustc.arg(&path).arg(&file).output().is_ok_and(|output| output.status.success()) {
            continue;
        }
        common::with_metadata(&path, |program| {
            let counts = compare(program, Sample { types: 60, traits: 60, has_local: true });
            programs += 1;
            all.pairs += counts.pairs;
            all.hold += counts.hold;
            all.projections += counts.projections;
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            all.faults.extend(counts.faults.into_iter().map(|fault| format!("{name}: {fault}")));
        });
    }
    println!("{programs} programs");
    all.check();
}
