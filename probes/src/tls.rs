//! Our own look at TLS: building a ClientHello, reading what answers it, and, where a real session
//! is needed, rustls with a verifier that accepts every certificate and keeps what it saw.

pub mod answer;
pub mod certificate;
pub mod client_hello;
pub mod exchange;
pub mod session;
pub mod suites;
