//! Benches of network namespaces: made by a test, gone at its end, whatever the end is.
//!
//! Nothing in them leads out of the machine: a namespace knows only the links that the test lays.

#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod evidence;

use std::fs::{self, File};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// Namespaces with what runs in them.
pub(crate) struct Bench {
    namespaces: Vec<String>,
    children: Vec<Child>,
    number: u32,
}

/// One end of a link.
pub(crate) struct End<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) device: &'a str,
    pub(crate) mac: &'a str,
    /// Addresses with prefix length, either family.
    pub(crate) addresses: &'a [&'a str],
}

impl Bench {
    /// A bench without namespaces.
    ///
    /// # Errors
    /// Why this machine has none: no rights, or a program is not installed.
    pub(crate) fn new(programs: &[&str]) -> Result<Self, String> {
        static BENCHES: AtomicU32 = AtomicU32::new(0);
        if !geteuid().is_root() {
            return Err("network namespaces need root".to_owned());
        }
        for program in ["ip"].iter().chain(programs) {
            let folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];
            if !folders.iter().any(|folder| PathBuf::from(folder).join(program).exists()) {
                return Err(format!("{program} is not installed"));
            }
        }
        let mut bench = Self {
            namespaces: Vec::new(),
            children: Vec::new(),
            number: BENCHES.fetch_add(1, Ordering::Relaxed),
        };
        bench.make("0").map_err(|error| format!("this machine makes no network namespace: {error}"))?;
        Ok(bench)
    }

    /// A new namespace with its loopback up, named by process, bench and role (one letter).
    pub(crate) fn namespace(&mut self, role: &str) -> String {
        self.make(role).unwrap_or_else(|error| panic!("no namespace: {error}"))
    }

    fn make(&mut self, role: &str) -> Result<String, String> {
        // At most 7 digits of a process id, so that the name stays below 15 characters.
        let name = format!("h{}.{}{role}", std::process::id(), self.number);
        let output = command("ip", &["netns", "add", &name]).output().map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        self.namespaces.push(name.clone());
        ip(&["-n", &name, "link", "set", "lo", "up"]);
        // Closed UDP ports are told of at once; a host usually tells of one a second, and a state takes long.
        kernel_setting(&name, "/proc/sys/net/ipv4/icmp_ratelimit", "0");
        Ok(name)
    }

    /// A file that programs of the namespace see below `/etc`.
    pub(crate) fn etc(&self, namespace: &str, file: &str, text: &str) {
        let folder = etc_folder(namespace);
        fs::create_dir_all(&folder).expect("a folder below /etc/netns");
        fs::write(folder.join(file), text).expect("a file below /etc/netns");
    }

    /// Lays a link between two namespaces; nothing of it shows outside of them.
    pub(crate) fn link(&self, one: &End<'_>, other: &End<'_>) {
        let (from, to) = (one, other);
        ip(&[
            "link",
            "add",
            "name",
            from.device,
            "netns",
            from.namespace,
            "type",
            "veth",
            "peer",
            "name",
            to.device,
            "netns",
            to.namespace,
        ]);
        for (end, peer) in [(one, other), (other, one)] {
            ip(&["-n", end.namespace, "link", "set", end.device, "address", end.mac]);
            for address in end.addresses {
                let nodad: &[&str] = if address.contains(':') { &["nodad"] } else { &[] };
                ip(&[&["-n", end.namespace, "addr", "add", address, "dev", end.device], nodad].concat());
            }
            ip(&["-n", end.namespace, "link", "set", end.device, "up"]);
            for address in peer.addresses {
                let address = address.split('/').next().expect("an address");
                ip(&[
                    "-n",
                    end.namespace,
                    "neigh",
                    "replace",
                    address,
                    "lladdr",
                    peer.mac,
                    "dev",
                    end.device,
                    "nud",
                    "permanent",
                ]);
            }
        }
    }

    /// Starts a program in a namespace; it ends with the bench. Its output goes to `log`.
    pub(crate) fn start(&mut self, namespace: &str, arguments: &[&str], log: &std::path::Path) {
        let output = File::create(log).expect("a log file");
        let errors = output.try_clone().expect("a log file");
        let child = inside(namespace, arguments)
            .stdout(Stdio::from(output))
            .stderr(Stdio::from(errors))
            .spawn()
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}"));
        self.children.push(child);
    }

    /// Ends everything that was started, and waits for it.
    pub(crate) fn stop_programs(&mut self) {
        for mut child in self.children.drain(..) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Waits until a port answers to somebody in the namespace.
    pub(crate) fn wait_for(&self, from: &str, to: SocketAddr) {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            #[expect(clippy::disallowed_methods, reason = "asks a server that the test started")]
            let answer =
                in_namespace(from, move || TcpStream::connect_timeout(&to, Duration::from_millis(200)));
            match answer {
                Ok(_) => return,
                Err(error) => assert!(Instant::now() < until, "{to} did not come up: {error}"),
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.stop_programs();
        for namespace in &self.namespaces {
            // Whatever a server left behind in a namespace of this bench, and nothing else.
            let pids = command("ip", &["netns", "pids", namespace]).output();
            for pid in pids.iter().flat_map(|output| output.stdout.split(|byte| *byte == b'\n')) {
                let pid = std::str::from_utf8(pid).ok().and_then(|pid| pid.parse::<i32>().ok());
                if let Some(pid) = pid.filter(|pid| u32::try_from(*pid) != Ok(std::process::id()))
                    && let Some(pid) = Pid::from_raw(pid)
                {
                    let _ = kill_process(pid, Signal::KILL);
                }
            }
            let _ = command("ip", &["netns", "del", namespace]).status();
            let _ = fs::remove_dir_all(etc_folder(namespace));
        }
        // Goes only where it is empty.
        let _ = fs::remove_dir("/etc/netns");
    }
}

/// A program inside a namespace.
pub(crate) fn inside(namespace: &str, arguments: &[&str]) -> Command {
    command("ip", &[&["netns", "exec", namespace], arguments].concat())
}

/// Runs a program inside a namespace to its end.
pub(crate) fn run_inside(namespace: &str, arguments: &[&str]) -> Output {
    inside(namespace, arguments).output().unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
}

/// Calls a function on a thread of its own inside a namespace: sockets that it opens belong there.
pub(crate) fn in_namespace<T: Send>(namespace: &str, act: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread = scope.spawn(move || {
            enter(namespace);
            act()
        });
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Moves this thread into a namespace, for good.
pub(crate) fn enter(namespace: &str) {
    let place = File::open(PathBuf::from("/run/netns").join(namespace)).expect("the namespace is there");
    move_into_link_name_space(std::os::fd::AsFd::as_fd(&place), Some(LinkNameSpaceType::Network))
        .expect("root may enter a namespace");
}

/// A setting of the kernel that holds in the namespace alone.
pub(crate) fn kernel_setting(namespace: &str, file: &str, value: &str) {
    let output = run_inside(namespace, &["sh", "-c", "echo \"$1\" > \"$0\"", file, value]);
    assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Changes the network by `ip`.
pub(crate) fn ip(arguments: &[&str]) {
    let output = command("ip", arguments).output().expect("ip can be started");
    assert!(output.status.success(), "ip {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn command(program: &str, arguments: &[&str]) -> Command {
    #[expect(clippy::disallowed_methods, reason = "builds the bench and starts what runs on it")]
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).env("NO_COLOR", "1");
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("/usr/sbin:/usr/bin:/sbin:/bin:{path}"));
    command
}

fn etc_folder(namespace: &str) -> PathBuf {
    PathBuf::from("/etc/netns").join(namespace)
}
