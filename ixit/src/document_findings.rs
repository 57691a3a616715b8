//! What is wrong with a document that the supplier handed in: a finding, which stops no run.

use crate::diagnostic::{Blame, Diagnostic, Severity};
use crate::located::At;

/// A finding that belongs to no unit alone.
pub(crate) fn finding(code: &str, at: &At, message: String, help: impl Into<String>) -> Diagnostic {
    Diagnostic {
        code: code.to_owned(),
        severity: Severity::Finding,
        blame: Blame::Documentation,
        at: at.clone(),
        message,
        help: Some(help.into()),
        provision: None,
        unit: None,
    }
}

/// What the readers of files call an error is a finding here; `kind` begins the codes of the document, e.g. `mud`.
pub(crate) fn as_finding(mut diagnostic: Diagnostic, kind: &str) -> Diagnostic {
    if !diagnostic.code.starts_with(&format!("{kind}-")) {
        diagnostic.code = format!("{kind}-not-understood");
    }
    diagnostic.severity = Severity::Finding;
    diagnostic
}
