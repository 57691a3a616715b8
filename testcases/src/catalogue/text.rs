//! A catalogue as one text: what a run keeps, so that it can be judged years later by a build that has another one.

use ixit::Edition;

use super::Catalogue;

impl Catalogue {
    /// All files of an edition, each after a line with its name. Its digest is [`Catalogue::digest`].
    pub fn text(edition: Edition) -> String {
        let mut all = String::new();
        for (name, text) in Self::files(&folder(edition)) {
            all.push_str(name);
            all.push('\n');
            all.push_str(text);
        }
        all
    }

    /// The catalogue that such a text holds.
    ///
    /// # Errors
    /// In words, what this build does not understand in it.
    pub fn from_text(edition: Edition, text: &str) -> Result<Self, String> {
        let folder = folder(edition);
        let mut files: Vec<(&str, &str)> = Vec::new();
        let (mut name, mut start, mut at) = ("", 0, 0);
        for line in text.split_inclusive('\n') {
            let said = line.trim_end();
            if said.starts_with(&folder) && said.ends_with(".toml") {
                files.push((name, &text[start..at]));
                (name, start) = (said, at + line.len());
            }
            at += line.len();
        }
        files.push((name, &text[start..]));
        Self::from_files(edition, text, |wanted| {
            files.iter().find(|(name, _)| *name == wanted).map(|(_, text)| *text)
        })
    }
}

/// Where the files of an edition lie in this crate.
fn folder(edition: Edition) -> String {
    format!("catalogue/{}/", edition.short())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_gives_the_catalogue_back() {
        for edition in Edition::ALL {
            let again = Catalogue::from_text(*edition, &Catalogue::text(*edition)).expect("a catalogue");
            let built_in = Catalogue::of(*edition);
            assert_eq!(again.digest, built_in.digest);
            let ids = |catalogue: &Catalogue| -> Vec<String> {
                catalogue.units.iter().map(|unit| unit.id.clone()).collect()
            };
            assert_eq!(ids(&again), ids(built_in));
        }
    }

    #[test]
    fn a_text_that_is_none_is_refused_in_words() {
        for text in ["", "catalogue/en303645-2.1.1/provisions.toml\n", "x = 1\n"] {
            assert!(Catalogue::from_text(Edition::En303645V2_1_1, text).is_err(), "{text}");
        }
        let cut = Catalogue::text(Edition::En303645V2_1_1);
        assert!(Catalogue::from_text(Edition::En303645V2_1_1, &cut[..cut.len() / 2]).is_err());
    }
}
