use super::*;
use crate::outage_seen::test_outages::{answer, interruption, observed};
use crate::test_facts::TestFacts;
use probes::probe::interruption::Interruption;

const LOCAL: &str = r#"
[[res_mech]]
id = "ResMech-Local"
type = "network connectivity"
resilience = { outages = ["uplink"], goes_on = ["SoftServ-Web"], recovers_seconds = 30 }
"#;

fn judged(ixit: &str, unit: &str, seen: Interruption) -> Vec<(Verdict, String)> {
    let results = TestFacts::declared(ixit).observed(observed(seen)).judge(unit);
    results.into_iter().map(|result| (result.verdict, result.reason.code)).collect()
}

#[test]
fn the_whole_device_is_compared_and_not_only_what_a_row_keeps() {
    let unit = "5.9-2-2:a";
    assert_eq!(
        judged(LOCAL, unit, interruption("uplink")),
        [(Verdict::Pass, "resilient-as-declared".to_owned())]
    );
    let mut open = interruption("uplink");
    open.after.answers[1] = answer("GET /settings", "stranger", "served", "d1");
    assert_eq!(judged(LOCAL, unit, open.clone()), [(Verdict::Fail, "state-worse-after-outage".to_owned())]);
    // The mechanism itself promises nothing of the kind.
    let mut console = interruption("uplink");
    console.after.answers[0] = answer("GET /settings", "entitled", "refused", "");
    assert_eq!(judged(LOCAL, unit, console)[0].0, Verdict::Pass);
}

#[test]
fn an_access_that_is_lost_and_not_spoken_of_is_left_open() {
    let mut seen = interruption("uplink");
    let mut api = answer("GET /cloud-view", "entitled", "served", "c1");
    api.rows = vec!["SoftServ-View".to_owned()];
    seen.before.answers.push(api.clone());
    seen.outages[0].during.push(answer("GET /cloud-view", "entitled", "refused", ""));
    assert_eq!(judged(LOCAL, "5.9-2-2:a", seen), [(Verdict::Inconclusive, "local-access-lost".to_owned())]);
}

#[test]
fn recovery_from_power_is_judged_where_something_is_kept_and_asked_where_nothing_is_said() {
    let unit = "5.9-2-2:b";
    let power = r#"
[[res_mech]]
id = "ResMech-Power"
type = "power"
resilience = { outages = ["power"], keeps = ["SoftServ-Web"], recovers_seconds = 30 }
"#;
    assert_eq!(
        judged(power, unit, interruption("power")),
        [(Verdict::Pass, "resilient-as-declared".to_owned())]
    );
    let mut worse = interruption("power");
    worse.after.ports[2].1 = true;
    assert_eq!(judged(power, unit, worse), [(Verdict::Fail, "state-worse-after-outage".to_owned())]);
    let silent = power.replace("keeps = [\"SoftServ-Web\"], ", "");
    let open = judged(&silent, unit, interruption("power"));
    assert!(open.contains(&(Verdict::Inconclusive, "waits-for-assessor".to_owned())), "{open:?}");
    let prose = "[[res_mech]]\nid = \"ResMech-Power\"\ntype = \"power\"\n";
    assert_eq!(
        judged(prose, unit, interruption("power")),
        [(Verdict::Inconclusive, "waits-for-assessor".to_owned())]
    );
}

#[test]
fn nothing_observed_proves_nothing() {
    let results = TestFacts::declared(LOCAL).judge("5.9-2-2:a");
    assert_eq!(results.len(), 1);
    assert_eq!(
        (results[0].verdict, results[0].reason.code.as_str()),
        (Verdict::Inconclusive, "observation-missing")
    );
}
