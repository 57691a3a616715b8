//! The ICS: every provision stated, statuses respected, reasons given, device identified.

use super::Check;
use crate::declaration::{Support, is_placeholder};
use crate::located::{At, Located};
use crate::provision::{Provision, provisions};

/// The unit of the reporting group: recommendations left out are justified.
const JUSTIFICATIONS: &str = "4-1-1:a";

/// The first unit that hangs on whether the device is constrained.
const CONSTRAINED: &str = "5.1-5-1:a";

pub(super) fn check(check: &mut Check<'_>) {
    let declaration = check.declaration;
    let file = At::whole_file(&check.file("ics"));
    for provision in provisions(declaration.edition) {
        let unit = if provision.is_mandatory() {
            format!("{}-1:a", provision.id)
        } else {
            JUSTIFICATIONS.to_owned()
        };
        match declaration.ics.provisions.get(&provision.id) {
            None if check.is_unclear(&provision.id) => {}
            None => {
                let message = format!(
                    "The ICS does not say whether provision {} ({}) is supported",
                    provision.id, provision.title
                );
                let help = format!(
                    "Add [provision.\"{}\"] with support = \"Y\", \"N\" or \"N/A\" and detail = \"...\"",
                    provision.id
                );
                of_provision(check, provision, "support-not-stated", &file, &unit, message, help);
            }
            Some(entry) => {
                let reasoned = entry.detail.as_ref().is_some_and(|detail| !is_placeholder(&detail.value));
                claim(check, provision, entry.support.value, reasoned, &entry.support.at, &unit);
            }
        }
    }
    identification(check, &file);
}

fn claim(
    check: &mut Check<'_>,
    provision: &Provision,
    support: Support,
    reasoned: bool,
    at: &At,
    unit: &str,
) {
    let id = &provision.id;
    let plain = provision.is_mandatory() && !provision.is_conditional();
    match support {
        Support::Y => {}
        _ if !provision.is_mandatory() => {
            if !reasoned {
                let message =
                    format!("Recommendation {id} is marked {} without a justification", support.as_str());
                let help = "Say in `detail` why it does not apply or why it was left out";
                of_provision(check, provision, "missing-justification", at, unit, message, help.into());
            }
        }
        Support::NotApplicable => {
            if plain {
                let message = format!("Provision {id} is mandatory without a condition and marked N/A");
                let help = "Claim Y and declare the empty tables with a reason; an assessor may accept N/A as a deviation";
                of_provision(check, provision, "not-applicable-on-mandatory", at, unit, message, help.into());
            }
            if !reasoned {
                let message = format!("Mandatory provision {id} is marked N/A without a rationale");
                let help = "Say in `detail` why the condition of the provision does not hold";
                of_provision(check, provision, "missing-rationale", at, unit, message, help.into());
            }
        }
        Support::N if plain => {
            let message = format!("Provision {id} is mandatory and marked N");
            let help = "A mandatory provision that is not supported fails the assessment";
            of_provision(check, provision, "mandatory-not-claimed", at, unit, message, help.into());
        }
        Support::N => {}
    }
}

fn of_provision(
    check: &mut Check<'_>,
    provision: &Provision,
    code: &str,
    at: &At,
    unit: &str,
    message: String,
    help: String,
) {
    check.finding(code, at, Some(unit), message, help);
    // The unit of the reporting group speaks of the other provisions.
    if let Some(last) = check.list.last_mut() {
        last.provision = Some(provision.id.clone());
    }
}

fn identification(check: &mut Check<'_>, file: &At) {
    let dut = &check.declaration.ics.dut;
    let stated =
        |text: &Option<Located<String>>| text.as_ref().is_some_and(|text| !is_placeholder(&text.value));
    let entries = [
        ("manufacturer", stated(&dut.manufacturer), &dut.manufacturer),
        ("model", stated(&dut.model), &dut.model),
        ("hardware", stated(&dut.hardware), &dut.hardware),
        ("firmware", stated(&dut.firmware), &dut.firmware),
    ];
    for (key, stated, text) in entries {
        if !stated && !check.is_unclear(key) {
            let at = text.as_ref().map_or(file, |text| &text.at);
            check.finding(
                "dut-not-identified",
                at,
                None,
                format!("The identification of the device lacks `{key}`"),
                format!("Fill `{key}` under [dut]; a report is about one concrete device and version"),
            );
        }
    }
    match &dut.constrained {
        None if check.is_unclear("constrained") => {}
        None => check.finding(
            "dut-not-identified",
            file,
            Some(CONSTRAINED),
            "The ICS does not say whether the device is constrained".into(),
            "Write constrained = true or false under [dut]; provisions 5.1-5, 5.3-2, 5.3-14 and 5.3-15 depend on it",
        ),
        Some(constrained) if constrained.value && !stated(&dut.constrained_reason) => check.finding(
            "dut-not-identified",
            &constrained.at,
            Some(CONSTRAINED),
            "The device is called constrained without a reason".into(),
            "Say in `constrained_reason` which limit of the device makes it so",
        ),
        Some(_) => {}
    }
}
