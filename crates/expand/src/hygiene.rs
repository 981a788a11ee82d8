//! Which expansion made a name, and from where it may be seen. (rustc: `rustc_span::hygiene`.)
//!
//! Each expansion of a macro has a number. A token's context is the list of the expansions it went through, each with how
//! far it hides names: its marks. The list is kept as a tree, so a context is one number, and equal lists are equal
//! numbers. Two shorter lists of each context are at hand: what is left without marks that hide nothing from
//! definitions ([`Hygiene::normalize_to_macros_2_0`]), and without those that hide nothing at all
//! ([`Hygiene::normalize_to_macro_rules`]).

use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::FxHashMap;
use syntax::span::{Edition, Editions, Span, SyntaxContext};
use syntax::symbol::Symbol;

use crate::external::CrateId;
use crate::modules::ModuleRef;

/// The number of an expansion.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ExpnId(u32);

impl ExpnId {
    /// What is not expanded: the program's own text.
    pub const ROOT: ExpnId = ExpnId(0);

    /// Counted in the order in which expansions were made.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where names that a macro writes are looked up. (rustc: `Transparency`.)
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Transparency {
    /// All of them where the macro is called.
    Transparent,
    /// Variables and labels where the macro is defined, all else where it is called: `macro_rules!`.
    SemiOpaque,
    /// All of them where the macro is defined: `macro`.
    Opaque,
}

impl Transparency {
    /// That of a macro whose attributes say nothing else.
    pub fn of_definition(macro_rules: bool) -> Transparency {
        if macro_rules { Transparency::SemiOpaque } else { Transparency::Opaque }
    }
}

/// What a macro is written as.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MacroKind {
    /// `name!(…)`
    Bang,
    /// `#[name(…)]`
    Attr,
    /// `#[derive(name)]`
    Derive,
}

/// What an expansion is of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ExpnKind {
    /// Nothing was expanded.
    Root,
    /// A macro.
    Macro(MacroKind, Symbol),
    /// Something the compiler adds, such as the prelude's import.
    Pass(&'static str),
    /// A construct that is rewritten in terms of others, such as `for`.
    Desugaring(&'static str),
}

/// What is known of an expansion.
#[derive(Clone, Copy, Debug)]
pub struct ExpnData {
    /// What it is of.
    pub kind: ExpnKind,
    /// The expansion whose result holds the call.
    pub parent: ExpnId,
    /// The call.
    pub call_site: Span,
    /// The definition.
    pub def_site: Span,
    /// The edition of the crate that defines the macro.
    pub edition: Edition,
    /// `#[macro_export(local_inner_macros)]`
    pub local_inner_macros: bool,
    /// Where the macro is defined.
    pub home: Home,
}

/// Where a macro is defined, as what it writes is looked up there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Home {
    /// Its crate.
    pub krate: CrateId,
    /// Its module, if that is known.
    pub module: Option<ModuleRef>,
    /// Do panics in its expansions go by the edition of the call?
    pub edition_panic: bool,
}

#[derive(Clone, Copy, Debug)]
struct Context {
    outer: ExpnId,
    transparency: Transparency,
    parent: SyntaxContext,
    /// Only the marks that are opaque.
    opaque: SyntaxContext,
    /// Only the marks that are opaque or half so.
    semi_opaque: SyntaxContext,
}

/// All expansions and contexts of a crate.
#[derive(Clone, Debug)]
pub struct Hygiene {
    expansions: Vec<ExpnData>,
    contexts: Vec<Context>,
    by_key: FxHashMap<(SyntaxContext, ExpnId, Transparency), SyntaxContext>,
    editions: Editions,
    identity: u64,
}

impl Hygiene {
    /// Of a crate of that edition, in which nothing is expanded yet.
    pub fn new(edition: Edition) -> Hygiene {
        let root = ExpnData {
            kind: ExpnKind::Root,
            parent: ExpnId::ROOT,
            call_site: Span::DUMMY,
            def_site: Span::DUMMY,
            edition,
            local_inner_macros: false,
            home: Home::default(),
        };
        let context = Context {
            outer: ExpnId::ROOT,
            transparency: Transparency::Opaque,
            parent: SyntaxContext::ROOT,
            opaque: SyntaxContext::ROOT,
            semi_opaque: SyntaxContext::ROOT,
        };
        let mut by_key = FxHashMap::default();
        by_key.insert((SyntaxContext::ROOT, ExpnId::ROOT, Transparency::Opaque), SyntaxContext::ROOT);
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let identity = NEXT.fetch_add(1, Ordering::Relaxed);
        Hygiene { expansions: vec![root], contexts: vec![context], by_key, editions: Editions::new(edition), identity }
    }

    /// What tells it from those of other crates of this process: numbers of contexts and expansions mean nothing there.
    pub fn identity(&self) -> u64 {
        self.identity
    }

    /// The edition of each context.
    pub fn editions(&self) -> &Editions {
        &self.editions
    }

    /// A new expansion.
    pub fn fresh(&mut self, data: ExpnData) -> ExpnId {
        self.expansions.push(data);
        ExpnId((self.expansions.len() - 1) as u32)
    }

    /// What is known of an expansion.
    pub fn expansion(&self, id: ExpnId) -> &ExpnData {
        &self.expansions[id.index()]
    }

    /// What is known of the expansion of that number.
    pub(crate) fn expansion_at(&self, index: usize) -> &ExpnData {
        &self.expansions[index]
    }

    /// How many expansions there are, the root among them.
    pub fn expansion_count(&self) -> usize {
        self.expansions.len()
    }

    fn context(&self, ctxt: SyntaxContext) -> &Context {
        &self.contexts[ctxt.0 as usize]
    }

    /// Is it inside of `ancestor`, or the same?
    pub fn is_descendant_of(&self, mut id: ExpnId, ancestor: ExpnId) -> bool {
        loop {
            if id == ancestor || ancestor == ExpnId::ROOT {
                return true;
            }
            if id == ExpnId::ROOT {
                return false;
            }
            id = self.expansion(id).parent;
        }
    }

    /// The context without marks that are not opaque: how definitions are looked up.
    pub fn normalize_to_macros_2_0(&self, ctxt: SyntaxContext) -> SyntaxContext {
        self.context(ctxt).opaque
    }

    /// The context without transparent marks: how variables, labels and metavariables are looked up.
    pub fn normalize_to_macro_rules(&self, ctxt: SyntaxContext) -> SyntaxContext {
        self.context(ctxt).semi_opaque
    }

    /// The expansion that a context's last mark is of.
    pub fn outer_expansion(&self, ctxt: SyntaxContext) -> ExpnId {
        self.context(ctxt).outer
    }

    /// A context's last mark.
    pub fn outer_mark(&self, ctxt: SyntaxContext) -> (ExpnId, Transparency) {
        let context = self.context(ctxt);
        (context.outer, context.transparency)
    }

    /// The span itself, or the call of the macro that wrote it, or of the one that wrote that, which is of a context.
    pub fn call_site_in(&self, mut span: Span, ctxt: SyntaxContext) -> Option<Span> {
        while span.ctxt != ctxt {
            if span.ctxt == SyntaxContext::ROOT {
                return None;
            }
            span = self.expansion(self.outer_expansion(span.ctxt)).call_site;
        }
        Some(span)
    }

    /// Takes the last mark off.
    pub fn remove_mark(&self, ctxt: &mut SyntaxContext) -> ExpnId {
        let context = self.context(*ctxt);
        *ctxt = context.parent;
        context.outer
    }

    /// All marks, the first one first.
    pub fn marks(&self, mut ctxt: SyntaxContext) -> Vec<(ExpnId, Transparency)> {
        let mut marks = Vec::new();
        while ctxt != SyntaxContext::ROOT {
            marks.push(self.outer_mark(ctxt));
            ctxt = self.context(ctxt).parent;
        }
        marks.reverse();
        marks
    }

    /// The context of a token that an expansion writes, where the macro's definition has it in `ctxt`.
    ///
    /// A macro may be defined by another macro's expansion and called inside of a third's. What it does not hide is then
    /// seen from the call: the call's marks come in front.
    pub fn apply_mark(&mut self, ctxt: SyntaxContext, id: ExpnId, transparency: Transparency) -> SyntaxContext {
        let call_site = self.expansion(id).call_site.ctxt;
        let mut base = match transparency {
            Transparency::Opaque => return self.alloc(ctxt, id, transparency),
            Transparency::SemiOpaque => self.normalize_to_macros_2_0(call_site),
            Transparency::Transparent => self.normalize_to_macro_rules(call_site),
        };
        if base == SyntaxContext::ROOT {
            return self.alloc(ctxt, id, transparency);
        }
        for (id, transparency) in self.marks(ctxt) {
            base = self.alloc(base, id, transparency);
        }
        self.alloc(base, id, transparency)
    }

    /// The context of a place that an expansion makes at `span`.
    pub fn at(&mut self, span: Span, id: ExpnId, transparency: Transparency) -> Span {
        Span { ctxt: self.apply_mark(SyntaxContext::ROOT, id, transparency), ..span }
    }

    /// The context with one mark more than `parent`, as it was in another crate.
    pub fn import(&mut self, parent: SyntaxContext, id: ExpnId, transparency: Transparency) -> SyntaxContext {
        self.alloc(parent, id, transparency)
    }

    /// The crate that `$crate` means in a context.
    pub fn crate_of(&self, ctxt: SyntaxContext) -> CrateId {
        let marks = self.marks(self.normalize_to_macro_rules(ctxt));
        let opaque = marks.iter().rev().take_while(|mark| mark.1 == Transparency::Opaque).count();
        let rest = &marks[..marks.len() - opaque];
        let semi_opaque = rest.iter().rev().take_while(|mark| mark.1 == Transparency::SemiOpaque).count();
        // The first of the last opaque ones, unless half opaque ones are in front of these.
        let first = match (semi_opaque, opaque) {
            (0, 0) => return CrateId::LOCAL,
            (0, _) => rest.len(),
            _ => rest.len() - semi_opaque,
        };
        self.expansion(marks[first].0).home.krate
    }

    fn alloc(&mut self, parent: SyntaxContext, id: ExpnId, transparency: Transparency) -> SyntaxContext {
        let key = (parent, id, transparency);
        if let Some(&ctxt) = self.by_key.get(&key) {
            return ctxt;
        }
        let ctxt = SyntaxContext(self.contexts.len() as u32);
        let mut context = Context { outer: id, transparency, parent, opaque: ctxt, semi_opaque: ctxt };
        self.contexts.push(context);
        self.by_key.insert(key, ctxt);
        let Context { opaque, semi_opaque, .. } = *self.context(parent);
        context.opaque = match transparency {
            Transparency::Opaque => self.alloc(opaque, id, transparency),
            _ => opaque,
        };
        context.semi_opaque = match transparency {
            Transparency::Transparent => semi_opaque,
            _ => self.alloc(semi_opaque, id, transparency),
        };
        self.contexts[ctxt.0 as usize] = context;
        self.editions.set(ctxt, self.expansion(id).edition);
        ctxt
    }

    /// Takes marks off until `id` is inside of the last one's expansion: what a name of context `ctxt` is called in the
    /// module that `id` defines. The expansion of the last mark that was taken off.
    pub fn adjust(&self, ctxt: &mut SyntaxContext, id: ExpnId) -> Option<ExpnId> {
        let mut scope = None;
        while !self.is_descendant_of(id, self.outer_expansion(*ctxt)) {
            scope = Some(self.remove_mark(ctxt));
        }
        scope
    }

    /// [`Hygiene::adjust`] of the context as definitions see it.
    pub fn normalize_to_macros_2_0_and_adjust(&self, ctxt: &mut SyntaxContext, id: ExpnId) -> Option<ExpnId> {
        *ctxt = self.normalize_to_macros_2_0(*ctxt);
        self.adjust(ctxt, id)
    }

    /// The same for a name that is found through a glob import at `glob`: `None` if the import does not bring it.
    pub fn glob_adjust(&self, ctxt: &mut SyntaxContext, id: ExpnId, glob: Span) -> Option<Option<ExpnId>> {
        let mut scope = None;
        let mut glob_ctxt = self.normalize_to_macros_2_0(glob.ctxt);
        while !self.is_descendant_of(id, self.outer_expansion(glob_ctxt)) {
            let removed = self.remove_mark(&mut glob_ctxt);
            scope = Some(removed);
            if self.remove_mark(ctxt) != removed {
                return None;
            }
        }
        match self.adjust(ctxt, id) {
            Some(_) => None,
            None => Some(scope),
        }
    }

    /// Undoes [`Hygiene::glob_adjust`]: what a name of the module is called where it was imported.
    pub fn reverse_glob_adjust(&mut self, ctxt: &mut SyntaxContext, id: ExpnId, glob: Span) -> Option<Option<ExpnId>> {
        if self.adjust(ctxt, id).is_some() {
            return None;
        }
        let mut glob_ctxt = self.normalize_to_macros_2_0(glob.ctxt);
        let mut marks = Vec::new();
        while !self.is_descendant_of(id, self.outer_expansion(glob_ctxt)) {
            marks.push(self.outer_mark(glob_ctxt));
            self.remove_mark(&mut glob_ctxt);
        }
        let scope = marks.last().map(|mark| mark.0);
        for (id, transparency) in marks.into_iter().rev() {
            *ctxt = self.apply_mark(*ctxt, id, transparency);
        }
        Some(scope)
    }

    /// Do a name of context `ctxt`, used in what `id` defines, and a definition's name of context `other` match?
    pub fn hygienic_eq(&self, mut ctxt: SyntaxContext, other: SyntaxContext, id: ExpnId) -> bool {
        self.normalize_to_macros_2_0_and_adjust(&mut ctxt, id);
        ctxt == self.normalize_to_macros_2_0(other)
    }

    /// The call in the program's own text, or in `to`, that led to this place.
    pub fn walk_chain(&self, mut span: Span, to: SyntaxContext) -> Span {
        while span.ctxt != to && span.ctxt != SyntaxContext::ROOT {
            span = self.expansion(self.outer_expansion(span.ctxt)).call_site;
        }
        span
    }

    /// How many expansions are one inside of the other around this one.
    pub fn depth(&self, mut id: ExpnId) -> usize {
        let mut depth = 0;
        while id != ExpnId::ROOT {
            id = self.expansion(id).parent;
            depth += 1;
        }
        depth
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(hygiene: &mut Hygiene, parent: ExpnId, call_site: Span) -> ExpnId {
        hygiene.fresh(ExpnData {
            kind: ExpnKind::Macro(MacroKind::Bang, Symbol::intern("m")),
            parent,
            call_site,
            def_site: Span::new(0, 1),
            edition: Edition::E2021,
            local_inner_macros: false,
            home: Home::default(),
        })
    }

    fn in_context(ctxt: SyntaxContext) -> Span {
        Span { lo: 5, hi: 6, ctxt }
    }

    #[test]
    fn equal_marks_are_one_context() {
        let mut hygiene = Hygiene::new(Edition::E2015);
        let a = expand(&mut hygiene, ExpnId::ROOT, Span::new(5, 6));
        let first = hygiene.apply_mark(SyntaxContext::ROOT, a, Transparency::SemiOpaque);
        let second = hygiene.apply_mark(SyntaxContext::ROOT, a, Transparency::SemiOpaque);
        assert_eq!(first, second);
        assert_eq!(hygiene.editions().of(in_context(first)), Edition::E2021);
        assert_eq!(hygiene.editions().of(Span::DUMMY), Edition::E2015);
    }

    #[test]
    fn what_each_transparency_hides() {
        let mut hygiene = Hygiene::new(Edition::E2021);
        let a = expand(&mut hygiene, ExpnId::ROOT, Span::new(5, 6));
        let root = SyntaxContext::ROOT;
        let opaque = hygiene.apply_mark(root, a, Transparency::Opaque);
        let semi = hygiene.apply_mark(root, a, Transparency::SemiOpaque);
        let transparent = hygiene.apply_mark(root, a, Transparency::Transparent);
        assert_eq!(hygiene.normalize_to_macros_2_0(opaque), opaque);
        assert_eq!(hygiene.normalize_to_macro_rules(opaque), opaque);
        assert_eq!(hygiene.normalize_to_macros_2_0(semi), root);
        assert_eq!(hygiene.normalize_to_macro_rules(semi), semi);
        assert_eq!(hygiene.normalize_to_macros_2_0(transparent), root);
        assert_eq!(hygiene.normalize_to_macro_rules(transparent), root);
    }

    #[test]
    fn a_call_inside_of_an_opaque_expansion_is_seen_from_there() {
        let mut hygiene = Hygiene::new(Edition::E2021);
        let outer = expand(&mut hygiene, ExpnId::ROOT, Span::new(5, 6));
        let outer_ctxt = hygiene.apply_mark(SyntaxContext::ROOT, outer, Transparency::Opaque);
        let inner = expand(&mut hygiene, outer, in_context(outer_ctxt));
        let ctxt = hygiene.apply_mark(SyntaxContext::ROOT, inner, Transparency::SemiOpaque);
        assert_eq!(hygiene.marks(ctxt), [(outer, Transparency::Opaque), (inner, Transparency::SemiOpaque)]);
        assert_eq!(hygiene.normalize_to_macros_2_0(ctxt), outer_ctxt);
        let hidden = hygiene.apply_mark(SyntaxContext::ROOT, inner, Transparency::Opaque);
        assert_eq!(hygiene.marks(hidden), [(inner, Transparency::Opaque)]);
        assert_eq!(hygiene.walk_chain(in_context(ctxt), SyntaxContext::ROOT), Span::new(5, 6));
        assert_eq!(hygiene.depth(inner), 2);
    }

    #[test]
    fn names_are_adjusted_to_the_module_they_are_in() {
        let mut hygiene = Hygiene::new(Edition::E2021);
        // The macro defines a module `m` (whose expansion is `a`) with a name in it, and uses it.
        let a = expand(&mut hygiene, ExpnId::ROOT, Span::new(5, 6));
        let ctxt = hygiene.apply_mark(SyntaxContext::ROOT, a, Transparency::Opaque);
        let mut inside = ctxt;
        assert_eq!(hygiene.adjust(&mut inside, a), None);
        assert_eq!(inside, ctxt);
        // In a module of the program's own text the mark means nothing.
        let mut outside = ctxt;
        assert_eq!(hygiene.adjust(&mut outside, ExpnId::ROOT), Some(a));
        assert_eq!(outside, SyntaxContext::ROOT);
        assert!(hygiene.hygienic_eq(ctxt, SyntaxContext::ROOT, ExpnId::ROOT));
        assert!(!hygiene.hygienic_eq(ctxt, SyntaxContext::ROOT, a));
    }

    #[test]
    fn globs_bring_the_names_of_their_own_context() {
        let mut hygiene = Hygiene::new(Edition::E2021);
        let a = expand(&mut hygiene, ExpnId::ROOT, Span::new(5, 6));
        let ctxt = hygiene.apply_mark(SyntaxContext::ROOT, a, Transparency::Opaque);
        // `use m::*` written by the macro brings `m`'s names to who writes in the macro's context.
        let mut name = ctxt;
        assert_eq!(hygiene.glob_adjust(&mut name, ExpnId::ROOT, in_context(ctxt)), Some(Some(a)));
        assert_eq!(name, SyntaxContext::ROOT);
        let mut name = SyntaxContext::ROOT;
        assert_eq!(hygiene.glob_adjust(&mut name, ExpnId::ROOT, in_context(ctxt)), None);
        // A glob of the program's own text brings a macro's private name to nobody.
        let mut name = ctxt;
        assert_eq!(hygiene.glob_adjust(&mut name, ExpnId::ROOT, in_context(SyntaxContext::ROOT)), None);
        let mut name = SyntaxContext::ROOT;
        assert_eq!(hygiene.reverse_glob_adjust(&mut name, ExpnId::ROOT, in_context(ctxt)), Some(Some(a)));
        assert_eq!(name, ctxt);
    }
}
