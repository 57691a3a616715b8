//! CycloneDX as JSON.

use super::json::{is_full, list, name_of, owned, text, unknown_version};
use super::{Component, MOST_COMPONENTS, Sbom};
use crate::complaints::Complaints;
use crate::node::Node;

const VERSIONS: &[&str] = &["1.4", "1.5", "1.6", "1.7"];

/// Types of components that are software.
const SOFTWARE: &[&str] = &[
    "application",
    "framework",
    "library",
    "container",
    "platform",
    "operating-system",
    "device-driver",
    "firmware",
];

pub(super) fn read(root: &Node, to: &mut Complaints) -> Option<Sbom> {
    let form = text(root, "bomFormat").unwrap_or_default();
    let version = text(root, "specVersion").unwrap_or_default();
    if form != "CycloneDX" || !VERSIONS.contains(&version) {
        let node = root.entry("specVersion").map_or(root, |entry| &entry.node);
        unknown_version(node, &format!("{form} {version}"), "CycloneDX 1.4, 1.5, 1.6 or 1.7", to);
        return None;
    }
    let about = root.entry("metadata").map(|entry| &entry.node);
    let product = about.and_then(|about| about.entry("component")).map(|entry| &entry.node);
    let mut components = Vec::new();
    let of_product = product.and_then(|product| component(product, None, to));
    // What the product holds may stand inside it or beside it.
    if let Some(product) = product {
        walk(product, None, &mut components, to);
    }
    walk(root, None, &mut components, to);
    Some(Sbom {
        format: format!("CycloneDX {version}"),
        made: about.and_then(|about| owned(about, "timestamp")),
        root: of_product,
        components,
    })
}

/// Components of a list and what they hold. The depth is that of the parser.
fn walk(node: &Node, part_of: Option<usize>, into: &mut Vec<Component>, to: &mut Complaints) {
    for item in list(node, "components", to) {
        if into.len() >= MOST_COMPONENTS {
            is_full(into.len(), item, to);
            return;
        }
        let held_by = match component(item, part_of, to) {
            Some(component) => {
                into.push(component);
                Some(into.len() - 1)
            }
            None => part_of,
        };
        walk(item, held_by, into, to);
    }
}

fn component(node: &Node, part_of: Option<usize>, to: &mut Complaints) -> Option<Component> {
    let kind = text(node, "type");
    let excluded = text(node, "scope") == Some("excluded");
    Some(Component {
        name: name_of(node, "name", to)?,
        group: owned(node, "group"),
        version: owned(node, "version"),
        purl: owned(node, "purl"),
        cpe: owned(node, "cpe"),
        counts: !excluded && kind.is_none_or(|kind| SOFTWARE.contains(&kind)),
        part_of,
        at: node.entry("name").map_or(&node.at, |entry| &entry.node.at).clone(),
    })
}
