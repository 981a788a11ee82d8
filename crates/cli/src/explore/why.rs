//! Why a function is in a program: the shortest chain of functions and data, each of which refers to the next, in LIR's text.

use std::collections::{HashMap, VecDeque};

/// Who refers to whom.
#[derive(Debug, Default)]
pub struct Graph<'a> {
    edges: HashMap<&'a str, Vec<&'a str>>,
    /// Where everything begins: what is called or asked for from outside.
    roots: Vec<&'a str>,
}

impl<'a> Graph<'a> {
    /// Reads modules' text.
    pub fn read(text: &'a str) -> Graph<'a> {
        let mut graph = Graph::default();
        let mut current = None;
        for line in text.lines() {
            let is_function = line.starts_with("function ");
            if (is_function || line.starts_with("data "))
                && let Some(name) = symbol(line)
            {
                let is_root = line.starts_with("function export ") || name == "main";
                if is_root || is_function && line.split(' ').any(|word| word == "used") {
                    graph.roots.push(name);
                }
                current = line.ends_with('{').then_some(name);
            } else if line == "}" {
                current = None;
            } else if let Some(from) = current {
                // `sym0 = function @f`, and in data `at 8: function @f`.
                let after = line.trim_start().split_once(" = ").or_else(|| line.trim_start().split_once(": "));
                let Some((_, rest)) = after else { continue };
                if rest.starts_with("function @") || rest.starts_with("data @") {
                    graph.edges.entry(from).or_default().extend(symbol(rest));
                }
            }
        }
        graph
    }

    /// The shortest chain from a root to a symbol; empty where none leads there.
    pub fn chain(&self, to: &str) -> Vec<&'a str> {
        let mut before: HashMap<&str, Option<&'a str>> = HashMap::new();
        let mut queue: VecDeque<&'a str> = VecDeque::new();
        for &root in &self.roots {
            if before.insert(root, None).is_none() {
                queue.push_back(root);
            }
        }
        while let Some(node) = queue.pop_front() {
            if node == to {
                let mut chain = vec![node];
                let mut at = node;
                while let Some(Some(previous)) = before.get(at) {
                    chain.push(previous);
                    at = previous;
                }
                chain.reverse();
                return chain;
            }
            for &next in self.edges.get(node).into_iter().flatten() {
                if !before.contains_key(next) {
                    before.insert(next, Some(node));
                    queue.push_back(next);
                }
            }
        }
        Vec::new()
    }
}

/// The symbol after the first `@` of a text.
fn symbol(text: &str) -> Option<&str> {
    let rest = &text[text.find('@')? + 1..];
    if let Some(quoted) = rest.strip_prefix('"') {
        return Some(&quoted[..quoted.find('"')?]);
    }
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ',' | ')')).unwrap_or(rest.len());
    Some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::Graph;

    #[test]
    fn the_shortest_chain_goes_through_data_too() {
        let text = "function export @main(v0: i32) {\n    sym0 = function @a\n    sym1 = data @vtable local\nblock0:\n}\n\
                    function hidden @a() {\n    sym0 = function @b\n}\nfunction hidden @b() {\n    sym0 = function @\"c d\"\n}\n\
                    data hidden @vtable align(8) {\n    at 24: function @\"c d\"\n}\nfunction hidden @\"c d\"() {\n}\n\
                    function hidden @alone() {\n}\nfunction hidden @shown() unwind_table used personality(@p) {\n}\n";
        let graph = Graph::read(text);
        assert_eq!(graph.chain("c d"), ["main", "vtable", "c d"]);
        assert_eq!(graph.chain("b"), ["main", "a", "b"]);
        assert_eq!(graph.chain("shown"), ["shown"]);
        assert!(graph.chain("alone").is_empty());
    }
}
