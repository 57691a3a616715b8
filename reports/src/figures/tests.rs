use probes::probe::http_login::{Attempt, LoginBehaviour};
use probes::probe::tls_server::{TlsFacts, VersionFacts};
use serde_json::json;

use super::Figures;
use super::ports::Cell;
use crate::test_run::TestRun;

fn swept(open: &[u16]) -> serde_json::Value {
    json!({
        "address": "192.0.2.10", "open": open, "closed": 300, "unanswered": [], "asked": 302, "foreign": [],
        "canary": {"port": 8443, "checks": 1, "failures": 0}, "repeated": 0, "method": "connect",
    })
}

fn version(version: &str, offered: Option<bool>) -> VersionFacts {
    VersionFacts { version: version.to_owned(), offered, ..VersionFacts::default() }
}

#[test]
fn open_ports_stand_with_the_row_that_names_them_and_the_versions_that_were_shown() {
    let tls = TlsFacts {
        port: 8443,
        speaks_tls: true,
        versions: vec![version("1.1", Some(false)), version("1.2", Some(true)), version("1.3", None)],
        ..TlsFacts::default()
    };
    let run = TestRun::new().observed("tcp-sweep", &swept(&[2323, 8443])).observed("tls-server", &tls);
    let ports = Figures::of(&run.facts()).ports;
    let rows: Vec<_> = ports.rows.iter().map(|row| (row.name.as_str(), row.declared.clone())).collect();
    assert_eq!(rows, [("tcp/2323", None), ("tcp/8443", Some(("Intf-Web".to_owned(), false)))]);
    assert_eq!(
        ports.rows[1].cells,
        [Cell::Open { application: "unknown".to_owned(), versions: Some(vec!["1.2".to_owned()]), tls: true }],
        "what was not clearly offered is not said"
    );
    assert!(matches!(&ports.rows[0].cells[..], [Cell::Open { tls: false, .. }]));
    assert_eq!(ports.columns.len(), 1);
    assert!(Figures::of(&TestRun::new().facts()).ports.columns.is_empty(), "nothing was searched");
}

#[test]
fn a_burst_is_a_curve_and_one_that_was_left_out_is_counted() {
    let attempt =
        |n: u32, result: &str| Attempt { n, seconds: 0.1, result: result.to_owned(), ..Attempt::default() };
    let locks = LoginBehaviour {
        row: "Web".to_owned(),
        burst: vec![attempt(5, "rejected"), attempt(6, "throttled")],
        locked_after: Some(1),
        ..LoginBehaviour::default()
    };
    let left_out = LoginBehaviour { burst_left_out: Some("consent".to_owned()), ..LoginBehaviour::default() };
    let run = TestRun::new().observed("http-login", &locks).observed("network-login", &left_out);
    let delays = Figures::of(&run.facts()).delays;
    assert_eq!((delays.curves.len(), delays.left_out), (1, 1));
    assert_eq!((delays.curves[0].login.as_str(), delays.curves[0].locked_after), ("Web", Some(1)));
    assert_eq!(delays.curves[0].attempts, [(0.1, "rejected".to_owned()), (0.1, "throttled".to_owned())]);
}
