//! The matrix: every fault of the lab moves exactly the units that its file lists, with verdict and
//! code, and nothing else. A fault that is not found and a verdict that moves for no reason are both
//! defects.
//!
//! Device and lab faults are assessed over the network with the short profile: as many as move every unit that any of
//! them moves, and with `HANTEI_MATRIX=whole` every one, with the cases beyond the standard. Documentation faults
//! are judged over the observations of the sound device. What `hantei diff` says of sound and faulty is held against
//! the same lists.

mod command;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use command::{assessment, demo, told, units};
use harness::ixit::{Declaration, SourceFile};
use harness::testcases::assess::{RunNature, assess, open_prompts};
use harness::testcases::assessment::Assessment;
use harness::testcases::{Answer, Catalogue, Decision, Facts, Note, Prompt, Role, plan};
use harness::{RunManifest, RunRecord};
use lab::{Apply, Change, Fault, Instance, Kind, Spec};
use reports::diff::{self, Side};
use serde_json::Value;

/// Unit, its verdict, and the codes that give it that verdict.
type Verdicts = BTreeMap<String, (String, Vec<String>)>;

fn verdicts(assessment: &Value) -> Verdicts {
    units(assessment)
        .into_iter()
        .map(|unit| {
            let verdict = unit["verdict"].as_str().expect("verdict").to_owned();
            let mut codes: Vec<String> = unit["items"]
                .as_array()
                .expect("items")
                .iter()
                .filter(|item| item["verdict"] == unit["verdict"])
                .map(|item| item["reason"]["code"].as_str().expect("code").to_owned())
                .collect();
            // A unit that is not planned has no items; why it is not, says the unit.
            codes.extend(unit["why"].as_str().map(str::to_owned));
            codes.sort();
            codes.dedup();
            (unit["id"].as_str().expect("id").to_owned(), (verdict, codes))
        })
        .chain(plus_verdicts(assessment))
        .collect()
}

/// The same of the cases beyond the standard, where they were run.
fn plus_verdicts(assessment: &Value) -> impl Iterator<Item = (String, (String, Vec<String>))> {
    let extra = assessment["extra"].as_array().expect("extra").iter();
    extra.filter(|value| value["kind"] == "plus").map(|case| {
        let items = case["items"].as_array().expect("items").iter();
        let deciding = items.filter(|item| item["verdict"] == case["verdict"]);
        let codes = deciding.map(|item| item["reason"]["code"].as_str().expect("code").to_owned()).collect();
        let text = |key: &str| case[key].as_str().expect("a text").to_owned();
        (text("id"), (text("verdict"), codes))
    })
}

/// Whether the cases beyond the standard are run with a fault: where it fails one of them, and everywhere in the whole
/// matrix, which shows that it moves none besides those that it lists.
fn needs_plus(fault: &Fault) -> bool {
    let fails = |change: &Change| change.unit.starts_with("plus-") && change.verdict == "FAIL";
    is_whole() || fault.changes.iter().any(fails)
}

/// What its file lists of the cases that are run with it.
fn listed(fault: &Fault) -> impl Iterator<Item = &'static Change> + Clone {
    let plus = needs_plus(fault);
    fault.changes.iter().filter(move |change| plus || change.unit.contains(':'))
}

fn is_whole() -> bool {
    std::env::var("HANTEI_MATRIX").is_ok_and(|part| part == "whole")
}

const WITH_PLUS: [&str; 2] = ["--with", "hantei-plus"];

/// Compares what moved with what the fault's file lists; gives the differences in words.
fn differences(fault: &Fault, sound: &Verdicts, faulty: &Verdicts) -> Vec<String> {
    let mut told = Vec::new();
    for change in listed(fault) {
        match faulty.get(change.unit) {
            Some((verdict, codes))
                if verdict == change.verdict && codes.iter().any(|code| code == change.code) =>
            {
                if sound.get(change.unit).is_some_and(|(before, _)| before == verdict) {
                    told.push(format!("{} is {verdict} without the fault too", change.unit));
                }
            }
            other => told.push(format!(
                "{} should be {} ({}), is {other:?}",
                change.unit, change.verdict, change.code
            )),
        }
    }
    for (unit, (verdict, codes)) in faulty {
        let before = sound.get(unit).map(|(verdict, _)| verdict.as_str());
        if before != Some(verdict) && !fault.changes.iter().any(|change| change.unit == unit) {
            told.push(format!("{unit} moved from {before:?} to {verdict} {codes:?} and is not listed"));
        }
    }
    told
}

/// What `hantei diff` makes of two runs, held against what the fault's file lists: it names the same units, no more
/// and no fewer.
fn differences_of_diff(fault: &Fault, sound: &Value, faulty: &Value) -> Vec<String> {
    let typed = |value: &Value| serde_json::from_value::<Assessment>(value.clone()).expect("an assessment");
    let (a, b) = (typed(sound), typed(faulty));
    let diff = diff::compare(Side { run: "sound", assessment: &a }, Side { run: "faulty", assessment: &b })
        .expect("the same edition");
    // A provision that moves by its claim alone stands beside the units.
    let units = diff.units.iter().filter(|moved| moved.id.contains(':') && moved.before != moved.after);
    let named: BTreeSet<&str> = units.map(|moved| moved.id.as_str()).collect();
    let of_standard = fault.changes.iter().filter(|change| change.unit.contains(':'));
    let listed: BTreeSet<&str> = of_standard.clone().map(|change| change.unit).collect();
    let mut told: Vec<String> = Vec::new();
    told.extend(
        named.difference(&listed).map(|unit| format!("hantei diff names {unit}, which is not listed")),
    );
    told.extend(listed.difference(&named).map(|unit| format!("hantei diff does not name {unit}")));
    // A claim that is taken back moves no unit, and is worse all the same.
    if !diff.worse && of_standard.clone().any(|change| matches!(change.verdict, "FAIL" | "INCONCLUSIVE")) {
        told.push("hantei diff does not say that anything is worse".to_owned());
    }
    told
}

fn sound(below: &Path, name: &str, more: &[&str]) -> (Value, std::path::PathBuf) {
    let (output, run) = demo(below, name, more);
    assert_eq!(command::code(&output), 0, "{}", told(&output));
    (assessment(&run), run)
}

#[test]
fn every_fault_of_device_and_lab_moves_what_its_file_lists_and_nothing_else() {
    let below = tempfile::tempdir().expect("a temporary folder");
    // The sound device is assessed beside the faulty ones; each is compared as soon as both are there.
    let (sound_device, sound_with_plus) = (OnceLock::new(), OnceLock::new());
    let without = || sound_device.get_or_init(|| sound(below.path(), "sound", &[]).0);
    let with = || sound_with_plus.get_or_init(|| sound(below.path(), "sound with plus", &WITH_PLUS).0);
    let faults = chosen();
    eprintln!("{} faults of {}", faults.len(), lab::faults().len());
    let next = Mutex::new(faults.iter());
    let report = Mutex::new(String::new());
    // The runs mostly wait for answers, lock-outs and the ends of outages, so several share the processors well.
    std::thread::scope(|scope| {
        scope.spawn(without);
        for _ in 0..32 {
            scope.spawn(|| {
                loop {
                    let Some(fault) = next.lock().unwrap_or_else(PoisonError::into_inner).next() else {
                        break;
                    };
                    let mut asked = vec!["--fault", fault.name];
                    if needs_plus(fault) {
                        asked.extend(WITH_PLUS);
                    }
                    let (output, run) = demo(below.path(), fault.name, &asked);
                    let mut found = if run.join("assessment.json").exists() {
                        let sound = if needs_plus(fault) { with() } else { without() };
                        let faulty = assessment(&run);
                        let mut found = differences(fault, &verdicts(sound), &verdicts(&faulty));
                        found.extend(differences_of_diff(fault, sound, &faulty));
                        found
                    } else {
                        vec![format!("no assessment: {}", told(&output))]
                    };
                    let code = command::code(&output);
                    // The exit code is that of the verdict on the standard.
                    let of_standard = fault.changes.iter().filter(|change| change.unit.contains(':'));
                    let fails = of_standard.clone().any(|change| change.verdict == "FAIL");
                    if fault.kind == Kind::Lab && (code == 1 || code == 0) {
                        found.push(format!("a lab fault gave exit code {code}"));
                    }
                    if fault.kind == Kind::Device && fails && code != 1 {
                        found.push(format!("exit code {code}"));
                    }
                    let mut report = report.lock().unwrap_or_else(PoisonError::into_inner);
                    for line in found {
                        // Whoever watches need not wait for the last one.
                        eprintln!("{}: {line}", fault.name);
                        writeln!(report, "{}: {line}", fault.name).expect("a String takes any text");
                    }
                }
            });
        }
    });
    let report = report.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert!(report.is_empty(), "\n{report}");
}

/// Whether a fault is tried at all: those that `HANTEI_FAULT` names, separated by commas; else every one.
fn is_named(fault: &Fault) -> bool {
    std::env::var("HANTEI_FAULT").map_or(true, |names| names.split(',').any(|name| name == fault.name))
}

/// The faults that are tried over the network: those that `HANTEI_FAULT` names; every one where `HANTEI_MATRIX` is
/// `whole`; else as many as move every unit that any of them moves.
fn chosen() -> Vec<&'static Fault> {
    let online = |fault: &&&Fault| !matches!(fault.apply, Apply::Documentation(_));
    let all: Vec<&'static Fault> = lab::faults().iter().filter(online).copied().collect();
    if std::env::var("HANTEI_FAULT").is_ok() {
        return all.into_iter().filter(|fault| is_named(fault)).collect();
    }
    if is_whole() {
        return all;
    }
    let mut moved = BTreeSet::new();
    // Those that move little first: they say most about what must not move.
    let mut few_first = all;
    few_first.sort_by_key(|fault| (fault.changes.len(), fault.name));
    few_first.retain(|fault| {
        let moves = |kind: &str| fault.changes.iter().filter(|change| change.verdict == kind).count();
        let known = listed(fault).all(|change| moved.contains(&(change.unit, change.verdict)));
        moved.extend(listed(fault).map(|change| (change.unit, change.verdict)));
        !known || moves("FAIL") == 0 && fault.kind == Kind::Lab
    });
    // Those that move much take the longest: the others are tried meanwhile.
    few_first.reverse();
    without_spare(few_first)
}

/// The faults without those whose every move another one makes, those that move most left out first. Lab faults that
/// only take something away stay.
fn without_spare(mut faults: Vec<&'static Fault>) -> Vec<&'static Fault> {
    let moves = |fault: &'static Fault| listed(fault).map(|change| (change.unit, change.verdict));
    let mut times: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for fault in &faults {
        for change in moves(fault).collect::<BTreeSet<_>>() {
            *times.entry(change).or_default() += 1;
        }
    }
    faults.retain(|fault| {
        let changes: BTreeSet<_> = moves(fault).collect();
        let spare = fault.kind != Kind::Lab && changes.iter().all(|change| times[change] > 1);
        if spare {
            for change in changes {
                times.entry(change).and_modify(|times| *times -= 1);
            }
        }
        !spare
    });
    faults
}

#[test]
fn every_fault_of_the_documents_moves_what_its_file_lists_and_nothing_else() {
    let below = tempfile::tempdir().expect("a temporary folder");
    let (sound, run) = sound(below.path(), "sound", &[]);
    let record = RunRecord::read(&run).expect("a run");
    let spec: Spec = match RunManifest::read(&run).expect("a manifest").bench {
        harness::store::BenchRecord::BuiltIn { device } => serde_json::from_value(device).expect("a spec"),
        other => panic!("{other:?}"),
    };
    let mut report = String::new();
    let documents = lab::faults().iter().filter(|fault| matches!(fault.apply, Apply::Documentation(_)));
    for fault in documents.filter(|fault| is_named(fault)) {
        let faulty = judged_with(&record, &spec, fault);
        let mut found = differences(fault, &verdicts(&sound), &verdicts(&faulty));
        found.extend(differences_of_diff(fault, &sound, &faulty));
        for line in found {
            writeln!(report, "{}: {line}", fault.name).expect("a String takes any text");
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

/// The notes of the scripted people on a question, or on another item of its unit.
fn noted(record: &RunRecord, prompt: &str) -> BTreeMap<String, Note> {
    let of = |id: &str| record.decisions.iter().find(|decision| decision.prompt.starts_with(id));
    let unit = prompt.split_once('/').map_or(prompt, |(unit, _)| unit);
    of(prompt).or_else(|| of(&format!("{unit}/"))).map(|decision| decision.notes.clone()).unwrap_or_default()
}

/// Judges the recorded observations with the documents of the fault; the scripted assessor answers yes.
fn judged_with(record: &RunRecord, spec: &Spec, fault: &Fault) -> Value {
    let instance =
        Instance::start(Spec { faults: vec![fault.name.to_owned()], ..spec.clone() }).expect("the device");
    let folder = instance.folder().expect("the declaration");
    let sources = ["ics.toml", "ixit.toml"]
        .into_iter()
        .map(|name| SourceFile::new(name, folder.0[name].clone()))
        .collect();
    let reading = Declaration::from_sources(sources, record.declaration.documents.clone());
    let declaration =
        reading.declaration.unwrap_or_else(|| panic!("{}: {:?}", fault.name, reading.diagnostics));
    let plan = plan::derive(&declaration, None);
    let nature = RunNature { complete: true, demonstration: true };
    let mut decisions: Vec<Decision> = Vec::new();
    loop {
        let facts = Facts {
            catalogue: Catalogue::of(declaration.edition),
            declaration: &declaration,
            diagnostics: &reading.diagnostics,
            observations: &record.observations,
            decisions: &decisions,
            date: record.manifest.date,
            crypto: record.basis.policy(),
            review_required: false,
        };
        let assessment = assess(&facts, &plan, nature);
        // An answer that does not settle its question, for want of notes, is not given again.
        let answered = |prompt: &Prompt| {
            decisions.iter().any(|known| known.prompt == prompt.id && known.facts == prompt.facts)
        };
        let answers: Vec<Decision> = open_prompts(&assessment)
            .into_iter()
            .filter(|prompt| !answered(prompt))
            .map(|prompt| Decision {
                prompt: prompt.id.clone(),
                answer: Answer::Text("yes".to_owned()),
                reason: "scripted".to_owned(),
                person: "Demo assessor".to_owned(),
                role: Role::Assessor,
                date: String::new(),
                attachments: Vec::new(),
                notes: noted(record, &prompt.id),
                facts: prompt.facts.clone(),
            })
            .collect();
        if answers.is_empty() {
            return serde_json::to_value(&assessment).expect("JSON");
        }
        decisions.extend(answers);
    }
}

#[test]
fn cases_beyond_the_standard_pass_on_the_sound_device_and_move_no_verdict_of_the_standard() {
    let below = tempfile::tempdir().expect("a temporary folder");
    let (without, with) = std::thread::scope(|scope| {
        let without = scope.spawn(|| sound(below.path(), "without", &[]).0);
        let with = scope.spawn(|| {
            let (assessment, run) = sound(below.path(), "with", &WITH_PLUS);
            assert_eq!(left_in_english(&run), [""; 0]);
            assessment
        });
        (without.join().expect("no panic"), with.join().expect("no panic"))
    });
    for (id, (verdict, codes)) in plus_verdicts(&with) {
        assert_eq!(verdict, "PASS", "{id} {codes:?}");
    }
    let known = lab::faults().iter().flat_map(|fault| fault.changes).map(|change| change.unit);
    let fail: BTreeSet<&str> = known.filter(|unit| unit.starts_with("plus-")).collect();
    for case in harness::testcases::plus::cases::ALL {
        assert!(plus_verdicts(&with).any(|(id, _)| id == case.id), "{} was not run", case.id);
        assert!(fail.contains(case.id), "no fault shows that {} can fail", case.id);
    }
    let of_standard = |assessment: &Value| {
        let mut verdicts = verdicts(assessment);
        verdicts.retain(|id, _| id.contains(':'));
        verdicts
    };
    assert_eq!(of_standard(&without), of_standard(&with));
}

/// What the Japanese report of a run marks as English: probes say their effort in it, and each form has its Japanese.
fn left_in_english(run: &Path) -> Vec<String> {
    let page = std::fs::read_to_string(run.join("reports/report.ja.html")).expect("a Japanese report");
    let marked = page.split("lang=\"en\">").skip(1);
    marked.map(|rest| rest.split('<').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn there_are_enough_faults_of_every_kind() {
    let of = |kind: Kind| lab::faults().iter().filter(|fault| fault.kind == kind).count();
    assert!(of(Kind::Device) >= 45, "{}", of(Kind::Device));
    assert!(of(Kind::Documentation) >= 20);
    assert!(of(Kind::Lab) >= 3);
    for fault in lab::faults() {
        assert!(!fault.changes.is_empty(), "{} changes nothing", fault.name);
    }
}
