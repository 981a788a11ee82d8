//! Evaluates all constants that the functions of a crate need, through all instances that they reach, and reports those that
//! fail: `evaluate FILE.rmeta [LIMIT OF INSTANCES]`. For finding faults of the interpreter with whole programs.

#[path = "../tests/common/mod.rs"]
mod common;

use common::Program;
use mir::Body;
use mir::visit::{Location, Visitor};
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use ty::{
    CrateNum, DefId, DefKind, Definitions, GenericArgs, GenericParamKind, Instance, InstanceKind, Region, TyKind,
};

struct Walk<'a, 'tcx> {
    program: &'a Program<'tcx>,
    seen: HashSet<Instance<'tcx>>,
    todo: VecDeque<Instance<'tcx>>,
    instance: Instance<'tcx>,
    substitute: bool,
    evaluated: usize,
    failures: BTreeMap<String, usize>,
}

impl<'tcx> Walk<'_, 'tcx> {
    fn push(&mut self, instance: Instance<'tcx>) {
        if self.seen.insert(instance) {
            self.todo.push_back(instance);
        }
    }

    fn guarded(&mut self, what: &str, f: impl FnOnce(&mut Self) -> Result<(), ty::ConstError>) {
        let message = match catch_unwind(AssertUnwindSafe(|| f(self))) {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.message,
            Err(payload) => {
                if let Some(text) = payload.downcast_ref::<String>() {
                    format!("PANIC {text}")
                } else if let Some(text) = payload.downcast_ref::<&str>() {
                    format!("PANIC {text}")
                } else if let Some(failure) = payload.downcast_ref::<traits::Failure>() {
                    format!("FAILURE {failure}")
                } else if let Some(error) = payload.downcast_ref::<ty::MetadataError>() {
                    format!("METADATA {error}")
                } else {
                    "UNWOUND".to_owned()
                }
            }
        };
        let at = self.program.tcx.instance_str(self.instance);
        *self.failures.entry(format!("{what} in {at}: {message}")).or_default() += 1;
    }

    fn body(&self, instance: Instance<'tcx>) -> Option<&'tcx Body<'tcx>> {
        use mir::Bodies;
        let session = self.program.session;
        match instance.kind {
            InstanceKind::Item(def_id) => {
                if session.has_optimized_mir(def_id) {
                    Some(session.optimized_mir(def_id))
                } else {
                    None
                }
            }
            InstanceKind::Intrinsic(_) | InstanceKind::Virtual(..) => None,
            _ => Some(self.program.traits.instance_mir(instance)),
        }
    }
}

impl<'tcx> Visitor<'tcx> for Walk<'_, 'tcx> {
    fn visit_const(&mut self, constant: &mir::ConstOperand<'tcx>, _: Location) {
        let tcx = self.program.tcx;
        let value = if self.substitute { tcx.subst(constant.const_, self.instance.args) } else { constant.const_ };
        let mut ty = None;
        self.guarded("type", |_| {
            ty = Some(tcx.normalize(value.ty()));
            Ok(())
        });
        let Some(ty) = ty else { return };
        if let TyKind::FnDef(def_id, args) = *ty.kind() {
            self.guarded("resolve", |walk| {
                if let Some(instance) = walk.program.traits.resolve_instance(def_id, args) {
                    walk.push(instance);
                }
                Ok(())
            });
            return;
        }
        self.evaluated += 1;
        self.guarded("constant", |walk| walk.program.eval.eval_const_operand(value).map(drop));
    }

    fn visit_terminator(&mut self, terminator: &mir::Terminator<'tcx>, location: Location) {
        mir::visit::super_terminator(self, terminator, location);
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let path = args.next().expect("a file");
    let limit: usize = args.next().map_or(2000, |limit| limit.parse().expect("a number"));
    if std::env::var_os("SHOW_PANICS").is_none() {
        std::panic::set_hook(Box::new(|_| {}));
    }
    let thread = std::thread::Builder::new().stack_size(64 << 20);
    let run = move || {
        let arena = ty::Arena::new();
        let program = common::open(&arena, path.as_ref());
        walk(&program, limit)
    };
    let code = thread.spawn(run).expect("a thread").join().expect("no panic");
    std::process::exit(code);
}

fn walk(program: &Program<'_>, limit: usize) -> i32 {
    let session = program.session;
    let root = Instance::new(CrateNum::LOCAL.root(), GenericArgs::empty());
    let mut walk = Walk {
        program,
        seen: HashSet::new(),
        todo: VecDeque::new(),
        instance: root,
        substitute: true,
        evaluated: 0,
        failures: BTreeMap::new(),
    };
    let data = session.crate_data(CrateNum::LOCAL).expect("the crate");
    for index in 0..data.root.tables.def_kind.len() as u32 {
        let def_id = DefId { krate: CrateNum::LOCAL, index };
        if data.root.tables.def_kind.byte(data.bytes, index).ok() == Some(0) {
            continue;
        }
        match session.def_kind(def_id) {
            DefKind::Fn | DefKind::AssocFn if no_parameters(program, def_id) => {
                let count = session.generics_of(def_id).count();
                let args = program.tcx.mk_args(&vec![Region::Erased.into(); count]);
                walk.push(Instance::new(def_id, args));
            }
            DefKind::Static { .. } if !session.is_foreign_item(def_id) => {
                walk.guarded("static", |walk| walk.program.eval.eval_static(def_id).map(drop));
            }
            _ => {}
        }
    }
    let mut count = 0;
    while let Some(instance) = walk.todo.pop_front() {
        count += 1;
        if count > limit {
            break;
        }
        walk.instance = instance;
        let mut body = None;
        walk.guarded("body", |walk| {
            body = walk.body(instance);
            Ok(())
        });
        let Some(body) = body else { continue };
        walk.substitute = !matches!(
            instance.kind,
            InstanceKind::CloneShim(..)
                | InstanceKind::FnPtrAddrShim(..)
                | InstanceKind::FnPtrShim(..)
                | InstanceKind::DropGlue(_, Some(_))
                | InstanceKind::ThreadLocalShim(_)
        );
        walk.visit_body(body);
    }
    println!("{count} instances, {} constants, {} failures", walk.evaluated, walk.failures.len());
    for (failure, times) in &walk.failures {
        println!("{times} x {failure}");
    }
    i32::from(!walk.failures.is_empty())
}

fn no_parameters(program: &Program<'_>, def_id: DefId) -> bool {
    let mut next = Some(def_id);
    while let Some(item) = next {
        let generics = program.session.generics_of(item);
        if generics.own_params.iter().any(|param| param.kind != GenericParamKind::Lifetime) || generics.has_self {
            return false;
        }
        next = generics.parent;
    }
    true
}
