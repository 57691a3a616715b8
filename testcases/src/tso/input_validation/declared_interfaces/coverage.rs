//! Whether every source of input has a row that checks it.

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;

/// 5.13-1-1 a: a source that no row names contradicts the criterion, where the rows name their sources at all. Whether
/// a named one is really covered is for a person.
pub(super) fn sources_are_covered(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let rows = facts.declaration.ixit.rows("inp_val");
    let all_name = !rows.is_empty() && rows.iter().all(|row| !row.companions.sources.is_empty());
    let covering = |id: &str| -> Vec<&str> {
        let rows = rows.iter().filter(|row| row.companions.sources.iter().any(|source| source.value == id));
        rows.map(|row| row.id.as_str()).collect()
    };
    each_row(facts, unit, |item| {
        let covering = covering(&item.row.id);
        if covering.is_empty() && all_name {
            return Look::Contradiction {
                reason: Reason::new("input-source-uncovered")
                    .with("row", &item.row.id)
                    .with("rows", rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>().join(", "))
                    .expected_by("criterion"),
                shown_by: "id",
            };
        }
        let look = Look::question(item, &["endpoint"], None);
        match covering.is_empty() {
            true => look,
            false => look.computed("computed.covered-by", covering.join(", ")),
        }
    })
}
