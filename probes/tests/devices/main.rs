//! The probes against played devices, on loopback and in namespaces of the test's own.
//!
//! One program holds them all: most of them wait for a network, so they wait together, and it is linked once.

mod access_control;
mod ble_surface;
#[cfg(target_os = "linux")]
mod capture_in_namespaces;
mod deletion;
mod designation;
mod dtls_server;
mod false_time;
mod hostile_input;
mod http_login;
mod namespaces;
mod network_login;
mod passwords;
mod played;
mod psk_login;
mod public_resource;
mod remote_orders;
mod settings;
#[cfg(target_os = "linux")]
mod tcp_sweep_in_namespaces;
mod tls_client;
mod tls_client_identities;
mod tls_odd_servers;
#[path = "tls_client/peers.rs"]
mod tls_peers;
mod tls_server;
mod update_endurance;
mod update_trials;
