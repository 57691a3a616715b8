//! Implementations of network and security functions are part of declared components, in one version (5.5-2).

use super::{declared, is_stated_empty};
use crate::check::Check;

const CODE: &str = "implementation-and-component-differ";
const UNIT: &str = "5.5-2-1:b";

pub(super) fn check(check: &mut Check<'_>) {
    let ixit = &check.declaration.ixit;
    let no_components = is_stated_empty(ixit, "soft_comp");
    for row in declared(ixit, "net_sec_impl") {
        if no_components {
            let message =
                format!("{} is an implementation, but there are said to be no software components", row.id);
            let help = "Declare the component in `soft_comp` and name it under `part_of`";
            check.finding(CODE, &row.at, Some(UNIT), message, help);
        }
        let Some(implementation) = &row.companions.implementation else { continue };
        let Some(version) = implementation.value.version.as_deref() else { continue };
        if let Some(other) = implementation.value.purl.as_deref().and_then(version_of_purl)
            && other != version
        {
            let message = format!("{} has version {version}, its package URL says {other}", row.id);
            check.finding(
                CODE,
                &implementation.at,
                Some(UNIT),
                message,
                "Give both the version in the firmware",
            );
        }
        let reviewed = row.companions.review.as_ref().filter(|review| review.value.done);
        if let Some(review) = reviewed
            && let Some(other) = review.value.version.as_deref()
            && other != version
        {
            let message = format!("{} has version {version}, the review was of {other}", row.id);
            let help = "A review of another version does not cover the one in the firmware; correct the version, or say what the review of this one was";
            check.finding(CODE, &review.at, Some(UNIT), message, help);
        }
    }
}

/// The version in a package URL: after `@`, before qualifiers and subpath.
fn version_of_purl(purl: &str) -> Option<&str> {
    let end = purl.find(['?', '#']).unwrap_or(purl.len());
    let (_, version) = purl[..end].rsplit_once('@')?;
    // A scope (`pkg:npm/@scope/name`) is no version.
    (!version.is_empty() && !version.contains('/')).then_some(version)
}
