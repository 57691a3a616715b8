//! The MUD file (RFC 8520) that the supplier handed in, as text for whoever judges.
//!
//! No network. What the file says is hostile input to its reader, which bounds it.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};

/// Largest file that is taken, in octets.
const LARGEST: usize = 1 << 20;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Path below `documents/`.
    pub path: String,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MudFileSeen {
    /// Path below `documents/`.
    pub path: String,
    /// Its size in octets.
    pub octets: u64,
    /// What it says; `None` where it is no text or too large.
    pub text: Option<String>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "mud-file",
    version: 1,
    summary: "Takes the MUD file that the supplier handed in into the record, without touching the device",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Ok(params) => take(params, &context),
            Err(error) => trouble(format!("the parameters of mud-file cannot be read: {error}")),
        }
    })
}

fn take(params: Params, context: &ProbeContext) -> Findings {
    let octets = match (context.documents)(&params.path) {
        Ok(octets) => octets,
        Err(error) => return trouble(format!("documents/{} cannot be had: {error}", params.path)),
    };
    let size = octets.len();
    let text = if size > LARGEST { None } else { String::from_utf8(octets).ok() };
    let why = text.is_none().then(|| match size > LARGEST {
        true => format!("documents/{} has {size} octets, more than {LARGEST}", params.path),
        false => format!("documents/{} is no text in UTF-8", params.path),
    });
    let effort = Effort {
        attempted: 1,
        completed: u64::from(text.is_some()),
        what: format!("documents/{} ({size} octets) taken into the record", params.path),
        gaps: why.iter().cloned().collect(),
        ..Effort::default()
    };
    let seen = MudFileSeen { path: params.path, octets: size as u64, text };
    let outcome = if why.is_none() { Outcome::Complete } else { Outcome::Partial };
    let data = serde_json::to_value(&seen).expect("what was seen has string keys only");
    Findings { outcome, effort, trouble: why, data }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialer::{DialLimits, Dialer, Scope};

    async fn taken(path: &str) -> (Findings, Option<MudFileSeen>) {
        let dialer = Dialer::new(Scope::default(), DialLimits::default());
        let Some(context) = Arc::into_inner(ProbeContext::for_tests(dialer)) else { panic!("one owner") };
        let load = |path: &str| match path {
            "a.mud.json" => Ok(b"{}".to_vec()),
            "photo.jpg" => Ok(vec![0xff, 0xd8]),
            "large.json" => Ok(vec![b' '; LARGEST + 1]),
            _ => Err("it was not handed in".to_owned()),
        };
        let context = Arc::new(context.with_documents(Box::new(load), None));
        let findings = observe(serde_json::json!({ "path": path }), context).await;
        let seen = serde_json::from_value(findings.data.clone()).ok();
        (findings, seen)
    }

    #[tokio::test]
    async fn the_text_of_the_file_is_taken() {
        let (findings, seen) = taken("a.mud.json").await;
        assert_eq!((findings.outcome, findings.effort.completed), (Outcome::Complete, 1));
        assert_eq!(seen.and_then(|seen| seen.text).as_deref(), Some("{}"));
    }

    #[tokio::test]
    async fn what_is_no_text_or_too_large_is_said_to_be_so() {
        for path in ["photo.jpg", "large.json"] {
            let (findings, seen) = taken(path).await;
            assert_eq!((findings.outcome, findings.effort.completed), (Outcome::Partial, 0), "{path}");
            assert_eq!(seen.and_then(|seen| seen.text), None, "{path}");
        }
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_trouble() {
        assert_eq!(taken("missing.json").await.0.outcome, Outcome::ToolTrouble);
    }
}
