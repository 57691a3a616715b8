//! The steps of a plan: states entered, observations made and kept.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use probes::probe::ble_hostile_input::BleHostileInput;
use probes::probe::ble_reset::BleReset;
use probes::probe::deletion::Deletion;
use probes::probe::interruption::Interruption;
use probes::probe::update_trials::UpdateFacts;
use probes::{Context, EvidenceRef, Observation, Outcome, ProbeContext, Request};
use testcases::plan::{ALTER_SOFTWARE, Step};
use testcases::prompt::Shown;
use testcases::{DutState, Prompt, PromptKind, Role};

use super::outstanding::{self, Task};
use super::undoing::ALTERING;
use super::{Engine, Halt, RunError, documents};
use crate::bench::Performed;
use crate::event::Event;
use crate::store::{Entry, Observed, StoreError};

/// A probe ends within 2 s of cancellation; one that does not is left behind.
const GRACE: Duration = Duration::from_secs(3);

/// Probes that offer update packages: what they write reads as the facts of update-trials.
const OFFERING: [&str; 2] = ["update-trials", "update-endurance"];

/// An observation that is kept as evidence and not yet named in the journal.
pub(super) struct Kept {
    pub(super) observation: Observation,
    pub(super) entry: Observed,
}

impl Engine {
    /// Makes every outstanding observation. A state is entered before the first that needs it; what a state
    /// that cannot be entered would have shown stays outstanding.
    pub(super) async fn walk(&mut self) -> Result<(), Halt> {
        let walked = match self.give_back_what_a_kill_left().await {
            Ok(()) => self.steps().await,
            halted => halted,
        };
        let restored = self.restore_software(walked.is_err()).await;
        walked.and(restored)
    }

    async fn steps(&mut self) -> Result<(), Halt> {
        let mut entered: Option<usize> = None;
        let mut closed: BTreeSet<usize> = BTreeSet::new();
        let mut left: BTreeSet<String> = BTreeSet::new();
        // Counted on from what an earlier part of the run has done.
        let mut n = self.record.seen().count();
        loop {
            let seen = self.record.seen();
            let mut tasks =
                outstanding::outstanding(&self.record.plan, &self.record.manifest.searched(), &seen);
            tasks.retain(|task| {
                !left.contains(&task.key)
                    && outstanding::entrance(&self.record.plan, task.step)
                        .is_none_or(|entrance| !closed.contains(&entrance))
            });
            n = n.max(seen.count());
            let of = n + tasks.len();
            let Some(task) = tasks.into_iter().next() else { return Ok(()) };
            if self.cancel.is_cancelled() {
                return Err(Halt::Cancelled);
            }
            if let Some(entrance) = outstanding::entrance(&self.record.plan, task.step)
                && entered != Some(entrance)
            {
                if !self.is_agreed_to(entrance) {
                    // The probes leave out what the bench does not agree to, and say so.
                    entered = Some(entrance);
                    continue;
                }
                if !self.alters(entrance) {
                    self.restore_software(false).await?;
                }
                if self.enter(entrance).await? {
                    entered = Some(entrance);
                } else {
                    closed.insert(entrance);
                }
                // What is outstanding may have changed: the identity is read on entering.
                continue;
            }
            n += 1;
            if task.request.probe == "device-identity" {
                if !self.identify(&task, &task.key, n, of).await? {
                    left.insert(task.key);
                }
            } else {
                if self.installs(&task) {
                    self.about_to_install()?;
                }
                let kept = self.observe(&task, &task.key, n, of).await?;
                let started_anew = started_anew(&kept.observation);
                let after_packages = as_before_packages(&kept.observation);
                let to_be_set_up = has_to_be_set_up(&kept.observation);
                self.settle(kept)?;
                if let Some(as_before) = after_packages {
                    self.done_installing(as_before).await?;
                }
                if to_be_set_up {
                    // Entering the state again does it, and reads the identity.
                    entered = None;
                } else if started_anew && let Some(entrance) = entered {
                    self.identify_again(entrance).await?;
                }
            }
        }
    }

    /// Brings the device into a state; `false` if that was not possible. Where the identity in this state
    /// was read before, it is read again: after a stop nobody knows what stands on the bench.
    pub(super) async fn enter(&mut self, entrance: usize) -> Result<bool, Halt> {
        let Some(Step::Enter { state, action }) = self.record.plan.steps.get(entrance).cloned() else {
            return Ok(false);
        };
        if action == ALTER_SOFTWARE {
            // Written before: whatever happens from here on, it has to be restored.
            let message = "The software of the samples is about to be altered".to_owned();
            self.note(Entry::Event { code: ALTERING.to_owned(), message, evidence: Vec::new() })?;
        }
        self.listener.on(&Event::Entering { state, action: action.clone() });
        let control = self.control.clone();
        let performed = tokio::select! {
            biased;
            () = self.cancel.cancelled() => return Err(Halt::Cancelled),
            performed = control.perform(&action) => performed,
        };
        let (by, output) = match performed {
            Ok(Performed::Done { output }) => ("bench", self.keep_output(&output)?),
            Ok(Performed::AskOperator) => {
                let prompt = self.action_prompt(state, &action);
                if !self.done_by_operator(&prompt).await? {
                    return Ok(false);
                }
                ("operator", None)
            }
            Err(trouble) => {
                let evidence = self.keep_output(&trouble.output)?.into_iter().collect();
                self.trouble("bench-action-failed", trouble.message, evidence)?;
                return Ok(false);
            }
        };
        let again = self.times_entered(state) > 0;
        self.note(Entry::StateEntered { state, action: action.clone(), by: by.to_owned(), output })?;
        self.listener.on(&Event::StateEntered { state, action, by: by.to_owned() });
        if again {
            self.identify_again(entrance).await?;
        }
        Ok(true)
    }

    pub(super) fn times_entered(&self, wanted: DutState) -> usize {
        self.record
            .journal
            .iter()
            .filter(|line| matches!(&line.line.entry, Entry::StateEntered { state, .. } if *state == wanted))
            .count()
    }

    /// The question to the operator. Each entry of a state is a question of its own, because the device has
    /// to be brought there each time.
    fn action_prompt(&self, state: DutState, action: &str) -> Prompt {
        let id = match self.times_entered(state) {
            0 => format!("action/{}", state.as_str()),
            times => format!("action/{}~{}", state.as_str(), times + 1),
        };
        let shown = vec![
            Shown { label: "action".to_owned(), text: action.to_owned(), source: None },
            Shown { label: "state".to_owned(), text: state.as_str().to_owned(), source: None },
            Shown {
                label: "samples".to_owned(),
                text: self.record.manifest.samples.join(", "),
                source: None,
            },
        ];
        operator_prompt(id, state, None, shown)
    }

    async fn done_by_operator(&mut self, prompt: &Prompt) -> Result<bool, Halt> {
        let yes = |decision: &testcases::Decision| {
            decision.prompt == prompt.id
                && decision.facts == prompt.facts
                && decision.answer.as_text() == "yes"
        };
        if self.record.decisions.iter().any(yes) {
            return Ok(true);
        }
        Ok(self.ask(prompt).await?.is_some_and(|decision| yes(&decision)))
    }

    /// Makes one observation and keeps it.
    pub(super) async fn observe(
        &mut self,
        task: &Task,
        key: &str,
        n: usize,
        of: usize,
    ) -> Result<Kept, Halt> {
        let request = self.request(task);
        self.listener.on(&Event::StepStarted {
            n,
            of,
            what: format!("{} {}", request.probe, request.target),
            state: task.state,
            sample: task.sample.clone(),
        });
        self.note(Entry::StepStarted {
            key: key.to_owned(),
            probe: request.probe.clone(),
            target: request.target.clone(),
        })?;
        let Some(equipment) = &self.equipment else { return Err(Halt::Cancelled) };
        let Some((_, dialer)) = equipment.samples.get(&task.sample) else {
            return Err(RunError::SampleMissing(task.sample.clone()).into());
        };
        let dialer = dialer.clone();
        let refused_before = refused(&dialer);
        let kept = Arc::new(Mutex::new(KeptBytes::default()));
        let context = ProbeContext::new(
            dialer.clone(),
            self.place(task),
            equipment.credentials.clone(),
            self.cancel.clone(),
            self.progress(),
            self.keep(kept.clone()),
        );
        let context = context
            .with_consent(self.surroundings.consent())
            .with_actions(self.act())
            .with_readings(self.read())
            .with_tap(self.tap(dialer.clone()))
            .with_lent(equipment.authority.clone(), equipment.input.bench.plant.clone())
            .with_files(equipment.packages.clone(), equipment.handed_in.clone())
            .with_documents(
                documents::of(self.store.folder(), &self.record.manifest.documents),
                self.control.reader(),
            );
        let context = if task.request.probe == super::software::PROBE {
            let folder = self.store.folder().join(crate::store::DECLARATION_FOLDER);
            let data = equipment.vulnerability_data.clone();
            context.with_software(Arc::new(super::software::of(&self.record.declaration, &folder, data)))
        } else {
            context
        };
        let budget = self.surroundings.budget(&self.record.plan, task.step);
        let context = Arc::new(match budget {
            Some(budget) => context.with_budget(budget),
            None => context,
        });
        let cancel = self.cancel.clone();
        let given_up = async {
            cancel.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        let observation = tokio::select! {
            observation = probes::run(request, context) => Some(observation),
            () = given_up => None,
        };
        let kept = std::mem::take(&mut *kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
        if let Some(error) = kept.failure {
            return Err(RunError::Recording(error).into());
        }
        let Some(observation) = observation.filter(|_| !self.cancel.is_cancelled()) else {
            if !kept.references.is_empty() {
                self.note(Entry::Event {
                    code: "observation-discarded".to_owned(),
                    message: format!("The observation {key} was under way when the run was stopped"),
                    evidence: kept.references,
                })?;
            }
            return Err(Halt::Cancelled);
        };
        self.tell_trouble(&observation, refused(&dialer) - refused_before)?;
        self.listener.on(&Event::StepFinished {
            n,
            of,
            outcome: observation.outcome,
            seconds: observation.effort.seconds,
        });
        let stored = self.store.keep(&observation.to_bytes(), "json").map_err(RunError::Recording)?;
        let entry = Observed {
            key: key.to_owned(),
            probe: observation.probe.clone(),
            outcome: observation.outcome,
            reference: stored.reference,
            attachments: kept.references,
        };
        Ok(Kept { observation, entry })
    }

    /// Names a kept observation in the journal: from here on it counts.
    pub(super) fn settle(&mut self, kept: Kept) -> Result<(), RunError> {
        self.note(Entry::Observation(kept.entry))
    }

    fn request(&self, task: &Task) -> Request {
        let sample = self.equipment.as_ref().and_then(|equipment| equipment.samples.get(&task.sample));
        let sample = sample.map(|(sample, _)| sample);
        let sample = sample.filter(|_| task.sample != outstanding::NO_SAMPLE);
        // Asked anew for each search: programs of the tester's host come and go during a run.
        let foreign = match task.request.probe.as_str() {
            "tcp-sweep" | "udp-services" => self.control.foreign(),
            _ => crate::bench::Foreign::default(),
        };
        self.surroundings.request(&self.record.declaration, task, sample, &foreign)
    }

    fn place(&self, task: &Task) -> Context {
        Context {
            sample: task.sample.clone(),
            component: "device".to_owned(),
            // Every address of a sample leads to the same firmware.
            firmware: self.firmware_read(
                outstanding::further_address(&task.sample).map_or(task.sample.as_str(), |(sample, _)| sample),
            ),
            state: task.state.as_str().to_owned(),
            at: String::new(),
            equipment: self.record.manifest.equipment.clone(),
        }
    }

    fn tell_trouble(&mut self, observation: &Observation, refused: u64) -> Result<(), RunError> {
        if refused > 0 {
            let message = format!(
                "{} tried {refused} connections outside the scope of this run; nothing was sent. Where the \
                 bench should allow an address, name it under [hosts]",
                observation.probe
            );
            self.trouble("out-of-scope-refused", message, Vec::new())?;
        }
        if observation.outcome == Outcome::ToolTrouble {
            let why = observation.trouble.clone().unwrap_or_default();
            let message = format!("{} {}: {why}", observation.probe, observation.target);
            self.trouble("probe-trouble", message, Vec::new())?;
        }
        Ok(())
    }

    /// Actions of the bench that a probe may ask for. The operator is not asked in the middle of a probe.
    fn act(&self) -> probes::context::Act {
        let control = self.control.clone();
        Box::new(move |action| {
            let (control, action) = (control.clone(), action.to_owned());
            Box::pin(async move {
                match control.perform(&action).await {
                    Ok(Performed::Done { .. }) => Ok(true),
                    Ok(Performed::AskOperator) => Ok(false),
                    Err(trouble) => Err(trouble.message),
                }
            })
        })
    }

    /// Actions of the bench that print something.
    fn read(&self) -> probes::context::Read {
        let control = self.control.clone();
        Box::new(move |action| {
            let (control, action) = (control.clone(), action.to_owned());
            Box::pin(async move {
                match control.perform(&action).await {
                    Ok(Performed::Done { output }) => Ok(Some(output)),
                    Ok(Performed::AskOperator) => Ok(None),
                    Err(trouble) => Err(trouble.message),
                }
            })
        })
    }

    /// The capture point: that of the bench itself, else the network interface that its file names.
    fn tap(&self, dialer: Arc<probes::Dialer>) -> probes::context::OpenTap {
        let control = self.control.clone();
        let interface =
            self.equipment.as_ref().and_then(|equipment| equipment.input.bench.capture.interface.clone());
        Box::new(move || match (control.tap(), &interface) {
            (Some(tap), _) => tap,
            (None, Some(interface)) => dialer.capture(interface),
            (None, None) => {
                Err("the bench names no capture point: [capture] interface of the bench file".to_owned())
            }
        })
    }

    fn progress(&self) -> probes::context::Progress {
        let listener = self.listener.clone();
        Box::new(move |done, of, what| listener.on(&Event::Progress { done, of, what: what.to_owned() }))
    }

    fn keep(&self, kept: Arc<Mutex<KeptBytes>>) -> probes::context::Keep {
        let store = self.store.clone();
        Box::new(move |bytes, ending| {
            let mut kept = kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            match store.keep(bytes, ending) {
                Ok(reference) => {
                    kept.references.push(reference.reference.clone());
                    reference
                }
                Err(error) => {
                    kept.failure = Some(error);
                    EvidenceRef::of(bytes, "")
                }
            }
        })
    }

    pub(super) fn keep_output(&self, output: &str) -> Result<Option<String>, RunError> {
        if output.is_empty() {
            return Ok(None);
        }
        let kept = self.store.keep(output.as_bytes(), "txt").map_err(RunError::Recording)?;
        Ok(Some(kept.reference))
    }
}

/// Whether an observation reset the sample, or meant to, and did not see it set up again.
fn has_to_be_set_up(observation: &Observation) -> bool {
    if observation.probe == "ble-reset" {
        let seen = observation.read::<BleReset>();
        return seen.is_some_and(|seen| seen.was_ordered() && seen.set_up_again != "bench");
    }
    observation
        .read::<Deletion>()
        .filter(|seen| observation.probe == "deletion" && seen.resets && !seen.attempts.is_empty())
        .is_some_and(|seen| seen.brought_back != Some(true))
}

/// Whether an observation took the power of the sample away, and the sample came back, or reset it. One that did not
/// come back is no other sample for it.
fn started_anew(observation: &Observation) -> bool {
    let reset = |seen: &Deletion| seen.resets && seen.brought_back == Some(true);
    if observation.probe == "deletion" {
        return observation.read::<Deletion>().is_some_and(|seen| reset(&seen));
    }
    if OFFERING.contains(&observation.probe.as_str()) {
        return observation.read::<UpdateFacts>().is_some_and(|facts| facts.version_before.is_some());
    }
    if observation.probe == "ble-reset" {
        return observation.read::<BleReset>().is_some_and(|seen| seen.was_ordered());
    }
    if observation.probe == "ble-hostile-input" {
        return observation.read::<BleHostileInput>().is_some_and(|seen| seen.switched > 0);
    }
    observation
        .read::<Interruption>()
        .filter(|_| observation.probe == "interruption")
        .filter(|seen| seen.kind == "power")
        .is_some_and(|seen| seen.outages.last().is_some_and(|outage| outage.answered_after.is_some()))
}

/// Whether the firmware of the beginning is on the sample after update packages; `None` for any other observation.
fn as_before_packages(observation: &Observation) -> Option<bool> {
    let offers = OFFERING.contains(&observation.probe.as_str());
    let facts = offers.then(|| observation.read::<UpdateFacts>())?;
    Some(facts.is_some_and(|facts| facts.restored != Some(false)))
}

/// What a probe kept beside its observation.
#[derive(Default)]
struct KeptBytes {
    references: Vec<String>,
    failure: Option<StoreError>,
}

fn refused(dialer: &probes::Dialer) -> u64 {
    dialer.counters.out_of_scope.load(std::sync::atomic::Ordering::Relaxed)
}

/// A yes/no question to the operator.
pub(super) fn operator_prompt(
    id: String,
    state: DutState,
    sample: Option<String>,
    shown: Vec<Shown>,
) -> Prompt {
    let kind = PromptKind::YesNo;
    let facts = Prompt::digest(&id, &kind, &shown);
    Prompt {
        id,
        unit: None,
        item: "-".to_owned(),
        state: Some(state),
        sample,
        role: Role::Operator,
        kind,
        shown,
        prejudgement: None,
        facts,
    }
}
