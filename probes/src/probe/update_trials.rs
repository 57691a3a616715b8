//! What the device does with update packages: authentic ones of its supplier, and bad ones that are made from them.
//! The bench stands in for the update server, or hands the packages in as the user does.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::probe::access_control::Mechanism;
use crate::probe::update_endurance::Stream;
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::world::lent_authority::Authority;
use crate::world::played_peer::PlayedPeer;
use course::{Course, Stop, Written};
use left_behind::{LeftBehind, RESTORE};
pub(crate) use program::Program;
use reading::Reader;
use server::Identities;
use settling::Pace;

#[path = "../update_rig/course.rs"]
mod course;
#[path = "../update_rig/freshness.rs"]
pub(crate) mod freshness;
#[path = "../update_rig/handing_in.rs"]
mod handing_in;
#[path = "../update_rig/left_behind.rs"]
mod left_behind;
#[path = "../update_rig/making.rs"]
mod making;
#[path = "../update_rig/offering.rs"]
mod offering;
#[path = "../update_rig/packages.rs"]
mod packages;
#[path = "../update_rig/program.rs"]
mod program;
#[path = "../update_rig/reading.rs"]
mod reading;
#[path = "../update_rig/server.rs"]
mod server;
#[path = "../update_rig/settling.rs"]
mod settling;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// IXIT row of the update mechanism.
    pub row: String,
    /// `pull` or `upload`.
    pub way: String,
    /// Name of the update server, for `pull`.
    #[serde(default)]
    pub host: Option<String>,
    /// The declared way to the update server is plain HTTP.
    #[serde(default)]
    pub plain: bool,
    /// Where the bench listens in place of the update server; `None` if it names no such place.
    #[serde(default)]
    pub listen: Option<SocketAddr>,
    /// Path of the list that names the newest version.
    #[serde(default)]
    pub manifest: Option<String>,
    /// Path of the image, `{version}` for its version.
    #[serde(default)]
    pub image: Option<String>,
    /// Where the signature is; `None` where the package has none.
    #[serde(default)]
    pub signature: Option<SignatureAt>,
    /// Key of the list that holds until when it is valid; `None` where none is declared. Of update-endurance alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_key: Option<String>,
    /// Declared primitives of the signature, e.g. `Ed25519`.
    #[serde(default)]
    pub primitives: Vec<String>,
    /// Where the package is handed in, for `upload`.
    #[serde(default)]
    pub upload: Option<UploadTo>,
    /// Ways to log in.
    #[serde(default)]
    pub mechanisms: Vec<Mechanism>,
    /// Longest time in seconds from the offer until the device runs the new version or has refused it.
    pub settles_seconds: f64,
    /// Longest wait in seconds for a device that is away.
    #[serde(default)]
    pub recovery_seconds: Option<f64>,
    /// Where the device tells its version; `None` where the declaration names no such place.
    #[serde(default)]
    pub identity: Option<IdentityAt>,
    /// `matrix`: compressed times of a simulated device.
    #[serde(default)]
    pub profile: Option<String>,
}

/// Where the signature of a package is: one of the three.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureAt {
    /// Key of the list, a JSON object, that holds it as hexadecimal digits or Base64.
    #[serde(default)]
    pub manifest_key: Option<String>,
    /// Path of a file beside the image, `{version}` for its version.
    #[serde(default)]
    pub beside: Option<String>,
    /// The last octets of the image.
    #[serde(default)]
    pub last_octets: Option<u32>,
}

/// Where the user hands a package to the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadTo {
    /// TCP port.
    pub port: u16,
    /// Inside TLS.
    pub tls: bool,
    /// Path.
    pub path: String,
    /// Method.
    pub method: String,
    /// Field of a `multipart/form-data` form; `None` where the image is the body.
    #[serde(default)]
    pub field: Option<String>,
    /// Row of the mechanism by which the user is logged in; `None` where nobody has to.
    #[serde(default)]
    pub who: Option<String>,
}

/// Where the device tells who it is, a JSON object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityAt {
    /// HTTP over TLS.
    pub tls: bool,
    /// TCP port.
    pub port: u16,
    /// Path.
    pub path: String,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UpdateFacts {
    /// IXIT row of the update mechanism.
    pub row: String,
    /// `pull` (the device fetches the package) or `upload` (it is handed in).
    pub way: String,
    /// Version that the device told before the first trial.
    pub version_before: Option<String>,
    /// What the device asked for when it was made to look for updates, or looked of itself, without repetitions.
    pub checked: Vec<CheckSeen>,
    /// The trials, in order; the authentic package, the positive control, is the last.
    pub trials: Vec<UpdateTrial>,
    /// What was left out.
    pub not_tried: Vec<NotTried>,
    /// The firmware of the beginning is on the device again; `None` where nothing had to be put back.
    pub restored: Option<bool>,
}

/// Something that the device asked for on its own account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckSeen {
    /// Path.
    pub path: String,
    /// Seconds from the moment at which it was made to look.
    pub after_seconds: f64,
    /// Asked over plain HTTP, not over TLS.
    pub plain: bool,
}

/// A package that was offered, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UpdateTrial {
    /// What is wrong with it.
    pub attack: Attack,
    /// What exactly, where there is more than one way, e.g. `signed by a key of the rig`, `over plain HTTP`.
    pub how: Option<String>,
    /// Version that it says it is.
    pub offered_version: Option<String>,
    /// What the device asked for, in order.
    pub asked: Vec<AskedFor>,
    /// All of the image went to the device: to the last octet that there was.
    pub fetched_whole: bool,
    /// Version that the device told when it had settled.
    pub version_after: Option<String>,
    /// The package was installed; `None` where it cannot be told.
    pub installed: Option<bool>,
    /// The device answers at the end, without help.
    pub alive: bool,
    /// Seconds from the offer until it answered again, where it was away.
    pub back_after_seconds: Option<f64>,
    /// What it said to the package, e.g. `status 422`; `None` where nothing was heard.
    pub refusal: Option<String>,
    /// `clear`; `not-asked` (the device took no notice of the offer); `unclear: ` with the reason.
    pub outcome: String,
}

/// A request of the device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AskedFor {
    /// Path.
    pub path: String,
    /// Over plain HTTP, not over TLS.
    pub plain: bool,
    /// Octets of the body that were sent.
    pub octets_sent: u64,
    /// The body was sent to its end.
    pub whole: bool,
}

/// A trial that was left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotTried {
    /// Which.
    pub attack: Attack,
    /// Why.
    pub why: String,
}

/// What is wrong with a package, or with the way on which it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attack {
    /// Nothing: the newer package of the supplier as it is. The positive control.
    Authentic,
    /// One bit of the image is another.
    AlteredImage,
    /// The list that names the newest version is another, and its signature is as it was.
    AlteredList,
    /// The signature is missing.
    Unsigned,
    /// A signature of the right length that is not the supplier's.
    OtherSignature,
    /// The authentic package of another model.
    OtherModel,
    /// The authentic package of an older version.
    Older,
    /// The image ends before its end.
    Truncated,
    /// The list of one version with the image of another, both authentic.
    Mixed,
    /// An image without an end.
    Endless,
    /// A list without an end.
    EndlessList,
    /// An authentic newer package whose list was valid once. Of update-endurance alone.
    Stale,
    /// The newer package as it is, to be had over plain HTTP alone.
    PlainHttp,
    /// The newer package as it is, at another place to which the device is sent.
    Redirected,
    /// The newer package as it is; the network fails while it is fetched.
    CutNetwork,
    /// The newer package as it is; the power fails while it is installed.
    CutPower,
}

impl Attack {
    /// Those of update-trials, in the order in which they are tried.
    pub const ALL: [Self; 14] = [
        Self::AlteredImage,
        Self::AlteredList,
        Self::Unsigned,
        Self::OtherSignature,
        Self::OtherModel,
        Self::Mixed,
        Self::Truncated,
        Self::Endless,
        Self::Older,
        Self::PlainHttp,
        Self::Redirected,
        Self::CutNetwork,
        Self::CutPower,
        Self::Authentic,
    ];

    /// As it is written in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authentic => "authentic",
            Self::AlteredImage => "altered-image",
            Self::AlteredList => "altered-list",
            Self::Unsigned => "unsigned",
            Self::OtherSignature => "other-signature",
            Self::OtherModel => "other-model",
            Self::Older => "older",
            Self::Truncated => "truncated",
            Self::Mixed => "mixed",
            Self::Endless => "endless",
            Self::EndlessList => "endless-list",
            Self::Stale => "stale",
            Self::PlainHttp => "plain-http",
            Self::Redirected => "redirected",
            Self::CutNetwork => "cut-network",
            Self::CutPower => "cut-power",
        }
    }

    /// Nobody may install it: it is not what the supplier made for this model.
    pub fn is_bad_package(self) -> bool {
        match self {
            Self::AlteredImage
            | Self::AlteredList
            | Self::Unsigned
            | Self::OtherSignature
            | Self::OtherModel
            | Self::Truncated
            | Self::Mixed
            | Self::Endless
            | Self::EndlessList => true,
            Self::Authentic
            | Self::Older
            | Self::Stale
            | Self::PlainHttp
            | Self::Redirected
            | Self::CutNetwork
            | Self::CutPower => false,
        }
    }
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "update-trials",
    version: 1,
    summary: "Offers update packages, authentic and bad, and reads which of them the device installs",
    observe,
};

/// Longest time to leave everything as it was found, after a stop.
const TIDY_UP: Duration = Duration::from_millis(1500);
/// The same where the probe itself ends.
const TIME_TO_PUT_BACK: Duration = Duration::from_secs(600);

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Ok(params) => match lacking(&params, &context) {
                Some(gap) => Played::left_out(&params, Program::Trials, gap).findings(),
                None => play(&params, &context, Program::Trials).await.findings(),
            },
            Err(error) => trouble(format!("the parameters of update-trials cannot be read: {error}")),
        }
    })
}

/// What the bench or the declaration would have to have for any trial.
pub(crate) fn lacking(params: &Params, context: &ProbeContext) -> Option<String> {
    let pulled = params.way == "pull";
    let consents: &[&str] = if pulled { &["install_updates", "play_peers"] } else { &["install_updates"] };
    if let Some(name) = consents.iter().find(|name| !context.agrees_to(name)) {
        return Some(format!("the bench does not agree to it: {name} under [consent] of the bench file"));
    }
    if !context.packages.iter().any(|package| package.mechanism == params.row) {
        return Some(format!(
            "the bench has no package of {}: [[update_package]] of the bench file",
            params.row
        ));
    }
    if params.identity.is_none() {
        return Some(
            "the declaration does not say where the device tells its version: [dut] identity".to_owned(),
        );
    }
    match params.way.as_str() {
        "pull" if params.host.is_none() => {
            Some("the declaration names no host of the update server: endpoint of the row".to_owned())
        }
        "pull" if params.listen.is_none() => Some(format!(
            "the bench names no address to listen at in place of {}, under [world] of the bench file",
            params.host.as_deref().unwrap_or_default()
        )),
        "pull" if !params.plain && context.authority.is_none() => Some(
            "the bench has no authority that the device trusts: [authority] of the bench file".to_owned(),
        ),
        "upload" if params.upload.is_none() => {
            Some("the declaration does not say where a package is handed in".to_owned())
        }
        "pull" | "upload" => None,
        other => Some(format!("packages do not come by {other}")),
    }
}

/// What came of a program, before it is made findings of.
pub(crate) struct Played {
    /// The trials.
    pub(crate) facts: UpdateFacts,
    /// The streams without an end.
    pub(crate) streams: Vec<Stream>,
    outcome: Outcome,
    effort: Effort,
    trouble: Option<String>,
}

/// Offers the packages of a program one after the other.
pub(crate) async fn play(params: &Params, context: &Arc<ProbeContext>, program: Program) -> Played {
    let (Some(identity), tls) = (&params.identity, identities(params, context)) else {
        return Played::left_out(params, program, "the device tells its version nowhere".to_owned());
    };
    let tls = match tls {
        Ok(tls) => tls,
        Err(why) => {
            return Played::left_out(params, program, format!("the lent authority cannot be used: {why}"));
        }
    };
    let pace = Pace::of(params);
    let reader = Reader::new(params.address, identity, pace.reading);
    let mut facts = UpdateFacts::nothing_of(params);
    let mut effort = Effort::default();
    let mut transcript = String::new();
    let mut streams = Vec::new();
    let mut left = LeftBehind::nothing(Arc::clone(context));
    let ended = {
        let written = Written {
            facts: &mut facts,
            streams: &mut streams,
            effort: &mut effort,
            transcript: &mut transcript,
        };
        let mut course = Course::new((params, program), context, written, &mut left, &reader, pace, tls);
        tokio::select! {
            biased;
            () = context.cancel.cancelled() => None,
            ended = course.go() => Some(ended),
        }
    };
    let time = if ended.is_none() { TIDY_UP } else { TIME_TO_PUT_BACK };
    let not_put_back = left.put_back(time).await;
    if not_put_back.iter().any(|left| left.starts_with(RESTORE)) {
        facts.restored = Some(false);
    }
    effort.gaps.extend(not_put_back);
    context.attach(transcript.as_bytes(), "txt");
    let (outcome, trouble) = match ended {
        Some(Err(Stop::Trouble(why))) => (Outcome::ToolTrouble, Some(why)),
        ended => {
            effort.gaps.extend(ended.is_none().then(|| "stopped".to_owned()));
            let outcome = if effort.gaps.is_empty() { Outcome::Complete } else { Outcome::Partial };
            (outcome, (!effort.gaps.is_empty()).then(|| effort.gaps.join("; ")))
        }
    };
    effort.what = tried(&facts);
    Played { facts, streams, outcome, effort, trouble }
}

/// Certificates of the update server that the bench plays; `None` where no TLS is needed.
fn identities(params: &Params, context: &ProbeContext) -> Result<Option<Identities>, String> {
    let (Some(lent), Some(host), Some(at)) = (&context.authority, &params.host, params.listen) else {
        return Ok(None);
    };
    let said = |error: crate::world::certificates::CertificateTrouble| error.to_string();
    let authority = Authority::read(lent).map_err(said)?;
    let server = |name: &str| {
        let made = authority.server(PlayedPeer::LentAuthority, name, &[]).map_err(said)?;
        made.ok_or_else(|| "it signs no certificate".to_owned())
    };
    Ok(Some(Identities { by_name: server(host)?, by_address: server(&at.ip().to_string())? }))
}

fn tried(facts: &UpdateFacts) -> String {
    let installed = facts.trials.iter().filter(|trial| trial.installed == Some(true)).count();
    let whole = facts.trials.iter().filter(|trial| trial.fetched_whole).count();
    format!(
        "{} update packages offered by {}, {whole} taken to the last octet, {installed} installed",
        facts.trials.len(),
        facts.way
    )
}

impl Played {
    /// Nothing was offered.
    pub(crate) fn left_out(params: &Params, program: Program, gap: String) -> Self {
        let why = |attack: &Attack| NotTried { attack: *attack, why: gap.clone() };
        let mut not_tried: Vec<NotTried> = program.attacks().iter().map(why).collect();
        not_tried.dedup();
        Self {
            facts: UpdateFacts { not_tried, ..UpdateFacts::nothing_of(params) },
            streams: Vec::new(),
            outcome: Outcome::Partial,
            effort: Effort { gaps: vec![gap.clone()], ..Effort::default() },
            trouble: Some(gap),
        }
    }

    fn findings(self) -> Findings {
        let data = serde_json::to_value(&self.facts).expect("string keys only");
        self.findings_with(data)
    }

    /// Findings with these data.
    pub(crate) fn findings_with(self, data: Value) -> Findings {
        Findings { outcome: self.outcome, effort: self.effort, trouble: self.trouble, data }
    }
}

impl UpdateFacts {
    fn nothing_of(params: &Params) -> Self {
        Self { row: params.row.clone(), way: params.way.clone(), ..Self::default() }
    }
}
