//! To which rows a unit is applied. Code knows these names; which unit uses which is data.

use ixit::companion::{Exposure, FactorKind, ParameterPurpose, Subject};
use ixit::{Declaration, Row, TableContent};

use crate::catalogue::Unit;

/// The items of a unit.
#[derive(Clone, Debug)]
pub struct Selected<'a> {
    /// Items, in the order of the declaration. Rows that cannot be classified are kept.
    pub items: Vec<Item<'a>>,
    /// Why there are none.
    pub emptiness: Emptiness,
}

/// An item that comes from a table.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// Key of the table.
    pub table: &'a str,
    /// Row.
    pub row: &'a Row,
    /// The companion that would tell is missing: a person has to see to it.
    pub unclassified: bool,
}

/// Whether and why a selection is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Emptiness {
    /// There are items, or the unit is not applied to rows.
    NotEmpty,
    /// The supplier said that the table has no rows, with the reason.
    Stated {
        /// `declaration:…`.
        reference: String,
        /// The reason.
        reason: String,
    },
    /// The table has rows, all classified, none matches.
    NoneMatches {
        /// `declaration:…`.
        reference: String,
        /// Number of rows looked at.
        rows: usize,
    },
    /// The table is missing and nothing is said about it.
    NothingSaid {
        /// Key of the table.
        table: String,
    },
}

/// Selects the rows of a unit.
pub fn select<'a>(declaration: &'a Declaration, unit: &Unit) -> Selected<'a> {
    match unit.for_each.as_deref() {
        Some("inputs") => inputs(declaration),
        Some(text) => match text.strip_prefix("table:") {
            Some(table) => rows(declaration, table, unit.select.as_deref()),
            None => Selected { items: Vec::new(), emptiness: Emptiness::NotEmpty },
        },
        None => Selected { items: Vec::new(), emptiness: Emptiness::NotEmpty },
    }
}

/// Selects the rows of a table by the name of a selection; `None` selects all.
pub fn rows<'a>(declaration: &'a Declaration, table: &str, select: Option<&str>) -> Selected<'a> {
    let Some((key, content)) = declaration.ixit.tables.get_key_value(table) else {
        return Selected { items: Vec::new(), emptiness: Emptiness::NothingSaid { table: table.to_owned() } };
    };
    match content {
        TableContent::Form(_) => Selected { items: Vec::new(), emptiness: Emptiness::NotEmpty },
        TableContent::Empty(reason) => Selected {
            items: Vec::new(),
            emptiness: Emptiness::Stated {
                reference: format!("declaration:{}#empty.{table}", reason.at.file),
                reason: reason.value.clone(),
            },
        },
        TableContent::Rows(all) => {
            let items: Vec<Item<'a>> = all
                .iter()
                .filter_map(|row| match select.map_or(Some(true), |name| matches(declaration, name, row)) {
                    Some(true) => Some(Item { table: key, row, unclassified: false }),
                    Some(false) => None,
                    None => Some(Item { table: key, row, unclassified: true }),
                })
                .collect();
            let emptiness = if items.is_empty() {
                let file = all.first().map_or("ixit.toml", |row| &row.at.file);
                Emptiness::NoneMatches { reference: format!("declaration:{file}#{table}"), rows: all.len() }
            } else {
                Emptiness::NotEmpty
            };
            Selected { items, emptiness }
        }
    }
}

/// Tables of what takes input, with the selection among their rows.
pub const INPUT_TABLES: [(&str, Option<&str>); 3] =
    [("user_intf", None), ("ext_api", None), ("com_mech", Some("remotely-accessible"))];

/// Everything that takes input: user interfaces, external APIs, remotely accessible communication.
pub fn inputs(declaration: &Declaration) -> Selected<'_> {
    let mut items = Vec::new();
    let mut missing = None;
    for (table, select) in INPUT_TABLES {
        let part = rows(declaration, table, select);
        items.extend(part.items);
        if matches!(part.emptiness, Emptiness::NothingSaid { .. }) {
            missing = Some(part.emptiness);
        }
    }
    let emptiness = match (items.is_empty(), missing) {
        (false, _) => Emptiness::NotEmpty,
        (true, Some(missing)) => missing,
        (true, None) => {
            Emptiness::NoneMatches { reference: "declaration:ixit.toml#user_intf".to_owned(), rows: 0 }
        }
    };
    Selected { items, emptiness }
}

/// Whether a row belongs to a selection; `None` if the companion that would tell is missing.
///
/// # Panics
/// On an unknown name: the names are data of the program, and a test looks up each of them.
pub fn matches(declaration: &Declaration, select: &str, row: &Row) -> Option<bool> {
    let companions = &row.companions;
    let factor = companions.factor.as_ref().map(|factor| &factor.value);
    let password = factor.map(|factor| matches!(factor.kind, FactorKind::Password | FactorKind::Pin));
    let user = companions.subject.as_ref().map(|subject| subject.value == Subject::User);
    let update = companions.update.as_ref().map(|update| &update.value);
    let exposure = companions.exposure.as_ref().map(|exposure| exposure.value);
    match select {
        "user-password-not-user-defined" => {
            all([user, password, not(factor.and_then(|factor| factor.user_defined)), outside_default(factor)])
        }
        "password-user-defined" => all([password, factor.and_then(|factor| factor.user_defined)]),
        "password-not-user-defined" => {
            all([password, not(factor.and_then(|factor| factor.user_defined)), outside_default(factor)])
        }
        "password-pre-installed" => all([password, factor.and_then(|factor| factor.pre_installed)]),
        "authenticates-users" => user,
        "network-addressable" => flag(companions.network_addressable.as_ref()),
        "no-update-mechanism" => Some(row.texts("update_mechanism").is_empty()),
        "referenced-by-component" => Some(referenced(declaration, "soft_comp", "update_mechanism", &row.id)),
        "covered-by-configurable-automation" => any(row.texts("update_mechanism").into_iter().map(|id| {
            let (_, mechanism) = declaration.ixit.row(id)?;
            let update = mechanism.companions.update.as_ref()?;
            all([update.value.automatic, update.value.user_can_configure])
        })),
        "update-automatic" => update.and_then(|update| update.automatic),
        "update-notifies" => update.and_then(|update| update.notifies),
        "update-network-based" => update.and_then(|update| update.network_based),
        "hard-coded-identity" => flag(companions.hard_coded_identity.as_ref()),
        "critical" => row.text("type").map(|kind| kind == "critical"),
        "critical-hard-coded-in-source" => all([
            row.text("type").map(|kind| kind == "critical"),
            flag(companions.hard_coded_in_source.as_ref()),
        ]),
        "critical-for-updates-or-services" => {
            let purposes = &companions.purposes;
            let serves = if purposes.is_empty() {
                None
            } else {
                Some(purposes.iter().any(|purpose| {
                    matches!(
                        purpose.value,
                        ParameterPurpose::UpdateCheck | ParameterPurpose::AssociatedService
                    )
                }))
            };
            all([row.text("type").map(|kind| kind == "critical"), serves])
        }
        "has-review-method" => Some(row.text("review_evaluation_method").is_some()),
        "uses-cryptography" => row.text("cryptographic_usage").map(|usage| usage.starts_with("yes")),
        "network-reachable-initialized" => {
            let states = &companions.network_accessible_in;
            // Where it is reached tells nothing of when.
            (!states.is_empty()).then(|| states.iter().any(|state| state.value == "initialized"))
        }
        "referenced-by-service" => {
            Some(referenced(declaration, "soft_serv", "authentication_mechanism", &row.id))
        }
        "allows-configuration" => all([
            row.flag("allows_configuration"),
            not(Some(flag(companions.excluded_protocol.as_ref()).unwrap_or(false))),
        ]),
        "carries-critical-parameter" => carries_critical_parameter(declaration, row),
        "carries-critical-parameter-remotely" => {
            all([carries_critical_parameter(declaration, row), flag(companions.remotely_accessible.as_ref())])
        }
        "carries-personal-data" => carries(declaration, "pers_data", &row.id, |_| Some(true)),
        "carries-sensitive-data-to-service" => all([
            carries(declaration, "pers_data", &row.id, |data| data.flag("sensitive")),
            flag(companions.associated_service.as_ref()),
        ]),
        "remotely-accessible" => flag(companions.remotely_accessible.as_ref()),
        "network-or-logical" => listed(row, "type", |kind| matches!(kind, "network" | "logical")),
        "network-or-logical-enabled" => all([
            listed(row, "type", |kind| matches!(kind, "network" | "logical")),
            row.text("status").map(|status| status == "enabled"),
        ]),
        "network" => listed(row, "type", |kind| kind == "network"),
        "physical-never-exposed" => all([
            listed(row, "type", |kind| kind == "physical"),
            exposure.map(|exposure| exposure == Exposure::Never),
        ]),
        "physical-intermittent" => all([
            listed(row, "type", |kind| kind == "physical"),
            exposure.map(|exposure| exposure == Exposure::Intermittent),
        ]),
        "air-never-exposed" => {
            all([flag(companions.is_air.as_ref()), exposure.map(|exposure| exposure == Exposure::Never)])
        }
        "debug-interface" => is_debug_interface(row),
        "debug-not-intermittent" => {
            all([is_debug_interface(row), exposure.map(|exposure| exposure != Exposure::Intermittent)])
        }
        "debug-intermittent" => {
            all([is_debug_interface(row), exposure.map(|exposure| exposure == Exposure::Intermittent)])
        }
        "physical-not-debug" => {
            all([listed(row, "type", |kind| kind == "physical"), not(row.flag("debug_interface"))])
        }
        "enabled-by-default" => row.text("status").map(|status| status == "enabled"),
        "network-outage" => row.text("type").map(|kind| kind.contains("network")),
        "power-outage" => row.text("type").map(|kind| kind.contains("power")),
        "has-security-examination" => Some(row.text("security_examination").is_some()),
        "deletes-on-device" => listed(row, "target_type", |kind| kind.contains("device")),
        "deletes-on-services" => listed(row, "target_type", |kind| kind.contains("service")),
        "stored-by-service" => {
            let places = &companions.stored_on;
            if places.is_empty() {
                None
            } else {
                Some(places.iter().any(|place| place.value == "associated-service"))
            }
        }
        "security-relevant" => flag(companions.security_relevant.as_ref()),
        "rests-on-consent" => {
            flag(companions.consent.as_ref()).or(Some(row.text("obtaining_consent").is_some()))
        }
        "references-personal-data" => Some(!row.texts("personal_data").is_empty()),
        other => panic!("there is no selection named {other}"),
    }
}

/// Whether an interface is one for debugging that can be touched. The pro forma asks that of physical interfaces only,
/// so one that is declared to be of other kinds alone need not say so; `None` where nothing tells.
pub fn is_debug_interface(row: &Row) -> Option<bool> {
    row.flag("debug_interface").or_else(|| match listed(row, "type", |kind| kind == "physical") {
        Some(false) => Some(false),
        _ => None,
    })
}

fn flag(value: Option<&ixit::Located<bool>>) -> Option<bool> {
    value.map(|value| value.value)
}

fn not(value: Option<bool>) -> Option<bool> {
    value.map(|value| !value)
}

fn outside_default(factor: Option<&ixit::companion::Factor>) -> Option<bool> {
    factor.and_then(|factor| factor.used_outside_factory_default)
}

/// Three-valued "and": one certain no decides, else one unknown does.
fn all<const N: usize>(parts: [Option<bool>; N]) -> Option<bool> {
    if parts.contains(&Some(false)) {
        Some(false)
    } else if parts.contains(&None) {
        None
    } else {
        Some(true)
    }
}

/// Three-valued "or".
fn any(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut unknown = false;
    for part in parts {
        match part {
            Some(true) => return Some(true),
            Some(false) => {}
            None => unknown = true,
        }
    }
    if unknown { None } else { Some(false) }
}

fn referenced(declaration: &Declaration, table: &str, field: &str, id: &str) -> bool {
    declaration.ixit.rows(table).iter().any(|row| row.texts(field).contains(&id))
}

fn carries_critical_parameter(declaration: &Declaration, row: &Row) -> Option<bool> {
    carries(declaration, "sec_param", &row.id, |parameter| {
        parameter.text("type").map(|kind| kind == "critical")
    })
}

/// Whether a row of `table` that names the mechanism is wanted.
fn carries(
    declaration: &Declaration,
    table: &str,
    mechanism: &str,
    wanted: impl Fn(&Row) -> Option<bool>,
) -> Option<bool> {
    let naming = declaration.ixit.rows(table).iter();
    any(naming.filter(|row| row.texts("communication_mechanisms").contains(&mechanism)).map(wanted))
}

/// Whether an entry of a required field is wanted; `None` if the field is missing.
fn listed(row: &Row, field: &str, wanted: impl Fn(&str) -> bool) -> Option<bool> {
    let entries = row.texts(field);
    (!entries.is_empty()).then(|| entries.into_iter().any(wanted))
}
