//! The types of instructions' results.

use crate::{Function, Inst, Scalar, Terminator, Type, Value, asm_result_types};
use smallvec::{SmallVec, smallvec};

/// The types of results, of which there are mostly one or none.
pub type ResultTypes = SmallVec<[Type; 2]>;

impl Function {
    /// The types of an instruction's results, from its operands. The instruction must hold its rules.
    pub fn result_types(&self, inst: &Inst, pointer_bytes: u32) -> ResultTypes {
        let types = self.infer_results(inst, Some(pointer_bytes), &|value| self.values.get(value).copied());
        types.expect("operands of the types that the instruction takes")
    }

    /// As [`Function::result_types`], for instructions that may break every rule: `None` where the operands do not say.
    /// `ty` gives the types of values as far as they are known; without `pointer_bytes`, results whose type depends on
    /// the width of pointers are not known.
    pub fn infer_results(
        &self,
        inst: &Inst,
        pointer_bytes: Option<u32>,
        ty: &dyn Fn(Value) -> Option<Type>,
    ) -> Option<ResultTypes> {
        let one = |ty: Type| Some(smallvec![ty]);
        match inst {
            Inst::Iconst { ty, .. }
            | Inst::Fconst { ty, .. }
            | Inst::Zero { ty }
            | Inst::Undef { ty }
            | Inst::Cast { ty, .. }
            | Inst::Load { ty, .. }
            | Inst::AtomicLoad { ty, .. }
            | Inst::Splat { ty, .. }
            | Inst::Bitmask { ty, .. }
            | Inst::MaskFromBits { ty, .. } => one(*ty),
            Inst::SymbolAddr { .. }
            | Inst::TlsAddr { .. }
            | Inst::SlotAddr { .. }
            | Inst::PtrAdd { .. }
            | Inst::ReturnAddress => one(Type::PTR),
            Inst::GetVar { var } => one(*self.vars.get(*var)?),
            Inst::Unary { value, .. }
            | Inst::Binary { lhs: value, .. }
            | Inst::Fma { a: value, .. }
            | Inst::FunnelShift { high: value, .. }
            | Inst::Select { if_true: value, .. }
            | Inst::AtomicRmw { value, .. }
            | Inst::InsertLane { vector: value, .. }
            | Inst::InsertLaneDyn { vector: value, .. }
            | Inst::Expect { value, .. }
            | Inst::BlackBox { value }
            | Inst::Gather { passthru: value, .. }
            | Inst::MaskedLoad { passthru: value, .. } => one(ty(*value)?),
            Inst::Overflow { lhs, .. } => {
                let wrapped = ty(*lhs)?;
                Some(smallvec![wrapped, wrapped.with_lane(Scalar::I8)])
            }
            Inst::Icmp { lhs, .. } | Inst::Fcmp { lhs, .. } => {
                let operand = ty(*lhs)?;
                match (operand.is_vector() && operand.lane() == Scalar::Ptr, pointer_bytes) {
                    (true, None) => None,
                    (_, bytes) => one(crate::compare_type(operand, bytes.unwrap_or(8))),
                }
            }
            Inst::CmpXchg { expected, .. } => Some(smallvec![ty(*expected)?, Type::I8]),
            Inst::ExtractLane { vector, .. } | Inst::ExtractLaneDyn { vector, .. } | Inst::Reduce { vector, .. } => {
                one(Type::Scalar(ty(*vector)?.lane()))
            }
            Inst::Shuffle { a, mask, .. } => {
                one(Type::vector(ty(*a)?.lane(), u16::try_from(mask.len()).ok().filter(|&lanes| lanes > 0)?))
            }
            Inst::Call(call) => self.signature_returns(call.sig),
            Inst::LlvmIntrinsic { returns, .. } => Some(returns.iter().copied().collect()),
            Inst::Asm(asm) => Some(asm_result_types(asm)),
            Inst::SetVar { .. }
            | Inst::Store { .. }
            | Inst::AtomicStore { .. }
            | Inst::Fence { .. }
            | Inst::Memcpy { .. }
            | Inst::Memmove { .. }
            | Inst::Memset { .. }
            | Inst::Prefetch { .. }
            | Inst::SlotLive { .. }
            | Inst::SlotDead { .. }
            | Inst::Scatter { .. }
            | Inst::MaskedStore { .. }
            | Inst::Assume { .. }
            | Inst::BlackBoxMemory { .. }
            | Inst::Breakpoint
            | Inst::VaStart { .. }
            | Inst::VaEnd { .. }
            | Inst::VaCopy { .. } => Some(smallvec![]),
        }
    }

    /// The types of a terminator's results; `None` where it names a signature that is not there.
    pub fn infer_terminator_results(&self, terminator: &Terminator) -> Option<ResultTypes> {
        match terminator {
            Terminator::Invoke { call, .. } => self.signature_returns(call.sig),
            Terminator::AsmGoto { asm, .. } => Some(asm_result_types(asm)),
            _ => Some(smallvec![]),
        }
    }

    fn signature_returns(&self, sig: crate::SigId) -> Option<ResultTypes> {
        Some(self.signatures.get(sig)?.returns.iter().map(|param| param.ty).collect())
    }
}
