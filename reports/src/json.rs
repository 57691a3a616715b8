//! The assessment as it is, for programs.

use crate::{ReportError, ReportInput};

/// `hantei.assessment/1` with a line end. Language plays no part: texts are English, codes are stable.
///
/// # Errors
/// Never in practice; see [`ReportError`].
pub fn json(input: &ReportInput<'_>) -> Result<Vec<u8>, ReportError> {
    let mut bytes =
        serde_json::to_vec_pretty(input.assessment).map_err(|error| ReportError::Write(error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}
