//! The risk context on the two axes of the IoT-SSF: how hard recovery is, and the economic effect. It says what the
//! supplier rated, nothing of the device.

use ixit::guides::{Economic, Incident, Recovery, RiskContext};
use serde::Serialize;
use testcases::guide::AnsweredGuide;

use super::overview;
use crate::figures::svg::{Held, Sheet};
use crate::view::{Badge, anchor};
use crate::words::Words;

/// Levels of the first axis, from the bottom.
const RECOVERY: [Recovery; 3] = [Recovery::Limited, Recovery::Serious, Recovery::Fatal];
/// Levels of the second axis, from the left.
const ECONOMIC: [Economic; 3] = [Economic::Limited, Economic::Serious, Economic::Catastrophic];

/// Place and size of the grid on the sheet.
const LEFT: f64 = 100.0;
const TOP: f64 = 22.0;
/// So narrow that a phone shows the whole map in letters that can be read.
const CELL: [f64; 2] = [118.0, 84.0];
/// Incidents beside each other in a cell.
const IN_ROW: usize = 4;
/// Most incidents that a cell names by their numbers.
const MOST: usize = 2 * IN_ROW;

/// The risk context as text beside the map.
#[derive(Debug, Serialize)]
pub(super) struct Context {
    solution: Option<String>,
    applying_party: Option<String>,
    target: Option<String>,
    stakeholders: Vec<Named>,
    incidents: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Named {
    name: String,
    role: String,
}

#[derive(Debug, Serialize)]
struct Line {
    n: usize,
    name: String,
    stakeholder: String,
    recovery: String,
    economic: String,
    beyond: bool,
    rationale: Option<String>,
    requirements: Vec<Requirement>,
}

/// A requirement that answers an incident, with how it stands on this page.
#[derive(Debug, Serialize)]
struct Requirement {
    id: String,
    anchor: String,
    /// `None` where the framework has no such requirement.
    standing: Option<Badge>,
}

/// Chooses the texts.
pub(super) fn context(words: &Words, context: &RiskContext, answered: &AnsweredGuide) -> Context {
    let requirement = |id: &str| Requirement {
        id: id.to_owned(),
        anchor: anchor("item", id),
        standing: answered
            .items
            .iter()
            .find(|item| item.id == id)
            .map(|item| overview::badge(words, item.standing)),
    };
    let text = |value: &Option<ixit::Located<String>>| value.as_ref().map(|value| value.value.clone());
    let target = context.target_recovery.as_ref().zip(context.target_economic.as_ref());
    Context {
        solution: text(&context.solution),
        applying_party: text(&context.applying_party),
        target: target.map(|(recovery, economic)| {
            format!("{} / {}", of_recovery(words, recovery.value), of_economic(words, economic.value))
        }),
        stakeholders: context
            .stakeholder
            .iter()
            .map(|one| Named {
                name: one.name.value.clone(),
                role: words.ui(&format!("guide-stakeholder-{}", one.role.value.as_str())).to_owned(),
            })
            .collect(),
        incidents: context
            .incident
            .iter()
            .enumerate()
            .map(|(index, one)| Line {
                n: index + 1,
                name: one.name.value.clone(),
                stakeholder: stakeholder(context, one),
                recovery: of_recovery(words, one.recovery.value),
                economic: of_economic(words, one.economic.value),
                beyond: is_beyond(context, one),
                rationale: text(&one.rationale),
                requirements: one.requirements.iter().map(|id| requirement(&id.value)).collect(),
            })
            .collect(),
    }
}

fn stakeholder(context: &RiskContext, incident: &Incident) -> String {
    let known = context.stakeholder.iter().find(|one| one.id.value == incident.stakeholder.value);
    known.map_or_else(|| incident.stakeholder.value.clone(), |one| one.name.value.clone())
}

/// Whether an incident lies outside what is still accepted.
fn is_beyond(context: &RiskContext, incident: &Incident) -> bool {
    let recovery =
        context.target_recovery.as_ref().is_some_and(|target| incident.recovery.value > target.value);
    let economic =
        context.target_economic.as_ref().is_some_and(|target| incident.economic.value > target.value);
    recovery || economic
}

fn of_recovery(words: &Words, level: Recovery) -> String {
    words.ui(&format!("guide-recovery-{}", level.as_str())).to_owned()
}

fn of_economic(words: &Words, level: Economic) -> String {
    words.ui(&format!("guide-economic-{}", level.as_str())).to_owned()
}

/// Draws the map: nine cells, the accepted ones marked, incidents by their numbers.
pub(super) fn draw(words: &Words, context: &RiskContext) -> String {
    let [width, height] = CELL;
    let mut sheet = Sheet::new(LEFT + 3.0 * width + 2.0, TOP + 3.0 * height + 40.0);
    let mut told: Vec<String> = Vec::new();
    for (row, recovery) in RECOVERY.iter().rev().enumerate() {
        let y = TOP + row as f64 * height;
        sheet.text(
            "small",
            [LEFT - 6.0, y + height / 2.0 + 4.0],
            Held::End,
            &of_recovery(words, *recovery),
            26,
        );
        for (column, economic) in ECONOMIC.iter().enumerate() {
            let x = LEFT + column as f64 * width;
            let accepted = context.target_recovery.as_ref().is_some_and(|target| *recovery <= target.value)
                && context.target_economic.as_ref().is_some_and(|target| *economic <= target.value);
            sheet.rect(if accepted { "cell-accepted" } else { "cell-map" }, [x, y, width, height]);
            let inside: Vec<usize> = context
                .incident
                .iter()
                .enumerate()
                .filter(|(_, one)| one.recovery.value == *recovery && one.economic.value == *economic)
                .map(|(index, _)| index + 1)
                .collect();
            for (place, n) in inside.iter().take(MOST).enumerate() {
                let (row, column) = (place / IN_ROW, place % IN_ROW);
                let at = [x + 16.0 + 28.0 * column as f64, y + 22.0 + 26.0 * row as f64];
                sheet.rect("incident", [at[0] - 11.0, at[1] - 12.0, 22.0, 18.0]);
                sheet.text("incident-n", [at[0], at[1] + 1.0], Held::Middle, &n.to_string(), 4);
            }
            if inside.len() > MOST {
                let more = format!("+{}", inside.len() - MOST);
                sheet.text("small", [x + width - 6.0, y + height - 6.0], Held::End, &more, 6);
            }
            if !inside.is_empty() {
                let numbers: Vec<String> = inside.iter().map(usize::to_string).collect();
                told.push(format!(
                    "{} / {}: {}",
                    of_recovery(words, *recovery),
                    of_economic(words, *economic),
                    numbers.join(", ")
                ));
            }
        }
    }
    let foot = TOP + 3.0 * height;
    for (column, economic) in ECONOMIC.iter().enumerate() {
        let x = LEFT + (column as f64 + 0.5) * width;
        sheet.text("small", [x, foot + 14.0], Held::Middle, &of_economic(words, *economic), 30);
    }
    sheet.text("quiet small", [0.0, 12.0], Held::Start, words.ui("guide-axis-recovery"), 80);
    let right = LEFT + 3.0 * width;
    sheet.text("quiet small", [right, foot + 32.0], Held::End, words.ui("guide-axis-economic"), 80);
    sheet.finish("risk-map", words.ui("guide-map"), &told.join("; "))
}
