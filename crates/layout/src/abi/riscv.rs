//! The C calling convention of RISC-V (the psABI's integer and hardware floating-point conventions), of 32 and of 64 bits:
//! values of at most two registers' width in integer registers, structs of one or two numbers in registers of their kinds
//! where the ABI has floats in registers and some are left, the rest through memory.

use super::{ArgAbi, CastReg, CastTarget, FnAbi, PassMode, float_type, integer_holding};
use crate::{BackendRepr, FieldsShape, Integer, LayoutCx, Primitive, Size, TyAndLayout, Variants};
use lir::{Extension, ParamAttrs};
use smallvec::SmallVec;

/// Registers for arguments, of each kind.
const REGISTERS: u64 = 8;

/// A number in a struct that may travel in a register of its own kind.
#[derive(Clone, Copy)]
struct Part {
    offset: u64,
    ty: lir::Type,
    bytes: u64,
    is_float: bool,
}

/// The ABI's widths, in bits, and the registers that are left.
struct Machine {
    integer_bits: u64,
    /// 0: floats go in integer registers.
    float_bits: u64,
    integers: u64,
    floats: u64,
}

impl<'tcx> LayoutCx<'tcx> {
    pub(super) fn adjust_for_riscv(&self, abi: &mut FnAbi<'tcx>) {
        let float_bits = match &*self.tcx().session().abi_name {
            "ilp32f" | "lp64f" => 32,
            "ilp32d" | "lp64d" => 64,
            _ => 0,
        };
        let integer_bits = self.pointer_size().bits();
        let mut machine = Machine { integer_bits, float_bits, integers: REGISTERS, floats: REGISTERS };
        if !abi.ret.is_ignore() && abi.ret.layout.is_sized() {
            self.adjust_riscv_result(&mut abi.ret, &mut machine);
        }
        for (index, arg) in abi.args.iter_mut().enumerate() {
            if !arg.is_ignore() && arg.layout.is_sized() {
                self.adjust_riscv_arg(arg, index >= abi.fixed_count, &mut machine);
            }
        }
    }

    /// In Rust's own convention, integers fill their registers too.
    pub(super) fn extend_for_riscv(&self, args: &mut [ArgAbi<'tcx>]) {
        for arg in args {
            self.extend_riscv(arg, self.pointer_size().bits());
        }
    }

    fn adjust_riscv_result(&self, arg: &mut ArgAbi<'tcx>, machine: &mut Machine) {
        let is_aggregate = is_aggregate(arg.layout);
        if let Some(parts) = self.riscv_parts(arg.layout, machine) {
            arg.mode = mode_of_parts(&parts, is_aggregate);
            return;
        }
        let bits = arg.layout.layout.size.bits();
        if bits > 2 * machine.integer_bits {
            if is_aggregate {
                self.make_indirect(arg, true);
            }
            machine.integers -= 1;
        } else if is_aggregate {
            arg.mode = cast_to_integers(arg.layout.layout.size, machine.integer_bits / 8);
        } else {
            self.extend_riscv(arg, machine.integer_bits);
        }
    }

    fn adjust_riscv_arg(&self, arg: &mut ArgAbi<'tcx>, is_variable: bool, machine: &mut Machine) {
        if arg.layout.pass_indirectly_in_non_rustic_abis(self) {
            self.make_indirect(arg, false);
            machine.take_integers(1);
            return;
        }
        let is_aggregate = is_aggregate(arg.layout);
        if !is_variable && let Some(parts) = self.riscv_parts(arg.layout, machine) {
            let floats = parts.iter().filter(|part| part.is_float).count() as u64;
            let integers = parts.len() as u64 - floats;
            if floats <= machine.floats && integers <= machine.integers {
                machine.floats -= floats;
                machine.integers -= integers;
                arg.mode = mode_of_parts(&parts, is_aggregate);
                return;
            }
        }
        let layout = arg.layout.layout;
        let bits = layout.size.bits();
        if bits > 2 * machine.integer_bits {
            // (LLVM passes wide scalars by pointer itself.)
            if is_aggregate {
                self.make_indirect(arg, false);
            }
            machine.take_integers(1);
        } else if bits > machine.integer_bits {
            let is_aligned = layout.align.abi.bits() > machine.integer_bits;
            if is_aggregate {
                let register_bits = machine.integer_bits * if is_aligned { 2 } else { 1 };
                arg.mode = cast_to_integers(layout.size, register_bits / 8);
            }
            if is_aligned && is_variable {
                // It begins in an even register.
                machine.integers -= machine.integers % 2;
            }
            machine.take_integers(2);
        } else if is_aggregate {
            arg.mode = cast_to_integers(Size::from_bytes(layout.size.bytes()), machine.integer_bits / 8);
            machine.take_integers(1);
        } else if machine.integers >= 1 {
            self.extend_riscv(arg, machine.integer_bits);
            machine.take_integers(1);
        }
    }

    /// Integers fill their registers; those of 32 bits always with their sign.
    fn extend_riscv(&self, arg: &mut ArgAbi<'tcx>, bits: u64) {
        if let BackendRepr::Scalar(scalar) = arg.layout.layout.backend_repr
            && let Primitive::Int(Integer::I32, _) = scalar.primitive()
            && bits > 32
            && let PassMode::Direct(attrs) = &mut arg.mode
        {
            attrs.extension = Extension::Sign;
            return;
        }
        self.extend_to(arg, bits);
    }

    /// The numbers that a value consists of, if it is a float, two floats, or a float and an integer in either order, all of
    /// which fit the ABI's registers.
    fn riscv_parts(&self, layout: TyAndLayout<'tcx>, machine: &Machine) -> Option<SmallVec<[Part; 2]>> {
        let mut parts = SmallVec::new();
        self.add_riscv_parts(layout, Size::ZERO, machine, &mut parts)?;
        parts.iter().any(|part| part.is_float).then_some(parts)
    }

    /// `None`: it is something else.
    fn add_riscv_parts(
        &self,
        layout: TyAndLayout<'tcx>,
        offset: Size,
        machine: &Machine,
        parts: &mut SmallVec<[Part; 2]>,
    ) -> Option<()> {
        match layout.layout.backend_repr {
            BackendRepr::Scalar(scalar) => {
                let bytes = layout.layout.size.bytes();
                let (ty, is_float, widest) = match scalar.primitive() {
                    Primitive::Int(..) | Primitive::Pointer(_) => (integer_holding(bytes), false, machine.integer_bits),
                    Primitive::Float(float) => (float_type(float), true, machine.float_bits),
                };
                let is_first = parts.is_empty();
                let follows = parts.len() == 1 && (is_float || parts[0].is_float);
                if bytes * 8 > widest || !(is_first || follows) {
                    return None;
                }
                parts.push(Part { offset: offset.bytes(), ty, bytes, is_float });
                Some(())
            }
            BackendRepr::SimdVector { .. } | BackendRepr::ScalableVector { .. } => None,
            BackendRepr::ScalarPair(..) | BackendRepr::Memory { .. } => {
                if layout.is_zst() {
                    return Some(());
                }
                match layout.layout.fields {
                    FieldsShape::Union(_) if layout.is_transparent(self) => {
                        let (_, field) = layout.non_1zst_field(self)?;
                        self.add_riscv_parts(field, offset, machine, parts)
                    }
                    FieldsShape::Union(_) | FieldsShape::Primitive => None,
                    FieldsShape::Array { .. } | FieldsShape::Arbitrary { .. } => {
                        if let Variants::Multiple { .. } = layout.layout.variants {
                            return None;
                        }
                        let fields = &layout.layout.fields;
                        for index in fields.index_by_increasing_offset() {
                            self.add_riscv_parts(
                                layout.field(self, index),
                                offset + fields.offset(index),
                                machine,
                                parts,
                            )?;
                        }
                        Some(())
                    }
                }
            }
        }
    }
}

impl Machine {
    fn take_integers(&mut self, count: u64) {
        self.integers = self.integers.saturating_sub(count);
    }
}

fn is_aggregate(layout: TyAndLayout<'_>) -> bool {
    layout.layout.is_aggregate() || matches!(layout.layout.backend_repr, BackendRepr::SimdVector { .. })
}

/// A register for each. A float alone goes as it is; rustc promises nothing of it either.
fn mode_of_parts(parts: &[Part], is_aggregate: bool) -> PassMode {
    if !is_aggregate {
        return PassMode::Direct(ParamAttrs::default());
    }
    let reg = |part: &Part| CastReg { offset: part.offset, bytes: part.bytes, ty: part.ty };
    PassMode::Cast(CastTarget { regs: parts.iter().map(reg).collect(), ..CastTarget::default() })
}

/// Registers of so many bytes each.
fn cast_to_integers(size: Size, register_bytes: u64) -> PassMode {
    PassMode::Cast(CastTarget::uniform(integer_holding(register_bytes), register_bytes, size))
}
