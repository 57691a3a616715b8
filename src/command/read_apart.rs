//! `hantei read-apart ORDER`: the limited child that reads a hostile file. The program starts itself so; nobody types it.

use std::path::PathBuf;

use harness::probes::apart;

use crate::Done;
use crate::cli::ReadApart;
use crate::output::Failure;

/// Limits this process, reads the file at the standard input, answers on the standard output.
pub(crate) fn read_apart(arguments: &ReadApart) -> Done {
    apart::serve(&arguments.order).map(|()| harness::ExitCode::Pass).map_err(Failure::nothing_started)
}

/// This very program, for reading files apart. Its place in the process, so that it is the same one after an update.
pub(crate) fn reader() -> Option<PathBuf> {
    let running = PathBuf::from("/proc/self/exe");
    if running.exists() { Some(running) } else { std::env::current_exe().ok() }
}
