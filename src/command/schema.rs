//! `hantei schema`: JSON Schema of the declaration files, for editors.

use harness::ExitCode;
use harness::ixit::{Edition, schema};

use crate::Done;
use crate::cli::{Schema, SchemaFile};
use crate::output::{self, Failure};

/// Prints the schema.
pub(crate) fn schema(arguments: &Schema) -> Done {
    let edition: Edition = arguments.edition.parse().map_err(Failure::nothing_started)?;
    output::print_json(&match arguments.file {
        SchemaFile::Ics => schema::ics(edition),
        SchemaFile::Ixit => schema::ixit(edition),
        SchemaFile::Bench => schema::bench(edition),
    })?;
    Ok(ExitCode::Pass)
}
