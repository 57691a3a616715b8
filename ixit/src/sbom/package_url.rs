//! Package URLs, `pkg:type/namespace/name@version`.

use std::str::FromStr as _;

use packageurl::PackageUrl;

/// Longest that is looked at, in bytes.
const LONGEST: usize = 2048;

/// A package without its version, and the version.
pub(super) type Parsed = ((String, Option<String>, String), Option<String>);

/// `None` where it is no package URL.
pub(super) fn parse(text: &str) -> Option<Parsed> {
    if text.len() > LONGEST {
        return None;
    }
    let purl = PackageUrl::from_str(text).ok()?;
    let package = (purl.ty().to_owned(), purl.namespace().map(str::to_owned), purl.name().to_owned());
    Some((package, purl.version().map(str::to_owned)))
}
