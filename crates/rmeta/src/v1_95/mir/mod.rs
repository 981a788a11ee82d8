//! Bodies, constants in them, and constant memory (`rustc_middle::mir`).
