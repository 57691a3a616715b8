//! The sink: records every frame that the tester sends towards the outside.

use std::mem::MaybeUninit;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, eth, recv, socket_with};

use crate::bench::enter;

/// Frames recorded so far; recording ends with it.
pub(crate) struct Sink {
    frames: Arc<Mutex<Vec<String>>>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Sink {
    /// Records in a namespace what comes from a sender with this MAC address.
    pub(crate) fn open(namespace: &str, sender: &str) -> Self {
        let frames = Arc::new(Mutex::new(Vec::new()));
        let ended = Arc::new(AtomicBool::new(false));
        let sender: Vec<u8> =
            sender.split(':').map(|byte| u8::from_str_radix(byte, 16).expect("a MAC address")).collect();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let thread = thread::spawn({
            let (namespace, frames, ended) = (namespace.to_owned(), frames.clone(), ended.clone());
            move || {
                enter(&namespace);
                let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
                let socket = socket_with(AddressFamily::PACKET, SocketType::RAW, flags, Some(eth::ALL))
                    .expect("root may open a packet socket");
                ready.send(()).expect("the test waits for it");
                record(&socket, &sender, &frames, &ended);
            }
        });
        is_ready.recv().expect("the sink records");
        Self { frames, ended, thread: Some(thread) }
    }

    /// What arrived: family, protocol number, destination.
    pub(crate) fn frames(&self) -> Vec<String> {
        // What is on the link is recorded within a few turns of the recorder.
        thread::sleep(Duration::from_millis(200));
        self.frames.lock().expect("the recorder does not panic").clone()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn record(socket: &OwnedFd, sender: &[u8], frames: &Mutex<Vec<String>>, ended: &AtomicBool) {
    let mut buffer = [MaybeUninit::uninit(); 2048];
    while !ended.load(Ordering::Relaxed) {
        match recv(socket, buffer.as_mut_slice(), RecvFlags::empty()) {
            Ok(((frame, _), _)) => {
                if let Some(told) = describe(frame, sender) {
                    frames.lock().expect("the test does not panic here").push(told);
                }
            }
            Err(_) => thread::sleep(Duration::from_millis(2)),
        }
    }
}

/// A frame of the tester in words; `None` for what others sent and for what every IPv6 kernel sends on a
/// link that came up, whatever programs do: router and neighbour discovery (ICMPv6 133 to 136) and
/// reports of multicast groups (143, behind a hop-by-hop header). ARP is not spared: the neighbours of
/// the link are written down beforehand, so that only a packet that wants to leave could cause it.
fn describe(frame: &[u8], sender: &[u8]) -> Option<String> {
    if frame.get(6..12)? != sender {
        return None;
    }
    match frame.get(12..14)? {
        [0x08, 0x00] => {
            let to: [u8; 4] = frame.get(30..34)?.try_into().ok()?;
            Some(format!("IPv4 {} {}", frame.get(23)?, Ipv4Addr::from(to)))
        }
        [0x86, 0xdd] => {
            let to: [u8; 16] = frame.get(38..54)?.try_into().ok()?;
            let (protocol, kind) = match frame.get(20)? {
                0 => (*frame.get(54)?, frame.get(62)),
                next => (*next, frame.get(54)),
            };
            let of_kernel = protocol == 58 && matches!(kind, Some(133..=136 | 143));
            (!of_kernel).then(|| format!("IPv6 {protocol} {}", Ipv6Addr::from(to)))
        }
        other => Some(format!("ethertype {other:02x?}")),
    }
}
