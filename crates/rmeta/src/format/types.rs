//! Types, constants, regions and generic arguments (`rustc_type_ir`, `rustc_middle::ty::codec`).
//!
//! A type that was written before is a reference to where it was: a number from 0x80 up in place of the variant, which is
//! less. Decoded types are remembered by position.

use super::decoder::{Decode, Decoder};
use crate::error::Result;
use release::Alias;
use ty::*;

/// What references to earlier types and predicates count from.
const SHORTHAND: usize = 0x80;

impl<'tcx> Decoder<'tcx> {
    /// Reads a value that may be a reference to an earlier one.
    pub(crate) fn shorthand<T>(
        &mut self,
        remembered: impl FnOnce(&mut Self, usize) -> Result<T>,
        here: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        if usize::from(self.peek_u8()?) < SHORTHAND {
            return here(self);
        }
        let position = self.read_usize()?;
        match position.checked_sub(SHORTHAND) {
            Some(position) => remembered(self, position),
            None => Err(self.error("a reference to a type is too small")),
        }
    }
}

impl<'tcx> Decode<'tcx> for Ty<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        d.shorthand(
            |d, position| {
                if let Some(ty) = d.krate.types.get(&position) {
                    return Ok(ty);
                }
                let ty = d.nested(|d| d.with_position(position, Ty::decode))?;
                Ok(d.krate.types.insert(position, ty))
            },
            |d| {
                let kind = d.nested(TyKind::decode)?;
                Ok(d.tcx().mk_ty(kind))
            },
        )
    }
}

impl<'tcx> Decode<'tcx> for TyKind<'tcx> {
    /// Types nest in types, so this function's frame is on the stack as often as they do: the variants that hold types are
    /// read in functions of their own.
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let read: fn(&mut Decoder<'tcx>) -> Result<TyKind<'tcx>> = match d.read_variant(29, "no such kind of type")? {
            0 => |_| Ok(TyKind::Bool),
            1 => |_| Ok(TyKind::Char),
            2 => |d| Ok(TyKind::Int(d.read()?)),
            3 => |d| Ok(TyKind::Uint(d.read()?)),
            4 => |d| Ok(TyKind::Float(d.read()?)),
            5 => |d| Ok(TyKind::Adt(super::adt::decode_id(d)?, d.read()?)),
            6 => |d| Ok(TyKind::Foreign(d.read()?)),
            7 => |_| Ok(TyKind::Str),
            8 => |d| Ok(TyKind::Array(d.read()?, d.read()?)),
            9 => |d| Ok(TyKind::Pat(d.read()?, d.read()?)),
            10 => |d| Ok(TyKind::Slice(d.read()?)),
            11 => |d| Ok(TyKind::RawPtr(d.read()?, d.read()?)),
            12 => |d| Ok(TyKind::Ref(d.read()?, d.read()?, d.read()?)),
            13 => |d| Ok(TyKind::FnDef(d.read()?, d.read()?)),
            14 => |d| {
                let bound_vars = d.read()?;
                Ok(TyKind::FnPtr(Binder { value: d.read()?, bound_vars }))
            },
            15 => |d| Ok(TyKind::UnsafeBinder(d.read()?)),
            16 => |d| Ok(TyKind::Dynamic(d.read()?, d.read()?)),
            17 => |d| Ok(TyKind::Closure(d.read()?, read_args_with_types(d, 3)?)),
            18 => |d| Ok(TyKind::CoroutineClosure(d.read()?, read_args_with_types(d, 4)?)),
            19 => |d| Ok(TyKind::Coroutine(d.read()?, read_args_with_types(d, 5)?)),
            20 => |d| Ok(TyKind::CoroutineWitness(d.read()?, d.read()?)),
            21 => |_| Ok(TyKind::Never),
            22 => |d| Ok(TyKind::Tuple(d.read()?)),
            23 => |d| read_alias_type(d).map(|(kind, alias)| TyKind::Alias(kind, alias)),
            24 => |d| Ok(TyKind::Param(ParamTy { index: d.read()?, name: d.read()? })),
            25 => |d| Ok(TyKind::Bound(read_bound_index(d)?, BoundTy { var: d.read()?, kind: d.read()? })),
            _ => return Err(d.error("a type that only type inference has")),
        };
        read(d)
    }
}

macro_rules! simple_enums {
    ($($type:ident: $($variant:ident)*;)*) => {
        $(impl<'tcx> Decode<'tcx> for $type {
            fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
                const ALL: &[$type] = &[$($type::$variant),*];
                let variant = d.read_variant(ALL.len() as u8, concat!("no such ", stringify!($type)))?;
                Ok(ALL[usize::from(variant)])
            }
        })*
    };
}

simple_enums! {
    IntTy: Isize I8 I16 I32 I64 I128;
    UintTy: Usize U8 U16 U32 U64 U128;
    FloatTy: F16 F32 F64 F128;
    Mutability: Not Mut;
    Variance: Covariant Invariant Contravariant Bivariant;
    AliasTyKind: Projection Inherent Opaque Free;
    ImplPolarity: Positive Negative Reservation;
    Integer: I8 I16 I32 I64 I128;
    CtorKind: Fn Const;
    CoroutineDesugaring: Async Gen AsyncGen;
    CoroutineSource: Block Closure Fn;
}

/// `Safety`: unsafe is first.
pub(crate) fn read_is_unsafe(d: &mut Decoder<'_>) -> Result<bool> {
    Ok(d.read_variant(2, "neither safe nor unsafe")? == 0)
}

/// Inputs and, last, the output, which is always there.
fn read_signature_types<'tcx>(d: &mut Decoder<'tcx>) -> Result<List<'tcx, Ty<'tcx>>> {
    let types: List<'tcx, Ty<'tcx>> = d.read()?;
    if types.is_empty() {
        return Err(d.error("a signature has no output"));
    }
    Ok(types)
}

/// The arguments of a closure or coroutine, the last of which are types that describe it.
fn read_args_with_types<'tcx>(d: &mut Decoder<'tcx>, count: usize) -> Result<GenericArgs<'tcx>> {
    let args: GenericArgs<'tcx> = d.read()?;
    match args.len().checked_sub(count).map(|first| &args[first..]) {
        Some(own) if own.iter().all(|arg| arg.as_type().is_some()) => Ok(args),
        _ => Err(d.error("a closure has not the arguments of closures")),
    }
}

/// The arguments of a trait, the first of which is the type that implements it.
fn read_args_with_self<'tcx>(d: &mut Decoder<'tcx>) -> Result<GenericArgs<'tcx>> {
    let args: GenericArgs<'tcx> = d.read()?;
    match args.first() {
        Some(GenericArg::Type(_)) => Ok(args),
        _ => Err(d.error("a trait is implemented by no type")),
    }
}

/// The binder that a bound variable belongs to.
fn read_bound_index(d: &mut Decoder<'_>) -> Result<u32> {
    match d.read_variant(2, "no such kind of binder")? {
        // Beyond this, the number of binders would overflow.
        0 => match d.read_u32()? {
            index if index < u32::MAX / 2 => Ok(index),
            _ => Err(d.error("a bound variable is too far from its binder")),
        },
        _ => Err(d.error("a bound variable that only type inference has")),
    }
}

impl<'tcx> Decode<'tcx> for ExternAbi {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let variant = d.read_variant(28, "no such ABI")?;
        let mut unwind = || d.read_bool();
        Ok(match variant {
            0 => ExternAbi::C { unwind: unwind()? },
            1 => ExternAbi::System { unwind: unwind()? },
            2 => ExternAbi::Rust,
            3 => ExternAbi::RustCall,
            4 => ExternAbi::RustCold,
            5 => ExternAbi::RustInvalid,
            6 => ExternAbi::RustPreserveNone,
            7 => ExternAbi::Unadjusted,
            8 => ExternAbi::Custom,
            9 => ExternAbi::EfiApi,
            10 => ExternAbi::Aapcs { unwind: unwind()? },
            11 => ExternAbi::CmseNonSecureCall,
            12 => ExternAbi::CmseNonSecureEntry,
            13 => ExternAbi::GpuKernel,
            14 => ExternAbi::PtxKernel,
            15 => ExternAbi::AvrInterrupt,
            16 => ExternAbi::AvrNonBlockingInterrupt,
            17 => ExternAbi::Msp430Interrupt,
            18 => ExternAbi::RiscvInterruptM,
            19 => ExternAbi::RiscvInterruptS,
            20 => ExternAbi::X86Interrupt,
            21 => ExternAbi::Cdecl { unwind: unwind()? },
            22 => ExternAbi::Stdcall { unwind: unwind()? },
            23 => ExternAbi::Fastcall { unwind: unwind()? },
            24 => ExternAbi::Thiscall { unwind: unwind()? },
            25 => ExternAbi::Vectorcall { unwind: unwind()? },
            26 => ExternAbi::SysV64 { unwind: unwind()? },
            _ => ExternAbi::Win64 { unwind: unwind()? },
        })
    }
}

impl<'tcx> Decode<'tcx> for FnSig<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let inputs_and_output = read_signature_types(d)?;
        if !d.encoding().packed_signatures {
            return Ok(FnSig {
                inputs_and_output,
                c_variadic: d.read()?,
                is_unsafe: read_is_unsafe(d)?,
                abi: d.read()?,
            });
        }
        // `FnSigKind`: six bits for the calling convention, one for safe, one for variadic.
        let bits = d.read_u8()?;
        if d.encoding().splatted_signatures && d.read_u8()? != NOT_SPLATTED {
            return Err(d.error("a function with a splatted argument, which is not supported"));
        }
        let abi = match d.session.format.abis.get(usize::from(bits & 0x3f)) {
            Some(Some(abi)) => *abi,
            Some(None) => return Err(d.error("a calling convention that is not supported")),
            None => return Err(d.error("no such calling convention")),
        };
        Ok(FnSig { inputs_and_output, c_variadic: bits & 0x80 != 0, is_unsafe: bits & 0x40 == 0, abi })
    }
}

/// Which argument is splatted, if none is.
const NOT_SPLATTED: u8 = u8::MAX;

impl<'tcx, T: Decode<'tcx>> Decode<'tcx> for Binder<'tcx, T> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let bound_vars = d.read()?;
        Ok(Binder { value: d.read()?, bound_vars })
    }
}

impl<'tcx> Decode<'tcx> for BoundVariableKind {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(match d.read_variant(3, "no such kind of bound variable")? {
            0 => BoundVariableKind::Ty(d.read()?),
            1 => BoundVariableKind::Region(d.read()?),
            _ => BoundVariableKind::Const,
        })
    }
}

impl<'tcx> Decode<'tcx> for BoundTyKind {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(match d.read_variant(2, "no such kind of bound type")? {
            0 => BoundTyKind::Anon,
            _ => BoundTyKind::Param(d.read()?),
        })
    }
}

impl<'tcx> Decode<'tcx> for BoundRegionKind {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(match d.read_variant(4, "no such kind of bound region")? {
            0 => BoundRegionKind::Anon,
            1 => {
                // A name for messages only.
                d.read_symbol()?;
                BoundRegionKind::Anon
            }
            2 => BoundRegionKind::Named(d.read()?),
            _ => BoundRegionKind::ClosureEnv,
        })
    }
}

impl<'tcx> Decode<'tcx> for Region {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(match d.read_variant(8, "no such kind of region")? {
            0 => Region::EarlyParam { index: d.read()?, name: d.read()? },
            1 => {
                let index = read_bound_index(d)?;
                Region::Bound(index, BoundRegion { var: d.read()?, kind: d.read()? })
            }
            2 => {
                // A parameter of a function, as its own body sees it. Nothing after type checking tells these apart.
                d.read::<DefId>()?;
                match d.read_variant(4, "no such kind of region parameter")? {
                    0 => drop(d.read_u32()?),
                    1 => drop((d.read_u32()?, d.read_symbol()?)),
                    2 => drop(d.read::<DefId>()?),
                    _ => {}
                }
                Region::Erased
            }
            3 => Region::Static,
            6 => Region::Erased,
            _ => return Err(d.error("a region that only type inference has")),
        })
    }
}

/// An alias of a type, and its kind.
fn read_alias_type<'tcx>(d: &mut Decoder<'tcx>) -> Result<(AliasTyKind, AliasTy<'tcx>)> {
    Ok(match d.encoding().alias {
        Alias::KindApart => {
            let kind = d.read()?;
            let args = d.read()?;
            (kind, AliasTy { def_id: d.read()?, args })
        }
        Alias::KindInTypes | Alias::KindInTerms => {
            let args = d.read()?;
            (d.read()?, AliasTy { def_id: d.read()?, args })
        }
        Alias::KindFirst => {
            read_is_rigid(d)?;
            (d.read()?, AliasTy { def_id: d.read()?, args: d.read()? })
        }
    })
}

/// A projection in a where-clause: its definition, and arguments the first of which is a type.
fn read_projection<'tcx>(d: &mut Decoder<'tcx>) -> Result<(DefId, GenericArgs<'tcx>)> {
    const KINDS: u8 = 8;
    const NO_KIND: &str = "no such kind of alias";
    Ok(match d.encoding().alias {
        Alias::KindApart | Alias::KindInTypes => {
            let args = read_args_with_self(d)?;
            (d.read()?, args)
        }
        Alias::KindInTerms => {
            let args = read_args_with_self(d)?;
            d.read_variant(KINDS, NO_KIND)?;
            (d.read()?, args)
        }
        Alias::KindFirst => {
            d.read_variant(KINDS, NO_KIND)?;
            (d.read()?, read_args_with_self(d)?)
        }
    })
}

/// `IsRigid`: whether an alias is known not to be a name for something else. Nobody asks after type checking.
fn read_is_rigid(d: &mut Decoder<'_>) -> Result<bool> {
    Ok(d.read_variant(2, "neither rigid nor not")? == 0)
}

impl<'tcx> Decode<'tcx> for GenericArg<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(match d.read_variant(3, "no such kind of generic argument")? {
            0 => GenericArg::Lifetime(d.read()?),
            1 => GenericArg::Type(d.read()?),
            _ => GenericArg::Const(d.read()?),
        })
    }
}

impl<'tcx> Decode<'tcx> for Term<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(match d.read_variant(2, "neither a type nor a constant")? {
            0 => Term::Ty(d.read()?),
            _ => Term::Const(d.read()?),
        })
    }
}

impl<'tcx> Decode<'tcx> for PatternKind<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(match d.read_variant(3, "no such kind of pattern")? {
            0 => PatternKind::Range { start: d.read()?, end: d.read()? },
            1 => PatternKind::Or(d.read()?),
            _ => PatternKind::NotNull,
        })
    }
}

impl<'tcx> Decode<'tcx> for Pattern<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let kind = d.nested(PatternKind::decode)?;
        Ok(d.tcx().mk_pattern(kind))
    }
}

impl<'tcx> Decode<'tcx> for UnevaluatedConst<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(UnevaluatedConst { def: d.read()?, args: d.read()? })
    }
}

impl<'tcx> Decode<'tcx> for Const<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let kind = d.nested(ConstKind::decode)?;
        Ok(d.tcx().mk_const(kind))
    }
}

impl<'tcx> Decode<'tcx> for ConstKind<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(match d.read_variant(8, "no such kind of constant")? {
            0 => ConstKind::Param(ParamConst { index: d.read()?, name: d.read()? }),
            2 => ConstKind::Bound(read_bound_index(d)?, d.read()?),
            4 if d.encoding().alias == Alias::KindFirst => {
                read_is_rigid(d)?;
                d.read_variant(4, "no such kind of constant's alias")?;
                ConstKind::Unevaluated(d.read()?)
            }
            4 => ConstKind::Unevaluated(d.read()?),
            5 => ConstKind::Value(d.read()?, d.read()?),
            7 => {
                skip_expr_kind(d)?;
                d.read::<GenericArgs<'tcx>>()?;
                ConstKind::Expr
            }
            _ => return Err(d.error("a constant that only type inference has")),
        })
    }
}

/// The operator of an expression of `generic_const_exprs`.
fn skip_expr_kind(d: &mut Decoder<'_>) -> Result<()> {
    match d.read_variant(4, "no such constant expression")? {
        0 => drop(d.read_u8()?),
        1 => drop(d.read_u8()?),
        2 => {}
        _ => drop(d.read_u8()?),
    }
    Ok(())
}

impl<'tcx> Decode<'tcx> for ScalarInt {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let size = d.read_u8()?;
        if size == 0 || size > 16 {
            return Err(d.error("an integer of more than 16 bytes"));
        }
        let mut bytes = [0; 16];
        bytes[..usize::from(size)].copy_from_slice(d.read_bytes(usize::from(size))?);
        Ok(ScalarInt { bits: u128::from_le_bytes(bytes), size })
    }
}

impl<'tcx> Decode<'tcx> for ValTree<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let kind = match d.read_variant(2, "no such kind of value")? {
            0 => ValTreeKind::Leaf(d.read()?),
            _ => ValTreeKind::Branch(d.nested(|d| d.read())?),
        };
        Ok(d.tcx().mk_valtree(kind))
    }
}

impl<'tcx> Decode<'tcx> for TraitRef<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(TraitRef { def_id: d.read()?, args: read_args_with_self(d)? })
    }
}

impl<'tcx> Decode<'tcx> for ExistentialTraitRef<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(ExistentialTraitRef { def_id: d.read()?, args: d.read()? })
    }
}

impl<'tcx> Decode<'tcx> for ExistentialPredicate<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(match d.read_variant(3, "no such predicate of a trait object")? {
            0 => ExistentialPredicate::Trait(d.read()?),
            1 => ExistentialPredicate::Projection(ExistentialProjection {
                def_id: d.read()?,
                args: d.read()?,
                term: d.read()?,
            }),
            _ => ExistentialPredicate::AutoTrait(d.read()?),
        })
    }
}

macro_rules! lists {
    ($($element:ty: $method:ident;)*) => {
        $(impl<'tcx> Decode<'tcx> for List<'tcx, $element> {
            fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
                let elements = d.read_list()?;
                Ok(d.tcx().$method(&elements))
            }
        })*
    };
}

lists! {
    GenericArg<'tcx>: mk_args;
    Ty<'tcx>: mk_types;
    Const<'tcx>: mk_consts;
    Pattern<'tcx>: mk_patterns;
    BoundVariableKind: mk_bound_vars;
    PolyExistentialPredicate<'tcx>: mk_existential;
}

/// Where-clauses. All that hold after type checking anyway become [`ClauseKind::Other`].
impl<'tcx> Decode<'tcx> for Clause<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let bound_vars = d.read()?;
        let value =
            d.shorthand(|d, position| d.nested(|d| d.with_position(position, read_predicate)), read_predicate)?;
        Ok(Binder { value, bound_vars })
    }
}

/// A `PredicateKind`, which is a clause wherever metadata has one.
fn read_predicate<'tcx>(d: &mut Decoder<'tcx>) -> Result<ClauseKind<'tcx>> {
    if d.read_variant(8, "no such kind of predicate")? != 0 {
        return Err(d.error("a predicate that only type inference has"));
    }
    Ok(match d.read_variant(9, "no such kind of clause")? {
        0 => {
            let trait_ref = d.read()?;
            match d.read_variant(2, "neither a positive nor a negative bound")? {
                0 => ClauseKind::Trait(trait_ref),
                _ => ClauseKind::Other,
            }
        }
        1 => {
            d.read::<(Region, Region)>()?;
            ClauseKind::Other
        }
        2 => {
            d.read::<(Ty<'tcx>, Region)>()?;
            ClauseKind::Other
        }
        3 => {
            let (def_id, args) = read_projection(d)?;
            ClauseKind::Projection { def_id, args, term: d.read()? }
        }
        4 => ClauseKind::ConstArgHasType(d.read()?, d.read()?),
        5 => {
            d.read::<Term<'tcx>>()?;
            ClauseKind::Other
        }
        6 => {
            d.read::<Const<'tcx>>()?;
            ClauseKind::Other
        }
        7 => {
            d.read::<TraitRef<'tcx>>()?;
            d.read_variant(2, "no such constness")?;
            ClauseKind::Other
        }
        _ => {
            d.read_symbol()?;
            ClauseKind::Other
        }
    })
}
