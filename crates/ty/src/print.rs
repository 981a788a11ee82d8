//! Types as text, for dumps and messages of our own. (What `type_name` gives is `eval`'s.)

use crate::*;
use std::fmt;

impl fmt::Debug for Ty<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self.kind() {
            TyKind::Bool => f.write_str("bool"),
            TyKind::Char => f.write_str("char"),
            TyKind::Int(int) => f.write_str(int.name()),
            TyKind::Uint(uint) => f.write_str(uint.name()),
            TyKind::Float(float) => f.write_str(float.name()),
            TyKind::Str => f.write_str("str"),
            TyKind::Never => f.write_str("!"),
            TyKind::Error => f.write_str("{error}"),
            TyKind::Adt(did, args) => write!(f, "adt({did:?}){}", Args(args)),
            TyKind::Foreign(did) => write!(f, "foreign({did:?})"),
            TyKind::Array(ty, len) => write!(f, "[{ty:?}; {len:?}]"),
            TyKind::Pat(ty, pattern) => write!(f, "{ty:?} is {:?}", pattern.kind()),
            TyKind::Slice(ty) => write!(f, "[{ty:?}]"),
            TyKind::RawPtr(ty, Mutability::Mut) => write!(f, "*mut {ty:?}"),
            TyKind::RawPtr(ty, Mutability::Not) => write!(f, "*const {ty:?}"),
            TyKind::Ref(region, ty, mutability) => {
                f.write_str("&")?;
                if region != Region::Erased {
                    write!(f, "{region:?} ")?;
                }
                if mutability.is_mut() {
                    f.write_str("mut ")?;
                }
                write!(f, "{ty:?}")
            }
            TyKind::FnDef(did, args) => write!(f, "fn({did:?}){}", Args(args)),
            TyKind::FnPtr(sig) => write!(f, "{:?}", sig.value),
            TyKind::UnsafeBinder(binder) => write!(f, "unsafe<{:?}>", binder.value),
            TyKind::Dynamic(predicates, _) => {
                f.write_str("dyn")?;
                for (index, predicate) in predicates.iter().enumerate() {
                    write!(f, "{}{:?}", if index == 0 { " " } else { " + " }, predicate.value)?;
                }
                Ok(())
            }
            TyKind::Closure(did, args) => write!(f, "closure({did:?}){}", Args(args)),
            TyKind::CoroutineClosure(did, args) => write!(f, "coroutine-closure({did:?}){}", Args(args)),
            TyKind::Coroutine(did, args) => write!(f, "coroutine({did:?}){}", Args(args)),
            TyKind::CoroutineWitness(did, args) => write!(f, "witness({did:?}){}", Args(args)),
            TyKind::Tuple(types) => {
                f.write_str("(")?;
                for ty in types {
                    write!(f, "{ty:?},")?;
                }
                f.write_str(")")
            }
            TyKind::Alias(kind, alias) => write!(f, "{kind:?}({:?}){}", alias.def_id, Args(alias.args)),
            TyKind::Param(param) => write!(f, "{}/#{}", param.name, param.index),
            TyKind::Bound(depth, bound) => write!(f, "^{depth}.{}", bound.var),
            TyKind::Infer(var) => write!(f, "?{var}"),
        }
    }
}

impl fmt::Debug for TyKind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TyKind(..)")
    }
}

impl fmt::Debug for Const<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self.kind() {
            ConstKind::Param(param) => write!(f, "{}/#{}", param.name, param.index),
            ConstKind::Bound(depth, var) => write!(f, "^{depth}.{var}"),
            ConstKind::Infer(var) => write!(f, "?c{var}"),
            ConstKind::Unevaluated(unevaluated) => {
                write!(f, "const({:?}){}", unevaluated.def, Args(unevaluated.args))
            }
            ConstKind::Value(ty, value) => match value.kind() {
                ValTreeKind::Leaf(leaf) => write!(f, "{}_{ty:?}", leaf.bits),
                ValTreeKind::Branch(branch) => write!(f, "{{{branch:?}}}_{ty:?}"),
            },
            ConstKind::Expr => f.write_str("{expression}"),
            ConstKind::Error => f.write_str("{error}"),
        }
    }
}

impl fmt::Debug for GenericArg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GenericArg::Lifetime(region) => write!(f, "{region:?}"),
            GenericArg::Type(ty) => write!(f, "{ty:?}"),
            GenericArg::Const(constant) => write!(f, "{constant:?}"),
        }
    }
}

struct Args<'tcx>(GenericArgs<'tcx>);

impl fmt::Display for Args<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        f.write_str("<")?;
        for (index, arg) in self.0.iter().enumerate() {
            write!(f, "{}{arg:?}", if index == 0 { "" } else { ", " })?;
        }
        f.write_str(">")
    }
}
