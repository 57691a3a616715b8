//! What a stranger gets who connects: the table of what is offered, a read of everything in it, and a read of every
//! handle that is not in it. Nothing is written.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use super::{HandleSweep, Look, Params};
use crate::ble::{
    AttError, BleBackend, BleError, BleScope, DeviceAddress, GattTable, NoWay, ReadAnswer, ReadSeen, Reply,
};
use crate::context::ProbeContext;

/// Reads of offered values.
const READS_AT_MOST: usize = 1024;
/// Links that are taken up again after one was lost.
const LINKS_AT_MOST: u32 = 3;
/// Anomalies that are kept.
const ANOMALIES_AT_MOST: usize = 64;
/// Handles that are kept of those behind which there is something.
const FOUND_AT_MOST: usize = 256;

/// A link that is taken up again when it is lost.
struct Visit<'p> {
    params: &'p Params,
    backend: Box<dyn BleBackend>,
    until: Instant,
    lost: u32,
}

/// What a read came to.
enum Asked {
    /// An answer.
    Answer(ReadAnswer),
    /// Nothing more can be asked; why is among the gaps.
    Over,
}

impl Look {
    /// Looks at what is offered.
    pub(super) async fn visit(
        &mut self,
        params: &Params,
        context: &Arc<ProbeContext>,
        address: DeviceAddress,
    ) -> Result<(), NoWay> {
        (context.progress)(2, 3, "connecting as a stranger");
        let (backend, device) = match connected(params, address).await {
            Ok(linked) => linked,
            Err(NoWay::Ble(error)) => return self.early_end(error),
            Err(other) => return Err(other),
        };
        self.seen.connected = Some(device);
        let seconds =
            params.seconds.min(context.seconds_left().unwrap_or(f64::MAX) - 5.0).clamp(1.0, 86_400.0);
        let until = Instant::now() + std::time::Duration::from_secs_f64(seconds);
        let mut visit = Visit { params, backend, until, lost: 0 };
        for (_, secret) in context.credentials.values() {
            visit.backend.withhold(secret.as_bytes());
        }
        let looked = self.look_at(&mut visit, context).await;
        self.odd(visit.backend.oddities());
        self.seen.links_lost = visit.lost;
        // What came of the visit is told before that the link did not end well.
        let ended = visit.backend.disconnect().await;
        if let Ok(transcript) = serde_json::to_vec_pretty(&visit.backend.transcript()) {
            context.attach(&transcript, "json");
        }
        match looked.and(ended) {
            Ok(()) => Ok(()),
            Err(error) => self.early_end(error),
        }
    }

    async fn look_at(&mut self, visit: &mut Visit<'_>, context: &Arc<ProbeContext>) -> Result<(), BleError> {
        let table = loop {
            match visit.backend.discover().await {
                Ok(table) => break table,
                Err(error) => self.after_loss(visit, error).await?,
            }
        };
        self.odd(table.anomalies.clone());
        if !table.complete {
            self.gaps.push("the device did not tell to the end what it offers".to_owned());
        }
        let offered = offered(&table);
        let listed: BTreeSet<u16> = listed(&table);
        self.seen.table = Some(table);
        let hidden: Vec<u16> =
            (1..=visit.params.last_handle).filter(|handle| !listed.contains(handle)).collect();
        if offered.len() > READS_AT_MOST {
            self.gaps.push(format!("{} values are offered, {READS_AT_MOST} were read", offered.len()));
        }
        let offered = &offered[..offered.len().min(READS_AT_MOST)];
        self.planned = (offered.len() + hidden.len()) as u64;
        for &handle in offered {
            match self.ask(visit, handle, true).await? {
                Asked::Answer(answer) => self.seen.reads.push(ReadSeen { handle, answer }),
                Asked::Over => return Ok(()),
            }
        }
        let unclear =
            self.seen.reads.iter().filter(|read| matches!(read.answer, ReadAnswer::Failed(_))).count();
        if unclear > 0 {
            self.gaps.push(format!("{unclear} reads had no answer that could be read"));
        }
        let mut sweep = HandleSweep { first: 1, last: visit.params.last_handle, ..HandleSweep::default() };
        let over = self.sweep(visit, context, &hidden, &mut sweep).await;
        sweep.complete = sweep.asked as usize == hidden.len() && sweep.unclear == 0;
        if sweep.unclear > 0 {
            self.gaps.push(format!("{} handles had no answer that could be read", sweep.unclear));
        }
        self.without_manner(&mut sweep);
        self.seen.sweep = Some(sweep);
        over
    }

    async fn sweep(
        &mut self,
        visit: &mut Visit<'_>,
        context: &Arc<ProbeContext>,
        hidden: &[u16],
        sweep: &mut HandleSweep,
    ) -> Result<(), BleError> {
        for (done, &handle) in hidden.iter().enumerate() {
            if done.is_multiple_of(256) {
                (context.progress)(
                    done as u64,
                    hidden.len() as u64,
                    "asking for handles that are not listed",
                );
            }
            match self.ask(visit, handle, false).await? {
                Asked::Answer(ReadAnswer::Refused(AttError::INVALID_HANDLE)) => sweep.absent += 1,
                Asked::Answer(ReadAnswer::Failed(_)) => sweep.unclear += 1,
                Asked::Answer(answer) if sweep.found.len() < FOUND_AT_MOST => {
                    sweep.found.push(ReadSeen { handle, answer });
                }
                Asked::Answer(_) => {}
                Asked::Over => return Ok(()),
            }
            sweep.asked += 1;
        }
        Ok(())
    }

    /// A device that refuses most handles in one other way than by saying that nothing is there tells nothing by it.
    fn without_manner(&mut self, sweep: &mut HandleSweep) {
        let mut errors: Vec<AttError> = sweep.found.iter().filter_map(refusal).collect();
        errors.sort_unstable();
        let manner = errors.chunk_by(|one, other| one == other).max_by_key(|same| same.len());
        let Some(manner) = manner.filter(|same| same.len() >= 16 && same.len() as u32 > sweep.absent) else {
            return;
        };
        let error = manner[0];
        sweep.found.retain(|read| refusal(read) != Some(error));
        self.odd(vec![format!("handles that are not listed are refused as {error}")]);
    }

    /// Reads once; after a lost link once more.
    async fn ask(&mut self, visit: &mut Visit<'_>, handle: u16, whole: bool) -> Result<Asked, BleError> {
        for _ in 0..2 {
            if Instant::now() >= visit.until {
                self.gaps.push(format!("the time was over before handle {handle:#06x} was asked for"));
                return Ok(Asked::Over);
            }
            let reading =
                if whole { visit.backend.read_long(handle).await } else { visit.backend.read(handle).await };
            let answer = match reading {
                Ok(Reply::Given(value)) => ReadAnswer::Value(crate::ble::advertising_data::hex(&value)),
                Ok(Reply::Refused(error)) => ReadAnswer::Refused(error),
                Err(BleError::Malformed(malformed)) => ReadAnswer::Failed(malformed.to_string()),
                Err(BleError::Unavailable(why)) => {
                    self.gaps.push(why);
                    return Ok(Asked::Over);
                }
                Err(error) => {
                    self.after_loss(visit, error).await?;
                    continue;
                }
            };
            self.answered += 1;
            return Ok(Asked::Answer(answer));
        }
        self.odd(vec![format!("the link was lost whenever handle {handle:#06x} was read")]);
        Ok(Asked::Answer(ReadAnswer::Failed("the link was lost".to_owned())))
    }

    /// Takes the link up again after it was lost or the device fell silent; hands any other error on.
    async fn after_loss(&mut self, visit: &mut Visit<'_>, error: BleError) -> Result<(), BleError> {
        let lost = matches!(error, BleError::LinkLost { .. } | BleError::Silent { .. } | BleError::NoLink);
        if !lost || visit.lost == LINKS_AT_MOST {
            return Err(error);
        }
        visit.lost += 1;
        self.odd(visit.backend.oddities());
        self.odd(vec![error.to_string()]);
        visit.backend.disconnect().await?;
        let device = self.seen.connected.ok_or(BleError::NoLink)?;
        match visit.backend.connect(device).await {
            Ok(()) => Ok(()),
            Err(BleError::NotReached { .. }) => Err(error),
            Err(other) => Err(other),
        }
    }

    fn odd(&mut self, oddities: Vec<String>) {
        for oddity in oddities {
            if self.seen.anomalies.len() < ANOMALIES_AT_MOST && !self.seen.anomalies.contains(&oddity) {
                self.seen.anomalies.push(oddity);
            }
        }
    }
}

/// A link; where the device has taken its next address meanwhile, at that one.
async fn connected(
    params: &Params,
    address: DeviceAddress,
) -> Result<(Box<dyn BleBackend>, DeviceAddress), NoWay> {
    let mut backend = params.sample.open(BleScope::of(address)).await?;
    match backend.connect(address).await {
        Ok(()) => Ok((backend, address)),
        Err(BleError::NotReached { .. }) => {
            drop(backend);
            params.sample.reach().await
        }
        Err(error) => Err(error.into()),
    }
}

/// Values and descriptors, whether they say that they can be read or not.
fn offered(table: &GattTable) -> Vec<u16> {
    let of_characteristics = table
        .characteristics()
        .flat_map(|one| std::iter::once(one.handle).chain(one.descriptors.iter().map(|one| one.handle)));
    let outside = table.outside.iter().map(|one| one.handle);
    let handles: BTreeSet<u16> = of_characteristics.chain(outside).filter(|handle| *handle != 0).collect();
    handles.into_iter().collect()
}

/// Handles that discovery shows.
fn listed(table: &GattTable) -> BTreeSet<u16> {
    let declarations = table.characteristics().map(|one| one.declaration);
    let services = table.services.iter().map(|one| one.first);
    let attributes = table.attributes.iter().map(|one| one.handle);
    attributes.chain(declarations).chain(services).chain(offered(table)).collect()
}

fn refusal(read: &ReadSeen) -> Option<AttError> {
    match read.answer {
        ReadAnswer::Refused(error) => Some(error),
        _ => None,
    }
}
