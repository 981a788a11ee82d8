//! Checks of raw pointers before they are dereferenced, with debug assertions: that they are aligned, and not null.

use crate::cx::BodyCx;
use crate::work::{Block, Exit, Statement, Terminator, Work, scalar};
use build::Result;
use mir::visit::{Location, PlaceContext, Visitor, super_statement_kind};
use mir::{
    AssertKind, BasicBlock, BinOp, CastKind, Const, ConstOperand, LocalDecl, Operand, Place, Rvalue, SourceInfo,
    TerminatorKind, UnOp, UnwindAction,
};
use ty::{LangItem, Mutability, Ty, TyKind, UnevaluatedConst};

/// Asserts that pointers are multiples of their pointees' alignment.
pub(crate) fn alignment<'tcx>(cx: &BodyCx<'tcx>, work: &mut Work<'tcx>) -> Result<()> {
    let types = cx.tcx.types();
    let excluded = [types.bool, types.i8, types.u8];
    insert(cx, work, &excluded, Borrows::OfParts, |check, pointer, pointee, _| {
        let (usize_ty, types) = (types.usize, types);
        let address = check.address(pointer);
        let required = check.layout_constant(LangItem::AlignOf, pointee)?;
        let one = check.usize(1)?;
        let mask = check.temp(usize_ty, Rvalue::BinaryOp(BinOp::Sub, Box::new((required.clone(), one))));
        let operands = Box::new((Operand::Copy(address), Operand::Copy(mask)));
        let bits = check.temp(usize_ty, Rvalue::BinaryOp(BinOp::BitAnd, operands));
        let zero = check.usize(0)?;
        let operands = Box::new((Operand::Copy(bits), zero));
        let is_ok = check.temp(types.bool, Rvalue::BinaryOp(BinOp::Eq, operands));
        Some((is_ok, AssertKind::MisalignedPointerDereference { required, found: Operand::Copy(address) }))
    })
}

/// Asserts that pointers are not null, but for pointees without bytes.
pub(crate) fn null<'tcx>(cx: &BodyCx<'tcx>, work: &mut Work<'tcx>) -> Result<()> {
    let types = cx.tcx.types();
    insert(cx, work, &[], Borrows::OfPointees, |check, pointer, pointee, context| {
        let address = check.address(pointer);
        let zero = check.usize(0)?;
        let matters = match context {
            PlaceContext::SharedBorrow | PlaceContext::MutBorrow => scalar(1, 1, types.bool, check.source_info.span),
            _ => {
                let size = check.layout_constant(LangItem::SizeOf, pointee)?;
                let operands = Box::new((size, zero.clone()));
                Operand::Copy(check.temp(types.bool, Rvalue::BinaryOp(BinOp::Ne, operands)))
            }
        };
        let operands = Box::new((Operand::Copy(address), zero));
        let is_null = check.temp(types.bool, Rvalue::BinaryOp(BinOp::Eq, operands));
        let operands = Box::new((Operand::Copy(is_null), matters));
        let is_wrong = check.temp(types.bool, Rvalue::BinaryOp(BinOp::BitAnd, operands));
        let is_ok = check.temp(types.bool, Rvalue::UnaryOp(UnOp::Not, Operand::Copy(is_wrong)));
        Some((is_ok, AssertKind::NullPointerDereference))
    })
}

/// Enums are checked when they are transmuted from other values. That is not done here.
///
/// # Errors
/// There is such a transmute.
pub(crate) fn no_enums<'tcx>(cx: &BodyCx<'tcx>, work: &Work<'tcx>) -> Result<()> {
    for statement in work.blocks.iter().flat_map(|block| &block.statements) {
        if let Some((_, Rvalue::Cast(CastKind::Transmute, _, ty))) = statement.as_assign()
            && let TyKind::Adt(did, _) = *ty.kind()
            && cx.tcx.adt_def(did).is_enum()
            && cx.tcx.adt_def(did).variants.len() != 1
        {
            return Err(build::Doubt::at("transmute to an enum", statement.source_info.span));
        }
    }
    Ok(())
}

/// What is checked where a part of a pointee is borrowed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Borrows {
    /// The pointer must be right for that part.
    OfParts,
    OfPointees,
}

/// A check that is being made: its statements are at the end of the block.
struct Check<'a, 'tcx> {
    cx: &'a BodyCx<'tcx>,
    work: &'a mut Work<'tcx>,
    block: BasicBlock,
    source_info: SourceInfo,
}

impl<'tcx> Check<'_, 'tcx> {
    fn temp(&mut self, ty: Ty<'tcx>, value: Rvalue<'tcx>) -> Place<'tcx> {
        let decl = LocalDecl { mutability: Mutability::Mut, ty, source_info: self.source_info };
        let place = Place::from_local(self.work.locals.push(decl));
        self.work.blocks[self.block].statements.push(Statement::assign(self.source_info, place, value));
        place
    }

    fn usize(&self, value: u128) -> Option<Operand<'tcx>> {
        let (ty, span) = (self.cx.tcx.types().usize, self.source_info.span);
        Some(scalar(value, self.cx.facts.scalar_size(ty, span).ok()?, ty, span))
    }

    fn address(&mut self, pointer: Place<'tcx>) -> Place<'tcx> {
        let types = self.cx.tcx.types();
        let thin = self.cx.tcx.mk_ptr(types.unit, Mutability::Not);
        let thin = self.temp(thin, Rvalue::Cast(CastKind::PtrToPtr, Operand::Copy(pointer), thin));
        self.temp(types.usize, Rvalue::Cast(CastKind::Transmute, Operand::Copy(thin), types.usize))
    }

    /// The size or alignment of a type.
    fn layout_constant(&self, item: LangItem, ty: Ty<'tcx>) -> Option<Operand<'tcx>> {
        let tcx = self.cx.tcx;
        let constant = UnevaluatedConst { def: tcx.lang_item(item)?, args: tcx.mk_args(&[ty.into()]) };
        let const_ = Const::Unevaluated { constant, promoted: None, ty: tcx.types().usize };
        Some(Operand::Constant(Box::new(ConstOperand { span: self.source_info.span, const_ })))
    }
}

/// A pointer that is dereferenced, what it is taken to point to, and what for.
type Found<'tcx> = (Place<'tcx>, Ty<'tcx>, PlaceContext);

/// Puts checks before the statements that dereference raw pointers.
fn insert<'tcx>(
    cx: &BodyCx<'tcx>,
    work: &mut Work<'tcx>,
    excluded: &[Ty<'tcx>],
    borrows: Borrows,
    check: impl Fn(&mut Check<'_, 'tcx>, Place<'tcx>, Ty<'tcx>, PlaceContext) -> Option<(Place<'tcx>, AssertKind<'tcx>)>,
) -> Result<()> {
    // Without one there is no panic to call.
    if cx.tcx.lang_item(LangItem::PanicImpl).is_none() {
        return Ok(());
    }
    for block in work.blocks.indices().rev() {
        for index in (0..work.blocks[block].statements.len()).rev() {
            let statement = &work.blocks[block].statements[index];
            let source_info = statement.source_info;
            let mut finder = Finder { cx, work, borrows, found: Vec::new() };
            if let crate::work::Step::Run(kind) = &statement.kind {
                super_statement_kind(&mut finder, kind, Location { block, statement_index: index });
            }
            for (pointer, pointee, context) in finder.found {
                if !cx.facts.is_sized(pointee, source_info.span)? {
                    continue;
                }
                let element = match *pointee.kind() {
                    TyKind::Array(element, _) => element,
                    _ => pointee,
                };
                if excluded.contains(&element) {
                    continue;
                }
                let data = &mut work.blocks[block];
                let rest = Block {
                    statements: data.statements.split_off(index),
                    terminator: data.terminator.take(),
                    is_cleanup: data.is_cleanup,
                };
                let target = work.blocks.push(rest);
                let mut new = Check { cx, work, block, source_info };
                let kind = match check(&mut new, pointer, pointee, context) {
                    Some((is_ok, msg)) => TerminatorKind::Assert {
                        cond: Operand::Copy(is_ok),
                        expected: true,
                        msg: Box::new(msg),
                        target,
                        unwind: UnwindAction::Unreachable,
                    },
                    None => return Err(build::Doubt::at("check of a pointer", source_info.span)),
                };
                work.blocks[block].terminator = Some(Terminator { source_info, kind: Exit::Run(kind) });
            }
        }
    }
    Ok(())
}

struct Finder<'a, 'tcx> {
    cx: &'a BodyCx<'tcx>,
    work: &'a Work<'tcx>,
    borrows: Borrows,
    found: Vec<Found<'tcx>>,
}

impl<'tcx> Visitor<'tcx> for Finder<'_, 'tcx> {
    fn visit_place(&mut self, place: Place<'tcx>, context: PlaceContext, _: Location) {
        let is_access = matches!(
            context,
            PlaceContext::Store
                | PlaceContext::Call
                | PlaceContext::Drop
                | PlaceContext::MutBorrow
                | PlaceContext::SharedBorrow
                | PlaceContext::Copy
                | PlaceContext::Move
        );
        if !is_access || !place.is_indirect() {
            return;
        }
        let TyKind::RawPtr(mut pointee, _) = *self.work.locals[place.local].ty.kind() else { return };
        let is_borrow = matches!(context, PlaceContext::SharedBorrow | PlaceContext::MutBorrow);
        if is_borrow && self.borrows == Borrows::OfParts {
            pointee = place.ty(&self.work.locals, self.cx.tcx);
        }
        self.found.push((Place::from_local(place.local), pointee, context));
    }
}
