//! What a check finds of several things, joined: the worst decides, and what passed is listed.

use probes::EvidenceRef;

use super::check::Checked;
use crate::judge::RestsOn;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// Findings on several things.
#[derive(Debug, Default)]
pub struct Several {
    lines: Vec<String>,
    evidence: Vec<EvidenceRef>,
    worst: Option<Checked>,
}

impl Several {
    /// Notes one that passes: what was found of it in a line.
    pub fn passes(&mut self, line: impl Into<String>, evidence: impl IntoIterator<Item = EvidenceRef>) {
        self.lines.push(line.into());
        self.evidence.extend(evidence);
    }

    /// Notes one that does not pass. The first of the worst is kept.
    pub fn adds(&mut self, checked: Checked) {
        if self.worst.as_ref().is_none_or(|known| checked.verdict > known.verdict) {
            self.worst = Some(checked);
        }
    }

    /// Whether anything was noted.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.worst.is_none()
    }

    /// All of it: what does not pass, or a PASS for this reason with the lines as `found`.
    pub fn checked(self, rests_on: RestsOn, reason: Reason) -> Checked {
        if let Some(worst) = self.worst {
            return worst;
        }
        let mut checked = Checked::new(Verdict::Pass, rests_on, reason.with("found", self.lines.join("; ")));
        for evidence in self.evidence {
            if !checked.evidence.contains(&evidence) {
                checked.evidence.push(evidence);
            }
        }
        checked
    }
}
