//! Compiles snippets with the installed rustc, and answers questions about what it wrote.
#![allow(dead_code)]

use mir::Bodies;
use rmeta::{CrateLocator, Session};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use traits::{ConstEval, TraitCx, TraitHooks};
use ty::{
    Arena, Const, ConstError, ConstKind, ConstValue, DefId, Definitions, GenericArgs, Scalar, SessionOptions, Span,
    Tcx, Ty, TyKind,
};

fn session_options() -> SessionOptions {
    SessionOptions {
        triple: "x86_64-unknown-linux-gnu".to_owned(),
        data_layout: String::new(),
        overflow_checks: true,
        ub_checks: true,
        panic_abort: false,
        optimize: false,
        target_features: Vec::new(),
    }
}

fn output(command: &mut Command) -> String {
    let output = command.output().expect("the compiler starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

fn sysroot_lib() -> PathBuf {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    DIR.get_or_init(|| {
        let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]));
        Path::new(&sysroot).join("lib/rustlib/x86_64-unknown-linux-gnu/lib")
    })
    .clone()
}

fn compile(dir: &Path, source: &str) -> PathBuf {
    std::fs::write(dir.join("snippet.rs"), source).expect("the snippet is written");
    let out = dir.join("libsnippet.rmeta");
    output(
        Command::new("rustc")
            .env("RUSTC_BOOTSTRAP", "1")
            .args(["--edition", "2024", "--crate-type", "lib", "--emit=metadata", "-Zalways-encode-mir", "-Awarnings"])
            .current_dir(dir)
            .arg("-o")
            .arg(&out)
            .arg("snippet.rs"),
    );
    out
}

/// Constants that are known without evaluation, and those that a body merely returns.
struct Simple<'tcx> {
    session: &'tcx Session<'tcx>,
    traits: &'tcx TraitCx<'tcx>,
}

fn unknown(what: String) -> ConstError {
    ConstError { span: Span::DUMMY, message: what, frames: Vec::new() }
}

impl<'tcx> Simple<'tcx> {
    fn trivial(&self, def: DefId) -> Result<(ConstValue, Ty<'tcx>), ConstError> {
        if let Some(known) = self.session.trivial_const(def) {
            return Ok(known);
        }
        if let Some(known) = self.straight(def) {
            return Ok(known);
        }
        Err(unknown(format!("{} needs an evaluator", self.session.tcx.def_path_str(def))))
    }
}

impl<'tcx> Simple<'tcx> {
    /// Runs a body that computes one integer without branches.
    fn straight(&self, def: DefId) -> Option<(ConstValue, Ty<'tcx>)> {
        if !self.session.has_ctfe_mir(def) {
            return None;
        }
        let body = self.session.mir_for_ctfe(def);
        let mut values = HashMap::new();
        let mut block = &body.basic_blocks[mir::BasicBlock::START];
        loop {
            for statement in &block.statements {
                if let mir::StatementKind::Assign(assign) = &statement.kind {
                    let value = self.rvalue(&assign.1, &values)?;
                    values.insert(assign.0.as_local()?, value);
                }
            }
            match &block.terminator.kind {
                mir::TerminatorKind::Assert { target, .. } | mir::TerminatorKind::Goto { target } => {
                    block = &body.basic_blocks[*target];
                }
                // `RangePattern::sub_one`, the only function in types' constants of the standard library.
                mir::TerminatorKind::Call(call) => {
                    let value = self.operand(&call.args[0], &values)?.wrapping_sub(1);
                    values.insert(call.destination.as_local()?, value);
                    block = &body.basic_blocks[call.target?];
                }
                mir::TerminatorKind::Return => break,
                _ => return None,
            }
        }
        let ty = body.return_ty();
        let size = match ty.kind() {
            TyKind::Uint(uint) => uint.bit_width().unwrap_or(64) / 8,
            TyKind::Int(int) => int.bit_width().unwrap_or(64) / 8,
            _ => return None,
        };
        Some((ConstValue::Scalar(Scalar::from_bits(values[&mir::Local::RETURN], size as u8)), ty))
    }

    fn rvalue(&self, rvalue: &mir::Rvalue<'tcx>, values: &HashMap<mir::Local, u128>) -> Option<u128> {
        match rvalue {
            mir::Rvalue::Use(operand) | mir::Rvalue::Cast(mir::CastKind::IntToInt, operand, _) => {
                self.operand(operand, values)
            }
            mir::Rvalue::UnaryOp(mir::UnOp::Not, operand) => {
                Some(!self.operand(operand, values)? & u128::from(u64::MAX))
            }
            mir::Rvalue::UnaryOp(mir::UnOp::Neg, operand) => Some(self.operand(operand, values)?.wrapping_neg()),
            mir::Rvalue::BinaryOp(op, operands) => {
                let (left, right) = (self.operand(&operands.0, values)?, self.operand(&operands.1, values)?);
                match op {
                    mir::BinOp::Shr => left.checked_shr(right as u32),
                    mir::BinOp::Sub | mir::BinOp::SubWithOverflow => Some(left.wrapping_sub(right)),
                    mir::BinOp::Add | mir::BinOp::AddWithOverflow => Some(left.wrapping_add(right)),
                    mir::BinOp::Mul | mir::BinOp::MulWithOverflow => Some(left.wrapping_mul(right)),
                    mir::BinOp::Div => left.checked_div(right),
                    mir::BinOp::Lt => Some((left < right).into()),
                    mir::BinOp::Eq => Some((left == right).into()),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn operand(&self, operand: &mir::Operand<'tcx>, values: &HashMap<mir::Local, u128>) -> Option<u128> {
        match operand {
            // The first field of a pair is the result, the pair itself is taken to be that.
            mir::Operand::Copy(place) | mir::Operand::Move(place) => values.get(&place.local).copied(),
            mir::Operand::Constant(constant) => {
                let value = match constant.const_ {
                    mir::Const::Val(value, _) => value,
                    mir::Const::Unevaluated { constant, promoted: None, .. } => {
                        let instance = self.traits.resolve_instance(constant.def, constant.args)?;
                        self.trivial(instance.def_id()).ok()?.0
                    }
                    _ => return None,
                };
                match value {
                    ConstValue::Scalar(Scalar::Int(int)) => Some(int.bits),
                    _ => None,
                }
            }
            mir::Operand::RuntimeChecks(_) => None,
        }
    }
}

impl<'tcx> ConstEval<'tcx> for Simple<'tcx> {
    fn eval_const(&self, constant: Const<'tcx>) -> Result<Const<'tcx>, ConstError> {
        let tcx = self.session.tcx;
        let ConstKind::Unevaluated(unevaluated) = *constant.kind() else { return Ok(constant) };
        match self.trivial(unevaluated.def)? {
            (ConstValue::Scalar(Scalar::Int(int)), ty) => Ok(tcx.mk_scalar_const(ty, int.bits, int.size)),
            other => Err(unknown(format!("{other:?} is no integer"))),
        }
    }
    fn eval_discriminant(&self, def_id: DefId) -> Result<u128, ConstError> {
        match self.trivial(def_id)? {
            (ConstValue::Scalar(Scalar::Int(int)), _) => Ok(int.bits),
            other => Err(unknown(format!("{other:?} is no integer"))),
        }
    }
}

/// A program and the traits of it.
pub struct Program<'tcx> {
    pub tcx: Tcx<'tcx>,
    pub session: &'tcx Session<'tcx>,
    pub traits: &'tcx TraitCx<'tcx>,
}

/// Compiles a snippet and looks at it.
pub fn with_program(source: &str, look: impl for<'tcx> FnOnce(&Program<'tcx>) + Send) {
    // Types nest deep.
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(64 << 20);
        let run = || {
            let dir = tempfile::tempdir().expect("a temporary folder");
            let path = compile(dir.path(), source);
            let arena = Arena::new();
            let tcx = Tcx::new(&arena, session_options());
            let locator = CrateLocator { sysroot_lib: sysroot_lib(), ..CrateLocator::default() };
            let session = Session::open(tcx, &path, &locator).unwrap_or_else(|error| panic!("{error}"));
            tcx.set_definitions(session);
            let traits = arena.alloc(TraitCx::new(tcx, session));
            tcx.set_hooks(arena.alloc(TraitHooks { traits, eval: Simple { session, traits } }));
            look(&Program { tcx, session, traits });
        };
        let thread = thread.spawn_scoped(scope, run).expect("a thread starts");
        if let Err(panic) = thread.join() {
            match panic.downcast::<traits::Failure>() {
                Ok(failure) => panic!("{failure}"),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
}

impl<'tcx> Program<'tcx> {
    /// A definition by the names that lead to it from a crate's root (`core::option::Option`).
    pub fn find(&self, path: &str) -> DefId {
        let mut steps = path.split("::");
        let krate = steps.next().expect("a path begins with a crate");
        let crates = self.session.crates();
        let num = crates.into_iter().find(|&num| self.session.crate_name(num).as_str() == krate).expect("the crate");
        steps.fold(num.root(), |module, step| {
            let children = self.session.module_children(module);
            let found = children.iter().find(|(name, _)| name.as_str() == step);
            found.unwrap_or_else(|| panic!("no {step} in {path}")).1
        })
    }

    /// The type that an alias of the snippet stands for.
    pub fn ty(&self, alias: &str) -> Ty<'tcx> {
        self.traits.normalize(self.session.type_of(self.find(&format!("snippet::{alias}"))))
    }

    /// A function without type parameters.
    pub fn function(&self, path: &str) -> (DefId, GenericArgs<'tcx>) {
        let def_id = self.find(path);
        let generics = self.session.generics_of(def_id);
        let args: Vec<_> = (0..generics.count()).map(|_| ty::Region::Erased.into()).collect();
        (def_id, self.tcx.mk_args(&args))
    }

    /// What each call and drop in a function means, one a line, and types of unsizing coercions' vtables.
    pub fn calls(&self, path: &str) -> String {
        let (def_id, args) = self.function(path);
        let body = self.tcx.subst(self.session.optimized_mir(def_id).clone(), args);
        let mut lines = Vec::new();
        for block in &body.basic_blocks {
            match &block.terminator.kind {
                mir::TerminatorKind::Call(call) => {
                    let func = self.traits.normalize(call.func.ty(&body.local_decls, self.tcx));
                    if let TyKind::FnDef(def_id, args) = *func.kind() {
                        let instance = self.traits.resolve_instance(def_id, args);
                        let name = instance.map_or("(nothing)".into(), |instance| self.tcx.instance_str(instance));
                        let line = match instance {
                            Some(instance) if instance.def_id().krate == ty::CrateNum::LOCAL => {
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
