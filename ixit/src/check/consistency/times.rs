//! Times of 3-VulnTypes against those that the disclosure policy promises (5.2-2-1 a).

use super::declared;
use crate::check::Check;

/// How steps that the policy speaks of are called.
const ACKNOWLEDGEMENT: &[&str] = &["acknowledg", "confirmation of receipt", "受領", "受付"];
const STATUS: &[&str] = &["status", "状況", "進捗"];

pub(super) fn check(check: &mut Check<'_>) {
    let ixit = &check.declaration.ixit;
    let Some(policy) = ixit.form("user_info").and_then(|form| form.companions.disclosure_policy.as_ref())
    else {
        return;
    };
    let promises = [
        ("acknowledgement_days", ACKNOWLEDGEMENT, policy.value.acknowledgement_days),
        ("status_days", STATUS, policy.value.status_days),
    ];
    for row in declared(ixit, "vuln_types") {
        for step in &row.companions.steps {
            let name = step.value.step.to_lowercase();
            for (key, names, promised) in promises {
                let Some(promised) = promised else { continue };
                if !names.iter().any(|known| name.contains(known)) || step.value.days <= promised {
                    continue;
                }
                let message = format!(
                    "The step \"{}\" of {} takes {} days, the published policy promises {promised}",
                    crate::complaints::excerpt(&step.value.step),
                    row.id,
                    step.value.days
                );
                let help = format!("Shorten the step, or correct `{key}` of `disclosure_policy`");
                check.finding("times-exceed-policy", &step.at, Some("5.2-2-1:a"), message, help);
            }
        }
    }
}
