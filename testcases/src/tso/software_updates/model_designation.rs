//! 5.3-16: the model designation is clearly recognizable, by label or by physical interface.

use ixit::Blame;
use ixit::companion::{Designation, DesignationSource};
use probes::probe::designation::DesignationTold;

use crate::assisted::ask;
use crate::catalogue::Unit;
use crate::facts::{Facts, Recorded};
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::verdict::Verdict;
use crate::words_in_text::{Stands, stands};

#[path = "model_designation/compared.rs"]
mod compared;

use compared::Compared;

/// 5.3-16.
pub static GROUP: Group = Group {
    id: "5.3-16",
    judges: &[
        Judge {
            unit: "5.3-16-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &["designation"],
            judge: the_designation_is_recognizable,
        },
        Judge {
            unit: "5.3-16-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["designation"],
            judge: it_is_obtained_as_declared,
        },
        Judge {
            unit: "5.3-16-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["designation"],
            judge: it_is_the_declared_one_in_simple_text,
        },
    ],
};

const ENTRY: &str = "model_designation";

/// Characters of a designation at most; longer text is a page or an encoding.
const LONGEST: usize = 100;

/// 5.3-16-1 a: whether a user recognizes it is for a person; a declaration that names no place has none, and one that
/// names another model than the statement of conformance contradicts it.
fn the_designation_is_recognizable(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let form = facts.declaration.ixit.form("user_info");
    let said = form.is_some_and(|form| form.text(ENTRY).is_some() || form.companions.designation.is_some());
    if form.is_some() && !said {
        let reason = Reason::new("no-publication-declared").with("entry", ENTRY).expected_by("criterion");
        let result = ItemResult::machine("-", Verdict::Fail, RestsOn::Declared, reason)
            .blame(Blame::Documentation)
            .declared(format!("declaration:ixit.toml#user_info.{ENTRY}"));
        return vec![result];
    }
    match compared::with_the_statement(facts) {
        Compared::Differs(result) => vec![*result],
        Compared::Same => vec![ask(facts, unit, "-", shown(facts, unit), way(facts))],
        Compared::Unclear => vec![ask(facts, unit, "-", shown(facts, unit), None)],
    }
}

/// A label or an interface that tells the designation suits, as far as the declaration shows it.
fn way(facts: &Facts<'_>) -> Option<Verdict> {
    let form = facts.declaration.ixit.form("user_info")?;
    let prose = form.text(ENTRY)?;
    let designation = form.companions.designation.as_ref()?;
    (stands(prose, &designation.value.text) == Stands::Plainly).then_some(Verdict::Pass)
}

/// 5.3-16-2 a: where the device is declared to tell it over IP, it tells it to anybody. A label is read by a
/// person.
fn it_is_obtained_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let Some(declared) = Declared::of(facts) else {
        return vec![ask(facts, unit, "-", shown(facts, unit), None)];
    };
    declared.each(facts, |recorded, told| match obtained(told) {
        Obtained::Yes(found) => ItemResult::machine(
            "-",
            Verdict::Pass,
            RestsOn::Observed,
            declared.reason("designation-obtained").with("found", quoted(found)),
        )
        .effort(&recorded.observation.effort),
        Obtained::No(why) => ItemResult::machine(
            "-",
            Verdict::Fail,
            RestsOn::Observed,
            declared.reason("designation-not-obtained").with("why", why),
        )
        .blame(Blame::Device)
        .effort(&recorded.observation.effort),
        Obtained::Unclear(why) => not_clear(&declared, why),
    })
}

/// 5.3-16-2 b: what was obtained is the declared designation, letter by letter, and needs no decoding.
fn it_is_the_declared_one_in_simple_text(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let Some(declared) = Declared::of(facts) else {
        return vec![ask(facts, unit, "-", shown(facts, unit), None)];
    };
    declared.each(facts, |recorded, told| {
        let found = match obtained(told) {
            Obtained::Yes(found) => found,
            // Whether that is a failure is the question of unit a; there is nothing to compare here.
            Obtained::No(why) => {
                let reason = declared.reason("designation-not-obtained").with("why", why);
                return ItemResult::machine("-", Verdict::Inconclusive, RestsOn::Observed, reason)
                    .blame(Blame::Device);
            }
            Obtained::Unclear(why) => return not_clear(&declared, why),
        };
        let (verdict, reason) = match compare(told, found, &declared.designation.text) {
            Comparison::Same => (Verdict::Pass, declared.reason("designation-as-declared")),
            Comparison::NotSimple(why) => {
                (Verdict::Fail, declared.reason("designation-not-simple-text").with("why", why))
            }
            Comparison::Other => (Verdict::Fail, declared.reason("designation-differs")),
        };
        let reason = reason.with("found", quoted(found)).with("declared", declared.designation.text.trim());
        let result =
            ItemResult::machine("-", verdict, RestsOn::Observed, reason).effort(&recorded.observation.effort);
        if verdict == Verdict::Fail { result.blame(Blame::DeviceOrDocumentation) } else { result }
    })
}

/// The designation as declared, with its place on the network.
struct Declared<'a> {
    designation: &'a Designation,
    source: &'a DesignationSource,
    reference: String,
}

impl<'a> Declared<'a> {
    fn of(facts: &Facts<'a>) -> Option<Self> {
        let form = facts.declaration.ixit.form("user_info")?;
        let designation = &form.companions.designation.as_ref()?.value;
        let source = designation.source.as_ref()?;
        let by_interface = designation.way == "physical-interface" && !designation.text.trim().is_empty();
        by_interface.then(|| Self {
            designation,
            source,
            reference: form.reference("user_info", "designation"),
        })
    }

    fn reason(&self, code: &str) -> Reason {
        Reason::new(code).with("path", &self.source.path).expected_by(&self.reference)
    }

    /// One result an observation.
    fn each(
        &self,
        facts: &Facts<'a>,
        judge: impl Fn(&Recorded, &DesignationTold) -> ItemResult,
    ) -> Vec<ItemResult> {
        let mut results = Vec::new();
        for recorded in facts.observed("designation") {
            let told = recorded.observation.read::<DesignationTold>();
            let told = told.filter(|told| told.path == self.source.path && told.key == self.source.key);
            let result = match told {
                Some(told) if recorded.complete() => {
                    let result = judge(recorded, &told);
                    match told.page {
                        Some(page) => result.declared(page),
                        None => result,
                    }
                }
                _ => {
                    let why = recorded.observation.trouble.as_deref().unwrap_or("no reason given");
                    not_clear(self, why.to_owned())
                }
            };
            results.push(
                result
                    .evidence(recorded.at(format!("GET {}", self.source.path)))
                    .declared(self.reference.clone())
                    .seen_in(recorded.state(), recorded.sample()),
            );
        }
        if results.is_empty() {
            let reason = Reason::new("observation-missing").with("probe", "designation");
            results.push(
                ItemResult::machine("-", Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab),
            );
        }
        results
    }
}

enum Obtained<'t> {
    Yes(&'t str),
    No(String),
    Unclear(String),
}

fn obtained(told: &DesignationTold) -> Obtained<'_> {
    let found = told.found.as_deref().filter(|found| !found.trim().is_empty());
    match (told.status, found) {
        (Some(401..=403 | 407), _) => Obtained::No("the device asks for a login".to_owned()),
        (Some(404 | 410), _) => Obtained::No("the device knows no such page".to_owned()),
        (Some(300..=399), _) => {
            let to = told.redirect.as_deref().unwrap_or("another place");
            if to.to_lowercase().contains("login") {
                Obtained::No(format!("the device asks for a login at {to}"))
            } else {
                Obtained::Unclear(format!("the device leads to {to}, which was not followed"))
            }
        }
        (Some(200..=299), _) if told.wall.iter().any(|sign| sign == "password field") => {
            Obtained::No("the device asks for a password".to_owned())
        }
        (Some(200..=299), Some(found)) => Obtained::Yes(found),
        (Some(200..=299), None) => match &told.key {
            Some(key) => Obtained::No(format!("the answer is no JSON object with the key {key:?}")),
            None => Obtained::No("the page holds no text".to_owned()),
        },
        (Some(status), _) => Obtained::Unclear(format!("status {status}")),
        (None, _) => Obtained::Unclear("no answer".to_owned()),
    }
}

enum Comparison {
    Same,
    Other,
    NotSimple(String),
}

fn compare(told: &DesignationTold, found: &str, declared: &str) -> Comparison {
    let declared = declared.trim();
    if told.key.is_none() {
        // A page has other words beside it; its text was read without markup.
        let plainly = stands(found, declared) != Stands::Nowhere && found.contains(declared);
        return if plainly { Comparison::Same } else { Comparison::Other };
    }
    if found.trim() == declared && told.other_kind.is_none() {
        return Comparison::Same;
    }
    if let Some(kind) = told.other_kind.as_deref().filter(|kind| *kind != "number") {
        return Comparison::NotSimple(format!("it is a value of the kind {kind}"));
    }
    match needs_decoding(found) {
        Some(why) => Comparison::NotSimple(why.to_owned()),
        None if found.trim() == declared => Comparison::Same,
        None => Comparison::Other,
    }
}

/// Why a person could not read the text as it is.
fn needs_decoding(found: &str) -> Option<&'static str> {
    let found = found.trim();
    let lower = found.to_lowercase();
    let entity = found
        .split_once('&')
        .and_then(|(_, after)| after.split_once(';'))
        .is_some_and(|(name, _)| !name.is_empty() && name.len() <= 10 && !name.contains(char::is_whitespace));
    let escaped = found
        .as_bytes()
        .windows(3)
        .any(|three| three[0] == b'%' && three[1].is_ascii_hexdigit() && three[2].is_ascii_hexdigit());
    if found.contains('<') && found.contains('>') {
        Some("it holds markup")
    } else if lower.starts_with("data:") || lower.starts_with("http://") || lower.starts_with("https://") {
        Some("it is an address")
    } else if entity {
        Some("it holds character references")
    } else if escaped {
        Some("it is percent-encoded")
    } else if found.chars().any(char::is_control) {
        Some("it holds control characters")
    } else if found.chars().count() > LONGEST {
        Some("it is longer than a designation")
    } else {
        None
    }
}

fn not_clear(declared: &Declared<'_>, why: String) -> ItemResult {
    let reason = Reason::new("resource-not-fetched").with("url", &declared.source.path).with("trouble", why);
    ItemResult::machine("-", Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab)
}

fn quoted(found: &str) -> String {
    found.trim().chars().take(LONGEST).collect()
}

/// The declared designation, and what the device tells.
fn shown(facts: &Facts<'_>, unit: &Unit) -> Vec<Shown> {
    let mut shown = facts.shown_of_forms(unit);
    if let Some(form) = facts.declaration.ixit.form("user_info")
        && let Some(designation) = &form.companions.designation
    {
        shown.push(Shown {
            label: "user_info.designation".to_owned(),
            text: format!("{} ({})", designation.value.text, designation.value.way),
            source: Some(form.reference("user_info", "designation")),
        });
    }
    for (recorded, told) in facts.results::<DesignationTold>("designation") {
        let text = match (&told.found, told.status) {
            (Some(found), _) => quoted(found),
            (None, Some(status)) => format!("status {status}, no designation"),
            (None, None) => "no answer".to_owned(),
        };
        shown.push(Shown {
            label: "observed.designation".to_owned(),
            text,
            source: Some(recorded.reference.clone()),
        });
    }
    shown
}

#[cfg(test)]
#[path = "model_designation/tests.rs"]
mod tests;
