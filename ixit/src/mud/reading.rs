//! Reads a MUD file: the container `mud` of RFC 8520, and the access lists of RFC 8519 that its policies name.

use std::collections::{BTreeMap, BTreeSet};

use super::{CACHE_VALIDITY, LARGEST, MOST_RULES, Mud, Rule, Side};
use crate::complaints::{Complaints, excerpt, expectation};
use crate::located::At;
use crate::node::{Content, Entry, Node};
use crate::parse;

mod ace;

/// YANG modules whose names may stand before a key.
const MODULES: &[&str] = &["ietf-mud", "ietf-access-control-list", "ietf-acldns"];
/// Keys of the container `mud`.
const MUD_KEYS: &[&str] = &[
    "mud-version",
    "mud-url",
    "last-update",
    "mud-signature",
    "cache-validity",
    "is-supported",
    "systeminfo",
    "mfg-name",
    "model-name",
    "firmware-rev",
    "software-rev",
    "documentation",
    "extensions",
    "from-device-policy",
    "to-device-policy",
];
/// Longest `systeminfo` in characters (RFC 8520, 3.9).
const SYSTEMINFO: usize = 60;
/// Hours that a file is kept if it says nothing.
const KEPT: u16 = 48;

pub(super) fn read(name: &str, bytes: &[u8], to: &mut Complaints) -> Option<Mud> {
    if bytes.len() > LARGEST {
        let message = format!("The MUD file is larger than {LARGEST} bytes");
        to.error(
            "mud-not-understood",
            &At::whole_file(name),
            message,
            Some("Hand in the MUD file alone".into()),
        );
        return None;
    }
    let root = parse::json_document(name, bytes, to)?;
    known(&root, &["ietf-mud:mud", "ietf-access-control-list:acls"], to);
    let Some(about) = find(&root, "mud") else {
        to.error(
            "mud-not-understood",
            &root.at,
            "The file has no `ietf-mud:mud`",
            Some("A MUD file has `ietf-mud:mud` and `ietf-access-control-list:acls` (RFC 8520)".into()),
        );
        return None;
    };
    let about = &about.node;
    known(about, MUD_KEYS, to);
    version(about, to);
    let url = required(about, "mud-url", "the https address of this file", to).unwrap_or_default();
    if let Some(entry) = find(about, "mud-url")
        && !is_https(&url)
    {
        bad(&entry.node.at, &url, "an address that begins with https://", to);
    }
    let last_update = required(about, "last-update", "date and time of this version", to).unwrap_or_default();
    if let Some(entry) = find(about, "last-update")
        && last_update.parse::<jiff::Timestamp>().is_err()
    {
        bad(
            &entry.node.at,
            &last_update,
            "date and time as in RFC 3339, e.g. \"2026-03-01T09:00:00+09:00\"",
            to,
        );
    }
    let systeminfo = text(about, "systeminfo", to);
    if let (Some(entry), Some(info)) = (find(about, "systeminfo"), &systeminfo)
        && info.chars().count() > SYSTEMINFO
    {
        let message = format!("`systeminfo` has more than {SYSTEMINFO} characters");
        to.error("mud-bad-value", &entry.node.at, message, Some("Say briefly what the device is".into()));
    }
    let mut mud = Mud {
        url,
        last_update,
        cache_validity: cache_validity(about, to),
        is_supported: is_supported(about, to),
        systeminfo,
        mfg_name: text(about, "mfg-name", to),
        model_name: text(about, "model-name", to),
        firmware_rev: text(about, "firmware-rev", to),
        rules: Vec::new(),
    };
    rules(&root, about, &mut mud.rules, to);
    Some(mud)
}

/// The rules of every list that a policy names.
fn rules(root: &Node, about: &Node, rules: &mut Vec<Rule>, to: &mut Complaints) {
    let mut lists: BTreeMap<&str, &Node> = BTreeMap::new();
    let acls = find(root, "acls").map(|entry| &entry.node);
    let none = "`ietf-access-control-list:acls` holds `acl`, a list";
    for list in acls.map(|acls| list_in(acls, "acl", none, to)).unwrap_or_default() {
        let Some((name, at)) = name_of(list, to) else { continue };
        if lists.insert(name, list).is_some() {
            let message = format!("There are two access lists named {}", excerpt(name));
            to.error("mud-not-understood", at, message, Some("Give each list a name of its own".into()));
        }
    }
    let mut used = BTreeSet::new();
    for (key, sender) in [("from-device-policy", Side::Device), ("to-device-policy", Side::Peer)] {
        let Some(policy) = find(about, key) else { continue };
        let Some(named) = find(&policy.node, "access-lists") else {
            to.missing_key(&policy.node.at, "access-lists", "the access lists of this direction");
            continue;
        };
        for reference in list_in(&named.node, "access-list", "`access-lists` holds `access-list`, a list", to)
        {
            let Some((name, at)) = name_of(reference, to) else { continue };
            let Some(list) = lists.get(name) else {
                let known: Vec<&str> = lists.keys().copied().take(MOST_RULES).collect();
                let message = format!("`{key}` names the access list {}, which is not there", excerpt(name));
                let help = expectation(name, known).unwrap_or_else(|| "Add the list".to_owned());
                to.error("mud-dangling-list", at, message, Some(help));
                continue;
            };
            if used.insert((name, sender)) {
                ace::list(list, sender, rules, to);
            }
        }
    }
    for (name, list) in &lists {
        if !used.iter().any(|(used, _)| used == name) {
            let message = format!("The access list {} is in no policy", excerpt(name));
            let help = "Name it in `from-device-policy` or `to-device-policy`, or take it out".to_owned();
            to.error("mud-dangling-list", &list.at, message, Some(help));
        }
    }
}

fn version(about: &Node, to: &mut Complaints) {
    match find(about, "mud-version").map(|entry| &entry.node) {
        None => to.missing_key(&about.at, "mud-version", "1"),
        Some(Node { content: Content::Number(1), .. }) => {}
        Some(node) => to.error(
            "mud-bad-value",
            &node.at,
            "This version of MUD is not known",
            Some("Expected: 1, the version of RFC 8520".into()),
        ),
    }
}

fn cache_validity(about: &Node, to: &mut Complaints) -> u16 {
    let Some(entry) = find(about, "cache-validity") else { return KEPT };
    let hours = match entry.node.content {
        Content::Number(hours) => u16::try_from(hours).ok().filter(|hours| CACHE_VALIDITY.contains(hours)),
        _ => None,
    };
    if hours.is_none() {
        let (least, most) = (CACHE_VALIDITY.start(), CACHE_VALIDITY.end());
        to.error(
            "mud-bad-value",
            &entry.node.at,
            "This is no time that a network may keep the file",
            Some(format!("Expected: hours from {least} to {most}")),
        );
    }
    hours.unwrap_or(KEPT)
}

fn is_supported(about: &Node, to: &mut Complaints) -> bool {
    match find(about, "is-supported").map(|entry| &entry.node) {
        None => to.missing_key(&about.at, "is-supported", "whether the maker still maintains the device"),
        Some(Node { content: Content::Flag(flag), .. }) => return *flag,
        Some(node) => to.wrong_type(node, "true or false"),
    }
    false
}

fn is_https(url: &str) -> bool {
    let rest = url.get(..8).filter(|scheme| scheme.eq_ignore_ascii_case("https://")).and(url.get(8..));
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty() && !url.contains(|c: char| c.is_whitespace() || c.is_control())
    })
}

/// The entry with this key, with or without the name of its module before it.
fn find<'n>(node: &'n Node, key: &str) -> Option<&'n Entry> {
    node.entries().iter().find(|entry| bare(&entry.key) == key)
}

/// A key without the name of a module of these RFCs.
fn bare(key: &str) -> &str {
    match key.split_once(':') {
        Some((module, rest)) if MODULES.contains(&module) => rest,
        _ => key,
    }
}

/// Complains of keys that are not known. Those of other modules are extensions, and left alone.
fn known(node: &Node, keys: &[&str], to: &mut Complaints) {
    if !matches!(node.content, Content::Table(_)) {
        to.wrong_type(node, "an object in braces");
    }
    for entry in node.entries() {
        let (module, key) = (entry.key.split_once(':').map(|(module, _)| module), bare(&entry.key));
        let ours =
            module.is_none_or(|module| module.starts_with("ietf-mud") || module.starts_with("ietf-acc"));
        if ours && !keys.iter().any(|known| bare(known) == key) {
            to.unknown_key(&entry.key_at, &entry.key, keys.iter().copied());
        }
    }
}

fn text(node: &Node, key: &str, to: &mut Complaints) -> Option<String> {
    let entry = find(node, key)?;
    match &entry.node.content {
        Content::Text(text) => Some(text.clone()),
        _ => {
            to.wrong_type(&entry.node, "a text in quotes");
            None
        }
    }
}

fn required(node: &Node, key: &str, doc: &str, to: &mut Complaints) -> Option<String> {
    if find(node, key).is_none() {
        to.missing_key(&node.at, key, doc);
    }
    text(node, key, to)
}

/// The items of a list under a key.
fn list_in<'n>(node: &'n Node, key: &str, expected: &str, to: &mut Complaints) -> &'n [Node] {
    match find(node, key).map(|entry| &entry.node.content) {
        Some(Content::List(items)) => items,
        _ => {
            to.error(
                "mud-not-understood",
                &node.at,
                format!("There is no list `{key}`"),
                Some(format!("Expected: {expected}")),
            );
            &[]
        }
    }
}

fn name_of<'n>(node: &'n Node, to: &mut Complaints) -> Option<(&'n str, &'n At)> {
    match find(node, "name").map(|entry| &entry.node) {
        Some(Node { content: Content::Text(name), at }) => Some((name, at)),
        _ => {
            to.missing_key(&node.at, "name", "the name of the access list or rule");
            None
        }
    }
}

fn bad(at: &At, written: &str, expected: &str, to: &mut Complaints) {
    to.error(
        "mud-bad-value",
        at,
        format!("\"{}\" cannot stand here", excerpt(written)),
        Some(format!("Expected: {expected}")),
    );
}
