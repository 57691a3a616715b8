//! A draft reads without an error whatever a device says, and declares nothing.

use proptest::prelude::*;

use super::*;
use crate::declaration::{Declaration, SourceFile};
use crate::diagnostic::{Diagnostic, Severity};

const EDITION: Edition = Edition::En303645V2_1_1;

fn read(drafted: &Drafted) -> (Declaration, Vec<Diagnostic>) {
    let sources = [("ics.toml", &drafted.ics), ("ixit.toml", &drafted.ixit)]
        .map(|(name, text)| SourceFile::new(name, text.as_bytes().to_vec()));
    let reading = Declaration::from_sources(sources.into(), Vec::new());
    let errors: Vec<&Diagnostic> =
        reading.diagnostics.iter().filter(|found| found.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{}", drafted.ixit);
    (reading.declaration.expect("no error"), reading.diagnostics)
}

fn service(transport: Transport, port: u16, application: &str) -> FoundService {
    FoundService {
        transport,
        port,
        application: Some(application.to_owned()),
        seen: application.to_owned(),
        tls: None,
        logins: Vec::new(),
        disclosed: Vec::new(),
    }
}

fn login(name: &str) -> FoundLogin {
    FoundLogin { name: name.into(), seen: "a form".into(), factor: Some("password".into()), login: None }
}

fn found() -> Found {
    let mut web = service(Transport::Tcp, 8443, "https");
    web.tls = Some(FoundTls {
        versions: vec!["1.2".into()],
        suites: vec!["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256".into()],
        certificate_key: Some("EC-256".into()),
    });
    web.logins = vec![
        login("form"),
        FoundLogin { login: Some((LoginKind::Basic, "/admin".into())), ..login("basic") },
        login("form"),
    ];
    web.disclosed = ["serial", "model", "serial"]
        .map(|item| FoundDisclosure { item: item.into(), value: "X".into(), place: "JSON".into() })
        .into();
    Found {
        address: "192.0.2.11".into(),
        date: "2026-01-31".into(),
        model: Some("WH-100".into()),
        firmware: Some("1.0".into()),
        identity: Some(FoundIdentity { application: "https".into(), port: 8443, path: "/id".into() }),
        services: vec![web, service(Transport::Udp, 5353, "mdns")],
        tried: vec!["TCP connect to 65535 ports".into()],
        unknown: vec!["udp/161: snmp gave no answer".into()],
    }
}

#[test]
fn what_was_found_stands_in_rows_that_declare_nothing() {
    let drafted = draft(EDITION, &found());
    let (declaration, diagnostics) = read(&drafted);
    let ids = |table: &str| -> Vec<&str> {
        declaration.ixit.rows(table).iter().map(|row| row.id.as_str()).collect()
    };
    assert_eq!(
        ids("auth_mech"),
        ["AuthMech-Tcp8443-form", "AuthMech-Tcp8443-basic", "AuthMech-Tcp8443-form-2"]
    );
    assert_eq!(ids("com_mech"), ["ComMech-Tcp8443", "ComMech-Udp5353"]);
    assert_eq!(ids("soft_serv"), ["SoftServ-Tcp8443", "SoftServ-Udp5353"]);
    assert_eq!(ids("intf"), ["Intf-Link", "Intf-Tcp8443", "Intf-Udp5353"]);
    let rows: Vec<_> = ["auth_mech", "com_mech", "soft_serv", "intf"]
        .iter()
        .flat_map(|table| declaration.ixit.rows(table))
        .collect();
    assert!(rows.iter().all(|row| row.observed_only));
    assert_eq!(drafted.rows, rows.len());
    // The prose is the supplier's.
    assert!(rows.iter().all(|row| row.text("description").is_none()));
    assert!(diagnostics.iter().any(|found| found.code == "placeholder-text"));
    let unconfirmed = diagnostics.iter().filter(|found| found.code == "row-only-observed");
    assert_eq!(unconfirmed.count(), rows.len());

    let web = &declaration.ixit.rows("intf")[1].companions;
    let disclosed: Vec<_> =
        web.disclosed.iter().map(|told| (told.value.item.as_str(), told.value.security_relevant)).collect();
    assert_eq!(disclosed, [("model", false), ("serial", true)]);
    assert_eq!(web.endpoint[0].value.application.as_deref(), Some("https"));
    let basic = &declaration.ixit.rows("auth_mech")[1].companions;
    let how = &basic.login.as_ref().expect("a login").value;
    assert_eq!((how.kind, how.tls, how.path.as_str()), (LoginKind::Basic, true, "/admin"));
    assert_eq!(basic.crypto[0].value.certificate_key.as_deref(), Some("EC-256"));
    assert_eq!(declaration.ixit.rows("soft_serv")[0].texts("authentication_mechanism").len(), 3);

    let dut = &declaration.ics.dut;
    assert_eq!(dut.model.as_ref().map(|model| model.value.as_str()), Some("WH-100"));
    assert_eq!(dut.identity.as_ref().map(|source| (source.port, source.path.as_str())), Some((8443, "/id")));
}

#[test]
fn every_open_field_of_every_row_is_a_question() {
    let drafted = draft(EDITION, &found());
    assert_eq!(drafted.questions.matches("- [ ] ").count(), drafted.open);
    for heading in
        ["### AuthMech-Tcp8443-basic", "### ComMech-Udp5353", "### SoftServ-Tcp8443", "### Intf-Link"]
    {
        let from = drafted.questions.find(heading).unwrap_or_else(|| panic!("{heading}"));
        let part = drafted.questions[from + 4..].split("\n#").next().unwrap_or_default();
        assert!(part.contains("- [ ] Description (`description`)"), "{part}");
    }
    assert!(drafted.questions.contains("`udp/161: snmp gave no answer`"));
    assert!(drafted.questions.contains("(`pers_data`)") && !drafted.questions.contains("- [ ] 15-Intf"));
    // Twin: what is known is not asked.
    let known = draft(EDITION, &Found { identity: None, ..found() });
    assert_eq!(known.open, drafted.open + 1);
}

#[test]
fn a_device_that_shows_nothing_leaves_everything_open() {
    let drafted = draft(EDITION, &Found { address: "192.0.2.11".into(), ..Found::default() });
    let (declaration, _) = read(&drafted);
    assert_eq!((drafted.rows, declaration.ixit.tables.len()), (0, 0));
    assert!(drafted.questions.contains("The device does not tell."));
    assert!(drafted.questions.contains("- [ ] 15-Intf"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_that_a_device_says_breaks_the_files(hostile in "\\PC{0,40}|[\\x00-\\x7f\u{85}\u{2028}\u{202e}]{0,300}") {
        let mut found = found();
        found.model = Some(hostile.clone());
        found.firmware = Some(hostile.clone());
        found.unknown = vec![hostile.clone()];
        found.tried = vec![hostile.clone()];
        found.identity = Some(FoundIdentity { application: "http".into(), port: 1, path: hostile.clone() });
        let web = &mut found.services[0];
        web.seen = hostile.clone();
        web.application = Some(hostile.clone());
        web.logins[0].seen = hostile.clone();
        web.logins[1].login = Some((LoginKind::Basic, hostile.clone()));
        web.disclosed = vec![FoundDisclosure { item: "other".into(), value: hostile.clone(), place: hostile.clone() }];
        web.tls = Some(FoundTls { versions: vec![hostile.clone()], suites: vec![hostile.clone()], certificate_key: Some(hostile) });
        let drafted = draft(EDITION, &found);
        let (declaration, _) = read(&drafted);
        prop_assert_eq!(declaration.ixit.rows("intf").len(), 3);
        prop_assert_eq!(drafted.questions.matches("\n- [ ] ").count(), drafted.open);
        prop_assert!(!drafted.questions.chars().any(|letter| letter.is_control() && letter != '\n'));
    }
}

#[test]
fn a_row_stays_unconfirmed_on_its_way_through_a_spreadsheet() {
    let (declaration, _) = read(&draft(EDITION, &found()));
    let bytes = crate::sheet::export(&declaration, crate::template::Language::En).expect("a spreadsheet");
    let read = crate::sheet::import(&bytes).expect("it reads");
    let sources = [("ics.toml", read.ics), ("ixit.toml", read.ixit)]
        .map(|(name, text)| SourceFile::new(name, text.into_bytes()));
    let again = Declaration::from_sources(sources.into(), Vec::new()).declaration.expect("no error");
    assert_eq!(again.content(), declaration.content());
    assert!(again.ixit.rows("intf").iter().all(|row| row.observed_only));
}
