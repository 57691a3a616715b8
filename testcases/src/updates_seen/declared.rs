//! What an update mechanism is declared to be and to promise.

use ixit::companion::{Package, PackageWay};
use ixit::{Declaration, Row};
use probes::probe::update_trials::Attack;

use crate::catalogue::Unit;
use crate::mechanism;
use crate::selection::Item;

/// Words of a guarantee that older versions are refused. A return to the old system after a failure is no such thing.
const AGAINST_OLDER: &[&str] = &[
    "anti-rollback",
    "anti rollback",
    "rollback protection",
    "rollback prevention",
    "downgrade",
    "ダウングレード",
    "ロールバック防止",
    "ロールバック対策",
];

/// Protocols that keep what goes over the network from others.
const SECURE: &[&str] = &["tls", "dtls", "https", "quic"];

/// A mechanism whose package is described.
pub struct Mechanism<'a> {
    /// Row.
    pub row: &'a Row,
    /// Key of its table.
    pub table: &'a str,
    /// Its package.
    pub package: &'a Package,
    declaration: &'a Declaration,
}

impl<'a> Mechanism<'a> {
    /// `None` where the declaration does not describe the package.
    pub fn of(declaration: &'a Declaration, item: &Item<'a>) -> Option<Self> {
        let package = &item.row.companions.package.as_ref()?.value;
        Some(Self { row: item.row, table: item.table, package, declaration })
    }

    /// The attacks of the catalogue that this package can be made into: a list that is not signed is altered
    /// in every other.
    pub fn attacks(&self, unit: &Unit) -> Vec<Attack> {
        let minimum = unit.minimum_attacks.clone().unwrap_or_default();
        let mut attacks = match self.package.way {
            PackageWay::Pull => minimum.pull,
            PackageWay::Upload => minimum.upload,
        };
        if self.package.recovers == Some(true) {
            attacks.extend(minimum.recovery);
        }
        attacks.retain(|attack| match attack {
            Attack::AlteredList => self.package.manifest.is_some() && self.signature_in_list(),
            Attack::Mixed => self.package.manifest.is_some(),
            Attack::Unsigned | Attack::OtherSignature => self.is_signed(),
            _ => true,
        });
        attacks
    }

    /// The place of its signature is declared.
    pub fn is_signed(&self) -> bool {
        self.package.signature.is_some()
    }

    /// The signature is part of the list.
    fn signature_in_list(&self) -> bool {
        self.package.signature.as_ref().is_some_and(|place| place.manifest_key.is_some())
    }

    /// The signature is part of the image, so that the image has to be fetched to see it.
    pub fn signature_in_image(&self) -> bool {
        self.package.signature.as_ref().is_some_and(|place| place.last_octets.is_some())
    }

    /// Its guarantees, as declared.
    pub fn guarantees(&self) -> String {
        let guarantees = self.row.texts("security_guarantees");
        if guarantees.is_empty() { "-".to_owned() } else { guarantees.join(", ") }
    }

    /// Where its guarantees stand.
    pub fn source(&self) -> String {
        self.row.reference(self.table, "security_guarantees")
    }

    /// Where it promises that older versions are refused.
    pub fn refuses_older(&self) -> Option<String> {
        let update = self.row.companions.update.as_ref();
        if update.is_some_and(|update| update.value.anti_rollback == Some(true)) {
            return Some(self.row.reference(self.table, "update"));
        }
        let named = self.row.texts("security_guarantees").into_iter().any(|text| {
            let text = text.to_lowercase();
            AGAINST_OLDER.iter().any(|words| text.contains(words))
        });
        named.then(|| self.source())
    }

    /// Whether it promises that nobody else can read the package.
    pub fn is_confidential(&self) -> bool {
        mechanism::guarantees_confidentiality(self.row)
    }

    /// Where a secure transport is declared, and which: here, or where communication with the same host is.
    pub fn secure_transport(&self) -> Option<(String, String)> {
        let secure = |name: &Option<String>| {
            name.as_deref().filter(|name| SECURE.contains(&name.to_lowercase().as_str())).map(str::to_owned)
        };
        let protocol =
            |row: &Row| row.companions.crypto.iter().find_map(|crypto| secure(&crypto.value.protocol));
        if let Some(protocol) = protocol(self.row) {
            return Some((protocol, self.row.reference(self.table, "crypto")));
        }
        let application = |row: &Row| {
            row.companions.endpoint.iter().find_map(|endpoint| secure(&endpoint.value.application))
        };
        if let Some(application) = application(self.row) {
            return Some((application, self.row.reference(self.table, "endpoint")));
        }
        let places: Vec<_> = self
            .row
            .companions
            .endpoint
            .iter()
            .filter_map(|endpoint| Some((endpoint.value.host.as_deref()?, endpoint.value.port)))
            .collect();
        self.declaration.ixit.rows("com_mech").iter().find_map(|row| {
            let mut own = row.companions.endpoint.iter().map(|endpoint| &endpoint.value);
            let same =
                own.any(|own| own.host.as_deref().is_some_and(|host| places.contains(&(host, own.port))));
            if !same {
                return None;
            }
            let named = protocol(row).map(|name| (name, "crypto"));
            let (name, key) = named.or_else(|| Some((application(row)?, "endpoint")))?;
            Some((name, row.reference("com_mech", key)))
        })
    }
}
