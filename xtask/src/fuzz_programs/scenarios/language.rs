//! What the language has beside plain functions and types: generic associated types, callers' places, macros, types
//! without values or without a size, and bindings that change what they match.

use super::super::generator::Generator;
use super::super::types::{Type, U32, U64, USIZE};

/// Generic associated types: iterators that lend parts of themselves.
pub(super) fn lending(g: &mut Generator, name: &str) {
    let (t, u) = (g.plain_type(2), g.plain_type(1));
    let (t_text, u_text) = (g.text(&t), g.text(&u));
    let vars = [("i", Type::Int(USIZE)), ("x", t.clone())];
    let (start, next) = (g.over(&t, &[("i", Type::Int(USIZE))]), g.over(&t, &vars));
    let folded = g.over(&u, &[("x", t.clone()), ("y", u.clone())]);
    let first = g.over(&u, &[]);
    let (count, wide) = (g.rng.between(2, 7).to_string(), g.rng.between(1, 3).to_string());
    g.template(
        r#"trait Lend$NAME {
    type Item<'a> where Self: 'a;
    type Of<X: Sum + Copy>: Sum;
    fn lend<'a>(&'a mut self) -> Option<Self::Item<'a>>;
    fn wrap<X: Sum + Copy>(&self, x: X) -> Self::Of<X>;
    fn each(&mut self, mut f: impl for<'a> FnMut(Self::Item<'a>)) where Self: Sized { while let Some(it) = self.lend() { f(it) } }
}
struct Windows$NAME<'s, X, const N: usize> { of: &'s mut [X], at: usize }
impl<'s, X: Copy + Sum, const N: usize> Lend$NAME for Windows$NAME<'s, X, N> {
    type Item<'a> = &'a mut [X; N] where Self: 'a;
    type Of<Y: Sum + Copy> = [(X, Y); N];
    fn lend<'a>(&'a mut self) -> Option<&'a mut [X; N]> {
        let found = self.of.get_mut(self.at..self.at + N)?;
        self.at += 1;
        found.try_into().ok()
    }
    fn wrap<Y: Sum + Copy>(&self, y: Y) -> [(X, Y); N] { [(self.of[0], y); N] }
}
struct Words$NAME(String, usize);
impl Lend$NAME for Words$NAME {
    type Item<'a> = (&'a str, usize);
    type Of<Y: Sum + Copy> = Option<Y>;
    fn lend(&mut self) -> Option<(&str, usize)> {
        let from = self.1;
        self.1 += self.0[from..].find(' ').map(|it| it + 1)?;
        Some((&self.0[from..self.1], from))
    }
    fn wrap<Y: Sum + Copy>(&self, y: Y) -> Option<Y> { (self.1 > 0).then_some(y) }
}
fn $NAME_all<L: Lend$NAME>(mut from: L, mut tell: impl FnMut(L::Item<'_>)) -> (usize, L::Of<$U>) {
    let mut count = 0;
    from.each(|it| { tell(it); count += 1; });
    let y: $U = $FIRST;
    (count, from.wrap(y))
}
fn $NAME_count<L: Lend$NAME>(mut from: L) -> (u32, L::Of<u8>) {
    let mut count = 0;
    while let Some(_it) = from.lend() { count += 1; }
    (count, from.wrap(3))
}
fn $NAME() {
    let mut list: [$T; $COUNT] = std::array::from_fn(|i: usize| -> $T { $START });
    let mut y: $U = $FIRST;
    let mut windows = Windows$NAME::<$T, $WIDE> { of: &mut list, at: 0 };
    while let Some(part) = windows.lend() {
        let i = part.len();
        let x = part[0];
        part[i - 1] = $NEXT;
        y = $FOLDED;
    }
    point(2, &(list, y));
    point(3, &$NAME_all(Words$NAME("one two three ".into(), 0), |it| point(1, &it)));
    point(4, &$NAME_count(Windows$NAME::<$T, 2> { of: &mut list, at: 0 }));
}"#,
        &[
            ("NAME", name),
            ("T", &t_text),
            ("U", &u_text),
            ("COUNT", &count),
            ("WIDE", &wide),
            ("START", &start),
            ("NEXT", &next),
            ("FOLDED", &folded),
            ("FIRST", &first),
        ],
    );
}

/// `#[track_caller]`: through calls, pointers, objects, closures and panics.
pub(super) fn locations(g: &mut Generator, name: &str) {
    let t = g.plain_type(2);
    let text = g.text(&t);
    let (value, condition) = (g.over(&t, &[]), g.over(&Type::Bool, &[]));
    let index = g.over(&Type::Int(USIZE), &[]);
    g.template(
        r#"#[track_caller]
fn $NAME_here() -> &'static std::panic::Location<'static> { std::panic::Location::caller() }
#[track_caller] #[inline(never)]
fn $NAME_tell(id: u32, x: $T) -> ($T, u32) {
    let at = std::panic::Location::caller();
    println!("{id} {} {}:{}", at.file().rsplit('/').next().unwrap(), at.line(), at.column());
    point(id, &x);
    (x, $NAME_here().line() ^ at.line())
}
fn $NAME_plain(id: u32, x: $T) -> ($T, u32) { $NAME_tell(id, x) }
#[track_caller]
fn $NAME_part(list: &[u32], i: usize) -> u32 { list[i] + list.get(i + 1).copied().unwrap() }
trait Told$NAME { #[track_caller] fn told(&self, id: u32) -> u32; #[track_caller] fn twice(&self, id: u32) -> u32 { self.told(id) ^ $NAME_here().column() } }
impl Told$NAME for u8 { fn told(&self, id: u32) -> u32 { let at = $NAME_here(); println!("{id} {at}", at = at.line()); at.column() } }
impl Told$NAME for u16 { #[track_caller] fn told(&self, id: u32) -> u32 { $NAME_here().line() + *self as u32 } }
struct Index$NAME;
impl std::ops::Index<u8> for Index$NAME { type Output = str; #[track_caller] fn index(&self, i: u8) -> &str { println!("{i} {}", $NAME_here().line()); "found" } }
impl std::ops::Add for Index$NAME { type Output = u32; #[track_caller] fn add(self, _: Index$NAME) -> u32 { $NAME_here().column() } }
macro_rules! $NAME_at { ($x:expr) => { ($NAME_here().column(), $x, line!(), column!()) } }
fn $NAME() {
    let x: $T = $VALUE;
    point(1, &$NAME_tell(1, x)); point(2, &$NAME_tell(2, x));
    let pointers: [fn(u32, $T) -> ($T, u32); 2] = [$NAME_tell, $NAME_plain];
    for (i, f) in pointers.iter().enumerate() { point(3, &f(i as u32, x)); }
    let object: &dyn Fn(u32, $T) -> ($T, u32) = &$NAME_tell;
    point(4, &object(7, x));
    point(5, &[3u32, 4].map(|i| $NAME_tell(i, x).1));
    let objects: [&dyn Told$NAME; 2] = [&1u8, &2u16];
    for (i, it) in objects.iter().enumerate() { point(6, &(it.told(10 + i as u32), it.twice(20))); }
    point(7, &(3u8.twice(30), Told$NAME::told(&5u16, 31)));
    println!("{}", &Index$NAME[4]);
    point(8, &(Index$NAME + Index$NAME));
    point(9, &$NAME_at!(if $CONDITION { $NAME_at!(0u8).0 } else { $NAME_here().line() }));
    guarded(10, || $NAME_part(&[1, 2, 3], $INDEX % 4));
    guarded(11, || $NAME_part(&[1, 2, 3],
        2));
    let f: fn(&[u32], usize) -> u32 = $NAME_part;
    guarded(12, || f(&[1], 1));
    guarded(13, || [5u32].iter().map(|&i| None::<u32>.expect("a number")).sum::<u32>());
    guarded(14, || Some(1u32).map_or_else(|| 0u32, |i| Err::<u32, _>(i).unwrap()));
}"#,
        &[("NAME", name), ("T", &text), ("VALUE", &value), ("CONDITION", &condition), ("INDEX", &index)],
    );
}

/// Macros: repetitions, recursion, hygiene, items made by them.
pub(super) fn macros(g: &mut Generator, name: &str) {
    let (t, u) = (g.plain_type(2), g.int());
    let (t_text, u_text) = (g.text(&t), g.text(&u));
    let vars = [("($x)", t.clone()), ("($y)", u.clone())];
    let (body, key) = (g.over(&t, &vars), g.over(&u, &vars));
    let (a, b) = (g.over(&t, &[]), g.over(&u, &[]));
    let list: Vec<String> = (0..g.rng.between(1, 5)).map(|_| g.over(&u, &[])).collect();
    g.template(
        r#"macro_rules! $NAME_body { ($x:expr, $y:expr) => {{ let kept: ($T, $U) = ($BODY, $KEY); kept }} }
macro_rules! $NAME_count { () => { 0u32 }; ($first:tt $($rest:tt)*) => { 1u32 + $NAME_count!($($rest)*) } }
macro_rules! $NAME_fold { ($x:expr) => { $x }; ($x:expr, $($rest:expr),+) => { $x.wrapping_mul(3).rotate_left(5) ^ $NAME_fold!($($rest),+) } }
macro_rules! $NAME_hygiene { ($x:ident, $e:expr) => {{ let $x = 5u8; let x = $x + 1; (x, $e) }} }
macro_rules! $NAME_types { ($($kind:ident $id:ident { $($field:ident : $ty:ty = $value:expr),* $(,)? })*) => { $(
    #[derive(Clone, Copy)] $kind $id { $($field: $ty),* }
    impl $id { const NAMES: &'static [&'static str] = &[$(stringify!($field)),*]; fn new() -> Self { $id { $($field: $value),* } } }
    impl Sum for $id { fn sum(&self, h: &mut H) { $(self.$field.sum(h);)* } }
)* } }
$NAME_types! { struct First$NAME { one: $T = $A, two: u8 = $NAME_count!(a b (c d) [e]) as u8 } struct Second$NAME { of: [First$NAME; 2] = [First$NAME::new(); 2], key: $U = $B, } }
macro_rules! $NAME_match { ($on:expr; $($p:pat => $e:expr),+ $(; $other:literal)?) => { match $on { $($p => $e,)+ $(_ => $other)? } } }
macro_rules! $NAME_fn { ($vis:vis fn $id:ident<$($g:ident),*>($($p:ident: $t:ty),*) $body:block) => { $vis fn $id<$($g: Sum + Copy),*>($($p: $t),*) -> (u32, u64) { let n = $body; (n, [$({ let mut h = H(1); $p.sum(&mut h); h.0 }),*].into_iter().fold(0, u64::wrapping_add)) } } }
$NAME_fn! { fn $NAME_made<A, B>(a: A, b: B, c: $T) { $NAME_count!(a b c) * 2 } }
fn $NAME() {
    let x = 9u8;
    point(1, &$NAME_body!($A, $B));
    point(2, &$NAME_count!(a, b => c { d }));
    point(3, &$NAME_fold!($LIST));
    point(4, &$NAME_hygiene!(y, x + 1));
    let value = Second$NAME::new();
    point(5, &value);
    println!("{:?} {:?} {}", First$NAME::NAMES, Second$NAME::NAMES, stringify!($NAME_body!(a + 1 , [ 2 ])));
    point(6, &$NAME_match!(value.of[0].two; 0..=3 | 9 => 1u8, n @ 4.. => n + 2; 7));
    point(7, &$NAME_made(value.key, Some(value), value.of[1].one));
    point(8, concat!("joined ", 1, 2.5, true, '\n'));
    println!("{} {}", line!(), module_path!());
    assert_eq!($NAME_count!(x), 1, "counted {}", x);
    if !matches!(value.of, [First$NAME { two: 4, .. }, ..]) { point(9, &0u8); }
}"#,
        &[
            ("NAME", name),
            ("T", &t_text),
            ("U", &u_text),
            ("BODY", &body),
            ("KEY", &key),
            ("A", &a),
            ("B", &b),
            ("LIST", &list.join(", ")),
        ],
    );
}

/// Types without values, and ways out of a function that give nothing.
pub(super) fn never(g: &mut Generator, name: &str) {
    let t = g.plain_type(2);
    let text = g.text(&t);
    let vars = [("i", Type::Int(U32)), ("x", t.clone())];
    let (start, next) = (g.over(&t, &[("i", Type::Int(U32))]), g.over(&t, &vars));
    let [a, b, c] = [0; 3].map(|_| g.over(&Type::Bool, &vars));
    let flat = g.over(&t, &[]);
    let way = g.rng.below(4);
    let leave = [
        "panic!(\"left with {i}\")",
        "std::panic::resume_unwind(Box::new(i))",
        "std::panic::panic_any(i)",
        "unreachable!(\"at {}\", i)",
    ][way];
    g.template(
        r#"enum Void$NAME {}
#[derive(Clone, Copy)] struct Full$NAME<X>($T, X);
#[cold]
fn $NAME_leave(i: u32) -> ! { let _n = noisy(70, i as u64); $LEAVE }
fn $NAME_deep<R>(n: u32, f: fn(u32) -> !) -> R { let _n = noisy(71 + n, 1); if n == 0 { f(n) } else { $NAME_deep(n - 1, f) } }
fn $NAME_step(i: u32, x: $T) -> Result<$T, Void$NAME> { if $A { $NAME_leave(i) } Ok($NEXT) }
fn $NAME_always(x: $T) -> $T { let Ok(x) = Ok::<$T, std::convert::Infallible>(x); x }
fn $NAME_none<X>(it: Option<Full$NAME<X>>) -> u8 { match it { Some(_) => 1, None => 0 } }
fn $NAME_void(it: Result<Full$NAME<Void$NAME>, u8>) -> u8 { match it { Err(n) => n, Ok(Full$NAME(_, void)) => match void {} } }
fn $NAME() {
    for i in 0..4u32 {
        guarded(i, || {
            let _held = noisy(80 + i, 2);
            let x: $T = if i == 3 { $NAME_leave(9) } else { $START };
            let x: $T = match $NAME_step(i, x) { Ok(x) => x, Err(void) => match void {} };
            let y: $T = 'out: loop { let _inner = noisy(84, 3); if $B { break 'out x; } let x: $T = if $C { return x } else { $NEXT }; break x };
            $NAME_always(y)
        });
    }
    guarded(5, || $NAME_deep::<u8>(2, $NAME_leave));
    guarded(6, || { let f: fn(u32) -> ! = |i| $NAME_leave(i + 1); let n: u64 = f(4); n });
    let caught = catch_unwind(|| { let _n = noisy(85, 5); std::panic::resume_unwind(Box::new(77u32)); });
    let payload = caught.unwrap_err();
    point(7, &payload.downcast_ref::<u32>().copied());
    guarded(8, || -> u8 { std::panic::resume_unwind(payload) });
    point(9, &(size_of::<Void$NAME>(), size_of::<Result<$T, Void$NAME>>() == size_of::<$T>(), size_of::<Option<Full$NAME<Void$NAME>>>()));
    point(10, &($NAME_none(Some(Full$NAME($FLAT, 1u8))), $NAME_none::<Void$NAME>(None), $NAME_void(Err(3))));
}"#,
        &[
            ("NAME", name),
            ("T", &text),
            ("LEAVE", leave),
            ("NEXT", &next),
            ("START", &start),
            ("FLAT", &flat),
            ("A", &a),
            ("B", &b),
            ("C", &c),
        ],
    );
}

/// Structs whose last field has no size: made by unsizing, owned in every way, measured and dropped.
pub(super) fn unsized_tails(g: &mut Generator, name: &str) {
    let (t, u) = (g.plain_type(2), g.plain_type(1));
    let (t_text, u_text) = (g.text(&t), g.text(&u));
    let (head, tail, other) = (g.over(&t, &[]), g.over(&u, &[]), g.over(&u, &[]));
    let repr = *g.rng.pick(&["", "#[repr(C)] ", "#[repr(align(32))] ", "#[repr(C, align(64))] "]);
    let count = g.rng.below(4).to_string();
    g.template(
        r#"$REPRstruct Tail$NAME<X: ?Sized> { head: $T, flag: u8, tail: X }
struct Deep$NAME<X: ?Sized>(u16, Tail$NAME<X>);
#[repr(transparent)] struct Thin$NAME<X: ?Sized>(X);
impl<X: ?Sized + Sum> Sum for Tail$NAME<X> { fn sum(&self, h: &mut H) { self.head.sum(h); self.flag.sum(h); self.tail.sum(h) } }
impl<X: ?Sized> Drop for Tail$NAME<X> { fn drop(&mut self) { point(1, &(self.flag, size_of_val(&self.tail))); } }
trait Also$NAME: Sum { fn also(&self) -> usize { size_of_val(self) } fn change(&mut self) {} }
impl<X: Sum + ?Sized> Also$NAME for Tail$NAME<X> { fn change(&mut self) { self.flag ^= 1; } }
impl Also$NAME for $U {}
impl Also$NAME for Noisy { fn change(&mut self) { self.1 += 1; } }
fn $NAME_make<X>(flag: u8, tail: X) -> Tail$NAME<X> { Tail$NAME { head: $HEAD, flag, tail } }
fn $NAME_look<X: ?Sized + Sum>(it: &Tail$NAME<X>) { point(2, it); point(3, &(size_of_val(it), align_of_val(it), size_of_val(&it.tail), align_of_val(&it.tail), it as *const Tail$NAME<X> as *const u8 as usize % align_of_val(it))); }
fn $NAME() {
    use std::rc::Rc;
    use std::sync::Arc;
    let array = $NAME_make(2, [$TAIL, $OTHER, $TAIL]);
    let slice: &Tail$NAME<[$U]> = &array;
    $NAME_look(slice); $NAME_look(&array);
    let object: &Tail$NAME<dyn Also$NAME> = &$NAME_make::<$U>(3, $TAIL);
    point(4, &(object.tail.also(), object.head));
    let up: &Tail$NAME<dyn Sum> = &$NAME_make(4, noisy(1, 1));
    $NAME_look(up);
    let mut boxed: Box<Tail$NAME<dyn Also$NAME>> = Box::new($NAME_make(6, noisy(2, 2)));
    boxed.tail.change(); boxed.flag = 7;
    point(5, &(boxed.tail.also(), size_of_val(&*boxed), align_of_val(&*boxed)));
    let listed: Vec<Box<Tail$NAME<[Noisy]>>> = vec![Box::new($NAME_make(8, [noisy(3, 3), noisy(4, 4)])), Box::new($NAME_make(9, []))];
    for it in &listed { point(6, &(it.tail.len(), size_of_val(&**it))); }
    let counted: Rc<Tail$NAME<[$U]>> = Rc::new($NAME_make(10, [$OTHER; $COUNT]));
    let shared: Arc<Deep$NAME<dyn Also$NAME>> = Arc::new(Deep$NAME(5, $NAME_make(11, $NAME_make::<$U>(12, $OTHER))));
    let again = shared.clone();
    point(7, &(counted.tail.len(), again.0, again.1.tail.also(), size_of_val(&*shared), align_of_val(&*shared)));
    let held: std::cell::RefCell<Tail$NAME<[u8; 4]>> = std::cell::RefCell::new($NAME_make(13, [1, 2, 3, 4]));
    let cell: &std::cell::RefCell<Tail$NAME<[u8]>> = &held;
    cell.borrow_mut().tail[2] = 9;
    point(8, &*cell.borrow());
    let mut thin = Thin$NAME([$TAIL, $OTHER]);
    let wide: &mut Thin$NAME<[$U]> = &mut thin;
    wide.0.reverse();
    point(9, &(&wide.0, size_of_val(wide), size_of::<&Thin$NAME<[$U]>>()));
    let deep: Box<Deep$NAME<[$U]>> = Box::new(Deep$NAME(6, $NAME_make(14, [$TAIL; 3])));
    let [.., last] = &deep.1.tail else { return };
    point(10, &(last, deep.0));
    let object: Box<dyn Also$NAME> = Box::new($NAME_make::<[$U; 2]>(15, [$OTHER; 2]));
    point(11, &object.also());
}"#,
        &[
            ("NAME", name),
            ("T", &t_text),
            ("U", &u_text),
            ("REPR", repr),
            ("HEAD", &head),
            ("TAIL", &tail),
            ("OTHER", &other),
            ("COUNT", &count),
        ],
    );
}

/// Patterns that bind parts by reference, and change them.
pub(super) fn ref_mut(g: &mut Generator, name: &str) {
    let (t, u) = (g.plain_type(2), g.int());
    let (t_text, u_text) = (g.text(&t), g.text(&u));
    let vars = [("(*a)", t.clone()), ("(*b)", u.clone())];
    let (first, second) = (g.over(&t, &vars), g.over(&u, &vars));
    let (start, key) = (g.over(&t, &[("i", Type::Int(U64))]), g.over(&u, &[("i", Type::Int(U64))]));
    g.template(
        r#"enum Node$NAME { Leaf($T, $U), Two { left: Box<Node$NAME>, right: Box<Node$NAME>, n: Noisy }, List([($T, $U); 3]) }
fn $NAME_make(i: u64, deep: u32) -> Node$NAME {
    match (deep, i % 3) {
        (0, 0 | 2) => Node$NAME::Leaf($START, $KEY),
        (0, _) => Node$NAME::List(std::array::from_fn(|n| { let i = i + n as u64; ($START, $KEY) })),
        _ => Node$NAME::Two { left: Box::new($NAME_make(i + 1, deep - 1)), right: Box::new($NAME_make(i * 3, deep - 1)), n: noisy(90 + deep, i) },
    }
}
fn $NAME_change(node: &mut Node$NAME, other: &mut ($T, $U)) {
    match *node {
        Node$NAME::Leaf(ref mut a, ref mut b) => { *a = $FIRST; let (ref mut c, _) = *other; std::mem::swap(a, c); *b = $SECOND; }
        Node$NAME::Two { ref mut left, ref right, n: Noisy(_, ref mut count) } if *count % 2 == 0 => { *count += 1; if let Node$NAME::Leaf(x, _) = **right { point(1, &x); } $NAME_change(left, other); }
        Node$NAME::Two { ref mut right, ref n, .. } => { point(2, n); $NAME_change(right, other); }
        Node$NAME::List([(ref mut a, _), ref rest @ .., (_, ref mut b)]) => { point(3, rest); let old = (*a, *b); (*a, *b) = ($FIRST, $SECOND); *other = old; }
    }
}
fn $NAME_tell(node: &Node$NAME) {
    match node { Node$NAME::Leaf(a, b) => point(4, &(a, b)), Node$NAME::Two { left, right, n } => { $NAME_tell(left); point(5, n); $NAME_tell(right) } Node$NAME::List(all) => point(6, all) }
}
fn $NAME() {
    let i = 4u64;
    let mut other: ($T, $U) = ($START, $KEY);
    let mut node = $NAME_make(1, 2);
    for _ in 0..4 { $NAME_change(&mut node, &mut other); point(7, &other); }
    $NAME_tell(&node);
    let mut pair = (noisy(95, 1), Some(noisy(96, 2)), 3u8);
    let (_, ref mut inner, ref n) = pair;
    if let Some(Noisy(ref id, ref mut x)) = *inner { *x += *id as u64 + *n as u64; }
    let Some(taken) = inner.take() else { return };
    point(8, &taken);
    let mut list = [1u32, 2, 3, 4];
    let [ref mut first, .., ref mut last] = list;
    std::mem::swap(first, last);
    let [head @ .., _] = &mut list;
    if let [ref mut x, y @ (2 | 3), ..] = *head { *x ^= y << 4; }
    point(9, &list);
    let &mut (ref mut a, ref b) = &mut other;
    *a = $FIRST;
    point(10, &other);
}"#,
        &[
            ("NAME", name),
            ("T", &t_text),
            ("U", &u_text),
            ("START", &start),
            ("KEY", &key),
            ("FIRST", &first),
            ("SECOND", &second),
        ],
    );
}
