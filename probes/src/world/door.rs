//! Where the bench waits for the device in place of one of its peers.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;

use crate::context::ProbeContext;
use crate::dialer::{DialError, Listener};

/// Tries to listen at a port that was let go a moment ago, and the pause between two. A program that is being started
/// beside holds the sockets of its parent until it begins.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(50);
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
        let listener = self.opened().await.map_err(trouble)?;
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

    async fn opened(&self) -> Result<Listener, DialError> {
        for _ in 1..TRIES {
            match self.context.dialer.listen(self.at) {
                Err(DialError::Tester(error)) if error.kind() == ErrorKind::AddrInUse => {
                    tokio::time::sleep(PAUSE).await;
                }
                opened => return opened,
            }
        }
        self.context.dialer.listen(self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::dialer::{DialLimits, Dialer, Scope};

    fn door(at: SocketAddr) -> Door {
        let scope = Scope { world: vec![at], devices: vec![at.ip()], ..Scope::default() };
        let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
        Door::new(context, at, Some(0.1))
    }

    #[tokio::test]
    async fn a_port_that_is_let_go_in_a_moment_is_waited_for() {
        #[expect(clippy::disallowed_methods, reason = "another program of the tester's own")]
        let held = TcpListener::bind("127.76.2.1:0").expect("loopback");
        let at = held.local_addr().expect("it is bound");
        let letting_go = tokio::spawn(async move {
            tokio::time::sleep(PAUSE * 3).await;
            drop(held);
        });
        assert_eq!(door(at).next().await.map(|stream| stream.is_none()), Ok(true));
        letting_go.await.expect("nobody panicked");
    }

    #[tokio::test]
    async fn a_port_that_another_program_keeps_is_trouble_of_the_tester() {
        #[expect(clippy::disallowed_methods, reason = "another program of the tester's own")]
        let held = TcpListener::bind("127.76.2.1:0").expect("loopback");
        let at = held.local_addr().expect("it is bound");
        let ended = door(at).next().await.map(|_| ());
        assert!(matches!(ended, Err(Stop::Trouble(why)) if why.contains("in use")));
    }
}
