//! What the search of the page offers to choose from: nothing that would show nothing.

use std::collections::BTreeSet;

use serde::Serialize;
use testcases::guide::{Phase, Role};

use super::page::source_key;
use super::{Crosswalk, Item, SourceKind, said};

/// A select of the search.
#[derive(Serialize)]
pub(super) struct Choice {
    id: &'static str,
    label: String,
    any: String,
    groups: Vec<Options>,
}

#[derive(Serialize)]
struct Options {
    label: Option<String>,
    options: Vec<Choosable>,
}

#[derive(Serialize)]
struct Choosable {
    value: String,
    text: String,
}

impl Crosswalk {
    /// Selects for what the rows of this page have; none where there is nothing to choose.
    pub(super) fn choices(&self) -> Vec<Choice> {
        let words = self.words();
        let items: Vec<&Item> = self
            .provisions
            .iter()
            .flat_map(|provision| &provision.items)
            .chain(&self.beyond)
            .map(|row| &row.item)
            .chain(self.unlinked.iter().map(|left| &left.item))
            .collect();
        let phases: BTreeSet<Phase> = items.iter().filter_map(|item| item.phase).collect();
        let roles: BTreeSet<Role> = items.iter().flat_map(|item| item.roles.iter().copied()).collect();
        let of_source = |source: &super::Source| {
            let (kind, name) = (source.kind, source.name.clone());
            items.iter().filter(move |item| item.source_kind == kind && item.source == name)
        };
        // Items of every phase fit each choice, so that is no choice of its own.
        let phases = phases.into_iter().filter(|phase| *phase != Phase::All);
        let option = |value: &str, text: String| Choosable { value: value.to_owned(), text };
        let plain = |options: Vec<Choosable>| vec![Options { label: None, options }];
        let of_kind = |kind: SourceKind, key: &str| Options {
            label: Some(said(words, "crosswalk", key)),
            options: self
                .sources
                .iter()
                .filter(|source| source.kind == kind && of_source(source).next().is_some())
                .map(|source| option(&source_key(kind, &source.name), source.title.clone()))
                .collect(),
        };
        let any = || words.ui("crosswalk-any").to_owned();
        let choice = |id: &'static str, any: String, groups: Vec<Options>| Choice {
            id,
            label: said(words, "crosswalk", id),
            any,
            groups,
        };
        let phases = phases.map(|phase| option(phase.as_str(), said(words, "guide-phase", phase.as_str())));
        let roles =
            roles.into_iter().map(|role| option(role.as_str(), said(words, "guide-role", role.as_str())));
        // Guides number their viewpoints each for itself, so the same id is another viewpoint in another guide.
        let viewpoints = self.sources.iter().map(|source| {
            let own: BTreeSet<(&String, String)> = of_source(source)
                .filter_map(|item| item.viewpoint.as_ref().map(|id| (id, item.viewpoint_words())))
                .collect();
            let value = |id: &str| format!("{}/{id}", source_key(source.kind, &source.name));
            let options = own.into_iter().map(|(id, text)| option(&value(id), text)).collect();
            Options { label: Some(source.title.clone()), options }
        });
        let sources = vec![of_kind(SourceKind::Guide, "guides"), of_kind(SourceKind::Scheme, "schemes")];
        let mut choices = vec![
            choice("phase", any(), plain(phases.collect())),
            choice("role", any(), plain(roles.collect())),
            choice("viewpoint", any(), viewpoints.collect()),
            choice("source", words.ui("crosswalk-every-source").to_owned(), sources),
        ];
        for choice in &mut choices {
            choice.groups.retain(|group| !group.options.is_empty());
        }
        choices.retain(|choice| !choice.groups.is_empty());
        choices
    }
}
