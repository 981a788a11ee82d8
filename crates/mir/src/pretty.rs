//! MIR as text, in the manner of `rustc --emit=mir`, for people to read.
//!
//! Constant memory is numbered in the order of its first appearance in a body, so that a dump does not depend on what was
//! looked at before.

mod constant;
mod krate;
mod syntax;

pub use krate::write_crate;
pub use syntax::unwind_name;

use crate::*;
use std::cell::RefCell;
use std::fmt::{self, Write};
use ty::{AllocId, Allocation, IndexVec, Span, Tcx};

/// Writes a body. The header says what it is: `fn f`, `const C`, `static S`, `promoted[0] of f`.
pub fn write_body<'tcx>(out: &mut dyn Write, tcx: Tcx<'tcx>, header: &str, body: &Body<'tcx>) -> fmt::Result {
    write_body_with_places(out, tcx, header, body, &|_| None)
}

/// [`write_body`], where each statement says in a comment where it comes from, if `place` knows.
pub fn write_body_with_places<'tcx>(
    out: &mut dyn Write,
    tcx: Tcx<'tcx>,
    header: &str,
    body: &Body<'tcx>,
    place: &dyn Fn(Span) -> Option<String>,
) -> fmt::Result {
    let printer = Printer::new(tcx);
    let scopes = Scopes { printer: &printer, body };
    scopes.header(out, header)?;
    scopes.var_debug_info(out, SourceScope::OUTERMOST, 1)?;
    scopes.local(out, Local::RETURN, 1)?;
    scopes.locals(out, SourceScope::OUTERMOST, 1)?;
    let mut children: IndexVec<SourceScope, Vec<SourceScope>> =
        IndexVec::from_elem_n(Vec::new(), body.source_scopes.len());
    for (scope, data) in body.source_scopes.iter_enumerated() {
        if let Some(parent) = data.parent_scope {
            children[parent].push(scope);
        }
    }
    for &scope in &children[SourceScope::OUTERMOST] {
        scopes.scope(out, scope, &children, 1)?;
    }
    for (block, data) in body.basic_blocks.iter_enumerated() {
        printer.block(out, block, data, place)?;
    }
    writeln!(out, "}}")?;
    printer.memory(out)
}

/// [`write_body`] into a string.
pub fn body_to_string<'tcx>(tcx: Tcx<'tcx>, header: &str, body: &Body<'tcx>) -> String {
    let mut out = String::new();
    write_body(&mut out, tcx, header, body).expect("writing to a string succeeds");
    out
}

/// Writes the initial value of a static.
pub fn write_static<'tcx>(out: &mut dyn Write, tcx: Tcx<'tcx>, header: &str, value: &Allocation) -> fmt::Result {
    let printer = Printer::new(tcx);
    printer.allocation(out, header, value)?;
    printer.memory(out)
}

/// Prints the parts of bodies.
pub struct Printer<'tcx> {
    tcx: Tcx<'tcx>,
    /// Constant memory in order of appearance.
    allocs: RefCell<Vec<AllocId>>,
}

/// Prints the head: variables, scopes, debug information.
struct Scopes<'a, 'tcx> {
    printer: &'a Printer<'tcx>,
    body: &'a Body<'tcx>,
}

const INDENT: &str = "    ";

impl<'tcx> Scopes<'_, 'tcx> {
    fn header(&self, out: &mut dyn Write, header: &str) -> fmt::Result {
        let (body, ty) = (self.body, |local: Local| self.printer.tcx.ty_str(self.body.local_decls[local].ty));
        write!(out, "{header}")?;
        if body.arg_count > 0 || header.starts_with("fn ") {
            let args: Vec<String> = body.args_iter().map(|arg| format!("{arg:?}: {}", ty(arg))).collect();
            writeln!(out, "({}) -> {} {{", args.join(", "), ty(Local::RETURN))
        } else {
            writeln!(out, ": {} = {{", ty(Local::RETURN))
        }
    }

    /// What debuggers are told of a scope's variables.
    fn var_debug_info(&self, out: &mut dyn Write, scope: SourceScope, depth: usize) -> fmt::Result {
        for info in self.body.var_debug_info.iter().filter(|info| info.source_info.scope == scope) {
            write!(out, "{}debug {}", INDENT.repeat(depth), info.name)?;
            if let Some(composite) = &info.composite {
                let path: String = composite.projection.iter().map(|field| format!(".{}", field.as_u32())).collect();
                write!(out, "{path} of {}", self.printer.tcx.ty_str(composite.ty))?;
            }
            match &info.value {
                VarDebugInfoContents::Place(place) => writeln!(out, " => {};", self.printer.place(*place))?,
                VarDebugInfoContents::Const(constant) => {
                    writeln!(out, " => {};", self.printer.constant(&constant.const_))?
                }
            }
        }
        Ok(())
    }

    fn local(&self, out: &mut dyn Write, local: Local, depth: usize) -> fmt::Result {
        let decl = &self.body.local_decls[local];
        let mutability = if decl.mutability.is_mut() { "mut " } else { "" };
        writeln!(out, "{}let {mutability}{local:?}: {};", INDENT.repeat(depth), self.printer.tcx.ty_str(decl.ty))
    }

    /// Variables and temporaries declared in a scope.
    fn locals(&self, out: &mut dyn Write, scope: SourceScope, depth: usize) -> fmt::Result {
        for (local, decl) in self.body.local_decls.iter_enumerated().skip(self.body.arg_count + 1) {
            if decl.source_info.scope == scope {
                self.local(out, local, depth)?;
            }
        }
        Ok(())
    }

    /// A scope, unless there is nothing in it.
    fn scope(
        &self,
        out: &mut dyn Write,
        scope: SourceScope,
        children: &IndexVec<SourceScope, Vec<SourceScope>>,
        depth: usize,
    ) -> fmt::Result {
        let indent = INDENT.repeat(depth);
        let mut inner = String::new();
        self.var_debug_info(&mut inner, scope, depth + 1)?;
        self.locals(&mut inner, scope, depth + 1)?;
        for &child in &children[scope] {
            self.scope(&mut inner, child, children, depth + 1)?;
        }
        let inlined = self.body.source_scopes[scope].inlined;
        if inner.is_empty() && inlined.is_none() {
            return Ok(());
        }
        write!(out, "{indent}scope {}", scope.as_u32())?;
        if let Some((instance, _)) = inlined {
            write!(out, " (inlined {})", self.printer.tcx.instance_str(instance))?;
        }
        writeln!(out, " {{")?;
        write!(out, "{inner}")?;
        writeln!(out, "{indent}}}")
    }
}

impl<'tcx> Printer<'tcx> {
    /// A printer that has printed nothing yet.
    pub fn new(tcx: Tcx<'tcx>) -> Printer<'tcx> {
        Printer { tcx, allocs: RefCell::default() }
    }

    fn block(
        &self,
        out: &mut dyn Write,
        block: BasicBlock,
        data: &BasicBlockData<'tcx>,
        place: &dyn Fn(Span) -> Option<String>,
    ) -> fmt::Result {
        let comment = |info: SourceInfo| place(info.span).map_or(String::new(), |place| format!(" // {place}"));
        writeln!(out)?;
        writeln!(out, "{INDENT}{block:?}{}: {{", if data.is_cleanup { " (cleanup)" } else { "" })?;
        for statement in &data.statements {
            let text = self.statement(&statement.kind);
            writeln!(out, "{INDENT}{INDENT}{text};{}", comment(statement.source_info))?;
        }
        let text = self.terminator(&data.terminator.kind);
        writeln!(out, "{INDENT}{INDENT}{text};{}", comment(data.terminator.source_info))?;
        writeln!(out, "{INDENT}}}")
    }
}
