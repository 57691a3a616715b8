//! An instance of the simulated device with its maker's world, from start to stop.

use std::hash::{BuildHasher, RandomState};
use std::net::Ipv4Addr;
use std::net::SocketAddrV4;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, OnceLock};

use tokio::runtime::Runtime;
use tokio::sync::Notify;

use crate::behaviour::{Behaviour, Errands};
use crate::ble::BleBench;
use crate::calling::{Peer, Peers};
use crate::certificate::{self, Maker};
use crate::clock::{self, Clock};
use crate::declaration::{self, Values};
use crate::device::Device;
use crate::error::LabError;
use crate::fault::{Apply, Fault, Folder};
use crate::foreign::foreign_listeners;
use crate::names::{self, Names};
use crate::network::Network;
use crate::power::Power;
use crate::secrets::Secrets;
use crate::socket::{self, Claim};
use crate::software::Software;
use crate::spec::{Ports, Spec};
use crate::state::{Stage, State};
use crate::tap::TapFrame;
use crate::tasks::Tasks;
use crate::update::Publisher;
use crate::{errands, model, world};

mod actions;
mod bluetooth;

pub use actions::ACTIONS;
#[cfg(test)]
pub(crate) use bluetooth::WIFI;

/// Tries until a free address is found.
const TRIES: u32 = 64;

/// A running instance. It has a thread of its own, which sleeps while nobody asks anything; dropping
/// it is stopping it.
#[derive(Debug)]
pub struct Instance {
    spec: Spec,
    faults: Vec<&'static Fault>,
    device: Arc<Device>,
    bluetooth: BleBench,
    values: Values,
    names: Arc<Names>,
    power: Arc<Power>,
    /// The second sample: another unit of the same production, always in factory default.
    _second: Arc<Device>,
    world: Option<Tasks>,
    _claims: Vec<Claim>,
    runtime: Option<Runtime>,
}

impl Instance {
    /// Brings up an instance, powered and in factory default. What the spec leaves open is chosen; an
    /// address is owned by binding it, so that no two instances of this machine share one. Can be called
    /// inside and outside an asynchronous runtime; blocks for some milliseconds.
    ///
    /// # Errors
    /// An unknown fault, a stored address that is in use, no free address, a port that cannot be opened.
    pub fn start(spec: Spec) -> Result<Self, LabError> {
        let (faults, behaviour) = faults_of(&spec)?;
        let (claim, address) = own(spec.address)?;
        let (world_claim, world_address) = own(spec.world_address)?;
        let (second_claim, second_address) = own(spec.second_address)?;
        let mut claims = vec![claim, world_claim, second_claim];
        let quiet = behaviour.errands == Errands::default() && !behaviour.settings.withdrawal_ignored;
        let elsewhere = match quiet {
            true => None,
            false => {
                let (claim, address) = own(None)?;
                claims.push(claim);
                Some(address)
            }
        };
        let udp_opens = |port| socket::datagrams(address, port).is_ok();
        let ports = spec.ports.clone().unwrap_or_else(|| Ports::beside(&foreign_listeners().tcp, udp_opens));
        let secrets = Secrets::of_unit(spec.seed, 0, behaviour.label_password);
        let second_secrets = Secrets::of_unit(spec.seed, 1, behaviour.label_password);
        let stored = match spec.certificate.clone() {
            Some(stored) => stored,
            None => certificate::of_device(address, &behaviour)?,
        };
        let maker = match &spec.authority {
            Some(stored) => Maker::of(stored)?,
            None => Maker::new()?,
        };
        let publisher = Publisher::of(spec.seed)?;
        let names = Arc::new(Names {
            world: world_address,
            tester: declaration::tester_address(address),
            elsewhere,
            at_bench: AtomicBool::new(false),
            silent: AtomicBool::new(false),
        });
        let second = Arc::new(device(
            second_address,
            world_address,
            None,
            &ports,
            behaviour.clone(),
            &second_secrets,
            &certificate::of_device(second_address, &behaviour)?,
            &maker,
            &publisher,
        )?);
        let device = Arc::new(device(
            address,
            world_address,
            elsewhere,
            &ports,
            behaviour,
            &secrets,
            &stored,
            &maker,
            &publisher,
        )?);
        let bluetooth = bluetooth::of(&device, spec.seed, spec.bluetooth_adapter)?;
        let values = Values::new(
            [address, second_address],
            world_address,
            bluetooth.tester(),
            &ports,
            [&secrets, &second_secrets],
            maker.stored(),
            &publisher.lent,
        );

        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("lab")
            .enable_all()
            .build()
            .map_err(LabError::Runtime)?;
        let world = Tasks::new(runtime.handle().clone());
        world::open(&world, world_address, &ports, &device.behaviour, &secrets, &maker, publisher)?;
        names::open(&world, ports.names, Arc::clone(&names))?;
        if device.behaviour.clock_from_anyone {
            clock::open(&world, world_address)?;
        }
        if let Some(address) = elsewhere {
            errands::open(&world, address, &ports, &maker)?;
        }
        second.serve_web(&world, world.stopper())?;

        let power = Arc::new(Power::new(Arc::clone(&device), runtime.handle().clone()));
        world.run(Arc::clone(&power).restart_when_wanted());
        let instance = Self {
            spec: Spec {
                faults: spec.faults,
                seed: spec.seed,
                address: Some(address),
                world_address: Some(world_address),
                second_address: Some(second_address),
                bluetooth_adapter: bluetooth::tester(&bluetooth),
                ports: Some(ports),
                certificate: Some(stored),
                authority: Some(maker.stored().clone()),
            },
            faults,
            device,
            bluetooth,
            values,
            names,
            power,
            _second: second,
            world: Some(world),
            _claims: claims,
            runtime: Some(runtime),
        };
        instance.power.settle(&mut instance.power.supply())?;
        Ok(instance)
    }

    /// All that it takes to bring up this very instance again.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Address of the device.
    pub fn address(&self) -> Ipv4Addr {
        self.device.address
    }

    /// Where the device stands in its life.
    pub fn stage(&self) -> Stage {
        self.device.state.stage()
    }

    /// The declaration folder of this instance (`ics.toml`, `ixit.toml`, `bench.toml`, `documents/…`), with
    /// the faults of documentation and bench applied.
    ///
    /// # Errors
    /// A file of the reference declaration that lacks a value to replace, or a fault that does not find what it edits.
    pub fn folder(&self) -> Result<Folder, LabError> {
        let mut folder = declaration::folder(&self.values)?;
        for fault in &self.faults {
            let edited = match fault.apply {
                Apply::Documentation(edit) | Apply::Bench(edit) => edit(&mut folder),
                Apply::DeviceAndFiles(_, edit) => edit(&mut folder, &self.device.ports),
                Apply::Device(_) => Ok(()),
            };
            edited.map_err(|source| LabError::Fault { name: fault.name, source })?;
        }
        Ok(folder)
    }

    /// Text of `decisions.toml`: the answers of the people in a demonstration with the sound device.
    ///
    /// # Errors
    /// The file is missing, or holds what belongs to one instance.
    pub fn decisions(&self) -> Result<String, LabError> {
        declaration::decisions(&self.values)
    }

    /// Ends the instance and waits until its sockets are closed.
    pub fn stop(self) {
        drop(self);
    }

    /// Listens at the uplink of the device from now on, until the receiver is dropped: every frame that the device
    /// sends and receives of its own accord. What visitors ask of its ports is not among them. A listener that lets
    /// thousands of frames wait is not told any more.
    pub fn tap(&self) -> tokio::sync::mpsc::Receiver<TapFrame> {
        self.device.network.tap.open()
    }

    /// Whether the device has found its software changed: it shows its fault page, reports the fault, and does no more.
    pub fn is_altered(&self) -> bool {
        self.device.is_altered()
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.power.end();
        if let Some(world) = self.world.take() {
            world.end();
        }
        if let Some(runtime) = self.runtime.take() {
            // Never waits, so it may happen inside another runtime.
            runtime.shutdown_background();
        }
    }
}

/// The faults of a spec, and the behaviour that they make of a sound device.
fn faults_of(spec: &Spec) -> Result<(Vec<&'static Fault>, Behaviour), LabError> {
    let mut behaviour = Behaviour::default();
    let mut faults = Vec::new();
    for name in &spec.faults {
        let fault = crate::fault(name).ok_or_else(|| LabError::UnknownFault { name: name.clone() })?;
        if let Apply::Device(change) | Apply::DeviceAndFiles(change, _) = fault.apply {
            change(&mut behaviour);
        }
        faults.push(fault);
    }
    Ok((faults, behaviour))
}

/// Owns the stored address, or a free one from a random place on.
pub(crate) fn own(stored: Option<Ipv4Addr>) -> Result<(Claim, Ipv4Addr), LabError> {
    if let Some(address) = stored {
        let claimed = socket::claim(address);
        return claimed
            .map(|claim| (claim, address))
            .map_err(|source| LabError::Taken { address: socket::claim_address(address), source });
    }
    let mut tried = 0;
    loop {
        let address = random_address();
        tried += 1;
        match socket::claim(address) {
            Ok(claim) => return Ok((claim, address)),
            Err(source) if tried >= TRIES => {
                return Err(LabError::NoAddress { tried, address: socket::claim_address(address), source });
            }
            Err(_) => {}
        }
    }
}

/// An address in 127.64.0.0 to 127.126.255.255; 127.127 is left for asking who answers everywhere.
fn random_address() -> Ipv4Addr {
    let chance = RandomState::new().hash_one(std::process::id()).to_be_bytes();
    Ipv4Addr::new(127, 64 + chance[0] % 63, chance[1], 1 + chance[2] % 254)
}

#[expect(clippy::too_many_arguments, reason = "everything that a device is made of, in one place")]
fn device(
    address: Ipv4Addr,
    world: Ipv4Addr,
    elsewhere: Option<Ipv4Addr>,
    ports: &Ports,
    behaviour: Behaviour,
    secrets: &Secrets,
    stored: &crate::spec::StoredCertificate,
    maker: &Maker,
    publisher: &Publisher,
) -> Result<Device, LabError> {
    let (tls_server, certificate) = certificate::device_server(stored)?;
    let tester = declaration::tester_address(address);
    let clock = Arc::new(Clock::default());
    let peer = |host, real, bench, caller| {
        let places = [SocketAddrV4::new(world, real), SocketAddrV4::new(tester, bench)];
        let config = maker.client(caller)?;
        let config = match behaviour.clock_from_anyone {
            true => clock::going_by(&config, Arc::clone(&clock)),
            false => config,
        };
        Ok::<_, LabError>(Peer::new(host, places, caller, config))
    };
    let peers = Peers {
        cloud: peer(model::CLOUD_HOST, ports.cloud, ports.bench_cloud, behaviour.cloud_caller)?,
        update: peer(model::UPDATE_HOST, ports.update, ports.bench_update, behaviour.update_caller)?,
    };
    let resolver = SocketAddrV4::new(world, ports.names);
    let network = Network::new(address, &secrets.mac, resolver, &behaviour.frailty);
    Ok(Device {
        state: State::new(secrets.clone(), &behaviour),
        behaviour,
        secrets: secrets.clone(),
        address,
        ports: ports.clone(),
        peers,
        network: Arc::new(network),
        clock,
        tls_server,
        certificate,
        update_key: publisher.public_key.clone(),
        software: Software::declared(),
        check_now: Notify::new(),
        restart: Notify::new(),
        silent_connections: AtomicU32::new(0),
        hanging: AtomicBool::new(false),
        web_connections: AtomicU32::new(0),
        web_ended: AtomicBool::new(false),
        ended: Notify::new(),
        altered: AtomicBool::new(false),
        reported: AtomicBool::new(false),
        recovered: AtomicBool::new(false),
        bluetooth: OnceLock::new(),
        elsewhere,
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A sound device that has no sockets.
    pub(crate) fn unpowered() -> Device {
        unpowered_with(|_| {})
    }

    /// A device that has no sockets, with a flaw.
    pub(crate) fn unpowered_with(flaw: impl FnOnce(&mut Behaviour)) -> Device {
        let mut behaviour = Behaviour::default();
        flaw(&mut behaviour);
        let secrets = Secrets::of(1);
        let address = Ipv4Addr::new(127, 71, 1, 2);
        let stored = certificate::of_device(address, &behaviour).unwrap();
        let (maker, publisher) = (Maker::new().unwrap(), Publisher::of(1).unwrap());
        let world = Ipv4Addr::new(127, 72, 1, 2);
        device(address, world, None, &Ports::default(), behaviour, &secrets, &stored, &maker, &publisher)
            .unwrap()
    }

    #[test]
    fn an_address_that_is_owned_is_not_given_again() {
        let (_claim, address) = own(None).unwrap();
        assert!(matches!(own(Some(address)), Err(LabError::Taken { .. })));
    }
}
