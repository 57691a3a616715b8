//! The deletion of the user's data: near the end, because the device comes out of it as new.

use ixit::companion::{Erasure, Kept};
use ixit::{Declaration, Row};
use serde_json::{Value, json};

use super::access_control::{asked, good_in, mechanisms, sorted};
use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;

/// The deletion.
pub static OBSERVING: Observing = Observing {
    probe: "deletion",
    order: 994,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[Disturbance::EraseData],
    actions: &[],
    budget_seconds: 600,
    wanted,
};

fn wanted(declaration: &Declaration, state: DutState) -> Vec<Wanted> {
    let mut driven: Vec<(&Row, &Erasure)> = sorted(declaration, "del_func")
        .into_iter()
        .filter(|row| is_driven(row))
        .filter_map(|row| Some((row, &row.companions.erasure.as_ref()?.value)))
        .collect();
    // What leaves the device as new comes after what leaves the rest as it is.
    driven.sort_by_key(|(_, erasure)| erasure.resets);
    let reads: Vec<Value> =
        asked(declaration, state).into_iter().filter(|access| access["changes"] == json!(false)).collect();
    let mechanisms = mechanisms(declaration, state);
    driven
        .into_iter()
        .map(|(row, erasure)| {
            let params = json!({
                "function": row.id,
                "mechanisms": mechanisms,
                "ends": if erasure.resets { ended_by_reset(declaration) } else { Vec::new() },
                "deletes": row.companions.deletes.iter().map(|kept| datum(&kept.value)).collect::<Vec<Value>>(),
                "erasure": order(erasure),
                "reads": reads,
            });
            let actions = if erasure.resets { vec!["onboard".to_owned()] } else { Vec::new() };
            Wanted { actions: Some(actions), ..Wanted::with(&row.id, params) }
        })
        .collect()
}

/// Whether a probe can carry out the deletion of a row and look for what is left.
pub(crate) fn is_driven(row: &Row) -> bool {
    !row.observed_only && row.companions.erasure.is_some() && !row.companions.deletes.is_empty()
}

/// Mechanisms whose credentials are the user's own, and not good in a device as it left the factory.
fn ended_by_reset(declaration: &Declaration) -> Vec<String> {
    let ends = |row: &&Row| good_in(declaration, row, DutState::FactoryDefault) == Some(false);
    sorted(declaration, "auth_mech").into_iter().filter(ends).map(|row| row.id.clone()).collect()
}

fn datum(kept: &Kept) -> Value {
    json!({
        "data": kept.data,
        "port": kept.port,
        "tls": kept.tls,
        "who": kept.who,
        "target": kept.target,
        "method": kept.method,
        "field": kept.field,
        "others": kept.others,
        "json": kept.json,
        "kind": kept.kind.as_str(),
        "least": kept.least,
        "most": kept.most,
        "longest": kept.longest,
        "read": kept.read,
    })
}

pub(crate) fn order(erasure: &Erasure) -> Value {
    json!({
        "port": erasure.port,
        "tls": erasure.tls,
        "who": erasure.who,
        "page": erasure.page,
        "target": erasure.target,
        "method": erasure.method,
        "json": erasure.json,
        "password_field": erasure.password_field,
        "others": erasure.others,
        "confirmed_by": erasure.confirmed_by,
        "seconds": erasure.seconds,
        "resets": erasure.resets,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::TestFacts;

    #[test]
    fn what_resets_the_device_comes_last_and_prose_alone_is_not_driven() {
        let facts = TestFacts::declared(
            "[[auth_mech]]\nid = \"AuthMech-1\"\nfactor = { kind = \"password\", user_defined = true }\n\
             login = { kind = \"form\", port = 443, tls = true, path = \"/login\" }\n\
             [[del_func]]\nid = \"DelFunc-All\"\n\
             deletes = [{ data = \"settings\", port = 443, target = \"/name\", field = \"name\", read = \"/name\" }]\n\
             erasure = { port = 443, target = \"/reset\", resets = true }\n\
             [[del_func]]\nid = \"DelFunc-Prose\"\n\
             [[del_func]]\nid = \"DelFunc-Schedules\"\n\
             deletes = [{ data = \"settings\", port = 443, target = \"/name\", field = \"name\", read = \"/name\" }]\n\
             erasure = { port = 443, target = \"/clear\" }\n",
        );
        let wanted = wanted(facts.facts().declaration, DutState::Initialized);
        let targets: Vec<&str> = wanted.iter().map(|wanted| wanted.target.as_str()).collect();
        assert_eq!(targets, ["DelFunc-Schedules", "DelFunc-All"]);
        assert_eq!(wanted[0].params["ends"], json!([]));
        assert_eq!(wanted[1].params["ends"], json!(["AuthMech-1"]));
        assert_eq!(wanted[1].actions.as_deref(), Some(&["onboard".to_owned()][..]));
        assert_eq!(wanted[1].params["deletes"][0]["kind"], "text");
    }
}
