//! What probes are told of a declaration: ports, names, paths, services.

use std::collections::BTreeSet;

use ixit::companion::Transport;
use ixit::{Declaration, TableContent};

/// TCP ports at which the device listens by its declaration.
pub(in crate::engine) fn declared_tcp_ports(declaration: &Declaration) -> BTreeSet<u16> {
    let mut ports = BTreeSet::new();
    for row in rows(declaration) {
        for endpoint in &row.companions.endpoint {
            // An endpoint with a host is the peer's.
            if endpoint.value.transport == Transport::Tcp && endpoint.value.host.is_none() {
                ports.insert(endpoint.value.port);
            }
        }
        if let Some(login) = &row.companions.login {
            ports.insert(login.value.port);
        }
    }
    ports.extend(declaration.ics.dut.identity.as_ref().map(|source| source.port));
    ports.remove(&0);
    ports
}

/// Names by which clients reach a TCP port of the device, by its declaration.
pub(super) fn declared_names(declaration: &Declaration, port: Option<u16>) -> BTreeSet<String> {
    let endpoints =
        rows(declaration).flat_map(|row| &row.companions.endpoint).map(|endpoint| &endpoint.value);
    endpoints
        .filter(|endpoint| endpoint.transport == Transport::Tcp && endpoint.host.is_none())
        .filter(|endpoint| Some(endpoint.port) == port)
        .flat_map(|endpoint| endpoint.names.iter().cloned())
        .collect()
}

/// Paths of the declared web logins and of what they protect. They are asked at every web server: a login
/// that also answers at another port is not the declared one.
pub(super) fn declared_login_paths(declaration: &Declaration) -> BTreeSet<String> {
    let logins = rows(declaration).filter_map(|row| row.companions.login.as_ref());
    logins.flat_map(|login| [login.value.path.clone(), login.value.protected.clone()]).collect()
}

/// Declared UDP services that do not lie at their usual port. One whose protocol has no name here is asked in
/// every protocol.
pub(super) fn unusual_udp_services(declaration: &Declaration) -> BTreeSet<(u16, String)> {
    let usual = probes::udp::usual();
    let mut services = BTreeSet::new();
    for endpoint in rows(declaration).flat_map(|row| &row.companions.endpoint) {
        let endpoint = &endpoint.value;
        if endpoint.transport != Transport::Udp || endpoint.host.is_some() {
            continue;
        }
        let name = endpoint.application.as_deref().filter(|name| probes::udp::service(name).is_some());
        if !name.is_some_and(|name| usual.contains(&(endpoint.port, name))) {
            services.insert((endpoint.port, name.unwrap_or("any").to_owned()));
        }
    }
    services
}

fn rows(declaration: &Declaration) -> impl Iterator<Item = &ixit::Row> {
    declaration.ixit.tables.values().flat_map(|content| match content {
        TableContent::Rows(rows) => rows.as_slice(),
        _ => &[],
    })
}
