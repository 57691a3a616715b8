//! DHCP for IPv4 (RFC 2131, 2132): one lease for each device of the plan, and no word to anybody else.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::plan::WorldPlan;
use super::records::Records;
use crate::dialer::{BroadcastListener, DialError, Dialer};

const CLIENT: u16 = 68;
const MAGIC: [u8; 4] = [99, 130, 83, 99];
/// A lease, in seconds.
const LEASE_SECONDS: u32 = 3600;

const DISCOVER: u8 = 1;
const OFFER: u8 = 2;
const REQUEST: u8 = 3;
const DECLINE: u8 = 4;
const ACK: u8 = 5;
const NAK: u8 = 6;
const RELEASE: u8 = 7;
const INFORM: u8 = 8;

/// A question of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Kind of message (option 53).
    pub kind: u8,
    /// Number of the exchange.
    pub exchange: [u8; 4],
    /// Flags; the highest bit asks for a broadcast.
    pub flags: [u8; 2],
    /// Address that it has.
    pub has: Ipv4Addr,
    /// Relay that passed it on.
    pub relay: Ipv4Addr,
    /// Hardware address.
    pub mac: [u8; 6],
    /// Address that it asks for (option 50).
    pub wants: Option<Ipv4Addr>,
    /// Server that it speaks to (option 54).
    pub server: Option<Ipv4Addr>,
    /// What it calls itself (option 12).
    pub host_name: Option<String>,
}

/// Reads a question; `None` for anything else.
pub fn read(bytes: &[u8]) -> Option<Question> {
    // A request, Ethernet, with its six octets of hardware address.
    (bytes.get(..3)? == [1, 1, 6] && bytes.get(236..240)? == MAGIC).then_some(())?;
    let four = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(|four: [u8; 4]| four);
    let mut question = Question {
        kind: 0,
        exchange: four(4)?,
        flags: bytes.get(10..12)?.try_into().ok()?,
        has: four(12)?.into(),
        relay: four(24)?.into(),
        mac: bytes.get(28..34)?.try_into().ok()?,
        wants: None,
        server: None,
        host_name: None,
    };
    let mut rest = bytes.get(240..)?;
    while let [code, after @ ..] = rest {
        match code {
            0 => rest = after,
            255 => break,
            code => {
                let [length, after @ ..] = after else { break };
                let (value, next) = after.split_at_checked(usize::from(*length))?;
                let address = || <[u8; 4]>::try_from(value).ok().map(Ipv4Addr::from);
                match code {
                    12 => question.host_name = Some(String::from_utf8_lossy(value).into_owned()),
                    50 => question.wants = address(),
                    53 => question.kind = *value.first()?,
                    54 => question.server = address(),
                    _ => {}
                }
                rest = next;
            }
        }
    }
    (question.kind != 0).then_some(question)
}

/// The answer to a device of the plan; `None` where nothing is to be said.
pub fn answer(question: &Question, plan: &WorldPlan) -> Option<Vec<u8>> {
    let lease = plan.devices.iter().find(|lease| lease.mac == question.mac)?;
    // Relays would carry the answer out of the bench.
    question.relay.is_unspecified().then_some(())?;
    let given = match question.kind {
        DISCOVER => (OFFER, lease.address),
        REQUEST if question.server.is_some_and(|server| server != plan.router) => return None,
        REQUEST => {
            let wants = question.wants.unwrap_or(question.has);
            if wants == lease.address { (ACK, lease.address) } else { (NAK, Ipv4Addr::UNSPECIFIED) }
        }
        INFORM => (ACK, Ipv4Addr::UNSPECIFIED),
        _ => return None,
    };
    Some(message(question, plan, given))
}

fn message(question: &Question, plan: &WorldPlan, (kind, address): (u8, Ipv4Addr)) -> Vec<u8> {
    let mut bytes = vec![2, 1, 6, 0];
    bytes.extend(question.exchange);
    bytes.extend([0, 0]);
    // It is broadcast in any case: nobody has the address yet.
    bytes.extend([question.flags[0] | 0x80, question.flags[1]]);
    bytes.extend(if kind == NAK { [0; 4] } else { question.has.octets() });
    bytes.extend(address.octets());
    bytes.extend([0; 8]);
    bytes.extend(question.mac);
    bytes.resize(236, 0);
    bytes.extend(MAGIC);
    let router = plan.router.octets();
    let mut option = |code: u8, value: &[u8]| {
        bytes.extend([code, value.len() as u8]);
        bytes.extend(value);
    };
    option(53, &[kind]);
    option(54, &router);
    if kind != NAK {
        if question.kind != INFORM {
            option(51, &LEASE_SECONDS.to_be_bytes());
        }
        let mask = u32::MAX.checked_shl(32 - u32::from(plan.prefix.min(32))).unwrap_or(0);
        option(1, &mask.to_be_bytes());
        option(3, &router);
        option(6, &router);
        option(42, &router);
    }
    bytes.push(255);
    // Old clients want at least the size of BOOTP.
    bytes.resize(bytes.len().max(300), 0);
    bytes
}

/// Answers until it is dropped.
pub(super) async fn serve(
    socket: BroadcastListener,
    plan: Arc<WorldPlan>,
    records: Arc<Records>,
    dialer: Arc<Dialer>,
) -> Result<(), DialError> {
    let mut buffer = [0; 2048];
    loop {
        let length = socket.receive(&mut buffer).await?;
        let Some(question) = buffer.get(..length).and_then(read) else { continue };
        if !plan.devices.iter().any(|lease| lease.mac == question.mac) {
            dialer.counters.turned_away.fetch_add(1, Ordering::Relaxed);
            continue;
        }
        records.note("dhcp", &described(&question));
        if let Some(answer) = answer(&question, &plan) {
            // What cannot be sent is asked for again.
            let _ = socket.shout(&answer, CLIENT).await;
        }
    }
}

fn described(question: &Question) -> String {
    let kind = match question.kind {
        DISCOVER => "looks for an address".to_owned(),
        REQUEST => format!("asks for {}", question.wants.unwrap_or(question.has)),
        DECLINE => "declines the address".to_owned(),
        RELEASE => "gives the address back".to_owned(),
        INFORM => "asks for settings".to_owned(),
        other => format!("sends a message of kind {other}"),
    };
    match &question.host_name {
        Some(name) => format!("{kind}, calls itself {name}"),
        None => kind,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::world::router::plan::{Lease, Others};

    const MAC: [u8; 6] = [2, 0, 0, 0, 0, 7];

    fn plan() -> WorldPlan {
        WorldPlan {
            interface: "lan0".into(),
            router: [192, 0, 2, 2].into(),
            prefix: 24,
            bench: [192, 0, 2, 1].into(),
            devices: vec![Lease { mac: MAC, address: [192, 0, 2, 11].into(), address6: None }],
            services: Vec::new(),
            others: Others::Nowhere,
            time_offset_seconds: 0.0,
        }
    }

    fn question(mac: [u8; 6], options: &[u8]) -> Vec<u8> {
        let mut bytes = vec![1, 1, 6, 0, 9, 8, 7, 6];
        bytes.resize(28, 0);
        bytes.extend(mac);
        bytes.resize(236, 0);
        bytes.extend(MAGIC);
        bytes.extend(options);
        bytes.push(255);
        bytes
    }

    fn answered(options: &[u8]) -> Option<Vec<u8>> {
        answer(&read(&question(MAC, options)).expect("a question"), &plan())
    }

    /// Kind and address of an answer.
    fn essence(bytes: &[u8]) -> (u8, Ipv4Addr) {
        (bytes[242], <[u8; 4]>::try_from(&bytes[16..20]).unwrap().into())
    }

    #[test]
    fn a_device_gets_its_address_router_names_and_time() {
        let offer = answered(&[53, 1, DISCOVER, 12, 2, b'h', b'k']).unwrap();
        assert_eq!(essence(&offer), (OFFER, [192, 0, 2, 11].into()));
        assert_eq!(offer[4..8], [9, 8, 7, 6]);
        let ack = answered(&[53, 1, REQUEST, 50, 4, 192, 0, 2, 11, 54, 4, 192, 0, 2, 2]).unwrap();
        assert_eq!(essence(&ack), (ACK, [192, 0, 2, 11].into()));
        for option in
            [[3, 4, 192, 0, 2, 2], [6, 4, 192, 0, 2, 2], [42, 4, 192, 0, 2, 2], [1, 4, 255, 255, 255, 0]]
        {
            assert!(ack.windows(6).any(|part| part == option), "{option:?}");
        }
    }

    #[test]
    fn another_address_is_refused_and_another_server_not_spoken_for() {
        let nak = answered(&[53, 1, REQUEST, 50, 4, 10, 0, 0, 9]).unwrap();
        assert_eq!(essence(&nak), (NAK, Ipv4Addr::UNSPECIFIED));
        assert_eq!(answered(&[53, 1, REQUEST, 50, 4, 192, 0, 2, 11, 54, 4, 10, 0, 0, 1]), None);
        assert_eq!(answered(&[53, 1, RELEASE]), None);
    }

    #[test]
    fn strangers_and_relays_get_no_answer() {
        let stranger = read(&question([2, 0, 0, 0, 0, 8], &[53, 1, DISCOVER])).unwrap();
        assert_eq!(answer(&stranger, &plan()), None);
        let mut relayed = question(MAC, &[53, 1, DISCOVER]);
        relayed[24..28].copy_from_slice(&[10, 0, 0, 1]);
        assert_eq!(answer(&read(&relayed).unwrap(), &plan()), None);
    }

    #[test]
    fn what_is_no_question_is_none() {
        assert_eq!(read(&[]), None);
        assert_eq!(read(&question(MAC, &[])), None, "without a kind");
        assert_eq!(read(&question(MAC, &[53, 1, DISCOVER, 12, 200, b'x'])), None, "an option beyond the end");
        let mut reply = question(MAC, &[53, 1, OFFER]);
        reply[0] = 2;
        assert_eq!(read(&reply), None);
    }

    proptest! {
        #[test]
        fn no_options_make_it_panic(options in proptest::collection::vec(any::<u8>(), 0..300), cut in 0_usize..600) {
            let bytes = question(MAC, &options);
            for bytes in [&bytes[..], &bytes[..cut.min(bytes.len())]] {
                if let Some(question) = read(bytes) && let Some(answer) = answer(&question, &plan()) {
                    prop_assert!(answer.len() >= 300 && answer.len() < 576);
                }
            }
        }
    }
}
