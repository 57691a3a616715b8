use probes::probe::ble_pairing::{AttemptKind, BlePairing, Guess, PanelSeen};

use super::super::test_pairings::{ROW, guess, refused, sound, with};
use super::*;
use crate::test_facts::{Seen, TestFacts};
use crate::verdict::Verdict;

fn judged<T>(ixit: &str, seen: BlePairing, judge: impl Fn(&Facts<'_>, &Item<'_>) -> T) -> T {
    let facts = TestFacts::declared(ixit).observed(Seen::by("ble-pairing", seen));
    let facts = facts.facts();
    let (table, row) = facts.row("AuthMech-Ble").expect("the row");
    judge(&facts, &Item { table, row, unclassified: false })
}

fn change(seen: BlePairing) -> (Verdict, String) {
    let results = judged(ROW, seen, |facts, item| new_each_time(facts, item).expect("it is declared"));
    assert_eq!(results.len(), 1, "{results:#?}");
    assert!(!results[0].evidence.is_empty());
    (results[0].verdict, results[0].reason.code.clone())
}

fn defaults(seen: BlePairing) -> Vec<(Verdict, String)> {
    let results = judged(ROW, seen, none_is_a_default);
    results.into_iter().map(|result| (result.verdict, result.reason.code)).collect()
}

fn shown(readings: u32, same: Option<bool>, trouble: Option<&str>) -> BlePairing {
    let trouble = trouble.map(str::to_owned);
    BlePairing { panel: PanelSeen { readings, same_as_before: same, trouble }, ..sound() }
}

#[test]
fn the_panel_shows_others_each_time_or_the_same() {
    assert_eq!(change(sound()), (Verdict::Pass, "ble-passkey-new-each-time".to_owned()));
    assert_eq!(change(shown(3, Some(true), None)), (Verdict::Fail, "ble-passkey-repeated".to_owned()));
    let unread = shown(0, None, Some("the bench reads no passkey"));
    assert_eq!(change(unread), (Verdict::Inconclusive, "ble-passkey-not-read".to_owned()));
    assert_eq!(change(shown(1, None, None)).1, "ble-passkey-not-read");
    let mut never = with(AttemptKind::RightWay, refused(0x05));
    never.panel = PanelSeen::default();
    assert_eq!(change(never), (Verdict::Inconclusive, "ble-right-way-not-taken".to_owned()));
}

#[test]
fn nothing_is_said_of_a_row_that_declares_no_drawn_passkey() {
    let of_the_unit = ROW.replace("each-time", "of-the-unit").replace("change = { each_time = true }\n", "");
    assert!(judged(&of_the_unit, sound(), |facts, item| new_each_time(facts, item).is_none()));
}

#[test]
fn a_passkey_that_everybody_tries_fails_only_if_it_lets_in_twice() {
    assert_eq!(defaults(sound()), [(Verdict::Pass, "ble-no-common-passkey-accepted".to_owned())]);
    let accepted = |again| {
        let mut seen = sound();
        seen.guessed.tries[1] = Guess { accepted_again: Some(again), ..guess(2, Some("123456"), "accepted") };
        seen
    };
    assert_eq!(defaults(accepted(true)), [(Verdict::Fail, "ble-common-passkey-accepted".to_owned())]);
    assert_eq!(defaults(accepted(false))[0].0, Verdict::Pass, "hit by chance");
    let repeated = BlePairing { panel: shown(3, Some(true), None).panel, ..accepted(true) };
    let codes: Vec<String> = defaults(repeated).into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes, ["ble-common-passkey-accepted", "ble-passkey-repeated"]);
}

#[test]
fn too_few_tries_show_nothing() {
    let mut few = sound();
    few.guessed.tries.truncate(2);
    assert_eq!(defaults(few), [(Verdict::Inconclusive, "ble-common-passkeys-not-tried".to_owned())]);
    let mut lost = sound();
    lost.guessed.tries[0].result = "link-lost".to_owned();
    assert_eq!(defaults(lost)[0].1, "ble-common-passkeys-not-tried");
    let mut not_agreed = sound();
    (not_agreed.guessed.tries, not_agreed.guessed.left_out) = (Vec::new(), Some("consent".to_owned()));
    assert_eq!(defaults(not_agreed)[0].1, "lock-out-not-agreed");
}
