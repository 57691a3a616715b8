use serde_json::json;
use sha2::{Digest, Sha512};

use super::*;

const IMAGE: &[u8] = b"MODEL WH-100 VERSION 2.0 and everything that such a device does, again and again";
const OLD: &[u8] = b"MODEL WH-100 VERSION 0.9 and less";

fn params(signature: serde_json::Value) -> Params {
    serde_json::from_value(json!({
        "address": "192.0.2.1", "row": "UpdMech-1", "way": "pull", "host": "update.test",
        "manifest": "/newest.json", "image": "/{version}.bin", "signature": signature,
        "primitives": ["Ed25519"], "settles_seconds": 5.0,
    }))
    .unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn package(kind: &str, version: &str, image: &[u8]) -> UpdatePackage {
    let digest = hex(&Sha512::digest(image));
    let list = json!({ "version": version, "digest": digest, "signature": "ab".repeat(64) });
    UpdatePackage {
        mechanism: "UpdMech-1".to_owned(),
        kind: kind.to_owned(),
        version: version.to_owned(),
        files: [
            ("/newest.json".to_owned(), list.to_string().into_bytes().into()),
            (format!("/{version}.bin"), image.to_vec().into()),
        ]
        .into(),
    }
}

fn all() -> Vec<UpdatePackage> {
    vec![
        package("newer", "2.0", IMAGE),
        package("older", "0.9", OLD),
        package("other-model", "2.0", b"MODEL WH-900 VERSION 2.0"),
    ]
}

fn offers(params: &Params, packages: &[UpdatePackage]) -> Vec<Result<Offer, LeftOut>> {
    Attack::ALL
        .into_iter()
        .flat_map(|attack| super::offers((params, Program::Trials), packages, attack))
        .collect()
}

#[test]
fn a_list_without_an_end_is_left_open_and_every_other_release_is_mixed_in() {
    let signed = params(json!({ "manifest_key": "signature" }));
    let made =
        |attack, packages: &[UpdatePackage]| super::offers((&signed, Program::Endurance), packages, attack);
    let list = made(Attack::EndlessList, &all()).remove(0).unwrap();
    assert_eq!((list.way, list.endless.as_deref()), (Way::Endless, Some("/newest.json")));
    assert!(
        list.in_list && serde_json::from_slice::<serde_json::Value>(&list.files["/newest.json"]).is_err()
    );
    assert_eq!(&list.files["/2.0.bin"][..], IMAGE);
    let image = made(Attack::Endless, &all()).remove(0).unwrap();
    assert_eq!(image.endless.as_deref(), Some("/2.0.bin"));
    let mixed: Vec<Offer> = made(Attack::Mixed, &all()).into_iter().map(Result::unwrap).collect();
    assert_eq!(mixed.len(), 2);
    assert_eq!(&mixed[0].files["/2.0.bin"][..], OLD);
    assert!(made(Attack::Mixed, &all()[..1]).remove(0).is_err_and(|left_out| left_out.lacking));
}

#[test]
fn a_stale_package_is_offered_as_it_is_where_its_list_says_that_its_time_is_over() {
    let stale = |until: &str| {
        let mut package = package("stale", "2.0", IMAGE);
        let list = json!({ "version": "2.0", "expires": until, "signature": "cd".repeat(64) });
        package.files.insert("/newest.json".to_owned(), list.to_string().into_bytes().into());
        package
    };
    let mut declared = params(json!({ "manifest_key": "signature" }));
    let made = |params: &Params, packages: &[UpdatePackage]| {
        super::offers((params, Program::Endurance), packages, Attack::Stale).remove(0)
    };
    // The place is not declared, so that nobody can tell.
    let over = stale("2020-01-01T00:00:00Z");
    assert!(made(&declared, std::slice::from_ref(&over)).is_err_and(|left_out| !left_out.lacking));
    declared.expires_key = Some("expires".to_owned());
    let offer = made(&declared, std::slice::from_ref(&over)).unwrap();
    assert_eq!((offer.attack, offer.in_list, &offer.files), (Attack::Stale, true, &over.files));

    let mut unsigned = over;
    let list = br#"{"version":"2.0","expires":"2020-01-01T00:00:00Z"}"#.to_vec();
    unsigned.files.insert("/newest.json".to_owned(), list.into());
    for (packages, why) in [
        (all(), "stale"),
        (vec![stale("2099-01-01T00:00:00Z")], "valid until 2099"),
        (vec![stale("soon")], "no date"),
        (vec![unsigned], "no signature"),
    ] {
        let left_out = made(&declared, &packages).unwrap_err();
        assert!(left_out.lacking && left_out.why.contains(why), "{left_out:?}");
    }
    // Trials of the standard know nothing of it.
    assert!(!Program::Trials.attacks().contains(&Attack::Stale));
}

fn offer(offers: &[Result<Offer, LeftOut>], attack: Attack) -> &Offer {
    offers.iter().filter_map(|offer| offer.as_ref().ok()).find(|offer| offer.attack == attack).unwrap()
}

fn list(offer: &Offer) -> serde_json::Value {
    serde_json::from_slice(&offer.files["/newest.json"]).unwrap()
}

#[test]
fn each_bad_package_differs_in_what_it_says_and_the_control_comes_last() {
    let params = params(json!({ "manifest_key": "signature" }));
    let offers = offers(&params, &all());
    assert!(offers.iter().all(Result::is_ok), "{offers:?}");
    let attacks: Vec<Attack> = offers.iter().flatten().map(|offer| offer.attack).collect();
    assert_eq!(attacks.last(), Some(&Attack::Authentic));
    assert!(Attack::ALL.iter().all(|attack| attacks.contains(attack)));

    let authentic = offer(&offers, Attack::Authentic);
    assert_eq!(*authentic.files["/2.0.bin"], *IMAGE);
    let altered = offer(&offers, Attack::AlteredImage);
    assert_eq!(altered.files["/newest.json"], authentic.files["/newest.json"]);
    let differing = IMAGE.iter().zip(&*altered.files["/2.0.bin"]).filter(|(one, other)| one != other);
    assert_eq!(differing.count(), 1);

    // It tells the truth of an altered image, under the signature of another truth.
    let altered = offer(&offers, Attack::AlteredList);
    assert_eq!(list(altered)["digest"], hex(&Sha512::digest(&altered.files["/2.0.bin"])));
    assert_eq!(list(altered)["signature"], list(authentic)["signature"]);
    assert_ne!(*altered.files["/2.0.bin"], *IMAGE);

    assert!(list(offer(&offers, Attack::Unsigned)).get("signature").is_none());
    let others: Vec<&Offer> =
        offers.iter().flatten().filter(|offer| offer.attack == Attack::OtherSignature).collect();
    let signatures: Vec<String> =
        others.iter().map(|offer| list(offer)["signature"].as_str().unwrap().to_owned()).collect();
    assert!(signatures.iter().all(|signature| signature.len() == 128 && *signature != "ab".repeat(64)));
    assert_eq!(others[0].how.as_deref(), Some("by a key of the rig"));
    assert_eq!(signatures[1], "00".repeat(64));

    let mixed = offer(&offers, Attack::Mixed);
    assert_eq!((list(mixed)["version"].as_str(), &*mixed.files["/2.0.bin"]), (Some("2.0"), OLD));
    assert_eq!(offer(&offers, Attack::Truncated).files["/2.0.bin"].len(), IMAGE.len().div_ceil(2));
    assert_eq!(offer(&offers, Attack::Older).version, "0.9");
}

#[test]
fn a_list_without_a_digest_is_raised_to_a_version_that_nobody_made() {
    let mut packages = all();
    packages[0].files.insert(
        "/newest.json".to_owned(),
        br#"{"statement":"{\"newest\":\"2.0\"}","signature":"00ff"}"#.to_vec().into(),
    );
    let offers = offers(&params(json!({ "manifest_key": "signature" })), &packages);
    let raised = offer(&offers, Attack::AlteredList);
    assert_eq!(
        (raised.version.as_str(), list(raised)["statement"].as_str()),
        ("2.1", Some("{\"newest\":\"2.1\"}"))
    );
    assert_eq!(*raised.files["/2.1.bin"], *IMAGE);
}

#[test]
fn a_signature_at_the_end_of_the_image_is_taken_off_or_replaced() {
    let offers = offers(&params(json!({ "last_octets": 16 })), &all());
    let unsigned = offer(&offers, Attack::Unsigned);
    assert_eq!(*unsigned.image, IMAGE[..IMAGE.len() - 16]);
    // The list, for which nobody vouches, goes on telling the truth.
    assert_eq!(list(unsigned)["digest"], hex(&Sha512::digest(&unsigned.image)));
    let other = offer(&offers, Attack::OtherSignature);
    assert_eq!((other.image.len(), &other.image[..4]), (IMAGE.len(), &IMAGE[..4]));
    assert_ne!(other.image[IMAGE.len() - 16..], IMAGE[IMAGE.len() - 16..]);
    let altered = offer(&offers, Attack::AlteredImage);
    assert_eq!(altered.image[IMAGE.len() - 16..], IMAGE[IMAGE.len() - 16..]);
    assert_eq!(list(altered)["digest"], hex(&Sha512::digest(&altered.image)));
}

#[test]
fn what_the_bench_does_not_have_is_lacking_and_what_makes_no_sense_is_not() {
    let left_out = |offers: &[Result<Offer, LeftOut>], attack| {
        offers.iter().filter_map(|offer| offer.as_ref().err()).find(|left| left.attack == attack).cloned()
    };
    let few = offers(&params(json!({ "manifest_key": "signature" })), &all()[..1]);
    for attack in [Attack::Older, Attack::OtherModel, Attack::Mixed] {
        assert!(left_out(&few, attack).is_some_and(|left| left.lacking), "{attack:?}");
    }
    let unsigned = offers(&params(json!(null)), &all());
    for attack in [Attack::Unsigned, Attack::OtherSignature, Attack::AlteredList] {
        assert!(left_out(&unsigned, attack).is_some_and(|left| !left.lacking), "{attack:?}");
    }
    let mut plain = params(json!({ "manifest_key": "signature" }));
    plain.plain = true;
    assert!(left_out(&offers(&plain, &all()), Attack::PlainHttp).is_some());
    plain.way = "upload".to_owned();
    let uploaded = offers(&plain, &all());
    for attack in [Attack::PlainHttp, Attack::Redirected, Attack::Mixed, Attack::AlteredList] {
        assert!(left_out(&uploaded, attack).is_some_and(|left| !left.lacking), "{attack:?}");
    }
}

#[test]
fn signatures_of_a_key_have_the_length_that_is_needed() {
    assert_eq!(signed(&PKCS_ED25519, b"text", 64).unwrap().len(), 64);
    assert_eq!(signed(&PKCS_ECDSA_P256_SHA256, b"text", 64).unwrap().len(), 64);
    assert_eq!(signed(&PKCS_ECDSA_P256_SHA256, b"text", 71).unwrap().len(), 71);
    assert_eq!(signed(&PKCS_ED25519, b"text", 256), None);
}
