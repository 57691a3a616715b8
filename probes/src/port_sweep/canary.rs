//! Whether the device is well: a port known to be open is asked beside the sweep.

use std::time::{Duration, Instant};

use super::Sweep;
use super::asking::Answer;
use super::engine::ask_one;
use crate::context::ProbeContext;

/// After a long outage, what is closed is asked again later: services come up one after the other.
pub(super) const UNTIL_ALL_IS_UP: Duration = Duration::from_secs(15);
/// An outage that can be a restart.
const LONG_OUTAGE: Duration = Duration::from_secs(5);
/// Other open ports that are asked where the canary does not answer.
const OTHERS_AT_MOST: usize = 4;

impl Sweep {
    /// Three tries, each more patient. A single loss is no outage.
    pub(super) async fn canary_answers(&mut self, context: &ProbeContext) -> bool {
        let Some(port) = self.canary.port else { return true };
        self.canary.checks += 1;
        let short = self.timeout.min(Duration::from_millis(250));
        for wait in [short, self.timeout, self.timeout * 2] {
            if self.takes_a_connection(context, port, wait).await {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.canary.failures += 1;
        false
    }

    /// Waits until the canary, or another port found open, answers again; gives the time it took.
    pub(super) async fn wait_for_recovery(&mut self, context: &ProbeContext) -> Option<Duration> {
        let started = Instant::now();
        let mut pause = Duration::from_millis(100);
        loop {
            for port in self.open.clone().into_iter().take(OTHERS_AT_MOST).chain(self.canary.port) {
                if self.takes_a_connection(context, port, self.timeout * 2).await {
                    let outage = started.elapsed();
                    if self.canary.port != Some(port) {
                        let before = self.canary.port.replace(port).unwrap_or_default();
                        self.gaps.push(format!(
                            "port {before} stopped answering during the sweep, port {port} still did"
                        ));
                    }
                    if outage >= LONG_OUTAGE {
                        self.wait_until_all_is_up(context).await;
                        self.recovered = Some(Instant::now());
                    }
                    return Some(outage);
                }
            }
            let left = self.patience.recovery.saturating_sub(started.elapsed());
            if left.is_zero() || self.stop.now() {
                return None;
            }
            (context.progress)(0, 0, "Waiting for the device to answer again");
            // The last look comes at the very end of the time.
            tokio::time::sleep(pause.min(left).min(self.stop.left())).await;
            // In proportion to the outage: a guard that counts every knock is not kept awake.
            pause = (started.elapsed() / 4).clamp(Duration::from_millis(100), Duration::from_secs(30));
        }
    }

    /// A device that starts opens its services one after the other.
    async fn wait_until_all_is_up(&mut self, context: &ProbeContext) {
        let known: Vec<u16> = self.open.iter().copied().take(8).collect();
        let started = Instant::now();
        for port in known {
            while !self.takes_a_connection(context, port, self.timeout * 2).await {
                if started.elapsed() > UNTIL_ALL_IS_UP || self.stop.now() {
                    return;
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }

    async fn takes_a_connection(&mut self, context: &ProbeContext, port: u16, wait: Duration) -> bool {
        if let Some(rate) = self.pace.rate {
            tokio::time::sleep(Duration::from_secs_f64(1.0 / rate)).await;
        }
        self.connections += 1;
        let (_, answer) = ask_one(&context.dialer, self.at(port), wait).await;
        answer == Ok(Answer::Open)
    }
}
