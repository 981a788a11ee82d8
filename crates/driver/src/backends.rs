//! The back ends that this build has.

use crate::{BackendChoice, DriverError, Toolchain};
use backend::Backend;

/// A back end, ready to use.
pub fn backend(choice: BackendChoice, toolchain: &Toolchain) -> Result<Box<dyn Backend>, DriverError> {
    match choice {
        #[cfg(feature = "llvm")]
        BackendChoice::Llvm => Ok(Box::new(backend_llvm::LlvmBackend::with_sysroot(toolchain.sysroot.clone()))),
        #[cfg(feature = "cranelift")]
        BackendChoice::Cranelift => {
            let _ = toolchain;
            Ok(Box::new(backend_cranelift::CraneliftBackend))
        }
        #[cfg(not(all(feature = "llvm", feature = "cranelift")))]
        other => Err(DriverError::Usage(format!("this build of Bessemer has no back end `{}`", other.name()))),
    }
}

/// What a back end can do; `None` if this build does not have it.
pub fn capabilities(choice: BackendChoice) -> Option<backend::Capabilities> {
    match choice {
        #[cfg(feature = "llvm")]
        BackendChoice::Llvm => Some(backend_llvm::LlvmBackend::new().capabilities()),
        #[cfg(feature = "cranelift")]
        BackendChoice::Cranelift => Some(backend_cranelift::CraneliftBackend.capabilities()),
        #[cfg(not(all(feature = "llvm", feature = "cranelift")))]
        _ => None,
    }
}

/// Compiles nothing with a back end, to see that it can be used.
pub fn probe(choice: BackendChoice, toolchain: &Toolchain) -> Result<String, DriverError> {
    let backend = backend(choice, toolchain)?;
    let options = backend::Options::new(&toolchain.host);
    backend.compile(&lir::Module::default(), &options, backend::Emit::Object)?;
    Ok(backend.capabilities().summary.to_owned())
}
