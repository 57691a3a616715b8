//! The declaration of the instance that runs: the template of `devices/water-heater` with its
//! placeholders filled in. `PLACEHOLDERS.md` beside the template says what each of them stands for.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use crate::certificate;
use crate::error::LabError;
use crate::fault::Folder;
use crate::model::{self, page};
use crate::secrets::Secrets;
use crate::spec::Ports;

include!(concat!(env!("OUT_DIR"), "/template_files.rs"));

/// File of the template with the answers of the people in a demonstration.
const DECISIONS: &str = "decisions.toml";
/// Files of the template that are no part of the declaration.
const NOT_DECLARED: [&str; 2] = [DECISIONS, "PLACEHOLDERS.md"];

/// What the placeholders stand for.
#[derive(Clone, Debug)]
pub(crate) struct Values(BTreeMap<&'static str, String>);

impl Values {
    pub(crate) fn new(address: Ipv4Addr, world: Ipv4Addr, ports: &Ports, secrets: &Secrets) -> Self {
        let (from, until) = certificate::validity();
        let published = |path: &str| format!("http://{}{path}", model::MAKER_HOST);
        let values = [
            ("manufacturer", model::MANUFACTURER.to_owned()),
            ("manufacturer_japanese", model::MANUFACTURER_JAPANESE.to_owned()),
            ("model", model::MODEL.to_owned()),
            ("hardware", model::HARDWARE.to_owned()),
            ("firmware", model::FIRMWARE.to_owned()),
            ("serial", secrets.serial.clone()),
            ("serial_prefix", model::SERIAL_PREFIX.to_owned()),
            ("mac", secrets.mac.clone()),
            ("address", address.to_string()),
            ("tester_address", tester_address(address).to_string()),
            ("world_address", world.to_string()),
            ("https_port", ports.https.to_string()),
            ("mdns_port", ports.mdns.to_string()),
            ("telnet_port", ports.telnet.to_string()),
            ("debug_port", ports.debug.to_string()),
            ("maker_host", model::MAKER_HOST.to_owned()),
            ("maker_url", format!("http://{}", model::MAKER_HOST)),
            ("maker_port", ports.maker.to_string()),
            ("cloud_host", model::CLOUD_HOST.to_owned()),
            ("cloud_port", ports.cloud.to_string()),
            ("update_host", model::UPDATE_HOST.to_owned()),
            ("update_port", ports.update.to_string()),
            ("page_policy", published(page::POLICY)),
            ("page_support", published(page::SUPPORT)),
            ("page_security_txt", published(page::SECURITY_TXT)),
            ("page_personal_data", published(page::PERSONAL_DATA)),
            ("page_deletion", published(page::DELETION)),
            ("page_sensors", published(page::SENSORS)),
            ("page_setup", published(page::SETUP)),
            ("page_updates", published(page::UPDATES)),
            ("user_name", model::USER_NAME.to_owned()),
            ("user_password", secrets.user_password.clone()),
            ("label_password", secrets.label_password.clone()),
            ("label_password_length", model::LABEL_PASSWORD_LENGTH.to_string()),
            ("label_alphabet_size", model::LABEL_ALPHABET.len().to_string()),
            ("user_password_minimum", model::USER_PASSWORD_MINIMUM.to_string()),
            ("lockout_failures", model::LOCKOUT_FAILURES.to_string()),
            ("lockout_seconds", model::LOCKOUT_SECONDS.to_string()),
            ("certificate_key", model::CERTIFICATE_KEY.to_owned()),
            ("certificate_from", from.to_string()),
            ("certificate_until", until.to_string()),
            ("security_contact", model::SECURITY_CONTACT.to_owned()),
            ("acknowledgement_days", model::ACKNOWLEDGEMENT_DAYS.to_string()),
            ("status_days", model::STATUS_DAYS.to_string()),
            ("fix_days", model::FIX_DAYS.to_string()),
            ("support_until", model::SUPPORT_UNTIL.to_owned()),
            ("on_sale_from", model::ON_SALE_FROM.to_owned()),
            ("update_check_hours", model::UPDATE_CHECK_HOURS.to_string()),
        ];
        Self(BTreeMap::from(values))
    }

    /// Replaces every `{{name}}` in a text.
    ///
    /// # Errors
    /// If a name is unknown.
    fn fill(&self, file: &str, template: &str) -> Result<String, LabError> {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            filled.push_str(before);
            let (name, after) = after.split_once("}}").unwrap_or((after, ""));
            let value = self.0.get(name.trim()).ok_or_else(|| LabError::UnknownPlaceholder {
                file: file.to_owned(),
                line: template[..template.len() - rest.len() + before.len()].matches('\n').count() + 1,
                name: name.chars().take(40).collect(),
            })?;
            filled.push_str(value);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

/// The declaration folder, filled in.
///
/// # Errors
/// If a template asks for an unknown value.
pub(crate) fn folder(values: &Values) -> Result<Folder, LabError> {
    let mut folder = Folder::default();
    for (name, bytes) in TEMPLATE.iter().filter(|(name, _)| !NOT_DECLARED.contains(name)) {
        let filled = match std::str::from_utf8(bytes) {
            Ok(text) => values.fill(name, text)?.into_bytes(),
            Err(_) => bytes.to_vec(), // a picture or a firmware image
        };
        folder.0.insert((*name).to_owned(), filled);
    }
    Ok(folder)
}

/// Answers of the people in a demonstration, filled in.
///
/// # Errors
/// If the template is missing or asks for an unknown value.
pub(crate) fn decisions(values: &Values) -> Result<String, LabError> {
    let (_, bytes) = TEMPLATE
        .iter()
        .find(|(name, _)| *name == DECISIONS)
        .ok_or(LabError::NoTemplate { file: DECISIONS })?;
    let text = std::str::from_utf8(bytes).map_err(|_| LabError::NoTemplate { file: DECISIONS })?;
    values.fill(DECISIONS, text)
}

/// Source address of the scanner: beside every address of the lab, and different for each device.
fn tester_address(device: Ipv4Addr) -> Ipv4Addr {
    let [network, second, third, fourth] = device.octets();
    Ipv4Addr::new(network, second | 0x80, third, fourth)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        let secrets = Secrets::of(1);
        Values::new(Ipv4Addr::new(127, 71, 1, 2), Ipv4Addr::new(127, 72, 1, 2), &Ports::default(), &secrets)
    }

    #[test]
    fn placeholders_are_replaced() {
        let text = values().fill("ics.toml", "a = \"{{model}}\"\nb = \"{{ https_port }}\"\n").unwrap();
        assert_eq!(text, "a = \"HK-100\"\nb = \"8443\"\n");
        assert_eq!(tester_address(Ipv4Addr::new(127, 71, 1, 2)), Ipv4Addr::new(127, 199, 1, 2));
    }

    #[test]
    fn an_unknown_placeholder_is_an_error_with_its_place() {
        let error = values().fill("ics.toml", "a = 1\nb = \"{{colour}}\"\n").unwrap_err();
        assert!(
            matches!(&error, LabError::UnknownPlaceholder { file, line: 2, name } if file == "ics.toml" && name == "colour"),
            "{error}"
        );
        assert!(values().fill("ics.toml", "a = \"{{model }").is_err());
    }

    #[test]
    fn every_placeholder_is_documented() {
        let (_, page) = TEMPLATE.iter().find(|(name, _)| *name == "PLACEHOLDERS.md").unwrap();
        let page = std::str::from_utf8(page).unwrap();
        for name in values().0.keys() {
            assert!(page.contains(&format!("`{name}`")), "{name} is missing in PLACEHOLDERS.md");
        }
    }
}
