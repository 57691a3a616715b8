//! Ten ways in which assessments by EN 303 645 went wrong elsewhere, and what keeps each of them from
//! happening here. Where a rule of the program prevents one before any probe is involved, the comment
//! names it.

use ixit::{Declaration, SourceFile};
use testcases::assess::{RunNature, assess, unit_results};
use testcases::assessment::{Assessment, ProvisionResult, UnitResult};
use testcases::plan::{self, Plan};
use testcases::{Answer, Catalogue, Decision, Facts, ItemResult, Role, Verdict};

fn declaration(claims: &[(&str, &str)], ixit: &str) -> Declaration {
    let claims: Vec<String> = claims
        .iter()
        .map(|(id, support)| format!("[provision.\"{id}\"]\nsupport = \"{support}\"\ndetail = \"As told\"\n"))
        .collect();
    let ics = format!(
        "edition = \"en303645-2.1.1\"\n[dut]\nmodel = \"WH-100\"\nconstrained = false\n{}",
        claims.concat()
    );
    let sources = vec![
        SourceFile::new("ics.toml", ics.into_bytes()),
        SourceFile::new("ixit.toml", ixit.as_bytes().to_vec()),
    ];
    let reading = Declaration::from_sources(sources, Vec::new());
    reading.declaration.unwrap_or_else(|| panic!("{:#?}", reading.diagnostics))
}

fn facts<'a>(declaration: &'a Declaration, decisions: &'a [Decision]) -> Facts<'a> {
    Facts {
        catalogue: Catalogue::of(declaration.edition),
        declaration,
        diagnostics: &[],
        observations: &[],
        decisions,
        date: jiff::civil::date(2026, 11, 21),
        review_required: false,
        crypto: testcases::crypto::Policy::standard(),
    }
}

fn plan_of(declaration: &Declaration) -> Plan {
    plan::derive(declaration, None)
}

fn assessed(declaration: &Declaration, decisions: &[Decision]) -> Assessment {
    let nature = RunNature { complete: true, demonstration: false };
    assess(&facts(declaration, decisions), &plan_of(declaration), nature)
}

fn judged(declaration: &Declaration, decisions: &[Decision], unit: &str) -> Vec<ItemResult> {
    let facts = facts(declaration, decisions);
    unit_results(&facts, facts.catalogue.unit(unit).expect("a unit of the catalogue"))
}

/// The answer of an assessor to the open question of a unit on an item.
fn answer(declaration: &Declaration, unit: &str, item: &str, answer: &str) -> Decision {
    let results = judged(declaration, &[], unit);
    let open = results.into_iter().find(|result| result.item == item).and_then(|result| result.open);
    let prompt = open.unwrap_or_else(|| panic!("{unit} asks nothing about {item}"));
    Decision {
        prompt: prompt.id,
        answer: Answer::Text(answer.to_owned()),
        reason: "Looked at it".to_owned(),
        person: "A. Assessor".to_owned(),
        role: Role::Assessor,
        date: "2026-11-21".to_owned(),
        attachments: Vec::new(),
        notes: std::collections::BTreeMap::new(),
        facts: prompt.facts,
    }
}

fn provision<'a>(assessment: &'a Assessment, id: &str) -> &'a ProvisionResult {
    assessment.provisions.iter().find(|provision| provision.id == id).expect("every provision is listed")
}

fn units(provision: &ProvisionResult) -> impl Iterator<Item = &UnitResult> {
    provision.cases.iter().flat_map(|case| &case.units)
}

/// (1) The way out that a provision itself leaves is ignored: a device without automatic updates and without
/// notices is failed for not letting users configure them; a provision whose condition does not hold is
/// failed.
#[test]
fn misjudgement_1_the_way_out_of_a_provision_is_ignored() {
    let manual = "[[upd_mech]]\nid = \"UpdMech-1\"\nupdate = { automatic = false, notifies = false, network_based = true }\n";
    let manual = declaration(&[("5.3-6", "N/A"), ("5.3-14", "N/A")], manual);
    for unit in ["5.3-6-1:b", "5.3-6-1:c", "5.3-6-1:d", "5.3-6-2:a", "5.3-6-2:c"] {
        let results = judged(&manual, &[], unit);
        assert!(results.iter().all(|result| result.verdict == Verdict::Pass && result.vacuous), "{unit}");
    }
    let assessment = assessed(&manual, &[]);
    assert_eq!(provision(&assessment, "5.3-6").verdict, Verdict::NotApplicable);
    // Not constrained, so nothing is owed for components that cannot be updated.
    assert_eq!(provision(&assessment, "5.3-14").verdict, Verdict::NotApplicable);
}

/// (2) "All" is relaxed to those that were looked at. The quantifier of the catalogue prevents it: an item
/// without an answer is open, and an open item keeps its unit from passing.
#[test]
fn misjudgement_2_all_is_relaxed_to_the_ones_that_were_looked_at() {
    let two = declaration(
        &[("5.5-2", "Y")],
        "[[net_sec_impl]]\nid = \"NetSecImpl-1\"\n[[net_sec_impl]]\nid = \"NetSecImpl-2\"\n",
    );
    let first = answer(&two, "5.5-2-1:a", "NetSecImpl-1", "yes");
    let unit = |decisions: &[Decision]| {
        let assessment = assessed(&two, decisions);
        units(provision(&assessment, "5.5-2")).find(|unit| unit.id == "5.5-2-1:a").expect("a unit").verdict
    };
    assert_eq!(unit(std::slice::from_ref(&first)), Verdict::Inconclusive);
    let second = |said| answer(&two, "5.5-2-1:a", "NetSecImpl-2", said);
    assert_eq!(unit(&[first.clone(), second("no")]), Verdict::Fail);
    assert_eq!(unit(&[first, second("yes")]), Verdict::Pass);
}

/// (3) A contradiction between ICS and IXIT is reported as a failure of the device.
#[test]
fn misjudgement_3_a_contradiction_of_the_documents_is_laid_on_the_device() {
    let claimed_on_nothing =
        declaration(&[("5.1-1", "Y")], "[empty]\nauth_mech = \"Nobody logs in anywhere\"\n");
    let assessment = assessed(&claimed_on_nothing, &[]);
    let contradicted = provision(&assessment, "5.1-1");
    assert_eq!(contradicted.verdict, Verdict::Inconclusive);
    let code = contradicted.reason.as_ref().map(|reason| reason.code.as_str());
    assert_eq!(code, Some("claim-without-condition"));
    assert!(units(contradicted).all(|unit| unit.verdict != Verdict::Fail));
}

/// (4) A flow is judged one way for 5.5-1 and another way for the provisions that apply 5.5-1 again.
#[test]
fn misjudgement_4_a_flow_fails_best_practice_and_passes_where_it_is_applied_again() {
    let broken = declaration(
        &[("5.5-1", "Y"), ("5.5-6", "Y"), ("5.5-7", "Y"), ("5.8-1", "Y"), ("5.8-2", "Y")],
        r#"
[[com_mech]]
id = "ComMech-1"
remotely_accessible = true
associated_service = true
security_guarantees = ["confidentiality", "integrity", "authenticity"]
crypto = [{ purpose = "transport", primitive = "DES" }]
[[sec_param]]
id = "SecParam-1"
type = "critical"
communication_mechanisms = ["ComMech-1"]
[[pers_data]]
id = "PersData-1"
sensitive = true
communication_mechanisms = ["ComMech-1"]
"#,
    );
    let assessment = assessed(&broken, &[]);
    for id in ["5.5-1", "5.5-6", "5.5-7", "5.8-1", "5.8-2"] {
        assert_eq!(provision(&assessment, id).verdict, Verdict::Fail, "{id}");
    }
    // The same where people judge: a flow that one of them fails cannot pass in another place.
    let sound = declaration(
        &[("5.5-1", "Y"), ("5.8-1", "Y")],
        r#"
[[com_mech]]
id = "ComMech-1"
security_guarantees = ["confidentiality", "integrity", "authenticity"]
[[pers_data]]
id = "PersData-1"
communication_mechanisms = ["ComMech-1"]
"#,
    );
    let applied_again = |first: &str| {
        let decisions = [
            answer(&sound, "5.5-1-1:b", "ComMech-1", first),
            answer(&sound, "5.8-1-1:a", "ComMech-1", "yes"),
        ];
        judged(&sound, &decisions, "5.8-1-1:a").remove(0).verdict
    };
    assert_eq!(applied_again("yes"), Verdict::Pass);
    assert_eq!(applied_again("no"), Verdict::Fail);
    let catalogue = Catalogue::of(broken.edition);
    for unit in ["5.5-6-1:a", "5.5-7-1:a", "5.8-1-1:a", "5.8-2-1:a"] {
        let applied = &catalogue.unit(unit).expect("a unit").inherits;
        assert_eq!(applied, &["5.5-1-1:a", "5.5-1-1:b", "5.5-1-1:c", "5.5-1-1:d"], "{unit}");
    }
}

/// (5) What was seen at one interface is taken to hold for all. Results are kept per item, state and sample,
/// and an answer counts for the item that it was given on.
#[test]
fn misjudgement_5_one_interface_speaks_for_all() {
    let two = declaration(
        &[],
        "[[intf]]\nid = \"Intf-1\"\ntype = [\"physical\"]\ndebug_interface = true\n\
         [[intf]]\nid = \"Intf-2\"\ntype = [\"physical\"]\ndebug_interface = true\n",
    );
    let notes = serde_json::json!({
        "console": "nothing",
        "settings": "115200 baud",
        "pins": [{ "pin": "1", "mv": 0, "guess": "tx" }],
        "photo": { "file": "sha256:0" },
    });
    let notes = serde_json::from_value(notes).expect("notes");
    let decisions = [Decision { notes, ..answer(&two, "5.6-4-2:a", "Intf-1", "yes") }];
    let results = judged(&two, &decisions, "5.6-4-2:a");
    let verdict = |item: &str| results.iter().find(|result| result.item == item).map(|result| result.verdict);
    assert_eq!(verdict("Intf-1"), Some(Verdict::Pass));
    assert_eq!(verdict("Intf-2"), Some(Verdict::Inconclusive));
}

/// (6) Not applicable because it was not done: "there is no alert, so alerting does not apply".
#[test]
fn misjudgement_6_what_is_missing_makes_itself_not_applicable() {
    // As an empty table behind a claim: no vacuous pass where a measure is owed.
    let none = declaration(&[("5.7-2", "Y")], "[empty]\nsec_boot = \"There is no alert\"\n");
    for unit in ["5.7-2-1:a", "5.7-2-1:b"] {
        let results = judged(&none, &[], unit);
        assert!(results.iter().all(|result| result.verdict == Verdict::Inconclusive), "{unit}");
    }
    assert_eq!(provision(&assessed(&none, &[]), "5.7-2").verdict, Verdict::Inconclusive);
    // As N/A on what is mandatory: only a person can accept that, and has to sign it.
    let left_out = declaration(&[("5.4-1", "N/A")], "[empty]\nsec_param = \"None\"\n");
    let assessment = assessed(&left_out, &[]);
    assert_eq!(provision(&assessment, "5.4-1").verdict, Verdict::Inconclusive);
    assert!(assessment.prompts.iter().any(|prompt| prompt.id == "not-applicable/5.4-1"));
}

/// (7) A flaw that is honestly declared is taken for compliance.
#[test]
fn misjudgement_7_honesty_about_a_flaw_is_taken_for_compliance() {
    let honest = declaration(
        &[("5.10-1", "Y")],
        "[[tel_data]]\nid = \"TelData-1\"\ndescription = \"Uptime. It is not examined for anomalies, as we openly say.\"\n",
    );
    let assessment = assessed(&honest, &[]);
    assert_eq!(provision(&assessment, "5.10-1").verdict, Verdict::Fail);
    // The functional case compares with the declaration only, and so has nothing to compare for what was
    // never reviewed. Its PASS does not outweigh the conceptual FAIL: a provision fails with any case.
    let unreviewed = declaration(
        &[("5.5-2", "Y")],
        "[[net_sec_impl]]\nid = \"NetSecImpl-1\"\ndescription = \"Never reviewed\"\n",
    );
    let decisions = [answer(&unreviewed, "5.5-2-1:a", "NetSecImpl-1", "no")];
    let assessment = assessed(&unreviewed, &decisions);
    let judged = provision(&assessment, "5.5-2");
    let verdict = |case: &str| judged.cases.iter().find(|known| known.id == case).expect("a case").verdict;
    assert_eq!((verdict("5.5-2-1"), verdict("5.5-2-2")), (Verdict::Fail, Verdict::Pass));
    assert_eq!(judged.verdict, Verdict::Fail);
}

/// (8) A query for the newest version is taken for the transfer of a firmware image. What a device asked for passes
/// nothing: the trials pass by what is installed afterwards, the trust by what is declared of the check.
#[test]
fn misjudgement_8_a_version_query_is_taken_for_a_firmware_download() {
    let updates = "[[upd_mech]]\nid = \"UpdMech-1\"\nupdate = { automatic = true, notifies = true, network_based = true }\n";
    let declaration = declaration(&[("5.3-2", "Y"), ("5.3-7", "Y"), ("5.3-10", "Y")], updates);
    for id in ["5.3-2-2:b", "5.3-10-1:b"] {
        let results = judged(&declaration, &[], id);
        assert!(results.iter().all(|result| result.verdict == Verdict::Inconclusive), "{id}");
    }
}

/// (9) The settings of a stream are taken for sensitive personal data. Whether data are sensitive is
/// declared; a machine fails nothing because of a flag that is not there.
#[test]
fn misjudgement_9_settings_of_a_stream_are_taken_for_sensitive_data() {
    let stream = |sensitive: &str| {
        let ixit = format!(
            r#"
[[com_mech]]
id = "ComMech-Stream"
associated_service = true
security_guarantees = ["confidentiality", "integrity", "authenticity"]
crypto = [{{ purpose = "transport", primitive = "DES" }}]
[[pers_data]]
id = "PersData-StreamSettings"
{sensitive}
communication_mechanisms = ["ComMech-Stream"]
"#
        );
        judged(&declaration(&[], &ixit), &[], "5.8-2-1:a").remove(0)
    };
    let settings = stream("sensitive = false");
    assert_eq!((settings.verdict, settings.vacuous), (Verdict::Pass, true));
    let untold = stream("");
    assert_eq!(untold.verdict, Verdict::Inconclusive);
    assert!(untold.open.is_some());
    // The same flow with sensitive data fails: the test is about the data, not about the flow.
    assert_eq!(stream("sensitive = true").verdict, Verdict::Fail);
}

/// (10) No packet in a capture is taken for "no cloud". That a set is empty is said by the supplier, with a
/// reason; a table that is missing is no empty set, whatever was not seen.
#[test]
fn misjudgement_10_silence_of_the_device_is_taken_for_absence() {
    for unit in ["5.5-7-1:a", "5.5-7-2:a"] {
        let silent = judged(&declaration(&[], ""), &[], unit).remove(0);
        assert_eq!((silent.verdict, silent.vacuous), (Verdict::Inconclusive, false), "{unit}");
    }
    let said = declaration(&[], "[empty]\ncom_mech = \"The device has no network\"\n");
    let result = judged(&said, &[], "5.5-7-1:a").remove(0);
    assert_eq!((result.verdict, result.vacuous), (Verdict::Pass, true));
    assert_eq!(result.reason.args["reason"], "The device has no network");
}

/// Quirk: five groups have no conceptual case, one case has both kinds, and the group on installation
/// guidance is 5.12-3 and not 5.13-1.
#[test]
fn quirks_of_the_catalogue_are_kept() {
    let declaration = declaration(&[], "");
    let catalogue = Catalogue::of(declaration.edition);
    let functional_only: Vec<&str> = catalogue
        .groups
        .iter()
        .filter(|group| {
            catalogue.cases_of(&group.id).all(|case| case.kind == testcases::catalogue::Kind::Functional)
        })
        .map(|group| group.id.as_str())
        .collect();
    assert_eq!(functional_only, ["5.8-3", "5.11-3", "5.11-4", "5.12-2", "5.12-3"]);
    assert_eq!(catalogue.case("5.3-10-1").expect("a case").kind, testcases::catalogue::Kind::Both);
    // The preparation of 5.12-2 has no pass condition of its own.
    let preparation = catalogue.unit("5.12-2-1:a").expect("a unit");
    assert!(preparation.preparatory && catalogue.basis_of(preparation).is_none());
    // The three units on network-based mechanisms do not all speak of them.
    let select = |id: &str| catalogue.unit(id).expect("a unit").select.clone();
    assert_eq!(select("5.3-10-1:a"), None);
    assert_eq!(select("5.3-10-1:b").as_deref(), Some("update-network-based"));
    // "One is enough" for an update mechanism, and nowhere else.
    let one: Vec<&str> = catalogue
        .cases
        .iter()
        .filter(|case| case.quantifier == testcases::logic::Quantifier::One)
        .map(|case| case.id.as_str())
        .collect();
    assert_eq!(one, ["5.3-2-1", "5.3-2-2"]);
}
