//! The C calling convention of WebAssembly (the tool conventions' "Basic C ABI"): what is one scalar travels as that, all
//! other aggregates through memory.

use super::{ArgAbi, CastReg, CastTarget, FnAbi, PassMode};
use crate::{BackendRepr, Integer, LayoutCx, Primitive};
use smallvec::SmallVec;
use ty::rustc_abi::Float;

impl<'tcx> LayoutCx<'tcx> {
    pub(super) fn adjust_for_wasm(&self, abi: &mut FnAbi<'tcx>) {
        if !abi.ret.is_ignore() && abi.ret.layout.is_sized() {
            self.adjust_wasm(&mut abi.ret, true);
        }
        for arg in &mut abi.args {
            if !arg.is_ignore() && arg.layout.is_sized() {
                if arg.layout.pass_indirectly_in_non_rustic_abis(self) {
                    self.make_indirect(arg, false);
                } else {
                    self.adjust_wasm(arg, false);
                }
            }
        }
    }

    fn adjust_wasm(&self, arg: &mut ArgAbi<'tcx>, is_return: bool) {
        let layout = arg.layout.layout;
        if layout.is_aggregate() {
            match self.homogeneous(arg.layout, 1) {
                Some(leaf) => {
                    let regs = SmallVec::from_slice(&[CastReg { offset: 0, bytes: leaf.bytes, ty: leaf.ty }]);
                    arg.mode = PassMode::Cast(CastTarget { regs, ..CastTarget::default() });
                }
                None => self.make_indirect(arg, is_return),
            }
            return;
        }
        if let BackendRepr::Scalar(scalar) = layout.backend_repr
            && is_return
            && matches!(scalar.primitive(), Primitive::Int(Integer::I128, _) | Primitive::Float(Float::F128))
        {
            self.make_indirect(arg, true);
            return;
        }
        self.extend_to(arg, 32);
    }
}
