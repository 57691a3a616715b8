//! Asks one server again and again, a connection each: limits, transcript, effort.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::context::ProbeContext;
use crate::observation::Effort;
use crate::tls::client_hello::{Hello, Version, record};
use crate::tls::datagram;
use crate::tls::exchange::{self, Answered, CONNECTION_TIME};
use crate::tls::starttls::StartTls;

/// Limits and way of asking.
#[derive(Clone, Debug)]
pub struct Asking {
    /// Where.
    pub to: SocketAddr,
    /// Server name.
    pub name: Option<String>,
    /// Protocol that turns to TLS.
    pub starttls: Option<StartTls>,
    /// DTLS over UDP.
    pub datagrams: bool,
    /// Connections at once, at least 1.
    pub parallel: usize,
    /// Connections in all.
    pub connections: u32,
    /// Time in all.
    pub time: Duration,
}

/// Asks one server.
pub struct Asker {
    /// Surroundings of the probe.
    pub context: Arc<ProbeContext>,
    /// Where and how.
    pub asking: Asking,
    permits: Semaphore,
    until: Instant,
    log: Mutex<Log>,
}

/// What was done so far.
#[derive(Debug, Default)]
pub struct Log {
    /// Every question and answer, a line each.
    pub transcript: String,
    /// Proof of effort.
    pub effort: Effort,
    /// Some answer was TLS.
    pub spoke_tls: bool,
    /// A cookie was asked back over UDP.
    pub cookie: bool,
    connections: u32,
    patience: Duration,
}

impl Asker {
    /// Ready to ask.
    pub fn new(context: Arc<ProbeContext>, asking: Asking) -> Self {
        Self {
            context,
            permits: Semaphore::new(asking.parallel.max(1)),
            until: Instant::now() + asking.time,
            log: Mutex::new(Log { patience: CONNECTION_TIME, ..Log::default() }),
            asking,
        }
    }

    /// What was done so far.
    pub fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// What was done, at the end.
    pub fn into_log(self) -> Log {
        self.log.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Notes once that something was not found out.
    pub fn gap(&self, text: impl Into<String>) {
        let text = text.into();
        let mut log = self.log();
        if !log.effort.gaps.contains(&text) {
            log.effort.gaps.push(text);
        }
    }

    /// A line of the transcript.
    pub fn line(&self, text: &str) {
        let mut log = self.log();
        let n = log.effort.attempted;
        writeln!(log.transcript, "{n:3} {text}").expect("a String takes any text");
    }

    /// Sends a ClientHello.
    pub async fn hello(&self, what: &str, hello: &Hello) -> Answered {
        let what = format!("{} ({what}; {} suites)", self.label(hello.version), hello.suites.len());
        if !self.asking.datagrams {
            return self.send(&what, &record(hello)).await;
        }
        let patience = self.patience();
        let talk = async {
            let socket = match self.context.dialer.udp(self.asking.to).await {
                Ok(socket) => socket,
                Err(error) => return Answered::NotConnected(error),
            };
            let answer = datagram::ask(&socket, hello, patience).await;
            let mut log = self.log();
            log.cookie |= answer.cookie;
            log.spoke_tls |= answer.cookie;
            answer.answered
        };
        self.guarded(&what, talk).await
    }

    /// Name of a version: `SSLv3`, `TLS 1.2`, `DTLS 1.2`.
    pub fn label(&self, version: Version) -> String {
        match version {
            Version::Tls11 if self.asking.datagrams => "DTLS 1.0".to_owned(),
            _ if self.asking.datagrams => format!("DTLS {}", version.name()),
            Version::Ssl3 => version.name().to_owned(),
            _ => format!("TLS {}", version.name()),
        }
    }

    /// Sends bytes on a connection of their own.
    pub async fn send(&self, what: &str, bytes: &[u8]) -> Answered {
        let patience = self.log().patience;
        self.send_patiently(what, bytes, patience).await
    }

    /// As [`Self::send`], waiting this long.
    pub async fn send_patiently(&self, what: &str, bytes: &[u8], patience: Duration) -> Answered {
        let head: String = bytes.iter().take(48).map(|byte| format!("{byte:02x}")).collect();
        let talk = async |mut stream: TcpStream| exchange::ask(&mut stream, bytes, patience).await.0;
        self.on_a_connection(&format!("{what}: {head}…"), patience, talk).await
    }

    /// Has a talk on a connection of its own, counted and written down.
    pub async fn on_a_connection(
        &self,
        what: &str,
        patience: Duration,
        talk: impl AsyncFnOnce(TcpStream) -> Answered,
    ) -> Answered {
        let dialogue = async {
            match self.open(patience).await {
                Ok(stream) => talk(stream).await,
                Err(answered) => answered,
            }
        };
        self.guarded(what, dialogue).await
    }

    /// One question under the limits.
    async fn guarded(&self, what: &str, dialogue: impl Future<Output = Answered>) -> Answered {
        let Ok(_permit) = self.permits.acquire().await else { return Answered::Cancelled };
        if !self.may_go_on() {
            return Answered::Cancelled;
        }
        let begun = Instant::now();
        let answered = tokio::select! {
            answered = dialogue => answered,
            () = self.context.cancel.cancelled() => Answered::Cancelled,
            () = tokio::time::sleep_until(self.until) => Answered::Cancelled,
        };
        if matches!(answered, Answered::Cancelled) {
            self.gap("stopped");
        }
        let mut log = self.log();
        let vague = matches!(answered, Answered::Silent | Answered::NotConnected(_) | Answered::Cancelled);
        log.effort.completed += u64::from(!vague);
        log.spoke_tls |= answered.is_tls();
        if answered.is_tls() {
            // A slow server is given four times what it has needed so far.
            log.patience = log.patience.max(begun.elapsed() * 4);
        }
        drop(log);
        self.line(&format!("{what} -> {}", answered.text()));
        answered
    }

    /// Connects, and turns to TLS where the protocol needs it.
    async fn open(&self, patience: Duration) -> Result<TcpStream, Answered> {
        let mut stream = self
            .context
            .dialer
            .connect_within(self.asking.to, CONNECTION_TIME)
            .await
            .map_err(Answered::NotConnected)?;
        if let Some(protocol) = self.asking.starttls {
            let name = self.asking.name.clone().unwrap_or_else(|| self.asking.to.ip().to_string());
            match tokio::time::timeout(patience.max(CONNECTION_TIME), protocol.begin(&mut stream, &name))
                .await
            {
                Err(_) => return Err(Answered::Silent),
                Ok(turned) => turned.map_err(Answered::NotTurned)?,
            }
        }
        Ok(stream)
    }

    fn may_go_on(&self) -> bool {
        let mut log = self.log();
        let limit = self.asking.connections;
        let stop = if log.connections >= limit {
            Some(format!("stopped after {limit} connections"))
        } else if Instant::now() >= self.until {
            Some(format!("stopped after {} s", self.asking.time.as_secs()))
        } else {
            None
        };
        let Some(gap) = stop else {
            log.connections += 1;
            log.effort.attempted += 1;
            return true;
        };
        drop(log);
        self.gap(gap);
        false
    }

    /// The time that an answer is waited for at present.
    pub fn patience(&self) -> Duration {
        self.log().patience
    }
}
