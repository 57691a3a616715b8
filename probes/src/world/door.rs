//! Where the bench waits for the device in place of one of its peers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;

use crate::context::ProbeContext;
use crate::dialer::DialError;

/// Connections without a word that are passed over in one wait.
const MOST_WORDLESS: u32 = 3;

/// Why nobody can wait on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The tester's own trouble.
    Trouble(String),
    /// No time is left of the budget.
    Late,
}

/// An address of the bench at which the device is waited for.
pub struct Door {
    context: Arc<ProbeContext>,
    at: SocketAddr,
    /// Longest wait in seconds; `None`: 30 where the bench can make the device connect, 120 where it cannot.
    seconds: Option<f64>,
    /// The bench can make the device connect, as far as is known.
    pub reconnects: bool,
}

impl Door {
    /// At this address.
    pub fn new(context: Arc<ProbeContext>, at: SocketAddr, seconds: Option<f64>) -> Self {
        Self { context, at, seconds, reconnects: true }
    }

    /// The next connection of the device, which is asked to make one; `None` if none came.
    ///
    /// # Errors
    /// See [`Stop`].
    pub async fn next(&mut self) -> Result<Option<TcpStream>, Stop> {
        if self.context.seconds_left().is_some_and(|left| left < 1.0) {
            return Err(Stop::Late);
        }
        let trouble =
            |error: DialError| Stop::Trouble(format!("the bench cannot listen at {}: {error}", self.at));
        // Opened anew each time: what the device tried in between does not wait in a queue.
        let listener = self.context.dialer.listen(self.at).await.map_err(trouble)?;
        if self.reconnects {
            self.reconnects = (self.context.act)("reconnect").await.map_err(Stop::Trouble)?;
        }
        let usual = if self.reconnects { 30.0 } else { 120.0 };
        let left = self.context.seconds_left().unwrap_or(f64::MAX);
        let wait = self.seconds.unwrap_or(usual).clamp(0.1, 600.0).min(left);
        let coming = async {
            for _ in 0..MOST_WORDLESS {
                let stream = listener.accept().await?;
                let mut first = [0];
                // Connections that closed before they said a word are those of an earlier trial.
                if !matches!(stream.peek(&mut first).await, Ok(0) | Err(_)) {
                    return Ok(Some(stream));
                }
            }
            Ok(None)
        };
        match tokio::time::timeout(Duration::from_secs_f64(wait), coming).await {
            Err(_) => Ok(None),
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(trouble(error)),
        }
    }
}
