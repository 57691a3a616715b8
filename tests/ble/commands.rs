//! `hantei ble` as an engineer uses it.

use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;

use crate::air::{address, heater};
use crate::command::{code, hantei, json, run, told};

#[test]
fn a_scan_shows_who_is_there_and_stores_nothing() {
    let bench = heater(|_| {});
    let adapter = bench.tester_url();
    let output = run(&["ble", "scan", "--adapter", &adapter, "--seconds", "1", "--json"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let heard = json(&output);
    assert_eq!(heard["format"], "hantei.ble-scan/1");
    assert_eq!(heard["active"], false);
    let advertisers = heard["scan"]["advertisers"].as_array().unwrap();
    assert_eq!(advertisers.len(), 1);
    assert_eq!(advertisers[0]["address"], address(&bench).to_string());
    assert!(told(&output).contains("passive: nothing is sent"));
    let passive = advertisers[0]["packets"].as_array().unwrap();
    assert!(passive.iter().all(|packet| packet["pdu"] == "ADV_IND"), "{passive:?}");

    let output = run(&["ble", "scan", "--adapter", &adapter, "--seconds", "1", "--active"]);
    let page = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(page.contains(&address(&bench).to_string()) && page.contains("SCAN_RSP"), "{page}");
    assert!(page.contains("private, resolvable"), "{page}");
}

#[test]
fn a_look_shows_what_is_open_and_what_is_refused() {
    let bench = heater(|_| {});
    let (adapter, device) = (bench.tester_url(), address(&bench).to_string());
    let output = run(&["ble", "inspect", &device, "--adapter", &adapter]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let page = String::from_utf8(output.stdout).unwrap();
    for line in
        ["180a Device Information", "unpaired: refused, 0x05 insufficient authentication", "[read write]"]
    {
        assert!(page.contains(line), "{line} in\n{page}");
    }
    assert!(!page.contains(&bench.serial()), "{page}");
    assert!(!page.contains("Pairing"), "{page}");
    assert_eq!(bench.bonds(), 0);

    let output = run(&["ble", "inspect", &device, "--adapter", &adapter, "--pair", "just-works", "--json"]);
    let seen = json(&output);
    assert_eq!(
        (seen["format"].as_str(), seen["complete"].as_bool()),
        (Some("hantei.ble-inspection/1"), Some(true))
    );
    assert_eq!(seen["pairing"]["outcome"]["end"], "refused-by-device");
    assert_eq!(seen["pairing"]["outcome"]["reason"], 3);
    assert!(seen["transcript"]["entries"].as_array().unwrap().len() > 20);
}

#[test]
fn a_passkey_is_asked_for_at_the_terminal() {
    let bench = heater(|_| {});
    let (adapter, device) = (bench.tester_url(), address(&bench).to_string());
    let arguments = ["ble", "inspect", &device, "--adapter", &adapter, "--pair", "passkey", "--json"];
    let mut command = hantei(&arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let passkey = loop {
        match bench.displayed_passkey() {
            Some(passkey) => break passkey,
            None => {
                assert!(child.try_wait().unwrap().is_none(), "it ended without pairing");
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    };
    writeln!(child.stdin.take().unwrap(), "{passkey:06}").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 0, "{}", told(&output));
    let seen = json(&output);
    assert_eq!(seen["pairing"]["outcome"]["end"], "paired");
    assert_eq!(seen["security"]["authenticated"]["known"], true);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains(&format!("{passkey:06}")), "the passkey is nowhere in what was printed");
    let values = |of: &str| {
        let reads = seen[of].as_array().unwrap();
        reads.iter().filter(|read| read["answer"].get("value").is_some()).count()
    };
    assert!(values("paired") > values("unpaired"), "{seen:#}");
}

#[test]
fn what_cannot_be_done_is_said_with_what_to_do() {
    let bench = heater(|_| {});
    let adapter = bench.tester_url();
    let output = run(&["ble", "inspect", "C0:FF:EE:00:00:01", "--adapter", &adapter]);
    assert_eq!(code(&output), 2);
    assert!(told(&output).contains("such as C0:FF:EE:00:00:01/random"), "{}", told(&output));

    let output =
        run(&["ble", "inspect", "C0:FF:EE:00:00:01/random", "--adapter", &adapter, "--seconds", "1"]);
    assert_eq!(code(&output), 3);
    assert!(
        told(&output).contains("took no connection") && told(&output).contains("switched on"),
        "{}",
        told(&output)
    );

    // Nobody makes such a dongle.
    let output = run(&["ble", "scan", "--adapter", "usb:ffff:fffe"]);
    assert_eq!(code(&output), 2);
    assert!(told(&output).contains("usb:ffff:fffe") && told(&output).contains("lsusb"), "{}", told(&output));
    let output = run(&["ble", "scan", "--adapter", "radio"]);
    assert!(told(&output).contains("tcp:ADDRESS:PORT"), "{}", told(&output));
    // Nobody listens at port 1 of the loopback.
    let output = run(&["ble", "scan", "--adapter", "tcp:127.0.0.1:1"]);
    assert_eq!(code(&output), 2);
    assert!(told(&output).contains("refused") && told(&output).contains("H4"), "{}", told(&output));
}

#[cfg(not(feature = "system-bluetooth"))]
#[test]
fn a_build_without_the_bluetooth_of_the_system_says_which_has_it() {
    for arguments in [&["ble", "scan"][..], &["ble", "inspect", "HK-100"]] {
        let output = run(&[arguments, &["--adapter", "system:"]].concat());
        assert_eq!(code(&output), 2, "{}", told(&output));
        assert!(told(&output).contains("--features system-bluetooth"), "{}", told(&output));
    }
    // Names are for that way alone.
    let output = run(&["ble", "inspect", "HK-100", "--adapter", "tcp:127.0.0.1:1"]);
    assert_eq!(code(&output), 2);
    assert!(
        told(&output).contains("no Bluetooth address") && told(&output).contains("system:"),
        "{}",
        told(&output)
    );
}
