//! `cargo bessemer`, on packages made for the purpose: what is built, where it lies, what is said, what is done again.

mod boards;
mod caches;
mod code;
mod compare;
mod coverage;
mod environment;
mod host;
mod images;
mod levels;
mod own_front_end;
mod paths;
mod profiles;
mod project;
mod releases;
mod shown;
mod symbols;
mod testing;
mod told;
mod wasm;
mod workspace;
