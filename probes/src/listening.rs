//! Listening at the capture point while something else goes on: every frame is read into facts as it comes, those of
//! the device are recorded, and its tries to reach its peers are followed.

mod calls;
mod recording;
mod sides;
#[cfg(test)]
pub(crate) mod test_frames;

use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::capture::{Analyser, Frame, Needle, Questions, TrafficFacts};
use crate::context::ProbeContext;
pub(crate) use calls::Calls;
use recording::Recording;
use sides::{Sides, sides};

/// What was heard.
#[derive(Debug)]
pub(crate) struct Heard {
    /// The facts.
    pub(crate) facts: TrafficFacts,
    /// The tries of the device over TCP.
    pub(crate) calls: Calls,
    /// The capture point closed by itself after this many seconds.
    pub(crate) broke_after: Option<f64>,
}

/// A capture point that is listened at.
#[derive(Debug)]
pub(crate) struct Listening {
    shared: Arc<Mutex<Shared>>,
    enough: CancellationToken,
    reader: JoinHandle<()>,
    opened: Instant,
    counted: Counted,
}

/// What the dialer had counted when the capture point was opened.
#[derive(Clone, Copy, Debug)]
struct Counted {
    captured: u64,
    dropped: u64,
}

impl Counted {
    fn now(context: &ProbeContext) -> Self {
        let counters = &context.dialer.counters;
        Self {
            captured: counters.captured.load(Ordering::Relaxed),
            dropped: counters.capture_dropped.load(Ordering::Relaxed),
        }
    }
}

/// The dialer tells within a second what the kernel had to drop.
const DROPS_ARE_TOLD: Duration = Duration::from_millis(1100);

#[derive(Debug)]
struct Shared {
    analyser: Analyser,
    recording: Recording,
    calls: Calls,
    last_sent: u64,
    broke_at: Option<Instant>,
}

/// What frames are told apart by.
struct Device {
    addresses: Vec<IpAddr>,
    hardware: Option<[u8; 6]>,
    tester: Vec<IpAddr>,
}

/// What captures of a sample are read for: its addresses, planted data and secrets. Without addresses of the tester in
/// the parameters, the one from which the sample is reached is taken.
pub(crate) async fn questions(
    context: &ProbeContext,
    addresses: &[IpAddr],
    hardware: Option<&str>,
    tester: &[IpAddr],
) -> Questions {
    let mut tester = tester.to_vec();
    if let (true, Some(address)) = (tester.is_empty(), addresses.first()) {
        // Opening the socket sends nothing; it tells the way.
        let socket = context.dialer.udp((*address, 9).into()).await.ok();
        tester.extend(socket.and_then(|socket| socket.local_addr().ok()).map(|local| local.ip()));
    }
    let planted = context.plant.iter().flat_map(|(row, values)| values.iter().map(move |value| (row, value)));
    let planted = planted.map(|(row, value)| Needle { key: row.clone(), value: value.clone() });
    let secrets = context.credentials.iter().filter(|(_, (_, secret))| !secret.is_empty());
    let secrets = secrets.map(|(key, (_, secret))| Needle {
        key: if key.starts_with("label:") { key.clone() } else { format!("credential:{key}") },
        value: secret.clone(),
    });
    Questions {
        device: addresses.to_vec(),
        hardware: hardware.and_then(hardware_address),
        tester,
        needles: planted.chain(secrets).collect(),
    }
}

impl Listening {
    /// Opens the capture point.
    ///
    /// # Errors
    /// Why there is none, and what to do.
    pub(crate) fn open(context: &ProbeContext, questions: &Questions) -> Result<Self, String> {
        let frames = (context.tap)()?;
        let device = Device {
            addresses: questions.device.clone(),
            hardware: questions.hardware,
            tester: questions.tester.clone(),
        };
        let shared = Arc::new(Mutex::new(Shared {
            analyser: Analyser::new(questions.clone()),
            recording: Recording::default(),
            calls: Calls::default(),
            last_sent: 0,
            broke_at: None,
        }));
        let counted = Counted::now(context);
        let enough = CancellationToken::new();
        let reader = tokio::spawn(read(frames, device, Arc::clone(&shared), enough.clone()));
        Ok(Self { shared, enough, reader, opened: Instant::now(), counted })
    }

    /// Seconds since the capture point was opened.
    pub(crate) fn seconds(&self) -> f64 {
        self.opened.elapsed().as_secs_f64()
    }

    /// Ends when the capture point closes by itself.
    pub(crate) async fn broken(&mut self) {
        // A reader that panicked listens no longer either.
        let _ = (&mut self.reader).await;
    }

    /// Whether it closed by itself.
    pub(crate) fn is_broken(&self) -> bool {
        self.reader.is_finished()
    }

    /// Looks at the tries so far.
    pub(crate) fn calls<T>(&self, look: impl FnOnce(&Calls) -> T) -> T {
        look(&lock(&self.shared).calls)
    }

    /// When the device last said something to others than the tester, in microseconds since 1970; 0 for never.
    pub(crate) fn last_sent(&self) -> u64 {
        lock(&self.shared).last_sent
    }

    /// Ends: takes what still waits, stores the recording as evidence.
    pub(crate) async fn close(mut self, context: &ProbeContext) -> Heard {
        let seconds = self.seconds();
        self.enough.cancel();
        if !self.reader.is_finished() {
            let _ = (&mut self.reader).await;
        }
        let empty = Shared {
            analyser: Analyser::new(Questions::default()),
            recording: Recording::default(),
            calls: Calls::default(),
            last_sent: 0,
            broke_at: None,
        };
        let mut shared = std::mem::replace(&mut *lock(&self.shared), empty);
        let broke_after = shared.broke_at.map(|at| at.duration_since(self.opened).as_secs_f64());
        let mut facts = shared.analyser.finish(broke_after.unwrap_or(seconds));
        if let Some(file) = shared.recording.file() {
            context.attach(&file, "pcap");
        }
        facts.gaps.extend(shared.recording.gap());
        if Counted::now(context).captured > self.counted.captured {
            let _stopped = tokio::time::timeout(DROPS_ARE_TOLD, context.cancel.cancelled()).await;
            let dropped = Counted::now(context).dropped.saturating_sub(self.counted.dropped);
            if dropped > 0 {
                facts.gaps.push(format!("{dropped} frames were lost before they could be read"));
            }
        }
        if shared.calls.further > 0 {
            facts.gaps.push(format!("{} further tries over TCP were not followed", shared.calls.further));
        }
        Heard { facts, calls: shared.calls, broke_after }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

async fn read(
    mut frames: Receiver<Frame>,
    device: Device,
    shared: Arc<Mutex<Shared>>,
    enough: CancellationToken,
) {
    loop {
        tokio::select! {
            biased;
            () = enough.cancelled() => {
                while let Ok(frame) = frames.try_recv() {
                    device.take(&frame, &mut lock(&shared));
                }
                return;
            }
            frame = frames.recv() => match frame {
                Some(frame) => device.take(&frame, &mut lock(&shared)),
                None => {
                    lock(&shared).broke_at = Some(Instant::now());
                    return;
                }
            },
        }
    }
}

impl Device {
    fn take(&self, frame: &Frame, to: &mut Shared) {
        to.analyser.take(frame);
        let sides = sides(frame);
        let (sent, received) =
            (self.is(sides.from, sides.from_hardware), self.is(sides.to, sides.to_hardware));
        if sent {
            to.calls.sent(frame.at, &sides);
        } else if received {
            to.calls.received(frame.at, &sides);
        }
        // What others say is not stored, nor what the tester says to the device: that holds its passwords.
        if (sent || received) && !self.with_tester(&sides) {
            to.last_sent = if sent { to.last_sent.max(frame.at) } else { to.last_sent };
            to.recording.push(frame);
        }
    }

    fn is(&self, address: Option<IpAddr>, hardware: Option<[u8; 6]>) -> bool {
        address.is_some_and(|address| self.addresses.contains(&address))
            || (hardware.is_some() && hardware == self.hardware)
    }

    fn with_tester(&self, sides: &Sides) -> bool {
        [sides.from, sides.to].into_iter().flatten().any(|address| self.tester.contains(&address))
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    // A panic of the analyser leaves what was read until then.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `02:00:00:00:00:01`, also with `-` or without anything between.
fn hardware_address(text: &str) -> Option<[u8; 6]> {
    let digits: String = text.chars().filter(|letter| !matches!(letter, ':' | '-' | '.')).collect();
    if digits.len() != 12 || !digits.is_ascii() {
        return None;
    }
    let mut address = [0; 6];
    for (octet, at) in address.iter_mut().zip((0..12).step_by(2)) {
        *octet = u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?;
    }
    Some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hardware_address_is_read_as_labels_write_it() {
        let address = Some([0x02, 0x0a, 0, 0, 0, 0xff]);
        for text in ["02:0a:00:00:00:ff", "02-0A-00-00-00-FF", "020a.0000.00ff"] {
            assert_eq!(hardware_address(text), address, "{text}");
        }
        for text in ["", "02:0a", "zz:zz:zz:zz:zz:zz", "日本語日本"] {
            assert_eq!(hardware_address(text), None, "{text}");
        }
    }
}
