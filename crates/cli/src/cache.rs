//! `bessemer cache`.

use crate::args::CacheCommand;
use crate::show;
use driver::{DriverError, caches};
use std::process::ExitCode;

/// Shows or empties the caches.
pub fn cache(command: &CacheCommand) -> ExitCode {
    let Some(folder) = driver::options::default_cache() else {
        return show::usage("nothing is cached: there is no home folder, or BESSEMER_CACHE_DIR is empty");
    };
    if let Some(message) = caches::refusal(&folder) {
        let (CacheCommand::Stats { json } | CacheCommand::Clean { json }) = *command;
        return show::error(&DriverError::Usage(message), json, false);
    }
    let json = match *command {
        CacheCommand::Stats { json } => json,
        CacheCommand::Clean { json } => {
            let before: u64 = caches::stats(&folder).iter().map(|it| it.size_bytes).sum();
            if let Err(error) = caches::clean(&folder) {
                return show::error(&error, json, false);
            }
            let left: u64 = caches::stats(&folder).iter().map(|it| it.size_bytes).sum();
            let freed = before.saturating_sub(left);
            if json {
                println!("{}", serde_json::json!({ "freed_bytes": freed }));
            } else {
                println!("removed {}", caches::display_size(freed));
            }
            return ExitCode::SUCCESS;
        }
    };
    let all = caches::stats(&folder);
    if json {
        println!("{}", serde_json::json!({ "caches": all }));
        return ExitCode::SUCCESS;
    }
    for it in all {
        let limit = match (it.limit_bytes, it.limit_entries) {
            (Some(bytes), _) => caches::display_size(bytes),
            (None, Some(entries)) => format!("{entries} entries"),
            (None, None) => "none".to_owned(),
        };
        println!("{} cache", it.name);
        println!("  folder   {}", it.folder.display());
        println!("  entries  {}", it.entries);
        println!("  files    {}", it.files);
        println!("  size     {}", caches::display_size(it.size_bytes));
        println!("  limit    {limit}");
    }
    ExitCode::SUCCESS
}
