//! Evidence: links from results, and the annex that lists every stored file once.

use std::collections::BTreeMap;

use probes::EvidenceRef;
use serde::Serialize;

use super::anchor;
use crate::ReportInput;
use crate::effort::{Phrase, say};
use crate::words::Words;

/// A link into the evidence, or a place of the declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Link {
    pub(crate) href: Option<String>,
    pub(crate) text: String,
    pub(crate) at: Option<Phrase>,
}

/// A line of the evidence annex.
#[derive(Debug, Serialize)]
pub(crate) struct EvidenceLine {
    pub(crate) anchor: String,
    pub(crate) digest: String,
    pub(crate) href: Option<String>,
    pub(crate) what: String,
    pub(crate) size: String,
    pub(crate) used_by: Vec<UsedBy>,
}

#[derive(Debug, Serialize)]
pub(crate) struct UsedBy {
    pub(crate) unit: String,
    pub(crate) anchor: String,
}

/// Evidence in the order of its first use.
#[derive(Default)]
pub(crate) struct Annex {
    order: Vec<String>,
    used_by: BTreeMap<String, Vec<String>>,
}

impl Annex {
    /// Links to the evidence of a result of a unit. Stored files come first; fields of one row of the
    /// declaration stand together.
    pub(crate) fn links<'a>(
        &mut self,
        input: &ReportInput<'_>,
        words: &Words,
        unit: &str,
        evidence: impl Iterator<Item = &'a EvidenceRef>,
    ) -> Vec<Link> {
        let mut stored: Vec<Link> = Vec::new();
        let mut fields: Vec<(String, Vec<String>)> = Vec::new();
        for one in evidence {
            if one.reference.starts_with("sha256:") {
                let link = self.stored(input, words, unit, &one.reference, &one.at);
                if !stored.contains(&link) {
                    stored.push(link);
                }
                continue;
            }
            let path = one.reference.strip_prefix("declaration:").unwrap_or(&one.reference);
            let (row, field) = row_and_field(path);
            if !fields.iter().any(|(known, _)| known == row) {
                fields.push((row.to_owned(), Vec::new()));
            }
            if let Some((_, names)) = fields.iter_mut().find(|(known, _)| known == row)
                && let Some(field) = field
                && !names.iter().any(|name| name == field)
            {
                names.push(field.to_owned());
            }
        }
        stored.extend(fields.into_iter().map(|(row, names)| Link {
            href: None,
            text: if names.is_empty() { row } else { format!("{row}: {}", names.join(", ")) },
            at: None,
        }));
        stored
    }

    fn stored(
        &mut self,
        input: &ReportInput<'_>,
        words: &Words,
        unit: &str,
        reference: &str,
        at: &str,
    ) -> Link {
        let users = self.used_by.entry(reference.to_owned()).or_insert_with(|| {
            self.order.push(reference.to_owned());
            Vec::new()
        });
        if !users.iter().any(|user| user == unit) {
            users.push(unit.to_owned());
        }
        let known = input.evidence.read(reference).is_some();
        Link {
            href: known.then(|| format!("#{}", anchor("e", reference))),
            text: short(reference),
            at: (!at.is_empty()).then(|| say(words, at)),
        }
    }

    /// The annex, after every link was made.
    pub(super) fn lines(&self, input: &ReportInput<'_>, words: &Words) -> Vec<EvidenceLine> {
        self.order
            .iter()
            .map(|reference| {
                let stored = input.evidence.read(reference);
                let users = self.used_by.get(reference).map_or(&[][..], Vec::as_slice);
                EvidenceLine {
                    anchor: anchor("e", reference),
                    digest: reference.clone(),
                    href: stored.as_ref().map(|(name, _)| format!("../{name}")),
                    what: stored.as_ref().map_or_else(
                        || words.ui("evidence-missing").to_owned(),
                        |(_, bytes)| describe(words, bytes),
                    ),
                    size: stored.map_or_else(String::new, |(_, bytes)| format!("{} B", bytes.len())),
                    used_by: users
                        .iter()
                        .map(|unit| UsedBy { unit: unit.clone(), anchor: anchor("u", unit) })
                        .collect(),
                }
            })
            .collect()
    }
}

/// `ixit.toml#auth_mech[0].description` names the field `description` of a row.
fn row_and_field(path: &str) -> (&str, Option<&str>) {
    match path.rfind("].") {
        Some(end) => (&path[..=end], Some(&path[end + 2..])),
        None => (path, None),
    }
}

fn short(reference: &str) -> String {
    let hex = reference.strip_prefix("sha256:").unwrap_or(reference);
    hex.chars().take(10).collect()
}

fn describe(words: &Words, bytes: &[u8]) -> String {
    match serde_json::from_slice::<probes::Observation>(bytes) {
        Ok(observation) => {
            let state = words.ui(&format!("state-{}", observation.context.state)).to_owned();
            format!("{}: {} ({state}, {})", observation.probe, observation.target, observation.context.at)
        }
        Err(_) => words.ui("attachment").to_owned(),
    }
}
