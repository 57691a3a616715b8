use std::path::Path;

use ixit::SourceFile;
use probes::probe::identify::{LoginOffer, ServiceIdentity};
use probes::probe::tcp_sweep::{Canary, PortInventory};

use super::*;
use crate::test_facts::{Seen, TestFacts};

const PASSWORD: &str = r#"
[[auth_mech]]
id = "AuthMech-1"
subject = "user"
factor = { kind = "password", user_defined = true, pre_installed = false, used_outside_factory_default = true }
"#;

const NO_PASSWORD: &str = "[empty]\nauth_mech = \"Nobody logs in anywhere\"\n";

fn ics(claims: &[(&str, &str)]) -> String {
    let claims: Vec<String> = claims
        .iter()
        .map(|(id, support)| format!("[provision.\"{id}\"]\nsupport = \"{support}\"\ndetail = \"As told\"\n"))
        .collect();
    format!(
        "edition = \"en303645-2.1.1\"\n[dut]\nmodel = \"WH-100\"\nfirmware = \"1.0\"\nconstrained = false\n{}",
        claims.concat()
    )
}

fn planned(ics: &str, ixit: &str, only: Option<&str>) -> Plan {
    derive(TestFacts::with_ics(ics, ixit).facts().declaration, only)
}

fn provision<'a>(plan: &'a Plan, id: &str) -> &'a PlannedProvision {
    plan.provisions.iter().find(|provision| provision.id == id).expect("every provision is listed")
}

fn unit<'a>(plan: &'a Plan, id: &str) -> &'a PlannedUnit {
    plan.units.iter().find(|unit| unit.id == id).expect("every unit is listed")
}

fn login_found() -> Seen {
    Seen::by(
        "identify",
        ServiceIdentity {
            port: 2323,
            application: "telnet".to_owned(),
            tls: false,
            banner: None,
            logins: vec![LoginOffer::certain("telnet-login", true, "login:")],
            paths: Vec::new(),
            disclosed: Vec::new(),
            ssh: None,
        },
    )
}

fn port_found() -> Seen {
    Seen::by(
        "tcp-sweep",
        PortInventory {
            address: "127.64.0.1".parse().expect("an address"),
            open: vec![2323],
            closed: 65_534,
            unanswered: Vec::new(),
            asked: 65_535,
            foreign: Vec::new(),
            canary: Canary { port: Some(2323), checks: 1, failures: 0 },
            repeated: 0,
            manner: Default::default(),
        },
    )
}

fn bytes(sources: Vec<SourceFile>) -> Vec<u8> {
    let reading = Declaration::from_sources(sources, Vec::new());
    let declaration = reading.declaration.unwrap_or_else(|| panic!("{:#?}", reading.diagnostics));
    serde_json::to_vec_pretty(&derive(&declaration, None)).expect("string keys only")
}

/// The declaration of the reference device, its blanks filled with some number.
fn reference() -> [SourceFile; 2] {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lab/devices/water-heater");
    ["ics.toml", "ixit.toml"].map(|name| {
        SourceFile::new(name, std::fs::read(folder.join(name)).expect("the reference declaration is there"))
    })
}

#[test]
fn the_same_declaration_gives_the_same_bytes_in_whatever_order_its_files_are_read() {
    let [ics, ixit] = reference();
    let once = bytes(vec![ics.clone(), ixit.clone()]);
    assert_eq!(once, bytes(vec![ics.clone(), ixit.clone()]));
    assert_eq!(once, bytes(vec![ixit, ics]));
}

#[test]
fn the_order_of_tables_and_rows_does_not_change_the_plan() {
    let row = |id: &str| {
        format!(
            "[[auth_mech]]\nid = \"{id}\"\nsubject = \"user\"\nfactor = {{ kind = \"password\", user_defined = true }}\n\
             login = {{ kind = \"basic\", path = \"/{id}\", protected = \"/\", port = 8443, tls = true }}\n"
        )
    };
    let interface = "[[intf]]\nid = \"Intf-1\"\ntype = [\"network\"]\ndebug_interface = false\n";
    let ics = ics(&[("5.1-1", "Y"), ("5.1-5", "Y"), ("5.6-1", "Y")]);
    let one = planned(&ics, &(row("AuthMech-A") + &row("AuthMech-B") + interface), None);
    let other = planned(&ics, &(interface.to_owned() + &row("AuthMech-B") + &row("AuthMech-A")), None);
    assert_eq!(unit(&one, "5.1-5-1:a").items, ["AuthMech-A", "AuthMech-B"]);
    assert!(one.steps.iter().any(|step| {
        matches!(step, Step::Observe { request, .. } if request.probe == "http-login" && request.target == "AuthMech-B")
    }));
    assert_eq!(one, other);
}

#[test]
fn no_step_stands_twice_and_a_page_that_several_entries_name_is_fetched_once() {
    let [ics, ixit] = reference();
    let reading = Declaration::from_sources(vec![ics, ixit], Vec::new());
    let steps = derive(&reading.declaration.expect("the reference declaration is understood"), None).steps;
    let mut seen = Vec::new();
    for step in &steps {
        let Step::Observe { state, request, .. } = step else { continue };
        let what = (*state, &request.probe, &request.target);
        assert!(!seen.contains(&what), "{what:?}");
        seen.push(what);
    }
    assert!(seen.len() > 10, "{seen:?}");

    let page = "{ kind = \"url\", place = \"http://maker.example/security\" }";
    let ixit = format!(
        "[user_info]\n[user_info.resources]\npublication_of_support_period = {page}\n\
         publication_of_vulnerability_disclosure_policy = {page}\n"
    );
    let ics = self::ics(&[("5.2-1", "Y"), ("5.3-13", "Y")]);
    let plan = planned(&ics, &ixit, None);
    let pages: Vec<&Vec<String>> = plan
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Observe { request, units, .. } if request.probe == "public-resource" => Some(units),
            _ => None,
        })
        .collect();
    // The other page is security.txt at the host of the policy.
    let [units, _] = pages[..] else { panic!("{pages:?}") };
    for provision in ["5.2-1", "5.3-13"] {
        assert!(units.iter().any(|unit| unit.starts_with(&format!("{provision}-"))), "{units:?}");
    }
}

#[test]
fn a_condition_that_does_not_hold_unplans_the_provision_with_that_reason() {
    let plan = planned(&ics(&[("5.1-1", "N/A"), ("5.1-3", "Y")]), NO_PASSWORD, None);
    let provision = provision(&plan, "5.1-1");
    assert_eq!((provision.planned, provision.applicable), (false, Some(false)));
    assert_eq!(provision.why.as_deref(), Some("condition-not-met"));
    for unit in plan.units.iter().filter(|unit| unit.id.starts_with("5.1-1-")) {
        assert!(!unit.planned);
        assert_eq!(unit.why.as_deref(), Some("condition-not-met"));
        assert_eq!(unit.by, None);
    }
}

#[test]
fn one_of_several_conditions_that_does_not_hold_is_enough() {
    // 5.3-14 needs both: no update for a component, and a constrained device.
    let ixit = "[[soft_comp]]\nid = \"SoftComp-1\"\nupdate_mechanism = []\n";
    let plan = planned(&ics(&[("5.3-14", "N/A")]), ixit, None);
    assert_eq!(plan.conditions.iter().find(|state| state.id == 3).and_then(|state| state.holds), Some(true));
    assert_eq!(provision(&plan, "5.3-14").why.as_deref(), Some("condition-not-met"));
}

#[test]
fn a_condition_that_nobody_can_tell_keeps_a_claimed_provision_planned() {
    let plan = planned(&ics(&[("5.1-1", "Y")]), "", None);
    let provision = provision(&plan, "5.1-1");
    assert_eq!((provision.planned, provision.applicable), (true, None));
    // A row without the companion that would tell is no "no" either.
    let parameter = "[[sec_param]]\nid = \"SecParam-1\"\ntype = \"critical\"\n";
    let plan = planned(&ics(&[("5.4-2", "Y")]), parameter, None);
    assert_eq!(self::provision(&plan, "5.4-2").applicable, None);
    assert!(self::provision(&plan, "5.4-2").planned);
}

#[test]
fn provisions_that_are_not_claimed_are_left_out_and_say_why() {
    let plan = planned(&ics(&[("5.1-3", "N"), ("5.2-1", "N/A")]), PASSWORD, None);
    assert_eq!(provision(&plan, "5.1-3").why.as_deref(), Some("not-claimed"));
    assert_eq!(provision(&plan, "5.2-1").why.as_deref(), Some("not-applicable-claimed"));
    assert_eq!(provision(&plan, "5.5-1").why.as_deref(), Some("support-not-stated"));
}

#[test]
fn the_reporting_group_is_planned_whatever_the_ics_says_of_it() {
    for support in ["Y", "N", "N/A"] {
        let plan = planned(&ics(&[("4-1", support)]), "", None);
        assert!(provision(&plan, "4-1").planned, "{support}");
        assert!(unit(&plan, "4-1-1:a").planned, "{support}");
    }
    assert!(provision(&planned(&ics(&[]), "", None), "4-1").planned);
}

#[test]
fn only_takes_globs_over_units_cases_and_provisions() {
    let ics = ics(&[("5.1-1", "Y"), ("5.1-5", "Y"), ("5.1-3", "Y")]);
    let chosen = |only: &str| -> Vec<String> {
        let plan = planned(&ics, PASSWORD, Some(only));
        plan.units.into_iter().filter(|unit| unit.planned).map(|unit| unit.id).collect()
    };
    assert_eq!(chosen("5.1-5-2:b"), ["5.1-5-2:b"]);
    assert_eq!(chosen("5.1-5-1"), ["5.1-5-1:a"]);
    assert!(chosen("5.1-5").iter().all(|id| id.starts_with("5.1-5-")));
    assert!(chosen("5.1-5").len() > 2);
    assert_eq!(chosen("5.1-5-1, 4-*"), ["4-1-1:a", "5.1-5-1:a"]);
    assert!(chosen("5.9-*").is_empty());
    // A dot is a dot.
    assert!(chosen("5x1-5").is_empty());
}

#[test]
fn what_only_leaves_out_is_told_from_what_does_not_apply() {
    let plan = planned(&ics(&[("5.1-1", "N/A"), ("5.1-3", "Y")]), NO_PASSWORD, Some("4-1"));
    assert_eq!(unit(&plan, "5.1-3-1:a").why.as_deref(), Some("not-selected"));
    assert_eq!(unit(&plan, "5.1-1-1:a").why.as_deref(), Some("condition-not-met"));
}

#[test]
fn a_sweep_comes_before_what_is_repeated_for_its_ports() {
    let plan = planned(&ics(&[("5.5-1", "Y")]), "[[com_mech]]\nid = \"ComMech-1\"\n", Some("5.5-1"));
    let probes: Vec<&str> = plan
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Observe { request, .. } => Some(request.probe.as_str()),
            Step::Enter { .. } => None,
        })
        .collect();
    if let Some(tls) = probes.iter().position(|probe| *probe == "tls-server") {
        assert!(probes[..tls].contains(&"tcp-sweep") && probes[..tls].contains(&"identify"), "{probes:?}");
    } else {
        panic!("5.5-1 reads what TLS servers say: {probes:?}");
    }
}

#[test]
fn a_found_login_brings_the_password_provisions_back() {
    let claims = ics(&[("5.1-1", "N/A"), ("5.1-2", "N/A"), ("5.1-4", "N/A"), ("5.6-4", "N/A")]);
    let quiet = TestFacts::with_ics(&claims, NO_PASSWORD);
    let plan = derive(quiet.facts().declaration, None);
    assert!(reopened(&quiet.facts(), &plan).is_empty());

    let found = quiet.observed(login_found());
    let back = reopened(&found.facts(), &plan);
    assert_eq!(back, ["5.1-1", "5.1-2", "5.1-4"]);
    let again = derive_reopened(found.facts().declaration, None, &back);
    assert!(provision(&again, "5.1-1").planned);
    assert!(unit(&again, "5.1-1-2:a").planned);
    // What nothing was found against stays as it is, and nothing comes back twice.
    assert!(!provision(&again, "5.6-4").planned);
    assert!(reopened(&found.facts(), &again).is_empty());
}

#[test]
fn a_declared_login_does_not_bring_back_the_pre_installed_passwords() {
    let facts =
        TestFacts::with_ics(&ics(&[("5.1-1", "Y"), ("5.1-2", "N/A")]), PASSWORD).observed(login_found());
    let plan = derive(facts.facts().declaration, None);
    assert_eq!(provision(&plan, "5.1-2").why.as_deref(), Some("condition-not-met"));
    assert!(reopened(&facts.facts(), &plan).is_empty());
}

#[test]
fn an_open_port_brings_back_what_was_called_not_applicable_for_want_of_interfaces() {
    let empty = "[empty]\nintf = \"The device has no interface\"\n";
    let claims = ics(&[("5.6-1", "N/A"), ("5.6-2", "N")]);
    let facts = TestFacts::with_ics(&claims, empty).observed(port_found());
    let plan = derive(facts.facts().declaration, None);
    // "Not supported" says nothing of the device that a finding could contradict.
    assert_eq!(reopened(&facts.facts(), &plan), ["5.6-1"]);
}

#[test]
fn only_provisions_that_do_not_apply_can_be_reopened() {
    let facts = TestFacts::with_ics(&ics(&[("5.1-3", "N")]), PASSWORD);
    let plan = derive_reopened(facts.facts().declaration, None, &["5.1-3".to_owned()]);
    assert!(!provision(&plan, "5.1-3").planned);
}

/// Number of the step and what it is, for every step that performs an action.
fn performing<'p>(plan: &'p Plan, action: &str) -> Vec<(usize, &'p Step)> {
    let performs = |step: &&Step| match step {
        Step::Enter { action: own, .. } => own == action,
        Step::Observe { actions, .. } => actions.iter().any(|own| own == action),
    };
    plan.steps.iter().enumerate().filter(|(_, step)| performs(step)).collect()
}

fn planned_reference(only: Option<&str>) -> Plan {
    let reading = Declaration::from_sources(reference().into(), Vec::new());
    derive(&reading.declaration.expect("the reference declaration is understood"), only)
}

#[test]
fn each_outage_is_made_once_for_all_and_after_what_is_gentler() {
    let plan = planned_reference(None);
    let pairs = ["link_down", "uplink_down", "names_down", "services_down", "power_off"];
    // What cuts an update or a bad input off belongs to those.
    let outages = |action: &str| {
        let of_outage = |(_, step): &(usize, &Step)| matches!(step, Step::Observe { request, .. } if request.probe == "interruption");
        performing(&plan, action).into_iter().filter(of_outage).collect::<Vec<_>>()
    };
    let mut last = 0;
    for action in pairs {
        let found = outages(action);
        let [(number, Step::Observe { units, disturbs, .. })] = found[..] else {
            panic!("{action}: {found:?}")
        };
        assert!(number > last, "{action} is out of order");
        assert!(units.len() > 1 && disturbs.contains(&Disturbance::Interrupt), "{action}: {units:?}");
        last = number;
    }
    // A power cycle before the outages would hide what a loss of power changes.
    let rougher = ["hostile-input", "ble-hostile-input", "deletion", "ble-reset", "update-trials"];
    let (first, mut gentle, mut rough) = (outages("link_down")[0].0, 0, 0);
    for (number, step) in plan.steps.iter().enumerate() {
        match step {
            Step::Observe { state: DutState::Initialized, request, .. }
                if rougher.contains(&&*request.probe) =>
            {
                assert!(number > last, "{} before the outages", request.probe);
                rough += 1;
            }
            Step::Observe { state: DutState::Initialized, request, .. }
                if request.probe != "interruption" =>
            {
                assert!(number < first, "{} after the outages", request.probe);
                gentle += 1;
            }
            _ => {}
        }
    }
    assert!(gentle > 10 && rough >= rougher.len(), "{gentle} {rough}");
}

#[test]
fn what_nobody_reads_is_not_interrupted() {
    let plan = planned_reference(Some("5.9-3-*"));
    assert_eq!(performing(&plan, "link_down").len(), 0);
    assert_eq!(performing(&plan, "services_down").len(), 1);
    let plan = planned_reference(Some("5.1-5"));
    assert!(!plan.steps.iter().any(|step| {
        matches!(step, Step::Observe { request, .. } if request.probe == "interruption" || request.probe == "traffic")
    }));
}

#[test]
fn the_device_is_listened_to_before_anything_is_asked_of_it() {
    let plan = planned_reference(None);
    for state in [DutState::FactoryDefault, DutState::Initialized] {
        let here: Vec<&str> = plan
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Observe { state: at, request, .. } if *at == state => Some(request.probe.as_str()),
                _ => None,
            })
            .collect();
        let place = |probe: &str| here.iter().position(|name| *name == probe);
        assert!(place("traffic").is_some() && place("traffic") < place("tcp-sweep"), "{here:?}");
    }
}

#[test]
fn software_is_altered_last_where_a_unit_needs_it_and_restored_behind_it() {
    let altered = planned_reference(Some("5.7-2-2"));
    let reads = |unit: &&PlannedUnit| unit.planned && unit.probes.iter().any(|probe| probe == "traffic");
    if altered.units.iter().any(|unit| reads(&unit)) {
        let [.., entered, observed, left] = altered.steps.as_slice() else { panic!("{:#?}", altered.steps) };
        assert_eq!(
            *entered,
            Step::Enter { state: DutState::AfterDetectedChange, action: ALTER_SOFTWARE.to_owned() }
        );
        let Step::Observe { state, request, disturbs, units, .. } = observed else { panic!("{observed:?}") };
        assert_eq!((*state, request.probe.as_str()), (DutState::AfterDetectedChange, "traffic"));
        assert_eq!(disturbs, &[Disturbance::AlterSoftware]);
        assert!(units.iter().all(|unit| unit.starts_with("5.7-2-2:")), "{units:?}");
        assert_eq!(*left, Step::Enter { state: DutState::Initialized, action: RESTORE_SOFTWARE.to_owned() });
        // Normal use has nothing to say about it.
        assert_eq!(
            altered
                .steps
                .iter()
                .filter(|step| {
                    matches!(step, Step::Observe { request, .. } if request.probe == "traffic")
                })
                .count(),
            1
        );
    } else {
        panic!("5.7-2-2 reads the traffic after a detected change");
    }
    let untouched = planned_reference(Some("5.7-1"));
    assert!(performing(&untouched, ALTER_SOFTWARE).is_empty());
}
