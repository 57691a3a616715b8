//! What the simulated device does with update packages, seen from where the bench plays the update server.

use crate::update_server::{
    Files, LIST, UpdateServer, lent, told_version, version_afterwards, version_becomes, version_stays,
};
use crate::visitor::{bench_value, post_login, start};
use lab::{Instance, Stage};

const NOW: Option<&str> = Some(lab::model::FIRMWARE);
const NEWER: Option<&str> = Some(lab::model::NEWER_FIRMWARE);
const OLDER: Option<&str> = Some(lab::model::OLDER_FIRMWARE);
const OTHER: Option<&str> = Some(lab::model::FIRMWARE_OF_OTHER_MODEL);
const IMAGE: &str = "/images/1.5.0.bin";

/// The list of the newer version, changed.
fn with_list(instance: &Instance, change: impl Fn(&mut serde_json::Value)) -> Files {
    let mut files = lent(instance, "newer");
    let list = files.get_mut(LIST).unwrap();
    let mut manifest = serde_json::from_slice(&list.bytes).unwrap();
    change(&mut manifest);
    list.bytes = manifest.to_string().into_bytes();
    files
}

fn unsigned(instance: &Instance) -> Files {
    with_list(instance, |manifest| {
        manifest.as_object_mut().unwrap().remove("signature");
    })
}

fn signed_with_zeros(instance: &Instance) -> Files {
    with_list(instance, |manifest| manifest["signature"] = "0".repeat(128).into())
}

/// With the signature of another package.
fn signed_otherwise(instance: &Instance) -> Files {
    let other = lent(instance, "older")[LIST].bytes.clone();
    let other: serde_json::Value = serde_json::from_slice(&other).unwrap();
    with_list(instance, |manifest| manifest["signature"] = other["signature"].clone())
}

/// The newer package with another image, or one that was changed.
fn with_image(instance: &Instance, change: impl Fn(&mut Vec<u8>)) -> Files {
    let mut files = lent(instance, "newer");
    change(&mut files.get_mut(IMAGE).unwrap().bytes);
    files
}

fn altered(instance: &Instance) -> Files {
    with_image(instance, |image| image[1000] ^= 1)
}

fn truncated(instance: &Instance) -> Files {
    with_image(instance, |image| image.truncate(1000))
}

fn mixed(instance: &Instance) -> Files {
    let other = lent(instance, "older")["/images/1.3.9.bin"].bytes.clone();
    with_image(instance, |image| image.clone_from(&other))
}

fn endless(instance: &Instance) -> Files {
    let mut files = lent(instance, "newer");
    files.get_mut(IMAGE).unwrap().endless = true;
    files
}

/// Half of the image, and then nothing for as long as the test lasts.
fn stalling(instance: &Instance) -> Files {
    let mut files = truncated(instance);
    files.get_mut(IMAGE).unwrap().stalls = true;
    files
}

/// A package that is made from those that were lent.
type Made = fn(&Instance) -> Files;

/// The bad ones, and the files of each that the sound device asks for.
const BAD: [(&str, Made, usize); 10] = [
    ("unsigned", unsigned, 1),
    ("signed with zeros", signed_with_zeros, 1),
    ("signed otherwise", signed_otherwise, 1),
    ("other model", |instance| lent(instance, "other-model"), 1),
    ("older", |instance| lent(instance, "older"), 1),
    ("altered", altered, 2),
    ("truncated", truncated, 2),
    ("mixed", mixed, 2),
    ("endless", endless, 2),
    ("stale", |instance| lent(instance, "stale"), 1),
];

#[test]
fn a_newer_package_is_installed_and_everything_else_stays() {
    let instance = start(&[], 31);
    instance.perform("onboard").unwrap();
    let server = UpdateServer::open(&instance);
    assert_eq!(told_version(&instance).as_deref(), NOW);
    server.offer(&instance, lent(&instance, "newer"), 2);
    assert_eq!(version_becomes(&instance, NEWER).as_deref(), NEWER);
    assert_eq!(server.asked(), [LIST, IMAGE]);
    assert_eq!(instance.stage(), Stage::Initialized);
    let password = bench_value(&instance, "AuthMech-WebLogin");
    assert!(post_login(&instance, &password).contains("location: /settings"));
    instance.perform("power_off").unwrap();
    instance.perform("power_on").unwrap();
    assert_eq!(told_version(&instance).as_deref(), NEWER, "it is there for good");
    instance.perform("restore_software").unwrap();
    assert_eq!(told_version(&instance).as_deref(), NOW);
}

#[test]
fn a_sound_device_refuses_whatever_is_wrong_and_takes_the_next_good_one() {
    let instance = start(&[], 32);
    instance.perform("onboard").unwrap();
    let server = UpdateServer::open(&instance);
    for (name, made, requests) in BAD {
        server.offer(&instance, made(&instance), requests);
        assert_eq!(version_stays(&instance).as_deref(), NOW, "{name}");
        assert_eq!(server.asked().len(), requests, "{name}: {:?}", server.asked());
    }
    server.offer(&instance, lent(&instance, "newer"), 2);
    assert_eq!(version_becomes(&instance, NEWER).as_deref(), NEWER);
}

#[test]
fn each_lenient_device_installs_what_its_fault_says_and_nothing_else() {
    let faults: [(&str, Taken); 12] = [
        ("update-unsigned-installed", &[("unsigned", NEWER)]),
        ("update-blank-signature-installed", &[("signed with zeros", NEWER)]),
        ("update-any-signature-installed", &[("signed with zeros", NEWER), ("signed otherwise", NEWER)]),
        (
            "update-signature-ignored",
            &[("unsigned", NEWER), ("signed with zeros", NEWER), ("signed otherwise", NEWER)],
        ),
        ("update-altered-image-installed", &[("altered", NEWER), ("mixed", OLDER)]),
        ("update-mixed-image-installed", &[("mixed", OLDER)]),
        ("update-image-unchecked", &[("altered", NEWER), ("truncated", NEWER), ("mixed", OLDER)]),
        ("update-other-model-installed", &[("other model", OTHER)]),
        ("update-older-installed", &[("older", OLDER)]),
        ("update-truncated-ends-device", &[("truncated", None)]),
        ("update-endless-ends-device", &[("endless", None)]),
        ("update-stale-installed", &[("stale", NEWER)]),
    ];
    std::thread::scope(|scope| {
        for (fault, taken) in faults {
            scope.spawn(move || is_lenient(fault, taken));
        }
    });
}

/// Bad packages that are installed, and the version that the device tells then.
type Taken = &'static [(&'static str, Option<&'static str>)];

fn is_lenient(fault: &str, taken: Taken) {
    let instance = start(&[fault], 33);
    instance.perform("onboard").unwrap();
    let server = UpdateServer::open(&instance);
    for (name, made, requests) in BAD {
        server.offer(&instance, made(&instance), requests);
        match taken.iter().find(|(taken, _)| *taken == name) {
            Some((_, becomes)) => {
                let told = version_becomes(&instance, *becomes);
                assert_eq!(told.as_deref(), *becomes, "{fault}: {name}");
                server.withdraw();
                instance.perform("restore_software").unwrap();
                assert_eq!(told_version(&instance).as_deref(), NOW, "{fault}: {name}");
            }
            None => assert_eq!(version_stays(&instance).as_deref(), NOW, "{fault}: {name}"),
        }
    }
}

/// Cuts the device off while half of an image has come, and gives it back what was cut.
fn cut_off(faults: &[&str], [off, on]: [&str; 2]) -> (Instance, UpdateServer) {
    let instance = start(faults, 34);
    instance.perform("onboard").unwrap();
    let server = UpdateServer::open(&instance);
    server.offer(&instance, stalling(&instance), 2);
    std::thread::sleep(std::time::Duration::from_millis(30));
    instance.perform(off).unwrap();
    assert_eq!(told_version(&instance), None);
    server.withdraw();
    std::thread::sleep(std::time::Duration::from_millis(100));
    instance.perform(on).unwrap();
    (instance, server)
}

const POWER: [&str; 2] = ["power_off", "power_on"];
const LINK: [&str; 2] = ["link_down", "link_up"];

#[test]
fn a_sound_device_goes_on_after_a_cut_and_installs_at_the_next_try() {
    for cut in [POWER, LINK] {
        let (instance, server) = cut_off(&[], cut);
        assert_eq!(version_stays(&instance).as_deref(), NOW, "{cut:?}");
        server.offer(&instance, lent(&instance, "newer"), 2);
        assert_eq!(version_becomes(&instance, NEWER).as_deref(), NEWER, "{cut:?}");
    }
}

#[test]
fn a_cut_ends_the_device_whose_fault_says_so_until_the_service_comes() {
    let after_emergency = Some("0.0.0");
    let (instance, _server) = cut_off(&["update-half-installed-after-network-loss"], LINK);
    assert_eq!(version_becomes(&instance, after_emergency).as_deref(), after_emergency);
    for (fault, deadly, harmless) in
        [("update-power-loss-ends-device", POWER, LINK), ("update-network-loss-ends-device", LINK, POWER)]
    {
        let (instance, _server) = cut_off(&[fault], harmless);
        assert_eq!(version_stays(&instance).as_deref(), NOW, "{fault}");
        let (instance, _server) = cut_off(&[fault], deadly);
        assert_eq!(version_afterwards(&instance), None, "{fault}");
        for action in POWER {
            instance.perform(action).unwrap();
        }
        assert_eq!(told_version(&instance), None, "{fault}");
        instance.perform("restore_software").unwrap();
        assert_eq!(told_version(&instance).as_deref(), NOW, "{fault}");
    }
}

#[test]
fn a_power_loss_while_the_image_is_written_ends_the_device_whose_fault_says_so() {
    for (faults, after) in [(&[][..], NOW), (&["update-power-loss-ends-device"][..], None)] {
        let instance = start(faults, 35);
        instance.perform("onboard").unwrap();
        let server = UpdateServer::open(&instance);
        server.offer(&instance, lent(&instance, "newer"), 2);
        server.withdraw();
        // The image is there, and takes its time to be written.
        std::thread::sleep(std::time::Duration::from_millis(20));
        for action in POWER {
            instance.perform(action).unwrap();
        }
        let told = version_afterwards(&instance);
        // On a busy machine it was written before.
        assert!(told.as_deref() == after || told.as_deref() == NEWER, "{faults:?}: {told:?}");
    }
}

#[test]
fn a_device_that_does_not_listen_to_its_user_finds_the_update_by_itself() {
    let instance = start(&["update-trigger-ignored"], 36);
    instance.perform("onboard").unwrap();
    let server = UpdateServer::open(&instance);
    server.serve(lent(&instance, "newer"));
    instance.perform("trigger_update").unwrap();
    assert_eq!(version_stays(&instance).as_deref(), NOW);
    assert_eq!(server.asked(), [""; 0]);
    instance.perform("power_off").unwrap();
    instance.perform("power_on").unwrap();
    assert_eq!(version_becomes(&instance, NEWER).as_deref(), NEWER);
}

#[test]
fn a_device_that_installs_in_words_alone_goes_on_with_what_it_had() {
    let instance = start(&["update-installed-in-words-alone"], 37);
    instance.perform("onboard").unwrap();
    let server = UpdateServer::open(&instance);
    server.offer(&instance, lent(&instance, "newer"), 2);
    assert_eq!(version_stays(&instance).as_deref(), NOW);
}

#[test]
fn a_device_that_never_looks_asks_for_nothing() {
    let instance = start(&["update-never-looked-for"], 38);
    instance.perform("onboard").unwrap();
    let server = UpdateServer::open(&instance);
    server.serve(lent(&instance, "newer"));
    instance.perform("trigger_update").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    assert_eq!(server.asked(), [""; 0]);
}
