//! Strings and caller locations as constant memory.

use crate::EvalCx;
use crate::fault::EvalResult;
use crate::memory::{Buffer, MemoryKind};
use ty::{AllocId, GlobalAlloc, LangItem, Mutability, Region, Scalar, Span, Symbol, Ty, TyKind, VariantIdx};

impl<'tcx> EvalCx<'tcx> {
    /// Memory that holds exactly the bytes of a string; the same for the same string.
    pub(crate) fn string_alloc(&self, text: &str) -> AllocId {
        self.strings.get_or(Symbol::intern(text), || {
            let mut buffer = Buffer::new(text.len() as u64, 1, MemoryKind::Stack);
            buffer.write_bytes(self.target, 0, text.as_bytes());
            self.tcx.alloc_id_for(GlobalAlloc::Memory(self.keep(buffer, Mutability::Not)))
        })
    }

    /// The type `&'static core::panic::Location<'static>`.
    pub fn caller_location_ty(&self) -> Ty<'tcx> {
        self.tcx.mk_ref(self.location_ty(), Mutability::Not)
    }

    fn location_ty(&self) -> Ty<'tcx> {
        let location = self.tcx.expect_lang_item(LangItem::PanicLocation);
        self.tcx.mk_ty(TyKind::Adt(location, self.tcx.mk_args(&[Region::Erased.into()])))
    }

    /// File, line and column that `Location::caller` shows for a span: of the outermost macro call around it.
    pub fn location_of(&self, span: Span) -> (Symbol, u32, u32) {
        let definitions = self.tcx.definitions();
        let span = if span.is_dummy() { span } else { definitions.expansion_cause(span) };
        if span.is_dummy() {
            return (Symbol::intern("<unknown>"), 1, 1);
        }
        let file = definitions.source_file(span.file);
        let (line, column) = definitions.shown_position(span);
        (Symbol::intern(&file.name), line, column)
    }

    pub(crate) fn location_alloc(&self, span: Span) -> EvalResult<AllocId> {
        let key = self.location_of(span);
        if let Some(id) = self.locations.get(&key) {
            return Ok(id);
        }
        let (file, line, column) = key;
        let layout = self.layout_of(self.location_ty())?;
        let mut buffer = Buffer::new(layout.size.bytes(), layout.align.abi.bytes(), MemoryKind::Stack);
        let pointer_size = self.target.pointer_size;
        // The file's name ends with a NUL that its length does not count, so that C code may read it.
        let name = self.string_alloc(&format!("{file}\0"));
        let fields = &self.tcx.adt_def(self.tcx.expect_lang_item(LangItem::PanicLocation)).variants
            [VariantIdx::from_u32(0)]
        .fields;
        for (index, field) in fields.iter_enumerated() {
            let at = layout.fields.offset(index.index()).bytes();
            match field.name.as_str() {
                "filename" => {
                    buffer.write_scalar(self.target, at, Scalar::Ptr(name, 0, pointer_size as u8));
                    let len = Scalar::from_bits(file.as_str().len() as u128, pointer_size as u8);
                    buffer.write_scalar(self.target, at + pointer_size, len);
                }
                "line" => buffer.write_scalar(self.target, at, Scalar::from_bits(u128::from(line), 4)),
                "col" => buffer.write_scalar(self.target, at, Scalar::from_bits(u128::from(column), 4)),
                _ => {}
            }
        }
        let id = self.tcx.alloc_id_for(GlobalAlloc::Memory(self.keep(buffer, Mutability::Not)));
        Ok(self.locations.insert(key, id))
    }
}
