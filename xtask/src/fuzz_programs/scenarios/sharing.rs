//! Threads, and what they share. Who runs when is chance, so what is told never depends on it.

use super::super::generator::Generator;
use super::super::types::{Type, U32, U64};

pub(super) fn threads_and_atomics(g: &mut Generator, name: &str) {
    let t = g.plain_type(2);
    let t_text = g.text(&t);
    let value = g.quietly(&t, &[("i", Type::Int(U64))]);
    let start = g.leaf(&Type::Int(U64));
    g.line(format!(
        r#"thread_local! {{ static LOCAL{name}: std::cell::Cell<u64> = const {{ std::cell::Cell::new(5) }}; }}
thread_local! {{ static LAZY{name}: std::cell::RefCell<Vec<u64>> = std::cell::RefCell::new(vec![1, 2]); }}
static TOTAL{name}: std::sync::atomic::AtomicI16 = std::sync::atomic::AtomicI16::new(-3);
static SMALL{name}: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(250);
fn {name}() {{
    let work = |i: u64| -> ({t_text}, u64) {{
        LOCAL{name}.set(LOCAL{name}.get() + i);
        LAZY{name}.with_borrow_mut(|it| it.push(i));
        TOTAL{name}.fetch_add(i as i16, Relaxed);
        SMALL{name}.fetch_xor(i as u8, Relaxed);
        ({value}, LOCAL{name}.get() + LAZY{name}.with_borrow(|it| it.iter().sum::<u64>()))
    }};
    point(1, &work(2));
    let results: Vec<({t_text}, u64)> = std::thread::scope(|scope| {{
        let handles: Vec<_> = (0..2u64).map(|i| scope.spawn(move || work(i + 7))).collect();
        handles.into_iter().map(|it| it.join().unwrap()).collect()
    }});
    point(2, &results);
    point(3, &work(3));
    let a = AtomicU64::new({start});
    point(4, &(a.fetch_max(77, Relaxed), a.fetch_nand(0xff0f, Relaxed), a.swap(12, Relaxed), a.fetch_sub(13, Relaxed)));
    point(5, &a.compare_exchange(u64::MAX, 4, Relaxed, Relaxed));
    point(6, &(a.load(Relaxed), TOTAL{name}.fetch_min(-100, Relaxed), SMALL{name}.fetch_add(9, Relaxed), SMALL{name}.load(Relaxed)));
    point(7, &a.fetch_update(Relaxed, Relaxed, |x| x.checked_sub(3)));
}}"#
    ));
}

/// Every operation, width and ordering.
pub(super) fn atomics(g: &mut Generator, name: &str) {
    let pointee = g.plain_type(1);
    let first = g.constant(&pointee, 1);
    let second = g.constant(&pointee, 1);
    let pointee_text = g.text(&pointee);
    let mut lines = Vec::new();
    for at in 0..8 {
        let bits = *g.rng.pick(&[8, 16, 32, 64]);
        let signed = g.rng.percent(50);
        let int = g.int_of(bits, signed);
        let ty = Type::Int(int);
        let atomic = format!("Atomic{}{bits}", if signed { "I" } else { "U" });
        let start = g.over(&ty, &[]);
        lines.push(format!("    let a{at} = {atomic}::new({start});"));
        for _ in 0..4 {
            let value = g.over(&ty, &[]);
            let any = *g.rng.pick(&["Relaxed", "Acquire", "Release", "AcqRel", "SeqCst"]);
            let load = *g.rng.pick(&["Relaxed", "Acquire", "SeqCst"]);
            let store = *g.rng.pick(&["Relaxed", "Release", "SeqCst"]);
            let line = match g.rng.below(6) {
                0 => {
                    format!("{{ a{at}.store({value}, Order::{store}); point({at}, &a{at}.load(Order::{load})); }}")
                }
                1 => {
                    let other = g.over(&ty, &[]);
                    format!("point({at}, &a{at}.compare_exchange({other}, {value}, Order::{any}, Order::{load}));")
                }
                2 => format!(
                    "point({at}, &a{at}.compare_exchange(a{at}.load(Order::{load}), {value}, Order::{any}, Order::{load}));"
                ),
                3 => format!(
                    "while let Err(_) = a{at}.compare_exchange_weak(a{at}.load(Order::{load}), {value}, Order::{any}, Order::{load}) {{}}"
                ),
                _ => {
                    let op = *g.rng.pick(&[
                        "swap",
                        "fetch_add",
                        "fetch_sub",
                        "fetch_and",
                        "fetch_nand",
                        "fetch_or",
                        "fetch_xor",
                        "fetch_max",
                        "fetch_min",
                    ]);
                    format!("point({at}, &a{at}.{op}({value}, Order::{any}));")
                }
            };
            lines.push(format!("    {line}"));
        }
        lines.push(format!("    point({at}, &a{at}.into_inner());"));
    }
    let flag = g.over(&Type::Bool, &[]);
    g.template(
        r#"static FIRST$NAME: $P = $FIRST;
static SECOND$NAME: $P = $SECOND;
static AT$NAME: std::sync::atomic::AtomicPtr<$P> = std::sync::atomic::AtomicPtr::new((&raw const FIRST$NAME).cast_mut());
fn $NAME() {
    use std::sync::atomic::{Ordering as Order, AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicU8, AtomicU16, AtomicU32, AtomicU64};
$LINES
    let flag = AtomicBool::new($FLAG);
    point(20, &(flag.fetch_xor(true, Order::AcqRel), flag.fetch_nand(true, Order::SeqCst), flag.swap(false, Order::Acquire), flag.fetch_not(Order::Relaxed)));
    point(21, &flag.compare_exchange(true, false, Order::SeqCst, Order::Relaxed));
    // SAFETY in the program: it points to one of two statics.
    point(22, unsafe { &*AT$NAME.load(Order::Acquire) });
    let old = AT$NAME.swap((&raw const SECOND$NAME).cast_mut(), Order::AcqRel);
    point(23, &(std::ptr::eq(old, &FIRST$NAME), std::ptr::eq(AT$NAME.load(Order::SeqCst), &SECOND$NAME)));
    point(24, unsafe { &*AT$NAME.load(Order::Relaxed) });
    let mut plain = 7u64;
    // SAFETY in the program: it is aligned, and nothing else uses it meanwhile.
    let shared = unsafe { AtomicU64::from_ptr(&mut plain) };
    shared.fetch_add(5, Order::SeqCst);
    point(25, &(plain, *AtomicU64::new(8).get_mut()));
}"#,
        &[
            ("NAME", name),
            ("P", &pointee_text),
            ("FIRST", &first),
            ("SECOND", &second),
            ("LINES", &lines.join("\n")),
            ("FLAG", &flag),
        ],
    );
}

/// Threads that take turns: mutexes, conditions, locks, barriers, poisoning.
pub(super) fn turns(g: &mut Generator, name: &str) {
    let t = g.plain_type(2);
    let text = g.text(&t);
    let vars = [("turn", Type::Int(U32)), ("before", t.clone())];
    let (value, start, other) = (g.quietly(&t, &vars), g.quietly(&t, &[]), g.quietly(&t, &[]));
    let condition = g.quietly(&Type::Bool, &[]);
    let count = g.rng.between(2, 4).to_string();
    g.template(
        r#"fn $NAME() {
    use std::sync::{Arc, Barrier, Condvar, Mutex, RwLock};
    let shared = Arc::new((Mutex::new((0u32, Vec::<$T>::new())), Condvar::new()));
    let table: Arc<RwLock<[$T; 3]>> = Arc::new(RwLock::new([$START, $OTHER, $START]));
    let workers: Vec<std::thread::JoinHandle<(u32, $T)>> = (0..$COUNTu32).map(|turn| {
        let (shared, table) = (Arc::clone(&shared), Arc::clone(&table));
        std::thread::spawn(move || {
            let (lock, told) = &*shared;
            let mut state = told.wait_while(lock.lock().unwrap(), |it| it.0 != turn).unwrap();
            let before: $T = table.read().unwrap()[turn as usize % 3];
            let x: $T = $VALUE;
            table.write().unwrap()[(turn as usize + 1) % 3] = x;
            state.1.push(x);
            state.0 += 1;
            told.notify_all();
            (turn, x)
        })
    }).collect();
    for it in workers { point(1, &it.join().unwrap()); }
    point(2, &shared.0.lock().unwrap().1);
    point(3, &*table.read().unwrap());
    let poisoned = Arc::new(Mutex::new($OTHER));
    let inside = Arc::clone(&poisoned);
    let ended = std::thread::spawn(move || { let mut held = inside.lock().unwrap(); *held = $START; if $CONDITION { panic!("while it is held") } 5u8 }).join();
    point(4, &(ended.ok(), poisoned.is_poisoned(), poisoned.try_lock().is_ok()));
    match poisoned.lock() { Ok(it) => point(5, &*it), Err(it) => point(6, &*it.into_inner()) }
    poisoned.clear_poison();
    point(7, &(Arc::strong_count(&poisoned), Arc::strong_count(&table), poisoned.is_poisoned()));
    point(8, &Arc::try_unwrap(shared).ok().map(|it| it.0.into_inner().unwrap()));
    let barrier = Barrier::new(3);
    let leaders: u32 = std::thread::scope(|scope| {
        let all: Vec<_> = (0..3).map(|_| scope.spawn(|| barrier.wait().is_leader() as u32)).collect();
        all.into_iter().map(|it| it.join().unwrap()).sum()
    });
    point(9, &leaders);
    let named = std::thread::Builder::new().name("worker".into()).spawn(|| { std::thread::park(); std::thread::current().name().map(str::to_owned) }).unwrap();
    named.thread().unpark();
    point(10, &named.join().unwrap());
    let ended = std::thread::spawn(|| -> u8 { std::panic::panic_any(77u32) }).join();
    point(11, &ended.unwrap_err().downcast_ref::<u32>().copied());
}"#,
        &[
            ("NAME", name),
            ("T", &text),
            ("START", &start),
            ("OTHER", &other),
            ("COUNT", &count),
            ("VALUE", &value),
            ("CONDITION", &condition),
        ],
    );
}

pub(super) fn channels(g: &mut Generator, name: &str) {
    let t = g.plain_type(2);
    let text = g.text(&t);
    let vars = [("i", Type::Int(U64)), ("x", t.clone())];
    let (value, next) = (g.quietly(&t, &[("i", Type::Int(U64))]), g.quietly(&t, &vars));
    let (count, room) = (g.rng.between(1, 6).to_string(), g.rng.below(3).to_string());
    g.template(
        r#"fn $NAME() {
    use std::sync::mpsc;
    let (to, from) = mpsc::channel::<(u64, $T)>();
    let (to_back, back) = mpsc::sync_channel::<Box<$T>>($ROOM);
    let worker = std::thread::spawn(move || {
        let mut sum = 0u64;
        for (i, x) in from {
            sum = sum.rotate_left(7) ^ i;
            if to_back.send(Box::new($NEXT)).is_err() { break }
        }
        sum
    });
    for i in 0..$COUNTu64 {
        let x: $T = $VALUE;
        to.send((i, x)).unwrap();
        point(1, &back.recv().unwrap());
    }
    drop(to);
    point(2, &worker.join().unwrap());
    point(3, &(back.try_recv().is_err(), back.recv().is_err()));
    let (to, from) = mpsc::channel();
    for i in 0..3u64 { let to = to.clone(); std::thread::spawn(move || to.send((i, vec![i; i as usize]))); }
    drop(to);
    let mut all: Vec<(u64, Vec<u64>)> = from.iter().collect();
    all.sort();
    point(4, &all);
    // What nobody receives is dropped with the channel.
    let (to, from) = mpsc::channel();
    to.send(noisy(31, 1)).unwrap();
    to.send(noisy(32, 2)).unwrap();
    point(5, &from.recv().unwrap());
    drop(from);
    point(6, &to.send(noisy(33, 3)).is_err());
}"#,
        &[("NAME", name), ("T", &text), ("NEXT", &next), ("VALUE", &value), ("COUNT", &count), ("ROOM", &room)],
    );
}

/// Cells that are filled once, and what threads have of their own.
pub(super) fn made_once(g: &mut Generator, name: &str) {
    let (t, u) = (g.plain_type(2), g.plain_type(1));
    let (t_text, u_text) = (g.text(&t), g.text(&u));
    let (a, b, c) = (g.over(&t, &[]), g.over(&u, &[]), g.over(&u, &[]));
    let constant = g.constant(&t, 1);
    g.template(
        r#"static LAZY$NAME: std::sync::LazyLock<($T, Noisy)> = std::sync::LazyLock::new(|| { emit("lazy ", 1, 3); ($A, noisy(40, 4)) });
static ONCE$NAME: std::sync::OnceLock<[$U; 2]> = std::sync::OnceLock::new();
static DONE$NAME: std::sync::Once = std::sync::Once::new();
static BAD$NAME: std::sync::LazyLock<u32> = std::sync::LazyLock::new(|| panic!("never made"));
thread_local! {
    static NOISY$NAME: std::cell::RefCell<Option<Noisy>> = const { std::cell::RefCell::new(None) };
    static CELL$NAME: std::cell::Cell<$T> = const { std::cell::Cell::new($CONSTANT) };
    static ONCE_HERE$NAME: std::cell::OnceCell<$U> = const { std::cell::OnceCell::new() };
}
fn $NAME() {
    point(1, &ONCE$NAME.get().is_some());
    point(2, &LAZY$NAME.0);
    point(3, &(ONCE$NAME.get_or_init(|| [$B, $C]), ONCE$NAME.set([$C, $B]).is_err()));
    for _ in 0..2 { DONE$NAME.call_once(|| emit("once ", 2, 9)); }
    point(4, &(DONE$NAME.is_completed(), LAZY$NAME.1.0));
    for id in 5..7 { guarded(id, || *BAD$NAME); }
    let inside = || {
        NOISY$NAME.with_borrow_mut(|it| *it = Some(noisy(41, 5)));
        let before = CELL$NAME.replace($A);
        (before, CELL$NAME.get(), ONCE_HERE$NAME.with(|it| *it.get_or_init(|| $B)))
    };
    let (x, y, z) = std::thread::spawn(inside).join().unwrap();
    point(8, &(x, y, z));
    CELL$NAME.set($A);
    point(9, &(CELL$NAME.get(), ONCE_HERE$NAME.with(|it| it.get().is_some())));
    let cell = std::cell::LazyCell::new(|| { emit("cell ", 3, 1); $B });
    point(10, &(*cell, *cell));
}"#,
        &[
            ("NAME", name),
            ("T", &t_text),
            ("U", &u_text),
            ("A", &a),
            ("B", &b),
            ("C", &c),
            ("CONSTANT", &constant),
        ],
    );
}

/// What one thread wrote before a fence, another reads after one.
pub(super) fn fences(g: &mut Generator, name: &str) {
    let t = g.plain_type(2);
    let text = g.text(&t);
    let (value, start) = (g.quietly(&t, &[("i", Type::Int(U64))]), g.quietly(&t, &[]));
    let first = *g.rng.pick(&["Release", "SeqCst", "AcqRel"]);
    let second = *g.rng.pick(&["Acquire", "SeqCst", "AcqRel"]);
    g.template(
        r#"struct Slot$NAME(std::cell::UnsafeCell<$T>);
// SAFETY in the program: the counter says whose turn it is.
unsafe impl Sync for Slot$NAME {}
fn $NAME() {
    use std::sync::atomic::{AtomicU32, Ordering as Order, compiler_fence, fence};
    let slot = Slot$NAME(std::cell::UnsafeCell::new($START));
    let turn = AtomicU32::new(0);
    let (slot, turn) = (&slot, &turn);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for i in 0..4u64 {
                while turn.load(Order::Relaxed) != i as u32 * 2 { std::thread::yield_now(); }
                fence(Order::$SECOND);
                unsafe { *slot.0.get() = $VALUE; }
                fence(Order::$FIRST);
                turn.store(i as u32 * 2 + 1, Order::Relaxed);
            }
        });
        for i in 0..4u32 {
            while turn.load(Order::Relaxed) != i * 2 + 1 { std::thread::yield_now(); std::hint::spin_loop(); }
            fence(Order::$SECOND);
            point(1, unsafe { &*slot.0.get() });
            compiler_fence(Order::SeqCst);
            fence(Order::$FIRST);
            turn.store(i * 2 + 2, Order::Relaxed);
        }
    });
    point(2, &turn.load(Order::SeqCst));
}"#,
        &[("NAME", name), ("T", &text), ("START", &start), ("VALUE", &value), ("FIRST", first), ("SECOND", second)],
    );
}
