//! Bills against the rows of `soft_comp`, the firmware that the ICS names and the implementations of `net_sec_impl`.

use super::package_url::parse;
use super::{Bill, Component, Sbom, excerpt, parts};
use crate::companion::SbomPart;
use crate::declaration::{Declaration, Row, is_placeholder};
use crate::diagnostic::Diagnostic;
use crate::document_findings::finding;

/// Most components of a bill that are named one by one; the rest is counted.
const MOST_NAMED: usize = 50;
/// Names shorter than this stand in prose by chance.
const SHORTEST_NAME: usize = 3;

/// What does not agree between bills and the declaration. Only bills that a row names are compared.
pub fn compare(bills: &[Bill], declaration: &Declaration) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for bill in bills {
        let Some(sbom) = &bill.sbom else { continue };
        absent(&mut findings, bill, sbom, declaration);
        unclaimed_components(&mut findings, bill, sbom, declaration);
        firmware(&mut findings, sbom, declaration);
        implementations(&mut findings, sbom, declaration);
    }
    findings
}

/// Ids of the rows that claim each component of a bill. Who claims a component claims what it holds.
pub fn claims<'d>(
    declaration: &'d Declaration,
    document: &str,
    components: &[Component],
) -> Vec<Vec<&'d str>> {
    let mut claimed: Vec<Vec<&str>> = vec![Vec::new(); components.len()];
    let parts: Vec<(&Row, &SbomPart)> = parts(declaration)
        .map(|(row, part)| (row, &part.value))
        .filter(|(_, part)| part.document.value == document)
        .collect();
    for (at, component) in components.iter().enumerate() {
        // What holds it comes before it.
        let mut rows = component
            .part_of
            .filter(|holder| *holder < at)
            .and_then(|holder| claimed.get(holder))
            .cloned()
            .unwrap_or_default();
        for (row, part) in &parts {
            let is_named = part.components.is_empty()
                || part.components.iter().any(|wanted| is_meant(&wanted.value, component));
            if is_named && !rows.contains(&row.id.as_str()) {
                rows.push(row.id.as_str());
            }
        }
        claimed[at] = rows;
    }
    claimed
}

/// Software of a bill that no row claims.
pub fn unclaimed<'c>(
    declaration: &Declaration,
    document: &str,
    components: &'c [Component],
) -> Vec<&'c Component> {
    let claimed = claims(declaration, document, components);
    let pairs = components.iter().zip(claimed);
    pairs
        .filter(|(component, rows)| component.counts && rows.is_empty())
        .map(|(component, _)| component)
        .collect()
}

/// Whether a row means this component: by its package URL, with or without the version, or by its name, with or
/// without group (`group/name`) and version (`name@version`).
pub fn is_meant(wanted: &str, component: &Component) -> bool {
    let wanted = wanted.trim();
    if wanted.starts_with("pkg:") {
        let (Some((package, version)), Some((other, has))) =
            (parse(wanted), component.purl.as_deref().and_then(parse))
        else {
            return component.purl.as_deref() == Some(wanted);
        };
        return package == other && version.is_none_or(|version| Some(version) == has);
    }
    let names = |wanted: &str| {
        wanted == component.name
            || component.group.as_deref().is_some_and(|group| {
                wanted.strip_prefix(group).and_then(|rest| rest.strip_prefix(['/', ':']))
                    == Some(component.name.as_str())
            })
    };
    names(wanted)
        || wanted
            .rsplit_once('@')
            .is_some_and(|(name, version)| names(name) && component.version.as_deref() == Some(version))
}

/// What rows name and the bill has not.
fn absent(findings: &mut Vec<Diagnostic>, bill: &Bill, sbom: &Sbom, declaration: &Declaration) {
    for (row, part) in parts(declaration).filter(|(_, part)| part.value.document.value == bill.document) {
        for wanted in part.value.components.iter().filter(|wanted| !is_placeholder(&wanted.value)) {
            if sbom.components.iter().any(|component| is_meant(&wanted.value, component)) {
                continue;
            }
            let message = format!(
                "{} names the component \"{}\", which {} does not have",
                excerpt(&row.id),
                excerpt(&wanted.value),
                excerpt(&bill.document)
            );
            let names: Vec<&str> =
                sbom.components.iter().take(1000).map(|component| component.name.as_str()).collect();
            let help = crate::complaints::nearest(&wanted.value, &names).map_or_else(
                || {
                    "Write the name or the package URL as the bill has it, or hand in the newer bill"
                        .to_owned()
                },
                |near| format!("Did you mean `{near}`?"),
            );
            findings.push(finding("sbom-lacks-component", &wanted.at, message, help));
        }
    }
}

fn unclaimed_components(findings: &mut Vec<Diagnostic>, bill: &Bill, sbom: &Sbom, declaration: &Declaration) {
    let left = unclaimed(declaration, &bill.document, &sbom.components);
    for component in left.iter().take(MOST_NAMED) {
        let message = format!("No row of `soft_comp` claims {}", excerpt(&component.title()));
        let help = "Name it under `sbom.components` of the row that it is part of, or declare a row";
        findings.push(finding("sbom-component-unclaimed", &component.at, message, help));
    }
    if let Some(next) = left.get(MOST_NAMED) {
        let message = format!("No row of `soft_comp` claims {} further components", left.len() - MOST_NAMED);
        let help = "A row without `sbom.components` claims everything in the bill that it names";
        findings.push(finding("sbom-component-unclaimed", &next.at, message, help));
    }
}

/// The firmware under test against what the bill is of, where it is of the model.
fn firmware(findings: &mut Vec<Diagnostic>, sbom: &Sbom, declaration: &Declaration) {
    let dut = &declaration.ics.dut;
    let stated = |text: &Option<crate::located::Located<String>>| {
        text.as_ref().map(|text| text.value.clone()).filter(|text| !is_placeholder(text))
    };
    let (Some(root), Some(model), Some(firmware)) = (&sbom.root, stated(&dut.model), stated(&dut.firmware))
    else {
        return;
    };
    let Some(version) = root.version.as_deref().filter(|_| is_of_model(&root.name, &model)) else { return };
    if bare(version) != bare(&firmware) {
        let message = format!(
            "The bill of materials is of {} {}, the firmware of the ICS is {}",
            excerpt(&root.name),
            excerpt(version),
            excerpt(&firmware)
        );
        findings.push(finding(
            "sbom-version-differs",
            &root.at,
            message,
            "Hand in the bill of the firmware that is assessed",
        ));
    }
}

/// Versions that rows name, in prose or for implementations, against the bill.
fn implementations(findings: &mut Vec<Diagnostic>, sbom: &Sbom, declaration: &Declaration) {
    for (row, part) in parts(declaration) {
        let Some(text) = row.text("description") else { continue };
        for component in
            part.value.components.iter().flat_map(|wanted| {
                sbom.components.iter().filter(|component| is_meant(&wanted.value, component))
            })
        {
            let (Some(has), Some(said)) = (component.version.as_deref(), version_in(text, &component.name))
            else {
                continue;
            };
            if !begins(bare(has), said) {
                let at = row.fields.get("description").map_or(&row.at, |field| &field.at);
                let message = format!(
                    "{} speaks of {} {}, the bill of materials has {}",
                    excerpt(&row.id),
                    excerpt(&component.name),
                    excerpt(said),
                    excerpt(has)
                );
                findings.push(finding(
                    "sbom-version-differs",
                    at,
                    message,
                    "Give both the version that is in the firmware",
                ));
            }
        }
    }
    for row in declaration.ixit.rows("net_sec_impl").iter().filter(|row| !row.observed_only) {
        let Some(implementation) = &row.companions.implementation else { continue };
        let Some(version) = implementation.value.version.as_deref() else { continue };
        let same = |component: &&Component| match implementation.value.purl.as_deref().and_then(parse) {
            Some((package, _)) => {
                component.purl.as_deref().and_then(parse).is_some_and(|(other, _)| other == package)
            }
            None => component.name.eq_ignore_ascii_case(&implementation.value.name),
        };
        let has: Vec<&str> =
            sbom.components.iter().filter(same).filter_map(|one| one.version.as_deref()).collect();
        if !has.is_empty() && !has.iter().any(|one| bare(one) == bare(version)) {
            let message = format!(
                "{} has version {}, the bill of materials has {}",
                excerpt(&row.id),
                excerpt(version),
                excerpt(&has.join(", "))
            );
            let help = "Give both the version that is in the firmware";
            findings.push(finding("sbom-version-differs", &implementation.at, message, help));
        }
    }
}

/// Whether a name is that of the model: the same letters and digits, or beginning or ending with them.
fn is_of_model(name: &str, model: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (name, model) = (letters(name), letters(model));
    !model.is_empty() && (name.starts_with(&model) || name.ends_with(&model))
}

/// A version without the letter that some write before it.
fn bare(version: &str) -> &str {
    let version = version.trim();
    version
        .strip_prefix(['v', 'V'])
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(version)
}

/// The version that stands in prose right after the name of a component: at least two numbers with a dot between.
fn version_in<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    if name.chars().count() < SHORTEST_NAME || !name.is_ascii() {
        return None;
    }
    // ASCII letters keep their length, so that places agree.
    let (lower, name) = (text.to_ascii_lowercase(), name.to_ascii_lowercase());
    lower.match_indices(&name).find_map(|(at, _)| {
        let starts = !lower[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-');
        let rest = text[at + name.len()..].strip_prefix([' ', '-'])?;
        let rest = rest.strip_prefix("version ").unwrap_or(rest);
        let rest = rest.strip_prefix(['v', 'V']).unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let version = rest[..end].trim_end_matches('.');
        let whole = !rest[version.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '-');
        (starts && whole && version.contains('.')).then_some(version)
    })
}

/// Whether a version is the one that is said, or one of its line: `6.12.58` of `6.12`.
fn begins(version: &str, said: &str) -> bool {
    version.strip_prefix(said).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
}
