//! The home network from where the device stands: its address, its resolver, the way out, and what of it fails.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::chance;
use crate::frailty::Frailty;
use crate::frame;
use crate::names;
use crate::socket;
use crate::tap::Tap;
use crate::tapped::{Line, Tapped};

/// Longest wait for the answer to a look-up.
const LOOK_UP_PATIENCE: Duration = Duration::from_millis(500);

/// The network of the device.
#[derive(Debug)]
pub(crate) struct Network {
    address: Ipv4Addr,
    /// Address of the home router, which is also the address of the maker's servers.
    router: Ipv4Addr,
    /// Port of the router at which it looks names up.
    names_port: u16,
    pub(crate) tap: Tap,
    /// After an outage of the look-up, the device looks no name up until it is switched off and on.
    loses_names: bool,
    /// After a loss of the link, the device does not join the network until it is switched off and on.
    stays_away: bool,
    names_lost: AtomicBool,
    supply: Mutex<Supply>,
    link_returned: Notify,
    known: Mutex<HashMap<String, (Ipv4Addr, Instant)>>,
}

/// What there is, and what fails.
#[derive(Debug)]
struct Supply {
    powered: bool,
    linked: bool,
    /// The device does not use its link.
    away: bool,
    uplink: bool,
    names: bool,
    services: bool,
    /// Breaks every connection that there is.
    cut: CancellationToken,
}

/// What can fail while the device has power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Its own connection to the home network.
    Link,
    /// The way from the home network to the internet.
    Uplink,
    /// The look-up of names.
    Names,
    /// The maker's services.
    Services,
}

impl Supply {
    fn on_wire(&self) -> bool {
        self.powered && self.linked && !self.away
    }
}

impl Network {
    /// The network of the device with that address and hardware address; it has power and everything else.
    pub(crate) fn new(address: Ipv4Addr, hardware: &str, resolver: SocketAddrV4, frailty: &Frailty) -> Self {
        Self {
            address,
            router: *resolver.ip(),
            names_port: resolver.port(),
            tap: Tap::new(hardware),
            loses_names: frailty.loses_names,
            stays_away: frailty.stays_away,
            names_lost: AtomicBool::new(false),
            supply: Mutex::new(Supply {
                powered: false,
                linked: true,
                away: false,
                uplink: true,
                names: true,
                services: true,
                cut: CancellationToken::new(),
            }),
            link_returned: Notify::new(),
            known: Mutex::default(),
        }
    }

    /// Address of the home router.
    pub(crate) fn router(&self) -> Ipv4Addr {
        self.router
    }

    /// The device is switched on or off. When it comes on, it asks the network for its address.
    pub(crate) fn turn_power(&self, on: bool) {
        let changed = {
            let mut supply = self.supply();
            supply.away &= on;
            std::mem::replace(&mut supply.powered, on) != on
        };
        if changed && on {
            self.names_lost.store(false, Ordering::SeqCst);
            self.joins();
        } else if changed {
            self.break_all();
        }
    }

    /// Something fails, or comes back.
    pub(crate) fn turn(&self, part: Part, on: bool) {
        {
            let mut supply = self.supply();
            let switch = match part {
                Part::Link => &mut supply.linked,
                Part::Uplink => &mut supply.uplink,
                Part::Names => &mut supply.names,
                Part::Services => &mut supply.services,
            };
            if std::mem::replace(switch, on) == on {
                return;
            }
            supply.away |= self.stays_away && part == Part::Link;
        }
        match (part, on) {
            (Part::Link, true) => {
                self.joins();
                self.link_returned.notify_one();
            }
            (Part::Names, false) => {
                self.forget_names();
                self.names_lost.fetch_or(self.loses_names, Ordering::SeqCst);
                self.break_all();
            }
            (_, false) => self.break_all(),
            (_, true) => {}
        }
    }

    /// Whether a part works.
    pub(crate) fn has(&self, part: Part) -> bool {
        let supply = self.supply();
        match part {
            Part::Link => supply.linked && !supply.away,
            Part::Uplink => supply.uplink,
            Part::Names => supply.names,
            Part::Services => supply.services,
        }
    }

    /// Ends when the connection to the home network is back after a loss.
    pub(crate) async fn link_returned(&self) {
        self.link_returned.notified().await;
    }

    /// Forgets the addresses of names.
    pub(crate) fn forget_names(&self) {
        self.known().clear();
    }

    /// Address of a name, from memory or from the resolver that the network gives.
    pub(crate) async fn look_up(&self, name: &str) -> Option<Ipv4Addr> {
        if let Some((address, until)) = self.known().get(name).copied()
            && Instant::now() < until
        {
            return Some(address);
        }
        if !self.on_wire() || self.names_lost.load(Ordering::SeqCst) {
            return None;
        }
        let id = chance::bits() as u16;
        let question = names::question(id, name);
        let socket = socket::datagrams(self.address, 0).and_then(tokio::net::UdpSocket::from_std).ok()?;
        let here = SocketAddrV4::new(self.address, socket.local_addr().ok()?.port());
        let resolver = SocketAddrV4::new(self.router, self.names_port);
        self.sends(|| frame::udp(here, resolver, &question));
        socket.send_to(&question, resolver).await.ok()?;
        let mut answer = [0; 1500];
        let answering = async {
            loop {
                let (length, from) = socket.recv_from(&mut answer).await.ok()?;
                let answer = answer.get(..length)?;
                if from == resolver.into() {
                    self.receives(|| frame::udp(resolver, here, answer));
                    return names::address(id, answer);
                }
            }
        };
        let answered = tokio::time::timeout(LOOK_UP_PATIENCE, answering).await.ok()??;
        let until = Instant::now() + Duration::from_secs(answered.seconds.into());
        self.known().insert(name.to_owned(), (answered.address, until));
        Some(answered.address)
    }

    /// Connects to an address of the lab.
    pub(crate) async fn dial(self: &Arc<Self>, to: SocketAddrV4) -> io::Result<Tapped> {
        let (uplink, services, cut) = {
            let supply = self.supply();
            if !supply.on_wire() {
                return Err(io::ErrorKind::NetworkUnreachable.into());
            }
            (supply.uplink, supply.services || *to.ip() != self.router, supply.cut.clone())
        };
        let (here, connecting) = socket::call(self.address, to)?;
        let mut line = Line::asked(Arc::clone(self), here, to);
        if !uplink {
            line.no_way();
            return Err(io::ErrorKind::NetworkUnreachable.into());
        }
        if !services {
            line.refused();
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        let connected = tokio::select! {
            () = cut.cancelled() => Err(io::ErrorKind::NetworkUnreachable.into()),
            connected = connecting => connected,
        };
        match connected {
            Ok(stream) => {
                line.agreed();
                Ok(Tapped::new(stream, line, cut))
            }
            Err(error) => {
                if error.kind() == io::ErrorKind::ConnectionRefused {
                    line.refused();
                }
                Err(error)
            }
        }
    }

    /// The device sends an IPv4 packet, if there is a wire.
    pub(crate) fn sends(&self, packet: impl FnOnce() -> Vec<u8>) {
        if self.on_wire() {
            self.tap.sent(packet);
        }
    }

    /// The device receives an IPv4 packet, if there is a wire.
    pub(crate) fn receives(&self, packet: impl FnOnce() -> Vec<u8>) {
        if self.on_wire() {
            self.tap.received(frame::IPV4, packet);
        }
    }

    /// Whether the device has power.
    pub(crate) fn has_power(&self) -> bool {
        self.supply().powered
    }

    /// Whether the device has power and the home network.
    pub(crate) fn on_wire(&self) -> bool {
        self.supply().on_wire()
    }

    /// What goes over the wire when a device comes to a network: it asks for its address and looks for the router.
    fn joins(&self) {
        self.forget_names();
        if !self.on_wire() {
            return;
        }
        let hardware = self.tap.hardware();
        let transaction = chance::bits() as u32;
        let to_all = SocketAddrV4::new(Ipv4Addr::BROADCAST, 67);
        let from_nowhere = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 68);
        let (server, here) = (SocketAddrV4::new(self.router, 67), SocketAddrV4::new(self.address, 68));
        for [asked, answered] in [[1, 2], [3, 5]] {
            let message = |kind| names::lease(kind, transaction, hardware, self.address, self.router);
            self.tap.sent_to_all(frame::IPV4, || frame::udp(from_nowhere, to_all, &message(asked)));
            self.tap.received(frame::IPV4, || frame::udp(server, here, &message(answered)));
        }
        self.tap.asks_for(self.address, self.router);
    }

    /// Breaks every connection.
    fn break_all(&self) {
        let mut supply = self.supply();
        std::mem::take(&mut supply.cut).cancel();
    }

    fn supply(&self) -> MutexGuard<'_, Supply> {
        // Nothing panics between two halves of a change.
        self.supply.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, (Ipv4Addr, Instant)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
