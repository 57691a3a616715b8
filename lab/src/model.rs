//! Who the reference device is: the names and numbers that the device, its maker's pages and its
//! declaration have in common.
//!
//! The device is the controller of a gas water heater that its owner operates over the home network
//! and through the maker's cloud. Maker and model are invented.

use std::time::Duration;

/// Maker.
pub const MANUFACTURER: &str = "Hinode Kettle Works";
/// Maker, as printed on the Japanese label.
pub const MANUFACTURER_JAPANESE: &str = "日の出湯沸製作所";
/// Model designation.
pub const MODEL: &str = "HK-100";
/// Firmware version.
pub const FIRMWARE: &str = "1.4.2";
/// A newer firmware version, as it is lent for tests.
pub const NEWER_FIRMWARE: &str = "1.5.0";
/// An older firmware version, as it is lent for tests.
pub const OLDER_FIRMWARE: &str = "1.3.9";
/// Another model of the same maker.
pub const OTHER_MODEL: &str = "HK-200";
/// Firmware version of the other model, as it is lent for tests.
pub const FIRMWARE_OF_OTHER_MODEL: &str = "2.1.0";
/// Hardware version.
pub const HARDWARE: &str = "B";
/// Serial numbers: this, and six decimal digits.
pub const SERIAL_PREFIX: &str = "HK100-26-";

/// Name of the only account.
pub const USER_NAME: &str = "admin";
/// Characters of the password on the label: 54 of them, none that is mistaken for another.
pub const LABEL_ALPHABET: &str = "23456789BCDFGHJKLMNPQRSTVWXYZbcdfghjkmnpqrstvwxyzaeuAE";
/// Length of the password on the label in characters.
pub const LABEL_PASSWORD_LENGTH: u32 = 12;
/// Least length of a password that the user sets, in characters.
pub const USER_PASSWORD_MINIMUM: usize = 10;
/// Wrong credentials at one login until it is locked.
pub const LOCKOUT_FAILURES: u32 = 5;
/// Length of the lock-out in seconds. Short, so that a demonstration is short; declared as it is.
pub const LOCKOUT_SECONDS: u32 = 2;
/// Temperatures of the water that can be wanted, in degrees Celsius.
pub const TARGETS: std::ops::RangeInclusive<u8> = 32..=60;
/// Temperature that is wanted at first, in degrees Celsius.
pub const USUAL_TARGET: u8 = 42;
/// Key of the certificate that the web interface shows.
pub const CERTIFICATE_KEY: &str = "EC-256";

/// Host of the maker's pages.
pub const MAKER_HOST: &str = "www.hinode.example";
/// Host of the maker's cloud (MQTT over TLS).
pub const CLOUD_HOST: &str = "cloud.hinode.example";
/// Host of the maker's update server (HTTPS).
pub const UPDATE_HOST: &str = "update.hinode.example";
/// Host of the maker that tells the time, for a device that asks for it.
pub const TIME_HOST: &str = "time.hinode.example";
/// Where reports of vulnerabilities go.
pub const SECURITY_CONTACT: &str = "security@hinode.example";
/// Days until a report is acknowledged.
pub const ACKNOWLEDGEMENT_DAYS: u32 = 5;
/// Days between two messages on the state of a report.
pub const STATUS_DAYS: u32 = 14;
/// Days until a fix is out.
pub const FIX_DAYS: u32 = 90;
/// Last day of security updates, ISO 8601.
pub const SUPPORT_UNTIL: &str = "2031-12-31";
/// First day of sale, ISO 8601.
pub const ON_SALE_FROM: &str = "2026-04-01";
/// Period of the update check in hours.
pub const UPDATE_CHECK_HOURS: u32 = 24;
/// Wait after a loss of the cloud, before chance. Short, so that a demonstration is short; declared as it is.
pub const RECONNECT_FIRST: Duration = Duration::from_millis(500);
/// What each further wait is multiplied by, in percent.
pub const RECONNECT_FACTOR_PERCENT: u32 = 200;
/// Longest wait, before chance.
pub const RECONNECT_LONGEST: Duration = Duration::from_millis(300_000);
/// Share of a wait that chance adds to it, at most, in percent.
pub const RECONNECT_JITTER_PERCENT: u32 = 50;
/// Longest wait by chance before the device calls its cloud after it was switched on.
pub const STARTING: Duration = Duration::from_millis(200);

/// Name that the owner of the assessed unit gave at onboarding; invented.
pub const OWNER_NAME: &str = "Misaki Tanzawa-Hoshino";
/// Mail address of the same owner.
pub const OWNER_MAIL: &str = "misaki.tanzawa@post.example";
/// Schedule that the same owner set.
pub const OWNER_SCHEDULE: &str = "bath 41 C at 19:40 on weekdays";
/// Temperature that the same owner wants, in degrees Celsius.
pub const OWNER_TARGET: u8 = 44;
/// Usage of the assessed unit, which nobody agreed to send.
pub const USAGE: &str = "742 litres and 9.6 burner hours in week 46";
/// Fault that the device shows after it has found its software changed.
pub const FAULT_CHANGED: &str = "F-81";

/// Paths of the maker's pages.
pub mod page {
    /// Vulnerability disclosure policy.
    pub const POLICY: &str = "/security/disclosure-policy";
    /// Defined support period.
    pub const SUPPORT: &str = "/support/period";
    /// Contact for security researchers (RFC 9116).
    pub const SECURITY_TXT: &str = "/.well-known/security.txt";
    /// Which personal data are processed and why.
    pub const PERSONAL_DATA: &str = "/privacy/personal-data";
    /// How to delete one's data.
    pub const DELETION: &str = "/privacy/deletion";
    /// What the sensors take in.
    pub const SENSORS: &str = "/privacy/sensors";
    /// Setting up securely, and checking that it is so.
    pub const SETUP: &str = "/support/setup";
    /// How updates reach the device.
    pub const UPDATES: &str = "/support/updates";
}
