//! `hantei ble scan` and `inspect`: what advertises nearby, and what one device offers. Nothing is stored, and nothing
//! is written to a device.

use std::io::{BufRead, Write};
use std::sync::Arc;
use std::time::Duration;

use harness::ExitCode;
use harness::probes::ble::{
    Adapter, Ask, BleBackend, BleError, BleLimits, BleScope, Compare, DeviceAddress, Inspection,
    InspectionRequest, NoAddress, NumericAnswer, PairingPolicy, PasskeyQuestion, PasskeySource, ScanRequest,
    SecureConnections, inspect, open_backend,
};
use serde_json::json;

use crate::Done;
use crate::cli::{Ble, BleAdapter, BleInspect, BlePairing, BleScan, BleSecureConnections};
use crate::output::{Failure, print_json, print_text};

mod page;
mod system;

/// Exit 0: done; 2: nothing was started; 3: the device was not reached, or not all of it was seen.
pub(crate) fn ble(arguments: &Ble) -> Done {
    match arguments {
        Ble::Scan(arguments) => scan(arguments),
        Ble::Inspect(arguments) => look_at(arguments),
    }
}

fn scan(arguments: &BleScan) -> Done {
    if arguments.adapter.adapter == Adapter::System {
        return system::scan(arguments);
    }
    let request = ScanRequest {
        time: Duration::from_secs(arguments.adapter.seconds.into()),
        active: arguments.adapter.active,
        only: None,
        until_heard: false,
    };
    let heard = in_runtime(async {
        let mut backend = open(&arguments.adapter, BleScope::default()).await?;
        eprintln!("listening for {} s ({})", arguments.adapter.seconds, manner(&arguments.adapter));
        backend.scan(request).await.map_err(|error| open_end(&error))
    })?;
    if arguments.json {
        print_json(&json!({
            "format": "hantei.ble-scan/1",
            "adapter": arguments.adapter.adapter.to_string(),
            "active": arguments.adapter.active,
            "scan": heard,
        }))?;
    } else {
        print_text(&page::scan(&heard))?;
    }
    Ok(ExitCode::Pass)
}

fn look_at(arguments: &BleInspect) -> Done {
    if arguments.adapter.adapter == Adapter::System {
        return system::inspect(arguments);
    }
    let device: DeviceAddress = arguments.device.parse().map_err(|error: NoAddress| {
        Failure::nothing_started(error).help("names are taken by --adapter system: alone")
    })?;
    let request = InspectionRequest {
        device,
        listen: Duration::from_secs(arguments.adapter.seconds.into()),
        active: arguments.adapter.active,
        pairing: arguments.pair.map(|kind| policy(arguments, kind)),
    };
    let seen = in_runtime(async {
        let mut backend = open(&arguments.adapter, BleScope::of(device)).await?;
        eprintln!("looking at {device} ({})", manner(&arguments.adapter));
        inspect(&mut *backend, &request).await.map_err(|error| match error {
            BleError::NotReached { .. } => open_end(&error)
                .help("is it switched on, in reach, advertising, and the kind of its address right?"),
            other => open_end(&other),
        })
    })?;
    if arguments.json {
        print_json(&as_json(&seen))?;
    } else {
        print_text(&page::inspection(&seen))?;
    }
    Ok(if seen.is_complete() { ExitCode::Pass } else { ExitCode::Open })
}

fn as_json(seen: &Inspection) -> serde_json::Value {
    let mut value = json!({ "format": "hantei.ble-inspection/1", "complete": seen.is_complete() });
    if let (Some(value), Ok(serde_json::Value::Object(seen))) =
        (value.as_object_mut(), serde_json::to_value(seen))
    {
        value.extend(seen);
    }
    value
}

fn manner(adapter: &BleAdapter) -> &'static str {
    if adapter.active { "scan responses are asked for" } else { "passive: nothing is sent" }
}

async fn open(adapter: &BleAdapter, scope: BleScope) -> Result<Box<dyn BleBackend>, Failure> {
    let adapter = &adapter.adapter;
    open_backend(adapter, scope, BleLimits::default()).await.map_err(|error| {
        let help = match adapter {
            Adapter::Tcp(_) => "a controller that speaks HCI (H4) has to listen there",
            Adapter::Hci(_) => {
                "name an adapter that is switched off and not used otherwise (hciconfig lists them), or a \
                 controller by --adapter tcp:ADDRESS:PORT"
            }
            Adapter::Bluez(_) => {
                "BlueZ has to run on this computer, with this adapter switched on (bluetoothctl show); else name the \
                 adapter hci:NUMBER"
            }
            Adapter::System => "hantei ble scan and inspect take it",
            Adapter::Serial(_) => {
                "a controller that speaks HCI (H4) has to be on that line, at its speed \
                 (serial:DEVICE@BAUD, with ,rtscts where it wants flow control)"
            }
            Adapter::Usb(_) => {
                "name a dongle that no driver holds by the numbers that lsusb shows, or one that Linux uses \
                 and that is switched off by --adapter hci:NUMBER"
            }
        };
        Failure::nothing_started(error).help(help)
    })
}

fn open_end(error: &BleError) -> Failure {
    Failure::of_code(error, ExitCode::Open)
}

fn in_runtime<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::nothing_started(format!("the runtime cannot be started: {error}")))?;
    let done = runtime.block_on(async {
        tokio::select! {
            done = work => done,
            _ = tokio::signal::ctrl_c() => Err(Failure::of_code("stopped", ExitCode::Stopped)),
        }
    });
    // A question may still wait for its line.
    runtime.shutdown_background();
    done
}

fn policy(arguments: &BleInspect, kind: BlePairing) -> PairingPolicy {
    let policy = match kind {
        BlePairing::JustWorks => PairingPolicy::just_works(),
        BlePairing::Passkey => PairingPolicy::passkey(match arguments.passkey {
            Some(passkey) => PasskeySource::Fixed(passkey),
            None => PasskeySource::Asked(ask_for_passkey()),
        }),
        BlePairing::Numeric => PairingPolicy::numeric(NumericAnswer::Asked(ask_to_compare())),
    };
    PairingPolicy {
        secure_connections: match arguments.secure_connections {
            BleSecureConnections::Only => SecureConnections::Only,
            BleSecureConnections::Preferred => SecureConnections::Preferred,
            BleSecureConnections::Never => SecureConnections::Never,
        },
        max_key_size: arguments.key_size,
        ..policy
    }
}

fn ask_for_passkey() -> Ask {
    Arc::new(|question| {
        Box::pin(async move {
            match question {
                PasskeyQuestion::Read => passkey(&answer("Passkey of the device (six digits): ").await?).ok(),
                PasskeyQuestion::Type(shown) => {
                    answer(&format!("Type {shown:06} at the device, then press Enter here: "))
                        .await
                        .map(|_| shown)
                }
            }
        })
    })
}

fn ask_to_compare() -> Compare {
    Arc::new(|digits| {
        Box::pin(async move {
            let question = format!("Does the device show {digits:06}? Confirm there too. [y/n]: ");
            answer(&question).await.is_some_and(|answer| answer.eq_ignore_ascii_case("y"))
        })
    })
}

/// A line of the standard input, at the terminal; nothing at its end.
async fn answer(question: &str) -> Option<String> {
    eprint!("{question}");
    // A prompt that cannot be shown is answered all the same.
    let _ = std::io::stderr().flush();
    let line = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line).ok()?;
        (read > 0).then(|| line.trim().to_owned())
    });
    line.await.ok()?
}

/// Six digits.
pub(crate) fn passkey(text: &str) -> Result<u32, String> {
    let digits = text.len() == 6 && text.bytes().all(|octet| octet.is_ascii_digit());
    match text.parse() {
        Ok(passkey) if digits => Ok(passkey),
        _ => Err(format!("\"{text}\" is no passkey; expected six digits, such as 012345")),
    }
}

/// An adapter.
pub(crate) fn adapter(text: &str) -> Result<Adapter, String> {
    text.parse().map_err(|error: harness::probes::ble::NoAdapter| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passkey_has_six_digits() {
        assert_eq!(passkey("012345"), Ok(12_345));
        for bad in ["", "12345", "1234567", "12345x", "+12345", "-12345"] {
            assert!(passkey(bad).is_err(), "{bad}");
        }
    }
}
