//! Follows all calls from programs' functions through the standard library: everything resolves, every type normalises, and
//! what is called has the signature of what is defined.

mod common;

use bessemer_traits::{UnsizeKind, VtableEntry};
use common::{Options, Program, with_program_compiled};
use mir::{Body, CastKind, Operand, PointerCoercion, Rvalue, StatementKind, TerminatorKind};
use object::{Object, ObjectSymbol, SymbolKind};
use std::collections::HashSet;
use std::path::Path;
use ty::*;

struct Reach<'a, 'tcx> {
    program: &'a Program<'tcx>,
    seen: HashSet<Instance<'tcx>>,
    queue: Vec<(Instance<'tcx>, Option<Instance<'tcx>>)>,
    allocs: HashSet<AllocId>,
    faults: Vec<String>,
}

impl<'tcx> Reach<'_, 'tcx> {
    fn fault(&mut self, at: Instance<'tcx>, what: String) {
        self.faults.push(format!("in {}: {what}", self.program.tcx.instance_str(at)));
    }

    fn add(&mut self, instance: Instance<'tcx>, from: Option<Instance<'tcx>>) {
        if self.seen.insert(instance) {
            self.queue.push((instance, from));
        }
    }

    fn run(&mut self) {
        while let Some((instance, from)) = self.queue.pop() {
            let step = std::panic::AssertUnwindSafe(|| self.step(instance, from));
            if let Err(payload) = std::panic::catch_unwind(step) {
                match payload.downcast::<bessemer_traits::Failure>() {
                    Ok(failure) => self.fault(instance, failure.message.clone()),
                    Err(payload) => std::panic::resume_unwind(payload),
                }
            }
        }
    }

    fn step(&mut self, instance: Instance<'tcx>, from: Option<Instance<'tcx>>) {
        let traits = self.program.traits;
        let has_body = match instance.kind {
            InstanceKind::Virtual(..) => false,
            InstanceKind::Item(def_id) | InstanceKind::Intrinsic(def_id) => {
                !self.program.session.is_foreign_item(def_id)
                    && mir::Bodies::has_optimized_mir(self.program.session, def_id)
            }
            _ => true,
        };
        if !has_body {
            return;
        }
        let body = match traits.try_instance_mir(instance) {
            Ok(body) => body,
            Err(error) => {
                let failure = error.into_failure(self.program.tcx);
                return self.fault(instance, format!("{failure} (from {from:?})"));
            }
        };
        match traits.try_instantiate_and_normalize(body.clone(), instance.args) {
            Ok(body) => {
                self.check_signature(instance, &body);
                self.visit(instance, &body);
            }
            Err(error) => self.fault(instance, error.into_failure(self.program.tcx).message),
        }
    }

    fn check_signature(&mut self, instance: Instance<'tcx>, body: &Body<'tcx>) {
        let tcx = self.program.tcx;
        if matches!(self.program.session.def_kind(instance.def_id()), DefKind::Static { .. } | DefKind::Const) {
            return;
        }
        let sig = match self.program.traits.try_fn_sig_of_instance(instance) {
            Ok(sig) => sig,
            Err(error) => {
                let message = error.into_failure(tcx).message;
                return self.fault(instance, format!("signature: {message}"));
            }
        };
        let expected: Vec<Ty<'tcx>> = sig.inputs_and_output.to_vec();
        let mut found: Vec<Ty<'tcx>> = body.args_iter().map(|arg| body.local_decls[arg].ty).collect();
        found.push(body.return_ty());
        let is_closure = self.program.session.def_kind(instance.def_id()) == DefKind::Closure;
        let expected = match expected[..] {
            // Bodies of closures have their parameters one by one.
            [env, tuple, output] if is_closure && sig.abi == ExternAbi::RustCall => {
                let mut all = vec![env];
                all.extend(tuple.expect_tuple());
                all.push(output);
                all
            }
            _ => expected,
        };
        let same = |left: Ty<'tcx>, right: Ty<'tcx>| strip(tcx, left) == strip(tcx, right);
        if expected.len() != found.len() || !expected.iter().zip(&found).all(|(&left, &right)| same(left, right)) {
            let show = |types: &[Ty<'tcx>]| types.iter().map(|&ty| tcx.ty_str(ty)).collect::<Vec<_>>().join(", ");
            self.fault(instance, format!("signature ({}), body ({})", show(&expected), show(&found)));
        }
    }

    fn visit(&mut self, instance: Instance<'tcx>, body: &Body<'tcx>) {
        let tcx = self.program.tcx;
        let traits = self.program.traits;
        let mut constants = Constants(Vec::new());
        mir::visit::Visitor::visit_body(&mut constants, body);
        constants.0.extend(body.required_consts.iter().map(|constant| constant.const_));
        for constant in constants.0 {
            match self.program.eval.eval_const_operand(constant) {
                Ok(value) => self.value(instance, value),
                Err(error) => {
                    let frames: Vec<_> = error.frames.iter().map(|frame| frame.1.as_str()).collect();
                    self.fault(instance, format!("constant {constant:?}: {} ({})", error.message, frames.join(" < ")));
                }
            }
        }
        for block in &body.basic_blocks {
            for statement in &block.statements {
                let StatementKind::Assign(assign) = &statement.kind else { continue };
                let Rvalue::Cast(CastKind::PointerCoercion(coercion), operand, target) = &assign.1 else { continue };
                let source = operand.ty(&body.local_decls, tcx);
                match coercion {
                    PointerCoercion::Unsize => {
                        let (source, target) = traits.unsize_tails_of_pointers(source, *target);
                        if let UnsizeKind::Vtable(ty, predicates) = traits.unsize_kind(source, target) {
                            self.vtable(instance, ty, predicates);
                        }
                    }
                    PointerCoercion::ReifyFnPointer => {
                        let TyKind::FnDef(def_id, args) = *source.kind() else { panic!("{source:?} as a pointer") };
                        match traits.resolve_for_fn_ptr(def_id, args) {
                            Some(found) => self.add(found, Some(instance)),
                            None => self.fault(instance, format!("{} as a pointer", tcx.value_path_str(def_id, args))),
                        }
                    }
                    PointerCoercion::ClosureFnPointer { .. } => {
                        let TyKind::Closure(def_id, args) = *source.kind() else { panic!("{source:?} as a pointer") };
                        self.add(traits.resolve_closure(def_id, args, ClosureKind::FnOnce), Some(instance));
                    }
                    _ => {}
                }
            }
            match &block.terminator.kind {
                TerminatorKind::Call(call) => self.call(instance, body, &call.func, &call.args, Some(call.destination)),
                TerminatorKind::TailCall { func, args, .. } => self.call(instance, body, func, args, None),
                TerminatorKind::Drop { place, .. } => {
                    let ty = place.ty(&body.local_decls, tcx);
                    if traits.needs_drop(ty) {
                        self.add(traits.resolve_drop_in_place(ty), Some(instance));
                    }
                }
                _ => {}
            }
        }
    }

    fn value(&mut self, instance: Instance<'tcx>, value: ConstValue) {
        match value {
            ConstValue::Scalar(Scalar::Ptr(id, ..))
            | ConstValue::Slice { alloc_id: id, .. }
            | ConstValue::Indirect { alloc_id: id, .. } => self.alloc(instance, id),
            ConstValue::Scalar(Scalar::Int(_)) | ConstValue::ZeroSized => {}
        }
    }

    fn alloc(&mut self, instance: Instance<'tcx>, id: AllocId) {
        if !self.allocs.insert(id) {
            return;
        }
        match self.program.tcx.global_alloc(id) {
            GlobalAlloc::Function(function) => self.add(function, Some(instance)),
            GlobalAlloc::VTable(ty, predicates) => self.vtable(instance, ty, predicates),
            GlobalAlloc::Memory(memory) => {
                for &(_, id) in &memory.0.provenance {
                    self.alloc(instance, id);
                }
            }
            GlobalAlloc::Static(def_id) => {
                if self.program.session.is_foreign_item(def_id) {
                    return;
                }
                // A static of the standard library has no body here: its code is compiled.
                if !mir::Bodies::has_ctfe_mir(self.program.session, def_id) {
                    return;
                }
                match self.program.eval.eval_static(def_id) {
                    Ok(memory) => {
                        for &(_, id) in &memory.0.provenance {
                            self.alloc(instance, id);
                        }
                    }
                    Err(error) => self.fault(instance, format!("static: {error}")),
                }
            }
            GlobalAlloc::TypeId(_) => {}
        }
    }

    fn vtable(&mut self, instance: Instance<'tcx>, ty: Ty<'tcx>, predicates: ExistentialPredicates<'tcx>) {
        for entry in self.program.traits.vtable_entries_for_dyn(ty, predicates) {
            if let VtableEntry::Method(method) = *entry {
                self.add(method, Some(instance));
            }
        }
        if self.program.traits.needs_drop(ty) {
            self.add(self.program.traits.resolve_drop_in_place(ty), Some(instance));
        }
    }

    fn call(
        &mut self,
        instance: Instance<'tcx>,
        body: &Body<'tcx>,
        func: &Operand<'tcx>,
        args: &[Operand<'tcx>],
        destination: Option<mir::Place<'tcx>>,
    ) {
        let tcx = self.program.tcx;
        let traits = self.program.traits;
        let TyKind::FnDef(def_id, generic_args) = *func.ty(&body.local_decls, tcx).kind() else { return };
        let callee = match traits.try_resolve_instance(def_id, generic_args) {
            Ok(callee) => callee,
            Err(error) => {
                let message = error.into_failure(tcx).message;
                let name = tcx.value_path_str(def_id, generic_args);
                return self.fault(instance, format!("call of {name}: {message}"));
            }
        };
        self.add(callee, Some(instance));
        if matches!(callee.kind, InstanceKind::Intrinsic(_) | InstanceKind::Virtual(..)) {
            return;
        }
        let sig = match traits.try_fn_sig_of_instance(callee) {
            Ok(sig) => sig,
            Err(error) => {
                let message = error.into_failure(tcx).message;
                return self.fault(instance, format!("signature of {}: {message}", tcx.instance_str(callee)));
            }
        };
        let mut given: Vec<Ty<'tcx>> = args.iter().map(|arg| arg.ty(&body.local_decls, tcx)).collect();
        given.extend(destination.map(|place| place.ty(&body.local_decls, tcx)));
        let mut expected: Vec<Ty<'tcx>> = sig.inputs().to_vec();
        if sig.c_variadic {
            return;
        }
        expected.extend(destination.map(|_| sig.output()));
        let same = given.len() == expected.len()
            && given.iter().zip(&expected).all(|(&left, &right)| self.compatible(left, right));
        if !same {
            let show = |types: &[Ty<'tcx>]| types.iter().map(|&ty| tcx.ty_str(ty)).collect::<Vec<_>>().join(", ");
            let name = tcx.instance_str(callee);
            self.fault(instance, format!("{name} takes ({}), is given ({})", show(&expected), show(&given)));
        }
    }

    /// A closure's environment may be passed as a mutable reference where it takes a shared one.
    fn compatible(&self, given: Ty<'tcx>, expected: Ty<'tcx>) -> bool {
        let tcx = self.program.tcx;
        let (given, expected) = (strip(tcx, given), strip(tcx, expected));
        match (*given.kind(), *expected.kind()) {
            (TyKind::Ref(_, left, _), TyKind::Ref(_, right, _)) => left == right,
            (_, TyKind::Never) | (TyKind::Never, _) => true,
            _ => given == expected,
        }
    }
}

/// The type without any regions, bound ones included: subtyping may change them.
fn strip<'tcx>(tcx: Tcx<'tcx>, ty: Ty<'tcx>) -> Ty<'tcx> {
    struct Strip<'tcx>(Tcx<'tcx>, FoldCache<'tcx>);
    impl<'tcx> TypeFolder<'tcx> for Strip<'tcx> {
        fn tcx(&self) -> Tcx<'tcx> {
            self.0
        }
        fn cache(&mut self) -> Option<(&mut FoldCache<'tcx>, u32)> {
            Some((&mut self.1, 0))
        }
        fn fold_region(&mut self, _: Region) -> Region {
            Region::Erased
        }
        fn fold_bound_vars(&mut self, _: List<'tcx, BoundVariableKind>) -> List<'tcx, BoundVariableKind> {
            List::empty()
        }
    }
    ty.fold_with(&mut Strip(tcx, FoldCache::default()))
}

/// Constants in code.
struct Constants<'tcx>(Vec<mir::Const<'tcx>>);

impl<'tcx> mir::visit::Visitor<'tcx> for Constants<'tcx> {
    fn visit_const(&mut self, constant: &mir::ConstOperand<'tcx>, _: mir::visit::Location) {
        self.0.push(constant.const_);
    }
}

/// Follows every function without type parameters at the root of the snippet.
fn check(source: &str) {
    check_compiled(source, Options { edition: "2024", object: true });
}

fn check_compiled(source: &str, options: Options) {
    with_program_compiled(source, options, |program| {
        let mut reach =
            Reach { program, seen: HashSet::new(), queue: Vec::new(), allocs: HashSet::new(), faults: Vec::new() };
        for def_id in program.session.local_codegen_items(CrateNum::LOCAL) {
            let is_fn = matches!(program.session.def_kind(def_id), DefKind::Fn | DefKind::AssocFn);
            let instance = program.without_types(def_id);
            if is_fn && let Some(instance) = instance {
                reach.add(instance, None);
            }
            if let DefKind::Static { .. } = program.session.def_kind(def_id) {
                reach.add(program.traits.resolve_drop_in_place(program.ty_of(def_id)), None);
                let id = program.tcx.alloc_id_for(GlobalAlloc::Static(def_id));
                reach.alloc(Instance::new(def_id, List::empty()), id);
            }
        }
        reach.run();
        if options.object {
            reach.compare(&program.dir.join("snippet.o"));
        }
        assert!(
            reach.faults.is_empty(),
            "{} of {}:\n{}",
            reach.faults.len(),
            reach.seen.len(),
            reach.faults.join("\n")
        );
    });
}

impl Reach<'_, '_> {
    /// All functions that rustc compiled for the snippet are among those that were found.
    fn compare(&mut self, object: &Path) {
        let mangler = self.program.mangler;
        let instances = self.seen.iter().filter(|instance| !matches!(instance.kind, InstanceKind::Virtual(..)));
        let names: HashSet<String> = instances
            // Copies of other crates' functions are named after the crate that they are in.
            .flat_map(|&instance| [None, Some(CrateNum::LOCAL)].map(|krate| mangler.symbol_name(instance, krate)))
            .collect();
        let bytes = std::fs::read(object).expect("the object file");
        let file = object::File::parse(&*bytes).expect("an object file");
        let mut compiled = 0;
        for symbol in file.symbols() {
            if symbol.kind() == SymbolKind::Text && symbol.is_definition() {
                let name = symbol.name().expect("a name");
                compiled += 1;
                // (The function around `catch_unwind` is code generation's own.)
                if !names.contains(name) && name != "__rust_try" {
                    self.faults.push(format!("not found: {name}"));
                }
            }
        }
        if std::env::var_os("BESSEMER_CORPUS").is_some() {
            eprintln!("{compiled} compiled by rustc, {} found", self.seen.len());
        }
    }
}

#[test]
fn hello() {
    check(r#"pub fn main() { println!("hello {}", 1); }"#);
}

#[test]
fn collections() {
    check(
        r#"
        use std::collections::*;
        pub fn main() {
            let mut map: HashMap<String, Vec<u8>> = HashMap::new();
            map.entry("a".to_string()).or_default().push(1);
            for (k, v) in &map { println!("{k} {v:?}"); }
            let set: BTreeSet<_> = map.keys().cloned().collect();
            let joined: Vec<String> = set.into_iter().rev().map(|s| s + "!").filter(|s| s.len() > 1).collect();
            println!("{}", joined.join(","));
            let mut v: Vec<i32> = (0..10).chain(20..30).step_by(3).zip(1..).map(|(a, b)| a * b).collect();
            v.sort(); v.dedup(); v.sort_by_key(|x| std::cmp::Reverse(*x));
            let total: i32 = v.iter().copied().sum();
            println!("{:?} {:#?} {}", v, total, v.iter().map(|x| x.to_string()).collect::<Vec<_>>().concat());
            let text: Result<Vec<i32>, _> = "1 2 3".split_whitespace().map(str::parse).collect();
            println!("{:?}", text.map(|v| v.len()));
            let mut heap: BinaryHeap<_> = v.iter().collect();
            while let Some(x) = heap.pop() { print!("{x}"); }
            let mut deque: VecDeque<Box<dyn Fn(i32) -> i32>> = VecDeque::new();
            deque.push_back(Box::new(move |x| x + total));
            println!("{}", deque.iter().fold(0, |a, f| f(a)));
        }
        "#,
    );
}

#[test]
fn threads_files_processes() {
    check(
        r#"
        use std::io::{Read, Write, BufRead};
        use std::sync::{Arc, Mutex, mpsc, RwLock, OnceLock};
        static LOCK: OnceLock<RwLock<u32>> = OnceLock::new();
        thread_local!(static LOCAL: std::cell::RefCell<Vec<u8>> = const { std::cell::RefCell::new(Vec::new()) });
        thread_local!(static LAZY: String = String::from("x"));
        pub fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
            let shared = Arc::new(Mutex::new(0));
            let (tx, rx) = mpsc::channel();
            let handles: Vec<_> = (0..4).map(|i| {
                let (shared, tx) = (shared.clone(), tx.clone());
                std::thread::spawn(move || { *shared.lock().unwrap() += i; tx.send(i).unwrap(); i })
            }).collect();
            for handle in handles { handle.join().unwrap(); }
            drop(tx);
            println!("{:?}", rx.iter().collect::<Vec<i32>>());
            *LOCK.get_or_init(Default::default).write().unwrap() += 1;
            LOCAL.with_borrow_mut(|v| v.push(1));
            LAZY.with(|s| println!("{s}"));
            let mut file = std::fs::File::open("x")?;
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            for line in std::io::BufReader::new(file).lines() { writeln!(std::io::stderr(), "{}", line?)?; }
            let out = std::process::Command::new("ls").arg("-l").output()?;
            std::io::stdout().lock().write_all(&out.stdout)?;
            std::thread::scope(|scope| { scope.spawn(|| text.len()); });
            let caught = std::panic::catch_unwind(|| { panic!("{}", 1) });
            if let Err(payload) = caught { println!("{:?}", payload.downcast_ref::<String>()); }
            Err("no".into())
        }
        "#,
    );
}

#[test]
fn coroutines() {
    check(
        r#"
        #![feature(gen_blocks, coroutines, coroutine_trait, coroutine_clone, stmt_expr_attributes, async_fn_traits)]
        use std::future::Future;
        use std::ops::Coroutine;
        use std::pin::{Pin, pin};
        use std::task::{Context, Poll, Waker};
        struct Yield(bool);
        impl Future for Yield {
            type Output = String;
            fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<String> {
                if self.0 { Poll::Ready("x".to_string()) } else { self.0 = true; cx.waker().wake_by_ref(); Poll::Pending }
            }
        }
        async fn two(name: String) -> String { let a = Yield(false).await; a + &Yield(true).await + &name }
        fn block_on<F: Future>(future: F) -> F::Output {
            let mut future = pin!(future);
            let mut cx = Context::from_waker(Waker::noop());
            loop { if let Poll::Ready(value) = future.as_mut().poll(&mut cx) { return value; } }
        }
        async fn call(f: impl AsyncFn(u32) -> u32, g: impl AsyncFnMut(u32), h: impl AsyncFnOnce() -> String) -> String {
            let mut g = g;
            g(f(1).await).await;
            g(2).await;
            h().await
        }
        fn numbers() -> impl Iterator<Item = String> { gen { for i in 0..3 { yield i.to_string(); } }.into_iter() }
        trait Service { fn go(&self) -> impl Future<Output = u32> + Send; async fn stop(self) -> String; }
        impl Service for String {
            async fn go(&self) -> u32 { self.len() as u32 }
            async fn stop(self) -> String { two(self).await }
        }
        async fn recursive(n: u32) -> u32 { if n == 0 { 0 } else { Box::pin(recursive(n - 1)).await + 1 } }
        pub fn main() {
            println!("{}", block_on(two("a".into())));
            let mut count = 0;
            let text = String::from("x");
            let owned = String::from("y");
            println!("{}", block_on(call(async |x| { Yield(false).await; x + text.len() as u32 },
                async |x| { count += x; }, async move || { Yield(false).await; owned })));
            println!("{}", block_on(call(async |x| x, |x| async move { drop(x) }, || two("z".to_string()))));
            for n in numbers() { println!("{n}"); }
            let boxed: Pin<Box<dyn Future<Output = u32> + Send>> = Box::pin(async { "s".to_string().go().await });
            println!("{} {}", block_on(boxed), block_on("t".to_string().stop()));
            println!("{}", block_on(recursive(4)));
            let mut co = #[coroutine] |x: String| { let y = yield x.len(); drop(x); yield y.len(); 3u8 };
            let state = Pin::new(&mut co).resume("a".into());
            println!("{:?}", state);
            let v = vec![1];
            let clonable = #[coroutine] move || { let w = v.clone(); yield w.len(); yield v.len(); };
            let mut other = clonable.clone();
            Pin::new(&mut other).resume(());
        }
        "#,
    );
}

#[test]
fn objects() {
    check(
        r#"
        use std::any::Any;
        use std::fmt::{Debug, Display};
        use std::rc::Rc;
        use std::sync::Arc;
        trait A { fn a(&self) -> u32 { 1 } fn sized(&self) where Self: Sized {} }
        trait B<T> { fn b(&self, t: T) -> T; }
        trait C: A + B<u8> + B<String> + Any + Debug { fn c(self: Box<Self>) -> String; fn d(self: Rc<Self>) where u8: Copy; }
        #[derive(Debug, Clone)]
        struct S(String);
        impl A for S {}
        impl B<u8> for S { fn b(&self, t: u8) -> u8 { t } }
        impl B<String> for S { fn b(&self, t: String) -> String { t } }
        impl C for S { fn c(self: Box<Self>) -> String { self.0 } fn d(self: Rc<Self>) {} }
        trait ByValue { fn go(self) -> u32; #[track_caller] fn loc(&self) -> u32; }
        impl ByValue for S { fn go(self) -> u32 { 3 } fn loc(&self) -> u32 { std::panic::Location::caller().line() } }
        #[track_caller] fn tracked(x: u32) -> u32 { x }
        fn take(f: fn(u32) -> u32) -> u32 { f(1) }
        fn apply(f: &mut dyn FnMut(&str) -> usize) -> usize { f("x") }
        fn once(f: Box<dyn FnOnce(String) -> S + Send>) -> S { f("x".into()) }
        fn generic<T: ?Sized + Debug + ToString>(t: &T) -> String where for<'a> &'a T: Debug { format!("{:?}{}", &t, t.to_string()) }
        pub fn main() {
            let c: Box<dyn C> = Box::new(S("x".into()));
            let a: &dyn A = &*c;
            let b: &dyn B<String> = &*c;
            let any: &dyn Any = &*c;
            println!("{} {} {:?} {:?}", a.a(), b.b("y".into()), any.downcast_ref::<S>(), c);
            println!("{}", c.c());
            let rc: Rc<dyn C> = Rc::new(S("z".into()));
            rc.clone().d();
            let upcast: Rc<dyn Debug> = rc;
            let arc: Arc<[u8]> = Arc::from(vec![1, 2]);
            let slice: Arc<[u8]> = Arc::new([1u8, 2, 3]);
            println!("{:?} {:?} {:?}", upcast, arc, slice);
            println!("{} {}", take(tracked), take(|x| x + 1));
            let mut n = 0;
            println!("{}", apply(&mut |s| { n += 1; s.len() }));
            println!("{:?}", once(Box::new(S)));
            println!("{}", generic("text"));
            println!("{}", generic(&1u8 as &dyn Both));
            let err: Box<dyn std::error::Error> = From::from("x");
            println!("{}", err.to_string());
            let object: Box<dyn ByValue> = Box::new(S("w".into()));
            println!("{}", object.loc());
            let it: Box<dyn DoubleEndedIterator<Item = u8>> = Box::new(vec![1u8].into_iter());
            println!("{}", it.rev().map(|x| x + 1).count());
            let tuple = (String::new(), [Box::new(1u8), Box::new(2)], Some(vec![S("".into())]));
            drop(tuple.clone());
        }
        trait Both: Debug + Display {}
        impl<T: Debug + Display> Both for T {}
        "#,
    );
}

#[test]
fn specialisation() {
    check(
        r#"
        #![feature(specialization, marker_trait_attr, negative_impls, auto_traits)]
        #![allow(incomplete_features)]
        trait Describe { fn describe(&self) -> String; fn twice(&self) -> String { self.describe() + &self.describe() } }
        impl<T> Describe for T {
            default fn describe(&self) -> String { "any".into() }
            default fn twice(&self) -> String { self.describe() }
        }
        impl<T: Clone> Describe for Vec<T> { fn describe(&self) -> String { "vec".into() } }
        impl Describe for u8 { fn describe(&self) -> String { "u8".into() } fn twice(&self) -> String { "2".into() } }
        trait Assoc { type Out; fn make() -> Self::Out; }
        impl<T> Assoc for T { default type Out = u8; default fn make() -> Self::Out { panic!() } }
        impl Assoc for String { type Out = String; fn make() -> String { String::new() } }
        trait Pair<A> { fn pair(&self) -> A; }
        impl<I, T> Pair<T> for I where I: Iterator<Item = (T, u8)> + Clone { fn pair(&self) -> T { self.clone().next().unwrap().0 } }
        impl<F, R> Run<R> for F where F: Fn(u8) -> R { fn run(&self) -> R { self(1) } }
        trait Run<R> { fn run(&self) -> R; }
        pub fn main() {
            println!("{}{}{}", 1u8.twice(), vec![1].describe(), "x".twice());
            let s: String = <String as Assoc>::make();
            println!("{s}");
            <u16 as Assoc>::make();
            println!("{}", vec![(1u32, 2u8)].into_iter().pair());
            println!("{}", (|x: u8| x as f32).run());
        }
        "#,
    );
}

/// Programs of a folder with a table of them (`MANIFEST.tsv`: path and edition), named by `BESSEMER_CORPUS`; every one, or
/// each that `BESSEMER_CORPUS_STEP` counts.
#[test]
#[ignore = "needs a folder of programs"]
fn corpus() {
    let dir = std::path::PathBuf::from(std::env::var_os("BESSEMER_CORPUS").expect("BESSEMER_CORPUS names a folder"));
    let number =
        |name: &str, default: usize| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (step, start) = (number("BESSEMER_CORPUS_STEP", 1), number("BESSEMER_CORPUS_START", 0));
    let manifest = std::fs::read_to_string(dir.join("MANIFEST.tsv")).expect("the table of programs");
    let mut failed = Vec::new();
    for line in manifest.lines().skip(start).step_by(step) {
        let mut columns = line.split('\t');
        let (Some(path), Some(edition)) = (columns.next(), columns.next()) else { continue };
        let Ok(source) = std::fs::read_to_string(dir.join(path)) else { continue };
        // A library's private functions are not compiled.
        let source = source.replacen("\nfn main()", "\npub fn main()", 1);
        let edition = ["2015", "2018", "2021", "2024"].into_iter().find(|&known| known == edition).unwrap_or("2021");
        let check = || check_compiled(&source, Options { edition, object: true });
        if std::panic::catch_unwind(check).is_err() {
            eprintln!("FAILED {path}");
            failed.push(path.to_owned());
        }
    }
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
}
