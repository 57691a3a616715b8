//! What stands between the cases: the good value that must still be taken, and the state read and put back.

use tokio::time::Instant;

use super::Campaign;
use crate::probe::hostile_input::case::Message;
use crate::probe::hostile_input::endings::Stop;
use crate::probe::hostile_input::grammar::content_type;
use crate::probe::hostile_input::shape::body_of;
use crate::probe::hostile_input::state::{self, State};
use crate::probe::hostile_input::wire::Sent;
use crate::probe::hostile_input::{Field, Input};

impl Campaign<'_> {
    /// Sends a good value, then another one, and sees whether the state follows.
    pub(super) async fn prove_the_state(&mut self, place: usize, input: &Input) -> String {
        self.follows.clear();
        let first = self.control(input).await;
        if first != "taken" || input.shown_at.is_none() {
            return first;
        }
        let good = self.read_state(input).await.unwrap_or_default();
        let witness =
            Message::of(content_type(input), body_of(input.is_json(), &input.written(Field::witness)));
        self.send_message(input, &witness, "control: another good value").await;
        let other = self.read_state(input).await.unwrap_or_default();
        self.follows = input
            .fields
            .iter()
            .filter(|field| {
                good.get(&field.name) == Some(&field.value)
                    && other.get(&field.name) == Some(&field.witness())
            })
            .cloned()
            .collect();
        self.seen.inputs[place].state_read = !self.follows.is_empty();
        let after = self.control(input).await;
        self.known = self.read_state(input).await.unwrap_or_default();
        after
    }

    /// Whether the declared good input is taken: `taken`, `refused`, `no-answer`.
    pub(in super::super) async fn control(&mut self, input: &Input) -> String {
        let message = Message::of(content_type(input), input.good());
        let asked = Instant::now();
        let sent = self.send_message(input, &message, "control: the declared good value").await;
        if input.kind == "datagram" && matches!(sent, Sent::Answer(_)) {
            self.quick = self.quick.max(asked.elapsed() * 4);
        }
        match sent {
            Sent::Answer(answer) if self.is_taken(input, &answer) != Some(false) => "taken",
            Sent::Answer(_) => "refused",
            _ => "no-answer",
        }
        .to_owned()
    }

    /// Sends the good value and reads the state anew.
    pub(super) async fn put_good(&mut self, input: &Input) -> bool {
        let taken = self.control(input).await == "taken";
        if let Some(now) = self.read_state(input).await {
            self.known = now;
        }
        taken
    }

    /// Writes back what stood there before, as far as the declaration allows it. `None` where that is not known.
    pub(super) async fn put_back(&mut self, input: &Input, original: Option<State>) -> Option<bool> {
        let original = original.filter(|_| self.reads(input))?;
        let complete =
            input.fields.iter().all(|field| original.get(&field.name).is_some_and(|was| field.allows(was)));
        if !complete {
            return Some(false);
        }
        let fields = input.written(|field| original.get(&field.name).cloned().unwrap_or_default());
        let message = Message::of(content_type(input), body_of(input.is_json(), &fields));
        self.send_message(input, &message, "what stood there before").await;
        Some(self.read_state(input).await.as_ref() == Some(&original))
    }

    pub(super) fn reads(&self, input: &Input) -> bool {
        input.shown_at.is_some() && !self.follows.is_empty()
    }

    pub(super) async fn read_state(&mut self, input: &Input) -> Option<State> {
        let path = input.shown_at.clone()?;
        let web = Input { kind: "query".into(), method: "GET".into(), target: path, ..input.clone() };
        match self.send_message(&web, &Message::of("", Vec::new()), "the state").await {
            Sent::Answer(answer) if (200..=299).contains(&answer.status) => {
                Some(state::shown(&answer.body, &input.fields))
            }
            Sent::Answer(answer) if answer.status == 401 && self.has_login(input) => {
                self.enter(input).await.ok()?;
                match self.send_message(&web, &Message::of("", Vec::new()), "the state").await {
                    Sent::Answer(answer) if (200..=299).contains(&answer.status) => {
                        Some(state::shown(&answer.body, &input.fields))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The state as it is now, after the device was away.
    pub(in super::super) async fn begin_anew(&mut self, input: &Input) -> Result<(), Stop> {
        self.enter(input).await.map_err(Stop::Input)?;
        self.put_good(input).await;
        Ok(())
    }
}
