//! Calls.

use crate::cx::groups;
use crate::function::FunctionCx;
use crate::ll::build::AsmText;
use crate::ll::{Type, Value};
use lir::{Call, CallConv, Callee, Scalar};

/// LLVM's number of a calling convention.
pub(crate) fn convention(conv: CallConv) -> u32 {
    match conv {
        CallConv::C => 0,
        CallConv::Cold => 14,
        CallConv::SysV64 => 78,
        CallConv::Win64 => 79,
        CallConv::X86Interrupt => 83,
        CallConv::Aapcs => 67,
    }
}

impl<'c> FunctionCx<'_, '_, 'c> {
    pub(crate) fn lower_call(&mut self, results: impl Iterator<Item = lir::Value>, call: &Call) {
        let (callee, ty, args) = self.call_parts(call);
        let value = self.builder().call(ty, callee, &args);
        self.finish_call(value, call);
        self.set_results(value, results, false);
    }

    /// A call's address, type and arguments.
    pub(crate) fn call_parts(&mut self, call: &Call) -> (Value<'c>, Type<'c>, Vec<Value<'c>>) {
        let callee = match call.callee {
            Callee::Symbol(symbol) => self.symbol(symbol),
            Callee::Indirect(value) => self.get(value),
        };
        let ty = self.function_type(call.sig);
        (callee, ty, self.call_args(call))
    }

    /// A call's arguments as LLVM's.
    fn call_args(&mut self, call: &Call) -> Vec<Value<'c>> {
        let source = self.source;
        let signature = source.signature(call.sig);
        if !signature.has_groups() {
            return call.args.iter().map(|arg| self.get(*arg)).collect();
        }
        let mut args = call.args.iter();
        let mut result = Vec::with_capacity(call.args.len());
        for (param, count) in groups(signature.all_params()) {
            if param.attrs.group == 0 {
                result.extend(args.next().map(|arg| self.get(*arg)));
                continue;
            }
            let mut whole = self.cx.ty(param.ty).array(count as u64).undef();
            for (part, arg) in (0..).zip(args.by_ref().take(count)) {
                let arg = self.get(*arg);
                whole = self.builder().insert_value(whole, arg, part);
            }
            result.push(whole);
        }
        // What a variadic call passes beyond its signature goes as it is.
        result.extend(args.map(|arg| self.get(*arg)));
        result
    }

    /// Facts about a call beyond its operands.
    pub(crate) fn finish_call(&self, value: Value<'c>, call: &Call) {
        let signature = self.source.signature(call.sig);
        value.set_instruction_call_conv(convention(signature.conv));
        self.cx.attributes.add_call(value, signature, &call.attrs, self.cx);
    }

    /// Takes the results out of what a call gives. `late`: the call ends its block, so that they are taken where needed.
    pub(crate) fn set_results(&mut self, value: Value<'c>, results: impl Iterator<Item = lir::Value>, late: bool) {
        let results: Vec<lir::Value> = results.collect();
        if let [one] = results[..] {
            return self.set(one, value);
        }
        for (number, result) in (0..).zip(results) {
            match late {
                true => self.set_field(result, value, number),
                false => {
                    let field = self.builder().extract_value(value, number);
                    self.set(result, field);
                }
            }
        }
    }

    /// A value that the optimiser knows nothing of: it goes through assembly that does nothing.
    pub(crate) fn lower_black_box(&mut self, result: lir::Value, operand: lir::Value) {
        let ty = self.ty_of(operand);
        let value = self.get(operand);
        let in_register = match ty {
            lir::Type::Scalar(scalar) => scalar == Scalar::Ptr || (scalar.is_int() && scalar != Scalar::I128),
            lir::Type::Vector { .. } => false,
        };
        let value = if in_register {
            let function = value.ty().function(&[value.ty()], false);
            self.builder().call(function, function.inline_asm(&empty_asm("=r,0,~{memory}")), &[value])
        } else {
            let align = ty.size_bytes(self.cx.pointer_bytes).next_power_of_two().clamp(1, 64).into();
            let place = self.frame_place(value.ty(), align);
            self.builder().store(value, place, align);
            self.black_box_memory(place);
            self.builder().load(value.ty(), place, align)
        };
        self.set(result, value);
    }

    pub(crate) fn black_box_memory(&mut self, ptr: Value<'c>) {
        let function = self.cx.types.void.function(&[ptr.ty()], false);
        self.builder().call(function, function.inline_asm(&empty_asm("r,~{memory}")), &[ptr]);
    }

    /// A place in the frame beyond the function's slots.
    pub(crate) fn frame_place(&self, ty: Type<'c>, align: u64) -> Value<'c> {
        let entry = self.block(lir::Block::ZERO);
        match entry.first_instruction() {
            Some(first) => self.builder().aside(first, |builder| builder.alloca(ty, align)),
            // The builder is in the entry block, or else that would hold its terminator.
            None => self.builder().alloca(ty, align),
        }
    }
}

fn empty_asm(constraints: &str) -> AsmText {
    AsmText {
        template: String::new(),
        constraints: constraints.to_owned(),
        side_effects: true,
        align_stack: false,
        intel: false,
        can_unwind: false,
    }
}
