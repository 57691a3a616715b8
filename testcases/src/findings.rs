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
        let states: Vec<_> = provision.conditions.iter().map(|id| condition::derive(declaration, *id)).collect();
        let all_hold = states.iter().all(|state| state.holds == Some(true));
        let failing = states.iter().find(|state| state.holds == Some(false));
        let unit = catalogue.cases_of(&provision.id).next().and_then(|case| catalogue.units_of(&case.id).next());
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
                format!("Provision {} is called not applicable, but the declaration meets its condition", provision.id),
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
                        format!("say N/A with the rationale, or correct {}", state.basis.trim_start_matches("declaration:")),
                    );
                }
            }
            Support::N | Support::NotApplicable => {}
        }
    }
    findings
}
