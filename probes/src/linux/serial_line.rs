//! A serial line, taken over for the time: set to octets as they come, locked against others, set back at the end.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::os::unix::fs::FileTypeExt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{
    ControlModes, InputModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, ioctl_tiocexcl,
    ioctl_tiocnxcl, tcflush, tcgetattr, tcsetattr,
};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::ble::SerialLine;

/// Drivers choose the nearest speed that their clock can do; a controller understands so much beside its own.
const SPEED_OFF_PERCENT: u64 = 3;

/// A line that is open.
#[derive(Debug)]
pub(crate) struct OpenSerialLine {
    line: AsyncFd<Line>,
}

/// The line with what it was set to before.
#[derive(Debug)]
struct Line {
    file: File,
    before: Termios,
}

/// Opens a line and sets it.
///
/// # Errors
/// What is wrong with it, and what to do.
pub(crate) fn serial_line(wanted: &SerialLine) -> io::Result<OpenSerialLine> {
    let told = |kind: io::ErrorKind, what: &str| io::Error::new(kind, what.to_owned());
    let kind = std::fs::metadata(&wanted.device).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let what = "there is no such file: is the controller plugged in? /dev/serial/by-id shows what is \
                        there";
            told(error.kind(), what)
        }
        _ => error,
    })?;
    let no_line = || told(io::ErrorKind::InvalidInput, "it is no serial line (such as /dev/ttyACM0)");
    if !kind.file_type().is_char_device() {
        return Err(no_line());
    }
    // Without waiting for a carrier that a controller does not give.
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let busy =
        "somebody else uses it: end that program (fuser names it; ModemManager and getty take lines too)";
    let file = rustix::fs::open(&wanted.device, flags, Mode::empty()).map_err(|error| match error {
        Errno::BUSY => told(io::ErrorKind::ResourceBusy, busy),
        Errno::ACCESS | Errno::PERM => told(
            io::ErrorKind::PermissionDenied,
            "this user may not use it: join the group that owns the file (often dialout)",
        ),
        Errno::NXIO | Errno::NODEV | Errno::IO => told(io::ErrorKind::NotFound, "nothing is attached to it"),
        other => other.into(),
    })?;
    let before = tcgetattr(&file).map_err(|_| no_line())?;
    let file = File::from(file);
    // Whoever may do everything opens a line that is reserved; this lock is asked for by such programs, too.
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(told(io::ErrorKind::ResourceBusy, busy)),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    ioctl_tiocexcl(&file)?;
    let line = Line { file, before };
    line.set(wanted)?;
    // What came before belongs to no question of ours.
    tcflush(&line.file, QueueSelector::IOFlush)?;
    Ok(OpenSerialLine { line: watched(line)? })
}

#[allow(unsafe_code)]
fn watched(line: Line) -> io::Result<AsyncFd<Line>> {
    // SAFETY: the line owns its descriptor, always gives the same one, and lives as long as it is watched.
    Ok(unsafe { AsyncFd::register(line) }?)
}

impl Line {
    fn set(&self, wanted: &SerialLine) -> io::Result<()> {
        let mut modes = self.before.clone();
        modes.make_raw();
        modes.input_modes.remove(InputModes::IXOFF | InputModes::IXANY);
        modes.control_modes.remove(ControlModes::CSTOPB | ControlModes::CRTSCTS);
        modes.control_modes.insert(ControlModes::CREAD | ControlModes::CLOCAL);
        modes.control_modes.set(ControlModes::CRTSCTS, wanted.flow_control);
        // A read gives what is there, and nothing is no end.
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        let refused =
            || io::Error::new(io::ErrorKind::InvalidInput, format!("it cannot do {} baud", wanted.baud));
        modes.set_speed(wanted.baud).map_err(|_| refused())?;
        tcsetattr(&self.file, OptionalActions::Now, &modes)?;
        // Setting succeeds as soon as anything of it was done.
        let now = tcgetattr(&self.file)?;
        let (is, should) = (u64::from(now.output_speed()), u64::from(wanted.baud));
        if is.abs_diff(should) * 100 > should * SPEED_OFF_PERCENT {
            return Err(refused());
        }
        if wanted.flow_control && !now.control_modes.contains(ControlModes::CRTSCTS) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it has no RTS and CTS"));
        }
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // Of a line that is gone nothing can be set back.
        let _ = tcflush(&self.file, QueueSelector::IOFlush);
        let _ = tcsetattr(&self.file, OptionalActions::Now, &self.before);
        let _ = ioctl_tiocnxcl(self.file.as_fd());
    }
}

impl AsRawFd for Line {
    fn as_raw_fd(&self) -> RawFd {
        self.file.as_raw_fd()
    }
}

impl AsyncRead for OpenSerialLine {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            let mut ready = ready!(self.line.poll_read_ready(cx))?;
            let read = ready.try_io(|line| (&line.get_ref().file).read(buffer.initialize_unfilled()));
            if let Ok(read) = read {
                buffer.advance(read.map_err(gone)?);
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncWrite for OpenSerialLine {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            let mut ready = ready!(self.line.poll_write_ready(cx))?;
            if let Ok(written) = ready.try_io(|line| (&line.get_ref().file).write(octets)) {
                return Poll::Ready(written.map_err(gone));
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// The kernel has one word for a line whose other end was pulled out.
fn gone(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) if code == Errno::IO.raw_os_error() => {
            io::Error::new(io::ErrorKind::BrokenPipe, "the serial line went away: was it unplugged?")
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_no_line_is_told_with_advice() {
        for (device, told) in [
            ("/dev/null", "no serial line"),
            ("/proc/self/status", "no serial line"),
            ("/", "no serial line"),
            ("/dev/tty-that-nobody-has", "plugged in"),
        ] {
            let error = serial_line(&SerialLine::read(device).unwrap()).unwrap_err().to_string();
            assert!(error.contains(told), "{device}: {error}");
        }
    }
}
