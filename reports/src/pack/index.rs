//! Which evidence answers which requirement, and where it lies.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Handed, PackFile, PackSource, hex};
use crate::inert::csv_cell;
use crate::scheme::SchemeResult;

/// A requirement, a need of it, and a place in a file.
#[derive(PartialEq, Eq)]
struct Row {
    scheme: String,
    requirement: String,
    need: String,
    verdict: String,
    reference: String,
    at: String,
    file: Option<String>,
    sha256: Option<String>,
    /// `withheld` or `absent`, where no file goes along.
    lacking: Option<&'static str>,
}

/// The index, and the files that it names.
pub(super) struct Index {
    rows: Vec<Row>,
    /// By name below the folder of the submission.
    files: BTreeMap<String, Vec<u8>>,
}

const ASSESSMENT: &str = "evidence/assessment.json";

/// Follows every reference of a result.
pub(super) fn index(result: &SchemeResult, source: &dyn PackSource, assessment: Vec<u8>) -> Index {
    let mut index = Index { rows: Vec::new(), files: BTreeMap::new() };
    index.files.insert(ASSESSMENT.to_owned(), assessment);
    for requirement in &result.applied.requirements {
        for need in &requirement.needs {
            for one in &need.evidence {
                let behind = source.behind(&one.reference).map(|reference| (reference, String::new()));
                for (reference, at) in [(one.reference.clone(), one.at.clone())].into_iter().chain(behind) {
                    let (file, lacking) = index.take(&reference, source);
                    let sha256 = file.as_ref().and_then(|name| index.files.get(name)).map(|bytes| hex(bytes));
                    let row = Row {
                        scheme: requirement.scheme.clone(),
                        requirement: requirement.id.clone(),
                        need: format!("{} {}", need.kind, need.subject),
                        verdict: need.verdict.to_string(),
                        at: place(&reference, at),
                        reference,
                        file,
                        sha256,
                        lacking,
                    };
                    if !index.rows.contains(&row) {
                        index.rows.push(row);
                    }
                }
            }
        }
    }
    index
}

/// Where in the file: what the result says, and the path that the reference has.
fn place(reference: &str, at: String) -> String {
    let path = reference
        .split_once('#')
        .map(|(_, path)| path)
        .or_else(|| reference.strip_prefix("assessment:"))
        .unwrap_or_default();
    [path, &at].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

impl Index {
    fn take(&mut self, reference: &str, source: &dyn PackSource) -> (Option<String>, Option<&'static str>) {
        if reference.starts_with("assessment:") {
            return (Some(ASSESSMENT.to_owned()), None);
        }
        match source.file(reference) {
            Handed::File(name, bytes) => {
                let name = format!("evidence/{name}");
                self.files.entry(name.clone()).or_insert(bytes);
                (Some(name), None)
            }
            Handed::Withheld => (None, Some("withheld")),
            Handed::Absent => (None, Some("absent")),
        }
    }

    /// Whether a file goes along.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// References without a file, each once, with why.
    pub(super) fn without_file(&self) -> Vec<(&str, &'static str)> {
        let mut found: Vec<(&str, &'static str)> = Vec::new();
        for row in &self.rows {
            if let Some(why) = row.lacking
                && !found.contains(&(row.reference.as_str(), why))
            {
                found.push((&row.reference, why));
            }
        }
        found
    }

    /// The same for `pack.json`.
    pub(super) fn lacking(&self) -> Vec<Value> {
        let lacking = self.without_file().into_iter();
        lacking.map(|(reference, why)| json!({ "kind": "file", "what": reference, "why": why })).collect()
    }

    pub(super) fn json(&self) -> Value {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                json!({
                    "scheme": row.scheme, "requirement": row.requirement, "need": row.need,
                    "verdict": row.verdict, "ref": row.reference, "at": row.at, "file": row.file,
                    "sha256": row.sha256, "lacking": row.lacking,
                })
            })
            .collect();
        json!({ "format": "hantei.evidence-index/1", "evidence": rows })
    }

    /// RFC 4180, UTF-8.
    pub(super) fn csv(&self) -> String {
        let mut text =
            String::from("scheme,requirement,need,verdict,reference,place,file,sha256,without file\r\n");
        for row in &self.rows {
            let optional = |text: &Option<String>| text.clone().unwrap_or_default();
            let cells = [
                row.scheme.clone(),
                row.requirement.clone(),
                row.need.clone(),
                row.verdict.clone(),
                row.reference.clone(),
                row.at.clone(),
                optional(&row.file),
                optional(&row.sha256),
                row.lacking.unwrap_or_default().to_owned(),
            ];
            text.push_str(&cells.map(|cell| csv_cell(&cell)).join(","));
            text.push_str("\r\n");
        }
        text
    }

    pub(super) fn into_files(self) -> Vec<PackFile> {
        self.files.into_iter().map(|(name, bytes)| PackFile { name, bytes }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_what_the_result_says_and_the_path_of_the_reference() {
        assert_eq!(place("declaration:ics.toml#dut.model", "line 3".to_owned()), "dut.model, line 3");
        assert_eq!(place("assessment:5.1-1", String::new()), "5.1-1");
        assert_eq!(place("sha256:00", "request 6".to_owned()), "request 6");
    }
}
