//! Whether there are user data on the device: the one pass condition of the standard without a unit
//! (5.11-1-1 c1), and what makes an erasure function needless.
//!
//! User data are personal data, the user's configuration and the user's cryptographic material. That
//! there are none can only be declared, not seen; so it counts only if the declaration says so about
//! personal data, with a reason, and no other table speaks of any.

use ixit::companion::Subject;
use ixit::{Declaration, Row, TableContent};

use crate::selection;
use crate::verdict::Verdict;

/// Words by which a row is recognized as one about what belongs to a user.
const USER_WORDS: &[&str] = &["user", "ユーザ", "利用者", "使用者"];

/// PASS: declared that there are none, and nothing speaks against it. FAIL: the declaration itself names
/// some. INCONCLUSIVE: the declaration does not tell.
pub fn none_on_device(declaration: &Declaration) -> Verdict {
    let ixit = &declaration.ixit;
    let stored = ixit.rows("pers_data").iter().any(|row| stored_on(row, "device"));
    let erased = ixit
        .rows("del_func")
        .iter()
        .any(|row| selection::matches(declaration, "deletes-on-device", row) == Some(true));
    let chosen_by_user = ixit.rows("auth_mech").iter().any(|row| {
        row.companions.subject.as_ref().is_some_and(|subject| subject.value == Subject::User)
            && row.companions.factor.as_ref().is_some_and(|factor| factor.value.user_defined == Some(true))
    });
    if stored || erased || chosen_by_user {
        return Verdict::Fail;
    }
    let spoken_of = ["sec_param", "del_func"].into_iter().flat_map(|table| ixit.rows(table)).any(|row| {
        row.fields.values().any(|value| {
            let text = value.value.display().to_lowercase();
            USER_WORDS.iter().any(|word| text.contains(word))
        })
    });
    match ixit.tables.get("pers_data") {
        Some(TableContent::Empty(_)) if !spoken_of => Verdict::Pass,
        _ => Verdict::Inconclusive,
    }
}

/// Whether it is shown that associated services store no personal data.
pub fn none_at_services(declaration: &Declaration) -> bool {
    match declaration.ixit.tables.get("pers_data") {
        Some(TableContent::Empty(_)) => true,
        Some(TableContent::Rows(rows)) => {
            rows.iter().all(|row| selection::matches(declaration, "stored-by-service", row) == Some(false))
        }
        _ => false,
    }
}

fn stored_on(row: &Row, place: &str) -> bool {
    row.companions.stored_on.iter().any(|stored| stored.value == place)
}
