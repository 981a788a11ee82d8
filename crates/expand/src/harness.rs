//! What is added to a crate when all is expanded: `main` of a crate of tests, the list of a crate's procedural macros. And
//! `#[test]`. (rustc: `rustc_builtin_macros::{test, test_harness, proc_macro_harness}`.)

use syntax::ast::*;
use syntax::doubt::{Doubt, Result};
use syntax::span::{Ident, Span};
use syntax::symbol::{Symbol, kw};
use syntax::token::{AttrStyle, LitKind, Token};

use crate::build::Builder;
use crate::cfg::is_named;
use crate::expander::Expander;
use crate::hygiene::{ExpnData, ExpnId, ExpnKind, Home, Transparency};
use crate::literal;

const TEST: &str = "`test` attribute";

impl Expander<'_> {
    /// The names between parentheses of an attribute.
    fn words(attr: &Attr) -> Vec<Symbol> {
        match &attr.kind {
            AttrKind::Normal(AttrItem { args: AttrArgs::Delimited(args), .. }) => {
                args.tokens.tokens().iter().filter_map(Token::ident).map(|(ident, _)| ident.name).collect()
            }
            _ => Vec::new(),
        }
    }

    fn find_attr(&self, attrs: List<Attr>, name: &str) -> Option<Attr> {
        self.ast[attrs].iter().find(|attr| is_named(&self.ast, attr, name)).cloned()
    }

    /// The string that `#[name = "…"]` says.
    fn value_of(&self, attr: &Attr) -> Option<String> {
        match attr.kind {
            AttrKind::Normal(AttrItem { args: AttrArgs::Eq(_, value), .. }) => match self.ast[value].kind {
                ExprKind::Lit(lit) => literal::string(&lit),
                _ => None,
            },
            _ => None,
        }
    }

    /// `#[test]` and `#[bench]` of a crate of tests: the library, a description of the test, and the function.
    pub(crate) fn test_items(
        &mut self,
        id: ItemId,
        expansion: ExpnId,
        attr: Span,
        is_bench: bool,
    ) -> Result<Vec<ItemId>> {
        let item = self.ast[id];
        let ItemKind::Fn(function) = item.kind else {
            return Err(Doubt::new(item.span, TEST, "only functions can be tests"));
        };
        let Fn { ident, decl, .. } = self.ast[function];
        let FnDecl { inputs, output } = self.ast[decl];
        if inputs.len() != usize::from(is_bench) {
            return Err(Doubt::new(item.span, TEST, "functions used as tests can not have any arguments"));
        }
        let ignore = self.find_attr(item.attrs, "ignore");
        let message = ignore.as_ref().and_then(|attr| self.value_of(attr));
        let should_panic = self.find_attr(item.attrs, "should_panic").map(|attr| self.expected_panic(&attr));
        let mut names = self.modules.names_to(self.module);
        names.remove(0);
        names.push(ident.name);
        let path = names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join("::");
        let (Some(file), Some(from), Some(to)) = (
            self.sources.file(ident.span.lo).map(|file| file.name.clone()),
            self.sources.place(ident.span.lo),
            self.sources.place(ident.span.hi),
        ) else {
            return Err(Doubt::new(item.span, TEST, "the place of the function is not known"));
        };
        let folder = self.input.path.parent();
        let test_type = match folder {
            Some(folder) if folder.ends_with("src") => "UnitTest",
            Some(folder) if folder.ends_with("tests") => "IntegrationTest",
            _ => "Unknown",
        };
        let hygiene = &mut self.session.hygiene;
        let span = hygiene.at(item.span, expansion, Transparency::Opaque);
        let ret_span = match output {
            FnRet::Default(span) => span,
            FnRet::Ty(ty) => self.ast[ty].span,
        };
        let ret_span = Span { ctxt: span.ctxt, ..ret_span };
        let test = Ident::new(Symbol::intern("test"), Span { ctxt: span.ctxt, ..attr });
        let krate = Span { ctxt: span.ctxt, ..Span::DUMMY };
        let mut b = Builder::new(&mut self.ast, span);
        let test_path = |b: &mut Builder<'_>, names: &[&str]| {
            let names = names.iter().map(|name| Ident::new(Symbol::intern(name), span));
            let idents = [test].into_iter().chain(names).collect();
            b.at(ret_span).path_of(idents)
        };
        let expr = |b: &mut Builder<'_>, names: &[&str]| {
            let path = test_path(b, names);
            b.expr_path(path)
        };
        // `test::assert_test_result(name())`
        let callee = {
            let path = b.path_of(vec![ident]);
            b.expr_path(path)
        };
        let bencher = Ident::new(Symbol::intern(&format!("__bench_{}", ident.name)), test.span);
        let args = if is_bench { vec![b.expr_ident(bencher)] } else { Vec::new() };
        let call = b.at(ret_span).call(callee, args);
        let assert = expr(&mut b, &["assert_test_result"]);
        let result = b.call(assert, vec![call]);
        let inputs = if is_bench {
            let infer = b.ty(TyKind::Infer);
            vec![b.param(bencher, infer)]
        } else {
            Vec::new()
        };
        let decl = b.decl(inputs, FnRet::Default(span));
        let closure = Closure {
            binder: None,
            capture: CaptureBy::Ref,
            constness: Constness::No,
            coroutine: None,
            is_static: false,
            decl,
            body: result,
            decl_span: span,
            args_span: span,
        };
        let closure = b.ast.add(closure);
        let closure = b.expr(ExprKind::Closure(closure));
        let coverage = b.attr_nested_word("coverage", "off");
        b.ast[closure].attrs = b.ast.add_list(vec![coverage]);
        let kind = expr(&mut b, &[if is_bench { "StaticBenchFn" } else { "StaticTestFn" }]);
        let test_fn = b.call(kind, vec![closure]);

        let option = |b: &mut Builder<'_>, value: Option<ExprId>| {
            let variant = if value.is_some() { "Some" } else { "None" };
            let path = b.at(krate).std_path(&["option", "Option", variant]);
            let callee = b.expr_path(path);
            match value {
                Some(value) => b.call(callee, vec![value]),
                None => callee,
            }
        };
        let usize = |b: &mut Builder<'_>, n: u32| b.lit(LitKind::Integer, &n.to_string(), Some("usize"));
        let name = expr(&mut b, &["StaticTestName"]);
        let text = b.str(&path);
        let name = b.call(name, vec![text]);
        let ignore = b.bool(ignore.is_some());
        let message = message.map(|message| b.str(&message));
        let message = option(&mut b, message);
        let should_panic = match should_panic {
            None => expr(&mut b, &["ShouldPanic", "No"]),
            Some(None) => expr(&mut b, &["ShouldPanic", "Yes"]),
            Some(Some(message)) => {
                let callee = expr(&mut b, &["ShouldPanic", "YesWithMessage"]);
                let message = b.str(&message);
                b.call(callee, vec![message])
            }
        };
        let values = [
            ("name", name),
            ("ignore", ignore),
            ("ignore_message", message),
            ("source_file", b.str(&file)),
            ("start_line", usize(&mut b, from.line)),
            ("start_col", usize(&mut b, from.column + 1)),
            ("end_line", usize(&mut b, to.line)),
            ("end_col", usize(&mut b, to.column + 1)),
            ("compile_fail", b.bool(false)),
            ("no_run", b.bool(false)),
            ("should_panic", should_panic),
            ("test_type", expr(&mut b, &["TestType", test_type])),
        ];
        let field = |b: &Builder<'_>, (name, expr): (&str, ExprId)| ExprField {
            ident: b.ident(name),
            expr,
            span,
            attrs: List::EMPTY,
            is_shorthand: false,
        };
        let fields = values.map(|value| field(&b, value)).to_vec();
        let desc_path = test_path(&mut b, &["TestDesc"]);
        let desc = b.struct_expr(desc_path, fields);
        let path_of_const = test_path(&mut b, &["TestDescAndFn"]);
        let fields = vec![field(&b, ("desc", desc)), field(&b, ("testfn", test_fn))];
        let value = b.struct_expr(path_of_const, fields);
        let ty_path = test_path(&mut b, &["TestDescAndFn"]);
        let ty = b.ty_path(ty_path);
        let constant = b.const_item(Ident::new(ident.name, span), ty, value);
        let mut at_attr = b.at(test.span);
        let attrs = vec![
            at_attr.attr_nested_word("cfg", "test"),
            at_attr.attr_value("rustc_test_marker", &path),
            at_attr.attr_nested_word("doc", "hidden"),
        ];
        let attrs = b.ast.add_list(attrs);
        b.ast[constant].attrs = attrs;
        b.ast[constant].vis.kind = VisibilityKind::Public;
        let krate = b.item(List::EMPTY, ItemKind::ExternCrate(None, test));
        Ok(vec![krate, constant, id])
    }

    /// The message that `#[should_panic]` expects.
    fn expected_panic(&self, attr: &Attr) -> Option<String> {
        match &attr.kind {
            AttrKind::Normal(AttrItem { args: AttrArgs::Delimited(args), .. }) => {
                args.tokens.tokens().iter().find_map(|token| match token.kind {
                    syntax::token::TokenKind::Literal(lit) => literal::string(&lit),
                    _ => None,
                })
            }
            _ => self.value_of(attr),
        }
    }

    fn pass(&mut self, name: &'static str) -> Span {
        let id = self.session.hygiene.fresh(ExpnData {
            kind: ExpnKind::Pass(name),
            parent: ExpnId::ROOT,
            call_site: Span::DUMMY,
            def_site: Span::DUMMY,
            edition: self.input.edition,
            local_inner_macros: false,
            home: Home::default(),
        });
        self.session.hygiene.at(Span::DUMMY, id, Transparency::Opaque)
    }

    /// Adds `main` to a crate of tests.
    pub(crate) fn test_harness(&mut self, file: &mut File) -> Result<()> {
        let span = self.pass("test harness");
        let mut items = self.list(file.items);
        if let Some(attr) = self.find_attr(file.attrs, "test_runner") {
            return Err(Doubt::new(attr.span, TEST, "another test runner is not supported"));
        }
        let reexport = self.find_attr(file.attrs, "reexport_test_harness_main");
        let reexport = reexport.and_then(|attr| self.value_of(&attr));
        for &id in &items {
            let Item { kind, attrs, .. } = self.ast[id];
            let is_marked = self.find_attr(attrs, "rustc_main").is_some();
            let is_main = matches!(kind, ItemKind::Fn(id) if self.ast[id].ident.name.as_str() == "main");
            if is_marked || is_main {
                let mut attrs = self.list(attrs);
                attrs.retain(|attr| !is_named(&self.ast, attr, "rustc_main"));
                attrs.push(self.builder(span).attr_nested_word("allow", "dead_code"));
                self.ast[id].attrs = self.ast.add_list(attrs);
            }
        }
        let mut tests = Vec::new();
        self.find_tests(&items, &mut tests);
        tests.sort_by(|a, b| a.0.cmp(&b.0));
        let mut b = self.builder(span);
        let test = b.ident("test");
        let mut elements = Vec::new();
        for (_, ident, place) in tests {
            let mut b = b.at(place);
            let path = b.path_of(vec![ident]);
            let expr = b.expr_path(path);
            elements.push(b.addr_of(expr));
        }
        let array = b.array(elements);
        let array = b.addr_of(array);
        let runner = b.path_of(vec![test, Ident::new(Symbol::intern("test_main_static"), span)]);
        let runner = b.expr_path(runner);
        let call = b.call(runner, vec![array]);
        let call = b.stmt_expr(call);
        let krate = b.item(List::EMPTY, ItemKind::ExternCrate(None, test));
        let krate = b.stmt_item(krate);
        let body = b.block(vec![krate, call]);
        let unit = b.unit_ty();
        let decl = b.decl(Vec::new(), FnRet::Ty(unit));
        let ident = match reexport {
            Some(name) => Ident::new(Symbol::intern(&name), Span::DUMMY),
            None => b.ident("main"),
        };
        let function = Fn {
            defaultness: Defaultness::Implicit,
            ident,
            generics: Generics::default(),
            header: FnHeader::default(),
            decl,
            sig_span: span,
            contract: None,
            body: Some(body),
            body_tokens: TokenRange::default(),
        };
        let attrs = vec![
            b.attr_word(AttrStyle::Outer, "rustc_main"),
            b.attr_nested_word("coverage", "off"),
            b.attr_nested_word("doc", "hidden"),
        ];
        let attrs = b.ast.add_list(attrs);
        let function = b.ast.add(function);
        let main = b.item(attrs, ItemKind::Fn(function));
        b.ast[main].vis.kind = VisibilityKind::Public;
        items.push(main);
        file.items = self.ast.add_list(items);
        Ok(())
    }

    /// The tests in modules: their paths, names and places. Those of inner modules come first.
    fn find_tests(&self, items: &[ItemId], tests: &mut Vec<(String, Ident, Span)>) {
        let mut here = Vec::new();
        for &id in items {
            let Item { kind, attrs, span, .. } = self.ast[id];
            match kind {
                ItemKind::Mod(_, _, ModKind::Inline(items, _)) => self.find_tests(&self.ast[items], tests),
                ItemKind::Const(constant) => {
                    let marker = self.find_attr(attrs, "rustc_test_marker");
                    if let Some(path) = marker.and_then(|attr| self.value_of(&attr)) {
                        here.push((path, self.ast[constant].ident, span));
                    }
                }
                _ => {}
            }
        }
        tests.extend(here);
    }

    /// Adds the list of its macros to a crate of procedural macros.
    pub(crate) fn macro_harness(&mut self, file: &mut File) -> Result<()> {
        let span = self.pass("proc-macro harness");
        let mut items = self.list(file.items);
        let mut decls = Vec::new();
        let names = ["proc_macro", "bridge", "client", "ProcMacro"];
        for &id in &items {
            let Item { kind: ItemKind::Fn(function), attrs, span: place, .. } = self.ast[id] else { continue };
            let ident = self.ast[function].ident;
            let derive = self.find_attr(attrs, "proc_macro_derive");
            let kind = if derive.is_some() {
                "custom_derive"
            } else if self.find_attr(attrs, "proc_macro_attribute").is_some() {
                "attr"
            } else if self.find_attr(attrs, "proc_macro").is_some() {
                "bang"
            } else {
                continue;
            };
            let mut b = Builder::new(&mut self.ast, Span { ctxt: span.ctxt, ..place });
            let path: Vec<Symbol> = names.iter().chain([&kind]).map(|name| Symbol::intern(name)).collect();
            let callee = b.path(&path);
            let callee = b.expr_path(callee);
            let mut b = b.at(place);
            let local = b.path_of(vec![ident]);
            let local = b.expr_path(local);
            let args = match derive {
                Some(attr) => {
                    // `Name, attributes(a, b)`
                    let words = Self::words(&attr);
                    let name = words.first().map_or("", |name| name.as_str());
                    let name = b.str(name);
                    let helpers = words.iter().skip(2).map(|word| b.str(word.as_str())).collect();
                    let helpers = b.array(helpers);
                    vec![name, b.addr_of(helpers), local]
                }
                None => vec![b.str(ident.name.as_str()), local],
            };
            decls.push(b.at(span).call(callee, args));
        }
        let mut b = self.builder(span);
        let krate = b.ident("proc_macro");
        let krate = b.item(List::EMPTY, ItemKind::ExternCrate(None, krate));
        let path: Vec<Symbol> = names.iter().map(|name| Symbol::intern(name)).collect();
        let path = b.path(&path);
        let ty = b.ty_path(path);
        let ty = b.ty(TyKind::Slice(ty));
        let ty = b.ty_ref(ty, None, Mutability::Not);
        let decls = b.array(decls);
        let value = Some(b.addr_of(decls));
        let ident = b.ident("_DECLS");
        let list = Static { ident, ty, safety: Safety::Default, mutability: Mutability::Not, value };
        let list = b.ast.add(list);
        let attrs = vec![
            b.attr_word(AttrStyle::Outer, "rustc_proc_macro_decls"),
            b.attr_word(AttrStyle::Outer, "used"),
            b.attr_nested_word("allow", "deprecated"),
        ];
        let attrs = b.ast.add_list(attrs);
        let list = b.item(attrs, ItemKind::Static(list));
        let stmts = vec![b.stmt_item(krate), b.stmt_item(list)];
        let block = b.block(stmts);
        let value = b.expr_block(block);
        let unit = b.unit_ty();
        items.push(b.const_item(Ident::new(kw::UNDERSCORE, span), unit, value));
        file.items = self.ast.add_list(items);
        Ok(())
    }
}
