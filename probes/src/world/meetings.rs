//! The device meets played peers, one connection after the other, and what it does with each is noted.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::certificates::{self, CertificateTrouble, Identity};
use super::client_hello::{self, First};
use super::door::{Door, Stop};
use super::ending::Ending;
use super::lent_authority::Authority;
use super::old_server::{ANONYMOUS, EXPORT_SUITES, NULL_SUITES, OldServer, RC4_SUITES, Weak};
use super::played_peer::{NotTried, PlayedPeer, Trial, WITH_LENT_AUTHORITY};
use super::relay::Recording;
use super::stranger::{self, Taken};
use super::{cloned_peer, replayed_peer};
use crate::context::{LentAuthority, ProbeContext};

/// Trials that a usual device needs; for the progress alone.
const USUAL: u64 = 10;

/// What is known of the device and its peer before the first trial.
pub struct Known<'k> {
    /// Name of the peer.
    pub host: &'k str,
    /// Application protocols that the device offers.
    pub protocols: &'k [String],
    /// Suites that it offers, by IANA name.
    pub suites: &'k [String],
    /// Versions that the supplier declares, e.g. `1.2`.
    pub declared: BTreeSet<String>,
    /// What the real peer said.
    pub recording: &'k Recording,
}

/// The meetings of a device at one door.
pub struct Meetings {
    /// Where it is met.
    pub door: Door,
    /// How it took each peer, in order.
    pub trials: Vec<Trial>,
    /// What was left out.
    pub not_tried: Vec<NotTried>,
    /// Every step in words.
    pub transcript: String,
    /// Trials begun.
    pub attempted: u64,
    /// Trials that say something of the device.
    pub completed: u64,
    context: Arc<ProbeContext>,
    patience: Duration,
}

impl Meetings {
    /// None yet. `patience` is the longest wait for what the device does on a connection.
    pub fn new(context: Arc<ProbeContext>, door: Door, patience: Duration) -> Self {
        Self {
            door,
            trials: Vec::new(),
            not_tried: Vec::new(),
            transcript: String::new(),
            attempted: 0,
            completed: 0,
            context,
            patience,
        }
    }

    /// Strangers that need nothing of the device's world: unknown to it, or a copy of the one that it knows.
    ///
    /// # Errors
    /// See [`Stop`].
    pub async fn strangers(&mut self, known: &Known<'_>) -> Result<(), Stop> {
        for (identity, peer) in [
            (Identity::SelfSigned, PlayedPeer::SelfSigned),
            (Identity::UnknownAuthority, PlayedPeer::UnknownAuthority),
        ] {
            let config = certificates::server(identity, known.host, known.protocols).map_err(trouble)?;
            self.meet(peer, config).await?;
        }
        match cloned_peer::server(&known.recording.chain, known.protocols) {
            Ok(config) => self.meet(PlayedPeer::Cloned, config).await?,
            Err(error) => self.leave_out(PlayedPeer::Cloned, &error.to_string()),
        }
        self.replayed(known.recording).await
    }

    /// What the real peer said once is said again.
    ///
    /// # Errors
    /// See [`Stop`].
    pub async fn replayed(&mut self, recording: &Recording) -> Result<(), Stop> {
        if recording.said.is_empty() {
            self.leave_out(PlayedPeer::Replayed, "the real peer said nothing that could be repeated");
            return Ok(());
        }
        let patience = self.patience;
        self.trial(PlayedPeer::Replayed, |stream| replayed_peer::meet(stream, &recording.said, patience))
            .await
    }

    /// Strangers that differ in one thing from a peer that the device trusts.
    ///
    /// # Errors
    /// See [`Stop`].
    pub async fn almost_right(
        &mut self,
        known: &Known<'_>,
        lent: Option<&LentAuthority>,
    ) -> Result<(), Stop> {
        if self.took(PlayedPeer::UnknownAuthority) {
            return self.of_unknown_authority(known).await;
        }
        let Some(lent) = lent else {
            return self.leave_all_out(
                "the bench has no authority that the device trusts, so this could not be told from an unknown \
                 authority",
            );
        };
        let authority = match Authority::read(lent) {
            Ok(authority) => authority,
            Err(error) => return self.leave_all_out(&format!("the lent authority cannot be used: {error}")),
        };
        let make = |peer| authority.server(peer, known.host, known.protocols).map_err(trouble);
        if let Some(config) = make(PlayedPeer::LentAuthority)? {
            self.meet(PlayedPeer::LentAuthority, config).await?;
        }
        if !self.took(PlayedPeer::LentAuthority) {
            return self.leave_all_out(
                "the device did not take a sound certificate of the lent authority, so that a refusal would tell \
                 nothing",
            );
        }
        for peer in WITH_LENT_AUTHORITY {
            let Some(config) = make(peer)? else {
                self.leave_out(peer, "the key of the lent authority knows no such signature");
                continue;
            };
            self.meet(peer, config).await?;
            // A device that offers nothing that such a peer could use refuses it in its own way.
            if self.trials.last().is_some_and(|trial| trial.ending == Ending::NotPossible) {
                let detail = self.trials.pop().and_then(|trial| trial.detail).unwrap_or_default();
                self.attempted -= 1;
                self.leave_out(peer, &format!("the device offers nothing that it could use: {detail}"));
            }
        }
        Ok(())
    }

    /// Whoever takes an unknown authority may mind name and dates all the same.
    async fn of_unknown_authority(&mut self, known: &Known<'_>) -> Result<(), Stop> {
        for peer in WITH_LENT_AUTHORITY {
            let identity = match peer {
                PlayedPeer::OtherName => Identity::OtherName,
                PlayedPeer::Expired => Identity::Expired,
                PlayedPeer::NotYetValid => Identity::NotYetValid,
                _ => {
                    self.leave_out(peer, "the device took an unknown authority, which says more");
                    continue;
                }
            };
            let config = certificates::server(identity, known.host, known.protocols).map_err(trouble)?;
            self.meet(peer, config).await?;
        }
        Ok(())
    }

    /// Peers that answer with a version or a suite that nobody should take.
    ///
    /// # Errors
    /// See [`Stop`].
    pub async fn weak_peers(&mut self, known: &Known<'_>) -> Result<(), Stop> {
        let server = OldServer::new(known.host).map_err(trouble)?;
        let patience = self.patience;
        let offers = |word: &str| known.suites.iter().any(|suite| suite.contains(word));
        for (peer, weak, version, offered) in [
            (PlayedPeer::Tls11, Weak::version(0x0302), "1.1", None),
            (PlayedPeer::Tls10, Weak::version(0x0301), "1.0", None),
            (PlayedPeer::NullSuite, Weak::suites(NULL_SUITES), "", None),
            (PlayedPeer::AnonymousSuite, ANONYMOUS, "", None),
            (PlayedPeer::ExportSuite, Weak::suites(EXPORT_SUITES), "", Some("EXPORT")),
            (PlayedPeer::Rc4Suite, Weak::suites(RC4_SUITES), "", Some("RC4")),
        ] {
            if known.declared.contains(version) {
                self.leave_out(peer, &format!("TLS {version} is declared"));
            } else if offered.is_some_and(|word| !offers(word)) {
                self.leave_out(peer, "the device offers no such suite");
            } else {
                self.trial(peer, |stream| server.meet(stream, weak, patience)).await?;
            }
        }
        Ok(())
    }

    /// Answers in plain text, and looks how the next connection begins.
    ///
    /// # Errors
    /// See [`Stop`].
    pub async fn plain_peer(&mut self) -> Result<(), Stop> {
        let patience = self.patience;
        self.trial(PlayedPeer::PlainText, |mut stream| async move {
            match client_hello::take(&mut stream, patience).await {
                First::Hello(_) => {
                    let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await;
                    let _ = stream.shutdown().await;
                    (Ending::Closed, None)
                }
                First::NotTls => (Ending::Plain, Some("the device spoke without TLS".to_owned())),
                First::Unfinished => (Ending::NoConnection, Some("no ClientHello came".to_owned())),
            }
        })
        .await?;
        let next = match self.door.next().await? {
            None => (Ending::Closed, Some("no further connection".to_owned())),
            Some(mut stream) => match client_hello::take(&mut stream, patience).await {
                First::Hello(_) => {
                    (Ending::Closed, Some("the next connection asks for TLS again".to_owned()))
                }
                First::NotTls => (Ending::Plain, Some("the next connection is without TLS".to_owned())),
                First::Unfinished => (Ending::Silent, Some("the next connection says nothing".to_owned())),
            },
        };
        self.note("the connection after it", next.0, next.1.as_deref());
        if let Some(trial) = self.trials.last_mut().filter(|trial| trial.ending == Ending::Closed) {
            (trial.ending, trial.detail) = next;
            trial.connections += 1;
        }
        Ok(())
    }

    /// The device meets a peer of this kind, which is this server.
    ///
    /// # Errors
    /// See [`Stop`].
    pub async fn meet(&mut self, peer: PlayedPeer, config: Arc<ServerConfig>) -> Result<(), Stop> {
        let patience = self.patience;
        self.trial(peer, |stream| stranger::meet(stream, Arc::clone(&config), patience)).await
    }

    /// Says that a trial is left out.
    pub fn leave_out(&mut self, peer: PlayedPeer, why: &str) {
        self.line(&format!("{}: left out, {why}", peer.as_str()));
        self.not_tried.push(NotTried { peer, why: why.to_owned() });
    }

    /// Notes an ending in the transcript.
    pub fn note(&mut self, what: &str, ending: Ending, detail: Option<&str>) {
        let detail = detail.map(|detail| format!(" ({detail})")).unwrap_or_default();
        self.line(&format!("{what}: {}{detail}", ending.as_str()));
    }

    /// Adds a line to the transcript.
    pub fn line(&mut self, text: &str) {
        self.transcript.push_str(text);
        self.transcript.push('\n');
    }

    fn leave_all_out(&mut self, why: &str) -> Result<(), Stop> {
        for peer in WITH_LENT_AUTHORITY {
            self.leave_out(peer, why);
        }
        Ok(())
    }

    fn took(&self, peer: PlayedPeer) -> bool {
        self.trials.iter().any(|trial| trial.peer == peer && trial.ending.accepted())
    }

    /// One trial. A connection that only closed, or decided nothing, may have been a stray one, so that is looked at
    /// twice.
    async fn trial<F>(&mut self, peer: PlayedPeer, mut meet: impl FnMut(TcpStream) -> F) -> Result<(), Stop>
    where
        F: Future<Output = Taken>,
    {
        let done = self.trials.len() as u64 + 1;
        (self.context.progress)(done, done.max(USUAL), peer.as_str());
        self.attempted += 1;
        let mut connections = 0;
        let (ending, detail) = loop {
            let taken = match self.door.next().await? {
                None => (Ending::NoConnection, None),
                Some(stream) => {
                    connections += 1;
                    meet(stream).await
                }
            };
            // Nothing decides a connection that never came, and the trial in plain text is looked at twice anyway.
            let stray = (taken.0 == Ending::Closed || !taken.0.clear())
                && taken.0 != Ending::NoConnection
                && peer != PlayedPeer::PlainText;
            if !stray || connections > 1 {
                break taken;
            }
        };
        self.completed += u64::from(ending.clear());
        self.note(peer.as_str(), ending, detail.as_deref());
        self.trials.push(Trial { peer, ending, detail, connections });
        Ok(())
    }
}

fn trouble(error: CertificateTrouble) -> Stop {
    Stop::Trouble(error.to_string())
}
