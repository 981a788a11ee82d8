//! The `global_asm!` of a program: its text, and the symbols that it defines and refers to.

use crate::error::{DriverError, ProgramError};
use crate::faults::place;
use crate::front_half::FrontHalf;
use crate::missing::Missing;
use rustc_hash::FxHashSet;
use ty::{CrateNum, DefId, DefKind};

/// The `global_asm!` of all crates that are compiled here. That of libraries was kept beside their metadata.
pub(crate) fn all_global_asm(front: &FrontHalf<'_>, missing: Missing<'_>) -> Result<String, DriverError> {
    let definitions = front.tcx.definitions();
    let mut text = String::new();
    for (krate, source) in front.session.crate_sources() {
        let items = || definitions.local_codegen_items(krate).into_iter();
        let has_asm = || items().any(|def_id| definitions.def_kind(def_id) == DefKind::GlobalAsm);
        if front.cx.options.prebuilt.contains(&krate) || !has_asm() {
            continue;
        }
        if krate == CrateNum::LOCAL {
            text += &missing.global_asm()?;
            continue;
        }
        let path = source.metadata.with_extension("global-asm");
        text += &std::fs::read_to_string(&path).map_err(|_| {
            DriverError::Open(format!(
                "the `global_asm!` of crate `{}` is not known: there is no `{}`\n  help: compile the crate with \
                 `cargo bessemer`",
                source.name.as_str(),
                path.display()
            ))
        })?;
    }
    Ok(text)
}

/// Says so if assembly defines a symbol that Rust defines as well.
pub(crate) fn refuse_symbols_of_assembly(
    front: &FrontHalf<'_>,
    roots: &mono::Roots,
    assembly: &str,
) -> Result<(), DriverError> {
    if assembly.is_empty() {
        return Ok(());
    }
    let definitions = front.tcx.definitions();
    let defined = defined(assembly);
    let error = |name: &str, def_id: DefId| ProgramError {
        code: None,
        message: format!("symbol `{name}` is already defined"),
        place: place(front, definitions.def_span(def_id)),
        notes: vec![format!(
            "`{}` has the symbol, and a label in `global_asm!` has it too",
            front.tcx.def_path_str(def_id)
        )],
        ..ProgramError::default()
    };
    let mut errors = Vec::new();
    if let Some(lower::EntryPoint::Main { main, .. }) = roots.entry
        && defined.contains("main")
    {
        errors.push(error("main", main));
    }
    for &def_id in &roots.exported {
        let name = front.cx.mangler.fixed_symbol_name(ty::Instance::new(def_id, ty::List::empty()));
        if let Some(name) = name.filter(|name| defined.contains(&**name))
            && definitions.codegen_attrs(def_id).linkage.is_none()
        {
            errors.push(error(&name, def_id));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(DriverError::Program(errors)) }
}

/// The functions and statics that assembly refers to by name (`sym`).
pub(crate) fn named_in_assembly(front: &FrontHalf<'_>, assembly: &str) -> Vec<DefId> {
    if assembly.is_empty() {
        return Vec::new();
    }
    let definitions = front.tcx.definitions();
    let crates = front.session.crate_sources().filter(|(krate, _)| !front.cx.options.prebuilt.contains(krate));
    let items = crates.flat_map(|(krate, _)| definitions.local_codegen_items(krate));
    let mentioned = mentioned(assembly);
    let named = items.filter(|&def_id| {
        let is_item = matches!(definitions.def_kind(def_id), DefKind::Fn | DefKind::AssocFn | DefKind::Static { .. });
        is_item && !mono::has_type_params(&front.cx, def_id) && {
            let name = front.cx.symbol_name(ty::Instance::new(def_id, ty::List::empty()));
            mentioned.contains(name.as_str())
        }
    });
    named.collect()
}

/// All words of assembly that may be names of symbols. Names that a macro of the assembler puts together are not among them:
/// such names are the user's own, and exported.
pub(crate) fn mentioned(assembly: &str) -> FxHashSet<&str> {
    let words = assembly.split(|c: char| !(c.is_alphanumeric() || "_.$".contains(c)));
    // What stands in quotes may have any characters.
    let quoted = assembly.lines().flat_map(|line| line.split('"').skip(1).step_by(2));
    words.chain(quoted).filter(|word| !word.is_empty()).collect()
}

/// The labels in the text of `global_asm!` that other objects see, but for weak ones, which give way to others.
fn defined(assembly: &str) -> FxHashSet<&str> {
    let mut labels = FxHashSet::default();
    let (mut global, mut weak) = (FxHashSet::default(), FxHashSet::default());
    for statement in assembly.split(['\n', ';']) {
        let mut rest = statement.trim_start();
        while let Some((label, after)) = rest.split_once(':').filter(|(label, _)| is_name(label)) {
            labels.insert(label.trim_matches('"'));
            rest = after.trim_start();
        }
        let (directive, names) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
        let set = match directive {
            ".globl" | ".global" => &mut global,
            ".weak" => &mut weak,
            _ => continue,
        };
        set.extend(names.split(',').map(|name| name.trim().trim_matches('"')));
    }
    labels.retain(|label| global.contains(label) && !weak.contains(label));
    labels
}

fn is_name(text: &str) -> bool {
    let is_quoted = text.len() > 2 && text.starts_with('"') && text.ends_with('"');
    is_quoted || (!text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_.$@".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::{defined, mentioned};

    #[test]
    fn labels_that_others_see() {
        let text = ".globl one, two ; .weak four\none: two:ret\n\tthree: ret\n .global four\nfour: mov eax, [x]\n\
                    .globl \"a b\"\n\"a b\": ret\n.globl declared\njmp declared # five: no\n";
        let mut names: Vec<_> = defined(text).into_iter().collect();
        names.sort_unstable();
        assert_eq!(names, ["a b", "one", "two"]);
    }

    #[test]
    fn names_in_assembly() {
        let text = ".globl one\none: lea rdi, [rip + _RNvC1a4data@GOTPCREL]; call _RNvC1a1f@PLT # two\n jmp \"a b\"\n";
        let names = mentioned(text);
        for name in ["one", "_RNvC1a4data", "_RNvC1a1f", "a b"] {
            assert!(names.contains(name), "{name} of {names:?}");
        }
        assert!(!names.contains("_RNvC1a1") && !names.contains("_RNvC1a4"), "{names:?}");
    }
}
