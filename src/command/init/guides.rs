//! `guides.toml` to fill in: what became of the points that a guide wants considered, and the risk context.

use std::fmt::Write as _;

use harness::testcases::guide::said::OF_RISK_CONTEXT;
use harness::testcases::guide::{Guide, Item};
use harness::testcases::texts::Language;

use crate::folding::fold;

/// Columns of the comments.
const COLUMNS: usize = 110;

/// The file for some guides, everything as comments.
pub(crate) fn template(wanted: &[&'static Guide], language: Language) -> String {
    let ja = language == Language::Ja;
    let mut out = String::from(if ja {
        "# ガイドについて供給者が述べる事項。供給者が記入する。判定には影響しない。\n# 答える項目の行頭の # を外し、\"...\" を置き換える。adopted は \"yes\"（実施）、\"partly\"（一部実施）、\"no\"（実施しない）。\n# statement には、どのように実施しどこに書かれているか、または実施しない理由を書く。確認は hantei check、表示は hantei report。\n"
    } else {
        "# What the supplier says for guides. Filled in by the supplier; it changes no verdict.\n# Take away the # sign of the items you answer and replace each \"...\". adopted is \"yes\", \"partly\" or \"no\"; statement\n# says how it is done and where that is written down, or why it is left out. hantei check looks at it, hantei report\n# shows it.\n"
    });
    let mut done: Vec<&str> = Vec::new();
    for guide in wanted {
        if done.contains(&guide.name.as_str()) {
            continue;
        }
        done.push(&guide.name);
        write!(out, "\n# {} ({})\n", guide.title.of(language), guide.version)
            .expect("a String takes any text");
        if guide.name == OF_RISK_CONTEXT {
            out.push_str(if ja { RISK_CONTEXT_JA } else { RISK_CONTEXT_EN });
        }
        points(guide, language, &mut out);
    }
    out
}

fn points(guide: &Guide, language: Language, out: &mut String) {
    let considered: Vec<&Item> = guide.items.iter().filter(|item| item.consider).collect();
    if considered.is_empty() {
        // Whoever wants to say something of an item needs its shape once.
        out.push_str(match language {
            Language::En => {
                "#\n# It wants no item considered in any case. Any of its items can be spoken of, for example:\n"
            }
            Language::Ja => {
                "#\n# 必ず検討を求める項目はない。どの項目についても、次の形で記入できる。\n"
            }
        });
        if let Some(item) = guide.items.first() {
            entry(guide, item, language, out);
        }
        return;
    }
    let mut group = "";
    for item in considered {
        if item.group != group {
            group = &item.group;
            let known = guide.groups.iter().find(|known| known.id == group);
            let title = known.map_or("", |known| known.title.of(language));
            write!(out, "\n# {group} {title}\n").expect("a String takes any text");
        }
        entry(guide, item, language, out);
    }
}

fn entry(guide: &Guide, item: &Item, language: Language, out: &mut String) {
    writeln!(out, "\n# {}", item.title.of(language)).expect("a String takes any text");
    for line in fold(item.asks.of(language), 0, COLUMNS) {
        writeln!(out, "# {line}").expect("a String takes any text");
    }
    let (name, id) = (&guide.name, &item.id);
    write!(out, "#[considered.{name}.\"{id}\"]\n#adopted = \"...\"\n#statement = \"...\"\n")
        .expect("a String takes any text");
}

const RISK_CONTEXT_EN: &str = r#"
#[risk_context]
# Who uses what, where and why, in a sentence
#solution = "..."
# Who applies the framework
#applying_party = "..."
# What is still accepted. Harm that has to be recovered from: limited, serious or fatal
#target_recovery = "..."
# Economic effect: limited, serious or catastrophic
#target_economic = "..."

# One block for each who takes part. role: user, developer, provider, authority or third-party
#[[risk_context.stakeholder]]
#id = "resident"
#name = "..."
#role = "user"

# One block for each incident, as one stakeholder is hit by it; requirements are ids of this guide
#[[risk_context.incident]]
#id = "..."
#name = "..."
#stakeholder = "resident"
#recovery = "..."
#economic = "..."
#rationale = "..."
#requirements = ["..."]
"#;

const RISK_CONTEXT_JA: &str = r#"
#[risk_context]
# 対象ソリューションの概要（誰が、何を、どこで、なぜ使うか）
#solution = "..."
# 適用主体
#applying_party = "..."
# 目標とするリスクの水準。回復困難性の度合い：limited（限定的）、serious（重大）、fatal（致命的）
#target_recovery = "..."
# 経済的影響の度合い：limited（限定的）、serious（重大）、catastrophic（壊滅的）
#target_economic = "..."

# ステークホルダーごとに一つ。role：user（利用者）、developer（開発者）、provider（提供者）、
# authority（制度・環境を検討する者）、third-party（周辺の第三者）
#[[risk_context.stakeholder]]
#id = "resident"
#name = "..."
#role = "user"

# インシデントとその影響を受けるステークホルダーごとに一つ。requirements はこのガイドの要件の ID
#[[risk_context.incident]]
#id = "..."
#name = "..."
#stakeholder = "resident"
#recovery = "..."
#economic = "..."
#rationale = "..."
#requirements = ["..."]
"#;

#[cfg(test)]
mod tests {
    use harness::ixit::{Declaration, SourceFile};
    use harness::testcases::guide::guides;

    use super::*;

    fn all() -> Vec<&'static Guide> {
        guides().iter().collect()
    }

    #[test]
    fn the_file_to_fill_in_is_toml_that_states_nothing() {
        for language in Language::ALL {
            let text = template(&all(), *language);
            assert!(text.lines().all(|line| line.is_empty() || line.starts_with('#')), "{text}");
        }
    }

    #[test]
    fn every_item_that_is_to_be_considered_has_one_block() {
        for language in Language::ALL {
            let twice: Vec<&Guide> = all().into_iter().chain(all()).collect();
            let text = template(&twice, *language);
            for guide in guides() {
                for item in guide.items.iter().filter(|item| item.consider) {
                    let head = format!("#[considered.{}.\"{}\"]\n", guide.name, item.id);
                    assert_eq!(text.matches(&head).count(), 1, "{head}");
                }
            }
        }
    }

    #[test]
    fn filled_in_it_is_read_without_a_finding() {
        for language in Language::ALL {
            let lines = template(&all(), *language);
            let filled: String = lines
                .lines()
                .map(|line| match line.strip_prefix('#') {
                    Some(rest) if !rest.starts_with(' ') => rest,
                    _ => "",
                })
                .map(|line| match line.split_once(" = ") {
                    Some((key @ ("adopted" | "target_recovery" | "target_economic"), _)) => {
                        format!("{key} = \"{}\"\n", if key == "adopted" { "yes" } else { "limited" })
                    }
                    Some((key @ ("recovery" | "economic"), _)) => format!("{key} = \"limited\"\n"),
                    Some(("requirements", _)) => "requirements = []\n".to_owned(),
                    _ => format!("{}\n", line.replace("\"...\"", "\"Said\"")),
                })
                .collect();
            let files =
                [("ics.toml", "edition = \"en303645-2.1.1\"\n"), ("ixit.toml", ""), ("guides.toml", &filled)];
            let files = files.map(|(name, text)| SourceFile::new(name, text.as_bytes().to_vec()));
            let reading = Declaration::from_sources(files.to_vec(), Vec::new());
            let declaration = reading.declaration.unwrap_or_else(|| panic!("{:?}", reading.diagnostics));
            let found = harness::testcases::guide::said::findings(&declaration);
            assert!(found.is_empty(), "{found:?}");
            let considered = &declaration.guides.considered["ipa-dev-guidelines"];
            assert_eq!(considered.len(), 31);
        }
    }
}
