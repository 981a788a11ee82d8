---
[package]
---
//! Syntax of the newest edition, unstable parts included.

#![feature(everything)]

/// A doc comment.
/** A block
    doc comment. */
#[derive(Debug, Clone)] // trailing
pub struct Generic<'a, 'b: 'a, T: ?Sized + Clone + 'a = u8, const N: usize = { 1 + 2 }, const M: bool = true>
where T: Iterator<Item = u8> + for<'c> Fn(&'c u8), &'a T: Send, 'b: 'a + 'static, [T; N]:, for<'d> &'d T: {
    /// field doc
    pub a: &'a mut [T; N], // trailing of a
    pub(crate) b: *const dyn Fn(T) -> (T,),
    c: fn(u8, b: u8) -> u8, d: unsafe extern "C" fn(...), e: impl Trait, f: <T as Iterator>::Item, g: [u8], default: u8 = 3,
    unsafe h: Vec<Vec<Option<Vec<u8>>>>, i: (), j: !, k: _, l: mac![x], m: unsafe<'a> &'a u8, n: for<'x> fn(&'x ()), o: &'a pin const u8,
}
struct Unit; struct Tuple(pub u8, #[attr] pub (crate) (u8, u8), pub(in a::b) u8) where u8: Copy; struct Empty {}
struct W where u8: Copy; struct X<T>(T) where T: Copy;
enum E { A, #[attr] B(u8, u16), C { x: u8, y: u8 } = 3, /* before d */ D = -1, // behind d
    E() }
enum None {}
union Both { a: u8 }
type Alias<T: Clone> where T: Copy = Vec<T> where T: Send;
const _: () = (); const A: [u8; 2] = [0; 2]; static S: u8 = 1; unsafe extern { safe static T: u8; pub unsafe fn f(); safe fn g(); }
const GENERIC<T>: u8 = 1 where T: Copy; const { assert!(true) } type const K: usize = 3;
pub auto trait Auto {} unsafe auto trait UnsafeAuto {} const trait Const { const fn f(&self); } trait Alias2<T> = Clone + for<'a> Fn(&'a T) where T: Copy;
trait Trait<T>: Clone + [const] Const + 'static where Self: Sized {
    const C: u8 = 1; const D: u8;
    type A<'a>: Clone + ?Sized where Self: 'a; type B = u8;
    fn f(&self, #[attr] x: u8) -> impl Iterator<Item = impl Clone + use<'_, T>> + use<>;
    fn g(&'a mut self, (a, b): (u8, u8), [c, ..]: [u8; 2], Tuple(..): Tuple) where Self: Sized { }
    fn h(mut self: Box<Self>, x: &dyn Trait<u8>) -> Result<(), ()>; async fn i(self); final fn j(&pin mut self); mac!(); mac! {}
    reuse other::function; reuse <T as U>::f as g { self.0 }
}
impl<T> const Trait<T> for Vec<T> where T: [const] Const + const Const + async Fn() { default fn f() {} default type A = u8; default const C: u8 = 1; }
impl !Send for Unit {} unsafe impl<#[may_dangle] T> Drop for Vec<T> {} default impl<T> Clone for T {} impl Vec<u8> { pub(crate) const fn new() -> Self { Self } }
impl <A as B>::C { } reuse impl Trait for Unit { self.0 }
pub macro declarative($a:expr) { $a } macro with_rules { ($x:tt) => { $x }, () => {} }
macro_rules! old { ($($x:expr),* $(,)?) => {{ $( stringify!($x) )+* }}; (@inner $v:vis fn $f:ident( ) ) => { } }
macro_rules! parens ( () => () ); macro_rules! brackets [ ];
old!(a, b); old![1 + 2]; old! { a b }
pub const unsafe extern "C" fn all<'a>(x: u8) -> u8 where u8: Copy { x } async unsafe fn au() {} gen fn gf() {} async gen fn agf() {}
mod a { #![inner] pub mod b; mod c { } unsafe mod d { } }
use a::{b, c::{d, e::*}, f as g}; use {}; use ::{a, b}; use {self, super::x}; use *; use a::{b}; use a::{self as b, c as _,};

fn expressions() {
    #![inner]
    // isolated

    let x; let y: u8; let (a, mut b): (u8, u8) = (1, 2); let Some(z) = a else { return; }; super let t = &1;
    let r = &raw const x; let r = &raw mut y; let p = &pin mut x; let q = &mut *x; let n = -!*&&x; let raw = &raw; let e = &&&mut &x;
    a + b * c - d / e % f << 1 >> 2 & 3 | 4 ^ 5; a == b && c != d || e < f && g > h; (a + b) * c; a as u8 as u16 + 1; (a as usize) < b;
    a = b; a += 1; a <<= 2; a = b = c; (a, b) = (b, a); [a, ..] = x; _ = 1; S { a, .. } = s;
    a..b; ..b; a..; ..; a..=b; ..=b; (a..b)..c; (a..) + 1; for i in 0..10 {} for (i, j) in x.iter().enumerate() { continue; }
    f(); f(1, 2,); (f)(1); (a.f)(); a.f(); a.f::<u8>(); a.b.c; a.0.1; a.0.1.2; a.0 .1; a?.b()?; a[1][2]; a.await; x.await.y; a.use; a.match { _ => 1 }; a.yield;
    [1, 2, 3]; [0; N]; [[0; 2]; 3]; []; (); (1,); (1, 2); S {}; S { a: 1, b, #[attr] c: 2, ..d }; S { .. }; <S as T>::A { x: 1 }; S::<u8> { 0: 1 };
    if a { b } else if let Some(c) = d && e == f && let g = h { i } else { j }; if (S {}) == s {} while let Some(x) = y { break; } loop { break 'a 1; }
    'outer: loop { continue 'outer; } 'b: { break 'b; } 'w: while true { } 'f: for x in y {}
    match x { 1 => a, 2 | 3 => { b } _ if c => d, Some(ref mut x @ 1..=5) => {} ref pin const y => (), -1 => {} "a" => unsafe { f() } 'a'..='z' => {}
        A::B { x, y: 1, ref z, mut w, .. } => 1, A { .. } => 2, A {} => 3, (a, .., b) => 4, [a, rest @ .., b] => 5, &mut x => 6, &(mut x) => 6, box y => 7, !, (1 | 2) => 8,
        | 1 | 2 => 9, ..5 => 10, 5.. => 11, X..=Y => 12, <A as B>::C => 13, mac!(x) => 14, _ if let Some(x) = y && z => 15, (x if y, z) => 16, A(x, y) => return, #[attr] 5 => loop {},
        // a comment in the match
        6 => 'l: { 1 } 7 => async { 1 }, 8 => m! { 1 }, 9 => m! { 1 } - 1, }
    |x| x + 1; |x: u8, (y, z)| -> u8 { x }; || {}; move || x; async move |x| x; static || yield 1; const || 1; for<'a> |x: &'a u8| -> &'a u8 { x }; |&x, #[attr] mut y| 1; use || 1; |_| ();
    async { 1 }; async move { 2 }; gen { yield 1; }; gen move { }; async gen { }; const { 1 }; unsafe { 2 }; try { 3 }; try bikeshed T { 4 }; unsafe {} const {} do yeet 1; become f(); return; yield;
    r"raw"; r#"raw "quoted""#; b"bytes"; br##"x"#"##; c"c"; cr"c"; b'a'; '\n'; 1_000u64; 0xFF; 0b10; 1.5e10; 1.; 1f32; true; "multi
line";
    println!("{}", x); vec![1, 2, 3]; m! { a => b }; m!{}; std::m!(a::b); m!(a) + 1; m! { a }.b(); m![x]; stringify!(a+b a + b {a} { } [ ] ( x ) , ; a . b $ c # [x] fn (x) if !x a! (b) pub (c) /** d */ e);
    #[attr] let a = 1; #[attr] f(); #[attr] { 1 } #[cfg(a)] mac!(); #[a] #[b] fn inner() {} #[attr] struct Inner; fn g(#[a] x: u8) {} #[x] a.b = 1;
    r#fn(); r#match.r#if; 'r#if: loop {} x::<'r#a>(); f(#[attr] x, #[attr] &y); -1.5_f32.abs(); 1.max(2); (1..2).f(); -(1.f()); !(a as b); &(a + b); *(a = b); (a = b) = c;
    builtin # offset_of(A, b.c.0.1); builtin # type_ascribe(x, u8); builtin # wrap_binder(x); builtin # unwrap_binder(x, T); f(a /* inside */, b); f( // behind
        a, b /* c */); let x = /* here */ 1; { /* empty */ } {} ; ;;
    if true { /* a */ } else { // b
    }
    match () { () => {} } - 1; (match () { () => 1 }) - 1; ({ 1 }) as u8; let x = match () { () => 1 } - 1; (unsafe { 1 }) + 1; (loop {}).x; loop {}.x; x = if a { 1 } else { 2 } + 3; if a { b } else { c }.d();
    let _ = return + 1; let _ = (return) - 1; let _ = || return; (|| 1)(); (return)(); let f = |x| -> u8 { x } + 1; f(break 'a, continue); x[return]; return || 1; &return; loop { break loop {} } loop { break ('a: loop {}) }
    let very_long_name_of_a_variable = some_function_with_a_long_name(argument_number_one, argument_number_two, argument_number_three, S { field_one: 1, field_two: 2, field_three: 3, field_four: 4 });
    very_long_receiver.method_number_one().method_number_two(|closure_parameter| closure_parameter.do_something()).method_number_three(another_argument, yet_another).await?;
    let long_condition = first_condition_of_many && second_condition_of_many || third_condition_of_many && fourth_condition && fifth;
    x
}

/* a block comment
   of two lines */

fn trailing() { match x { 1 => a, // behind an arm
    _ => b, // behind the last arm
    // before the brace
    } f(); // behind a statement
}

fn types(a: &'static mut dyn A, b: Box<dyn Fn(u8, u8) -> u8 + Send + 'a>, c: <A as B<C>>::D<E>, d: [u8; { N + 1 }], e: A<'a, B, C = D, E: F, { 1 }, -1, 'b'>, f: A<B = 1>, g: T::m(..), h: impl A + B, i: &(dyn A + B), j: *mut *const u8, k: A<const { 1 }>,) -> impl Fn() -> Box<dyn A> where T: A<m(..): Send>, T: for<'a> Fn(&'a u8) -> &'a u8 + 'static, Vec<T>: Sized {
}

fn nested() { fn inner() { struct S; impl S { fn f() {} } } mod m { } use a::b; const C: u8 = 1; macro_rules! x { () => {} } extern "C" {} static X: u8 = 1; trait T {} enum E {} type A = u8; union U { x: u8 } }
// the last comment
