//! The verdicts on one observation of one mechanism.

use std::collections::BTreeMap;

use ixit::Blame;
use ixit::companion::PackageWay;
use probes::probe::update_trials::{Attack, UpdateTrial};

use super::{Mechanism, SHOWN, Seen, Tried, lines};
use crate::assisted::companions;
use crate::catalogue::Unit;
use crate::facts::{Facts, Question};
use crate::judge::{By, ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// A mechanism, with what was tried on it.
pub(super) struct Look<'l, 'a> {
    pub(super) facts: &'l Facts<'a>,
    pub(super) unit: &'l Unit,
    pub(super) item: &'l Item<'a>,
    pub(super) mechanism: &'l Mechanism<'a>,
    pub(super) seen: &'l Seen<'a>,
}

impl Look<'_, '_> {
    /// Every failure; what a person has to say; where nothing failed, what is missing, or else PASS.
    pub(super) fn results(&self) -> Vec<ItemResult> {
        let mut results = self.installed();
        results.extend(self.older_against_promise());
        results.extend(self.dead());
        results.extend(self.not_recovered());
        results.extend(self.halfway());
        results.extend(self.over_plain());
        let failed = !results.is_empty();
        results.extend(self.question());
        if !failed {
            results.extend(self.shortfall());
        }
        if results.is_empty() {
            results.push(self.withstood());
        }
        results
    }

    /// FAIL: packages that are not what the supplier made for this model, by what is wrong with them.
    fn installed(&self) -> Vec<ItemResult> {
        let mut by_code: BTreeMap<&str, Vec<Tried<'_>>> = BTreeMap::new();
        for tried in self.seen.trials().filter(|tried| tried.trial.installed == Some(true)) {
            if let Some(code) = code(tried.trial) {
                by_code.entry(code).or_default().push(tried);
            }
        }
        by_code.into_iter().map(|(code, tried)| self.failed(code, &tried)).collect()
    }

    /// FAIL: an older package of the supplier, against the promise to refuse it. An assessor may reverse that, as every
    /// verdict of the machine.
    fn older_against_promise(&self) -> Option<ItemResult> {
        let source = self.mechanism.refuses_older()?;
        let mut result = self.failed("older-update-installed", &[self.older_installed()?]);
        result.reason.source = Some(source);
        Some(result)
    }

    fn older_installed(&self) -> Option<Tried<'_>> {
        let mut trials = self.seen.trials();
        trials.find(|tried| tried.trial.attack == Attack::Older && tried.trial.installed == Some(true))
    }

    /// FAIL: a package after which the device does not answer any more. An attacker can offer it.
    fn dead(&self) -> Option<ItemResult> {
        let offered = |attack: Attack| {
            attack.is_bad_package()
                || matches!(attack, Attack::Older | Attack::PlainHttp | Attack::Redirected)
        };
        let dead = self.seen.trials().find(|tried| self.gone(tried) && offered(tried.trial.attack))?;
        Some(self.failed("update-leaves-device-dead", &[dead]))
    }

    /// FAIL: no return after an installation that failed halfway, against the promise to return.
    fn not_recovered(&self) -> Option<ItemResult> {
        let gone = self.interrupted()?;
        (self.mechanism.package.recovers == Some(true)).then(|| {
            let source = self.mechanism.row.reference(self.mechanism.table, "package");
            let mut result = self.failed("no-return-after-failed-update", &[gone]);
            result.reason.source = Some(source);
            result
        })
    }

    /// FAIL: after an installation that failed halfway it runs neither what it ran before nor what it was offered.
    fn halfway(&self) -> Option<ItemResult> {
        let halfway = self.seen.trials().find(|tried| {
            let (trial, after) = (tried.trial, tried.trial.version_after.as_deref());
            matches!(trial.attack, Attack::CutNetwork | Attack::CutPower)
                && tried.clear()
                && trial.alive
                && tried.before.is_some()
                && after.is_some()
                && after != trial.offered_version.as_deref()
                && after != self.seen.facts.version_before.as_deref()
        })?;
        (self.mechanism.package.recovers == Some(true)).then(|| {
            let source = self.mechanism.row.reference(self.mechanism.table, "package");
            let mut result = self.failed("failed-update-left-halfway", &[halfway]);
            result.reason.source = Some(source);
            result
        })
    }

    /// The first interruption from which the device did not come back.
    fn interrupted(&self) -> Option<Tried<'_>> {
        self.seen.trials().find(|tried| {
            self.gone(tried) && matches!(tried.trial.attack, Attack::CutNetwork | Attack::CutPower)
        })
    }

    /// FAIL: the package is fetched, or its list asked for, over plain HTTP, against a declared secure transport.
    fn over_plain(&self) -> Option<ItemResult> {
        let (declared, source) = self.mechanism.secure_transport()?;
        // Where nothing else is to be had, and where it is sent, the device is tempted: to ask is not yet to take.
        let tempted = |attack: Attack| matches!(attack, Attack::PlainHttp | Attack::Redirected);
        let of_itself = || {
            self.seen.trials().filter(|tried| !tempted(tried.trial.attack)).find_map(|tried| {
                let asked = tried.trial.asked.iter().find(|asked| asked.plain)?;
                Some((asked.path.clone(), self.seen.at(&tried)))
            })
        };
        let installed = self.plain_install().map(|tried| (tried.name(), self.seen.at(&tried)));
        let (what, evidence) = of_itself().or(installed)?;
        let reason = Reason::new("update-over-plain-http")
            .with("row", &self.mechanism.row.id)
            .with("declared", declared)
            .with("what", what)
            .expected_by(&source);
        let result = self.result(Verdict::Fail, reason).blame(Blame::DeviceOrDocumentation);
        Some(result.evidence(evidence).declared(source))
    }

    /// An authentic package that was to be had over plain HTTP alone, and was taken.
    fn plain_install(&self) -> Option<Tried<'_>> {
        self.seen.trials().find(|tried| {
            tried.trial.attack == Attack::PlainHttp
                && tried.trial.installed == Some(true)
                && tried.trial.asked.iter().any(|asked| asked.plain)
        })
    }

    /// What a person has to say: an older package that was taken where nothing is promised; what promises nothing and
    /// did not come back; a confidential package over plain HTTP; and what a package without a signature is known by.
    fn question(&self) -> Option<ItemResult> {
        let mut shown = Vec::new();
        let mut worst = None;
        let mut computed = |label: &str, text: String, prejudged: Option<Verdict>| {
            shown.push(Shown { label: format!("computed.{label}"), text, source: None });
            worst = worst.max(prejudged);
        };
        if let Some(tried) = self.older_installed()
            && self.mechanism.refuses_older().is_none()
        {
            let text = format!(
                "version {} was installed over {}; no refusal of older versions is promised",
                tried.trial.offered_version.as_deref().unwrap_or("unknown"),
                tried.before.unwrap_or("unknown"),
            );
            computed("older", text, None);
        }
        if let Some(tried) = self.interrupted()
            && self.mechanism.package.recovers != Some(true)
        {
            let text = format!("after {} the device did not come back; nothing is promised", tried.name());
            // Whoever is on the network can cut it; power is cut by whoever is in the house.
            let prejudged = (tried.trial.attack == Attack::CutNetwork).then_some(Verdict::Fail);
            computed("recovery", text, prejudged);
        }
        if let Some(tried) = self.plain_install()
            && self.mechanism.is_confidential()
            && self.mechanism.secure_transport().is_none()
        {
            let text = format!("{}: installed, although the package is to be confidential", tried.name());
            computed("confidentiality", text, None);
        }
        if !self.mechanism.is_signed() && !self.seen.facts.trials.is_empty() {
            let text =
                "no place of a signature is declared: what is authentic cannot be told from the package";
            computed("authenticity", text.to_owned(), None);
        }
        if shown.is_empty() {
            return None;
        }
        let mut all = self.facts.shown_of_row(self.unit, self.item.table, self.item.row);
        all.extend(companions(self.item, SHOWN));
        all.extend(shown);
        all.extend(lines(self.seen));
        let mut question = Question {
            by: By::Assisted,
            shown: all,
            prejudgement: worst,
            ..Question::on(self.unit, &self.mechanism.row.id)
        };
        question.state = self.seen.recorded.state();
        question.sample = Some(self.seen.recorded.sample().to_owned());
        Some(self.facts.ask(question))
    }

    /// INCONCLUSIVE: what a PASS would need beside.
    fn shortfall(&self) -> Option<ItemResult> {
        let facts = &self.seen.facts;
        let row = &self.mechanism.row.id;
        let open = |reason: Reason, blame| {
            let result = self.result(Verdict::Inconclusive, reason.with("row", row)).blame(blame);
            Some(result.evidence(self.seen.recorded.at("trials")))
        };
        if facts.trials.is_empty() {
            let trouble = self.seen.recorded.observation.trouble.as_deref();
            let why = trouble.or_else(|| facts.not_tried.first().map(|left| left.why.as_str()));
            let reason = Reason::new("update-trials-left-out").with("why", why.unwrap_or("no reason given"));
            return open(reason, Blame::Lab);
        }
        // One that looks by itself now and then may have met an earlier trial by chance.
        let not_asked: Vec<&UpdateTrial> =
            facts.trials.iter().filter(|trial| trial.outcome == "not-asked").collect();
        let authentic_too =
            self.control().is_none() && not_asked.iter().any(|trial| trial.attack == Attack::Authentic);
        if authentic_too || not_asked.len() == facts.trials.len() {
            let reason = Reason::new("update-not-asked-for").with("trials", not_asked.len());
            return open(reason.with("of", facts.trials.len()), Blame::DeviceOrDocumentation);
        }
        if self.control().is_none() {
            let control = self.seen.trials().find(|tried| tried.trial.attack == Attack::Authentic);
            let found = control.map_or_else(
                || self.why_not(Attack::Authentic),
                |tried| {
                    let after = tried.trial.version_after.as_deref().unwrap_or("unknown");
                    let said = tried.trial.refusal.as_deref().unwrap_or(&tried.trial.outcome);
                    format!("version {after} afterwards; {said}")
                },
            );
            return open(Reason::new("authentic-update-not-installed").with("found", found), Blame::Lab);
        }
        let missing: Vec<String> = self
            .mechanism
            .attacks(self.unit)
            .into_iter()
            .filter_map(|attack| Some(format!("{}: {}", attack.as_str(), self.gap(attack)?)))
            .collect();
        let tried = self.seen.trials().filter(|tried| tried.clear()).count() as u64;
        let minimum = self.unit.minimum_effort.as_ref().filter(|minimum| minimum.probe == super::PROBE);
        let minimum = minimum.map_or(0, |minimum| minimum.completed);
        if missing.is_empty() && tried >= minimum {
            return None;
        }
        let missing = if missing.is_empty() {
            format!("{tried} trials with a clear end, of at least {minimum}")
        } else {
            missing.join("; ")
        };
        open(Reason::new("update-attacks-left-out").with("missing", missing), Blame::Lab)
    }

    /// The authentic package, installed, and its version read.
    fn control(&self) -> Option<Tried<'_>> {
        self.seen.trials().find(|tried| {
            let trial = tried.trial;
            trial.attack == Attack::Authentic
                && tried.clear()
                && trial.installed == Some(true)
                && trial.alive
                && trial.version_after.is_some()
                && trial.version_after == trial.offered_version
        })
    }

    /// Why an attack does not count as tried: every try of it has to have a clear end, with a device that took it in
    /// hand.
    fn gap(&self, attack: Attack) -> Option<String> {
        let mut tries = self.seen.trials().filter(|tried| tried.trial.attack == attack).peekable();
        if tries.peek().is_none() {
            return Some(self.why_not(attack));
        }
        tries.find_map(|tried| {
            if !tried.clear() {
                Some(tried.trial.outcome.clone())
            } else if tried.trial.installed.is_none() {
                Some("whether it was installed cannot be told".to_owned())
            } else if !self.tempted(tried.trial) {
                Some("the device did not take it in hand".to_owned())
            } else {
                None
            }
        })
    }

    fn why_not(&self, attack: Attack) -> String {
        let left = self.seen.facts.not_tried.iter().find(|left| left.attack == attack);
        left.map_or_else(|| "not tried".to_owned(), |left| left.why.clone())
    }

    /// The device had in its hands what it has to look at to refuse the package.
    fn tempted(&self, trial: &UpdateTrial) -> bool {
        let in_image = match trial.attack {
            Attack::AlteredImage => true,
            Attack::Unsigned | Attack::OtherSignature => self.mechanism.signature_in_image(),
            _ => false,
        };
        match self.mechanism.package.way {
            PackageWay::Pull if in_image => trial.fetched_whole,
            PackageWay::Pull => trial.asked.iter().any(|asked| asked.octets_sent > 0),
            PackageWay::Upload => trial.fetched_whole || trial.refusal.is_some(),
        }
    }

    /// The device took it in hand, and answers no more.
    fn gone(&self, tried: &Tried<'_>) -> bool {
        let taken = match self.mechanism.package.way {
            PackageWay::Pull => !tried.trial.asked.is_empty(),
            PackageWay::Upload => true,
        };
        tried.clear() && !tried.trial.alive && taken
    }

    /// PASS.
    fn withstood(&self) -> ItemResult {
        let refused: Vec<&str> = self
            .seen
            .facts
            .trials
            .iter()
            .filter(|trial| trial.installed == Some(false))
            .filter(|trial| trial.attack.is_bad_package() || trial.attack == Attack::Older)
            .map(|trial| trial.attack.as_str())
            .collect();
        let interrupted: Vec<&str> = self
            .seen
            .facts
            .trials
            .iter()
            .filter(|trial| matches!(trial.attack, Attack::CutNetwork | Attack::CutPower) && trial.alive)
            .map(|trial| trial.attack.as_str())
            .collect();
        let control = self.control();
        let version = control.and_then(|tried| tried.trial.version_after.as_deref()).unwrap_or("-");
        let plain = self.plain_install().map_or("", |_| "; over plain HTTP, which is not declared otherwise");
        let beginning = self.beginning_installed();
        let reason = Reason::new("update-attacks-withstood")
            .with("row", &self.mechanism.row.id)
            .with("refused", each_once(refused))
            .with("interrupted", each_once(interrupted))
            .with("version", format!("{version}{plain}{beginning}"))
            .with("guarantees", self.mechanism.guarantees())
            .expected_by(self.mechanism.source());
        let mut result = self.result(Verdict::Pass, reason);
        for tried in self.seen.trials() {
            result = result.evidence(self.seen.at(&tried));
        }
        result
    }

    /// Words where a package without an end was installed. That its content is looked at is shown by the altered image,
    /// which a PASS needs refused.
    fn beginning_installed(&self) -> &'static str {
        let installed =
            |trial: &UpdateTrial| trial.attack == Attack::Endless && trial.installed == Some(true);
        match self.seen.facts.trials.iter().any(installed) {
            true => "; after an image without an end, by its version the authentic beginning of it",
            false => "",
        }
    }

    fn failed(&self, code: &str, tried: &[Tried<'_>]) -> ItemResult {
        let told = |version: Option<&str>| version.unwrap_or("unknown").to_owned();
        let attacks: Vec<String> = tried.iter().map(Tried::name).collect();
        let first = &tried[0];
        let reason = Reason::new(code)
            .with("row", &self.mechanism.row.id)
            .with("attack", attacks.join(", "))
            .with("offered", told(first.trial.offered_version.as_deref()))
            .with("before", told(first.before))
            .with("after", told(first.trial.version_after.as_deref()))
            .with("guarantees", self.mechanism.guarantees())
            .expected_by(self.mechanism.source());
        let mut result = self.result(Verdict::Fail, reason).blame(Blame::Device);
        for tried in tried {
            result = result.evidence(self.seen.at(tried));
        }
        result.declared(self.mechanism.source())
    }

    fn result(&self, verdict: Verdict, reason: Reason) -> ItemResult {
        let recorded = self.seen.recorded;
        ItemResult::machine(&self.mechanism.row.id, verdict, RestsOn::Observed, reason)
            .effort(&recorded.observation.effort)
            .seen_in(recorded.state(), recorded.sample())
    }
}

/// Names in their order, each once; a dash for none.
fn each_once(mut names: Vec<&str>) -> String {
    names.dedup();
    if names.is_empty() { "-".to_owned() } else { names.join(", ") }
}

/// The code of a package that must not be installed, and was; `None` for one of the supplier for this model.
fn code(trial: &UpdateTrial) -> Option<&'static str> {
    match trial.attack {
        Attack::Unsigned | Attack::OtherSignature => Some("unauthentic-update-installed"),
        // What has no end begins with the authentic image: who reads it to its declared length has what was signed.
        Attack::Endless | Attack::EndlessList if runs_what_was_offered(trial) => None,
        Attack::AlteredImage
        | Attack::AlteredList
        | Attack::Truncated
        | Attack::Mixed
        | Attack::Endless
        | Attack::EndlessList => Some("altered-update-installed"),
        Attack::OtherModel => Some("foreign-update-installed"),
        Attack::Authentic
        | Attack::Older
        | Attack::Stale
        | Attack::PlainHttp
        | Attack::Redirected
        | Attack::CutNetwork
        | Attack::CutPower => None,
    }
}

/// The device tells the version of the package that it was offered.
pub(crate) fn runs_what_was_offered(trial: &UpdateTrial) -> bool {
    trial.version_after.is_some() && trial.version_after == trial.offered_version
}
