//! The text form: [`std::fmt::Display`] of [`Function`], [`crate::Module`] and [`crate::Data`]. [`crate::parse`] reads
//! it back.
//!
//! One instruction a line. Types of results are written only where they do not follow from the text before
//! (`v3: i64 = …`). Comments go from `;` or `//` to the end of the line.
//!
//! ```text
//! function export @add(v0: i32, v1: i32) -> i32 nounwind {
//!     var0: i32
//! block0:
//!     v2 = iadd nuw v0, v1
//!     set_var var0, v2
//!     jump block1
//! block1:
//!     v3 = get_var var0
//!     return v3
//! }
//! ```

mod data;
mod inst;

use crate::{
    AllocatorRole, Block, BlockData, Captures, DebugPlace, Extension, Function, FunctionAttrs, InlineHint, LandingKind,
    LocId, Node, OptimizeHint, Param, PointerRole, ScopeKind, Signature, SymbolRef, SymbolRefId, Type, Value,
};
use index::IndexVec;
use rustc_hash::FxHashSet;
use std::fmt::{self, Display, Formatter, Write};

pub use inst::NodeText;

/// A symbol's name with its `@`; quoted where it has other characters than letters, digits, `_`, `.` and `$`.
pub(crate) struct SymbolName<'a>(pub &'a str);

impl Display for SymbolName<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$');
        if !self.0.is_empty() && self.0.bytes().all(plain) {
            write!(f, "@{}", self.0)
        } else {
            write!(f, "@{}", Quoted(self.0))
        }
    }
}

/// Text in double quotes.
pub(crate) struct Quoted<'a>(pub &'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\t' => f.write_str("\\t")?,
                c if c.is_ascii_control() => write!(f, "\\x{:02x}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// An integer: decimal where it is small, otherwise hexadecimal.
pub(crate) struct Int(pub u128);

impl Display for Int {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0 < 1_000_000 { write!(f, "{}", self.0) } else { write!(f, "{:#x}", self.0) }
    }
}

/// Items with commas between them.
pub(crate) struct Commas<I>(pub I);

impl<T: Display, I: Iterator<Item = T> + Clone> Display for Commas<I> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.clone().enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            write!(f, "{item}")?;
        }
        Ok(())
    }
}

impl Display for Param {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let attrs = &self.attrs;
        write!(f, "{}", self.ty)?;
        match attrs.extension {
            Extension::None => {}
            Extension::Zero => f.write_str(" zext")?,
            Extension::Sign => f.write_str(" sext")?,
        }
        match attrs.role {
            None => {}
            Some(PointerRole::StructReturn { size, align }) => write!(f, " sret({size}, {align})")?,
            Some(PointerRole::ByValue { size, align }) => write!(f, " byval({size}, {align})")?,
        }
        if attrs.group != 0 {
            write!(f, " group({})", attrs.group)?;
        }
        let flags = [
            (attrs.noalias, " noalias"),
            (attrs.nonnull, " nonnull"),
            (attrs.readonly, " readonly"),
            (attrs.noundef, " noundef"),
            (attrs.writable, " writable"),
            (attrs.dead_on_return, " dead_on_return"),
            (attrs.captures == Captures::Nothing, " captures(none)"),
            (attrs.captures == Captures::AddressAndReads, " captures(address_and_reads)"),
            (attrs.captures == Captures::Address, " captures(address)"),
        ];
        write_flags(f, &flags)?;
        if attrs.dereferenceable_or_null {
            write!(f, " dereferenceable_or_null({})", attrs.dereferenceable)?;
        } else if attrs.dereferenceable != 0 {
            write!(f, " dereferenceable({})", attrs.dereferenceable)?;
        }
        if attrs.align != 0 {
            write!(f, " align({})", attrs.align)?;
        }
        if let Some((low, high)) = attrs.range {
            write!(f, " range({}, {})", Int(low), Int(high))?;
        }
        Ok(())
    }
}

fn write_flags(f: &mut Formatter<'_>, flags: &[(bool, &str)]) -> fmt::Result {
    flags.iter().filter(|(set, _)| *set).try_for_each(|(_, text)| f.write_str(text))
}

impl Display for Signature {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_signature(f, self, false)
    }
}

/// `numbered` writes the parameters' values before their types, as in the head of a function.
fn write_signature(f: &mut Formatter<'_>, signature: &Signature, numbered: bool) -> fmt::Result {
    f.write_char('(')?;
    for (index, param) in signature.params.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { ", " })?;
        if numbered {
            write!(f, "v{index}: ")?;
        }
        write!(f, "{param}")?;
    }
    if signature.variadic {
        f.write_str(if signature.params.is_empty() { "..." } else { ", ..." })?;
    }
    signature.extra.iter().try_for_each(|param| write!(f, ", {param}"))?;
    f.write_char(')')?;
    match &signature.returns[..] {
        [] => {}
        [one] if *one == Param::new(one.ty) => write!(f, " -> {}", one.ty)?,
        returns => write!(f, " -> ({})", Commas(returns.iter()))?,
    }
    match signature.conv {
        crate::CallConv::C => Ok(()),
        conv => write!(f, " cc({conv})"),
    }
}

impl Display for SymbolRef {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, SymbolName(&self.name))?;
        write_flags(f, &[(self.weak, " weak"), (self.local, " local")])
    }
}

impl Display for FunctionAttrs {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let inline = match self.inline {
            InlineHint::None => "",
            InlineHint::Hint => " inline(hint)",
            InlineHint::Always => " inline(always)",
            InlineHint::Never => " inline(never)",
        };
        let optimize = match self.optimize {
            OptimizeHint::Default => "",
            OptimizeHint::None => " optimize(none)",
            OptimizeHint::Size => " optimize(size)",
            OptimizeHint::Speed => " optimize(speed)",
        };
        write!(f, "{inline}{optimize}")?;
        let flags = [
            (self.cold, " cold"),
            (self.nounwind, " nounwind"),
            (self.noreturn, " noreturn"),
            (self.unwind_table, " unwind_table"),
            (self.naked, " naked"),
            (self.no_builtins, " no_builtins"),
            (self.used, " used"),
        ];
        write_flags(f, &flags)?;
        match self.allocator {
            None => {}
            Some(AllocatorRole::Alloc { size, align, zeroed: false }) => write!(f, " alloc({size}, {align})")?,
            Some(AllocatorRole::Alloc { size, align, zeroed: true }) => write!(f, " alloc_zeroed({size}, {align})")?,
            Some(AllocatorRole::Realloc { ptr, align, new_size }) => write!(f, " realloc({ptr}, {align}, {new_size})")?,
            Some(AllocatorRole::Dealloc { ptr }) => write!(f, " dealloc({ptr})")?,
        }
        if !self.target_features.is_empty() {
            write!(f, " features({})", Commas(self.target_features.iter().map(|feature| Quoted(feature))))?;
        }
        if let Some(section) = &self.section {
            write!(f, " section({})", Quoted(section))?;
        }
        if self.align != 0 {
            write!(f, " align({})", self.align)?;
        }
        Ok(())
    }
}

/// Knowledge that the writer shares with a reader: which symbol `@name` means, and which values' types the text has told.
pub(crate) struct Context<'a> {
    pub function: &'a Function,
    named_symbols: IndexVec<SymbolRefId, bool>,
}

impl<'a> Context<'a> {
    pub fn new(function: &'a Function) -> Context<'a> {
        let mut seen = FxHashSet::default();
        let named_symbols = function.symbols.iter().map(|symbol| seen.insert(&symbol.name)).collect();
        Context { function, named_symbols }
    }

    /// A symbol by its name where that means the first entry of the name in the table, otherwise by its number.
    pub fn symbol(&self, id: SymbolRefId) -> SymbolText<'a> {
        match self.named_symbols.get(id) {
            Some(true) => SymbolText::Name(&self.function.symbols[id].name),
            _ => SymbolText::Number(id),
        }
    }
}

pub(crate) enum SymbolText<'a> {
    Name(&'a str),
    Number(SymbolRefId),
}

impl Display for SymbolText<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            SymbolText::Name(name) => write!(f, "{}", SymbolName(name)),
            SymbolText::Number(id) => write!(f, "{id}"),
        }
    }
}

/// A location after an instruction.
struct LocSuffix(LocId);

impl Display for LocSuffix {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.is_none() { Ok(()) } else { write!(f, " !{}", self.0) }
    }
}

/// A location in a table; `loc_none` for none.
pub(crate) struct LocName(pub LocId);

impl Display for LocName {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.is_none() { f.write_str("loc_none") } else { write!(f, "{}", self.0) }
    }
}

impl Display for Function {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let context = Context::new(self);
        write!(f, "function {} {}", self.linkage, SymbolName(&self.name))?;
        write_signature(f, &self.signature, true)?;
        write!(f, "{}", self.attrs)?;
        if let Some(personality) = self.personality {
            write!(f, " personality({})", context.symbol(personality))?;
        }
        f.write_str(" {\n")?;
        self.write_tables(f)?;
        let mut known = IndexVec::repeat(None, self.values.len());
        for (slot, param) in known.iter_mut().zip(&self.signature.params) {
            *slot = Some(param.ty);
        }
        self.write_unused(f)?;
        for (id, block) in self.blocks.iter_enumerated() {
            self.write_block(f, &context, &mut known, id, block)?;
        }
        f.write_str("}\n")
    }
}

impl Function {
    fn write_tables(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (id, ty) in self.vars.iter_enumerated() {
            writeln!(f, "    {id}: {ty}")?;
        }
        for (id, slot) in self.slots.iter_enumerated() {
            writeln!(f, "    {id}: size {} align {}", slot.size, slot.align)?;
        }
        for (id, signature) in self.signatures.iter_enumerated() {
            writeln!(f, "    {id} = {signature}")?;
        }
        for (id, symbol) in self.symbols.iter_enumerated() {
            writeln!(f, "    {id} = {symbol}")?;
        }
        for (id, file) in self.files.iter_enumerated() {
            writeln!(f, "    {id} = {}", Quoted(file))?;
        }
        for (id, scope) in self.scopes.iter_enumerated() {
            write!(f, "    {id} = ")?;
            match &scope.kind {
                ScopeKind::Function => f.write_str("function")?,
                ScopeKind::Block => f.write_str("block")?,
                ScopeKind::Inlined { name, linkage_name, call } => {
                    write!(f, "inlined({}, {}, {})", Quoted(name), SymbolName(linkage_name), LocName(*call))?;
                }
            }
            write!(f, " {} {}:{}", Quoted(&scope.name), scope.file, scope.line)?;
            if let Some(parent) = scope.parent {
                write!(f, " in {parent}")?;
            }
            f.write_char('\n')?;
        }
        for (id, location) in self.locations.iter_enumerated() {
            let crate::Location { file, line, column, scope } = location;
            writeln!(f, "    {id} = {file}:{line}:{column} {scope}")?;
        }
        for variable in &self.debug_variables {
            write!(f, "    debug {}: {} = ", Quoted(&variable.name), variable.ty)?;
            match variable.place {
                DebugPlace::Slot { slot, offset } => write!(f, "{slot} + {offset}")?,
                DebugPlace::Pointer { slot, offset } => write!(f, "[{slot}] + {offset}")?,
                DebugPlace::Var(var) => write!(f, "{var}")?,
            }
            write!(f, " {}", variable.scope)?;
            if let Some(number) = variable.argument {
                write!(f, " argument({number})")?;
            }
            writeln!(f, "{}", LocSuffix(variable.loc))?;
        }
        if let Some(ty) = self.debug_result {
            writeln!(f, "    debug result: {ty}")?;
        }
        Ok(())
    }

    /// Values that nothing defines (an optimisation may leave them) are listed, so that the table of values comes back.
    fn write_unused(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut defined = IndexVec::repeat(false, self.values.len());
        let mut define = |value: Value| {
            if let Some(entry) = defined.get_mut(value) {
                *entry = true;
            }
        };
        self.params().for_each(&mut define);
        for block in &self.blocks {
            block.landing.iter().flat_map(|landing| [landing.exception, landing.selector]).for_each(&mut define);
            block.nodes.iter().flat_map(Node::results).for_each(&mut define);
            block.terminator_results().for_each(&mut define);
        }
        for (value, _) in defined.iter_enumerated().filter(|(_, defined)| !**defined) {
            writeln!(f, "    unused {value}: {}", self.values[value])?;
        }
        Ok(())
    }

    fn write_block(
        &self,
        f: &mut Formatter<'_>,
        context: &Context<'_>,
        known: &mut IndexVec<Value, Option<Type>>,
        id: Block,
        block: &BlockData,
    ) -> fmt::Result {
        write!(f, "{id}")?;
        if let Some(landing) = &block.landing {
            let kind = match landing.kind {
                LandingKind::Cleanup => "cleanup",
                LandingKind::CatchAll => "catch_all",
            };
            write!(f, " {kind}(")?;
            self.write_result(f, known, landing.exception, Some(Type::PTR))?;
            f.write_str(", ")?;
            self.write_result(f, known, landing.selector, Some(Type::I32))?;
            f.write_char(')')?;
        }
        f.write_str(if block.cold { " cold:\n" } else { ":\n" })?;
        for node in &block.nodes {
            let types = self.infer_results(&node.inst, None, &|value| known.get(value).copied().flatten());
            self.write_results(f, known, node.results(), types)?;
            inst::write_inst(f, context, &node.inst)?;
            writeln!(f, "{}", LocSuffix(node.loc))?;
        }
        let types = self.infer_terminator_results(&block.terminator);
        self.write_results(f, known, block.terminator_results(), types)?;
        inst::write_terminator(f, context, &block.terminator)?;
        writeln!(f, "{}", LocSuffix(block.terminator_loc))
    }

    /// Writes `v1, v2 = `, with the types that `inferred` does not have.
    fn write_results(
        &self,
        f: &mut Formatter<'_>,
        known: &mut IndexVec<Value, Option<Type>>,
        results: impl Iterator<Item = Value>,
        inferred: Option<crate::ResultTypes>,
    ) -> fmt::Result {
        f.write_str("    ")?;
        let inferred = inferred.unwrap_or_default();
        let mut any = false;
        for (index, value) in results.enumerate() {
            f.write_str(if any { ", " } else { "" })?;
            self.write_result(f, known, value, inferred.get(index).copied())?;
            any = true;
        }
        f.write_str(if any { " = " } else { "" })
    }

    fn write_result(
        &self,
        f: &mut Formatter<'_>,
        known: &mut IndexVec<Value, Option<Type>>,
        value: Value,
        inferred: Option<Type>,
    ) -> fmt::Result {
        write!(f, "{value}")?;
        let Some(&ty) = self.values.get(value) else { return Ok(()) };
        known[value] = Some(ty);
        if inferred == Some(ty) { Ok(()) } else { write!(f, ": {ty}") }
    }
}
