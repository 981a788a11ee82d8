//! What the generator knows while it writes a program: the items so far, the variables in scope, and its budgets.

use super::rng::Rng;
use super::types::{Adt, AdtKind, INTS, Type, Types, Wish};

/// A function of the program's that can be called.
#[derive(Clone, Debug)]
pub struct Function {
    /// How it is called: `f3`, or `Self`'s path with the name.
    pub path: String,
    /// The number of its type parameters, each `Copy + Sum`.
    pub type_params: usize,
    pub params: Vec<Passing>,
    pub result: Type,
    /// A call is in an `unsafe` block.
    pub is_unsafe: bool,
    pub is_const: bool,
    /// How much a call does, in statements.
    pub cost: u64,
}

/// A macro that makes an expression of a type from others.
#[derive(Clone, Debug)]
pub struct Macro {
    pub name: String,
    pub params: Vec<Type>,
    pub result: Type,
}

/// How an argument is passed.
#[derive(Clone, Debug)]
pub enum Passing {
    Value(Type),
    Ref(Type),
    RefMut(Type),
    Slice(Type),
    /// `impl Fn(A) -> R`
    Closure(Type, Type),
    /// `&dyn Fn(A) -> R`
    DynClosure(Type, Type),
}

/// A variable in scope.
#[derive(Clone, Debug)]
pub struct Variable {
    /// How it is read: `(*x)` for references.
    pub place: String,
    pub ty: Type,
    pub mutable: bool,
    /// Nothing may touch it now: it is borrowed, or moved out of.
    pub hidden: bool,
    /// It may be moved out of only where it would be moved once.
    pub depth: usize,
}

/// A part of a variable: its text and type.
#[derive(Clone, Debug)]
pub struct Place {
    pub text: String,
    pub ty: Type,
    pub mutable: bool,
    /// It may be less aligned than its type, so that it cannot be borrowed.
    pub packed: bool,
}

/// A loop that `break` and `continue` can name.
#[derive(Clone, Debug)]
pub struct Loop {
    pub label: String,
    /// The type that `break` gives, for `loop`.
    pub result: Option<Type>,
}

/// The knobs that `--reduce` turns down.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub functions: usize,
    pub statements: usize,
    pub scenarios: usize,
    /// The one scenario that there is instead, by its place in the list.
    pub scenario: Option<usize>,
}

impl Default for Size {
    fn default() -> Size {
        Size { functions: 3, statements: 6, scenarios: 1, scenario: None }
    }
}

/// Statements that one function may run, counting its callees'.
pub const MAX_COST: u64 = 3_000;

pub struct Generator {
    pub rng: Rng,
    pub types: Types,
    pub functions: Vec<Function>,
    pub macros: Vec<Macro>,
    /// Names of functions that never return, and take a number.
    pub leavers: Vec<String>,
    /// Names and types of constants, and of statics.
    pub consts: Vec<(String, Type)>,
    pub statics: Vec<(String, Type)>,
    /// The finished items' lines, and those of the function that is being written.
    pub lines: Vec<String>,
    pub indent: usize,
    pub variables: Vec<Variable>,
    pub loops: Vec<Loop>,
    /// What `return` gives here; nothing where there is no returning.
    pub result: Option<Type>,
    /// How deep in loops and closures this is: what is moved here must have been made here.
    pub depth: usize,
    /// How often this statement runs in one call at most, and what the function's have cost.
    pub weight: u64,
    pub cost: u64,
    /// Only what constants may do.
    pub in_const: bool,
    /// Nothing may be told: another thread may run at the same time.
    pub quiet: bool,
    /// Statements that may still be written in this function.
    pub statements_left: usize,
    next_name: usize,
    next_point: u32,
    pub size: Size,
}

impl Generator {
    pub fn new(seed: u64, size: Size) -> Generator {
        Generator {
            rng: Rng::new(seed),
            types: Types::default(),
            functions: Vec::new(),
            macros: Vec::new(),
            leavers: Vec::new(),
            consts: Vec::new(),
            statics: Vec::new(),
            lines: Vec::new(),
            indent: 0,
            variables: Vec::new(),
            loops: Vec::new(),
            result: None,
            depth: 0,
            weight: 1,
            cost: 0,
            in_const: false,
            quiet: false,
            statements_left: 0,
            next_name: 0,
            next_point: 0,
            size,
        }
    }

    pub fn line(&mut self, text: impl AsRef<str>) {
        let text = text.as_ref();
        self.lines.push(format!("{:indent$}{text}", "", indent = self.indent * 4));
    }

    /// Writes a line that opens a block, the block's lines, and what closes it.
    pub fn block(&mut self, open: impl AsRef<str>, close: &str, inside: impl FnOnce(&mut Generator)) {
        self.line(open);
        self.indent += 1;
        let variables = self.variables.len();
        inside(self);
        self.variables.truncate(variables);
        self.indent -= 1;
        self.line(close);
    }

    pub fn name(&mut self, prefix: &str) -> String {
        self.next_name += 1;
        format!("{prefix}{}", self.next_name)
    }

    pub fn point_id(&mut self) -> u32 {
        self.next_point += 1;
        self.next_point
    }

    pub fn text(&self, ty: &Type) -> String {
        ty.text(&self.types.adts)
    }

    pub fn is_copy(&self, ty: &Type) -> bool {
        ty.is_copy(&self.types.adts)
    }

    /// A type for a variable.
    pub fn any_type(&mut self, only_copy: bool) -> Type {
        let wish = Wish { depth: self.rng.between(0, 3), only_copy, plain: false };
        self.types.any(&mut self.rng, wish)
    }

    pub fn plain_type(&mut self, depth: usize) -> Type {
        self.types.any(&mut self.rng, Wish { depth, only_copy: true, plain: true })
    }

    /// A type whose values can be hashed and put in order.
    pub fn hashable_type(&mut self) -> Type {
        for _ in 0..8 {
            let ty = self.plain_type(2);
            if ty.has_hash(&self.types.adts) {
                return ty;
            }
        }
        Type::Int(*self.rng.pick(INTS))
    }

    pub fn declare(&mut self, place: impl Into<String>, ty: Type, mutable: bool) {
        let depth = self.depth;
        self.variables.push(Variable { place: place.into(), ty, mutable, hidden: false, depth });
    }

    /// Writes a `let` for a value, and gives the variable's name.
    pub fn bind(&mut self, ty: Type, value: &str) -> String {
        let name = self.name("v");
        let text = self.text(&ty);
        self.line(format!("let mut {name}: {text} = {value};"));
        self.declare(name.clone(), ty, true);
        name
    }

    /// Does something while a variable, by its index, cannot be used.
    pub fn hiding<R>(&mut self, index: usize, inside: impl FnOnce(&mut Generator) -> R) -> R {
        self.variables[index].hidden = true;
        let result = inside(self);
        self.variables[index].hidden = false;
        result
    }

    /// All places that satisfy a condition.
    pub fn places(&mut self, fits: impl Fn(&Place) -> bool) -> Vec<Place> {
        let mut found = Vec::new();
        for index in 0..self.variables.len() {
            let variable = &self.variables[index];
            if variable.hidden || matches!(variable.ty, Type::Slice(_)) {
                continue;
            }
            let place = Place {
                text: variable.place.clone(),
                ty: variable.ty.clone(),
                mutable: variable.mutable,
                packed: false,
            };
            self.parts(place, 3, &fits, &mut found);
        }
        found
    }

    fn parts(&mut self, place: Place, depth: usize, fits: &impl Fn(&Place) -> bool, found: &mut Vec<Place>) {
        if fits(&place) {
            found.push(place.clone());
        }
        if depth == 0 {
            return;
        }
        let Place { text, mutable, packed, .. } = &place;
        let part = |text: String, ty: Type, packed: bool| Place { text, ty, mutable: *mutable, packed };
        match &place.ty {
            Type::Tuple(types) => {
                for (index, ty) in types.iter().enumerate() {
                    self.parts(part(format!("{text}.{index}"), ty.clone(), *packed), depth - 1, fits, found);
                }
            }
            Type::Array(element, count) => {
                let index = self.rng.below(*count);
                self.parts(part(format!("{text}[{index}]"), (**element).clone(), *packed), depth - 1, fits, found);
            }
            Type::Adt(index, args) => {
                let Adt { kind: AdtKind::Struct(shape), packed: is_packed, .. } = &self.types.adts[*index] else {
                    return;
                };
                let (shape, is_packed) = (shape.clone(), *is_packed || *packed);
                for (index, ty) in shape.fields.iter().enumerate() {
                    let field = format!("{text}.{}", shape.field(index));
                    self.parts(part(field, ty.substitute(args), is_packed), depth - 1, fits, found);
                }
            }
            Type::Boxed(inner) => {
                self.parts(part(format!("(*{text})"), (**inner).clone(), *packed), depth - 1, fits, found);
            }
            Type::StaticRef(inner) => {
                let place =
                    Place { text: format!("(*{text})"), ty: (**inner).clone(), mutable: false, packed: *packed };
                self.parts(place, depth - 1, fits, found);
            }
            _ => {}
        }
    }

    /// A place of a type, if there is one.
    pub fn place_of(&mut self, ty: &Type, mutable: bool, borrowed: bool) -> Option<Place> {
        let places = self.places(|it| it.ty == *ty && (!mutable || it.mutable) && (!borrowed || !it.packed));
        if places.is_empty() { None } else { Some(self.rng.pick(&places).clone()) }
    }

    /// The index of the variable that a place is in.
    pub fn variable_of(&self, place: &Place) -> usize {
        let name = |text: &str| {
            let text = text.trim_start_matches(['(', '*']);
            text.split(['.', '[', ')', '(']).next().unwrap_or(text).to_owned()
        };
        let wanted = name(&place.text);
        let found = self.variables.iter().rposition(|it| name(&it.place) == wanted);
        found.expect("places are made from variables")
    }

    /// Functions that may be called here and give a type, without type parameters.
    pub fn callable(&self, result: &Type) -> Vec<Function> {
        let fits = |it: &&Function| {
            it.type_params == 0
                && it.result == *result
                && (it.is_const || !self.in_const)
                && self.cost + self.weight * it.cost <= MAX_COST
        };
        self.functions.iter().filter(fits).cloned().collect()
    }

    pub fn spend(&mut self, function: &Function) {
        self.cost += self.weight * function.cost;
    }
}
