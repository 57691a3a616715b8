//! Trials with update packages made by hand, for the tests of judges.

use probes::probe::update_trials::{AskedFor, Attack, CheckSeen, UpdateFacts, UpdateTrial};

use crate::state::DutState;
use crate::test_facts::Seen;

/// Version on the device, the newer one and the older one.
pub(crate) const VERSIONS: [&str; 3] = ["1.4.2", "1.5.0", "1.3.0"];

/// A mechanism by which the device fetches signed packages over TLS.
pub(crate) const PULL: &str = r#"
[[upd_mech]]
id = "UpdMech-Cloud"
description = "Fetches signed packages over HTTPS"
security_guarantees = ["integrity", "authenticity"]
crypto = [{ purpose = "signature", primitive = "Ed25519" }, { purpose = "transport", protocol = "TLS", versions = ["1.3"] }]
endpoint = [{ transport = "tcp", port = 8444, application = "https", host = "update.example" }]
package = { way = "pull", manifest = "/newest.json", image = "/{version}.bin", signature = { manifest_key = "signature" } }
"#;

/// What of the other attacks a sound device that fetches does: every one in the minimum, and the control last.
pub(crate) fn sound() -> UpdateFacts {
    let refused = [
        Attack::AlteredImage,
        Attack::AlteredList,
        Attack::Unsigned,
        Attack::OtherSignature,
        Attack::OtherModel,
        Attack::Mixed,
        Attack::Truncated,
        Attack::Older,
    ];
    let mut trials: Vec<UpdateTrial> = refused.into_iter().map(refused_trial).collect();
    trials.push(installed_trial(Attack::Authentic));
    UpdateFacts {
        row: "UpdMech-Cloud".to_owned(),
        way: "pull".to_owned(),
        version_before: Some(VERSIONS[0].to_owned()),
        checked: vec![CheckSeen { path: "/newest.json".to_owned(), after_seconds: 0.5, plain: false }],
        trials,
        not_tried: Vec::new(),
        restored: Some(true),
    }
}

/// The device fetched it and did not install it.
pub(crate) fn refused_trial(attack: Attack) -> UpdateTrial {
    let offered = if attack == Attack::Older { VERSIONS[2] } else { VERSIONS[1] };
    let asked = |path: &str| AskedFor { path: path.to_owned(), plain: false, octets_sent: 400, whole: true };
    UpdateTrial {
        attack,
        how: None,
        offered_version: Some(offered.to_owned()),
        asked: vec![asked("/newest.json"), asked("/1.5.0.bin")],
        fetched_whole: true,
        version_after: Some(VERSIONS[0].to_owned()),
        installed: Some(false),
        alive: true,
        back_after_seconds: None,
        refusal: None,
        outcome: "clear".to_owned(),
    }
}

/// The device fetched and installed it.
pub(crate) fn installed_trial(attack: Attack) -> UpdateTrial {
    let trial = refused_trial(attack);
    UpdateTrial { version_after: trial.offered_version.clone(), installed: Some(true), ..trial }
}

/// The same facts with another end of one attack, or with that attack besides, before the control.
pub(crate) fn with(mut facts: UpdateFacts, trial: UpdateTrial) -> UpdateFacts {
    match facts.trials.iter_mut().find(|known| known.attack == trial.attack) {
        Some(known) => *known = trial,
        None => facts.trials.insert(facts.trials.len() - 1, trial),
    }
    facts
}

/// The same facts without an attack, with the reason.
pub(crate) fn without(mut facts: UpdateFacts, attack: Attack, why: &str) -> UpdateFacts {
    facts.trials.retain(|trial| trial.attack != attack);
    facts.not_tried.push(probes::probe::update_trials::NotTried { attack, why: why.to_owned() });
    facts
}

/// The observation of them.
pub(crate) fn observed(facts: UpdateFacts) -> Seen {
    let (row, count) = (facts.row.clone(), facts.trials.len() as u64);
    Seen::by(super::PROBE, facts)
        .state(DutState::Initialized)
        .attempts(count)
        .params(serde_json::json!({ "row": row }))
}
