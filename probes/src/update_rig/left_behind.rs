//! What was turned, taken and installed, and that everything is put back, however the probe ends.

use std::sync::Arc;
use std::time::Duration;

use crate::context::ProbeContext;

/// Puts the declared firmware back.
pub(super) const RESTORE: &str = "restore_software";

/// What is not as it was found.
pub(super) struct LeftBehind {
    context: Arc<ProbeContext>,
    /// Action that ends the outage under way.
    outage: Option<&'static str>,
    names: bool,
    firmware: bool,
}

impl LeftBehind {
    pub(super) fn nothing(context: Arc<ProbeContext>) -> Self {
        Self { context, outage: None, names: false, firmware: false }
    }

    /// The names of the peers are about to lead to the bench.
    pub(super) fn names(&mut self) {
        self.names = true;
    }

    /// Network or power is about to be taken; this action gives it back.
    pub(super) fn outage(&mut self, ended_by: &'static str) {
        self.outage = Some(ended_by);
    }

    /// It is there again.
    pub(super) fn outage_is_over(&mut self) {
        self.outage = None;
    }

    /// A package is about to be offered, or what was installed was put back.
    pub(super) fn firmware(&mut self, may_be_another: bool) {
        self.firmware = may_be_another;
    }

    /// Puts everything back within a time; what may be left is told.
    pub(super) async fn put_back(&mut self, time: Duration) -> Vec<String> {
        let until = tokio::time::Instant::now() + time;
        let mut left = Vec::new();
        for action in self.actions() {
            let why = match tokio::time::timeout_at(until, (self.context.act)(action)).await {
                Ok(Ok(true)) => None,
                // Names that the bench cannot turn were not turned.
                Ok(Ok(false)) if action == "names_to_peers" || action == "reconnect" => None,
                Ok(Ok(false)) => Some("the bench cannot do it".to_owned()),
                Ok(Err(error)) => Some(error),
                Err(_) => Some("it was not confirmed in time".to_owned()),
            };
            left.extend(why.map(|why| format!("{action} may still be to be done: {why}")));
        }
        (self.outage, self.names, self.firmware) = (None, false, false);
        left
    }

    fn actions(&self) -> Vec<&'static str> {
        let mut actions: Vec<&'static str> = self.outage.into_iter().collect();
        if self.names {
            actions.extend(["names_to_peers", "reconnect"]);
        }
        if self.firmware {
            actions.push(RESTORE);
        }
        actions
    }
}

impl Drop for LeftBehind {
    /// A probe that is dropped in the middle leaves nothing behind either.
    fn drop(&mut self) {
        let actions = self.actions();
        if let (false, Ok(runtime)) = (actions.is_empty(), tokio::runtime::Handle::try_current()) {
            let context = Arc::clone(&self.context);
            runtime.spawn(async move {
                for action in actions {
                    let _told_nobody = (context.act)(action).await;
                }
            });
        }
    }
}
