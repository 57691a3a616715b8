//! The supplier names a document for a requirement, and it is handed in below `documents/`. What stands in it is judged by
//! nobody here: a declaration of the supplier is what the scheme asks at this place.

use serde::Deserialize;

use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::verdict::Verdict;
use ixit::Blame;

/// The check.
pub static CHECK: Check =
    Check { name: "document-stated", reads: |with| read::<Parameters>(with).map(|_| ()), judge };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Key of `submission.toml` that names one document or several.
    key: String,
}

fn judge(asked: &Asked<'_>) -> Checked {
    let Parameters { key } = asked.parameters();
    let declaration = asked.facts.declaration;
    let place = format!("declaration:submission.toml#{}.{key}", asked.scheme.name);
    let open = |reason: Reason| {
        let reason = reason.with("key", &key).with("scheme", &asked.scheme.name).expected_by(&place);
        Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation)
    };
    let stated = declaration.submission.stated(&asked.scheme.name, &key);
    let named = stated.map(|stated| stated.value.texts()).unwrap_or_default();
    if named.is_empty() {
        return open(Reason::new("scheme-document-not-named"));
    }
    let below = |path: &str| path.trim().trim_start_matches("documents/").to_owned();
    let handed_in = |path: &&str| declaration.documents.iter().any(|known| below(&known.path) == below(path));
    let missing: Vec<&str> = named.iter().copied().filter(|path| !handed_in(path)).collect();
    if !missing.is_empty() {
        return open(Reason::new("scheme-document-missing").with("document", missing.join(", ")));
    }
    let reason = Reason::new("scheme-document-handed-in").with("document", named.join(", "));
    let mut checked = Checked::new(Verdict::Pass, RestsOn::Declared, reason).evidence(place, "");
    for known in declaration
        .documents
        .iter()
        .filter(|known| named.iter().any(|path| below(&known.path) == below(path)))
    {
        checked = checked.evidence(format!("sha256:{}", known.sha256), below(&known.path));
    }
    checked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::test_asked::judged;
    use crate::test_facts::TestFacts;

    fn of(stated: &str) -> (Verdict, String) {
        let facts = TestFacts::submitted("", stated).handed_in("threats.md");
        let checked = judged(&CHECK, &facts, "key = \"threat_model\"\n");
        (checked.verdict, checked.reason.code)
    }

    #[test]
    fn a_document_counts_where_it_is_there() {
        let good = of("[made]\nthreat_model = \"documents/threats.md\"\n");
        assert_eq!(good, (Verdict::Pass, "scheme-document-handed-in".to_owned()));
        let one_of_two = of("[made]\nthreat_model = [\"threats.md\", \"risks.md\"]\n");
        assert_eq!(one_of_two, (Verdict::Inconclusive, "scheme-document-missing".to_owned()));
        assert_eq!(of(""), (Verdict::Inconclusive, "scheme-document-not-named".to_owned()));
    }
}
