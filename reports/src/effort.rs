//! What a probe says of its effort, in the language of the page. Probes speak English; the forms that
//! they use are known here. A form that is not known is shown as it is and marked as English.

use serde::Serialize;
use testcases::texts::Language;

use crate::words::Words;

/// A text and whether its language is not that of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Phrase {
    pub(crate) text: String,
    pub(crate) foreign: bool,
}

/// Key of the words, and the form in which the probe says it.
const FORMS: &[(&str, &str)] = &[
    (
        "effort-tcp-sweep",
        "TCP connect to {ports} ports of {address}, {connections} connections, up to {parallel} at once",
    ),
    (
        "effort-syn-sweep",
        "TCP SYN to {ports} ports of {address}, {frames} frames, {connections} connections, up to {parallel} at once",
    ),
    (
        "effort-udp-silent",
        "UDP questions in {protocols} protocols to {address}, {silent} without any reply after three questions each",
    ),
    (
        "effort-udp-services-silent",
        "UDP questions for {services} services to {address}, {silent} without any reply after three questions or more each",
    ),
    ("effort-udp-services", "UDP questions for {services} services to {address}"),
    (
        "effort-paths",
        "asked for a login: / and {further} further paths ({declared} declared, {usual} usual ones, {linked} linked from /, {followed} that these led to), {answered} answered",
    ),
    ("effort-dtls-hellos", "DTLS ClientHellos of {shapes} shapes to UDP port {port}"),
    (
        "effort-played-peers",
        "{relayed} connection passed on to {peer} and {played} to played peers at {listen}",
    ),
    (
        "effort-deletion",
        "{planted} values planted and {read} read back, {orders} orders to delete, {looked} places looked at, {requests} requests",
    ),
    ("effort-set-up", "{protected} before a value was chosen, and {values} values offered at {path}"),
    ("effort-labels", "{logins} logins with the password of a label, {labels} labels compared"),
    (
        "effort-settings",
        "{settings} settings at {pages} pages, {changes} changes, {seconds} s at the capture point",
    ),
    ("effort-change", "a change at {path} and back, with logins around it"),
    ("effort-accesses", "{accesses} accesses by up to {subjects} kinds of subjects, {requests} requests"),
    ("effort-logins-at-port", "{kind} logins at port {port}"),
    ("effort-login-declared", "the login at this port is declared"),
    ("effort-announcements", "multicast questions in three protocols, answers of {address}"),
    ("effort-echoes", "{echoes} echoes of {address}, and the table of neighbours"),
    ("effort-hostile-input", "{sent} unexpected inputs to {inputs} declared ones"),
    (
        "effort-ble-hostile-input",
        "{sent} unexpected writes and PDUs over Bluetooth LE, the device asked after each",
    ),
    ("effort-ble-reset", "one bond and {values} values before the deletion by {who}"),
    ("effort-ble-reset-bond", "the bond tried on {tries} links after it"),
    ("effort-udp", "UDP questions in {protocols} protocols to {address}"),
    ("effort-hellos", "ClientHellos of {shapes} shapes to TCP port {port}"),
    ("effort-identify", "{connections} connections to {place} to find out what it speaks"),
    ("effort-stranger", "GET {url} without account or cookies"),
    ("effort-outages", "{n} outages of {kind}, {seconds} s together, {questions} questions to the device"),
    ("effort-outages-none", "{n} outages of {kind}"),
    (
        "effort-packages",
        "{offered} update packages offered by {way}, {whole} taken to the last octet, {installed} installed",
    ),
    ("effort-page", "GET {path} without login or cookies"),
    ("effort-capture", "{seconds} s at the capture point, {frames} frames of the device"),
    ("effort-capture-none", "{seconds} s at the capture point"),
    ("effort-get", "GET {path}"),
    ("effort-documents", "{path} ({octets} octets) read in a limited process"),
    ("effort-handed-in", "{files} files that were handed in, searched for {values} known values"),
    (
        "effort-known-vulnerabilities",
        "{components} components of {bills} bills of materials, {files} files of vulnerability data",
    ),
    ("effort-logins", "{kind} logins at {path}"),
    ("at-outage-frame", "capture of outage {n} ({kind}), frame {frame}"),
    ("at-outage-capture", "capture of outage {n} ({kind})"),
    ("at-trial", "trial {n} ({attack})"),
    ("at-trials", "trials"),
    ("at-checked", "checked"),
    ("at-position-frame", "capture in position {position}, frame {frame}"),
    ("at-position-capture", "capture in position {position}"),
    ("at-setting", "setting {field} at {page}"),
    ("at-frame", "capture, frame {frame}"),
    ("at-capture", "capture"),
    ("at-calls", "calls to {peer}"),
    ("effort-captures", "{n} captures"),
    ("at-outages", "outages"),
    ("at-requests", "requests {from} to {to}"),
    ("at-request", "request {n}"),
    ("effort-ble-pairings", "{pairings} pairings over Bluetooth LE, each by a stranger"),
    ("effort-ble-listening", "listened to Bluetooth LE for {seconds} s ({reports} reports of the sample)"),
    ("effort-ble-handles", "{answered} of {questions} questions to handles answered"),
    ("effort-ble-accesses-one", "{accesses} accesses over {links} links as {subject}"),
    ("effort-ble-accesses-two", "{accesses} accesses over {links} links as {subject}, {second}"),
    ("effort-ble-accesses-three", "{accesses} accesses over {links} links as {subject}, {second}, {third}"),
    ("effort-ble-waited", "{seconds} s waited for what is told unasked"),
    (
        "effort-log",
        "{events} events brought about, {attempts} attempts to read, delete and alter the log, {requests} requests",
    ),
    ("effort-orders", "{orders} orders and operations, {requests} requests"),
    (
        "effort-false-time",
        "{questions} questions for the time answered falsely, and {connections} connections to a played {peer}",
    ),
    (
        "effort-udp-relay",
        "{questions} UDP questions to {address}, {silent} of them without any reply, {tries} tries each",
    ),
    (
        "effort-relay-tls",
        "{questions} questions to relay at {place}: CONNECT, whole addresses, SOCKS 4 and 5, HTTP also inside TLS",
    ),
    ("effort-relay", "{questions} questions to relay at {place}: CONNECT, whole addresses, SOCKS 4 and 5"),
    ("effort-maintenance-none", "no web server at {place}"),
    (
        "effort-maintenance",
        "{paths} usual paths of maintenance at {place} ({scheme}) in {visits} visits, {requests} requests",
    ),
    ("effort-storm-none", "no storm at {place}"),
    (
        "effort-storm",
        "{connections} connections in {seconds} s and {requests} requests in {time} s to {place}, at most {parallel} at once",
    ),
    ("effort-mud", "{path} ({octets} octets) taken into the record"),
    ("at-trial-named", "trial {name}"),
    ("at-attempt", "attempt {n}"),
    ("at-guesses", "guesses {from} to {to}"),
    ("at-rule", "rule {name}"),
    ("at-handle", "handle {handle}"),
    ("at-line", "line {n}"),
];

/// Says a phrase of a probe in the language of the page.
pub(crate) fn say(words: &Words, phrase: &str) -> Phrase {
    if words.language == Language::En || phrase.is_empty() {
        return Phrase { text: phrase.to_owned(), foreign: false };
    }
    let said: Option<Vec<String>> = phrase.split("; ").map(|part| say_one(words, part)).collect();
    match said {
        Some(parts) => Phrase { text: parts.join(words.ui("between-phrases")), foreign: false },
        None => Phrase { text: phrase.to_owned(), foreign: is_prose(phrase) },
    }
}

/// Whether it is of the words of a language: a name such as `SOCKS 5` is not.
fn is_prose(phrase: &str) -> bool {
    phrase.contains(' ') && phrase.contains(|letter: char| letter.is_ascii_lowercase())
}

fn say_one(words: &Words, part: &str) -> Option<String> {
    FORMS.iter().find_map(|(key, form)| {
        let values = read(form, part)?;
        Some(values.iter().fold(words.ui(key).to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), &value_in_words(words, key, name, value))
        }))
    })
}

/// A value as it stands in the text: what failed, and who had access, have names in every language.
fn value_in_words(words: &Words, key: &str, name: &str, value: &str) -> String {
    let named = match name {
        "kind" if key.contains("outage") => format!("outage-{value}"),
        "subject" | "second" | "third" if key.starts_with("effort-ble-accesses") => {
            format!("subject-{value}")
        }
        _ => return value.to_owned(),
    };
    let said = words.ui(&named);
    if said == named { value.to_owned() } else { said.to_owned() }
}

/// Reads the values of a form out of a text; `None` if the text has another form.
fn read<'a>(form: &'a str, text: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    let mut values = Vec::new();
    let mut pieces = form.split('{');
    let mut rest = text.strip_prefix(pieces.next()?)?;
    for piece in pieces {
        let (name, literal) = piece.split_once('}')?;
        let end = if literal.is_empty() { rest.len() } else { rest.find(literal)? };
        let value = &rest[..end];
        if value.is_empty() || value.contains(' ') {
            return None;
        }
        values.push((name, value));
        rest = &rest[end + literal.len()..];
    }
    rest.is_empty().then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_words_with_its_values_in_both_languages() {
        for language in Language::ALL {
            let words = Words::of(*language);
            for (key, form) in FORMS {
                let text = words.ui(key);
                assert_ne!(text, *key, "no words in {}", language.code());
                for piece in form.split('{').skip(1) {
                    let name = piece.split('}').next().expect("a form closes its braces");
                    assert!(text.contains(&format!("{{{name}}}")), "{key} lacks {name}");
                }
            }
        }
    }

    #[test]
    fn joined_efforts_are_said_in_japanese() {
        let said = say(
            Words::of(Language::Ja),
            "TCP connect to 65534 ports of 127.77.23.11, 65600 connections, up to 256 at once; \
             UDP questions in 6 protocols to 127.77.23.11",
        );
        assert!(!said.foreign, "{said:?}");
        assert!(said.text.contains("65534") && said.text.contains("256"), "{said:?}");
        assert!(!said.text.contains("connect"), "{said:?}");
    }

    #[test]
    fn captures_and_outages_are_said_in_japanese() {
        for (phrase, words) in [
            ("2 outages of uplink, 3.0 s together, 12 questions to the device", ["上位回線", "12"]),
            ("0 outages of power", ["電源", "0"]),
            ("20 s at the capture point, 46 frames of the device", ["20", "46"]),
            ("capture of outage 2 (names), frame 31", ["名前解決", "31"]),
            ("10 captures", ["10", "件"]),
            ("calls to cloud.example:8883", ["cloud.example:8883", "接続"]),
            ("GET /about without login or cookies", ["/about", "GET"]),
            (
                "17 update packages offered by pull, 5 taken to the last octet, 1 installed",
                ["17", "更新パッケージ"],
            ),
            ("trial 3 (unsigned)", ["3", "unsigned"]),
            ("trial expired", ["試行", "expired"]),
            ("attempt 11", ["11", "試行"]),
            (
                "48 accesses over 4 links as stranger, authenticated; 0.00 s waited for what is told unasked",
                ["見知らぬ相手および認証済みの相手", "0.00 秒"],
            ),
            (
                "listened to Bluetooth LE for 0.2 s (14 reports of the sample); 492 of 492 questions to handles answered",
                ["14", "492"],
            ),
            (
                "200 connections in 1.0 s and 200 requests in 0.1 s to tcp/8443, at most 64 at once",
                ["1.0 秒で接続 200 回、0.1 秒で要求 200 回", "64"],
            ),
            (
                "16 questions to relay at tcp/8443: CONNECT, whole addresses, SOCKS 4 and 5, HTTP also inside TLS",
                ["16", "TLS 内でも"],
            ),
            (
                "3 events brought about, 14 attempts to read, delete and alter the log, 45 requests",
                ["14 回", "45 回"],
            ),
        ] {
            let said = say(Words::of(Language::Ja), phrase);
            assert!(!said.foreign, "{said:?}");
            assert!(words.iter().all(|word| said.text.contains(word)), "{said:?}");
        }
    }

    #[test]
    fn an_unknown_form_stays_english_and_is_marked() {
        let said = say(Words::of(Language::Ja), "knocked three times at the door");
        assert_eq!(said, Phrase { text: "knocked three times at the door".to_owned(), foreign: true });
        assert!(!say(Words::of(Language::Ja), "SOCKS 5").foreign);
    }

    #[test]
    fn a_text_of_another_shape_is_no_form() {
        assert_eq!(read("GET {path}", "GET /a b"), None);
        assert_eq!(
            read("requests {from} to {to}", "requests 1 to 15"),
            Some(vec![("from", "1"), ("to", "15")])
        );
    }
}
