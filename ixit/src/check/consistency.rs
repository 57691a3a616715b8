//! Tables against one another: what a row says in a closed form has to be found in the table that it leans on.
//! Each relation has a code of its own. Only companions and fields of a closed type count; prose that is silent
//! proves nothing. Documentation that a row needs (relations with 2-UserInfo): [`super::required`].

mod deletion;
mod implementations;
mod inputs;
mod interfaces;
mod parameters;
mod times;

use super::Check;
use crate::declaration::{Ixit, Row, TableContent};

/// Relations of the pro forma (TS 103 701, Annex A) as pairs of tables, each with the code of its findings.
pub const RELATIONS: &[(&str, &str, &str)] = &[
    ("auth_mech", "sec_param", "credential-without-parameter"),
    ("upd_mech", "sec_param", "update-key-without-parameter"),
    ("sec_boot", "sec_param", "boot-key-without-parameter"),
    ("com_mech", "sec_param", "communication-key-without-parameter"),
    ("com_mech", "intf", "mechanism-without-interface"),
    ("soft_serv", "intf", "service-without-interface"),
    ("auth_mech", "user_info", "change-undocumented"),
    ("ext_sens", "user_info", "sensors-undocumented"),
    ("del_func", "user_info", "deletion-undocumented"),
    ("user_dec", "user_info", "decisions-undocumented"),
    ("pers_data", "user_info", "personal-data-undocumented"),
    ("tel_data", "user_info", "telemetry-undocumented"),
    ("pers_data", "del_func", "service-data-not-deletable"),
    ("sec_param", "del_func", "user-parameter-not-deletable"),
    ("vuln_types", "user_info", "times-exceed-policy"),
    ("soft_comp", "net_sec_impl", "implementation-and-component-differ"),
    ("user_intf", "inp_val", "user-interface-not-validated"),
    ("ext_api", "inp_val", "api-not-validated"),
    ("com_mech", "inp_val", "remote-mechanism-not-validated"),
];

pub(super) fn check(check: &mut Check<'_>) {
    parameters::check(check);
    interfaces::check(check);
    deletion::check(check);
    times::check(check);
    implementations::check(check);
    inputs::check(check);
}

/// Rows of a table that the supplier stands behind; what was only observed declares nothing.
fn declared<'i>(ixit: &'i Ixit, table: &str) -> impl Iterator<Item = &'i Row> {
    ixit.rows(table).iter().filter(|row| !row.observed_only)
}

/// Whether the supplier says that a table has no rows.
fn is_stated_empty(ixit: &Ixit, table: &str) -> bool {
    matches!(ixit.tables.get(table), Some(TableContent::Empty(_)))
}
