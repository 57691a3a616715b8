//! What the pages of the maker, and the page of the device about itself, can be.

/// The pages; the default is the sound one of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pages {
    /// What the device tells about itself.
    pub about: About,
    /// What the sensors take in.
    pub sensors: SensorsPage,
    /// Which personal data and telemetry are processed and why.
    pub personal_data: PersonalDataPage,
    /// How to delete one's data.
    pub deletion: DeletionPage,
    /// Setting up securely, and checking that it is so.
    pub setup: SetupPage,
    /// Contact for security researchers.
    pub security_txt: SecurityTxt,
}

/// How the device tells its model designation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum About {
    /// As declared.
    #[default]
    Published,
    /// Not found.
    Missing,
    /// After a login.
    BehindLogin,
    /// The designation of another model.
    OtherModel,
    /// The designation inside markup.
    InMarkup,
}

/// How the page on sensors is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SensorsPage {
    /// As it should be.
    #[default]
    Published,
    /// Not found.
    Missing,
    /// Behind a login.
    BehindLogin,
    /// There, without the name of any sensor.
    NamesNone,
}

/// How the page on personal data and telemetry is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PersonalDataPage {
    /// As it should be.
    #[default]
    Published,
    /// Not found.
    Missing,
    /// Behind a login.
    BehindLogin,
    /// There, without the usage history.
    OmitsUsage,
    /// There, with another purpose of the usage history than declared.
    OtherPurpose,
    /// There, without a word on telemetry.
    OmitsTelemetry,
    /// There, without the usage statistics that are sent for maintenance.
    OmitsMaintenance,
    /// There, with another purpose of the usage statistics than declared.
    OtherTelemetryPurpose,
}

/// How the page on deletion is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeletionPage {
    /// As it should be.
    #[default]
    Published,
    /// Not found.
    Missing,
    /// There, without the account.
    OmitsAccount,
}

/// How the page on the secure set-up is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SetupPage {
    /// As it should be.
    #[default]
    Published,
    /// Not found.
    Missing,
    /// There, without a word on remote operation.
    OmitsRemote,
    /// There, without how to check the settings.
    OmitsCheck,
}

/// How security.txt is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecurityTxt {
    /// As it should be.
    #[default]
    Published,
    /// Past its last day.
    Expired,
}
