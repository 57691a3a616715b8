//! A bounded storm of requests to a web service, and how the service answers before and after it.
//!
//! Gentle as far as a storm can be: a few hundred connections and requests, so many at once as the bench allows and
//! never more than 64, no load beyond what a busy household could make. What happens meanwhile is not judged.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};
use course::Course;

#[path = "../storm/course.rs"]
mod course;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// IXIT row id of the service.
    pub row: String,
    /// TCP port.
    pub port: u16,
    /// HTTP over TLS.
    pub tls: bool,
    /// Path that everybody may ask for.
    pub path: String,
    /// Connections that are opened and say nothing.
    #[serde(default = "two_hundred")]
    pub connections: u32,
    /// Requests that follow.
    #[serde(default = "two_hundred")]
    pub requests: u32,
    /// Connections at once, at most; the limit of the bench holds besides.
    #[serde(default = "sixty_four")]
    pub parallel: u32,
    /// Requests one after the other, before and after, of which the median is taken.
    #[serde(default = "ten")]
    pub questions: u32,
    /// Seconds within which the service has to be back.
    #[serde(default = "a_minute")]
    pub recovery_seconds: f64,
    /// Where the device tells who it is; none: it is not compared.
    #[serde(default)]
    pub identity: Option<IdentityPlace>,
    /// `matrix`: a small storm on a simulated device.
    #[serde(default)]
    pub profile: Option<String>,
}

/// Where the device tells who it is, as a JSON object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityPlace {
    /// HTTP over TLS.
    pub tls: bool,
    /// TCP port.
    pub port: u16,
    /// Path.
    pub path: String,
}

fn two_hundred() -> u32 {
    200
}

fn sixty_four() -> u32 {
    64
}

fn ten() -> u32 {
    10
}

fn a_minute() -> f64 {
    60.0
}

/// A service is as fast as before where the median of its answers takes at most so many times as long.
pub const SLOWER_AT_MOST: f64 = 3.0;
/// Medians up to so many seconds are never slow: below it the network says more than the device.
pub const NEVER_SLOW: f64 = 0.5;

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StormSeen {
    /// As in the parameters.
    pub row: String,
    /// As in the parameters.
    pub port: u16,
    /// The bench agrees to it; else nothing was sent.
    pub agreed: bool,
    /// Answers before.
    pub before: Quality,
    /// What the device told of itself before; `None` where it tells nothing.
    pub identity_before: Option<Identity>,
    /// The storm; `None` where the service did not answer evenly before, so that nothing was sent.
    pub storm: Option<Storm>,
    /// Seconds from the end of the storm to the first of the answers that are as before; `None`: it is not back.
    pub back_after: Option<f64>,
    /// Seconds within which it had to be back.
    pub recovery_seconds: f64,
    /// The last answers after the storm.
    pub after: Quality,
    /// The tester's own network failed while the service was waited for.
    pub tester_failed: bool,
    /// What the device told of itself after; `None` where it tells nothing.
    pub identity_after: Option<Identity>,
    /// As in the parameters.
    pub profile: Option<String>,
}

/// How a service answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Requests, one after the other.
    pub asked: u32,
    /// Of them answered.
    pub answered: u32,
    /// Status, where all answers have the same.
    pub status: Option<u16>,
    /// Median of the seconds that an answer took, the opening of its connection included.
    pub median: Option<f64>,
    /// Why the last request without an answer had none.
    pub trouble: Option<String>,
    /// It was a connection that nothing answered and nothing refused, as where the tester alone is shut out.
    #[serde(default)]
    pub silent: bool,
}

/// What was done, and how it was taken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Storm {
    /// Connections tried.
    pub connections: u32,
    /// Of them opened.
    pub opened: u32,
    /// Seconds for all of them.
    pub opening_seconds: f64,
    /// Requests tried.
    pub requests: u32,
    /// Of them answered with the status from before.
    pub served: u32,
    /// Of them answered with another status.
    pub other_status: u32,
    /// Seconds for all of them.
    pub request_seconds: f64,
    /// At once, at most.
    pub parallel: u32,
}

/// What the device tells of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// Model.
    pub model: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Firmware version.
    pub firmware: Option<String>,
    /// Seconds since its start, where it tells them as `uptime`, `uptime_seconds` or `uptime_s`.
    pub uptime: Option<f64>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "storm",
    version: 1,
    summary: "Sends a bounded storm of connections and requests to a web service, and waits for it to answer as before",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Ok(params) => conduct(params, &context).await,
            Err(error) => trouble(format!("the parameters of storm cannot be read: {error}")),
        }
    })
}

async fn conduct(params: Params, context: &ProbeContext) -> Findings {
    let mut seen = StormSeen {
        row: params.row.clone(),
        port: params.port,
        agreed: context.agrees_to("hostile_input"),
        recovery_seconds: params.recovery_seconds,
        profile: params.profile.clone(),
        ..StormSeen::default()
    };
    let mut effort =
        Effort { attempted: u64::from(params.connections + params.requests), ..Effort::default() };
    effort.what = format!("no storm at tcp/{}", params.port);
    if !seen.agreed {
        let gap = "the bench does not agree to it: hostile_input under [consent] of the bench file";
        effort.gaps.push(gap.to_owned());
        return findings(Outcome::Partial, effort, Some(gap.to_owned()), &seen);
    }
    let course = Course::new(&params, context);
    let ended = tokio::select! {
        biased;
        () = context.cancel.cancelled() => Err("stopped".to_owned()),
        ended = course.go(&mut seen) => ended,
    };
    if let Some(storm) = &seen.storm {
        effort.completed = u64::from(storm.connections + storm.requests);
        effort.what = format!(
            "{} connections in {:.1} s and {} requests in {:.1} s to tcp/{}, at most {} at once",
            storm.connections,
            storm.opening_seconds,
            storm.requests,
            storm.request_seconds,
            params.port,
            storm.parallel,
        );
    }
    match ended {
        Ok(()) => findings(Outcome::Complete, effort, None, &seen),
        Err(why) => {
            effort.gaps.push(why.clone());
            findings(Outcome::Partial, effort, Some(why), &seen)
        }
    }
}

fn findings(outcome: Outcome, effort: Effort, trouble: Option<String>, seen: &StormSeen) -> Findings {
    let data = serde_json::to_value(seen).expect("the result has string keys only");
    Findings { outcome, effort, trouble, data }
}

impl Params {
    fn address(&self, port: u16) -> SocketAddr {
        SocketAddr::new(self.address, port)
    }

    /// Longest wait for one answer.
    fn patience(&self) -> Duration {
        Duration::from_secs(5)
    }
}

impl Quality {
    /// Every request was answered, each with the same status.
    pub fn is_even(&self) -> bool {
        self.asked > 0 && self.answered == self.asked && self.status.is_some()
    }

    /// Every request was answered as before, and not much slower.
    pub fn is_as(&self, before: &Self) -> bool {
        let fast = |before: f64, now: f64| now <= (before * SLOWER_AT_MOST).max(NEVER_SLOW);
        self.is_even()
            && self.status == before.status
            && before.median.zip(self.median).is_some_and(|(before, now)| fast(before, now))
    }
}

#[cfg(test)]
#[path = "../storm/tests.rs"]
mod tests;
