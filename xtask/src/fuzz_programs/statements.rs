//! Statements: what a function's body is made of.

use super::generator::{Function, Generator, Loop, MAX_COST, Passing};
use super::patterns::bind_by_reference;
use super::types::{INTS, Type, U32, U64, USIZE};

impl Generator {
    /// Writes some statements.
    pub fn statements(&mut self, count: usize) {
        for _ in 0..count {
            if self.statements_left == 0 {
                return;
            }
            self.statements_left -= 1;
            self.cost += self.weight;
            self.statement();
        }
    }

    fn statement(&mut self) {
        match self.rng.below(68) {
            0..=9 => self.let_statement(),
            10..=19 => self.assignment(),
            20..=26 => self.tell(),
            27..=30 => self.if_statement(),
            31..=33 => self.match_statement(),
            34..=38 => self.loop_statement(),
            39..=44 => self.call_statement(),
            45 | 46 => self.borrow_statement(),
            47..=49 => self.closure_statement(),
            50..=52 => self.ownership_statement(),
            53 | 54 => self.guarded_statement(),
            55 | 56 => self.slice_statement(),
            57 => self.swap_statement(),
            58 => self.let_else(),
            59 => self.jump(),
            60 => self.risky(),
            61 => self.if_let_chain(),
            62 | 63 => self.raw_statement(),
            64 => self.thread_statement(),
            _ => self.generic_call(),
        }
    }

    fn depth_of_expression(&mut self) -> usize {
        self.rng.between(1, 3)
    }

    fn let_statement(&mut self) {
        let only_copy = !self.rng.percent(25);
        let ty = self.any_type(only_copy);
        let depth = self.depth_of_expression();
        let value = self.expression(&ty, depth);
        // Some are taken apart at once.
        if self.is_copy(&ty)
            && let Type::Tuple(types) = &ty
            && self.rng.percent(40)
        {
            let names: Vec<String> = types.iter().map(|_| self.name("v")).collect();
            let list: String = names.iter().map(|it| format!("mut {it}, ")).collect();
            self.line(format!("let ({}): {} = {value};", list.trim_end(), self.text(&ty)));
            for (name, ty) in names.into_iter().zip(types.clone()) {
                self.declare(name, ty, true);
            }
            return;
        }
        self.bind(ty, &value);
    }

    fn assignment(&mut self) {
        let places = self.places(|it| it.mutable);
        let places: Vec<_> = places.into_iter().filter(|it| self.is_copy(&it.ty)).collect();
        if places.is_empty() {
            return self.let_statement();
        }
        let place = self.rng.pick(&places).clone();
        let depth = self.depth_of_expression();
        if let Type::Int(int) = &place.ty
            && self.rng.percent(50)
        {
            let value = self.expression(&place.ty, depth);
            let line = match self.rng.below(4) {
                0 => format!("{} {} {value};", place.text, self.rng.pick(&["^=", "|=", "&="])),
                1 if !place.packed => format!("{0} = {0}.wrapping_add({value});", place.text),
                2 => format!("{} >>= {} & {};", place.text, self.expression(&Type::Int(U32), 1), int.bits - 1),
                _ => format!("{0} = ({0} & 0x3f) + ({value} & 0x3f);", place.text),
            };
            return self.line(line);
        }
        // An element at an index that is computed.
        if let Type::Array(element, count) = &place.ty
            && self.rng.percent(60)
        {
            let index = self.expression(&Type::Int(USIZE), 1);
            let value = self.expression(element, depth);
            return self.line(format!("{}[{index} % {count}] = {value};", place.text));
        }
        let value = self.expression(&place.ty, depth);
        self.line(format!("{} = {value};", place.text));
    }

    /// Prints the checksum of something.
    fn tell(&mut self) {
        let places = self.places(|it| !it.packed && !matches!(&it.ty, Type::FnPtr(..)));
        let id = self.point_id();
        if places.is_empty() || self.rng.percent(20) {
            let ty = self.any_type(true);
            let value = self.expression(&ty, 2);
            return self.line(format!("point({id}, &{value});"));
        }
        let place = self.rng.pick(&places).clone();
        if self.rng.percent(10) && place.ty.has_derives(&self.types.adts) {
            return self.line(format!("println!(\"{id} {{:?}}\", {});", place.text));
        }
        if self.rng.percent(15) && place.ty.has_hash(&self.types.adts) {
            return self.line(format!("point({id}, &hash_of(&{}));", place.text));
        }
        self.line(format!("point({id}, &{});", place.text));
    }

    fn inner_count(&mut self) -> usize {
        self.rng.between(1, 3)
    }

    fn if_statement(&mut self) {
        let condition = self.expression(&Type::Bool, 2);
        let count = self.inner_count();
        let has_else = self.rng.percent(50);
        self.block(format!("if {condition} {{"), if has_else { "} else {" } else { "}" }, |g| g.statements(count));
        if has_else {
            self.indent += 1;
            let variables = self.variables.len();
            self.statements(count);
            self.variables.truncate(variables);
            self.indent -= 1;
            self.line("}");
        }
    }

    fn match_statement(&mut self) {
        let places = self.places(|it| !matches!(it.ty, Type::FnPtr(..) | Type::Slice(_)));
        let mut places: Vec<_> = places.into_iter().filter(|it| self.is_copy(&it.ty)).collect();
        let interesting = |it: &Type| matches!(it, Type::Option(_) | Type::Adt(..) | Type::Array(..) | Type::Tuple(_));
        if self.rng.percent(80) && places.iter().any(|it| interesting(&it.ty)) {
            places.retain(|it| interesting(&it.ty));
        }
        if places.is_empty() {
            return self.let_statement();
        }
        let place = self.rng.pick(&places).clone();
        // Changing what is bound through references.
        let by_reference = place.mutable && !place.packed && interesting(&place.ty);
        if by_reference && !self.types.has_packed(&place.ty) && self.rng.percent(35) {
            return self.match_by_reference(&place);
        }
        let arms = self.arms(&place.ty, true);
        self.block(format!("match {} {{", place.text), "}", |g| {
            for (pattern, bound) in arms {
                let variables = g.variables.len();
                let bound_nothing = bound.is_empty();
                for (name, ty) in bound {
                    g.declare(name, ty, false);
                }
                // A guard sees what is bound through references.
                let may_guard = bound_nothing || !place.packed && !g.types.has_packed(&place.ty);
                let guard = (may_guard && g.rng.percent(25)).then(|| g.expression(&Type::Bool, 2));
                let guard = guard.map_or_else(String::new, |it| format!(" if {it}"));
                let count = g.inner_count();
                g.block(format!("{pattern}{guard} => {{"), "}", |g| g.statements(count));
                g.variables.truncate(variables);
            }
            g.block("_ => {", "}", |g| g.statements(1));
        });
    }

    fn match_by_reference(&mut self, place: &super::generator::Place) {
        let arms = self.arms(&place.ty, true);
        let variable = self.variable_of(place);
        // Either the bindings are references because what is matched is one, or they say so.
        let said = self.rng.percent(50);
        self.block(format!("match {}{} {{", if said { "" } else { "&mut " }, place.text), "}", |g| {
            g.hiding(variable, |g| {
                for (pattern, bound) in arms {
                    // Under a reference, `x @ p` would bind a reference and look through another.
                    if pattern.contains('@') || pattern.contains('&') {
                        continue;
                    }
                    let variables = g.variables.len();
                    let pattern = if said { bind_by_reference(&pattern, &bound) } else { pattern };
                    for (name, ty) in bound {
                        g.declare(format!("(*{name})"), ty, true);
                    }
                    let count = g.inner_count();
                    g.block(format!("{pattern} => {{"), "}", |g| g.statements(count));
                    g.variables.truncate(variables);
                }
            });
            g.block("_ => {", "}", |g| g.statements(1));
        });
    }

    /// The body of a loop that runs at most so often.
    fn loop_body(&mut self, open: &str, times: u64, names: Vec<(String, Type)>, next: &str, result: Option<Type>) {
        let label = self.name("'l");
        let weight = self.weight;
        self.weight *= times;
        self.depth += 1;
        self.loops.push(Loop { label: label.clone(), result });
        let count = self.inner_count();
        let close = if open.starts_with("let ") { "};" } else { "}" };
        let open = match open.split_once("= loop") {
            Some((before, after)) => format!("{before}= {label}: loop{after} {{"),
            None => format!("{label}: {open} {{"),
        };
        self.block(open, close, |g| {
            for (name, ty) in names {
                g.declare(name, ty, false);
            }
            if !next.is_empty() {
                g.line(next);
            }
            g.statements(count);
        });
        self.loops.pop();
        self.depth -= 1;
        self.weight = weight;
    }

    fn loop_statement(&mut self) {
        let times = self.rng.between(1, 7) as u64;
        if self.cost + self.weight * times * 4 > MAX_COST || self.weight * times > 60 {
            return self.tell();
        }
        match self.rng.below(8) {
            0 | 1 => {
                let int = *self.rng.pick(INTS);
                let name = self.name("i");
                let range = match self.rng.below(4) {
                    0 => format!("0..{times}{}", int.name),
                    1 => format!("(3..{}{}).rev()", 3 + times, int.name),
                    2 => format!("1..={times}{}", int.name),
                    _ => format!("(0..{}{}).step_by(3)", times * 3, int.name),
                };
                self.loop_body(&format!("for {name} in {range}"), times, vec![(name, Type::Int(int))], "", None);
            }
            2 | 3 => {
                let arrays = self.places(|it| matches!(it.ty, Type::Array(_, 1..=8)) && !it.packed);
                let arrays: Vec<_> = arrays.into_iter().filter(|it| self.is_copy(&it.ty)).collect();
                if arrays.is_empty() {
                    return self.let_statement();
                }
                let place = self.rng.pick(&arrays).clone();
                let Type::Array(element, count) = &place.ty else { return };
                let (name, count) = (self.name("x"), *count as u64);
                if place.mutable && self.rng.percent(50) {
                    let variable = self.variable_of(&place);
                    let element = (**element).clone();
                    let index = self.name("i");
                    let open = format!("for ({index}, {name}) in {}.iter_mut().enumerate()", place.text);
                    self.hiding(variable, |g| {
                        let next = format!("let {name} = &mut *{name};");
                        let names = vec![(index, Type::Int(USIZE))];
                        let variables = g.variables.len();
                        g.declare(format!("(*{name})"), element, true);
                        // Declared before the loop's own: only the body is written while it is in scope.
                        g.loop_body(&open, count, names, &next, None);
                        g.variables.truncate(variables);
                    });
                } else {
                    let names = vec![(name.clone(), (**element).clone())];
                    self.loop_body(&format!("for {name} in {}", place.text), count, names, "", None);
                }
            }
            4 | 5 => {
                let counter = self.name("n");
                self.line(format!("let mut {counter} = 0u32;"));
                let condition = self.expression(&Type::Bool, 1);
                let open = format!("while {counter} < {times} && {condition}");
                self.loop_body(&open, times, Vec::new(), &format!("{counter} += 1;"), None);
            }
            _ => {
                let counter = self.name("n");
                self.line(format!("let mut {counter} = 0u32;"));
                let ty = self.any_type(true);
                let default = self.leaf(&ty);
                let name = self.name("v");
                let next = format!("if {counter} >= {times} {{ break {default}; }} {counter} += 1;");
                let open = format!("let mut {name}: {} = loop", self.text(&ty));
                self.loop_body(&open, times + 1, Vec::new(), &next, Some(ty.clone()));
                self.declare(name, ty, true);
            }
        }
    }

    /// Leaves a loop or the function, if something holds.
    fn jump(&mut self) {
        let condition = self.expression(&Type::Bool, 2);
        if !self.loops.is_empty() && self.rng.percent(75) {
            let to = self.rng.pick(&self.loops.clone()).clone();
            let label = to.label;
            let line = match to.result {
                Some(ty) => format!("break {label} {};", self.expression(&ty, 2)),
                None if self.rng.percent(50) => format!("continue {label};"),
                None => format!("break {label};"),
            };
            return self.line(format!("if {condition} {{ {line} }}"));
        }
        if let Some(ty) = self.result.clone() {
            let value = self.expression(&ty, 2);
            self.line(format!("if {condition} {{ return {value}; }}"));
        }
    }

    /// Writes what a call needs before it, and gives the call.
    pub fn prepare_call(&mut self, function: &Function, args: &[Type]) -> String {
        let mut texts = Vec::new();
        let mut borrowed = Vec::new();
        for param in &function.params {
            let text = match param {
                Passing::Value(ty) => {
                    let ty = ty.substitute(args);
                    let value = self.expression(&ty, 2);
                    let name = self.name("a");
                    self.line(format!("let {name}: {} = {value};", self.text(&ty)));
                    name
                }
                Passing::Ref(ty) => {
                    let ty = ty.substitute(args);
                    let value = self.expression(&ty, 2);
                    let name = self.name("a");
                    self.line(format!("let {name}: {} = {value};", self.text(&ty)));
                    format!("&{name}")
                }
                Passing::RefMut(ty) => {
                    let ty = ty.substitute(args);
                    match self.place_of(&ty, true, true) {
                        Some(place) => {
                            let variable = self.variable_of(&place);
                            self.variables[variable].hidden = true;
                            borrowed.push(variable);
                            format!("&mut {}", place.text)
                        }
                        None => {
                            let value = self.expression(&ty, 2);
                            let name = self.bind(ty, &value);
                            let variable = self.variables.len() - 1;
                            self.variables[variable].hidden = true;
                            borrowed.push(variable);
                            format!("&mut {name}")
                        }
                    }
                }
                Passing::Slice(ty) => {
                    let ty = ty.substitute(args);
                    let name = self.name("a");
                    let count = self.rng.below(5);
                    let values: Vec<String> = (0..count).map(|_| self.expression(&ty, 1)).collect();
                    self.line(format!("let {name}: [{}; {count}] = [{}];", self.text(&ty), values.join(", ")));
                    if count > 1 && self.rng.percent(40) { format!("&{name}[1..]") } else { format!("&{name}") }
                }
                Passing::Closure(from, to) | Passing::DynClosure(from, to) => {
                    let (from, to) = (from.substitute(args), to.substitute(args));
                    let (name, closure) = (self.name("c"), self.name("a"));
                    let hidden = self.hide_what_would_move();
                    let variables = self.variables.len();
                    self.declare(name.clone(), from.clone(), false);
                    let cost = std::mem::replace(&mut self.cost, MAX_COST);
                    let body = self.expression(&to, 2);
                    self.cost = cost;
                    self.variables.truncate(variables);
                    self.show(hidden);
                    self.line(format!(
                        "let {closure} = move |{name}: {}| -> {} {{ {body} }};",
                        self.text(&from),
                        self.text(&to)
                    ));
                    if matches!(param, Passing::DynClosure(..)) { format!("&{closure}") } else { closure }
                }
            };
            texts.push(text);
        }
        for variable in borrowed {
            self.variables[variable].hidden = false;
        }
        // Through a pointer that the optimiser does not see through.
        if args.is_empty()
            && function.path.starts_with("c_")
            && function.params.iter().all(|it| matches!(it, Passing::Value(_)))
            && self.rng.percent(40)
        {
            let list: Vec<String> = function
                .params
                .iter()
                .map(|it| match it {
                    Passing::Value(ty) => self.text(ty),
                    _ => unreachable!("only values are passed here"),
                })
                .collect();
            let pointer = format!("extern \"C-unwind\" fn({}) -> {}", list.join(", "), self.text(&function.result));
            return format!("std::hint::black_box({} as {pointer})({})", function.path, texts.join(", "));
        }
        let types: Vec<String> = args.iter().map(|it| self.text(it)).collect();
        let turbofish = if types.is_empty() { String::new() } else { format!("::<{}>", types.join(", ")) };
        let call = format!("{}{turbofish}({})", function.path, texts.join(", "));
        if function.is_unsafe { format!("unsafe {{ {call} }}") } else { call }
    }

    fn call_statement(&mut self) {
        let weight = self.weight;
        let affordable = |it: &&Function| it.type_params == 0;
        let functions: Vec<Function> = self.functions.iter().filter(affordable).cloned().collect();
        let functions: Vec<Function> =
            functions.into_iter().filter(|it| self.cost + weight * it.cost <= MAX_COST).collect();
        if functions.is_empty() {
            return self.let_statement();
        }
        let function = self.rng.pick(&functions).clone();
        self.spend(&function);
        let call = self.prepare_call(&function, &[]);
        self.bind(function.result, &call);
    }

    fn generic_call(&mut self) {
        let weight = self.weight;
        let fits = |it: &&Function| it.type_params > 0;
        let functions: Vec<Function> = self.functions.iter().filter(fits).cloned().collect();
        let functions: Vec<Function> =
            functions.into_iter().filter(|it| self.cost + weight * it.cost <= MAX_COST).collect();
        if functions.is_empty() {
            return self.call_statement();
        }
        let function = self.rng.pick(&functions).clone();
        self.spend(&function);
        let args: Vec<Type> = (0..function.type_params).map(|_| self.plain_type(2)).collect();
        let call = self.prepare_call(&function, &args);
        self.bind(function.result.substitute(&args), &call);
    }

    /// Works on a variable through a reference.
    fn borrow_statement(&mut self) {
        let places = self.places(|it| it.mutable && !it.packed);
        if places.is_empty() {
            return self.let_statement();
        }
        let place = self.rng.pick(&places).clone();
        let variable = self.variable_of(&place);
        let name = self.name("r");
        let count = self.inner_count();
        self.block("{", "}", |g| {
            g.line(format!("let {name} = &mut {};", place.text));
            g.hiding(variable, |g| {
                g.declare(format!("(*{name})"), place.ty.clone(), true);
                g.statements(count);
            });
        });
    }

    fn closure_statement(&mut self) {
        let (param, result) = (self.plain_type(2), self.plain_type(2));
        let (param_text, result_text) = (self.text(&param), self.text(&result));
        let first = self.expression(&param, 2);
        let second = self.expression(&param, 2);
        let (a, b, p) = (self.name("a"), self.name("a"), self.name("p"));
        let (name, id) = (self.name("k"), self.point_id());
        let by_object = self.rng.percent(40);
        let moved = by_object || self.rng.percent(40);
        let count = self.inner_count();
        self.block("{", "}", |g| {
            g.line(format!("let ({a}, {b}): ({param_text}, {param_text}) = ({first}, {second});"));
            let keyword = if moved { "move " } else { "" };
            let (open, close) = if by_object {
                let open =
                    format!("let mut {name}: Box<dyn FnMut({param_text}) -> {result_text}> = Box::new(move |{p}| {{");
                (open, "});")
            } else {
                (format!("let mut {name} = {keyword}|{p}: {param_text}| -> {result_text} {{"), "};")
            };
            let loops = std::mem::take(&mut g.loops);
            let outer = g.result.replace(result.clone());
            let weight = g.weight;
            g.weight *= 2;
            g.depth += 1;
            let hidden = if moved { g.hide_what_would_move() } else { Vec::new() };
            g.block(open, close, |g| {
                g.declare(p, param.clone(), false);
                g.statements(count);
                let value = g.expression(&result, 2);
                g.line(value);
            });
            g.show(hidden);
            g.depth -= 1;
            g.weight = weight;
            g.result = outer;
            g.loops = loops;
            g.line(format!("point({id}, &{name}({a}));"));
            g.line(format!("point({id}, &apply(&mut {name}, {b}));"));
        });
    }

    /// Hides what a closure that moves would take away: it may only take copies.
    fn hide_what_would_move(&mut self) -> Vec<usize> {
        let would_move = |g: &Generator, index: usize| {
            let variable = &g.variables[index];
            !variable.hidden && (!g.is_copy(&variable.ty) || variable.place.starts_with("(*"))
        };
        let hidden: Vec<usize> = (0..self.variables.len()).filter(|&it| would_move(self, it)).collect();
        hidden.iter().for_each(|&it| self.variables[it].hidden = true);
        hidden
    }

    fn show(&mut self, hidden: Vec<usize>) {
        hidden.into_iter().for_each(|it| self.variables[it].hidden = false);
    }

    /// Runs statements that may panic.
    fn guarded_statement(&mut self) {
        if self.weight > 10 {
            return self.tell();
        }
        let ty = self.plain_type(2);
        let id = self.point_id();
        let count = self.inner_count();
        let loops = std::mem::take(&mut self.loops);
        let outer = self.result.replace(ty.clone());
        self.depth += 1;
        let text = self.text(&ty);
        self.block(format!("guarded({id}, || -> {text} {{"), "});", |g| {
            if g.rng.percent(60) {
                g.make_noisy();
            }
            g.statements(count);
            g.risky();
            let value = g.expression(&ty, 2);
            g.line(value);
        });
        self.depth -= 1;
        self.result = outer;
        self.loops = loops;
    }

    /// Something that may panic.
    fn risky(&mut self) {
        if self.weight > 10 {
            return self.tell();
        }
        let int = *self.rng.pick(INTS);
        let ty = Type::Int(int);
        match self.rng.below(10) {
            0..=2 => {
                let op = *self.rng.pick(&["+", "-", "*", "/", "%", "<<", ">>"]);
                let (a, b) = (self.expression(&ty, 2), self.expression(&ty, 2));
                self.bind(ty, &format!("({a} {op} {b})"));
            }
            3 => {
                let arrays = self.places(|it| matches!(it.ty, Type::Array(..)) && !it.packed);
                let arrays: Vec<_> = arrays.into_iter().filter(|it| self.is_copy(&it.ty)).collect();
                if let Some(place) = (!arrays.is_empty()).then(|| self.rng.pick(&arrays).clone()) {
                    let Type::Array(element, count) = place.ty else { return };
                    let index = self.expression(&Type::Int(USIZE), 2);
                    self.bind(*element, &format!("{}[{index} % {}]", place.text, count + 2));
                }
            }
            4 => {
                let some = Type::Option(Box::new(ty.clone()));
                let value = self.expression(&some, 2);
                let how = *self.rng.pick(&["unwrap()", "expect(\"there is one\")"]);
                self.bind(ty, &format!("{value}.{how}"));
            }
            5 => {
                let condition = self.expression(&Type::Bool, 2);
                let value = self.expression(&ty, 2);
                let line = match self.rng.below(6) {
                    4 => format!("if {condition} {{ std::panic::resume_unwind(Box::new(({value}) as u32)); }}"),
                    5 => {
                        let (name, leaver) = (self.name("v"), self.rng.pick(&self.leavers.clone()).clone());
                        self.line(format!(
                            "let mut {name}: {} = if {condition} {{ {leaver}({value} as u64) }} else {{ {value} }};",
                            int.name
                        ));
                        return self.declare(name, ty, true);
                    }
                    0 => format!("if {condition} {{ panic!(\"value {{:?}}\", {value}); }}"),
                    1 => format!("assert!({condition}, \"not so: {{}}\", {value});"),
                    2 => format!("if {condition} {{ std::panic::panic_any(({value}) as u32); }}"),
                    _ => format!("if {condition} {{ unreachable!(); }}"),
                };
                self.line(line);
            }
            6 => {
                let (a, b) = (self.expression(&ty, 2), self.expression(&ty, 2));
                self.line(format!("assert_eq!({a} & 3, {b} & 3);"));
            }
            7 if int.signed => {
                let a = self.expression(&ty, 2);
                self.bind(ty, &format!("(-{a})"));
            }
            8 => {
                let value = self.expression(&Type::Int(USIZE), 2);
                let id = self.point_id();
                let text = super::values::text(&mut self.rng);
                self.line(format!("point({id}, &{text}[{value} % 5..]);"));
            }
            _ => {
                let from = Type::Int(*self.rng.pick(INTS));
                let value = self.expression(&from, 2);
                self.bind(ty, &format!("{}::try_from({value}).unwrap()", int.name));
            }
        }
    }

    /// Something on a slice: patterns, iterators, searching.
    fn slice_statement(&mut self) {
        let slices: Vec<(String, Type)> = self
            .variables
            .iter()
            .filter(|it| !it.hidden)
            .filter_map(|it| match &it.ty {
                Type::Slice(element) => Some((it.place.clone(), (**element).clone())),
                Type::Array(element, _) => Some((format!("{}[..]", it.place), (**element).clone())),
                Type::Vec(element) => Some((format!("{}[..]", it.place), (**element).clone())),
                _ => None,
            })
            .collect();
        let slices: Vec<_> = slices.into_iter().filter(|it| self.is_copy(&it.1)).collect();
        if slices.is_empty() {
            let ty = Type::Array(Box::new(self.plain_type(1)), 5);
            let value = self.expression(&ty, 2);
            self.bind(ty, &value);
            return;
        }
        let (slice, element) = self.rng.pick(&slices).clone();
        let id = self.point_id();
        let name = self.name("x");
        let element_text = self.text(&element);
        match self.rng.below(5) {
            0 | 1 => {
                let (first, rest, last) = (self.name("b"), self.name("b"), self.name("b"));
                let subject = if slice.ends_with("[..]") { slice.clone() } else { format!("(*{slice})") };
                self.line(format!("match {subject} {{"));
                self.line(format!("    [] => point({id}, &0u8),"));
                self.line(format!("    [ref {first}] => point({id}, {first}),"));
                self.line(format!(
                    "    [{first}, ref {rest} @ .., {last}] => point({id}, &({first}, {rest}, {last})),"
                ));
                self.line("}");
            }
            _ => {
                let variables = self.variables.len();
                self.declare(format!("(*{name})"), element.clone(), false);
                let cost = std::mem::replace(&mut self.cost, MAX_COST);
                let (condition, key) = (self.expression(&Type::Bool, 2), self.expression(&Type::Int(U64), 2));
                self.cost = cost;
                self.variables.truncate(variables);
                let text = match self.rng.below(6) {
                    0 => format!("{slice}.iter().filter(|&{name}| {condition}).count()"),
                    1 => format!("{slice}.iter().map(|{name}| {key}).fold(1u64, |a, b| a.rotate_left(5) ^ b)"),
                    2 => format!("{slice}.iter().rev().skip(1).position(|{name}| {condition})"),
                    3 => format!("{slice}.chunks(2).map(|it| it.len() as u64).max()"),
                    4 => format!("{slice}.iter().zip(1u32..).map(|({name}, n)| {key} ^ n as u64).max()"),
                    _ => format!(
                        "{slice}.iter().take_while(|&{name}| {condition}).copied().collect::<Vec<{element_text}>>()"
                    ),
                };
                self.line(format!("point({id}, &{text});"));
            }
        }
    }

    fn swap_statement(&mut self) {
        let places = self.places(|it| it.mutable && !it.packed);
        if places.is_empty() {
            return self.let_statement();
        }
        let place = self.rng.pick(&places).clone();
        let value = self.expression(&place.ty, 2);
        let name = self.name("v");
        let text = self.text(&place.ty);
        self.line(format!("let mut {name}: {text} = {value};"));
        self.line(format!("std::mem::swap(&mut {name}, &mut {});", place.text));
        self.declare(name, place.ty, true);
    }

    fn let_else(&mut self) {
        let Some(result) = self.result.clone() else { return };
        let ty = self.any_type(true);
        let mut bound = Vec::new();
        let pattern = self.pattern(&ty, 2, &mut bound, true);
        let (value, other) = (self.expression(&ty, 2), self.expression(&result, 1));
        self.line(format!("let {pattern} = {value} else {{ return {other}; }};"));
        for (name, ty) in bound {
            self.declare(name, ty, false);
        }
    }

    fn if_let_chain(&mut self) {
        let (first, second) = (self.any_type(true), self.plain_type(2));
        let (mut bound, count) = (Vec::new(), self.inner_count());
        let value = self.expression(&first, 2);
        let pattern = self.pattern(&first, 2, &mut bound, true);
        let variables = self.variables.len();
        for (name, ty) in bound.drain(..) {
            self.declare(name, ty, false);
        }
        let condition = self.expression(&Type::Bool, 1);
        let other = self.expression(&second, 1);
        let pattern_2 = self.pattern(&second, 2, &mut bound, true);
        for (name, ty) in bound {
            self.declare(name, ty, false);
        }
        let open = format!("if let {pattern} = ({value}) && {condition} && let {pattern_2} = ({other}) {{");
        self.block(open, "} else {", |g| g.statements(count));
        self.variables.truncate(variables);
        self.indent += 1;
        self.statements(1);
        self.variables.truncate(variables);
        self.indent -= 1;
        self.line("}");
    }
}
