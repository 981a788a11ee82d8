//! The symbols that assembly defines.

use rustc_hash::FxHashSet;

/// The labels in the text of `global_asm!` that other objects see, but for weak ones, which give way to others.
pub(crate) fn defined(assembly: &str) -> FxHashSet<&str> {
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
    use super::defined;

    #[test]
    fn labels_that_others_see() {
        let text = ".globl one, two ; .weak four\none: two:ret\n\tthree: ret\n .global four\nfour: mov eax, [x]\n\
                    .globl \"a b\"\n\"a b\": ret\n.globl declared\njmp declared # five: no\n";
        let mut names: Vec<_> = defined(text).into_iter().collect();
        names.sort_unstable();
        assert_eq!(names, ["a b", "one", "two"]);
    }
}
