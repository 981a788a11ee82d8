//! C-variadic functions at compile time: a `VaList` points to a list that the machine keeps.

use crate::call::Args;
use crate::fault::{EvalResult, fault};
use crate::machine::Machine;
use crate::memory::Pointer;
use crate::value::{MemPlace, OpTy, PlaceTy};
use mir::Local;
use std::collections::VecDeque;
use ty::{AllocId, ExternAbi, FieldIdx, Instance, InstanceKind};

impl<'tcx> Machine<'_, 'tcx> {
    /// Whether a function that is called by an ABI takes any number of arguments.
    pub(crate) fn is_variadic(&self, instance: Instance<'tcx>, abi: ExternAbi) -> bool {
        match instance.kind {
            InstanceKind::Item(def_id) if !matches!(abi, ExternAbi::Rust | ExternAbi::RustCall) => {
                self.cx.tcx.definitions().fn_sig(def_id).value.c_variadic
            }
            _ => false,
        }
    }

    /// Makes the `VaList` of the arguments after the named ones.
    pub(crate) fn pass_variadic(&mut self, frame: usize, local: Local, args: Args<'tcx>) -> EvalResult<()> {
        let mut list = VecDeque::new();
        for arg in args {
            let place = self.allocate(arg.layout())?;
            self.copy_op(&arg, &place.into())?;
            list.push_back(place);
        }
        let layout = self.local_layout(frame, local)?;
        let place = self.force_allocation(&PlaceTy::Local { frame, local, layout })?;
        self.write_list(&place, list)
    }

    fn write_list(&mut self, place: &MemPlace<'tcx>, list: VecDeque<MemPlace<'tcx>>) -> EvalResult<()> {
        let id = self.cx.tcx.reserve_alloc_id();
        self.variadic.insert(id, list);
        let size = place.layout.size.bytes();
        if let Some((memory, at)) = self.check_access(place.ptr, size)? {
            let target = self.cx.target;
            self.buffer_mut(memory)?.fill(target, at, size, 0);
        }
        let key = self.list_field(place)?;
        self.write_pointer(Pointer::new(id, 0), &key.into())
    }

    /// The field of a `VaList` that tells lists apart: the first pointer of what it wraps.
    fn list_field(&self, place: &MemPlace<'tcx>) -> EvalResult<MemPlace<'tcx>> {
        let inner = self.project_field(place, FieldIdx::from_u32(0))?;
        for index in 0..inner.layout.fields.count() {
            let field = self.project_field(&inner, FieldIdx::from_usize(index))?;
            if field.layout.ty.is_raw_ptr() {
                return Ok(field);
            }
        }
        fault!("`VaList` is not known on this target")
    }

    /// The list that a reference to a `VaList` leads to, and where it is named.
    fn list_of(&mut self, reference: &OpTy<'tcx>) -> EvalResult<(AllocId, MemPlace<'tcx>)> {
        let place = self.deref(reference)?;
        let field = self.list_field(&place)?;
        let pointer = self.read_pointer(&field.into())?;
        match pointer.base {
            Some(id) if pointer.offset == 0 && self.variadic.contains_key(&id) => Ok((id, field)),
            _ => fault!(
                "using {pointer} as variable argument list pointer but it does not point to a variable argument list"
            ),
        }
    }

    /// A list of its own that goes on where another is.
    pub(crate) fn va_copy(&mut self, list: &OpTy<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let (id, _) = self.list_of(list)?;
        let list = self.variadic[&id].clone();
        let dest = self.force_allocation(dest)?;
        self.write_list(&dest, list)
    }

    /// The next argument of a list.
    pub(crate) fn va_arg(&mut self, list: &OpTy<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let (id, field) = self.list_of(list)?;
        let mut list = self.variadic.remove(&id).expect("found above");
        let Some(arg) = list.pop_front() else { fault!("more C-variadic arguments read than were passed") };
        if arg.layout.ty != dest.layout().ty {
            fault!(
                "va_arg type mismatch: requested `{}`, but next argument is `{}`",
                self.cx.shown(dest.layout().ty),
                self.cx.shown(arg.layout.ty)
            );
        }
        self.copy_op(&arg.into(), dest)?;
        // Who holds the list as it was must not read on.
        let next = self.cx.tcx.reserve_alloc_id();
        self.variadic.insert(next, list);
        self.write_pointer(Pointer::new(next, 0), &field.into())
    }

    pub(crate) fn va_end(&mut self, list: &OpTy<'tcx>) -> EvalResult<()> {
        let (id, _) = self.list_of(list)?;
        self.variadic.remove(&id);
        Ok(())
    }
}
