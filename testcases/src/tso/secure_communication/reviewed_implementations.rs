//! 5.5-2: implementations of network and security functions are reviewed or evaluated.
//!
//! Here: whether a review is declared and what it covers, and whether what the device tells of its software is what
//! was reviewed.

use ixit::Blame;
use ixit::companion::Implementation;
use probes::EvidenceRef;

use crate::assessor::empty_selection;
use crate::assisted;
use crate::catalogue::Unit;
use crate::facts::{Facts, Question};
use crate::inventory::{self, Inventory};
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::state::DutState;
use crate::verdict::Verdict;

/// 5.5-2.
pub static GROUP: Group = Group {
    id: "5.5-2",
    judges: &[
        Judge {
            unit: "5.5-2-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: review::a_review_took_place,
        },
        Judge {
            unit: "5.5-2-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: review::the_scope_is_covered,
        },
        Judge {
            unit: "5.5-2-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["tcp-sweep", "identify", "udp-services"],
            judge: the_device_tells_the_reviewed_version,
        },
    ],
};

#[path = "reviewed_implementations/review.rs"]
mod review;

/// 5.5-2-2 a: name and version that the device tells are those of the review, or it tells none.
fn the_device_tells_the_reviewed_version(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let inventories = inventory::inventories(facts, &[DutState::Initialized]);
    let normal = inventories.iter().filter(|inventory| inventory.state == DutState::Initialized);
    let reviewed: Vec<String> =
        selected.items.iter().filter_map(implementation).map(|it| plain(&it.name)).collect();
    normal
        .flat_map(|inventory| {
            let told = told(inventory);
            let reviewed = &reviewed;
            selected.items.iter().map(move |item| of_row(facts, unit, item, inventory, &told, reviewed))
        })
        .collect()
}

/// Software that showed itself.
#[derive(Clone, Debug, PartialEq)]
struct Software {
    name: String,
    version: Option<String>,
    place: String,
    seen: EvidenceRef,
}

fn implementation<'a>(item: &Item<'a>) -> Option<&'a Implementation> {
    item.row.companions.implementation.as_ref().map(|implementation| &implementation.value)
}

fn of_row(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    inventory: &Inventory<'_>,
    told: &[Software],
    reviewed: &[String],
) -> ItemResult {
    let row = item.row;
    let version =
        implementation(item).and_then(|it| it.version.as_deref().map(|version| (&it.name, version)));
    let (Some((name, version)), false) = (version, item.unclassified) else {
        return ask(facts, unit, item, inventory, told, None);
    };
    let mine: Vec<&Software> = told.iter().filter(|software| plain(&software.name) == plain(name)).collect();
    let declared = row.reference(item.table, "implementation");
    let reason = |code: &str| {
        Reason::new(code)
            .with("row", &row.id)
            .with("reviewed", format!("{name} {version}"))
            .expected_by(&declared)
    };
    let other = |software: &&&Software| {
        software.version.as_deref().is_some_and(|seen| compare(seen, version) == Some(false))
    };
    if let Some(other) = mine.iter().find(other) {
        let seen = format!("{} {} ({})", other.name, other.version.as_deref().unwrap_or("-"), other.place);
        let result = ItemResult::machine(
            &row.id,
            Verdict::Fail,
            RestsOn::Observed,
            reason("implementation-differs").with("seen", seen),
        );
        return inventory.place(
            result
                .blame(Blame::DeviceOrDocumentation)
                .evidence(other.seen.clone())
                .effort(&inventory.effort()),
        );
    }
    let unclear = mine
        .iter()
        .any(|software| software.version.as_deref().is_some_and(|seen| compare(seen, version).is_none()));
    // A name that stands for none of the rows may be another name of this one.
    let unknown = told.iter().any(|software| !reviewed.contains(&plain(&software.name)));
    if unclear || (unknown && mine.is_empty()) {
        return ask(facts, unit, item, inventory, told, None);
    }
    let shortfall = inventory
        .shortfall_of_search(inventory::minimum_ports(unit))
        .or_else(|| inventory.shortfall_of_identification());
    let same = mine.iter().find(|software| software.version.is_some());
    let result = match (same, shortfall) {
        (Some(same), _) => {
            let seen = format!("{} {} ({})", same.name, same.version.as_deref().unwrap_or("-"), same.place);
            ItemResult::machine(
                &row.id,
                Verdict::Pass,
                RestsOn::Observed,
                reason("implementation-as-reviewed").with("seen", seen),
            )
            .evidence(same.seen.clone())
        }
        (None, Some(shortfall)) => shortfall.result(&row.id),
        (None, None) => {
            let mut result = ItemResult::machine(
                &row.id,
                Verdict::Pass,
                RestsOn::Observed,
                reason("no-implementation-told").with("ports", inventory.ports.len()),
            );
            result.evidence = inventory.evidence();
            result
        }
    };
    let result = if result.effort.is_some() { result } else { result.effort(&inventory.effort()) };
    inventory.place(result)
}

fn ask(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    inventory: &Inventory<'_>,
    told: &[Software],
    prejudgement: Option<Verdict>,
) -> ItemResult {
    let mut shown = facts.shown_of_row(unit, item.table, item.row);
    shown.extend(assisted::companions(item, &["implementation"]));
    shown.extend(told.iter().map(|software| Shown {
        label: "observed.software".to_owned(),
        text: format!(
            "{} {} ({})",
            software.name,
            software.version.as_deref().unwrap_or("-"),
            software.place
        ),
        source: Some(software.seen.reference.clone()),
    }));
    facts.ask(Question {
        by: By::Assisted,
        shown,
        prejudgement,
        state: Some(inventory.state),
        sample: inventory.sample.map(str::to_owned),
        ..Question::on(unit, &item.row.id)
    })
}

/// Software that ports and services name.
fn told(inventory: &Inventory<'_>) -> Vec<Software> {
    let mut all = Vec::new();
    for port in &inventory.ports {
        let Some((recorded, identity)) = &port.identity else { continue };
        for disclosed in identity.disclosed.iter().filter(|disclosed| disclosed.item == "server-software") {
            add(
                &mut all,
                &disclosed.value,
                &format!("{}, {}", port.item(), disclosed.place),
                recorded.at(port.item()),
            );
        }
    }
    for asked in inventory.services.iter().filter(|asked| asked.answered()) {
        for disclosed in
            asked.service.disclosed.iter().filter(|disclosed| disclosed.item == "server-software")
        {
            add(
                &mut all,
                &disclosed.value,
                &format!("{}, {}", asked.item(), disclosed.place),
                asked.seen.at(asked.item()),
            );
        }
    }
    all
}

/// `lighttpd/1.4.35`, `Linux/6.12 UPnP/1.1 MiniUPnPd/2.3`, `OpenSSH_9.2p1`, `vsFTPd 3.0.3`.
fn add(all: &mut Vec<Software>, value: &str, place: &str, seen: EvidenceRef) {
    let mut words = value.split([' ', ',', '(', ')', ';']).filter(|word| !word.is_empty()).peekable();
    while let Some(word) = words.next() {
        let joined =
            word.split_once('/').or_else(|| word.split_once('_')).filter(|(_, tail)| is_version(tail));
        let (name, version) = match joined {
            Some((name, version)) => (name, Some(version)),
            None if is_version(word) => continue,
            None => (word, words.peek().copied().filter(|next| is_version(next))),
        };
        if name.chars().any(char::is_alphabetic) && all.len() < 100 {
            all.push(Software {
                name: name.to_owned(),
                version: version.map(|version| version.trim_start_matches(['v', 'V']).to_owned()),
                place: place.to_owned(),
                seen: seen.clone(),
            });
        }
    }
}

fn is_version(text: &str) -> bool {
    text.trim_start_matches(['v', 'V']).starts_with(|first: char| first.is_ascii_digit())
}

/// Whether two versions are the same; `None` where one says less than the other.
fn compare(seen: &str, reviewed: &str) -> Option<bool> {
    let parts = |version: &str| -> Vec<String> {
        version.trim_start_matches(['v', 'V']).split(['.', '-', '+']).map(str::to_lowercase).collect()
    };
    let (seen, reviewed) = (parts(seen), parts(reviewed));
    if seen.iter().zip(&reviewed).any(|(one, other)| one != other) {
        return Some(false);
    }
    (seen.len() == reviewed.len()).then_some(true)
}

fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
#[path = "reviewed_implementations/review_tests.rs"]
mod review_tests;
#[cfg(test)]
#[path = "reviewed_implementations/tests.rs"]
mod tests;
