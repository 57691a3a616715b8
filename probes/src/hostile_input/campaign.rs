//! The course: each input with its login and its control, the cases in batches, what is read after them, and the
//! state put back.

mod controls;
mod sending;

use std::time::Duration;

use tokio::time::Instant;

use super::case::{Case, Expected, Family};
use super::endings::Stop;
use super::state::State;
use super::wire::{Answer, Sent, Shown};
use super::{FamilyTried, Field, Finding, HostileInput, Input, InputTried, Params, selection, signs};
use crate::context::ProbeContext;
use crate::probe::access_control::visitor::{Session, Web};

/// Cases between two controls.
const BATCH: usize = 20;
/// Findings of one kind that are kept of an input.
const OF_ONE_KIND: usize = 3;
/// Findings kept of an input.
const FINDINGS: usize = 24;
/// Inputs that end the device, after which the rest of its cases is left out.
const ENDINGS_OF_ONE_INPUT: usize = 2;
/// Logins in all.
const LOGINS: u32 = 200;
/// Characters of the transcript.
const TRANSCRIPT: usize = 1024 * 1024;
/// Least wait for the answer to an unexpected datagram.
const QUICK: Duration = Duration::from_millis(20);
/// Seconds of the time budget that are kept for putting the state back.
const RESERVE: f64 = 2.0;

/// The course through all inputs.
pub(super) struct Campaign<'a> {
    pub(super) params: &'a Params,
    pub(super) context: &'a ProbeContext,
    pub(super) web: Web<'a>,
    /// Who is logged in now, for the input under way.
    pub(super) session: Session,
    shown: Shown,
    seen: HostileInput,
    pub(super) gaps: Vec<String>,
    transcript: String,
    pub(super) n: u32,
    /// The word by which given-back markup is known.
    mark: String,
    logins: u32,
    pub(super) endings: u32,
    /// It does not come back by itself.
    pub(super) needs_power: bool,
    ends: Instant,
    /// Wait for the answer to an unexpected datagram, which a device may well leave without one.
    quick: Duration,
    /// The state as it was read last.
    known: State,
    /// The fields whose shown value follows what is sent.
    follows: Vec<Field>,
}

impl<'a> Campaign<'a> {
    pub(super) fn new(params: &'a Params, context: &'a ProbeContext) -> Self {
        let seconds = context.seconds_left().map_or(f64::MAX, |left| left - RESERVE);
        let seconds = params.seconds.min(seconds).clamp(0.0, 86_400.0);
        let inputs = params.inputs.iter().map(|input| InputTried {
            row: input.row.clone(),
            place: input.place,
            kind: input.kind.clone(),
            label: input.label(),
            control_before: "not-tried".to_owned(),
            control_after: "not-tried".to_owned(),
            ..InputTried::default()
        });
        let seen = HostileInput {
            seed: params.seed.clone(),
            inputs: inputs.collect(),
            profile: params.profile.clone(),
        };
        let mark = format!("hx{:08x}", super::draw::Draw::of(&params.seed, "mark").next() as u32);
        Self {
            params,
            context,
            web: Web {
                dialer: &context.dialer,
                address: params.address,
                transcript: String::new(),
                count: 0,
            },
            session: Session::default(),
            shown: Shown::default(),
            seen,
            gaps: Vec::new(),
            transcript: String::new(),
            n: 0,
            mark,
            logins: 0,
            endings: 0,
            needs_power: false,
            ends: Instant::now() + Duration::from_secs_f64(seconds),
            quick: QUICK,
            known: State::new(),
            follows: Vec::new(),
        }
    }

    /// Result, gaps, transcript.
    pub(super) fn end(self) -> (HostileInput, Vec<String>, String) {
        let transcript = format!("{}\nlogins and pages\n{}", self.transcript, self.web.transcript);
        (self.seen, self.gaps, transcript)
    }

    /// Says why nothing was sent.
    pub(super) fn leave_out(&mut self, why: &str) {
        self.gaps.push(why.to_owned());
    }

    pub(super) async fn go(&mut self) {
        let inputs = &self.params.inputs;
        for (place, input) in inputs.iter().enumerate() {
            (self.context.progress)(place as u64, inputs.len() as u64, &input.label());
            // What earlier inputs left over, later ones get.
            let sent: u32 = self.seen.inputs.iter().flat_map(|tried| &tried.families).map(|f| f.sent).sum();
            let left = self.params.cases.saturating_sub(sent) as usize;
            let most = left / (inputs.len() - place);
            match self.one_input(place, input, most).await {
                Ok(()) => {}
                Err(Stop::Input(gap)) => self.gaps.push(format!("{}: {gap}", input.label())),
                Err(Stop::All(gap)) => {
                    self.gaps.push(format!("{}: {gap}", input.label()));
                    return;
                }
            }
        }
    }

    async fn one_input(&mut self, place: usize, input: &Input, most: usize) -> Result<(), Stop> {
        if !(input.is_web() || input.kind == "datagram") {
            self.seen.inputs[place].control_before = "no-driver".to_owned();
            return Err(Stop::Input(format!("this build sends nothing to inputs of kind {}", input.kind)));
        }
        if input.fields.is_empty() && input.example.is_none() {
            return Err(Stop::Input("neither fields nor an example are declared".to_owned()));
        }
        self.session = Session::default();
        if let Err(why) = self.enter(input).await {
            self.seen.inputs[place].control_before = "no-login".to_owned();
            return Err(Stop::Input(why));
        }
        let original = self.read_state(input).await;
        let before = self.prove_the_state(place, input).await;
        before.clone_into(&mut self.seen.inputs[place].control_before);
        if before != "taken" {
            return Err(Stop::Input("the declared good value was not taken before the cases".to_owned()));
        }
        let cases = selection::chosen(input, &self.params.seed, &self.mark, most);
        for family in Family::ALL {
            let planned = cases.iter().filter(|case| case.family == family).count();
            self.seen.inputs[place].families.push(FamilyTried {
                family,
                planned: u32::try_from(planned).unwrap_or(u32::MAX),
                sent: 0,
                refused: 0,
                accepted: 0,
                unclear: 0,
            });
        }
        let done = self.batches(place, input, &cases).await;
        if !matches!(done, Err(Stop::All(_))) {
            let after = self.control(input).await;
            after.clone_into(&mut self.seen.inputs[place].control_after);
            self.seen.inputs[place].restored = self.put_back(input, original).await;
        }
        done
    }

    async fn batches(&mut self, place: usize, input: &Input, cases: &[Case]) -> Result<(), Stop> {
        for batch in cases.chunks(BATCH) {
            for (at, case) in batch.iter().enumerate() {
                if Instant::now() >= self.ends {
                    return Err(Stop::Input("the time was over before all cases were sent".to_owned()));
                }
                if let Some(how) = self.one_case(place, input, case).await? {
                    self.ended(place, input, &batch[..=at], how).await?;
                    if self.endings_found(place) >= ENDINGS_OF_ONE_INPUT {
                        return Err(Stop::Input(
                            "the rest was left out, because the input ends the device".to_owned(),
                        ));
                    }
                }
                if self.params.pause_ms > 0 {
                    tokio::time::sleep(Duration::from_millis(self.params.pause_ms)).await;
                }
            }
            if let Some(how) = self.is_gone(input).await {
                self.ended(place, input, batch, how).await?;
            } else if self.control(input).await != "taken" {
                // A session may have ended.
                self.enter(input).await.map_err(Stop::Input)?;
                if self.control(input).await != "taken" {
                    return Err(Stop::Input(
                        "the declared good value was no longer taken between the cases".to_owned(),
                    ));
                }
            }
            self.compare_later(place, input, batch).await;
        }
        Ok(())
    }

    /// Sends a case and looks at what came of it. How the device ended, where it seems to have.
    async fn one_case(
        &mut self,
        place: usize,
        input: &Input,
        case: &Case,
    ) -> Result<Option<&'static str>, Stop> {
        let mut sent = self.send(input, case).await;
        if case.message.logged_in
            && matches!(&sent, Sent::Answer(answer) if answer.status == 401)
            && self.has_login(input)
        {
            self.enter(input).await.map_err(Stop::Input)?;
            sent = self.send(input, case).await;
        }
        let n = self.n;
        let (taken, answer) = match &sent {
            Sent::Answer(answer) => (self.is_taken(input, answer), Some(answer)),
            Sent::Trouble(why) => {
                return Err(Stop::Input(format!("the tester could not send a case: {why}")));
            }
            Sent::Closed | Sent::Silent | Sent::NotConnected => {
                if let Some(how) = self.is_gone(input).await {
                    self.tally(place, case, Some(false));
                    return Ok(Some(how));
                }
                (Some(false), None)
            }
        };
        let mut effect = taken;
        if let Some(answer) = answer {
            for (what, seen) in signs::signs(answer, &self.mark) {
                self.found(place, case, what, seen, n, true);
            }
            // What was not plainly refused is looked at; only a change shows that it was carried out.
            if taken != Some(false) {
                match self.look(place, input, case, n).await {
                    Some(changed) => effect = Some(changed),
                    None if taken == Some(true)
                        && case.expected == Expected::Refused
                        && !self.reads(input) =>
                    {
                        let seen = format!("answered with {} as a good input is", answer.status);
                        self.found(place, case, "taken-unseen", seen, n, false);
                    }
                    None => {}
                }
            }
        }
        self.tally(place, case, effect);
        Ok(None)
    }

    /// Reads the state after a case. Whether it changed; `None` where it is not shown.
    async fn look(&mut self, place: usize, input: &Input, case: &Case, n: u32) -> Option<bool> {
        if !self.reads(input) {
            return None;
        }
        let now = self.read_state(input).await?;
        if now == self.known {
            return Some(false);
        }
        let judged = self.judged(case, &now);
        if !self.put_good(input).await {
            return Some(true);
        }
        if let Some((what, seen)) = judged {
            // Once more, alone.
            self.send(input, case).await;
            let again = self.read_state(input).await;
            let reproduced =
                again.is_some_and(|again| self.judged(case, &again).is_some_and(|(other, _)| other == what));
            self.found(place, case, what, seen, n, reproduced);
            self.put_good(input).await;
        }
        Some(true)
    }

    /// What is wrong with a state after a case.
    fn judged(&self, case: &Case, now: &State) -> Option<(&'static str, String)> {
        for field in &self.follows {
            let (before, after) = (self.known.get(&field.name), now.get(&field.name));
            let Some(after) = after.filter(|after| Some(*after) != before) else { continue };
            let shown: String = after.chars().take(80).collect();
            let seen = format!("{} is shown as {shown:?}", field.name);
            if !field.allows(after) {
                return Some(("stored-beyond-limits", seen));
            }
            if case.expected == Expected::Refused {
                return Some((if *after == field.witness() { "processed" } else { "altered" }, seen));
            }
        }
        None
    }

    /// After a batch: nothing that was refused may have an effect. Where there is one, each case is sent again alone.
    async fn compare_later(&mut self, place: usize, input: &Input, batch: &[Case]) {
        if !self.reads(input) || self.read_state(input).await.is_none_or(|now| now == self.known) {
            return;
        }
        self.put_good(input).await;
        for case in batch {
            self.send(input, case).await;
            let n = self.n;
            self.look(place, input, case, n).await;
        }
    }

    /// Whether an answer takes the input; `None` where that cannot be told.
    fn is_taken(&self, input: &Input, answer: &Answer) -> Option<bool> {
        match answer.status {
            0 if input.is_web() => Some(false),
            // Of a datagram, an answer tells nothing but that it was read.
            0 => None,
            200..=299 => Some(true),
            300..=399 => {
                let to_login = answer.location.as_deref().is_some_and(|to| self.is_login(to));
                if to_login { Some(false) } else { None }
            }
            400..=599 => Some(false),
            _ => None,
        }
    }

    fn is_login(&self, location: &str) -> bool {
        self.params.mechanisms.iter().any(|mechanism| location.ends_with(&mechanism.path))
    }

    fn tally(&mut self, place: usize, case: &Case, taken: Option<bool>) {
        let families = &mut self.seen.inputs[place].families;
        let Some(family) = families.iter_mut().find(|family| family.family == case.family) else { return };
        family.sent += 1;
        match taken {
            Some(true) => family.accepted += 1,
            Some(false) => family.refused += 1,
            None => family.unclear += 1,
        }
    }

    pub(super) fn found(
        &mut self,
        place: usize,
        case: &Case,
        what: &str,
        seen: String,
        n: u32,
        reproduced: bool,
    ) {
        let finding = Finding {
            what: what.to_owned(),
            generator: case.generator.to_owned(),
            number: case.number,
            family: case.family.as_str().to_owned(),
            told: case.told.clone(),
            seen,
            n,
            reproduced,
            minimized: None,
        };
        self.keep(place, finding);
    }

    pub(super) fn keep(&mut self, place: usize, finding: Finding) {
        let findings = &mut self.seen.inputs[place].findings;
        let alike = findings.iter().filter(|known| known.what == finding.what).count();
        if alike < OF_ONE_KIND && findings.len() < FINDINGS {
            findings.push(finding);
        }
    }

    fn endings_found(&self, place: usize) -> usize {
        let findings = &self.seen.inputs[place].findings;
        findings.iter().filter(|finding| matches!(finding.what.as_str(), "crash" | "hang")).count()
    }

    /// Time is left.
    pub(super) fn has_time(&self) -> bool {
        Instant::now() < self.ends
    }
}
