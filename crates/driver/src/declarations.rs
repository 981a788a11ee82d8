//! What modules must know of functions that they do not define, on targets where a name alone does not do: WebAssembly's
//! objects say which signature a function has, and from where it is imported (`#[link(wasm_import_module = "…")]`).

use crate::error::{DriverError, ProgramError};
use crate::front_half::FrontHalf;
use lir::{Declaration, Function, Import, Module, Signature, SymbolKind};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::sync::Arc;
use ty::{DefKind, Instance, NativeLibKind};

/// The foreign functions that a program refers to; none where the target's objects do not care.
///
/// # Errors
/// Two modules are to have a function of one symbol, or a signature is none for the target.
pub(crate) fn foreign(front: &FrontHalf<'_>, program: &mono::Program) -> Result<Vec<Declaration>, DriverError> {
    let definitions = front.tcx.definitions();
    if !front.tcx.session().cfg.holds("target_family", Some("wasm")) {
        return Ok(Vec::new());
    }
    let referred: FxHashSet<&str> = referred(&program.functions, &program.data).collect();
    let mut found: BTreeMap<Arc<str>, Declaration> = BTreeMap::new();
    for (krate, _) in front.session.crate_sources() {
        let libraries = definitions.native_libraries(krate);
        for block in definitions.foreign_modules(krate) {
            let module = libraries.iter().find(|library| {
                library.kind == NativeLibKind::WasmImportModule && library.foreign_module == Some(block.def_id)
            });
            for item in block.items.into_iter().filter(|&item| definitions.def_kind(item) == DefKind::Fn) {
                let instance = Instance::new(item, ty::List::empty());
                let name = front.cx.symbol_name(instance);
                if !referred.contains(name.as_str()) || name.as_str().starts_with("llvm.") {
                    continue;
                }
                let symbol: Arc<str> = name.as_str().into();
                let abi = front.cx.fn_abi_of_instance(instance).map_err(|error| {
                    DriverError::Program(vec![ProgramError {
                        message: format!("the foreign function `{symbol}` cannot be called: {error}"),
                        ..ProgramError::default()
                    }])
                })?;
                let signature = abi.to_lir_signature(front.cx.layout);
                let import = module.map(|it| {
                    let name = front.cx.mangler.given_name(item).map_or_else(|| symbol.clone(), Arc::from);
                    Import { module: it.name.as_str().into(), name }
                });
                let declaration = Declaration { symbol: symbol.clone(), signature, import };
                match found.get(&symbol) {
                    Some(other) if other.import != declaration.import => {
                        let from = |it: &Declaration| match &it.import {
                            Some(import) => format!("the module `{}`", import.module),
                            None => "no module in particular".to_owned(),
                        };
                        return Err(DriverError::Program(vec![ProgramError {
                            message: format!("`{symbol}` is imported in two ways, which is not supported"),
                            notes: vec![format!("from {}, and from {}", from(other), from(&declaration))],
                            ..ProgramError::default()
                        }]));
                    }
                    Some(_) => {}
                    None => drop(found.insert(symbol, declaration)),
                }
            }
        }
    }
    Ok(found.into_values().collect())
}

/// Tells each module what it refers to and does not define: these foreign functions, and functions of other modules.
pub(crate) fn add(modules: &mut [Module], foreign: &[Declaration]) {
    let mut signatures: FxHashMap<Arc<str>, Signature> = FxHashMap::default();
    for function in modules.iter().flat_map(|module| &module.functions) {
        signatures.entry(function.name.clone()).or_insert_with(|| function.signature.clone());
    }
    for module in modules {
        let own: FxHashSet<&str> = module.functions.iter().map(|function| &*function.name).collect();
        let mut names: Vec<&str> =
            referred(&module.functions, &module.data).filter(|name| !own.contains(name)).collect();
        names.sort_unstable();
        names.dedup();
        let declaration = |name: &str| {
            if let Some(known) = foreign.iter().find(|it| *it.symbol == *name) {
                return Some(known.clone());
            }
            let signature = signatures.get(name)?.clone();
            Some(Declaration { symbol: name.into(), signature, import: None })
        };
        module.declarations = names.into_iter().filter_map(declaration).collect();
    }
}

/// The functions that functions and data refer to.
fn referred<'a>(functions: &'a [Function], data: &'a [lir::Data]) -> impl Iterator<Item = &'a str> {
    let symbols = functions.iter().flat_map(|function| &function.symbols);
    let of_functions = symbols.filter(|symbol| symbol.kind == SymbolKind::Function).map(|symbol| &*symbol.name);
    let relocations = data.iter().flat_map(|data| &data.relocations).filter(|relocation| relocation.function);
    of_functions.chain(relocations.map(|relocation| &*relocation.symbol))
}
