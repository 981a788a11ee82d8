//@ lir: system
//@ lir: windows
//@ lir: interrupted
//@ features: abi_x86_interrupt
pub extern "system" fn system(x: u32) -> u32 {
    x
}

#[repr(C)]
pub struct Three(pub u32, pub u32, pub u32);

pub extern "win64" fn windows(x: Three, y: i128) -> Three {
    _ = y;
    x
}

pub extern "x86-interrupt" fn interrupted(_: u64) {}
