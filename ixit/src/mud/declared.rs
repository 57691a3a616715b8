//! What the declaration says of communication, endpoint by endpoint, in the form that rules and captures are
//! compared with.

use std::net::IpAddr;

use super::Side;
use crate::companion::{Role, Transport};
use crate::declaration::{Declaration, Row};
use crate::located::At;

/// An endpoint of a communication mechanism.
#[derive(Clone, Debug)]
pub struct Communication<'d> {
    /// The row of `com_mech`.
    pub row: &'d Row,
    /// Who calls; `None` where either may.
    pub caller: Option<Side>,
    /// Transport.
    pub transport: Transport,
    /// Port of the side that is called.
    pub port: u16,
    /// Host that the device calls; `*` for whatever address the network gives, `None` where the row names none.
    pub host: Option<&'d str>,
    /// Place of the endpoint.
    pub at: &'d At,
}

/// Every endpoint of the communication mechanisms, rows that were only observed left out.
pub fn declared(declaration: &Declaration) -> Vec<Communication<'_>> {
    let rows = declaration.ixit.rows("com_mech").iter().filter(|row| !row.observed_only);
    rows.flat_map(|row| {
        let role = row.companions.role.as_ref().map(|role| role.value);
        row.companions.endpoint.iter().map(move |endpoint| {
            let host = endpoint.value.host.as_deref();
            let caller = match role {
                Some(Role::Server) => Some(Side::Peer),
                Some(Role::Client) => Some(Side::Device),
                // A host is what the device calls.
                Some(Role::Peer) | None => host.map(|_| Side::Device),
            };
            let endpoint_at = &endpoint.at;
            Communication {
                row,
                caller,
                transport: endpoint.value.transport,
                port: endpoint.value.port,
                host,
                at: endpoint_at,
            }
        })
    })
    .collect()
}

impl Communication<'_> {
    /// Whether it is this one: who called, the transport, the port that was called, and the names and addresses by
    /// which the peer is known.
    pub fn is(
        &self,
        caller: Side,
        transport: Transport,
        port: u16,
        names: &[&str],
        address: Option<IpAddr>,
    ) -> bool {
        self.caller.is_none_or(|declared| declared == caller)
            && self.transport == transport
            && self.port == port
            && (caller == Side::Peer || self.host_is(names, address))
    }

    fn host_is(&self, names: &[&str], address: Option<IpAddr>) -> bool {
        match self.host {
            None | Some("*") => true,
            Some(host) => {
                names.iter().any(|name| same_name(host, name))
                    || host.parse::<IpAddr>().is_ok_and(|host| address == Some(host))
            }
        }
    }
}

/// Whether two host names are the same.
pub(super) fn same_name(one: &str, other: &str) -> bool {
    one.trim_end_matches('.').eq_ignore_ascii_case(other.trim_end_matches('.'))
}
