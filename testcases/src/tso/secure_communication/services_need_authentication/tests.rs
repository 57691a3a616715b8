use super::*;
use crate::facts::Recorded;

fn control(result: &str, status: u16) -> Recorded {
    let observation = serde_json::json!({
        "format": "hantei.observation/1", "probe": "http-login", "version": 1, "target": "AuthMech-Api",
        "params": { "protected": "/api/status" },
        "context": { "sample": "S1", "component": "device", "firmware": null, "state": "initialized",
                     "at": "2026-01-01T00:00:00Z", "equipment": [] },
        "outcome": "complete",
        "effort": { "attempted": 1, "completed": 1, "seconds": 0.1, "what": "logins" },
        "data": {
            "row": "AuthMech-Api",
            "negative_control": { "n": 1, "status": status, "seconds": 0.1, "result": result },
            "good": null, "burst": [], "locked_after": null, "good_refused_while_locked": null,
            "recovered_after_seconds": null, "common_accepted": [], "common_tried": 0, "median_seconds": null
        }
    });
    Recorded::new(serde_json::from_value(observation).expect("an observation"))
}

fn judged(recorded: Recorded) -> ItemResult {
    let ics = "edition = \"en303645-2.1.1\"\n";
    let ixit = "[[auth_mech]]\nid = \"AuthMech-Api\"\ndescription = \"API\"\n\
                [[soft_serv]]\nid = \"SoftServ-Api\"\ndescription = \"API\"\n\
                authentication_mechanism = [\"AuthMech-Api\"]\nnetwork_accessible_in = [\"initialized\"]\n";
    let sources = vec![
        ixit::SourceFile::new("ics.toml", ics.as_bytes().to_vec()),
        ixit::SourceFile::new("ixit.toml", ixit.as_bytes().to_vec()),
    ];
    let reading = ixit::Declaration::from_sources(sources, Vec::new());
    let declaration = reading.declaration.expect("no error");
    let catalogue = crate::Catalogue::of(ixit::Edition::En303645V2_1_1);
    let observations = [recorded];
    let facts = Facts {
        catalogue,
        declaration: &declaration,
        diagnostics: &[],
        observations: &observations,
        decisions: &[],
        date: jiff::civil::date(2026, 1, 1),
    };
    let unit = catalogue.unit("5.5-4-2:a").expect("a unit");
    let mut results = strangers_are_refused(&facts, unit);
    assert_eq!(results.len(), 1);
    results.remove(0)
}

#[test]
fn a_page_that_refuses_strangers_is_left_to_the_assessor_with_what_was_seen() {
    let result = judged(control("rejected", 401));
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, "waits-for-assessor"));
    assert!(result.open.expect("a question").shown.iter().any(|shown| shown.text.contains("rejected")));
}

#[test]
fn a_page_that_opens_to_strangers_fails_and_blames_the_device() {
    let result = judged(control("accepted", 200));
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "open-without-login"));
    assert_eq!(result.blame, Some(Blame::Device));
    assert_eq!(result.evidence[0].at, "request 1");
}

#[test]
fn no_answer_proves_nothing() {
    assert_eq!(judged(control("no-answer", 0)).verdict, Verdict::Inconclusive);
}
