//! Functions of units as values of Rust.

use crate::guard::{Guard, Panic};
use crate::unit::Unit;
use std::fmt;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::Deref;

mod sealed {
    pub trait Sealed {}
}

/// A pointer to a function of C's calling convention, with up to eight parameters:
/// `unsafe extern "C" fn(A, B) -> R`, the same without `unsafe`, and both with `"C-unwind"`.
///
/// References that live for ever can be among its parameters; for others, use pointers.
pub trait FunctionPointer: sealed::Sealed + Copy + Send + Sync + 'static {
    /// Whether a panic may leave the function.
    const UNWINDS: bool;

    /// Where the function is.
    fn address(self) -> usize;

    /// The pointer to what is there.
    ///
    /// # Safety
    /// A function of this type is there.
    unsafe fn from_address(address: usize) -> Self;
}

/// A [`FunctionPointer`] with a convention that panics may cross (`extern "C-unwind"`).
pub trait UnwindingPointer: FunctionPointer {
    /// A tuple of the parameters.
    type Args;
    /// What it gives.
    type Output;

    /// Calls it.
    ///
    /// # Safety
    /// That of the function.
    unsafe fn invoke(self, args: Self::Args) -> Self::Output;
}

macro_rules! pointer {
    ($unwinds:literal, ($($pointer:tt)*), $($arg:ident)*) => {
        impl<R: 'static, $($arg: 'static),*> sealed::Sealed for $($pointer)*($($arg),*) -> R {}

        impl<R: 'static, $($arg: 'static),*> FunctionPointer for $($pointer)*($($arg),*) -> R {
            const UNWINDS: bool = $unwinds;

            fn address(self) -> usize {
                self as usize
            }

            unsafe fn from_address(address: usize) -> Self {
                // SAFETY: the caller promises that it is such a function's.
                unsafe { std::mem::transmute::<usize, Self>(address) }
            }
        }
    };
}

macro_rules! unwinding_pointer {
    (($($pointer:tt)*), $($arg:ident)*) => {
        pointer!(true, ($($pointer)*), $($arg)*);

        impl<R: 'static, $($arg: 'static),*> UnwindingPointer for $($pointer)*($($arg),*) -> R {
            type Args = ($($arg,)*);
            type Output = R;

            #[allow(non_snake_case, reason = "each parameter has the name of its type")]
            #[allow(unused_unsafe, reason = "half of the types are of safe functions")]
            unsafe fn invoke(self, ($($arg,)*): Self::Args) -> R {
                // SAFETY: promised by the caller.
                unsafe { self($($arg),*) }
            }
        }
    };
}

macro_rules! pointers {
    ($($arg:ident)*) => {
        pointer!(false, (extern "C" fn), $($arg)*);
        pointer!(false, (unsafe extern "C" fn), $($arg)*);
        unwinding_pointer!((extern "C-unwind" fn), $($arg)*);
        unwinding_pointer!((unsafe extern "C-unwind" fn), $($arg)*);
    };
}

pointers!();
pointers!(A);
pointers!(A B);
pointers!(A B C);
pointers!(A B C D);
pointers!(A B C D E);
pointers!(A B C D E F);
pointers!(A B C D E F G);
pointers!(A B C D E F G H);

/// A function of a unit, which it keeps in memory.
///
/// It is called like the pointer that it is: `unsafe { add(1, 2) }`. A panic that leaves an `extern "C"` function ends the
/// process, as everywhere in Rust. Functions of the convention `"C-unwind"` have [`Function::call`], which catches panics.
pub struct Function<'unit, F> {
    pointer: F,
    /// There is one where the pointer unwinds; and whether it is quiet.
    guard: Option<(Guard, bool)>,
    unit: PhantomData<&'unit Unit>,
}

impl<'unit, F: FunctionPointer> Function<'unit, F> {
    pub(crate) fn new(pointer: F, guard: Option<(Guard, bool)>) -> Function<'unit, F> {
        Function { pointer, guard, unit: PhantomData }
    }
}

impl<F: UnwindingPointer> Function<'_, F> {
    /// Calls it; a panic that leaves it becomes an error. The parameters are a tuple: `div.call((1, 0))`.
    ///
    /// The panic is shown first, on standard error, by the hook of the unit's std, which is not the host's; unless the engine is
    /// [quiet](crate::EngineBuilder::quiet_panics), or a unit sets another hook. In a host that is itself compiled with `panic=abort`, panics end the process.
    ///
    /// # Safety
    /// That of the function; and no panic of the host may come out of it, as one of a function that the host offers to units
    /// would: the process ends then.
    pub unsafe fn call(&self, args: F::Args) -> Result<F::Output, Panic> {
        struct Call<F: UnwindingPointer> {
            pointer: F,
            args: Option<F::Args>,
            output: MaybeUninit<F::Output>,
        }

        unsafe extern "C-unwind" fn run<F: UnwindingPointer>(call: *mut u8) {
            // SAFETY: it is the value below, which nobody else uses meanwhile.
            let call = unsafe { &mut *call.cast::<Call<F>>() };
            if let Some(args) = call.args.take() {
                // SAFETY: promised by the caller of `Function::call`.
                call.output.write(unsafe { call.pointer.invoke(args) });
            }
        }

        let mut call = Call { pointer: self.pointer, args: Some(args), output: MaybeUninit::uninit() };
        let Some((guard, is_quiet)) = self.guard else { return Err(Panic::default()) };
        // SAFETY: `run` takes what it is given here, and only a panic of the unit's std comes out of it.
        unsafe { guard.run(run::<F>, (&raw mut call).cast(), is_quiet) }?;
        // SAFETY: `run` came to its end, and there were arguments.
        Ok(unsafe { call.output.assume_init() })
    }
}

impl<F> Deref for Function<'_, F> {
    type Target = F;

    fn deref(&self) -> &F {
        &self.pointer
    }
}

impl<F: FunctionPointer> fmt::Debug for Function<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:#x})", std::any::type_name::<F>(), self.pointer.address())
    }
}
