//! 5.7-2-1: what is declared of the notice that a change of the software gives, and of the network that it needs.

use ixit::companion::Endpoint;
use ixit::{Located, Row};

use crate::assisted::{Look, each_row, required};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;
use crate::verdict::Verdict;
use crate::words_in_text::{Stands, stands};

/// Ways by which a notice reaches somebody, and words by which they are named.
const WAYS: &[(&str, &[&str])] = &[
    ("display", &["panel", "display", "screen", "画面", "パネル", "表示"]),
    ("light", &["lamp", "light", "LED", "blinks", "ランプ", "点滅"]),
    ("sound", &["sound", "beep", "buzzer", "ブザー", "警告音"]),
    ("app", &["app", "アプリ"]),
    ("message", &["mail", "e-mail", "push", "message", "メール", "プッシュ"]),
    ("web page", &["web interface", "web page", "ウェブ"]),
];

/// What a notice can say: that something is wrong with the software, and what to do.
const CONTENT: &[(&str, &[&str])] = &[
    (
        "what happened",
        &[
            "changed",
            "damaged",
            "altered",
            "tampered",
            "integrity",
            "modified",
            "改ざん",
            "変更",
            "破損",
            "異常",
        ],
    ),
    (
        "what to do",
        &[
            "call",
            "contact",
            "service",
            "support",
            "restart",
            "repair",
            "reinstall",
            "連絡",
            "修理",
            "再起動",
            "サポート",
        ],
    ),
];

/// 5.7-2-1 a: way and content of the notice suffice. A notice that is declared not to be there contradicts that. Ways
/// and content that the text names are laid out; a text that names a way and both parts of the content is expected to
/// pass.
pub(super) fn the_notice_suffices(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let text = match required(item, "user_notification", "no-alert-declared") {
            Ok(text) => text,
            Err(look) => return look,
        };
        let ways = named(text, WAYS);
        let content = named(text, CONTENT);
        let expected = (!ways.is_empty() && content.len() == CONTENT.len()).then_some(Verdict::Pass);
        Look::question(item, &[], expected)
            .computed("computed.ways-of-the-notice", list(&ways))
            .computed("computed.content-of-the-notice", list(&content))
    })
}

fn named<'w>(text: &str, words: &[(&'w str, &[&str])]) -> Vec<&'w str> {
    let stands_in = |words: &[&str]| words.iter().any(|word| stands(text, word) == Stands::Plainly);
    words.iter().filter(|(_, words)| stands_in(words)).map(|(name, _)| *name).collect()
}

fn list(names: &[&str]) -> String {
    if names.is_empty() { "none recognized".to_owned() } else { names.join(", ") }
}

/// 5.7-2-1 b: each listed functionality is needed for the notice. Endpoints without a listed functionality leave
/// it open, and endpoints that no communication mechanism declares contradict the declaration itself; whether a functionality is
/// needed is for a person, who is shown to which mechanism each endpoint belongs.
pub(super) fn only_what_the_notice_needs(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mechanisms = facts.declaration.ixit.rows("com_mech");
    each_row(facts, unit, |item| {
        let endpoints = &item.row.companions.endpoint;
        let listed = item.row.text("notification_functionality").is_some();
        if !listed && !endpoints.is_empty() {
            return Look::untold(item, "notification_functionality");
        }
        let of_none: Vec<&Located<Endpoint>> =
            endpoints.iter().filter(|endpoint| mechanism(mechanisms, &endpoint.value).is_none()).collect();
        let comparable = mechanisms.iter().any(|row| !row.companions.endpoint.is_empty());
        if comparable && !of_none.is_empty() {
            let reason = Reason::new("alert-endpoint-of-no-mechanism")
                .with("row", &item.row.id)
                .with("endpoints", places(of_none.into_iter()))
                .expected_by("criterion");
            return Look::Contradiction { reason, shown_by: "endpoint" };
        }
        let used: Vec<(&Endpoint, Option<&Row>)> = endpoints
            .iter()
            .map(|endpoint| (&endpoint.value, mechanism(mechanisms, &endpoint.value)))
            .collect();
        // Nothing can be asked of the device over what it needs for the notice.
        let quiet = used.iter().all(|(_, row)| {
            row.is_some_and(|row| {
                row.companions.remotely_accessible.as_ref().is_some_and(|remote| !remote.value)
            })
        });
        let look = Look::question(
            item,
            &["endpoint"],
            (listed != used.is_empty() && quiet).then_some(Verdict::Pass),
        );
        used.iter().fold(look, |look, (endpoint, row)| {
            let belongs = row.map_or("no communication mechanism", |row| row.id.as_str());
            let remote = row.and_then(|row| row.companions.remotely_accessible.as_ref());
            let remote = match remote.map(|remote| remote.value) {
                Some(true) => ", remotely accessible",
                _ => "",
            };
            look.computed("computed.endpoint-of", format!("{}: {belongs}{remote}", place(endpoint)))
        })
    })
}

/// The communication mechanism to which an endpoint belongs: the same transport, port and host.
fn mechanism<'r>(mechanisms: &'r [Row], endpoint: &Endpoint) -> Option<&'r Row> {
    mechanisms.iter().find(|row| {
        row.companions.endpoint.iter().map(|declared| &declared.value).any(|declared| {
            (declared.transport, declared.port, declared.host.as_deref())
                == (endpoint.transport, endpoint.port, endpoint.host.as_deref())
        })
    })
}

fn places<'e>(endpoints: impl Iterator<Item = &'e Located<Endpoint>>) -> String {
    endpoints.map(|endpoint| place(&endpoint.value)).collect::<Vec<String>>().join(", ")
}

fn place(endpoint: &Endpoint) -> String {
    let host = endpoint.host.as_deref().map(|host| format!(" {host}")).unwrap_or_default();
    format!("{}/{}{host}", endpoint.transport.as_str(), endpoint.port)
}

#[cfg(test)]
#[path = "declared/tests.rs"]
mod tests;
