//! Bodies, constants in them, and constant memory (`rustc_middle::mir`), decoded into [`::mir`]'s types.
//!
//! What has no effect at run time is read and left out: user type annotations, coverage, statements of the borrow checker,
//! debug information of removed statements.

mod asm;
mod asm_registers;
mod bodies;
mod body;
mod constant;
mod coroutine;
mod instance;
mod syntax;

pub(crate) use bodies::MirCaches;
pub(super) use constant::PendingMemory;

#[cfg(test)]
mod tests;
