//! Answers the requests of a macro while it runs. (rustc: `rustc_expand::proc_macro_server`.)

use std::sync::atomic::{AtomicU32, Ordering};

use rustc_hash::FxHashMap;
use syntax::ast::Ast;
use syntax::doubt::Doubt;
use syntax::pretty;
use syntax::span::{Span, SyntaxContext};
use syntax::stream::TokenStream;

use crate::stream::Stream;
use crate::surroundings::{File, Surroundings};
use crate::sys::Request;
use crate::text::{self, Trouble};
use crate::tree::{self, Handles};
use crate::wire::{Malformed, Method, Reader, Writer};
use crate::{Call, Diagnostic, Effects, Level};

/// Counters of a library's handles. They go on from expansion to expansion: what a macro keeps too long means nothing later.
#[derive(Debug)]
pub(crate) struct Counters {
    streams: AtomicU32,
    spans: AtomicU32,
}

impl Counters {
    pub(crate) const fn new() -> Counters {
        Counters { streams: AtomicU32::new(1), spans: AtomicU32::new(1) }
    }
}

/// What handles stand for.
struct Store<'a> {
    counters: &'a Counters,
    streams: FxHashMap<u32, Stream>,
    spans: FxHashMap<u32, Span>,
    span_handles: FxHashMap<Span, u32>,
}

impl Handles for Store<'_> {
    fn give_stream(&mut self, stream: Stream) -> u32 {
        let handle = next(&self.counters.streams);
        self.streams.insert(handle, stream);
        handle
    }

    fn take_stream(&mut self, handle: u32) -> Result<Stream, Malformed> {
        self.streams.remove(&handle).ok_or(Malformed)
    }

    fn give_span(&mut self, span: Span) -> u32 {
        *self.span_handles.entry(span).or_insert_with(|| {
            let handle = next(&self.counters.spans);
            self.spans.insert(handle, span);
            handle
        })
    }

    fn span(&self, handle: u32) -> Result<Span, Malformed> {
        self.spans.get(&handle).copied().ok_or(Malformed)
    }
}

/// Handles are never 0.
fn next(counter: &AtomicU32) -> u32 {
    match counter.fetch_add(1, Ordering::Relaxed) {
        0 => counter.fetch_add(1, Ordering::Relaxed),
        handle => handle,
    }
}

impl Store<'_> {
    fn stream(&self, handle: u32) -> Result<&Stream, Malformed> {
        self.streams.get(&handle).ok_or(Malformed)
    }
}

/// An expansion that is going on.
pub(crate) struct Server<'a> {
    store: Store<'a>,
    surroundings: &'a dyn Surroundings,
    call_site: Span,
    /// Where lines begin, of files that were asked about.
    lines: FxHashMap<u32, Vec<u32>>,
    effects: Effects,
    /// The first thing that could not be answered.
    doubt: Option<Box<Doubt>>,
    requests: u32,
}

/// How an expansion ended.
pub(crate) struct Outcome {
    /// The tokens, or the message of a panic.
    pub(crate) result: Result<TokenStream, Option<String>>,
    pub(crate) effects: Effects,
    pub(crate) requests: u32,
}

/// Why there is no answer.
enum Failed {
    Malformed,
    Doubt(Box<Doubt>),
}

impl From<Malformed> for Failed {
    fn from(Malformed: Malformed) -> Failed {
        Failed::Malformed
    }
}

impl From<Box<Doubt>> for Failed {
    fn from(doubt: Box<Doubt>) -> Failed {
        Failed::Doubt(doubt)
    }
}

/// Diagnostics have notes, and the bridge would let these have notes again.
const MAX_NOTES_DEPTH: u32 = 64;

impl<'a> Server<'a> {
    /// Begins. Gives the input for the macro too.
    pub(crate) fn new(call: Call, surroundings: &'a dyn Surroundings, counters: &'a Counters) -> (Server<'a>, Vec<u8>) {
        let Call { arguments, input, def_site, call_site, mixed_site } = call;
        let mut store = Store {
            counters,
            streams: FxHashMap::default(),
            spans: FxHashMap::default(),
            span_handles: FxHashMap::default(),
        };
        let mut out = Writer::default();
        [def_site, call_site, mixed_site].into_iter().for_each(|span| out.u32(store.give_span(span)));
        arguments.into_iter().chain([input]).for_each(|stream| out.u32(store.give_stream(Stream::Flat(stream))));
        let server = Server {
            store,
            surroundings,
            call_site,
            lines: FxHashMap::default(),
            effects: Effects::default(),
            doubt: None,
            requests: 0,
        };
        (server, out.0)
    }

    /// The reply to a request. What cannot be answered makes the macro unwind.
    pub(crate) fn answer(&mut self, request: Request<'_>) -> Vec<u8> {
        self.requests += 1;
        for handle in request.dropped {
            self.store.streams.remove(&u32::from_le_bytes(*handle));
        }
        // It succeeded, is what replies begin with.
        let mut out = Writer(vec![0]);
        match self.reply(request.request, &mut out) {
            Ok(()) => out.0,
            Err(failed) => {
                let doubt = match failed {
                    Failed::Doubt(doubt) => doubt,
                    Failed::Malformed => self.malformed(),
                };
                let mut out = Writer(vec![1]);
                out.option(Some(&doubt.message), |out, message| out.str(message));
                self.doubt.get_or_insert(doubt);
                out.0
            }
        }
    }

    fn malformed(&self) -> Box<Doubt> {
        Doubt::new(self.call_site, CONSTRUCT, "the macro's library does not speak the language of its version")
    }

    /// What could not be answered.
    pub(crate) fn into_doubt(self) -> Option<Box<Doubt>> {
        self.doubt
    }

    /// What the macro's result means.
    pub(crate) fn finish(mut self, result: &[u8]) -> Result<Outcome, Box<Doubt>> {
        if let Some(doubt) = self.doubt.take() {
            return Err(doubt);
        }
        let result = self.read_result(result).map_err(|failed| match failed {
            Failed::Doubt(doubt) => doubt,
            Failed::Malformed => self.malformed(),
        })?;
        Ok(Outcome { result, effects: self.effects, requests: self.requests })
    }

    fn read_result(&mut self, result: &[u8]) -> Result<Result<TokenStream, Option<String>>, Failed> {
        let mut reader = Reader(result);
        if reader.bool()? {
            let message = reader.option(|reader| reader.str().map(str::to_owned))?;
            reader.end()?;
            return Ok(Err(message));
        }
        let handle = reader.option(|reader| reader.u32())?;
        reader.end()?;
        let stream = match handle {
            Some(handle) => self.store.take_stream(handle)?,
            None => Stream::default(),
        };
        Ok(Ok(self.flatten(&stream)?))
    }

    fn flatten(&self, stream: &Stream) -> Result<TokenStream, Failed> {
        stream.flatten().ok_or_else(|| self.unknown("groups are nested too deeply"))
    }

    fn unknown(&self, message: impl Into<String>) -> Failed {
        Failed::Doubt(Doubt::new(self.call_site, CONSTRUCT, message))
    }

    fn reply(&mut self, request: &[u8], out: &mut Writer) -> Result<(), Failed> {
        let mut reader = Reader(request);
        let reader = &mut reader;
        let method = Method::of(reader.byte()?).ok_or(Malformed)?;
        match method {
            Method::InjectedEnvVar => {
                let value = self.surroundings.injected_env_var(reader.str()?);
                out.option(value, |out, value| out.str(&value));
            }
            Method::TrackEnvVar => {
                let name = reader.str()?.to_owned();
                let value = reader.option(|reader| reader.str().map(str::to_owned))?;
                self.effects.env_vars.push((name, value));
            }
            Method::TrackPath => self.effects.paths.push(reader.str()?.to_owned()),
            Method::LiteralFromStr => {
                let literal = text::literal(reader.str()?, self.surroundings.editions().root());
                self.text(literal, out, |this, lit, out| {
                    tree::write_literal(lit, this.call_site, &mut this.store, out);
                })?;
            }
            Method::EmitDiagnostic => {
                let diagnostic = self.diagnostic(reader, 0)?;
                self.effects.diagnostics.push(diagnostic);
            }
            Method::NormalizeIdent => {
                let name = text::ident(reader.str()?, self.surroundings.editions().root());
                match name {
                    Some(name) => {
                        out.byte(0);
                        out.str(name.as_str());
                    }
                    None => out.byte(1),
                }
            }
            Method::StreamDrop
            | Method::StreamClone
            | Method::StreamIsEmpty
            | Method::StreamExpandExpr
            | Method::StreamFromStr
            | Method::StreamToString
            | Method::StreamFromTree
            | Method::StreamConcatTrees
            | Method::StreamConcatStreams
            | Method::StreamIntoTrees => self.about_streams(method, reader, out)?,
            _ => self.about_spans(method, reader, out)?,
        }
        reader.end()?;
        Ok(())
    }

    /// Writes what became of a text.
    fn text<T>(
        &mut self,
        result: Result<T, Trouble>,
        out: &mut Writer,
        write: impl FnOnce(&mut Self, T, &mut Writer),
    ) -> Result<(), Failed> {
        match result {
            Ok(value) => {
                out.byte(0);
                write(self, value, out);
                Ok(())
            }
            Err(Trouble::Message(message)) => {
                out.byte(1);
                out.str(&message);
                Ok(())
            }
            // The place is one in the macro's text.
            Err(Trouble::Doubt(doubt)) => Err(Doubt::new(self.call_site, doubt.construct, doubt.message).into()),
        }
    }

    fn diagnostic(&self, reader: &mut Reader<'_>, depth: u32) -> Result<Diagnostic, Failed> {
        if depth == MAX_NOTES_DEPTH {
            return Err(self.unknown("a diagnostic's notes are nested too deeply"));
        }
        let level = match reader.byte()? {
            0 => Level::Error,
            1 => Level::Warning,
            2 => Level::Note,
            3 => Level::Help,
            _ => return Err(Failed::Malformed),
        };
        let message = reader.str()?.to_owned();
        let mut spans = Vec::new();
        for _ in 0..reader.len()? {
            spans.push(self.store.span(reader.u32()?)?);
        }
        let mut children = Vec::new();
        for _ in 0..reader.len()? {
            children.push(self.diagnostic(reader, depth + 1)?);
        }
        Ok(Diagnostic { level, message, spans, children })
    }

    fn about_streams(&mut self, method: Method, reader: &mut Reader<'_>, out: &mut Writer) -> Result<(), Failed> {
        match method {
            Method::StreamDrop => {
                self.store.take_stream(reader.u32()?)?;
            }
            Method::StreamClone => {
                let stream = self.store.stream(reader.u32()?)?.clone();
                out.u32(self.store.give_stream(stream));
            }
            Method::StreamIsEmpty => out.bool(self.store.stream(reader.u32()?)?.is_empty()),
            Method::StreamExpandExpr => {
                return Err(self.unknown("`TokenStream::expand_expr` is unstable and not supported"));
            }
            Method::StreamFromStr => {
                let edition = self.surroundings.editions().of(self.call_site);
                let stream = text::stream(reader.str()?, self.call_site, edition);
                self.text(stream, out, |this, stream, out| out.u32(this.store.give_stream(Stream::Flat(stream))))?;
            }
            Method::StreamToString => {
                let stream = self.flatten(self.store.stream(reader.u32()?)?)?;
                let ast = Ast::new();
                let crate_name = |span| self.surroundings.crate_name(span);
                let mut context = pretty::Context::new(&ast, self.surroundings.editions());
                context.crate_name = Some(&crate_name);
                out.str(&context.tokens(&stream));
            }
            Method::StreamFromTree => {
                let mut nodes = Vec::new();
                tree::read(reader, &mut self.store, &mut |node| nodes.push(node))?;
                out.u32(self.store.give_stream(nodes.into()));
            }
            Method::StreamConcatTrees => {
                let mut stream = self.base(reader)?;
                for _ in 0..reader.len()? {
                    tree::read(reader, &mut self.store, &mut |node| stream.push(node))?;
                }
                out.u32(self.store.give_stream(stream));
            }
            Method::StreamConcatStreams => {
                let mut stream = self.base(reader)?;
                for _ in 0..reader.len()? {
                    stream.append(&self.store.take_stream(reader.u32()?)?);
                }
                out.u32(self.store.give_stream(stream));
            }
            Method::StreamIntoTrees => {
                let stream = self.store.take_stream(reader.u32()?)?;
                // How many there are is known at the end.
                let at = out.0.len();
                let mut count = 0_u64;
                out.len(0);
                tree::trees(&stream, &mut |tree| {
                    count += 1;
                    tree::write(tree, &mut self.store, out);
                });
                out.0[at..at + 8].copy_from_slice(&count.to_le_bytes());
            }
            _ => unreachable!("these are the requests about streams"),
        }
        Ok(())
    }

    /// The stream to which something is added.
    fn base(&mut self, reader: &mut Reader<'_>) -> Result<Stream, Failed> {
        match reader.option(|reader| reader.u32())? {
            Some(handle) => Ok(self.store.take_stream(handle)?),
            None => Ok(Stream::default()),
        }
    }

    fn about_spans(&mut self, method: Method, reader: &mut Reader<'_>, out: &mut Writer) -> Result<(), Failed> {
        if method == Method::SpanRecover || method == Method::SpanSave {
            // Such spans are kept in metadata.
            return Err(self.unknown("`proc_macro::quote!` is unstable and not supported"));
        }
        let span = self.store.span(reader.u32()?)?;
        match method {
            Method::SpanDebug => match self.surroundings.debug_span(span) {
                Some(text) => out.str(&text),
                None => return Err(self.unknown("how rustc writes a span for debugging is not known")),
            },
            Method::SpanParent => {
                let parent = self.parent(span)?;
                out.option(parent, |out, span| out.u32(self.store.give_span(span)));
            }
            Method::SpanSource => {
                let mut source = span;
                while let Some(parent) = self.parent(source)? {
                    source = parent;
                }
                out.u32(self.store.give_span(source));
            }
            Method::SpanByteRange => {
                let [lo, hi] = [span.lo, span.hi].map(|position| self.file(position).map(|file| position - file.base));
                out.len(lo? as usize);
                out.len(hi? as usize);
            }
            Method::SpanStart => out.u32(self.store.give_span(span.before())),
            Method::SpanEnd => out.u32(self.store.give_span(span.after())),
            Method::SpanLine => out.len(self.line_and_column(span)?.0),
            Method::SpanColumn => out.len(self.line_and_column(span)?.1),
            Method::SpanFile => out.str(self.file(span.lo)?.name),
            Method::SpanLocalFile => out.option(self.file(span.lo)?.local_path, |out, path| out.str(path)),
            Method::SpanJoin => {
                let other = self.store.span(reader.u32()?)?;
                let joined = self.join(span, other)?;
                out.option(joined, |out, span| out.u32(self.store.give_span(span)));
            }
            Method::SpanSubspan => {
                let (start, end) = (bound(reader)?, bound(reader)?);
                let part = subspan(span, start, end);
                out.option(part, |out, span| out.u32(self.store.give_span(span)));
            }
            Method::SpanResolvedAt => {
                let at = self.store.span(reader.u32()?)?;
                out.u32(self.store.give_span(Span { ctxt: at.ctxt, ..span }));
            }
            Method::SpanSourceText => {
                let (file, last) = (self.file(span.lo)?, self.file(span.hi)?);
                let text = match file.base == last.base {
                    true => file.text.get((span.lo - file.base) as usize..(span.hi - file.base) as usize),
                    false => None,
                };
                out.option(text, |out, text| out.str(text));
            }
            _ => unreachable!("these are the requests about spans"),
        }
        Ok(())
    }

    fn file(&self, position: u32) -> Result<File<'a>, Failed> {
        let surroundings = self.surroundings;
        let file = surroundings.file(position).ok_or_else(|| self.unknown("the file of a span is not known"))?;
        let len = position.checked_sub(file.base).map(|offset| offset as usize);
        match len.is_some_and(|len| len <= file.text.len()) {
            true => Ok(file),
            false => Err(self.unknown("the file of a span is not known")),
        }
    }

    /// Where the expansion was called that made a span.
    fn parent(&self, span: Span) -> Result<Option<Span>, Failed> {
        if span.ctxt == SyntaxContext::ROOT {
            return Ok(None);
        }
        match self.surroundings.call_site(span.ctxt) {
            Some(call_site) => Ok(Some(call_site)),
            None => Err(self.unknown("the call site of a span is not known")),
        }
    }

    /// Lines and columns begin at 1; columns are characters.
    fn line_and_column(&mut self, span: Span) -> Result<(usize, usize), Failed> {
        let file = self.file(span.lo)?;
        let starts = self.lines.entry(file.base).or_insert_with(|| {
            let ends = file.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            [0].into_iter().chain(ends.map(|(at, _)| at as u32 + 1)).collect()
        });
        let offset = span.lo - file.base;
        let line = starts.partition_point(|start| *start <= offset);
        let before = &file.text.as_bytes()[starts[line - 1] as usize..offset as usize];
        // Bytes within a character are no columns of their own.
        let column = before.iter().filter(|byte| **byte & 0xc0 != 0x80).count() + 1;
        Ok((line, column))
    }

    /// From where one span begins to where the other ends, if they are in the same file.
    fn join(&self, first: Span, second: Span) -> Result<Option<Span>, Failed> {
        if self.file(first.lo)?.base != self.file(second.lo)?.base {
            return Ok(None);
        }
        if first.ctxt != second.ctxt {
            // rustc looks whether they are of a metavariable and its contents.
            return Err(self.unknown("a span is joined with one of another expansion"));
        }
        Ok(Some(first.to(second)))
    }
}

const CONSTRUCT: &str = "expansion of a procedural macro";

/// A bound of a range: of which kind, and where.
enum Bound {
    Included(usize),
    Excluded(usize),
    Unbounded,
}

fn bound(reader: &mut Reader<'_>) -> Result<Bound, Malformed> {
    Ok(match reader.byte()? {
        0 => Bound::Included(reader.len()?),
        1 => Bound::Excluded(reader.len()?),
        2 => Bound::Unbounded,
        _ => return Err(Malformed),
    })
}

/// A part of a span that is not empty.
fn subspan(span: Span, start: Bound, end: Bound) -> Option<Span> {
    let len = (span.hi - span.lo) as usize;
    let start = match start {
        Bound::Included(at) => at,
        Bound::Excluded(at) => at.checked_add(1)?,
        Bound::Unbounded => 0,
    };
    let end = match end {
        Bound::Included(at) => at.checked_add(1)?,
        Bound::Excluded(at) => at,
        Bound::Unbounded => len,
    };
    let is_part = start < end && end <= len;
    is_part.then(|| Span { lo: span.lo + start as u32, hi: span.lo + end as u32, ..span })
}
