//! A module as one C file: types, declarations, functions, data.

use crate::{data, function, signature, types, unsupported};
use backend::{Options, Rejected};
use lir::{Function, InlineHint, Inst, Linkage, Module, SymbolKind};
use std::collections::{BTreeMap, BTreeSet};

const PRELUDE: &str = include_str!("prelude.h");

/// The C names of the symbols that a module mentions.
///
/// A function that the file defines has a C function. Everything else is an array of bytes with the symbol's name in assembly:
/// C then knows nothing of it but the address, and calls go through a cast.
#[derive(Default)]
pub(crate) struct Names {
    functions: BTreeMap<String, (usize, String)>,
    others: BTreeMap<String, usize>,
}

impl Names {
    /// The C name of a function that is defined here.
    pub(crate) fn function(&self, symbol: &str) -> String {
        self.functions.get(symbol).map_or_else(|| "missing".to_owned(), |(number, _)| format!("fn{number}"))
    }

    /// A symbol's address as an expression.
    pub(crate) fn address(&self, symbol: &str) -> String {
        match self.functions.get(symbol) {
            Some((number, _)) => format!("(ptr)fn{number}"),
            None => format!("(ptr)x{}", self.others.get(symbol).copied().unwrap_or_default()),
        }
    }

    /// What a call of a symbol by a pointer of that type names.
    pub(crate) fn callee(&self, symbol: &str, pointer: &str) -> String {
        match self.functions.get(symbol) {
            Some((number, own)) if own == pointer => format!("fn{number}"),
            Some((number, _)) => format!("(({pointer})opaque((ptr)fn{number}))"),
            None => format!("(({pointer}){})", self.address(symbol)),
        }
    }
}

/// The C text of a module, and what is not in it.
pub fn write(module: &Module, options: &Options) -> (String, Vec<Rejected>) {
    let mut rejected = Vec::new();
    if !module.global_asm.is_empty() {
        rejected.push(Rejected { function: String::new(), construct: "global assembly".to_owned() });
    }
    let mut functions: Vec<&Function> = Vec::new();
    for function in &module.functions {
        match unsupported::construct(function) {
            Some(construct) => rejected.push(Rejected { function: function.name.to_string(), construct }),
            // Another object defines it.
            None if function.linkage == Linkage::Available => {}
            None => functions.push(function),
        }
    }
    let mut out = PRELUDE.to_owned();
    declare_types(&mut out, &functions);
    let names = declare_symbols(&mut out, module, &functions);
    for function in &functions {
        out += &function::write(function, &names, options.debug);
    }
    out += "#line 1 \"data\"\n";
    for text in module.data.iter().map(data::write).chain(module.aliases.iter().map(data::alias)) {
        out += &format!("__asm__({});\n", types::quoted(&text));
    }
    (out, rejected)
}

/// Vectors' types, and the structs that signatures need.
fn declare_types(out: &mut String, functions: &[&Function]) {
    let mut vectors = BTreeSet::new();
    let mut structs = BTreeSet::new();
    for function in functions {
        let signatures = || function.signatures.iter().chain([&function.signature]);
        let in_signatures = signatures().flat_map(|it| it.params.iter().chain(&it.returns)).map(|param| param.ty);
        let all = function.values.iter().chain(&function.vars).copied().chain(in_signatures);
        vectors.extend(all.filter(|ty| ty.is_vector()).map(types::vector_declaration));
        structs.extend(signatures().flat_map(signature::declarations));
    }
    out.extend(vectors.into_iter().chain(structs));
}

/// Declares all symbols that functions mention.
fn declare_symbols(out: &mut String, module: &Module, functions: &[&Function]) -> Names {
    let mut names = Names::default();
    for (number, function) in functions.iter().enumerate() {
        names.functions.insert(function.name.to_string(), (number, signature::pointer(&function.signature)));
        let declaration = signature::function(&function.signature, &format!("fn{number}"));
        let (storage, attributes) = attributes(function);
        let name = types::quoted(&function.name);
        *out += &format!("{storage}{declaration} __asm__({name}) {attributes};\n");
    }
    let hidden: BTreeSet<&str> = module
        .data
        .iter()
        .filter(|data| data.linkage != Linkage::Export)
        .map(|data| &*data.name)
        // What is rejected of this module comes from an object of the same image.
        .chain(module.functions.iter().filter(|it| it.linkage == Linkage::Hidden).map(|it| &*it.name))
        .collect();
    for function in functions {
        for symbol in &function.symbols {
            let is_new = !names.functions.contains_key(&*symbol.name) && !names.others.contains_key(&*symbol.name);
            if !is_new || !mentions(function, &symbol.name) {
                continue;
            }
            let number = names.others.len();
            names.others.insert(symbol.name.to_string(), number);
            let thread = if symbol.kind == SymbolKind::ThreadLocal { "__thread " } else { "" };
            let weak = if symbol.weak { " __attribute__((weak))" } else { "" };
            let is_hidden = hidden.contains(&*symbol.name) || (symbol.local && !symbol.weak);
            let visibility = if is_hidden { " __attribute__((visibility(\"hidden\")))" } else { "" };
            let name = types::quoted(&symbol.name);
            *out += &format!("extern {thread}u8 x{number}[] __asm__({name}){weak}{visibility};\n");
        }
    }
    names
}

/// Does a function's code mention a symbol? Its personality is no matter of C's.
fn mentions(function: &Function, name: &str) -> bool {
    let is_it = |symbol: lir::SymbolRefId| &*function.symbol(symbol).name == name;
    function.blocks.iter().flat_map(|block| &block.nodes).any(|node| match &node.inst {
        Inst::SymbolAddr { symbol, .. } | Inst::TlsAddr { symbol } => is_it(*symbol),
        Inst::Call(call) => matches!(call.callee, lir::Callee::Symbol(symbol) if is_it(symbol)),
        _ => false,
    })
}

/// A function's storage class, and its attributes.
fn attributes(function: &Function) -> (&'static str, String) {
    let mut all = vec!["used".to_owned()];
    let storage = match function.linkage {
        Linkage::Internal => "static ",
        _ => "",
    };
    match function.linkage {
        Linkage::Hidden => all.push("visibility(\"hidden\")".to_owned()),
        Linkage::WeakExport | Linkage::Common => all.push("weak".to_owned()),
        Linkage::WeakHidden => all.extend(["weak".to_owned(), "visibility(\"hidden\")".to_owned()]),
        Linkage::Internal | Linkage::Export | Linkage::Available => {}
    }
    let attrs = &function.attrs;
    match attrs.inline {
        InlineHint::Never => all.push("noinline".to_owned()),
        InlineHint::None | InlineHint::Hint | InlineHint::Always => {}
    }
    if attrs.cold {
        all.push("cold".to_owned());
    }
    if attrs.noreturn && function.signature.returns.is_empty() && !signature::returns_struct(&function.signature) {
        all.push("noreturn".to_owned());
    }
    if let Some(section) = &attrs.section {
        all.push(format!("section({})", types::quoted(section)));
    }
    if attrs.align > 0 {
        all.push(format!("aligned({})", attrs.align));
    }
    (storage, format!("__attribute__(({}))", all.join(", ")))
}
