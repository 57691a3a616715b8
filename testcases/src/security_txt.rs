//! The file security.txt (RFC 9116), by which finders of vulnerabilities find whom to tell.
//!
//! Read leniently: a signature around it is passed over, unknown fields are ignored, as the RFC asks for.

use jiff::Timestamp;

/// Values of one field kept at most; the file is a stranger's.
const VALUES_AT_MOST: usize = 32;
/// Characters of a value kept at most.
const LONGEST_VALUE: usize = 500;

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityTxt {
    /// `Contact`, in order of preference. The RFC asks for at least one.
    pub contact: Vec<String>,
    /// `Expires`. The RFC asks for exactly one.
    pub expires: Vec<String>,
    /// `Policy`.
    pub policy: Vec<String>,
    /// `Encryption`.
    pub encryption: Vec<String>,
    /// `Canonical`: the addresses at which the file is at home.
    pub canonical: Vec<String>,
    /// `Preferred-Languages`.
    pub preferred_languages: Vec<String>,
}

impl SecurityTxt {
    /// From its lines; `None` where no line is a field that the RFC knows, as on a page that says "not found".
    pub fn from_lines<'l>(lines: impl IntoIterator<Item = &'l str>) -> Option<Self> {
        let mut read = Self::default();
        let mut any = false;
        for line in lines {
            let line = line.trim();
            if line == "-----BEGIN PGP SIGNATURE-----" {
                break;
            }
            let Some((name, value)) = line.split_once(':').filter(|_| !line.starts_with('#')) else {
                continue;
            };
            let values = match name.trim_end().to_ascii_lowercase().as_str() {
                "contact" => &mut read.contact,
                "expires" => &mut read.expires,
                "policy" => &mut read.policy,
                "encryption" => &mut read.encryption,
                "canonical" => &mut read.canonical,
                "preferred-languages" => &mut read.preferred_languages,
                _ => continue,
            };
            let value: String = value.trim().chars().take(LONGEST_VALUE).collect();
            if !value.is_empty() && values.len() < VALUES_AT_MOST {
                any = true;
                values.push(value);
            }
        }
        any.then_some(read)
    }

    /// The end of its validity, where exactly one is given and it can be read (RFC 3339).
    pub fn expiry(&self) -> Option<Timestamp> {
        match self.expires.as_slice() {
            [one] => one.parse().ok(),
            _ => None,
        }
    }

    /// What the RFC asks for and the file does not give, in words.
    pub fn defects(&self) -> Vec<&'static str> {
        let mut defects = Vec::new();
        if self.contact.is_empty() {
            defects.push("no Contact");
        }
        match self.expires.len() {
            0 => defects.push("no Expires"),
            1 if self.expiry().is_none() => defects.push("Expires is no date of RFC 3339"),
            1 => {}
            _ => defects.push("Expires more than once"),
        }
        if self.contact.iter().any(|contact| !contact.contains(':')) {
            defects.push("a Contact that is no URI");
        }
        defects
    }

    /// Whether an address for reports, with or without `mailto:`, is one of its contacts; the host and the name
    /// before it are compared regardless of case.
    pub fn names_contact(&self, address: &str) -> bool {
        let bare = |text: &str| {
            let text = text.trim().to_lowercase();
            text.strip_prefix("mailto:").map_or(text.clone(), str::to_owned)
        };
        let wanted = bare(address);
        self.contact.iter().any(|contact| bare(contact).split('?').next() == Some(wanted.as_str()))
    }
}

#[cfg(test)]
#[path = "security_txt/tests.rs"]
mod tests;
