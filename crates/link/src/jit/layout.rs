//! Where everything is in the image.
//!
//! The image is one piece of memory, so that code reaches all of it with 32-bit displacements: code and stubs
//! (executable), then what is read-only once it is relocated, then what the program writes.

use super::frames::{self, FrameTable};
use super::memory::PAGE_BYTES;
use super::object::{SectionKind, text};
use super::relocate::{Needs, needs};
use super::resolve::{Program, Target};
use super::{JitError, tls};
use rustc_hash::FxHashMap;

/// The largest image. Displacements reach ±2 GiB.
const IMAGE_LIMIT_BYTES: u64 = 1 << 30;

/// A stub is `jmp *entry(%rip)` and two bytes of padding.
pub(super) const STUB_BYTES: u64 = 8;
/// An entry of the global offset table.
pub(super) const ENTRY_BYTES: u64 = 8;

/// A range of the image.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Span {
    pub offset: u64,
    pub size_bytes: u64,
}

/// The initial content of the thread-locals.
#[derive(Clone, Copy)]
pub(super) struct TlsTemplate {
    /// What the image is called in the table of [`tls`].
    pub slot: u32,
    /// Offset in the image.
    pub offset: u64,
    /// Bytes there; zeros follow up to `size_bytes`.
    pub file_bytes: u64,
    pub size_bytes: u64,
    pub align: u64,
}

/// Offsets of everything in the image.
#[derive(Default)]
pub(super) struct Plan {
    pub size_bytes: u64,
    pub align: u64,
    /// Whole pages.
    pub text: Span,
    /// Whole pages.
    pub read_only: Span,
    /// By object and section. Of thread-local sections, the offset in the template.
    sections: Vec<Vec<Option<u64>>>,
    commons: Vec<u64>,
    /// As [`Program::boundaries`].
    boundaries: Vec<Span>,
    pub got_base: u64,
    pub got: FxHashMap<Target, u64>,
    pub stubs: FxHashMap<Target, u64>,
    /// Pairs of module and offset, as `__tls_get_addr` takes them.
    pub tls_pairs: FxHashMap<Target, u64>,
    /// The pair of this image's thread-locals with offset 0.
    pub tls_module_pair: Option<u64>,
    pub tls: Option<TlsTemplate>,
    /// The unwind tables, one after the other, ended by four zero bytes.
    pub frames: Option<u64>,
    /// By object and section.
    pub frame_tables: FxHashMap<(u32, u32), FrameTable>,
    pub initializers: Vec<Span>,
    pub finalizers: Vec<Span>,
}

impl Plan {
    /// The offset in the image of a loaded section; of a thread-local one, in the template.
    pub fn section(&self, object: u32, section: u32) -> Option<u64> {
        self.sections[object as usize][section as usize]
    }

    /// The offset in the image of what a symbol means, if it is there.
    pub fn offset_of(&self, target: Target) -> Option<u64> {
        match target {
            Target::Section { object, section, offset } => Some(self.section(object, section)? + offset),
            Target::Common(index) => Some(self.commons[index as usize]),
            Target::Boundary { index, end } => {
                let span = self.boundaries[index as usize];
                Some(span.offset + if end { span.size_bytes } else { 0 })
            }
            Target::GotBase => Some(self.got_base),
            Target::ImageBase => Some(0),
            Target::Tls { .. }
            | Target::External(_)
            | Target::Absolute(_)
            | Target::NotLoaded
            | Target::Discarded
            | Target::Unused => None,
        }
    }
}

/// Gives everything its place.
pub(super) fn layout(program: &Program<'_>) -> Result<Plan, JitError> {
    let needs = needs(program);
    let mut planner = Planner::new(program);
    planner.place_all(SectionKind::Text)?;
    for &target in &needs.stubs.list {
        let offset = planner.advance(STUB_BYTES, STUB_BYTES)?;
        planner.plan.stubs.insert(target, offset);
    }
    planner.plan.text = planner.end_pages(0)?;
    let start = planner.cursor;
    planner.place_all(SectionKind::ReadOnly)?;
    planner.place_frames()?;
    planner.place_all(SectionKind::RelRo)?;
    planner.place_got(&needs)?;
    planner.place_tls(&needs)?;
    planner.plan.read_only = planner.end_pages(start)?;
    planner.place_all(SectionKind::Data)?;
    planner.place_all(SectionKind::Bss)?;
    for &(size, align) in &program.commons {
        let offset = planner.advance(size, align)?;
        planner.plan.commons.push(offset);
    }
    planner.find_boundaries()?;
    planner.find_arrays();
    // Never empty, so that there is memory.
    planner.advance(1, 1)?;
    let mut plan = planner.plan;
    plan.size_bytes = planner.cursor.next_multiple_of(PAGE_BYTES);
    Ok(plan)
}

struct Planner<'p, 'd> {
    program: &'p Program<'d>,
    plan: Plan,
    cursor: u64,
    /// Where the sections of a name are, for boundaries: the kind, and the range.
    named: FxHashMap<&'d [u8], Vec<(SectionKind, Span)>>,
}

impl<'p, 'd> Planner<'p, 'd> {
    fn new(program: &'p Program<'d>) -> Planner<'p, 'd> {
        let sections = program.objects.iter().map(|object| vec![None; object.sections.len()]).collect();
        Planner {
            program,
            plan: Plan { sections, align: PAGE_BYTES, ..Plan::default() },
            cursor: 0,
            named: FxHashMap::default(),
        }
    }

    /// Reserves bytes and gives their offset.
    fn advance(&mut self, size_bytes: u64, align: u64) -> Result<u64, JitError> {
        let offset = self.cursor.next_multiple_of(align);
        self.plan.align = self.plan.align.max(align);
        // Sizes and alignments were limited when they were read, so this does not overflow.
        self.cursor = offset + size_bytes;
        if self.cursor > IMAGE_LIMIT_BYTES { Err(JitError::TooLarge) } else { Ok(offset) }
    }

    /// Fills the page; gives the pages since `start`.
    fn end_pages(&mut self, start: u64) -> Result<Span, JitError> {
        self.advance(0, PAGE_BYTES)?;
        Ok(Span { offset: start, size_bytes: self.cursor - start })
    }

    /// The sections of a kind, those of one name together.
    fn sections_of(&self, kind: SectionKind) -> Vec<(u32, u32)> {
        let mut list = Vec::new();
        for (object_index, object) in (0u32..).zip(&self.program.objects) {
            for (section_index, section) in (0u32..).zip(&object.sections) {
                if section.kind == Some(kind) && !section.discarded {
                    list.push((object_index, section_index));
                }
            }
        }
        // Only where a boundary is asked for does it matter what stands together.
        let named = |&(object, section): &(u32, u32)| {
            let name = self.program.objects[object as usize].sections[section as usize].name;
            self.program.boundaries.iter().position(|boundary| *boundary == name)
        };
        if !self.program.boundaries.is_empty() {
            list.sort_by_key(named);
        }
        list
    }

    fn place_all(&mut self, kind: SectionKind) -> Result<(), JitError> {
        for (object, section) in self.sections_of(kind) {
            let data = &self.program.objects[object as usize].sections[section as usize];
            let offset = self.advance(data.size, data.align)?;
            self.plan.sections[object as usize][section as usize] = Some(offset);
            if self.program.boundaries.contains(&data.name) {
                self.note_named(data.name, kind, Span { offset, size_bytes: data.size });
            }
        }
        Ok(())
    }

    fn note_named(&mut self, name: &'d [u8], kind: SectionKind, span: Span) {
        let list = self.named.entry(name).or_default();
        match list.last_mut() {
            Some((last, range)) if *last == kind => range.size_bytes = span.offset + span.size_bytes - range.offset,
            _ => list.push((kind, span)),
        }
    }

    /// Unwind tables stand without gaps: zeros between them would end the list.
    fn place_frames(&mut self) -> Result<(), JitError> {
        let mut first = true;
        for (object, section) in self.sections_of(SectionKind::Frames) {
            let data = &self.program.objects[object as usize];
            let table = frames::check(data, section, &self.program.targets[object as usize])?;
            let offset = self.advance(table.size_bytes, if first { 8 } else { 1 })?;
            if first {
                self.plan.frames = Some(offset);
                first = false;
            }
            self.plan.sections[object as usize][section as usize] = Some(offset);
            self.plan.frame_tables.insert((object, section), table);
        }
        if !first {
            self.advance(frames::TERMINATOR_BYTES, 1)?;
        }
        Ok(())
    }

    fn place_got(&mut self, needs: &Needs) -> Result<(), JitError> {
        self.plan.got_base = self.advance(0, ENTRY_BYTES)?;
        for &target in &needs.got.list {
            let offset = self.advance(ENTRY_BYTES, ENTRY_BYTES)?;
            self.plan.got.insert(target, offset);
        }
        for &target in &needs.tls_pairs.list {
            let offset = self.advance(2 * ENTRY_BYTES, ENTRY_BYTES)?;
            self.plan.tls_pairs.insert(target, offset);
        }
        if needs.tls_module {
            self.plan.tls_module_pair = Some(self.advance(2 * ENTRY_BYTES, ENTRY_BYTES)?);
        }
        Ok(())
    }

    fn place_tls(&mut self, needs: &Needs) -> Result<(), JitError> {
        let mut end = 0u64;
        let mut align = 1;
        let mut file_bytes = 0;
        for kind in [SectionKind::TlsData, SectionKind::TlsBss] {
            for (object, section) in self.sections_of(kind) {
                let data = &self.program.objects[object as usize].sections[section as usize];
                let offset = end.next_multiple_of(data.align);
                self.plan.sections[object as usize][section as usize] = Some(offset);
                align = align.max(data.align);
                end = offset + data.size;
                if end > IMAGE_LIMIT_BYTES {
                    return Err(JitError::TooLarge);
                }
            }
            if kind == SectionKind::TlsData {
                file_bytes = end;
            }
        }
        if end == 0 && !needs.tls_module {
            return Ok(());
        }
        let offset = self.advance(file_bytes, align)?;
        let slot = tls::reserve_slot().ok_or(JitError::TooLarge)?;
        self.plan.tls = Some(TlsTemplate { slot, offset, file_bytes, size_bytes: end, align });
        Ok(())
    }

    fn find_boundaries(&mut self) -> Result<(), JitError> {
        for name in &self.program.boundaries {
            match self.named.get(name).map(Vec::as_slice) {
                Some([(_, span)]) => self.plan.boundaries.push(*span),
                _ => {
                    let message = "a section whose start or end is asked for is of two kinds".to_owned();
                    return Err(JitError::Object { object: text(name), message });
                }
            }
        }
        Ok(())
    }

    /// The arrays of functions that run at the start and at the end, in the order of their priorities.
    fn find_arrays(&mut self) {
        let mut arrays =
            [(b".preinit_array" as &[u8], Vec::new()), (b".init_array", Vec::new()), (b".fini_array", Vec::new())];
        for (object_index, object) in (0u32..).zip(&self.program.objects) {
            for (section_index, section) in (0u32..).zip(&object.sections) {
                let Some(offset) = self.plan.section(object_index, section_index) else { continue };
                let span = Span { offset, size_bytes: section.size };
                for (family, list) in &mut arrays {
                    let Some(rest) = section.name.strip_prefix(*family) else { continue };
                    let priority = match rest.strip_prefix(b".") {
                        None if rest.is_empty() => u32::MAX,
                        None => continue,
                        Some(digits) => str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or(0),
                    };
                    list.push((priority, span));
                }
            }
        }
        let [mut before, mut start, mut end] = arrays.map(|(_, list)| list);
        for list in [&mut before, &mut start, &mut end] {
            list.sort_by_key(|(priority, _)| *priority);
        }
        self.plan.initializers = before.into_iter().chain(start).map(|(_, span)| span).collect();
        self.plan.finalizers = end.into_iter().map(|(_, span)| span).collect();
    }
}
