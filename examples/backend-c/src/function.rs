//! A function's blocks as labels and `goto`.

use crate::module::Names;
use crate::{signature, types};
use backend::DebugInfo;
use lir::{BranchHint, Function, LocId, Scalar, Signature, SymbolRefId, Terminator, Type, Value};
use std::fmt::Write;

/// Writes one function.
pub(crate) struct Writer<'a> {
    pub(crate) function: &'a Function,
    names: &'a Names,
    debug: DebugInfo,
    out: String,
}

/// The C text of a function that C can say.
pub(crate) fn write(function: &Function, names: &Names, debug: DebugInfo) -> String {
    let mut writer = Writer { function, names, debug, out: String::new() };
    writer.body();
    writer.out
}

impl Writer<'_> {
    pub(crate) fn ty(&self, value: Value) -> Type {
        self.function.ty(value)
    }

    pub(crate) fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "    {text}");
    }

    /// Sets a value that is no vector, or a vector from a vector.
    pub(crate) fn set(&mut self, value: Value, expression: &str) {
        match self.ty(value) {
            Type::Scalar(scalar) => self.line(&format!("{value} = ({})({expression});", types::scalar(scalar))),
            Type::Vector { .. } => self.line(&format!("{value} = {expression};")),
        }
    }

    /// Sets a value lane by lane.
    pub(crate) fn lanes(&mut self, value: Value, expression: impl Fn(&Self, u16) -> String) {
        let ty = self.ty(value);
        let t = types::scalar(ty.lane());
        for lane in 0..ty.lanes() {
            let text = expression(self, lane);
            let place = self.lane_place(value, lane);
            let address = if ty.is_vector() && ty.lane() == Scalar::Ptr { "(u64)" } else { "" };
            self.line(&format!("{place} = {address}({t})({text});"));
        }
    }

    /// A lane's value; of a scalar all of it.
    pub(crate) fn lane(&self, value: Value, lane: u16) -> String {
        match self.ty(value) {
            Type::Scalar(_) => value.to_string(),
            Type::Vector { lane: Scalar::Ptr, .. } => format!("((ptr){value}[{lane}])"),
            Type::Vector { .. } => format!("{value}[{lane}]"),
        }
    }

    /// Where a lane is put; of a scalar all of it.
    pub(crate) fn lane_place(&self, value: Value, lane: u16) -> String {
        if self.ty(value).is_vector() { format!("{value}[{lane}]") } else { value.to_string() }
    }

    /// A scalar as it stands in a vector: pointers as their address.
    pub(crate) fn address(&self, value: Value) -> String {
        if self.ty(value) == Type::PTR { format!("(u64){value}") } else { value.to_string() }
    }

    pub(crate) fn zero(&mut self, value: Value, ty: Type) {
        match ty {
            Type::Scalar(_) => self.line(&format!("{value} = 0;")),
            Type::Vector { .. } => self.line(&format!("{value} = ({}){{0}};", types::name(ty))),
        }
    }

    /// The address of a symbol.
    pub(crate) fn symbol(&self, symbol: SymbolRefId) -> String {
        self.names.address(&self.function.symbol(symbol).name)
    }

    /// What is called where a symbol is.
    pub(crate) fn callee(&self, symbol: SymbolRefId, signature: &Signature) -> String {
        let pointer = signature::pointer(signature);
        self.names.callee(&self.function.symbol(symbol).name, &pointer)
    }

    fn body(&mut self) {
        let function = self.function;
        let name = self.names.function(&function.name);
        let _ = writeln!(self.out, "{} {{", signature::function(&function.signature, &name));
        for (index, ty) in function.values.iter().enumerate() {
            self.line(&format!("{} v{index};", types::name(*ty)));
        }
        for (index, ty) in function.vars.iter().enumerate() {
            self.line(&format!("{} var{index};", types::name(*ty)));
        }
        for (index, slot) in function.slots.iter().enumerate() {
            let (size, align) = (slot.size.max(1), slot.align.max(1));
            self.line(&format!("u8 slot{index}[{size}] __attribute__((aligned({align})));"));
        }
        for (index, param) in function.signature.params.iter().enumerate() {
            let received = signature::received(param, index);
            self.line(&format!("v{index} = {received};"));
        }
        let mut location = LocId::NONE;
        for (number, block) in function.blocks.iter().enumerate() {
            let _ = writeln!(self.out, "block{number}:;");
            for node in &block.nodes {
                self.locate(node.loc, &mut location);
                self.inst(node);
            }
            self.locate(block.terminator_loc, &mut location);
            self.terminator(&block.terminator);
        }
        self.out += "}\n\n";
    }

    /// Says where in the source the next statements come from.
    fn locate(&mut self, loc: LocId, last: &mut LocId) {
        if self.debug < DebugInfo::Lines || loc.is_none() || loc == *last {
            return;
        }
        *last = loc;
        if let Some(it) = self.function.locations.get(loc)
            && let Some(file) = self.function.files.get(it.file)
            && it.line > 0
        {
            let _ = writeln!(self.out, "#line {} {}", it.line, types::quoted(file));
        }
    }

    fn terminator(&mut self, terminator: &Terminator) {
        match terminator {
            Terminator::Jump(block) => self.line(&format!("goto {block};")),
            Terminator::Branch { cond, then, otherwise, hint } => {
                let cond = match hint {
                    BranchHint::None => cond.to_string(),
                    BranchHint::Likely => format!("__builtin_expect({cond} != 0, 1)"),
                    BranchHint::Unlikely => format!("__builtin_expect({cond} != 0, 0)"),
                };
                self.line(&format!("if ({cond}) goto {then}; else goto {otherwise};"));
            }
            Terminator::Switch { value, cases, default } => {
                let scalar = self.ty(*value).lane();
                // C's `switch` takes up to 64 bits.
                if scalar == Scalar::I128 {
                    for (case, block) in cases {
                        let case = crate::scalar::constant(scalar, *case);
                        self.line(&format!("if ({value} == {case}) goto {block};"));
                    }
                } else {
                    self.line(&format!("switch ({value}) {{"));
                    for (case, block) in cases {
                        self.line(&format!("case {case:#x}ul: goto {block};"));
                    }
                    self.line("}");
                }
                self.line(&format!("goto {default};"));
            }
            Terminator::Return(values) => self.returns(values),
            Terminator::Trap => self.line("__builtin_trap();"),
            // The others have been rejected.
            _ => self.line("__builtin_unreachable();"),
        }
    }

    fn returns(&mut self, values: &[Value]) {
        let signature = &self.function.signature;
        match values {
            [] if signature::returns_struct(signature) => self.line("return v0;"),
            [] => self.line("return;"),
            [one] => self.line(&format!("return {one};")),
            [a, b, ..] => {
                let ty = signature::result_type(signature);
                self.line(&format!("return ({ty}){{ {a}, {b} }};"));
            }
        }
    }
}
