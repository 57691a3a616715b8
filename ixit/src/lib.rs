//! Declarations: what the supplier says of the device (ICS, IXIT) and what the lab says of its
//! bench. This crate knows documents, not devices.
//!
//! Reading never stops at the first fault: [`Declaration::read`] returns everything that could be
//! understood together with every [`Diagnostic`].

pub mod bench;
mod bench_reading;
mod check;
pub mod companion;
mod complaints;
mod content;
pub mod declaration;
mod described;
pub mod diagnostic;
mod document_findings;
pub mod draft;
pub mod edition;
pub mod guides;
pub mod located;
pub mod mud;
mod node;
mod parse;
pub mod plus;
pub mod provision;
mod read;
pub mod sbom;
pub mod schema;
pub mod sheet;
mod source;
pub mod table;
pub mod template;
pub mod translation;

pub use bench::Bench;
pub use check::{CODES as FINDING_CODES, RELATIONS as FINDING_RELATIONS};
pub use complaints::nearest;
pub use declaration::{Declaration, Form, Ics, IcsEntry, Ixit, Row, SourceFile, Support, TableContent};
pub use diagnostic::{Blame, Diagnostic, Severity};
pub use edition::Edition;
pub use located::{At, Located, Value};
pub use parse::SIZE_LIMIT;
pub use read::Reading;
