//! Which invalid value an enum takes to tell its variants apart, in releases that choose another than the publication of the
//! algorithm does.

use crate::{BackendRepr, LayoutCx, LayoutData, Niche, Scalar, TagEncoding, Variants, WrappingRange};

impl LayoutCx<'_> {
    /// Chooses the niche again where an enum needs a single value: since 1.97, the one nearest to zero (`Niche::reserve`).
    ///
    /// Where the fields are does not depend on which value it is, and nor does how many are left. What depends on it are the
    /// tag's range, and what is made of that: the representation, and the niche that the enum offers in turn.
    pub(crate) fn choose_niche(&self, layout: &mut LayoutData) {
        let Variants::Multiple { tag, tag_encoding: TagEncoding::Niche { niche_variants, niche_start, .. }, .. } =
            &mut layout.variants
        else {
            return;
        };
        let Scalar::Initialized { value, valid_range } = *tag else { return };
        if niche_variants.start() != niche_variants.end() {
            return;
        }
        let size = value.size(self);
        // The range before the value was taken, which is at one of its ends.
        let before = if valid_range.start == *niche_start {
            WrappingRange { start: size.truncate(niche_start.wrapping_add(1)), ..valid_range }
        } else {
            WrappingRange { end: size.truncate(niche_start.wrapping_sub(1)), ..valid_range }
        };
        // What is `bool`'s stays as it was.
        if before == (WrappingRange { start: 0, end: 1 }) {
            return;
        }
        let (up, down) = (before.end.wrapping_add(1), before.start.wrapping_sub(1));
        let distance = |value| size.sign_extend(size.truncate(value)).unsigned_abs();
        let taken = size.truncate(if distance(down) <= distance(up) { down } else { up });
        let range = if distance(down) <= distance(up) {
            WrappingRange { start: taken, ..before }
        } else {
            WrappingRange { end: taken, ..before }
        };
        let (old, new) = (*tag, Scalar::Initialized { value, valid_range: range });
        *tag = new;
        *niche_start = taken;
        match &mut layout.backend_repr {
            BackendRepr::Scalar(scalar) if *scalar == old => *scalar = new,
            BackendRepr::ScalarPair(first, _) if *first == old => *first = new,
            BackendRepr::ScalarPair(_, second) if *second == old => *second = new,
            _ => {}
        }
        layout.largest_niche = Niche::from_scalar(self, layout.fields.offset(0), new);
    }
}
