//! What came to the world, line by line. What it holds is hostile: kept short, and escaped where it is shown.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// Most happenings that are noted; those after it are counted.
const MOST: u64 = 50_000;
/// Longest text of a happening, in characters.
const LONGEST: usize = 400;

/// Something that a device did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happening {
    /// When, UTC.
    pub at: String,
    /// Who was asked: `dhcp`, `names`, `time`, or the name of a service.
    pub by: String,
    /// What was asked, without secrets.
    pub what: String,
}

/// Takes happenings.
pub struct Records {
    out: Box<dyn Fn(&Happening) + Send + Sync>,
    count: AtomicU64,
}

impl std::fmt::Debug for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Records").field("count", &self.count).finish_non_exhaustive()
    }
}

impl Records {
    /// Gives each happening to `out`.
    pub fn new(out: impl Fn(&Happening) + Send + Sync + 'static) -> Self {
        Self { out: Box::new(out), count: AtomicU64::new(0) }
    }

    /// Notes something; at most 50,000 times, then it only counts.
    pub fn note(&self, by: &str, what: &str) {
        if self.count.fetch_add(1, Ordering::Relaxed) >= MOST {
            return;
        }
        let what: String = what.chars().flat_map(char::escape_debug).take(LONGEST).collect();
        (self.out)(&Happening { at: jiff::Timestamp::now().to_string(), by: by.to_owned(), what });
    }

    /// How much happened, noted or not.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}
