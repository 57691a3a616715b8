use probes::probe::settings::{Heard, SettingSeen};

use crate::settings_seen::made::{heard, seen, switch, taken};
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const ROW: &str = "PersData-Use";
const IXIT: &str = "[[pers_data]]\nid = \"PersData-Use\"\nconsent = true\nobtaining_consent = \"A switch\"\n\
    settings = { consent = { port = 443, tls = true, page = \"/updates\", field = \"install\" } }\n";
const OBTAINED: &str = "6-2-2:a";
const WITHDRAWN: &str = "6-3-2:a";

fn expect(unit: &str, setting: SettingSeen, captures: Vec<Heard>, code: &str) {
    let result = TestFacts::declared(IXIT).observed(seen(setting, captures, Vec::new())).judge_one(unit);
    let verdict = if code == "waits-for-assessor" { Verdict::Inconclusive } else { Verdict::Fail };
    assert_eq!((result.verdict, result.reason.code.as_str()), (verdict, code), "{unit}");
}

#[test]
fn a_sound_switch_is_shown_to_a_person_with_what_flowed() {
    let captures = vec![heard("off", &[]), heard("on", &[ROW]), heard("withdrawn", &[])];
    for unit in [OBTAINED, WITHDRAWN] {
        expect(unit, switch(ROW), captures.clone(), "waits-for-assessor");
        let facts = TestFacts::declared(IXIT).observed(seen(switch(ROW), captures.clone(), Vec::new()));
        let open = facts.judge_one(unit).open.expect("a question");
        assert!(open.shown.iter().any(|shown| shown.text == "on: stats.example:80 [1]"), "{:#?}", open.shown);
    }
}

#[test]
fn data_in_a_position_that_does_not_allow_them_fail() {
    let off = || vec![heard("off", &[ROW]), heard("withdrawn", &[])];
    expect(OBTAINED, switch(ROW), off(), "data-without-consent");
    expect(WITHDRAWN, switch(ROW), off(), "data-without-consent");
    let after = || vec![heard("off", &[]), heard("withdrawn", &["PersData-Other", ROW])];
    expect(WITHDRAWN, switch(ROW), after(), "data-after-withdrawal");
    expect(OBTAINED, switch(ROW), after(), "waits-for-assessor");
}

#[test]
fn a_switch_that_is_on_at_first_fails_the_obtaining_alone() {
    let on = || SettingSeen { first: Some("on".to_owned()), ..switch(ROW) };
    expect(OBTAINED, on(), Vec::new(), "consent-given-at-first");
    expect(WITHDRAWN, on(), Vec::new(), "waits-for-assessor");
}

#[test]
fn a_switch_that_cannot_be_put_off_again_fails_the_withdrawal() {
    let with = |offered: bool, read: Option<&str>, stayed: Option<&str>| {
        let mut setting = switch(ROW);
        let change = setting.changes.last_mut().expect("the withdrawal");
        change.offered = offered;
        (change.read, change.stayed) = (read.map(str::to_owned), stayed.map(str::to_owned));
        setting
    };
    expect(WITHDRAWN, with(false, None, None), Vec::new(), "withdrawal-not-offered");
    expect(WITHDRAWN, with(true, Some("on"), None), Vec::new(), "consent-not-withdrawn");
    expect(WITHDRAWN, with(true, Some("off"), Some("on")), Vec::new(), "withdrawal-does-not-stay");
    // What was not tried to the end shows nothing.
    expect(WITHDRAWN, with(true, None, None), Vec::new(), "waits-for-assessor");
    let mut never_on = with(true, Some("on"), None);
    never_on.changes = vec![taken("off")];
    expect(WITHDRAWN, never_on, Vec::new(), "waits-for-assessor");
}
