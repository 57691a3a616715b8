//! The child: limits itself, proves it, reads, answers.

use std::io::{Read as _, Write as _};

use super::{Answer, Limits, Order, Unreadable};

/// Reads the file at the standard input as the argument orders it and writes the answer to the standard output.
///
/// # Errors
///
/// The argument is no order, the limits cannot be set or do not hold, or the ends of the pipes are gone. Nothing was
/// read then.
pub fn serve(argument: &str) -> Result<(), String> {
    let order: Order =
        serde_json::from_str(argument).map_err(|error| format!("the argument is no order: {error}"))?;
    limit(&order.limits)?;
    let mut octets = Vec::new();
    let mut input = std::io::stdin().lock().take(order.limits.octets.saturating_add(1));
    input.read_to_end(&mut octets).map_err(|error| format!("the file cannot be taken in: {error}"))?;
    let answer = if octets.len() as u64 > order.limits.octets {
        Answer::Unreadable(Unreadable::new("too-large", "the file is larger than what is read"))
    } else {
        match order.task.read(octets) {
            Ok(read) => Answer::Read(read),
            Err(unreadable) => Answer::Unreadable(unreadable),
        }
    };
    let text = serde_json::to_vec(&answer).map_err(|error| format!("the answer is none: {error}"))?;
    let mut output = std::io::stdout().lock();
    output
        .write_all(&text)
        .and_then(|()| output.flush())
        .map_err(|error| format!("the answer is not taken: {error}"))
}

/// No more than this from now on, and no way back.
#[cfg(target_os = "linux")]
fn limit(limits: &Limits) -> Result<(), String> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    /// Standard input, output and error are there; nothing else is opened.
    const OPEN: u64 = 3;
    let bounds = [
        (Resource::As, limits.memory),
        (Resource::Cpu, limits.processor_seconds),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Nofile, OPEN),
    ];
    for (resource, bound) in bounds {
        // Never more than whoever started this has allowed.
        let bound = getrlimit(resource).maximum.map_or(bound, |maximum| bound.min(maximum));
        setrlimit(resource, Rlimit { current: Some(bound), maximum: Some(bound) })
            .map_err(|error| format!("the process cannot limit itself ({resource:?}): {error}"))?;
    }
    rustix::thread::set_no_new_privs(true)
        .map_err(|error| format!("the process cannot give up new rights: {error}"))?;
    // A limit that does not hold is none: reading begins only where opening anything fails.
    match std::fs::File::open("/") {
        Ok(_) => Err("the process could still open files".to_owned()),
        Err(_) => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
fn limit(_: &Limits) -> Result<(), String> {
    Err("a process can be limited on Linux only".to_owned())
}
