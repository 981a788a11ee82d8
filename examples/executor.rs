//! `async` with an executor of one's own: tasks, wakers, a timer wheel, channels, join and select.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

type Task = Pin<Box<dyn Future<Output = ()>>>;

#[derive(Default)]
struct Ready {
    queue: Mutex<VecDeque<usize>>,
    wakes: AtomicUsize,
}

struct TaskWaker {
    id: usize,
    ready: Arc<Ready>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }
    fn wake_by_ref(self: &Arc<Self>) {
        self.ready.wakes.fetch_add(1, Ordering::Relaxed);
        self.ready.queue.lock().unwrap().push_back(self.id);
    }
}

/// Time goes on only when nobody is ready.
#[derive(Default)]
struct Clock {
    now: Cell<u64>,
    sleepers: RefCell<BTreeMap<u64, Vec<Waker>>>,
}

impl Clock {
    async fn sleep(&self, ticks: u64) {
        let until = self.now.get() + ticks;
        poll_fn(|context| {
            if self.now.get() >= until {
                return Poll::Ready(());
            }
            self.sleepers.borrow_mut().entry(until).or_default().push(context.waker().clone());
            Poll::Pending
        })
        .await
    }
}

#[derive(Default)]
struct Executor {
    tasks: RefCell<Vec<Option<Task>>>,
    ready: Arc<Ready>,
}

impl Executor {
    fn spawn(&self, future: impl Future<Output = ()> + 'static) {
        let mut tasks = self.tasks.borrow_mut();
        self.ready.queue.lock().unwrap().push_back(tasks.len());
        tasks.push(Some(Box::pin(future)));
    }

    fn run(&self, clock: &Clock) {
        loop {
            while let Some(id) = { self.ready.queue.lock().unwrap().pop_front() } {
                let Some(mut task) = self.tasks.borrow_mut()[id].take() else { continue };
                let waker = Waker::from(Arc::new(TaskWaker { id, ready: self.ready.clone() }));
                if task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
                    self.tasks.borrow_mut()[id] = Some(task);
                }
            }
            let Some((time, wakers)) = clock.sleepers.borrow_mut().pop_first() else { break };
            clock.now.set(time);
            wakers.into_iter().for_each(Waker::wake);
        }
    }
}

#[derive(Default)]
struct Channel<T> {
    items: RefCell<VecDeque<T>>,
    waiting: RefCell<Option<Waker>>,
    closed: Cell<bool>,
}

impl<T> Channel<T> {
    fn send(&self, item: Option<T>) {
        match item {
            Some(item) => self.items.borrow_mut().push_back(item),
            None => self.closed.set(true),
        }
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }

    fn receive(&self) -> impl Future<Output = Option<T>> + '_ {
        poll_fn(|context| match self.items.borrow_mut().pop_front() {
            None if !self.closed.get() => {
                *self.waiting.borrow_mut() = Some(context.waker().clone());
                Poll::Pending
            }
            item => Poll::Ready(item),
        })
    }
}

async fn join<A: Future, B: Future>(a: A, b: B) -> (A::Output, B::Output) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let (mut first, mut second) = (None, None);
    poll_fn(move |context| {
        if first.is_none()
            && let Poll::Ready(value) = a.as_mut().poll(context)
        {
            first = Some(value);
        }
        if second.is_none()
            && let Poll::Ready(value) = b.as_mut().poll(context)
        {
            second = Some(value);
        }
        if first.is_some() && second.is_some() {
            Poll::Ready(first.take().zip(second.take()).unwrap())
        } else {
            Poll::Pending
        }
    })
    .await
}

async fn timeout<F: Future>(clock: &Clock, ticks: u64, future: F) -> Result<F::Output, &'static str> {
    let (mut future, mut sleep) = (pin!(future), pin!(clock.sleep(ticks)));
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Ok(value)),
        Poll::Pending => sleep.as_mut().poll(context).map(|()| Err("too late")),
    })
    .await
}

struct Guard(&'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}

trait Service {
    async fn answer(&self, question: &str) -> Result<usize, String>;
}

struct Slow(Rc<Clock>);

impl Service for Slow {
    async fn answer(&self, question: &str) -> Result<usize, String> {
        let _guard = Guard("service call");
        self.0.sleep(question.len() as u64).await;
        question.parse().map_err(|error| format!("{question}: {error}"))
    }
}

fn factorial(n: u64) -> Pin<Box<dyn Future<Output = u64>>> {
    Box::pin(async move { if n == 0 { 1 } else { n * factorial(n - 1).await } })
}

fn main() {
    let (executor, clock, channel) = (Executor::default(), Rc::new(Clock::default()), Rc::new(Channel::default()));
    for (name, period) in [("fast", 2), ("slow", 5)] {
        let (clock, channel) = (clock.clone(), channel.clone());
        executor.spawn(async move {
            let _guard = Guard(name);
            for step in 1..=3 {
                clock.sleep(period).await;
                channel.send(Some(format!("{name} {step} at {}", clock.now.get())));
            }
        });
    }
    executor.spawn({
        let channel = channel.clone();
        async move {
            while let Some(message) = channel.receive().await {
                println!("{message}");
            }
            println!("closed; 10! = {}", factorial(10).await);
        }
    });
    executor.spawn({
        let clock = clock.clone();
        async move {
            let service = Slow(clock.clone());
            let question = String::from("1234");
            println!("{:?}", join(service.answer(&question), service.answer("x")).await);
            println!("{:?}", timeout(&clock, 3, service.answer("4321")).await);
            println!("{:?}", timeout(&clock, 3, service.answer("5")).await);
            let twice = async |n: u32| {
                clock.sleep(10).await;
                n * 2
            };
            println!("{} at {}", twice(21).await, clock.now.get());
            channel.send(None);
        }
    });
    executor.run(&clock);
    println!("{} wakes, {} ticks", executor.ready.wakes.load(Ordering::Relaxed), clock.now.get());
    println!("{}", size_of_val(&clock.sleep(1)) > 0);
}
