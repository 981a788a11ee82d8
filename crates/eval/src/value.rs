//! What the machine computes with: immediates, places, operands.

use crate::layouts::Layout;
use crate::memory::Pointer;
use mir::Local;
use ty::rustc_abi;
use ty::{Scalar, Size};

/// A value that is held outside of memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Imm {
    Scalar(Scalar),
    Pair(Scalar, Scalar),
    /// Nothing: of a zero-sized type, or not yet written.
    Uninit,
}

#[derive(Clone, Copy)]
pub(crate) struct ImmTy<'tcx> {
    pub imm: Imm,
    pub layout: Layout<'tcx>,
}

/// A place in memory.
#[derive(Clone, Copy)]
pub(crate) struct MemPlace<'tcx> {
    pub ptr: Pointer,
    /// The pointer's metadata, where the type is unsized.
    pub meta: Option<Scalar>,
    /// Reached through a pointer that was not aligned: what the pointer had and what it should have had.
    pub misaligned: Option<(u64, u64)>,
    pub layout: Layout<'tcx>,
}

#[derive(Clone, Copy)]
pub(crate) enum PlaceTy<'tcx> {
    /// A whole local of a frame, not necessarily in memory.
    Local {
        frame: usize,
        local: Local,
        layout: Layout<'tcx>,
    },
    Mem(MemPlace<'tcx>),
}

#[derive(Clone, Copy)]
pub(crate) enum OpTy<'tcx> {
    Imm(ImmTy<'tcx>),
    Mem(MemPlace<'tcx>),
}

impl<'tcx> PlaceTy<'tcx> {
    pub(crate) fn layout(&self) -> Layout<'tcx> {
        match self {
            PlaceTy::Local { layout, .. } => *layout,
            PlaceTy::Mem(place) => place.layout,
        }
    }
}

impl<'tcx> OpTy<'tcx> {
    pub(crate) fn layout(&self) -> Layout<'tcx> {
        match self {
            OpTy::Imm(imm) => imm.layout,
            OpTy::Mem(place) => place.layout,
        }
    }
}

impl<'tcx> From<ImmTy<'tcx>> for OpTy<'tcx> {
    fn from(imm: ImmTy<'tcx>) -> Self {
        OpTy::Imm(imm)
    }
}
impl<'tcx> From<MemPlace<'tcx>> for OpTy<'tcx> {
    fn from(place: MemPlace<'tcx>) -> Self {
        OpTy::Mem(place)
    }
}
impl<'tcx> From<MemPlace<'tcx>> for PlaceTy<'tcx> {
    fn from(place: MemPlace<'tcx>) -> Self {
        PlaceTy::Mem(place)
    }
}

impl<'tcx> ImmTy<'tcx> {
    pub(crate) fn scalar(scalar: Scalar, layout: Layout<'tcx>) -> ImmTy<'tcx> {
        ImmTy { imm: Imm::Scalar(scalar), layout }
    }
    pub(crate) fn pair(first: Scalar, second: Scalar, layout: Layout<'tcx>) -> ImmTy<'tcx> {
        ImmTy { imm: Imm::Pair(first, second), layout }
    }
    pub(crate) fn uninit(layout: Layout<'tcx>) -> ImmTy<'tcx> {
        ImmTy { imm: Imm::Uninit, layout }
    }
    pub(crate) fn bits(bits: u128, layout: Layout<'tcx>) -> ImmTy<'tcx> {
        ImmTy::scalar(Scalar::from_bits(bits, layout.size.bytes() as u8), layout)
    }
}

/// How values of a layout are held outside of memory, if they may be: all of their scalars are always initialised.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Scalar(rustc_abi::Primitive),
    /// The second one's offset last.
    Pair(rustc_abi::Primitive, rustc_abi::Primitive, Size),
    ZeroSized,
    Memory,
}
