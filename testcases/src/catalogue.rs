//! The catalogue of an edition: provisions, conditions, scenarios, groups, cases and units as data.
//!
//! The files are part of the program. Ids and references are checked whenever it is loaded; counts
//! are checked by the tests.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ixit::Edition;
use probes::observation::digest;
use probes::probe::update_trials::Attack;
use serde::{Deserialize, Serialize};

use crate::guided::Procedure;
use crate::logic::{Expression, Quantifier};

mod text;

include!(concat!(env!("OUT_DIR"), "/data_files.rs"));

/// Everything that one edition says, in reading order.
#[derive(Debug)]
pub struct Catalogue {
    /// The edition.
    pub edition: Edition,
    /// Digest over all its files, `sha256:…`.
    pub digest: String,
    /// Conditions of the ICS table.
    pub conditions: Vec<Condition>,
    /// Provisions.
    pub provisions: Vec<Provision>,
    /// Test scenarios (TSO).
    pub scenarios: Vec<String>,
    /// Test groups.
    pub groups: Vec<TestGroup>,
    /// Test cases.
    pub cases: Vec<Case>,
    /// Test units.
    pub units: Vec<Unit>,
    /// What a person does and notes for a unit.
    pub procedures: Vec<Procedure>,
    unit_index: BTreeMap<String, usize>,
}

/// A condition under which conditional provisions apply.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Number, 1 to 13.
    pub id: u8,
    /// How sure we are.
    pub confidence: String,
}

/// A provision of EN 303 645.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provision {
    /// Id, e.g. `5.1-1`.
    pub id: String,
    /// Scenario that assesses it, e.g. `5.1`.
    pub scenario: String,
    /// `M`, `R`, `M C` or `R C`.
    pub status: String,
    /// Conditions; all of them have to hold.
    #[serde(default)]
    pub conditions: Vec<u8>,
    /// How sure we are of the status.
    pub confidence: String,
}

impl Provision {
    /// Whether it is mandatory (M or M C).
    pub fn mandatory(&self) -> bool {
        self.status.starts_with('M')
    }
}

/// A test group: all that assesses one provision.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestGroup {
    /// Id; the same as that of its provision.
    pub id: String,
    /// Provision.
    pub provision: String,
    /// DUT states: `all`, `initialized`, `all_except_factory_default` …
    pub states: Vec<String>,
    /// The standard names the states; else they are our reading.
    pub states_explicit: bool,
}

/// Kind of a case or unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Judges the declaration.
    Conceptual,
    /// Judges the device.
    Functional,
    /// A case with units of both kinds (5.3-10-1).
    Both,
}

/// A test case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Id, e.g. `5.1-5-2`.
    pub id: String,
    /// Group.
    pub group: String,
    /// Kind.
    pub kind: Kind,
    /// Expression over the pass conditions.
    pub logic: String,
    /// Quantifier over items.
    pub quantifier: Quantifier,
    /// How sure we are.
    pub confidence: String,
    /// Pass conditions.
    pub conditions: Vec<PassCondition>,
}

impl Case {
    /// The expression of the standard over its pass conditions.
    pub fn expression(&self) -> Expression {
        Expression::parse(&self.logic).expect("checked when the catalogue is loaded")
    }
}

/// A pass condition of a case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassCondition {
    /// Name within the case: `c1` …
    pub c: String,
    /// Basis.
    pub basis: Basis,
    /// Units that it rests on, by full id.
    pub units: Vec<String>,
}

/// On what a pass condition rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Has to be positively established.
    Shown,
    /// Holds as long as reasonable effort finds no contrary indication.
    NoIndication,
}

/// A test unit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Id, e.g. `5.1-5-2:b`.
    pub id: String,
    /// Case.
    pub case: String,
    /// Conceptual or functional.
    pub kind: Kind,
    /// What the standard has the tester do: `assess`, `check`, `functionally assess` …
    pub verb: String,
    /// What it is applied to: `table:auth_mech`, `discovered:interface`, `ics`, `inputs`; nothing: once.
    #[serde(default)]
    pub for_each: Option<String>,
    /// Which of those: a name in `selection.rs`.
    #[serde(default)]
    pub select: Option<String>,
    /// Asks about all selected rows together and is answered once.
    #[serde(default)]
    pub collective: bool,
    /// Fields that it reads: `auth_mech.description`, `ics.support`, `all`.
    #[serde(default)]
    pub reads: Vec<String>,
    /// Units that it applies again.
    #[serde(default)]
    pub inherits: Vec<String>,
    /// DUT state named by the unit itself.
    #[serde(default)]
    pub state: Option<String>,
    /// Prepares others, appears in no pass condition.
    #[serde(default)]
    pub preparatory: bool,
    /// Measured by a user with limited technical knowledge (D.3).
    #[serde(default)]
    pub lay_user_test: bool,
    /// Measured by the baseline attacker (D.2).
    #[serde(default)]
    pub attacker_model: bool,
    /// Least effort behind a PASS, in attempts of the named probe, stated before the run.
    #[serde(default)]
    pub minimum_effort: Option<MinimumEffort>,
    /// Least captures behind a PASS that rests on what they do not hold, stated before the run.
    #[serde(default)]
    pub minimum_capture: Option<MinimumCapture>,
    /// Least attacks on an update mechanism behind a PASS, stated before the run.
    #[serde(default)]
    pub minimum_attacks: Option<MinimumAttacks>,
    /// Ways to it: `doc`, `web`, `ip`, `ble`, `pcap`, `ui`, `hw`, `op`.
    pub channels: Vec<String>,
}

impl Unit {
    /// Provision that the unit belongs to, e.g. `5.1-5`.
    pub fn provision(&self) -> &str {
        self.case.rsplit_once('-').map_or(self.case.as_str(), |(group, _)| group)
    }
}

/// Least effort behind a PASS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinimumEffort {
    /// Probe.
    pub probe: String,
    /// Completed attempts.
    pub completed: u64,
}

/// Least captures behind a PASS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinimumCapture {
    /// Seconds of one capture in normal use in which nothing fails.
    pub seconds: u32,
    /// Captures that hold a start, a recovery or connections made anew.
    pub starts: u32,
}

/// Least attacks on an update mechanism behind a PASS, beside the authentic package as the control. What the declared
/// package does not have (a list, a signature) cannot be attacked and is not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinimumAttacks {
    /// Where the device fetches the package.
    pub pull: Vec<Attack>,
    /// Where the user hands it in.
    pub upload: Vec<Attack>,
    /// Besides, where the device is declared to bring itself back after a failure.
    pub recovery: Vec<Attack>,
}

#[derive(Deserialize)]
struct ProvisionFile {
    edition: EditionHead,
    condition: Vec<Condition>,
    provision: Vec<Provision>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditionHead {
    name: String,
    provisions: usize,
    conditions: usize,
    scenarios: usize,
    groups: usize,
    cases: usize,
    units: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioFile {
    scenario: ScenarioHead,
    group: Vec<TestGroup>,
    case: Vec<Case>,
    unit: Vec<Unit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProcedureFile {
    procedure: Vec<Procedure>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioHead {
    id: String,
}

impl Catalogue {
    /// The catalogue of an edition.
    ///
    /// # Panics
    /// Never for a released build: the data is part of the program and checked by its tests.
    pub fn of(edition: Edition) -> &'static Self {
        static V2_1_1: OnceLock<Catalogue> = OnceLock::new();
        match edition {
            Edition::En303645V2_1_1 => V2_1_1
                .get_or_init(|| Self::load(edition).unwrap_or_else(|fault| panic!("catalogue: {fault}"))),
        }
    }

    /// Contents of a data file of this crate, e.g. `texts/en/provisions.toml`.
    pub fn file(path: &str) -> Option<&'static str> {
        FILES.iter().find(|(name, _)| *name == path).map(|(_, text)| *text)
    }

    /// Data files below a folder, e.g. `texts/en/reasons/`.
    pub fn files(prefix: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
        let prefix = prefix.to_owned();
        FILES.iter().copied().filter(move |(name, _)| name.starts_with(&prefix))
    }

    /// A unit by id.
    pub fn unit(&self, id: &str) -> Option<&Unit> {
        self.unit_index.get(id).map(|index| &self.units[*index])
    }

    /// What a person does and notes for a unit.
    pub fn procedure(&self, unit: &str) -> Option<&Procedure> {
        self.procedures.iter().find(|procedure| procedure.unit == unit)
    }

    /// A case by id.
    pub fn case(&self, id: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.id == id)
    }

    /// A provision by id.
    pub fn provision(&self, id: &str) -> Option<&Provision> {
        self.provisions.iter().find(|provision| provision.id == id)
    }

    /// The test group of a provision.
    pub fn group(&self, provision: &str) -> Option<&TestGroup> {
        self.groups.iter().find(|group| group.id == provision)
    }

    /// Cases of a provision, in order.
    pub fn cases_of<'a>(&'a self, provision: &'a str) -> impl Iterator<Item = &'a Case> {
        self.cases.iter().filter(move |case| case.group == provision)
    }

    /// Units of a case, in order.
    pub fn units_of<'a>(&'a self, case: &'a str) -> impl Iterator<Item = &'a Unit> {
        self.units.iter().filter(move |unit| unit.case == case)
    }

    /// The pass condition that a unit appears in.
    pub fn basis_of(&self, unit: &Unit) -> Option<Basis> {
        let case = self.case(&unit.case)?;
        case.conditions
            .iter()
            .find(|condition| condition.units.contains(&unit.id))
            .map(|condition| condition.basis)
    }

    fn load(edition: Edition) -> Result<Self, String> {
        Self::from_files(edition, &Self::text(edition), Self::file)
    }

    /// Reads the files of an edition, by name; `all` is the text of all of them.
    fn from_files<'t>(
        edition: Edition,
        all: &str,
        file: impl Fn(&str) -> Option<&'t str>,
    ) -> Result<Self, String> {
        let folder = format!("catalogue/{}/", edition.short());
        let name = format!("{folder}provisions.toml");
        let text = file(&name).ok_or_else(|| format!("{name} is missing"))?;
        let head: ProvisionFile = toml::from_str(text).map_err(|error| format!("{name}: {error}"))?;
        let mut catalogue = Self {
            edition,
            digest: digest(all.as_bytes()),
            conditions: head.condition,
            provisions: head.provision,
            scenarios: Vec::new(),
            groups: Vec::new(),
            cases: Vec::new(),
            units: Vec::new(),
            procedures: Vec::new(),
            unit_index: BTreeMap::new(),
        };
        for scenario in
            catalogue.provisions.iter().map(|provision| provision.scenario.clone()).collect::<Vec<_>>()
        {
            if catalogue.scenarios.contains(&scenario) {
                continue;
            }
            let name = format!("{folder}tso/{scenario}.toml");
            let text = file(&name).ok_or_else(|| format!("{name} is missing"))?;
            let read: ScenarioFile = toml::from_str(text).map_err(|error| format!("{name}: {error}"))?;
            if read.scenario.id != scenario {
                return Err(format!("{name}: the scenario id is {}", read.scenario.id));
            }
            // Catalogues of earlier runs have none.
            let name = format!("{folder}procedures/{scenario}.toml");
            if let Some(text) = file(&name) {
                let read: ProcedureFile = toml::from_str(text).map_err(|error| format!("{name}: {error}"))?;
                catalogue.procedures.extend(read.procedure);
            }
            catalogue.scenarios.push(scenario);
            catalogue.groups.extend(read.group);
            catalogue.cases.extend(read.case);
            catalogue.units.extend(read.unit);
        }
        for (index, unit) in catalogue.units.iter().enumerate() {
            if catalogue.unit_index.insert(unit.id.clone(), index).is_some() {
                return Err(format!("unit {} stands twice", unit.id));
            }
        }
        catalogue.check(&head.edition)?;
        Ok(catalogue)
    }

    fn check(&self, head: &EditionHead) -> Result<(), String> {
        let counts = [
            ("provisions", head.provisions, self.provisions.len()),
            ("conditions", head.conditions, self.conditions.len()),
            ("scenarios", head.scenarios, self.scenarios.len()),
            ("groups", head.groups, self.groups.len()),
            ("cases", head.cases, self.cases.len()),
            ("units", head.units, self.units.len()),
        ];
        if head.name != self.edition.name() {
            return Err(format!("the edition is named {}", head.name));
        }
        if let Some((what, stated, found)) = counts.into_iter().find(|(_, stated, found)| stated != found) {
            return Err(format!("{stated} {what} are stated, {found} are there"));
        }
        for case in &self.cases {
            let expression =
                Expression::parse(&case.logic).map_err(|error| format!("case {}: {error}", case.id))?;
            for name in expression.conditions() {
                if !case.conditions.iter().any(|condition| condition.c == name) {
                    return Err(format!("case {}: {name} is not among its pass conditions", case.id));
                }
            }
            for unit in case.conditions.iter().flat_map(|condition| &condition.units) {
                if self.unit(unit).is_none_or(|unit| unit.case != case.id) {
                    return Err(format!("case {}: there is no unit {unit} in it", case.id));
                }
            }
            if self.group(&case.group).is_none() {
                return Err(format!("case {}: there is no group {}", case.id, case.group));
            }
        }
        if let Some(lost) = self.procedures.iter().find(|procedure| self.unit(&procedure.unit).is_none()) {
            return Err(format!("procedure {}: there is no such unit", lost.unit));
        }
        for unit in &self.units {
            let case = self
                .case(&unit.case)
                .ok_or_else(|| format!("unit {}: there is no case {}", unit.id, unit.case))?;
            let judged = case.conditions.iter().any(|condition| condition.units.contains(&unit.id));
            if judged == unit.preparatory {
                return Err(format!("unit {}: a unit is either preparatory or in a pass condition", unit.id));
            }
            if self.procedures.iter().filter(|procedure| procedure.unit == unit.id).count() > 1 {
                return Err(format!("unit {}: it has two procedures", unit.id));
            }
            if let Some(missing) = unit.inherits.iter().find(|id| self.unit(id).is_none()) {
                return Err(format!("unit {}: there is no unit {missing}", unit.id));
            }
        }
        Ok(())
    }
}
