//! Bodies right after building as text, in the manner of `rustc -Zdump-mir=built`. Names are those of [`mir::pretty`].

use crate::{BuiltBody, Statement, StatementKind, Terminator, TerminatorKind, UserTypeProjection, UserTypeStep};
use mir::pretty::{Printer, unwind_name};
use mir::{Local, SourceScope, VarDebugInfoContents};
use std::fmt::Write;
use thir::{FakeReadCause, Variance};
use ty::{IndexVec, Tcx};

const INDENT: &str = "    ";

/// The text of a body. The header says what it is: `fn f`, `const C`, `static S`.
pub fn body_to_string<'tcx>(tcx: Tcx<'tcx>, header: &str, body: &BuiltBody<'tcx>) -> String {
    let text = Text { tcx, printer: Printer::new(tcx), body };
    let mut out = String::new();
    text.body(&mut out, header);
    out
}

struct Text<'a, 'tcx> {
    tcx: Tcx<'tcx>,
    printer: Printer<'tcx>,
    body: &'a BuiltBody<'tcx>,
}

impl<'tcx> Text<'_, 'tcx> {
    fn body(&self, out: &mut String, header: &str) {
        let ty = |local: Local| self.tcx.ty_str(self.body.local_decls[local].ty);
        let result = ty(Local::RETURN);
        if header.starts_with("fn ") {
            let args = (1..=self.body.arg_count).map(Local::from_usize);
            let args: Vec<_> = args.map(|arg| format!("{arg:?}: {}", ty(arg))).collect();
            let _ = writeln!(out, "{header}({}) -> {result} {{", args.join(", "));
        } else {
            let _ = writeln!(out, "{header}: {result} = {{");
        }
        let mut children: IndexVec<SourceScope, Vec<SourceScope>> =
            IndexVec::from_elem_n(Vec::new(), self.body.source_scopes.len());
        for (scope, data) in self.body.source_scopes.iter_enumerated() {
            if let Some(parent) = data.parent_scope {
                children[parent].push(scope);
            }
        }
        self.scope(out, SourceScope::OUTERMOST, &children, 1);
        for (block, data) in self.body.basic_blocks.iter_enumerated() {
            let cleanup = if data.is_cleanup { " (cleanup)" } else { "" };
            let _ = writeln!(out, "\n{INDENT}{block:?}{cleanup}: {{");
            for statement in &data.statements {
                let _ = writeln!(out, "{INDENT}{INDENT}{};", self.statement(statement));
            }
            if let Some(terminator) = &data.terminator {
                let _ = writeln!(out, "{INDENT}{INDENT}{};", self.terminator(terminator));
            }
            let _ = writeln!(out, "{INDENT}}}");
        }
        out.push_str("}\n");
    }

    /// What is in a scope: what debuggers are told, locals, scopes.
    fn scope(
        &self,
        out: &mut String,
        scope: SourceScope,
        children: &IndexVec<SourceScope, Vec<SourceScope>>,
        depth: usize,
    ) {
        let indent = INDENT.repeat(depth);
        for info in self.body.var_debug_info.iter().filter(|info| info.source_info.scope == scope) {
            if let VarDebugInfoContents::Place(place) = info.value {
                let _ = writeln!(out, "{indent}debug {} => {};", info.name, self.printer.place(place));
            }
        }
        for (local, decl) in self.body.local_decls.iter_enumerated() {
            let is_argument = (1..=self.body.arg_count).contains(&local.index());
            if is_argument || decl.source_info.scope != scope {
                continue;
            }
            let mutability = if decl.mutability.is_mut() { "mut " } else { "" };
            let mut user = String::new();
            for (_, types) in self.body.user_tys.iter().filter(|(of, _)| *of == local) {
                for projection in types {
                    let _ = write!(user, " as {}", user_type(projection));
                }
            }
            let _ = writeln!(out, "{indent}let {mutability}{local:?}: {}{user};", self.tcx.ty_str(decl.ty));
        }
        for &child in &children[scope] {
            let _ = writeln!(out, "{indent}scope {} {{", child.as_u32());
            self.scope(out, child, children, depth + 1);
            let _ = writeln!(out, "{indent}}}");
        }
    }

    fn statement(&self, statement: &Statement<'tcx>) -> String {
        let place = |place| self.printer.place(place);
        match &statement.kind {
            StatementKind::Assign(target, value) => format!("{} = {}", place(*target), self.printer.rvalue(value)),
            StatementKind::FakeRead(cause, target) => format!("FakeRead({}, {})", cause_name(*cause), place(*target)),
            StatementKind::PlaceMention(target) => format!("PlaceMention({})", place(*target)),
            StatementKind::StorageLive(local) => format!("StorageLive({local:?})"),
            StatementKind::StorageDead(local) => format!("StorageDead({local:?})"),
            StatementKind::AscribeUserType(target, projection, variance) => {
                let variance = match variance {
                    Variance::Covariant => "+",
                    Variance::Invariant => "o",
                    Variance::Contravariant => "-",
                    Variance::Bivariant => "*",
                };
                format!("AscribeUserType({}, {variance}, {})", place(*target), user_type(projection))
            }
            StatementKind::BackwardIncompatibleDropHint(target) => {
                format!("BackwardIncompatibleDropHint({})", place(*target))
            }
        }
    }

    fn terminator(&self, terminator: &Terminator<'tcx>) -> String {
        let printer = &self.printer;
        match &terminator.kind {
            TerminatorKind::Goto { target } => format!("goto -> {target:?}"),
            TerminatorKind::SwitchInt { discr, targets } => {
                let mut text = format!("switchInt({}) -> [", printer.operand(discr));
                for (value, target) in targets.iter() {
                    let _ = write!(text, "{value}: {target:?}, ");
                }
                let _ = write!(text, "otherwise: {:?}]", targets.otherwise());
                text
            }
            TerminatorKind::UnwindResume => "resume".to_owned(),
            TerminatorKind::Return => "return".to_owned(),
            TerminatorKind::Unreachable => "unreachable".to_owned(),
            TerminatorKind::Drop { place, target, unwind, drop, .. } => {
                let drop = drop.map(|drop| format!(", drop: {drop:?}")).unwrap_or_default();
                let unwind = unwind_name(*unwind);
                format!("drop({}) -> [return: {target:?}, {unwind}{drop}]", printer.place(*place))
            }
            TerminatorKind::Call(call) => {
                let destination = printer.place(call.destination);
                let (func, args) = (printer.operand(&call.func), printer.operands(&call.args));
                let unwind = unwind_name(call.unwind);
                match call.target {
                    Some(target) => format!("{destination} = {func}({args}) -> [return: {target:?}, {unwind}]"),
                    None => {
                        let unwind = unwind.strip_prefix("unwind: ").unwrap_or(&unwind);
                        format!("{destination} = {func}({args}) -> {unwind}")
                    }
                }
            }
            TerminatorKind::TailCall { func, args, .. } => {
                format!("tailcall {}({})", printer.operand(func), printer.operands(args))
            }
            TerminatorKind::Assert { cond, expected, msg, target, unwind } => {
                let not = if *expected { "" } else { "!" };
                let (cond, msg, unwind) = (printer.operand(cond), printer.assertion(msg), unwind_name(*unwind));
                format!("assert({not}{cond}, {msg}) -> [success: {target:?}, {unwind}]")
            }
            TerminatorKind::Yield { value, resume, resume_arg, drop } => {
                let (place, value) = (printer.place(*resume_arg), printer.operand(value));
                match drop {
                    Some(drop) => format!("{place} = yield({value}) -> [resume: {resume:?}, drop: {drop:?}]"),
                    None => format!("{place} = yield({value}) -> {resume:?}"),
                }
            }
            TerminatorKind::CoroutineDrop => "coroutine_drop".to_owned(),
            TerminatorKind::FalseEdge { real_target, imaginary_target } => {
                format!("falseEdge -> [real: {real_target:?}, imaginary: {imaginary_target:?}]")
            }
            TerminatorKind::FalseUnwind { real_target, unwind } => {
                format!("falseUnwind -> [real: {real_target:?}, {}]", unwind_name(*unwind))
            }
            TerminatorKind::InlineAsm(asm) => format!("asm!({:?}) -> {:?}", asm.template, asm.targets),
        }
    }
}

fn user_type(projection: &UserTypeProjection) -> String {
    let steps: Vec<String> = projection
        .projections
        .iter()
        .map(|step| match step {
            UserTypeStep::Deref => "Deref".to_owned(),
            UserTypeStep::Field(field) => format!("Field({field}, ())"),
            UserTypeStep::Index => "Index(())".to_owned(),
            UserTypeStep::Subslice { from, to } => {
                format!("Subslice {{ from: {from}, to: {to}, from_end: true }}")
            }
            UserTypeStep::Downcast(name, variant) => format!("Downcast(Some({:?}), {variant})", name.as_str()),
        })
        .collect();
    format!("UserTypeProjection {{ base: UserType({}), projs: [{}] }}", projection.base, steps.join(", "))
}

fn cause_name(cause: FakeReadCause) -> String {
    match cause {
        FakeReadCause::ForMatchedPlace(None) | FakeReadCause::ForLet(None) => format!("{cause:?}"),
        FakeReadCause::ForMatchedPlace(Some(_)) => "ForMatchedPlace(closure)".to_owned(),
        FakeReadCause::ForLet(Some(_)) => "ForLet(closure)".to_owned(),
        FakeReadCause::ForMatchGuard => "ForMatchGuard".to_owned(),
        FakeReadCause::ForGuardBinding => "ForGuardBinding".to_owned(),
        FakeReadCause::ForIndex => "ForIndex".to_owned(),
    }
}
