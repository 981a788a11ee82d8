//! The System V calling convention of x86-64: every eight bytes of an aggregate travel in an integer or in a vector
//! register, by what lies in them, or the whole aggregate in memory (AMD64 supplement, section 3.2.3).

use super::{ArgAbi, CastReg, CastTarget, FnAbi, PassMode, integer_holding};
use crate::{BackendRepr, LayoutCx, Primitive, Size, TyAndLayout, Variants};

/// What an eightbyte holds. The lower one wins where fields share an eightbyte.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Class {
    Integer,
    Sse,
    /// The rest of a vector that began in an earlier eightbyte.
    SseUp,
}

/// The widest vector: 512 bits.
const MAX_EIGHTBYTES: usize = 8;

type Classes = [Option<Class>; MAX_EIGHTBYTES];

const INTEGER_REGISTERS: usize = 6;
const SSE_REGISTERS: usize = 8;

impl<'tcx> LayoutCx<'tcx> {
    pub(super) fn adjust_for_sysv64(&self, abi: &mut FnAbi<'tcx>) {
        let mut integers = INTEGER_REGISTERS;
        let mut sses = SSE_REGISTERS;
        if !abi.ret.is_ignore() && abi.ret.layout.is_sized() {
            match self.classify(abi.ret.layout) {
                Some(classes) if abi.ret.layout.layout.is_aggregate() => {
                    abi.ret.mode = PassMode::Cast(cast_target(&classes, abi.ret.layout.layout.size));
                }
                Some(_) => {}
                None => {
                    self.make_indirect(&mut abi.ret, true);
                    integers -= 1;
                }
            }
        }
        for arg in &mut abi.args {
            if !arg.is_ignore() && arg.layout.is_sized() {
                self.adjust_sysv64_arg(arg, &mut integers, &mut sses);
            }
        }
    }

    fn adjust_sysv64_arg(&self, arg: &mut ArgAbi<'tcx>, integers: &mut usize, sses: &mut usize) {
        if arg.layout.pass_indirectly_in_non_rustic_abis(self) {
            *integers = integers.saturating_sub(1);
            self.make_indirect(arg, false);
            return;
        }
        let is_aggregate = arg.layout.layout.is_aggregate();
        let Some(classes) = self.classify(arg.layout) else {
            self.make_by_value(arg);
            return;
        };
        let count = |class| classes.iter().filter(|&&each| each == Some(class)).count();
        match (integers.checked_sub(count(Class::Integer)), sses.checked_sub(count(Class::Sse))) {
            (Some(left_integers), Some(left_sses)) => {
                *integers = left_integers;
                *sses = left_sses;
            }
            // An aggregate is never split between registers and the stack.
            _ if is_aggregate => {
                self.make_by_value(arg);
                return;
            }
            _ => {}
        }
        if is_aggregate {
            arg.mode = PassMode::Cast(cast_target(&classes, arg.layout.layout.size));
        } else {
            self.extend_to(arg, 32);
        }
    }

    /// The classes of a value's eightbytes; `None` if it goes in memory.
    fn classify(&self, layout: TyAndLayout<'tcx>) -> Option<Classes> {
        let count = layout.layout.size.bytes().div_ceil(8);
        if count > MAX_EIGHTBYTES as u64 {
            return None;
        }
        let count = count as usize;
        let mut classes = [None; MAX_EIGHTBYTES];
        self.classify_part(layout, Size::ZERO, &mut classes)?;
        if count > 2 {
            // More than two eightbytes stay in a register only as one vector.
            let is_vector =
                classes[0] == Some(Class::Sse) && classes[1..count].iter().all(|&class| class == Some(Class::SseUp));
            return is_vector.then_some(classes);
        }
        // The upper half of something whose lower half turned out to be of another class stands for itself.
        let mut index = 0;
        while index < count {
            match classes[index] {
                Some(Class::SseUp) => classes[index] = Some(Class::Sse),
                Some(Class::Sse) => {
                    index += 1;
                    while index < count && classes[index] == Some(Class::SseUp) {
                        index += 1;
                    }
                }
                _ => index += 1,
            }
        }
        Some(classes)
    }

    fn classify_part(&self, layout: TyAndLayout<'tcx>, offset: Size, classes: &mut Classes) -> Option<()> {
        if !offset.is_aligned(layout.layout.align.abi) {
            // Unaligned fields go in memory, unless there is nothing of them.
            return layout.is_zst().then_some(());
        }
        let mut class = match layout.layout.backend_repr {
            BackendRepr::Scalar(scalar) => match scalar.primitive() {
                Primitive::Int(..) | Primitive::Pointer(_) => Class::Integer,
                Primitive::Float(_) => Class::Sse,
            },
            BackendRepr::SimdVector { .. } | BackendRepr::ScalableVector { .. } => Class::Sse,
            BackendRepr::ScalarPair(..) | BackendRepr::Memory { .. } => {
                for index in 0..layout.layout.fields.count() {
                    let field_offset = offset + layout.layout.fields.offset(index);
                    self.classify_part(layout.field(self, index), field_offset, classes)?;
                }
                if let Variants::Multiple { variants, .. } = &layout.layout.variants {
                    for variant in variants.indices() {
                        self.classify_part(layout.for_variant(self, variant), offset, classes)?;
                    }
                }
                return Some(());
            }
        };
        let first = (offset.bytes() / 8) as usize;
        let last = ((offset.bytes() + layout.layout.size.bytes() - 1) / 8) as usize;
        for eightbyte in &mut classes[first..=last] {
            *eightbyte = Some(eightbyte.map_or(class, |old| old.min(class)));
            if class == Class::Sse {
                class = Class::SseUp;
            }
        }
        Some(())
    }
}

/// The registers for the eightbytes of a value that goes in registers.
fn cast_target(classes: &Classes, size: Size) -> CastTarget {
    let size = size.bytes();
    let mut target = CastTarget::default();
    let mut index = 0;
    while index < MAX_EIGHTBYTES && index as u64 * 8 < size {
        let offset = index as u64 * 8;
        let left = size - offset;
        let (ty, eightbytes) = match classes[index] {
            // Nothing but padding: what comes after it, if anything, is not passed.
            None => break,
            Some(Class::Integer) => (integer_holding(left.min(8)), 1),
            Some(Class::Sse | Class::SseUp) => {
                let upper = classes[index + 1..].iter().take_while(|&&class| class == Some(Class::SseUp)).count();
                match (upper, left) {
                    (0, 4) => (lir::Type::F32, 1),
                    (0, _) => (lir::Type::F64, 1),
                    _ => (lir::Type::vector(lir::Scalar::I8, (upper as u16 + 1) * 8), upper + 1),
                }
            }
        };
        target.regs.push(CastReg { offset, bytes: left.min(eightbytes as u64 * 8), ty });
        index += eightbytes;
    }
    target
}
