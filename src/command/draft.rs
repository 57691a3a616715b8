//! `hantei draft TARGET --out DIR`: a first declaration folder from what a live device shows.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use harness::bench::Foreign;
use harness::engine::drafting::{DraftError, DraftRequest, Look, look_at};
use harness::ixit::bench::Limits;
use harness::ixit::{Edition, draft};
use harness::{ExitCode, Listener};
use tokio_util::sync::CancellationToken;

use crate::Done;
use crate::cli::Draft;
use crate::command::run::read_bench;
use crate::output::{Failure, Tone, paint};
use crate::progress::Progress;

/// TCP ports of the command line.
pub(crate) type Ports = std::sync::Arc<BTreeSet<u16>>;

/// Looks at the device and writes ics.toml, ixit.toml and questions.md.
pub(crate) fn draft(arguments: &Draft) -> Done {
    let edition: Edition = arguments.edition.parse().map_err(Failure::nothing_started)?;
    let folder = &arguments.out;
    let names = ["ics.toml", "ixit.toml", "questions.md"];
    if let Some(name) = names.iter().find(|name| folder.join(name).exists()) {
        return Err(Failure::nothing_started(format!("{} is there already", folder.join(name).display()))
            .help("name another folder, or move the file away; nothing was written"));
    }
    let request = request(arguments)?;
    let look = look(&request)?;
    let drafted = draft::draft(edition, &look.found);
    fs::create_dir_all(folder)
        .map_err(|error| Failure::nothing_started(format!("{} cannot be made: {error}", folder.display())))?;
    for (name, text) in names.iter().zip([&drafted.ics, &drafted.ixit, &drafted.questions]) {
        write_new(&folder.join(name), text)?;
    }
    for service in &look.found.services {
        eprintln!("  {:<10} {}", service.item(), service.application.as_deref().unwrap_or("unknown"));
    }
    eprintln!(
        "{} rows were drafted, {} questions are open: see {}",
        drafted.rows,
        drafted.open,
        folder.join("questions.md").display()
    );
    if !look.complete {
        eprintln!(
            "{}",
            paint(Tone::Open, "Not everything was seen; questions.md says what is missing, and why")
        );
    }
    eprintln!("Answer them, then: hantei check {}", folder.display());
    Ok(if look.complete { ExitCode::Pass } else { ExitCode::Open })
}

/// Ports such as `22,80,8000-8100`.
pub(crate) fn ports(text: &str) -> Result<Ports, String> {
    let mut ports = BTreeSet::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let port = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port > 0);
        match (port(first), port(last)) {
            (Some(first), Some(last)) if first <= last => ports.extend(first..=last),
            _ => return Err(format!("\"{part}\" is no port; expected e.g. 22,80,8000-8100")),
        }
    }
    Ok(Arc::new(ports))
}

/// A UDP service such as `15353/mdns`.
pub(crate) fn udp_service(text: &str) -> Result<(u16, String), String> {
    let bad = || format!("\"{text}\" is no port with service; expected e.g. 15353/mdns");
    let (port, service) = text.split_once('/').ok_or_else(bad)?;
    let port = port.parse::<u16>().ok().filter(|port| *port > 0).ok_or_else(bad)?;
    if service.is_empty() { Err(bad()) } else { Ok((port, service.to_owned())) }
}

fn request(arguments: &Draft) -> Result<DraftRequest, Failure> {
    let target = arguments.target;
    let (mut source, mut limits) = (arguments.source, Limits::default());
    if let Some(path) = &arguments.bench {
        let bench = read_bench(path)?.bench;
        let Some(sample) = bench.samples.iter().find(|sample| sample.address == target) else {
            return Err(Failure::nothing_started(format!("{} names no sample at {target}", path.display()))
                .help("name the address of a sample of the bench, or leave --bench out"));
        };
        source = sample.source;
        limits = bench.limits;
    }
    if source.is_some_and(|source| source.is_ipv4() != target.is_ipv4()) {
        return Err(Failure::nothing_started("the source address is of another family than the target"));
    }
    Ok(DraftRequest {
        address: target,
        source,
        ports: arguments.ports.iter().flat_map(|ports| ports.iter().copied()).collect(),
        udp: arguments.udp.clone(),
        foreign: foreign(target),
        limits,
        date: jiff::Zoned::now().date(),
    })
}

/// At a loopback address the programs of this computer answer beside the device.
#[cfg(feature = "demo")]
fn foreign(target: IpAddr) -> Foreign {
    if !target.is_loopback() {
        return Foreign::default();
    }
    let found = lab::foreign_listeners();
    Foreign { tcp: found.tcp.into_iter().collect(), udp: found.udp.into_iter().collect() }
}

#[cfg(not(feature = "demo"))]
fn foreign(_: IpAddr) -> Foreign {
    Foreign::default()
}

fn look(request: &DraftRequest) -> Result<Look, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::nothing_started(format!("the runtime cannot be started: {error}")))?;
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    runtime.spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.cancel();
        }
    });
    let listener: Arc<dyn Listener> = Arc::new(Progress::new());
    let result = runtime.block_on(look_at(request, listener, cancel));
    runtime.shutdown_background();
    result.map_err(|error| {
        let code = match error {
            DraftError::Stopped => ExitCode::Stopped,
            DraftError::Tester(_) | DraftError::Silent(_) => ExitCode::Open,
        };
        Failure::of_code(error, code)
    })
}

fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::nothing_started(format!("{} cannot be written: {error}", path.display()))
    };
    fs::File::create_new(path).map_err(failed)?.write_all(text.as_bytes()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_lists_of_numbers_and_ranges() {
        let read = |text: &str| ports(text).map(|ports| ports.iter().copied().collect::<Vec<_>>());
        assert_eq!(read("80, 22,8000-8002"), Ok(vec![22, 80, 8000, 8001, 8002]));
        for bad in ["", "0", "70000", "9-8", "80,", "http", "1-2-3"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_udp_service_has_a_port_and_a_name() {
        assert_eq!(udp_service("15353/mdns"), Ok((15_353, "mdns".to_owned())));
        for bad in ["mdns", "0/mdns", "5353/", "x/mdns"] {
            assert!(udp_service(bad).is_err(), "{bad}");
        }
    }
}
