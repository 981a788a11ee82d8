//! Traits: a hierarchy of them, implemented by some of the program's types, and called in every way that there is.

use super::generator::{Function, Generator, Passing};
use super::types::{Type, U64};

/// How many types implement the traits, at most.
const MAX_OWNERS: usize = 3;
/// How many statements the methods have, at most.
const METHOD_STATEMENTS: usize = 3;

impl Generator {
    /// Writes a trait with a default method, one above it and one below it with associated items, and implementations
    /// of all three. Gives the name of the function that uses them, unless no type can have them.
    pub fn traits(&mut self) -> Option<String> {
        self.variables.clear();
        let fits = |g: &Generator, index: usize| g.types.adts[index].params == 0 && g.types.adts[index].copy;
        let mut owners: Vec<Type> =
            (0..self.types.adts.len()).filter(|&it| fits(self, it)).map(|index| Type::Adt(index, Vec::new())).collect();
        if owners.is_empty() {
            return None;
        }
        self.rng.shuffle(&mut owners);
        owners.truncate(MAX_OWNERS);

        let (base, name) = (self.name("Base"), self.name("Tr"));
        let (arg, result) = (self.plain_type(2), self.plain_type(2));
        let (arg_text, result_text) = (self.text(&arg), self.text(&result));
        let leaf = self.leaf(&arg);
        let told = self.point_id();
        self.line(format!(
            r#"trait {base} {{
    fn base(&self) -> u64;
    fn twice(&self) -> u64 {{ self.base().wrapping_mul(2) }}
}}
trait {name}: {base} {{
    fn shared(&self, x: {arg_text}) -> {result_text};
    fn change(&mut self, x: {arg_text}) -> {result_text};
    fn default(&mut self) -> {result_text} {{
        point({told}, &self.base());
        self.change({leaf});
        self.shared({leaf})
    }}
}}
trait {name}More: {name} + Copy {{
    type Out: Sum + Copy;
    const K: Self::Out;
    fn more(self) -> (Self::Out, {result_text}) {{ (Self::K, self.shared({leaf})) }}
}}"#
        ));
        let mut objects = Vec::new();
        for owner in owners {
            let text = self.text(&owner);
            self.block(format!("impl {base} for {text} {{"), "}", |g| {
                g.method("fn base", "&self", &owner, Vec::new(), Type::Int(U64));
            });
            self.block(format!("impl {name} for {text} {{"), "}", |g| {
                g.method("fn shared", "&self", &owner, vec![arg.clone()], result.clone());
                g.method("fn change", "&mut self", &owner, vec![arg.clone()], result.clone());
            });
            let out = self.plain_type(2);
            let (value, out) = (self.constant(&out, 1), self.text(&out));
            self.line(format!("impl {name}More for {text} {{ type Out = {out}; const K: {out} = {value}; }}"));
            self.variables.clear();
            self.cost = 0;
            objects.push(self.expression(&owner, 1));
        }
        let boxes: Vec<String> = objects.iter().map(|it| format!("Box::new({it})")).collect();
        let (id, user) = (self.point_id(), self.name("objects"));
        let calls: Vec<String> = objects.iter().map(|it| format!("{user}_generic({it});")).collect();
        self.line(format!(
            r#"fn {user}_generic<X: {name}More>(mut x: X) {{
    point({id}, &x.default());
    point({id}, &x.more());
    point({id}, &x.twice());
}}
fn {user}() {{
    let mut objects: Vec<Box<dyn {name}>> = vec![{boxes}];
    for object in &mut objects {{
        point({id}, &object.change({leaf}));
        point({id}, &object.default());
        let up: &dyn {base} = &**object;
        point({id}, &(up.base(), up.twice(), std::mem::size_of_val(up), std::mem::align_of_val(up)));
    }}
    let up: Vec<Box<dyn {base}>> = objects.into_iter().map(|it| it as Box<dyn {base}>).collect();
    point({id}, &up.iter().fold(0u64, |a, b| a.rotate_left(3) ^ b.twice()));
    {calls}
}}"#,
            boxes = boxes.join(", "),
            calls = calls.join("\n    "),
        ));
        Some(user)
    }

    /// Writes a method, which only its trait's users call.
    fn method(&mut self, header: &str, receiver: &str, owner: &Type, params: Vec<Type>, result: Type) {
        let function = Function {
            path: String::new(),
            type_params: 0,
            params: params.into_iter().map(Passing::Value).collect(),
            result,
            is_unsafe: false,
            is_const: false,
            cost: 0,
        };
        let statements = std::mem::replace(&mut self.size.statements, METHOD_STATEMENTS);
        self.body(header, Some((receiver, owner.clone())), function);
        self.size.statements = statements;
        self.functions.pop();
    }
}
