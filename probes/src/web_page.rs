//! What an index page tells a stranger: ways to log in, model, versions, numbers.

use serde_json::Value;

use crate::disclosed::{item_of_key, mac_address, printable, tell};
use crate::http_answer::Answer;
use crate::probe::identify::{Disclosure, LoginOffer};

/// Most keys of a JSON answer that are looked at.
const KEYS_AT_MOST: usize = 500;
/// Most characters of a page that are looked at.
const TEXT_AT_MOST: usize = 64 * 1024;

/// Ways to log in that an answer offers.
pub(crate) fn logins(answer: &Answer) -> Vec<LoginOffer> {
    let mut offers: Vec<LoginOffer> = Vec::new();
    for value in answer.values("www-authenticate") {
        let seen = printable(value, 256);
        // One header may hold several challenges; parameters follow their scheme.
        let words = seen.split([' ', ',']).map(str::to_ascii_lowercase);
        let schemes: Vec<String> =
            words.filter(|word| ["basic", "digest", "bearer"].contains(&word.as_str())).collect();
        for scheme in schemes {
            let kind = format!("http-{scheme}");
            if !offers.iter().any(|offer| offer.kind == kind) {
                let seen = format!("WWW-Authenticate: {seen}");
                offers.push(LoginOffer::certain(&kind, scheme != "bearer", seen));
            }
        }
    }
    if let Some(field) = password_field(&page_text(answer)) {
        offers.push(LoginOffer::certain("html-form", true, field));
    }
    offers
}

/// Where the form with the first password field is sent to, as written; `None` if it does not say.
pub(crate) fn login_action(answer: &Answer) -> Option<String> {
    let page = page_text(answer);
    let field = password_field_at(&page)?;
    let form = tags(&page[..field], "form").last()?;
    attribute(form, "action").map(str::trim).filter(|action| !action.is_empty()).map(str::to_owned)
}

/// Where a page leads: links, forms, frames and a refresh, as written.
pub(crate) fn links(answer: &Answer) -> Vec<String> {
    let page = page_text(answer);
    let places = [("a", "href"), ("area", "href"), ("form", "action"), ("frame", "src"), ("iframe", "src")];
    let mut links: Vec<String> = Vec::new();
    for (name, place) in places {
        links.extend(tags(&page, name).filter_map(|tag| attribute(tag, place)).map(str::to_owned));
    }
    let refresh = tags(&page, "meta")
        .filter(|tag| attribute(tag, "http-equiv").is_some_and(|kind| kind.eq_ignore_ascii_case("refresh")));
    // `0; url=/login.html`
    let target = |tag| {
        let content: &str = attribute(tag, "content")?;
        let start = find(content, "url=", 0)?;
        Some(content[start + 4..].trim_matches(['\'', '"', ' ']).to_owned())
    };
    links.extend(refresh.filter_map(target));
    links
}

/// What headers and body tell of the device.
pub(crate) fn disclosures(answer: &Answer, list: &mut Vec<Disclosure>) {
    for header in ["Server", "X-Powered-By"] {
        for value in answer.values(header) {
            tell(list, "server-software", value, header);
        }
    }
    if let Ok(value) = serde_json::from_slice::<Value>(&answer.body) {
        let mut budget = KEYS_AT_MOST;
        walk(&value, "", 0, &mut budget, list);
        return;
    }
    let page = page_text(answer);
    if let Some(title) = title(&page) {
        tell(list, "other", title.as_bytes(), "page title");
    }
    if let Some(generator) = tags(&page, "meta")
        .find(|tag| attribute(tag, "name").is_some_and(|name| name.eq_ignore_ascii_case("generator")))
        .and_then(|tag| attribute(tag, "content"))
    {
        tell(list, "server-software", generator.as_bytes(), "meta generator");
    }
    let text = visible(&page);
    for line in text.lines() {
        labelled(line, list);
    }
    if let Some(address) = mac_address(&text) {
        tell(list, "mac-address", address.as_bytes(), "page text");
    }
}

/// The title of a page.
pub(crate) fn title(page: &str) -> Option<&str> {
    let start = find(page, "<title", 0)?;
    let start = start + page[start..].find('>')? + 1;
    let end = find(page, "</title", start)?;
    Some(page[start..end].trim()).filter(|title| !title.is_empty())
}

/// The tag of the first password field.
fn password_field(page: &str) -> Option<String> {
    tags(page, "input")
        .find(|tag| attribute(tag, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("password")))
        .map(|tag| printable(tag.as_bytes(), 200))
}

/// Where the first password field begins.
fn password_field_at(page: &str) -> Option<usize> {
    let is_password =
        |tag: &str| attribute(tag, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("password"));
    let field = tags(page, "input").find(|tag| is_password(tag))?;
    Some(field.as_ptr() as usize - page.as_ptr() as usize)
}

fn page_text(answer: &Answer) -> String {
    let body = &answer.body[..answer.body.len().min(TEXT_AT_MOST)];
    String::from_utf8_lossy(body).into_owned()
}

/// Position of an ASCII word regardless of case.
fn find(text: &str, word: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes().get(from..)?;
    bytes.windows(word.len()).position(|part| part.eq_ignore_ascii_case(word.as_bytes())).map(|at| at + from)
}

/// Tags of one name, from `<` to `>`.
fn tags<'a>(page: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    page.split('<').skip(1).filter_map(move |rest| {
        let tag = rest.split('>').next()?;
        let (head, tail) = tag.split_at_checked(name.len())?;
        let ends = tail.starts_with(|next: char| next.is_whitespace() || next == '/');
        (head.eq_ignore_ascii_case(name) && ends).then_some(tag)
    })
}

/// Value of an attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(at) = find(tag, name, from) {
        from = at + name.len();
        let begins = tag[..at].ends_with(|before: char| before.is_whitespace() || "\"'".contains(before));
        let Some(value) = tag[from..].trim_start().strip_prefix('=') else { continue };
        if !begins {
            continue;
        }
        let value = value.trim_start();
        return match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split(quote).next(),
            _ => value.split(char::is_whitespace).next(),
        };
    }
    None
}

/// Text between the tags, every tag a line break; scripts and styles left out.
fn visible(page: &str) -> String {
    let mut text = String::new();
    let mut hidden: Option<&str> = None;
    for (index, part) in page.split('<').enumerate() {
        let (tag, content) = if index == 0 { ("", part) } else { part.split_once('>').unwrap_or((part, "")) };
        let starts = |word: &str| tag.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
        if let Some(name) = hidden {
            if tag
                .strip_prefix('/')
                .is_some_and(|end| end.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)))
            {
                hidden = None;
            } else {
                continue;
            }
        } else if let Some(name) = ["script", "style", "title"].into_iter().find(|name| starts(name)) {
            hidden = Some(name);
            continue;
        }
        let cell = ["td", "/td", "b", "/b", "strong", "/strong", "span", "/span", "dd", "/dt", "/th"];
        let name =
            tag.split(|next: char| next.is_whitespace()).next().unwrap_or_default().to_ascii_lowercase();
        text.push(if cell.contains(&name.as_str()) || index == 0 { ' ' } else { '\n' });
        text.push_str(content);
    }
    text
}

/// `Model: X`, `Serial number X` with a colon or in the next cell, `Firmware version: X`.
fn labelled(line: &str, list: &mut Vec<Disclosure>) {
    let line = line.trim();
    let lower = line.to_ascii_lowercase();
    let labels = [
        ("model", "model"),
        ("serial number", "serial"),
        ("serial no", "serial"),
        ("serial", "serial"),
        ("s/n", "serial"),
        ("firmware version", "firmware-version"),
        ("firmware", "firmware-version"),
        ("software version", "firmware-version"),
        ("host name", "host-name"),
        ("hostname", "host-name"),
    ];
    let mut found: Vec<&str> = Vec::new();
    for (label, item) in labels {
        if found.contains(&item) {
            continue;
        }
        let Some(at) = lower.find(label) else { continue };
        let alone = !lower[..at].ends_with(|before: char| before.is_ascii_alphanumeric());
        let rest = line[at + label.len()..].trim_start_matches('.').trim_start();
        let Some(value) = rest.strip_prefix([':', '=']).filter(|_| alone) else { continue };
        let value = value.split([',', ';', '|']).next().unwrap_or_default().trim();
        found.push(item);
        if value.chars().count() <= 64 {
            tell(list, item, value.as_bytes(), "page text");
        }
    }
}

fn walk(value: &Value, place: &str, depth: usize, budget: &mut usize, list: &mut Vec<Disclosure>) {
    if depth > 6 || *budget == 0 {
        return;
    }
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                *budget = budget.saturating_sub(1);
                let place = format!("{place}/{}", printable(key.as_bytes(), 64));
                let simple = match inner {
                    Value::String(text) => Some(text.clone()),
                    Value::Number(number) => Some(number.to_string()),
                    _ => None,
                };
                match (item_of_key(key), simple) {
                    (Some(item), Some(text)) => tell(list, item, text.as_bytes(), &format!("JSON {place}")),
                    (None, Some(text)) => {
                        if let Some(address) = mac_address(&text) {
                            tell(list, "mac-address", address.as_bytes(), &format!("JSON {place}"));
                        }
                    }
                    (_, None) => walk(inner, &place, depth + 1, budget, list),
                }
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate().take(20) {
                walk(inner, &format!("{place}/{index}"), depth + 1, budget, list);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::http_answer::parse;

    fn page(body: &str) -> Answer {
        parse(format!("HTTP/1.1 200 OK\r\n\r\n{body}").as_bytes()).expect("an answer")
    }

    fn told(body: &str) -> Vec<(String, String)> {
        let mut list = Vec::new();
        disclosures(&page(body), &mut list);
        list.into_iter().map(|told| (told.item, told.value)).collect()
    }

    #[test]
    fn a_form_with_a_password_is_a_login_and_a_search_form_is_not() {
        let form = "<form><INPUT class=x Type='password' name=p></form>";
        assert_eq!(logins(&page(form))[0].kind, "html-form");
        assert!(logins(&page("<form><input type=text name=password></form>")).is_empty());
        assert!(logins(&page("<input data-type=\"password\">")).is_empty());
    }

    #[test]
    fn a_page_says_where_it_leads() {
        let body = "<a class=x href='/settings/'>S</a><link href=/style.css><FORM method=post action=go.cgi>\
                    <iframe src=\"menu.html\"></iframe><meta http-equiv=Refresh content=\"0; URL=/start\">";
        assert_eq!(links(&page(body)), ["/settings/", "go.cgi", "menu.html", "/start"]);
        assert!(links(&page("<p>a href=/settings</p><meta name=refresh content='url=/x'>")).is_empty());
    }

    #[test]
    fn challenges_are_named() {
        let answer = parse(
            b"HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"Basic\"\r\nwww-authenticate: Basic realm=x\r\n\r\n",
        )
        .expect("an answer");
        let kinds: Vec<String> = logins(&answer).into_iter().map(|offer| offer.kind).collect();
        assert_eq!(kinds, ["http-digest", "http-basic"]);
    }

    #[test]
    fn keys_and_labels_tell_the_same() {
        let json =
            r#"{"device":{"model":"HWC-200","serialNumber":"A1"},"fw":"2.4.1","x":"02:00:5e:10:00:01"}"#;
        let pair = |item: &str, value: &str| (item.to_owned(), value.to_owned());
        assert_eq!(
            told(json),
            [
                pair("model", "HWC-200"),
                pair("serial", "A1"),
                pair("firmware-version", "2.4.1"),
                pair("mac-address", "02:00:5e:10:00:01"),
            ]
        );
        let html = "<title>Heater</title><p>Model: HWC-200</p><tr><td>Serial number:</td><td>A1</td></tr>\
                    <script>var a='Model: no'</script><p>Firmware version: 2.4.1</p>";
        assert_eq!(
            told(html),
            [
                pair("other", "Heater"),
                pair("model", "HWC-200"),
                pair("serial", "A1"),
                pair("firmware-version", "2.4.1"),
            ]
        );
        assert!(told("<p>Every model has its own password.</p>").is_empty());
    }

    proptest! {
        #[test]
        fn arbitrary_pages_never_stop_the_reader(body in "(<|>|input|title|script|/|type=|\"|'|model:|é|\\PC| |[\r\n]){0,60}") {
            let answer = Answer { protocol: "HTTP".to_owned(), status: 200, headers: Vec::new(), body: body.into_bytes() };
            let mut list = Vec::new();
            disclosures(&answer, &mut list);
            let _ = (logins(&answer), links(&answer));
        }

        #[test]
        fn arbitrary_bytes_never_stop_the_reader(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let answer = Answer { protocol: "HTTP".to_owned(), status: 200, headers: Vec::new(), body };
            let mut list = Vec::new();
            disclosures(&answer, &mut list);
            let _ = logins(&answer);
        }
    }
}
