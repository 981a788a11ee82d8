//! `core` as crates under test see it: the real one, with `#[test]` and `#[bench]` of our own in its preludes. Everything
//! else is the real crate's, by the same definitions, so that nothing else can tell the difference.

#![no_std]
#![feature(allow_internal_unstable, decl_macro)]

extern crate core as real;

pub use real::*;

pub mod prelude {
    pub use real::prelude::*;

    pub mod v1 {
        pub use bessemer_test_macros::{bench, test, test_case};
        pub use real::prelude::v1::*;
    }
    pub mod rust_2015 {
        pub use super::v1::{bench, test, test_case};
        pub use real::prelude::rust_2015::*;
    }
    pub mod rust_2018 {
        pub use super::v1::{bench, test, test_case};
        pub use real::prelude::rust_2018::*;
    }
    pub mod rust_2021 {
        pub use super::v1::{bench, test, test_case};
        pub use real::prelude::rust_2021::*;
    }
    pub mod rust_2024 {
        pub use super::v1::{bench, test, test_case};
        pub use real::prelude::rust_2024::*;
    }
}

/// For the code that the attributes expand to.
pub mod bessemer {
    /// The constant that describes a test, beside the test itself. Like rustc's own expansion, it has the function's name,
    /// and hides from the user's code by hygiene. It is found by its type.
    #[allow_internal_unstable(test)]
    pub macro describe(
        $constant:ident,
        $name:literal,
        [ignore $ignore:ident $(= $ignore_message:expr)?],
        [should_panic $should_panic:ident $(= $expected:expr)?],
        [at $file:literal $start_line:literal $start_column:literal $end_line:literal $end_column:literal],
        [$kind:ident $function:ident],
    ) {
        extern crate test;

        #[doc(hidden)]
        pub const $constant: test::TestDescAndFn = test::TestDescAndFn {
            desc: test::TestDesc {
                name: test::StaticTestName($crate::bessemer::without_crate($crate::concat!(
                    $crate::module_path!(),
                    "::",
                    $name
                ))),
                ignore: $ignore,
                ignore_message: $crate::bessemer::optional!($($ignore_message)?),
                source_file: $file,
                start_line: $start_line,
                start_col: $start_column,
                end_line: $end_line,
                end_col: $end_column,
                compile_fail: false,
                no_run: false,
                should_panic: $crate::bessemer::should_panic!(test $should_panic $($expected)?),
                test_type: if $crate::cfg!(bessemer_test_type = "unit") {
                    test::TestType::UnitTest
                } else if $crate::cfg!(bessemer_test_type = "integration") {
                    test::TestType::IntegrationTest
                } else {
                    test::TestType::Unknown
                },
            },
            testfn: $crate::bessemer::function!(test $kind $function),
        };
    }

    pub macro optional {
        () => { $crate::option::Option::None },
        ($value:expr) => { $crate::option::Option::Some($value) },
    }

    #[allow_internal_unstable(test)]
    pub macro should_panic {
        ($test:ident false) => { $test::ShouldPanic::No },
        ($test:ident true) => { $test::ShouldPanic::Yes },
        ($test:ident true $expected:expr) => { $test::ShouldPanic::YesWithMessage($expected) },
    }

    #[allow_internal_unstable(test)]
    pub macro function {
        ($test:ident test $function:ident) => {
            $test::StaticTestFn(|| $test::assert_test_result($function()))
        },
        ($test:ident bench $function:ident) => {
            $test::StaticBenchFn(|bencher| $test::assert_test_result($function(bencher)))
        },
    }

    /// A path without the name of the crate that it begins with.
    pub const fn without_crate(path: &'static str) -> &'static str {
        let bytes = path.as_bytes();
        let mut at = 0;
        while bytes[at] != b':' {
            at += 1;
        }
        path.split_at(at + 2).1
    }
}
