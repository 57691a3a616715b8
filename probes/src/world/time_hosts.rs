//! Hosts that tell the device the time (SNTP, NTP), truly or falsely as the bench wants.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::router::clock;
use crate::dialer::{DialError, Dialer};

/// What was told so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Told {
    /// Questions that were answered with the true time.
    pub truly: u64,
    /// Questions that were answered with a false time.
    pub falsely: u64,
    offset_seconds: f64,
}

/// Played hosts of the time. They are gone when this is dropped.
pub struct TimeHosts {
    told: watch::Sender<Told>,
    _hosts: JoinSet<()>,
}

impl TimeHosts {
    /// Tells the true time at these addresses, to the devices of the scope alone.
    ///
    /// # Errors
    /// An address that is not of the scope, or cannot be had.
    pub async fn open(dialer: &Arc<Dialer>, at: &BTreeSet<SocketAddr>) -> Result<Self, DialError> {
        let (told, _) = watch::channel(Told::default());
        let mut hosts = JoinSet::new();
        for at in at {
            let socket = dialer.listen_for_datagrams(*at).await?;
            let told = told.clone();
            hosts.spawn(async move {
                let mut buffer = [0; 1024];
                loop {
                    let Ok((length, from)) = socket.receive(&mut buffer).await else {
                        // The tester's network may come back.
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    };
                    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                    let offset = told.borrow().offset_seconds;
                    let asked = buffer.get(..length);
                    let Some(answer) = asked.and_then(|asked| clock::answer(asked, now, offset)) else {
                        continue;
                    };
                    if socket.answer(&answer, from).await.is_ok() {
                        told.send_modify(|told| match offset == 0.0 {
                            true => told.truly += 1,
                            false => told.falsely += 1,
                        });
                    }
                }
            });
        }
        Ok(Self { told, _hosts: hosts })
    }

    /// From now on the time that is told is off by this, in seconds; 0 for the truth.
    pub fn tell(&self, offset_seconds: f64) {
        self.told.send_modify(|told| told.offset_seconds = offset_seconds);
    }

    /// What was told so far.
    pub fn told(&self) -> Told {
        *self.told.borrow()
    }

    /// Waits until something was told that meets this; `false` if it was not in this time.
    pub async fn wait_until(&self, met: impl FnMut(&Told) -> bool, longest: Duration) -> bool {
        let mut told = self.told.subscribe();
        let waiting = tokio::time::timeout(longest, told.wait_for(met)).await;
        matches!(waiting, Ok(Ok(_)))
    }
}
