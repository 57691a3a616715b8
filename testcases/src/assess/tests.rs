use super::*;
use crate::assessment::UnitResult;
use crate::decision::{Answer, Decision, Role};
use crate::judge::{By, RestsOn};
use crate::plan;
use crate::test_facts::{Seen, TestFacts};
use ixit::Blame;
use probes::probe::identify::{LoginOffer, ServiceIdentity};

mod claims;
mod decisions;
mod emptiness;
mod external_evidence;
mod overall;

const NO_PASSWORD: &str = "[empty]\nauth_mech = \"Nobody logs in anywhere\"\n";
const ALL_DONE: RunNature = RunNature { complete: true, demonstration: false };

fn ics(claims: &[(&str, &str)]) -> String {
    let claims: Vec<String> = claims
        .iter()
        .map(|(id, support)| format!("[provision.\"{id}\"]\nsupport = \"{support}\"\ndetail = \"As told\"\n"))
        .collect();
    format!(
        "edition = \"en303645-2.1.1\"\n[dut]\nmodel = \"WH-100\"\nfirmware = \"1.0\"\nconstrained = false\n{}",
        claims.concat()
    )
}

/// An ICS with an entry for every provision: this support for what the list does not name.
fn whole_ics(rest: impl Fn(&crate::catalogue::Provision) -> &'static str, claims: &[(&str, &str)]) -> String {
    let catalogue = crate::Catalogue::of(ixit::Edition::En303645V2_1_1);
    let all: Vec<(&str, &str)> = catalogue
        .provisions
        .iter()
        .map(|provision| {
            let named = claims.iter().find(|(id, _)| *id == provision.id);
            (provision.id.as_str(), named.map_or_else(|| rest(provision), |(_, support)| *support))
        })
        .collect();
    ics(&all)
}

fn assessed(facts: &Facts<'_>) -> Assessment {
    assess(facts, &plan::derive(facts.declaration, None), ALL_DONE)
}

fn provision(assessment: &Assessment, id: &str) -> ProvisionResult {
    assessment.provisions.iter().find(|provision| provision.id == id).expect("it is listed").clone()
}

fn unit(assessment: &Assessment, id: &str) -> UnitResult {
    let units = assessment.provisions.iter().flat_map(|provision| &provision.cases);
    units.flat_map(|case| &case.units).find(|unit| unit.id == id).expect("it is listed").clone()
}

fn code(provision: &ProvisionResult) -> &str {
    provision.reason.as_ref().map_or("", |reason| reason.code.as_str())
}

fn claim(claims: &[(&str, &str)], ixit: &str, id: &str) -> (Verdict, String) {
    let facts = TestFacts::with_ics(&ics(claims), ixit);
    let provision = provision(&assessed(&facts.facts()), id);
    (provision.verdict, code(&provision).to_owned())
}

fn decision(prompt: &str, answer: &str) -> Decision {
    Decision {
        prompt: prompt.to_owned(),
        answer: Answer::Text(answer.to_owned()),
        reason: "Looked at it".to_owned(),
        person: "A. Assessor".to_owned(),
        role: Role::Assessor,
        date: "2026-11-21".to_owned(),
        attachments: Vec::new(),
        notes: std::collections::BTreeMap::new(),
        facts: String::new(),
    }
}

fn login_found() -> Seen {
    let login = LoginOffer::certain("telnet-login", true, "login:");
    Seen::by(
        "identify",
        ServiceIdentity {
            port: 2323,
            application: "telnet".to_owned(),
            tls: false,
            banner: None,
            logins: vec![login],
            paths: Vec::new(),
            disclosed: Vec::new(),
            ssh: None,
        },
    )
}

/// A unit that is asked of a person, and a row for it.
const ASKED: (&str, &str) = (
    "5.7-1-1:b",
    "[[sec_boot]]\nid = \"SecBoot-1\"\ndescription = \"Signed\"\ndetection_mechanisms = \"A wrong signature stops the start\"\n",
);
