// Coroutines from `async`: states, values kept over awaits, drops at cancellation, streams of polls by hand.
use std::cell::RefCell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

struct YieldTimes(u32);

impl Future for YieldTimes {
    type Output = &'static str;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<&'static str> {
        if self.0 == 0 {
            return Poll::Ready("done");
        }
        self.0 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

struct Noisy(u8, Rc<RefCell<Vec<u8>>>);

impl Drop for Noisy {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

async fn inner(log: Rc<RefCell<Vec<u8>>>, fail: bool) -> Result<[u64; 5], String> {
    let _a = Noisy(1, log.clone());
    let big = [7u64; 5];
    YieldTimes(2).await;
    let _b = Noisy(2, log);
    if fail {
        Err("no")?;
    }
    YieldTimes(1).await;
    Ok(big)
}

fn run<F: Future>(future: F) -> (F::Output, u32) {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    let mut polls = 0;
    loop {
        polls += 1;
        if let Poll::Ready(value) = future.as_mut().poll(&mut cx) {
            return (value, polls);
        }
    }
}

trait Step {
    fn step(&self, n: u32) -> Pin<Box<dyn Future<Output = u32> + '_>>;
}
struct Doubler(u32);
impl Step for Doubler {
    fn step(&self, n: u32) -> Pin<Box<dyn Future<Output = u32> + '_>> {
        Box::pin(async move {
            if n == 0 { self.0 } else { self.step(n - 1).await * 2 }
        })
    }
}

fn main() {
    let log = Rc::new(RefCell::new(Vec::new()));
    println!("{:?}", run(inner(log.clone(), false)));
    println!("{:?}", run(inner(log.clone(), true)));
    println!("{:?}", log.borrow());
    // Dropped half way.
    let mut half = Box::pin(inner(log.clone(), false));
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..3 {
        assert!(half.as_mut().poll(&mut cx).is_pending());
    }
    drop(half);
    println!("{:?}", log.borrow());
    println!("{:?}", run(Doubler(3).step(5)));
    let closure = async |x: u8| -> u8 { YieldTimes(x as u32).await; x + 1 };
    println!("{:?} {:?}", run(closure(4)), run(closure(5)));
}
