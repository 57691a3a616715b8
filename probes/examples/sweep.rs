//! Sweeps the TCP ports of one address with limits from the command line and prints what it found as one
//! line of JSON: the program behind the comparison in `lab/bench`.
//!
//! `sweep ADDRESS [method=syn|connect|auto] [parallel=N] [per_second=N] [timeout_ms=N] [recovery=SECONDS]
//! [budget=SECONDS] [interface=NAME] [ports=FIRST-LAST] [likely=PORT]`

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::process::ExitCode;
use std::time::Duration;

use probes::dialer::DialLimits;
use probes::probe::tcp_sweep::PortInventory;
use probes::{Dialer, ProbeContext, Request, Scope};
use serde_json::json;

#[tokio::main]
async fn main() -> ExitCode {
    match sweep(std::env::args().skip(1).collect()).await {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

async fn sweep(arguments: Vec<String>) -> Result<String, String> {
    let (address, options) = arguments.split_first().ok_or("an address is expected as first argument")?;
    let address: IpAddr = address.parse().map_err(|_| format!("{address} is no IP address"))?;
    let options: BTreeMap<&str, &str> = options
        .iter()
        .map(|option| option.split_once('=').ok_or(format!("{option}: NAME=VALUE is expected")))
        .collect::<Result<_, _>>()?;
    let number = |name: &str| -> Result<Option<u32>, String> {
        let value = options.get(name).map(|value| value.parse());
        value.transpose().map_err(|_| format!("{name} takes a whole number"))
    };
    let mut limits = DialLimits::default();
    if let Some(parallel) = number("parallel")? {
        limits.parallel = parallel as usize;
    }
    if let Some(milliseconds) = number("timeout_ms")? {
        limits.timeout = Duration::from_millis(u64::from(milliseconds));
    }
    limits.per_second = number("per_second")?.unwrap_or(0);
    let mut params = json!({
        "address": address,
        "method": options.get("method").unwrap_or(&"auto"),
        "recovery_seconds": number("recovery")?,
        "budget_seconds": number("budget")?,
        "interface": options.get("interface"),
        "likely": number("likely")?.into_iter().collect::<Vec<u32>>(),
    });
    if let Some((first, last)) = options.get("ports").and_then(|ports| ports.split_once('-')) {
        let bound = |text: &str| text.parse::<u16>().map_err(|_| format!("{text} is no port"));
        params["ports"] = json!((bound(first)?..=bound(last)?).collect::<Vec<u16>>());
    }
    let scope = Scope { devices: vec![address], ..Scope::default() };
    let context = ProbeContext::for_tests(Dialer::new(scope, limits));
    let request = Request { probe: "tcp-sweep".to_owned(), target: address.to_string(), params };
    let observation = probes::run(request, context).await;
    let inventory = observation.read::<PortInventory>();
    let inventory = inventory.ok_or_else(|| observation.trouble.clone().unwrap_or_default())?;
    let unanswered: u32 = inventory.unanswered.iter().map(|(first, last)| u32::from(last - first) + 1).sum();
    Ok(json!({
        "open": inventory.open,
        "closed": inventory.closed,
        "unanswered": unanswered,
        "outcome": observation.outcome,
        "seconds": observation.effort.seconds,
        "method": inventory.manner.method,
        "frames": inventory.manner.frames,
        "all_alike": inventory.manner.all_alike,
        "canary": inventory.canary,
        "repeated": inventory.repeated,
        "trouble": observation.trouble,
        "effort": observation.effort.what,
    })
    .to_string())
}
