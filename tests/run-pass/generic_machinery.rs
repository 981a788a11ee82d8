//! Traits at work: associated types of their own parameters, constants, upcasting, opaque types, async closures.
use std::any::Any;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::fmt::{Debug, Display, Write};
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::marker::PhantomData;
use std::ops::{Add, ControlFlow, Deref, DerefMut, Index, Mul, Neg};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

trait Lending {
    type Item<'a>: Debug where Self: 'a;
    fn next(&mut self) -> Option<Self::Item<'_>>;
}
struct Windows<'t, const N: usize>(&'t mut [u32], usize);
impl<'t, const N: usize> Lending for Windows<'t, N> {
    type Item<'a> = &'a mut [u32; N] where Self: 'a;
    fn next(&mut self) -> Option<&mut [u32; N]> {
        let start = self.1;
        self.1 += 1;
        self.0.get_mut(start..start + N)?.try_into().ok()
    }
}
trait Monoid: Copy {
    const ZERO: Self;
    fn plus(self, other: Self) -> Self;
    fn times(self, n: u32) -> Self {
        (0..n).fold(Self::ZERO, |sum, _| sum.plus(self))
    }
}
impl<T: Copy + Add<Output = T> + Default + ConstZero> Monoid for T {
    const ZERO: T = <T as ConstZero>::ZERO;
    fn plus(self, other: T) -> T {
        self + other
    }
}
trait ConstZero {
    const ZERO: Self;
}
impl ConstZero for i64 {
    const ZERO: i64 = 0;
}
impl ConstZero for f32 {
    const ZERO: f32 = 0.0;
}
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Matrix<const R: usize, const C: usize>(#[allow(dead_code)] Inner<R, C>);
#[derive(Clone, Copy, Debug, PartialEq)]
struct Inner<const R: usize, const C: usize>([[i32; C]; R]);
impl<const R: usize, const C: usize> Default for Inner<R, C> {
    fn default() -> Self {
        Inner([[0; C]; R])
    }
}
impl<const R: usize, const K: usize, const C: usize> Mul<Matrix<K, C>> for Matrix<R, K> {
    type Output = Matrix<R, C>;
    fn mul(self, other: Matrix<K, C>) -> Matrix<R, C> {
        let mut result = Matrix::<R, C>::default();
        for r in 0..R {
            for c in 0..C {
                result.0.0[r][c] = (0..K).map(|k| self.0.0[r][k] * other.0.0[k][c]).sum();
            }
        }
        result
    }
}
trait Top: Debug {
    fn top(&self) -> u32 { 1 }
}
trait Left: Top {
    fn left(&self) -> u32 { self.top() * 10 }
}
trait Right: Top + Any {
    fn right(&self) -> u32 { self.top() * 100 }
}
trait Bottom: Left + Right + Send {
    fn bottom(&self) -> u32 { self.left() + self.right() }
    fn generic<T>(&self, _: T) -> usize where Self: Sized { size_of::<T>() }
}
#[derive(Debug, Clone)]
struct Thing(u32, String);
impl Top for Thing {
    fn top(&self) -> u32 { self.0 }
}
impl Left for Thing {}
impl Right for Thing {
    fn right(&self) -> u32 { self.1.len() as u32 }
}
impl Bottom for Thing {}
#[derive(Default)]
struct Fnv(u64);
impl Hasher for Fnv {
    fn finish(&self) -> u64 { self.0 }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&b| self.0 = (self.0 ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    }
}
#[derive(Hash, PartialEq, Eq, PartialOrd, Ord, Clone, Debug)]
enum Key {
    Unit,
    Pair(i8, &'static str),
    Named { list: Vec<u16>, flag: Option<bool> },
}
struct Meters<T>(f64, PhantomData<fn() -> T>);
impl<T> Deref for Meters<T> {
    type Target = f64;
    fn deref(&self) -> &f64 { &self.0 }
}
impl<T> DerefMut for Meters<T> {
    fn deref_mut(&mut self) -> &mut f64 { &mut self.0 }
}
impl<T> Neg for Meters<T> {
    type Output = Meters<T>;
    fn neg(self) -> Meters<T> { Meters(-self.0, PhantomData) }
}
impl<T, I> Index<(I, u8)> for Meters<T> {
    type Output = f64;
    fn index(&self, _: (I, u8)) -> &f64 { self }
}
fn opaque<'a>(text: &'a str, n: usize) -> impl Iterator<Item = (usize, char)> + Clone + use<'a> {
    text.chars().cycle().take(n).enumerate().filter(|it| it.1 != 'b')
}
fn walk(depth: u32, visit: &mut dyn FnMut(u32) -> ControlFlow<u32>) -> ControlFlow<u32> {
    visit(depth)?;
    if depth < 5 {
        walk(depth + 1, visit)?;
        walk(depth + 2, visit)?;
    }
    ControlFlow::Continue(())
}
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}
struct Twice(bool);
impl Future for Twice {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}
trait Service {
    async fn call(&self, n: u32) -> String;
}
impl Service for Thing {
    async fn call(&self, n: u32) -> String {
        Twice(false).await;
        if n == 0 { return self.1.clone(); }
        Box::pin(self.call(n - 1)).await + "."
    }
}
async fn with<F: AsyncFnMut(u32) -> u32>(mut f: F) -> u32 {
    f(1).await + f(2).await
}
fn main() {
    let mut numbers = [1, 2, 3, 4, 5];
    let mut windows = Windows::<3>(&mut numbers, 0);
    while let Some(window) = windows.next() {
        window[2] += window[0];
        println!("{window:?}");
    }
    println!("{} {}", 7i64.times(6), 0.5f32.times(3));
    let a = Matrix(Inner([[1, 2, 3], [4, 5, 6]]));
    let b = Matrix(Inner([[1], [2], [3]]));
    println!("{:?}", a * b);
    let thing = Thing(7, "seven".into());
    let boxed: Box<dyn Bottom> = Box::new(thing.clone());
    println!("{} {}", boxed.bottom(), thing.generic([0u16; 5]));
    let (left, right): (&dyn Left, &dyn Right) = (&*boxed, &*boxed);
    let tops: [&dyn Top; 3] = [left, right, &*boxed];
    println!("{tops:?} {} {}", left.left(), right.right());
    println!("{:?}", (right as &dyn Any).downcast_ref::<Thing>());
    let send: Box<dyn Left> = boxed;
    println!("{}", (send as Box<dyn Top>).top());
    let mut map: HashMap<Key, usize, BuildHasherDefault<Fnv>> = HashMap::default();
    for (i, key) in [Key::Unit, Key::Pair(-1, "x"), Key::Named { list: vec![1, 2], flag: Some(true) }, Key::Unit].into_iter().enumerate() {
        *map.entry(key).or_insert(100) += i;
    }
    let sorted: BTreeMap<_, _> = map.iter().collect();
    println!("{sorted:?}");
    let mut hasher = Fnv(1);
    (Key::Pair(3, "abc"), [1u32; 3], "é", true).hash(&mut hasher);
    println!("{:x}", hasher.finish());
    let heap: BinaryHeap<_> = sorted.keys().map(|it| std::cmp::Reverse((*it).clone())).collect();
    println!("{:?}", heap.into_sorted_vec());
    let mut meters = Meters::<u8>(2.5, PhantomData);
    *meters += 1.0;
    println!("{} {}", meters.sqrt(), meters[("any", 1)]);
    println!("{}", *-meters);
    println!("{:?}", opaque("abc", 7).zip(opaque("xb", 9).skip(1)).collect::<Vec<_>>());
    let (mut seen, mut text) = (0, String::new());
    let flow = walk(0, &mut |n| { seen += n; write!(text, "{n}").unwrap(); if seen > 30 { ControlFlow::Break(n) } else { ControlFlow::Continue(()) } });
    println!("{flow:?} {text}");
    println!("{}", block_on(thing.call(3)));
    let mut sum = 0;
    println!("{}", block_on(with(async |n| { Twice(false).await; sum += n; sum * 10 })));
    let futures: Vec<Pin<Box<dyn Future<Output = Box<dyn Display>>>>> = vec![Box::pin(async { Box::new(1) as _ }), Box::pin(async { Twice(false).await; Box::new("two") as _ })];
    for future in futures {
        println!("{}", block_on(future));
    }
}
