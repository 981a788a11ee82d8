#!/usr/bin/env not-an-attribute
// Syntax of the first edition.
#![allow(dead_code)]
extern crate core as other_core;
extern crate alloc;
use ::std::io::{self, Read as R, Write as _};
use std::{fmt::{Debug, Display}, collections::*, mem};
mod outline;
mod inline {
    //! inner doc
    pub(in inline) const A: u8 = 1; pub(crate) static mut B: &'static str = "b"; pub(self) fn c() {}
    #[inline] /* mixed */ pub(super) fn d() -> ! { loop {} }
}
trait Anonymous { fn f(u8, &str); fn g(&self, x: u8) -> Box<Debug + 'static>; fn h(self: Box<Self>, _: fn(u8, ...) -> u8); }
fn async() -> dyn { let await = 1; let dyn = await; dyn }
type Dyn = Box<dyn for<'a> Fn(&'a u8) -> &'a u8 + Send>;
fn bare(x: &(Debug + Send), y: &mut Debug) { try!(x); let try = 1; match y { 0...9 => (), _ => {} } }
fn c_strings() { m!(c"a" c'b'); m!('r#a z"x"); }
extern { fn printf(fmt: *const u8, ...) -> i32; static X: u8; type Opaque; }
extern "C" fn callback(_: u8) {}
union U { a: u8, b: (u16, [u8; 2]) }
fn union() { let union = 1; union::b(); union }
fn auto() { auto::c(); let default = 1; default.x = macro_rules; }
