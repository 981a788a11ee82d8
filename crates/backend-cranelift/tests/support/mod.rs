//! Compiles a module, links it to a shared library, and calls functions in it.

#![allow(dead_code, reason = "each test uses what it needs")]

use backend::{Backend, Emit, OptLevel, Options};
use bessemer_backend_cranelift::CraneliftBackend;
use std::ffi::{CString, c_void};
use std::path::PathBuf;
use std::process::Command;

pub fn options(opt: OptLevel) -> Options {
    Options { opt, verify: true, ..Options::new("x86_64-unknown-linux-gnu", "x86-64") }
}

/// The object of a module that is compiled whole.
pub fn compile(module: &lir::Module, options: &Options) -> Vec<u8> {
    let errors = lir::verify_module(module, 8);
    assert!(errors.is_empty(), "{errors:?}");
    let compiled = match CraneliftBackend.compile(module, options, Emit::Object) {
        Ok(compiled) => compiled,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(compiled.rejected, []);
    compiled.bytes
}

/// A shared library that has been loaded.
pub struct Library {
    handle: *mut c_void,
    _folder: tempfile::TempDir,
}

impl Library {
    pub fn new(object: &[u8]) -> Library {
        Library::of_objects(&[object])
    }

    pub fn of_objects(objects: &[impl AsRef<[u8]>]) -> Library {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let output = folder.path().join("libcode.so");
        let mut inputs = Vec::new();
        for (number, object) in objects.iter().enumerate() {
            inputs.push(folder.path().join(format!("code{number}.o")));
            std::fs::write(&inputs[number], object).expect("writing an object");
        }
        let status = Command::new("cc")
            .args(["-shared", "-Wl,-z,defs", "-o"])
            .arg(&output)
            .args(&inputs)
            .args(["-lm", "-lgcc_s", "-lc"])
            .status()
            .expect("running cc");
        assert!(status.success());
        let path = CString::new(output.to_str().expect("UTF-8")).expect("no zero byte");
        // SAFETY: the library has no constructors.
        let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW) };
        assert!(!handle.is_null(), "dlopen");
        Library { handle, _folder: folder }
    }

    pub fn address(&self, name: &str) -> *mut c_void {
        let name = CString::new(name).expect("no zero byte");
        // SAFETY: the handle is that of a loaded library.
        let address = unsafe { libc::dlsym(self.handle, name.as_ptr()) };
        assert!(!address.is_null(), "{name:?} is not there");
        address
    }
}

/// Writes files into a folder, by name; gives the folder.
pub fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).expect("writing a file");
    }
    folder
}

/// Runs a command that must succeed; gives what it printed.
pub fn run(program: impl Into<PathBuf>, args: &[&str], folder: &tempfile::TempDir) -> String {
    let program = program.into();
    let output = Command::new(&program).args(args).current_dir(folder.path()).output().expect("running a program");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}: {:?}\n{out}\n{err}", program.display(), output.status);
    out.into_owned()
}
