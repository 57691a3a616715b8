//! The rows of a draft: what was seen as companions and comments, the prose left open.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Found, FoundLogin, FoundService, FoundTls, plain};
use crate::companion::Transport;
use crate::edition::Edition;
use crate::sheet::toml_text;
use crate::table::{Field, Table, table, tables};

/// Kinds of information that an attacker may use whatever the device; the supplier may say otherwise.
const PERHAPS_RELEVANT: &[&str] = &["firmware-version", "serial", "mac-address", "server-software"];

/// A row to be.
pub(super) struct DraftRow {
    pub(super) table: &'static str,
    pub(super) id: String,
    /// What was seen, one line each.
    pub(super) seen: Vec<String>,
    /// Fields and companions that are known, as they are written.
    pub(super) known: Vec<(&'static str, Value)>,
    /// Fields that only the supplier can fill, in the order of the table.
    pub(super) open: Vec<&'static Field>,
}

/// The rows, in the order of the tables; within a table in the order in which they were found.
pub(super) fn of(edition: Edition, found: &Found) -> Vec<DraftRow> {
    let mut rows = Vec::new();
    for service in &found.services {
        rows.extend(logins(edition, service));
        rows.push(communication(edition, service));
        rows.push(software_service(edition, service));
    }
    if !found.services.is_empty() {
        rows.push(link(edition, found));
    }
    rows.extend(found.services.iter().map(|service| interface(edition, service)));
    let place = |row: &DraftRow| tables(edition).iter().position(|table| table.key == row.table);
    // Stable: what was found first comes first.
    rows.sort_by_key(place);
    rows
}

impl DraftRow {
    fn new(edition: Edition, key: &'static str, id: String, seen: Vec<String>) -> Self {
        let table = table(edition, key).expect("the tables of a draft are in every edition");
        let open = table.fields.iter().filter(|field| field.kind != "id").collect();
        Self { table: key, id, seen, known: Vec::new(), open }
    }

    fn with(mut self, key: &'static str, value: Value) -> Self {
        self.open.retain(|field| field.key != key);
        self.known.push((key, value));
        self
    }

    /// A field that does not concern what was found, such as the protection of a debug interface.
    fn without(mut self, key: &str) -> Self {
        self.open.retain(|field| field.key != key);
        self
    }

    /// The row as it stands in the file.
    pub(super) fn text(&self) -> String {
        let mut text = String::from("\n");
        let mut line = |line: String| writeln!(text, "{line}").expect("a String takes any text");
        for seen in &self.seen {
            line(format!("# Seen: {}", plain(seen)));
        }
        line(format!("[[{}]]", self.table));
        line(format!("id = {}", toml_text::inline(&json!(self.id))));
        line("origin = \"observed\"".to_owned());
        for (key, value) in &self.known {
            line(format!("{key} = {}", toml_text::inline(value)));
        }
        for field in &self.open {
            match placeholder(field) {
                Some(placeholder) => line(format!("{} = {placeholder}", field.key)),
                // A value that is one of a few names cannot be left open in the file.
                None => line(format!("#{} =   # {}", field.key, choices(field))),
            }
        }
        text
    }
}

/// A placeholder that reads without an error, for fields that take any words.
fn placeholder(field: &Field) -> Option<&'static str> {
    match field.kind.as_str() {
        "text" | "duration" | "resource" => Some("\"...\""),
        "list" => Some("[\"...\"]"),
        _ => None,
    }
}

fn choices(field: &Field) -> String {
    match field.kind.as_str() {
        "bool" => "true or false".to_owned(),
        "ref-list" => format!("ids of rows of {}", field.refs.join(", ")),
        _ => format!("one of: {}", field.values.join(", ")),
    }
}

fn logins(edition: Edition, service: &FoundService) -> Vec<DraftRow> {
    let logins = service.logins.iter().enumerate();
    logins.map(|(index, login)| authentication(edition, service, index, login)).collect()
}

fn authentication(edition: Edition, service: &FoundService, index: usize, login: &FoundLogin) -> DraftRow {
    let seen = vec![format!("{}: {} login, {}", service.item(), login.name, login.seen)];
    let mut row = DraftRow::new(edition, "auth_mech", login_id(service, index, login), seen)
        .with("network_addressable", json!(true))
        .with("endpoint", endpoint(service));
    if let Some(factor) = &login.factor {
        row = row.with("factor", json!({ "kind": factor }));
    }
    // A web login without its path says too little to be a companion.
    if let Some((kind, path)) = login.login.as_ref().filter(|(kind, path)| !kind.is_web() || !path.is_empty())
    {
        let mut companion = json!({ "kind": kind.as_str(), "port": service.port });
        if service.tls.is_some() {
            companion["tls"] = json!(true);
        }
        if !path.is_empty() {
            companion["path"] = json!(path);
        }
        row = row.with("login", companion);
    }
    with_crypto(row, service)
}

/// Several mechanisms may stand at one port, also of one kind.
fn login_id(service: &FoundService, index: usize, login: &FoundLogin) -> String {
    let alike = |other: &&FoundLogin| other.name == login.name;
    let before = service.logins.iter().take(index).filter(alike).count();
    let number = if before == 0 { String::new() } else { format!("-{}", before + 1) };
    format!("AuthMech-{}-{}{number}", suffix(service), login.name)
}

fn communication(edition: Edition, service: &FoundService) -> DraftRow {
    let row = DraftRow::new(edition, "com_mech", format!("ComMech-{}", suffix(service)), seen(service))
        .with("role", json!("server"))
        .with("endpoint", endpoint(service));
    with_crypto(row, service)
}

fn software_service(edition: Edition, service: &FoundService) -> DraftRow {
    let mut row = DraftRow::new(edition, "soft_serv", format!("SoftServ-{}", suffix(service)), seen(service))
        .with("status", json!("enabled"))
        .with("endpoint", endpoint(service));
    if !service.logins.is_empty() {
        let logins = service.logins.iter().enumerate();
        let ids: Vec<String> = logins.map(|(index, login)| login_id(service, index, login)).collect();
        row = row.with("authentication_mechanism", json!(ids));
    }
    row
}

/// The link that carries all of it: the device answered over IP, so it has one.
fn link(edition: Edition, found: &Found) -> DraftRow {
    let seen = vec![format!("the device answers over IP at {}", found.address)];
    DraftRow::new(edition, "intf", "Intf-Link".to_owned(), seen)
        .with("type", json!(["network", "physical"]))
        .with("status", json!("enabled"))
}

fn interface(edition: Edition, service: &FoundService) -> DraftRow {
    let mut seen = seen(service);
    let told = service.disclosed.iter();
    seen.extend(told.map(|told| format!("tells {}: {} ({})", told.item, told.value, told.place)));
    let mut row = DraftRow::new(edition, "intf", format!("Intf-{}", suffix(service)), seen)
        .with("type", json!(["network", "logical"]))
        .with("status", json!("enabled"))
        .with("endpoint", endpoint(service))
        // These two are asked of physical interfaces.
        .without("debug_interface")
        .without("protection");
    let mut kinds: Vec<&str> = service.disclosed.iter().map(|told| told.item.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if !kinds.is_empty() {
        let disclosed: Vec<Value> = kinds
            .iter()
            .map(|kind| json!({ "item": kind, "security_relevant": PERHAPS_RELEVANT.contains(kind) }))
            .collect();
        row = row.with("disclosed", json!(disclosed));
    }
    row
}

fn with_crypto(row: DraftRow, service: &FoundService) -> DraftRow {
    let Some(FoundTls { versions, suites, certificate_key }) = &service.tls else { return row };
    let mut crypto = json!({ "purpose": "transport", "protocol": "TLS" });
    if !versions.is_empty() {
        crypto["versions"] = json!(versions);
    }
    if !suites.is_empty() {
        crypto["suites"] = json!(suites);
    }
    if let Some(key) = certificate_key {
        crypto["certificate_key"] = json!(key);
    }
    row.with("crypto", json!([crypto]))
}

fn endpoint(service: &FoundService) -> Value {
    let mut endpoint = json!({ "transport": service.transport.as_str(), "port": service.port });
    if let Some(application) = &service.application {
        endpoint["application"] = json!(application);
    }
    json!([endpoint])
}

fn seen(service: &FoundService) -> Vec<String> {
    vec![format!("{}: {}", service.item(), service.seen)]
}

fn suffix(service: &FoundService) -> String {
    let transport = match service.transport {
        Transport::Tcp => "Tcp",
        Transport::Udp => "Udp",
    };
    format!("{transport}{}", service.port)
}

/// Tables that take rows of a draft.
pub(super) fn is_drafted(table: &Table) -> bool {
    ["auth_mech", "com_mech", "soft_serv", "intf"].contains(&table.key.as_str())
}
