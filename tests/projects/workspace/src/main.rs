//! A language server's analysis, in a workspace of 28 crates: types, colours and outline of 1,500 functions.

use ra_ap_ide::{Analysis, FileStructureConfig, HighlightConfig, MiniCore, RaFixtureConfig};
use ra_ap_paths::AbsPathBuf;
use std::fmt::Write;
use triomphe::Arc;

fn source() -> String {
    let mut text = "pub trait Shape { type Unit; fn area(&self) -> Self::Unit; }\n".to_owned();
    for number in 0..300 {
        let _ = write!(
            text,
            "pub struct Part{number}<T> {{ width: T, height: u32 }}
impl<T: Copy> Shape for Part{number}<T> {{
    type Unit = (T, u32);
    fn area(&self) -> Self::Unit {{ let both = (self.width, self.height); both }}
}}
impl<T: Copy> Part{number}<T> {{
    pub fn new(width: T) -> Self {{ Part{number} {{ width, height: {number} }} }}
    pub fn map<U>(self, with: impl Fn(T) -> U) -> Part{number}<U> {{
        let width = with(self.width);
        Part{number} {{ width, height: self.height }}
    }}
}}
pub fn make{number}() -> u32 {{
    let part = Part{number}::new({number}_u8).map(|it| {{ let twice = it; (twice, \"text\") }});
    match part.area() {{ ((0, _), height) => height, ((_, text), _) if true => {{ let _ = text; 1 }} _ => 2 }}
}}
"
        );
    }
    text
}

fn main() {
    let here = AbsPathBuf::try_from("/").unwrap_or_else(|path| panic!("{path} is not absolute"));
    let (analysis, file) = Analysis::from_single_file(source(), Arc::new(here));
    let colours = HighlightConfig {
        strings: true,
        comments: true,
        punctuation: true,
        specialize_punctuation: true,
        operator: true,
        specialize_operator: true,
        inject_doc_comment: true,
        macro_bang: true,
        syntactic_name_ref_highlighting: false,
        ra_fixture: RaFixtureConfig { minicore: MiniCore::default(), disable_ra_fixture: true },
    };
    let ranges = analysis.highlight(colours, file).unwrap_or_default();
    let outline = analysis.file_structure(&FileStructureConfig { exclude_locals: false }, file).unwrap_or_default();
    let kinds: std::collections::BTreeSet<String> = ranges.iter().map(|it| it.highlight.to_string()).collect();
    println!("{} ranges of {} kinds, {} nodes", ranges.len(), kinds.len(), outline.len());
}
