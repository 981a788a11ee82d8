//! Metadata that is well-formed entry by entry, and as a whole describes what cannot be: types that contain themselves, paths
//! that lead to themselves. Everything that is asked about it ends with an error, on small stacks too.

mod common;

use common::{Program, with_metadata};
use rmeta::format::tables::{Table, Tables};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use ty::{CrateNum, DefId, DefPathData, Definitions, GenericArg, Instance, MetadataError};

const SOURCE: &str = "
    pub struct Outer { inner: Inner }
    pub struct Inner { byte: u8 }
    pub type Itself = Outer;
    pub struct Grow<T> { next: Next<T> }
    pub struct Next<T> { value: T }
    pub type Grown<T> = Grow<Option<T>>;
    pub struct Owner;
    impl Owner { pub fn f() { pub struct Local; pub type Within = Local; } }
";

/// The snippet's definition of a name.
fn named(program: &Program<'_>, wanted: &str) -> DefId {
    let count = program.session.crate_data(CrateNum::LOCAL).unwrap().root.tables.def_kind.len() as u32;
    let mut all = (0..count).map(|index| DefId { krate: CrateNum::LOCAL, index });
    let found = all.find(|&def_id| match program.session.def_key(def_id).data {
        DefPathData::TypeNs(name) | DefPathData::ValueNs(name) => name.as_str() == wanted,
        _ => false,
    });
    found.unwrap_or_else(|| panic!("no {wanted}"))
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> (Folder, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = testing::compile(folder.path(), SOURCE, &[]);
        (Folder(folder), path)
    }

    /// The snippet's metadata where a table has for one definition what it has for another.
    fn damaged(
        &self,
        original: &Path,
        table: fn(&Tables) -> &Table,
        find: fn(&Program<'_>) -> (DefId, DefId),
    ) -> PathBuf {
        let mut bytes = std::fs::read(original).unwrap();
        with_metadata(original, 64 << 20, |program| {
            let (to, from) = find(program);
            let tables = &program.session.crate_data(CrateNum::LOCAL).unwrap().root.tables;
            let (to, from) = (table(tables).entry_range(to.index), table(tables).entry_range(from.index));
            assert!(!to.is_empty() && !from.is_empty());
            bytes.copy_within(from, to.start);
        });
        let path = self.0.path().join("damaged.rmeta");
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// Asks on stacks of several sizes; each time the answer must be an error.
fn expect_errors(path: &Path, ask: impl Fn(&Program<'_>) + Send + Sync) {
    for stack in [1 << 20, 8 << 20, 64 << 20] {
        with_metadata(path, stack, |program| {
            let error = catch_unwind(AssertUnwindSafe(|| ask(program))).expect_err("there is an answer");
            assert!(error.is::<MetadataError>(), "another error, with a stack of {stack} bytes");
        });
    }
}

fn first_field(program: &Program<'_>, of: &str) -> DefId {
    program.session.adt_def(named(program, of)).non_enum_variant().fields.iter().next().unwrap().did
}

#[test]
fn a_type_that_contains_itself() {
    let (folder, original) = Folder::new();
    let type_of: fn(&Tables) -> &Table = |tables| &tables.type_of;
    let path = folder.damaged(&original, type_of, |program| (first_field(program, "Inner"), named(program, "Itself")));
    expect_errors(&path, |program| _ = program.layouts.layout_of(program.session.type_of(named(program, "Itself"))));
    expect_errors(&path, |program| _ = program.traits.needs_drop(program.session.type_of(named(program, "Itself"))));
}

#[test]
fn a_type_that_grows_without_end() {
    let (folder, original) = Folder::new();
    let type_of: fn(&Tables) -> &Table = |tables| &tables.type_of;
    let path = folder.damaged(&original, type_of, |program| (first_field(program, "Next"), named(program, "Grown")));
    let grown = |program: &Program<'_>| {
        let byte = GenericArg::Type(program.tcx.types().u8);
        let ty = program.session.type_of(named(program, "Grown"));
        _ = program.layouts.layout_of(program.tcx.subst_slice(ty, &[byte]));
    };
    expect_errors(&path, grown);
}

#[test]
fn a_path_that_leads_to_itself() {
    let (folder, original) = Folder::new();
    let type_of: fn(&Tables) -> &Table = |tables| &tables.type_of;
    let path = folder.damaged(&original, type_of, |program| {
        let function = named(program, "f");
        let impl_ = DefId { index: program.session.def_key(function).parent.unwrap(), ..function };
        (impl_, named(program, "Within"))
    });
    expect_errors(&path, |program| _ = program.tcx.def_path_str(named(program, "Local")));
    expect_errors(&path, |program| {
        _ = program.mangler.symbol_name(Instance::new(named(program, "f"), program.tcx.mk_args(&[])), None);
    });
    expect_errors(&path, |program| _ = program.mangler.type_name(program.session.type_of(named(program, "Within"))));
}
