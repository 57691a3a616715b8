//! Where the time of a run went. Steps run one after the other, so the list of all of them is the critical path: what
//! is longest is what has to become faster.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use harness::RunRecord;
use harness::store::{Entry, Sealed};
use jiff::Timestamp;

/// Most lines that are printed.
const MOST: usize = 20;

/// Prints the longest steps of a run to stderr.
pub(crate) fn tell(record: &RunRecord) {
    eprint!("\n{}", text(&record.journal));
}

/// The longest steps with seconds, share and cumulative share, and the total.
fn text(journal: &[Sealed]) -> String {
    let parts = parts(journal);
    let total: f64 = parts.iter().map(|(_, seconds)| seconds).sum();
    let mut text =
        format!("Time of the run: {total:.1} s. The steps run one after the other; the longest are:\n");
    let mut so_far = 0.0;
    for (what, seconds) in parts.iter().take(MOST) {
        so_far += seconds;
        line(&mut text, what, *seconds, total, so_far);
    }
    let rest: f64 = parts.iter().skip(MOST).map(|(_, seconds)| seconds).sum();
    if parts.len() > MOST {
        let what = format!("{} more", parts.len() - MOST);
        line(&mut text, &what, rest, total, so_far + rest);
    }
    text
}

fn line(text: &mut String, what: &str, seconds: f64, total: f64, so_far: f64) {
    let share = |seconds: f64| if total > 0.0 { 100.0 * seconds / total } else { 0.0 };
    writeln!(text, "  {seconds:7.1} s {:4.0} % {:4.0} %  {what}", share(seconds), share(so_far))
        .expect("a String takes any text");
}

/// Seconds of every step and of what lies between them, the longest first. Time in which nobody worked on the run,
/// between a stop and going on, is left out.
fn parts(journal: &[Sealed]) -> Vec<(String, f64)> {
    let mut parts: BTreeMap<String, f64> = BTreeMap::new();
    let mut step: Option<String> = None;
    let mut before: Option<Timestamp> = None;
    for line in journal {
        let Ok(at) = line.line.at.parse::<Timestamp>() else { continue };
        let seconds = before.map_or(0.0, |before| at.duration_since(before).as_secs_f64().max(0.0));
        before = Some(at);
        let what = match (&line.line.entry, &step) {
            (Entry::RunResumed { .. }, _) => {
                step = None;
                continue;
            }
            (_, Some(step)) => step.clone(),
            (Entry::StateEntered { state, .. }, None) => {
                format!("the device brought into {}", state.as_str())
            }
            (Entry::Decision(_), None) => "questions".to_owned(),
            _ => "between the steps".to_owned(),
        };
        *parts.entry(what).or_default() += seconds;
        match &line.line.entry {
            Entry::StepStarted { key, .. } => step = Some(crate::folding::harmless(key)),
            Entry::Observation(_) | Entry::RunStopped { .. } | Entry::RunFinished(_) => step = None,
            _ => {}
        }
    }
    let mut parts: Vec<(String, f64)> = parts.into_iter().collect();
    parts.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn journal(lines: &[(u32, Value)]) -> Vec<Sealed> {
        lines
            .iter()
            .map(|(second, entry)| {
                let mut line = entry.clone();
                line["n"] = json!(1);
                line["at"] = json!(format!("2026-11-21T10:00:{second:02}.500Z"));
                line["prev"] = json!("");
                let line = serde_json::from_value(line).expect("the shape of a line");
                Sealed { line, hash: String::new() }
            })
            .collect()
    }

    fn step(key: &str) -> Value {
        json!({ "kind": "step-started", "body": { "key": key, "probe": "p", "target": "t" } })
    }

    fn observed(key: &str) -> Value {
        json!({ "kind": "observation", "body": { "key": key, "probe": "p", "outcome": "complete", "ref": "sha256:0" } })
    }

    #[test]
    fn each_step_has_its_seconds_and_pauses_do_not_count() {
        let journal = journal(&[
            (0, json!({ "kind": "event", "body": { "code": "c", "message": "m" } })),
            (1, step("a")),
            (2, json!({ "kind": "event", "body": { "code": "c", "message": "m" } })),
            (4, observed("a")),
            (
                6,
                json!({ "kind": "state-entered", "body": { "state": "initialized", "action": "onboard", "by": "bench" } }),
            ),
            (6, step("b")),
            (7, json!({ "kind": "run-stopped", "body": { "reason": "r" } })),
            (50, json!({ "kind": "run-resumed", "body": { "tool": "t", "bench": null } })),
            (50, step("b")),
            (59, observed("b")),
        ]);
        let told: Vec<(String, f64)> = parts(&journal);
        assert_eq!(
            told,
            [
                ("b".to_owned(), 10.0),
                ("a".to_owned(), 3.0),
                ("the device brought into initialized".to_owned(), 2.0),
                ("between the steps".to_owned(), 1.0),
            ]
        );
        let text = text(&journal);
        assert!(text.starts_with("Time of the run: 16.0 s."), "{text}");
        assert!(text.lines().nth(2).is_some_and(|line| line.contains("19 %   81 %  a")), "{text}");
    }

    #[test]
    fn an_empty_journal_divides_by_nothing() {
        assert_eq!(text(&[]).lines().count(), 1);
    }
}
