//! Instances (`rustc_middle::ty::instance`).

use super::super::decoder::{Decode, Decoder};
use crate::error::Result;
use ty::{DefId, Instance, InstanceKind, ReifyReason};

impl<'tcx> Decode<'tcx> for ReifyReason {
    fn decode(d: &mut Decoder<'tcx>) -> Result<ReifyReason> {
        Ok(match d.read_variant(2, "no such reason for a shim")? {
            0 => ReifyReason::FnPtr,
            _ => ReifyReason::Vtable,
        })
    }
}

impl<'tcx> Decode<'tcx> for InstanceKind<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<InstanceKind<'tcx>> {
        // The numbers are those of releases where shims are kinds of their own.
        let kind = if d.encoding().shim_kinds {
            const SHIMS: [u8; 12] = [2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14];
            match d.read_variant(4, "no such kind of instance")? {
                kind @ (0 | 1) => kind,
                2 => 5,
                _ => SHIMS[usize::from(d.read_variant(SHIMS.len() as u8, "no such kind of shim")?)],
            }
        } else {
            d.read_variant(15, "no such kind of instance")?
        };
        Ok(match kind {
            0 => InstanceKind::Item(d.read()?),
            1 => InstanceKind::Intrinsic(d.read()?),
            2 => InstanceKind::VTableShim(d.read()?),
            3 => InstanceKind::ReifyShim(d.read()?, d.read()?),
            4 => InstanceKind::FnPtrShim(d.read()?, d.read()?),
            5 => InstanceKind::Virtual(d.read()?, d.read()?),
            6 => {
                let call_once = d.read()?;
                if d.encoding().shim_kinds {
                    let _closure: DefId = d.read()?;
                }
                InstanceKind::ClosureOnceShim { call_once, track_caller: d.read()? }
            }
            7 => InstanceKind::ConstructCoroutineInClosureShim {
                coroutine_closure_def_id: d.read()?,
                receiver_by_ref: d.read()?,
            },
            8 => InstanceKind::ThreadLocalShim(d.read()?),
            9 => InstanceKind::FutureDropPollShim(d.read()?, d.read()?, d.read()?),
            10 => InstanceKind::DropGlue(d.read()?, d.read()?),
            11 => InstanceKind::CloneShim(d.read()?, d.read()?),
            12 => InstanceKind::FnPtrAddrShim(d.read()?, d.read()?),
            13 => InstanceKind::AsyncDropGlueCtorShim(d.read()?, d.read()?),
            _ => InstanceKind::AsyncDropGlue(d.read()?, d.read()?),
        })
    }
}

impl<'tcx> Decode<'tcx> for Instance<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Instance<'tcx>> {
        Ok(Instance { kind: d.read()?, args: d.read()? })
    }
}
