//! What is done before the deletion: logins are held, values are planted and read back.

use std::fmt::Write as _;

use super::canary;
use super::course::{Course, Spot};
use super::visitors::{self, Opened, Visitor};
use super::{Datum, Held, Planted};
use crate::probe::access_control::visitor::{Session, percent};

impl Course<'_> {
    /// Logs in wherever the bench can, and sees what that opens.
    pub(super) async fn hold(&mut self) {
        let params = self.params;
        self.visitors.clear();
        self.seen.held.clear();
        for (place, mechanism) in params.mechanisms.iter().enumerate() {
            if !mechanism.is_web() || mechanism.label_with_user_of.is_some() {
                continue;
            }
            let (outcome, entered) = visitors::enter(&mut self.web, self.context, mechanism, "user").await;
            let mut held = Held {
                account: mechanism.row.clone(),
                outcome: outcome.to_owned(),
                ends: params.ends.contains(&mechanism.row),
                ..Held::default()
            };
            if let Some((account, session)) = entered {
                held.account.clone_from(&account);
                held.chosen = self.differs_from_label(&account);
                let mut visitor = Visitor { mechanism: place, account, session, opens: Vec::new() };
                self.see_what_opens(&mut visitor).await;
                held.works = !visitor.opens.is_empty();
                self.visitors.push(visitor);
            }
            self.seen.held.push(held);
        }
    }

    fn differs_from_label(&self, account: &str) -> Option<bool> {
        let credentials = &self.context.credentials;
        let (_, label) = credentials.get(&format!("label:{}", self.context.place.sample))?;
        let (_, own) = credentials.get(account)?;
        Some(own != label)
    }

    /// What this login opens and strangers do not get, of what is declared.
    async fn see_what_opens(&mut self, visitor: &mut Visitor) {
        let row = self.params.mechanisms[visitor.mechanism].row.clone();
        let label = format!("<user {}>", visitor.account);
        for spot in self.spots.clone() {
            if !spot.admits(&row) || visitor.opens.len() >= 3 || self.is_late() {
                continue;
            }
            let at = Opened { port: spot.port, tls: spot.tls, path: spot.path };
            if visitors::is_let_in(&mut self.web, &mut visitor.session, &label, &at).await == Some(true) {
                visitor.opens.push(at);
            }
        }
    }

    /// Gives the device a value for every datum, and reads it back.
    pub(super) async fn plant(&mut self) {
        let params = self.params;
        self.seen.planted.clear();
        for (place, datum) in params.deletes.iter().enumerate() {
            let planted = self.plant_one(place, datum).await;
            if !planted.note.is_empty() {
                self.gaps.push(format!("{}: {}", planted.data, planted.note));
            }
            self.seen.planted.push(planted);
        }
    }

    async fn plant_one(&mut self, place: usize, datum: &Datum) -> Planted {
        let mut planted = Planted {
            data: datum.data.clone(),
            target: datum.target.clone(),
            read: datum.read.clone(),
            ..Planted::default()
        };
        if self.is_late() {
            planted.note = "the time was over before it was planted".to_owned();
            return planted;
        }
        let mut session = match self.session_of(datum.who.as_deref()).await {
            Ok(session) => session,
            Err(why) => {
                planted.note = why;
                return planted;
            }
        };
        let at = (datum.port, datum.tls);
        let label = "<user plants>";
        // The page of the form gives its hidden fields, whichever of the two it is.
        if datum.target != datum.read && !datum.json {
            let _form = self.web.ask(label, &mut session, at, "GET", &datum.target, None).await;
        }
        let before = self.web.ask(label, &mut session, at, "GET", &datum.read, None).await;
        let before = before.map(|answer| answer.text()).unwrap_or_default();
        let present = canary::value_of(&before, &datum.field).unwrap_or_default();
        let drawn = canary::draw(&self.params.seed, &self.params.function, place, datum, &present);
        let Some(canary) = drawn else {
            planted.note =
                format!("a field of kind {} takes no value that could be told from a default", datum.kind);
            return planted;
        };
        let body = match datum.kind.as_str() {
            // A number is none in quotes.
            "integer" | "decimal" => {
                let with: Vec<String> = datum
                    .others
                    .iter()
                    .cloned()
                    .chain([format!("{}={}", datum.field, canary.value)])
                    .collect();
                body(datum.json, &with, &[])
            }
            _ => body(datum.json, &datum.others, &[(&datum.field, &canary.value)]),
        };
        let written = self.web.ask(label, &mut session, at, &datum.method, &datum.target, Some(&body)).await;
        planted.status = written.map(|answer| answer.status);
        let read = self.web.ask(label, &mut session, at, "GET", &datum.read, None).await;
        let text = read.map(|answer| answer.text()).unwrap_or_default();
        let shows = |text: &str| match canary.unmistakable {
            true => text.contains(&canary.value),
            false => canary::value_of(text, &datum.field).as_deref() == Some(&canary.value),
        };
        // A value left by an earlier run of the same seed is there before; written again it still serves.
        planted.shown = shows(&text) && (canary.unmistakable || !shows(&before));
        planted.unmistakable = canary.unmistakable;
        planted.value = canary.value;
        if !planted.shown {
            let status = planted.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
            planted.note =
                format!("written to {} ({status}), and not to be read at {}", datum.target, datum.read);
        }
        self.remember(&session);
        planted
    }

    /// A session by which somebody is let in: one that is held, else none for what is open.
    pub(super) async fn session_of(&mut self, who: Option<&str>) -> Result<Session, String> {
        let Some(who) = who else { return Ok(Session::default()) };
        let place = visitors::mechanism_of(self.params, who)
            .ok_or_else(|| format!("this build cannot log in through {who}"))?;
        let mechanism = &self.params.mechanisms[place];
        match visitors::enter(&mut self.web, self.context, mechanism, "user").await {
            (_, Some((_, session))) => Ok(session),
            ("no-credential", None) => Err(format!("no credential for {who} in the bench file")),
            (outcome, None) => Err(format!("the login through {who} did not succeed ({outcome})")),
        }
    }

    /// Takes in to which places the pages of the user lead.
    pub(super) fn remember(&mut self, session: &Session) {
        let ports: Vec<(u16, bool)> = self.spots.iter().map(|spot| (spot.port, spot.tls)).collect();
        for (port, tls) in ports {
            self.find_links(session, port, tls, Spot::beside);
        }
    }
}

/// A form or a JSON object of these fields. Others are `name=value`; numbers and truth values of them stay so in JSON.
pub(super) fn body(json: bool, others: &[String], fields: &[(&str, &str)]) -> String {
    let others = others.iter().map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    if json {
        let mut object = serde_json::Map::new();
        for (name, value) in others {
            let typed = serde_json::from_str::<serde_json::Value>(value).ok();
            let typed = typed.filter(|value| value.is_number() || value.is_boolean());
            object.insert(name.to_owned(), typed.unwrap_or_else(|| value.into()));
        }
        for (name, value) in fields {
            object.insert((*name).to_owned(), (*value).into());
        }
        return serde_json::Value::Object(object).to_string();
    }
    let mut text = String::new();
    for (name, value) in others.chain(fields.iter().copied()) {
        let joint = if text.is_empty() { "" } else { "&" };
        write!(text, "{joint}{}={}", percent(name), percent(value)).expect("a String takes any text");
    }
    text
}
