//! The device, numbers by verdict, and who decided what.

use crate::assessment::{Counts, Coverage, DutSummary, ProvisionResult};
use crate::facts::Facts;
use crate::judge::{By, RestsOn};
use crate::verdict::Verdict;
use probes::probe::device_identity::DeviceIdentity;

pub(super) fn dut(facts: &Facts<'_>) -> DutSummary {
    let dut = &facts.declaration.ics.dut;
    let text = |value: &Option<ixit::Located<String>>| value.as_ref().map(|value| value.value.clone());
    let read = facts.results::<DeviceIdentity>("device-identity");
    let last = read.last().map(|(_, identity)| identity);
    DutSummary {
        manufacturer: text(&dut.manufacturer),
        model: text(&dut.model),
        hardware: text(&dut.hardware),
        firmware: text(&dut.firmware),
        firmware_read: last.and_then(|identity| identity.firmware.clone()),
        serial_read: last.and_then(|identity| identity.serial.clone()),
    }
}

pub(super) fn counts(provisions: &[ProvisionResult]) -> Counts {
    let mut counts = Counts::default();
    for provision in provisions {
        *counts.provisions.entry(provision.verdict.to_string()).or_default() += 1;
        for case in &provision.cases {
            *counts.cases.entry(case.verdict.to_string()).or_default() += 1;
            for unit in &case.units {
                *counts.units.entry(unit.verdict.to_string()).or_default() += 1;
            }
        }
    }
    counts
}

pub(super) fn coverage(provisions: &[ProvisionResult]) -> Coverage {
    let mut coverage = Coverage::default();
    for unit in provisions.iter().flat_map(|provision| &provision.cases).flat_map(|case| &case.units) {
        coverage.units += 1;
        if !unit.planned {
            continue;
        }
        coverage.planned += 1;
        if unit.items.iter().any(|item| item.open.is_some()) || unit.verdict == Verdict::Inconclusive {
            coverage.open += 1;
            continue;
        }
        match unit.by {
            Some(By::Machine) => coverage.machine += 1,
            Some(By::Assisted) => coverage.assisted += 1,
            Some(By::Assessor) => coverage.assessor += 1,
            Some(By::External) => coverage.external += 1,
            None => {}
        }
        if unit.verdict == Verdict::Pass && unit.rests_on == Some(RestsOn::Declared) {
            coverage.declared += 1;
        }
    }
    coverage
}
