//! What was done to the sample and has to be undone, whatever happens: altered software, update packages, outages.

use std::time::Duration;

use testcases::DutState;
use testcases::plan::{ALTER_SOFTWARE, Disturbance, RESTORE_SOFTWARE, Step};

use super::outstanding::Task;
use super::{Engine, Halt, RunError};
use crate::bench::Performed;
use crate::store::Entry;

/// Time for a bench to restore the software of a sample when a run ends early.
const TIME_TO_RESTORE: Duration = Duration::from_secs(30);
/// Code of the line that says that the software is about to be altered.
pub(super) const ALTERING: &str = "software-altering";
/// Code of the line that says that the software is what it was before.
const AS_BEFORE: &str = "software-as-before";
/// Actions that give back what a probe takes or turns, or put back what it changes.
const GIVING_BACK: [&str; 7] =
    ["link_up", "uplink_up", "names_up", "services_up", "power_on", "names_to_peers", RESTORE_SOFTWARE];

impl Engine {
    /// Whether the bench agrees to what entering a state does to the sample.
    pub(super) fn is_agreed_to(&self, entrance: usize) -> bool {
        !self.alters(entrance) || self.surroundings.consent().contains(Disturbance::AlterSoftware.as_str())
    }

    /// Whether entering a state alters the software of the sample.
    pub(super) fn alters(&self, entrance: usize) -> bool {
        let step = self.record.plan.steps.get(entrance);
        matches!(step, Some(Step::Enter { action, .. }) if action == ALTER_SOFTWARE)
    }

    /// Whether an observation offers update packages to the sample.
    pub(super) fn installs(&self, task: &Task) -> bool {
        let step = self.record.plan.steps.get(task.step);
        let offers = matches!(step, Some(Step::Observe { disturbs, .. })
            if disturbs.contains(&Disturbance::InstallUpdates));
        offers && self.surroundings.consent().contains(Disturbance::InstallUpdates.as_str())
    }

    /// Written before the first package is offered: whatever happens from here on, the software has to be restored.
    pub(super) fn about_to_install(&mut self) -> Result<(), RunError> {
        let message = "Update packages are about to be offered to the sample".to_owned();
        self.note(Entry::Event { code: ALTERING.to_owned(), message, evidence: Vec::new() })
    }

    /// After the packages the sample is as before, or is brought there; the identity that is read next tells.
    pub(super) async fn done_installing(&mut self, as_before: bool) -> Result<(), Halt> {
        if as_before {
            let message = "The sample tells the version that it told before".to_owned();
            self.note(Entry::Event { code: AS_BEFORE.to_owned(), message, evidence: Vec::new() })?;
            return Ok(());
        }
        self.restore_software(false).await
    }

    /// Undoes that in which an earlier part of this run was killed: it had no time to do so itself.
    pub(super) async fn give_back_what_a_kill_left(&mut self) -> Result<(), Halt> {
        let last = self.record.journal.iter().rev().find_map(|line| match &line.line.entry {
            Entry::StepStarted { probe, target, .. } => Some(Some((probe.clone(), target.clone()))),
            Entry::Observation(_) => Some(None),
            _ => None,
        });
        let Some(Some((probe, target))) = last else { return Ok(()) };
        let actions = self.record.plan.steps.iter().find_map(|step| match step {
            Step::Observe { request, disturbs, actions, .. }
                if disturbs.iter().any(|disturbance| {
                    matches!(disturbance, Disturbance::Interrupt | Disturbance::InstallUpdates)
                }) && (&request.probe, &request.target) == (&probe, &target) =>
            {
                Some(actions.clone())
            }
            _ => None,
        });
        for action in actions.unwrap_or_default() {
            if GIVING_BACK.contains(&action.as_str()) {
                self.give_back(&action, &format!("{probe} {target}")).await?;
            }
        }
        Ok(())
    }

    async fn give_back(&mut self, action: &str, during: &str) -> Result<(), Halt> {
        match self.control.perform(action).await {
            Ok(Performed::Done { output }) => {
                let evidence = self.keep_output(&output)?.into_iter().collect();
                let message = format!("{action}, because the run was stopped during {during}");
                let code = if action == RESTORE_SOFTWARE { AS_BEFORE } else { "outage-ended" };
                self.note(Entry::Event { code: code.to_owned(), message, evidence })?;
            }
            // Entering a state asks the operator to have the sample ready.
            Ok(Performed::AskOperator) => {}
            Err(trouble) => {
                let evidence = self.keep_output(&trouble.output)?.into_iter().collect();
                self.trouble("bench-action-failed", trouble.message, evidence)?;
            }
        }
        Ok(())
    }

    /// Whether the software of the sample was altered, or was about to be, and nobody has restored it since.
    fn software_may_be_altered(&self) -> bool {
        let last = self.record.journal.iter().rev().find_map(|line| match &line.line.entry {
            Entry::StateEntered { state, .. } => Some(*state == DutState::AfterDetectedChange),
            Entry::Event { code, .. } if code == ALTERING => Some(true),
            Entry::Event { code, .. } if code == AS_BEFORE => Some(false),
            _ => None,
        });
        last.unwrap_or(false)
    }

    /// Brings the sample back whose software was altered, whatever happened since; nobody else does.
    pub(super) async fn restore_software(&mut self, halted: bool) -> Result<(), Halt> {
        if !self.software_may_be_altered() {
            return Ok(());
        }
        let steps = &self.record.plan.steps;
        let back = steps
            .iter()
            .position(|step| matches!(step, Step::Enter { action, .. } if action == RESTORE_SOFTWARE));
        if let Some(back) = back.filter(|_| !halted) {
            if !self.enter(back).await? {
                self.not_restored("nobody confirmed that it was restored")?;
            }
            return Ok(());
        }
        // The run is ending, or has no step for it: nobody is asked, and the bench gets a moment.
        let control = self.control.clone();
        let performed = tokio::time::timeout(TIME_TO_RESTORE, control.perform(RESTORE_SOFTWARE)).await;
        match performed {
            Ok(Ok(Performed::Done { output })) => {
                let output = self.keep_output(&output)?;
                if back.is_none() {
                    let message = format!("{RESTORE_SOFTWARE}, after the packages");
                    let evidence = output.into_iter().collect();
                    self.note(Entry::Event { code: AS_BEFORE.to_owned(), message, evidence })?;
                    return Ok(());
                }
                let (state, action) = (DutState::Initialized, RESTORE_SOFTWARE.to_owned());
                self.note(Entry::StateEntered { state, action, by: "bench".to_owned(), output })?;
                Ok(())
            }
            Ok(Ok(Performed::AskOperator)) => Ok(self.not_restored("the bench cannot do it")?),
            Ok(Err(trouble)) => Ok(self.not_restored(&trouble.message)?),
            Err(_) => Ok(self.not_restored("the bench did not end in time")?),
        }
    }

    fn not_restored(&mut self, why: &str) -> Result<(), RunError> {
        let message = format!(
            "the software of the samples may still be altered: {why}; restore it ({RESTORE_SOFTWARE}) before they \
             are used again"
        );
        self.trouble("software-not-restored", message, Vec::new())
    }
}
