//! The order of everything: pair, plant, delete, look, have the device set up.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use sha2::{Digest as _, Sha256};

use super::{BleReset, Params, Plant, PlantedValue};
use crate::ble::{
    Acquaintance, BleBackend, BleError, BleScope, Bond, DeviceAddress, Direction, GattTable, NoWay, Reply,
    Transcript, Uuid,
};
use crate::context::ProbeContext;
use crate::probe::deletion::order_as_declared;

/// Links on which the old bond is tried where the answer is not plain.
const BOND_TRIES: u32 = 3;
/// Texts of at least this length are met by chance by nobody.
const UNMISTAKABLE: usize = 8;
/// Longest text that is planted.
const LONGEST: usize = 14;
/// Letters that make no word together.
const LETTERS: &[u8; 20] = b"bcdfghjkmnpqrstvwxz7";

/// The course of one deletion.
pub(super) struct Course<'a> {
    params: &'a Params,
    context: &'a Arc<ProbeContext>,
    seen: &'a mut BleReset,
    gaps: Vec<String>,
    transcript: String,
    of_the_tester: bool,
}

impl<'a> Course<'a> {
    pub(super) fn new(params: &'a Params, context: &'a Arc<ProbeContext>, seen: &'a mut BleReset) -> Self {
        Self { params, context, seen, gaps: Vec::new(), transcript: String::new(), of_the_tester: false }
    }

    /// What was left out, the transcript, and whether the tester failed.
    pub(super) fn end(self) -> (Vec<String>, String, bool) {
        (self.gaps, self.transcript, self.of_the_tester)
    }

    /// # Errors
    /// Why it could not go on, in words; the sample is as far as the result says.
    pub(super) async fn go(&mut self) -> Result<(), String> {
        let bond = self.become_known().await?;
        self.delete().await?;
        let looked = self.look(&bond).await;
        // Whatever was seen: the device is set up again.
        let set_up = self.set_up_again().await;
        looked.and(set_up)
    }

    /// Pairs, plants, and sees that the bond is taken on another link.
    async fn become_known(&mut self) -> Result<Bond, String> {
        let (mut backend, _) = self.reach(self.params.sample.listen_seconds, None).await?;
        if let Err(why) = self.params.pairing.invite(self.context, Acquaintance::Owner).await {
            self.close(backend).await;
            return Err(why);
        }
        let paired = self.params.pairing.pair(backend.as_mut(), self.context, true).await;
        let bond = match paired {
            Ok(Ok(Some(bond))) => Ok(bond),
            Ok(Ok(None)) => Err("the device kept no bond".to_owned()),
            Ok(Err(why)) => Err(why),
            Err(error) => Err(self.trouble(&error)),
        };
        if bond.is_ok() {
            self.plant(backend.as_mut()).await;
        }
        self.close(backend).await;
        let bond = bond?;
        let (mut backend, _) = self.reach(self.params.sample.listen_seconds, Some(&bond)).await?;
        let taken = backend.encrypt(&bond).await;
        self.close(backend).await;
        self.seen.bond_worked = taken == Ok(true);
        match self.seen.bond_worked {
            true => Ok(bond),
            // Nothing was deleted: a bond that never worked cannot end.
            false => {
                Err("the bond of the pairing was not taken on the next link, so nothing was deleted"
                    .to_owned())
            }
        }
    }

    async fn plant(&mut self, backend: &mut dyn BleBackend) {
        let table = match backend.discover().await {
            Ok(table) => table,
            Err(error) => {
                self.gaps.push(format!("what the device offers could not be listed: {error}"));
                return;
            }
        };
        for plant in &self.params.plants {
            let Some((handle, (value, unmistakable))) = handle_of(&table, plant).zip(self.value_for(plant))
            else {
                continue;
            };
            let before = value_at(backend, handle).await;
            let written = backend.write(handle, value.clone()).await;
            let shown = written == Ok(Reply::Given(()))
                && value_at(backend, handle).await.as_ref() == Some(&value)
                && before.as_ref() != Some(&value);
            if !shown {
                self.gaps
                    .push(format!("{}: the value could not be written and read back", plant.characteristic));
            }
            self.seen.planted.push(PlantedValue {
                characteristic: plant.characteristic.clone(),
                handle,
                value: hex(&value),
                shown,
                unmistakable,
                after: "not-read".to_owned(),
            });
        }
    }

    /// Where the example is a text, another of its kind, and whether nobody else would have chosen it. Numbers cannot be
    /// told from what the device has by itself.
    fn value_for(&self, plant: &Plant) -> Option<(Vec<u8>, bool)> {
        let example = octets(&plant.example)?;
        let is_text =
            example.len() > 1 && example.iter().all(|octet| octet.is_ascii_graphic() || *octet == b' ');
        let room = plant.largest.map_or(example.len(), |most| most as usize).min(LONGEST);
        let digest = Sha256::new()
            .chain_update(&self.params.seed)
            .chain_update([0])
            .chain_update(&plant.characteristic)
            .finalize();
        let letter = |octet: &u8| LETTERS[usize::from(*octet) % LETTERS.len()];
        is_text.then(|| (digest.iter().take(room).map(letter).collect(), room >= UNMISTAKABLE))
    }

    async fn delete(&mut self) -> Result<(), String> {
        let begun = Instant::now();
        match &self.params.erasure {
            Some(erasure) => {
                // From here on the device may be another one.
                "declared".clone_into(&mut self.seen.deleted_by);
                let ordered = order_as_declared(
                    self.params.address,
                    &self.params.function,
                    &self.params.mechanisms,
                    erasure,
                    self.context,
                )
                .await;
                self.transcript.push_str(&ordered.transcript);
                (self.seen.status, self.seen.confirmed) = (ordered.status, ordered.confirmed);
                if let Some(why) = ordered.not_sent {
                    "nobody".clone_into(&mut self.seen.deleted_by);
                    return Err(why);
                }
            }
            None => match (self.context.act)("factory_reset").await {
                Ok(true) => "bench".clone_into(&mut self.seen.deleted_by),
                Ok(false) => {
                    return Err(
                        "no deletion is declared for programs, and the bench has no action factory_reset"
                            .to_owned(),
                    );
                }
                Err(error) => return Err(format!("factory_reset failed: {error}")),
            },
        }
        let recovery = self.params.sample.recovery_seconds.max(self.params.sample.listen_seconds);
        let settles = self.params.erasure.as_ref().map_or(0.0, |erasure| erasure.seconds.clamp(0.0, 3600.0));
        let patience = recovery.max(settles);
        match self.params.sample.find(patience).await {
            Ok(_) => {
                self.seen.heard_after = Some((begun.elapsed().as_secs_f64() * 1000.0).round() / 1000.0);
                Ok(())
            }
            Err(error) => {
                self.of_the_tester |= error.is_of_the_tester();
                let why = format!("after the deletion: {error}");
                self.set_up_again().await?;
                Err(why)
            }
        }
    }

    async fn look(&mut self, bond: &Bond) -> Result<(), String> {
        let tried = self.try_bond(bond).await;
        // A bond that is refused says nothing of values, and values that are gone nothing of the bond.
        let read = self.look_as_new(bond).await;
        tried.and(read)
    }

    async fn try_bond(&mut self, bond: &Bond) -> Result<(), String> {
        let settles = self.params.erasure.as_ref().map_or(0.0, |erasure| erasure.seconds.clamp(0.0, 3600.0));
        let begun = Instant::now();
        loop {
            let (mut backend, _) = self.reach(self.params.sample.listen_seconds, Some(bond)).await?;
            self.seen.bond_tries += 1;
            let taken = backend.encrypt(bond).await;
            self.close(backend).await;
            let late = begun.elapsed().as_secs_f64() >= settles;
            match taken {
                Ok(false) => {
                    "refused".clone_into(&mut self.seen.bond);
                    return Ok(());
                }
                // The device has the declared time; the first looks may come too early.
                Ok(true) => "taken".clone_into(&mut self.seen.bond),
                // A link that ends at the wrong key is a refusal only if it does so each time; that is not told apart
                // from a link that is lost.
                Err(error) if error.is_of_the_tester() => return Err(self.trouble(&error)),
                Err(_) => "unclear".clone_into(&mut self.seen.bond),
            }
            if self.seen.bond_tries >= BOND_TRIES && (late || self.seen.bond == "unclear") {
                break;
            }
            let rest = if late { 0.05 } else { (settles / 10.0).clamp(0.05, 5.0) };
            tokio::time::sleep(std::time::Duration::from_secs_f64(rest)).await;
        }
        match self.seen.bond.as_str() {
            "unclear" => Err("whether the old bond is taken could not be seen".to_owned()),
            _ => Ok(()),
        }
    }

    /// Pairs as the first one does, without leaving a bond, and reads what was planted. With a bond that is taken it
    /// is read in its name.
    async fn look_as_new(&mut self, bond: &Bond) -> Result<(), String> {
        let survived = self.seen.bond == "taken";
        if !survived {
            self.params.pairing.invite(self.context, Acquaintance::Nobody).await?;
        }
        let of = survived.then_some(bond);
        let (mut backend, _) = self.reach(self.params.sample.listen_seconds, of).await?;
        let entered = match of {
            Some(bond) => backend.encrypt(bond).await.map(|taken| match taken {
                true => Ok(()),
                false => Err("the old bond was taken once and refused the next time".to_owned()),
            }),
            None => {
                let paired = self.params.pairing.pair(backend.as_mut(), self.context, false).await;
                paired.map(|paired| paired.map(|_| ()))
            }
        };
        if of.is_none() {
            self.seen.pairs_as_new = Some(matches!(entered, Ok(Ok(()))));
        }
        let read = match entered {
            Ok(Ok(())) => self.read_planted(backend.as_mut()).await,
            Ok(Err(why)) => Err(format!("after the deletion: {why}")),
            Err(error) => Err(self.trouble(&error)),
        };
        self.close(backend).await;
        read
    }

    async fn read_planted(&mut self, backend: &mut dyn BleBackend) -> Result<(), String> {
        if self.seen.planted.is_empty() {
            return Ok(());
        }
        let table = backend.discover().await.map_err(|error| self.trouble(&error))?;
        let params = self.params;
        for planted in &mut self.seen.planted {
            let plant = params.plants.iter().find(|plant| plant.characteristic == planted.characteristic);
            let Some(handle) = plant.and_then(|plant| handle_of(&table, plant)) else { continue };
            if let Some(value) = value_at(backend, handle).await {
                let there = hex(&value) == planted.value;
                if there { "there" } else { "gone" }.clone_into(&mut planted.after);
            }
        }
        match self.seen.planted.iter().any(|planted| planted.after == "not-read") {
            true => Err("not every planted value could be read after the deletion".to_owned()),
            false => Ok(()),
        }
    }

    async fn set_up_again(&mut self) -> Result<(), String> {
        match (self.context.act)("onboard").await {
            Ok(true) => {
                "bench".clone_into(&mut self.seen.set_up_again);
                Ok(())
            }
            Ok(false) => Err("the bench has no action onboard".to_owned()),
            Err(error) => Err(format!("the device could not be set up again: {error}")),
        }
    }

    /// A link, under the address of a bond where there is one.
    async fn reach(
        &mut self,
        patience: f64,
        bond: Option<&Bond>,
    ) -> Result<(Box<dyn BleBackend>, DeviceAddress), String> {
        let mut last = String::new();
        // Once more: a link may fail for no reason of the device.
        for _ in 0..2 {
            match self.linked(patience, bond).await {
                Ok(linked) => return Ok(linked),
                Err(error) => {
                    last = error.to_string();
                    if error.is_of_the_tester() {
                        self.seen.not_scanned = true;
                        // A bench without Bluetooth LE is a gap, and no failure of a program.
                        self.of_the_tester = !matches!(error, NoWay::NoAdapter | NoWay::Unnamed);
                        break;
                    }
                }
            }
        }
        Err(last)
    }

    async fn linked(
        &mut self,
        patience: f64,
        bond: Option<&Bond>,
    ) -> Result<(Box<dyn BleBackend>, DeviceAddress), NoWay> {
        let device = self.params.sample.find(patience).await?;
        let mut backend = self.params.sample.open(BleScope::of(device)).await?;
        if let Some(bond) = bond {
            backend.become_again(bond).await?;
        }
        backend.connect(device).await?;
        Ok((backend, device))
    }

    async fn close(&mut self, mut backend: Box<dyn BleBackend>) {
        // A link that is gone cannot be ended.
        let _ended = backend.disconnect().await;
        write_down(&mut self.transcript, backend.transcript());
    }

    fn trouble(&mut self, error: &BleError) -> String {
        self.of_the_tester |= error.is_of_the_tester();
        error.to_string()
    }
}

async fn value_at(backend: &mut dyn BleBackend, handle: u16) -> Option<Vec<u8>> {
    backend.read_long(handle).await.ok().and_then(Reply::given)
}

fn handle_of(table: &GattTable, plant: &Plant) -> Option<u16> {
    let (service, wanted): (Uuid, Uuid) = (plant.service.parse().ok()?, plant.characteristic.parse().ok()?);
    let inside = table.services.iter().filter(|one| one.uuid == service);
    inside.flat_map(|one| &one.characteristics).find(|one| one.uuid == wanted).map(|one| one.handle)
}

fn octets(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().collect();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.len().is_multiple_of(2).then(|| digits.chunks(2).map(pair).collect::<Option<Vec<u8>>>())?
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        let _written = write!(text, "{octet:02x}");
        text
    })
}

fn write_down(text: &mut String, transcript: Transcript) {
    for entry in transcript.entries {
        let arrow = match entry.direction {
            Direction::ToDevice => ">",
            Direction::FromDevice => "<",
            Direction::Link => "-",
        };
        let hex = entry.hex.unwrap_or_default();
        let _written = writeln!(text, "{} {arrow} {} {} {hex}", entry.at, entry.layer, entry.what);
    }
}
