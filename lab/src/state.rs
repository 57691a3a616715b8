//! What the device remembers: stage, passwords, sessions, failed logins.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::behaviour::{Behaviour, PasswordChange};
use crate::model;
use crate::orders::Orders;
use crate::preferences::{Change, Chosen, Preferences, SettingFlaws};
use crate::secrets::Secrets;
use crate::security_log::SecurityLog;
use crate::user_data::{DeletionFlaws, UserData};

/// Greatest number of sessions, and of tokens; the oldest goes first.
const KEPT: usize = 64;

/// Where the device stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// As it left the factory: the label password leads to the set-up page.
    FactoryDefault,
    /// A user has set a password.
    Initialized,
}

/// Which login was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    /// The form of the web interface.
    Web,
    /// The token endpoint of the API.
    Api,
}

impl Login {
    /// As the log calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Api => "api",
        }
    }
}

/// What became of a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Let in.
    Accepted,
    /// Wrong user name or password.
    Refused,
    /// Not looked at: too many failures before. Whole seconds left, at least 1.
    Locked(u64),
}

/// The memory of the device.
#[derive(Debug)]
pub(crate) struct State {
    secrets: Secrets,
    default_password: bool,
    guest_on_api: bool,
    right_password_unlocks: bool,
    label_works_on: bool,
    password_change: PasswordChange,
    settings: SettingFlaws,
    lockout: Duration,
    chance: [u8; 32],
    /// Security events.
    pub(crate) log: SecurityLog,
    /// Orders of the cloud, and who operates the device.
    pub(crate) orders: Orders,
    memory: Mutex<Memory>,
}

#[derive(Debug)]
struct Memory {
    stage: Stage,
    password: String,
    /// The one before, where the API or every login goes on taking it.
    previous: Option<String>,
    web: Guard,
    api: Guard,
    /// Whose failures the web login counts, where it counts them for each visitor.
    counted_visitor: Option<String>,
    sessions: VecDeque<String>,
    tokens: VecDeque<String>,
    /// What the user gave it to keep.
    user_data: UserData,
    /// What a careless deletion left.
    left: Left,
    drawn: u64,
    last_update_check: Option<String>,
    /// Wanted temperature of the water in degrees Celsius.
    target: u8,
    chosen: Chosen,
}

/// What a careless deletion left; nothing after a sound one.
#[derive(Debug, Default)]
struct Left {
    sessions: VecDeque<String>,
    tokens: VecDeque<String>,
    password: Option<String>,
    /// What is there again after the next set-up.
    comes_back: Option<UserData>,
    data: UserData,
    name: String,
    log: String,
}

#[derive(Debug)]
struct Guard {
    limit: Option<u32>,
    failures: u32,
    locked_until: Option<Instant>,
}

impl State {
    pub(crate) fn new(secrets: Secrets, behaviour: &Behaviour) -> Self {
        let chance = Sha256::new()
            .chain_update(RandomState::new().hash_one(&secrets.serial).to_be_bytes())
            .chain_update(RandomState::new().hash_one(std::process::id()).to_be_bytes())
            .chain_update(secrets.cloud_password.as_bytes())
            .finalize();
        let guard = |limit| Guard { limit, failures: 0, locked_until: None };
        let memory = Memory {
            stage: Stage::FactoryDefault,
            password: secrets.label_password.clone(),
            previous: None,
            web: guard(behaviour.web_lockout),
            api: guard(behaviour.api_lockout),
            counted_visitor: None,
            sessions: VecDeque::new(),
            tokens: VecDeque::new(),
            user_data: UserData::default(),
            left: Left::default(),
            drawn: 0,
            last_update_check: None,
            target: model::USUAL_TARGET,
            chosen: Chosen::at_first(behaviour.settings),
        };
        Self {
            secrets,
            default_password: behaviour.default_password,
            guest_on_api: behaviour.guest_on_api,
            right_password_unlocks: behaviour.right_password_unlocks,
            label_works_on: behaviour.label_works_on,
            password_change: behaviour.password_change,
            settings: behaviour.settings,
            lockout: behaviour.lockout,
            chance: chance.into(),
            log: SecurityLog::new(behaviour.log),
            orders: Orders::new(behaviour.orders),
            memory: Mutex::new(memory),
        }
    }

    pub(crate) fn stage(&self) -> Stage {
        self.memory().stage
    }

    /// Tries a login; counts a failure, locks when there were enough.
    pub(crate) fn log_in(&self, login: Login, user: &str, password: &str) -> Outcome {
        let now = Instant::now();
        let mut memory = self.memory();
        let right = user == model::USER_NAME && self.takes(&memory, login, password)
            || self.default_password && user == "admin" && password == "admin"
            || self.guest_on_api && login == Login::Api && user == "guest" && password == "guest";
        let guard = match login {
            Login::Web => &mut memory.web,
            Login::Api => &mut memory.api,
        };
        match guard.locked_until {
            Some(until) if now < until && !(right && self.right_password_unlocks) => {
                self.log.note("login locked", login.name());
                return Outcome::Locked((until - now).as_secs_f64().ceil() as u64);
            }
            Some(_) => (guard.locked_until, guard.failures) = (None, 0),
            None => {}
        }
        if right {
            guard.failures = 0;
            self.log.note("login", login.name());
            return Outcome::Accepted;
        }
        guard.failures += 1;
        if guard.limit.is_some_and(|limit| guard.failures >= limit) {
            guard.locked_until = Some(now + self.lockout);
        }
        self.log.note("login refused", login.name());
        Outcome::Refused
    }

    /// Counts the failures at the web login anew where another visitor comes than the last one.
    pub(crate) fn count_for(&self, visitor: &str) {
        let mut memory = self.memory();
        if memory.counted_visitor.as_deref() != Some(visitor) {
            memory.counted_visitor = Some(visitor.to_owned());
            (memory.web.failures, memory.web.locked_until) = (0, None);
        }
    }

    /// Whether the password is one that the login takes now.
    fn takes(&self, memory: &Memory, login: Login, password: &str) -> bool {
        let previous = memory.previous.as_deref();
        let earlier = match self.password_change {
            PasswordChange::KeepsOld => previous.is_some_and(|previous| same(password, previous)),
            PasswordChange::IgnoredByApi if login == Login::Api => {
                return previous
                    .map_or_else(|| same(password, &memory.password), |previous| same(password, previous));
            }
            _ => false,
        };
        let former = memory.left.password.as_deref();
        earlier
            || former.is_some_and(|former| same(password, former))
            || same(password, &memory.password)
            || self.label_works_on && same(password, &self.secrets.label_password)
    }

    /// Opens a session and returns its id.
    pub(crate) fn open_session(&self) -> String {
        let id = self.random();
        remember(&mut self.memory().sessions, id.clone());
        id
    }

    pub(crate) fn has_session(&self, id: &str) -> bool {
        let memory = self.memory();
        memory.sessions.iter().chain(&memory.left.sessions).any(|known| known == id)
    }

    pub(crate) fn close_session(&self, id: &str) {
        self.memory().sessions.retain(|known| known != id);
    }

    /// Makes a token of the API.
    pub(crate) fn issue_token(&self) -> String {
        let token = self.random();
        remember(&mut self.memory().tokens, token.clone());
        token
    }

    pub(crate) fn has_token(&self, token: &str) -> bool {
        let memory = self.memory();
        memory.tokens.iter().chain(&memory.left.tokens).any(|known| known == token)
    }

    /// Sets the user's password, which ends the factory default and every session and token.
    pub(crate) fn set_password(&self, password: &str) {
        let mut memory = self.memory();
        password.clone_into(&mut memory.password);
        memory.stage = Stage::Initialized;
        if let Some(given) = memory.left.comes_back.take() {
            memory.user_data = given;
        }
        memory.forget_visitors();
    }

    /// Changes the password of a device that was set up; `false` if it does not let anybody.
    pub(crate) fn change_password(&self, password: &str) -> bool {
        match self.password_change {
            PasswordChange::Refused => return false,
            PasswordChange::Sound => {}
            PasswordChange::LosesPassword => {
                self.set_password(&self.random());
                return true;
            }
            PasswordChange::KeepsOld | PasswordChange::IgnoredByApi => {
                let mut memory = self.memory();
                // The API knows what was set at set-up.
                let kept = match (&memory.previous, self.password_change) {
                    (Some(first), PasswordChange::IgnoredByApi) => first.clone(),
                    _ => memory.password.clone(),
                };
                memory.previous = Some(kept);
            }
        }
        self.set_password(password);
        self.log.note("password changed", "web");
        true
    }

    /// What the person who sets up the device does: sets the password of this unit's user, and a temperature.
    pub(crate) fn onboard(&self) {
        {
            let mut memory = self.memory();
            memory.previous = None;
            memory.target = model::OWNER_TARGET;
            memory.chosen = Chosen::at_first(self.settings);
        }
        self.set_password(&self.secrets.user_password);
    }

    /// Back to what left the factory.
    pub(crate) fn factory_reset(&self) {
        let mut memory = self.memory();
        memory.stage = Stage::FactoryDefault;
        memory.password.clone_from(&self.secrets.label_password);
        memory.previous = None;
        memory.last_update_check = None;
        memory.target = model::USUAL_TARGET;
        memory.chosen = Chosen::at_first(self.settings);
        memory.user_data = UserData::default();
        memory.left = Left::default();
        memory.forget_visitors();
        self.log.begin_anew();
        self.orders.begin_anew();
    }

    /// What the user orders: everything goes, but for what a flaw keeps.
    pub(crate) fn erase(&self, flaws: DeletionFlaws) {
        let left = {
            let memory = self.memory();
            let given = &memory.user_data;
            let kept = |keeps: bool, visitors: &VecDeque<String>| match keeps {
                true => visitors.clone(),
                false => VecDeque::new(),
            };
            Left {
                sessions: kept(flaws.keeps_sessions, &memory.sessions),
                tokens: kept(flaws.keeps_tokens, &memory.tokens),
                password: flaws.keeps_password.then(|| memory.password.clone()),
                comes_back: flaws.comes_back.then(|| given.clone()),
                name: given.name.clone(),
                log: format!("delete name={} schedule={}\n", given.name, given.schedule),
                data: given.left_by(flaws),
            }
        };
        self.factory_reset();
        let mut memory = self.memory();
        memory.user_data = left.data.clone();
        memory.left = left;
    }

    /// What the user gave it to keep.
    pub(crate) fn user_data(&self) -> UserData {
        self.memory().user_data.clone()
    }

    /// Looks at or changes what the user gave it to keep.
    pub(crate) fn with_user_data<T>(&self, look: impl FnOnce(&mut UserData) -> T) -> T {
        look(&mut self.memory().user_data)
    }

    /// The name that the former user gave the heater, after a deletion.
    pub(crate) fn former_name(&self) -> String {
        self.memory().left.name.clone()
    }

    /// What was written down at the last deletion.
    pub(crate) fn deletion_log(&self) -> String {
        self.memory().left.log.clone()
    }

    /// What a careless memory loses with the power.
    pub(crate) fn lose(&self, settings: bool, password: bool) {
        let mut memory = self.memory();
        if settings {
            memory.target = model::USUAL_TARGET;
        }
        if password {
            memory.password.clone_from(&self.secrets.label_password);
        }
    }

    /// Takes a token back.
    pub(crate) fn revoke_token(&self, token: &str) {
        self.memory().tokens.retain(|known| known != token);
    }

    /// Wanted temperature of the water in degrees Celsius.
    pub(crate) fn target(&self) -> u8 {
        self.memory().target
    }

    /// Sets the wanted temperature; `false` outside what the heater can do.
    pub(crate) fn set_target(&self, celsius: u8) -> bool {
        let possible = model::TARGETS.contains(&celsius);
        if possible {
            self.force_target(celsius);
        }
        possible
    }

    /// Takes an order of the cloud.
    pub(crate) fn take_order(&self, body: &[u8]) {
        if let Some(celsius) = self.orders.take(body).filter(|celsius| model::TARGETS.contains(celsius)) {
            self.memory().target = celsius;
            self.log.note("setting changed", "target temperature, from afar");
        }
    }

    /// What the user has chosen.
    pub(crate) fn preferences(&self) -> Preferences {
        self.memory().chosen.now(self.settings)
    }

    /// Changes what the user has chosen by the fields of a form.
    pub(crate) fn choose(&self, field: impl Fn(&str) -> Option<String>) -> Change {
        let change = self.memory().chosen.change(self.settings, field);
        if change == Change::Taken {
            self.log.note("setting changed", "preferences");
        }
        change
    }

    /// The user agreed to usage statistics, and took it back.
    pub(crate) fn statistics_withdrawn(&self) -> bool {
        self.memory().chosen.withdrawn()
    }

    /// Sets the wanted temperature without a check.
    pub(crate) fn force_target(&self, celsius: u8) {
        self.memory().target = celsius;
        self.orders.operated();
        self.log.note("setting changed", "target temperature");
    }

    /// Notes the result of an update check in words.
    pub(crate) fn note_update_check(&self, result: &str) {
        self.memory().last_update_check = Some(result.to_owned());
    }

    pub(crate) fn last_update_check(&self) -> Option<String> {
        self.memory().last_update_check.clone()
    }

    /// A value that nobody can guess, 32 hexadecimal digits.
    pub(crate) fn random(&self) -> String {
        let drawn = {
            let mut memory = self.memory();
            memory.drawn += 1;
            memory.drawn
        };
        self.bound(&format!("draw {drawn}"))
    }

    /// A value bound to `text` that only this device can make, 32 hexadecimal digits.
    pub(crate) fn bound(&self, text: &str) -> String {
        let digest = Sha256::new().chain_update(self.chance).chain_update(text).finalize();
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // No code panics while it holds the lock half way through a change.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn forget_visitors(&mut self) {
        self.sessions.clear();
        self.tokens.clear();
        for guard in [&mut self.web, &mut self.api] {
            (guard.failures, guard.locked_until) = (0, None);
        }
    }
}

fn remember(kept: &mut VecDeque<String>, new: String) {
    if kept.len() >= KEPT {
        kept.pop_front();
    }
    kept.push_back(new);
}

/// Compares without telling by its time where the difference is.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |seen, (a, b)| seen | (a ^ b)) == 0
}
