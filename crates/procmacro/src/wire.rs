//! Values as the bridge writes them. (rustc: `proc_macro::bridge::rpc`.)
//!
//! Integers are little-endian; lengths have eight bytes; an enum is a byte for its variant, then the variant's fields.

/// What is asked, in the order of the bridge's list: the first byte of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Method {
    InjectedEnvVar,
    TrackEnvVar,
    TrackPath,
    LiteralFromStr,
    EmitDiagnostic,
    StreamDrop,
    StreamClone,
    StreamIsEmpty,
    StreamExpandExpr,
    StreamFromStr,
    StreamToString,
    StreamFromTree,
    StreamConcatTrees,
    StreamConcatStreams,
    StreamIntoTrees,
    SpanDebug,
    SpanParent,
    SpanSource,
    SpanByteRange,
    SpanStart,
    SpanEnd,
    SpanLine,
    SpanColumn,
    SpanFile,
    SpanLocalFile,
    SpanJoin,
    SpanSubspan,
    SpanResolvedAt,
    SpanSourceText,
    SpanSave,
    SpanRecover,
    NormalizeIdent,
}

use Method::*;

impl Method {
    const ALL: [Method; 32] = [
        InjectedEnvVar,
        TrackEnvVar,
        TrackPath,
        LiteralFromStr,
        EmitDiagnostic,
        StreamDrop,
        StreamClone,
        StreamIsEmpty,
        StreamExpandExpr,
        StreamFromStr,
        StreamToString,
        StreamFromTree,
        StreamConcatTrees,
        StreamConcatStreams,
        StreamIntoTrees,
        SpanDebug,
        SpanParent,
        SpanSource,
        SpanByteRange,
        SpanStart,
        SpanEnd,
        SpanLine,
        SpanColumn,
        SpanFile,
        SpanLocalFile,
        SpanJoin,
        SpanSubspan,
        SpanResolvedAt,
        SpanSourceText,
        SpanSave,
        SpanRecover,
        NormalizeIdent,
    ];

    /// The method of a request's first byte.
    pub(crate) fn of(tag: u8) -> Option<Method> {
        Method::ALL.get(tag as usize).copied()
    }
}

/// A message that is not what the bridge writes: the macro's library is not what it says it is.
#[derive(Debug)]
pub(crate) struct Malformed;

/// Reads a message.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

type Read<T> = Result<T, Malformed>;

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Read<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn byte(&mut self) -> Read<u8> {
        Ok(self.take(1)?[0])
    }

    pub(crate) fn bool(&mut self) -> Read<bool> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed),
        }
    }

    pub(crate) fn u32(&mut self) -> Read<u32> {
        self.take(4)?.try_into().map(u32::from_le_bytes).map_err(|_| Malformed)
    }

    pub(crate) fn len(&mut self) -> Read<usize> {
        let value = self.take(8)?.try_into().map(u64::from_le_bytes).map_err(|_| Malformed)?;
        usize::try_from(value).map_err(|_| Malformed)
    }

    pub(crate) fn str(&mut self) -> Read<&'a str> {
        let len = self.len()?;
        std::str::from_utf8(self.take(len)?).map_err(|_| Malformed)
    }

    /// Is there a value behind this byte? (`Option`'s first variant is `Some`.)
    pub(crate) fn is_some(&mut self) -> Read<bool> {
        Ok(!self.bool()?)
    }

    pub(crate) fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<Option<T>> {
        if self.is_some()? { read(self).map(Some) } else { Ok(None) }
    }

    /// Nothing must be left.
    pub(crate) fn end(&self) -> Read<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Malformed) }
    }
}

/// Writes a message.
#[derive(Default)]
pub(crate) struct Writer(pub(crate) Vec<u8>);

impl Writer {
    pub(crate) fn byte(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(crate) fn bool(&mut self, value: bool) {
        self.byte(value.into());
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    pub(crate) fn len(&mut self, value: usize) {
        self.0.extend((value as u64).to_le_bytes());
    }

    pub(crate) fn str(&mut self, value: &str) {
        self.len(value.len());
        self.0.extend(value.as_bytes());
    }

    pub(crate) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            Some(value) => {
                self.byte(0);
                write(self, value);
            }
            None => self.byte(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_numbered_in_their_order() {
        for (tag, method) in Method::ALL.into_iter().enumerate() {
            assert_eq!(method as usize, tag);
            assert_eq!(Method::of(tag as u8), Some(method));
        }
        assert_eq!(Method::of(32), None);
    }

    #[test]
    fn what_is_cut_short_is_malformed() {
        let mut writer = Writer::default();
        writer.option(Some("text"), |writer, text| writer.str(text));
        writer.u32(7);
        let bytes = writer.0;
        let read = |bytes| {
            let mut reader = Reader(bytes);
            let text = reader.option(|reader| reader.str())?;
            let number = reader.u32()?;
            reader.end().map(|()| (text, number))
        };
        assert_eq!(read(&bytes).unwrap(), (Some("text"), 7));
        for len in 0..bytes.len() {
            assert!(read(&bytes[..len]).is_err());
        }
        assert!(read(&[&bytes[..], &[0]].concat()).is_err());
    }
}
