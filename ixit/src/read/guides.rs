//! `guides.toml`: points that were considered, and the risk context. Which items a guide has stands in its data; one
//! that it does not have is said where the declaration is checked.

use std::collections::HashSet;

use crate::complaints::{Complaints, excerpt};
use crate::described::{Described as _, check_keys, refuse};
use crate::guides::{Considered, Guides, RiskContext};
use crate::node::{Content, Node};

/// Keys at the top.
const KEYS: &[&str] = &["considered", "risk_context"];

/// Reads what is there.
pub(super) fn read(root: Option<&Node>, to: &mut Complaints) -> Guides {
    let mut guides = Guides::default();
    let Some(root) = root else { return guides };
    check_keys(root, KEYS, to);
    for guide in root.entry("considered").map(|entry| entry.node.entries()).unwrap_or_default() {
        if !matches!(guide.node.content, Content::Table(_)) {
            refuse::<()>(&guide.node, "one table a guide and item, [considered.GUIDE.\"ITEM\"]", to);
            continue;
        }
        let items = guide.node.entries().iter();
        let items =
            items.filter_map(|item| Some((item.key.clone(), Considered::read(&item.node, to)?))).collect();
        guides.considered.insert(guide.key.clone(), items);
    }
    if let Some(entry) = root.entry("risk_context") {
        guides.risk_context = RiskContext::read(&entry.node, to);
    }
    if let Some(context) = &guides.risk_context {
        check(context, to);
    }
    guides
}

/// Ids stand once, and an incident names somebody who takes part.
fn check(context: &RiskContext, to: &mut Complaints) {
    let mut ids = HashSet::new();
    let all = context.stakeholder.iter().map(|one| &one.id).chain(context.incident.iter().map(|one| &one.id));
    for id in all {
        if !ids.insert(&id.value) {
            let message = format!("The id \"{}\" is given twice", excerpt(&id.value));
            to.error(
                "duplicate-id",
                &id.at,
                message,
                Some("Give each stakeholder and incident an id of its own".into()),
            );
        }
    }
    for incident in &context.incident {
        let named = &incident.stakeholder;
        if context.stakeholder.iter().all(|one| one.id.value != named.value) {
            let message = format!("There is no stakeholder \"{}\"", excerpt(&named.value));
            let known: Vec<&str> = context.stakeholder.iter().map(|one| one.id.value.as_str()).collect();
            let help = match known.is_empty() {
                true => "Add [[risk_context.stakeholder]] with id, name and role".to_owned(),
                false => format!("Stakeholders of this file: {}", known.join(", ")),
            };
            to.error("dangling-reference", &named.at, message, Some(help));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::declaration::SourceFile;
    use crate::guides::{Adopted, Recovery};
    use crate::{Declaration, Reading};

    fn reading(guides: &str) -> Reading {
        let files =
            [("guides.toml", guides), ("ics.toml", "edition = \"en303645-2.1.1\"\n"), ("ixit.toml", "")];
        let files = files.map(|(name, text)| SourceFile::new(name, text.as_bytes().to_vec()));
        Declaration::from_sources(files.to_vec(), Vec::new())
    }

    fn errors(guides: &str) -> Vec<(String, u32)> {
        let of = |diagnostic: &crate::Diagnostic| &*diagnostic.at.file == "guides.toml";
        let found = reading(guides).diagnostics;
        found.into_iter().filter(of).map(|one| (one.code, one.at.line)).collect()
    }

    const SOUND: &str = r#"[considered.ipa-dev-guidelines."IPA-DG-G01-P1"]
adopted = "partly"
statement = "Quality handbook, chapter 3"

[risk_context]
solution = "A kettle"
target_recovery = "limited"

[[risk_context.stakeholder]]
id = "resident"
name = "Resident"
role = "user"

[[risk_context.incident]]
id = "scald"
name = "Water too hot"
stakeholder = "resident"
recovery = "serious"
economic = "limited"
requirements = ["SSF-V1-S15"]
"#;

    #[test]
    fn points_and_the_risk_context_are_read_and_the_files_keep_their_order() {
        let declaration = reading(SOUND).declaration.expect("in order");
        let considered = declaration.guides.considered("ipa-dev-guidelines", "IPA-DG-G01-P1").expect("said");
        assert_eq!((considered.adopted.value, considered.at.line), (Adopted::Partly, 1));
        let context = declaration.guides.risk_context.expect("said");
        assert_eq!(context.incident[0].recovery.value, Recovery::Serious);
        let names: Vec<&str> = declaration.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["ics.toml", "ixit.toml", "guides.toml"]);
    }

    #[test]
    fn slips_are_told_with_their_line() {
        assert_eq!(errors(SOUND), []);
        let slip = |from: &str, to: &str| errors(&SOUND.replace(from, to));
        assert_eq!(slip("[considered.", "[considerd."), [("unknown-key".to_owned(), 1)]);
        assert_eq!(slip("\"partly\"", "\"perhaps\""), [("bad-value".to_owned(), 2)]);
        assert_eq!(
            slip("stakeholder = \"resident\"", "stakeholder = \"tenant\""),
            [("dangling-reference".to_owned(), 17)]
        );
        assert_eq!(slip("id = \"scald\"", "id = \"resident\""), [("duplicate-id".to_owned(), 15)]);
    }
}
