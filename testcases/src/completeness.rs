//! Whether everything found over the network is declared: the comparison that the search for undeclared
//! interfaces (5.6-1) and for undeclared communication mechanisms (5.5-5) have in common.

use ixit::companion::{Role, Transport};
use ixit::{Blame, Row};
use probes::probe::identify::ServiceIdentity;
use probes::probe::udp_services::UdpState;

use crate::bluetooth::offered;
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::inventory::{self, Inventory, OpenPort};
use crate::judge::{ItemResult, RestsOn};
use crate::reason::Reason;
use crate::selection::{self, Emptiness};
use crate::verdict::Verdict;

/// What the findings are compared with, and how the results are named.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    /// Table whose rows declare endpoints.
    pub table: &'static str,
    /// Code of a finding that no row declares.
    pub undeclared: &'static str,
    /// Code of a complete search without such a finding.
    pub all_declared: &'static str,
}

/// An endpoint at which the device answers, as a row declares it.
struct Declared<'a> {
    row: &'a Row,
    transport: Transport,
    port: u16,
    application: Option<&'a str>,
}

/// Compares what every state of every sample showed with the declaration. A finding that is not declared
/// fails; only a complete search without one passes; what is offered over Bluetooth LE is compared too, and other radio is left to the lab.
pub fn everything_found_is_declared(
    facts: &Facts<'_>,
    unit: &Unit,
    comparison: &Comparison,
) -> Vec<ItemResult> {
    everything_found_is_declared_in(facts, unit, comparison, &[])
}

/// The same where rows of `further` tables declare endpoints too.
pub fn everything_found_is_declared_in(
    facts: &Facts<'_>,
    unit: &Unit,
    comparison: &Comparison,
    further: &[&'static str],
) -> Vec<ItemResult> {
    let table = selection::rows(facts.declaration, comparison.table, None);
    let others = further.iter().flat_map(|table| facts.declaration.ixit.rows(table));
    // What is declared to be off declares nothing that may answer.
    let others = others.filter(|row| row.text("status") != Some("disabled"));
    let rows: Vec<&Row> = table.items.iter().map(|item| item.row).chain(others).collect();
    let rows: Vec<&Row> = rows.into_iter().filter(|row| !row.observed_only).collect();
    let declared = declared(&rows);
    // A supplier who gives no endpoint at all may have written all of it in prose.
    let prose_only = declared.is_empty() && !rows.is_empty();
    let mut results = Vec::new();
    for inventory in inventory::inventories(facts, &inventory::required_states(facts, unit)) {
        let search = Search { comparison, declared: &declared, prose_only, inventory: &inventory };
        let mut disagreements = inventory::disagreements(facts, &inventory);
        disagreements.extend(inventory::unsearched_addresses(facts, &inventory));
        disagreements.extend(inventory::link_not_searched(facts, &inventory));
        results.extend(search.results(unit, &table.emptiness, disagreements));
    }
    results.extend(offered::offered_is_declared(facts, unit, comparison.table));
    results
}

struct Search<'s, 'a> {
    comparison: &'s Comparison,
    declared: &'s [Declared<'a>],
    prose_only: bool,
    inventory: &'s Inventory<'a>,
}

impl Search<'_, '_> {
    fn results(&self, unit: &Unit, emptiness: &Emptiness, disagreements: Vec<ItemResult>) -> Vec<ItemResult> {
        let mut results = disagreements;
        results.extend(self.inventory.ports.iter().filter_map(|port| self.port(port)));
        results.extend(self.services());
        if let Some(shortfall) = self.inventory.shortfall_of_search(inventory::minimum_ports(unit)) {
            results.push(shortfall.result("-"));
        } else if results.is_empty() {
            results.push(match emptiness {
                Emptiness::NothingSaid { table } => ItemResult::machine(
                    "-",
                    Verdict::Inconclusive,
                    RestsOn::Declared,
                    Reason::new("table-not-stated").with("table", table),
                )
                .blame(Blame::Documentation),
                _ => self.nothing_undeclared(),
            });
        }
        results.into_iter().map(|result| self.inventory.place(result)).collect()
    }

    fn nothing_undeclared(&self) -> ItemResult {
        let inventory = self.inventory;
        let answered = inventory.services.iter().filter(|asked| asked.answered());
        let found: Vec<String> =
            inventory.ports.iter().map(OpenPort::item).chain(answered.map(|asked| asked.item())).collect();
        let mut result = ItemResult::machine(
            "-",
            Verdict::Pass,
            RestsOn::Observed,
            self.reason(self.comparison.all_declared)
                .with("found", listed(&found))
                .with("foreign", inventory.foreign().len()),
        );
        result.evidence = inventory.evidence();
        result.effort = Some(inventory.effort());
        result
    }

    fn port(&self, port: &OpenPort<'_>) -> Option<ItemResult> {
        let mut here = self
            .declared
            .iter()
            .filter(|declared| declared.transport == Transport::Tcp && declared.port == port.port)
            .peekable();
        if here.peek().is_none() {
            if port.application() == "unknown" && self.inventory.all_ports_look_alike() {
                return Some(looks_like_every_port(port));
            }
            return Some(self.undeclared(port));
        }
        let (seen, identity) = port.identity.as_ref()?;
        let differing: Vec<&Declared<'_>> = here.collect();
        if !differing.iter().all(|declared| differs(declared.application, identity)) {
            return None;
        }
        let names: Vec<String> =
            differing.iter().filter_map(|declared| declared.application.map(str::to_owned)).collect();
        let row = differing[0].row;
        Some(
            ItemResult::machine(
                &port.item(),
                Verdict::Fail,
                RestsOn::Observed,
                Reason::new("service-differs-from-declaration")
                    .with("item", port.item())
                    .with("row", &row.id)
                    .with("declared", names.join(", "))
                    .with("found", port.description())
                    .expected_by(row.reference(self.comparison.table, "endpoint")),
            )
            .blame(Blame::DeviceOrDocumentation)
            .evidence(seen.at(port.item()))
            .effort(&seen.observation.effort),
        )
    }

    fn undeclared(&self, port: &OpenPort<'_>) -> ItemResult {
        let mut result = self.finding(&port.item(), &port.description());
        result.evidence = port.evidence();
        result.effort = Some(port.sweep.observation.effort.clone());
        result
    }

    /// Services that answered without being declared, and those of which nobody knows.
    fn services(&self) -> Vec<ItemResult> {
        let mut ports: Vec<u16> = self.inventory.services.iter().map(|asked| asked.service.port).collect();
        ports.dedup();
        let undeclared = ports.into_iter().filter(|port| {
            !self.declared.iter().any(|known| known.transport == Transport::Udp && known.port == *port)
        });
        undeclared
            .filter_map(|port| self.inventory.udp(port))
            .filter_map(|asked| match asked.service.state {
                UdpState::Refused => None,
                UdpState::Answered => Some(
                    self.finding(&asked.item(), &asked.service.service)
                        .evidence(asked.seen.at(asked.item()))
                        .effort(&asked.seen.observation.effort),
                ),
                UdpState::Silent => Some(
                    ItemResult::machine(
                        &asked.item(),
                        Verdict::Inconclusive,
                        RestsOn::Observed,
                        Reason::new("udp-silent")
                            .with("item", asked.item())
                            .with("service", &asked.service.service)
                            .with("sent", asked.service.sent),
                    )
                    .blame(Blame::Lab)
                    .evidence(asked.seen.at(asked.item()))
                    .effort(&asked.seen.observation.effort),
                ),
            })
            .collect()
    }

    /// A finding that no endpoint declares.
    fn finding(&self, item: &str, found: &str) -> ItemResult {
        if self.prose_only {
            return ItemResult::machine(
                item,
                Verdict::Inconclusive,
                RestsOn::Observed,
                self.reason("perhaps-declared-in-prose").with("item", item).with("found", found),
            )
            .blame(Blame::Documentation);
        }
        ItemResult::machine(
            item,
            Verdict::Fail,
            RestsOn::Observed,
            self.reason(self.comparison.undeclared).with("item", item).with("found", found),
        )
        .blame(Blame::DeviceOrDocumentation)
    }

    fn reason(&self, code: &str) -> Reason {
        let mut names: Vec<String> = Vec::new();
        for declared in self.declared {
            let name = format!("{}/{}", declared.transport.as_str(), declared.port);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let table = self.comparison.table;
        let file = self.declared.first().map_or("ixit.toml", |declared| &declared.row.at.file);
        Reason::new(code)
            .with("declared", listed(&names))
            .with("table", table)
            .with("state", self.inventory.state.as_str())
            .expected_by(format!("declaration:{file}#{table}"))
    }
}

/// A port that takes connections as every other does, with nothing behind it that answers: the device may hold
/// its callers, or something between tester and device takes the connections.
fn looks_like_every_port(port: &OpenPort<'_>) -> ItemResult {
    let reason = Reason::new("all-ports-look-alike").with("item", port.item());
    let mut result =
        ItemResult::machine(&port.item(), Verdict::Inconclusive, RestsOn::Observed, reason).blame(Blame::Lab);
    result.evidence = port.evidence();
    result.effort = Some(port.sweep.observation.effort.clone());
    result
}

/// Endpoints at which the device answers. Endpoints of a client are those of its peer.
fn declared<'a>(rows: &[&'a Row]) -> Vec<Declared<'a>> {
    rows.iter()
        .filter(|row| row.companions.role.as_ref().is_none_or(|role| role.value != Role::Client))
        .flat_map(|row| row.companions.endpoint.iter().map(move |endpoint| (*row, &endpoint.value)))
        .filter(|(_, endpoint)| endpoint.host.is_none())
        .map(|(row, endpoint)| Declared {
            row,
            transport: endpoint.transport,
            port: endpoint.port,
            application: endpoint.application.as_deref(),
        })
        .collect()
}

/// Whether what answers is another application than declared. Only names known to the identification
/// are compared: what nobody recognized contradicts nothing.
fn differs(declared: Option<&str>, identity: &ServiceIdentity) -> bool {
    const KNOWN: &[&str] = &["http", "telnet", "ssh", "ftp", "mqtt", "rtsp", "smtp"];
    let Some(declared) = declared else { return false };
    let declared = declared.to_lowercase();
    let found = identity.application.to_lowercase();
    let (declared, declared_tls) = plain_name(&declared);
    let (found, found_tls) = plain_name(&found);
    if !KNOWN.contains(&declared) || !KNOWN.contains(&found) {
        return false;
    }
    declared != found || declared_tls != (found_tls || identity.tls)
}

/// `https` → `http` inside TLS.
fn plain_name(name: &str) -> (&str, bool) {
    match name {
        "https" | "mqtts" | "ftps" | "rtsps" | "smtps" => (&name[..name.len() - 1], true),
        _ => (name, false),
    }
}

/// Interfaces over the air, which a search over IP does not reach.
pub(crate) fn unscanned_radio(facts: &Facts<'_>, table: &'static str) -> Vec<ItemResult> {
    let air = |row: &&Row| {
        row.companions.is_air.as_ref().is_some_and(|air| air.value) || !row.companions.gatt.is_empty()
    };
    let mut tables = vec!["intf"];
    if table != "intf" {
        tables.push(table);
    }
    tables
        .into_iter()
        .flat_map(|table| facts.declaration.ixit.rows(table).iter().filter(air).map(move |row| (table, row)))
        .map(|(table, row)| radio_not_scanned(table, row))
        .collect()
}

/// The result of a row over the air.
pub fn radio_not_scanned(table: &str, row: &Row) -> ItemResult {
    let field = if row.companions.gatt.is_empty() { "is_air" } else { "gatt" };
    ItemResult::machine(
        &row.id,
        Verdict::Inconclusive,
        RestsOn::Observed,
        Reason::new("radio-not-scanned").with("row", &row.id),
    )
    .blame(Blame::Lab)
    .declared(row.reference(table, field))
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
