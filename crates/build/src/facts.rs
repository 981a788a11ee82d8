//! What building asks about types.

use crate::{BuildCx, Doubt, Result};
use mir::discriminant_ty;
use solve::ir::inherent::{ParamEnv as _, SliceLike as _};
use solve::ir::{TypeVisitableExt as _, Upcast as _};
use solve::{Goal, InferCx, ParamEnv};
use ty::{
    ClosureArgs, CoroutineClosureArgs, DefId, DefKind, Definitions, FloatTy, GenericArgs, Idx, IntTy, LangItem, Span,
    Tcx, TraitRef, Ty, TyKind, TypeFlags, UintTy, VariantIdx,
};

/// Types nest no deeper than this in programs that compile.
const DEEPEST: usize = 256;
/// What is asked of the parts of a type ends here: types that grow without end have more.
const MOST_PARTS: usize = 4096;

/// Which drops are asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Drops {
    All,
    /// Those of coroutines, and what may be one.
    Async,
}

/// Answers for the types of one body.
pub struct Facts<'tcx> {
    pub(crate) tcx: Tcx<'tcx>,
    cx: BuildCx<'tcx>,
    infer: InferCx<'tcx>,
    param_env: ParamEnv<'tcx>,
    /// The module that the body is in.
    module: DefId,
}

impl<'tcx> Facts<'tcx> {
    /// As type checking sees the body: opaque types are types of their own.
    pub fn new(cx: BuildCx<'tcx>, def_id: DefId) -> Facts<'tcx> {
        Facts::with(cx, def_id, InferCx::for_body(cx.solve, &[]))
    }

    /// As code generation sees the body: what is behind opaque types is known.
    pub fn after_analysis(cx: BuildCx<'tcx>, def_id: DefId) -> Facts<'tcx> {
        Facts::with(cx, def_id, InferCx::after_analysis(cx.solve))
    }

    fn with(cx: BuildCx<'tcx>, def_id: DefId, infer: InferCx<'tcx>) -> Facts<'tcx> {
        let tcx = cx.traits.tcx();
        let definitions = tcx.definitions();
        let parent = |id: DefId| definitions.def_key(id).parent.map(|index| DefId { krate: id.krate, index });
        // A closure has its function's clauses.
        let mut owner = def_id;
        while let (DefKind::Closure | DefKind::InlineConst | DefKind::AnonConst, Some(outer)) =
            (definitions.def_kind(owner), parent(owner))
        {
            owner = outer;
        }
        let mut module = def_id;
        while !matches!(definitions.def_kind(module), DefKind::Mod) {
            let Some(outer) = parent(module) else { break };
            module = outer;
        }
        let param_env = match definitions.def_kind(owner) {
            // Constants in it assume nothing.
            DefKind::GlobalAsm => cx.solve.mk_param_env(&[]),
            _ => cx.solve.param_env_of(owner),
        };
        Facts { tcx, cx, infer, param_env, module }
    }

    pub(crate) fn definitions(&self) -> &'tcx dyn Definitions<'tcx> {
        self.tcx.definitions()
    }

    /// Whether impls alone decide about the type: no parameters, nothing to be normalised.
    fn is_plain(ty: Ty<'tcx>) -> bool {
        !ty.flags()
            .intersects(TypeFlags::HAS_PARAM | TypeFlags::HAS_ALIAS | TypeFlags::HAS_UNEVALUATED | TypeFlags::HAS_ERROR)
    }

    /// Whether a where-clause without parameters does not hold, as in `fn f() where String: Copy`: then nobody calls the body.
    pub fn has_impossible_clauses(&self, span: Span) -> Result<bool> {
        let cx = self.cx.solve;
        let nothing = cx.mk_param_env(&[]);
        let clauses = self.param_env.caller_bounds();
        for &clause in clauses.as_slice() {
            // Clauses with constants that are not evaluated would lead to their bodies.
            let flags = solve::ir::TypeFlags::HAS_FREE_LOCAL_NAMES | solve::ir::TypeFlags::HAS_CT_PROJECTION;
            if clause.has_type_flags(flags) {
                continue;
            }
            let predicate: solve::Predicate<'tcx> = clause.upcast(cx);
            let answer = self.infer.may_hold(Goal::new(cx, nothing, predicate));
            if !answer.map_err(|doubt| Doubt::with("where-clause", span, doubt.to_string()))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn implements(&self, ty: Ty<'tcx>, item: LangItem, span: Span) -> Result<bool> {
        let Some(trait_) = self.tcx.lang_item(item) else {
            return Err(Doubt::with("language item", span, item.name()));
        };
        let trait_ref = TraitRef { def_id: trait_, args: self.tcx.mk_args(&[ty.into()]) };
        let cx = self.cx.solve;
        let predicate: solve::Predicate<'tcx> = cx.import_trait_ref(trait_ref).upcast(cx);
        let answer = self.infer.holds(Goal::new(cx, self.param_env, predicate));
        answer.map_err(|doubt| Doubt::with("trait goal", span, doubt.to_string()))
    }

    /// Whether nothing in a value of the type may change behind a shared reference.
    pub fn is_freeze(&self, ty: Ty<'tcx>, span: Span) -> Result<bool> {
        match Self::is_plain(ty) {
            true => Ok(self.cx.traits.is_freeze(ty)),
            false => self.implements(ty, LangItem::Freeze, span),
        }
    }

    /// Whether `Sized` holds.
    pub fn is_sized(&self, ty: Ty<'tcx>, span: Span) -> Result<bool> {
        match *ty.kind() {
            TyKind::Str | TyKind::Slice(_) | TyKind::Dynamic(..) | TyKind::Foreign(_) => Ok(false),
            _ if Self::is_plain(ty) => Ok(self.cx.traits.is_sized(ty)),
            _ => self.implements(ty, LangItem::Sized, span),
        }
    }

    /// Whether `Copy` holds.
    pub fn is_copy(&self, ty: Ty<'tcx>, span: Span) -> Result<bool> {
        match *ty.kind() {
            TyKind::Ref(_, _, mutability) => Ok(!mutability.is_mut()),
            TyKind::RawPtr(..) | TyKind::FnDef(..) | TyKind::FnPtr(_) | TyKind::Never => Ok(true),
            TyKind::Tuple(types) => {
                for ty in types {
                    if !self.is_copy(ty, span)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            // Where coroutines may be cloned at all, that is an unstable feature.
            TyKind::Coroutine(..) => Ok(false),
            _ if Self::is_plain(ty) => Ok(self.cx.traits.is_copy(ty)),
            _ => self.implements(ty, LangItem::Copy, span),
        }
    }

    /// The type with its aliases replaced by what they stand for, as far as the parameters allow.
    pub fn normalize(&self, ty: Ty<'tcx>, span: Span) -> Result<Ty<'tcx>> {
        if !ty.flags().contains(TypeFlags::HAS_ALIAS) {
            return Ok(ty);
        }
        let cx = self.cx.solve;
        let mut goals = solve::Fulfillment::new();
        let doubt = |doubt: Box<Doubt>| Doubt::with("normalisation", span, doubt.to_string());
        let imported = cx.import(ty);
        let value = self.infer.normalize(&mut goals, self.param_env, imported).map_err(doubt)?;
        goals.select_where_possible(&self.infer).map_err(doubt)?;
        cx.export(self.infer.resolved(value)).ok_or_else(|| Doubt::with("normalisation", span, cx.text(value)))
    }

    /// Whether dropping a value of the type may do anything.
    pub fn needs_drop(&self, ty: Ty<'tcx>, span: Span) -> Result<bool> {
        self.needs_drop_at(ty, Drops::All, span, 0)
    }

    /// Whether dropping a value of the type may suspend the coroutine that it is in.
    pub(crate) fn needs_async_drop(&self, ty: Ty<'tcx>, span: Span) -> Result<bool> {
        self.needs_drop_at(ty, Drops::Async, span, 0)
    }

    fn any_needs_drop(
        &self,
        types: impl IntoIterator<Item = Ty<'tcx>>,
        drops: Drops,
        span: Span,
        depth: usize,
    ) -> Result<bool> {
        for ty in types {
            if self.needs_drop_at(ty, drops, span, depth + 1)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn needs_drop_at(&self, ty: Ty<'tcx>, drops: Drops, span: Span, depth: usize) -> Result<bool> {
        if Self::is_plain(ty) && drops == Drops::All {
            return Ok(self.cx.traits.needs_drop(ty));
        }
        if depth > DEEPEST {
            return Err(Doubt::at("type without end", span));
        }
        match *ty.kind() {
            TyKind::Array(element, len) => {
                Ok(len.as_target_usize() != Some(0) && self.needs_drop_at(element, drops, span, depth + 1)?)
            }
            TyKind::Slice(element) => self.needs_drop_at(element, drops, span, depth + 1),
            TyKind::Tuple(types) => self.any_needs_drop(types.iter(), drops, span, depth),
            TyKind::Closure(_, args) => {
                self.any_needs_drop(ClosureArgs::new(args).upvar_tys().iter(), drops, span, depth)
            }
            TyKind::CoroutineClosure(_, args) => {
                self.any_needs_drop(CoroutineClosureArgs::new(args).upvar_tys().iter(), drops, span, depth)
            }
            TyKind::Adt(did, args) => {
                let adt = self.tcx.adt_def(did);
                if adt.is_manually_drop {
                    return Ok(false);
                }
                let has_destructor = match drops {
                    Drops::All => adt.is_box || self.definitions().adt_destructor(did).is_some(),
                    Drops::Async => self.has_async_destructor(did),
                };
                if has_destructor {
                    return Ok(true);
                }
                if adt.is_union() {
                    return Ok(false);
                }
                if drops == Drops::Async && self.is_copy(ty, span)? {
                    return Ok(false);
                }
                for field in adt.variants.iter().flat_map(|variant| variant.fields.iter()) {
                    let ty = self.field_ty(field.did, args);
                    if drops == Drops::Async
                        && let TyKind::Adt(did, args) = *ty.kind()
                    {
                        let mut leaves = Vec::new();
                        if !self.leaves(did, span, &mut leaves)? {
                            return Ok(true);
                        }
                        let leaves = leaves.into_iter().map(|leaf| self.tcx.subst(leaf, args));
                        let leaves: Result<Vec<_>> = leaves.map(|ty| self.normalize(ty, span)).collect();
                        if self.any_needs_drop(leaves?, drops, span, depth)? {
                            return Ok(true);
                        }
                        continue;
                    }
                    let ty = self.normalize(ty, span)?;
                    if self.needs_drop_at(ty, drops, span, depth + 1)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            TyKind::Alias(..) => {
                let normal = self.normalize(ty, span)?;
                match normal != ty && !matches!(normal.kind(), TyKind::Alias(..)) {
                    true => self.needs_drop_at(normal, drops, span, depth + 1),
                    false => Ok(!self.is_copy(normal, span)?),
                }
            }
            TyKind::Param(_) => Ok(!self.is_copy(ty, span)?),
            TyKind::Dynamic(..) => Ok(true),
            TyKind::Foreign(_) => Ok(false),
            TyKind::Coroutine(..) => Ok(true),
            TyKind::UnsafeBinder(binder) => {
                self.needs_drop_at(self.tcx.instantiate_bound_erased(binder), drops, span, depth + 1)
            }
            TyKind::Bool
            | TyKind::Char
            | TyKind::Int(_)
            | TyKind::Uint(_)
            | TyKind::Float(_)
            | TyKind::Never
            | TyKind::Str
            | TyKind::Ref(..)
            | TyKind::RawPtr(..)
            | TyKind::FnDef(..)
            | TyKind::FnPtr(_)
            | TyKind::Pat(..) => Ok(false),
            TyKind::CoroutineWitness(..) | TyKind::Bound(..) | TyKind::Infer(_) | TyKind::Error => {
                Err(Doubt::with("type in a body", span, self.tcx.ty_str(ty)))
            }
        }
    }

    fn has_async_destructor(&self, did: DefId) -> bool {
        let Some(trait_) = self.tcx.lang_item(LangItem::AsyncDrop) else { return false };
        let impls = self.definitions().impls_of_trait(trait_);
        impls.iter().any(|found| found.simplified_self == Some(ty::SimplifiedType::Adt(did)))
    }

    /// The parts of a struct or enum of which its parameters say whether they are dropped; `false` if it is dropped in any
    /// case. (rustc's `adt_drop_tys`. It asks this of the fields where it wants to know whether a drop may suspend, too: a
    /// field whose drop does anything counts there.)
    fn leaves(&self, did: DefId, span: Span, leaves: &mut Vec<Ty<'tcx>>) -> Result<bool> {
        let identity = self.definitions().type_of(did);
        let mut seen = vec![identity];
        let mut queue = vec![identity];
        while let Some(ty) = queue.pop() {
            let mut parts = Vec::new();
            match *ty.kind() {
                TyKind::Adt(did, args) => {
                    let adt = self.tcx.adt_def(did);
                    if adt.is_manually_drop {
                        continue;
                    }
                    if adt.is_box || self.definitions().adt_destructor(did).is_some() {
                        return Ok(false);
                    }
                    if !adt.is_union() {
                        let fields = adt.variants.iter().flat_map(|variant| variant.fields.iter());
                        parts.extend(fields.map(|field| self.field_ty(field.did, args)));
                    }
                }
                TyKind::Array(element, len) if len.as_target_usize() != Some(0) => parts.push(element),
                TyKind::Slice(element) => parts.push(element),
                TyKind::Tuple(types) => parts.extend(types.iter()),
                TyKind::Closure(_, args) => parts.extend(ClosureArgs::new(args).upvar_tys().iter()),
                TyKind::CoroutineClosure(_, args) => parts.extend(CoroutineClosureArgs::new(args).upvar_tys().iter()),
                TyKind::Coroutine(..) | TyKind::Dynamic(..) | TyKind::UnsafeBinder(_) => return Ok(false),
                TyKind::Param(_) | TyKind::Alias(..) if !leaves.contains(&ty) => leaves.push(ty),
                TyKind::Error | TyKind::Infer(_) | TyKind::Bound(..) | TyKind::CoroutineWitness(..) => {
                    return Err(Doubt::with("type in a body", span, self.tcx.ty_str(ty)));
                }
                _ => {}
            }
            for part in parts {
                if !seen.contains(&part) {
                    if seen.len() > MOST_PARTS {
                        return Err(Doubt::at("type without end", span));
                    }
                    seen.push(part);
                    queue.push(part);
                }
            }
        }
        Ok(true)
    }

    /// A field's type for a type's arguments, not normalised.
    pub fn field_ty(&self, field: DefId, args: GenericArgs<'tcx>) -> Ty<'tcx> {
        self.tcx.subst(self.definitions().type_of(field), args)
    }

    /// Whether a value of the type may exist, as far as the body's module sees into it.
    pub(crate) fn is_inhabited(&self, ty: Ty<'tcx>) -> bool {
        self.is_inhabited_at(ty, &|module| self.is_inside(module), 0)
    }

    /// Whether a value of the type may exist, private fields counted.
    pub fn may_exist(&self, ty: Ty<'tcx>) -> bool {
        self.is_inhabited_at(ty, &|_| true, 0)
    }

    fn is_inhabited_at(&self, ty: Ty<'tcx>, is_inside: &dyn Fn(DefId) -> bool, depth: usize) -> bool {
        if depth > DEEPEST {
            return true;
        }
        match *ty.kind() {
            TyKind::Never => false,
            TyKind::Tuple(types) => types.iter().all(|ty| self.is_inhabited_at(ty, is_inside, depth + 1)),
            TyKind::Array(element, len) => match len.as_target_usize() {
                Some(0) | None => true,
                Some(_) => self.is_inhabited_at(element, is_inside, depth + 1),
            },
            TyKind::Adt(did, args) => {
                let adt = self.tcx.adt_def(did);
                let facts = self.definitions().adt_hash_facts(did);
                if adt.is_union() {
                    return true;
                }
                if adt.is_enum() && self.is_non_exhaustive(did) {
                    return true;
                }
                adt.variants.iter().enumerate().any(|(index, variant)| {
                    let facts = facts.variants.get(index);
                    variant.fields.iter().enumerate().all(|(number, field)| {
                        let visible_in = facts.and_then(|facts| facts.fields.get(number)?.visible_in);
                        let is_hidden = visible_in.is_some_and(|module| !is_inside(module));
                        is_hidden && !adt.is_enum()
                            || self.is_inhabited_at(self.field_ty(field.did, args), is_inside, depth + 1)
                    })
                })
            }
            TyKind::Alias(..) => match self.normalize(ty, Span::DUMMY) {
                Ok(normal) if normal != ty => self.is_inhabited_at(normal, is_inside, depth + 1),
                _ => true,
            },
            _ => true,
        }
    }

    /// Whether an enum of another crate may get more variants.
    pub(crate) fn is_non_exhaustive(&self, adt: DefId) -> bool {
        adt.krate != self.module.krate && self.is_declared_non_exhaustive(adt)
    }

    /// Whether an enum says that it may get more variants, in its own crate, too.
    pub(crate) fn is_declared_non_exhaustive(&self, adt: DefId) -> bool {
        self.definitions().adt_hash_facts(adt).flags & VARIANT_LIST_NON_EXHAUSTIVE != 0
    }

    /// Whether the body is in the module.
    fn is_inside(&self, module: DefId) -> bool {
        let mut at = Some(self.module);
        while let Some(id) = at {
            if id == module {
                return true;
            }
            at = self.definitions().def_key(id).parent.map(|index| DefId { krate: id.krate, index });
        }
        false
    }

    /// The discriminants of an enum's variants, as bits of its discriminant type.
    pub fn discriminants(&self, adt: DefId, span: Span) -> Result<Vec<(VariantIdx, u128)>> {
        match self.cx.traits.discriminants(adt) {
            Ok(values) => Ok(values.iter().enumerate().map(|(at, &bits)| (VariantIdx::new(at), bits)).collect()),
            Err(_) => Err(Doubt::with("discriminants", span, self.tcx.def_path_str(adt))),
        }
    }

    /// The type of an enum's discriminants.
    pub(crate) fn discriminant_ty(&self, ty: Ty<'tcx>) -> Ty<'tcx> {
        discriminant_ty(self.tcx, ty)
    }

    /// The size of a scalar type in bytes.
    pub fn scalar_size(&self, ty: Ty<'tcx>, span: Span) -> Result<u8> {
        let pointer = || if self.tcx.session().data_layout.contains("p:32:32") { 4 } else { 8 };
        Ok(match *ty.kind() {
            TyKind::Bool | TyKind::Int(IntTy::I8) | TyKind::Uint(UintTy::U8) => 1,
            TyKind::Char => 4,
            TyKind::Int(int) => int.bit_width().map_or_else(pointer, |bits| (bits / 8) as u8),
            TyKind::Uint(int) => int.bit_width().map_or_else(pointer, |bits| (bits / 8) as u8),
            TyKind::Float(FloatTy::F16) => 2,
            TyKind::Float(float) => (float.bit_width() / 8) as u8,
            TyKind::RawPtr(..) | TyKind::Ref(..) | TyKind::FnPtr(_) => pointer(),
            _ => return Err(Doubt::with("scalar type", span, self.tcx.ty_str(ty))),
        })
    }

    /// A function of a trait, by its name.
    pub(crate) fn trait_method(&self, item: LangItem, name: &str, span: Span) -> Result<DefId> {
        let trait_ = self.tcx.lang_item(item);
        let items = trait_.map(|trait_| self.definitions().assoc_items(trait_)).unwrap_or_default();
        let found = items.iter().find(|item| item.name.as_str() == name);
        found.map(|item| item.def_id).ok_or_else(|| Doubt::with("language item", span, item.name()))
    }
}

/// rustc's `AdtFlags::IS_VARIANT_LIST_NON_EXHAUSTIVE`.
const VARIANT_LIST_NON_EXHAUSTIVE: u16 = 1 << 8;
