// A crate that uses macros of others.
#![allow(unused)]

use std::fmt::{self, Write as _};

use dep::prelude::*;
use dep::renamed;

mod generated {
    /// Derives of all kinds.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Point {
        pub x: i32, // across
        pub y: usize,
    }

    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
    pub enum Shape<'a, T: ?Sized + 'a, U>
    where
        U: Iterator,
    {
        #[default]
        Nothing,
        Circle(f64x, &'a T),
        Polygon { points: Vec<Point>, items: Option<U::Item>, last: [U; 3] },
        Other,
    }

    #[allow(non_camel_case_types)]
    pub type f64x = u64;

    #[derive(Clone, Copy, PartialEq, Debug)]
    #[repr(C, packed)]
    pub struct Packed(u8, u32);

    #[derive(Debug, PartialEq, Eq, Clone, Copy, Hash, PartialOrd, Ord)]
    pub enum Plain {
        A,
        B = 5,
        C(),
    }

    #[derive(Debug, PartialOrd, PartialEq, Ord, Eq)]
    pub enum Many {
        A(u8),
        B,
        C,
        D { x: u8, y: u8, z: u8, a: u8, b: u8, c: u8 },
    }

    #[derive(Clone, Copy)]
    pub union Bits {
        f: f32,
        u: u32,
    }

    #[derive(Debug, Clone, Hash, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Never {}

    #[derive(Default, Debug)]
    pub struct Unit;
}

#[derive(macros::Name)]
#[name(helper)]
pub struct Named {
    #[name]
    #[cfg(any())]
    gone: u8,
    #[cfg_attr(all(), name(kept))]
    kept: u8,
}

#[macros::twice(other)]
/// Documented.
#[inline]
pub fn this(x: u8) -> u8 {
    macros::in_parens!(x + 1)
}

macro_rules! local {
    ($($e:expr),* $(; $t:ty)?) => { [$($e),*].len() $(as $t)? };
}

thread_local! {
    static LOCAL: std::cell::Cell<u32> = const { std::cell::Cell::new(1) };
    static OTHER: String = String::new();
}

pub fn uses(out: &mut String) -> fmt::Result {
    let x = 1;
    let sum = add!(x, 2) + outer!(3, 4) + def_site!(5) + renamed!(6, 7,);
    dep::made!(x);
    let width = 5;
    println!("{sum:>width$} {0:?} {x:#06x} {} {{}} {name}", sum, name = "n");
    write!(out, "{:.*} {:+e}", 3, 1.5, 2.5)?;
    assert!(sum > 1 && x != 2);
    assert!(sum > 1, "sum is {sum}");
    assert_eq!(sum, x, "not {}", "equal");
    debug_assert_ne!(x, 2);
    let text = concat!("a", 1, -2.5, 'c', true, stringify!(a + b :: c));
    let place = (line!(), column!(), file!(), module_path!());
    let found = matches!(x, 1 | 2 if sum > 0);
    if cfg!(target_os = "none") {
        unreachable!("never {}", x);
    }
    let v = vec![1; 3];
    let w: Vec<u8> = vec![];
    let n = local!(1, 2; u64);
    let f = format!("{}", format_args!("{}{}", 1, 'x'));
    let o: Option<&str> = option_env!("A_VARIABLE_THAT_NOBODY_SETS");
    let offset = std::mem::offset_of!(generated::Point, y);
    unsafe {
        std::arch::asm!("mov {0:e}, {{1}}", "nop", out(reg) _, in("eax") x, options(nomem, nostack));
    }
    let pinned = std::pin::pin!(async { 1 });
    todo!("later: {}", sum)
}

std::arch::global_asm!(".globl nothing", "nothing:", "ret");

#[global_allocator]
static ALLOCATOR: std::alloc::System = std::alloc::System;

#[test]
fn a_test() {
    panic!("{}", 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "so")]
    fn fails() {
        panic!("so");
    }

    #[test]
    #[ignore = "slow"]
    fn slow() {}
}
