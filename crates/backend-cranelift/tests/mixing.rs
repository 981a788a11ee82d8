//! Callers compiled by one back end and callees by another: both must have the same idea of every signature.

mod support {
    pub mod elsewhere;
    #[path = "mod.rs"]
    pub mod library;
}

use backend::{Backend, Compiled, Emit, OptLevel, Options};
use backend_llvm::LlvmBackend;
use bessemer_backend_cranelift::CraneliftBackend;
use lir::{
    Call, CallAttrs, CallConv, Callee, Data, FunctionBuilder, Inst, Linkage, LoadFacts, MemFlags, Module, Param,
    PointerRole, Scalar, Signature, SymbolKind, SymbolRef, Terminator, Type, Value,
};
use std::collections::HashSet;
use support::elsewhere;
use support::library::{Library, options};

/// Where code runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Here,
    /// On another processor, in an emulator.
    Elsewhere,
}

impl Place {
    fn options(self, opt: OptLevel) -> Options {
        match self {
            Place::Here => options(opt),
            Place::Elsewhere => elsewhere::options(opt),
        }
    }
}

/// Numbers that look random and are always the same.
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below
    }

    fn ty(&mut self) -> Type {
        use Scalar::{F16, F32, F64, F128, I8, I16, I32, I64, I128, Ptr};
        let scalars = [I8, I16, I32, I64, I64, Ptr, I128, I128, F32, F64, F64, F16, F128];
        let scalar = scalars[self.next(scalars.len() as u64) as usize];
        if self.next(5) > 0 {
            return Type::Scalar(scalar);
        }
        let lanes = [I8, I16, I32, I64, F32, F64];
        let lane = lanes[self.next(lanes.len() as u64) as usize];
        let counts = [1, 2, 2, 4, 4, 4, 8, 16];
        Type::vector(lane, counts[self.next(counts.len() as u64) as usize])
    }

    fn signature(&mut self, place: Place) -> Signature {
        let mut signature = Signature::default();
        let is_here = place == Place::Here;
        if self.next(6) == 0 && is_here {
            signature.conv = CallConv::Win64;
        }
        for _ in 0..self.next(12) {
            let by_value = self.next(10) == 0 && is_here;
            let mut param = Param::new(if by_value { Type::PTR } else { self.ty() });
            if by_value {
                let align = if self.next(3) == 0 { 16 } else { 8 };
                param.attrs.role = Some(PointerRole::ByValue { size: 16 * (1 + self.next(4)), align });
            }
            signature.params.push(param);
        }
        if self.next(4) == 0 {
            let mut param = Param::new(Type::PTR);
            param.attrs.role = Some(PointerRole::StructReturn { size: 32, align: 8 });
            signature.params.insert(0, param);
        } else {
            let count = [0, 1, 1, 1, 2, 2, 2, 3, 4][self.next(9) as usize];
            signature.returns = (0..count).map(|_| Param::new(self.ty())).collect();
        }
        signature
    }
}

/// How many bytes travel with a parameter: those of the pointee where that is what is passed.
fn size(param: &Param) -> u32 {
    match param.attrs.role {
        Some(PointerRole::ByValue { size, .. } | PointerRole::StructReturn { size, .. }) => size as u32,
        None => param.ty.size_bytes(8),
    }
}

fn total(params: &[Param]) -> u32 {
    params.iter().map(size).sum()
}

fn at(b: &mut FunctionBuilder, data: &str, offset: u32) -> Value {
    let symbol = b.symbol(SymbolRef { name: data.into(), kind: SymbolKind::Data, weak: false, local: false });
    b.value(Inst::SymbolAddr { symbol, offset: offset.into() })
}

fn load(b: &mut FunctionBuilder, ty: Type, data: &str, offset: u32) -> Value {
    let ptr = at(b, data, offset);
    b.value(Inst::Load { ty, ptr, flags: MemFlags::aligned(1), facts: LoadFacts::default() })
}

fn store(b: &mut FunctionBuilder, value: Value, data: &str, offset: u32) {
    let ptr = at(b, data, offset);
    b.effect(Inst::Store { value, ptr, flags: MemFlags::aligned(1) });
}

fn copy(b: &mut FunctionBuilder, dst: Value, src: Value, size: u32) {
    let len = b.value(Inst::Iconst { ty: Type::I64, value: size.into() });
    b.effect(Inst::Memcpy { dst, src, len, dst_align: 1, src_align: 1, volatile: false });
}

/// Notes its arguments in `seenN` and returns what is in `giveN`.
fn callee(number: usize, signature: &Signature) -> lir::Function {
    let name = format!("callee{number}");
    let mut b = FunctionBuilder::new(name.as_str().into(), signature.clone(), Linkage::Export, 8);
    let entry = b.create_block();
    b.switch_to(entry);
    let (seen, give) = (format!("seen{number}"), format!("give{number}"));
    let mut offset = 0;
    for (value, param) in b.function().params().zip(&signature.params).collect::<Vec<_>>() {
        match param.attrs.role {
            Some(PointerRole::ByValue { .. }) => {
                let dst = at(&mut b, &seen, offset);
                copy(&mut b, dst, value, size(param));
            }
            Some(PointerRole::StructReturn { .. }) => {
                let src = at(&mut b, &give, 0);
                copy(&mut b, value, src, size(param));
            }
            None => store(&mut b, value, &seen, offset),
        }
        offset += size(param);
    }
    let mut results = Vec::new();
    let mut offset = 0;
    for param in &signature.returns {
        results.push(load(&mut b, param.ty, &give, offset));
        offset += size(param);
    }
    b.terminate(Terminator::Return(results));
    b.finish_function()
}

/// Passes what is in `argsN` and notes the results in `gotN`.
fn caller(number: usize, signature: &Signature) -> lir::Function {
    let name = format!("caller{number}");
    let mut b = FunctionBuilder::new(name.as_str().into(), Signature::default(), Linkage::Export, 8);
    let entry = b.create_block();
    b.switch_to(entry);
    let (args_data, got) = (format!("args{number}"), format!("got{number}"));
    let mut args = Vec::new();
    let mut offset = 0;
    for param in &signature.params {
        args.push(match param.attrs.role {
            Some(PointerRole::ByValue { align, .. }) => {
                let slot = b.create_slot(size(param).into(), align);
                let address = b.value(Inst::SlotAddr { slot, offset: 0 });
                let src = at(&mut b, &args_data, offset);
                copy(&mut b, address, src, size(param));
                address
            }
            Some(PointerRole::StructReturn { .. }) => at(&mut b, &got, 0),
            None => load(&mut b, param.ty, &args_data, offset),
        });
        offset += size(param);
    }
    let sig = b.signature(signature.clone());
    let symbol = SymbolRef {
        name: format!("callee{number}").as_str().into(),
        kind: SymbolKind::Function,
        weak: false,
        local: false,
    };
    let callee = Callee::Symbol(b.symbol(symbol));
    let results = b.call(Call { callee, sig, args, attrs: CallAttrs::default() });
    let mut offset = 0;
    for (value, param) in results.into_iter().zip(&signature.returns) {
        store(&mut b, value, &got, offset);
        offset += size(param);
    }
    b.terminate(Terminator::Return(vec![]));
    b.finish_function()
}

fn buffer(name: &str, number: usize) -> Data {
    Data {
        name: format!("{name}{number}").as_str().into(),
        linkage: Linkage::Export,
        align: 16,
        writable: true,
        thread_local: false,
        mergeable: false,
        section: None,
        used: false,
        bytes: Vec::new(),
        zero_size_bytes: 1024,
        relocations: Vec::new(),
        debug: None,
    }
}

fn compile(backend: &dyn Backend, functions: Vec<lir::Function>, names: [&str; 2], options: &Options) -> Compiled {
    let numbers = 0..functions.len();
    let data = numbers.flat_map(|number| names.map(|name| buffer(name, number))).collect();
    let module = Module { functions, data, ..Module::default() };
    assert_eq!(lir::verify_module(&module, 8), []);
    backend.compile(&module, options, Emit::Object).expect("code")
}

/// Signatures, without those that Cranelift rejects.
fn signatures(random: &mut Random, place: Place) -> Vec<Signature> {
    let mut signatures: Vec<Signature> = (0..400).map(|_| random.signature(place)).collect();
    let callees = signatures.iter().map(|sig| callee(0, sig)).enumerate().map(|(number, mut function)| {
        function.name = number.to_string().into();
        function
    });
    let rejected =
        compile(&CraneliftBackend, callees.collect(), ["seen", "give"], &place.options(OptLevel::O0)).rejected;
    // Short vectors are, elsewhere.
    let most = if place == Place::Here { 120 } else { 240 };
    assert!(rejected.len() < most, "{}: {rejected:?}", rejected.len());
    let rejected: HashSet<usize> = rejected.iter().map(|it| it.function.parse().expect("a number")).collect();
    let mut number = 0..;
    signatures.retain(|_| !rejected.contains(&number.next().expect("a number")));
    signatures
}

fn check(callers: &dyn Backend, callees: &dyn Backend, opt: OptLevel, place: Place) {
    let mut random = Random(0x1234_5678_9abc_def1);
    let signatures = signatures(&mut random, place);
    let options = place.options(opt);
    let numbered = || signatures.iter().enumerate();
    let first = compile(callers, numbered().map(|(n, sig)| caller(n, sig)).collect(), ["args", "got"], &options);
    let second = compile(callees, numbered().map(|(n, sig)| callee(n, sig)).collect(), ["seen", "give"], &options);
    assert_eq!([&first.rejected[..], &second.rejected[..]], [[], []]);
    let objects = [first.bytes, second.bytes];
    // What goes in: "args" and "give" of each.
    let given: Vec<u8> = (0..2 * SIZE * signatures.len()).map(|_| random.next(256) as u8).collect();
    let came = match place {
        Place::Here => call_here(&objects, &given),
        Place::Elsewhere => call_elsewhere(&objects, &given),
    };
    let mut wrong = Vec::new();
    let names = [callers.name(), callees.name()];
    for (number, signature) in numbered() {
        let start = 2 * number * SIZE;
        let (args, give) = given[start..start + 2 * SIZE].split_at(SIZE);
        let (seen, got) = came[start..start + 2 * SIZE].split_at(SIZE);
        let mut offset = 0;
        for (index, param) in signature.params.iter().enumerate() {
            let range = offset..offset + size(param) as usize;
            offset = range.end;
            let by_result = matches!(param.attrs.role, Some(PointerRole::StructReturn { .. }));
            let (from, to) = if by_result { (give, got) } else { (args, seen) };
            if to[range.clone()] != from[range] {
                wrong.push(format!("parameter {index} of {number}: {}", show(signature)));
            }
        }
        let results = total(&signature.returns) as usize;
        if got[..results] != give[..results] {
            wrong.push(format!("results of {number}: {}", show(signature)));
        }
    }
    assert!(wrong.is_empty(), "{names:?} at {opt:?}\n{}", wrong.join("\n"));
}

/// The size of each buffer.
const SIZE: usize = 1024;

/// Calls all in this process; gives "seen" and "got" of each.
fn call_here(objects: &[Vec<u8>], given: &[u8]) -> Vec<u8> {
    let library = Library::of_objects(objects);
    let mut came = Vec::new();
    for (number, given) in given.chunks(2 * SIZE).enumerate() {
        let buffer = |name: &str| {
            let address = library.address(&format!("{name}{number}")).cast::<u8>();
            // SAFETY: the library has a buffer of this size there, which nothing else uses at this time.
            unsafe { std::slice::from_raw_parts_mut(address, SIZE) }
        };
        buffer("args").copy_from_slice(&given[..SIZE]);
        buffer("give").copy_from_slice(&given[SIZE..]);
        // SAFETY: all callers have no parameters and no result.
        let call: extern "C" fn() = unsafe { std::mem::transmute(library.address(&format!("caller{number}"))) };
        call();
        came.extend_from_slice(buffer("seen"));
        came.extend_from_slice(buffer("got"));
    }
    came
}

/// Calls all in a program of their own; gives the same.
fn call_elsewhere(objects: &[Vec<u8>], given: &[u8]) -> Vec<u8> {
    let mut source = "#include <stdio.h>\n".to_owned();
    for number in 0..given.len() / (2 * SIZE) {
        let buffers = ["args", "give", "seen", "got"].map(|name| format!("{name}{number}[{SIZE}]")).join(", ");
        source += &format!("extern unsigned char {buffers}; void caller{number}(void);\n");
    }
    source += "int main(void) {\nsetvbuf(stdout, 0, _IONBF, 0);\n";
    for number in 0..given.len() / (2 * SIZE) {
        source += &format!(
            "if (fread(args{number}, {SIZE}, 1, stdin) + fread(give{number}, {SIZE}, 1, stdin) != 2) return 1;\n\
             caller{number}(); fwrite(seen{number}, {SIZE}, 1, stdout); fwrite(got{number}, {SIZE}, 1, stdout);\n"
        );
    }
    source += "return 0; }\n";
    let objects: Vec<&[u8]> = objects.iter().map(Vec::as_slice).collect();
    elsewhere::run_program(&source, &objects, given)
}

fn show(signature: &Signature) -> String {
    let list = |params: &[Param]| {
        let names = params.iter().map(|param| match param.attrs.role {
            None => format!("{}", param.ty),
            Some(role) => format!("{role:?}"),
        });
        names.collect::<Vec<_>>().join(", ")
    };
    format!("{:?} ({}) -> ({})", signature.conv, list(&signature.params), list(&signature.returns))
}

fn llvm() -> LlvmBackend {
    LlvmBackend::with_sysroot(testing::sysroot())
}

#[test]
fn cranelift_calls_llvm() {
    check(&CraneliftBackend, &llvm(), OptLevel::O2, Place::Here);
}

#[test]
fn llvm_calls_cranelift() {
    check(&llvm(), &CraneliftBackend, OptLevel::O0, Place::Here);
}

#[test]
fn calls_elsewhere() {
    if elsewhere::is_there() {
        check(&CraneliftBackend, &llvm(), OptLevel::O2, Place::Elsewhere);
        check(&llvm(), &CraneliftBackend, OptLevel::O0, Place::Elsewhere);
    }
}
