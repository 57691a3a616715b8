//! Joins guides and schemes to the provisions whose results they link.

use std::collections::{BTreeMap, BTreeSet};

use ixit::Edition;
use testcases::Catalogue;
use testcases::guide::{Guide, Link};
use testcases::scheme::{Need, Requirement, Scheme};
use testcases::texts::Language;

use super::{Crosswalk, FORMAT, Filter, Item, Provision, Row, Source, SourceKind, Unlinked};
use crate::words::Words;

/// Joins the guides and schemes of an edition to its provisions.
pub fn crosswalk(
    edition: Edition,
    guides: &[Guide],
    schemes: &[Scheme],
    filter: &Filter,
    language: Language,
) -> Crosswalk {
    let mut walk = Walk::new(edition, filter, language);
    for guide in guides.iter().filter(|guide| guide.is_of(edition) && filter.takes_guide(guide)) {
        walk.guide(guide);
    }
    for scheme in schemes.iter().filter(|scheme| scheme.is_of(edition) && filter.takes_scheme(scheme)) {
        walk.scheme(scheme);
    }
    walk.done()
}

/// The cross-walk as far as it has been made.
struct Walk<'a> {
    catalogue: &'static Catalogue,
    filter: &'a Filter,
    language: Language,
    by_provision: BTreeMap<String, Vec<Row>>,
    beyond: Vec<Row>,
    unlinked: Vec<Unlinked>,
    sources: Vec<Source>,
}

impl<'a> Walk<'a> {
    fn new(edition: Edition, filter: &'a Filter, language: Language) -> Self {
        Self {
            catalogue: Catalogue::of(edition),
            filter,
            language,
            by_provision: BTreeMap::new(),
            beyond: Vec::new(),
            unlinked: Vec::new(),
            sources: Vec::new(),
        }
    }

    fn guide(&mut self, guide: &Guide) {
        let language = self.language;
        let mut source = Source {
            kind: SourceKind::Guide,
            name: guide.name.clone(),
            title: guide.title.of(language).to_owned(),
            version: guide.version.clone(),
            date: guide.date.clone(),
            confidence: guide.confidence.clone(),
            digest: guide.digest.clone(),
            items: 0,
            linked: 0,
        };
        for one in &guide.items {
            let viewpoint = guide.viewpoints.iter().find(|known| Some(&known.id) == one.viewpoint.as_ref());
            let item = Item {
                source_kind: source.kind,
                source: source.name.clone(),
                source_title: source.title.clone(),
                item: one.id.clone(),
                title: one.title.of(language).to_owned(),
                asks: one.asks.of(language).to_owned(),
                kind: Some(one.kind),
                phase: one.phase,
                roles: one.roles.clone(),
                viewpoint: one.viewpoint.clone(),
                viewpoint_title: viewpoint.map(|viewpoint| viewpoint.title.of(language).to_owned()),
            };
            if !self.filter.takes_item(&item) {
                continue;
            }
            let rows = one.links.iter().filter_map(|link| guide_row(link, &item, language)).collect();
            let left = Unlinked {
                item,
                test: Some(one.test),
                wants: one.wants.as_ref().map(|wants| wants.of(language).to_owned()),
                otherwise: BTreeSet::new(),
            };
            self.add(&mut source, rows, left);
        }
        self.sources.push(source);
    }

    fn scheme(&mut self, scheme: &Scheme) {
        let language = self.language;
        let mut source = Source {
            kind: SourceKind::Scheme,
            name: scheme.name.clone(),
            title: scheme.title.of(language).to_owned(),
            version: scheme.version.clone(),
            date: scheme.date.clone(),
            confidence: scheme.confidence.clone(),
            digest: scheme.digest.clone(),
            items: 0,
            linked: 0,
        };
        for one in &scheme.requirements {
            let item = Item {
                source_kind: source.kind,
                source: source.name.clone(),
                source_title: source.title.clone(),
                item: one.id.clone(),
                title: one.title.of(language).to_owned(),
                asks: one.asks.of(language).to_owned(),
                kind: None,
                phase: None,
                roles: Vec::new(),
                viewpoint: None,
                viewpoint_title: None,
            };
            let rows = scheme_rows(one, &item, language);
            let otherwise =
                one.ways().into_iter().flat_map(|(_, needs)| needs).filter_map(otherwise).collect();
            self.add(&mut source, rows, Unlinked { item, test: None, wants: None, otherwise });
        }
        self.sources.push(source);
    }

    /// Puts the links of an item where they belong; the item to those without, if it has none.
    fn add(&mut self, source: &mut Source, rows: Vec<Row>, left: Unlinked) {
        source.items += 1;
        let (mut linked, mut shown) = (false, false);
        for row in rows {
            if row.by == "plus" {
                linked = true;
                if self.filter.provision.is_none() {
                    shown = true;
                    self.beyond.push(row);
                }
            } else if let Some(provision) = self.provision_of(&row) {
                linked = true;
                if self.filter.takes_provision(&provision) {
                    shown = true;
                    self.by_provision.entry(provision).or_default().push(row);
                }
            }
        }
        source.linked += usize::from(shown);
        if !linked && self.filter.provision.is_none() {
            self.unlinked.push(left);
        }
    }

    /// Provision that a result belongs to. The data names only what exists (its tests hold that).
    fn provision_of(&self, row: &Row) -> Option<String> {
        let id = match row.by {
            "unit" => self.catalogue.unit(&row.result)?.provision(),
            "case" => &self.catalogue.case(&row.result)?.group,
            _ => &row.result,
        };
        self.catalogue.provision(id).map(|provision| provision.id.clone())
    }

    fn done(mut self) -> Crosswalk {
        let words = Words::of(self.language);
        let provisions = self
            .catalogue
            .provisions
            .iter()
            .filter(|provision| self.filter.takes_provision(&provision.id))
            .map(|provision| Provision {
                id: provision.id.clone(),
                title: words.provision_title(&provision.id).to_owned(),
                items: self.by_provision.remove(&provision.id).unwrap_or_default(),
            })
            .collect();
        Crosswalk {
            format: FORMAT,
            edition: self.catalogue.edition.name(),
            language: self.language,
            filter: self.filter.clone(),
            provisions,
            beyond: self.beyond,
            unlinked: self.unlinked,
            sources: self.sources,
        }
    }
}

fn guide_row(link: &Link, item: &Item, language: Language) -> Option<Row> {
    let (by, id) = link.named()?;
    Some(Row {
        by,
        result: id.to_owned(),
        item: item.clone(),
        way: None,
        part: link.part,
        confidence: link.confidence.clone(),
        rationale: Some(link.rationale.of(language).to_owned()),
    })
}

/// Of a requirement with several needs, each answers a part.
fn scheme_rows(requirement: &Requirement, item: &Item, language: Language) -> Vec<Row> {
    let lacks = requirement.gap.is_some() || requirement.answered.as_deref() == Some("partly");
    let mut rows: Vec<Row> = Vec::new();
    for (way, needs) in requirement.ways() {
        for need in needs {
            let (by, id) = match (&need.provision, &need.case, &need.unit) {
                (Some(id), _, _) => ("provision", id),
                (_, Some(id), _) => ("case", id),
                (_, _, Some(id)) => ("unit", id),
                _ => continue,
            };
            rows.push(Row {
                by,
                result: id.clone(),
                item: item.clone(),
                way: way.map(|way| way.title.of(language).to_owned()),
                part: lacks || needs.len() > 1,
                confidence: need.confidence.as_ref().unwrap_or(&requirement.confidence).clone(),
                rationale: need.rationale.as_ref().map(|rationale| rationale.of(language).to_owned()),
            });
        }
    }
    rows
}

/// What answers a requirement and is no result of the standard.
fn otherwise(need: &Need) -> Option<&'static str> {
    match (&need.check, &need.evidence, &need.stated) {
        (Some(_), _, _) => Some("check"),
        (_, Some(_), _) => Some("evidence"),
        (_, _, Some(_)) => Some("stated"),
        _ => None,
    }
}
