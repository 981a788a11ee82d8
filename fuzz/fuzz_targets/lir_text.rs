//! The parser of LIR's text form takes any text, and what it reads comes back.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(module) = lir::parse_module(text) {
        lir::verify_module(&module, 8);
        lir::module_hash(&module);
        assert_eq!(lir::parse_module(&module.to_string()), Ok(module));
    }
});
