//! `hantei diff RUN_A RUN_B`: what moved from one run to another.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use harness::testcases::assessment::{Assessment, FORMAT};
use harness::{ExitCode, RunRecord};
use reports::diff::{self, Side};

use crate::Done;
use crate::cli::Diff;
use crate::command::report::language;
use crate::output::{self, Failure};

/// Largest stored assessment that is read, in bytes.
const LARGEST: u64 = 256 << 20;

/// Exit 0: nothing is worse; 1: something is; 2: a run cannot be read, or they cannot be compared; 4: a
/// record is broken.
pub(crate) fn diff(arguments: &Diff) -> Done {
    let (a, b) = (Compared::read(&arguments.a)?, Compared::read(&arguments.b)?);
    let names = match (name(&arguments.a), name(&arguments.b)) {
        (one, other) if one == other => [&arguments.a, &arguments.b].map(|path| path.display().to_string()),
        (one, other) => [one, other],
    };
    let diff = diff::compare(
        Side { run: &names[0], assessment: &a.assessment },
        Side { run: &names[1], assessment: &b.assessment },
    )
    .map_err(|error| {
        Failure::nothing_started(error).help("compare runs whose declarations name the same edition")
    })?;
    if arguments.json {
        output::print_text(&String::from_utf8_lossy(&diff.json()))?;
    } else {
        output::print_text(&diff::text(&diff, language(arguments.lang)))?;
    }
    Ok(match (a.broken || b.broken, diff.worse) {
        (true, _) => ExitCode::CannotVouch,
        (_, true) => ExitCode::Fail,
        _ => ExitCode::Pass,
    })
}

struct Compared {
    assessment: Assessment,
    broken: bool,
}

impl Compared {
    /// The stored assessment of a run; made again from the record where it was deleted.
    fn read(run: &Path) -> Result<Self, Failure> {
        let record = RunRecord::read(run).map_err(Failure::of_folder)?;
        let broken = output::tell_broken(&record);
        let path = run.join("assessment.json");
        let unreadable = |why: String| {
            Failure::nothing_started(format!("{} cannot be read: {why}", path.display()))
                .help(format!("delete it, and hantei judge {} makes it again from the record", run.display()))
        };
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(Self { assessment: record.assess(), broken });
            }
            Err(error) => return Err(unreadable(error.to_string())),
        };
        let mut bytes = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| unreadable(error.to_string()))?;
        if bytes.len() as u64 > LARGEST {
            return Err(unreadable(format!("it is larger than {LARGEST} bytes")));
        }
        let assessment: Assessment =
            serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
        if assessment.format != FORMAT {
            return Err(unreadable(format!("its format is \"{}\", expected {FORMAT}", assessment.format)));
        }
        if bytes != record.assessment_bytes() {
            eprintln!(
                "{} is not what this build judges from the record; it is compared as stored, and hantei judge {} \
                 names what differs",
                path.display(),
                run.display()
            );
        }
        Ok(Self { assessment, broken })
    }
}

/// Name of a run: that of its folder.
fn name(run: &Path) -> String {
    let named = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    named(run).or_else(|| named(&run.canonicalize().ok()?)).unwrap_or_else(|| run.display().to_string())
}
