//! Findings on a declaration that need the catalogue: claims against the conditions that follow
//! from the IXIT, and against tables of measures. They do not stop a run; the verdicts of DESIGN 7 carry them.

use ixit::{At, Blame, Declaration, Diagnostic, Severity, Support};

use crate::catalogue::{Catalogue, Provision, Unit};
use crate::condition;
use crate::facts::Facts;
use crate::vacuity;

/// Codes of these findings, each with its meaning.
pub const CODES: &[(&str, &str)] = &[
    (
        "not-applicable-contradicted",
        "a provision is called not applicable, and the declaration says otherwise",
    ),
    ("claim-without-condition", "a provision is claimed whose condition does not hold by the declaration"),
    ("mandatory-not-claimed", "a mandatory provision whose condition holds is not supported"),
    ("claim-on-empty-table", "a provision is claimed that needs a measure, and no measure is declared"),
];

/// Contradictions between the claims of the ICS and the declared facts, in order of provisions.
pub fn of(declaration: &Declaration) -> Vec<Diagnostic> {
    let mut findings = against_conditions(declaration);
    findings.extend(against_measures(declaration));
    findings
}

/// A finding on a file of the supplier that stands beside ICS and IXIT.
pub(crate) fn beside(code: &str, at: At, message: String, help: String) -> Diagnostic {
    Diagnostic {
        code: code.to_owned(),
        severity: Severity::Finding,
        blame: Blame::Documentation,
        at,
        message,
        help: Some(help),
        provision: None,
        unit: None,
    }
}

fn against_conditions(declaration: &Declaration) -> Vec<Diagnostic> {
    let catalogue = Catalogue::of(declaration.edition);
    let mut findings = Vec::new();
    for provision in catalogue.provisions.iter().filter(|provision| !provision.conditions.is_empty()) {
        let Some(entry) = declaration.ics.provisions.get(&provision.id) else { continue };
        let states: Vec<_> =
            provision.conditions.iter().map(|id| condition::derive(declaration, *id)).collect();
        let all_hold = states.iter().all(|state| state.holds == Some(true));
        let failing = states.iter().find(|state| state.holds == Some(false));
        let unit =
            catalogue.cases_of(&provision.id).next().and_then(|case| catalogue.units_of(&case.id).next());
        let mut add = |code: &str, message: String, help: String| {
            findings.push(Diagnostic {
                code: code.to_owned(),
                severity: Severity::Finding,
                blame: Blame::Documentation,
                at: entry.support.at.clone(),
                message,
                help: Some(help),
                provision: Some(provision.id.clone()),
                unit: unit.map(|unit| unit.id.clone()),
            });
        };
        match entry.support.value {
            Support::NotApplicable if all_hold => add(
                "not-applicable-contradicted",
                format!(
                    "Provision {} is called not applicable, but the declaration meets its condition",
                    provision.id
                ),
                format!("claim Y or N, or correct {}", states[0].basis.trim_start_matches("declaration:")),
            ),
            Support::Y => {
                if let Some(state) = failing {
                    add(
                        "claim-without-condition",
                        format!(
                            "Provision {} is claimed, but its condition {} does not hold by the declaration",
                            provision.id, state.id
                        ),
                        format!(
                            "say N/A with the rationale, or correct {}",
                            state.basis.trim_start_matches("declaration:")
                        ),
                    );
                }
            }
            Support::N if provision.mandatory() && all_hold => add(
                "mandatory-not-claimed",
                format!(
                    "Provision {} is mandatory and its condition holds by the declaration, but it is not claimed",
                    provision.id
                ),
                format!("claim Y, or correct {}", states[0].basis.trim_start_matches("declaration:")),
            ),
            Support::N | Support::NotApplicable => {}
        }
    }
    findings
}

/// Claims against the tables of measures: what is claimed needs one, and what is called not applicable has none.
fn against_measures(declaration: &Declaration) -> Vec<Diagnostic> {
    let facts = Facts {
        catalogue: Catalogue::of(declaration.edition),
        declaration,
        diagnostics: &[],
        observations: &[],
        decisions: &[],
        date: jiff::civil::Date::ZERO, // whether a table has rows does not depend on the day
        crypto: crate::crypto::Policy::standard(), // nor on it
        review_required: false,
    };
    let provisions = facts.catalogue.provisions.iter();
    provisions.filter_map(|provision| against_measure(&facts, provision)).collect()
}

fn against_measure(facts: &Facts<'_>, provision: &Provision) -> Option<Diagnostic> {
    let ixit = &facts.declaration.ixit;
    let entry = facts.declaration.ics.provisions.get(&provision.id)?;
    let mut units = facts
        .catalogue
        .cases_of(&provision.id)
        .flat_map(|case| facts.catalogue.units_of(&case.id))
        .filter_map(|unit| Some((unit, unit.for_each.as_deref()?.strip_prefix("table:")?)))
        .filter(|(_, table)| {
            vacuity::MEASURES.contains(table)
                || entry.support.value == Support::Y && vacuity::IN_EVERY_DEVICE.contains(table)
        });
    let finding = |unit: &Unit, code: &str, at: &ixit::At, message: String, help: String| Diagnostic {
        code: code.to_owned(),
        severity: Severity::Finding,
        blame: Blame::Documentation,
        at: at.clone(),
        message,
        help: Some(help),
        provision: Some(provision.id.clone()),
        unit: Some(unit.id.clone()),
    };
    match entry.support.value {
        Support::Y => units.find_map(|(unit, table)| {
            let reason = ixit.empty_reason(table)?;
            let objection = vacuity::objection(facts, unit)?;
            let message =
                format!("Provision {} is claimed, but `{table}` is said to have no rows", provision.id);
            let help = format!("Declare the measure in `{table}`, or correct the claim in the ICS");
            Some(finding(unit, &objection.reason.code, &reason.at, message, help))
        }),
        // What holds under a condition is set against that.
        Support::NotApplicable if provision.conditions.is_empty() => {
            let (unit, table) = units.find(|(_, table)| !ixit.rows(table).is_empty())?;
            let message =
                format!("Provision {} is called not applicable, but `{table}` has rows", provision.id);
            let help = format!("Claim Y or N, or correct `{table}`");
            Some(finding(unit, "not-applicable-contradicted", &entry.support.at, message, help))
        }
        Support::N | Support::NotApplicable => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::TestFacts;

    fn codes(support: &str, ixit: &str) -> Vec<String> {
        let ics = format!(
            "edition = \"en303645-2.1.1\"\n[dut]\nmodel = \"WH-100\"\n[provision.\"5.1-1\"]\nsupport = \"{support}\"\n"
        );
        let facts = TestFacts::with_ics(&ics, ixit);
        of(facts.facts().declaration).into_iter().map(|finding| finding.code).collect()
    }

    fn codes_of(provision: &str, support: &str, ixit: &str) -> Vec<(String, Option<String>)> {
        let ics = format!(
            "edition = \"en303645-2.1.1\"\n[dut]\nmodel = \"WH-100\"\n[provision.\"{provision}\"]\nsupport = \"{support}\"\n"
        );
        let facts = TestFacts::with_ics(&ics, ixit);
        of(facts.facts().declaration).into_iter().map(|finding| (finding.code, finding.unit)).collect()
    }

    #[test]
    fn a_claim_of_measures_needs_one_and_what_does_not_apply_has_none() {
        let none = "[empty]\nvuln_mon = \"Nobody watches\"\n";
        let some = "[[vuln_mon]]\nid = \"VulnMon-1\"\ndescription = \"Daily\"\n";
        let unit = |code: &str| vec![(code.to_owned(), Some("5.2-3-1:a".to_owned()))];
        assert_eq!(codes_of("5.2-3", "Y", none), unit("claim-on-empty-table"));
        assert_eq!(codes_of("5.2-3", "N/A", some), unit("not-applicable-contradicted"));
        // Every device has software and an interface, so that no table of theirs is honestly empty.
        assert_eq!(
            codes_of("5.6-1", "Y", "[empty]\nintf = \"None\"\n"),
            vec![("claim-on-empty-table".to_owned(), Some("5.6-1-1:a".to_owned()))]
        );
        assert_eq!(codes_of("5.6-1", "N/A", "[[intf]]\nid = \"Intf-1\"\n"), []);
        for (support, ixit) in [("Y", some), ("Y", ""), ("N", none), ("N", some), ("N/A", none), ("N/A", "")]
        {
            assert_eq!(codes_of("5.2-3", support, ixit), [], "{support} {ixit}");
        }
        let known: Vec<&str> = CODES.iter().map(|(code, _)| *code).collect();
        assert!(known.contains(&"claim-on-empty-table") && known.contains(&"not-applicable-contradicted"));
    }

    #[test]
    fn a_claim_is_set_against_its_condition_in_every_combination() {
        let holds = "[[auth_mech]]\nid = \"AuthMech-1\"\nfactor = { kind = \"password\" }\n";
        let fails = "[empty]\nauth_mech = \"Nobody logs in\"\n";
        assert_eq!(codes("Y", holds), [""; 0]);
        assert_eq!(codes("N", holds), ["mandatory-not-claimed"]);
        assert_eq!(codes("N/A", holds), ["not-applicable-contradicted"]);
        assert_eq!(codes("Y", fails), ["claim-without-condition"]);
        assert_eq!(codes("N", fails), [""; 0]);
        assert_eq!(codes("N/A", fails), [""; 0]);
        for support in ["Y", "N", "N/A"] {
            assert_eq!(codes(support, ""), [""; 0], "{support}");
        }
    }
}
