//! Calls of LLVM's intrinsics by name.

use crate::cx::Cx;
use crate::function::FunctionCx;
use crate::ll::{Module, Type, Value};
use llvm_sys::{LLVMIntPredicate, LLVMOpcode, LLVMTypeKind};

/// Whether LLVM has the intrinsic.
pub(crate) fn exists(name: &str) -> bool {
    Module::intrinsic_id(name).is_some()
}

impl<'c> FunctionCx<'_, '_, 'c> {
    pub(crate) fn lower_intrinsic(
        &mut self,
        results: impl Iterator<Item = lir::Value>,
        name: &str,
        args: &[lir::Value],
    ) -> Result<(), String> {
        let id = Module::intrinsic_id(name).ok_or_else(|| format!("LLVM has no {name}"))?;
        let (function, ty) = match Module::intrinsic_is_overloaded(id) {
            true => {
                let types =
                    overload_types(self.cx, id, name).ok_or_else(|| format!("cannot read the types of {name}"))?;
                self.cx.intrinsic_by_id(id, &types)
            }
            false => self.cx.intrinsic_by_id(id, &[]),
        };
        let wanted = ty.param_types();
        if wanted.len() != args.len() {
            return Err(format!("{name} takes {} arguments, not {}", wanted.len(), args.len()));
        }
        let mut adapted = Vec::new();
        for (arg, wanted) in args.iter().zip(wanted) {
            adapted.push(self.adapt_arg(*arg, wanted).ok_or_else(|| self.mismatch(name, *arg))?);
        }
        let value = self.builder().call(ty, function, &adapted);
        let results: Vec<lir::Value> = results.collect();
        let fields = match results.len() {
            0 => Vec::new(),
            1 if value.ty().kind() != LLVMTypeKind::LLVMStructTypeKind => vec![value],
            count => (0..).take(count).map(|number| self.builder().extract_value(value, number)).collect(),
        };
        for (result, field) in results.into_iter().zip(fields) {
            self.set_adapted(result, field).ok_or_else(|| self.mismatch(name, result))?;
        }
        Ok(())
    }

    fn mismatch(&self, name: &str, value: lir::Value) -> String {
        format!("{name} has another type where {value} is {:?}", self.ty_of(value))
    }

    /// The value in the type that the intrinsic has: booleans, masks, and types that LIR has not.
    fn adapt_arg(&mut self, arg: lir::Value, wanted: Type<'c>) -> Option<Value<'c>> {
        let bits = self.cx.shaped(self.ty_of(arg), self.cx.types.i1);
        if self.llvm_ty_of(arg) == wanted {
            return Some(self.get(arg));
        }
        if wanted == bits {
            return Some(match self.ty_of(arg).is_vector() {
                true => self.mask(arg),
                false => {
                    let constant = self.get(arg);
                    // An immediate operand must be a constant.
                    match constant.is_instruction() {
                        true => self.condition(arg),
                        false => self.builder().icmp(LLVMIntPredicate::LLVMIntNE, constant, constant.ty().zero()),
                    }
                }
            });
        }
        let value = self.get(arg);
        self.reinterpret(value, wanted)
    }

    /// The other way for a result.
    fn set_adapted(&mut self, result: lir::Value, value: Value<'c>) -> Option<()> {
        let wanted = self.llvm_ty_of(result);
        if value.ty() == wanted {
            self.set(result, value);
        } else if value.ty() == self.cx.shaped(self.ty_of(result), self.cx.types.i1) {
            self.set_bit(result, value);
        } else {
            let value = self.reinterpret(value, wanted)?;
            self.set(result, value);
        }
        Some(())
    }

    /// The same bits in another type of the same size.
    fn reinterpret(&self, value: Value<'c>, wanted: Type<'c>) -> Option<Value<'c>> {
        let builder = self.builder();
        let from = value.ty();
        match (from.kind(), wanted.kind()) {
            // Tiles of matrices.
            (_, LLVMTypeKind::LLVMX86_AMXTypeKind) => {
                Some(self.cx.call_intrinsic("llvm.x86.cast.vector.to.tile", &[from], &[value]))
            }
            (LLVMTypeKind::LLVMX86_AMXTypeKind, _) => {
                Some(self.cx.call_intrinsic("llvm.x86.cast.tile.to.vector", &[wanted], &[value]))
            }
            (LLVMTypeKind::LLVMPointerTypeKind, _) | (_, LLVMTypeKind::LLVMPointerTypeKind) => None,
            // A mask of few lanes in an integer of eight bits or more.
            (LLVMTypeKind::LLVMIntegerTypeKind, LLVMTypeKind::LLVMVectorTypeKind)
                if wanted.element() == self.cx.types.i1 && from.int_bits()? > wanted.vector_lanes() =>
            {
                let narrow = builder.trunc(value, self.cx.context.int(wanted.vector_lanes()));
                Some(builder.bitcast(narrow, wanted))
            }
            (LLVMTypeKind::LLVMVectorTypeKind, LLVMTypeKind::LLVMIntegerTypeKind)
                if from.element() == self.cx.types.i1 && from.vector_lanes() < wanted.int_bits()? =>
            {
                let narrow = builder.bitcast(value, self.cx.context.int(from.vector_lanes()));
                Some(builder.zext(narrow, wanted))
            }
            _ => (self.cx.size_bits(from)? == self.cx.size_bits(wanted)?)
                .then(|| builder.cast(LLVMOpcode::LLVMBitCast, value, wanted)),
        }
    }
}

/// The types that an overloaded intrinsic is for, from the end of its full name: `.v4i32.p0`.
fn overload_types<'c>(cx: &Cx<'_, 'c>, id: u32, name: &str) -> Option<Vec<Type<'c>>> {
    let suffix = name.strip_prefix(&Module::intrinsic_name(id))?.strip_prefix('.')?;
    suffix.split('.').map(|text| named_type(cx, text)).collect()
}

/// A type as LLVM abbreviates it in names.
fn named_type<'c>(cx: &Cx<'_, 'c>, text: &str) -> Option<Type<'c>> {
    let (kind, rest) = text.split_at_checked(1)?;
    let number = || rest.parse::<u32>().ok();
    Some(match kind {
        "i" => cx.context.int(number().filter(|bits| (1..=1 << 20).contains(bits))?),
        "p" => number().filter(|space| *space == 0).map(|_| cx.types.ptr)?,
        "f" => match rest {
            "16" => cx.types.f16,
            "32" => cx.types.f32,
            "64" => cx.types.f64,
            "128" => cx.types.f128,
            _ => return None,
        },
        "b" if rest == "f16" => cx.context.bfloat(),
        "v" => {
            let digits = rest.find(|c: char| !c.is_ascii_digit())?;
            let lanes: u32 = rest[..digits].parse().ok()?;
            named_type(cx, &rest[digits..])?.vector(lanes)
        }
        _ => return None,
    })
}

impl<'c> Cx<'_, 'c> {
    /// The size of a type of numbers, or of a vector of them.
    fn size_bits(&self, ty: Type<'c>) -> Option<u32> {
        Some(match ty.kind() {
            LLVMTypeKind::LLVMIntegerTypeKind => ty.int_bits()?,
            LLVMTypeKind::LLVMHalfTypeKind | LLVMTypeKind::LLVMBFloatTypeKind => 16,
            LLVMTypeKind::LLVMFloatTypeKind => 32,
            LLVMTypeKind::LLVMDoubleTypeKind => 64,
            LLVMTypeKind::LLVMFP128TypeKind => 128,
            LLVMTypeKind::LLVMVectorTypeKind => self.size_bits(ty.element())? * ty.vector_lanes(),
            _ => return None,
        })
    }
}
