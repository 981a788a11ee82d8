//! `std` as crates under test see it: see the `core` beside it.

#![feature(test)]

extern crate std as real;
/// See the `core` beside this.
#[doc(hidden)]
extern crate test as _;

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
