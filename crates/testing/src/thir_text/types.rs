//! Types and definitions by their names in rustc's text.

use super::Files;
use rmeta::Session;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::path::PathBuf;
use thir::print::{Names, split};
use ty::{
    AliasTy, AliasTyKind, Binder, BoundRegion, BoundRegionKind, BoundVariableKind, Const, ConstKind, CrateNum, DefId,
    DefKind, DefPathData, Definitions, ExistentialPredicate, ExistentialProjection, ExistentialTraitRef, ExternAbi,
    FloatTy, FnSig, GenericArg, GenericArgs, GenericParamKind, IntTy, Mutability, ParamConst, ParamTy, Region,
    ScalarInt, Span, Symbol, Tcx, Term, Ty, TyKind, UintTy, ValTree, ValTreeKind,
};

type Found<T> = Result<T, String>;

/// Looks names up, and remembers what was called how.
pub struct Lookup<'tcx> {
    pub tcx: Tcx<'tcx>,
    session: &'tcx Session<'tcx>,
    /// The folder of the toolchain's own crates.
    sysroot_lib: PathBuf,
    pub files: Files,
    types: RefCell<FxHashMap<String, Ty<'tcx>>>,
    paths: RefCell<FxHashMap<String, Found<DefId>>>,
    /// Children by parent and name, for paths that no module leads along.
    trees: RefCell<FxHashMap<CrateNum, Children>>,
    pub(super) names: RefCell<TextNames<'tcx>>,
}

/// A crate's definitions by parent and name.
type Children = FxHashMap<(u32, String), u32>;

/// What things are called in the text that was read.
#[derive(Default)]
pub struct TextNames<'tcx> {
    types: FxHashMap<Ty<'tcx>, String>,
    args: FxHashMap<GenericArg<'tcx>, String>,
    constants: FxHashMap<Const<'tcx>, String>,
    def_ids: FxHashMap<DefId, String>,
    adts: FxHashMap<DefId, String>,
    sigs: FxHashMap<FnSig<'tcx>, String>,
}

impl<'tcx> Names<'tcx> for Lookup<'tcx> {
    fn ty(&self, ty: Ty<'tcx>) -> String {
        self.names.borrow().types.get(&ty).cloned().unwrap_or_else(|| format!("{ty:?}"))
    }
    fn arg(&self, arg: GenericArg<'tcx>) -> String {
        self.names.borrow().args.get(&arg).cloned().unwrap_or_else(|| format!("{arg:?}"))
    }
    fn constant(&self, constant: Const<'tcx>) -> String {
        self.names.borrow().constants.get(&constant).cloned().unwrap_or_else(|| format!("{constant:?}"))
    }
    fn def_id(&self, def_id: DefId) -> String {
        self.names.borrow().def_ids.get(&def_id).cloned().unwrap_or_else(|| format!("{def_id:?}"))
    }
    fn adt(&self, def_id: DefId) -> String {
        self.names.borrow().adts.get(&def_id).cloned().unwrap_or_else(|| format!("{def_id:?}"))
    }
    fn span(&self, span: Span) -> String {
        self.files.write(span)
    }
    fn sig(&self, sig: &FnSig<'tcx>) -> String {
        self.names.borrow().sigs.get(sig).cloned().unwrap_or_else(|| format!("{sig:?}"))
    }
}

impl<'tcx> Lookup<'tcx> {
    pub(super) fn new(tcx: Tcx<'tcx>, session: &'tcx Session<'tcx>) -> Lookup<'tcx> {
        Lookup {
            tcx,
            session,
            sysroot_lib: crate::sysroot_lib(),
            files: Files::default(),
            types: RefCell::default(),
            paths: RefCell::default(),
            trees: RefCell::default(),
            names: RefCell::default(),
        }
    }

    /// `DefId(2:49448 ~ core[c1f1]::option::Option)`
    pub fn def_id(&self, text: &str) -> Found<DefId> {
        let unknown = || format!("definition `{text}`");
        let inner = text.strip_prefix("DefId(").and_then(|it| it.strip_suffix(')')).ok_or_else(unknown)?;
        let (number, path) = inner.split_once(" ~ ").ok_or_else(unknown)?;
        let (krate, index) = number.split_once(':').ok_or_else(unknown)?;
        let krate = match krate {
            "0" => CrateNum::LOCAL,
            _ => self.crate_by_id(path).ok_or_else(unknown)?,
        };
        let def_id = DefId { krate, index: index.parse().map_err(|_| unknown())? };
        self.names.borrow_mut().def_ids.insert(def_id, text.to_owned());
        Ok(def_id)
    }

    /// The crate that `core[c1f1]::option` begins with: its name, and the first digits of its number among all crates. std has
    /// crates of its own that are called as those that programs use.
    fn crate_by_id(&self, path: &str) -> Option<CrateNum> {
        let (name, rest) = path.split_once('[')?;
        let id = u64::from_str_radix(rest.split_once(']')?.0, 16).ok()?;
        let is_it = |krate: &CrateNum| self.session.stable_crate_id(*krate) >> 48 == id;
        self.crates_by_name(name).into_iter().find(is_it)
    }

    /// The other crates of a name, those of the toolchain last: programs cannot name what only std uses.
    fn crates_by_name(&self, name: &str) -> Vec<CrateNum> {
        let sources = self.session.crate_sources().filter(|(krate, _)| *krate != CrateNum::LOCAL);
        let mut named: Vec<_> = sources
            .filter(|(krate, _)| self.session.crate_name(*krate).as_str() == name)
            .map(|(krate, source)| (source.metadata.starts_with(&self.sysroot_lib), krate))
            .collect();
        named.sort();
        named.into_iter().map(|(_, krate)| krate).collect()
    }

    /// The edition of the macro that wrote what has this span. Expansions have the same numbers in the text and in the
    /// crate's metadata.
    pub(super) fn edition(&self, span: Span) -> Option<u16> {
        let (krate, index) = self.session.context_data(span.ctxt).ok()??.expansion;
        let expansion = self.session.expansion_data(krate, index).ok()??;
        [2015, 2018, 2021, 2024].get(usize::from(expansion.edition)).copied()
    }

    /// A type or trait by its path.
    pub fn path(&self, path: &str) -> Found<DefId> {
        if let Some(known) = self.paths.borrow().get(path) {
            return known.clone();
        }
        let found = self.find_path(path).ok_or_else(|| format!("path `{path}`"));
        if let Ok(def_id) = found {
            self.names.borrow_mut().adts.insert(def_id, path.to_owned());
        }
        self.paths.borrow_mut().insert(path.to_owned(), found.clone());
        found
    }

    fn find_path(&self, path: &str) -> Option<DefId> {
        let steps: Vec<&str> = path.split("::").collect();
        let (first, rest) = steps.split_first()?;
        let in_crate = |root: DefId, steps: &[&str]| steps.iter().try_fold(root, |at, step| self.child(at, step));
        let local = in_crate(CrateNum::LOCAL.root(), &steps).filter(|&id| self.is_type(id));
        let of_others = || {
            let mut others = self.crates_by_name(first).into_iter();
            others.find_map(|krate| in_crate(krate.root(), rest).filter(|&id| self.is_type(id)))
        };
        local.or_else(of_others).or_else(|| self.in_function(path))
    }

    /// A type in a function, which may be one of an impl: rustc writes that in many ways. It is told by the names of both, where
    /// there is one such type.
    fn in_function(&self, path: &str) -> Option<DefId> {
        let (function, name) = path.rsplit_once("::")?;
        let function = function.rsplit_once("::")?.1;
        let ids =
            (1..self.session.definition_count(CrateNum::LOCAL)).map(|index| DefId { krate: CrateNum::LOCAL, index });
        let mut found = ids.filter(|&id| {
            let key = self.session.def_key(id);
            let is_named = matches!(key.data, DefPathData::TypeNs(it) if it.as_str() == name);
            is_named
                && self.is_type(id)
                && key.parent.is_some_and(|index| {
                    let around = self.session.def_key(DefId { index, ..id }).data;
                    matches!(around, DefPathData::ValueNs(it) if it.as_str() == function)
                })
        });
        found.next().filter(|_| found.next().is_none())
    }

    fn is_type(&self, id: DefId) -> bool {
        use DefKind::{Enum, ForeignTy, Struct, Trait, Union};
        matches!(self.session.def_kind(id), Struct | Enum | Union | Trait | ForeignTy)
    }

    fn child(&self, parent: DefId, name: &str) -> Option<DefId> {
        if matches!(self.session.def_kind(parent), DefKind::Mod) {
            let children = self.session.module_children(parent);
            let mut named = children.into_iter().filter(|(child, _)| child.as_str() == name).map(|(_, id)| id);
            let is_step = |id: &DefId| self.is_type(*id) || matches!(self.session.def_kind(*id), DefKind::Mod);
            if let Some(found) = named.find(is_step) {
                return Some(found);
            }
        }
        let mut trees = self.trees.borrow_mut();
        let tree = trees.entry(parent.krate).or_insert_with(|| self.tree(parent.krate));
        let index = *tree.get(&(parent.index, name.to_owned()))?;
        Some(DefId { krate: parent.krate, index })
    }

    fn tree(&self, krate: CrateNum) -> FxHashMap<(u32, String), u32> {
        let count = self.session.crate_data(krate).map_or(0, |data| data.root.tables.def_kind.len());
        let mut tree = FxHashMap::default();
        for index in 1..count as u32 {
            let key = self.session.def_key(DefId { krate, index });
            let name = match key.data {
                DefPathData::TypeNs(name) => name.to_string(),
                // Functions are steps to what is in them.
                DefPathData::ValueNs(name) => name.to_string(),
                DefPathData::Impl => format!("{{impl#{}}}", key.disambiguator),
                DefPathData::Closure => format!("{{closure#{}}}", key.disambiguator),
                _ => continue,
            };
            if let Some(parent) = key.parent {
                let is_type = matches!(key.data, DefPathData::TypeNs(_));
                let entry = tree.entry((parent, name)).or_insert(index);
                if is_type {
                    *entry = index;
                }
            }
        }
        tree
    }

    /// A type on one line.
    pub fn ty(&self, text: &str) -> Found<Ty<'tcx>> {
        if let Some(&ty) = self.types.borrow().get(text) {
            return Ok(ty);
        }
        let mut cursor = Cursor { lookup: self, rest: text };
        let ty = cursor.ty()?;
        cursor.end()?;
        self.types.borrow_mut().insert(text.to_owned(), ty);
        self.names.borrow_mut().types.insert(ty, text.to_owned());
        Ok(ty)
    }

    /// A generic argument of a definition: whether it is a type or a constant follows from its number.
    pub fn arg(&self, text: &str, of: DefId, number: usize) -> Found<GenericArg<'tcx>> {
        let arg = if text.starts_with('\'') {
            let mut cursor = Cursor { lookup: self, rest: text };
            cursor.region()?.into()
        } else if self.is_const_param(of, number) {
            self.constant(text)?.into()
        } else {
            self.ty(text)?.into()
        };
        self.names.borrow_mut().args.insert(arg, text.to_owned());
        Ok(arg)
    }

    fn is_const_param(&self, of: DefId, number: usize) -> bool {
        let mut generics = self.session.generics_of(of);
        while number < generics.parent_count {
            let Some(parent) = generics.parent else { return false };
            generics = self.session.generics_of(parent);
        }
        let own = generics.own_params.get(number - generics.parent_count);
        own.is_some_and(|param| matches!(param.kind, GenericParamKind::Const { .. }))
    }

    pub fn args(&self, texts: &[&str], of: DefId) -> Found<GenericArgs<'tcx>> {
        let args: Found<Vec<_>> = texts.iter().enumerate().map(|(number, text)| self.arg(text, of, number)).collect();
        let mut args = args?;
        self.add_defaults(&mut args, of);
        Ok(self.tcx.mk_args(&args))
    }

    /// Adds arguments that are not in the text because they are the parameters' defaults: rustc leaves them out in trait objects.
    fn add_defaults(&self, args: &mut Vec<GenericArg<'tcx>>, of: DefId) {
        let generics = self.session.generics_of(of);
        let given = args.len().saturating_sub(generics.parent_count);
        for param in generics.own_params.get(given..).unwrap_or_default() {
            let default: GenericArg<'tcx> = match param.kind {
                GenericParamKind::Type { has_default: true, .. } => self.session.type_of(param.def_id).into(),
                GenericParamKind::Const { has_default: true } => match self.session.const_param_default(param.def_id) {
                    Some(value) => value.into(),
                    None => return,
                },
                _ => return,
            };
            args.push(self.tcx.subst_slice(default, args));
        }
    }

    pub fn constant(&self, text: &str) -> Found<Const<'tcx>> {
        let mut cursor = Cursor { lookup: self, rest: text };
        let constant = cursor.constant()?;
        cursor.end()?;
        self.names.borrow_mut().constants.insert(constant, text.to_owned());
        Ok(constant)
    }

    pub fn valtree(&self, text: &str) -> Found<ValTree<'tcx>> {
        let mut cursor = Cursor { lookup: self, rest: text };
        let value = cursor.valtree()?;
        cursor.end()?;
        Ok(value)
    }

    pub fn sig(&self, text: &str) -> Found<FnSig<'tcx>> {
        let mut cursor = Cursor { lookup: self, rest: text };
        let sig = cursor.sig()?;
        cursor.end()?;
        self.names.borrow_mut().sigs.insert(sig, text.to_owned());
        Ok(sig)
    }
}

/// A place in a text.
struct Cursor<'a, 'tcx> {
    lookup: &'a Lookup<'tcx>,
    rest: &'a str,
}

impl<'a, 'tcx> Cursor<'a, 'tcx> {
    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
    fn expect(&mut self, text: &str) -> Found<()> {
        if self.eat(text) { Ok(()) } else { Err(format!("no `{text}` at `{}`", self.shown())) }
    }
    fn shown(&self) -> &str {
        self.rest.get(..60).unwrap_or(self.rest)
    }
    fn end(&self) -> Found<()> {
        if self.rest.is_empty() { Ok(()) } else { Err(format!("text after a type: `{}`", self.shown())) }
    }
    fn until(&mut self, ends: impl Fn(char) -> bool) -> &'a str {
        let at = self.rest.find(ends).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(at);
        self.rest = rest;
        text
    }

    /// What is in brackets, which are next: up to the one that closes them.
    fn group(&mut self) -> Found<&'a str> {
        let (mut depth, mut last) = (0usize, ' ');
        for (at, c) in self.rest.char_indices() {
            match c {
                '(' | '[' | '{' | '<' => depth += 1,
                '>' if last == '-' || last == '=' => {}
                ')' | ']' | '}' | '>' => {
                    depth = depth.checked_sub(1).ok_or("a bracket that was not opened")?;
                    if depth == 0 {
                        let inner = &self.rest[1..at];
                        self.rest = &self.rest[at + 1..];
                        return Ok(inner);
                    }
                }
                _ => {}
            }
            last = c;
        }
        Err(format!("no end of `{}`", self.shown()))
    }

    fn region(&mut self) -> Found<Region> {
        self.expect("'")?;
        if self.eat("{erased}") {
            return Ok(Region::Erased);
        }
        if self.eat("static") {
            return Ok(Region::Static);
        }
        if self.eat("^") {
            let number = self.until(|c| !c.is_ascii_digit() && c != '_');
            let (depth, var) = number.split_once('_').unwrap_or(("0", number));
            let number = |text: &str| text.parse::<u32>().map_err(|_| format!("region `{text}`"));
            let (depth, var) = (number(depth)?, number(var)?);
            let kind = if self.eat(".Named") {
                BoundRegionKind::Named(self.lookup.def_id(self.group()?)?)
            } else if self.eat(".Env") {
                BoundRegionKind::ClosureEnv
            } else {
                BoundRegionKind::Anon
            };
            return Ok(Region::Bound(depth, BoundRegion { var, kind }));
        }
        Err(format!("region at `{}`", self.shown()))
    }

    fn ty(&mut self) -> Found<Ty<'tcx>> {
        let tcx = self.lookup.tcx;
        let types = tcx.types();
        if self.eat("&") {
            let region = if self.rest.starts_with('\'') { self.region()? } else { Region::Erased };
            self.eat(" ");
            let mutability = if self.eat("mut ") { Mutability::Mut } else { Mutability::Not };
            let inner = self.ty()?;
            return Ok(tcx.mk_ty(TyKind::Ref(region, inner, mutability)));
        }
        if self.eat("*const ") {
            return Ok(tcx.mk_ptr(self.ty()?, Mutability::Not));
        }
        if self.eat("*mut ") {
            return Ok(tcx.mk_ptr(self.ty()?, Mutability::Mut));
        }
        if self.eat("!") {
            return Ok(types.never);
        }
        if self.rest.starts_with('[') {
            let inner = self.group()?;
            let parts = split_semicolon(inner);
            let element = self.lookup.ty(parts.0)?;
            return Ok(match parts.1 {
                Some(len) => tcx.mk_ty(TyKind::Array(element, self.lookup.constant(len)?)),
                None => tcx.mk_ty(TyKind::Slice(element)),
            });
        }
        if self.rest.starts_with('(') {
            let inner = self.group()?;
            let parts = split(inner);
            if parts.len() == 1 && !inner.trim_end().ends_with(',') {
                return self.lookup.ty(parts[0]);
            }
            let types: Found<Vec<_>> = parts.into_iter().map(|part| self.lookup.ty(part)).collect();
            return Ok(tcx.mk_tuple(&types?));
        }
        if self.rest.starts_with("Binder {") {
            return self.binder(|cursor| cursor.sig()).map(|sig| tcx.mk_ty(TyKind::FnPtr(sig)));
        }
        if self.eat("dyn ") {
            return self.dynamic();
        }
        for name in ["FnDef", "Closure", "CoroutineClosure", "Coroutine", "Alias"] {
            if self.rest.starts_with(name) && self.rest[name.len()..].starts_with('(') {
                self.rest = &self.rest[name.len()..];
                let inner = self.group()?;
                return self.named(name, inner);
            }
        }
        if self.rest.starts_with("impl ")
            && let Some((name, rest)) = self.rest.split_once("/#")
        {
            self.rest = rest;
            return self.param(name);
        }
        let is_end = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':' | '{' | '}' | '#'));
        let start = self.rest;
        let mut path = self.until(is_end);
        // What is in an impl: `<T as Trait>::f::Type`, `module::<impl Trait for T>::f::Type`.
        while self.rest.starts_with('<') && (path.is_empty() || path.ends_with("::")) {
            self.group()?;
            self.until(is_end);
            path = &start[..start.len() - self.rest.len()];
        }
        // A lone colon does not belong to a path.
        if self.eat("/#") {
            return self.param(path);
        }
        if let Some(ty) = primitive(tcx, path) {
            return Ok(ty);
        }
        if path.is_empty() {
            return Err(format!("type at `{}`", self.shown()));
        }
        let did = self.lookup.path(path)?;
        let args = if self.rest.starts_with('<') { split(self.group()?) } else { Vec::new() };
        if self.rest.starts_with("::") {
            return Err(format!("path with arguments inside: `{path}`"));
        }
        let args = self.lookup.args(&args, did)?;
        Ok(match self.lookup.session.def_kind(did) {
            DefKind::ForeignTy => tcx.mk_ty(TyKind::Foreign(did)),
            DefKind::Struct | DefKind::Enum | DefKind::Union => tcx.mk_ty(TyKind::Adt(did, args)),
            _ => return Err(format!("`{path}` is no type")),
        })
    }

    fn param(&mut self, name: &str) -> Found<Ty<'tcx>> {
        let index = self.until(|c| !c.is_ascii_digit());
        let index = index.parse().map_err(|_| format!("parameter `{name}`"))?;
        Ok(self.lookup.tcx.mk_ty(TyKind::Param(ParamTy { index, name: Symbol::intern(name) })))
    }

    fn named(&mut self, name: &str, inner: &str) -> Found<Ty<'tcx>> {
        let tcx = self.lookup.tcx;
        let parts = split(inner);
        let &[first, second] = &parts[..] else { return Err(format!("{name}({inner})")) };
        if name == "Alias" {
            let kind = match first {
                "Projection" => AliasTyKind::Projection,
                "Opaque" => AliasTyKind::Opaque,
                "Inherent" => AliasTyKind::Inherent,
                "Free" => AliasTyKind::Free,
                _ => return Err(format!("alias `{first}`")),
            };
            let fields = second.strip_prefix("AliasTy {").and_then(|it| it.strip_suffix('}')).unwrap_or_default();
            let fields = split(fields);
            let field = |name: &str| fields.iter().find_map(|field| field.strip_prefix(name));
            let did = self.lookup.def_id(field("def_id: ").unwrap_or_default())?;
            let args = list(field("args: ").unwrap_or_default())?;
            let args = self.lookup.args(&args, did)?;
            return Ok(tcx.mk_ty(TyKind::Alias(kind, AliasTy { def_id: did, args })));
        }
        let did = self.lookup.def_id(first)?;
        let args = self.lookup.args(&list(second)?, did)?;
        Ok(tcx.mk_ty(match name {
            "FnDef" => TyKind::FnDef(did, args),
            "Closure" => TyKind::Closure(did, args),
            "Coroutine" => TyKind::Coroutine(did, args),
            _ => TyKind::CoroutineClosure(did, args),
        }))
    }

    /// `Binder { value: …, bound_vars: […] }`
    fn binder<T>(&mut self, read: impl FnOnce(&mut Cursor<'_, 'tcx>) -> Found<T>) -> Found<Binder<'tcx, T>> {
        self.expect("Binder ")?;
        let fields = self.group()?;
        let fields = split(fields);
        let field = |name: &str| fields.iter().find_map(|field| field.strip_prefix(name));
        let value = field("value: ").ok_or("a binder without a value")?;
        let mut cursor = Cursor { lookup: self.lookup, rest: value };
        let value = read(&mut cursor)?;
        cursor.end()?;
        let mut vars = Vec::new();
        for var in list(field("bound_vars: ").unwrap_or("[]"))? {
            let kind = match var {
                "Region(BrAnon)" => BoundRegionKind::Anon,
                "Region(BrEnv)" => BoundRegionKind::ClosureEnv,
                _ => {
                    let name = var.strip_prefix("Region(BrNamed(").and_then(|it| it.strip_suffix("))"));
                    let name = name.ok_or_else(|| format!("bound variable `{var}`"))?;
                    BoundRegionKind::Named(self.lookup.def_id(name)?)
                }
            };
            vars.push(BoundVariableKind::Region(kind));
        }
        Ok(Binder { value, bound_vars: self.lookup.tcx.mk_bound_vars(&vars) })
    }

    fn dynamic(&mut self) -> Found<Ty<'tcx>> {
        let tcx = self.lookup.tcx;
        let inner = self.group()?;
        let mut predicates = Vec::new();
        for part in split(inner) {
            let mut cursor = Cursor { lookup: self.lookup, rest: part };
            predicates.push(cursor.binder(|cursor| cursor.existential())?);
        }
        self.expect(" + ")?;
        let region = self.region()?;
        Ok(tcx.mk_ty(TyKind::Dynamic(tcx.mk_existential(&predicates), region)))
    }

    fn existential(&mut self) -> Found<ExistentialPredicate<'tcx>> {
        let name = self.until(|c| c == '(');
        let inner = self.group()?;
        // The first parameter of a trait is `Self`, which is left out.
        let args = |texts: &[&str], of: DefId| -> Found<GenericArgs<'tcx>> {
            let of_self: Found<_> = Ok(self.lookup.tcx.types().unit.into());
            let written = texts.iter().enumerate().map(|(at, text)| self.lookup.arg(text, of, at + 1));
            let mut args = std::iter::once(of_self).chain(written).collect::<Found<Vec<_>>>()?;
            if self.lookup.session.def_kind(of) == DefKind::Trait {
                self.lookup.add_defaults(&mut args, of);
            }
            Ok(self.lookup.tcx.mk_args(&args[1..]))
        };
        match name {
            "AutoTrait" => Ok(ExistentialPredicate::AutoTrait(self.lookup.def_id(inner)?)),
            "Trait" => {
                let mut cursor = Cursor { lookup: self.lookup, rest: inner };
                let path = cursor.until(|c| c == '<');
                let def_id = self.lookup.path(path)?;
                let texts = if cursor.rest.is_empty() { Vec::new() } else { split(cursor.group()?) };
                Ok(ExistentialPredicate::Trait(ExistentialTraitRef { def_id, args: args(&texts, def_id)? }))
            }
            "Projection" => {
                let fields = inner.strip_prefix("ExistentialProjection {").and_then(|it| it.strip_suffix('}'));
                let fields = split(fields.unwrap_or_default());
                let field = |name: &str| fields.iter().find_map(|field| field.strip_prefix(name)).unwrap_or_default();
                let def_id = self.lookup.def_id(field("def_id: "))?;
                let args = args(&list(field("args: "))?, def_id)?;
                let term = field("term: ").strip_prefix("Term::Ty(").and_then(|it| it.strip_suffix(')'));
                let term = Term::Ty(self.lookup.ty(term.unwrap_or_default())?);
                Ok(ExistentialPredicate::Projection(ExistentialProjection { def_id, args, term }))
            }
            _ => Err(format!("predicate `{name}`")),
        }
    }

    fn sig(&mut self) -> Found<FnSig<'tcx>> {
        let is_unsafe = self.eat("unsafe ");
        let mut abi = ExternAbi::Rust;
        if self.eat("extern \"") {
            let name = self.until(|c| c == '"');
            self.expect("\" ")?;
            let unwind = name.ends_with("unwind: true }");
            abi = match name.split(' ').next().unwrap_or_default() {
                "RustCall" => ExternAbi::RustCall,
                "C" => ExternAbi::C { unwind },
                "Cdecl" => ExternAbi::Cdecl { unwind },
                "EfiApi" => ExternAbi::EfiApi,
                "System" => ExternAbi::System { unwind },
                "SysV64" => ExternAbi::SysV64 { unwind },
                "Win64" => ExternAbi::Win64 { unwind },
                "Unadjusted" => ExternAbi::Unadjusted,
                _ => return Err(format!("ABI `{name}`")),
            };
        }
        self.expect("fn")?;
        let mut inputs = split(self.group()?);
        let c_variadic = inputs.last() == Some(&"...");
        if c_variadic {
            inputs.pop();
        }
        let inputs: Found<Vec<_>> = inputs.into_iter().map(|input| self.lookup.ty(input)).collect();
        let output = if self.eat(" -> ") { self.ty()? } else { self.lookup.tcx.types().unit };
        let mut sig = self.lookup.tcx.mk_fn_sig(&inputs?, output, abi);
        sig.is_unsafe = is_unsafe;
        sig.c_variadic = c_variadic;
        Ok(sig)
    }

    fn constant(&mut self) -> Found<Const<'tcx>> {
        let tcx = self.lookup.tcx;
        if self.eat("ValTree") {
            let inner = self.group()?;
            let (value, ty) = inner.rsplit_once("): ").ok_or_else(|| format!("constant `{inner}`"))?;
            let value = self.lookup.valtree(&format!("{value})"))?;
            let ty = self.lookup.ty(ty)?;
            return Ok(tcx.mk_const(ConstKind::Value(ty, value)));
        }
        if let Some((name, index)) = self.rest.split_once("/#")
            && let Ok(index) = index.parse()
        {
            self.rest = "";
            return Ok(tcx.mk_const(ConstKind::Param(ParamConst { index, name: Symbol::intern(name) })));
        }
        Err(format!("constant `{}`", self.shown()))
    }

    fn valtree(&mut self) -> Found<ValTree<'tcx>> {
        let tcx = self.lookup.tcx;
        let name = self.until(|c| c == '(');
        let inner = self.group()?;
        match name {
            "Leaf" if inner == "<ZST>" => Ok(tcx.mk_valtree(ValTreeKind::Leaf(ScalarInt { bits: 0, size: 0 }))),
            "Leaf" => {
                let digits = inner.strip_prefix("0x").ok_or_else(|| format!("scalar `{inner}`"))?;
                let bits = u128::from_str_radix(digits, 16).map_err(|_| format!("scalar `{inner}`"))?;
                Ok(tcx.mk_valtree(ValTreeKind::Leaf(ScalarInt { bits, size: (digits.len() / 2) as u8 })))
            }
            "Branch" => {
                let values: Found<Vec<_>> = list(inner)?.into_iter().map(|value| self.lookup.constant(value)).collect();
                Ok(tcx.mk_valtree(ValTreeKind::Branch(tcx.mk_consts(&values?))))
            }
            _ => Err(format!("value `{name}`")),
        }
    }
}

/// The parts of `[a, b]`.
fn list(text: &str) -> Found<Vec<&str>> {
    let inner = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    inner.map(split).ok_or_else(|| format!("list `{text}`"))
}

/// `T; N`
fn split_semicolon(text: &str) -> (&str, Option<&str>) {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => return (text[..at].trim(), Some(text[at + 1..].trim())),
            _ => {}
        }
    }
    (text, None)
}

fn primitive<'tcx>(tcx: Tcx<'tcx>, name: &str) -> Option<Ty<'tcx>> {
    let kind = match name {
        "bool" => TyKind::Bool,
        "char" => TyKind::Char,
        "str" => TyKind::Str,
        "isize" => TyKind::Int(IntTy::Isize),
        "i8" => TyKind::Int(IntTy::I8),
        "i16" => TyKind::Int(IntTy::I16),
        "i32" => TyKind::Int(IntTy::I32),
        "i64" => TyKind::Int(IntTy::I64),
        "i128" => TyKind::Int(IntTy::I128),
        "usize" => TyKind::Uint(UintTy::Usize),
        "u8" => TyKind::Uint(UintTy::U8),
        "u16" => TyKind::Uint(UintTy::U16),
        "u32" => TyKind::Uint(UintTy::U32),
        "u64" => TyKind::Uint(UintTy::U64),
        "u128" => TyKind::Uint(UintTy::U128),
        "f16" => TyKind::Float(FloatTy::F16),
        "f32" => TyKind::Float(FloatTy::F32),
        "f64" => TyKind::Float(FloatTy::F64),
        "f128" => TyKind::Float(FloatTy::F128),
        _ => return None,
    };
    Some(tcx.mk_ty(kind))
}
