//! How values are passed, in C's words.
//!
//! LIR's signatures say what is in registers and what in memory; C's classify types. Where both agree for a C type of ours,
//! functions can call those of other back ends; where no C type does, the function is rejected (`unsupported`).

use crate::types;
use lir::{CallConv, Extension, Param, PointerRole, Scalar, Signature, Type};

/// Why C cannot say a signature.
pub fn unsupported(signature: &Signature) -> Option<String> {
    match signature.conv {
        CallConv::C | CallConv::SysV64 => {}
        CallConv::Win64 if signature.returns.len() > 1 => return Some("two results of a Windows function".into()),
        CallConv::Win64 => {}
        CallConv::Cold => return Some("the calling convention `cold`".into()),
        CallConv::X86Interrupt => return Some("the calling convention of interrupts".into()),
        CallConv::Aapcs => return Some("the calling convention of 32-bit Arm".into()),
    }
    for param in signature.all_params() {
        match param.attrs.role {
            // C passes small structs in registers.
            Some(PointerRole::ByValue { size, .. }) if size <= 16 => {
                return Some("a small struct on the stack".into());
            }
            _ => {}
        }
    }
    let single = signature.returns.len() == 1;
    for (param, is_result) in
        signature.params.iter().map(|it| (it, false)).chain(signature.returns.iter().map(|it| (it, true)))
    {
        if param.ty.is_vector() && !matches!(types::c_lanes(param.ty) * param.ty.lane().size_bytes(8), 8 | 16) {
            return Some("a vector in registers".into());
        }
        let wide = param.ty.is_vector() || matches!(param.ty.lane(), Scalar::I128 | Scalar::F128);
        if is_result && !single && wide {
            return Some("several wide results".into());
        }
    }
    (signature.returns.len() > 2).then(|| "more than two results".into())
}

/// The C type of a parameter: narrow integers that are extended by sign are signed.
fn param_type(param: &Param) -> String {
    match (param.attrs.role, param.attrs.extension, param.ty) {
        (Some(PointerRole::ByValue { size, align }), ..) => by_value(size, align),
        (_, Extension::Sign, Type::Scalar(scalar)) => types::signed(scalar).to_owned(),
        _ => types::name(param.ty),
    }
}

/// The struct that is passed where a pointer's pointee is to be copied to the stack.
fn by_value(size: u64, align: u64) -> String {
    format!("struct by_value_{size}_{align}")
}

/// The declarations of the structs that a signature needs: by-value arguments, and its results.
pub fn declarations(signature: &Signature) -> Vec<String> {
    let mut all = Vec::new();
    for param in signature.all_params() {
        if let Some(PointerRole::ByValue { size, align }) = param.attrs.role {
            let name = by_value(size, align);
            all.push(format!("{name} {{ u8 bytes[{size}]; }} __attribute__((aligned({})));\n", align.max(1)));
        }
    }
    if let [a, b] = &signature.returns[..] {
        // Each result in a register of its own: C would put two small ones into one.
        let field = |param: &Param, name| format!("{} {name} __attribute__((aligned(8)));", param_type(param));
        all.push(format!("{} {{ {} {} }};\n", result_type(signature), field(a, "a"), field(b, "b")));
    }
    all
}

/// Is the first parameter where the result goes? Then its address is returned as well.
pub fn returns_struct(signature: &Signature) -> bool {
    let first = signature.params.first();
    let is_place = first.is_some_and(|it| matches!(it.attrs.role, Some(PointerRole::StructReturn { .. })));
    is_place && signature.returns.is_empty()
}

/// The C type of what a function returns.
pub fn result_type(signature: &Signature) -> String {
    match &signature.returns[..] {
        [] if returns_struct(signature) => "ptr".to_owned(),
        [] => "void".to_owned(),
        [one] => param_type(one),
        [a, b] => format!("struct results_{}_{}", param_type(a), param_type(b)),
        _ => "void".to_owned(),
    }
}

/// The attribute of a calling convention other than C's.
fn convention(signature: &Signature) -> &'static str {
    if signature.conv == CallConv::Win64 { "__attribute__((ms_abi)) " } else { "" }
}

/// A function's declaration: `u32 name(u32 p0, …)`.
pub fn function(signature: &Signature, name: &str) -> String {
    let params = signature.params.iter().enumerate().map(|(index, it)| format!("{} p{index}", param_type(it)));
    format!("{}{} {name}({})", convention(signature), result_type(signature), list(params, signature))
}

/// The type of a pointer to a function: `u32 (*)(u32, …)`.
pub fn pointer(signature: &Signature) -> String {
    let params = signature.params.iter().map(param_type);
    format!("{}{} (*)({})", convention(signature), result_type(signature), list(params, signature))
}

fn list(params: impl Iterator<Item = String>, signature: &Signature) -> String {
    let mut params: Vec<String> = params.collect();
    if params.is_empty() {
        // Without named parameters C has no `...`: it says nothing of them instead.
        return if signature.variadic { String::new() } else { "void".to_owned() };
    }
    if signature.variadic {
        params.push("...".to_owned());
    }
    params.join(", ")
}

/// What a parameter's value is in the function.
pub fn received(param: &Param, index: usize) -> String {
    match param.attrs.role {
        Some(PointerRole::ByValue { .. }) => format!("(ptr)&p{index}"),
        _ => format!("({})p{index}", types::name(param.ty)),
    }
}

/// What a value is as an argument. `param` is absent for what a variadic call adds.
pub fn argument(param: Option<&Param>, ty: Type, value: &str) -> String {
    match param {
        Some(param) => match param.attrs.role {
            Some(PointerRole::ByValue { size, align }) => format!("*({} *){value}", by_value(size, align)),
            _ if param.ty.is_vector() => value.to_owned(),
            _ => format!("({}){value}", param_type(param)),
        },
        // C widens these in any case.
        None if matches!(ty, Type::I8 | Type::I16) => format!("(u32){value}"),
        None => value.to_owned(),
    }
}
