//! Findings on a declaration that need the catalogue: claims against the conditions that follow
//! from the IXIT. They do not stop a run; the verdicts of DESIGN 7 carry them.

use ixit::{Blame, Declaration, Diagnostic, Severity, Support};

use crate::catalogue::Catalogue;
use crate::condition;

/// Contradictions between the claims of the ICS and the declared facts, in order of provisions.
pub fn of(declaration: &Declaration) -> Vec<Diagnostic> {
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
