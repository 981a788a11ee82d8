//! Answers about snippets and the standard library, as text.

mod common;

use bessemer_rmeta::Session;
use common::{find, named, with_snippet};
use expect_test::{Expect, expect};
use std::fmt::Write;
use ty::*;

fn check(source: &str, ask: impl for<'tcx> FnOnce(&'tcx Session<'tcx>, &mut String), expected: Expect) {
    with_snippet(source, |session| {
        let mut out = String::new();
        ask(session, &mut out);
        expected.assert_eq(&named(session, &out));
    });
}

#[test]
fn types() {
    check(
        "#![feature(never_type)]
         pub struct S<'a, T: Clone, const N: usize> { pub a: &'a [T; N], b: (u8, !), c: Option<fn(&T) -> *const str> }
         #[repr(i64)] pub enum E { A, B(i32) = 7, C { x: Box<dyn Fn(u8) -> String + Send> } = 9, D }
         #[repr(C, align(16))] pub union U { x: f32, y: std::mem::ManuallyDrop<String> }",
        |session, out| {
            for name in ["S", "E", "U"] {
                let adt = session.adt_def(find(session, &format!("snippet::{name}")));
                writeln!(out, "{:?} {name} {:?}", adt.kind, adt.repr.flags).unwrap();
                for variant in &adt.variants {
                    let ctor = variant.ctor.map(|(kind, _)| kind);
                    let discr = match variant.discr {
                        VariantDiscr::Explicit(_) => "explicit".to_owned(),
                        VariantDiscr::Relative(distance) => format!("+{distance}"),
                    };
                    writeln!(out, "  {} {ctor:?} {discr}", variant.name).unwrap();
                    for field in &variant.fields {
                        writeln!(out, "    {}: {:?}", field.name, session.type_of(field.did)).unwrap();
                    }
                }
            }
            let generics = session.generics_of(find(session, "snippet::S"));
            for param in &generics.own_params {
                writeln!(out, "{} {} {:?}", param.index, param.name, param.kind).unwrap();
            }
        },
        expect![[r#"
            Struct S 
              S None +0
                a: &EarlyParam { index: 0, name: "'a" } [T/#1; N/#2]
                b: (u8,!,)
                c: adt(TypeNs("Option"))<extern Rust fn([&Bound(0, BoundRegion { var: 0, kind: Named(DesugaredAnonymousLifetime) }) T/#1]) -> *const str>
            Enum E 
              A Some(Const) +0
              B Some(Fn) explicit
                0: i32
              C None explicit
                x: adt(TypeNs("Box"))<dyn Trait(ExistentialTraitRef { def_id: TypeNs("Fn"), args: [(u8,)] }) + Projection(ExistentialProjection { def_id: TypeNs("Output"), args: [(u8,)], term: Ty(adt(TypeNs("String"))) }) + AutoTrait(TypeNs("Send")), adt(TypeNs("Global"))>
              D Some(Const) +1
            Union U IS_C
              U None +0
                x: f32
                y: adt(TypeNs("ManuallyDrop"))<adt(TypeNs("String"))>
            0 'a Lifetime
            1 T Type { has_default: false, synthetic: false }
            2 N Const { has_default: false }
        "#]],
    );
}

#[test]
fn functions() {
    check(
        "#![feature(c_variadic)]
         pub unsafe extern \"C\" fn f(x: *mut u8, ...) -> i32 { unimplemented!() }
         #[inline(always)] #[cold] #[track_caller] pub const fn g<T: Copy>(x: &T) -> T { *x }
         #[unsafe(no_mangle)] #[unsafe(link_section = \".text.h\")] pub extern \"system\" fn h() {}
         #[target_feature(enable = \"avx2\")] pub fn k() {}
         unsafe extern \"C\" { #[link_name = \"strlen\"] pub fn len(s: *const u8) -> usize; }",
        |session, out| {
            for name in ["f", "g", "h", "k", "len"] {
                let def_id = find(session, &format!("snippet::{name}"));
                let attrs = session.codegen_attrs(def_id);
                writeln!(out, "{name}: {:?}", session.fn_sig(def_id)).unwrap();
                writeln!(out, "  {:?} {:?} {:?}", attrs.flags, attrs.inline, attrs.symbol_name).unwrap();
                writeln!(out, "  {:?} {:?}", attrs.link_section, attrs.target_features).unwrap();
                let (is_const, is_foreign) = (session.is_const_fn(def_id), session.is_foreign_item(def_id));
                writeln!(out, "  const {is_const} foreign {is_foreign}").unwrap();
            }
            let predicates = session.predicates_of(find(session, "snippet::g"));
            writeln!(out, "{:?}", predicates.predicates).unwrap();
        },
        expect![[r#"
            f: Binder { value: extern C { unwind: false } fn([*mut u8]) -> i32, bound_vars: [] }
              CodegenFlags(0x0) None None
              None []
              const false foreign false
            g: Binder { value: extern Rust fn([&Bound(0, BoundRegion { var: 0, kind: Named(DesugaredAnonymousLifetime) }) T/#0]) -> T/#0, bound_vars: [Region(Named(DesugaredAnonymousLifetime))] }
              CodegenFlags(COLD | TRACK_CALLER) Always None
              None []
              const true foreign false
            h: Binder { value: extern System { unwind: false } fn([]) -> (), bound_vars: [] }
              CodegenFlags(NO_MANGLE) None None
              Some(".text.h") []
              const false foreign false
            k: Binder { value: extern Rust fn([]) -> (), bound_vars: [] }
              CodegenFlags(0x0) None None
              None ["avx", "avx2", "sse", "sse2", "sse3", "sse4.1", "sse4.2", "ssse3"]
              const false foreign false
            len: Binder { value: extern C { unwind: false } fn([*const u8]) -> usize, bound_vars: [] }
              CodegenFlags(FOREIGN_ITEM) None Some("strlen")
              None []
              const false foreign true
            [Binder { value: Trait(TraitRef { def_id: TypeNs("Sized"), args: [T/#0] }), bound_vars: [] }, Binder { value: Trait(TraitRef { def_id: TypeNs("Copy"), args: [T/#0] }), bound_vars: [] }]
        "#]],
    );
}

#[test]
fn traits() {
    check(
        "pub trait Shape: Send { type Unit: Copy; const SIDES: u32 = 4; fn area(&self) -> Self::Unit; fn name() -> &'static str { \"\" } }
         pub struct Square(f64);
         impl Shape for Square { type Unit = f64; fn area(&self) -> f64 { self.0 } }
         impl<T: Shape> Shape for Box<T> { type Unit = (); const SIDES: u32 = T::SIDES; fn area(&self) {} }
         impl Drop for Square { fn drop(&mut self) {} }",
        |session, out| {
            let shape = find(session, "snippet::Shape");
            for item in session.assoc_items(shape) {
                let (kind, value, this) = (item.kind, item.has_value, item.fn_has_self_parameter);
                writeln!(out, "{} {kind:?} value {value} self {this}", item.name).unwrap();
                writeln!(out, "  bounds {:?}", session.item_bounds(item.def_id)).unwrap();
            }
            writeln!(out, "super {:?}", session.super_predicates_of(shape)).unwrap();
            for found in session.impls_of_trait(shape) {
                let header = session.impl_header(found.impl_).unwrap();
                writeln!(out, "impl for {:?}, {:?}", header.trait_ref.self_ty(), found.simplified_self).unwrap();
                for item in session.assoc_items(found.impl_) {
                    let trait_item = session.assoc_item(item.trait_item.unwrap()).unwrap();
                    writeln!(out, "  {} is {} of {:?}", item.name, trait_item.name, trait_item.container).unwrap();
                    if item.kind == AssocKind::Type {
                        writeln!(out, "    {:?}", session.type_of(item.def_id)).unwrap();
                    }
                }
            }
            let drop = session.adt_destructor(find(session, "snippet::Square")).unwrap();
            writeln!(out, "{:?}", session.def_key(drop.did).data).unwrap();
            let send = find(session, "core::marker::Send");
            writeln!(out, "{:?}", session.trait_def(send).is_auto).unwrap();
        },
        expect![[r#"
            Unit Type value false self false
              bounds [Binder { value: Trait(TraitRef { def_id: TypeNs("Sized"), args: [Projection(TypeNs("Unit"))<Self/#0>] }), bound_vars: [] }, Binder { value: Trait(TraitRef { def_id: TypeNs("Copy"), args: [Projection(TypeNs("Unit"))<Self/#0>] }), bound_vars: [] }]
            SIDES Const value true self false
              bounds []
            area Fn value false self true
              bounds []
            name Fn value true self false
              bounds []
            super [Binder { value: Trait(TraitRef { def_id: TypeNs("MetaSized"), args: [Self/#0] }), bound_vars: [] }, Binder { value: Trait(TraitRef { def_id: TypeNs("Send"), args: [Self/#0] }), bound_vars: [] }]
            impl for adt(TypeNs("Square")), Some(Adt(TypeNs("Square")))
              Unit is Unit of Trait
                f64
              area is area of Trait
            impl for adt(TypeNs("Box"))<T/#0, adt(TypeNs("Global"))>, Some(Adt(TypeNs("Box")))
              Unit is Unit of Trait
                ()
              SIDES is SIDES of Trait
              area is area of Trait
            ValueNs("drop")
            true
        "#]],
    );
}

#[test]
fn spans() {
    check(
        "macro_rules! deep { ($e:expr) => { wrap!($e + panic_here()) } }
         macro_rules! wrap { ($e:expr) => { fn_of($e) } }
         fn fn_of(x: u32) -> u32 { x }
         fn panic_here() -> u32 { panic!(\"ä {}\", 1) }
         /* ää */ pub fn top() -> u32 { deep!(1) }",
        |session, out| {
            use mir::Bodies;
            for name in ["panic_here", "top"] {
                let body = session.optimized_mir(find(session, &format!("snippet::{name}")));
                for block in &body.basic_blocks {
                    let span = block.terminator.source_info.span;
                    let place = |span: Span| {
                        let file = session.source_file(span.file);
                        let (line, column) = file.line_column(span.lo);
                        format!("{}:{line}:{column}", file.name)
                    };
                    let (cause, debug) = (session.expansion_cause(span), session.debug_span(span));
                    writeln!(out, "{name}: {} cause {} debug {}", place(span), place(cause), place(debug)).unwrap();
                }
            }
        },
        expect![[r#"
            panic_here: /rustc/COMMIT/library/core/src/panic.rs:62:38 cause snippet.rs:4:35 debug snippet.rs:4:35
            panic_here: /rustc/COMMIT/library/core/src/panic.rs:62:9 cause snippet.rs:4:35 debug snippet.rs:4:35
            top: snippet.rs:1:47 cause snippet.rs:5:41 debug snippet.rs:1:47
            top: snippet.rs:1:42 cause snippet.rs:5:41 debug snippet.rs:1:42
            top: snippet.rs:2:45 cause snippet.rs:5:41 debug snippet.rs:2:45
            top: snippet.rs:5:51 cause snippet.rs:5:51 debug snippet.rs:5:51
        "#]],
    );
}

#[test]
fn closures_and_coroutines() {
    check(
        "pub fn f(a: u32, b: String) -> impl Fn() -> usize { move || b.len() + a as usize }
         pub async fn g(x: u8) -> u8 { h(x).await }
         async fn h(x: u8) -> u8 { x }
         pub fn k() -> impl AsyncFn(u8) -> u8 { async move |x| h(x).await }",
        |session, out| {
            let count = session.crate_data(CrateNum::LOCAL).unwrap().root.tables.def_kind.len() as u32;
            for index in 0..count {
                let def_id = DefId { krate: CrateNum::LOCAL, index };
                let data = session.def_key(def_id).data;
                match data {
                    DefPathData::Closure => {
                        writeln!(out, "closure {:?}", session.captured_names(def_id)).unwrap();
                        let body = session.coroutine_by_move_body(def_id).is_some();
                        writeln!(out, "  {:?} by-move body {body}", session.coroutine_kind(def_id)).unwrap();
                    }
                    DefPathData::OpaqueTy => {
                        writeln!(out, "opaque {:?}", session.type_of(def_id)).unwrap();
                    }
                    _ => {}
                }
            }
        },
        expect![[r#"
            opaque closure(Closure)<i8, extern RustCall fn([()]) -> usize, (adt(TypeNs("String")),u32,)>
            closure ["b", "a"]
              None by-move body false
            opaque coroutine(Closure)<(), adt(TypeNs("ResumeTy")), (), u8, (u8,)>
            closure ["x"]
              Some(Desugared(Async, Fn)) by-move body false
            opaque coroutine(Closure)<(), adt(TypeNs("ResumeTy")), (), u8, (u8,)>
            closure ["x"]
              Some(Desugared(Async, Fn)) by-move body false
            opaque coroutine-closure(Closure)<i8, extern RustCall fn([adt(TypeNs("ResumeTy")), (u8,)]) -> ((),u8,), (), extern Rust fn([]) -> ()>
            closure []
              None by-move body false
            closure ["x"]
              Some(Desugared(Async, Closure)) by-move body true
        "#]],
    );
}

#[test]
fn standard_library() {
    check(
        "",
        |session, out| {
            for krate in session.crates() {
                let flags = session.crate_flags(krate);
                let mut roles = Vec::new();
                for (has, role) in [
                    (flags.compiler_builtins, "compiler_builtins"),
                    (flags.panic_runtime, "panic_runtime"),
                    (flags.needs_panic_runtime, "needs_panic_runtime"),
                    (flags.needs_allocator, "needs_allocator"),
                    (flags.has_global_allocator, "global_allocator"),
                    (flags.has_default_lib_allocator, "default_lib_allocator"),
                    (flags.has_panic_handler, "panic_handler"),
                ] {
                    if has {
                        roles.push(role);
                    }
                }
                writeln!(out, "{} {roles:?}", session.crate_name(krate)).unwrap();
                for lib in session.native_libraries(krate).iter().filter(|lib| lib.enabled) {
                    writeln!(out, "  links {} {:?}", lib.name, lib.kind).unwrap();
                }
                let count = session.crate_data(krate).unwrap().root.tables.def_kind.len() as u32;
                for index in 0..count {
                    let def_id = DefId { krate, index };
                    let (start, end) = session.scalar_valid_range(def_id);
                    if start.is_some() || end.is_some() {
                        let name = session.def_key(def_id).data;
                        writeln!(out, "  range of {name:?}: {start:x?}..={end:x?}").unwrap();
                    }
                }
            }
            let lang = |item| session.lang_item(item).map(|def_id| session.def_key(def_id).data);
            for item in [LangItem::OwnedBox, LangItem::Drop, LangItem::PanicFmt, LangItem::Option, LangItem::Start] {
                writeln!(out, "{item:?} {:?}", lang(item)).unwrap();
            }
            for path in ["alloc::boxed::Box", "core::marker::PhantomData", "core::cell::UnsafeCell"] {
                let adt = session.adt_def(find(session, path));
                writeln!(out, "{path} {} {} {}", adt.is_box, adt.is_phantom_data, adt.is_unsafe_cell).unwrap();
            }
            for name in ["transmute", "size_of", "black_box", "ptr_metadata"] {
                let def_id = find(session, &format!("core::intrinsics::{name}"));
                writeln!(out, "{:?}", session.intrinsic(def_id)).unwrap();
            }
            let std = session.crates().into_iter().find(|&num| session.crate_name(num).as_str() == "std").unwrap();
            let exported =
                session.exported_symbols(std).iter().filter(|symbol| matches!(symbol, ExportedSymbol::NonGeneric(_)));
            writeln!(out, "{} exported", exported.count()).unwrap();
            assert!(session.diagnostic_item("HashMap").is_some());
        },
        expect![[r#"
            snippet []
            std ["needs_panic_runtime", "default_lib_allocator", "panic_handler"]
            core []
              range of TypeNs("NonNull"): Some(1)..=None
            alloc ["needs_allocator"]
            compiler_builtins ["compiler_builtins"]
              links compiler-rt Static { bundle: true, whole_archive: false }
            libc []
              links util Unspecified
              links rt Unspecified
              links pthread Unspecified
              links m Unspecified
              links dl Unspecified
              links c Unspecified
            rustc_std_workspace_core []
            unwind []
              links gcc_s Unspecified
            miniz_oxide []
            adler2 []
            hashbrown []
            rustc_std_workspace_alloc []
            std_detect []
            rustc_demangle []
            cfg_if []
            addr2line []
            gimli []
            object []
            memchr []
            panic_unwind ["panic_runtime"]
            OwnedBox Some(TypeNs("Box"))
            Drop Some(TypeNs("Drop"))
            PanicFmt Some(ValueNs("panic_fmt"))
            Option Some(TypeNs("Option"))
            Start Some(ValueNs("lang_start"))
            alloc::boxed::Box true false false
            core::marker::PhantomData false true false
            core::cell::UnsafeCell false false true
            Some(IntrinsicDef { name: "transmute", known: Some(Language(Transmute)), must_be_overridden: true })
            Some(IntrinsicDef { name: "size_of", known: Some(Language(SizeOf)), must_be_overridden: true })
            Some(IntrinsicDef { name: "black_box", known: Some(Language(BlackBox)), must_be_overridden: true })
            Some(IntrinsicDef { name: "ptr_metadata", known: Some(Memory(PtrMetadata)), must_be_overridden: true })
            817 exported
        "#]],
    );
}
