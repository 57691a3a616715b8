//! Whether every source of input has a row that checks it.

use ixit::Row;
use probes::EvidenceRef;

use crate::assisted::{Look, each_row};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::ItemResult;
use crate::reason::Reason;

/// 5.13-1-1 a: every source of input is named by a row, and every row that names it says what it does. A source that
/// no row names contradicts the criterion, where the rows name their sources at all. Whether a check is any good is
/// asked in b.
pub(super) fn sources_are_covered(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let rows = facts.declaration.ixit.rows("inp_val");
    let all_name = !rows.is_empty() && rows.iter().all(|row| !row.companions.sources.is_empty());
    let covering = |id: &str| -> Vec<&Row> {
        let names = |row: &&Row| row.companions.sources.iter().any(|source| source.value == id);
        rows.iter().filter(names).collect()
    };
    let ids = |rows: &[&Row]| rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>().join(", ");
    let mut results = each_row(facts, unit, |item| {
        let covering = covering(&item.row.id);
        let reason = |code: &str, rows: String| {
            Reason::new(code).with("row", &item.row.id).with("rows", rows).expected_by("criterion")
        };
        match covering.as_slice() {
            [] if all_name => {
                let all: Vec<&Row> = rows.iter().collect();
                Look::Contradiction { reason: reason("input-source-uncovered", ids(&all)), shown_by: "id" }
            }
            [] => Look::question(item, &["endpoint"], None),
            covering if covering.iter().any(|row| row.text("description").is_some()) => {
                Look::Met { reason: reason("input-source-covered", ids(covering)), shown_by: "id" }
            }
            covering => {
                Look::question(item, &["endpoint"], None).computed("computed.covered-by", ids(covering))
            }
        }
    });
    // The proof stands in the rows that name the source.
    for result in results.iter_mut().filter(|result| result.reason.code == "input-source-covered") {
        for row in covering(&result.item) {
            result
                .evidence
                .push(EvidenceRef { reference: row.reference("inp_val", "sources"), at: String::new() });
        }
    }
    results
}
