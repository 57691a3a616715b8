//! The reference device with one thing changed, judged again on what was observed of it, and a scheme applied.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use harness::RunRecord;
use harness::ixit::{Declaration, SourceFile};
use harness::testcases::assess::{RunNature, assess, open_prompts};
use harness::testcases::assessment::Assessment;
use harness::testcases::scheme::{self, Applied, AppliedRequirement};
use harness::testcases::{Answer, Catalogue, Decision, Facts, Note, Prompt, Recorded, Role, Verdict, plan};

use crate::command::{code, demo, told};

/// The supplier's files and what was observed, as far as a test changes them.
pub(crate) struct Varied {
    files: BTreeMap<String, String>,
    /// Observations of the reference device.
    pub(crate) observations: Vec<Recorded>,
}

impl Varied {
    /// Replaces a piece of text that stands there once.
    pub(crate) fn replace(&mut self, file: &str, from: &str, to: &str) {
        let text = self.files.get_mut(file).unwrap_or_else(|| panic!("there is no {file}"));
        assert_eq!(text.matches(from).count(), 1, "{from} in {file}");
        *text = text.replace(from, to);
    }

    /// Adds text at the end of a file, which may be new.
    pub(crate) fn add(&mut self, file: &str, text: &str) {
        self.files.entry(file.to_owned()).or_default().push_str(text);
    }

    /// Takes a file away.
    pub(crate) fn without(&mut self, file: &str) {
        self.files.remove(file);
    }
}

/// A run of the reference device, made once. `HANTEI_REFERENCE_RUN` names one that was made before.
fn reference() -> &'static PathBuf {
    static RUN: OnceLock<PathBuf> = OnceLock::new();
    RUN.get_or_init(|| {
        if let Some(run) = std::env::var_os("HANTEI_REFERENCE_RUN") {
            return run.into();
        }
        // Kept to the end of the process, as the run is used by tests that nobody waits for; the system clears it.
        let below = tempfile::tempdir().expect("a temporary folder").keep();
        let (output, run) = demo(&below, "reference", &[]);
        assert_eq!(code(&output), 0, "{}", told(&output));
        run
    })
}

/// Judges the varied device, its scripted assessor answering every question with yes, and applies a scheme.
pub(crate) fn applied(scheme: &str, vary: impl FnOnce(&mut Varied)) -> Applied {
    judged(vary, |facts, assessment| {
        let scheme = scheme::scheme(scheme).unwrap_or_else(|| panic!("there is no scheme {scheme}"));
        scheme::apply(facts, assessment, scheme)
    })
}

/// Judges the varied device and gives what `read` makes of it.
pub(crate) fn judged<T>(
    vary: impl FnOnce(&mut Varied),
    read: impl FnOnce(&Facts<'_>, &Assessment) -> T,
) -> T {
    let record = RunRecord::read(reference()).expect("a run");
    let text = |file: &SourceFile| String::from_utf8(file.bytes.clone()).expect("UTF-8");
    let mut varied = Varied {
        files: record.declaration.files.iter().map(|file| (file.name.clone(), text(file))).collect(),
        observations: record.observations.clone(),
    };
    vary(&mut varied);
    let sources = varied.files.into_iter().map(|(name, text)| SourceFile::new(name, text.into_bytes()));
    let reading = Declaration::from_sources(sources.collect(), record.declaration.documents.clone());
    let declaration = reading.declaration.unwrap_or_else(|| panic!("{:?}", reading.diagnostics));
    let plan = plan::derive(&declaration, None);
    let mut decisions: Vec<Decision> = Vec::new();
    loop {
        let facts = Facts {
            catalogue: Catalogue::of(declaration.edition),
            declaration: &declaration,
            diagnostics: &reading.diagnostics,
            observations: &varied.observations,
            decisions: &decisions,
            date: record.manifest.date,
            crypto: record.basis.policy(),
            review_required: false,
        };
        let assessment = assess(&facts, &plan, RunNature { complete: true, demonstration: true });
        // An answer that does not settle its question, for want of notes, is not given again.
        let answered = |prompt: &Prompt| {
            decisions.iter().any(|known| known.prompt == prompt.id && known.facts == prompt.facts)
        };
        let open = open_prompts(&assessment).into_iter().filter(|prompt| !answered(prompt));
        let answers: Vec<Decision> = open.map(|prompt| yes(&record, prompt)).collect();
        if answers.is_empty() {
            return read(&facts, &assessment);
        }
        decisions.extend(answers);
    }
}

fn yes(record: &RunRecord, prompt: &Prompt) -> Decision {
    Decision {
        prompt: prompt.id.clone(),
        answer: Answer::Text("yes".to_owned()),
        reason: "scripted".to_owned(),
        person: "Demo assessor".to_owned(),
        role: Role::Assessor,
        date: String::new(),
        attachments: Vec::new(),
        notes: noted(record, &prompt.id),
        facts: prompt.facts.clone(),
    }
}

/// The notes of the scripted people on a question, or on another item of its unit.
fn noted(record: &RunRecord, prompt: &str) -> BTreeMap<String, Note> {
    let of = |id: &str| record.decisions.iter().find(|decision| decision.prompt.starts_with(id));
    let unit = prompt.split_once('/').map_or(prompt, |(unit, _)| unit);
    of(prompt).or_else(|| of(&format!("{unit}/"))).map(|decision| decision.notes.clone()).unwrap_or_default()
}

/// A requirement by id.
pub(crate) fn requirement<'a>(applied: &'a Applied, id: &str) -> &'a AppliedRequirement {
    let found = applied.requirements.iter().find(|requirement| requirement.id == id);
    found.unwrap_or_else(|| panic!("{} has no requirement {id}", applied.scheme))
}

/// Verdicts of all requirements that are not met, with the codes that give them: what a test shows when it fails.
pub(crate) fn not_met(applied: &Applied) -> Vec<(String, Verdict, Vec<String>)> {
    let worse = applied.requirements.iter().filter_map(|requirement| {
        let verdict = requirement.verdict.filter(|verdict| *verdict > Verdict::Pass)?;
        let needs = requirement.needs.iter().filter(|need| need.verdict == verdict);
        let codes = needs.map(|need| format!("{} {}: {}", need.kind, need.subject, need.reason.code));
        Some((requirement.id.clone(), verdict, codes.collect()))
    });
    worse.collect()
}
