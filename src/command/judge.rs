//! `hantei judge RUN`: the verdicts again, from the record alone.

use std::collections::BTreeMap;

use harness::ExitCode;
use serde_json::{Value, json};

use crate::Done;
use crate::cli::OnRun;
use crate::output::{self, Failure, paint, tone};

/// Same record, same tool: same bytes. A tool that judges differently writes beside, and never replaces. A
/// broken record is not judged.
pub(crate) fn judge(arguments: &OnRun) -> Done {
    let judged = harness::judge(&arguments.run).map_err(Failure::of_folder)?;
    let assessment = &judged.assessment;
    let differences =
        if judged.same_as_stored { Vec::new() } else { differences(&arguments.run, &judged.bytes) };
    if arguments.json {
        output::print_json(&json!({
            "format": "hantei.judged/1",
            "verdict": assessment.verdict,
            "verdict_mandatory": assessment.verdict_mandatory,
            "same_as_stored": judged.same_as_stored,
            "written": judged.written.as_ref().map(|path| path.display().to_string()),
            "differences": differences,
            "basis": judged.differences.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }))?;
    } else {
        for difference in &judged.differences {
            eprintln!("{difference}");
        }
        eprintln!("Verdict {}", paint(tone(assessment.verdict), assessment.verdict.as_str()));
        match &judged.written {
            Some(path) => eprintln!("wrote {}", path.display()),
            None if judged.same_as_stored => eprintln!("the same bytes as stored"),
            None => eprintln!("differs from assessment.json; an earlier judge wrote the same beside it"),
        }
        for line in &differences {
            eprintln!("  {line}");
        }
    }
    Ok(ExitCode::of(assessment, &judged.state))
}

/// What differs between the stored assessment and the new one, item by item, in words.
fn differences(run: &std::path::Path, new: &[u8]) -> Vec<String> {
    let Ok(stored) = std::fs::read(run.join("assessment.json")) else { return Vec::new() };
    let (Ok(stored), Ok(new)) =
        (serde_json::from_slice::<Value>(&stored), serde_json::from_slice::<Value>(new))
    else {
        return vec!["the stored assessment cannot be read".to_owned()];
    };
    let (stored, new) = (results(&stored), results(&new));
    let mut lines = Vec::new();
    for (key, result) in &stored {
        match new.get(key) {
            None => lines.push(format!("{key}: {result}, now not there")),
            Some(other) if other != result => lines.push(format!("{key}: {result}, now {other}")),
            Some(_) => {}
        }
    }
    lines.extend(
        new.iter()
            .filter(|(key, _)| !stored.contains_key(*key))
            .map(|(key, result)| format!("{key}: new, {result}")),
    );
    lines
}

/// Verdict and code by unit, item, state and sample; verdicts of provisions beside them.
fn results(assessment: &Value) -> BTreeMap<String, String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut results = BTreeMap::new();
    for provision in list(&assessment["provisions"]) {
        results.insert(text(&provision["id"]), text(&provision["verdict"]));
        for unit in list(&provision["cases"]).iter().flat_map(|case| list(&case["units"])) {
            for item in list(&unit["items"]) {
                let key = [&unit["id"], &item["item"], &item["state"], &item["sample"]].map(text).join(" ");
                results
                    .insert(key, format!("{} ({})", text(&item["verdict"]), text(&item["reason"]["code"])));
            }
        }
    }
    results
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_that_moved_is_named_with_both_values() {
        let folder = tempfile::tempdir().expect("a folder");
        let assessment = |verdict: &str| {
            json!({ "provisions": [{ "id": "5.1-1", "verdict": verdict, "cases": [{ "units": [{ "id": "5.1-1-1:a",
                "items": [{ "item": "A", "state": null, "sample": null, "verdict": verdict, "reason": { "code": "c" } }] }] }] }] })
        };
        std::fs::write(folder.path().join("assessment.json"), assessment("PASS").to_string())
            .expect("a file");
        let told = differences(folder.path(), assessment("FAIL").to_string().as_bytes());
        assert_eq!(told, ["5.1-1: PASS, now FAIL", "5.1-1-1:a A - -: PASS (c), now FAIL (c)"]);
        assert!(differences(folder.path(), assessment("PASS").to_string().as_bytes()).is_empty());
    }
}
