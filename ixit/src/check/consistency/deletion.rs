//! Data of the user that no deletion function covers (5.11-1-1 c, 5.11-2-1 b).

use std::collections::HashSet;

use super::{declared, is_stated_empty};
use crate::check::Check;
use crate::declaration::{Ixit, Row};

const ON_DEVICE: &str = "user data on the device";
const ON_SERVICES: &str = "personal data on associated services";
const CRYPTOGRAPHIC: &str = "user-cryptographic-material";

pub(super) fn check(check: &mut Check<'_>) {
    services(check);
    parameters(check);
}

/// Functions with this target; `None` where it is not said which there are.
fn functions<'i>(ixit: &'i Ixit, target: &str) -> Option<Vec<&'i Row>> {
    let told = is_stated_empty(ixit, "del_func")
        || ixit.rows("del_func").iter().all(|row| row.fields.contains_key("target_type"));
    let stated = ixit.tables.contains_key("del_func") && told;
    stated.then(|| {
        declared(ixit, "del_func").filter(|row| row.texts("target_type").contains(&target)).collect()
    })
}

fn services(check: &mut Check<'_>) {
    let ixit = &check.declaration.ixit;
    let Some(functions) = functions(ixit, ON_SERVICES) else { return };
    if functions.iter().any(|row| row.companions.services.is_empty()) {
        return;
    }
    let covered: HashSet<&str> = functions
        .iter()
        .flat_map(|row| &row.companions.services)
        .map(|service| service.value.as_str())
        .collect();
    for row in declared(ixit, "pers_data") {
        for service in row.companions.services.iter().filter(|one| !covered.contains(one.value.as_str())) {
            let message = format!(
                "\"{}\" keeps {}, but no deletion function covers that service",
                service.value, row.id
            );
            let help = "Name the service under `services` of the function in `del_func` that deletes there, or declare such a function";
            check.finding("service-data-not-deletable", &service.at, Some("5.11-2-1:b"), message, help);
        }
    }
}

fn parameters(check: &mut Check<'_>) {
    let ixit = &check.declaration.ixit;
    let Some(functions) = functions(ixit, ON_DEVICE) else { return };
    if functions.iter().any(|row| row.companions.covers.is_empty()) {
        return;
    }
    let covers_all = functions
        .iter()
        .any(|row| row.companions.covers.iter().any(|covered| covered.value == CRYPTOGRAPHIC));
    let deleted: HashSet<&str> = functions
        .iter()
        .flat_map(|row| &row.companions.deletes)
        .map(|kept| kept.value.data.as_str())
        .collect();
    for row in declared(ixit, "sec_param") {
        let Some(of_user) = row.companions.of_user.as_ref().filter(|of_user| of_user.value) else { continue };
        if covers_all || deleted.contains(row.id.as_str()) {
            continue;
        }
        let message =
            format!("{} belongs to the user, but no deletion function on the device covers it", row.id);
        let help =
            format!("Add \"{CRYPTOGRAPHIC}\" to `covers` of the function in `del_func` that deletes it");
        check.finding("user-parameter-not-deletable", &of_user.at, Some("5.11-1-1:c"), message, help);
    }
}
