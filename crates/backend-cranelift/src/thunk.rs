//! Small pieces of machine code that calls go through where Cranelift cannot express the call itself.
//!
//! The System V convention of x86-64 wants the number of vector registers that carry arguments in `al` when a variadic function
//! is called. Cranelift has no such notion, so the call goes to a thunk which sets `al` and jumps to the function
//! proper, whose address it finds where an additional last argument is passed.

use serde::{Deserialize, Serialize};

/// Where a thunk finds the address to jump to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub(crate) enum TargetPlace {
    /// The `n`-th integer argument register.
    Register(u8),
    /// This many bytes into the stack arguments.
    Stack(u32),
}

/// A thunk for variadic calls.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub(crate) struct VariadicThunk {
    pub vector_registers: u8,
    pub target: TargetPlace,
}

impl VariadicThunk {
    /// The name of its (local) symbol.
    pub fn name(self) -> String {
        let count = self.vector_registers;
        match self.target {
            TargetPlace::Register(n) => format!(".Lvariadic.{count}.r{n}"),
            TargetPlace::Stack(offset) => format!(".Lvariadic.{count}.s{offset}"),
        }
    }

    /// The x86-64 machine code.
    pub fn code(self) -> Vec<u8> {
        // mov eax, count
        let mut code = vec![0xb8, self.vector_registers, 0, 0, 0];
        match self.target {
            // jmp through rdi, rsi, rdx, rcx, r8, r9
            TargetPlace::Register(n) => code.extend_from_slice(match n {
                0 => &[0xff, 0xe7],
                1 => &[0xff, 0xe6],
                2 => &[0xff, 0xe2],
                3 => &[0xff, 0xe1],
                4 => &[0x41, 0xff, 0xe0],
                5 => &[0x41, 0xff, 0xe1],
                _ => unreachable!("there are six integer argument registers"),
            }),
            // jmp [rsp + 8 + offset]: the return address lies below the arguments
            TargetPlace::Stack(offset) => {
                code.extend_from_slice(&[0xff, 0xa4, 0x24]);
                code.extend_from_slice(&(offset + 8).to_le_bytes());
            }
        }
        code
    }
}
