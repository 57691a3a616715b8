//! Collects what is wrong while documents are read.

use std::collections::HashSet;
use std::sync::Arc;

use crate::diagnostic::{Blame, Diagnostic, Severity};
use crate::located::At;
use crate::node::Node;

/// Most diagnostics kept of one reading; a file with more is no declaration, and its reading stays bounded.
const MOST: usize = 1000;

/// The diagnostics so far.
pub(crate) struct Complaints {
    list: Vec<Diagnostic>,
    blame: Blame,
    /// Set once a document was not read to its end: what is missing in it proves nothing.
    pub(crate) incomplete: bool,
    /// Keys and ids that were written but not understood; that they are missing need not be said.
    pub(crate) unclear: HashSet<String>,
}

impl Complaints {
    pub(crate) fn new(blame: Blame) -> Self {
        Self { list: Vec::new(), blame, incomplete: false, unclear: HashSet::new() }
    }

    /// Something that cannot be understood.
    pub(crate) fn error(&mut self, code: &str, at: &At, message: impl Into<String>, help: Option<String>) {
        if self.list.len() > MOST {
            return;
        }
        if self.list.len() == MOST {
            self.list.push(self.diagnostic(
                "too-many-errors",
                at,
                format!("More than {MOST} faults, the rest is not shown"),
                Some("Mend these first, then check again".into()),
            ));
            self.incomplete = true;
            return;
        }
        self.list.push(self.diagnostic(code, at, message.into(), help));
    }

    pub(crate) fn wrong_type(&mut self, node: &Node, expected: &str) {
        let message = format!("{} where {expected} is expected", capitalized(node.kind()));
        self.error("wrong-type", &node.at, message, Some(format!("Write {expected}")));
    }

    pub(crate) fn missing_key(&mut self, at: &At, key: &str, doc: &str) {
        let help = if doc.is_empty() { format!("Add `{key}`") } else { format!("Add `{key}`: {doc}") };
        self.error("missing-key", at, format!("The key `{key}` is missing"), Some(help));
    }

    /// A key that does not exist here.
    pub(crate) fn unknown_key<'k>(&mut self, at: &At, key: &str, known: impl IntoIterator<Item = &'k str>) {
        if self.list.len() > MOST {
            return;
        }
        let known: Vec<&str> = known.into_iter().collect();
        self.unclear.extend(nearest(key, &known).map(str::to_owned));
        let help = expectation(key, known);
        self.error("unknown-key", at, format!("There is no key `{}` here", excerpt(key)), help);
    }

    /// A name that is none of those allowed.
    pub(crate) fn bad_value<'k>(&mut self, at: &At, written: &str, known: impl IntoIterator<Item = &'k str>) {
        let help = expectation(written, known.into_iter().collect());
        self.error(
            "bad-value",
            at,
            format!("\"{}\" is none of the values allowed here", excerpt(written)),
            help,
        );
    }

    /// Whether something was said of this file.
    pub(crate) fn names_file(&self, name: &str) -> bool {
        self.list.iter().any(|diagnostic| &*diagnostic.at.file == name)
    }

    /// Number of faults so far.
    pub(crate) fn count(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn has_errors(&self) -> bool {
        !self.list.is_empty()
    }

    /// All of them, by file and place. On a line whose syntax is broken only the break is named: what is
    /// misread after it is an echo.
    pub(crate) fn into_sorted(mut self) -> Vec<Diagnostic> {
        sort(&mut self.list);
        let broken: HashSet<(Arc<str>, u32)> = self
            .list
            .iter()
            .filter(|diagnostic| diagnostic.code == "syntax")
            .map(|diagnostic| (Arc::clone(&diagnostic.at.file), diagnostic.at.line))
            .collect();
        let mut named = HashSet::new();
        self.list.retain(|diagnostic| {
            let line = (Arc::clone(&diagnostic.at.file), diagnostic.at.line);
            !broken.contains(&line) || (diagnostic.code == "syntax" && named.insert(line))
        });
        self.list
    }

    fn diagnostic(&self, code: &str, at: &At, message: String, help: Option<String>) -> Diagnostic {
        Diagnostic {
            code: code.to_owned(),
            severity: Severity::Error,
            blame: self.blame,
            at: at.clone(),
            message,
            help,
            provision: None,
            unit: None,
        }
    }
}

/// By file, then place, then code.
pub(crate) fn sort(list: &mut [Diagnostic]) {
    list.sort_by(|a, b| {
        (&a.at.file, a.at.line, a.at.column, &a.code, &a.provision, &a.message).cmp(&(
            &b.at.file,
            b.at.line,
            b.at.column,
            &b.code,
            &b.provision,
            &b.message,
        ))
    });
}

/// What was expected: the nearest name, or all of them where they are few.
pub(crate) fn expectation(written: &str, known: Vec<&str>) -> Option<String> {
    let near = nearest(written, &known);
    let all = (!known.is_empty() && known.len() <= 12).then(|| {
        let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
        format!("Expected: {}", names.join(", "))
    });
    match (near, all) {
        (Some(near), Some(all)) => Some(format!("Did you mean `{near}`? {all}")),
        (Some(near), None) => Some(format!("Did you mean `{near}`?")),
        (None, all) => all,
    }
}

/// The known name most like the one written, where one is like it.
pub fn nearest<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    if written.len() > 100 {
        return None;
    }
    let lower = written.to_lowercase().replace('-', "_");
    known
        .iter()
        .map(|name| {
            (strsim::normalized_damerau_levenshtein(&lower, &name.to_lowercase().replace('-', "_")), *name)
        })
        .filter(|(likeness, _)| *likeness >= 0.55)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// A supplier's text, short enough for a message and on one line.
pub(crate) fn excerpt(text: &str) -> String {
    let mut short: String = text.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(60).is_some() {
        short.push('…');
    }
    short
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
