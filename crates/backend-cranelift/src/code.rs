//! From a LIR function to machine code and all that the object says about it.

use crate::isa::Target;
use crate::relocation::RelocationKind;
use crate::translate::{self, CATCH_TAG, External, Stop, Translated};
use crate::unwind;
use backend::{CodegenError, DebugInfo, Emit, Options};
use cranelift_codegen::ir::{ExceptionTag, ExternalName, LibCall, StackSlot};
use cranelift_codegen::isa::unwind::UnwindInfo;
use cranelift_codegen::{Context, FinalizedMachExceptionHandler, FinalizedRelocTarget};
use cranelift_control::ControlPlane;
use cranelift_frontend::FunctionBuilderContext;
use gimli::write::Address;
use lir::{Function, IndexVec, LocId, Slot};
use serde::{Deserialize, Serialize};

/// The outcome of compiling a function.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum Outcome {
    Code(Box<FunctionCode>),
    /// A text form, where that was asked for.
    Text(String),
    /// The construct that Cranelift lacks.
    Rejected(String),
}

/// A compiled function: all that the object needs besides the LIR function, whose tables it refers to by number. It follows
/// from what [`lir::code_hash`] looks at and from the options, so that it can be kept.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct FunctionCode {
    #[serde(with = "lir::module::serde_bytes_vec")]
    pub bytes: Vec<u8>,
    pub align: u64,
    pub relocations: Vec<CodeRelocation>,
    pub externals: Vec<External>,
    /// The encoded instructions of its frame description entry.
    #[serde(with = "lir::module::serde_bytes_vec")]
    pub frame: Vec<u8>,
    /// Its language-specific data area; empty if it has no landing pads.
    #[serde(with = "lir::module::serde_bytes_vec")]
    pub data_area: Vec<u8>,
    /// Where each slot of the LIR function begins: the distance in bytes from the frame's canonical address (what the stack pointer
    /// was before the call). Absent where debuggers are not told of variables.
    pub slots: IndexVec<Slot, i32>,
    /// Ranges of code (start, end) with the location they come from, ascending. Code of unknown origin is left out.
    pub lines: Vec<(u32, u32, LocId)>,
}

/// A place in the code that the linker fills in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct CodeRelocation {
    pub offset: u32,
    pub kind: RelocationKind,
    pub target: RelocationTarget,
    pub addend: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum RelocationTarget {
    /// An entry of [`FunctionCode::externals`].
    External(u32),
    /// An offset within this function.
    Own(u32),
}

/// A call, by where it returns to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct CallSite {
    pub return_offset: u32,
    pub landing: Option<LandingPad>,
}

/// Where unwinding enters the function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct LandingPad {
    pub offset: u32,
    /// Stops the unwinding, rather than only cleaning up.
    pub catches: bool,
}

/// Compiles functions one after another; its memory is used again for each.
pub(crate) struct Compiler<'a> {
    target: &'a Target,
    emit: Emit,
    /// Whether debuggers are told of variables.
    variables: bool,
    context: Context,
    builder_context: FunctionBuilderContext,
    control_plane: ControlPlane,
}

impl Compiler<'_> {
    pub fn new<'a>(target: &'a Target, options: &Options, emit: Emit) -> Compiler<'a> {
        Compiler {
            target,
            emit,
            variables: options.debug >= DebugInfo::Full,
            context: Context::new(),
            builder_context: FunctionBuilderContext::new(),
            control_plane: ControlPlane::default(),
        }
    }

    pub fn compile(&mut self, function: &Function) -> Result<Outcome, CodegenError> {
        match self.try_compile(function) {
            Ok(outcome) => Ok(outcome),
            Err(Stop::Rejected(construct)) => Ok(Outcome::Rejected(construct)),
            Err(Stop::Internal(message)) => {
                Err(CodegenError::Internal { function: function.name.to_string(), message })
            }
        }
    }

    fn try_compile(&mut self, function: &Function) -> Result<Outcome, Stop> {
        self.context.clear();
        let clif = &mut self.context.func;
        let Translated { mut externals, slots } =
            translate::translate(function, self.target, clif, &mut self.builder_context)?;
        if self.emit == Emit::Ir {
            let places = translate::places(function);
            return Ok(Outcome::Text(format!("{places}; {}\n{}", function.name, clif.display())));
        }
        self.context.set_disasm(self.emit == Emit::Assembly);
        let isa = &*self.target.isa;
        if let Err(error) = self.context.compile(isa, &mut self.control_plane) {
            return Err(stop(&error.inner, error.func));
        }
        let compiled = self.context.compiled_code().expect("code after compiling");
        if self.emit == Emit::Assembly {
            let text = compiled.vcode.as_deref().unwrap_or_default();
            return Ok(Outcome::Text(format!("{}:\n{text}", function.name)));
        }

        let names = self.context.func.params.user_named_funcs();
        let buffer = &compiled.buffer;
        let mut relocations = Vec::with_capacity(buffer.relocs().len());
        for reloc in buffer.relocs() {
            let target = match &reloc.target {
                FinalizedRelocTarget::ExternalName(ExternalName::User(name)) => {
                    RelocationTarget::External(names[*name].index)
                }
                FinalizedRelocTarget::ExternalName(ExternalName::LibCall(call)) => {
                    externals.push(External::Library(library_name(*call)?.into()));
                    RelocationTarget::External(externals.len() as u32 - 1)
                }
                FinalizedRelocTarget::ExternalName(name) => {
                    return Err(Stop::internal(format!("a relocation against {name:?}")));
                }
                FinalizedRelocTarget::Func(offset) => RelocationTarget::Own(*offset),
            };
            let kind = RelocationKind::new(reloc.kind)?;
            relocations.push(CodeRelocation { offset: reloc.offset, kind, target, addend: reloc.addend });
        }
        let call_sites: Vec<CallSite> = buffer
            .call_sites()
            .map(|site| CallSite {
                return_offset: site.ret_addr,
                landing: site.exception_handlers.iter().find_map(|handler| match handler {
                    FinalizedMachExceptionHandler::Tag(tag, offset) => {
                        Some(LandingPad { offset: *offset, catches: *tag == ExceptionTag::from_u32(CATCH_TAG) })
                    }
                    _ => None,
                }),
            })
            .collect();
        let slots = match (self.variables, buffer.frame_layout()) {
            (true, Some(layout)) => {
                // The frame pointer is below the return address and what the frame pointer was, on both processors.
                let frame = i64::from(layout.frame_to_fp_offset) + 2 * 8;
                let offset = |&slot: &StackSlot| (i64::from(layout.stackslots[slot].offset) - frame) as i32;
                slots.iter().map(offset).collect()
            }
            _ => IndexVec::new(),
        };
        let lines = buffer
            .get_srclocs_sorted()
            .iter()
            .map(|range| (range.start, range.end, translate::location(range.loc)))
            .filter(|(_, _, loc)| !loc.is_none())
            .collect();
        let unwind = match compiled.create_unwind_info(isa) {
            Ok(Some(UnwindInfo::SystemV(info))) => info,
            other => return Err(Stop::internal(format!("no System V unwind information but {other:?}"))),
        };
        let frame = self.target.frame_start.encode(unwind.to_fde(Address::Constant(0)));
        Ok(Outcome::Code(Box::new(FunctionCode {
            bytes: buffer.data().to_vec(),
            align: u64::from(buffer.alignment).max(CODE_ALIGN).max(function.attrs.align),
            relocations,
            externals,
            frame: frame.map_err(|error| Stop::internal(format!("unwind information: {error}")))?,
            data_area: unwind::data_area(&call_sites).unwrap_or_default(),
            slots,
            lines,
        })))
    }
}

/// As LLVM aligns functions.
const CODE_ALIGN: u64 = 16;

fn stop(error: &cranelift_codegen::CodegenError, function: &cranelift_codegen::ir::Function) -> Stop {
    use cranelift_codegen::CodegenError;
    match error {
        CodegenError::ImplLimitExceeded | CodegenError::CodeTooLarge => {
            Stop::rejected("a function too large for Cranelift")
        }
        CodegenError::Unsupported(what) => Stop::rejected(what.clone()),
        CodegenError::Verifier(errors) => {
            let text = cranelift_codegen::print_errors::pretty_verifier_error(function, None, errors.clone());
            Stop::internal(text)
        }
        other => Stop::internal(other.to_string()),
    }
}

/// The C names of the functions that Cranelift calls by itself.
fn library_name(call: LibCall) -> Result<&'static str, Stop> {
    Ok(match call {
        LibCall::CeilF32 => "ceilf",
        LibCall::CeilF64 => "ceil",
        LibCall::FloorF32 => "floorf",
        LibCall::FloorF64 => "floor",
        LibCall::TruncF32 => "truncf",
        LibCall::TruncF64 => "trunc",
        LibCall::NearestF32 => "rintf",
        LibCall::NearestF64 => "rint",
        LibCall::FmaF32 => "fmaf",
        LibCall::FmaF64 => "fma",
        LibCall::Memcpy => "memcpy",
        LibCall::Memset => "memset",
        LibCall::Memmove => "memmove",
        LibCall::Memcmp => "memcmp",
        LibCall::ElfTlsGetAddr => "__tls_get_addr",
        other => return Err(Stop::internal(format!("a call of the run-time function {other}"))),
    })
}
