//! Bluetooth LE in security mode 1 at the level that the scheme asks: 2 encrypted, 3 with both sides sure of each other,
//! 4 the same by LE Secure Connections. What the device took from strangers decides; a device without Bluetooth LE is not
//! concerned.

use serde::Deserialize;

use crate::bluetooth::pairing::{self, control, is_authenticated, is_refused, is_whole};
use crate::bluetooth::surface;
use crate::facts::Recorded;
use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::scheme::category::Category;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::scheme::several::Several;
use crate::verdict::Verdict;
use ixit::companion::Pairing;
use ixit::{Blame, Row};
use probes::probe::ble_pairing::{Attempt, AttemptKind, BlePairing, Level};

/// The check.
pub static CHECK: Check =
    Check { name: "bluetooth-at-least", reads: |with| read::<Parameters>(with).and_then(known), judge };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Level of security mode 1, 2 to 4.
    level: u8,
    #[serde(default)]
    only_for: Option<Category>,
}

fn known(parameters: Parameters) -> Result<(), String> {
    let fits = (2..=4).contains(&parameters.level);
    fits.then_some(()).ok_or_else(|| format!("no level of security mode 1: {}", parameters.level))
}

fn judge(asked: &Asked<'_>) -> Checked {
    let parameters: Parameters = asked.parameters();
    if let Some(refused) = parameters.only_for.as_ref().and_then(|category| category.refuses(asked)) {
        return refused;
    }
    let ixit = &asked.facts.declaration.ixit;
    let mut found = Several::default();
    for table in ["auth_mech", "com_mech"] {
        for row in ixit.rows(table).iter().filter(|row| !row.observed_only) {
            if let Some(declared) = pairing::declared(row) {
                Look { asked, least: parameters.level, table, row, declared }.judge(&mut found);
            }
        }
    }
    if found.is_empty() {
        return without_pairing(asked);
    }
    let reason = Reason::new("scheme-bluetooth-protected").with("least", parameters.level);
    found.checked(RestsOn::Observed, reason)
}

/// No pairing is declared: services without one are open, a device that neither declares nor was heard with Bluetooth
/// LE is not concerned.
fn without_pairing(asked: &Asked<'_>) -> Checked {
    let declaration = asked.facts.declaration;
    let offered = surface::declared(declaration).next().is_some();
    let spoken_of = declaration.ixit.rows("intf").iter().any(surface::speaks_of_bluetooth);
    if offered || spoken_of || surface::looks(asked.facts).next().is_some() {
        let reason = Reason::new("scheme-bluetooth-no-pairing");
        return Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation);
    }
    Checked::new(Verdict::NotApplicable, RestsOn::Declared, Reason::new("scheme-no-bluetooth"))
}

struct Look<'l, 'a> {
    asked: &'l Asked<'a>,
    least: u8,
    table: &'l str,
    row: &'l Row,
    declared: &'l Pairing,
}

impl Look<'_, '_> {
    fn judge(&self, found: &mut Several) {
        let declared = match (is_authenticated(self.declared), self.declared.secure_connections_only) {
            (false, _) => 2,
            (true, false) => 3,
            (true, true) => 4,
        };
        if declared < self.least {
            let reason = self.reason("scheme-bluetooth-declared-weaker").with("found", declared);
            let checked = Checked::new(Verdict::Fail, RestsOn::Declared, reason);
            let place = self.row.reference(self.table, "pairing");
            return found.adds(checked.blame(Blame::DeviceOrDocumentation).evidence(place, ""));
        }
        let all = pairing::seen(self.asked.facts, self.row);
        let whole: Vec<_> = all.iter().filter(|(_, seen)| is_whole(seen)).collect();
        if whole.is_empty() {
            return found.adds(self.open("scheme-bluetooth-not-seen", "-"));
        }
        for (recorded, seen) in whole {
            self.taken(recorded, seen, found);
        }
    }

    fn taken(&self, recorded: &Recorded, seen: &BlePairing, found: &mut Several) {
        let place = |attempt: &Attempt| recorded.at(format!("attempt {}", attempt.n));
        let weaker = seen.attempts.iter().find(|attempt| attempt.paired() && level(attempt) < self.least);
        if let Some(attempt) = weaker {
            let reason = self
                .reason("scheme-bluetooth-weaker-taken")
                .with("found", level(attempt))
                .with("kind", attempt.kind.as_str());
            let mut checked = Checked::new(Verdict::Fail, RestsOn::Observed, reason).blame(Blame::Device);
            checked.evidence.push(place(attempt));
            return found.adds(checked);
        }
        let Some(right) = control(seen) else {
            return found.adds(self.open("scheme-bluetooth-not-settled", "right-way"));
        };
        let weaker_ways = [(AttemptKind::JustWorks, 3), (AttemptKind::Legacy, 4)];
        let mut evidence = vec![place(right)];
        for (kind, from) in weaker_ways.into_iter().filter(|(_, from)| *from <= self.least) {
            match seen.attempt(kind).filter(|attempt| is_refused(attempt) || level(attempt) >= from) {
                Some(attempt) => evidence.push(place(attempt)),
                None => return found.adds(self.open("scheme-bluetooth-not-settled", kind.as_str())),
            }
        }
        found.passes(format!("{}: {}", self.row.id, level(right)), evidence);
    }

    fn reason(&self, code: &str) -> Reason {
        Reason::new(code)
            .with("row", &self.row.id)
            .with("least", self.least)
            .expected_by(format!("scheme:{}#{}", self.asked.scheme.name, self.asked.requirement.id))
    }

    fn open(&self, code: &str, kind: &str) -> Checked {
        let reason = self.reason(code).with("kind", kind);
        Checked::new(Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab)
    }
}

/// Level of security mode 1 that an attempt came to, 1 to 4.
fn level(attempt: &Attempt) -> u8 {
    let secure = attempt.report.as_ref().is_some_and(|report| report.secure_connections == Some(true));
    match attempt.level {
        Level::None => 1,
        Level::Encrypted => 2,
        Level::Authenticated if secure => 4,
        Level::Authenticated => 3,
    }
}

#[cfg(test)]
mod tests {
    use probes::ble::PairingOutcome;

    use super::*;
    use crate::bluetooth::pairing::test_pairings::{ROW, sound};
    use crate::scheme::test_asked::judged;
    use crate::test_facts::{Seen, TestFacts};

    const WITH: &str = "level = 3\n";

    fn of(declared: &str, seen: Option<BlePairing>) -> (Verdict, String) {
        let mut facts = TestFacts::declared(declared);
        if let Some(seen) = seen {
            facts = facts.observed(Seen::by("ble-pairing", seen));
        }
        let checked = judged(&CHECK, &facts, WITH);
        (checked.verdict, checked.reason.code)
    }

    /// The same, where a stranger without input or output pairs as well.
    fn takes_anybody() -> BlePairing {
        let mut seen = sound();
        for attempt in seen.attempts.iter_mut().filter(|attempt| attempt.kind == AttemptKind::JustWorks) {
            attempt.level = Level::Encrypted;
            if let Some(report) = &mut attempt.report {
                report.outcome = PairingOutcome::Paired;
            }
        }
        seen
    }

    #[test]
    fn whoever_is_in_the_middle_is_noticed_or_it_fails() {
        assert_eq!(of(ROW, Some(sound())), (Verdict::Pass, "scheme-bluetooth-protected".to_owned()));
        let bad = of(ROW, Some(takes_anybody()));
        assert_eq!(bad, (Verdict::Fail, "scheme-bluetooth-weaker-taken".to_owned()));
    }

    #[test]
    fn a_weaker_declaration_fails_and_an_unseen_one_stays_open() {
        let declared = of(&ROW.replace("passkey-shown", "just-works"), Some(sound()));
        assert_eq!(declared, (Verdict::Fail, "scheme-bluetooth-declared-weaker".to_owned()));
        assert_eq!(of(ROW, None), (Verdict::Inconclusive, "scheme-bluetooth-not-seen".to_owned()));
        let mut untried = sound();
        untried.attempts.retain(|attempt| attempt.kind != AttemptKind::JustWorks);
        assert_eq!(
            of(ROW, Some(untried)),
            (Verdict::Inconclusive, "scheme-bluetooth-not-settled".to_owned())
        );
    }

    #[test]
    fn a_device_without_bluetooth_is_not_concerned() {
        assert_eq!(of("", None), (Verdict::NotApplicable, "scheme-no-bluetooth".to_owned()));
    }
}
