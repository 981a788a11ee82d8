//@ only-x86_64
//! Functions of other calling conventions, panics through them, callers' places, pointers to all kinds of functions.
use std::panic::{Location, catch_unwind};

#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Small(u8, u16);
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Floats(f32, f32, f64);
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct MixedIn(f32, u32, f64);
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Large([u64; 5], u8);
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Wide(u128, i64);
macro_rules! conventions {
    ($($abi:literal $name:ident)*) => { $(
        mod $name {
            use super::*;
            #[inline(never)]
            pub extern $abi fn all(a: Small, b: Floats, c: MixedIn, d: Large, e: Wide, f: u128, g: f32, h: bool, i: char) -> Large {
                println!("{a:?} {b:?} {c:?} {d:?} {e:?} {f} {g} {h} {i}");
                Large([a.1.into(), c.1.into(), d.0[4], e.1 as u64, f as u64], a.0)
            }
            pub extern $abi fn small(a: Small, _b: (), c: Small) -> Small { Small(a.0 ^ c.0, a.1 + c.1) }
            pub extern $abi fn floats(a: Floats) -> Floats { Floats(a.1, a.0, a.2 * 2.0) }
            pub extern $abi fn mixed(a: MixedIn) -> MixedIn { MixedIn(a.1 as f32, a.0 as u32, -a.2) }
            pub extern $abi fn wide(a: Wide, b: u128) -> Wide { Wide(a.0 + b, -a.1) }
            pub extern $abi fn many(a: u8, b: i16, c: u32, d: i64, e: f32, f: f64, g: u8, h: i128, i: f32, j: &u8) -> i128 {
                a as i128 + b as i128 + c as i128 + d as i128 + e as i128 + f as i128 + g as i128 + h + i as i128 + *j as i128
            }
            pub fn run() {
                let f: extern $abi fn(Small, Floats, MixedIn, Large, Wide, u128, f32, bool, char) -> Large = all;
                println!("{:?}", f(Small(1, 2), Floats(3.5, 4.5, 5.5), MixedIn(6.5, 7, 8.5), Large([9, 10, 11, 12, 13], 14), Wide(15, -16), 17, 18.5, true, 'x'));
                println!("{:?} {:?}", small(Small(1, 2), (), Small(3, 4)), floats(Floats(1.0, 2.0, 3.0)));
                println!("{:?} {:?}", mixed(MixedIn(1.5, 2, 3.5)), wide(Wide(1 << 100, 2), 3));
                println!("{}", many(1, -2, 3, -4, 5.5, 6.5, 7, -8, 9.5, &10));
            }
        }
    )* };
}
conventions! { "C" c "sysv64" sysv "win64" win "system" system "efiapi" efi }

struct Noisy(&'static str);
impl Drop for Noisy {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}
extern "C-unwind" fn through(f: extern "C-unwind" fn(u32) -> u32, n: u32) -> u32 {
    let _noisy = Noisy("through");
    f(n) + 1
}
extern "C-unwind" fn panics(n: u32) -> u32 {
    let _noisy = Noisy("panics");
    if n > 2 { panic!("too many: {n}") } else { n }
}
#[track_caller]
fn place() -> (u32, u32) {
    (Location::caller().line(), Location::caller().column())
}
trait Where {
    #[track_caller]
    fn place(&self) -> u32 {
        Location::caller().line()
    }
    #[track_caller]
    fn own(&self) -> u32;
}
impl Where for u8 {
    fn own(&self) -> u32 {
        Location::caller().line()
    }
}
impl Where for u16 {
    #[track_caller]
    fn own(&self) -> u32 {
        place().0
    }
}
#[track_caller]
fn index(list: &[u8], at: usize) -> u8 {
    list[at]
}
unsafe extern "C" {
    fn printf(format: *const u8, ...) -> i32;
    fn fflush(file: *mut u8) -> i32;
    safe fn atoi(text: &std::ffi::CStr) -> i32;
}
fn longer<'a>(a: &'a str, b: &'a str) -> &'a str {
    if a.len() >= b.len() { a } else { b }
}
fn apply(f: for<'a, 'b> fn(&'a mut Vec<&'b str>) -> Option<&'b str>) -> usize {
    let mut list = vec!["one", "three"];
    f(&mut list).map_or(0, str::len)
}
fn compose<A, B, C>(f: impl Fn(A) -> B, g: impl Fn(B) -> C) -> impl Fn(A) -> C {
    move |a| g(f(a))
}
fn main() {
    c::run();
    sysv::run();
    win::run();
    system::run();
    efi::run();
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().unwrap();
        println!("panic at {}:{}: {:?}", place.line(), place.column(), info.payload_as_str());
    }));
    println!("{}", through(panics, 2));
    println!("{:?}", catch_unwind(|| through(panics, 3)).is_err());
    println!("{:?} {:?}", place(), (place as fn() -> (u32, u32))().0 > 0);
    let objects: [&dyn Where; 2] = [&1u8, &2u16];
    println!("{} {} {} {}", 1u8.place(), objects[0].place() > 0, 1u8.own(), 2u16.own());
    println!("{} {}", objects[0].own() > 0, objects[1].own() > 0);
    println!("{:?}", catch_unwind(|| index(&[1, 2], 5)).is_err());
    println!("{:?}", catch_unwind(|| None::<u8>.expect("nothing here")).is_err());
    println!("{:?}", catch_unwind(|| "x".parse::<u8>().unwrap()).is_err());
    unsafe {
        printf(c"%d %s %.2f %lu %c\n".as_ptr().cast(), -5i32, c"text".as_ptr(), 1.25f64, u64::MAX, 'x' as i32);
        fflush(std::ptr::null_mut());
    }
    println!("{}", atoi(c"42"));
    let f: for<'a> fn(&'a str, &'a str) -> &'a str = longer;
    println!("{} {}", f("ab", "abc"), apply(|it| it.pop()));
    println!("{}", compose(|x: u8| x as u32 + 1, |y: u32| format!("<{y}>"))(7));
    let constructors: [fn(u8, u16) -> Small; 2] = [Small, |a, b| Small(a + 1, b)];
    println!("{:?} {:?}", constructors[0](1, 2), constructors.map(|f| f(3, 4)));
    println!("{:?}", [1, 2].map(Some::<i32>).iter().flatten().map(ToString::to_string).collect::<Vec<_>>());
}
