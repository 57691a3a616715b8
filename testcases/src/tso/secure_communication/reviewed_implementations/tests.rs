use super::*;
use crate::test_facts::{Seen, TestFacts};
use crate::test_network::{asked, disclosure, identity, sweep};

const UNIT: &str = "5.5-2-2:a";

const ROWS: &str = r#"
[[net_sec_impl]]
id = "NetSecImpl-Web"
description = "Web server"
review_evaluation_method = "Review by an outside party"
report = "Report, section 3"
implementation = { name = "wh-controller", version = "1.4.2" }
"#;

fn telling(ixit: &str, server: Option<&str>) -> TestFacts {
    let mut identity = identity(8443, "http", true, &[]);
    identity.disclosed.extend(server.map(|server| {
        let mut told = disclosure("server-software");
        server.clone_into(&mut told.value);
        told
    }));
    TestFacts::declared(ixit)
        .observed(sweep(DutState::Initialized, &[8443]))
        .observed(Seen::by("identify", identity))
        .observed(asked(DutState::Initialized, &[]))
}

#[test]
fn a_device_that_tells_nothing_or_the_reviewed_version_passes() {
    for (server, code) in [
        (None, "no-implementation-told"),
        (Some("WH-Controller/1.4.2"), "implementation-as-reviewed"),
        (Some("wh_controller v1.4.2"), "implementation-as-reviewed"),
        (Some("wh-controller"), "no-implementation-told"),
    ] {
        let result = telling(ROWS, server).judge_one(UNIT);
        assert_eq!((result.verdict, result.by), (Verdict::Pass, By::Machine), "{server:?}: {result:#?}");
        assert_eq!(result.reason.code, code, "{server:?}");
        assert!(result.effort.is_some() && !result.evidence.is_empty());
    }
}

#[test]
fn another_version_of_the_reviewed_software_fails() {
    for server in ["wh-controller/1.3.9", "Linux/6.1 WH-Controller/1.4.3", "wh-controller 2"] {
        let result = telling(ROWS, Some(server)).judge_one(UNIT);
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Fail, "implementation-differs"),
            "{server}"
        );
        assert_eq!(result.blame, Some(Blame::DeviceOrDocumentation));
        assert_eq!(result.evidence[0].at, "tcp/8443");
    }
}

#[test]
fn what_cannot_be_mapped_or_compared_is_asked() {
    let unversioned = ROWS.replace(", version = \"1.4.2\"", "");
    let none = ROWS.replace("implementation = { name = \"wh-controller\", version = \"1.4.2\" }", "");
    for (rows, server) in [
        (ROWS, Some("lighttpd/1.4.35")),
        (ROWS, Some("wh-controller/1.4")),
        (unversioned.as_str(), Some("wh-controller/1.4.2")),
        (none.as_str(), None),
    ] {
        let result = telling(rows, server).judge_one(UNIT);
        assert!(result.open.is_some(), "{server:?}: {result:#?}");
        assert_eq!(result.by, By::Assisted);
    }
}

#[test]
fn silence_counts_only_after_a_whole_search() {
    let unasked = TestFacts::declared(ROWS)
        .observed(sweep(DutState::Initialized, &[8443]))
        .observed(asked(DutState::Initialized, &[]));
    let result = unasked.judge_one(UNIT);
    assert_eq!((result.verdict, result.blame), (Verdict::Inconclusive, Some(Blame::Lab)));
    assert_eq!(TestFacts::declared(ROWS).judge_one(UNIT).verdict, Verdict::Inconclusive);
}
