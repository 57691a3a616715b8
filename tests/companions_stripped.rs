//! Prose alone never passes: with all companions taken out of the reference declaration, no unit that asks for a
//! judgement is passed by the machine. What the companions said is then asked of a person.

#[path = "linter/folder.rs"]
mod folder;

use folder::Folder;
use harness::testcases::assess::{RunNature, assess};
use harness::testcases::assessment::Assessment;
use harness::testcases::crypto::Policy;
use harness::testcases::judge::By;
use harness::testcases::{Catalogue, Facts, Verdict, plan};

/// Units whose selection is made by a field of a closed type, and is empty for the reference device: every component
/// names its update mechanism, so that there is nothing to judge. No prose is read for that.
const NOTHING_TO_JUDGE: &[&str] = &["5.3-1-1:a"];

fn assessed(folder: &Folder) -> Assessment {
    let reading = folder.reading();
    let declaration = reading.declaration.unwrap_or_else(|| panic!("{:?}", reading.diagnostics));
    let facts = Facts {
        catalogue: Catalogue::of(declaration.edition),
        declaration: &declaration,
        diagnostics: &reading.diagnostics,
        observations: &[],
        decisions: &[],
        date: jiff::civil::date(2026, 11, 21),
        crypto: Policy::standard(),
        review_required: false,
    };
    assess(&facts, &plan::derive(&declaration, None), RunNature { complete: true, demonstration: false })
}

/// Units of this verb with an item that the machine passed.
fn passed_by_machine(assessment: &Assessment, verb: &str) -> Vec<String> {
    let catalogue = Catalogue::of(harness::ixit::Edition::En303645V2_1_1);
    assessment
        .provisions
        .iter()
        .flat_map(|provision| &provision.cases)
        .flat_map(|case| &case.units)
        .filter(|unit| unit.planned && catalogue.unit(&unit.id).is_some_and(|known| known.verb == verb))
        .filter(|unit| {
            let nothing_to_judge = NOTHING_TO_JUDGE.contains(&unit.id.as_str());
            unit.items.iter().any(|item| {
                item.verdict == Verdict::Pass && item.by == By::Machine && !(item.vacuous && nothing_to_judge)
            })
        })
        .map(|unit| unit.id.clone())
        .collect()
}

#[test]
fn without_companions_the_machine_passes_no_unit_that_asks_for_a_judgement() {
    let mut folder = Folder::reference();
    folder.strip_companions();
    let assessment = assessed(&folder);
    let passed = passed_by_machine(&assessment, "assess");
    assert!(passed.is_empty(), "passed on prose alone: {passed:?}");
}

/// So that the other test is about companions, and not about judges that pass nothing.
#[test]
fn with_companions_the_machine_passes_some_of_them() {
    let passed = passed_by_machine(&assessed(&Folder::reference()), "assess");
    assert!(!passed.is_empty());
    println!("{} units: {passed:?}", passed.len());
}
