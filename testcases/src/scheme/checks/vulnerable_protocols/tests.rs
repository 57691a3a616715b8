use super::*;
use crate::scheme::scheme;
use crate::test_facts::TestFacts;

const REQUIREMENT: &str = "TR-03173, 2.1, vulnerable protocols";
const LISTED: &str = "services = [\"SSL\", \"TLS 1.0\", \"TLS 1.1\"]\nlinks = [\"WEP\"]\n";

fn row(id: &str, role: &str, host: &str, crypto: &str) -> String {
    let host = if host.is_empty() { String::new() } else { format!(", host = \"{host}\"") };
    format!(
        "[[com_mech]]\nid = \"{id}\"\nrole = \"{role}\"\nendpoint = [{{ transport = \"tcp\", port = 443, application = \"https\"{host} }}]\ncrypto = [{{ purpose = \"transport\", {crypto} }}]\n"
    )
}

fn checked(ixit: &str) -> (Verdict, String) {
    let scheme = scheme("bsi").expect("the scheme");
    let checked = TestFacts::declared(ixit).checked(&CHECK, scheme, REQUIREMENT, LISTED);
    (checked.verdict, checked.reason.code)
}

fn cloud(crypto: &str) -> (Verdict, String) {
    checked(&row("ComMech-Cloud", "client", "cloud.example", crypto))
}

fn vulnerable() -> (Verdict, String) {
    (Verdict::Fail, "scheme-vulnerable-protocol".to_owned())
}

fn sound() -> (Verdict, String) {
    (Verdict::Pass, "scheme-no-vulnerable-protocol".to_owned())
}

#[test]
fn newer_versions_with_a_service_pass_and_older_ones_fail() {
    assert_eq!(cloud("protocol = \"TLS\", versions = [\"1.2\", \"1.3\"]"), sound());
    for crypto in [
        "protocol = \"TLS\", versions = [\"1.1\", \"1.2\"]",
        "protocol = \"TLS\", versions = [\"v1.0\"]",
        "protocol = \"TLS\", versions = [\"TLSv1.1\"]",
        "protocol = \"SSL\", versions = [\"3.0\"]",
        "protocol = \"SSLv3\"",
        "protocol = \"SSL\"",
    ] {
        assert_eq!(cloud(crypto), vulnerable(), "{crypto}");
    }
}

#[test]
fn the_list_for_services_is_not_for_what_the_device_serves_at_home() {
    // The standard judges that; this amendment speaks of associated services alone.
    let old = "protocol = \"TLS\", versions = [\"1.1\"]";
    assert_eq!(checked(&row("ComMech-Web", "server", "", old)), sound());
    assert_eq!(checked(&row("ComMech-Wifi", "peer", "", "protocol = \"WEP\"")), vulnerable());
}

#[test]
fn what_the_supplier_says_of_services_counts_more_than_an_address() {
    let names = row("ComMech-Names", "client", "*", "protocol = \"TLS\"");
    assert_eq!(checked(&names).1, "scheme-protocols-untold");
    assert_eq!(checked(&names.replace("role", "associated_service = false\nrole")), sound());
}

#[test]
fn what_is_not_told_is_open() {
    let untold = (Verdict::Inconclusive, "scheme-protocols-untold".to_owned());
    assert_eq!(cloud("protocol = \"TLS\""), untold);
    assert_eq!(checked("[[com_mech]]\nid = \"ComMech-Odd\"\n"), untold);
    assert_eq!(checked(""), untold);
}
