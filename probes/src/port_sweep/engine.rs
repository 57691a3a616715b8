//! What asks the ports: bare SYN segments, connections by plain threads, or connections by the runtime.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::asking::{Answer, Asked, Metronome, Orders};
use crate::dialer::{DialError, Dialer, abort};
#[cfg(target_os = "linux")]
use crate::linux::{Connector, FrameTally, SynProber};
use crate::probe::tcp_sweep::{Frames, Method, WantedMethod};

/// Something that asks ports of one device.
pub(crate) struct Engine {
    dialer: Arc<Dialer>,
    device: SocketAddr,
    by: By,
    #[cfg(target_os = "linux")]
    frames: Option<Arc<FrameTally>>,
}

enum By {
    /// Connections by the runtime, on every system.
    Runtime(Metronome),
    #[cfg(target_os = "linux")]
    Threads(Box<Connector>),
    #[cfg(target_os = "linux")]
    Syn(Box<SynProber>),
    /// On its way back from the thread that asks; stays so only in a sweep that was stopped.
    #[cfg(target_os = "linux")]
    Away,
}

impl Engine {
    /// The engine for a wish. With no wish: connections on loopback, where a raw socket gains nothing, and
    /// bare SYN segments elsewhere if this process may send them.
    ///
    /// # Errors
    /// SYN segments are wished for and cannot be sent, or the address is outside the scope.
    pub(crate) fn new(
        dialer: &Arc<Dialer>,
        device: SocketAddr,
        wanted: WantedMethod,
    ) -> Result<Self, DialError> {
        #[cfg(target_os = "linux")]
        {
            let try_syn = match wanted {
                WantedMethod::Connect => false,
                WantedMethod::Syn => true,
                WantedMethod::Auto => !device.ip().is_loopback(),
            };
            let engine = |by, frames| Self { dialer: dialer.clone(), device, by, frames };
            if try_syn {
                match dialer.syn_prober(device) {
                    Ok(prober) => {
                        let frames = prober.tally();
                        return Ok(engine(By::Syn(Box::new(prober)), Some(frames)));
                    }
                    Err(error) if wanted == WantedMethod::Syn => return Err(error),
                    Err(_) => {}
                }
            }
            Ok(engine(By::Threads(Box::new(dialer.connector(device)?)), None))
        }
        #[cfg(not(target_os = "linux"))]
        match wanted {
            WantedMethod::Syn => Err(DialError::Tester(std::io::Error::new(
                std::io::ErrorKind::Unsupported,
                "SYN segments are sent on Linux only",
            ))),
            _ => Ok(Self::of_the_runtime(dialer, device)),
        }
    }

    /// Connections by the runtime.
    #[cfg_attr(
        all(target_os = "linux", not(test)),
        expect(
            dead_code,
            reason = "Linux has faster engines; its tests keep this one alive for other systems"
        )
    )]
    pub(crate) fn of_the_runtime(dialer: &Arc<Dialer>, device: SocketAddr) -> Self {
        Self {
            dialer: dialer.clone(),
            device,
            by: By::Runtime(Metronome::new()),
            #[cfg(target_os = "linux")]
            frames: None,
        }
    }

    /// How it asks now.
    pub(crate) fn method(&self) -> Method {
        match &self.by {
            #[cfg(target_os = "linux")]
            By::Syn(_) => Method::Syn,
            // Stopped under way: only what counts frames asks by SYN.
            #[cfg(target_os = "linux")]
            By::Away if self.frames.is_some() => Method::Syn,
            _ => Method::Connect,
        }
    }

    /// Frames sent and heard; `None` where the kernel makes the connections.
    pub(crate) fn frames(&self) -> Option<Frames> {
        #[cfg(target_os = "linux")]
        return self.frames.as_ref().map(|tally| tally.frames());
        #[cfg(not(target_os = "linux"))]
        None
    }

    /// Answers to earlier questions count no more.
    pub(crate) fn forget(&mut self) {
        #[cfg(target_os = "linux")]
        if let By::Syn(prober) = &mut self.by {
            prober.forget();
        }
    }

    /// From now on by connections: the device, or something before it, leaves bare SYN segments unanswered.
    ///
    /// # Errors
    /// As for [`Engine::new`].
    pub(crate) fn connect_from_now_on(&mut self) -> Result<(), DialError> {
        #[cfg(target_os = "linux")]
        {
            self.by = By::Threads(Box::new(self.dialer.connector(self.device)?));
        }
        Ok(())
    }

    /// Asks the ports.
    pub(crate) async fn ask(&mut self, ports: Vec<u16>, orders: Orders) -> Asked {
        #[cfg(target_os = "linux")]
        if !matches!(self.by, By::Runtime(_)) {
            return self.ask_on_a_thread(ports, orders).await;
        }
        let metronome = match &mut self.by {
            By::Runtime(metronome) => metronome,
            #[cfg(target_os = "linux")]
            _ => return Asked { unasked: ports, ..Asked::default() },
        };
        ask_by_the_runtime(&self.dialer, self.device, metronome, ports, &orders).await
    }

    #[cfg(target_os = "linux")]
    async fn ask_on_a_thread(&mut self, ports: Vec<u16>, orders: Orders) -> Asked {
        let dialer = self.dialer.clone();
        let _places = dialer.hold_places(orders.window).await;
        let mut by = std::mem::replace(&mut self.by, By::Away);
        let working = tokio::task::spawn_blocking(move || {
            let asked = match &mut by {
                By::Threads(connector) => connector.ask(&ports, &orders),
                By::Syn(prober) => prober.ask(&ports, &orders),
                By::Runtime(_) | By::Away => Asked { unasked: ports, ..Asked::default() },
            };
            (by, asked)
        });
        match working.await {
            Ok((by, asked)) => {
                self.by = by;
                asked
            }
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

async fn ask_by_the_runtime(
    dialer: &Dialer,
    device: SocketAddr,
    metronome: &mut Metronome,
    ports: Vec<u16>,
    orders: &Orders,
) -> Asked {
    let mut asked = Asked::default();
    let mut pending = FuturesUnordered::new();
    let mut ports = ports.into_iter();
    let began = Instant::now();
    loop {
        while pending.len() < orders.window
            && asked.trouble.is_none()
            && (asked.sent == 0 || began.elapsed() < orders.at_most)
            && !orders.stop.now()
        {
            let Some(port) = ports.next() else { break };
            if let Some(rate) = orders.rate {
                tokio::time::sleep(metronome.wait(Instant::now())).await;
                metronome.count(rate, Instant::now());
            }
            asked.sent += 1;
            asked.took = began.elapsed();
            let mut to = device;
            to.set_port(port);
            pending.push(ask_one(dialer, to, orders.longest_wait));
        }
        match pending.next().await {
            None => break,
            Some((port, Ok(answer))) => asked.answers.push((port, answer)),
            Some((port, Err(error))) => {
                asked.unasked.push(port);
                asked.trouble = Some(error);
            }
        }
    }
    asked.unasked.extend(ports);
    asked
}

/// One connection, reset at once. Errors are the tester's own.
pub(crate) async fn ask_one(
    dialer: &Dialer,
    to: SocketAddr,
    wait: Duration,
) -> (u16, Result<Answer, String>) {
    let port = to.port();
    for _ in 0..4 {
        return match dialer.connect_within(to, wait).await {
            Ok(stream) => {
                abort(stream);
                (port, Ok(Answer::Open))
            }
            Err(DialError::Refused) => (port, Ok(Answer::Closed)),
            Err(DialError::Silent) => (port, Ok(Answer::Silent)),
            // The next connection leaves from another port.
            Err(DialError::SelfConnection) => continue,
            Err(error @ (DialError::OutOfScope(_) | DialError::Tester(_))) => (port, Err(error.to_string())),
        };
    }
    (port, Ok(Answer::Silent))
}
