//! Data objects.

use crate::cx::Cx;
use crate::ll::Value;
use lir::{Data, Linkage};

/// A run of a data object's content.
enum Piece<'d> {
    Bytes(&'d [u8]),
    Zeros(u64),
    Address(&'d lir::Relocation),
}

impl<'c> Cx<'_, 'c> {
    /// Declares a data object with its type, which is a packed struct of its bytes and addresses (or just bytes).
    pub(crate) fn declare_data(&self, data: &Data) -> Value<'c> {
        let fields: Vec<_> = pieces(data, self.pointer_bytes)
            .iter()
            .map(|piece| match piece {
                Piece::Bytes(bytes) => self.types.i8.array(bytes.len() as u64),
                Piece::Zeros(count) => self.types.i8.array(*count),
                Piece::Address(_) => self.types.ptr,
            })
            .collect();
        let has_address = !data.relocations.is_empty();
        let ty = match &fields[..] {
            [] => self.types.i8.array(0),
            [one] if !has_address => *one,
            many => self.context.structure(many, true),
        };
        let value = self.module.add_global(&data.name, ty);
        let anonymous = data.mergeable && !data.thread_local && data.section.is_none() && !data.used;
        self.set_linkage(value, &data.name, data.linkage, anonymous);
        value.set_alignment(data.align.max(1));
        if data.thread_local {
            value.set_thread_local();
        }
        if !data.writable {
            value.set_global_constant();
        }
        if data.mergeable {
            value.set_unnamed_addr();
        }
        match &data.section {
            Some(section) if !self.is_custom_section(section) => value.set_section(section),
            _ => {}
        }
        if data.used {
            self.keep(value);
        }
        value
    }

    /// Gives all data objects their content.
    pub(crate) fn define_data(&self, source: &lir::Module) {
        for data in &source.data {
            let value = self.known(&data.name).expect("all data is declared");
            let fields: Vec<Value> = pieces(data, self.pointer_bytes)
                .iter()
                .map(|piece| match piece {
                    Piece::Bytes(bytes) => self.context.const_bytes(bytes),
                    Piece::Zeros(count) => self.types.i8.array(*count).zero(),
                    Piece::Address(relocation) => self.relocated(relocation),
                })
                .collect();
            let has_address = !data.relocations.is_empty();
            // A common object has no content but zeros, as one.
            let initializer = match &fields[..] {
                _ if data.linkage == Linkage::Common => value.value_type().zero(),
                [] => self.types.i8.array(0).zero(),
                [one] if !has_address => *one,
                many => self.context.const_struct(many, true),
            };
            value.set_initializer(initializer);
            if let Some(section) = data.section.as_deref().filter(|section| self.is_custom_section(section)) {
                self.add_custom_section(section, data);
            }
        }
    }

    /// Whether a section is one of WebAssembly's for tools: all but the list of functions to call first.
    fn is_custom_section(&self, section: &str) -> bool {
        self.options.triple.starts_with("wasm") && !section.starts_with(".init_array")
    }

    /// Adds content to a section for tools. (It has no addresses: rustc refuses such statics.)
    fn add_custom_section(&self, section: &str, data: &Data) {
        let mut bytes = data.bytes.clone();
        bytes.resize(data.size_bytes() as usize, 0);
        let content = [section.as_bytes(), &bytes].map(|bytes| self.context.md_bytes(bytes));
        self.module.add_named_metadata("wasm.custom_sections", self.context.md_node(&content));
    }

    fn relocated(&self, relocation: &lir::Relocation) -> Value<'c> {
        let symbol = match self.known(&relocation.symbol) {
            Some(value) => value,
            None if relocation.function => self.function_address(&relocation.symbol, relocation.weak),
            None => self.declare_external_data(&relocation.symbol, false, relocation.weak),
        };
        self.offset_address(symbol, relocation.addend)
    }

    /// A constant address and an offset.
    pub(crate) fn offset_address(&self, address: Value<'c>, offset: i64) -> Value<'c> {
        match offset {
            0 => address,
            _ => address.const_offset(self.types.i8, self.types.size.constant(offset as u128)),
        }
    }
}

/// The content in order, without empty runs.
fn pieces<'d>(data: &'d Data, pointer_bytes: u32) -> Vec<Piece<'d>> {
    let mut all = Vec::new();
    let mut position = 0;
    let bytes_until = |from: u64, to: u64, all: &mut Vec<Piece<'d>>| {
        if from < to {
            // The zero bytes at the end may hold addresses too.
            let stored = data.bytes.len() as u64;
            let (middle_from, middle_to) = (from.min(stored) as usize, to.min(stored) as usize);
            let bytes = &data.bytes[middle_from..middle_to];
            match bytes.iter().all(|byte| *byte == 0) {
                _ if bytes.is_empty() => {}
                true => all.push(Piece::Zeros(bytes.len() as u64)),
                false => all.push(Piece::Bytes(bytes)),
            }
            let zeros = to.max(stored) - from.max(stored);
            if zeros > 0 {
                all.push(Piece::Zeros(zeros));
            }
        }
    };
    for relocation in &data.relocations {
        bytes_until(position, relocation.offset, &mut all);
        all.push(Piece::Address(relocation));
        position = relocation.offset + u64::from(pointer_bytes);
    }
    bytes_until(position, data.size_bytes(), &mut all);
    all
}
