//! Loading: one test a process, because a process loads once.

use bessemer_llvm_lazy::{LoadError, load};

#[test]
fn a_wrong_folder_and_then_the_toolchain() {
    let folder = std::path::Path::new("/nowhere");
    let missing = load(folder).expect_err("nothing is there");
    assert!(matches!(&missing, LoadError::NotFound { folders } if folders[0] == folder.join("lib")));
    assert!(missing.to_string().contains("no shared library of LLVM 22 in /nowhere/lib"), "{missing}");
    load(&testing::sysroot()).unwrap_or_else(|error| panic!("{error}"));
    // What is loaded stays.
    load(folder).unwrap_or_else(|error| panic!("{error}"));
}
