//! `hantei crosswalk`: which items of guides and schemes the results for each provision answer. Needs no run.

use std::collections::BTreeSet;

use harness::ExitCode;
use harness::ixit::Edition;
use harness::testcases::Catalogue;
use harness::testcases::guide::{Guide, guide, guides};
use harness::testcases::scheme::{scheme, schemes};
use harness::testcases::texts::Language;
use reports::crosswalk::{Filter, crosswalk};

use crate::Done;
use crate::cli::{Crosswalk, CrosswalkFormat, Lang};
use crate::command::schemes as named_schemes;
use crate::command::sheet::write_new;
use crate::output::{self, Failure};

/// Prints the cross-walk, or writes it to a file.
pub(crate) fn crosswalk_of(arguments: &Crosswalk) -> Done {
    let edition: Edition = arguments.edition.parse().map_err(Failure::nothing_started)?;
    let language = match arguments.lang {
        Lang::En => Language::En,
        Lang::Ja => Language::Ja,
    };
    let filter = filter(arguments, edition)?;
    let walk = crosswalk(edition, guides(), schemes(), &filter, language);
    let bytes = match arguments.format {
        CrosswalkFormat::Html => walk.html().map_err(Failure::nothing_started)?,
        CrosswalkFormat::Csv => walk.csv().into_bytes(),
        CrosswalkFormat::Json => walk.json().into_bytes(),
    };
    match &arguments.out {
        Some(file) => {
            write_new(file, &bytes)?;
            eprintln!("wrote {}", file.display());
        }
        None => output::print_text(&String::from_utf8_lossy(&bytes))?,
    }
    Ok(ExitCode::Pass)
}

/// What the command line chooses, with every name looked up.
fn filter(arguments: &Crosswalk, edition: Edition) -> Result<Filter, Failure> {
    let filter = Filter {
        guides: arguments.guides.clone(),
        schemes: arguments.schemes.clone(),
        phase: arguments.phase,
        role: arguments.role,
        viewpoint: arguments.viewpoint.clone(),
        provision: arguments.provision.clone(),
    };
    for name in &filter.guides {
        of_edition(edition, "guide", name, &named(name)?.edition)?;
    }
    for name in &filter.schemes {
        if guide(name).is_some() {
            return Err(Failure::nothing_started(format!("{name} is a guide and no scheme"))
                .help(format!("choose it with --guide {name}")));
        }
        of_edition(edition, "scheme", name, &named_schemes::named(name)?.edition)?;
    }
    if filter.asks_for_guides() && !filter.schemes.is_empty() {
        return Err(Failure::nothing_started("schemes name no phase, no role and no viewpoint")
            .help("leave --scheme out, or choose by --provision alone"));
    }
    if let Some(id) = &filter.provision {
        let known = || Catalogue::of(edition).provisions.iter().map(|provision| provision.id.as_str());
        if !known().any(|known| known == id) {
            let all = "hantei list provisions shows all";
            return Err(unknown(
                format!("there is no provision {id} in {}", edition.short()),
                id,
                known(),
                all,
            ));
        }
    }
    if let Some(id) = &filter.viewpoint {
        let of_filter = |guide: &&Guide| {
            guide.is_of(edition) && (filter.guides.is_empty() || filter.guides.contains(&guide.name))
        };
        let chosen = guides().iter().filter(of_filter).flat_map(|guide| &guide.viewpoints);
        let known: BTreeSet<&str> = chosen.map(|viewpoint| viewpoint.id.as_str()).collect();
        if !known.contains(id.as_str()) {
            let all = if known.is_empty() {
                "none of these guides has viewpoints".to_owned()
            } else {
                let known: Vec<&str> = known.iter().copied().collect();
                format!("there are these: {}", known.join(", "))
            };
            return Err(unknown(format!("there is no viewpoint {id}"), id, known.into_iter(), &all));
        }
    }
    Ok(filter)
}

/// A guide by name.
fn named(name: &str) -> Result<&'static Guide, Failure> {
    let known = || guides().iter().map(|guide| guide.name.as_str());
    guide(name).ok_or_else(|| {
        if scheme(name).is_some() {
            return Failure::nothing_started(format!("{name} is a scheme and no guide"))
                .help(format!("choose it with --scheme {name}"));
        }
        let all = format!("there are these: {}", known().collect::<Vec<_>>().join(", "));
        unknown(format!("there is no guide named {name} in this build"), name, known(), &all)
    })
}

fn of_edition(edition: Edition, kind: &str, name: &str, of: &str) -> Result<(), Failure> {
    if of == edition.short() {
        return Ok(());
    }
    let what =
        format!("the {kind} {name} links results of {of}, and the cross-walk is of {}", edition.short());
    Err(Failure::nothing_started(what).help("choose its edition with --edition, or leave it out"))
}

/// Says that a name is not known, with the nearest one there is.
fn unknown<'a>(what: String, written: &str, known: impl Iterator<Item = &'a str>, all: &str) -> Failure {
    let failure = Failure::nothing_started(what);
    match nearest(written, known) {
        Some(near) => failure.help(format!("did you mean {near}? {all}")),
        None => failure.help(all),
    }
}

fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower: String = written.to_lowercase().chars().take(100).collect();
    let likeness = |name: &'a str| (strsim::normalized_damerau_levenshtein(&lower, name), name);
    let like = known.map(likeness).filter(|(likeness, _)| *likeness >= 0.4);
    like.max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_that_of_a_slip_and_none_where_nothing_is_like_it() {
        let known = ["csa-13-steps", "ipa-dev-guidelines"];
        assert_eq!(nearest("csa13-steps", known.into_iter()), Some("csa-13-steps"));
        assert_eq!(nearest("zzzz", known.into_iter()), None);
    }
}
