//! Expands a crate. (rustc: `rustc_expand::expand::MacroExpander`, `rustc_resolve::macros`.)
//!
//! First what defines names is expanded: the items of modules (`items`), in rounds, since a macro's name may come
//! from an import of what another macro writes. A round walks all modules in the order of the text, so that the textual
//! scope of `macro_rules!` is what has been passed. A call whose macro is not known yet waits for the next round. When a
//! round expands nothing, what is pending counts as missing.
//!
//! Then everything else is expanded in the order of the text (`walk`): bodies, types, items of traits and impls. A
//! block with items is a module of its own, and is done in rounds as modules are before its statements are.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use syntax::ast::*;
use syntax::doubt::{Doubt, Result};
use syntax::lexer::{Head, lex, normalize};
use syntax::parser::Parser;
use syntax::pretty::WordPlace;
use syntax::span::{Edition, Ident, Span, SyntaxContext};
use syntax::stack;
use syntax::stream::TokenStream;
use syntax::symbol::{Symbol, kw};
use syntax::token::AttrStyle;

use crate::build::Builder;
use crate::cfg::{Options, is_named};
use crate::external::{CrateId, Crates, DefRef, DefinitionKind, Kinds, ProcMacro, Surroundings};
use crate::hygiene::{ExpnData, ExpnId, ExpnKind, Home, MacroKind, Transparency};
use crate::mbe::{Limits, Macro, Session};
use crate::modules::{Lookup, MacroRef, ModuleId, ModuleRef, Modules, Ns, Position, Res, World};
use crate::sources::{self, Sources};
use crate::textual::{Scope, TextualScopes};

/// After how many levels another stack is needed: a level here is several calls.
const SEGMENT: u32 = 32;

/// The construct of doubts about macros whose name may become known later.
pub(crate) const PENDING: &str = "macro that is not known yet";

/// A crate to be expanded.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// Its name.
    pub name: &'a str,
    /// The file with its root module.
    pub path: &'a FilePath,
    /// That file's text.
    pub source: &'a str,
    /// Its edition.
    pub edition: Edition,
    /// What it is compiled with.
    pub options: &'a Options,
    /// Other crates.
    pub crates: &'a dyn Crates,
    /// Files and variables.
    pub surroundings: &'a dyn Surroundings,
    /// Is it compiled for its tests?
    pub is_test: bool,
    /// Is it a crate of procedural macros?
    pub is_proc_macro: bool,
    /// How far expansion goes, but for what the crate says itself.
    pub limits: Limits,
    /// Bodies of functions that this place is not in are left out, if there is one, and items that it is not in are not
    /// looked into. What macros wrote is.
    pub only: Option<BodyAt<'a>>,
}

/// A place in one of a crate's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyAt<'a> {
    /// The file, as it is found from the root module's.
    pub path: &'a FilePath,
    /// Where in its text, see [`syntax::lexer::normalize`].
    pub offset: u32,
}

/// What was done to a crate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many macros were expanded.
    pub expanded: usize,
    /// How many rounds the items of modules took.
    pub rounds: usize,
}

/// An expanded crate.
#[derive(Debug)]
pub struct Expanded {
    /// The trees.
    pub ast: Ast,
    /// The root module.
    pub file: File,
    /// Expansions and contexts.
    pub session: Session,
    /// The texts that were read.
    pub sources: Sources,
    /// What was done.
    pub summary: Summary,
    /// Where the only body is that was wanted, see [`Input::only`].
    pub only: Option<u32>,
    /// The names of crates, by number.
    names: FxHashMap<CrateId, Symbol>,
    is_no_core: bool,
}

/// What is not understood of a crate.
#[derive(Debug)]
pub struct Failure {
    /// What, and where.
    pub doubt: Box<Doubt>,
    /// The texts that were read until then.
    pub sources: Sources,
    /// The place in the program's own text that led to it.
    pub cause: Span,
}

/// Expands a crate.
///
/// # Errors
/// Something is wrong with it, or is not understood.
pub fn expand_crate(input: &Input<'_>) -> std::result::Result<Expanded, Box<Failure>> {
    let mut expander = Expander::new(input);
    let result = expander.root();
    expander.finish(result)
}

/// Removes what `cfg` removes, and nothing else.
///
/// # Errors
/// The crate is not read, or a predicate is wrong.
pub fn configure_crate(input: &Input<'_>) -> std::result::Result<Expanded, Box<Failure>> {
    let mut expander = Expander::new(input);
    expander.macros = false;
    let result = expander.parse_root().and_then(|mut file| {
        expander.file_attrs(&mut file)?;
        file.items = expander.assoc_items(file.items, Place::Module)?;
        Ok(file)
    });
    expander.finish(result)
}

/// A macro that is ready to be used.
#[derive(Clone, Debug)]
pub(crate) enum Extension {
    Rules(Arc<Macro>),
    Builtin { name: Symbol, ident: Ident, home: Home, edition: Edition },
    Procedural { ident: Ident, home: Home, edition: Edition, span: Span, run: Arc<dyn ProcMacro> },
}

/// What is known of an item.
#[derive(Clone, Debug, Default)]
pub(crate) struct ItemState {
    /// The expansion that wrote it.
    pub origin: Option<ExpnId>,
    /// Its attributes are applied, and its name is defined.
    pub is_done: bool,
    /// Its `cfg`s are applied.
    pub is_configured: bool,
    /// Of a module.
    pub module: Option<(ModuleId, Directory)>,
    /// Of a `macro_rules!`.
    pub number: Option<u32>,
    /// Of a call that waits: the scope behind it.
    pub call: Option<Scope>,
    /// The attributes that its derives give a meaning to.
    pub helpers: Vec<Symbol>,
    /// The folder of the file that it was included from.
    pub included_in: Option<PathBuf>,
    /// `#[derive(Copy)]` stands at it.
    pub derives_copy: bool,
}

/// Where the files of modules are looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    pub path: PathBuf,
    /// Of a file `a.rs` that is not `mod.rs`: `a`, in which its modules are.
    pub relative: Option<Symbol>,
    /// In a block, modules have no files but by `#[path]`.
    pub is_block: bool,
}

pub(crate) struct Expander<'a> {
    pub(crate) input: Input<'a>,
    pub(crate) ast: Ast,
    pub(crate) session: Session,
    pub(crate) sources: Sources,
    pub(crate) modules: Modules,
    pub(crate) textual: TextualScopes,
    /// The crate's macros; nothing: one of the compiler's.
    pub(crate) macros_of_crate: Vec<Extension>,
    foreign: FxHashMap<DefRef, Extension>,
    /// Are calls expanded?
    pub(crate) macros: bool,
    /// The expansion whose result we are in.
    pub(crate) current: ExpnId,
    /// Where we are.
    pub(crate) module: ModuleId,
    pub(crate) scope: Scope,
    pub(crate) directory: Directory,
    pub(crate) items: FxHashMap<ItemId, ItemState>,
    /// From which item on items were read from which tokens.
    streams: Vec<(usize, Option<TokenStream>)>,
    /// The attributes that derives around give a meaning to.
    pub(crate) helpers: Vec<Symbol>,
    /// Are calls outside of bodies expanded now?
    pub(crate) is_shallow: bool,
    /// Did this round leave a call in the module that we are in?
    pub(crate) left: bool,
    /// The first macro that was not found.
    pub(crate) first_missing: Option<Box<Doubt>>,
    /// Files that were read as modules.
    pub(crate) including: FxHashSet<PathBuf>,
    /// The expansions that wrote statements in blocks.
    pub(crate) stmt_origins: FxHashMap<Id<MacStmt>, ExpnId>,
    pub(crate) expr_origins: FxHashMap<ExprId, ExpnId>,
    pub(crate) let_origins: FxHashMap<Id<Let>, ExpnId>,
    /// Calls among statements whose `cfg`s are applied.
    pub(crate) configured_stmts: FxHashSet<Id<MacStmt>>,
    /// The scope behind a call among statements that waits.
    pub(crate) stmt_calls: FxHashMap<Id<MacStmt>, Scope>,
    depth: u32,
    pub(crate) summary: Summary,
    is_no_core: bool,
    /// The position of [`Input::only`]; one that is nowhere until its file is read.
    only: Option<u32>,
}

impl<'a> Expander<'a> {
    fn new(input: &Input<'a>) -> Expander<'a> {
        let mut session = Session::new(input.edition);
        session.limits = input.limits;
        Expander {
            input: *input,
            ast: Ast::new(),
            session,
            sources: Sources::default(),
            modules: Modules::new(Symbol::intern(input.name)),
            textual: TextualScopes::default(),
            macros_of_crate: Vec::new(),
            foreign: FxHashMap::default(),
            macros: true,
            current: ExpnId::ROOT,
            module: ModuleId::ROOT,
            scope: Scope::EMPTY,
            directory: Directory::default(),
            items: FxHashMap::default(),
            streams: Vec::new(),
            helpers: Vec::new(),
            is_shallow: false,
            left: false,
            first_missing: None,
            including: FxHashSet::default(),
            stmt_origins: FxHashMap::default(),
            expr_origins: FxHashMap::default(),
            let_origins: FxHashMap::default(),
            configured_stmts: FxHashSet::default(),
            stmt_calls: FxHashMap::default(),
            depth: 0,
            summary: Summary::default(),
            is_no_core: false,
            only: input.only.map(|_| u32::MAX),
        }
    }

    fn finish(self, result: Result<File>) -> std::result::Result<Expanded, Box<Failure>> {
        let Expander { ast, session, sources, summary, input, is_no_core, only, .. } = self;
        match result {
            Ok(file) => {
                let mut names = FxHashMap::default();
                for index in 0..session.hygiene.expansion_count() {
                    let krate = session.hygiene.expansion_at(index).home.krate;
                    names.entry(krate).or_insert_with(|| match krate {
                        CrateId::LOCAL => kw::CRATE,
                        krate => input.crates.crate_name(krate),
                    });
                }
                Ok(Expanded { ast, file, session, sources, summary, only, names, is_no_core })
            }
            Err(doubt) => {
                let cause = session.hygiene.walk_chain(doubt.span, SyntaxContext::ROOT);
                Err(Box::new(Failure { doubt, sources, cause }))
            }
        }
    }

    fn parse_root(&mut self) -> Result<File> {
        let Input { path, source, .. } = self.input;
        self.directory.path = path.parent().map(FilePath::to_owned).unwrap_or_default();
        self.parse_source(path, source, |parser| parser.parse_file(), Head::File)
    }

    /// Reads a text.
    pub(crate) fn parse_source<T>(
        &mut self,
        path: &FilePath,
        source: &str,
        read: impl FnOnce(&mut Parser<'_>) -> Result<T>,
        head: Head,
    ) -> Result<T> {
        let text = normalize(source);
        let name = self.input.surroundings.shown_name(path);
        let Some(base) = self.sources.add(path, &name, &text) else {
            return Err(Doubt::new(Span::DUMMY, "file", "the crate's files are too large"));
        };
        if let Some(wanted) = self.input.only.filter(|wanted| wanted.path == path) {
            self.only = Some(base + wanted.offset);
        }
        let only = self.only;
        let read = |parser: &mut Parser<'_>| {
            if let Some(position) = only {
                parser.leave_out_bodies_but_at(position);
            }
            read(parser)
        };
        let edition = self.session.hygiene.editions().root();
        let tokens = lex(&text, base, SyntaxContext::ROOT, edition, head)?;
        let end = base + text.len() as u32;
        self.parse(&tokens, Span::new(end, end), read)
    }

    /// Reads tokens, and notes which items come from them.
    pub(crate) fn parse<T>(
        &mut self,
        stream: &TokenStream,
        end: Span,
        read: impl FnOnce(&mut Parser<'_>) -> Result<T>,
    ) -> Result<T> {
        let before = self.ast.count::<Item>();
        let mut parser = Parser::new(&mut self.ast, self.session.hygiene.editions(), stream, end);
        let result = read(&mut parser)?;
        let rest = (!parser.is_at_end()).then(|| *parser.token());
        let after = self.ast.count::<Item>();
        if after > before {
            self.streams.push((before, Some(stream.clone())));
            self.streams.push((after, None));
        }
        match rest {
            None => Ok(result),
            Some(token) => {
                let found = crate::mbe::describe(token.kind);
                let message = format!("macro expansion ignores {found} and any tokens following");
                Err(Doubt::new(token.span, "macro expansion", message))
            }
        }
    }

    /// The tokens that an item was read from; nothing of items that were made without.
    pub(crate) fn tokens_of(&self, item: ItemId) -> Option<TokenStream> {
        let behind = self.streams.partition_point(|(first, _)| *first <= item.index());
        let (_, stream) = self.streams.get(behind.checked_sub(1)?)?;
        let TokenRange { lo, hi } = self.ast[item].tokens;
        stream
            .as_ref()
            .filter(|stream| lo < hi && hi as usize <= stream.len())
            .map(|s| s.slice(lo as usize..hi as usize))
    }

    fn file_attrs(&mut self, file: &mut File) -> Result<bool> {
        let editions = self.session.hygiene.editions();
        let (attrs, is_kept) = self.input.options.attrs_in_front(&mut self.ast, file.attrs, editions)?;
        file.attrs = attrs;
        if !is_kept {
            file.items = List::EMPTY;
        }
        Ok(is_kept)
    }

    fn root(&mut self) -> Result<File> {
        let mut file = self.parse_root()?;
        let is_kept = self.file_attrs(&mut file)?;
        let crate_attrs = self.list(file.attrs);
        let has = |x: &Self, name: &str| crate_attrs.iter().any(|attr| is_named(&x.ast, attr, name));
        self.is_no_core = has(self, "no_core");
        for attr in &crate_attrs {
            self.crate_attr(attr)?;
        }
        let mut items = self.list(file.items);
        if !self.is_no_core {
            let std = if has(self, "no_std") { "core" } else { "std" };
            let standard = self.standard_library(Symbol::intern(std));
            items.splice(0..0, standard);
        }
        if has(self, "no_implicit_prelude") {
            self.modules.set_no_prelude(ModuleId::ROOT);
        }
        if !is_kept && self.is_no_core {
            return Ok(file);
        }
        let items = self.rounds(items)?;
        self.modules.settled = true;
        self.modules.force = true;
        file.attrs = self.attrs(file.attrs)?.unwrap_or(file.attrs);
        self.scope = Scope::EMPTY;
        file.items = self.deep_items(items)?;
        if self.input.is_test {
            self.test_harness(&mut file)?;
        } else if self.input.is_proc_macro {
            self.macro_harness(&mut file)?;
        }
        Ok(file)
    }

    fn crate_attr(&mut self, attr: &Attr) -> Result<()> {
        if is_named(&self.ast, attr, "recursion_limit")
            && let AttrKind::Normal(AttrItem { args: AttrArgs::Eq(_, value), .. }) = attr.kind
            && let ExprKind::Lit(lit) = self.ast[value].kind
            && let Ok(limit) = lit.symbol.as_str().parse()
        {
            self.session.limits.recursion = limit;
        }
        if is_named(&self.ast, attr, "register_tool")
            && let AttrKind::Normal(AttrItem { args: AttrArgs::Delimited(args), .. }) = &attr.kind
        {
            self.modules.tools.extend(args.tokens.tokens().iter().filter_map(|token| token.plain_name()));
        }
        Ok(())
    }

    /// `extern crate std;` and the import of its prelude.
    fn standard_library(&mut self, name: Symbol) -> [ItemId; 2] {
        let edition = self.input.edition;
        let id = self.session.hygiene.fresh(ExpnData {
            kind: ExpnKind::Pass("standard library imports"),
            parent: ExpnId::ROOT,
            call_site: Span::DUMMY,
            def_site: Span::DUMMY,
            edition,
            local_inner_macros: false,
            home: Home { module: Some(ModuleRef::Local(ModuleId::ROOT)), ..Home::default() },
        });
        let span = self.session.hygiene.at(Span::DUMMY, id, Transparency::Opaque);
        let call_site = self.session.hygiene.at(Span::DUMMY, id, Transparency::Transparent);
        let ident_span = if edition >= Edition::E2018 { span } else { call_site };
        let prelude = Symbol::intern(match edition {
            Edition::E2015 => "rust_2015",
            Edition::E2018 => "rust_2018",
            Edition::E2021 => "rust_2021",
            Edition::E2024 => "rust_2024",
        });
        let mut b = Builder::new(&mut self.ast, span);
        let krate = b.item(List::EMPTY, ItemKind::ExternCrate(None, Ident::new(name, ident_span)));
        let root = (edition == Edition::E2015).then_some(kw::PATH_ROOT);
        let names: Vec<Symbol> = root.into_iter().chain([name, Symbol::intern("prelude"), prelude]).collect();
        let prefix = b.path(&names);
        let tree = b.ast.add(UseTree { prefix, kind: UseTreeKind::Glob, span });
        let attr = b.attr_word(AttrStyle::Outer, "prelude_import");
        let attrs = b.ast.add_list(vec![attr]);
        let import = b.item(attrs, ItemKind::Use(tree));
        [krate, import]
    }

    /// Whether a function's body is to be expanded.
    pub(crate) fn is_wanted(&self, body: BlockId) -> bool {
        let Span { lo, hi, .. } = self.ast[body].span;
        self.only.is_none_or(|position| (lo..hi).contains(&position))
    }

    /// Whether nothing in an item of the text is wanted.
    pub(crate) fn is_apart(&self, item: ItemId) -> bool {
        self.only.is_some_and(|position| is_apart(&self.ast, item, position))
    }

    /// The nodes of a list, to be changed one by one.
    pub(crate) fn list<T: Node + Clone>(&self, list: List<T>) -> Vec<T> {
        self.ast[list].to_vec()
    }

    /// One level of the tree.
    pub(crate) fn level<T: Send>(&mut self, span: Span, f: impl FnOnce(&mut Self) -> Result<T> + Send) -> Result<T>
    where
        Self: Send,
    {
        stack::level(self, |x| &mut x.depth, SEGMENT, span, f)
    }

    /// Goes on in the result of an expansion.
    pub(crate) fn inside<T>(&mut self, id: ExpnId, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outer = std::mem::replace(&mut self.current, id);
        let result = f(self);
        self.current = outer;
        result
    }

    /// Where we are.
    pub(crate) fn position(&self) -> Position {
        Position { module: self.module, scope: self.scope }
    }

    /// The names in a path. Arguments of types are not looked at.
    pub(crate) fn idents(&self, path: &Path) -> Vec<Ident> {
        self.ast[path.segments].iter().map(|segment| segment.ident).collect()
    }

    /// What a path means.
    pub(crate) fn resolve(&mut self, path: &[Ident], ns: Ns, accept: Option<fn(Kinds) -> bool>) -> Result<Lookup> {
        let at = self.position();
        let world = World { hygiene: &self.session.hygiene, crates: self.input.crates, textual: &self.textual };
        self.modules.path(world, at, path, ns, accept, false)
    }

    /// The macro that a path means.
    ///
    /// # Errors
    /// There is none, or it is not known yet ([`PENDING`]).
    pub(crate) fn macro_of_path(&mut self, path: &Path, kind: MacroKind) -> Result<Option<Extension>> {
        let mut idents = self.idents(path);
        let accept: fn(Kinds) -> bool = match kind {
            MacroKind::Bang => |kinds| kinds.bang,
            MacroKind::Attr => |kinds| kinds.attr,
            MacroKind::Derive => |kinds| kinds.derive,
        };
        if let (MacroKind::Bang, [name]) = (kind, &idents[..]) {
            let outer = self.session.hygiene.outer_expansion(name.span.ctxt);
            if self.session.hygiene.expansion(outer).local_inner_macros {
                idents.insert(0, Ident::new(kw::DOLLAR_CRATE, name.span));
            }
        }
        let what = match kind {
            MacroKind::Bang => "macro",
            MacroKind::Attr => "attribute",
            MacroKind::Derive => "derive macro",
        };
        let text = || idents.iter().map(|ident| ident.name.as_str()).collect::<Vec<_>>().join("::");
        match self.resolve(&idents, Ns::Macro, Some(accept))? {
            Lookup::Found(Res::Macro(found, _)) => self.extension(found).map(Some),
            Lookup::Found(Res::Attribute) if kind == MacroKind::Attr => Ok(None),
            Lookup::Pending | Lookup::Maybe => {
                Err(Doubt::new(path.span, PENDING, format!("cannot find {what} `{}` yet", text())))
            }
            Lookup::Missing if kind == MacroKind::Bang && self.is_late_export(&idents)? => {
                match self.resolve(&idents, Ns::Macro, Some(accept))? {
                    Lookup::Found(Res::Macro(found, _)) => self.extension(found).map(Some),
                    _ => Err(Doubt::new(
                        path.span,
                        "macro name",
                        format!("cannot find {what} `{}` in this scope", text()),
                    )),
                }
            }
            Lookup::Missing | Lookup::Found(_) => {
                let doubt =
                    Doubt::new(path.span, "macro name", format!("cannot find {what} `{}` in this scope", text()));
                Err(doubt)
            }
        }
    }

    /// Does a path mean an exported macro of a body that is expanded later?
    fn is_late_export(&mut self, path: &[Ident]) -> Result<bool> {
        if !self.modules.settled || !self.modules.force {
            return Ok(false);
        }
        match path {
            [name] => self.late_export(name.name),
            [root, name] if matches!(root.name, kw::CRATE | kw::DOLLAR_CRATE) => self.late_export(name.name),
            _ => Ok(false),
        }
    }

    /// A macro, ready to be used.
    pub(crate) fn extension(&mut self, found: MacroRef) -> Result<Extension> {
        let def = match found {
            MacroRef::Local(number) => return Ok(self.macros_of_crate[number as usize].clone()),
            MacroRef::Foreign(def) => def,
        };
        if let Some(known) = self.foreign.get(&def) {
            return Ok(known.clone());
        }
        let definition = self.input.crates.definition(def, &mut self.session.hygiene)?;
        let module = definition.module.map(ModuleRef::Foreign);
        let home = Home { krate: def.krate, module, edition_panic: definition.edition_panic };
        let (ident, edition, span) = (definition.ident, definition.edition, definition.span);
        let extension = match definition.kind {
            DefinitionKind::Rules { macro_rules, body, transparency, local_inner_macros } => {
                let mut rules = Macro::compile(&self.session.hygiene, ident, span, macro_rules, &body, edition)?;
                (rules.transparency, rules.local_inner_macros, rules.home) = (transparency, local_inner_macros, home);
                Extension::Rules(Arc::new(rules))
            }
            DefinitionKind::Builtin(name) => Extension::Builtin { name, ident, home, edition },
            DefinitionKind::Procedural(run) => Extension::Procedural { ident, home, edition, span, run },
        };
        self.foreign.insert(def, extension.clone());
        Ok(extension)
    }

    /// A new expansion inside of the one that we are in.
    pub(crate) fn fresh(&mut self, extension: &Extension, kind: MacroKind, call_site: Span) -> Result<ExpnId> {
        let (ident, home, edition, def_site, local_inner_macros) = match extension {
            Extension::Rules(rules) => (rules.ident, rules.home, rules.edition, rules.span, rules.local_inner_macros),
            Extension::Builtin { ident, home, edition, .. } => (*ident, *home, *edition, ident.span, false),
            Extension::Procedural { ident, home, edition, span, .. } => (*ident, *home, *edition, *span, false),
        };
        let limit = self.session.limits.recursion;
        if self.session.hygiene.depth(self.current) >= limit {
            let message = format!("recursion limit of {limit} reached while expanding `{}`", ident.name);
            return Err(Doubt::new(call_site, "macro call", message));
        }
        self.summary.expanded += 1;
        Ok(self.session.hygiene.fresh(ExpnData {
            kind: ExpnKind::Macro(kind, ident.name),
            parent: self.current,
            call_site,
            def_site,
            edition,
            local_inner_macros,
            home,
        }))
    }
}

/// Whether an item that no macro wrote is no module, and a position is not in it.
pub fn is_apart(ast: &Ast, item: ItemId, position: u32) -> bool {
    let Item { span, kind, .. } = ast[item];
    let is_module = matches!(kind, ItemKind::Mod(..));
    !is_module && span.ctxt == SyntaxContext::ROOT && !(span.lo..span.hi).contains(&position)
}

impl Expanded {
    /// What `rustc -Zunpretty=expanded` prints.
    pub fn print(&self) -> String {
        self.print_with_places().0
    }

    /// The same, and for each of its lines where its parts come from, as far as that is known: what a macro has written comes
    /// from where the macro is called in the crate's own text.
    pub fn print_with_places(&self) -> (String, Vec<Vec<PartPlace<'_>>>) {
        let hygiene = &self.session.hygiene;
        let crate_name = |span: Span| self.names.get(&hygiene.crate_of(span.ctxt)).copied().unwrap_or(kw::CRATE);
        let mut cx = syntax::pretty::Context::new(&self.ast, hygiene.editions());
        cx.crate_name = Some(&crate_name);
        let Some(root) = self.sources.files().first() else { return Default::default() };
        let source = (&*root.text, root.base);
        let (text, found) = syntax::pretty::print_expanded(cx, &self.file, source, !self.is_no_core);
        let mut places = vec![Vec::new(); text.lines().count()];
        for WordPlace { line, offset, span } in found {
            let span = hygiene.call_site_in(span, SyntaxContext::ROOT);
            let place = span.and_then(|span| Some((self.sources.file(span.lo)?, self.sources.place(span.lo)?)));
            if let (Some(parts), Some((file, sources::Place { line, column }))) = (places.get_mut(line as usize), place)
            {
                let part = PartPlace { offset: offset as usize, path: &file.path, line, column };
                // What goes on is no new part.
                if parts.last().is_none_or(|last: &PartPlace<'_>| (last.path, last.line) != (part.path, part.line)) {
                    parts.push(part);
                }
            }
        }
        (text, places)
    }
}

/// Where a part of a line of an expanded text comes from: what was written in one line of the source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PartPlace<'a> {
    /// Where it begins, in bytes. It ends where the next one begins.
    pub offset: usize,
    /// The file as it was read.
    pub path: &'a FilePath,
    /// The line, from 1.
    pub line: u32,
    /// How many characters are in front of it in its line.
    pub column: u32,
}
