//! SPDX 2.2 and 2.3 as JSON, and what its tag-value form shares with it.

use std::collections::BTreeSet;

use super::json::{is_full, list, name_of, owned, text, unknown_version};
use super::{Component, Sbom};
use crate::complaints::Complaints;
use crate::node::{Content, Node};

/// Versions of SPDX 2 that are read.
pub(super) const VERSIONS: &[&str] = &["SPDX-2.2", "SPDX-2.3"];
/// How the versions are named in a complaint.
pub(super) const EXPECTED: &str = "SPDX-2.2 or SPDX-2.3";
/// Id of the document itself.
pub(super) const DOCUMENT: &str = "SPDXRef-DOCUMENT";

/// Purposes of packages that are no software.
const NO_SOFTWARE: &[&str] = &["DEVICE", "FILE", "ARCHIVE", "SOURCE"];

/// Values that say nothing.
pub(super) fn said(value: &str) -> Option<&str> {
    Some(value.trim()).filter(|value| !matches!(*value, "" | "NOASSERTION" | "NONE"))
}

/// A package of either form, before it is known which of them the document is of.
pub(super) struct Package {
    pub(super) id: Option<String>,
    pub(super) purpose: Option<String>,
    pub(super) component: Component,
}

/// Puts the bill together: what the document describes is its root where there is one of it.
pub(super) fn bill(
    format: String,
    made: Option<String>,
    packages: Vec<Package>,
    described: &BTreeSet<String>,
) -> Sbom {
    let is_described = |package: &Package| package.id.as_ref().is_some_and(|id| described.contains(id));
    let roots = packages.iter().filter(|package| is_described(package)).count();
    let mut sbom = Sbom { format, made, root: None, components: Vec::new() };
    for mut package in packages {
        if roots == 1 && is_described(&package) && sbom.root.is_none() {
            sbom.root = Some(package.component);
            continue;
        }
        let purpose = package.purpose.as_deref().unwrap_or_default().to_ascii_uppercase();
        package.component.counts = !NO_SOFTWARE.contains(&purpose.as_str());
        sbom.components.push(package.component);
    }
    sbom
}

pub(super) fn read(root: &Node, to: &mut Complaints) -> Option<Sbom> {
    let version = text(root, "spdxVersion").unwrap_or_default();
    if !VERSIONS.contains(&version) {
        let node = root.entry("spdxVersion").map_or(root, |entry| &entry.node);
        unknown_version(node, version, EXPECTED, to);
        return None;
    }
    let mut packages = Vec::new();
    for item in list(root, "packages", to) {
        if is_full(packages.len(), item, to) {
            break;
        }
        let Some(name) = name_of(item, "name", to) else { continue };
        let mut component = Component {
            name,
            group: None,
            version: text(item, "versionInfo").and_then(said).map(str::to_owned),
            purl: None,
            cpe: None,
            counts: true,
            part_of: None,
            at: item.entry("name").map_or(&item.at, |entry| &entry.node.at).clone(),
        };
        for reference in list(item, "externalRefs", to) {
            let locator = text(reference, "referenceLocator").and_then(said);
            external(&mut component, text(reference, "referenceType").unwrap_or_default(), locator);
        }
        packages.push(Package {
            id: owned(item, "SPDXID"),
            purpose: owned(item, "primaryPackagePurpose"),
            component,
        });
    }
    let about = root.entry("creationInfo").map(|entry| &entry.node);
    let made = about.and_then(|about| owned(about, "created"));
    Some(bill(format!("SPDX {}", &version[5..]), made, packages, &described(root, to)))
}

/// A reference of a package to a name of the outside.
pub(super) fn external(component: &mut Component, kind: &str, locator: Option<&str>) {
    let Some(locator) = locator else { return };
    // Types are names, or addresses that end in them.
    match kind.rsplit('/').next().unwrap_or(kind) {
        "purl" if component.purl.is_none() => component.purl = Some(locator.to_owned()),
        "cpe23Type" => component.cpe = Some(locator.to_owned()),
        "cpe22Type" if component.cpe.is_none() => component.cpe = Some(locator.to_owned()),
        _ => {}
    }
}

fn described(root: &Node, to: &mut Complaints) -> BTreeSet<String> {
    let mut ids: BTreeSet<String> = list(root, "documentDescribes", to)
        .iter()
        .filter_map(|item| match &item.content {
            Content::Text(id) => Some(id.clone()),
            _ => None,
        })
        .collect();
    for relation in list(root, "relationships", to) {
        let [from, kind, other] =
            ["spdxElementId", "relationshipType", "relatedSpdxElement"].map(|key| text(relation, key));
        match (from, kind, other) {
            (Some(DOCUMENT), Some("DESCRIBES"), Some(id))
            | (Some(id), Some("DESCRIBED_BY"), Some(DOCUMENT)) => {
                ids.insert(id.to_owned());
            }
            _ => {}
        }
    }
    ids
}
