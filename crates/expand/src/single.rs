//! Expands one file as far as textual scope reaches. (rustc: `rustc_expand::expand`, and of `rustc_resolve::macros` what
//! concerns `macro_rules!`.)
//!
//! A `macro_rules!` is known from its definition to the end of the module or block around it, or to the end of what is
//! around a `#[macro_use]` module. A `macro` is known everywhere in the module or block it stands in. Exported macros are
//! known behind their definition as `crate::m` and `$crate::m`, and in the root module as `m`. Calls of anything else stay as they are, attributes and
//! derives too. Without macros ([`configure`]), only `cfg` is applied.
//!
//! The order is that of the text: a call is expanded, then what is in its result, then what follows. For textual scope this
//! finds what rustc finds, which expands in rounds.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use syntax::ast::*;
use syntax::doubt::{Doubt, Result};
use syntax::parser::{Fragment, FragmentKind, Parser};
use syntax::span::{Editions, Ident, Span, SyntaxContext};
use syntax::stack::{MAX_DEPTH, on_new_stack};
use syntax::symbol::{Symbol, kw};
use syntax::token::TokenKind;

use crate::cfg::{Options, is_named};
use crate::hygiene::{ExpnId, Transparency};
use crate::mbe::{Macro, Name, Session};

/// After how many levels another stack is needed: a level here is several calls.
const SEGMENT: u32 = 32;

/// What was done to a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many calls were expanded.
    pub expanded: usize,
    /// How many calls are of macros that are not known here, and stay.
    pub left: usize,
}

/// Removes what `cfg` removes, and nothing else.
pub fn configure(ast: &mut Ast, file: &mut File, options: &Options, editions: &Editions) -> Result<()> {
    let mut session = Session::new(editions.root());
    Expander::new(ast, options, &mut session, false).file(file)
}

/// Expands what is defined in the file.
pub fn expand(ast: &mut Ast, file: &mut File, options: &Options, session: &mut Session) -> Result<Summary> {
    let mut expander = Expander::new(ast, options, session, true);
    expander.file(file)?;
    Ok(expander.summary)
}

pub(crate) struct Expander<'a> {
    pub(crate) ast: &'a mut Ast,
    options: &'a Options,
    session: &'a mut Session,
    /// Are calls expanded?
    macros: bool,
    /// The expansion whose result we are in.
    current: ExpnId,
    /// The macros in scope, the innermost last. Nothing: a definition that is the compiler's.
    scope: FxHashMap<Name, Vec<Option<Arc<Macro>>>>,
    /// The names in the order in which they came into scope.
    defined: Vec<Name>,
    /// `#[macro_export]`
    exported: FxHashMap<Symbol, Arc<Macro>>,
    /// How many modules are around.
    pub(crate) modules: u32,
    depth: u32,
    summary: Summary,
}

impl<'a> Expander<'a> {
    fn new(ast: &'a mut Ast, options: &'a Options, session: &'a mut Session, macros: bool) -> Expander<'a> {
        Expander {
            ast,
            options,
            session,
            macros,
            current: ExpnId::ROOT,
            scope: FxHashMap::default(),
            defined: Vec::new(),
            exported: FxHashMap::default(),
            modules: 0,
            depth: 0,
            summary: Summary::default(),
        }
    }

    fn file(&mut self, file: &mut File) -> Result<()> {
        let editions = self.session.hygiene.editions();
        let (attrs, is_kept) = self.options.attrs_in_front(self.ast, file.attrs, editions)?;
        file.attrs = attrs;
        if !is_kept {
            file.items = List::EMPTY;
            return Ok(());
        }
        self.define_late_macros(file.items)?;
        file.items = self.items(file.items, Place::Module)?;
        Ok(())
    }

    /// The nodes of a list, to be changed one by one.
    pub(crate) fn list<T: Node + Clone>(&self, list: List<T>) -> Vec<T> {
        self.ast[list].to_vec()
    }

    /// The attributes as `cfg` leaves them; nothing if what they belong to goes.
    pub(crate) fn attrs(&mut self, attrs: List<Attr>) -> Result<Option<List<Attr>>> {
        if attrs.is_empty() {
            return Ok(Some(attrs));
        }
        self.options.attrs(self.ast, attrs, self.session.hygiene.editions())
    }

    /// The attributes of what cannot be removed.
    pub(crate) fn attrs_of_fixed(&mut self, attrs: List<Attr>) -> Result<List<Attr>> {
        if let Some(attr) = self.ast[attrs].iter().find(|attr| is_named(self.ast, attr, "cfg")) {
            let message = "removing an expression is not supported in this position";
            return Err(Doubt::new(attr.span, "`cfg` attribute", message));
        }
        Ok(self.attrs(attrs)?.unwrap_or(attrs))
    }

    /// One level of the tree.
    pub(crate) fn level<T: Send>(&mut self, span: Span, f: impl FnOnce(&mut Self) -> Result<T> + Send) -> Result<T> {
        let too_deep = || {
            let message = format!("nested more than {MAX_DEPTH} levels deep");
            Err(Doubt::new(span, "nested syntax", message))
        };
        if self.depth >= MAX_DEPTH {
            return too_deep();
        }
        self.depth += 1;
        let result = match self.depth.is_multiple_of(SEGMENT) {
            true => on_new_stack(|| f(self)).unwrap_or_else(too_deep),
            false => f(self),
        };
        self.depth -= 1;
        result
    }

    /// Macros that come into scope in `f` are out of scope behind it.
    pub(crate) fn scoped<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outer = self.defined.len();
        let result = f(self);
        for name in self.defined.drain(outer..) {
            if let Some(macros) = self.scope.get_mut(&name) {
                macros.pop();
            }
        }
        result
    }

    fn name(&self, ident: Ident) -> Name {
        (ident.name, self.session.hygiene.normalize_to_macros_2_0(ident.span.ctxt))
    }

    /// Brings a definition into scope.
    fn define(&mut self, item: &Item, ident: Ident, def: Id<MacroDef>) -> Result<()> {
        if !self.macros {
            return Ok(());
        }
        let MacroDef { body, macro_rules } = self.ast[def].clone();
        let attrs = &self.ast[item.attrs];
        let has = |name: &str| attrs.iter().find(|attr| is_named(self.ast, attr, name));
        let builtin = has("rustc_builtin_macro").is_some();
        let transparency = match has("rustc_macro_transparency") {
            None => Transparency::of_definition(macro_rules),
            Some(attr) => {
                let message = "the attribute `rustc_macro_transparency` is not supported";
                return Err(Doubt::new(attr.span, "macro definition", message));
            }
        };
        let is_exported = has("macro_export").is_some();
        let definition = if builtin {
            None
        } else {
            let hygiene = &self.session.hygiene;
            let edition = hygiene.editions().of(ident.span);
            let mut definition = Macro::compile(hygiene, ident, item.span, macro_rules, &body.tokens, edition)?;
            definition.transparency = transparency;
            Some(Arc::new(definition))
        };
        if let (true, Some(definition)) = (is_exported, &definition) {
            self.exported.insert(ident.name, definition.clone());
        }
        let name = self.name(ident);
        self.scope.entry(name).or_default().push(definition);
        self.defined.push(name);
        Ok(())
    }

    /// Brings the `macro` items among a module's or block's items into scope.
    pub(crate) fn define_late_macros(&mut self, items: List<ItemId>) -> Result<()> {
        for item in self.list(items) {
            self.define_late_macro(item)?;
        }
        Ok(())
    }

    pub(crate) fn define_late_macro(&mut self, item: ItemId) -> Result<()> {
        let item = self.ast[item];
        match item.kind {
            ItemKind::MacroDef(ident, def) if !self.ast[def].macro_rules && self.attrs(item.attrs)?.is_some() => {
                self.define(&item, ident, def)
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn define_textual_macro(&mut self, item: &Item) -> Result<()> {
        match item.kind {
            ItemKind::MacroDef(ident, def) if self.ast[def].macro_rules => self.define(item, ident, def),
            _ => Ok(()),
        }
    }

    fn lookup(&self, path: &Path) -> Result<Option<Arc<Macro>>> {
        match &self.ast[path.segments] {
            [PathSegment { ident, args: None }] => self.lookup_name(*ident),
            [PathSegment { ident: root, args: None }, PathSegment { ident, args: None }] => {
                let is_root = matches!(root.name, kw::CRATE | kw::DOLLAR_CRATE);
                Ok(self.exported.get(&ident.name).filter(|_| is_root).cloned())
            }
            _ => Ok(None),
        }
    }

    fn lookup_name(&self, ident: Ident) -> Result<Option<Arc<Macro>>> {
        let fail = |message: &str| Err(Doubt::new(ident.span, "macro call", format!("{message} `{}!`", ident.name)));
        let mut name = self.name(ident);
        if let Some([others @ .., found]) = self.scope.get(&name).map(Vec::as_slice) {
            let kind = |entry: &Option<Arc<Macro>>| entry.as_ref().map(|entry| entry.transparency);
            return match others.iter().all(|other| kind(other) == kind(found)) {
                true => Ok(found.clone()),
                false => fail("both a `macro_rules!` and a `macro` have the name"),
            };
        }
        // What an opaque macro writes means what is around its definition, where textual scope does not count. Only of
        // the macro itself we know that it is there.
        while name.1 != SyntaxContext::ROOT {
            let expansion = self.session.hygiene.remove_mark(&mut name.1);
            let caller = self.session.hygiene.expansion(expansion).def_site;
            let entries = self.scope.get(&name).map_or(&[][..], Vec::as_slice);
            let late = |entry: &&Option<Arc<Macro>>| {
                entry.as_ref().is_none_or(|entry| entry.transparency == Transparency::Opaque)
            };
            match entries.iter().filter(late).collect::<Vec<_>>()[..] {
                [] => {}
                [Some(one)] if one.span == caller => return Ok(Some(one.clone())),
                _ => return fail("a call that a `macro` writes of another macro is not supported:"),
            }
        }
        // Exported macros are names of the root module.
        Ok(self.exported.get(&ident.name).filter(|_| self.modules == 0).cloned())
    }

    /// Expands a call, if the macro is known, and reads the result.
    pub(crate) fn call<T>(
        &mut self,
        mac: Id<MacCall>,
        span: Span,
        read: impl FnOnce(&mut Parser<'_>) -> Result<T>,
    ) -> Result<Option<(ExpnId, T)>> {
        if !self.macros {
            return Ok(None);
        }
        let MacCall { path, args } = self.ast[mac].clone();
        let Some(definition) = self.lookup(&path)? else {
            self.summary.left += 1;
            return Ok(None);
        };
        let (id, stream) = definition.expand(self.session, self.current, span, &args.tokens)?;
        self.summary.expanded += 1;
        let mut parser = Parser::new(self.ast, self.session.hygiene.editions(), &stream, span.after());
        let result = read(&mut parser)?;
        match parser.is_at_end() {
            true => Ok(Some((id, result))),
            false => {
                let found = crate::mbe::describe(parser.token().kind);
                let message = format!("macro expansion ignores {found} and any tokens following");
                Err(Doubt::new(parser.token().span, "macro expansion", message))
            }
        }
    }

    /// Goes on in the result of an expansion.
    pub(crate) fn inside<T>(&mut self, id: ExpnId, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outer = std::mem::replace(&mut self.current, id);
        let result = f(self);
        self.current = outer;
        result
    }
}

/// An expression, behind which a semicolon means nothing.
pub(crate) fn read_expr(parser: &mut Parser<'_>) -> Result<ExprId> {
    let expr = parser.parse_expr()?;
    if parser.token().kind == TokenKind::Semi {
        parser.bump();
    }
    Ok(expr)
}

/// An expression where there may be none.
pub(crate) fn read_optional_expr(parser: &mut Parser<'_>) -> Result<Option<ExprId>> {
    if parser.is_at_end() { Ok(None) } else { parser.parse_expr().map(Some) }
}

/// A pattern.
pub(crate) fn read_pat(parser: &mut Parser<'_>) -> Result<PatId> {
    match parser.parse_fragment(FragmentKind::Pat)? {
        Fragment::Pat(pat) => Ok(pat),
        _ => Err(Doubt::new(parser.token().span, "pattern", "expected a pattern")),
    }
}

/// The tree of a text, expanded: what tests and tools begin with.
pub fn expand_text(
    source: &str,
    base: u32,
    options: &Options,
    session: &mut Session,
) -> Result<(syntax::Parsed, Summary)> {
    let mut parsed = syntax::parse(source, base, session.hygiene.editions())?;
    let summary = expand(&mut parsed.ast, &mut parsed.file, options, session)?;
    Ok((parsed, summary))
}

/// What `rustc -Zunpretty=expanded` prints for a tree whose macros are all expanded.
pub fn print(parsed: &syntax::Parsed, session: &Session) -> String {
    let crate_name = |_: Span| kw::CRATE;
    let mut cx = syntax::pretty::Context::new(&parsed.ast, session.hygiene.editions());
    cx.crate_name = Some(&crate_name);
    syntax::pretty::print_file(cx, &parsed.file, &parsed.text, parsed.base)
}
