//! Statements and expressions that go around the language's own ways: raw pointers, reinterpreted bits, memory that is
//! filled later, threads.

use super::generator::{Generator, Macro};
use super::types::{INTS, Int, Type, U8, U32};
use super::values;

impl Generator {
    /// An expression of a type that copies, through memory that the compiler must not see through, or sees as another's.
    pub fn around_types(&mut self, ty: &Type, depth: usize) -> String {
        let text = self.text(ty);
        match self.rng.below(6) {
            0 => format!("std::hint::black_box({})", self.expression(ty, depth - 1)),
            1 => {
                let (name, value) = (self.name("m"), self.expression(ty, depth - 1));
                format!(
                    "({{ let mut {name} = std::mem::MaybeUninit::<{text}>::uninit(); {name}.write({value}); unsafe {{ {name}.assume_init() }} }})"
                )
            }
            2 | 3 => match self.place_of(ty, false, false) {
                // What a macro is given may be no place.
                Some(place) if place.text.starts_with("($") => place.text,
                Some(place) if place.packed => format!("(unsafe {{ (&raw const {}).read_unaligned() }})", place.text),
                Some(place) => format!("(unsafe {{ std::ptr::read_volatile(&raw const {}) }})", place.text),
                None => self.leaf(ty),
            },
            4 => format!("(*std::mem::ManuallyDrop::new({}))", self.expression(ty, depth - 1)),
            _ => {
                let value = self.expression(ty, depth - 1);
                format!("(unsafe {{ std::mem::transmute_copy::<{text}, {text}>(&{value}) }})")
            }
        }
    }

    /// What a macro of the program's makes.
    pub fn macro_call(&mut self, ty: &Type) -> Option<String> {
        let macros: Vec<Macro> = self.macros.iter().filter(|it| it.result == *ty).cloned().collect();
        if macros.is_empty() {
            return None;
        }
        let chosen = self.rng.pick(&macros).clone();
        // Arguments may be there many times, so they are small.
        let args: Vec<String> = chosen.params.iter().map(|it| self.leaf(it)).collect();
        Some(format!("{}!({})", chosen.name, args.join(", ")))
    }

    /// An integer that is made of the bits of something else.
    pub fn transmuted(&mut self, to: Int, depth: usize) -> String {
        let other = |signed: bool| INTS.iter().find(|it| it.bits == to.bits && it.signed == signed);
        let other = *other(!to.signed).expect("every width has both");
        let bytes = to.bits as usize / 8;
        let (from, text) = match self.rng.below(6) {
            0 => (Type::Int(other), other.name.to_owned()),
            1 | 2 => (Type::Array(Box::new(Type::Int(U8)), bytes), format!("[u8; {bytes}]")),
            3 if !self.in_const => (Type::NonZero(other), format!("NonZero<{}>", other.name)),
            4 if bytes == 4 => (Type::Char, "char".to_owned()),
            4 if bytes == 1 => (Type::Bool, "bool".to_owned()),
            _ => {
                let half = INTS.iter().find(|it| it.bits * 2 == to.bits).copied().unwrap_or(U8);
                let count = to.bits as usize / half.bits as usize;
                (Type::Array(Box::new(Type::Int(half)), count), format!("[{}; {count}]", half.name))
            }
        };
        let value = self.expression(&from, depth - 1);
        format!("(unsafe {{ std::mem::transmute::<{text}, {}>({value}) }})", to.name)
    }

    /// Changes something through a raw pointer, or keeps something from being dropped.
    pub fn raw_statement(&mut self) {
        if self.rng.percent(25) {
            return self.kept_statement();
        }
        let places = self.places(|it| it.mutable);
        let places: Vec<_> = places.into_iter().filter(|it| self.is_copy(&it.ty)).collect();
        if places.is_empty() {
            return self.make_noisy();
        }
        let place = self.rng.pick(&places).clone();
        let value = self.expression(&place.ty, 2);
        let at = format!("&raw mut {}", place.text);
        if place.packed {
            return self.line(format!("unsafe {{ ({at}).write_unaligned({value}); }}"));
        }
        if let Type::Int(int) = &place.ty
            && int.bits <= 64
            && self.rng.percent(60)
        {
            let sign = if int.signed { 'I' } else { 'U' };
            let width = if int.name.ends_with("size") { "size".to_owned() } else { int.bits.to_string() };
            let op = *self.rng.pick(&["fetch_add", "fetch_sub", "fetch_xor", "fetch_nand", "fetch_min", "swap"]);
            let order = *self.rng.pick(&["Relaxed", "Acquire", "Release", "AcqRel", "SeqCst"]);
            let path = "std::sync::atomic";
            return self.line(format!(
                "unsafe {{ {path}::Atomic{sign}{width}::from_ptr({at}) }}.{op}({value}, {path}::Ordering::{order});"
            ));
        }
        let line = match self.rng.below(3) {
            0 => format!("std::ptr::write_volatile({at}, {value});"),
            1 => format!("({at}).write({value});"),
            _ => format!("let at = {at}; *at = {value}; *at = at.read();"),
        };
        self.line(format!("unsafe {{ {line} }}"));
    }

    /// Statements in a thread of their own, which is waited for at once.
    pub fn thread_statement(&mut self) {
        if self.weight > 2 || self.in_const {
            let count = Type::Int(U32);
            let value = values::int(&mut self.rng, U32);
            self.bind(count, &value);
            return;
        }
        let ty = self.plain_type(2);
        let count = self.rng.between(1, 3);
        let loops = std::mem::take(&mut self.loops);
        let outer = self.result.replace(ty.clone());
        self.depth += 1;
        let name = self.name("v");
        let text = self.text(&ty);
        let open =
            format!("let mut {name}: Result<{text}, ()> = std::thread::scope(|scope| scope.spawn(|| -> {text} {{");
        self.block(open, "}).join().map_err(|_| ()));", |g| {
            g.statements(count);
            let value = g.expression(&ty, 2);
            g.line(value);
        });
        self.depth -= 1;
        self.result = outer;
        self.loops = loops;
        self.declare(name, Type::Result(Box::new(ty), Box::new(Type::Unit)), true);
    }
}
