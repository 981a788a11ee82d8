//! The first stages: text to an expanded tree.

use expand::expander::{BodyAt, Expanded, Input, expand_crate};
use expand::mbe::Limits;
use names::OtherCrates;
use ty::{Arena, SessionOptions, Tcx};

use crate::doubt::{Doubt, Stage, guarded};
use crate::krate::Crate;

/// Expands a crate.
///
/// # Errors
/// The text cannot be read, or something in it is not understood.
pub fn expand(krate: &Crate, options: SessionOptions) -> Result<Expanded, Doubt> {
    expand_then(krate, options, None, |expanded, _| Ok(expanded))
}

/// Expands a crate, and hands it on with the other crates that it was expanded with. `only`: of functions' bodies that one.
pub(crate) fn expand_then<T>(
    krate: &Crate,
    options: SessionOptions,
    only: Option<BodyAt<'_>>,
    then: impl FnOnce(Expanded, &OtherCrates<'_>) -> Result<T, Doubt>,
) -> Result<T, Doubt> {
    let Some(source) = krate.source() else {
        return Err(Doubt::new(Stage::Source, "file", "the file cannot be read, or is not UTF-8"));
    };
    let cfg = krate.options();
    let arena = Arena::new();
    let crates = OtherCrates::new(Tcx::new(&arena, options), krate.locator.clone()).with_setting(krate.setting());
    let input = Input {
        name: &krate.name,
        path: &krate.path,
        source: &source,
        edition: krate.edition,
        options: &cfg,
        crates: &crates,
        surroundings: krate,
        is_test: krate.is_test,
        is_proc_macro: krate.is_proc_macro && !krate.is_test,
        limits: Limits::default(),
        only,
    };
    let expanded = guarded(Stage::Expansion, || {
        expand_crate(&input).map_err(|failure| {
            let doubt = &failure.doubt;
            let describe = |position| failure.sources.describe(position);
            let place = describe(doubt.span.lo).or_else(|| describe(failure.cause.lo));
            let place = place.unwrap_or_else(|| krate.path.display().to_string());
            Doubt::new(Stage::Expansion, doubt.construct, doubt.message.clone()).at(Some(place))
        })
    })?;
    then(expanded, &crates)
}
