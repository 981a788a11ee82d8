//! What rustc prints with `-Zunpretty=hir-tree`, as the text of the crate `hir`: one node a line, places left out.
//!
//! The dump is Rust's `{:#?}` of rustc's own data: each field and element has lines of its own.

mod leaf;
mod node;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use leaf::{abi, binding, dots, literal, unquote};
use node::{NONE, Node, node};

/// The bodies of a dump by the paths of their definitions. Lines that have a place in a file for which `is_local` holds end with
/// it behind a tab, as in the texts of the crate `hir`.
pub fn texts(dump: &str, is_local: &dyn Fn(&str) -> bool) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut lines = dump.lines();
    while let Some(line) = lines.next() {
        let Some((owner, rest)) = line.split_once(" => ") else { continue };
        let owner_node = node(rest, &mut lines);
        owner_texts(&def_path(owner), &owner_node, is_local, &mut found);
    }
    found
}

fn owner_texts(owner: &str, nodes: &Node<'_>, is_local: &dyn Fn(&str) -> bool, found: &mut BTreeMap<String, String>) {
    let Node::Struct(_, bodies) = nodes.field("bodies") else { return };
    let mut inner = Vec::new();
    let mut anons = Vec::new();
    collect(nodes, &mut inner, &mut anons);
    let by_id: HashMap<&str, &Node<'_>> = bodies.iter().map(|(id, body)| (*id, body)).collect();
    let print = |id: &str| {
        let mut printer = Printer {
            bodies: &by_id,
            is_local,
            place: None,
            out: String::new(),
            depth: 0,
            locals: HashMap::new(),
            targets: HashMap::new(),
            next_target: 0,
        };
        if let Some(body) = by_id.get(id) {
            printer.body(body);
        }
        printer.out
    };
    for (id, _) in bodies {
        if !inner.contains(id) {
            found.insert(owner.to_owned(), print(id));
        }
    }
    for (path, id) in anons {
        found.insert(path, print(id));
    }
}

/// The bodies that are inside of others, and the anonymous constants.
fn collect<'a>(node: &Node<'a>, inner: &mut Vec<&'a str>, anons: &mut Vec<(String, &'a str)>) {
    match node {
        Node::Leaf(_) => {}
        Node::List(_, items) => items.iter().for_each(|item| collect(item, inner, anons)),
        Node::Struct(name, fields) => {
            if matches!(*name, "Closure" | "ConstBlock" | "AnonConst") {
                let id = body_id(node);
                inner.push(id);
                if *name == "AnonConst" {
                    anons.push((def_path(node.field("def_id").leaf()), id));
                }
            }
            fields.iter().for_each(|(_, field)| collect(field, inner, anons));
        }
    }
}

fn body_id<'a>(node: &Node<'a>) -> &'a str {
    let id = node.field("body").field("hir_id").leaf();
    id.rsplit_once('.').map_or("?", |(_, id)| id.trim_end_matches(')'))
}

/// `DefId(0:5 ~ krate[hash]::path)` is `krate::path`.
fn def_path(text: &str) -> String {
    let path = text.split_once(" ~ ").map_or(text, |(_, path)| path);
    let path = path.strip_suffix(')').unwrap_or(path);
    match (path.find('['), path.find(']')) {
        (Some(open), Some(close)) if open < close => format!("{}{}", &path[..open], &path[close + 1..]),
        _ => path.to_owned(),
    }
}

struct Printer<'a, 'd> {
    is_local: &'a dyn Fn(&str) -> bool,
    /// What the next line ends with.
    place: Option<String>,
    bodies: &'a HashMap<&'d str, &'a Node<'d>>,
    out: String,
    depth: usize,
    locals: HashMap<&'d str, usize>,
    targets: HashMap<&'d str, usize>,
    next_target: usize,
}

/// `name#5` is `name`.
fn ident<'d>(node: &Node<'d>) -> &'d str {
    let text = node.leaf();
    let name = text.rsplit_once('#').map_or(text, |(name, _)| name);
    name.strip_prefix("r#").unwrap_or(name)
}

fn kind_name(node: &Node<'_>) -> String {
    match node {
        Node::List("Ctor", items) => {
            format!("Ctor({},{})", items.first().unwrap_or(&NONE).name(), items.get(1).unwrap_or(&NONE).name())
        }
        node => node.name().to_owned(),
    }
}

impl<'a, 'd> Printer<'a, 'd> {
    fn line(&mut self, text: impl AsRef<str>) {
        for _ in 0..self.depth {
            self.out.push(' ');
        }
        self.out.push_str(text.as_ref());
        if let Some(place) = self.place.take() {
            self.out.push('\t');
            self.out.push_str(&place);
        }
        self.out.push('\n');
    }

    /// `file.rs:1:2: 3:4 (#0)` is `1:2-3:4`.
    fn at(&mut self, node: &Node<'d>) {
        let text = node.field("span").leaf();
        let place = text.rsplit_once(" (#").map_or(text, |(place, _)| place);
        let parts = place.rsplit_once(": ").and_then(|(lo, hi)| {
            let mut parts = lo.rsplitn(3, ':');
            let (column, line, file) = (parts.next()?, parts.next()?, parts.next()?);
            (self.is_local)(file).then(|| format!("{line}:{column}-{hi}"))
        });
        self.place = Some(parts.unwrap_or_else(|| "-".to_owned()));
    }

    fn inside(&mut self, f: impl FnOnce(&mut Self)) {
        self.depth += 1;
        f(self);
        self.depth -= 1;
    }

    fn with(&mut self, text: impl AsRef<str>, exprs: &[&Node<'d>]) {
        self.line(text);
        self.inside(|x| exprs.iter().for_each(|expr| x.expr(expr)));
    }

    fn local(&mut self, id: &'d str) -> usize {
        let next = self.locals.len();
        *self.locals.entry(id).or_insert(next)
    }

    fn new_target(&mut self, id: &'d str) -> usize {
        let number = self.next_target;
        self.next_target += 1;
        self.targets.insert(id, number);
        number
    }

    fn res(&mut self, res: &Node<'d>) -> String {
        match res.name() {
            "Def" => format!("Def({}, {})", kind_name(res.at(0)), def_path(res.at(1).leaf())),
            "Local" => format!("Local({})", self.local(res.at(0).leaf())),
            "PrimTy" => match res.at(0) {
                Node::Leaf(name) => format!("PrimTy({})", name.to_lowercase()),
                prim => format!("PrimTy({})", prim.at(0).leaf()),
            },
            "SelfTyParam" => format!("SelfTyParam({})", def_path(res.field("trait_").leaf())),
            "SelfTyAlias" => format!("SelfTyAlias({})", def_path(res.field("alias_to").leaf())),
            "SelfCtor" => format!("SelfCtor({})", def_path(res.at(0).leaf())),
            name => name.to_owned(),
        }
    }

    fn body(&mut self, body: &Node<'d>) {
        self.line("Body");
        self.inside(|x| {
            body.field("params").items().iter().for_each(|param| x.pat(param.field("pat")));
            x.expr(body.field("value"));
        });
    }

    fn inner_body(&mut self, node: &Node<'d>) {
        if let Some(body) = self.bodies.get(body_id(node)) {
            self.body(body);
        }
    }

    fn label(node: &Node<'d>) -> String {
        match node.some() {
            // `label('a#0)`
            Some(label) => {
                let text = label.leaf();
                let text = text.strip_prefix("label(").unwrap_or(text);
                format!(" {}", text.rsplit_once('#').map_or(text, |(name, _)| name))
            }
            None => String::new(),
        }
    }

    fn destination(&self, node: &Node<'d>) -> String {
        let label = Self::label(node.field("label"));
        match self.targets.get(node.field("target_id").at(0).leaf()) {
            Some(number) => format!("{label} @{number}"),
            None => format!("{label} @?"),
        }
    }

    fn exprs(&mut self, text: impl AsRef<str>, list: &Node<'d>) {
        self.line(text);
        self.inside(|x| list.items().iter().for_each(|expr| x.expr(expr)));
    }

    fn expr(&mut self, expr: &Node<'d>) {
        self.at(expr);
        let kind = expr.field("kind");
        let name = kind.name();
        match name {
            "ConstBlock" => {
                self.line(format!("ConstBlock {}", def_path(kind.at(0).field("def_id").leaf())));
                self.inside(|x| x.inner_body(kind.at(0)));
            }
            "Array" | "Tup" => self.exprs(name, kind.at(0)),
            "Call" => {
                self.line("Call");
                self.inside(|x| {
                    x.expr(kind.at(0));
                    kind.at(1).items().iter().for_each(|arg| x.expr(arg));
                });
            }
            "MethodCall" => {
                self.line("MethodCall");
                self.inside(|x| {
                    x.segment(kind.at(0));
                    x.expr(kind.at(1));
                    kind.at(2).items().iter().for_each(|arg| x.expr(arg));
                });
            }
            "Use" | "DropTemps" | "Become" => self.with(name, &[kind.at(0)]),
            "Binary" => {
                let op = kind.at(0).field("node").name();
                self.with(format!("Binary {op}"), &[kind.at(1), kind.at(2)]);
            }
            "AssignOp" => {
                let op = kind.at(0).field("node").name();
                let op = op.strip_suffix("Assign").unwrap_or(op);
                self.with(format!("AssignOp {op}"), &[kind.at(1), kind.at(2)]);
            }
            "Unary" => self.with(format!("Unary {}", kind.at(0).name()), &[kind.at(1)]),
            "Lit" => self.line(format!("Lit {}", literal(kind.at(0)))),
            "Cast" | "Type" => {
                self.line(name);
                self.inside(|x| {
                    x.expr(kind.at(0));
                    x.ty(kind.at(1));
                });
            }
            "Let" => {
                let let_ = kind.at(0);
                self.line("Let");
                self.inside(|x| {
                    x.pat(let_.field("pat"));
                    let_.field("ty").some().into_iter().for_each(|ty| x.ty(ty));
                    x.expr(let_.field("init"));
                });
            }
            "If" => {
                self.line("If");
                self.inside(|x| {
                    x.expr(kind.at(0));
                    x.expr(kind.at(1));
                    kind.at(2).some().into_iter().for_each(|els| x.expr(els));
                });
            }
            "Loop" => {
                let number = self.new_target(expr.field("hir_id").leaf());
                self.line(format!("Loop {}{} @{number}", kind.at(2).name(), Self::label(kind.at(1))));
                self.inside(|x| x.block(kind.at(0)));
            }
            "Match" => {
                self.line(format!("Match {}", kind.at(2).name()));
                self.inside(|x| {
                    x.expr(kind.at(0));
                    for arm in kind.at(1).items() {
                        x.line("Arm");
                        x.inside(|x| {
                            x.pat(arm.field("pat"));
                            if let Some(guard) = arm.field("guard").some() {
                                x.with("Guard", &[guard]);
                            }
                            x.expr(arm.field("body"));
                        });
                    }
                });
            }
            "Closure" => self.closure(kind.at(0)),
            "Block" => {
                self.line(format!("Block{}", Self::label(kind.at(1))));
                self.inside(|x| x.block(kind.at(0)));
            }
            "Assign" | "Index" => self.with(name, &[kind.at(0), kind.at(1)]),
            "Field" => self.with(format!("Field {}", ident(kind.at(1))), &[kind.at(0)]),
            "Path" => {
                self.line("Path");
                self.inside(|x| x.qpath(kind.at(0)));
            }
            "AddrOf" => {
                self.with(format!("AddrOf {} {}", kind.at(0).name(), kind.at(1).name()), &[kind.at(2)]);
            }
            "Break" => {
                self.line(format!("Break{}", self.destination(kind.at(0))));
                self.inside(|x| kind.at(1).some().into_iter().for_each(|value| x.expr(value)));
            }
            "Continue" => self.line(format!("Continue{}", self.destination(kind.at(0)))),
            "Ret" => {
                self.line("Ret");
                self.inside(|x| kind.at(0).some().into_iter().for_each(|value| x.expr(value)));
            }
            "InlineAsm" => self.asm(kind.at(0)),
            "OffsetOf" => {
                let names: Vec<&str> = kind.at(1).items().iter().map(ident).collect();
                self.line(format!("OffsetOf {}", names.join(".")));
                self.inside(|x| x.ty(kind.at(0)));
            }
            "Struct" => {
                self.line("Struct");
                self.inside(|x| {
                    x.qpath(kind.at(0));
                    for field in kind.at(1).items() {
                        let shorthand = if field.field("is_shorthand").leaf() == "true" { " shorthand" } else { "" };
                        x.with(format!("ExprField {}{shorthand}", ident(field.field("ident"))), &[field.field("expr")]);
                    }
                    match kind.at(2).name() {
                        "Base" => x.with("Base", &[kind.at(2).at(0)]),
                        "DefaultFields" => x.line("DefaultFields"),
                        _ => {}
                    }
                });
            }
            "Repeat" => {
                self.line("Repeat");
                self.inside(|x| {
                    x.expr(kind.at(0));
                    x.const_arg(kind.at(1));
                });
            }
            "Yield" => self.with(format!("Yield {}", kind.at(1).name()), &[kind.at(0)]),
            "UnsafeBinderCast" => {
                self.line(format!("UnsafeBinderCast {}", kind.at(0).name()));
                self.inside(|x| {
                    x.expr(kind.at(1));
                    kind.at(2).some().into_iter().for_each(|ty| x.ty(ty));
                });
            }
            name => self.line(format!("unknown expression {name}")),
        }
    }

    fn closure(&mut self, closure: &Node<'d>) {
        let path = def_path(closure.field("def_id").leaf());
        let kind = closure.field("kind");
        let inner = kind.at(0);
        let kind = match (kind.name(), inner.name()) {
            ("Coroutine", "Desugared") => format!("Coroutine({},{})", inner.at(0).name(), inner.at(1).name()),
            ("Coroutine", _) => format!("Coroutine({})", inner.at(0).name()),
            ("CoroutineClosure", desugaring) => format!("CoroutineClosure({desugaring})"),
            (name, _) => name.to_owned(),
        };
        let capture = closure.field("capture_clause").name();
        let binder = if closure.field("binder").name() == "For" { " for" } else { "" };
        self.line(format!("Closure {path} {kind} {capture}{binder}"));
        self.inside(|x| {
            x.fn_decl(closure.field("fn_decl"));
            x.inner_body(closure);
        });
    }

    fn asm(&mut self, asm: &Node<'d>) {
        let mut text = String::new();
        for piece in asm.field("template").items() {
            match piece.name() {
                "String" => text.push_str(&unquote(piece.at(0).leaf())),
                _ => {
                    let number = piece.field("operand_idx").leaf();
                    let modifier = piece.field("modifier").some().map(|modifier| modifier.leaf().trim_matches('\''));
                    let modifier = modifier.map_or(String::new(), |modifier| format!(":{modifier}"));
                    let _ = write!(text, "{{{number}{modifier}}}");
                }
            }
        }
        self.line(format!("InlineAsm {text:?}"));
        self.inside(|x| {
            for operand in asm.field("operands").items() {
                let operand = operand.at(0);
                match operand.name() {
                    name @ ("In" | "InOut") => x.with(name, &[operand.field("expr")]),
                    "Out" => {
                        x.line("Out");
                        x.inside(|x| operand.field("expr").some().into_iter().for_each(|expr| x.expr(expr)));
                    }
                    "SplitInOut" => {
                        x.line("SplitInOut");
                        x.inside(|x| {
                            x.expr(operand.field("in_expr"));
                            operand.field("out_expr").some().into_iter().for_each(|expr| x.expr(expr));
                        });
                    }
                    "Const" => {
                        let block = operand.field("anon_const");
                        x.line(format!("Const {}", def_path(block.field("def_id").leaf())));
                        x.inside(|x| x.inner_body(block));
                    }
                    "SymFn" => x.with("SymFn", &[operand.field("expr")]),
                    "SymStatic" => {
                        x.line("SymStatic");
                        x.inside(|x| x.qpath(operand.field("path")));
                    }
                    "Label" => {
                        x.line("Label");
                        x.inside(|x| x.block(operand.field("block")));
                    }
                    name => x.line(format!("unknown operand {name}")),
                }
            }
        });
    }

    fn block(&mut self, block: &Node<'d>) {
        self.at(block);
        let number = self.new_target(block.field("hir_id").leaf());
        let rules = block.field("rules");
        let rules = match (rules.name(), rules.at(0).name()) {
            ("UnsafeBlock", "UserProvided") => " unsafe",
            ("UnsafeBlock", _) => " unsafe(generated)",
            _ => "",
        };
        let targeted = if block.field("targeted_by_break").leaf() == "true" { " targeted" } else { "" };
        self.line(format!("block{rules}{targeted} @{number}"));
        self.inside(|x| {
            for stmt in block.field("stmts").items() {
                let kind = stmt.field("kind");
                match kind.name() {
                    "Let" => x.let_stmt(kind.at(0)),
                    "Item" => {
                        let path = def_path(kind.at(0).field("owner_id").leaf());
                        // Imports are no definitions that anything means.
                        if !path.contains("{use#") {
                            x.line(format!("Item {path}"));
                        }
                    }
                    name => x.with(name, &[kind.at(0)]),
                }
            }
            if let Some(expr) = block.field("expr").some() {
                x.with("Value", &[expr]);
            }
        });
    }

    fn let_stmt(&mut self, let_: &Node<'d>) {
        let super_ = if let_.field("super_").some().is_some() { " super" } else { "" };
        self.line(format!("LetStmt {}{super_}", let_.field("source").name()));
        self.inside(|x| {
            x.pat(let_.field("pat"));
            let_.field("ty").some().into_iter().for_each(|ty| x.ty(ty));
            let_.field("init").some().into_iter().for_each(|init| x.expr(init));
            if let Some(els) = let_.field("els").some() {
                x.line("Else");
                x.inside(|x| x.block(els));
            }
        });
    }

    fn pats(&mut self, text: impl AsRef<str>, pats: &Node<'d>) {
        self.line(text);
        self.inside(|x| pats.items().iter().for_each(|pat| x.pat(pat)));
    }

    fn one_pat(&mut self, text: impl AsRef<str>, pat: &Node<'d>) {
        self.line(text);
        self.inside(|x| x.pat(pat));
    }

    fn pat(&mut self, pat: &Node<'d>) {
        self.at(pat);
        let dbm = if pat.field("default_binding_modes").leaf() == "true" { "" } else { " no-dbm" };
        let kind = pat.field("kind");
        match kind.name() {
            "Missing" => self.line("pat Missing"),
            "Wild" => self.line(format!("pat Wild{dbm}")),
            "Binding" => {
                let local = self.local(kind.at(1).leaf());
                self.line(format!("pat Binding{} {local} {}{dbm}", binding(kind.at(0)), ident(kind.at(2))));
                self.inside(|x| kind.at(3).some().into_iter().for_each(|sub| x.pat(sub)));
            }
            "Struct" => {
                let rest = if kind.at(2).some().is_some() { " .." } else { "" };
                self.line(format!("pat Struct{rest}{dbm}"));
                self.inside(|x| {
                    x.qpath(kind.at(0));
                    for field in kind.at(1).items() {
                        let shorthand = if field.field("is_shorthand").leaf() == "true" { " shorthand" } else { "" };
                        x.one_pat(format!("PatField {}{shorthand}", ident(field.field("ident"))), field.field("pat"));
                    }
                });
            }
            "TupleStruct" => {
                self.line(format!("pat TupleStruct{}{dbm}", dots(kind.at(2))));
                self.inside(|x| {
                    x.qpath(kind.at(0));
                    kind.at(1).items().iter().for_each(|pat| x.pat(pat));
                });
            }
            "Or" => self.pats(format!("pat Or{dbm}"), kind.at(0)),
            "Never" => self.line("pat Never"),
            "Tuple" => self.pats(format!("pat Tuple{}{dbm}", dots(kind.at(1))), kind.at(0)),
            name @ ("Box" | "Deref") => self.one_pat(format!("pat {name}{dbm}"), kind.at(0)),
            "Ref" => {
                let pinned = if kind.at(1).name() == "Pinned" { " pin" } else { "" };
                self.one_pat(format!("pat Ref{pinned} {}{dbm}", kind.at(2).name()), kind.at(0));
            }
            "Expr" => {
                self.line(format!("pat Expr{dbm}"));
                self.inside(|x| x.pat_expr(kind.at(0)));
            }
            "Guard" => {
                self.line(format!("pat Guard{dbm}"));
                self.inside(|x| {
                    x.pat(kind.at(0));
                    x.expr(kind.at(1));
                });
            }
            "Range" => {
                self.line(format!("pat Range {}{dbm}", kind.at(2).name()));
                self.inside(|x| {
                    for end in [kind.at(0), kind.at(1)] {
                        match end.some() {
                            Some(expr) => x.pat_expr(expr),
                            None => x.line("None"),
                        }
                    }
                });
            }
            "Slice" => {
                self.line(format!("pat Slice{dbm}"));
                self.inside(|x| {
                    kind.at(0).items().iter().for_each(|pat| x.pat(pat));
                    if let Some(rest) = kind.at(1).some() {
                        x.one_pat("Rest", rest);
                    }
                    kind.at(2).items().iter().for_each(|pat| x.pat(pat));
                });
            }
            name => self.line(format!("unknown pattern {name}")),
        }
    }

    fn pat_expr(&mut self, expr: &Node<'d>) {
        let kind = expr.field("kind");
        match kind.name() {
            "Lit" => {
                let sign = if kind.field("negated").leaf() == "true" { "-" } else { "" };
                self.line(format!("Lit {sign}{}", literal(kind.field("lit"))));
            }
            _ => self.qpath(kind.at(0)),
        }
    }

    fn qpath(&mut self, path: &Node<'d>) {
        match path.name() {
            "Resolved" => self.path(path.at(0).some(), path.at(1)),
            _ => {
                self.line("TypeRelative");
                self.inside(|x| {
                    x.ty(path.at(0));
                    x.segment(path.at(1));
                });
            }
        }
    }

    fn path(&mut self, ty: Option<&Node<'d>>, path: &Node<'d>) {
        let res = self.res(path.field("res"));
        self.line(format!("Resolved {res}"));
        self.inside(|x| {
            if let Some(ty) = ty {
                x.line("QSelf");
                x.inside(|x| x.ty(ty));
            }
            path.field("segments").items().iter().for_each(|segment| x.segment(segment));
        });
    }

    fn segment(&mut self, segment: &Node<'d>) {
        let res = self.res(segment.field("res"));
        let infer = if segment.field("infer_args").leaf() == "true" { " infer" } else { "" };
        self.line(format!("seg {} {res}{infer}", ident(segment.field("ident"))));
        if let Some(args) = segment.field("args").some() {
            self.inside(|x| x.args(args));
        }
    }

    fn args(&mut self, args: &Node<'d>) {
        self.line(format!("args {}", args.field("parenthesized").name()));
        self.inside(|x| {
            for arg in args.field("args").items() {
                match arg.name() {
                    "Lifetime" => x.line(format!("lifetime {}", ident(arg.at(0).field("ident")))),
                    "Type" => x.ty(arg.at(0)),
                    "Const" => x.const_arg(arg.at(0)),
                    _ => x.line("Infer"),
                }
            }
            for constraint in args.field("constraints").items() {
                x.line(format!("constraint {}", ident(constraint.field("ident"))));
                x.inside(|x| {
                    let args = constraint.field("gen_args");
                    if !args.field("args").items().is_empty() || !args.field("constraints").items().is_empty() {
                        x.args(args);
                    }
                    let kind = constraint.field("kind");
                    match kind.name() {
                        "Equality" => {
                            let term = kind.field("term");
                            match term.name() {
                                "Ty" => x.ty(term.at(0)),
                                _ => x.const_arg(term.at(0)),
                            }
                        }
                        _ => x.bounds(kind.field("bounds")),
                    }
                });
            }
        });
    }

    fn const_arg(&mut self, arg: &Node<'d>) {
        let kind = arg.field("kind");
        match kind.name() {
            "Path" => {
                self.line("const Path");
                self.inside(|x| x.qpath(kind.at(0)));
            }
            "Anon" => self.line(format!("const Anon {}", def_path(kind.at(0).field("def_id").leaf()))),
            name => self.line(format!("const {name}")),
        }
    }

    fn bounds(&mut self, bounds: &Node<'d>) {
        for bound in bounds.items() {
            match bound.name() {
                "Trait" => self.poly_trait_ref(bound.at(0)),
                "Outlives" => self.line(format!("Outlives {}", ident(bound.at(0).field("ident")))),
                name => self.line(name),
            }
        }
    }

    fn poly_trait_ref(&mut self, bound: &Node<'d>) {
        let modifiers = bound.field("modifiers");
        let mut text = String::new();
        match modifiers.field("constness").name() {
            "Always" => text.push_str(" const"),
            "Maybe" => text.push_str(" [const]"),
            _ => {}
        }
        match modifiers.field("polarity").name() {
            "Negative" => text.push_str(" !"),
            "Maybe" => text.push_str(" ?"),
            _ => {}
        }
        self.line(format!("PolyTraitRef{text}"));
        self.inside(|x| x.path(None, bound.field("trait_ref").field("path")));
    }

    fn fn_decl(&mut self, decl: &Node<'d>) {
        let variadic = if decl.field("c_variadic").leaf() == "true" { " ..." } else { "" };
        self.line(format!("decl{variadic}"));
        self.inside(|x| {
            decl.field("inputs").items().iter().for_each(|ty| x.ty(ty));
            let output = decl.field("output");
            if output.name() == "Return" {
                x.line("->");
                x.inside(|x| x.ty(output.at(0)));
            }
        });
    }

    fn types(&mut self, text: &str, types: &[&Node<'d>]) {
        self.line(text);
        self.inside(|x| types.iter().for_each(|ty| x.ty(ty)));
    }

    fn ty(&mut self, ty: &Node<'d>) {
        self.at(ty);
        let kind = ty.field("kind");
        match kind.name() {
            "Slice" => self.types("ty Slice", &[kind.at(0)]),
            "Array" => {
                self.line("ty Array");
                self.inside(|x| {
                    x.ty(kind.at(0));
                    x.const_arg(kind.at(1));
                });
            }
            "Ptr" => {
                let ty = kind.at(0);
                self.types(&format!("ty Ptr {}", ty.field("mutbl").name()), &[ty.field("ty")]);
            }
            "Ref" => {
                let (name, ty) = (ident(kind.at(0).field("ident")), kind.at(1));
                self.types(&format!("ty Ref {name} {}", ty.field("mutbl").name()), &[ty.field("ty")]);
            }
            "FnPtr" => {
                let ptr = kind.at(0);
                let safety = if ptr.field("safety").name() == "Unsafe" { " unsafe" } else { "" };
                self.line(format!("ty FnPtr{safety} {}", abi(ptr.field("abi"))));
                self.inside(|x| x.fn_decl(ptr.field("decl")));
            }
            "UnsafeBinder" => self.types("ty UnsafeBinder", &[kind.at(0).field("inner_ty")]),
            "Tup" => {
                let types: Vec<&Node<'d>> = kind.at(0).items().iter().collect();
                self.types("ty Tup", &types);
            }
            "Path" => {
                self.line("ty Path");
                self.inside(|x| x.qpath(kind.at(0)));
            }
            "TraitAscription" => {
                self.line("ty TraitAscription");
                self.inside(|x| x.bounds(kind.at(0)));
            }
            "OpaqueDef" => {
                self.line(format!("ty OpaqueDef {}", def_path(kind.at(0).field("def_id").leaf())));
                self.inside(|x| x.bounds(kind.at(0).field("bounds")));
            }
            "TraitObject" => {
                let tagged = kind.at(1);
                let (syntax, name) = (tagged.field("tag").name(), ident(tagged.field("pointer").field("ident")));
                self.line(format!("ty TraitObject {syntax} {name}"));
                self.inside(|x| kind.at(0).items().iter().for_each(|bound| x.poly_trait_ref(bound)));
            }
            "Pat" => self.types("ty Pat", &[kind.at(0)]),
            "Infer" => self.line("ty Infer"),
            name => self.line(format!("ty {name}")),
        }
    }
}
