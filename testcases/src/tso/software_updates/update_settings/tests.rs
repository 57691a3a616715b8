use probes::Outcome;
use probes::probe::settings::SettingSeen;

use super::*;
use crate::settings_seen::made::{seen, sound};
use crate::test_facts::TestFacts;

const IXIT: &str = "[[upd_mech]]\nid = \"UpdMech-1\"\nupdate = { automatic = true, notifies = true }\n\
    settings = { automatic-updates = { port = 443, tls = true, who = \"AuthMech-1\", page = \"/updates\", \
    field = \"install\", later = \"later\" }, update-notices = { port = 443, tls = true, who = \"AuthMech-1\", \
    page = \"/updates\", field = \"install\", later = \"later\" } }\n\
    [[auth_mech]]\nid = \"AuthMech-1\"\n\
    login = { kind = \"form\", port = 443, tls = true, path = \"/login\" }\n";
const CHANGES: [(&str, &str); 2] = [("5.3-6-2:b", AUTOMATIC), ("5.3-6-2:d", NOTICES)];
const FIRST: [(&str, &str); 2] = [("5.3-6-2:a", AUTOMATIC), ("5.3-6-2:c", NOTICES)];

fn judged(unit: &str, setting: SettingSeen) -> (Verdict, String) {
    let result = TestFacts::declared(IXIT).observed(seen(setting, Vec::new(), Vec::new())).judge_one(unit);
    (result.verdict, result.reason.code)
}

fn expect(got: (Verdict, String), verdict: Verdict, code: &str) {
    assert_eq!(got, (verdict, code.to_owned()));
}

#[test]
fn what_is_on_at_first_passes_and_what_is_not_fails() {
    for (unit, key) in FIRST {
        expect(judged(unit, sound("UpdMech-1", key)), Verdict::Pass, "setting-on-at-first");
        for position in ["off", "later"] {
            let off = SettingSeen { first: Some(position.to_owned()), ..sound("UpdMech-1", key) };
            expect(judged(unit, off), Verdict::Fail, "setting-off-at-first");
        }
        let other = SettingSeen { first: Some("other".to_owned()), ..sound("UpdMech-1", key) };
        expect(judged(unit, other), Verdict::Inconclusive, "waits-for-assessor");
        let nothing = SettingSeen { first: None, status: None, control: None, ..sound("UpdMech-1", key) };
        expect(judged(unit, nothing), Verdict::Inconclusive, "observation-incomplete");
    }
}

#[test]
fn a_setting_that_goes_through_its_positions_passes() {
    for (unit, key) in CHANGES {
        expect(judged(unit, sound("UpdMech-1", key)), Verdict::Pass, "setting-changes-as-declared");
    }
}

#[test]
fn each_way_of_not_obeying_has_its_own_code() {
    type Flaw = fn(&mut SettingSeen);
    let flaws: [(&str, Flaw); 5] = [
        ("setting-not-offered", |setting| {
            setting.changes[1].offered = false;
            (setting.changes[1].read, setting.changes[1].status) = (None, None);
        }),
        ("setting-change-refused", |setting| {
            setting.changes[0].status = Some(422);
            setting.changes[0].read = Some("on".to_owned());
        }),
        ("setting-change-without-effect", |setting| setting.changes[0].read = Some("on".to_owned())),
        ("setting-does-not-stay", |setting| setting.changes[0].stayed = Some("on".to_owned())),
        ("setting-open-to-strangers", |setting| {
            setting.stranger.as_mut().expect("a stranger").changed = Some(true);
        }),
    ];
    for (unit, key) in CHANGES {
        for (code, flaw) in flaws {
            let mut setting = sound("UpdMech-1", key);
            flaw(&mut setting);
            expect(judged(unit, setting), Verdict::Fail, code);
        }
    }
}

#[test]
fn what_was_not_tried_is_neither_passed_nor_failed() {
    let (unit, key) = CHANGES[0];
    type Lack = fn(&mut SettingSeen);
    let lacks: [Lack; 4] = [
        |setting| setting.changes.clear(),
        |setting| setting.changes[0].stayed = None,
        |setting| setting.changes[1].read = None,
        |setting| setting.stranger = None,
    ];
    for lack in lacks {
        let mut setting = sound("UpdMech-1", key);
        lack(&mut setting);
        let observed = seen(setting, Vec::new(), Vec::new()).ended(Outcome::Partial, "no consent");
        let result = TestFacts::declared(IXIT).observed(observed).judge_one(unit);
        assert_eq!(
            (result.verdict, result.reason.code.as_str(), result.blame),
            (Verdict::Inconclusive, "observation-incomplete", Some(Blame::Lab))
        );
    }
    let result = TestFacts::declared(IXIT).judge_one(unit);
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, "observation-missing"));
}

#[test]
fn a_setting_that_is_told_in_prose_only_is_for_a_person() {
    let prose = "[[upd_mech]]\nid = \"UpdMech-1\"\nupdate = { automatic = true, notifies = true }\n";
    for (unit, _) in FIRST.into_iter().chain(CHANGES) {
        let result = TestFacts::declared(prose).judge_one(unit);
        assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
        assert!(result.open.is_some());
    }
}
