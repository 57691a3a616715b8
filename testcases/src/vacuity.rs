//! Whether an empty selection may stand. "For each" over nothing is fulfilled; it is not where the
//! provision demands that there be something, or where the run found what is said not to be there.

use ixit::Blame;
use probes::EvidenceRef;

use crate::catalogue::Unit;
use crate::condition;
use crate::contradiction::{self, Contradiction};
use crate::facts::Facts;
use crate::logic::Quantifier;
use crate::reason::Reason;
use crate::selection::{self, Emptiness};
use crate::software_seen;
use crate::user_data;
use crate::verdict::Verdict;

/// Tables of measures: a supplier who claims a provision and lists no measure contradicts himself. The
/// other tables list what is to be protected, and may honestly be empty. Update mechanisms are not among
/// them: the conditions of 5.3 and "one is enough" in 5.3-2 see to those.
pub(crate) const MEASURES: &[&str] = &[
    "acc_ctrl",
    "code_min",
    "del_func",
    "inp_val",
    "privl_ctrl",
    "res_mech",
    "sec_boot",
    "sec_dev",
    "sec_mgmt",
    "upd_proc",
    "vuln_mon",
    "vuln_types",
];

/// Tables of what every device has: software, and something by which it is reached. None of them is honestly empty.
pub(crate) const IN_EVERY_DEVICE: &[&str] = &["intf", "soft_comp"];

/// Why an empty selection does not stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Objection {
    /// Why.
    pub reason: Reason,
    /// Who has to act.
    pub blame: Blame,
    /// What was found, if anything.
    pub evidence: Vec<EvidenceRef>,
}

/// What speaks against the empty selection of a unit.
pub fn objection(facts: &Facts<'_>, unit: &Unit) -> Option<Objection> {
    let tables: Vec<&str> = match unit.for_each.as_deref()? {
        "inputs" => selection::INPUT_TABLES.iter().map(|(table, _)| *table).collect(),
        text => vec![text.strip_prefix("table:")?],
    };
    if let Some(Contradiction { reason, evidence }) = contradicted(facts, unit, &tables) {
        return Some(Objection { reason, blame: Blame::DeviceOrDocumentation, evidence });
    }
    if let Some(objection) = software_seen::objection(facts, &tables) {
        return Some(objection);
    }
    let table = tables.first().copied()?;
    let one_is_needed =
        facts.catalogue.case(&unit.case).is_some_and(|case| case.quantifier == Quantifier::One);
    (one_is_needed || measure_is_needed(facts, unit, table)).then(|| Objection {
        reason: Reason::new("claim-on-empty-table").with("unit", &unit.id).with("table", table),
        blame: Blame::Documentation,
        evidence: Vec::new(),
    })
}

fn contradicted(facts: &Facts<'_>, unit: &Unit, tables: &[&str]) -> Option<Contradiction> {
    tables.iter().find_map(|table| contradiction::of_empty_table(facts, table)).or_else(|| {
        let of_passwords = unit.select.as_deref().is_some_and(|select| select.contains("password"));
        let none_declared = condition::derive(facts.declaration, 1).holds == Some(false);
        (of_passwords && none_declared).then(|| contradiction::of_condition(facts, 1))?
    })
}

fn measure_is_needed(facts: &Facts<'_>, unit: &Unit, table: &str) -> bool {
    let declaration = facts.declaration;
    let stated = matches!(facts.selected(unit).emptiness, Emptiness::Stated { .. });
    if stated && IN_EVERY_DEVICE.contains(&table) {
        return true;
    }
    // What is asked about all measures together needs one at least, also where the table has other rows.
    if !MEASURES.contains(&table) || !(stated || unit.collective) {
        return false;
    }
    let nothing_at_services = user_data::none_at_services(declaration);
    match table {
        "del_func" if unit.select.as_deref() == Some("deletes-on-services") => !nothing_at_services,
        "del_func" => user_data::none_on_device(declaration) != Verdict::Pass || !nothing_at_services,
        "sec_mgmt" => !shown_empty(&selection::rows(declaration, "sec_param", Some("critical")).emptiness),
        "inp_val" => !shown_empty(&selection::inputs(declaration).emptiness),
        _ => true,
    }
}

fn shown_empty(emptiness: &Emptiness) -> bool {
    matches!(emptiness, Emptiness::Stated { .. } | Emptiness::NoneMatches { .. })
}

#[cfg(test)]
mod tests {
    use crate::test_facts::TestFacts;
    use crate::verdict::Verdict;

    #[test]
    fn no_device_is_without_software_or_interfaces() {
        for (table, unit) in [("soft_comp", "5.3-3-1:a"), ("soft_comp", "5.3-4-1:a"), ("intf", "5.6-1-1:a")] {
            let ixit = format!("[empty]\n{table} = \"The device has none\"\n");
            let result = TestFacts::declared(&ixit).judge_one(unit);
            assert_eq!(
                (result.verdict, result.reason.code.as_str(), result.vacuous),
                (Verdict::Inconclusive, "claim-on-empty-table", false),
                "{unit}"
            );
        }
        let result =
            TestFacts::declared("[empty]\nuser_dec = \"Nothing to decide\"\n").judge_one("5.12-1-1:a");
        assert_eq!((result.verdict, result.vacuous), (Verdict::Pass, true));
    }
}
