//! Links of pages that leave the run folder: what went along is found beside the page, the rest is text.

/// Turns ` href="../NAME"` into ` href="NAME"` where that file goes along, and takes it away where it does not.
/// No value can be meant: a quotation mark in one is escaped.
pub(super) fn inside(page: &str, copied: &dyn Fn(&str) -> bool) -> String {
    let mut parts = page.split(" href=\"../");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('"').unwrap_or((part, ""));
        if copied(name) {
            out.push_str(&format!(" href=\"{name}\""));
        }
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_go_along_are_linked() {
        let page =
            "<a href=\"../evidence/1.json\">1</a> <a href=\"../evidence/2.pcap\">2</a> <a href=\"#e\">e</a>";
        let inside = inside(page, &|name| name == "evidence/1.json");
        assert_eq!(inside, "<a href=\"evidence/1.json\">1</a> <a>2</a> <a href=\"#e\">e</a>");
    }
}
