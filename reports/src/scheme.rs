//! A label scheme, applied to the run of a report.

use std::collections::BTreeMap;

use ixit::{Declaration, Value};
use testcases::assessment::Assessment;
use testcases::scheme::{Applied, Field, Requirement, Scheme, SchemeKind};
use testcases::verdict::Verdict;

/// A scheme with what came of it, and what the supplier states for it.
#[derive(Clone, Debug)]
pub struct SchemeResult {
    /// The data of the scheme, those of the schemes that it includes first, itself last.
    pub data: Vec<Scheme>,
    /// What came of it.
    pub applied: Applied,
    /// What the supplier states, by name of the scheme and key.
    pub stated: BTreeMap<(String, String), Value>,
    /// From the declaration, for documents: key of `[dut]` or `[supplier]` with a dot, and `dut.support_until`.
    pub declared: BTreeMap<String, String>,
}

/// Something that keeps a submission from being whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A key that the scheme asks for: name of the scheme, key.
    Field(String, String),
    /// A key that the scheme does not know, most likely a slip.
    UnknownKey(String),
    /// A requirement that failed: name of the scheme, id.
    Failed(String, String),
    /// A requirement that is open: name of the scheme, id.
    Open(String, String),
    /// An item of a mapping that nothing, or not all, answers: name of the scheme, id.
    Unanswered(String, String),
    /// The run is not complete.
    Run,
}

impl SchemeResult {
    /// Joins what came of a scheme with its data and the declaration.
    pub fn new(scheme: &Scheme, declaration: &Declaration, applied: Applied) -> Self {
        let data: Vec<Scheme> = scheme.cumulated().into_iter().cloned().collect();
        let mut stated = BTreeMap::new();
        for (one, field) in data.iter().flat_map(|one| one.fields.iter().map(move |field| (one, field))) {
            if let Some(value) = declaration.submission.stated(&one.name, &field.key) {
                stated.insert((one.name.clone(), field.key.clone()), value.value.clone());
            }
        }
        Self { data, applied, stated, declared: declared(declaration) }
    }

    /// The scheme itself.
    ///
    /// # Panics
    /// Never: [`Scheme::cumulated`] ends with it.
    pub fn scheme(&self) -> &Scheme {
        self.data.last().expect("a scheme is the last of those that it cumulates")
    }

    /// The data of a requirement.
    pub fn requirement(&self, scheme: &str, id: &str) -> Option<(&Scheme, &Requirement)> {
        let scheme = self.data.iter().find(|one| one.name == scheme)?;
        Some((scheme, scheme.requirements.iter().find(|requirement| requirement.id == id)?))
    }

    /// The fields, each with the scheme that asks for it; those of the scheme itself win over included ones.
    pub fn fields(&self) -> impl Iterator<Item = (&Scheme, &Field)> {
        self.data.iter().flat_map(|one| one.fields.iter().map(move |field| (one, field)))
    }

    /// What keeps a submission from being whole, the worst first.
    pub fn missing(&self) -> Vec<Missing> {
        let of = |wanted: Verdict| {
            let found = self.applied.requirements.iter().filter(move |one| one.verdict == Some(wanted));
            found.map(|one| (one.scheme.clone(), one.id.clone()))
        };
        let mut missing: Vec<Missing> = of(Verdict::Fail).map(|(one, id)| Missing::Failed(one, id)).collect();
        missing.extend(of(Verdict::Inconclusive).map(|(one, id)| Missing::Open(one, id)));
        if self.applied.kind == SchemeKind::Mapping {
            use testcases::scheme::Evidence;
            let open = self.applied.requirements.iter();
            let open = open.filter(|one| one.evidence != Some(Evidence::Available));
            missing.extend(open.map(|one| Missing::Unanswered(one.scheme.clone(), one.id.clone())));
        }
        if !self.applied.complete {
            missing.push(Missing::Run);
        }
        missing.extend(self.applied.missing_fields.iter().filter_map(|name| {
            let (scheme, key) = name.split_once('.')?;
            Some(Missing::Field(scheme.to_owned(), key.to_owned()))
        }));
        missing.extend(self.applied.unknown_fields.iter().cloned().map(Missing::UnknownKey));
        missing
    }

    /// Requirements that rest on numbers without a primary source: name of the scheme, id. They are to be compared
    /// with the publication before anybody relies on them; what is handed in is whole all the same.
    pub fn to_compare(&self) -> impl Iterator<Item = (&str, &str)> {
        let unverified = self.applied.requirements.iter().filter(|one| one.unverified);
        unverified.map(|one| (one.scheme.as_str(), one.id.as_str()))
    }
}

/// The assessment with what came of schemes, as a report hands it on; the stored one has none.
///
/// # Errors
/// Never in practice: results are plain data.
pub fn with_schemes(
    assessment: &Assessment,
    results: &[SchemeResult],
) -> Result<Assessment, serde_json::Error> {
    let mut assessment = assessment.clone();
    for result in results {
        assessment.schemes.push(serde_json::to_value(&result.applied)?);
    }
    Ok(assessment)
}

fn declared(declaration: &Declaration) -> BTreeMap<String, String> {
    let (dut, supplier) = (&declaration.ics.dut, &declaration.ics.supplier);
    let form = declaration.ixit.form("user_info");
    let support = form.and_then(|form| form.companions.support.as_ref()?.value.until.clone());
    let texts = [
        ("dut.firmware_sha256", &dut.firmware_sha256),
        ("dut.app", &dut.app),
        ("dut.variants", &dut.variants),
        ("supplier.name", &supplier.name),
        ("supplier.contact", &supplier.contact),
        ("supplier.date", &supplier.date),
    ];
    let mut declared: BTreeMap<String, String> = texts
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value.as_ref()?.value.clone())))
        .collect();
    declared.extend(support.map(|until| ("dut.support_until".to_owned(), until)));
    declared
}
