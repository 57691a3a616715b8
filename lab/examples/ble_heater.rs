//! Runs the Bluetooth side of the simulated device on a virtual air until its input ends, for looking at it with
//! other stacks: `cargo run -p lab --example ble_heater -- just-works`. The arguments are weaknesses, and
//! `numeric-comparison`. Each line of input is something that a person does: `button`, `cancel`, `panel`, `reset`,
//! `off`, `on`.

use std::process::ExitCode;

use lab::behaviour::ble::{BleBehaviour, PanelUse, WEAKNESSES};
use lab::ble::{BleBench, BleSpec};

fn main() -> ExitCode {
    let mut behaviour = BleBehaviour::default();
    for name in std::env::args().skip(1) {
        match WEAKNESSES.iter().find(|(known, _)| *known == name) {
            Some((_, change)) => change(&mut behaviour),
            None if name == "numeric-comparison" => behaviour.panel = PanelUse::Comparison,
            None => {
                let known: Vec<&str> = WEAKNESSES.iter().map(|(known, _)| *known).collect();
                eprintln!("there is no weakness named {name}; there are {}", known.join(", "));
                return ExitCode::from(2);
            }
        }
    }
    let bench = match BleBench::start(BleSpec { behaviour, hosts: 2, ..BleSpec::default() }) {
        Ok(bench) => bench,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    for host in bench.hosts() {
        println!("controller for a host: tcp:{host}");
    }
    println!("the heater is {}, PIN {}, serial number {}", bench.address(), bench.pin(), bench.serial());
    for line in std::io::stdin().lines().map_while(Result::ok) {
        match line.trim() {
            "button" => bench.press_button(),
            "cancel" => bench.press_cancel(),
            "reset" => bench.reset_to_factory(),
            "off" => bench.power_off(),
            "on" => bench.power_on(),
            _ => {}
        }
        println!("panel {:?}, {} bonds, Wi-Fi {:?}", bench.panel(), bench.bonds(), bench.wifi());
    }
    ExitCode::SUCCESS
}
