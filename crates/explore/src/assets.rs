//! What the page consists of.

use std::borrow::Cow;

/// A file of the page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asset {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub content_type: &'static str,
    /// Its content.
    pub text: Cow<'static, str>,
}

/// The modules that the page's script is made of, each after those that it uses.
const MODULES: [&str; 13] = [
    include_str!("../web/modules/dom.js"),
    include_str!("../web/modules/state.js"),
    include_str!("../web/modules/api.js"),
    include_str!("../web/modules/virtual.js"),
    include_str!("../web/modules/highlight.js"),
    include_str!("../web/modules/profile.js"),
    include_str!("../web/modules/editor.js"),
    include_str!("../web/modules/pane.js"),
    include_str!("../web/modules/functions.js"),
    include_str!("../web/modules/treemap.js"),
    include_str!("../web/modules/diff.js"),
    include_str!("../web/modules/build.js"),
    include_str!("../web/modules/main.js"),
];

/// All files of the page.
pub fn all() -> Vec<Asset> {
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    let fixed = |name, content_type, text| Asset { name, content_type, text: Cow::Borrowed(text) };
    vec![
        fixed("index.html", "text/html; charset=utf-8", include_str!("../web/index.html")),
        fixed("style.css", "text/css; charset=utf-8", include_str!("../web/style.css")),
        fixed("codemirror.js", SCRIPT, include_str!("../web/generated/codemirror.js")),
        fixed(
            "codemirror-licence.txt",
            "text/plain; charset=utf-8",
            include_str!("../web/generated/codemirror-licence.txt"),
        ),
        // What stands here in an export (`crate::export`).
        fixed("exported.js", SCRIPT, ""),
        Asset { name: "page.js", content_type: SCRIPT, text: Cow::Owned(script(&MODULES)) },
    ]
}

/// One script of modules: browsers refuse to load modules from a disk. Each import is a line of its own that names a module
/// before it, so that all names are there already.
fn script(modules: &[&str]) -> String {
    let mut out = String::from("(() => {\n\"use strict\";\n");
    for module in modules {
        for line in module.lines().filter(|line| !line.starts_with("import ")) {
            out.push_str(line.strip_prefix("export ").unwrap_or(line));
            out.push('\n');
        }
    }
    out + "})();\n"
}

#[cfg(test)]
mod tests {
    use super::{MODULES, script};
    use std::collections::BTreeMap;

    #[test]
    fn modules_become_one_script() {
        let modules = ["export const a = 1;\n  // export b", "import { a } from \"./a.js\";\nexport function f() {\n}"];
        let expected = "(() => {\n\"use strict\";\nconst a = 1;\n  // export b\nfunction f() {\n}\n})();\n";
        assert_eq!(script(&modules), expected);
    }

    /// They are put behind each other, so what one defines must not be another's, and imports must be what is left out.
    #[test]
    fn modules_fit_together() {
        let mut defined: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, module) in MODULES.iter().enumerate() {
            for line in module.lines() {
                if let Some(rest) = line.strip_prefix("import ") {
                    let (names, from) = rest.split_once("} from \"./").expect("import { … } from \"./…\"");
                    assert!(from.ends_with(".js\";"), "{line}");
                    for name in names.trim_start_matches('{').split(',').map(str::trim) {
                        assert!(defined.get(name).is_some_and(|other| *other < index), "{name} is not defined before");
                    }
                }
                let line = line.strip_prefix("export ").unwrap_or(line);
                let kinds = ["async function ", "function ", "const ", "let ", "class "];
                if let Some(rest) = kinds.iter().find_map(|kind| line.strip_prefix(kind)) {
                    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                    let name = &rest[..end];
                    assert!(name.is_empty() || defined.insert(name, index).is_none(), "{name} is defined twice");
                }
            }
        }
    }
}
