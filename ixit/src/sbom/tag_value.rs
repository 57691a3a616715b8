//! SPDX 2.2 and 2.3 as lines of `Tag: value`.

use std::collections::BTreeSet;

use super::spdx::{DOCUMENT, EXPECTED, Package, VERSIONS, bill, external, said};
use super::{Component, MOST_COMPONENTS, Sbom};
use crate::complaints::{Complaints, excerpt};
use crate::located::At;
use crate::source::SourceText;

pub(super) fn read(name: &str, bytes: &[u8], to: &mut Complaints) -> Option<Sbom> {
    let whole = At::whole_file(name);
    let mut refuse = |at: &At, message: String, help: String| {
        to.error("sbom-not-understood", at, message, Some(help));
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        let help = "Expected: CycloneDX or SPDX as JSON, or SPDX as tag-value, in UTF-8";
        refuse(&whole, "The file is no text".to_owned(), help.to_owned());
        return None;
    };
    let source = SourceText::new(name, text);
    let (mut version, mut made, mut described) = (None, None, BTreeSet::new());
    let mut packages: Vec<Package> = Vec::new();
    // Tags of a file or a snippet are none of the package before it.
    let mut in_package = false;
    let mut in_text = false;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        if in_text {
            in_text = !line.contains("</text>");
            continue;
        }
        let line = line.trim_end().trim_start_matches('\u{feff}');
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let at = source.at(start..start + line.len());
        let Some((tag, value)) = line.split_once(':') else {
            let help = "Each line is `Tag: value`; what has several lines stands between <text> and </text>";
            refuse(&at, format!("\"{}\" is no tag with a value", excerpt(line)), help.to_owned());
            // Without a version it is something else altogether.
            version.as_ref()?;
            continue;
        };
        let value = value.trim();
        in_text = value.starts_with("<text>") && !value.contains("</text>");
        match tag.trim() {
            "SPDXVersion" => {
                if !VERSIONS.contains(&value) {
                    let message = format!("This version of the form is not read: \"{}\"", excerpt(value));
                    refuse(&at, message, format!("Expected: {EXPECTED}"));
                    return None;
                }
                version = Some(value.to_owned());
            }
            "Created" => made = said(value).map(str::to_owned),
            "PackageName" => {
                if packages.len() >= MOST_COMPONENTS {
                    let message = format!("More than {MOST_COMPONENTS} components; the rest is not read");
                    refuse(&at, message, "Hand in one bill a component, and name each in its row".to_owned());
                    break;
                }
                in_package = true;
                packages.push(Package { id: None, purpose: None, component: component(value, at) });
            }
            "FileName" | "SnippetSPDXID" => in_package = false,
            "Relationship" => {
                let words: Vec<&str> = value.split_whitespace().collect();
                match words.as_slice() {
                    [DOCUMENT, "DESCRIBES", id] | [id, "DESCRIBED_BY", DOCUMENT] => {
                        described.insert((*id).to_owned());
                    }
                    _ => {}
                }
            }
            tag => {
                if let Some(package) = packages.last_mut().filter(|_| in_package) {
                    of_package(package, tag, value);
                }
            }
        }
    }
    let Some(version) = version else {
        let help = "Expected: CycloneDX or SPDX as JSON, or SPDX as tag-value (`SPDXVersion: SPDX-2.3`)";
        refuse(&whole, "The file is no bill of materials that is read".to_owned(), help.to_owned());
        return None;
    };
    Some(bill(format!("SPDX {} tag-value", &version[5..]), made, packages, &described))
}

fn component(name: &str, at: At) -> Component {
    Component {
        name: name.to_owned(),
        group: None,
        version: None,
        purl: None,
        cpe: None,
        counts: true,
        part_of: None,
        at,
    }
}

fn of_package(package: &mut Package, tag: &str, value: &str) {
    let value = said(value);
    match tag {
        "SPDXID" => package.id = value.map(str::to_owned),
        "PackageVersion" => package.component.version = value.map(str::to_owned),
        "PrimaryPackagePurpose" => package.purpose = value.map(str::to_owned),
        "ExternalRef" => {
            let mut words = value.unwrap_or_default().split_whitespace();
            let (_, kind, locator) = (words.next(), words.next(), words.next());
            external(&mut package.component, kind.unwrap_or_default(), locator.and_then(said));
        }
        _ => {}
    }
}
