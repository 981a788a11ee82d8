//! Layouts of types, and how values are passed to functions.
//!
//! **What it is.** For a monomorphic type: size, alignment, where its fields lie, how an enum tells its variants apart,
//! which values are invalid. For a function: how each argument travels. Compiled std is linked to, so all
//! answers must be exactly those of the release that checked the program; the algorithm itself is rustc's own published
//! `rustc_abi` crate, and what this crate adds is what `rustc_ty_utils::{layout, abi}` and `rustc_target::callconv` add to
//! it, and what other releases do differently.
//!
//! **What goes in.** Types (normalised or not; they are normalised here), signatures, instances. **What comes out.**
//! [`TyAndLayout`], [`abi::FnAbi`].
//!
//! **What it must not know.** MIR other than what a coroutine keeps while it is suspended; how anything is compiled.

#![deny(unsafe_code)]
#![warn(missing_docs)]

pub mod abi;
mod compute;
mod discriminant;
mod niche;
mod pointee;
mod sized;
mod ty_and_layout;

pub use discriminant::VariantTag;
pub use sized::Metadata;
pub use ty_and_layout::TyAndLayout;

/// rustc's vocabulary of layouts.
pub use ty::rustc_abi::{
    Align, BackendRepr, FieldsShape, HasDataLayout, Integer, Niche, PointeeInfo, PointerKind, Primitive, Scalar, Size,
    TagEncoding, TargetDataLayout, Variants, WrappingRange,
};

use std::fmt;
use ty::rustc_abi::AddressSpace;
use ty::{ConstError, FieldIdx, Memo, Span, Tcx, Ty, VariantIdx};

/// How a type lies in memory.
pub type LayoutData = ty::rustc_abi::LayoutData<FieldIdx, VariantIdx>;

/// Computes layouts, and remembers them.
pub struct LayoutCx<'tcx> {
    tcx: Tcx<'tcx>,
    bodies: &'tcx dyn mir::Bodies<'tcx>,
    data_layout: TargetDataLayout,
    layouts: Memo<Ty<'tcx>, Result<&'tcx LayoutData, &'tcx LayoutError<'tcx>>>,
    /// Types of the fields of algebraic types.
    field_tys: Memo<(Ty<'tcx>, VariantIdx, u32), Ty<'tcx>>,
    /// Whether the last field of a struct may be unsized, whatever its parameters are.
    maybe_unsized: Memo<ty::DefId, bool>,
    /// By the principal trait of trait objects: see `vtable_min_entries`.
    vtable_entries: Memo<ty::DefId, u64>,
    tags: Memo<Scalar, &'tcx LayoutData>,
    /// Stand-ins for variants without values, by variant and number of fields.
    absent_variants: Memo<(VariantIdx, usize), &'tcx LayoutData>,
    instance_abis: Memo<ty::Instance<'tcx>, AbiResult<'tcx>>,
    fn_ptr_abis: Memo<ty::FnSig<'tcx>, AbiResult<'tcx>>,
}

// SAFETY: it holds collections of its own and references, which dropping does not follow.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl ty::Hold for LayoutCx<'_> {}

type AbiResult<'tcx> = Result<&'tcx abi::FnAbi<'tcx>, &'tcx abi::FnAbiError<'tcx>>;

impl HasDataLayout for LayoutCx<'_> {
    fn data_layout(&self) -> &TargetDataLayout {
        &self.data_layout
    }
}

/// The session's data layout string does not make sense.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataLayoutError(pub String);

impl fmt::Display for DataLayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot make sense of the target's data layout `{}`", self.0)
    }
}
impl std::error::Error for DataLayoutError {}

impl<'tcx> LayoutCx<'tcx> {
    /// Layouts for the session's target.
    pub fn new(tcx: Tcx<'tcx>, bodies: &'tcx dyn mir::Bodies<'tcx>) -> Result<LayoutCx<'tcx>, DataLayoutError> {
        let text = &tcx.session().data_layout;
        let mut data_layout = TargetDataLayout::parse_from_llvm_datalayout_string(text, AddressSpace::ZERO)
            .map_err(|_| DataLayoutError(text.clone()))?;
        // LLVM's string does not have it.
        match tcx.session().c_enum_min_bits {
            8 => data_layout.c_enum_min_size = Integer::I8,
            16 => data_layout.c_enum_min_size = Integer::I16,
            _ => {}
        }
        Ok(LayoutCx {
            tcx,
            bodies,
            data_layout,
            layouts: Memo::default(),
            field_tys: Memo::default(),
            maybe_unsized: Memo::default(),
            vtable_entries: Memo::default(),
            tags: Memo::default(),
            absent_variants: Memo::default(),
            instance_abis: Memo::default(),
            fn_ptr_abis: Memo::default(),
        })
    }

    /// The types.
    pub fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }

    /// The target's data layout.
    pub fn target(&self) -> &TargetDataLayout {
        &self.data_layout
    }

    /// The bodies that coroutines have their layouts from.
    pub fn bodies(&self) -> &'tcx dyn mir::Bodies<'tcx> {
        self.bodies
    }

    /// The size of a pointer to data.
    pub fn pointer_size(&self) -> Size {
        self.data_layout.pointer_size()
    }

    /// The layout of a type, which may be unsized. The type in the result is the normalised one.
    pub fn layout_of(&self, ty: Ty<'tcx>) -> Result<TyAndLayout<'tcx>, &'tcx LayoutError<'tcx>> {
        if let Some(known) = self.layouts.get(&ty) {
            return known.map(|layout| TyAndLayout { ty, layout });
        }
        // Damaged metadata may have types that contain themselves.
        ty::ensure_stack();
        let normal = self.normalize(ty);
        if normal != ty {
            return self.layout_of(normal);
        }
        let computed = match self.compute(ty) {
            Ok(layout) => Ok(layout),
            Err(error) => Err(self.tcx.arena().hold(error) as &_),
        };
        self.layouts.insert(ty, computed).map(|layout| TyAndLayout { ty, layout })
    }

    /// Keeps a layout for as long as the context lives.
    pub(crate) fn keep(&self, layout: LayoutData) -> &'tcx LayoutData {
        self.tcx.arena().keep(layout)
    }

    /// Normalises, without asking where there is nothing to do.
    pub(crate) fn normalize(&self, ty: Ty<'tcx>) -> Ty<'tcx> {
        use ty::TypeFlags;
        const NORMALIZABLE: TypeFlags = TypeFlags::HAS_ALIAS
            .union(TypeFlags::HAS_UNEVALUATED)
            .union(TypeFlags::HAS_FREE_REGION)
            .union(TypeFlags::HAS_REGION_PARAM)
            .union(TypeFlags::HAS_BINDER_VARS);
        if ty.flags().intersects(NORMALIZABLE) { self.tcx.normalize(ty) } else { ty }
    }
}

/// Why a type has no layout.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LayoutError<'tcx> {
    /// The type is bigger than the target's memory may be.
    SizeOverflow(Ty<'tcx>),
    /// A SIMD vector of no elements.
    SimdZeroLength(Ty<'tcx>),
    /// A SIMD vector of more elements than this.
    SimdTooManyLanes(Ty<'tcx>, u64),
    /// A SIMD vector of something other than numbers and pointers.
    SimdElement(Ty<'tcx>),
    /// A constant of the type (an array's length, a discriminant) cannot be evaluated.
    Const(Ty<'tcx>, ConstError),
    /// It depends on a parameter, is not normalised, or makes no sense. Never so for a program that rustc accepts.
    Unknown(Ty<'tcx>, &'static str),
}

// SAFETY: it holds collections of its own and references, which dropping does not follow.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl ty::Hold for LayoutError<'_> {}

impl LayoutError<'_> {
    /// Where the program is at fault, as far as the layout knows.
    pub fn span(&self) -> Span {
        match self {
            LayoutError::Const(_, error) => error.span,
            _ => Span::DUMMY,
        }
    }
}

impl fmt::Display for LayoutError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LayoutError::SizeOverflow(ty) => {
                write!(f, "values of the type `{ty:?}` are too big for the target architecture")
            }
            LayoutError::SimdZeroLength(ty) => write!(f, "the SIMD type `{ty:?}` has zero elements"),
            LayoutError::SimdTooManyLanes(ty, limit) => {
                write!(f, "the SIMD type `{ty:?}` has more elements than the limit {limit}")
            }
            LayoutError::SimdElement(ty) => {
                write!(f, "the SIMD type `{ty:?}` has elements that are neither numbers nor pointers")
            }
            LayoutError::Const(ty, error) => write!(f, "the type `{ty:?}` depends on a constant: {error}"),
            LayoutError::Unknown(ty, why) => write!(f, "the type `{ty:?}` has an unknown layout: {why}"),
        }
    }
}
impl std::error::Error for LayoutError<'_> {}
