//! Breaking text into lines. (rustc: `rustc_ast_pretty::pp`.)
//!
//! Oppen's algorithm, "Pretty Printing" (1979): text comes as words, breaks and nested boxes. A box that does not fit into the
//! line is broken: a consistent one at all its breaks, another only where the next piece does not fit. What comes is
//! kept until it is known whether it fits, which is at most a line; so time grows with the text alone.

use std::borrow::Cow;
use std::collections::VecDeque;

use crate::span::Span;

/// Where a box that is broken breaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Breaks {
    /// At all its breaks.
    Consistent,
    /// Where the next piece does not fit.
    Inconsistent,
}

/// What a broken box's lines are indented by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Indent {
    /// To where the box begins in its line.
    Visual,
    /// By so much more than outside.
    Block(isize),
}

/// A place where a line may end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Break {
    /// The next line is indented by so much more.
    offset: isize,
    /// So many blanks if the line does not end here.
    blanks: isize,
    /// What stands in front of the end of the line, if it ends here.
    before: Option<char>,
}

/// What the text consists of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Piece {
    Word(Cow<'static, str>),
    Break(Break),
    Begin(Breaks, bool),
    End,
}

impl Piece {
    /// Is it the end of a line, without change of indentation?
    pub(super) fn is_hard_break(&self) -> bool {
        *self == hard_break(0)
    }
}

/// The end of a line.
fn hard_break(offset: isize) -> Piece {
    Piece::Break(Break { offset, blanks: INFINITE, before: None })
}

/// A box that is being printed.
#[derive(Clone, Copy)]
enum Frame {
    Fits,
    Broken { outer_indent: isize, breaks: Breaks },
}

const INFINITE: isize = 0xffff;
/// How many columns a line has.
const MARGIN: isize = 78;
/// How many it has at least, however far it is indented.
const MIN_SPACE: isize = 60;

#[derive(Clone, Debug)]
struct Entry {
    piece: Piece,
    /// How far it is indented, of a box.
    indent: Indent,
    /// The columns from here to the end of the box, or to the next break; negative while that is not known.
    size: isize,
    /// Where a word comes from.
    place: Option<Span>,
}

/// Where a word of a text comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WordPlace {
    /// The line that it is in, from 0.
    pub line: u32,
    /// Where it begins there, in bytes.
    pub offset: u32,
    /// Where it comes from.
    pub span: Span,
}

/// Takes pieces, gives lines.
pub(super) struct Engine {
    out: String,
    /// Columns left in this line.
    space: isize,
    /// What it is not yet known of whether it fits.
    buffer: VecDeque<Entry>,
    /// The number of the buffer's first entry.
    first: usize,
    /// The columns of what was printed, and of what came.
    printed: isize,
    total: isize,
    /// The entries whose size is not known yet.
    pending: VecDeque<usize>,
    frames: Vec<Frame>,
    indent: isize,
    /// Blanks to be printed before the next word.
    blanks: isize,
    last_printed: Option<Piece>,
    /// Where the next word comes from.
    place: Option<Span>,
    /// How many lines have ended.
    line: u32,
    /// Where the line begins in the text.
    line_start: usize,
    /// The words of which it is known where they come from; none are noted where nobody wants them.
    places: Option<Vec<WordPlace>>,
}

impl Engine {
    /// One that notes where words come from.
    pub(super) fn with_places() -> Engine {
        Engine { places: Some(Vec::new()), ..Engine::new() }
    }

    pub(super) fn new() -> Engine {
        Engine {
            out: String::new(),
            space: MARGIN,
            buffer: VecDeque::new(),
            first: 0,
            printed: 0,
            total: 0,
            pending: VecDeque::new(),
            frames: Vec::new(),
            indent: 0,
            blanks: 0,
            last_printed: None,
            place: None,
            line: 0,
            line_start: 0,
            places: None,
        }
    }

    /// The last piece that came.
    pub(super) fn last(&self) -> Option<&Piece> {
        self.buffer.back().map(|entry| &entry.piece).or(self.last_printed.as_ref())
    }

    /// Is the line empty?
    pub(super) fn is_at_line_start(&self) -> bool {
        self.last().is_none_or(Piece::is_hard_break)
    }

    /// Says where the next word comes from.
    pub(super) fn place(&mut self, span: Span) {
        self.place = Some(span);
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.finish_with_places().0
    }

    /// The text, and the places of its words.
    pub(super) fn finish_with_places(mut self) -> (String, Vec<WordPlace>) {
        if !self.pending.is_empty() {
            self.resolve();
            self.print_known();
        }
        (self.out, self.places.unwrap_or_default())
    }

    fn push(&mut self, piece: Piece, indent: Indent, size: isize) -> usize {
        self.buffer.push_back(Entry { piece, indent, size, place: None });
        self.first + self.buffer.len() - 1
    }

    fn restart_if_idle(&mut self) -> bool {
        let idle = self.pending.is_empty();
        if idle {
            self.printed = 1;
            self.total = 1;
            self.first += self.buffer.len();
            self.buffer.clear();
        }
        idle
    }

    fn begin(&mut self, breaks: Breaks, indent: Indent) {
        self.restart_if_idle();
        let index = self.push(Piece::Begin(breaks, indent == Indent::Visual), indent, -self.total);
        self.pending.push_back(index);
    }

    /// Begins a box whose lines are indented.
    pub(super) fn block(&mut self, indent: isize, breaks: Breaks) {
        self.begin(breaks, Indent::Block(indent));
    }

    /// Begins a box that breaks where it must.
    pub(super) fn ibox(&mut self, indent: isize) {
        self.block(indent, Breaks::Inconsistent);
    }

    /// Begins a box that breaks everywhere if it breaks.
    pub(super) fn cbox(&mut self, indent: isize) {
        self.block(indent, Breaks::Consistent);
    }

    /// Begins a box whose lines stand under its beginning.
    pub(super) fn visual(&mut self) {
        self.begin(Breaks::Consistent, Indent::Visual);
    }

    /// Ends the innermost box.
    pub(super) fn end(&mut self) {
        if self.pending.is_empty() {
            self.print_end();
        } else {
            let index = self.push(Piece::End, Indent::Visual, -1);
            self.pending.push_back(index);
        }
    }

    fn add_break(&mut self, piece: Break) {
        if !self.restart_if_idle() {
            self.resolve();
        }
        let index = self.push(Piece::Break(piece), Indent::Visual, -self.total);
        self.pending.push_back(index);
        self.total += piece.blanks;
    }

    /// Blanks, or the end of the line with more or less indentation.
    pub(super) fn break_offset(&mut self, blanks: isize, offset: isize) {
        self.add_break(Break { offset, blanks, before: None });
    }

    pub(super) fn zero_break(&mut self) {
        self.break_offset(0, 0);
    }

    pub(super) fn space(&mut self) {
        self.break_offset(1, 0);
    }

    pub(super) fn hard_break(&mut self) {
        self.break_offset(INFINITE, 0);
    }

    /// Nothing, or a comma and the end of the line.
    pub(super) fn trailing_comma(&mut self) {
        self.add_break(Break { before: Some(','), ..Break::default() });
    }

    /// A blank, or a comma and the end of the line.
    pub(super) fn trailing_comma_or_space(&mut self) {
        self.add_break(Break { blanks: 1, before: Some(','), offset: 0 });
    }

    /// Changes the indentation behind the break that came last.
    pub(super) fn offset_last(&mut self, offset: isize) {
        if let Some(Entry { piece: Piece::Break(last), .. }) = self.buffer.back_mut() {
            last.offset += offset;
        }
    }

    /// The same, if it is the end of a line: the change is set, not added.
    pub(super) fn set_offset_of_hard_break(&mut self, offset: isize) {
        if let Some(entry) = self.buffer.back_mut()
            && entry.piece.is_hard_break()
        {
            entry.piece = hard_break(offset);
        }
    }

    pub(super) fn word(&mut self, word: impl Into<Cow<'static, str>>) {
        let word = word.into();
        let place = self.place.take();
        if self.pending.is_empty() {
            self.print_word(&word, place);
            return;
        }
        let len = word.len() as isize;
        self.buffer.push_back(Entry { piece: Piece::Word(word), indent: Indent::Visual, size: len, place });
        self.total += len;
        while self.total - self.printed > self.space {
            // The line is full before the first box or break knows its size: it does not fit.
            if self.pending.front() == Some(&self.first) {
                self.pending.pop_front();
                if let Some(entry) = self.buffer.front_mut() {
                    entry.size = INFINITE;
                }
            }
            self.print_known();
            if self.buffer.is_empty() {
                break;
            }
        }
    }

    /// Prints what is known to fit or not to fit.
    fn print_known(&mut self) {
        while let Some(entry) = self.buffer.front()
            && entry.size >= 0
            && let Some(entry) = self.buffer.pop_front()
        {
            self.first += 1;
            match &entry.piece {
                Piece::Word(word) => {
                    self.printed += word.len() as isize;
                    self.print_word(word, entry.place);
                }
                Piece::Break(piece) => {
                    self.printed += piece.blanks;
                    self.print_break(*piece, entry.size);
                }
                Piece::Begin(breaks, _) => self.print_begin(*breaks, entry.indent, entry.size),
                Piece::End => self.print_end(),
            }
            self.last_printed = Some(entry.piece);
        }
    }

    /// Tells the entries that end here how large they are: the last break of this box, and boxes that are complete.
    fn resolve(&mut self) {
        let mut depth = 0usize;
        while let Some(&index) = self.pending.back() {
            let total = self.total;
            let Some(entry) = self.buffer.get_mut(index - self.first) else { break };
            match entry.piece {
                Piece::Begin(..) => {
                    if depth == 0 {
                        break;
                    }
                    self.pending.pop_back();
                    entry.size += total;
                    depth -= 1;
                }
                Piece::End => {
                    self.pending.pop_back();
                    entry.size = 1;
                    depth += 1;
                }
                _ => {
                    self.pending.pop_back();
                    entry.size += total;
                    if depth == 0 {
                        break;
                    }
                }
            }
        }
    }

    fn print_begin(&mut self, breaks: Breaks, indent: Indent, size: isize) {
        if size <= self.space {
            self.frames.push(Frame::Fits);
            return;
        }
        self.frames.push(Frame::Broken { outer_indent: self.indent, breaks });
        self.indent = match indent {
            Indent::Block(offset) => (self.indent + offset).max(0),
            Indent::Visual => MARGIN - self.space,
        };
    }

    fn print_end(&mut self) {
        if let Some(Frame::Broken { outer_indent, .. }) = self.frames.pop() {
            self.indent = outer_indent;
        }
    }

    fn print_break(&mut self, piece: Break, size: isize) {
        let fits = match self.frames.last() {
            Some(Frame::Fits) => true,
            Some(Frame::Broken { breaks: Breaks::Consistent, .. }) => false,
            Some(Frame::Broken { breaks: Breaks::Inconsistent, .. }) | None => size <= self.space,
        };
        if fits {
            self.blanks += piece.blanks;
            self.space -= piece.blanks;
            return;
        }
        self.out.extend(piece.before);
        self.out.push('\n');
        self.line += 1;
        self.line_start = self.out.len();
        let indent = self.indent + piece.offset;
        self.blanks = indent;
        self.space = (MARGIN - indent).max(MIN_SPACE);
    }

    fn print_word(&mut self, word: &str, place: Option<Span>) {
        self.out.extend(std::iter::repeat_n(' ', self.blanks.max(0) as usize));
        self.blanks = 0;
        if let (Some(places), Some(span)) = (&mut self.places, place) {
            places.push(WordPlace { line: self.line, offset: (self.out.len() - self.line_start) as u32, span });
        }
        // Literals may have several lines.
        if let Some(last) = word.rfind('\n') {
            self.line += word.bytes().filter(|byte| *byte == b'\n').count() as u32;
            self.line_start = self.out.len() + last + 1;
        }
        self.out.push_str(word);
        self.space -= word.len() as isize;
    }
}
