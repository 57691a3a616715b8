//! Who stands on the bench: read from the device or asked of the operator, and compared.

use std::time::Duration;

use probes::probe::device_identity::DeviceIdentity;
use probes::{Effort, Observation, Outcome};
use serde_json::json;
use testcases::Prompt;
use testcases::plan::Step;
use testcases::prompt::Shown;

use super::outstanding::{self, Task, key};
use super::walk::{Kept, operator_prompt};
use super::{Engine, Halt, RunError};
use crate::event::Event;
use crate::run_state::IdentityStanding;
use crate::store::{Entry, IdentityDifference, IdentityRead, Observed};

const ATTEMPTS: u32 = 3;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(500);

impl Engine {
    /// Establishes the identity of a sample; `false` if it stays unknown.
    ///
    /// Read from the device where the ICS says how, else asked of the operator. A device that could be read
    /// before and no longer can is lost: it may be another one by now.
    pub(super) async fn identify(
        &mut self,
        task: &Task,
        key: &str,
        n: usize,
        of: usize,
    ) -> Result<bool, Halt> {
        if self.record.declaration.ics.dut.identity.is_none() {
            return self.identify_by_operator(task, key).await;
        }
        for attempt in 1..=ATTEMPTS {
            let kept = self.observe(task, key, n, of).await?;
            let told = kept.observation.read::<DeviceIdentity>().filter(|identity| {
                identity.model.is_some() || identity.serial.is_some() || identity.firmware.is_some()
            });
            if let Some(identity) = told {
                let differences = self.differences(&task.sample, &identity);
                return self.compared(task, differences, kept).map(|()| true);
            }
            self.note(Entry::Event {
                code: "identity-unread".to_owned(),
                message: format!("Attempt {attempt} of {ATTEMPTS} to read the identity of {}", task.sample),
                evidence: std::iter::once(kept.entry.reference).chain(kept.entry.attachments).collect(),
            })?;
            if attempt < ATTEMPTS {
                tokio::time::sleep(BETWEEN_ATTEMPTS).await;
            }
        }
        let message = format!(
            "the identity of {} could not be read in {ATTEMPTS} attempts; see that the sample is on and reachable \
             at its address",
            task.sample
        );
        if self.read_before(&task.sample) {
            self.trouble("identity-lost", message, Vec::new())?;
            self.standing(task, IdentityStanding::Lost, Vec::new())?;
            return Err(Halt::Identity);
        }
        self.trouble("identity-unreadable", message, Vec::new())?;
        self.identify_by_operator(task, key).await
    }

    /// Reads the identities again that were read before in the state to which an entrance leads.
    pub(super) async fn identify_again(&mut self, entrance: usize) -> Result<(), Halt> {
        if self.record.declaration.ics.dut.identity.is_none() {
            // The operator looked at the label once; it has not changed.
            return Ok(());
        }
        let steps = self.record.plan.steps.clone();
        let Some(Step::Enter { state: entered, .. }) = steps.get(entrance) else { return Ok(()) };
        for (index, step) in steps.iter().enumerate() {
            let Step::Observe { state, request, .. } = step else { continue };
            if request.probe != "device-identity" || state != entered {
                continue;
            }
            for sample in self.record.manifest.samples.clone() {
                let first = key(*state, request, &sample, None);
                let seen = self.record.seen();
                if !seen.has(&first) {
                    continue;
                }
                let again = format!("{first}~{}", self.times_read(&first) + 1);
                let task = Task {
                    key: again.clone(),
                    step: index,
                    state: *state,
                    sample,
                    port: None,
                    request: request.clone(),
                };
                let left =
                    outstanding::outstanding(&self.record.plan, &self.record.manifest.searched(), &seen);
                self.identify(&task, &again, seen.count() + 1, seen.count() + left.len() + 1).await?;
            }
        }
        Ok(())
    }

    /// How often an observation was made: the first, and those with a number behind its key.
    fn times_read(&self, first: &str) -> usize {
        let own = |key: &&String| {
            key.strip_prefix(first).is_some_and(|rest| rest.is_empty() || rest.starts_with('~'))
        };
        self.record.keys.iter().filter(own).count()
    }

    /// The firmware that was last read from a sample.
    pub(super) fn firmware_read(&self, sample: &str) -> Option<String> {
        self.record
            .observations
            .iter()
            .rev()
            .filter(|recorded| recorded.observation.probe == "device-identity")
            .find(|recorded| recorded.sample() == sample)
            .and_then(|recorded| recorded.observation.read::<DeviceIdentity>()?.firmware)
    }

    fn read_before(&self, sample: &str) -> bool {
        self.record.journal.iter().any(|line| {
            matches!(&line.line.entry, Entry::Identity(read)
                if read.sample == sample && read.standing == IdentityStanding::Confirmed)
        })
    }

    async fn identify_by_operator(&mut self, task: &Task, key: &str) -> Result<bool, Halt> {
        let expected = self.expected(&task.sample);
        let prompt = self.identity_prompt(task, &expected);
        let settled = self
            .record
            .decisions
            .iter()
            .rev()
            .find(|decision| decision.prompt == prompt.id && decision.facts == prompt.facts)
            .filter(|decision| matches!(decision.answer.as_text().as_str(), "yes" | "no"))
            .cloned();
        let decision = match settled {
            Some(decision) => Some(decision),
            None => self.ask(&prompt).await?,
        };
        let answer = decision.as_ref().map(|decision| decision.answer.as_text());
        let differences = match answer.as_deref() {
            Some("yes") => Vec::new(),
            Some("no") => vec![IdentityDifference {
                field: "any".to_owned(),
                expected: "model, serial number and firmware as declared".to_owned(),
                actual: "the operator says that the sample is another one".to_owned(),
            }],
            _ => {
                self.standing(task, IdentityStanding::Unknown, Vec::new())?;
                return Ok(false);
            }
        };
        let observation = self.observation_of_operator(task, &prompt, &expected, differences.is_empty());
        let stored = self.store.keep(&observation.to_bytes(), "json").map_err(RunError::Recording)?;
        let entry = Observed {
            key: key.to_owned(),
            probe: observation.probe.clone(),
            outcome: observation.outcome,
            reference: stored.reference,
            attachments: Vec::new(),
        };
        self.compared(task, differences, Kept { observation, entry }).map(|()| true)
    }

    /// What the operator confirmed is what the declaration says, so that is what was seen.
    fn observation_of_operator(
        &self,
        task: &Task,
        prompt: &Prompt,
        expected: &DeviceIdentity,
        agrees: bool,
    ) -> Observation {
        let nothing = DeviceIdentity { model: None, serial: None, firmware: None };
        let now = jiff::Timestamp::now().round(jiff::Unit::Millisecond).unwrap_or_default();
        Observation {
            format: probes::observation::FORMAT.to_owned(),
            probe: task.request.probe.clone(),
            version: probes::probe(&task.request.probe).map_or(0, |entry| entry.version),
            target: task.request.target.clone(),
            params: json!({ "asked": prompt.id }),
            context: probes::Context {
                sample: task.sample.clone(),
                component: "device".to_owned(),
                firmware: None,
                state: task.state.as_str().to_owned(),
                at: now.to_string(),
                equipment: self.record.manifest.equipment.clone(),
            },
            outcome: Outcome::Complete,
            effort: Effort {
                attempted: 1,
                completed: 1,
                seconds: 0.0,
                what: "The operator compared label and display of the sample with the declaration".to_owned(),
                gaps: Vec::new(),
            },
            trouble: None,
            data: serde_json::to_value(if agrees { expected } else { &nothing })
                .expect("an identity has string keys only"),
            attachments: Vec::new(),
        }
    }

    /// Writes the comparison before the observation: once the observation counts, so does what it said.
    fn compared(
        &mut self,
        task: &Task,
        differences: Vec<IdentityDifference>,
        kept: Kept,
    ) -> Result<(), Halt> {
        let standing =
            if differences.is_empty() { IdentityStanding::Confirmed } else { IdentityStanding::Wrong };
        self.standing(task, standing, differences)?;
        self.settle(kept)?;
        if standing == IdentityStanding::Wrong { Err(Halt::Identity) } else { Ok(()) }
    }

    fn standing(
        &mut self,
        task: &Task,
        standing: IdentityStanding,
        differences: Vec<IdentityDifference>,
    ) -> Result<(), RunError> {
        let words = differences
            .iter()
            .map(|difference| {
                format!("{}: {} expected, {} read", difference.field, difference.expected, difference.actual)
            })
            .collect();
        self.note(Entry::Identity(IdentityRead {
            sample: task.sample.clone(),
            state: task.state,
            standing,
            differences,
        }))?;
        self.listener.on(&Event::IdentityRead { sample: task.sample.clone(), standing, differences: words });
        Ok(())
    }

    /// Model and firmware as the ICS declares them, the serial number as the bench file has it.
    fn expected(&self, sample: &str) -> DeviceIdentity {
        let dut = &self.record.declaration.ics.dut;
        let sample = self.equipment.as_ref().and_then(|equipment| equipment.samples.get(sample));
        DeviceIdentity {
            model: dut.model.as_ref().map(|model| model.value.clone()),
            serial: sample.and_then(|(sample, _)| sample.serial.clone()),
            firmware: dut.firmware.as_ref().map(|firmware| firmware.value.clone()),
        }
    }

    fn differences(&self, sample: &str, read: &DeviceIdentity) -> Vec<IdentityDifference> {
        let expected = self.expected(sample);
        [
            ("model", expected.model, &read.model),
            ("serial", expected.serial, &read.serial),
            ("firmware", expected.firmware, &read.firmware),
        ]
        .into_iter()
        .filter_map(|(field, expected, actual)| {
            let (expected, actual) = (expected?, actual.clone()?);
            (expected.trim() != actual.trim()).then(|| IdentityDifference {
                field: field.to_owned(),
                expected,
                // It comes from the device.
                actual: actual.chars().filter(|character| !character.is_control()).take(200).collect(),
            })
        })
        .collect()
    }

    fn identity_prompt(&self, task: &Task, expected: &DeviceIdentity) -> Prompt {
        let shown = [
            ("model", &expected.model, Some("declaration:ics.toml#dut.model")),
            ("serial", &expected.serial, None),
            ("firmware", &expected.firmware, Some("declaration:ics.toml#dut.firmware")),
        ]
        .into_iter()
        .filter_map(|(label, text, source)| {
            Some(Shown { label: label.to_owned(), text: text.clone()?, source: source.map(str::to_owned) })
        })
        .collect();
        let mut prompt = operator_prompt(
            format!("identity/{}", task.sample),
            task.state,
            Some(task.sample.clone()),
            shown,
        );
        // Asked once a sample, whatever state it is in.
        prompt.state = None;
        prompt
    }
}
