//@ rustc: -Cdebug-assertions=off
//@ lir: read
//@ lir: maybe
//@ lir: EXPORTED
//@ lir: SECTION
//@ features: linkage
unsafe extern "C" {
    static environ: *const *const u8;
    #[linkage = "extern_weak"]
    static missing: Option<unsafe extern "C" fn()>;
}

#[unsafe(no_mangle)]
pub static EXPORTED: i32 = -1;

#[used]
#[unsafe(link_section = ".special")]
static SECTION: [u8; 2] = [1, 2];

pub fn read() -> *const *const u8 {
    unsafe { environ }
}

pub fn maybe() -> bool {
    unsafe { missing.is_some() }
}
