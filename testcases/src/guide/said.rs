//! What can be said of `guides.toml` without a run: guides and items that do not exist, points that were considered
//! without saying how or why not, incidents that name no requirement of the framework. Findings do not stop a run and
//! touch no verdict. A point that nobody has spoken of is none: whoever writes no `guides.toml` lacks nothing.

use ixit::declaration::is_placeholder;
use ixit::guides::{Adopted, Considered, RiskContext};
use ixit::{At, Declaration, Diagnostic, nearest};

use super::{Guide, guides};
use crate::findings::beside;

/// Name of the guide whose requirements incidents of the risk context name (METI IoT-SSF).
pub const OF_RISK_CONTEXT: &str = "iot-ssf";
/// The file.
const FILE: &str = "guides.toml";
/// Most characters of a supplier's name that a message repeats.
const SHOWN: usize = 60;

/// Codes of these findings, each with its meaning.
pub const CODES: &[(&str, &str)] = &[
    ("unknown-guide", "guides.toml has a table for a guide that does not exist"),
    ("unknown-guide-item", "guides.toml speaks of an item that the guide does not have"),
    ("considered-without-statement", "guides.toml says what became of a point, and not how or why"),
    ("unknown-guide-requirement", "an incident of the risk context names no requirement of the IoT-SSF"),
];

/// Findings on `guides.toml`: points in the order of guides and items, then incidents in the order of the file.
pub fn findings(declaration: &Declaration) -> Vec<Diagnostic> {
    against(declaration, guides())
}

fn against(declaration: &Declaration, known: &[Guide]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, said) in &declaration.guides.considered {
        let Some(guide) = known.iter().find(|guide| guide.name == *name) else {
            let at = said.values().next().map_or_else(|| At::whole_file(FILE), |one| one.at.clone());
            let names: Vec<&str> = known.iter().map(|guide| guide.name.as_str()).collect();
            let all = format!("Guides of this build: {}", names.join(", "));
            let message = format!("There is no guide named [considered.{}]", shown(name));
            findings.push(beside("unknown-guide", at, message, meant(name, &names, all)));
            continue;
        };
        let ids: Vec<&str> = guide.items.iter().map(|item| item.id.as_str()).collect();
        for (id, one) in said {
            if guide.item(id).is_none() {
                let message = format!("The guide {name} has no item \"{}\"", shown(id));
                let help = meant(id, &ids, of_each(&ids));
                findings.push(beside("unknown-guide-item", one.at.clone(), message, help));
            } else if let Some((message, help)) = unsaid(id, one) {
                findings.push(beside("considered-without-statement", one.at.clone(), message, help));
            }
        }
    }
    let framework = known.iter().find(|guide| guide.name == OF_RISK_CONTEXT);
    if let (Some(context), Some(framework)) = (&declaration.guides.risk_context, framework) {
        findings.extend(unknown_requirements(context, framework));
    }
    findings
}

/// Message and help, where an entry leaves out what makes it worth reading.
fn unsaid(id: &str, said: &Considered) -> Option<(String, String)> {
    if said.statement.as_ref().is_some_and(|statement| !is_placeholder(&statement.value)) {
        return None;
    }
    Some(match said.adopted.value {
        Adopted::Yes => (
            format!("{id} is said to be done, and not where that is written down"),
            "Add statement = \"…\": how it is done, and the document, chapter or record that shows it".into(),
        ),
        Adopted::Partly => (
            format!("{id} is said to be done in part, without a reason for the rest"),
            "Add statement = \"…\": which part is done, which is not, and why".into(),
        ),
        Adopted::No => (
            format!("{id} is said not to be done, without a reason"),
            "Add statement = \"…\": why it is left out, and what protects people instead or when it follows"
                .into(),
        ),
    })
}

fn unknown_requirements(context: &RiskContext, framework: &Guide) -> Vec<Diagnostic> {
    let ids: Vec<&str> = framework.items.iter().map(|item| item.id.as_str()).collect();
    let named = context.incident.iter().flat_map(|incident| {
        incident.requirements.iter().map(move |requirement| (&incident.id.value, requirement))
    });
    named
        .filter(|(_, requirement)| framework.item(&requirement.value).is_none())
        .map(|(incident, requirement)| {
            let written = shown(&requirement.value);
            let message = format!(
                "The incident \"{}\" is answered by \"{written}\", which {OF_RISK_CONTEXT} does not have",
                shown(incident)
            );
            let help = meant(&requirement.value, &ids, of_each(&ids));
            beside("unknown-guide-requirement", requirement.at.clone(), message, help)
        })
        .collect()
}

/// The nearest name before what is said otherwise.
fn meant(written: &str, known: &[&str], otherwise: String) -> String {
    match nearest(written, known) {
        Some(near) => format!("Did you mean {near}? {otherwise}"),
        None => otherwise,
    }
}

/// What ids of a guide look like.
fn of_each(ids: &[&str]) -> String {
    match ids.first() {
        Some(first) => format!("Its ids look like {first}"),
        None => "It has no items".to_owned(),
    }
}

/// A supplier's name, short enough for a message and on one line.
fn shown(name: &str) -> String {
    name.chars().take(SHOWN).map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use ixit::SourceFile;

    use super::*;

    const HEAD: &str = r#"format = "hantei.guide/1"
name = "NAME"
order = 1
title = { en = "Made", ja = "試作" }
publisher = { en = "Nobody", ja = "なし" }
standing = { en = "Nothing", ja = "なし" }
edition = "en303645-2.1.1"
version = "1"
date = "2026"
confidence = "low"
source = [{ id = "s", title = "S", date = "2026", read = "memory", confidence = "low" }]
group = [{ id = "M", title = { en = "One", ja = "一" }, phase = "design", roles = ["developer"] }]
"#;

    fn made(name: &str, ids: &[&str]) -> Guide {
        let item = |id: &&str| {
            format!(
                "[[item]]\nid = \"{id}\"\ngroup = \"M\"\nkind = \"point\"\ntitle = {{ en = \"T\", ja = \"題\" }}\n\
                 asks = {{ en = \"A\", ja = \"問\" }}\ntest = \"conceptual\"\n"
            )
        };
        let items: String = ids.iter().map(item).collect();
        super::super::read(&[("guide.toml", &HEAD.replace("NAME", name)), ("a.toml", &items)]).expect("sound")
    }

    fn found(guides: &str) -> Vec<Diagnostic> {
        let files =
            [("ics.toml", "edition = \"en303645-2.1.1\"\n"), ("ixit.toml", ""), ("guides.toml", guides)];
        let files = files.map(|(name, text)| SourceFile::new(name, text.as_bytes().to_vec()));
        let reading = Declaration::from_sources(files.to_vec(), Vec::new());
        let declaration = reading.declaration.unwrap_or_else(|| panic!("{:?}", reading.diagnostics));
        let known = [made("made", &["M-1", "M-2"]), made(OF_RISK_CONTEXT, &["SSF-V1-S14", "SSF-V1-S15"])];
        against(&declaration, &known)
    }

    fn codes(guides: &str) -> Vec<(String, u32)> {
        found(guides).into_iter().map(|one| (one.code, one.at.line)).collect()
    }

    fn point(adopted: &str, statement: &str) -> Vec<(String, u32)> {
        codes(&format!("[considered.made.\"M-1\"]\nadopted = \"{adopted}\"\n{statement}\n"))
    }

    fn context(requirement: &str) -> String {
        format!(
            "[risk_context]\nstakeholder = [{{ id = \"r\", name = \"Resident\", role = \"user\" }}]\n\
             [[risk_context.incident]]\nid = \"a\"\nname = \"Scald\"\nstakeholder = \"r\"\n\
             recovery = \"serious\"\neconomic = \"limited\"\nrequirements = [\"{requirement}\"]\n"
        )
    }

    #[test]
    fn points_that_exist_and_say_why_are_in_order() {
        assert_eq!(codes(""), []);
        assert_eq!(point("yes", "statement = \"Handbook, chapter 3\""), []);
        assert_eq!(point("no", "statement = \"Nothing of the kind is sold\""), []);
        assert_eq!(codes(&context("SSF-V1-S15")), []);
    }

    #[test]
    fn guides_and_items_that_do_not_exist_are_told_with_the_nearest() {
        let entry = "adopted = \"yes\"\nstatement = \"Handbook\"\n";
        let guide = found(&format!("[considered.mada.\"M-1\"]\n{entry}"));
        assert_eq!((guide[0].code.as_str(), guide[0].at.line), ("unknown-guide", 1));
        assert!(guide[0].help.as_deref().is_some_and(|help| help.contains("Did you mean made?")));
        let item = found(&format!("\n[considered.made.\"M-3\"]\n{entry}"));
        assert_eq!((item[0].code.as_str(), item[0].at.line), ("unknown-guide-item", 2));
        assert!(item[0].help.as_deref().is_some_and(|help| help.contains("look like M-1")), "{item:?}");
        // What is said of an item that is not there is not weighed.
        assert_eq!(codes("[considered.made.\"M-3\"]\nadopted = \"no\"\n").len(), 1);
        assert_eq!(codes("[considered]\nmada = {}\n"), [("unknown-guide".to_owned(), 0)]);
    }

    #[test]
    fn a_point_without_its_reason_is_told_and_a_placeholder_is_none() {
        for adopted in ["yes", "partly", "no"] {
            for statement in ["", "statement = \"\"", "statement = \"...\"", "statement = \"TODO\""] {
                let told = [("considered-without-statement".to_owned(), 1)];
                assert_eq!(point(adopted, statement), told, "{adopted} {statement}");
            }
        }
    }

    #[test]
    fn a_requirement_that_the_framework_does_not_have_is_told() {
        let told = found(&context("SSF-V1-S51"));
        assert_eq!((told[0].code.as_str(), told[0].at.line), ("unknown-guide-requirement", 9));
        assert!(told[0].help.as_deref().is_some_and(|help| help.contains("Did you mean SSF-V1-S1")));
        assert_eq!(codes(&context("SSF-V1-S14")), []);
    }

    #[test]
    fn what_a_supplier_writes_does_not_break_a_message() {
        let name = format!("a\\n{}", "b".repeat(500));
        let told = found(&format!("[considered.\"{name}\".\"M-1\"]\nadopted = \"yes\"\n"));
        assert!(told[0].message.len() < 200 && !told[0].message.contains('\n'), "{}", told[0].message);
    }
}
