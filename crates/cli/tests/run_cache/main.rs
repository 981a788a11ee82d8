//! Programs that `bessemer run` remembers: never another than would be compiled now, whatever became of the cache.

mod damage;
mod folders;
mod inputs;
mod place;
