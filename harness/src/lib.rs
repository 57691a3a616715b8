//! Engine, run store and bench: from a plan to an assessment.
//!
//! [`run`] walks the plan, keeps every observation as evidence and every event in a hash-chained
//! journal, puts the open questions and writes the assessment. [`resume`] goes on after a stop,
//! [`decide`] puts the open questions only, [`judge`](fn@judge) makes the assessment again from the record alone,
//! [`verify`](fn@verify) compares the record with its digests. No terminal code: progress is told to a [`Listener`].

pub mod answers;
pub mod bench;
pub mod engine;
pub mod event;
pub mod exit;
pub mod judge;
pub mod run_state;
pub mod seal;
pub mod store;
pub mod verify;

pub use {ixit, probes, testcases};

pub use answers::{Answers, NoAnswers, ScriptedAnswers};
pub use bench::{BenchControl, BenchInput, BenchTrouble, CommandBench, Foreign, Performed};
pub use engine::{OpenRecord, ResumeRequest, RunError, RunOutcome, RunRequest, Taken, decide, resume, run};
pub use event::{Event, Listener, Silent};
pub use exit::ExitCode;
pub use judge::{Judged, judge};
pub use run_state::{IdentityStanding, RunState};
pub use store::{People, RunManifest, RunRecord, RunStore, StoreError};
pub use verify::{Alteration, Verification, verify};
