use super::*;

fn state(behaviour: &Behaviour) -> State {
    let state = State::new(Secrets::of(7), behaviour);
    state.onboard();
    state
}

/// Fails as often as it takes to lock the web login, then tries the right password there.
fn right_password_after_failures(state: &State) -> Outcome {
    for _ in 0..model::LOCKOUT_FAILURES {
        assert_eq!(state.log_in(Login::Web, "admin", "wrong"), Outcome::Refused);
    }
    state.log_in(Login::Web, "admin", &state.secrets.user_password)
}

#[test]
fn the_login_locks_after_the_declared_number_each_for_itself() {
    let state = state(&Behaviour { lockout: Duration::from_secs(3600), ..Behaviour::default() });
    assert_eq!(right_password_after_failures(&state), Outcome::Locked(3600));
    assert_eq!(state.log_in(Login::Api, "admin", &state.secrets.user_password), Outcome::Accepted);
}

#[test]
fn the_login_opens_again_when_the_lock_out_is_over() {
    let state = state(&Behaviour { lockout: Duration::ZERO, ..Behaviour::default() });
    assert_eq!(right_password_after_failures(&state), Outcome::Accepted);
}

#[test]
fn a_device_without_lock_out_never_locks() {
    let state = state(&Behaviour { web_lockout: None, ..Behaviour::default() });
    for _ in 0..100 {
        assert_eq!(state.log_in(Login::Web, "admin", "wrong"), Outcome::Refused);
    }
}

#[test]
fn the_label_password_ends_with_onboarding_and_returns_with_a_reset() {
    let state = state(&Behaviour::default());
    let label = state.secrets.label_password.clone();
    assert_eq!(state.log_in(Login::Web, "admin", &label), Outcome::Refused);
    let session = state.open_session();
    state.factory_reset();
    assert!(!state.has_session(&session));
    assert_eq!(state.log_in(Login::Web, "admin", &label), Outcome::Accepted);
}
