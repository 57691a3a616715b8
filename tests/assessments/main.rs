//! Whole assessments: of the reference device, of personas, and of devices made of other people's software.
//!
//! One program holds them all: most of them wait for a device, so they wait together, and it is linked once.

#[path = "../bench/mod.rs"]
mod bench;
#[path = "../command/mod.rs"]
mod command;

/// Devices that are not the reference device.
mod others {
    mod client_personas;
    mod listening;
    mod personas;
    mod products;
    mod scope;
    mod third_party;
    mod update_personas;
    #[cfg(target_os = "linux")]
    mod worked_example;
}

/// Label schemes, applied to the reference device.
#[cfg(feature = "demo")]
mod schemes {
    mod bsi;
    mod cls;
    mod every;
    mod jc_star;
    mod mappings;
    mod psti;
    mod varied;
}

/// The reference device.
#[cfg(feature = "demo")]
mod reference {
    mod five_faults;
    mod nmap_import;
    mod proved;
    mod record;
    mod reopening;
}
