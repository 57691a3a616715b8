//! JUnit XML for CI: one test case a unit, one suite a provision. N/A is skipped with the reason,
//! INCONCLUSIVE is an error, and a run that cannot vouch for itself adds a failing case of its own.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use testcases::Verdict;
use testcases::assessment::{ItemRecord, ProvisionResult, UnitResult};

use crate::words::Words;
use crate::{ReportError, ReportInput};

/// Writes the JUnit report.
///
/// # Errors
/// If the XML cannot be written.
pub fn junit(input: &ReportInput<'_>) -> Result<Vec<u8>, ReportError> {
    let words = Words::of(input.language);
    let mut report = Report::new("hantei");
    for provision in &input.assessment.provisions {
        let title = words.provision_title(&provision.id);
        let mut suite = TestSuite::new(format!("{} {title}", provision.id));
        suite.add_property(("status", provision.status.as_str()));
        suite.add_property(("verdict", provision.verdict.as_str()));
        for case in &provision.cases {
            for unit in &case.units {
                suite.add_test_case(unit_case(words, provision, &case.id, unit));
            }
        }
        report.add_test_suite(suite);
    }
    let mut run = TestSuite::new("run");
    if let Some(why) = &input.facts.invalid {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(why.as_str()).set_type("run-invalid");
        run.add_test_case(TestCase::new("the run can vouch for itself", status));
    }
    let mut status = overall_status(input);
    if let TestCaseStatus::NonSuccess { message, .. } = &mut status
        && message.is_none()
    {
        *message = Some(input.assessment.verdict.as_str().into());
    }
    run.add_test_case(TestCase::new("overall verdict", status));
    report.add_test_suite(run);
    let xml = report.to_string().map_err(|error| ReportError::Write(error.to_string()))?;
    Ok(without_skipped_in_all(&xml).into_bytes())
}

/// The schema by which Jenkins reads JUnit knows `skipped` for a suite, and not for all suites together, where the
/// writer adds it.
fn without_skipped_in_all(xml: &str) -> String {
    let Some((before, after)) = xml.split_once("<testsuites ") else { return xml.to_owned() };
    let Some((root, rest)) = after.split_once('>') else { return xml.to_owned() };
    let kept = root.split(' ').filter(|attribute| !attribute.starts_with("skipped=\""));
    format!("{before}<testsuites {}>{rest}", kept.collect::<Vec<_>>().join(" "))
}

fn overall_status(input: &ReportInput<'_>) -> TestCaseStatus {
    let reasons = input
        .assessment
        .overall
        .iter()
        .map(|reason| format!("{} {} ({})", reason.verdict, reason.subject, reason.code))
        .collect::<Vec<_>>()
        .join("\n");
    let kind = match input.assessment.verdict {
        Verdict::Pass => return TestCaseStatus::success(),
        Verdict::Fail => NonSuccessKind::Failure,
        _ => NonSuccessKind::Error,
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(input.assessment.verdict.as_str()).set_description(reasons);
    status
}

fn unit_case(words: &Words, provision: &ProvisionResult, case: &str, unit: &UnitResult) -> TestCase {
    let status = match unit.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::NotApplicable | Verdict::NotClaimed => {
            let mut status = TestCaseStatus::skipped();
            let why = unit.why.as_deref().or(provision.why.as_deref()).unwrap_or("not-applicable");
            status.set_message(words.why(why));
            status
        }
        Verdict::Fail => told(NonSuccessKind::Failure, words, unit, Verdict::Fail),
        Verdict::Inconclusive => told(NonSuccessKind::Error, words, unit, Verdict::Inconclusive),
    };
    let mut result = TestCase::new(unit.id.as_str(), status);
    result.set_classname(case);
    result
}

fn told(kind: NonSuccessKind, words: &Words, unit: &UnitResult, verdict: Verdict) -> TestCaseStatus {
    let items: Vec<&ItemRecord> = unit.items.iter().filter(|item| item.verdict == verdict).collect();
    let mut status = TestCaseStatus::non_success(kind);
    let first = items.first();
    status.set_message(first.map_or_else(
        || words.why(unit.why.as_deref().unwrap_or("nothing-exercised")),
        |item| words.reason(&item.reason).text,
    ));
    if let Some(item) = first {
        status.set_type(item.reason.code.as_str());
    }
    let description: Vec<String> = items
        .iter()
        .map(|item| {
            let reason = words.reason(&item.reason);
            let mut lines = vec![format!("{}: {}", item.item, reason.text)];
            if let Some(expected) = reason.expected {
                lines.push(format!("  {}: {expected}", words.ui("expected")));
            }
            if let Some(actual) = reason.actual {
                lines.push(format!("  {}: {actual}", words.ui("actual")));
            }
            lines.join("\n")
        })
        .collect();
    status.set_description(description.join("\n"));
    status
}
