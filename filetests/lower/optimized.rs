// For code that will be optimised: lifetimes of slots, and facts about what is loaded.
//@ lir: slots
//@ lir: facts
//@ lir: unaliased
//@ rustc: -Copt-level=3
unsafe extern "Rust" {
    safe fn fill(x: &mut [u64; 8]);
}

pub fn slots(condition: bool) -> u64 {
    if condition {
        let mut x = [0; 8];
        fill(&mut x);
        x[1]
    } else {
        let mut y = [1; 8];
        fill(&mut y);
        y[2]
    }
}

pub fn facts(x: &(bool, &u32, Option<char>)) -> u32 {
    if x.0 { *x.1 } else { x.2.map_or(1, |x| x as u32) }
}

pub fn unaliased(x: &mut u32, y: &u32) {
    *x ^= *y;
}
