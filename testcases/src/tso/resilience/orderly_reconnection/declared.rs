//! 5.9-3-1: what is declared of an orderly connection and a stable network.

use ixit::Row;
use ixit::companion::{Reconnection, Role};

use super::pauses::Declared;
use crate::assisted::{Look, each_row, required};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;
use crate::words_in_text::{Stands, stands};

/// Least pause in milliseconds between two tries that can be called one.
const LEAST_PAUSE_MS: u32 = 100;

/// Names of standards by which a connection is opened and closed.
const STANDARDS: &[&str] = &[
    "TCP",
    "TLS",
    "DTLS",
    "UDP",
    "QUIC",
    "HTTP",
    "HTTP/1.1",
    "HTTP/2",
    "MQTT",
    "CoAP",
    "AMQP",
    "WebSocket",
    "DHCP",
    "DHCPv4",
    "DHCPv6",
    "ARP",
    "DNS",
    "mDNS",
    "Bluetooth",
    "Zigbee",
    "Thread",
    "Matter",
    "IEEE 802.11",
    "IEEE 802.15.4",
];

/// Measures that keep a network stable, and words by which a text names them.
const MEASURES: &[(&str, &[&str])] = &[
    (
        "chance in the wait",
        &["random", "randomly", "jitter", "by chance", "spreads", "ランダム", "乱数", "分散"],
    ),
    (
        "growing waits",
        &["back-off", "backoff", "doubles", "exponential", "exponentially", "バックオフ", "倍"],
    ),
    (
        "a limit of the rate",
        &["at most one", "rate limit", "longest wait", "intervals", "every 24 h", "上限", "間隔"],
    ),
    ("several servers", &["several servers", "server list", "load balancing", "複数のサーバ", "負荷分散"]),
    ("an end of each attempt", &["ends after", "ends the connection", "time-out", "timeout", "タイムアウト"]),
];

/// 5.9-3-1 a: the measures give an orderly connection. A row that says that there are none contradicts that;
/// standards that the row names are laid out, and a row that names one is expected to pass.
pub(super) fn measures_are_orderly(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        if let Some(contradiction) = without_measures(item) {
            return contradiction;
        }
        let standards = standards(item.row);
        let expected = (!standards.is_empty()).then_some(Verdict::Pass);
        let named = if standards.is_empty() { "none".to_owned() } else { standards.join(", ") };
        Look::question(item, &["role", "endpoint"], expected).computed("computed.standards", named)
    })
}

/// Standards that a row names in its measures or its description, requests for comments with their numbers.
fn standards(row: &Row) -> Vec<String> {
    let texts = ["resilience_measures", "description"].map(|field| row.text(field).unwrap_or_default());
    let mut named: Vec<String> = STANDARDS
        .iter()
        .filter(|standard| texts.iter().any(|text| stands(text, standard) == Stands::Plainly))
        .map(|standard| (*standard).to_owned())
        .collect();
    for text in texts {
        for after in text.split("RFC").skip(1) {
            let number: String =
                after.trim_start().chars().take_while(char::is_ascii_digit).take(5).collect();
            let request = format!("RFC {number}");
            if !number.is_empty() && !named.contains(&request) {
                named.push(request);
            }
        }
    }
    named
}

/// 5.9-3-1 b: the measures keep the network stable. Tries without a pause, and a device that calls again at fixed
/// times without chance, so that all devices come back at once and go on doing so, contradict that.
pub(super) fn measures_keep_the_network_stable(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let row = item.row;
        let declared = row.companions.reconnection.as_ref().map(|declared| &declared.value);
        if let Some(declared) = declared.filter(|declared| declared.first_ms < LEAST_PAUSE_MS) {
            let reason = Reason::new("declared-without-pause")
                .with("row", &row.id)
                .with("first", declared.first_ms)
                .with("least", LEAST_PAUSE_MS)
                .expected_by("criterion");
            return Look::Contradiction { reason, shown_by: "reconnection" };
        }
        let calls = row.companions.role.as_ref().is_some_and(|role| role.value == Role::Client);
        let stubborn = declared
            .filter(|declared| calls && declared.jitter_percent == 0 && declared.factor_percent <= 100);
        if let Some(declared) = stubborn {
            let reason = Reason::new("declared-in-step")
                .with("row", &row.id)
                .with("declared", in_words(declared))
                .expected_by("criterion");
            return Look::Contradiction { reason, shown_by: "reconnection" };
        }
        if let Some(contradiction) = without_measures(item) {
            return contradiction;
        }
        let measures = measures(row);
        let spread = declared.map(|declared| declared.jitter_percent > 0 && declared.factor_percent > 100);
        let expected = match spread {
            Some(true) => Some(Verdict::Pass),
            Some(false) => None,
            None => (measures.len() > 1).then_some(Verdict::Pass),
        };
        let named = if measures.is_empty() { "none".to_owned() } else { measures.join(", ") };
        let look =
            Look::question(item, &["role", "reconnection"], expected).computed("computed.measures", named);
        match declared {
            Some(declared) => look.computed("computed.reconnection", in_words(declared)),
            None => look,
        }
    })
}

fn measures(row: &Row) -> Vec<&'static str> {
    let text = row.text("resilience_measures").unwrap_or_default();
    let stands_in = |words: &[&str]| words.iter().any(|word| stands(text, word) == Stands::Plainly);
    MEASURES.iter().filter(|(_, words)| stands_in(words)).map(|(measure, _)| *measure).collect()
}

fn without_measures(item: &Item<'_>) -> Option<Look> {
    required(item, "resilience_measures", "measures-denied").err()
}

/// Waits, growth and chance of a way back, in one line.
fn in_words(declared: &Reconnection) -> String {
    let declared = Declared::of(declared);
    let waits: Vec<String> = (0..5).map(|step| format!("{:.1} s", declared.wait(step))).collect();
    let longest = declared.longest.map_or_else(|| "no".to_owned(), |longest| format!("{longest:.0} s as"));
    format!(
        "waits of {}, {longest} longest, up to {:.0} % more by chance",
        waits.join(", "),
        declared.jitter * 100.0
    )
}

#[cfg(test)]
#[path = "declared/tests.rs"]
mod tests;
