//! What changes something: asked last, with the state read before and after by somebody who may.

use super::super::Access;
use super::super::comparison::{Impression, value_of};
use super::{StateSeen, Walk};

/// Methods that change something, tried where they are not declared.
const CHANGING_METHODS: [&str; 4] = ["PUT", "PATCH", "POST", "DELETE"];

impl Walk<'_> {
    pub(super) fn leave_out_changes(&mut self) {
        let accesses = self.params.accesses.iter().enumerate();
        let changing: Vec<usize> =
            accesses.filter(|(_, access)| access.changes).map(|(index, _)| index).collect();
        for index in changing {
            self.not_tried(
                index,
                "nobody",
                "the bench does not agree to changes of the state (change_state)",
            );
        }
    }

    /// Asks for something that changes the state: strangers first, those who may last.
    pub(super) async fn write(&mut self, index: usize) {
        let access = &self.params.accesses[index];
        let login = self.login_page(access.port);
        let mut order: Vec<usize> = (0..self.visits.len()).collect();
        order.sort_by_key(|at| self.visits[*at].may(access));
        let mut stranger: Option<Impression> = None;
        for at in order {
            let may = self.visits[at].may(access);
            if self.out_of_time() {
                self.not_tried(index, self.visits[at].subject, "the time was over");
                continue;
            }
            if may && access.strangers_only {
                continue;
            }
            let before = match self.known_state.take() {
                Some(known) => Some(known),
                None => self.state().await,
            };
            let answer = self.ask(at, access, &access.method, &access.target).await;
            let n = self.web.count;
            let (changed, note) = self.compare_state(access, before.as_ref()).await;
            let result = match &answer {
                _ if changed == Some(true) => "granted",
                None => "no-answer",
                Some(answer) if may => answer.lets_in(stranger.as_ref(), login.as_ref()),
                Some(answer) if answer.is_open_page(login.as_ref()) => "granted",
                Some(answer) => answer.lets_stranger_in(None, login.as_ref()),
            };
            if self.visits[at].subject == "nobody" {
                stranger.clone_from(&answer);
            }
            let status = answer.map(|answer| answer.status);
            self.record(at, access, (&access.method, &access.target), may, result, status, changed, n, note);
            if changed == Some(true) {
                self.restore(access, before.as_ref()).await;
            }
        }
    }

    /// What those who may see at every declared access that changes nothing.
    async fn state(&mut self) -> Option<StateSeen> {
        let mut all = Vec::new();
        for index in self.http(false) {
            let access = &self.params.accesses[index];
            if self.entitled[index].is_none() || access.is_open() {
                continue;
            }
            let reader = self
                .visits
                .iter()
                .position(|visit| visit.subject == "authenticated" && visit.logged_in && visit.may(access));
            let Some(reader) = reader else { continue };
            if let Some(seen) = self.ask(reader, access, "GET", &access.target).await {
                all.push((index, reader, seen));
            }
        }
        (!all.is_empty()).then_some(all)
    }

    /// Whether the state is another than before, and how that was seen.
    async fn compare_state(&mut self, access: &Access, before: Option<&StateSeen>) -> (Option<bool>, String) {
        let Some(before) = before else { return (None, String::new()) };
        let Some(after) = self.state().await else { return (None, String::new()) };
        self.known_state = None;
        let written = written_values(access.body.as_deref().unwrap_or_default());
        let mut lost = None;
        for ((index, reader, was), (_, _, is)) in before.iter().zip(&after) {
            let target = &self.params.accesses[*index].target;
            if was.is_success() && !is.is_success() {
                lost = Some((*index, *reader));
            } else if is.newly_shows(was, &written) {
                return (Some(true), format!("{target} shows the new value"));
            }
        }
        let Some((index, reader)) = lost else {
            self.known_state = Some(after);
            return (Some(false), String::new());
        };
        // The session may just have ended; what cannot be had again with the same credential was taken away.
        if self.enter_again(reader).await {
            let access = &self.params.accesses[index];
            let again = self.ask(reader, access, "GET", &access.target).await;
            if again.is_some_and(|again| again.is_success()) {
                return (Some(false), "a session ended".to_owned());
            }
        }
        (Some(true), "who may was let in before and no longer is".to_owned())
    }

    async fn enter_again(&mut self, at: usize) -> bool {
        let params = self.params;
        let visit = &self.visits[at];
        let Some(mechanism) = visit.mechanism.map(|index| &params.mechanisms[index]) else { return false };
        let account =
            self.accounts(mechanism).into_iter().find(|(key, ..)| Some(key) == visit.account.as_ref());
        let Some((_, user, password)) = account else { return false };
        let label = visit.label();
        let entered = self.web.log_in(&label, mechanism, &user, &password).await;
        let again = matches!(entered.outcome, "logged-in" | "sent-along");
        if again {
            self.visits[at].session = entered.session;
        }
        again
    }

    /// Writes back what stood there, by somebody who may.
    async fn restore(&mut self, access: &Access, before: Option<&StateSeen>) {
        let (Some(before), Some(body)) = (before, &access.body) else { return };
        let old = |field: &str| {
            before.iter().find_map(|(_, _, seen)| value_of(&seen.values, field)).map(str::to_owned)
        };
        let Some(body) = body_with(body, old) else { return };
        let writer = self
            .visits
            .iter()
            .position(|visit| visit.subject == "authenticated" && visit.logged_in && visit.may(access));
        let Some(writer) = writer else { return };
        let access = Access { body: Some(body), ..access.clone() };
        self.ask(writer, &access, &access.method, &access.target).await;
    }

    /// Methods that are not declared for protected paths, by nobody: one that is answered with success where
    /// GET is refused gets round the protection.
    pub(super) async fn try_other_methods(&mut self) {
        for index in self.http(false) {
            let access = &self.params.accesses[index];
            let login = self.login_page(access.port);
            let refused =
                self.nobody[index].as_ref().is_some_and(|nobody| !nobody.is_open_page(login.as_ref()));
            if access.is_open() || access.method != "GET" || !refused {
                continue;
            }
            for method in CHANGING_METHODS {
                let declared = self.params.accesses.iter().any(|other| {
                    other.port == access.port && other.target == access.target && other.method == method
                });
                let is_login = self.params.mechanisms.iter().any(|mechanism| mechanism.path == access.target);
                if declared || is_login || self.out_of_time() {
                    continue;
                }
                let Some(answer) = self.ask(0, access, method, &access.target).await else { continue };
                let result = if answer.is_open_page(login.as_ref()) { "granted" } else { "refused" };
                let note = "a method that is not declared".to_owned();
                let (status, n) = (Some(answer.status), self.web.count);
                self.record(0, access, (method, &access.target), false, result, status, None, n, note);
            }
        }
    }
}

/// Values that a body writes: leaves of a JSON object, values of form fields.
fn written_values(body: &str) -> Vec<String> {
    let mut values = Vec::new();
    if let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(body) {
        for value in fields.values() {
            match value {
                serde_json::Value::String(text) => values.push(text.clone()),
                serde_json::Value::Number(number) => values.push(number.to_string()),
                _ => {}
            }
        }
    } else {
        values.extend(body.split('&').filter_map(|pair| Some(pair.split_once('=')?.1.to_owned())));
    }
    // A word as short as "1" or "on" stands everywhere.
    values.retain(|value| value.len() >= 2 && value != "on" && value != "off");
    values
}

/// The body with the old values of its fields; `None` if one of them is not known.
fn body_with(body: &str, old: impl Fn(&str) -> Option<String>) -> Option<String> {
    if let Ok(serde_json::Value::Object(mut fields)) = serde_json::from_str(body) {
        for (name, value) in &mut fields {
            let text = old(name)?;
            *value = match value {
                serde_json::Value::String(_) => serde_json::Value::String(text),
                _ => serde_json::from_str(&text).ok()?,
            };
        }
        return Some(serde_json::Value::Object(fields).to_string());
    }
    let pairs = body.split('&').map(|pair| {
        let (name, _) = pair.split_once('=')?;
        Some(format!("{name}={}", old(name)?))
    });
    Some(pairs.collect::<Option<Vec<String>>>()?.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_values_are_put_into_the_body() {
        let old = |name: &str| (name == "target").then(|| "42".to_owned());
        assert_eq!(body_with("{\"target\": 47}", old).as_deref(), Some("{\"target\":42}"));
        assert_eq!(body_with("target=47", old).as_deref(), Some("target=42"));
        assert_eq!(body_with("target=47&mode=eco", old), None);
        assert_eq!(written_values("target=47&on=1&mode=eco"), ["47", "eco"]);
        assert_eq!(written_values("{\"target\":47,\"x\":true}"), ["47"]);
    }
}
