// Trait objects, upcasting, function pointers, closures of every kind, generic associated types, specialised dispatch.
use std::any::{Any, TypeId, type_name};
use std::collections::BTreeMap;
use std::fmt::{self, Debug, Display, Write};
use std::ops::{ControlFlow, Deref, Index};
use std::rc::Rc;
use std::sync::Arc;

trait Base: Any { fn name(&self) -> String; fn kind(&self) -> &'static str { "base" } }
trait Left: Base { fn left(&self) -> u32; }
trait Right: Base { fn right(&self) -> u32; }
trait Both: Left + Right + Debug { fn both(&self) -> u32 { self.left() * self.right() } }
#[derive(Debug)] struct One(u32);
#[derive(Debug)] #[allow(dead_code)] struct Two<T>(T, String);
impl Base for One { fn name(&self) -> String { format!("one {}", self.0) } }
impl Left for One { fn left(&self) -> u32 { self.0 + 1 } }
impl Right for One { fn right(&self) -> u32 { self.0 + 2 } }
impl Both for One {}
impl<T: Debug + 'static> Base for Two<T> { fn name(&self) -> String { self.1.clone() } fn kind(&self) -> &'static str { type_name::<T>() } }
impl<T: Debug + 'static> Left for Two<T> { fn left(&self) -> u32 { size_of::<T>() as u32 } }
impl<T: Debug + 'static> Right for Two<T> { fn right(&self) -> u32 { align_of::<T>() as u32 } }
impl<T: Debug + 'static> Both for Two<T> { fn both(&self) -> u32 { 1000 } }

trait Lending { type Item<'a> where Self: 'a; fn next<'a>(&'a mut self) -> Option<Self::Item<'a>>; }
struct Windows { data: Vec<u32>, at: usize }
impl Lending for Windows {
    type Item<'a> = &'a mut [u32];
    fn next<'a>(&'a mut self) -> Option<&'a mut [u32]> {
        self.at += 1;
        self.data.get_mut(self.at - 1..self.at + 1)
    }
}

fn compose<A, B, C>(f: impl Fn(A) -> B, g: impl Fn(B) -> C) -> impl Fn(A) -> C { move |x| g(f(x)) }
fn boxed(n: i32) -> Box<dyn FnMut(i32) -> i32> { let mut sum = n; Box::new(move |x| { sum += x; sum }) }
fn apply(f: &dyn Fn(&str) -> String, times: usize) -> String { (0..times).fold("s".to_owned(), |text, _| f(&text)) }
fn call_once(f: Box<dyn FnOnce() -> String>) -> String { f() }

struct Grid<const W: usize, const H: usize>([[u8; W]; H]);
impl<const W: usize, const H: usize> Index<(usize, usize)> for Grid<W, H> { type Output = u8; fn index(&self, (x, y): (usize, usize)) -> &u8 { &self.0[y][x] } }
impl<const W: usize, const H: usize> Display for Grid<W, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.0 { for cell in row { write!(f, "{cell:>3}")?; } f.write_char('/')?; }
        Ok(())
    }
}
struct Unsized<T: ?Sized> { head: u16, tail: T }

fn main() {
    let all: Vec<Rc<dyn Both>> = vec![Rc::new(One(4)), Rc::new(Two([1u16; 3], "two".into())), Rc::new(Two('x', "char".into()))];
    for it in &all {
        let left: Rc<dyn Left> = it.clone();
        let base: Rc<dyn Base> = left.clone();
        let any: &dyn Any = &*base;
        println!("{it:?} {} {} {} {} {} {}", it.both(), left.left(), base.name(), base.kind(), any.is::<One>(), Rc::strong_count(it));
        println!("  {} {}", size_of_val(&**it), (*base).type_id() == TypeId::of::<Two<char>>());
    }
    let mut windows = Windows { data: vec![1, 2, 3, 4], at: 0 };
    while let Some(window) = windows.next() { window[1] += window[0]; }
    println!("{:?}", windows.data);
    let shout = compose(|x: u32| x * 3, |y: u32| format!("{y}!"));
    let pointer: fn(&str) -> String = str::to_uppercase;
    println!("{} {} {}", shout(5), pointer("up"), apply(&|text| format!("<{text}>"), 3));
    let mut counter = boxed(10);
    println!("{} {} {}", counter(1), counter(2), call_once(Box::new({ let s = String::from("moved"); move || s + "!" })));
    let grid = Grid([[1, 2, 3], [4, 5, 6]]);
    println!("{grid} {} {:>10}|{:<6}|{:^7}|{:+.2}|{:#010x}", grid[(2, 1)], "right", "left", "mid", 3.14159, 255);
    let tail: &Unsized<[u32]> = &Unsized { head: 7, tail: [1u32, 2, 3] };
    let object: Box<Unsized<dyn Debug>> = Box::new(Unsized { head: 8, tail: "text" });
    println!("{} {:?} {} {:?} {} {}", tail.head, &tail.tail, object.head, &object.tail, size_of_val(tail), size_of_val(&*object));
    let text: Arc<str> = "shared".into();
    let bytes: Rc<[u8]> = text.bytes().rev().collect();
    println!("{text} {bytes:?} {}", text.deref().len());
    let found = (1..100).try_for_each(|n| if n * n > 500 { ControlFlow::Break(n) } else { ControlFlow::Continue(()) });
    let words = "the cat the dog a cat the end".split(' ').fold(BTreeMap::<_, usize>::new(), |mut map, word| { *map.entry(word).or_default() += 1; map });
    println!("{found:?} {words:?}");
}
