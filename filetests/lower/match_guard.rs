//@ lir: guarded
pub fn guarded(x: Option<u32>, limit: u32) -> u32 {
    match x {
        Some(n) if n < limit => n,
        Some(_) => limit,
        None => 0,
    }
}
