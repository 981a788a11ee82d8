//! Machine code as assembly, by the toolchain's LLVM.
//!
//! LLVM asks, for each operand that may be an address, what stands there. The answers are words that occur nowhere else; when
//! the function is done, names of Rust and labels take their places, which LLVM would put in quotes.

use crate::InspectError;
use crate::code::{Function, ObjectCode, Place, Reference};
use crate::lines::{Lines, SourceLine};
use llvm_sys::disassembler::{
    LLVMCreateDisasmCPUFeatures, LLVMDisasmContextRef, LLVMDisasmDispose, LLVMDisasmInstruction,
    LLVMDisassembler_Option_AsmPrinterVariant, LLVMDisassembler_ReferenceType_In_Branch,
    LLVMDisassembler_ReferenceType_In_PCrel_Load, LLVMDisassembler_ReferenceType_InOut_None, LLVMSetDisasmOptions,
    Struct_LLVMOpInfo1,
};
use object::Architecture;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::Path;
use std::sync::Mutex;

/// How assembly is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Syntax {
    /// As processors' manuals have it. On other machines than x86, as [`Syntax::Att`].
    #[default]
    Intel,
    /// As the GNU assembler has it by default.
    Att,
}

/// An instruction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Instruction {
    /// How far it is from the function's start.
    pub offset: u64,
    /// How long it is.
    pub size_bytes: u64,
    /// The label of this place, if the function branches here.
    pub label: Option<String>,
    /// Its name and operands, with a tab between them.
    pub text: String,
    /// What is not a part of an operand, but put into the instruction by the linker.
    pub references: Vec<String>,
    /// Where it comes from.
    pub line: Option<SourceLine>,
}

/// What takes machine code apart.
#[derive(Debug)]
pub struct Disassembler {
    context: LLVMDisasmContextRef,
    /// What the callbacks read and write. Its address is known to LLVM.
    asked: Box<Asked>,
    architecture: Architecture,
}

/// What LLVM's questions are answered from, for one function.
#[derive(Debug, Default)]
struct Asked {
    references: RefCell<BTreeMap<u64, Reference>>,
    /// The places in the section that are a part of the function.
    start: Cell<u64>,
    end: Cell<u64>,
    /// The references that were asked for, with the addend from where the reader sees it.
    used: RefCell<BTreeMap<u64, i64>>,
    /// What the function reads of itself, by the address that it is read by.
    data: RefCell<BTreeSet<u64>>,
    /// The last of them, of the instruction that is being looked at.
    read: Cell<Option<u64>>,
    /// The places that branches lead to.
    targets: RefCell<BTreeSet<u64>>,
    /// The last answer: LLVM copies it before it asks again.
    answer: RefCell<CString>,
}

/// How the words begin that stand for a reference and for a label, until names take their places.
const REFERENCE: &str = "bessemer_reference_";
const LABEL: &str = "bessemer_label_";

impl Disassembler {
    /// One for an object's machine, from the LLVM of the toolchain in this folder.
    ///
    /// # Errors
    /// There is no LLVM, or it does not know the machine.
    pub fn new(sysroot: &Path, code: &ObjectCode<'_>, syntax: Syntax) -> Result<Disassembler, InspectError> {
        let fault = |reason: String| InspectError::Disassembler(reason);
        let loaded = llvm_lazy::load(sysroot).map_err(|error| fault(error.to_string()))?;
        let architecture = code.architecture();
        let (family, triple, features) = match architecture {
            Architecture::X86_64 => ("X86", c"x86_64-unknown-linux-gnu", c""),
            Architecture::I386 => ("X86", c"i686-unknown-linux-gnu", c""),
            Architecture::Aarch64 => ("AArch64", c"aarch64-unknown-linux-gnu", c"+all"),
            Architecture::Riscv64 => ("RISCV", c"riscv64-unknown-linux-gnu", c"+m,+a,+f,+d,+c,+zicsr,+zifencei"),
            Architecture::Riscv32 => ("RISCV", c"riscv32-unknown-none-elf", c"+m,+a,+f,+d,+c,+zicsr,+zifencei"),
            Architecture::Arm => ("ARM", c"thumbv7em-none-eabihf", c"+vfp4"),
            other => return Err(fault(format!("code for {other:?} is not known here"))),
        };
        initialize(loaded, family).map_err(fault)?;
        let asked = Box::<Asked>::default();
        let data: *const Asked = &*asked;
        // SAFETY: the strings end with NUL. The callbacks get `data`, which lives as long as the context (both are in the
        // result), and use it by shared references only.
        let context = unsafe {
            LLVMCreateDisasmCPUFeatures(
                triple.as_ptr(),
                c"".as_ptr(),
                features.as_ptr(),
                data.cast_mut().cast(),
                TAG,
                Some(operand),
                Some(symbol),
            )
        };
        if context.is_null() {
            return Err(fault(format!("the toolchain's LLVM has no disassembler for {family}")));
        }
        if syntax == Syntax::Intel && family == "X86" {
            // SAFETY: the context is there. It has this option, as it is x86's.
            unsafe { LLVMSetDisasmOptions(context, LLVMDisassembler_Option_AsmPrinterVariant) };
        }
        Ok(Disassembler { context, asked, architecture })
    }

    /// A function's instructions.
    ///
    /// # Errors
    /// The function is not in the object.
    pub fn function(
        &mut self,
        code: &ObjectCode<'_>,
        function: &Function,
        lines: &Lines,
    ) -> Result<Vec<Instruction>, InspectError> {
        // LLVM wants to be able to write there, and does not.
        let mut bytes = code.bytes(function)?.to_vec();
        let start = function.place.offset;
        self.asked.references.replace(code.references(function));
        self.asked.start.set(start);
        self.asked.end.set(start + function.size_bytes);
        self.asked.used.take();
        self.asked.targets.take();
        self.asked.data.take();
        let mut instructions = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let offset = start + at as u64;
            let data = self.asked.data.borrow().range(offset..).next().map(|data| (data - start) as usize);
            // Constants follow code, and zeros are between so that they are aligned.
            let padding =
                data.map(|data| &bytes[at..data]).filter(|zeros| zeros.len() < 16 && zeros.iter().all(|it| *it == 0));
            self.asked.read.take();
            let is_data = self.asked.data.borrow().range(..=offset).next().is_some();
            let (size, mut text) = match padding {
                Some(zeros) if !zeros.is_empty() => (zeros.len(), format!(".zero\t{}", zeros.len())),
                _ if is_data => constant(&bytes[at..]),
                _ => self.next(&mut bytes[at..], offset),
            };
            let end = offset + size as u64;
            let is_own = || !self.asked.used.borrow().keys().any(|place| (offset..end).contains(place));
            if let Some(data) = self.asked.read.take().filter(|data| *data >= end && is_own()) {
                self.asked.data.borrow_mut().insert(data);
                let distance = data.wrapping_sub(end).cast_signed();
                text = text.replace(&format!("rip + {distance}]"), &format!("rip + {LABEL}{data}_]"));
                text = text.replace(&format!("{distance}(%rip)"), &format!("{LABEL}{data}_(%rip)"));
            }
            if matches!(self.architecture, Architecture::Riscv64 | Architecture::Riscv32) {
                self.label_branch(&mut text, offset, end);
            }
            let references = self.asked.references.borrow();
            let used = self.asked.used.borrow();
            let others = references.range(offset..end).filter(|(place, _)| !used.contains_key(place));
            let others = others.map(|(_, it)| display(code.meaning(it, it.addend))).collect();
            instructions.push(Instruction {
                offset: at as u64,
                size_bytes: size as u64,
                label: None,
                text,
                references: others,
                line: lines.at(Place { offset, ..function.place }).cloned(),
            });
            at += size;
        }
        self.name(code, &mut instructions, start);
        Ok(instructions)
    }

    /// Puts a word for a label where RISC-V's branches have how far they lead: LLVM does not ask for these.
    fn label_branch(&self, text: &mut String, offset: u64, end: u64) {
        let Some((name, operands)) = text.split_once('\t') else { return };
        let is_branch = name.starts_with('b') || matches!(name, "j" | "jal");
        // What the linker puts there is another thing.
        if !is_branch || self.asked.references.borrow().range(offset..end).next().is_some() {
            return;
        }
        let last = operands.rsplit(' ').next().unwrap_or_default();
        let Ok(distance) = last.parse::<i64>() else { return };
        let Some(target) = offset.checked_add_signed(distance) else { return };
        if (self.asked.start.get()..self.asked.end.get()).contains(&target) {
            self.asked.targets.borrow_mut().insert(target);
            text.truncate(text.len() - last.len());
            *text += &format!("{LABEL}{target}_");
        }
    }

    /// The first instruction of some bytes. What is none is data.
    fn next(&self, bytes: &mut [u8], place: u64) -> (usize, String) {
        const TEXT_BYTES: usize = 1024;
        let mut text: [c_char; TEXT_BYTES] = [0; TEXT_BYTES];
        let count = bytes.len() as u64;
        // SAFETY: the context is there; pointers and lengths are those of the slices.
        let size = unsafe {
            LLVMDisasmInstruction(self.context, bytes.as_mut_ptr(), count, place, text.as_mut_ptr(), text.len())
        };
        if size == 0 || size > bytes.len() {
            // As long as the machine's shortest instruction.
            let size = match self.architecture {
                Architecture::X86_64 | Architecture::I386 => 1,
                Architecture::Aarch64 => 4,
                _ => 2,
            };
            return data(&bytes[..size.min(bytes.len())]);
        }
        // SAFETY: LLVM has ended its text with NUL, which fits in the buffer.
        let text = unsafe { CStr::from_ptr(text.as_ptr()) };
        (size, text.to_string_lossy().trim().to_owned())
    }

    /// Puts names and labels where words stand for them.
    fn name(&self, code: &ObjectCode<'_>, instructions: &mut [Instruction], start: u64) {
        let targets: BTreeSet<u64> = &*self.asked.targets.borrow() | &*self.asked.data.borrow();
        let references = self.asked.references.borrow();
        let used = self.asked.used.borrow();
        // Only instructions have labels: what leads into the middle of one stays a number.
        let places: BTreeSet<u64> = instructions.iter().map(|it| start + it.offset).collect();
        let labels: BTreeMap<u64, String> =
            targets.intersection(&places).enumerate().map(|(index, place)| (*place, format!(".L{index}"))).collect();
        for instruction in instructions {
            let offset = start + instruction.offset;
            instruction.label = labels.get(&offset).cloned();
            instruction.text = replace(&instruction.text, REFERENCE, |place| {
                let addend = used.get(&place).copied().unwrap_or_default();
                references.get(&place).map_or_else(|| "?".to_owned(), |it| display(code.meaning(it, addend)))
            });
            instruction.text = replace(&instruction.text, LABEL, |place| {
                labels.get(&place).cloned().unwrap_or_else(|| format!("{:#x}", place.saturating_sub(start)))
            });
        }
    }
}

impl Drop for Disassembler {
    fn drop(&mut self) {
        // SAFETY: the context is there, and is not used again.
        unsafe { LLVMDisasmDispose(self.context) };
    }
}

/// A name, and how far from there.
fn display((name, addend): (String, i64)) -> String {
    if addend == 0 { name } else { format!("{name}{addend:+}") }
}

/// The first of some constants, as assemblers write them.
fn constant(bytes: &[u8]) -> (usize, String) {
    match bytes.first_chunk::<8>() {
        Some(chunk) => (chunk.len(), format!(".quad\t{:#018x}", u64::from_le_bytes(*chunk))),
        None => data(bytes),
    }
}

fn data(bytes: &[u8]) -> (usize, String) {
    let text: Vec<String> = bytes.iter().map(|byte| format!("0x{byte:02x}")).collect();
    (bytes.len(), format!(".byte\t{}", text.join(", ")))
}

/// Replaces each word that begins so: a number and `_` follow.
fn replace(text: &str, prefix: &str, by: impl Fn(u64) -> String) -> String {
    let mut parts = text.split(prefix);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('_') {
            Some((number, rest)) => {
                out += &by(number.parse().unwrap_or_default());
                out += rest;
            }
            None => out += part,
        }
    }
    out
}

/// Makes a family of machines known to LLVM, once a process.
fn initialize(loaded: llvm_lazy::Loaded, family: &'static str) -> Result<(), String> {
    static DONE: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
    let mut done = DONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if done.contains(&family) {
        return Ok(());
    }
    for part in ["TargetInfo", "TargetMC", "Disassembler"] {
        let name = CString::new(format!("LLVMInitialize{family}{part}")).expect("no NUL");
        // SAFETY: LLVM's initialisers take nothing. They may be called again, and the lock keeps those of ours apart.
        if !unsafe { loaded.call_by_name(&name) } {
            return Err(format!("the toolchain's LLVM was built without {family}"));
        }
    }
    done.push(family);
    Ok(())
}

/// The kind of answers that are given: [`Struct_LLVMOpInfo1`].
const TAG: c_int = 1;

/// Says what stands at a place in an instruction, if the linker puts it there.
extern "C" fn operand(
    data: *mut c_void,
    pc: u64,
    offset: u64,
    _size: u64,
    instruction_size: u64,
    tag: c_int,
    answer: *mut c_void,
) -> c_int {
    // SAFETY: `data` is what the context was made with, which lives as long as the context and is only read here.
    let asked = unsafe { &*data.cast::<Asked>() };
    let place = pc + offset;
    let references = asked.references.borrow();
    let Some(reference) = references.get(&place).filter(|_| tag == TAG) else { return 0 };
    let name = CString::new(format!("{REFERENCE}{place}_")).unwrap_or_default();
    // What is taken from the place of the operand begins at the next instruction for those who read it.
    let addend = match reference.is_relative {
        true => reference.addend.wrapping_add_unsigned(instruction_size - offset),
        false => reference.addend,
    };
    asked.used.borrow_mut().insert(place, addend);
    let mut last = asked.answer.borrow_mut();
    *last = name;
    // SAFETY: for this tag, `answer` is such a struct, which LLVM has set to zeros.
    let answer = unsafe { &mut *answer.cast::<Struct_LLVMOpInfo1>() };
    answer.AddSymbol.Present = 1;
    answer.AddSymbol.Name = last.as_ptr();
    // What is added is a part of the name that comes in its place.
    answer.Value = 0;
    1
}

/// Names the place that a branch leads to, if that is in the function.
extern "C" fn symbol(
    data: *mut c_void,
    value: u64,
    kind: *mut u64,
    _pc: u64,
    name: *mut *const c_char,
) -> *const c_char {
    // SAFETY: as above; `kind` and `name` are LLVM's own variables.
    let (asked, kind) = unsafe {
        *name = std::ptr::null();
        (&*data.cast::<Asked>(), &mut *kind)
    };
    let asked_for = std::mem::replace(kind, LLVMDisassembler_ReferenceType_InOut_None);
    if !(asked.start.get()..asked.end.get()).contains(&value) {
        return std::ptr::null();
    }
    if asked_for == LLVMDisassembler_ReferenceType_In_PCrel_Load {
        asked.read.set(Some(value));
    }
    if asked_for != LLVMDisassembler_ReferenceType_In_Branch {
        return std::ptr::null();
    }
    asked.targets.borrow_mut().insert(value);
    let mut last = asked.answer.borrow_mut();
    *last = CString::new(format!("{LABEL}{value}_")).unwrap_or_default();
    last.as_ptr()
}
