//! Closed statements of one row, or of a row and the ICS, that exclude one another.

use std::collections::HashSet;

use super::Check;
use crate::companion::{ChanceSource, Guarantee, ProvisioningWay, UpdateStart};
use crate::declaration::Row;
use crate::located::At;

const CODE: &str = "companions-contradict";

/// Looks through one row.
type OfRow = fn(&mut Check<'_>, &Row);

pub(super) fn check(check: &mut Check<'_>) {
    let ixit = &check.declaration.ixit;
    let kinds: [(&str, OfRow); 6] = [
        ("upd_mech", update),
        ("sec_param", parameter),
        ("soft_serv", service),
        ("intf", interface),
        ("pers_data", personal_data),
        ("user_dec", decision),
    ];
    for (table, judge) in kinds {
        for row in ixit.rows(table).iter().filter(|row| !row.observed_only) {
            judge(check, row);
        }
    }
    support_period(check);
    evidence(check);
}

fn contradiction(check: &mut Check<'_>, at: &At, unit: &str, message: String, help: &str) {
    check.finding(CODE, at, Some(unit), message, help);
}

fn update(check: &mut Check<'_>, row: &Row) {
    let Some(update) = &row.companions.update else { return };
    let of = &update.value;
    let at = &update.at;
    if of.automatic == Some(false) && of.started_by.contains(&UpdateStart::Automatic) {
        let message = format!("{} is not automatic, but starts by itself", row.id);
        contradiction(check, at, "5.3-3-1:a", message, "Correct `automatic` or `started_by`");
    }
    if of.notifies == Some(false) && (!of.notice_ways.is_empty() || of.notices_default_enabled == Some(true))
    {
        let message = format!("{} tells the user nothing, but says by which ways", row.id);
        contradiction(
            check,
            at,
            "5.3-11-1:a",
            message,
            "Correct `notifies`, or take the ways and the default out",
        );
    }
    let guaranteed = row.companions.guarantees.iter().any(|one| one.value == Guarantee::AntiRollback);
    if of.anti_rollback == Some(false) && guaranteed {
        let message = format!("{} takes older versions, but guarantees that it does not", row.id);
        contradiction(check, at, "5.3-2-1:a", message, "Correct `anti_rollback` or `guarantees`");
    }
    if of.never_disruptive == Some(true) && of.disruption_notice_on_device == Some(true) {
        let message = format!("{} never disrupts the device, but the device tells of disruptions", row.id);
        contradiction(
            check,
            at,
            "5.3-12-1:a",
            message,
            "Correct `never_disruptive` or `disruption_notice_on_device`",
        );
    }
}

fn parameter(check: &mut Check<'_>, row: &Row) {
    let of = &row.companions;
    let in_source = of.hard_coded_in_source.as_ref();
    if let (Some(in_source), Some(provisioning)) = (in_source, &of.provisioning) {
        let way = provisioning.value.way == ProvisioningWay::SourceCode;
        if in_source.value != way {
            let message =
                format!("{} says two things on whether its value stands in the source code", row.id);
            contradiction(
                check,
                &provisioning.at,
                "5.4-3-1:b",
                message,
                "Correct `hard_coded_in_source` or `provisioning`",
            );
        }
    }
    if let Some(generator) = &of.generator
        && generator.value.source == ChanceSource::Fixed
        && (generator.value.unique_per_device == Some(true)
            || generator.value.bits.is_some_and(|bits| bits > 0))
    {
        let message = format!("{} has a fixed value, but is said to hold chance or to be unique", row.id);
        let help = "Correct `source`, or `bits` and `unique_per_device`, of `generator`";
        contradiction(check, &generator.at, "5.4-4-1:b", message, help);
    }
}

fn service(check: &mut Check<'_>, row: &Row) {
    let states = &row.companions.network_accessible_in;
    if let Some(never) = states.iter().find(|state| state.value == "never").filter(|_| states.len() > 1) {
        let message = format!("{} is never reachable, and reachable in states", row.id);
        contradiction(check, &never.at, "5.5-4-1:a", message, "Take \"never\" out, or the states");
    }
    if !row.fields.contains_key("authentication_mechanism") {
        return;
    }
    let known: HashSet<&str> = row.texts("authentication_mechanism").into_iter().collect();
    for access in &row.companions.access {
        let mechanisms = access.value.who.iter().filter(|who| *who != "anyone");
        let unknown = mechanisms
            .map(|who| who.split('/').next().unwrap_or(who))
            .find(|who| check.homes.get(who) == Some(&"auth_mech") && !known.contains(*who));
        if let Some(unknown) = unknown {
            let message = format!(
                "{} gives {} to users of {unknown}, which is none of its authentication mechanisms",
                row.id,
                crate::complaints::excerpt(&access.value.target)
            );
            contradiction(
                check,
                &access.at,
                "5.5-4-1:a",
                message,
                "Correct `access` or `authentication_mechanism`",
            );
        }
    }
}

fn interface(check: &mut Check<'_>, row: &Row) {
    let Some(disabled) = row.companions.permanently_disabled.as_ref().filter(|flag| flag.value) else {
        return;
    };
    let in_a_state = row.companions.status_in.values().any(|status| status.value == "enabled");
    if row.text("status") == Some("enabled") || in_a_state {
        let message = format!("{} is disabled for ever, but enabled", row.id);
        contradiction(
            check,
            &disabled.at,
            "5.6-1-1:a",
            message,
            "Correct `permanently_disabled`, or `status` and `status_in`",
        );
    }
}

fn personal_data(check: &mut Check<'_>, row: &Row) {
    let of = &row.companions;
    let stored = |place: &str| of.stored_on.iter().any(|one| one.value == place);
    if let Some(service) =
        of.services.first().filter(|_| !of.stored_on.is_empty() && !stored("associated-service"))
    {
        let message = format!("{} is stored on the device alone, but a service keeps it", row.id);
        contradiction(check, &service.at, "5.11-2-1:b", message, "Correct `stored_on` or `services`");
    }
    let consent = of.consent.as_ref().filter(|consent| !consent.value);
    if let Some(consent) = consent.filter(|_| of.opt_in.is_some() || of.withdrawal.is_some()) {
        let message =
            format!("{} does not rest on consent, but says how consent is given or withdrawn", row.id);
        contradiction(
            check,
            &consent.at,
            "6-2-1:a",
            message,
            "Correct `consent`, or take `opt_in` and `withdrawal` out",
        );
    }
}

fn decision(check: &mut Check<'_>, row: &Row) {
    let mut defaults = row.companions.choices.iter().filter(|choice| choice.value.default);
    if let (Some(_), Some(second)) = (defaults.next(), defaults.next()) {
        let message = format!("{} has more than one default", row.id);
        contradiction(check, &second.at, "5.12-1-1:b", message, "Mark one of the `choices` as the default");
    }
}

/// Dates are compared as they are written, ISO 8601.
fn support_period(check: &mut Check<'_>) {
    let form = check.declaration.ixit.form("user_info");
    let Some(support) = form.and_then(|form| form.companions.support.as_ref()) else { return };
    let (Some(until), Some(from)) = (&support.value.until, &support.value.from) else { return };
    if is_date(until) && is_date(from) && until < from {
        let message = format!("The support period ends on {until}, before it begins on {from}");
        contradiction(check, &support.at, "5.3-13-2:c", message, "Correct `until` or `from`");
    }
}

fn evidence(check: &mut Check<'_>) {
    for evidence in &check.declaration.ics.external_evidence {
        let (Some(issued), Some(until)) = (&evidence.issued, &evidence.valid_until) else { continue };
        if is_date(&issued.value) && is_date(&until.value) && until.value < issued.value {
            let message = format!("{} is valid until {}, before it was issued", evidence.id, until.value);
            check.finding(CODE, &until.at, None, message, "Correct `issued` or `valid_until`");
        }
    }
}

fn is_date(text: &str) -> bool {
    let digits = |range: std::ops::Range<usize>| {
        text.get(range).is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    text.len() == 10
        && digits(0..4)
        && digits(5..7)
        && digits(8..10)
        && text[4..].starts_with('-')
        && text[7..].starts_with('-')
}
