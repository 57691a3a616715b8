//! Catalogue and crypto policy that a run is judged with. Both are copied into the run, so that it can be judged
//! by a build that has others: what differs is said, and nothing is replaced.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use ixit::Edition;
use probes::observation::digest;
use testcases::Catalogue;
use testcases::crypto::Policy;

use super::manifest::{NamedDigest, RunManifest};
use super::{StoreError, files};

/// Name of the folder with the copies.
pub const FOLDER: &str = "catalogue";
/// Name of the crypto policy in it.
const POLICY: &str = "crypto-policy.toml";
/// Largest copy that is read (16 MiB).
const LARGEST: u64 = 16 << 20;

/// What this build judges a run with.
#[derive(Debug, Default)]
pub struct Basis {
    /// The catalogue kept in the run, where it is not that of this build.
    catalogue: Option<Box<Catalogue>>,
    /// The crypto policy that the run names, or keeps where it is not that of this build.
    policy: KeptPolicy,
    /// What is not as it was when the run was made.
    pub differences: Vec<Difference>,
}

/// Where the crypto policy of a run comes from.
#[derive(Debug, Default)]
enum KeptPolicy {
    /// That of this build where nobody names another.
    #[default]
    Standard,
    /// One of this build.
    BuiltIn(&'static Policy),
    /// The copy in the run.
    Own(Box<Policy>),
}

/// Something that is not as it was when the run was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Another catalogue; the run is judged with the copy that it keeps.
    OwnCatalogue,
    /// Another catalogue; the run is judged with that of this build, because it keeps none that can be used.
    OtherCatalogue {
        /// Why not, in words.
        why: String,
    },
    /// Another crypto policy; the run is judged with the copy that it keeps.
    OwnPolicy,
    /// Another crypto policy; the run is judged with that of this build, because it keeps none that can be used.
    OtherPolicy {
        /// Name of that of the run; its date in runs of builds that had one policy alone.
        then: String,
        /// Name and date of that of this build.
        now: String,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnCatalogue => f.write_str(
                "The run was made with another catalogue than that of this build; it is judged with its own, which it keeps",
            ),
            Self::OtherCatalogue { why } => write!(
                f,
                "The run was made with another catalogue than that of this build, and {why}; it is judged with that of this build"
            ),
            Self::OwnPolicy => f.write_str(
                "The run was made with another crypto policy than those of this build; it is judged with its own, which it keeps",
            ),
            Self::OtherPolicy { then, now } => write!(
                f,
                "The run was made with the crypto policy of {then}; this build judges with that of {now}"
            ),
        }
    }
}

/// Copies what this build judges with into a new run; gives the digests by name in the folder.
pub(super) fn keep(run: &Path, manifest: &RunManifest) -> Result<BTreeMap<String, String>, StoreError> {
    let mut digests = BTreeMap::new();
    let Ok(edition) = manifest.edition.parse::<Edition>() else { return Ok(digests) };
    files::make_private_folder(&run.join(FOLDER))?;
    for (name, text) in [
        (catalogue_file(edition), Catalogue::text(edition)),
        (POLICY.to_owned(), named(&manifest.policy).text.clone()),
    ] {
        files::replace(&run.join(FOLDER).join(&name), text.as_bytes())?;
        digests.insert(name, digest(text.as_bytes()));
    }
    Ok(digests)
}

impl Basis {
    /// Finds out what a run is judged with. Copies that are not what `kept` says are named in `broken`.
    pub(super) fn of(
        run: &Path,
        edition: Edition,
        manifest: &RunManifest,
        kept: &BTreeMap<String, String>,
        broken: &mut Vec<String>,
    ) -> Self {
        for (name, expected) in kept {
            let read = files::read_bounded(&run.join(FOLDER).join(name), LARGEST);
            if read.map_or(true, |bytes| digest(&bytes) != *expected) {
                broken.push(format!("{FOLDER}/{name} was altered"));
            }
        }
        let mut basis = Self::default();
        if manifest.catalogue != Catalogue::of(edition).digest {
            match stored(run, edition, &manifest.catalogue) {
                Ok(catalogue) => {
                    basis.catalogue = Some(Box::new(catalogue));
                    basis.differences.push(Difference::OwnCatalogue);
                }
                Err(why) => basis.differences.push(Difference::OtherCatalogue { why }),
            }
        }
        let (policy, difference) = policy_of(run, &manifest.policy);
        basis.policy = policy;
        basis.differences.extend(difference);
        basis
    }

    /// The crypto policy.
    pub fn policy(&self) -> &Policy {
        match &self.policy {
            KeptPolicy::Standard => Policy::standard(),
            KeptPolicy::BuiltIn(policy) => policy,
            KeptPolicy::Own(policy) => policy,
        }
    }

    /// The catalogue.
    pub fn catalogue(&self, edition: Edition) -> &Catalogue {
        self.catalogue.as_deref().unwrap_or_else(|| Catalogue::of(edition))
    }
}

/// The catalogue that a run keeps; else why it cannot be used.
fn stored(run: &Path, edition: Edition, expected: &str) -> Result<Catalogue, String> {
    let path = run.join(FOLDER).join(catalogue_file(edition));
    let bytes = files::read_bounded(&path, LARGEST).map_err(|_| "keeps no copy of it".to_owned())?;
    if digest(&bytes) != expected {
        return Err("its copy is not the one that run.json names".to_owned());
    }
    let text = String::from_utf8(bytes).map_err(|_| "its copy is no text".to_owned())?;
    Catalogue::from_text(edition, &text)
        .map_err(|why| format!("its copy is not understood by this build ({why})"))
}

/// The policy of this build that a run names, or that where nobody names another.
fn named(policy: &NamedDigest) -> &'static Policy {
    Policy::named(&policy.name).unwrap_or_else(Policy::standard)
}

/// The policy of a run. Builds that did not write it left name and digest empty; those that had a deny list alone
/// wrote its date as the name, and kept a copy that is no policy.
fn policy_of(run: &Path, then: &NamedDigest) -> (KeptPolicy, Option<Difference>) {
    let now = named(then);
    if then.sha256.is_empty() || then.sha256 == now.digest {
        return (KeptPolicy::BuiltIn(now), None);
    }
    let own = files::read_bounded(&run.join(FOLDER).join(POLICY), LARGEST)
        .ok()
        .filter(|bytes| digest(bytes) == then.sha256)
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| Policy::from_text(&text).ok());
    match own {
        Some(own) => (KeptPolicy::Own(Box::new(own)), Some(Difference::OwnPolicy)),
        None => {
            let difference = Difference::OtherPolicy { then: then.name.clone(), now: now.line() };
            (KeptPolicy::BuiltIn(now), Some(difference))
        }
    }
}

fn catalogue_file(edition: Edition) -> String {
    format!("{}.txt", edition.short())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDITION: Edition = Edition::En303645V2_1_1;

    fn manifest() -> RunManifest {
        let policy = Policy::standard();
        RunManifest {
            format: super::super::FORMAT.to_owned(),
            tool: super::super::tool(),
            edition: EDITION.name().to_owned(),
            catalogue: Catalogue::of(EDITION).digest.clone(),
            policy: NamedDigest { name: policy.terms.id.clone(), sha256: policy.digest.clone() },
            plan: String::new(),
            declaration: Vec::new(),
            documents: Vec::new(),
            bench: super::super::BenchRecord::File { path: String::new(), sha256: String::new() },
            samples: Vec::new(),
            further: Vec::new(),
            equipment: Vec::new(),
            date: jiff::civil::Date::default(),
            people: super::super::People::default(),
            demonstration: false,
            only: None,
        }
    }

    /// A run that was made with another catalogue: one unit has another name.
    fn of_another_build(run: &Path) -> (RunManifest, BTreeMap<String, String>) {
        let mut manifest = manifest();
        let mut kept = keep(run, &manifest).expect("a copy");
        let text = Catalogue::text(EDITION).replacen("confidence = \"", "confidence = \"very ", 1);
        std::fs::write(run.join(FOLDER).join(catalogue_file(EDITION)), &text).expect("a file");
        manifest.catalogue = digest(text.as_bytes());
        kept.insert(catalogue_file(EDITION), manifest.catalogue.clone());
        (manifest, kept)
    }

    fn basis(run: &Path, manifest: &RunManifest, kept: &BTreeMap<String, String>) -> (Basis, Vec<String>) {
        let mut broken = Vec::new();
        let basis = Basis::of(run, EDITION, manifest, kept, &mut broken);
        (basis, broken)
    }

    #[test]
    fn a_run_of_this_build_is_judged_with_what_is_built_in() {
        let run = tempfile::tempdir().expect("a folder");
        let manifest = manifest();
        let kept = keep(run.path(), &manifest).expect("a copy");
        assert_eq!(kept.get(&catalogue_file(EDITION)), Some(&manifest.catalogue));
        assert_eq!(kept.get(POLICY), Some(&manifest.policy.sha256));
        let (basis, broken) = basis(run.path(), &manifest, &kept);
        assert!(basis.differences.is_empty() && broken.is_empty(), "{basis:?} {broken:?}");
        assert!(std::ptr::eq(basis.catalogue(EDITION), Catalogue::of(EDITION)));
    }

    #[test]
    fn a_run_of_another_build_is_judged_with_its_own_catalogue_and_says_so() {
        let run = tempfile::tempdir().expect("a folder");
        let (manifest, kept) = of_another_build(run.path());
        let (basis, broken) = basis(run.path(), &manifest, &kept);
        assert_eq!((basis.differences.as_slice(), broken.len()), (&[Difference::OwnCatalogue][..], 0));
        assert_eq!(basis.catalogue(EDITION).digest, manifest.catalogue);
    }

    #[test]
    fn a_copy_that_was_altered_or_is_missing_is_not_used() {
        let run = tempfile::tempdir().expect("a folder");
        let (manifest, kept) = of_another_build(run.path());
        let path = run.path().join(FOLDER).join(catalogue_file(EDITION));
        std::fs::write(&path, "altered").expect("a file");
        let (altered, broken) = basis(run.path(), &manifest, &kept);
        assert!(matches!(&altered.differences[..], [Difference::OtherCatalogue { .. }]), "{altered:?}");
        assert_eq!(broken, ["catalogue/en303645-2.1.1.txt was altered"]);
        // A run of a build that kept no copies.
        std::fs::remove_file(&path).expect("it was there");
        let (missing, broken) = basis(run.path(), &manifest, &BTreeMap::new());
        assert!(matches!(&missing.differences[..], [Difference::OtherCatalogue { .. }]), "{missing:?}");
        assert!(broken.is_empty(), "{broken:?}");
        assert_eq!(missing.catalogue(EDITION).digest, Catalogue::of(EDITION).digest);
    }

    #[test]
    fn another_policy_is_told_with_both_dates() {
        let run = tempfile::tempdir().expect("a folder");
        let mut manifest = manifest();
        manifest.policy = NamedDigest { name: "2020-01-01".to_owned(), sha256: digest(b"older") };
        let (basis, _) = basis(run.path(), &manifest, &BTreeMap::new());
        assert!(basis.differences[0].to_string().contains("of 2020-01-01"), "{basis:?}");
        manifest.policy = NamedDigest::default();
        assert!(self::basis(run.path(), &manifest, &BTreeMap::new()).0.differences.is_empty());
    }

    #[test]
    fn a_policy_of_this_build_is_taken_by_its_name_and_another_from_the_run() {
        let run = tempfile::tempdir().expect("a folder");
        let mut manifest = manifest();
        let bsi = Policy::named("bsi").expect("a policy");
        manifest.policy = NamedDigest { name: "bsi".to_owned(), sha256: bsi.digest.clone() };
        let kept = keep(run.path(), &manifest).expect("a copy");
        assert_eq!(kept.get(POLICY), Some(&bsi.digest));
        let (named, _) = basis(run.path(), &manifest, &kept);
        assert!(named.differences.is_empty() && std::ptr::eq(named.policy(), bsi));
        // A build with other catalogues.
        let text = bsi.text.replacen("confidence = \"high\"", "confidence = \"medium\"", 1);
        std::fs::write(run.path().join(FOLDER).join(POLICY), &text).expect("a file");
        manifest.policy.sha256 = digest(text.as_bytes());
        let kept = BTreeMap::from([(POLICY.to_owned(), manifest.policy.sha256.clone())]);
        let (own, broken) = basis(run.path(), &manifest, &kept);
        assert_eq!((own.differences.as_slice(), broken.len()), (&[Difference::OwnPolicy][..], 0));
        assert_eq!(own.policy().digest, manifest.policy.sha256);
    }
}
