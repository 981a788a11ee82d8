//! The lists that follow from rustc's source.

use super::source::{Source, inside, split};

/// A list's file and how it is made.
pub type List = (&'static str, fn(&Source) -> Result<Vec<String>, String>);

/// The lists of a release.
pub const LISTS: [List; 6] = [
    ("symbols.txt", symbols),
    ("lang_items.txt", lang_items),
    ("tables.txt", tables),
    ("attributes.txt", attributes),
    ("def_kinds.txt", def_kinds),
    ("abis.txt", abis),
];

fn missing(what: &str) -> String {
    format!("there is no {what} where it used to be")
}

/// The names that rustc numbers from its start: keywords, others, and what its macro adds.
fn symbols(source: &Source) -> Result<Vec<String>, String> {
    let text = source.file("compiler/rustc_span/src/symbol.rs")?;
    let list = inside(&text, "\nsymbols!").ok_or_else(|| missing("list of symbols"))?;
    let mut names = Vec::new();
    for part in split(inside(list, "Keywords").ok_or_else(|| missing("list of keywords"))?, ',') {
        let (_, name) = part.split_once(':').ok_or_else(|| missing("keyword's text"))?;
        names.push(literal(name));
    }
    let mut of_environment = Vec::new();
    let after_keywords = &list[list.find("Symbols").ok_or_else(|| missing("list of other symbols"))?..];
    for part in split(inside(after_keywords, "Symbols").ok_or_else(|| missing("list of other symbols"))?, ',') {
        match part.split_once(':') {
            Some((_, text)) if text.contains("env!") => of_environment.push(source.release()?),
            Some((_, text)) => names.push(literal(text)),
            None => names.push(part.to_owned()),
        }
    }
    // The macro's own: digits, and since 1.96 letters, unless they are in the list.
    let rules = source.file("compiler/rustc_macros/src/symbols.rs")?;
    let mut added: Vec<String> = (0..10).map(|digit| digit.to_string()).collect();
    if rules.contains("prefill_letters") {
        added.extend(('A'..='Z').chain('a'..='z').map(String::from));
    }
    names.extend(added.into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
    names.extend(of_environment);
    Ok(names)
}

/// What a string literal means: a line that ends in `\\` goes on at the next line's first word.
fn literal(text: &str) -> String {
    let mut parts = text.trim().trim_matches('"').split("\\\n");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.trim_start())
}

/// The names of lang items by number.
fn lang_items(source: &Source) -> Result<Vec<String>, String> {
    let text = source.file("compiler/rustc_hir/src/lang_items.rs")?;
    let list = inside(&text, "\nlanguage_item_table!").ok_or_else(|| missing("table of lang items"))?;
    let symbols = source.file("compiler/rustc_span/src/symbol.rs")?;
    let name = |row: &str| -> Result<String, String> {
        let path = split(row, ',').get(1).copied().ok_or_else(|| missing("lang item's name"))?;
        let (module, name) = path.split_once("::").ok_or_else(|| missing("lang item's symbol"))?;
        if !matches!(module, "sym" | "kw") {
            return Err(missing("lang item's symbol"));
        }
        // Some symbols have other names than their texts. A path (`Option::Some`) is none of them.
        let text_of = |line: &'_ str| {
            let text = line.trim().strip_prefix(name)?.trim().strip_prefix(':')?.trim();
            text.starts_with('"').then(|| literal(text.trim_end_matches(',')))
        };
        Ok(symbols.lines().find_map(text_of).unwrap_or_else(|| name.to_owned()))
    };
    split(list, ';').into_iter().map(name).collect()
}

/// The tables by definition, in the order of the file: the name, and whether entries are positions of values or of lists,
/// or the values themselves.
fn tables(source: &Source) -> Result<Vec<String>, String> {
    let text = source.file("compiler/rustc_metadata/src/rmeta/mod.rs")?;
    let list = inside(&text, "\ndefine_tables!").ok_or_else(|| missing("list of tables"))?;
    let list = list.replace("- defaulted:", "").replace("- optional:", "");
    let row = |row: &str| {
        let (name, ty) = row.split_once(':').ok_or_else(|| missing("table's type"))?;
        let kind = if ty.contains("LazyArray<") {
            "list"
        } else if ty.contains("LazyValue<") {
            "value"
        } else {
            "direct"
        };
        Ok(format!("{} {kind}", name.trim()))
    };
    split(&list, ',').into_iter().map(row).collect()
}

/// The kinds of definitions in the order of their codes, from 1.
fn def_kinds(source: &Source) -> Result<Vec<String>, String> {
    let text = source.file("compiler/rustc_metadata/src/rmeta/table.rs")?;
    let list = inside(&text, "fixed_size_enum! {\n    DefKind").ok_or_else(|| missing("numbering of definitions"))?;
    let list = list.split("unreachable").next().unwrap_or(list);
    let mut kinds = Vec::new();
    let mut rest = list;
    while let Some(at) = rest.find('(') {
        let content = inside(&rest[at..], "").ok_or_else(|| missing("kind of definition"))?;
        // Without spaces and paths, whose use changes between releases.
        let words: String = content.split_whitespace().collect();
        kinds.push(words.replace("hir::Safety::", "").replace("ast::Mutability::", ""));
        rest = &rest[at + content.len() + 2..];
    }
    Ok(kinds)
}

/// The calling conventions by their packed numbers: the names after `extern`.
fn abis(source: &Source) -> Result<Vec<String>, String> {
    let text = source.file("compiler/rustc_abi/src/extern_abi.rs")?;
    let list = inside(&text, "\nabi_impls!").ok_or_else(|| missing("list of calling conventions"))?;
    let list = inside(list, "ExternAbi =").ok_or_else(|| missing("list of calling conventions"))?;
    let names = list.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    if names.is_empty() { Err(missing("calling convention")) } else { Ok(names) }
}

/// Where attributes' own types are.
const ATTRIBUTE_TYPES: [&str; 3] = [
    "compiler/rustc_hir/src/attrs/data_structures.rs",
    "compiler/rustc_hir/src/attrs/diagnostic.rs",
    "compiler/rustc_ast/src/attr/mod.rs",
];

/// The kinds of parsed attributes in rustc's order: the name, and the shape of those that are written for other crates (see
/// `rmeta`, which reads it).
fn attributes(source: &Source) -> Result<Vec<String>, String> {
    let types: Vec<String> = ATTRIBUTE_TYPES.iter().filter_map(|file| source.file(file).ok()).collect();
    let list = inside(&types[0], "pub enum AttributeKind").ok_or_else(|| missing("list of attributes"))?;
    let rules = source.file("compiler/rustc_hir/src/attrs/encode_cross_crate.rs")?;
    let is_written = |name: &str| {
        let rule =
            rules.lines().find(|line| line.trim().strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '('])));
        rule.map(|line| line.contains("=> Yes")).ok_or_else(|| missing(name))
    };
    let row = |variant: &str| {
        let name: &str = variant.split([' ', '(', '{', '\n']).next().unwrap_or(variant);
        let fields = inside(&format!("{variant} "), name).map(fields_shape(&types)).unwrap_or(Some(String::new()));
        let fields = fields.unwrap_or_else(|| "~".to_owned());
        let shape = if is_written(name)? { fields } else { format!("!{fields}") };
        Ok(format!("{name} {shape}").trim_end().to_owned())
    };
    split(list, ',').into_iter().map(row).collect()
}

/// The shape of fields, named or not; `None` if they cannot be described.
fn fields_shape(types: &[String]) -> impl Fn(&str) -> Option<String> {
    move |fields| {
        let types_of = split(fields, ',').into_iter().map(|field| {
            let field = field.strip_prefix("pub ").unwrap_or(field);
            match field.split_once(": ") {
                Some((name, ty)) if name.chars().all(|char| char.is_alphanumeric() || char == '_') => ty,
                _ => field,
            }
        });
        types_of.map(|ty| type_shape(ty, types)).collect()
    }
}

/// The shape of a type.
fn type_shape(ty: &str, types: &[String]) -> Option<String> {
    let ty = ty.trim();
    let of = |list: &str| fields_shape(types)(list);
    if let Some(tuple) = ty.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        return Some(format!("({})", of(tuple)?));
    }
    if let Some((name, args)) = ty.strip_suffix('>').and_then(|ty| ty.split_once('<')) {
        return match name {
            "Option" => Some(format!("?{}", one(of(args)?))),
            "ThinVec" | "Vec" => Some(format!("*{}", one(of(args)?))),
            "Box" => of(args),
            "FxIndexMap" => Some(format!("*({})", of(args)?)),
            _ => None,
        };
    }
    Some(match ty {
        "Span" => "s".to_owned(),
        "Symbol" => "y".to_owned(),
        "bool" => "b".to_owned(),
        "u8" => "1".to_owned(),
        "u16" => "2".to_owned(),
        "usize" | "Limit" => "n".to_owned(),
        "NonZero<u32>" => "4".to_owned(),
        "u128" => "x".to_owned(),
        "DefId" => "d".to_owned(),
        "Ident" => "i".to_owned(),
        "CfgEntry" => "C".to_owned(),
        "Directive" => "D".to_owned(),
        "Stability" | "PartialConstStability" => stability(ty),
        "DeprecatedSince" => "F".to_owned(),
        "DocFragmentKind" => "K".to_owned(),
        "RustcVersion" => "(222)".to_owned(),
        "DocCfgHideShow" => "H".to_owned(),
        "UnrollAttr" => "U".to_owned(),
        "AttrStyle" | "LangItem" | "Transparency" => "1".to_owned(),
        _ => return named_shape(ty, types),
    })
}

fn stability(ty: &str) -> String {
    // A level, a feature, and for constants whether it can be promoted.
    if ty == "Stability" { "S".to_owned() } else { "Sb".to_owned() }
}

/// A shape as that of one value.
fn one(shape: String) -> String {
    if shape.len() == 1
        || shape.starts_with(['?', '*'])
        || (shape.starts_with('(') && inside(&shape, "").map(str::len) == Some(shape.len() - 2))
    {
        return shape;
    }
    format!("({shape})")
}

/// The shape of a struct, or of an enum whose variants have no fields.
fn named_shape(name: &str, types: &[String]) -> Option<String> {
    for text in types {
        if let Some(fields) = inside(text, &format!("pub struct {name} ")) {
            return fields_shape(types)(fields);
        }
        if let Some(variants) = inside(text, &format!("pub enum {name} ")) {
            let is_plain = split(variants, ',').iter().all(|variant| !variant.contains(['{', '(']));
            return is_plain.then(|| "1".to_owned());
        }
    }
    None
}
