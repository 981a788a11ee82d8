//! Inline assembly: LIR's operands as LLVM's constraints, template and types.
//!
//! LLVM has one list of operands, outputs first, which the template counts through; a register class is a letter and an
//! explicit register a name in braces. What a class may hold differs a little from what LLVM takes for its letter, so values
//! are cast on the way in and out ([`Fix`]).

mod aarch64;
mod arm;
mod naked;
mod riscv;
mod x86;

use crate::cx::Cx;
use crate::function::FunctionCx;
use crate::ll::attribute::{Place, kind};
use crate::ll::build::AsmText;
use crate::ll::{Block, Type, Value};
use lir::{AsmOperand, AsmPiece, AsmRegister, BlockData, InlineAsm, Scalar, Terminator};
use llvm_sys::LLVMOpcode;

pub(crate) use naked::lower_naked;

/// What a register holds, and how LLVM names it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    X86(x86::Class),
    Aarch64(aarch64::Class),
    Arm(arm::Class),
    Riscv(riscv::Class),
}

/// A target's assembly.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Arch {
    X86_64,
    Aarch64,
    Arm,
    Riscv,
}

impl Arch {
    pub(crate) fn of(triple: &str) -> Option<Arch> {
        match triple.split('-').next()? {
            "x86_64" => Some(Arch::X86_64),
            "aarch64" => Some(Arch::Aarch64),
            name if name.starts_with("arm") || name.starts_with("thumb") => Some(Arch::Arm),
            name if name.starts_with("riscv") => Some(Arch::Riscv),
            _ => None,
        }
    }

    fn class(self, register: &AsmRegister) -> Option<Class> {
        match (self, register) {
            (Arch::X86_64, AsmRegister::Class(name)) => x86::Class::named(name).map(Class::X86),
            (Arch::X86_64, AsmRegister::Explicit(name)) => x86::Class::of_register(name).map(Class::X86),
            (Arch::Aarch64, AsmRegister::Class(name)) => aarch64::Class::named(name).map(Class::Aarch64),
            (Arch::Aarch64, AsmRegister::Explicit(name)) => aarch64::Class::of_register(name).map(Class::Aarch64),
            (Arch::Arm, AsmRegister::Class(name)) => arm::Class::named(name).map(Class::Arm),
            (Arch::Arm, AsmRegister::Explicit(name)) => arm::Class::of_register(name).map(Class::Arm),
            (Arch::Riscv, AsmRegister::Class(name)) => riscv::Class::named(name).map(Class::Riscv),
            (Arch::Riscv, AsmRegister::Explicit(name)) => riscv::Class::of_register(name).map(Class::Riscv),
        }
    }
}

/// The construct in an assembly block that cannot be compiled for this target, if there is one.
pub(crate) fn unsupported(triple: &str, asm: &InlineAsm) -> Option<String> {
    let Some(arch) = Arch::of(triple) else { return Some(format!("inline assembly for {triple}")) };
    for operand in &asm.operands {
        let (AsmOperand::In { reg, .. } | AsmOperand::Out { reg, .. } | AsmOperand::InOut { reg, .. }) = operand else {
            continue;
        };
        if arch.class(reg).is_none() {
            let (AsmRegister::Explicit(name) | AsmRegister::Class(name)) = reg;
            return Some(format!("inline assembly with the register or class `{name}`"));
        }
    }
    None
}

/// How a value of some LIR type fits the registers of its class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fix<'c> {
    None,
    /// The same bits in another type.
    Bitcast(Type<'c>),
    /// The first lane of a vector of this type, whose bits are then in the other.
    Lane(Type<'c>, Type<'c>),
    /// The lower half of a float of 32 bits, whose upper half is all ones.
    Boxed(Type<'c>),
}

impl<'c> Fix<'c> {
    /// What LLVM sees.
    fn ty(self, plain: Type<'c>) -> Type<'c> {
        match self {
            Fix::None => plain,
            Fix::Bitcast(ty) | Fix::Lane(_, ty) | Fix::Boxed(ty) => ty,
        }
    }
}

/// The result of a block that is taken out of what LLVM returns, wherever it is used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output<'c> {
    aggregate: Value<'c>,
    /// The field, where LLVM returns a struct.
    field: Option<u32>,
    fix: Fix<'c>,
    plain: Type<'c>,
}

/// A block translated, ready to be called.
struct Translation<'c> {
    text: AsmText,
    inputs: Vec<Value<'c>>,
    outputs: Vec<Type<'c>>,
    /// For each result: its place among the outputs, its type in LIR and how to make it that.
    results: Vec<(u32, Type<'c>, Fix<'c>)>,
    labels: Vec<lir::Block>,
}

impl<'c> FunctionCx<'_, '_, 'c> {
    pub(crate) fn lower_asm(
        &mut self,
        results: impl Iterator<Item = lir::Value>,
        asm: &InlineAsm,
    ) -> Result<(), String> {
        let translation = self.translate_asm(asm, &[])?;
        let ty = self.asm_type(&translation);
        let call = self.builder().call(ty, ty.inline_asm(&translation.text), &translation.inputs);
        self.add_asm_attributes(call, asm);
        for (result, output) in results.zip(outputs(call, &translation)) {
            let value = self.asm_output(output);
            self.set(result, value);
        }
        Ok(())
    }

    pub(crate) fn lower_asm_goto(&mut self, data: &BlockData) -> Result<(), String> {
        let Terminator::AsmGoto { asm, fallthrough, targets, unwind } = &data.terminator else {
            unreachable!("only for AsmGoto");
        };
        let translation = self.translate_asm(asm, targets)?;
        let ty = self.asm_type(&translation);
        let callee = ty.inline_asm(&translation.text);
        let after = match fallthrough {
            Some(block) => self.block(*block),
            None => self.unreachable_block(),
        };
        let labels: Vec<Block> = translation.labels.iter().map(|label| self.block(*label)).collect();
        let builder = self.builder();
        let call = match unwind {
            Some(_) if !labels.is_empty() => {
                return Err("LLVM has no assembly that both jumps and unwinds".to_owned());
            }
            Some(unwind) => builder.invoke(ty, callee, &translation.inputs, after, self.block(*unwind)),
            None if labels.is_empty() => {
                let call = builder.call(ty, callee, &translation.inputs);
                builder.br(after);
                call
            }
            None => builder.call_br(ty, callee, &translation.inputs, after, &labels),
        };
        self.add_asm_attributes(call, asm);
        for (result, output) in data.terminator_results().zip(outputs(call, &translation)) {
            self.set_late(result, output);
        }
        Ok(())
    }

    fn unreachable_block(&mut self) -> Block<'c> {
        let builder = self.builder();
        let here = builder.block();
        let block = self.cx.context.append_block(self.value);
        builder.at_end(block);
        builder.unreachable();
        builder.at_end(here);
        block
    }

    fn asm_type(&self, translation: &Translation<'c>) -> Type<'c> {
        let result = match &translation.outputs[..] {
            [] => self.cx.types.void,
            [one] => *one,
            many => self.cx.context.structure(many, false),
        };
        let inputs: Vec<Type> = translation.inputs.iter().map(|input| input.ty()).collect();
        result.function(&inputs, false)
    }

    /// A result, from what LLVM returns.
    pub(crate) fn asm_output(&self, output: Output<'c>) -> Value<'c> {
        let builder = self.builder();
        let value = match output.field {
            Some(field) => builder.extract_value(output.aggregate, field),
            None => output.aggregate,
        };
        match output.fix {
            Fix::None => value,
            Fix::Bitcast(_) if output.plain == self.cx.types.ptr => {
                builder.cast(LLVMOpcode::LLVMIntToPtr, value, output.plain)
            }
            Fix::Bitcast(_) => builder.bitcast(value, output.plain),
            Fix::Lane(vector, _) => {
                let vector = builder.bitcast(value, vector);
                builder.extract_element(vector, self.cx.types.i32.zero())
            }
            Fix::Boxed(_) => {
                let halves = builder.bitcast(value, output.plain.vector(2));
                builder.extract_element(halves, self.cx.types.i32.zero())
            }
        }
    }

    fn asm_input(&self, value: Value<'c>, fix: Fix<'c>) -> Value<'c> {
        let builder = self.builder();
        match fix {
            Fix::None => value,
            Fix::Bitcast(ty) if value.ty() == self.cx.types.ptr => builder.cast(LLVMOpcode::LLVMPtrToInt, value, ty),
            Fix::Bitcast(ty) => builder.bitcast(value, ty),
            Fix::Lane(vector, ty) => {
                let vector = builder.insert_element(vector.poison(), value, self.cx.types.i32.zero());
                builder.bitcast(vector, ty)
            }
            Fix::Boxed(ty) => {
                let ones = self.cx.types.i32.constant(u32::MAX.into());
                let halves = builder.bitcast(ones, value.ty().vector(2));
                let halves = builder.insert_element(halves, value, self.cx.types.i32.zero());
                builder.bitcast(halves, ty)
            }
        }
    }

    fn translate_asm(&mut self, asm: &InlineAsm, targets: &[lir::Block]) -> Result<Translation<'c>, String> {
        let arch = Arch::of(&self.cx.options.triple).ok_or("no inline assembly is known for the target")?;
        let class = |reg: &AsmRegister| arch.class(reg).ok_or_else(|| format!("no register or class {reg:?}"));
        let mut constraints: Vec<String> = Vec::new();
        let mut clobbers: Vec<String> = Vec::new();
        let mut outputs = Vec::new();
        let mut results = Vec::new();
        // Where each LIR operand is among LLVM's.
        let mut places: Vec<Option<usize>> = vec![None; asm.operands.len()];

        for (index, operand) in asm.operands.iter().enumerate() {
            let (reg, late, ty, input) = match operand {
                AsmOperand::Out { reg, late, ty } => (reg, *late, *ty, None),
                AsmOperand::InOut { reg, late, value, ty } => (reg, *late, *ty, Some(self.ty_of(*value))),
                _ => continue,
            };
            let class = class(reg)?;
            // Tied operands have one type, also where the output is not wanted.
            let lir_ty = ty.or(input);
            if lir_ty.is_none() && class.only_clobbered(reg, &asm.operands) {
                class.add_clobber(reg, &mut clobbers);
                continue;
            }
            let (plain, fix) = match lir_ty {
                Some(lir_ty) => (self.cx.ty(lir_ty), class.fix(self.cx, lir_ty)),
                None => (class.dummy(self.cx), Fix::None),
            };
            if ty.is_some() {
                results.push((outputs.len() as u32, plain, fix));
            }
            outputs.push(fix.ty(plain));
            places[index] = Some(constraints.len());
            let prefix = if late { "=" } else { "=&" };
            constraints.push(format!("{prefix}{}", class.constraint(reg, lir_ty, self.cx)));
        }

        let mut inputs = Vec::new();
        for (index, operand) in asm.operands.iter().enumerate() {
            match operand {
                AsmOperand::In { reg, value } => {
                    let (class, ty) = (class(reg)?, self.ty_of(*value));
                    let value = self.get(*value);
                    inputs.push(self.asm_input(value, class.fix(self.cx, ty)));
                    places[index] = Some(constraints.len());
                    constraints.push(class.constraint(reg, Some(ty), self.cx));
                }
                AsmOperand::InOut { reg, late, value, .. } => {
                    let (class, ty) = (class(reg)?, self.ty_of(*value));
                    let value = self.get(*value);
                    inputs.push(self.asm_input(value, class.fix(self.cx, ty)));
                    let output = places[index].expect("an in-out operand is an output");
                    // An explicit register is named twice, as clang does; a class is tied.
                    constraints.push(match reg {
                        AsmRegister::Explicit(_) if *late => class.constraint(reg, Some(ty), self.cx),
                        _ => output.to_string(),
                    });
                }
                AsmOperand::Symbol(symbol) => {
                    inputs.push(self.symbol(*symbol));
                    places[index] = Some(constraints.len());
                    constraints.push("s".to_owned());
                }
                AsmOperand::Out { .. } | AsmOperand::Const(_) | AsmOperand::Label(_) => {}
            }
        }

        let mut labels = Vec::new();
        let mut template = String::new();
        for piece in &asm.template {
            let (index, modifier) = match piece {
                AsmPiece::Text(text) => {
                    template.push_str(&text.replace('$', "$$"));
                    continue;
                }
                AsmPiece::Operand { index, modifier } => (*index as usize, *modifier),
            };
            let operand = asm.operands.get(index).ok_or_else(|| format!("assembly names operand {index}"))?;
            match operand {
                AsmOperand::Const(text) => template.push_str(text),
                AsmOperand::Label(number) => {
                    let target = targets.get(*number as usize).ok_or("a label without a target")?;
                    template.push_str(&format!("${{{}:l}}", constraints.len()));
                    constraints.push("!i".to_owned());
                    labels.push(*target);
                }
                AsmOperand::Symbol(_) => {
                    let place = places[index].expect("a symbol is an input");
                    template.push_str(&format!("${{{place}:c}}"));
                }
                AsmOperand::In { reg, .. } | AsmOperand::Out { reg, .. } | AsmOperand::InOut { reg, .. } => {
                    let place = places[index].ok_or_else(|| format!("assembly names clobber {index}"))?;
                    match class(reg)?.modifier(modifier)? {
                        Some(modifier) => template.push_str(&format!("${{{place}:{modifier}}}")),
                        None => template.push_str(&format!("${{{place}}}")),
                    }
                }
            }
        }

        constraints.append(&mut clobbers);
        if !asm.options.preserves_flags {
            let flags: &[&str] = match arch {
                Arch::X86_64 => &["~{dirflag}", "~{fpsr}", "~{flags}"],
                Arch::Aarch64 | Arch::Arm => &["~{cc}"],
                Arch::Riscv => &riscv::FLAGS,
            };
            constraints.extend(flags.iter().map(|flag| (*flag).to_owned()));
        }
        if !asm.options.nomem {
            constraints.push("~{memory}".to_owned());
        }
        let text = AsmText {
            template,
            constraints: constraints.join(","),
            side_effects: !asm.options.pure_,
            align_stack: !asm.options.nostack,
            intel: arch == Arch::X86_64 && !asm.options.att_syntax,
            can_unwind: asm.options.may_unwind,
        };
        Ok(Translation { text, inputs, outputs, results, labels })
    }

    fn add_asm_attributes(&self, call: Value<'c>, asm: &InlineAsm) {
        let options = &asm.options;
        let add = |name, value| {
            call.add_call_attribute(Place::Function, self.cx.context.attribute(kind(name), value));
        };
        match (options.pure_, options.nomem, options.readonly) {
            (true, true, _) => add("memory", memory::NONE),
            (true, false, true) => add("memory", memory::READ),
            (false, true, _) => add("memory", memory::INACCESSIBLE),
            (false, false, true) => add("memory", memory::READ | memory::INACCESSIBLE),
            (_, false, false) => {}
        }
        if options.pure_ {
            add("willreturn", 0);
        }
        if !options.may_unwind {
            add("nounwind", 0);
        }
        if options.noreturn {
            add("noreturn", 0);
        }
    }
}

/// Values of the attribute `memory`: two bits, read and write, for each kind of memory.
mod memory {
    /// The kinds that this version of LLVM tells apart: arguments, inaccessible, errno, the target's two, other.
    const KINDS: u32 = 6;
    pub(super) const NONE: u64 = 0;
    pub(super) const READ: u64 = ((1 << (2 * KINDS)) - 1) / 3;
    /// Read and written, but only what the program has no other access to.
    pub(super) const INACCESSIBLE: u64 = 0b1100;
}

fn outputs<'c>(call: Value<'c>, translation: &Translation<'c>) -> Vec<Output<'c>> {
    let single = translation.outputs.len() == 1;
    let output = |(place, plain, fix): &(u32, Type<'c>, Fix<'c>)| Output {
        aggregate: call,
        field: (!single).then_some(*place),
        fix: *fix,
        plain: *plain,
    };
    translation.results.iter().map(output).collect()
}

impl Class {
    fn only_clobbered(self, reg: &AsmRegister, operands: &[AsmOperand]) -> bool {
        match self {
            Class::X86(class) => class.only_clobbered(reg, operands),
            Class::Aarch64(class) => class == aarch64::Class::Preg,
            Class::Arm(_) => false,
            Class::Riscv(class) => class == riscv::Class::Vreg,
        }
    }

    fn add_clobber(self, reg: &AsmRegister, clobbers: &mut Vec<String>) {
        let AsmRegister::Explicit(name) = reg else { return };
        match self {
            Class::X86(class) => class.add_clobber(name, clobbers),
            Class::Aarch64(_) | Class::Arm(_) | Class::Riscv(_) => clobbers.push(format!("~{{{name}}}")),
        }
    }

    /// The type of an output that is thrown away.
    fn dummy<'c>(self, cx: &Cx<'_, 'c>) -> Type<'c> {
        match self {
            Class::X86(class) => class.dummy(cx),
            Class::Aarch64(class) => class.dummy(cx),
            Class::Arm(class) => class.dummy(cx),
            Class::Riscv(class) => class.dummy(cx),
        }
    }

    fn fix<'c>(self, cx: &Cx<'_, 'c>, ty: lir::Type) -> Fix<'c> {
        match self {
            Class::X86(class) => class.fix(cx, ty),
            Class::Aarch64(class) => class.fix(cx, ty),
            Class::Arm(class) => class.fix(cx, ty),
            Class::Riscv(class) => class.fix(cx, ty),
        }
    }

    fn constraint(self, reg: &AsmRegister, ty: Option<lir::Type>, cx: &Cx) -> String {
        let bytes = ty.map(|ty| ty.size_bytes(cx.pointer_bytes));
        match (self, reg) {
            (Class::X86(class), AsmRegister::Class(_)) => class.constraint().to_owned(),
            (Class::X86(_), AsmRegister::Explicit(name)) => x86::register(name, bytes),
            (Class::Aarch64(class), AsmRegister::Class(_)) => class.constraint().to_owned(),
            (Class::Aarch64(_), AsmRegister::Explicit(name)) => aarch64::register(name, bytes),
            (Class::Arm(class), AsmRegister::Class(_)) => class.constraint().to_owned(),
            (Class::Arm(_), AsmRegister::Explicit(name)) => arm::register(name),
            (Class::Riscv(class), AsmRegister::Class(_)) => class.constraint().to_owned(),
            (Class::Riscv(_), AsmRegister::Explicit(name)) => format!("{{{name}}}"),
        }
    }

    fn modifier(self, modifier: Option<char>) -> Result<Option<char>, String> {
        match self {
            Class::X86(class) => class.modifier(modifier),
            Class::Aarch64(class) => Ok(class.modifier(modifier)),
            Class::Arm(class) => Ok(class.modifier(modifier)),
            Class::Riscv(_) => Ok(None),
        }
    }
}

/// Whether a scalar is a float of 16 bits, which LLVM's register classes do not take.
fn is_half(ty: lir::Type) -> bool {
    ty.lane() == Scalar::F16
}
