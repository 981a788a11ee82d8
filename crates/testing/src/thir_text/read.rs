//! Bodies from trees of names and values.

use super::node::compact;
use super::types::Lookup;
use mir::{BinOp, PointerCoercion, UnOp};
use thir::print::{Node, user_type};
use thir::*;
use ty::{DefId, FloatTy, GenericArgs, Idx, IntTy, Mutability, ParamConst, ScalarInt, Span, Symbol, Ty, UintTy};

type Found<T> = Result<T, String>;

/// A body from what [`thir::print::print`] makes.
pub(super) fn read<'tcx>(lookup: &Lookup<'tcx>, node: &Node) -> Found<Thir<'tcx>> {
    let reader = Reader { lookup };
    let body_type = field(node, "body_type")?;
    let (name, value) = tuple(body_type)?;
    let [value] = value else { return Err(strange(body_type)) };
    let mut thir = Thir::new(match name {
        "Const" => BodyTy::Const(reader.ty(value)?),
        "Fn" => BodyTy::Fn(lookup.sig(&compact(value))?),
        "GlobalAsm" => BodyTy::GlobalAsm(reader.ty(value)?),
        _ => return Err(strange(body_type)),
    });
    for node in list(field(node, "arms")?)? {
        thir.arms.push(reader.arm(node)?);
    }
    for node in list(field(node, "blocks")?)? {
        thir.blocks.push(reader.block(node)?);
    }
    for node in list(field(node, "exprs")?)? {
        thir.exprs.push(reader.expr(node)?);
    }
    for node in list(field(node, "stmts")?)? {
        thir.stmts.push(reader.stmt(node)?);
    }
    for node in list(field(node, "params")?)? {
        thir.params.push(reader.param(node)?);
    }
    Ok(thir)
}

struct Reader<'a, 'tcx> {
    lookup: &'a Lookup<'tcx>,
}

fn strange(node: &Node) -> String {
    let text = compact(node);
    format!("`{}`", text.get(..80).unwrap_or(&text))
}

fn field<'n>(node: &'n Node, name: &str) -> Found<&'n Node> {
    let Node::Struct(_, fields) = node else { return Err(strange(node)) };
    let found = fields.iter().find(|(field, _)| field == name);
    found.map(|(_, value)| value).ok_or_else(|| format!("no {name} in {}", strange(node)))
}

/// The name and values of a tuple; a text is a tuple without values.
fn tuple(node: &Node) -> Found<(&str, &[Node])> {
    match node {
        Node::Tuple(name, values) => Ok((name, values)),
        Node::Text(text) => Ok((text, &[])),
        _ => Err(strange(node)),
    }
}

fn list(node: &Node) -> Found<&[Node]> {
    match node {
        Node::List(values) => Ok(values),
        _ => Err(strange(node)),
    }
}

fn text(node: &Node) -> Found<&str> {
    match node {
        Node::Text(text) => Ok(text),
        _ => Err(strange(node)),
    }
}

fn option(node: &Node) -> Found<Option<&Node>> {
    match tuple(node)? {
        ("None", []) => Ok(None),
        ("Some", [value]) => Ok(Some(value)),
        _ => Err(strange(node)),
    }
}

fn number(text: &str) -> Found<u32> {
    text.parse().map_err(|_| format!("number `{text}`"))
}

fn boolean(node: &Node) -> Found<bool> {
    match text(node)? {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(strange(node)),
    }
}

/// `e12`
fn id(node: &Node, prefix: char) -> Found<usize> {
    let digits = text(node)?.strip_prefix(prefix).ok_or_else(|| strange(node))?;
    Ok(number(digits)? as usize)
}

fn expr_id(node: &Node) -> Found<ExprId> {
    Ok(ExprId::new(id(node, 'e')?))
}

fn expr_ids(node: &Node) -> Found<Vec<ExprId>> {
    list(node)?.iter().map(expr_id).collect()
}

fn arm_ids(node: &Node) -> Found<Vec<ArmId>> {
    list(node)?.iter().map(|node| Ok(ArmId::new(id(node, 'a')?))).collect()
}

fn mutability(node: &Node) -> Found<Mutability> {
    match text(node)? {
        "Not" => Ok(Mutability::Not),
        "Mut" => Ok(Mutability::Mut),
        _ => Err(strange(node)),
    }
}

/// `Node(3)`
fn scope(node: &Node) -> Found<Scope> {
    let text = match node {
        Node::Text(text) => text.clone(),
        other => compact(other),
    };
    let unknown = || format!("scope `{text}`");
    if let Some(rest) = text.strip_prefix("Remainder { block: ") {
        let (block, rest) = rest.split_once(", first_statement_index: ").ok_or_else(unknown)?;
        let first = rest.trim_end_matches([' ', '}']);
        let data = ScopeData::Remainder(number(first)?);
        return Ok(Scope { local_id: ItemLocalId::from_u32(number(block)?), data });
    }
    let (name, id) = text.strip_suffix(')').and_then(|it| it.split_once('(')).ok_or_else(unknown)?;
    let data = match name {
        "Node" => ScopeData::Node,
        "CallSite" => ScopeData::CallSite,
        "Arguments" => ScopeData::Arguments,
        "Destruction" => ScopeData::Destruction,
        "IfThen" => ScopeData::IfThen,
        "IfThen[edition2024]" => ScopeData::IfThenRescope,
        "MatchGuard" => ScopeData::MatchGuard,
        _ => return Err(unknown()),
    };
    Ok(Scope { local_id: ItemLocalId::from_u32(number(id)?), data })
}

/// A string or character as `{:?}` writes it.
fn unescape(literal: &str, quote: char) -> Found<String> {
    let unknown = || format!("literal {literal}");
    let inner = literal.strip_prefix(quote).and_then(|it| it.strip_suffix(quote)).ok_or_else(unknown)?;
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        out.push(match chars.next().ok_or_else(unknown)? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '0' => '\0',
            'u' => {
                let digits: String = chars.by_ref().skip(1).take_while(|&c| c != '}').collect();
                let code = u32::from_str_radix(&digits, 16).map_err(|_| unknown())?;
                char::from_u32(code).ok_or_else(unknown)?
            }
            other => other,
        });
    }
    Ok(out)
}

impl<'tcx> Reader<'_, 'tcx> {
    fn ty(&self, node: &Node) -> Found<Ty<'tcx>> {
        self.lookup.ty(&compact(node))
    }
    fn types(&self, node: &Node) -> Found<Vec<Ty<'tcx>>> {
        list(node)?.iter().map(|node| self.ty(node)).collect()
    }
    fn args(&self, node: &Node, of: DefId) -> Found<GenericArgs<'tcx>> {
        let texts: Vec<String> = list(node)?.iter().map(compact).collect();
        let texts: Vec<&str> = texts.iter().map(|text| &**text).collect();
        self.lookup.args(&texts, of)
    }
    fn span(&self, node: &Node) -> Found<Span> {
        self.lookup.files.read(text(node)?).ok_or_else(|| strange(node))
    }
    fn def_id(&self, node: &Node) -> Found<DefId> {
        self.lookup.def_id(&compact(node))
    }
    fn hir_id(&self, node: &Node) -> Found<HirId> {
        let whole = compact(node);
        let inner = whole.strip_prefix("HirId(").and_then(|it| it.strip_suffix(')'));
        let (owner, local) = inner.and_then(|it| it.rsplit_once('.')).ok_or_else(|| strange(node))?;
        Ok(HirId { owner: self.lookup.def_id(owner)?, local_id: ItemLocalId::from_u32(number(local)?) })
    }
    fn var(&self, node: &Node) -> Found<LocalVarId> {
        match tuple(node)? {
            ("LocalVarId", [id]) => Ok(LocalVarId(self.hir_id(id)?)),
            _ => Err(strange(node)),
        }
    }
    fn user_ty(&self, node: &Node) -> Found<UserTy> {
        Ok(option(node)?.map(|node| user_type(&node.to_string())))
    }

    fn arm(&self, node: &Node) -> Found<Arm<'tcx>> {
        Ok(Arm {
            pattern: Box::new(self.pat(field(node, "pattern")?)?),
            guard: option(field(node, "guard")?)?.map(expr_id).transpose()?,
            body: expr_id(field(node, "body")?)?,
            hir_id: self.hir_id(field(node, "hir_id")?)?,
            scope: scope(field(node, "scope")?)?,
            span: self.span(field(node, "span")?)?,
        })
    }

    fn block(&self, node: &Node) -> Found<Block> {
        let safety = field(node, "safety_mode")?;
        Ok(Block {
            targeted_by_break: boolean(field(node, "targeted_by_break")?)?,
            region_scope: scope(field(node, "region_scope")?)?,
            span: self.span(field(node, "span")?)?,
            stmts: list(field(node, "stmts")?)?
                .iter()
                .map(|node| Ok(StmtId::new(id(node, 's')?)))
                .collect::<Found<_>>()?,
            expr: option(field(node, "expr")?)?.map(expr_id).transpose()?,
            safety_mode: match tuple(safety)? {
                ("Safe", []) => BlockSafety::Safe,
                ("BuiltinUnsafe", []) => BlockSafety::BuiltinUnsafe,
                ("ExplicitUnsafe", [id]) => BlockSafety::ExplicitUnsafe(self.hir_id(id)?),
                _ => return Err(strange(safety)),
            },
        })
    }

    fn stmt(&self, node: &Node) -> Found<Stmt<'tcx>> {
        let kind = field(node, "kind")?;
        let Node::Struct(name, _) = kind else { return Err(strange(kind)) };
        let get = |name| field(kind, name);
        let kind = match &**name {
            "Expr" => StmtKind::Expr { scope: scope(get("scope")?)?, expr: expr_id(get("expr")?)? },
            "Let" => StmtKind::Let {
                remainder_scope: scope(get("remainder_scope")?)?,
                init_scope: scope(get("init_scope")?)?,
                pattern: Box::new(self.pat(get("pattern")?)?),
                initializer: option(get("initializer")?)?.map(expr_id).transpose()?,
                else_block: match option(get("else_block")?)? {
                    Some(node) => Some(BlockId::new(id(node, 'b')?)),
                    None => None,
                },
                hir_id: self.hir_id(get("hir_id")?)?,
                span: self.span(get("span")?)?,
            },
            _ => return Err(strange(kind)),
        };
        Ok(Stmt { kind })
    }

    fn param(&self, node: &Node) -> Found<Param<'tcx>> {
        let self_kind = option(field(node, "self_kind")?)?;
        Ok(Param {
            pat: option(field(node, "pat")?)?.map(|node| self.pat(node).map(Box::new)).transpose()?,
            ty: self.ty(field(node, "ty")?)?,
            ty_span: option(field(node, "ty_span")?)?.map(|node| self.span(node)).transpose()?,
            self_kind: match self_kind {
                None => None,
                Some(node) => Some(match text(node)? {
                    "Imm" => ImplicitSelfKind::Imm,
                    "Mut" => ImplicitSelfKind::Mut,
                    "RefImm" => ImplicitSelfKind::RefImm,
                    "RefMut" => ImplicitSelfKind::RefMut,
                    "None" => ImplicitSelfKind::None,
                    _ => return Err(strange(node)),
                }),
            },
            hir_id: option(field(node, "hir_id")?)?.map(|node| self.hir_id(node)).transpose()?,
        })
    }

    fn expr(&self, node: &Node) -> Found<Expr<'tcx>> {
        Ok(Expr {
            kind: self.expr_kind(field(node, "kind")?)?,
            ty: self.ty(field(node, "ty")?)?,
            temp_scope_id: ItemLocalId::from_u32(number(text(field(node, "temp_scope_id")?)?)?),
            span: self.span(field(node, "span")?)?,
        })
    }

    fn expr_kind(&self, node: &Node) -> Found<ExprKind<'tcx>> {
        if let Node::Tuple(name, values) = node {
            let [value] = &values[..] else { return Err(strange(node)) };
            return Ok(match &**name {
                "Adt" => ExprKind::Adt(Box::new(self.adt(value)?)),
                "Closure" => ExprKind::Closure(Box::new(self.closure(value)?)),
                "ThreadLocalRef" => ExprKind::ThreadLocalRef(self.def_id(value)?),
                _ => return Err(strange(node)),
            });
        }
        let Node::Struct(name, _) = node else { return Err(strange(node)) };
        let get = |name| field(node, name);
        let expr = |name| expr_id(get(name)?);
        let option_expr = |name| option(get(name)?)?.map(expr_id).transpose();
        let scope = |name| scope(get(name)?);
        Ok(match &**name {
            "Scope" => ExprKind::Scope {
                region_scope: scope("region_scope")?,
                hir_id: self.hir_id(get("hir_id")?)?,
                value: expr("value")?,
            },
            "If" => ExprKind::If {
                if_then_scope: scope("if_then_scope")?,
                cond: expr("cond")?,
                then: expr("then")?,
                else_opt: option_expr("else_opt")?,
            },
            "Call" => ExprKind::Call {
                ty: self.ty(get("ty")?)?,
                fun: expr("fun")?,
                args: expr_ids(get("args")?)?,
                from_hir_call: boolean(get("from_hir_call")?)?,
                fn_span: self.span(get("fn_span")?)?,
            },
            "ByUse" => ExprKind::ByUse { expr: expr("expr")?, span: self.span(get("span")?)? },
            "Deref" => ExprKind::Deref { arg: expr("arg")? },
            "Binary" => ExprKind::Binary { op: bin_op(get("op")?)?, lhs: expr("lhs")?, rhs: expr("rhs")? },
            "LogicalOp" => ExprKind::LogicalOp {
                op: match text(get("op")?)? {
                    "And" => LogicalOp::And,
                    "Or" => LogicalOp::Or,
                    _ => return Err(strange(node)),
                },
                lhs: expr("lhs")?,
                rhs: expr("rhs")?,
            },
            "Unary" => ExprKind::Unary {
                op: match text(get("op")?)? {
                    "Not" => UnOp::Not,
                    "Neg" => UnOp::Neg,
                    _ => return Err(strange(node)),
                },
                arg: expr("arg")?,
            },
            "Cast" => ExprKind::Cast { source: expr("source")? },
            "Use" => ExprKind::Use { source: expr("source")? },
            "NeverToAny" => ExprKind::NeverToAny { source: expr("source")? },
            "PointerCoercion" => ExprKind::PointerCoercion {
                cast: match compact(get("cast")?).as_str() {
                    "ReifyFnPointer(Safe)" | "ReifyFnPointer(Unsafe)" => PointerCoercion::ReifyFnPointer,
                    "UnsafeFnPointer" => PointerCoercion::UnsafeFnPointer,
                    "ClosureFnPointer(Safe)" => PointerCoercion::ClosureFnPointer { is_unsafe: false },
                    "ClosureFnPointer(Unsafe)" => PointerCoercion::ClosureFnPointer { is_unsafe: true },
                    "MutToConstPointer" => PointerCoercion::MutToConstPointer,
                    "ArrayToPointer" => PointerCoercion::ArrayToPointer,
                    "Unsize" => PointerCoercion::Unsize,
                    _ => return Err(strange(get("cast")?)),
                },
                source: expr("source")?,
                is_from_as_cast: boolean(get("is_from_as_cast")?)?,
            },
            "Loop" => ExprKind::Loop { body: expr("body")? },
            "Let" => ExprKind::Let { expr: expr("expr")?, pat: Box::new(self.pat(get("pat")?)?) },
            "Match" => ExprKind::Match {
                scrutinee: expr("scrutinee")?,
                arms: arm_ids(get("arms")?)?,
                match_source: match tuple(get("match_source")?)? {
                    ("Normal", []) => MatchSource::Normal,
                    ("Postfix", []) => MatchSource::Postfix,
                    ("ForLoopDesugar", []) => MatchSource::ForLoopDesugar,
                    ("TryDesugar", [id]) => MatchSource::TryDesugar(self.hir_id(id)?),
                    ("AwaitDesugar", []) => MatchSource::AwaitDesugar,
                    ("FormatArgs", []) => MatchSource::FormatArgs,
                    _ => return Err(strange(get("match_source")?)),
                },
            },
            "Block" => ExprKind::Block { block: BlockId::new(id(get("block")?, 'b')?) },
            "Assign" => ExprKind::Assign { lhs: expr("lhs")?, rhs: expr("rhs")? },
            "AssignOp" => ExprKind::AssignOp {
                op: match text(get("op")?)? {
                    "AddAssign" => AssignOp::AddAssign,
                    "SubAssign" => AssignOp::SubAssign,
                    "MulAssign" => AssignOp::MulAssign,
                    "DivAssign" => AssignOp::DivAssign,
                    "RemAssign" => AssignOp::RemAssign,
                    "BitXorAssign" => AssignOp::BitXorAssign,
                    "BitAndAssign" => AssignOp::BitAndAssign,
                    "BitOrAssign" => AssignOp::BitOrAssign,
                    "ShlAssign" => AssignOp::ShlAssign,
                    "ShrAssign" => AssignOp::ShrAssign,
                    _ => return Err(strange(node)),
                },
                lhs: expr("lhs")?,
                rhs: expr("rhs")?,
            },
            "Field" => ExprKind::Field {
                lhs: expr("lhs")?,
                variant_index: ty::VariantIdx::from_u32(number(text(get("variant_index")?)?)?),
                name: ty::FieldIdx::from_u32(number(text(get("name")?)?)?),
            },
            "Index" => ExprKind::Index { lhs: expr("lhs")?, index: expr("index")? },
            "VarRef" => ExprKind::VarRef { id: self.var(get("id")?)? },
            "UpvarRef" => ExprKind::UpvarRef {
                closure_def_id: self.def_id(get("closure_def_id")?)?,
                var_hir_id: self.var(get("var_hir_id")?)?,
            },
            "Borrow" => ExprKind::Borrow {
                borrow_kind: match compact(get("borrow_kind")?).as_str() {
                    "Shared" => BorrowKind::Shared,
                    "Mut { kind: Default }" => BorrowKind::Mut { kind: MutBorrowKind::Default },
                    "Mut { kind: TwoPhaseBorrow }" => BorrowKind::Mut { kind: MutBorrowKind::TwoPhaseBorrow },
                    "Mut { kind: ClosureCapture }" => BorrowKind::Mut { kind: MutBorrowKind::ClosureCapture },
                    _ => return Err(strange(get("borrow_kind")?)),
                },
                arg: expr("arg")?,
            },
            "RawBorrow" => ExprKind::RawBorrow { mutability: mutability(get("mutability")?)?, arg: expr("arg")? },
            "Break" => ExprKind::Break { label: scope("label")?, value: option_expr("value")? },
            "Continue" => ExprKind::Continue { label: scope("label")? },
            "Return" => ExprKind::Return { value: option_expr("value")? },
            "Become" => ExprKind::Become { value: expr("value")? },
            "ConstBlock" => {
                let did = self.def_id(get("did")?)?;
                ExprKind::ConstBlock { did, args: self.args(get("args")?, did)? }
            }
            "Repeat" => {
                ExprKind::Repeat { value: expr("value")?, count: self.lookup.constant(&compact(get("count")?))? }
            }
            "Array" => ExprKind::Array { fields: expr_ids(get("fields")?)? },
            "Tuple" => ExprKind::Tuple { fields: expr_ids(get("fields")?)? },
            "PlaceTypeAscription" => ExprKind::PlaceTypeAscription {
                source: expr("source")?,
                user_ty: self.user_ty(get("user_ty")?)?,
                user_ty_span: self.span(get("user_ty_span")?)?,
            },
            "ValueTypeAscription" => ExprKind::ValueTypeAscription {
                source: expr("source")?,
                user_ty: self.user_ty(get("user_ty")?)?,
                user_ty_span: self.span(get("user_ty_span")?)?,
            },
            "Literal" => {
                let lit = get("lit")?;
                let lit = Lit { node: literal(field(lit, "node")?)?, span: self.span(field(lit, "span")?)? };
                ExprKind::Literal { lit, neg: boolean(get("neg")?)? }
            }
            "NonHirLiteral" => {
                ExprKind::NonHirLiteral { lit: scalar(text(get("lit")?)?)?, user_ty: self.user_ty(get("user_ty")?)? }
            }
            "ZstLiteral" => ExprKind::ZstLiteral { user_ty: self.user_ty(get("user_ty")?)? },
            "NamedConst" => {
                let def_id = self.def_id(get("def_id")?)?;
                let args = self.args(get("args")?, def_id)?;
                ExprKind::NamedConst { def_id, args, user_ty: self.user_ty(get("user_ty")?)? }
            }
            "ConstParam" => {
                let param = text(get("param")?)?;
                let (name, index) = param.split_once("/#").ok_or_else(|| strange(node))?;
                let param = ParamConst { index: number(index)?, name: Symbol::intern(name) };
                ExprKind::ConstParam { param, def_id: self.def_id(get("def_id")?)? }
            }
            "StaticRef" => ExprKind::StaticRef { ty: self.ty(get("ty")?)?, def_id: self.def_id(get("def_id")?)? },
            "Yield" => ExprKind::Yield { value: expr("value")? },
            _ => return Err(format!("expression {name}")),
        })
    }

    fn adt(&self, node: &Node) -> Found<AdtExpr<'tcx>> {
        let adt_def = self.lookup.path(text(field(node, "adt_def")?)?)?;
        let base = field(node, "base")?;
        let field_expr = |node: &Node| {
            let name = ty::FieldIdx::from_u32(number(text(field(node, "name")?)?)?);
            Ok(FieldExpr { name, expr: expr_id(field(node, "expr")?)? })
        };
        Ok(AdtExpr {
            adt_def,
            variant_index: ty::VariantIdx::from_u32(number(text(field(node, "variant_index")?)?)?),
            args: self.args(field(node, "args")?, adt_def)?,
            user_ty: self.user_ty(field(node, "user_ty")?)?,
            fields: list(field(node, "fields")?)?.iter().map(field_expr).collect::<Found<_>>()?,
            base: match tuple(base)? {
                ("None", []) => AdtExprBase::None,
                ("Base", [info]) => AdtExprBase::Base(FruInfo {
                    base: expr_id(field(info, "base")?)?,
                    field_types: self.types(field(info, "field_types")?)?,
                }),
                ("DefaultFields", [types]) => AdtExprBase::DefaultFields(self.types(types)?),
                _ => return Err(strange(base)),
            },
        })
    }

    fn closure(&self, node: &Node) -> Found<ClosureExpr<'tcx>> {
        let closure_id = self.def_id(field(node, "closure_id")?)?;
        let (kind, args) = tuple(field(node, "args")?)?;
        let [args] = args else { return Err(strange(node)) };
        let args = self.args(args, closure_id)?;
        let fake_read = |node: &Node| {
            let ("", [place, cause, id]) = tuple(node)? else { return Err(strange(node)) };
            let closure = |node: &Node| option(node)?.map(|node| self.def_id(node)).transpose();
            let cause = match tuple(cause)? {
                ("ForMatchedPlace", [closure_id]) => FakeReadCause::ForMatchedPlace(closure(closure_id)?),
                ("ForLet", [closure_id]) => FakeReadCause::ForLet(closure(closure_id)?),
                ("ForMatchGuard", []) => FakeReadCause::ForMatchGuard,
                ("ForGuardBinding", []) => FakeReadCause::ForGuardBinding,
                ("ForIndex", []) => FakeReadCause::ForIndex,
                _ => return Err(strange(cause)),
            };
            Ok((expr_id(place)?, cause, self.hir_id(id)?))
        };
        Ok(ClosureExpr {
            closure_id,
            args: match kind {
                "Closure" => UpvarArgs::Closure(args),
                "Coroutine" => UpvarArgs::Coroutine(args),
                "CoroutineClosure" => UpvarArgs::CoroutineClosure(args),
                _ => return Err(strange(node)),
            },
            upvars: expr_ids(field(node, "upvars")?)?,
            movability: match option(field(node, "movability")?)? {
                None => None,
                Some(node) => Some(match text(node)? {
                    "Static" => Movability::Static,
                    "Movable" => Movability::Movable,
                    _ => return Err(strange(node)),
                }),
            },
            fake_reads: list(field(node, "fake_reads")?)?.iter().map(fake_read).collect::<Found<_>>()?,
        })
    }

    fn pat(&self, node: &Node) -> Found<Pat<'tcx>> {
        let extra = match option(field(node, "extra")?)? {
            None => None,
            Some(node) => {
                let ascription = |node: &Node| {
                    Ok(Ascription {
                        annotation: user_type(&field(node, "annotation")?.to_string()),
                        variance: match text(field(node, "variance")?)? {
                            "+" => Variance::Covariant,
                            "o" => Variance::Invariant,
                            "-" => Variance::Contravariant,
                            "*" => Variance::Bivariant,
                            _ => return Err(strange(node)),
                        },
                    })
                };
                let constant = option(field(node, "expanded_const")?)?;
                Some(Box::new(PatExtra {
                    expanded_const: constant.map(|node| self.def_id(node)).transpose()?,
                    ascriptions: list(field(node, "ascriptions")?)?.iter().map(ascription).collect::<Found<_>>()?,
                }))
            }
        };
        Ok(Pat {
            ty: self.ty(field(node, "ty")?)?,
            span: self.span(field(node, "span")?)?,
            extra,
            kind: self.pat_kind(field(node, "kind")?)?,
        })
    }

    fn pats(&self, node: &Node) -> Found<Vec<Pat<'tcx>>> {
        list(node)?.iter().map(|node| self.pat(node)).collect()
    }

    fn field_pats(&self, node: &Node) -> Found<Vec<FieldPat<'tcx>>> {
        let read = |node: &Node| {
            let number = number(text(field(node, "field")?)?)?;
            Ok(FieldPat { field: ty::FieldIdx::from_u32(number), pattern: self.pat(field(node, "pattern")?)? })
        };
        list(node)?.iter().map(read).collect()
    }

    fn pat_kind(&self, node: &Node) -> Found<PatKind<'tcx>> {
        if let Node::Text(name) = node {
            return match &**name {
                "Wild" => Ok(PatKind::Wild),
                "Missing" => Ok(PatKind::Missing),
                "Never" => Ok(PatKind::Never),
                _ => Err(strange(node)),
            };
        }
        if let Node::Tuple(name, values) = node {
            let ("Range", [range]) = (&**name, &values[..]) else { return Err(strange(node)) };
            let boundary = |node: &Node| match tuple(node)? {
                ("NegInfinity", []) => Ok(PatRangeBoundary::NegInfinity),
                ("PosInfinity", []) => Ok(PatRangeBoundary::PosInfinity),
                ("Finite", [value]) => Ok(PatRangeBoundary::Finite(self.lookup.valtree(&compact(value))?)),
                _ => Err(strange(node)),
            };
            return Ok(PatKind::Range(Box::new(PatRange {
                lo: boundary(field(range, "lo")?)?,
                hi: boundary(field(range, "hi")?)?,
                end: match text(field(range, "end")?)? {
                    "Included" => RangeEnd::Included,
                    "Excluded" => RangeEnd::Excluded,
                    _ => return Err(strange(range)),
                },
                ty: self.ty(field(range, "ty")?)?,
            })));
        }
        let Node::Struct(name, _) = node else { return Err(strange(node)) };
        let get = |name| field(node, name);
        let boxed = |name| option(get(name)?)?.map(|node| self.pat(node).map(Box::new)).transpose();
        Ok(match &**name {
            "Binding" => {
                let ("BindingMode", [by_ref, m]) = tuple(get("mode")?)? else { return Err(strange(node)) };
                let by_ref = match tuple(by_ref)? {
                    ("No", []) => ByRef::No,
                    ("Yes", [pin, m]) => ByRef::Yes(pinnedness(pin)?, mutability(m)?),
                    _ => return Err(strange(by_ref)),
                };
                PatKind::Binding {
                    name: Symbol::intern(&unescape(text(get("name")?)?, '"')?),
                    mode: BindingMode(by_ref, mutability(m)?),
                    var: self.var(get("var")?)?,
                    ty: self.ty(get("ty")?)?,
                    subpattern: boxed("subpattern")?,
                    is_primary: boolean(get("is_primary")?)?,
                    is_shorthand: boolean(get("is_shorthand")?)?,
                }
            }
            "Variant" => {
                let adt_def = self.lookup.path(text(get("adt_def")?)?)?;
                PatKind::Variant {
                    adt_def,
                    args: self.args(get("args")?, adt_def)?,
                    variant_index: ty::VariantIdx::from_u32(number(text(get("variant_index")?)?)?),
                    subpatterns: self.field_pats(get("subpatterns")?)?,
                }
            }
            "Leaf" => PatKind::Leaf { subpatterns: self.field_pats(get("subpatterns")?)? },
            "Deref" => {
                PatKind::Deref { pin: pinnedness(get("pin")?)?, subpattern: Box::new(self.pat(get("subpattern")?)?) }
            }
            "DerefPattern" => PatKind::DerefPattern {
                subpattern: Box::new(self.pat(get("subpattern")?)?),
                borrow: match tuple(get("borrow")?)? {
                    ("Box", []) => DerefPatBorrowMode::Box,
                    ("Borrow", [m]) => DerefPatBorrowMode::Borrow(mutability(m)?),
                    _ => return Err(strange(node)),
                },
            },
            "Constant" => {
                let value = get("value")?;
                let ty = self.ty(field(value, "ty")?)?;
                let valtree = self.lookup.valtree(&compact(field(value, "valtree")?))?;
                PatKind::Constant { value: Value { ty, valtree } }
            }
            "Slice" => PatKind::Slice {
                prefix: self.pats(get("prefix")?)?,
                slice: boxed("slice")?,
                suffix: self.pats(get("suffix")?)?,
            },
            "Array" => PatKind::Array {
                prefix: self.pats(get("prefix")?)?,
                slice: boxed("slice")?,
                suffix: self.pats(get("suffix")?)?,
            },
            "Or" => PatKind::Or { pats: self.pats(get("pats")?)? },
            _ => return Err(format!("pattern {name}")),
        })
    }
}

fn pinnedness(node: &Node) -> Found<Pinnedness> {
    match text(node)? {
        "Not" => Ok(Pinnedness::Not),
        "Pinned" => Ok(Pinnedness::Pinned),
        _ => Err(strange(node)),
    }
}

fn scalar(text: &str) -> Found<ScalarInt> {
    let digits = text.strip_prefix("0x").ok_or_else(|| format!("scalar `{text}`"))?;
    let bits = u128::from_str_radix(digits, 16).map_err(|_| format!("scalar `{text}`"))?;
    Ok(ScalarInt { bits, size: (digits.len() / 2) as u8 })
}

fn bin_op(node: &Node) -> Found<BinOp> {
    Ok(match text(node)? {
        "Add" => BinOp::Add,
        "Sub" => BinOp::Sub,
        "Mul" => BinOp::Mul,
        "Div" => BinOp::Div,
        "Rem" => BinOp::Rem,
        "BitXor" => BinOp::BitXor,
        "BitAnd" => BinOp::BitAnd,
        "BitOr" => BinOp::BitOr,
        "Shl" => BinOp::Shl,
        "Shr" => BinOp::Shr,
        "Eq" => BinOp::Eq,
        "Lt" => BinOp::Lt,
        "Le" => BinOp::Le,
        "Ne" => BinOp::Ne,
        "Ge" => BinOp::Ge,
        "Gt" => BinOp::Gt,
        _ => return Err(strange(node)),
    })
}

fn literal(node: &Node) -> Found<LitKind> {
    let style = |node: &Node| match tuple(node)? {
        ("Cooked", []) => Ok(StrStyle::Cooked),
        ("Raw", [hashes]) => Ok(StrStyle::Raw(number(text(hashes)?)? as u8)),
        _ => Err(strange(node)),
    };
    let bytes =
        |node: &Node| -> Found<Vec<u8>> { list(node)?.iter().map(|node| Ok(number(text(node)?)? as u8)).collect() };
    Ok(match tuple(node)? {
        ("Str", [value, kind]) => LitKind::Str(Symbol::intern(&unescape(text(value)?, '"')?), style(kind)?),
        ("ByteStr", [value, kind]) => LitKind::ByteStr(bytes(value)?, style(kind)?),
        ("CStr", [value, kind]) => LitKind::CStr(bytes(value)?, style(kind)?),
        ("Byte", [value]) => LitKind::Byte(number(text(value)?)? as u8),
        ("Char", [value]) => LitKind::Char(unescape(text(value)?, '\'')?.chars().next().ok_or_else(|| strange(value))?),
        ("Bool", [value]) => LitKind::Bool(boolean(value)?),
        ("Int", [value, kind]) => {
            let ("Pu128", [value]) = tuple(value)? else { return Err(strange(value)) };
            let value = text(value)?.parse().map_err(|_| strange(value))?;
            let kind = match compact(kind).as_str() {
                "Unsuffixed" => LitIntType::Unsuffixed,
                "Signed(isize)" => LitIntType::Signed(IntTy::Isize),
                "Signed(i8)" => LitIntType::Signed(IntTy::I8),
                "Signed(i16)" => LitIntType::Signed(IntTy::I16),
                "Signed(i32)" => LitIntType::Signed(IntTy::I32),
                "Signed(i64)" => LitIntType::Signed(IntTy::I64),
                "Signed(i128)" => LitIntType::Signed(IntTy::I128),
                "Unsigned(usize)" => LitIntType::Unsigned(UintTy::Usize),
                "Unsigned(u8)" => LitIntType::Unsigned(UintTy::U8),
                "Unsigned(u16)" => LitIntType::Unsigned(UintTy::U16),
                "Unsigned(u32)" => LitIntType::Unsigned(UintTy::U32),
                "Unsigned(u64)" => LitIntType::Unsigned(UintTy::U64),
                "Unsigned(u128)" => LitIntType::Unsigned(UintTy::U128),
                _ => return Err(strange(kind)),
            };
            LitKind::Int(value, kind)
        }
        ("Float", [value, kind]) => {
            let kind = match compact(kind).as_str() {
                "Unsuffixed" => LitFloatType::Unsuffixed,
                "Suffixed(f16)" => LitFloatType::Suffixed(FloatTy::F16),
                "Suffixed(f32)" => LitFloatType::Suffixed(FloatTy::F32),
                "Suffixed(f64)" => LitFloatType::Suffixed(FloatTy::F64),
                "Suffixed(f128)" => LitFloatType::Suffixed(FloatTy::F128),
                _ => return Err(strange(kind)),
            };
            LitKind::Float(Symbol::intern(&unescape(text(value)?, '"')?), kind)
        }
        _ => return Err(strange(node)),
    })
}
