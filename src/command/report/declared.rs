//! The line of the declaration that a reference points at.

use harness::ixit::{At, Declaration, TableContent};

/// File and line of `declaration:ixit.toml#auth_mech[0].crypto`, `declaration:ixit.toml#user_info.FIELD` or
/// `declaration:ics.toml#provision.5.1-1`. Where the field has no place of its own, that of its row is given.
pub(super) fn place(declaration: &Declaration, reference: &str) -> Option<(String, u32)> {
    let (file, path) = reference.strip_prefix("declaration:")?.split_once('#')?;
    let at = if file.starts_with("ics.") { of_ics(declaration, path) } else { of_ixit(declaration, path) }?;
    (at.line > 0).then(|| (at.file.to_string(), at.line))
}

fn of_ics<'a>(declaration: &'a Declaration, path: &str) -> Option<&'a At> {
    let rest = path.strip_prefix("provision.")?;
    // Ids have dots of their own: the whole, or the whole without its last part, which is a field.
    let provisions = &declaration.ics.provisions;
    let entry = provisions.get(rest).or_else(|| provisions.get(rest.rsplit_once('.')?.0))?;
    match rest.rsplit_once('.').map(|(_, field)| field) {
        Some("support") => Some(&entry.support.at),
        Some("detail") => entry.detail.as_ref().map(|detail| &detail.at).or(Some(&entry.at)),
        _ => Some(&entry.at),
    }
}

fn of_ixit<'a>(declaration: &'a Declaration, path: &str) -> Option<&'a At> {
    let (head, field) = path.split_once('.').map_or((path, None), |(head, field)| (head, Some(field)));
    let field = field.and_then(|field| field.split(['.', '[']).next());
    let (table, index) = match head.split_once('[') {
        Some((table, index)) => (table, Some(index.strip_suffix(']')?.parse::<usize>().ok()?)),
        None => (head, None),
    };
    match declaration.ixit.tables.get(table)? {
        TableContent::Rows(rows) => {
            let row = rows.get(index.unwrap_or(0))?;
            Some(field.and_then(|field| row.fields.get(field)).map_or(&row.at, |value| &value.at))
        }
        TableContent::Form(form) => {
            Some(field.and_then(|field| form.fields.get(field)).map_or(&form.at, |value| &value.at))
        }
        TableContent::Empty(reason) => Some(&reason.at),
    }
}

#[cfg(test)]
mod tests {
    use harness::ixit::SourceFile;

    use super::*;

    fn declaration() -> Declaration {
        let ics =
            "edition = \"en303645-2.1.1\"\n[dut]\nmodel = \"M-1\"\n[provision.\"5.1-1\"]\nsupport = \"Y\"\n";
        let ixit = "[[intf]]\nid = \"A\"\n\n[[intf]]\nid = \"B\"\ndescription = \"The door\"\n\n[user_info]\nsupport_period = \"5 years\"\n";
        let files = [("ics.toml", ics), ("ixit.toml", ixit)];
        let sources = files.map(|(name, text)| SourceFile::new(name.to_owned(), text.as_bytes().to_vec()));
        Declaration::from_sources(sources.to_vec(), Vec::new()).declaration.expect("a declaration")
    }

    #[test]
    fn a_reference_leads_to_its_line() {
        let declaration = declaration();
        for (reference, line) in [
            ("declaration:ixit.toml#intf[1].description", 6),
            ("declaration:ixit.toml#intf[1].crypto", 4),
            ("declaration:ixit.toml#intf", 1),
            ("declaration:ixit.toml#user_info.support_period", 9),
            ("declaration:ics.toml#provision.5.1-1.support", 5),
        ] {
            assert_eq!(place(&declaration, reference).map(|(_, line)| line), Some(line), "{reference}");
        }
        for nowhere in
            ["criterion", "sha256:00", "declaration:ixit.toml#intf[7]", "declaration:ixit.toml#nothing"]
        {
            assert_eq!(place(&declaration, nowhere), None, "{nowhere}");
        }
    }
}
