//! The page as files, which a browser opens from a disk.

use crate::api::{Compile, CompileRequest, Configuration, ShowRequest};
use crate::assets;
use serde_json::{Value, json};
use std::io;
use std::path::Path;

/// No more functions of a pane are written than this, those of the crate that is looked at first.
const MAX_FUNCTIONS: usize = 2000;

/// Writes the page with what these panes show into a folder, which is made if it is not there.
///
/// # Errors
/// A file cannot be written.
pub fn write(compile: &dyn Compile, panes: &[Configuration], folder: &Path) -> io::Result<()> {
    let mut about = compile.about();
    about["panes"] = json!(panes);
    about["lastBuild"] = compile.last_build();
    let results: Vec<Value> = panes.iter().map(|pane| result(compile, pane)).collect();
    let value = json!({ "about": about, "results": results });
    std::fs::create_dir_all(folder)?;
    for asset in assets::all() {
        let text = match asset.name {
            "exported.js" => format!("window.bessemerExport = {value};\n").into(),
            _ => asset.text,
        };
        std::fs::write(folder.join(asset.name), text.as_bytes())?;
    }
    Ok(())
}

/// What a pane can show.
fn result(compile: &dyn Compile, pane: &Configuration) -> Value {
    let request = CompileRequest { source: None, configuration: pane.clone(), client: "export".to_owned(), pane: 0 };
    let compiled = match compile.compile(&request) {
        Ok(compiled) => compiled,
        Err(failure) => return json!({ "configuration": pane, "failed": failure }),
    };
    let show = |function, syntax: &str| {
        let listing = compile.show(&ShowRequest { key: compiled.key.clone(), function, syntax: syntax.to_owned() });
        listing.map_or_else(|failure| json!({ "failed": failure }), |listing| json!({ "ok": listing }))
    };
    let mut order: Vec<usize> = (0..compiled.functions.len()).collect();
    order.sort_by_key(|index| (!compiled.functions[*index].own, *index));
    order.truncate(MAX_FUNCTIONS);
    let mut listings = serde_json::Map::new();
    let syntaxes: &[&str] = if pane.stage == "asm" { &["intel", "att"] } else { &[""] };
    for syntax in syntaxes {
        listings.insert(format!("all {syntax}"), show(None, syntax));
        for index in &order {
            listings.insert(format!("{index} {syntax}"), show(Some(*index), syntax));
        }
    }
    json!({ "configuration": pane, "ok": compiled, "listings": listings })
}
