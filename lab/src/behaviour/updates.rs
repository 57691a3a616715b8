//! How the device deals with update packages, as far as a fault can change it.

/// What the device checks before it installs, and what it does when something fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Updates {
    /// What it asks of the signature.
    pub signature: SignatureRule,
    /// How it compares the image with what its manifest says.
    pub image: ImageRule,
    /// Packages for other models are taken.
    pub takes_other_models: bool,
    /// Packages of older versions are taken.
    pub takes_older: bool,
    /// Until when a list is valid is not looked at.
    pub ignores_expiry: bool,
    /// The image goes straight over the running software: one that ends early leaves nothing that runs.
    pub overwrites_running: bool,
    /// A loss of power while it installs leaves nothing that runs.
    pub power_loss_ends_it: bool,
    /// A loss of the network while it fetches leaves nothing that runs.
    pub network_loss_ends_it: bool,
    /// A loss of the network while it fetches leaves the emergency system of the boot loader.
    pub network_loss_halves_it: bool,
    /// What it has fetched and checked is not what it starts.
    pub installs_nothing: bool,
    /// An image is kept in memory as long as it comes, until nothing else fits.
    pub memory_without_bound: bool,
    /// Whatever the server sends is read on and on, to a bound of the simulation alone.
    pub reads_on: bool,
    /// When it looks for updates.
    pub looks: LookRule,
}

/// What the device asks of the signature of a manifest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignatureRule {
    /// That it is the maker's, over this manifest.
    #[default]
    Maker,
    /// That it is the maker's, if there is one.
    MakerIfAny,
    /// That it is the maker's, or blank as in packages under development.
    MakerOrBlank,
    /// That there is one of the right length.
    Any,
    /// Nothing.
    Unasked,
}

/// How the device compares the image with what the manifest says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImageRule {
    /// Length and digest.
    #[default]
    Digest,
    /// Length alone.
    Length,
    /// Not at all: the image carries a check sum of its own.
    OwnCheckSum,
    /// Not at all.
    Uncompared,
}

/// When the device looks for updates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LookRule {
    /// After it was switched on, once a period, and when the user wants it.
    #[default]
    Declared,
    /// Never.
    Never,
    /// Not when the user wants it.
    NotWhenAsked,
}
