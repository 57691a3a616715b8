//! Orders of the cloud and the priority of whoever stands before the device: an order counts once, none counts for a
//! moment after a local operation, and a stop is ended locally alone.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hyper::body::Incoming;
use hyper::{Request, StatusCode};
use serde::Deserialize;
use serde_json::json;

use crate::device::Device;
use crate::http::{self, Page};
use crate::input_checks;
use crate::state::Stage;

/// Time for which a local operation keeps orders of the cloud out. Short, so that a demonstration is short; declared as
/// it is.
pub(crate) const LOCAL_PRIORITY: Duration = Duration::from_secs(2);

/// What is wrong with orders; nothing in the sound device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderFlaws {
    /// Numbers are not compared.
    pub obeys_repeated: bool,
    /// The last one to order wins.
    pub overrides_local: bool,
    /// A stop is taken note of, and nothing happens.
    pub goes_on_after_stop: bool,
    /// The next order ends a stop.
    pub order_ends_stop: bool,
}

/// What was ordered so far.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    flaws: OrderFlaws,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Number of the last order.
    number: u64,
    stopped: bool,
    operated: Option<Instant>,
}

/// An order of the cloud.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    number: u64,
    target_celsius: Option<u8>,
    operation: Option<Operation>,
}

/// Operation that can be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Operation {
    /// Hot water when it is wanted.
    Ready,
    /// The burner stays off.
    Stopped,
}

impl Orders {
    pub(crate) fn new(flaws: OrderFlaws) -> Self {
        Self { flaws, kept: Mutex::default() }
    }

    /// Somebody operated the device here.
    pub(crate) fn operated(&self) {
        self.kept().operated = Some(Instant::now());
    }

    /// Somebody ordered an operation here.
    pub(crate) fn operate(&self, operation: Operation) {
        self.operated();
        self.kept().stopped = operation == Operation::Stopped;
    }

    /// As the status tells it.
    pub(crate) fn operation(&self) -> &'static str {
        if self.kept().stopped { "stopped" } else { "ready" }
    }

    /// Takes an order of the cloud, and gives the temperature that it wants. What does not fit is dropped.
    pub(crate) fn take(&self, body: &[u8]) -> Option<u8> {
        // A list of values in their order would be read as the fields too.
        if body.trim_ascii_start().first() != Some(&b'{') {
            return None;
        }
        let order: Order = serde_json::from_slice(body).ok()?;
        let flaws = self.flaws;
        let mut kept = self.kept();
        if order.number <= kept.number && !flaws.obeys_repeated {
            return None;
        }
        kept.number = kept.number.max(order.number);
        if order.operation == Some(Operation::Stopped) {
            // A stop is safe whoever operates the device.
            kept.stopped = !flaws.goes_on_after_stop;
            return None;
        }
        if flaws.order_ends_stop {
            kept.stopped = false;
        }
        let operated = kept.operated.is_some_and(|at| at.elapsed() < LOCAL_PRIORITY);
        // From afar nothing starts again what was stopped.
        order.target_celsius.filter(|_| !kept.stopped && (!operated || flaws.overrides_local))
    }

    /// What a reset leaves.
    pub(crate) fn begin_anew(&self) {
        *self.kept() = Kept::default();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // No code panics while it holds the lock half way through a change.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a program of the resident orders: to stop the heater, or to make it ready again.
pub(crate) async fn by_program(device: &Device, request: Request<Incoming>) -> Page {
    #[derive(Deserialize)]
    struct Wanted {
        operation: Operation,
    }
    let body = input_checks::body(device, request).await;
    let body = body.filter(|body| device.state.stage() == Stage::Initialized && body.first() == Some(&b'{'));
    let Some(wanted) = body.and_then(|body| serde_json::from_slice::<Wanted>(&body).ok()) else {
        let told = json!({ "error": "ready and stopped are possible" });
        return http::json(StatusCode::UNPROCESSABLE_ENTITY, &told);
    };
    device.state.orders.operate(wanted.operation);
    http::json(StatusCode::OK, &json!({ "operation": device.state.orders.operation() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(number: u64, celsius: u8) -> Vec<u8> {
        format!(r#"{{"number": {number}, "target_celsius": {celsius}}}"#).into_bytes()
    }

    const STOP: &[u8] = br#"{"number": 7, "operation": "stopped"}"#;

    #[test]
    fn an_order_counts_once() {
        let orders = Orders::default();
        assert_eq!(orders.take(&order(1, 47)), Some(47));
        assert_eq!(orders.take(&order(1, 47)), None);
        assert_eq!(orders.take(b"[9, 47, null]"), None);
        assert_eq!(orders.take(&order(2, 46)), Some(46));
        let careless = Orders::new(OrderFlaws { obeys_repeated: true, ..OrderFlaws::default() });
        assert_eq!([careless.take(&order(1, 47)), careless.take(&order(1, 47))], [Some(47), Some(47)]);
    }

    #[test]
    fn a_local_operation_keeps_orders_out() {
        let orders = Orders::default();
        orders.operated();
        assert_eq!(orders.take(&order(1, 47)), None);
        let careless = Orders::new(OrderFlaws { overrides_local: true, ..OrderFlaws::default() });
        careless.operated();
        assert_eq!(careless.take(&order(1, 47)), Some(47));
    }

    #[test]
    fn a_stop_is_ended_here_alone() {
        let orders = Orders::default();
        orders.operated();
        assert_eq!((orders.take(STOP), orders.operation()), (None, "stopped"));
        assert_eq!(
            (orders.take(br#"{"number": 8, "operation": "ready"}"#), orders.operation()),
            (None, "stopped")
        );
        assert_eq!((orders.take(&order(9, 47)), orders.operation()), (None, "stopped"));
        orders.operate(Operation::Ready);
        assert_eq!(orders.operation(), "ready");
        let flawed = |flaws| {
            let orders = Orders::new(flaws);
            orders.take(STOP);
            let at_first = orders.operation();
            orders.take(&order(8, 47));
            (at_first, orders.operation())
        };
        let goes_on = OrderFlaws { goes_on_after_stop: true, ..OrderFlaws::default() };
        assert_eq!(flawed(goes_on), ("ready", "ready"));
        let starts = OrderFlaws { order_ends_stop: true, ..OrderFlaws::default() };
        assert_eq!(flawed(starts), ("stopped", "ready"));
    }
}
