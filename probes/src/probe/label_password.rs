//! Passwords on labels: whether they are the real ones, and facts on each and on each two of them. The
//! passwords themselves, and parts of them, stay in memory.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::label_facts::{self, PairFacts, PasswordFacts, PublicData};
use crate::login::{Credential, Door};
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::web_session::{Way, knock_patiently};

/// Samples that are looked at, at most.
const SAMPLES: usize = 64;

/// Parameters. The passwords are the credentials `label:SAMPLE` of the context.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// IXIT row id of the pre-installed mechanism.
    pub row: String,
    /// Where the value of the label is entered; none if no probe can enter it.
    #[serde(default)]
    pub login: Option<Way>,
    /// Rows whose user name goes with it, in order of preference.
    #[serde(default)]
    pub user_of: Vec<String>,
    /// Declared characters.
    #[serde(default)]
    pub alphabet: Option<String>,
    /// Model designation.
    #[serde(default)]
    pub model: Option<String>,
    /// The samples of the bench.
    #[serde(default)]
    pub samples: Vec<LabelledSample>,
}

/// What is public of a sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelledSample {
    /// Id.
    pub id: String,
    /// Address.
    pub address: IpAddr,
    /// Serial number.
    #[serde(default)]
    pub serial: Option<String>,
    /// MAC address.
    #[serde(default)]
    pub mac: Option<String>,
    /// Network name.
    #[serde(default)]
    pub ssid: Option<String>,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelPasswords {
    /// IXIT row id of the pre-installed mechanism.
    pub row: String,
    /// Labels, in the order of the bench.
    pub labels: Vec<Label>,
    /// Every two of them.
    pub pairs: Vec<Pair>,
}

/// The password on the label of one sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Sample.
    pub sample: String,
    /// Result of the login with it: `accepted`, `rejected` …; `None` if it was not tried.
    pub login: Option<String>,
    /// Result without a credential, which has to be refused for `login` to mean anything.
    pub negative_control: Option<String>,
    /// Facts on it.
    pub facts: PasswordFacts,
}

/// Two labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Sample.
    pub one: String,
    /// Another sample.
    pub other: String,
    /// Facts on the two.
    pub facts: PairFacts,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "label-password",
    version: 1,
    summary: "Tries the password of each label once and compares it with public data and other labels",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => {
                return trouble(format!("the parameters of label-password cannot be read: {error}"));
            }
        };
        let mut seen = LabelPasswords { row: params.row.clone(), ..LabelPasswords::default() };
        let mut gaps = Vec::new();
        let mut transcript = String::new();
        tokio::select! {
            () = walk(&params, &context, &mut seen, &mut gaps, &mut transcript) => {}
            () = context.cancel.cancelled() => gaps.push("stopped".to_owned()),
        }
        context.attach(transcript.as_bytes(), "txt");
        let tried = seen.labels.iter().filter(|label| label.login.is_some()).count() as u64;
        let settled = seen.labels.iter().filter(|label| label.login.as_deref() == Some("accepted")).count();
        let effort = Effort {
            attempted: params.samples.len() as u64,
            completed: settled as u64,
            what: format!(
                "{tried} logins with the password of a label, {} labels compared",
                seen.labels.len()
            ),
            gaps: gaps.clone(),
            ..Effort::default()
        };
        let outcome = if gaps.is_empty() { Outcome::Complete } else { Outcome::Partial };
        Findings {
            outcome,
            effort,
            trouble: (outcome != Outcome::Complete).then(|| gaps.join("; ")),
            data: serde_json::to_value(seen).expect("a result has string keys only"),
        }
    })
}

async fn walk(
    params: &Params,
    context: &ProbeContext,
    seen: &mut LabelPasswords,
    gaps: &mut Vec<String>,
    transcript: &mut String,
) {
    let user = params.user_of.iter().find_map(|row| context.credentials.get(row));
    let user = user.map(|(user, _)| user.as_str()).unwrap_or_default();
    let mut compared: Vec<(&LabelledSample, &str)> = Vec::new();
    for (n, sample) in params.samples.iter().take(SAMPLES).enumerate() {
        (context.progress)(n as u64, params.samples.len() as u64, "labels");
        let Some((_, password)) = context.credentials.get(&format!("label:{}", sample.id)) else {
            gaps.push(format!("no label_password for sample {} in the bench file", sample.id));
            continue;
        };
        let public = PublicData {
            serial: sample.serial.clone(),
            mac: sample.mac.clone(),
            ssid: sample.ssid.clone(),
            model: params.model.clone(),
        };
        let mut label = Label {
            sample: sample.id.clone(),
            login: None,
            negative_control: None,
            facts: label_facts::of(password, params.alphabet.as_deref(), &public),
        };
        if let Some(way) = &params.login {
            match entered(way, sample, user, password, context, transcript).await {
                Ok((control, result)) => {
                    label.negative_control = Some(control);
                    label.login = Some(result);
                }
                Err(error) => gaps.push(format!("{}: {error}", sample.id)),
            }
        }
        seen.pairs.extend(compared.iter().map(|(other, known)| Pair {
            one: other.id.clone(),
            other: sample.id.clone(),
            facts: label_facts::pair(known, password),
        }));
        compared.push((sample, password));
        seen.labels.push(label);
    }
    if params.login.is_none() {
        gaps.push("no login by which a probe can enter the value of the label".to_owned());
    }
}

/// Results without a credential and with that of the label.
async fn entered(
    way: &Way,
    sample: &LabelledSample,
    user: &str,
    password: &str,
    context: &ProbeContext,
    transcript: &mut String,
) -> Result<(String, String), String> {
    let (login, kind) =
        way.at(sample.address).ok_or_else(|| format!("this build knows no login of kind {:?}", way.kind))?;
    let mut door = Door::new(&context.dialer, &login, kind);
    let label = Credential { label: format!("<label of {}>", sample.id), user, password };
    let tried = async {
        let control = door.without_credential().await?.attempt.result;
        Ok((control, knock_patiently(&mut door, &label, way.lockout_seconds).await?))
    };
    let tried = tried.await.map_err(|error: crate::login::LoginTrouble| error.to_string());
    transcript.push_str(&door.transcript);
    tried
}
