//! The process that plays the world inside the namespace of the router, from its start to its end.

use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use probes::world::router::plan::Others;
use probes::world::router::{Authority, Lease, Records, Switches, World, WorldPlan};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::ledger::Ledger;
use super::world::{PlayedWorld, ROUTER_INTERFACE, WorldRequest};
use super::{NetworkError, Place};

/// Names the end of the first device's link at the bridge.
pub(super) const LINK: &str = "link";
/// What the process says when every port is open.
const READY: &str = "ready";

/// Writes the folder of a world, starts its process and waits until it answers.
pub(super) fn start(
    request: &WorldRequest,
    tool: &Place,
    devices: &[Place],
    world: &mut PlayedWorld,
    (link, ledger): (&str, &Ledger),
) -> Result<(), NetworkError> {
    world.folder = ledger.folder();
    let folder = &world.folder;
    let failed = |error: std::io::Error| {
        NetworkError::World(format!("{} cannot be written: {error}", folder.display()))
    };
    // One that is there already is not ours.
    fs::DirBuilder::new().mode(0o700).create(folder).map_err(failed)?;
    let authority = match &request.authority {
        None => Authority::new("Authority of a Hantei bench"),
        Some((certificate, key)) => Authority::lent(certificate.clone(), key.clone()),
    }
    .map_err(|error| NetworkError::World(error.to_string()))?;
    let plan = plan(request, tool, devices, world)?;
    let plan = serde_json::to_string_pretty(&plan).expect("a plan has string keys only");
    for (name, text) in [
        ("authority.pem", authority.certificate()),
        ("authority-key.pem", authority.key()),
        ("world.json", &plan),
        (LINK, link),
    ] {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(folder.join(name))
            .map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
    }
    spawn(&request.program, &world.router.namespace, folder)
}

fn plan(
    request: &WorldRequest,
    tool: &Place,
    devices: &[Place],
    world: &PlayedWorld,
) -> Result<WorldPlan, NetworkError> {
    let lease = |place: &Place| {
        let mac = hardware_address(&place.mac)
            .ok_or_else(|| NetworkError::World(format!("{} is no hardware address", place.mac)))?;
        Ok(Lease { mac, address: place.address, address6: place.address6 })
    };
    let mut devices = devices.iter().map(lease).collect::<Result<Vec<Lease>, NetworkError>>()?;
    if let Some((mac, address)) = request.mac.zip(world.at_interface) {
        devices.push(Lease { mac, address, address6: None });
    }
    Ok(WorldPlan {
        interface: ROUTER_INTERFACE.to_owned(),
        router: world.router.address,
        prefix: world.router.prefix,
        bench: tool.address,
        devices,
        services: world.services.clone(),
        others: world.sink.map_or(Others::Nowhere, Others::To),
        time_offset_seconds: request.time_offset_seconds,
    })
}

/// A hardware address from text, such as `02:00:5e:00:53:01`; `None` for anything else.
pub fn hardware_address(text: &str) -> Option<[u8; 6]> {
    let octets: Option<Vec<u8>> =
        text.split([':', '-']).map(|part| u8::from_str_radix(part, 16).ok()).collect();
    octets?.try_into().ok()
}

fn spawn(program: &[String], namespace: &str, folder: &Path) -> Result<(), NetworkError> {
    let failed =
        |error: std::io::Error| NetworkError::World(format!("its process cannot be started: {error}"));
    let log = folder.join("world.log");
    let errors = OpenOptions::new().create(true).append(true).mode(0o600).open(&log).map_err(failed)?;
    #[expect(clippy::disallowed_methods, reason = "the process that plays the world of a bench network")]
    let mut command = Command::new("ip");
    let path = std::env::var("PATH").unwrap_or_default();
    command
        .args(["netns", "exec", namespace])
        .args(program)
        .arg(folder)
        .env("PATH", format!("{path}:/usr/sbin:/usr/bin:/sbin:/bin"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::from(errors))
        // It stays when the command ends, and is ended with the network.
        .process_group(0);
    let mut child = command.spawn().map_err(failed)?;
    let mut said = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut said).map_err(failed)?;
    }
    if said.trim() == READY {
        return Ok(());
    }
    // It has ended, or is about to.
    let _ = child.kill();
    let _ = child.wait();
    let why = fs::read_to_string(&log).unwrap_or_default();
    let why = why.trim();
    Err(NetworkError::World(if why.is_empty() {
        "its process ended".to_owned()
    } else {
        why.replace('\n', "; ")
    }))
}

/// Plays the world that is written down in a folder, until the process is ended. Runs inside the namespace of the
/// router; says `ready` on stdout when every port is open.
///
/// # Errors
/// Why it cannot be played, or not any longer.
pub fn play(folder: &Path) -> Result<(), String> {
    let read = |name: &str| read(folder, name);
    let plan = read_plan(folder)?;
    let authority = Authority::lent(read("authority.pem")?, read("authority-key.pem")?)
        .map_err(|error| error.to_string())?;
    let records = records(&folder.join("records.jsonl"))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the runtime cannot be started: {error}"))?;
    runtime.block_on(async {
        let (switch, switches) = watch::channel(Switches::default());
        let control = UnixListener::bind(folder.join("control"))
            .map_err(|error| format!("the control socket cannot be made: {error}"))?;
        let world =
            World::open(plan, &authority, switches, records).await.map_err(|error| error.to_string())?;
        tokio::spawn(listen_to_control(control, switch));
        println!("{READY}");
        world.until(CancellationToken::new()).await.map_err(|error| error.to_string())
    })
}

/// The plan that is written down in the folder of a world.
pub(super) fn read_plan(folder: &Path) -> Result<WorldPlan, String> {
    serde_json::from_str(&read(folder, "world.json")?)
        .map_err(|error| format!("world.json cannot be understood: {error}"))
}

fn read(folder: &Path, name: &str) -> Result<String, String> {
    let path = folder.join(name);
    fs::read_to_string(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

fn records(path: &Path) -> Result<Arc<Records>, String> {
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
    let file = Mutex::new(file.map_err(|error| format!("{} cannot be written: {error}", path.display()))?);
    Ok(Arc::new(Records::new(move |happening| {
        let mut line = serde_json::to_vec(happening).expect("a happening has string keys only");
        line.push(b'\n');
        // A full disk loses records, and is no reason to leave the device alone.
        let _ = file.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line);
    })))
}

async fn listen_to_control(control: UnixListener, switch: watch::Sender<Switches>) {
    while let Ok((stream, _)) = control.accept().await {
        // Somebody who goes away without an answer does not want it.
        let _ = obey(stream, &switch).await;
    }
}

async fn obey(mut stream: UnixStream, switch: &watch::Sender<Switches>) -> std::io::Result<()> {
    let mut order = String::new();
    let (reading, mut writing) = stream.split();
    tokio::io::BufReader::new(reading.take(256)).read_line(&mut order).await?;
    let mut switches = *switch.borrow();
    let understood = switched(&mut switches, order.trim());
    if understood {
        switch.send_replace(switches);
        // The servers have seen it when they ran once.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    writing.write_all(if understood { b"done\n" } else { b"no such switch\n" }).await
}

fn switched(switches: &mut Switches, order: &str) -> bool {
    match order {
        "names down" => switches.names = false,
        "names up" => switches.names = true,
        "names to-bench" => switches.names_lead_to_bench = true,
        "names to-peers" => switches.names_lead_to_bench = false,
        "services down" => switches.services = false,
        "services up" => switches.services = true,
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::switch::{ACTIONS, Switch};
    use super::*;

    #[test]
    fn every_switch_of_names_and_services_is_obeyed() {
        for (_, switch, position) in ACTIONS {
            let mut switches = Switches::default();
            let order = format!("{} {}", switch.name(), position.name());
            assert_eq!(switched(&mut switches, &order), matches!(switch, Switch::Names | Switch::Services));
        }
        assert!(!switched(&mut Switches::default(), "names sideways"));
    }

    #[test]
    fn a_hardware_address_is_read() {
        assert_eq!(hardware_address("02:00:5e:00:53:0a"), Some([2, 0, 0x5e, 0, 0x53, 10]));
        assert_eq!(hardware_address("02:00:5e"), None);
    }
}
