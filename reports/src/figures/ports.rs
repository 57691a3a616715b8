//! Open ports and Bluetooth LE by state of the device: what answers, in which versions of TLS, and whether a row of the
//! IXIT names it.

use ixit::Row;
use ixit::companion::{Role, Transport};
use probes::ble::ReadAnswer;
use probes::probe::ble_surface::BleSurface;
use probes::probe::dtls_server::DtlsFacts;
use probes::probe::tls_server::{TlsFacts, VersionFacts};
use testcases::bluetooth::surface;
use testcases::inventory::{self, Inventory, PortState};
use testcases::{DutState, Facts};

use super::svg::{Held, Sheet, WIDTH};
use super::{Drawing, Table};
use crate::words::Words;

/// Most ports that are shown; further ones are counted.
pub const MOST_PORTS: usize = 24;

/// Open ports of a device by state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ports {
    /// The states that were searched, one for each sample.
    pub columns: Vec<Column>,
    /// Ports that were open somewhere, at most [`MOST_PORTS`]: those that no row names come first.
    pub rows: Vec<Port>,
    /// Ports that are not listed.
    pub further: usize,
    /// Bluetooth LE by column; nothing where it was not observed.
    pub bluetooth: Vec<Option<OnAir>>,
}

/// A state in which one sample was searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// State.
    pub state: DutState,
    /// Sample; `None` where there is only one.
    pub sample: Option<String>,
    /// The device takes a connection at nearly every port, so an open one says little.
    pub all_alike: bool,
}

/// A port and what it was in each column.
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    /// `tcp/8443`.
    pub name: String,
    /// Rows of `intf` that name it, and whether all of them declare it disabled.
    pub declared: Option<(String, bool)>,
    /// By column.
    pub cells: Vec<Cell>,
}

/// What a port was in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// It answered.
    Open {
        /// Application as recognized; `unknown` where it was not.
        application: String,
        /// TLS versions that it took; `None` where it speaks none or was not asked.
        versions: Option<Vec<String>>,
        /// It speaks TLS, whatever is known of versions.
        tls: bool,
    },
    /// It refused.
    Closed,
    /// Nobody knows.
    Unknown,
}

/// What the device is on the air, to a stranger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnAir {
    /// It was heard.
    pub heard: bool,
    /// It takes connections.
    pub connectable: bool,
    /// Services.
    pub services: usize,
    /// Characteristics.
    pub characteristics: usize,
    /// Values that it gave to a stranger.
    pub given: usize,
    /// Handles behind which there is something that no discovery shows.
    pub hidden: usize,
}

impl Ports {
    /// Reads the searches of a run.
    pub fn of(facts: &Facts<'_>) -> Self {
        let inventories: Vec<Inventory<'_>> =
            inventory::inventories(facts, &[]).into_iter().filter(|one| one.sample.is_some()).collect();
        let one_sample = inventories.iter().all(|one| one.sample == inventories[0].sample);
        let columns = inventories
            .iter()
            .map(|one| Column {
                state: one.state,
                sample: one.sample.filter(|_| !one_sample).map(str::to_owned),
                all_alike: one.all_ports_look_alike(),
            })
            .collect();
        let mut places: Vec<(Transport, u16)> = Vec::new();
        for one in &inventories {
            places.extend(one.ports.iter().map(|port| (Transport::Tcp, port.port)));
            let answered = one.services.iter().filter(|asked| asked.answered());
            places.extend(answered.map(|asked| (Transport::Udp, asked.service.port)));
        }
        places.sort_by_key(|(transport, port)| (*transport != Transport::Tcp, *port));
        places.dedup();
        let tls = facts.results::<TlsFacts>("tls-server");
        let dtls = facts.results::<DtlsFacts>("dtls-server");
        let versions = |one: &Inventory<'_>, transport: Transport, port: u16| -> Option<Vec<String>> {
            let here = |recorded: &testcases::Recorded| {
                recorded.state() == Some(one.state) && Some(recorded.sample()) == one.sample
            };
            if transport == Transport::Tcp {
                let found = tls
                    .iter()
                    .find(|(recorded, found)| here(recorded) && found.port == port && found.speaks_tls)?;
                Some(offered(found.1.ssl.iter().chain(&found.1.versions)))
            } else {
                let found = dtls
                    .iter()
                    .find(|(recorded, found)| here(recorded) && found.port == port && found.speaks_dtls)?;
                Some(offered(found.1.versions.iter()))
            }
        };
        let mut rows: Vec<Port> = places
            .into_iter()
            .map(|(transport, port)| Port {
                name: format!("{}/{port}", transport.as_str()),
                declared: declared(facts, transport, port),
                cells: inventories
                    .iter()
                    .map(|one| cell(one, transport, port, versions(one, transport, port)))
                    .collect(),
            })
            .collect();
        rows.sort_by_key(|row| row.declared.as_ref().is_some_and(|(_, off)| !off));
        let further = rows.len().saturating_sub(MOST_PORTS);
        rows.truncate(MOST_PORTS);
        let bluetooth = inventories.iter().map(|one| on_air(facts, one)).collect();
        Self { columns, rows, further, bluetooth }
    }
}

fn cell(one: &Inventory<'_>, transport: Transport, port: u16, versions: Option<Vec<String>>) -> Cell {
    if transport == Transport::Tcp {
        let Some(open) = one.open_port(port) else {
            return if one.tcp(port) == PortState::Closed { Cell::Closed } else { Cell::Unknown };
        };
        let inside = open.identity.as_ref().is_some_and(|(_, identity)| identity.tls);
        return Cell::Open {
            application: open.application().to_owned(),
            tls: inside || versions.is_some(),
            versions,
        };
    }
    use probes::probe::udp_services::UdpState;
    match one.udp(port) {
        Some(asked) if asked.answered() => {
            Cell::Open { application: asked.service.service.clone(), tls: versions.is_some(), versions }
        }
        Some(asked) if asked.service.state == UdpState::Refused => Cell::Closed,
        _ => Cell::Unknown,
    }
}

fn offered<'v>(versions: impl Iterator<Item = &'v VersionFacts>) -> Vec<String> {
    versions.filter(|one| one.offered == Some(true)).map(|one| one.version.clone()).collect()
}

/// The rows of `intf` at which a port is declared, and whether all of them declare it disabled.
fn declared(facts: &Facts<'_>, transport: Transport, port: u16) -> Option<(String, bool)> {
    let names = |row: &&Row| {
        let client = row.companions.role.as_ref().is_some_and(|role| role.value == Role::Client);
        !row.observed_only
            && !client
            && row.companions.endpoint.iter().any(|endpoint| {
                let endpoint = &endpoint.value;
                endpoint.host.is_none() && endpoint.transport == transport && endpoint.port == port
            })
    };
    let rows: Vec<&Row> = facts.declaration.ixit.rows("intf").iter().filter(names).collect();
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let off = rows.iter().all(|row| row.text("status") == Some("disabled"));
    (!rows.is_empty()).then(|| (ids.join(", "), off))
}

fn on_air(facts: &Facts<'_>, one: &Inventory<'_>) -> Option<OnAir> {
    let seen: BleSurface = surface::surface(facts, one.state, one.sample?)?.seen;
    let services = seen.table.iter().flat_map(|table| &table.services);
    let given = seen.reads.iter().filter(|read| matches!(read.answer, ReadAnswer::Value(_)));
    Some(OnAir {
        heard: seen.heard(),
        connectable: seen.connectable(),
        services: services.clone().count(),
        characteristics: services.map(|service| service.characteristics.len()).sum(),
        given: given.count(),
        hidden: seen.sweep.as_ref().map_or(0, |sweep| sweep.found.len()),
    })
}

/// The figure; a sentence where nothing was searched or found.
pub(crate) fn draw(words: &Words, ports: &Ports) -> Drawing {
    let title = words.ui("figure-ports");
    if ports.columns.is_empty() {
        return Drawing::missing(title, words.ui("figure-ports-none"));
    }
    let on_air = ports.bluetooth.iter().any(Option::is_some);
    if ports.rows.is_empty() && !on_air {
        return Drawing::missing(title, words.ui("figure-ports-silence"));
    }
    const LABEL: f64 = 128.0;
    const ROW: f64 = 32.0;
    let count = ports.columns.len() as f64;
    let column = ((WIDTH - LABEL) / count).max(86.0);
    let width = LABEL + column * count;
    let lines = ports.rows.len() + usize::from(on_air);
    let mut sheet = Sheet::new(width, 20.0 + ROW * lines as f64);
    let heads: Vec<String> = ports.columns.iter().map(|one| head(words, one)).collect();
    let room = (column / 6.2) as usize;
    for (place, head) in heads.iter().enumerate() {
        let x = LABEL + column * (place as f64 + 0.5);
        sheet.text("t quiet", [x, 12.0], Held::Middle, head, room);
    }
    let mut table = Vec::new();
    for (place, port) in ports.rows.iter().enumerate() {
        let y = 20.0 + ROW * place as f64;
        let (standing, bad) = standing(words, port);
        sheet.line("rule", [0.0, y, width, y]);
        sheet.text("t strong", [0.0, y + 13.0], Held::Start, &port.name, 18);
        let marked = if bad { format!("✕ {standing}") } else { standing.clone() };
        sheet.text(
            if bad { "t small bad" } else { "t small quiet" },
            [0.0, y + 26.0],
            Held::Start,
            &marked,
            22,
        );
        let mut line = vec![port.name.clone(), standing];
        for (at, cell) in port.cells.iter().enumerate() {
            let (first, second) = cell_words(words, cell);
            boxed(&mut sheet, [LABEL + column * at as f64, y, column], cell, [&first, &second]);
            line.push(if second.is_empty() { first } else { format!("{first}; {second}") });
        }
        table.push(line);
    }
    if on_air {
        let y = 20.0 + ROW * ports.rows.len() as f64;
        sheet.line("rule", [0.0, y, width, y]);
        sheet.text("t strong", [0.0, y + 13.0], Held::Start, "Bluetooth LE", 18);
        sheet.text("t small quiet", [0.0, y + 26.0], Held::Start, words.ui("air-stranger"), 24);
        let mut line = vec!["Bluetooth LE".to_owned(), words.ui("air-stranger").to_owned()];
        for (at, air) in ports.bluetooth.iter().enumerate() {
            let (first, second, all) = air_words(words, air.as_ref());
            let cell = if air.as_ref().is_some_and(|air| air.heard) { &OPEN_AIR } else { &Cell::Unknown };
            boxed(&mut sheet, [LABEL + column * at as f64, y, column], cell, [&first, &second]);
            line.push(all);
        }
        table.push(line);
    }
    let undeclared = ports.rows.iter().filter(|port| port.declared.is_none()).count();
    let mut told = words
        .ui("figure-ports-told")
        .replace("{n}", &(ports.rows.len() + ports.further).to_string())
        .replace("{undeclared}", &undeclared.to_string());
    if ports.columns.iter().any(|one| one.all_alike) {
        told.push(' ');
        told.push_str(words.ui("figure-ports-alike"));
    }
    let mut headings = vec![words.ui("figure-port").to_owned(), words.ui("heard-standing").to_owned()];
    headings.extend(heads);
    Drawing {
        lead: Some(told.clone()),
        svgs: vec![sheet.finish("figure-ports", title, &told)],
        wide: width > WIDTH,
        table: Some(Table { head: headings, rows: table, numbers: false }),
        further: (ports.further > 0)
            .then(|| words.ui("figure-ports-more").replace("{n}", &ports.further.to_string())),
        ..Drawing::titled(title)
    }
}

/// Drawn as an open port without TLS, whose box it shares.
static OPEN_AIR: Cell = Cell::Open { application: String::new(), versions: None, tls: true };

/// A cell: a full box where it is open, hatched where it speaks no TLS, none where it is closed.
fn boxed(sheet: &mut Sheet, [x, y, width]: [f64; 3], cell: &Cell, [first, second]: [&str; 2]) {
    let place = [x + 2.0, y + 3.0, width - 4.0, 26.0];
    let room = ((width - 8.0) / 5.9) as usize;
    match cell {
        Cell::Open { tls: true, .. } => sheet.rect("c-tls", place),
        Cell::Open { .. } => {
            sheet.rect("c-plain", place);
            sheet.hatch("h-faint", place, true);
        }
        Cell::Closed | Cell::Unknown => {}
    }
    let middle = x + width / 2.0;
    if second.is_empty() {
        sheet.text("t quiet", [middle, y + 20.0], Held::Middle, first, room);
    } else {
        sheet.text("t halo strong", [middle, y + 14.0], Held::Middle, first, room);
        sheet.text("t halo small", [middle, y + 25.0], Held::Middle, second, room + 2);
    }
}

fn head(words: &Words, column: &Column) -> String {
    let state = words.ui(&format!("state-{}", column.state.as_str())).to_owned();
    match &column.sample {
        Some(sample) => format!("{sample} {state}"),
        None => state,
    }
}

/// What the declaration says of a port, and whether that is a contradiction.
fn standing(words: &Words, port: &Port) -> (String, bool) {
    match &port.declared {
        None => (words.ui("port-undeclared").to_owned(), true),
        Some((row, true)) => (words.ui("port-declared-off").replace("{row}", row), true),
        Some((row, false)) => (row.clone(), false),
    }
}

fn cell_words(words: &Words, cell: &Cell) -> (String, String) {
    match cell {
        Cell::Closed => (words.ui("port-closed").to_owned(), String::new()),
        Cell::Unknown => (words.ui("port-unknown").to_owned(), String::new()),
        Cell::Open { application, versions, tls } => {
            let name = if application == "unknown" { words.ui("port-unrecognized") } else { application };
            let second = match versions {
                Some(versions) if !versions.is_empty() => versions_line(versions),
                _ if *tls => "TLS".to_owned(),
                // SSH protects by itself.
                _ if application == "ssh" => "SSH".to_owned(),
                _ => words.ui("port-no-tls").to_owned(),
            };
            (name.to_owned(), second)
        }
    }
}

/// `TLS 1.2–1.3`; each by name where SSL is among them.
fn versions_line(versions: &[String]) -> String {
    match versions {
        [only] if !only.starts_with("SSL") => format!("TLS {only}"),
        [first, .., last] if !first.starts_with("SSL") => format!("TLS {first}–{last}"),
        _ => versions.join(", "),
    }
}

fn air_words(words: &Words, air: Option<&OnAir>) -> (String, String, String) {
    let Some(air) = air else {
        let not = words.ui("air-not-observed").to_owned();
        return (not.clone(), String::new(), not);
    };
    if !air.heard {
        let not = words.ui("air-silent").to_owned();
        return (not.clone(), String::new(), not);
    }
    let first = words.ui(if air.connectable { "air-connectable" } else { "air-advertises" }).to_owned();
    let fill = |key: &str| {
        words
            .ui(key)
            .replace("{services}", &air.services.to_string())
            .replace("{characteristics}", &air.characteristics.to_string())
            .replace("{given}", &air.given.to_string())
            .replace("{hidden}", &air.hidden.to_string())
    };
    let all = format!("{first}; {}", fill("air-all"));
    (first, fill("air-short"), all)
}

#[cfg(test)]
mod tests;
