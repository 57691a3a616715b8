//! In builds without the way, and on systems that it does not know.

use super::{SystemError, SystemInspection, SystemRequest, SystemScan, SystemTarget};

pub(super) async fn scan(_request: &SystemRequest) -> Result<SystemScan, SystemError> {
    Err(SystemError::NotBuilt)
}

pub(super) async fn inspect(
    _target: &SystemTarget,
    _request: &SystemRequest,
) -> Result<SystemInspection, SystemError> {
    Err(SystemError::NotBuilt)
}
