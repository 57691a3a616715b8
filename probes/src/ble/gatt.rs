//! What a device offers, by handle, and the client that asks for it.

use serde::{Deserialize, Serialize};

use super::att::{self, AttError, request};
use super::backend::{BleError, Reply};
use super::host::{Host, OWN_MTU};
use super::l2cap;
use super::octets::Malformed;
use super::uuid::Uuid;

/// Requests of one discovery.
const REQUESTS_AT_MOST: u32 = 4096;
/// Attributes that are kept.
const ATTRIBUTES_AT_MOST: usize = 8192;
/// Anomalies that are kept.
const ANOMALIES_AT_MOST: usize = 32;
/// Services that are kept.
const SERVICES_AT_MOST: usize = 1024;

const PRIMARY: Uuid = Uuid::short(0x2800);
const SECONDARY: Uuid = Uuid::short(0x2801);
const CHARACTERISTIC: Uuid = Uuid::short(0x2803);

/// What a device offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GattTable {
    /// Services by handle; one UUID may come twice.
    pub services: Vec<Service>,
    /// Every attribute that the device lists, in services or not.
    pub attributes: Vec<Attribute>,
    /// Characteristics and attributes outside every service.
    pub outside: Vec<Attribute>,
    /// Whether the device was asked to the end, and all fitted.
    pub complete: bool,
    /// What is wrong with the answers, in words.
    pub anomalies: Vec<String>,
    /// Requests that it took.
    pub requests: u32,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// First handle.
    pub first: u16,
    /// Last handle.
    pub last: u16,
    /// Its type.
    pub uuid: Uuid,
    /// Primary, or included by others only.
    pub primary: bool,
    /// Characteristics by handle.
    pub characteristics: Vec<Characteristic>,
}

/// A characteristic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Characteristic {
    /// Handle of the declaration.
    pub declaration: u16,
    /// Handle of the value.
    pub handle: u16,
    /// Properties, as bits.
    pub properties: u8,
    /// Its type.
    pub uuid: Uuid,
    /// Descriptors by handle.
    pub descriptors: Vec<Attribute>,
}

impl Characteristic {
    /// Properties in words.
    pub fn property_words(&self) -> Vec<&'static str> {
        const WORDS: [&str; 8] = [
            "broadcast",
            "read",
            "write-without-response",
            "write",
            "notify",
            "indicate",
            "signed-write",
            "extended",
        ];
        WORDS
            .iter()
            .enumerate()
            .filter(|(bit, _)| self.properties >> bit & 1 == 1)
            .map(|(_, word)| *word)
            .collect()
    }

    /// Whether it says that it can be read.
    pub fn readable(&self) -> bool {
        self.properties & 0x02 != 0
    }

    /// Handle of its client configuration, if it has one.
    pub fn configuration(&self) -> Option<u16> {
        self.descriptors.iter().find(|one| one.uuid == Uuid::short(0x2902)).map(|one| one.handle)
    }
}

/// An attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Its handle.
    pub handle: u16,
    /// Its type.
    pub uuid: Uuid,
}

impl GattTable {
    /// Every characteristic.
    pub fn characteristics(&self) -> impl Iterator<Item = &Characteristic> {
        self.services.iter().flat_map(|service| &service.characteristics)
    }
}

/// One question, one answer.
///
/// # Errors
/// [`BleError::Malformed`] if the answer cannot be read, [`BleError::Silent`] if there is none.
pub(super) async fn ask(host: &mut Host, question: &[u8]) -> Result<Reply<att::Pdu>, BleError> {
    let opcode = question[0];
    host.forget_answers(l2cap::ATT);
    host.send(l2cap::ATT, question).await?;
    let mut patience = host.patience(host.limits.answer, format!("the {}", att::opcode_name(opcode)));
    loop {
        let answer = host.att_answer(&mut patience).await?;
        match att::Pdu::read(&answer)? {
            att::Pdu::Error { request, error, .. } if request == opcode => return Ok(Reply::Refused(error)),
            pdu if answer.first() == Some(&(opcode + 1)) => return Ok(Reply::Given(pdu)),
            _ => {
                let what = att::opcode_name(answer[0]);
                let question = att::opcode_name(opcode);
                host.link()?.odd(format!("{what} in answer to {question}"));
            }
        }
    }
}

fn other_answer(what: &str) -> BleError {
    Malformed::new("ATT", format!("the answer to {what} is another one")).into()
}

/// Agrees on the longest PDU. A device that does not know how stays at 23 octets, and so does one that is silent.
pub(super) async fn agree_on_mtu(host: &mut Host) -> Result<(), BleError> {
    match ask(host, &request::mtu(OWN_MTU)).await {
        Ok(Reply::Given(att::Pdu::MtuResponse(theirs))) => {
            let link = host.link()?;
            if theirs < att::MTU_AT_FIRST {
                link.odd(format!("an MTU of {theirs} octets, below the least of 23"));
            }
            link.mtu = theirs.clamp(att::MTU_AT_FIRST, OWN_MTU);
            Ok(())
        }
        Ok(_) => Ok(()),
        Err(error @ (BleError::Silent { .. } | BleError::Malformed(_))) => {
            host.link()?.odd(format!("agreement on the MTU: {error}"));
            Ok(())
        }
        Err(other) => Err(other),
    }
}

/// Discovers everything, in as few requests as there can be: one sweep for services of each kind, one for
/// characteristics, one for all attributes.
pub(super) async fn discover(host: &mut Host) -> Result<GattTable, BleError> {
    let mut search = Search { host, table: GattTable { complete: true, ..GattTable::default() } };
    search.services(PRIMARY).await?;
    search.services(SECONDARY).await?;
    search.table.services.sort_by_key(|service| service.first);
    let characteristics = search.characteristics().await?;
    search.attributes().await?;
    let mut table = search.table;
    arrange(&mut table, characteristics);
    Ok(table)
}

struct Search<'a> {
    host: &'a mut Host,
    table: GattTable,
}

impl Search<'_> {
    /// Asks, unless too much was asked already. Nothing at the end of a sweep.
    async fn step(&mut self, question: &[u8], what: &str) -> Result<Option<att::Pdu>, BleError> {
        if self.table.requests == REQUESTS_AT_MOST {
            self.stop(format!("{what}: given up after {REQUESTS_AT_MOST} requests"));
            return Ok(None);
        }
        self.table.requests += 1;
        match ask(self.host, question).await {
            Ok(Reply::Given(pdu)) => Ok(Some(pdu)),
            Ok(Reply::Refused(AttError::ATTRIBUTE_NOT_FOUND)) => Ok(None),
            // Servers without secondary services may say so in this way.
            Ok(Reply::Refused(AttError(0x10))) if what == "secondary services" => Ok(None),
            Ok(Reply::Refused(error)) => {
                self.stop(format!("{what}: {error}"));
                Ok(None)
            }
            Err(BleError::Malformed(malformed)) => {
                self.stop(format!("{what}: {malformed}"));
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    fn stop(&mut self, anomaly: String) {
        // There are four sweeps, so this happens four times at most.
        self.table.complete = false;
        self.table.anomalies.push(anomaly);
    }

    /// Of many anomalies the first are kept.
    fn note(&mut self, anomaly: String) {
        if self.table.anomalies.len() < ANOMALIES_AT_MOST {
            self.table.anomalies.push(anomaly);
        }
    }

    async fn services(&mut self, kind: Uuid) -> Result<(), BleError> {
        let primary = kind == PRIMARY;
        let what = if primary { "primary services" } else { "secondary services" };
        let mut next = 1;
        loop {
            let Some(pdu) = self.step(&request::read_by_group(next, 0xffff, kind), what).await? else {
                return Ok(());
            };
            let att::Pdu::ByGroup(groups) = pdu else { return Err(other_answer(what)) };
            for (first, last, value) in groups {
                let Some(uuid) = Uuid::from_wire(&value) else {
                    self.stop(format!("{what}: a type of {} octets at handle {first:#06x}", value.len()));
                    return Ok(());
                };
                if first < next || last < first {
                    self.stop(format!(
                        "{what}: handles {first:#06x} to {last:#06x} after {next:#06x} was asked for"
                    ));
                    return Ok(());
                }
                if self.table.services.len() == SERVICES_AT_MOST {
                    self.stop(format!("more than {SERVICES_AT_MOST} services"));
                    return Ok(());
                }
                self.table.services.push(Service { first, last, uuid, primary, characteristics: Vec::new() });
                let Some(following) = last.checked_add(1) else { return Ok(()) };
                next = following;
            }
        }
    }

    async fn characteristics(&mut self) -> Result<Vec<Characteristic>, BleError> {
        let what = "characteristics";
        let mut found = Vec::new();
        let mut next = 1;
        loop {
            let Some(pdu) = self.step(&request::read_by_type(next, 0xffff, CHARACTERISTIC), what).await?
            else {
                return Ok(found);
            };
            let att::Pdu::ByType(records) = pdu else { return Err(other_answer(what)) };
            for (declaration, value) in records {
                let parts = value.split_first_chunk::<3>();
                let Some((properties, handle, uuid)) = parts.and_then(|([properties, low, high], uuid)| {
                    Some((*properties, u16::from_le_bytes([*low, *high]), Uuid::from_wire(uuid)?))
                }) else {
                    self.stop(format!("{what}: {} octets at handle {declaration:#06x}", value.len()));
                    return Ok(found);
                };
                if declaration < next {
                    self.stop(format!("{what}: handle {declaration:#06x} after {next:#06x} was asked for"));
                    return Ok(found);
                }
                if found.len() == ATTRIBUTES_AT_MOST {
                    self.stop(format!("more than {ATTRIBUTES_AT_MOST} characteristics"));
                    return Ok(found);
                }
                if handle <= declaration {
                    self.note(format!(
                        "the characteristic at {declaration:#06x} has its value at {handle:#06x}, not behind it"
                    ));
                }
                found.push(Characteristic { declaration, handle, properties, uuid, descriptors: Vec::new() });
                let Some(following) = declaration.checked_add(1) else { return Ok(found) };
                next = following;
            }
        }
    }

    async fn attributes(&mut self) -> Result<(), BleError> {
        let what = "attributes";
        let mut next = 1;
        loop {
            let Some(pdu) = self.step(&request::find_information(next, 0xffff), what).await? else {
                return Ok(());
            };
            let att::Pdu::Information(found) = pdu else { return Err(other_answer(what)) };
            for (handle, uuid) in found {
                if handle < next {
                    self.stop(format!("{what}: handle {handle:#06x} after {next:#06x} was asked for"));
                    return Ok(());
                }
                if self.table.attributes.len() == ATTRIBUTES_AT_MOST {
                    self.stop(format!("more than {ATTRIBUTES_AT_MOST} attributes"));
                    return Ok(());
                }
                self.table.attributes.push(Attribute { handle, uuid });
                let Some(following) = handle.checked_add(1) else { return Ok(()) };
                next = following;
            }
        }
    }
}

/// Puts characteristics into their services, and descriptors to their characteristics.
fn arrange(table: &mut GattTable, characteristics: Vec<Characteristic>) {
    let declares = |uuid: Uuid| uuid.number().is_some_and(|number| (0x2800..=0x2803).contains(&number));
    let mut placed: Vec<u16> = Vec::new();
    for mut characteristic in characteristics {
        let at = characteristic.declaration;
        placed.extend([at, characteristic.handle]);
        let Some(service) = table.services.iter_mut().find(|one| (one.first..=one.last).contains(&at)) else {
            table.outside.push(Attribute { handle: characteristic.handle, uuid: characteristic.uuid });
            continue;
        };
        let behind = table.attributes.iter().skip_while(|one| one.handle <= at.max(characteristic.handle));
        let own = behind.take_while(|one| one.handle <= service.last && !declares(one.uuid));
        characteristic.descriptors = own.copied().collect();
        placed.extend(characteristic.descriptors.iter().map(|one| one.handle));
        service.characteristics.push(characteristic);
    }
    placed.sort_unstable();
    for attribute in &table.attributes {
        let known = declares(attribute.uuid) || placed.binary_search(&attribute.handle).is_ok();
        let inside = table.services.iter().any(|one| (one.first..=one.last).contains(&attribute.handle));
        if !known || !inside {
            table.outside.push(*attribute);
        }
    }
    table.outside.sort_by_key(|one| one.handle);
    table.outside.dedup_by_key(|one| one.handle);
}

pub(super) async fn read(host: &mut Host, handle: u16) -> Result<Reply<Vec<u8>>, BleError> {
    match ask(host, &request::read(handle)).await? {
        Reply::Given(att::Pdu::Value(value)) => Ok(Reply::Given(value)),
        Reply::Given(_) => Err(other_answer("a read")),
        Reply::Refused(error) => Ok(Reply::Refused(error)),
    }
}

pub(super) async fn read_long(host: &mut Host, handle: u16) -> Result<Reply<Vec<u8>>, BleError> {
    let mut value = match read(host, handle).await? {
        Reply::Given(value) => value,
        refused => return Ok(refused),
    };
    let mut full = usize::from(host.link()?.mtu) - 1;
    let mut came = value.len();
    while came >= full && value.len() < att::VALUE_AT_MOST {
        let offset = u16::try_from(value.len()).expect("a value is shorter than 512 octets here");
        match ask(host, &request::read_blob(handle, offset)).await? {
            Reply::Given(att::Pdu::BlobValue(more)) => {
                came = more.len();
                value.extend(more);
            }
            Reply::Given(_) => return Err(other_answer("a blob")),
            // The value ended where the first answer did, or the device refuses the rest.
            Reply::Refused(_) => break,
        }
        full = usize::from(host.link()?.mtu) - 1;
    }
    if value.len() > att::VALUE_AT_MOST {
        let length = value.len();
        host.link()?.odd(format!("a value of {length} octets at handle {handle:#06x}"));
        value.truncate(att::VALUE_AT_MOST);
    }
    Ok(Reply::Given(value))
}

pub(super) async fn write(host: &mut Host, handle: u16, value: &[u8]) -> Result<Reply<()>, BleError> {
    answered(ask(host, &request::write(handle, value)).await?)
}

pub(super) async fn write_long(host: &mut Host, handle: u16, value: &[u8]) -> Result<Reply<()>, BleError> {
    let part = usize::from(host.link()?.mtu) - 5;
    let mut faithful = true;
    for (place, chunk) in value.chunks(part).enumerate() {
        let offset = u16::try_from(place * part)
            .map_err(|_| BleError::Unavailable("a value has 65535 octets at most".to_owned()))?;
        match ask(host, &request::prepare_write(handle, offset, chunk)).await? {
            Reply::Given(att::Pdu::Prepared { handle: at, offset: from, value }) => {
                faithful &= (at, from, &value[..]) == (handle, offset, chunk);
            }
            Reply::Given(_) => return Err(other_answer("a prepared write")),
            Reply::Refused(error) => {
                ask(host, &request::execute_write(false)).await?;
                return Ok(Reply::Refused(error));
            }
        }
        if !faithful {
            break;
        }
    }
    let done = answered(ask(host, &request::execute_write(faithful)).await?)?;
    if faithful { Ok(done) } else { Err(other_answer("a prepared write, given back")) }
}

fn answered(reply: Reply<att::Pdu>) -> Result<Reply<()>, BleError> {
    match reply {
        Reply::Given(att::Pdu::Written | att::Pdu::Executed) => Ok(Reply::Given(())),
        Reply::Given(_) => Err(other_answer("a write")),
        Reply::Refused(error) => Ok(Reply::Refused(error)),
    }
}
