//! Items that the language or the compiler's messages refer to.

use super::decoder::missing;
use crate::error::Result;
use crate::session::Session;
use rustc_hash::FxHashMap;
use ty::{DefId, LangItem, Symbol};

impl<'tcx> Session<'tcx> {
    pub(crate) fn find_lang_item(&'tcx self, item: LangItem) -> Result<Option<DefId>> {
        let items = match self.lang_items.get() {
            Some(items) => items,
            None => {
                let read = self.read_lang_items()?;
                self.lang_items.get_or_init(|| read)
            }
        };
        Ok(items.get(&item).copied())
    }

    fn read_lang_items(&'tcx self) -> Result<FxHashMap<LangItem, DefId>> {
        let names = &self.format.lang_items;
        let mut items = FxHashMap::default();
        for krate in self.all_crate_data() {
            let list: Vec<(u32, u8)> = self.array(krate, krate.root.lang_items)?;
            for (index, number) in list {
                let item = names.get(usize::from(number)).ok_or_else(|| missing("no language item has this number"))?;
                if let Some(item) = item {
                    items.insert(*item, DefId { krate: krate.num, index });
                }
            }
        }
        Ok(items)
    }

    pub(crate) fn find_diagnostic_item(&'tcx self, name: &str) -> Result<Option<DefId>> {
        let items = match self.diagnostic_items.get() {
            Some(items) => items,
            None => {
                let mut read = FxHashMap::default();
                for krate in self.all_crate_data() {
                    let list: Vec<(Symbol, u32)> = self.array(krate, krate.root.diagnostic_items)?;
                    read.extend(list.into_iter().map(|(name, index)| (name, DefId { krate: krate.num, index })));
                }
                self.diagnostic_items.get_or_init(|| read)
            }
        };
        Ok(items.get(&Symbol::intern(name)).copied())
    }
}
