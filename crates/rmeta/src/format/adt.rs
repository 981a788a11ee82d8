//! Structs, unions and enums (`rustc_middle::ty::adt`).

use super::decoder::{Decode, Decoder};
use super::types::read_is_unsafe;
use crate::error::Result;
use ty::rustc_abi::{IntegerType, ReprFlags, ScalableElt};
use ty::*;

/// Reads the definition that a type mentions, and gives its id. rustc writes the whole definition at every first mention
/// of a type; the tables have it too, so all but the id is skipped.
pub(crate) fn decode_id(d: &mut Decoder<'_>) -> Result<DefId> {
    let did = d.read()?;
    for _ in 0..d.read_len()? {
        skip_variant(d)?;
    }
    let _flags = d.read_u16()?;
    d.read::<Repr>()?;
    Ok(did)
}

fn skip_variant(d: &mut Decoder<'_>) -> Result<()> {
    d.read::<DefId>()?;
    d.read::<Option<(CtorKind, DefId)>>()?;
    d.read_symbol()?;
    d.read::<VariantDiscr>()?;
    for _ in 0..d.read_len()? {
        d.read::<DefId>()?;
        d.read_symbol()?;
        if d.read_variant(2, "no such visibility")? == 1 {
            d.read::<DefId>()?;
        }
        read_is_unsafe(d)?;
        d.read::<Option<DefId>>()?;
    }
    if d.read_option()? {
        return Err(d.error("a definition with errors"));
    }
    let _flags = d.read_u8()?;
    Ok(())
}

impl<'tcx> Decode<'tcx> for VariantDiscr {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(match d.read_variant(2, "no such kind of discriminant")? {
            0 => VariantDiscr::Explicit(d.read()?),
            _ => VariantDiscr::Relative(d.read()?),
        })
    }
}

/// `ReprOptions`, under a name of ours so that we may implement [`Decode`] for it.
pub(crate) struct Repr(pub ReprOptions);

impl<'tcx> Decode<'tcx> for Repr {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let int = if d.read_option()? {
            Some(match d.read_variant(2, "no such integer type")? {
                0 => IntegerType::Pointer(d.read()?),
                _ => IntegerType::Fixed(d.read()?, d.read()?),
            })
        } else {
            None
        };
        let align = read_align(d)?;
        let pack = read_align(d)?;
        let flags = ReprFlags::from_bits_truncate(d.read_u8()?);
        let scalable = if d.read_option()? {
            Some(match d.read_variant(2, "no such scalable vector")? {
                0 => ScalableElt::ElementCount(d.read_u16()?),
                _ => ScalableElt::Container,
            })
        } else {
            None
        };
        // The seed matters only where `-Z randomize-layout` asks for a shuffle that is part of the layout code of such
        // compilers, and of those only.
        let _field_shuffle_seed = d.read_hash64()?;
        if flags.contains(ReprFlags::RANDOMIZE_LAYOUT) {
            return Err(d.error("a type's layout is randomized, which is not supported"));
        }
        Ok(Repr(ReprOptions { int, align, pack, flags, scalable, ..ReprOptions::default() }))
    }
}

pub(crate) fn read_align(d: &mut Decoder<'_>) -> Result<Option<Align>> {
    if !d.read_option()? {
        return Ok(None);
    }
    let log2 = d.read_u8()?;
    match 1u64.checked_shl(u32::from(log2)).map(Align::from_bytes) {
        Some(Ok(align)) => Ok(Some(align)),
        _ => Err(d.error("an alignment is too large")),
    }
}
