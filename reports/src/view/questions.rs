//! Questions that wait for a person: each question once, with the rows it is asked of.

use serde::Serialize;
use testcases::assessment::Assessment;

use super::{anchor, place_words, role_words};
use crate::words::Words;

/// A question and what it is asked of.
#[derive(Debug, Serialize)]
pub(crate) struct Question {
    pub(crate) anchor: String,
    pub(crate) unit: Option<String>,
    pub(crate) title: String,
    pub(crate) unit_anchor: String,
    pub(crate) question: String,
    pub(crate) look_at: String,
    pub(crate) role: String,
    pub(crate) count: usize,
    pub(crate) rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) item: String,
    pub(crate) place: String,
}

/// Place of a question on the page, by unit.
pub(super) fn question_anchor(unit: &str) -> String {
    anchor("q", unit)
}

pub(super) fn questions(words: &Words, assessment: &Assessment) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for prompt in testcases::assess::open_prompts(assessment) {
        let role = role_words(words, prompt.role);
        // Questions beyond the units: `companion/ROW`, `external/ID`, `not-applicable/PROVISION`.
        let kind = prompt.id.split('/').next().unwrap_or_default();
        let title = match prompt.unit {
            Some(_) => String::new(),
            None => said(words, "title", kind),
        };
        let row = Row {
            item: if prompt.item == "-" { String::new() } else { prompt.item.clone() },
            place: place_words(words, prompt.state, prompt.sample.as_deref()),
        };
        let known = questions.iter_mut().find(|question| {
            question.unit == prompt.unit && question.title == title && question.role == role
        });
        if let Some(question) = known {
            question.count += 1;
            question.rows.push(row);
            continue;
        }
        let text = prompt.unit.as_deref().and_then(|unit| words.texts().units.get(unit));
        let anchored = prompt.unit.as_deref().unwrap_or(kind);
        questions.push(Question {
            anchor: question_anchor(anchored),
            unit: prompt.unit.clone(),
            title,
            unit_anchor: anchor("u", anchored),
            question: text.map_or_else(|| said(words, "question", kind), |text| text.question.clone()),
            look_at: text.map_or_else(String::new, |text| text.look_at.clone()),
            role,
            count: 1,
            rows: vec![row],
        });
    }
    // Two roles may be asked about one unit; an id stands on a page once.
    for index in 1..questions.len() {
        if questions[..index].iter().any(|earlier| earlier.anchor == questions[index].anchor) {
            questions[index].anchor = format!("{}-{index}", questions[index].anchor);
        }
    }
    questions
}

/// Words of a kind of question; the kind itself where there are none.
fn said(words: &Words, what: &str, kind: &str) -> String {
    words.phrases().get(&format!("{what}-{kind}")).cloned().unwrap_or_else(|| kind.to_owned())
}
