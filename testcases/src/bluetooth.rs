//! What was seen over Bluetooth LE, for the judges of several test groups: one file for each subject.

pub mod access;
pub mod asked_for;
pub mod disclosed;
pub mod offered;
pub mod pairing;
pub mod surface;

#[cfg(test)]
pub(crate) mod test_surface;
