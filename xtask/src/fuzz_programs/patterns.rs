//! Patterns.

use super::generator::Generator;
use super::types::{AdtKind, Int, Shape, Type};
use super::values;

impl Generator {
    /// A pattern for a value of a type, which may or may not match. Names that it binds, always by value, are added to
    /// `bound`, unless it must bind nothing.
    pub fn pattern(&mut self, ty: &Type, depth: usize, bound: &mut Vec<(String, Type)>, bind: bool) -> String {
        if bind && self.is_copy(ty) && self.rng.percent(25) {
            let name = self.name("b");
            bound.push((name.clone(), ty.clone()));
            if depth > 0 && self.rng.percent(25) {
                return format!("{name} @ ({})", self.pattern(ty, depth - 1, &mut Vec::new(), false));
            }
            return name;
        }
        if depth == 0 && self.rng.percent(70) {
            return "_".to_owned();
        }
        if !bind && depth > 0 && self.rng.percent(15) {
            let count = self.rng.between(2, 3);
            let parts: Vec<String> = (0..count).map(|_| self.pattern(ty, depth - 1, bound, false)).collect();
            return format!("({})", parts.join(" | "));
        }
        let inner = depth.saturating_sub(1);
        match ty {
            Type::Unit => "()".to_owned(),
            Type::Bool => (*self.rng.pick(&["true", "false"])).to_owned(),
            Type::Int(int) => self.int_pattern(*int),
            Type::Char => {
                (*self.rng.pick(&["('a'..='m')", "('\\0'..='Z')", "'z'", "('a' | 'é')", "('n'..)"])).to_owned()
            }
            Type::Float(bits) => {
                let value = self.rng.below(50);
                match self.rng.below(3) {
                    0 => format!("(-{value}.0f{bits}..={value}.5f{bits})"),
                    1 => format!("({value}.0f{bits}..)"),
                    _ => format!("(..0.0f{bits})"),
                }
            }
            Type::Ordering => format!("Ordering::{}", self.rng.pick(&["Less", "Equal", "Greater"])),
            Type::Option(some) => {
                if self.rng.percent(30) {
                    return "None".to_owned();
                }
                format!("Some({})", self.pattern(some, inner, bound, bind))
            }
            Type::Result(good, bad) => {
                if self.rng.percent(50) {
                    format!("Ok({})", self.pattern(good, inner, bound, bind))
                } else {
                    format!("Err({})", self.pattern(bad, inner, bound, bind))
                }
            }
            Type::Tuple(types) => {
                let parts: Vec<String> = types.iter().map(|it| self.pattern(it, inner, bound, bind)).collect();
                if parts.len() == 1 { format!("({},)", parts[0]) } else { format!("({})", parts.join(", ")) }
            }
            Type::Array(element, count) => self.array_pattern(element, *count, inner, bound, bind),
            Type::Adt(index, args) => {
                let adt = self.types.adts[*index].clone();
                match &adt.kind {
                    AdtKind::Struct(shape) => self.shape_pattern(&adt.name, shape, args, inner, bound, bind),
                    AdtKind::Enum(variants) => {
                        let variant = self.rng.pick(variants).clone();
                        let path = format!("{}::{}", adt.name, variant.name);
                        self.shape_pattern(&path, &variant.shape, args, inner, bound, bind)
                    }
                    AdtKind::Union(_) => "_".to_owned(),
                }
            }
            Type::StaticRef(to) => {
                let bind = bind && to.is_copy(&self.types.adts);
                format!("&{}", self.pattern(to, inner, bound, bind))
            }
            _ => "_".to_owned(),
        }
    }

    fn int_pattern(&mut self, int: Int) -> String {
        let name = int.name;
        let low = self.rng.below(60);
        let high = low + self.rng.between(1, 60);
        match self.rng.below(7) {
            0 => format!("({low}{name}..={high}{name})"),
            1 => format!("({low}{name}..{high}{name})"),
            2 => format!("(..={high}{name})"),
            3 => format!("({low}{name}..)"),
            4 if int.signed => format!("(-{low}{name})"),
            5 => format!("({low}{name} | {high}{name} | {name}::MAX)"),
            _ => format!("{low}{name}"),
        }
    }

    fn array_pattern(
        &mut self,
        element: &Type,
        count: usize,
        depth: usize,
        bound: &mut Vec<(String, Type)>,
        bind: bool,
    ) -> String {
        let before = self.rng.below(count.min(2) + 1);
        let after = self.rng.below((count - before).min(2) + 1);
        let mut parts: Vec<String> = (0..before).map(|_| self.pattern(element, depth, bound, bind)).collect();
        let rest = count - before - after;
        if bind && rest > 0 && self.is_copy(element) && self.rng.percent(40) {
            let name = self.name("b");
            bound.push((name.clone(), Type::Array(Box::new(element.clone()), rest)));
            parts.push(format!("{name} @ .."));
        } else {
            parts.push("..".to_owned());
        }
        parts.extend((0..after).map(|_| self.pattern(element, depth, bound, bind)).collect::<Vec<_>>());
        format!("[{}]", parts.join(", "))
    }

    fn shape_pattern(
        &mut self,
        path: &str,
        shape: &Shape,
        args: &[Type],
        depth: usize,
        bound: &mut Vec<(String, Type)>,
        bind: bool,
    ) -> String {
        if shape.fields.is_empty() {
            return if shape.named { format!("{path} {{}}") } else { path.to_owned() };
        }
        let fields: Vec<String> =
            shape.fields.iter().map(|it| self.pattern(&it.substitute(args), depth, bound, bind)).collect();
        if shape.named {
            let fields: Vec<String> = fields.iter().enumerate().map(|(index, it)| format!("f{index}: {it}")).collect();
            format!("{path} {{ {}, .. }}", fields.join(", "))
        } else {
            format!("{path}({})", fields.join(", "))
        }
    }

    /// Patterns for all values of a type but those that `_` must cover: with luck, one for each variant.
    pub fn arms(&mut self, ty: &Type, bind: bool) -> Vec<(String, Vec<(String, Type)>)> {
        if let Type::Adt(index, args) = ty
            && let AdtKind::Enum(variants) = &self.types.adts[*index].kind
            && self.rng.percent(60)
        {
            let (name, mut variants, args) = (self.types.adts[*index].name.clone(), variants.clone(), args.clone());
            self.rng.shuffle(&mut variants);
            let mut arms = Vec::new();
            for variant in variants {
                let mut bound = Vec::new();
                let path = format!("{name}::{}", variant.name);
                let text = self.shape_pattern(&path, &variant.shape, &args, 1, &mut bound, bind);
                arms.push((text, bound));
            }
            return arms;
        }
        let count = self.rng.between(1, 4);
        let arm = |g: &mut Generator| {
            let mut bound = Vec::new();
            let text = g.pattern(ty, 3, &mut bound, bind);
            (text, bound)
        };
        (0..count).map(|_| arm(self)).collect()
    }

    /// A literal of a scalar type, also where patterns or constants need one.
    pub fn scalar_literal(&mut self, ty: &Type) -> Option<String> {
        Some(match ty {
            Type::Unit => "()".to_owned(),
            Type::Bool => (*self.rng.pick(&["true", "false"])).to_owned(),
            Type::Char => values::char(&mut self.rng),
            Type::Int(int) => values::int(&mut self.rng, *int),
            Type::Float(bits) => values::float(&mut self.rng, *bits),
            Type::NonZero(int) => match self.rng.below(3) {
                0 => format!("NonZero::<{}>::MIN", int.name),
                1 => format!("NonZero::<{}>::MAX", int.name),
                _ => format!("NonZero::new({}).unwrap()", values::nonzero_int(&mut self.rng, *int)),
            },
            Type::Ordering => format!("Ordering::{}", self.rng.pick(&["Less", "Equal", "Greater"])),
            _ => return None,
        })
    }
}

/// A pattern whose bindings are changed to `ref mut`.
pub fn bind_by_reference(pattern: &str, bound: &[(String, Type)]) -> String {
    let is_word = |it: char| it.is_alphanumeric() || it == '_';
    let mut text = String::new();
    let mut rest = pattern;
    while let Some(start) = rest.find(is_word) {
        let end = rest[start..].find(|it| !is_word(it)).map_or(rest.len(), |it| start + it);
        text.push_str(&rest[..start]);
        if bound.iter().any(|it| it.0 == rest[start..end]) {
            text.push_str("ref mut ");
        }
        text.push_str(&rest[start..end]);
        rest = &rest[end..];
    }
    text + rest
}
