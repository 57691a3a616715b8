//! The home router's services for the device: names and addresses. What the device and the router say to each other
//! about them is written here for both.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::error::LabError;
use crate::frame::Hardware;
use crate::tasks::Tasks;
use crate::{errands, model, socket};

const A: u16 = 1;
const INTERNET: u16 = 1;
/// Seconds that an answer may be kept.
const KEPT_SECONDS: u32 = 300;

/// What names lead to, as the router answers.
#[derive(Debug)]
pub(crate) struct Names {
    /// Address of the maker's servers.
    pub(crate) world: Ipv4Addr,
    /// Address of the tester, where the bench plays them.
    pub(crate) tester: Ipv4Addr,
    /// Address of hosts that nobody declared, where there are any.
    pub(crate) elsewhere: Option<Ipv4Addr>,
    /// The names of the peers lead to the bench.
    pub(crate) at_bench: AtomicBool,
    /// It answers nothing.
    pub(crate) silent: AtomicBool,
}

impl Names {
    fn address(&self, name: &str) -> Option<Ipv4Addr> {
        match name {
            model::CLOUD_HOST | model::UPDATE_HOST | model::TIME_HOST
                if self.at_bench.load(Ordering::SeqCst) =>
            {
                Some(self.tester)
            }
            model::CLOUD_HOST | model::UPDATE_HOST | model::TIME_HOST | model::MAKER_HOST => Some(self.world),
            other => self.elsewhere.filter(|_| errands::HOSTS.contains(&other)),
        }
    }

    /// The answer to a question; `None` to what is none.
    fn answer(&self, question: &[u8]) -> Option<Vec<u8>> {
        let (name, _) = name_at(question, 12)?;
        answer_to(question, self.address(&name.to_ascii_lowercase()))
    }
}

/// The answer to a question for a name that leads to this address, or to none; `None` to what is no question.
pub(crate) fn answer_to(question: &[u8], found: Option<Ipv4Addr>) -> Option<Vec<u8>> {
    let header = question.get(..12)?;
    if header[2] & 0xF8 != 0 || header[4..6] != [0, 1] {
        return None;
    }
    let (_, end) = name_at(question, 12)?;
    let kind = question.get(end..end + 4)?;
    let status = if found.is_some() { 0x80 } else { 0x83 }; // recursion available; no such name
    let address = found.filter(|_| kind == [0, A as u8, 0, INTERNET as u8]);
    let count = u8::from(address.is_some());
    let mut reply = vec![header[0], header[1], 0x81, status, 0, 1, 0, count, 0, 0, 0, 0];
    reply.extend(&question[12..end + 4]);
    if let Some(address) = address {
        reply.extend([0xC0, 12]); // the name in the question
        reply.extend(kind);
        reply.extend(KEPT_SECONDS.to_be_bytes());
        reply.extend([0, 4]);
        reply.extend(address.octets());
    }
    Some(reply)
}

/// Opens the resolver of the router.
pub(crate) fn open(tasks: &Tasks, port: u16, names: Arc<Names>) -> Result<(), LabError> {
    let address = names.world;
    let failed = |source| LabError::Open { address: (address, port).into(), source };
    let socket = socket::datagrams(address, port).map_err(failed)?;
    let socket = tasks.datagrams(socket).map_err(failed)?;
    tasks.run(async move {
        let mut question = [0; 512];
        loop {
            match socket.recv_from(&mut question).await {
                Ok((length, from)) => {
                    let answer = names.answer(&question[..length]);
                    if let Some(answer) = answer.filter(|_| !names.silent.load(Ordering::SeqCst)) {
                        let _lost = socket.send_to(&answer, from).await;
                    }
                }
                // An earlier answer met a closed port.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    });
    Ok(())
}

/// An address, and how long it may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) address: Ipv4Addr,
    pub(crate) seconds: u32,
}

/// The question for the address of a name.
pub(crate) fn question(id: u16, name: &str) -> Vec<u8> {
    let mut question = id.to_be_bytes().to_vec();
    question.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]); // recursion desired, one question
    for label in name.split('.') {
        question.push(label.len() as u8);
        question.extend(label.as_bytes());
    }
    question.push(0);
    question.extend([0, A as u8, 0, INTERNET as u8]);
    question
}

/// The first address in an answer to the question with that id.
pub(crate) fn address(id: u16, answer: &[u8]) -> Option<Answered> {
    let header = answer.get(..12)?;
    let answers = u16::from_be_bytes([header[6], header[7]]);
    if header[..2] != id.to_be_bytes() || header[2] & 0x80 == 0 || header[3] & 0x0F != 0 {
        return None;
    }
    let (_, end) = name_at(answer, 12)?;
    let mut at = end + 4;
    for _ in 0..answers.min(16) {
        let (_, end) = name_at(answer, at)?;
        let record = answer.get(end..end + 10)?;
        let length = usize::from(u16::from_be_bytes([record[8], record[9]]));
        let data = answer.get(end + 10..end + 10 + length)?;
        if let (true, &[a, b, c, d]) = (record[..4] == [0, A as u8, 0, INTERNET as u8], data) {
            let seconds = u32::from_be_bytes([record[4], record[5], record[6], record[7]]);
            return Some(Answered { address: Ipv4Addr::new(a, b, c, d), seconds });
        }
        at = end + 10 + length;
    }
    None
}

/// The name at a place, and where it ends there; what it refers to is not followed.
fn name_at(message: &[u8], mut at: usize) -> Option<(String, usize)> {
    let mut name = String::new();
    loop {
        let length = usize::from(*message.get(at)?);
        at += 1;
        match length {
            0 => return Some((name, at)),
            0xC0.. => return Some((name, at + 1)),
            64.. => return None,
            _ => {}
        }
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(std::str::from_utf8(message.get(at..at + length)?).ok()?);
        at += length;
        if name.len() > 255 {
            return None;
        }
    }
}

/// A message of DHCP (RFC 2131) of that kind: 1 discover, 2 offer, 3 request, 5 acknowledgement.
pub(crate) fn lease(
    kind: u8,
    transaction: u32,
    hardware: Hardware,
    address: Ipv4Addr,
    router: Ipv4Addr,
) -> Vec<u8> {
    let by_router = kind == 2 || kind == 5;
    let given = if by_router { address } else { Ipv4Addr::UNSPECIFIED };
    let mut message = vec![if by_router { 2 } else { 1 }, 1, 6, 0];
    message.extend(transaction.to_be_bytes());
    message.extend([0; 8]); // seconds, flags, address that the device has
    message.extend(given.octets());
    message.extend([0; 8]); // next server, relay
    message.extend(hardware);
    message.resize(236, 0);
    message.extend([99, 130, 83, 99]);
    message.extend([53, 1, kind]);
    if by_router {
        for (option, octets) in [(54, router), (3, router), (6, router), (1, Ipv4Addr::new(255, 0, 0, 0))] {
            message.extend([option, 4]);
            message.extend(octets.octets());
        }
        message.extend([51, 4]);
        message.extend(86_400u32.to_be_bytes());
    } else {
        message.extend([12, model::MODEL.len() as u8]);
        message.extend(model::MODEL.as_bytes());
        message.extend([55, 3, 1, 3, 6]); // asks for mask, router and resolver
    }
    if kind == 3 {
        message.extend([50, 4]);
        message.extend(address.octets());
    }
    message.push(255);
    message.resize(message.len().max(300), 0);
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names {
            world: Ipv4Addr::new(127, 64, 0, 2),
            tester: Ipv4Addr::new(127, 192, 0, 1),
            elsewhere: None,
            at_bench: AtomicBool::new(false),
            silent: AtomicBool::new(false),
        }
    }

    fn asked(names: &Names, name: &str) -> Option<Ipv4Addr> {
        address(0x1234, &names.answer(&question(0x1234, name)).unwrap()).map(|answered| answered.address)
    }

    #[test]
    fn a_name_leads_to_its_server_and_the_peers_lead_to_the_bench_when_turned() {
        let names = names();
        assert_eq!(asked(&names, model::CLOUD_HOST), Some(names.world));
        assert_eq!(asked(&names, "CLOUD.Hinode.example"), Some(names.world));
        assert_eq!(asked(&names, "nobody.example"), None);
        names.at_bench.store(true, Ordering::SeqCst);
        assert_eq!(asked(&names, model::CLOUD_HOST), Some(names.tester));
        assert_eq!(asked(&names, model::MAKER_HOST), Some(names.world));
    }

    #[test]
    fn messages_cut_short_anywhere_and_answers_to_others_are_left_alone() {
        let names = names();
        let asks = question(7, model::UPDATE_HOST);
        let answer = names.answer(&asks).unwrap();
        for end in 0..asks.len() {
            assert_eq!(names.answer(&asks[..end]), None);
        }
        for end in 0..answer.len() {
            assert_eq!(address(7, &answer[..end]), None);
        }
        assert_eq!(address(8, &answer), None);
        assert_eq!(address(7, &asks), None);
    }
}
