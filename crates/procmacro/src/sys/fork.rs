//! A macro library in a forked child.
//!
//! The child is a copy of this process with one thread, so locks that other threads held stay locked for ever. Between the
//! fork and its end the child therefore does nothing but system calls, C's `malloc` (which survives forks), and what the
//! macros themselves do. All answers to macros come from the parent, by a pair of sockets; only that a stream is no longer
//! needed is noted in the child, and sent along with the next request.
//!
//! A message is its length in eight bytes, then its bytes. To the child: the number of a macro, then its input; later, the
//! replies. From it: a first byte that says what it is ([`Message`]).

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::Request;
use super::buffer::Buffer;
use super::client::Loaded;
use crate::Setting;
use crate::wire::Method;

/// What a message of the child is.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Message {
    /// The library is loaded; the list of its macros.
    Ready,
    /// It could not be loaded; why.
    Failed,
    /// A request: the number of streams that are no longer needed, their handles, the request.
    Request,
    /// A macro's result.
    Done,
}

/// How long loading may take. It takes a fraction of a millisecond, unless another thread held the loader's own lock at
/// the moment of the fork.
const PATIENCE: Duration = Duration::from_secs(20);

/// The stack on which macros run: rustc's is 8 MB, but what recurses may be unoptimised.
const STACK: usize = 64 << 20;

/// How a child ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// With this status.
    Exit(i32),
    /// By this signal.
    Signal(i32),
}

/// Why a child gives no list of macros.
pub(crate) enum Failure {
    /// The system has no more processes or files.
    System(io::Error),
    /// The loader's reason.
    Loader(String),
    /// It ended.
    Ended(End),
    /// It hangs.
    Silent,
}

/// A child that has a library loaded. When this is dropped, the child ends.
pub(crate) struct Child {
    socket: UnixStream,
    pid: libc::pid_t,
}

impl Child {
    /// Forks, and loads a library in the child. Gives the list of its macros too.
    ///
    /// # Safety
    ///
    /// As of [`Loaded::load`].
    pub(super) unsafe fn start(path: &CStr, symbol: &CStr, setting: &Setting) -> Result<(Child, Vec<u8>), Failure> {
        let setting = Prepared::new(setting)?;
        let (socket, theirs) = UnixStream::pair().map_err(Failure::System)?;
        // SAFETY: the child calls only `serve`, which keeps to what is said above.
        let pid = unsafe { libc::fork() };
        if pid == 0 {
            // SAFETY: this is the child; the library may be loaded, as the caller says.
            unsafe { serve(theirs.as_raw_fd(), path, symbol, &setting) }
        }
        if pid < 0 {
            return Err(Failure::System(io::Error::last_os_error()));
        }
        drop(theirs);
        let mut child = Child { socket, pid };
        child.socket.set_read_timeout(Some(PATIENCE)).map_err(Failure::System)?;
        let mut message = match child.receive() {
            Ok(message) => message,
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                return Err(Failure::Silent);
            }
            Err(_) => return Err(Failure::Ended(child.end())),
        };
        child.socket.set_read_timeout(None).map_err(Failure::System)?;
        let is_ready = message.first() == Some(&(Message::Ready as u8));
        message.drain(..1.min(message.len()));
        match is_ready {
            true => Ok((child, message)),
            false => Err(Failure::Loader(String::from_utf8_lossy(&message).into_owned())),
        }
    }

    /// Runs a macro. Gives its result, or how the child ended.
    pub(crate) fn run(
        &mut self,
        index: u32,
        input: &[u8],
        answer: &mut dyn FnMut(Request<'_>) -> Vec<u8>,
    ) -> Result<Vec<u8>, End> {
        match self.talk(index, input, answer) {
            Ok(result) => Ok(result),
            // Whatever broke: without its answers the macro cannot go on.
            Err(_) => Err(self.end()),
        }
    }

    fn talk(
        &mut self,
        index: u32,
        input: &[u8],
        answer: &mut dyn FnMut(Request<'_>) -> Vec<u8>,
    ) -> io::Result<Vec<u8>> {
        self.send(&[&index.to_le_bytes(), input])?;
        loop {
            let mut message = self.receive()?;
            if message[0] == Message::Done as u8 {
                message.drain(..1);
                return Ok(message);
            }
            let malformed = || io::Error::from(io::ErrorKind::InvalidData);
            let (count, rest) = message[1..].split_first_chunk::<4>().ok_or_else(malformed)?;
            let len = u32::from_le_bytes(*count) as usize * 4;
            let (dropped, request) = rest.split_at_checked(len).ok_or_else(malformed)?;
            let (dropped, _) = dropped.as_chunks::<4>();
            let reply = answer(Request { dropped, request });
            self.send(&[&reply])?;
        }
    }

    fn send(&mut self, parts: &[&[u8]]) -> io::Result<()> {
        let len: usize = parts.iter().map(|part| part.len()).sum();
        let mut message = Vec::with_capacity(8 + len);
        message.extend((len as u64).to_le_bytes());
        parts.iter().for_each(|part| message.extend(*part));
        self.socket.write_all(&message)
    }

    fn receive(&mut self) -> io::Result<Vec<u8>> {
        let mut len = [0; 8];
        self.socket.read_exact(&mut len)?;
        let len = u64::from_le_bytes(len);
        // The memory grows with what is really there.
        let mut message = Vec::new();
        (&self.socket).take(len).read_to_end(&mut message)?;
        match message.len() as u64 == len && len > 0 {
            true => Ok(message),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Ends the child, if it has not ended, and says how it did.
    fn end(&mut self) -> End {
        let pid = std::mem::replace(&mut self.pid, 0);
        if pid <= 0 {
            return End::Exit(0);
        }
        let mut status = 0;
        // SAFETY: the process is a child of ours that nobody has waited for, so its number is not another's.
        unsafe {
            libc::kill(pid, libc::SIGKILL);
            while libc::waitpid(pid, &raw mut status, 0) < 0
                && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted
            {}
        }
        match libc::WIFSIGNALED(status) {
            true => End::Signal(libc::WTERMSIG(status)),
            false => End::Exit(libc::WEXITSTATUS(status)),
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.end();
    }
}

/// A child's setting as C has it: made before the fork, since the child must not ask for memory.
struct Prepared {
    folder: Option<CString>,
    /// The texts, and the list that ends with a null.
    variables: Option<(Vec<CString>, Vec<*const c_char>)>,
}

impl Prepared {
    fn new(setting: &Setting) -> Result<Prepared, Failure> {
        let text = |bytes: &[u8]| CString::new(bytes).map_err(|error| Failure::System(error.into()));
        let folder = setting.folder.as_ref().map(|folder| text(folder.as_os_str().as_encoded_bytes())).transpose()?;
        let variables = setting.variables.as_ref().map(|variables| {
            let texts = variables.iter().map(|(name, value)| text(format!("{name}={value}").as_bytes()));
            let texts = texts.collect::<Result<Vec<_>, _>>()?;
            let list = texts.iter().map(|text| text.as_ptr()).chain([std::ptr::null()]).collect();
            Ok((texts, list))
        });
        Ok(Prepared { folder, variables: variables.transpose()? })
    }
}

// What follows runs in the child.

unsafe extern "C" {
    /// The environment, as C has it.
    static mut environ: *const *const c_char;
}

/// What of a setting is not there ends the child with this status.
const NO_SETTING: c_int = 124;

/// The status of a child that the macro ended by `exit`, whose own status is not known to functions that run at the exit.
pub(crate) const EXITED: i32 = 125;

/// The socket's number in the child.
const SOCKET: c_int = 3;

/// What the thread that serves needs to know.
struct Service<'a> {
    path: &'a CStr,
    symbol: &'a CStr,
}

/// Serves the parent until that closes its socket.
///
/// # Safety
///
/// This is a forked child, in which nothing else will run. As of [`Loaded::load`].
unsafe fn serve(socket: c_int, path: &CStr, symbol: &CStr, setting: &Prepared) -> ! {
    // SAFETY: system calls on numbers and memory of our own; `attr` is initialised before it is used. There is one thread, so
    // that nobody reads the environment meanwhile; the list and its texts are there as long as the child.
    unsafe {
        if let Some((_, list)) = &setting.variables {
            environ = list.as_ptr();
        }
        if setting.folder.as_ref().is_some_and(|folder| libc::chdir(folder.as_ptr()) != 0) {
            libc::_exit(NO_SETTING);
        }
        if socket == SOCKET {
            libc::fcntl(SOCKET, libc::F_SETFD, libc::FD_CLOEXEC);
        } else if libc::dup3(socket, SOCKET, libc::O_CLOEXEC) < 0 {
            libc::_exit(1);
        }
        // What the parent has open is closed: whoever waits for the end of a pipe must not wait for this process too.
        if libc::syscall(libc::SYS_close_range, SOCKET + 1, u32::MAX, 0) < 0 {
            for fd in SOCKET + 1..4096 {
                libc::close(fd);
            }
        }
        default_signals();
        // `exit` in a macro must not run what the parent wanted to be run at its own end.
        libc::atexit(leave);
        let mut service = Service { path, symbol };
        let service = (&raw mut service).cast::<c_void>();
        let mut attr = std::mem::zeroed::<libc::pthread_attr_t>();
        libc::pthread_attr_init(&raw mut attr);
        libc::pthread_attr_setstacksize(&raw mut attr, STACK);
        let mut thread = std::mem::zeroed::<libc::pthread_t>();
        if libc::pthread_create(&raw mut thread, &raw const attr, serve_on_thread, service) != 0 {
            // On this stack, then.
            serve_on_thread(service);
        }
        libc::pthread_join(thread, std::ptr::null_mut());
        libc::_exit(1)
    }
}

extern "C" fn leave() {
    // SAFETY: it ends the process.
    unsafe { libc::_exit(EXITED) }
}

/// The parent's handlers for signals are none of the macro's business: crashes should be crashes.
///
/// # Safety
///
/// This is a forked child.
unsafe fn default_signals() {
    let signals = [
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGILL,
        libc::SIGFPE,
        libc::SIGABRT,
        libc::SIGTRAP,
        libc::SIGINT,
        libc::SIGTERM,
        libc::SIGHUP,
        libc::SIGQUIT,
        libc::SIGCHLD,
    ];
    // SAFETY: `action` and `none` are plain data that the calls fill in.
    unsafe {
        for signal in signals {
            let mut action = std::mem::zeroed::<libc::sigaction>();
            libc::sigaction(signal, std::ptr::null(), &raw mut action);
            if action.sa_sigaction != libc::SIG_IGN {
                libc::signal(signal, libc::SIG_DFL);
            }
        }
        let mut none = std::mem::zeroed::<libc::sigset_t>();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut());
    }
}

extern "C" fn serve_on_thread(service: *mut c_void) -> *mut c_void {
    // SAFETY: `serve` made the pointer, and waits for this thread.
    let Service { path, symbol } = unsafe { &*service.cast::<Service<'_>>() };
    let mut buffer = Buffer::new();
    // SAFETY: as `serve`'s caller says.
    let Some(library) = (unsafe { Loaded::load(path, symbol, &mut buffer) }) else {
        send(Message::Failed, &[], buffer.bytes());
        quit(0);
    };
    library.describe(&mut buffer);
    send(Message::Ready, &[], buffer.bytes());
    let mut dropped = Buffer::new();
    loop {
        receive(&mut buffer);
        let Some((index, input)) = buffer.bytes().split_first_chunk::<4>() else { quit(1) };
        let mut exchange = Buffer::new();
        exchange.extend(input);
        library.run(u32::from_le_bytes(*index) as usize, &mut exchange, &mut |request| forward(request, &mut dropped));
        dropped.clear();
        send(Message::Done, &[], exchange.bytes());
    }
}

/// Replaces a request by the parent's reply.
fn forward(request: &mut Buffer, dropped: &mut Buffer) {
    if let Some((&tag, handle)) = request.bytes().split_first()
        && tag == Method::StreamDrop as u8
    {
        dropped.extend(handle);
        request.clear();
        // It succeeded.
        request.extend(&[0]);
        return;
    }
    let count = (dropped.bytes().len() / 4) as u32;
    send(Message::Request, &[&count.to_le_bytes(), dropped.bytes()], request.bytes());
    dropped.clear();
    receive(request);
}

fn send(message: Message, parts: &[&[u8]], last: &[u8]) {
    let len = 1 + parts.iter().map(|part| part.len()).sum::<usize>() + last.len();
    let mut all = Buffer::new();
    all.extend(&(len as u64).to_le_bytes());
    all.extend(&[message as u8]);
    parts.iter().for_each(|part| all.extend(part));
    all.extend(last);
    let mut rest = all.bytes();
    while !rest.is_empty() {
        // SAFETY: the bytes are there. `MSG_NOSIGNAL`: without its parent the child ends quietly.
        let sent = unsafe { libc::send(SOCKET, rest.as_ptr().cast(), rest.len(), libc::MSG_NOSIGNAL) };
        match usize::try_from(sent) {
            Ok(sent) => rest = rest.get(sent..).unwrap_or_default(),
            Err(_) if interrupted() => {}
            Err(_) => quit(1),
        }
    }
}

fn receive(buffer: &mut Buffer) {
    let mut len = [0; 8];
    fill(&mut len);
    let len = u64::from_le_bytes(len) as usize;
    fill(buffer.resize(len));
}

fn fill(mut rest: &mut [u8]) {
    while !rest.is_empty() {
        // SAFETY: there is room for so many bytes.
        let read = unsafe { libc::read(SOCKET, rest.as_mut_ptr().cast(), rest.len()) };
        match usize::try_from(read) {
            // The parent is done.
            Ok(0) => quit(0),
            Ok(read) => rest = rest.get_mut(read..).unwrap_or_default(),
            Err(_) if interrupted() => {}
            Err(_) => quit(1),
        }
    }
}

fn interrupted() -> bool {
    io::Error::last_os_error().kind() == io::ErrorKind::Interrupted
}

fn quit(status: c_int) -> ! {
    // SAFETY: it ends the process.
    unsafe { libc::_exit(status) }
}
