//! The C calling convention of 64-bit Arm (AAPCS64, section 6): up to four equal floats or vectors in vector registers, other
//! aggregates of up to 16 bytes in one or two integer registers, the rest through memory.

use super::{ArgAbi, CastReg, CastTarget, FnAbi, PassMode};
use crate::LayoutCx;

/// Members of an aggregate that travels in vector registers.
const MAX_MEMBERS: u64 = 4;

impl<'tcx> LayoutCx<'tcx> {
    pub(super) fn adjust_for_aapcs64(&self, abi: &mut FnAbi<'tcx>) {
        if !abi.ret.is_ignore() && abi.ret.layout.is_sized() {
            self.adjust_aapcs64(&mut abi.ret, true);
        }
        for arg in &mut abi.args {
            if !arg.is_ignore() && arg.layout.is_sized() {
                if arg.layout.pass_indirectly_in_non_rustic_abis(self) {
                    self.make_indirect(arg, false);
                } else {
                    self.adjust_aapcs64(arg, false);
                }
            }
        }
    }

    fn adjust_aapcs64(&self, arg: &mut ArgAbi<'tcx>, is_return: bool) {
        let layout = arg.layout.layout;
        if !layout.is_aggregate() {
            return;
        }
        let size = layout.size.bytes();
        let member = self.homogeneous(arg.layout, MAX_MEMBERS).filter(|leaf| {
            matches!(leaf.ty, lir::Type::Scalar(scalar) if scalar.is_float())
                || (leaf.ty.is_vector() && matches!(leaf.bytes, 8 | 16))
        });
        let mut target = CastTarget::default();
        if let Some(member) = member {
            for offset in (0..size).step_by(member.bytes as usize) {
                target.regs.push(CastReg { offset, bytes: member.bytes, ty: member.ty });
            }
        } else if size > 16 {
            self.make_indirect(arg, is_return);
            return;
        } else if !is_return && layout.unadjusted_abi_align.bytes() == 16 {
            // It begins in an even register.
            target.regs.push(CastReg { offset: 0, bytes: size, ty: lir::Type::I128 });
        } else {
            for offset in (0..size).step_by(8) {
                target.regs.push(CastReg { offset, bytes: (size - offset).min(8), ty: lir::Type::I64 });
            }
        }
        arg.mode = PassMode::Cast(target);
    }
}
