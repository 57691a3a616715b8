//! Whether the device is there at all, and by which addresses: ICMP echo, the neighbours that the kernel
//! knows, and the IPv6 addresses of the same hardware address.
//!
//! Addresses that are found are reported. Only the bench file can put them into the scope.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// Ask every node of the link for an echo, so that IPv6 addresses of the device become known.
    #[serde(default = "yes")]
    pub whole_link: bool,
}

fn yes() -> bool {
    true
}

/// Result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostPresence {
    /// Address.
    pub address: IpAddr,
    /// Echoes asked for.
    pub echoes_asked: u32,
    /// Echoes that came. A device may well be there and send none.
    pub echoes_heard: u32,
    /// Fastest echo in milliseconds.
    #[serde(default)]
    pub fastest_ms: Option<f64>,
    /// Hardware address that answers for the address on the tester's link, six pairs of hexadecimal digits.
    #[serde(default)]
    pub hardware_address: Option<String>,
    /// Other addresses of the same hardware address, and those that follow from it.
    pub addresses: Vec<KnownAddress>,
    /// Other hosts of the link that answered: counted, not kept.
    pub others_heard: u32,
}

/// A further address of the device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KnownAddress {
    /// The address.
    pub address: IpAddr,
    /// `seen`: the hardware address answered for it. `derived`: it follows from the hardware address
    /// (RFC 4291, appendix A) and was not seen.
    pub basis: String,
    /// It may be contacted in this run.
    pub in_scope: bool,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "host-presence",
    version: 1,
    summary: "Finds out whether the device is there and by which addresses: ICMP echo, ARP and NDP",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => {
                return trouble(format!("the parameters of the presence cannot be read: {error}"));
            }
        };
        if !context.dialer.scope().devices.contains(&params.address) {
            return trouble(format!("{} is outside the scope of this run; nothing was sent", params.address));
        }
        tokio::select! {
            biased;
            () = context.cancel.cancelled() => {
                findings(Presence::of(params.address).stopped())
            }
            presence = look(&params, &context) => findings(presence),
        }
    })
}

/// What is known so far.
struct Presence {
    seen: HostPresence,
    gaps: Vec<String>,
}

impl Presence {
    fn of(address: IpAddr) -> Self {
        Self {
            seen: HostPresence {
                address,
                echoes_asked: 0,
                echoes_heard: 0,
                fastest_ms: None,
                hardware_address: None,
                addresses: Vec::new(),
                others_heard: 0,
            },
            gaps: Vec::new(),
        }
    }

    fn stopped(mut self) -> Self {
        self.gaps.push("stopped before its end".to_owned());
        self
    }
}

fn findings(presence: Presence) -> Findings {
    let Presence { seen, gaps } = presence;
    let outcome = if gaps.is_empty() { Outcome::Complete } else { Outcome::Partial };
    let trouble = (!gaps.is_empty()).then(|| gaps.join("; "));
    let what = format!("{} echoes of {}, and the table of neighbours", seen.echoes_asked, seen.address);
    Findings {
        outcome,
        effort: Effort {
            attempted: u64::from(seen.echoes_asked) + 1,
            completed: u64::from(seen.echoes_heard) + u64::from(seen.hardware_address.is_some()),
            seconds: 0.0,
            what,
            gaps,
        },
        trouble,
        data: serde_json::to_value(seen).expect("a presence has string keys only"),
    }
}

#[cfg(not(target_os = "linux"))]
async fn look(params: &Params, _context: &ProbeContext) -> Presence {
    let mut presence = Presence::of(params.address);
    presence.gaps.push("neighbours and echoes are looked at on Linux only".to_owned());
    presence
}

#[cfg(target_os = "linux")]
async fn look(params: &Params, context: &ProbeContext) -> Presence {
    use std::time::{Duration, Instant};

    use crate::linux::neighbours;
    use crate::udp::Asking;

    /// Echoes asked for.
    const ECHOES: u16 = 3;
    /// Wait for one of them.
    const WAIT: Duration = Duration::from_millis(700);
    /// Wait for the echoes of a whole link.
    const LINK: Duration = Duration::from_millis(1200);
    /// Most echoes of a link that are counted.
    const COUNTED_AT_MOST: u32 = 1000;

    let address = params.address;
    let mut presence = Presence::of(address);
    let content = Asking::new((address, 0).into(), (address, 0).into()).bytes::<16>();
    match context.dialer.echo(address).await {
        Err(error) => presence.gaps.push(format!("no echo could be asked for: {error}")),
        Ok(line) => {
            for number in 1..=ECHOES {
                presence.seen.echoes_asked += 1;
                let begun = Instant::now();
                if let Err(error) = line.ask(number, &content).await {
                    presence.gaps.push(format!("an echo could not be asked for: {error}"));
                    break;
                }
                if let Ok(Some(from)) = line.answered(&content, begun + WAIT).await
                    && from == address
                {
                    presence.seen.echoes_heard += 1;
                    let took = (begun.elapsed().as_secs_f64() * 100_000.0).round() / 100.0;
                    let fastest = presence.seen.fastest_ms.get_or_insert(took);
                    *fastest = fastest.min(took);
                }
            }
        }
    }
    if address.is_loopback() {
        return presence;
    }
    let table = match neighbours() {
        Ok(table) => table,
        Err(error) => {
            presence.gaps.push(format!("the table of neighbours could not be read: {error}"));
            return presence;
        }
    };
    let Some(own) = table.iter().find(|known| known.address == address).cloned() else {
        presence.gaps.push(
            "the device is no neighbour on the tester's link, or did not answer there: its hardware address is not known"
                .to_owned(),
        );
        return presence;
    };
    presence.seen.hardware_address = Some(written(own.hardware_address));
    if params.whole_link {
        match context.dialer.echo_of_link(address, own.interface).await {
            Err(error) => presence.gaps.push(format!("the link could not be asked for echoes: {error}")),
            Ok(line) => {
                if let Err(error) = line.ask(1, &content).await {
                    presence.gaps.push(format!("the link could not be asked for echoes: {error}"));
                }
                let until = Instant::now() + LINK;
                let mut heard = 0;
                while let Ok(Some(_)) = line.answered(&content, until).await
                    && heard < COUNTED_AT_MOST
                {
                    heard += 1;
                }
                presence.seen.others_heard = heard;
            }
        }
    }
    let devices = &context.dialer.scope().devices;
    let same = neighbours().unwrap_or(table);
    let same = same.into_iter().filter(|known| {
        known.hardware_address == own.hardware_address
            && known.interface == own.interface
            && known.address != address
    });
    for known in same {
        let in_scope = devices.contains(&known.address);
        presence.seen.addresses.push(KnownAddress {
            address: known.address,
            basis: "seen".to_owned(),
            in_scope,
        });
    }
    let seen = presence.seen.addresses.iter().filter(|known| known.address.is_ipv6()).count() as u32;
    presence.seen.others_heard = presence.seen.others_heard.saturating_sub(seen.min(1));
    let derived = IpAddr::V6(link_local(own.hardware_address));
    if derived != address && presence.seen.addresses.iter().all(|known| known.address != derived) {
        let in_scope = devices.contains(&derived);
        presence.seen.addresses.push(KnownAddress {
            address: derived,
            basis: "derived".to_owned(),
            in_scope,
        });
    }
    presence
}

/// The link-local address that follows from a hardware address.
fn link_local(hardware_address: [u8; 6]) -> Ipv6Addr {
    let [a, b, c, d, e, f] = hardware_address;
    Ipv6Addr::from([0xfe, 0x80, 0, 0, 0, 0, 0, 0, a ^ 2, b, c, 0xff, 0xfe, d, e, f])
}

fn written(hardware_address: [u8; 6]) -> String {
    hardware_address.map(|byte| format!("{byte:02x}")).join(":")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialer::{DialLimits, Dialer, Scope};

    async fn presence(device: IpAddr, scope: Scope) -> (Findings, Option<HostPresence>) {
        let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
        let params = serde_json::json!({ "address": device });
        let findings = observe(params, context).await;
        let seen = serde_json::from_value(findings.data.clone()).ok();
        (findings, seen)
    }

    #[test]
    fn a_link_local_address_follows_from_the_hardware_address() {
        let address = link_local([0x02, 0x00, 0x5e, 0x00, 0x53, 0x09]);
        assert_eq!(address.to_string(), "fe80::5eff:fe00:5309");
        assert_eq!(written([2, 0, 0x5e, 0, 0x53, 9]), "02:00:5e:00:53:09");
    }

    #[tokio::test]
    async fn an_echo_comes_or_it_is_said_that_none_could_be_asked_for() {
        let device = IpAddr::from([127, 73, 5, 1]);
        let scope = Scope { devices: vec![device], ..Scope::default() };
        let (findings, seen) = presence(device, scope).await;
        let seen = seen.expect("a presence");
        match findings.outcome {
            Outcome::Complete => assert_eq!((seen.echoes_asked, seen.echoes_heard), (3, 3)),
            // Neither privileges nor permission.
            _ => assert!(findings.trouble.expect("a reason").contains("no echo could be asked for")),
        }
        assert_eq!(seen.hardware_address, None, "loopback has no neighbours");
    }

    #[tokio::test]
    async fn nobody_outside_the_scope_is_asked() {
        let (findings, seen) = presence(IpAddr::from([127, 73, 5, 2]), Scope::default()).await;
        assert_eq!(findings.outcome, Outcome::ToolTrouble);
        assert!(seen.is_none());
    }
}
