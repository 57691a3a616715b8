//! The record of a run: killed at any moment it goes on, judged again it says the same, altered it is
//! noticed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::command::{assessment, code, demo, essence, run, start, told, units};
use serde_json::Value;

fn journal(run: &Path) -> Vec<Value> {
    fs::read_to_string(run.join("journal.jsonl"))
        .unwrap_or_default()
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

fn observations(run: &Path) -> usize {
    journal(run).iter().filter(|line| line["kind"] == "observation").count()
}

/// Verdict, blame, code and items of every unit.
fn essences(assessment: &Value) -> BTreeMap<String, Vec<crate::command::Essence>> {
    units(assessment)
        .into_iter()
        .map(|unit| (unit["id"].as_str().expect("id").to_owned(), essence(unit)))
        .collect()
}

#[test]
fn a_run_that_was_killed_goes_on_and_comes_to_the_same_verdicts() {
    let below = tempfile::tempdir().expect("a temporary folder");
    let (output, whole) = demo(below.path(), "whole", &["--fault", "telnet-open"]);
    assert_eq!(code(&output), 1, "{}", told(&output));
    let expected = assessment(&whole);
    // Each is killed somewhere else; they wait more than they work.
    std::thread::scope(|scope| {
        for percent in [15, 35, 55, 75, 90] {
            let (below, whole, expected) = (below.path(), &whole, &expected);
            scope.spawn(move || killed_at(percent, below, whole, expected));
        }
    });
}

fn killed_at(percent: usize, below: &Path, whole: &Path, expected: &Value) {
    let total = observations(whole);
    let out = below.join(format!("killed-at-{percent}"));
    let path = out.display().to_string();
    let mut child = start(&["demo", "--profile", "matrix", "--fault", "telnet-open", "--out", &path]);
    let wanted = total * percent / 100;
    let began = Instant::now();
    while observations(&out) < wanted.max(1) && began.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("SIGKILL");
    child.wait().expect("it is gone");
    let before = fs::read(out.join("journal.jsonl")).expect("a journal");
    // As if it had been killed in the middle of a piece of evidence.
    let half = out.join("evidence").join(format!("{}.txt.part", "0".repeat(64)));
    fs::write(&half, "half of i").expect("a file of the run");
    let kept = observations(&out);
    assert!(kept < total, "{percent} %: the run was over before it could be killed");
    assert!(!out.join("assessment.json").exists(), "{percent} %");

    let output = run(&["resume", &path]);
    assert_eq!(code(&output), 1, "{percent} %: {}", told(&output));
    let resumed = assessment(&out);
    assert_eq!(essences(&resumed), essences(expected), "{percent} %");
    assert_eq!(resumed["verdict"], expected["verdict"]);

    // The journal only grows: what was written before stands unchanged at its beginning. A torn last
    // line is put aside.
    let after = fs::read(out.join("journal.jsonl")).expect("a journal");
    let whole_lines = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    assert_eq!(after[..whole_lines], before[..whole_lines], "{percent} %");

    // Nothing is done or asked twice.
    let lines = journal(&out);
    let of_kind = |kind: &str, name: &str| -> Vec<String> {
        lines.iter().filter(|line| line["kind"] == kind).map(|line| line["body"][name].to_string()).collect()
    };
    for (kind, name) in [("observation", "key"), ("decision", "prompt")] {
        let all = of_kind(kind, name);
        let different: BTreeSet<&String> = all.iter().collect();
        assert_eq!(all.len(), different.len(), "{percent} %: {kind} twice");
    }
    // Going on enters the state anew and asks the device again who it is; nothing else is repeated.
    let apart = |run: &Path| {
        journal(run)
            .iter()
            .filter(|line| line["kind"] == "observation" && line["body"]["probe"] != "device-identity")
            .count()
    };
    assert_eq!(apart(&out), apart(whole), "{percent} %");
    assert_eq!(code(&run(&["verify", &path])), 0, "{percent} %");
}

#[test]
fn judging_again_gives_the_same_bytes_without_any_network() {
    let below = tempfile::tempdir().expect("a temporary folder");
    let (output, folder) = demo(below.path(), "run", &["--fault", "tls10-offered"]);
    assert_eq!(code(&output), 1, "{}", told(&output));
    let stored = fs::read(folder.join("assessment.json")).expect("an assessment");
    fs::remove_file(folder.join("assessment.json")).expect("it can be deleted and made again");
    let path = folder.display().to_string();
    let output = run(&["judge", &path]);
    assert_eq!(code(&output), 1, "{}", told(&output));
    assert_eq!(fs::read(folder.join("assessment.json")).expect("made again"), stored);

    // Without any network at all, where namespaces can be made.
    let program = crate::command::program();
    #[expect(
        clippy::disallowed_methods,
        reason = "runs the program under test in a namespace without network"
    )]
    let isolated =
        std::process::Command::new("unshare").args(["-rn", program, "judge", &path, "--json"]).output();
    match isolated {
        Ok(output) if output.status.code() == Some(1) => {
            assert_eq!(crate::command::json(&output)["same_as_stored"], true);
        }
        other => crate::command::skip("judging in a namespace without network", &format!("{other:?}")),
    }
}

#[test]
fn one_flipped_bit_is_noticed_wherever_it_is() {
    let below = tempfile::tempdir().expect("a temporary folder");
    let (output, folder) = demo(below.path(), "run", &["--only", "5.6-1,5.1-5"]);
    assert_eq!(code(&output), 3, "{}", told(&output));
    let path = folder.display().to_string();
    assert_eq!(code(&run(&["verify", &path])), 0);
    let evidence: Vec<PathBuf> = fs::read_dir(folder.join("evidence"))
        .expect("evidence")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    assert!(evidence.len() > 3);
    let mut files: Vec<PathBuf> = [
        "run.json",
        "plan.json",
        "journal.jsonl",
        "declaration/ics.toml",
        "declaration/ixit.toml",
        "declaration/bench.toml",
        "assessment.json",
    ]
    .iter()
    .map(|name| folder.join(name))
    .collect();
    files.extend(evidence);
    for file in files {
        let sound = fs::read(&file).expect("a file of the run");
        // The first, a middle and the last byte: the last line of the journal is as safe as the first.
        for at in [0, sound.len() / 2, sound.len() - 1] {
            let mut altered = sound.clone();
            altered[at] ^= 0x01;
            overwrite(&file, &altered);
            let output = run(&["verify", &path, "--json"]);
            assert_eq!(code(&output), 1, "{} byte {at} of {}", file.display(), sound.len());
        }
        overwrite(&file, &sound);
    }
    assert_eq!(code(&run(&["verify", &path])), 0, "everything was put back");
}

#[test]
fn a_broken_record_is_said_to_be_one_wherever_it_is_used() {
    let below = tempfile::tempdir().expect("a temporary folder");
    let (output, folder) = demo(below.path(), "run", &["--only", "5.6-1,5.1-5", "--decisions", "none"]);
    assert_eq!(code(&output), 3, "{}", told(&output));
    let path = folder.display().to_string();
    let report = folder.join("reports/report.en.html");
    let good = fs::read_to_string(&report).expect("a report");
    assert!(!good.contains("plan.json was altered"));
    let plan = fs::read_to_string(folder.join("plan.json")).expect("a plan");
    overwrite(&folder.join("plan.json"), format!("{plan} ").as_bytes());
    fs::remove_file(folder.join("assessment.json")).expect("an assessment");
    for (arguments, named) in [
        (vec!["judge", &path], "plan.json was altered"),
        (vec!["report", &path], "plan.json was altered"),
        (vec!["report", &path, "--format", "json", "--stdout"], "plan.json was altered"),
        (vec!["decide", &path, "--list"], "plan.json was altered"),
        (vec!["decide", &path], "plan.json was altered"),
        (vec!["resume", &path], "plan.json was altered"),
    ] {
        let output = run(&arguments);
        assert_eq!(code(&output), 4, "{arguments:?}: {}", told(&output));
        let told = told(&output);
        assert!(told.contains(named) && told.contains("hantei verify"), "{arguments:?}: {told}");
    }
    assert!(!folder.join("assessment.json").exists(), "nothing was judged");
    let marked = fs::read_to_string(&report).expect("a report");
    assert!(marked.contains("plan.json was altered"), "the report says it on its face");

    // What does not parse is not taken for a folder without a run.
    overwrite(&folder.join("run.json"), b"{");
    for command in ["judge", "report", "decide", "resume"] {
        let output = run(&[command, &path]);
        let told = told(&output);
        assert_eq!(code(&output), 4, "{command}: {told}");
        assert!(told.contains("run.json was altered") && told.contains("hantei verify"), "{command}: {told}");
    }
}

#[test]
fn a_script_that_fits_nothing_is_told_so() {
    let below = tempfile::tempdir().expect("a temporary folder");
    let (output, folder) = demo(below.path(), "run", &["--only", "5.6-1,5.1-5", "--decisions", "none"]);
    assert!(!told(&output).contains("not applied"), "{}", told(&output));
    let script = below.path().join("script.toml");
    fs::write(&script, "[[decision]]\nprompt = \"companions/Nothing\"\nanswer = \"yes\"\n")
        .expect("a script");
    let path = folder.display().to_string();
    let output = run(&["decide", &path, "--from", &script.display().to_string()]);
    assert_eq!(code(&output), 3, "the exit code is that of the verdict: {}", told(&output));
    assert!(told(&output).contains("decision not applied: companions/Nothing:"), "{}", told(&output));
}

/// Evidence may be read-only.
fn overwrite(file: &Path, bytes: &[u8]) {
    let permissions = fs::metadata(file).expect("it is there").permissions();
    fs::remove_file(file).expect("it can be replaced");
    fs::write(file, bytes).expect("it can be written");
    fs::set_permissions(file, permissions).expect("as before");
}

#[test]
fn decisions_are_taken_later_and_bound_to_what_was_shown() {
    let below = tempfile::tempdir().expect("a temporary folder");
    let (output, folder) = demo(below.path(), "run", &["--decisions", "none"]);
    assert_eq!(code(&output), 3, "{}", told(&output));
    let path = folder.display().to_string();
    let open = crate::command::json(&run(&["decide", &path, "--json"]));
    let prompts = open["prompts"].as_array().expect("prompts");
    assert!(prompts.len() > 100);

    // An answer on other facts than those shown stays a proposal.
    let one = prompts.iter().find(|prompt| prompt["unit"].is_string()).expect("a prompt of a unit");
    let id = one["id"].as_str().expect("id");
    let script = below.path().join("stale.toml");
    fs::write(
        &script,
        format!("[[decision]]\nprompt = \"{id}\"\nanswer = \"yes\"\nperson = \"A\"\nfacts = \"sha256:0\"\n"),
    )
    .expect("a script");
    let output = run(&["decide", &path, "--from", &script.display().to_string()]);
    assert_eq!(code(&output), 3, "{}", told(&output));
    let item = units(&assessment_now(&path))
        .into_iter()
        .flat_map(|unit| unit["items"].as_array().expect("items").clone())
        .find(|item| item["open"]["id"] == id)
        .expect("it is open still");
    assert_eq!(item["reason"]["code"], "decision-stale");

    // All answered: the run passes.
    let script = below.path().join("all.toml");
    // With the notes that a bare yes does not replace.
    fs::write(&script, include_str!("../../../lab/devices/water-heater/decisions.toml")).expect("a script");
    let output = run(&["decide", &path, "--from", &script.display().to_string()]);
    assert_eq!(code(&output), 0, "{}", told(&output));

    // A machine verdict is reversed with a reason, and stands beside it.
    let script = below.path().join("override.toml");
    let machine = units(&assessment_now(&path))
        .into_iter()
        .find(|unit| unit["by"] == "machine" && unit["id"] == "4-1-1:a")
        .cloned()
        .expect("a unit by machine");
    let item = machine["items"][0]["item"].as_str().expect("item");
    fs::write(
        &script,
        format!(
            "[[decision]]\nprompt = \"override/4-1-1:a/{item}\"\nanswer = \"FAIL\"\nreason = \"The reason is a joke\"\nperson = \"A\"\nrole = \"assessor\"\n"
        ),
    )
    .expect("a script");
    let output = run(&["decide", &path, "--from", &script.display().to_string()]);
    assert_eq!(code(&output), 1, "{}", told(&output));
    let reversed = units(&assessment_now(&path))
        .into_iter()
        .find(|unit| unit["id"] == "4-1-1:a")
        .cloned()
        .expect("unit");
    let reversed = reversed["items"]
        .as_array()
        .expect("items")
        .iter()
        .find(|one| one["item"] == item)
        .cloned()
        .expect("item");
    assert_eq!(reversed["verdict"], "FAIL");
    assert_eq!(reversed["overridden"], "PASS");
}

fn assessment_now(path: &str) -> Value {
    crate::command::json(&run(&["report", path, "--format", "json", "--stdout"]))
}
