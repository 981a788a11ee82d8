//! Instructions as C statements.

use crate::function::Writer;
use crate::{scalar, signature, types};
use lir::{BinaryOp, Call, Callee, CastOp, FloatCond, Inst, IntCond, MemFlags, Node, ReduceOp, Scalar, Type, Value};

impl Writer<'_> {
    /// Writes one instruction. What C cannot say has been rejected before.
    pub(crate) fn inst(&mut self, node: &Node) {
        let result = node.first_result;
        let second = || node.results().nth(1).unwrap_or(result);
        match &node.inst {
            Inst::Iconst { ty, value } | Inst::Fconst { ty, bits: value } => {
                let constant = scalar::constant(ty.lane(), *value);
                self.set(result, &constant);
            }
            Inst::Zero { ty } | Inst::Undef { ty } => self.zero(result, *ty),
            Inst::SymbolAddr { symbol, offset } => {
                let symbol = self.symbol(*symbol);
                self.set(result, &format!("{symbol} + ({offset})"));
            }
            Inst::TlsAddr { symbol } => {
                let symbol = self.symbol(*symbol);
                self.set(result, &symbol);
            }
            Inst::SlotAddr { slot, offset } => self.set(result, &format!("{slot} + {offset}")),
            Inst::GetVar { var } => self.set(result, &var.to_string()),
            Inst::SetVar { var, value } => self.line(&format!("{var} = {value};")),
            Inst::Unary { op, value } => self.lanes(result, |w, i| {
                let a = w.lane(*value, i);
                scalar::unary(*op, w.ty(*value).lane(), &a)
            }),
            Inst::Binary { op, lhs, rhs, .. } => {
                self.lanes(result, |w, i| scalar::binary(*op, w.ty(*lhs).lane(), &w.lane(*lhs, i), &w.lane(*rhs, i)))
            }
            Inst::Overflow { op, lhs, rhs } => {
                let (name, ty) = (scalar::overflow(*op), self.ty(*lhs));
                for i in 0..ty.lanes() {
                    let (a, b) = (self.lane(*lhs, i), self.lane(*rhs, i));
                    let (wrapped, over) = (self.lane(result, i), self.lane(second(), i));
                    let t = types::scalar(ty.lane());
                    // A lane of a vector has no address.
                    self.line(&format!(
                        "{{ {t} wrapped; {over} = {name}_{t}({a}, {b}, &wrapped); {wrapped} = wrapped; }}"
                    ));
                }
            }
            Inst::Fma { a, b, c } => {
                self.lanes(result, |w, i| scalar::fma(w.ty(*a).lane(), &w.lane(*a, i), &w.lane(*b, i), &w.lane(*c, i)))
            }
            Inst::FunnelShift { left, high, low, amount } => self.lanes(result, |w, i| {
                let name = if *left { "fshl" } else { "fshr" };
                let t = types::scalar(w.ty(*high).lane());
                format!("{name}_{t}({}, {}, {})", w.lane(*high, i), w.lane(*low, i), w.lane(*amount, i))
            }),
            Inst::Icmp { cond, lhs, rhs } => self.icmp(result, *cond, *lhs, *rhs),
            Inst::Fcmp { cond, lhs, rhs } => self.fcmp(result, *cond, *lhs, *rhs),
            Inst::Select { cond, if_true, if_false } => match self.ty(*cond) {
                Type::Scalar(_) => self.set(result, &format!("{cond} ? {if_true} : {if_false}")),
                mask @ Type::Vector { .. } => self.lanes(result, |w, i| {
                    let sign = w.mask_bit(mask, *cond, i);
                    format!("{sign} ? {} : {}", w.lane(*if_true, i), w.lane(*if_false, i))
                }),
            },
            Inst::Cast { op: CastOp::Bitcast, value, .. } => {
                self.line(&format!("__builtin_memcpy(&{result}, &{value}, {});", self.ty(result).size_bytes(8)));
            }
            Inst::Cast { op, value, ty } => {
                self.lanes(result, |w, i| scalar::cast(*op, w.ty(*value).lane(), ty.lane(), &w.lane(*value, i)))
            }
            Inst::PtrAdd { ptr, offset, .. } => {
                self.lanes(result, |w, i| format!("({}) + (i64){}", w.lane(*ptr, i), w.lane(*offset, i)))
            }
            Inst::Load { ty, ptr, flags, .. } => self.load(result, *ty, *ptr, *flags),
            Inst::Store { value, ptr, flags } => self.store(*value, *ptr, *flags),
            Inst::Call(call) => self.call(call, &node.results().collect::<Vec<_>>()),
            Inst::Prefetch { ptr, write, data: true, locality } => {
                self.line(&format!("__builtin_prefetch({ptr}, {}, {locality});", u8::from(*write)));
            }
            Inst::Memcpy { dst, src, len, .. } => self.line(&format!("__builtin_memcpy({dst}, {src}, {len});")),
            Inst::Memmove { dst, src, len, .. } => self.line(&format!("__builtin_memmove({dst}, {src}, {len});")),
            Inst::Memset { dst, byte, len, .. } => self.line(&format!("__builtin_memset({dst}, {byte}, {len});")),
            Inst::Prefetch { .. } | Inst::SlotLive { .. } | Inst::SlotDead { .. } => {}
            Inst::Assume { cond } => self.line(&format!("if (!{cond}) __builtin_unreachable();")),
            Inst::Expect { value, likely } => {
                self.set(result, &format!("__builtin_expect({value}, {})", u8::from(*likely)));
            }
            Inst::BlackBox { value } => {
                self.set(result, &value.to_string());
                self.line(&format!("__asm__ volatile(\"\" : \"+m\"({result}) : : \"memory\");"));
            }
            Inst::BlackBoxMemory { ptr } => {
                self.line(&format!("__asm__ volatile(\"\" : : \"r\"({ptr}) : \"memory\");"));
            }
            Inst::ReturnAddress => self.set(result, "__builtin_return_address(0)"),
            Inst::Breakpoint => self.line("__asm__ volatile(\"int3\");"),
            Inst::VaStart { list } => {
                let last = self.function.signature.params.len().saturating_sub(1);
                self.line(&format!("__builtin_va_start(*(__builtin_va_list *){list}, p{last});"));
            }
            Inst::VaEnd { list } => self.line(&format!("__builtin_va_end(*(__builtin_va_list *){list});")),
            Inst::VaCopy { dst, src } => {
                self.line(&format!("__builtin_va_copy(*(__builtin_va_list *){dst}, *(__builtin_va_list *){src});"));
            }
            inst @ (Inst::AtomicLoad { .. }
            | Inst::AtomicStore { .. }
            | Inst::AtomicRmw { .. }
            | Inst::CmpXchg { .. }
            | Inst::Fence { .. }) => self.atomic(inst, result, second()),
            inst => self.vector(inst, result),
        }
    }

    fn icmp(&mut self, result: Value, cond: IntCond, lhs: Value, rhs: Value) {
        let minus = self.all_ones(lhs);
        self.lanes(result, |w, i| {
            format!("{minus}{}", scalar::icmp(cond, w.ty(lhs).lane(), &w.lane(lhs, i), &w.lane(rhs, i)))
        });
    }

    fn fcmp(&mut self, result: Value, cond: FloatCond, lhs: Value, rhs: Value) {
        let minus = self.all_ones(lhs);
        self.lanes(result, |w, i| format!("{minus}{}", scalar::fcmp(cond, &w.lane(lhs, i), &w.lane(rhs, i))));
    }

    /// What makes a comparison's 1 all ones where it is a vector's lane.
    fn all_ones(&self, operand: Value) -> &'static str {
        if self.ty(operand).is_vector() { "-" } else { "" }
    }

    /// Is a lane's sign bit set?
    fn mask_bit(&self, mask: Type, value: Value, lane: u16) -> String {
        format!("({} >> {})", self.lane(value, lane), types::bits(mask.lane()) - 1)
    }

    fn load(&mut self, result: Value, ty: Type, ptr: Value, flags: MemFlags) {
        if flags.volatile && flags.align >= u64::from(ty.size_bytes(8)) {
            self.set(result, &format!("*(volatile {} *){ptr}", types::name(ty)));
        } else {
            self.line(&format!("__builtin_memcpy(&{result}, {ptr}, {});", ty.size_bytes(8)));
            self.forget_memory(flags);
        }
    }

    fn store(&mut self, value: Value, ptr: Value, flags: MemFlags) {
        let ty = self.ty(value);
        if flags.volatile && flags.align >= u64::from(ty.size_bytes(8)) {
            self.line(&format!("*(volatile {} *){ptr} = {value};", types::name(ty)));
        } else {
            self.line(&format!("__builtin_memcpy({ptr}, &{value}, {});", ty.size_bytes(8)));
            self.forget_memory(flags);
        }
    }

    /// A volatile access that has no C type happens once all the same, and in its place.
    fn forget_memory(&mut self, flags: MemFlags) {
        if flags.volatile {
            self.line("__asm__ volatile(\"\" : : : \"memory\");");
        }
    }

    /// A call, whose results are these values.
    pub(crate) fn call(&mut self, call: &Call, results: &[Value]) {
        let signature = self.function.signature(call.sig);
        let mut params = signature.all_params();
        let args: Vec<String> = call
            .args
            .iter()
            .map(|&value| signature::argument(params.next(), self.ty(value), &value.to_string()))
            .collect();
        let callee = match call.callee {
            Callee::Symbol(symbol) => self.callee(symbol, signature),
            Callee::Indirect(value) => format!("(({}){value})", signature::pointer(signature)),
        };
        let text = format!("{callee}({})", args.join(", "));
        match results {
            [] => self.line(&format!("{text};")),
            [one] => self.set(*one, &text),
            [a, b, ..] => {
                let ty = signature::result_type(signature);
                self.line(&format!("{{ {ty} results = {text}; {a} = results.a; {b} = results.b; }}"));
            }
        }
        if call.attrs.noreturn {
            self.line("__builtin_unreachable();");
        }
    }

    fn atomic(&mut self, inst: &Inst, result: Value, second: Value) {
        let cell = |ty: Type, ptr: Value| {
            let t = if ty.lane() == Scalar::Ptr { "u64" } else { types::scalar(ty.lane()) };
            (t, format!("({t} *){ptr}"))
        };
        match inst {
            Inst::AtomicLoad { ty, ptr, order, .. } => {
                let (_, at) = cell(*ty, *ptr);
                self.set(result, &format!("__atomic_load_n({at}, {})", scalar::ordering(*order)));
            }
            Inst::AtomicStore { value, ptr, order, .. } => {
                let (t, at) = cell(self.ty(*value), *ptr);
                self.line(&format!("__atomic_store_n({at}, ({t}){value}, {});", scalar::ordering(*order)));
            }
            Inst::AtomicRmw { op, ptr, value, order } => {
                let (t, at) = cell(self.ty(*value), *ptr);
                let order = scalar::ordering(*order);
                match scalar::rmw(*op) {
                    Ok(name) => self.set(result, &format!("{name}({at}, ({t}){value}, {order})")),
                    Err(op) => {
                        let lane = self.ty(*value).lane();
                        let new =
                            scalar::binary(op, if lane == Scalar::Ptr { Scalar::I64 } else { lane }, "old", "with");
                        self.line(&format!(
                            "{{ {t} with = ({t}){value}, old = __atomic_load_n({at}, __ATOMIC_RELAXED); \
                             while (!__atomic_compare_exchange_n({at}, &old, {new}, 1, {order}, __ATOMIC_RELAXED)) {{}} \
                             {result} = ({})old; }}",
                            types::name(self.ty(result))
                        ));
                    }
                }
            }
            Inst::CmpXchg { ptr, expected, new, success, failure, weak } => {
                let (t, at) = cell(self.ty(*new), *ptr);
                let (success, failure) = (scalar::ordering(*success), scalar::ordering(*failure));
                self.line(&format!(
                    "{{ {t} old = ({t}){expected}; {second} = __atomic_compare_exchange_n({at}, &old, ({t}){new}, {}, \
                     {success}, {failure}); {result} = ({})old; }}",
                    u8::from(*weak),
                    types::name(self.ty(result))
                ));
            }
            Inst::Fence { order, single_thread } => {
                let name = if *single_thread { "__atomic_signal_fence" } else { "__atomic_thread_fence" };
                self.line(&format!("{name}({});", scalar::ordering(*order)));
            }
            _ => {}
        }
    }

    fn vector(&mut self, inst: &Inst, result: Value) {
        match inst {
            Inst::Splat { value, .. } => self.lanes(result, |_, _| value.to_string()),
            Inst::ExtractLane { vector, lane } => {
                let lane = self.lane(*vector, *lane);
                self.set(result, &lane);
            }
            Inst::InsertLane { vector, lane, value } => {
                self.set(result, &vector.to_string());
                let lane = self.lane_place(result, *lane);
                self.line(&format!("{lane} = {};", self.address(*value)));
            }
            Inst::ExtractLaneDyn { vector, lane } => self.set(result, &format!("{vector}[{lane}]")),
            Inst::InsertLaneDyn { vector, lane, value } => {
                self.set(result, &vector.to_string());
                self.line(&format!("{result}[{lane}] = {};", self.address(*value)));
            }
            Inst::Shuffle { a, b, mask } => self.lanes(result, |w, i| {
                let (from, lanes) = (mask.get(usize::from(i)).copied().unwrap_or(0), w.ty(*a).lanes());
                if from < lanes { w.lane(*a, from) } else { w.lane(*b, from - lanes) }
            }),
            Inst::Reduce { op, vector } => {
                let ty = self.ty(*vector);
                let all = (0..ty.lanes()).map(|i| self.lane(*vector, i));
                let text = all.reduce(|a, b| scalar::binary(reduction(*op), ty.lane(), &a, &b)).unwrap_or_default();
                self.set(result, &text);
            }
            Inst::Bitmask { vector, ty } => {
                let mask = self.ty(*vector);
                let t = types::name(*ty);
                let bits: Vec<String> =
                    (0..mask.lanes()).map(|i| format!("({t}){} << {i}", self.mask_bit(mask, *vector, i))).collect();
                self.set(result, &bits.join(" | "));
            }
            Inst::MaskFromBits { value, ty } => {
                let t = types::scalar(ty.lane());
                self.lanes(result, |_, i| format!("-({t})({value} >> {i} & 1)"));
            }
            Inst::Gather { ptrs, mask, passthru, .. } => {
                self.masked(*mask, result, |w, i| (Some(w.lane(*ptrs, i)), w.lane(*passthru, i)))
            }
            Inst::MaskedLoad { ptr, mask, passthru, .. } => self.masked(*mask, result, |w, i| {
                let bytes = w.ty(*passthru).lane().size_bytes(8) * u32::from(i);
                (Some(format!("{ptr} + {bytes}")), w.lane(*passthru, i))
            }),
            Inst::Scatter { ptrs, mask, value, .. } => self.masked_store(*mask, *value, |w, i| w.lane(*ptrs, i)),
            Inst::MaskedStore { ptr, mask, value, .. } => self.masked_store(*mask, *value, |w, i| {
                format!("{ptr} + {}", w.ty(*value).lane().size_bytes(8) * u32::from(i))
            }),
            _ => {}
        }
    }

    /// Loads the lanes whose mask is set; the others come from elsewhere.
    fn masked(&mut self, mask: Value, result: Value, source: impl Fn(&Self, u16) -> (Option<String>, String)) {
        let (mask_ty, ty) = (self.ty(mask), self.ty(result));
        let t = if ty.lane() == Scalar::Ptr { "u64" } else { types::scalar(ty.lane()) };
        for i in 0..ty.lanes() {
            let (address, other) = source(self, i);
            let (sign, place) = (self.mask_bit(mask_ty, mask, i), self.lane_place(result, i));
            let address = address.unwrap_or_default();
            self.line(&format!(
                "if ({sign}) {{ {t} lane; __builtin_memcpy(&lane, {address}, sizeof lane); {place} = lane; }} \
                 else {place} = ({t}){other};"
            ));
        }
    }

    fn masked_store(&mut self, mask: Value, value: Value, address: impl Fn(&Self, u16) -> String) {
        let (mask_ty, ty) = (self.ty(mask), self.ty(value));
        let t = types::scalar(ty.lane());
        for i in 0..ty.lanes() {
            let (sign, lane, address) = (self.mask_bit(mask_ty, mask, i), self.lane(value, i), address(self, i));
            self.line(&format!(
                "if ({sign}) {{ {t} lane = {lane}; __builtin_memcpy({address}, &lane, sizeof lane); }}"
            ));
        }
    }
}

fn reduction(op: ReduceOp) -> BinaryOp {
    match op {
        ReduceOp::Add => BinaryOp::Iadd,
        ReduceOp::Mul => BinaryOp::Imul,
        ReduceOp::And => BinaryOp::And,
        ReduceOp::Or => BinaryOp::Or,
        ReduceOp::Xor => BinaryOp::Xor,
        ReduceOp::Umin => BinaryOp::Umin,
        ReduceOp::Umax => BinaryOp::Umax,
        ReduceOp::Smin => BinaryOp::Smin,
        ReduceOp::Smax => BinaryOp::Smax,
        ReduceOp::Fmin => BinaryOp::Fmin,
        ReduceOp::Fmax => BinaryOp::Fmax,
        ReduceOp::FaddOrdered | ReduceOp::FaddAny => BinaryOp::Fadd,
        ReduceOp::FmulOrdered | ReduceOp::FmulAny => BinaryOp::Fmul,
    }
}
