//! Which value works after the set-up: the one that the user chose, and no longer the pre-installed one.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::login::{Credential, Door, LoginTrouble};
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::web_session::{Way, knock_patiently};

/// Parameters. The chosen value is the credential of the bench for the row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// The mechanism whose value the user chose.
    pub login: Way,
    /// IXIT row id of the pre-installed mechanism that opened the set-up.
    #[serde(default)]
    pub opened_by: Option<String>,
}

/// Result. Results of a try are `accepted`, `rejected`, `throttled`, `closed`, `no-answer`, `unclear`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenCredential {
    /// IXIT row id of the mechanism.
    pub row: String,
    /// IXIT row id of the pre-installed mechanism.
    pub opened_by: Option<String>,
    /// The protected page without a credential.
    pub negative_control: String,
    /// With the chosen value; `None` if the lab gave none.
    pub chosen: Option<String>,
    /// With the pre-installed value; `None` if there is none, or the lab gave none.
    pub pre_installed: Option<String>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "chosen-credential",
    version: 1,
    summary: "Tries the chosen and the pre-installed value at a login after the set-up",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => {
                return trouble(format!("the parameters of chosen-credential cannot be read: {error}"));
            }
        };
        let Some((login, kind)) = params.login.at(params.address) else {
            return trouble(format!("this build knows no login of kind {:?}", params.login.kind));
        };
        let mut seen = ChosenCredential {
            row: params.login.row.clone(),
            opened_by: params.opened_by.clone(),
            ..ChosenCredential::default()
        };
        let mut gaps = Vec::new();
        let mut door = Door::new(&context.dialer, &login, kind);
        let ended = tokio::select! {
            ended = walk(&params, &context, &mut door, &mut seen, &mut gaps) => ended,
            () = context.cancel.cancelled() => {
                gaps.push("stopped".to_owned());
                Ok(())
            }
        };
        context.attach(door.transcript.as_bytes(), "txt");
        let outcome = match ended {
            Err(error) => {
                gaps.push(error.to_string());
                Outcome::ToolTrouble
            }
            Ok(()) if gaps.is_empty() => Outcome::Complete,
            Ok(()) => Outcome::Partial,
        };
        let tried = 1 + u64::from(seen.chosen.is_some()) + u64::from(seen.pre_installed.is_some());
        let effort = Effort {
            attempted: tried,
            completed: tried,
            what: format!("{} logins at {}", params.login.kind, params.login.path),
            gaps: gaps.clone(),
            ..Effort::default()
        };
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
    door: &mut Door<'_>,
    seen: &mut ChosenCredential,
    gaps: &mut Vec<String>,
) -> Result<(), LoginTrouble> {
    seen.negative_control = door.without_credential().await?.attempt.result;
    let Some((user, password)) = context.credentials.get(&params.login.row) else {
        gaps.push(format!("no credential for {} in the bench file", params.login.row));
        return Ok(());
    };
    let lockout = params.login.lockout_seconds;
    if params.opened_by.is_some() {
        let sample = &context.place.sample;
        match context.credentials.get(&format!("label:{sample}")) {
            None => gaps.push(format!("no label_password for sample {sample} in the bench file")),
            Some((_, label)) if label == password => {
                gaps.push("the bench names the pre-installed value as the chosen one".to_owned());
            }
            Some((_, label)) => {
                let label = Credential { label: "<label>".to_owned(), user, password: label };
                seen.pre_installed = Some(knock_patiently(door, &label, lockout).await?);
            }
        }
    }
    // Last, so that the wrong one counts no longer.
    let chosen = Credential { label: "<chosen>".to_owned(), user, password };
    seen.chosen = Some(knock_patiently(door, &chosen, lockout).await?);
    Ok(())
}
