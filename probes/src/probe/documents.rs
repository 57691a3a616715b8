//! The text of a document that the supplier handed in, by page and line.
//!
//! No network. The document is read in a limited process of its own; what it says is for whoever judges.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::apart::{DocumentFormat, DocumentRead, NotRead, Order, Task, Unreadable, read_apart};
use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Path below `documents/`.
    pub path: String,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentSeen {
    /// Path below `documents/`.
    pub path: String,
    /// Its size.
    pub octets: u64,
    /// How it is written; `None` for what is no document that is read.
    pub format: Option<DocumentFormat>,
    /// What was read.
    pub read: Option<DocumentRead>,
    /// Why nothing was read.
    pub not_read: Option<NotRead>,
    /// Its text as stored, `sha256:…`: pages apart by form feeds.
    pub kept: Option<String>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "documents",
    version: 1,
    summary: "Reads a document that the supplier handed in, by page and line, in a limited process",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Ok(params) => look(params, &context).await,
            Err(error) => trouble(format!("the parameters of documents cannot be read: {error}")),
        }
    })
}

async fn look(params: Params, context: &ProbeContext) -> Findings {
    let octets = match (context.documents)(&params.path) {
        Ok(octets) => octets,
        Err(error) => return trouble(format!("documents/{} cannot be had: {error}", params.path)),
    };
    let mut seen =
        DocumentSeen { octets: octets.len() as u64, path: params.path.clone(), ..DocumentSeen::default() };
    seen.format = DocumentFormat::of(&params.path, &octets);
    let answer = match seen.format {
        Some(format) => {
            let order = Order::of(Task::Document { format });
            read_apart(context.reader.as_deref(), &order, &octets, &context.cancel).await.and_then(understood)
        }
        None => Err(NotRead::Unreadable(Unreadable::new(
            "other-format",
            "it is neither PDF nor HTML, Markdown or plain text",
        ))),
    };
    let mut effort = Effort {
        attempted: 1,
        what: format!("documents/{} ({} octets) read in a limited process", seen.path, seen.octets),
        ..Effort::default()
    };
    match answer {
        Ok(read) => {
            effort.completed = 1;
            effort.gaps.clone_from(&read.gaps);
            seen.kept = Some(context.attach(read.text().as_bytes(), "txt").reference);
            seen.read = Some(read);
        }
        Err(why) => {
            effort.gaps.push(format!("documents/{} was not read: {why}", seen.path));
            seen.not_read = Some(why);
        }
    }
    let outcome = match &seen.not_read {
        Some(why) if why.is_of_the_lab() => Outcome::ToolTrouble,
        _ if effort.gaps.is_empty() => Outcome::Complete,
        _ => Outcome::Partial,
    };
    let trouble = effort.gaps.first().cloned();
    let data = serde_json::to_value(&seen).expect("what was seen has string keys only");
    Findings { outcome, effort, trouble, data }
}

fn understood(answer: Value) -> Result<DocumentRead, NotRead> {
    serde_json::from_value(answer)
        .map_err(|error| NotRead::ReaderBroken { error: format!("its answer is another: {error}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialer::{DialLimits, Dialer, Scope};

    async fn seen(path: &str) -> (Findings, Option<DocumentSeen>) {
        let dialer = Dialer::new(Scope::default(), DialLimits::default());
        let Some(context) = Arc::into_inner(ProbeContext::for_tests(dialer)) else { panic!("one owner") };
        let load = |path: &str| match path {
            "manual.md" => Ok(b"# Manual".to_vec()),
            "photo.jpg" => Ok(vec![0xff, 0xd8]),
            _ => Err("it was not handed in".to_owned()),
        };
        let context = Arc::new(context.with_documents(Box::new(load), None));
        let findings = observe(serde_json::json!({ "path": path }), context).await;
        let seen = serde_json::from_value(findings.data.clone()).ok();
        (findings, seen)
    }

    #[tokio::test]
    async fn without_a_reader_nothing_is_read_and_the_lab_is_named() {
        let (findings, seen) = seen("manual.md").await;
        assert_eq!(findings.outcome, Outcome::ToolTrouble);
        assert_eq!(seen.and_then(|seen| seen.not_read), Some(NotRead::NoReader));
        assert!(findings.trouble.is_some_and(|trouble| trouble.contains("no program is at hand")));
    }

    #[tokio::test]
    async fn what_is_no_document_is_said_to_be_none() {
        let (findings, seen) = seen("photo.jpg").await;
        assert_eq!(findings.outcome, Outcome::Partial);
        let why = seen.and_then(|seen| seen.not_read).expect("a reason");
        assert_eq!((why.code(), why.is_of_the_lab()), ("other-format", false));
    }

    #[tokio::test]
    async fn a_document_that_is_not_there_is_trouble() {
        assert_eq!(seen("missing.md").await.0.outcome, Outcome::ToolTrouble);
    }
}
