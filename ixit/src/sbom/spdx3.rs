//! SPDX 3.0 as JSON-LD: a graph of elements, of which the packages are read.

use std::collections::BTreeSet;

use super::json::{is_full, list, name_of, owned, text, unknown_version};
use super::spdx::{Package, bill, said};
use super::{Component, Sbom};
use crate::complaints::Complaints;
use crate::node::{Content, Node};

pub(super) fn read(root: &Node, to: &mut Complaints) -> Option<Sbom> {
    let context = text(root, "@context").unwrap_or_default();
    let version = context.split("/rdf/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    if !context.contains("spdx.org") || !version.starts_with("3.0") {
        let node = root.entry("@context").map_or(root, |entry| &entry.node);
        unknown_version(node, context, "the context of SPDX 3.0", to);
        return None;
    }
    let graph = list(root, "@graph", to);
    let mut packages = Vec::new();
    let (mut bills, mut documents, mut made) = (BTreeSet::new(), BTreeSet::new(), None);
    for element in graph {
        match text(element, "type").or_else(|| text(element, "@type")).unwrap_or_default() {
            "software_Package" => {
                if is_full(packages.len(), element, to) {
                    break;
                }
                packages.extend(package(element, to));
            }
            "software_Sbom" => bills.extend(roots(element)),
            "SpdxDocument" => documents.extend(roots(element)),
            "CreationInfo" if made.is_none() => made = owned(element, "created"),
            _ => {}
        }
    }
    let described = if bills.is_empty() { documents } else { bills };
    Some(bill(format!("SPDX {version}"), made, packages, &described))
}

fn roots(element: &Node) -> Vec<String> {
    let texts = |node: &Node| match &node.content {
        Content::Text(id) => Some(id.clone()),
        _ => None,
    };
    match element.entry("rootElement").map(|entry| &entry.node) {
        Some(Node { content: Content::List(items), .. }) => items.iter().filter_map(texts).collect(),
        Some(one) => texts(one).into_iter().collect(),
        None => Vec::new(),
    }
}

fn package(element: &Node, to: &mut Complaints) -> Option<Package> {
    let mut component = Component {
        name: name_of(element, "name", to)?,
        group: None,
        version: text(element, "software_packageVersion").and_then(said).map(str::to_owned),
        purl: text(element, "software_packageUrl").and_then(said).map(str::to_owned),
        cpe: None,
        counts: true,
        part_of: None,
        at: element.entry("name").map_or(&element.at, |entry| &entry.node.at).clone(),
    };
    for identifier in list(element, "externalIdentifier", to) {
        let value = text(identifier, "identifier").and_then(said).map(str::to_owned);
        match text(identifier, "externalIdentifierType").unwrap_or_default() {
            "packageUrl" if component.purl.is_none() => component.purl = value,
            "cpe23" => component.cpe = value,
            "cpe22" if component.cpe.is_none() => component.cpe = value,
            _ => {}
        }
    }
    Some(Package {
        id: owned(element, "spdxId").or_else(|| owned(element, "@id")),
        purpose: owned(element, "software_primaryPurpose"),
        component,
    })
}
