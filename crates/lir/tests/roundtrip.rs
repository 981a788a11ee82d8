//! Text and binary forms give back what went in; damaged ones give errors.

use bessemer_lir::binary::{
    BinaryError, CONTENT_START, function_from_bytes, function_to_bytes, module_from_bytes,
    module_from_unguarded_content, module_to_bytes,
};
use bessemer_lir::{Module, parse_function, parse_module, verify_module};

/// Every instruction, terminator, attribute and table entry, as the printer writes it.
const EVERY: &str = include_str!("every.lir");

fn every() -> Module {
    parse_module(EVERY).unwrap_or_else(|error| panic!("every.lir:{error}"))
}

/// Marsaglia's xorshift: the same mutations in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

#[test]
fn text_comes_back() {
    let module = every();
    pretty_equal(&module.to_string(), EVERY);
    assert_eq!(parse_module(&module.to_string()).unwrap(), module);
    for function in &module.functions {
        assert_eq!(parse_function(&function.to_string()).unwrap(), *function);
    }
}

fn pretty_equal(actual: &str, expected: &str) {
    for (index, (actual, expected)) in actual.lines().zip(expected.lines()).enumerate() {
        assert_eq!(actual, expected, "line {}", index + 1);
    }
    assert_eq!(actual.lines().count(), expected.lines().count());
}

#[test]
fn every_construct_is_correct() {
    let errors: Vec<String> = verify_module(&every(), 8).iter().map(ToString::to_string).collect();
    assert_eq!(errors, [""; 0]);
}

#[test]
fn binary_comes_back() {
    let module = every();
    assert_eq!(module_from_bytes(&module_to_bytes(&module)).unwrap(), module);
    let function = &module.functions[0];
    let bytes = function_to_bytes(function);
    assert_eq!(function_from_bytes(&bytes).unwrap(), *function);
    assert_eq!(module_from_bytes(&bytes), Err(BinaryError::Kind));
}

#[test]
fn damaged_binary_is_refused() {
    let bytes = module_to_bytes(&every());
    for index in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[index] ^= 1;
        assert!(module_from_bytes(&damaged).is_err(), "byte {index}");
    }
    for length in 0..bytes.len() {
        assert!(module_from_bytes(&bytes[..length]).is_err(), "{length} bytes");
    }
    assert_eq!(module_from_bytes(b"\x7fELF"), Err(BinaryError::Foreign));
}

#[test]
fn unguarded_content_never_panics() {
    let content = module_to_bytes(&every())[CONTENT_START..].to_vec();
    let mut random = Random(1);
    for _ in 0..1_500 {
        let mut damaged = content.clone();
        for _ in 0..=random.below(4) {
            let at = random.below(damaged.len());
            damaged[at] = [0, 1, 0x7f, 0xff][random.below(4)];
        }
        if let Ok(module) = module_from_unguarded_content(&damaged) {
            verify_module(&module, 8);
            let _ = module.to_string();
        }
    }
}

#[test]
fn mutated_text_never_panics() {
    let mut random = Random(2);
    let pieces: Vec<&str> = EVERY.split_inclusive([' ', '\n', ',', '(']).collect();
    for round in 0..1_000 {
        // Short texts, so that errors come late in some of them.
        let start = random.below(pieces.len());
        let length = 1 + random.below(400);
        let mut text: Vec<u8> = if round % 2 == 0 {
            EVERY.as_bytes().to_vec()
        } else {
            pieces.iter().cycle().skip(start).take(length).flat_map(|piece| piece.bytes()).collect()
        };
        for _ in 0..=random.below(3) {
            let at = random.below(text.len());
            match random.below(3) {
                0 => drop(text.splice(at..at + 1, pieces[random.below(pieces.len())].bytes())),
                1 => text[at] = b"0v9\"@({})-:\n\\x\xff"[random.below(15)],
                _ => text.truncate(at.max(1)),
            }
        }
        let text = String::from_utf8_lossy(&text);
        if let Ok(module) = parse_module(&text) {
            verify_module(&module, 8);
            let again = module.to_string();
            assert_eq!(parse_module(&again).as_ref(), Ok(&module), "{again}");
        }
    }
}
