//! Processes of a network namespace, found by the namespace and not by their names.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// How long processes have to end by themselves.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the end of a killed process is waited for.
const AFTER_KILL: Duration = Duration::from_secs(2);

/// Inode of the namespace of this process.
pub(super) fn own_namespace() -> Option<u64> {
    namespace_of("self")
}

/// Whether what is mounted by this process is seen by itself alone. The folder of named namespaces is shared
/// with everybody wherever `ip netns add` was used in the ordinary way; in a mount namespace of its own, as
/// `ip netns exec` makes one, it only follows another (`master:`) or stands alone.
pub(super) fn has_own_mounts() -> bool {
    let mounts =
        |process: &str| fs::metadata(format!("/proc/{process}/ns/mnt")).ok().map(|mounts| mounts.ino());
    if matches!((mounts("self"), mounts("1")), (Some(own), Some(first)) if own != first) {
        return true;
    }
    let table = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    stands_alone(&table)
}

/// Fields of a line: four numbers and places, the mount point, its options, then how it is shared up to `-`
/// (proc_pid_mountinfo(5)).
fn stands_alone(table: &str) -> bool {
    table.lines().map(|line| line.split(' ').collect::<Vec<_>>()).any(|fields| {
        let shared: Vec<&&str> = fields.iter().skip(6).take_while(|field| **field != "-").collect();
        fields.get(4) == Some(&"/run/netns")
            && (shared.iter().any(|field| field.starts_with("master:"))
                || !shared.iter().any(|field| field.starts_with("shared:")))
    })
}

/// Ends every process of a namespace: asked first, then killed. Gives the process ids, ascending.
pub(super) fn end_all_in(inode: u64) -> Vec<u32> {
    let mut ended = signal_all(inode, Signal::TERM);
    for (signal, patience) in [(None, PATIENCE), (Some(Signal::KILL), AFTER_KILL)] {
        if let Some(signal) = signal {
            ended.extend(signal_all(inode, signal));
        }
        let until = Instant::now() + patience;
        while !all_in(inode).is_empty() && Instant::now() < until {
            thread::sleep(Duration::from_millis(20));
        }
    }
    ended.sort_unstable();
    ended.dedup();
    ended
}

fn signal_all(inode: u64, signal: Signal) -> Vec<u32> {
    all_in(inode).into_iter().filter(|pid| signal_one(*pid, inode, signal).is_some()).collect()
}

/// Holds the process before looking at it once more: its number may have been given to another.
fn signal_one(pid: u32, inode: u64, signal: Signal) -> Option<()> {
    let held = pidfd_open(Pid::from_raw(i32::try_from(pid).ok()?)?, PidfdFlags::empty()).ok()?;
    (namespace_of(&pid.to_string()) == Some(inode)).then_some(())?;
    pidfd_send_signal(held, signal).ok()
}

fn all_in(inode: u64) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter(|pid| namespace_of(&pid.to_string()) == Some(inode))
        .collect()
}

/// A process that has ended and is not yet waited for has no namespace any more.
fn namespace_of(process: &str) -> Option<u64> {
    fs::metadata(format!("/proc/{process}/ns/net")).ok().map(|metadata| metadata.ino())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_namespaces_that_only_follows_another_is_seen() {
        let table = |shared: &str| {
            format!(
                "22 27 0:21 / /proc rw - proc proc rw\n42 27 254:0 /run/netns /run/netns rw {shared}- ext4 /dev/x rw\n"
            )
        };
        assert!(!stands_alone(&table("shared:1 ")));
        assert!(stands_alone(&table("master:1 ")));
        assert!(stands_alone(&table("shared:7 master:1 ")));
        assert!(stands_alone(&table("")));
        assert!(!stands_alone("22 27 0:21 / /proc rw - proc proc rw\n"), "no namespace was made yet");
    }
}
