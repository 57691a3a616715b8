//! 5.5-4: services that are reachable over a network let in only who has shown who they are.

use ixit::Blame;
use probes::probe::http_login::LoginBehaviour;

use crate::assessor::empty_selection;
use crate::assisted;
use crate::catalogue::Unit;
use crate::facts::{Facts, Recorded};
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.5-4.
pub static GROUP: Group = Group {
    id: "5.5-4",
    judges: &[Judge {
        unit: "5.5-4-2:a",
        by: By::Assisted,
        machine_can: &[Verdict::Fail],
        needs: &["http-login"],
        judge: no_service_opens_without_authentication,
    }],
};

/// 5.5-4-2 a: where the probe drives a mechanism that protects a service, the page behind the login has to
/// refuse a stranger. One that opens is a shown contradiction; everything else is for a person.
fn no_service_opens_without_authentication(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let logins = facts.results::<LoginBehaviour>("http-login");
    selected.items.iter().map(|item| one_service(facts, unit, item, &logins)).collect()
}

fn one_service(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    logins: &[(&Recorded, LoginBehaviour)],
) -> ItemResult {
    let mechanisms = item.row.texts("authentication_mechanism");
    let mut seen = Vec::new();
    for (recorded, login) in logins.iter().filter(|(_, login)| mechanisms.contains(&login.row.as_str())) {
        let control = &login.negative_control;
        let protected = protected_page(recorded);
        if control.result == "accepted" {
            return ItemResult::machine(
                &item.row.id,
                Verdict::Fail,
                RestsOn::Observed,
                Reason::new("open-without-login")
                    .with("row", &login.row)
                    .with("page", &protected)
                    .with(
                        "status",
                        control.status.map_or_else(|| "-".to_owned(), |status| status.to_string()),
                    )
                    .expected_by(item.row.reference(item.table, "authentication_mechanism")),
            )
            .blame(Blame::Device)
            .seen_in(recorded.state(), recorded.sample())
            .evidence(recorded.at(format!("request {}", control.n)))
            .effort(&recorded.observation.effort);
        }
        seen.push(Shown {
            label: format!("observed: {protected} without credentials"),
            text: format!("{} ({})", control.result, control.status.unwrap_or_default()),
            source: Some(recorded.reference.clone()),
        });
    }
    assisted::ask_about(facts, unit, item, seen, None)
}

fn protected_page(recorded: &Recorded) -> String {
    recorded.observation.params.get("protected").and_then(|page| page.as_str()).unwrap_or("-").to_owned()
}

#[cfg(test)]
mod tests {
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
        let mut results = no_service_opens_without_authentication(&facts, unit);
        assert_eq!(results.len(), 1);
        results.remove(0)
    }

    #[test]
    fn a_page_that_refuses_strangers_is_left_to_the_assessor_with_what_was_seen() {
        let result = judged(control("rejected", 401));
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Inconclusive, "waits-for-assessor")
        );
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
}
