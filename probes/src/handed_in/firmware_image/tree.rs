//! What file systems and archives give: one entry at a time. Nothing is ever written to a disk, so a path is no more
//! than a name.

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its path as it is written there.
    pub(super) path: Vec<u8>,
    /// What it is.
    pub(super) kind: Kind,
    /// Rights, in the lower twelve bits.
    pub(super) mode: u32,
    /// Number of its owner, where it is told.
    pub(super) owner: Option<u32>,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A file with contents.
    File,
    /// A folder.
    Directory,
    /// A symbolic link, with its target.
    Link(Vec<u8>),
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visit {
    /// With the next entry.
    GoOn,
    /// No more.
    Stop,
}

/// Takes the entries of a part.
pub(super) trait Visitor {
    /// Takes an entry with its contents.
    fn visit(&mut self, entry: Entry, contents: &[u8]) -> Visit;

    /// Octets that may be unpacked for the next file.
    fn room(&self) -> usize;

    /// A file was cut: it is larger than [`Visitor::room`].
    fn cut(&mut self, path: &[u8], size: u64);

    /// The time is over.
    fn over(&self) -> bool;
}
