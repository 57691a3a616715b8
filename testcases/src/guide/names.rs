//! Phases and roles by the names that data, command line and stored formats use.

use super::{Phase, Role};

impl Phase {
    /// All of them, in the order of the life cycle; first the one that stands for every phase.
    pub const ALL: [Self; 12] = [
        Self::All,
        Self::Policy,
        Self::Analysis,
        Self::Procurement,
        Self::Design,
        Self::Development,
        Self::Verification,
        Self::Production,
        Self::Installation,
        Self::Maintenance,
        Self::Operation,
        Self::Disposal,
    ];

    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Policy => "policy",
            Self::Analysis => "analysis",
            Self::Procurement => "procurement",
            Self::Design => "design",
            Self::Development => "development",
            Self::Verification => "verification",
            Self::Production => "production",
            Self::Installation => "installation",
            Self::Maintenance => "maintenance",
            Self::Operation => "operation",
            Self::Disposal => "disposal",
        }
    }

    /// By the name under which it is stored.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.as_str() == name)
    }

    /// Whether what is said of this phase is said of the other: what holds in every phase holds in each.
    pub fn covers(self, other: Self) -> bool {
        self == Self::All || self == other
    }
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Executive,
        Self::Manager,
        Self::Developer,
        Self::ServiceDeveloper,
        Self::Maintainer,
        Self::Provider,
        Self::Integrator,
        Self::Supplier,
        Self::Laboratory,
        Self::User,
        Self::Authority,
    ];

    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Executive => "executive",
            Self::Manager => "manager",
            Self::Developer => "developer",
            Self::ServiceDeveloper => "service-developer",
            Self::Maintainer => "maintainer",
            Self::Provider => "provider",
            Self::Integrator => "integrator",
            Self::Supplier => "supplier",
            Self::Laboratory => "laboratory",
            Self::User => "user",
            Self::Authority => "authority",
        }
    }

    /// By the name under which it is stored.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_there_once_under_the_name_by_which_it_is_stored() {
        for (place, phase) in Phase::ALL.into_iter().enumerate() {
            assert_eq!(phase as usize, place, "{phase:?} is out of order, or one before it is missing");
            assert_eq!(serde_json::to_value(phase).expect("a name"), phase.as_str());
            assert_eq!(Phase::named(phase.as_str()), Some(phase));
        }
        for (place, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, place, "{role:?} is out of order, or one before it is missing");
            assert_eq!(serde_json::to_value(role).expect("a name"), role.as_str());
            assert_eq!(Role::named(role.as_str()), Some(role));
        }
        assert_eq!(Phase::named("Design"), None);
        assert_eq!(Role::named(""), None);
    }

    #[test]
    fn what_holds_in_every_phase_holds_in_each_and_not_the_other_way_round() {
        assert!(Phase::All.covers(Phase::Design) && Phase::Design.covers(Phase::Design));
        assert!(!Phase::Design.covers(Phase::All) && !Phase::Design.covers(Phase::Policy));
    }
}
