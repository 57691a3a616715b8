//! A link of somebody with the sample: taken up, lost, taken up anew; what goes over it, and whether anybody answers.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Params;
use super::case::{Case, Doing, Way};
use crate::ble::{
    AttError, BleBackend, BleError, BleScope, Bond, DeviceAddress, Direction, NoWay, RawChannel, Reply,
};
use crate::context::ProbeContext;

/// Characters of the transcript that are kept.
const TRANSCRIPT_AT_MOST: usize = 4 << 20;
/// Oddities that are kept.
const ODDITIES_AT_MOST: usize = 24;
/// Longest wait for the answer to octets that are no request, in seconds.
const RAW_WAIT: f64 = 2.0;

/// In whose name is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Stranger,
    Paired,
}

impl Subject {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Stranger => "stranger",
            Self::Paired => "paired",
        }
    }
}

/// What came of something that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// It was taken.
    Taken,
    /// It was refused.
    Refused(AttError),
    /// Something came that says neither, or nothing had to come.
    Unclear,
    /// The device ended the link.
    Lost,
    /// Nothing came, and something should have.
    Mute,
    /// The tester failed.
    Trouble(String),
}

impl Sent {
    /// Whether the device still has to be shown to be there.
    pub(super) fn is_end(&self) -> bool {
        matches!(self, Self::Lost | Self::Mute)
    }

    fn of_error(error: BleError) -> Self {
        match error {
            // The host had noticed before that the link is gone.
            BleError::LinkLost { .. } | BleError::NoLink | BleError::NotReached { .. } => Self::Lost,
            BleError::Silent { .. } => Self::Mute,
            BleError::Malformed(_) | BleError::Flooded { .. } => Self::Unclear,
            other => Self::Trouble(other.to_string()),
        }
    }

    fn of_reply<T>(reply: Result<Reply<T>, BleError>) -> Self {
        match reply {
            Ok(Reply::Given(_)) => Self::Taken,
            Ok(Reply::Refused(error)) => Self::Refused(error),
            Err(error) => Self::of_error(error),
        }
    }

    fn of_answer(answer: Result<Option<Vec<u8>>, BleError>) -> Self {
        match answer {
            Ok(Some(pdu)) => match pdu.as_slice() {
                [0x01, _, _, _, error, ..] => Self::Refused(AttError(*error)),
                [0x13 | 0x19, ..] => Self::Taken,
                _ => Self::Unclear,
            },
            // Whether the device hangs is told by the read that follows.
            Ok(None) => Self::Unclear,
            Err(error) => Self::of_error(error),
        }
    }
}

/// A link, or the wish for one.
pub(super) struct Link<'a> {
    params: &'a Params,
    backend: Option<Box<dyn BleBackend>>,
    pub(super) device: Option<DeviceAddress>,
    pub(super) subject: Subject,
    pub(super) bond: Option<Bond>,
    /// Read to see whether the device answers.
    pub(super) pulse: u16,
    pub(super) transcript: String,
    pub(super) oddities: Vec<String>,
    /// Lines of the transcript, from 1.
    lines: u32,
}

impl<'a> Link<'a> {
    pub(super) fn new(params: &'a Params) -> Self {
        Self {
            params,
            backend: None,
            device: None,
            subject: Subject::Stranger,
            bond: None,
            pulse: 1,
            transcript: String::new(),
            oddities: Vec::new(),
            lines: 0,
        }
    }

    /// The link itself, while there is one.
    ///
    /// # Errors
    /// [`BleError::NoLink`].
    pub(super) fn backend(&mut self) -> Result<&mut dyn BleBackend, BleError> {
        match self.backend.as_mut() {
            Some(backend) => Ok(backend.as_mut()),
            None => Err(BleError::NoLink),
        }
    }

    /// Ends the link, and gives the adapter free.
    pub(super) async fn close(&mut self) {
        let Some(mut backend) = self.backend.take() else { return };
        for oddity in backend.oddities() {
            if self.oddities.len() < ODDITIES_AT_MOST && !self.oddities.contains(&oddity) {
                self.oddities.push(oddity);
            }
        }
        // A link that is gone cannot be ended, and an adapter that failed is seen when it is opened again.
        let _ended = backend.disconnect().await;
        self.write_down(backend.as_mut());
    }

    /// Takes up a link anew, in the name of the subject; the seconds until it was there.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn renew(&mut self, patience: f64) -> Result<f64, NoWay> {
        self.close().await;
        let begun = Instant::now();
        let device = self.params.sample.find(patience).await?;
        let heard = begun.elapsed().as_secs_f64();
        self.device = Some(device);
        let mut backend = self.params.sample.open(BleScope::of(device)).await?;
        let linked = self.take_up(backend.as_mut(), device).await;
        self.backend = Some(backend);
        linked.map(|()| heard)
    }

    /// Takes up a link anew under the address at which the sample was met, without listening for it.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn again(&mut self) -> Result<(), NoWay> {
        self.close().await;
        let device = self.device.ok_or(BleError::NoLink)?;
        let mut backend = self.params.sample.open(BleScope::of(device)).await?;
        let linked = self.take_up(backend.as_mut(), device).await;
        self.backend = Some(backend);
        linked
    }

    async fn take_up(&mut self, backend: &mut dyn BleBackend, device: DeviceAddress) -> Result<(), NoWay> {
        match (self.subject, &self.bond) {
            (Subject::Paired, Some(bond)) => {
                backend.become_again(bond).await?;
                backend.connect(device).await?;
                match backend.encrypt(bond).await? {
                    true => Ok(()),
                    false => {
                        Err(BleError::Unavailable("the device does not know the tester any more".to_owned())
                            .into())
                    }
                }
            }
            _ => Ok(backend.connect(device).await?),
        }
    }

    /// Reads something: an answer of any kind is one.
    pub(super) async fn feel_pulse(&mut self) -> Sent {
        let handle = self.pulse;
        let felt = match self.backend() {
            Ok(backend) => Sent::of_reply(backend.read(handle).await),
            Err(error) => Sent::of_error(error),
        };
        self.write_what_came();
        felt
    }

    /// Reads a value whole; `None` where it is not given.
    pub(super) async fn value(&mut self, handle: u16) -> Option<Vec<u8>> {
        let value = match self.backend() {
            Ok(backend) => backend.read_long(handle).await.ok().and_then(Reply::given),
            Err(_) => None,
        };
        self.write_what_came();
        value
    }

    /// Writes a value that is thought to be good.
    pub(super) async fn put(&mut self, handle: u16, value: &[u8]) -> Sent {
        // What is longer than a PDU of the least size goes in parts.
        let sent = match self.backend() {
            Ok(backend) if value.len() > 20 => {
                Sent::of_reply(backend.write_long(handle, value.to_vec()).await)
            }
            Ok(backend) => Sent::of_reply(backend.write(handle, value.to_vec()).await),
            Err(error) => Sent::of_error(error),
        };
        self.write_what_came();
        sent
    }

    /// Sends what a case says.
    pub(super) async fn send(&mut self, doing: &Doing) -> Sent {
        let sent = self.sent(doing).await;
        self.write_what_came();
        sent
    }

    async fn sent(&mut self, doing: &Doing) -> Sent {
        let wait = Duration::from_secs_f64(self.params.sample.answer_seconds.clamp(0.05, RAW_WAIT));
        let device = self.device;
        let backend = match self.backend() {
            Ok(backend) => backend,
            Err(error) => return Sent::of_error(error),
        };
        match doing {
            Doing::Write { handle, value, way } => match way {
                Way::Request => Sent::of_reply(backend.write(*handle, value.clone()).await),
                Way::Parts => Sent::of_reply(backend.write_long(*handle, value.clone()).await),
                Way::Command => match backend.write_without_response(*handle, value.clone()).await {
                    Ok(()) => Sent::Unclear,
                    Err(error) => Sent::of_error(error),
                },
            },
            Doing::Queue { handle, parts, flag } => {
                for (offset, part) in parts {
                    let frame =
                        [&[0x16][..], &handle.to_le_bytes(), &offset.to_le_bytes(), part.as_slice()].concat();
                    let answer = backend.raw(RawChannel::Att, frame, wait).await;
                    match Sent::of_answer(answer) {
                        // The queue is full, or not for this subject.
                        Sent::Refused(_) => break,
                        end @ (Sent::Lost | Sent::Mute | Sent::Trouble(_)) => return end,
                        _ => {}
                    }
                }
                let Some(flag) = flag else { return Sent::Unclear };
                Sent::of_answer(backend.raw(RawChannel::Att, vec![0x18, *flag], wait).await)
            }
            Doing::Raw { channel, frames, answered } => {
                let mut last = Sent::Unclear;
                for (place, frame) in frames.iter().enumerate() {
                    let due = *answered && place + 1 == frames.len();
                    let wait = if due { wait } else { Duration::ZERO };
                    last = Sent::of_answer(backend.raw(*channel, frame.clone(), wait).await);
                    if last.is_end() || matches!(last, Sent::Trouble(_)) {
                        break;
                    }
                }
                // An answer to octets that are no write tells nothing of a value.
                if matches!(last, Sent::Taken) { Sent::Unclear } else { last }
            }
            Doing::Links(count) => {
                let Some(device) = device else { return Sent::Lost };
                for _ in 0..*count {
                    let again = match backend.disconnect().await {
                        Ok(()) => backend.connect(device).await,
                        failed => failed,
                    };
                    match again {
                        Ok(()) => {}
                        Err(error) => return Sent::of_error(error),
                    }
                }
                Sent::Unclear
            }
        }
    }

    /// Names a case in the transcript; its line.
    pub(super) fn mark(&mut self, label: &str, case: &Case) -> u32 {
        self.write_what_came();
        let subject = self.subject.as_str();
        self.line(&format!("# {subject}, {label}: {} {}, {}", case.generator, case.number, case.told))
    }

    fn line(&mut self, text: &str) -> u32 {
        self.lines += 1;
        if self.transcript.len() < TRANSCRIPT_AT_MOST {
            let _written = writeln!(self.transcript, "{text}");
        }
        self.lines
    }

    fn write_what_came(&mut self) {
        if let Some(mut backend) = self.backend.take() {
            self.write_down(backend.as_mut());
            self.backend = Some(backend);
        }
    }

    fn write_down(&mut self, backend: &mut dyn BleBackend) {
        let transcript = backend.transcript();
        for entry in transcript.entries {
            let arrow = match entry.direction {
                Direction::ToDevice => ">",
                Direction::FromDevice => "<",
                Direction::Link => "-",
            };
            let hex = entry.hex.unwrap_or_default();
            self.line(&format!("{} {arrow} {} {} {hex}", entry.at, entry.layer, entry.what));
        }
        if transcript.left_out > 0 {
            self.line(&format!("- {} PDUs found no place", transcript.left_out));
        }
    }

    /// Pairs as the user does, and keeps the bond.
    ///
    /// # Errors
    /// Why it came to none; the first is the trouble of the tester.
    pub(super) async fn pair(&mut self, context: &Arc<ProbeContext>) -> Result<Result<(), String>, BleError> {
        let Some(declared) = &self.params.pairing else {
            return Ok(Err("how the user pairs is not declared (pairing)".to_owned()));
        };
        if let Err(why) = declared.invite(context, crate::ble::Acquaintance::Owner).await {
            return Ok(Err(why));
        }
        let paired = declared.pair(self.backend()?, context, true).await?;
        self.write_what_came();
        Ok(match paired {
            Ok(Some(bond)) => {
                self.bond = Some(bond);
                self.subject = Subject::Paired;
                Ok(())
            }
            Ok(None) => Err("the device kept no bond".to_owned()),
            Err(why) => Err(why),
        })
    }
}
