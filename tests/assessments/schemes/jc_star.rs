//! JC-STAR ★1.

use harness::testcases::Verdict;
use harness::testcases::scheme::{self, Applied};

use super::varied::{Varied, applied, judged, not_met, requirement};

/// The statements of the reference device, whichever the run was made with.
fn submitted(varied: &mut Varied) {
    varied.without("submission.toml");
    varied.add("submission.toml", include_str!("../../../lab/devices/water-heater/submission.toml"));
}

fn of(vary: impl FnOnce(&mut Varied)) -> Applied {
    applied("jc-star-1", |varied| {
        submitted(varied);
        vary(varied);
    })
}

/// The web login takes passwords of this length on set-up.
fn chosen(varied: &mut Varied, least: u32) {
    let before = "login = { kind = \"form\", port = 8443, tls = true, path = \"/login\", protected = \"/settings\", user_field = \"user\", password_field = \"password\" }\n\
                  set_up = { opened_by = \"AuthMech-Setup\", path = \"/setup\", password_field = \"new\", least_length = ";
    varied.replace("ixit.toml", &format!("{before}10"), &format!("{before}{least}"));
}

#[test]
fn the_reference_device_meets_all_sixteen_criteria() {
    let applied = of(|_| {});
    assert_eq!(not_met(&applied), []);
    assert_eq!((applied.verdict, applied.requirements.len()), (Some(Verdict::Pass), 16));
    let ids: Vec<String> = (1..=16).map(|number| format!("S1.1-{number:02}")).collect();
    assert!(applied.requirements.iter().map(|requirement| &requirement.id).eq(&ids));
    assert!(applied.missing_fields.is_empty() && applied.unknown_fields.is_empty(), "{applied:?}");
    assert_eq!(requirement(&applied, "S1.1-12").route.as_deref(), Some("cryptrec"));
}

#[test]
fn one_character_decides_on_default_passwords() {
    assert_eq!(not_met(&of(|varied| chosen(varied, 8))), []);
    let bad = of(|varied| chosen(varied, 7));
    let check = "check jc-star-password-length: scheme-jc-star-password-short".to_owned();
    assert_eq!(not_met(&bad), [("S1.1-02".to_owned(), Verdict::Fail, vec![check])]);
    assert_eq!(bad.verdict, Some(Verdict::Fail));
    // The numbers are not from the official text, and each report that uses them says so.
    assert!(requirement(&bad, "S1.1-02").unverified);
}

#[test]
fn what_the_standard_only_recommends_is_asked_for_here() {
    // The standard is met without the recommendation, the scheme is not.
    let claim = |varied: &mut Varied| {
        submitted(varied);
        varied.replace(
            "ics.toml",
            "[provision.\"5.9-2\"]\nsupport = \"Y\"",
            "[provision.\"5.9-2\"]\nsupport = \"N\"",
        );
    };
    let (standard, bad) = judged(claim, |facts, assessment| {
        let scheme = scheme::scheme("jc-star-1").expect("the scheme");
        (assessment.verdict, scheme::apply(facts, assessment, scheme))
    });
    assert_eq!(standard, Verdict::Pass);
    let claimed = "provision 5.9-2: scheme-provision-not-claimed".to_owned();
    assert_eq!(not_met(&bad), [("S1.1-14".to_owned(), Verdict::Fail, vec![claimed])]);
}

#[test]
fn without_the_statements_of_the_supplier_what_nobody_else_answers_is_open() {
    let silent = applied("jc-star-1", |varied| varied.without("submission.toml"));
    assert_eq!(silent.verdict, Some(Verdict::Inconclusive));
    let open: Vec<String> = not_met(&silent).into_iter().map(|(id, ..)| id).collect();
    assert_eq!(open, ["S1.1-01", "S1.1-07", "S1.1-09", "S1.1-11", "S1.1-16"]);
    for (_, verdict, codes) in not_met(&silent) {
        assert_eq!(verdict, Verdict::Inconclusive);
        assert!(codes.iter().all(|code| code.ends_with("scheme-not-stated")), "{codes:?}");
    }
    assert!(!silent.missing_fields.is_empty());
}
