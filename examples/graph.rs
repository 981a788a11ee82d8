//! A tree of folders with `Rc`, `Weak` and `RefCell`, and a graph with cycles that is taken apart again.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::{Rc, Weak};

struct Folder {
    name: String,
    size: Cell<u64>,
    parent: RefCell<Weak<Folder>>,
    children: RefCell<Vec<Rc<Folder>>>,
}

impl Folder {
    fn new(name: &str, size: u64) -> Rc<Folder> {
        Rc::new(Folder {
            name: name.into(),
            size: size.into(),
            parent: RefCell::default(),
            children: RefCell::default(),
        })
    }

    fn add(self: &Rc<Self>, child: Rc<Folder>) -> Rc<Folder> {
        *child.parent.borrow_mut() = Rc::downgrade(self);
        self.children.borrow_mut().push(Rc::clone(&child));
        child
    }

    fn path(&self) -> String {
        match self.parent.borrow().upgrade() {
            Some(parent) => format!("{}/{}", parent.path(), self.name),
            None => self.name.clone(),
        }
    }

    fn total(&self) -> u64 {
        self.size.get() + self.children.borrow().iter().map(|child| child.total()).sum::<u64>()
    }

    fn print(&self, depth: usize) {
        println!("{:indent$}{} {}", "", self.name, self.total(), indent = depth * 2);
        for child in self.children.borrow().iter() {
            child.print(depth + 1);
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        println!("drop {}", self.name);
    }
}

struct Node {
    label: char,
    edges: RefCell<Vec<Rc<Node>>>,
}

impl Node {
    fn walk(self: &Rc<Self>, seen: &mut HashSet<*const Node>, order: &mut String) {
        if seen.insert(Rc::as_ptr(self)) {
            order.push(self.label);
            self.edges.borrow().iter().for_each(|next| next.walk(seen, order));
        }
    }
}

fn cycle() {
    let nodes: Vec<Rc<Node>> = ('a'..='f').map(|label| Rc::new(Node { label, edges: RefCell::default() })).collect();
    for (from, to) in [(0, 2), (2, 4), (4, 0), (0, 1), (1, 5), (5, 1), (2, 3)] {
        nodes[from].edges.borrow_mut().push(nodes[to].clone());
    }
    let mut order = String::new();
    nodes[0].walk(&mut HashSet::new(), &mut order);
    println!("{order}, counts {:?}", nodes.iter().map(Rc::strong_count).collect::<Vec<_>>());
    let weak: Vec<Weak<Node>> = nodes.iter().map(Rc::downgrade).collect();
    nodes.iter().for_each(|node| node.edges.borrow_mut().clear());
    println!("counts {:?}", nodes.iter().map(Rc::strong_count).collect::<Vec<_>>());
    drop(nodes);
    println!("alive: {}", weak.iter().filter(|node| node.upgrade().is_some()).count());
}

fn main() {
    let root = Folder::new("root", 1);
    let usr = root.add(Folder::new("usr", 10));
    let bin = usr.add(Folder::new("bin", 200));
    usr.add(Folder::new("share", 3000));
    root.add(Folder::new("etc", 40000));
    root.print(0);
    bin.size.set(bin.size.get() * 2);
    println!("{} {}", bin.path(), root.total());

    let borrowed = usr.children.borrow();
    println!("{:?}", usr.children.try_borrow_mut().map(|_| ()).map_err(|error| error.to_string()));
    drop(borrowed);
    let share = usr.children.borrow_mut().pop();
    println!("{:?} {}", share.as_deref().map(Folder::path), Rc::strong_count(&usr));
    drop(share);
    drop(root);
    println!("{}", bin.path());
    drop(usr);
    println!("{} {:?}", bin.path(), Rc::into_inner(bin).map(|folder| folder.size.get()));
    cycle();
}
