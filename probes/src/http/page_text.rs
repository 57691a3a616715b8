//! What a person would read on a page: text without markup, and signs that the page is a wall.

/// Text kept at most, in bytes.
pub const TEXT_LIMIT: usize = 64 * 1024;

/// Elements whose content nobody reads.
pub(super) const UNREAD: [&str; 4] = ["script", "style", "template", "noscript"];

/// Words of a login wall, in lower case.
const WALL_WORDS: [&str; 10] = [
    "log in to continue",
    "login to continue",
    "sign in to continue",
    "please log in",
    "please sign in",
    "sign in",
    "login required",
    "subscribe to read",
    "ログイン",
    "サインイン",
];

/// Text of an HTML page: no tags, no scripts, entities decoded, white space folded, at most
/// [`TEXT_LIMIT`] bytes. A page without markup comes back folded.
pub fn page_text(html: &str) -> String {
    let mut raw = String::with_capacity(html.len().min(TEXT_LIMIT));
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        decode_into(&rest[..open], &mut raw);
        rest = &rest[open..];
        rest = if let Some(comment) = rest.strip_prefix("<!--") {
            comment.split_once("-->").map_or("", |(_, after)| after)
        } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            raw.push(' ');
            let (tag, after) = split_tag(rest);
            let name = tag_name(tag);
            if UNREAD.contains(&name.as_str()) { skip_element(after, &name) } else { after }
        } else {
            raw.push('<');
            &rest[1..]
        };
    }
    decode_into(rest, &mut raw);
    fold(&raw)
}

/// Signs that the page keeps strangers out: `status 401`, `password field`, `words: sign in`.
pub fn wall_signs(status: u16, html: &str) -> Vec<String> {
    let mut signs = Vec::new();
    if matches!(status, 401..=403 | 407) {
        signs.push(format!("status {status}"));
    }
    if has_password_field(html) {
        signs.push("password field".to_owned());
    }
    let text = page_text(html).to_lowercase();
    if let Some(words) = WALL_WORDS.iter().find(|words| text.contains(**words)) {
        signs.push(format!("words: {words}"));
    }
    signs
}

/// Whether the page asks for a password.
pub fn has_password_field(html: &str) -> bool {
    tags(html, "input")
        .any(|tag| attribute(tag, "type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("password")))
}

/// Hidden fields of the forms of a page as (name, value), at most 32.
pub fn hidden_fields(html: &str) -> Vec<(String, String)> {
    tags(html, "input")
        .filter(|tag| attribute(tag, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("hidden")))
        .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())))
        .take(32)
        .collect()
}

/// Opening tags of this name.
fn tags<'a>(html: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            rest = &rest[rest.find('<')?..];
            let (tag, after) = split_tag(rest);
            rest = if after.len() < rest.len() { after } else { "" };
            if tag_name(tag) == name {
                return Some(tag);
            }
        }
    })
}

/// The tag at the start (`<` included, `>` not) and what follows it; a `>` inside quotes is no end.
pub(super) fn split_tag(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return (&text[..at], &text[at + 1..]),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    // An unfinished quote would swallow the page: fall back to the first `>`.
    match text.find('>') {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    }
}

pub(super) fn tag_name(tag: &str) -> String {
    tag.trim_start_matches('<')
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .take(16)
        .collect::<String>()
        .to_ascii_lowercase()
}

pub(super) fn skip_element<'a>(after: &'a str, name: &str) -> &'a str {
    let mut rest = after;
    while let Some(close) = rest.find("</") {
        rest = &rest[close..];
        let (tag, behind) = split_tag(rest);
        if tag_name(&tag[1..].replacen('/', "", 1)) == name {
            return behind;
        }
        rest = &rest[2..];
    }
    ""
}

/// Value of an attribute, entities decoded.
pub(super) fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag.trim_start_matches('<').trim_end_matches('/');
    rest = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        let after = after.trim_start();
        let value;
        (value, rest) = match after.strip_prefix('=') {
            None => ("", after),
            Some(text) => {
                let text = text.trim_start();
                match text.chars().next() {
                    Some(quote @ ('"' | '\'')) => text[1..].split_once(quote).unwrap_or((&text[1..], "")),
                    _ => text.split_at(text.find(char::is_whitespace).unwrap_or(text.len())),
                }
            }
        };
        if key.eq_ignore_ascii_case(name) {
            let mut decoded = String::new();
            decode_into(value, &mut decoded);
            return Some(decoded);
        }
        if key.is_empty() && rest.len() == after.len() {
            return None;
        }
    }
}

pub(super) fn decode_into(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        match end.and_then(|end| Some((entity(&rest[1..end])?, end))) {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| !c.is_control() || c.is_whitespace());
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "copy" => '©',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        _ => return None,
    })
}

pub(super) fn fold(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len().min(TEXT_LIMIT));
    for word in raw.split_whitespace() {
        if text.len() + word.len() + 1 > TEXT_LIMIT {
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_a_person_reads_is_left() {
        let html = "<html><head><style>p{}</style><script>if (a<b) x('</p>');</script></head>\
            <!-- hidden > --><body><p title='a>b'>Report&nbsp;to &lt;psirt&#64;maker.test&gt;</p>\n 1 < 2</body>";
        assert_eq!(page_text(html), "Report to <psirt@maker.test> 1 < 2");
    }

    #[test]
    fn walls_are_seen_and_open_pages_are_not() {
        assert_eq!(wall_signs(200, "<p>How to report a flaw</p>"), Vec::<String>::new());
        assert_eq!(wall_signs(403, ""), ["status 403"]);
        assert_eq!(wall_signs(200, "<INPUT name=p TYPE='Password'>"), ["password field"]);
        assert_eq!(wall_signs(200, "<h1>ログイン</h1>"), ["words: ログイン"]);
        assert_eq!(wall_signs(200, "<b>Please  log\nin</b>"), ["words: please log in"]);
    }

    #[test]
    fn hidden_fields_are_read() {
        let html = "<form><input type=hidden name=csrf value=\"a&amp;b\"><input name=user></form>";
        assert_eq!(hidden_fields(html), [("csrf".to_owned(), "a&b".to_owned())]);
    }

    proptest! {
        #[test]
        fn any_page_is_taken(html in "[<>a-z/!&#;x\"'=é \\-]{0,200}|.{0,200}") {
            prop_assert!(page_text(&html).len() <= TEXT_LIMIT);
            let _ = (wall_signs(200, &html), hidden_fields(&html));
            let _ = page_text(&format!("<script>{html}"));
            let _ = hidden_fields(&format!("<input {html}>"));
        }
    }
}
