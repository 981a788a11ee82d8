//! Which references may be promoted.

use super::qualifs::{Known, Qualif, Qualifs, without_reborrow};
use super::{Temp, Temps, is_union};
use crate::cx::BodyCx;
use crate::work::{Exit, Work};
use build::Result;
use mir::visit::Location;
use mir::{
    BasicBlock, BinOp, BorrowKind, CastKind, Const, ConstOperand, Local, Operand, Place, ProjectionElem, Rvalue,
    TerminatorKind,
};
use rustc_hash::FxHashSet;
use ty::{
    CodegenFlags, ConstKind, ConstValue, DefId, DefKind, DefPathData, GlobalAlloc, Scalar, ScalarInt, TyKind,
    TypeFlags, ValTreeKind,
};

/// What is evaluated at compile time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Context {
    /// Functions, `const` or not.
    Function,
    Const,
    InlineConst,
    Static,
}

fn context(cx: &BodyCx<'_>) -> Context {
    let definitions = cx.tcx.definitions();
    match definitions.def_kind(cx.def_id) {
        DefKind::Static { .. } => Context::Static,
        DefKind::Const | DefKind::AssocConst | DefKind::AnonConst => Context::Const,
        DefKind::InlineConst => Context::InlineConst,
        _ => Context::Function,
    }
}

/// Those of the references that may be promoted.
pub(super) fn valid<'tcx>(
    cx: &BodyCx<'tcx>,
    work: &Work<'tcx>,
    temps: &mut Temps,
    candidates: Vec<Location>,
) -> Result<Vec<Location>> {
    let mut validator = Validator { cx, work, temps, context: context(cx), safe_blocks: None };
    let mut valid = Vec::new();
    for at in candidates {
        if validator.candidate(at)? {
            valid.push(at);
        }
    }
    Ok(valid)
}

struct Validator<'a, 'tcx> {
    cx: &'a BodyCx<'tcx>,
    work: &'a Work<'tcx>,
    temps: &'a mut Temps,
    context: Context,
    /// Blocks that run whenever the body returns.
    safe_blocks: Option<FxHashSet<BasicBlock>>,
}

impl<'tcx> Validator<'_, 'tcx> {
    fn qualif(&self, qualif: Qualif, local: Local) -> Result<bool> {
        let known = Known::Temps(self.temps);
        Qualifs { cx: self.cx, work: self.work, known }.in_local(qualif, local)
    }

    fn candidate(&mut self, at: Location) -> Result<bool> {
        let work = self.work;
        let statement = &work.blocks[at.block].statements[at.statement_index];
        let Some((_, Rvalue::Ref(kind, place))) = statement.as_assign() else { return Ok(false) };
        // Whether the steps of the place can be evaluated does not matter: they stay where they are.
        Ok(self.local(place.local)? && self.reference(*kind, *place)? && !place.is_indirect())
    }

    fn local(&mut self, local: Local) -> Result<bool> {
        ty::ensure_stack();
        let Temp::Defined { at, uses, valid } = self.temps[local] else { return Ok(false) };
        if self.qualif(Qualif::NeedsDrop, local)? {
            return Ok(false);
        }
        if valid {
            return Ok(true);
        }
        let work = self.work;
        let block = &work.blocks[at.block];
        let valid = match block.statements.get(at.statement_index) {
            Some(statement) => match statement.as_assign() {
                Some((_, rvalue)) => self.rvalue(rvalue)?,
                None => false,
            },
            None => match &block.terminator().kind {
                Exit::Run(TerminatorKind::Call(call)) => self.call(call, at.block)?,
                _ => false,
            },
        };
        self.temps[local] = if valid { Temp::Defined { at, uses, valid } } else { Temp::Unpromotable };
        Ok(valid)
    }

    /// Whether the place can be read.
    fn place(&mut self, place: Place<'tcx>) -> Result<bool> {
        let Some((step, base)) = place.projection.split_last() else { return self.local(place.local) };
        let base = Place { projection: base, ..place };
        let base_ty = || base.ty(&self.work.locals, self.cx.tcx);
        let is_fine = match *step {
            ProjectionElem::ConstantIndex { .. }
            | ProjectionElem::Subslice { .. }
            | ProjectionElem::UnwrapUnsafeBinder(_) => true,
            ProjectionElem::OpaqueCast(_) | ProjectionElem::Downcast(..) => false,
            ProjectionElem::Deref => self.is_read_of_static(base),
            ProjectionElem::Index(index) => self.is_in_bounds(index, base) && self.local(index)?,
            ProjectionElem::Field(..) => !is_union(self.cx.tcx, base_ty()),
        };
        Ok(is_fine && self.place(base)?)
    }

    /// What a temporary is assigned, if that is a constant.
    fn assigned_constant(&self, local: Local) -> Option<ConstOperand<'tcx>> {
        let Temp::Defined { at, .. } = self.temps[local] else { return None };
        match self.work.blocks[at.block].statements.get(at.statement_index)?.as_assign()? {
            (_, Rvalue::Use(Operand::Constant(constant))) => Some(**constant),
            _ => None,
        }
    }

    /// Statics read others by `*pointer`. Other constants must not read any.
    fn is_read_of_static(&self, pointer: Place<'tcx>) -> bool {
        let constant = pointer.as_local().and_then(|local| self.assigned_constant(local));
        match constant.and_then(|constant| self.static_of(&constant)) {
            Some(id) => self.context == Context::Static && !self.is_thread_local(id),
            None => false,
        }
    }

    fn is_in_bounds(&self, index: Local, base: Place<'tcx>) -> bool {
        let constant = self.assigned_constant(index);
        let index = constant.and_then(|constant| self.value(&constant)).map(|value| value.bits);
        match (index, *base.ty(&self.work.locals, self.cx.tcx).kind()) {
            (Some(index), TyKind::Array(_, len)) => len.as_target_usize().is_some_and(|len| index < u128::from(len)),
            _ => false,
        }
    }

    /// The static that a constant is the address of.
    fn static_of(&self, constant: &ConstOperand<'tcx>) -> Option<DefId> {
        match constant.const_ {
            Const::Val(ConstValue::Scalar(Scalar::Ptr(id, ..)), _) => match self.cx.tcx.try_global_alloc(id) {
                Some(GlobalAlloc::Static(def_id)) => Some(def_id),
                _ => None,
            },
            _ => None,
        }
    }

    fn is_thread_local(&self, def_id: DefId) -> bool {
        self.cx.tcx.definitions().codegen_attrs(def_id).flags.contains(CodegenFlags::THREAD_LOCAL)
    }

    /// A constant's bits, where promotion may evaluate it.
    fn value(&self, constant: &ConstOperand<'tcx>) -> Option<ScalarInt> {
        match constant.const_ {
            Const::Val(ConstValue::Scalar(Scalar::Int(value)), _) => Some(value),
            // Evaluation would ask for this body, too.
            Const::Unevaluated { constant, promoted: None, .. }
                if self.cx.tcx.definitions().def_kind(constant.def) != DefKind::InlineConst =>
            {
                let constant = self.cx.tcx.mk_const(ConstKind::Unevaluated(constant));
                if constant.flags().contains(TypeFlags::HAS_PARAM) {
                    return None;
                }
                match self.cx.tcx.hooks().eval_const(constant).ok()?.as_value()?.1.kind() {
                    ValTreeKind::Leaf(value) => Some(value),
                    ValTreeKind::Branch(_) => None,
                }
            }
            _ => None,
        }
    }

    fn operand(&mut self, operand: &Operand<'tcx>) -> Result<bool> {
        match operand {
            Operand::Copy(place) | Operand::Move(place) => self.place(*place),
            Operand::RuntimeChecks(_) => Ok(false),
            Operand::Constant(constant) => Ok(match self.static_of(constant) {
                Some(id) => self.context == Context::Static && !self.is_thread_local(id),
                None => true,
            }),
        }
    }

    /// Whether a reference of the kind may be to constant memory.
    fn reference(&self, kind: BorrowKind, place: Place<'tcx>) -> Result<bool> {
        match kind {
            BorrowKind::Fake => Ok(false),
            BorrowKind::Shared => Ok(!self.qualif(Qualif::HasMutInterior, place.local)?),
            // `&mut []`
            BorrowKind::Mut => Ok(match *place.ty(&self.work.locals, self.cx.tcx).kind() {
                TyKind::Array(_, len) => len.as_target_usize() == Some(0),
                _ => false,
            }),
        }
    }

    fn rvalue(&mut self, rvalue: &Rvalue<'tcx>) -> Result<bool> {
        match rvalue {
            Rvalue::Use(operand)
            | Rvalue::Repeat(operand, _)
            | Rvalue::WrapUnsafeBinder(operand, _)
            | Rvalue::UnaryOp(_, operand) => self.operand(operand),
            Rvalue::CopyForDeref(place) | Rvalue::Discriminant(place) => self.place(*place),
            Rvalue::ThreadLocalRef(_) => Ok(false),
            // Addresses are not known at compile time.
            Rvalue::Cast(CastKind::PointerExposeProvenance, ..) => Ok(false),
            Rvalue::Cast(_, operand, _) => self.operand(operand),
            Rvalue::BinaryOp(op, operands) => {
                let (left, right) = &**operands;
                Ok(self.is_safe_op(*op, left, right) && self.operand(left)? && self.operand(right)?)
            }
            Rvalue::RawPtr(_, place) => match without_reborrow(self.cx, self.work, *place) {
                base if base != *place => self.place(base),
                _ => Ok(false),
            },
            Rvalue::Ref(kind, place) => {
                let base = without_reborrow(self.cx, self.work, *place);
                Ok(self.place(base)? && self.reference(*kind, *place)?)
            }
            Rvalue::Aggregate(_, operands) => {
                for operand in operands {
                    if !self.operand(operand)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    }

    /// Whether an operation can be evaluated at compile time, whatever is not known of its operands.
    fn is_safe_op(&self, op: BinOp, left: &Operand<'tcx>, right: &Operand<'tcx>) -> bool {
        let ty = left.ty(&self.work.locals, self.cx.tcx);
        let value = |operand: &Operand<'tcx>| operand.constant().and_then(|constant| self.value(constant));
        match *ty.kind() {
            TyKind::RawPtr(..) | TyKind::FnPtr(_) => false,
            TyKind::Uint(_) if matches!(op, BinOp::Div | BinOp::Rem) => {
                value(right).is_some_and(|divisor| divisor.bits != 0)
            }
            TyKind::Int(_) if matches!(op, BinOp::Div | BinOp::Rem) => match value(right) {
                None => false,
                Some(divisor) if divisor.bits == 0 => false,
                // The least number has no negative.
                Some(divisor) if divisor.signed() == -1 => {
                    let least = |value: ScalarInt| i128::MIN >> (128 - 8 * u32::from(value.size));
                    value(left).is_some_and(|value| value.signed() != least(value))
                }
                Some(_) => true,
            },
            _ => true,
        }
    }

    fn call(&mut self, call: &mir::Call<'tcx>, block: BasicBlock) -> Result<bool> {
        if !self.operand(&call.func)? {
            return Ok(false);
        }
        for arg in &call.args {
            if !self.operand(arg)? {
                return Ok(false);
            }
        }
        let TyKind::FnDef(callee, _) = *call.func.ty(&self.work.locals, self.cx.tcx).kind() else { return Ok(false) };
        if self.is_promotable(callee) {
            return Ok(true);
        }
        // Constants and statics promoted all calls once, and do so still where the call happens anyway.
        let promotes_calls = matches!(self.context, Context::Static | Context::Const);
        Ok(promotes_calls && self.cx.tcx.definitions().is_const_fn(callee) && self.is_safe_block(block))
    }

    fn is_safe_block(&mut self, block: BasicBlock) -> bool {
        let work = self.work;
        let safe = self.safe_blocks.get_or_insert_with(|| {
            let mut safe = FxHashSet::default();
            let mut next = Some(BasicBlock::START);
            while let Some(block) = next
                && safe.insert(block)
            {
                let data = &work.blocks[block];
                next = match (data.exit(), data.drop()) {
                    (_, Some(drop)) => Some(drop.target),
                    (Some(TerminatorKind::Goto { target } | TerminatorKind::Assert { target, .. }), _) => Some(*target),
                    (Some(TerminatorKind::Call(call)), _) => call.target,
                    _ => None,
                };
            }
            safe
        });
        safe.contains(&block)
    }

    /// Whether the function is one of those of `core` that are marked `#[rustc_promotable]`: calls of them are promoted in all
    /// code. Metadata does not say so in a place that is read.
    fn is_promotable(&self, def_id: DefId) -> bool {
        let (tcx, definitions) = (self.cx.tcx, self.cx.tcx.definitions());
        if definitions.crate_name(def_id.krate).as_str() != "core" || !definitions.is_const_fn(def_id) {
            return false;
        }
        let key = definitions.def_key(def_id);
        let DefPathData::ValueNs(name) = key.data else { return false };
        let parent = key.parent.map(|index| DefId { krate: def_id.krate, index });
        match parent.map(|parent| (parent, definitions.def_kind(parent))) {
            Some((impl_, DefKind::Impl { .. })) => match *definitions.type_of(impl_).kind() {
                TyKind::Int(_) | TyKind::Uint(_) => matches!(name.as_str(), "min_value" | "max_value"),
                TyKind::Adt(adt, _) if name.as_str() == "new" => {
                    let adt = tcx.def_path_str(adt);
                    ["RangeInclusive", "RawWaker", "RawWakerVTable"].iter().any(|known| adt.ends_with(known))
                        && (adt.contains("::ops::range::") || adt.contains("::task::wake::"))
                }
                _ => false,
            },
            Some((module, DefKind::Mod)) => match tcx.def_path_str(module).as_str() {
                "core::mem" => matches!(name.as_str(), "size_of" | "align_of"),
                "core::ptr" => matches!(name.as_str(), "null" | "null_mut"),
                _ => false,
            },
            _ => false,
        }
    }
}
