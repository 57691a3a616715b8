//! Runs the program as a user does, and reads what it left behind.

#![allow(dead_code, reason = "each test file uses its part")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// The program under test: that of this build, or the one that `HANTEI_PROGRAM` names, e.g. the release build, which
/// is what people run and waits less for itself.
pub(crate) fn program() -> &'static str {
    static PROGRAM: OnceLock<String> = OnceLock::new();
    let built = || env!("CARGO_BIN_EXE_hantei").to_owned();
    PROGRAM.get_or_init(|| std::env::var("HANTEI_PROGRAM").unwrap_or_else(|_| built()))
}

/// The program with these arguments, in an environment without a home and without colours.
pub(crate) fn hantei(arguments: &[&str]) -> Command {
    #[expect(clippy::disallowed_methods, reason = "starts the program under test")]
    let mut command = Command::new(program());
    command
        .args(arguments)
        .env("NO_COLOR", "1")
        .env_remove("HOME")
        .env_remove("XDG_CONFIG_HOME")
        .stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    hantei(arguments).output().expect("the program can be started")
}

/// Starts it and does not wait; what it prints is thrown away.
pub(crate) fn start(arguments: &[&str]) -> Child {
    hantei(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program can be started")
}

/// Exit code; -1 where a signal ended it.
pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

/// What it said to a person.
pub(crate) fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What it said to a program.
pub(crate) fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("not JSON ({error}): {}", told(output)))
}

/// `assessment.json` of a run.
pub(crate) fn assessment(run: &Path) -> Value {
    let bytes = std::fs::read(run.join("assessment.json")).expect("the run has an assessment");
    serde_json::from_slice(&bytes).expect("the assessment is JSON")
}

/// A demonstration with the short profile; gives its output and run folder.
pub(crate) fn demo(below: &Path, name: &str, more: &[&str]) -> (Output, PathBuf) {
    let out = below.join(name);
    let path = out.display().to_string();
    let mut arguments = vec!["demo", "--profile", "matrix", "--out", &path];
    arguments.extend(more);
    (run(&arguments), out)
}

/// Every unit of an assessment.
pub(crate) fn units(assessment: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    for provision in assessment["provisions"].as_array().expect("provisions") {
        for case in provision["cases"].as_array().expect("cases") {
            found.extend(case["units"].as_array().expect("units"));
        }
    }
    found
}

/// Item with state, verdict, blame, reason code, and who decided.
pub(crate) type Essence = (String, String, String, String, String);

/// What a unit came to, without what differs from run to run (addresses, digests, times).
pub(crate) fn essence(unit: &Value) -> Vec<Essence> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    unit["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| {
            (
                format!("{} {}", text(&item["item"]), text(&item["state"])),
                text(&item["verdict"]),
                text(&item["blame"]),
                text(&item["reason"]["code"]),
                text(&item["by"]),
            )
        })
        .collect()
}

/// Skips a test, or fails it where everything is required.
pub(crate) fn skip(test: &str, why: &str) {
    assert!(std::env::var_os("HANTEI_REQUIRE_ALL").is_none(), "{test} was skipped: {why}");
    // Past the capture of the test runner: a skip that nobody reads looks like a pass.
    writeln!(std::io::stderr(), "skipped {test}: {why}").ok();
}
