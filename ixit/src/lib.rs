//! Declarations: what the supplier says of the device (ICS, IXIT) and what the lab says of its
//! bench. This crate knows documents, not devices.
//!
//! Reading never stops at the first fault: [`Declaration::read`] returns everything that could be
//! understood together with every [`Diagnostic`].

pub mod bench;
pub mod companion;
pub mod declaration;
pub mod diagnostic;
pub mod edition;
pub mod located;
pub mod table;

pub use bench::Bench;
pub use declaration::{Declaration, Form, Ics, IcsEntry, Ixit, Row, Support, TableContent};
pub use diagnostic::{Blame, Diagnostic, Severity};
pub use edition::Edition;
pub use located::{At, Located, Value};
