//! References inside companions: to rows, to documents and to services that the ICS names.

use super::Check;
use super::references::{document, reference};
use crate::complaints::excerpt;
use crate::declaration::{Row, is_placeholder};
use crate::located::At;

/// Tables whose rows have a credential, key or certificate.
const KEYED: &[&str] = &["auth_mech", "upd_mech", "sec_boot", "com_mech"];

/// Tables whose rows can be asked for something.
const ASKED: &[&str] = &["soft_serv", "ext_api"];

/// Most services of the ICS that are looked through.
const MOST_SERVICES: usize = 200;

/// Who may ask without being anybody.
const ANYONE: &str = "anyone";

/// A reference as a companion has it: the id, its place, the tables that it may point to, the unit that reads it,
/// and the key under which it stands.
struct Reference<'d> {
    id: &'d str,
    at: &'d At,
    allowed: &'static [&'static str],
    unit: &'static str,
    key: &'static str,
}

pub(super) fn check(check: &mut Check<'_>) {
    let declaration = check.declaration;
    for table in declaration.ixit.tables.keys() {
        for row in declaration.ixit.rows(table) {
            for found in references(table, row) {
                let place = format!("`{}` of {}", found.key, excerpt(&row.id));
                reference(check, found.id, found.at, found.allowed, Some(found.unit), &place);
            }
            services(check, row);
            if let Some(review) = &row.companions.review
                && let Some(report) = review.value.report.as_deref()
            {
                document(check, report, &review.at, Some("5.5-2-1:b"));
            }
            for part in &row.companions.sbom {
                document(check, &part.value.document.value, &part.value.document.at, None);
            }
            for statement in &row.companions.vex {
                document(check, &statement.value, &statement.at, Some("5.2-3-1:b"));
            }
        }
    }
}

fn references<'d>(table: &str, row: &'d Row) -> Vec<Reference<'d>> {
    let of = &row.companions;
    let mut found = Vec::new();
    let mut add = |id: &'d str, at: &'d At, allowed, unit, key| {
        found.push(Reference { id, at, allowed, unit, key });
    };
    if let Some(set_up) = &of.set_up
        && let Some(id) = &set_up.value.opened_by
    {
        add(id, &set_up.at, &["auth_mech"], "5.1-4-1:a", "set_up.opened_by");
    }
    if let Some(change) = &of.change {
        for (id, key) in
            [(&change.value.through, "change.through"), (&change.value.replaced_by, "change.replaced_by")]
        {
            if let Some(id) = id {
                add(id, &change.at, &["auth_mech"], "5.1-4-1:a", key);
            }
        }
    }
    for access in &of.access {
        for who in access.value.who.iter().filter(|who| who.as_str() != ANYONE) {
            // `ROW/account` names one account of the mechanism.
            let id = who.split('/').next().unwrap_or(who);
            add(id, &access.at, &["auth_mech"], "5.5-4-1:a", "access.who");
        }
    }
    for gatt in &of.gatt {
        for (names, key) in [
            (&gatt.value.readers, "gatt.readers"),
            (&gatt.value.writers, "gatt.writers"),
            (&gatt.value.notified, "gatt.notified"),
        ] {
            for who in names.iter().filter(|who| who.as_str() != ANYONE) {
                add(who, &gatt.at, &["auth_mech"], "5.5-4-1:a", key);
            }
        }
    }
    if let Some(package) = &of.package
        && let Some(who) = package.value.upload.as_ref().and_then(|upload| upload.who.as_ref())
    {
        add(who, &package.at, &["auth_mech"], "5.3-2-1:a", "package.upload.who");
    }
    for setting in of.settings.values() {
        if let Some(who) = &setting.value.who {
            add(who, &setting.at, &["auth_mech"], unit_of_setting(table), "settings.who");
        }
    }
    for kept in &of.deletes {
        if let Some(who) = &kept.value.who {
            add(who, &kept.at, &["auth_mech"], "5.11-1-1:c", "deletes.who");
        }
        // Words for settings of the user stand here too; what has the form of an id is one.
        if ["PersData-", "SecParam-"].iter().any(|prefix| kept.value.data.starts_with(prefix)) {
            add(&kept.value.data, &kept.at, &["pers_data", "sec_param"], "5.11-1-1:c", "deletes.data");
        }
    }
    if let Some(erasure) = &of.erasure
        && let Some(who) = &erasure.value.who
    {
        add(who, &erasure.at, &["auth_mech"], "5.11-1-1:a", "erasure.who");
    }
    for input in &of.inputs {
        if let Some(who) = &input.value.who {
            add(who, &input.at, &["auth_mech"], "5.13-1-1:b", "inputs.who");
        }
    }
    if let Some(resilience) = &of.resilience {
        for id in &resilience.value.goes_on {
            add(id, &resilience.at, ASKED, "5.9-1-1:b", "resilience.goes_on");
        }
        for id in &resilience.value.keeps {
            add(id, &resilience.at, ASKED, "5.9-1-1:b", "resilience.keeps");
        }
    }
    for id in &of.serves {
        add(&id.value, &id.at, KEYED, "5.4-1-1:d", "serves");
    }
    for id in &of.part_of {
        add(&id.value, &id.at, &["soft_comp"], "5.5-2-1:b", "part_of");
    }
    let unit_of_interfaces = match table {
        "com_mech" => "5.6-1-2:b",
        "soft_serv" => "5.6-5-1:a",
        _ => "5.13-1-1:a",
    };
    for id in &of.interfaces {
        add(&id.value, &id.at, &["intf"], unit_of_interfaces, "interfaces");
    }
    found
}

fn unit_of_setting(table: &str) -> &'static str {
    match table {
        "upd_mech" => "5.3-6-1:b",
        "pers_data" => "6-3-1:a",
        _ => "5.12-1-1:b",
    }
}

/// Services that keep or delete data are those of the ICS, which names them with their version.
fn services(check: &mut Check<'_>, row: &Row) {
    let listed = &check.declaration.ics.dut.associated_services;
    let listed = &listed[..listed.len().min(MOST_SERVICES)];
    let is_listed = |name: &str| {
        listed.iter().any(|entry| {
            entry.value.strip_prefix(name).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        })
    };
    for service in &row.companions.services {
        if is_placeholder(&service.value) || is_listed(&service.value) {
            continue;
        }
        let message = format!(
            "`services` of {} names \"{}\", which the ICS does not list",
            excerpt(&row.id),
            excerpt(&service.value)
        );
        let help = match listed {
            [] => "List it under `associated_services` of [dut] in the ICS".to_owned(),
            some => format!(
                "Expected: the beginning of {}",
                some.iter()
                    .map(|entry| format!("\"{}\"", excerpt(&entry.value)))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        };
        check.finding("unknown-service", &service.at, Some("5.11-2-1:b"), message, help);
    }
}
