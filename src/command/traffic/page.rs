//! The page of a capture for a terminal of 80 columns.

use std::fmt::Write as _;

use harness::probes::capture::pcap::Summary;
use harness::probes::capture::{Certainty, Flow, Initiator, TrafficFacts, Transport};
use unicode_width::UnicodeWidthStr;

use super::Destination;
use crate::cli::Traffic;
use crate::folding::{columns, fold, harmless};
use crate::output::{Tone, paint_out};

/// Rows of a list that are shown; the rest is in the JSON.
const ROWS_AT_MOST: usize = 200;
/// Columns of a destination.
const PLACE: usize = 34;

/// The page.
pub(super) fn text(
    arguments: &Traffic,
    facts: &TrafficFacts,
    summary: &Summary,
    destinations: &[Destination<'_>],
) -> String {
    let mut page = String::new();
    head(&mut page, arguments, facts, summary).expect(ANY);
    flows(&mut page, destinations).expect(ANY);
    names(&mut page, facts).expect(ANY);
    in_the_clear(&mut page, facts, destinations).expect(ANY);
    standing(&mut page, destinations).expect(ANY);
    if !facts.gaps.is_empty() {
        section(&mut page, "Not looked at").expect(ANY);
        for gap in &facts.gaps {
            paragraph(&mut page, gap).expect(ANY);
        }
    }
    page
}

const ANY: &str = "a String takes any text";

fn head(page: &mut String, arguments: &Traffic, facts: &TrafficFacts, summary: &Summary) -> std::fmt::Result {
    let of = if arguments.device.is_empty() { "" } else { " of the device" };
    writeln!(
        page,
        "{}: {} frames in {}",
        harmless(&arguments.file.display().to_string()),
        summary.frames,
        time(facts.seconds)
    )?;
    writeln!(page, "{} frames{of} looked at, {} on the wire", facts.frames, octets(facts.octets))?;
    let mut further = Vec::new();
    for (count, what) in [
        (facts.with_tester, "with the tester"),
        (facts.others, "of others"),
        (facts.unreadable, "not readable as a whole"),
    ] {
        if count > 0 {
            further.push(format!("{count} {what}"));
        }
    }
    if !further.is_empty() {
        writeln!(page, "{}", further.join(", "))?;
    }
    Ok(())
}

fn section(page: &mut String, title: &str) -> std::fmt::Result {
    writeln!(page, "\n{}", paint_out(Tone::Strong, title))
}

fn paragraph(page: &mut String, text: &str) -> std::fmt::Result {
    for line in fold(&harmless(text), 0, columns() - 2) {
        writeln!(page, "  {line}")?;
    }
    Ok(())
}

fn flows(page: &mut String, destinations: &[Destination<'_>]) -> std::fmt::Result {
    if destinations.is_empty() {
        return Ok(());
    }
    let mut devices: Vec<_> = destinations.iter().map(|one| one.flow.device).collect();
    devices.dedup();
    let mut seen = Vec::new();
    devices.retain(|device| {
        !seen.contains(device) && {
            seen.push(*device);
            true
        }
    });
    let mut left = ROWS_AT_MOST;
    for device in devices {
        let here: Vec<_> = destinations.iter().filter(|one| one.flow.device == device).collect();
        if left == 0 {
            break;
        }
        section(page, &device.map_or_else(|| "Below IP".to_owned(), |device| device.to_string()))?;
        let title =
            format!("       {:PLACE$} {:12} {:>7} {:>7} {:>7}", "peer", "protocol", "calls", "sent", "recvd");
        writeln!(page, "{}", paint_out(Tone::Quiet, title.trim_end()))?;
        for one in here.iter().take(left) {
            row(page, one)?;
        }
        left = left.saturating_sub(here.len());
    }
    if destinations.len() > ROWS_AT_MOST {
        writeln!(page, "  … and {} more; --json has all", destinations.len() - ROWS_AT_MOST)?;
    }
    Ok(())
}

fn row(page: &mut String, one: &Destination<'_>) -> std::fmt::Result {
    let flow = one.flow;
    let direction = match flow.initiator {
        Initiator::Device => "to",
        Initiator::Peer => "from",
        Initiator::Unknown => "with",
    };
    let place = harmless(&one.place);
    let pad = PLACE.saturating_sub(place.width());
    write!(page, "  {direction:4} {place}{}", " ".repeat(pad))?;
    if place.width() > PLACE {
        write!(page, "\n       {}", " ".repeat(PLACE))?;
    }
    let protocol = protocol(flow);
    let calls = match flow.transport {
        Transport::Tcp if flow.established != flow.connections => {
            format!("{}/{}", flow.established, flow.connections)
        }
        Transport::Tcp | Transport::Udp => flow.connections.to_string(),
        _ => String::new(),
    };
    let line = format!(" {protocol:12} {calls:>7} {:>7} {:>7}", octets(flow.sent), octets(flow.received));
    writeln!(page, "{}", if flow.clear { paint_out(Tone::Open, &line) } else { line })
}

/// Name of the protocol, with the versions of TLS that were agreed on.
fn protocol(flow: &Flow) -> String {
    let name = flow.application.as_deref().unwrap_or("not known");
    let mut versions: Vec<&str> = flow.tls.iter().filter_map(|tls| tls.chosen_version.as_deref()).collect();
    versions.sort_unstable();
    versions.dedup();
    let versions = match versions.as_slice() {
        [] => return name.to_owned(),
        [one] => (*one).to_owned(),
        [first, .., last] => format!("{first}-{last}"),
    };
    if matches!(name, "tls" | "dtls") { format!("{name} {versions}") } else { format!("{name}+tls") }
}

fn names(page: &mut String, facts: &TrafficFacts) -> std::fmt::Result {
    if facts.names.is_empty() {
        return Ok(());
    }
    section(page, "Names asked for")?;
    for name in facts.names.iter().take(ROWS_AT_MOST) {
        let times = if name.times == 1 { String::new() } else { format!(" {} times", name.times) };
        let answers: Vec<String> = name.answers.iter().take(4).map(ToString::to_string).collect();
        let answers = match (answers.is_empty(), name.multicast) {
            (false, _) => format!(": {}", answers.join(", ")),
            (true, true) => String::new(),
            (true, false) => ": no address".to_owned(),
        };
        paragraph(page, &format!("{} {} of {}{times}{answers}", name.name, name.kind, name.server))?;
    }
    if facts.names.len() > ROWS_AT_MOST {
        writeln!(page, "  … and {} more; --json has all", facts.names.len() - ROWS_AT_MOST)?;
    }
    Ok(())
}

fn in_the_clear(
    page: &mut String,
    facts: &TrafficFacts,
    destinations: &[Destination<'_>],
) -> std::fmt::Result {
    if facts.clear.is_empty() {
        return Ok(());
    }
    section(page, "Credentials in the clear")?;
    for one in facts.clear.iter().take(ROWS_AT_MOST) {
        let likely = if one.certainty == Certainty::Likely { "likely a " } else { "" };
        let place = destinations.get(one.flow).map_or("?", |destination| destination.place.as_str());
        let direction = if one.from_device { "to" } else { "from" };
        let what = format!(
            "{likely}{} of {} octets {direction} {place}, in {} (frame {})",
            one.what, one.length, one.place, one.frame
        );
        paragraph(page, &what)?;
    }
    Ok(())
}

fn standing(page: &mut String, destinations: &[Destination<'_>]) -> std::fmt::Result {
    if destinations.iter().all(|one| one.standing.is_none()) {
        return Ok(());
    }
    let lists = [
        ("undeclared", "Not declared in com_mech"),
        ("address-without-name", "Port declared, but no name leads to the address"),
        ("origin-unknown", "Begun before the capture, and not declared"),
        ("declared", "Declared in com_mech"),
    ];
    for (word, title) in lists {
        let mut here = destinations.iter().filter(|one| one.standing == Some(word)).peekable();
        if here.peek().is_none() {
            continue;
        }
        section(page, title)?;
        for one in here.take(ROWS_AT_MOST) {
            let row = one.row.as_deref().map(|row| format!(": {row}")).unwrap_or_default();
            paragraph(
                page,
                &format!("{} {}{row}", one.place, one.flow.application.as_deref().unwrap_or_default()),
            )?;
        }
    }
    Ok(())
}

/// Octets in at most six characters and the unit.
fn octets(count: u64) -> String {
    match count {
        0..10_000 => format!("{count} B"),
        10_000..10_000_000 => format!("{} kB", count / 1000),
        10_000_000..10_000_000_000 => format!("{} MB", count / 1_000_000),
        _ => format!("{} GB", count / 1_000_000_000),
    }
}

fn time(seconds: f64) -> String {
    if seconds < 120.0 { format!("{seconds:.1} s") } else { format!("{:.0} min", seconds / 60.0) }
}
