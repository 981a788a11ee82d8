//! When temporaries, tails, conditions and parts are dropped, as edition 2024 has it.
use std::cell::RefCell;
use std::fmt::Debug;

struct Told(&'static str);
impl Drop for Told {
    fn drop(&mut self) {
        println!("  drop {}", self.0);
    }
}
impl Told {
    fn get(&self) -> Option<u32> {
        Some(self.0.len() as u32)
    }
    fn same(&self) -> &Told {
        self
    }
    fn flag(&self, value: bool) -> bool {
        println!("  flag {} {value}", self.0);
        value
    }
}
struct Pair {
    b: Told,
    a: Told,
}
fn tail() -> usize {
    let cell = RefCell::new(vec![1, 2, 3]);
    let _local = Told("local");
    cell.borrow().len() + Told("tail temporary").0.len()
}
fn conditions() {
    if let Some(n) = Told("if let").get() && n > 100 {
        println!("  then {n}");
    } else {
        println!("  else");
    }
    while let Some(n) = Told("while let").get() {
        println!("  body {n}");
        break;
    }
    if Told("if").flag(true) && Told("and").flag(false) || Told("or").flag(true) {
        println!("  inside if");
    }
    match Told("match").same().get() {
        Some(7) => println!("  seven"),
        Some(n) if Told("guard").flag(n == 5) => println!("  five"),
        _ => println!("  other"),
    }
    let Some(_n) = Told("let else").get() else { unreachable!() };
    println!("  after let else");
}
fn extended() {
    let kept = &Told("extended");
    let tuple = (&Told("in tuple"), 5);
    let Pair { a: ref field, .. } = Pair { a: Told("pair a"), b: Told("pair b") };
    let wild = { let _ = Told("wild"); 3 };
    let inner = { &Told("block tail") };
    let choice = if wild == 3 { &Told("if tail") } else { &Told("else tail") };
    println!("  {} {} {} {} {}", kept.0, tuple.0.0, field.0, inner.0, choice.0);
}
fn partial(flag: bool) {
    let pair = Pair { a: Told("part a"), b: Told("part b") };
    if flag {
        drop(pair.a);
    }
    let array = [Told("x"), Told("y"), Told("z")];
    let [_, middle, _] = array;
    println!("  {}", middle.0);
    let boxed = Box::new((Told("box 0"), Told("box 1")));
    let (first, _) = *boxed;
    println!("  {}", first.0);
    let closure = move || println!("  closure {}", pair.b.0);
    closure();
}
fn assigned(flag: bool) {
    let late;
    let mut again = Told("first value");
    if flag {
        again = Told("second value");
        late = Told("late");
        println!("  {}", late.0);
    }
    again.0 = "renamed";
    let _shadow = Told("shadow 1");
    let _shadow = Told("shadow 2");
}
fn loops() {
    for (index, told) in [Told("l0"), Told("l1"), Told("l2"), Told("l3")].into_iter().enumerate() {
        if index == 1 {
            continue;
        }
        if index == 2 {
            break;
        }
        println!("  in loop {}", told.0);
    }
    let value = loop {
        let _each = Told("each");
        break Told("break value");
    };
    println!("  {}", value.0);
    let mut iterator = vec![Told("v0"), Told("v1"), Told("v2")].into_iter();
    drop(iterator.next_back());
    println!("  rest");
}
fn operands(fail: bool) -> Result<(Told, Told), String> {
    fn make(name: &'static str, fail: bool) -> Result<Told, String> {
        if fail { Err(format!("no {name}")) } else { Ok(Told(name)) }
    }
    let made = (make("left", false)?, make("right", fail)?);
    Ok(made)
}
trait Object: Debug {
    fn take(self: Box<Self>) -> u32;
}
impl Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Told({})", self.0)
    }
}
impl Object for Told {
    fn take(self: Box<Self>) -> u32 {
        println!("  taken {self:?}");
        4
    }
}
fn main() {
    for (name, f) in [("tail", (|| drop(tail())) as fn()), ("conditions", conditions), ("extended", extended)] {
        println!("{name}");
        f();
    }
    for flag in [false, true] {
        println!("partial {flag}");
        partial(flag);
        println!("assigned {flag}");
        assigned(flag);
        println!("operands {flag}");
        println!("  {:?}", operands(flag));
    }
    println!("loops");
    loops();
    let object: Box<dyn Object> = Box::new(Told("object"));
    println!("{}", object.take());
    let mut slot = Some(Told("slot"));
    if let Some(told) = slot.take_if(|it| it.0.len() == 4) {
        println!("took {}", told.0);
    }
    println!("{}", slot.is_none());
    let _ = (Told("ignored"), 1).1;
    std::mem::forget(Told("forgotten"));
}
