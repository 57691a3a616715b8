//! What a Bluetooth LE interface tells strangers: by its address, by advertising and scan responses, by reads without
//! pairing. What the declaration gives to anyone, and the kinds of information that it names as disclosed, may be told.

use ixit::companion::Gatt;
use ixit::{Blame, Row};
use probes::ble::advertising_data::AdMeaning;
use probes::ble::{Characteristic, Lasting, ReadAnswer, Service, Uuid};
use probes::probe::ble_surface::Told;

use super::offered::{is_of_every_device, named};
use super::surface::{self, Surface};
use crate::assisted;
use crate::catalogue::Unit;
use crate::facts::{Facts, Question};
use crate::inventory;
use crate::judge::{By, ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::state::DutState;
use crate::verdict::Verdict;

/// Kinds that fail where nobody declared them. Others are for a person.
const KINDS: &[&str] = &["model", "serial", "firmware-version", "server-software", "mac-address"];
/// Lines that a person is shown of one look.
const LINES_AT_MOST: usize = 200;

/// Judges what the interface of a row told in one state: one result for each sample. Nothing where it was not looked
/// at.
pub fn only_declared_is_told(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    state: DutState,
) -> Vec<ItemResult> {
    let places = surface::places(facts, &[state]).into_iter().filter(|(_, seen)| *seen == state);
    places
        .flat_map(|(sample, state)| {
            let results = match surface::surface(facts, state, sample) {
                None => vec![inventory::missing(surface::PROBE).result(&item.row.id)],
                Some(seen) => Look::of(facts, item, &seen).results(unit, sample),
            };
            results.into_iter().map(move |result| result.seen_in(Some(state), sample))
        })
        .collect()
}

struct Look<'l, 'a> {
    facts: &'l Facts<'a>,
    item: &'l Item<'a>,
    surface: &'l Surface<'a>,
    allowed: Vec<&'a str>,
    lines: Vec<String>,
    failed: Vec<ItemResult>,
    /// Something was told of which only a person can say what it is.
    unclear: bool,
}

impl<'l, 'a> Look<'l, 'a> {
    fn of(facts: &'l Facts<'a>, item: &'l Item<'a>, surface: &'l Surface<'a>) -> Self {
        let disclosed = &item.row.companions.disclosed;
        let allowed = disclosed.iter().map(|disclosed| disclosed.value.item.as_str()).collect();
        Self { facts, item, surface, allowed, lines: Vec::new(), failed: Vec::new(), unclear: false }
    }

    fn results(mut self, unit: &Unit, sample: &str) -> Vec<ItemResult> {
        let row = self.item.row;
        if !self.surface.seen.heard() {
            let lacking = self.surface.shortfall().unwrap_or_else(|| self.surface.not_heard(&row.id));
            return vec![lacking.result(&row.id)];
        }
        self.addresses();
        self.advertising();
        self.marks();
        self.reads();
        if self.item.unclassified || row.observed_only {
            self.say("The row is a draft, or does not say of which type it is".to_owned());
            self.unclear = true;
        }
        let mut results = std::mem::take(&mut self.failed);
        if let Some(lacking) = self.surface.shortfall() {
            results.push(lacking.result(&row.id));
        } else if results.is_empty() {
            results.push(if self.unclear { self.asked(unit, sample) } else { self.only_declared() });
        }
        results
    }

    /// An address that stays is one by which whoever carries the device is followed.
    fn addresses(&mut self) {
        let mut addresses: Vec<_> = {
            let scans = self.surface.seen.scans();
            scans.flat_map(|scan| &scan.advertisers).map(|advertiser| advertiser.address).collect()
        };
        addresses.dedup();
        addresses.sort_unstable();
        addresses.dedup();
        for address in addresses {
            let lasting = address.lasting();
            self.say(format!("address {address}: {}", in_words(lasting)));
            let known = matches!(lasting, Lasting::ResolvablePrivate | Lasting::NonResolvablePrivate)
                || self.may(&["mac-address", "device-address"])
                || (lasting == Lasting::StaticRandom && self.may(&["static-address"]));
            if known {
                continue;
            }
            let place = format!("address, {}", in_words(lasting));
            if self.may(&["private-address"]) {
                self.fail("ble-lasting-address", "mac-address", &address.to_string(), &place, "advertising");
            } else if lasting == Lasting::Public {
                self.fail(
                    "undeclared-disclosure",
                    "mac-address",
                    &address.to_string(),
                    &place,
                    "advertising",
                );
            } else {
                self.unclear = true;
            }
        }
    }

    fn advertising(&mut self) {
        let mut seen: Vec<(String, String, Option<AdMeaning>, String)> = Vec::new();
        for advertiser in self.surface.seen.scans().flat_map(|scan| &scan.advertisers) {
            for packet in &advertiser.packets {
                let pdu = packet.pdu.to_string();
                for one in &packet.data.structures {
                    let told = (pdu.clone(), one.name.clone(), one.meaning.clone(), one.hex.clone());
                    if !seen.contains(&told) {
                        seen.push(told);
                    }
                }
                if packet.data.malformed.is_some() {
                    self.unclear = true;
                    self.say(format!("{pdu}: data that cannot be read, {}", packet.hex));
                }
            }
        }
        for (pdu, name, meaning, hex) in seen {
            let place = format!("{pdu}, {name}");
            match meaning {
                // Every packet needs them, or they say what every radio lets know.
                Some(AdMeaning::Flags(_) | AdMeaning::TxPower(_) | AdMeaning::Appearance(_)) => {}
                Some(AdMeaning::LocalName { name, .. }) => self.name(&name, &place),
                Some(AdMeaning::Services { uuids, .. }) => {
                    let listed: Vec<String> = uuids.iter().map(|uuid| named(*uuid)).collect();
                    self.say(format!("{place}: {}", listed.join(", ")));
                    self.unclear |= !uuids.iter().all(|uuid| self.is_declared(*uuid));
                }
                Some(AdMeaning::ServiceData { .. } | AdMeaning::Manufacturer { .. }) => {
                    let kind = if matches!(meaning, Some(AdMeaning::Manufacturer { .. })) {
                        "manufacturer-data"
                    } else {
                        "service-data"
                    };
                    self.say(format!("{place}: {hex}"));
                    self.unclear |= !self.may(&[kind]);
                }
                None if name == "connection interval range" || name == "LE role" => {}
                None => {
                    self.say(format!("{place}: {hex}"));
                    self.unclear = true;
                }
            }
        }
    }

    fn name(&mut self, name: &str, place: &str) {
        let model = self.facts.declaration.ics.dut.model.as_ref().map(|model| model.value.trim());
        let is_model = model.is_some_and(|model| name.trim().eq_ignore_ascii_case(model));
        let kind = if is_model { "model" } else { "local-name" };
        self.say(format!("{place}: {kind} {name:?}"));
        if self.may(&[kind]) || (!is_model && self.may(&["device-name", "host-name"])) {
            return;
        }
        if is_model {
            self.fail("undeclared-disclosure", kind, name, place, "advertising");
        } else {
            self.unclear = true;
        }
    }

    /// What names this unit and no other, wherever it was told, and secrets.
    fn marks(&mut self) {
        let tells: Vec<Told> = self.surface.seen.tells.clone();
        for told in tells {
            let kind = match told.what.as_str() {
                "mac" => "mac-address",
                other => other,
            };
            let place = format!("{} {}", told.through, told.place);
            self.say(format!("{place}: {kind}, as {}", told.spelling));
            let handle = u16::from_str_radix(told.place.trim_start_matches("0x"), 16).ok();
            let handle = handle.filter(|_| told.through == "read");
            let to_anyone = handle.and_then(|handle| self.value(handle)).is_some_and(|(service, value)| {
                let (readers, _) = self.readers(service.uuid, value.uuid);
                readers.iter().any(|reader| reader == "anyone")
            });
            if kind != "secret" && (to_anyone || self.may(&[kind])) {
                continue;
            }
            // The address itself was judged before.
            if told.through != "address" {
                let at = if told.through == "read" {
                    format!("handle {}", told.place)
                } else {
                    "advertising".to_owned()
                };
                self.fail("undeclared-disclosure", kind, &told.spelling, &place, &at);
            }
        }
    }

    fn reads(&mut self) {
        let seen = &self.surface.seen;
        let hidden = seen.sweep.iter().flat_map(|sweep| &sweep.found);
        let reads: Vec<(u16, String)> = seen
            .reads
            .iter()
            .chain(hidden)
            .filter_map(|read| match &read.answer {
                ReadAnswer::Value(hex) if !hex.is_empty() => Some((read.handle, hex.clone())),
                _ => None,
            })
            .collect();
        for (handle, hex) in reads {
            let place = format!("handle {handle:#06x}");
            let shown = text_of(&hex).unwrap_or_else(|| hex.clone());
            if let Some((service, value)) =
                self.value(handle).map(|(service, value)| (service.uuid, value.uuid))
            {
                self.read(service, value, &shown, &place);
            } else if !self.is_usual_descriptor(handle) {
                self.say(format!("{place}: {shown}"));
                self.unclear = true;
            }
        }
    }

    fn read(&mut self, service: Uuid, value: Uuid, shown: &str, place: &str) {
        let place = format!("{place}, {}", named(value));
        if value == Uuid::short(0x2a00) {
            return self.name(shown, &place);
        }
        if is_of_every_device(service) && value.number().is_some() {
            return;
        }
        let (readers, stated) = self.readers(service, value);
        let kind = kind_of(value);
        self.say(format!("{place}: {} {shown:?}", kind.unwrap_or("value")));
        if readers.iter().any(|reader| reader == "anyone") {
            return;
        }
        match kind {
            // Kept to others by the declaration, and of a kind that is relevant to security.
            Some(kind) if stated && KINDS.contains(&kind) => {
                self.fail("ble-protected-value-disclosed", kind, shown, &place, &place);
            }
            Some(kind) if self.may(&[kind]) => {}
            Some(kind) if KINDS.contains(&kind) => {
                self.fail("undeclared-disclosure", kind, shown, &place, &place);
            }
            _ => self.unclear = true,
        }
    }

    /// Who may read a value by the declaration, and whether it says so at all.
    fn readers(&self, service: Uuid, value: Uuid) -> (Vec<String>, bool) {
        let of_service = |gatt: &Gatt| surface::names(&gatt.service, service);
        let own = |gatt: &Gatt| gatt.characteristic.as_deref().is_some_and(|own| surface::names(own, value));
        let mut readers = Vec::new();
        let mut stated = false;
        for (_, _, gatt) in surface::declared(self.facts.declaration).filter(|(_, _, gatt)| of_service(gatt))
        {
            // A service as a whole without readers says only that it is there.
            let whole = gatt.characteristic.is_none() && !gatt.readers.is_empty();
            if own(gatt) || whole {
                stated = true;
                readers.extend(gatt.readers.iter().cloned());
            }
        }
        (readers, stated)
    }

    fn value(&self, handle: u16) -> Option<(&Service, &Characteristic)> {
        let services = self.surface.seen.table.iter().flat_map(|table| &table.services);
        services
            .flat_map(|service| service.characteristics.iter().map(move |value| (service, value)))
            .find(|(_, value)| value.handle == handle)
    }

    /// Descriptors whose values say how a value is used.
    fn is_usual_descriptor(&self, handle: u16) -> bool {
        let table = self.surface.seen.table.iter();
        let mut descriptors =
            table.flat_map(|table| table.characteristics()).flat_map(|value| &value.descriptors);
        let usual = |uuid: Uuid| uuid.number().is_some_and(|number| (0x2900..=0x290f).contains(&number));
        descriptors.any(|one| one.handle == handle && usual(one.uuid))
    }

    fn is_declared(&self, service: Uuid) -> bool {
        is_of_every_device(service)
            || surface::declared(self.facts.declaration)
                .any(|(_, _, gatt)| surface::names(&gatt.service, service))
    }

    /// Whether the row declares one of these kinds. What only a draft wrote down declares nothing.
    fn may(&self, kinds: &[&str]) -> bool {
        !self.item.row.observed_only && self.allowed.iter().any(|allowed| kinds.contains(allowed))
    }

    fn say(&mut self, line: String) {
        if self.lines.len() < LINES_AT_MOST && !self.lines.contains(&line) {
            self.lines.push(line);
        }
    }

    /// One result for each kind of information.
    fn fail(&mut self, code: &str, kind: &str, value: &str, place: &str, at: &str) {
        let row: &Row = self.item.row;
        let item = format!("{}/{kind}", row.id);
        let evidence = self.surface.recorded.at(at);
        if let Some(known) = self.failed.iter_mut().find(|failure| failure.item == item) {
            if !known.evidence.contains(&evidence) {
                known.evidence.push(evidence);
            }
            return;
        }
        let allowed = if self.allowed.is_empty() { "none".to_owned() } else { self.allowed.join(", ") };
        let reason = Reason::new(code)
            .with("row", &row.id)
            .with("kind", kind)
            .with("value", value)
            .with("place", place)
            .with("declared", allowed)
            .expected_by(row.reference("intf", "disclosed"));
        self.failed.push(
            ItemResult::machine(&item, Verdict::Fail, RestsOn::Observed, reason)
                .blame(Blame::DeviceOrDocumentation)
                .evidence(evidence)
                .effort(&self.surface.recorded.observation.effort),
        );
    }

    fn only_declared(&self) -> ItemResult {
        let row = self.item.row;
        let allowed = if self.allowed.is_empty() { "none".to_owned() } else { self.allowed.join(", ") };
        let reason = Reason::new("only-declared-disclosures")
            .with("row", &row.id)
            .with("declared", allowed)
            .with("found", self.lines.join("; "))
            .expected_by(row.reference("intf", "disclosed"));
        ItemResult::machine(&row.id, Verdict::Pass, RestsOn::Observed, reason)
            .evidence(self.surface.recorded.at(""))
            .effort(&self.surface.recorded.observation.effort)
    }

    fn asked(&self, unit: &Unit, sample: &str) -> ItemResult {
        let mut shown = self.facts.shown_of_row(unit, self.item.table, self.item.row);
        shown.extend(assisted::companions(self.item, &["disclosed", "gatt"]));
        let lines = self.lines.iter();
        shown.extend(lines.map(|text| Shown {
            label: "observed".to_owned(),
            text: text.clone(),
            source: None,
        }));
        let mut question = Question::on(unit, &self.item.row.id);
        question.by = By::Assisted;
        question.shown = shown;
        question.prejudgement = Some(Verdict::Pass);
        question.state = self.surface.recorded.state();
        question.sample = Some(sample.to_owned());
        let mut asked = self.facts.ask(question);
        asked.evidence.push(self.surface.recorded.at(""));
        asked
    }
}

/// What a value of the Bluetooth SIG tells.
fn kind_of(value: Uuid) -> Option<&'static str> {
    Some(match value.number()? {
        0x2a24 => "model",
        0x2a25 => "serial",
        0x2a26 => "firmware-version",
        0x2a27 => "hardware-version",
        0x2a28 => "server-software",
        0x2a29 => "manufacturer",
        _ => return None,
    })
}

fn in_words(lasting: Lasting) -> &'static str {
    match lasting {
        Lasting::Public => "public, for the life of the device",
        Lasting::StaticRandom => "static random, at least until it restarts",
        Lasting::ResolvablePrivate => "private, resolvable",
        Lasting::NonResolvablePrivate => "private, not resolvable",
        Lasting::Reserved => "of a reserved kind",
    }
}

/// Octets in hex as text, where they are nothing but printable text.
fn text_of(hex: &str) -> Option<String> {
    let octet = |place: usize| u8::from_str_radix(hex.get(place..place + 2)?, 16).ok();
    let octets: Vec<u8> = (0..hex.len()).step_by(2).map(octet).collect::<Option<_>>()?;
    let text = String::from_utf8(octets).ok()?;
    (text.len() > 1 && !text.chars().any(char::is_control)).then_some(text)
}

#[cfg(test)]
#[path = "disclosed/tests.rs"]
mod tests;
