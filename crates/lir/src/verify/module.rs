//! The rules of modules beyond those of their functions.

use super::VerifyError;
use super::inst::check_align;
use crate::{Data, DebugTypeId, Linkage, Module, SymbolKind};
use rustc_hash::FxHashMap;
use std::sync::Arc;

pub(super) fn verify(module: &Module, pointer_bytes: u32, errors: &mut Vec<VerifyError>) {
    let mut error = |symbol: &Arc<str>, message: String| {
        errors.push(VerifyError { symbol: symbol.clone(), at: None, message });
    };
    let functions = module.functions.iter().map(|function| (&function.name, SymbolKind::Function));
    let data = module
        .data
        .iter()
        .map(|data| (&data.name, if data.thread_local { SymbolKind::ThreadLocal } else { SymbolKind::Data }));
    let mut definitions: FxHashMap<&str, SymbolKind> = FxHashMap::default();
    for (name, kind) in functions.chain(data) {
        if definitions.insert(name, kind).is_some() {
            error(name, "two definitions".to_owned());
        }
    }
    for alias in &module.aliases {
        match definitions.get(&*alias.target).copied() {
            None => error(&alias.name, format!("the alias's target {} is not in the module", alias.target)),
            Some(kind) => {
                if definitions.insert(&alias.name, kind).is_some() {
                    error(&alias.name, "two definitions".to_owned());
                }
            }
        }
    }
    for declaration in &module.declarations {
        if definitions.contains_key(&*declaration.symbol) {
            error(&declaration.symbol, "declared and defined".to_owned());
        }
    }
    let in_range = |id: DebugTypeId| module.debug_types.contains(id);
    for data in &module.data {
        if let Err(message) = check_data(data, pointer_bytes) {
            error(&data.name, message);
        }
        if let Some(debug) = data.debug.as_ref().filter(|debug| !in_range(debug.ty)) {
            error(&data.name, format!("{}: {} is not in the table of types", debug.name, debug.ty));
        }
    }
    for function in &module.functions {
        for symbol in &function.symbols {
            if let Some(&kind) = definitions.get(&*symbol.name)
                && kind != symbol.kind
            {
                let message = format!("{} is used as `{}` and defined as `{kind}`", symbol.name, symbol.kind);
                error(&function.name, message);
            }
        }
        for variable in function.debug_variables.iter().filter(|variable| !in_range(variable.ty)) {
            error(&function.name, format!("{}: {} is not in the table of types", variable.name, variable.ty));
        }
        if let Some(ty) = function.debug_result.filter(|&ty| !in_range(ty)) {
            error(&function.name, format!("the result: {ty} is not in the table of types"));
        }
    }
    for (index, ty) in module.debug_types.iter().enumerate() {
        let mut bad = None;
        ty.for_each_type(&mut |id| bad = bad.or((!in_range(id)).then_some(id)));
        if let Some(id) = bad {
            error(&Arc::from(""), format!("type{index}: {id} is not in the table of types"));
        }
    }
}

fn check_data(data: &Data, pointer_bytes: u32) -> Result<(), String> {
    if data.name.is_empty() {
        return Err("a data object has a name".to_owned());
    }
    check_align(data.align)?;
    if (data.bytes.len() as u64).checked_add(data.zero_size_bytes).is_none() {
        return Err("the object is larger than the address space".to_owned());
    }
    if data.linkage == Linkage::Common && (!data.bytes.is_empty() || !data.writable) {
        return Err("common objects are writable and zero".to_owned());
    }
    if data.linkage == Linkage::Available {
        return Err("only functions are copies of what is defined elsewhere".to_owned());
    }
    if data.mergeable && (data.writable || data.thread_local) {
        return Err("mergeable objects are constants".to_owned());
    }
    let mut free_from = 0;
    for relocation in &data.relocations {
        let offset = relocation.offset;
        if offset < free_from {
            return Err(format!("the relocation at {offset} overlaps the one before or is out of order"));
        }
        let end = offset.checked_add(u64::from(pointer_bytes)).ok_or("a relocation behind the address space")?;
        let field = usize::try_from(offset).ok().zip(usize::try_from(end).ok());
        let field = field.and_then(|(start, end)| data.bytes.get(start..end));
        let field = field.ok_or_else(|| format!("the relocation at {offset} is outside of the bytes"))?;
        if field.iter().any(|byte| *byte != 0) {
            return Err(format!("the bytes under the relocation at {offset} are not zero"));
        }
        free_from = end;
    }
    Ok(())
}
