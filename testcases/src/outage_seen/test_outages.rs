//! Outages made by hand, for the tests of judges.

use probes::probe::interruption::{Answered, Call, Interruption, Outage, Snapshot};

use crate::state::DutState;
use crate::test_facts::Seen;

/// An answer of `SoftServ-Web` with content of this digest.
pub(crate) fn answer(asked: &str, subject: &str, outcome: &str, digest: &str) -> Answered {
    Answered {
        rows: vec!["SoftServ-Web".to_owned()],
        asked: asked.to_owned(),
        subject: subject.to_owned(),
        outcome: outcome.to_owned(),
        status: None,
        digest: (!digest.is_empty()).then(|| digest.to_owned()),
        excerpt: Some(format!("content {digest}")),
    }
}

/// A sound device: an owner is served, a stranger refused, two ports of three closed.
pub(crate) fn sound() -> Snapshot {
    Snapshot {
        ports: vec![(80, false), (443, true), (2323, false)],
        answers: vec![
            answer("GET /settings", "entitled", "served", "d1"),
            answer("GET /settings", "stranger", "refused", ""),
        ],
    }
}

/// An outage of 5 s during which all goes on, after which the device answers within 2 s.
pub(crate) fn outage() -> Outage {
    Outage {
        by: "bench".to_owned(),
        seconds: 5.0,
        during: vec![answer("GET /settings", "entitled", "served", "d1")],
        answered_after: Some(2.0),
        ..Outage::default()
    }
}

/// One outage of a kind that changes nothing.
pub(crate) fn interruption(kind: &str) -> Interruption {
    Interruption {
        kind: kind.to_owned(),
        before: sound(),
        outages: vec![outage()],
        after: sound(),
        profile: None,
    }
}

/// The observation of it; the probe was to wait for 60 s.
pub(crate) fn observed(interruption: Interruption) -> Seen {
    let kind = interruption.kind.clone();
    Seen::by("interruption", interruption)
        .state(DutState::Initialized)
        .params(serde_json::json!({ "kind": kind, "recovery_seconds": 60.0 }))
}

/// Tries to reach `cloud.example` at 8883.
pub(crate) fn call(tries: &[f64], back_after: Option<f64>) -> Call {
    Call { peer: "cloud.example".to_owned(), port: 8883, tries: tries.to_vec(), back_after }
}
