//! Items: types, constants, statics and functions.

use super::generator::{Function, Generator, Passing};
use super::types::{Adt, AdtKind, INTS, Shape, Type, U8, Variant, Wish};

impl Generator {
    /// Writes the statics that references are taken to; only scalars and what is made of them can be in there yet.
    pub fn first_statics(&mut self) {
        for _ in 0..3 {
            let ty = self.plain_type(1);
            self.write_static(ty);
        }
    }

    fn write_static(&mut self, ty: Type) {
        let name = self.name("S");
        let value = self.constant(&ty, 1);
        self.line(format!("static {name}: {} = {value};", self.text(&ty)));
        self.types.static_types.push(ty.clone());
        self.statics.push((name, ty));
    }

    pub fn constant(&mut self, ty: &Type, depth: usize) -> String {
        self.in_const = true;
        self.variables.clear();
        let value = self.expression(ty, depth);
        self.in_const = false;
        value
    }

    /// Writes constants, and statics of all types.
    pub fn constants(&mut self) {
        for _ in 0..4 {
            let ty = self.plain_type(2);
            if self.rng.percent(30) {
                self.write_static(ty);
                continue;
            }
            let name = self.name("K");
            let value = self.constant(&ty, 3);
            self.line(format!("const {name}: {} = {value};", self.text(&ty)));
            self.consts.push((name, ty));
        }
    }

    /// Writes a type of the program's own, with its checksum.
    pub fn adt(&mut self) {
        let copy = !self.rng.percent(25);
        let params = usize::from(self.rng.percent(20));
        let adt = match self.rng.below(20) {
            0..=9 => self.new_struct(copy, params),
            10 => self.new_union(),
            _ => self.new_enum(copy, params),
        };
        self.write_adt(&adt);
        self.types.adts.push(adt);
    }

    fn field(&mut self, copy: bool) -> Type {
        let depth = self.rng.below(3);
        self.types.part(&mut self.rng, Wish { depth, only_copy: copy, plain: false })
    }

    fn shape(&mut self, count: usize, copy: bool) -> Shape {
        let named = self.rng.percent(50);
        Shape { named, fields: (0..count).map(|_| self.field(copy)).collect() }
    }

    fn new_struct(&mut self, copy: bool, params: usize) -> Adt {
        let name = self.name("St");
        let count = self.rng.between(0, 6);
        let mut shape = self.shape(count, copy);
        if params > 0 {
            let param = if self.rng.percent(50) {
                Type::Param(0)
            } else {
                Type::Array(Box::new(Type::Param(0)), self.rng.between(1, 3))
            };
            let at = self.rng.below(shape.fields.len() + 1);
            shape.fields.insert(at, param);
        }
        let is_aligned = |it: &Adt| it.repr.contains("align");
        let can_pack = copy && params == 0 && !shape.fields.iter().any(|it| self.types.any_adt(it, &is_aligned));
        let (repr, packed) = match self.rng.below(21) {
            0..=4 => ("C", false),
            5 if can_pack => ("packed", true),
            6 if can_pack => ("C, packed(2)", true),
            7 => ("align(16)", false),
            8 => ("C, align(32)", false),
            20 => (*self.rng.pick(&["align(64)", "C, align(128)", "align(256)"]), false),
            9 if shape.fields.len() == 1 => ("transparent", false),
            _ => ("", false),
        };
        self.finish(name, params, AdtKind::Struct(shape), repr, packed, copy)
    }

    fn new_enum(&mut self, copy: bool, params: usize) -> Adt {
        let name = self.name("En");
        let fieldless = params == 0 && self.rng.percent(25);
        let count = self.rng.between(1, 6);
        let reprs: &[&str] = &["u8", "i8", "u16", "i32", "u64", "C", "C, u8", "align(64)"];
        let repr = if self.rng.percent(35) { *self.rng.pick(reprs) } else { "" };
        // Both together are for enums with data.
        let repr = if fieldless && repr == "C, u8" { "u8" } else { repr };
        let explicit = (fieldless || !matches!(repr, "" | "C" | "align(64)")) && self.rng.percent(50);
        let mut variants = Vec::new();
        let mut next = self.rng.below(40) as i64 - if matches!(repr, "i8" | "i32" | "" | "align(64)") { 20 } else { 0 };
        for index in 0..count {
            // Many enums have one variant with data, in which the others find room.
            let has_fields = !fieldless && (index == 0 || self.rng.percent(45));
            let most = if has_fields { self.rng.between(1, 4) } else { 0 };
            let mut shape = self.shape(most, copy);
            if !has_fields {
                shape.named = false;
            }
            if params > 0 && index == 0 {
                shape.fields.push(Type::Param(0));
            }
            next += self.rng.between(1, 15) as i64;
            variants.push(Variant { name: format!("V{index}"), shape, discriminant: explicit.then_some(next) });
        }
        self.finish(name, params, AdtKind::Enum(variants), repr, false, copy)
    }

    fn new_union(&mut self) -> Adt {
        let name = self.name("Un");
        let bytes = *self.rng.pick(&[4u32, 8, 16]);
        let int = |bits: u32, signed: bool| {
            let found = INTS.iter().find(|it| it.bits == bits && it.signed == signed);
            Type::Int(*found.expect("there are integers of these widths"))
        };
        let mut fields = vec![int(bytes * 8, false), int(bytes * 8, true)];
        fields.push(Type::Array(Box::new(Type::Int(U8)), bytes as usize));
        fields.push(Type::Array(Box::new(int(16, true)), bytes as usize / 2));
        self.rng.shuffle(&mut fields);
        self.finish(name, 0, AdtKind::Union(fields), "C", false, true)
    }

    fn finish(&mut self, name: String, params: usize, kind: AdtKind, repr: &str, packed: bool, copy: bool) -> Adt {
        // A parameter has what its argument has.
        let args = [Type::Int(U8)];
        let has = |shape: &Shape| shape.fields.iter().all(|it| it.substitute(&args).has_derives(&self.types.adts));
        let derives = match &kind {
            AdtKind::Struct(shape) => has(shape),
            AdtKind::Enum(variants) => variants.iter().all(|it| has(&it.shape)),
            AdtKind::Union(_) => false,
        };
        let copies = |shape: &Shape| shape.fields.iter().all(|it| it.is_copy(&self.types.adts));
        let copy = copy
            && match &kind {
                AdtKind::Struct(shape) => copies(shape),
                AdtKind::Enum(variants) => variants.iter().all(|it| copies(&it.shape)),
                AdtKind::Union(_) => true,
            };
        let derives = derives && self.rng.percent(60);
        let has = |shape: &Shape| shape.fields.iter().all(|it| it.substitute(&args).has_hash(&self.types.adts));
        let hashes = derives
            && match &kind {
                AdtKind::Struct(shape) => has(shape),
                AdtKind::Enum(variants) => variants.iter().all(|it| has(&it.shape)),
                AdtKind::Union(_) => false,
            };
        Adt { name, params, kind, repr: repr.to_owned(), packed, copy, derives, hashes }
    }

    fn write_adt(&mut self, adt: &Adt) {
        let mut derives = Vec::new();
        if adt.copy {
            derives.extend(["Clone", "Copy"]);
        }
        if adt.derives {
            derives.extend(["Debug", "PartialEq", "PartialOrd"]);
        }
        if adt.hashes {
            derives.extend(["Eq", "Ord", "Hash"]);
        }
        if !derives.is_empty() {
            self.line(format!("#[derive({})]", derives.join(", ")));
        }
        if !adt.repr.is_empty() {
            self.line(format!("#[repr({})]", adt.repr));
        }
        let name = &adt.name;
        let (params, bounds) = if adt.params == 0 { ("", "") } else { ("<T>", "<T: Sum>") };
        let adts = self.types.adts.clone();
        let implement = format!("impl{bounds} Sum for {name}{params} {{");
        match &adt.kind {
            AdtKind::Struct(shape) => {
                let end = if shape.named { "" } else { ";" };
                self.line(format!("struct {name}{params}{}{end}", shape.declare(&adts, "")));
                let read = |index: usize| {
                    let field = shape.field(index);
                    if adt.packed { format!("({{ self.{field} }}).sum(h); ") } else { format!("self.{field}.sum(h); ") }
                };
                let fields: String = (0..shape.fields.len()).map(read).collect();
                self.line(format!("{implement} fn sum(&self, h: &mut H) {{ {fields}}} }}"));
            }
            AdtKind::Enum(variants) => {
                self.block(format!("enum {name}{params} {{"), "}", |g| {
                    for variant in variants {
                        let value = variant.discriminant.map_or_else(String::new, |it| format!(" = {it}"));
                        g.line(format!("{}{}{value},", variant.name, variant.shape.declare(&adts, "")));
                    }
                });
                let fieldless = variants.iter().all(|it| it.shape.fields.is_empty());
                self.block(implement, "}", |g| {
                    g.block("fn sum(&self, h: &mut H) {", "}", |g| {
                        if fieldless && adt.copy {
                            return g.line("h.add(*self as i64 as u64);");
                        }
                        if let "u8" | "C, u8" = &*adt.repr {
                            // SAFETY in the program: such enums begin with their tag.
                            g.line(format!(
                                "h.add(unsafe {{ *(self as *const {name}{params} as *const u8) }} as u64);"
                            ));
                        }
                        g.block("match self {", "}", |g| {
                            for (index, variant) in variants.iter().enumerate() {
                                let fields: String =
                                    (0..variant.shape.fields.len()).map(|it| format!(" x{it}.sum(h);")).collect();
                                let bind = variant.shape.bind_all();
                                g.line(format!("{name}::{}{bind} => {{ h.add({index});{fields} }}", variant.name));
                            }
                        });
                    });
                });
            }
            AdtKind::Union(fields) => {
                let list: Vec<String> =
                    fields.iter().enumerate().map(|(index, it)| format!("u{index}: {}", it.text(&adts))).collect();
                self.line(format!("union {name} {{ {} }}", list.join(", ")));
                let sums: String = (0..fields.len()).map(|it| format!("self.u{it}.sum(h); ")).collect();
                self.line(format!("{implement} fn sum(&self, h: &mut H) {{ unsafe {{ {sums}}} }} }}"));
            }
        }
    }

    /// Writes a macro that makes an expression of the expressions that it is given, each perhaps more than once.
    pub fn macro_item(&mut self) {
        let params: Vec<Type> = (0..self.rng.between(1, 3)).map(|_| self.plain_type(2)).collect();
        let result = self.plain_type(2);
        self.variables.clear();
        for (index, ty) in params.iter().enumerate() {
            self.declare(format!("($x{index})"), ty.clone(), false);
        }
        let cost = std::mem::replace(&mut self.cost, super::generator::MAX_COST);
        let body = self.expression(&result, 3);
        self.cost = cost;
        self.variables.clear();
        let name = self.name("make");
        let list: Vec<String> = (0..params.len()).map(|it| format!("$x{it}:expr")).collect();
        self.line(format!("macro_rules! {name} {{ ({} $(,)?) => {{ {body} }} }}", list.join(", ")));
        self.macros.push(super::generator::Macro { name, params, result });
    }

    /// Writes a function that never returns.
    pub fn leaver(&mut self) {
        let name = self.name("leave");
        let id = self.point_id();
        let way = *self.rng.pick(&[
            "panic!(\"left with {x}\")",
            "std::panic::resume_unwind(Box::new(x as u32))",
            "std::panic::panic_any(x as u32)",
            "unreachable!(\"at {}\", x)",
            "None::<std::convert::Infallible>.map(|it| match it {}).unwrap()",
        ]);
        let attribute = *self.rng.pick(&["", "#[cold] ", "#[inline(never)] ", "#[track_caller] "]);
        self.line(format!("{attribute}fn {name}(x: u64) -> ! {{ let _n = noisy({id}, x); {way} }}"));
        self.leavers.push(name);
    }

    /// Writes a function.
    pub fn function(&mut self) {
        let kind = self.rng.below(20);
        let is_const = kind < 2;
        let is_c = (2..6).contains(&kind);
        let is_unsafe = kind == 6;
        let type_params = if (7..11).contains(&kind) { self.rng.between(1, 2) } else { 0 };
        let name = self.name(if is_c { "c_" } else { "f" });
        let count = self.rng.between(usize::from(type_params > 0), 5);
        let mut params = Vec::new();
        for index in 0..count {
            params.push(if index < type_params {
                Passing::Value(Type::Param(index))
            } else {
                self.passing(is_const, is_c, type_params)
            });
        }
        let type_params = type_params.min(count);
        let result = if type_params > 0 && self.rng.percent(70) {
            let param = Type::Param(self.rng.below(type_params));
            match self.rng.below(4) {
                0 => param,
                1 => Type::Tuple(vec![self.plain_type(1), param]),
                2 => Type::Option(Box::new(param)),
                _ => Type::Array(Box::new(param), self.rng.between(1, 4)),
            }
        } else if is_const {
            self.plain_type(2)
        } else {
            let only_copy = !self.rng.percent(20);
            self.any_type(only_copy)
        };
        let mut header =
            (*self.rng.pick(&["", "", "", "#[inline(never)] ", "#[inline(always)] ", "#[inline] "])).to_owned();
        // What panics in it names its caller's place.
        if !is_const && !is_c && self.rng.percent(15) {
            header.push_str("#[track_caller] ");
        }
        if is_const {
            header.push_str("const ");
        }
        if is_unsafe {
            header.push_str("unsafe ");
        }
        if is_c {
            // What it calls may panic. Out of a function of plain "C" that would abort, and which drops are seen before that
            // is the optimiser's choice.
            header.push_str("extern \"C-unwind\" ");
        }
        let generics =
            ["", "<T: Copy + Sum + Send + Sync>", "<T: Copy + Sum + Send + Sync, U: Copy + Sum + Send + Sync>"]
                [type_params];
        let function = Function { path: name.clone(), type_params, params, result, is_unsafe, is_const, cost: 0 };
        self.body(&format!("{header}fn {name}{generics}"), None, function);
    }

    fn passing(&mut self, is_const: bool, is_c: bool, type_params: usize) -> Passing {
        if is_const || is_c {
            let depth = self.rng.between(0, 3);
            return Passing::Value(self.plain_type(depth));
        }
        if type_params > 0 && self.rng.percent(30) {
            return Passing::Slice(Type::Param(self.rng.below(type_params)));
        }
        match self.rng.below(20) {
            0..=1 => {
                let ty = self.plain_type(2);
                Passing::Ref(ty)
            }
            2..=4 => {
                let ty = self.any_type(false);
                Passing::RefMut(ty)
            }
            5 => Passing::Slice(self.plain_type(1)),
            6 => Passing::Closure(self.plain_type(1), self.plain_type(1)),
            7 => Passing::DynClosure(self.plain_type(1), self.plain_type(1)),
            8 | 9 => {
                let ty = self.any_type(false);
                Passing::Value(ty)
            }
            _ => {
                let ty = self.any_type(true);
                Passing::Value(ty)
            }
        }
    }

    /// Writes a function with its body, and lists it. A method has a receiver, of a type, that is a reference.
    pub fn body(&mut self, header: &str, receiver: Option<(&str, Type)>, mut function: Function) {
        self.variables.clear();
        self.loops.clear();
        (self.weight, self.cost, self.depth) = (1, 0, 0);
        self.statements_left = self.size.statements * 3;
        let mut params = Vec::new();
        if let Some((text, ty)) = receiver {
            params.push(text.to_owned());
            self.declare("(*self)", ty, text.contains("mut"));
        }
        for param in &function.params {
            let name = self.name("p");
            let (text, place, ty, mutable) = match param {
                Passing::Value(ty) => (self.text(ty), name.clone(), ty.clone(), true),
                Passing::Ref(ty) => (format!("&{}", self.text(ty)), format!("(*{name})"), ty.clone(), false),
                Passing::RefMut(ty) => (format!("&mut {}", self.text(ty)), format!("(*{name})"), ty.clone(), true),
                Passing::Slice(ty) => {
                    (format!("&[{}]", self.text(ty)), name.clone(), Type::Slice(Box::new(ty.clone())), false)
                }
                Passing::Closure(from, to) | Passing::DynClosure(from, to) => {
                    let what = if matches!(param, Passing::Closure(..)) { "impl" } else { "&dyn" };
                    params.push(format!("{name}: {what} Fn({}) -> {}", self.text(from), self.text(to)));
                    continue;
                }
            };
            let keyword = if matches!(param, Passing::Value(_)) { "mut " } else { "" };
            params.push(format!("{keyword}{name}: {text}"));
            self.declare(place, ty, mutable);
        }
        let closures: Vec<(String, Type, Type)> = function
            .params
            .iter()
            .zip(params.iter().skip(usize::from(params.len() > function.params.len())))
            .filter_map(|(param, text)| match param {
                Passing::Closure(from, to) | Passing::DynClosure(from, to) => {
                    let name = text.split(':').next().unwrap_or(text).to_owned();
                    Some((name, from.clone(), to.clone()))
                }
                _ => None,
            })
            .collect();
        let result = function.result.clone();
        self.result = Some(result.clone());
        self.in_const = function.is_const;
        let open = format!("{header}({}) -> {} {{", params.join(", "), self.text(&result));
        self.block(open, "}", |g| {
            if !g.in_const {
                let count = g.rng.between(2, g.size.statements.max(2));
                for (name, from, to) in closures {
                    let value = g.expression(&from, 2);
                    g.bind(to, &format!("{name}({value})"));
                }
                g.statements(count);
            }
            let value = g.expression(&result, 3);
            g.line(value);
        });
        self.in_const = false;
        self.result = None;
        function.cost = self.cost + 1;
        self.functions.push(function);
    }
}
