// Panics: payloads, order of drops, a panic in a drop, across threads, from every kind of check.
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};

thread_local!(static LOG: Cell<u64> = const { Cell::new(0) });

struct Mark(u64);
impl Drop for Mark {
    fn drop(&mut self) {
        LOG.set(LOG.get() * 10 + self.0);
    }
}

fn nested(depth: u32) -> u32 {
    let _mark = Mark(depth as u64);
    if depth == 4 { panic_any(depth) } else { nested(depth + 1) + 1 }
}

fn message(f: impl FnOnce() -> u64) -> String {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(value) => format!("value {value}"),
        Err(payload) => match payload.downcast::<String>() {
            Ok(text) => *text,
            Err(payload) => match payload.downcast::<&'static str>() {
                Ok(text) => (*text).to_owned(),
                Err(payload) => format!("other {:?}", payload.downcast_ref::<u32>()),
            },
        },
    }
}

#[inline(never)]
fn opaque<T>(value: T) -> T {
    std::hint::black_box(value)
}

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    println!("{} {}", message(|| nested(1) as u64), LOG.get());
    println!("{}", message(|| [1u64, 2, 3][opaque(3)]));
    println!("{}", message(|| opaque(1u64) / opaque(0)));
    println!("{}", message(|| opaque(i64::MIN).wrapping_rem(opaque(-1)) as u64));
    println!("{}", message(|| (opaque(i64::MIN) / opaque(-1)) as u64));
    println!("{}", message(|| "añb"[opaque(2)..].len() as u64));
    println!("{}", message(|| opaque(None::<u64>).expect("nothing")));
    println!("{}", message(|| opaque(Err::<u64, _>(5u8)).unwrap()));
    println!("{}", message(|| std::cell::RefCell::new(1u64).try_borrow_mut().map_or(0, |it| *it)));
    LOG.set(0);
    let caught = catch_unwind(|| {
        let _a = Mark(1);
        let caught = catch_unwind(|| {
            let _b = Mark(2);
            panic!("first");
        });
        let _c = Mark(3);
        resume_unwind(caught.unwrap_err());
    });
    println!("{:?} {}", caught.unwrap_err().downcast_ref::<&str>(), LOG.get());
    let joined = std::thread::spawn(|| {
        let _values = vec![Mark(5), Mark(6)];
        let boxed: Box<dyn Fn(u8) -> u8> = Box::new(|x| 10 / x);
        boxed(opaque(0))
    })
    .join();
    println!("{:?}", joined.unwrap_err().downcast_ref::<&str>());
    LOG.set(0);
    let result = catch_unwind(|| {
        let mut values: Vec<Mark> = (1..6).map(Mark).collect();
        values.retain(|mark| if mark.0 == 4 { panic!() } else { mark.0 % 2 == 1 });
    });
    println!("{} {}", result.is_err(), LOG.get());
    let array = catch_unwind(|| std::array::from_fn::<_, 4, _>(|i| if i == 2 { panic!() } else { Mark(i as u64 + 7) }));
    println!("{} {}", array.is_err(), LOG.get());
}
