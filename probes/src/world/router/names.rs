//! The resolver of the bench: names of services lead to them, everything else nowhere or to one place. Every
//! question is noted.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, Metadata, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::A;
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::plan::{Others, Switches, WorldPlan};
use super::records::Records;
use crate::dialer::{DatagramListener, DialError, Listener};

/// Seconds that an answer may be kept: a switch of the names shows soon.
const TTL: u32 = 2;
/// Connections under way at once.
const MOST_CONNECTIONS: usize = 16;
/// How long a connection may be silent.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers questions.
#[derive(Clone, Debug)]
pub struct Resolver {
    plan: Arc<WorldPlan>,
    switches: watch::Receiver<Switches>,
    records: Arc<Records>,
}

impl Resolver {
    /// A resolver for the names of the plan.
    pub fn new(plan: Arc<WorldPlan>, switches: watch::Receiver<Switches>, records: Arc<Records>) -> Self {
        Self { plan, switches, records }
    }

    /// The answer to a question of `from`; `None` where nothing is said: the names are switched off, or it is no
    /// question.
    pub fn answer(&self, bytes: &[u8], from: IpAddr) -> Option<Vec<u8>> {
        let switches = *self.switches.borrow();
        let question = Message::from_vec(bytes).ok()?;
        (question.metadata.message_type == MessageType::Query).then_some(())?;
        let mut answer = Message::response(question.metadata.id, question.metadata.op_code);
        answer.metadata = Metadata::response_from_request(&question.metadata);
        answer.metadata.recursion_available = true;
        match question.queries.as_slice() {
            [query] if question.metadata.op_code == OpCode::Query => {
                answer.add_query(query.clone());
                let (code, address) = self.look_up(query, switches);
                answer.metadata.response_code = code;
                if let Some(address) = address {
                    answer.add_answer(Record::from_rdata(query.name().clone(), TTL, RData::A(A(address))));
                }
                let told = match (switches.names, address, code) {
                    (false, ..) => "not answered: the names are switched off".to_owned(),
                    (true, Some(address), _) => address.to_string(),
                    (true, None, code) => code.to_string(),
                };
                let name = query.name().to_ascii();
                self.records.note("names", &format!("{from} asks {} {name}: {told}", query.query_type()));
            }
            _ => answer.metadata.response_code = ResponseCode::NotImp,
        }
        if !switches.names {
            return None;
        }
        answer.to_vec().ok()
    }

    fn look_up(&self, query: &Query, switches: Switches) -> (ResponseCode, Option<Ipv4Addr>) {
        let known = self.plan.services.iter().find(|service| is(query.name(), &service.name));
        let leads_to = match (known, self.plan.others) {
            (Some(_), _) if switches.names_lead_to_bench => self.plan.bench,
            (Some(service), _) => service.address,
            (None, Others::To(address)) => address,
            (None, Others::Nowhere) => return (ResponseCode::NXDomain, None),
        };
        // A name that has an IPv4 address only: other kinds of record are empty, which is not the same as no name.
        let wanted = matches!(query.query_type(), RecordType::A | RecordType::ANY);
        let wanted = wanted && query.query_class() == DNSClass::IN;
        (ResponseCode::NoError, wanted.then_some(leads_to))
    }
}

fn is(name: &Name, host: &str) -> bool {
    name.to_ascii().trim_end_matches('.').eq_ignore_ascii_case(host.trim_end_matches('.'))
}

/// Answers datagrams until it is dropped.
pub(super) async fn serve_datagrams(socket: DatagramListener, resolver: Resolver) -> Result<(), DialError> {
    let mut buffer = vec![0; 4096];
    loop {
        let (length, from) = socket.receive(&mut buffer).await?;
        if let Some(answer) = buffer.get(..length).and_then(|asked| resolver.answer(asked, from.ip())) {
            // What cannot be sent is asked for again.
            let _ = socket.answer(&answer, from).await;
        }
    }
}

/// Answers over TCP until it is dropped.
pub(super) async fn serve_connections(listener: Listener, resolver: Resolver) -> Result<(), DialError> {
    let mut connections = JoinSet::new();
    loop {
        let stream = listener.accept().await?;
        while connections.try_join_next().is_some() {}
        if connections.len() < MOST_CONNECTIONS
            && let Ok(from) = stream.peer_addr()
        {
            let resolver = resolver.clone();
            connections
                .spawn(async move { tokio::time::timeout(PATIENCE, talk(stream, from, resolver)).await });
        }
    }
}

/// Each message has its length before it (RFC 1035, 4.2.2).
async fn talk(mut stream: TcpStream, from: SocketAddr, resolver: Resolver) -> std::io::Result<()> {
    loop {
        let mut question = vec![0; usize::from(stream.read_u16().await?)];
        stream.read_exact(&mut question).await?;
        let Some(answer) = resolver.answer(&question, from.ip()) else { return Ok(()) };
        let Ok(length) = u16::try_from(answer.len()) else { return Ok(()) };
        stream.write_all(&[&length.to_be_bytes()[..], &answer].concat()).await?;
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;
    use std::sync::Mutex;

    use proptest::prelude::*;

    use super::*;
    use crate::world::router::plan::{Kind, Service};

    const FROM: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 11));

    fn resolver() -> (Resolver, watch::Sender<Switches>, Arc<Mutex<Vec<String>>>) {
        let plan = WorldPlan {
            interface: "lan0".into(),
            router: [192, 0, 2, 2].into(),
            prefix: 24,
            bench: [192, 0, 2, 1].into(),
            devices: Vec::new(),
            services: vec![Service {
                name: "cloud.example".into(),
                address: [198, 51, 100, 10].into(),
                port: 443,
                kind: Kind::Https,
            }],
            others: Others::Nowhere,
            time_offset_seconds: 0.0,
        };
        let (switch, switches) = watch::channel(Switches::default());
        let noted: Arc<Mutex<Vec<String>>> = Arc::default();
        let keep = Arc::clone(&noted);
        let records = Records::new(move |happening| keep.lock().unwrap().push(happening.what.clone()));
        (Resolver::new(Arc::new(plan), switches, Arc::new(records)), switch, noted)
    }

    fn question(name: &str, kind: RecordType) -> Vec<u8> {
        let mut message = Message::new(77, MessageType::Query, OpCode::Query);
        message.add_query(Query::query(Name::from_str(name).unwrap(), kind));
        message.to_vec().unwrap()
    }

    fn told(resolver: &Resolver, name: &str, kind: RecordType) -> (ResponseCode, Vec<String>) {
        let answer = resolver.answer(&question(name, kind), FROM).expect("an answer");
        let answer = Message::from_vec(&answer).unwrap();
        assert_eq!(answer.metadata.id, 77);
        let addresses = answer.answers.iter().map(|record| record.data.to_string()).collect();
        (answer.metadata.response_code, addresses)
    }

    #[test]
    fn services_have_addresses_and_other_names_do_not_exist() {
        let (resolver, _switch, noted) = resolver();
        let good = (ResponseCode::NoError, vec!["198.51.100.10".to_owned()]);
        assert_eq!(told(&resolver, "Cloud.Example.", RecordType::A), good);
        assert_eq!(told(&resolver, "cloud.example.", RecordType::AAAA), (ResponseCode::NoError, vec![]));
        assert_eq!(told(&resolver, "tracker.example.", RecordType::A), (ResponseCode::NXDomain, vec![]));
        let noted = noted.lock().unwrap();
        assert!(noted[2].contains("192.0.2.11 asks A tracker.example.: "), "{noted:?}");
    }

    #[test]
    fn names_lead_to_the_bench_or_nowhere_when_they_are_switched() {
        let (resolver, switch, noted) = resolver();
        switch.send_replace(Switches { names_lead_to_bench: true, ..Switches::default() });
        assert_eq!(told(&resolver, "cloud.example.", RecordType::A).1, ["192.0.2.1"]);
        switch.send_replace(Switches { names: false, ..Switches::default() });
        assert_eq!(resolver.answer(&question("cloud.example.", RecordType::A), FROM), None);
        assert!(noted.lock().unwrap()[1].contains("switched off"));
    }

    #[test]
    fn an_answer_and_a_bundle_of_questions_are_not_looked_up() {
        let (resolver, _switch, _) = resolver();
        let own = resolver.answer(&question("cloud.example.", RecordType::A), FROM).unwrap();
        assert_eq!(resolver.answer(&own, FROM), None);
        let mut two = Message::new(1, MessageType::Query, OpCode::Query);
        for name in ["a.example.", "b.example."] {
            two.add_query(Query::query(Name::from_str(name).unwrap(), RecordType::A));
        }
        let answer = Message::from_vec(&resolver.answer(&two.to_vec().unwrap(), FROM).unwrap()).unwrap();
        assert_eq!(answer.metadata.response_code, ResponseCode::NotImp);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), at in 0_usize..40, by: u8) {
            let (resolver, _switch, _) = resolver();
            resolver.answer(&bytes, FROM);
            let mut bent = question("cloud.example.", RecordType::A);
            if let Some(octet) = bent.get_mut(at) {
                *octet = by;
            }
            resolver.answer(&bent, FROM);
        }
    }
}
