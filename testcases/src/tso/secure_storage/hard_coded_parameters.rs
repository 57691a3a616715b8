//! 5.4-3: what is hard-coded in the source is called so, and replaced on each device.

use ixit::companion::ProvisioningWay;

use crate::assessor::empty_selection;
use crate::assisted::{self, Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::files_seen::files;
use crate::firmware_seen;
use crate::guided::outcome;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::reason::Reason;
use crate::value_in_the_clear::{keys_inside, shown_files};
use crate::verdict::Verdict;
use ixit::Blame;

/// 5.4-3.
pub static GROUP: Group = Group {
    id: "5.4-3",
    judges: &[
        Judge {
            unit: "5.4-3-1:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: hard_coding_is_stated,
        },
        Judge {
            unit: "5.4-3-1:b",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: it_is_out_of_use_in_operation,
        },
        Judge {
            unit: "5.4-3-2:a",
            by: By::Assisted,
            machine_can: &[],
            needs: &["handed-in"],
            judge: provisioned_as_declared,
        },
    ],
};

/// 5.4-3-1 a: a critical parameter whose value stands in the source code is declared to be hard-coded there. One that
/// is part of the image may have got there by the source or by the build; a person asks.
///
/// A private key that stands in use in an image, while none is declared as hard-coded, is one that nobody stated.
fn hard_coding_is_stated(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut results = each_row(facts, unit, |item| {
        let stated = item.row.companions.hard_coded_in_source.as_ref().map(|stated| stated.value);
        let question =
            |prejudgement| Look::question(item, &["provisioning", "hard_coded_in_source"], prejudgement);
        let Some(provisioning) = item.row.companions.provisioning.as_ref() else { return question(None) };
        let way = provisioning.value.way;
        let reason = |code: &str| {
            Reason::new(code).with("row", &item.row.id).with("way", way.as_str()).expected_by("criterion")
        };
        match (way, stated) {
            (ProvisioningWay::SourceCode, Some(true)) => {
                Look::Met { reason: reason("hard-coding-stated"), shown_by: "hard_coded_in_source" }
            }
            (ProvisioningWay::SourceCode, Some(false)) => {
                Look::Contradiction { reason: reason("hard-coding-not-stated"), shown_by: "provisioning" }
            }
            (ProvisioningWay::Image, Some(true)) => {
                Look::Met { reason: reason("hard-coding-stated"), shown_by: "hard_coded_in_source" }
            }
            (ProvisioningWay::Image, Some(false)) => question(Some(Verdict::Fail)),
            (ProvisioningWay::SourceCode | ProvisioningWay::Image | ProvisioningWay::Other, _) => {
                question(None)
            }
            (
                ProvisioningWay::Production
                | ProvisioningWay::User
                | ProvisioningWay::Device
                | ProvisioningWay::Peer,
                _,
            ) => Look::Met { reason: reason("not-from-source"), shown_by: "provisioning" },
        }
    });
    results.extend(keys_inside(facts, &files(facts)));
    results
}

/// 5.4-3-1 b: a value that is hard-coded in the source is replaced before the device is in operation. One that is
/// declared to stay in use fails; whether the provisioning makes sure of the replacement is for a person.
fn it_is_out_of_use_in_operation(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let provisioning = item.row.companions.provisioning.as_ref().map(|provisioning| &provisioning.value);
        let replaced = provisioning.and_then(|provisioning| provisioning.replaced_before_operation);
        if replaced == Some(false) {
            let reason = Reason::new("hard-coded-value-stays-in-use")
                .with("row", &item.row.id)
                .with("way", provisioning.map_or("-", |provisioning| provisioning.way.as_str()))
                .expected_by("criterion");
            return Look::Contradiction { reason, shown_by: "provisioning" };
        }
        Look::question(item, &["provisioning", "generator"], replaced.map(|_| Verdict::Pass))
    })
}

/// 5.4-3-2 a: the hard-coded value is out of use once the device was provisioned, and no two devices share the new one.
/// That the value stands in an image is what hard-coded means, and fails nobody. Secrets that an image holds where they
/// are used are shown to a person beside the rows; they may be replaced at the first start.
fn provisioned_as_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    let files = files(facts);
    let of_images = firmware_seen::with_secrets(&files).map(|seen| {
        let shown = firmware_seen::shown(std::slice::from_ref(seen), firmware_seen::SECRETS);
        assisted::ask(facts, unit, &seen.file.name, shown, Some(Verdict::Fail))
    });
    let of_images: Vec<ItemResult> = of_images.collect();
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        // What the run found contradicts that there is nothing.
        return if of_images.is_empty() { vec![result] } else { of_images };
    }
    let of_rows = selected.items.iter().map(|item| {
        let result = assisted::ask_about(facts, unit, item, shown_files(&files), None);
        let args = [("row", item.row.id.clone())];
        if outcome::yes(&result, "old_value_accepted") {
            return outcome::fail(result, "hard-coded-value-in-use", Blame::Device, &args);
        }
        if outcome::yes(&result, "same_on_both") {
            return outcome::fail(result, "same-value-on-two-samples", Blame::Device, &args);
        }
        result
    });
    of_rows.chain(of_images).collect()
}

#[cfg(test)]
#[path = "hard_coded_parameters/tests.rs"]
mod tests;
