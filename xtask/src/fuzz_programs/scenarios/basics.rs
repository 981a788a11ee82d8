//! Ownership, closures, collections, text and arithmetic.

use super::super::generator::Generator;
use super::super::types::{INTS, Type, U32, U64, USIZE};
use super::super::values;

pub(super) fn drop_order(g: &mut Generator, name: &str) {
    let (a, b) = (g.over(&Type::Bool, &[]), g.over(&Type::Int(U64), &[]));
    let wildcard = *g.rng.pick(&["_", "_kept"]);
    let index = g.rng.below(3);
    g.line(format!(
        r#"struct Outer{name}(Noisy, [Noisy; 2], Option<Noisy>);
impl Drop for Outer{name} {{ fn drop(&mut self) {{ point(1, &"outer"); if self.0.1 % 2 == 0 {{ self.2 = None; }} }} }}
fn {name}_get(n: &Noisy) -> u64 {{ n.1 }}
fn {name}() {{
    let {wildcard} = noisy(1, {b});
    let (_x, _) = (noisy(2, 2), noisy(3, 3));
    let _outer = Outer{name}(noisy(4, 4), [noisy(5, 5), noisy(6, 6)], Some(noisy(7, 7)));
    match {name}_get(&noisy(8, 8)) {{ 8 => point(2, &0u8), _ => point(3, &0u8) }}
    if {name}_get(&noisy(9, 9)) == 9 && {a} {{ point(4, &1u8); }} else {{ point(5, &1u8); }}
    let array = [noisy(10, 10), noisy(11, 11), noisy(12, 12)];
    let [first, .., last] = array;
    drop(last);
    let moved;
    if {a} {{ moved = first; point(6, &moved); }} else {{ drop(first); }}
    let t = (noisy(13, 13), (noisy(14, 14), 5u8));
    let (_, (inner, _)) = t;
    let held = &noisy(15, 15);
    let v: Vec<Noisy> = (0..3).map(|i| noisy(20 + i, i as u64)).collect();
    for (i, n) in v.into_iter().enumerate() {{ if i == {index} {{ break; }} point(7, &n); }}
    let block = {{ let _t = noisy(16, 16); {name}_get(&noisy(17, 17)) }};
    let s = Some(noisy(18, 18));
    let Some(ref n) = s else {{ return }};
    let r: Result<Noisy, u8> = (|| {{ let _a = noisy(19, 19); if {a} {{ Err(3u8)?; }} Ok(noisy(30, 30)) }})();
    point(8, &(held.1, block, (n.1, r.is_ok()), inner.1));
}}"#
    ));
}

pub(super) fn panic_while_dropping(g: &mut Generator, name: &str) {
    let a = g.over(&Type::Int(U64), &[]);
    let at = g.rng.below(6);
    g.line(format!(
        r#"struct Bad{name}(u32, Noisy);
impl Drop for Bad{name} {{ fn drop(&mut self) {{ point(1, &self.0); if self.0 == {at} && !std::thread::panicking() {{ panic!("dropped {{}}", self.0) }} }} }}
fn {name}() {{
    let make = |i: u32| Bad{name}(i, noisy(40 + i, {a} ^ i as u64));
    guarded(2, || {{ let _a = make(0); let _b = [make(1), make(2)]; let _c = (make(3), Box::new(make(4))); drop(make(5)); 7u8 }});
    guarded(3, || {{ let v = vec![make(0), make(1), make(2), make(3)]; let _n = noisy(50, 1); v.into_iter().map(|it| it.0).sum::<u32>() }});
    guarded(4, || {{ let _n = noisy(51, 1); let mut slot = make(1); slot = make({at}); let _m = make(2); if slot.0 == {at} {{ panic!("plain") }} 1u8 }});
}}"#
    ));
}

pub(super) fn async_by_hand(g: &mut Generator, name: &str) {
    let (t, u) = (g.plain_type(2), g.int());
    let (t_text, u_text) = (g.text(&t), g.text(&u));
    let first = g.over(&t, &[]);
    let next = g.over(&t, &[("x", t.clone()), ("y", u.clone())]);
    let key = g.over(&u, &[("x", t.clone())]);
    let start = g.over(&u, &[]);
    let condition = g.over(&Type::Bool, &[("x", t.clone()), ("y", u.clone())]);
    let rounds = g.rng.between(1, 4);
    g.line(format!(
        r#"struct Later{name}(u32);
impl Future for Later{name} {{
    type Output = u32;
    fn poll(mut self: std::pin::Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<u32> {{
        if self.0 == 0 {{ return std::task::Poll::Ready(9) }}
        self.0 -= 1;
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    }}
}}
async fn {name}_step(mut x: {t_text}, y: {u_text}) -> {t_text} {{
    let _n = noisy(60, 6);
    if {condition} {{ Later{name}(2).await; }}
    let held = [y; 3];
    let n = Later{name}(1).await;
    x = {next};
    point(1, &(held, n));
    x
}}
fn {name}() {{
    let work = async {{
        let mut x: {t_text} = {first};
        let mut y: {u_text} = {start};
        for i in 0..{rounds} {{
            let _n = noisy(61, i);
            x = {name}_step(x, y).await;
            y = {key};
            point(2, &(x, y));
        }}
        let closure = async |z: {u_text}| {{ Later{name}(1).await; (z, x) }};
        point(3, &closure(y).await);
        x
    }};
    let mut work = Box::pin(work);
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    for round in 0..40u32 {{
        match work.as_mut().poll(&mut cx) {{
            std::task::Poll::Ready(x) => {{ point(4, &(x, round)); break }}
            std::task::Poll::Pending => point(5, &round),
        }}
    }}
    let mut unfinished = Box::pin({name}_step({first}, {start}));
    point(6, &unfinished.as_mut().poll(&mut cx).is_pending());
}}"#
    ));
}

pub(super) fn collections(g: &mut Generator, name: &str) {
    let (k, v) = (g.int(), g.plain_type(2));
    let (k_text, v_text) = (g.text(&k), g.text(&v));
    let key = g.over(&k, &[("i", Type::Int(U64))]);
    let value = g.over(&v, &[("i", Type::Int(U64)), ("k", k.clone())]);
    let count = g.rng.between(5, 30);
    g.line(format!(
        r#"fn {name}() {{
    let mut map: BTreeMap<{k_text}, {v_text}> = BTreeMap::new();
    let mut queue: VecDeque<({k_text}, u64)> = VecDeque::new();
    for i in 0..{count}u64 {{
        let k: {k_text} = {key}.wrapping_add(i as {k_text});
        if i % 3 == 0 {{ queue.push_front((k, i)); }} else {{ queue.push_back((k, i)); }}
        let old = map.insert(k, {value});
        point(1, &old);
        if i % 5 == 4 {{ let gone = queue.pop_front(); point(2, &gone); if let Some((k, _)) = gone {{ point(3, &map.remove(&k)); }} }}
    }}
    for (k, v) in &map {{ point(4, &(*k, v)); }}
    for (k, v) in map.range(1 as {k_text}..) {{ point(5, &(*k, v)); break; }}
    queue.make_contiguous().sort();
    for x in &queue {{ point(6, x); }}
    queue.rotate_left(queue.len() / 2);
    point(7, &queue.iter().map(|it| it.1).fold(3u64, |a, b| a.wrapping_mul(31) ^ b));
}}"#
    ));
}

pub(super) fn formatting(g: &mut Generator, name: &str) {
    g.line(format!("fn {name}() {{"));
    for _ in 0..6 {
        let line = match g.rng.below(5) {
            0 | 1 => {
                let ty = g.int();
                let value = g.over(&ty, &[]);
                let spec =
                    *g.rng.pick(&["", "x", "#X", "b", "#o", "+", "08", "<12", "^+15", "#012x", "*>9", "?", "#?", "e"]);
                format!("println!(\"[{{:{spec}}}]\", {value});")
            }
            2 | 3 => {
                let bits = *g.rng.pick(&[32, 64]);
                let value = g.over(&Type::Float(bits), &[]);
                let spec = *g.rng.pick(&["", "?", ".3", "+.0", "e", "E", "10.2", "<12.1", "08.3", ".12", "#?"]);
                format!("println!(\"[{{:{spec}}}]\", {value});")
            }
            _ => {
                let ty = g.plain_type(3);
                if !ty.has_derives(&g.types.adts) {
                    continue;
                }
                let value = g.over(&ty, &[]);
                let spec = *g.rng.pick(&["?", "#?", "02?", ".1?"]);
                format!("println!(\"[{{:{spec}}}]\", {value});")
            }
        };
        g.line(format!("    {line}"));
    }
    g.line("}");
}

pub(super) fn iterators(g: &mut Generator, name: &str) {
    let (t, u) = (g.int(), g.int());
    let (t_text, u_text) = (g.text(&t), g.text(&u));
    let map = g.over(&u, &[("x", t.clone())]);
    let keep = g.over(&Type::Bool, &[("(*x)", t.clone())]);
    let flag = g.over(&Type::Bool, &[("x", u.clone())]);
    let seeds: Vec<String> = (0..7).map(|_| g.leaf(&t)).collect();
    let source = format!("[{}]", seeds.join(", "));
    let step = g.rng.between(1, 3);
    g.line(format!(
        r#"struct Count{name} {{ left: u8, state: {t_text} }}
impl Iterator for Count{name} {{
    type Item = {t_text};
    fn next(&mut self) -> Option<{t_text}> {{
        self.left = self.left.checked_sub(1)?;
        self.state = self.state.wrapping_mul(3).wrapping_add(1);
        Some(self.state)
    }}
}}
fn {name}() {{
    let source: [{t_text}; 7] = {source};
    let own = || Count{name} {{ left: 12, state: source[2] }};
    point(1, &source.iter().copied().filter(|x| {keep}).map(|x| -> {u_text} {{ {map} }}).collect::<Vec<_>>());
    point(2, &own().map(|x| -> {u_text} {{ {map} }}).skip_while(|&x| {flag}).step_by({step}).fold(0u64, |a, x| a.rotate_left(7) ^ x as u64));
    point(3, &own().zip(source).flat_map(|(a, b)| [a, b]).enumerate().filter(|(i, _)| i % 3 != 1).map(|it| it.1).max());
    point(4, &own().chain(source).scan(1u64, |s, x| {{ *s = s.wrapping_mul(x as u64 | 1); Some(*s) }}).last());
    point(5, &source.windows(2).map(|it| it[0] < it[1]).collect::<Vec<bool>>());
    point(6, &own().map(|x| -> {u_text} {{ {map} }}).partition::<Vec<_>, _>(|&x| {flag}).0);
    point(7, &own().try_fold(0u8, |a, x| a.checked_add((x & 31) as u8)));
    point(8, &source.iter().rev().peekable().next_if(|&x| {keep}).copied());
    let mut sorted = source; sorted.sort_by(|a, b| b.cmp(a)); point(9, &sorted);
    point(10, &own().min_by_key(|&x| -> {u_text} {{ {map} }}));
}}"#
    ));
}

pub(super) fn boxed_closures(g: &mut Generator, name: &str) {
    let (t, u) = (g.plain_type(2), g.plain_type(1));
    let (t_text, u_text) = (g.text(&t), g.text(&u));
    let vars = [("x", t.clone()), ("y", u.clone())];
    let bodies: Vec<String> = (0..4).map(|_| g.over(&t, &vars)).collect();
    let (start, other) = (g.over(&t, &[]), g.over(&u, &[]));
    let condition = g.over(&Type::Bool, &vars);
    let [a, b, c, d] = [0, 1, 2, 3].map(|it| bodies[it].clone());
    g.line(format!(
        r#"fn {name}_make(y: {u_text}) -> impl Fn({t_text}) -> {t_text} + Copy {{ move |x| {a} }}
fn {name}_pick(y: {u_text}, x: {t_text}) -> Box<dyn FnOnce({t_text}) -> {t_text}> {{
    let held = noisy(70, 7);
    if {condition} {{ Box::new(move |x| {{ point(1, &held); {b} }}) }} else {{ Box::new({name}_make(y)) }}
}}
fn {name}_call<F>(f: F, x: {t_text}) -> {t_text} where F: for<'a> Fn(&'a {t_text}) -> &'a {t_text} {{ *f(&x) }}
fn {name}() {{
    let y: {u_text} = {other};
    let mut x: {t_text} = {start};
    let made = {name}_make(y);
    let list: Vec<Box<dyn Fn({t_text}) -> {t_text}>> = vec![Box::new(made), Box::new(move |x| {c}), Box::new(move |x| {{ let x = made(x); {d} }})];
    for (i, f) in list.iter().enumerate() {{ x = f(x); point(2 + i as u32, &x); }}
    x = {name}_pick(y, x)(x);
    point(6, &x);
    let plain: [fn({t_text}) -> {t_text}; 2] = [|x| x, std::convert::identity];
    point(7, &plain.iter().rev().fold(x, |x, f| f(x)));
    point(8, &{name}_call(|x| x, x));
    let mut count = 0u32;
    let mut counter = || {{ count += 3; count }};
    point(9, &(counter(), counter()));
    point(10, &count);
}}"#
    ));
}

pub(super) fn text(g: &mut Generator, name: &str) {
    let int = g.int();
    let int_text = g.text(&int);
    let value = g.over(&int, &[]);
    let float = g.over(&Type::Float(64), &[]);
    let piece = values::text(&mut g.rng);
    g.line(format!(
        r#"fn {name}() {{
    let mut s = String::from({piece});
    s.push('é'); s += " steel 42 x-17 3.5";
    s.insert(0, '漢');
    println!("{{s}}");
    point(1, s.as_str());
    for w in s.split_whitespace() {{ point(2, &w.parse::<{int_text}>().ok()); point(3, &w.parse::<f32>().ok()); }}
    point(4, &s.char_indices().map(|(i, c)| (i as u64) << 32 | c as u64).fold(0u64, |a, b| a.rotate_left(9) ^ b));
    point(5, s.to_uppercase().as_str());
    let n: {int_text} = {value};
    let written = n.to_string();
    point(6, &(written.len(), written.parse::<{int_text}>() == Ok(n)));
    let f = real64({float});
    point(7, &(f.to_string().parse::<f64>().unwrap() == f, format!("{{f:e}}").len()));
    point(8, &s.bytes().rev().map(|b| b.wrapping_mul(3)).collect::<Vec<u8>>());
    match s.as_str() {{ "" => point(9, &0u8), t if t.contains("42") => point(10, &t.find("42")), _ => point(11, &1u8) }}
    println!("{{:?}} {{:?}}", "999".parse::<u8>(), "x".parse::<{int_text}>());
}}"#
    ));
}

pub(super) fn const_generics(g: &mut Generator, name: &str) {
    let t = g.plain_type(2);
    let t_text = g.text(&t);
    let value = g.over(&t, &[("i", Type::Int(USIZE))]);
    let (n, m) = (g.rng.between(1, 9), g.rng.between(1, 6));
    g.line(format!(
        r#"struct Grid{name}<X, const WIDE: usize, const HIGH: usize>([[X; WIDE]; HIGH]);
impl<X: Copy + Sum, const WIDE: usize, const HIGH: usize> Grid{name}<X, WIDE, HIGH> {{
    const AREA: usize = WIDE * HIGH;
    fn new(f: impl Fn(usize) -> X) -> Self {{ Grid{name}(std::array::from_fn(|y| std::array::from_fn(|x| f(y * WIDE + x)))) }}
    fn turned(self) -> Grid{name}<X, HIGH, WIDE> {{ Grid{name}(std::array::from_fn(|y| std::array::from_fn(|x| self.0[x][y]))) }}
    fn row<const R: usize>(&self) -> [X; WIDE] {{ const {{ assert!(R < 1) }}; self.0[R % HIGH] }}
    fn flat(&self) -> &[X] {{ self.0.as_flattened() }}
}}
fn {name}() {{
    let grid = Grid{name}::<{t_text}, {n}, {m}>::new(|i| {value});
    point(1, &grid.0);
    point(2, &grid.row::<0>());
    point(3, grid.flat());
    let turned = grid.turned();
    point(4, &turned.0);
    point(5, &(Grid{name}::<u8, {n}, {m}>::AREA, size_of::<Grid{name}<{t_text}, {m}, {n}>>()));
}}"#
    ));
}

pub(super) fn shared_ownership(g: &mut Generator, name: &str) {
    let t = g.plain_type(2);
    let t_text = g.text(&t);
    let (value, next) = (g.over(&t, &[]), g.over(&t, &[("x", t.clone())]));
    let count = g.rng.between(2, 6);
    g.line(format!(
        r#"struct Node{name} {{ value: std::cell::Cell<{t_text}>, next: std::cell::RefCell<Option<std::rc::Rc<Node{name}>>>, up: std::cell::RefCell<std::rc::Weak<Node{name}>>, told: Noisy }}
fn {name}() {{
    use std::rc::{{Rc, Weak}};
    let mut head: Option<Rc<Node{name}>> = None;
    let mut x: {t_text} = {value};
    for i in 0..{count}u32 {{
        let node = Rc::new(Node{name} {{ value: std::cell::Cell::new(x), next: Default::default(), up: std::cell::RefCell::new(Weak::new()), told: noisy(80 + i, i as u64) }});
        if let Some(old) = &head {{ *old.up.borrow_mut() = Rc::downgrade(&node); }}
        *node.next.borrow_mut() = head.take();
        head = Some(node);
        x = {next};
    }}
    let mut at = head.clone();
    while let Some(node) = at {{
        let x = node.value.get();
        node.value.set({next});
        point(1, &(node.value.get(), Rc::strong_count(&node), Rc::weak_count(&node), node.up.borrow().upgrade().map(|it| it.told.1)));
        at = node.next.borrow().clone();
    }}
    let slice: Rc<[u32]> = Rc::from(vec![1, 2, 3]);
    let object: Rc<dyn Fn(u32) -> u32> = {{ let slice = slice.clone(); Rc::new(move |i| slice[i as usize % 3]) }};
    point(2, &(object(4), Rc::strong_count(&slice)));
    let shared: Rc<str> = "shared".into();
    point(3, &*shared);
    guarded(4, || {{ let cell = std::cell::RefCell::new(noisy(90, 9)); let _held = cell.borrow_mut(); let n = cell.borrow().1; n }});
}}"#
    ));
}

pub(super) fn sorting(g: &mut Generator, name: &str) {
    let (t, k) = (g.plain_type(2), g.int());
    let (t_text, k_text) = (g.text(&t), g.text(&k));
    let value = g.over(&t, &[("i", Type::Int(U64))]);
    let key = g.over(&k, &[("i", Type::Int(U64)), ("t", t.clone())]);
    let count = g.rng.between(3, 60);
    g.line(format!(
        r#"fn {name}() {{
    let mut list: Vec<({k_text}, {t_text})> = (0..{count}u64).map(|i| {{ let t: {t_text} = {value}; ({key}.wrapping_mul(i as {k_text} ^ 5), t) }}).collect();
    list.sort_by_key(|it| it.0);
    point(1, &list);
    list.sort_unstable_by(|a, b| b.0.wrapping_mul(3).cmp(&a.0.wrapping_mul(3)));
    let keys: Vec<{k_text}> = list.iter().map(|it| it.0).collect();
    point(2, &keys);
    list.dedup_by_key(|it| it.0 & 15);
    point(3, &list.len());
    list.retain(|it| it.0 % 3 != 0);
    let mut keys: Vec<{k_text}> = list.drain(..).map(|it| it.0).collect();
    keys.sort_unstable();
    point(4, &keys.binary_search(&7));
    keys.insert(keys.len() / 2, 9);
    keys.truncate(20);
    keys.reverse();
    point(5, &keys);
    point(6, &keys.iter().copied().reduce(|a, b| a.wrapping_mul(7) ^ b));
    point(7, &keys.split_first().map(|(a, b)| (*a, b.to_vec())));
}}"#
    ));
}

pub(super) fn wide_arithmetic(g: &mut Generator, name: &str) {
    let ty = Type::Int(*g.rng.pick(&[INTS[6], INTS[14]]));
    let text = g.text(&ty);
    let vars = [("a", ty.clone()), ("b", ty.clone()), ("i", Type::Int(U32))];
    let (x, y) = (g.over(&ty, &vars), g.over(&ty, &vars));
    let (start_a, start_b) = (g.leaf(&ty), g.leaf(&ty));
    g.line(format!(
        r#"#[inline(never)]
fn {name}_step(mut a: {text}, mut b: {text}, i: u32) -> ({text}, {text}) {{
    a = {x};
    b = {y};
    (a.wrapping_mul(b | 1).wrapping_add(i as {text}), b.wrapping_div((a >> (i % 100)) | 1) ^ a.rotate_left(i))
}}
fn {name}() {{
    let (mut a, mut b): ({text}, {text}) = ({start_a}, {start_b});
    for i in 0..24u32 {{
        (a, b) = {name}_step(a, b, i);
        point(1, &(a, b));
        point(2, &(a.checked_mul(b), a.checked_add(b), a.saturating_sub(b), a.overflowing_mul(b >> 70)));
        point(3, &(a as f32, b as f64, (a as f64) as {text}, a.checked_rem(b)));
        point(4, &(a.cmp(&b), a.leading_zeros(), b.trailing_zeros(), a.count_ones()));
        if i % 8 == 0 {{ println!("{{a}} {{b:#x}}"); }}
    }}
}}"#
    ));
}

pub(super) fn recursion(g: &mut Generator, name: &str) {
    let t = g.plain_type(3);
    let text = g.text(&t);
    let start = g.over(&t, &[]);
    let vars = [("x", t.clone()), ("n", Type::Int(U32))];
    let (next, joined) = (g.over(&t, &vars), g.over(&t, &[("x", t.clone()), ("y", t.clone())]));
    let condition = g.over(&Type::Bool, &vars);
    let depth = g.rng.between(3, 8);
    g.line(format!(
        r#"#[derive(Clone)]
enum Tree{name} {{ Leaf({text}), Pair(Box<Tree{name}>, Box<Tree{name}>), Many(Vec<Tree{name}>) }}
fn {name}_grow(n: u32, x: {text}) -> Tree{name} {{
    if n == 0 {{ return Tree{name}::Leaf(x) }}
    let next: {text} = {next};
    if {condition} {{ Tree{name}::Pair(Box::new({name}_grow(n - 1, next)), Box::new({name}_grow(n / 2, x))) }}
    else {{ Tree{name}::Many(vec![{name}_grow(n - 1, x), {name}_grow(0, next)]) }}
}}
fn {name}_fold(tree: &Tree{name}) -> {text} {{
    match tree {{
        Tree{name}::Leaf(x) => *x,
        Tree{name}::Pair(a, b) => {{ let (x, y): ({text}, {text}) = ({name}_fold(a), {name}_fold(b)); {joined} }}
        Tree{name}::Many(all) => {{
            let mut all = all.iter().map({name}_fold);
            let x: {text} = all.next().unwrap();
            all.fold(x, |x: {text}, y: {text}| {joined})
        }}
    }}
}}
fn {name}() {{
    let tree = {name}_grow({depth}, {start});
    point(1, &{name}_fold(&tree));
    let copy = tree.clone();
    drop(tree);
    point(2, &{name}_fold(&copy));
}}"#
    ));
}

pub(super) fn any(g: &mut Generator, name: &str) {
    let (t, u) = (g.plain_type(2), g.plain_type(2));
    let (t_text, u_text) = (g.text(&t), g.text(&u));
    let (a, b) = (g.over(&t, &[]), g.over(&u, &[]));
    g.line(format!(
        r#"fn {name}_what(it: &dyn std::any::Any) -> u8 {{
    if it.is::<{t_text}>() {{ 1 }} else if it.is::<{u_text}>() {{ 2 }} else if let Some(s) = it.downcast_ref::<&str>() {{ s.len() as u8 }} else {{ 0 }}
}}
fn {name}() {{
    let list: Vec<Box<dyn std::any::Any>> = vec![Box::new({a}), Box::new({b}), Box::new("word"), Box::new(Some(3u8)), Box::new(noisy(95, 1))];
    for it in &list {{ point(1, &{name}_what(&**it)); }}
    for it in list {{ match it.downcast::<Noisy>() {{ Ok(n) => point(2, &*n), Err(it) => point(3, &std::mem::size_of_val(&*it)) }} }}
    println!("{{}} {{}}", std::any::type_name::<{t_text}>(), std::any::type_name::<Option<&[{u_text}]>>());
    println!("{{}}", std::any::type_name_of_val(&{name}));
}}"#
    ));
}
