//! Applicability is provisional: what a run found may bring back a provision that the plan leaves out.

use probes::observation::digest;
use testcases::plan::{Plan, derive_reopened, reopened};

use super::{Engine, RunError};
use crate::event::Event;
use crate::store::{Entry, RunRecord, extended_plans, plan_file};

impl Engine {
    /// Plans the provisions that what was found so far brings back. Where there are none, nothing is written.
    ///
    /// The plan is written before the line that names it: a stop between the two leaves a file that nothing
    /// refers to, and that the next try writes again.
    pub(super) fn reopen(&mut self) -> Result<(), RunError> {
        let Some((provisions, plan)) = extended(&self.record) else { return Ok(()) };
        let bytes = crate::store::pretty(&plan);
        let file = plan_file(extended_plans(&self.record.journal).len() + 1);
        self.store.write(&file, &bytes).map_err(RunError::Recording)?;
        self.note(Entry::ProvisionsReopened { provisions: provisions.clone(), plan: digest(&bytes) })?;
        self.record.plan = plan;
        self.listener.on(&Event::ProvisionsReopened { provisions });
        Ok(())
    }
}

/// The provisions to be planned, and the plan with them and with those that were reopened before.
fn extended(record: &RunRecord) -> Option<(Vec<String>, Plan)> {
    let found = reopened(&record.facts(), &record.plan);
    if found.is_empty() {
        return None;
    }
    let earlier: Vec<String> = record
        .journal
        .iter()
        .filter_map(|line| match &line.line.entry {
            Entry::ProvisionsReopened { provisions, .. } => Some(provisions.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    let with = |found: &[String]| {
        let declaration = &record.declaration;
        let plan = derive_reopened(declaration, record.plan.only.as_deref(), &[&earlier, found].concat());
        if record.plan.plus.is_empty() { plan } else { plan.with_plus(declaration) }
    };
    // What --only leaves out stays out, and goes on to say that it was contradicted.
    let plan = with(&found);
    let planned = |provision: &str| {
        let catalogue = record.facts().catalogue;
        let of_provision = |id: &str| catalogue.unit(id).is_some_and(|unit| unit.provision() == provision);
        plan.units.iter().any(|unit| unit.planned && of_provision(&unit.id))
    };
    let kept: Vec<String> = found.into_iter().filter(|id| planned(id)).collect();
    (!kept.is_empty()).then(|| {
        let plan = with(&kept);
        (kept, plan)
    })
}
