//! Expressions of every type: what can be written wherever a value is needed. They only read variables.

use super::generator::{Generator, Passing};
use super::types::{AdtKind, INTS, Shape, Type, U32, U64, USIZE};
use super::values;

/// Functions that cost more are not called through pointers: such calls are counted as one statement.
const MAX_POINTED_COST: u64 = 30;

impl Generator {
    /// An expression of a type. What it does to the state is only what functions that it calls tell.
    pub fn expression(&mut self, ty: &Type, depth: usize) -> String {
        if depth == 0 || self.rng.percent(12) {
            return self.leaf(ty);
        }
        if !self.is_copy(ty) {
            return self.fresh(ty, depth);
        }
        match self.rng.below(33) {
            0 | 1 => {
                let condition = self.expression(&Type::Bool, depth - 1);
                let (a, b) = (self.expression(ty, depth - 1), self.expression(ty, depth - 1));
                format!("(if {condition} {{ {a} }} else {{ {b} }})")
            }
            2 | 3 => self.match_expression(ty, depth),
            4..=7 => self.call_expression(ty, depth).unwrap_or_else(|| self.leaf(ty)),
            8 => self.block_expression(ty, depth),
            9 if !self.in_const => {
                let param = self.plain_type(1);
                let name = self.name("c");
                let arg = self.expression(&param, depth - 1);
                let variables = self.variables.len();
                self.declare(name.clone(), param.clone(), false);
                let body = self.expression(ty, depth - 1);
                self.variables.truncate(variables);
                format!("(|{name}: {}| -> {} {{ {body} }})({arg})", self.text(&param), self.text(ty))
            }
            10 => {
                let other = self.plain_type(1);
                let (a, b) = (self.expression(ty, depth - 1), self.expression(&other, depth - 1));
                if self.rng.percent(50) { format!("({a}, {b}).0") } else { format!("({b}, {a}).1") }
            }
            11 => {
                let count = self.rng.between(2, 4);
                let values: Vec<String> = (0..count).map(|_| self.expression(ty, depth - 1)).collect();
                let index = self.expression(&Type::Int(USIZE), depth - 1);
                format!("[{}][{index} % {count}]", values.join(", "))
            }
            12 if !self.in_const => {
                let some = Type::Option(Box::new(ty.clone()));
                let (a, b) = (self.expression(&some, depth - 1), self.expression(ty, depth - 1));
                format!("{a}.unwrap_or({b})")
            }
            13 if !self.in_const => {
                let from = self.plain_type(1);
                let some = Type::Option(Box::new(from.clone()));
                let (a, b) = (self.expression(&some, depth - 1), self.expression(ty, depth - 1));
                let name = self.name("c");
                let variables = self.variables.len();
                self.declare(name.clone(), from, false);
                let body = self.expression(ty, depth - 1);
                self.variables.truncate(variables);
                format!("{a}.map_or({b}, |{name}| {body})")
            }
            14 if !self.in_const && !self.quiet && self.weight < 8 && self.implements_sum(ty) => {
                let id = self.point_id();
                format!("seen({id}, {})", self.expression(ty, depth - 1))
            }
            15 if !self.in_const => {
                // A closure that is called through a reference to it as an object, or passed generically.
                let param = self.plain_type(1);
                let arg = self.expression(&param, depth - 1);
                let name = self.name("c");
                let variables = self.variables.len();
                self.declare(name.clone(), param.clone(), false);
                let body = self.expression(ty, depth - 1);
                self.variables.truncate(variables);
                let how = *self.rng.pick(&["apply(", "apply_dyn(&"]);
                format!("{how}|{name}: {}| {body}, {arg})", self.text(&param))
            }
            16 | 17 => self.element(ty, depth).unwrap_or_else(|| self.leaf(ty)),
            18 | 19 => self.leaf(ty),
            20 if !self.in_const => self.around_types(ty, depth),
            21 | 22 if !self.in_const => self.macro_call(ty).unwrap_or_else(|| self.fresh(ty, depth)),
            _ => self.fresh(ty, depth),
        }
    }

    /// An element of an array in scope, at an index that is computed.
    fn element(&mut self, ty: &Type, depth: usize) -> Option<String> {
        let wanted = ty.clone();
        let arrays = self.places(|it| matches!(&it.ty, Type::Array(element, _) if **element == wanted));
        if arrays.is_empty() {
            return None;
        }
        let place = self.rng.pick(&arrays).clone();
        let Type::Array(_, count) = place.ty else { return None };
        let index = self.expression(&Type::Int(USIZE), depth - 1);
        let text = format!("{}[{index} % {count}]", place.text);
        Some(if place.packed { format!("({{ {text} }})") } else { text })
    }

    fn implements_sum(&self, ty: &Type) -> bool {
        !matches!(ty, Type::FnPtr(params, _) if params.len() > 3)
    }

    /// A variable, a constant or a literal.
    pub fn leaf(&mut self, ty: &Type) -> String {
        let copy = self.is_copy(ty);
        if copy && self.rng.percent(80) {
            if let Some(place) = self.place_of(ty, false, false) {
                // A field of a packed struct must not be borrowed, not even for a method.
                return if place.packed { format!("({{ {} }})", place.text) } else { place.text };
            }
            let constants: Vec<String> = self.consts.iter().filter(|it| it.1 == *ty).map(|it| it.0.clone()).collect();
            if !constants.is_empty() && self.rng.percent(60) {
                return self.rng.pick(&constants).clone();
            }
            let statics: Vec<String> = self.statics.iter().filter(|it| it.1 == *ty).map(|it| it.0.clone()).collect();
            if !statics.is_empty() && !self.in_const {
                return self.rng.pick(&statics).clone();
            }
        }
        self.scalar_literal(ty).unwrap_or_else(|| self.fresh(ty, 0))
    }

    /// A value of a type, made of its parts.
    fn fresh(&mut self, ty: &Type, depth: usize) -> String {
        let inner = depth.saturating_sub(1);
        match ty {
            Type::Int(int) if depth > 0 => self.int_expression(*int, depth),
            Type::Float(bits) if depth > 0 => self.float_expression(*bits, depth),
            Type::Bool if depth > 0 => self.bool_expression(depth),
            Type::Char if depth > 0 && !self.in_const => match self.rng.below(3) {
                0 => format!("(({} & 0x7f) as u8 as char)", self.expression(&Type::Int(U32), inner)),
                1 => format!("char::from_u32({}).unwrap_or('?')", self.expression(&Type::Int(U32), inner)),
                _ => format!("{}.to_ascii_uppercase()", self.expression(&Type::Char, inner)),
            },
            Type::NonZero(int) if depth > 0 && !self.in_const => {
                let value = self.expression(&Type::Int(*int), inner);
                format!("NonZero::new({value}).unwrap_or(NonZero::<{}>::MIN)", int.name)
            }
            Type::Ordering if depth > 0 && !self.in_const => match self.rng.below(4) {
                0 => {
                    let of = Type::Int(*self.rng.pick(INTS));
                    let (a, b) = (self.expression(&of, inner), self.expression(&of, inner));
                    format!("{a}.cmp(&{b})")
                }
                1 => {
                    let of = self.plain_type(2);
                    if !of.has_derives(&self.types.adts) {
                        return self.leaf(ty);
                    }
                    let (a, b) = (self.expression(&of, inner), self.expression(&of, inner));
                    format!("{a}.partial_cmp(&{b}).unwrap_or(Ordering::Equal)")
                }
                2 => {
                    let (a, b) = (self.expression(&Type::Float(64), inner), self.expression(&Type::Float(64), inner));
                    format!("{a}.partial_cmp(&{b}).unwrap_or(Ordering::Equal)")
                }
                _ => format!("{}.reverse()", self.expression(ty, inner)),
            },
            Type::Tuple(types) => {
                let values: Vec<String> = types.iter().map(|it| self.expression(it, inner)).collect();
                if values.len() == 1 { format!("({},)", values[0]) } else { format!("({})", values.join(", ")) }
            }
            Type::Array(element, count) => {
                if self.is_copy(element) && self.rng.percent(25) {
                    return format!("[{}; {count}]", self.expression(element, inner));
                }
                let values: Vec<String> = (0..*count).map(|_| self.expression(element, inner.min(1))).collect();
                format!("[{}]", values.join(", "))
            }
            Type::Option(some) => self.option(some, depth),
            Type::Result(good, bad) => {
                let text = self.text(ty);
                if self.rng.percent(50) {
                    format!("{text}::Ok({})", self.expression(good, inner)).replacen("Result<", "Result::<", 1)
                } else {
                    format!("{text}::Err({})", self.expression(bad, inner)).replacen("Result<", "Result::<", 1)
                }
            }
            Type::Adt(index, args) => self.adt_value(*index, args, depth),
            Type::StaticRef(to) => {
                let statics: Vec<String> =
                    self.statics.iter().filter(|it| it.1 == **to).map(|it| it.0.clone()).collect();
                format!("&{}", self.rng.pick(&statics))
            }
            Type::FnPtr(params, result) => self.fn_pointer(params, result),
            Type::Boxed(to) => format!("Box::new({})", self.expression(to, inner)),
            Type::Vec(element) => {
                let count = self.rng.below(5);
                let values: Vec<String> = (0..count).map(|_| self.expression(element, inner)).collect();
                format!("vec![{}]", values.join(", "))
            }
            Type::String => {
                let value = self.expression(&Type::Int(*INTS.first().expect("there are types")), inner);
                let text = values::text(&mut self.rng);
                match self.rng.below(3) {
                    0 => format!("{text}.to_string()"),
                    1 => format!("format!(\"{{}}{{}}\", {text}, {value})"),
                    _ => format!("{text}.repeat(({value} % 4) as usize)"),
                }
            }
            Type::Noisy => {
                let id = self.point_id();
                format!("noisy({id}, {})", self.expression(&Type::Int(U64), inner))
            }
            // Only variables have such types, so there is one.
            Type::Param(_) | Type::Slice(_) => {
                let place = self.place_of(ty, false, false);
                place.map_or_else(|| "unreachable!()".to_owned(), |it| it.text)
            }
            _ => self.scalar_literal(ty).unwrap_or_else(|| "unreachable!()".to_owned()),
        }
    }

    fn option(&mut self, some: &Type, depth: usize) -> String {
        let inner = depth.saturating_sub(1);
        let text = self.text(some);
        match (some, self.rng.below(10)) {
            (_, 0..=2) => format!("None::<{text}>"),
            (Type::Int(int), 3..=5) if depth > 0 => {
                let op = *self.rng.pick(&["add", "sub", "mul", "div", "rem", "pow", "shl"]);
                let a = self.expression(some, inner);
                let by = if op == "pow" || op == "shl" { Type::Int(U32) } else { Type::Int(*int) };
                format!("{a}.checked_{op}({})", self.expression(&by, inner))
            }
            (Type::NonZero(int), 3..=5) if depth > 0 => {
                format!("NonZero::new({})", self.expression(&Type::Int(*int), inner))
            }
            (Type::Char, 3..=5) if depth > 0 && !self.in_const => {
                format!("char::from_u32({})", self.expression(&Type::Int(U32), inner))
            }
            (_, 6) if depth > 0 && !self.in_const => {
                let condition = self.expression(&Type::Bool, inner);
                format!("{condition}.then(|| {})", self.expression(some, inner))
            }
            (Type::Int(int), 7) if depth > 0 && !self.in_const => {
                let of = Type::Int(*self.rng.pick(INTS));
                format!("{}::try_from({}).ok()", int.name, self.expression(&of, inner))
            }
            _ => format!("Some({})", self.expression(some, inner)),
        }
    }

    fn adt_value(&mut self, index: usize, args: &[Type], depth: usize) -> String {
        let adt = self.types.adts[index].clone();
        let inner = depth.saturating_sub(1);
        // Generic arguments must be written: not every variant tells them.
        let arg_texts: Vec<String> = args.iter().map(|it| self.text(it)).collect();
        let name = if args.is_empty() { adt.name.clone() } else { format!("{}::<{}>", adt.name, arg_texts.join(", ")) };
        match &adt.kind {
            AdtKind::Struct(shape) => self.shape_value(&name, shape, args, inner, adt.copy),
            AdtKind::Enum(variants) => {
                let variant = self.rng.pick(variants).clone();
                self.shape_value(&format!("{name}::{}", variant.name), &variant.shape, args, inner, false)
            }
            AdtKind::Union(fields) => {
                let field = self.rng.below(fields.len());
                format!("({name} {{ u{field}: {} }})", self.expression(&fields[field], inner))
            }
        }
    }

    fn shape_value(&mut self, path: &str, shape: &Shape, args: &[Type], depth: usize, update: bool) -> String {
        let mut values = Vec::new();
        for (index, ty) in shape.fields.iter().enumerate() {
            let value = self.expression(&ty.substitute(args), depth);
            values.push(if shape.named { format!("{}: {value}", shape.field(index)) } else { value });
        }
        if !shape.named {
            return if values.is_empty() { path.to_owned() } else { format!("{path}({})", values.join(", ")) };
        }
        // Fields are evaluated in the order written.
        self.rng.shuffle(&mut values);
        if update && depth > 0 && values.len() > 1 && self.rng.percent(15) {
            let all = values.join(", ");
            return format!("({path} {{ {}, ..{path} {{ {all} }} }})", values[0]);
        }
        format!("({path} {{ {} }})", values.join(", "))
    }

    fn fn_pointer(&mut self, params: &[Type], result: &Type) -> String {
        let by_value = |it: &Passing, ty: &Type| matches!(it, Passing::Value(value) if value == ty);
        let fits = |it: &&super::generator::Function| {
            it.type_params == 0
                && !it.is_unsafe
                && it.result == *result
                && it.params.len() == params.len()
                && it.params.iter().zip(params).all(|(param, ty)| by_value(param, ty))
                && it.cost <= MAX_POINTED_COST
                && !it.path.starts_with("c_")
        };
        let functions: Vec<String> = self.functions.iter().filter(fits).map(|it| it.path.clone()).collect();
        let text = self.text(&Type::FnPtr(params.to_vec(), Box::new(result.clone())));
        if !functions.is_empty() && self.rng.percent(60) {
            return format!("({} as {text})", self.rng.pick(&functions));
        }
        // A closure that captures nothing.
        let outside = std::mem::take(&mut self.variables);
        let cost = self.cost;
        let mut names = Vec::new();
        for ty in params {
            let name = self.name("c");
            self.declare(name.clone(), ty.clone(), false);
            names.push(format!("{name}: {}", self.text(ty)));
        }
        // It may be called often, so it calls nothing.
        self.cost = super::generator::MAX_COST;
        let body = self.expression(result, 2);
        self.cost = cost;
        self.variables = outside;
        format!("((|{}| {body}) as {text})", names.join(", "))
    }

    fn match_expression(&mut self, ty: &Type, depth: usize) -> String {
        let on = if self.rng.percent(50) && !self.in_const { self.any_type(true) } else { self.plain_type(2) };
        if !self.is_copy(&on) || matches!(on, Type::Slice(_) | Type::FnPtr(..)) {
            return self.leaf(ty);
        }
        let value = self.expression(&on, depth - 1);
        let mut text = format!("(match ({value}) {{ ");
        for (pattern, bound) in self.arms(&on, true) {
            let variables = self.variables.len();
            let may_guard = bound.is_empty() || !self.types.has_packed(&on);
            for (name, ty) in bound {
                self.declare(name, ty, false);
            }
            text.push_str(&pattern);
            if may_guard && self.rng.percent(25) {
                text.push_str(&format!(" if {}", self.expression(&Type::Bool, depth - 1)));
            }
            text.push_str(&format!(" => {}, ", self.expression(ty, depth - 1)));
            self.variables.truncate(variables);
        }
        text.push_str(&format!("_ => {} }})", self.expression(ty, depth - 1)));
        text
    }

    fn block_expression(&mut self, ty: &Type, depth: usize) -> String {
        let inner = self.plain_type(2);
        let name = self.name("w");
        let value = self.expression(&inner, depth - 1);
        let variables = self.variables.len();
        self.declare(name.clone(), inner.clone(), false);
        let result = self.expression(ty, depth - 1);
        self.variables.truncate(variables);
        if !self.in_const && self.rng.percent(20) {
            let condition = self.expression(&Type::Bool, depth - 1);
            let early = self.expression(ty, depth - 1);
            let label = self.name("'l");
            return format!(
                "({label}: {{ let {name}: {} = {value}; if {condition} {{ break {label} {early}; }} {result} }})",
                self.text(&inner)
            );
        }
        format!("({{ let {name}: {} = {value}; {result} }})", self.text(&inner))
    }

    /// A call of a function whose arguments are all values.
    fn call_expression(&mut self, ty: &Type, depth: usize) -> Option<String> {
        // Also what a function pointer in scope gives.
        if !self.in_const && self.rng.percent(40) {
            let wanted = ty.clone();
            let pointers = self.places(|it| matches!(&it.ty, Type::FnPtr(_, result) if **result == wanted));
            if !pointers.is_empty() && self.cost + self.weight <= super::generator::MAX_COST {
                let place = self.rng.pick(&pointers).clone();
                let Type::FnPtr(params, _) = &place.ty else { return None };
                let args: Vec<String> = params.iter().map(|it| self.expression(it, depth - 1)).collect();
                return Some(format!("({})({})", place.text, args.join(", ")));
            }
        }
        let functions = self.callable(ty);
        let simple: Vec<_> = functions
            .into_iter()
            .filter(|it| it.params.iter().all(|param| matches!(param, Passing::Value(ty) if self.is_copy(ty))))
            .collect();
        if simple.is_empty() {
            return None;
        }
        let function = self.rng.pick(&simple).clone();
        self.spend(&function);
        let values: Vec<String> = function
            .params
            .iter()
            .map(|it| match it {
                Passing::Value(ty) => self.expression(ty, depth - 1),
                _ => unreachable!("only values are passed here"),
            })
            .collect();
        let call = format!("{}({})", function.path, values.join(", "));
        Some(if function.is_unsafe { format!("(unsafe {{ {call} }})") } else { call })
    }
}
