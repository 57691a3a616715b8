use super::*;
use crate::test_facts::TestFacts;

const UNIT: &str = "5.3-12-1:a";

fn row(update: &str) -> String {
    format!(
        "[[upd_mech]]\nid = \"UpdMech-1\"\nuser_notification = \"The panel says when it restarts\"\n{update}\n"
    )
}

fn judged(update: &str) -> ItemResult {
    TestFacts::declared(&row(update)).judge_one(UNIT)
}

const TOLD: &str = "disruption_notice = true, disruption_notice_on_device = true";

#[test]
fn a_notice_on_the_device_passes() {
    for never in [
        "",
        ", never_disruptive = false",
        ", never_disruptive = true",
        ", notice_ways = [\"panel\", \"app\"]",
    ] {
        let result = judged(&format!("update = {{ {TOLD}{never} }}"));
        assert_eq!(
            (result.verdict, result.by, result.vacuous),
            (Verdict::Pass, By::Machine, false),
            "{never}"
        );
        assert_eq!(result.reason.code, "disruption-notice-on-device");
        assert_eq!(result.evidence[0].reference, "declaration:ixit.toml#upd_mech[0].update");
    }
}

#[test]
fn updates_that_never_disrupt_owe_no_notice_and_are_shown_as_such() {
    for notice in ["", ", disruption_notice = false", ", disruption_notice_on_device = false"] {
        let result = judged(&format!("update = {{ never_disruptive = true{notice} }}"));
        assert_eq!(
            (result.verdict, result.by, result.vacuous),
            (Verdict::Pass, By::Machine, true),
            "{notice}"
        );
        assert_eq!(result.reason.code, "updates-never-disruptive");
    }
}

#[test]
fn disruptions_that_are_untold_or_told_elsewhere_fail() {
    let untold = judged("update = { never_disruptive = false, disruption_notice = false }");
    assert_eq!((untold.verdict, untold.reason.code.as_str()), (Verdict::Fail, "no-disruption-notice"));
    assert_eq!(untold.blame, Some(ixit::Blame::Documentation));
    let app = "never_disruptive = false, disruption_notice = true, disruption_notice_on_device = false";
    let result = judged(&format!("update = {{ {app} }}"));
    assert_eq!(
        (result.verdict, result.reason.code.as_str()),
        (Verdict::Fail, "disruption-notice-not-on-device")
    );
}

#[test]
fn what_is_not_said_is_read_by_a_person() {
    let prejudged = |update: &str| {
        let result = judged(update);
        assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{update}");
        result.open.expect("a question").prejudgement
    };
    assert_eq!(prejudged(""), None);
    assert_eq!(prejudged("update = { disruption_notice = true }"), None);
    assert_eq!(prejudged("update = { disruption_notice = false }"), Some(Verdict::Fail));
    let app = format!("update = {{ {TOLD}, notice_ways = [\"app\", \"mail\"] }}");
    assert_eq!(prejudged(&app), Some(Verdict::Fail), "the ways lead past the device");
}
