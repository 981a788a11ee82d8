//! A WebAssembly engine with Cranelift in it: compiles a module of 200 functions and runs them.

use std::fmt::Write;
use wasmtime::{Engine, Instance, Module, Store};

/// A module whose functions each do a loop of arithmetic.
fn module() -> String {
    let mut text = "(module (memory 1)\n".to_owned();
    for number in 0..200 {
        let _ = write!(
            text,
            "(func $f{number} (param $n i64) (result i64) (local $i i64) (local $sum i64)
               (loop $again
                 (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const {})) (local.get $i)))
                 (i64.store (i32.wrap_i64 (i64.and (local.get $i) (i64.const 1016))) (local.get $sum))
                 (local.set $i (i64.add (local.get $i) (i64.const 1)))
                 (br_if $again (i64.lt_s (local.get $i) (local.get $n))))
               (i64.xor (local.get $sum) (i64.load (i32.const {}))))\n",
            number * 2 + 3,
            number * 4 % 1016,
        );
    }
    text += "(func (export \"run\") (param $n i64) (result i64)\n (i64.const 0)\n";
    for number in 0..200 {
        let _ = writeln!(text, " (i64.xor (call $f{number} (local.get $n)))");
    }
    text + "))"
}

fn main() -> wasmtime::Result<()> {
    let engine = Engine::default();
    let mut total = 0;
    for _ in 0..5 {
        let module = Module::new(&engine, module())?;
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[])?;
        let run = instance.get_typed_func::<i64, i64>(&mut store, "run")?;
        total ^= run.call(&mut store, 10_000 + total.rem_euclid(7))?;
    }
    println!("{total:x}");
    Ok(())
}
