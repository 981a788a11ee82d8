//! The number of a type: rustc's stable hash of it.
//!
//! rustc derives the hash from its own data structures: the number of an enum's variant, then the fields in order; what is
//! interned is hashed by itself, and its hash goes in. So the order and the kinds of fields here are those of rustc's
//! `TyKind`, `AdtDefData` and so on, whether or not our own types have them.

use crate::Mangler;
use rustc_stable_hash::{FromStableHash, SipHasher128Hash, StableSipHasher128};
use std::hash::{Hash, Hasher as _};
use ty::rustc_abi::{Integer, IntegerType, ScalableElt};
use ty::{
    Align, Binder, BoundRegion, BoundRegionKind, BoundTyKind, BoundVariableKind, Const, ConstKind, CtorKind, DefId,
    ExistentialPredicate, ExistentialPredicates, FieldHashFacts, FloatTy, GenericArg, GenericArgs, IntTy, List,
    Mutability, Pattern, PatternKind, PolyFnSig, Region, ReprOptions, ScalarInt, Symbol, Tcx, Term, Ty, TyKind, UintTy,
    ValTree, ValTreeKind, VariantDiscr, bug,
};

pub(crate) type Hasher = StableSipHasher128;

/// A finished hash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Fingerprint(pub u64, pub u64);

impl FromStableHash for Fingerprint {
    type Hash = SipHasher128Hash;
    fn from(SipHasher128Hash([first, second]): SipHasher128Hash) -> Fingerprint {
        Fingerprint(first, second)
    }
}

pub(crate) fn finish(hasher: Hasher) -> Fingerprint {
    hasher.finish()
}

pub(crate) fn type_id<'tcx>(mangler: &Mangler<'tcx>, ty: Ty<'tcx>) -> u128 {
    let ty = mangler.tcx.erase_regions(ty);
    let mut state = State { mangler, hasher: Hasher::new() };
    state.ty(ty);
    let Fingerprint(low, high) = finish(state.hasher);
    u128::from(low) | u128::from(high) << 64
}

struct State<'a, 'tcx> {
    mangler: &'a Mangler<'tcx>,
    hasher: Hasher,
}

impl<'tcx> State<'_, 'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.mangler.tcx
    }

    fn behaviour(&self) -> &'static release::Behaviour {
        &self.tcx().definitions().release().behaviour
    }

    /// The hash of something by itself.
    fn apart(&self, content: impl FnOnce(&mut Self)) -> Fingerprint {
        let mut inner = State { mangler: self.mangler, hasher: Hasher::new() };
        content(&mut inner);
        finish(inner.hasher)
    }

    fn fingerprint(&mut self, Fingerprint(first, second): Fingerprint) {
        self.hasher.write_u64(first);
        self.hasher.write_u64(second);
    }

    /// The number of an enum's variant.
    fn variant(&mut self, number: isize) {
        self.hasher.write_isize(number);
    }

    fn bool(&mut self, value: bool) {
        self.hasher.write_u8(u8::from(value));
    }

    fn option<T>(&mut self, value: Option<T>, content: impl FnOnce(&mut Self, T)) {
        match value {
            None => self.hasher.write_u8(0),
            Some(value) => {
                self.hasher.write_u8(1);
                content(self, value);
            }
        }
    }

    fn symbol(&mut self, name: Symbol) {
        let bytes = name.as_str().as_bytes();
        self.hasher.write_usize(bytes.len());
        self.hasher.write(bytes);
    }

    fn elements<T: Copy>(&mut self, elements: &[T], mut each: impl FnMut(&mut Self, T)) {
        self.hasher.write_usize(elements.len());
        for &element in elements {
            each(self, element);
        }
    }

    fn list<T: Copy>(&mut self, list: List<'tcx, T>, each: impl FnMut(&mut Self, T)) {
        let hash = self.apart(|inner| inner.elements(list.as_slice(), each));
        self.fingerprint(hash);
    }

    /// The hash of the definition's path.
    fn def_id(&mut self, def_id: DefId) {
        let definitions = self.tcx().definitions();
        self.hasher.write_u64(definitions.stable_crate_id(def_id.krate));
        self.hasher.write_u64(definitions.def_path_hash_local(def_id));
    }

    fn args(&mut self, args: GenericArgs<'tcx>) {
        let hash = self.mangler.args.get(&args).unwrap_or_else(|| {
            let hash = self.apart(|inner| inner.elements(args.as_slice(), Self::arg));
            self.mangler.args.insert(args, hash)
        });
        self.fingerprint(hash);
    }

    fn arg(&mut self, arg: GenericArg<'tcx>) {
        match arg {
            GenericArg::Lifetime(region) => {
                self.variant(0);
                self.region(region);
            }
            GenericArg::Type(ty) => {
                self.variant(1);
                self.ty(ty);
            }
            GenericArg::Const(constant) => {
                self.variant(2);
                self.constant(constant);
            }
        }
    }

    /// A list of types. Types are not trees, and not all releases remember the hashes of types by themselves: those of lists
    /// are remembered here.
    fn types(&mut self, types: List<'tcx, Ty<'tcx>>) {
        let hash = self.mangler.type_lists.get(&types).unwrap_or_else(|| {
            let hash = self.apart(|inner| inner.elements(types.as_slice(), Self::ty));
            self.mangler.type_lists.insert(types, hash)
        });
        self.fingerprint(hash);
    }

    fn region(&mut self, region: Region) {
        match region {
            Region::EarlyParam { .. } => bug!("a type with region parameters has no number"),
            Region::Bound(depth, BoundRegion { var, kind }) => {
                self.variant(1);
                self.bound_index(depth);
                self.hasher.write_u32(var);
                self.bound_region_kind(kind);
            }
            Region::Static => self.variant(3),
            Region::Erased => self.variant(6),
        }
    }

    fn bound_index(&mut self, depth: u32) {
        self.variant(0);
        self.hasher.write_u32(depth);
    }

    fn bound_region_kind(&mut self, kind: BoundRegionKind) {
        match kind {
            BoundRegionKind::Anon => self.variant(0),
            BoundRegionKind::Named(def_id) => {
                self.variant(2);
                self.def_id(def_id);
            }
            BoundRegionKind::ClosureEnv => self.variant(3),
        }
    }

    fn bound_ty_kind(&mut self, kind: BoundTyKind) {
        match kind {
            BoundTyKind::Anon => self.variant(0),
            BoundTyKind::Param(def_id) => {
                self.variant(1);
                self.def_id(def_id);
            }
        }
    }

    fn binder<T: Copy>(&mut self, binder: Binder<'tcx, T>, value: impl FnOnce(&mut Self, T)) {
        value(self, binder.value);
        self.list(binder.bound_vars, |this, var| match var {
            BoundVariableKind::Ty(kind) => {
                this.variant(0);
                this.bound_ty_kind(kind);
            }
            BoundVariableKind::Region(kind) => {
                this.variant(1);
                this.bound_region_kind(kind);
            }
            BoundVariableKind::Const => this.variant(2),
        });
    }

    fn ty(&mut self, ty: Ty<'tcx>) {
        ty::ensure_stack();
        if self.behaviour().types_are_hashed_in_place {
            return self.ty_kind(ty);
        }
        let hash = match self.mangler.types.get(&ty) {
            Some(hash) => hash,
            None => {
                let hash = self.apart(|inner| inner.ty_kind(ty));
                self.mangler.types.insert(ty, hash)
            }
        };
        self.fingerprint(hash);
    }

    fn ty_kind(&mut self, ty: Ty<'tcx>) {
        match *ty.kind() {
            TyKind::Bool => self.variant(0),
            TyKind::Char => self.variant(1),
            TyKind::Int(int) => {
                self.variant(2);
                self.variant(int_number(int));
            }
            TyKind::Uint(uint) => {
                self.variant(3);
                self.variant(uint_number(uint));
            }
            TyKind::Float(float) => {
                self.variant(4);
                self.variant(float_number(float));
            }
            TyKind::Adt(did, args) => {
                self.variant(5);
                self.adt(did);
                self.args(args);
            }
            TyKind::Foreign(def_id) => {
                self.variant(6);
                self.def_id(def_id);
            }
            TyKind::Str => self.variant(7),
            TyKind::Array(element, length) => {
                self.variant(8);
                self.ty(element);
                self.constant(length);
            }
            TyKind::Pat(base, pattern) => {
                self.variant(9);
                self.ty(base);
                self.pattern(pattern);
            }
            TyKind::Slice(element) => {
                self.variant(10);
                self.ty(element);
            }
            TyKind::RawPtr(target, mutability) => {
                self.variant(11);
                self.ty(target);
                self.mutability(mutability);
            }
            TyKind::Ref(region, target, mutability) => {
                self.variant(12);
                self.region(region);
                self.ty(target);
                self.mutability(mutability);
            }
            TyKind::FnDef(def_id, args) => self.definition(13, def_id, args),
            TyKind::FnPtr(sig) => {
                self.variant(14);
                self.fn_ptr(sig);
            }
            TyKind::UnsafeBinder(binder) => {
                self.variant(15);
                self.binder(binder, |this, ty| this.ty(ty));
            }
            TyKind::Dynamic(predicates, region) => {
                self.variant(16);
                self.trait_object(predicates);
                self.region(region);
            }
            TyKind::Closure(def_id, args) => self.definition(17, def_id, args),
            TyKind::CoroutineClosure(def_id, args) => self.definition(18, def_id, args),
            TyKind::Coroutine(def_id, args) => self.definition(19, def_id, args),
            TyKind::CoroutineWitness(def_id, args) => self.definition(20, def_id, args),
            TyKind::Never => self.variant(21),
            TyKind::Tuple(types) => {
                self.variant(22);
                self.types(types);
            }
            TyKind::Bound(depth, bound) => {
                self.variant(25);
                self.bound_index(depth);
                self.hasher.write_u32(bound.var);
                self.bound_ty_kind(bound.kind);
            }
            TyKind::Alias(..) | TyKind::Param(_) | TyKind::Infer(_) | TyKind::Error => {
                bug!("the type `{ty:?}` has no number")
            }
        }
    }

    fn definition(&mut self, number: isize, def_id: DefId, args: GenericArgs<'tcx>) {
        self.variant(number);
        self.def_id(def_id);
        self.args(args);
    }

    fn mutability(&mut self, mutability: Mutability) {
        self.variant(isize::from(mutability.is_mut()));
    }

    fn fn_ptr(&mut self, sig: PolyFnSig<'tcx>) {
        self.binder(sig, |this, sig| this.types(sig.inputs_and_output));
        let header = sig.value;
        let release = self.tcx().definitions().release();
        if release.encoding.packed_signatures {
            let abi = release.lists.abis.lines().position(|name| name == header.abi.as_str());
            let Some(abi) = abi else { bug!("a calling convention that the release does not have: {}", header.abi) };
            self.hasher.write_u8(abi as u8 | u8::from(!header.is_unsafe) << 6 | u8::from(header.c_variadic) << 7);
            if release.encoding.splatted_signatures {
                // None is.
                self.hasher.write_u8(u8::MAX);
            }
            return;
        }
        self.bool(header.c_variadic);
        self.safety(header.is_unsafe);
        header.abi.hash(&mut self.hasher);
    }

    fn safety(&mut self, is_unsafe: bool) {
        self.variant(isize::from(!is_unsafe));
    }

    fn trait_object(&mut self, predicates: ExistentialPredicates<'tcx>) {
        self.list(predicates, |this, predicate| {
            this.binder(predicate, |this, predicate| match predicate {
                ExistentialPredicate::Trait(trait_ref) => {
                    this.variant(0);
                    this.def_id(trait_ref.def_id);
                    this.args(trait_ref.args);
                }
                ExistentialPredicate::Projection(projection) => {
                    this.variant(1);
                    this.def_id(projection.def_id);
                    this.args(projection.args);
                    match projection.term {
                        Term::Ty(ty) => {
                            this.variant(0);
                            this.ty(ty);
                        }
                        Term::Const(constant) => {
                            this.variant(1);
                            this.constant(constant);
                        }
                    }
                }
                ExistentialPredicate::AutoTrait(def_id) => {
                    this.variant(2);
                    this.def_id(def_id);
                }
            });
        });
    }

    fn pattern(&mut self, pattern: Pattern<'tcx>) {
        match pattern.kind() {
            PatternKind::Range { start, end } => {
                self.variant(0);
                self.constant(start);
                self.constant(end);
            }
            PatternKind::Or(parts) => {
                self.variant(1);
                self.list(parts, |this, part| this.pattern(part));
            }
            PatternKind::NotNull => self.variant(2),
        }
    }

    fn constant(&mut self, constant: Const<'tcx>) {
        if self.behaviour().types_are_hashed_in_place {
            return self.constant_kind(constant);
        }
        let hash = self.apart(|inner| inner.constant_kind(constant));
        self.fingerprint(hash);
    }

    fn constant_kind(&mut self, constant: Const<'tcx>) {
        match *constant.kind() {
            ConstKind::Value(ty, value) => {
                self.variant(5);
                self.ty(ty);
                self.value(value);
            }
            ConstKind::Unevaluated(unevaluated) => self.definition(4, unevaluated.def, unevaluated.args),
            _ => bug!("a type with the constant `{constant:?}` has no number"),
        }
    }

    fn value(&mut self, value: ValTree<'tcx>) {
        match value.kind() {
            ValTreeKind::Leaf(ScalarInt { bits, size }) => {
                self.variant(0);
                self.hasher.write_u128(bits);
                self.hasher.write_u8(size);
            }
            ValTreeKind::Branch(parts) => {
                self.variant(1);
                if self.behaviour().value_parts_are_interned {
                    let hash = self.apart(|inner| inner.elements(parts.as_slice(), Self::constant));
                    self.fingerprint(hash);
                } else {
                    self.elements(parts.as_slice(), Self::constant);
                }
            }
        }
    }

    /// The definition of a struct, union or enum: names, visibilities and so on, but no types.
    fn adt(&mut self, did: DefId) {
        let hash = match self.mangler.adts.get(&did) {
            Some(hash) => hash,
            None => {
                let hash = self.apart(|inner| inner.adt_content(did));
                self.mangler.adts.insert(did, hash)
            }
        };
        self.fingerprint(hash);
    }

    fn adt_content(&mut self, did: DefId) {
        let adt = self.tcx().adt_def(did);
        let facts = self.tcx().definitions().adt_hash_facts(did);
        self.def_id(did);
        self.hasher.write_usize(adt.variants.len());
        for (variant, variant_facts) in adt.variants.iter().zip(&facts.variants) {
            self.def_id(variant.def_id);
            self.option(variant.ctor, |this, (kind, def_id)| {
                this.variant(match kind {
                    CtorKind::Fn => 0,
                    CtorKind::Const => 1,
                });
                this.def_id(def_id);
            });
            self.symbol(variant.name);
            match variant.discr {
                VariantDiscr::Explicit(def_id) => {
                    self.variant(0);
                    self.def_id(def_id);
                }
                VariantDiscr::Relative(distance) => {
                    self.variant(1);
                    self.hasher.write_u32(distance);
                }
            }
            self.hasher.write_usize(variant.fields.len());
            for (field, field_facts) in variant.fields.iter().zip(&variant_facts.fields) {
                self.def_id(field.did);
                self.symbol(field.name);
                self.field_facts(field_facts);
            }
            // No errors.
            self.hasher.write_u8(0);
            self.hasher.write_u8(variant_facts.flags);
        }
        self.hasher.write_u16(facts.flags);
        self.repr(did, &adt.repr);
    }

    fn field_facts(&mut self, facts: &FieldHashFacts) {
        match facts.visible_in {
            None => self.variant(0),
            Some(module) => {
                self.variant(1);
                self.def_id(module);
            }
        }
        self.safety(facts.is_unsafe);
        self.option(facts.default_value, |this, def_id| this.def_id(def_id));
    }

    fn repr(&mut self, did: DefId, repr: &ReprOptions) {
        self.option(repr.int, |this, int| match int {
            IntegerType::Pointer(signed) => {
                this.variant(0);
                this.bool(signed);
            }
            IntegerType::Fixed(integer, signed) => {
                this.variant(1);
                this.variant(integer_number(integer));
                this.bool(signed);
            }
        });
        let align = |this: &mut Self, align: Align| this.hasher.write_u8(align.bytes().trailing_zeros() as u8);
        self.option(repr.align, align);
        self.option(repr.pack, align);
        self.hasher.write_u8(repr.flags.bits());
        self.option(repr.scalable, |this, element| match element {
            ScalableElt::ElementCount(count) => {
                this.variant(0);
                this.hasher.write_u16(count);
            }
            ScalableElt::Container => this.variant(1),
        });
        // The seed for shuffled fields, which every type has: a shorter hash of the definition's path.
        let definitions = self.tcx().definitions();
        let seed = definitions.stable_crate_id(did.krate).wrapping_mul(3);
        self.hasher.write_u64(seed.wrapping_add(definitions.def_path_hash_local(did)));
    }
}

fn int_number(int: IntTy) -> isize {
    match int {
        IntTy::Isize => 0,
        IntTy::I8 => 1,
        IntTy::I16 => 2,
        IntTy::I32 => 3,
        IntTy::I64 => 4,
        IntTy::I128 => 5,
    }
}

fn uint_number(uint: UintTy) -> isize {
    match uint {
        UintTy::Usize => 0,
        UintTy::U8 => 1,
        UintTy::U16 => 2,
        UintTy::U32 => 3,
        UintTy::U64 => 4,
        UintTy::U128 => 5,
    }
}

fn float_number(float: FloatTy) -> isize {
    match float {
        FloatTy::F16 => 0,
        FloatTy::F32 => 1,
        FloatTy::F64 => 2,
        FloatTy::F128 => 3,
    }
}

fn integer_number(integer: Integer) -> isize {
    match integer {
        Integer::I8 => 0,
        Integer::I16 => 1,
        Integer::I32 => 2,
        Integer::I64 => 3,
        Integer::I128 => 4,
    }
}
