//! The rules of a function's tables.

use super::Check;
use super::inst::{check_align, check_range, check_type};
use crate::{
    Captures, DebugPlace, Extension, Function, LocId, Param, PointerRole, ScopeId, ScopeKind, Signature, SymbolKind,
    Type,
};

pub(super) fn check(function: &Function, pointer_bytes: u32) -> Check {
    function.values.iter().chain(&function.vars).try_for_each(|ty| check_type(*ty))?;
    function.slots.iter().try_for_each(|slot| check_align(slot.align))?;
    check_signature(&function.signature, pointer_bytes)?;
    if !function.signature.extra.is_empty() {
        return Err("a function's own signature ends with `...`".to_owned());
    }
    for (id, signature) in function.signatures.iter_enumerated() {
        check_signature(signature, pointer_bytes).map_err(|message| format!("{id}: {message}"))?;
    }
    for (id, symbol) in function.symbols.iter_enumerated() {
        if symbol.name.is_empty() {
            return Err(format!("{id} has no name"));
        }
    }
    if let Some(personality) = function.personality {
        match function.symbols.get(personality) {
            None => return Err(format!("{personality} is not in the table of symbols")),
            Some(symbol) if symbol.kind != SymbolKind::Function => {
                return Err(format!("the personality {} is not a function", symbol.name));
            }
            Some(_) => {}
        }
    }
    check_debug(function)
}

fn check_signature(signature: &Signature, pointer_bytes: u32) -> Check {
    if !signature.extra.is_empty() && !signature.variadic {
        return Err("parameters beyond those of a signature that is not variadic".to_owned());
    }
    for (index, param) in signature.all_params().enumerate() {
        check_param(param, pointer_bytes).map_err(|message| format!("parameter {index}: {message}"))?;
        if matches!(param.attrs.role, Some(PointerRole::StructReturn { .. })) && index > 0 {
            return Err(format!("parameter {index}: sret is for the first parameter"));
        }
    }
    check_groups(&signature.params)?;
    check_groups(&signature.extra)?;
    for (index, param) in signature.returns.iter().enumerate() {
        check_param(param, pointer_bytes).map_err(|message| format!("result {index}: {message}"))?;
        if param.attrs.role.is_some() || param.attrs.group != 0 {
            return Err(format!("result {index}: sret, byval and group are for parameters"));
        }
    }
    Ok(())
}

/// The parts of an argument are there, are alike, and have no parts themselves.
fn check_groups(params: &[Param]) -> Check {
    for (index, first) in params.iter().enumerate() {
        let count = usize::from(first.attrs.group);
        if count == 0 {
            continue;
        }
        let parts = params.get(index + 1..index + count).filter(|parts| !parts.is_empty());
        let is_part = |part: &Param| part.ty == first.ty && part.attrs.group == 0;
        if !parts.is_some_and(|parts| parts.iter().all(is_part)) {
            return Err(format!("group({count}) is for the first of {count} parameters of one type"));
        }
    }
    Ok(())
}

fn check_param(param: &Param, pointer_bytes: u32) -> Check {
    let attrs = &param.attrs;
    check_type(param.ty)?;
    if attrs.extension != Extension::None && !matches!(param.ty, Type::Scalar(lane) if lane.is_int()) {
        return Err(format!("zext and sext are for integers, not {}", param.ty));
    }
    let pointer_only = [
        (attrs.role.is_some(), "sret and byval"),
        (attrs.noalias, "noalias"),
        (attrs.nonnull, "nonnull"),
        (attrs.readonly, "readonly"),
        (attrs.writable, "writable"),
        (attrs.dead_on_return, "dead_on_return"),
        (attrs.captures != Captures::Anything, "captures"),
        (attrs.dereferenceable != 0 || attrs.dereferenceable_or_null, "dereferenceable"),
        (attrs.align != 0, "align"),
    ];
    if let Some((_, name)) = pointer_only.iter().find(|(set, _)| *set && param.ty != Type::PTR) {
        return Err(format!("{name} is for pointers, not {}", param.ty));
    }
    if attrs.align != 0 {
        check_align(attrs.align)?;
    }
    match attrs.role {
        Some(PointerRole::StructReturn { align, .. } | PointerRole::ByValue { align, .. }) => check_align(align)?,
        None => {}
    }
    attrs.range.map_or(Ok(()), |range| check_range(param.ty, range, pointer_bytes))
}

fn check_debug(function: &Function) -> Check {
    let loc = |id: LocId| {
        let known = id.is_none() || function.locations.contains(id);
        if known { Ok(()) } else { Err(format!("{id} is not in the table of locations")) }
    };
    let scope = |id: ScopeId| {
        let known = function.scopes.contains(id);
        if known { Ok(()) } else { Err(format!("{id} is not in the table of scopes")) }
    };
    for (id, location) in function.locations.iter_enumerated() {
        if !function.files.contains(location.file) {
            return Err(format!("{id}: {} is not in the table of files", location.file));
        }
        scope(location.scope).map_err(|message| format!("{id}: {message}"))?;
    }
    for id in function.scopes.keys() {
        check_scope(function, id).map_err(|message| format!("{id}: {message}"))?;
    }
    for variable in &function.debug_variables {
        let place = match variable.place {
            DebugPlace::Slot { slot, .. } | DebugPlace::Pointer { slot, .. } => function.slots.contains(slot),
            DebugPlace::Var(var) => function.vars.contains(var),
        };
        if !place {
            return Err(format!("the debug variable {} is in a place that does not exist", variable.name));
        }
        scope(variable.scope)?;
        loc(variable.loc)?;
    }
    Ok(())
}

/// Scopes form a tree, and calls that were inlined are in scopes before their own, so that walks end.
fn check_scope(function: &Function, id: ScopeId) -> Check {
    let scope = &function.scopes[id];
    if !function.files.contains(scope.file) {
        return Err(format!("{} is not in the table of files", scope.file));
    }
    let first = scope.kind == ScopeKind::Function;
    if first != (id == ScopeId::ZERO) {
        return Err("the first scope, and no other, is the function's".to_owned());
    }
    match scope.parent {
        None if !first => return Err("a scope other than the first has a parent".to_owned()),
        Some(parent) if parent >= id => return Err(format!("{parent} comes later than its child")),
        _ => {}
    }
    if let ScopeKind::Inlined { call, .. } = &scope.kind
        && !call.is_none()
    {
        let location = function.locations.get(*call);
        let location = location.ok_or_else(|| format!("{call} is not in the table of locations"))?;
        if location.scope >= id {
            return Err(format!("the call at {call} is in a later scope"));
        }
    }
    Ok(())
}
