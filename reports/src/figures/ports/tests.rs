use testcases::texts::Language;

use super::*;

fn open(application: &str, versions: Option<&[&str]>) -> Cell {
    let versions = versions.map(|all| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
    Cell::Open { application: application.to_owned(), tls: versions.is_some(), versions }
}

fn two_ports() -> Ports {
    let column = |state| Column { state, sample: None, all_alike: false };
    Ports {
        columns: vec![column(DutState::FactoryDefault), column(DutState::Initialized)],
        rows: vec![
            Port {
                name: "tcp/2323".to_owned(),
                declared: None,
                cells: vec![Cell::Closed, open("<telnet>", None)],
            },
            Port {
                name: "tcp/8443".to_owned(),
                declared: Some(("Intf-Web".to_owned(), false)),
                cells: vec![Cell::Unknown, open("http", Some(&["1.0", "1.2", "1.3"]))],
            },
        ],
        further: 0,
        bluetooth: vec![
            None,
            Some(OnAir { heard: true, connectable: true, services: 3, ..OnAir::default() }),
        ],
    }
}

#[test]
fn what_no_row_names_is_said_in_words_and_what_is_closed_has_no_box() {
    for language in Language::ALL {
        let words = Words::of(*language);
        let drawing = draw(words, &two_ports());
        let svg = &drawing.svgs[0];
        assert!(svg.contains(&format!("✕ {}", words.ui("port-undeclared"))), "{svg}");
        assert!(svg.contains("TLS 1.0–1.3") && svg.contains("Intf-Web"), "{svg}");
        assert!(!svg.contains("<telnet>"), "{svg}");
        assert_eq!((svg.matches("c-plain").count(), svg.matches("c-tls").count()), (1, 2));
        let table = drawing.table.expect("the same in words");
        assert_eq!((table.rows.len(), table.head.len()), (3, 4));
        assert!(table.rows[1][2].contains(words.ui("port-unknown")), "{:?}", table.rows[1]);
    }
}

#[test]
fn a_port_declared_to_be_off_that_answers_stands_out() {
    let words = Words::of(Language::En);
    let mut ports = two_ports();
    ports.rows[1].declared = Some(("Intf-Web".to_owned(), true));
    assert_eq!(draw(words, &ports).svgs[0].matches("✕").count(), 2);
    assert_eq!(draw(words, &two_ports()).svgs[0].matches("✕").count(), 1);
}

#[test]
fn a_run_without_a_search_has_a_sentence_and_no_figure() {
    let drawing = draw(Words::of(Language::En), &Ports::default());
    assert!(drawing.svgs.is_empty() && drawing.missing.is_some());
}

#[test]
fn old_ssl_is_named_and_not_taken_into_a_range() {
    let line = |all: &[&str]| versions_line(&all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
    assert_eq!(line(&["1.2", "1.3"]), "TLS 1.2–1.3");
    assert_eq!(line(&["1.2"]), "TLS 1.2");
    assert_eq!(line(&["SSLv3", "1.0"]), "SSLv3, 1.0");
}
