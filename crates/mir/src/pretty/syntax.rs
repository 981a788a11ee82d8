//! Statements, terminators and their parts.

use super::Printer;
use crate::*;
use ty::{CtorKind, DefId, FieldIdx, GenericArgs, IndexVec, VariantIdx};

impl<'tcx> Printer<'tcx> {
    /// `(*_1).0`
    pub fn place(&self, place: Place<'tcx>) -> String {
        let mut text = format!("{:?}", place.local);
        for elem in place.projection {
            text = match *elem {
                ProjectionElem::Deref => format!("(*{text})"),
                ProjectionElem::Field(field, ty) => {
                    format!("({text}.{}: {})", field.as_u32(), self.tcx.ty_str(ty))
                }
                ProjectionElem::Index(local) => format!("{text}[{local:?}]"),
                ProjectionElem::ConstantIndex { offset, min_length, from_end } => {
                    format!("{text}[{}{offset} of {min_length}]", if from_end { "-" } else { "" })
                }
                ProjectionElem::Subslice { from, to: 0, from_end: true } => format!("{text}[{from}:]"),
                ProjectionElem::Subslice { from: 0, to, from_end: true } => format!("{text}[:-{to}]"),
                ProjectionElem::Subslice { from, to, from_end: true } => format!("{text}[{from}:-{to}]"),
                ProjectionElem::Subslice { from, to, from_end: false } => format!("{text}[{from}..{to}]"),
                ProjectionElem::Downcast(Some(name), _) => format!("({text} as {name})"),
                ProjectionElem::Downcast(None, variant) => format!("({text} as variant#{})", variant.as_u32()),
                ProjectionElem::OpaqueCast(ty) => format!("({text} as {})", self.tcx.ty_str(ty)),
                ProjectionElem::UnwrapUnsafeBinder(ty) => format!("unwrap_binder!({text}; {})", self.tcx.ty_str(ty)),
            };
        }
        text
    }

    /// `copy _1`
    pub fn operand(&self, operand: &Operand<'tcx>) -> String {
        match operand {
            Operand::Copy(place) => format!("copy {}", self.place(*place)),
            Operand::Move(place) => format!("move {}", self.place(*place)),
            Operand::Constant(constant) => self.constant(&constant.const_),
            Operand::RuntimeChecks(check) => format!("{check:?}"),
        }
    }

    /// Operands between commas.
    pub fn operands<'o>(&self, operands: impl IntoIterator<Item = &'o Operand<'tcx>>) -> String
    where
        'tcx: 'o,
    {
        let all: Vec<String> = operands.into_iter().map(|operand| self.operand(operand)).collect();
        all.join(", ")
    }

    /// The right side of an assignment.
    pub fn rvalue(&self, rvalue: &Rvalue<'tcx>) -> String {
        match rvalue {
            Rvalue::Use(operand) => self.operand(operand),
            Rvalue::Repeat(operand, count) => {
                format!("[{}; {}]", self.operand(operand), self.tcx.const_str(*count))
            }
            Rvalue::Ref(kind, place) => {
                let kind = match kind {
                    BorrowKind::Shared => "",
                    BorrowKind::Fake => "fake ",
                    BorrowKind::Mut => "mut ",
                };
                format!("&{kind}{}", self.place(*place))
            }
            Rvalue::RawPtr(kind, place) => {
                let kind = match kind {
                    RawPtrKind::Mut => "mut",
                    RawPtrKind::Const => "const",
                    RawPtrKind::FakeForPtrMetadata => "const (fake)",
                };
                format!("&raw {kind} {}", self.place(*place))
            }
            Rvalue::ThreadLocalRef(did) => format!("&/*tls*/ {}", self.tcx.def_path_str(*did)),
            Rvalue::Cast(kind, operand, ty) => {
                format!("{} as {} ({kind:?})", self.operand(operand), self.tcx.ty_str(*ty))
            }
            Rvalue::BinaryOp(op, operands) => {
                format!("{op:?}({}, {})", self.operand(&operands.0), self.operand(&operands.1))
            }
            Rvalue::UnaryOp(op, operand) => format!("{op:?}({})", self.operand(operand)),
            Rvalue::Discriminant(place) => format!("discriminant({})", self.place(*place)),
            Rvalue::Aggregate(kind, fields) => self.aggregate(kind, fields),
            Rvalue::CopyForDeref(place) => format!("deref_copy {}", self.place(*place)),
            Rvalue::WrapUnsafeBinder(operand, ty) => {
                format!("wrap_binder!({}; {})", self.operand(operand), self.tcx.ty_str(*ty))
            }
        }
    }

    fn aggregate(&self, kind: &AggregateKind<'tcx>, fields: &IndexVec<FieldIdx, Operand<'tcx>>) -> String {
        let numbered = |name: String| {
            let fields: Vec<String> = fields
                .iter_enumerated()
                .map(|(index, field)| format!("{}: {}", index.as_u32(), self.operand(field)))
                .collect();
            if fields.is_empty() { name } else { format!("{name} {{ {} }}", fields.join(", ")) }
        };
        match *kind {
            AggregateKind::Array(_) => format!("[{}]", self.operands(fields)),
            AggregateKind::Tuple if fields.len() == 1 => format!("({},)", self.operands(fields)),
            AggregateKind::Tuple => format!("({})", self.operands(fields)),
            AggregateKind::Adt(did, variant, args, active) => match self.adt(did, variant, args, active, fields) {
                Some(text) => text,
                None => numbered(format!("{{{did:?}}}::variant#{}", variant.as_u32())),
            },
            AggregateKind::Closure(did, _)
            | AggregateKind::Coroutine(did, _)
            | AggregateKind::CoroutineClosure(did, _) => numbered(format!("{{{}}}", self.tcx.def_path_str(did))),
            AggregateKind::RawPtr(ty, mutability) => {
                let kind = if mutability.is_mut() { "mut" } else { "const" };
                format!("*{kind} {} from ({})", self.tcx.ty_str(ty), self.operands(fields))
            }
        }
    }

    /// A struct, enum or union by its definition; `None` without definitions, or where they do not fit.
    fn adt(
        &self,
        did: DefId,
        variant: VariantIdx,
        args: GenericArgs<'tcx>,
        active: Option<FieldIdx>,
        fields: &IndexVec<FieldIdx, Operand<'tcx>>,
    ) -> Option<String> {
        let definition = self.tcx.try_definitions()?.adt_def(did);
        let variant = definition.variants.get(variant)?;
        let mut name = self.tcx.value_path_str(did, args);
        if definition.is_enum() {
            name.push_str("::");
            name.push_str(variant.name.as_str());
        }
        if let Some(active) = active {
            let field = variant.fields.get(active)?;
            return Some(format!("{name} {{ {}: {} }}", field.name, self.operands(fields)));
        }
        match variant.ctor {
            Some((CtorKind::Const, _)) => Some(name),
            Some((CtorKind::Fn, _)) => Some(format!("{name}({})", self.operands(fields))),
            None => {
                let fields: Vec<String> = variant
                    .fields
                    .iter()
                    .zip(fields)
                    .map(|(field, operand)| format!("{}: {}", field.name, self.operand(operand)))
                    .collect();
                Some(format!("{name} {{ {} }}", fields.join(", ")))
            }
        }
    }

    pub(super) fn statement(&self, statement: &StatementKind<'tcx>) -> String {
        match statement {
            StatementKind::Assign(assign) => format!("{} = {}", self.place(assign.0), self.rvalue(&assign.1)),
            StatementKind::SetDiscriminant { place, variant_index } => {
                format!("discriminant({}) = {}", self.place(*place), variant_index.as_u32())
            }
            StatementKind::StorageLive(local) => format!("StorageLive({local:?})"),
            StatementKind::StorageDead(local) => format!("StorageDead({local:?})"),
            StatementKind::Assume(operand) => format!("assume({})", self.operand(operand)),
            StatementKind::CopyNonOverlapping { src, dst, count } => format!(
                "copy_nonoverlapping(dst = {}, src = {}, count = {})",
                self.operand(dst),
                self.operand(src),
                self.operand(count)
            ),
            StatementKind::Counter(block) => format!("Coverage::VirtualCounter(bcb{block})"),
            StatementKind::Nop => "nop".to_owned(),
        }
    }

    /// What an assertion says when it fails, and the values in that.
    pub fn assertion(&self, message: &AssertKind<'tcx>) -> String {
        let text = match message {
            AssertKind::BoundsCheck { .. } => "index out of bounds: the length is {} but the index is {}",
            AssertKind::Overflow(BinOp::Add, ..) => "attempt to compute `{} + {}`, which would overflow",
            AssertKind::Overflow(BinOp::Sub, ..) => "attempt to compute `{} - {}`, which would overflow",
            AssertKind::Overflow(BinOp::Mul, ..) => "attempt to compute `{} * {}`, which would overflow",
            AssertKind::Overflow(BinOp::Div, ..) => "attempt to compute `{} / {}`, which would overflow",
            AssertKind::Overflow(BinOp::Rem, ..) => {
                "attempt to compute the remainder of `{} % {}`, which would overflow"
            }
            AssertKind::Overflow(BinOp::Shl, ..) => "attempt to shift left by `{}`, which would overflow",
            AssertKind::Overflow(BinOp::Shr, ..) => "attempt to shift right by `{}`, which would overflow",
            AssertKind::Overflow(..) => "attempt to compute with {} and {}, which would overflow",
            AssertKind::OverflowNeg(_) => "attempt to negate `{}`, which would overflow",
            AssertKind::DivisionByZero(_) => "attempt to divide `{}` by zero",
            AssertKind::RemainderByZero(_) => "attempt to calculate the remainder of `{}` with a divisor of zero",
            AssertKind::ResumedAfterReturn(_) => "coroutine resumed after completion",
            AssertKind::ResumedAfterPanic(_) => "coroutine resumed after panicking",
            AssertKind::ResumedAfterDrop(_) => "coroutine resumed after being dropped",
            AssertKind::MisalignedPointerDereference { .. } => {
                "misaligned pointer dereference: address must be a multiple of {} but is {}"
            }
            AssertKind::NullPointerDereference => "null pointer dereference occurred",
            AssertKind::InvalidEnumConstruction(_) => "trying to construct an enum from an invalid value {}",
        };
        let mut all = format!("\"{text}\"");
        // Of a shift, only by how much is told.
        let is_shift = matches!(message, AssertKind::Overflow(BinOp::Shl | BinOp::Shr, ..));
        for operand in message.operands().into_iter().skip(usize::from(is_shift)) {
            all.push_str(", ");
            all.push_str(&self.operand(operand));
        }
        all
    }

    pub(super) fn terminator(&self, terminator: &TerminatorKind<'tcx>) -> String {
        match terminator {
            TerminatorKind::Goto { target } => format!("goto -> {target:?}"),
            TerminatorKind::SwitchInt { discr, targets } => {
                let mut text = format!("switchInt({}) -> [", self.operand(discr));
                for (value, target) in targets.iter() {
                    text.push_str(&format!("{value}: {target:?}, "));
                }
                text.push_str(&format!("otherwise: {:?}]", targets.otherwise()));
                text
            }
            TerminatorKind::UnwindResume => "resume".to_owned(),
            TerminatorKind::UnwindTerminate(reason) => format!("terminate({})", reason_name(*reason)),
            TerminatorKind::Return => "return".to_owned(),
            TerminatorKind::Unreachable => "unreachable".to_owned(),
            TerminatorKind::Drop { place, target, unwind } => {
                format!("drop({}) -> [return: {target:?}, {}]", self.place(*place), unwind_name(*unwind))
            }
            TerminatorKind::Call(call) => {
                let call_text = format!(
                    "{} = {}({})",
                    self.place(call.destination),
                    self.operand(&call.func),
                    self.operands(&call.args)
                );
                match call.target {
                    Some(target) => format!("{call_text} -> [return: {target:?}, {}]", unwind_name(call.unwind)),
                    None => format!("{call_text} -> {}", unwind_name(call.unwind)),
                }
            }
            TerminatorKind::TailCall { func, args, .. } => {
                format!("tailcall {}({})", self.operand(func), self.operands(args))
            }
            TerminatorKind::Assert { cond, expected, msg, target, unwind } => format!(
                "assert({}{}, {}) -> [success: {target:?}, {}]",
                if *expected { "" } else { "!" },
                self.operand(cond),
                self.assertion(msg),
                unwind_name(*unwind)
            ),
            TerminatorKind::InlineAsm(asm) => self.inline_asm(asm),
        }
    }

    fn inline_asm(&self, asm: &InlineAsm<'tcx>) -> String {
        let mut template = String::new();
        for piece in &asm.template {
            match piece {
                AsmTemplatePiece::String(text) => template.push_str(&text.escape_debug().to_string()),
                AsmTemplatePiece::Placeholder { operand, modifier: None, .. } => {
                    template.push_str(&format!("{{{operand}}}"));
                }
                AsmTemplatePiece::Placeholder { operand, modifier: Some(modifier), .. } => {
                    template.push_str(&format!("{{{operand}:{modifier}}}"));
                }
            }
        }
        let mut text = format!("{}!(\"{template}\"", if asm.naked { "naked_asm" } else { "asm" });
        for operand in &asm.operands {
            text.push_str(", ");
            text.push_str(&self.asm_operand(operand));
        }
        text.push_str(&format!(", options({})) -> [", option_names(asm.options)));
        for (index, target) in asm.targets.iter().enumerate() {
            match index {
                0 if !asm.options.noreturn => text.push_str(&format!("return: {target:?}, ")),
                _ => text.push_str(&format!("label: {target:?}, ")),
            }
        }
        text.push_str(&unwind_name(asm.unwind));
        text.push(']');
        text
    }

    fn asm_operand(&self, operand: &InlineAsmOperand<'tcx>) -> String {
        let reg = |reg: AsmRegister| match reg {
            AsmRegister::Register(name) => format!("\"{name}\""),
            AsmRegister::Class(name) => name.to_string(),
        };
        let place = |place: Option<Place<'tcx>>| place.map_or("_".to_owned(), |place| self.place(place));
        let late_prefix = |late: bool| if late { "late" } else { "" };
        match operand {
            InlineAsmOperand::In { reg: r, value } => format!("in({}) {}", reg(*r), self.operand(value)),
            InlineAsmOperand::Out { reg: r, late, place: p } => {
                format!("{}out({}) {}", late_prefix(*late), reg(*r), place(*p))
            }
            InlineAsmOperand::InOut { reg: r, late, in_value, out_place } => {
                format!("in{}out({}) {} => {}", late_prefix(*late), reg(*r), self.operand(in_value), place(*out_place))
            }
            InlineAsmOperand::Const { value } => self.constant(&value.const_),
            InlineAsmOperand::SymFn { value } => format!("sym {}", self.constant(&value.const_)),
            InlineAsmOperand::SymStatic { def_id } => format!("sym {}", self.tcx.def_path_str(*def_id)),
            InlineAsmOperand::Label { target_index } => format!("label {target_index}"),
        }
    }
}

fn reason_name(reason: UnwindTerminateReason) -> &'static str {
    match reason {
        UnwindTerminateReason::Abi => "abi",
        UnwindTerminateReason::InCleanup => "cleanup",
    }
}

/// What happens on unwinding: `unwind: bb1`.
pub fn unwind_name(unwind: UnwindAction) -> String {
    match unwind {
        UnwindAction::Continue => "unwind continue".to_owned(),
        UnwindAction::Unreachable => "unwind unreachable".to_owned(),
        UnwindAction::Terminate(reason) => format!("unwind terminate({})", reason_name(reason)),
        UnwindAction::Cleanup(block) => format!("unwind: {block:?}"),
    }
}

fn option_names(options: AsmOptions) -> String {
    let all = [
        (options.pure_, "pure"),
        (options.nomem, "nomem"),
        (options.readonly, "readonly"),
        (options.preserves_flags, "preserves_flags"),
        (options.noreturn, "noreturn"),
        (options.nostack, "nostack"),
        (options.att_syntax, "att_syntax"),
        (options.raw, "raw"),
        (options.may_unwind, "may_unwind"),
    ];
    let names: Vec<&str> = all.iter().filter(|(set, _)| *set).map(|&(_, name)| name).collect();
    names.join(", ")
}
