//! The page's server.

use crate::api::{Compile, Failure};
use crate::assets;
use crate::guard::Guard;
use crate::http::{self, ReadError, Request, Status};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// So many are answered at once.
const MAX_CONNECTIONS: usize = 64;

/// Somebody who says nothing for so long has gone.
const PATIENCE: Duration = Duration::from_secs(20);

/// Serves the page on 127.0.0.1, at a port that the system chooses.
pub struct Server {
    listener: TcpListener,
    guard: Guard,
    compile: Arc<dyn Compile>,
}

impl Server {
    /// One that is there, but does not answer yet.
    ///
    /// # Errors
    /// There is no port, or nothing random.
    pub fn bind(compile: Arc<dyn Compile>) -> io::Result<Server> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let guard = Guard::new(listener.local_addr()?.port())?;
        Ok(Server { listener, guard, compile })
    }

    /// The page's address, which nobody else knows.
    pub fn address(&self) -> String {
        self.guard.address()
    }

    /// Answers as long as this process lives, on threads of its own.
    pub fn start(self) {
        std::thread::spawn(move || {
            let Server { listener, guard, compile } = self;
            let connections = Arc::new(AtomicUsize::new(0));
            for stream in listener.incoming().flatten() {
                let (guard, compile, connections) = (guard.clone(), Arc::clone(&compile), Arc::clone(&connections));
                if connections.fetch_add(1, Ordering::Relaxed) >= MAX_CONNECTIONS {
                    connections.fetch_sub(1, Ordering::Relaxed);
                    let _ = stream.set_write_timeout(Some(Duration::from_millis(100)));
                    http::answer(&mut &stream, Status::BUSY, "text/plain; charset=utf-8", b"too many connections\n");
                    continue;
                }
                std::thread::spawn(move || {
                    // A panic must not take the place for ever.
                    let _ =
                        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| serve(&stream, &guard, &*compile)));
                    connections.fetch_sub(1, Ordering::Relaxed);
                });
            }
        });
    }
}

fn serve(stream: &TcpStream, guard: &Guard, compile: &dyn Compile) {
    let _ = stream.set_read_timeout(Some(PATIENCE));
    let _ = stream.set_write_timeout(Some(PATIENCE));
    let mut out = stream;
    let request = match http::read(stream, |request| guard.admit(request).is_some()) {
        Ok(request) => request,
        Err(ReadError::Gone) => return,
        Err(ReadError::Wrong(status)) => {
            http::answer(&mut out, status, "text/plain; charset=utf-8", b"refused\n");
            // What is still on its way is taken, so that the answer arrives.
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
            let _ = io::copy(&mut io::Read::take(stream, 1 << 20), &mut io::sink());
            return;
        }
    };
    let path = guard.admit(&request).unwrap_or_default();
    match respond(path, &request, compile) {
        Ok((content_type, body)) => http::answer(&mut out, Status::OK, content_type, &body),
        Err(status) => http::answer(&mut out, status, "text/plain; charset=utf-8", b"there is no such thing\n"),
    }
}

type Response = Result<(&'static str, Vec<u8>), Status>;

fn respond(path: &str, request: &Request, compile: &dyn Compile) -> Response {
    let is_question = path.starts_with("api/") && !matches!(path, "api/about" | "api/last-build");
    match (&*request.method, is_question) {
        ("GET", false) | ("POST", true) => {}
        _ => return Err(Status::METHOD),
    }
    match path {
        "api/about" => Ok(json(&compile.about())),
        "api/last-build" => Ok(json(&compile.last_build())),
        "api/compile" => Ok(result(compile.compile(&question(request)?))),
        "api/show" => Ok(result(compile.show(&question(request)?))),
        "api/file" => Ok(result(compile.file(&question(request)?))),
        "api/why" => Ok(result(compile.why(&question(request)?))),
        "api/profile" => Ok(result(compile.profile(&question(request)?))),
        "api/not-inlined" => Ok(result(compile.not_inlined(&question(request)?))),
        _ => {
            let asset =
                assets::all().into_iter().find(|asset| asset.name == if path.is_empty() { "index.html" } else { path });
            asset.map(|asset| (asset.content_type, asset.text.into_owned().into_bytes())).ok_or(Status::NOT_FOUND)
        }
    }
}

fn question<T: DeserializeOwned>(request: &Request) -> Result<T, Status> {
    // Forms, which any page can send, are none.
    if request.content_type.as_deref() != Some("application/json") {
        return Err(Status::MEDIA);
    }
    serde_json::from_slice(&request.body).map_err(|_| Status::BAD)
}

fn json(value: &impl Serialize) -> (&'static str, Vec<u8>) {
    ("application/json", serde_json::to_vec(value).unwrap_or_default())
}

/// What there is, as `{"ok": …}`; or why not, as `{"failed": …}`.
fn result<T: Serialize>(result: Result<T, Failure>) -> (&'static str, Vec<u8>) {
    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    enum Answer<T> {
        Ok(T),
        Failed(Failure),
    }
    json(&match result {
        Ok(value) => Answer::Ok(value),
        Err(failure) => Answer::Failed(failure),
    })
}
