//! The same constants evaluated here and by rustc: a program that rustc builds prints their bytes.

mod common;

use mir::Const;
use std::path::Path;
use std::process::Command;
use ty::{ConstValue, CrateNum, DefKind, Definitions, GlobalAlloc, Scalar, Ty, TyKind};

const PRINTER: &str = r#"
mod printer {
    pub trait Print { fn print(&self); }
    pub fn bytes<T: ?Sized>(value: &T) {
        let len = std::mem::size_of_val(value);
        let bytes = unsafe { std::slice::from_raw_parts((&raw const *value).cast::<u8>(), len) };
        for byte in bytes { print!("{byte:02x}"); }
    }
    impl Print for &str { fn print(&self) { bytes::<str>(self); } }
    macro_rules! plain { ($($ty:ty),*) => { $(impl Print for $ty { fn print(&self) { bytes(self); } })* } }
    plain! { bool, char, u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64, (u8, bool), (u8, u8), (u64, u64) }
    impl Print for (u64, bool) { fn print(&self) { bytes(&self.0); bytes(&self.1); } }
    impl<T: Print, const N: usize> Print for [T; N] { fn print(&self) { for element in self { element.print(); } } }
}
"#;

/// What rustc's program prints, by name.
fn from_rustc(dir: &Path, source: &str, names: &[String]) -> Vec<String> {
    let calls: String = names.iter().map(|name| format!("    printer::Print::print(&{name}); println!();\n")).collect();
    std::fs::write(dir.join("snippet.rs"), format!("{source}{PRINTER}\nfn main() {{\n{calls}}}\n")).expect("written");
    let run = |command: &mut Command| {
        let output = command.current_dir(dir).env("RUSTC_BOOTSTRAP", "1").output().expect("it starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    run(Command::new("rustc").args(["--edition", "2024", "-Awarnings", "-o", "program", "snippet.rs"]));
    run(&mut Command::new(dir.join("program"))).lines().map(str::to_owned).collect()
}

fn print_value<'tcx>(program: &common::Program<'tcx>, ty: Ty<'tcx>, value: ConstValue) -> String {
    match (*ty.kind(), value) {
        (TyKind::Array(element, len), ConstValue::Indirect { alloc_id, offset }) => {
            let size = program.layouts.layout_of(element).expect("a layout").size.bytes();
            let len = len.as_target_usize().expect("a length");
            (0..len).map(|index| print_at(program, element, alloc_id, offset + index * size)).collect()
        }
        (TyKind::Ref(..), ConstValue::Slice { alloc_id, meta }) => bytes(program, alloc_id, 0, meta),
        (TyKind::Ref(..), ConstValue::Indirect { alloc_id, offset }) => print_at(program, ty, alloc_id, offset),
        (TyKind::Tuple(types), ConstValue::Indirect { alloc_id, offset }) => {
            let layout = program.layouts.layout_of(ty).expect("a layout");
            let fields = types.iter().enumerate();
            let mut fields: Vec<_> = fields.map(|(index, ty)| (layout.fields.offset(index).bytes(), ty)).collect();
            fields.sort_by_key(|&(at, _)| at);
            fields.into_iter().map(|(at, ty)| print_at(program, ty, alloc_id, offset + at)).collect()
        }
        (_, value) => program.show(ty, value),
    }
}

fn print_at<'tcx>(program: &common::Program<'tcx>, ty: Ty<'tcx>, id: ty::AllocId, at: u64) -> String {
    if let TyKind::Ref(..) = ty.kind() {
        let GlobalAlloc::Memory(alloc) = program.tcx.global_alloc(id) else { panic!("not memory") };
        let target = alloc.0.pointer_at(at).expect("a pointer");
        let number = |at: usize| u64::from_le_bytes(alloc.0.bytes[at..at + 8].try_into().expect("8 bytes"));
        return bytes(program, target, number(at as usize), number(at as usize + 8));
    }
    print_value(program, ty, ConstValue::Indirect { alloc_id: id, offset: at })
}

fn bytes(program: &common::Program<'_>, id: ty::AllocId, at: u64, len: u64) -> String {
    let GlobalAlloc::Memory(alloc) = program.tcx.global_alloc(id) else { panic!("not memory") };
    alloc.0.bytes[at as usize..(at + len) as usize].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn compare(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/battery").join(file);
    let mut source = std::fs::read_to_string(path).expect("the battery");
    if testing::release().number >= (1, 96, 0) {
        source = source.replace("simd_fmax", "simd_maximum_number_nsz");
    }
    let ours = common::with_snippet(&source, |program| {
        let mut children = program.session.module_children(CrateNum::LOCAL.root());
        children.sort_by_key(|&(_, def_id)| def_id.index);
        children.retain(|&(_, def_id)| program.session.def_kind(def_id) == DefKind::Const);
        let mut ours = Vec::new();
        for (name, def_id) in children {
            let (ty, value) = program.constant(def_id);
            let text = match value {
                Ok(value) => print_value(program, ty, value),
                Err(error) => format!("{} {:?}", error.message, error.frames),
            };
            ours.push((name.to_string(), text));
        }
        ours
    });
    let names: Vec<String> = ours.iter().map(|(name, _)| name.clone()).collect();
    let dir = tempfile::tempdir().expect("a temporary folder");
    let theirs = from_rustc(dir.path(), &source, &names);
    assert_eq!(theirs.len(), ours.len());
    let different: Vec<String> = ours
        .iter()
        .zip(&theirs)
        .filter(|((_, ours), theirs)| ours != *theirs)
        .map(|((name, ours), theirs)| format!("{name}:\n   here {ours}\n  rustc {theirs}"))
        .collect();
    assert!(different.is_empty(), "{}", different.join("\n"));
    let _: Option<(Const<'_>, Scalar)> = None;
}

#[test]
fn language() {
    compare("language.rs");
}

#[test]
fn numbers() {
    compare("numbers.rs");
}

#[test]
fn features() {
    compare("features.rs");
}
