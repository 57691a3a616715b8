//! 5.11-1-1: what is declared of the erasure of user data from the device.

use ixit::Row;

use crate::assessor::ask_each;
use crate::assisted::{Look, ask, companions, each_row, field_empty, open, required};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::{self, Emptiness, Item};
use crate::user_data;
use crate::verdict::Verdict;
use crate::words_in_text::{Stands, stands};
use ixit::Blame;

/// The selection of functions whose target is user data on the device.
const ON_DEVICE: &str = "deletes-on-device";

/// Things that a user with limited technical knowledge does not have or know, where a way of deletion needs them.
const FOR_EXPERTS: &[&str] = &[
    "SSH",
    "Telnet",
    "serial console",
    "UART",
    "JTAG",
    "command line",
    "terminal",
    "shell",
    "screwdriver",
    "curl",
    "root",
    "boot loader",
    "bootloader",
    "firmware tool",
    "developer",
    "コマンドライン",
    "シリアル",
    "端末",
    "ドライバー",
    "ブートローダ",
    "開発者",
];

/// Words by which data become impossible to recover, and words that speak of less.
const GONE: &[&str] = &[
    "overwritten",
    "overwrites",
    "written anew",
    "destroying",
    "destroyed",
    "destroys",
    "crypto erase",
    "secure erase",
    "erases",
    "wiped",
    "上書き",
    "破棄",
    "暗号消去",
];
const HIDDEN: &[&str] = &[
    "marked as deleted",
    "marks as deleted",
    "hidden",
    "hides",
    "only the reference",
    "unlinked",
    "recycle bin",
    "deactivated",
    "非表示",
    "削除フラグ",
    "論理削除",
    "無効化",
];

/// 5.11-1-1 a: a function for the device that a user with limited technical knowledge can carry out. User data without
/// any function fail; functions of which nobody says how they are started are open, and how simple one is is for a
/// person.
pub(super) fn a_simple_function_exists(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let none = user_data::none_on_device(facts.declaration) == Verdict::Fail;
    one_simple_function(facts, unit, none.then_some("no-erasure-of-device-data"))
}

/// One simple function among the selected ones is enough. `missing` is the code where there is none at all although
/// there are data to delete.
pub(in crate::tso::user_data_deletion) fn one_simple_function(
    facts: &Facts<'_>,
    unit: &Unit,
    missing: Option<&str>,
) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if selected.items.is_empty() {
        return match missing {
            Some(code) if selected.emptiness != nothing_said() => vec![no_function(facts, code)],
            _ => ask_each(facts, unit),
        };
    }
    let started: Vec<&Item<'_>> =
        selected.items.iter().filter(|item| item.row.text("initiation_and_interaction").is_some()).collect();
    let classified = selected.items.iter().all(|item| !item.unclassified);
    if started.is_empty() && classified {
        let field = "initiation_and_interaction";
        let row_open = |item: &Item<'_>| open(item, field_empty(&item.row.id, field), field);
        return selected.items.iter().map(row_open).collect();
    }
    let mut shown: Vec<Shown> =
        selected.items.iter().flat_map(|item| facts.shown_of_row(unit, item.table, item.row)).collect();
    shown.extend(selected.items.iter().flat_map(|item| companions(item, &["told", "erasure"])));
    let needing: Vec<(&str, Vec<&str>)> =
        started.iter().map(|item| (item.row.id.as_str(), expert_words(item.row))).collect();
    for (row, words) in &needing {
        let words = if words.is_empty() { "none recognized".to_owned() } else { words.join(", ") };
        shown.push(Shown {
            label: "computed.needs-an-expert".to_owned(),
            text: format!("{row}: {words}"),
            source: None,
        });
    }
    let expected = match needing.iter().any(|(_, words)| words.is_empty()) {
        true => Verdict::Pass,
        false => Verdict::Fail,
    };
    vec![ask(facts, unit, "-", shown, (classified && !needing.is_empty()).then_some(expected))]
}

fn nothing_said() -> Emptiness {
    Emptiness::NothingSaid { table: "del_func".to_owned() }
}

fn expert_words(row: &Row) -> Vec<&'static str> {
    let text = row.text("initiation_and_interaction").unwrap_or_default();
    FOR_EXPERTS.iter().copied().filter(|word| stands(text, word) == Stands::Plainly).collect()
}

fn no_function(facts: &Facts<'_>, code: &str) -> ItemResult {
    let rows = facts.declaration.ixit.rows("del_func");
    let targets: Vec<&str> = rows.iter().flat_map(|row| row.texts("target_type")).collect();
    let targets = if targets.is_empty() { "-".to_owned() } else { targets.join(", ") };
    let reason = Reason::new(code).with("rows", rows.len()).with("targets", targets).expected_by("criterion");
    let result =
        ItemResult::machine("-", Verdict::Fail, RestsOn::Declared, reason).blame(Blame::Documentation);
    if rows.is_empty() {
        return result.declared("declaration:ixit.toml#del_func".to_owned());
    }
    rows.iter().fold(result, |result, row| result.declared(row.reference("del_func", "target_type")))
}

/// 5.11-1-1 b: each function makes its target impossible to recover. A function that is said to do nothing contradicts
/// that; words of overwriting or of mere hiding are laid out for a person.
pub(super) fn each_function_erases(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let text = match required(item, "description", "deletion-denied") {
            Ok(text) => text,
            Err(look) => return look,
        };
        let found = |words: &[&'static str]| -> Vec<&'static str> {
            words.iter().copied().filter(|word| stands(text, word) == Stands::Plainly).collect()
        };
        let (gone, hidden) = (found(GONE), found(HIDDEN));
        let expected = match (gone.is_empty(), hidden.is_empty()) {
            (_, false) => Some(Verdict::Fail),
            (false, true) => Some(Verdict::Pass),
            (true, true) => None,
        };
        let list = |words: Vec<&str>| if words.is_empty() { "none".to_owned() } else { words.join(", ") };
        Look::question(item, &["covers", "services", "deletes", "erasure"], expected)
            .computed("computed.words-of-erasure", list(gone))
            .computed("computed.words-of-hiding", list(hidden))
    })
}

/// A kind of user data.
struct Class {
    /// As the companion `covers` names it.
    name: &'static str,
    /// Whether there are such data on the device; `None` where the declaration does not tell.
    there: Option<bool>,
}

/// 5.11-1-1 c: the functions for the device together cover personal data, settings and cryptographic material of the
/// user, as far as the other tables say that there are such data.
pub(super) fn all_kinds_are_covered(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let all = facts.selected(unit);
    let on_device = selection::rows(facts.declaration, "del_func", Some(ON_DEVICE));
    let there_are_data = user_data::none_on_device(facts.declaration) == Verdict::Fail;
    if on_device.items.is_empty() && there_are_data && all.emptiness != nothing_said() {
        return vec![no_function(facts, "no-erasure-of-device-data")];
    }
    if on_device.items.is_empty() {
        return ask_each(facts, unit);
    }
    let functions = &on_device.items;
    let decidable = functions.iter().all(|item| !item.unclassified);
    let covers = |class: &str| {
        functions.iter().any(|item| item.row.companions.covers.iter().any(|covered| covered.value == class))
    };
    let classes = classes(facts);
    let of = |holds: &dyn Fn(&Class) -> bool| -> Vec<&str> {
        classes.iter().filter(|class| holds(class)).map(|class| class.name).collect()
    };
    let covered = of(&|class| covers(class.name));
    let absent = of(&|class| class.there == Some(false));
    let lacking = of(&|class| class.there == Some(true) && !covers(class.name));
    let perhaps = of(&|class| class.there.is_none() && !covers(class.name));
    let all_say = functions.iter().all(|item| !item.row.companions.covers.is_empty());
    let list = |names: &[&str]| if names.is_empty() { "-".to_owned() } else { names.join(", ") };
    let rows: Vec<&str> = functions.iter().map(|item| item.row.id.as_str()).collect();
    let shown_by_functions = |mut result: ItemResult| {
        for item in functions {
            result = result.declared(item.row.reference(item.table, "covers"));
        }
        vec![result]
    };
    if decidable && all_say && !lacking.is_empty() {
        let reason = Reason::new("user-data-not-covered")
            .with("lacking", list(&lacking))
            .with("rows", list(&rows))
            .with("covered", list(&covered))
            .expected_by("criterion");
        let failed = ItemResult::machine("-", Verdict::Fail, RestsOn::Declared, reason);
        return shown_by_functions(failed.blame(Blame::Documentation));
    }
    if decidable && lacking.is_empty() && perhaps.is_empty() && !covered.is_empty() {
        let reason = Reason::new("user-data-covered")
            .with("classes", list(&covered))
            .with("rows", list(&rows))
            .with("absent", list(&absent))
            .expected_by("criterion");
        return shown_by_functions(ItemResult::machine("-", Verdict::Pass, RestsOn::Declared, reason));
    }
    let mut shown: Vec<Shown> =
        functions.iter().flat_map(|item| facts.shown_of_row(unit, item.table, item.row)).collect();
    shown.extend(functions.iter().flat_map(|item| companions(item, &["covers", "deletes"])));
    shown.extend(of_the_user(facts));
    for class in &classes {
        let there = match class.there {
            Some(true) => "on the device",
            Some(false) => "not on the device",
            None => "it is not told whether there are any on the device",
        };
        let covered = if covers(class.name) { "covered" } else { "not named as covered" };
        shown.push(Shown {
            label: "computed.user-data".to_owned(),
            text: format!("{}: {there}, {covered}", class.name),
            source: None,
        });
    }
    vec![ask(facts, unit, "-", shown, None)]
}

/// The three kinds of user data, and whether the declaration says that there are such on the device.
fn classes(facts: &Facts<'_>) -> [Class; 3] {
    let ixit = &facts.declaration.ixit;
    let personal = any(ixit.rows("pers_data").iter().map(|row| {
        let places = &row.companions.stored_on;
        (!places.is_empty()).then(|| places.iter().any(|place| place.value == "device"))
    }));
    let secrets = any(ixit
        .rows("sec_param")
        .iter()
        .map(|row| row.companions.of_user.as_ref().map(|of_user| of_user.value)));
    let settings = ixit.rows("soft_serv").iter().any(|row| row.flag("allows_configuration") == Some(true))
        || !ixit.rows("user_dec").is_empty();
    let stated = |table: &str| ixit.tables.contains_key(table);
    [
        Class { name: "personal-data", there: personal.filter(|there| *there || stated("pers_data")) },
        // That nothing can be set is said nowhere in a closed form.
        Class { name: "user-configuration", there: settings.then_some(true) },
        Class {
            name: "user-cryptographic-material",
            there: secrets.filter(|there| *there || stated("sec_param")),
        },
    ]
}

/// Three-valued "or".
fn any(mut parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    parts
        .try_fold(Some(false), |known, part| match (known, part) {
            (_, Some(true)) => Err(Some(true)),
            (Some(false), Some(false)) => Ok(Some(false)),
            _ => Ok(None),
        })
        .unwrap_or_else(|found| found)
}

/// What other tables say of data of the user, by row.
fn of_the_user(facts: &Facts<'_>) -> Vec<Shown> {
    let of_user = |row: &&Row| row.companions.of_user.as_ref().is_none_or(|of_user| of_user.value);
    let on_device = |row: &&Row| {
        let places = &row.companions.stored_on;
        places.is_empty() || places.iter().any(|place| place.value == "device")
    };
    let ixit = &facts.declaration.ixit;
    let personal = ixit.rows("pers_data").iter().filter(on_device).map(|row| ("pers_data", row));
    let secrets = ixit.rows("sec_param").iter().filter(of_user).map(|row| ("sec_param", row));
    personal
        .chain(secrets)
        .map(|(table, row)| Shown {
            label: format!("{table}.{}", row.id),
            text: row.text("description").unwrap_or("-").to_owned(),
            source: Some(row.reference(table, "description")),
        })
        .collect()
}

#[cfg(test)]
#[path = "declared/tests.rs"]
mod tests;
