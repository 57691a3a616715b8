//! Whether a device as delivered insists on a value that the user chooses: what opens before it was chosen,
//! and which values the set-up takes.

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

/// Parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// The mechanism whose value the user chooses.
    pub login: Way,
    /// IXIT row id of the pre-installed mechanism that opens the set-up; none where the set-up is open.
    #[serde(default)]
    pub opened_by: Option<String>,
    /// Login with the pre-installed value; its protected page is the page of the set-up.
    #[serde(default)]
    pub opener: Option<Way>,
    /// The set-up.
    pub set_up: SetUpForm,
    /// The pre-installed value itself is declared to be refused.
    #[serde(default)]
    pub refuses_pre_installed: bool,
}

/// Where the chosen value is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUpForm {
    /// Path.
    pub path: String,
    /// Field of the value.
    pub password_field: String,
    /// Field that repeats it.
    #[serde(default)]
    pub repeat_field: Option<String>,
    /// A JSON object, not a form.
    #[serde(default)]
    pub json: bool,
    /// Declared least length in characters.
    #[serde(default)]
    pub least_length: Option<u32>,
}

/// Result. Results of a try are `accepted`, `rejected`, `throttled`, `closed`, `no-answer`, `unclear`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUpBehaviour {
    /// IXIT row id of the mechanism.
    pub row: String,
    /// IXIT row id of the pre-installed mechanism.
    pub opened_by: Option<String>,
    /// The protected page without a credential.
    pub negative_control: String,
    /// The protected page with an empty password.
    pub with_empty_password: Option<String>,
    /// The page of the set-up with the pre-installed value, or without one where it is open.
    pub set_up_opens: Option<String>,
    /// The protected page with the pre-installed value before another was chosen.
    pub with_pre_installed: Option<String>,
    /// Values that the set-up was given.
    pub tries: Vec<SetUpTry>,
    /// A value was taken and the bench did not bring the sample back: it is set up with that value.
    pub left_changed: bool,
}

/// A value that the set-up was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUpTry {
    /// `empty`, `short`, `pre-installed`.
    pub value: String,
    /// Its length in characters.
    pub length: u32,
    /// HTTP status of the answer; `None` if none came.
    pub status: Option<u16>,
    /// Whether the set-up took it; `None` if that could not be told.
    pub taken: Option<bool>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "password-setup",
    version: 1,
    summary: "Tries to use a device as delivered without choosing a password, and offers weak ones to its set-up",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => {
                return trouble(format!("the parameters of password-setup cannot be read: {error}"));
            }
        };
        let Some((login, kind)) = params.login.at(params.address) else {
            return trouble(format!("this build knows no login of kind {:?}", params.login.kind));
        };
        let opener = params.opener.as_ref().and_then(|opener| opener.at(params.address));
        let mut visit = Visit {
            context: &context,
            params: &params,
            login: &login,
            kind,
            opener: opener.as_ref(),
            seen: SetUpBehaviour {
                row: params.login.row.clone(),
                opened_by: params.opened_by.clone(),
                ..SetUpBehaviour::default()
            },
            tried: 0,
            gaps: Vec::new(),
            transcript: String::new(),
        };
        let ended = tokio::select! {
            ended = visit.walk() => ended,
            () = context.cancel.cancelled() => Err("stopped; the sample may have been set up".to_owned()),
        };
        visit.gaps.extend(ended.err());
        visit.finish()
    })
}

struct Visit<'a> {
    context: &'a ProbeContext,
    params: &'a Params,
    login: &'a http_login::Params,
    kind: Kind,
    opener: Option<&'a (http_login::Params, Kind)>,
    seen: SetUpBehaviour,
    tried: u64,
    gaps: Vec<String>,
    transcript: String,
}

impl Visit<'_> {
    async fn walk(&mut self) -> Result<(), String> {
        let place = &self.context.place;
        let label = self.context.credentials.get(&format!("label:{}", place.sample)).cloned();
        let user = self.context.credentials.get(&self.params.login.row).map(|(user, _)| user.clone());
        let user = user.unwrap_or_default();
        let label = label.map(|(_, password)| password);
        if self.params.opened_by.is_some() {
            if label.is_none() {
                self.gaps.push(format!(
                    "no label_password for sample {} in the bench file, so the set-up was not opened",
                    place.sample
                ));
            }
            if self.opener.is_none() {
                self.gaps.push("no web login leads to the set-up by the declaration".to_owned());
            }
        }
        let pre_installed = label.as_deref().map(|password| credential("<label>", &user, password));
        self.before_choice(&user, pre_installed.as_ref()).await?;
        if !self.gaps.is_empty() {
            return Ok(());
        }
        if !self.context.agrees_to("change_state") {
            self.gaps.push(
                "no value was offered to the set-up: the bench file does not agree to change_state"
                    .to_owned(),
            );
            return Ok(());
        }
        self.offer("empty", "", &user, pre_installed.as_ref()).await?;
        if let Some(least) = self.params.set_up.least_length.filter(|least| (2..=128).contains(least)) {
            let short = random_value::of_length(least as usize - 1);
            self.offer("short", &short, &user, pre_installed.as_ref()).await?;
        }
        if let Some(label) = label.as_deref().filter(|_| self.params.refuses_pre_installed) {
            self.offer("pre-installed", label, &user, pre_installed.as_ref()).await?;
        }
        Ok(())
    }

    /// What opens while nobody has chosen a value.
    async fn before_choice(
        &mut self,
        user: &str,
        pre_installed: Option<&Credential<'_>>,
    ) -> Result<(), String> {
        let mut door = Door::new(&self.context.dialer, self.login, self.kind);
        self.tried += 1;
        self.seen.negative_control =
            door.without_credential().await.map_err(|error| error.to_string())?.attempt.result;
        let lockout = self.params.login.lockout_seconds;
        self.tried += 1;
        let empty = credential("<empty>", user, "");
        let result = knock_patiently(&mut door, &empty, lockout).await;
        self.seen.with_empty_password = Some(result.map_err(|error| error.to_string())?);
        if let (Some(pre_installed), Some(_)) = (pre_installed, self.opener) {
            self.tried += 1;
            let result = knock_patiently(&mut door, pre_installed, lockout).await;
            self.seen.with_pre_installed = Some(result.map_err(|error| error.to_string())?);
        }
        self.transcript.push_str(&door.transcript);
        self.seen.set_up_opens = self.set_up_opens(pre_installed).await?;
        if self.seen.set_up_opens.as_deref() != Some("accepted") && self.gaps.is_empty() {
            self.gaps.push("the page of the set-up did not open".to_owned());
        }
        Ok(())
    }

    /// Whether the set-up is still to be done; `None` where there is no way to its page.
    async fn set_up_opens(
        &mut self,
        pre_installed: Option<&Credential<'_>>,
    ) -> Result<Option<String>, String> {
        self.tried += 1;
        if self.params.opened_by.is_none() {
            let mut session = Session::stranger(&self.context.dialer, self.login);
            let page = session.open("no credential", &self.params.set_up.path).await;
            self.transcript.push_str(&session.transcript);
            let opens = match page?.status {
                200..=299 => "accepted",
                300..=499 => "rejected",
                _ => "unclear",
            };
            return Ok(Some(opens.to_owned()));
        }
        let (Some((opener, kind)), Some(pre_installed)) = (self.opener, pre_installed) else {
            return Ok(None);
        };
        let mut door = Door::new(&self.context.dialer, opener, *kind);
        // Shows the door how strangers are refused: the page of the set-up holds a password field itself.
        door.without_credential().await.map_err(|error| error.to_string())?;
        let lockout = self.params.login.lockout_seconds;
        let result = knock_patiently(&mut door, pre_installed, lockout).await;
        self.transcript.push_str(&door.transcript);
        Ok(Some(result.map_err(|error| error.to_string())?))
    }

    /// Offers a value to the set-up. One that was taken has set the sample up, and is taken back.
    async fn offer(
        &mut self,
        name: &str,
        value: &str,
        user: &str,
        pre_installed: Option<&Credential<'_>>,
    ) -> Result<(), String> {
        if self.seen.left_changed {
            return Ok(());
        }
        self.tried += 1;
        let form = &self.params.set_up;
        let mut fields = vec![(form.password_field.as_str(), value)];
        fields.extend(form.repeat_field.iter().map(|field| (field.as_str(), value)));
        let sending = Sending { path: &form.path, fields, json: form.json };
        let mut session = match (self.opener, pre_installed) {
            (Some((opener, kind)), Some(pre_installed)) => {
                Session::logged_in(&self.context.dialer, opener, *kind, pre_installed).await?
            }
            _ => Session::stranger(&self.context.dialer, self.login),
        };
        let answer = session.send(&format!("<{name} value>"), &[&form.path], &sending).await;
        self.transcript.push_str(&session.transcript);
        let taken = self.taken(value, user, pre_installed).await?;
        self.seen.tries.push(SetUpTry {
            value: name.to_owned(),
            length: u32::try_from(value.chars().count()).unwrap_or(u32::MAX),
            status: answer.as_ref().ok().map(|answer| answer.status),
            taken,
        });
        if taken != Some(false) {
            self.take_back(pre_installed).await?;
        }
        Ok(())
    }

    async fn taken(
        &mut self,
        value: &str,
        user: &str,
        pre_installed: Option<&Credential<'_>>,
    ) -> Result<Option<bool>, String> {
        // The label as chosen value opens the same pages as before the set-up, except for the set-up itself.
        if self.set_up_opens(pre_installed).await?.as_deref() == Some("accepted") {
            return Ok(Some(false));
        }
        let mut door = Door::new(&self.context.dialer, self.login, self.kind);
        door.without_credential().await.map_err(|error| error.to_string())?;
        let offered = credential("<offered value>", user, value);
        let result = knock_patiently(&mut door, &offered, self.params.login.lockout_seconds).await;
        self.transcript.push_str(&door.transcript);
        Ok((result.map_err(|error| error.to_string())? == "accepted").then_some(true))
    }

    async fn take_back(&mut self, pre_installed: Option<&Credential<'_>>) -> Result<(), String> {
        let reset = (self.context.act)("factory_reset").await;
        let opens = match reset {
            Ok(true) => self.set_up_opens(pre_installed).await?.as_deref() == Some("accepted"),
            _ => false,
        };
        if !opens {
            self.seen.left_changed = true;
            self.gaps.push(
                "the sample is set up now and was not brought back; reset it to factory default".to_owned(),
            );
        }
        Ok(())
    }

    fn finish(self) -> Findings {
        self.context.attach(self.transcript.as_bytes(), "txt");
        let unclear = self.seen.tries.iter().filter(|offered| offered.taken.is_none()).count() as u64;
        let outcome = if self.gaps.is_empty() && unclear == 0 { Outcome::Complete } else { Outcome::Partial };
        let effort = Effort {
            attempted: self.tried,
            completed: self.tried.saturating_sub(unclear),
            what: format!(
                "{} before a value was chosen, and {} values offered at {}",
                self.params.login.protected,
                self.seen.tries.len(),
                self.params.set_up.path
            ),
            gaps: self.gaps.clone(),
            ..Effort::default()
        };
        let why = if self.gaps.is_empty() {
            "whether the set-up took a value could not be told".to_owned()
        } else {
            self.gaps.join("; ")
        };
        Findings {
            outcome,
            effort,
            trouble: (outcome != Outcome::Complete).then_some(why),
            data: serde_json::to_value(self.seen).expect("a behaviour has string keys only"),
        }
    }
}

fn credential<'a>(label: &str, user: &'a str, password: &'a str) -> Credential<'a> {
    Credential { label: label.to_owned(), user, password }
}
