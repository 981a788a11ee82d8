//! Collections and types of the library that hash, sort or copy on write.

use super::super::generator::Generator;
use super::super::types::{Type, U64};

/// Tables that hash in a fixed way, so that their order is known too.
pub(super) fn hash_tables(g: &mut Generator, name: &str) {
    let (k, v) = (g.hashable_type(), g.plain_type(2));
    let (k_text, v_text) = (g.text(&k), g.text(&v));
    let vars = [("i", Type::Int(U64))];
    let (key, other, value) = (g.over(&k, &vars), g.over(&k, &vars), g.over(&v, &vars));
    let count = g.rng.between(3, 40).to_string();
    g.template(
        r#"#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
enum Key$NAME { Plain($K), Pair { at: u64, of: $K }, #[allow(unused)] Nothing }
fn $NAME() {
    use std::collections::{HashMap, HashSet, hash_map::Entry};
    use std::hash::{BuildHasherDefault, Hash, Hasher};
    let mut map: HashMap<Key$NAME, $V, BuildHasherDefault<H>> = HashMap::default();
    let mut set: HashSet<($K, u8), BuildHasherDefault<H>> = HashSet::default();
    for i in 0..$COUNTu64 {
        let k: $K = $KEY;
        let key = match i % 3 { 0 => Key$NAME::Plain(k), 1 => Key$NAME::Pair { at: i, of: k }, _ => Key$NAME::Nothing };
        point(1, &hash_of(&key));
        point(2, &set.insert((k, i as u8 % 4)));
        match map.entry(key) {
            Entry::Occupied(mut it) => { point(3, &it.insert($VALUE)); if i % 7 == 5 { point(4, &it.remove()); } }
            Entry::Vacant(it) => { it.insert($VALUE); }
        }
        let k: $K = $OTHER;
        point(5, &(map.contains_key(&Key$NAME::Plain(k)), set.remove(&(k, 1)), map.get(&Key$NAME::Pair { at: i, of: k }).copied()));
    }
    for (k, v) in &map { println!("{k:?}"); point(6, v); }
    let mut left: Vec<_> = set.iter().copied().map(|it| hash_of(&it)).collect();
    point(7, &left);
    left.sort_unstable();
    point(8, &(left, map.len(), set.len()));
    let others: HashSet<($K, u8), BuildHasherDefault<H>> = set.iter().map(|it| (it.0, it.1 ^ 1)).collect();
    point(9, &(set.intersection(&others).count(), set.union(&others).count(), set.is_subset(&others)));
    map.retain(|k, _| matches!(k, Key$NAME::Pair { .. }));
    let mut keys: Vec<Key$NAME> = map.into_keys().collect();
    keys.sort();
    println!("{keys:?}");
    // With the standard hasher, whose keys are chance, only what does not follow from them.
    let words: HashMap<&str, usize> = ["iron", "steel", "", "iron"].iter().enumerate().map(|(i, it)| (*it, i)).collect();
    let mut words: Vec<_> = words.into_iter().collect();
    words.sort();
    println!("{words:?}");
    let mut h = std::hash::DefaultHasher::new();
    (keys.len(), "text", [1u8, 2], Some('c')).hash(&mut h);
    point(10, &h.finish());
}"#,
        &[
            ("NAME", name),
            ("K", &k_text),
            ("V", &v_text),
            ("COUNT", &count),
            ("KEY", &key),
            ("OTHER", &other),
            ("VALUE", &value),
        ],
    );
}

pub(super) fn heaps_and_cows(g: &mut Generator, name: &str) {
    let (k, t) = (g.hashable_type(), g.plain_type(1));
    let (k_text, t_text) = (g.text(&k), g.text(&t));
    let (key, value) = (g.over(&k, &[("i", Type::Int(U64))]), g.over(&t, &[("i", Type::Int(U64))]));
    let condition = g.over(&Type::Bool, &[("i", Type::Int(U64))]);
    let count = g.rng.between(2, 20).to_string();
    g.template(
        r#"fn $NAME_change<'a>(list: &'a [$T], i: u64) -> std::borrow::Cow<'a, [$T]> {
    if $CONDITION { std::borrow::Cow::Borrowed(list) } else { let mut list = list.to_vec(); list.push($VALUE); list.into() }
}
fn $NAME_word(i: u64) -> std::borrow::Cow<'static, str> {
    if i % 2 == 0 { "even".into() } else { format!("odd {i}").into() }
}
fn $NAME() {
    use std::borrow::{Borrow, Cow};
    use std::cmp::Reverse;
    use std::collections::{BTreeSet, BinaryHeap, LinkedList};
    let mut heap: BinaryHeap<(Reverse<$K>, u64)> = BinaryHeap::new();
    let mut set: BTreeSet<($K, u64)> = BTreeSet::new();
    for i in 0..$COUNTu64 {
        let k: $K = $KEY;
        heap.push((Reverse(k), i));
        set.insert((k, i % 3));
        if i % 4 == 3 { point(1, &heap.pop().map(|it| (it.0.0, it.1))); }
    }
    if let Some(mut top) = heap.peek_mut() { top.1 ^= 64; }
    point(2, &heap.peek().map(|it| it.1));
    let both: BinaryHeap<_> = heap.clone().into_iter().chain(heap.drain().take(2)).collect();
    for (k, i) in both.into_sorted_vec() { point(3, &(k.0, i)); }
    for it in set.iter().rev().take(3) { point(4, it); }
    let base: Vec<$T> = (0..3u64).map(|i| $VALUE).collect();
    for i in 0..3u64 {
        let mut now = $NAME_change(&base, i);
        point(5, &(matches!(now, Cow::Borrowed(_)), now.len()));
        now.to_mut().truncate(2);
        point(6, &*now.into_owned());
        let word = $NAME_word(i);
        let text: &str = word.borrow();
        println!("{word} {} {}", text.len(), word.clone() + "!");
    }
    let mut list: LinkedList<Noisy> = (0..3u32).map(|i| noisy(60 + i, i as u64)).collect();
    let mut rest = list.split_off(1);
    rest.append(&mut list);
    point(7, &rest.pop_back().map(|it| it.0));
}"#,
        &[
            ("NAME", name),
            ("K", &k_text),
            ("T", &t_text),
            ("CONDITION", &condition),
            ("VALUE", &value),
            ("KEY", &key),
            ("COUNT", &count),
        ],
    );
}
