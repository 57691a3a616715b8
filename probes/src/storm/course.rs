//! The course of a storm: how it is before, the storm, and how it is after.

use std::time::{Duration, Instant};

use futures::future::join_all;
use futures::stream::{self, StreamExt};
use serde_json::Value;

use super::{Identity, Params, Quality, Storm, StormSeen};
use crate::context::ProbeContext;
use crate::dialer::DialError;
use crate::http::{self, HttpError, HttpRequest, HttpTarget, host_name};

/// Time for which the connections of a wave are held together.
const HOLD: Duration = Duration::from_millis(250);
/// Longest time to open one connection of the storm.
const OPENING: Duration = Duration::from_secs(2);
/// Longest time for all connections, and for all requests.
const LONGEST: Duration = Duration::from_secs(60);
/// Wait between two looks at a service that is not back.
const REST: Duration = Duration::from_millis(300);
/// Longest wait for one answer of the storm.
const STORM_PATIENCE: Duration = Duration::from_secs(5);

/// Everything that is asked in the course.
pub(super) struct Course<'p> {
    params: &'p Params,
    context: &'p ProbeContext,
    target: HttpTarget,
    request: HttpRequest,
    parallel: usize,
}

impl<'p> Course<'p> {
    pub(super) fn new(params: &'p Params, context: &'p ProbeContext) -> Self {
        let target = HttpTarget {
            address: params.address(params.port),
            tls: params.tls,
            host: host_name(params.address),
        };
        let parallel = (params.parallel as usize).clamp(1, 64).min(context.dialer.limits().parallel.max(1));
        Self { params, context, target, request: HttpRequest::get(&params.path), parallel }
    }

    /// Goes through it. The error says why it ended early.
    pub(super) async fn go(&self, seen: &mut StormSeen) -> Result<(), String> {
        let progress = |done: u64, what: &str| (self.context.progress)(done, 3, what);
        progress(0, "before the storm");
        let (before, _) = self.ask(self.params.questions).await;
        seen.before = before;
        if !seen.before.is_even() {
            return Err(format!("tcp/{} does not answer evenly before the storm", self.params.port));
        }
        seen.identity_before = self.identity().await;
        progress(1, "the storm");
        let mut storm = Storm { parallel: self.parallel as u32, ..Storm::default() };
        self.open(&mut storm).await;
        self.request(&mut storm, seen.before.status).await;
        seen.storm = Some(storm);
        progress(2, "after the storm");
        self.wait(seen).await;
        if seen.back_after.is_some() {
            seen.identity_after = self.identity().await;
        }
        progress(3, "after the storm");
        Ok(())
    }

    /// Connections that say nothing, wave by wave.
    async fn open(&self, storm: &mut Storm) {
        let started = Instant::now();
        while storm.connections < self.params.connections && started.elapsed() < LONGEST {
            let wave = (self.params.connections - storm.connections).min(self.parallel as u32);
            let opening = (0..wave).map(|_| self.context.dialer.connect_within(self.target.address, OPENING));
            let mut held = Vec::new();
            for opened in join_all(opening).await {
                match opened {
                    Ok(stream) => {
                        storm.connections += 1;
                        storm.opened += 1;
                        held.push(stream);
                    }
                    // Nothing was sent.
                    Err(DialError::OutOfScope(_) | DialError::Tester(_)) => {}
                    Err(_) => storm.connections += 1,
                }
            }
            tokio::time::sleep(HOLD).await;
            if held.is_empty() && storm.connections == 0 {
                break;
            }
        }
        storm.opening_seconds = started.elapsed().as_secs_f64();
    }

    /// Requests, as many at once as there may be.
    async fn request(&self, storm: &mut Storm, usual: Option<u16>) {
        let started = Instant::now();
        let sending = (0..self.params.requests).map(|_| async {
            if started.elapsed() >= LONGEST {
                return None;
            }
            Some(http::send(&self.context.dialer, &self.target, &self.request, STORM_PATIENCE).await)
        });
        let mut answers = stream::iter(sending).buffer_unordered(self.parallel);
        while let Some(answer) = answers.next().await {
            match answer {
                None | Some(Err(HttpError::Dial(DialError::OutOfScope(_) | DialError::Tester(_)))) => {}
                Some(Ok(answer)) if Some(answer.status) == usual => {
                    storm.requests += 1;
                    storm.served += 1;
                }
                Some(Ok(_)) => {
                    storm.requests += 1;
                    storm.other_status += 1;
                }
                Some(Err(_)) => storm.requests += 1,
            }
        }
        storm.request_seconds = started.elapsed().as_secs_f64();
    }

    /// Looks at the service until it answers as before, or its time is over.
    async fn wait(&self, seen: &mut StormSeen) {
        let started = Instant::now();
        loop {
            let looked = started.elapsed().as_secs_f64();
            // The last look begins within the time, and is finished whatever it takes.
            let (after, tester_failed) = self.ask(self.params.questions).await;
            seen.after = after;
            seen.tester_failed = tester_failed;
            if seen.after.is_as(&seen.before) {
                seen.back_after = Some((looked * 10.0).round() / 10.0);
                return;
            }
            if started.elapsed().as_secs_f64() >= self.params.recovery_seconds {
                return;
            }
            tokio::time::sleep(REST).await;
        }
    }

    /// Asks one request after the other until one has no answer. Also whether the tester's network failed.
    async fn ask(&self, questions: u32) -> (Quality, bool) {
        let mut quality = Quality::default();
        let (mut times, mut statuses) = (Vec::new(), Vec::new());
        for _ in 0..questions {
            quality.asked += 1;
            let patience = self.params.patience();
            match http::send(&self.context.dialer, &self.target, &self.request, patience).await {
                Ok(answer) => {
                    quality.answered += 1;
                    times.push(answer.seconds);
                    statuses.push(answer.status);
                }
                Err(error) => {
                    quality.silent = matches!(error, HttpError::Dial(DialError::Silent));
                    quality.trouble = Some(error.to_string());
                    let own = matches!(
                        error,
                        HttpError::Dial(DialError::OutOfScope(_) | DialError::Tester(_))
                            | HttpError::BadRequest(_)
                    );
                    return (quality, own);
                }
            }
        }
        quality.status =
            statuses.first().copied().filter(|first| statuses.iter().all(|status| status == first));
        times.sort_by(f64::total_cmp);
        quality.median = times.get(times.len() / 2).copied();
        (quality, false)
    }

    /// What the device tells of itself, where it is declared to.
    async fn identity(&self) -> Option<Identity> {
        let place = self.params.identity.as_ref()?;
        let target = HttpTarget {
            address: self.params.address(place.port),
            tls: place.tls,
            host: host_name(self.params.address),
        };
        let request = HttpRequest::get(&place.path).with("accept", "application/json");
        let answer =
            http::send(&self.context.dialer, &target, &request, self.params.patience()).await.ok()?;
        let Ok(Value::Object(object)) = serde_json::from_slice::<Value>(&answer.body) else { return None };
        let text = |key: &str| match object.get(key)? {
            Value::String(text) => Some(text.trim().chars().take(200).collect::<String>()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let told = Identity {
            model: text("model"),
            serial: text("serial"),
            firmware: text("firmware"),
            uptime: ["uptime", "uptime_seconds", "uptime_s"]
                .into_iter()
                .find_map(|key| object.get(key)?.as_f64())
                .filter(|uptime| *uptime >= 0.0),
        };
        let names_itself = told.model.is_some() || told.serial.is_some() || told.firmware.is_some();
        (names_itself || told.uptime.is_some()).then_some(told)
    }
}
