//! What the supplier publishes: each address is fetched once, whoever reads it.

use ixit::Declaration;
use ixit::companion::ResourceKind;
use serde_json::json;

use crate::plan::{Observing, Wanted};
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
        .map(|(url, entries)| Wanted {
            read_through: entries.iter().map(|entry| format!("user_info.{entry}")).collect(),
            ..Wanted::with(&url, json!({ "url": url }))
        })
        .collect()
}

/// Addresses of published resources, each with the entries that name it.
fn published(declaration: &Declaration) -> Vec<(String, Vec<String>)> {
    let mut pages: Vec<(String, Vec<String>)> = Vec::new();
    let Some(form) = declaration.ixit.form("user_info") else { return pages };
    let resources = form.companions.resources.iter();
    for (entry, resource) in resources.filter(|(_, resource)| resource.value.kind == ResourceKind::Url) {
        let url = &resource.value.place;
        match pages.iter_mut().find(|(known, _)| known == url) {
            Some((_, entries)) => entries.push(entry.clone()),
            None => pages.push((url.clone(), vec![entry.clone()])),
        }
    }
    pages
}
