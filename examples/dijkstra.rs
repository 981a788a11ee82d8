//! Shortest ways through a network with `BinaryHeap`, `HashMap` and `BTreeMap`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque};

#[derive(Default)]
struct Network<'n> {
    roads: HashMap<&'n str, Vec<(&'n str, u32)>>,
}

impl<'n> Network<'n> {
    fn parse(text: &'n str) -> Option<Network<'n>> {
        let mut network = Network::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut parts = line.split(&['-', ':'][..]).map(str::trim);
            let (from, to, length) = (parts.next()?, parts.next()?, parts.next()?.parse().ok()?);
            network.roads.entry(from).or_default().push((to, length));
            network.roads.entry(to).or_default().push((from, length));
        }
        Some(network)
    }

    /// The distance of each town from the start, and the town before it on the way.
    fn distances(&self, start: &'n str) -> BTreeMap<&'n str, (u32, Option<&'n str>)> {
        let mut result = BTreeMap::new();
        let mut queue = BinaryHeap::from([Reverse((0, start, None))]);
        while let Some(Reverse((distance, town, before))) = queue.pop() {
            if result.contains_key(town) {
                continue;
            }
            result.insert(town, (distance, before));
            for &(next, length) in self.roads.get(town).into_iter().flatten() {
                if !result.contains_key(next) {
                    queue.push(Reverse((distance + length, next, Some(town))));
                }
            }
        }
        result
    }

    /// Sets of towns that are connected with each other.
    fn components(&self) -> Vec<BTreeSet<&'n str>> {
        let mut seen = HashSet::new();
        let towns: BTreeSet<_> = self.roads.keys().copied().collect();
        let mut result = Vec::new();
        for town in towns {
            if !seen.insert(town) {
                continue;
            }
            let mut component = BTreeSet::new();
            let mut queue = VecDeque::from([town]);
            while let Some(town) = queue.pop_front() {
                component.insert(town);
                queue.extend(self.roads[town].iter().map(|&(next, _)| next).filter(|next| seen.insert(*next)));
            }
            result.push(component);
        }
        result
    }
}

const ROADS: &str = "
    Aachen - Bonn : 91
    Bonn - Cologne : 28
    Aachen - Cologne : 70
    Cologne - Dortmund : 95
    Dortmund - Essen : 36
    Cologne - Essen : 74
    Essen - Fulda : 260
    Bonn - Fulda : 190
    Gotland - Visby : 3
";

fn main() {
    let network = Network::parse(ROADS).expect("a list of roads");
    let distances = network.distances("Aachen");
    for (town, (distance, _)) in &distances {
        let mut way = vec![*town];
        while let Some((_, Some(before))) = way.last().and_then(|town| distances.get(town)) {
            way.push(before);
        }
        way.reverse();
        println!("{town:<10}{distance:>5}  {}", way.join(" > "));
    }
    for component in network.components() {
        println!("{component:?}");
    }
    let far: Vec<_> =
        distances.iter().filter(|(_, (distance, _))| (100..300).contains(distance)).map(|(t, _)| t).collect();
    println!(
        "{far:?}; from C to E: {:?}",
        distances.range("C".."F").map(|(town, (d, _))| (town, d)).collect::<Vec<_>>()
    );
    println!("{:?}", Network::parse("no road").is_none());
}
