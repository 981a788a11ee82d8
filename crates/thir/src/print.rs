//! Bodies as text: what `rustc -Zunpretty=thir-flat -Zverbose-internals` prints, which is derived from the data's own shape.
//!
//! A body becomes a tree of names and values ([`Node`]), and that is laid out as `{:#?}` lays out. How types, definitions and
//! places in sources are called is asked of [`Names`].

use crate::*;
use mir::{AsmRegister, BinOp, PointerCoercion, UnOp};
use std::fmt::{Debug, Write};
use ty::{Const, DefId, GenericArg, GenericArgs, Mutability, Span, Symbol, Ty, TyKind, ValTree, ValTreeKind};

/// How things are called that are not the body's own. Types' names are on one line.
pub trait Names<'tcx> {
    /// A type: `&'{erased} T/#0`.
    fn ty(&self, ty: Ty<'tcx>) -> String;
    /// A generic argument.
    fn arg(&self, arg: GenericArg<'tcx>) -> String;
    /// A constant in a type.
    fn constant(&self, constant: Const<'tcx>) -> String;
    /// A definition with its number: `DefId(0:3 ~ a[4c2f]::f)`.
    fn def_id(&self, def_id: DefId) -> String;
    /// A type's path: `std::option::Option`.
    fn adt(&self, def_id: DefId) -> String;
    /// A place in the sources: `a.rs:1:2: 1:7 (#0)`.
    fn span(&self, span: Span) -> String;
    /// The signature of a body: `fn(u8) -> u8`.
    fn sig(&self, sig: &ty::FnSig<'tcx>) -> String;
}

/// A tree of names and values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// `Name { field: value }`
    Struct(String, Vec<(String, Node)>),
    /// `Name(value)`; without a name, a tuple.
    Tuple(String, Vec<Node>),
    /// `[value]`
    List(Vec<Node>),
    Text(String),
}

impl Node {
    fn text(text: impl Into<String>) -> Node {
        Node::Text(text.into())
    }
    fn debug(value: impl Debug) -> Node {
        Node::Text(format!("{value:?}"))
    }
    fn tuple(name: &str, values: impl IntoIterator<Item = Node>) -> Node {
        Node::Tuple(name.to_owned(), values.into_iter().collect())
    }
    fn list(values: impl IntoIterator<Item = Node>) -> Node {
        Node::List(values.into_iter().collect())
    }
    fn option(value: Option<Node>) -> Node {
        value.map_or_else(|| Node::text("None"), |value| Node::tuple("Some", [value]))
    }

    /// The lines of the value, the first without indentation.
    pub fn write(&self, out: &mut String, depth: usize) {
        let mut group = |open: &str, close: &str, values: &mut dyn Iterator<Item = (Option<&str>, &Node)>| {
            out.push_str(open);
            for (name, value) in values {
                let _ = write!(out, "\n{}", "    ".repeat(depth + 1));
                if name == Some("..") {
                    // There are fields that are not shown.
                    out.push_str("..");
                    continue;
                }
                if let Some(name) = name {
                    let _ = write!(out, "{name}: ");
                }
                value.write(out, depth + 1);
                out.push(',');
            }
            let _ = write!(out, "\n{}{close}", "    ".repeat(depth));
        };
        match self {
            // Texts of several lines move as a whole.
            Node::Text(text) => out.push_str(&text.replace('\n', &format!("\n{}", "    ".repeat(depth)))),
            Node::List(values) if values.is_empty() => out.push_str("[]"),
            Node::Tuple(name, values) if values.is_empty() => out.push_str(name),
            Node::Struct(name, fields) if fields.is_empty() => out.push_str(name),
            Node::List(values) => group("[", "]", &mut values.iter().map(|value| (None, value))),
            Node::Tuple(name, values) => {
                group(&format!("{name}("), ")", &mut values.iter().map(|value| (None, value)));
            }
            Node::Struct(name, fields) => {
                group(&format!("{name} {{"), "}", &mut fields.iter().map(|(name, value)| (Some(&**name), value)));
            }
        }
    }
}

impl std::fmt::Display for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = String::new();
        self.write(&mut out, 0);
        f.write_str(&out)
    }
}

macro_rules! node {
    ($name:literal { $($field:literal: $value:expr),* $(,)? }) => {
        Node::Struct($name.to_owned(), vec![$(($field.to_owned(), $value)),*])
    };
}

/// A body's text, without the line before it that says whose it is.
pub fn print<'tcx>(thir: &Thir<'tcx>, names: &dyn Names<'tcx>) -> String {
    let printer = Printer { names };
    printer.thir(thir).to_string()
}

struct Printer<'a, 'tcx> {
    names: &'a dyn Names<'tcx>,
}

/// The types that rustc writes over several lines have a name and parentheses.
fn spread(text: String) -> Node {
    let Some((name, rest)) = text.split_once('(') else { return Node::Text(text) };
    if !["FnDef", "Closure", "Coroutine", "CoroutineClosure", "Alias"].contains(&name) || !rest.ends_with(')') {
        return Node::Text(text);
    }
    let list = |part: &str| {
        let inner = part.strip_prefix('[').and_then(|it| it.strip_suffix(']'))?;
        Some(Node::List(split(inner).into_iter().map(|arg| spread(arg.to_owned())).collect()))
    };
    let parts = split(&rest[..rest.len() - 1]);
    let parts = parts.into_iter().map(|part| {
        if let Some(fields) = part.strip_prefix("AliasTy { ").and_then(|it| it.strip_suffix(" }")) {
            let fields = split(fields).into_iter().map(|field| match field.split_once(": ") {
                Some((name, value)) => (name.to_owned(), list(value).unwrap_or_else(|| Node::text(value))),
                None => (field.to_owned(), Node::text("")),
            });
            return Node::Struct("AliasTy".to_owned(), fields.collect());
        }
        list(part).unwrap_or_else(|| Node::text(part))
    });
    Node::Tuple(name.to_owned(), parts.collect())
}

/// Parts between commas that are not in brackets.
pub fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start, mut quoted, mut last) = (Vec::new(), 0usize, 0, false, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '"' if last != '\\' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' | '<' => depth += 1,
            '>' if last == '-' || last == '=' => {}
            ')' | ']' | '}' | '>' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
        last = c;
    }
    let rest = text[start..].trim();
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

impl<'tcx> Printer<'_, 'tcx> {
    fn ty(&self, ty: Ty<'tcx>) -> Node {
        spread(self.names.ty(ty))
    }
    fn args(&self, args: GenericArgs<'tcx>) -> Node {
        Node::list(args.iter().map(|arg| spread(self.names.arg(arg))))
    }
    fn span(&self, span: Span) -> Node {
        Node::Text(self.names.span(span))
    }
    fn def_id(&self, def_id: DefId) -> Node {
        Node::Text(self.names.def_id(def_id))
    }
    fn hir_id(&self, id: HirId) -> Node {
        Node::Text(format!("HirId({}.{})", self.names.def_id(id.owner), id.local_id))
    }
    fn var(&self, id: LocalVarId) -> Node {
        Node::tuple("LocalVarId", [self.hir_id(id.0)])
    }
    fn user_ty(&self, ty: UserTy) -> Node {
        Node::option(ty.map(|ty| Node::text(ty.0.as_str())))
    }
    /// A scope: rustc's text has no space before the last bracket.
    fn scope(&self, scope: Scope) -> Node {
        Node::Text(format!("{scope:?}").replace(" }", "}"))
    }
    fn exprs(&self, exprs: &[ExprId]) -> Node {
        Node::list(exprs.iter().map(Node::debug))
    }

    fn thir(&self, thir: &Thir<'tcx>) -> Node {
        let body_type = match &thir.body_type {
            BodyTy::Const(ty) => Node::tuple("Const", [self.ty(*ty)]),
            BodyTy::Fn(sig) => Node::tuple("Fn", [Node::Text(self.names.sig(sig))]),
            BodyTy::GlobalAsm(ty) => Node::tuple("GlobalAsm", [self.ty(*ty)]),
        };
        node!("Thir" {
            "body_type": body_type,
            "arms": Node::list(thir.arms.iter().map(|arm| self.arm(arm))),
            "blocks": Node::list(thir.blocks.iter().map(|block| self.block(block))),
            "exprs": Node::list(thir.exprs.iter().map(|expr| self.expr(expr))),
            "stmts": Node::list(thir.stmts.iter().map(|stmt| self.stmt(stmt))),
            "params": Node::list(thir.params.iter().map(|param| self.param(param))),
        })
    }

    fn arm(&self, arm: &Arm<'tcx>) -> Node {
        node!("Arm" {
            "pattern": self.pat(&arm.pattern),
            "guard": Node::option(arm.guard.map(Node::debug)),
            "body": Node::debug(arm.body),
            "hir_id": self.hir_id(arm.hir_id),
            "scope": self.scope(arm.scope),
            "span": self.span(arm.span),
        })
    }

    fn block(&self, block: &Block) -> Node {
        let safety = match block.safety_mode {
            BlockSafety::Safe => Node::text("Safe"),
            BlockSafety::BuiltinUnsafe => Node::text("BuiltinUnsafe"),
            BlockSafety::ExplicitUnsafe(id) => Node::tuple("ExplicitUnsafe", [self.hir_id(id)]),
        };
        node!("Block" {
            "targeted_by_break": Node::debug(block.targeted_by_break),
            "region_scope": self.scope(block.region_scope),
            "span": self.span(block.span),
            "stmts": Node::list(block.stmts.iter().map(Node::debug)),
            "expr": Node::option(block.expr.map(Node::debug)),
            "safety_mode": safety,
        })
    }

    fn stmt(&self, stmt: &Stmt<'tcx>) -> Node {
        let kind = match &stmt.kind {
            StmtKind::Expr { scope, expr } => {
                node!("Expr" { "scope": self.scope(*scope), "expr": Node::debug(expr) })
            }
            StmtKind::Let { remainder_scope, init_scope, pattern, initializer, else_block, hir_id, span } => {
                node!("Let" {
                    "remainder_scope": self.scope(*remainder_scope),
                    "init_scope": self.scope(*init_scope),
                    "pattern": self.pat(pattern),
                    "initializer": Node::option(initializer.map(Node::debug)),
                    "else_block": Node::option(else_block.map(Node::debug)),
                    "hir_id": self.hir_id(*hir_id),
                    "span": self.span(*span),
                })
            }
        };
        node!("Stmt" { "kind": kind })
    }

    fn param(&self, param: &Param<'tcx>) -> Node {
        node!("Param" {
            "pat": Node::option(param.pat.as_ref().map(|pat| self.pat(pat))),
            "ty": self.ty(param.ty),
            "ty_span": Node::option(param.ty_span.map(|span| self.span(span))),
            "self_kind": Node::option(param.self_kind.map(Node::debug)),
            "hir_id": Node::option(param.hir_id.map(|id| self.hir_id(id))),
        })
    }

    fn expr(&self, expr: &Expr<'tcx>) -> Node {
        node!("Expr" {
            "kind": self.expr_kind(&expr.kind, expr.ty),
            "ty": self.ty(expr.ty),
            "temp_scope_id": Node::debug(expr.temp_scope_id),
            "span": self.span(expr.span),
        })
    }

    fn expr_kind(&self, kind: &ExprKind<'tcx>, ty: Ty<'tcx>) -> Node {
        let id = |id: &ExprId| Node::debug(id);
        match kind {
            ExprKind::Scope { region_scope, hir_id, value } => {
                node!("Scope" {
                    "region_scope": self.scope(*region_scope), "hir_id": self.hir_id(*hir_id), "value": id(value),
                })
            }
            ExprKind::If { if_then_scope, cond, then, else_opt } => node!("If" {
                "if_then_scope": self.scope(*if_then_scope), "cond": id(cond), "then": id(then),
                "else_opt": Node::option(else_opt.as_ref().map(id)),
            }),
            ExprKind::Call { ty, fun, args, from_hir_call, fn_span } => node!("Call" {
                "ty": self.ty(*ty), "fun": id(fun), "args": self.exprs(args),
                "from_hir_call": Node::debug(from_hir_call), "fn_span": self.span(*fn_span),
            }),
            ExprKind::ByUse { expr, span } => node!("ByUse" { "expr": id(expr), "span": self.span(*span) }),
            ExprKind::Deref { arg } => node!("Deref" { "arg": id(arg) }),
            ExprKind::Binary { op, lhs, rhs } => {
                node!("Binary" { "op": bin_op(*op), "lhs": id(lhs), "rhs": id(rhs) })
            }
            ExprKind::LogicalOp { op, lhs, rhs } => {
                node!("LogicalOp" { "op": Node::debug(op), "lhs": id(lhs), "rhs": id(rhs) })
            }
            ExprKind::Unary { op, arg } => node!("Unary" { "op": un_op(*op), "arg": id(arg) }),
            ExprKind::Cast { source } => node!("Cast" { "source": id(source) }),
            ExprKind::Use { source } => node!("Use" { "source": id(source) }),
            ExprKind::NeverToAny { source } => node!("NeverToAny" { "source": id(source) }),
            ExprKind::PointerCoercion { cast, source, is_from_as_cast } => node!("PointerCoercion" {
                "cast": self.coercion(*cast, ty), "source": id(source), "is_from_as_cast": Node::debug(is_from_as_cast),
            }),
            ExprKind::Loop { body } => node!("Loop" { "body": id(body) }),
            ExprKind::LoopMatch { state, region_scope, match_data } => node!("LoopMatch" {
                "state": id(state), "region_scope": self.scope(*region_scope),
                "match_data": node!("LoopMatchMatchData" {
                    "scrutinee": id(&match_data.scrutinee),
                    "arms": Node::list(match_data.arms.iter().map(Node::debug)),
                    "span": self.span(match_data.span),
                }),
            }),
            ExprKind::Let { expr, pat } => node!("Let" { "expr": id(expr), "pat": self.pat(pat) }),
            ExprKind::Match { scrutinee, arms, match_source } => {
                let source = match match_source {
                    MatchSource::TryDesugar(id) => Node::tuple("TryDesugar", [self.hir_id(*id)]),
                    other => Node::debug(other),
                };
                node!("Match" {
                    "scrutinee": id(scrutinee), "arms": Node::list(arms.iter().map(Node::debug)),
                    "match_source": source,
                })
            }
            ExprKind::Block { block } => node!("Block" { "block": Node::debug(block) }),
            ExprKind::Assign { lhs, rhs } => node!("Assign" { "lhs": id(lhs), "rhs": id(rhs) }),
            ExprKind::AssignOp { op, lhs, rhs } => {
                node!("AssignOp" { "op": Node::debug(op), "lhs": id(lhs), "rhs": id(rhs) })
            }
            ExprKind::Field { lhs, variant_index, name } => node!("Field" {
                "lhs": id(lhs), "variant_index": Node::debug(variant_index), "name": Node::debug(name),
            }),
            ExprKind::Index { lhs, index } => node!("Index" { "lhs": id(lhs), "index": id(index) }),
            ExprKind::VarRef { id } => node!("VarRef" { "id": self.var(*id) }),
            ExprKind::UpvarRef { closure_def_id, var_hir_id } => node!("UpvarRef" {
                "closure_def_id": self.def_id(*closure_def_id), "var_hir_id": self.var(*var_hir_id),
            }),
            ExprKind::Borrow { borrow_kind: kind, arg } => {
                node!("Borrow" { "borrow_kind": borrow_kind(*kind), "arg": id(arg) })
            }
            ExprKind::RawBorrow { mutability: m, arg } => {
                node!("RawBorrow" { "mutability": mutability(*m), "arg": id(arg) })
            }
            ExprKind::Break { label, value } => node!("Break" {
                "label": self.scope(*label), "value": Node::option(value.as_ref().map(id)),
            }),
            ExprKind::Continue { label } => node!("Continue" { "label": self.scope(*label) }),
            ExprKind::ConstContinue { label, value } => {
                node!("ConstContinue" { "label": self.scope(*label), "value": id(value) })
            }
            ExprKind::Return { value } => node!("Return" { "value": Node::option(value.as_ref().map(id)) }),
            ExprKind::Become { value } => node!("Become" { "value": id(value) }),
            ExprKind::ConstBlock { did, args } => {
                node!("ConstBlock" { "did": self.def_id(*did), "args": self.args(*args) })
            }
            ExprKind::Repeat { value, count } => {
                node!("Repeat" { "value": id(value), "count": Node::Text(self.names.constant(*count)) })
            }
            ExprKind::Array { fields } => node!("Array" { "fields": self.exprs(fields) }),
            ExprKind::Tuple { fields } => node!("Tuple" { "fields": self.exprs(fields) }),
            ExprKind::Adt(adt) => Node::tuple("Adt", [self.adt(adt)]),
            ExprKind::PlaceTypeAscription { source, user_ty, user_ty_span } => node!("PlaceTypeAscription" {
                "source": id(source), "user_ty": self.user_ty(*user_ty), "user_ty_span": self.span(*user_ty_span),
            }),
            ExprKind::ValueTypeAscription { source, user_ty, user_ty_span } => node!("ValueTypeAscription" {
                "source": id(source), "user_ty": self.user_ty(*user_ty), "user_ty_span": self.span(*user_ty_span),
            }),
            ExprKind::PlaceUnwrapUnsafeBinder { source } => {
                node!("PlaceUnwrapUnsafeBinder" { "source": id(source) })
            }
            ExprKind::ValueUnwrapUnsafeBinder { source } => {
                node!("ValueUnwrapUnsafeBinder" { "source": id(source) })
            }
            ExprKind::WrapUnsafeBinder { source } => node!("WrapUnsafeBinder" { "source": id(source) }),
            ExprKind::Closure(closure) => Node::tuple("Closure", [self.closure(closure)]),
            ExprKind::Literal { lit, neg } => {
                let lit = node!("Spanned" { "node": literal(&lit.node), "span": self.span(lit.span) });
                node!("Literal" { "lit": lit, "neg": Node::debug(neg) })
            }
            ExprKind::NonHirLiteral { lit, user_ty } => {
                node!("NonHirLiteral" { "lit": Node::debug(lit), "user_ty": self.user_ty(*user_ty) })
            }
            ExprKind::ZstLiteral { user_ty } => node!("ZstLiteral" { "user_ty": self.user_ty(*user_ty) }),
            ExprKind::NamedConst { def_id, args, user_ty } => node!("NamedConst" {
                "def_id": self.def_id(*def_id), "args": self.args(*args), "user_ty": self.user_ty(*user_ty),
            }),
            ExprKind::ConstParam { param, def_id } => node!("ConstParam" {
                "param": Node::Text(format!("{}/#{}", param.name, param.index)), "def_id": self.def_id(*def_id),
            }),
            ExprKind::StaticRef { ty, def_id } => {
                // The number of the memory is not the body's: it depends on what was looked at before.
                node!("StaticRef" {
                    "alloc_id": Node::text("alloc"), "ty": self.ty(*ty), "def_id": self.def_id(*def_id),
                })
            }
            ExprKind::InlineAsm(asm) => Node::tuple("InlineAsm", [self.asm(asm)]),
            ExprKind::ThreadLocalRef(def_id) => Node::tuple("ThreadLocalRef", [self.def_id(*def_id)]),
            ExprKind::Yield { value } => node!("Yield" { "value": id(value) }),
        }
    }

    fn coercion(&self, cast: PointerCoercion, target: Ty<'tcx>) -> Node {
        let safety = |is_unsafe: bool| Node::text(if is_unsafe { "Unsafe" } else { "Safe" });
        match cast {
            PointerCoercion::ReifyFnPointer => {
                let is_unsafe = matches!(target.kind(), TyKind::FnPtr(sig) if sig.value.is_unsafe);
                Node::tuple("ReifyFnPointer", [safety(is_unsafe)])
            }
            PointerCoercion::ClosureFnPointer { is_unsafe } => Node::tuple("ClosureFnPointer", [safety(is_unsafe)]),
            other => Node::debug(other),
        }
    }

    fn adt(&self, adt: &AdtExpr<'tcx>) -> Node {
        let base = match &adt.base {
            AdtExprBase::None => Node::text("None"),
            AdtExprBase::Base(info) => Node::tuple(
                "Base",
                [node!("FruInfo" {
                    "base": Node::debug(info.base),
                    "field_types": Node::list(info.field_types.iter().map(|&ty| self.ty(ty))),
                })],
            ),
            AdtExprBase::DefaultFields(types) => {
                Node::tuple("DefaultFields", [Node::list(types.iter().map(|&ty| self.ty(ty)))])
            }
        };
        let field =
            |field: &FieldExpr| node!("FieldExpr" { "name": Node::debug(field.name), "expr": Node::debug(field.expr) });
        node!("AdtExpr" {
            "adt_def": Node::Text(self.names.adt(adt.adt_def)),
            "variant_index": Node::debug(adt.variant_index),
            "args": self.args(adt.args),
            "user_ty": self.user_ty(adt.user_ty),
            "fields": Node::list(adt.fields.iter().map(field)),
            "base": base,
        })
    }

    fn closure(&self, closure: &ClosureExpr<'tcx>) -> Node {
        let args = match closure.args {
            UpvarArgs::Closure(args) => Node::tuple("Closure", [self.args(args)]),
            UpvarArgs::Coroutine(args) => Node::tuple("Coroutine", [self.args(args)]),
            UpvarArgs::CoroutineClosure(args) => Node::tuple("CoroutineClosure", [self.args(args)]),
        };
        let fake_read = |(place, cause, id): &(ExprId, FakeReadCause, HirId)| {
            let cause = match cause {
                FakeReadCause::ForMatchedPlace(closure) => {
                    Node::tuple("ForMatchedPlace", [Node::option(closure.map(|id| self.def_id(id)))])
                }
                FakeReadCause::ForLet(closure) => {
                    Node::tuple("ForLet", [Node::option(closure.map(|id| self.def_id(id)))])
                }
                other => Node::debug(other),
            };
            Node::tuple("", [Node::debug(place), cause, self.hir_id(*id)])
        };
        node!("ClosureExpr" {
            "closure_id": self.def_id(closure.closure_id),
            "args": args,
            "upvars": self.exprs(&closure.upvars),
            "movability": Node::option(closure.movability.map(Node::debug)),
            "fake_reads": Node::list(closure.fake_reads.iter().map(fake_read)),
        })
    }

    fn asm(&self, asm: &InlineAsmExpr) -> Node {
        let reg = |reg: &AsmRegister| match reg {
            AsmRegister::Register(name) => Node::tuple("Reg", [Node::text(name.as_str())]),
            AsmRegister::Class(name) => Node::tuple("RegClass", [Node::text(name.as_str())]),
        };
        let id = |id: &ExprId| Node::debug(id);
        let option = |expr: &Option<ExprId>| Node::option(expr.as_ref().map(id));
        let operand = |operand: &InlineAsmOperand| match operand {
            InlineAsmOperand::In { reg: r, expr } => node!("In" { "reg": reg(r), "expr": id(expr) }),
            InlineAsmOperand::Out { reg: r, late, expr } => {
                node!("Out" { "reg": reg(r), "late": Node::debug(late), "expr": option(expr) })
            }
            InlineAsmOperand::InOut { reg: r, late, expr } => {
                node!("InOut" { "reg": reg(r), "late": Node::debug(late), "expr": id(expr) })
            }
            InlineAsmOperand::SplitInOut { reg: r, late, in_expr, out_expr } => node!("SplitInOut" {
                "reg": reg(r), "late": Node::debug(late), "in_expr": id(in_expr), "out_expr": option(out_expr),
            }),
            InlineAsmOperand::Const { value, span } => {
                node!("Const" { "value": id(value), "span": self.span(*span) })
            }
            InlineAsmOperand::SymFn { value } => node!("SymFn" { "value": id(value) }),
            InlineAsmOperand::SymStatic { def_id } => node!("SymStatic" { "def_id": self.def_id(*def_id) }),
            InlineAsmOperand::Label { block } => node!("Label" { "block": Node::debug(block) }),
        };
        node!("InlineAsmExpr" {
            "asm_macro": Node::debug(asm.asm_macro),
            "template": Node::list(asm.template.iter().map(Node::debug)),
            "operands": Node::list(asm.operands.iter().map(operand)),
            "options": Node::debug(asm.options),
            "line_spans": Node::list(asm.line_spans.iter().map(|&span| self.span(span))),
        })
    }

    fn pat(&self, pat: &Pat<'tcx>) -> Node {
        let extra = pat.extra.as_ref().map(|extra| {
            node!("PatExtra" {
                "expanded_const": Node::option(extra.expanded_const.map(|id| self.def_id(id))),
                "ascriptions": Node::list(extra.ascriptions.iter().map(|ascription| node!("Ascription" {
                    "annotation": Node::text(ascription.annotation.0.as_str()),
                    "variance": Node::text(match ascription.variance {
                        Variance::Covariant => "+",
                        Variance::Invariant => "o",
                        Variance::Contravariant => "-",
                        Variance::Bivariant => "*",
                    }),
                }))),
            })
        });
        node!("Pat" {
            "ty": self.ty(pat.ty),
            "span": self.span(pat.span),
            "extra": Node::option(extra),
            "kind": self.pat_kind(&pat.kind),
        })
    }

    fn pats(&self, pats: &[Pat<'tcx>]) -> Node {
        Node::list(pats.iter().map(|pat| self.pat(pat)))
    }

    fn field_pats(&self, fields: &[FieldPat<'tcx>]) -> Node {
        Node::list(
            fields.iter().map(
                |field| node!("FieldPat" { "field": Node::debug(field.field), "pattern": self.pat(&field.pattern) }),
            ),
        )
    }

    fn pat_kind(&self, kind: &PatKind<'tcx>) -> Node {
        let parts = |name: &str, prefix: &[Pat<'tcx>], slice: &Option<Box<Pat<'tcx>>>, suffix: &[Pat<'tcx>]| {
            Node::Struct(
                name.to_owned(),
                vec![
                    ("prefix".to_owned(), self.pats(prefix)),
                    ("slice".to_owned(), Node::option(slice.as_ref().map(|pat| self.pat(pat)))),
                    ("suffix".to_owned(), self.pats(suffix)),
                ],
            )
        };
        match kind {
            PatKind::Missing => Node::text("Missing"),
            PatKind::Wild => Node::text("Wild"),
            PatKind::Never => Node::text("Never"),
            PatKind::Binding { name, mode, var, ty, subpattern, is_primary, is_shorthand } => {
                let by_ref = match mode.0 {
                    ByRef::No => Node::text("No"),
                    ByRef::Yes(pin, m) => Node::tuple("Yes", [Node::debug(pin), mutability(m)]),
                };
                node!("Binding" {
                    "name": Node::debug(name.as_str()),
                    "mode": Node::tuple("BindingMode", [by_ref, mutability(mode.1)]),
                    "var": self.var(*var),
                    "ty": self.ty(*ty),
                    "subpattern": Node::option(subpattern.as_ref().map(|pat| self.pat(pat))),
                    "is_primary": Node::debug(is_primary),
                    "is_shorthand": Node::debug(is_shorthand),
                })
            }
            PatKind::Variant { adt_def, args, variant_index, subpatterns } => node!("Variant" {
                "adt_def": Node::Text(self.names.adt(*adt_def)),
                "args": self.args(*args),
                "variant_index": Node::debug(variant_index),
                "subpatterns": self.field_pats(subpatterns),
            }),
            PatKind::Leaf { subpatterns } => node!("Leaf" { "subpatterns": self.field_pats(subpatterns) }),
            PatKind::Deref { pin, subpattern } => {
                node!("Deref" { "pin": Node::debug(pin), "subpattern": self.pat(subpattern) })
            }
            PatKind::DerefPattern { subpattern, borrow } => {
                let borrow = match borrow {
                    DerefPatBorrowMode::Borrow(m) => Node::tuple("Borrow", [mutability(*m)]),
                    DerefPatBorrowMode::Box => Node::text("Box"),
                };
                node!("DerefPattern" { "subpattern": self.pat(subpattern), "borrow": borrow })
            }
            PatKind::Constant { value } => {
                let value = node!("Value" { "ty": self.ty(value.ty), "valtree": self.valtree(value.valtree) });
                node!("Constant" { "value": value })
            }
            PatKind::Range(range) => {
                let range = node!("PatRange" {
                    "lo": self.boundary(range.lo),
                    "hi": self.boundary(range.hi),
                    "end": Node::debug(range.end),
                    "ty": self.ty(range.ty),
                });
                Node::tuple("Range", [range])
            }
            PatKind::Slice { prefix, slice, suffix } => parts("Slice", prefix, slice, suffix),
            PatKind::Array { prefix, slice, suffix } => parts("Array", prefix, slice, suffix),
            PatKind::Or { pats } => node!("Or" { "pats": self.pats(pats) }),
        }
    }

    fn boundary(&self, boundary: PatRangeBoundary<'tcx>) -> Node {
        match boundary {
            PatRangeBoundary::Finite(value) => Node::tuple("Finite", [self.valtree(value)]),
            PatRangeBoundary::NegInfinity => Node::text("NegInfinity"),
            PatRangeBoundary::PosInfinity => Node::text("PosInfinity"),
        }
    }

    fn valtree(&self, value: ValTree<'tcx>) -> Node {
        match value.kind() {
            ValTreeKind::Leaf(leaf) => Node::tuple("Leaf", [Node::debug(leaf)]),
            ValTreeKind::Branch(values) => {
                let values = values.iter().map(|value| Node::Text(self.names.constant(value)));
                Node::tuple("Branch", [Node::list(values)])
            }
        }
    }
}

fn mutability(mutability: Mutability) -> Node {
    Node::debug(mutability)
}

fn borrow_kind(kind: BorrowKind) -> Node {
    match kind {
        BorrowKind::Shared => Node::text("Shared"),
        BorrowKind::Fake(kind) => Node::tuple("Fake", [Node::debug(kind)]),
        BorrowKind::Mut { kind } => node!("Mut" { "kind": Node::debug(kind) }),
    }
}

fn bin_op(op: BinOp) -> Node {
    Node::debug(op)
}

fn un_op(op: UnOp) -> Node {
    Node::debug(op)
}

fn literal(lit: &LitKind) -> Node {
    let style = |style: &StrStyle| match style {
        StrStyle::Cooked => Node::text("Cooked"),
        StrStyle::Raw(hashes) => Node::tuple("Raw", [Node::debug(hashes)]),
    };
    let bytes = |bytes: &[u8]| Node::list(bytes.iter().map(Node::debug));
    match lit {
        LitKind::Str(text, kind) => Node::tuple("Str", [Node::debug(text.as_str()), style(kind)]),
        LitKind::ByteStr(text, kind) => Node::tuple("ByteStr", [bytes(text), style(kind)]),
        LitKind::CStr(text, kind) => Node::tuple("CStr", [bytes(text), style(kind)]),
        LitKind::Byte(byte) => Node::tuple("Byte", [Node::debug(byte)]),
        LitKind::Char(c) => Node::tuple("Char", [Node::debug(c)]),
        LitKind::Int(value, kind) => {
            let kind = match kind {
                LitIntType::Signed(int) => Node::tuple("Signed", [Node::text(int.name())]),
                LitIntType::Unsigned(int) => Node::tuple("Unsigned", [Node::text(int.name())]),
                LitIntType::Unsuffixed => Node::text("Unsuffixed"),
            };
            Node::tuple("Int", [Node::tuple("Pu128", [Node::debug(value)]), kind])
        }
        LitKind::Float(digits, kind) => {
            let kind = match kind {
                LitFloatType::Suffixed(float) => Node::tuple("Suffixed", [Node::text(float.name())]),
                LitFloatType::Unsuffixed => Node::text("Unsuffixed"),
            };
            Node::tuple("Float", [Node::debug(digits.as_str()), kind])
        }
        LitKind::Bool(value) => Node::tuple("Bool", [Node::debug(value)]),
    }
}

/// A user's type as it is kept: [`UserType`] of a text.
pub fn user_type(text: &str) -> UserType {
    UserType(Symbol::intern(text))
}
