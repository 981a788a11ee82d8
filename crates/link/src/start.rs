//! What starting a linked program takes that the standard library does not have.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::FromRawFd;

/// Lets a signal do what it does where nobody has asked for another action.
pub fn act_by_default(signal: i32) {
    // SAFETY: the default action of a signal is asked for, which touches no memory.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
    }
}

/// Sends a signal to this process as if nobody had asked for another action: comes back only if the signal is ignored or
/// does no harm.
pub fn raise_by_default(signal: i32) {
    act_by_default(signal);
    // SAFETY: the signal is sent to ourselves, which touches no memory.
    unsafe {
        libc::raise(signal);
    }
}

/// A file with this content that is in no folder. It is closed when another program takes this process's place.
///
/// # Errors
/// Those of the system.
pub fn file_in_memory(content: &mut impl Read) -> io::Result<File> {
    // SAFETY: the name is a C string; the descriptor, if there is one, is nobody else's.
    let mut file = unsafe {
        let descriptor = libc::memfd_create(c"program".as_ptr(), libc::MFD_CLOEXEC);
        if descriptor < 0 {
            return Err(io::Error::last_os_error());
        }
        File::from_raw_fd(descriptor)
    };
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes)?;
    file.write_all(&bytes)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::file_in_memory;
    use std::io::{Read, Seek};

    #[test]
    fn a_file_in_memory_is_a_file() {
        let mut file = file_in_memory(&mut &b"content"[..]).expect("memory");
        file.rewind().expect("a file");
        let mut text = String::new();
        file.read_to_string(&mut text).expect("read");
        assert_eq!(text, "content");
    }
}
