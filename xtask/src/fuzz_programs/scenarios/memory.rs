//! Memory as bytes: reinterpreted, not yet filled, never dropped, volatile, aligned more than usual, and shared by name.

use super::super::generator::Generator;
use super::super::types::{Type, U32, U64};

/// `transmute` and what else reads a value's bits as another type's.
pub(super) fn bits(g: &mut Generator, name: &str) {
    let unsigned = *g.rng.pick(&[16, 32, 64, 128]);
    let (u, i) = (g.int_of(unsigned, false), g.int_of(unsigned, true));
    let (u_text, i_text, bytes, halves) = (u.name, i.name, unsigned / 8, g.int_of(unsigned / 2, true).name);
    let vars = [("x", Type::Int(u)), ("y", Type::Int(i))];
    let (start, next, signed) =
        (g.over(&Type::Int(u), &[]), g.over(&Type::Int(u), &vars), g.over(&Type::Int(i), &vars));
    let (a, b) = (g.over(&Type::Float(32), &[]), g.over(&Type::Float(64), &[]));
    let flag = g.over(&Type::Bool, &vars);
    let bytes_text = bytes.to_string();
    let half_bytes = (bytes / 2).to_string();
    g.template(
        r#"#[repr(u8)] #[derive(Clone, Copy, PartialEq, Debug)] enum Small$NAME { A = 0, B, C, D = 3 }
#[repr(C)] #[derive(Clone, Copy)] struct Pair$NAME { low: $HALF, high: $HALF }
#[repr(transparent)] #[derive(Clone, Copy)] struct Wrap$NAME($U);
#[repr(C)] union Either$NAME { whole: $U, pair: Pair$NAME, bytes: [u8; $BYTES] }
fn $NAME() {
    use std::mem::{transmute, transmute_copy};
    let mut x: $U = $START;
    for _ in 0..3 {
        let y: $I = unsafe { transmute::<$U, $I>(x) };
        let pair: Pair$NAME = unsafe { transmute(x) };
        let bytes: [u8; $BYTES] = unsafe { transmute(Wrap$NAME(x)) };
        let (first, last) = bytes.split_at($HALFBYTES);
        point(1, &(pair.low, pair.high, bytes, y));
        point(2, &unsafe { transmute_copy::<[u8; $BYTES], $HALF>(&bytes) });
        point(3, &(<$HALF>::from_ne_bytes(first.try_into().unwrap()), <$HALF>::from_be_bytes(last.try_into().unwrap())));
        let small: Small$NAME = unsafe { transmute(x as u8 & 3) };
        let truth: bool = unsafe { transmute(small as u8 & 1) };
        println!("{small:?} {truth}");
        let some: Option<NonZero<$U>> = unsafe { transmute::<$U, _>(if $FLAG { x } else { 0 }) };
        point(4, &some);
        let either = Either$NAME { whole: x };
        unsafe { point(5, &(either.pair.high, either.bytes)); }
        let order: Ordering = unsafe { transmute::<i8, Ordering>((x % 3) as i8 - 1) };
        point(6, &(order, unsafe { transmute::<Ordering, i8>(order) }));
        let aligned: Option<&$U> = unsafe { transmute::<*const $U, _>(&raw const x) };
        point(7, &aligned);
        let pointer: Option<fn() -> u8> = unsafe { transmute(None::<Box<u8>>) };
        point(8, &pointer.is_none());
        x = $NEXT;
        let y: $I = $SIGNED;
        x ^= unsafe { *(&raw const y).cast::<$U>() };
    }
    let (a, b) = (real32($A), real64($B));
    point(9, &unsafe { (transmute::<f32, u32>(a), transmute::<f64, [u16; 4]>(b), transmute::<[f32; 2], [u32; 2]>([a, -a])) });
    let f: fn(&u32) -> u32 = |it| *it + 1;
    let g: for<'a> fn(&'a u32) -> u32 = unsafe { transmute(f as *const ()) };
    point(10, &(g(&4), char::from_u32(unsafe { transmute('x') })));
    let words = [0x0102_0304u32, 0x0506_0708, !0];
    let (before, middle, after) = unsafe { words[..].align_to::<u16>() };
    point(11, &(before.len(), middle, after.len()));
    let mut list: Vec<u8> = unsafe { words.as_ptr().cast::<[u8; 12]>().read() }.to_vec();
    list.resize(20, 1);
    unsafe { list.as_mut_ptr().add(3).cast::<$U>().write_unaligned(x.wrapping_add(1)); }
    point(12, &(&list, unsafe { list.as_ptr().add(1).cast::<$HALF>().read_unaligned() }));
}"#,
        &[
            ("NAME", name),
            ("U", u_text),
            ("I", i_text),
            ("HALF", halves),
            ("BYTES", &bytes_text),
            ("HALFBYTES", &half_bytes),
            ("START", &start),
            ("NEXT", &next),
            ("SIGNED", &signed),
            ("FLAG", &flag),
            ("A", &a),
            ("B", &b),
        ],
    );
}

/// Memory that is not yet a value, values that are not dropped, and accesses that must all happen.
pub(super) fn raw_memory(g: &mut Generator, name: &str) {
    let (t, u) = (g.plain_type(2), g.plain_type(1));
    let (t_text, u_text) = (g.text(&t), g.text(&u));
    let vars = [("i", Type::Int(U64)), ("x", t.clone())];
    let (start, next, other) = (g.over(&t, &[("i", Type::Int(U64))]), g.over(&t, &vars), g.over(&u, &vars));
    let condition = g.over(&Type::Bool, &vars);
    let count = g.rng.between(1, 5).to_string();
    g.template(
        r#"#[repr(C)] struct Parts$NAME { a: u8, b: $T, c: [$U; 2] }
struct Stack$NAME<X, const N: usize> { items: [std::mem::MaybeUninit<X>; N], len: usize }
impl<X, const N: usize> Stack$NAME<X, N> {
    fn push(&mut self, x: X) -> Result<(), X> { if self.len == N { return Err(x) } self.items[self.len].write(x); self.len += 1; Ok(()) }
    fn pop(&mut self) -> Option<X> { self.len = self.len.checked_sub(1)?; Some(unsafe { self.items[self.len].assume_init_read() }) }
}
impl<X, const N: usize> Drop for Stack$NAME<X, N> { fn drop(&mut self) { for it in &mut self.items[..self.len] { unsafe { it.assume_init_drop() } } } }
fn $NAME() {
    use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};
    use std::mem::{ManuallyDrop, MaybeUninit};
    let i = 2u64;
    let mut x: $T = $START;
    let mut slots: [MaybeUninit<$T>; $COUNT] = [const { MaybeUninit::uninit() }; $COUNT];
    for (i, slot) in slots.iter_mut().enumerate() { let i = i as u64; slot.write($NEXT); }
    let filled: [$T; $COUNT] = unsafe { std::mem::transmute(slots) };
    point(1, &filled);
    let mut parts = MaybeUninit::<Parts$NAME>::uninit();
    unsafe {
        let at = parts.as_mut_ptr();
        (&raw mut (*at).a).write(3);
        (&raw mut (*at).b).write($NEXT);
        (&raw mut (*at).c).cast::<$U>().write($OTHER);
        (&raw mut (*at).c[1]).write($OTHER);
        let Parts$NAME { a, b, c } = parts.assume_init();
        point(2, &(a, b, c));
    }
    let mut stack: Stack$NAME<Noisy, 3> = Stack$NAME { items: [const { MaybeUninit::uninit() }; 3], len: 0 };
    for i in 0..4u32 { if let Err(it) = stack.push(noisy(20 + i, i as u64)) { point(3, &it); } }
    point(4, &stack.pop().map(|it| it.1));
    let mut kept = ManuallyDrop::new(noisy(30, 1));
    kept.1 ^= 5;
    let other = ManuallyDrop::new((noisy(31, 2), 7u8));
    point(5, &(kept.1, other.1));
    if $CONDITION { unsafe { ManuallyDrop::drop(&mut kept) } } else { point(6, &ManuallyDrop::into_inner(kept)); }
    let (moved, _) = ManuallyDrop::into_inner(other);
    point(7, &moved);
    std::mem::forget(noisy(32, 3));
    let mut device = x;
    for i in 0..3u64 {
        unsafe {
            let x = std::ptr::read_volatile(&raw const device);
            std::ptr::write_volatile(&raw mut device, $NEXT);
        }
    }
    point(8, &device);
    x = std::mem::replace(&mut device, x);
    let mut pair = [device, x];
    unsafe { std::ptr::swap(&raw mut pair[0], &raw mut pair[1]); }
    point(9, &pair);
    unsafe {
        let layout = Layout::array::<$T>($COUNT).unwrap();
        if layout.size() > 0 {
            let at = alloc(layout).cast::<$T>();
            for i in 0..$COUNTu64 { at.add(i as usize).write($NEXT); }
            let at = realloc(at.cast(), layout, layout.size() * 2).cast::<$T>();
            at.copy_to_nonoverlapping(at.add($COUNT), $COUNT);
            point(10, std::slice::from_raw_parts(at, $COUNT * 2));
            at.copy_to(at.add(1), $COUNT);
            point(11, &at.add($COUNT * 2 - 1).read());
            dealloc(at.cast(), Layout::array::<$T>($COUNT * 2).unwrap());
        }
        let layout = Layout::from_size_align(48, 128).unwrap();
        let at = alloc_zeroed(layout);
        at.add(7).write_bytes(0x5a, 9);
        point(12, &(std::slice::from_raw_parts(at, 48), at as usize % 128));
        dealloc(at, layout);
    }
    let boxed = Box::into_raw(Box::new(noisy(33, 4)));
    unsafe { (*boxed).1 += 1; drop(Box::from_raw(boxed)); }
    let held = std::cell::UnsafeCell::new(x);
    unsafe { let i = 1u64; *held.get() = $NEXT; }
    point(13, &held.into_inner());
    point(14, &std::hint::black_box((x, noisy(34, 5).1)));
    let leaked: &'static mut [u8] = Vec::leak(vec![1, 2, 3]);
    leaked.copy_within(..2, 1);
    point(15, &*leaked);
}"#,
        &[
            ("NAME", name),
            ("T", &t_text),
            ("U", &u_text),
            ("START", &start),
            ("NEXT", &next),
            ("OTHER", &other),
            ("CONDITION", &condition),
            ("COUNT", &count),
        ],
    );
}

/// Alignments up to a page, wherever values live.
pub(super) fn large_alignments(g: &mut Generator, name: &str) {
    let (t, u) = (g.plain_type(1), g.plain_type(1));
    let (t_text, u_text) = (g.text(&t), g.text(&u));
    let constant = g.constant(&t, 1);
    let other_constant = g.constant(&u, 1);
    let (value, other) = (g.over(&t, &[("i", Type::Int(U32))]), g.over(&u, &[("i", Type::Int(U32))]));
    let aligns = ["64", "128", "256", "512", "1024", "2048", "4096"];
    let (first, second, third) = (*g.rng.pick(&aligns), *g.rng.pick(&aligns), *g.rng.pick(&aligns));
    g.template(
        r#"#[derive(Clone, Copy)] #[repr(align($FIRST))] struct Big$NAME($T);
#[derive(Clone, Copy)] #[repr(C, align($SECOND))] struct Wide$NAME { a: u8, b: $U, c: u16 }
#[derive(Clone, Copy)] #[repr(align($THIRD))] enum Any$NAME { Big(Big$NAME), Wide(Wide$NAME, u8), Nothing }
struct Held$NAME { n: Noisy, big: Big$NAME }
impl Sum for Big$NAME { fn sum(&self, h: &mut H) { self.0.sum(h) } }
impl Sum for Wide$NAME { fn sum(&self, h: &mut H) { self.a.sum(h); self.b.sum(h); self.c.sum(h) } }
impl Sum for Any$NAME { fn sum(&self, h: &mut H) { match self { Self::Big(x) => x.sum(h), Self::Wide(x, n) => { x.sum(h); n.sum(h) } Self::Nothing => h.add(3) } } }
static BIG$NAME: Big$NAME = Big$NAME($CONSTANT);
static WIDE$NAME: [Wide$NAME; 2] = [Wide$NAME { a: 1, b: $OTHERCONSTANT, c: 2 }; 2];
static CHANGED$NAME: std::sync::Mutex<Wide$NAME> = std::sync::Mutex::new(WIDE$NAME[0]);
static REF$NAME: &Any$NAME = &Any$NAME::Big(Big$NAME($CONSTANT));
thread_local! {
    static HERE$NAME: std::cell::Cell<Big$NAME> = const { std::cell::Cell::new(Big$NAME($CONSTANT)) };
    static LAZY$NAME: std::cell::RefCell<Wide$NAME> = std::cell::RefCell::new(CHANGED$NAME.lock().unwrap().clone());
}
/// How far a value is from where it may be.
fn $NAME_off<X: ?Sized>(it: &X) -> usize { std::hint::black_box(it as *const X as *const u8 as usize) % std::hint::black_box(align_of_val(it)) }
#[inline(never)]
fn $NAME_values(a: Big$NAME, n: u8, b: Wide$NAME, c: Any$NAME) -> (Wide$NAME, usize, Any$NAME) { (Wide$NAME { a: n, ..b }, $NAME_off(&a) + $NAME_off(&b) + $NAME_off(&c), if n > 1 { c } else { Any$NAME::Wide(b, n) }) }
extern "C" fn $NAME_c(a: Wide$NAME, b: Any$NAME, n: u8) -> Wide$NAME { Wide$NAME { a: a.a ^ n, c: $NAME_off(&a) as u16 + $NAME_off(&b) as u16, ..a } }
fn $NAME_threads() -> (usize, Big$NAME, u8) {
    let off = HERE$NAME.with(|it| $NAME_off(it)) + LAZY$NAME.with(|it| $NAME_off(it));
    LAZY$NAME.with_borrow_mut(|it| it.a += 1);
    (off, HERE$NAME.get(), LAZY$NAME.with_borrow(|it| it.a))
}
fn $NAME() {
    let i = 3u32;
    point(1, &(size_of::<Big$NAME>(), size_of::<Wide$NAME>(), size_of::<Any$NAME>(), size_of::<Option<Any$NAME>>(), align_of::<Held$NAME>()));
    point(2, &($NAME_off(&BIG$NAME), $NAME_off(&WIDE$NAME), $NAME_off(&CHANGED$NAME), $NAME_off(REF$NAME)));
    point(3, &(BIG$NAME, WIDE$NAME, *REF$NAME));
    CHANGED$NAME.lock().unwrap().c = 77;
    let big = Big$NAME($VALUE);
    let wide = Wide$NAME { a: 5, b: $OTHER, c: 6 };
    let mut all = [Any$NAME::Nothing, Any$NAME::Big(big), Any$NAME::Wide(wide, 7)];
    for n in 0..3u8 {
        let (back, off, any) = $NAME_values(big, n, wide, all[n as usize]);
        point(4, &(back, off, any));
        all[2 - n as usize] = any;
        let f: extern "C" fn(Wide$NAME, Any$NAME, u8) -> Wide$NAME = std::hint::black_box($NAME_c);
        point(5, &f(back, any, n));
    }
    point(6, &($NAME_off(&all), $NAME_off(&big), $NAME_off(&(1u8, wide))));
    let boxed: Box<Held$NAME> = Box::new(Held$NAME { n: noisy(1, 1), big });
    let listed = vec![wide; 3];
    let counted: std::rc::Rc<dyn Sum> = std::rc::Rc::new(big);
    let shared: std::sync::Arc<[Big$NAME]> = vec![big; 2].into();
    let object: Box<dyn Fn(u8) -> (usize, Wide$NAME)> = Box::new(move |n| ($NAME_off(&wide), Wide$NAME { a: n, ..wide }));
    point(7, &($NAME_off(&*boxed), $NAME_off(&boxed.big), $NAME_off(&listed[1]), $NAME_off(&*counted), $NAME_off(&shared[1])));
    point(8, &(boxed.n.1, &boxed.big, &*listed, &*counted, &*shared, object(8)));
    point(9, &(size_of_val(&*counted), align_of_val(&*counted), size_of_val(&*shared)));
    point(10, &$NAME_threads());
    point(11, &std::thread::spawn($NAME_threads).join().unwrap());
    let map: BTreeMap<u8, Big$NAME> = (0..20).map(|i| (i, big)).collect();
    point(12, &map.values().map(|it| $NAME_off(it)).sum::<usize>());
    guarded(13, || { let held = Held$NAME { n: noisy(2, 2), big }; let off = $NAME_off(&held); if off == 0 { panic!("aligned") } off });
    let mut work = Box::pin(async move { let kept = wide; std::future::ready(()).await; ($NAME_off(&kept), kept) });
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    if let std::task::Poll::Ready(it) = work.as_mut().poll(&mut cx) { point(14, &it); }
}"#,
        &[
            ("NAME", name),
            ("T", &t_text),
            ("U", &u_text),
            ("FIRST", first),
            ("SECOND", second),
            ("THIRD", third),
            ("CONSTANT", &constant),
            ("OTHERCONSTANT", &other_constant),
            ("VALUE", &value),
            ("OTHER", &other),
        ],
    );
}

/// Statics and functions that are defined in one place under a name of their own, and declared in another.
pub(super) fn extern_statics(g: &mut Generator, name: &str) {
    let (t, u) = (g.plain_type(2), g.plain_type(2));
    let (t_text, u_text) = (g.text(&t), g.text(&u));
    let (a, b, c) = (g.constant(&t, 1), g.constant(&u, 1), g.constant(&u, 1));
    let next = g.over(&u, &[("x", t.clone()), ("y", u.clone())]);
    let section =
        if g.rng.percent(50) { format!("#[unsafe(link_section = \".data.{name}\")] ") } else { String::new() };
    g.template(
        r#"mod $NAME_defined {
    use super::*;
    #[unsafe(no_mangle)] pub static $NAME_first: $T = $A;
    $SECTION#[unsafe(export_name = "$NAME.second")] pub static mut SECOND: ($U, u32) = ($B, 5);
    #[unsafe(no_mangle)] static $NAME_cell: AtomicU64 = AtomicU64::new(9);
    #[unsafe(no_mangle)] static $NAME_self: extern "C" fn(u32) -> u64 = $NAME_count;
    #[used] static KEPT: [u8; 3] = *b"abc";
    #[unsafe(no_mangle)] extern "C" fn $NAME_count(by: u32) -> u64 { $NAME_cell.fetch_add(by as u64, Relaxed) }
    #[unsafe(no_mangle)] extern "Rust" fn $NAME_rust(x: $T, list: &[$U]) -> ($U, usize) { let y: $U = list[0]; ($NEXT, list.len()) }
    pub(super) static TO_SELF: &(u8, &&$T) = &(4, &&$NAME_first);
}
mod $NAME_declared {
    use super::*;
    unsafe extern "C" {
        pub safe static $NAME_first: $T;
        #[link_name = "$NAME.second"] pub static mut other: ($U, u32);
        pub safe static $NAME_cell: AtomicU64;
        pub safe static $NAME_self: extern "C" fn(u32) -> u64;
        pub safe fn $NAME_count(by: u32) -> u64;
        pub static environ: *const *const u8;
    }
    unsafe extern "Rust" { pub safe fn $NAME_rust(x: $T, list: &[$U]) -> ($U, usize); }
}
static ADDRESS$NAME: fn(u32) -> u64 = |by| $NAME_declared::$NAME_count(by) ^ 1;
fn $NAME() {
    use $NAME_declared::*;
    point(1, &($NAME_first, $NAME_defined::$NAME_first, **$NAME_defined::TO_SELF.1));
    unsafe {
        point(2, &*(&raw const other));
        other.0 = $C;
        other.1 ^= 0xff;
        point(3, &*(&raw const $NAME_defined::SECOND));
    }
    point(4, &($NAME_count(3), $NAME_self(4), ADDRESS$NAME(5), $NAME_cell.load(Relaxed)));
    let list = unsafe { [other.0, $C] };
    point(5, &$NAME_rust($NAME_first, &list));
    point(6, &(std::ptr::eq(&$NAME_first, &$NAME_defined::$NAME_first), unsafe { environ.is_null() }));
}"#,
        &[
            ("NAME", name),
            ("T", &t_text),
            ("U", &u_text),
            ("A", &a),
            ("B", &b),
            ("C", &c),
            ("NEXT", &next),
            ("SECTION", &section),
        ],
    );
}
