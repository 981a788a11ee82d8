//! `bessemer cache`.

use crate::args::CacheCommand;
use crate::output;
use crate::show::{self, Style};
use driver::{DriverError, caches};
use std::process::ExitCode;

/// Shows or empties the caches.
pub fn cache(command: &CacheCommand) -> ExitCode {
    let Some(folder) = driver::options::default_cache() else {
        return show::usage("nothing is cached: there is no home folder, or BESSEMER_CACHE_DIR is empty");
    };
    if let Some(message) = caches::refusal(&folder) {
        let (CacheCommand::Stats { json } | CacheCommand::Clean { json }) = *command;
        return show::error(&DriverError::Usage(message), Style { json, ..Style::default() });
    }
    let json = match *command {
        CacheCommand::Stats { json } => json,
        CacheCommand::Clean { json } => {
            let before: u64 = caches::stats(&folder).iter().map(|it| it.size_bytes).sum();
            if let Err(error) = caches::clean(&folder) {
                return show::error(&error, Style { json, ..Style::default() });
            }
            let left: u64 = caches::stats(&folder).iter().map(|it| it.size_bytes).sum();
            let freed = before.saturating_sub(left);
            return output::print(&if json {
                format!("{}\n", serde_json::json!({ "freed_bytes": freed }))
            } else {
                format!("removed {}\n", caches::display_size(freed))
            });
        }
    };
    let all = caches::stats(&folder);
    if json {
        return output::print(&format!("{}\n", serde_json::json!({ "caches": all })));
    }
    let mut text = String::new();
    for it in all {
        let limit = match (it.limit_bytes, it.limit_entries) {
            (Some(bytes), _) => caches::display_size(bytes),
            (None, Some(entries)) => format!("{entries} entries"),
            (None, None) => "none".to_owned(),
        };
        let (folder, size) = (it.folder.display(), caches::display_size(it.size_bytes));
        text += &format!("{} cache\n  folder   {folder}\n  entries  {}\n", it.name, it.entries);
        text += &format!("  files    {}\n  size     {size}\n  limit    {limit}\n", it.files);
    }
    output::print(&text)
}
