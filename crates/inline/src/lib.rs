//! Inlining in LIR, for back ends that look at one function at a time.
//!
//! **What goes in.** The functions and data of a whole program. **What comes out.** The same program, in which calls of functions
//! that ask for it (`#[inline(always)]`), and of small ones for which it pays (`#[inline]`), are replaced by their bodies, and
//! without those functions that nothing needs any more. A caller's content includes what was inlined into it, so caches that
//! go by content stay right.
//!
//! **What it must not know.** Rust types, MIR, back ends, options.
//!
//! # Rules
//!
//! * Functions that call themselves, directly or by others, stay calls; so does what cannot be moved into another frame
//!   (arguments by value on the stack, variable arguments), and what only some back ends compile (assembly).
//! * Locations are kept: the body's function becomes a scope that was inlined at the call.
//! * What unwinds out of a body goes where the call's unwinding went.
//! * A body's slots become the caller's. Bodies that run one after the other share them, so a frame grows by the largest
//!   body, not by their sum.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod body;
mod splice;

use lir::{Data, Function, Linkage};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// The bodies to be inlined, by name. Nothing that they call is to be inlined into them any more.
pub(crate) type Bodies = FxHashMap<Arc<str>, Function>;

/// Inlines in a program, and drops what nothing needs any more. `is_needed` says which names others may ask
/// for: functions of such names stay.
pub fn inline(functions: &mut Vec<Function>, data: &[Data], is_needed: &dyn Fn(&str) -> bool) {
    let mut bodies = bodies(functions);
    if bodies.is_empty() {
        return;
    }
    functions.par_iter_mut().with_min_len(64).for_each(|function| {
        if !bodies.contains_key(&function.name) {
            splice::inline_into(function, &bodies);
        }
    });
    drop_unneeded(functions, data, &bodies, is_needed);
    for function in functions {
        if let Some(done) = bodies.remove(&function.name) {
            *function = done;
        }
    }
}

/// The bodies of all functions that are to be inlined and can be, each with those inlined that it calls.
fn bodies(functions: &[Function]) -> Bodies {
    let wanted: FxHashMap<&str, &Function> = functions
        .iter()
        .filter(|function| body::is_inlinable(function))
        .map(|function| (&*function.name, function))
        .collect();
    let mut bodies = Bodies::default();
    for function in callees_first(functions, &wanted) {
        let mut body = function.clone();
        splice::inline_into(&mut body, &bodies);
        if body::size(&body) <= body::MAX_SIZE {
            bodies.insert(body.name.clone(), body);
        }
    }
    bodies
}

/// The wanted functions, each after those that it calls, in an order that follows from that of all functions. Functions that
/// lead to themselves are left out: one of each circle.
fn callees_first<'a>(functions: &'a [Function], wanted: &FxHashMap<&str, &'a Function>) -> Vec<&'a Function> {
    let callees = |function: &'a Function| -> std::vec::IntoIter<&'a Function> {
        let callees = function.symbols.iter().filter_map(|symbol| wanted.get(&*symbol.name).copied());
        callees.collect::<Vec<_>>().into_iter()
    };
    let mut order = Vec::with_capacity(wanted.len());
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    let mut open: FxHashSet<&str> = FxHashSet::default();
    let mut recursive: FxHashSet<&str> = FxHashSet::default();
    for function in functions.iter().filter_map(|function| wanted.get(&*function.name)) {
        if !seen.insert(&function.name) {
            continue;
        }
        open.insert(&function.name);
        let mut stack = vec![(*function, callees(function))];
        while let Some((function, rest)) = stack.last_mut() {
            match rest.next() {
                Some(callee) if seen.insert(&callee.name) => {
                    open.insert(&callee.name);
                    stack.push((callee, callees(callee)));
                }
                Some(callee) => {
                    if open.contains(&*callee.name) {
                        recursive.insert(&callee.name);
                    }
                }
                None => {
                    open.remove(&*function.name);
                    order.push(*function);
                    stack.pop();
                }
            }
        }
    }
    order.retain(|function| !recursive.contains(&*function.name));
    order
}

/// Drops functions that were inlined wherever they were called, and that nothing else refers to.
fn drop_unneeded(functions: &mut Vec<Function>, data: &[Data], bodies: &Bodies, is_needed: &dyn Fn(&str) -> bool) {
    let may_go = |function: &Function| {
        bodies.contains_key(&function.name)
            && matches!(function.linkage, Linkage::Hidden | Linkage::Internal | Linkage::Available)
            && !function.attrs.used
            && !is_needed(&function.name)
    };
    let candidates: FxHashMap<&str, usize> = functions
        .iter()
        .enumerate()
        .filter(|(_, function)| may_go(function))
        .map(|(index, function)| (&*function.name, index))
        .collect();
    let used = |function: &Function| -> Vec<usize> {
        let done = bodies.get(&function.name).unwrap_or(function);
        let names = body::used_symbols(done, |name| candidates.contains_key(name));
        names.into_iter().map(|name| candidates[name]).collect()
    };
    let of_functions = functions.par_iter().with_min_len(64).flat_map_iter(|function| {
        let stays = !candidates.contains_key(&*function.name);
        if stays { used(function) } else { Vec::new() }
    });
    let mut queue: Vec<usize> = of_functions.collect();
    let of_data = data.iter().flat_map(|data| &data.relocations);
    queue.extend(of_data.filter_map(|relocation| candidates.get(&*relocation.symbol).copied()));
    let mut kept: FxHashSet<usize> = FxHashSet::default();
    while let Some(index) = queue.pop() {
        if kept.insert(index) {
            queue.extend(used(&functions[index]));
        }
    }
    let dropped: FxHashSet<usize> = candidates.into_values().filter(|index| !kept.contains(index)).collect();
    let mut index = 0;
    functions.retain(|_| {
        index += 1;
        !dropped.contains(&(index - 1))
    });
}
