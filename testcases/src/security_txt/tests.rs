use proptest::prelude::*;

use super::*;

const FILE: &str = "# our file\r\nContact: mailto:security@supplier.example\nContact: https://supplier.example/report\n\
    Expires: 2031-12-31T23:59:59Z\nPreferred-Languages: en, ja\nPolicy: https://supplier.example/policy\n\
    Encryption: https://supplier.example/key.asc\nX-Other: thing\n";

fn read(text: &str) -> Option<SecurityTxt> {
    SecurityTxt::from_lines(text.lines())
}

#[test]
fn the_fields_of_a_sound_file_are_read() {
    let file = read(FILE).expect("a file");
    assert_eq!(file.contact.len(), 2);
    assert_eq!(file.policy, ["https://supplier.example/policy"]);
    assert_eq!(file.encryption.len(), 1);
    assert_eq!(file.expiry(), Some("2031-12-31T23:59:59Z".parse().expect("a date")));
    assert!(file.defects().is_empty());
    assert!(
        file.names_contact("Security@supplier.example")
            && file.names_contact("mailto:security@supplier.example")
    );
    assert!(!file.names_contact("psirt@supplier.example"));
}

#[test]
fn names_of_fields_have_no_case_and_signatures_are_passed_over() {
    let signed = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nCONTACT : tel:+81-3-0000-0000\nexpires: 2031-12-31T23:59:59+09:00\n\
        -----BEGIN PGP SIGNATURE-----\nContact: mailto:evil@example\n-----END PGP SIGNATURE-----";
    let file = read(signed).expect("a file");
    assert_eq!(file.contact, ["tel:+81-3-0000-0000"]);
    assert!(file.defects().is_empty());
}

#[test]
fn a_page_that_is_no_such_file_is_none() {
    assert_eq!(read("<h1>Not found</h1>\nThere is no such page: sorry."), None);
    assert_eq!(read(""), None);
    assert_eq!(read("Contact:\n"), None);
}

#[test]
fn what_the_rfc_asks_for_is_missed() {
    assert_eq!(read("Policy: https://a.example").expect("a file").defects(), ["no Contact", "no Expires"]);
    let twice =
        read("Contact: mailto:a@b.example\nExpires: 2031-01-01T00:00:00Z\nExpires: 2032-01-01T00:00:00Z")
            .expect("a file");
    assert_eq!((twice.defects(), twice.expiry()), (vec!["Expires more than once"], None));
    let loose = read("Contact: a@b.example\nExpires: next year").expect("a file");
    assert_eq!(loose.defects(), ["Expires is no date of RFC 3339", "a Contact that is no URI"]);
}

proptest! {
    #[test]
    fn any_file_is_read_and_bounded(text in "((Contact|Expires|Policy|X): ?\\PC{0,20}\n|\\PC|-----BEGIN PGP SIGNATURE-----\n){0,80}") {
        if let Some(file) = read(&text) {
            prop_assert!(file.contact.len() <= VALUES_AT_MOST);
            let _ = (file.expiry(), file.defects(), file.names_contact(&text));
        }
    }

    #[test]
    fn a_written_file_is_read_back(contacts in proptest::collection::vec("mailto:[a-z]{1,9}@[a-z]{1,9}\\.example", 1..5), year in 2000_i16..2100) {
        let mut text: String = contacts.iter().map(|contact| format!("Contact: {contact}\r\n")).collect();
        text.push_str(&format!("Expires: {year}-01-02T03:04:05Z\r\n"));
        let file = read(&text).expect("a file");
        prop_assert_eq!(&file.contact, &contacts);
        prop_assert!(file.expiry().is_some() && file.defects().is_empty());
        prop_assert!(file.names_contact(&contacts[0]));
    }
}
