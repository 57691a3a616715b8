//! The risk context puts what is asked and read in an order: what answers the worst incidents comes first. It changes
//! no verdict and leaves nothing out.

use std::collections::BTreeMap;

use ixit::Declaration;
use ixit::guides::Incident;

use super::said::OF_RISK_CONTEXT;
use super::{Guide, Item, guide};

/// What answers an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtRisk<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// How bad it is: levels above the lowest on both axes of the IoT-SSF, 0 to 4.
    pub weight: u8,
    /// Provisions whose results answer its requirements, in the order of the guide, each once.
    pub provisions: Vec<String>,
}

/// Incidents of the risk context, the worst first; those of the same weight in the order of the file.
pub fn by_risk(declaration: &Declaration) -> Vec<AtRisk<'_>> {
    guide(OF_RISK_CONTEXT).map_or_else(Vec::new, |guide| of(declaration, guide))
}

fn of<'a>(declaration: &'a Declaration, guide: &Guide) -> Vec<AtRisk<'a>> {
    let incidents = declaration.guides.risk_context.iter().flat_map(|context| &context.incident);
    let mut all: Vec<AtRisk<'_>> = incidents
        .map(|incident| AtRisk {
            incident,
            weight: incident.recovery.value as u8 + incident.economic.value as u8,
            provisions: provisions(guide, incident),
        })
        .collect();
    all.sort_by_key(|at_risk| std::cmp::Reverse(at_risk.weight));
    all
}

/// Provisions behind the links of the requirements, and of the measures and checks that are part of them.
fn provisions(guide: &Guide, incident: &Incident) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let named = |item: &Item| incident.requirements.iter().any(|id| belongs_to(guide, item, &id.value));
    for link in guide.items.iter().filter(|item| named(item)).flat_map(|item| &item.links) {
        let provision = match link.named() {
            Some(("provision", id)) => id,
            // `5.1-1-2:a` is of `5.1-1`.
            Some(("unit", id)) => id.rsplit_once('-').map_or(id, |(provision, _)| provision),
            _ => continue,
        };
        if !found.iter().any(|known| known == provision) {
            found.push(provision.to_owned());
        }
    }
    found
}

/// Whether an item is the one of this id, or a part of it at any depth. The data has no circles: a part names what
/// stands above it, and no chain is followed further than there are items.
fn belongs_to(guide: &Guide, item: &Item, id: &str) -> bool {
    let mut at = Some(item);
    for _ in 0..guide.items.len() {
        match at {
            Some(item) if item.id == id => return true,
            Some(item) => at = item.part_of.as_deref().and_then(|above| guide.item(above)),
            None => return false,
        }
    }
    false
}

/// Place of each provision in the order: smaller is looked at first. Provisions that no incident needs have none.
pub fn order(declaration: &Declaration) -> BTreeMap<String, usize> {
    let mut order = BTreeMap::new();
    for provision in by_risk(declaration).into_iter().flat_map(|at_risk| at_risk.provisions) {
        let next = order.len();
        order.entry(provision).or_insert(next);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::TestFacts;

    const CONTEXT: &str = r#"[risk_context]
stakeholder = [{ id = "r", name = "Resident", role = "user" }]
[[risk_context.incident]]
id = "leak"
name = "Usage is read by strangers"
stakeholder = "r"
recovery = "limited"
economic = "limited"
requirements = ["SSF-V1-S7"]
[[risk_context.incident]]
id = "scald"
name = "Water too hot"
stakeholder = "r"
recovery = "serious"
economic = "limited"
requirements = ["SSF-V1-S4", "SSF-V2-S5"]
"#;

    #[test]
    fn the_worst_incident_comes_first_with_the_provisions_behind_it() {
        let facts = TestFacts::guided(CONTEXT);
        let declaration = facts.facts().declaration;
        let found = by_risk(declaration);
        let ids: Vec<(&str, u8)> =
            found.iter().map(|at_risk| (at_risk.incident.id.value.as_str(), at_risk.weight)).collect();
        assert_eq!(ids, [("scald", 1), ("leak", 0)]);
        // Software that is checked before it runs and installs, and data on their way.
        assert!(found[0].provisions.iter().any(|id| id.starts_with("5.3-")), "{found:?}");
        assert!(
            found[1].provisions.iter().any(|id| id.starts_with("5.5-") || id.starts_with("5.8-")),
            "{found:?}"
        );
        let order = order(declaration);
        assert_eq!(order[&found[0].provisions[0]], 0);
        assert!(order.values().collect::<std::collections::BTreeSet<_>>().len() == order.len());
    }

    #[test]
    fn without_a_risk_context_there_is_no_order() {
        let facts = TestFacts::guided("");
        assert_eq!(by_risk(facts.facts().declaration), []);
        assert!(order(facts.facts().declaration).is_empty());
    }
}
