//! A guide read over a run: which of its items the results answer, and what stays. Pure, as judging is.

use std::collections::BTreeMap;

use ixit::guides::Adopted;
use serde::{Deserialize, Serialize};

use super::{Guide, Item, Link};
use crate::assessment::Assessment;
use crate::external::{self, Standing as Handed};
use crate::facts::Facts;
use crate::judge::RestsOn;
use crate::verdict::Verdict;

/// Format name.
pub const FORMAT: &str = "hantei.guide-result/1";
/// Kind of the results of `hantei-plus` among what an assessment holds beyond the standard.
const PLUS: &str = "plus";

/// A guide, read over a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnsweredGuide {
    /// [`FORMAT`].
    pub format: String,
    /// Name of the guide.
    pub guide: String,
    /// Version, as its publisher names it.
    pub version: String,
    /// Digest of its data, `sha256:…`.
    pub data: String,
    /// The run was complete.
    pub complete: bool,
    /// Answered from the simulated lab.
    pub demonstration: bool,
    /// Items by standing.
    pub counts: BTreeMap<Standing, u32>,
    /// What the supplier says of the items that the guide wants considered in any case.
    #[serde(default)]
    pub consider: ConsiderCounts,
    /// Items, in the order of the guide.
    pub items: Vec<AnsweredItem>,
    /// Items of `guides.toml` that the guide does not have.
    pub unknown: Vec<String>,
}

/// Items that a guide wants considered in any case, by what the supplier says of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsiderCounts {
    /// All of them; 0 where the guide demands it of none.
    pub items: u32,
    /// Considered and done.
    pub yes: u32,
    /// Considered, done in part.
    pub partly: u32,
    /// Considered, not done.
    pub no: u32,
    /// Of these `guides.toml` says nothing.
    pub unsaid: u32,
}

impl ConsiderCounts {
    fn of(guide: &Guide, items: &[AnsweredItem]) -> Self {
        let mut counts = Self::default();
        for (_, answered) in guide.items.iter().zip(items).filter(|(item, _)| item.consider) {
            counts.items += 1;
            match answered.considered.as_ref().map(|said| said.adopted) {
                Some(Adopted::Yes) => counts.yes += 1,
                Some(Adopted::Partly) => counts.partly += 1,
                Some(Adopted::No) => counts.no += 1,
                None => counts.unsaid += 1,
            }
        }
        counts
    }
}

/// How an item stands after a run. None of them is a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Results of the run answer it, for better or worse.
    Answered,
    /// They answer a part of it.
    AnsweredInPart,
    /// The supplier, or evidence of others, says something of it; the run shows nothing.
    Declared,
    /// It could be answered, by results or evidence that are not there.
    Open,
    /// Nothing that this harness does, or is handed, answers it.
    NotTestable,
}

impl Standing {
    /// All of them, in the order of the report.
    pub const ALL: [Self; 5] =
        [Self::Answered, Self::AnsweredInPart, Self::Declared, Self::Open, Self::NotTestable];

    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::AnsweredInPart => "answered-in-part",
            Self::Declared => "declared",
            Self::Open => "open",
            Self::NotTestable => "not-testable",
        }
    }
}

/// An item, read over a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnsweredItem {
    /// Id.
    pub id: String,
    /// How it stands.
    pub standing: Standing,
    /// Whether the supplier considered it, and did it.
    pub considered: Option<Consideration>,
    /// Results that are linked to it.
    pub links: Vec<AnsweredLink>,
    /// Ids of accepted evidence of others that covers it.
    pub evidence: Vec<String>,
}

/// What the supplier says of an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Consideration {
    /// Whether it is done.
    pub adopted: Adopted,
    /// How, or why not; `None` where nothing is said.
    pub statement: Option<String>,
    /// `declaration:FILE#PATH`.
    pub source: String,
}

/// A linked result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnsweredLink {
    /// `provision`, `unit` or `plus`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// It answers a part of the item.
    pub part: bool,
    /// Its verdict; `None` where it was not run.
    pub verdict: Option<Verdict>,
    /// On what it rests, where something was decided.
    pub rests_on: Option<RestsOn>,
}

impl AnsweredLink {
    /// Whether the run settled it either way. What was not claimed, or does not apply, was not looked at and shows
    /// nothing.
    pub fn settled(&self) -> bool {
        self.verdict.is_some_and(|verdict| matches!(verdict, Verdict::Pass | Verdict::Fail))
    }
}

/// Reads a guide over a run.
pub fn answer(facts: &Facts<'_>, assessment: &Assessment, guide: &Guide) -> AnsweredGuide {
    let items: Vec<AnsweredItem> =
        guide.items.iter().map(|item| answered(facts, assessment, guide, item)).collect();
    let mut counts: BTreeMap<Standing, u32> =
        Standing::ALL.into_iter().map(|standing| (standing, 0)).collect();
    for item in &items {
        *counts.entry(item.standing).or_default() += 1;
    }
    let said = facts.declaration.guides.considered.get(&guide.name);
    let unknown = said.into_iter().flat_map(BTreeMap::keys).filter(|id| guide.item(id).is_none());
    AnsweredGuide {
        format: FORMAT.to_owned(),
        guide: guide.name.clone(),
        version: guide.version.clone(),
        data: guide.digest.clone(),
        complete: assessment.complete,
        demonstration: assessment.demonstration,
        counts,
        consider: ConsiderCounts::of(guide, &items),
        unknown: unknown.cloned().collect(),
        items,
    }
}

fn answered(facts: &Facts<'_>, assessment: &Assessment, guide: &Guide, item: &Item) -> AnsweredItem {
    let links: Vec<AnsweredLink> = item.links.iter().filter_map(|link| result(assessment, link)).collect();
    let considered = facts.declaration.guides.considered(&guide.name, &item.id).map(|said| Consideration {
        adopted: said.adopted.value,
        statement: said.statement.as_ref().map(|statement| statement.value.clone()),
        source: format!("declaration:guides.toml#considered.{}.{}", guide.name, item.id),
    });
    let evidence: Vec<String> = external::standings(facts)
        .into_iter()
        .filter(|(one, standing)| {
            external::covers_requirement(one, &guide.name, &item.id)
                && matches!(standing, Handed::Accepted(_))
        })
        .map(|(one, _)| one.id.clone())
        .collect();
    let standing = standing(item, &links, considered.is_some() || !evidence.is_empty());
    AnsweredItem { id: item.id.clone(), standing, considered, links, evidence }
}

/// How an item stands. Whether it has been considered is for the supplier to say, so a point with nothing behind it
/// waits; what only wants evidence waits for that.
fn standing(item: &Item, links: &[AnsweredLink], said: bool) -> Standing {
    let settled = links.iter().filter(|link| link.settled()).count();
    let whole = links.iter().any(|link| !link.part && link.settled());
    if settled > 0 && settled == links.len() && whole && item.wants.is_none() {
        Standing::Answered
    } else if settled > 0 {
        Standing::AnsweredInPart
    } else if said {
        Standing::Declared
    } else if !links.is_empty() || item.wants.is_some() || item.consider {
        Standing::Open
    } else {
        Standing::NotTestable
    }
}

/// The result that a link names. The data names only what exists (its tests hold that).
fn result(assessment: &Assessment, link: &Link) -> Option<AnsweredLink> {
    let (kind, id) = link.named()?;
    let units = || {
        let cases = assessment.provisions.iter().flat_map(|provision| &provision.cases);
        cases.flat_map(|case| &case.units)
    };
    let (verdict, rests_on) = match kind {
        "provision" => {
            let found = assessment.provisions.iter().find(|result| result.id == id)?;
            let units = found.cases.iter().flat_map(|case| &case.units);
            (Some(found.verdict), units.filter_map(|unit| unit.rests_on).max_by_key(|rests| weakness(*rests)))
        }
        "unit" => {
            let found = units().find(|unit| unit.id == id)?;
            (Some(found.verdict), found.rests_on)
        }
        _ => {
            let of_plus = |value: &&serde_json::Value| value["kind"] == PLUS && value["id"] == id;
            let found = assessment.extra.iter().find(of_plus);
            let read = |key: &str| found.map(|value| value[key].clone());
            let verdict = read("verdict").and_then(|verdict| serde_json::from_value(verdict).ok());
            (verdict, read("rests_on").and_then(|rests| serde_json::from_value(rests).ok()))
        }
    };
    let settled = verdict.is_some_and(|verdict| matches!(verdict, Verdict::Pass | Verdict::Fail));
    Some(AnsweredLink {
        kind: kind.to_owned(),
        id: id.to_owned(),
        part: link.part,
        verdict,
        rests_on: rests_on.filter(|_| settled),
    })
}

/// `RestsOn` is not ordered by weakness.
fn weakness(rests_on: RestsOn) -> u8 {
    match rests_on {
        RestsOn::Observed => 0,
        RestsOn::External => 1,
        RestsOn::Document => 2,
        RestsOn::Declared => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::{RunNature, assess};
    use crate::guide::read;
    use crate::plan;
    use crate::test_facts::TestFacts;

    const HEAD: &str = r#"format = "hantei.guide/1"
name = "made"
order = 1
title = { en = "Made", ja = "試作" }
publisher = { en = "Nobody", ja = "なし" }
standing = { en = "Nothing", ja = "なし" }
edition = "en303645-2.1.1"
version = "1"
date = "2026"
confidence = "low"
source = [{ id = "s", title = "S", date = "2026", read = "memory", confidence = "low" }]
group = [{ id = "M", title = { en = "One", ja = "一" }, phase = "design", roles = ["developer"] }]
"#;

    fn item(rest: &str) -> Guide {
        let item = format!(
            "[[item]]\nid = \"M-1\"\ngroup = \"M\"\nkind = \"point\"\ntitle = {{ en = \"T\", ja = \"題\" }}\n\
             asks = {{ en = \"A\", ja = \"問\" }}\ntest = \"conceptual\"\n{rest}\n"
        );
        read(&[("guide.toml", HEAD), ("a.toml", &item)]).expect("a guide")
    }

    fn link(to: &str) -> String {
        format!("links = [{{ {to}, confidence = \"low\", rationale = {{ en = \"W\", ja = \"故\" }} }}]")
    }

    fn answered(item_rest: &str, guides: &str) -> AnsweredGuide {
        let facts = TestFacts::guided(guides);
        let facts = facts.facts();
        let plan = plan::derive(facts.declaration, None);
        let assessment = assess(&facts, &plan, RunNature { complete: true, demonstration: false });
        answer(&facts, &assessment, &item(item_rest))
    }

    /// How the one item stands.
    fn stands(item_rest: &str, guides: &str) -> Standing {
        let answered = answered(item_rest, guides);
        assert_eq!(answered.counts.values().sum::<u32>(), 1);
        answered.items[0].standing
    }

    /// 5.6-1 is mandatory and the ICS does not claim it: failed. 5.2-3 is a recommendation that it does not claim.
    /// 5.1-1 is not told of: open.
    const SETTLED: &str = "provision = \"5.6-1\"";
    const NOT_CLAIMED: &str = "provision = \"5.2-3\"";
    const UNSETTLED: &str = "provision = \"5.1-1\"";
    const SAID: &str = "[considered.made.\"M-1\"]\nadopted = \"no\"\nstatement = \"No such thing\"\n";

    #[test]
    fn results_answer_in_whole_or_in_part() {
        assert_eq!(stands(&link(SETTLED), ""), Standing::Answered);
        assert_eq!(stands(&link(&format!("{SETTLED}, part = true")), ""), Standing::AnsweredInPart);
        let wants = format!("{}\nwants = {{ en = \"R\", ja = \"記録\" }}", link(SETTLED));
        assert_eq!(stands(&wants, ""), Standing::AnsweredInPart);
        assert_eq!(stands(&link(UNSETTLED), ""), Standing::Open);
        // Nobody looked at what is not claimed.
        assert_eq!(stands(&link(NOT_CLAIMED), ""), Standing::Open);
    }

    #[test]
    fn what_no_result_answers_is_declared_open_or_not_testable() {
        assert_eq!(stands("", ""), Standing::NotTestable);
        assert_eq!(stands("", SAID), Standing::Declared);
        assert_eq!(stands(&link(UNSETTLED), SAID), Standing::Declared);
        assert_eq!(stands("consider = true", ""), Standing::Open);
        assert_eq!(stands("wants = { en = \"R\", ja = \"記録\" }", ""), Standing::Open);
        // A case of hantei-plus that was not run is nothing.
        assert_eq!(stands(&link("plus = \"plus-replay\""), ""), Standing::Open);
    }

    #[test]
    fn what_is_said_of_an_item_that_is_not_there_is_told() {
        assert_eq!(answered("", &SAID.replace("M-1", "M-9")).unknown, ["M-9"]);
        assert!(answered("", SAID).unknown.is_empty());
    }

    #[test]
    fn points_that_are_to_be_considered_are_counted_by_what_is_said_of_them() {
        let counted = |guides: &str| answered("consider = true", guides).consider;
        let one = ConsiderCounts { items: 1, ..ConsiderCounts::default() };
        assert_eq!(counted(""), ConsiderCounts { unsaid: 1, ..one });
        assert_eq!(counted(SAID), ConsiderCounts { no: 1, ..one });
        assert_eq!(counted(&SAID.replace("\"no\"", "\"partly\"")), ConsiderCounts { partly: 1, ..one });
        assert_eq!(counted(&SAID.replace("\"no\"", "\"yes\"")), ConsiderCounts { yes: 1, ..one });
        // What need not be considered is not counted, whatever is said of it.
        assert_eq!(answered("", SAID).consider, ConsiderCounts::default());
    }
}
