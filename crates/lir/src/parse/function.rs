//! Functions: head, tables, blocks.

use super::{Error, Parser, Result, TokenKind, inst};
use crate::{
    AllocatorRole, Block, BlockData, CallConv, Captures, DebugPlace, DebugScope, DebugTypeId, DebugVariable, Extension,
    FileId, Function, FunctionAttrs, InlineHint, Inst, Landing, LandingKind, Linkage, LocId, Location, Node,
    OptimizeHint, Param, ParamAttrs, PointerRole, ScopeId, ScopeKind, Signature, Slot, SlotData, SymbolKind, SymbolRef,
    SymbolRefId, Type, Value, Var,
};
use index::IndexVec;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A function that is being read.
pub(super) struct Reader<'p, 's> {
    pub p: &'p mut Parser<'s>,
    pub function: Function,
    /// The first entry of each name in the table of symbols.
    symbols: FxHashMap<Arc<str>, SymbolRefId>,
    /// Types of the values that have been defined; values are dense, so a number is less than the text is long.
    types: IndexVec<Value, Option<Type>>,
}

/// A result of an instruction, as written before the `=`.
struct ResultText {
    value: Value,
    ty: Option<Type>,
}

enum SymbolText {
    Name(Arc<str>),
    Number(SymbolRefId),
}

pub(super) fn function(p: &mut Parser<'_>) -> Result<Function> {
    p.expect_word("function")?;
    let linkage = p.named("a linkage", Linkage::from_name)?;
    let name = p.symbol_name()?;
    let signature = signature(p, true)?;
    let (attrs, personality) = attrs(p)?;
    let function = Function { attrs, ..Function::new(name, linkage, signature) };
    let types = function.signature.params.iter().map(|param| Some(param.ty)).collect();
    let mut reader = Reader { p, function, symbols: FxHashMap::default(), types };
    while reader.table_entry()? {}
    reader.function.personality = match personality {
        None => None,
        Some(SymbolText::Number(id)) => Some(id),
        Some(SymbolText::Name(name)) => Some(reader.symbol_of_name(name, SymbolKind::Function)),
    };
    while !reader.p.eat("}")? {
        reader.block()?;
    }
    let mut function = reader.function;
    function.values = IndexVec::new();
    for (value, ty) in reader.types.iter_enumerated() {
        match ty {
            Some(ty) => function.values.push(*ty),
            None => return reader.p.error(format!("{value} is not defined; list it as `unused {value}: type`")),
        };
    }
    Ok(function)
}

/// `(ptr noalias, i32, ..., i32) -> i32 cc(cold)`; `numbered` as in a function's head, `(v0: ptr noalias, v1: i32)`.
pub(super) fn signature(p: &mut Parser<'_>, numbered: bool) -> Result<Signature> {
    let mut signature = Signature::default();
    p.expect("(")?;
    while !p.eat(")")? {
        if signature.variadic {
            if numbered {
                return p.expected("`)` after `...`");
            }
            p.expect(",")?;
            signature.extra.push(param(p)?);
            continue;
        }
        if !signature.params.is_empty() {
            p.expect(",")?;
        }
        if p.eat("...")? {
            signature.variadic = true;
            continue;
        }
        if numbered {
            p.table_entity("v", signature.params.len())?;
            p.expect(":")?;
        }
        signature.params.push(param(p)?);
    }
    if p.eat("->")? {
        if p.eat("(")? {
            signature.returns = p.list(")", param)?;
        } else {
            signature.returns = vec![Param::new(p.ty()?)];
        }
    }
    if p.word() == Some("cc") {
        p.next()?;
        p.expect("(")?;
        signature.conv = p.named("a calling convention", CallConv::from_name)?;
        p.expect(")")?;
    }
    Ok(signature)
}

fn param(p: &mut Parser<'_>) -> Result<Param> {
    let ty = p.ty()?;
    let mut attrs = ParamAttrs::default();
    while let Some(word) = p.word() {
        let known = [
            "zext",
            "sext",
            "sret",
            "byval",
            "group",
            "noalias",
            "nonnull",
            "readonly",
            "noundef",
            "writable",
            "dead_on_return",
            "captures",
            "dereferenceable_or_null",
            "dereferenceable",
            "align",
            "range",
        ];
        if !known.contains(&word) {
            return p.expected("an attribute of a parameter");
        }
        p.next()?;
        match word {
            "zext" => attrs.extension = Extension::Zero,
            "sext" => attrs.extension = Extension::Sign,
            "sret" => {
                let (size, align) = p.paren_pair()?;
                attrs.role = Some(PointerRole::StructReturn { size, align });
            }
            "byval" => {
                let (size, align) = p.paren_pair()?;
                attrs.role = Some(PointerRole::ByValue { size, align });
            }
            "group" => attrs.group = p.paren()?,
            "noalias" => attrs.noalias = true,
            "nonnull" => attrs.nonnull = true,
            "readonly" => attrs.readonly = true,
            "noundef" => attrs.noundef = true,
            "writable" => attrs.writable = true,
            "dead_on_return" => attrs.dead_on_return = true,
            "captures" => {
                p.expect("(")?;
                attrs.captures = p.named("`none`, `address` or `address_and_reads`", |word| match word {
                    "none" => Some(Captures::Nothing),
                    "address" => Some(Captures::Address),
                    "address_and_reads" => Some(Captures::AddressAndReads),
                    _ => None,
                })?;
                p.expect(")")?;
            }
            "dereferenceable_or_null" => {
                attrs.dereferenceable = p.paren()?;
                attrs.dereferenceable_or_null = true;
            }
            "dereferenceable" => attrs.dereferenceable = p.paren()?,
            "align" => attrs.align = p.paren()?,
            _ => attrs.range = Some(p.paren_pair()?),
        }
    }
    Ok(Param { ty, attrs })
}

/// Attributes of a function up to and with its `{`.
fn attrs(p: &mut Parser<'_>) -> Result<(FunctionAttrs, Option<SymbolText>)> {
    let mut attrs = FunctionAttrs::default();
    let mut personality = None;
    while !p.eat("{")? {
        let Some(word) = p.word() else { return p.expected("an attribute or `{`") };
        let known = [
            "inline",
            "optimize",
            "cold",
            "nounwind",
            "noreturn",
            "unwind_table",
            "naked",
            "no_builtins",
            "used",
            "alloc",
            "alloc_zeroed",
            "realloc",
            "dealloc",
            "features",
            "section",
            "align",
            "personality",
        ];
        if !known.contains(&word) {
            return p.expected("an attribute of a function");
        }
        p.next()?;
        match word {
            "inline" => {
                p.expect("(")?;
                attrs.inline = p.named("`hint`, `always` or `never`", |word| match word {
                    "hint" => Some(InlineHint::Hint),
                    "always" => Some(InlineHint::Always),
                    "never" => Some(InlineHint::Never),
                    _ => None,
                })?;
                p.expect(")")?;
            }
            "optimize" => {
                p.expect("(")?;
                attrs.optimize = p.named("`none`, `size` or `speed`", |word| match word {
                    "none" => Some(OptimizeHint::None),
                    "size" => Some(OptimizeHint::Size),
                    "speed" => Some(OptimizeHint::Speed),
                    _ => None,
                })?;
                p.expect(")")?;
            }
            "cold" => attrs.cold = true,
            "nounwind" => attrs.nounwind = true,
            "noreturn" => attrs.noreturn = true,
            "unwind_table" => attrs.unwind_table = true,
            "naked" => attrs.naked = true,
            "no_builtins" => attrs.no_builtins = true,
            "used" => attrs.used = true,
            "alloc" | "alloc_zeroed" => {
                let (size, align) = p.paren_pair()?;
                attrs.allocator = Some(AllocatorRole::Alloc { size, align, zeroed: word == "alloc_zeroed" });
            }
            "realloc" => {
                p.expect("(")?;
                let ptr = p.small()?;
                p.expect(",")?;
                let align = p.small()?;
                p.expect(",")?;
                let new_size = p.small()?;
                p.expect(")")?;
                attrs.allocator = Some(AllocatorRole::Realloc { ptr, align, new_size });
            }
            "dealloc" => attrs.allocator = Some(AllocatorRole::Dealloc { ptr: p.paren()? }),
            "features" => {
                p.expect("(")?;
                attrs.target_features = p.list(")", Parser::text)?;
            }
            "section" => attrs.section = Some(p.paren_text()?),
            "align" => attrs.align = p.paren()?,
            _ => {
                p.expect("(")?;
                personality = Some(symbol_text(p)?);
                p.expect(")")?;
            }
        }
    }
    Ok((attrs, personality))
}

fn symbol_text(p: &mut Parser<'_>) -> Result<SymbolText> {
    match p.eat_entity("sym")? {
        Some(number) => Ok(SymbolText::Number(SymbolRefId::from_u32(number))),
        None => p.symbol_name().map(SymbolText::Name),
    }
}

fn loc_name(p: &mut Parser<'_>) -> Result<LocId> {
    if p.word() == Some("loc_none") {
        p.next()?;
        return Ok(LocId::NONE);
    }
    p.entity("loc").map(LocId::from_u32)
}

/// ` !loc3` or nothing.
fn loc_suffix(p: &mut Parser<'_>) -> Result<LocId> {
    if p.eat("!")? { p.entity("loc").map(LocId::from_u32) } else { Ok(LocId::NONE) }
}

impl Reader<'_, '_> {
    /// Reads an entry of one of the tables before the blocks, if there is one.
    fn table_entry(&mut self) -> Result<bool> {
        let Some(word) = self.p.word() else { return Ok(false) };
        match word.trim_end_matches(|c: char| c.is_ascii_digit()) {
            "var" => {
                self.p.table_entity("var", self.function.vars.len())?;
                self.p.expect(":")?;
                let ty = self.p.ty()?;
                self.function.vars.push(ty);
            }
            "slot" => {
                self.p.table_entity("slot", self.function.slots.len())?;
                self.p.expect(":")?;
                self.p.expect_word("size")?;
                let size = self.p.small()?;
                self.p.expect_word("align")?;
                let align = self.p.small()?;
                self.function.slots.push(SlotData { size, align });
            }
            "sig" => {
                self.p.table_entity("sig", self.function.signatures.len())?;
                self.p.expect("=")?;
                let signature = signature(self.p, false)?;
                self.function.signatures.push(signature);
            }
            "sym" => {
                self.p.table_entity("sym", self.function.symbols.len())?;
                self.p.expect("=")?;
                let kind = self.p.named("`function`, `data` or `tls`", SymbolKind::from_name)?;
                let name = self.p.symbol_name()?;
                let weak = self.p.eat_flag("weak")?;
                let local = self.p.eat_flag("local")?;
                self.add_symbol(SymbolRef { name, kind, weak, local });
            }
            "file" => {
                self.p.table_entity("file", self.function.files.len())?;
                self.p.expect("=")?;
                let file = self.p.text()?;
                self.function.files.push(Arc::from(file));
            }
            "scope" => {
                self.p.table_entity("scope", self.function.scopes.len())?;
                self.p.expect("=")?;
                let scope = self.scope()?;
                self.function.scopes.push(scope);
            }
            "loc" => {
                self.p.table_entity("loc", self.function.locations.len())?;
                self.p.expect("=")?;
                let file = FileId::from_u32(self.p.entity("file")?);
                self.p.expect(":")?;
                let line = self.p.small()?;
                self.p.expect(":")?;
                let column = self.p.small()?;
                let scope = ScopeId::from_u32(self.p.entity("scope")?);
                self.function.locations.push(Location { file, line, column, scope });
            }
            "debug" => {
                self.p.next()?;
                if self.p.eat_flag("result")? {
                    self.p.expect(":")?;
                    self.function.debug_result = Some(DebugTypeId::from_u32(self.p.entity("type")?));
                    return Ok(true);
                }
                let variable = self.debug_variable()?;
                self.function.debug_variables.push(variable);
            }
            "unused" => {
                self.p.next()?;
                let offset = self.p.token.offset;
                let value = Value::from_u32(self.p.entity("v")?);
                self.p.expect(":")?;
                let ty = self.p.ty()?;
                self.define(value, ty, offset)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn scope(&mut self) -> Result<DebugScope> {
        let p = &mut *self.p;
        let kind = match p.word() {
            Some("function") => {
                p.next()?;
                ScopeKind::Function
            }
            Some("block") => {
                p.next()?;
                ScopeKind::Block
            }
            Some("inlined") => {
                p.next()?;
                p.expect("(")?;
                let name = Arc::from(p.text()?);
                p.expect(",")?;
                let linkage_name = p.symbol_name()?;
                p.expect(",")?;
                let call = loc_name(p)?;
                p.expect(")")?;
                ScopeKind::Inlined { name, linkage_name, call }
            }
            _ => return p.expected("`function`, `block` or `inlined`"),
        };
        let name = Arc::from(p.text()?);
        let file = FileId::from_u32(p.entity("file")?);
        p.expect(":")?;
        let line = p.small()?;
        let parent = if p.eat_flag("in")? { Some(ScopeId::from_u32(p.entity("scope")?)) } else { None };
        Ok(DebugScope { kind, parent, name, file, line })
    }

    fn debug_variable(&mut self) -> Result<DebugVariable> {
        let p = &mut *self.p;
        let name = Arc::from(p.text()?);
        p.expect(":")?;
        let ty = DebugTypeId::from_u32(p.entity("type")?);
        p.expect("=")?;
        let place = if p.eat("[")? {
            let slot = Slot::from_u32(p.entity("slot")?);
            p.expect("]")?;
            DebugPlace::Pointer { slot, offset: p.unsigned_offset()? }
        } else if let Some(number) = p.eat_entity("slot")? {
            DebugPlace::Slot { slot: Slot::from_u32(number), offset: p.unsigned_offset()? }
        } else {
            DebugPlace::Var(Var::from_u32(p.entity("var")?))
        };
        let scope = ScopeId::from_u32(p.entity("scope")?);
        let argument = if p.eat_flag("argument")? { Some(p.paren()?) } else { None };
        Ok(DebugVariable { name, ty, place, scope, argument, loc: loc_suffix(p)? })
    }

    fn block(&mut self) -> Result<()> {
        self.p.table_entity("block", self.function.blocks.len())?;
        let mut block = BlockData::default();
        let kind = match self.p.word() {
            Some("cleanup") => Some(LandingKind::Cleanup),
            Some("catch_all") => Some(LandingKind::CatchAll),
            _ => None,
        };
        if let Some(kind) = kind {
            self.p.next()?;
            self.p.expect("(")?;
            let exception = self.landing_value(Type::PTR)?;
            self.p.expect(",")?;
            let selector = self.landing_value(Type::I32)?;
            self.p.expect(")")?;
            block.landing = Some(Landing { kind, exception, selector });
        }
        block.cold = self.p.eat_flag("cold")?;
        self.p.expect(":")?;
        loop {
            if self.p.at_punct("}") || self.p.word().is_some_and(|word| super::entity_number(word, "block").is_some()) {
                return self.p.expected("an instruction or a terminator");
            }
            let offset = self.p.token.offset;
            let results = self.results()?;
            let done = match inst::inst(self)? {
                inst::Parsed::Inst(inst) => {
                    let types = self.known_results(&inst);
                    let (first_result, result_count) = self.define_results(&results, types, offset)?;
                    let loc = loc_suffix(self.p)?;
                    block.nodes.push(Node { inst, first_result, result_count, loc });
                    false
                }
                inst::Parsed::Terminator(terminator) => {
                    let types = self.function.infer_terminator_results(&terminator);
                    (block.first_result, block.result_count) = self.define_results(&results, types, offset)?;
                    block.terminator_loc = loc_suffix(self.p)?;
                    block.terminator = terminator;
                    true
                }
            };
            if !self.p.token.starts_line && !self.p.at_punct("}") {
                return self.p.expected("the end of the line");
            }
            if done {
                break;
            }
        }
        self.function.blocks.push(block);
        Ok(())
    }

    fn known_results(&self, inst: &Inst) -> Option<crate::ResultTypes> {
        self.function.infer_results(inst, None, &|value| self.ty(value))
    }

    fn landing_value(&mut self, ty: Type) -> Result<Value> {
        let offset = self.p.token.offset;
        let ResultText { value, ty: written } = self.result()?;
        self.define(value, written.unwrap_or(ty), offset)?;
        Ok(value)
    }

    fn result(&mut self) -> Result<ResultText> {
        let value = Value::from_u32(self.p.entity("v")?);
        let ty = if self.p.eat(":")? { Some(self.p.ty()?) } else { None };
        Ok(ResultText { value, ty })
    }

    /// `v1, v2: i8 = `, or nothing.
    fn results(&mut self) -> Result<Vec<ResultText>> {
        let mut results = Vec::new();
        if self.p.word().is_none_or(|word| super::entity_number(word, "v").is_none()) {
            return Ok(results);
        }
        loop {
            results.push(self.result()?);
            if self.p.eat("=")? {
                return Ok(results);
            }
            self.p.expect(",")?;
        }
    }

    /// Gives the results of an instruction their types: those that are written, otherwise the `inferred`.
    fn define_results(
        &mut self,
        results: &[ResultText],
        inferred: Option<crate::ResultTypes>,
        offset: usize,
    ) -> Result<(Value, u8)> {
        let error = |message: String| Err(Error { offset, message });
        if let Some(types) = &inferred
            && types.len() != results.len()
        {
            return error(format!("the instruction gives {} results, not {}", types.len(), results.len()));
        }
        let Ok(count) = u8::try_from(results.len()) else { return error("too many results".to_owned()) };
        let Some(first) = results.first().map(|result| result.value) else { return Ok((Value::ZERO, 0)) };
        for (index, result) in results.iter().enumerate() {
            if result.value.index() != first.index() + index {
                return error("an instruction's results have consecutive numbers".to_owned());
            }
            let inferred = inferred.as_ref().map(|types| types[index]);
            let Some(ty) = result.ty.or(inferred) else {
                return error(format!("the type of {} is not known here; write `{0}: type`", result.value));
            };
            self.define(result.value, ty, offset)?;
        }
        Ok((first, count))
    }

    fn define(&mut self, value: Value, ty: Type, offset: usize) -> Result<()> {
        let error = |message: String| Err(Error { offset, message });
        if !self.types.contains(value) {
            // Every value is written where it is defined, so this bounds the table by the length of the text.
            if value.index() >= self.p.lexer.text_bytes() {
                return error(format!("{value}: values are numbered without gaps"));
            }
            self.types.resize(value.index() + 1, None);
        }
        match &mut self.types[value] {
            Some(other) if *other != ty => error(format!("{value} was {other} before, and {ty} here")),
            entry => {
                *entry = Some(ty);
                Ok(())
            }
        }
    }

    /// The type of a value that has been defined before.
    pub fn ty(&self, value: Value) -> Option<Type> {
        self.types.get(value).copied().flatten()
    }

    fn add_symbol(&mut self, symbol: SymbolRef) -> SymbolRefId {
        let name = symbol.name.clone();
        let id = self.function.symbols.push(symbol);
        self.symbols.entry(name).or_insert(id);
        id
    }

    /// The first symbol of the name; entered as `kind` if there is none.
    fn symbol_of_name(&mut self, name: Arc<str>, kind: SymbolKind) -> SymbolRefId {
        match self.symbols.get(&name) {
            Some(id) => *id,
            None => self.add_symbol(SymbolRef { name, kind, weak: false, local: false }),
        }
    }

    /// `@name` or `sym3`.
    pub fn symbol(&mut self, kind: SymbolKind) -> Result<SymbolRefId> {
        match symbol_text(self.p)? {
            SymbolText::Number(id) => Ok(id),
            SymbolText::Name(name) => Ok(self.symbol_of_name(name, kind)),
        }
    }

    /// Whether the current token names a symbol.
    pub fn at_symbol(&self) -> bool {
        matches!(self.p.token.kind, TokenKind::Symbol(_) | TokenKind::Punct("@"))
            || self.p.word().is_some_and(|word| super::entity_number(word, "sym").is_some())
    }

    /// `sig3`, or a signature, which is entered.
    pub fn signature_id(&mut self) -> Result<crate::SigId> {
        if let Some(number) = self.p.eat_entity("sig")? {
            return Ok(crate::SigId::from_u32(number));
        }
        let signature = signature(self.p, false)?;
        let known = self.function.signatures.position(|other| *other == signature);
        Ok(known.unwrap_or_else(|| self.function.signatures.push(signature)))
    }

    pub fn value(&mut self) -> Result<Value> {
        self.p.entity("v").map(Value::from_u32)
    }

    pub fn block_name(&mut self) -> Result<Block> {
        self.p.entity("block").map(Block::from_u32)
    }

    pub fn comma(&mut self) -> Result<()> {
        self.p.expect(",")
    }

    /// `v1, v2`
    pub fn two(&mut self) -> Result<(Value, Value)> {
        let a = self.value()?;
        self.comma()?;
        Ok((a, self.value()?))
    }

    /// `v1, v2, v3`
    pub fn three(&mut self) -> Result<(Value, Value, Value)> {
        let (a, b) = self.two()?;
        self.comma()?;
        Ok((a, b, self.value()?))
    }

    /// Values with commas between, up to `)`.
    pub fn values_in_parens(&mut self) -> Result<Vec<Value>> {
        self.p.expect("(")?;
        self.p.list(")", |p| p.entity("v").map(Value::from_u32))
    }
}
