//! Calls, drops and panics.

use crate::fault::{EvalResult, Fault, fault};
use crate::machine::{LocalValue, Machine};
use crate::memory::Pointer;
use crate::value::{Imm, ImmTy, OpTy, PlaceTy};
use mir::{BasicBlock, Operand};
use smallvec::SmallVec;
use ty::{ExternAbi, FieldIdx, GlobalAlloc, Instance, InstanceKind, LangItem, Mutability, Span, TyKind};

pub(crate) type Args<'tcx> = SmallVec<[OpTy<'tcx>; 8]>;

impl<'tcx> Machine<'_, 'tcx> {
    pub(crate) fn eval_call(
        &mut self,
        func: &Operand<'tcx>,
        args: &[Operand<'tcx>],
        dest: Option<PlaceTy<'tcx>>,
        target: Option<BasicBlock>,
    ) -> EvalResult<()> {
        let func = self.eval_operand(func)?;
        let mut values = Args::new();
        for arg in args {
            values.push(self.eval_operand(arg)?);
        }
        let (instance, abi) = self.callee(&func)?;
        self.call(instance, abi, values, dest, target)
    }

    /// Which function a value is, and the ABI of its type.
    fn callee(&mut self, func: &OpTy<'tcx>) -> EvalResult<(Instance<'tcx>, ExternAbi)> {
        match *func.layout().ty.kind() {
            TyKind::FnDef(def_id, args) => {
                let abi = self.cx.tcx.definitions().fn_sig(def_id).value.abi;
                Ok((self.cx.resolve(def_id, args)?, abi))
            }
            TyKind::FnPtr(sig) => {
                let ptr = self.read_pointer(func)?;
                Ok((self.pointed_fn(ptr)?, sig.value.abi))
            }
            _ => ty::bug!("a call of {:?}", func.layout().ty),
        }
    }

    fn pointed_fn(&self, ptr: Pointer) -> EvalResult<Instance<'tcx>> {
        match ptr.base.and_then(|base| self.cx.tcx.try_global_alloc(base)) {
            Some(GlobalAlloc::Function(instance)) if ptr.offset == 0 => Ok(instance),
            _ => fault!("using {ptr} as function pointer but it does not point to a function"),
        }
    }

    pub(crate) fn call(
        &mut self,
        instance: Instance<'tcx>,
        abi: ExternAbi,
        mut args: Args<'tcx>,
        dest: Option<PlaceTy<'tcx>>,
        target: Option<BasicBlock>,
    ) -> EvalResult<()> {
        let body = match instance.kind {
            InstanceKind::Intrinsic(def_id) => {
                let Some(dest) = dest else { ty::bug!("the result of an intrinsic goes somewhere") };
                return match self.intrinsic(instance, &args, &dest, target)? {
                    true => Ok(()),
                    // Not known here: it has a body to run instead.
                    false => {
                        let instance = Instance { kind: InstanceKind::Item(def_id), args: instance.args };
                        self.call(instance, abi, args, Some(dest), target)
                    }
                };
            }
            InstanceKind::Virtual(_, slot) => {
                let (instance, receiver) = self.devirtualize(&args[0], slot)?;
                args[0] = receiver;
                return self.call(instance, abi, args, dest, target);
            }
            InstanceKind::Item(def_id) => {
                let lang = |item| self.cx.tcx.lang_item(item) == Some(def_id);
                if lang(LangItem::PanicDisplay) || lang(LangItem::BeginPanic) {
                    return Err(self.panic_with(&args[0])?);
                }
                if lang(LangItem::PanicFmt) {
                    // Formatting is not const; its stand-in takes messages without arguments apart.
                    match self.cx.tcx.lang_item(LangItem::ConstPanicFmt) {
                        Some(stand_in) => self.cx.fn_body(Instance::new(stand_in, instance.args))?,
                        None => fault!("evaluation panicked"),
                    }
                } else {
                    self.cx.fn_body(instance)?
                }
            }
            _ => self.cx.fn_body(instance)?,
        };
        if abi == ExternAbi::RustCall
            && let Some(tuple) = args.pop()
        {
            for index in 0..tuple.layout().fields.count() {
                args.push(self.op_field(&tuple, FieldIdx::from_usize(index))?);
            }
        }
        let variadic = self.is_variadic(instance, abi);
        self.push_frame(instance, body, dest, target)?;
        let frame = self.stack.len() - 1;
        let mut values = args.into_iter();
        for local in body.args_iter() {
            if variadic && local.index() == body.arg_count {
                self.pass_variadic(frame, local, values.by_ref().collect())?;
                continue;
            }
            let layout = self.local_layout(frame, local)?;
            let place = PlaceTy::Local { frame, local, layout };
            if Some(local) == body.spread_arg {
                let TyKind::Tuple(fields) = *layout.ty.kind() else { ty::bug!("spread arguments make up a tuple") };
                let tuple = self.force_allocation(&place)?;
                for (index, value) in values.by_ref().take(fields.len()).enumerate() {
                    let field = self.project_field(&tuple, FieldIdx::from_usize(index))?;
                    self.copy_op(&value, &field.into())?;
                }
                continue;
            }
            let Some(value) = values.next() else { fault!("calling a function with fewer arguments than it requires") };
            self.pass_argument(&value, &place)?;
        }
        if values.next().is_some() {
            fault!("calling a function with more arguments than it expected");
        }
        Ok(())
    }

    fn pass_argument(&mut self, value: &OpTy<'tcx>, place: &PlaceTy<'tcx>) -> EvalResult<()> {
        let (from, to) = (value.layout(), place.layout());
        if !to.is_sized() {
            // `self` by value of a trait object: the callee owns what the caller has.
            let (PlaceTy::Local { frame, local, .. }, OpTy::Mem(source)) = (*place, *value) else {
                ty::bug!("an unsized argument outside of memory")
            };
            self.stack[frame].locals[local].value = LocalValue::Mem(source);
            return Ok(());
        }
        if from.ty == to.ty {
            return self.copy_op(value, place);
        }
        // ABI-compatible types: other pointees, wrappers around the same scalar.
        if from.size != to.size {
            fault!(
                "calling a function whose parameter type `{}` is incompatible with argument type `{}`",
                self.cx.shown(to.ty),
                self.cx.shown(from.ty)
            );
        }
        match value {
            OpTy::Imm(imm) => self.write_imm(ImmTy { imm: imm.imm, layout: from }, place),
            OpTy::Mem(_) => self.copy_op_transmute(value, place),
        }
    }

    pub(crate) fn tail_call(&mut self, func: &Operand<'tcx>, args: &[Operand<'tcx>]) -> EvalResult<()> {
        let index = self.stack.len() - 1;
        let (dest, target) = (self.frame().dest, self.frame().target);
        self.eval_call(func, args, dest, target)?;
        if self.stack.len() == index + 2 {
            // The caller's frame goes away under the callee's, which has its own copies of the arguments.
            let mut frame = self.stack.remove(index);
            for state in &mut frame.locals {
                if let LocalValue::Mem(place) = std::mem::replace(&mut state.value, LocalValue::Dead) {
                    self.free(place.ptr);
                }
            }
            for state in &mut self.stack[index].locals {
                debug_assert!(!matches!(state.value, LocalValue::Dead));
            }
            Ok(())
        } else {
            fault!("a tail call of an intrinsic is not supported at compile-time")
        }
    }

    /// The method in a slot of the receiver's vtable, and the receiver as a thin pointer.
    fn devirtualize(&mut self, receiver: &OpTy<'tcx>, slot: usize) -> EvalResult<(Instance<'tcx>, OpTy<'tcx>)> {
        let mut receiver = *receiver;
        let place = loop {
            match *receiver.layout().ty.kind() {
                TyKind::Ref(..) | TyKind::RawPtr(..) => {
                    let imm = self.read_imm(&receiver)?;
                    break self.pointee(&imm)?;
                }
                TyKind::Dynamic(..) => match receiver {
                    OpTy::Mem(place) => break place,
                    OpTy::Imm(_) => ty::bug!("a trait object outside of memory"),
                },
                _ => match receiver.layout().non_1zst_field(self.cx.layouts) {
                    Some((field, _)) => receiver = self.op_field(&receiver, field)?,
                    None => ty::bug!("a receiver {:?} without one pointer", receiver.layout().ty),
                },
            }
        };
        let object = self.cx.layouts.struct_tail(place.layout.ty);
        let TyKind::Dynamic(predicates, _) = *object.kind() else { ty::bug!("a virtual call on {object:?}") };
        let Some(vtable) = place.meta else { ty::bug!("a trait object without a vtable") };
        let ty = self.vtable_type(vtable)?;
        let instance = self.cx.vtable_method(ty, predicates, slot)?;
        let layout = self.cx.layout_of(self.cx.tcx.mk_ptr(ty, Mutability::Mut))?;
        Ok((instance, ImmTy::scalar(self.pointer_scalar(place.ptr), layout).into()))
    }

    // ---- drops

    pub(crate) fn drop_place(&mut self, place: &PlaceTy<'tcx>, target: BasicBlock) -> EvalResult<()> {
        let mut place = self.force_allocation(place)?;
        if let TyKind::Dynamic(..) = place.layout.ty.kind() {
            let Some(vtable) = place.meta else { ty::bug!("a trait object without a vtable") };
            place.layout = self.cx.layout_of(self.vtable_type(vtable)?)?;
            place.meta = None;
        }
        let instance = self.cx.resolve_drop_in_place(place.layout.ty)?;
        if let InstanceKind::DropGlue(_, None) = instance.kind {
            self.goto(target);
            return Ok(());
        }
        let types = self.cx.tcx.types();
        let layout = self.cx.layout_of(self.cx.tcx.mk_ptr(place.layout.ty, Mutability::Mut))?;
        let mut args = Args::new();
        args.push(self.pointer_to(&place, layout).into());
        let unit = ImmTy::uninit(self.cx.layout_of(types.unit)?);
        let dest = self.spill(&unit.into())?;
        self.call(instance, ExternAbi::Rust, args, Some(dest.into()), Some(target))
    }

    // ---- panics

    /// The fault of a panic whose message is behind references.
    fn panic_with(&mut self, message: &OpTy<'tcx>) -> EvalResult<Box<Fault>> {
        let mut place = self.deref(message)?;
        while place.layout.ty.is_ref() {
            place = self.deref(&place.into())?;
        }
        if !matches!(place.layout.ty.kind(), TyKind::Str) {
            return Ok(self.panic("the message is not a string"));
        }
        let len = self.len_of(&place)?;
        let text = String::from_utf8_lossy(self.read_bytes(place.ptr, len)?).into_owned();
        Ok(self.panic(&text))
    }

    pub(crate) fn panic(&self, message: &str) -> Box<Fault> {
        Fault::new(format!("evaluation panicked: {message}"))
    }

    /// The nearest call whose function does not pass its caller's location on.
    pub(crate) fn caller_span(&self) -> Span {
        for frame in self.stack.iter().rev() {
            let info = frame.source_info();
            let data = &frame.body.basic_blocks[frame.block];
            let mut span = info.span;
            if frame.statement >= data.statements.len()
                && let mir::TerminatorKind::Call(call) = &data.terminator.kind
            {
                span = call.fn_span;
            }
            // Functions inlined into this one may pass theirs on, too.
            let mut scope = Some(info.scope);
            while let Some(at) = scope {
                let data = &frame.body.source_scopes[at];
                if let Some((callee, call_span)) = data.inlined {
                    if !self.cx.is_track_caller(callee) {
                        return span;
                    }
                    span = call_span;
                }
                scope = data.inlined_parent_scope;
            }
            if !self.cx.is_track_caller(frame.instance) {
                return span;
            }
        }
        Span::DUMMY
    }

    /// A reference to a `Location`, as an immediate.
    pub(crate) fn caller_location(&self) -> EvalResult<Imm> {
        let id = self.cx.location_alloc(self.caller_span())?;
        Ok(Imm::Scalar(self.pointer_scalar(Pointer::new(id, 0))))
    }
}
