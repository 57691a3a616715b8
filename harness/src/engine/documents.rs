//! Documents of the supplier for the probes: the copies in the run, as they were when it began.

use std::collections::BTreeMap;
use std::path::Path;

use probes::context::LoadDocument;
use probes::observation::digest;

use crate::store::{DECLARATION_FOLDER, LARGEST_COPIED_DOCUMENT, StoredDocument, read_bounded};

/// What gives a document of the run by its path below `documents/`.
pub(super) fn of(run: &Path, documents: &[StoredDocument]) -> LoadDocument {
    let folder = run.join(DECLARATION_FOLDER).join("documents");
    let documents: BTreeMap<String, StoredDocument> =
        documents.iter().map(|document| (document.path.clone(), document.clone())).collect();
    Box::new(move |path| {
        // Only what the run names: its paths were looked at when it began.
        let document = documents.get(path).ok_or("it was not handed in")?;
        if !document.copied {
            return Err(format!(
                "it has {} octets; documents of more than {LARGEST_COPIED_DOCUMENT} are not copied into a run",
                document.size
            ));
        }
        let octets =
            read_bounded(&folder.join(path), LARGEST_COPIED_DOCUMENT).map_err(|error| error.to_string())?;
        if digest(&octets).strip_prefix("sha256:") != Some(&document.sha256) {
            return Err("its copy in the run was altered".to_owned());
        }
        Ok(octets)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_copies_of_the_run_are_given_as_they_were() {
        let run = tempfile::tempdir().unwrap();
        let folder = run.path().join(DECLARATION_FOLDER).join("documents");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("manual.md"), "# Manual").unwrap();
        std::fs::write(folder.join("altered.md"), "# Another").unwrap();
        std::fs::write(run.path().join("secret"), "no document").unwrap();
        let sha256 = digest(b"# Manual").trim_start_matches("sha256:").to_owned();
        let document = |path: &str, copied| StoredDocument {
            path: path.to_owned(),
            sha256: sha256.clone(),
            size: 8,
            copied,
        };
        let documents =
            vec![document("manual.md", true), document("altered.md", true), document("film.mp4", false)];
        let load = of(run.path(), &documents);
        assert_eq!(load("manual.md").unwrap(), b"# Manual");
        for (path, why) in [
            ("altered.md", "altered"),
            ("film.mp4", "not copied"),
            ("other.md", "not handed in"),
            ("../../secret", "not handed in"),
        ] {
            assert!(load(path).unwrap_err().contains(why), "{path}");
        }
    }
}
