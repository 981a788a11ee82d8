//! What the tests share: libraries built by the installed rustc, and a program of one file around the macros.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use bessemer_procmacro::{Call, Expansion, File, Library, Surroundings};
use syntax::ast::Ast;
use syntax::lexer::{Head, lex, normalize};
use syntax::pretty;
use syntax::span::{Edition, Editions, Span, SyntaxContext};
use syntax::stream::TokenStream;
use syntax::symbol::{Symbol, kw};
use syntax::token::TokenKind;

/// The context of what the expansion makes.
pub const EXPANSION: SyntaxContext = SyntaxContext(1);

/// A program of one file.
pub struct Program {
    pub text: String,
    pub name: &'static str,
    pub tokens: TokenStream,
    pub editions: Editions,
    pub call: Span,
}

impl Program {
    pub fn new(text: &str, name: &'static str) -> Program {
        let text = normalize(text).into_owned();
        let tokens = lex(&text, 0, SyntaxContext::ROOT, Edition::E2021, Head::File).unwrap();
        Program { text, name, tokens, editions: Editions::new(Edition::E2021), call: Span::DUMMY }
    }

    /// Where a text stands for the first time.
    pub fn find(&self, text: &str) -> Span {
        let at = self.text.find(text).unwrap_or_else(|| panic!("`{text}` is not in the program")) as u32;
        Span::new(at, at + text.len() as u32)
    }

    /// The tokens between two places.
    pub fn between(&self, lo: u32, hi: u32) -> TokenStream {
        let tokens = self.tokens.tokens();
        let start = tokens.partition_point(|token| token.span.lo < lo);
        let end = tokens.partition_point(|token| token.span.hi <= hi);
        self.tokens.slice(start..end)
    }

    /// A use at a place.
    pub fn call(&mut self, call: Span, arguments: Option<TokenStream>, input: TokenStream) -> Call {
        self.call = call;
        let site = Span { ctxt: EXPANSION, ..call };
        Call { arguments, input, def_site: Span { ctxt: EXPANSION, ..Span::DUMMY }, call_site: site, mixed_site: site }
    }

    /// The text of tokens, as rustc prints it.
    pub fn print(&self, tokens: &TokenStream) -> String {
        pretty::Context::new(&Ast::new(), &self.editions).tokens(tokens)
    }
}

impl Surroundings for Program {
    fn editions(&self) -> &Editions {
        &self.editions
    }

    fn file(&self, _: u32) -> Option<File<'_>> {
        Some(File { base: 0, text: &self.text, name: self.name, local_path: Some(self.name) })
    }

    fn call_site(&self, ctxt: SyntaxContext) -> Option<Span> {
        (ctxt == EXPANSION).then_some(self.call)
    }

    fn crate_name(&self, _: Span) -> Symbol {
        kw::CRATE
    }
}

/// The folder of the library of `programs/macros.rs`, built once.
pub fn macros() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        build(folder.path(), "macros", include_str!("programs/macros.rs"));
        folder
    });
    folder.path()
}

/// Builds a library of macros.
pub fn build(folder: &Path, name: &str, source: &str) -> PathBuf {
    let file = format!("{name}.rs");
    std::fs::write(folder.join(&file), source).unwrap();
    testing::output(testing::rustc(folder).args(["--crate-type", "proc-macro", "--edition", "2021", &file]));
    folder.join(format!("{}{name}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX))
}

/// The file of the library that [`macros`] built.
pub fn macros_file() -> PathBuf {
    macros().join(format!("{}macros{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX))
}

/// Expands the macro of a name.
pub fn expand(library: &Library, name: &str, call: Call, program: &Program) -> bessemer_procmacro::Result<Expansion> {
    let index = library.macros().iter().position(|it| it.name == name).unwrap_or_else(|| panic!("no macro `{name}`"));
    library.expand(index, call, program)
}

/// Expands `name!(text)` in a program that consists of it.
pub fn expand_bang(library: &Library, name: &str, text: &str) -> bessemer_procmacro::Result<Expansion> {
    let mut program = Program::new(text, "bang.rs");
    let (tokens, end) = (program.tokens.clone(), text.len() as u32);
    let call = program.call(Span::new(0, end), None, tokens);
    expand(library, name, call, &program)
}

/// The raw string that a macro's report is.
pub fn report(expansion: &Expansion) -> &'static str {
    let literal = expansion.tokens.tokens().iter().find_map(|token| match token.kind {
        TokenKind::Literal(lit) => Some(lit.symbol.as_str()),
        _ => None,
    });
    literal.expect("the macro made a literal")
}

/// What a program prints.
pub fn run(program: &Path) -> String {
    testing::output(&mut Command::new(program))
}
