//! UK PSTI, Schedules 2 and 2A: a way of deemed compliance that rests on a document of somebody else, such as a label
//! that is recognised. It is taken only where such a document is handed in for the requirement.

use ixit::Blame;
use ixit::declaration::ExternalEvidence;
use serde::Deserialize;

use super::psti_scope;
use crate::external::{self, Standing};
use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::verdict::Verdict;

/// The check.
pub static CHECK: Check =
    Check { name: "psti-evidence", reads: |with| read::<Parameters>(with).map(|_| ()), judge };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Names of which one stands in `scheme` of the evidence, in any case.
    of: Vec<String>,
    /// It has to tell how long it is valid, as a label does.
    #[serde(default)]
    expires: bool,
    /// Units of the standard that have to pass besides.
    #[serde(default)]
    units: Vec<String>,
}

fn judge(asked: &Asked<'_>) -> Checked {
    let parameters: Parameters = asked.parameters();
    if let Some(outside) = psti_scope::outside(asked) {
        return outside;
    }
    let (scheme, requirement) = (&asked.scheme.name, &asked.requirement.id);
    let of = parameters.of.join(", ");
    let mut best: Option<Checked> = None;
    for (index, (evidence, standing)) in external::standings(asked.facts).into_iter().enumerate() {
        if !external::covers_requirement(evidence, scheme, requirement) || !is_of(evidence, &parameters.of) {
            continue;
        }
        let checked = of_evidence(asked, &parameters, evidence, standing)
            .evidence(external::reference(evidence, index), "");
        if best.as_ref().is_none_or(|known| checked.verdict < known.verdict) {
            best = Some(checked);
        }
    }
    best.unwrap_or_else(|| {
        let reason = Reason::new("scheme-psti-way-not-taken")
            .with("of", &of)
            .with("covers", format!("{scheme}:{requirement}"));
        Checked::new(Verdict::NotClaimed, RestsOn::Declared, reason)
    })
}

fn of_evidence(
    asked: &Asked<'_>,
    parameters: &Parameters,
    evidence: &ExternalEvidence,
    standing: Standing<'_>,
) -> Checked {
    let reason =
        |code: &str| Reason::new(code).with("id", &evidence.id).with("kind", parameters.of.join(", "));
    let (verdict, reason) = match standing {
        Standing::Unfit(why) if why.code == "external-evidence-expired" => {
            let until = why.args.get("until").cloned().unwrap_or_default();
            let reason = reason("scheme-psti-label-expired").with("until", until);
            (Verdict::Fail, reason.with("date", asked.facts.date))
        }
        Standing::Unfit(why) => (Verdict::Inconclusive, why),
        Standing::Open(_) => (Verdict::Inconclusive, reason("scheme-evidence-waits")),
        Standing::Refused => (Verdict::Fail, reason("scheme-psti-evidence-refused")),
        Standing::Accepted(_) if parameters.expires && evidence.valid_until.is_none() => {
            (Verdict::Inconclusive, reason("scheme-psti-label-without-end"))
        }
        Standing::Accepted(decision) => {
            let passed = |id: &&String| asked.unit(id).is_some_and(|unit| unit.verdict == Verdict::Pass);
            match parameters.units.iter().find(|id| !passed(id)) {
                Some(unit) => {
                    (Verdict::Inconclusive, reason("scheme-psti-evidence-not-enough").with("unit", unit))
                }
                None => (Verdict::Pass, reason("scheme-evidence-accepted").with("person", &decision.person)),
            }
        }
    };
    let reason = reason.expected_by(format!("scheme:{}#{}", asked.scheme.name, asked.requirement.id));
    let checked = Checked::new(verdict, RestsOn::External, reason);
    if verdict == Verdict::Pass { checked } else { checked.blame(Blame::Documentation) }
}

fn is_of(evidence: &ExternalEvidence, names: &[String]) -> bool {
    let scheme = evidence.scheme.as_ref().map(|scheme| scheme.value.to_lowercase()).unwrap_or_default();
    names.iter().any(|name| scheme.contains(&name.to_lowercase()))
}

#[cfg(test)]
#[path = "psti_evidence/tests.rs"]
mod tests;
