//! The C library: `qsort` and `bsearch` with callbacks, `snprintf` with variadic arguments, strings both ways, `atexit`.

use std::cmp::Ordering;
use std::ffi::{CStr, CString, c_char, c_double, c_int, c_long, c_void};

type Comparison = unsafe extern "C" fn(*const c_void, *const c_void) -> c_int;

#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
struct Division {
    quotient: c_int,
    remainder: c_int,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct LongDivision {
    quotient: c_long,
    remainder: c_long,
}

unsafe extern "C" {
    fn qsort(base: *mut c_void, count: usize, size: usize, compare: Comparison);
    fn bsearch(key: *const c_void, base: *const c_void, count: usize, size: usize, c: Comparison) -> *mut c_void;
    fn snprintf(buffer: *mut c_char, size: usize, format: *const c_char, ...) -> c_int;
    fn sscanf(text: *const c_char, format: *const c_char, ...) -> c_int;
    fn strtol(text: *const c_char, end: *mut *mut c_char, base: c_int) -> c_long;
    fn atexit(callback: extern "C" fn()) -> c_int;
    safe fn div(numerator: c_int, denominator: c_int) -> Division;
    safe fn ldiv(numerator: c_long, denominator: c_long) -> LongDivision;
    safe fn toupper(c: c_int) -> c_int;
    fn getenv(name: *const c_char) -> *const c_char;
}

/// A comparison for C, of any Rust type with an order.
unsafe extern "C" fn compare<T: PartialOrd>(a: *const c_void, b: *const c_void) -> c_int {
    // SAFETY: the library calls with pointers into the slice that `sort` or `find` gave.
    let (a, b) = unsafe { (&*a.cast::<T>(), &*b.cast::<T>()) };
    a.partial_cmp(b).unwrap_or(Ordering::Equal) as c_int
}

fn sort<T: PartialOrd>(items: &mut [T]) {
    // SAFETY: base, count and size are those of one slice.
    unsafe { qsort(items.as_mut_ptr().cast(), items.len(), size_of::<T>(), compare::<T>) }
}

fn find<'a, T: PartialOrd>(items: &'a [T], key: &T) -> Option<&'a T> {
    let key: *const T = key;
    // SAFETY: as above; the result is null or points into the slice.
    unsafe {
        bsearch(key.cast(), items.as_ptr().cast(), items.len(), size_of::<T>(), compare::<T>).cast::<T>().as_ref()
    }
}

#[unsafe(no_mangle)]
extern "C" fn example_twice(value: c_double, times: u8, big: u64) -> c_double {
    value * f64::from(times) + big as f64
}

fn print(number: c_int, text: &CStr, real: c_double, long: c_long) -> String {
    let mut buffer = vec![0u8; 80];
    // SAFETY: the arguments are what the format names, and the buffer is as large as it says.
    let length = unsafe {
        let format = c"%05d|%-8s|%8.3f|%lx|%c|%%";
        snprintf(
            buffer.as_mut_ptr().cast(),
            buffer.len(),
            format.as_ptr(),
            number,
            text.as_ptr(),
            real,
            long,
            toupper(b'q'.into()),
        )
    };
    buffer.truncate(length as usize);
    String::from_utf8(buffer).expect("only ASCII")
}

extern "C" fn goodbye() {
    println!("the last words");
}

fn main() {
    // SAFETY: the callback may run at any time.
    println!("{}", unsafe { atexit(goodbye) });
    let mut numbers = [5, -3, 99, 0, 42, -77];
    sort(&mut numbers);
    println!("{numbers:?} {:?} {:?}", find(&numbers, &42), find(&numbers, &43));
    let mut words = ["pear", "fig", "apple"].map(String::from);
    sort(&mut words);
    let mut pairs = [(2.5, 'b'), (-1.0, 'z'), (2.5, 'a')];
    sort(&mut pairs);
    println!("{words:?} {pairs:?}");

    println!("{}", print(-42, c"text", std::f64::consts::E, 0xfeed));
    let (mut day, mut share, mut word) = (0 as c_int, 0.0f64, [0u8; 16]);
    // SAFETY: three pointers of the types that the format names; the word's length is limited.
    let read =
        unsafe { sscanf(c"17 apples 0.25".as_ptr(), c"%d %15s %lf".as_ptr(), &mut day, word.as_mut_ptr(), &mut share) };
    println!("{read} {day} {:?} {share}", CStr::from_bytes_until_nul(&word));
    let text = CString::new("123abc").expect("no null in it");
    let mut end = std::ptr::null_mut();
    // SAFETY: the string ends with a null, and `end` points into it.
    let (value, rest) = unsafe { (strtol(text.as_ptr(), &mut end, 10), CStr::from_ptr(end)) };
    println!("{value} {rest:?} {:?} {:?}", div(-17, 5), ldiv(1 << 40, 1000));
    // SAFETY: the name ends with a null.
    println!("{} {:?}", unsafe { getenv(c"NO_SUCH_VARIABLE_HERE".as_ptr()).is_null() }, CString::new("a\0b").is_err());
    let pointers: [extern "C" fn(c_double, u8, u64) -> c_double; 1] = [example_twice];
    println!("{}", pointers[0](1.25, 3, 4));
}
