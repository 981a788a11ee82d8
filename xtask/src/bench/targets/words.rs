use std::collections::HashMap;
use std::io::Read;
fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word).or_default() += 1;
    }
    let mut all: Vec<_> = counts.into_iter().collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    for (word, count) in all.iter().take(20) {
        println!("{count:>6} {word}");
    }
    let total: f64 = all.iter().map(|it| it.1 as f64).sum();
    println!("{:.3}", total / all.len().max(1) as f64);
}
