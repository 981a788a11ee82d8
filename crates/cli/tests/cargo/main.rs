//! `cargo bessemer`, on packages made for the purpose: what is built, where it lies, what is said, what is done again.

mod caches;
mod images;
mod profiles;
mod project;
mod symbols;
mod testing;
mod workspace;
