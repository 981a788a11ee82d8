//! All bodies of a crate.

use super::{write_body, write_static};
use crate::visit::{Location, Visitor};
use crate::{AggregateKind, Bodies, Rvalue};
use std::collections::HashSet;
use std::fmt::{self, Write};
use ty::{CrateNum, DefId, DefKind, Tcx};

/// Writes every function and static of a crate that code may be generated for, in the order of definition, each followed
/// by the closures that it makes: optimised bodies, what is promoted out of them, how coroutines are dropped, initial
/// values of statics.
///
/// Stops where the writer does. Unwinds with a [`ty::MetadataError`] where the metadata is damaged.
pub fn write_crate<'tcx>(
    out: &mut dyn Write,
    tcx: Tcx<'tcx>,
    bodies: &dyn Bodies<'tcx>,
    krate: CrateNum,
) -> fmt::Result {
    let mut seen = HashSet::new();
    let mut first = true;
    for item in bodies.local_codegen_items(krate) {
        let mut waiting = vec![item];
        while let Some(def_id) = waiting.pop() {
            if !seen.insert(def_id) {
                continue;
            }
            let mut text = String::new();
            write_item(&mut text, tcx, bodies, def_id)?;
            if !text.is_empty() {
                if !std::mem::replace(&mut first, false) {
                    writeln!(out)?;
                }
                out.write_str(&text)?;
            }
            if bodies.has_optimized_mir(def_id) {
                let mut closures = Closures { krate, found: Vec::new() };
                closures.visit_body(bodies.optimized_mir(def_id));
                waiting.extend(closures.found.into_iter().rev());
            }
        }
    }
    Ok(())
}

/// Finds the closures and coroutines of a crate that a body makes.
struct Closures {
    krate: CrateNum,
    found: Vec<DefId>,
}

impl<'tcx> Visitor<'tcx> for Closures {
    fn visit_rvalue(&mut self, rvalue: &Rvalue<'tcx>, _: Location) {
        if let Rvalue::Aggregate(kind, _) = rvalue
            && let AggregateKind::Closure(did, _)
            | AggregateKind::Coroutine(did, _)
            | AggregateKind::CoroutineClosure(did, _) = **kind
            && did.krate == self.krate
        {
            self.found.push(did);
        }
    }
}

fn write_item<'tcx>(out: &mut String, tcx: Tcx<'tcx>, bodies: &dyn Bodies<'tcx>, def_id: DefId) -> fmt::Result {
    let name = tcx.def_path_str(def_id);
    if let DefKind::Static { mutable, .. } = bodies.def_kind(def_id) {
        return match bodies.static_initializer(def_id) {
            Some(value) => {
                let header = format!("static {}{name}", if mutable { "mut " } else { "" });
                write_static(out, tcx, &header, value.0)
            }
            None => Ok(()),
        };
    }
    if !bodies.has_optimized_mir(def_id) {
        return Ok(());
    }
    let body = bodies.optimized_mir(def_id);
    write_body(out, tcx, &format!("fn {name}"), body)?;
    if let Some(drop) = body.coroutine.as_ref().and_then(|coroutine| coroutine.coroutine_drop.as_ref()) {
        writeln!(out)?;
        write_body(out, tcx, &format!("fn {name}::{{drop}}"), drop)?;
    }
    if let DefKind::Ctor(..) = bodies.def_kind(def_id) {
        return Ok(());
    }
    for (promoted, body) in bodies.promoted_mir(def_id).iter_enumerated() {
        writeln!(out)?;
        write_body(out, tcx, &format!("const {name}::promoted[{}]", promoted.as_u32()), body)?;
    }
    Ok(())
}
