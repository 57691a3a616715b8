//! What was taken from the device, and that it is given back.

use std::sync::Arc;
use std::time::Duration;

use crate::context::ProbeContext;

/// What was taken away and has to be given back, however the probe ends.
pub(super) struct Taken {
    pub(super) context: Arc<ProbeContext>,
    pub(super) action: String,
    pub(super) taken: bool,
}

impl Taken {
    pub(super) async fn give_back(&mut self) -> Result<bool, String> {
        let given = (self.context.act)(&self.action).await?;
        self.taken &= !given;
        Ok(given)
    }

    /// Gives it back if that is still to be done; says what may be left.
    pub(super) async fn tidy_up(&mut self, time: Duration) -> Option<String> {
        if !self.taken {
            return None;
        }
        let why = match tokio::time::timeout(time, self.give_back()).await {
            Ok(Ok(true)) => return None,
            Ok(Ok(false)) => "the bench cannot do it".to_owned(),
            Ok(Err(error)) => error,
            Err(_) => "it was not confirmed in time".to_owned(),
        };
        Some(format!("{} may still be to be done: {why}", self.action))
    }
}

impl Drop for Taken {
    /// A probe that is dropped in the middle leaves nothing behind either.
    fn drop(&mut self) {
        if let (true, Ok(runtime)) = (self.taken, tokio::runtime::Handle::try_current()) {
            let (context, action) = (Arc::clone(&self.context), self.action.clone());
            runtime.spawn(async move { (context.act)(&action).await });
        }
    }
}
