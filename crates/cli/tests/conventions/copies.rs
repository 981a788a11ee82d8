//! Arguments that go by pointer, from where the caller still needs them. Each callee changes what it gets, and nothing of
//! that may be seen afterwards. (The program checks itself: rustc's own code without optimisation gets some of this wrong.)
#![allow(internal_features, unused_assignments, unused_variables)]
#![feature(const_eval_select, core_intrinsics, fn_traits, tuple_trait, unboxed_closures)]

use std::hint::black_box;
use std::marker::Tuple;

type Big = [u64; 8];
type Triple = (u64, u64, u64);
type Args = (Big, u8, Triple);

const ARGS: Args = ([7; 8], 1, (0, 2, 4));
const SUM: u64 = 8 + 1 + 7;

fn change(mut a: Big, b: u8, mut c: Triple) -> u64 {
    a[0] += 1;
    c.1 += 5;
    black_box(&mut a)[0] + u64::from(b) + black_box(&mut c).1
}

fn twice<A: Copy + Tuple, F: Fn<A>>(f: &F, a: A) -> (F::Output, F::Output) {
    (f.call(a), f.call(a))
}

fn twice_once<A: Copy + Tuple, F: FnOnce<A> + Copy>(f: F, a: A) -> (F::Output, F::Output) {
    (f.call_once(a), f.call_once(a))
}

fn twice_mut<A: Copy + Tuple, F: FnMut<A>>(mut f: F, a: A) -> (F::Output, F::Output) {
    (f.call_mut(a), f.call_mut(a))
}

/// A tuple in memory, copied whole.
fn of_memory(f: &dyn Fn(Big, u8, Triple) -> u64) {
    let args = black_box(ARGS);
    assert_eq!((f.call(args), f.call(args), args), (SUM, SUM, ARGS));
    let all = black_box([ARGS, ARGS]);
    assert_eq!((f.call(all[1]), f.call(all[1]), all), (SUM, SUM, [ARGS, ARGS]));
    let boxed = Box::new(args);
    assert_eq!((f.call(*boxed), f.call(*boxed), *boxed), (SUM, SUM, ARGS));
}

/// A tuple that is a constant, which nothing may write to.
fn of_constants(f: &dyn Fn(Big, u8, Triple) -> u64) {
    assert_eq!((f.call(ARGS), f.call(ARGS), f(ARGS.0, ARGS.1, ARGS.2)), (SUM, SUM, SUM));
    static KEPT: Args = ARGS;
    assert_eq!((f.call(KEPT), f.call(KEPT), KEPT), (SUM, SUM, ARGS));
}

/// Parts of a tuple that goes as two scalars, and a tuple with nothing but one large field.
fn of_other_shapes() {
    let pair = |mut a: u64, mut b: u64| {
        (a, b) = (b + 1, a + 1);
        a ^ b
    };
    let args = black_box((3, 5));
    assert_eq!((twice(&pair, args), args), ((2, 2), (3, 5)));
    let one = |mut a: Big| {
        a[3] *= 2;
        black_box(&mut a)[3]
    };
    let args = black_box(([9; 8],));
    assert_eq!((twice(&one, args), twice_once(one, args), args), ((18, 18), (18, 18), ([9; 8],)));
    let nested = |mut a: (Args, Big), _: ()| {
        a.0.0[1] += 1;
        a.1[1] += 1;
        black_box(&mut a).0.0[1] + a.1[1]
    };
    let args = black_box(((ARGS, [1; 8]), ()));
    assert_eq!((twice(&nested, args), args), ((10, 10), ((ARGS, [1; 8]), ())));
}

/// A result that is put where the arguments were.
fn in_place() {
    let rotate = |mut a: Big, mut b: Big| {
        a[0] += 1;
        b[0] += 2;
        (b, a)
    };
    let mut pair = black_box(([1; 8], [2; 8]));
    pair = rotate.call(pair);
    pair = rotate.call(pair);
    assert_eq!((pair.0[0], pair.1[0], pair.0[1], pair.1[1]), (4, 5, 1, 2));
}

/// A function object that takes the tuple as such, and hands it on twice.
#[derive(Clone, Copy)]
struct Twice<F>(F);

impl<F: Fn(Big, u8, Triple) -> u64> FnOnce<Args> for Twice<F> {
    type Output = u64;
    extern "rust-call" fn call_once(self, args: Args) -> u64 {
        self.call(args)
    }
}
impl<F: Fn(Big, u8, Triple) -> u64> FnMut<Args> for Twice<F> {
    extern "rust-call" fn call_mut(&mut self, args: Args) -> u64 {
        self.call(args)
    }
}
impl<F: Fn(Big, u8, Triple) -> u64> Fn<Args> for Twice<F> {
    extern "rust-call" fn call(&self, mut args: Args) -> u64 {
        let (first, second) = (self.0.call(args), self.0.call(args));
        assert_eq!((first, args), (second, ARGS));
        args.0[0] += 1;
        black_box(&mut args);
        first
    }
}

const fn at_compile_time(a: Big, b: u8, c: Triple) -> u64 {
    a[0] + b as u64 + c.1
}

/// The intrinsic whose arguments are a tuple, too.
fn selected(args: Args) -> u64 {
    std::intrinsics::const_eval_select(args, at_compile_time, change)
}

fn plain() {
    let (a, c) = black_box((ARGS.0, ARGS.2));
    assert_eq!((change(a, 1, c), change(a, 1, c), a, c), (SUM, SUM, ARGS.0, ARGS.2));
    assert_eq!(change(ARGS.0, 1, ARGS.2), change(ARGS.0, 1, ARGS.2));
    let pointer: fn(Big, u8, Triple) -> u64 = black_box(change);
    assert_eq!((pointer(a, 1, c), pointer(a, 1, c), a, c), (SUM, SUM, ARGS.0, ARGS.2));
}

fn main() {
    let closure = |a: Big, b: u8, c: Triple| change(a, b, c);
    let captured = black_box(0);
    let capturing = move |mut a: Big, b: u8, mut c: Triple| {
        a[0] += 1 + captured;
        c.1 += 5;
        black_box(&mut a)[0] + u64::from(b) + black_box(&mut c).1
    };
    let pointer: fn(Big, u8, Triple) -> u64 = black_box(closure);
    let object = Twice(capturing);
    for f in [&change as &dyn Fn(Big, u8, Triple) -> u64, &closure, &capturing, &pointer, &object] {
        of_memory(f);
        of_constants(f);
        assert_eq!(twice(&f, black_box(ARGS)), (SUM, SUM));
        assert_eq!(twice_mut(f, black_box(ARGS)), (SUM, SUM));
    }
    assert_eq!(twice(&change, black_box(ARGS)), (SUM, SUM));
    assert_eq!(twice_once(change, black_box(ARGS)), (SUM, SUM));
    assert_eq!(twice(&capturing, black_box(ARGS)), (SUM, SUM));
    assert_eq!(twice_once(capturing, black_box(ARGS)), (SUM, SUM));
    assert_eq!(twice_mut(capturing, black_box(ARGS)), (SUM, SUM));
    assert_eq!(twice_once(pointer, black_box(ARGS)), (SUM, SUM));
    assert_eq!(twice_once(object, black_box(ARGS)), (SUM, SUM));
    assert_eq!(twice_mut(Twice(object), black_box(ARGS)), (SUM, SUM));
    let args = black_box(ARGS);
    let boxed: Box<dyn FnOnce(Big, u8, Triple) -> u64> = Box::new(capturing);
    assert_eq!((boxed.call_once(args), args), (SUM, ARGS));
    of_other_shapes();
    in_place();
    plain();
    assert_eq!((selected(args), selected(args), args), (SUM, SUM, ARGS));
    // A tuple that is used again within the function that calls the intrinsic.
    let first = std::intrinsics::const_eval_select(args, at_compile_time, change);
    let second = std::intrinsics::const_eval_select(args, at_compile_time, change);
    assert_eq!((first, second, args), (SUM, SUM, ARGS));
    println!("nothing is changed");
}
