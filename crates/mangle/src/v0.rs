//! The v0 scheme (RFC 2603, and what rustc has added to it).
//!
//! What a path, type or constant adds to a name is always the same but for the places where it refers back to what the
//! name has had before. So each is written once, as a [`Part`] that holds others, and a name is made by walking over parts:
//! those that it has had become references.

use crate::base62::{push_identifier, push_number, push_optional};
use crate::impls::{generic_subject, is_identity};
use crate::path::{Args, Parent, PathPrinter, walk, with_dummy_self};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::fmt::Write;
use std::hash::Hash;
use std::ops::Range;
use ty::{
    Binder, BoundVariableKind, Const, ConstKind, CrateNum, CtorKind, DefId, DefKey, DefPathData, ExistentialPredicate,
    ExistentialPredicates, ExternAbi, FloatTy, GenericArg, Instance, InstanceKind, IntTy, Memo, Mutability, Pattern,
    PatternKind, PolyFnSig, Region, ReifyReason, Tcx, Term, Ty, TyKind, TypeFlags, UintTy, ValTree, ValTreeKind,
    VariantIdx, bug,
};

const PREFIX: &str = "_R";

/// What something adds to a name: text, with other parts at places in it.
struct Part<'tcx> {
    text: Box<str>,
    inner: Box<[(usize, &'tcx Part<'tcx>)]>,
}

// SAFETY: it holds collections of its own and references, which dropping does not follow.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl ty::Hold for Part<'_> {}

/// All parts that have been written. Only what mentions no lifetime of a binder around it is here: the rest depends on where
/// it stands, and is never referred back to.
#[derive(Default)]
pub(crate) struct Parts<'tcx> {
    paths: Memo<(DefId, Args<'tcx>), &'tcx Part<'tcx>>,
    types: Memo<Ty<'tcx>, &'tcx Part<'tcx>>,
    consts: Memo<Const<'tcx>, &'tcx Part<'tcx>>,
}

/// The name of an instance.
pub(crate) fn instance<'tcx>(
    tcx: Tcx<'tcx>,
    parts: &Parts<'tcx>,
    instance: Instance<'tcx>,
    instantiating_crate: Option<CrateNum>,
) -> String {
    let mut writer = Writer::new(tcx, parts);
    let def_id = instance.def_id();
    let args = instance.args.as_slice();
    match instance.kind {
        InstanceKind::AsyncDropGlue(_, ty) => match *ty.kind() {
            TyKind::Coroutine(_, args) => writer.path(def_id, tcx.mk_args(&args[..1]).as_slice()),
            _ => bug!("async drop glue is a coroutine"),
        },
        kind => match shim(kind) {
            Some(name) => writer.namespaced('S', 0, name, |writer| writer.path(def_id, args)),
            None => writer.path(def_id, args),
        },
    }
    if let Some(krate) = instantiating_crate {
        writer.path(krate.root(), &[]);
    }
    let part = writer.finish();
    PLACES.with_borrow_mut(|places| {
        places.clear();
        let mut name = Name { out: String::with_capacity(160), places };
        name.out.push_str(PREFIX);
        name.push_inner(&part);
        name.out
    })
}

thread_local! {
    /// The table of the last name, to be used again: growing one for each name was most of the work.
    static PLACES: RefCell<FxHashMap<usize, usize>> = RefCell::default();
}

/// A crate's name at the root of paths.
pub(crate) fn crate_root<'tcx>(tcx: Tcx<'tcx>, parts: &Parts<'tcx>, krate: CrateNum) -> String {
    let mut writer = Writer::new(tcx, parts);
    writer.crate_root(krate);
    writer.out
}

/// A name while it is put together.
struct Name<'a> {
    out: String,
    /// Where parts were written, by their addresses.
    places: &'a mut FxHashMap<usize, usize>,
}

impl Name<'_> {
    fn push(&mut self, part: &Part<'_>) {
        let address = std::ptr::from_ref(part).addr();
        if let Some(&place) = self.places.get(&address) {
            self.out.push('B');
            push_number(&mut self.out, place as u64);
            return;
        }
        let place = self.out.len() - PREFIX.len();
        self.push_inner(part);
        self.places.insert(address, place);
    }

    fn push_inner(&mut self, part: &Part<'_>) {
        let mut written = 0;
        for &(at, inner) in &part.inner {
            self.out.push_str(&part.text[written..at]);
            written = at;
            self.push(inner);
        }
        self.out.push_str(&part.text[written..]);
    }
}

/// The end of a name of a copy that no crate has for itself: a crate that does not exist.
pub(crate) fn push_no_crate(out: &mut String, name: &str) {
    out.push('C');
    push_identifier(out, name);
}

/// What tells a shim from the function that it is for, where both may exist.
fn shim(kind: InstanceKind<'_>) -> Option<&'static str> {
    Some(match kind {
        InstanceKind::ThreadLocalShim(_) => "tls",
        InstanceKind::VTableShim(_) => "vtable",
        InstanceKind::ReifyShim(_, None) => "reify",
        InstanceKind::ReifyShim(_, Some(ReifyReason::FnPtr)) => "reify_fnptr",
        InstanceKind::ReifyShim(_, Some(ReifyReason::Vtable)) => "reify_vtable",
        // So it is in rustc.
        InstanceKind::ConstructCoroutineInClosureShim { receiver_by_ref: true, .. } => "by_move",
        InstanceKind::ConstructCoroutineInClosureShim { receiver_by_ref: false, .. } => "by_ref",
        InstanceKind::FutureDropPollShim(..) => "drop",
        _ => return None,
    })
}

/// The name of a symbol of a crate `__rustc` that does not exist.
pub(crate) fn internal(disambiguator: u64, name: &str) -> String {
    let mut out = String::from(PREFIX);
    out.push_str("NvC");
    push_optional(&mut out, 's', disambiguator);
    push_identifier(&mut out, "__rustc");
    push_identifier(&mut out, name);
    out
}

/// Writes one part.
struct Writer<'a, 'tcx> {
    tcx: Tcx<'tcx>,
    parts: &'a Parts<'tcx>,
    out: String,
    /// The parts inside, and where in the text they belong.
    inner: Vec<(usize, &'tcx Part<'tcx>)>,
    /// For each binder that we are under, the distances of its lifetimes from the root.
    binders: Vec<Range<u32>>,
}

impl<'a, 'tcx> Writer<'a, 'tcx> {
    fn new(tcx: Tcx<'tcx>, parts: &'a Parts<'tcx>) -> Writer<'a, 'tcx> {
        Writer { tcx, parts, out: String::new(), inner: Vec::new(), binders: Vec::new() }
    }

    fn finish(self) -> Part<'tcx> {
        Part { text: self.out.into(), inner: self.inner.into() }
    }

    /// Puts in a part that is remembered, or that `write` writes.
    fn remembered<K: Copy + Eq + Hash + 'a>(
        &mut self,
        memo: impl FnOnce(&'a Parts<'tcx>) -> &'a Memo<K, &'tcx Part<'tcx>>,
        key: K,
        write: impl FnOnce(&mut Self),
    ) {
        let part = memo(self.parts).get_or(key, || {
            let mut writer = Writer::new(self.tcx, self.parts);
            write(&mut writer);
            self.tcx.arena().hold(writer.finish())
        });
        self.inner.push((self.out.len(), part));
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn disambiguator(&mut self, number: u64) {
        push_optional(&mut self.out, 's', number);
    }

    /// A segment of a namespace, after what `parent` writes.
    fn namespaced(&mut self, namespace: char, disambiguator: u32, name: &str, parent: impl FnOnce(&mut Self)) {
        self.push("N");
        self.out.push(namespace);
        parent(self);
        self.disambiguator(u64::from(disambiguator));
        push_identifier(&mut self.out, name);
    }

    fn under_binder<T: Copy>(&mut self, binder: Binder<'tcx, T>, value: impl FnOnce(&mut Self, T)) {
        let lifetimes = binder.bound_vars.iter().filter(|var| matches!(var, BoundVariableKind::Region(_))).count();
        push_optional(&mut self.out, 'G', lifetimes as u64);
        let start = self.binders.last().map_or(0, |range| range.end);
        self.binders.push(start..start + lifetimes as u32);
        value(self, binder.value);
        self.binders.pop();
    }

    fn region(&mut self, region: Region) {
        let number = match region {
            Region::Bound(depth, bound) => {
                let innermost = self.binders.len() - 1;
                let distance = self.binders[innermost - depth as usize].start + bound.var;
                1 + (self.binders[innermost].end - 1 - distance)
            }
            _ => 0,
        };
        self.push("L");
        push_number(&mut self.out, u64::from(number));
    }

    fn generic_args(&mut self, args: impl Iterator<Item = GenericArg<'tcx>> + Clone, path: impl FnOnce(&mut Self)) {
        let names_lifetimes =
            args.clone().any(|arg| matches!(arg, GenericArg::Lifetime(region) if region != Region::Erased));
        let mut args = args.filter(|arg| names_lifetimes || !matches!(arg, GenericArg::Lifetime(_))).peekable();
        if args.peek().is_none() {
            return path(self);
        }
        self.push("I");
        path(self);
        for arg in args {
            match arg {
                GenericArg::Lifetime(region) => self.region(region),
                GenericArg::Type(ty) => self.ty(ty),
                GenericArg::Const(constant) => {
                    self.push("K");
                    self.constant(constant);
                }
            }
        }
        self.push("E");
    }

    fn ty(&mut self, ty: Ty<'tcx>) {
        ty::ensure_stack();
        if let Some(letter) = basic_type(ty) {
            return self.push(letter);
        }
        if ty.outer_binder() != 0 {
            return self.write_ty(ty);
        }
        self.remembered(|parts| &parts.types, ty, |writer| writer.write_ty(ty));
    }

    fn write_ty(&mut self, ty: Ty<'tcx>) {
        match *ty.kind() {
            TyKind::Ref(region, target, mutability) => {
                self.push(if mutability == Mutability::Not { "R" } else { "Q" });
                if region != Region::Erased {
                    self.region(region);
                }
                self.ty(target);
            }
            TyKind::RawPtr(target, mutability) => {
                self.push(if mutability == Mutability::Not { "P" } else { "O" });
                self.ty(target);
            }
            TyKind::Pat(base, pattern) => {
                self.push("W");
                self.ty(base);
                self.pattern(pattern);
            }
            TyKind::Array(element, length) => {
                self.push("A");
                self.ty(element);
                self.constant(length);
            }
            TyKind::Slice(element) => {
                self.push("S");
                self.ty(element);
            }
            TyKind::Tuple(types) => {
                self.push("T");
                for part in types {
                    self.ty(part);
                }
                self.push("E");
            }
            TyKind::Adt(def_id, args)
            | TyKind::FnDef(def_id, args)
            | TyKind::Closure(def_id, args)
            | TyKind::CoroutineClosure(def_id, args)
            | TyKind::Coroutine(def_id, args) => self.path(def_id, args.as_slice()),
            // In the header of an impl that something generic is nested in.
            TyKind::Alias(_, alias) => self.path(alias.def_id, alias.args.as_slice()),
            TyKind::Foreign(def_id) => self.path(def_id, &[]),
            TyKind::FnPtr(sig) => self.fn_ptr(sig),
            // The scheme has nothing for these yet; an ABI that there is not keeps them apart from all else.
            TyKind::UnsafeBinder(binder) => {
                self.push("F");
                self.under_binder(binder, |this, ty| {
                    this.push("K13unsafe_binderE");
                    this.ty(ty);
                });
            }
            TyKind::Dynamic(predicates, region) => {
                self.push("D");
                self.trait_object(predicates);
                self.region(region);
            }
            _ => bug!("the type `{ty:?}` has no symbol"),
        }
    }

    fn fn_ptr(&mut self, sig: PolyFnSig<'tcx>) {
        self.push("F");
        self.under_binder(sig, |this, sig| {
            if sig.is_unsafe {
                this.push("U");
            }
            match sig.abi {
                ExternAbi::Rust => {}
                ExternAbi::C { unwind: false } => this.push("KC"),
                abi => {
                    this.push("K");
                    push_identifier(&mut this.out, &abi.as_str().replace('-', "_"));
                }
            }
            for &input in sig.inputs() {
                this.ty(input);
            }
            if sig.c_variadic {
                this.push("v");
            }
            this.push("E");
            this.ty(sig.output());
        });
    }

    /// The binder of the first predicate stands for those of all.
    fn trait_object(&mut self, predicates: ExistentialPredicates<'tcx>) {
        let Some(&first) = predicates.as_slice().first() else {
            // `dyn` of nothing, which can only be made by dropping all auto traits.
            return self.push("E");
        };
        self.under_binder(first, |this, _| {
            for predicate in predicates {
                match predicate.value {
                    ExistentialPredicate::Trait(trait_ref) => {
                        let args = with_dummy_self(this.tcx, trait_ref.args);
                        this.path(trait_ref.def_id, args);
                    }
                    ExistentialPredicate::Projection(projection) => {
                        this.push("p");
                        let name = this.tcx.definitions().def_key(projection.def_id).data.name();
                        push_identifier(&mut this.out, name.map_or("", |name| name.as_str()));
                        match projection.term {
                            Term::Ty(ty) => this.ty(ty),
                            Term::Const(constant) => {
                                this.push("K");
                                this.constant(constant);
                            }
                        }
                    }
                    ExistentialPredicate::AutoTrait(def_id) => this.path(def_id, &[]),
                }
            }
        });
        self.push("E");
    }

    fn pattern(&mut self, pattern: Pattern<'tcx>) {
        match pattern.kind() {
            PatternKind::Range { start, end } => {
                self.push("R");
                self.constant(start);
                self.constant(end);
            }
            PatternKind::NotNull => self.push("u"),
            PatternKind::Or(parts) => {
                self.push("O");
                for part in parts {
                    self.pattern(part);
                }
                self.push("E");
            }
        }
    }

    fn constant(&mut self, constant: Const<'tcx>) {
        let (ty, value) = match *constant.kind() {
            ConstKind::Value(ty, value) => (ty, value),
            ConstKind::Param(_) => return self.push("p"),
            ConstKind::Unevaluated(unevaluated) => return self.path(unevaluated.def, unevaluated.args.as_slice()),
            _ => bug!("a constant `{constant:?}` has no symbol"),
        };
        if constant.outer_binder() != 0 {
            return self.value(ty, value);
        }
        self.remembered(|parts| &parts.consts, constant, |writer| writer.value(ty, value));
    }

    fn value(&mut self, ty: Ty<'tcx>, value: ValTree<'tcx>) {
        match (*ty.kind(), value.kind()) {
            (TyKind::Uint(_) | TyKind::Bool | TyKind::Char, ValTreeKind::Leaf(leaf)) => {
                self.ty(ty);
                let _ = write!(self.out, "{:x}_", leaf.bits);
            }
            (TyKind::Int(_), ValTreeKind::Leaf(leaf)) => {
                self.ty(ty);
                let number = leaf.signed();
                let sign = if number < 0 { "n" } else { "" };
                let _ = write!(self.out, "{sign}{:x}_", number.unsigned_abs());
            }
            (TyKind::Str, ValTreeKind::Branch(bytes)) => {
                self.push("e");
                for byte in bytes {
                    let _ = write!(self.out, "{:02x}", byte.as_bits().unwrap_or(0));
                }
                self.push("_");
            }
            (TyKind::Ref(_, target, mutability), _) => {
                self.push(if mutability == Mutability::Not { "R" } else { "Q" });
                self.constant(self.tcx.mk_const(ConstKind::Value(target, value)));
            }
            (TyKind::Array(..) | TyKind::Slice(_), ValTreeKind::Branch(elements)) => {
                self.push("A");
                self.constants(elements.as_slice());
            }
            (TyKind::Tuple(_), ValTreeKind::Branch(fields)) => {
                self.push("T");
                self.constants(fields.as_slice());
            }
            (TyKind::Adt(did, args), ValTreeKind::Branch(fields)) => self.adt_value(did, args.as_slice(), &fields),
            _ => bug!("a constant of the type `{ty:?}` has no symbol"),
        }
    }

    fn constants(&mut self, constants: &[Const<'tcx>]) {
        for &constant in constants {
            self.constant(constant);
        }
        self.push("E");
    }

    fn adt_value(&mut self, did: DefId, args: Args<'tcx>, parts: &[Const<'tcx>]) {
        let definitions = self.tcx.definitions();
        let adt = self.tcx.adt_def(did);
        let (variant, fields) = if adt.is_enum() {
            let number = parts.first().and_then(|number| number.as_bits());
            let Some(number) = number else { bug!("an enum's value begins with its variant") };
            (VariantIdx::from_u32(number as u32), &parts[1..])
        } else {
            (VariantIdx::ZERO, parts)
        };
        let variant = &adt.variants[variant];
        self.push("V");
        self.path(variant.def_id, args);
        match variant.ctor {
            Some((CtorKind::Const, _)) => self.push("U"),
            Some((CtorKind::Fn, _)) => {
                self.push("T");
                self.constants(fields);
            }
            None => {
                self.push("S");
                for (field, &value) in variant.fields.iter().zip(fields) {
                    let key = definitions.def_key(field.did);
                    self.disambiguator(u64::from(key.disambiguator));
                    push_identifier(&mut self.out, key.data.name().map_or("", |name| name.as_str()));
                    self.constant(value);
                }
                self.push("E");
            }
        }
    }
}

/// Types of one letter (or nearly so), which are never referred back to.
fn basic_type(ty: Ty<'_>) -> Option<&'static str> {
    Some(match *ty.kind() {
        TyKind::Bool => "b",
        TyKind::Char => "c",
        TyKind::Str => "e",
        TyKind::Never => "z",
        TyKind::Tuple(types) if types.is_empty() => "u",
        // In the header of an impl that something generic is nested in.
        TyKind::Param(_) => "p",
        TyKind::Int(int) => match int {
            IntTy::I8 => "a",
            IntTy::I16 => "s",
            IntTy::I32 => "l",
            IntTy::I64 => "x",
            IntTy::I128 => "n",
            IntTy::Isize => "i",
        },
        TyKind::Uint(uint) => match uint {
            UintTy::U8 => "h",
            UintTy::U16 => "t",
            UintTy::U32 => "m",
            UintTy::U64 => "y",
            UintTy::U128 => "o",
            UintTy::Usize => "j",
        },
        TyKind::Float(float) => match float {
            FloatTy::F16 => "C3f16",
            FloatTy::F32 => "f",
            FloatTy::F64 => "d",
            FloatTy::F128 => "C4f128",
        },
        _ => return None,
    })
}

impl<'tcx> PathPrinter<'tcx> for Writer<'_, 'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }

    fn path(&mut self, def_id: DefId, args: Args<'tcx>) {
        if args.iter().any(|arg| arg.outer_binder() != 0) {
            return walk(self, def_id, args);
        }
        self.remembered(|parts| &parts.paths, (def_id, args), |writer| walk(writer, def_id, args));
    }

    fn crate_root(&mut self, krate: CrateNum) {
        let definitions = self.tcx.definitions();
        self.push("C");
        self.disambiguator(definitions.stable_crate_id(krate));
        push_identifier(&mut self.out, definitions.crate_name(krate).as_str());
    }

    fn impl_path(&mut self, impl_: DefId, args: Args<'tcx>) {
        let definitions = self.tcx.definitions();
        let key = definitions.def_key(impl_);
        let Some(parent) = key.parent else { bug!("an impl lies in a module or a body") };
        let parent = DefId { index: parent, ..impl_ };
        let count = definitions.generics_of(impl_).count();
        // What is nested in an impl's function has not the impl's arguments: then the impl is shown as it is written.
        let subject = generic_subject(self.tcx, impl_);
        let subject =
            if count > args.len() || is_identity(&args[..count]) { subject } else { subject.subst(self.tcx, args) };
        let subject = subject.normalize(self.tcx);
        self.push(if subject.trait_ref.is_some() { "X" } else { "M" });
        let is_open = args.iter().any(|arg| arg.flags().contains(TypeFlags::HAS_PARAM));
        if subject.trait_ref.is_some() && is_open {
            self.generic_args(args.iter().copied(), |this| {
                this.namespaced('I', key.disambiguator, "", |this| this.path(parent, &[]));
            });
        } else {
            self.disambiguator(u64::from(key.disambiguator));
            self.path(parent, &[]);
        }
        self.ty(subject.self_ty);
        if let Some(trait_ref) = subject.trait_ref {
            self.path(trait_ref.def_id, trait_ref.args.as_slice());
        }
    }

    fn coroutine_of_kind(&mut self, def_id: DefId, parent_args: Args<'tcx>, kind: Ty<'tcx>) {
        let kind = [GenericArg::Type(kind)];
        self.generic_args(kind.iter().copied(), |this| this.path(def_id, parent_args));
    }

    fn generic_path(&mut self, def_id: DefId, parent_args: Args<'tcx>, own_args: Args<'tcx>) {
        self.generic_args(own_args.iter().copied(), |this| this.path(def_id, parent_args));
    }

    fn segment(&mut self, parent: Parent<'tcx>, key: DefKey) {
        let namespace = match key.data {
            DefPathData::ForeignMod => return self.parent(parent),
            DefPathData::TypeNs(_) => 't',
            DefPathData::ValueNs(_) => 'v',
            DefPathData::Closure => 'C',
            DefPathData::Ctor => 'c',
            DefPathData::AnonConst => 'K',
            DefPathData::LateAnonConst => 'k',
            DefPathData::OpaqueTy => 'i',
            DefPathData::SyntheticCoroutineBody => 's',
            DefPathData::NestedStatic => 'n',
            DefPathData::GlobalAsm => 'a',
            other => bug!("a path of a symbol has a step {other:?}"),
        };
        let name = key.data.name().map_or("", |name| name.as_str());
        self.namespaced(namespace, key.disambiguator, name, |this| this.parent(parent));
    }
}

impl<'tcx> Writer<'_, 'tcx> {
    fn parent(&mut self, parent: Parent<'tcx>) {
        match parent {
            Parent::Path(def_id, args) => self.path(def_id, args),
            Parent::Qualified(trait_ref) => {
                self.push("Y");
                self.ty(trait_ref.self_ty());
                self.path(trait_ref.def_id, trait_ref.args.as_slice());
            }
        }
    }
}
