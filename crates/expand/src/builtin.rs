//! The macros that the compiler knows. (rustc: `rustc_builtin_macros`.)

mod asm;
mod format;

use syntax::ast::*;
use syntax::doubt::{Doubt, Result};
use syntax::lexer::Head;
use syntax::parser::Parser;
use syntax::span::{Edition, Ident, Span, SyntaxContext};
use syntax::stream::TokenStream;
use syntax::symbol::{Symbol, kw};
use syntax::token::{LitKind, Token, TokenKind};

use crate::build::Builder;
use crate::call::{Made, Want};
use crate::expander::Expander;
use crate::hygiene::{ExpnId, ExpnKind, MacroKind, Transparency};
use crate::literal;

const BUILTIN: &str = "built-in macro";

/// A use of a built-in macro.
#[derive(Clone, Copy)]
pub(crate) struct Use<'a> {
    pub name: Symbol,
    /// The expansion.
    pub id: ExpnId,
    /// The call.
    pub span: Span,
    /// Its place, as what the macro writes has it: names are looked up where the macro is defined.
    pub def_site: Span,
    /// The same, names are looked up where it is called.
    pub call_site: Span,
    pub args: &'a DelimArgs,
    pub want: Want,
}

impl Use<'_> {
    fn fail<T>(&self, message: impl AsRef<str>) -> Result<T> {
        Err(Doubt::new(self.span, BUILTIN, format!("`{}!`: {}", self.name, message.as_ref())))
    }
}

impl Expander<'_> {
    /// Expands a call of a built-in macro.
    pub(crate) fn builtin(
        &mut self,
        name: Symbol,
        id: ExpnId,
        span: Span,
        args: &DelimArgs,
        want: Want,
    ) -> Result<Made> {
        let hygiene = &mut self.session.hygiene;
        let def_site = hygiene.at(span, id, Transparency::Opaque);
        let call_site = hygiene.at(span, id, Transparency::Transparent);
        let call = Use { name, id, span, def_site, call_site, args, want };
        match name.as_str() {
            "format_args" | "const_format_args" => self.format_args(&call, false),
            "format_args_nl" => self.format_args(&call, true),
            "asm" => self.asm(&call, AsmMacro::Asm),
            "naked_asm" => self.asm(&call, AsmMacro::NakedAsm),
            "global_asm" => self.asm(&call, AsmMacro::GlobalAsm),
            "assert" => self.assert(&call),
            "core_panic" | "std_panic" => self.panic(&call, "panic"),
            "unreachable" => self.panic(&call, "unreachable"),
            "cfg" => {
                let value = self.input.options.eval(&args.tokens, span)?;
                Ok(Made::Expr(self.builder(def_site).bool(value)))
            }
            "cfg_select" => self.cfg_select(&call),
            "compile_error" => {
                let text = self.one_string(&call)?;
                call.fail(text)
            }
            "concat" => self.concat(&call),
            "concat_bytes" => self.concat_bytes(&call),
            "stringify" => {
                let text = self.context(|cx| cx.tokens(&args.tokens));
                Ok(Made::Expr(self.builder(def_site).str(&text)))
            }
            "line" | "column" | "file" => self.place(&call),
            "module_path" => {
                let path: Vec<&str> = self.modules.names_to(self.module).iter().map(|name| name.as_str()).collect();
                Ok(Made::Expr(self.builder(def_site).str(&path.join("::"))))
            }
            "env" => self.env(&call),
            "option_env" => self.option_env(&call),
            "include_str" => {
                let path = self.one_string(&call)?;
                let path = self.relative_path(&path, span)?;
                let text = self.text_of(&path, span)?;
                // The literal is where the file is: behind all that was read before.
                let name = self.input.surroundings.shown_name(&path);
                let Some(base) = self.sources.add(&path, &name, &text) else {
                    return call.fail("the crate's files are too large");
                };
                let place = Span { lo: base, hi: base + text.len() as u32, ..def_site };
                Ok(Made::Expr(self.builder(place).str(&text)))
            }
            "include_bytes" => {
                let path = self.one_string(&call)?;
                let path = self.relative_path(&path, span)?;
                let Some(bytes) = self.input.surroundings.read(&path) else {
                    return call.fail(format!("couldn't read `{}`", path.display()));
                };
                let text = literal::escape_bytes(&bytes);
                Ok(Made::Expr(self.builder(def_site).lit(LitKind::ByteStr, &text, None)))
            }
            "include" => self.include(&call),
            "log_syntax" | "trace_macros" => Ok(match want {
                Want::Items(_) | Want::Stmts => Made::Nothing,
                _ => Made::Expr(self.builder(call_site).tuple(Vec::new())),
            }),
            "pattern_type" => {
                let (ty, pat) = self.parse(&args.tokens, args.close, |parser| parser.parse_pattern_type())?;
                Ok(Made::Ty(self.builder(span).ty(TyKind::Pat(ty, pat))))
            }
            _ => call.fail("the macro is not supported"),
        }
    }

    pub(crate) fn builder(&mut self, span: Span) -> Builder<'_> {
        Builder::new(&mut self.ast, span)
    }

    /// Prints with what `$crate` means.
    pub(crate) fn context<T>(&self, print: impl FnOnce(syntax::pretty::Context<'_>) -> T) -> T {
        print(syntax::pretty::Context::new(&self.ast, self.session.hygiene.editions()))
    }

    /// Expressions with commas between them.
    fn exprs_in(&mut self, call: &Use<'_>) -> Result<Vec<ExprId>> {
        let mut exprs = self.parse(&call.args.tokens, call.args.close, |parser| {
            let mut exprs = Vec::new();
            while !parser.is_at_end() {
                exprs.push(parser.parse_expr()?);
                comma(parser)?;
            }
            Ok(exprs)
        })?;
        for expr in &mut exprs {
            self.expr_now(*expr)?;
        }
        Ok(exprs)
    }

    /// Expands an expression before the macro that it is an argument of.
    fn expr_now(&mut self, expr: ExprId) -> Result<()> {
        if !matches!(self.ast[expr].kind, ExprKind::Lit(_)) {
            self.expr(expr)?;
        }
        Ok(())
    }

    /// The string that an expression is. Macros in it are expanded.
    fn string_of(&mut self, expr: ExprId) -> Result<String> {
        self.expr_now(expr)?;
        let Expr { kind, span, .. } = self.ast[expr];
        let text = match kind {
            ExprKind::Lit(lit) => literal::string(&lit),
            _ => None,
        };
        text.ok_or_else(|| Doubt::new(span, BUILTIN, "the argument must be a string literal"))
    }

    /// The string that is a macro's only argument.
    fn one_string(&mut self, call: &Use<'_>) -> Result<String> {
        let expr = self.parse(&call.args.tokens, call.args.close, |parser| {
            let expr = parser.parse_expr()?;
            comma(parser)?;
            Ok(expr)
        })?;
        self.string_of(expr)
    }

    /// Do panics of an expansion format their message always?
    fn uses_panic_2021(&self, id: ExpnId) -> bool {
        let mut expansion = self.session.hygiene.expansion(id);
        while expansion.home.edition_panic {
            let outer = self.session.hygiene.outer_expansion(expansion.call_site.ctxt);
            expansion = self.session.hygiene.expansion(outer);
        }
        expansion.edition >= Edition::E2021
    }

    /// `panic!` and `unreachable!`: the call of the macro for the edition.
    fn panic(&mut self, call: &Use<'_>, name: &str) -> Result<Made> {
        let year = if self.uses_panic_2021(call.id) { "2021" } else { "2015" };
        let mut b = self.builder(call.call_site);
        let path = b.at(call.def_site).std_path(&["panic", &format!("{name}_{year}")]);
        let path = Path { span: call.call_site, ..path };
        Ok(Made::Expr(b.mac_call(path, call.args.tokens.clone())))
    }

    fn assert(&mut self, call: &Use<'_>) -> Result<Made> {
        let (cond, message) = self.parse(&call.args.tokens, call.args.close, |parser| {
            let cond = parser.parse_expr()?;
            comma(parser)?;
            let index = parser.position().token_index();
            let is_end = parser.is_at_end();
            while !parser.is_at_end() {
                parser.bump();
            }
            Ok((cond, (!is_end).then_some(index)))
        })?;
        let message = message.map(|index| call.args.tokens.slice(index..call.args.tokens.len()));
        let is_2021 = self.uses_panic_2021(call.id);
        let text = self.context(|cx| cx.expr(cond));
        let (span, def_site) = (call.call_site, call.def_site);
        let mut b = self.builder(span);
        let then = match message {
            Some(tokens) => {
                let path = if is_2021 {
                    let path = b.at(def_site).std_path(&["panic", "panic_2021"]);
                    Path { span, ..path }
                } else {
                    b.path(&[Symbol::intern("panic")])
                };
                b.mac_call(path, tokens)
            }
            None => {
                let message = b.at(Span::DUMMY).str(&format!("assertion failed: {text}"));
                let path = b.at(def_site).std_path(&["panicking", "panic"]);
                let callee = b.expr_path(Path { span, ..path });
                b.call(callee, vec![message])
            }
        };
        let not = b.expr(ExprKind::Unary(UnOp::Not, cond));
        let then = b.block_of(then);
        Ok(Made::Expr(b.expr(ExprKind::If(not, then, None))))
    }

    fn cfg_select(&mut self, call: &Use<'_>) -> Result<Made> {
        let stream = &call.args.tokens;
        let tokens = stream.tokens();
        let mut at = 0;
        let mut chosen: Option<TokenStream> = None;
        while at < tokens.len() {
            let start = at;
            while at < tokens.len() && tokens[at].kind != TokenKind::FatArrow {
                at = TokenStream::end_of_tree(tokens, at);
            }
            let is_default = at == start + 1 && tokens[start].is_ident_named(kw::UNDERSCORE);
            let holds = is_default || self.input.options.eval(&stream.slice(start..at), call.span)?;
            at += 1;
            let Some(Token { kind: TokenKind::Open(syntax::token::Delim::Brace), .. }) = tokens.get(at) else {
                return call.fail("a branch without braces is not supported");
            };
            let end = TokenStream::end_of_tree(tokens, at);
            if holds && chosen.is_none() {
                chosen = Some(stream.slice(at + 1..end - 1));
            }
            at = end;
            if tokens.get(at).is_some_and(|token| token.kind == TokenKind::Comma) {
                at += 1;
            }
        }
        match chosen {
            Some(tokens) => Ok(Made::Tokens(tokens)),
            None => call.fail("none of the predicates holds"),
        }
    }

    fn concat(&mut self, call: &Use<'_>) -> Result<Made> {
        let mut text = String::new();
        for expr in self.exprs_in(call)? {
            let part = match self.ast[expr].kind {
                ExprKind::Lit(lit) => literal::concat_text(&lit),
                ExprKind::Unary(UnOp::Neg, inner) => match self.ast[inner].kind {
                    ExprKind::Lit(lit) if matches!(lit.kind, LitKind::Integer | LitKind::Float) => {
                        literal::concat_text(&lit).map(|text| format!("-{text}"))
                    }
                    _ => None,
                },
                _ => None,
            };
            match part {
                Some(part) => text.push_str(&part),
                None => return call.fail("expected a literal"),
            }
        }
        Ok(Made::Expr(self.builder(call.def_site).str(&text)))
    }

    fn concat_bytes(&mut self, call: &Use<'_>) -> Result<Made> {
        let mut bytes = Vec::new();
        for expr in self.exprs_in(call)? {
            let found = match self.ast[expr].kind {
                ExprKind::Lit(lit) => literal::byte(&lit).map(|byte| vec![byte]).or_else(|| literal::bytes(&lit)),
                ExprKind::Array(elements) => {
                    self.list(elements).into_iter().map(|element| self.byte_of(element)).collect()
                }
                ExprKind::Repeat(element, count) => match self.ast[count.0].kind {
                    ExprKind::Lit(lit) => literal::integer(&lit)
                        .and_then(|count| usize::try_from(count).ok())
                        .filter(|count| *count <= self.session.limits.tokens)
                        .and_then(|count| Some(vec![self.byte_of(element)?; count])),
                    _ => None,
                },
                _ => None,
            };
            match found {
                Some(found) => bytes.extend(found),
                None => return call.fail("expected a byte literal"),
            }
        }
        let text = literal::escape_bytes(&bytes);
        Ok(Made::Expr(self.builder(call.def_site).lit(LitKind::ByteStr, &text, None)))
    }

    fn byte_of(&self, expr: ExprId) -> Option<u8> {
        match self.ast[expr].kind {
            ExprKind::Lit(lit) => {
                literal::byte(&lit).or_else(|| literal::integer(&lit).and_then(|value| u8::try_from(value).ok()))
            }
            _ => None,
        }
    }

    /// The outermost call that led to an expansion, not counting `include!`.
    fn cause(&self, mut id: ExpnId) -> Option<Span> {
        let mut last = None;
        while id != ExpnId::ROOT {
            let expansion = self.session.hygiene.expansion(id);
            if let ExpnKind::Macro(MacroKind::Bang, name) = expansion.kind
                && name.as_str() == "include"
            {
                break;
            }
            last = Some(expansion.call_site);
            id = self.session.hygiene.outer_expansion(expansion.call_site.ctxt);
        }
        last
    }

    fn place(&mut self, call: &Use<'_>) -> Result<Made> {
        let span = self.cause(call.id).unwrap_or(call.span);
        let (Some(file), Some(place)) = (self.sources.file(span.lo), self.sources.place(span.lo)) else {
            return call.fail("the place is not known");
        };
        let name = file.name.clone();
        let mut b = self.builder(span);
        Ok(Made::Expr(match call.name.as_str() {
            "line" => b.lit(LitKind::Integer, &place.line.to_string(), Some("u32")),
            "column" => b.lit(LitKind::Integer, &(place.column + 1).to_string(), Some("u32")),
            _ => b.str(&name),
        }))
    }

    fn env(&mut self, call: &Use<'_>) -> Result<Made> {
        let exprs = self.exprs_in(call)?;
        let (&name, _message) = match &exprs[..] {
            [name] => (name, None),
            [name, message] => (name, Some(message)),
            _ => return call.fail("takes 1 or 2 arguments"),
        };
        let name = self.string_of(name)?;
        match self.input.surroundings.variable(&name) {
            Some(value) => Ok(Made::Expr(self.builder(call.def_site).str(&value))),
            None => call.fail(format!("the variable `{name}` is not defined")),
        }
    }

    fn option_env(&mut self, call: &Use<'_>) -> Result<Made> {
        let name = self.one_string(call)?;
        let value = self.input.surroundings.variable(&name);
        let mut b = self.builder(call.def_site);
        Ok(Made::Expr(match value {
            Some(value) => {
                let value = b.str(&value);
                b.call_std(&["option", "Option", "Some"], vec![value])
            }
            None => {
                let lifetime = Ident::new(kw::STATIC_LIFETIME, call.def_site);
                let str = b.ty_name("str");
                let ty = b.ty_ref(str, Some(lifetime), Mutability::Not);
                let path = b.std_path(&["option", "Option", "None"]);
                let path = b.with_args(path, vec![AngleArg::Type(ty)]);
                b.expr_path(path)
            }
        }))
    }

    /// A path that is relative to the file of the outermost call.
    fn relative_path(&self, path: &str, span: Span) -> Result<std::path::PathBuf> {
        let path = std::path::Path::new(path);
        if path.is_absolute() {
            return Ok(path.to_owned());
        }
        let call = self.session.hygiene.walk_chain(span, SyntaxContext::ROOT);
        let Some(file) = self.sources.file(call.lo) else {
            return Err(Doubt::new(span, BUILTIN, "the file of the call is not known"));
        };
        Ok(file.path.parent().map(|folder| folder.join(path)).unwrap_or_else(|| path.to_owned()))
    }

    fn include(&mut self, call: &Use<'_>) -> Result<Made> {
        let path = self.one_string(call)?;
        let path = self.relative_path(&path, call.span)?;
        match call.want {
            Want::Items(Place::Module) => {
                // `mod` in the file is relative to it. There is no way back from here, as in rustc.
                let items = self.included_items(&path, call.span)?;
                let folder = path.parent().map(|folder| folder.to_owned()).unwrap_or_default();
                for &item in &items {
                    self.items.entry(item).or_default().included_in = Some(folder.clone());
                }
                Ok(Made::Items(items))
            }
            Want::Expr | Want::OptExpr | Want::Stmts => {
                let source = self.text_of(&path, call.span)?;
                let expr = self.parse_source(&path, &source, |parser| parser.parse_expr(), Head::Tokens)?;
                Ok(Made::Expr(expr))
            }
            _ => call.fail("is not supported in this place"),
        }
    }

    /// `#[global_allocator]`: the functions that call the static's methods.
    pub(crate) fn global_allocator(&mut self, id: ItemId, expansion: ExpnId) -> Result<ItemId> {
        let item = self.ast[id];
        let ItemKind::Static(definition) = item.kind else {
            return Err(Doubt::new(item.span, "attribute", "allocators must be statics"));
        };
        let Static { ident, ty, .. } = self.ast[definition];
        let hygiene = &mut self.session.hygiene;
        let span = hygiene.at(item.span, expansion, Transparency::Opaque);
        let ty_span = hygiene.at(self.ast[ty].span, expansion, Transparency::Opaque);
        let mut b = Builder::new(&mut self.ast, span);
        let mut stmts = Vec::new();
        for (method, params, returns_pointer) in ALLOCATOR_METHODS {
            let mut inputs = Vec::new();
            let path = b.at(ty_span).std_path(&["alloc", "GlobalAlloc", method]);
            let callee = b.at(ty_span).expr_path(path);
            let global = b.at(ty_span).expr_ident(ident);
            let mut args = vec![b.at(ty_span).addr_of(global)];
            for &param in params {
                if param != "layout" {
                    let ty = if param == "ptr" { pointer(&mut b) } else { b.ty_name("usize") };
                    let ident = b.ident(param);
                    inputs.push(b.param(ident, ty));
                    args.push(b.expr_ident(ident));
                    continue;
                }
                let (size, align) = (b.ident("size"), b.ident("align"));
                let usize = b.ty_name("usize");
                inputs.push(b.param(size, usize));
                let alignment = b.std_path(&["ptr", "Alignment"]);
                let alignment = b.ty_path(alignment);
                inputs.push(b.param(align, alignment));
                let parts = vec![b.expr_ident(size), b.expr_ident(align)];
                args.push(b.call_std(&["alloc", "Layout", "from_size_alignment_unchecked"], parts));
            }
            let result = b.at(ty_span).call(callee, args);
            let output = if returns_pointer { pointer(&mut b) } else { b.unit_ty() };
            let decl = b.decl(inputs, FnRet::Ty(output));
            let body = Some(b.block_of(result));
            let name = match method {
                "alloc" => "rustc_allocator".to_owned(),
                "dealloc" => "rustc_deallocator".to_owned(),
                "realloc" => "rustc_reallocator".to_owned(),
                _ => "rustc_allocator_zeroed".to_owned(),
            };
            let outer = syntax::token::AttrStyle::Outer;
            let attrs = vec![b.attr_word(outer, "rustc_std_internal_symbol"), b.attr_word(outer, &name)];
            let attrs = b.ast.add_list(attrs);
            let function = Fn {
                defaultness: Defaultness::Implicit,
                ident: b.ident(&format!("__rust_{method}")),
                generics: Generics::default(),
                header: FnHeader { safety: Safety::Unsafe(span), ..FnHeader::default() },
                decl,
                sig_span: span,
                contract: None,
                body,
                body_tokens: TokenRange::default(),
            };
            let function = b.ast.add(function);
            let item = b.item(attrs, ItemKind::Fn(function));
            stmts.push(b.at(ty_span).stmt_item(item));
        }
        let unit = b.at(ty_span).unit_ty();
        let block = b.block(stmts);
        let value = b.expr_block(block);
        let name = Ident::new(kw::UNDERSCORE, span);
        Ok(b.const_item(name, unit, value))
    }
}

/// The methods of `GlobalAlloc`, their parameters, and whether they return a pointer.
const ALLOCATOR_METHODS: [(&str, &[&str], bool); 4] = [
    ("alloc", &["layout"], true),
    ("dealloc", &["ptr", "layout"], false),
    ("realloc", &["ptr", "layout", "new_size"], true),
    ("alloc_zeroed", &["layout"], true),
];

/// `*mut u8`
fn pointer(b: &mut Builder<'_>) -> TyId {
    let byte = b.ty_name("u8");
    b.ty(TyKind::Ptr(byte, Mutability::Mut))
}

/// A comma, or the end.
fn comma(parser: &mut Parser<'_>) -> Result<()> {
    if parser.is_at_end() {
        return Ok(());
    }
    match parser.token().kind {
        TokenKind::Comma => {
            parser.bump();
            Ok(())
        }
        _ => Err(Doubt::new(parser.token().span, BUILTIN, "expected `,`")),
    }
}
