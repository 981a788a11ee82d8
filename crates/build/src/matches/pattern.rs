//! Patterns taken apart into places and what these must be.

use super::{Ascription, Binding, Bindings, Case, ConstantKind, Extra, FlatPat, MatchPair};
use crate::builder::Builder;
use crate::expr::is_full_range;
use crate::place::{PlaceBase, PlaceBuilder};
use crate::{Doubt, Result};
use mir::{Place, ProjectionElem};
use thir::{DerefPatBorrowMode, FieldPat, Pat, PatKind, Pinnedness};
use ty::{AliasTyKind, Ty, TyKind, TypeFlags, TypeFolder};

impl<'tcx> FlatPat<'tcx> {
    pub fn new(cx: &mut Builder<'_, 'tcx>, place: PlaceBuilder<'tcx>, pat: &Pat<'tcx>) -> Result<FlatPat<'tcx>> {
        let extra =
            Extra { span: pat.span, bindings: Vec::new(), ascriptions: Vec::new(), is_never: pat.is_never_pattern() };
        let mut flat = FlatPat { pairs: Vec::new(), extra };
        cx.flatten(place, pat, &mut flat.pairs, &mut flat.extra)?;
        Ok(flat)
    }
}

/// Looks for opaque types.
struct FindOpaque<'tcx> {
    tcx: ty::Tcx<'tcx>,
    found: bool,
    cache: ty::FoldCache<'tcx>,
}

impl<'tcx> TypeFolder<'tcx> for FindOpaque<'tcx> {
    fn tcx(&self) -> ty::Tcx<'tcx> {
        self.tcx
    }
    fn cache(&mut self) -> Option<(&mut ty::FoldCache<'tcx>, u32)> {
        Some((&mut self.cache, 0))
    }
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if !ty.flags().contains(TypeFlags::HAS_ALIAS) || self.found {
            return ty;
        }
        self.found |= matches!(ty.kind(), TyKind::Alias(AliasTyKind::Opaque, _));
        ty::super_fold_ty(self, ty)
    }
}

impl<'tcx> Builder<'_, 'tcx> {
    fn has_opaque_types(&self, ty: Ty<'tcx>) -> bool {
        let mut finder = FindOpaque { tcx: self.tcx, found: false, cache: ty::FoldCache::default() };
        finder.fold_ty(ty);
        finder.found
    }

    fn flatten_fields(
        &mut self,
        place: &PlaceBuilder<'tcx>,
        fields: &[FieldPat<'tcx>],
        pairs: &mut Vec<MatchPair<'tcx>>,
        extra: &mut Extra<'tcx>,
    ) -> Result<()> {
        for field in fields {
            let place = place.clone_project(ProjectionElem::Field(field.field, field.pattern.ty));
            self.flatten(place, &field.pattern, pairs, extra)?;
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments, reason = "a slice pattern has that many parts")]
    fn flatten_elements(
        &mut self,
        place: &PlaceBuilder<'tcx>,
        array_len: Option<u64>,
        prefix: &[Pat<'tcx>],
        slice: Option<&Pat<'tcx>>,
        suffix: &[Pat<'tcx>],
        pairs: &mut Vec<MatchPair<'tcx>>,
        extra: &mut Extra<'tcx>,
    ) -> Result<()> {
        let (before, after) = (prefix.len() as u64, suffix.len() as u64);
        let is_array = array_len.is_some();
        let min_length = array_len.unwrap_or(before + after);
        for (offset, pat) in (0..).zip(prefix) {
            let elem = ProjectionElem::ConstantIndex { offset, min_length, from_end: false };
            self.flatten(place.clone_project(elem), pat, pairs, extra)?;
        }
        if let Some(pat) = slice {
            let to = if is_array { min_length.saturating_sub(after) } else { after };
            let elem = ProjectionElem::Subslice { from: before, to, from_end: !is_array };
            self.flatten(place.clone_project(elem), pat, pairs, extra)?;
        }
        for (from_end, pat) in (1..).zip(suffix.iter().rev()) {
            let offset = if is_array { min_length.saturating_sub(from_end) } else { from_end };
            let elem = ProjectionElem::ConstantIndex { offset, min_length, from_end: !is_array };
            self.flatten(place.clone_project(elem), pat, pairs, extra)?;
        }
        Ok(())
    }

    fn flatten(
        &mut self,
        mut builder: PlaceBuilder<'tcx>,
        pat: &Pat<'tcx>,
        pairs: &mut Vec<MatchPair<'tcx>>,
        extra: &mut Extra<'tcx>,
    ) -> Result<()> {
        ty::ensure_stack();
        if let Some(resolved) = builder.resolve_upvar(self) {
            builder = resolved;
        }
        // A value of an opaque type is matched as what it is.
        let needs_cast = match builder.base {
            PlaceBase::Local(local) => {
                let projection = self.tcx.arena().alloc_slice(&builder.projection);
                let ty = self.ty_of(Place { local, projection });
                ty != pat.ty && self.has_opaque_types(ty)
            }
            PlaceBase::Upvar(_) => true,
        };
        if needs_cast {
            builder = builder.project(ProjectionElem::OpaqueCast(pat.ty));
        }
        let place = builder.try_to_place(self);
        if let Some(source) = place {
            let ascriptions = pat.extra.iter().flat_map(|extra| &extra.ascriptions);
            extra.ascriptions.extend(ascriptions.map(|ascription| Ascription {
                source,
                annotation: ascription.annotation,
                variance: ascription.variance,
            }));
        }
        let mut subpairs = Vec::new();
        let case = match &pat.kind {
            PatKind::Missing | PatKind::Wild => None,
            PatKind::Or { pats } => {
                let mut flat = Vec::with_capacity(pats.len());
                for pat in pats {
                    flat.push(FlatPat::new(self, builder.clone(), pat)?);
                }
                if flat.first().is_some_and(|first| !first.extra.bindings.is_empty()) {
                    extra.bindings.push(Bindings::FromOrPattern);
                }
                Some(Case::Or { pats: flat })
            }
            PatKind::Range(range) => {
                let size = self.facts.scalar_size(range.ty, pat.span)?;
                (!is_full_range(range, size)).then_some(Case::Range(**range))
            }
            PatKind::Constant { value } => {
                let kind = match *pat.ty.kind() {
                    TyKind::Bool => ConstantKind::Bool,
                    TyKind::Int(_) | TyKind::Uint(_) | TyKind::Char => ConstantKind::IntOrChar,
                    TyKind::Float(_) => ConstantKind::Float,
                    TyKind::Str => ConstantKind::String,
                    _ => ConstantKind::Other,
                };
                Some(Case::Constant { value: *value, kind })
            }
            PatKind::Binding { mode, var, subpattern, .. } => {
                if let Some(subpattern) = subpattern {
                    self.flatten(builder, subpattern, &mut subpairs, extra)?;
                }
                if let Some(source) = place {
                    let binding = Binding { span: pat.span, source, var: *var, mode: *mode };
                    extra.bindings.push(Bindings::One(binding));
                }
                None
            }
            PatKind::Array { prefix, slice, suffix } => {
                let len = match *pat.ty.kind() {
                    TyKind::Array(_, len) => len.as_target_usize(),
                    _ => None,
                };
                let Some(len) = len else { return Err(Doubt::at("array pattern of unknown length", pat.span)) };
                let slice = slice.as_deref();
                self.flatten_elements(&builder, Some(len), prefix, slice, suffix, &mut subpairs, extra)?;
                None
            }
            PatKind::Slice { prefix, slice, suffix } => {
                self.flatten_elements(&builder, None, prefix, slice.as_deref(), suffix, &mut subpairs, extra)?;
                let is_any = prefix.is_empty() && slice.is_some() && suffix.is_empty();
                let len = (prefix.len() + suffix.len()) as u64;
                (!is_any).then_some(Case::Slice { len, is_exact: slice.is_none() })
            }
            PatKind::Variant { adt_def, variant_index, subpatterns, .. } => {
                let downcast = builder.downcast(self, *adt_def, *variant_index);
                self.flatten_fields(&downcast, subpatterns, &mut subpairs, extra)?;
                let adt = self.tcx.adt_def(*adt_def);
                let is_refutable = adt.variants.len() > 1 || self.facts.is_declared_non_exhaustive(*adt_def);
                is_refutable.then_some(Case::Variant { adt: *adt_def, variant: *variant_index })
            }
            PatKind::Leaf { subpatterns } => {
                self.flatten_fields(&builder, subpatterns, &mut subpairs, extra)?;
                None
            }
            PatKind::Deref { pin: Pinnedness::Pinned, .. } => {
                return Err(Doubt::at("pinned reference in a pattern", pat.span));
            }
            PatKind::Deref { subpattern, .. }
            | PatKind::DerefPattern { subpattern, borrow: DerefPatBorrowMode::Box } => {
                self.flatten(builder.deref(), subpattern, &mut subpairs, extra)?;
                None
            }
            PatKind::DerefPattern { subpattern, borrow: DerefPatBorrowMode::Borrow(mutability) } => {
                let temp = self.temp(self.tcx.mk_ref(subpattern.ty, *mutability), pat.span);
                let target = PlaceBuilder::from(temp).deref();
                self.flatten(target, subpattern, &mut subpairs, extra)?;
                Some(Case::Deref { temp, mutability: *mutability })
            }
            PatKind::Never => Some(Case::Never),
        };
        match case {
            Some(case) => pairs.push(MatchPair { place, case, subpairs, ty: pat.ty, span: pat.span }),
            // What is irrefutable leaves only what is inside of it.
            None => pairs.extend(subpairs),
        }
        Ok(())
    }
}
