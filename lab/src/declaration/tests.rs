use super::*;
use crate::behaviour::LabelPassword;
use crate::model::{self, page};

/// The instance whose values stand in the files.
fn of_the_files() -> Values {
    let [device, world, second] = [1, 2, 3].map(|last| Ipv4Addr::new(127, 64, 0, last));
    let units = [&unit(0, 0), &unit(0, 1)];
    let air = (Ipv4Addr::new(127, 64, 0, 4), 9001).into();
    let mut values =
        Values::new([device, second], world, air, &Ports::default(), units, &placeholders(), &lent(0));
    // Packages are long, too.
    for package in values
        .0
        .iter_mut()
        .filter(|one| one.token.starts_with("MANIFEST-") || one.token.starts_with("IMAGE-"))
    {
        package.token.clone_into(&mut package.value);
    }
    values
}

/// An instance that has nothing in common with it; its ports are made to look like those of others.
fn another() -> Values {
    let ports = Ports {
        https: 18443,
        mdns: 15353,
        debug: 19229,
        maker: 8443,
        cloud: 8444,
        update: 8883,
        names: 15300,
        bench_cloud: 18883,
        bench_update: 18444,
        ..Ports::default()
    };
    let [device, world, second] = [71, 72, 73].map(|part| Ipv4Addr::new(127, part, 1, 2));
    let authority = StoredCertificate { certificate: "-----\nown\n-----\n".into(), key: "own key\n".into() };
    let air = (Ipv4Addr::new(127, 74, 1, 2), 19001).into();
    Values::new([device, second], world, air, &ports, [&unit(1, 0), &unit(1, 1)], &authority, &lent(1))
}

/// The update packages of the world with that seed.
fn lent(seed: u64) -> [Package; 4] {
    crate::update::Publisher::of(seed).unwrap().lent
}

/// An authority is long; the reference file has a word in its place.
fn placeholders() -> StoredCertificate {
    let named = |what: &str| format!("{what}-OF-HINODE-ROOT");
    StoredCertificate { certificate: named("CERTIFICATE"), key: named("KEY") }
}

fn unit(seed: u64, unit: u64) -> Secrets {
    Secrets::of_unit(seed, unit, LabelPassword::Drawn)
}

fn reference(file: &str) -> &'static str {
    let (_, bytes) = REFERENCE.iter().find(|(name, _)| *name == file).unwrap();
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn the_files_are_those_of_an_instance_byte_for_byte() {
    let folder = folder(&of_the_files()).unwrap();
    for (name, bytes) in &folder.0 {
        assert_eq!(std::str::from_utf8(bytes).unwrap(), reference(name), "{name}");
    }
    assert_eq!(folder.0.len() + NOT_DECLARED.len(), REFERENCE.len());
    assert_eq!(decisions(&of_the_files()).unwrap(), reference(DECISIONS));
}

#[test]
fn another_instance_has_its_own_values_everywhere() {
    let folder = folder(&another()).unwrap();
    let (secrets, second) = (unit(1, 0), unit(1, 1));
    let bench = folder.text("bench.toml").unwrap();
    for line in [
        "address = \"127.71.1.2\"",
        "source = \"127.199.1.2\"",
        "address = \"127.73.1.2\"",
        "\"www.hinode.example\" = \"127.72.1.2:8443\"",
        "\"cloud.hinode.example\" = \"127.72.1.2:8444\"",
        "\"update.hinode.example\" = \"127.72.1.2:8883\"",
    ] {
        assert_eq!(bench.matches(line).count(), 1, "{line} in {bench}");
    }
    let own = [&secrets.serial, &secrets.mac, &secrets.label_password, &secrets.user_password];
    for value in own.into_iter().chain([&second.serial, &second.mac, &second.label_password]) {
        assert!(bench.contains(&format!("\"{value}\"")), "{value} in {bench}");
    }
    // No value of the files is left, apart from the ports that now belong to something else.
    for individual in of_the_files().0.iter().filter(|one| !["8443", "8444", "8883"].contains(&one.token)) {
        for (name, bytes) in &folder.0 {
            let text = std::str::from_utf8(bytes).unwrap();
            let left = text
                .match_indices(individual.token)
                .any(|(at, _)| is_whole_token(text, at, individual.token));
            assert!(!left, "{} in {name}", individual.token);
        }
    }
    let ixit = folder.text("ixit.toml").unwrap();
    for (port, times) in
        [("port = 18443,", 8), ("port = 8444,", 2), ("port = 8883,", 2), ("port = 15353,", 1)]
    {
        assert!(ixit.matches(port).count() >= times, "{port}");
    }
    assert!(folder.text("ics.toml").unwrap().contains("\nport = 18443\n"));
    assert_eq!(tester_address(Ipv4Addr::new(127, 71, 1, 2)), Ipv4Addr::new(127, 199, 1, 2));
}

#[test]
fn only_whole_tokens_are_replaced() {
    let values = another();
    let text = "8443 18443 84430 8443.5 3.8443 8443-1 a_8443 https:8443/ (8443) ポート8443番 8443";
    assert_eq!(
        values.put_into("ics.toml", text).unwrap(),
        "18443 18443 84430 8443.5 3.8443 8443-1 a_8443 https:18443/ (18443) ポート18443番 18443"
    );
    for (text, token, whole) in [
        ("127.64.0.1.", "127.64.0.1", true),
        ("127.64.0.12", "127.64.0.1", false),
        ("127.64.0.1.2", "127.64.0.1", false),
        ("127.64.0.1:80", "127.64.0.1", true),
        ("tcp:127.64.0.4:9001", "127.64.0.4:9001", true),
        ("127.64.0.4:90010", "127.64.0.4:9001", false),
        ("02:48:4b:0a:34:a0:ff", "02:48:4b:0a:34:a0", false),
        ("HK100-26-857015-W", "HK100-26-857015", false),
    ] {
        let at = text.find(token).unwrap();
        assert_eq!(is_whole_token(text, at, token), whole, "{text}");
    }
}

#[test]
fn a_renamed_token_is_noticed() {
    let values = of_the_files();
    let renamed = reference("bench.toml").replace("127.192.0.1", "127.193.0.1");
    let error = values.put_into("bench.toml", &renamed).unwrap_err();
    assert!(
        matches!(&error, LabError::TokenMissing { file, token: "127.192.0.1" } if file == "bench.toml"),
        "{error}"
    );
    let leaked = format!("{}\n# XQ6JDmJNx3uK\n", reference("ixit.toml"));
    let error = values.put_into("ixit.toml", &leaked).unwrap_err();
    assert!(matches!(&error, LabError::TokenUnexpected { token: "XQ6JDmJNx3uK", .. }), "{error}");
}

#[test]
fn a_blank_that_is_left_is_an_error_with_its_place() {
    let error = of_the_files().put_into("documents/manual.md", "# Manual\nOf {{colour}}.\n").unwrap_err();
    assert!(
        matches!(&error, LabError::LeftOpen { file, line: 2, name } if file == "documents/manual.md" && name == "colour"),
        "{error}"
    );
}

#[test]
fn the_readme_lists_every_value_of_an_instance() {
    let page = reference("README.md");
    for individual in of_the_files().0 {
        assert!(page.contains(&format!("`{}`", individual.token)), "{} is missing", individual.token);
    }
}

/// The files are written out, so nothing but this keeps them and the device together.
#[test]
fn the_files_say_what_the_model_says() {
    let mut expected = vec![
        ("ics.toml", format!("manufacturer = \"{}\"", model::MANUFACTURER)),
        ("ics.toml", format!("({})", model::MANUFACTURER_JAPANESE)),
        ("ics.toml", format!("model = \"{}\"", model::MODEL)),
        ("ics.toml", format!("hardware = \"{}\"", model::HARDWARE)),
        ("ics.toml", format!("firmware = \"{}\"", model::FIRMWARE)),
        ("bench.toml", format!("serial = \"{}", model::SERIAL_PREFIX)),
        ("bench.toml", format!("user = \"{}\"", model::USER_NAME)),
        ("ixit.toml", format!("certificate_key = \"{}\"", model::CERTIFICATE_KEY)),
        ("ixit.toml", format!("at least {} characters", model::USER_PASSWORD_MINIMUM)),
        ("ixit.toml", format!("length = {}, alphabet", model::LABEL_PASSWORD_LENGTH)),
        ("ixit.toml", format!("alphabet_size = {},", model::LABEL_ALPHABET.len())),
        ("ixit.toml", format!("alphabet = \"{}\" }}", model::LABEL_ALPHABET)),
        ("ixit.toml", format!("least_length = {} }}", model::USER_PASSWORD_MINIMUM)),
        ("ixit.toml", format!("failures = {}, lockout", model::LOCKOUT_FAILURES)),
        ("ixit.toml", format!("lockout_seconds = {} }}", model::LOCKOUT_SECONDS)),
        ("ixit.toml", format!("step = \"acknowledgement\", days = {} }}", model::ACKNOWLEDGEMENT_DAYS)),
        ("ixit.toml", format!("step = \"status update\", days = {} }}", model::STATUS_DAYS)),
        ("ixit.toml", format!("step = \"fix\", days = {} }}", model::FIX_DAYS)),
        ("ixit.toml", format!("check_period_hours = {},", model::UPDATE_CHECK_HOURS)),
        ("ixit.toml", format!("until = \"{}\", from = \"{}\"", model::SUPPORT_UNTIL, model::ON_SALE_FROM)),
        ("bench.toml", format!("version = \"{}\"\n", model::NEWER_FIRMWARE)),
        ("bench.toml", format!("version = \"{}\"\n", model::OLDER_FIRMWARE)),
        ("bench.toml", format!("version = \"{}\"\n", model::FIRMWARE_OF_OTHER_MODEL)),
        ("documents/sbom.cdx.json", format!("\"version\": \"{}\"", model::FIRMWARE)),
        ("documents/disclosure-policy.md", model::SECURITY_CONTACT.to_owned()),
        ("documents/manual.md", format!("until {}", model::SUPPORT_UNTIL)),
    ];
    for host in [model::MAKER_HOST, model::CLOUD_HOST, model::UPDATE_HOST] {
        expected.push(("bench.toml", format!("\n\"{host}\" = ")));
    }
    let pages =
        [page::POLICY, page::SUPPORT, page::PERSONAL_DATA, page::DELETION, page::SENSORS, page::SETUP];
    for path in pages {
        expected.push(("ixit.toml", format!("place = \"http://{}{path}\"", model::MAKER_HOST)));
    }
    expected.push(("ixit.toml", format!("http://{}{}", model::MAKER_HOST, page::SECURITY_TXT)));
    for (file, text) in expected {
        assert!(reference(file).contains(&text), "{file} does not say {text:?}");
    }
}

#[test]
fn what_was_planted_in_the_sample_is_what_it_sends() {
    let bench: toml::Table = reference("bench.toml").parse().unwrap();
    let planted: Vec<&str> = bench["plant"]
        .as_table()
        .unwrap()
        .values()
        .flat_map(|values| values.as_array().unwrap())
        .map(|value| value.as_str().unwrap())
        .collect();
    let (network, password) = crate::instance::WIFI;
    // What the example of the owner's name says, which the tester writes over Bluetooth LE.
    let example = "M. Hoshino";
    assert_eq!(
        planted,
        [
            model::OWNER_NAME,
            model::OWNER_MAIL,
            example,
            model::OWNER_SCHEDULE,
            model::USAGE,
            network,
            password
        ]
    );
}
