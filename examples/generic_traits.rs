//! Traits with associated types, constants and default methods: containers, units and a small monoid library.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::marker::PhantomData;
use std::ops::{Add, Div};

trait Store {
    type Key: Debug;
    type Value;
    type Iter<'s>: Iterator<Item = (&'s Self::Key, &'s Self::Value)>
    where
        Self: 's;
    const NAME: &'static str;

    fn put(&mut self, key: Self::Key, value: Self::Value) -> Option<Self::Value>;
    fn entries(&self) -> Self::Iter<'_>;

    fn put_all(&mut self, items: impl IntoIterator<Item = (Self::Key, Self::Value)>) -> usize {
        items.into_iter().filter_map(|(key, value)| self.put(key, value)).count()
    }
}

impl<K: Ord + Debug, V> Store for BTreeMap<K, V> {
    type Key = K;
    type Value = V;
    type Iter<'s>
        = std::collections::btree_map::Iter<'s, K, V>
    where
        Self: 's;
    const NAME: &'static str = "tree";

    fn put(&mut self, key: K, value: V) -> Option<V> {
        self.insert(key, value)
    }
    fn entries(&self) -> Self::Iter<'_> {
        self.iter()
    }
}

#[derive(Default)]
struct Insertion<K, V> {
    index: HashMap<K, usize>,
    items: Vec<(K, V)>,
}

impl<K: Hash + Eq + Clone + Debug, V> Store for Insertion<K, V> {
    type Key = K;
    type Value = V;
    type Iter<'s>
        = std::iter::Map<std::slice::Iter<'s, (K, V)>, fn(&'s (K, V)) -> (&'s K, &'s V)>
    where
        Self: 's;
    const NAME: &'static str = "insertion order";

    fn put(&mut self, key: K, value: V) -> Option<V> {
        if let Some(&at) = self.index.get(&key) {
            return Some(std::mem::replace(&mut self.items[at].1, value));
        }
        self.index.insert(key.clone(), self.items.len());
        self.items.push((key, value));
        None
    }
    fn entries(&self) -> Self::Iter<'_> {
        self.items.iter().map(|(key, value)| (key, value))
    }
}

fn describe<S>(store: &S) -> String
where
    S: Store,
    S::Value: Display,
{
    let entries: Vec<String> = store.entries().map(|(key, value)| format!("{key:?}={value}")).collect();
    format!("{}: {}", S::NAME, entries.join(", "))
}

/// Lengths that know their unit.
trait Unit {
    const SYMBOL: &'static str;
    const METRES: f64;
}
struct Metre;
struct Mile;
impl Unit for Metre {
    const SYMBOL: &'static str = "m";
    const METRES: f64 = 1.0;
}
impl Unit for Mile {
    const SYMBOL: &'static str = "mi";
    const METRES: f64 = 1609.344;
}

struct Length<U>(f64, PhantomData<U>);

impl<U: Unit> Length<U> {
    fn new(value: f64) -> Self {
        Length(value, PhantomData)
    }
    fn to<V: Unit>(&self) -> Length<V> {
        Length::new(self.0 * (const { U::METRES / V::METRES }))
    }
}

impl<U: Unit, V: Unit> Add<Length<V>> for Length<U> {
    type Output = Length<U>;
    fn add(self, other: Length<V>) -> Length<U> {
        Length::new(self.0 + other.to::<U>().0)
    }
}

impl<U: Unit> Display for Length<U> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Display::fmt(&self.0, f)?;
        f.write_str(U::SYMBOL)
    }
}

fn mean<T>(items: &[T]) -> Option<<T as Div>::Output>
where
    T: Copy + Add<Output = T> + Div + TryFrom<usize>,
{
    let sum = items.iter().copied().reduce(|a, b| a + b)?;
    Some(sum / T::try_from(items.len()).ok()?)
}

fn main() {
    let pairs = [("pear", 3), ("apple", 5), ("fig", 1), ("pear", 8)];
    let mut tree = BTreeMap::new();
    let mut list = Insertion { index: HashMap::new(), items: Vec::new() };
    println!("{} replaced, {} replaced", tree.put_all(pairs), list.put_all(pairs));
    println!("{}\n{}", describe(&tree), describe(&list));
    let way = Length::<Metre>::new(800.0) + Length::<Mile>::new(0.5);
    println!("{way:.2} = {:.4}", way.to::<Mile>());
    println!("{:?} {:?} {:?}", mean(&[3u32, 5, 10]), mean::<i64>(&[]), mean(&[0u8; 300]));
}
