//! The one table of exit codes.

use testcases::Verdict;
use testcases::assessment::Assessment;

use crate::run_state::RunState;

/// How a command ended, for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitCode {
    /// Verdict PASS.
    Pass,
    /// Verdict FAIL, a finding, a difference, an altered record.
    Fail,
    /// Nothing was started.
    NotStarted,
    /// No FAIL, but open.
    Open,
    /// The run cannot vouch for itself.
    CannotVouch,
    /// Stopped; can be resumed.
    Stopped,
}

impl ExitCode {
    /// All codes in the order of their numbers.
    pub const ALL: &[ExitCode] =
        &[Self::Pass, Self::Fail, Self::NotStarted, Self::Open, Self::CannotVouch, Self::Stopped];

    /// The number handed to the shell.
    pub fn code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Fail => 1,
            Self::NotStarted => 2,
            Self::Open => 3,
            Self::CannotVouch => 4,
            Self::Stopped => 130,
        }
    }

    /// The meaning in one line, for `--help`.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Pass => "verdict PASS (recommendations that are not claimed or failed are listed)",
            Self::Fail => "verdict FAIL; check: a finding; diff: worse; verify: altered",
            Self::NotStarted => {
                "nothing was started: command line, unreadable declaration, unknown name, empty plan"
            }
            Self::Open => "no FAIL, but something is open or INCONCLUSIVE, tool trouble of a probe included",
            Self::CannotVouch => {
                "the run cannot vouch for itself: identity of the device wrong or lost, evidence not writable, \
                 journal broken, traffic out of scope; wins over all"
            }
            Self::Stopped => "stopped; hantei resume goes on",
        }
    }

    /// The code of a run.
    pub fn of(assessment: &Assessment, state: &RunState) -> Self {
        if state.cannot_vouch() {
            return Self::CannotVouch;
        }
        if state.stopped {
            return Self::Stopped;
        }
        match assessment.verdict {
            Verdict::Fail => Self::Fail,
            // A narrowed or unfinished run is never PASS, whatever the assessment says.
            Verdict::Pass if assessment.complete && state.outstanding == 0 => Self::Pass,
            _ => Self::Open,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_state::IdentityStanding;

    fn assessment(verdict: &str, complete: bool) -> Assessment {
        serde_json::from_value(serde_json::json!({
            "format": "hantei.assessment/1", "edition": "", "date": "", "dut": {}, "complete": complete,
            "demonstration": false, "verdict": verdict, "verdict_mandatory": verdict, "overall": [],
            "counts": { "provisions": {}, "cases": {}, "units": {} },
            "coverage": {
                "units": 0, "planned": 0, "machine": 0, "assisted": 0, "assessor": 0, "external": 0, "open": 0,
                "declared": 0,
            },
            "provisions": [], "prompts": [], "schemes": [], "extra": [],
        }))
        .unwrap()
    }

    fn state() -> RunState {
        RunState { identity: IdentityStanding::Confirmed, stopped: false, outstanding: 0, broken: Vec::new() }
    }

    #[test]
    fn the_code_follows_the_verdict() {
        for (verdict, complete, code) in [
            ("PASS", true, 0),
            ("FAIL", true, 1),
            ("INCONCLUSIVE", true, 3),
            ("PASS", false, 3),
            ("FAIL", false, 1),
        ] {
            assert_eq!(
                ExitCode::of(&assessment(verdict, complete), &state()).code(),
                code,
                "{verdict} {complete}"
            );
        }
        let unfinished = RunState { outstanding: 1, ..state() };
        assert_eq!(ExitCode::of(&assessment("PASS", true), &unfinished), ExitCode::Open);
    }

    #[test]
    fn a_run_that_cannot_vouch_for_itself_wins_over_all() {
        let stopped = RunState { stopped: true, ..state() };
        let lost = RunState { identity: IdentityStanding::Lost, ..stopped.clone() };
        let wrong = RunState { identity: IdentityStanding::Wrong, ..stopped.clone() };
        let broken = RunState { broken: vec!["plan.json was altered".into()], ..stopped.clone() };
        for verdict in ["PASS", "FAIL", "INCONCLUSIVE"] {
            assert_eq!(ExitCode::of(&assessment(verdict, true), &stopped).code(), 130);
            for state in [&lost, &wrong, &broken] {
                assert_eq!(ExitCode::of(&assessment(verdict, true), state).code(), 4);
            }
        }
    }

    #[test]
    fn the_numbers_are_those_of_the_manual() {
        let numbers: Vec<u8> = ExitCode::ALL.iter().map(|code| code.code()).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 130]);
    }
}
