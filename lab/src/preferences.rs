//! What the user can choose: how updates install, whether notices come, remote operation, usage statistics.

use std::time::{Duration, Instant};

/// A moment after which a careless memory goes back to what it had.
const MOMENT: Duration = Duration::from_millis(150);

/// How updates install.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Install {
    /// By themselves.
    #[default]
    Automatic,
    /// After the user was asked, within seven days.
    AfterAsking,
    /// Not at all.
    Off,
}

impl Install {
    /// Every way, in the order of the page.
    pub(crate) const ALL: [Self; 3] = [Self::Automatic, Self::AfterAsking, Self::Off];

    /// As forms send it.
    pub(crate) fn value(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::AfterAsking => "asking",
            Self::Off => "off",
        }
    }

    /// As people read it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::AfterAsking => "after asking",
            Self::Off => "off",
        }
    }

    fn named(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.value() == value)
    }
}

/// The choices of the user, as they are after a set-up in which nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Preferences {
    /// How updates install.
    pub(crate) install: Install,
    /// Notices of updates come.
    pub(crate) notices: bool,
    /// Orders of the cloud are accepted.
    pub(crate) remote: bool,
    /// Usage statistics are sent.
    pub(crate) statistics: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { install: Install::Automatic, notices: true, remote: false, statistics: false }
    }
}

/// What is wrong with settings and with the questions of the set-up; nothing in the sound device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SettingFlaws {
    /// Updates do not install after the set-up.
    pub updates_off_at_first: bool,
    /// That updates shall not install is refused.
    pub updates_cannot_be_off: bool,
    /// A change of how updates install is taken and forgotten.
    pub updates_switch_ignored: bool,
    /// Updates that were switched off are on again after a moment.
    pub updates_come_back: bool,
    /// No notices come after the set-up.
    pub notices_off_at_first: bool,
    /// A change of the notices is refused.
    pub notices_cannot_be_switched: bool,
    /// Notices that were switched off are on again after a moment.
    pub notices_come_back: bool,
    /// The settings of updates are taken from anybody.
    pub updates_open_to_strangers: bool,
    /// Usage statistics are on after the set-up.
    pub statistics_on_at_first: bool,
    /// Usage statistics that were switched off are on again after a moment.
    pub statistics_come_back: bool,
    /// Usage statistics go on being sent after they were switched off, without TLS.
    pub withdrawal_ignored: bool,
    /// The set-up does not offer to install updates after asking.
    pub set_up_omits_asking: bool,
    /// The set-up has remote operation chosen beforehand.
    pub set_up_prefers_remote: bool,
    /// The set-up does not ask about usage statistics.
    pub set_up_omits_statistics: bool,
}

/// The choices in the memory of the device.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Chosen {
    kept: Preferences,
    /// Since when updates are not automatic, notices off and statistics off, where they were on before.
    left: [Option<Instant>; 3],
    agreed_once: bool,
}

/// What becomes of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Taken.
    Taken,
    /// Not possible.
    Refused,
}

impl Chosen {
    /// What is chosen after a set-up in which nothing was changed.
    pub(crate) fn at_first(flaws: SettingFlaws) -> Self {
        let mut kept = Preferences::default();
        if flaws.updates_off_at_first {
            kept.install = Install::Off;
        }
        kept.notices = !flaws.notices_off_at_first;
        kept.statistics = flaws.statistics_on_at_first;
        Self { kept, ..Self::default() }
    }

    /// What counts now.
    pub(crate) fn now(&self, flaws: SettingFlaws) -> Preferences {
        let back = |comes: bool, left: Option<Instant>| comes && left.is_some_and(|at| at.elapsed() > MOMENT);
        let mut now = self.kept;
        let [updates, notices, statistics] = self.left;
        if back(flaws.updates_come_back, updates) {
            now.install = Install::Automatic;
        }
        now.notices |= back(flaws.notices_come_back, notices);
        now.statistics |= back(flaws.statistics_come_back, statistics);
        now
    }

    /// The user agreed to the statistics, and took it back.
    pub(crate) fn withdrawn(&self) -> bool {
        self.agreed_once && !self.kept.statistics
    }

    /// Takes the fields of a form; those that are not there stay as they are.
    pub(crate) fn change(&mut self, flaws: SettingFlaws, field: impl Fn(&str) -> Option<String>) -> Change {
        let mut wanted = self.now(flaws);
        let before = wanted;
        let switch = |name: &str, at: &mut bool| match field(name).as_deref() {
            None => true,
            Some(value @ ("on" | "off")) => {
                *at = value == "on";
                true
            }
            Some(_) => false,
        };
        let known = switch("notices", &mut wanted.notices)
            && switch("remote", &mut wanted.remote)
            && switch("statistics", &mut wanted.statistics);
        let install = field("install").map(|value| Install::named(&value));
        if !known || install == Some(None) {
            return Change::Refused;
        }
        wanted.install = install.flatten().unwrap_or(wanted.install);
        if flaws.updates_cannot_be_off && wanted.install == Install::Off
            || flaws.notices_cannot_be_switched && wanted.notices != before.notices
        {
            return Change::Refused;
        }
        if flaws.updates_switch_ignored {
            wanted.install = before.install;
        }
        let left = [
            (before.install == Install::Automatic, wanted.install == Install::Automatic),
            (before.notices, wanted.notices),
            (before.statistics, wanted.statistics),
        ];
        for (since, (was, is)) in self.left.iter_mut().zip(left) {
            match (was, is) {
                (_, true) => *since = None,
                (true, false) => *since = Some(Instant::now()),
                (false, false) => {}
            }
        }
        self.agreed_once |= wanted.statistics;
        self.kept = wanted;
        Change::Taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(flaws: SettingFlaws, name: &'static str, value: &'static str) -> (Change, Preferences) {
        let mut chosen = Chosen::at_first(flaws);
        let change = chosen.change(flaws, |field| (field == name).then(|| value.to_owned()));
        (change, chosen.now(flaws))
    }

    #[test]
    fn each_field_changes_its_own_choice_alone() {
        let sound = SettingFlaws::default();
        let (change, now) = changed(sound, "install", "asking");
        assert_eq!(change, Change::Taken);
        assert_eq!(now, Preferences { install: Install::AfterAsking, ..Preferences::default() });
        let (_, now) = changed(sound, "statistics", "on");
        assert_eq!(now, Preferences { statistics: true, ..Preferences::default() });
        let (change, now) = changed(sound, "notices", "perhaps");
        assert_eq!((change, now), (Change::Refused, Preferences::default()));
    }

    #[test]
    fn flaws_keep_or_bring_back_what_the_user_left() {
        let ignored = SettingFlaws { updates_switch_ignored: true, ..SettingFlaws::default() };
        assert_eq!(changed(ignored, "install", "off"), (Change::Taken, Preferences::default()));
        let refused = SettingFlaws { updates_cannot_be_off: true, ..SettingFlaws::default() };
        assert_eq!(changed(refused, "install", "off").0, Change::Refused);
        let back = SettingFlaws { notices_come_back: true, ..SettingFlaws::default() };
        let mut chosen = Chosen::at_first(back);
        chosen.change(back, |field| (field == "notices").then(|| "off".to_owned()));
        assert!(!chosen.now(back).notices);
        std::thread::sleep(MOMENT * 2);
        assert!(chosen.now(back).notices);
    }
}
