//! Reading a bench file, and the copy of it that is stored in a run.

use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::path::Path;

use serde_json::Value as Json;

use crate::bench::{
    ACTIONS, Authority, Bench, Bluetooth, Capture, Component, Consent, Credential, Equipment, HandedIn, Lab,
    Limits, Method, Sample, Secret, Tls, UpdatePackage, VulnerabilityData,
};
use crate::complaints::{Complaints, excerpt};
use crate::described::{Described, Member, Shape, check_keys, record, refuse};
use crate::diagnostic::{Blame, Diagnostic};
use crate::located::{At, Located};
use crate::node::{Content, Node};
use crate::parse;

record! {
    /// The keys at the top of a bench file.
    #[derive(Clone, Debug)]
    pub(crate) struct BenchFile {
        /// The laboratory; what is missing is printed as "not stated".
        lab: Lab = Lab::default(),
        /// Equipment used.
        equipment: Vec<Located<Equipment>>,
        /// Samples of the device under test; a run needs at least one.
        sample: Vec<Located<Sample>>,
        /// Other parts of the product that take part in the test.
        component: Vec<Located<Component>>,
        /// Credentials by the id of the IXIT row that they belong to.
        credentials: BTreeMap<String, Credential>,
        /// Actions as argument lists; no shell reads them. Where one is absent, the operator is asked.
        actions: BTreeMap<String, Vec<String>>,
        /// Limits of gentleness.
        limits: Limits = Limits::default(),
        /// What may disturb the device; nothing that is not said here.
        consent: Consent = Consent::default(),
        /// What the bench trusts in TLS.
        tls: Tls = Tls::default(),
        /// Deviations from the method and the decision rule.
        method: Method = Method::default(),
        /// Further addresses that may be contacted, by host name, each as address and port.
        hosts: BTreeMap<String, Located<String>>,
        /// Where the bench listens in place of a peer of the device, by host name, each as address and port.
        world: BTreeMap<String, Located<String>>,
        /// An authority that the device trusts, lent by the supplier for the test.
        authority: Option<Authority>,
        /// The Bluetooth LE adapter of the tester.
        bluetooth: Bluetooth = Bluetooth::default(),
        /// Where the traffic of the device is captured.
        capture: Capture = Capture::default(),
        /// Data that was given to the device for the test, by row id of the IXIT; captures are searched for it.
        plant: BTreeMap<String, Vec<String>>,
        /// Authentic update packages that the supplier handed in; bad ones are made from them.
        update_package: Vec<Located<UpdatePackage>>,
        /// Files that a person or an instrument took from the device, or that the supplier handed in.
        handed_in: Vec<Located<HandedIn>>,
        /// Data on known vulnerabilities: OSV records, CSAF documents.
        vulnerability_data: Vec<Located<VulnerabilityData>>,
    }
}

impl Bench {
    /// Reads a bench file (TOML, or JSON by its ending); `None` where an error keeps it from being understood.
    pub fn read(path: &Path) -> (Option<Self>, Vec<Diagnostic>) {
        use std::io::Read as _;
        let name = path
            .file_name()
            .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        let mut bytes = Vec::new();
        let result = std::fs::metadata(path)
            .and_then(|metadata| {
                if metadata.is_file() {
                    std::fs::File::open(path)
                } else {
                    Err(std::io::Error::other("it is no regular file"))
                }
            })
            .and_then(|file| file.take(parse::SIZE_LIMIT as u64 + 1).read_to_end(&mut bytes));
        match result {
            Ok(_) => Self::from_bytes(&name, &bytes),
            Err(error) => {
                let mut to = Complaints::new(Blame::Lab);
                let message = format!("The bench file {} cannot be read: {error}", path.display());
                to.error(
                    "unreadable-file",
                    &At::whole_file(&name),
                    message,
                    Some("Name the bench file with --bench FILE".into()),
                );
                (None, to.into_sorted())
            }
        }
    }

    /// The same from bytes; `name` is the file name for diagnostics.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> (Option<Self>, Vec<Diagnostic>) {
        let mut to = Complaints::new(Blame::Lab);
        let bench = parse::document(name, bytes, &mut to).and_then(|node| read(&node, &mut to));
        let bench = if to.has_errors() { None } else { bench };
        (bench, to.into_sorted())
    }

    /// The text of a bench file with every secret value replaced by `withheld = true`, for storing in a
    /// run. Names of variables and files stay. A file that cannot be understood is not stored at all.
    pub fn withheld_copy(bytes: &[u8]) -> Vec<u8> {
        let json = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
        let name = if json { "bench.json" } else { "bench.toml" };
        let nothing = if json {
            b"{}\n".to_vec()
        } else {
            b"# The bench file cannot be understood; nothing of it is stored.\n".to_vec()
        };
        let mut to = Complaints::new(Blame::Lab);
        let Some(root) = parse::document(name, bytes, &mut to) else { return nothing };
        if read(&root, &mut to).is_none() || to.has_errors() {
            return nothing;
        }
        let mut places = Vec::new();
        secret_values(&root, &mut places);
        places.sort_by_key(|(start, _)| *start);
        let (mut copy, mut last) = (Vec::with_capacity(bytes.len()), 0);
        let values: Vec<&[u8]> =
            places.iter().filter_map(|(from, to)| written_value(&bytes[*from..*to])).collect();
        for (start, end) in places {
            copy.extend_from_slice(&bytes[last..start]);
            copy.extend_from_slice(if json { b"\"withheld\": true" } else { b"withheld = true" });
            last = end;
        }
        copy.extend_from_slice(&bytes[last..]);
        // A log that is written in the file may show what is kept secret elsewhere in it.
        for value in values {
            mask(&mut copy, value);
        }
        // The copy is read again: should a value have stayed, nothing is stored.
        let mut left = Vec::new();
        let mut again = Complaints::new(Blame::Lab);
        match parse::document(name, &copy, &mut again) {
            Some(root) if !again.has_errors() => secret_values(&root, &mut left),
            _ => return nothing,
        }
        if left.is_empty() { copy } else { nothing }
    }
}

/// What stands between the quotes of `value = "…"`; `None` for a value so short that it stands anywhere.
fn written_value(entry: &[u8]) -> Option<&[u8]> {
    let end = entry.len().checked_sub(1)?;
    let quote = *entry.get(end).filter(|octet| matches!(octet, b'"' | b'\''))?;
    let begin = entry.iter().enumerate().find(|(at, octet)| {
        // A key of JSON has quotes of its own.
        **octet == quote && entry[..*at].iter().any(|before| matches!(before, b'=' | b':'))
    });
    let value = entry.get(begin?.0 + 1..end)?;
    (value.len() >= 8).then_some(value)
}

fn mask(copy: &mut [u8], value: &[u8]) {
    let mut at = 0;
    while let Some(found) =
        copy.get(at..).and_then(|rest| rest.windows(value.len()).position(|one| one == value))
    {
        copy[at + found..at + found + value.len()].fill(b'*');
        at += found + value.len();
    }
}

/// Byte ranges from key to end of value of each `value` of a secret.
fn secret_values(root: &Node, to: &mut Vec<(usize, usize)>) {
    let samples = root.entry("sample").map(|entry| match &entry.node.content {
        Content::List(items) => items.iter().collect(),
        _ => vec![&entry.node],
    });
    let samples = samples.into_iter().flatten().filter_map(|sample| sample.entry("label_password"));
    let credentials = root.entry("credentials").into_iter().flat_map(|entry| entry.node.entries());
    let credentials = credentials.filter_map(|credential| credential.node.entry("secret"));
    let authority = root.entry("authority").into_iter().flat_map(|entry| entry.node.entries());
    for secret in samples.chain(credentials).chain(authority) {
        if let Some(value) = secret.node.entry("value") {
            to.push((value.key_at.start, value.node.at.end));
        }
    }
}

fn read(root: &Node, to: &mut Complaints) -> Option<Bench> {
    if let Some(actions) = root.entry("actions") {
        let names: Vec<&str> = ACTIONS.to_vec();
        check_keys(&actions.node, &names, to);
        for action in actions.node.entries() {
            match &action.node.content {
                Content::Text(_) => to.error(
                    "wrong-type",
                    &action.node.at,
                    "A text where a list of arguments is expected",
                    Some(
                        "Write one text for each argument, e.g. [\"usbrelay\", \"1=0\"]; no shell reads them"
                            .into(),
                    ),
                ),
                Content::List(items) if items.is_empty() => to.error(
                    "bad-value",
                    &action.node.at,
                    "The list of arguments is empty",
                    Some("Name a program, or leave the action out: the operator is then asked".into()),
                ),
                _ => {}
            }
        }
    }
    refuse_adapter_of_the_system(root, to);
    let file = BenchFile::read(root, to)?;
    unique(file.sample.iter().map(|sample| (sample.value.id.as_str(), &sample.at)), to);
    unique(file.equipment.iter().map(|equipment| (equipment.value.id.as_str(), &equipment.at)), to);
    unique(file.component.iter().map(|component| (component.value.id.as_str(), &component.at)), to);
    for address in file.hosts.values().chain(file.world.values()) {
        if address.value.parse::<SocketAddr>().is_err() {
            let message = format!("\"{}\" is no address with a port", excerpt(&address.value));
            to.error(
                "bad-value",
                &address.at,
                message,
                Some("Write e.g. \"192.0.2.20:443\" or \"[fd00::20]:443\"".into()),
            );
        }
    }
    Some(Bench {
        lab: file.lab,
        equipment: values(file.equipment),
        samples: values(file.sample),
        components: values(file.component),
        credentials: file.credentials,
        actions: file.actions,
        limits: file.limits,
        consent: file.consent,
        tls: file.tls,
        method: file.method,
        hosts: file.hosts.into_iter().map(|(host, address)| (host, address.value)).collect(),
        world: file.world.into_iter().map(|(host, address)| (host, address.value)).collect(),
        authority: file.authority,
        bluetooth: file.bluetooth,
        capture: file.capture,
        plant: file.plant,
        update_packages: values(file.update_package),
        handed_in: values(file.handed_in),
        vulnerability_data: values(file.vulnerability_data),
    })
}

/// Which adapters there are is for whoever opens them to say; this one would be opened, and would show too little.
fn refuse_adapter_of_the_system(root: &Node, to: &mut Complaints) {
    let bluetooth = root.entry("bluetooth");
    let Some(adapter) = bluetooth.and_then(|bluetooth| bluetooth.node.entry("adapter")) else { return };
    if let Content::Text(text) = &adapter.node.content
        && text.trim_start().starts_with("system:")
    {
        to.error(
            "bad-value",
            &adapter.node.at,
            format!(
                "\"{}\" cannot carry an assessment: the Bluetooth of an operating system shows no handles, not the \
                 errors that a device answers with, and neither how a link is protected nor how a pairing went",
                excerpt(text)
            ),
            Some(
                "Name a controller by hci:NUMBER, serial:DEVICE, usb:VENDOR:PRODUCT or tcp:ADDRESS:PORT, or \
                 bluez:hciNUMBER; hantei ble scan and inspect take system: for a look"
                    .into(),
            ),
        );
    }
}

fn values<T>(located: Vec<Located<T>>) -> Vec<T> {
    located.into_iter().map(|located| located.value).collect()
}

fn unique<'b>(ids: impl Iterator<Item = (&'b str, &'b At)>, to: &mut Complaints) {
    let mut seen = HashSet::new();
    for (id, at) in ids {
        if !seen.insert(id) {
            to.error(
                "duplicate-id",
                at,
                format!("The id \"{}\" is given twice", excerpt(id)),
                Some("Give each its own id".into()),
            );
        }
    }
}

impl Described for Secret {
    fn shape() -> Shape {
        let member = |key, doc, shape| Member { key, doc, required: false, shape };
        Shape::Record(vec![
            member("env", "Name of an environment variable.", Shape::Text),
            member("file", "Path of a file, relative to the bench file.", Shape::Text),
            member("value", "The secret itself; never stored in a run.", Shape::Text),
            member("withheld", "Taken out when the run was stored.", Shape::Flag),
        ])
    }

    fn read(node: &Node, to: &mut Complaints) -> Option<Self> {
        const FORMS: &str = "one of { env = \"NAME\" }, { file = \"path\" }, { value = \"...\" }";
        let [entry] = node.entries() else {
            return refuse(node, FORMS, to);
        };
        match entry.key.as_str() {
            "env" => String::read(&entry.node, to).map(Self::Env),
            "file" => String::read(&entry.node, to).map(Self::File),
            "value" => String::read(&entry.node, to).map(Self::Value),
            "withheld" => bool::read(&entry.node, to).map(Self::Withheld),
            other => {
                to.unknown_key(&entry.key_at, other, ["env", "file", "value"]);
                None
            }
        }
    }

    /// Never the secret.
    fn write(&self) -> Option<Json> {
        Some(serde_json::json!({ "withheld": true }))
    }
}
