//! Runs of the engine against a played device: what is done once, kept, killed, broken, decided and verified.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod broken;
mod decide;
mod kill_points;
mod open_record;
mod physical_actions;
mod run;
mod seal;
mod support;
mod verify;
