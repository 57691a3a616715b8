//! Two network namespaces and a link between them: a tester, and a device with a few services.

#![allow(clippy::disallowed_methods, reason = "the tests build the bench and play the device")]

use std::fs::File;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// Address of the device.
pub(crate) const DEVICE: &str = "10.78.0.2";
/// Its other address.
pub(crate) const DEVICE_6: &str = "fd78::2";
/// Ports with a service, ascending.
pub(crate) const SERVICES: &[u16] = &[22, 23, 80, 443, 1883, 2323, 8080, 8443, 9999, 31337, 49152, 60001];
/// Port behind which the tarpit sits.
const TARPIT: u16 = 2323;

/// The two namespaces; gone when dropped.
pub(crate) struct Link {
    tester: String,
    device: String,
    ended: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
    restart: Mutex<Option<JoinHandle<()>>>,
}

impl Link {
    /// Lays the link and starts the services.
    ///
    /// # Errors
    /// Why this machine cannot have it.
    pub(crate) fn new() -> Result<Self, String> {
        static LINKS: AtomicU32 = AtomicU32::new(0);
        if !rustix::process::geteuid().is_root() {
            return Err("network namespaces need root".to_owned());
        }
        let name = format!("hp{}.{}", std::process::id(), LINKS.fetch_add(1, Ordering::Relaxed));
        let mut link = Self {
            tester: format!("{name}t"),
            device: format!("{name}d"),
            ended: Arc::default(),
            threads: Vec::new(),
            restart: Mutex::new(None),
        };
        run("nft", &["--version"], "")?;
        run("ip", &["netns", "add", &link.tester], "")?;
        run("ip", &["netns", "add", &link.device], "")?;
        let between =
            ["lab0", "netns", &link.tester, "type", "veth", "peer", "name", "lab0", "netns", &link.device];
        run("ip", &[&["link", "add", "name"], &between[..]].concat(), "")?;
        for (place, addresses) in
            [(&link.tester, ["10.78.0.1/24", "fd78::1/64"]), (&link.device, ["10.78.0.2/24", "fd78::2/64"])]
        {
            for address in addresses {
                let nodad: &[&str] = if address.contains(':') { &["nodad"] } else { &[] };
                run("ip", &[&["-n", place, "addr", "add", address, "dev", "lab0"], nodad].concat(), "")?;
            }
            run("ip", &["-n", place, "link", "set", "lo", "up"], "")?;
            // No search for duplicates: a link-local address is good at once.
            run("ip", &["netns", "exec", place, "sysctl", "-qw", "net.ipv6.conf.lab0.accept_dad=0"], "")?;
            run("ip", &["-n", place, "link", "set", "lab0", "up"], "")?;
        }
        link.serve()?;
        Ok(link)
    }

    /// Calls something on a thread of its own on the tester's side.
    pub(crate) fn as_tester<T: Send>(&self, act: impl FnOnce() -> T + Send) -> T {
        thread::scope(|scope| {
            let thread = scope.spawn(|| {
                enter(&self.tester);
                act()
            });
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// The address that the device gave itself.
    pub(crate) fn link_local_address_of_the_device(&self) -> String {
        let shown =
            run("ip", &["-n", &self.device, "-6", "-o", "addr", "show", "dev", "lab0", "scope", "link"], "")
                .expect("the device has an address");
        let address = shown.split_whitespace().find(|word| word.starts_with("fe80"));
        address.and_then(|address| address.split('/').next()).expect("a link-local address").to_owned()
    }

    /// Rules on what comes in to the device.
    pub(crate) fn guard(&self, rules: &[&str]) {
        let rules = rules.join("\n");
        self.rules(&format!(
            "table inet guard {{ chain in {{ type filter hook input priority 0;\n{rules}\n}}\n}}"
        ));
    }

    /// A guard that bans a source above 100 SYN a second.
    pub(crate) fn ban_above_100_a_second(&self, duration: &str, refusal: &str) {
        self.rules(&format!(
            "table inet guard {{
                set banned {{ type ipv4_addr; flags dynamic,timeout; }}
                chain in {{
                    type filter hook input priority 0;
                    ip saddr @banned ip protocol tcp {refusal}
                    tcp flags & (syn | ack) == syn limit rate over 100/second add @banned {{ ip saddr timeout {duration} }} drop
                }}
            }}"
        ));
    }

    /// Every port takes a connection.
    pub(crate) fn tarpit(&self) {
        self.rules(&format!(
            "table inet guard {{ chain in {{ type nat hook prerouting priority -100; meta l4proto tcp redirect to :{TARPIT}\n}}\n}}"
        ));
    }

    /// Takes the guard away.
    pub(crate) fn no_guard(&self) {
        let _ = run("ip", &["netns", "exec", &self.device, "nft", "delete", "table", "inet", "guard"], "");
    }

    /// After so many frames the device is silent for `down`, then it refuses everything but the shell for
    /// `starting`, then it is well.
    pub(crate) fn restart_after_frames(&self, frames: u64, down: Duration, starting: Duration) {
        let (place, ended) = (self.device.clone(), self.ended.clone());
        let counted = "/sys/class/net/lab0/statistics/rx_packets";
        let rules = move |rules: &str| {
            let _ = run("ip", &["netns", "exec", &place, "nft", "flush", "ruleset"], "");
            if !rules.is_empty() {
                let table = format!(
                    "table inet guard {{ chain in {{ type filter hook input priority 0; {rules}\n}}\n}}"
                );
                run("ip", &["netns", "exec", &place, "nft", "-f", "-"], &table)
                    .expect("rules that nft takes");
            }
        };
        let device = self.device.clone();
        *self.restart.lock().expect("no panic under the lock") = Some(thread::spawn(move || {
            loop {
                let seen = run("ip", &["netns", "exec", &device, "cat", counted], "").unwrap_or_default();
                if ended.load(Ordering::Relaxed)
                    || seen.trim().parse::<u64>().is_ok_and(|seen| seen >= frames)
                {
                    break;
                }
                thread::sleep(Duration::from_millis(5));
            }
            rules("drop");
            thread::sleep(down);
            rules("tcp dport != 22 reject with tcp reset");
            thread::sleep(starting);
            rules("");
        }));
    }

    fn rules(&self, rules: &str) {
        run("ip", &["netns", "exec", &self.device, "nft", "-f", "-"], rules).expect("rules that nft takes");
    }

    fn serve(&mut self) -> Result<(), String> {
        let (tell, told) = mpsc::channel();
        let (place, ended) = (self.device.clone(), self.ended.clone());
        self.threads.push(thread::spawn(move || {
            enter(&place);
            let listening: Result<Vec<TcpListener>, _> =
                SERVICES.iter().map(|port| TcpListener::bind(("::", *port))).collect();
            let _ = tell.send(listening.as_ref().map(|_| ()).map_err(ToString::to_string));
            let Ok(listening) = listening else { return };
            for one in &listening {
                one.set_nonblocking(true).expect("a socket that does not block");
            }
            while !ended.load(Ordering::Relaxed) {
                for one in &listening {
                    while one.accept().is_ok() {}
                }
                thread::sleep(Duration::from_millis(1));
            }
        }));
        told.recv().map_err(|error| error.to_string())?
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        let restart = self.restart.get_mut().ok().and_then(Option::take);
        for thread in self.threads.drain(..).chain(restart) {
            let _ = thread.join();
        }
        for place in [&self.tester, &self.device] {
            let _ = run("ip", &["netns", "del", place], "");
        }
    }
}

/// Skips a test, or fails it where everything is required.
pub(crate) fn skip(test: &str, why: &str) {
    let required = std::env::var_os("HANTEI_REQUIRE_ALL").is_some();
    assert!(!required, "{test} cannot run here: {why}");
    // Past the capture of the test runner, which would swallow it.
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {why}");
}

fn enter(namespace: &str) {
    let place = File::open(PathBuf::from("/run/netns").join(namespace)).expect("the namespace is there");
    move_into_link_name_space(place.as_fd(), Some(LinkNameSpaceType::Network)).expect("root may enter it");
}

fn run(program: &str, arguments: &[&str], input: &str) -> Result<String, String> {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut child = Command::new(program)
        .args(arguments)
        .env("PATH", format!("/usr/sbin:/usr/bin:/sbin:/bin:{path}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{program} cannot be started: {error}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr).trim()))
    }
}
