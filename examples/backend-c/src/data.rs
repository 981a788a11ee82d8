//! Data objects, as assembly: C has no addresses in the middle of bytes.

use crate::types;
use lir::{Alias, Data, Linkage};
use std::fmt::Write;

/// A name in assembly.
pub fn assembly_name(name: &str) -> String {
    types::quoted(name)
}

/// The directives that say who sees a symbol.
fn visibility(out: &mut String, name: &str, linkage: Linkage) {
    let (binding, hidden) = match linkage {
        Linkage::Internal => (None, false),
        Linkage::Hidden | Linkage::Available => (Some(".globl"), true),
        Linkage::Export => (Some(".globl"), false),
        Linkage::WeakExport | Linkage::Common => (Some(".weak"), false),
        Linkage::WeakHidden => (Some(".weak"), true),
    };
    if let Some(binding) = binding {
        let _ = writeln!(out, "{binding} {name}");
    }
    if hidden {
        let _ = writeln!(out, ".hidden {name}");
    }
}

/// The assembly of a data object.
pub fn write(data: &Data) -> String {
    let name = assembly_name(&data.name);
    let mut out = String::new();
    let zero = data.relocations.is_empty() && data.bytes.iter().all(|&byte| byte == 0);
    let section = match &data.section {
        Some(section) => {
            let flags = if data.thread_local {
                "awT"
            } else if data.writable {
                "aw"
            } else {
                "a"
            };
            format!("{},\"{flags}\"", types::quoted(section))
        }
        None => match (data.thread_local, zero, data.writable, data.relocations.is_empty()) {
            (true, true, ..) => ".tbss,\"awT\",@nobits".to_owned(),
            (true, false, ..) => ".tdata,\"awT\",@progbits".to_owned(),
            (false, true, true, _) => ".bss,\"aw\",@nobits".to_owned(),
            (false, _, true, _) => ".data,\"aw\",@progbits".to_owned(),
            (false, _, false, true) => ".rodata,\"a\",@progbits".to_owned(),
            (false, _, false, false) => ".data.rel.ro,\"aw\",@progbits".to_owned(),
        },
    };
    let _ = writeln!(out, ".pushsection {section}");
    visibility(&mut out, &name, data.linkage);
    let kind = if data.thread_local { "@tls_object" } else { "@object" };
    let _ = writeln!(out, ".type {name},{kind}\n.balign {}\n{name}:", data.align.max(1));
    let mut at = 0;
    for relocation in &data.relocations {
        let offset = usize::try_from(relocation.offset).unwrap_or(usize::MAX).min(data.bytes.len());
        bytes(&mut out, data.bytes.get(at..offset).unwrap_or_default());
        let target = assembly_name(&relocation.symbol);
        if relocation.weak {
            let _ = writeln!(out, ".weak {target}");
        }
        let _ = writeln!(out, ".quad {target}{:+}", relocation.addend);
        at = (offset + 8).min(data.bytes.len());
    }
    bytes(&mut out, data.bytes.get(at..).unwrap_or_default());
    // An object without bytes has an address of its own all the same.
    let zeros = if data.size_bytes() == 0 { 1 } else { data.zero_size_bytes };
    if zeros > 0 {
        let _ = writeln!(out, ".zero {zeros}");
    }
    let _ = writeln!(out, ".size {name},{}\n.popsection", data.size_bytes());
    out
}

fn bytes(out: &mut String, bytes: &[u8]) {
    if bytes.iter().all(|&byte| byte == 0) {
        if !bytes.is_empty() {
            let _ = writeln!(out, ".zero {}", bytes.len());
        }
        return;
    }
    for line in bytes.chunks(32) {
        let list: Vec<String> = line.iter().map(u8::to_string).collect();
        let _ = writeln!(out, ".byte {}", list.join(","));
    }
}

/// The assembly of a second name.
pub fn alias(alias: &Alias) -> String {
    let (name, target) = (assembly_name(&alias.name), assembly_name(&alias.target));
    let mut out = String::new();
    visibility(&mut out, &name, alias.linkage);
    let _ = writeln!(out, ".set {name},{target}");
    out
}
