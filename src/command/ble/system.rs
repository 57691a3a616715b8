//! `--adapter system:`: the Bluetooth that this computer has anyway, for a look and no assessment.

use std::fmt::Write as _;
use std::time::Duration;

use harness::ExitCode;
use harness::probes::ble::{
    SystemCharacteristic, SystemDevice, SystemError, SystemInspection, SystemRead, SystemRequest, SystemScan,
    SystemTarget, UNSEEN, inspect_with_system, scan_with_system,
};
use serde_json::json;

use super::page::{named, value};
use crate::Done;
use crate::cli::{BleInspect, BleScan};
use crate::folding::harmless;
use crate::output::{Failure, Tone, paint_out, print_json, print_text};

const ANY: &str = "a String takes any text";

/// Who is in reach.
pub(super) fn scan(arguments: &BleScan) -> Done {
    let seconds = arguments.adapter.seconds;
    eprintln!("listening for {seconds} s (the system asks everybody in reach for scan responses)");
    let scan = ended_in_order(seconds, async |request| scan_with_system(&request).await)?;
    if arguments.json {
        print_json(&json!({ "format": "hantei.ble-system-scan/1", "scan": scan }))?;
    } else {
        print_text(&scan_page(&scan))?;
    }
    Ok(ExitCode::Pass)
}

/// What one device offers.
pub(super) fn inspect(arguments: &BleInspect) -> Done {
    if arguments.pair.is_some() {
        return Err(Failure::nothing_started("system: cannot pair").help(
            "operating systems pair by themselves and tell nothing of it; name an adapter of another kind, such as \
             hci:NUMBER, or leave --pair out",
        ));
    }
    let target = SystemTarget::new(&arguments.device);
    eprintln!(
        "looking at {} (the system asks everybody in reach for scan responses)",
        harmless(&arguments.device)
    );
    let seen = ended_in_order(arguments.adapter.seconds, async |request| {
        inspect_with_system(&target, &request).await
    })?;
    if arguments.json {
        let mut value = json!({
            "format": "hantei.ble-system-inspection/1",
            "complete": false,
            "unseen": UNSEEN,
        });
        if let (Some(value), Ok(serde_json::Value::Object(seen))) =
            (value.as_object_mut(), serde_json::to_value(&seen))
        {
            value.extend(seen);
        }
        print_json(&value)?;
    } else {
        print_text(&inspection_page(&seen))?;
    }
    // Not all of it was seen, whatever was seen.
    Ok(ExitCode::Open)
}

/// Runs to its end. Who stops it waits until the link is down: the system would keep it.
fn ended_in_order<T>(
    seconds: u32,
    work: impl AsyncFnOnce(SystemRequest) -> Result<T, SystemError>,
) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::nothing_started(format!("the runtime cannot be started: {error}")))?;
    let request = SystemRequest::listening(Duration::from_secs(seconds.into()));
    let stop = request.stop.clone();
    let done = runtime.block_on(async {
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.cancel();
            }
        });
        work(request).await
    });
    runtime.shutdown_background();
    done.map_err(|error| explained(&error))
}

fn explained(error: &SystemError) -> Failure {
    let code = match error {
        SystemError::Stopped => ExitCode::Stopped,
        early if early.nothing_was_started() => ExitCode::NotStarted,
        _ => ExitCode::Open,
    };
    // Names and identifiers come from the air.
    let failure = Failure::of_code(harmless(&error.to_string()), code);
    let help = match error {
        SystemError::NotBuilt => "or name an adapter that this build has a way to, such as hci:NUMBER",
        SystemError::NoBluetooth(_) => {
            "on Linux BlueZ has to run (systemctl status bluetooth); on macOS this program has to be allowed to use \
             Bluetooth (System Settings, Privacy & Security)"
        }
        SystemError::NoAdapter => {
            "plug one in, or name a controller that the system does not use, such as tcp:ADDRESS:PORT"
        }
        SystemError::SwitchedOff(_) => {
            "switch it on in the settings of this computer (on Linux: bluetoothctl power on)"
        }
        SystemError::NotHeard { .. } => {
            "is it switched on, in reach and advertising? hantei ble scan --adapter system: shows who is there, and by \
             what names"
        }
        SystemError::Ambiguous { .. } => "name it by one of these identifiers, or switch the others off",
        SystemError::LinkedAlready(_) => {
            "end what uses it, or take the link down in the settings of this computer"
        }
        SystemError::Bonded(_) => {
            "remove it from the devices of this computer first (on Linux: bluetoothctl remove ADDRESS)"
        }
        SystemError::NotReached { .. } => "is it switched on, in reach, and free of other links?",
        SystemError::Failed(_) => "try again; if it stays so, restart the Bluetooth of this computer",
        SystemError::Stopped => return failure,
    };
    failure.help(help)
}

fn scan_page(scan: &SystemScan) -> String {
    let mut page = String::new();
    let count = scan.devices.len();
    let devices = if count == 1 { "device" } else { "devices" };
    let adapter = harmless(&scan.adapter);
    writeln!(page, "{count} {devices} heard in {:.1} s by {adapter}", scan.seconds).expect(ANY);
    let mut heard: Vec<&SystemDevice> = scan.devices.iter().collect();
    heard.sort_by_key(|one| (std::cmp::Reverse(one.rssi), one.id.clone()));
    for one in heard {
        page.push('\n');
        device(&mut page, one).expect(ANY);
    }
    if scan.left_out > 0 {
        writeln!(page, "\nThere was no place for {} more.", scan.left_out).expect(ANY);
    }
    page
}

fn inspection_page(seen: &SystemInspection) -> String {
    let mut page = String::new();
    inspected(&mut page, seen).expect(ANY);
    page
}

fn inspected(page: &mut String, seen: &SystemInspection) -> std::fmt::Result {
    device(page, &seen.device)?;
    if seen.others > 0 {
        let neighbours = if seen.others == 1 { "neighbour" } else { "neighbours" };
        writeln!(page, "  {} {neighbours} heard, not kept", seen.others)?;
    }
    for service in &seen.services {
        let kind = if service.primary { "" } else { ", secondary" };
        writeln!(page, "\n{}", paint_out(Tone::Strong, &format!("{}{kind}", named(service.uuid))))?;
        for one in &service.characteristics {
            characteristic(page, one)?;
        }
    }
    if let Some(trouble) = &seen.trouble {
        writeln!(page, "\n{}", paint_out(Tone::Open, "Ended before its end"))?;
        writeln!(page, "  {}", harmless(trouble))?;
    }
    writeln!(page, "\n{}", paint_out(Tone::Open, "Not shown by an operating system"))?;
    for one in UNSEEN {
        writeln!(page, "  {one}")?;
    }
    Ok(())
}

fn device(page: &mut String, one: &SystemDevice) -> std::fmt::Result {
    let name = one.name.as_ref().map_or_else(String::new, |name| format!("  \"{}\"", harmless(name)));
    let rssi = one.rssi.map_or_else(String::new, |rssi| format!("  {rssi} dBm"));
    let title = one.address.map_or_else(|| harmless(&one.id), |address| address.to_string());
    writeln!(page, "{}{rssi}{name}", paint_out(Tone::Strong, &title))?;
    if one.address.is_some() {
        writeln!(page, "  known to the system as {}", harmless(&one.id))?;
    }
    if let Some(power) = one.tx_power {
        writeln!(page, "  sends with {power} dBm")?;
    }
    for uuid in &one.services {
        writeln!(page, "  service {}", named(*uuid))?;
    }
    for (uuid, data) in &one.service_data {
        writeln!(page, "  data of service {}: {data}", named(*uuid))?;
    }
    for (company, data) in &one.manufacturer_data {
        writeln!(page, "  data of company {company:#06x}: {data}")?;
    }
    Ok(())
}

fn characteristic(page: &mut String, one: &SystemCharacteristic) -> std::fmt::Result {
    writeln!(page, "  {}  [{}]", named(one.uuid), one.properties.join(" "))?;
    if let Some(read) = &one.read {
        writeln!(page, "    {}", answer(read))?;
    }
    for descriptor in &one.descriptors {
        writeln!(page, "    {}", named(descriptor.uuid))?;
        if let Some(read) = &descriptor.read {
            writeln!(page, "      {}", answer(read))?;
        }
    }
    Ok(())
}

fn answer(read: &SystemRead) -> String {
    match read {
        SystemRead::Value(hex) => value(hex),
        SystemRead::Refused(words) => format!("refused, {}", harmless(words)),
        SystemRead::Failed(why) => format!("not read, {}", harmless(why)),
    }
}
