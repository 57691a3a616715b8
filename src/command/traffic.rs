//! `hantei traffic FILE`: who talks with whom in a capture, and what goes in the clear.

use std::fs::File;
use std::io::Read;

use harness::ExitCode;
use harness::ixit::Declaration;
use harness::probes::capture::pcap::{self, Summary};
use harness::probes::capture::{Analyser, Flow, Questions, TrafficFacts, Transport};
use harness::testcases::traffic_seen::{Mechanisms, Standing};
use serde_json::{Value, json};

use crate::Done;
use crate::cli::Traffic;
use crate::command::plan::readable;
use crate::output::{self, Failure};

mod page;

/// Exit 0: read; 1: a destination that the declaration does not name; 2: no capture.
pub(crate) fn traffic(arguments: &Traffic) -> Done {
    let declaration = arguments.declaration.as_deref().map(readable).transpose()?;
    let (facts, summary) = read(arguments)?;
    let destinations = destinations(&facts, declaration.as_ref());
    if arguments.json {
        output::print_json(&as_json(arguments, &facts, &summary, &destinations))?;
    } else {
        output::print_text(&page::text(arguments, &facts, &summary, &destinations))?;
    }
    if facts.frames == 0 && !arguments.device.is_empty() {
        eprintln!("the capture holds no frame of the device; is the address right?");
    }
    let undeclared = destinations.iter().any(|one| one.standing == Some("undeclared"));
    Ok(if undeclared { ExitCode::Fail } else { ExitCode::Pass })
}

/// A flow, by the words for it.
struct Destination<'a> {
    flow: &'a Flow,
    /// `cloud.example:443/tcp`.
    place: String,
    names: Vec<String>,
    /// What the declaration says of it; nothing where none was given.
    standing: Option<&'static str>,
    /// Id of the row that it goes by.
    row: Option<String>,
}

fn read(arguments: &Traffic) -> Result<(TrafficFacts, Summary), Failure> {
    let name = arguments.file.display();
    let unreadable = |why: String, help: &str| {
        Failure::nothing_started(format!("{name} cannot be read: {why}")).help(help)
    };
    let source: Box<dyn Read> = if arguments.file.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        let file = File::open(&arguments.file);
        Box::new(
            file.map_err(|error| unreadable(error.to_string(), "check the path and who may read the file"))?,
        )
    };
    let mut analyser = Analyser::new(Questions {
        device: arguments.device.clone(),
        tester: arguments.tester.clone(),
        ..Questions::default()
    });
    let summary = pcap::read(source, |frame| analyser.take_ref(&frame))
        .map_err(|error| unreadable(error.to_string(), error.help()))?;
    let others: u64 = summary.other_links.values().sum();
    if others > 0 && others == summary.frames {
        let what = summary.gaps().join("; ");
        return Err(unreadable(what, "capture on the Ethernet side, or with tcpdump -i any"));
    }
    let mut facts = analyser.finish(summary.seconds());
    facts.gaps.extend(summary.gaps());
    Ok((facts, summary))
}

fn destinations<'a>(facts: &'a TrafficFacts, declaration: Option<&Declaration>) -> Vec<Destination<'a>> {
    let mechanisms = declaration.map(|declaration| Mechanisms::of(declaration, "com_mech"));
    let told = facts.flows.iter().map(|flow| {
        let names = names(facts, flow);
        let standing = mechanisms.as_ref().map(|mechanisms| mechanisms.standing(flow, &names));
        let (standing, row) = match standing {
            Some(standing) => {
                let (word, row) = in_words(standing);
                (Some(word), row)
            }
            None => (None, None),
        };
        Destination { flow, place: place(flow, &names), names, standing, row }
    });
    told.collect()
}

fn in_words(standing: Standing<'_>) -> (&'static str, Option<String>) {
    let id = |id: &String| Some(id.clone());
    match standing {
        Standing::Declared(row) => ("declared", id(&row.id)),
        Standing::WithoutName(row) => ("address-without-name", id(&row.id)),
        Standing::OfTheNetwork => ("of-the-network", None),
        Standing::Called => ("called", None),
        Standing::OriginUnknown => ("origin-unknown", None),
        Standing::Ended => ("ended", None),
        Standing::NotComparable => ("not-comparable", None),
        Standing::Undeclared => ("undeclared", None),
    }
}

/// Names of the peer: asked of it, and what led to its address.
fn names(facts: &TrafficFacts, flow: &Flow) -> Vec<String> {
    let asked = flow.tls.iter().filter_map(|tls| tls.server_name.as_deref());
    let led = facts.names.iter().filter(|name| flow.peer.is_some_and(|peer| name.answers.contains(&peer)));
    let mut names: Vec<String> = Vec::new();
    for name in asked.chain(flow.name.as_deref()).chain(led.map(|name| name.name.as_str())) {
        let name = name.trim_end_matches('.').to_lowercase();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn place(flow: &Flow, names: &[String]) -> String {
    let host = match (names.first(), flow.peer) {
        (Some(name), _) => name.clone(),
        (None, Some(peer)) if peer.is_ipv6() && matches!(flow.transport, Transport::Tcp | Transport::Udp) => {
            format!("[{peer}]")
        }
        (None, Some(peer)) => peer.to_string(),
        (None, None) => "the link".to_owned(),
    };
    match flow.transport {
        Transport::Tcp => format!("{host}:{}/tcp", flow.port),
        Transport::Udp => format!("{host}:{}/udp", flow.port),
        Transport::Icmp | Transport::Link => host,
        Transport::Other => format!("{host} (protocol {})", flow.port),
    }
}

fn as_json(
    arguments: &Traffic,
    facts: &TrafficFacts,
    summary: &Summary,
    destinations: &[Destination<'_>],
) -> Value {
    let told = destinations.iter().enumerate().map(|(flow, one)| {
        let mut value = json!({ "flow": flow, "destination": one.place, "names": one.names });
        if let Some(standing) = one.standing {
            value["standing"] = json!(standing);
            value["row"] = json!(one.row);
        }
        value
    });
    json!({
        "format": "hantei.traffic/1",
        "file": arguments.file.display().to_string(),
        "frames": summary.frames,
        "device": arguments.device,
        "tester": arguments.tester,
        "declaration": arguments.declaration,
        "destinations": told.collect::<Vec<_>>(),
        "traffic": facts,
    })
}
