//! `hantei judge RUN`: the verdicts again, from the record alone.

use harness::ExitCode;
use serde_json::json;

use crate::Done;
use crate::cli::OnRun;
use crate::output::{self, Failure, paint, tone};

/// Same record, same tool: same bytes. A tool that judges differently writes beside, and never replaces.
pub(crate) fn judge(arguments: &OnRun) -> Done {
    let judged = harness::judge(&arguments.run).map_err(Failure::nothing_started)?;
    let assessment = &judged.assessment;
    if arguments.json {
        output::print_json(&json!({
            "format": "hantei.judged/1",
            "verdict": assessment.verdict,
            "verdict_mandatory": assessment.verdict_mandatory,
            "same_as_stored": judged.same_as_stored,
            "written": judged.written.as_ref().map(|path| path.display().to_string()),
        }))?;
    } else {
        eprintln!("Verdict {}", paint(tone(assessment.verdict), assessment.verdict.as_str()));
        match &judged.written {
            Some(path) => eprintln!("wrote {}", path.display()),
            None if judged.same_as_stored => eprintln!("the same bytes as stored"),
            None => eprintln!("differs from assessment.json; an earlier judge wrote the same beside it"),
        }
    }
    Ok(ExitCode::of(assessment, &judged.state))
}
