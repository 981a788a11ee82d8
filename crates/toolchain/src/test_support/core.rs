//! `core` as crates under test see it: the real one, with `#[test]` and `#[bench]` of our own in its preludes. Everything
//! else is the real crate's, by the same definitions, so that nothing else can tell the difference.

#![no_std]
#![feature(allow_internal_unstable, decl_macro, test)]

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
    /// The toolchain's test harness. It is here, and so in every crate whose tests are looked for, if it has any or none.
    pub extern crate test;

    /// The constant that describes a test, beside the test itself. Like rustc's own expansion, it has the function's name,
    /// and hides from the user's code by hygiene. It is found by its type.
    #[allow_internal_unstable(test)]
    pub macro describe(
        $constant:ident,
        $name:literal,
        [ignore $ignore:ident $($ignore_message:literal)?],
        [should_panic $($should_panic:tt)*],
        [at $file:literal $start_line:literal $start_column:literal $end_line:literal $end_column:literal],
        [$kind:ident $function:expr],
    ) {
        #[doc(hidden)]
        pub const $constant: $crate::bessemer::test::TestDescAndFn = $crate::bessemer::test::TestDescAndFn {
            desc: $crate::bessemer::test::TestDesc {
                name: $crate::bessemer::test::StaticTestName($crate::bessemer::without_crate($crate::concat!(
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
                should_panic: $crate::bessemer::should_panic!($($should_panic)*),
                test_type: if $crate::cfg!(bessemer_test_type = "unit") {
                    $crate::bessemer::test::TestType::UnitTest
                } else if $crate::cfg!(bessemer_test_type = "integration") {
                    $crate::bessemer::test::TestType::IntegrationTest
                } else {
                    $crate::bessemer::test::TestType::Unknown
                },
            },
            testfn: $crate::bessemer::test::$kind($function),
        };
    }

    pub macro optional {
        () => { $crate::option::Option::None },
        ($value:literal) => { $crate::option::Option::Some($value) },
    }

    #[allow_internal_unstable(test)]
    pub macro should_panic {
        (false) => { $crate::bessemer::test::ShouldPanic::No },
        (true) => { $crate::bessemer::test::ShouldPanic::Yes },
        (true $expected:literal) => { $crate::bessemer::test::ShouldPanic::YesWithMessage($expected) },
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
