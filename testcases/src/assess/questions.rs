//! Questions that belong to no unit: whether companions agree with the prose (`companion/ROW`), whether
//! N/A on a mandatory provision is accepted as a deviation (`not-applicable/ID`). Questions on external
//! evidence are put by [`crate::external`].

use crate::assessment::OverallReason;
use crate::decision::Role;
use crate::facts::Facts;
use crate::plan::Plan;
use crate::prompt::{Prompt, PromptKind, Shown};
use crate::verdict::Verdict;
use ixit::{Row, Support, TableContent};

/// What people said, and what waits for them.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// Open questions.
    pub prompts: Vec<Prompt>,
    /// What keeps the overall verdict from being better.
    pub overall: Vec<OverallReason>,
}

/// `companion-matches-prose`: asked once a row that has companions. Open or denied, the structured data
/// that the machine judged by cannot be relied on, and nothing is better than INCONCLUSIVE.
pub(super) fn companions(facts: &Facts<'_>) -> Standing {
    let mut standing = Standing::default();
    for (table, content) in &facts.declaration.ixit.tables {
        let TableContent::Rows(rows) = content else { continue };
        for row in rows.iter().filter(|row| !row.companions.content().is_empty()) {
            let prompt = assessor_prompt(format!("companion/{}", row.id), &row.id, shown(table, row));
            let answer = facts
                .decision_on(&prompt)
                .filter(|decision| decision.facts == prompt.facts)
                .map(|decision| decision.answer.as_text());
            let code = match answer.as_deref() {
                Some("yes") => continue,
                Some(_) => "companion-denied",
                None => "companion-open",
            };
            standing.overall.push(OverallReason {
                code: code.to_owned(),
                subject: prompt.id.clone(),
                verdict: Verdict::Inconclusive,
            });
            if answer.is_none() {
                standing.prompts.push(prompt);
            }
        }
    }
    standing
}

/// Whether an assessor signed that N/A on a mandatory provision is accepted.
pub(super) enum Deviation<'a> {
    /// Accepted, with a reason.
    Accepted(&'a crate::decision::Decision),
    /// Refused.
    Refused,
    /// Nobody decided yet.
    Open(Box<Prompt>),
}

/// The question whether N/A on the provision is accepted as a deviation, and its answer.
///
/// A decision that names no facts counts as well: the declaration that it speaks of is fixed within a run.
pub(super) fn deviation<'a>(facts: &Facts<'a>, provision: &str) -> Deviation<'a> {
    let entry = facts.declaration.ics.provisions.get(provision);
    let source =
        entry.map(|entry| format!("declaration:{}#provision.\"{provision}\"", entry.support.at.file));
    let mut shown = vec![Shown {
        label: "ics.support".to_owned(),
        text: Support::NotApplicable.as_str().to_owned(),
        source: source.clone(),
    }];
    if let Some(detail) = entry.and_then(|entry| entry.detail.as_ref()) {
        shown.push(Shown { label: "ics.detail".to_owned(), text: detail.value.clone(), source });
    }
    let prompt = assessor_prompt(format!("not-applicable/{provision}"), provision, shown);
    let decision = facts
        .decision_on(&prompt)
        .filter(|decision| decision.facts.is_empty() || decision.facts == prompt.facts);
    match decision {
        None => Deviation::Open(Box::new(prompt)),
        Some(decision) => match decision.answer.as_text().as_str() {
            "yes" if !decision.reason.trim().is_empty() => Deviation::Accepted(decision),
            "yes" => Deviation::Open(Box::new(prompt)),
            _ => Deviation::Refused,
        },
    }
}

/// Questions on deviations that are open.
pub(super) fn deviations(facts: &Facts<'_>, plan: &Plan) -> Vec<Prompt> {
    plan.provisions
        .iter()
        .filter(|planned| {
            planned.status == "M"
                && planned.support == Some(Support::NotApplicable)
                && (!planned.planned || planned.id == super::REPORTING)
        })
        .filter_map(|planned| match deviation(facts, &planned.id) {
            Deviation::Open(prompt) => Some(*prompt),
            _ => None,
        })
        .collect()
}

/// A yes/no question for the assessor, bound to what is shown.
pub(crate) fn assessor_prompt(id: String, item: &str, shown: Vec<Shown>) -> Prompt {
    let kind = PromptKind::YesNo;
    let facts = Prompt::digest(&id, &kind, &shown);
    Prompt {
        id,
        unit: None,
        item: item.to_owned(),
        state: None,
        sample: None,
        role: Role::Assessor,
        kind,
        shown,
        prejudgement: None,
        facts,
    }
}

fn shown(table: &str, row: &Row) -> Vec<Shown> {
    let fields = row.fields.iter().map(|(key, value)| (key.as_str(), value.value.display()));
    let companions = row.companions.content();
    let companions = companions.iter().map(|(key, value)| (key.as_str(), value.to_string()));
    fields
        .chain(companions)
        .map(|(key, text)| Shown {
            label: format!("{table}.{key}"),
            text,
            source: Some(row.reference(table, key)),
        })
        .collect()
}
