//! The way in: logins, the page with the form, and one message after the other.

use std::fmt::Write as _;
use std::time::Duration;

use super::{Campaign, LOGINS, TRANSCRIPT};
use crate::probe::access_control::visitor::Session;
use crate::probe::hostile_input::Input;
use crate::probe::hostile_input::case::{Announced, Case, Message};
use crate::probe::hostile_input::wire::{self, Sent, Shown};

impl Campaign<'_> {
    pub(super) fn has_login(&self, input: &Input) -> bool {
        input.who.is_some() && self.logins < LOGINS
    }

    /// Logs in as the declaration says, and opens the page with the form.
    pub(in super::super) async fn enter(&mut self, input: &Input) -> Result<(), String> {
        self.session = Session::default();
        self.shown = Shown::default();
        if let Some(row) = &input.who {
            let mechanism =
                self.params.mechanisms.iter().find(|mechanism| mechanism.row == *row && mechanism.is_web());
            let mechanism = mechanism.ok_or_else(|| format!("there is no driver for the login {row}"))?;
            let credentials = &self.context.credentials;
            let account =
                credentials.iter().find(|(key, _)| *key == row || key.starts_with(&format!("{row}/")));
            let (_, (user, password)) =
                account.ok_or_else(|| format!("the bench has no credential of {row}"))?;
            if self.logins >= LOGINS {
                return Err("sessions ended too often".to_owned());
            }
            self.logins += 1;
            let entered = self.web.log_in(&format!("<{row}>"), mechanism, user, password).await;
            if !matches!(entered.outcome, "logged-in" | "sent-along") {
                return Err(format!("the login {row} was {}", entered.outcome));
            }
            self.session = entered.session;
        }
        if let Some(page) = &input.page {
            let place = (input.port, input.tls);
            self.web.ask("<the page of the form>", &mut self.session, place, "GET", page, None).await;
            self.shown.hidden = self.session.hidden_for(input.port, &input.target);
        }
        self.shown.headers =
            self.session.lines().ok_or("this build sends no hostile input behind a digest login")?;
        Ok(())
    }

    pub(in super::super) async fn send(&mut self, input: &Input, case: &Case) -> Sent {
        let label = format!("{} {} ({}): {}", case.generator, case.number, case.family.as_str(), case.told);
        let within = if input.kind == "datagram" { self.quick } else { self.patience() };
        self.send_within(input, &case.message, &label, within.min(self.patience())).await
    }

    pub(super) fn patience(&self) -> Duration {
        Duration::from_millis(self.params.answer_ms.clamp(50, 60_000))
    }

    pub(in super::super) async fn send_message(
        &mut self,
        input: &Input,
        message: &Message,
        label: &str,
    ) -> Sent {
        self.send_within(input, message, label, self.patience()).await
    }

    async fn send_within(&mut self, input: &Input, message: &Message, label: &str, within: Duration) -> Sent {
        self.n += 1;
        let to = (self.params.address, input.port).into();
        let sent = if input.kind == "datagram" {
            wire::datagram(&self.context.dialer, to, &message.body, within).await
        } else {
            let host = format!("{}:{}", crate::http::host_name(self.params.address), input.port);
            let octets = wire::request(input, message, &self.shown, &host, false);
            let ends = message.head_ends_after.is_some() || message.announced != Announced::Right;
            wire::ask(&self.context.dialer, to, input.tls, &octets, ends, within).await
        };
        if self.transcript.len() < TRANSCRIPT {
            let said = match &sent {
                Sent::Answer(answer) => format!("{} with {} octets", answer.status, answer.body.len()),
                other => format!("{other:?}"),
            };
            writeln!(
                self.transcript,
                "{:5} {}: {label}, {} octets -> {said}",
                self.n,
                input.label(),
                message.body.len()
            )
            .expect("a String takes any text");
        }
        sent
    }

    /// What was sent, as it is kept: without credentials.
    pub(in super::super) fn without_credentials(&self, input: &Input, message: &Message) -> Vec<u8> {
        if input.kind == "datagram" {
            return message.body.clone();
        }
        wire::request(input, message, &self.shown, &crate::http::host_name(self.params.address), true)
    }
}
