//! How functions take their arguments and give their results.
//!
//! A [`FnAbi`] says for each argument and for the result which machine-level parameters it becomes. The rules for the
//! Rust ABI are rustc's own and must be followed to the letter, since compiled std is called and calls back
//! (`rustc_ty_utils::abi`, `rustc_target::callconv`); those for C are the platform's (System V ABI, AMD64 supplement,
//! section 3.2.3; Microsoft x64 calling convention; AAPCS32 and AAPCS64; RISC-V's psABI; the tool conventions of
//! WebAssembly).

mod aapcs32;
mod aapcs64;
mod attrs;
mod leaves;
mod lower;
mod riscv;
mod signature;
mod sysv64;
mod wasm;
mod win64;

pub use lower::{Params, immediate_type, primitive_type};
pub use signature::requires_caller_location;

use crate::{BackendRepr, LayoutCx, LayoutError, Primitive, Size, TyAndLayout};
use lir::ParamAttrs;
use smallvec::SmallVec;
use std::fmt;
use ty::rustc_abi::Float;
use ty::{CodegenFlags, DefId, ExternAbi, FnSig, Instance, InstanceKind, LangItem, PolyFnSig, Ty, TyKind};

/// One register of a [`CastTarget`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CastReg {
    /// Where in the value the register's bytes come from.
    pub offset: u64,
    /// How many bytes of the value it holds, in its low bits; never more than the type's size. What is above them is
    /// undefined.
    pub bytes: u64,
    /// Its type.
    pub ty: lir::Type,
}

/// A value taken apart into registers regardless of its fields, as if it were copied from memory.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CastTarget {
    /// The registers, in order.
    pub regs: SmallVec<[CastReg; 2]>,
    /// No byte of the value is undefined.
    pub noundef: bool,
    /// All registers are of one type, and the value is never split between registers and the stack.
    pub together: bool,
}

/// How an argument or a result travels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PassMode {
    /// Not at all: it has no bytes.
    Ignore,
    /// As one scalar or vector: the layout's representation is that, too.
    Direct(ParamAttrs),
    /// As two scalars: the layout's representation is a pair of them.
    Pair(ParamAttrs, ParamAttrs),
    /// As the registers' bytes.
    Cast(CastTarget),
    /// As a pointer to it. The callee owns the memory while it runs.
    Indirect {
        /// Promises about the pointer.
        attrs: ParamAttrs,
        /// Of the length or vtable that follows, if the value is unsized.
        meta_attrs: Option<ParamAttrs>,
        /// It is copied to the stack's argument area, and the pointer is implied (LLVM's `byval`).
        on_stack: bool,
    },
}

/// An argument or a result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArgAbi<'tcx> {
    /// The receiver of a virtual call has the type of a wide pointer here, but a thin pointer's layout.
    pub layout: TyAndLayout<'tcx>,
    /// How it goes.
    pub mode: PassMode,
}

impl ArgAbi<'_> {
    /// Whether nothing is passed.
    pub fn is_ignore(&self) -> bool {
        self.mode == PassMode::Ignore
    }
    /// Whether a pointer to it is passed.
    pub fn is_indirect(&self) -> bool {
        matches!(self.mode, PassMode::Indirect { .. })
    }
}

/// How a function is called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FnAbi<'tcx> {
    /// In order: the signature's inputs, of which the last is taken apart if the ABI is `rust-call`; arguments of a C
    /// variadic call beyond them; the caller's location.
    pub args: Vec<ArgAbi<'tcx>>,
    /// The result.
    pub ret: ArgAbi<'tcx>,
    /// The ABI in the source's terms.
    pub abi: ExternAbi,
    /// The calling convention.
    pub conv: lir::CallConv,
    /// Whether C's variable arguments may follow.
    pub c_variadic: bool,
    /// How many of `args` are not variadic.
    pub fixed_count: usize,
    /// The last of `args` is the caller's `&'static Location<'static>`, for `#[track_caller]`.
    pub caller_location: bool,
    /// Whether an unwind may come out of a call.
    pub can_unwind: bool,
}

// SAFETY: it holds collections of its own and references, which dropping does not follow.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl ty::Hold for FnAbi<'_> {}

/// Why there is no [`FnAbi`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FnAbiError<'tcx> {
    /// A type has no layout.
    Layout(LayoutError<'tcx>),
    /// This ABI is not supported for the target, or not at all.
    Abi(ExternAbi),
    /// This type cannot be passed by the ABI.
    Type(Ty<'tcx>, ExternAbi),
}

// SAFETY: it holds collections of its own and references, which dropping does not follow.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl ty::Hold for FnAbiError<'_> {}

impl fmt::Display for FnAbiError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FnAbiError::Layout(error) => error.fmt(f),
            FnAbiError::Abi(abi) => write!(f, "functions of the ABI {abi} are not supported"),
            FnAbiError::Type(ty, abi) => write!(f, "passing `{ty:?}` by the ABI {abi} is not supported"),
        }
    }
}
impl std::error::Error for FnAbiError<'_> {}

impl<'tcx> LayoutCx<'tcx> {
    /// How an instance is called: directly, or through a vtable if it is virtual. `extra_args`: what a call of a C
    /// variadic function passes beyond its signature.
    pub fn fn_abi_of_instance(
        &self,
        instance: Instance<'tcx>,
        extra_args: &[Ty<'tcx>],
    ) -> Result<&'tcx FnAbi<'tcx>, &'tcx FnAbiError<'tcx>> {
        let compute = || self.keep_abi(self.new_fn_abi(self.fn_sig_of_instance(instance), extra_args, Some(instance)));
        if extra_args.is_empty() { self.instance_abis.get_or(instance, compute) } else { compute() }
    }

    /// How a fn pointer is called.
    pub fn fn_abi_of_fn_ptr(
        &self,
        sig: PolyFnSig<'tcx>,
        extra_args: &[Ty<'tcx>],
    ) -> Result<&'tcx FnAbi<'tcx>, &'tcx FnAbiError<'tcx>> {
        let sig = self.normalize_sig(self.tcx().instantiate_bound_erased(sig));
        let compute = || self.keep_abi(self.new_fn_abi(sig, extra_args, None));
        if extra_args.is_empty() { self.fn_ptr_abis.get_or(sig, compute) } else { compute() }
    }

    fn keep_abi(
        &self,
        result: Result<FnAbi<'tcx>, FnAbiError<'tcx>>,
    ) -> Result<&'tcx FnAbi<'tcx>, &'tcx FnAbiError<'tcx>> {
        let arena = self.tcx().arena();
        match result {
            Ok(abi) => Ok(arena.hold(abi)),
            Err(error) => Err(arena.hold(error)),
        }
    }

    /// Whether an unwind may come out of a function of an ABI. With a definition, its attributes count too.
    pub fn fn_can_unwind(&self, def_id: Option<DefId>, abi: ExternAbi) -> bool {
        let tcx = self.tcx();
        let panics_unwind = !tcx.session().panic_abort;
        if let Some(def_id) = def_id {
            if self.has_codegen_flag(def_id, CodegenFlags::NEVER_UNWIND) {
                return false;
            }
            if !panics_unwind && !tcx.definitions().is_foreign_item(def_id) {
                return false;
            }
        }
        match abi {
            ExternAbi::C { unwind }
            | ExternAbi::System { unwind }
            | ExternAbi::Cdecl { unwind }
            | ExternAbi::Stdcall { unwind }
            | ExternAbi::Fastcall { unwind }
            | ExternAbi::Vectorcall { unwind }
            | ExternAbi::Thiscall { unwind }
            | ExternAbi::Aapcs { unwind }
            | ExternAbi::Win64 { unwind }
            | ExternAbi::SysV64 { unwind } => unwind,
            ExternAbi::Rust | ExternAbi::RustCall | ExternAbi::RustCold | ExternAbi::RustPreserveNone => panics_unwind,
            _ => false,
        }
    }

    fn new_fn_abi(
        &self,
        sig: FnSig<'tcx>,
        extra_args: &[Ty<'tcx>],
        instance: Option<Instance<'tcx>>,
    ) -> Result<FnAbi<'tcx>, FnAbiError<'tcx>> {
        let tcx = self.tcx();
        let kind = instance.map(|instance| instance.kind);
        let is_virtual = matches!(kind, Some(InstanceKind::Virtual(..)));
        // Whose attributes count: not those of the trait's method that a virtual call names.
        let definition = match kind {
            None | Some(InstanceKind::Virtual(..) | InstanceKind::ThreadLocalShim(_)) => None,
            Some(kind) => Some(kind.def_id()),
        };
        let conv = self.call_conv(sig.abi).ok_or(FnAbiError::Abi(sig.abi))?;

        let mut inputs = sig.inputs().to_vec();
        if sig.abi == ExternAbi::RustCall {
            let last = inputs.pop().map(|ty| *ty.kind());
            let Some(TyKind::Tuple(parts)) = last else {
                ty::bug!("the last input of a `rust-call` function is no tuple")
            };
            inputs.extend(parts.iter());
        }
        let fixed_count = inputs.len();
        inputs.extend(extra_args);
        let location = kind.filter(|&kind| requires_caller_location(self, kind)).map(|_| self.caller_location_ty());
        inputs.extend(location);

        let drop_takes_reference = tcx.definitions().release().behaviour.drop_in_place_takes_reference;
        let takes_drop_target = definition.filter(|_| drop_takes_reference).is_some_and(|def_id| {
            [LangItem::DropInPlace, LangItem::AsyncDropInPlace].iter().any(|&item| tcx.lang_item(item) == Some(def_id))
        });
        let layout_of = |ty| self.layout_of(ty).map_err(|error| FnAbiError::Layout(error.clone()));
        let mut args = Vec::with_capacity(inputs.len());
        for (index, &ty) in inputs.iter().enumerate() {
            let mut layout = layout_of(ty)?;
            if is_virtual && index == 0 {
                layout = self.thin_receiver(layout);
            }
            args.push(self.unadjusted_arg(layout, false, takes_drop_target && index == 0));
        }
        let ret = self.unadjusted_arg(layout_of(sig.output())?, true, false);
        let mut abi = FnAbi {
            args,
            ret,
            abi: sig.abi,
            conv,
            c_variadic: sig.c_variadic,
            fixed_count,
            caller_location: location.is_some(),
            can_unwind: self.fn_can_unwind(definition, sig.abi),
        };
        self.adjust(&mut abi)?;
        Ok(abi)
    }

    /// How an argument goes if the ABI has no opinion.
    fn unadjusted_arg(&self, layout: TyAndLayout<'tcx>, is_return: bool, is_drop_target: bool) -> ArgAbi<'tcx> {
        let scalar = |scalar, offset| self.scalar_attrs(scalar, layout, offset, is_return, is_drop_target);
        let mode = match layout.layout.backend_repr {
            _ if layout.is_zst() => PassMode::Ignore,
            BackendRepr::Scalar(a) => PassMode::Direct(scalar(a, Size::ZERO)),
            BackendRepr::ScalarPair(a, b) => {
                let b_offset = a.size(self).align_to(b.align(self).abi);
                PassMode::Pair(scalar(a, Size::ZERO), scalar(b, b_offset))
            }
            BackendRepr::SimdVector { .. } | BackendRepr::ScalableVector { .. } => {
                PassMode::Direct(ParamAttrs::default())
            }
            BackendRepr::Memory { .. } => self.indirect(layout, is_return),
        };
        ArgAbi { layout, mode }
    }

    fn adjust(&self, abi: &mut FnAbi<'tcx>) -> Result<(), FnAbiError<'tcx>> {
        match abi.abi {
            ExternAbi::Unadjusted => {
                // For LLVM's intrinsics. Scalars, pairs and vectors go as they are.
                match abi.args.iter().chain([&abi.ret]).find(|arg| arg.is_indirect()) {
                    Some(arg) => return Err(FnAbiError::Type(arg.layout.ty, abi.abi)),
                    None => return Ok(()),
                }
            }
            ExternAbi::X86Interrupt => {
                if let Some(frame) = abi.args.first_mut() {
                    self.make_by_value(frame);
                }
            }
            ExternAbi::Rust | ExternAbi::RustCall | ExternAbi::RustCold | ExternAbi::RustPreserveNone => {
                self.adjust_for_rust(abi);
            }
            ExternAbi::Win64 { .. } => self.adjust_for_win64(abi),
            // `efiapi` too: rustc gives it Win64's registers, but takes aggregates apart as the target's C does.
            _ => match self.arch() {
                Some("x86_64") | None => self.adjust_for_sysv64(abi),
                Some("wasm32" | "wasm64") => self.adjust_for_wasm(abi),
                Some("aarch64") => self.adjust_for_aapcs64(abi),
                Some("arm") => self.adjust_for_aapcs32(abi),
                Some("riscv32" | "riscv64") => self.adjust_for_riscv(abi),
                Some(_) => return self.require_scalars(abi),
            },
        }
        Ok(())
    }

    fn arch(&self) -> Option<&'tcx str> {
        self.tcx().session().cfg.values("target_arch").next()
    }

    /// Where the rules for aggregates are not known, scalars go as everywhere.
    fn require_scalars(&self, abi: &mut FnAbi<'tcx>) -> Result<(), FnAbiError<'tcx>> {
        let is_aggregate = |arg: &&ArgAbi<'tcx>| !arg.is_ignore() && arg.layout.layout.is_aggregate();
        match abi.args.iter().chain([&abi.ret]).find(is_aggregate) {
            Some(arg) => Err(FnAbiError::Type(arg.layout.ty, abi.abi)),
            None => Ok(()),
        }
    }

    /// The Rust ABI: small aggregates as integers, big results and all vectors through memory.
    fn adjust_for_rust(&self, abi: &mut FnAbi<'tcx>) {
        let pointer_size = self.pointer_size();
        let tcx = self.tcx();
        if matches!(self.arch(), Some("riscv32" | "riscv64")) {
            self.extend_for_riscv(&mut abi.args);
        }
        let promises_defined = tcx.session().optimize && tcx.definitions().release().behaviour.aggregates_are_defined;
        let all = abi.args.iter_mut().map(|arg| (arg, false)).chain([(&mut abi.ret, true)]);
        for (arg, is_return) in all {
            if arg.is_ignore() {
                continue;
            }
            let layout = arg.layout.layout;
            let is_vector = matches!(layout.backend_repr, BackendRepr::SimdVector { .. });
            if is_return && layout.size > pointer_size * 2 && !is_vector {
                self.make_indirect(arg, is_return);
                continue;
            }
            match layout.backend_repr {
                BackendRepr::Memory { sized: true } if layout.size <= pointer_size => {
                    let noundef = promises_defined && self.is_defined(arg.layout);
                    arg.mode = PassMode::Cast(CastTarget { noundef, ..CastTarget::integer(layout.size) });
                }
                // Caller and callee may differ in the registers that they have for vectors.
                BackendRepr::SimdVector { .. } => self.make_indirect(arg, is_return),
                _ => {}
            }
        }
    }

    /// The wide pointer to `dyn Trait` inside of a receiver, as a thin pointer.
    fn thin_receiver(&self, layout: TyAndLayout<'tcx>) -> TyAndLayout<'tcx> {
        let tcx = self.tcx();
        let ty = if layout.is_sized() {
            let mut receiver = layout;
            while !receiver.ty.is_raw_ptr() && !receiver.ty.is_ref() {
                receiver = match receiver.non_1zst_field(self) {
                    Some((_, field)) => field,
                    None => ty::bug!("the receiver `{:?}` of a virtual call is no pointer", layout.ty),
                };
            }
            receiver.ty
        } else {
            // An unsized `self` goes as a pointer to it.
            tcx.mk_ptr(layout.ty, ty::Mutability::Mut)
        };
        let thin = self.expect_layout(tcx.mk_ptr(tcx.types().unit, ty::Mutability::Mut));
        TyAndLayout { ty, layout: thin.layout }
    }
}

impl CastTarget {
    /// Registers of one type and size, as many as hold the value.
    pub(crate) fn uniform(ty: lir::Type, register_bytes: u64, size: Size) -> CastTarget {
        let size = size.bytes();
        let offsets = (0..size).step_by(register_bytes as usize);
        let reg = |offset| CastReg { offset, bytes: (size - offset).min(register_bytes), ty };
        CastTarget { regs: offsets.map(reg).collect(), ..CastTarget::default() }
    }

    /// The same, of which the stack gets all or nothing.
    pub(crate) fn together(self, together: bool) -> CastTarget {
        CastTarget { together, ..self }
    }

    /// One integer register that holds a value of at most 16 bytes.
    pub(crate) fn integer(size: Size) -> CastTarget {
        let bytes = size.bytes();
        let regs = SmallVec::from_slice(&[CastReg { offset: 0, bytes, ty: integer_holding(bytes) }]);
        CastTarget { regs, ..CastTarget::default() }
    }
}

/// The smallest integer type that holds so many bytes. Registers and stack slots do not tell an integer of 3 bytes from
/// one of 4 whose upper bits are undefined.
pub(crate) fn integer_holding(bytes: u64) -> lir::Type {
    match bytes {
        0 | 1 => lir::Type::I8,
        2 => lir::Type::I16,
        3 | 4 => lir::Type::I32,
        5..=8 => lir::Type::I64,
        _ => lir::Type::I128,
    }
}

/// The LIR's type of a float.
pub(crate) fn float_type(float: Float) -> lir::Type {
    lir::Type::Scalar(primitive_type(Primitive::Float(float)))
}

impl LayoutCx<'_> {
    /// The machine's convention of an ABI, where the target has it and the LIR knows it.
    fn call_conv(&self, abi: ExternAbi) -> Option<lir::CallConv> {
        let is_x86_64 = matches!(self.arch(), Some("x86_64") | None);
        let is_arm = self.arch() == Some("arm");
        Some(match abi {
            ExternAbi::Rust
            | ExternAbi::RustCall
            | ExternAbi::C { .. }
            | ExternAbi::System { .. }
            | ExternAbi::Cdecl { .. }
            | ExternAbi::Unadjusted
            | ExternAbi::Custom => lir::CallConv::C,
            ExternAbi::RustCold => lir::CallConv::Cold,
            ExternAbi::SysV64 { .. } if is_x86_64 => lir::CallConv::SysV64,
            ExternAbi::Win64 { .. } | ExternAbi::EfiApi if is_x86_64 => lir::CallConv::Win64,
            ExternAbi::X86Interrupt if is_x86_64 => lir::CallConv::X86Interrupt,
            ExternAbi::Aapcs { .. } | ExternAbi::EfiApi if is_arm => lir::CallConv::Aapcs,
            ExternAbi::EfiApi if matches!(self.arch(), Some("aarch64" | "riscv32" | "riscv64")) => lir::CallConv::C,
            _ => return None,
        })
    }
}
