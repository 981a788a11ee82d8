//! DWARF.

use crate::code::FunctionCode;
use crate::unwind::Relocated;
use backend::Options;
use lir::{Function, Module};

/// Debug sections by name, with the functions as symbol numbers.
pub(crate) type Sections = Vec<(&'static str, Relocated)>;

/// The debug sections of a module.
pub(crate) fn sections(
    _module: &Module,
    _functions: &[(&Function, &FunctionCode)],
    _options: &Options,
) -> gimli::write::Result<Option<Sections>> {
    Ok(None)
}
