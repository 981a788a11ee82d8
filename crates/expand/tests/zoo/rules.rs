#![feature(no_core, decl_macro, macro_metavar_expr, macro_metavar_expr_concat, stmt_expr_attributes)]
#![no_core]
#![allow(internal_features, unused)]

macro_rules! items {
    ($($(#[$attr:meta])* $vis:vis struct $name:ident { $($field:ident: $ty:ty),* $(,)? })*) => {
        $($(#[$attr])* $vis struct $name { $(pub $field: $ty),* })*
    };
}

items! {
    #[allow(dead_code)]
    pub struct A { a: u8, b: [u16; 4], }
    struct B {}
    pub(crate) struct C { f: fn(&'static str) -> (u8, u8) }
}

macro_rules! sum {
    () => { 0 };
    ($x:expr $(, $rest:expr)* $(,)?) => { $x + sum!($($rest),*) };
}

macro_rules! twice {
    ($e:expr) => { $e * 2 };
}

macro_rules! let_it {
    ($p:pat = $e:expr) => { let $p = $e; };
}

macro_rules! make {
    ($name:ident, $body:block) => { fn $name() $body };
    ($name:ident => $($tt:tt)*) => { macro_rules! $name { ($$x:expr) => { [$$x, $($tt)*] } } };
}

make!(first, { let x = 1; x });
make!(list => 2, 3);

macro_rules! arms {
    ($e:expr; $($p:pat => $r:expr),*) => { match $e { $($p => $r,)* _ => {} } };
}

macro_rules! ty {
    ($t:ty) => { &'static [$t] };
}

macro_rules! pat {
    ($($p:pat),*) => { ($($p),*) };
}

macro_rules! stmts {
    ($($s:stmt;)*) => { $($s;)* };
}

macro_rules! hygiene {
    ($x:ident) => { { let y = 1; $x + y } };
}

macro_rules! count {
    ($($x:ident),*) => { ${count($x)} };
}

macro_rules! join {
    ($a:ident, $b:ident) => { fn ${concat($a, _, $b)}() {} };
}

join!(one, two);

macro decl($x:expr) { $x - 1 }

macro recursive {
    () => { 0 },
    ($x:tt $($rest:tt)*) => { 1 + recursive!($($rest)*) },
}

fn uses(a: u8, t: ty!(u8)) -> ty!(ty!(u8)) {
    let s = sum!(1, 2 * 3, a);
    let t = twice!(1 + 2);
    let u = twice!(twice!(a as u8));
    let_it!((b, c) = (1, 2));
    let l = list!(1);
    arms!(a; 1 | 2 => {}, 3 => first(), x => { x; });
    let pat!(p, q) = (1, 2);
    stmts! { let x = 1; x + 1; struct Inner;; }
    let y = 2;
    hygiene!(y);
    let n = count!(a, b, c);
    let d = decl!(2 * 3);
    let r = recursive!(a b c);
    macro_rules! sum { ($($t:tt)*) => { "local" } }
    let v = (sum!(), [sum!(x)], f(sum!()));
    if a == sum!() {} else { twice!(3) }
    twice!(5)
}

mod inner {
    macro_rules! sum { () => { "inner" } }
    const A: u8 = sum!();
}

#[macro_use]
mod shared {
    macro_rules! shared { ($($i:item)*) => { $($i)* } }
    #[macro_export]
    macro_rules! exported { ($t:ty) => { <$t as $crate::shared::Trait>::N } }
    pub trait Trait { const N: u8; }
}

const OUTER: u8 = sum!();

shared! {
    #[inline]
    fn s() {}
    impl shared::Trait for A { const N: u8 = exported!(B); }
}


macro_rules! methods {
    ($($name:ident),*) => { $(fn $name(&self) -> u8 { 1 })* };
}

impl A {
    methods!(x, y);
    methods! { z }
}

macro_rules! nothing { ($($t:tt)*) => {} }
macro_rules! documented {
    ($(#[$m:meta])* $i:ident) => { $(#[$m])* struct $i; };
}

documented! {
    /// text with "quotes"# and \ backslashes
    Documented
}

fn semicolons() {
    nothing!();
    nothing! {}
    macro_rules! expr { () => { 1 }; (;) => { 1; }; (let) => { let x = 1; }; (item) => { struct X; } }
    expr!();
    expr!(;);
    expr!(let);
    expr!(item);
    nothing! { a };
}

fn defines() {
    mod hidden {
        pub fn f() {
            #[macro_export]
            macro_rules! from_inside { () => { 1 } }
        }
    }
    from_inside!();
}
