//! Calls of LLVM's intrinsics by name.
//!
//! LLVM renames its intrinsics, changes their types and drops those that plain instructions can express, but goes on to read
//! files of its older versions. Rust's library has many such names, and names that lack the types that they are for. A call
//! of one is made in the types that the program gives it ([`Cx::old_intrinsic`]); the whole module is then written and read
//! again ([`upgrade`]), in which LLVM puts today's intrinsics or instructions in place of the old ones.

use crate::cx::Cx;
use crate::function::FunctionCx;
use crate::ll::{Module, Type, Value};
use lir::{Function, Signature};
use llvm_sys::{LLVMIntPredicate, LLVMOpcode, LLVMTypeKind};

/// Whether LLVM has, or once had, the intrinsic with these types.
pub(crate) fn exists(cx: &Cx, function: &Function, name: &str, args: &[lir::Value], returns: &[lir::Type]) -> bool {
    if current(cx, name, args.len()).is_some() {
        return true;
    }
    let args = args.iter().map(|arg| function.ty(*arg));
    let module = cx.context.module("probe");
    module.set_target(&cx.options.triple, "");
    module.add_function(name, old_type(cx, args, returns));
    upgrade(module).is_ok_and(|module| unknown(&module).is_none())
}

/// LLVM's number of an intrinsic of today, and the types that it is for.
fn current<'c>(cx: &Cx<'_, 'c>, name: &str, arg_count: usize) -> Option<(u32, Vec<Type<'c>>)> {
    let id = Module::intrinsic_id(name)?;
    let types = match Module::intrinsic_is_overloaded(id) {
        true => overload_types(cx, id, name)?,
        false => Vec::new(),
    };
    (cx.module.intrinsic_type(id, &types).param_types().len() == arg_count).then_some((id, types))
}

/// The type of an intrinsic that is called as the program declares it.
fn old_type<'c>(cx: &Cx<'_, 'c>, args: impl Iterator<Item = lir::Type>, returns: &[lir::Type]) -> Type<'c> {
    cx.function_type(&Signature::plain(&args.collect::<Vec<_>>(), returns))
}

/// A module in which no intrinsic is an old one, but for those that LLVM does not know at all.
pub(crate) fn upgrade(module: Module) -> Result<Module, String> {
    module.context().parse_bitcode(&module.to_bitcode())
}

/// The name of a function that is called as an intrinsic, but is none.
pub(crate) fn unknown(module: &Module) -> Option<String> {
    let mut names = module.functions().filter(|function| function.is_declaration()).map(|function| function.name());
    names.find(|name| name.starts_with("llvm.") && Module::intrinsic_id(name).is_none())
}

impl<'c> FunctionCx<'_, '_, 'c> {
    pub(crate) fn lower_intrinsic(
        &mut self,
        results: impl Iterator<Item = lir::Value>,
        name: &str,
        args: &[lir::Value],
    ) -> Result<(), String> {
        let results: Vec<lir::Value> = results.collect();
        let (function, ty) = match current(self.cx, name, args.len()) {
            Some((id, types)) => self.cx.intrinsic_by_id(id, &types),
            None => {
                let returns: Vec<lir::Type> = results.iter().map(|result| self.ty_of(*result)).collect();
                let ty = old_type(self.cx, args.iter().map(|arg| self.ty_of(*arg)), &returns);
                (self.cx.old_intrinsic(name, ty)?, ty)
            }
        };
        let mut adapted = Vec::new();
        for (arg, wanted) in args.iter().zip(ty.param_types()) {
            adapted.push(self.adapt_arg(*arg, wanted).ok_or_else(|| self.mismatch(name, *arg))?);
        }
        let value = self.builder().call(ty, function, &adapted);
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

/// Overloaded intrinsics that programs name without the type: it can only be that of sizes.
const POINTER_SIZED: [&str; 2] = ["llvm.wasm.memory.grow", "llvm.wasm.memory.size"];

/// The types that an overloaded intrinsic is for, from the end of its full name: `.v4i32.p0`.
fn overload_types<'c>(cx: &Cx<'_, 'c>, id: u32, name: &str) -> Option<Vec<Type<'c>>> {
    let suffix = name.strip_prefix(&Module::intrinsic_name(id))?;
    if suffix.is_empty() && POINTER_SIZED.contains(&name) {
        return Some(vec![cx.context.int(cx.pointer_bytes * 8)]);
    }
    suffix.strip_prefix('.')?.split('.').map(|text| named_type(cx, text)).collect()
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
