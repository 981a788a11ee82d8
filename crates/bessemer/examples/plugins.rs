//! A host that loads a plug-in, and loads it again when its file changes.
//!
//!     $ cargo run --example plugins -- plugin.rs
//!
//! The plug-in is a library with one function, and uses one of the host:
//!
//!     unsafe extern "C" { safe fn say(text: *const u8, length: usize); }
//!     #[unsafe(no_mangle)]
//!     pub extern "C-unwind" fn tick(count: u64) {
//!         let text = format!("tick {count}");
//!         say(text.as_ptr(), text.len());
//!     }

use bessemer::{Engine, Source, Unit};
use std::error::Error;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

/// What plug-ins have said.
pub static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The function of the host.
extern "C" fn say(text: *const u8, length: usize) {
    // SAFETY: plug-ins give a text that is there during the call.
    let text = String::from_utf8_lossy(unsafe { std::slice::from_raw_parts(text, length) }).into_owned();
    println!("{text}");
    SAID.lock().unwrap_or_else(|poison| poison.into_inner()).push(text);
}

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args_os().nth(1).ok_or("name the plug-in's file")?;
    run(Path::new(&file), Duration::from_secs(1), |_| true)
}

/// Calls the plug-in again and again, as long as `goes_on` (which is told how often that was) says so.
pub fn run(file: &Path, pause: Duration, goes_on: impl Fn(u64) -> bool) -> Result<(), Box<dyn Error>> {
    let engine = Engine::builder().host_function("say", say as extern "C" fn(*const u8, usize)).build()?;
    let mut plugin: Option<Unit> = None;
    let mut loaded: Option<SystemTime> = None;
    for count in 0.. {
        if !goes_on(count) {
            break;
        }
        let modified = std::fs::metadata(file)?.modified()?;
        if loaded != Some(modified) {
            loaded = Some(modified);
            match engine.compile(Source::file(file)) {
                // The old one is dropped here, and its memory given back.
                Ok(unit) => plugin = Some(unit),
                // The old one goes on.
                Err(diagnostics) => eprint!("{diagnostics}"),
            }
        }
        if let Some(plugin) = &plugin {
            // SAFETY: this is what plug-ins promise: the type, and that nothing of them goes on after the call.
            let tick = unsafe { plugin.get::<extern "C-unwind" fn(u64)>("tick")? };
            // SAFETY: as above.
            if let Err(panic) = unsafe { tick.call((count,)) } {
                eprintln!("{}: {panic}", file.display());
            }
        }
        std::thread::sleep(pause);
    }
    Ok(())
}
