//! What the page shows, ready to print: every text chosen, every number counted. The template only
//! places it.

use std::collections::BTreeMap;

use serde::Serialize;
use testcases::assessment::{CaseResult, ItemRecord, ProvisionResult, UnitResult};
use testcases::catalogue::Kind;
use testcases::prompt::Prompt;
use testcases::{Blame, By, RestsOn, Verdict};

use crate::ReportInput;
use crate::words::Words;

/// The page.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    pub(crate) lang: &'static str,
    pub(crate) ui: BTreeMap<String, String>,
    pub(crate) title: String,
    pub(crate) kind: String,
    pub(crate) partial: bool,
    pub(crate) demonstration: bool,
    pub(crate) invalid: Option<String>,
    pub(crate) verdict: Badge,
    pub(crate) verdict_mandatory: Badge,
    pub(crate) sentence: String,
    pub(crate) identification: Vec<Fact>,
    pub(crate) bar: Vec<Slice>,
    pub(crate) coverage: Vec<Fact>,
    pub(crate) decisive: Vec<Decisive>,
    pub(crate) more_decisive: Option<String>,
    pub(crate) counts: Vec<Count>,
    pub(crate) scenarios: Vec<Scenario>,
    pub(crate) open: Vec<Open>,
    pub(crate) overrides: Vec<Overridden>,
    pub(crate) laboratory: Vec<Fact>,
    pub(crate) method: Vec<Fact>,
    pub(crate) limits: Vec<String>,
    pub(crate) digests: Vec<Fact>,
    pub(crate) evidence: Vec<EvidenceLine>,
}

/// A verdict with its class.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Badge {
    pub(crate) class: &'static str,
    pub(crate) text: String,
}

/// Name and value.
#[derive(Debug, Serialize)]
pub(crate) struct Fact {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) stated: bool,
    pub(crate) code: bool,
}

/// A part of the bar of who decided.
#[derive(Debug, Serialize)]
pub(crate) struct Slice {
    pub(crate) class: &'static str,
    pub(crate) name: String,
    pub(crate) count: u32,
    pub(crate) x: String,
    pub(crate) width: String,
}

/// Something that decides the overall verdict.
#[derive(Debug, Serialize)]
pub(crate) struct Decisive {
    pub(crate) badge: Badge,
    pub(crate) subject: String,
    pub(crate) anchor: Option<String>,
    pub(crate) title: String,
    pub(crate) text: String,
}

/// A row of numbers.
#[derive(Debug, Serialize)]
pub(crate) struct Count {
    pub(crate) badge: Badge,
    pub(crate) provisions: u32,
    pub(crate) cases: u32,
    pub(crate) units: u32,
}

/// A scenario with its provisions.
#[derive(Debug, Serialize)]
pub(crate) struct Scenario {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) provisions: Vec<Provision>,
}

/// A provision.
#[derive(Debug, Serialize)]
pub(crate) struct Provision {
    pub(crate) id: String,
    pub(crate) anchor: String,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) status: String,
    pub(crate) support: String,
    pub(crate) detail: Option<String>,
    pub(crate) badge: Badge,
    pub(crate) note: Option<String>,
    pub(crate) units: String,
    pub(crate) planned: bool,
    pub(crate) cases: Vec<Case>,
}

/// A case.
#[derive(Debug, Serialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) purpose: String,
    pub(crate) badge: Badge,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) units: Vec<Unit>,
}

/// A pass condition.
#[derive(Debug, Serialize)]
pub(crate) struct Condition {
    pub(crate) badge: Badge,
    pub(crate) text: String,
    pub(crate) basis: String,
    pub(crate) units: String,
}

/// A unit.
#[derive(Debug, Serialize)]
pub(crate) struct Unit {
    pub(crate) id: String,
    pub(crate) anchor: String,
    pub(crate) step: String,
    pub(crate) badge: Badge,
    pub(crate) by: Option<String>,
    pub(crate) rests_on: Option<String>,
    pub(crate) why: Option<String>,
    pub(crate) items: Vec<Item>,
}

/// An item.
#[derive(Debug, Serialize)]
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) place: String,
    pub(crate) badge: Badge,
    pub(crate) reason: String,
    pub(crate) code: String,
    pub(crate) expected: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) actual: Option<String>,
    pub(crate) by: String,
    pub(crate) rests_on: String,
    pub(crate) blame: Option<String>,
    pub(crate) effort: Option<String>,
    pub(crate) vacuous: bool,
    pub(crate) overridden: Option<String>,
    pub(crate) decision: Option<String>,
    pub(crate) evidence: Vec<Link>,
}

/// A link into the evidence.
#[derive(Debug, Serialize)]
pub(crate) struct Link {
    pub(crate) href: Option<String>,
    pub(crate) text: String,
    pub(crate) at: String,
}

/// An open question.
#[derive(Debug, Serialize)]
pub(crate) struct Open {
    pub(crate) id: String,
    pub(crate) question: String,
    pub(crate) look_at: String,
    pub(crate) role: String,
}

/// A machine verdict that a person reversed.
#[derive(Debug, Serialize)]
pub(crate) struct Overridden {
    pub(crate) unit: String,
    pub(crate) anchor: String,
    pub(crate) item: String,
    pub(crate) from: Badge,
    pub(crate) to: Badge,
    pub(crate) text: String,
}

/// A line of the evidence annex.
#[derive(Debug, Serialize)]
pub(crate) struct EvidenceLine {
    pub(crate) anchor: String,
    pub(crate) digest: String,
    pub(crate) href: Option<String>,
    pub(crate) what: String,
    pub(crate) size: String,
    pub(crate) used_by: String,
}

/// How many decisive reasons the first page names.
const DECISIVE: usize = 12;

impl Page {
    /// Chooses every text of the page.
    pub(crate) fn new(input: &ReportInput<'_>) -> Self {
        let words = Words::of(input.language);
        let assessment = input.assessment;
        let mut evidence = Annex::default();
        let scenarios = scenarios(input, words, &mut evidence);
        let decisive: Vec<Decisive> = decisive(input, words);
        let more = decisive.len().saturating_sub(DECISIVE);
        let dut = &assessment.dut;
        let name = [dut.manufacturer.as_deref(), dut.model.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        let stated = |key: &str, value: Option<&str>| fact(words, key, value);
        let third = input.facts.lab.assessment.as_deref();
        let complete_header = [&input.facts.lab.name, &input.facts.lab.assessor, &input.facts.lab.authorizer]
            .iter()
            .all(|field| field.is_some());
        Self {
            lang: input.language.code(),
            ui: words.phrases().clone(),
            title: if name.is_empty() { words.ui("unnamed-device").to_owned() } else { name },
            kind: words.ui(if complete_header { "title-report" } else { "title-internal" }).to_owned(),
            partial: !assessment.complete,
            demonstration: assessment.demonstration,
            invalid: input.facts.invalid.clone(),
            verdict: badge(words, assessment.verdict),
            verdict_mandatory: badge(words, assessment.verdict_mandatory),
            sentence: words
                .ui(match assessment.verdict {
                    Verdict::Pass => "sentence-pass",
                    Verdict::Fail => "sentence-fail",
                    _ => "sentence-inconclusive",
                })
                .to_owned(),
            identification: vec![
                stated("model", dut.model.as_deref()),
                stated("manufacturer", dut.manufacturer.as_deref()),
                stated("hardware", dut.hardware.as_deref()),
                stated("firmware", dut.firmware.as_deref()),
                stated("firmware-read", dut.firmware_read.as_deref()),
                stated("serial-read", dut.serial_read.as_deref()),
                stated("date", Some(&assessment.date)),
                stated("edition", Some(&assessment.edition)),
                stated("run", Some(&input.facts.run)),
            ],
            bar: bar(words, input),
            coverage: vec![
                stated(
                    "units-planned",
                    Some(&format!("{} / {}", assessment.coverage.planned, assessment.coverage.units)),
                ),
                stated("units-declared", Some(&assessment.coverage.declared.to_string())),
            ],
            more_decisive: (more > 0).then(|| words.ui("more-decisive").replace("{n}", &more.to_string())),
            decisive: decisive.into_iter().take(DECISIVE).collect(),
            counts: counts(words, input),
            open: open(words, input),
            overrides: overrides(words, input),
            scenarios,
            laboratory: vec![
                stated("lab", input.facts.lab.name.as_deref()),
                stated("accreditation", input.facts.lab.accreditation.as_deref()),
                stated("party", third.map(|party| words.ui(party)).filter(|text| !text.is_empty())),
                stated("operator", input.facts.lab.operator.as_deref()),
                stated("assessor", input.facts.lab.assessor.as_deref()),
                stated("authorizer", input.facts.lab.authorizer.as_deref()),
                stated("place", input.facts.lab.place.as_deref()),
                stated("started", input.facts.started.as_deref()),
                stated("finished", input.facts.finished.as_deref()),
                stated("samples", joined(&input.facts.samples).as_deref()),
                stated("equipment", joined(&input.facts.equipment).as_deref()),
                stated("tool", Some(&input.facts.tool)),
            ],
            method: vec![
                stated("decision-rule", input.facts.decision_rule.as_deref()),
                stated("deviations", input.facts.deviations.as_deref()),
            ],
            limits: input.facts.limits.clone(),
            digests: input
                .facts
                .digests
                .iter()
                .map(|(name, value)| Fact {
                    name: name.clone(),
                    value: value.clone(),
                    stated: true,
                    code: true,
                })
                .collect(),
            evidence: evidence.lines(input, words),
        }
    }
}

fn fact(words: &Words, key: &str, value: Option<&str>) -> Fact {
    Fact {
        name: words.ui(key).to_owned(),
        value: value.unwrap_or(words.ui("not-stated")).to_owned(),
        stated: value.is_some(),
        code: false,
    }
}

fn joined(lines: &[String]) -> Option<String> {
    (!lines.is_empty()).then(|| lines.join("; "))
}

fn badge(words: &Words, verdict: Verdict) -> Badge {
    let (class, key) = match verdict {
        Verdict::Pass => ("pass", "PASS"),
        Verdict::Fail => ("fail", "FAIL"),
        Verdict::Inconclusive => ("open", "INCONCLUSIVE"),
        Verdict::NotApplicable => ("na", "N/A"),
        Verdict::NotClaimed => ("na", "NOT-CLAIMED"),
    };
    Badge { class, text: words.ui(key).to_owned() }
}

fn bar(words: &Words, input: &ReportInput<'_>) -> Vec<Slice> {
    let coverage = &input.assessment.coverage;
    let parts = [
        ("machine", coverage.machine),
        ("assisted", coverage.assisted),
        ("assessor", coverage.assessor),
        ("external", coverage.external),
        ("open", coverage.open),
    ];
    let total = f64::from(parts.iter().map(|(_, count)| count).sum::<u32>().max(1));
    let mut x = 0.0;
    parts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(class, count)| {
            let width = f64::from(count) / total * 1000.0;
            let slice = Slice {
                class,
                name: words.ui(&format!("by-{class}")).to_owned(),
                count,
                x: format!("{x:.1}"),
                width: format!("{width:.1}"),
            };
            x += width;
            slice
        })
        .collect()
}

fn counts(words: &Words, input: &ReportInput<'_>) -> Vec<Count> {
    let counts = &input.assessment.counts;
    [Verdict::Fail, Verdict::Inconclusive, Verdict::Pass, Verdict::NotApplicable, Verdict::NotClaimed]
        .into_iter()
        .map(|verdict| Count {
            badge: badge(words, verdict),
            provisions: counts.provisions.get(verdict.as_str()).copied().unwrap_or(0),
            cases: counts.cases.get(verdict.as_str()).copied().unwrap_or(0),
            units: counts.units.get(verdict.as_str()).copied().unwrap_or(0),
        })
        .filter(|count| count.provisions + count.cases + count.units > 0)
        .collect()
}

fn decisive(input: &ReportInput<'_>, words: &Words) -> Vec<Decisive> {
    let mut reasons: Vec<_> = input.assessment.overall.iter().collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.verdict));
    reasons
        .into_iter()
        .map(|reason| {
            let provision =
                input.assessment.provisions.iter().find(|provision| provision.id == reason.subject);
            let worst = provision.and_then(|provision| first_item(provision, reason.verdict));
            let text = match (provision, worst) {
                (_, Some((unit, item))) => {
                    format!("{unit} {}: {}", item.item, words.reason(&item.reason).text)
                }
                (Some(provision), None) => provision
                    .reason
                    .as_ref()
                    .map_or_else(|| words.ui(&reason.code).to_owned(), |reason| words.reason(reason).text),
                (None, None) => words.ui(&reason.code).to_owned(),
            };
            Decisive {
                badge: badge(words, reason.verdict),
                subject: reason.subject.clone(),
                anchor: provision.map(|provision| anchor("p", &provision.id)),
                title: provision
                    .map_or_else(String::new, |provision| words.provision_title(&provision.id).to_owned()),
                text,
            }
        })
        .collect()
}

fn first_item(provision: &ProvisionResult, verdict: Verdict) -> Option<(&str, &ItemRecord)> {
    provision
        .cases
        .iter()
        .flat_map(|case| &case.units)
        .flat_map(|unit| unit.items.iter().map(move |item| (unit.id.as_str(), item)))
        .find(|(_, item)| item.verdict == verdict)
}

fn scenarios(input: &ReportInput<'_>, words: &Words, annex: &mut Annex) -> Vec<Scenario> {
    let mut scenarios: Vec<Scenario> = Vec::new();
    for provision in &input.assessment.provisions {
        let id = provision.id.rsplit_once('-').map_or(provision.id.as_str(), |(scenario, _)| scenario);
        if scenarios.last().is_none_or(|scenario| scenario.id != id) {
            scenarios.push(Scenario {
                id: id.to_owned(),
                title: words.texts().scenarios.get(id).cloned().unwrap_or_default(),
                provisions: Vec::new(),
            });
        }
        if let Some(scenario) = scenarios.last_mut() {
            scenario.provisions.push(provision_view(input, words, annex, provision));
        }
    }
    scenarios
}

fn provision_view(
    input: &ReportInput<'_>,
    words: &Words,
    annex: &mut Annex,
    provision: &ProvisionResult,
) -> Provision {
    let units: Vec<&UnitResult> = provision.cases.iter().flat_map(|case| &case.units).collect();
    let decided = units.iter().filter(|unit| unit.planned && unit.verdict != Verdict::Inconclusive).count();
    let planned = units.iter().filter(|unit| unit.planned).count();
    let note = match (&provision.reason, &provision.why) {
        (Some(reason), _) => Some(words.reason(reason).text),
        (None, Some(why)) => Some(words.why(why)),
        (None, None) => None,
    };
    Provision {
        id: provision.id.clone(),
        anchor: anchor("p", &provision.id),
        title: words.provision_title(&provision.id).to_owned(),
        text: words
            .texts()
            .provisions
            .get(&provision.id)
            .map_or_else(String::new, |words| words.text.clone()),
        status: provision.status.clone(),
        support: provision.support.clone().unwrap_or_else(|| words.ui("not-stated").to_owned()),
        detail: provision.detail.clone(),
        badge: badge(words, provision.verdict),
        note,
        units: if planned == 0 { "–".to_owned() } else { format!("{decided}/{planned}") },
        planned: provision.planned,
        cases: if provision.planned {
            provision.cases.iter().map(|case| case_view(input, words, annex, case)).collect()
        } else {
            Vec::new()
        },
    }
}

fn case_view(input: &ReportInput<'_>, words: &Words, annex: &mut Annex, case: &CaseResult) -> Case {
    let text = words.texts().cases.get(&case.id);
    Case {
        id: case.id.clone(),
        kind: words
            .ui(match case.kind {
                Kind::Conceptual => "conceptual",
                Kind::Functional => "functional",
                Kind::Both => "both",
            })
            .to_owned(),
        purpose: text.map_or_else(String::new, |text| text.purpose.clone()),
        badge: badge(words, case.verdict),
        conditions: case
            .conditions
            .iter()
            .map(|condition| Condition {
                badge: badge(words, condition.verdict),
                text: text.and_then(|text| text.condition.get(&condition.c)).cloned().unwrap_or_default(),
                basis: words
                    .ui(match condition.basis {
                        testcases::catalogue::Basis::Shown => "basis-shown",
                        testcases::catalogue::Basis::NoIndication => "basis-no-indication",
                    })
                    .to_owned(),
                units: condition.units.join(", "),
            })
            .collect(),
        units: case.units.iter().map(|unit| unit_view(input, words, annex, unit)).collect(),
    }
}

fn unit_view(input: &ReportInput<'_>, words: &Words, annex: &mut Annex, unit: &UnitResult) -> Unit {
    Unit {
        id: unit.id.clone(),
        anchor: anchor("u", &unit.id),
        step: words.texts().units.get(&unit.id).map_or_else(String::new, |text| text.step.clone()),
        badge: badge(words, unit.verdict),
        by: unit.by.map(|by| by_words(words, by)),
        rests_on: unit.rests_on.map(|rests_on| rests_on_words(words, rests_on)),
        why: unit.why.as_deref().map(|why| words.why(why)),
        items: unit.items.iter().map(|item| item_view(input, words, annex, &unit.id, item)).collect(),
    }
}

fn item_view(
    input: &ReportInput<'_>,
    words: &Words,
    annex: &mut Annex,
    unit: &str,
    item: &ItemRecord,
) -> Item {
    let reason = words.reason(&item.reason);
    let mut place: Vec<String> = Vec::new();
    if let Some(state) = item.state {
        place.push(words.ui(&format!("state-{}", state.as_str())).to_owned());
    }
    if let Some(sample) = &item.sample {
        place.push(format!("{} {sample}", words.ui("sample")));
    }
    Item {
        name: if item.item == "-" { String::new() } else { item.item.clone() },
        place: place.join(", "),
        badge: badge(words, item.verdict),
        reason: reason.text,
        code: item.reason.code.clone(),
        expected: reason.expected,
        source: item
            .reason
            .expected
            .as_ref()
            .and_then(|expected| expected.source.clone())
            .filter(|source| source != "criterion"),
        actual: reason.actual,
        by: by_words(words, item.by),
        rests_on: rests_on_words(words, item.rests_on),
        blame: item.blame.filter(|_| item.verdict != Verdict::Pass).map(|blame| blame_words(words, blame)),
        effort: item.effort.as_ref().map(|effort| {
            words
                .ui("effort-line")
                .replace("{completed}", &effort.completed.to_string())
                .replace("{attempted}", &effort.attempted.to_string())
                .replace("{seconds}", &format!("{:.1}", effort.seconds))
                .replace("{what}", &effort.what)
        }),
        vacuous: item.vacuous,
        overridden: item.overridden.map(|verdict| badge(words, verdict).text),
        decision: item.decision.as_ref().map(|decision| {
            words
                .ui("decision-line")
                .replace("{person}", &decision.person)
                .replace("{role}", words.ui(&role_key(decision.role)))
                .replace("{date}", &decision.date)
        }),
        evidence: item
            .evidence
            .iter()
            .map(|evidence| annex.link(input, unit, &evidence.reference, &evidence.at))
            .collect(),
    }
}

fn role_key(role: testcases::Role) -> String {
    match role {
        testcases::Role::Operator => "role-operator",
        testcases::Role::Assessor => "role-assessor",
        testcases::Role::Reviewer => "role-reviewer",
    }
    .to_owned()
}

fn open(words: &Words, input: &ReportInput<'_>) -> Vec<Open> {
    testcases::assess::open_prompts(input.assessment)
        .into_iter()
        .map(|prompt: &Prompt| {
            let text = prompt.unit.as_deref().and_then(|unit| words.texts().units.get(unit));
            Open {
                id: prompt.id.clone(),
                question: text
                    .map_or_else(|| words.ui("companion-question").to_owned(), |text| text.question.clone()),
                look_at: text.map_or_else(String::new, |text| text.look_at.clone()),
                role: words.ui(&role_key(prompt.role)).to_owned(),
            }
        })
        .collect()
}

fn overrides(words: &Words, input: &ReportInput<'_>) -> Vec<Overridden> {
    input
        .assessment
        .provisions
        .iter()
        .flat_map(|provision| &provision.cases)
        .flat_map(|case| &case.units)
        .flat_map(|unit| unit.items.iter().map(move |item| (unit, item)))
        .filter_map(|(unit, item)| {
            Some(Overridden {
                unit: unit.id.clone(),
                anchor: anchor("u", &unit.id),
                item: item.item.clone(),
                from: badge(words, item.overridden?),
                to: badge(words, item.verdict),
                text: words.reason(&item.reason).text,
            })
        })
        .collect()
}

fn by_words(words: &Words, by: By) -> String {
    words
        .ui(match by {
            By::Machine => "by-machine",
            By::Assisted => "by-assisted",
            By::Assessor => "by-assessor",
            By::External => "by-external",
        })
        .to_owned()
}

fn rests_on_words(words: &Words, rests_on: RestsOn) -> String {
    words
        .ui(match rests_on {
            RestsOn::Observed => "rests-observed",
            RestsOn::Document => "rests-document",
            RestsOn::Declared => "rests-declared",
            RestsOn::External => "rests-external",
        })
        .to_owned()
}

fn blame_words(words: &Words, blame: Blame) -> String {
    words
        .ui(match blame {
            Blame::Device => "blame-device",
            Blame::Documentation => "blame-documentation",
            Blame::DeviceOrDocumentation => "blame-device-or-documentation",
            Blame::Lab => "blame-lab",
        })
        .to_owned()
}

/// An id that is safe in `id=` and `#`.
fn anchor(prefix: &str, id: &str) -> String {
    let safe: String = id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("{prefix}-{safe}")
}

/// Evidence in the order of its first use.
#[derive(Default)]
struct Annex {
    order: Vec<String>,
    used_by: BTreeMap<String, Vec<String>>,
}

impl Annex {
    fn link(&mut self, input: &ReportInput<'_>, unit: &str, reference: &str, at: &str) -> Link {
        if !reference.starts_with("sha256:") {
            let text = reference.strip_prefix("declaration:").unwrap_or(reference).to_owned();
            return Link { href: None, text, at: at.to_owned() };
        }
        let users = self.used_by.entry(reference.to_owned()).or_insert_with(|| {
            self.order.push(reference.to_owned());
            Vec::new()
        });
        if users.last().is_none_or(|last| last != unit) {
            users.push(unit.to_owned());
        }
        let known = input.evidence.read(reference).is_some();
        Link {
            href: known.then(|| format!("#{}", anchor("e", reference))),
            text: short(reference),
            at: at.to_owned(),
        }
    }

    fn lines(&self, input: &ReportInput<'_>, words: &Words) -> Vec<EvidenceLine> {
        self.order
            .iter()
            .map(|reference| {
                let stored = input.evidence.read(reference);
                let what = stored.as_ref().map_or_else(
                    || words.ui("evidence-missing").to_owned(),
                    |(_, bytes)| describe(words, bytes),
                );
                EvidenceLine {
                    anchor: anchor("e", reference),
                    digest: reference.clone(),
                    href: stored.as_ref().map(|(name, _)| format!("../{name}")),
                    what,
                    size: stored.map_or_else(String::new, |(_, bytes)| format!("{} B", bytes.len())),
                    used_by: self.used_by.get(reference).map_or_else(String::new, |units| units.join(", ")),
                }
            })
            .collect()
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
