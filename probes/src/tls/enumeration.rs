//! Which suites a server accepts in one version: all are offered, the server picks one, that one is
//! left out, until nothing is picked. Forms of the ClientHello are changed before "not offered" is said.

use crate::probe::tls_server::VersionFacts;
use crate::tls::asker::Asker;
use crate::tls::client_hello::{Extensions, Hello, Version, random};
use crate::tls::exchange::Answered;
use crate::tls::flight::Flight;
use crate::tls::seen::Seen;
use crate::tls::suites::{MODERN, classic, group_name, signature_name, suite_name};

/// Suites in a short list.
const FEW: usize = 20;

/// Shapes left without any answer after which a version is given up as unknown.
const SILENCE_ENOUGH: u32 = 3;

/// Suites that DTLS is spoken with in small devices (RFC 7925).
const SMALL_DEVICES: [u16; 8] = [0xc0a8, 0xc0ae, 0xc0a4, 0x00ae, 0x00a8, 0xc0ac, 0xc037, 0xccab];

/// A form of ClientHello. Servers with a flaw in their parser refuse one form and take another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// For the transcript.
    pub name: &'static str,
    few_suites: bool,
    extensions: Extensions,
    server_name: bool,
    session_id: bool,
    /// Version in the record; 0: the one asked for.
    record_version: u16,
    version_in_list: bool,
}

impl Shape {
    const ALL: Self = Self {
        name: "all",
        few_suites: false,
        extensions: Extensions::Curious,
        server_name: true,
        session_id: false,
        record_version: 0x0301,
        version_in_list: false,
    };
    const FEW: Self = Self {
        name: "few",
        few_suites: true,
        extensions: Extensions::Usual,
        session_id: true,
        record_version: 0,
        ..Self::ALL
    };

    /// The ClientHello of this form.
    pub fn hello(self, asker: &Asker, version: Version, suites: &[u16]) -> Hello {
        let name = asker.asking.name.as_deref().filter(|_| self.server_name);
        let mut hello = Hello::new(version, suites).named(name);
        hello.extensions = self.extensions;
        hello.version_in_list = self.version_in_list;
        hello.compression = !self.few_suites;
        if self.record_version != 0 {
            hello.record_version = self.record_version;
        } else {
            hello.record_version = version.number().min(0x0303);
        }
        if self.session_id {
            hello.session_id = random::<32>().to_vec();
        }
        hello
    }

    /// Its hello has groups and the like.
    pub fn has_extensions(self) -> bool {
        self.extensions != Extensions::None
    }
}

/// The forms tried before "not offered" is written.
pub const SHAPES: [Shape; 6] = [
    Shape::ALL,
    Shape::FEW,
    Shape {
        name: "few, no name",
        server_name: false,
        session_id: false,
        record_version: 0x0301,
        ..Shape::FEW
    },
    Shape {
        name: "all, bare",
        extensions: Extensions::None,
        server_name: false,
        record_version: 0,
        ..Shape::ALL
    },
    Shape {
        name: "few, bare",
        extensions: Extensions::None,
        server_name: false,
        session_id: false,
        record_version: 0x0300,
        ..Shape::FEW
    },
    Shape { name: "few, version in a list", record_version: 0x0301, version_in_list: true, ..Shape::FEW },
];

/// One version of a server.
#[derive(Clone, Debug)]
pub struct Found {
    /// Which.
    pub version: Version,
    /// For the result.
    pub facts: VersionFacts,
    /// Suites in the order in which the server picked them.
    pub picks: Vec<u16>,
    /// First form that was accepted.
    pub shape: Option<Shape>,
    /// What the flights showed.
    pub seen: Seen,
}

/// Asks for all suites of a version.
pub async fn enumerate(asker: &Asker, version: Version) -> Found {
    let mut left = if version == Version::Tls13 { MODERN.to_vec() } else { classic().to_vec() };
    if asker.asking.datagrams {
        // Small devices speak few suites, with a key known before, and read short lists.
        left.sort_by_key(|id| !SMALL_DEVICES.contains(id));
    }
    let facts = VersionFacts { version: version.name().to_owned(), ..VersionFacts::default() };
    let found = Found { version, facts, picks: Vec::new(), shape: None, seen: Seen::default() };
    let mut elimination = Elimination { asker, found, left, tally: Tally::default() };
    elimination.run().await;
    elimination.found
}

/// How the server refused.
#[derive(Default)]
struct Tally {
    /// It named the version as what it refuses.
    version_refused: bool,
    /// It refused the whole list clearly.
    list_refused: bool,
    silent: u32,
    unclear: u32,
    /// It has read a long list.
    long_understood: bool,
    /// Everything was offered in short lists.
    walked: bool,
    stopped: bool,
}

struct Elimination<'a> {
    asker: &'a Asker,
    found: Found,
    left: Vec<u16>,
    tally: Tally,
}

impl Elimination<'_> {
    async fn run(&mut self) {
        for shape in SHAPES {
            let offered = self.found.facts.offered == Some(true);
            let old_only = self.found.version == Version::Tls13
                || self.found.version == Version::Ssl3
                || self.asker.asking.datagrams;
            // Silence in three shapes leaves the question open whatever the others bring.
            if self.tally.stopped || self.tally.silent >= SILENCE_ENOUGH && !offered {
                break;
            }
            // What a long list has settled needs no short ones.
            if shape.version_in_list && (offered || old_only)
                || offered && self.tally.long_understood && shape.few_suites
            {
                continue;
            }
            self.found.facts.shapes_tried += 1;
            self.shape(shape).await;
        }
        let facts = &mut self.found.facts;
        if facts.offered.is_none()
            && (self.tally.version_refused || self.tally.list_refused && self.tally.silent == 0)
        {
            facts.offered = Some(false);
        }
        if facts.offered.is_none() {
            let last = facts.refusal.as_deref().unwrap_or("not asked");
            let label = self.asker.label(self.found.version);
            self.asker.gap(format!("whether {label} is offered is open: {last}"));
        } else if facts.offered == Some(true) && (self.tally.silent > 0 || self.tally.unclear > 0) {
            self.control().await;
        }
    }

    /// Asks with one shape until it is refused; what an earlier shape was not given may come now.
    async fn shape(&mut self, shape: Shape) {
        let mut skipped = 0;
        loop {
            let most = if shape.few_suites { FEW } else { self.left.len() };
            let asked: Vec<u16> = self.left.iter().copied().skip(skipped).take(most).collect();
            if asked.is_empty() {
                // Nothing is left, or the walk through short lists has come to its end.
                self.tally.list_refused = true;
                break;
            }
            let hello = shape.hello(self.asker, self.found.version, &asked);
            let answered = self.asker.hello(shape.name, &hello).await;
            if let Answered::Flight(flight) = &answered {
                if !self.picked(shape, &hello, flight) {
                    break;
                }
                continue;
            }
            self.refused(shape, &answered);
            let go_on = answered.is_clear_refusal()
                || matches!(answered, Answered::Reset) && !self.found.picks.is_empty();
            let walks = shape.few_suites
                && !shape.version_in_list
                && !self.tally.long_understood
                && !self.tally.walked;
            // A server that cannot read long lists is asked for all suites in short ones.
            if !(go_on && walks) || matches!(answered, Answered::Alert(70)) {
                self.tally.list_refused |= answered.is_clear_refusal() && !shape.few_suites;
                break;
            }
            skipped += FEW;
        }
        self.tally.walked |= shape.few_suites;
    }

    /// Whether asking goes on after the server has picked.
    fn picked(&mut self, shape: Shape, hello: &Hello, flight: &Flight) -> bool {
        let found = &mut self.found;
        if flight.version != found.version.number() {
            found.facts.refusal = Some(format!("answered with version {:#06x}", flight.version));
            // A server that does not know the list has taken the number beside it.
            self.tally.version_refused |= !shape.version_in_list;
            return false;
        }
        found.facts.offered = Some(true);
        found.shape = found.shape.or(Some(shape));
        self.tally.long_understood |= !shape.few_suites;
        found.seen.flight(hello, flight);
        note(&mut found.facts, flight);
        let name = suite_name(flight.suite);
        if !found.facts.suites.contains(&name) {
            found.facts.suites.push(name);
            found.picks.push(flight.suite);
        }
        let Some(at) = hello.suites.iter().position(|id| *id == flight.suite) else {
            // A suite that was not asked for: asking on would never end.
            found.facts.refusal = Some(format!("answered with {} unasked", suite_name(flight.suite)));
            return false;
        };
        self.left.retain(|id| *id != hello.suites[at]);
        true
    }

    fn refused(&mut self, shape: Shape, answered: &Answered) {
        let tally = &mut self.tally;
        match answered {
            Answered::Alert(70) => tally.version_refused = true,
            Answered::Silent => tally.silent += 1,
            Answered::Cancelled => tally.stopped = true,
            _ if !answered.is_clear_refusal() => tally.unclear += 1,
            _ => {}
        }
        tally.long_understood |= !shape.few_suites && matches!(answered, Answered::Alert(40 | 70 | 71));
        self.found.facts.refusal = Some(answered.text());
    }

    /// The server ended without a word: does it still take what it took before, or has it gone?
    async fn control(&mut self) {
        let (Some(shape), Some(first)) = (self.found.shape, self.found.picks.first()) else { return };
        let hello = shape.hello(self.asker, self.found.version, &[*first]);
        let answered = self.asker.hello("accepted before, asked again", &hello).await;
        let label = self.asker.label(self.found.version);
        if !matches!(answered, Answered::Flight(_)) {
            self.asker.gap(format!("{label}: what was accepted is no longer answered: {}", answered.text()));
        } else if self.tally.silent > 0 {
            self.asker.gap(format!("{label}: a ClientHello with further suites was left without an answer"));
        }
    }
}

fn note(facts: &mut VersionFacts, flight: &Flight) {
    if let Some(group) = flight.group.map(group_name).filter(|group| !facts.groups.contains(group)) {
        facts.groups.push(group);
    }
    let signature = flight.signature.map(signature_name);
    facts.signatures.extend(signature.filter(|name| !facts.signatures.contains(name)));
    // The smallest prime counts: it is the one an attacker would ask for.
    if let Some(prime) = &flight.prime
        && facts.dh_bits.is_none_or(|bits| prime.bits < bits)
    {
        facts.dh_bits = Some(prime.bits);
        facts.dh_group.clone_from(&prime.name);
    }
}

/// `TLS 1.0`, `SSLv3`.
pub fn label(version: &str) -> String {
    if version.starts_with("SSL") { version.to_owned() } else { format!("TLS {version}") }
}
