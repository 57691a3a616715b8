//! What the engine tells while it works. Progress, prompts and logs of a command line listen.

use std::path::PathBuf;

use probes::Outcome;
use testcases::{DutState, Prompt, Verdict};

use crate::exit::ExitCode;
use crate::run_state::IdentityStanding;

/// Something happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The run begins, or goes on.
    RunStarted {
        /// The run folder.
        folder: PathBuf,
        /// Observations that are done already; more than 0 only after a stop.
        done: usize,
        /// Observations known to be outstanding. Ports that a sweep finds add to them.
        outstanding: usize,
        /// The run goes on after a stop.
        resumed: bool,
    },
    /// Provisions that the declaration leaves out are planned, because what was found shows that they apply.
    ProvisionsReopened {
        /// Their ids, in order.
        provisions: Vec<String>,
    },
    /// The device is being brought into a state.
    Entering {
        /// State.
        state: DutState,
        /// Action of the bench.
        action: String,
    },
    /// The device was brought into a state.
    StateEntered {
        /// State.
        state: DutState,
        /// Action that did it.
        action: String,
        /// `bench` or `operator`.
        by: String,
    },
    /// An observation begins.
    StepStarted {
        /// Number of the observation, from 1.
        n: usize,
        /// Observations known so far. Ports that a sweep finds add to them.
        of: usize,
        /// Probe and target, e.g. `tls-server tcp/443`.
        what: String,
        /// State of the device.
        state: DutState,
        /// Sample id; `-` where no sample takes part.
        sample: String,
    },
    /// The observation under way has come further.
    Progress {
        /// Done.
        done: u64,
        /// Of so many.
        of: u64,
        /// What is counted, e.g. `ports`.
        what: String,
    },
    /// An observation came to its end and is stored.
    StepFinished {
        /// Number of the observation, from 1.
        n: usize,
        /// Observations known so far.
        of: usize,
        /// How it ended.
        outcome: Outcome,
        /// Duration in seconds.
        seconds: f64,
    },
    /// The identity of a sample was read or asked, and compared.
    IdentityRead {
        /// Sample id.
        sample: String,
        /// Result of the comparison.
        standing: IdentityStanding,
        /// What differs, in words; empty where all agrees.
        differences: Vec<String>,
    },
    /// A question is put.
    PromptOpen {
        /// The question.
        prompt: Box<Prompt>,
    },
    /// An answer was recorded.
    DecisionTaken {
        /// Id of the prompt.
        prompt: String,
        /// The answer.
        answer: String,
        /// Who answered.
        person: String,
    },
    /// A decision of a script decides nothing. The record holds no trouble for it: what is wrong is the
    /// script.
    DecisionNotApplied {
        /// Id or pattern that the script has, or id of the question.
        prompt: String,
        /// Why, and what may have been meant.
        why: String,
        /// So many further decisions or questions have the same reason.
        others: usize,
    },
    /// Something of the lab did not work. Never the fault of the device.
    Trouble {
        /// Stable code, e.g. `bench-action-failed`.
        code: String,
        /// What happened and what to do.
        message: String,
    },
    /// The run was stopped and can be resumed.
    Stopped,
    /// The assessment is written.
    Finished {
        /// Verdict on the claim.
        verdict: Verdict,
        /// Questions that wait for a person.
        open: usize,
        /// Exit code.
        exit: ExitCode,
    },
}

/// Told of every event. Must return soon: the engine waits for it.
pub trait Listener: Send + Sync {
    /// Takes an event.
    fn on(&self, event: &Event);
}

/// Listens to nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Listener for Silent {
    fn on(&self, _event: &Event) {}
}
