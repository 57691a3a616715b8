//! Captures made by hand, octet by octet, and what is read of them.

mod datagrams;
mod endings;
mod files;
mod frames;
mod streams;
