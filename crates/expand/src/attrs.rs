//! Attributes: `cfg`, macros among them, and those that stay. (rustc: `rustc_expand::expand::InvocationCollector`,
//! `rustc_resolve::macros`, `rustc_builtin_macros::derive`.)
//!
//! First `cfg` and `cfg_attr` are applied. Then the first attribute that is a macro is taken off, and what it makes of the
//! item stands in the item's place. `derive` is such a macro: it leaves the item, with all `cfg`s in it applied, and puts
//! what the derives make behind it.

use syntax::ast::*;
use syntax::doubt::{Doubt, Result};
use syntax::stream::TokenStream;
use syntax::symbol::Symbol;
use syntax::token::{Delim, TokenKind};

use crate::call::{Got, Want};
use crate::cfg::is_named;
use crate::expander::{Expander, Extension};
use crate::hygiene::{ExpnId, MacroKind};
use crate::modules::{Lookup, Ns, Res};

const ATTRIBUTE: &str = "attribute";

/// What became of an item's attributes.
pub(crate) enum Applied {
    /// The item is gone.
    Removed,
    /// No macro is left among them.
    Plain,
    /// A macro made these items of it.
    Replaced(ExpnId, Vec<ItemId>),
}

/// What an attribute is.
enum Meaning {
    Inert,
    Macro(Box<Extension>),
}

impl Expander<'_> {
    /// The attributes as `cfg` leaves them; nothing if what they belong to goes. Of things that are no items.
    pub(crate) fn attrs(&mut self, attrs: List<Attr>) -> Result<Option<List<Attr>>> {
        if attrs.is_empty() {
            return Ok(Some(attrs));
        }
        let editions = self.session.hygiene.editions();
        let Some(attrs) = self.input.options.attrs(&mut self.ast, attrs, editions)? else { return Ok(None) };
        if self.macros && !self.is_shallow {
            self.expand_values(attrs)?;
            for attr in self.list(attrs) {
                if let Meaning::Macro(_) = self.meaning(&attr, &[])? {
                    return Err(Doubt::new(
                        attr.span,
                        ATTRIBUTE,
                        "macros are not supported as attributes in this place",
                    ));
                }
            }
        }
        Ok(Some(attrs))
    }

    /// Expands the values of attributes: `#[doc = include_str!("…")]`.
    pub(crate) fn expand_values(&mut self, attrs: List<Attr>) -> Result<()> {
        for attr in self.list(attrs) {
            if let AttrKind::Normal(AttrItem { args: AttrArgs::Eq(_, value), .. }) = attr.kind
                && let ExprKind::MacCall(_) = self.ast[value].kind
            {
                self.expr(value)?;
            }
        }
        Ok(())
    }

    /// The attributes of what cannot be removed.
    pub(crate) fn attrs_of_fixed(&mut self, attrs: List<Attr>) -> Result<List<Attr>> {
        if let Some(attr) = self.ast[attrs].iter().find(|attr| is_named(&self.ast, attr, "cfg")) {
            let message = "removing an expression is not supported in this position";
            return Err(Doubt::new(attr.span, "`cfg` attribute", message));
        }
        Ok(self.attrs(attrs)?.unwrap_or(attrs))
    }

    /// Applies the attributes of an item, up to the first macro.
    pub(crate) fn item_attrs(&mut self, id: ItemId, place: Place) -> Result<Applied> {
        let attrs = self.ast[id].attrs;
        if attrs.is_empty() {
            return Ok(Applied::Plain);
        }
        if !self.items.get(&id).is_some_and(|state| state.is_configured) {
            let editions = self.session.hygiene.editions();
            match self.input.options.attrs(&mut self.ast, attrs, editions)? {
                Some(attrs) => self.ast[id].attrs = attrs,
                None => return Ok(Applied::Removed),
            }
            self.items.entry(id).or_default().is_configured = true;
        }
        if !self.macros {
            return Ok(Applied::Plain);
        }
        let attrs = self.list(self.ast[id].attrs);
        let helpers = self.items.get(&id).map(|state| state.helpers.clone()).unwrap_or_default();
        for (index, attr) in attrs.iter().enumerate() {
            let extension = match self.meaning_on_item(attr, &helpers, &attrs[index + 1..])? {
                Meaning::Inert => continue,
                Meaning::Macro(extension) => *extension,
            };
            return self.apply(id, index, attr, &extension, place);
        }
        Ok(Applied::Plain)
    }

    fn meaning_on_item(&mut self, attr: &Attr, helpers: &[Symbol], behind: &[Attr]) -> Result<Meaning> {
        let error = match self.meaning(attr, helpers) {
            Err(error) if error.construct == "macro name" => error,
            result => return result,
        };
        // A derive that follows may give it a meaning.
        let AttrKind::Normal(item) = &attr.kind else { return Err(error) };
        let [name] = self.idents(&item.path)[..] else { return Err(error) };
        for other in behind {
            if !is_named(&self.ast, other, "derive") {
                continue;
            }
            for path in self.derive_paths(other)? {
                if self.helpers_of(&path)?.contains(&name.name) {
                    return Ok(Meaning::Inert);
                }
            }
        }
        Err(error)
    }

    /// What an attribute is.
    fn meaning(&mut self, attr: &Attr, helpers: &[Symbol]) -> Result<Meaning> {
        let AttrKind::Normal(item) = &attr.kind else { return Ok(Meaning::Inert) };
        let path = item.path;
        let idents = self.idents(&path);
        if let [name] = idents[..] {
            let text = name.name.as_str();
            let is_inert = text.starts_with('<')
                || BUILTIN_ATTRS.binary_search(&text).is_ok()
                // All names of this form are the compiler's.
                || text.starts_with("rustc_")
                || helpers.contains(&name.name)
                || self.helpers.contains(&name.name);
            if is_inert {
                return Ok(Meaning::Inert);
            }
        }
        if let [tool, _, ..] = idents[..]
            && self.modules.tools.contains(&tool.name)
            && !matches!(self.resolve(&[tool], Ns::Type, None)?, Lookup::Found(Res::Module(_)))
        {
            return Ok(Meaning::Inert);
        }
        Ok(match self.macro_of_path(&path, MacroKind::Attr)? {
            Some(extension) => Meaning::Macro(Box::new(extension)),
            None => Meaning::Inert,
        })
    }

    fn without(&mut self, id: ItemId, index: usize) {
        let mut attrs = self.list(self.ast[id].attrs);
        attrs.remove(index);
        self.ast[id].attrs = self.ast.add_list(attrs);
    }

    /// Applies a macro that stands as an attribute.
    fn apply(&mut self, id: ItemId, index: usize, attr: &Attr, extension: &Extension, place: Place) -> Result<Applied> {
        let name = match extension {
            Extension::Builtin { name, .. } => name.as_str(),
            Extension::Procedural { run, .. } => {
                let run = run.clone();
                let AttrKind::Normal(item) = &attr.kind else { return Ok(Applied::Plain) };
                let arguments = match &item.args {
                    AttrArgs::Empty => TokenStream::default(),
                    AttrArgs::Delimited(args) => args.tokens.clone(),
                    AttrArgs::Eq(..) => return Err(Doubt::new(attr.span, ATTRIBUTE, "key-value macro attributes")),
                };
                self.without(id, index);
                let input = self.item_tokens(id, place, false)?;
                let expansion = self.fresh(extension, MacroKind::Attr, attr.span)?;
                let stream = self.run(run.as_ref(), expansion, attr.span, Some(arguments), input)?;
                return match self.read(&stream, self.ast[id].span, Want::Items(place))? {
                    Got::Items(items) => Ok(Applied::Replaced(expansion, items)),
                    _ => Ok(Applied::Removed),
                };
            }
            Extension::Rules(rules) => {
                let message = format!("`{}` has no attribute rules", rules.ident.name);
                return Err(Doubt::new(attr.span, ATTRIBUTE, message));
            }
        };
        match name {
            "derive" => self.derive(id, index, attr, extension, place),
            "test" | "bench" | "test_case" if !self.input.is_test => Ok(Applied::Removed),
            "test" | "bench" => {
                self.without(id, index);
                let expansion = self.fresh(extension, MacroKind::Attr, attr.span)?;
                let items = self.test_items(id, expansion, attr.span, name == "bench")?;
                Ok(Applied::Replaced(expansion, items))
            }
            "global_allocator" => {
                self.without(id, index);
                let expansion = self.fresh(extension, MacroKind::Attr, attr.span)?;
                let made = self.global_allocator(id, expansion)?;
                Ok(Applied::Replaced(expansion, vec![id, made]))
            }
            "cfg_eval" => {
                self.without(id, index);
                self.configure_inside(id, place)?;
                let expansion = self.fresh(extension, MacroKind::Attr, attr.span)?;
                Ok(Applied::Replaced(expansion, vec![id]))
            }
            _ => Err(Doubt::new(attr.span, ATTRIBUTE, format!("the attribute `{name}` is not supported"))),
        }
    }

    /// The paths in `#[derive(…)]`.
    fn derive_paths(&mut self, attr: &Attr) -> Result<Vec<Path>> {
        let args = match &attr.kind {
            AttrKind::Normal(AttrItem { args: AttrArgs::Delimited(args), .. }) if args.delim == Delim::Paren => args,
            AttrKind::Normal(AttrItem { args: AttrArgs::Empty, .. }) => return Ok(Vec::new()),
            _ => return Err(Doubt::new(attr.span, "`derive` attribute", "malformed `derive` attribute input")),
        };
        let (tokens, span) = (args.tokens.clone(), args.close);
        self.parse(&tokens, span, |parser| {
            let mut paths = Vec::new();
            while !parser.is_at_end() {
                paths.push(match parser.parse_fragment(syntax::parser::FragmentKind::Path)? {
                    syntax::parser::Fragment::Path(path) => path,
                    _ => return Err(Doubt::new(span, "`derive` attribute", "expected a path")),
                });
                if !parser.is_at_end() {
                    match parser.token().kind {
                        TokenKind::Comma => parser.bump(),
                        _ => return Err(Doubt::new(parser.token().span, "`derive` attribute", "expected `,`")),
                    }
                }
            }
            Ok(paths)
        })
    }

    /// The attributes that a derive gives a meaning to.
    fn helpers_of(&mut self, path: &Path) -> Result<Vec<Symbol>> {
        Ok(match self.macro_of_path(path, MacroKind::Derive)? {
            Some(Extension::Procedural { run, .. }) => run.helpers().to_vec(),
            Some(Extension::Builtin { name, .. }) => match name.as_str() {
                "Default" => vec![Symbol::intern("default")],
                "CoercePointee" => vec![Symbol::intern("pointee")],
                "From" => vec![Symbol::intern("from")],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        })
    }

    fn derive(
        &mut self,
        id: ItemId,
        index: usize,
        attr: &Attr,
        extension: &Extension,
        place: Place,
    ) -> Result<Applied> {
        let paths = self.derive_paths(attr)?;
        let mut derives = Vec::with_capacity(paths.len());
        for path in paths {
            match self.macro_of_path(&path, MacroKind::Derive)? {
                Some(derive) => derives.push((path, derive)),
                None => return Err(Doubt::new(path.span, "macro name", "an attribute is used as a derive")),
            }
        }
        self.without(id, index);
        let expansion = self.fresh(extension, MacroKind::Attr, attr.span)?;
        let is_copy = |derive: &Extension| matches!(derive, Extension::Builtin { name, .. } if name.as_str() == "Copy");
        if derives.iter().any(|(_, derive)| is_copy(derive)) {
            self.items.entry(id).or_default().derives_copy = true;
        }
        for (path, _) in &derives {
            let helpers = self.helpers_of(path)?;
            self.items.entry(id).or_default().helpers.extend(helpers);
        }
        self.configure_inside(id, place)?;
        let mut items = vec![id];
        let mut input = None;
        for (path, derive) in &derives {
            let made = self.inside(expansion, |x| x.fresh(derive, MacroKind::Derive, path.span))?;
            match derive {
                // What it writes has no names that macros could be found by.
                Extension::Builtin { .. } if self.is_apart(id) => {}
                Extension::Builtin { name, .. } => {
                    let found = self.builtin_derive(*name, id, made, path.span)?;
                    self.set_origin(&found, made);
                    items.extend(found);
                }
                Extension::Procedural { run, .. } => {
                    let tokens = match &input {
                        Some(tokens) => TokenStream::clone(tokens),
                        None => input.insert(self.item_tokens(id, place, true)?).clone(),
                    };
                    let stream = self.run(run.as_ref(), made, path.span, None, tokens)?;
                    if let Got::Items(found) = self.read(&stream, path.span, Want::Items(Place::Module))? {
                        self.set_origin(&found, made);
                        items.extend(found);
                    }
                }
                Extension::Rules(_) => {
                    return Err(Doubt::new(path.span, "derive", "derive rules of macros are not supported"));
                }
            }
        }
        self.set_origin(&items, expansion);
        Ok(Applied::Replaced(expansion, items))
    }

    /// Applies all `cfg`s in an item, but not its macros.
    fn configure_inside(&mut self, id: ItemId, place: Place) -> Result<()> {
        let outer = std::mem::replace(&mut self.macros, false);
        let mut kept = Vec::new();
        let result = self.assoc_item(id, place, &mut kept);
        self.macros = outer;
        result
    }
}

/// The attributes that the compiler knows and that are no macros, sorted.
#[rustfmt::skip]
const BUILTIN_ATTRS: &[&str] = &[
    "allow", "allow_internal_unsafe", "allow_internal_unstable", "automatically_derived", "cfg", "cfg_attr",
    "cfi_encoding", "cold", "collapse_debuginfo", "compiler_builtins", "const_continue", "coroutine", "coverage",
    "crate_name", "crate_type", "custom_mir", "debugger_visualizer", "default_lib_allocator", "deny", "deprecated",
    "doc", "expect", "export_name", "export_stable", "feature", "ffi_const", "ffi_pure", "forbid",
    "force_target_feature", "fundamental", "ignore", "inline", "instruction_set", "lang", "link", "link_name",
    "link_ordinal", "link_section", "linkage", "loop_match", "macro_escape", "macro_export", "macro_use", "marker",
    "may_dangle", "move_size_limit", "must_not_suspend", "must_use", "naked", "needs_allocator",
    "needs_panic_runtime", "no_builtins", "no_core", "no_implicit_prelude", "no_link", "no_main", "no_mangle",
    "no_std", "non_exhaustive", "optimize", "panic_handler", "panic_runtime", "patchable_function_entry", "path",
    "pattern_complexity_limit", "pin_v2", "prelude_import", "proc_macro", "proc_macro_attribute",
    "proc_macro_derive", "profiler_runtime", "recursion_limit", "reexport_test_harness_main", "register_tool",
    "repr", "sanitize", "should_panic", "stable", "target_feature", "test_runner", "thread_local", "track_caller",
    "type_length_limit", "unstable", "unstable_feature_bound", "used", "warn", "windows_subsystem",
];

#[cfg(test)]
#[test]
fn builtin_attributes_are_sorted() {
    assert!(BUILTIN_ATTRS.is_sorted());
}
