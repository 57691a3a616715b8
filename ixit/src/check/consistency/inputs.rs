//! Every source of input is covered by a method that checks it (5.13-1-1 a). Told by `sources` of 29-InpVal, once
//! every row has it; or by the statement that there are no methods.

use std::collections::HashSet;

use super::{declared, is_stated_empty};
use crate::check::Check;
use crate::declaration::{Ixit, Row};

/// What a row has to be to be asked about.
type Is = fn(&Row) -> bool;

pub(super) fn check(check: &mut Check<'_>) {
    let ixit = &check.declaration.ixit;
    let Some(covered) = covered(ixit) else { return };
    let remote = |row: &Row| row.companions.remotely_accessible.as_ref().is_some_and(|remote| remote.value);
    let kinds: [(&str, &str, Is); 3] = [
        ("user_intf", "user-interface-not-validated", |_| true),
        ("ext_api", "api-not-validated", |_| true),
        ("com_mech", "remote-mechanism-not-validated", remote),
    ];
    for (table, code, takes_input) in kinds {
        for row in declared(ixit, table).filter(|row| takes_input(row) && !covered.contains(row.id.as_str()))
        {
            let message = format!("No row of `inp_val` checks the input of {}", row.id);
            let help = format!(
                "Add \"{}\" to `sources` of the method that checks it, or declare the method",
                row.id
            );
            check.finding(code, &row.at, Some("5.13-1-1:a"), message, help);
        }
    }
}

fn covered(ixit: &Ixit) -> Option<HashSet<&str>> {
    if is_stated_empty(ixit, "inp_val") {
        return Some(HashSet::new());
    }
    let rows = ixit.rows("inp_val");
    let told = !rows.is_empty() && rows.iter().all(|row| !row.companions.sources.is_empty());
    told.then(|| {
        rows.iter().flat_map(|row| &row.companions.sources).map(|source| source.value.as_str()).collect()
    })
}
