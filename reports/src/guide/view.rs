//! What the page of a guide shows: every text chosen, every number counted.

use std::collections::BTreeMap;

use serde::Serialize;
use testcases::guide::{AnsweredItem, AnsweredLink, Group, Item, Link, Phase, Role, Standing};
use testcases::scheme::Words as Said;

use super::overview::{self, Overview};
use super::results::{self, Label, Results};
use super::{GuideResult, risk_map};
use crate::ReportInput;
use crate::view::{Badge, Fact, anchor, badge, fact, identification, rests_on_words, title};
use crate::words::Words;

/// The page.
#[derive(Debug, Serialize)]
pub(super) struct GuidePage {
    lang: &'static str,
    ui: BTreeMap<String, String>,
    title: String,
    device: String,
    ident: Vec<Fact>,
    demonstration: bool,
    partial: bool,
    invalid: Option<String>,
    publisher: String,
    standing: String,
    version: String,
    gap: Option<String>,
    overview: Overview,
    results: Results,
    sources: Vec<String>,
    unknown: Vec<String>,
    context: Option<risk_map::Context>,
    groups: Vec<GroupPart>,
    digest: String,
    #[serde(skip)]
    map: String,
}

#[derive(Debug, Serialize)]
struct GroupPart {
    id: String,
    anchor: String,
    title: String,
    phase: Option<String>,
    counted: String,
    /// The same, as two numbers.
    share: String,
    items: Vec<ItemPart>,
}

#[derive(Debug, Serialize)]
struct ItemPart {
    id: String,
    anchor: String,
    /// Belongs to another item, and stands below it.
    inner: bool,
    kind: String,
    title: String,
    asks: String,
    who: String,
    test: String,
    standing: Badge,
    /// Why it stands so, in a sentence.
    why: String,
    considered: Option<ConsideredPart>,
    links: Vec<LinkPart>,
    wants: Option<Wanted>,
    evidence: Vec<String>,
}

/// Evidence that an item wants.
#[derive(Debug, Serialize)]
struct Wanted {
    label: String,
    text: String,
}

#[derive(Debug, Serialize)]
struct ConsideredPart {
    adopted: String,
    statement: Option<String>,
    source: String,
}

#[derive(Debug, Serialize)]
struct LinkPart {
    label: String,
    href: Option<String>,
    verdict: Badge,
    rests_on: Option<String>,
    part: bool,
    sure: String,
    rationale: String,
}

impl GuidePage {
    /// Chooses every text. `beside` names the report of the run, where it lies beside the page.
    pub(super) fn new(input: &ReportInput<'_>, result: &GuideResult, beside: Option<&str>) -> Self {
        let words = Words::of(input.language);
        let say = |said: &Said| said.of(input.language).to_owned();
        let (guide, answered) = (result.guide, &result.answered);
        let groups = guide.groups.iter().map(|group| Showing { input, words, result, beside }.group(group));
        let confidence = |name: &str| words.ui(&format!("scheme-confidence-{name}")).to_owned();
        let sources = guide.sources.iter().map(|source| {
            words
                .ui("guide-source")
                .replace("{date}", &source.date)
                .replace("{read}", words.ui(&format!("scheme-read-{}", source.read)))
                .replace("{sure}", &confidence(&source.confidence))
                .replace("{title}", &source.title)
        });
        let context = result.risk_context.as_ref();
        Self {
            lang: input.language.code(),
            ui: words.phrases().clone(),
            title: say(&guide.title),
            device: title(input, words),
            ident: vec![
                fact(words, "report-id", Some(identification(input))),
                fact(words, "date", Some(&input.assessment.date)),
            ],
            demonstration: answered.demonstration,
            partial: !answered.complete,
            invalid: input.facts.invalid.clone(),
            publisher: say(&guide.publisher),
            standing: say(&guide.standing),
            version: words
                .ui("guide-version-of")
                .replace("{date}", &guide.date)
                .replace("{sure}", &confidence(&guide.confidence))
                .replace("{version}", words.version(&guide.version)),
            gap: guide.gap.as_ref().map(say),
            overview: overview::overview(input, words, result),
            results: results::results(input, words, answered, beside),
            sources: sources.collect(),
            unknown: answered.unknown.clone(),
            context: context.map(|context| risk_map::context(words, context, answered)),
            map: context.map_or_else(String::new, |context| risk_map::draw(words, context)),
            groups: groups.collect(),
            digest: guide.digest.clone(),
        }
    }

    /// What stands at the foot of every printed page.
    pub(super) fn running_line(&self) -> String {
        format!("{} · {}", self.title, self.device)
    }

    /// The drawn map; empty where there is no risk context.
    pub(super) fn map(&self) -> &str {
        &self.map
    }
}

#[derive(Clone, Copy)]
struct Showing<'a> {
    input: &'a ReportInput<'a>,
    words: &'static Words,
    result: &'a GuideResult,
    beside: Option<&'a str>,
}

impl Showing<'_> {
    fn say(&self, said: &Said) -> String {
        said.of(self.input.language).to_owned()
    }

    fn group(self, group: &Group) -> GroupPart {
        let items: Vec<(&Item, &AnsweredItem)> = self
            .result
            .guide
            .items
            .iter()
            .zip(&self.result.answered.items)
            .filter(|(item, _)| item.group == group.id)
            .collect();
        let answered =
            items.iter().filter(|(_, answered)| answered.standing <= Standing::AnsweredInPart).count();
        GroupPart {
            id: group.id.clone(),
            anchor: anchor("group", &group.id),
            title: self.say(&group.title),
            phase: group.phase.map(|phase| self.phase(phase)),
            share: format!("{answered} / {}", items.len()),
            counted: self
                .words
                .ui("guide-counted")
                .replace("{answered}", &answered.to_string())
                .replace("{n}", &items.len().to_string()),
            items: items.into_iter().map(|(item, answered)| self.item(item, answered)).collect(),
        }
    }

    fn phase(&self, phase: Phase) -> String {
        self.named("phase", &phase)
    }

    /// The phrase for one of the names of the data.
    fn named(&self, kind: &str, name: &impl Serialize) -> String {
        let name = serde_json::to_value(name).ok().and_then(|name| name.as_str().map(str::to_owned));
        self.words.ui(&format!("guide-{kind}-{}", name.unwrap_or_default())).to_owned()
    }

    fn item(&self, item: &Item, answered: &AnsweredItem) -> ItemPart {
        let roles: Vec<String> = item.roles.iter().map(|role: &Role| self.named("role", role)).collect();
        let mut who = roles.join(self.words.ui("guide-joiner"));
        if let Some(phase) = item.phase {
            who = format!("{} · {who}", self.phase(phase));
        }
        let viewpoint = item.viewpoint.as_ref().and_then(|id| {
            let known = self.result.guide.viewpoints.iter().find(|known| known.id == *id)?;
            Some(self.say(&known.title))
        });
        if let Some(viewpoint) = viewpoint {
            who = format!("{who} · {viewpoint}");
        }
        let links = item.links.iter().zip(&answered.links).map(|(link, result)| self.link(link, result));
        let alone = item.links.is_empty() && answered.considered.is_none() && answered.evidence.is_empty();
        ItemPart {
            id: item.id.clone(),
            anchor: anchor("item", &item.id),
            inner: item.part_of.is_some(),
            kind: self.named("kind", &item.kind),
            title: self.say(&item.title),
            asks: self.say(&item.asks),
            who,
            test: self.named("test", &item.test),
            standing: overview::badge(self.words, answered.standing),
            why: self.why(item, answered),
            considered: answered.considered.as_ref().map(|said| ConsideredPart {
                adopted: overview::adopted(self.words, said.adopted).to_owned(),
                statement: said.statement.clone(),
                source: said.source.trim_start_matches("declaration:").to_owned(),
            }),
            links: links.collect(),
            wants: item.wants.as_ref().map(|wants| Wanted {
                label: self.words.ui(if alone { "guide-wants-alone" } else { "guide-wants" }).to_owned(),
                text: self.say(wants),
            }),
            evidence: answered.evidence.clone(),
        }
    }

    fn why(&self, item: &Item, answered: &AnsweredItem) -> String {
        let settled = answered.links.iter().filter(|link| link.settled()).count();
        let key = match answered.standing {
            Standing::Answered => "guide-why-answered",
            Standing::AnsweredInPart if settled < answered.links.len() => "guide-why-part-open",
            Standing::AnsweredInPart if item.wants.is_some() => "guide-why-part-wants",
            Standing::AnsweredInPart => "guide-why-part",
            Standing::Declared if answered.considered.is_some() => "guide-why-declared",
            Standing::Declared => "guide-why-evidence",
            Standing::Open if !answered.links.is_empty() => "guide-why-open-results",
            Standing::Open if item.consider => "guide-why-open-consider",
            Standing::Open => "guide-why-open-wants",
            Standing::NotTestable => "guide-why-not-testable",
        };
        self.words
            .ui(key)
            .replace("{settled}", &settled.to_string())
            .replace("{n}", &answered.links.len().to_string())
    }

    fn link(&self, link: &Link, result: &AnsweredLink) -> LinkPart {
        let Label { label, href } = results::label(self.input, self.words, result, self.beside);
        let verdict = match result.verdict {
            Some(verdict) => badge(self.words, verdict),
            None => Badge { class: "v-na", mark: "–", text: self.words.ui("guide-not-run").to_owned() },
        };
        LinkPart {
            label,
            href,
            verdict,
            rests_on: result.rests_on.map(|rests_on| rests_on_words(self.words, rests_on)),
            part: link.part,
            sure: self
                .words
                .ui("guide-sure")
                .replace("{sure}", self.words.ui(&format!("scheme-confidence-{}", link.confidence))),
            rationale: self.say(&link.rationale),
        }
    }
}
