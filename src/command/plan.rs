//! `hantei plan DIR`: what applies and why, who decides each unit, what is done in which state.

use std::fmt::Write as _;
use std::path::Path;

use harness::ExitCode;
use harness::ixit::{Declaration, Severity};
use harness::testcases::By;
use harness::testcases::guide::by_risk;
use harness::testcases::plan::{self, Step};
use harness::testcases::texts::{Language, Texts};

use crate::cli::Plan;
use crate::output::{self, Failure, Tone, paint_out};
use crate::{Done, findings};

mod actions;

/// Prints the plan.
pub(crate) fn plan(arguments: &Plan) -> Done {
    let declaration = readable(&arguments.folder)?;
    let plan = derived(&declaration, arguments.only.as_deref(), arguments.with.as_deref());
    if !plan.units.iter().any(|unit| unit.planned) && plan.plus.is_empty() {
        return Err(Failure::nothing_started("the plan is empty")
            .help("see hantei list units for the ids that --only takes"));
    }
    if arguments.json {
        output::print_json(&plan)?;
    } else {
        output::print_text(&(text(&plan) + &first_by_risk(&declaration, &plan)))?;
    }
    Ok(ExitCode::Pass)
}

/// The plan, with the cases beyond the standard where they are asked for. The command line knows one set of them.
pub(crate) fn derived(declaration: &Declaration, only: Option<&str>, with: Option<&str>) -> plan::Plan {
    let plan = plan::derive(declaration, only);
    if with.is_some() { plan.with_plus(declaration) } else { plan }
}

/// The declaration of a folder, or its errors printed.
pub(crate) fn readable(folder: &Path) -> Result<Declaration, Failure> {
    let reading = Declaration::read(folder);
    reading.declaration.ok_or_else(|| {
        let errors: Vec<_> = reading
            .diagnostics
            .into_iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .collect();
        findings::print(folder, &errors);
        Failure::nothing_started(format!("{} cannot be understood; nothing was started", folder.display()))
            .help("mend what is named above, then: hantei check")
    })
}

fn text(plan: &plan::Plan) -> String {
    let words = Texts::of(Language::En);
    let planned = plan.units.iter().filter(|unit| unit.planned);
    let by = |wanted: By| planned.clone().filter(|unit| unit.by == Some(wanted)).count();
    let mut out = String::new();
    let strong = |text: &str| paint_out(Tone::Strong, text);
    writeln!(
        out,
        "{} {} of {} units planned: {} by machine, {} assisted, {} by an assessor\n",
        strong("Plan"),
        planned.clone().count(),
        plan.units.len(),
        by(By::Machine),
        by(By::Assisted),
        by(By::Assessor),
    )
    .expect("a String");
    for provision in &plan.provisions {
        let title = words.provisions.get(&provision.id).map_or("", |words| words.title.as_str());
        let claim = provision.support.map_or("?", |support| support.as_str());
        match &provision.why {
            Some(why) => {
                let line = format!(
                    "{:<7} {:<4} {:<4} {title}: not planned ({why})",
                    provision.id, provision.status, claim
                );
                writeln!(out, "{}", paint_out(Tone::Quiet, &line)).expect("a String");
            }
            None => {
                writeln!(out, "{:<7} {:<4} {:<4} {title}", provision.id, provision.status, claim)
                    .expect("a String");
                for unit in plan.units.iter().filter(|unit| unit.planned && of(&unit.id, &provision.id)) {
                    let by = match unit.by {
                        Some(By::Machine) => "machine",
                        Some(By::Assisted) => "assisted",
                        Some(By::Assessor) => "assessor",
                        Some(By::External) => "external",
                        None => "-",
                    };
                    let items = if unit.items.is_empty() {
                        String::new()
                    } else {
                        format!("  {}", unit.items.join(", "))
                    };
                    writeln!(out, "    {:<12} {by:<9}{items}", unit.id).expect("a String");
                }
            }
        }
    }
    let physical = actions::text(plan);
    if !physical.is_empty() {
        writeln!(out, "\n{}\n{physical}", strong("Physical actions").trim_end()).expect("a String");
    }
    writeln!(out, "{}", strong("Steps")).expect("a String");
    for (number, step) in plan.steps.iter().enumerate() {
        match step {
            Step::Enter { state, action } => {
                writeln!(out, "{:>4}  enter {} (bench action {action})", number + 1, state.as_str())
                    .expect("a String");
            }
            Step::Observe { state, request, units, disturbs, budget_seconds, .. } => {
                let readers = match units.len() {
                    1 => "1 unit".to_owned(),
                    many => format!("{many} units"),
                };
                let budget =
                    budget_seconds.map_or_else(String::new, |seconds| format!(", at most {seconds} s"));
                let consent: Vec<&str> = disturbs.iter().map(|one| one.as_str()).collect();
                let consent = if consent.is_empty() {
                    String::new()
                } else {
                    format!(", may disturb: needs [consent] {}", consent.join(", "))
                };
                writeln!(
                    out,
                    "{:>4}  {}: {} in {} ({readers}{budget}{consent})",
                    number + 1,
                    request.probe,
                    request.target,
                    state.as_str(),
                )
                .expect("a String");
            }
        }
    }
    out
}

/// What the risk context puts first: incidents, the worst first, with the planned provisions that answer them.
fn first_by_risk(declaration: &Declaration, plan: &plan::Plan) -> String {
    let at_risk = by_risk::by_risk(declaration);
    if at_risk.is_empty() {
        return String::new();
    }
    let planned = |id: &&String| plan.provisions.iter().any(|one| one.planned && one.id == **id);
    let mut out = format!(
        "\n{}\nWhat answers the worst incidents is asked and read first. No verdict depends on it.\n",
        paint_out(Tone::Strong, "Order by the risk context")
    );
    for one in at_risk {
        let (incident, ids) = (one.incident, one.provisions.iter().filter(planned));
        let ids: Vec<&str> = ids.map(String::as_str).collect();
        let answered = if ids.is_empty() { "nothing that is planned".to_owned() } else { ids.join(", ") };
        writeln!(
            out,
            "    {} ({}, {}): {}\n        {answered}",
            incident.id.value,
            incident.recovery.value.as_str(),
            incident.economic.value.as_str(),
            incident.name.value
        )
        .expect("a String");
    }
    out
}

fn of(unit: &str, provision: &str) -> bool {
    unit.strip_prefix(provision)
        .is_some_and(|rest| rest.starts_with('-') && rest[1..].contains(':') && !rest[1..].contains('-'))
}
