//! Signatures in a form in which rustc's LLVM IR and ours can be compared: each parameter as its type and its attributes
//! in alphabetic order.
//!
//! What the machine does not tell apart is the same here: `i1` that fills a byte, integers of odd widths, structs of
//! registers, arrays of them (whose first says how many there are).

use bessemer_layout::LayoutCx;
use bessemer_layout::abi::FnAbi;
use lir::{Captures, Extension, Param, PointerRole, Scalar, Type};
use std::collections::BTreeMap;
use ty::{GenericArgs, Instance};

/// Reads the function definitions and declarations of a module.
pub fn signatures(module: &str) -> BTreeMap<String, String> {
    let mut nounwind = Vec::new();
    for line in module.lines().filter(|line| line.starts_with("attributes #")) {
        let number = line["attributes #".len()..].split(' ').next().expect("a number");
        if line.split_whitespace().any(|word| word == "nounwind") {
            nounwind.push(format!("#{number}"));
        }
    }
    let mut found = BTreeMap::new();
    for line in module.lines() {
        let Some(rest) = line.strip_prefix("define ").or_else(|| line.strip_prefix("declare ")) else { continue };
        let (head, rest) = rest.split_once('@').expect("a name");
        let (name, rest) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').expect("a quoted name"),
            None => rest.split_at(rest.find('(').expect("parameters")),
        };
        let close = matching(rest);
        let params = split(&rest[1..close]).into_iter().flat_map(|param| canonical(&param));
        let conv = if head.contains("win64cc") {
            "win64 "
        } else if head.contains("x86_64_sysvcc") {
            "sysv64 "
        } else if head.contains("arm_aapcscc") {
            "aapcs "
        } else if head.contains("preserve_mostcc") {
            "cold "
        } else {
            ""
        };
        let result: String = head
            .split(' ')
            .filter(|word| {
                let other = ["internal", "hidden", "dso_local", "protected", "unnamed_addr", "private", "weak_odr"];
                !other.contains(word) && !word.ends_with("cc")
            })
            .collect::<Vec<_>>()
            .join(" ");
        let result = without_groups(&canonical(result.trim()).join(" & "));
        let attributes = rest[close..].split_whitespace().any(|word| nounwind.iter().any(|group| group == word));
        let unwind = if attributes { "" } else { " unwind" };
        let params: Vec<String> = params.collect();
        found.insert(name.to_owned(), format!("{conv}({}) -> {result}{unwind}", params.join(", ")));
    }
    found
}

/// The index of the parenthesis that closes the first one.
fn matching(text: &str) -> usize {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        depth += i32::from("([{<".contains(letter)) - i32::from(")]}>".contains(letter));
        if depth == 0 {
            return at;
        }
    }
    panic!("unbalanced: {text}")
}

fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for letter in text.chars() {
        depth += i32::from("([{<".contains(letter)) - i32::from(")]}>".contains(letter));
        if letter == ',' && depth == 0 {
            parts.push(String::new());
        } else {
            parts.last_mut().expect("a part").push(letter);
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// Words of a parameter, those with brackets whole.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut depth = 0;
    for letter in text.chars() {
        depth += i32::from("([{<".contains(letter)) - i32::from(")]}>".contains(letter));
        if letter == ' ' && depth == 0 {
            words.push(String::new());
        } else {
            words.last_mut().expect("a word").push(letter);
        }
    }
    words.into_iter().filter(|word| !word.is_empty()).collect()
}

fn is_type(word: &str) -> bool {
    let is_int = word.strip_prefix('i').is_some_and(|bits| bits.parse::<u32>().is_ok());
    is_int
        || word.starts_with(['{', '<', '['])
        || ["ptr", "half", "float", "double", "fp128", "void", "..."].contains(&word)
}

fn canonical(param: &str) -> Vec<String> {
    let mut attrs = Vec::new();
    let mut ty = None;
    let mut words = words(param).into_iter().peekable();
    while let Some(word) = words.next() {
        if is_type(&word) {
            assert!(ty.is_none(), "two types in {param}");
            ty = Some(word);
        } else if word == "align" {
            match words.next().expect("a number").as_str() {
                // Says nothing, and releases differ in whether they say it.
                "1" => {}
                align => attrs.push(format!("align {align}")),
            }
        } else if word.starts_with("captures(") {
            attrs.push(word);
        } else if let Some(range) = word.strip_prefix("range(") {
            let (bits, bounds) = range.trim_end_matches(')').split_once(' ').expect("a type");
            let bits: u32 = bits[1..].parse().expect("a width");
            let mask =
                |bound: &str| bound.trim().parse::<i128>().expect("a number") as u128 & u128::MAX >> (128 - bits);
            let (from, to) = bounds.split_once(',').expect("two bounds");
            attrs.push(format!("range {:x}..{:x}", mask(from), mask(to)));
        } else if word == "nofree" || word == "dead_on_unwind" || word.starts_with('%') {
        } else {
            attrs.push(word);
        }
    }
    attrs.sort();
    let ty = ty.unwrap_or_else(|| panic!("no type in `{param}`"));
    if machine_type(&ty) != ty && !["i1", "i8"].contains(&ty.as_str()) {
        // The bits above it are ours, and undefined.
        attrs.retain(|attr| attr != "noundef");
    }
    let suffix: String = attrs.iter().map(|attr| format!(" {attr}")).collect();
    if let Some((count, part)) = ty.strip_prefix('[').and_then(|ty| ty.strip_suffix(']')?.split_once(" x ")) {
        let count: usize = count.parse().expect("a number");
        let mut parts = vec![format!("{}{suffix}", machine_type(part)); count];
        parts[0].push_str(&format!(" group({count})"));
        return parts;
    }
    let parts = match ty.strip_prefix("{ ").and_then(|ty| ty.strip_suffix(" }")) {
        Some(parts) => split(parts),
        None => vec![ty],
    };
    parts.iter().map(|ty| format!("{}{suffix}", machine_type(ty))).collect()
}

/// A signature without what says that parameters go together, where that makes no difference.
pub fn without_groups(signature: &str) -> String {
    let mut pieces = signature.split(" group(");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once(')').map_or(piece, |(_, rest)| rest))
}

fn machine_type(ty: &str) -> String {
    match ty.strip_prefix('i').and_then(|bits| bits.parse::<u32>().ok()) {
        Some(bits) => format!("i{}", bits.next_power_of_two().max(8)),
        None => ty.to_owned(),
    }
}

fn type_text(ty: Type) -> String {
    let scalar = |scalar: Scalar| match scalar {
        Scalar::I8 => "i8",
        Scalar::I16 => "i16",
        Scalar::I32 => "i32",
        Scalar::I64 => "i64",
        Scalar::I128 => "i128",
        Scalar::F16 => "half",
        Scalar::F32 => "float",
        Scalar::F64 => "double",
        Scalar::F128 => "fp128",
        Scalar::Ptr => "ptr",
    };
    match ty {
        Type::Scalar(lane) => scalar(lane).to_owned(),
        Type::Vector { lane, lanes } => format!("<{lanes} x {}>", scalar(lane)),
    }
}

fn param_text(param: &Param) -> String {
    let attrs = &param.attrs;
    let mut words = Vec::new();
    let mut flag = |holds: bool, word: &str| {
        if holds {
            words.push(word.to_owned());
        }
    };
    flag(attrs.noalias, "noalias");
    flag(attrs.nonnull, "nonnull");
    flag(attrs.readonly, "readonly");
    flag(attrs.noundef, "noundef");
    flag(attrs.writable, "writable");
    flag(attrs.dead_on_return, "dead_on_return");
    flag(attrs.extension == Extension::Zero, "zeroext");
    flag(attrs.extension == Extension::Sign, "signext");
    flag(attrs.captures == Captures::Nothing, "captures(none)");
    flag(attrs.captures == Captures::Address, "captures(address)");
    flag(attrs.captures == Captures::AddressAndReads, "captures(address, read_provenance)");
    if attrs.align > 1 {
        words.push(format!("align {}", attrs.align));
    }
    if attrs.dereferenceable != 0 {
        let or_null = if attrs.dereferenceable_or_null { "_or_null" } else { "" };
        words.push(format!("dereferenceable{or_null}({})", attrs.dereferenceable));
    }
    match attrs.range {
        // A bool.
        Some((0, 2)) if attrs.extension == Extension::Zero => {}
        Some((from, to)) => words.push(format!("range {from:x}..{to:x}")),
        None => {}
    }
    match attrs.role {
        Some(PointerRole::StructReturn { size, .. }) => words.push(format!("sret([{size} x i8])")),
        Some(PointerRole::ByValue { size, .. }) => words.push(format!("byval([{size} x i8])")),
        None => {}
    }
    words.sort();
    if attrs.group != 0 {
        words.push(format!("group({})", attrs.group));
    }
    let suffix: String = words.iter().map(|word| format!(" {word}")).collect();
    format!("{}{suffix}", type_text(param.ty))
}

/// Our signature of a function of the crate `snippet`, or why there is none.
pub fn signature_of(program: &testing::Program<'_>, name: &str) -> String {
    let instance = Instance::new(program.find(&format!("snippet::{name}")), GenericArgs::empty());
    match program.layouts.fn_abi_of_instance(instance, &[]) {
        Ok(abi) => signature(program.layouts, abi),
        Err(error) => error.to_string(),
    }
}

/// Our signature of a function whose ABI is known.
pub fn signature<'tcx>(cx: &LayoutCx<'tcx>, abi: &FnAbi<'tcx>) -> String {
    let signature = abi.to_lir_signature(cx);
    let mut params: Vec<String> = signature.params.iter().map(param_text).collect();
    if signature.variadic {
        params.push("...".to_owned());
    }
    let returns: Vec<String> = signature.returns.iter().map(param_text).collect();
    let returns = if returns.is_empty() { "void".to_owned() } else { returns.join(" & ") };
    let conv = match signature.conv {
        lir::CallConv::C => "",
        lir::CallConv::Cold => "cold ",
        lir::CallConv::SysV64 => "sysv64 ",
        lir::CallConv::Win64 => "win64 ",
        lir::CallConv::X86Interrupt => "interrupt ",
        lir::CallConv::Aapcs => "aapcs ",
    };
    let unwind = if abi.can_unwind { " unwind" } else { "" };
    format!("{conv}({}) -> {returns}{unwind}", params.join(", "))
}
