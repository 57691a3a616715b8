//! How the device lives through outages, as far as a fault can change it.

/// What goes wrong in an outage or after it; nothing does in the sound device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frailty {
    /// The local interface answers nobody while the way to the internet is down.
    pub web_needs_uplink: bool,
    /// The API answers nothing before a name could be looked up.
    pub api_needs_names: bool,
    /// A loss of power takes the settings along.
    pub forgets_settings: bool,
    /// After a loss of power the password is that of the label again.
    pub forgets_password: bool,
    /// After a loss of power the status is told without a token.
    pub opens_api: bool,
    /// After a loss of power the debug port is open, for the recovery.
    pub opens_debug_port: bool,
    /// After a refusal by its cloud the device never calls it again.
    pub gives_up: bool,
    /// After a loss of the link the device stays away until it is switched off and on.
    pub stays_away: bool,
    /// After an outage of the look-up the device looks nothing up until it is switched off and on.
    pub loses_names: bool,
    /// With so many connections at once its web interface gives up, until it is switched off and on.
    pub web_ends_in_storm: Option<u32>,
    /// Which waits it makes.
    pub waits: WaitRule,
}

/// How long the device waits before it calls its cloud again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WaitRule {
    /// As declared: longer each time, and a share by chance.
    #[default]
    Declared,
    /// Hardly at all.
    Hardly,
    /// The first wait again and again, with its share of chance.
    NeverLonger,
    /// Longer each time, and always the same.
    WithoutChance,
}
