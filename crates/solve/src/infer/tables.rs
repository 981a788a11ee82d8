//! Unification tables: what is known of inference variables.

use crate::ir::inherent::IntoKind;
use crate::ir::{ConstVid, FloatVid, IntVid, RegionVid, TyVid, UniverseIndex};
use crate::{Const, Cx, GenericArg, OpaqueTypeKey, Region, RegionKind, Ty, ir};
use ena::unify::{InPlace, InPlaceUnificationTable, NoError, Snapshot as EnaSnapshot, UnifyKey, UnifyValue};
use std::marker::PhantomData;

/// What is known of a variable: its value, or from which universe on it may name things.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Value<T> {
    Known(T),
    Unknown(UniverseIndex),
}

macro_rules! keys {
    ($($(#[$meta:meta])* $name:ident($vid:ident) => $value:ty;)*) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, PartialEq, Eq, Debug)]
            pub(crate) struct $name<'tcx> {
                pub vid: $vid,
                tcx: PhantomData<Ty<'tcx>>,
            }
            impl From<$vid> for $name<'_> {
                fn from(vid: $vid) -> Self {
                    $name { vid, tcx: PhantomData }
                }
            }
            impl<'tcx> UnifyKey for $name<'tcx> {
                type Value = $value;
                fn index(&self) -> u32 {
                    self.vid.as_u32()
                }
                fn from_index(index: u32) -> Self {
                    $vid::from_u32(index).into()
                }
                fn tag() -> &'static str {
                    stringify!($name)
                }
            }
        )*
    };
}
keys! {
    /// Types that are equal.
    TyKey(TyVid) => Value<Ty<'tcx>>;
    /// Types that are equal or one of which is a subtype of the other.
    SubKey(TyVid) => ();
    ConstKey(ConstVid) => Value<Const<'tcx>>;
    RegionKey(RegionVid) => Value<Region<'tcx>>;
}

/// Values that are unified only before they are known.
macro_rules! unify {
    ($($value:ident)*) => {
        $(impl<'tcx> UnifyValue for Value<$value<'tcx>> {
            type Error = NoError;
            fn unify_values(left: &Self, right: &Self) -> Result<Self, NoError> {
                Ok(match (*left, *right) {
                    (Value::Unknown(left), Value::Unknown(right)) => Value::Unknown(left.min(right)),
                    (known @ Value::Known(_), _) | (_, known) => known,
                })
            }
        })*
    };
}
unify! { Ty Const }

/// Two lifetimes that are known, or one that may not name the other: the constraints say so.
#[derive(Debug)]
pub(crate) struct Apart;

impl<'tcx> UnifyValue for Value<Region<'tcx>> {
    type Error = Apart;
    fn unify_values(left: &Self, right: &Self) -> Result<Self, Apart> {
        match (*left, *right) {
            (Value::Unknown(left), Value::Unknown(right)) => Ok(Value::Unknown(left.min(right))),
            (Value::Known(value), Value::Unknown(universe)) | (Value::Unknown(universe), Value::Known(value)) => {
                match universe.can_name(universe_of(value)) {
                    true => Ok(Value::Known(value)),
                    false => Err(Apart),
                }
            }
            (Value::Known(_), Value::Known(_)) => Err(Apart),
        }
    }
}

/// The universe of a lifetime that is no variable.
pub(crate) fn universe_of(region: Region<'_>) -> UniverseIndex {
    match region.kind() {
        RegionKind::RePlaceholder(placeholder) => placeholder.universe,
        _ => UniverseIndex::ROOT,
    }
}

/// A lifetime or type that outlives a lifetime.
pub type Outlives<'tcx> = ir::OutlivesPredicate<Cx<'tcx>, GenericArg<'tcx>>;

/// Hidden types of opaque types, as far as they are known.
#[derive(Clone, Default)]
pub(crate) struct Opaques<'tcx> {
    pub types: Vec<(OpaqueTypeKey<'tcx>, Ty<'tcx>)>,
    /// Entries whose keys turned out to be the same as others'.
    pub duplicates: Vec<(OpaqueTypeKey<'tcx>, Ty<'tcx>)>,
}

#[derive(Default)]
pub(crate) struct Tables<'tcx> {
    pub types: InPlaceUnificationTable<TyKey<'tcx>>,
    pub subs: InPlaceUnificationTable<SubKey<'tcx>>,
    pub ints: InPlaceUnificationTable<IntVid>,
    pub floats: InPlaceUnificationTable<FloatVid>,
    pub consts: InPlaceUnificationTable<ConstKey<'tcx>>,
    pub regions: InPlaceUnificationTable<RegionKey<'tcx>>,
    pub outlives: Vec<Outlives<'tcx>>,
    pub opaques: Opaques<'tcx>,
}

/// What the tables were at some time.
pub(crate) struct Snapshot<'tcx> {
    types: EnaSnapshot<InPlace<TyKey<'tcx>>>,
    subs: EnaSnapshot<InPlace<SubKey<'tcx>>>,
    ints: EnaSnapshot<InPlace<IntVid>>,
    floats: EnaSnapshot<InPlace<FloatVid>>,
    consts: EnaSnapshot<InPlace<ConstKey<'tcx>>>,
    regions: EnaSnapshot<InPlace<RegionKey<'tcx>>>,
    outlives: usize,
    /// They are few, and mostly none.
    opaques: Opaques<'tcx>,
}

impl<'tcx> Tables<'tcx> {
    pub fn snapshot(&mut self) -> Snapshot<'tcx> {
        Snapshot {
            types: self.types.snapshot(),
            subs: self.subs.snapshot(),
            ints: self.ints.snapshot(),
            floats: self.floats.snapshot(),
            consts: self.consts.snapshot(),
            regions: self.regions.snapshot(),
            outlives: self.outlives.len(),
            opaques: self.opaques.clone(),
        }
    }

    pub fn roll_back(&mut self, snapshot: Snapshot<'tcx>) {
        self.types.rollback_to(snapshot.types);
        self.subs.rollback_to(snapshot.subs);
        self.ints.rollback_to(snapshot.ints);
        self.floats.rollback_to(snapshot.floats);
        self.consts.rollback_to(snapshot.consts);
        self.regions.rollback_to(snapshot.regions);
        self.outlives.truncate(snapshot.outlives);
        self.opaques = snapshot.opaques;
    }

    pub fn commit(&mut self, snapshot: Snapshot<'tcx>) {
        self.types.commit(snapshot.types);
        self.subs.commit(snapshot.subs);
        self.ints.commit(snapshot.ints);
        self.floats.commit(snapshot.floats);
        self.consts.commit(snapshot.consts);
        self.regions.commit(snapshot.regions);
    }

    pub fn new_ty(&mut self, universe: UniverseIndex) -> TyVid {
        let key = self.types.new_key(Value::Unknown(universe));
        self.subs.new_key(());
        key.vid
    }

    pub fn equate_types(&mut self, left: TyVid, right: TyVid) {
        self.types.union(TyKey::from(left), TyKey::from(right));
        self.subs.union(SubKey::from(left), SubKey::from(right));
    }

    /// That `longer` outlives `shorter`.
    pub fn outlives(&mut self, longer: Region<'tcx>, shorter: Region<'tcx>) {
        let says_something = longer != shorter
            && !matches!(longer.kind(), RegionKind::ReStatic | RegionKind::ReErased | RegionKind::ReError(_))
            && !matches!(shorter.kind(), RegionKind::ReErased | RegionKind::ReError(_));
        if says_something {
            self.outlives.push(ir::OutlivesPredicate(longer.into(), shorter));
        }
    }

    pub fn equate_regions(&mut self, left: Region<'tcx>, right: Region<'tcx>) {
        if left == right {
            return;
        }
        self.outlives(left, right);
        self.outlives(right, left);
        // Where they cannot be made one, the constraints remain.
        _ = match (left.kind(), right.kind()) {
            (RegionKind::ReVar(left), RegionKind::ReVar(right)) => {
                self.regions.unify_var_var(RegionKey::from(left), RegionKey::from(right))
            }
            (RegionKind::ReVar(var), RegionKind::ReErased) | (RegionKind::ReErased, RegionKind::ReVar(var)) => {
                // Of an erased lifetime nothing is known, so neither of the other.
                _ = var;
                Ok(())
            }
            (RegionKind::ReVar(var), _) => self.regions.unify_var_value(RegionKey::from(var), Value::Known(right)),
            (_, RegionKind::ReVar(var)) => self.regions.unify_var_value(RegionKey::from(var), Value::Known(left)),
            _ => Ok(()),
        };
    }
}
