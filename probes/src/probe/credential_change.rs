//! Changes the value of a login through the declared function, looks which value works, and changes it back.
//!
//! The new value has the shape of the old one, so that it keeps the same rules, and is drawn anew. Whatever goes
//! wrong in between: the device is asked which value is in force, the old one is put back if that is possible,
//! and what could not be put back is said.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::login::{Credential, Door, Kind};
use crate::observation::{Effort, Outcome};
use crate::probe::http_login;
use crate::random_value;
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::web_session::{Sending, Session, Way, knock_patiently};

/// Parameters. The current value is the credential of the bench for the row of `login`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// The mechanism whose value is changed.
    pub login: Way,
    /// The login behind which the function lies: the same one, or another that shares the value.
    pub function_login: Way,
    /// The function.
    pub change: ChangeForm,
}

/// Where the new value is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeForm {
    /// Path.
    pub path: String,
    /// Field of the current value.
    #[serde(default)]
    pub current_field: Option<String>,
    /// Field of the new value.
    pub new_field: String,
    /// Field that repeats it.
    #[serde(default)]
    pub repeat_field: Option<String>,
    /// A JSON object, not a form.
    #[serde(default)]
    pub json: bool,
}

/// Result. Results of a try are `accepted`, `rejected`, `throttled`, `closed`, `no-answer`, `unclear`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeBehaviour {
    /// IXIT row id of the mechanism.
    pub row: String,
    /// IXIT row id of the mechanism behind which the function lies.
    pub through: String,
    /// The protected page without a credential.
    pub negative_control: String,
    /// The value of the bench before anything was changed.
    pub before: Option<String>,
    /// The change.
    pub change: Option<Changed>,
    /// The change back.
    pub back: Option<Changed>,
    /// Which value is in force at the end: `bench`, `new`, `both`, `neither`, `unknown`; empty if nothing was changed.
    pub in_force: String,
    /// The value of the bench is not in force any more.
    pub left_changed: bool,
    /// The bench had to reset and set up the sample to get its value back.
    pub restored_by_bench: bool,
}

/// One change and what works after it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// HTTP status of the answer of the function; `None` if none came.
    pub status: Option<u16>,
    /// The value before, at the mechanism.
    pub old: Option<String>,
    /// The value after, at the mechanism.
    pub new: Option<String>,
    /// The value before, at the login of the function.
    pub function_old: Option<String>,
    /// The value after, at the login of the function.
    pub function_new: Option<String>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "credential-change",
    version: 1,
    summary: "Changes the value of a login, tries the old and the new one, and changes it back",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => {
                return trouble(format!("the parameters of credential-change cannot be read: {error}"));
            }
        };
        let (Some(login), Some(function)) =
            (params.login.at(params.address), params.function_login.at(params.address))
        else {
            return trouble(format!(
                "this build fills in no forms behind logins of kind {:?} and {:?}",
                params.login.kind, params.function_login.kind
            ));
        };
        let mut visit = Visit {
            context: &context,
            params: &params,
            own: Doorway { door: Door::new(&context.dialer, &login.0, login.1), way: &params.login },
            function: Doorway {
                door: Door::new(&context.dialer, &function.0, function.1),
                way: &params.function_login,
            },
            function_login: &function,
            seen: ChangeBehaviour {
                row: params.login.row.clone(),
                through: params.function_login.row.clone(),
                ..ChangeBehaviour::default()
            },
            tried: 0,
            gaps: Vec::new(),
            transcript: String::new(),
        };
        // A change that was begun is ended: stopping in between would lose the value of the bench. The walk is
        // bounded by the time of its requests, and the engine gives it up if it takes longer.
        let ended = visit.walk().await;
        visit.gaps.extend(ended.err());
        visit.finish()
    })
}

struct Doorway<'a> {
    door: Door<'a>,
    way: &'a Way,
}

impl Doorway<'_> {
    async fn knock(&mut self, label: &str, user: &str, password: &str) -> Result<String, String> {
        let credential = Credential { label: label.to_owned(), user, password };
        let lockout = self.way.lockout_seconds;
        knock_patiently(&mut self.door, &credential, lockout).await.map_err(|error| error.to_string())
    }
}

struct Visit<'a> {
    context: &'a ProbeContext,
    params: &'a Params,
    own: Doorway<'a>,
    function: Doorway<'a>,
    function_login: &'a (http_login::Params, Kind),
    seen: ChangeBehaviour,
    tried: u64,
    gaps: Vec<String>,
    transcript: String,
}

/// A value and the word that stands for it in everything written down.
#[derive(Clone, Copy)]
struct Named<'a> {
    word: &'static str,
    value: &'a str,
}

impl Visit<'_> {
    async fn walk(&mut self) -> Result<(), String> {
        let control = self.own.door.without_credential().await.map_err(|error| error.to_string())?;
        self.seen.negative_control = control.attempt.result;
        self.function.door.without_credential().await.map_err(|error| error.to_string())?;
        let Some((user, old)) = self.context.credentials.get(&self.params.login.row) else {
            self.gaps.push(format!("no credential for {} in the bench file", self.params.login.row));
            return Ok(());
        };
        if !self.context.agrees_to("change_credentials") {
            self.gaps
                .push("nothing was changed: the bench file does not agree to change_credentials".to_owned());
            return Ok(());
        }
        self.tried += 1;
        let before = self.own.knock("<bench value>", user, old).await?;
        let open = before == "accepted" && self.seen.negative_control == "rejected";
        self.seen.before = Some(before);
        if !open {
            self.gaps.push("the value of the bench does not work, so nothing was changed".to_owned());
            return Ok(());
        }
        if self.context.cancel.is_cancelled() {
            return Err("stopped before anything was changed".to_owned());
        }
        let new = random_value::like(old);
        if new == *old {
            self.gaps
                .push("the value of the bench holds no letter or digit that could be drawn anew".to_owned());
            return Ok(());
        }
        let bench = Named { word: "<bench value>", value: old };
        let drawn = Named { word: "<new value>", value: &new };
        let changed = self.change(user, bench, drawn).await;
        self.seen.change = Some(changed);
        let back = self.change(user, drawn, bench).await;
        self.seen.back = Some(back);
        self.settle(user, bench, drawn).await;
        Ok(())
    }

    /// Changes one value into another, and tries both. Wrong ones come first and right ones last, so that the
    /// failures count no longer.
    async fn change(&mut self, user: &str, from: Named<'_>, to: Named<'_>) -> Changed {
        self.tried += 1;
        let mut changed = Changed { status: self.send(user, from, to).await, ..Changed::default() };
        changed.old = self.try_own(user, from).await;
        changed.new = self.try_own(user, to).await;
        if self.params.login.row == self.params.function_login.row {
            changed.function_old.clone_from(&changed.old);
            changed.function_new.clone_from(&changed.new);
        } else {
            changed.function_old = self.try_function(user, from).await;
            changed.function_new = self.try_function(user, to).await;
        }
        changed
    }

    async fn send(&mut self, user: &str, from: Named<'_>, to: Named<'_>) -> Option<u16> {
        let (login, kind) = self.function_login;
        let credential = Credential { label: from.word.to_owned(), user, password: from.value };
        let mut session = Session::logged_in(&self.context.dialer, login, *kind, &credential).await.ok()?;
        let form = &self.params.change;
        let mut fields = vec![(form.new_field.as_str(), to.value)];
        fields.extend(form.current_field.iter().map(|field| (field.as_str(), from.value)));
        fields.extend(form.repeat_field.iter().map(|field| (field.as_str(), to.value)));
        let sending = Sending { path: &form.path, fields, json: form.json };
        // The form stands at its own address, or on the page behind the login.
        let pages = [login.protected.as_str(), form.path.as_str()];
        let answer = session.send(&format!("{} to {}", from.word, to.word), &pages, &sending).await;
        self.transcript.push_str(&session.transcript);
        answer.ok().map(|answer| answer.status)
    }

    async fn try_own(&mut self, user: &str, named: Named<'_>) -> Option<String> {
        self.tried += 1;
        self.own.knock(named.word, user, named.value).await.ok()
    }

    async fn try_function(&mut self, user: &str, named: Named<'_>) -> Option<String> {
        self.tried += 1;
        self.function.knock(named.word, user, named.value).await.ok()
    }

    /// Finds out which value is in force, and gets the one of the bench back.
    async fn settle(&mut self, user: &str, bench: Named<'_>, drawn: Named<'_>) {
        self.seen.in_force = self.in_force(user, bench, drawn).await;
        if self.seen.in_force == "new" {
            let again = self.send(user, drawn, bench).await;
            self.gaps.push(format!("the change back had to be repeated (status {again:?})"));
            self.seen.in_force = self.in_force(user, bench, drawn).await;
        }
        if matches!(self.seen.in_force.as_str(), "bench" | "both") {
            return;
        }
        for action in ["factory_reset", "onboard"] {
            if !matches!((self.context.act)(action).await, Ok(true)) {
                break;
            }
        }
        if matches!(self.in_force(user, bench, drawn).await.as_str(), "bench" | "both") {
            self.seen.restored_by_bench = true;
            return;
        }
        self.seen.left_changed = true;
        self.gaps.push(
            "the value of the bench does not work any more; reset the sample and set it up again".to_owned(),
        );
    }

    async fn in_force(&mut self, user: &str, bench: Named<'_>, drawn: Named<'_>) -> String {
        let new = self.try_own(user, drawn).await;
        let old = self.try_own(user, bench).await;
        let works = |result: &Option<String>| result.as_deref().map(|result| result == "accepted");
        match (works(&old), works(&new)) {
            (Some(true), Some(true)) => "both",
            (Some(true), _) => "bench",
            (_, Some(true)) => "new",
            (Some(false), Some(false)) => "neither",
            _ => "unknown",
        }
        .to_owned()
    }

    fn finish(self) -> Findings {
        let transcript =
            format!("{}\n{}\n{}", self.own.door.transcript, self.function.door.transcript, self.transcript);
        self.context.attach(transcript.as_bytes(), "txt");
        let done = self.seen.change.is_some() && self.seen.back.is_some() && !self.seen.left_changed;
        let outcome = if done { Outcome::Complete } else { Outcome::Partial };
        let effort = Effort {
            attempted: self.tried,
            completed: self.tried,
            what: format!("a change at {} and back, with logins around it", self.params.change.path),
            gaps: self.gaps.clone(),
            ..Effort::default()
        };
        Findings {
            outcome,
            effort,
            trouble: (!done).then(|| self.gaps.join("; ")),
            data: serde_json::to_value(self.seen).expect("a behaviour has string keys only"),
        }
    }
}
