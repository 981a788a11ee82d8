//! The Microsoft calling convention of x86-64: one register or stack slot per argument; what does not fit goes by
//! pointer.

use super::{ArgAbi, CastReg, CastTarget, FnAbi, PassMode};
use crate::{BackendRepr, Integer, LayoutCx, Primitive};
use smallvec::SmallVec;
use ty::rustc_abi::Float;

impl<'tcx> LayoutCx<'tcx> {
    pub(super) fn adjust_for_win64(&self, abi: &mut FnAbi<'tcx>) {
        if !abi.ret.is_ignore() {
            self.adjust_win64(&mut abi.ret, true);
        }
        for arg in &mut abi.args {
            if arg.is_ignore() {
                // As the C compilers that allow empty structs there.
                arg.mode = self.indirect(arg.layout, false);
            } else if arg.layout.pass_indirectly_in_non_rustic_abis(self) {
                self.make_indirect(arg, false);
            } else {
                self.adjust_win64(arg, false);
            }
        }
    }

    fn adjust_win64(&self, arg: &mut ArgAbi<'tcx>, is_return: bool) {
        let layout = arg.layout.layout;
        match layout.backend_repr {
            BackendRepr::ScalarPair(..) | BackendRepr::Memory { sized: true } => match layout.size.bytes() {
                1 | 2 | 4 | 8 => arg.mode = PassMode::Cast(CastTarget::integer(layout.size)),
                _ => self.make_indirect(arg, is_return),
            },
            BackendRepr::Scalar(scalar) => match scalar.primitive() {
                Primitive::Int(Integer::I128, _) if is_return => {
                    let ty = lir::Type::vector(lir::Scalar::I8, 16);
                    let regs = SmallVec::from_slice(&[CastReg { offset: 0, bytes: 16, ty }]);
                    arg.mode = PassMode::Cast(CastTarget { regs, ..CastTarget::default() });
                }
                Primitive::Float(Float::F128) => {}
                _ if layout.size.bytes() > 8 => self.make_indirect(arg, is_return),
                _ => self.extend_to(arg, 32),
            },
            BackendRepr::Memory { sized: false }
            | BackendRepr::SimdVector { .. }
            | BackendRepr::ScalableVector { .. } => {}
        }
    }
}
