//! A device that asks strangers for a better protected link pairs, or would: a way to authenticate that has to be
//! declared.

use ixit::Blame;

use super::surface;
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::inventory::required_states;
use crate::judge::{ItemResult, RestsOn};
use crate::reason::Reason;
use crate::verdict::Verdict;

/// One result for each state of each sample in which pairing was asked for, where no mechanism of authentication
/// declares that. Whether a password is part of it shows only when somebody pairs.
pub fn undeclared_pairing(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let rows = || facts.declaration.ixit.rows("auth_mech").iter().filter(|row| !row.observed_only);
    if rows().any(|row| row.companions.pairing.is_some()) {
        return Vec::new();
    }
    let in_prose = rows().any(surface::speaks_of_bluetooth);
    let mut results = Vec::new();
    for (sample, state) in surface::places(facts, &required_states(facts, unit)) {
        let Some(look) = surface::surface(facts, state, sample) else { continue };
        let Some((handle, error)) = look.asks_for_pairing() else { continue };
        let place = format!("handle {handle:#06x}");
        let found = format!("{place} refused with {error}");
        let (verdict, blame, reason) = if in_prose {
            let reason =
                Reason::new("perhaps-declared-in-prose").with("table", "auth_mech").with("found", found);
            (Verdict::Inconclusive, Blame::Documentation, reason.with("state", state.as_str()))
        } else {
            let reason = Reason::new("undeclared-authentication-mechanism").with("kind", "pairing");
            (Verdict::Fail, Blame::DeviceOrDocumentation, reason.with("seen", found))
        };
        let reason = reason.with("item", "Bluetooth LE").expected_by("declaration:ixit.toml#auth_mech");
        results.push(
            ItemResult::machine("ble", verdict, RestsOn::Observed, reason)
                .blame(blame)
                .evidence(look.recorded.at(place))
                .effort(&look.recorded.observation.effort)
                .seen_in(Some(state), sample),
        );
    }
    results
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bluetooth::test_surface::{SERIAL, SETTING, look, sound};
    use crate::state::DutState;
    use crate::test_facts::{Seen, TestFacts};

    fn judged(ixit: &str, seen: Seen) -> Vec<(Verdict, String)> {
        let facts = TestFacts::declared(ixit).observed(seen);
        let facts = facts.facts();
        let unit = facts.catalogue.unit("5.1-5-2:a").expect("the unit");
        undeclared_pairing(&facts, unit).into_iter().map(|one| (one.verdict, one.reason.code)).collect()
    }

    #[test]
    fn a_device_that_asks_for_pairing_declares_it() {
        let protected = || look(DutState::Initialized, &sound());
        let mechanism = "[[auth_mech]]\nid = \"A\"\ndescription = \"First contact\"\n";
        let fail = vec![(Verdict::Fail, "undeclared-authentication-mechanism".to_owned())];
        assert_eq!(judged("", protected()), fail);
        assert_eq!(judged(mechanism, protected()), fail);
        let paired = format!("{mechanism}pairing = {{ method = \"passkey-shown\" }}\n");
        assert_eq!(judged(&paired, protected()), []);
        let prose = mechanism.replace("First contact", "Pairing over Bluetooth LE");
        let open = vec![(Verdict::Inconclusive, "perhaps-declared-in-prose".to_owned())];
        assert_eq!(judged(&prose, protected()), open);
    }

    #[test]
    fn whether_it_asks_for_a_password_shows_only_when_somebody_pairs() {
        let facts = TestFacts::declared("").observed(look(DutState::Initialized, &sound()));
        let of_radio = facts.judge("5.1-1-2:a").into_iter().filter(|one| one.item == "ble");
        let told: Vec<_> = of_radio.map(|one| (one.verdict, one.reason.code)).collect();
        assert_eq!(told, [(Verdict::Inconclusive, "undeclared-authentication-mechanism".to_owned())]);
    }

    #[test]
    fn one_that_gives_everything_asks_for_nothing() {
        let mut open = sound();
        open.reads.retain(|read| ![SERIAL, SETTING].contains(&read.handle));
        assert_eq!(judged("", look(DutState::Initialized, &open)), []);
    }
}
