//! The text of `core::any::type_name`.

use crate::impls::{ImplSubject, generic_subject};
use crate::path::{Args, Parent, PathPrinter, own_args_no_defaults, walk, with_dummy_self};
use std::fmt::Write;
use ty::{
    Clause, ClauseKind, ClosureKind, Const, ConstKind, CoroutineArgs, CrateNum, CtorKind, DefId, DefKey, DefPathData,
    ExistentialPredicate, ExistentialPredicates, ExistentialProjection, ExistentialTraitRef, ExternAbi, GenericArg,
    LangItem, Mutability, Pattern, PatternKind, PolyFnSig, Region, ScalarInt, Tcx, Term, Ty, TyKind, ValTree,
    ValTreeKind, VariantIdx, bug,
};

pub(crate) fn type_name<'tcx>(tcx: Tcx<'tcx>, ty: Ty<'tcx>) -> String {
    let mut printer = Printer { tcx, out: String::new() };
    printer.ty(ty);
    printer.out
}

struct Printer<'tcx> {
    tcx: Tcx<'tcx>,
    out: String,
}

impl<'tcx> Printer<'tcx> {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn separated<T: Copy>(&mut self, elements: &[T], mut each: impl FnMut(&mut Self, T)) {
        for (index, &element) in elements.iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            each(self, element);
        }
    }

    fn args(&mut self, args: &[GenericArg<'tcx>]) {
        self.separated(args, |this, arg| match arg {
            GenericArg::Lifetime(_) => this.push("'_"),
            GenericArg::Type(ty) => this.ty(ty),
            GenericArg::Const(constant) => this.constant(constant),
        });
    }

    /// `<…>`, if there are any.
    fn bracketed_args(&mut self, args: &[GenericArg<'tcx>]) {
        if !args.is_empty() {
            self.push("<");
            self.args(args);
            self.push(">");
        }
    }

    fn ty(&mut self, ty: Ty<'tcx>) {
        ty::ensure_stack();
        match *ty.kind() {
            TyKind::Bool => self.push("bool"),
            TyKind::Char => self.push("char"),
            TyKind::Int(int) => self.push(int.name()),
            TyKind::Uint(uint) => self.push(uint.name()),
            TyKind::Float(float) => self.push(float.name()),
            TyKind::Str => self.push("str"),
            TyKind::Never => self.push("!"),
            TyKind::Pat(base, pattern) => {
                self.push("(");
                self.ty(base);
                self.push(") is ");
                self.pattern(pattern);
            }
            TyKind::Array(element, length) => {
                self.push("[");
                self.ty(element);
                self.push("; ");
                self.constant(length);
                self.push("]");
            }
            TyKind::Slice(element) => {
                self.push("[");
                self.ty(element);
                self.push("]");
            }
            TyKind::RawPtr(target, mutability) => {
                self.push(if mutability == Mutability::Mut { "*mut " } else { "*const " });
                self.ty(target);
            }
            TyKind::Ref(region, target, mutability) => {
                self.push("&");
                // Lifetimes that belong to a `for<…>`, which itself is not shown.
                if let Region::Bound(..) = region {
                    self.push("'_ ");
                }
                if mutability == Mutability::Mut {
                    self.push("mut ");
                }
                self.ty(target);
            }
            TyKind::FnPtr(sig) => self.fn_ptr(sig),
            TyKind::Tuple(types) => {
                self.push("(");
                self.separated(types.as_slice(), Self::ty);
                if types.len() == 1 {
                    self.push(",");
                }
                self.push(")");
            }
            TyKind::Dynamic(predicates, region) => {
                let is_bound = matches!(region, Region::Bound(..));
                self.push(if is_bound { "(dyn " } else { "dyn " });
                self.trait_object(predicates);
                if is_bound {
                    self.push(" + '_)");
                }
            }
            TyKind::UnsafeBinder(binder) => self.ty(binder.value),
            TyKind::Param(_) | TyKind::Bound(..) | TyKind::Infer(_) | TyKind::Error => self.push("_"),
            TyKind::Adt(def_id, args)
            | TyKind::FnDef(def_id, args)
            | TyKind::Closure(def_id, args)
            | TyKind::CoroutineClosure(def_id, args)
            | TyKind::Coroutine(def_id, args) => self.path(def_id, args.as_slice()),
            TyKind::Alias(_, alias) => self.path(alias.def_id, alias.args.as_slice()),
            TyKind::Foreign(def_id) => self.path(def_id, &[]),
            TyKind::CoroutineWitness(..) => bug!("the type `{ty:?}` has no name"),
        }
    }

    fn fn_ptr(&mut self, sig: PolyFnSig<'tcx>) {
        let sig = sig.value;
        if sig.is_unsafe {
            self.push("unsafe ");
        }
        if sig.abi != ExternAbi::Rust {
            let _ = write!(self.out, "extern {} ", sig.abi);
        }
        self.push("fn");
        self.fn_sig(sig.inputs(), sig.c_variadic, sig.output());
    }

    fn fn_sig(&mut self, inputs: &[Ty<'tcx>], c_variadic: bool, output: Ty<'tcx>) {
        self.push("(");
        self.separated(inputs, Self::ty);
        if c_variadic {
            self.push(if inputs.is_empty() { "..." } else { ", ..." });
        }
        self.push(")");
        if !output.is_unit() {
            self.push(" -> ");
            self.ty(output);
        }
    }

    fn pattern(&mut self, pattern: Pattern<'tcx>) {
        match pattern.kind() {
            PatternKind::Range { start, end } => {
                self.constant(start);
                if is_type_maximum(end) {
                    self.push("..");
                } else {
                    self.push("..=");
                    self.constant(end);
                }
            }
            PatternKind::NotNull => self.push("!null"),
            PatternKind::Or(parts) => {
                self.push("(");
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        self.push(" | ");
                    }
                    self.pattern(part);
                }
                self.push(")");
            }
        }
    }

    fn trait_object(&mut self, predicates: ExistentialPredicates<'tcx>) {
        let mut principal = None;
        let mut projections = Vec::new();
        let mut auto_traits = Vec::new();
        for predicate in predicates {
            match predicate.value {
                ExistentialPredicate::Trait(trait_ref) => principal = Some(trait_ref),
                ExistentialPredicate::Projection(projection) => projections.push(projection),
                ExistentialPredicate::AutoTrait(def_id) => auto_traits.push(def_id),
            }
        }
        if let Some(principal) = principal {
            self.principal(principal, projections);
        }
        auto_traits.sort_by_cached_key(|&def_id| self.path_in_messages(def_id));
        for (index, &def_id) in auto_traits.iter().enumerate() {
            if index > 0 || principal.is_some() {
                self.push(" + ");
            }
            self.path(def_id, &[]);
        }
    }

    /// About how rustc's messages call a trait, by which trait objects' traits are sorted: an item of the crate itself
    /// without the crate's name, and items of core by their names in std.
    fn path_in_messages(&self, def_id: DefId) -> String {
        let mut printer = Printer { tcx: self.tcx, out: String::new() };
        printer.path(def_id, &[]);
        match printer.out.split_once("::") {
            Some((_, path)) if def_id.krate == CrateNum::LOCAL => path.to_owned(),
            Some(("core" | "alloc", path)) => format!("std::{path}"),
            _ => printer.out,
        }
    }

    fn principal(&mut self, trait_ref: ExistentialTraitRef<'tcx>, projections: Vec<ExistentialProjection<'tcx>>) {
        let tcx = self.tcx;
        let definitions = tcx.definitions();
        self.path(trait_ref.def_id, &[]);
        // `Fn(A) -> B`
        let is_fn = [LangItem::Fn, LangItem::FnMut, LangItem::FnOnce]
            .iter()
            .any(|&item| tcx.lang_item(item) == Some(trait_ref.def_id));
        if is_fn
            && let TyKind::Tuple(inputs) = *trait_ref.args.type_at(0).kind()
            && let [projection] = projections[..]
            && let Term::Ty(output) = projection.term
        {
            return self.fn_sig(inputs.as_slice(), false, output);
        }
        let args = with_dummy_self(tcx, trait_ref.args);
        let shown_args = own_args_no_defaults(tcx, definitions.generics_of(trait_ref.def_id), args);
        let implied = self.implied_projections(trait_ref.def_id, args);
        let name = |def_id: DefId| definitions.def_key(def_id).data.name().map_or("", |name| name.as_str());
        let mut shown: Vec<_> =
            projections.into_iter().filter(|projection| !implied.contains(&tcx.erase_regions(*projection))).collect();
        shown.sort_by_key(|projection| name(projection.def_id));
        if shown_args.is_empty() && shown.is_empty() {
            return;
        }
        self.push("<");
        self.args(shown_args);
        for (index, projection) in shown.iter().enumerate() {
            if index > 0 || !shown_args.is_empty() {
                self.push(", ");
            }
            self.push(name(projection.def_id));
            let parent_count = definitions.generics_of(projection.def_id).parent_count;
            self.bracketed_args(projection.args.as_slice().get(parent_count - 1..).unwrap_or(&[]));
            self.push(" = ");
            match projection.term {
                Term::Ty(ty) => self.ty(ty),
                Term::Const(constant) => self.constant(constant),
            }
        }
        self.push(">");
    }

    /// What a trait's supertraits already say of their associated types.
    fn implied_projections(&self, trait_: DefId, args: Args<'tcx>) -> Vec<ExistentialProjection<'tcx>> {
        let tcx = self.tcx;
        let mut implied = Vec::new();
        let mut seen = vec![(trait_, args)];
        let mut index = 0;
        while let Some(&(trait_, args)) = seen.get(index) {
            index += 1;
            let self_ty = args[0];
            let clauses: &[Clause<'tcx>] = tcx.definitions().super_predicates_of(trait_);
            for clause in clauses {
                match tcx.subst_slice(clause.value, args) {
                    ClauseKind::Trait(trait_ref) if trait_ref.args[0] == self_ty => {
                        let next = (trait_ref.def_id, trait_ref.args.as_slice());
                        if !seen.contains(&next) {
                            seen.push(next);
                        }
                    }
                    ClauseKind::Projection { def_id, args, term } if args[0] == self_ty => {
                        let args = tcx.mk_args(&args[1..]);
                        implied.push(tcx.erase_regions(ExistentialProjection { def_id, args, term }));
                    }
                    _ => {}
                }
            }
        }
        implied
    }

    fn constant(&mut self, constant: Const<'tcx>) {
        match *constant.kind() {
            ConstKind::Value(ty, value) => self.value(ty, value),
            ConstKind::Param(param) => self.push(param.name.as_str()),
            ConstKind::Unevaluated(unevaluated) => self.path(unevaluated.def, unevaluated.args.as_slice()),
            ConstKind::Infer(_) | ConstKind::Bound(..) => self.push("_"),
            ConstKind::Expr => self.push("{const expression}"),
            ConstKind::Error => self.push("{const error}"),
        }
    }

    fn constants(&mut self, constants: &[Const<'tcx>]) {
        self.separated(constants, Self::constant);
    }

    fn value(&mut self, ty: Ty<'tcx>, value: ValTree<'tcx>) {
        let byte = self.tcx.types().u8;
        match (value.kind(), *ty.kind()) {
            (ValTreeKind::Branch(parts), TyKind::Ref(_, target, _)) => match *target.kind() {
                TyKind::Slice(element) if element == byte => self.byte_string(parts.as_slice()),
                TyKind::Str => {
                    let bytes = bytes(parts.as_slice());
                    let _ = write!(self.out, "{:?}", String::from_utf8_lossy(&bytes));
                }
                _ => {
                    self.push("&");
                    self.value(target, value);
                }
            },
            (ValTreeKind::Branch(parts), TyKind::Array(element, _)) if element == byte => {
                self.push("*");
                self.byte_string(parts.as_slice());
            }
            (ValTreeKind::Branch(parts), TyKind::Array(..)) => {
                self.push("[");
                self.constants(parts.as_slice());
                self.push("]");
            }
            (ValTreeKind::Branch(parts), TyKind::Tuple(_)) => {
                self.push("(");
                self.constants(parts.as_slice());
                self.push(if parts.len() == 1 { ",)" } else { ")" });
            }
            (ValTreeKind::Branch(parts), TyKind::Adt(did, args)) => {
                self.adt_value(did, args.as_slice(), parts.as_slice())
            }
            (ValTreeKind::Leaf(leaf), TyKind::Ref(_, target, _)) => {
                self.push("&");
                self.scalar(target, leaf);
            }
            (ValTreeKind::Leaf(leaf), _) => self.scalar(ty, leaf),
            (ValTreeKind::Branch(_), TyKind::FnDef(def_id, args)) => self.path(def_id, args.as_slice()),
            (ValTreeKind::Branch(parts), _) if parts.is_empty() => self.push("<ZST>"),
            (ValTreeKind::Branch(parts), _) => {
                let _ = write!(self.out, "{parts:?}");
            }
        }
    }

    fn byte_string(&mut self, parts: &[Const<'tcx>]) {
        let _ = write!(self.out, "b\"{}\"", bytes(parts).escape_ascii());
    }

    fn adt_value(&mut self, did: DefId, args: Args<'tcx>, parts: &[Const<'tcx>]) {
        let adt = self.tcx.adt_def(did);
        let (variant, fields) = match parts.split_first() {
            Some((number, fields)) if adt.is_enum() => {
                (VariantIdx::from_u32(number.as_bits().unwrap_or(0) as u32), fields)
            }
            _ => (VariantIdx::ZERO, parts),
        };
        let variant = &adt.variants[variant];
        self.path(variant.def_id, args);
        match variant.ctor {
            Some((CtorKind::Const, _)) => {}
            Some((CtorKind::Fn, _)) => {
                self.push("(");
                self.constants(fields);
                self.push(")");
            }
            None => {
                self.push(" { ");
                for (index, (field, &value)) in variant.fields.iter().zip(fields).enumerate() {
                    if index > 0 {
                        self.push(", ");
                    }
                    let _ = write!(self.out, "{}: ", field.name);
                    self.constant(value);
                }
                self.push(" }");
            }
        }
    }

    fn scalar(&mut self, ty: Ty<'tcx>, leaf: ScalarInt) {
        let bits = u32::from(leaf.size) * 8;
        let written = match *ty.kind() {
            TyKind::Bool => write!(self.out, "{}", leaf.bits != 0),
            TyKind::Char => match u32::try_from(leaf.bits).ok().and_then(char::from_u32) {
                Some(character) => write!(self.out, "{character:?}"),
                None => write!(self.out, "transmute(0x{:x})", leaf.bits),
            },
            TyKind::Uint(uint) => match leaf.bits {
                max if max == u128::MAX >> (128 - bits) => write!(self.out, "{}::MAX", uint.name()),
                number => write!(self.out, "{number}"),
            },
            TyKind::Int(int) => match leaf.signed() {
                min if min == i128::MIN >> (128 - bits) => write!(self.out, "{}::MIN", int.name()),
                max if max == i128::MAX >> (128 - bits) => write!(self.out, "{}::MAX", int.name()),
                number => write!(self.out, "{number}"),
            },
            _ if leaf.size == 0 => write!(self.out, "transmute(())"),
            _ => write!(self.out, "transmute({leaf:?})"),
        };
        debug_assert!(written.is_ok(), "writing to a string does not fail");
    }

    /// `<T as Trait>`, or a type as a path's beginning.
    fn qualified(&mut self, subject: &ImplSubject<'tcx>) {
        let is_simple = matches!(
            subject.self_ty.kind(),
            TyKind::Adt(..)
                | TyKind::Foreign(_)
                | TyKind::Bool
                | TyKind::Char
                | TyKind::Str
                | TyKind::Int(_)
                | TyKind::Uint(_)
                | TyKind::Float(_)
        );
        if subject.trait_ref.is_none() && is_simple {
            return self.ty(subject.self_ty);
        }
        self.push("<");
        self.ty(subject.self_ty);
        if let Some(trait_ref) = subject.trait_ref {
            self.push(" as ");
            self.path(trait_ref.def_id, trait_ref.args.as_slice());
        }
        self.push(">");
    }

    fn parent_of(&self, def_id: DefId) -> Option<DefId> {
        let parent = self.tcx.definitions().def_key(def_id).parent?;
        Some(DefId { index: parent, ..def_id })
    }
}

fn is_type_maximum(constant: Const<'_>) -> bool {
    let Some((ty, value)) = constant.as_value() else { return false };
    let ValTreeKind::Leaf(leaf) = value.kind() else { return false };
    let bits = u32::from(leaf.size) * 8;
    match *ty.kind() {
        TyKind::Int(_) => leaf.signed() == i128::MAX >> (128 - bits),
        TyKind::Uint(_) => leaf.bits == u128::MAX >> (128 - bits),
        TyKind::Char => leaf.bits == u128::from(char::MAX),
        _ => false,
    }
}

fn bytes(parts: &[Const<'_>]) -> Vec<u8> {
    parts.iter().map(|part| part.as_bits().unwrap_or(0) as u8).collect()
}

/// The definition that a type is known by: its own, or that of what it points to or consists of.
fn characteristic_definition(ty: Ty<'_>) -> Option<DefId> {
    match *ty.kind() {
        TyKind::Adt(def_id, _)
        | TyKind::FnDef(def_id, _)
        | TyKind::Closure(def_id, _)
        | TyKind::CoroutineClosure(def_id, _)
        | TyKind::Coroutine(def_id, _)
        | TyKind::CoroutineWitness(def_id, _)
        | TyKind::Foreign(def_id) => Some(def_id),
        TyKind::Dynamic(predicates, _) => predicates.iter().find_map(|predicate| match predicate.value {
            ExistentialPredicate::Trait(trait_ref) => Some(trait_ref.def_id),
            _ => None,
        }),
        TyKind::Pat(inner, _)
        | TyKind::Array(inner, _)
        | TyKind::Slice(inner)
        | TyKind::RawPtr(inner, _)
        | TyKind::Ref(_, inner, _) => characteristic_definition(inner),
        TyKind::Tuple(types) => types.iter().find_map(characteristic_definition),
        _ => None,
    }
}

impl<'tcx> PathPrinter<'tcx> for Printer<'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }

    fn path(&mut self, def_id: DefId, args: Args<'tcx>) {
        walk(self, def_id, args);
    }

    fn crate_root(&mut self, krate: CrateNum) {
        self.push(self.tcx.definitions().crate_name(krate).as_str());
    }

    fn impl_path(&mut self, impl_: DefId, args: Args<'tcx>) {
        let tcx = self.tcx;
        let subject = generic_subject(tcx, impl_);
        let subject =
            if tcx.definitions().generics_of(impl_).count() <= args.len() { subject.subst(tcx, args) } else { subject };
        let Some(parent) = self.parent_of(impl_) else { bug!("an impl lies in a module or a body") };
        let beside = |def_id: DefId| self.parent_of(def_id) == Some(parent);
        let is_beside = characteristic_definition(subject.self_ty).is_some_and(beside)
            || subject.trait_ref.is_some_and(|trait_ref| beside(trait_ref.def_id));
        if is_beside {
            return self.qualified(&subject);
        }
        self.path(parent, &[]);
        self.push("::<impl ");
        if let Some(trait_ref) = subject.trait_ref {
            self.path(trait_ref.def_id, trait_ref.args.as_slice());
            self.push(" for ");
        }
        self.ty(subject.self_ty);
        self.push(">");
    }

    fn coroutine_of_kind(&mut self, def_id: DefId, parent_args: Args<'tcx>, kind: Ty<'tcx>) {
        self.path(def_id, parent_args);
        let TyKind::Coroutine(_, own_args) = *self.tcx.definitions().type_of(def_id).kind() else { return };
        if CoroutineArgs::new(own_args).kind_ty == kind {
            return;
        }
        match kind.to_closure_kind() {
            Some(ClosureKind::FnMut) => self.push("::{{call_mut}}"),
            Some(ClosureKind::FnOnce) => self.push("::{{call_once}}"),
            Some(ClosureKind::Fn) | None => {}
        }
    }

    fn generic_path(&mut self, def_id: DefId, parent_args: Args<'tcx>, own_args: Args<'tcx>) {
        self.path(def_id, parent_args);
        self.bracketed_args(own_args);
    }

    fn segment(&mut self, parent: Parent<'tcx>, key: DefKey) {
        match parent {
            Parent::Path(def_id, args) => self.path(def_id, args),
            Parent::Qualified(trait_ref) => {
                self.qualified(&ImplSubject { self_ty: trait_ref.self_ty(), trait_ref: Some(trait_ref) });
            }
        }
        self.push("::");
        let text = match key.data {
            DefPathData::CrateRoot => "{{crate}}",
            DefPathData::Impl => "{{impl}}",
            DefPathData::ForeignMod => "{{extern}}",
            DefPathData::Use => "{{use}}",
            DefPathData::GlobalAsm => "{{global_asm}}",
            DefPathData::Closure => "{{closure}}",
            DefPathData::Ctor => "{{constructor}}",
            DefPathData::AnonConst | DefPathData::LateAnonConst => "{{constant}}",
            DefPathData::OpaqueTy => "{{opaque}}",
            DefPathData::AnonAssocTy(_) => "{{anon_assoc}}",
            DefPathData::SyntheticCoroutineBody => "{{synthetic}}",
            DefPathData::NestedStatic => "{{nested}}",
            DefPathData::DesugaredAnonymousLifetime => "'_",
            DefPathData::TypeNs(name)
            | DefPathData::ValueNs(name)
            | DefPathData::MacroNs(name)
            | DefPathData::LifetimeNs(name)
            | DefPathData::OpaqueLifetime(name) => name.as_str(),
        };
        self.push(text);
    }
}
