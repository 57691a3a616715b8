//! What was heard and seen, for a terminal of 80 columns.

use std::fmt::Write as _;

use harness::probes::ble::advertising_data::{AdMeaning, AdStructure};
use harness::probes::ble::{
    Advertiser, Characteristic, DeviceAddress, Fact, Inspection, Lasting, PairingOutcome, PairingReport,
    ReadAnswer, ReadSeen, Scan, SecurityFacts, Uuid,
};

use crate::folding::harmless;
use crate::output::{Tone, paint_out};

const ANY: &str = "a String takes any text";
/// Octets of a value that are shown; all of them are in the JSON.
const OCTETS_SHOWN: usize = 32;

/// Everybody who was heard.
pub(super) fn scan(scan: &Scan) -> String {
    let mut page = String::new();
    let count = scan.advertisers.len();
    let devices = if count == 1 { "device" } else { "devices" };
    writeln!(page, "{count} {devices} heard in {:.1} s, {} reports", scan.seconds, scan.reports).expect(ANY);
    let mut advertisers: Vec<&Advertiser> = scan.advertisers.iter().collect();
    advertisers.sort_by_key(|one| (std::cmp::Reverse(one.rssi), one.address));
    for one in advertisers {
        page.push('\n');
        advertiser(&mut page, one).expect(ANY);
    }
    if scan.left_out > 0 {
        writeln!(page, "\nThere was no place for {} reports.", scan.left_out).expect(ANY);
    }
    page
}

/// One device.
pub(super) fn inspection(seen: &Inspection) -> String {
    let mut page = String::new();
    inspected(&mut page, seen).expect(ANY);
    page
}

fn inspected(page: &mut String, seen: &Inspection) -> std::fmt::Result {
    match &seen.heard {
        Some(heard) => advertiser(page, heard)?,
        None => writeln!(page, "{}\n  not heard before it was connected to", address(seen.device))?,
    }
    if seen.others > 0 {
        writeln!(page, "  {} reports of neighbours, not kept", seen.others)?;
    }
    for service in &seen.table.services {
        let kind = if service.primary { "" } else { ", secondary" };
        let title = format!("{}{kind}", named(service.uuid));
        let handles = format!("handles {:#06x} to {:#06x}", service.first, service.last);
        writeln!(page, "\n{}  {handles}", paint_out(Tone::Strong, &title))?;
        for one in &service.characteristics {
            characteristic(page, one, seen)?;
        }
    }
    if !seen.table.outside.is_empty() {
        writeln!(page, "\n{}", paint_out(Tone::Strong, "In no service"))?;
        for one in &seen.table.outside {
            writeln!(page, "  {:#06x}  {}", one.handle, named(one.uuid))?;
        }
    }
    if let Some(report) = &seen.pairing {
        pairing(page, report, seen.security.as_ref())?;
    }
    let wrong: Vec<&String> =
        seen.table.anomalies.iter().chain(&seen.oddities).chain(&seen.trouble).collect();
    if !wrong.is_empty() {
        writeln!(page, "\n{}", paint_out(Tone::Open, "Not as it should be"))?;
        for one in wrong {
            writeln!(page, "  {}", harmless(one))?;
        }
    }
    Ok(())
}

fn advertiser(page: &mut String, one: &Advertiser) -> std::fmt::Result {
    let name = one.local_name().map_or_else(String::new, |name| format!("  \"{}\"", harmless(name)));
    let rssi = one.rssi.map_or_else(String::new, |rssi| format!("  {rssi} dBm"));
    writeln!(page, "{}{rssi}{name}", address(one.address))?;
    for packet in &one.packets {
        let said: Vec<String> = packet.data.structures.iter().map(structure).collect();
        writeln!(page, "  {:<15} {} times  {}", packet.pdu.to_string(), packet.count, said.join(", "))?;
        if let Some(malformed) = &packet.data.malformed {
            writeln!(page, "  {:<15} malformed: {malformed}", "")?;
        }
    }
    Ok(())
}

fn address(address: DeviceAddress) -> String {
    let lasting = match address.lasting() {
        Lasting::Public => "stays with the device",
        Lasting::StaticRandom => "static until it restarts",
        Lasting::ResolvablePrivate => "private, resolvable",
        Lasting::NonResolvablePrivate => "private, not resolvable",
        Lasting::Reserved => "of a reserved kind",
    };
    format!("{}  {lasting}", paint_out(Tone::Strong, &address.to_string()))
}

fn structure(one: &AdStructure) -> String {
    match &one.meaning {
        Some(AdMeaning::Flags(flags)) => format!("flags {flags:#04x}"),
        Some(AdMeaning::LocalName { name, .. }) => format!("{} \"{}\"", one.name, harmless(name)),
        Some(AdMeaning::Services { uuids, .. }) => {
            let uuids: Vec<String> = uuids.iter().map(|uuid| named(*uuid)).collect();
            format!("{} {}", one.name, uuids.join(" "))
        }
        Some(AdMeaning::TxPower(power)) => format!("{} {power} dBm", one.name),
        Some(AdMeaning::ServiceData { uuid, data }) => format!("{} {}: {data}", one.name, named(*uuid)),
        Some(AdMeaning::Manufacturer { company, data }) => format!("{} {company:#06x}: {data}", one.name),
        Some(AdMeaning::Appearance(number)) => format!("{} {number:#06x}", one.name),
        None => format!("{} {}", one.name, one.hex),
    }
}

pub(super) fn named(uuid: Uuid) -> String {
    uuid.name().map_or_else(|| uuid.to_string(), |name| format!("{uuid} {name}"))
}

fn characteristic(page: &mut String, one: &Characteristic, seen: &Inspection) -> std::fmt::Result {
    writeln!(page, "  {:#06x}  {}  [{}]", one.handle, named(one.uuid), one.property_words().join(" "))?;
    reads(page, one.handle, seen)?;
    for descriptor in &one.descriptors {
        writeln!(page, "    {:#06x}  {}", descriptor.handle, named(descriptor.uuid))?;
        reads(page, descriptor.handle, seen)?;
    }
    Ok(())
}

/// What reads of a handle gave; once where pairing changed nothing.
fn reads(page: &mut String, handle: u16, seen: &Inspection) -> std::fmt::Result {
    let of =
        |reads: &[ReadSeen]| reads.iter().find(|one| one.handle == handle).map(|one| answer(&one.answer));
    let (before, after) = (of(&seen.unpaired), of(&seen.paired));
    for (when, words) in
        [("unpaired", before.clone()), ("paired", after.filter(|after| Some(after) != before.as_ref()))]
    {
        if let Some(words) = words {
            writeln!(page, "            {when}: {words}")?;
        }
    }
    Ok(())
}

fn answer(answer: &ReadAnswer) -> String {
    match answer {
        ReadAnswer::Value(hex) => value(hex),
        ReadAnswer::Refused(error) => format!("refused, {error}"),
        ReadAnswer::Failed(why) => harmless(why),
    }
}

/// A value as text where it is one, and in hex.
pub(super) fn value(hex: &str) -> String {
    let octets: Vec<u8> = (0..hex.len() / 2)
        .filter_map(|at| u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok())
        .collect();
    if octets.is_empty() {
        return "empty".to_owned();
    }
    let shown = &hex[..hex.len().min(2 * OCTETS_SHOWN)];
    let more = octets.len().saturating_sub(OCTETS_SHOWN);
    let more = if more > 0 { format!(" and {more} octets more") } else { String::new() };
    match std::str::from_utf8(&octets[..octets.len().min(OCTETS_SHOWN)]) {
        Ok(text) if text.chars().all(|one| !one.is_control()) => format!("\"{}\"{more}", harmless(text)),
        _ => format!("{shown}{more}"),
    }
}

fn pairing(page: &mut String, report: &PairingReport, security: Option<&SecurityFacts>) -> std::fmt::Result {
    writeln!(page, "\n{}", paint_out(Tone::Strong, "Pairing"))?;
    let outcome = match &report.outcome {
        PairingOutcome::Paired => "paired".to_owned(),
        PairingOutcome::RefusedByDevice { reason } => format!("the device refused: {reason}"),
        PairingOutcome::RefusedByTester { reason, why } => format!("ended by the tester: {why} ({reason})"),
        PairingOutcome::LinkLost { reason } => format!("the link ended ({reason:#04x})"),
        PairingOutcome::Silent { waiting_for } => format!("the device fell silent before {waiting_for}"),
        PairingOutcome::Unexplained { why } => format!("not paired: {why}"),
        PairingOutcome::EncryptionFailed { status } => format!("encryption did not begin ({status:#04x})"),
    };
    writeln!(page, "  {} in {:.1} s", harmless(&outcome), report.seconds)?;
    if let Some(response) = &report.response {
        let asks = if response.mitm() { "asks for" } else { "asks for no" };
        writeln!(page, "  the device has {:?} and {asks} protection in the middle", response.io)?;
    }
    if let (Some(method), Some(secure), Some(size)) =
        (report.method, report.secure_connections, report.key_size)
    {
        let kind = if secure { "LE Secure Connections" } else { "LE legacy pairing" };
        writeln!(page, "  {kind}, {method:?}, key of {size} octets")?;
    }
    if let Some(key) = &report.device_key {
        let notes = [
            (key.is_debug_key, "its public key is the published one of the specification"),
            (key.is_reflected, "it gave the tester's own public key back"),
            (!key.is_valid, "its public key is no point of the curve"),
        ];
        for (_, note) in notes.iter().filter(|(holds, _)| *holds) {
            writeln!(page, "  {note}")?;
        }
    }
    if let Some(Fact::Known(authenticated)) = security.map(|security| &security.authenticated) {
        let word = if *authenticated { "authenticated" } else { "not authenticated" };
        writeln!(page, "  the link is {word}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_text_where_they_are_text_and_never_whole() {
        assert_eq!(value("414243"), "\"ABC\"");
        assert_eq!(value("00ff"), "00ff");
        assert_eq!(value(""), "empty");
        // An escape sequence is no text.
        assert_eq!(value("1b5b324a"), "1b5b324a");
        assert_eq!(value(&"41".repeat(40)), format!("\"{}\" and 8 octets more", "A".repeat(32)));
    }
}
