//! Another front end answers for the crate being compiled, and the rest of the program takes its answers.

use bessemer_front::{Front, LocalCrate};
use mir::builder::BodyBuilder;
use mir::{Bodies, Body, Local, Place, Rvalue};
use testing::Program;
use ty::{Arena, ConstValue, CrateNum, DefId, Definitions, Scalar, Tcx, UnevaluatedConst};

/// Has a body of its own for one function, and knows of a file that the metadata does not.
struct Maker<'tcx> {
    metadata: &'tcx dyn Bodies<'tcx>,
    function: DefId,
    body: &'tcx Body<'tcx>,
}

impl<'tcx> LocalCrate<'tcx> for Maker<'tcx> {
    fn metadata(&self) -> &'tcx dyn Bodies<'tcx> {
        self.metadata
    }
    fn mir_for_ctfe(&self, def_id: DefId) -> &'tcx Body<'tcx> {
        if def_id == self.function { self.body } else { self.metadata.mir_for_ctfe(def_id) }
    }
}

const SOURCE: &str = "
    pub const fn changed() -> u8 { 1 }
    pub const fn unchanged() -> u8 { 2 }
    pub const SUM: u8 = changed() + unchanged() + u8::MAX.count_ones() as u8;
    pub trait Own {}
    impl Own for u8 {}
    impl Clone for Mine { fn clone(&self) -> Mine { Mine } }
    pub struct Mine;
";

/// `fn() -> u8` that returns a number.
fn returns<'tcx>(tcx: Tcx<'tcx>, number: u8, span: ty::Span) -> Body<'tcx> {
    let u8 = tcx.types().u8;
    let mut body = BodyBuilder::new(tcx, span, &[], u8);
    let value = body.scalar(u8, number.into(), 1);
    body.assign(Place::from_local(Local::RETURN), Rvalue::Use(value));
    body.ret();
    body.finish()
}

fn sum(program: &Program<'_>) -> ConstValue {
    let constant = UnevaluatedConst { def: program.find("snippet::SUM"), args: ty::List::empty() };
    let constant = mir::Const::Unevaluated { constant, promoted: None, ty: program.tcx.types().u8 };
    program.eval.eval_const_operand(constant).expect("a value")
}

#[test]
fn a_body_made_by_hand_takes_the_place_of_rustcs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let metadata = testing::compile(folder.path(), SOURCE, &[]);
    let options = testing::session_options;

    let arena = Arena::new();
    let as_written = Program::open(&arena, &metadata, options());
    assert_eq!(sum(&as_written), ConstValue::Scalar(Scalar::from_bits(1 + 2 + 8, 1)));

    let arena = Arena::new();
    let locator = testing::locator();
    let inputs = testing::inputs(&metadata, &locator, options());
    let front = Front::open_with(&arena, inputs, |session| {
        let children = session.module_children(CrateNum::LOCAL.root());
        let function = children.iter().find(|(name, _)| name.as_str() == "changed").expect("the function").1;
        let body = arena.hold(returns(session.tcx, 100, session.def_span(function)));
        arena.alloc(Maker { metadata: session, function, body })
    });
    let program = Program::from(front.expect("it opens"));
    assert_eq!(sum(&program), ConstValue::Scalar(Scalar::from_bits(100 + 2 + 8, 1)));
}

/// What is asked of no crate in particular is put together of both answers.
#[test]
fn impls_and_items_of_both() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let metadata = testing::compile(folder.path(), SOURCE, &[]);
    let arena = Arena::new();
    let locator = testing::locator();
    let inputs = testing::inputs(&metadata, &locator, testing::session_options());
    struct Nothing<'tcx>(&'tcx dyn Bodies<'tcx>);
    impl<'tcx> LocalCrate<'tcx> for Nothing<'tcx> {
        fn metadata(&self) -> &'tcx dyn Bodies<'tcx> {
            self.0
        }
        fn impls_of_trait(&self, _: DefId) -> Vec<ty::TraitImpl> {
            Vec::new()
        }
    }
    let front = Front::open_with(&arena, inputs, |session| arena.alloc(Nothing(session)));
    let program = Program::from(front.expect("it opens"));
    let count = |definitions: &dyn Definitions<'_>, name| definitions.impls_of_trait(program.find(name)).len();
    assert_eq!(count(program.session, "snippet::Own"), 1);
    assert_eq!(count(program.bodies, "snippet::Own"), 0, "the other maker knows of none");
    let clone = "core::clone::Clone";
    assert_eq!(count(program.session, clone), count(program.bodies, clone) + 1);
    let sized = program.bodies.lang_item(ty::LangItem::Sized);
    assert!(sized.is_some() && sized == program.session.lang_item(ty::LangItem::Sized));
}
