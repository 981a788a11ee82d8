//! How strongly expressions hold together, and how they end. (rustc: `rustc_ast::util::{parser, classify}`.)

use crate::ast::*;
use crate::symbol::kw;
use crate::token::{AttrStyle, Delim, Token, TokenKind};

/// From the weakest to the strongest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Precedence {
    /// `return a`, `|x| a`
    Jump,
    Assign,
    Range,
    LOr,
    LAnd,
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Sum,
    Product,
    Cast,
    Prefix,
    Unambiguous,
}

/// What may follow an operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AssocOp {
    Binary(BinOp),
    AssignOp(BinOp),
    Assign,
    Cast,
    Range(RangeLimits),
}

/// To which side equal operators group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fixity {
    Left,
    Right,
    None,
}

impl AssocOp {
    /// The operator that a token is. `...` and `<-` are taken for what they are meant to be; the parser refuses them.
    #[inline]
    pub(crate) fn of(token: &Token) -> Option<AssocOp> {
        use AssocOp::{Assign, AssignOp, Binary, Cast, Range};
        Some(match token.kind {
            TokenKind::Eq => Assign,
            TokenKind::Plus => Binary(BinOp::Add),
            TokenKind::Minus => Binary(BinOp::Sub),
            TokenKind::Star => Binary(BinOp::Mul),
            TokenKind::Slash => Binary(BinOp::Div),
            TokenKind::Percent => Binary(BinOp::Rem),
            TokenKind::Caret => Binary(BinOp::BitXor),
            TokenKind::And => Binary(BinOp::BitAnd),
            TokenKind::Or => Binary(BinOp::BitOr),
            TokenKind::Shl => Binary(BinOp::Shl),
            TokenKind::Shr => Binary(BinOp::Shr),
            TokenKind::PlusEq => AssignOp(BinOp::Add),
            TokenKind::MinusEq => AssignOp(BinOp::Sub),
            TokenKind::StarEq => AssignOp(BinOp::Mul),
            TokenKind::SlashEq => AssignOp(BinOp::Div),
            TokenKind::PercentEq => AssignOp(BinOp::Rem),
            TokenKind::CaretEq => AssignOp(BinOp::BitXor),
            TokenKind::AndEq => AssignOp(BinOp::BitAnd),
            TokenKind::OrEq => AssignOp(BinOp::BitOr),
            TokenKind::ShlEq => AssignOp(BinOp::Shl),
            TokenKind::ShrEq => AssignOp(BinOp::Shr),
            TokenKind::Lt | TokenKind::LArrow => Binary(BinOp::Lt),
            TokenKind::Le => Binary(BinOp::Le),
            TokenKind::Ge => Binary(BinOp::Ge),
            TokenKind::Gt => Binary(BinOp::Gt),
            TokenKind::EqEq => Binary(BinOp::Eq),
            TokenKind::Ne => Binary(BinOp::Ne),
            TokenKind::AndAnd => Binary(BinOp::And),
            TokenKind::OrOr => Binary(BinOp::Or),
            TokenKind::DotDot => Range(RangeLimits::HalfOpen),
            TokenKind::DotDotEq | TokenKind::DotDotDot => Range(RangeLimits::Closed),
            _ if token.is_keyword(kw::AS) => Cast,
            _ => return None,
        })
    }

    pub(crate) fn precedence(self) -> Precedence {
        match self {
            AssocOp::Cast => Precedence::Cast,
            AssocOp::Binary(op) => op.precedence(),
            AssocOp::Range(_) => Precedence::Range,
            AssocOp::Assign | AssocOp::AssignOp(_) => Precedence::Assign,
        }
    }

    pub(crate) fn fixity(self) -> Fixity {
        match self {
            AssocOp::Assign | AssocOp::AssignOp(_) => Fixity::Right,
            AssocOp::Binary(op) => op.fixity(),
            AssocOp::Cast => Fixity::Left,
            AssocOp::Range(_) => Fixity::None,
        }
    }

    pub(crate) fn is_assign(self) -> bool {
        matches!(self, AssocOp::Assign | AssocOp::AssignOp(_))
    }

    /// Behind a block that ends a statement: can only be an operator, not the beginning of another statement.
    pub(crate) fn surely_continues(self) -> bool {
        match self {
            AssocOp::Assign | AssocOp::AssignOp(_) | AssocOp::Cast => true,
            AssocOp::Binary(op) => {
                matches!(op, BinOp::BitXor | BinOp::Div | BinOp::Rem | BinOp::Shr | BinOp::Le | BinOp::Gt | BinOp::Ge)
            }
            AssocOp::Range(_) => false,
        }
    }
}

impl BinOp {
    pub(crate) fn precedence(self) -> Precedence {
        match self {
            BinOp::Mul | BinOp::Div | BinOp::Rem => Precedence::Product,
            BinOp::Add | BinOp::Sub => Precedence::Sum,
            BinOp::Shl | BinOp::Shr => Precedence::Shift,
            BinOp::BitAnd => Precedence::BitAnd,
            BinOp::BitXor => Precedence::BitXor,
            BinOp::BitOr => Precedence::BitOr,
            BinOp::And => Precedence::LAnd,
            BinOp::Or => Precedence::LOr,
            _ => Precedence::Compare,
        }
    }

    pub(crate) fn fixity(self) -> Fixity {
        if self.is_comparison() { Fixity::None } else { Fixity::Left }
    }
}

/// How strongly an expression holds together.
pub(crate) fn precedence(ast: &Ast, expr: &Expr) -> Precedence {
    let unless_attrs = || match ast[expr.attrs].iter().any(|attr| attr.style == AttrStyle::Outer) {
        true => Precedence::Prefix,
        false => Precedence::Unambiguous,
    };
    match expr.kind {
        ExprKind::Closure(closure) => match ast[ast[closure].decl].output {
            FnRet::Default(_) => Precedence::Jump,
            FnRet::Ty(_) => unless_attrs(),
        },
        ExprKind::Break(_, Some(_)) | ExprKind::Ret(Some(_)) | ExprKind::Yield(Some(_)) | ExprKind::Yeet(Some(_)) => {
            Precedence::Jump
        }
        ExprKind::Become(_) => Precedence::Jump,
        ExprKind::Range(..) => Precedence::Range,
        ExprKind::Binary(op, ..) => op.precedence(),
        ExprKind::Cast(..) => Precedence::Cast,
        ExprKind::Assign(..) | ExprKind::AssignOp(..) => Precedence::Assign,
        ExprKind::AddrOf(..) | ExprKind::Let(..) | ExprKind::Unary(..) => Precedence::Prefix,
        _ => unless_attrs(),
    }
}

/// Must the scrutinee of `let p = …` be in parentheses?
pub(crate) fn scrutinee_needs_parens(precedence: Precedence) -> bool {
    precedence <= Precedence::LAnd
}

/// Does it end with a block, so that no semicolon is needed behind it?
pub(crate) fn is_complete(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::If(..)
            | ExprKind::Match(..)
            | ExprKind::Block(..)
            | ExprKind::While(..)
            | ExprKind::Loop(..)
            | ExprKind::ForLoop(_)
            | ExprKind::TryBlock(..)
            | ExprKind::ConstBlock(_)
    )
}

/// Is a semicolon needed to make it a statement?
pub(crate) fn needs_semi(ast: &Ast, expr: &Expr) -> bool {
    match expr.kind {
        ExprKind::MacCall(mac) => ast[mac].args.delim != Delim::Brace,
        _ => !is_complete(expr),
    }
}

/// Would a struct expression be read as a block if this were a condition?
pub(crate) fn contains_struct(ast: &Ast, expr: ExprId) -> bool {
    let mut todo = vec![expr];
    while let Some(id) = todo.pop() {
        match ast[id].kind {
            ExprKind::Struct(_) => return true,
            ExprKind::Assign(lhs, rhs, _) | ExprKind::AssignOp(_, _, lhs, rhs) | ExprKind::Binary(_, _, lhs, rhs) => {
                todo.extend([lhs, rhs]);
            }
            ExprKind::Await(inner, _)
            | ExprKind::Unary(_, inner)
            | ExprKind::Cast(inner, _)
            | ExprKind::Type(inner, _)
            | ExprKind::Field(inner, _)
            | ExprKind::Index(inner, ..)
            | ExprKind::Match(inner, _, MatchStyle::Postfix) => todo.push(inner),
            ExprKind::MethodCall(call) => todo.push(ast[call].receiver),
            _ => {}
        }
    }
    false
}

/// Does it begin with a label?
pub(crate) fn leading_label(ast: &Ast, mut id: ExprId) -> bool {
    loop {
        id = match ast[id].kind {
            ExprKind::Block(_, label) | ExprKind::Loop(_, label) | ExprKind::While(_, _, label) => {
                return label.is_some();
            }
            ExprKind::ForLoop(for_loop) => return ast[for_loop].label.is_some(),
            ExprKind::Assign(inner, ..)
            | ExprKind::AssignOp(_, _, inner, _)
            | ExprKind::Await(inner, _)
            | ExprKind::Use(inner, _)
            | ExprKind::Binary(_, _, inner, _)
            | ExprKind::Call(inner, _)
            | ExprKind::Cast(inner, _)
            | ExprKind::Field(inner, _)
            | ExprKind::Index(inner, ..)
            | ExprKind::Match(inner, _, MatchStyle::Postfix)
            | ExprKind::Range(Some(inner), ..)
            | ExprKind::Try(inner) => inner,
            ExprKind::MethodCall(call) => ast[call].receiver,
            _ => return false,
        }
    }
}

/// Does it end with `}`, so that `else` behind it would be read as its own?
pub(crate) fn trailing_brace(ast: &Ast, mut id: ExprId) -> bool {
    loop {
        id = match ast[id].kind {
            ExprKind::AddrOf(_, _, inner)
            | ExprKind::Assign(_, inner, _)
            | ExprKind::AssignOp(_, _, _, inner)
            | ExprKind::Binary(_, _, _, inner)
            | ExprKind::Break(_, Some(inner))
            | ExprKind::Let(_, inner)
            | ExprKind::Range(_, Some(inner), _)
            | ExprKind::Ret(Some(inner))
            | ExprKind::Unary(_, inner)
            | ExprKind::Yeet(Some(inner))
            | ExprKind::Become(inner)
            | ExprKind::Yield(Some(inner))
            | ExprKind::PostfixYield(inner) => inner,
            ExprKind::Closure(closure) => ast[closure].body,
            ExprKind::Gen(..)
            | ExprKind::Block(..)
            | ExprKind::ForLoop(_)
            | ExprKind::If(..)
            | ExprKind::Loop(..)
            | ExprKind::Match(..)
            | ExprKind::Struct(_)
            | ExprKind::TryBlock(..)
            | ExprKind::While(..)
            | ExprKind::ConstBlock(_) => return true,
            ExprKind::Cast(_, ty) => return type_trailing_brace(ast, ty),
            ExprKind::MacCall(mac) => return ast[mac].args.delim == Delim::Brace,
            _ => return false,
        }
    }
}

/// Does a type end with a macro call in braces?
fn type_trailing_brace(ast: &Ast, mut id: TyId) -> bool {
    loop {
        let next = match ast[id].kind {
            TyKind::MacCall(mac) => return ast[mac].args.delim == Delim::Brace,
            TyKind::Ptr(inner, _) | TyKind::Ref(_, inner, _) | TyKind::PinnedRef(_, inner, _) => Some(inner),
            TyKind::UnsafeBinder(binder) => Some(ast[binder].inner),
            TyKind::FnPtr(pointer) => match ast[ast[pointer].decl].output {
                FnRet::Default(_) => None,
                FnRet::Ty(ty) => Some(ty),
            },
            TyKind::Path(_, path) => path_result(ast, &path),
            TyKind::TraitObject(bounds, _) | TyKind::ImplTrait(bounds) => match ast[bounds].last() {
                Some(Bound::Trait(bound)) => path_result(ast, &bound.path),
                _ => None,
            },
            _ => None,
        };
        match next {
            Some(next) => id = next,
            None => return false,
        }
    }
}

/// `C` of a path that ends with `Fn(A) -> C`.
fn path_result(ast: &Ast, path: &Path) -> Option<TyId> {
    match ast[ast[path.segments].last()?.args?] {
        GenericArgs::Paren { output: FnRet::Ty(ty), .. } => Some(ty),
        _ => None,
    }
}
