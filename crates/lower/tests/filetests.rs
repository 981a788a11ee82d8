//! `filetests/lower`: what LIR becomes of small pieces of Rust. The folder's README says how to read and change them.

// The module below is shared with tests of other packages, which know the crate by this name.
extern crate bessemer_lower as lower;

mod common;

use common::{Group, Settings, display_name};
use expect_test::expect_file;
use lower::{EntryPoint, LowerCx, Use};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use testing::Program;
use ty::{AllocId, CrateNum, DefId, DefKind, Instance};

/// How many items are looked through for those that a file names: a name that is nothing's must not mean all of std.
const MOST_ITEMS: usize = 4000;

/// A file: what it wants to see, and how it is compiled.
struct Test {
    /// Its name without the extension: the module that it becomes.
    name: String,
    path: PathBuf,
    wanted: Vec<String>,
    with_data: bool,
    /// Whether its `main` is a program's.
    with_entry: bool,
    settings: Settings,
    features: Vec<String>,
}

impl Test {
    fn read(path: PathBuf) -> Test {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        let mut test = Test {
            name,
            path,
            wanted: Vec::new(),
            with_data: false,
            with_entry: false,
            settings: Settings::default(),
            features: Vec::new(),
        };
        for line in text.lines().filter_map(|line| line.strip_prefix("//@ ")) {
            let (key, value) = line.split_once(": ").unwrap_or((line, ""));
            match key {
                "lir" => test.wanted.push(value.to_owned()),
                "data" => test.with_data = true,
                "edition" => test.settings.edition = value.to_owned(),
                "debug" => test.settings.debug = true,
                "entry" => test.with_entry = true,
                "rustc" => test.settings.flags = value.split(' ').map(str::to_owned).collect(),
                "features" => test.features = value.split(", ").map(str::to_owned).collect(),
                _ => panic!("{}: what is `{line}`?", test.path.display()),
            }
        }
        let shows = test.with_entry || !test.wanted.is_empty();
        assert!(shows, "{}: which functions are to be seen?", test.path.display());
        test
    }
}

#[test]
fn all_files() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../filetests/lower"));
    let entries = std::fs::read_dir(folder).expect("the folder");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    assert!(files.len() >= 60, "{} files", files.len());
    // rustc runs once for all that it compiles in the same way.
    let mut groups: BTreeMap<Settings, Vec<Test>> = BTreeMap::new();
    for test in files.into_iter().map(Test::read) {
        groups.entry(test.settings.clone()).or_default().push(test);
    }
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            groups.iter().map(|(settings, tests)| scope.spawn(move || group(settings, tests))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("the group is compiled")).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Compiles the tests as modules of one crate, and compares what becomes of them. Gives the names of those that differ.
fn group(settings: &Settings, tests: &[Test]) -> Vec<String> {
    let mut features: Vec<&str> = tests.iter().flat_map(|test| &test.features).map(|it| &**it).collect();
    features.sort_unstable();
    features.dedup();
    let mut source = format!("#![feature({})]\n", features.join(", "));
    for test in tests {
        writeln!(source, "#[path = {:?}]\npub mod {};", test.path, test.name).expect("a string");
    }
    let folder = tests[0].path.parent().expect("a folder");
    let mut group = Group::new("lib", &source, settings);
    group.remap(folder);
    group.open(|program, cx| {
        let check = |test: &Test| {
            let file = format!("{}.rs", test.name);
            let actual = lir_of(program, cx, test).map_err(|message| format!("{file}: {message}"))?;
            let expected = expect_file![test.path.with_extension("lir")];
            std::panic::catch_unwind(|| expected.assert_eq(&actual)).map_err(|_| format!("{file} differs"))
        };
        tests.iter().filter_map(|test| check(test).err()).collect()
    })
}

/// The LIR of what a test wants to see. An error names what is not there.
fn lir_of<'tcx>(program: &Program<'tcx>, cx: &LowerCx<'tcx>, test: &Test) -> Result<String, String> {
    let prefix = format!("{}::{}::", common::CRATE, test.name);
    let mut printer = Printer { prefix, names: HashMap::new(), out: String::new() };
    let mut found = find(program, cx, test, &printer)?;
    if test.with_entry {
        let main = program.find(&format!("{}main", printer.prefix));
        let entry = lower::lower_entry(cx, &EntryPoint::Main { main, sigpipe: 0 });
        for function in entry.map_err(|error| error.to_string())?.item {
            printer.function(function);
        }
    }
    let mut data = VecDeque::new();
    for wanted in &test.wanted {
        for what in found.remove(&**wanted).unwrap_or_default() {
            data.extend(printer.item(cx, what));
        }
    }
    let mut seen: HashSet<AllocId> = HashSet::new();
    while test.with_data
        && let Some(what) = data.pop_front()
    {
        if let Use::Alloc(id) = what
            && seen.insert(id)
        {
            data.extend(printer.item(cx, what));
        }
    }
    printer.out.truncate(printer.out.trim_end().len());
    printer.out.push('\n');
    Ok(printer.out)
}

/// What has the names that a test wants to see. Looks through all that the functions of the test's module use, nearest first.
fn find<'a, 'tcx>(
    program: &Program<'tcx>,
    cx: &LowerCx<'tcx>,
    test: &'a Test,
    printer: &Printer,
) -> Result<HashMap<&'a str, Vec<Use<'tcx>>>, String> {
    let module = program.find(&format!("{}::{}", common::CRATE, test.name));
    let mut queue = VecDeque::new();
    for def_id in program.bodies.local_codegen_items(CrateNum::LOCAL) {
        let is_static = matches!(program.bodies.def_kind(def_id), DefKind::Static { .. });
        let is_function = matches!(program.bodies.def_kind(def_id), DefKind::Fn | DefKind::AssocFn);
        if !is_within(program, def_id, module) {
            continue;
        } else if is_static {
            queue.push_back(Use::Static(def_id));
        } else if is_function && !program.has_type_params(def_id) {
            queue.push_back(Use::Function(program.instance(def_id)));
        }
    }
    let mut found: HashMap<&str, Vec<Use<'_>>> = HashMap::new();
    let mut seen: HashSet<Use<'_>> = queue.iter().copied().collect();
    let mut missing: Vec<&str> = test.wanted.iter().map(|name| &**name).collect();
    let mut names = Vec::new();
    while !missing.is_empty()
        && seen.len() < MOST_ITEMS
        && let Some(what) = queue.pop_front()
    {
        let (is_here, symbol) = match what {
            Use::Function(instance) => (cx.is_codegened_here(instance), cx.symbol_name(instance)),
            Use::Static(def_id) => {
                let instance = Instance::new(def_id, ty::List::empty());
                (cx.is_static_here(def_id), cx.symbol_name(instance))
            }
            Use::Alloc(id) => (true, cx.alloc_name(id)),
        };
        if !is_here {
            continue;
        }
        let name = printer.shorten(&display_name(symbol.as_str()));
        if let Some(wanted) = test.wanted.iter().find(|wanted| **wanted == name) {
            found.entry(wanted).or_default().push(what);
            missing.retain(|name| name != wanted);
        }
        names.push(name);
        let uses = match what {
            Use::Function(instance) => lower::lower_instance(cx, instance).map(|it| it.uses),
            Use::Static(def_id) => lower::lower_static(cx, def_id).map(|it| it.uses),
            Use::Alloc(id) => lower::lower_alloc(cx, id).map(|it| it.uses),
        };
        queue.extend(uses.unwrap_or_default().into_iter().filter(|&what| seen.insert(what)));
    }
    if missing.is_empty() {
        return Ok(found);
    }
    names.truncate(200);
    Err(format!("there is no `{}`; the nearest that there are:\n{}", missing.join("`, `"), names.join("\n")))
}

fn is_within(program: &Program<'_>, def_id: DefId, module: DefId) -> bool {
    let parent = |&child: &DefId| Some(DefId { index: program.bodies.def_key(child).parent?, ..child });
    std::iter::successors(Some(def_id), parent).any(|it| it == module)
}

/// Writes LIR with names that are the same with every compiler.
struct Printer {
    /// What names of the test's own items begin with.
    prefix: String,
    /// Names of constant memory by symbol.
    names: HashMap<Arc<str>, Arc<str>>,
    out: String,
}

impl Printer {
    fn shorten(&self, name: &str) -> String {
        name.replace(&self.prefix, "")
    }

    fn name(&mut self, symbol: &Arc<str>) -> Arc<str> {
        let kind = ["alloc_", "vtable_"].into_iter().find(|kind| symbol.starts_with(kind));
        let Some(kind) = kind else { return Arc::from(self.shorten(&display_name(symbol))) };
        let count = self.names.keys().filter(|name| name.starts_with(kind)).count();
        let kind = if kind == "alloc_" { "const" } else { "vtable" };
        self.names.entry(symbol.clone()).or_insert_with(|| Arc::from(format!("{kind}{count}"))).clone()
    }

    /// Writes something lowered. Gives what it uses.
    fn item<'tcx>(&mut self, cx: &LowerCx<'tcx>, what: Use<'tcx>) -> Vec<Use<'tcx>> {
        let mut module = lir::Module::default();
        // Types of variables are numbered as they are met: anew for each function that is shown.
        take_debug_types(cx);
        let lowered = match what {
            Use::Function(instance) => lower::lower_instance(cx, instance).map(|lowered| {
                module.functions.push(lowered.item);
                (lowered.uses, lowered.faults)
            }),
            Use::Static(def_id) => lower::lower_static(cx, def_id).map(|lowered| {
                module.data.push(lowered.item);
                (lowered.uses, lowered.faults)
            }),
            Use::Alloc(id) => lower::lower_alloc(cx, id).map(|lowered| {
                module.data.push(lowered.item);
                (lowered.uses, lowered.faults)
            }),
        };
        let (uses, faults) = lowered.unwrap_or_else(|error| (Vec::new(), vec![error]));
        for fault in faults {
            writeln!(self.out, "error: {fault}\n").expect("a string");
        }
        module.debug_types = take_debug_types(cx);
        assert_eq!(lir::verify_module(&module, 8), vec![]);
        for (index, ty) in module.debug_types.iter().enumerate() {
            writeln!(self.out, "type{index} = {}", self.shorten(&ty.to_string())).expect("a string");
        }
        for function in module.functions {
            self.function(function);
        }
        for data in &mut module.data {
            data.name = self.name(&data.name);
            if let Some(debug) = &mut data.debug {
                debug.file = file_name(&debug.file);
            }
            data.relocations.iter_mut().for_each(|it| it.symbol = self.name(&it.symbol));
            writeln!(self.out, "{}", data.to_string().trim_end()).expect("a string");
            self.out.push('\n');
        }
        uses
    }

    fn function(&mut self, mut function: lir::Function) {
        function.name = self.name(&function.name);
        function.symbols.iter_mut().for_each(|symbol| symbol.name = self.name(&symbol.name));
        function.files.iter_mut().for_each(|file| *file = file_name(file));
        writeln!(self.out, "{}", fold(&function.to_string())).expect("a string");
    }
}

/// Where the crate was compiled does not matter.
fn file_name(path: &str) -> Arc<str> {
    Arc::from(path.rsplit('/').next().unwrap_or_default())
}

fn take_debug_types(cx: &LowerCx<'_>) -> lir::IndexVec<lir::DebugTypeId, lir::DebugType> {
    std::mem::take(&mut *cx.debug_types.lock().expect("no test panicked")).into_types()
}

/// Variables on one line; and of the table of symbols only those that may be absent, as instructions name all.
fn fold(function: &str) -> String {
    let mut out = String::new();
    let mut variables = Vec::new();
    for line in function.lines() {
        if line.starts_with("    var") && !line.contains(" = ") {
            variables.push(line.trim());
            continue;
        }
        if !variables.is_empty() {
            writeln!(out, "    {}", variables.join(", ")).expect("a string");
            variables.clear();
        }
        if line.starts_with("    sym") && line.contains(" = ") && !line.contains(" weak") {
            continue;
        }
        writeln!(out, "{line}").expect("a string");
    }
    out
}
