//! `hantei verify RUN`: whether a run is as it was written.

use harness::ExitCode;
use serde_json::json;

use crate::Done;
use crate::cli::OnRun;
use crate::output::{self, Failure, Tone, paint_out};

/// Exit 0: sound; 1: altered.
pub(crate) fn verify(arguments: &OnRun) -> Done {
    let verification = harness::verify(&arguments.run).map_err(Failure::nothing_started)?;
    if arguments.json {
        let altered: Vec<_> = verification
            .altered
            .iter()
            .map(|one| json!({ "file": one.file, "expected": one.expected, "actual": one.actual }))
            .collect();
        output::print_json(&json!({
            "format": "hantei.verification/1",
            "sound": verification.sound(),
            "compared": verification.compared,
            "altered": altered,
            "notes": verification.notes,
        }))?;
    } else {
        let mut text = String::new();
        for one in &verification.altered {
            text.push_str(&format!(
                "{} {}\n    expected {}\n    found    {}\n",
                paint_out(Tone::Bad, "altered"),
                one.file,
                one.expected,
                one.actual
            ));
        }
        for note in &verification.notes {
            text.push_str(&format!("{} {note}\n", paint_out(Tone::Quiet, "note")));
        }
        let line = if verification.sound() {
            paint_out(Tone::Good, &format!("{} files compared, all as written", verification.compared))
        } else {
            format!("{} files compared, {} altered", verification.compared, verification.altered.len())
        };
        text.push_str(&line);
        text.push('\n');
        output::print_text(&text)?;
    }
    Ok(if verification.sound() { ExitCode::Pass } else { ExitCode::Fail })
}
