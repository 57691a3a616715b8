//! What the comments of a template say, by language.

use crate::edition::Edition;
use crate::provision::Provision;
use crate::table::{Field, Table};

use super::Language;

/// The texts of one language. Texts that the tables hold in English are translated by the functions;
/// where a language has none, the English stands.
pub(super) struct Words {
    pub(super) ics_head: &'static str,
    pub(super) ixit_head: &'static str,
    pub(super) bench_head: &'static str,
    pub(super) how_to_fill: &'static str,
    pub(super) ics_provisions: &'static str,
    pub(super) evidence: &'static str,
    pub(super) empty: &'static str,
    pub(super) companions: &'static str,
    pub(super) always: &'static str,
    pub(super) only: &'static str,
    pub(super) optional: &'static str,
    pub(super) values: &'static str,
    pub(super) proposals: &'static str,
    pub(super) references: &'static str,
    /// Keys of `[dut]`; those not listed keep the English description.
    pub(super) dut: &'static [(&'static str, &'static str)],
    /// Keys of `[supplier]`.
    pub(super) supplier: &'static [(&'static str, &'static str)],
    /// Comment and lines of each part of a bench file.
    pub(super) bench: &'static [(&'static str, &'static str)],
}

pub(super) fn of(language: Language) -> &'static Words {
    match language {
        Language::En => &ENGLISH,
        Language::Ja => &ENGLISH,
    }
}

impl Words {
    pub(super) fn provision_title<'p>(&self, provision: &'p Provision) -> &'p str {
        &provision.title
    }

    pub(super) fn table_title<'t>(&self, _: Edition, table: &'t Table) -> &'t str {
        &table.title
    }

    pub(super) fn meaning<'t>(&self, _: Edition, _: &'t Table, field: &'t Field) -> &'t str {
        &field.meaning
    }

    pub(super) fn condition<'t>(&self, _: Edition, when: &'t str) -> &'t str {
        when
    }

    pub(super) fn companion<'t>(&self, _: &str, doc: &'t str) -> &'t str {
        doc
    }
}

const ENGLISH: Words = Words {
    ics_head: "Implementation conformance statement (ICS): what is assessed, and which provisions the device supports.\nFilled in by the supplier.",
    ixit_head: "Implementation extra information for testing (IXIT): how the device does what the ICS claims.\nFilled in by the supplier. A row begins with [[table]], a form with [table]. Ids are unique in the whole file.",
    bench_head: "The bench: who tests, with what, and where the device is. Filled in by the laboratory, never by the supplier.\nIt is used only when named with --bench FILE or after `hantei bench accept`.",
    how_to_fill: "To fill in a line that is commented out, take away its # sign; lines that begin with # and a space explain.\nReplace every \"...\". `hantei check` names what is still open and what is wrong.",
    ics_provisions: "One entry per provision. Status: M mandatory, R recommended, C under a condition.\nsupport: \"Y\" supported, \"N\" not supported, \"N/A\" not applicable.\ndetail: the measure (Y), why it is left out (N), why it does not apply (N/A). A recommendation with N or N/A needs it.",
    evidence: "Certificates and evaluations that may cover a provision, one [[external_evidence]] each.\nThe document lies below documents/. It counts only after an assessor has decided on scope, version and validity.",
    empty: "Tables without entries, each with the reason. A table that is neither filled nor named here is a finding.",
    companions: "Companions: the same as the prose, in a form that lets a machine decide. Each is optional; leave out what does not apply.",
    always: "always to be filled",
    only: "to be filled",
    optional: "may be left out",
    values: "one of",
    proposals: "usual values",
    references: "ids of rows of",
    dut: &[],
    supplier: &[],
    bench: &[
        (
            "The laboratory. What is missing is printed as \"not stated\" and never blocks.\nassessment: \"first-party\", \"second-party\" or \"third-party\".",
            "[lab]\n#name = \"...\"\n#accreditation = \"...\"\n#assessment = \"first-party\"\n#operator = \"...\"\n#assessor = \"...\"\n#authorizer = \"...\"\n#place = \"...\"",
        ),
        (
            "Equipment used, one [[equipment]] each.",
            "#[[equipment]]\n#id = \"E1\"\n#kind = \"tester-host\"\n#description = \"...\"\n#serial = \"...\"\n#calibrated_until = \"2027-01-31\"",
        ),
        (
            "Samples of the device, one [[sample]] each; a run needs at least one. Only these addresses are contacted.\nsource: the address to test from. label_password: as a secret, see below.",
            "#[[sample]]\n#id = \"S1\"\n#serial = \"...\"\n#address = \"192.0.2.10\"\n#mac = \"02:00:5e:00:53:01\"\n#source = \"192.0.2.1\"\n#label_password = { env = \"SAMPLE_1_LABEL\" }",
        ),
        (
            "Other parts of the product that take part in the test: hub, app, associated service.",
            "#[[component]]\n#id = \"hub\"\n#kind = \"hub\"\n#description = \"...\"\n#version = \"...\"",
        ),
        (
            "Credentials by the id of the row in IXIT 1-AuthMech.\nSecrets: { env = \"NAME\" } from the environment, { file = \"path\" } relative to this file,\n{ value = \"...\" } written here; a value is never stored in a run.",
            "#[credentials.AuthMech-1]\n#user = \"admin\"\n#secret = { env = \"DEVICE_PASSWORD\" }",
        ),
        (
            "What the bench can do by itself, as lists of arguments; no shell reads them. What is absent the operator is asked to do.",
            "[actions]\n#factory_reset = [\"./reset\", \"--hold\", \"10\"]\n#onboard = [\"./onboard\"]\n#power_off = [\"./power\", \"off\"]\n#power_on = [\"./power\", \"on\"]\n#link_down = [\"./link\", \"down\"]\n#link_up = [\"./link\", \"up\"]\n#trigger_update = [\"./update\"]",
        ),
        (
            "How gently the device is treated. per_second = 0 means no limit of its own.",
            "[limits]\n#parallel = 64\n#per_second = 0\n#timeout_ms = 800\n#max_wrong_credentials = 30",
        ),
        (
            "Deviations from the method and the decision rule, for the report.",
            "[method]\n#deviations = \"...\"\n#decision_rule = \"...\"",
        ),
        (
            "Published resources (policy, support period) that may be fetched besides the device: host name and address with port.",
            "[hosts]\n#\"supplier.example\" = \"192.0.2.80:443\"",
        ),
    ],
};
