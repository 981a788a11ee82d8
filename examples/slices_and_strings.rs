//! Slices: sorting of all sorts, searching, rotating, splitting, in place changes. Strings: parts, patterns, conversions.

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};
use std::collections::HashSet;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Person {
    name: String,
    age: u32,
}

fn people() -> Vec<Person> {
    [("Mia", 31), ("Ada", 25), ("Bo", 31), ("Zoë", 19), ("Ada", 70)]
        .map(|(name, age)| Person { name: name.into(), age })
        .to_vec()
}

fn names(people: &[Person]) -> String {
    people.iter().map(|person| format!("{}{}", person.name, person.age)).collect::<Vec<_>>().join(" ")
}

fn collapse(text: &str) -> Cow<'_, str> {
    if text.contains("  ") || text.trim() != text {
        Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
    } else {
        Cow::Borrowed(text)
    }
}

fn permutations(items: &mut Vec<char>, from: usize, visit: &mut impl FnMut(&[char])) {
    if from == items.len() {
        return visit(items);
    }
    for i in from..items.len() {
        items.swap(from, i);
        permutations(items, from + 1, visit);
        items.swap(from, i);
    }
}

fn slices() {
    let mut list = people();
    list.sort();
    println!("{}", names(&list));
    list.sort_by(|a, b| b.age.cmp(&a.age).then_with(|| a.name.cmp(&b.name)));
    println!("{}", names(&list));
    list.sort_by_cached_key(|person| Reverse(person.name.chars().rev().collect::<String>()));
    println!("{}", names(&list));
    list.dedup_by_key(|person| person.age);
    list.retain(|person| person.age > 20);
    println!("{} {:?}", names(&list), list.iter().map(|p| p.age).min());

    let mut numbers: Vec<i32> = (0..2000).map(|n| (n * 7919 + 13) % 2003 - 1000).collect();
    numbers.sort_unstable_by_key(|n| (n % 10, *n));
    println!("{:?} {}", &numbers[..4], numbers.is_sorted());
    let (_, median, _) = numbers.select_nth_unstable(1000);
    println!("{median}");
    numbers.sort_unstable();
    println!(
        "{:?} {:?} {}",
        numbers.binary_search(&500),
        numbers.binary_search(&5000),
        numbers.partition_point(|&n| n < 0)
    );
    let mut floats = [2.5, f64::NAN, -1.0, 0.0, -0.0, f64::INFINITY];
    floats.sort_by(f64::total_cmp);
    println!("{floats:?}");

    let mut data = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    data.rotate_left(3);
    data[2..6].reverse();
    data.copy_within(0..2, 7);
    println!("{data:?} {:?} {:?}", data.first_chunk::<2>(), data.split_last());
    println!("{:?}", data.split(|n| n % 4 == 0).collect::<Vec<_>>());
    println!("{:?} {:?}", data.rchunks(4).map(<[i32]>::len).collect::<Vec<_>>(), data.chunk_by(|a, b| a < b).count());
    println!(
        "{:?}",
        match data {
            [first, .., last] if first > last => Ordering::Greater,
            [a, b, ..] => a.cmp(&b),
        }
    );
    let mut vector = vec!['a', 'b', 'c', 'd', 'e'];
    let middle: String = vector.splice(1..3, "XYZ".chars()).collect();
    vector.insert(1, '-');
    println!("{middle} {vector:?} {:?} {:?}", vector.swap_remove(0), vector.drain(2..).rev().collect::<String>());
    let mut seen = HashSet::new();
    permutations(&mut vec!['a', 'b', 'a', 'c'], 0, &mut |order| {
        seen.insert(order.iter().collect::<String>());
    });
    let mut seen: Vec<_> = seen.into_iter().collect();
    seen.sort_unstable_by(|a, b| b.cmp(a));
    println!("{} {:?}", seen.len(), &seen[..3]);
}

fn strings() {
    let text = "Straße, Ελλάδα, 日本語, 🦀!";
    println!("{} {} {:?}", text.len(), text.chars().count(), text.char_indices().filter(|(_, c)| !c.is_ascii()).nth(3));
    println!("{} {} {}", text.to_uppercase(), text.to_lowercase(), text.to_ascii_uppercase());
    println!("{:?} {:?} {:?}", text.find('日'), text.rfind(", "), text.find(|c: char| c > '\u{ffff}'));
    println!("{:?}", text.split(", ").map(|part| part.chars().rev().collect()).collect::<Vec<String>>());
    println!("{:?} {:?}", "a=b=c".split_once('='), "a=b=c".rsplit_once('='));
    println!(
        "{:?} {:?}",
        "a,b,,c,".split(',').collect::<Vec<_>>(),
        "a,b,,c,".split_terminator(',').rev().collect::<Vec<_>>()
    );
    println!(
        "{:?} {:?}",
        "1-2_3".splitn(2, ['-', '_']).collect::<Vec<_>>(),
        "one\r\ntwo\n".lines().collect::<Vec<_>>()
    );
    println!(
        "{:?} {:?}",
        "xxabcxx".trim_matches('x'),
        "prefix-rest".strip_prefix("prefix").and_then(|s| s.strip_suffix('t'))
    );
    println!("{} {}", "aXbXc".replace('X', "--"), "aaaa".replacen("aa", "b", 1));
    println!("{:?}", "the cat sat on the mat".match_indices("at").map(|(at, _)| at).collect::<Vec<_>>());
    for input in ["  too   many ", "just right"] {
        println!("{:?} {}", collapse(input), matches!(collapse(input), Cow::Borrowed(_)));
    }
    println!(
        "{:?} {:?}",
        std::str::from_utf8(&"ok 🦀".as_bytes()[..5]).map_err(|e| e.valid_up_to()),
        String::from_utf8_lossy(b"a\xffb")
    );
    println!("{:?}", "𝄞a".encode_utf16().map(|unit| format!("{unit:04x}")).collect::<Vec<_>>());
    let mut owned = String::with_capacity(10);
    owned.extend(["in", "sert"]);
    owned.insert_str(2, "--");
    owned.truncate(6);
    println!("{owned:?} {:?} {:?} {}", owned.pop(), owned.remove(0), owned.is_char_boundary(1));
    println!("{:?} {:?} {:?}", "ß" < "z", "abc".cmp("abd"), "a".repeat(3).eq_ignore_ascii_case("AaA"));
    println!("{:?} {:?} {:?}", "3.14e2".parse::<f64>(), "tru".parse::<bool>().is_err(), "é".parse::<char>());
    println!("{:?} {:?}", char::from_digit(11, 16), ('a'..='e').step_by(2).map(u32::from).collect::<Vec<_>>());
}

fn main() {
    slices();
    strings();
}
