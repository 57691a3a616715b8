//! Who may do what over Bluetooth LE, by the declaration.

use ixit::Row;
use ixit::companion::Gatt;

use crate::assisted::Look;
use crate::prompt::Shown;
use crate::reason::Reason;

/// Everybody who has a right.
pub(super) fn whoever(gatt: &Gatt) -> impl Iterator<Item = &String> {
    gatt.readers.iter().chain(&gatt.writers).chain(&gatt.notified)
}

/// What of a characteristic contradicts an authorization: a change that anyone may make, or a right of a mechanism that
/// the service does not reference.
pub(super) fn breach(gatt: &Gatt, service: &Row, referenced: &[&Row]) -> Option<Reason> {
    let told = |code: &str, what: &str, who: &str| {
        Reason::new(code)
            .with("service", &service.id)
            .with("access", format!("{what} {}", name(gatt)))
            .with("who", who)
    };
    if gatt.writers.iter().any(|who| who == "anyone") {
        return Some(told("change-open-to-anyone", "write", "anyone"));
    }
    let foreign =
        |who: &&String| *who != "anyone" && referenced.iter().all(|mechanism| mechanism.id != **who);
    let rights = [("read", &gatt.readers), ("write", &gatt.writers), ("notify", &gatt.notified)];
    rights.into_iter().find_map(|(what, who)| {
        let stranger = who.iter().find(foreign)?;
        Some(told("right-without-reference", what, stranger))
    })
}

/// Whether all that a mechanism protects is reached over Bluetooth LE alone, characteristic by characteristic with who
/// may, so that nothing of the rights is left to prose.
pub(super) fn all_told(mechanism: &Row, services: &[&Row]) -> Option<Look> {
    let closed = |service: &&Row| {
        let companions = &service.companions;
        let told = |gatt: &Gatt| gatt.characteristic.is_none() || whoever(gatt).next().is_some();
        companions.access.is_empty()
            && companions.endpoint.is_empty()
            && companions.gatt.iter().all(|gatt| told(&gatt.value))
            && companions.gatt.iter().any(|gatt| whoever(&gatt.value).any(|who| *who == mechanism.id))
    };
    if services.is_empty() || !services.iter().all(closed) {
        return None;
    }
    let lines: Vec<String> = services
        .iter()
        .map(|service| {
            let gatt = service.companions.gatt.iter();
            let rights = gatt.filter(|gatt| whoever(&gatt.value).any(|who| *who == mechanism.id));
            format!("{}: {} characteristics for it", service.id, rights.count())
        })
        .collect();
    let service = services.first().map_or("-", |service| service.id.as_str());
    let reason = Reason::new("rights-over-bluetooth-told")
        .with("row", &mechanism.id)
        .with("service", service)
        .with("services", lines.join("; "))
        .expected_by("criterion");
    Some(Look::Met { reason, shown_by: "pairing" })
}

/// A right as a person is shown it.
pub(super) fn shown(service: &Row, gatt: &Gatt) -> Shown {
    let of = |who: &[String]| if who.is_empty() { "nobody".to_owned() } else { who.join(", ") };
    Shown {
        label: "computed.right".to_owned(),
        text: format!(
            "{}: {}: read by {}, written by {}, told to {}",
            service.id,
            name(gatt),
            of(&gatt.readers),
            of(&gatt.writers),
            of(&gatt.notified)
        ),
        source: Some(service.reference("soft_serv", "gatt")),
    }
}

fn name(gatt: &Gatt) -> String {
    gatt.characteristic.clone().unwrap_or_else(|| format!("service {}", gatt.service))
}
