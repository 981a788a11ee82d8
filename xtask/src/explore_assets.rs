//! `cargo xtask explore-assets`: the editor on the page of `bessemer explore`, bundled from npm's packages.
//!
//! The bundle is committed, with the licences of what is in it, so that building Bessemer needs neither npm nor a network. It follows
//! from `package.json`, `package-lock.json` and `editor.js` alone: `--check` says whether it is what they give.

use std::path::{Path, PathBuf};
use std::process::Command;

const HELP: &str = "\
Bundle the editor on the page of `bessemer explore`, from npm's packages

Usage: cargo xtask explore-assets [--check | --modules]

Writes crates/explore/web/generated. Needs npm.
  --check    Write nothing; fail where what is there is something else
  --modules  Only install npm's packages (those that the page's tests need, too), and print where
";

/// Where the page is, from the project's folder.
const WEB: &str = "crates/explore/web";

/// What decides the bundle.
const INPUTS: [&str; 4] = ["package.json", "package-lock.json", ".npmrc", "editor.js"];

/// Runs the task. `Ok(false)`: the bundle is another.
pub fn main(args: impl Iterator<Item = String>) -> Result<bool, String> {
    let args: Vec<String> = args.collect();
    let mode = match &args[..] {
        [] => "",
        [flag] if flag == "-h" || flag == "--help" => {
            print!("{HELP}");
            return Ok(true);
        }
        [flag] if flag == "--check" || flag == "--modules" => flag,
        _ => return Err(HELP.to_owned()),
    };
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let web = root.join(WEB);
    let work = install(&root, &web)?;
    if mode == "--modules" {
        println!("{}", work.display());
        return Ok(true);
    }
    let mut esbuild = Command::new(work.join("node_modules/.bin/esbuild"));
    esbuild.args(["editor.js", "--bundle", "--minify", "--format=iife", "--global-name=CodeMirror", "--target=es2022"]);
    esbuild.args(["--legal-comments=none", "--log-level=warning", "--outfile=codemirror.js"]);
    run(esbuild.current_dir(&work))?;
    let bundle = read(&work.join("codemirror.js"))?;
    let made = [("codemirror.js", bundle), ("codemirror-licence.txt", licences(&work)?)];
    let mut is_same = true;
    for (name, text) in made {
        let path = web.join("generated").join(name);
        if mode != "--check" {
            std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        } else if read(&path)? != text {
            println!(
                "{WEB}/generated/{name}: this is not what package-lock.json gives; cargo xtask explore-assets makes it"
            );
            is_same = false;
        }
    }
    Ok(is_same)
}

/// Installs the packages of the lock file in a folder of the target directory: what they bring is no part of the project.
fn install(root: &Path, web: &Path) -> Result<PathBuf, String> {
    let work = root.join("target/explore-web");
    std::fs::create_dir_all(&work).map_err(|error| format!("{}: {error}", work.display()))?;
    let mut inputs = String::new();
    for name in INPUTS {
        let text = read(&web.join(name))?;
        std::fs::write(work.join(name), &text).map_err(|error| format!("{name}: {error}"))?;
        inputs += &text;
    }
    // What is installed already stays.
    let stamp = work.join("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|text| text == inputs) {
        return Ok(work);
    }
    run(Command::new("npm")
        .args(["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(&work))?;
    std::fs::write(&stamp, inputs).map_err(|error| format!("{}: {error}", stamp.display()))?;
    Ok(work)
}

/// The licences of what the bundle is made of.
fn licences(work: &Path) -> Result<String, String> {
    let lock: serde_json::Value =
        serde_json::from_str(&read(&work.join("package-lock.json"))?).map_err(|error| error.to_string())?;
    let mut text = String::from("codemirror.js consists of these packages.\n");
    for (place, package) in lock["packages"].as_object().into_iter().flatten() {
        let Some(name) = place.strip_prefix("node_modules/").filter(|_| package["dev"] != true) else { continue };
        let version = package["version"].as_str().unwrap_or_default();
        let folder = work.join(place);
        let file =
            ["LICENSE", "LICENSE.md", "LICENCE"].map(|name| folder.join(name)).into_iter().find(|file| file.is_file());
        let file = file.ok_or_else(|| format!("{name} has no licence beside it"))?;
        text += &format!("\n{name} {version}\n\n{}\n", read(&file)?.trim());
    }
    Ok(text)
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("cannot run {command:?}: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr))),
    }
}
