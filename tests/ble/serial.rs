//! A controller on a serial line: a pair of pseudo terminals with the controller of the air at the far end.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use harness::probes::ble::{
    BleBackend, BleError, BleLimits, BleScope, GattTable, HciBackend, Scan, ScanRequest,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use crate::air::{Heater, address, heater};
use crate::command::{code, run, told};

/// A line; what is written at one end comes out at the other as long as somebody carries it.
struct Line {
    far: OwnedFd,
    path: String,
}

impl Line {
    fn new() -> Self {
        let far = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&far).unwrap();
        unlockpt(&far).unwrap();
        let path = ptsname(&far, Vec::new()).unwrap().into_string().unwrap();
        Self { far, path }
    }

    fn adapter(&self) -> String {
        format!("serial:{}", self.path)
    }

    /// The near end, kept open to look at how it is set.
    fn near(&self) -> OwnedFd {
        rustix::fs::open(&self.path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).unwrap()
    }

    /// Carries octets to and from the controller of a tester until it is pulled out.
    fn carried_to(self, bench: &Heater) -> Carried {
        let controller: SocketAddr =
            bench.tester_url().strip_prefix("tcp:").and_then(|at| at.parse().ok()).unwrap();
        #[expect(clippy::disallowed_methods, reason = "the cable of the bench, on loopback")]
        let controller = TcpStream::connect(controller).unwrap();
        let pulled = Arc::new(AtomicBool::new(false));
        let (path, seen) = (self.path.clone(), pulled.clone());
        let thread = std::thread::spawn(move || carry(File::from(self.far), controller, &seen));
        Carried { path, pulled, thread: Some(thread) }
    }
}

fn carry(mut line: File, mut controller: TcpStream, pulled: &AtomicBool) {
    let mut buffer = [0; 4096];
    let soon = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };
    while !pulled.load(Ordering::SeqCst) {
        let mut ends = [PollFd::new(&line, PollFlags::IN), PollFd::new(&controller, PollFlags::IN)];
        let Ok(count) = poll(&mut ends, Some(&soon)) else { continue };
        let ready = [0, 1].map(|end| count > 0 && !ends[end].revents().is_empty());
        if ready[0] {
            // Nobody has the near end open: not yet, or not any more.
            let Ok(count @ 1..) = line.read(&mut buffer) else {
                std::thread::sleep(Duration::from_millis(5));
                continue;
            };
            controller.write_all(&buffer[..count]).unwrap();
        }
        if ready[1] {
            match controller.read(&mut buffer) {
                Ok(count @ 1..) => line.write_all(&buffer[..count]).unwrap(),
                _ => return,
            }
        }
    }
}

/// A line with the controller behind it.
struct Carried {
    path: String,
    pulled: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Carried {
    fn adapter(&self) -> String {
        format!("serial:{}", self.path)
    }

    /// The far end is gone after this.
    fn pull_out(&mut self) {
        self.pulled.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Carried {
    fn drop(&mut self) {
        self.pull_out();
    }
}

async fn open(adapter: &str, bench: &Heater) -> Result<HciBackend, BleError> {
    let limits = BleLimits { command: Duration::from_secs(2), ..BleLimits::default() };
    HciBackend::open(&adapter.parse().unwrap(), BleScope::of(address(bench)), limits).await
}

/// What a tester sees over an adapter.
async fn seen(adapter: &str, bench: &Heater) -> (Scan, GattTable) {
    let mut tester = open(adapter, bench).await.unwrap();
    let request = ScanRequest {
        time: Duration::from_secs(5),
        active: false,
        only: Some(address(bench)),
        until_heard: true,
    };
    let heard = tester.scan(request).await.unwrap();
    tester.connect(address(bench)).await.unwrap();
    (heard, tester.discover().await.unwrap())
}

/// How a line is set: whether it is cooked, and its speed.
fn setting(near: &OwnedFd) -> (bool, u32) {
    let modes = tcgetattr(near).unwrap();
    (modes.local_modes.contains(LocalModes::ICANON), modes.output_speed())
}

#[tokio::test]
async fn a_controller_on_a_serial_line_shows_what_it_shows_over_tcp() {
    let bench = heater(|_| {});
    let (heard, table) = seen(&bench.tester_url(), &bench).await;
    let line = Line::new();
    let near = line.near();
    let before = setting(&near);
    assert!(before.0, "a line is cooked until somebody sets it");
    let carried = line.carried_to(&bench);
    let adapter = format!("{}@1000000", carried.adapter());
    let (heard_there, table_there) = seen(&adapter, &bench).await;
    assert_eq!(table_there, table);
    assert!(table.complete && table.services.len() >= 6, "{table:?}");
    let packets = |heard: &Scan| {
        let one = &heard.advertisers[0];
        (one.address, one.packets.iter().map(|packet| packet.hex.clone()).collect::<Vec<_>>())
    };
    assert_eq!(packets(&heard_there), packets(&heard));
    assert_eq!(setting(&near), before, "the line is set back");

    // While it is in use nobody else takes it, and it is set as it was asked for.
    let tester = open(&adapter, &bench).await.unwrap();
    assert_eq!(setting(&near), (false, 1_000_000));
    let error = open(&adapter, &bench).await.err().expect("it is in use");
    assert!(error.to_string().contains("somebody else uses it") && error.is_of_the_tester(), "{error}");
    drop(tester);
    assert_eq!(setting(&near), before);
    open(&adapter, &bench).await.expect("it is free again");
}

#[tokio::test]
async fn what_was_left_on_the_line_is_not_taken_for_an_answer() {
    let bench = heater(|_| {});
    let line = Line::new();
    let near = line.near();
    // A line that is cooked gives every word back to whoever said it.
    let mut modes = tcgetattr(&near).unwrap();
    modes.make_raw();
    tcsetattr(&near, OptionalActions::Now, &modes).unwrap();
    let mut far = File::from(line.far.try_clone().unwrap());
    far.write_all(b"*** Booting Zephyr OS build v4.2.0 ***\n\x04\x0e").unwrap();
    drop(far);
    let carried = line.carried_to(&bench);
    open(&carried.adapter(), &bench).await.expect("the line is empty when it is opened");
    drop(near);
}

#[tokio::test]
async fn noise_instead_of_packets_is_the_adapters_trouble() {
    let bench = heater(|_| {});
    // A controller at another speed, a console, and one that says nothing.
    for (noise, told) in [
        (&b"\xf8\x00\x80\xf8"[..], "begins with 0xf8"),
        (b"login: ", "begins with 0x6c"),
        (b"", "did not answer command 0x0c03"),
    ] {
        let line = Line::new();
        let near = line.near();
        let mut far = File::from(line.far.try_clone().unwrap());
        let answer = std::thread::spawn(move || {
            let mut question = [0; 64];
            let count = far.read(&mut question).unwrap();
            far.write_all(noise).unwrap();
            question[..count].to_vec()
        });
        let error = open(&line.adapter(), &bench).await.err().expect("no controller is there");
        assert_eq!(answer.join().unwrap(), [0x01, 0x03, 0x0c, 0x00], "a reset comes first");
        assert!(matches!(&error, BleError::Adapter(what) if what.contains(told)), "{error}");
        drop(near);
    }
}

#[tokio::test]
async fn a_line_that_goes_away_in_the_middle_is_the_adapters_trouble() {
    let bench = heater(|_| {});
    let mut carried = Line::new().carried_to(&bench);
    let mut tester = open(&carried.adapter(), &bench).await.unwrap();
    tester.connect(address(&bench)).await.unwrap();
    carried.pull_out();
    let error = tester.discover().await.expect_err("the line is gone");
    assert!(matches!(error, BleError::Adapter(_)), "{error}");
    // And again, as a probe might; dropping it sets nothing back, and does not hang.
    let error = tester.disconnect().await.err();
    assert!(error.is_none_or(|error| error.is_of_the_tester()));
}

#[test]
fn a_line_that_cannot_be_used_is_told_with_what_to_do() {
    for (adapter, what) in [
        ("serial:/dev/tty-that-nobody-has", "plugged in"),
        ("serial:/dev/null", "no serial line"),
        ("serial:/proc/self/status", "no serial line"),
    ] {
        let output = run(&["ble", "scan", "--adapter", adapter]);
        assert_eq!(code(&output), 2, "{}", told(&output));
        assert!(told(&output).contains(what) && told(&output).contains("@BAUD"), "{}", told(&output));
    }
    let output = run(&["ble", "scan", "--adapter", "serial:/dev/ttyS0@0"]);
    assert_eq!(code(&output), 2);
    assert!(told(&output).contains("serial:DEVICE[@BAUD][,rtscts]"), "{}", told(&output));
}
