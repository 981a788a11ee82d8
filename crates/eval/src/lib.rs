//! The MIR interpreter: values of constants, promoteds, statics, constant generic arguments and discriminants.
//!
//! **What it is.** A machine that runs MIR on constant memory ([`ty::Allocation`]), with the semantics of rustc's own
//! compile-time evaluation (`rustc_const_eval`): pointers have provenance and no addresses, undefined behaviour that it
//! notices is an error, panics are errors.
//!
//! **What goes in.** Constants without parameters, and bodies ([`mir::Bodies`]). **What comes out.** [`ConstValue`]s,
//! finished memory ([`ty::GlobalAlloc::Memory`]), or a [`ConstError`] worded as rustc words it.
//!
//! **What it must not know.** How a program's bodies are stored, which instances it needs, how it is compiled.
//!
//! The machine (`machine`) holds frames, whose locals are immediates until their address is taken (`value`,
//! `place`), and allocations (`memory`, `access`). When a body has returned, what its result refers to becomes
//! finished memory (`intern`), once the result has been found to be a value of its type (`validate`). Results are
//! remembered for the life of the [`EvalCx`].

#![deny(unsafe_code)]
#![warn(missing_docs)]

mod access;
mod call;
mod cast;
mod discriminant;
mod fault;
mod float;
mod global;
mod instances;
mod intern;
mod intrinsics;
mod layouts;
mod location;
mod machine;
mod mask;
mod memory;
mod message;
mod names;
mod operator;
mod place;
mod rvalue;
mod simd;
mod validate;
mod validity;
mod valtree;
mod value;
mod variadic;

use crate::layouts::Layout;
use crate::memory::Target;
use global::GlobalId;
use layout::LayoutCx;
use mangle::Mangler;
use mir::Bodies;
use traits::TraitCx;
use ty::{
    AllocId, ConstAllocation, ConstError, ConstValue, DefId, GenericArgs, IndexVec, Memo, Span, Symbol, Tcx, Ty,
    ValTree, VariantIdx,
};

pub use validity::InitRequirement;

/// Evaluates constants of one program, and remembers their values. Shared by all threads.
pub struct EvalCx<'tcx> {
    tcx: Tcx<'tcx>,
    bodies: &'tcx dyn Bodies<'tcx>,
    layouts: &'tcx LayoutCx<'tcx>,
    traits: &'tcx TraitCx<'tcx>,
    /// For type names and type ids only, which do not depend on rustc's version string.
    mangler: Mangler<'tcx>,
    target: Target,
    values: Memo<GlobalId<'tcx>, Result<ConstValue, &'tcx ConstError>>,
    statics: Memo<DefId, Result<ConstAllocation<'tcx>, &'tcx ConstError>>,
    type_consts: Memo<ty::Const<'tcx>, Result<ty::Const<'tcx>, &'tcx ConstError>>,
    /// Values of trees.
    tree_values: Memo<(Ty<'tcx>, ValTree<'tcx>), ConstValue>,
    generic_layouts: Memo<(Ty<'tcx>, GenericArgs<'tcx>), Layout<'tcx>>,
    discriminants: Memo<DefId, &'tcx IndexVec<VariantIdx, u128>>,
    strings: Memo<Symbol, AllocId>,
    locations: Memo<(Symbol, u32, u32), AllocId>,
}

// SAFETY: it holds collections of its own and references, which dropping does not follow.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl ty::Hold for EvalCx<'_> {}

impl<'tcx> EvalCx<'tcx> {
    /// An evaluator over these crates; nothing has been evaluated.
    pub fn new(
        tcx: Tcx<'tcx>,
        bodies: &'tcx dyn Bodies<'tcx>,
        layouts: &'tcx LayoutCx<'tcx>,
        traits: &'tcx TraitCx<'tcx>,
    ) -> EvalCx<'tcx> {
        use layout::HasDataLayout;
        let data_layout = layouts.data_layout();
        let target = Target {
            pointer_size: layouts.pointer_size().bytes(),
            big_endian: data_layout.endian == ty::rustc_abi::Endian::Big,
        };
        EvalCx {
            tcx,
            bodies,
            layouts,
            traits,
            mangler: Mangler::new(tcx, ""),
            target,
            values: Memo::default(),
            statics: Memo::default(),
            type_consts: Memo::default(),
            tree_values: Memo::default(),
            generic_layouts: Memo::default(),
            discriminants: Memo::default(),
            strings: Memo::default(),
            locations: Memo::default(),
        }
    }

    /// The types.
    pub fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }

    /// The value of a constant operand in which no parameter is left.
    pub fn eval_const_operand(&self, constant: mir::Const<'tcx>) -> Result<ConstValue, ConstError> {
        self.eval_const(constant).map_err(|fault| self.error(fault))
    }

    /// The initial value of a static's memory. What it points to is finished memory or other statics.
    pub fn eval_static(&self, def_id: DefId) -> Result<ConstAllocation<'tcx>, ConstError> {
        self.eval_static_inner(def_id).map_err(|fault| self.error(fault))
    }

    /// A constant of a type as a value: an array's length, a constant argument.
    pub fn eval_type_const(&self, constant: ty::Const<'tcx>) -> Result<ty::Const<'tcx>, ConstError> {
        self.eval_type_const_inner(constant).map_err(|fault| self.error(fault))
    }

    /// The bits of a constant expression without parameters, such as an enum's discriminant, in its own type.
    pub fn eval_discriminant(&self, def_id: DefId) -> Result<u128, ConstError> {
        self.eval_discriminant_inner(def_id).map_err(|fault| self.error(fault))
    }

    /// A structural value as a constant's.
    pub fn valtree_to_const_value(&self, ty: Ty<'tcx>, tree: ValTree<'tcx>) -> Result<ConstValue, ConstError> {
        self.tree_value(ty, tree).map_err(|fault| self.error(fault))
    }

    /// A constant's value as a structural one. Fails for values without structure (unions, pointers to functions, …).
    pub fn const_value_to_valtree(&self, value: ConstValue, ty: Ty<'tcx>) -> Result<ValTree<'tcx>, ConstError> {
        self.value_to_tree(value, ty).map_err(|fault| self.error(fault))
    }

    /// A reference to the `core::panic::Location` of a span, of the type [`EvalCx::caller_location_ty`].
    pub fn caller_location(&self, span: Span) -> Result<ConstValue, ConstError> {
        match self.location_alloc(span) {
            Ok(id) => Ok(ConstValue::Scalar(ty::Scalar::Ptr(id, 0, self.target.pointer_size as u8))),
            Err(fault) => Err(self.error(fault)),
        }
    }
}

impl<'tcx> traits::ConstEval<'tcx> for &'tcx EvalCx<'tcx> {
    fn eval_const(&self, constant: ty::Const<'tcx>) -> Result<ty::Const<'tcx>, ConstError> {
        self.eval_type_const(constant)
    }
    fn eval_discriminant(&self, def_id: DefId) -> Result<u128, ConstError> {
        EvalCx::eval_discriminant(self, def_id)
    }
}
