//! Definitions and types as people write them, for messages and dumps.
//!
//! Paths begin with the crate's name, except in the crate being compiled. Lifetimes that are erased are left out. Where the
//! context has no [`Definitions`], ids stand for names.

use crate::*;
use std::fmt::Write;

impl<'tcx> Tcx<'tcx> {
    /// A definition's path: `std::vec::Vec`, `<impl Clone for std::string::String>::clone`.
    pub fn def_path_str(self, def_id: DefId) -> String {
        let mut names = Names::new(self);
        names.path(def_id);
        names.out
    }

    /// A definition as rustc's messages call it: without the modules that it is in.
    pub fn short_path_str(self, def_id: DefId) -> String {
        let mut names = Names { trims: true, ..Names::new(self) };
        names.path(def_id);
        names.out
    }

    /// The path of a definition as debuggers show it: with the name of the crate, of the one that is compiled too.
    pub fn debug_path_str(self, def_id: DefId) -> String {
        let mut names = Names::new(self);
        names.names_local_crate = true;
        names.path(def_id);
        names.out
    }

    /// The path of a function, constant or constructor with its arguments: `std::vec::Vec::<u8>::push`,
    /// `<T as std::clone::Clone>::clone`.
    pub fn value_path_str(self, def_id: DefId, args: GenericArgs<'tcx>) -> String {
        let mut names = Names::new(self);
        names.value_path(def_id, args.as_slice());
        names.out
    }

    /// A type: `&mut std::vec::Vec<u8>`.
    pub fn ty_str(self, ty: Ty<'tcx>) -> String {
        let mut names = Names::new(self);
        names.ty(ty);
        names.out
    }

    /// A constant of the type system, without its type: `4`, `N`.
    pub fn const_str(self, constant: Const<'tcx>) -> String {
        let mut names = Names::new(self);
        names.constant(constant);
        names.out
    }

    /// An instance as rustc's messages call it: items without the modules that they are in, and of many types the
    /// innermost left out. Shims have what they are for beside their name.
    pub fn short_instance_str(self, instance: Instance<'tcx>) -> String {
        let with_limit = |most_types: usize| {
            let mut names = Names { trims: true, most_types, ..Names::new(self) };
            names.value_path(instance.def_id(), instance.args.as_slice());
            names.shim(instance.kind);
            names.out
        };
        let full = with_limit(MOST_TYPES);
        if full.len() <= LONG {
            return full;
        }
        let shortened = (0..=50).rev().map(with_limit).find(|name| name.len() <= SHORTENED);
        shortened.unwrap_or_else(|| with_limit(0))
    }

    /// An instance, with a note if it is a shim.
    pub fn instance_str(self, instance: Instance<'tcx>) -> String {
        let mut names = Names::new(self);
        names.value_path(instance.def_id(), instance.args.as_slice());
        let shim = match instance.kind {
            InstanceKind::Item(_) => return names.out,
            InstanceKind::Intrinsic(_) => "intrinsic",
            InstanceKind::VTableShim(_) => "shim for vtables",
            InstanceKind::ReifyShim(..) => "shim for pointers",
            InstanceKind::FnPtrShim(..) => "shim for fn pointers",
            InstanceKind::Virtual(..) => "through a vtable",
            InstanceKind::ClosureOnceShim { .. } => "shim for closures",
            InstanceKind::ConstructCoroutineInClosureShim { .. } => "shim for async closures",
            InstanceKind::ThreadLocalShim(_) => "shim for thread-locals",
            InstanceKind::FutureDropPollShim(..) => "shim for dropping futures",
            InstanceKind::DropGlue(..) => "drop glue",
            InstanceKind::CloneShim(..) => "shim for clone",
            InstanceKind::FnPtrAddrShim(..) => "shim for addresses",
            InstanceKind::AsyncDropGlueCtorShim(..) | InstanceKind::AsyncDropGlue(..) => "asynchronous drop glue",
        };
        let _ = write!(names.out, " - {shim}");
        names.out
    }
}

/// Types that one text shows, of those that are worth leaving out. A type that is small in memory may be endless as text.
const MOST_TYPES: usize = 4096;

/// How long a name in a message may be, and how long one is that has been shortened: two thirds and half of the width of
/// messages that go to no terminal.
const LONG: usize = 140 * 2 / 3;
const SHORTENED: usize = 140 / 2;

struct Names<'tcx> {
    tcx: Tcx<'tcx>,
    definitions: Option<&'tcx dyn Definitions<'tcx>>,
    out: String,
    names_local_crate: bool,
    /// Items are called by their own name alone.
    trims: bool,
    /// How many types were shown so far, and how many may be before `...` stands for the rest.
    shown_types: usize,
    most_types: usize,
}

impl<'tcx> Names<'tcx> {
    fn new(tcx: Tcx<'tcx>) -> Names<'tcx> {
        Names {
            tcx,
            definitions: tcx.try_definitions(),
            out: String::new(),
            names_local_crate: false,
            trims: false,
            shown_types: 0,
            most_types: MOST_TYPES,
        }
    }

    /// What a shim is for, in rustc's words.
    fn shim(&mut self, kind: InstanceKind<'tcx>) {
        let (what, ty) = match kind {
            InstanceKind::Item(_) => return,
            InstanceKind::VTableShim(_) => ("vtable", None),
            InstanceKind::ReifyShim(..) => ("reify", None),
            InstanceKind::ThreadLocalShim(_) => ("tls", None),
            InstanceKind::Intrinsic(_) => return self.text(" - intrinsic"),
            InstanceKind::Virtual(_, slot) => return self.text(&format!(" - virtual#{slot}")),
            InstanceKind::DropGlue(_, None) => ("None", None),
            InstanceKind::DropGlue(_, Some(ty)) => ("Some", Some(ty)),
            InstanceKind::FnPtrShim(_, ty) | InstanceKind::CloneShim(_, ty) | InstanceKind::FnPtrAddrShim(_, ty) => {
                ("", Some(ty))
            }
            _ => return self.text(" - shim"),
        };
        self.text(" - shim(");
        self.text(what);
        if let Some(ty) = ty {
            self.text(if what.is_empty() { "" } else { "(" });
            self.ty(ty);
            self.text(if what.is_empty() { "" } else { ")" });
        }
        self.text(")");
    }

    fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Adds a name to the path written so far.
    fn segment(&mut self, name: &str) {
        if !self.out.is_empty() && !self.out.ends_with(['<', '(', '[', ' ', '&', '*', '{']) {
            self.out.push_str("::");
        }
        self.out.push_str(name);
    }

    /// A path without arguments.
    fn path(&mut self, def_id: DefId) {
        ensure_stack();
        let Some(definitions) = self.definitions else {
            let _ = write!(self.out, "{{{def_id:?}}}");
            return;
        };
        let key = definitions.def_key(def_id);
        let Some(parent) = key.parent else {
            if def_id.krate != CrateNum::LOCAL || self.names_local_crate {
                self.text(definitions.crate_name(def_id.krate).as_str());
            }
            return;
        };
        let parent = DefId { krate: def_id.krate, index: parent };
        if let DefPathData::Impl = key.data {
            self.impl_name(definitions, def_id);
            return;
        }
        let start = self.out.len();
        let in_module = || {
            use DefKind::{AssocFn, Const, Fn, Mod, Static};
            matches!(definitions.def_kind(parent), Mod | Fn | AssocFn | Const | Static { .. })
        };
        let is_trimmed = self.trims
            && matches!(key.data, DefPathData::TypeNs(_) | DefPathData::ValueNs(_) | DefPathData::MacroNs(_))
            && in_module();
        if !is_trimmed {
            self.path(parent);
        }
        let mut own = Names { out: String::new(), ..*self };
        own.last_segment(key);
        if own.out.is_empty() {
            return;
        }
        // The crate being compiled has no name in paths.
        if self.out.len() == start { self.text(&own.out) } else { self.segment(&own.out) }
    }

    /// The definition's own part of its path; empty if it has none.
    fn last_segment(&mut self, key: DefKey) {
        let numbered = match key.data {
            DefPathData::TypeNs(name)
            | DefPathData::ValueNs(name)
            | DefPathData::MacroNs(name)
            | DefPathData::LifetimeNs(name)
            | DefPathData::OpaqueLifetime(name) => return self.text(name.as_str()),
            DefPathData::CrateRoot | DefPathData::ForeignMod | DefPathData::Ctor => return,
            DefPathData::AnonAssocTy(name) => return self.text(&format!("{{anon_assoc#{name}}}")),
            DefPathData::Impl => "impl",
            DefPathData::Use => "use",
            DefPathData::GlobalAsm => "global_asm",
            DefPathData::Closure => "closure",
            DefPathData::AnonConst | DefPathData::LateAnonConst => "constant",
            DefPathData::OpaqueTy => "opaque",
            DefPathData::SyntheticCoroutineBody => "synthetic",
            DefPathData::NestedStatic => "nested",
            DefPathData::DesugaredAnonymousLifetime => "lifetime",
        };
        let _ = write!(self.out, "{{{numbered}#{}}}", key.disambiguator);
    }

    fn impl_name(&mut self, definitions: &'tcx dyn Definitions<'tcx>, impl_: DefId) {
        match definitions.impl_header(impl_) {
            Some(header) if self.trims => {
                self.qualified(header.trait_ref.self_ty(), header.trait_ref.def_id, &header.trait_ref.args[1..]);
            }
            Some(header) => {
                self.text("<impl ");
                self.trait_path(header.trait_ref.def_id, &header.trait_ref.args[1..]);
                self.text(" for ");
                self.ty(header.trait_ref.self_ty());
                self.text(">");
            }
            None => self.self_ty(definitions.type_of(impl_)),
        }
    }

    /// A type in front of the name of one of its own items.
    fn self_ty(&mut self, ty: Ty<'tcx>) {
        match *ty.kind() {
            TyKind::Adt(did, args) => {
                self.path(did);
                self.turbofish(args.as_slice());
            }
            _ => {
                self.text("<");
                self.ty(ty);
                self.text(">");
            }
        }
    }

    fn trait_path(&mut self, trait_: DefId, args: &[GenericArg<'tcx>]) {
        self.path(trait_);
        self.args(args);
    }

    fn value_path(&mut self, def_id: DefId, args: &[GenericArg<'tcx>]) {
        let Some(definitions) = self.definitions else {
            self.path(def_id);
            return self.turbofish(args);
        };
        let key = definitions.def_key(def_id);
        let Some(parent) = key.parent.map(|index| DefId { krate: def_id.krate, index }) else {
            return self.path(def_id);
        };
        let parent_kind = definitions.def_kind(parent);
        match definitions.def_kind(def_id) {
            DefKind::Ctor(..) => return self.value_path(parent, args),
            DefKind::Closure | DefKind::InlineConst | DefKind::AnonConst => {
                let count = definitions.generics_of(def_id).parent_count.min(args.len());
                self.value_path(parent, &args[..count]);
                let mut own = Names { out: String::new(), ..*self };
                own.last_segment(key);
                return self.segment(&own.out);
            }
            DefKind::Variant => {
                self.value_path(parent, args);
                let mut own = Names { out: String::new(), ..*self };
                own.last_segment(key);
                return self.segment(&own.out);
            }
            DefKind::Fn | DefKind::AssocFn | DefKind::Const | DefKind::AssocConst => {}
            _ => {
                self.path(def_id);
                return self.turbofish(args);
            }
        }
        let generics = definitions.generics_of(def_id);
        if args.len() < generics.count() {
            return self.path(def_id);
        }
        let (parent_args, own_args) = args.split_at(generics.parent_count);
        match parent_kind {
            DefKind::Impl { of_trait: true } => match definitions.impl_header(parent) {
                Some(header) => {
                    let trait_ref = self.tcx.subst_slice(header.trait_ref, parent_args);
                    self.qualified(trait_ref.self_ty(), trait_ref.def_id, &trait_ref.args[1..]);
                }
                None => self.path(parent),
            },
            DefKind::Impl { of_trait: false } => {
                let self_ty = self.tcx.subst_slice(definitions.type_of(parent), parent_args);
                self.self_ty(self_ty);
            }
            DefKind::Trait if !parent_args.is_empty() => {
                self.qualified(parent_args[0].expect_ty(), parent, &parent_args[1..]);
            }
            _ => {
                self.path(def_id);
                return self.turbofish(own_args);
            }
        }
        let mut own = Names { out: String::new(), ..*self };
        own.last_segment(key);
        self.segment(&own.out);
        self.turbofish(own_args);
    }

    fn qualified(&mut self, self_ty: Ty<'tcx>, trait_: DefId, args: &[GenericArg<'tcx>]) {
        self.text("<");
        self.ty(self_ty);
        self.text(" as ");
        self.trait_path(trait_, args);
        self.text(">");
    }

    fn turbofish(&mut self, args: &[GenericArg<'tcx>]) {
        if args.iter().any(is_shown) {
            self.text("::");
            self.args(args);
        }
    }

    fn args(&mut self, args: &[GenericArg<'tcx>]) {
        if !args.iter().any(is_shown) {
            return;
        }
        self.text("<");
        self.arg_list(args);
        self.text(">");
    }

    fn arg_list(&mut self, args: &[GenericArg<'tcx>]) {
        for (index, arg) in args.iter().filter(|arg| is_shown(arg)).enumerate() {
            if index != 0 {
                self.text(", ");
            }
            match *arg {
                GenericArg::Lifetime(region) => self.region(region),
                GenericArg::Type(ty) => self.ty(ty),
                GenericArg::Const(constant) => self.constant(constant),
            }
        }
    }

    fn region(&mut self, region: Region) {
        match region {
            Region::EarlyParam { name, .. } => self.text(name.as_str()),
            Region::Static => self.text("'static"),
            Region::Bound(..) | Region::Erased => self.text("'_"),
        }
    }

    fn ty_list(&mut self, types: &[Ty<'tcx>]) {
        for (index, &ty) in types.iter().enumerate() {
            if index != 0 {
                self.text(", ");
            }
            self.ty(ty);
        }
    }

    fn ty(&mut self, ty: Ty<'tcx>) {
        ensure_stack();
        let is_short = ty.is_unit()
            || matches!(
                ty.kind(),
                TyKind::Bool
                    | TyKind::Char
                    | TyKind::Int(_)
                    | TyKind::Uint(_)
                    | TyKind::Float(_)
                    | TyKind::Str
                    | TyKind::Never
                    | TyKind::Array(..)
                    | TyKind::Slice(_)
            );
        if !is_short && self.shown_types > self.most_types {
            return self.text("...");
        }
        self.shown_types += 1;
        match *ty.kind() {
            TyKind::Bool => self.text("bool"),
            TyKind::Char => self.text("char"),
            TyKind::Int(int) => self.text(int.name()),
            TyKind::Uint(uint) => self.text(uint.name()),
            TyKind::Float(float) => self.text(float.name()),
            TyKind::Str => self.text("str"),
            TyKind::Never => self.text("!"),
            TyKind::Error => self.text("{error}"),
            TyKind::Param(param) => self.text(param.name.as_str()),
            TyKind::Bound(depth, bound) => self.text(&format!("^{depth}.{}", bound.var)),
            TyKind::Infer(var) => self.text(&format!("?{var}")),
            TyKind::Foreign(did) => self.path(did),
            TyKind::Adt(did, args) => {
                self.path(did);
                self.args(args.as_slice());
            }
            TyKind::Array(element, len) => {
                self.text("[");
                self.ty(element);
                self.text("; ");
                self.constant(len);
                self.text("]");
            }
            TyKind::Slice(element) => {
                self.text("[");
                self.ty(element);
                self.text("]");
            }
            TyKind::Tuple(types) => {
                self.text("(");
                self.ty_list(types.as_slice());
                self.text(if types.len() == 1 { ",)" } else { ")" });
            }
            TyKind::RawPtr(pointee, mutability) => {
                self.text(if mutability.is_mut() { "*mut " } else { "*const " });
                self.pointee(pointee);
            }
            TyKind::Ref(region, pointee, mutability) => {
                self.text("&");
                if let Region::EarlyParam { .. } | Region::Static = region {
                    self.region(region);
                    self.text(" ");
                }
                if mutability.is_mut() {
                    self.text("mut ");
                }
                self.pointee(pointee);
            }
            TyKind::Pat(base, pattern) => {
                self.ty(base);
                self.text(" is ");
                self.pattern(pattern);
            }
            TyKind::FnDef(did, args) => {
                self.text("fn item {");
                self.value_path(did, args.as_slice());
                self.text("}");
            }
            TyKind::FnPtr(sig) => self.fn_sig(sig.value),
            TyKind::UnsafeBinder(binder) => {
                self.text("unsafe<> ");
                self.ty(binder.value);
            }
            TyKind::Dynamic(predicates, _) => self.trait_object(predicates),
            TyKind::Closure(did, _) | TyKind::CoroutineClosure(did, _) if self.trims => self.place_of("closure", did),
            TyKind::Coroutine(did, _) if self.trims => self.place_of("coroutine", did),
            TyKind::Closure(did, _) | TyKind::Coroutine(did, _) | TyKind::CoroutineClosure(did, _) => {
                self.text("{");
                self.path(did);
                self.text("}");
            }
            TyKind::CoroutineWitness(did, _) => {
                self.text("{witness of ");
                self.path(did);
                self.text("}");
            }
            TyKind::Alias(kind, alias) => self.alias(kind, alias),
        }
    }

    /// A type that has no name, by where it is in the source.
    fn place_of(&mut self, what: &str, did: DefId) {
        let Some(definitions) = self.definitions else { return self.path(did) };
        let span = definitions.def_span(did);
        let _ = write!(self.out, "{{{what}");
        if !span.is_dummy() {
            let file = definitions.source_file(span.file);
            let (line, column) = file.line_column(span.lo);
            let (last_line, last_column) = file.line_column(span.hi);
            let _ = write!(self.out, "@{}:{line}:{column}: {last_line}:{last_column}", file.name);
        }
        self.text("}");
    }

    /// What a pointer points to: several bounds need parentheses.
    fn pointee(&mut self, ty: Ty<'tcx>) {
        match *ty.kind() {
            TyKind::Dynamic(predicates, _) if predicates.iter().filter(|p| !is_projection(p)).count() > 1 => {
                self.text("(");
                self.ty(ty);
                self.text(")");
            }
            _ => self.ty(ty),
        }
    }

    fn alias(&mut self, kind: AliasTyKind, alias: AliasTy<'tcx>) {
        let parent = self.definitions.and_then(|definitions| {
            let index = definitions.def_key(alias.def_id).parent?;
            Some((DefId { krate: alias.def_id.krate, index }, definitions))
        });
        match (kind, parent) {
            (AliasTyKind::Projection, Some((trait_, definitions))) if !alias.args.is_empty() => {
                let own = definitions.generics_of(trait_).count().clamp(1, alias.args.len());
                self.qualified(alias.args.type_at(0), trait_, &alias.args[1..own]);
                let mut last = Names { out: String::new(), ..*self };
                last.last_segment(definitions.def_key(alias.def_id));
                self.segment(&last.out);
                self.args(&alias.args[own..]);
            }
            (AliasTyKind::Opaque, _) => {
                self.text("impl {");
                self.path(alias.def_id);
                self.args(alias.args.as_slice());
                self.text("}");
            }
            _ => {
                self.path(alias.def_id);
                self.args(alias.args.as_slice());
            }
        }
    }

    fn fn_sig(&mut self, sig: FnSig<'tcx>) {
        if sig.is_unsafe {
            self.text("unsafe ");
        }
        if sig.abi != ExternAbi::Rust {
            let _ = write!(self.out, "extern {:?} ", sig.abi.as_str());
        }
        self.text("fn(");
        self.ty_list(sig.inputs());
        if sig.c_variadic {
            self.text(", ...");
        }
        self.text(")");
        if !sig.output().is_unit() {
            self.text(" -> ");
            self.ty(sig.output());
        }
    }

    fn trait_object(&mut self, predicates: ExistentialPredicates<'tcx>) {
        self.text("dyn ");
        let mut first = true;
        for predicate in predicates {
            let did = match predicate.value {
                ExistentialPredicate::Trait(trait_ref) => trait_ref.def_id,
                ExistentialPredicate::AutoTrait(did) => did,
                ExistentialPredicate::Projection(_) => continue,
            };
            if !std::mem::replace(&mut first, false) {
                self.text(" + ");
            }
            self.path(did);
            if let ExistentialPredicate::Trait(trait_ref) = predicate.value {
                self.principal_args(predicates, trait_ref.args.as_slice());
            }
        }
    }

    /// Arguments and associated types of a trait object's main trait.
    fn principal_args(&mut self, predicates: ExistentialPredicates<'tcx>, args: &[GenericArg<'tcx>]) {
        let projections: Vec<_> = predicates
            .iter()
            .filter_map(|predicate| match predicate.value {
                ExistentialPredicate::Projection(projection) => Some(projection),
                _ => None,
            })
            .collect();
        let has_args = args.iter().any(is_shown);
        if !has_args && projections.is_empty() {
            return;
        }
        self.text("<");
        self.arg_list(args);
        for (index, projection) in projections.into_iter().enumerate() {
            if has_args || index != 0 {
                self.text(", ");
            }
            let mut own = Names { out: String::new(), ..*self };
            match self.definitions {
                Some(definitions) => own.last_segment(definitions.def_key(projection.def_id)),
                None => own.path(projection.def_id),
            }
            self.text(&own.out);
            self.text(" = ");
            match projection.term {
                Term::Ty(ty) => self.ty(ty),
                Term::Const(constant) => self.constant(constant),
            }
        }
        self.text(">");
    }

    fn pattern(&mut self, pattern: Pattern<'tcx>) {
        match pattern.kind() {
            PatternKind::Range { start, end } => {
                self.constant(start);
                self.text("..=");
                self.constant(end);
            }
            PatternKind::Or(patterns) => {
                for (index, pattern) in patterns.iter().enumerate() {
                    if index != 0 {
                        self.text(" | ");
                    }
                    self.pattern(pattern);
                }
            }
            PatternKind::NotNull => self.text("!null"),
        }
    }

    fn constant(&mut self, constant: Const<'tcx>) {
        match *constant.kind() {
            ConstKind::Param(param) => self.text(param.name.as_str()),
            ConstKind::Bound(depth, var) => self.text(&format!("^{depth}.{var}")),
            ConstKind::Infer(var) => self.text(&format!("?{var}")),
            ConstKind::Unevaluated(unevaluated) => {
                // An expression has no name but its place, which may be the very type that it is part of:
                // `impl Trait for [u8; 1 + 1]`.
                let kind = self.definitions.map(|definitions| definitions.def_kind(unevaluated.def));
                if matches!(kind, Some(DefKind::AnonConst | DefKind::InlineConst)) {
                    return self.text("{expression}");
                }
                self.text("{");
                self.value_path(unevaluated.def, unevaluated.args.as_slice());
                self.text("}");
            }
            ConstKind::Value(ty, value) => match value.kind() {
                ValTreeKind::Leaf(leaf) => self.text(&scalar_int_str(ty, leaf)),
                ValTreeKind::Branch(elements) => {
                    self.text("{");
                    for (index, element) in elements.iter().enumerate() {
                        if index != 0 {
                            self.text(", ");
                        }
                        self.constant(element);
                    }
                    self.text("}");
                }
            },
            ConstKind::Expr => self.text("{expression}"),
            ConstKind::Error => self.text("{error}"),
        }
    }
}

fn is_projection(predicate: &PolyExistentialPredicate<'_>) -> bool {
    matches!(predicate.value, ExistentialPredicate::Projection(_))
}

fn is_shown(arg: &GenericArg<'_>) -> bool {
    !matches!(arg, GenericArg::Lifetime(Region::Erased | Region::Bound(..)))
}

/// An integer, bool, char or float by its type, without a suffix.
pub fn scalar_int_str(ty: Ty<'_>, int: ScalarInt) -> String {
    match *ty.kind() {
        TyKind::Bool if int.bits <= 1 => (int.bits == 1).to_string(),
        TyKind::Char => match u32::try_from(int.bits).ok().and_then(char::from_u32) {
            Some(char) => format!("{char:?}"),
            None => format!("{int:?}"),
        },
        TyKind::Int(_) => int.signed().to_string(),
        TyKind::Uint(_) => int.bits.to_string(),
        TyKind::Float(FloatTy::F32) => format!("{:?}", f32::from_bits(int.bits as u32)),
        TyKind::Float(FloatTy::F64) => format!("{:?}", f64::from_bits(int.bits as u64)),
        _ => format!("{int:?}"),
    }
}
