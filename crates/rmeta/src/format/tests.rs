//! That values take up exactly the bytes before what rustc wrote next, in the toolchain's own crates.

use super::adt::Repr;
use super::attributes::{Attributes, read_attribute};
use super::expansion::{Expansion, ExpnId};
use super::tables::{LazyArray, Table};
use super::{Decode, Decoder, Format, TableKind};
use crate::error::Result;
use crate::session::{CrateData, Session};
use crate::{CrateLocator, OpenError};
use rustc_hash::FxHashSet;
use ty::*;

fn open_std(arena: &Arena) -> std::result::Result<&Session<'_>, OpenError> {
    let locator = CrateLocator { sysroot_lib: testing::sysroot_lib(), ..CrateLocator::default() };
    Session::open(Tcx::new(arena, testing::session_options()), &testing::std_metadata(), &locator)
}

/// Where anything that tables refer to starts.
fn starts(krate: &CrateData<'_>, format: &Format) -> FxHashSet<usize> {
    let root = &krate.root;
    let mut starts = FxHashSet::default();
    let mut add = |table: &Table, is_list: bool| {
        for index in 0..table.len() as u32 {
            let position = match is_list {
                true => table.array(krate.bytes, index).expect("a table of lists").map(|list| list.position),
                false => table.value(krate.bytes, index).expect("a table of values"),
            };
            starts.extend(position);
        }
    };
    for ((_, kind), table) in format.tables.iter().zip(&root.tables.all) {
        if *kind != TableKind::Direct {
            add(table, *kind == TableKind::List);
        }
    }
    for table in [&root.syntax_contexts, &root.expn_data, &root.source_map] {
        add(table, false);
    }
    starts
}

struct Check<'tcx> {
    session: &'tcx Session<'tcx>,
    krate: &'tcx CrateData<'tcx>,
    starts: FxHashSet<usize>,
    /// Values whose end is where nothing known starts: the last before something that no table refers to.
    loose: Vec<(&'static str, u32)>,
    checked: usize,
}

impl<'tcx> Check<'tcx> {
    fn values<T: Decode<'tcx>>(&mut self, name: &'static str, table: &Table) -> Result<()> {
        for index in 0..table.len() as u32 {
            if let Some(position) = table.value(self.krate.bytes, index)? {
                let mut d = self.krate.decoder(self.session, position)?;
                d.read::<T>()?;
                self.end(name, index, &d);
            }
        }
        Ok(())
    }

    fn lists<T: Decode<'tcx>>(&mut self, name: &'static str, table: &Table) -> Result<()> {
        self.lists_with(name, table, |d| d.read::<T>().map(drop))
    }

    fn lists_with(
        &mut self,
        name: &'static str,
        table: &Table,
        read: impl Fn(&mut Decoder<'tcx>) -> Result<()>,
    ) -> Result<()> {
        for index in 0..table.len() as u32 {
            if let Some(LazyArray { position, len }) = table.array(self.krate.bytes, index)? {
                let mut d = self.krate.decoder(self.session, position)?;
                for _ in 0..len {
                    read(&mut d)?;
                }
                self.end(name, index, &d);
            }
        }
        Ok(())
    }

    fn end(&mut self, name: &'static str, index: u32, d: &Decoder<'tcx>) {
        self.checked += 1;
        if !self.starts.contains(&d.position()) {
            self.loose.push((name, index));
        }
    }

    fn all(&mut self) -> Result<()> {
        let root = &self.krate.root;
        let tables = &root.tables;
        type Clauses<'tcx> = Vec<(Clause<'tcx>, Span)>;
        self.values::<DefKey>("def_keys", &tables.def_keys)?;
        self.values::<Span>("def_span", &tables.def_span)?;
        self.values::<Span>("def_ident_span", &tables.def_ident_span)?;
        self.values::<ExpnId>("expn_that_defined", &tables.expn_that_defined)?;
        self.values::<Generics>("generics_of", &tables.generics_of)?;
        self.values::<(Option<DefId>, Clauses<'tcx>)>("explicit_predicates_of", &tables.explicit_predicates_of)?;
        self.values::<Ty<'tcx>>("type_of", &tables.type_of)?;
        self.values::<PolyFnSig<'tcx>>("fn_sig", &tables.fn_sig)?;
        self.values::<CodegenAttrs>("codegen_fn_attrs", &tables.codegen_fn_attrs)?;
        self.values::<ImplHeader<'tcx>>("impl_trait_header", &tables.impl_trait_header)?;
        self.values::<Const<'tcx>>("const_param_default", &tables.const_param_default)?;
        self.values::<Repr>("repr_options", &tables.repr_options)?;
        self.values::<super::items::VariantData>("variant_data", &tables.variant_data)?;
        self.values::<super::traits::Container>("assoc_container", &tables.assoc_container)?;
        self.values::<IntrinsicDef>("intrinsic", &tables.intrinsic)?;
        self.values::<Option<u32>>("coerce_unsized_info", &tables.coerce_unsized_info)?;
        self.values::<Vec<Symbol>>("captures", &tables.closure_saved_names_of_captured_variables)?;
        self.values::<Destructor>("adt_destructor", &tables.adt_destructor)?;
        self.values::<SourceFile>("source_map", &root.source_map)?;
        self.lists::<(Clause<'tcx>, Span)>("explicit_item_bounds", &tables.explicit_item_bounds)?;
        self.lists::<(Clause<'tcx>, Span)>("explicit_super_predicates_of", &tables.explicit_super_predicates_of)?;
        self.lists::<(Clause<'tcx>, Span)>("explicit_implied_predicates_of", &tables.explicit_implied_predicates_of)?;
        self.lists::<Variance>("variances_of", &tables.variances_of)?;
        self.lists::<(Clause<'tcx>, Span)>("inferred_outlives_of", &tables.inferred_outlives_of)?;
        self.lists::<u32>("children", &tables.module_children_non_reexports)?;
        self.lists::<super::items::ModChild>("reexports", &tables.module_children_reexports)?;
        self.lists::<u32>("associated_item_or_field_def_ids", &tables.associated_item_or_field_def_ids)?;
        self.lists::<u8>("deduced_param_attrs", &tables.deduced_param_attrs)?;
        self.lists_with("attributes", &tables.attributes, |d| {
            assert!(read_attribute(d, &mut Attributes::default())?, "an attribute that stops the reading");
            Ok(())
        })?;
        // Expansions end with a flag that nothing asks for.
        for index in 0..root.expn_data.len() as u32 {
            if let Some(position) = root.expn_data.value(self.krate.bytes, index)? {
                let mut d = self.krate.decoder(self.session, position)?;
                d.read::<Expansion>()?;
                d.read_bool()?;
                // The expansion's hash follows.
                d.read_hash128()?;
                self.end("expn_data", index, &d);
            }
        }
        Ok(())
    }
}

#[test]
fn values_end_where_the_next_begin() {
    let arena = Arena::new();
    let session = open_std(&arena).expect("std opens");
    let sample = std::env::var_os("BESSEMER_TEST_ALL").is_none();
    for krate in session.all_crate_data() {
        // Most of what core has, hashbrown, alloc and std have.
        if sample && !matches!(krate.source.name.as_str(), "alloc" | "hashbrown" | "std_detect" | "panic_unwind") {
            continue;
        }
        let mut check = Check { session, krate, starts: starts(krate, session.format), loose: Vec::new(), checked: 0 };
        if let Err(error) = check.all() {
            panic!("{}: {error}", krate.source.name);
        }
        // The last value of each part of the file is followed by something that no table refers to.
        let mut parts: Vec<_> = check.loose.iter().map(|(name, _)| *name).collect();
        parts.dedup();
        assert_eq!(parts.len(), check.loose.len(), "{}: {:?}", krate.source.name, check.loose);
        assert!(parts.len() <= 5 && check.checked > 10, "{}: {:?}", krate.source.name, check.loose);
    }
}
