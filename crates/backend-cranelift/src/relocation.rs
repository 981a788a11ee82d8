//! Relocations: Cranelift's as values that can be kept, and ELF's numbers for them.

use crate::isa::Arch;
use crate::translate::Stop;
use cranelift_codegen::binemit::Reloc;
use object::elf;
use serde::{Deserialize, Serialize};

/// What the linker puts into a place in the code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum RelocationKind {
    Absolute8,
    /// x86-64.
    Absolute4,
    /// x86-64.
    Relative4,
    /// The linker makes an entry of the procedure linkage table only where the callee is in another image.
    Call,
    /// x86-64: the distance to an entry of the global offset table.
    GlobalOffsetTable4,
    /// x86-64.
    ThreadLocal,
    /// An instruction of another processor, by ELF's number.
    Instruction(u32),
}

impl RelocationKind {
    pub fn new(reloc: Reloc) -> Result<RelocationKind, Stop> {
        Ok(match reloc {
            Reloc::Abs8 => RelocationKind::Absolute8,
            Reloc::Abs4 => RelocationKind::Absolute4,
            Reloc::X86PCRel4 => RelocationKind::Relative4,
            Reloc::X86CallPCRel4 | Reloc::X86CallPLTRel4 | Reloc::Arm64Call => RelocationKind::Call,
            Reloc::X86GOTPCRel4 => RelocationKind::GlobalOffsetTable4,
            Reloc::ElfX86_64TlsGd => RelocationKind::ThreadLocal,
            Reloc::Aarch64AdrGotPage21 => RelocationKind::Instruction(elf::R_AARCH64_ADR_GOT_PAGE),
            Reloc::Aarch64Ld64GotLo12Nc => RelocationKind::Instruction(elf::R_AARCH64_LD64_GOT_LO12_NC),
            Reloc::Aarch64AdrPrelPgHi21 => RelocationKind::Instruction(elf::R_AARCH64_ADR_PREL_PG_HI21),
            Reloc::Aarch64AddAbsLo12Nc => RelocationKind::Instruction(elf::R_AARCH64_ADD_ABS_LO12_NC),
            Reloc::Aarch64TlsDescAdrPage21 => RelocationKind::Instruction(elf::R_AARCH64_TLSDESC_ADR_PAGE21),
            Reloc::Aarch64TlsDescLd64Lo12 => RelocationKind::Instruction(elf::R_AARCH64_TLSDESC_LD64_LO12),
            Reloc::Aarch64TlsDescAddLo12 => RelocationKind::Instruction(elf::R_AARCH64_TLSDESC_ADD_LO12),
            Reloc::Aarch64TlsDescCall => RelocationKind::Instruction(elf::R_AARCH64_TLSDESC_CALL),
            other => return Err(Stop::internal(format!("a relocation of the kind {other:?}"))),
        })
    }

    /// ELF's number.
    pub fn elf(self, arch: Arch) -> u32 {
        match (self, arch) {
            (RelocationKind::Absolute8, _) => arch.absolute(8),
            (RelocationKind::Absolute4, _) => arch.absolute(4),
            (RelocationKind::Relative4, _) => arch.relative(4),
            (RelocationKind::Call, Arch::X86_64) => elf::R_X86_64_PLT32,
            (RelocationKind::Call, Arch::Aarch64) => elf::R_AARCH64_CALL26,
            (RelocationKind::GlobalOffsetTable4, _) => elf::R_X86_64_REX_GOTPCRELX,
            (RelocationKind::ThreadLocal, _) => elf::R_X86_64_TLSGD,
            (RelocationKind::Instruction(number), _) => number,
        }
    }
}

impl Arch {
    /// ELF's number for an address of four or eight bytes.
    pub fn absolute(self, bytes: u8) -> u32 {
        match (self, bytes) {
            (Arch::X86_64, 4) => elf::R_X86_64_32,
            (Arch::X86_64, _) => elf::R_X86_64_64,
            (Arch::Aarch64, 4) => elf::R_AARCH64_ABS32,
            (Arch::Aarch64, _) => elf::R_AARCH64_ABS64,
        }
    }

    /// ELF's number for the distance to an address, in four or eight bytes.
    pub fn relative(self, bytes: u8) -> u32 {
        match (self, bytes) {
            (Arch::X86_64, 4) => elf::R_X86_64_PC32,
            (Arch::X86_64, _) => elf::R_X86_64_PC64,
            (Arch::Aarch64, 4) => elf::R_AARCH64_PREL32,
            (Arch::Aarch64, _) => elf::R_AARCH64_PREL64,
        }
    }

    /// ELF's number for where a thread-local variable is in its thread's memory, as debuggers ask for it; there is none that all
    /// linkers know for some processors.
    pub fn thread_local_offset(self) -> Option<u32> {
        match self {
            Arch::X86_64 => Some(elf::R_X86_64_DTPOFF64),
            Arch::Aarch64 => None,
        }
    }
}
