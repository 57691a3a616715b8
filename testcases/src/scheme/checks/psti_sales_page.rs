//! UK PSTI, Schedule 1, paragraph 3(5): where the manufacturer offers the product for sale on a page of its own, the
//! update period stands beside the main characteristics and is as prominent as they are.
//!
//! Where the run fetched that page, a missing last day shows. How prominent it is, nobody but the supplier says here.

use ixit::Blame;
use jiff::civil::Date;
use serde::Deserialize;

use super::psti_scope;
use crate::dates_in_text::dates;
use crate::judge::RestsOn;
use crate::published;
use crate::reason::Reason;
use crate::scheme::check::{Asked, Check, Checked, read};
use crate::verdict::Verdict;

/// The check.
pub static CHECK: Check =
    Check { name: "psti-sales-page", reads: |with| read::<Parameters>(with).map(|_| ()), judge };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {}

/// Address of the page, or `none` where the manufacturer has no offer of its own.
const PAGE: &str = "sales_page";
/// That the period stands there as asked.
const BESIDE: &str = "period_beside_characteristics";

fn judge(asked: &Asked<'_>) -> Checked {
    let Parameters {} = asked.parameters();
    if let Some(outside) = psti_scope::outside(asked) {
        return outside;
    }
    let open =
        |reason| Checked::new(Verdict::Inconclusive, RestsOn::Declared, reason).blame(Blame::Documentation);
    let Some(page) = asked.stated_text(PAGE) else { return open(asked.not_stated(PAGE)) };
    if page == "none" {
        let reason = Reason::new("scheme-psti-no-sales-page");
        return Checked::new(Verdict::Pass, RestsOn::Declared, reason).evidence(asked.place(PAGE), "");
    }
    if let Some(missing) = missing_on_the_page(asked, page) {
        return missing;
    }
    match asked.stated_flag(BESIDE) {
        None => open(asked.not_stated(BESIDE)),
        Some(beside) => {
            let code =
                if beside { "scheme-psti-period-on-sales-page" } else { "scheme-psti-period-not-beside" };
            let verdict = if beside { Verdict::Pass } else { Verdict::Fail };
            let reason = Reason::new(code).with("url", page).expected_by(asked.place(PAGE));
            let checked = Checked::new(verdict, RestsOn::Declared, reason).evidence(asked.place(BESIDE), "");
            if beside { checked } else { checked.blame(Blame::Documentation) }
        }
    }
}

/// The page was read whole, and the last day of support is not on it.
fn missing_on_the_page(asked: &Asked<'_>, page: &str) -> Option<Checked> {
    let form = asked.facts.declaration.ixit.form("user_info")?;
    let until: Date = form.companions.support.as_ref()?.value.until.as_ref()?.trim().parse().ok()?;
    let read: Vec<_> = published::observed(asked.facts, page)
        .into_iter()
        .filter_map(|(recorded, snapshot)| Some((recorded, snapshot?)))
        .filter(|(recorded, snapshot)| published::whole_text(recorded, snapshot))
        .collect();
    let (recorded, _) = read.first()?;
    let there = |text: &str| dates(text).iter().any(|date| date.readings.contains(&until));
    if read.iter().any(|(_, snapshot)| there(&snapshot.text)) {
        return None;
    }
    let reason = Reason::new("scheme-psti-period-not-on-sales-page")
        .with("url", page)
        .with("until", until)
        .expected_by(format!("scheme:{}#{}", asked.scheme.name, asked.requirement.id));
    let mut checked = Checked::new(Verdict::Fail, RestsOn::Observed, reason).blame(Blame::Documentation);
    checked.evidence.push(recorded.at("text"));
    Some(checked)
}

#[cfg(test)]
#[path = "psti_sales_page/tests.rs"]
mod tests;
