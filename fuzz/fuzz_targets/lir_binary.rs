//! The reader of LIR's binary form takes any bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(module) = lir::binary::module_from_unguarded_content(bytes) {
        lir::verify_module(&module, 8);
        let _ = module.to_string();
    }
});
