//! `hantei report` and `hantei diff` as a pipeline uses them.

mod command;

use std::fs;
use std::path::Path;
use std::process::Output;

use command::{code, demo, hantei, json, run, told};
use serde_json::Value;

/// A part of the plan that the fault `telnet-open` turns to FAIL, and that is soon assessed.
const PART: [&str; 4] = ["--only", "5.6-1*", "--decisions", "none"];

fn diff(a: &Path, b: &Path, more: &[&str]) -> Output {
    let (a, b) = (a.display().to_string(), b.display().to_string());
    let mut arguments = vec!["diff", &a, &b];
    arguments.extend(more);
    run(&arguments)
}

#[test]
fn two_runs_are_compared_and_their_reports_are_written() {
    let below = tempfile::tempdir().expect("a folder");
    let (_, good) = demo(below.path(), "release-1", &PART);
    let (_, bad) = demo(below.path(), "release-2", &[&PART[..], &["--fault", "telnet-open"]].concat());

    let same = diff(&good, &good, &[]);
    assert_eq!(code(&same), 0, "{}", told(&same));
    assert!(String::from_utf8_lossy(&same.stdout).contains("Nothing moved."));
    let worse = diff(&good, &bad, &["--json"]);
    assert_eq!(code(&worse), 1, "{}", told(&worse));
    let value = json(&worse);
    assert_eq!((&value["format"], &value["worse"]), (&"hantei.diff/1".into(), &true.into()));
    assert_eq!((&value["a"]["run"], &value["b"]["run"]), (&"release-1".into(), &"release-2".into()));
    let failed = value["units"]
        .as_array()
        .expect("units")
        .iter()
        .any(|unit| unit["id"] == "5.6-1-2:b" && unit["moved"] == "worse" && unit["after"] == "FAIL");
    assert!(failed, "{value}");
    let better = diff(&bad, &good, &["--lang", "ja"]);
    assert_eq!(code(&better), 0, "{}", told(&better));
    assert!(String::from_utf8_lossy(&better.stdout).contains("改善"));

    unreadable_and_other_editions_are_refused(&good, &bad);
    every_file_is_listed_with_its_digest(&bad);
    without_a_browser_nothing_is_written(&bad);
}

fn unreadable_and_other_editions_are_refused(good: &Path, bad: &Path) {
    assert_eq!(code(&diff(good, &good.join("not-there"), &[])), 2);
    let stored = bad.join("assessment.json");
    let bytes = fs::read(&stored).expect("an assessment");
    let mut other: Value = serde_json::from_slice(&bytes).expect("JSON");
    other["edition"] = "en303645-3.1.3+ts103701-2.1.1".into();
    fs::write(&stored, other.to_string()).expect("written");
    let refused = diff(good, bad, &[]);
    assert_eq!(code(&refused), 2);
    for name in ["en303645-2.1.1+ts103701-1.1.1", "en303645-3.1.3+ts103701-2.1.1", "release-1", "release-2"] {
        assert!(told(&refused).contains(name), "{}", told(&refused));
    }
    fs::write(&stored, b"{").expect("written");
    assert_eq!(code(&diff(good, bad, &[])), 2);
    fs::remove_file(&stored).expect("removed");
    assert_eq!(code(&diff(good, bad, &[])), 1, "made again from the record");
    fs::write(&stored, bytes).expect("written");
}

fn every_file_is_listed_with_its_digest(run_folder: &Path) {
    let path = run_folder.display().to_string();
    let output = run(&[
        "report",
        &path,
        "--format",
        "html,md,sarif,oscal,junit,json,xlsx",
        "--lang",
        "en,ja",
        "--json",
    ]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let value = json(&output);
    assert_eq!(value["format"], "hantei.report-files/1");
    let files = value["files"].as_array().expect("files");
    // SARIF and the assessment are the same in every language.
    assert_eq!(files.len(), 2 * 5 + 2, "{value}");
    for file in files {
        let path = file["path"].as_str().expect("a path");
        let bytes = fs::read(path).expect("the file is there");
        let digest = harness::probes::observation::digest(&bytes);
        assert_eq!(format!("sha256:{}", file["sha256"].as_str().expect("a digest")), digest, "{path}");
    }
    let log: Value =
        serde_json::from_slice(&fs::read(run_folder.join("reports/report.sarif")).expect("SARIF"))
            .expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let failed: Vec<&Value> = results.iter().filter(|one| one["level"] == "error").collect();
    assert!(failed.iter().any(|one| one["ruleId"] == "5.6-1-2:b"), "{failed:?}");
    assert!(results.iter().all(|one| !one["locations"][0]["physicalLocation"].is_null()));
}

/// Where the PATH has no browser, the message says which, and nothing else is written either.
fn without_a_browser_nothing_is_written(run_folder: &Path) {
    let path = run_folder.display().to_string();
    let summary = run_folder.join("reports/summary.en.md");
    fs::remove_file(&summary).expect("written before");
    let output = hantei(&["report", &path, "--format", "md,pdf"])
        .env("PATH", run_folder)
        .output()
        .expect("the program can be started");
    assert_eq!(code(&output), 2);
    assert!(told(&output).contains("chromium"), "{}", told(&output));
    assert!(!summary.exists());
}
