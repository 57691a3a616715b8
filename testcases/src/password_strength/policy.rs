//! The numbers by which guessing is weighed, as dated data (`catalogue/en303645-2.1.1/passwords.toml`).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::catalogue::Catalogue;
use crate::scheme;

/// Where the numbers stand.
pub const FILE: &str = "catalogue/en303645-2.1.1/passwords.toml";

/// The policy in force. Meanings and sources of the numbers stand in the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Name.
    pub name: String,
    /// Date, ISO 8601.
    pub date: String,
    /// Where the numbers come from.
    pub source: String,
    /// How sure we are of them: `high`, `medium`, `low`.
    pub confidence: String,
    /// Least time until a value is found on average, in days.
    pub least_days: f64,
    /// Greatest chance of a hit where senders are shut out for good, 0 to 1.
    pub highest_success: f64,
    /// Fewer values are too few whatever slows guessing down.
    pub least_values: f64,
    /// So many values need nothing that slows guessing down.
    pub values_without_limit: f64,
    /// Guesses that are answered in a second where nothing slows them down.
    pub guesses_per_second: f64,
    /// Addresses from which somebody in the home network can guess.
    pub senders: f64,
    /// Characters of a value that a user chooses, at worst and at best.
    pub user_pool: (u32, u32),
    /// Units of a class.
    pub devices: f64,
    /// Inputs that somebody near the device reads.
    pub known: Vec<String>,
    /// Values of inputs that can be counted.
    pub counted: BTreeMap<String, f64>,
    /// Values of known inputs for somebody who is not near the device.
    pub elsewhere: BTreeMap<String, f64>,
}

/// The rule of a scheme; what it does not name it does not demand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// Name.
    pub name: String,
    /// Date of the entry, ISO 8601.
    pub date: String,
    /// Where it can be read.
    pub source: String,
    /// How sure we are of it.
    pub confidence: String,
    /// Least time until a value is found on average, in days.
    pub least_days: Option<f64>,
    /// Greatest chance of a hit where senders are shut out for good, 0 to 1.
    pub highest_success: Option<f64>,
    /// Least length in characters.
    pub least_length: Option<u32>,
    /// Least number of kinds of characters.
    pub least_classes: Option<usize>,
    /// The label scheme in whose data the numbers stand, so that they are written once.
    #[serde(default)]
    pub numbers_of: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Policies {
    policy: Policy,
    scheme: Vec<Scheme>,
}

/// The policy in force.
pub fn policy() -> &'static Policy {
    &policies().policy
}

/// The rules of schemes, in the order of the file.
pub fn schemes() -> &'static [Scheme] {
    &policies().scheme
}

fn policies() -> &'static Policies {
    static POLICIES: OnceLock<Policies> = OnceLock::new();
    POLICIES.get_or_init(|| {
        let text = Catalogue::file(FILE).expect("the policy is part of the program");
        let mut read: Policies = toml::from_str(text).unwrap_or_else(|fault| panic!("{FILE}: {fault}"));
        read.scheme.iter_mut().for_each(Scheme::take_numbers);
        read
    })
}

/// What a rule can be held against; what is not told is `None`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Measured {
    /// Length in characters.
    pub length: Option<u32>,
    /// Kinds of characters in the alphabet.
    pub classes: Option<usize>,
    /// Whether guessing holds out, by a rule of days and chance.
    pub values: Option<super::Span>,
    /// What the defence lets through.
    pub pace: Option<super::Pace>,
}

impl Scheme {
    /// Takes the numbers from the parameters of the checks of a label scheme; of several ways the first counts.
    fn take_numbers(&mut self) {
        let Some(name) = &self.numbers_of else { return };
        let scheme = scheme::scheme(name).unwrap_or_else(|| panic!("{FILE}: there is no scheme {name}"));
        let ways = scheme.requirements.iter().flat_map(scheme::Requirement::ways);
        for need in ways.flat_map(|(_, needs)| needs) {
            let number = |key: &str| need.with.get(key);
            let whole = |key: &str| number(key)?.as_integer();
            match need.check.as_deref() {
                Some("guessing-takes-days") => {
                    self.least_days = self.least_days.or_else(|| number("least_days")?.as_float());
                    self.highest_success =
                        self.highest_success.or_else(|| number("highest_success")?.as_float());
                }
                Some("password-composition") => {
                    let length = || u32::try_from(whole("least_length")?).ok();
                    self.least_length = self.least_length.or_else(length);
                    let classes = || usize::try_from(whole("least_classes")?).ok();
                    self.least_classes = self.least_classes.or_else(classes);
                }
                _ => {}
            }
        }
    }

    /// Whether a declaration meets the rule; `None` where what is not told decides.
    pub fn met_by(&self, measured: &Measured) -> Option<bool> {
        let guessing = self
            .least_days
            .zip(self.highest_success)
            .map(|(days, success)| super::holds_out(measured.values?, measured.pace?, days, success));
        let length = self.least_length.map(|least| measured.length.map(|length| length >= least));
        let classes = self.least_classes.map(|least| measured.classes.map(|classes| classes >= least));
        let demanded: Vec<Option<bool>> = [guessing, length, classes].into_iter().flatten().collect();
        if demanded.contains(&Some(false)) {
            Some(false)
        } else if demanded.contains(&None) {
            None
        } else {
            Some(true)
        }
    }
}

/// Kinds of characters in a list: small letters, capital letters, digits, others.
pub fn classes(alphabet: &str) -> usize {
    let kinds: [fn(char) -> bool; 4] = [
        |one| one.is_lowercase(),
        |one| one.is_uppercase(),
        |one| one.is_ascii_digit(),
        |one| !one.is_alphanumeric(),
    ];
    kinds.iter().filter(|kind| alphabet.chars().any(**kind)).count()
}
