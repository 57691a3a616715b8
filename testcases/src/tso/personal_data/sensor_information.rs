//! 5.8-3: users are told what the device can sense.

use ixit::Blame;

use crate::catalogue::Unit;
use crate::facts::{Facts, Question};
use crate::guided::outcome;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::prompt::Shown;
use crate::published::reading::{PageRead, Reading, accessible_as_declared, ask_with_page};
use crate::published::rows::{Coverage, passage, said_of, topic_with};
use crate::published::told::Says;
use crate::reason::Reason;
use crate::selection;
use crate::verdict::Verdict;

/// 5.8-3.
pub static GROUP: Group = Group {
    id: "5.8-3",
    judges: &[
        Judge {
            unit: "5.8-3-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["public-resource"],
            judge: a_stranger_gets_the_documentation,
        },
        Judge {
            unit: "5.8-3-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["public-resource"],
            judge: a_lay_user_understands_it,
        },
        Judge {
            unit: "5.8-3-1:c",
            by: By::Assisted,
            machine_can: &[],
            needs: &[],
            judge: what_senses_is_declared,
        },
    ],
};

/// 5.8-3-1 c: what was found on the device and the declared rows are the same. Asked once; the difference is computed
/// from the notes.
fn what_senses_is_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut question = Question { by: By::Assisted, ..Question::on(unit, "-") };
    question.blame = Blame::DeviceOrDocumentation;
    for row in facts.declaration.ixit.rows("ext_sens") {
        question.shown.push(Shown {
            label: row.id.clone(),
            text: row.text("description").unwrap_or("-").to_owned(),
            source: Some(row.reference("ext_sens", "description")),
        });
    }
    let result = facts.ask(question);
    let found = outcome::undeclared(facts, outcome::entries(&result, "sensors"), "ext_sens", "kind");
    if found.is_empty() {
        return vec![result];
    }
    let args = [("found", found.join(", ")), ("table", "ext_sens".to_owned())];
    vec![outcome::fail(result, "found-not-declared", Blame::DeviceOrDocumentation, &args)]
}

const ENTRY: &str = "documentation_of_sensors";

/// Words of which one stands on every page about sensors, beside those that name the rows.
const TOPIC: &[&str] = &[
    "sensor",
    "sensing",
    "measure",
    "camera",
    "microphone",
    "センサ",
    "計測",
    "検知",
    "カメラ",
    "マイク",
    "capteur",
    "传感器",
    "센서",
];

const SENSORS: Coverage = Coverage {
    entry: ENTRY,
    topic: TOPIC,
    purposes: false,
    users: false,
    told: None,
    not_told: "sensors-not-told",
    otherwise: "sensors-not-told",
};

/// 5.8-3-1 a: the declared place leads to a text on sensors.
fn a_stranger_gets_the_documentation(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    with_topic(facts, |topic| accessible_as_declared(facts, unit, ENTRY, topic))
}

/// 5.8-3-1 b: whether it is understandable is for a person, who sees which sensor is named in which sentence.
/// A text that was read whole and names none of the declared sensors tells nobody what the device senses: that
/// fails. One missing sensor among others may stand there in other words, so it is only pre-judged.
fn a_lay_user_understands_it(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut lines = Vec::new();
    let mut prejudgement = None;
    match with_topic(facts, |topic| Reading::of(facts, ENTRY, topic)) {
        Reading::NotThere(result) => return vec![*result],
        Reading::ByPerson => {}
        Reading::Pages(pages) => {
            for page in &pages {
                let coverage = Named::on(facts, page);
                if let Some(result) = coverage.none_at_all(page) {
                    return vec![result];
                }
                prejudgement = prejudgement.max(coverage.prejudgement());
                lines.extend(coverage.lines);
            }
        }
    }
    vec![ask_with_page(facts, unit, "-", ENTRY, lines, prejudgement)]
}

/// Which declared sensors a page names.
#[derive(Default)]
struct Named {
    named: usize,
    missing: Vec<String>,
    /// Rows without words to look for, or words that may be denied.
    open: usize,
    lines: Vec<Shown>,
}

impl Named {
    fn on(facts: &Facts<'_>, page: &PageRead<'_>) -> Self {
        let mut all = Self::default();
        for item in selection::rows(facts.declaration, "ext_sens", None).items {
            let line = match said_of(facts, &item, &SENSORS, page) {
                Some(Says::Everything(quoted)) => {
                    all.named += 1;
                    quoted
                }
                Some(Says::NotNamed(missing) | Says::Otherwise { missing, .. }) => {
                    let line = format!("not on the page: {}", missing.join(", "));
                    all.missing.extend(missing);
                    line
                }
                Some(Says::Unclear(found)) => {
                    all.open += 1;
                    found.join(" / ")
                }
                None => {
                    all.open += 1;
                    "the declaration gives no words to look for".to_owned()
                }
            };
            all.lines.push(passage(page, format!("{}: {line}", item.row.id)));
        }
        all
    }

    fn prejudgement(&self) -> Option<Verdict> {
        if !self.missing.is_empty() {
            Some(Verdict::Fail)
        } else if self.named > 0 && self.open == 0 {
            Some(Verdict::Pass)
        } else {
            None
        }
    }

    fn none_at_all(&self, page: &PageRead<'_>) -> Option<ItemResult> {
        if self.named > 0 || self.open > 0 || self.missing.is_empty() {
            return None;
        }
        let reason = Reason::new(SENSORS.not_told)
            .with("url", &page.page.url)
            .with("missing", self.missing.join(", "))
            .expected_by("declaration:ixit.toml#ext_sens");
        let result = ItemResult::machine("-", Verdict::Fail, page.rests_on(), reason)
            .blame(Blame::Documentation)
            .evidence(page.recorded.at("passages"))
            .effort(&page.recorded.observation.effort);
        Some(match &page.page.page {
            Some(stored) => result.declared(stored.clone()),
            None => result,
        })
    }
}

fn with_topic<T>(facts: &Facts<'_>, judge: impl FnOnce(&[&str]) -> T) -> T {
    let topic = topic_with(facts, "ext_sens", TOPIC);
    judge(&topic.iter().map(String::as_str).collect::<Vec<&str>>())
}

#[cfg(test)]
#[path = "sensor_information/tests.rs"]
mod tests;
