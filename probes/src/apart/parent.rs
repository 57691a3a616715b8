//! The parent: starts the child, feeds it, bounds it by the clock, and tells how it ended.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio_util::sync::CancellationToken;

use super::{Answer, Limits, NotRead, Order};

/// Octets of what the child says on its standard error that are looked at.
const COMPLAINT_AT_MOST: u64 = 4 << 10;
/// Exit code of a Rust program whose main thread panicked.
const PANICKED: i32 = 101;

/// Reads octets in a limited process. `program` is called with `read-apart ORDER`; without one nothing is read.
///
/// # Errors
///
/// Why there is no answer. The child is gone in every case.
pub async fn read_apart(
    program: Option<&Path>,
    order: &Order,
    octets: &[u8],
    cancel: &CancellationToken,
) -> Result<Value, NotRead> {
    let program = program.ok_or(NotRead::NoReader)?;
    let limits = &order.limits;
    if octets.len() as u64 > limits.octets {
        return Err(NotRead::TooLarge { octets: octets.len() as u64, at_most: limits.octets });
    }
    tokio::select! {
        answer = converse(program, order, octets) => answer,
        () = tokio::time::sleep(Duration::from_secs(limits.seconds)) => {
            Err(NotRead::OutOfTime { seconds: limits.seconds })
        }
        () = cancel.cancelled() => Err(NotRead::Cancelled),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program itself, with no socket, no file and no environment; it reads what is piped to it"
)]
async fn converse(program: &Path, order: &Order, octets: &[u8]) -> Result<Value, NotRead> {
    let limits = &order.limits;
    let mut child = tokio::process::Command::new(program)
        .arg("read-apart")
        .arg(order.argument())
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| NotRead::NotStarted { error: error.to_string() })?;
    let (Some(mut input), Some(output), Some(complaint)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(NotRead::NotStarted { error: "the pipes are missing".to_owned() });
    };
    let feed = async {
        // A child that has ended takes nothing more; how it ended says why.
        input.write_all(octets).await.ok();
        drop(input);
    };
    let ((), answer, complaint) =
        tokio::join!(feed, bounded(output, limits.answer + 1), bounded(complaint, COMPLAINT_AT_MOST));
    if answer.len() as u64 > limits.answer {
        return Err(NotRead::TooMuch { at_most: limits.answer });
    }
    let status = child.wait().await.map_err(|error| NotRead::ReaderBroken { error: error.to_string() })?;
    if !status.success() {
        return Err(ending(status, &String::from_utf8_lossy(&complaint), limits));
    }
    match serde_json::from_slice(&answer) {
        Ok(Answer::Read(read)) => Ok(read),
        Ok(Answer::Unreadable(unreadable)) => Err(NotRead::Unreadable(unreadable)),
        Err(error) => Err(NotRead::ReaderBroken { error: format!("its answer is none: {error}") }),
    }
}

/// Reads to the end or to the limit; then the pipe is closed, and who writes into it ends.
async fn bounded(pipe: impl AsyncRead + Unpin, at_most: u64) -> Vec<u8> {
    let mut octets = Vec::new();
    pipe.take(at_most).read_to_end(&mut octets).await.ok();
    octets
}

/// What a bad end means.
fn ending(status: ExitStatus, complaint: &str, limits: &Limits) -> NotRead {
    /// Numbers of Linux.
    const XCPU: i32 = 24;
    const KILL: i32 = 9;
    const SEGV: i32 = 11;
    let signal = signal_of(status);
    let last_words = || {
        let line = complaint.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        line.chars().take(200).collect::<String>()
    };
    // As the allocator and as an error of reading says it.
    if complaint.contains("memory allocation of") || complaint.contains("out of memory") {
        NotRead::OutOfMemory { octets: limits.memory }
    } else if complaint.contains("has overflowed its stack") || signal == Some(SEGV) {
        NotRead::TooDeep
    } else if matches!(signal, Some(XCPU | KILL)) {
        // At the hard limit of processor time Linux kills.
        NotRead::OutOfTime { seconds: limits.processor_seconds }
    } else if status.code() == Some(PANICKED) || signal.is_some() {
        NotRead::BrokeOff { how: format!("{status}: {}", last_words()) }
    } else {
        NotRead::ReaderBroken { error: format!("{status}: {}", last_words()) }
    }
}

#[cfg(unix)]
fn signal_of(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal_of(_: ExitStatus) -> Option<i32> {
    None
}
