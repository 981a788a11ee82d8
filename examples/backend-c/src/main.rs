//! The program: one request on standard input, one answer on standard output.
//!
//!     bessemer run --backend exec:target/debug/backend-c hello.rs

use std::process::ExitCode;

fn main() -> ExitCode {
    let backend = backend_c::CBackend::new();
    let version = backend.version();
    match backend_exec::serve(&backend, &version, std::io::stdin().lock(), std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("backend-c: {error}");
            ExitCode::FAILURE
        }
    }
}
