//! Asks ports by a bare SYN: one small frame there, one back, and no connection for the device to keep.
//!
//! The sequence number of each SYN is a keyed digest of the port and the epoch, so that an answer proves that
//! it answers this question. The kernel, which knows of no connection, resets what the device offers.

use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use super::segment::{Heard, Says, heard, syn};
use crate::dialer::Dialer;
use crate::port_sweep::asking::{Answer, Asked, Metronome, Orders, RoundTrip};
use crate::probe::tcp_sweep::Frames;

/// Smallest round that is worth two threads that send.
const WORTH_TWO_THREADS: usize = 512;
/// Frames between two looks for answers.
const BETWEEN_LOOKS: usize = 32;
/// Sleep between two looks while others send.
const WHILE_SENDING: Duration = Duration::from_micros(500);
/// Longest sleep, so that a stopped run is noticed.
const LONGEST_SLEEP: Duration = Duration::from_millis(100);
/// Room for the answers of a whole round; the kernel counts about 800 bytes for each.
const ROOM_FOR_ANSWERS: usize = 16 << 20;

/// Asks the ports of one address.
#[derive(Debug)]
pub(crate) struct SynProber {
    dialer: Arc<Dialer>,
    device: SocketAddr,
    tester: SocketAddr,
    raw: Arc<Socket>,
    /// One for each thread that sends: senders of one socket wait for each other.
    out: [Arc<Socket>; 2],
    /// Keeps the port of the tester from anybody else.
    _port: Socket,
    keys: RandomState,
    epoch: u32,
    metronome: Metronome,
    round_trip: RoundTrip,
    began: Instant,
    ports: Vec<Known>,
    /// By port: microseconds since the start, 0 for not sent in this round.
    sent: Arc<[AtomicU32]>,
    tally: Arc<FrameTally>,
}

/// Frames of a sweep, readable while it goes on.
#[derive(Debug, Default)]
pub(crate) struct FrameTally {
    sent: AtomicU64,
    answers: AtomicU64,
    rejected: AtomicU64,
}

impl FrameTally {
    /// The numbers by now.
    pub(crate) fn frames(&self) -> Frames {
        Frames {
            sent: self.sent.load(Ordering::Relaxed),
            answers: self.answers.load(Ordering::Relaxed),
            rejected: self.rejected.load(Ordering::Relaxed),
        }
    }
}

/// What is known of a port in this epoch.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    waiting: bool,
    answered: bool,
}

impl SynProber {
    /// Made by the dialer, which has checked that every port of `device` is in the scope.
    ///
    /// # Errors
    /// Raw sockets need a right that not every process has.
    pub(crate) fn new(dialer: Arc<Dialer>, device: SocketAddr) -> io::Result<Self> {
        let domain = if device.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 };
        let raw = Socket::new(domain, Type::RAW.nonblocking(), Some(Protocol::TCP))?;
        let source = dialer.scope().source.filter(|source| source.is_ipv4() == device.is_ipv4());
        let mut anywhere = device;
        anywhere.set_port(0);
        #[expect(clippy::disallowed_methods, reason = "made by the dialer for this address")]
        {
            if let Some(source) = source {
                raw.bind(&SocketAddr::new(source, 0).into())?;
            }
            // From now on the kernel hands over what comes from this address, and nothing else.
            raw.connect(&anywhere.into())?;
        }
        // The larger size needs a further right; without it a round has to be smaller, which the pace finds.
        if rustix::net::sockopt::set_socket_recv_buffer_size_force(&raw, ROOM_FOR_ANSWERS).is_err() {
            raw.set_recv_buffer_size(ROOM_FOR_ANSWERS)?;
        }
        let mut tester = raw.local_addr()?.as_socket().ok_or(io::ErrorKind::AddrNotAvailable)?;
        tester.set_port(0);
        let out = [sending_socket(domain, tester)?, sending_socket(domain, tester)?];
        let port = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
        #[expect(clippy::disallowed_methods, reason = "reserves a port of the tester; nobody listens on it")]
        port.bind(&tester.into())?;
        let tester = port.local_addr()?.as_socket().ok_or(io::ErrorKind::AddrNotAvailable)?;
        Ok(Self {
            dialer,
            device,
            tester,
            raw: Arc::new(raw),
            out,
            _port: port,
            keys: RandomState::new(),
            epoch: 0,
            metronome: Metronome::new(),
            round_trip: RoundTrip::default(),
            began: Instant::now(),
            ports: vec![Known::default(); 1 << 16],
            sent: (0..=u16::MAX).map(|_| AtomicU32::new(0)).collect(),
            tally: Arc::default(),
        })
    }

    /// The count of frames, shared.
    pub(crate) fn tally(&self) -> Arc<FrameTally> {
        self.tally.clone()
    }

    /// Answers to what was asked before count no more: the device was not well then.
    pub(crate) fn forget(&mut self) {
        self.epoch = self.epoch.wrapping_add(1);
        self.ports = vec![Known::default(); 1 << 16];
    }

    /// Asks the ports and waits for the answers. Blocks; call it on a thread for that.
    pub(crate) fn ask(&mut self, ports: &[u16], orders: &Orders) -> Asked {
        for port in ports {
            let known = &mut self.ports[usize::from(*port)];
            known.waiting = true;
            known.answered = false;
            self.sent[usize::from(*port)].store(0, Ordering::Relaxed);
        }
        let paced = orders.rate.is_some() || self.dialer.limits().per_second > 0;
        let mut asked = Asked::default();
        let done = if !paced && ports.len() >= WORTH_TWO_THREADS && orders.window >= ports.len() {
            self.all_at_once(ports, orders, &mut asked)
        } else {
            self.one_by_one(ports, orders, &mut asked)
        };
        if let Err(error) = done {
            asked.trouble = Some(error.to_string());
        }
        // What was waited for in vain was reported as silent; the rest was not asked, or not waited for.
        for port in ports {
            if std::mem::take(&mut self.ports[usize::from(*port)].waiting) {
                asked.unasked.push(*port);
            }
        }
        asked
    }

    /// The whole round is smaller than the window: two threads send, this one listens.
    fn all_at_once(&mut self, ports: &[u16], orders: &Orders, asked: &mut Asked) -> io::Result<()> {
        let began = Instant::now();
        // One system call for several frames would save little: the time goes into the frames.
        let (left, right) = ports.split_at(ports.len() / 2);
        let sending = AtomicU32::new(2);
        let failed = AtomicBool::new(false);
        let senders = [self.sender(0), self.sender(1)];
        let send = |sender: &Sender, ports: &[u16]| -> io::Result<()> {
            let mut result = Ok(());
            for (index, port) in ports.iter().enumerate() {
                if index % BETWEEN_LOOKS == 0 && (orders.stop.now() || failed.load(Ordering::Relaxed)) {
                    break;
                }
                if let Err(error) = sender.send(*port) {
                    failed.store(true, Ordering::Relaxed);
                    result = Err(error);
                    break;
                }
            }
            sending.fetch_sub(1, Ordering::Release);
            result
        };
        let (result, heard) = std::thread::scope(|scope| {
            let one = scope.spawn(|| send(&senders[0], left));
            let other = scope.spawn(|| send(&senders[1], right));
            let mut heard: Vec<(u16, Answer)> = Vec::with_capacity(ports.len());
            let mut outcome = Ok(());
            let mut last_sign = Instant::now();
            let mut waiting = ports.len();
            loop {
                let before = heard.len();
                let sent_all = sending.load(Ordering::Acquire) == 0;
                match self.listen(&mut heard) {
                    Ok(expected) => waiting = waiting.saturating_sub(expected),
                    Err(error) => outcome = Err(error),
                }
                if heard.len() > before || !sent_all {
                    last_sign = Instant::now();
                }
                if sent_all {
                    let left = self.round_trip.wait(orders).saturating_sub(last_sign.elapsed());
                    if waiting == 0 || left.is_zero() || outcome.is_err() || orders.stop.now() {
                        break;
                    }
                    self.sleep(left);
                } else {
                    // Woken for each answer, it would take the time of those who send.
                    std::thread::sleep(WHILE_SENDING);
                }
            }
            let threads = [one.join(), other.join()].into_iter().map(|end| end.unwrap_or(Ok(())));
            (threads.fold(outcome, Result::and), heard)
        });
        asked.took = began.elapsed();
        asked.answers = heard;
        let stopped = orders.stop.now();
        for port in ports {
            if self.sent[usize::from(*port)].load(Ordering::Relaxed) == 0 {
                continue;
            }
            asked.sent += 1;
            let state = &mut self.ports[usize::from(*port)];
            if state.waiting && !stopped && result.is_ok() {
                state.waiting = false;
                asked.answers.push((*port, Answer::Silent));
            }
        }
        result
    }

    /// At most so many under way, and at the pace that is ordered.
    fn one_by_one(&mut self, ports: &[u16], orders: &Orders, asked: &mut Asked) -> io::Result<()> {
        let began = Instant::now();
        let sender = self.sender(0);
        let mut next = ports.iter().copied().peekable();
        let mut by_age: VecDeque<(Instant, u16)> = VecDeque::new();
        let mut under_way = 0_usize;
        loop {
            if orders.stop.now() {
                return Ok(());
            }
            let mut pause = LONGEST_SLEEP;
            let mut launched = 0;
            let may_send = began.elapsed() < orders.at_most || asked.sent == 0;
            while may_send && launched < BETWEEN_LOOKS && under_way < orders.window && next.peek().is_some() {
                let wait = self.not_before(orders);
                if !wait.is_zero() {
                    pause = wait;
                    break;
                }
                let Some(port) = next.next() else { break };
                sender.send(port)?;
                by_age.push_back((Instant::now(), port));
                under_way += 1;
                launched += 1;
                asked.sent += 1;
                asked.took = began.elapsed();
            }
            under_way = under_way.saturating_sub(self.listen(&mut asked.answers)?);
            let patience = self.round_trip.wait(orders);
            while let Some((since, port)) = by_age.front().copied() {
                let state = &mut self.ports[usize::from(port)];
                if state.waiting {
                    if since.elapsed() < patience {
                        pause = pause.min(patience.saturating_sub(since.elapsed()));
                        break;
                    }
                    state.waiting = false;
                    under_way = under_way.saturating_sub(1);
                    asked.answers.push((port, Answer::Silent));
                }
                by_age.pop_front();
            }
            let more = may_send && next.peek().is_some();
            if !more && by_age.is_empty() {
                return Ok(());
            }
            if !(more && launched == BETWEEN_LOOKS && under_way < orders.window) {
                self.sleep(pause);
            }
        }
    }

    fn not_before(&mut self, orders: &Orders) -> Duration {
        let now = Instant::now();
        if orders.rate.is_some() {
            let wait = self.metronome.wait(now);
            if !wait.is_zero() {
                return wait;
            }
        }
        if let Some(wait) = self.dialer.reserve(now) {
            return wait;
        }
        if let Some(rate) = orders.rate {
            self.metronome.count(rate, now);
        }
        Duration::ZERO
    }

    fn sender(&self, thread: usize) -> Sender {
        Sender {
            out: self.out[thread].clone(),
            tester: self.tester,
            device: self.device,
            device_address: {
                let mut anywhere = self.device;
                anywhere.set_port(0);
                anywhere.into()
            },
            keys: self.keys.clone(),
            epoch: self.epoch,
            began: self.began,
            sent: self.sent.clone(),
            tally: self.tally.clone(),
            dialer: self.dialer.clone(),
        }
    }

    /// Takes in what has come. Gives the number of answers that were waited for.
    fn listen(&mut self, answers: &mut Vec<(u16, Answer)>) -> io::Result<usize> {
        let mut expected = 0;
        let mut frame = [0_u8; 128];
        // Bounded, so that a device that floods cannot keep the sweep here.
        for _ in 0..4096 {
            let length = match self.raw.as_ref().read(&mut frame) {
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if is_word_of_the_network(&error) => continue,
                Err(error) => return Err(error),
            };
            let Some(heard) = self.answer_in(&frame[..length]) else {
                self.tally.rejected.fetch_add(1, Ordering::Relaxed);
                continue;
            };
            let round_trip = self.since(heard.port);
            let known = &mut self.ports[usize::from(heard.port)];
            if std::mem::replace(&mut known.answered, true) {
                continue;
            }
            self.tally.answers.fetch_add(1, Ordering::Relaxed);
            answers.push((
                heard.port,
                match heard.says {
                    Says::Open => Answer::Open,
                    Says::Closed => Answer::Closed,
                },
            ));
            if std::mem::take(&mut known.waiting) {
                expected += 1;
                if let Some(round_trip) = round_trip {
                    self.round_trip.learn(round_trip);
                }
            }
        }
        Ok(expected)
    }

    /// An answer to a SYN of this epoch, and to nothing else.
    fn answer_in(&self, frame: &[u8]) -> Option<Heard> {
        let heard = heard(frame, self.device.ip(), self.tester).ok()?;
        let asked = cookie(&self.keys, heard.port, self.epoch).wrapping_add(1);
        (heard.acknowledges == asked).then_some(heard)
    }

    fn since(&self, port: u16) -> Option<Duration> {
        let sent = self.sent[usize::from(port)].load(Ordering::Relaxed);
        let now = microseconds(self.began);
        (sent != 0).then(|| Duration::from_micros(u64::from(now.wrapping_sub(sent))))
    }

    fn sleep(&self, at_most: Duration) {
        let at_most = at_most.min(LONGEST_SLEEP);
        let timeout = Timespec { tv_sec: 0, tv_nsec: i64::from(at_most.subsec_nanos()) };
        // An interrupted sleep is a short one.
        let _ = poll(&mut [PollFd::from_borrowed_fd(self.raw.as_fd(), PollFlags::IN)], Some(&timeout));
    }
}

/// What a thread needs to send.
struct Sender {
    out: Arc<Socket>,
    tester: SocketAddr,
    device: SocketAddr,
    device_address: SockAddr,
    keys: RandomState,
    epoch: u32,
    began: Instant,
    sent: Arc<[AtomicU32]>,
    tally: Arc<FrameTally>,
    dialer: Arc<Dialer>,
}

impl Sender {
    /// Sends one SYN and notes when.
    fn send(&self, port: u16) -> io::Result<()> {
        let mut to = self.device;
        to.set_port(port);
        let segment = syn(self.tester, to, cookie(&self.keys, port, self.epoch));
        // Before it goes out: over a short link the answer is there when the call returns.
        self.sent[usize::from(port)].store(microseconds(self.began), Ordering::Relaxed);
        // A raw socket knows no ports; one in the address is refused by IPv6.
        let mut tries = 0;
        loop {
            match self.out.send_to(&segment, &self.device_address) {
                Ok(_) => break,
                Err(error) if tries < 8 && is_word_of_the_network(&error) => tries += 1,
                Err(error) if tries < 200 && is_full(&error) => {
                    tries += 1;
                    std::thread::sleep(Duration::from_micros(200));
                }
                Err(error) => return Err(error),
            }
        }
        self.tally.sent.fetch_add(1, Ordering::Relaxed);
        self.dialer.counters.raw_frames.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// A raw socket that only sends. It is tied to the tester's own address as its peer, so that the kernel hands
/// it no copy of the answers; every frame names the device, for which the dialer made the prober.
fn sending_socket(domain: Domain, tester: SocketAddr) -> io::Result<Arc<Socket>> {
    let out = Socket::new(domain, Type::RAW.nonblocking(), Some(Protocol::TCP))?;
    #[expect(
        clippy::disallowed_methods,
        reason = "made by the dialer; connecting a raw socket sends nothing"
    )]
    {
        out.bind(&tester.into())?;
        out.connect(&tester.into())?;
    }
    out.set_recv_buffer_size(1)?;
    out.set_send_buffer_size(1 << 20)?;
    Ok(Arc::new(out))
}

/// Sequence number of the SYN to a port.
fn cookie(keys: &RandomState, port: u16, epoch: u32) -> u32 {
    (keys.hash_one((port, epoch)) >> 32) as u32
}

/// Never 0, and wraps after an hour: enough to take the time of an answer.
fn microseconds(began: Instant) -> u32 {
    (began.elapsed().as_micros() as u32).max(1)
}

/// An ICMP message about an earlier frame, which the kernel reports at the next call.
fn is_word_of_the_network(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    // A local packet filter that drops a frame now and then says so too; if it drops all, the tries end.
    let kinds = [
        Kind::ConnectionRefused,
        Kind::HostUnreachable,
        Kind::ConnectionReset,
        Kind::Interrupted,
        Kind::PermissionDenied,
    ];
    kinds.contains(&error.kind()) || error.raw_os_error() == Some(rustix::io::Errno::PROTO.raw_os_error())
}

fn is_full(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
        || error.raw_os_error() == Some(rustix::io::Errno::NOBUFS.raw_os_error())
}
