//! Names of types as rustc gives them to debuggers, whose printers know types by them: whole paths, all arguments, no lifetimes.

use std::fmt::Write;
use ty::{DefId, ExistentialPredicate, ExistentialPredicates, ExternAbi, FnSig, GenericArg, Tcx, Term, Ty, TyKind};

/// How many types a name shows before `...` stands for the rest. A type that is small in memory may be endless as text.
const MOST_TYPES: usize = 4096;

/// The name of a type.
pub(crate) fn type_name<'tcx>(tcx: Tcx<'tcx>, ty: Ty<'tcx>) -> String {
    let mut names = Names { tcx, out: String::new(), shown_types: 0 };
    names.ty(ty);
    names.out
}

struct Names<'tcx> {
    tcx: Tcx<'tcx>,
    out: String,
    shown_types: usize,
}

impl<'tcx> Names<'tcx> {
    fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn ty(&mut self, ty: Ty<'tcx>) {
        ty::ensure_stack();
        self.shown_types += 1;
        if self.shown_types > MOST_TYPES {
            return self.text("...");
        }
        match *ty.kind() {
            TyKind::Adt(did, args) => self.item(&self.tcx.debug_path_str(did), args.as_slice()),
            TyKind::FnDef(did, args) => self.item(&self.tcx.debug_path_str(did), args.as_slice()),
            TyKind::Closure(did, args) => self.environment(did, ty::ClosureArgs::new(args).parent_args),
            TyKind::Coroutine(did, args) => self.environment(did, ty::CoroutineArgs::new(args).parent_args),
            TyKind::CoroutineClosure(did, args) => {
                self.environment(did, ty::CoroutineClosureArgs::new(args).parent_args);
            }
            TyKind::Array(element, count) => {
                self.text("[");
                self.ty(element);
                let count = self.tcx.const_str(count);
                let _ = write!(self.out, "; {count}]");
            }
            TyKind::Slice(element) => {
                self.text("[");
                self.ty(element);
                self.text("]");
            }
            TyKind::Tuple(types) => {
                self.text("(");
                self.list(types.as_slice());
                self.text(")");
            }
            TyKind::RawPtr(pointee, mutability) => {
                self.text(if mutability.is_mut() { "*mut " } else { "*const " });
                self.ty(pointee);
            }
            TyKind::Ref(_, pointee, mutability) => {
                self.text(if mutability.is_mut() { "&mut " } else { "&" });
                self.ty(pointee);
            }
            TyKind::Pat(base, _) => self.ty(base),
            TyKind::FnPtr(sig) => self.signature(sig.value),
            TyKind::Dynamic(predicates, _) => self.trait_object(predicates),
            // Numbers and the like, and what no variable is of.
            _ => {
                let name = self.tcx.ty_str(ty);
                self.text(&name);
            }
        }
    }

    fn list(&mut self, types: &[Ty<'tcx>]) {
        for (index, &ty) in types.iter().enumerate() {
            self.text(if index == 0 { "" } else { ", " });
            self.ty(ty);
        }
    }

    fn item(&mut self, path: &str, args: &[GenericArg<'tcx>]) {
        self.text(path);
        let start = self.out.len();
        self.args(args);
        self.enclose(start);
    }

    /// What has been written since `start`, in angle brackets if it is anything.
    fn enclose(&mut self, start: usize) {
        if self.out.len() > start {
            self.out.insert(start, '<');
            self.text(">");
        }
    }

    fn args(&mut self, args: &[GenericArg<'tcx>]) {
        let mut first = true;
        for arg in args {
            if let GenericArg::Lifetime(_) = arg {
                continue;
            }
            self.text(if std::mem::take(&mut first) { "" } else { ", " });
            match *arg {
                GenericArg::Type(ty) => self.ty(ty),
                GenericArg::Const(constant) => {
                    let constant = self.tcx.const_str(constant);
                    self.text(&constant);
                }
                GenericArg::Lifetime(_) => {}
            }
        }
    }

    /// What a closure or coroutine has captured.
    fn environment(&mut self, did: DefId, parent_args: &[GenericArg<'tcx>]) {
        let path = self.tcx.debug_path_str(did);
        let path = match path.rsplit_once("{closure#") {
            Some((before, number)) => format!("{before}{{closure_env#{number}"),
            None => path,
        };
        self.item(&path, parent_args);
    }

    fn signature(&mut self, sig: FnSig<'tcx>) {
        self.text(if sig.is_unsafe { "unsafe " } else { "" });
        if sig.abi != ExternAbi::Rust {
            let _ = write!(self.out, "extern {:?} ", sig.abi.as_str());
        }
        self.text("fn(");
        self.list(sig.inputs());
        self.text(if sig.c_variadic { ", ...)" } else { ")" });
        if !sig.output().is_unit() {
            self.text(" -> ");
            self.ty(sig.output());
        }
    }

    fn trait_object(&mut self, predicates: ExistentialPredicates<'tcx>) {
        let mut autos: Vec<DefId> = Vec::new();
        let start = self.out.len();
        self.text("dyn ");
        for predicate in predicates {
            match predicate.value {
                ExistentialPredicate::Trait(principal) => {
                    self.text(&self.tcx.debug_path_str(principal.def_id));
                    let start = self.out.len();
                    self.args(principal.args.as_slice());
                    self.associated(start, predicates);
                    self.enclose(start);
                }
                ExistentialPredicate::AutoTrait(did) => autos.push(did),
                ExistentialPredicate::Projection(_) => {}
            }
        }
        if autos.is_empty() {
            return;
        }
        for did in autos {
            self.text(if self.out.ends_with("dyn ") { "" } else { " + " });
            self.text(&self.tcx.debug_path_str(did));
        }
        self.out.insert(start, '(');
        self.text(")");
    }

    /// `Output=i32` of a trait object, after what has been written since `start`.
    fn associated(&mut self, start: usize, predicates: ExistentialPredicates<'tcx>) {
        for predicate in predicates {
            let ExistentialPredicate::Projection(projection) = predicate.value else { continue };
            self.text(if self.out.len() == start { "" } else { ", " });
            let path = self.tcx.debug_path_str(projection.def_id);
            let name = lir::path_segments(&path).pop().unwrap_or(&path).to_owned();
            self.text(&name);
            self.text("=");
            match projection.term {
                Term::Ty(ty) => self.ty(ty),
                Term::Const(constant) => {
                    let constant = self.tcx.const_str(constant);
                    self.text(&constant);
                }
            }
        }
    }
}
