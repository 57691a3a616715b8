//! Where the device tells what names this unit and no other, or a secret.

use super::listening::marks;
use super::spelling::{Mark, octets_of};
use super::{BleSurface, Params, Told};
use crate::ble::{AdvertisingPdu, Lasting, ReadAnswer};
use crate::context::ProbeContext;

/// Shortest secret that is searched for.
const SHORTEST_SECRET: usize = 6;

/// Notes what is told, and takes secrets out of what is kept.
pub(super) fn note(seen: &mut BleSurface, params: &Params, context: &ProbeContext) {
    let marks: Vec<Mark> = marks(params).collect();
    let mut tells: Vec<Told> = Vec::new();
    let mut tell = |told: Told| {
        if !tells.contains(&told) {
            tells.push(told);
        }
    };
    let told = |what: &str, spelling: &str, through: &str, place: String| Told {
        what: what.to_owned(),
        spelling: spelling.to_owned(),
        through: through.to_owned(),
        place,
    };
    let mac = params.mac.as_deref().and_then(|mac| octets_of(&mac.replace([':', '-'], "")));
    for advertiser in seen.scans().flat_map(|scan| &scan.advertisers) {
        let address = advertiser.address;
        if address.lasting() == Lasting::Public && mac.as_deref() == Some(&address.octets[..]) {
            tell(told("mac", "octets, in order", "address", address.to_string()));
        }
        for packet in &advertiser.packets {
            let through = match packet.pdu {
                AdvertisingPdu::ScanResponse => "scan-response",
                _ => "advertising",
            };
            let Some(data) = octets_of(&packet.hex) else { continue };
            for mark in &marks {
                if let Some(spelling) = mark.found_in(&data) {
                    tell(told(mark.what, spelling, through, packet.pdu.to_string()));
                }
            }
        }
    }
    let secrets: Vec<&str> = context
        .credentials
        .values()
        .map(|(_, secret)| secret.as_str())
        .filter(|one| one.len() >= SHORTEST_SECRET)
        .collect();
    let hidden = seen.sweep.iter_mut().flat_map(|sweep| &mut sweep.found);
    for read in seen.reads.iter_mut().chain(hidden) {
        let ReadAnswer::Value(hex) = &mut read.answer else { continue };
        let Some(value) = octets_of(hex) else { continue };
        let place = format!("{:#06x}", read.handle);
        for mark in &marks {
            if let Some(spelling) = mark.found_in(&value) {
                tell(told(mark.what, spelling, "read", place.clone()));
            }
        }
        let holds = |secret: &&str| value.windows(secret.len()).any(|window| window == secret.as_bytes());
        if secrets.iter().any(holds) {
            tell(told("secret", "text", "read", place));
            // What was read is evidence enough without its octets.
            hex.clear();
        }
    }
    seen.tells = tells;
}
