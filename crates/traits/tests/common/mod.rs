//! Compiles snippets with the installed rustc, and answers questions about what it wrote.
#![allow(dead_code)]

use std::ops::Deref;
use std::path::{Path, PathBuf};
use testing::session_options;
use ty::{Arena, CrateNum, DefId, Definitions, GenericArgs, Instance, Ty, TyKind};

/// How a snippet is compiled.
#[derive(Clone, Copy)]
pub struct Options {
    pub edition: &'static str,
    /// Into an object file too, which has a copy of everything that is used (`snippet.o`).
    pub object: bool,
}

fn compile(dir: &Path, source: &str, options: Options) -> PathBuf {
    std::fs::write(dir.join("snippet.rs"), source).expect("the snippet is written");
    let flags = ["--crate-type", "lib", "-Zalways-encode-mir", "--edition", options.edition];
    let emit = if options.object { "--emit=metadata,obj" } else { "--emit=metadata" };
    let mut rustc = testing::rustc(dir);
    rustc.args(flags).args(["--crate-name", "snippet", emit]);
    if options.object {
        rustc.args(["-Csymbol-mangling-version=v0", "-Zshare-generics=no", "-Ccodegen-units=1"]);
    }
    testing::output(rustc.arg("snippet.rs"));
    dir.join("libsnippet.rmeta")
}

/// A program and where it lies.
pub struct Program<'tcx> {
    program: testing::Program<'tcx>,
    pub dir: PathBuf,
}

impl<'tcx> Deref for Program<'tcx> {
    type Target = testing::Program<'tcx>;
    fn deref(&self) -> &testing::Program<'tcx> {
        &self.program
    }
}

/// Compiles a snippet and looks at it.
pub fn with_program(source: &str, look: impl for<'tcx> FnOnce(&Program<'tcx>) + Send) {
    with_program_compiled(source, Options { edition: "2024", object: false }, look);
}

/// As [`with_program`].
pub fn with_program_compiled(source: &str, options: Options, look: impl for<'tcx> FnOnce(&Program<'tcx>) + Send) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = compile(dir.path(), source, options);
    // Types nest deep.
    with_metadata(&path, 64 << 20, look);
}

/// Opens a metadata file and looks at it, on a stack of some size.
pub fn with_metadata(path: &Path, stack_bytes: usize, look: impl for<'tcx> FnOnce(&Program<'tcx>) + Send) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(stack_bytes);
        let run = || {
            let arena = Arena::new();
            let program = testing::Program::open(&arena, path, session_options());
            let dir = path.parent().expect("a file is in a folder").to_owned();
            look(&Program { program, dir });
        };
        let thread = thread.spawn_scoped(scope, run).expect("a thread starts");
        if let Err(panic) = thread.join() {
            match panic.downcast::<bessemer_traits::Failure>() {
                Ok(failure) => panic!("{failure}"),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
}

impl<'tcx> Program<'tcx> {
    /// The type that an alias of the snippet stands for.
    pub fn ty(&self, alias: &str) -> Ty<'tcx> {
        self.traits.normalize(self.session.type_of(self.find(&format!("snippet::{alias}"))))
    }

    pub fn ty_of(&self, def_id: DefId) -> Ty<'tcx> {
        self.traits.normalize(self.session.type_of(def_id))
    }

    /// A function, unless it (or what encloses it) has parameters other than lifetimes.
    pub fn without_types(&self, def_id: DefId) -> Option<Instance<'tcx>> {
        (!self.has_type_params(def_id)).then(|| self.instance(def_id))
    }

    /// A function without type parameters.
    pub fn function(&self, path: &str) -> (DefId, GenericArgs<'tcx>) {
        let def_id = self.find(path);
        (def_id, self.erased_args(def_id))
    }

    /// What each call and drop in a function means, one a line, and types of unsizing coercions' vtables.
    pub fn calls(&self, path: &str) -> String {
        let (def_id, args) = self.function(path);
        let body = self.tcx.subst(mir::Bodies::optimized_mir(self.session, def_id).clone(), args);
        let mut lines = Vec::new();
        for block in &body.basic_blocks {
            match &block.terminator.kind {
                mir::TerminatorKind::Call(call) => {
                    let func = self.traits.normalize(call.func.ty(&body.local_decls, self.tcx));
                    if let TyKind::FnDef(def_id, args) = *func.kind() {
                        let instance = self.traits.resolve_instance(def_id, args);
                        let name = instance.map_or("(nothing)".into(), |instance| self.tcx.instance_str(instance));
                        let line = match instance {
                            Some(instance) if instance.def_id().krate == CrateNum::LOCAL => {
                                let span = self.session.def_span(instance.def_id());
                                format!(" (line {})", self.session.source_file(span.file).line_column(span.lo).0)
                            }
                            _ => String::new(),
                        };
                        lines.push(name + &line);
                    }
                }
                mir::TerminatorKind::Drop { place, .. } => {
                    let ty = self.traits.normalize(place.ty(&body.local_decls, self.tcx));
                    lines.push(self.tcx.instance_str(self.traits.resolve_drop_in_place(ty)));
                }
                _ => {}
            }
        }
        lines.join("\n") + "\n"
    }
}
