//! A virtual air: controllers of Bluetooth LE that hear each other, each served to one host.
//!
//! A host reaches its controller with HCI as on a serial line (H4), over TCP on a loopback address or inside the
//! process. What is there: legacy advertising of all kinds, scans whose requests are always answered, connections,
//! data with flow control and in pieces as long as the link allows, the start of encryption with the keys of both
//! sides compared, other parameters and longer packets where asked, loss and delay.
//!
//! What is not there, so that nobody takes it for proved: a link layer (no channels, no timing finer than the
//! intervals of advertising, no collisions but those of [`AirOptions`]), encryption itself (only the keys are
//! compared), the resolution of private addresses by the controller (hosts do it), extended and periodic advertising,
//! isochronous channels, the older Bluetooth. A controller has a bounded queue towards its host; a host that does not
//! read loses reports of advertising first, is sent no data then, and is disconnected from its controller in the end.

mod command;
mod controller;
mod link;
mod packet;
mod radio;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};

use self::controller::{Controller, OUTLET};
use self::radio::Radio;
use crate::tasks::Tasks;

pub(crate) use self::packet::{DATA, EVENT, FromHost};
#[cfg(test)]
pub(crate) use self::packet::{command, data};
pub use self::radio::{AirOptions, Share};

/// How long a host may take to read one packet before it counts as gone.
const UNREAD: Duration = Duration::from_secs(10);

/// The air. Clones are the same air.
#[derive(Clone, Debug)]
pub(crate) struct Air {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    radio: Mutex<Radio>,
    changed: Notify,
}

/// Which controller of an air.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ControllerId(usize);

/// The way of a host to its controller. Dropping it is unplugging the controller.
#[derive(Debug)]
pub(crate) struct Port {
    air: Air,
    id: ControllerId,
    session: u64,
    packets: mpsc::Receiver<Vec<u8>>,
}

impl Air {
    /// An air without controllers. It lives as long as `tasks`.
    pub(crate) fn open(tasks: &Tasks, options: AirOptions) -> Self {
        let shared = Arc::new(Shared { radio: Mutex::new(Radio::new(options)), changed: Notify::new() });
        let air = Self { shared: Arc::clone(&shared) };
        tasks.run(async move {
            loop {
                let next = shared.radio().advance(Instant::now());
                match next {
                    None => shared.changed.notified().await,
                    Some(next) => {
                        let sleep = tokio::time::sleep_until(next.into());
                        tokio::select! { () = sleep => {} () = shared.changed.notified() => {} }
                    }
                }
            }
        });
        air
    }

    /// Adds a controller with that public address, the least significant byte first.
    pub(crate) fn add_controller(&self, public: [u8; 6]) -> ControllerId {
        let mut radio = self.shared.radio();
        radio.controllers.push(Controller::new(public));
        ControllerId(radio.controllers.len() - 1)
    }

    /// Takes a controller; `None`: another host has it.
    pub(crate) fn attach(&self, id: ControllerId) -> Option<Port> {
        let mut radio = self.shared.radio();
        if radio.controllers[id.0].outlet.as_ref().is_some_and(|outlet| !outlet.is_closed()) {
            return None;
        }
        radio.lose_links(id.0);
        let (outlet, packets) = mpsc::channel(OUTLET);
        let controller = &mut radio.controllers[id.0];
        controller.reset();
        controller.outlet = Some(outlet);
        controller.session += 1;
        Some(Port { air: self.clone(), id, session: controller.session, packets })
    }

    /// Takes a device out of reach of all others, or brings it back. Its links end as by a supervision timeout.
    #[cfg(test)]
    pub(crate) fn set_in_range(&self, id: ControllerId, in_range: bool) {
        let mut radio = self.shared.radio();
        radio.controllers[id.0].in_range = in_range;
        if !in_range {
            radio.lose_links(id.0);
        }
        drop(radio);
        self.shared.changed.notify_one();
    }

    /// Links, and packets under way, of all controllers.
    #[cfg(test)]
    pub(crate) fn load(&self) -> (usize, usize) {
        let radio = self.shared.radio();
        let links = || radio.controllers.iter().flat_map(|controller| controller.links.values());
        (links().count(), links().map(|link| link.waiting.len()).sum())
    }

    /// Serves a controller to one host at a time.
    ///
    /// # Errors
    /// If the runtime cannot watch the socket.
    pub(crate) fn serve(
        &self,
        tasks: &Tasks,
        id: ControllerId,
        listener: std::net::TcpListener,
    ) -> io::Result<()> {
        let listener = tasks.watch(listener)?;
        let air = self.clone();
        tasks.run(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => {
                        if let Some(port) = air.attach(id) {
                            // The next host is let in when this one has left: a controller has one.
                            port.serve(stream).await;
                        }
                    }
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                }
            }
        });
        Ok(())
    }
}

impl Shared {
    fn radio(&self) -> MutexGuard<'_, Radio> {
        self.radio.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Port {
    /// Gives the controller a packet.
    pub(crate) fn send(&self, packet: FromHost) {
        let now = Instant::now();
        {
            let mut radio = self.air.shared.radio();
            if radio.controllers[self.id.0].session != self.session {
                return;
            }
            match packet {
                FromHost::Command(number, parameters) => radio.command(self.id.0, number, &parameters, now),
                FromHost::Data(handle, bytes) => radio.data(self.id.0, handle, bytes, now),
            }
        }
        self.air.shared.changed.notify_one();
    }

    /// The next packet of the controller, type byte first; `None`: the host let too many wait.
    pub(crate) async fn receive(&mut self) -> Option<Vec<u8>> {
        self.packets.recv().await
    }

    /// Serves a host at the other end of a stream until one of them ends.
    async fn serve(mut self, stream: TcpStream) {
        // Small packets in two writes would else wait for an acknowledgement, 40 ms each.
        let _slower = stream.set_nodelay(true);
        let (mut from_host, mut to_host) = stream.into_split();
        let (forward, mut packets) = mpsc::channel::<FromHost>(16);
        let reading = async move {
            while let Ok(packet) = packet::read(&mut from_host).await {
                if forward.send(packet).await.is_err() {
                    return;
                }
            }
        };
        let serving = async {
            loop {
                tokio::select! {
                    packet = packets.recv() => match packet {
                        Some(packet) => self.send(packet),
                        None => return,
                    },
                    packet = self.packets.recv() => match packet {
                        Some(packet) => {
                            let written = tokio::time::timeout(UNREAD, to_host.write_all(&packet)).await;
                            if !matches!(written, Ok(Ok(()))) {
                                return;
                            }
                        }
                        None => return,
                    },
                }
            }
        };
        both_until_end(reading, serving).await;
    }
}

/// Both at once, until the second ends.
async fn both_until_end(reading: impl Future<Output = ()>, serving: impl Future<Output = ()>) {
    tokio::pin!(serving);
    tokio::select! {
        () = &mut serving => {}
        () = reading => serving.await,
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        {
            let mut radio = self.air.shared.radio();
            let controller = &mut radio.controllers[self.id.0];
            if controller.session != self.session {
                return;
            }
            controller.outlet = None;
            radio.lose_links(self.id.0);
            radio.controllers[self.id.0].reset();
        }
        self.air.shared.changed.notify_one();
    }
}

#[cfg(test)]
mod tests;
