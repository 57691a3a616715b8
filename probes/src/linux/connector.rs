//! TCP connections to the ports of one device by plain threads: a runtime spends more time on a connection
//! than the kernel does.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};
use rustix::process::{Resource, getrlimit};
use socket2::{Domain, Protocol, Socket, Type};

use crate::dialer::Dialer;
use crate::port_sweep::asking::{Answer, Asked, Metronome, Orders, RoundTrip};

/// Smallest window that is worth a second thread.
const WORTH_TWO_THREADS: usize = 512;
/// Attempts between two looks for answers.
const BETWEEN_LOOKS: usize = 32;
/// Longest sleep, so that a stopped run is noticed.
const LONGEST_SLEEP: Duration = Duration::from_millis(100);

/// Connects to the ports of one address.
#[derive(Debug)]
pub(crate) struct Connector {
    dialer: Arc<Dialer>,
    device: SocketAddr,
    source: Option<IpAddr>,
    round_trip: RoundTrip,
    metronome: Metronome,
}

/// How an attempt began.
enum Begun {
    Settled(Answer),
    Pending(Socket),
    /// The tester has no further socket for now.
    Shortage,
    Trouble(io::Error),
}

impl Connector {
    /// Made by the dialer, which has checked that every port of `device` is in the scope.
    pub(crate) fn new(dialer: Arc<Dialer>, device: SocketAddr) -> Self {
        let source = dialer.scope().source.filter(|source| source.is_ipv4() == device.is_ipv4());
        Self { dialer, device, source, round_trip: RoundTrip::default(), metronome: Metronome::new() }
    }

    /// Asks the ports and waits for the answers. Blocks; call it on a thread for that.
    pub(crate) fn ask(&mut self, ports: &[u16], orders: &Orders) -> Asked {
        let paced = orders.rate.is_some() || self.dialer.limits().per_second > 0;
        let window = orders.window.min(sockets_at_hand());
        let workers =
            if !paced && window >= WORTH_TWO_THREADS && ports.len() >= WORTH_TWO_THREADS { 2 } else { 1 };
        let next = AtomicUsize::new(0);
        let mut asked = Asked::default();
        let work = || {
            Worker {
                connector: self,
                ports,
                next: &next,
                orders,
                window: (window / workers).max(1),
                metronome: self.metronome,
                round_trip: self.round_trip,
                poller: None,
                pending: HashMap::new(),
                by_age: VecDeque::new(),
                asked: Asked::default(),
            }
            .run()
        };
        let ends: Vec<_> = std::thread::scope(|scope| {
            let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
            let mut ends = vec![work()];
            ends.extend(others.into_iter().filter_map(|other| other.join().ok()));
            ends
        });
        for (part, metronome, round_trip) in ends {
            asked.join(part);
            self.metronome = metronome;
            self.round_trip = self.round_trip.or_slower(round_trip);
        }
        // What no worker took any more.
        let taken = next.load(Ordering::Relaxed).min(ports.len());
        asked.unasked.extend(&ports[taken..]);
        asked
    }

    fn begin(&self, port: u16) -> Begun {
        let counters = &self.dialer.counters;
        counters.tcp_attempts.fetch_add(1, Ordering::Relaxed);
        let mut to = self.device;
        to.set_port(port);
        let socket = match self.socket() {
            Ok(socket) => socket,
            Err(error) if is_shortage(&error) => return Begun::Shortage,
            Err(error) => return Begun::Trouble(error),
        };
        #[expect(clippy::disallowed_methods, reason = "made by the dialer for this address")]
        let connecting = socket.connect(&to.into());
        match connecting {
            Ok(()) => self.connected(socket),
            // Over a short link the answer is there before the call returns.
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::INPROGRESS.raw_os_error()) => {
                match socket.take_error() {
                    Ok(None) => Begun::Pending(socket),
                    Ok(Some(error)) | Err(error) => failed(error),
                }
            }
            Err(error) => failed(error),
        }
    }

    fn socket(&self) -> io::Result<Socket> {
        let domain = if self.device.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 };
        let socket = Socket::new(domain, Type::STREAM.nonblocking(), Some(Protocol::TCP))?;
        if let Some(source) = self.source {
            // Ports of connections that are still winding down may be used again towards other ports.
            socket.set_reuse_address(true)?;
            #[expect(
                clippy::disallowed_methods,
                reason = "made by the dialer, from the source of the scope"
            )]
            socket.bind(&SocketAddr::new(source, 0).into())?;
        }
        Ok(socket)
    }

    /// A connection came about: it is reset at once, see [`crate::dialer::abort`].
    fn connected(&self, socket: Socket) -> Begun {
        // A socket that no longer takes the option is closed already.
        let _ = socket.set_linger(Some(Duration::ZERO));
        match (socket.local_addr(), socket.peer_addr()) {
            // The kernel chose the port that is asked as source: nobody listens there.
            (Ok(local), Ok(peer)) if local.as_socket() == peer.as_socket() => Begun::Shortage,
            _ => {
                self.dialer.counters.tcp_connected.fetch_add(1, Ordering::Relaxed);
                Begun::Settled(Answer::Open)
            }
        }
    }
}

/// One thread with its share of the ports.
struct Worker<'a> {
    connector: &'a Connector,
    ports: &'a [u16],
    next: &'a AtomicUsize,
    orders: &'a Orders,
    window: usize,
    metronome: Metronome,
    round_trip: RoundTrip,
    poller: Option<OwnedFd>,
    pending: HashMap<u16, (Socket, Instant)>,
    by_age: VecDeque<(Instant, u16)>,
    asked: Asked,
}

impl Worker<'_> {
    fn run(mut self) -> (Asked, Metronome, RoundTrip) {
        if let Err(error) = self.work() {
            self.asked.trouble.get_or_insert_with(|| error.to_string());
        }
        self.asked.unasked.extend(self.pending.into_keys());
        (self.asked, self.metronome, self.round_trip)
    }

    fn work(&mut self) -> io::Result<()> {
        let began = Instant::now();
        let mut again: Vec<u16> = Vec::new();
        let mut last = false;
        loop {
            if self.orders.stop.now() {
                self.asked.unasked.append(&mut again);
                return Ok(());
            }
            last |= self.asked.trouble.is_some() || began.elapsed() >= self.orders.at_most;
            let mut pause = Duration::ZERO;
            let mut launched = 0;
            while !last && launched < BETWEEN_LOOKS && self.pending.len() < self.window {
                pause = self.not_before();
                if !pause.is_zero() {
                    break;
                }
                let taken = again.pop().or_else(|| {
                    let index = self.next.fetch_add(1, Ordering::Relaxed);
                    self.ports.get(index).copied()
                });
                let Some(port) = taken else {
                    last = true;
                    break;
                };
                launched += 1;
                self.asked.sent += 1;
                self.asked.took = began.elapsed();
                match self.connector.begin(port) {
                    Begun::Settled(answer) => self.asked.answers.push((port, answer)),
                    Begun::Pending(socket) => self.watch(port, socket)?,
                    Begun::Shortage => {
                        again.push(port);
                        pause = Duration::from_millis(1);
                        break;
                    }
                    Begun::Trouble(error) => {
                        self.asked.unasked.push(port);
                        self.asked.trouble = Some(error.to_string());
                        last = true;
                    }
                }
            }
            if last {
                self.asked.unasked.append(&mut again);
                if self.pending.is_empty() {
                    return Ok(());
                }
            }
            let may_go_on = !last && pause.is_zero() && self.pending.len() < self.window;
            if may_go_on && self.pending.is_empty() {
                continue;
            }
            self.wait(if may_go_on {
                Duration::ZERO
            } else if last || pause.is_zero() {
                LONGEST_SLEEP
            } else {
                pause
            })?;
        }
    }

    /// Time until the next attempt may begin; counts it if that is now.
    fn not_before(&mut self) -> Duration {
        let now = Instant::now();
        if let Some(rate) = self.orders.rate {
            let wait = self.metronome.wait(now);
            if !wait.is_zero() {
                return wait;
            }
            if let Some(wait) = self.connector.dialer.reserve(now) {
                return wait;
            }
            self.metronome.count(rate, now);
            return Duration::ZERO;
        }
        self.connector.dialer.reserve(now).unwrap_or(Duration::ZERO)
    }

    fn watch(&mut self, port: u16, socket: Socket) -> io::Result<()> {
        let poller = match &mut self.poller {
            Some(poller) => poller,
            none => none.insert(epoll::create(epoll::CreateFlags::CLOEXEC)?),
        };
        epoll::add(&*poller, &socket, epoll::EventData::new_u64(u64::from(port)), epoll::EventFlags::OUT)?;
        let now = Instant::now();
        self.pending.insert(port, (socket, now));
        self.by_age.push_back((now, port));
        Ok(())
    }

    /// Takes in what has come, for at most this long.
    fn wait(&mut self, at_most: Duration) -> io::Result<()> {
        let patience = self.round_trip.wait(self.orders);
        let expiry = self.by_age.front().map(|(since, _)| patience.saturating_sub(since.elapsed()));
        let sleep = at_most.min(LONGEST_SLEEP).min(expiry.unwrap_or(LONGEST_SLEEP));
        let Some(poller) = &self.poller else {
            std::thread::sleep(sleep);
            return Ok(());
        };
        let timeout = Timespec { tv_sec: 0, tv_nsec: i64::from(sleep.subsec_nanos()) };
        let mut events = Vec::with_capacity(256);
        match epoll::wait(poller, rustix::buffer::spare_capacity(&mut events), Some(&timeout)) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        for event in events {
            let port = u16::try_from(event.data.u64()).unwrap_or(0);
            let Some((socket, since)) = self.pending.remove(&port) else { continue };
            let end = match socket.take_error() {
                Ok(None) => self.connector.connected(socket),
                Ok(Some(error)) | Err(error) => failed(error),
            };
            match end {
                Begun::Settled(answer) => {
                    if answer != Answer::Silent {
                        self.round_trip.learn(since.elapsed());
                    }
                    self.asked.answers.push((port, answer));
                }
                Begun::Trouble(error) => {
                    self.asked.unasked.push(port);
                    self.asked.trouble = Some(error.to_string());
                }
                Begun::Pending(_) | Begun::Shortage => self.asked.unasked.push(port),
            }
        }
        let patience = self.round_trip.wait(self.orders);
        while let Some((since, port)) = self.by_age.front().copied() {
            match self.pending.get(&port) {
                // Asked again since, or answered.
                Some((_, latest)) if *latest != since => {}
                None => {}
                Some(_) if since.elapsed() < patience => break,
                Some(_) => {
                    self.pending.remove(&port);
                    self.asked.answers.push((port, Answer::Silent));
                }
            }
            self.by_age.pop_front();
        }
        Ok(())
    }
}

/// The same words as for every connection of the dialer.
fn failed(error: io::Error) -> Begun {
    match error.kind() {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => Begun::Settled(Answer::Closed),
        io::ErrorKind::TimedOut | io::ErrorKind::HostUnreachable => Begun::Settled(Answer::Silent),
        _ if is_shortage(&error) => Begun::Shortage,
        _ => Begun::Trouble(error),
    }
}

fn is_shortage(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let shortages = [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM, Errno::AGAIN];
    shortages.iter().any(|shortage| error.raw_os_error() == Some(shortage.raw_os_error()))
}

/// Half of what this process may have open: the other half is for the rest of the run.
fn sockets_at_hand() -> usize {
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(1 << 20);
    usize::try_from(limit / 2).unwrap_or(usize::MAX).max(16)
}
