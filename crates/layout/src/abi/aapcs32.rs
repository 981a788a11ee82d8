//! The C calling convention of 32-bit Arm (AAPCS32, section 6): aggregates as words, or as double words where they are
//! aligned so; in its variant for floats in registers, up to four equal floats or vectors in these. Results of more than a
//! word go through memory.

use super::aapcs64::MAX_MEMBERS;
use super::{ArgAbi, CastTarget, FnAbi, PassMode};
use crate::LayoutCx;

impl<'tcx> LayoutCx<'tcx> {
    pub(super) fn adjust_for_aapcs32(&self, abi: &mut FnAbi<'tcx>) {
        // `extern "aapcs"` and variable arguments are the base standard's on all targets.
        let is_hard_float = self.tcx().session().cfg.holds("target_abi", Some("eabihf"));
        let floats_in_registers = is_hard_float && abi.conv != lir::CallConv::Aapcs && !abi.c_variadic;
        if !abi.ret.is_ignore() && abi.ret.layout.is_sized() {
            self.adjust_aapcs32(&mut abi.ret, true, floats_in_registers);
        }
        for arg in &mut abi.args {
            if !arg.is_ignore() && arg.layout.is_sized() {
                if arg.layout.pass_indirectly_in_non_rustic_abis(self) {
                    self.make_indirect(arg, false);
                } else {
                    self.adjust_aapcs32(arg, false, floats_in_registers);
                }
            }
        }
    }

    fn adjust_aapcs32(&self, arg: &mut ArgAbi<'tcx>, is_return: bool, floats_in_registers: bool) {
        let layout = arg.layout.layout;
        if !layout.is_aggregate() {
            self.extend_to(arg, 32);
            return;
        }
        if floats_in_registers && let Some(member) = self.float_members(arg.layout, MAX_MEMBERS) {
            let target = CastTarget::uniform(member.ty, member.bytes, layout.size);
            arg.mode = PassMode::Cast(target.together(!is_return));
            return;
        }
        let (ty, bytes) = match layout.align.abi.bytes() {
            _ if is_return && layout.size.bytes() > 4 => return self.make_indirect(arg, true),
            _ if is_return => (lir::Type::I32, 4),
            0..=4 => (lir::Type::I32, 4),
            _ => (lir::Type::I64, 8),
        };
        arg.mode = PassMode::Cast(CastTarget::uniform(ty, bytes, layout.size).together(!is_return));
    }
}
