//! In which order ports are asked.

use std::collections::BTreeSet;

/// Ports that devices often open: asked first, so that a canary is found early.
pub(super) const USUAL: [u16; 24] = [
    80, 443, 22, 23, 8080, 8443, 1883, 8883, 554, 53, 21, 25, 81, 8000, 8888, 5000, 49152, 7547, 139, 445,
    631, 9100, 6668, 8081,
];

/// Likely ports, usual ports, then the others in an order that is scattered but always the same.
pub(super) fn order(ports: &[u16], likely: &[u16]) -> Vec<u16> {
    let asked: BTreeSet<u16> = ports.iter().copied().collect();
    let mut placed = BTreeSet::new();
    let mut order: Vec<u16> = likely
        .iter()
        .chain(&USUAL)
        .copied()
        .filter(|port| asked.contains(port) && placed.insert(*port))
        .collect();
    let mut rest: Vec<u16> = ports.iter().copied().filter(|port| !placed.contains(port)).collect();
    let mut seed: u64 = 0x5eed_0f90_b500;
    for index in (1..rest.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(seed >> 33).unwrap_or(0) % (index + 1);
        rest.swap(index, other);
    }
    order.append(&mut rest);
    order
}
