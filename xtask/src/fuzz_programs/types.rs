//! The types that generated programs use.

use super::rng::Rng;
use std::fmt::Write as _;

/// An integer type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Int {
    pub name: &'static str,
    pub bits: u32,
    pub signed: bool,
}

const fn int(name: &'static str, bits: u32, signed: bool) -> Int {
    Int { name, bits, signed }
}

pub const U8: Int = int("u8", 8, false);
pub const U32: Int = int("u32", 32, false);
pub const U64: Int = int("u64", 64, false);
pub const USIZE: Int = int("usize", 64, false);

/// All integer types; those that programs use most come twice.
pub const INTS: &[Int] = &[
    U8,
    int("u16", 16, false),
    U32,
    U32,
    U64,
    U64,
    int("u128", 128, false),
    USIZE,
    int("i8", 8, true),
    int("i16", 16, true),
    int("i32", 32, true),
    int("i32", 32, true),
    int("i64", 64, true),
    int("i64", 64, true),
    int("i128", 128, true),
    int("isize", 64, true),
];

/// A type.
#[derive(Clone, PartialEq, Debug)]
pub enum Type {
    Unit,
    Bool,
    Char,
    Int(Int),
    /// `f32` or `f64`, by its width.
    Float(u32),
    NonZero(Int),
    Ordering,
    Tuple(Vec<Type>),
    Array(Box<Type>, usize),
    Option(Box<Type>),
    Result(Box<Type>, Box<Type>),
    /// A type of the program's own, with its arguments.
    Adt(usize, Vec<Type>),
    /// A parameter of the type or function that this is in.
    Param(usize),
    /// A reference to one of the program's statics.
    StaticRef(Box<Type>),
    FnPtr(Vec<Type>, Box<Type>),
    /// A borrowed slice. Only variables have this type.
    Slice(Box<Type>),
    Boxed(Box<Type>),
    Vec(Box<Type>),
    String,
    /// Says when it is dropped.
    Noisy,
}

/// A struct, enum or union of the program's own.
#[derive(Clone, Debug)]
pub struct Adt {
    pub name: String,
    /// The number of its type parameters.
    pub params: usize,
    pub kind: AdtKind,
    /// `#[repr(…)]`, or nothing.
    pub repr: String,
    /// Fields may be less aligned than their types: they are read by value only.
    pub packed: bool,
    pub copy: bool,
    /// Has `Debug`, `PartialEq` and `PartialOrd`.
    pub derives: bool,
    /// Has `Eq`, `Ord` and `Hash` too.
    pub hashes: bool,
}

impl Adt {
    /// The alignment that its attribute asks for.
    fn align(&self) -> usize {
        let number = self.repr.split_once("align(").and_then(|(_, rest)| rest.split(')').next());
        number.and_then(|it| it.parse().ok()).unwrap_or(1)
    }
}

#[derive(Clone, Debug)]
pub enum AdtKind {
    Struct(Shape),
    Enum(Vec<Variant>),
    /// All fields have the same size, and any bits are a value of each.
    Union(Vec<Type>),
}

#[derive(Clone, Debug)]
pub struct Variant {
    pub name: String,
    pub shape: Shape,
    pub discriminant: Option<i64>,
}

/// The fields of a struct or variant.
#[derive(Clone, Debug)]
pub struct Shape {
    /// With names, or else with positions.
    pub named: bool,
    pub fields: Vec<Type>,
}

impl Shape {
    pub fn field(&self, index: usize) -> String {
        if self.named { format!("f{index}") } else { index.to_string() }
    }

    /// The definition's text after the name.
    pub fn declare(&self, adts: &[Adt], visibility: &str) -> String {
        let fields: Vec<String> = self.fields.iter().map(|it| it.text(adts)).collect();
        if self.named {
            let fields: Vec<String> =
                fields.iter().enumerate().map(|(index, it)| format!("{visibility}f{index}: {it}")).collect();
            format!(" {{ {} }}", fields.join(", "))
        } else if fields.is_empty() {
            String::new()
        } else {
            let fields: Vec<String> = fields.iter().map(|it| format!("{visibility}{it}")).collect();
            format!("({})", fields.join(", "))
        }
    }

    /// A pattern that binds each field to `x0`, `x1` …
    pub fn bind_all(&self) -> String {
        let names: Vec<String> = (0..self.fields.len()).map(|index| format!("x{index}")).collect();
        if self.named {
            let names: Vec<String> = names.iter().enumerate().map(|(index, it)| format!("f{index}: {it}")).collect();
            format!(" {{ {} }}", names.join(", "))
        } else if names.is_empty() {
            String::new()
        } else {
            format!("({})", names.join(", "))
        }
    }
}

const PARAMS: &[&str] = &["T", "U", "V"];

impl Type {
    pub fn text(&self, adts: &[Adt]) -> String {
        let list = |types: &[Type]| types.iter().map(|it| it.text(adts)).collect::<Vec<_>>().join(", ");
        match self {
            Type::Unit => "()".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Char => "char".to_owned(),
            Type::Int(int) => int.name.to_owned(),
            Type::Float(bits) => format!("f{bits}"),
            Type::NonZero(int) => format!("NonZero<{}>", int.name),
            Type::Ordering => "Ordering".to_owned(),
            Type::Tuple(types) if types.len() == 1 => format!("({},)", types[0].text(adts)),
            Type::Tuple(types) => format!("({})", list(types)),
            Type::Array(element, count) => format!("[{}; {count}]", element.text(adts)),
            Type::Option(inner) => format!("Option<{}>", inner.text(adts)),
            Type::Result(good, bad) => format!("Result<{}, {}>", good.text(adts), bad.text(adts)),
            Type::Adt(index, args) => {
                let mut text = adts[*index].name.clone();
                if !args.is_empty() {
                    let _ = write!(text, "<{}>", list(args));
                }
                text
            }
            Type::Param(index) => PARAMS[*index].to_owned(),
            Type::StaticRef(inner) => format!("&'static {}", inner.text(adts)),
            Type::FnPtr(params, result) => format!("fn({}) -> {}", list(params), result.text(adts)),
            Type::Slice(element) => format!("&[{}]", element.text(adts)),
            Type::Boxed(inner) => format!("Box<{}>", inner.text(adts)),
            Type::Vec(inner) => format!("Vec<{}>", inner.text(adts)),
            Type::String => "String".to_owned(),
            Type::Noisy => "Noisy".to_owned(),
        }
    }

    /// With the parameters replaced.
    pub fn substitute(&self, args: &[Type]) -> Type {
        let all = |types: &[Type]| types.iter().map(|it| it.substitute(args)).collect();
        let one = |inner: &Type| Box::new(inner.substitute(args));
        match self {
            Type::Param(index) => args.get(*index).cloned().unwrap_or_else(|| self.clone()),
            Type::Tuple(types) => Type::Tuple(all(types)),
            Type::Array(element, count) => Type::Array(one(element), *count),
            Type::Option(inner) => Type::Option(one(inner)),
            Type::Result(good, bad) => Type::Result(one(good), one(bad)),
            Type::Adt(index, inner) => Type::Adt(*index, all(inner)),
            Type::FnPtr(params, result) => Type::FnPtr(all(params), one(result)),
            Type::Slice(inner) => Type::Slice(one(inner)),
            Type::Boxed(inner) => Type::Boxed(one(inner)),
            Type::Vec(inner) => Type::Vec(one(inner)),
            _ => self.clone(),
        }
    }

    pub fn is_copy(&self, adts: &[Adt]) -> bool {
        match self {
            Type::Boxed(_) | Type::Vec(_) | Type::String | Type::Noisy => false,
            Type::Tuple(types) => types.iter().all(|it| it.is_copy(adts)),
            Type::Array(inner, _) | Type::Option(inner) => inner.is_copy(adts),
            Type::Result(good, bad) => good.is_copy(adts) && bad.is_copy(adts),
            Type::Adt(index, args) => adts[*index].copy && args.iter().all(|it| it.is_copy(adts)),
            _ => true,
        }
    }

    /// Whether values can be compared with `==` and `<`, and printed with `{:?}`.
    pub fn has_derives(&self, adts: &[Adt]) -> bool {
        match self {
            Type::Param(_) | Type::FnPtr(..) | Type::Noisy => false,
            Type::Tuple(types) => types.iter().all(|it| it.has_derives(adts)),
            Type::Array(inner, _)
            | Type::Option(inner)
            | Type::StaticRef(inner)
            | Type::Boxed(inner)
            | Type::Slice(inner)
            | Type::Vec(inner) => inner.has_derives(adts),
            Type::Result(good, bad) => good.has_derives(adts) && bad.has_derives(adts),
            Type::Adt(index, args) => adts[*index].derives && args.iter().all(|it| it.has_derives(adts)),
            _ => true,
        }
    }

    /// Whether values can also be hashed and put in order, always in the same way.
    pub fn has_hash(&self, adts: &[Adt]) -> bool {
        match self {
            Type::Float(_) | Type::Param(_) | Type::FnPtr(..) | Type::Noisy => false,
            Type::Tuple(types) => types.iter().all(|it| it.has_hash(adts)),
            Type::Array(inner, _)
            | Type::Option(inner)
            | Type::StaticRef(inner)
            | Type::Boxed(inner)
            | Type::Slice(inner)
            | Type::Vec(inner) => inner.has_hash(adts),
            Type::Result(good, bad) => good.has_hash(adts) && bad.has_hash(adts),
            Type::Adt(index, args) => adts[*index].hashes && args.iter().all(|it| it.has_hash(adts)),
            _ => true,
        }
    }

    /// Roughly how many bytes a value has, to keep types from growing.
    pub fn size(&self, adts: &[Adt]) -> usize {
        match self {
            Type::Unit => 0,
            Type::Bool | Type::Ordering => 1,
            Type::Char => 4,
            Type::Int(int) | Type::NonZero(int) => int.bits as usize / 8,
            Type::Float(bits) => *bits as usize / 8,
            Type::Tuple(types) => types.iter().map(|it| it.size(adts)).sum(),
            Type::Array(inner, count) => inner.size(adts) * count,
            Type::Option(inner) => 1 + inner.size(adts),
            Type::Result(good, bad) => 1 + good.size(adts).max(bad.size(adts)),
            Type::Adt(index, args) => {
                let sum = |shape: &Shape| shape.fields.iter().map(|it| it.substitute(args).size(adts)).sum::<usize>();
                let size = match &adts[*index].kind {
                    AdtKind::Struct(shape) => sum(shape),
                    AdtKind::Enum(variants) => 1 + variants.iter().map(|it| sum(&it.shape)).max().unwrap_or(0),
                    AdtKind::Union(fields) => fields[0].size(adts),
                };
                size.next_multiple_of(adts[*index].align())
            }
            Type::Param(_) | Type::Slice(_) => 16,
            Type::StaticRef(_) | Type::FnPtr(..) | Type::Boxed(_) => 8,
            Type::Vec(_) | Type::String => 24,
            Type::Noisy => 16,
        }
    }
}

/// What a type may be.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// How deep it may be nested.
    pub depth: usize,
    pub only_copy: bool,
    /// A type that constants may have and that means the same anywhere: no function pointers, no references.
    pub plain: bool,
}

/// The types that there are so far, to choose from.
#[derive(Clone, Debug, Default)]
pub struct Types {
    pub adts: Vec<Adt>,
    /// The types of the program's statics.
    pub static_types: Vec<Type>,
}

/// Types beyond this size are not chosen for parts of others.
const MAX_PART_BYTES: usize = 96;

impl Types {
    pub fn scalar(&self, rng: &mut Rng) -> Type {
        match rng.below(20) {
            0..=12 => Type::Int(*rng.pick(INTS)),
            13 | 14 => Type::Float(32),
            15 | 16 => Type::Float(64),
            17 => Type::Bool,
            18 => Type::Char,
            _ => Type::Float(64),
        }
    }

    pub fn any(&self, rng: &mut Rng, wish: Wish) -> Type {
        let Wish { depth, only_copy, plain } = wish;
        if depth == 0 {
            return self.scalar(rng);
        }
        let inner = Wish { depth: depth - 1, ..wish };
        match rng.below(42) {
            0..=4 => {
                let count = rng.between(1, 4);
                Type::Tuple((0..count).map(|_| self.part(rng, inner)).collect())
            }
            5..=8 => {
                let element = self.part(rng, inner);
                let most = (MAX_PART_BYTES * 2 / element.size(&self.adts).max(1)).clamp(1, 9);
                Type::Array(Box::new(element), rng.between(1, most))
            }
            9..=12 => Type::Option(Box::new(self.part(rng, inner))),
            13 => Type::Result(Box::new(self.part(rng, inner)), Box::new(self.part(rng, inner))),
            14 | 15 => Type::NonZero(*rng.pick(INTS)),
            16 => Type::Ordering,
            17..=24 => self.adt(rng, inner).unwrap_or_else(|| self.scalar(rng)),
            25 | 26 if !plain && !self.static_types.is_empty() => {
                Type::StaticRef(Box::new(rng.pick(&self.static_types).clone()))
            }
            27 if !plain => {
                let count = rng.between(0, 3);
                let part = Wish { only_copy: true, plain: true, ..inner };
                let params = (0..count).map(|_| self.part(rng, part)).collect();
                Type::FnPtr(params, Box::new(self.part(rng, part)))
            }
            28 | 29 if !only_copy => Type::Noisy,
            30 if !only_copy => Type::Boxed(Box::new(self.part(rng, inner))),
            31 if !only_copy => Type::Vec(Box::new(self.scalar(rng))),
            32 if !only_copy => Type::String,
            33 => Type::Unit,
            _ => self.scalar(rng),
        }
    }

    /// A type for a part of another.
    pub fn part(&self, rng: &mut Rng, wish: Wish) -> Type {
        let ty = self.any(rng, wish);
        if ty.size(&self.adts) > MAX_PART_BYTES { self.scalar(rng) } else { ty }
    }

    fn adt(&self, rng: &mut Rng, wish: Wish) -> Option<Type> {
        if self.adts.is_empty() {
            return None;
        }
        let index = rng.below(self.adts.len());
        let args = (0..self.adts[index].params).map(|_| self.scalar(rng)).collect();
        let ty = Type::Adt(index, args);
        let fits = (!wish.only_copy || ty.is_copy(&self.adts)) && (!wish.plain || self.is_plain(&ty));
        fits.then_some(ty)
    }

    /// Whether some part of a value may be less aligned than its type.
    pub fn has_packed(&self, ty: &Type) -> bool {
        self.any_adt(ty, &|it| it.packed)
    }

    /// Whether some part of a value is of a type of the program's own that fits.
    pub fn any_adt(&self, ty: &Type, fits: &impl Fn(&Adt) -> bool) -> bool {
        match ty {
            Type::Tuple(types) => types.iter().any(|it| self.any_adt(it, fits)),
            Type::Array(inner, _) | Type::Option(inner) | Type::Boxed(inner) => self.any_adt(inner, fits),
            Type::Result(good, bad) => self.any_adt(good, fits) || self.any_adt(bad, fits),
            Type::Adt(index, args) => {
                let adt = &self.adts[*index];
                let any = |shape: &Shape| shape.fields.iter().any(|it| self.any_adt(&it.substitute(args), fits));
                fits(adt)
                    || match &adt.kind {
                        AdtKind::Struct(shape) => any(shape),
                        AdtKind::Enum(variants) => variants.iter().any(|it| any(&it.shape)),
                        AdtKind::Union(_) => false,
                    }
            }
            _ => false,
        }
    }

    /// Whether the type holds neither references nor function pointers.
    pub fn is_plain(&self, ty: &Type) -> bool {
        match ty {
            Type::StaticRef(_) | Type::FnPtr(..) | Type::Slice(_) | Type::Param(_) => false,
            Type::Boxed(_) | Type::Vec(_) | Type::String | Type::Noisy => false,
            Type::Tuple(types) => types.iter().all(|it| self.is_plain(it)),
            Type::Array(inner, _) | Type::Option(inner) => self.is_plain(inner),
            Type::Result(good, bad) => self.is_plain(good) && self.is_plain(bad),
            Type::Adt(index, args) => {
                let plain = |shape: &Shape| shape.fields.iter().all(|it| self.is_plain(&it.substitute(args)));
                match &self.adts[*index].kind {
                    AdtKind::Struct(shape) => plain(shape),
                    AdtKind::Enum(variants) => variants.iter().all(|it| plain(&it.shape)),
                    AdtKind::Union(_) => true,
                }
            }
            _ => true,
        }
    }
}
