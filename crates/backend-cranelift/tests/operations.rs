//! Every operation on every type of lane, as scalars and as vectors of many shapes, against a reference evaluator.

mod support {
    pub mod elsewhere;
    pub mod eval;
    #[path = "mod.rs"]
    pub mod library;
}

use backend::OptLevel;
use lir::{
    ArithFlags, BinaryOp, CastOp, FloatCond, FunctionBuilder, Inst, IntCond, Linkage, LoadFacts, MemFlags, Module,
    OverflowOp, Scalar, Signature, Terminator, Type, UnaryOp, Value,
};
use support::library::{Library, compile, options};
use support::{elsewhere, eval};

const INTS: [Scalar; 5] = [Scalar::I8, Scalar::I16, Scalar::I32, Scalar::I64, Scalar::I128];
const FLOATS: [Scalar; 4] = [Scalar::F16, Scalar::F32, Scalar::F64, Scalar::F128];

type Build = Box<dyn Fn(&[Value]) -> Inst>;
type Expect = Box<dyn Fn(&[u128]) -> Option<Vec<u128>>>;

/// One function `(operands: ptr, results: ptr)` and what it must do.
struct Case {
    name: String,
    operands: Vec<Type>,
    results: Vec<Type>,
    /// The instruction, on the operands.
    build: Build,
    /// Lane by lane: the results' bits; `None` where they are undefined.
    expect: Expect,
}

/// A function of a case in which the last operands are constants.
struct Variant<'a> {
    case: &'a Case,
    name: String,
    constants: Vec<u128>,
}

impl Variant<'_> {
    /// How many operands are not constant.
    fn loaded(&self) -> usize {
        self.case.operands.len() - self.constants.len()
    }
}

/// The case itself, and for scalars some with the last or all operands constant, of which optimizers know more.
fn variants(case: &Case) -> Vec<Variant<'_>> {
    let mut variants = vec![Variant { case, name: case.name.clone(), constants: vec![] }];
    if case.operands.iter().any(|ty| ty.is_vector()) {
        return variants;
    }
    let lists: Vec<Vec<u128>> = case.operands.iter().map(|ty| samples(ty.lane())).collect();
    let last = lists.last().expect("an operand");
    for (index, &constant) in last.iter().enumerate() {
        let mut all: Vec<u128> = lists.iter().map(|list| list[(index * 7 + 3) % list.len()]).collect();
        *all.last_mut().expect("an operand") = constant;
        if index % 6 == 1 && (case.expect)(&all).is_some() {
            variants.push(Variant { case, name: format!("{}_all{index}", case.name), constants: all });
        }
        if case.operands.len() > 1 && index % 6 == 3 {
            variants.push(Variant { case, name: format!("{}_last{index}", case.name), constants: vec![constant] });
        }
    }
    variants
}

fn case(
    name: String,
    operands: &[Type],
    results: &[Type],
    build: impl Fn(&[Value]) -> Inst + 'static,
    expect: impl Fn(&[u128]) -> Option<Vec<u128>> + 'static,
) -> Case {
    Case {
        name,
        operands: operands.to_vec(),
        results: results.to_vec(),
        build: Box::new(build),
        expect: Box::new(expect),
    }
}

fn type_name(ty: Type) -> String {
    match ty {
        Type::Scalar(scalar) => format!("{scalar:?}"),
        Type::Vector { lane, lanes } => format!("{lane:?}x{lanes}"),
    }
}

/// Interesting bit patterns.
fn samples(scalar: Scalar) -> Vec<u128> {
    let width = eval::bits(scalar);
    let top = 1u128 << (width - 1);
    let mut values = vec![0, 1, 2, 3, 7, u128::MAX, u128::MAX - 1, top, top - 1, top + 1, u128::from(width) - 1];
    let mut state = 0x9e37_79b9_7f4a_7c15_u128;
    for _ in 0..6 {
        state = state.wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645).wrapping_add(0x5851_f42d_4c95_7f2d);
        values.push(state >> (state >> 121));
    }
    if scalar.is_float() {
        for number in [0.5, -0.5, 1.0, -1.0, 1.5, 2.5, -2.5, 0.1, 127.0, 128.5, 255.9, -128.0, -129.0, 32768.0, 65504.0]
            .into_iter()
            .chain([2147483647.0, 2147483648.0, -2147483649.0, 4294967296.0, 9.3e18, 1.9e19, -9.3e18, 1e30, 1.8e38])
            .chain([f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -0.0])
        {
            let number: f64 = number;
            let bits = eval::cast(CastOp::Ftrunc, Scalar::F64, scalar, u128::from(number.to_bits()));
            values.push(bits.expect("a conversion"));
        }
    }
    values.into_iter().map(|value| eval::truncate(scalar, value)).collect()
}

fn function(variant: &Variant) -> lir::Function {
    let case = variant.case;
    let signature = Signature::plain(&[Type::PTR; 2], &[]);
    let mut b = FunctionBuilder::new(variant.name.as_str().into(), signature, Linkage::Export, 8);
    let entry = b.create_block();
    b.switch_to(entry);
    let mut offset = 0;
    let mut values = Vec::new();
    for &ty in &case.operands[..variant.loaded()] {
        let ptr = address(&mut b, Value::ZERO, &mut offset, ty);
        values.push(b.value(Inst::Load { ty, ptr, flags: MemFlags::aligned(1), facts: LoadFacts::default() }));
    }
    for (&ty, &value) in case.operands[variant.loaded()..].iter().zip(&variant.constants) {
        values.push(b.value(match ty.lane().is_float() {
            true => Inst::Fconst { ty, bits: value },
            false => Inst::Iconst { ty, value },
        }));
    }
    let results = b.values((case.build)(&values));
    let mut offset = 0;
    for (&ty, value) in case.results.iter().zip(results) {
        assert_eq!(b.ty(value), ty, "{}", case.name);
        let ptr = address(&mut b, Value::from_u32(1), &mut offset, ty);
        b.effect(Inst::Store { value, ptr, flags: MemFlags::aligned(1) });
    }
    b.terminate(Terminator::Return(vec![]));
    b.finish_function()
}

fn address(b: &mut FunctionBuilder, ptr: Value, offset: &mut u32, ty: Type) -> Value {
    let at = b.value(Inst::Iconst { ty: Type::I64, value: u128::from(*offset) });
    *offset += ty.size_bytes(8);
    b.value(Inst::PtrAdd { ptr, offset: at, inbounds: true })
}

fn check(cases: &[Case]) {
    for opt in [OptLevel::O0, OptLevel::O2] {
        check_at(cases, opt);
    }
    if elsewhere::is_there() {
        check_elsewhere(cases);
    }
}

fn check_at(cases: &[Case], opt: OptLevel) {
    let variants: Vec<Variant> = cases.iter().flat_map(variants).collect();
    let module = Module { functions: variants.iter().map(function).collect(), ..Module::default() };
    let library = Library::new(&compile(&module, &options(opt)));
    for variant in &variants {
        // SAFETY: every function in the library has this signature.
        let code: extern "C" fn(*const u8, *mut u8) = unsafe { std::mem::transmute(library.address(&variant.name)) };
        for operands in inputs(variant) {
            let input = bytes(variant, &operands);
            let mut output = vec![UNTOUCHED; room(variant)];
            code(input.as_ptr(), output.as_mut_ptr());
            verify(variant, &operands, &output);
        }
    }
}

/// The same on another machine: one program calls all functions, and gives all their results.
fn check_elsewhere(cases: &[Case]) {
    let variants: Vec<Variant> = cases.iter().flat_map(variants).collect();
    let module = Module { functions: variants.iter().map(function).collect(), ..Module::default() };
    let inputs: Vec<Vec<_>> = variants.iter().map(inputs).collect();
    let calls = variants.iter().zip(&inputs).map(|(variant, inputs)| elsewhere::Calls {
        function: &variant.name,
        inputs: inputs.iter().map(|operands| bytes(variant, operands)).collect(),
        room: room(variant),
    });
    let output = elsewhere::run(&module, &calls.collect::<Vec<_>>(), UNTOUCHED);
    let mut output = output.as_slice();
    for (variant, inputs) in variants.iter().zip(&inputs) {
        for operands in inputs {
            let (own, rest) = output.split_at(room(variant));
            verify(variant, operands, own);
            output = rest;
        }
    }
}

/// For each operand the lanes' bits. Scalars get all combinations; vectors get them spread over lanes.
fn inputs(variant: &Variant) -> Vec<Vec<Vec<u128>>> {
    let case = variant.case;
    let mut samples: Vec<Vec<u128>> = case.operands.iter().map(|ty| samples(ty.lane())).collect();
    for (samples, &constant) in samples[variant.loaded()..].iter_mut().zip(&variant.constants) {
        *samples = vec![constant];
    }
    let mut tuples: Vec<Vec<u128>> = vec![vec![]];
    for (index, values) in samples.iter().enumerate() {
        // The third operand's values are not combined with all others.
        tuples = if index < 2 {
            tuples.iter().flat_map(|t| values.iter().map(move |&v| [&t[..], &[v]].concat())).collect()
        } else {
            tuples.iter().enumerate().map(|(n, t)| [&t[..], &[values[n % values.len()]]].concat()).collect()
        };
    }
    let defined = |t: &Vec<u128>| (case.expect)(t).is_some();
    let lanes = case.operands.iter().map(|ty| usize::from(ty.lanes())).max().expect("an operand");
    // Lanes are computed as scalars are, so that a part of the combinations will do for them.
    let stride = if lanes > 1 && tuples.len() > 100 { 7 } else { 1 };
    let tuples: Vec<Vec<u128>> = tuples.into_iter().step_by(stride).filter(defined).collect();
    let mut inputs = Vec::new();
    for group in tuples.chunks(lanes) {
        let group: Vec<&Vec<u128>> = group.iter().cycle().take(lanes).collect();
        inputs.push((0..case.operands.len()).map(|operand| group.iter().map(|t| t[operand]).collect()).collect());
    }
    inputs
}

/// What memory for results holds before.
const UNTOUCHED: u8 = 0xa5;

/// What is checked to stay as it is, behind the results.
const BEHIND: usize = 16;

fn size(case: &Case) -> usize {
    case.results.iter().map(|ty| ty.size_bytes(8) as usize).sum()
}

/// The bytes for results, and those behind.
fn room(variant: &Variant) -> usize {
    size(variant.case) + BEHIND
}

/// Operands in memory.
fn bytes(variant: &Variant, operands: &[Vec<u128>]) -> Vec<u8> {
    let mut input = Vec::new();
    for (ty, lanes) in variant.case.operands.iter().zip(operands) {
        let size = ty.lane().size_bytes(8) as usize;
        for lane in lanes.iter().take(usize::from(ty.lanes())) {
            input.extend_from_slice(&lane.to_le_bytes()[..size]);
        }
    }
    input
}

fn verify(variant: &Variant, operands: &[Vec<u128>], output: &[u8]) {
    let case = variant.case;
    assert_eq!(output[size(case)..], [UNTOUCHED; BEHIND], "{} writes beyond its results", case.name);
    let mut offset = 0;
    for (index, ty) in case.results.iter().enumerate() {
        let size = ty.lane().size_bytes(8) as usize;
        for lane in 0..usize::from(ty.lanes()) {
            let mut bytes = [0; 16];
            bytes[..size].copy_from_slice(&output[offset..offset + size]);
            offset += size;
            let found = u128::from_le_bytes(bytes);
            let arguments: Vec<u128> = operands.iter().map(|lanes| lanes[lane.min(lanes.len() - 1)]).collect();
            let expected = (case.expect)(&arguments).expect("defined")[index];
            let lane_ty = ty.lane();
            let both_nan = lane_ty.is_float() && eval::is_nan(lane_ty, found) && eval::is_nan(lane_ty, expected);
            assert!(
                found == expected || both_nan,
                "{}{arguments:#x?} lane {lane}: found {found:#x}, expected {expected:#x}",
                variant.name
            );
        }
    }
}

/// Scalars, and vectors that fill registers, part of one, several, and none evenly.
fn shapes(lane: Scalar) -> Vec<Type> {
    let full = (16 / lane.size_bytes(8)) as u16;
    let mut lanes = vec![1, 2, 3, full, 2 * full];
    lanes.sort_unstable();
    lanes.dedup();
    lanes.into_iter().map(|lanes| Type::vector(lane, lanes)).chain([Type::Scalar(lane)]).collect()
}

fn unary_cases(ops: &[UnaryOp], lanes: &[Scalar]) -> Vec<Case> {
    let mut cases = Vec::new();
    for &op in ops {
        for ty in lanes.iter().flat_map(|&lane| shapes(lane)) {
            let lane = ty.lane();
            if op == UnaryOp::Sqrt && matches!(lane, Scalar::F16 | Scalar::F128) {
                continue;
            }
            cases.push(case(
                format!("{op:?}_{}", type_name(ty)),
                &[ty],
                &[ty],
                move |v| Inst::Unary { op, value: v[0] },
                move |x| Some(vec![eval::unary(op, lane, x[0])?]),
            ));
        }
    }
    cases
}

fn binary_cases(ops: &[BinaryOp], lanes: &[Scalar]) -> Vec<Case> {
    let mut cases = Vec::new();
    for &op in ops {
        for ty in lanes.iter().flat_map(|&lane| shapes(lane)) {
            let lane = ty.lane();
            cases.push(case(
                format!("{op:?}_{}", type_name(ty)),
                &[ty, ty],
                &[ty],
                move |v| Inst::Binary { op, flags: ArithFlags::NONE, lhs: v[0], rhs: v[1] },
                move |x| Some(vec![eval::binary(op, lane, x[0], x[1])?]),
            ));
        }
    }
    cases
}

#[test]
fn int_unary() {
    use UnaryOp::*;
    check(&unary_cases(&[Ineg, Not, Ctlz, Cttz, Popcnt, Bswap, Bitreverse], &INTS));
}

#[test]
fn float_unary() {
    use UnaryOp::*;
    check(&unary_cases(&[Fneg, Fabs, Sqrt, Floor, Ceil, Ftrunc, Round, RoundEven], &FLOATS));
}

#[test]
fn int_arithmetic() {
    use BinaryOp::*;
    check(&binary_cases(&[Iadd, Isub, Imul, Udiv, Sdiv, Urem, Srem, And, Or, Xor], &INTS));
}

#[test]
fn int_shifts() {
    use BinaryOp::*;
    check(&binary_cases(&[Shl, Lshr, Ashr, Rotl, Rotr], &INTS));
}

#[test]
fn int_saturating() {
    use BinaryOp::*;
    check(&binary_cases(&[UaddSat, SaddSat, UsubSat, SsubSat, Umin, Umax, Smin, Smax], &INTS));
}

#[test]
fn float_arithmetic() {
    use BinaryOp::*;
    check(&binary_cases(&[Fadd, Fsub, Fmul, Fdiv, Frem], &FLOATS));
}

#[test]
fn float_choice() {
    use BinaryOp::*;
    check(&binary_cases(&[Fminimum, Fmaximum, Copysign], &FLOATS));
    // Which zero comes out is not defined.
    let mut cases = binary_cases(&[Fmin, Fmax], &FLOATS);
    for case in &mut cases {
        let lane = case.operands[0].lane();
        let op = if case.name.starts_with("Fmin") { Fmin } else { Fmax };
        let sign = 1u128 << (eval::bits(lane) - 1);
        case.expect = Box::new(move |x| match (x[0] & !sign, x[1] & !sign) {
            (0, 0) if x[0] != x[1] => None,
            _ => Some(vec![eval::binary(op, lane, x[0], x[1])?]),
        });
    }
    check(&cases);
}

#[test]
fn overflow() {
    use OverflowOp::*;
    let mut cases = Vec::new();
    for op in [Uadd, Sadd, Usub, Ssub, Umul, Smul] {
        for ty in INTS.into_iter().flat_map(shapes) {
            let lane = ty.lane();
            cases.push(case(
                format!("{op:?}_{}", type_name(ty)),
                &[ty, ty],
                &[ty, ty.with_lane(Scalar::I8)],
                move |v| Inst::Overflow { op, lhs: v[0], rhs: v[1] },
                move |x| {
                    let (wrapped, over) = eval::overflow(op, lane, x[0], x[1]);
                    Some(vec![wrapped, u128::from(over)])
                },
            ));
        }
    }
    check(&cases);
}

#[test]
fn three_operands() {
    let mut cases = Vec::new();
    for ty in INTS.into_iter().flat_map(shapes) {
        let lane = ty.lane();
        for left in [false, true] {
            cases.push(case(
                format!("funnel_{left}_{}", type_name(ty)),
                &[ty, ty, ty],
                &[ty],
                move |v| Inst::FunnelShift { left, high: v[0], low: v[1], amount: v[2] },
                move |x| Some(vec![eval::funnel_shift(lane, left, x[0], x[1], x[2])]),
            ));
        }
    }
    for ty in FLOATS.into_iter().flat_map(shapes) {
        let lane = ty.lane();
        cases.push(case(
            format!("fma_{}", type_name(ty)),
            &[ty, ty, ty],
            &[ty],
            |v| Inst::Fma { a: v[0], b: v[1], c: v[2] },
            move |x| Some(vec![eval::fma(lane, x[0], x[1], x[2])]),
        ));
    }
    check(&cases);
}

#[test]
fn comparisons() {
    let mut cases = Vec::new();
    let truth = |ty: Type, test: bool| match (ty.is_vector(), test) {
        (_, false) => 0,
        (false, true) => 1,
        (true, true) => eval::truncate(lir::compare_type(ty, 8).lane(), u128::MAX),
    };
    use IntCond::*;
    for cond in [Eq, Ne, Ult, Ule, Ugt, Uge, Slt, Sle, Sgt, Sge] {
        for ty in INTS.into_iter().flat_map(shapes) {
            cases.push(case(
                format!("icmp_{cond:?}_{}", type_name(ty)),
                &[ty, ty],
                &[lir::compare_type(ty, 8)],
                move |v| Inst::Icmp { cond, lhs: v[0], rhs: v[1] },
                move |x| Some(vec![truth(ty, eval::icmp(cond, ty.lane(), x[0], x[1]))]),
            ));
        }
    }
    use FloatCond::*;
    for cond in [Oeq, Une, Olt, Ole, Ogt, Oge, Unordered, Ordered] {
        for ty in FLOATS.into_iter().flat_map(shapes) {
            cases.push(case(
                format!("fcmp_{cond:?}_{}", type_name(ty)),
                &[ty, ty],
                &[lir::compare_type(ty, 8)],
                move |v| Inst::Fcmp { cond, lhs: v[0], rhs: v[1] },
                move |x| Some(vec![truth(ty, eval::fcmp(cond, ty.lane(), x[0], x[1]))]),
            ));
        }
    }
    check(&cases);
}

#[test]
fn selects() {
    let mut cases = Vec::new();
    for ty in INTS.into_iter().chain(FLOATS).flat_map(shapes) {
        let mask = lir::compare_type(ty, 8);
        if ty.is_vector() {
            let sign = 1u128 << (eval::bits(mask.lane()) - 1);
            cases.push(case(
                format!("select_lanes_{}", type_name(ty)),
                &[mask, ty, ty],
                &[ty],
                |v| Inst::Select { cond: v[0], if_true: v[1], if_false: v[2] },
                move |x| Some(vec![if x[0] & sign != 0 { x[1] } else { x[2] }]),
            ));
        }
        cases.push(case(
            format!("select_{}", type_name(ty)),
            &[Type::I8, ty, ty],
            &[ty],
            |v| Inst::Select { cond: v[0], if_true: v[1], if_false: v[2] },
            // Every lane is chosen by the one condition, which only takes the value of lane 0 when a vector is tested.
            move |x| (x[0] == 1).then(|| vec![x[1]]),
        ));
    }
    check(&cases);
}

#[test]
fn casts() {
    use CastOp::*;
    let mut cases = Vec::new();
    let mut add = |op: CastOp, from: Scalar, to: Scalar| {
        for ty in shapes(from) {
            let to_ty = ty.with_lane(to);
            cases.push(case(
                format!("{op:?}_{}_{}", type_name(ty), type_name(to_ty)),
                &[ty],
                &[to_ty],
                move |v| Inst::Cast { op, value: v[0], ty: to_ty },
                move |x| Some(vec![eval::cast(op, from, to, x[0])?]),
            ));
        }
    };
    for (n, from) in INTS.into_iter().enumerate() {
        for to in INTS.into_iter().skip(n + 1) {
            add(Zext, from, to);
            add(Sext, from, to);
            add(Trunc, to, from);
        }
        for to in FLOATS {
            add(UiToF, from, to);
            add(SiToF, from, to);
            for op in [FtoUiSat, FtoSiSat, FtoUi, FtoSi] {
                add(op, to, from);
            }
        }
    }
    for (n, from) in FLOATS.into_iter().enumerate() {
        for to in FLOATS.into_iter().skip(n + 1) {
            add(Fext, from, to);
            add(Ftrunc, to, from);
        }
    }
    add(PtrToInt, Scalar::Ptr, Scalar::I64);
    add(IntToPtr, Scalar::I64, Scalar::Ptr);
    for (a, b) in [
        (Scalar::I16, Scalar::F16),
        (Scalar::I32, Scalar::F32),
        (Scalar::I64, Scalar::F64),
        (Scalar::I128, Scalar::F128),
    ] {
        add(Bitcast, a, b);
        add(Bitcast, b, a);
    }
    check(&cases);
}
