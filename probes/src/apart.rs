//! Reads hostile files in a process of its own that has limited itself before it reads the first octet.
//!
//! A file that the supplier hands in may be made to break its reader. The parent starts the program that it was given
//! with the one argument that is the [`Order`] and nothing else: no environment, no open file, no socket. The child
//! bounds its memory, its processor time and the files that it may open (none), proves that the bound holds, reads the
//! octets from its standard input and writes one answer in JSON. Whatever goes wrong there costs this one file.

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::child::serve;
pub use self::parent::read_apart;

mod child;
mod document;
mod parent;

pub use self::document::{DocumentFormat, DocumentRead, PageOfDocument};

/// What is to be read. One arm for each kind of file; its answer is JSON of a type that the arm names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "kebab-case")]
pub enum Task {
    /// The text of a document by page and line; the answer is a [`DocumentRead`].
    Document {
        /// How it is written.
        format: DocumentFormat,
    },
    /// What an image of firmware holds, behind the values that it is searched for.
    FirmwareImage,
}

impl Task {
    /// What reading it may cost.
    pub fn limits(&self) -> Limits {
        match self {
            Self::Document { .. } => Limits {
                memory: 512 << 20,
                processor_seconds: 20,
                seconds: 40,
                octets: 32 << 20,
                answer: 16 << 20,
            },
            // What is unpacked is bounded below that, and told as far as it went before the time is over.
            Self::FirmwareImage => Limits {
                memory: 2 << 30,
                processor_seconds: 140,
                seconds: 160,
                octets: 80 << 20,
                answer: 4 << 20,
            },
        }
    }

    /// Reads; called in the child alone.
    fn read(&self, octets: Vec<u8>) -> Result<Value, Unreadable> {
        match self {
            Self::Document { format } => document::read(*format, &octets).map(|read| json(&read)),
            Self::FirmwareImage => crate::handed_in::opened_apart(&octets),
        }
    }
}

fn json(read: &impl Serialize) -> Value {
    serde_json::to_value(read).expect("what is read has string keys only")
}

/// What reading may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Address space in octets, the program itself included.
    pub memory: u64,
    /// Seconds of processor time.
    pub processor_seconds: u64,
    /// Seconds by the clock.
    pub seconds: u64,
    /// Octets of the file; a larger one is not read.
    pub octets: u64,
    /// Octets of the answer.
    pub answer: u64,
}

/// What a child is asked, as JSON in its one argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What is to be read.
    #[serde(flatten)]
    pub task: Task,
    /// What it may cost.
    pub limits: Limits,
}

impl Order {
    /// A task with its own limits.
    pub fn of(task: Task) -> Self {
        Self { limits: task.limits(), task }
    }

    /// As the child takes it.
    pub fn argument(&self) -> String {
        serde_json::to_string(self).expect("an order has string keys only")
    }
}

/// What a child answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Read(Value),
    Unreadable(Unreadable),
}

/// Why a reader gave up by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// Such as `encrypted` or `broken`.
    pub code: String,
    /// For a person.
    pub words: String,
}

impl Unreadable {
    pub(crate) fn new(code: &str, words: impl Into<String>) -> Self {
        /// Characters of a reason: readers quote from the file.
        const AT_MOST: usize = 300;
        Self { code: code.to_owned(), words: words.into().chars().take(AT_MOST).collect() }
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum NotRead {
    /// Tests of the library, and systems on which no process can be limited.
    #[error("no program is at hand that reads files apart")]
    NoReader,
    /// The system did not start it.
    #[error("the program that reads files apart could not be started: {error}")]
    NotStarted {
        /// As the system says it.
        error: String,
    },
    /// The child could not limit itself, or its answer is none.
    #[error("the program that reads files apart does not work: {error}")]
    ReaderBroken {
        /// What is wrong.
        error: String,
    },
    /// The run was stopped.
    #[error("stopped")]
    Cancelled,
    /// Larger than what is read.
    #[error("{octets} octets are more than the {at_most} that are read")]
    TooLarge {
        /// Its size.
        octets: u64,
        /// The limit.
        at_most: u64,
    },
    /// It took too long.
    #[error("reading it takes more than {seconds} s")]
    OutOfTime {
        /// The limit, of processor time or by the clock.
        seconds: u64,
    },
    /// It wants too much memory.
    #[error("reading it takes more than {octets} octets of memory")]
    OutOfMemory {
        /// The limit.
        octets: u64,
    },
    /// It is nested too deeply.
    #[error("it is nested more deeply than a program can read")]
    TooDeep,
    /// It unpacks to too much.
    #[error("what is read of it is more than {at_most} octets")]
    TooMuch {
        /// The limit.
        at_most: u64,
    },
    /// The reader fell over it.
    #[error("its reader broke off: {how}")]
    BrokeOff {
        /// What the process said or how it ended.
        how: String,
    },
    /// The reader gave up by itself.
    #[error("{}", .0.words)]
    Unreadable(Unreadable),
}

impl NotRead {
    /// A stable word for it.
    pub fn code(&self) -> &str {
        match self {
            Self::NoReader => "no-reader",
            Self::NotStarted { .. } => "reader-not-started",
            Self::ReaderBroken { .. } => "reader-broken",
            Self::Cancelled => "cancelled",
            Self::TooLarge { .. } => "too-large",
            Self::OutOfTime { .. } => "out-of-time",
            Self::OutOfMemory { .. } => "out-of-memory",
            Self::TooDeep => "too-deep",
            Self::TooMuch { .. } => "too-much",
            Self::BrokeOff { .. } => "broke-off",
            Self::Unreadable(unreadable) => &unreadable.code,
        }
    }

    /// Whether the lab is to blame, and not the file.
    pub fn is_of_the_lab(&self) -> bool {
        matches!(self, Self::NoReader | Self::NotStarted { .. } | Self::ReaderBroken { .. } | Self::Cancelled)
    }
}
