//! What a report and the documents of a submission show of a label scheme.

use serde::Serialize;
use testcases::Verdict;
use testcases::scheme::{AppliedNeed, AppliedRequirement, Evidence, Scheme, SchemeKind, Words as Said};

use super::{Badge, anchor, badge, blame_words, rests_on_words};
use crate::ReportInput;
use crate::scheme::SchemeResult;
use crate::words::Words;

/// A scheme.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SchemePart {
    pub(crate) name: String,
    anchor: String,
    pub(crate) title: String,
    body: String,
    pub(crate) standing: String,
    version: String,
    date: String,
    confidence: String,
    category: Option<String>,
    level: Option<u8>,
    mapping: bool,
    pub(crate) badge: Option<Badge>,
    sentence: String,
    counted: String,
    partial: bool,
    demonstration: bool,
    valid_until: Option<String>,
    validity: Option<String>,
    several: bool,
    pub(crate) requirements: Vec<RequirementPart>,
    missing: Vec<String>,
    unknown: Vec<String>,
    unverified: Vec<UnverifiedPart>,
    sources: Vec<SourcePart>,
    recognitions: Vec<RecognitionPart>,
}

/// A requirement.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RequirementPart {
    pub(crate) scheme: String,
    pub(crate) id: String,
    anchor: String,
    pub(crate) title: String,
    asks: String,
    place: String,
    source: String,
    confidence: String,
    method: Option<String>,
    badge: Badge,
    verdict: String,
    evidence: String,
    met: bool,
    route: Option<String>,
    pub(crate) needs: Vec<NeedPart>,
    gap: Option<String>,
    pub(crate) unverified: Vec<String>,
}

/// Something that has to hold.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct NeedPart {
    kind: String,
    subject: String,
    label: String,
    href: Option<String>,
    pub(crate) badge: Badge,
    pub(crate) reason: String,
    code: String,
    expected: Option<String>,
    actual: Option<String>,
    rests_on: Option<String>,
    blame: Option<String>,
    /// Title of the way, where there are several.
    route: Option<String>,
    rationale: Option<String>,
    evidence: Vec<ReferencePart>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ReferencePart {
    text: String,
    href: Option<String>,
    at: String,
}

#[derive(Clone, Debug, Serialize)]
struct UnverifiedPart {
    requirement: String,
    anchor: String,
    text: String,
}

#[derive(Clone, Debug, Serialize)]
struct SourcePart {
    title: String,
    date: String,
    url: Option<String>,
    read: String,
    confidence: String,
}

#[derive(Clone, Debug, Serialize)]
struct RecognitionPart {
    label: String,
    counts_as: String,
    since: String,
    source: String,
}

/// Every scheme of a report.
pub(crate) fn parts(input: &ReportInput<'_>, words: &Words) -> Vec<SchemePart> {
    input.facts.schemes.iter().map(|result| Showing { input, words, result }.part()).collect()
}

struct Showing<'a> {
    input: &'a ReportInput<'a>,
    words: &'a Words,
    result: &'a SchemeResult,
}

impl Showing<'_> {
    fn say(&self, said: &Said) -> String {
        said.of(self.words.language).to_owned()
    }

    /// A phrase for one of the names of the data, such as a confidence.
    fn named(&self, kind: &str, name: &str) -> String {
        let key = format!("scheme-{kind}-{name}");
        self.words.phrases().get(&key).cloned().unwrap_or_else(|| name.to_owned())
    }

    fn part(&self) -> SchemePart {
        let (scheme, applied) = (self.result.scheme(), &self.result.applied);
        let requirements: Vec<RequirementPart> =
            applied.requirements.iter().filter_map(|one| self.requirement(one)).collect();
        let unverified = requirements.iter().flat_map(|one| {
            one.unverified.iter().map(|text| UnverifiedPart {
                requirement: one.id.clone(),
                anchor: one.anchor.clone(),
                text: text.clone(),
            })
        });
        let source = |scheme: &Scheme, id: &str| {
            scheme.source(id).map_or_else(|| id.to_owned(), |source| source.title.clone())
        };
        let mut sources: Vec<SourcePart> = Vec::new();
        for one in self.result.data.iter().flat_map(|one| &one.sources) {
            if sources.iter().all(|known| known.title != one.title) {
                sources.push(SourcePart {
                    title: one.title.clone(),
                    date: one.date.clone(),
                    url: one.url.clone(),
                    read: self.named("read", &one.read),
                    confidence: self.named("confidence", &one.confidence),
                });
            }
        }
        SchemePart {
            name: scheme.name.clone(),
            anchor: anchor("scheme", &scheme.name),
            title: self.say(&scheme.title),
            body: self.say(&scheme.body),
            standing: self.say(&scheme.standing),
            version: scheme.version.clone(),
            date: scheme.date.clone(),
            confidence: self.named("confidence", &scheme.confidence),
            category: scheme.category.as_ref().map(|category| self.say(category)),
            level: scheme.level,
            mapping: scheme.kind == SchemeKind::Mapping,
            badge: applied.verdict.map(|verdict| badge(self.words, verdict)),
            sentence: self.words.ui(sentence_key(applied.verdict)).to_owned(),
            counted: self.counted(),
            partial: !applied.complete,
            demonstration: applied.demonstration,
            valid_until: applied.valid_until.clone(),
            validity: scheme.validity.as_ref().map(|validity| self.validity(validity)),
            several: self.result.data.len() > 1,
            unverified: unverified.collect(),
            requirements,
            missing: applied.missing_fields.iter().map(|name| self.field(name)).collect(),
            unknown: applied.unknown_fields.clone(),
            sources,
            recognitions: scheme
                .recognitions
                .iter()
                .map(|one| RecognitionPart {
                    label: self.say(&one.label),
                    counts_as: self.say(&one.counts_as),
                    since: one.since.clone(),
                    source: source(scheme, &one.source),
                })
                .collect(),
        }
    }

    /// `psti.seller` with its title.
    fn field(&self, name: &str) -> String {
        let known =
            self.result.fields().find(|(scheme, field)| format!("{}.{}", scheme.name, field.key) == name);
        known.map_or_else(|| name.to_owned(), |(_, field)| format!("{} ({name})", self.say(&field.title)))
    }

    fn validity(&self, validity: &testcases::scheme::Validity) -> String {
        let key = match (validity.years, validity.within_support_period) {
            (Some(_), true) => "scheme-validity-both",
            (Some(_), false) => "scheme-validity-years",
            (None, _) => "scheme-validity-support",
        };
        let years = validity.years.map_or_else(String::new, |years| years.to_string());
        self.words.ui(key).replace("{years}", &years)
    }

    fn counted(&self) -> String {
        let all = &self.result.applied.requirements;
        let verdict = |wanted: &[Verdict]| {
            all.iter().filter(|one| one.verdict.is_some_and(|verdict| wanted.contains(&verdict))).count()
        };
        let evidence = |wanted: Evidence| all.iter().filter(|one| one.evidence == Some(wanted)).count();
        let numbers = match self.result.applied.kind {
            SchemeKind::Verdict => vec![
                ("pass", verdict(&[Verdict::Pass])),
                ("fail", verdict(&[Verdict::Fail])),
                ("open", verdict(&[Verdict::Inconclusive])),
                ("na", verdict(&[Verdict::NotApplicable, Verdict::NotClaimed])),
            ],
            SchemeKind::Mapping => vec![
                ("full", evidence(Evidence::Available)),
                ("part", evidence(Evidence::Partly)),
                ("none", evidence(Evidence::None)),
            ],
        };
        let key = match self.result.applied.kind {
            SchemeKind::Verdict => "scheme-counted",
            SchemeKind::Mapping => "scheme-counted-mapping",
        };
        let text = self.words.ui(key).replace("{n}", &all.len().to_string());
        numbers.into_iter().fold(text, |text, (name, n)| text.replace(&format!("{{{name}}}"), &n.to_string()))
    }

    fn requirement(&self, applied: &AppliedRequirement) -> Option<RequirementPart> {
        let (scheme, data) = self.result.requirement(&applied.scheme, &applied.id)?;
        let route = |id: &Option<String>| {
            let id = id.as_ref()?;
            data.routes.iter().find(|route| route.id == *id).map(|route| self.say(&route.title))
        };
        let evidence = match applied.evidence {
            Some(Evidence::Available) => "available",
            Some(Evidence::Partly) => "partly",
            Some(Evidence::None) => "none",
            None => "",
        };
        let shown = match applied.verdict {
            Some(verdict) => badge(self.words, verdict),
            // No colour of a verdict: evidence says nothing of conformity.
            None => Badge { class: "v-na", mark: "·", text: self.named("evidence", evidence) },
        };
        // In the order of the data, in which they were judged.
        let ways = data.ways();
        let rationales = ways.iter().flat_map(|(_, needs)| needs.iter()).map(|need| need.rationale.as_ref());
        let needs = applied.needs.iter().zip(rationales.chain(std::iter::repeat(None)));
        Some(RequirementPart {
            scheme: applied.scheme.clone(),
            id: applied.id.clone(),
            anchor: anchor(&format!("s-{}", applied.scheme), &applied.id),
            title: self.say(&data.title),
            asks: self.say(&data.asks),
            place: data.place.clone(),
            source: scheme.source(&data.source).map_or_else(String::new, |source| source.title.clone()),
            confidence: self.named("confidence", &data.confidence),
            method: data.method.as_ref().map(|method| self.named("method", method)),
            badge: shown,
            verdict: applied.verdict.map_or_else(String::new, |verdict| verdict.to_string()),
            evidence: evidence.to_owned(),
            met: applied.verdict == Some(Verdict::Pass),
            route: route(&applied.route),
            needs: needs.map(|(need, why)| self.need(need, why, route(&need.route))).collect(),
            gap: data.gap.as_ref().map(|gap| self.say(gap)),
            unverified: data.unverified.iter().map(|text| self.say(text)).collect(),
        })
    }

    fn need(&self, need: &AppliedNeed, rationale: Option<&Said>, route: Option<String>) -> NeedPart {
        let reason = self.words.reason(&need.reason);
        let mut evidence: Vec<ReferencePart> = Vec::new();
        for one in &need.evidence {
            let part = self.reference(&one.reference, &one.at);
            if !evidence.contains(&part) {
                evidence.push(part);
            }
        }
        NeedPart {
            kind: need.kind.clone(),
            subject: need.subject.clone(),
            label: self.label(need),
            href: self.href(need),
            badge: badge(self.words, need.verdict),
            reason: reason.text,
            code: need.reason.code.clone(),
            expected: reason.expected.filter(|_| need.verdict != Verdict::Pass),
            actual: reason.actual.filter(|_| need.verdict != Verdict::Pass),
            rests_on: need.rests_on.map(|rests_on| rests_on_words(self.words, rests_on)),
            blame: need.blame.map(|blame| blame_words(self.words, blame)),
            route,
            rationale: rationale.map(|rationale| self.say(rationale)),
            evidence,
        }
    }

    fn label(&self, need: &AppliedNeed) -> String {
        let subject = match need.kind.as_str() {
            "stated" => {
                let fields = self.result.fields();
                let title = fields.filter(|(_, field)| field.key == need.subject).last();
                title.map_or_else(|| need.subject.clone(), |(_, field)| self.say(&field.title))
            }
            _ => need.subject.clone(),
        };
        format!("{} {subject}", self.named("need", &need.kind))
    }

    /// The place in the page where the standard's own verdict stands.
    fn href(&self, need: &AppliedNeed) -> Option<String> {
        let provisions = &self.input.assessment.provisions;
        let cases = || provisions.iter().flat_map(|one| one.cases.iter().map(move |case| (one, case)));
        let place = match need.kind.as_str() {
            "provision" => {
                provisions.iter().find(|one| one.id == need.subject).map(|one| anchor("p", &one.id))
            }
            "case" => cases().find(|(_, case)| case.id == need.subject).map(|(one, _)| anchor("p", &one.id)),
            "unit" => {
                let mut units = cases().flat_map(|(_, case)| &case.units);
                units.find(|unit| unit.id == need.subject).map(|unit| anchor("u", &unit.id))
            }
            _ => None,
        };
        place.map(|place| format!("#{place}"))
    }

    fn reference(&self, reference: &str, at: &str) -> ReferencePart {
        if let Some(hex) = reference.strip_prefix("sha256:") {
            let stored = self.input.evidence.read(reference).map(|(name, _)| format!("../{name}"));
            return ReferencePart { text: hex.chars().take(10).collect(), href: stored, at: at.to_owned() };
        }
        if let Some(id) = reference.strip_prefix("assessment:") {
            return ReferencePart { text: format!("assessment.json {id}"), href: None, at: at.to_owned() };
        }
        let text = reference.strip_prefix("declaration:").unwrap_or(reference);
        ReferencePart { text: text.to_owned(), href: None, at: at.to_owned() }
    }
}

fn sentence_key(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        None => "scheme-sentence-mapping",
        Some(Verdict::Pass) => "scheme-sentence-pass",
        Some(Verdict::Fail) => "scheme-sentence-fail",
        Some(Verdict::NotApplicable) => "scheme-sentence-na",
        Some(_) => "scheme-sentence-open",
    }
}
