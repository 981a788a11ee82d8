#![feature(no_core, stmt_expr_attributes)]
#![no_core]
#![cfg_attr(yes, allow(internal_features), allow(unused))]
#![cfg_attr(not(yes), recursion_limit = "1")]

#[cfg(yes)]
fn kept() {}
#[cfg(not(yes))]
fn removed() {}
#[cfg(all(yes, any(key = "value", no)))]
#[cfg_attr(yes, inline, cfg_attr(key = "value", must_use), cfg_attr(no, cold))]
fn nested() {}
#[cfg_attr(yes, cfg(no))]
fn removed_too() {}

struct S<#[cfg(no)] 'a, #[cfg(yes)] T> {
    #[cfg(yes)]
    a: T,
    #[cfg(no)]
    b: u8,
}

enum E {
    #[cfg(no)]
    A,
    #[cfg(yes)]
    B(#[cfg(no)] u8, #[cfg(yes)] u16),
}

fn f(#[cfg(yes)] a: u8, #[cfg(no)] b: u8) {
    #[cfg(no)]
    let x = 1;
    #[cfg(yes)]
    let x = 2;
    #[cfg(no)]
    { g(); }
    #[cfg(yes)]
    { g(); }
    match a {
        #[cfg(no)]
        1 => {}
        #[cfg(yes)]
        2 => {}
        _ => {}
    }
    let s = S { #[cfg(yes)] a: 1, #[cfg(no)] b: 2 };
    let S { #[cfg(yes)] a, #[cfg(no)] b, .. } = s;
    g([#[cfg(no)] 1, #[cfg(yes)] 2], #[cfg(no)] 3, #[cfg(yes)] 4);
    #[cfg(no)]
    h!();
    #[cfg(no)]
    5
}

impl S {
    #[cfg(no)]
    fn a() {}
    #[cfg(yes)]
    fn b() {}
}

extern "C" {
    #[cfg(no)]
    fn c();
    #[cfg(yes)]
    fn d();
}

mod m {
    #![cfg(no)]
    fn e() {}
}

mod n {
    #![cfg(yes)]
    fn e() {}
}
