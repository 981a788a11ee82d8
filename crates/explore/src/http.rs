//! As much of HTTP/1.1 as a page on the same machine needs: one request, one answer, and the connection is closed.

use std::io::{self, BufRead, BufReader, Read, Write};

/// A request's head, and its body, are no longer than this.
const MAX_HEAD_BYTES: u64 = 16 << 10;
pub(crate) const MAX_BODY_BYTES: u64 = 8 << 20;

/// What somebody asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Request {
    pub method: String,
    /// Without what follows a `?`.
    pub path: String,
    pub host: Option<String>,
    pub origin: Option<String>,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

/// The number of an answer that says what is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Status(pub u16);

impl Status {
    pub const OK: Status = Status(200);
    pub const BAD: Status = Status(400);
    pub const FORBIDDEN: Status = Status(403);
    pub const NOT_FOUND: Status = Status(404);
    pub const METHOD: Status = Status(405);
    pub const TOO_LARGE: Status = Status(413);
    pub const MEDIA: Status = Status(415);
    pub const HEAD_TOO_LARGE: Status = Status(431);
    pub const BUSY: Status = Status(503);

    fn words(self) -> &'static str {
        match self.0 {
            200 => "OK",
            400 => "Bad Request",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            413 => "Content Too Large",
            415 => "Unsupported Media Type",
            431 => "Request Header Fields Too Large",
            _ => "Service Unavailable",
        }
    }
}

/// Why there is no request: somebody has gone, or what they sent is none.
#[derive(Debug)]
pub(crate) enum ReadError {
    Gone,
    Wrong(Status),
}

impl From<io::Error> for ReadError {
    fn from(_: io::Error) -> ReadError {
        ReadError::Gone
    }
}

/// Reads a request. `admit` sees its head before the body is read.
pub(crate) fn read(stream: impl Read, admit: impl FnOnce(&Request) -> bool) -> Result<Request, ReadError> {
    let mut reader = BufReader::new(stream.take(MAX_HEAD_BYTES));
    let mut request = Request::default();
    let mut line = String::new();
    let next = |reader: &mut BufReader<io::Take<_>>, line: &mut String| -> Result<(), ReadError> {
        line.clear();
        let read = reader.read_line(line).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => ReadError::Wrong(Status::BAD),
            _ => ReadError::Gone,
        })?;
        match line.ends_with('\n') {
            true => Ok(()),
            false if read == 0 && reader.get_ref().limit() > 0 => Err(ReadError::Gone),
            false => Err(ReadError::Wrong(Status::HEAD_TOO_LARGE)),
        }
    };
    next(&mut reader, &mut line)?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let [method, target, version] = words[..] else { return Err(ReadError::Wrong(Status::BAD)) };
    if !version.starts_with("HTTP/1.") {
        return Err(ReadError::Wrong(Status::BAD));
    }
    request.method = method.to_owned();
    request.path = target.split('?').next().unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        next(&mut reader, &mut line)?;
        let text = line.trim_end();
        if text.is_empty() {
            break;
        }
        let Some((name, value)) = text.split_once(':') else { return Err(ReadError::Wrong(Status::BAD)) };
        let value = value.trim().to_owned();
        let place = match &*name.to_ascii_lowercase() {
            "host" => &mut request.host,
            "origin" => &mut request.origin,
            "content-type" => &mut request.content_type,
            "content-length" => {
                length = value.parse::<u64>().map_err(|_| ReadError::Wrong(Status::BAD))?;
                continue;
            }
            // A length that is not told in advance: no browser sends that.
            "transfer-encoding" => return Err(ReadError::Wrong(Status::BAD)),
            _ => continue,
        };
        // Said twice, it could mean either.
        if place.replace(value).is_some() {
            return Err(ReadError::Wrong(Status::BAD));
        }
    }
    if !admit(&request) {
        return Err(ReadError::Wrong(Status::FORBIDDEN));
    }
    if length > MAX_BODY_BYTES {
        return Err(ReadError::Wrong(Status::TOO_LARGE));
    }
    reader.get_mut().set_limit(length);
    let read = reader.take(length).read_to_end(&mut request.body)?;
    if read as u64 == length { Ok(request) } else { Err(ReadError::Gone) }
}

/// What the page may do: use what this server gives it, and be in no frame. The editor makes styles of its own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Answers. Somebody who has gone gets nothing.
pub(crate) fn answer(stream: &mut impl Write, status: Status, content_type: &str, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 {} {}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Content-Security-Policy: {POLICY}\r\nCross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n\
         Referrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        status.0,
        status.words(),
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).and_then(|()| stream.flush());
}

#[cfg(test)]
mod tests {
    use super::{MAX_BODY_BYTES, ReadError, Request, Status, read};

    fn wrong(text: &str) -> Status {
        match read(text.as_bytes(), |_| true) {
            Err(ReadError::Wrong(status)) => status,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_request_is_read() {
        let text = "POST /t/x?y HTTP/1.1\r\nHost: h\r\nORIGIN: o\r\nContent-Type: c\r\nContent-Length: 2\r\nOther: z\r\n\r\nabc";
        let expected = Request {
            method: "POST".to_owned(),
            path: "/t/x".to_owned(),
            host: Some("h".to_owned()),
            origin: Some("o".to_owned()),
            content_type: Some("c".to_owned()),
            body: b"ab".to_vec(),
        };
        assert_eq!(read(text.as_bytes(), |_| true).expect("a request"), expected);
    }

    #[test]
    fn bodies_may_be_longer_than_heads() {
        let body = "x".repeat(100_000);
        let text = format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        assert_eq!(read(text.as_bytes(), |_| true).expect("a request").body.len(), body.len());
    }

    #[test]
    fn what_is_none_is_refused() {
        assert_eq!(wrong("hello\r\n\r\n"), Status::BAD);
        assert_eq!(wrong("GET / SPDY/3\r\n\r\n"), Status::BAD);
        assert_eq!(wrong("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), Status::BAD);
        assert_eq!(wrong("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"), Status::BAD);
        assert_eq!(wrong("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"), Status::BAD);
        assert_eq!(wrong(&format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(20_000))), Status::HEAD_TOO_LARGE);
        assert_eq!(
            wrong(&format!("GET / HTTP/1.1\r\nContent-Length: {}\r\n\r\n", MAX_BODY_BYTES + 1)),
            Status::TOO_LARGE
        );
        assert!(matches!(read(&b"GET / HT"[..], |_| true), Err(ReadError::Wrong(_) | ReadError::Gone)));
        let short = "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc";
        assert!(matches!(read(short.as_bytes(), |_| true), Err(ReadError::Gone)));
        let refused = read("GET / HTTP/1.1\r\n\r\n".as_bytes(), |_| false);
        assert!(matches!(refused, Err(ReadError::Wrong(Status::FORBIDDEN))));
    }
}
