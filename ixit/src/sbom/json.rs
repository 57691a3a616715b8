//! Which of the JSON forms a bill has, and what all of them need.

use super::{MOST_COMPONENTS, Sbom, cyclonedx, spdx, spdx3};
use crate::complaints::{Complaints, excerpt};
use crate::node::{Content, Node};
use crate::parse;

pub(super) fn read(name: &str, bytes: &[u8], to: &mut Complaints) -> Option<Sbom> {
    let root = parse::json_document(name, bytes, to)?;
    if text(&root, "bomFormat").is_some() {
        return cyclonedx::read(&root, to);
    }
    if text(&root, "spdxVersion").is_some() {
        return spdx::read(&root, to);
    }
    if root.entry("@graph").is_some() {
        return spdx3::read(&root, to);
    }
    to.error(
        "sbom-not-understood",
        &root.at,
        "This JSON is no bill of materials that is read",
        Some("Expected: CycloneDX (`bomFormat`), SPDX 2 (`spdxVersion`) or SPDX 3 (`@graph`)".into()),
    );
    None
}

/// A version of the form that is not among those that are read.
pub(super) fn unknown_version(node: &Node, written: &str, read: &str, to: &mut Complaints) {
    to.error(
        "sbom-not-understood",
        &node.at,
        format!("This version of the form is not read: \"{}\"", excerpt(written)),
        Some(format!("Expected: {read}")),
    );
}

/// A text that is not blank.
pub(super) fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    match &node.entry(key)?.node.content {
        Content::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
        _ => None,
    }
}

pub(super) fn owned(node: &Node, key: &str) -> Option<String> {
    text(node, key).map(str::to_owned)
}

/// The items of a list; something else in its place is said.
pub(super) fn list<'n>(node: &'n Node, key: &str, to: &mut Complaints) -> &'n [Node] {
    match node.entry(key).map(|entry| &entry.node) {
        None => &[],
        Some(Node { content: Content::List(items), .. }) => items,
        Some(other) => {
            to.wrong_type(other, "a list in brackets");
            &[]
        }
    }
}

/// The name that every component has to have.
pub(super) fn name_of(node: &Node, key: &str, to: &mut Complaints) -> Option<String> {
    let name = owned(node, key);
    if name.is_none() {
        to.error(
            "sbom-not-understood",
            &node.at,
            format!("A component has no `{key}`"),
            Some("Name each component".into()),
        );
    }
    name
}

/// Whether no more components are taken; said once.
pub(super) fn is_full(taken: usize, node: &Node, to: &mut Complaints) -> bool {
    if taken == MOST_COMPONENTS {
        to.error(
            "sbom-not-understood",
            &node.at,
            format!("More than {MOST_COMPONENTS} components; the rest is not read"),
            Some("Hand in one bill a component, and name each in its row".into()),
        );
    }
    taken >= MOST_COMPONENTS
}
