//! By what a device in normal use can be followed over Bluetooth LE without a connection: an address that stays, its
//! serial number or hardware address in what it advertises. That a private address changes is not waited for.

use std::collections::BTreeSet;

use probes::ble::Lasting;
use probes::ble::advertising_data::AdMeaning;

use crate::Facts;
use crate::bluetooth::surface::{self, PROBE, Surface};
use crate::inventory::Shortfall;
use crate::judge::{ItemResult, RestsOn};
use crate::plus::{self, PlusCase};
use crate::reason::Reason;
use crate::state::DutState;
use crate::verdict::Verdict;
use ixit::Blame;

/// The case.
pub static CASE: PlusCase =
    PlusCase { id: "plus-ble-address", needs: &[PROBE], machine_can: &[Verdict::Pass, Verdict::Fail], judge };

/// Normal use.
const STATE: DutState = DutState::Initialized;
/// Lines of what is advertised that are shown.
const SHOWN_AT_MOST: usize = 4;

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    let seen: Vec<(&str, Surface<'_>)> = surface::places(facts, &[])
        .into_iter()
        .filter(|(_, state)| *state == STATE)
        .filter_map(|(sample, state)| Some((sample, surface::surface(facts, state, sample)?)))
        .collect();
    if seen.is_empty() {
        let reason = Reason::new("plus-ble-not-listened").expected_by("plus");
        let result = ItemResult::machine("-", Verdict::Inconclusive, RestsOn::Observed, reason);
        return vec![result.blame(Blame::Lab)];
    }
    seen.iter().flat_map(|(sample, surface)| of_sample(facts, sample, surface)).collect()
}

fn of_sample(facts: &Facts<'_>, sample: &str, surface: &Surface<'_>) -> Vec<ItemResult> {
    let result = |verdict: Verdict, reason: Reason, at: &str| {
        let reason = reason.with("sample", sample).expected_by("plus");
        ItemResult::machine(sample, verdict, RestsOn::Observed, reason)
            .seen_in(Some(STATE), sample)
            .evidence(surface.recorded.at(at))
            .effort(&surface.recorded.observation.effort)
    };
    let open = |reason: Reason| result(Verdict::Inconclusive, reason, "advertising").blame(Blame::Lab);
    if !surface.seen.heard() {
        // A device without Bluetooth LE and one that was out of reach are both silent.
        let short = |Shortfall { reason, .. }| reason.args.get("trouble").cloned();
        let why = surface.shortfall().and_then(short).unwrap_or_else(|| "nothing was heard".to_owned());
        let seconds = format!("{:.1}", surface.seen.passive.seconds);
        return vec![open(Reason::new("plus-ble-not-heard").with("seconds", seconds).with("why", why))];
    }
    let mut results = Vec::new();
    let addresses: BTreeSet<_> =
        surface.seen.scans().flat_map(|scan| &scan.advertisers).map(|one| one.address).collect();
    if let Some(lasting) = addresses.iter().find(|address| kind(address.lasting()).is_some()) {
        let reason = Reason::new("plus-ble-address-stays")
            .with("address", lasting)
            .with("kind", kind(lasting.lasting()).unwrap_or_default());
        results.push(result(Verdict::Fail, reason, "advertising").blame(Blame::Device));
    }
    let advertised = |through: &str| matches!(through, "advertising" | "scan-response");
    if let Some(told) = surface.seen.tells.iter().find(|told| advertised(&told.through)) {
        let reason = Reason::new("plus-ble-identifier-advertised")
            .with("what", &told.what)
            .with("spelling", &told.spelling)
            .with("place", format!("{}, {}", told.through, told.place));
        results.push(result(Verdict::Fail, reason, "advertising").blame(Blame::Device));
    }
    if !results.is_empty() {
        return results;
    }
    let known =
        |key: &str| surface.recorded.observation.params.get(key).is_some_and(|value| value.is_string());
    let searched: Vec<&str> = ["serial", "mac"].into_iter().filter(|key| known(key)).collect();
    if searched.is_empty() {
        return vec![open(Reason::new("plus-ble-identifiers-unknown"))];
    }
    let least = plus::data_of(CASE.id).and_then(|data| data.minimum_effort.as_ref());
    let enough = least.is_none_or(|least| surface.recorded.observation.effort.completed >= least.completed);
    // A device may advertise in turns: what did not come in the longest interval is not there.
    if surface.shortfall().is_some() || !surface.listened_enough() || !enough {
        let why = surface
            .recorded
            .observation
            .trouble
            .as_deref()
            .unwrap_or("it was listened to for too short a time");
        let seconds = format!("{:.1}", surface.seen.passive.seconds);
        return vec![open(Reason::new("plus-ble-look-too-short").with("seconds", seconds).with("why", why))];
    }
    let unclear = may_mark(facts, surface);
    if !unclear.is_empty() {
        let shown = unclear.into_iter().take(SHOWN_AT_MOST).collect::<Vec<_>>().join("; ");
        return vec![open(Reason::new("plus-ble-data-may-mark").with("found", shown))];
    }
    let reason = Reason::new("plus-ble-address-private")
        .with("addresses", addresses.len())
        .with("searched", searched.join(", "));
    vec![result(Verdict::Pass, reason, "advertising")]
}

/// Why an address is none of the private kinds; `None` where it is one.
fn kind(lasting: Lasting) -> Option<&'static str> {
    match lasting {
        Lasting::ResolvablePrivate | Lasting::NonResolvablePrivate => None,
        Lasting::Public => Some("public"),
        Lasting::StaticRandom => Some("static random"),
        Lasting::Reserved => Some("reserved"),
    }
}

/// What is advertised of which one look at one unit cannot say whether it marks this unit: data that are not
/// understood, and a name that is more than that of the product.
fn may_mark(facts: &Facts<'_>, surface: &Surface<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let packets = surface.seen.scans().flat_map(|scan| &scan.advertisers).flat_map(|one| &one.packets);
    for data in packets.map(|packet| &packet.data) {
        if let Some(fault) = &data.malformed {
            found.insert(format!("unreadable: {fault}"));
        }
        for one in &data.structures {
            let harmless = match &one.meaning {
                Some(AdMeaning::Flags(_) | AdMeaning::TxPower(_) | AdMeaning::Appearance(_)) => true,
                // Shared by all that offer the same.
                Some(AdMeaning::Services { .. }) => true,
                Some(AdMeaning::LocalName { name, .. }) => is_of_product(facts, name),
                Some(AdMeaning::ServiceData { .. } | AdMeaning::Manufacturer { .. }) => false,
                None => matches!(one.name.as_str(), "connection interval range" | "LE role"),
            };
            if !harmless {
                found.insert(format!("{}: {}", one.name, one.hex));
            }
        }
    }
    found
}

/// Whether a name is model, manufacturer, or both: what every unit of the product has.
fn is_of_product(facts: &Facts<'_>, name: &str) -> bool {
    let dut = &facts.declaration.ics.dut;
    let of_product = [&dut.model, &dut.manufacturer].into_iter().flatten();
    let words: BTreeSet<String> =
        of_product.flat_map(|text| text.value.split_whitespace().map(str::to_lowercase)).collect();
    let mut said = name.split_whitespace().map(str::to_lowercase);
    said.all(|word| words.contains(&word))
}

#[cfg(test)]
mod tests {
    use probes::Outcome;
    use probes::ble::advertising_data::AdStructure;
    use probes::probe::ble_surface::{BleSurface, Told};
    use serde_json::json;

    use super::*;
    use crate::bluetooth::test_surface::{look, silent, sound};
    use crate::test_facts::{Seen, TestFacts};

    /// A look by a bench that knows the sample by name and what stands on its label.
    fn labelled(seen: &BleSurface) -> Seen {
        look(STATE, seen).params(json!({
            "adapter": "hci:0", "name": "WH-100", "serial": "WH100-26-144293", "mac": "02:48:4b:94:15:b0",
        }))
    }

    fn of(seen: Seen) -> Vec<ItemResult> {
        judge(&TestFacts::declared("").observed(seen).facts())
    }

    #[track_caller]
    fn one(seen: Seen) -> ItemResult {
        let mut results = of(seen);
        assert_eq!(results.len(), 1, "{results:#?}");
        results.remove(0)
    }

    #[track_caller]
    fn is_open(result: &ItemResult, code: &str) {
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Inconclusive, code),
            "{result:#?}"
        );
        assert_eq!(result.blame, Some(Blame::Lab));
    }

    fn under(address: &str) -> BleSurface {
        let mut seen = sound();
        seen.passive.advertisers[0].address = address.parse().expect("an address");
        seen
    }

    fn with(structure: AdStructure) -> BleSurface {
        let mut seen = sound();
        seen.passive.advertisers[0].packets[0].data.structures.push(structure);
        seen
    }

    #[test]
    fn private_addresses_and_the_name_of_the_product_pass() {
        for address in ["5a:cf:8f:fa:23:5e/random", "1a:cf:8f:fa:23:5e/random"] {
            let result = one(labelled(&under(address)));
            assert_eq!(
                (result.verdict, result.reason.code.as_str()),
                (Verdict::Pass, "plus-ble-address-private"),
                "{result:#?}"
            );
            assert_eq!(result.reason.args.get("searched").map(String::as_str), Some("serial, mac"));
            assert!(!result.evidence.is_empty() && result.effort.is_some());
        }
    }

    #[test]
    fn a_public_a_static_and_a_reserved_address_fail() {
        for address in ["5a:cf:8f:fa:23:5e/public", "da:cf:8f:fa:23:5e/random", "9a:cf:8f:fa:23:5e/random"] {
            let result = one(labelled(&under(address))).fails("plus-ble-address-stays");
            assert_eq!(result.blame, Some(Blame::Device));
        }
        // One of two is enough, also where the look ended early.
        let mut seen = sound();
        let mut second = seen.passive.advertisers[0].clone();
        second.address = "da:cf:8f:fa:23:5e/random".parse().expect("an address");
        seen.passive.advertisers.push(second);
        one(labelled(&seen).ended(Outcome::Partial, "link lost")).fails("plus-ble-address-stays");
    }

    #[test]
    fn an_identifier_in_what_is_advertised_fails_and_one_that_is_read_does_not() {
        let told = |through: &str| {
            let mut seen = sound();
            seen.tells.push(Told {
                what: "serial".to_owned(),
                spelling: "text".to_owned(),
                through: through.to_owned(),
                place: "SCAN_RSP".to_owned(),
            });
            labelled(&seen)
        };
        one(told("scan-response")).fails("plus-ble-identifier-advertised");
        one(told("advertising")).fails("plus-ble-identifier-advertised");
        assert_eq!(one(told("read")).verdict, Verdict::Pass);
    }

    #[test]
    fn what_may_mark_the_unit_is_open() {
        let manufacturer = AdStructure {
            kind: 0xff,
            name: "manufacturer data".to_owned(),
            hex: "ffff0102030405".to_owned(),
            meaning: Some(AdMeaning::Manufacturer { company: 0xffff, data: "0102030405".to_owned() }),
        };
        is_open(&one(labelled(&with(manufacturer))), "plus-ble-data-may-mark");
        let name = |name: &str| AdStructure {
            kind: 9,
            name: "name".to_owned(),
            hex: "00".to_owned(),
            meaning: Some(AdMeaning::LocalName { name: name.to_owned(), complete: true }),
        };
        is_open(&one(labelled(&with(name("WH-100 a3f1")))), "plus-ble-data-may-mark");
        assert_eq!(one(labelled(&with(name("wh-100")))).verdict, Verdict::Pass);
    }

    #[test]
    fn what_was_not_looked_at_or_cannot_be_known_is_open() {
        is_open(&judge(&TestFacts::declared("").facts())[0], "plus-ble-not-listened");
        let no_adapter = labelled(&BleSurface::default()).ended(Outcome::Refused, "no adapter");
        is_open(&one(no_adapter), "plus-ble-not-listened");
        is_open(&one(labelled(&sound()).state(DutState::FactoryDefault)), "plus-ble-not-listened");
        is_open(&one(labelled(&silent(15.0))), "plus-ble-not-heard");
        is_open(&one(look(STATE, &sound())), "plus-ble-identifiers-unknown");
        is_open(&one(labelled(&sound()).ended(Outcome::Partial, "link lost")), "plus-ble-look-too-short");
        let mut hurried = sound();
        hurried.passive.seconds = 3.0;
        is_open(&one(labelled(&hurried)), "plus-ble-look-too-short");
    }
}
