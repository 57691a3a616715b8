//! What the supplier publishes: each address is fetched once, whoever reads it.

use ixit::Declaration;
use ixit::companion::ResourceKind;
use serde_json::json;

use crate::plan::{Observing, Wanted};
use crate::published::contact_file_of;
use crate::state::DutState;

/// The published resources.
pub static OBSERVING: Observing = Observing {
    probe: "public-resource",
    order: 90,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 60,
    wanted,
};

fn wanted(declaration: &Declaration, _: DutState) -> Vec<Wanted> {
    published(declaration)
        .into_iter()
        .map(|(url, entries)| Wanted { read_through: entries, ..Wanted::with(&url, json!({ "url": url })) })
        .collect()
}

const POLICY: &str = "user_info.publication_of_vulnerability_disclosure_policy";

/// Addresses of published resources, each with the fields of the units that read it.
fn published(declaration: &Declaration) -> Vec<(String, Vec<String>)> {
    let mut pages: Vec<(String, Vec<String>)> = Vec::new();
    let Some(form) = declaration.ixit.form("user_info") else { return pages };
    let mut add = |url: &str, read_through: &[&str]| {
        let entries = read_through.iter().map(|entry| (*entry).to_owned());
        match pages.iter_mut().find(|(known, _)| known == url) {
            Some((_, known)) => known.extend(entries),
            None => pages.push((url.to_owned(), entries.collect())),
        }
    };
    let resources = form.companions.resources.iter();
    for (entry, resource) in resources.filter(|(_, resource)| resource.value.kind == ResourceKind::Url) {
        let url = &resource.value.place;
        let entry = format!("user_info.{entry}");
        if entry.starts_with("user_info.documentation_of_") {
            // What the user documentation names is compared with the declared user interfaces.
            add(url, &[&entry, "user_intf.description"]);
        } else {
            add(url, &[&entry]);
        }
        // Finders look for security.txt at the host of the policy, whether it is declared or not.
        if let Some(file) = contact_file_of(url).filter(|_| entry == POLICY) {
            add(&file, &[&entry]);
        }
    }
    pages
}
