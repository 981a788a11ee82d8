//! A pipeline of threads over channels, bounded and not; one worker panics, and that is seen.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, TrySendError};
use std::thread;
use std::time::Duration;

#[derive(Debug)]
enum Job {
    Factor(u64),
    Reverse(String),
    Stop,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    Factors(Vec<u64>),
    Text(String),
}

fn factors(mut number: u64) -> Vec<u64> {
    let mut result = Vec::new();
    let mut divisor = 2;
    while divisor * divisor <= number {
        while number % divisor == 0 {
            result.push(divisor);
            number /= divisor;
        }
        divisor += 1;
    }
    if number > 1 {
        result.push(number);
    }
    result
}

fn worker(jobs: Receiver<(usize, Job)>, answers: Sender<(usize, Answer)>) -> usize {
    let mut done = 0;
    for (id, job) in jobs {
        let answer = match job {
            Job::Factor(number) => Answer::Factors(factors(number)),
            Job::Reverse(text) => Answer::Text(text.chars().rev().collect()),
            Job::Stop => break,
        };
        done += 1;
        if answers.send((id, answer)).is_err() {
            break;
        }
    }
    done
}

fn pool() {
    let (answer_sender, answers) = mpsc::channel();
    let (senders, workers): (Vec<_>, Vec<_>) = (0..3)
        .map(|index| {
            let (sender, receiver) = mpsc::channel();
            let answers = answer_sender.clone();
            let builder = thread::Builder::new().name(format!("worker-{index}"));
            (sender, builder.spawn(move || worker(receiver, answers)).expect("a thread"))
        })
        .unzip();
    drop(answer_sender);
    let jobs = [360, 97, 1_000_003, 6_469_693_230].into_iter().map(Job::Factor);
    let jobs = jobs.chain(["stressed", "Größe"].map(|text| Job::Reverse(text.into())));
    for (id, job) in jobs.enumerate() {
        senders[id % senders.len()].send((id, job)).expect("the worker lives");
    }
    for sender in &senders {
        sender.send((0, Job::Stop)).expect("the worker lives");
    }
    let collected: BTreeMap<usize, Answer> = answers.into_iter().collect();
    for (id, answer) in collected {
        println!("{id}: {answer:?}");
    }
    for worker in workers {
        let name = worker.thread().name().map(str::to_owned);
        println!("{name:?} did {:?}", worker.join().ok());
    }
}

fn bounded() {
    let (sender, receiver): (SyncSender<u32>, _) = mpsc::sync_channel(2);
    println!("{:?} {:?}", sender.try_send(1), sender.try_send(2));
    println!("{:?}", matches!(sender.try_send(3), Err(TrySendError::Full(3))));
    let producer = thread::spawn(move || (10..15).try_for_each(|n| sender.send(n)).is_ok());
    println!("{:?}", receiver.iter().collect::<Vec<_>>());
    println!("{:?} {:?}", producer.join().ok(), receiver.try_recv() == Err(TryRecvError::Disconnected));
}

fn failing() {
    let (sender, receiver) = mpsc::channel::<Box<dyn FnOnce() -> i32 + Send>>();
    let thread = thread::Builder::new().name("fragile".into());
    let thread = thread.spawn(move || receiver.iter().map(|task| task()).sum::<i32>()).expect("a thread");
    sender.send(Box::new(|| 20)).expect("it lives");
    let zero = std::hint::black_box(0);
    sender.send(Box::new(move || 1 / zero)).expect("it lives");
    let error = thread.join().expect_err("it divides by zero");
    println!(
        "joined: {:?}",
        error.downcast_ref::<&str>().copied().or(error.downcast_ref::<String>().map(|s| s.as_str()))
    );
    println!("{}", sender.send(Box::new(|| 1)).is_err());
}

fn main() {
    pool();
    bounded();
    failing();
    let (_sender, receiver) = mpsc::channel::<()>();
    println!("{:?}", receiver.recv_timeout(Duration::from_millis(5)) == Err(RecvTimeoutError::Timeout));
}
