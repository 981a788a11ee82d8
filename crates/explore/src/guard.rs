//! Who may ask: the page itself, and nobody else.
//!
//! A page from anywhere can make a browser send something to 127.0.0.1. It does not know the token in our address; it has another
//! origin; and where a name of its own leads here, the request names that host.

use crate::http::Request;
use std::fs::File;
use std::io::{self, Read};

/// What requests are checked against.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    token: String,
    host: String,
}

impl Guard {
    /// One for a server on this port, with a token that nobody can guess.
    pub fn new(port: u16) -> io::Result<Guard> {
        let mut bytes = [0; 16];
        File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        let token = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Guard { token, host: format!("127.0.0.1:{port}") })
    }

    /// The page's address.
    pub fn address(&self) -> String {
        format!("http://{}/{}/", self.host, self.token)
    }

    /// The path below the token, if the request may be answered.
    pub fn admit<'a>(&self, request: &'a Request) -> Option<&'a str> {
        if request.host.as_deref() != Some(&self.host) {
            return None;
        }
        let own = format!("http://{}", self.host);
        let is_own = request.origin.as_deref() == Some(&own);
        // Browsers always say where a request comes from that is more than a look.
        let may_be_absent = request.method == "GET" && request.origin.is_none();
        if !is_own && !may_be_absent {
            return None;
        }
        let (token, rest) = request.path.strip_prefix('/')?.split_once('/')?;
        is_equal(token.as_bytes(), self.token.as_bytes()).then_some(rest)
    }
}

/// Takes as long wherever the difference is.
fn is_equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |found, (a, b)| found | (a ^ b)) == 0
}
