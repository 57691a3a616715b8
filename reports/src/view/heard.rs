//! What the device said, and its outages: the tables of the page.

use serde::Serialize;

use crate::heard::{Heard, Noticed, OutageLine, Place};
use crate::words::Words;

/// Both tables.
#[derive(Debug, Serialize)]
pub(crate) struct HeardTables {
    lead: String,
    places: Vec<PlaceLine>,
    further_places: Option<String>,
    outages: Vec<OutageRow>,
    further_outages: Option<String>,
}

/// A line of the first.
#[derive(Debug, Serialize)]
struct PlaceLine {
    place: String,
    addresses: String,
    class: &'static str,
    standing: String,
    row: Option<String>,
    protocol: String,
    tls: Vec<String>,
    clear: bool,
    connections: String,
    octets: String,
    noticed: Vec<String>,
}

/// A line of the second.
#[derive(Debug, Serialize)]
struct OutageRow {
    kind: String,
    seconds: String,
    meanwhile: String,
    answered: String,
    back: Vec<String>,
    afterwards: String,
    bad: bool,
}

/// The tables; `None` where nothing was captured and nothing failed.
pub(super) fn tables(words: &Words, heard: &Heard) -> Option<HeardTables> {
    if heard.is_empty() {
        return None;
    }
    let key = if heard.frames == 0 { "heard-silence" } else { "heard-lead" };
    let lead = words
        .ui(key)
        .replace("{captures}", &heard.captures.to_string())
        .replace("{of_outages}", &heard.of_outages.to_string())
        .replace("{seconds}", &format!("{:.0}", heard.seconds))
        .replace("{frames}", &heard.frames.to_string());
    let more = |n: usize, key: &str| (n > 0).then(|| words.ui(key).replace("{n}", &n.to_string()));
    Some(HeardTables {
        lead,
        places: heard.places.iter().map(|place| place_line(words, place)).collect(),
        further_places: more(heard.further_places, "heard-more"),
        outages: heard.outages.iter().map(|outage| outage_row(words, outage)).collect(),
        further_outages: more(heard.further_outages, "outages-more"),
    })
}

fn place_line(words: &Words, place: &Place) -> PlaceLine {
    let class = match place.standing {
        "undeclared" => "v-fail",
        "without-name" | "origin-unknown" | "not-comparable" => "v-open",
        "declared" => "v-pass",
        _ => "v-na",
    };
    // Where the place is an address itself, it stands there already.
    let addresses: Vec<&str> = place
        .addresses
        .iter()
        .map(String::as_str)
        .filter(|address| !place.place.starts_with(address))
        .collect();
    let protocol = if place.protocols.is_empty() {
        words.ui("heard-unknown-protocol").to_owned()
    } else {
        place.protocols.join(", ")
    };
    PlaceLine {
        place: place.place.clone(),
        addresses: addresses.join(", "),
        class,
        standing: words.ui(&format!("heard-{}", place.standing)).to_owned(),
        row: place.row.clone(),
        protocol,
        tls: place.tls.clone(),
        clear: place.clear,
        connections: if place.connections == 0 {
            "–".to_owned()
        } else {
            format!("{} / {}", place.established, place.connections)
        },
        octets: format!("{} / {}", place.sent, place.received),
        noticed: place.noticed.iter().map(|noticed| noticed_in_words(words, noticed)).collect(),
    }
}

fn noticed_in_words(words: &Words, noticed: &Noticed) -> String {
    match noticed {
        Noticed::Secret { what, place } => words
            .ui("heard-secret")
            .replace("{what}", words.ui(&format!("clear-{what}")))
            .replace("{place}", place),
        Noticed::Planted { key, encoding } => {
            words.ui("heard-planted").replace("{key}", key).replace("{encoding}", encoding)
        }
    }
}

fn outage_row(words: &Words, outage: &OutageLine) -> OutageRow {
    let seconds = |seconds: f64| format!("{seconds:.1} s");
    let kind = words.ui(&format!("outage-{}", outage.kind)).to_owned();
    let meanwhile = outage.meanwhile.map_or_else(
        || words.ui("outage-not-asked").to_owned(),
        |(served, asked)| {
            words.ui("outage-served").replace("{n}", &served.to_string()).replace("{m}", &asked.to_string())
        },
    );
    let never = || words.ui("outage-not-back").to_owned();
    let mut back: Vec<String> = outage
        .back
        .iter()
        .map(|back| {
            let after = back.after.map_or_else(never, seconds);
            words
                .ui("outage-peer")
                .replace("{peer}", &back.peer)
                .replace("{after}", &after)
                .replace("{tries}", &back.tries.to_string())
        })
        .collect();
    if outage.further_back > 0 {
        back.push(words.ui("outage-peers-more").replace("{n}", &outage.further_back.to_string()));
    }
    let afterwards = outage.afterwards.map_or_else(
        || "–".to_owned(),
        |afterwards| {
            let key = if afterwards.different == 0 { "outage-as-before" } else { "outage-different" };
            words
                .ui(key)
                .replace("{n}", &afterwards.different.to_string())
                .replace("{m}", &afterwards.compared.to_string())
        },
    );
    if !outage.made {
        return OutageRow {
            kind,
            seconds: "–".to_owned(),
            meanwhile: words.ui("outage-not-made").to_owned(),
            answered: "–".to_owned(),
            back: Vec::new(),
            afterwards: "–".to_owned(),
            bad: true,
        };
    }
    OutageRow {
        kind: format!("{kind} {}", outage.number),
        seconds: seconds(outage.seconds),
        meanwhile,
        bad: outage.answered_after.is_none(),
        answered: outage.answered_after.map_or_else(never, seconds),
        back,
        afterwards,
    }
}
