//! The program's end of the protocol, for back ends written in Rust.

use crate::frame::{read_header, read_part, write_header, write_part};
use crate::protocol::{ANSWER, COMPILE, DESCRIBE, DONE, Description, ERROR, Failure, FailureKind, LirForm, REQUEST};
use backend::{Backend, Compiled, Emit, Options};
use std::io::{self, Read, Write};

/// Reads one request and answers it: all that `main` of such a program has to do.
///
/// ```no_run
/// # fn my_backend() -> Box<dyn backend::Backend> { unimplemented!() }
/// fn main() -> std::io::Result<()> {
///     bessemer_backend_exec::serve(&*my_backend(), env!("CARGO_PKG_VERSION"), std::io::stdin().lock(), std::io::stdout().lock())
/// }
/// ```
///
/// # Errors
///
/// Input or output that fails, and a request that is none; what the back end has to say is part of the answer.
pub fn serve(backend: &dyn Backend, version: &str, mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    let invalid = |error: crate::frame::FrameError| io::Error::new(io::ErrorKind::InvalidData, error.to_string());
    let mut out = Vec::new();
    match read_header(&mut input, REQUEST).map_err(invalid)? {
        DESCRIBE => {
            let description = Description {
                name: backend.name().to_owned(),
                version: version.to_owned(),
                lir: LirForm::Binary,
                lir_version: Some(lir::binary::VERSION),
                capabilities: backend.capabilities(),
            };
            write_header(&mut out, ANSWER, DONE)?;
            write_part(&mut out, &serde_json::to_vec(&description)?)?;
        }
        COMPILE => {
            let options = read_part(&mut input).map_err(invalid)?;
            let emit = read_part(&mut input).map_err(invalid)?;
            let module = read_part(&mut input).map_err(invalid)?;
            match compile(backend, &options, &emit, &module) {
                Ok(compiled) => {
                    write_header(&mut out, ANSWER, DONE)?;
                    write_part(&mut out, &compiled.bytes)?;
                    write_part(&mut out, &serde_json::to_vec(&compiled.rejected)?)?;
                }
                Err(failure) => {
                    write_header(&mut out, ANSWER, ERROR)?;
                    write_part(&mut out, &serde_json::to_vec(&failure)?)?;
                }
            }
        }
        kind => return Err(io::Error::new(io::ErrorKind::InvalidData, format!("there is no request of kind {kind}"))),
    }
    output.write_all(&out)?;
    output.flush()
}

fn compile(backend: &dyn Backend, options: &[u8], emit: &[u8], module: &[u8]) -> Result<Compiled, Failure> {
    let internal = |message: String| Failure { kind: FailureKind::Internal, message };
    let options: Options = serde_json::from_slice(options).map_err(|error| internal(format!("options: {error}")))?;
    let emit: Emit = serde_json::from_slice(emit).map_err(|error| internal(format!("output: {error}")))?;
    let module = lir::binary::module_from_bytes(module).map_err(|error| internal(error.to_string()))?;
    backend.compile(&module, &options, emit).map_err(|error| Failure::of(&error))
}
