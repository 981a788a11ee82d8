//! The C calling convention of 64-bit Arm (AAPCS64, section 6): up to four equal floats or vectors in vector registers, other
//! aggregates of up to 16 bytes in one or two integer registers, the rest through memory. Where floats have no registers
//! (`softfloat`), they go as integers.

use super::{ArgAbi, CastTarget, FnAbi, PassMode};
use crate::{BackendRepr, LayoutCx, Primitive};

/// Members of an aggregate that travels in vector registers.
pub(super) const MAX_MEMBERS: u64 = 4;

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
        let is_soft_float = self.tcx().session().cfg.holds("target_abi", Some("softfloat"));
        if !layout.is_aggregate() {
            if is_soft_float
                && let BackendRepr::Scalar(scalar) = layout.backend_repr
                && let Primitive::Float(_) = scalar.primitive()
            {
                arg.mode = PassMode::Cast(CastTarget::integer(layout.size));
            }
            return;
        }
        let members =
            self.float_members(arg.layout, MAX_MEMBERS).filter(|member| !is_soft_float || member.ty.is_vector());
        let target = if let Some(member) = members {
            CastTarget::uniform(member.ty, member.bytes, layout.size)
        } else if layout.size.bytes() > 16 {
            self.make_indirect(arg, is_return);
            return;
        } else if !is_return && layout.unadjusted_abi_align.bytes() == 16 {
            // It begins in an even register.
            CastTarget::uniform(lir::Type::I128, 16, layout.size)
        } else {
            CastTarget::uniform(lir::Type::I64, 8, layout.size)
        };
        arg.mode = PassMode::Cast(target.together(!is_return));
    }
}
