//! The types in a field's type that a derived impl needs a bound for. (rustc: `find_type_parameters` of
//! `rustc_builtin_macros::deriving::generic`.)

use syntax::ast::*;
use syntax::doubt::{Doubt, Result};
use syntax::symbol::Symbol;

use super::DERIVE;

/// Finds the types in a type that begin with a type parameter.
pub(super) struct Finder<'a> {
    ast: &'a Ast,
    names: &'a [Symbol],
    /// `for<'a>` around.
    binders: Vec<GenericParam>,
    /// The types, each with the `for<'a>` around it.
    pub found: Vec<(Vec<GenericParam>, TyId)>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(ast: &'a Ast, names: &'a [Symbol]) -> Finder<'a> {
        Finder { ast, names, binders: Vec::new(), found: Vec::new() }
    }

    pub(super) fn ty(&mut self, ty: TyId) -> Result<()> {
        let outer = self.binders.len();
        let Ty { kind, span } = self.ast[ty];
        if let TyKind::FnPtr(pointer) = kind {
            self.binders.extend_from_slice(&self.ast[self.ast[pointer].params]);
        }
        match kind {
            TyKind::Slice(inner) | TyKind::Ptr(inner, _) | TyKind::Paren(inner) => self.ty(inner)?,
            TyKind::Ref(_, inner, _) | TyKind::PinnedRef(_, inner, _) => self.ty(inner)?,
            TyKind::Array(inner, len) => {
                self.ty(inner)?;
                self.len(len)?;
            }
            TyKind::FnPtr(pointer) => {
                let FnDecl { inputs, output } = self.ast[self.ast[pointer].decl];
                for param in &self.ast[inputs] {
                    self.ty(param.ty)?;
                }
                self.ret(output)?;
            }
            TyKind::Tup(types) => self.ast[types].iter().try_for_each(|ty| self.ty(*ty))?,
            TyKind::Path(qself, path) => {
                if self.ast[path.segments].first().is_some_and(|first| self.names.contains(&first.ident.name)) {
                    self.found.push((self.binders.clone(), ty));
                }
                if let Some(qself) = qself {
                    self.ty(self.ast[qself].ty)?;
                }
                self.path(path)?;
            }
            TyKind::TraitObject(bounds, _) | TyKind::ImplTrait(bounds) => self.bounds(bounds)?,
            TyKind::Pat(inner, _) => self.ty(inner)?,
            TyKind::MacCall(_) => {
                return Err(Doubt::new(span, DERIVE, "a macro call in a type with parameters is not supported"));
            }
            TyKind::UnsafeBinder(_) => {
                return Err(Doubt::new(span, DERIVE, "an unsafe binder in a type with parameters is not supported"));
            }
            TyKind::Never | TyKind::Infer | TyKind::ImplicitSelf | TyKind::CVarArgs => {}
        }
        self.binders.truncate(outer);
        Ok(())
    }

    /// A length may have types in it.
    fn len(&mut self, len: AnonConst) -> Result<()> {
        self.expr(len.0)
    }

    fn expr(&mut self, expr: ExprId) -> Result<()> {
        let Expr { kind, span, .. } = self.ast[expr];
        match kind {
            ExprKind::Lit(_) => Ok(()),
            ExprKind::Path(qself, path) => {
                if let Some(qself) = qself {
                    self.ty(self.ast[qself].ty)?;
                }
                self.path(path)
            }
            ExprKind::Call(callee, args) => {
                self.expr(callee)?;
                self.ast[args].iter().try_for_each(|arg| self.expr(*arg))
            }
            ExprKind::Binary(_, _, left, right) => {
                self.expr(left)?;
                self.expr(right)
            }
            ExprKind::Paren(inner) | ExprKind::Unary(_, inner) | ExprKind::Field(inner, _) => self.expr(inner),
            ExprKind::Cast(inner, ty) => {
                self.expr(inner)?;
                self.ty(ty)
            }
            ExprKind::Block(block, None) => match self.ast[self.ast[block].stmts][..] {
                [Stmt { kind: StmtKind::Expr(inner), .. }] => self.expr(inner),
                _ => {
                    Err(Doubt::new(span, DERIVE, "the length of an array in a type with parameters is not understood"))
                }
            },
            _ => Err(Doubt::new(span, DERIVE, "the length of an array in a type with parameters is not understood")),
        }
    }

    fn path(&mut self, path: Path) -> Result<()> {
        for segment in &self.ast[path.segments] {
            if let Some(args) = segment.args {
                self.args(args)?;
            }
        }
        Ok(())
    }

    fn args(&mut self, args: Id<GenericArgs>) -> Result<()> {
        match self.ast[args] {
            GenericArgs::Angle { args, .. } => {
                for arg in &self.ast[args] {
                    match *arg {
                        AngleArg::Lifetime(_) => {}
                        AngleArg::Type(ty) => self.ty(ty)?,
                        AngleArg::Const(value) => self.len(value)?,
                        AngleArg::Constraint(constraint) => {
                            let AssocConstraint { args, kind, .. } = self.ast[constraint];
                            args.map_or(Ok(()), |args| self.args(args))?;
                            match kind {
                                ConstraintKind::EqType(ty) => self.ty(ty)?,
                                ConstraintKind::EqConst(value) => self.len(value)?,
                                ConstraintKind::Bounds(bounds) => self.bounds(bounds)?,
                            }
                        }
                    }
                }
                Ok(())
            }
            GenericArgs::Paren { inputs, output, .. } => {
                self.ast[inputs].iter().try_for_each(|ty| self.ty(*ty))?;
                self.ret(output)
            }
            GenericArgs::ParenElided(_) => Ok(()),
        }
    }

    fn ret(&mut self, output: FnRet) -> Result<()> {
        match output {
            FnRet::Default(_) => Ok(()),
            FnRet::Ty(ty) => self.ty(ty),
        }
    }

    fn bounds(&mut self, bounds: List<Bound>) -> Result<()> {
        for bound in &self.ast[bounds] {
            if let Bound::Trait(poly) = bound {
                let outer = self.binders.len();
                self.binders.extend_from_slice(&self.ast[poly.params]);
                self.path(poly.path)?;
                self.binders.truncate(outer);
            }
        }
        Ok(())
    }
}
