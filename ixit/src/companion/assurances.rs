//! What a supplier assures of values, reviews, consent and examinations, in a closed form.

use super::names::{ChanceSource, ProvisioningWay, Reviewer};
use crate::described::record;

const PLACES: &[&str] = &["device", "associated-service"];

record! {
    /// How the value of a security parameter comes into the device.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Provisioning {
        /// The way.
        way: ProvisioningWay,
        /// What the device left the factory with is replaced before it is used in operation.
        replaced_before_operation: Option<bool>,
    }
}

record! {
    /// How the value of a security parameter is made.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Generator {
        /// Where its chance comes from.
        source: ChanceSource,
        /// Chance in bits.
        bits: Option<u32>,
        /// Each unit has a value of its own.
        unique_per_device: Option<bool>,
        /// Standard or certificate of the generator, e.g. `AIS 20/31 PTG.2`, `SP 800-90A`.
        standard: Option<String>,
    }
}

record! {
    /// The review or evaluation of an implementation.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Review {
        /// It took place.
        done: bool,
        /// By whom.
        by: Vec<Reviewer>,
        /// The version that was looked at.
        version: Option<String>,
        /// What was looked at, in the words of the description.
        covers: Vec<String>,
        /// The report, a path below `documents/`.
        report: Option<String>,
    }
}

record! {
    /// How consent to the processing of personal data is given.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct OptIn {
        /// Asked before the processing begins.
        asked_before: Option<bool>,
        /// The choice is off, empty or open until the user makes it.
        off_at_first: Option<bool>,
        /// Asked for this purpose alone.
        per_purpose: Option<bool>,
        /// Functions that do not need the data are refused without it.
        tied_to_other_functions: Option<bool>,
    }
}

record! {
    /// How consent is withdrawn.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Withdrawal {
        /// Where: `device`, `associated-service`.
        places: Vec<String>; one_of PLACES,
        /// At any time.
        any_time: Option<bool>,
    }
}

record! {
    /// How telemetry is examined for anomalies of security.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Examination {
        /// Where: `device`, `associated-service`.
        places: Vec<String>; one_of PLACES,
        /// What is looked for.
        finds: Vec<String>,
        /// Which of the collected data it reads.
        reads: Vec<String>,
    }
}
