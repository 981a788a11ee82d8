//! Rewriting the types in MIR: substitution of a body's parameters, normalisation, erasure.
//!
//! Everything here rebuilds a value from its rewritten parts. A place's projection is kept where nothing in it changed, so
//! that most places cost no memory.

use crate::*;
use smallvec::SmallVec;
use ty::{Span, Symbol, TypeFoldable, TypeFolder};

/// Types that hold no types.
macro_rules! keep {
    ($($name:ty),* $(,)?) => {
        $(impl<'tcx> TypeFoldable<'tcx> for $name {
            fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, _: &mut F) -> Self {
                self
            }
        })*
    };
}
keep!(SourceInfo, BasicBlock, Local, SourceScope);

impl<'tcx> TypeFoldable<'tcx> for ProjectionElem<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        match self {
            ProjectionElem::Field(field, ty) => ProjectionElem::Field(field, ty.fold_with(folder)),
            ProjectionElem::OpaqueCast(ty) => ProjectionElem::OpaqueCast(ty.fold_with(folder)),
            ProjectionElem::UnwrapUnsafeBinder(ty) => ProjectionElem::UnwrapUnsafeBinder(ty.fold_with(folder)),
            ProjectionElem::Deref
            | ProjectionElem::Index(_)
            | ProjectionElem::ConstantIndex { .. }
            | ProjectionElem::Subslice { .. }
            | ProjectionElem::Downcast(..) => self,
        }
    }
}

impl<'tcx> TypeFoldable<'tcx> for Place<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        for (index, &elem) in self.projection.iter().enumerate() {
            let folded = elem.fold_with(folder);
            if folded != elem {
                let mut all: SmallVec<[ProjectionElem<'tcx>; 8]> = SmallVec::from_slice(&self.projection[..index]);
                all.push(folded);
                all.extend(self.projection[index + 1..].iter().map(|rest| rest.fold_with(folder)));
                return Place { local: self.local, projection: folder.tcx().arena().alloc_slice(&all) };
            }
        }
        self
    }
}

impl<'tcx> TypeFoldable<'tcx> for Const<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        match self {
            Const::Ty(ty, constant) => Const::Ty(ty.fold_with(folder), constant.fold_with(folder)),
            Const::Unevaluated { constant, promoted, ty } => {
                Const::Unevaluated { constant: constant.fold_with(folder), promoted, ty: ty.fold_with(folder) }
            }
            Const::Val(value, ty) => Const::Val(value, ty.fold_with(folder)),
        }
    }
}

impl<'tcx> TypeFoldable<'tcx> for ConstOperand<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        ConstOperand { span: self.span, const_: self.const_.fold_with(folder) }
    }
}

impl<'tcx> TypeFoldable<'tcx> for Operand<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        match self {
            Operand::Copy(place) => Operand::Copy(place.fold_with(folder)),
            Operand::Move(place) => Operand::Move(place.fold_with(folder)),
            Operand::Constant(constant) => Operand::Constant(constant.fold_with(folder)),
            Operand::RuntimeChecks(_) => self,
        }
    }
}

impl<'tcx> TypeFoldable<'tcx> for AggregateKind<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        match self {
            AggregateKind::Array(ty) => AggregateKind::Array(ty.fold_with(folder)),
            AggregateKind::Tuple => AggregateKind::Tuple,
            AggregateKind::Adt(did, variant, args, field) => {
                AggregateKind::Adt(did, variant, args.fold_with(folder), field)
            }
            AggregateKind::Closure(did, args) => AggregateKind::Closure(did, args.fold_with(folder)),
            AggregateKind::Coroutine(did, args) => AggregateKind::Coroutine(did, args.fold_with(folder)),
            AggregateKind::CoroutineClosure(did, args) => AggregateKind::CoroutineClosure(did, args.fold_with(folder)),
            AggregateKind::RawPtr(ty, mutability) => AggregateKind::RawPtr(ty.fold_with(folder), mutability),
        }
    }
}

impl<'tcx> TypeFoldable<'tcx> for Rvalue<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        match self {
            Rvalue::Use(operand) => Rvalue::Use(operand.fold_with(folder)),
            Rvalue::Repeat(operand, count) => Rvalue::Repeat(operand.fold_with(folder), count.fold_with(folder)),
            Rvalue::Ref(kind, place) => Rvalue::Ref(kind, place.fold_with(folder)),
            Rvalue::ThreadLocalRef(did) => Rvalue::ThreadLocalRef(did),
            Rvalue::RawPtr(kind, place) => Rvalue::RawPtr(kind, place.fold_with(folder)),
            Rvalue::Cast(kind, operand, ty) => Rvalue::Cast(kind, operand.fold_with(folder), ty.fold_with(folder)),
            Rvalue::BinaryOp(op, operands) => Rvalue::BinaryOp(op, operands.fold_with(folder)),
            Rvalue::UnaryOp(op, operand) => Rvalue::UnaryOp(op, operand.fold_with(folder)),
            Rvalue::Discriminant(place) => Rvalue::Discriminant(place.fold_with(folder)),
            Rvalue::Aggregate(kind, fields) => Rvalue::Aggregate(kind.fold_with(folder), fields.fold_with(folder)),
            Rvalue::CopyForDeref(place) => Rvalue::CopyForDeref(place.fold_with(folder)),
            Rvalue::WrapUnsafeBinder(operand, ty) => {
                Rvalue::WrapUnsafeBinder(operand.fold_with(folder), ty.fold_with(folder))
            }
        }
    }
}

impl<'tcx> TypeFoldable<'tcx> for StatementKind<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        match self {
            StatementKind::Assign(assign) => StatementKind::Assign(assign.fold_with(folder)),
            StatementKind::SetDiscriminant { place, variant_index } => {
                StatementKind::SetDiscriminant { place: place.fold_with(folder), variant_index }
            }
            StatementKind::Assume(operand) => StatementKind::Assume(operand.fold_with(folder)),
            StatementKind::CopyNonOverlapping { src, dst, count } => StatementKind::CopyNonOverlapping {
                src: src.fold_with(folder),
                dst: dst.fold_with(folder),
                count: count.fold_with(folder),
            },
            StatementKind::StorageLive(_)
            | StatementKind::StorageDead(_)
            | StatementKind::Counter(_)
            | StatementKind::Nop => self,
        }
    }
}

impl<'tcx> TypeFoldable<'tcx> for Statement<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        Statement { source_info: self.source_info, kind: self.kind.fold_with(folder) }
    }
}

impl<'tcx> TypeFoldable<'tcx> for AssertKind<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        match self {
            AssertKind::BoundsCheck { len, index } => {
                AssertKind::BoundsCheck { len: len.fold_with(folder), index: index.fold_with(folder) }
            }
            AssertKind::Overflow(op, left, right) => {
                AssertKind::Overflow(op, left.fold_with(folder), right.fold_with(folder))
            }
            AssertKind::OverflowNeg(operand) => AssertKind::OverflowNeg(operand.fold_with(folder)),
            AssertKind::DivisionByZero(operand) => AssertKind::DivisionByZero(operand.fold_with(folder)),
            AssertKind::RemainderByZero(operand) => AssertKind::RemainderByZero(operand.fold_with(folder)),
            AssertKind::MisalignedPointerDereference { required, found } => AssertKind::MisalignedPointerDereference {
                required: required.fold_with(folder),
                found: found.fold_with(folder),
            },
            AssertKind::InvalidEnumConstruction(operand) => {
                AssertKind::InvalidEnumConstruction(operand.fold_with(folder))
            }
            AssertKind::ResumedAfterReturn(_)
            | AssertKind::ResumedAfterPanic(_)
            | AssertKind::ResumedAfterDrop(_)
            | AssertKind::NullPointerDereference => self,
        }
    }
}

impl<'tcx> TypeFoldable<'tcx> for InlineAsmOperand<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        match self {
            InlineAsmOperand::In { reg, value } => InlineAsmOperand::In { reg, value: value.fold_with(folder) },
            InlineAsmOperand::Out { reg, late, place } => {
                InlineAsmOperand::Out { reg, late, place: place.fold_with(folder) }
            }
            InlineAsmOperand::InOut { reg, late, in_value, out_place } => InlineAsmOperand::InOut {
                reg,
                late,
                in_value: in_value.fold_with(folder),
                out_place: out_place.fold_with(folder),
            },
            InlineAsmOperand::Const { value } => InlineAsmOperand::Const { value: value.fold_with(folder) },
            InlineAsmOperand::SymFn { value } => InlineAsmOperand::SymFn { value: value.fold_with(folder) },
            InlineAsmOperand::SymStatic { .. } | InlineAsmOperand::Label { .. } => self,
        }
    }
}

impl<'tcx> TypeFoldable<'tcx> for Call<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        Call {
            func: self.func.fold_with(folder),
            args: self.args.fold_with(folder),
            destination: self.destination.fold_with(folder),
            ..self
        }
    }
}

impl<'tcx> TypeFoldable<'tcx> for InlineAsm<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        InlineAsm { operands: self.operands.fold_with(folder), ..self }
    }
}

impl<'tcx> TypeFoldable<'tcx> for TerminatorKind<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        match self {
            TerminatorKind::SwitchInt { discr, targets } => {
                TerminatorKind::SwitchInt { discr: discr.fold_with(folder), targets }
            }
            TerminatorKind::Drop { place, target, unwind } => {
                TerminatorKind::Drop { place: place.fold_with(folder), target, unwind }
            }
            TerminatorKind::Call(call) => TerminatorKind::Call(call.fold_with(folder)),
            TerminatorKind::TailCall { func, args, fn_span } => {
                TerminatorKind::TailCall { func: func.fold_with(folder), args: args.fold_with(folder), fn_span }
            }
            TerminatorKind::Assert { cond, expected, msg, target, unwind } => TerminatorKind::Assert {
                cond: cond.fold_with(folder),
                expected,
                msg: msg.fold_with(folder),
                target,
                unwind,
            },
            TerminatorKind::InlineAsm(asm) => TerminatorKind::InlineAsm(asm.fold_with(folder)),
            TerminatorKind::Goto { .. }
            | TerminatorKind::UnwindResume
            | TerminatorKind::UnwindTerminate(_)
            | TerminatorKind::Return
            | TerminatorKind::Unreachable => self,
        }
    }
}

impl<'tcx> TypeFoldable<'tcx> for Terminator<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        Terminator { source_info: self.source_info, kind: self.kind.fold_with(folder) }
    }
}

impl<'tcx> TypeFoldable<'tcx> for BasicBlockData<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        BasicBlockData {
            statements: self.statements.fold_with(folder),
            terminator: self.terminator.fold_with(folder),
            is_cleanup: self.is_cleanup,
        }
    }
}

impl<'tcx> TypeFoldable<'tcx> for LocalDecl<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        LocalDecl { ty: self.ty.fold_with(folder), ..self }
    }
}

impl<'tcx> TypeFoldable<'tcx> for SourceScopeData<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        let inlined = self.inlined.map(|(instance, span): (_, Span)| (instance.fold_with(folder), span));
        SourceScopeData { inlined, ..self }
    }
}

impl<'tcx> TypeFoldable<'tcx> for VarDebugInfoContents<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        match self {
            VarDebugInfoContents::Place(place) => VarDebugInfoContents::Place(place.fold_with(folder)),
            VarDebugInfoContents::Const(constant) => VarDebugInfoContents::Const(constant.fold_with(folder)),
        }
    }
}

impl<'tcx> TypeFoldable<'tcx> for VarDebugInfoFragment<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        VarDebugInfoFragment { ty: self.ty.fold_with(folder), projection: self.projection }
    }
}

impl<'tcx> TypeFoldable<'tcx> for VarDebugInfo<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        let name: Symbol = self.name;
        VarDebugInfo {
            name,
            composite: self.composite.fold_with(folder),
            value: self.value.fold_with(folder),
            source_info: self.source_info,
            argument_index: self.argument_index,
        }
    }
}

impl<'tcx> TypeFoldable<'tcx> for CoroutineSavedTy<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        CoroutineSavedTy { ty: self.ty.fold_with(folder), ..self }
    }
}

impl<'tcx> TypeFoldable<'tcx> for CoroutineLayout<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        CoroutineLayout { field_tys: self.field_tys.fold_with(folder), ..self }
    }
}

impl<'tcx> TypeFoldable<'tcx> for CoroutineInfo<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        CoroutineInfo {
            coroutine_drop: self.coroutine_drop.fold_with(folder),
            coroutine_drop_async: self.coroutine_drop_async.fold_with(folder),
            coroutine_drop_proxy_async: self.coroutine_drop_proxy_async.fold_with(folder),
            coroutine_layout: self.coroutine_layout.fold_with(folder),
            coroutine_kind: self.coroutine_kind,
        }
    }
}

impl<'tcx> TypeFoldable<'tcx> for Body<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        Body {
            basic_blocks: self.basic_blocks.fold_with(folder),
            source_scopes: self.source_scopes.fold_with(folder),
            local_decls: self.local_decls.fold_with(folder),
            arg_count: self.arg_count,
            spread_arg: self.spread_arg,
            var_debug_info: self.var_debug_info.fold_with(folder),
            span: self.span,
            required_consts: self.required_consts.fold_with(folder),
            mentions: self.mentions.fold_with(folder),
            coroutine: self.coroutine.fold_with(folder),
            coverage: self.coverage,
        }
    }
}
