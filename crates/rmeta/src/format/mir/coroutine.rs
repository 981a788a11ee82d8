//! Coroutines (`rustc_middle::mir::query` and `CoroutineInfo`).

use super::super::decoder::{Decode, Decoder};
use crate::error::Result;
use ::mir::{CoroutineInfo, CoroutineLayout, CoroutineSavedTy};
use ty::{CoroutineKind, FieldIdx, IndexVec, Symbol, Ty, VariantIdx};

impl<'tcx> Decode<'tcx> for CoroutineSavedTy<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<CoroutineSavedTy<'tcx>> {
        Ok(CoroutineSavedTy { ty: d.read()?, source_info: d.read()?, ignore_for_traits: d.read_bool()? })
    }
}

impl<'tcx> Decode<'tcx> for CoroutineLayout<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<CoroutineLayout<'tcx>> {
        let mut field_tys: Vec<CoroutineSavedTy<'tcx>> = Vec::new();
        let mut field_names: Vec<Option<Symbol>> = Vec::new();
        let with_types = d.encoding().coroutine_names_with_types;
        for _ in 0..d.read_len()? {
            field_tys.push(d.read()?);
            if with_types {
                field_names.push(d.read()?);
            }
        }
        if !with_types {
            field_names = d.read()?;
        }
        let mut variant_fields: IndexVec<VariantIdx, IndexVec<FieldIdx, usize>> = IndexVec::new();
        for _ in 0..d.read_len()? {
            let mut fields = IndexVec::new();
            for _ in 0..d.read_len()? {
                let saved = d.read_u32()? as usize;
                if saved >= field_tys.len() {
                    return Err(d.error("a coroutine's variant has a variable that is not saved"));
                }
                fields.push(saved);
            }
            variant_fields.push(fields);
        }
        let variant_source_info = d.read()?;
        let storage_conflicts = read_square_matrix(d, field_tys.len())?;
        Ok(CoroutineLayout { field_tys, field_names, variant_fields, variant_source_info, storage_conflicts })
    }
}

/// A bit matrix: each row starts with a new word.
fn read_square_matrix(d: &mut Decoder<'_>, size: usize) -> Result<Vec<bool>> {
    let (rows, columns) = (d.read_usize()?, d.read_usize()?);
    let words: Vec<u64> = (0..d.read_len()?).map(|_| d.read_u64()).collect::<Result<_>>()?;
    let words_per_row = size.div_ceil(64);
    if (rows, columns) != (size, size) || words.len() != size * words_per_row {
        return Err(d.error("a coroutine's storage conflicts do not fit its variables"));
    }
    let mut bits = Vec::with_capacity(size * size);
    for row in 0..size {
        bits.extend((0..size).map(|column| words[row * words_per_row + column / 64] >> (column % 64) & 1 == 1));
    }
    Ok(bits)
}

impl<'tcx> Decode<'tcx> for CoroutineInfo<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<CoroutineInfo<'tcx>> {
        let _yield_ty: Option<Ty<'tcx>> = d.read()?;
        let _resume_ty: Option<Ty<'tcx>> = d.read()?;
        Ok(CoroutineInfo {
            coroutine_drop: d.read()?,
            coroutine_drop_async: d.read()?,
            coroutine_drop_proxy_async: d.read()?,
            coroutine_layout: d.read()?,
            coroutine_kind: d.read()?,
        })
    }
}

impl<'tcx> Decode<'tcx> for CoroutineKind {
    fn decode(d: &mut Decoder<'tcx>) -> Result<CoroutineKind> {
        Ok(match d.read_variant(2, "no such kind of coroutine")? {
            0 => CoroutineKind::Desugared(d.read()?, d.read()?),
            _ => CoroutineKind::Coroutine { movable: d.read_variant(2, "neither movable nor immovable")? == 1 },
        })
    }
}
