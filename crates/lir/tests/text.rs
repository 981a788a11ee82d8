//! What the text form looks like.

use bessemer_lir::{BinaryOp, Function, FunctionBuilder, Inst, Linkage, Signature, Terminator, Type, verify_function};
use expect_test::{Expect, expect};

fn check(function: &Function, expected: Expect) {
    assert_eq!(verify_function(function, 8), []);
    expected.assert_eq(&function.to_string());
}

#[test]
fn variable_and_join() {
    let signature = Signature::plain(&[Type::I32, Type::I8], &[Type::I32]);
    let mut b = FunctionBuilder::new("choose".into(), signature, Linkage::Export, 8);
    let [entry, then, join] = [(); 3].map(|()| b.create_block());
    let var = b.create_var(Type::I32);
    let (x, cond) = (bessemer_lir::Value::ZERO, bessemer_lir::Value::from_u32(1));
    b.switch_to(entry);
    b.effect(Inst::SetVar { var, value: x });
    b.terminate(Terminator::Branch { cond, then, otherwise: join, hint: bessemer_lir::BranchHint::Likely });
    b.switch_to(then);
    let minus_two = b.value(Inst::Iconst { ty: Type::I32, value: 0xffff_fffe });
    let flags = bessemer_lir::ArithFlags { nsw: true, ..bessemer_lir::ArithFlags::NONE };
    let sum = b.value(Inst::Binary { op: BinaryOp::Iadd, flags, lhs: x, rhs: minus_two });
    b.effect(Inst::SetVar { var, value: sum });
    b.terminate(Terminator::Jump(join));
    b.switch_to(join);
    let result = b.value(Inst::GetVar { var });
    b.terminate(Terminator::Return(vec![result]));
    check(
        &b.finish_function(),
        expect![[r#"
            function export @choose(v0: i32, v1: i8) -> i32 {
                var0: i32
            block0:
                set_var var0, v0
                branch v1, block1, block2 likely
            block1:
                v2 = iconst i32 -2
                v3 = iadd nsw v0, v2
                set_var var0, v3
                jump block2
            block2:
                v4 = get_var var0
                return v4
            }
        "#]],
    );
}
