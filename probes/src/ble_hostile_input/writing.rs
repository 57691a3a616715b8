//! Values that a characteristic does not expect.

use super::case::{Case, Doing, Draw, Way};
use crate::probe::hostile_input::Family;

/// Lengths that are tried beside those around the declared limit.
const LENGTHS: [usize; 7] = [0, 1, 20, 64, 65, 200, 512];
/// Where nothing is known of a limit and the value cannot be put back.
const BLIND_LENGTHS: [usize; 3] = [0, 200, 512];
/// A longer value goes in parts too.
const PARTS_BEYOND: usize = 18;

/// What is known of a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) handle: u16,
    /// Greatest declared length.
    pub(super) largest: Option<usize>,
    /// What stands there can be read, so that it can be put back. Where it cannot, only such values are sent as a
    /// device does not take.
    pub(super) restorable: bool,
    pub(super) seed: &'a str,
}

/// The cases of a place, shorter values first.
pub(super) fn cases(place: Place<'_>) -> Vec<Case> {
    let mut all = lengths(place);
    if place.restorable {
        all.extend(types(place));
    }
    all.extend(queues(place));
    all
}

fn lengths(place: Place<'_>) -> Vec<Case> {
    let mut wanted: Vec<usize> = match (place.largest, place.restorable) {
        (None, false) => BLIND_LENGTHS.to_vec(),
        (largest, _) => LENGTHS.into_iter().chain(largest).chain(largest.map(|most| most + 1)).collect(),
    };
    if let (Some(most), false) = (place.largest, place.restorable) {
        wanted.retain(|length| *length > most || *length == 0);
    }
    wanted.sort_unstable();
    wanted.dedup();
    let mut found = Vec::new();
    for (length, way) in wanted.into_iter().flat_map(|length| {
        let parts = (length > PARTS_BEYOND).then_some((length, Way::Parts));
        [(length, Way::Request)].into_iter().chain(parts)
    }) {
        let beyond = place.largest.is_some_and(|most| length > most);
        let how = if way == Way::Parts { " in parts" } else { "" };
        found.push((length, way, beyond, format!("{length} octets{how}")));
    }
    // What is not answered may be passed over by a device that checks only what it answers.
    let most = place.largest.map_or(512, |most| most + 1);
    for length in [most, 512] {
        let beyond = place.largest.is_some_and(|most| length > most);
        found.push((length, Way::Command, beyond, format!("{length} octets without an answer")));
    }
    let written = |(number, (length, way, beyond, told)): (u32, (usize, Way, bool, String))| Case {
        generator: "lengths",
        number,
        family: Family::Size,
        told,
        beyond,
        doing: Doing::Write { handle: place.handle, value: vec![b'A'; length], way },
    };
    (0..).zip(found).map(written).collect()
}

fn types(place: Place<'_>) -> Vec<Case> {
    let room = place.largest.unwrap_or(20).clamp(1, 20);
    let mut drawn = Draw::of(place.seed, "types", u32::from(place.handle));
    let fit =
        |octets: &[u8]| octets.iter().copied().cycle().take(octets.len().min(room)).collect::<Vec<u8>>();
    let octets = drawn.octets(room);
    let values: [(&str, Family, Vec<u8>); 9] = [
        ("UTF-8 that is cut short", Family::Type, fit(&[0xe6, 0xb9])),
        ("octets that are no UTF-8", Family::Type, fit(&[0xff, 0xfe, 0xc0, 0x80])),
        ("control characters", Family::Type, fit(b"\x07\x08\x1b[2J\r\n\x7f")),
        ("zeros", Family::Type, fit(&[0; 8])),
        ("a text", Family::Type, fit(b"bath <b>'\";--%n")),
        ("digits", Family::Type, fit(b"-99999999999")),
        ("the greatest number", Family::Value, fit(&[0xff; 8])),
        ("the least number", Family::Value, fit(&[0x80, 0, 0, 0, 0, 0, 0, 0])),
        ("drawn octets", Family::Value, octets),
    ];
    let written = |(number, (told, family, value)): (u32, (&str, Family, Vec<u8>))| Case {
        generator: "types",
        number,
        family,
        told: told.to_owned(),
        beyond: false,
        doing: Doing::Write { handle: place.handle, value, way: Way::Request },
    };
    (0..).zip(values).map(written).collect()
}

/// Parts of a value, each with its offset.
type Parts = Vec<(u16, Vec<u8>)>;

fn queues(place: Place<'_>) -> Vec<Case> {
    let part = |offset: u16, octets: &[u8]| (offset, octets.to_vec());
    let mut queues = vec![
        ("a part that is cancelled", vec![part(0, b"AAAA")], Some(0)),
        ("an execution with a flag that has no meaning", vec![], Some(2)),
        ("an execution of nothing", vec![], Some(1)),
        ("forty parts that are cancelled", (0..40).map(|n| part(n * 4, b"AAAA")).collect(), Some(0)),
    ];
    if place.restorable {
        queues.push(("parts out of order", vec![part(4, b"BBBB"), part(0, b"AAAA")], Some(1)));
        queues.push(("a part behind a gap", vec![part(200, b"A")], Some(1)));
        queues.push(("a part at the last offset", vec![part(0xffff, b"AA")], Some(1)));
    }
    let queued = |(number, (told, parts, flag)): (u32, (&str, Parts, Option<u8>))| Case {
        generator: "queue",
        number,
        family: Family::Order,
        told: told.to_owned(),
        beyond: false,
        doing: Doing::Queue { handle: place.handle, parts, flag },
    };
    (0..).zip(queues).map(queued).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(largest: Option<usize>, restorable: bool) -> Vec<Case> {
        cases(Place { handle: 3, largest, restorable, seed: "s" })
    }

    #[test]
    fn lengths_lie_around_the_limit_and_those_beyond_it_are_known() {
        let written = of(Some(32), true);
        let requests: Vec<(usize, bool)> = written
            .iter()
            .filter(|case| matches!(case.doing, Doing::Write { way: Way::Request, .. }))
            .filter(|case| case.generator == "lengths")
            .map(|case| (case.length().expect("a value"), case.beyond))
            .collect();
        let lengths: Vec<usize> = requests.iter().map(|(length, _)| *length).collect();
        assert_eq!(lengths, [0, 1, 20, 32, 33, 64, 65, 200, 512]);
        assert!(requests.iter().all(|(length, beyond)| *beyond == (*length > 32)));
        assert!(written.iter().any(|case| matches!(case.doing, Doing::Write { way: Way::Parts, .. })));
        assert!(written.iter().any(|case| case.generator == "types"));
    }

    #[test]
    fn what_cannot_be_put_back_gets_nothing_that_may_be_taken() {
        for case in of(Some(32), false) {
            let length = case.length().unwrap_or(0);
            assert!(length == 0 || length > 32, "{case:?}");
            let executed =
                matches!(&case.doing, Doing::Queue { parts, flag: Some(1), .. } if !parts.is_empty());
            assert!(!executed, "{case:?}");
        }
        assert!(
            of(None, false)
                .iter()
                .all(|case| case.length().is_none_or(|length| length == 0 || length >= 200))
        );
    }

    #[test]
    fn the_same_seed_gives_the_same_cases() {
        assert_eq!(of(Some(8), true), of(Some(8), true));
        let other = cases(Place { handle: 3, largest: Some(8), restorable: true, seed: "t" });
        assert_ne!(of(Some(8), true), other);
    }
}
