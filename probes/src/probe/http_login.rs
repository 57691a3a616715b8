//! How an HTTP login behaves: negative control, good, bad, and a bounded burst of wrong credentials.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::lockout;
use crate::login::{Credential, Door, Kind, LoginTrouble, Try, wrong_password};
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};

/// Parameters. The credential is taken from the context by `row`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// IXIT row id of the authentication mechanism; names the credential.
    pub row: String,
    /// TCP port.
    pub port: u16,
    /// HTTP over TLS.
    pub tls: bool,
    /// `basic`, `digest`, `form`, `bearer`.
    pub kind: String,
    /// Where the credential goes.
    pub path: String,
    /// Page that needs the login; the negative control.
    pub protected: String,
    /// Form or JSON field of the user name.
    #[serde(default)]
    pub user_field: Option<String>,
    /// Form or JSON field of the password.
    #[serde(default)]
    pub password_field: Option<String>,
    /// JSON field of the token.
    #[serde(default)]
    pub token_field: Option<String>,
    /// Wrong credentials to try at most in the burst; 0 for no burst.
    pub burst: u32,
    /// Declared length of the lock-out in seconds; recovery is awaited so long and a margin.
    #[serde(default)]
    pub lockout_seconds: Option<u32>,
    /// Common credentials to try once each: (user, password).
    #[serde(default)]
    pub common: Vec<(String, String)>,
}

/// Result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoginBehaviour {
    /// IXIT row id.
    pub row: String,
    /// The protected page without credentials: it must be refused, or nothing below means anything.
    pub negative_control: Attempt,
    /// With the good credential; `None` if the lab gave none.
    pub good: Option<Attempt>,
    /// The burst, in order. Wrong credentials only.
    pub burst: Vec<Attempt>,
    /// Number of wrong credentials after which the answers changed to a refusal to try (lock-out, 429, closed
    /// connection, sustained delay); `None` if they never did.
    pub locked_after: Option<u32>,
    /// While locked, the good credential was tried once: whether it was refused too.
    pub good_refused_while_locked: Option<bool>,
    /// Seconds until the good credential worked again; `None` if it did not within the wait, or was not tried.
    pub recovered_after_seconds: Option<f64>,
    /// Common credentials that were accepted: (user, password length), never the password itself.
    pub common_accepted: Vec<(String, u32)>,
    /// Common credentials tried.
    pub common_tried: u32,
    /// Median time of an answer to a wrong credential before the lock-out, in seconds.
    pub median_seconds: Option<f64>,
}

/// One try.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// Number in the transcript, from 1.
    pub n: u32,
    /// HTTP status; `None` if the connection failed.
    pub status: Option<u16>,
    /// Seconds until the answer.
    pub seconds: f64,
    /// `accepted`, `rejected`, `throttled`, `closed`, `no-answer`, `unclear`.
    pub result: String,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "http-login",
    version: 1,
    summary: "Logs in with good and bad credentials and measures the reaction to a bounded burst of wrong ones",
    observe,
};

/// Longest wait for the end of a lock-out, in seconds.
const LONGEST_WAIT: f64 = 1800.0;

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => return trouble(format!("the parameters of http-login cannot be read: {error}")),
        };
        let Some(kind) = Kind::named(&params.kind) else {
            return trouble(format!(
                "this build knows no login of kind {:?}; known are basic, digest, form, bearer",
                params.kind
            ));
        };
        let mut visit = Visit {
            door: Door::new(&context.dialer, &params, kind),
            params: &params,
            context: &context,
            gaps: Vec::new(),
            notes: Vec::new(),
            behaviour: None,
            tried: 0,
            refused: false,
        };
        // Stopping drops the request under way; what was learned until then is kept.
        let ended = tokio::select! {
            ended = visit.walk() => ended,
            () = context.cancel.cancelled() => Ok(()),
        };
        if context.cancel.is_cancelled() {
            visit.gaps.push("stopped; the device may still be locked".to_owned());
        }
        visit.finish(ended)
    })
}

/// The walk through one login, from the negative control to the device at rest again.
struct Visit<'a> {
    door: Door<'a>,
    params: &'a Params,
    context: &'a ProbeContext,
    /// Left out or failed: the outcome is partial.
    gaps: Vec<String>,
    /// About the device; the outcome stays complete.
    notes: Vec<String>,
    behaviour: Option<LoginBehaviour>,
    tried: u64,
    refused: bool,
}

impl Visit<'_> {
    async fn walk(&mut self) -> Result<(), LoginTrouble> {
        self.tried += 1;
        let control = self.door.without_credential().await?;
        let behaviour = self.behaviour.insert(LoginBehaviour {
            row: self.params.row.clone(),
            negative_control: control.attempt.clone(),
            good: None,
            burst: Vec::new(),
            locked_after: None,
            good_refused_while_locked: None,
            recovered_after_seconds: None,
            common_accepted: Vec::new(),
            common_tried: 0,
            median_seconds: None,
        });
        match behaviour.negative_control.result.as_str() {
            "rejected" => {}
            // An open page: nothing that a credential does there means anything.
            "accepted" => return Ok(()),
            other => {
                self.refused = matches!(other, "closed" | "no-answer");
                self.gaps.push(format!("the page without a credential gave no clear refusal ({other})"));
                return Ok(());
            }
        }
        let Some((user, password)) = self.context.credentials.get(&self.params.row) else {
            self.gaps.push(format!("no credential for {} in the bench file", self.params.row));
            return Ok(());
        };
        let good = Credential { label: "<good>".to_owned(), user, password };
        let first = self.knock(&good).await?;
        let accepted = first.attempt.result == "accepted";
        self.seen().good = Some(first.attempt);
        if !accepted {
            self.gaps.push("the good credential was not accepted, so nothing else was tried".to_owned());
            return Ok(());
        }
        if self.common(&good).await? && self.params.burst > 0 {
            self.burst(&good).await?;
        }
        Ok(())
    }

    /// Tries the common credentials, with the good one after every second, because most devices
    /// forget failures after a success. Whether the device is still open.
    async fn common(&mut self, good: &Credential<'_>) -> Result<bool, LoginTrouble> {
        for (n, (user, password)) in self.params.common.iter().enumerate() {
            if (user.as_str(), password.as_str()) != (good.user, good.password) {
                let label = format!("<common {}>", n + 1);
                let tried = self.knock(&Credential { label, user, password }).await?.attempt.result;
                self.seen().common_tried += 1;
                match tried.as_str() {
                    "accepted" => {
                        let length = u32::try_from(password.chars().count()).unwrap_or(u32::MAX);
                        self.seen().common_accepted.push((user.clone(), length));
                    }
                    "rejected" => {}
                    other => {
                        let left = self.params.common.len() - n - 1;
                        self.gaps
                            .push(format!("{left} common credentials left out: the device answered {other}"));
                        return Ok(self.wait_until_open(good).await?.is_some());
                    }
                }
            } else {
                // The lab itself chose a common one for the test: that says nothing about the device.
                self.notes.push(format!("common credential {} left out: the lab's own is the same", n + 1));
            }
            let last = n + 1 == self.params.common.len();
            if (n % 2 == 1 || last) && self.knock(good).await?.attempt.result != "accepted" {
                self.notes.push("the good credential was refused after common ones".to_owned());
                return Ok(self.wait_until_open(good).await?.is_some());
            }
        }
        Ok(true)
    }

    async fn burst(&mut self, good: &Credential<'_>) -> Result<(), LoginTrouble> {
        let mut tries: Vec<Try> = Vec::new();
        let mut locked_at = None;
        for n in 1..=self.params.burst {
            (self.context.progress)(u64::from(n), u64::from(self.params.burst), "wrong credentials");
            let password = wrong_password();
            let wrong = Credential { label: format!("<wrong {n}>"), user: good.user, password: &password };
            let tried = self.knock(&wrong).await?;
            self.seen().burst.push(tried.attempt.clone());
            tries.push(tried);
            if let Some(start) = lockout::onset(&tries) {
                locked_at.get_or_insert_with(Instant::now);
                if tries.len() - start >= lockout::SUSTAINED {
                    break;
                }
            } else {
                locked_at = None;
            }
        }
        let onset = lockout::onset(&tries);
        let before = &tries[..onset.unwrap_or(tries.len())];
        self.seen().median_seconds = lockout::median_seconds(before);
        self.seen().locked_after = onset.and_then(|start| u32::try_from(start).ok());

        // One good try: refused while locked, or proof that a device that did not lock is at rest.
        let answer = self.knock(good).await?.attempt.result;
        let refused = answer != "accepted";
        if onset.is_some() {
            self.seen().good_refused_while_locked = Some(refused);
        } else if refused {
            // The answers never changed, yet the good credential no longer works: a silent lock.
            self.seen().good_refused_while_locked = Some(true);
            self.seen().locked_after = u32::try_from(tries.len()).ok();
            self.notes.push(
                "the lock-out was seen only by the good credential; it may have begun earlier".to_owned(),
            );
        }
        if refused {
            let since = locked_at.unwrap_or_else(Instant::now);
            if self.wait_until_open(good).await?.is_some() {
                let seconds = (since.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
                self.seen().recovered_after_seconds = Some(seconds);
            }
        }
        Ok(())
    }

    /// Tries the good credential now and then until it works; `None` if it did not within the
    /// declared lock-out and a margin of 3 s.
    async fn wait_until_open(&mut self, good: &Credential<'_>) -> Result<Option<()>, LoginTrouble> {
        let declared = f64::from(self.params.lockout_seconds.unwrap_or(2)).min(LONGEST_WAIT);
        let until = Instant::now() + Duration::from_secs_f64(declared + 3.0);
        let pause = Duration::from_secs_f64((declared / 8.0).clamp(0.25, 10.0));
        while Instant::now() < until {
            tokio::time::sleep(pause).await;
            if self.knock(good).await?.attempt.result == "accepted" {
                return Ok(Some(()));
            }
        }
        self.notes.push(match self.params.lockout_seconds {
            Some(seconds) => format!("the good credential did not work again {seconds} s and 3 s later"),
            None => "no length of a lock-out is declared; the good credential did not work again within 5 s"
                .to_owned(),
        });
        Ok(None)
    }

    async fn knock(&mut self, credential: &Credential<'_>) -> Result<Try, LoginTrouble> {
        self.tried += 1;
        self.door.knock(credential).await
    }

    fn seen(&mut self) -> &mut LoginBehaviour {
        self.behaviour.as_mut().expect("the negative control comes first")
    }

    fn finish(self, ended: Result<(), LoginTrouble>) -> Findings {
        self.context.attach(self.door.transcript.as_bytes(), "txt");
        let outcome = match (&ended, &self.behaviour) {
            (Err(_), _) => Outcome::ToolTrouble,
            _ if self.refused => Outcome::Refused,
            (Ok(()), Some(_)) if self.gaps.is_empty() => Outcome::Complete,
            _ => Outcome::Partial,
        };
        let mut gaps = self.gaps;
        gaps.extend(self.notes);
        gaps.extend(ended.err().map(|error| error.to_string()));
        let trouble = (outcome != Outcome::Complete).then(|| gaps.join("; "));
        let unanswered = self.behaviour.iter().flat_map(|seen| {
            seen.burst.iter().chain(&seen.good).chain(std::iter::once(&seen.negative_control))
        });
        let unanswered = unanswered.filter(|attempt| attempt.result == "no-answer").count() as u64;
        let effort = Effort {
            attempted: self.tried,
            completed: self.tried.saturating_sub(unanswered),
            what: format!("{} logins at {}", self.params.kind, self.params.path),
            gaps,
            ..Effort::default()
        };
        let data = self
            .behaviour
            .map(|seen| serde_json::to_value(seen).expect("a behaviour has string keys only"))
            .unwrap_or_default();
        Findings { outcome, effort, trouble, data }
    }
}
