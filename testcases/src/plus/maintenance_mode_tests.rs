use probes::Outcome;
use probes::probe::maintenance_pages::PageAnswer;

use super::*;
use crate::test_facts::{Seen, TestFacts};
use crate::test_network::{identified, sweep};

const STATE: DutState = DutState::Initialized;

fn answer(status: u16, likeness: &str) -> PageAnswer {
    PageAnswer { status, location: None, octets: 10, likeness: likeness.to_owned() }
}

fn found(path: &str, status: u16, beside: u16) -> PageFound {
    PageFound {
        path: path.to_owned(),
        answer: answer(status, "one"),
        beside: Some(answer(beside, "other")),
        title: Some("Service menu".to_owned()),
    }
}

fn pages(found: Vec<PageFound>) -> MaintenancePages {
    let visit = |user: Option<&str>, found| VisitSeen {
        user: user.map(str::to_owned),
        asked: PATHS.len() as u32,
        found,
        ..VisitSeen::default()
    };
    let visits = vec![visit(None, found), visit(Some("AuthMech-1"), Vec::new())];
    MaintenancePages { port: 8443, scheme: Some("https".to_owned()), visits }
}

fn results(ixit: &str, seen: Seen) -> Vec<ItemResult> {
    let facts = TestFacts::declared(ixit).observed(sweep(STATE, &[8443])).observed(seen);
    judge(&facts.facts())
}

fn one(ixit: &str, found: PageFound) -> (String, Verdict) {
    let mut results = results(ixit, Seen::by("maintenance-pages", pages(vec![found])));
    assert_eq!(results.len(), 1, "{results:#?}");
    let result = results.remove(0);
    assert!(!result.evidence.is_empty());
    (result.reason.code, result.verdict)
}

fn is(code: &str, verdict: Verdict) -> (String, Verdict) {
    (code.to_owned(), verdict)
}

#[test]
fn a_server_without_such_pages_passes_with_its_effort() {
    let results = results("", Seen::by("maintenance-pages", pages(Vec::new())));
    assert_eq!((results.len(), results[0].verdict), (1, Verdict::Pass));
    assert_eq!(results[0].reason.code, "plus-maintenance-none");
    assert!(results[0].effort.is_some());
}

#[test]
fn a_hidden_page_fails_behind_a_login_too() {
    assert_eq!(one("", found("/factory", 200, 404)), is("plus-maintenance-page-untold", Verdict::Fail));
    assert_eq!(one("", found("/factory", 401, 404)), is("plus-maintenance-login-untold", Verdict::Fail));
}

#[test]
fn what_is_no_page_of_its_own_fails_nothing() {
    for status in [302, 403, 405, 500] {
        let expected = is("plus-maintenance-unclear", Verdict::Inconclusive);
        assert_eq!(one("", found("/factory", status, 404)), expected, "{status}");
        let wall = is("plus-maintenance-none", Verdict::Pass);
        assert_eq!(one("", found("/factory", status, status)), wall, "{status}");
    }
    assert_eq!(one("", found("/factory", 401, 401)), is("plus-maintenance-none", Verdict::Pass));
}

#[test]
fn a_server_that_answers_everything_is_no_hit() {
    let mut same = found("/factory", 200, 200);
    assert_eq!(one("", same.clone()), is("plus-maintenance-unclear", Verdict::Inconclusive));
    same.beside = Some(same.answer.clone());
    assert_eq!(one("", same.clone()), is("plus-maintenance-none", Verdict::Pass));
    same.beside = None;
    assert_eq!(one("", same), is("plus-maintenance-unclear", Verdict::Inconclusive));
}

#[test]
fn a_page_that_is_told_of_is_none_of_these() {
    let prose = "[[ext_api]]\nid = \"A\"\ndescription = \"Service menu at /service for installers\"\n";
    let access = "[[ext_api]]\nid = \"A\"\ndescription = \"Menu\"\n\
                  access = [{ kind = \"http\", port = 8443, tls = true, target = \"/service\", who = [\"anyone\"] }]\n";
    for ixit in [prose, access] {
        assert_eq!(one(ixit, found("/service", 200, 404)), is("plus-maintenance-none", Verdict::Pass));
        assert_eq!(one(ixit, found("/debug", 200, 404)).1, Verdict::Fail);
    }
}

#[test]
fn a_path_is_named_by_itself_or_behind_a_host() {
    assert!(names("Open https://HK-100.local/service/ and log in.", "/service"));
    assert!(names("保守は「/service」を開く。", "/service/"));
    assert!(!names("the input/service output", "/service"));
    assert!(!names("/service-menu", "/service"));
    assert!(!names("/api/service", "/service"));
}

#[test]
fn nothing_passes_that_was_not_asked() {
    let facts = TestFacts::declared("");
    assert!(judge(&facts.facts()).iter().all(|result| result.verdict == Verdict::Inconclusive));
    let facts = facts.observed(sweep(STATE, &[8443]));
    assert_eq!(judge(&facts.facts())[0].reason.code, "plus-maintenance-not-asked");
    let half = Seen::by("maintenance-pages", pages(Vec::new())).ended(Outcome::Partial, "stopped");
    assert_eq!(results("", half)[0].reason.code, "plus-maintenance-not-asked");
    let mut without_user = pages(Vec::new());
    without_user.visits[1].not_asked = Some("no credential".to_owned());
    let without_user = results("", Seen::by("maintenance-pages", without_user));
    assert_eq!(
        (without_user[0].reason.code.as_str(), without_user[0].verdict),
        ("plus-maintenance-not-asked", Verdict::Inconclusive)
    );
    let no_web = MaintenancePages { port: 8443, ..MaintenancePages::default() };
    assert_eq!(
        results("", Seen::by("maintenance-pages", no_web.clone()))[0].reason.code,
        "plus-maintenance-no-web"
    );
    let facts = TestFacts::declared("").observed(sweep(STATE, &[8443]));
    let facts = facts.observed(identified(STATE, 8443, "http", true));
    let facts = facts.observed(Seen::by("maintenance-pages", no_web));
    assert_eq!(judge(&facts.facts())[0].reason.code, "plus-maintenance-not-asked");
}
